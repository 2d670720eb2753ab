"""The sheet of the check before a hearing: green or red, and to be told apart on a black and white print."""

from dataclasses import dataclass

from vms.papers.document import Align, Column, Document, Facts, Heading, Letterhead, SignaturePlace, Table, Verdict
from vms.papers.hearing import HearingShown, hearing_facts
from vms.papers.wording import moment

GOOD, BAD = "ĐẠT", "KHÔNG ĐẠT"


@dataclass(frozen=True, slots=True)
class Checked:
    """One line: what was looked at, where, what was found. `problem` is empty when all is well."""

    what: str
    where: str
    found: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RoomCheck:
    letterhead: Letterhead
    hearing: HearingShown
    at_ms: int
    by: str
    checked: tuple[Checked, ...]


def room_check_document(paper: RoomCheck) -> Document:
    problems = sum(bool(one.problem) for one in paper.checked)
    # A sheet without a line has checked nothing: that is no pass.
    passed = bool(paper.checked) and not problems
    summary = f"{len(paper.checked) - problems}/{len(paper.checked)} nội dung đạt"
    return Document(
        letterhead=paper.letterhead,
        title="Phiếu kiểm tra phòng xử án",
        subject="Kiểm tra kỹ thuật trước phiên tòa",
        blocks=(
            hearing_facts(paper.hearing),
            Facts((("Kiểm tra lúc", moment(paper.at_ms)), ("Người kiểm tra", paper.by))),
            Heading("Kết quả"),
            _table(paper.checked),
            Table(
                (Column("Kết luận", 3), Column("Kết quả", 1)),
                ((summary, Verdict(passed, GOOD if passed else BAD)),),
            ),
        ),
        signers=(SignaturePlace("Người kiểm tra", paper.by),),
    )


def _table(checked: tuple[Checked, ...]) -> Table:
    return Table(
        (
            Column("TT", 0.5, Align.CENTRE),
            Column("Nội dung kiểm tra", 2.2),
            Column("Vị trí", 1.7),
            Column("Ghi nhận", 2.4),
            Column("Kết quả", 1.3, Align.CENTRE),
        ),
        tuple(
            (
                number,
                one.what,
                one.where,
                " – ".join(text for text in (one.problem, one.found) if text),
                Verdict(not one.problem, BAD if one.problem else GOOD),
            )
            for number, one in enumerate(checked, 1)
        ),
    )
