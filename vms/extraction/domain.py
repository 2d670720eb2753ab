"""The extraction domain put together."""

from dataclasses import dataclass

from vms.cameras.catalogue import Catalogue
from vms.clock import Clock
from vms.db.engine import Database
from vms.extraction.asking import ExtractionDesk
from vms.extraction.making import Maker
from vms.extraction.reading import ExtractionReader
from vms.extraction.running import Bounds, ExtractionRunner, Launcher, launch
from vms.organisation import Organisation
from vms.papers.press import Press
from vms.recordings.domain import Recordings
from vms.secrets.signing import Signer


@dataclass(frozen=True, slots=True)
class Extractions:
    desk: ExtractionDesk
    reader: ExtractionReader
    runner: ExtractionRunner
    maker: Maker

    @classmethod
    def create(
        cls,
        db: Database,
        organisation: Organisation,
        *,
        recordings: Recordings,
        catalogue: Catalogue,
        press: Press,
        signer: Signer,
        clock: Clock,
        bounds: Bounds,
        launcher: Launcher = launch,
    ) -> "Extractions":
        maker = Maker(db, organisation, press, signer, clock)
        return cls(
            ExtractionDesk(db, recordings, clock),
            ExtractionReader(db, organisation),
            ExtractionRunner(db, recordings, catalogue, maker, clock=clock, bounds=bounds, launcher=launcher),
            maker,
        )
