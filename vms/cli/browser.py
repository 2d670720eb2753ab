"""Sees to it that a Chromium is there for the browser tests: the system's own, installed when we may, else one clear sentence."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium", "fonts-noto-core")


def find() -> str | None:
    """The path of a Chromium, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def main() -> None:
    """Exit code 1 with one sentence when there is none and we may not install it."""
    if find():
        return
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *PACKAGES]):
            subprocess.run([apt, *words], check=False, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 fixed words
    if not find():
        sys.exit(
            "The browser tests need Chromium: install it (Debian: `apt install chromium`) and run `make test` again."
        )


if __name__ == "__main__":
    main()
