"""Many cameras from a file: a dry run says what each line would do, the real run registers when every line is right."""

from typing import Any

from aiohttp import BodyPartReader
from aiohttp.http import HttpProcessingError

from vms.access import Action
from vms.cameras.camera_list import CheckedList
from vms.cameras.csv_text import MOST_BYTES, UnreadableFile
from web.camera_access import sight
from web.context import Context
from web.errors import ApiError
from web.objects import anything
from web.routes.registrations import start
from web.routing import Routes
from web.wire import Body, ErrorCode, ImportLine, ImportReport

routes = Routes()


class ImportQuery(Body):
    dry_run: bool = True


@routes.post(
    "/api/imports",
    action=Action.CAMERA_REGISTER,
    object=anything,
    query=ImportQuery,
    consumes=("text/csv", "multipart/form-data"),
    body_limit=MOST_BYTES,
    response=ImportReport,
)
async def import_cameras(ctx: Context[None, ImportQuery]) -> ImportReport:
    data = await _file(ctx) if ctx.http.content_type == "multipart/form-data" else await ctx.read()
    reached = (await sight(ctx, Action.CAMERA_REGISTER)).units
    try:
        checked = await ctx.services.cameras.imports.check(data, reached)
    except UnreadableFile as error:
        code = ErrorCode.TOO_LARGE if error.code == "too_large" else ErrorCode.BAD_REQUEST
        raise ApiError(code, error.code, "file") from error
    registration_id = None
    if not ctx.query.dry_run and checked.ok:
        registration_id = (await start(ctx, checked.wishes)).id
    return _report(checked, dry_run=ctx.query.dry_run, registration_id=registration_id)


async def _file(ctx: Context[Any, Any]) -> bytes:
    """The first part of a form, whatever it is called."""
    try:
        part = await (await ctx.http.multipart()).next()
        if not isinstance(part, BodyPartReader):
            raise ApiError(ErrorCode.BAD_REQUEST, "no_file", "file")
        data = bytearray()
        while chunk := await part.read_chunk():
            data += chunk
            if len(data) > MOST_BYTES:
                raise ApiError(ErrorCode.TOO_LARGE, "too_large", "file")
    except (ValueError, AssertionError, HttpProcessingError) as error:  # what aiohttp raises for broken multipart
        raise ApiError(ErrorCode.BAD_REQUEST, "bad_form", "file") from error
    return bytes(data)


def _report(checked: CheckedList, *, dry_run: bool, registration_id: str | None) -> ImportReport:
    lines = [
        ImportLine(
            line=line.line,
            name=line.name,
            address=line.address,
            ok=not line.problems,
            problems=[
                {"code": problem.code, "column": problem.column, "value": problem.value} for problem in line.problems
            ],
        )
        for line in checked.lines
    ]
    return ImportReport(
        dry_run=dry_run,
        encoding=checked.encoding,
        delimiter=checked.delimiter,
        lines=lines,
        registration_id=registration_id,
    )
