"""Papers made while the system runs: set in the configured typeface and signed when a certificate is configured, off the event loop.

What sets the type is imported with the first paper: it takes half a second, which every command and every start would wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from vms.clock import Clock
from vms.papers.document import Document
from vms.papers.fonts import Typeface, load_typeface
from vms.papers.signing import load_paper_signer
from vms.settings import Settings

if TYPE_CHECKING:
    from vms.papers.render import Rendered
    from vms.papers.signing.signer import PaperSigner

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
            rendered = await asyncio.to_thread(_rendered, document, self._typeface)
        if self._signer is None or not signed:
            return rendered.pdf
        return await self._signer.sign(rendered, self._typeface, self._clock())


def load_press(settings: Settings, clock: Clock, environment: Mapping[str, str] | None = None) -> Press:
    """Raises `FontFault` and `SigningFault`, each one sentence."""
    return Press(load_typeface(settings.papers.fonts), load_paper_signer(settings, environment), clock)


def _rendered(document: Document, typeface: Typeface) -> Rendered:
    from vms.papers.render import render  # noqa: PLC0415 see the module

    return render(document, typeface)
