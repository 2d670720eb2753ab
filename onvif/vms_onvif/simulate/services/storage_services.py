"""What a camera with a card of its own says of it (Profile G): services for recording, search and replay (ver10/…/wsdl).

Each channel has one recording, from a day before the simulation began until now, by the device's clock.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from vms_onvif.simulate.addresses import Addresses
from vms_onvif.simulate.clock import DeviceClock
from vms_onvif.simulate.device import OnvifChannel, OnvifDevice
from vms_onvif.simulate.services.table import Operations
from vms_onvif.simulate.soap import Request, SoapFault, x

KEEPS_S: Final = 86_400.0
_MOST_SEARCHES: Final = 8


class StorageServices:
    """`operations` by service: what three addresses answer."""

    def __init__(
        self, device: OnvifDevice, addresses: Addresses, clock: DeviceClock, monotonic_s: Callable[[], float]
    ) -> None:
        self._device = device
        self._addresses = addresses
        self._clock = clock
        self._monotonic_s = monotonic_s
        self._began_s = monotonic_s()
        self._searches: dict[str, int] = {}
        self._numbered = 0

    @property
    def recording(self) -> Operations:
        return {
            "GetServiceCapabilities": lambda _: '<trc:Capabilities DynamicRecordings="false" DynamicTracks="false"/>',
            "GetRecordings": lambda _: "".join(
                f"<trc:RecordingItem><tt:RecordingToken>{_token(place)}</tt:RecordingToken><tt:Configuration>"
                f"{self._source(place, 'tt:Source')}<tt:Content/><tt:MaximumRetentionTime>PT0S</tt:MaximumRetentionTime>"
                "</tt:Configuration><tt:Tracks/></trc:RecordingItem>"
                for place, _ in self._channels
            ),
        }

    @property
    def search(self) -> Operations:
        return {
            "GetServiceCapabilities": lambda _: '<tse:Capabilities MetadataSearch="false"/>',
            "GetRecordingSummary": lambda _: (
                f"<tse:Summary><tt:DataFrom>{self._from}</tt:DataFrom><tt:DataUntil>{self._clock.stamp()}</tt:DataUntil>"
                f"<tt:NumberRecordings>{len(self._device.channels)}</tt:NumberRecordings></tse:Summary>"
            ),
            "FindRecordings": self._find,
            "GetRecordingSearchResults": self._results,
            "EndSearch": self._end,
        }

    @property
    def replay(self) -> Operations:
        return {
            "GetServiceCapabilities": lambda _: '<trp:Capabilities ReversePlayback="false" RTP_RTSP_TCP="true"/>',
            "GetReplayUri": self._uri,
        }

    @property
    def _from(self) -> str:
        return self._clock.stamp(self._began_s - self._monotonic_s() - KEEPS_S)

    @property
    def _channels(self) -> list[tuple[int, OnvifChannel]]:
        return list(enumerate(self._device.channels, start=1))

    def _find(self, _: Request) -> str:
        if len(self._searches) >= _MOST_SEARCHES:
            raise SoapFault("too many searches", "ter:MaxSearches", sender=False)
        self._numbered += 1
        token = f"search_{self._numbered}"
        self._searches[token] = 0
        return f"<tse:SearchToken>{token}</tse:SearchToken>"

    def _results(self, request: Request) -> str:
        """One recording in each answer, so that a client has to ask until the search says that it is over."""
        token = request.text("SearchToken")
        if token not in self._searches:
            raise SoapFault("there is no such search", "ter:InvalidToken")
        told = self._searches[token]
        found = self._channels[told : told + 1]
        self._searches[token] = told + len(found)
        over = told + 1 >= len(self._device.channels)
        return (
            f"<tse:ResultList><tt:SearchState>{'Completed' if over else 'Searching'}</tt:SearchState>"
            f"{''.join(self._information(place, channel) for place, channel in found)}</tse:ResultList>"
        )

    def _end(self, request: Request) -> str:
        if self._searches.pop(request.text("SearchToken"), None) is None:
            raise SoapFault("there is no such search", "ter:InvalidToken")
        return f"<tse:Endpoint>{self._clock.stamp()}</tse:Endpoint>"

    def _information(self, place: int, channel: OnvifChannel) -> str:
        now = self._clock.stamp()
        tracks = ["Video", *(["Audio"] if channel.audio else [])]
        return (
            f"<tt:RecordingInformation><tt:RecordingToken>{_token(place)}</tt:RecordingToken>"
            f"{self._source(place, 'tt:Source')}<tt:EarliestRecording>{self._from}</tt:EarliestRecording>"
            f"<tt:LatestRecording>{now}</tt:LatestRecording><tt:Content/>"
            + "".join(
                f"<tt:Track><tt:TrackToken>{kind.upper()}001</tt:TrackToken><tt:TrackType>{kind}</tt:TrackType>"
                f"<tt:Description/><tt:DataFrom>{self._from}</tt:DataFrom><tt:DataTo>{now}</tt:DataTo></tt:Track>"
                for kind in tracks
            )
            + "<tt:RecordingStatus>Recording</tt:RecordingStatus></tt:RecordingInformation>"
        )

    def _source(self, place: int, tag: str) -> str:
        return (
            f"<{tag}><tt:SourceId>video_source_{place}</tt:SourceId><tt:Name>{x(self._device.name[:60])}</tt:Name>"
            f"<tt:Location/><tt:Description/><tt:Address>{x(self._addresses.service(''))}</tt:Address></{tag}>"
        )

    def _uri(self, request: Request) -> str:
        token = request.text("RecordingToken")
        channel = next((channel for place, channel in self._channels if _token(place) == token), None)
        if channel is None:
            raise SoapFault("there is no such recording", "ter:NoRecording")
        stored = replace(channel.main, path=f"/card/{channel.main.path.lstrip('/')}")
        return f"<trp:Uri>{x(self._addresses.stream(stored))}</trp:Uri>"


def _token(place: int) -> str:
    return f"recording_{place}"
