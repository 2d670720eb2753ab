"""Where a simulated device says that its services, streams and pictures are, right or wrong. Pure."""

from enum import StrEnum
from typing import Final

from vms_onvif.simulate.device import OnvifDevice, Video
from vms_onvif.simulate.quirks import Quirk

LAN_HOST: Final = "192.168.1.108"
FACTORY_HOST: Final = "192.168.1.64"
SNAPSHOT: Final = "/snapshot/"
SUBSCRIPTION: Final = "/onvif/subscription/"
ALL_SUBSCRIPTIONS: Final = "/onvif/subscriptions"


class Service(StrEnum):
    """Paths. All operations of a service are answered at its own path only."""

    DEVICE = "/onvif/device_service"
    MEDIA = "/onvif/media_service"
    MEDIA2 = "/onvif/media2_service"
    EVENTS = "/onvif/event_service"
    PTZ = "/onvif/ptz_service"
    RECORDING = "/onvif/recording_service"
    SEARCH = "/onvif/search_service"
    REPLAY = "/onvif/replay_service"


class Addresses:
    """The addresses of one device whose ONVIF port is `port`."""

    def __init__(self, device: OnvifDevice, port: int) -> None:
        self._device = device
        self._quirks = device.quirks
        self._port = port

    def service(self, path: str) -> str:
        """The XAddr of a service or a subscription (quirk 5)."""
        if Quirk.WRONG_XADDR in self._quirks:
            return f"http://{LAN_HOST}{path}"
        return f"http://{self._device.address}:{self._port}{path}"

    def snapshot(self, place: int) -> str:
        """The snapshot of the channel in this place, counted from 1."""
        return self.service(f"{SNAPSHOT}{place}")

    def stream(self, video: Video) -> str:
        """The RTSP address (quirk 6)."""
        host = "127.0.1.1" if Quirk.WRONG_STREAM_HOST in self._quirks else self._device.address
        port = 80 if Quirk.WRONG_STREAM_PORT in self._quirks else self._device.rtsp_port
        return f"rtsp://{host}:{port}/{video.path.lstrip('/')}"

    def discovered(self) -> str:
        """The XAddrs of a ProbeMatch: one, or several with white space between them (quirk 7)."""
        path = Service.DEVICE
        right = f"http://{self._device.address}:{self._port}{path}"
        if Quirk.ONLY_SOURCE_ADDRESS_WORKS in self._quirks:
            return f"http://{FACTORY_HOST}:{self._port}{path}"
        if Quirk.SEVERAL_XADDRS in self._quirks:
            tail = self._device.mac.replace(":", "")
            low = ".".join(self._device.address.split(".")[2:])
            return (
                f"http://[fe80::{tail[0:4]}:{tail[4:8]}:{tail[8:12]}]:{self._port}{path} "
                f"http://169.254.{low}:{self._port}{path}  https://{self._device.address}:443{path} {right}"
            )
        return right
