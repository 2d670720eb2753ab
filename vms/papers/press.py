"""Papers made while the system runs: set in the configured typeface and signed when a certificate is configured, off the event loop."""

import asyncio
from collections.abc import Mapping

from vms.clock import Clock
from vms.papers.document import Document
from vms.papers.fonts import Typeface, load_typeface
from vms.papers.render import render
from vms.papers.signing import PaperSigner, load_paper_signer
from vms.settings import Settings

_AT_ONCE = 2
"""Rendering takes the processor from the pictures: more papers than this wait."""


class Press:
    def __init__(self, typeface: Typeface, signer: PaperSigner | None, clock: Clock) -> None:
        self._typeface = typeface
        self._signer = signer
        self._clock = clock
        self._free = asyncio.Semaphore(_AT_ONCE)

    @property
    def signs(self) -> bool:
        """Whether a certificate is configured."""
        return self._signer is not None

    async def pdf(self, document: Document, *, signed: bool = True) -> bytes:
        """The paper, signed when a certificate is configured and wanted.

        Raises `SigningFault`: what was to be signed is never handed out as if nothing had been wanted.
        """
        async with self._free:
            rendered = await asyncio.to_thread(render, document, self._typeface)
        if self._signer is None or not signed:
            return rendered.pdf
        return await self._signer.sign(rendered, self._typeface, self._clock())


def load_press(settings: Settings, clock: Clock, environment: Mapping[str, str] | None = None) -> Press:
    """Raises `FontFault` and `SigningFault`, each one sentence."""
    return Press(load_typeface(settings.papers.fonts), load_paper_signer(settings, environment), clock)
