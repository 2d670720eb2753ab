"""From what the domain knows to what goes over the wire, for cameras, alarms and jobs. Pure."""

from collections.abc import Collection

from streams.types.bus import AlarmKind
from streams.types.camera import Zone
from vms.access import Action, Person, may
from vms.alarms.service import AlarmView
from vms.cameras.catalogue import PlacedCamera
from vms.cameras.discovery import DiscoveryJob
from vms.cameras.registration import Item, RegistrationJob
from vms.cameras.sight import camera_object
from vms.cameras.truth import Truth
from vms.cameras.wishes import FailureCode
from vms.db.tables import Device
from vms.organisation import OrgTree
from web.wire import (
    Alarm,
    Camera,
    CameraDetail,
    CameraTruth,
    Discovery,
    Error,
    ErrorCode,
    FoundDevice,
    Registration,
    RegistrationProgress,
)

_CONFLICTS = frozenset(
    {
        FailureCode.ALREADY_REGISTERED,
        FailureCode.NUMBER_TAKEN,
        FailureCode.NO_NUMBER_LEFT,
        FailureCode.ANGLE_TAKEN,
        FailureCode.GONE,
    }
)
_BAD_REQUESTS = frozenset(
    {
        FailureCode.BAD_ADDRESS,
        FailureCode.USER_INFO,
        FailureCode.TWO_ADDRESSES,
        FailureCode.NO_ADDRESS,
        FailureCode.COURTROOM_AND_ANGLE,
    }
)


def camera_body(placed: PlacedCamera, person: Person, tree: OrgTree, at_ms: int) -> Camera:
    camera = placed.camera
    obj = camera_object(camera.id, placed.unit_id, court=placed.court, tree=tree, restrictions=placed.restrictions)
    return Camera(
        id=camera.id,
        number=camera.number or 0,
        name=camera.name,
        site_id=placed.site.id,
        site=placed.site.name,
        unit=tree.name(placed.unit_id),
        streams=list(placed.kinds),
        can_view=may(person, Action.CAMERA_VIEW_LIVE, obj, at_ms),
        motion=camera.motion,
    )


def camera_detail(base: Camera, placed: PlacedCamera, device: Device) -> CameraDetail:
    camera = placed.camera
    return CameraDetail(
        **base.model_dump(),
        manufacturer=device.manufacturer,
        model=device.model,
        firmware=device.firmware,
        serial=device.serial,
        address=device.address,
        warnings=camera.warnings,
        clock_offset_ms=device.clock_offset_ms,
        sensitivity=camera.sensitivity,
        min_duration_s=camera.min_duration_s,
        zones=[Zone.model_validate(zone) for zone in camera.zones],
        registered_ms=camera.registered_ms,
    )


def alarm_body(view: AlarmView) -> Alarm:
    alarm = view.alarm
    return Alarm(
        id=alarm.id,
        camera_id=alarm.camera_id,
        camera_number=view.camera_number,
        camera_name=view.camera_name,
        site=view.site,
        kind=AlarmKind(alarm.kind),
        zone=alarm.zone,
        start_ms=alarm.start_ms,
        end_ms=alarm.end_ms,
        peak_ms=alarm.peak_ms,
        has_snapshot=alarm.has_snapshot,
        acknowledged_ms=alarm.acknowledged_ms,
        acknowledged_by=view.acknowledged_by,
    )


def truth_body(truth: Truth) -> CameraTruth:
    return CameraTruth(
        camera_id=truth.camera_id,
        liveness=truth.liveness,
        cause=truth.cause.value if truth.cause else None,
        fault=truth.fault,
        since_ms=truth.since_ms,
        newest_capture_ms=truth.newest_capture_ms,
        moving=truth.moving,
        codec=truth.codec,
        width_px=truth.width_px,
        height_px=truth.height_px,
        fps=truth.fps,
        bitrate_bps=truth.bitrate_bps,
        viewers=truth.viewers,
        carrier=truth.carrier,
    )


def discovery_body(job: DiscoveryJob, registered: dict[str, str]) -> Discovery:
    """`registered`: address → camera id, for devices that the person already has."""
    return Discovery(
        id=job.id,
        state="running" if job.running else "failed" if job.failure else "done",
        probed=job.probed,
        to_probe=job.to_probe,
        found=[
            FoundDevice(
                address=device.address,
                xaddr=device.xaddr,
                name=device.name,
                hardware=device.hardware,
                location=device.location,
                endpoint=device.endpoint,
                registered_as=registered.get(device.address),
            )
            for device in job.found
        ],
        error=Error(code=ErrorCode.UNAVAILABLE, detail=job.failure) if job.failure else None,
    )


def registration_body(job: RegistrationJob, shows_snapshot: Collection[str]) -> Registration:
    """`shows_snapshot`: ids of the cameras whose picture the person may see."""
    items = [_progress(item, shows_snapshot) for item in job.items]
    return Registration(id=job.id, state="running" if job.running else "done", items=items)


def failure_error(code: FailureCode) -> Error:
    """`detail` is the code of what went wrong; `code` only its kind."""
    if code is FailureCode.INTERNAL:
        return Error(code=ErrorCode.INTERNAL)
    kind = ErrorCode.UNAVAILABLE
    if code in _CONFLICTS:
        kind = ErrorCode.CONFLICT
    elif code in _BAD_REQUESTS:
        kind = ErrorCode.BAD_REQUEST
    return Error(code=kind, detail=code.value)


def _progress(item: Item, shows_snapshot: Collection[str]) -> RegistrationProgress:
    return RegistrationProgress(
        label=item.label,
        step=item.step,
        camera_ids=list(item.camera_ids),
        warnings=list(item.warnings),
        error=failure_error(item.failure) if item.failure else None,
        has_snapshot=bool(item.snapshot) and any(camera in shows_snapshot for camera in item.camera_ids),
    )
