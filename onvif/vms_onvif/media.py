"""A device's media profiles, read through Media2 (ver20) or Media1 (ver10) into one shape.

Media1 cannot say H.265; devices leave such profiles out there, or leave out their encoder (quirk 4). Tokens are the same in both.
"""

from dataclasses import dataclass
from typing import Any, Final

from vms_onvif.calls import Calls
from vms_onvif.faults import FaultKind, OnvifFault
from vms_onvif.stubs import Service
from vms_onvif.values import at, items, number, text

_CODECS: Final = {"H264": "H264", "H265": "H265", "HEVC": "H265", "JPEG": "JPEG", "MPEG4": "MPEG4", "MPV4-ES": "MPEG4"}
_SOUNDS: Final = {
    "AAC": "AAC",
    "MP4A-LATM": "AAC",
    "MPEG4-GENERIC": "AAC",
    "PCMU": "PCMU",
    "PCMA": "PCMA",
    "G711": "PCMU",  # Media1 does not tell the law; the streaming specification wants μ-law
    "OPUS": "OPUS",
}
_SETUP: Final = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
_MEANING_NO: Final = (FaultKind.REFUSED, FaultKind.UNSUPPORTED, FaultKind.GARBAGE)


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile. `codec` and `audio` are empty when the device does not say; numbers are 0 then."""

    token: str
    name: str = ""
    source: str = ""
    source_configuration: str = ""
    encoder: str = ""
    codec: str = ""
    width_px: int = 0
    height_px: int = 0
    fps: float = 0.0
    gop_s: float = 0.0
    bitrate_bps: int = 0
    audio: str = ""
    ptz: bool = False

    @property
    def pixels(self) -> int:
        return self.width_px * self.height_px


class Media:
    """The media services of one device; a path is None when the device has no such service."""

    def __init__(self, calls: Calls, media1: str | None, media2: str | None) -> None:
        self._calls = calls
        self._media1 = media1
        self._media2 = media2

    def profiles(self) -> list[Profile]:
        """Raises `OnvifFault`; UNSUPPORTED when the device has no media service that works."""
        fault = OnvifFault(FaultKind.UNSUPPORTED, "no media service")
        for read in (self._profiles2, self._profiles1):
            try:
                found = read()
            except OnvifFault as refused:
                if refused.kind not in _MEANING_NO:
                    raise
                fault = refused
            else:
                if found:
                    return found
        raise fault

    def stream_uri(self, token: str) -> str:
        """The address as the device says it; empty when it has none for this profile (quirks 6, 19). Raises `OnvifFault`."""
        return self._first_said(
            (self._media2, Service.MEDIA2, {"Protocol": "RTSP", "ProfileToken": token}),
            (self._media1, Service.MEDIA, {"StreamSetup": _SETUP, "ProfileToken": token}),
            operation="GetStreamUri",
        )

    def snapshot_uri(self, token: str) -> str:
        """As `stream_uri`, of a JPEG over HTTP."""
        given = {"ProfileToken": token}
        return self._first_said(
            (self._media2, Service.MEDIA2, given), (self._media1, Service.MEDIA, given), operation="GetSnapshotUri"
        )

    def synchronize(self, token: str) -> None:
        """Ask for a keyframe now. Raises `OnvifFault`."""
        service, path = (Service.MEDIA2, self._media2) if self._media2 else (Service.MEDIA, self._media1)
        if path is None:
            raise OnvifFault(FaultKind.UNSUPPORTED, "no media service")
        self._calls.call(service, path, "SetSynchronizationPoint", ProfileToken=token)

    def _first_said(self, *ways: tuple[str | None, Service, dict[str, Any]], operation: str) -> str:
        for path, service, params in ways:
            if path is None:
                continue
            try:
                answer = self._calls.call(service, path, operation, **params)
            except OnvifFault as fault:
                if fault.kind not in _MEANING_NO:
                    raise
                continue
            said = answer.strip() if isinstance(answer, str) else text(answer, "Uri")
            if said:
                return said
        return ""

    def _profiles2(self) -> list[Profile]:
        if self._media2 is None:
            return []
        answer = self._calls.call(Service.MEDIA2, self._media2, "GetProfiles", Type=["All"])
        return [_profile2(item) for item in items(answer) if text(item, "token")]

    def _profiles1(self) -> list[Profile]:
        if self._media1 is None:
            return []
        answer = self._calls.call(Service.MEDIA, self._media1, "GetProfiles")
        return [_profile1(item) for item in items(answer) if text(item, "token")]


def _profile2(item: Any) -> Profile:
    parts = at(item, "Configurations")
    gop = number(parts, "VideoEncoder", "GovLength")
    return _profile(item, parts, ("VideoSource", "VideoEncoder", "AudioEncoder", "PTZ"), gop)


def _profile1(item: Any) -> Profile:
    encoder = at(item, "VideoEncoderConfiguration")
    gop = number(encoder, "H264", "GovLength") or number(encoder, "MPEG4", "GovLength")
    names = "VideoSourceConfiguration", "VideoEncoderConfiguration", "AudioEncoderConfiguration", "PTZConfiguration"
    return _profile(item, item, names, gop)


def _profile(item: Any, parts: Any, names: tuple[str, str, str, str], gop_frames: float) -> Profile:
    """`names` are those of video source, video encoder, audio encoder and PTZ among `parts`."""
    source, encoder, audio, ptz = (at(parts, name) for name in names)
    fps = min(number(encoder, "RateControl", "FrameRateLimit"), 1000.0)
    return Profile(
        # As it came: a token with spaces around it is another token (quirk 19).
        token=str(at(item, "token")),
        name=text(item, "Name"),
        source=text(source, "SourceToken") or text(source, "token"),
        source_configuration=text(source, "token"),
        encoder=text(encoder, "token"),
        codec=_CODECS.get(text(encoder, "Encoding").upper(), text(encoder, "Encoding")[:20]),
        width_px=_pixels(encoder, "Width"),
        height_px=_pixels(encoder, "Height"),
        fps=fps,
        gop_s=round(gop_frames / fps, 3) if fps else 0.0,
        bitrate_bps=int(min(number(encoder, "RateControl", "BitrateLimit"), 1e6)) * 1000,
        audio=_SOUNDS.get(text(audio, "Encoding").upper(), ""),
        ptz=ptz is not None,
    )


def _pixels(encoder: Any, side: str) -> int:
    return int(min(number(encoder, "Resolution", side), 65_535))
