"""Pictures of all screens are there to be looked at, and small enough to be kept."""

from pathlib import Path

from fakes.screens import BEFORE, PAGES, forgotten

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images" / "screens"
MOST_BYTES = 6_000_000
LOOKS = ("1366-dark", "1920-dark", "1366-light")


def test_every_listed_screen_was_taken_at_both_sizes_and_in_both_lights() -> None:
    names = [*(screen.name for screen in (*BEFORE, *PAGES)), "wall", "console", "console-ended"]
    assert len(names) == len(set(names))
    missing = [f"{name}-{look}" for name in names for look in LOOKS if not (IMAGES / f"{name}-{look}.webp").exists()]
    assert missing == [], "run `make screens`, and look at them"


def test_the_table_of_pages_is_understood() -> None:
    assert all(path.startswith("/") for path in forgotten())


def test_the_pictures_do_not_weigh_the_repository_down() -> None:
    assert sum(file.stat().st_size for file in IMAGES.iterdir()) <= MOST_BYTES
