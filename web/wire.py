"""What goes over HTTP: request and response bodies, and the messages of the event socket.

These classes are the API. The OpenAPI document is made from them, and the front end's types from that document.
Times are UTC milliseconds since the epoch (`_ms`); ids are unguessable strings; text from devices is data, never markup.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from streams.types.bus import AlarmKind, Shown
from streams.types.camera import DelayFault, FaultKind, Liveness, Zone
from streams.types.media import Codec, StreamKind
from streams.types.tap import EndReason
from vms.hearings.checking import CheckKind, CheckProblem
from vms.hearings.delay import MOST_DELAY_S
from vms.hearings.gate import Card, Flag, Point
from vms.hearings.officers import Office
from vms.hearings.reviewed import Progress
from vms.hearings.stages import Procedure
from vms.hearings.stages import Stage as HearingStage
from vms.hearings.states import Act, Outcome, State
from vms.organisation.changes import What
from vms.organisation.plan import ProblemCode

Id = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[0-9a-zA-Z_-]+$")]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
"""Anything that a person writes; databases do not agree about NUL."""
Ms = Annotated[int, Field(ge=0, le=253_402_300_799_000)]
"""A moment up to the year 9999: beyond, databases do not agree."""


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class ErrorCode(StrEnum):
    """The front end shows its own sentence per code, in the user's language; `detail` adds the facts."""

    BAD_REQUEST = "bad_request"
    NOT_SIGNED_IN = "not_signed_in"
    WRONG_LOGIN = "wrong_login"
    LOCKED = "locked"
    PASSWORD_EXPIRED = "password_expired"  # noqa: S105 a code, not a password
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    BAD_OFFER = "bad_offer"
    NO_PICTURE = "no_picture"
    HEARING_CLOSED = "hearing_closed"
    """The courtroom shows nothing now, or not to you: the hearing's `card` says why."""
    CODEC = "codec"
    WEAK_PASSWORD = "weak_password"  # noqa: S105 a code, not a password
    WRONG_TOKEN = "wrong_token"  # noqa: S105 a code, not a password
    CODE_NEEDED = "code_needed"
    """The session waits for the code of the second factor: POST /api/session/totp."""
    ENROLMENT_NEEDED = "enrolment_needed"
    """A role of this person needs a second factor: POST /api/session/totp/enrolment."""
    WRONG_CODE = "wrong_code"
    ADMINISTRATION_CLOSED = "administration_closed"
    """`detail` is network or hours."""
    BEYOND_REACH = "beyond_reach"
    """Recordings further back than this person's roles look; `detail` is since when they do, in ms, or empty for not at all."""
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


class Error(Body):
    code: ErrorCode
    detail: str = ""
    field: str = ""


# --- first start, sign in -------------------------------------------------------------------------------------------------


class SetupState(Body):
    needed: bool


class SetupRequest(Body):
    """The token is printed once by `vms serve` on its first start and dies with its use."""

    token: str = Field(max_length=200)
    login: str = Field(min_length=1, max_length=64)
    name: Name
    password: str = Field(min_length=1, max_length=1024)


class SignIn(Body):
    login: str = Field(max_length=64)
    password: str = Field(max_length=1024)


class ChangePassword(Body):
    old: str = Field(max_length=1024)
    new: str = Field(max_length=1024)


Stage = Literal["code", "password", "enrolment", "open"]
"""What a session waits for before anything else is answered: the code of the second factor, a new password, the enrolment of a
second factor; `open` when it waits for nothing."""


class SignInWays(Body):
    """`sso` is the name of the identity provider for the button, "" without one."""

    sso: str


class SsoStart(Body):
    """Where the browser goes to sign in; it comes back to GET /api/oidc/callback, which leads to / or to /sign-in?error=…"""

    url: str


class SecondFactorCode(Body):
    """Six digits, or one of the recovery codes."""

    code: str = Field(min_length=1, max_length=40)


class EnrolmentRequest(Body):
    """`code`: the present one, when a second factor is there already."""

    code: str = Field(default="", max_length=40)


class Enrolment(Body):
    """To be shown now and never again. `qr_svg` is a whole SVG document of the otpauth address."""

    secret: str
    uri: str
    qr_svg: str


class Enrolled(Body):
    """`recovery_codes` are shown once; each is good for one sign-in without the authenticator."""

    recovery_codes: list[str]
    me: "Me"


class RunningSession(Body):
    id: Id
    created_ms: int
    touched_ms: int
    expires_ms: int
    address: str
    agent: str
    """What the browser says about itself."""
    current: bool


class NewStreamLogin(Body):
    label: Name


class StreamLogin(Body):
    """A login for a player that is no browser: `rtsp(s)://…/cameras/{id}?stream=main`, HTTP digest."""

    id: Id
    username: str
    label: str
    created_ms: int
    used_ms: int | None
    expires_ms: int | None


class CreatedStreamLogin(Body):
    """`secret` is shown once."""

    login: StreamLogin
    secret: str


class StreamLogins(Body):
    """`address` is what stands before `/cameras/{id}`, "" when nothing listens for players."""

    address: str
    logins: list[StreamLogin]


class Me(Body):
    """`may` lists the actions that the person holds anywhere, so that the menu shows no dead doors. It decides nothing."""

    account_id: Id
    login: str
    name: str
    roles: list[str]
    may: list[str]
    must_change_password: bool
    csrf: str
    """Echoed as `X-CSRF-Token` on every request that changes something."""
    language: Literal["vi", "en"]
    stage: Stage
    totp: bool
    """Whether a second factor is enrolled."""
    totp_required: bool
    password_expires_ms: int | None
    console: bool
    """Whether this is a wall console: it has its wall (GET /api/console/wall) and nothing else."""


# --- cameras --------------------------------------------------------------------------------------------------------------


class Camera(Body):
    id: Id
    number: int
    name: str
    site_id: Id
    site: str
    unit: str
    streams: list[StreamKind]
    can_view: bool
    motion: bool


class CameraDetail(Camera):
    manufacturer: str = ""
    model: str = ""
    firmware: str = ""
    serial: str = ""
    address: str = ""
    warnings: list[str] = []
    """Codes: factory_password, clock_off, long_gop, h265_without_h264_sub, no_sub_stream, old_firmware…"""
    clock_offset_ms: int | None = None
    sensitivity: int
    min_duration_s: float
    zones: list[Zone]
    registered_ms: int


class CameraPatch(Body):
    name: Name | None = None
    number: int | None = Field(default=None, ge=1, le=9999)
    site_id: Id | None = None
    motion: bool | None = None
    sensitivity: int | None = Field(default=None, ge=1, le=100)
    min_duration_s: float | None = Field(default=None, ge=0, le=60)
    zones: list[Zone] | None = None


class Site(Body):
    id: Id
    name: str
    unit: str
    legacy_district: str = ""
    latitude: float | None = None
    longitude: float | None = None


class TreeNode(Body):
    """The camera tree: units over sites; the cameras refer to their site."""

    id: Id
    name: str
    kind: Literal["unit", "site"]
    parent_id: Id | None


class Tree(Body):
    nodes: list[TreeNode]
    cameras: list[Camera]


WallSize = Literal[1, 4, 6, 8, 9, 16, 25, 36, 64]
"""How many tiles: squares, and 6 and 8 with one large tile at the top left (1 + 5, 1 + 7), which is the first."""


class Layout(Body):
    """A saved wall: `tiles` is row by row, null for an empty tile. One layout named "" is the last one used."""

    name: str = Field(max_length=80)
    size: WallSize
    tiles: list[Id | None] = Field(max_length=64)


class Courtroom(Body):
    id: Id
    name: str
    court: str
    site_id: Id
    angles: list["Angle"]


class Angle(Body):
    """One named picture of a courtroom. `kind` is one of accused, bench, witness, evidence."""

    kind: Literal["accused", "bench", "witness", "evidence"]
    name: str
    camera_id: Id


# --- finding and registering ----------------------------------------------------------------------------------------------


class DiscoveryRequest(Body):
    """Any mix. `ranges` are CIDR (at most 4,096 addresses together) or "first-last"; `addresses` are hosts or host:port."""

    multicast: bool = True
    ranges: list[str] = Field(default=[], max_length=64)
    addresses: list[str] = Field(default=[], max_length=1000)


class FoundDevice(Body):
    address: str
    """host:port that answered"""
    xaddr: str
    name: str = ""
    hardware: str = ""
    location: str = ""
    endpoint: str = ""
    registered_as: Id | None = None


class Discovery(Body):
    id: Id
    state: Literal["running", "done", "failed"]
    probed: int
    to_probe: int
    found: list[FoundDevice]
    error: Error | None = None


class RegistrationItem(Body):
    """One device to register. Without `xaddr`, `rtsp_main` names an encoder that has no ONVIF.

    `courtroom_id` with `angle` attaches the first video source as that picture of the courtroom.
    """

    xaddr: str = Field(default="", max_length=500)
    rtsp_main: str = Field(default="", max_length=500)
    rtsp_sub: str = Field(default="", max_length=500)
    username: str = Field(default="", max_length=200)
    password: str = Field(default="", max_length=200)
    name: str = Field(default="", max_length=200)
    number: int | None = Field(default=None, ge=1, le=9999)
    site_id: Id
    courtroom_id: Id | None = None
    angle: Literal["accused", "bench", "witness", "evidence"] | None = None


class RegistrationRequest(Body):
    items: list[RegistrationItem] = Field(min_length=1, max_length=1000)


RegistrationStep = Literal["waiting", "connecting", "identity", "profiles", "streams", "saved", "failed"]


class RegistrationProgress(Body):
    label: str
    step: RegistrationStep
    camera_ids: list[Id] = []
    warnings: list[str] = []
    error: Error | None = None
    """`detail` holds the code of what went wrong with the device: unreachable, authentication, not_onvif, no_video…"""
    has_snapshot: bool = False


class Registration(Body):
    id: Id
    state: Literal["running", "done"]
    items: list[RegistrationProgress]


class ImportLine(Body):
    """What one line of a CSV file would do. `problems` are codes with facts, e.g. {"code": "bad_address", "value": "…"}."""

    line: int
    name: str
    address: str
    ok: bool
    problems: list[dict[str, str]]


class ImportReport(Body):
    dry_run: bool
    encoding: str
    delimiter: str
    lines: list[ImportLine]
    registration_id: Id | None = None


# --- alarms ---------------------------------------------------------------------------------------------------------------


class Alarm(Body):
    id: Id
    camera_id: Id
    camera_number: int
    camera_name: str
    site: str
    kind: AlarmKind
    zone: str
    start_ms: int
    end_ms: int | None
    peak_ms: int | None
    has_snapshot: bool
    acknowledged_ms: int | None
    acknowledged_by: str | None


class AlarmPage(Body):
    alarms: list[Alarm]
    next_before_ms: int | None
    unacknowledged: int


# --- accounts -------------------------------------------------------------------------------------------------------------


class RoleGrant(Body):
    """A role in a unit, from now (or `valid_from_ms`) on, until further notice (or until `valid_to_ms`, excluded)."""

    role: str = Field(max_length=40)
    unit_id: Id
    unit: str = ""
    valid_from_ms: Ms | None = None
    valid_to_ms: Ms | None = None


class HeldGrant(Body):
    """A role that an account held, holds or will hold."""

    id: Id
    role: str
    unit_id: Id
    unit: str
    valid_from_ms: int
    valid_to_ms: int | None
    holds: bool
    granted_by: str
    """The name of who gave it; "" for the first start and for single sign-on."""
    source: Literal["", "oidc"]


class Account(Body):
    id: Id
    login: str
    name: str
    locked: bool
    grants: list[RoleGrant]


class AccountDetail(Account):
    created_ms: int
    password_set_ms: int
    must_change_password: bool
    totp: bool
    totp_required: bool
    sso_subject: str
    history: list[HeldGrant]
    """Every grant, the newest first."""


class SsoSubject(Body):
    """The `sub` by which the identity provider knows this person; "" for none."""

    subject: str = Field(max_length=255)


class NewAccount(Body):
    login: str = Field(min_length=1, max_length=64)
    name: Name
    grants: list[RoleGrant] = Field(min_length=1, max_length=20)


class CreatedAccount(Body):
    account: Account
    first_password: str
    """Shown once; must be changed at the first sign-in."""


class UnitChoice(Body):
    id: Id
    name: str
    kind: str


# --- audit ----------------------------------------------------------------------------------------------------------------


class AuditEntry(Body):
    """One row of the audit log; names are as they were then. `action` is an action of the rights, or what happened at the door or to
    a view (`sign_in`, `sign_in.refused`, `view.began`, `view.ended`…). `reads`: a look that changed nothing.
    """

    seq: int
    at_ms: int
    address: str
    account_id: str
    name: str
    roles: list[str]
    console: bool
    action: str
    reads: bool
    kind: str
    object_id: str
    label: str
    unit_id: str
    facts: dict[str, str]
    hash: str


class AuditPage(Body):
    """The newest first. `next_before` is `before` of the next page, None at the end."""

    entries: list[AuditEntry]
    next_before: int | None


# --- organisation ---------------------------------------------------------------------------------------------------------


class OrganisationUnit(Body):
    """One unit at a moment. Moments are the beginnings of days in Vietnam; 0 is since ever, None still, ends are excluded."""

    id: Id
    key: str
    """Its name in the files."""
    kind: str
    name: str
    name_en: str
    parent_id: Id | None
    """Where it belonged at that moment; None at the top."""
    valid_from_ms: int
    valid_to_ms: int | None
    placed_from_ms: int
    placed_to_ms: int | None
    successor: str
    """The name of who takes over, or took over."""


class OrganisationSite(Body):
    id: Id
    key: str
    name: str
    name_en: str
    unit_id: Id
    legacy_district: str
    latitude: float | None
    longitude: float | None
    owner: str
    funding: str
    courtrooms: list[str]


AngleKind = Literal["accused", "bench", "witness", "evidence"]


class OrganisationAngle(Body):
    """`number` is that of the camera that is planned."""

    kind: AngleKind
    name: str
    number: int | None
    channel: int
    audio: bool


class OrganisationCourtroom(Body):
    """`court_id` is who has it now: a successor, when the court that it was given to is gone. `site` is a key."""

    id: Id
    key: str
    name: str
    court_id: Id
    site: str
    angles: list[OrganisationAngle]


class OrganisationOutline(Body):
    """Units as they were at `at_ms`; sites and courtrooms are those of now, and there are none for another moment. `may_export` and
    `may_reorganise` are about the whole of it.
    """

    at_ms: int
    now: bool
    may_export: bool
    may_reorganise: bool
    units: list[OrganisationUnit]
    sites: list[OrganisationSite]
    courtrooms: list[OrganisationCourtroom]


# --- reorganisation -------------------------------------------------------------------------------------------------------


class OrganisationFiles(Body):
    """The organisation as files of `config/province`'s form, by name."""

    files: dict[str, str]


UnitKey = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]*$")]
NameOrNone = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
"""The first day in Vietnam on which something holds."""


class RenameUnit(Body):
    do: Literal["rename"]
    key: UnitKey
    name: Name
    name_en: NameOrNone = ""


class CreateUnit(Body):
    do: Literal["create"]
    key: UnitKey
    kind: UnitKey
    name: Name
    name_en: NameOrNone = ""
    parent: UnitKey
    day: Day


class CloseUnit(Body):
    """`successor` takes over what is left; "" when nothing is."""

    do: Literal["close"]
    key: UnitKey
    successor: UnitKey | Literal[""] = ""
    day: Day


class MoveUnit(Body):
    do: Literal["move"]
    key: UnitKey
    parent: UnitKey
    day: Day


class PutSite(Body):
    """A site as it is to be; `new` adds it. Another unit sees its cameras once the reorganisation is applied. Degrees north and east."""

    do: Literal["site"]
    new: bool
    key: UnitKey
    name: Name
    name_en: NameOrNone = ""
    unit: UnitKey
    legacy_district: NameOrNone = ""
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    owner: NameOrNone = ""
    funding: NameOrNone = ""


class PutAngle(Body):
    kind: AngleKind
    name: Name
    number: int | None = Field(default=None, ge=1, le=9999)
    channel: int = Field(default=1, ge=1, le=9999)
    audio: bool = False


class PutCourtroom(Body):
    """A courtroom as it is to be; `new` adds it. Angles are added or changed; one that is not named stays."""

    do: Literal["courtroom"]
    new: bool
    key: UnitKey
    name: Name
    court: UnitKey
    site: UnitKey
    angles: list[PutAngle] = Field(default=[], max_length=4)


UnitEdit = Annotated[RenameUnit | CreateUnit | CloseUnit | MoveUnit | PutSite | PutCourtroom, Field(discriminator="do")]


class NewReorganisation(Body):
    """Either files (those that are not given stay as they are), or edits of the organisation as it is now, one after the other."""

    note: str = Field(default="", max_length=500)
    files: dict[str, str] = Field(default={}, max_length=10)
    edits: list[UnitEdit] = Field(default=[], max_length=200)


class FileProblem(Body):
    """One thing that is wrong with a file; `line` 0 is the file as a whole. `code` has a sentence in each language. For `file` "edits"
    the line is the number of the edit, from 1."""

    file: str
    line: int
    code: ProblemCode
    value: str


class OrganisationChange(Body):
    """What is different, in names: before and after, or where it was and where it goes; who takes over is `new` of `unit_closed`.
    `day_ms` is when it begins to hold; None: at once."""

    what: What
    name: str
    old: str
    new: str
    day_ms: int | None


class ReorganisationEffect(Body):
    """What changes for one person; at most 50 cameras and courtrooms are named in each list, the counts are of all."""

    account_id: Id
    login: str
    name: str
    gains: list[str]
    loses: list[str]
    gained: int
    lost: int


class Reorganisation(Body):
    """A proposal and its dry run. Only somebody else than who proposed it may apply it. `stale`: the organisation has changed since the
    dry run, it can only be proposed anew. At most 500 `changes`."""

    id: Id
    note: str
    state: Literal["proposed", "applied", "rejected"]
    added: int
    changed: int
    removed: int
    effective_ms: int
    changes: list[OrganisationChange]
    effects: list[ReorganisationEffect]
    proposed_by: str
    proposed_ms: int
    decided_by: str
    decided_ms: int | None
    mine: bool
    stale: bool


class ReorganisationCheck(Body):
    """Either what is wrong with the files, or the proposal."""

    problems: list[FileProblem]
    proposal: Reorganisation | None


# --- sensitive cameras ----------------------------------------------------------------------------------------------------


class RestrictionRule(Body):
    """For one account (or console), or for everyone with a role. `allow` opens what `sensitive` closes, else it forbids: always
    stronger, and everything about the camera. Neither ever gives what the role does not give.
    """

    account_id: Id | None = None
    role: str | None = Field(default=None, max_length=40)
    allow: bool
    valid_from_ms: Ms | None = None
    valid_to_ms: Ms | None = None
    reason: str = Field(default="", max_length=500)


class NewRestriction(Body):
    name: Name
    unit_id: Id
    sensitive: bool
    camera_ids: list[Id] = Field(min_length=1, max_length=1000)
    rules: list[RestrictionRule] = Field(default=[], max_length=200)


class Restriction(Body):
    id: Id
    name: str
    unit_id: Id
    unit: str
    sensitive: bool
    camera_ids: list[Id]
    rules: list[RestrictionRule]


class CameraChoice(Body):
    id: Id
    number: int
    name: str
    site: str


# --- wall consoles --------------------------------------------------------------------------------------------------------


class ConsoleWall(Body):
    """Row by row, null for an empty tile."""

    size: WallSize
    tiles: list[Id | None] = Field(max_length=64)


class NewConsole(Body):
    """`address` is the workstation's: an IPv4 or IPv6 address."""

    name: Name
    unit_id: Id
    address: str = Field(min_length=2, max_length=64)
    wall: ConsoleWall


class Console(Body):
    id: Id
    name: str
    unit_id: Id
    unit: str
    address: str
    wall: ConsoleWall
    state: Literal["waiting", "expired", "enrolled", "revoked"]
    created_ms: int
    created_by: str
    enrolled_ms: int | None
    seen_ms: int | None


class CreatedConsole(Body):
    """`token` is shown once, and good for one enrolment at that workstation until `token_expires_ms`."""

    console: Console
    token: str
    token_expires_ms: int


class EnrolConsole(Body):
    token: str = Field(max_length=200)


# --- hearings -------------------------------------------------------------------------------------------------------------


class HearingParty(Body):
    """A party, by initials where a minor is concerned. `role` as it stands in the papers: bị cáo, nguyên đơn…"""

    role: Name
    name: Name


class HearingOfficer(Body):
    """Who sits or acts in a hearing beside its presiding judge."""

    office: Office
    name: Name


class HearingSummary(Body):
    """What a list shows. Of a closed hearing, to others than the court, `title` is "Phiên kín" and case number, procedure, stage and flags
    are empty. `card` says why observers see nothing now; None when there is something to see. `mine`: the reader is its presiding judge.
    """

    id: Id
    version: int
    court: str
    courtroom_id: Id
    courtroom: str
    title: str
    case_number: str
    procedure: Procedure | None
    begins_ms: int
    ends_ms: int
    state: State
    stage: HearingStage | None
    flags: list[Flag]
    cut: bool
    card: Card | None
    expected_ms: int | None
    judge: str
    mine: bool
    observes: bool
    """Whether the reader is one of its observers (else the court's own)."""
    watchers: int | None
    """How many observers watch now; None for observers."""


class HearingAngle(Body):
    """`carrier` as in `CameraTruth`; empty when nothing carries it. `visible`: whether this very reader gets a picture now."""

    kind: AngleKind
    name: str
    camera_id: Id
    sound: bool
    visible: bool
    carrier: str


class NamedBody(Body):
    """A body that an order shall name: everyone there, or only `account_ids`."""

    unit_id: Id
    account_ids: list[Id] = Field(default=[], max_length=200)


class OrderBody(Body):
    """A body that an order names: everyone there, or only `account_ids` (called `names`)."""

    unit_id: Id
    unit: str
    account_ids: list[Id]
    names: list[str]
    on: bool
    """False when the court's chair has switched the body off for this hearing."""


class NewObservationOrder(Body):
    """`number`: of the paper that it rests on. `version` is the hearing's, as it was seen."""

    version: int
    number: Name
    signer: Name
    angles: list[AngleKind] = Field(min_length=1, max_length=4)
    valid_from_ms: Ms
    valid_to_ms: Ms
    bodies: list[NamedBody] = Field(min_length=1, max_length=50)


class ObservationOrder(Body):
    id: Id
    number: str
    signer: str
    angles: list[AngleKind]
    valid_from_ms: int
    valid_to_ms: int
    revoked_ms: int | None
    holds: bool
    bodies: list[OrderBody]


class RecordingPurpose(Body):
    """What hearings may be recorded for, by the court's policy. One that left the policy is named by its code."""

    code: str
    name: str
    name_en: str


class HearingRecording(Body):
    """A time in which the hearing was recorded; open while it is."""

    purpose: RecordingPurpose
    from_ms: int
    to_ms: int | None
    begun_by: str
    ended_by: str


class HearingRecordingOrder(Body):
    """Record from now on for a purpose of the policy: what observers may see, until the court stops it or the hearing is over."""

    version: int
    purpose: str = Field(min_length=1, max_length=40)
    reason: Text = Field(default="", max_length=500)


class HearingDetail(HearingSummary):
    """To observers `orders`, `parties` and `officers` of a closed hearing and `acts` are empty.

    `acts`: what the reader may do now; `stages`: those of the procedure, in order; `warnings`: codes (case_number).
    """

    parties: list[HearingParty]
    officers: list[HearingOfficer]
    angles: list[HearingAngle]
    stages: list[HearingStage]
    acts: list[Act]
    outcome: Outcome | None
    orders: list[ObservationOrder]
    checklist: dict[Point, bool]
    judge_id: Id | None
    warnings: list[str]
    accepted: bool
    """Whether the reader has accepted the warning for observers in this session."""
    warning: str
    """The version of the warning that must be accepted."""
    delay_s: int
    """So much later observers see and hear it, and so old is what they see."""
    since_ms: int
    """Since when what is shown is what it is: with a delay observers see it `delay_s` later."""
    dropped: list["HearingGap"]
    """What observers never see of it: when it was captured. `delay_s` later there is nothing to see for as long."""
    dumps: bool
    """Whether the reader may drop now what observers have not seen yet."""
    delay_fault: DelayFault | None
    """Why observers of a hearing with a delay see nothing, though something waits for them; to the court alone."""
    watches_for: str
    """The reader's unit, as the pictures bear it; empty for the court's own."""
    recording_purpose: RecordingPurpose | None
    """What the court records it for; to the court alone, like `recordings`. It is recorded now when one of them is open."""
    recordings: list[HearingRecording]
    purposes: list[RecordingPurpose]
    """What the reader may have it recorded for now; empty for whoever may not."""
    now_ms: int


class NewHearing(Body):
    """`checklist` answers every point; a point answered with true brings its flag. `judge_id` is a presiding judge of that court."""

    courtroom_id: Id
    case_number: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")
    procedure: Procedure
    title: Name
    parties: list[HearingParty] = Field(default=[], max_length=100)
    officers: list[HearingOfficer] = Field(default=[], max_length=30)
    judge_id: Id
    begins_ms: Ms
    ends_ms: Ms
    flags: list[Flag] = Field(default=[], max_length=4)
    checklist: dict[Point, bool]
    delay_s: int = Field(default=0, ge=0, le=MOST_DELAY_S)
    """How much later observers see and hear it. Fixed once the hearing has begun."""


class HearingChange(NewHearing):
    """In place of what there was, before the hearing begins."""

    version: int


class HearingActRequest(Body):
    """`version` is the one that was seen: when somebody else was faster the answer is 409 `changed`. `expected_ms`: when a pause is
    expected to end. `outcome`: for `end`. A CUT needs no version: it always counts (POST …/cut).
    """

    version: int
    act: Act
    expected_ms: Ms | None = None
    outcome: Outcome | None = None
    reason: Text = Field(default="", max_length=500)


class HearingCut(Body):
    expected_ms: Ms | None = None
    reason: Text = Field(default="", max_length=500)


class HearingDump(Body):
    """`seconds`: of what observers have not seen yet, the last so many; None: all of it."""

    seconds: int | None = Field(default=None, ge=1, le=MOST_DELAY_S)


class HearingStageMark(Body):
    version: int
    stage: HearingStage


class HearingFlags(Body):
    """A flag that is taken away shows more: the presiding judge's alone."""

    version: int
    flags: list[Flag] = Field(max_length=4)
    reason: Text = Field(default="", max_length=500)


class HearingDone(Body):
    """What became of an act. `confirmed`: every media worker has said so, and no picture runs that it ends. When not, the last one ends by
    itself at `latest_ms`, whatever happens. `took_ms`: from the request to that knowledge.
    """

    hearing: HearingDetail
    confirmed: bool
    latest_ms: int
    took_ms: int


class BodySwitch(Body):
    on: bool
    reason: Text = Field(default="", max_length=500)


class HearingWatcher(Body):
    """Who watches now: one line for each person and place."""

    account_id: Id
    name: str
    unit: str
    address: str
    observer: bool
    angles: list[AngleKind]
    since_ms: int


class HearingAttendance(Body):
    """One person of a body: from when to when, through which angles, from which device, and the gaps between."""

    account_id: Id
    name: str
    unit: str
    address: str
    observer: bool
    angles: list[AngleKind]
    from_ms: int
    to_ms: int | None
    gaps: list["HearingGap"]
    accepted_ms: int | None


class HearingGap(Body):
    from_ms: int
    to_ms: int


class HearingMark(Body):
    """One act of the time-line. `confirmed_ms`: when every worker had confirmed what it opened or closed."""

    number: int
    at_ms: int
    act: str
    state: State
    stage: HearingStage | None
    name: str
    facts: dict[str, str]
    confirmed_ms: int | None


class HearingAcceptance(Body):
    """`warning`: the version that was shown."""

    warning: Text = Field(max_length=40)


FreeText = Annotated[str, Field(max_length=8000, pattern=r"^[^\x00]*$")]


class EvaluationCriterion(Body):
    """`most`: how many points there are. `key` names it in `EvaluationScore`s."""

    key: str
    text: str
    most: int


class EvaluationGroup(Body):
    title: str
    criteria: list[EvaluationCriterion]


class EvaluationScore(Body):
    """`points` is None as long as none are given."""

    points: int | None = Field(default=None, ge=0, le=1000)
    remark: NameOrNone = ""


class NewEvaluation(Body):
    """`version` 0 begins the sheet. `final` hands it in: every criterion has points then, the hearing is over, and it stays as it is."""

    version: int = Field(ge=0)
    evaluated: NameOrNone = ""
    scores: dict[str, EvaluationScore] = Field(default={}, max_length=100)
    strengths: FreeText = ""
    weaknesses: FreeText = ""
    final: bool = False


class HearingEvaluation(Body):
    """One sheet with what it asks. `version` 0: not begun. `points` of `most`; `level` is what that is called, empty before `final_ms`."""

    version: int
    title: str
    groups: list[EvaluationGroup]
    name: str
    mine: bool
    evaluated: str
    scores: dict[str, EvaluationScore]
    strengths: str
    weaknesses: str
    points: int
    most: int
    level: str
    final_ms: int | None


class ReviewParticipant(Body):
    name: Name
    office: NameOrNone = ""
    unit: NameOrNone = ""


class ReviewOpinion(Body):
    name: Name
    text: FreeText


class ReviewText(Body):
    """What stands in the minutes of a body's meeting. `prosecutor_id`: whose hearing it was, somebody of that body."""

    began_ms: Ms
    ended_ms: Ms | None = None
    place: NameOrNone = ""
    chair: NameOrNone = ""
    secretary: NameOrNone = ""
    prosecutor_id: Id | None = None
    participants: list[ReviewParticipant] = Field(default=[], max_length=200)
    opinions: list[ReviewOpinion] = Field(default=[], max_length=100)
    strengths: FreeText = ""
    weaknesses: FreeText = ""
    conclusion: FreeText = ""


class NewHearingReview(ReviewText):
    """`version` 0 begins the minutes. `final` closes them for good; they have a conclusion then."""

    version: int = Field(ge=0)
    final: bool = False


class HearingReview(ReviewText):
    """`sheets` of the body were handed in, with so many points on average (tenths)."""

    version: int
    sheets: int
    average_tenths: int
    most: int
    final_ms: int | None


class ReviewedHearing(Body):
    """A hearing that the reader may write about, for `body`: their own `sheet`, how many `sheets` the body has handed in, its `minutes`.
    `people`: those of the body whose hearing it may count as.
    """

    hearing: HearingSummary
    body: str
    sheet: Progress
    sheets: int
    minutes: Progress
    prosecutor: str
    """Who acted in the hearing, as far as the reader may know it."""
    people: list["PersonChoice"]


class NewHearingNote(Body):
    """`mark` is a moment without words (or with few), `note` has text."""

    kind: Literal["note", "mark"]
    text: Text = Field(default="", max_length=4000)


class HearingNote(Body):
    id: Id
    at_ms: int
    kind: Literal["note", "mark"]
    stage: HearingStage | None
    text: str
    name: str
    mine: bool
    shared_ms: int | None


class RoomCheckRow(Body):
    """One thing that was looked at. `problem` is a code, None when all is well; `value` is what was measured, as text with its unit."""

    kind: CheckKind
    angle: AngleKind | None
    ok: bool
    problem: CheckProblem | None
    value: str


class RoomCheck(Body):
    id: Id
    at_ms: int
    name: str
    passed: bool
    rows: list[RoomCheckRow]


class NewSoundCheck(Body):
    angle: AngleKind


class SoundStep(Body):
    """In dB below full scale."""

    rms_dbfs: float
    peak_dbfs: float


class SoundCheck(Body):
    """What one microphone heard, in `steps` of `step_ms`; `ok`: as loud as a microphone that is on. `wav_base64` is to be played once."""

    angle: AngleKind
    ok: bool
    step_ms: int
    steps: list[SoundStep]
    whole: SoundStep | None
    wav_base64: str


class ObserverBody(Body):
    """A body that can be named in an order, with its people who may observe."""

    unit_id: Id
    unit: str
    people: list["PersonChoice"]


class PersonChoice(Body):
    id: Id
    name: str


class CourtChoice(Body):
    """What a hearing can be scheduled with."""

    court_id: Id
    court: str
    courtrooms: list["CourtroomChoice"]
    judges: list[PersonChoice]
    clerks: list[PersonChoice]


class CourtroomChoice(Body):
    id: Id
    name: str
    angles: list[AngleKind]


class HearingChoices(Body):
    courts: list[CourtChoice]
    bodies: list[ObserverBody]
    prosecutors: list[PersonChoice]
    stages: dict[Procedure, list[HearingStage]]


# --- transports that carry a wall ----------------------------------------------------------------------------------------


class SlotRequest(Body):
    camera_id: Id
    stream: StreamKind = StreamKind.SUB


class WantedSlot(SlotRequest):
    """`mid` names the slot, as in the path of a single one."""

    mid: str = Field(max_length=32)


class SlotsRequest(Body):
    """What a wall shows when it opens or is switched, in one request. No slot twice."""

    slots: list[WantedSlot] = Field(min_length=1, max_length=64)


class SlotView(Body):
    """A view in a slot. Pictures whose `rtpTimestamp` is `first_rtp_timestamp` or later (mod 2³²) are this camera's, none before.

    `shown` is what the link carries now; `ViewMessage` tells of changes.
    """

    view_id: Id
    codec: Codec
    shown: Shown
    first_rtp_timestamp: int


class FilledSlot(Body):
    """Either `view` or why there is none: each slot stands for itself."""

    mid: str
    view: SlotView | None
    error: Error | None


class FilledSlots(Body):
    """In the order of the request."""

    slots: list[FilledSlot]


# --- event socket (GET /api/events, WebSocket; server to browser only, JSON) -----------------------------------------------


class CameraTruth(Body):
    """What the server knows about a camera's picture. The tile adds what it sees itself: the age of its newest picture."""

    camera_id: Id
    liveness: Liveness
    cause: Literal["power", "link", "authentication", "format", "stalled", "unknown"] | None
    fault: FaultKind | None
    since_ms: int
    newest_capture_ms: int
    moving: bool
    codec: Codec | None
    width_px: int
    height_px: int
    fps: float
    bitrate_bps: int
    viewers: int
    carrier: str
    """What carries the camera's pictures now, for `POST /api/carriers/{carrier}`; empty when nothing does."""


class Tick(Body):
    """Every second: our clock, and the cameras whose truth changed (all of them in the first tick)."""

    type: Literal["tick"] = "tick"
    now_ms: int
    cameras: list[CameraTruth]
    workers_alive: int
    volumes_troubled: int
    """Places for recordings that are not well, or do not take all that should be recorded."""


class AlarmMessage(Body):
    type: Literal["alarm"] = "alarm"
    alarm: Alarm


class TreeChanged(Body):
    type: Literal["tree"] = "tree"


class JobProgress(Body):
    type: Literal["job"] = "job"
    kind: Literal["discovery", "registration"]
    id: Id


class HearingMessage(Body):
    """Something happened in a hearing that the reader may see: read it anew. `card` and `expected_ms` are what a viewer shows at once."""

    type: Literal["hearing"] = "hearing"
    hearing_id: Id
    version: int
    card: Card | None
    expected_ms: int | None


class SignedOut(Body):
    """The session ended; the socket closes after this."""

    type: Literal["signed_out"] = "signed_out"
    reason: Literal["expired", "revoked"]


# --- live socket (GET /api/cameras/{id}/live, WebSocket; server to browser only) --------------------------------------------


class LiveInfo(Body):
    """First. `base_ms`: what time 0 of the segments is, UTC: `base_ms` + media time is when a picture was captured."""

    type: Literal["info"] = "info"
    base_ms: int
    codec: Codec
    sound: bool
    transcoded: bool


class LiveInit(Body):
    """The next binary message is an initialisation segment; `codecs` as in RFC 6381, for `video/mp4`."""

    type: Literal["init"] = "init"
    codecs: str


class LiveEnd(Body):
    """Last. After `camera_moved` and `codec` it is worth asking again; after `no_right` it is not."""

    type: Literal["end"] = "end"
    reason: EndReason


LiveMessage = Annotated[LiveInfo | LiveInit | LiveEnd, Field(discriminator="type")]


class ViewMessage(Body):
    """A view of this session shows something else because its link carries more or less (`shown`), or has ended (`ended`)."""

    type: Literal["view"] = "view"
    view_id: Id
    shown: Shown | None
    ended: EndReason | None


EventMessage = Annotated[
    Tick | AlarmMessage | TreeChanged | JobProgress | ViewMessage | HearingMessage | SignedOut,
    Field(discriminator="type"),
]
