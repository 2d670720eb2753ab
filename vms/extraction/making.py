"""The end of a job: the manifest, and what vouches for it."""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from sqlmodel import col, select

from streams.types.extraction import ExtractionLine
from vms.accounts.two_people import names_of
from vms.cameras.sight import with_places
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables.cameras import Camera
from vms.db.tables.extractions import ExtractionRow
from vms.db.tables.organisation import Site
from vms.extraction.manifest import CADES, TIME_STAMP, manifest_text
from vms.extraction.packing import manifest_of, write_beside
from vms.extraction.planning import PlannedPart
from vms.incidents.reading import CameraShown
from vms.organisation import Organisation
from vms.papers.press import Press
from vms.secrets.signing import Signer


class Maker:
    def __init__(self, db: Database, organisation: Organisation, press: Press, signer: Signer, clock: Clock) -> None:
        self._db = db
        self._organisation = organisation
        self._press = press
        self._signer = signer
        self._clock = clock

    @property
    def certificate(self) -> bytes:
        """By which packages are checked, PEM."""
        return self._signer.certificate

    async def finish(
        self, row: ExtractionRow, parts: Sequence[PlannedPart], made: ExtractionLine, folder: Path
    ) -> tuple[str, int]:
        """SHA-256 of the manifest, and how large the package is. Raises `SigningFault` and `OSError`."""
        manifest = manifest_of(
            row,
            parts,
            made,
            cameras=await self._cameras([part.row.camera_id for part in parts]),
            names=await self._names(row, parts),
            unit=(await self._organisation.tree()).name(row.unit_id),
            made_ms=self._clock(),
            certificate=self._signer.certificate,
        )
        text = manifest_text(manifest)
        detached = await self._press.detached(text)
        more = {CADES: detached.cades, TIME_STAMP: detached.time_stamp}
        given = {name: content for name, content in more.items() if content}
        await asyncio.to_thread(write_beside, folder, manifest, text, given, self._signer)
        return sha256(text).hexdigest(), await asyncio.to_thread(_size, folder)

    async def _cameras(self, camera_ids: Sequence[str]) -> dict[str, CameraShown]:
        query = with_places(select(Camera, Site.name).select_from(Camera)).where(col(Camera.id).in_(camera_ids))
        async with self._db.session() as session:
            return {
                camera.id: CameraShown(camera.id, camera.number or 0, camera.name, site)
                for camera, site in await session.exec(query)
            }

    async def _names(self, row: ExtractionRow, parts: Sequence[PlannedPart]) -> dict[str | None, str]:
        stopped = [gap.by for part in parts for gap in part.gaps if gap.by]
        async with self._db.session() as session:
            return await names_of(session, [row.requested_by, row.decided_by, *stopped])


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
