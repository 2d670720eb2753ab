"""What documents say about settings, commands and faults must be true."""

import re
from pathlib import Path

import pytest

from streams.simulate.faults import Fault
from vms.cli.main import app
from vms.settings.load import known_keys

ROOT = Path(__file__).parents[2]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_setting_that_is_named_exists() -> None:
    known = set(known_keys())
    sections = {key.partition(".")[0] for key in known if "." in key}
    named = {
        name for name in re.findall(r"`([a-z]+\.[a-z_]+)(?: = [^`]*)?`", OPERATIONS) if name.split(".")[0] in sections
    }
    assert len(named) >= 8
    assert named <= known


def test_every_fault_is_told_in_both_languages() -> None:
    for fault in Fault:
        assert len(re.findall(rf"^\|.*`{fault}`", OPERATIONS, re.MULTILINE)) == 2, fault


def test_both_languages_have_the_same_sections() -> None:
    vietnamese, english = OPERATIONS.split("\n## English\n")
    assert vietnamese.count("\n### ") == english.count("\n### ")
    assert vietnamese.count("\n|") == english.count("\n|")


@pytest.mark.parametrize("text", [README, OPERATIONS])
def test_every_command_that_is_named_exists(text: str) -> None:
    commands = {
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback is not None
    } | {group.name for group in app.registered_groups}
    named = set(re.findall(r"\bvms ([a-z][a-z-]+)", text))
    assert "serve" in named
    assert named <= commands


@pytest.mark.parametrize(
    "file", [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda file: file.name
)
def test_links_lead_somewhere(file: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", file.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (file.parent / target).exists(), target
