"""The stages of each procedure, in their order, as codes: pages say them in both languages.

Sources: BLTTHS art. 300–327 (criminal, first instance); BLTTDS (civil); the columns of appeals follow practice.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from vms.hearings.states import State


class Procedure(StrEnum):
    CRIMINAL_FIRST = "criminal_first"
    CRIMINAL_APPEAL = "criminal_appeal"
    CIVIL_FIRST = "civil_first"
    CIVIL_APPEAL = "civil_appeal"


class Stage(StrEnum):
    PREPARATION = "preparation"  # chuẩn bị khai mạc
    OPENING = "opening"  # thủ tục bắt đầu
    INDICTMENT = "indictment"  # công bố cáo trạng
    CASE_PRESENTED = "case_presented"  # trình bày nội dung vụ án, bản án sơ thẩm, kháng cáo, kháng nghị
    PARTIES_PRESENT = "parties_present"  # trình bày của đương sự
    APPEAL_PRESENTED = "appeal_presented"  # trình bày kháng cáo, kháng nghị
    QUESTIONING = "questioning"  # xét hỏi, hỏi
    PROSECUTION_CLOSING = "prosecution_closing"  # luận tội
    PROSECUTOR_OPINION = "prosecutor_opinion"  # Kiểm sát viên phát biểu quan điểm
    DEBATE = "debate"  # tranh luận
    LAST_WORDS = "last_words"  # bị cáo nói lời sau cùng
    DELIBERATION = "deliberation"  # nghị án
    JUDGMENT = "judgment"  # tuyên án


_BEGINNING = (Stage.PREPARATION, Stage.OPENING)
_END = (Stage.DELIBERATION, Stage.JUDGMENT)
STAGES: Mapping[Procedure, tuple[Stage, ...]] = MappingProxyType(
    {
        Procedure.CRIMINAL_FIRST: (
            *_BEGINNING,
            Stage.INDICTMENT,
            Stage.QUESTIONING,
            Stage.PROSECUTION_CLOSING,
            Stage.DEBATE,
            Stage.LAST_WORDS,
            *_END,
        ),
        Procedure.CRIMINAL_APPEAL: (
            *_BEGINNING,
            Stage.CASE_PRESENTED,
            Stage.QUESTIONING,
            Stage.PROSECUTOR_OPINION,
            Stage.DEBATE,
            Stage.LAST_WORDS,
            *_END,
        ),
        Procedure.CIVIL_FIRST: (
            *_BEGINNING,
            Stage.PARTIES_PRESENT,
            Stage.QUESTIONING,
            Stage.DEBATE,
            Stage.PROSECUTOR_OPINION,
            *_END,
        ),
        Procedure.CIVIL_APPEAL: (
            *_BEGINNING,
            Stage.APPEAL_PRESENTED,
            Stage.QUESTIONING,
            Stage.DEBATE,
            Stage.PROSECUTOR_OPINION,
            *_END,
        ),
    }
)

OF_STATE: Mapping[State, Stage] = MappingProxyType(
    {State.WAITING: Stage.PREPARATION, State.DELIBERATION: Stage.DELIBERATION, State.JUDGMENT: Stage.JUDGMENT}
)
"""The stage that goes with a state. These are entered by their acts, never by a stage key: a key must not close or open anything."""


def may_mark(procedure: Procedure, stage: Stage, state: State) -> bool:
    """Whether the clerk's key for `stage` means something now."""
    return stage in STAGES[procedure] and stage not in OF_STATE.values() and state in (State.OPEN, State.CLOSED_PART)
