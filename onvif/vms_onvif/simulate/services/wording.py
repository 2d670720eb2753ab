"""XML that both media services share. Pure."""

from vms_onvif.simulate.device import Video
from vms_onvif.simulate.profiles import Profile
from vms_onvif.simulate.soap import x

MULTICAST = (
    "<tt:Multicast><tt:Address><tt:Type>IPv4</tt:Type><tt:IPv4Address>0.0.0.0</tt:IPv4Address></tt:Address>"
    "<tt:Port>0</tt:Port><tt:TTL>1</tt:TTL><tt:AutoStart>false</tt:AutoStart></tt:Multicast>"
)
USE_COUNT = "<tt:UseCount>1</tt:UseCount>"


def resolution(video: Video) -> str:
    return (
        f"<tt:Resolution><tt:Width>{video.width_px}</tt:Width><tt:Height>{video.height_px}</tt:Height></tt:Resolution>"
    )


def gop(video: Video) -> int:
    """Pictures from one keyframe to the next."""
    return max(1, round(video.gop_s * video.fps))


def video_source(one: Profile, tag: str) -> str:
    """A tt:VideoSourceConfiguration."""
    main = one.channel.main
    return (
        f'<{tag} token="{x(one.video_source_configuration)}"><tt:Name>{x(one.video_source_configuration)}</tt:Name>'
        f"{USE_COUNT}<tt:SourceToken>{x(one.video_source)}</tt:SourceToken>"
        f'<tt:Bounds x="0" y="0" width="{main.width_px}" height="{main.height_px}"/></{tag}>'
    )


def audio_source(one: Profile, tag: str) -> str:
    return (
        f'<{tag} token="asc_{one.place}"><tt:Name>asc_{one.place}</tt:Name>{USE_COUNT}'
        f"<tt:SourceToken>{x(one.audio_source)}</tt:SourceToken></{tag}>"
    )


def unique(texts: list[str]) -> str:
    """Each once, in order: profiles share configurations."""
    return "".join(dict.fromkeys(texts))
