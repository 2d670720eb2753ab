"""The Media2 service (ver20/media/wsdl), which has words for H.265."""

from typing import Final

from vms_onvif.simulate.addresses import Addresses
from vms_onvif.simulate.device import OnvifDevice, Video
from vms_onvif.simulate.profiles import Profile, profiles
from vms_onvif.simulate.quirks import Quirk
from vms_onvif.simulate.services.ptz_wording import ptz_configuration
from vms_onvif.simulate.services.table import Operations, required
from vms_onvif.simulate.services.wording import (
    MULTICAST,
    USE_COUNT,
    audio_source,
    gop,
    resolution,
    unique,
    video_source,
)
from vms_onvif.simulate.soap import Request, SoapFault, x

_AUDIO: Final = {"AAC": ("MP4A-LATM", 32, 16), "PCMA": ("PCMA", 64, 8), "PCMU": ("PCMU", 64, 8)}
"""encoding, kbit/s, kHz"""
_PROTOCOLS: Final = frozenset({"RtspUnicast", "RTSP", "RtspOverHttp"})
_KINDS: Final = frozenset({"All", "VideoSource", "AudioSource", "VideoEncoder", "AudioEncoder", "PTZ", "Analytics"})


class Media2Service:
    def __init__(self, device: OnvifDevice, addresses: Addresses) -> None:
        self._device = device
        self._addresses = addresses
        self._profiles = profiles(device)

    @property
    def operations(self) -> Operations:
        return {
            "GetServiceCapabilities": lambda _: (
                '<tr2:Capabilities SnapshotUri="true"><tr2:ProfileCapabilities MaximumNumberOfProfiles="8"/>'
                '<tr2:StreamingCapabilities RTSPStreaming="true" RTPMulticast="false" RTP_RTSP_TCP="true"/>'
                "</tr2:Capabilities>"
            ),
            "GetProfiles": self._all,
            "GetVideoSourceConfigurations": lambda request: unique(
                [video_source(one, "tr2:Configurations") for one in self._chosen(request)]
            ),
            "GetVideoEncoderConfigurations": lambda request: "".join(
                _video(one, "tr2:Configurations") for one in self._chosen(request)
            ),
            "GetVideoEncoderConfigurationOptions": self._options,
            "GetAudioEncoderConfigurations": lambda request: unique(
                [_audio(one, "tr2:Configurations") for one in self._chosen(request)]
            ),
            "GetStreamUri": self._stream,
            "GetSnapshotUri": lambda request: (
                f"<tr2:Uri>{x(self._addresses.snapshot(required(self._profiles, request).place))}</tr2:Uri>"
            ),
            "SetSynchronizationPoint": self._synchronise,
        }

    def _all(self, request: Request) -> str:
        """`Type` chooses which configurations come along, none by default (Media2 5.2.3)."""
        kinds = frozenset(request.texts("Type"))
        if not kinds <= _KINDS:
            raise SoapFault("an unknown type of configuration")
        token = request.text("Token")
        chosen = [one for one in self._profiles if not token or one.token == token]
        if not chosen:
            raise SoapFault("there is no such profile", "ter:NoProfile")
        return "".join(
            f'<tr2:Profiles token="{x(one.token)}" fixed="true"><tr2:Name>{x(one.name)}</tr2:Name>'
            f"{_configurations(one, kinds)}</tr2:Profiles>"
            for one in chosen
        )

    def _chosen(self, request: Request) -> list[Profile]:
        """By `ConfigurationToken` or `ProfileToken`, when one is given."""
        token, named = request.text("ConfigurationToken"), request.text("ProfileToken")
        if named:
            return [required(self._profiles, request)]
        owned = [
            one
            for one in self._profiles
            if not token or token in {one.encoder, one.video_source_configuration, one.audio_encoder}
        ]
        if not owned:
            raise SoapFault("there is no such configuration", "ter:NoConfig")
        return owned

    def _options(self, request: Request) -> str:
        texts = []
        for one in self._chosen(request):
            if one.video is not None:
                video = one.video
                texts.append(
                    f'<tr2:Options GovLengthRange="1 250" FrameRatesSupported="{video.fps}" ProfilesSupported="Main">'
                    f"<tt:Encoding>{x(video.codec)}</tt:Encoding>"
                    "<tt:QualityRange><tt:Min>1</tt:Min><tt:Max>10</tt:Max></tt:QualityRange>"
                    f"<tt:ResolutionsAvailable><tt:Width>{video.width_px}</tt:Width><tt:Height>{video.height_px}"
                    "</tt:Height></tt:ResolutionsAvailable>"
                    "<tt:BitrateRange><tt:Min>64</tt:Min><tt:Max>8000</tt:Max></tt:BitrateRange></tr2:Options>"
                )
        return unique(texts)

    def _stream(self, request: Request) -> str:
        if request.text("Protocol") not in _PROTOCOLS:
            raise SoapFault("only RTSP", "ter:InvalidStreamSetup")
        one = required(self._profiles, request)
        if one.video is None:
            raise SoapFault("the profile has no encoder", "ter:IncompleteConfiguration")
        if Quirk.NO_STREAM_URI in self._device.quirks:
            return ""
        return f"<tr2:Uri>{x(self._addresses.stream(one.video))}</tr2:Uri>"

    def _synchronise(self, request: Request) -> str:
        required(self._profiles, request)
        return ""


def _configurations(one: Profile, kinds: frozenset[str]) -> str:
    def wanted(kind: str) -> bool:
        return bool(kinds & {"All", kind})

    inside = (
        f"{video_source(one, 'tr2:VideoSource') if wanted('VideoSource') else ''}"
        f"{audio_source(one, 'tr2:AudioSource') if one.audio and wanted('AudioSource') else ''}"
        f"{_video(one, 'tr2:VideoEncoder') if wanted('VideoEncoder') else ''}"
        f"{_audio(one, 'tr2:AudioEncoder') if wanted('AudioEncoder') else ''}"
        f"{ptz_configuration('tr2:PTZ') if one.ptz and wanted('PTZ') else ''}"
    )
    return f"<tr2:Configurations>{inside}</tr2:Configurations>" if inside else ""


def _video(one: Profile, tag: str) -> str:
    if one.video is None:
        return ""
    video: Video = one.video
    return (
        f'<{tag} token="{x(one.encoder)}" GovLength="{gop(video)}" Profile="Main"><tt:Name>{x(one.name)}</tt:Name>'
        f"{USE_COUNT}<tt:Encoding>{x(video.codec)}</tt:Encoding>{resolution(video)}"
        f'<tt:RateControl ConstantBitRate="false"><tt:FrameRateLimit>{video.fps}</tt:FrameRateLimit>'
        f"<tt:BitrateLimit>{video.bitrate_bps // 1000}</tt:BitrateLimit></tt:RateControl>"
        f"{MULTICAST}<tt:Quality>5</tt:Quality></{tag}>"
    )


def _audio(one: Profile, tag: str) -> str:
    if not one.audio:
        return ""
    encoding, rate_kbps, rate_khz = _AUDIO[one.audio]
    return (
        f'<{tag} token="{x(one.audio_encoder)}"><tt:Name>{x(one.audio_encoder)}</tt:Name>{USE_COUNT}'
        f"<tt:Encoding>{encoding}</tt:Encoding>{MULTICAST}<tt:Bitrate>{rate_kbps}</tt:Bitrate>"
        f"<tt:SampleRate>{rate_khz}</tt:SampleRate></{tag}>"
    )
