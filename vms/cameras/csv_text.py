"""The bytes of a CSV file made into text lines. Pure; hostile input.

Spreadsheets in Vietnamese offices write UTF-8 with a BOM, UTF-16 ("Unicode text"), or the old Windows-1258, and choose the
delimiter by the regional settings of the PC. Nobody who exports a list knows which, so the file must tell.
"""

import re
import unicodedata
from dataclasses import dataclass

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 1000
_LINE_BREAK = re.compile(r"\r\n|\r|\n")  # not splitlines(): that also breaks at form feeds and U+2028, inside fields
_SEPARATOR_LINE = re.compile(r"^sep=([,;\t])$", re.IGNORECASE)


class UnreadableFile(ValueError):
    """A file as a whole that is no list. `code`: too_large, too_many_rows, empty, bad_encoding."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class TextFile:
    """`lines` are (line number in the file from 1, text) of the lines that are not empty; `separator` is what `sep=` says."""

    encoding: str
    lines: tuple[tuple[int, str], ...]
    separator: str = ""


def read(data: bytes) -> TextFile:
    """Find encoding and lines. Raises `UnreadableFile`."""
    if len(data) > MOST_BYTES:
        raise UnreadableFile("too_large")
    encoding = _encoding(data)
    try:
        text = unicodedata.normalize("NFC", data.decode(encoding))
    except UnicodeDecodeError as error:
        raise UnreadableFile("bad_encoding") from error
    lines = [(number, line) for number, line in enumerate(_LINE_BREAK.split(text), start=1) if line.strip(" \t,;")]
    separator = ""
    if lines and (said := _SEPARATOR_LINE.match(lines[0][1])):
        separator = said[1]
        lines = lines[1:]
    if not lines:
        raise UnreadableFile("empty")
    if len(lines) - 1 > MOST_ROWS:
        raise UnreadableFile("too_many_rows")
    return TextFile(encoding, tuple(lines), separator)


def _encoding(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = data[:4096]
    # Without a BOM: the delimiters and digits of UTF-16 leave a zero in every second byte; no other text holds zeros.
    if sample.count(0) > len(sample) // 8:
        return "utf-16-le" if sample[1::2].count(0) >= sample[::2].count(0) else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1258"
    return "utf-8"
