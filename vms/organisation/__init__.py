"""Units, and where they belonged when. Knows no cameras and no rights; `vms.access` gets its paths from here."""

from vms.organisation.service import Organisation
from vms.organisation.tree import OrgTree, UnitNode

__all__ = ["OrgTree", "Organisation", "UnitNode"]
