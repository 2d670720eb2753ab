"""Sign a rendered paper: an approval signature in its signer's place, PAdES B-B, SHA-256 or what the key asks for."""

import asyncio
import io
from datetime import UTC, datetime
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.stamp import StaticStampStyle

from vms.papers.fonts import Typeface
from vms.papers.render import Rendered
from vms.papers.signature_places import Box
from vms.papers.signing.fault import SigningFault
from vms.papers.signing.keys import Keyholder
from vms.papers.signing.stamp import Stamp, draw_stamp

_FIELD = "VongSignature"


class PaperSigner:
    """One signature at a time: tokens know no two."""

    def __init__(self, key: Keyholder) -> None:
        self._key = key
        self._lock = asyncio.Lock()

    async def sign(self, paper: Rendered, typeface: Typeface, at_ms: int) -> bytes:
        """The paper with a signature that is seen where its last signer signs. Raises `SigningFault`. Works in a thread."""
        async with self._lock:
            return await asyncio.to_thread(sign, paper, self._key, typeface, at_ms)

    async def sign_detached(self, data: bytes, at_ms: int, authority: str = "") -> bytes:
        """CAdES over `data`, see `vms.papers.signing.detached`. Raises `SigningFault`. Works in a thread."""
        async with self._lock:
            return await asyncio.to_thread(_sign_detached, data, self._key, at_ms, authority)


def sign(paper: Rendered, key: Keyholder, typeface: Typeface, at_ms: int) -> bytes:
    """See `PaperSigner.sign`. Blocks; must not run in a thread with an event loop."""
    with key.signer() as signer:
        certificate = check_certificate(signer, at_ms)
        name, organisation = _subject(certificate)
        style = None
        if paper.signature is not None:
            style = _style(Stamp(name, organisation, at_ms), typeface, paper.signature)
        pdf_signer = PdfSigner(
            PdfSignatureMetadata(_FIELD, subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256", name=name),
            signer,
            stamp_style=style,
            new_field_spec=_field(paper.signature),
        )
        try:
            signed = pdf_signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(paper.pdf)))
        except SigningError as error:
            raise SigningFault(f"The paper cannot be signed: {error}.") from error
    return bytes(signed.getbuffer())


class _Drawn(PdfContent):
    """A page that we drew, as the appearance of a field."""

    def __init__(self, pdf: bytes, box: BoxConstraints) -> None:
        super().__init__(box=box)
        self._pdf = pdf

    def render(self) -> bytes:
        assert self.writer is not None, "pyHanko sets it before it renders"
        page = self.writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._pdf)))
        self.resources.xobject["/Stamp"] = page
        return b"/Stamp Do"


def _style(stamp: Stamp, typeface: Typeface, box: Box) -> StaticStampStyle:
    width, height = box.right - box.left, box.top - box.bottom
    drawn = _Drawn(draw_stamp(stamp, typeface, width, height), BoxConstraints(width=width, height=height))
    return StaticStampStyle(border_width=0, background=drawn, background_opacity=1.0)


def _field(box: Box | None) -> SigFieldSpec:
    """A paper on which nobody signs gets a signature that is not seen."""
    if box is None:
        return SigFieldSpec(_FIELD)
    corners = (round(box.left), round(box.bottom), round(box.right), round(box.top))
    return SigFieldSpec(_FIELD, on_page=box.page - 1, box=corners)


def _sign_detached(data: bytes, key: Keyholder, at_ms: int, authority: str) -> bytes:
    from vms.papers.signing.detached import sign_detached  # noqa: PLC0415 it needs this module

    return sign_detached(data, key, at_ms, authority)


def check_certificate(signer: Any, at_ms: int) -> x509.Certificate:
    """The signer's. Raises `SigningFault` when there is none, or it does not hold at that moment."""
    certificate = _certificate(signer)
    _check_dates(certificate, at_ms)
    return certificate


def _certificate(signer: Any) -> x509.Certificate:
    certificate = signer.signing_cert
    if certificate is None:
        raise SigningFault("There is no certificate beside the signing key.")
    return certificate


def _check_dates(certificate: x509.Certificate, at_ms: int) -> None:
    now = datetime.fromtimestamp(at_ms / 1000, UTC)
    if now < certificate.not_valid_before:
        raise SigningFault(f"The signing certificate is not valid before {certificate.not_valid_before:%d/%m/%Y}.")
    if now > certificate.not_valid_after:
        raise SigningFault(f"The signing certificate expired on {certificate.not_valid_after:%d/%m/%Y}.")


def _subject(certificate: x509.Certificate) -> tuple[str, str]:
    """Common name and organisation; of several the first."""
    names = certificate.subject.native
    return _first(names.get("common_name")) or certificate.subject.human_friendly, _first(
        names.get("organization_name")
    )


def _first(value: Any) -> str:
    return str(value[0] if isinstance(value, list) else value or "")
