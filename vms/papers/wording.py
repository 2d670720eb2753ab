"""Times, lengths of time and characters as Vietnamese papers write them. Pure."""

import unicodedata
from collections.abc import Collection
from datetime import UTC, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
"""No summer time since 1975."""


def local(at_ms: int) -> datetime:
    """`at_ms` (UTC) in Vietnam."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(VIETNAM)


def moment(at_ms: int | None) -> str:
    """dd/mm/yyyy HH:mm:ss; nothing for what has not happened."""
    return "" if at_ms is None else local(at_ms).strftime("%d/%m/%Y %H:%M:%S")


def clock_time(at_ms: int) -> str:
    """HH:mm:ss."""
    return local(at_ms).strftime("%H:%M:%S")


def span(from_ms: int, to_ms: int | None) -> str:
    """From–to; the day of the end only where it is another one. Without an end: since when."""
    if to_ms is None:
        return f"từ {moment(from_ms)}"
    same_day = local(from_ms).date() == local(to_ms).date()
    return f"{moment(from_ms)} – {clock_time(to_ms) if same_day else moment(to_ms)}"


def written_date(at_ms: int) -> str:
    """ "ngày 05 tháng 02 năm 2026": days below 10 and months below 3 with a zero (NĐ 30/2020, annex I, II.4)."""
    day = local(at_ms)
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def length(duration_ms: int) -> str:
    """ "1 giờ 05 phút 09 giây": seconds always, hours and minutes as far as there are any. Fractions count down."""
    seconds = max(duration_ms, 0) // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    if hours:
        return f"{hours} giờ {minutes:02d} phút {seconds % 60:02d} giây"
    return f"{minutes} phút {seconds % 60:02d} giây" if minutes else f"{seconds} giây"


def hours(duration_ms: int) -> str:
    """Hours with one decimal and a decimal comma."""
    return f"{duration_ms / 3_600_000:.1f}".replace(".", ",")


def printable(text: str, known: Collection[int]) -> str:
    """NFC, in characters that the font has (`known` code points).

    What it lacks is written as its code, [U+4E2D]: a box that says nothing, or a name with a letter gone, has no place on a paper of a
    court. So do characters that are not seen but change what is: directions, joiners.
    """
    return "".join(_one(char, known) for char in unicodedata.normalize("NFC", text))


def _one(char: str, known: Collection[int]) -> str:
    if char == "\n":
        return char
    if char.isspace():
        # A no-break space stays one: it is how numbers and names are kept together.
        return char if char == "\u00a0" and ord(char) in known else " "
    category = unicodedata.category(char)
    if category == "Cc":
        return ""
    return char if ord(char) in known and category != "Cf" else f"[U+{ord(char):04X}]"
