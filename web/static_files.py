"""The built front end.

What may be served is listed once, at the start: a path is looked up, never joined to a folder, so no path can lead out of it.
"""

from collections.abc import Iterator
from pathlib import Path

from aiohttp import web

from web.errors import not_found

_RESERVED = ("api/", "assets/", "healthz", "metrics")
_IMMUTABLE = "public, max-age=31536000, immutable"
_FRESH = "no-cache"
_MISSING = "Giao diện chưa được dựng: chạy `make ui`.\nThe user interface has not been built: run `make ui`.\n"


class StaticFiles:
    """Files below `folder` by their path, and index.html for every other path that is the front end's own."""

    def __init__(self, folder: Path) -> None:
        self._files = dict(_listed(folder)) if folder.is_dir() else {}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        # Vite writes a hash of the content into the names below assets/: what was loaded once is good for ever.
        if (file := self._files.get(path)) is not None:
            return web.FileResponse(
                file, headers={"Cache-Control": _IMMUTABLE if path.startswith("assets/") else _FRESH}
            )
        if path == "api" or path.startswith(_RESERVED):
            raise not_found()
        if (index := self._files.get("index.html")) is None:
            return web.Response(text=_MISSING, status=503)
        return web.FileResponse(index, headers={"Cache-Control": _FRESH})


def _listed(folder: Path) -> Iterator[tuple[str, Path]]:
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink() and not file.name.startswith("."):
            yield file.relative_to(folder).as_posix(), file
