import asyncio
import io
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from fakes.certificates import Issued, authority, issue
from fakes.papers import minutes, quota, timeline
from fakes.pdf import pages
from fakes.signatures import verdict
from vms.clock import system_clock
from vms.papers.document import Document
from vms.papers.fonts import Typeface
from vms.papers.press import Press, load_press
from vms.papers.render import render
from vms.papers.signing import SigningFault, load_paper_signer
from vms.papers.signing.keys import FileKey
from vms.papers.signing.signer import PaperSigner
from vms.papers.wording import moment
from vms.settings import Settings

NAME, BODY, PASSPHRASE = "Nguyễn Thị Hường", "Tòa án nhân dân tỉnh Sơn La", "mật khẩu bí mật"


@pytest.fixture(scope="module")
def ca() -> Issued:
    return authority()


@pytest.fixture(scope="module")
def signer(ca: Issued) -> Issued:
    return issue(ca, NAME, BODY)


@pytest.fixture
def certificate_file(ca: Issued, signer: Issued, tmp_path: Path) -> Path:
    return _write(tmp_path, signer.pkcs12(ca, PASSPHRASE))


def _write(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    file = folder / "signing.p12"
    file.write_bytes(content)
    file.chmod(mode)
    return file


async def test_a_signed_paper_is_valid_pades_and_says_who_and_when(
    certificate_file: Path, ca: Issued, typeface: Typeface
) -> None:
    at_ms = system_clock()
    rendered = render(minutes(), typeface)
    pdf = await PaperSigner(FileKey(certificate_file, PASSPHRASE)).sign(rendered, typeface, at_ms)
    status = await verdict(pdf, ca)
    assert status.bottom_line, status.pretty_print_details()
    assert status.coverage.name == "ENTIRE_FILE"
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    text = " ".join(_field_texts(pdf).split())
    for line in (f"Người ký: {NAME}", f"Cơ quan: {BODY}", f"Thời gian ký: {moment(at_ms)} +07:00"):
        assert line in text


async def test_the_field_stands_in_the_last_signers_place(certificate_file: Path, typeface: Typeface) -> None:
    rendered = render(minutes(), typeface)
    pdf = await PaperSigner(FileKey(certificate_file, PASSPHRASE)).sign(rendered, typeface, system_clock())
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    assert rendered.signature is not None
    box = rendered.signature
    wanted = (box.left, box.bottom, box.right, box.top)
    assert all(abs(float(found) - side) <= 1 for found, side in zip(signature.sig_field["/Rect"], wanted, strict=True))


async def test_a_changed_byte_is_noticed(certificate_file: Path, ca: Issued, typeface: Typeface) -> None:
    pdf = await PaperSigner(FileKey(certificate_file, PASSPHRASE)).sign(
        render(timeline(), typeface), typeface, system_clock()
    )
    place = pdf.index(b"/MediaBox")
    changed = pdf[: place + 20] + bytes([pdf[place + 20] ^ 1]) + pdf[place + 21 :]
    assert not (await verdict(changed, ca)).intact


async def test_a_paper_nobody_signs_by_hand_is_signed_unseen(
    certificate_file: Path, ca: Issued, typeface: Typeface
) -> None:
    document = quota()
    plain = Document(document.letterhead, document.title, document.subject, document.blocks)
    pdf = await PaperSigner(FileKey(certificate_file, PASSPHRASE)).sign(
        render(plain, typeface), typeface, system_clock()
    )
    assert (await verdict(pdf, ca)).bottom_line
    assert "Người ký" not in " ".join(pages(pdf))


@pytest.mark.parametrize(
    ("content", "mode", "passphrase", "sentence"),
    [
        (None, 0o600, "another", "or its passphrase is another one"),
        (b"no PKCS#12", 0o600, PASSPHRASE, "is no PKCS#12 file"),
        (None, 0o644, PASSPHRASE, "can be read by others: run chmod 600"),
    ],
)
def test_an_unusable_file_is_one_sentence_without_its_passphrase(
    content: bytes | None,
    mode: int,
    passphrase: str,
    sentence: str,
    ca: Issued,
    signer: Issued,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    file = _write(tmp_path, signer.pkcs12(ca, PASSPHRASE) if content is None else content, mode)
    with pytest.raises(SigningFault, match=sentence) as caught:
        FileKey(file, passphrase)
    assert passphrase not in f"{caught.value} {caught.value.__cause__} {caplog.text}".replace(" another one", "")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SigningFault, match=r"nothing\.p12 cannot be read: No such file"):
        FileKey(tmp_path / "nothing.p12", "x")


@pytest.mark.parametrize(
    ("from_days", "to_days", "sentence"), [(-40, -10, "expired on"), (10, 40, "is not valid before")]
)
async def test_a_certificate_out_of_its_time_signs_nothing(
    from_days: int, to_days: int, sentence: str, ca: Issued, tmp_path: Path, typeface: Typeface
) -> None:
    old = issue(ca, NAME, BODY, from_days=from_days, to_days=to_days)
    key = FileKey(_write(tmp_path, old.pkcs12(ca, PASSPHRASE)), PASSPHRASE)
    with pytest.raises(SigningFault, match=sentence):
        await PaperSigner(key).sign(render(quota(), typeface), typeface, system_clock())


class _Waits:
    """A key that answers when it is told to, as a slow token does."""

    def __init__(self, key: FileKey) -> None:
        self._key = key
        self.asked = threading.Event()
        self.go = threading.Event()

    @contextmanager
    def signer(self) -> Iterator[Any]:
        self.asked.set()
        assert self.go.wait(30)
        with self._key.signer() as signer:
            yield signer


async def test_a_slow_token_never_stops_the_event_loop(certificate_file: Path, typeface: Typeface) -> None:
    slow = _Waits(FileKey(certificate_file, PASSPHRASE))
    task = asyncio.create_task(PaperSigner(slow).sign(render(quota(), typeface), typeface, system_clock()))
    await asyncio.to_thread(slow.asked.wait, 30)
    for _ in range(100):
        await asyncio.sleep(0)
    assert not task.done()
    slow.go.set()
    assert (await task).startswith(b"%PDF")


class _Broken:
    @contextmanager
    def signer(self) -> Iterator[Any]:
        raise SigningFault("The token cannot sign: it was pulled out.")
        yield


async def test_a_paper_that_cannot_be_signed_is_not_handed_out_but_when_unsigned_is_asked_for(
    typeface: Typeface,
) -> None:
    press = Press(typeface, PaperSigner(_Broken()), system_clock)
    assert press.signs
    with pytest.raises(SigningFault, match="pulled out"):
        await press.pdf(quota())
    assert await press.pdf(quota(), signed=False) == render(quota(), typeface).pdf


async def test_without_a_certificate_papers_are_plain(typeface: Typeface) -> None:
    press = load_press(Settings(), system_clock, {})
    assert not press.signs
    assert await press.pdf(quota()) == render(quota(), typeface).pdf


async def test_the_passphrase_comes_from_the_settings_or_from_systemd(
    certificate_file: Path, tmp_path: Path, typeface: Typeface
) -> None:
    (tmp_path / "vong-signing-passphrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
    signing = {"source": "file", "certificate_file": certificate_file}
    by_systemd = Settings.model_validate({"signing": signing})
    by_setting = Settings.model_validate({"signing": {**signing, "certificate_passphrase": PASSPHRASE}})
    assert PASSPHRASE not in repr(by_setting)
    for settings, environment in ((by_systemd, {"CREDENTIALS_DIRECTORY": str(tmp_path)}), (by_setting, {})):
        paper_signer = load_paper_signer(settings, environment)
        assert paper_signer is not None
        assert (await paper_signer.sign(render(quota(), typeface), typeface, system_clock())).startswith(b"%PDF")
    with pytest.raises(SigningFault):
        load_paper_signer(by_systemd, {})


def _field_texts(pdf: bytes) -> str:
    """The words in the appearance of the signature's field, as a viewer that draws fields shows them."""
    reader = PdfFileReader(io.BytesIO(pdf))
    (signature,) = reader.embedded_regular_signatures
    appearance = signature.sig_field["/AP"]["/N"]
    page = _page_of(appearance)
    document = pdfium.PdfDocument(page)
    try:
        return str(document[0].get_textpage().get_text_range())
    finally:
        document.close()


def _page_of(appearance: Any) -> bytes:
    """A file whose only page is drawn by this form."""
    writer = PdfFileWriter(stream_xrefs=False)
    form = writer.add_object(writer.import_object(appearance))
    contents = writer.add_object(generic.StreamObject(stream_data=b"/Form Do"))
    box = generic.ArrayObject([generic.FloatObject(float(side)) for side in appearance["/BBox"]])
    page = PageObject(
        contents=contents,
        media_box=box,
        resources=generic.DictionaryObject(
            {generic.pdf_name("/XObject"): generic.DictionaryObject({generic.pdf_name("/Form"): form})}
        ),
    )
    writer.insert_page(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
