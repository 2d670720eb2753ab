"""The Media service (ver10/media/wsdl). It has no word for H.265 that clients agree on (quirk 4)."""

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

_AUDIO: Final = {"AAC": ("AAC", 32, 16), "PCMA": ("G711", 64, 8), "PCMU": ("G711", 64, 8)}
"""encoding, kbit/s, kHz"""
_TIMEOUT: Final = "<tt:SessionTimeout>PT60S</tt:SessionTimeout>"


class Media1Service:
    """As the standard has it, but for the quirks; other codecs than JPEG and H.264 are named as devices name them."""

    def __init__(self, device: OnvifDevice, addresses: Addresses) -> None:
        self._device = device
        self._addresses = addresses
        self._quirks = device.quirks
        hidden = Quirk.H265_MISSING_IN_MEDIA1 in device.quirks
        self._profiles = tuple(
            one for one in profiles(device) if not (hidden and one.video is not None and one.video.codec == "H265")
        )

    @property
    def operations(self) -> Operations:
        return {
            "GetServiceCapabilities": lambda _: (
                '<trt:Capabilities SnapshotUri="true"><trt:ProfileCapabilities MaximumNumberOfProfiles="8"/>'
                '<trt:StreamingCapabilities RTPMulticast="false" RTP_TCP="false" RTP_RTSP_TCP="true"/>'
                "</trt:Capabilities>"
            ),
            "GetProfiles": lambda _: "".join(self._profile(one, "trt:Profiles") for one in self._profiles),
            "GetProfile": lambda request: self._profile(required(self._profiles, request), "trt:Profile"),
            "GetVideoSources": self._sources,
            "GetAudioSources": self._audio_sources,
            "GetVideoSourceConfigurations": lambda _: unique(
                [video_source(one, "trt:Configurations") for one in self._profiles]
            ),
            "GetVideoEncoderConfigurations": lambda _: "".join(
                self._video(one, "trt:Configurations") for one in self._profiles
            ),
            "GetVideoEncoderConfiguration": self._one_encoder,
            "GetVideoEncoderConfigurationOptions": self._options,
            "GetAudioEncoderConfigurations": lambda _: unique(
                [self._audio(one, "trt:Configurations") for one in self._profiles]
            ),
            "GetStreamUri": self._stream,
            "GetSnapshotUri": self._snapshot,
            "SetSynchronizationPoint": self._synchronise,
        }

    def _profile(self, one: Profile, tag: str) -> str:
        sound = one.audio
        return (
            f'<{tag} token="{x(one.token)}" fixed="true"><tt:Name>{x(one.name)}</tt:Name>'
            f"{video_source(one, 'tt:VideoSourceConfiguration')}"
            f"{audio_source(one, 'tt:AudioSourceConfiguration') if sound else ''}"
            f"{self._video(one, 'tt:VideoEncoderConfiguration')}"
            f"{self._audio(one, 'tt:AudioEncoderConfiguration')}"
            f"{ptz_configuration('tt:PTZConfiguration') if one.ptz else ''}</{tag}>"
        )

    def _video(self, one: Profile, tag: str) -> str:
        video = one.video
        if video is None or (video.codec == "H265" and Quirk.H265_INCOMPLETE_IN_MEDIA1 in self._quirks):
            return ""
        return (
            f'<{tag} token="{x(one.encoder)}"><tt:Name>{x(one.name)}</tt:Name>{USE_COUNT}'
            f"<tt:Encoding>{x(video.codec)}</tt:Encoding>{resolution(video)}<tt:Quality>5</tt:Quality>"
            f"<tt:RateControl><tt:FrameRateLimit>{video.fps}</tt:FrameRateLimit>"
            "<tt:EncodingInterval>1</tt:EncodingInterval>"
            f"<tt:BitrateLimit>{video.bitrate_bps // 1000}</tt:BitrateLimit></tt:RateControl>"
            f"{_h264(video)}{MULTICAST}{_TIMEOUT}</{tag}>"
        )

    def _audio(self, one: Profile, tag: str) -> str:
        if not one.audio:
            return ""
        encoding, rate_kbps, rate_khz = _AUDIO[one.audio]
        return (
            f'<{tag} token="{x(one.audio_encoder)}"><tt:Name>{x(one.audio_encoder)}</tt:Name>{USE_COUNT}'
            f"<tt:Encoding>{encoding}</tt:Encoding><tt:Bitrate>{rate_kbps}</tt:Bitrate>"
            f"<tt:SampleRate>{rate_khz}</tt:SampleRate>{MULTICAST}{_TIMEOUT}</{tag}>"
        )

    def _sources(self, _: Request) -> str:
        return unique(
            [
                f'<trt:VideoSources token="{x(one.video_source)}"><tt:Framerate>{one.channel.main.fps}</tt:Framerate>'
                f"{resolution(one.channel.main)}</trt:VideoSources>"
                for one in self._profiles
            ]
        )

    def _audio_sources(self, _: Request) -> str:
        return unique(
            [
                f'<trt:AudioSources token="{x(one.audio_source)}"><tt:Channels>1</tt:Channels></trt:AudioSources>'
                for one in self._profiles
                if one.audio
            ]
        )

    def _one_encoder(self, request: Request) -> str:
        token = request.text("ConfigurationToken")
        for one in self._profiles:
            if one.encoder == token and (text := self._video(one, "trt:Configuration")):
                return text
        raise SoapFault("there is no such configuration", "ter:NoConfig")

    def _options(self, _: Request) -> str:
        videos = [one.video for one in self._profiles if one.video is not None and one.video.codec == "H264"]
        sizes = unique(
            [
                f"<tt:ResolutionsAvailable><tt:Width>{video.width_px}</tt:Width>"
                f"<tt:Height>{video.height_px}</tt:Height></tt:ResolutionsAvailable>"
                for video in videos
            ]
        )
        h264 = (
            f"<tt:H264>{sizes}<tt:GovLengthRange><tt:Min>1</tt:Min><tt:Max>250</tt:Max></tt:GovLengthRange>"
            "<tt:FrameRateRange><tt:Min>1</tt:Min><tt:Max>25</tt:Max></tt:FrameRateRange>"
            "<tt:EncodingIntervalRange><tt:Min>1</tt:Min><tt:Max>1</tt:Max></tt:EncodingIntervalRange>"
            "<tt:H264ProfilesSupported>Main</tt:H264ProfilesSupported></tt:H264>"
        )
        return (
            "<trt:Options><tt:QualityRange><tt:Min>1</tt:Min><tt:Max>10</tt:Max></tt:QualityRange>"
            f"{h264 if videos else ''}</trt:Options>"
        )

    def _stream(self, request: Request) -> str:
        if request.text("Stream") == "RTP-Multicast":
            raise SoapFault("no multicast", "ter:InvalidStreamSetup")
        one = required(self._profiles, request)
        if one.video is None:
            raise SoapFault("the profile has no encoder", "ter:IncompleteConfiguration")
        return _media_uri(self._addresses.stream(one.video))

    def _snapshot(self, request: Request) -> str:
        one = required(self._profiles, request)
        return _media_uri(self._addresses.snapshot(one.place))

    def _synchronise(self, request: Request) -> str:
        required(self._profiles, request)
        return ""


def _h264(video: Video) -> str:
    if video.codec != "H264":
        return ""
    return f"<tt:H264><tt:GovLength>{gop(video)}</tt:GovLength><tt:H264Profile>Main</tt:H264Profile></tt:H264>"


def _media_uri(uri: str) -> str:
    return (
        f"<trt:MediaUri><tt:Uri>{x(uri)}</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect>"
        "<tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout></trt:MediaUri>"
    )
