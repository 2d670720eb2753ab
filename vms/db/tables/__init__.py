"""All tables. Importing this package completes `METADATA`."""

from vms.db.tables.accounts import Account, GrantRow, SessionRow
from vms.db.tables.meta import Meta
from vms.db.tables.organisation import Angle, Courtroom, Placement, Site, Unit
from vms.db.tables.row import METADATA

__all__ = [
    "METADATA",
    "Account",
    "Angle",
    "Courtroom",
    "GrantRow",
    "Meta",
    "Placement",
    "SessionRow",
    "Site",
    "Unit",
]
