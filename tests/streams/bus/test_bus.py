"""Against a real nats-server."""

import asyncio

import pytest
from nats.errors import Error as NatsError

from fakes.bus import running_bus
from streams.bus.ask import ask
from streams.bus.buckets import make_buckets, open_bucket
from streams.bus.mirror import Mirror
from streams.bus.serve import serve
from streams.bus.session import Bus, BusAddress, BusLost, run_session
from streams.types.bus import (
    KV_LEASES,
    KV_WORKERS,
    Lease,
    RefusalCode,
    Refused,
    Snapshot,
    SnapshotRequest,
    WorkerState,
    encode,
)

LEASE = Lease(worker_id="w0", incarnation="first")


async def change_of(mirror: Mirror[Lease], changed: asyncio.Event) -> None:
    changed.clear()
    async with asyncio.timeout(5):
        await changed.wait()


async def test_a_mirror_reads_what_is_there_follows_changes_and_drops_what_is_deleted(tmp_path):
    changed = asyncio.Event()
    mirror = Mirror(Lease, lambda _key: changed.set())

    async def body(bus: Bus) -> None:
        await make_buckets(bus)
        bucket = await open_bucket(bus, KV_LEASES)
        await bucket.put("camera01", encode(LEASE))
        async with asyncio.TaskGroup() as group:
            follow = group.create_task(mirror.follow(bucket))
            await mirror.complete.wait()
            assert mirror.get("camera01") == LEASE
            changed.clear()
            await bucket.put("camera02", encode(LEASE))
            await asyncio.wait_for(changed.wait(), 5)
            assert sorted(mirror) == ["camera01", "camera02"]
            changed.clear()
            await bucket.delete("camera01")
            await asyncio.wait_for(changed.wait(), 5)
            assert list(mirror) == ["camera02"]
            changed.clear()
            await bucket.put("camera02", b"{not json")
            await asyncio.wait_for(changed.wait(), 5)
            assert list(mirror) == []
            follow.cancel()

    async with running_bus(tmp_path) as private:
        await run_session(private.control, body)


async def test_only_one_of_two_claims_on_the_same_revision_wins(tmp_path):
    async def body(bus: Bus) -> None:
        await make_buckets(bus)
        bucket = await open_bucket(bus, KV_LEASES)
        results = await asyncio.gather(
            *(bucket.create("camera01", f"worker {n}".encode()) for n in range(8)), return_exceptions=True
        )
        assert sum(isinstance(result, int) for result in results) == 1

    async with running_bus(tmp_path) as private:
        await run_session(private.control, body)


async def test_a_request_is_answered_refused_or_unanswered_each_with_its_own_type(tmp_path):
    async def answer(request: SnapshotRequest) -> Snapshot:
        if request.camera_id == "camera-without":
            raise Refused(RefusalCode.NO_PICTURE, "nothing yet")
        if request.camera_id == "camera-broken":
            raise RuntimeError("a bug")
        return Snapshot(jpeg_base64="", capture_ms=7)

    async def body(bus: Bus) -> None:
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(serve(bus, "worker.w0.snapshot", SnapshotRequest, answer))
            await bus.client.flush()
            request = SnapshotRequest(camera_id="camera01")
            assert (await ask(bus, "worker.w0.snapshot", request, Snapshot)).capture_ms == 7
            for camera_id, code in (("camera-without", "no_picture"), ("camera-broken", "not_found")):
                with pytest.raises(Refused) as refused:
                    await ask(bus, "worker.w0.snapshot", SnapshotRequest(camera_id=camera_id), Snapshot)
                assert refused.value.code == code
            with pytest.raises(BusLost):
                await ask(bus, "worker.nobody.snapshot", request, Snapshot, timeout_s=0.2)
            serving.cancel()

    async with running_bus(tmp_path) as private:
        await run_session(private.control, body)


async def test_a_worker_cannot_write_another_workers_heartbeat_nor_desired_state_nor_read_replies_of_others(tmp_path):
    refused: list[str] = []

    async def as_control(bus: Bus) -> None:
        await make_buckets(bus)

    async def as_worker(bus: Bus) -> None:
        own = WorkerState(
            worker_id="w0", incarnation="a", seq=1, at_ms=0, media_port=1, cpu_s=0, rss_bytes=0, cameras=()
        )
        workers = await open_bucket(bus, KV_WORKERS)
        await workers.put("w0", encode(own))
        for subject in ("$KV.workers.w1", "$KV.desired.camera01", "worker.w1.view.open"):
            with pytest.raises((NatsError, TimeoutError)):
                await bus.client.request(subject, b"x", timeout=0.3)
            refused.append(subject)

    async with running_bus(tmp_path) as private:
        await run_session(private.control, as_control)
        await run_session(private.workers["w0"], as_worker)
    assert len(refused) == 3


async def test_a_wrong_password_is_a_lost_bus_and_not_shown(tmp_path):
    async with running_bus(tmp_path) as private:
        wrong = BusAddress(url=private.control.url, user="control", password="not-the-password")

        async def body(_bus: Bus) -> None:
            raise AssertionError("never connected")

        with pytest.raises(BusLost) as lost:
            await run_session(wrong, body)
    assert "not-the-password" not in str(lost.value)
    assert "not-the-password" not in repr(wrong)


async def test_losing_the_bus_ends_the_session_with_bus_lost(tmp_path):
    inside = asyncio.Event()

    async def body(_bus: Bus) -> None:
        inside.set()
        await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        async with running_bus(tmp_path) as private:
            session = group.create_task(outcome(private.control, body))
            await asyncio.wait_for(inside.wait(), 5)
        assert isinstance(await asyncio.wait_for(session, 15), BusLost)


async def outcome(address: BusAddress, body) -> BaseException | None:
    try:
        await run_session(address, body)
    except BusLost as lost:
        return lost
    return None
