from pathlib import Path

import pytest

from vms.hearings.evaluating import load_template
from vms.papers.evaluation_template import TemplateFault


def test_a_template_comes_along() -> None:
    assert "criteria" in load_template(None)


def test_one_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplateFault, match=r"own\.toml cannot be read: No such file"):
        load_template(tmp_path / "own.toml")


def test_one_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_bytes("title = 'Phiếu'".encode("utf-16"))
    with pytest.raises(TemplateFault, match="is not UTF-8"):
        load_template(tmp_path / "own.toml")
