"""A worker's logs: one line per event on standard error, text for people or JSON for machines."""

import logging
import sys

import structlog

from streams.stderr import standard_error


def set_up_logs(level: str, *, json: bool, worker: str) -> None:
    number = logging.getLevelNamesMapping()[level.upper()]
    for_machines = (structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False))
    # Plain tracebacks: the prettier ones print local variables, and with them credentials.
    plain = structlog.dev.plain_traceback
    for_people = (structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain),)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *(for_machines if json else for_people),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(standard_error()),
        cache_logger_on_first_use=True,
    )
    # FFmpeg and aiortc speak through the standard library: warnings only.
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr)
    structlog.contextvars.bind_contextvars(process=worker)
