"""Who sits and acts in a hearing beside its presiding judge, by office: as papers name them. Pure."""

import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from vms.hearings.faults import Refused
from vms.hearings.stages import Procedure


class Office(StrEnum):
    JUDGE = "judge"  # thẩm phán khác của Hội đồng xét xử
    JUROR = "juror"  # hội thẩm nhân dân
    CLERK = "clerk"  # thư ký phiên tòa
    PROSECUTOR = "prosecutor"  # kiểm sát viên


WITH_JURORS = frozenset({Procedure.CRIMINAL_FIRST, Procedure.CIVIL_FIRST})
"""An appeal is heard by judges alone (BLTTHS art. 254, BLTTDS art. 63 and 64)."""
Officers = tuple[tuple[Office, str], ...]


def officers_of(given: Iterable[tuple[Office, str]], procedure: Procedure) -> Officers:
    """As they are kept: NFC, without spaces around, nobody twice in an office. Raises `Refused`: juror."""
    named = dict.fromkeys((office, unicodedata.normalize("NFC", name).strip()) for office, name in given)
    if procedure not in WITH_JURORS and any(office is Office.JUROR for office, _ in named):
        raise Refused("juror", "officers")
    return tuple((office, name) for office, name in named if name)


def names_of(officers: Iterable[tuple[Office, str]], office: Office) -> str:
    """Everyone of an office, in one line."""
    return ", ".join(name for one, name in officers if one is office)
