from pathlib import Path

from vms.access import Role
from vms.access.document import rights_document
from vms.access.rights import RIGHTS


def test_the_table_of_rights_in_the_documentation_is_current() -> None:
    kept = Path(__file__).parents[3] / "docs" / "rights.md"
    assert kept.read_text(encoding="utf-8") == rights_document()


def test_every_role_has_its_rights_written_down() -> None:
    assert set(RIGHTS) == set(Role)
