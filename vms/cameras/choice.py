"""Which of a camera's streams we use, and what a technician should hear about them. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from streams.types.bus import ProbeResult
from streams.types.camera import Credentials
from streams.types.media import Codec, StreamKind
from vms.cameras.devices import DeviceStream

LONG_GOP_S = 4.0
"""A viewer who joins waits half a GOP for motion and a recording cuts at keyframes: four seconds is where people notice."""
CLOCK_OFF_MS = 2_000
"""Pictures are ordered by capture time; two seconds is also where UsernameToken logins begin to fail on strict devices."""


class Warned(StrEnum):
    FACTORY_PASSWORD = "factory_password"  # noqa: S105 a code, not a password
    CLOCK_OFF = "clock_off"
    LONG_GOP = "long_gop"
    H265_WITHOUT_H264_SUB = "h265_without_h264_sub"
    NO_SUB_STREAM = "no_sub_stream"
    OLD_FIRMWARE = "old_firmware"


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """A stream of which one picture was decoded: what it really is, not what the device says it is."""

    kind: StreamKind
    url: str
    codec: Codec
    width_px: int
    height_px: int
    fps: float
    gop_s: float
    audio: Codec | None = None
    profile: str = ""


def facts(kind: StreamKind, said: DeviceStream, result: ProbeResult) -> StreamFacts:
    """Join what was decoded with what was only said: a probe of one picture measures neither GOP nor frame rate."""
    if result.codec is None:
        raise ValueError("a probe that decoded a picture knows its codec")
    return StreamFacts(
        kind,
        said.url,
        result.codec,
        result.width_px,
        result.height_px,
        round(result.fps or said.fps, 3),
        round(result.gop_s or said.gop_s, 3),
        result.audio or said.audio,
        said.profile,
    )


# Login pairs that makers print in their manuals. Passwords alone are enough: nobody chooses these by themselves.
_FACTORY_PASSWORDS = frozenset(
    {
        "", "0000", "1111", "1234", "12345", "123456", "1234567", "12345678", "123456789", "888888", "666666", "admin", "admin123",
        "admin12345", "admin1234", "password", "pass", "root", "user", "guest", "default", "service", "supervisor", "system",
        "camera", "ikwd", "jvc", "meinsm", "4321", "9999", "fliradmin", "tljwpbo6", "xmhdipc", "hikvision", "hik12345", "dahua123",
        "abc12345", "abcd1234", "p@ssw0rd", "password123", "vietnam", "kbvision", "kb123456", "vivotek", "changeme",
    }
)  # fmt: skip


def is_factory_password(credentials: Credentials) -> bool:
    """Whether the login is one that comes with the device: a known one, or the user name again."""
    if not credentials.username:
        return False  # nothing was supplied: an encoder without a login is a matter of its network, not of its password
    password = credentials.password.casefold()
    return password in _FACTORY_PASSWORDS or password == credentials.username.casefold()


def stream_warnings(streams: Sequence[StreamFacts]) -> list[Warned]:
    """What is wrong with the streams of one camera."""
    sub = next((stream for stream in streams if stream.kind is StreamKind.SUB), None)
    found: list[Warned] = []
    if any(stream.gop_s > LONG_GOP_S for stream in streams):
        found.append(Warned.LONG_GOP)
    if sub is None:
        found.append(Warned.NO_SUB_STREAM)
    if all(stream.codec is Codec.H265 for stream in streams):
        found.append(Warned.H265_WITHOUT_H264_SUB)
    return found


def device_warnings(credentials: Credentials, clock_offset_ms: int | None, said: Iterable[str]) -> list[Warned]:
    """What is wrong with the device; `said` are the codes that the ONVIF client saw (unknown ones are left out)."""
    known = {warning.value for warning in Warned}
    found = [Warned(code) for code in sorted(set(said) & known)]
    if is_factory_password(credentials):
        found.append(Warned.FACTORY_PASSWORD)
    if clock_offset_ms is not None and abs(clock_offset_ms) > CLOCK_OFF_MS:
        found.append(Warned.CLOCK_OFF)
    return list(dict.fromkeys(found))


def merged(*lists: Iterable[Warned]) -> list[str]:
    """All warnings once, in a stable order."""
    return sorted({warning.value for warnings in lists for warning in warnings})
