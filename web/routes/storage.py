"""Where recordings lie and how long they are kept: volumes, classes, cameras, and what waits for a second person about them."""

from streams.types.camera import Recording
from vms.access import Action
from web.camera_access import sight
from web.context import Context
from web.objects import anything
from web.recording_bodies import (
    KeptCamera,
    RecordingProposal,
    RecordingStorage,
    change_body,
    class_body,
    volume_body,
)
from web.routes.reorganisations import whole
from web.routing import Routes

routes = Routes()


@routes.get("/api/recording-storage", action=Action.CAMERA_READ, object=anything, response=RecordingStorage)
async def read_recording_storage(ctx: Context) -> RecordingStorage:
    """Volumes and classes, for whoever reads cameras; of the cameras those that this person reads."""
    recordings, cameras = ctx.services.recordings, ctx.services.cameras
    seen = await cameras.catalogue.cameras(await sight(ctx, Action.CAMERA_READ))
    ids = [one.camera.id for one in seen]
    kept = await recordings.keepings.of_cameras(ids)
    plans = await cameras.plans.modes(ids)
    live = ctx.services.hearings.live.cameras()
    return RecordingStorage(
        volumes=[volume_body(view) for view in await recordings.storage.volumes(recordings.retention.short)],
        classes=[class_body(row) for row in await recordings.keepings.classes()],
        cameras=[
            KeptCamera(
                id=one.camera.id,
                number=one.camera.number or 0,
                name=one.camera.name,
                mode=plans[one.camera.id],
                state=live[one.camera.id].recording if one.camera.id in live else Recording.OFF,
                class_key=kept[one.camera.id].class_key,
                own=kept[one.camera.id].own != (None, None),
                min_days=kept[one.camera.id].keeping.min_days,
                max_days=kept[one.camera.id].keeping.max_days,
            )
            for one in seen
        ],
    )


@routes.get("/api/recording-proposals", action=Action.RECORDING_KEEP, object=anything, response=list[RecordingProposal])
async def list_recording_proposals(ctx: Context) -> list[RecordingProposal]:
    """What waits for a second person: of the cameras that this person keeps, of classes for whoever reaches everything."""
    seen = await ctx.services.cameras.catalogue.cameras(await sight(ctx, Action.RECORDING_KEEP))
    cameras = {one.camera.id: one.camera for one in seen}
    everything = ctx.may(Action.RECORDING_KEEP, await whole(ctx))
    bodies = []
    for change in await ctx.services.recordings.changes.open_ones(cameras, classes=everything):
        camera = cameras.get(change.row.camera_id or "")
        body = change_body(change, ctx.person.account_id)
        bodies.append(
            RecordingProposal(
                **body.model_dump(),
                camera_number=(camera.number or 0) if camera else 0,
                camera_name=camera.name if camera else "",
            )
        )
    return bodies
