"""Rows made into desired state. Pure."""

from collections.abc import Iterable

from streams.types.camera import CameraSpec, MotionSpec, RecordingPlan, StreamSpec, Zone
from streams.types.media import StreamKind
from vms.db.tables.cameras import Camera, Stream


def camera_spec(camera: Camera, streams: Iterable[Stream], *, gated: bool, recording: RecordingPlan) -> CameraSpec:
    """What the workers are told of one camera that was not removed; `gated`: it shows a courtroom.

    Holds no credentials, and addresses hold no login.
    """
    if camera.number is None:
        raise ValueError("a removed camera has no desired state")
    return CameraSpec(
        camera_id=camera.id,
        number=camera.number,
        streams=tuple(
            StreamSpec(kind=StreamKind(stream.kind), url=stream.url)
            for stream in sorted(streams, key=lambda stream: stream.kind)
        ),
        gated=gated,
        motion=MotionSpec(
            enabled=camera.motion,
            sensitivity=camera.sensitivity,
            min_duration_s=camera.min_duration_s,
            zones=tuple(Zone.model_validate(zone) for zone in camera.zones),
        ),
        recording=recording,
        enabled=camera.enabled,
        revision=camera.revision,
    )
