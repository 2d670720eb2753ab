"""What can go wrong with a hearing, as the one who asked is told."""


class HearingFault(Exception):
    """Base. `code` is a word for pages; `field` the member of the request that it is about."""

    code = "hearing"
    field = ""


class NoSuchHearing(HearingFault):
    code = "hearing"


class Changed(HearingFault):
    """Somebody else was faster: look again. `version` is the one that stands."""

    code = "changed"

    def __init__(self, version: int) -> None:
        super().__init__(f"the hearing is at version {version}")
        self.version = version


class NotPossible(HearingFault):
    """The hearing is not where this can be done."""

    code = "not_now"


class JudgeOnly(HearingFault):
    """Only the presiding judge of this hearing does this."""

    code = "judge_only"


class RoomBusy(HearingFault):
    """Another hearing runs in this courtroom."""

    code = "room_busy"


class Refused(HearingFault):
    """What was given does not go. `code` says why, `field` where."""

    def __init__(self, code: str, field: str) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
