"""A paper as an answer: PDF, signed when a certificate is configured and the reader does not ask for an unsigned one, or CSV."""

from typing import Any

import structlog
from aiohttp import web

from vms.papers.document import Document
from vms.papers.signing import SigningFault
from vms.papers.spreadsheet import document_spreadsheet
from web.context import Context
from web.errors import ApiError
from web.wire import Body, ErrorCode

log = structlog.get_logger(__name__)

PDF, CSV = "application/pdf", "text/csv"


class PaperQuery(Body):
    """`signed=false`: without the electronic signature, as it is printed to be signed by hand."""

    signed: bool = True


async def pdf_answer(ctx: Context[Any, Any], document: Document, name: str, *, signed: bool) -> web.Response:
    """Raises `ApiError(unavailable, signing)` when it should be signed and cannot be."""
    press = ctx.services.press
    ctx.facts.update(paper=name, signed=str(signed and press.signs).lower())
    try:
        body = await press.pdf(document, signed=signed)
    except SigningFault as error:
        # The sentence is for whoever runs the system: it names files and tokens.
        log.warning("paper_not_signed", paper=name, reason=str(error))
        raise ApiError(ErrorCode.UNAVAILABLE, "signing") from error
    return web.Response(body=body, content_type=PDF, headers=_named(f"{name}.pdf"))


def csv_answer(ctx: Context[Any, Any], document: Document, name: str) -> web.Response:
    ctx.facts.update(paper=name)
    body = document_spreadsheet(document)
    return web.Response(body=body, content_type=CSV, charset="utf-8", headers=_named(f"{name}.csv"))


def _named(file: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{file}"'}
