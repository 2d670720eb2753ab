"""`vms bench revoke`: a right is taken away while its pictures run. How long until the last packet, and did anybody else notice?"""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final

import typer

from streams.types.camera import Credentials
from vms.access import Role
from vms.cli.bench.result import Json, console, percentile, tell
from vms.cli.bench.revoke_tiles import CarriedWall, RtspTile, SocketTile, Tile, WebRtcTile
from vms.cli.bench.system import Wanted, system
from vms.cli.bench.viewer import ClientIdentity
from vms.cli.client import Api
from vms.cli.rehearsal.people import ADMINISTRATOR, Worker, add
from vms.cli.simulator.simulation import VAR

_SHARED: Final = 12
_CAUSES: Final = (
    "signed_out",
    "session_revoked",
    "account_locked",
    "role_ended",
    "camera_restricted",
    "stream_login_deleted",
)
_GOES_ON: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "signed_out": frozenset({"rtsp"}),
        "session_revoked": frozenset({"rtsp"}),
        "stream_login_deleted": frozenset({"webrtc", "carrier", "websocket"}),
    }
)
"""The person's own transports that a cause is no reason to end."""
_TRANSPORTS: Final = ("webrtc", "carrier", "websocket", "rtsp")
_MIX: Final = ("webrtc", "carrier", "websocket", "webrtc", "carrier", "websocket", "webrtc", "carrier", "rtsp")
_STEADY_S: Final = 3.0
_DISTURBED_S: Final = 0.3
_OPENING: Final = 8
_HOW: Final = (
    "real control, bus and workers, simulated cameras beside them; one person for each cause, each with an equal share of the tiles "
    "over WebRTC (ICE, DTLS, SRTP) with a transport for each picture and with one for each carrier as the wall has, fragmented MP4 "
    "over WebSocket, and RTSP with a stream login. From before the HTTP request that takes the right away to the newest media packet "
    "that a tile concerned received, looked at every 10 ms for {watch:g} s; worst_ms by cause and transport. survivors: tiles "
    "concerned that received anything in the last second of it. signed_out and session_revoked do not concern RTSP, whose logins "
    "stand for themselves; stream_login_deleted concerns nothing else: such tiles count among the others. disturbed: other tiles "
    "whose longest time without a packet was more than {gap:g} s longer than in the {watch:g} s before; gap_p99_ms: 99 % of the "
    "others' longest times, before and meanwhile."
)


@dataclass(slots=True)
class _Share:
    """One person's tiles."""

    login: str
    api: Api
    stream_login: str
    wall: CarriedWall
    tiles: list[Tile]


def revoke(
    tiles: Annotated[int, typer.Option(min=60, max=600, help="Số ô · how many tiles.")] = 260,
    cache: Annotated[Path, typer.Option(help="Nơi giữ hình đã vẽ · where drawn pictures are kept.")] = VAR / "loops",
    watch: Annotated[
        float, typer.Option(min=2, help="Theo dõi mấy giây trước và sau · seconds watched before and after each act.")
    ] = 4.0,
    _json: Json = False,  # noqa: FBT002 typer
) -> None:
    """Thu hồi quyền khi đang xem · rights are taken away from running pictures."""
    tell(asyncio.run(_measure(tiles, cache, watch)))


async def _measure(count: int, cache: Path, watch_s: float) -> dict[str, object]:
    port = free_port()
    more = {"rtsp": f"enabled = true\nport = {port}"}
    async with system(Wanted(cameras=_SHARED + 4, cache=cache, settings=more)) as running, AsyncExitStack() as stack:
        ids = await running.register()
        cameras = [ids[number] for number in sorted(ids)]
        people = [Worker(f"canbo{n}", f"Cán bộ {n}", Role.DUTY_OFFICER, "police") for n, _ in enumerate(_CAUSES)]
        await add(running.settings, people)
        administrator = await stack.enter_async_context(running.api(ADMINISTRATOR))
        group = await stack.enter_async_context(asyncio.TaskGroup())
        shares: dict[str, _Share] = {}
        opened: list[asyncio.Task[None]] = []
        left = count
        for number, (cause, worker) in enumerate(zip(_CAUSES, people, strict=True)):
            # What is restricted is seen by one person only: others must not be concerned.
            seen = cameras[_SHARED:] if cause == "camera_restricted" else cameras[:_SHARED]
            api = await stack.enter_async_context(running.api(worker.login))
            mine = left // (len(_CAUSES) - number)
            left -= mine
            shares[cause] = await _share(worker.login, api, seen, mine, port)
            stack.callback(shares[cause].wall.close)
            opened += await _open(group, shares[cause].tiles)
        await asyncio.sleep(_STEADY_S)
        console.print(f"{len(opened)} ô đang chạy · tiles run")
        results = {}
        for cause in _CAUSES:
            results[cause] = await _one(cause, shares, _act(cause, administrator, shares[cause], cameras), watch_s)
            console.print(f"{cause}: {max(took for took, _ in results[cause].took_ms):.0f} ms")
        for task in opened:
            task.cancel()
    return _summary(results, len(opened), watch_s)


def _summary(results: "Mapping[str, _Result]", tiles: int, watch_s: float) -> dict[str, object]:
    took_ms = [took for result in results.values() for took, _ in result.took_ms]
    worst = {
        cause: {
            transport: round(max(of), 1)
            for transport in _TRANSPORTS
            if (of := [took for took, by in result.took_ms if by == transport])
        }
        for cause, result in results.items()
    }
    return {
        "p50_ms": percentile(took_ms, 0.5),
        "p99_ms": percentile(took_ms, 0.99),
        "max_ms": max(took_ms),
        "survivors": sum(result.survivors for result in results.values()),
        "disturbed": sum(result.disturbed for result in results.values()),
        "gap_p99_ms": {
            "before": percentile([gap * 1000 for result in results.values() for gap in result.before_s], 0.99),
            "meanwhile": percentile([gap * 1000 for result in results.values() for gap in result.meanwhile_s], 0.99),
        },
        "ended": len(took_ms),
        "worst_ms": worst,
        "tiles": tiles,
        "how": _HOW.format(watch=watch_s, gap=_DISTURBED_S),
    }


async def _share(login: str, api: Api, cameras: Sequence[str], count: int, port: int) -> _Share:
    made = await api.call("POST", "/api/session/stream-logins", {"label": "bench"})
    credentials = Credentials(username=made["login"]["username"], password=made["secret"])
    identity = ClientIdentity()
    wall = CarriedWall(api, identity)
    tiles: list[Tile] = []
    carried: list[str] = []
    for number in range(count):
        camera = cameras[number % len(cameras)]
        match _MIX[number % len(_MIX)]:
            case "webrtc":
                tiles.append(WebRtcTile(api, camera, identity))
            case "carrier":
                carried.append(camera)
            case "websocket":
                tiles.append(SocketTile(api, camera))
            case _:
                tiles.append(RtspTile(port, camera, credentials))
    tiles += await wall.open(carried)
    return _Share(login, api, made["login"]["id"], wall, tiles)


async def _open(group: asyncio.TaskGroup, tiles: Sequence[Tile]) -> list[asyncio.Task[None]]:
    """A few at a time; then wait until every one of them has pictures."""
    tasks = []
    for number, tile in enumerate(tiles):
        tasks.append(group.create_task(tile.run(), name=f"tile {number}"))
        if number % _OPENING == _OPENING - 1:
            await _until_moving(tiles[: number + 1])
    await _until_moving(tiles)
    return tasks


async def _until_moving(tiles: Sequence[Tile]) -> None:
    deadline_s = time.monotonic() + 60
    while not all(tile.packets for tile in tiles):
        if time.monotonic() > deadline_s:
            raise typer.BadParameter("not all tiles got pictures")
        await asyncio.sleep(0.02)


@dataclass(frozen=True, slots=True)
class _Result:
    """`took_ms` with the transport of each tile concerned; the longest gaps of all others, before and meanwhile."""

    took_ms: list[tuple[float, str]]
    survivors: int
    before_s: list[float]
    meanwhile_s: list[float]

    @property
    def disturbed(self) -> int:
        pairs = zip(self.before_s, self.meanwhile_s, strict=True)
        return sum(meanwhile_s - before_s > _DISTURBED_S for before_s, meanwhile_s in pairs)


async def _one(
    cause: str, shares: Mapping[str, _Share], act: Callable[[], Awaitable[object]], watch_s: float
) -> _Result:
    concerned = [tile for tile in shares[cause].tiles if tile.transport not in _GOES_ON.get(cause, ())]
    running = [tile for share in shares.values() for tile in share.tiles if time.monotonic() - tile.last_s < 1.0]
    others = [tile for tile in running if tile not in concerned]
    before_s = await _longest_gaps(others, asyncio.sleep(watch_s))
    began_s = time.monotonic()

    async def act_and_watch() -> None:
        await act()
        await asyncio.sleep(watch_s)

    meanwhile_s = await _longest_gaps(others, act_and_watch())
    ended_s = time.monotonic()
    return _Result(
        [(max(0.0, tile.last_s - began_s) * 1000, tile.transport) for tile in concerned],
        sum(ended_s - tile.last_s < 1.0 for tile in concerned),
        before_s,
        meanwhile_s,
    )


async def _longest_gaps(tiles: Sequence[Tile], during: Awaitable[None]) -> list[float]:
    """The longest time without a packet, of each tile, in seconds."""
    longest_s = [0.0] * len(tiles)

    async def follow() -> None:
        while True:
            now_s = time.monotonic()
            for place, tile in enumerate(tiles):
                longest_s[place] = max(longest_s[place], now_s - tile.last_s)
            await asyncio.sleep(0.02)

    following = asyncio.create_task(follow())
    try:
        await during
    finally:
        following.cancel()
    return longest_s


def _act(cause: str, administrator: Api, share: _Share, cameras: Sequence[str]) -> Callable[[], Awaitable[object]]:
    async def account() -> dict[str, Any]:
        accounts = await administrator.call("GET", "/api/accounts")
        return next(found for found in accounts if found["login"] == share.login)

    async def signed_out() -> None:
        await share.api.call("DELETE", "/api/session")

    async def session_revoked() -> None:
        account_id = (await account())["id"]
        for session in await administrator.call("GET", f"/api/accounts/{account_id}/sessions"):
            await administrator.call("DELETE", f"/api/accounts/{account_id}/sessions/{session['id']}")

    async def account_locked() -> None:
        await administrator.call("POST", f"/api/accounts/{(await account())['id']}/lock")

    async def role_ended() -> None:
        found = await administrator.call("GET", f"/api/accounts/{(await account())['id']}")
        for grant in found["history"]:
            await administrator.call("DELETE", f"/api/accounts/{found['id']}/grants/{grant['id']}")

    async def camera_restricted() -> None:
        unit_id = (await account())["grants"][0]["unit_id"]
        wanted = {"name": "bench", "unit_id": unit_id, "sensitive": True, "camera_ids": list(cameras[_SHARED:])}
        await administrator.call("POST", "/api/restrictions", wanted)

    async def stream_login_deleted() -> None:
        await share.api.call("DELETE", f"/api/session/stream-logins/{share.stream_login}")

    return {
        "stream_login_deleted": stream_login_deleted,
        "signed_out": signed_out,
        "session_revoked": session_revoked,
        "account_locked": account_locked,
        "role_ended": role_ended,
        "camera_restricted": camera_restricted,
    }[cause]


def free_port() -> int:
    """A TCP port that nobody has now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
