"""What the container files say must be true of the program and of the tree."""

import re
from pathlib import Path

import pytest

from vms.settings.load import known_keys

ROOT = Path(__file__).parents[2]
FILES = ("docker/compose.yaml", "docker/Dockerfile")


@pytest.mark.parametrize("name", FILES)
def test_every_setting_that_is_named_exists(name: str) -> None:
    named = re.findall(r"\bVMS_([A-Z_]+)", (ROOT / name).read_text())
    known = {key.replace(".", "__").upper() for key in known_keys()}
    assert named
    assert set(named) <= known


def test_everything_that_is_copied_is_there_and_not_kept_from_the_build() -> None:
    text = (ROOT / "docker/Dockerfile").read_text()
    copied = [word for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE) for word in line.split()[:-1]]
    let_in = re.findall(r"^!(.+)$", (ROOT / "docker/Dockerfile.dockerignore").read_text(), re.MULTILINE)
    assert copied
    for word in copied:
        assert (ROOT / word).exists(), word
        assert any(word == allowed or word.startswith(f"{allowed}/") for allowed in let_in), word


def test_the_image_runs_as_nobody_special() -> None:
    users = re.findall(r"^USER (\S+)$", (ROOT / "docker/Dockerfile").read_text(), re.MULTILINE)
    assert users
    assert users[-1].isdigit()
    assert int(users[-1]) > 0
