"""The rows of a camera list made into wishes to register, checked against what exists. Pure.

The same checks serve the dry run, which shows every problem, and the real run, which starts only when there is none.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from streams.types.camera import Credentials
from vms.cameras import csv_text
from vms.cameras.addresses import BadAddress, authority_of, onvif_url, rtsp_url
from vms.cameras.csv_rows import HIDDEN, Problem, Row, shown, table
from vms.cameras.wishes import LONGEST_LOGIN, MOST_NUMBER, Wish
from vms.cameras.words import clean, folded

_ANGLE_WORDS: Mapping[str, tuple[str, ...]] = {
    "accused": ("accused", "bị cáo"),
    "bench": ("bench", "chủ tọa", "hội đồng xét xử", "hđxx"),
    "witness": ("witness", "nhân chứng", "người làm chứng", "bục khai báo"),
    "evidence": ("evidence", "chứng cứ", "trình chiếu chứng cứ"),
}
_ANGLES = {folded(word): angle for angle, words in _ANGLE_WORDS.items() for word in words}


@dataclass(frozen=True, slots=True)
class Known:
    """What exists and the person may register at. Names are folded; a name shared by several has several ids."""

    sites: Mapping[str, Sequence[str]]
    courtrooms: Mapping[str, Sequence[str]]
    numbers: Collection[int] = frozenset()
    device_keys: Collection[str] = frozenset()
    angles: Collection[tuple[str, str]] = frozenset()
    """(courtroom id, angle) that already have a picture."""


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """One line of the file. `wish` is None exactly when there are problems."""

    line: int
    name: str
    address: str
    problems: tuple[Problem, ...]
    wish: Wish | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class CheckedList:
    encoding: str
    delimiter: str
    lines: tuple[CheckedLine, ...]

    @property
    def ok(self) -> bool:
        return bool(self.lines) and not any(line.problems for line in self.lines)

    @property
    def wishes(self) -> tuple[Wish, ...]:
        return tuple(line.wish for line in self.lines if line.wish)


def checked(data: bytes, known: Known) -> CheckedList:
    """Read and check a file. Raises `csv_text.UnreadableFile` for a file that is no list at all."""
    read = table(csv_text.read(data))
    lines = _without_repeats([_Reading(row, known).line() for row in read.rows])
    if read.header.problems:
        lines.insert(0, CheckedLine(read.header.line, "", "", read.header.problems))
    elif not lines:
        raise csv_text.UnreadableFile("empty")
    return CheckedList(read.encoding, read.delimiter, tuple(lines))


class _Reading:
    """One row being read. Every problem is noted and reading goes on, so that a person sees all of them at once."""

    def __init__(self, row: Row, known: Known) -> None:
        self._row = row
        self._known = known
        self._problems = list(row.problems)

    def line(self) -> CheckedLine:
        number = self._row.line
        if self._problems:  # the cells of a broken row mean nothing
            return CheckedLine(number, "", "", tuple(self._problems))
        wish = self._wish()
        self._check_against_known(wish)
        address = authority_of(wish.url) if wish.url else ""
        problems = tuple(dict.fromkeys(self._problems))
        name, address = self._unless_secret(wish.name), self._unless_secret(address)
        return CheckedLine(number, shown(name), address, problems, None if problems else wish)

    def _wish(self) -> Wish:
        self._check_addresses()
        courtroom_id, angle = self._named("courtroom", self._known.courtrooms), self._angle()
        if bool(self._cell("courtroom")) != bool(self._cell("angle")):
            self._note("courtroom_and_angle", "courtroom")
        return Wish(
            site_id=self._site(),
            xaddr=self._address("address"),
            rtsp_main=self._address("rtsp_main"),
            rtsp_sub=self._address("rtsp_sub"),
            credentials=self._credentials(),
            name=clean(self._cell("name")),
            number=self._number(),
            courtroom_id=courtroom_id,
            angle=angle,
        )

    def _check_addresses(self) -> None:
        if self._cell("address") and (self._cell("rtsp_main") or self._cell("rtsp_sub")):
            self._note("two_addresses", "address")
        elif not self._cell("address") and not self._cell("rtsp_main"):
            self._note("no_address", "address")

    def _address(self, column: str) -> str:
        cell = self._cell(column)
        if not cell:
            return ""
        try:
            return onvif_url(cell) if column == "address" else rtsp_url(cell)
        except BadAddress as error:
            self._note(error.code, column)
            return ""

    def _credentials(self) -> Credentials:
        for column in ("username", "password"):
            if len(self._cell(column)) > LONGEST_LOGIN:
                self._note("too_long", column)
        return Credentials(username=self._cell("username"), password=self._cell("password"))

    def _number(self) -> int | None:
        cell = self._cell("number")
        if not cell:
            return None
        if not (cell.isascii() and cell.isdigit()) or len(cell) > 6 or not 1 <= int(cell) <= MOST_NUMBER:
            self._note("bad_number", "number")
            return None
        return int(cell)

    def _site(self) -> str:
        if not self._cell("site"):
            self._note("no_site", "site")
            return ""
        return self._named("site", self._known.sites) or ""

    def _named(self, column: str, known: Mapping[str, Sequence[str]]) -> str | None:
        cell = self._cell(column)
        if not cell:
            return None
        if any(cell in ids for ids in known.values()):
            return cell
        ids = known.get(folded(cell), ())
        if len(ids) == 1:
            return ids[0]
        self._note(f"ambiguous_{column}" if ids else f"unknown_{column}", column)
        return None

    def _angle(self) -> str | None:
        cell = self._cell("angle")
        if not cell:
            return None
        if (angle := _ANGLES.get(folded(cell))) is None:
            self._note("unknown_angle", "angle")
        return angle

    def _check_against_known(self, wish: Wish) -> None:
        if wish.number in self._known.numbers:
            self._note("number_taken", "number")
        if wish.url and wish.device_key in self._known.device_keys:
            self._note("already_registered", "address" if wish.xaddr else "rtsp_main")
        if wish.courtroom_id and wish.angle and (wish.courtroom_id, wish.angle) in self._known.angles:
            self._note("angle_taken", "angle")

    def _cell(self, column: str) -> str:
        return self._row.cells.get(column, "")

    def _note(self, code: str, column: str) -> None:
        value = (
            HIDDEN if column == "password" or code == "user_info" else shown(self._unless_secret(self._cell(column)))
        )
        self._problems.append(Problem(code, column, value))

    def _unless_secret(self, text: str) -> str:
        """Nothing in place of a text that holds the password: columns slip by one, and a report is read by several people."""
        password = self._cell("password").casefold()
        holds = bool(password) and (text.casefold() == password or (len(password) >= 4 and password in text.casefold()))
        return HIDDEN if holds else text


def _without_repeats(lines: Sequence[CheckedLine]) -> list[CheckedLine]:
    """The same device, number or courtroom picture twice in one file: both lines are wrong, we cannot know which one is meant."""
    wishes = [line.wish for line in lines if line.wish]
    devices = Counter(wish.device_key for wish in wishes)
    numbers = Counter(wish.number for wish in wishes if wish.number)
    angles = Counter((wish.courtroom_id, wish.angle) for wish in wishes if wish.courtroom_id)

    def repeats(wish: Wish) -> list[Problem]:
        found = []
        if devices[wish.device_key] > 1:
            found.append(Problem("repeated_device", "address" if wish.xaddr else "rtsp_main", wish.address))
        if wish.number and numbers[wish.number] > 1:
            found.append(Problem("repeated_number", "number", str(wish.number)))
        if wish.courtroom_id and angles[wish.courtroom_id, wish.angle] > 1:
            found.append(Problem("repeated_angle", "angle", wish.angle or ""))
        return found

    return [
        replace(line, problems=tuple(problems), wish=None) if line.wish and (problems := repeats(line.wish)) else line
        for line in lines
    ]
