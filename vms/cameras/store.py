"""Write a surveyed device into the database, and take a camera out again. All within the caller's transaction."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import count

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.cameras.addresses import authority_of
from vms.cameras.choice import device_warnings, merged, stream_warnings
from vms.cameras.survey import Survey, SurveyedChannel
from vms.cameras.wishes import MOST_NUMBER, FailureCode, RegistrationFailure, Wish
from vms.cameras.words import clean
from vms.db.tables.cameras import Camera, Device, Stream
from vms.db.tables.organisation import Angle, Courtroom, Site

_ANGLE_NAMES = {
    "accused": "Bị cáo",
    "bench": "Hội đồng xét xử",
    "witness": "Bục khai báo",
    "evidence": "Trình chiếu chứng cứ",
}


@dataclass(frozen=True, slots=True)
class Saved:
    camera_ids: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Saving:
    """One device to be written: what was wanted, what was seen, and the numbers that others have reserved."""

    wish: Wish
    survey: Survey
    number: int | None
    reserved: Collection[int]
    now_ms: int


async def save(session: AsyncSession, saving: Saving, device: Device) -> Saved:
    """Write `device` (new, or the one already there) with the channels that are not there yet.

    Raises `RegistrationFailure`: already_registered, number_taken, no_number_left, angle_taken, gone.
    """
    wish = saving.wish
    if await session.get(Site, wish.site_id) is None:
        raise RegistrationFailure(FailureCode.GONE, "site")
    known = await _channels(session, device.id)
    fresh = {channel.key: channel for channel in saving.survey.channels if channel.key not in known}
    if not fresh:
        raise RegistrationFailure(FailureCode.ALREADY_REGISTERED)
    numbers = await _numbers(session, saving)
    session.add(device)
    await session.flush()
    warned = device_warnings(wish.credentials, saving.survey.report.clock_offset_ms, saving.survey.report.warnings)
    cameras = []
    for position, channel in enumerate(fresh.values()):
        camera = Camera(
            device_id=device.id,
            channel=channel.key,
            number=next(numbers),
            name=_name(saving, channel, position if len(fresh) > 1 else None),
            site_id=wish.site_id,
            warnings=merged(warned, stream_warnings(channel.streams)),
            registered_ms=saving.now_ms,
        )
        cameras.append(camera)
        session.add(camera)
    await session.flush()
    session.add_all(stream for camera in cameras for stream in _streams(camera.id, fresh[camera.channel]))
    if wish.courtroom_id is not None and wish.angle is not None:
        await _attach(session, wish.courtroom_id, wish.angle, cameras[0].id)
    await session.flush()
    return Saved(
        tuple(camera.id for camera in cameras),
        tuple(sorted({warning for camera in cameras for warning in camera.warnings})),
    )


async def remove(session: AsyncSession, camera: Camera, now_ms: int) -> None:
    """Take `camera` out of use. Its row stays for its alarms; its address and number are free, its login is forgotten."""
    camera.removed_ms = now_ms
    camera.number = None
    camera.enabled = False
    camera.revision += 1
    camera.channel = f"removed {camera.id}"
    session.add(camera)
    for angle in await session.exec(select(Angle).where(col(Angle.camera_id) == camera.id)):
        angle.camera_id = None
        session.add(angle)
    for stream in await session.exec(select(Stream).where(col(Stream.camera_id) == camera.id)):
        await session.delete(stream)
    await session.flush()
    remaining = select(Camera.id).where(col(Camera.device_id) == camera.device_id, col(Camera.removed_ms).is_(None))
    device = await session.get(Device, camera.device_id)
    if device is not None and (await session.exec(remaining)).first() is None:
        device.key = f"removed:{device.id}"
        device.credentials = b""
        session.add(device)


async def used_numbers(session: AsyncSession) -> set[int]:
    return {number for number in await session.exec(select(Camera.number)) if number is not None}


def free_numbers(used: Collection[int]) -> Iterator[int]:
    """The numbers from 1 that nobody has. Raises `RegistrationFailure` when all are used."""
    for number in count(1):
        if number > MOST_NUMBER:
            raise RegistrationFailure(FailureCode.NO_NUMBER_LEFT)
        if number not in used:
            yield number


async def _channels(session: AsyncSession, device_id: str) -> set[str]:
    return set(await session.exec(select(Camera.channel).where(col(Camera.device_id) == device_id)))


async def _numbers(session: AsyncSession, saving: Saving) -> Iterator[int]:
    used = await used_numbers(session)
    if saving.wish.number in used:
        raise RegistrationFailure(FailureCode.NUMBER_TAKEN, str(saving.wish.number))
    # A number that we chose ourselves may have been asked for by somebody in the meantime: take another.
    first = None if saving.number in used else saving.number
    return _with_first(first, free_numbers(used | set(saving.reserved)))


def _with_first(first: int | None, others: Iterator[int]) -> Iterator[int]:
    if first is not None:
        yield first
    yield from others


def _name(saving: Saving, channel: SurveyedChannel, position: int | None) -> str:
    report = saving.survey.report
    address = authority_of(saving.wish.url)
    base = saving.wish.name or clean(report.name) or clean(f"{report.manufacturer} {report.model}") or address
    if position is None:
        return base
    return f"{base} – {clean(channel.name, 60) or f'kênh {position + 1}'}"[:200]


def _streams(camera_id: str, channel: SurveyedChannel) -> Iterator[Stream]:
    for facts in channel.streams:
        yield Stream(
            camera_id=camera_id,
            kind=facts.kind.value,
            url=facts.url,
            codec=facts.codec.value,
            width_px=facts.width_px,
            height_px=facts.height_px,
            fps=facts.fps,
            gop_s=facts.gop_s,
            audio=facts.audio.value if facts.audio else "",
            profile=facts.profile[:200],
        )


async def _attach(session: AsyncSession, courtroom_id: str, kind: str, camera_id: str) -> None:
    if await session.get(Courtroom, courtroom_id) is None:
        raise RegistrationFailure(FailureCode.GONE, "courtroom")
    planned = select(Angle).where(col(Angle.courtroom_id) == courtroom_id, col(Angle.kind) == kind)
    angle = (await session.exec(planned)).one_or_none()
    if angle is None:
        angle = Angle(courtroom_id=courtroom_id, kind=kind, name=_ANGLE_NAMES[kind])
    elif angle.camera_id is not None:
        raise RegistrationFailure(FailureCode.ANGLE_TAKEN)
    angle.camera_id = camera_id
    session.add(angle)
