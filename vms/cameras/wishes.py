"""What somebody wants registered, and how it can fail. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from streams.types.camera import Credentials
from vms.cameras.addresses import authority_of, onvif_url, rtsp_url
from vms.cameras.words import clean

ANGLES = ("accused", "bench", "witness", "evidence")
MOST_NUMBER = 9999
LONGEST_LOGIN = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """One device to register: by ONVIF (`xaddr`), or an encoder by its RTSP address (`rtsp_main`), never both.

    Addresses were checked (`read_wish`). `number` is for the first channel; None takes the next free one.
    """

    site_id: str
    xaddr: str = ""
    rtsp_main: str = ""
    rtsp_sub: str = ""
    credentials: Credentials = field(default_factory=Credentials, repr=False)
    name: str = ""
    number: int | None = None
    courtroom_id: str | None = None
    angle: str | None = None

    @property
    def url(self) -> str:
        return self.xaddr or self.rtsp_main

    @property
    def address(self) -> str:
        return authority_of(self.url)

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def device_key(self) -> str:
        """What no two devices share: host and port of the ONVIF service, or the whole address of an encoder's main stream."""
        return f"onvif:{self.address}" if self.xaddr else f"rtsp:{self.rtsp_main}"

    @property
    def label(self) -> str:
        return self.name or self.address


class FailureCode(StrEnum):
    """Why one wish was not fulfilled; nothing was changed. The front end has one sentence for each."""

    BAD_ADDRESS = "bad_address"
    USER_INFO = "user_info"  # the address carries a login
    TWO_ADDRESSES = "two_addresses"
    NO_ADDRESS = "no_address"
    COURTROOM_AND_ANGLE = "courtroom_and_angle"  # one without the other
    ALREADY_REGISTERED = "already_registered"
    NUMBER_TAKEN = "number_taken"
    NO_NUMBER_LEFT = "no_number_left"
    ANGLE_TAKEN = "angle_taken"
    UNREACHABLE = "unreachable"
    AUTHENTICATION = "authentication"
    LOCKED = "locked"
    NOT_ONVIF = "not_onvif"
    NO_VIDEO = "no_video"
    STREAM_UNREACHABLE = "stream_unreachable"
    STREAM_NOT_FOUND = "stream_not_found"
    STREAM_FORMAT = "stream_format"
    STREAM_STALLED = "stream_stalled"
    NO_WORKER = "no_worker"  # no media worker to test the streams with
    GONE = "gone"  # site or courtroom disappeared meanwhile
    INTERNAL = "internal"


class RegistrationFailure(Exception):
    def __init__(self, code: FailureCode, detail: str = "") -> None:
        super().__init__(f"{code.value}: {detail}")
        self.code = code
        self.detail = detail


def read_wish(wish: Wish) -> Wish:
    """`wish` with its addresses and its name checked and made canonical. Raises `BadAddress` or `RegistrationFailure`."""
    if wish.xaddr and (wish.rtsp_main or wish.rtsp_sub):
        raise RegistrationFailure(FailureCode.TWO_ADDRESSES)
    if not wish.xaddr and not wish.rtsp_main:
        raise RegistrationFailure(FailureCode.NO_ADDRESS)
    if (wish.courtroom_id is None) != (wish.angle is None) or wish.angle not in (None, *ANGLES):
        raise RegistrationFailure(FailureCode.COURTROOM_AND_ANGLE)
    return Wish(
        site_id=wish.site_id,
        xaddr=onvif_url(wish.xaddr) if wish.xaddr else "",
        rtsp_main=rtsp_url(wish.rtsp_main) if wish.rtsp_main else "",
        rtsp_sub=rtsp_url(wish.rtsp_sub) if wish.rtsp_sub else "",
        credentials=wish.credentials,
        name=clean(wish.name),
        number=wish.number,
        courtroom_id=wish.courtroom_id,
        angle=wish.angle,
    )
