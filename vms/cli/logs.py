"""Logs: one line per event on standard error, as text for people or JSON for machines. Standard output is for what was asked for."""

import logging
import sys
from typing import Literal

import structlog

from streams.stderr import standard_error


def set_up_logs(level: str = "info", style: Literal["text", "json"] = "text", process: str = "") -> None:
    """Called once, first thing in each process. Third-party libraries are heard from warnings up."""
    number = logging.getLevelNamesMapping()[level.upper()]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        # Plain tracebacks: the prettier ones print local variables, and with them credentials.
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info if style == "json" else _as_it_is,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(standard_error()),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=max(number, logging.WARNING), stream=sys.stderr, format="%(levelname)s %(name)s %(message)s"
    )
    if process:
        structlog.contextvars.bind_contextvars(process=process)


def _as_it_is(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return event
