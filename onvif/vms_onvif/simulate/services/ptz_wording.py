"""The PTZ configuration, which profiles contain and the PTZ service lists. Pure."""

from typing import Final

from vms_onvif.simulate.profiles import PTZ_CONFIGURATION

NODE: Final = "ptz_node_1"
_SPACES: Final = "http://www.onvif.org/ver10/tptz"
POSITION: Final = f"{_SPACES}/PanTiltSpaces/PositionGenericSpace"
ZOOM_POSITION: Final = f"{_SPACES}/ZoomSpaces/PositionGenericSpace"
VELOCITY: Final = f"{_SPACES}/PanTiltSpaces/VelocityGenericSpace"
ZOOM_VELOCITY: Final = f"{_SPACES}/ZoomSpaces/VelocityGenericSpace"


def ptz_configuration(tag: str) -> str:
    return (
        f'<{tag} token="{PTZ_CONFIGURATION}"><tt:Name>PTZ</tt:Name><tt:UseCount>2</tt:UseCount>'
        f"<tt:NodeToken>{NODE}</tt:NodeToken>"
        f"<tt:DefaultAbsolutePantTiltPositionSpace>{POSITION}</tt:DefaultAbsolutePantTiltPositionSpace>"
        f"<tt:DefaultAbsoluteZoomPositionSpace>{ZOOM_POSITION}</tt:DefaultAbsoluteZoomPositionSpace>"
        f"<tt:DefaultContinuousPanTiltVelocitySpace>{VELOCITY}</tt:DefaultContinuousPanTiltVelocitySpace>"
        f"<tt:DefaultContinuousZoomVelocitySpace>{ZOOM_VELOCITY}</tt:DefaultContinuousZoomVelocitySpace>"
        f"<tt:DefaultPTZTimeout>PT10S</tt:DefaultPTZTimeout></{tag}>"
    )
