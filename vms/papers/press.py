"""Papers made while the system runs: set in the configured typeface and signed when a certificate is configured, off the event loop.

What sets the type is imported with the first paper: it takes half a second, which every command and every start would wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Detached:
    """Signature (CAdES) and time stamp (RFC 3161), as DER; empty for what is not configured."""

    cades: bytes
    time_stamp: bytes


class Press:
    def __init__(self, typeface: Typeface, signer: PaperSigner | None, clock: Clock, authority: str = "") -> None:
        """`authority`: address of the time-stamp authority, when there is one."""
        self._authority = authority
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

    async def detached(self, data: bytes) -> Detached:
        """What is configured to vouch for a file that is no paper. Raises `SigningFault`."""
        cades = time_stamp = b""
        if self._signer is not None:
            cades = await self._signer.sign_detached(data, self._clock(), self._authority)
        if self._authority:
            time_stamp = await asyncio.to_thread(_stamped, data, self._authority)
        return Detached(cades, time_stamp)


def load_press(settings: Settings, clock: Clock, environment: Mapping[str, str] | None = None) -> Press:
    """Raises `FontFault` and `SigningFault`, each one sentence."""
    signer = load_paper_signer(settings, environment)
    return Press(load_typeface(settings.papers.fonts), signer, clock, settings.signing.timestamp_url)


def _rendered(document: Document, typeface: Typeface) -> Rendered:
    from vms.papers.render import render  # noqa: PLC0415 see the module

    return render(document, typeface)


def _stamped(data: bytes, authority: str) -> bytes:
    from vms.papers.signing.detached import time_stamp  # noqa: PLC0415 see the module

    return time_stamp(data, authority)
