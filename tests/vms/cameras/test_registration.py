import asyncio
from collections.abc import Sequence

import pytest
from sqlmodel import select

from fakes.control_ports import JPEG, WRONG_PASSWORD, FakePorts, camera_report, refused_stream
from fakes.province import ABSENT, ROOM, SITE_A, SITE_COURT
from streams.types.camera import Credentials, FaultKind
from streams.types.media import Codec, StreamKind
from vms.cameras.devices import DeviceChannel, DeviceFault, DeviceFaultKind, DeviceReport, DeviceStream
from vms.cameras.domain import Cameras
from vms.cameras.notices import TreeMoved
from vms.cameras.ports import BusUnavailable
from vms.cameras.registration import Item, RegistrationJob
from vms.cameras.wishes import FailureCode, RegistrationFailure, Wish, read_wish
from vms.db.engine import Database
from vms.db.tables import Angle, Camera, Device, Stream

LOGIN = Credentials(username="vong", password="Kx-p@:/#%9")
OTHER_LOGIN = Credentials(username="vong", password="another-One7")


def wish(host: str = "10.0.0.1", **more: object) -> Wish:
    fields = {"site_id": SITE_A, "xaddr": host, "credentials": LOGIN, **more}
    return read_wish(Wish(**fields))  # type: ignore[arg-type]


def encoder(url: str = "rtsp://10.1.0.1/main", **more: object) -> Wish:
    return wish("", rtsp_main=url, **more)


async def register(cameras: Cameras, *wishes: Wish) -> list[Item]:
    return (await register_job(cameras, wishes)).items


async def register_job(cameras: Cameras, wishes: Sequence[Wish]) -> RegistrationJob:
    with cameras.notices.subscribe(lambda notice: True) as news:
        job = await cameras.registrar.start("account-00000001", wishes)
        while job.running:
            await news.wait()
            news.take()
    return job


async def rows(db: Database) -> tuple[Sequence[Device], Sequence[Camera], Sequence[Stream]]:
    async with db.session() as session:
        return (
            (await session.exec(select(Device))).all(),
            (await session.exec(select(Camera).order_by(Camera.number))).all(),  # type: ignore[arg-type]
            (await session.exec(select(Stream))).all(),
        )


async def test_a_camera_is_registered_with_what_was_decoded_and_told_to_the_workers(
    running: Cameras, province: Database, ports: FakePorts
) -> None:
    (item,) = await register(running, wish(name="Cổng \u202echính", number=12))
    assert (item.step, item.failure, item.snapshot) == ("saved", None, JPEG)
    (device,), (camera,), streams = await rows(province)
    assert (device.address, device.manufacturer, device.clock_offset_ms) == ("10.0.0.1:80", "Maker", 12)
    assert (camera.number, camera.name, camera.site_id) == (12, "Cổng chính", SITE_A)
    assert {(stream.kind, stream.codec, stream.gop_s) for stream in streams} == {
        ("main", "H264", 2.0),
        ("sub", "H264", 1.0),
    }
    spec = ports.desired.specs[camera.id]
    assert [stream.kind for stream in spec.streams] == [StreamKind.MAIN, StreamKind.SUB]
    assert await running.logins.of_camera(camera.id) == LOGIN


async def test_the_password_is_stored_sealed_and_in_no_address(
    running: Cameras, province: Database, ports: FakePorts
) -> None:
    await register(running, wish())
    (device,), _, streams = await rows(province)
    assert LOGIN.password.encode() not in device.credentials
    assert all("@" not in stream.url for stream in streams)
    assert all("@" not in request.url for request in ports.prober.requests)


async def test_a_refused_login_is_tried_once_on_a_device(running: Cameras, ports: FakePorts) -> None:
    ports.devices.reports["10.0.0.1"] = WRONG_PASSWORD
    again = wish("10.0.0.1:8000")
    items = await register(running, wish(), again, wish(credentials=OTHER_LOGIN), wish("10.0.0.2"))
    assert [item.failure for item in items] == [FailureCode.AUTHENTICATION] * 3 + [None]
    tried = [target.credentials for target in ports.devices.targets if "10.0.0.1" in target.xaddr]
    assert tried == [LOGIN, OTHER_LOGIN]


async def test_a_login_that_the_first_stream_refuses_is_not_tried_on_the_others(
    running: Cameras, province: Database, ports: FakePorts
) -> None:
    ports.devices.reports["10.0.0.1"] = camera_report("10.0.0.1", channels=8)
    ports.prober.results["rtsp://10.0.0.1:554/1/main"] = refused_stream(FaultKind.AUTHENTICATION)
    (item,) = await register(running, wish())
    assert item.failure is FailureCode.AUTHENTICATION
    assert len(ports.prober.requests) == 1
    assert await rows(province) == ([], [], [])


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (DeviceFault(DeviceFaultKind.UNREACHABLE), FailureCode.UNREACHABLE),
        (DeviceFault(DeviceFaultKind.LOCKED), FailureCode.LOCKED),
        (DeviceFault(DeviceFaultKind.NOT_ONVIF), FailureCode.NOT_ONVIF),
        (DeviceReport(), FailureCode.NO_VIDEO),
        (DeviceReport(channels=(DeviceChannel("1", main=DeviceStream("file:///etc/passwd")),)), FailureCode.NO_VIDEO),
        (KeyError("a bug"), FailureCode.INTERNAL),
    ],
)
async def test_each_failure_of_a_device_is_one_code_and_changes_nothing(
    running: Cameras, province: Database, ports: FakePorts, fault: DeviceReport | Exception, code: FailureCode
) -> None:
    ports.devices.reports["10.0.0.1"] = fault
    items = await register(running, wish(), wish("10.0.0.2"))
    assert [(item.step, item.failure) for item in items] == [("failed", code), ("saved", None)]
    assert len((await rows(province))[1]) == 1
    assert len(ports.desired.specs) == 1


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (refused_stream(FaultKind.UNREACHABLE), FailureCode.STREAM_UNREACHABLE),
        (refused_stream(FaultKind.NOT_FOUND), FailureCode.STREAM_NOT_FOUND),
        (refused_stream(FaultKind.FORMAT), FailureCode.STREAM_FORMAT),
        (refused_stream(FaultKind.STALLED), FailureCode.STREAM_STALLED),
        (BusUnavailable(), FailureCode.NO_WORKER),
    ],
)
async def test_each_failure_of_a_stream_is_one_code(
    running: Cameras, ports: FakePorts, result: object, code: FailureCode
) -> None:
    ports.prober.results["rtsp://10.1.0.1/main"] = result  # type: ignore[assignment]
    (item,) = await register(running, encoder())
    assert item.failure is code


async def test_a_sub_stream_that_shows_nothing_is_left_out_with_a_warning(running: Cameras, ports: FakePorts) -> None:
    ports.prober.results["rtsp://10.0.0.1:554/1/sub"] = refused_stream(FaultKind.FORMAT)
    (item,) = await register(running, wish())
    assert item.step == "saved"
    assert item.warnings == ("no_sub_stream",)


async def test_a_recorder_becomes_as_many_cameras_as_show_a_picture(
    running: Cameras, province: Database, ports: FakePorts
) -> None:
    ports.devices.reports["10.0.0.1"] = camera_report("10.0.0.1", channels=4)
    ports.prober.results["rtsp://10.0.0.1:554/3/main"] = refused_stream(FaultKind.STALLED)
    (item,) = await register(running, wish(name="Đầu ghi", number=5))
    assert len(item.camera_ids) == 3
    _, cameras, _ = await rows(province)
    assert [(camera.number, camera.name) for camera in cameras] == [
        (1, "Đầu ghi – Kênh 2"),
        (2, "Đầu ghi – Kênh 4"),
        (5, "Đầu ghi – Kênh 1"),
    ]


async def test_our_login_goes_to_no_other_host_that_a_device_names(running: Cameras, ports: FakePorts) -> None:
    ports.devices.reports["10.0.0.1"] = camera_report("192.168.1.64")
    await register(running, wish())
    assert [request.url for request in ports.prober.requests] == [
        "rtsp://10.0.0.1:554/1/main",
        "rtsp://10.0.0.1:554/1/sub",
    ]


async def test_an_encoder_without_onvif_is_attached_to_its_courtroom(running: Cameras, province: Database) -> None:
    (item,) = await register(
        running,
        encoder(rtsp_sub="rtsp://10.1.0.1/sub", site_id=SITE_COURT, courtroom_id=ROOM, angle="bench"),
    )
    async with province.session() as session:
        (angle,) = (await session.exec(select(Angle))).all()
    assert (angle.kind, angle.name, angle.camera_id) == ("bench", "Hội đồng xét xử", item.camera_ids[0])
    (second,) = await register(
        running, encoder("rtsp://10.1.0.1/other", site_id=SITE_COURT, courtroom_id=ROOM, angle="bench")
    )
    assert second.failure is FailureCode.ANGLE_TAKEN
    (third,) = await register(
        running, encoder("rtsp://10.1.0.1/third", site_id=SITE_COURT, courtroom_id=ROOM, angle="witness")
    )
    assert third.step == "saved"


async def test_what_is_registered_is_not_registered_again(
    running: Cameras, province: Database, ports: FakePorts
) -> None:
    await register(running, wish(), encoder())
    items = await register(running, wish(), encoder())
    assert [item.failure for item in items] == [FailureCode.ALREADY_REGISTERED] * 2
    ports.devices.reports["10.0.0.1"] = camera_report("10.0.0.1", channels=2)
    (grown,) = await register(running, wish())
    assert len(grown.camera_ids) == 1
    assert len((await rows(province))[0]) == 2


async def test_numbers_follow_the_order_of_the_list_not_of_completion(running: Cameras, province: Database) -> None:
    wishes = [wish(f"10.0.0.{host}") for host in range(1, 30)]
    wishes[3] = wish("10.0.0.4", number=2)
    await register(running, *wishes)
    _, cameras, _ = await rows(province)
    devices, _, _ = await rows(province)
    hosts = {device.id: device.address for device in devices}
    order = [hosts[camera.device_id] for camera in cameras]
    expected = [1, 4, 2, 3, *range(5, 30)]
    assert order == [f"10.0.0.{host}:80" for host in expected]


async def test_a_number_that_is_taken_troubles_no_device(running: Cameras, ports: FakePorts) -> None:
    await register(running, wish(number=7))
    ports.devices.targets.clear()
    (item,) = await register(running, wish("10.0.0.2", number=7))
    assert (item.failure, item.detail) == (FailureCode.NUMBER_TAKEN, "7")
    assert ports.devices.targets == []


async def test_a_site_that_disappeared_meanwhile_fails_cleanly(running: Cameras, province: Database) -> None:
    (item,) = await register(running, wish(site_id=ABSENT))
    assert item.failure is FailureCode.GONE
    assert await rows(province) == ([], [], [])


async def test_warnings_of_device_and_streams_are_kept(running: Cameras, ports: FakePorts) -> None:
    ports.devices.reports["10.0.0.1"] = DeviceReport(
        clock_offset_ms=90_000,
        warnings=("old_firmware",),
        channels=(DeviceChannel("1", main=DeviceStream("rtsp://10.0.0.1/1", Codec.H264, gop_s=10.0)),),
    )
    (item,) = await register(running, wish(credentials=Credentials(username="admin", password="12345")))
    assert item.warnings == ("clock_off", "factory_password", "long_gop", "no_sub_stream", "old_firmware")


async def test_a_camera_registered_while_the_bus_is_away_starts_later(running: Cameras, ports: FakePorts) -> None:
    ports.desired.away = True
    (first,) = await register(running, wish())
    assert first.step == "saved"
    ports.desired.away = False
    (second,) = await register(running, wish("10.0.0.2"))
    assert set(ports.desired.specs) == {*first.camera_ids, *second.camera_ids}


async def test_two_jobs_for_the_same_device_make_one_camera(running: Cameras, province: Database) -> None:
    jobs = await asyncio.gather(*(register_job(running, [wish()]) for _ in range(3)))
    outcomes = sorted(str(job.items[0].failure) for job in jobs)
    assert outcomes == ["None", "already_registered", "already_registered"]
    assert len((await rows(province))[1]) == 1


async def test_two_hundred_and_forty_cameras_cost_us_little(
    running: Cameras, province: Database, ports: FakePorts
) -> None:
    wishes = [wish(f"10.2.{host // 200}.{host % 200 + 1}") for host in range(240)]
    job = await register_job(running, wishes)
    assert {item.step for item in job.items} == {"saved"}
    assert len(ports.desired.specs) == 240


async def test_everyone_who_looks_at_the_tree_hears_of_a_new_camera(running: Cameras) -> None:
    with running.notices.subscribe(lambda notice: isinstance(notice, TreeMoved)) as news:
        await register(running, wish())
        assert news.take() == [TreeMoved()]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (Wish(site_id=SITE_A), FailureCode.NO_ADDRESS),
        (Wish(site_id=SITE_A, xaddr="10.0.0.1", rtsp_main="rtsp://h/1"), FailureCode.TWO_ADDRESSES),
        (Wish(site_id=SITE_A, xaddr="10.0.0.1", courtroom_id=ROOM), FailureCode.COURTROOM_AND_ANGLE),
        (Wish(site_id=SITE_A, xaddr="10.0.0.1", courtroom_id=ROOM, angle="roof"), FailureCode.COURTROOM_AND_ANGLE),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_before_anything_happens(wrong: Wish, code: FailureCode) -> None:
    with pytest.raises(RegistrationFailure) as caught:
        read_wish(wrong)
    assert caught.value.code is code
