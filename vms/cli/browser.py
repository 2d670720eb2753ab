"""Sees to it that what the tests need beside Python is there: a Chromium, and what we did not write: GStreamer's RTSP server as a camera,
SoftHSM as a token.

Installed from the system's packages when we may (root on Debian), else one clear sentence. Nothing else is ever installed outside of
the clone.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
SYSTEM_PYTHON = "/usr/bin/python3"
_SOFTHSM = "softhsm/libsofthsm2.so"
_HAS_GSTREAMER = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"


@dataclass(frozen=True, slots=True)
class Need:
    """`packages` are Debian's names. Tests that need what is not `required` are skipped without it, but for CI."""

    what: str
    packages: tuple[str, ...]
    there: Callable[[], bool]
    required: bool


def find() -> str | None:
    """The path of a Chromium, or None."""
    return next((path for name in CHROMIUMS if (path := shutil.which(name))), None)


def has_gstreamer() -> bool:
    """Whether the system's Python can run GStreamer's RTSP server, and FFmpeg is there to look at ours."""
    python = shutil.which(SYSTEM_PYTHON)
    if python is None or shutil.which("ffmpeg") is None:
        return False
    return subprocess.run([python, "-c", _HAS_GSTREAMER], capture_output=True, check=False).returncode == 0  # noqa: S603 fixed words


def softhsm_module() -> Path | None:
    """SoftHSM's PKCS#11 library; None without it and its tool."""
    if shutil.which("softhsm2-util") is None:
        return None
    return next(
        (
            file
            for folder in ("/usr/lib", "/usr/lib64", "/usr/local/lib")
            if (file := Path(folder) / _SOFTHSM).is_file()
        ),
        None,
    )


NEEDS = (
    Need("Chromium", ("chromium", "fonts-noto-core"), lambda: find() is not None, required=True),
    Need(
        "GStreamer's RTSP server and FFmpeg",
        (
            *("python3-gi", "gir1.2-gst-rtsp-server-1.0", "gstreamer1.0-libav", "ffmpeg"),
            *(f"gstreamer1.0-plugins-{kind}" for kind in ("good", "bad", "ugly")),
        ),
        has_gstreamer,
        required=False,
    ),
    Need("SoftHSM", ("softhsm2",), lambda: softhsm_module() is not None, required=False),
)


def provide(needs: tuple[Need, ...], install: Callable[[list[str]], None] | None, *, strict: bool) -> list[str]:
    """Install what is missing where `install` is given; a sentence for each need that is still missing and may not be."""
    missing = [need for need in needs if not need.there()]
    if missing and install is not None:
        install([package for need in missing for package in need.packages])
        missing = [need for need in missing if not need.there()]
    for need in missing:
        print(f"{need.what} is missing: `apt install {' '.join(need.packages)}` (Debian), then `make test` again.")
    return [need.what for need in missing if need.required or strict]


def installer() -> Callable[[list[str]], None] | None:
    """Of Debian's packages, where we may."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return None

    def install(packages: list[str]) -> None:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
            subprocess.run([apt, *words], check=False, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 fixed words

    return install


def main() -> None:
    """Exit code 1 when something that may not be missing is."""
    lacking = provide(NEEDS, installer(), strict=os.environ.get("CI") == "true")
    if lacking:
        sys.exit(f"The tests cannot run without {' and '.join(lacking)}.")


if __name__ == "__main__":
    main()
