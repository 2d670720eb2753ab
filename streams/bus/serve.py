"""Answering requests: one coroutine per request, at most so many at once, and always an answer."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from nats.aio.msg import Msg
from pydantic import ValidationError

from streams.bus.session import Bus
from streams.types.bus import RefusalCode, Refused, encode, encode_refusal
from streams.types.camera import Wire

log = structlog.get_logger(__name__)

RequestT = TypeVar("RequestT", bound=Wire)
MAX_PENDING = 64


async def serve(
    bus: Bus,
    subject: str,
    model: type[RequestT],
    answer: Callable[[RequestT], Awaitable[Wire]],
    *,
    queue: str = "",
    at_once: int = 8,
) -> None:
    """Answer `subject` until cancelled. See `serve_each`."""

    async def whoever(_sender: str, request: RequestT) -> Wire:
        return await answer(request)

    await serve_each(bus, subject, model, whoever, queue=queue, at_once=at_once)


async def serve_each(
    bus: Bus,
    subject: str,
    model: type[RequestT],
    answer: Callable[[str, RequestT], Awaitable[Wire]],
    *,
    queue: str = "",
    at_once: int = 8,
) -> None:
    """Answer `subject` until cancelled. `answer` is told the last word of the very subject, which says who asks.

    `answer` raises `Refused` to refuse. More than `MAX_PENDING` waiting requests are refused with FULL at once: the asker's
    time-out is shorter than such a queue.
    """
    slots = asyncio.Semaphore(at_once)
    pending: set[asyncio.Task[None]] = set()

    async def reply(message: Msg) -> None:
        async with slots:
            body = await _answered(message, model, answer)
        await message.respond(body)

    async def on_message(message: Msg) -> None:
        if not message.reply:
            # Nobody waits for an answer: not one of our askers.
            log.warning("bus_request_without_reply", subject=message.subject)
            return
        if len(pending) >= MAX_PENDING:
            await message.respond(encode_refusal(RefusalCode.FULL))
            return
        task = group.create_task(reply(message), name=f"answer {subject}")
        pending.add(task)
        task.add_done_callback(pending.discard)

    async with asyncio.TaskGroup() as group:
        subscription = await bus.client.subscribe(subject, queue=queue, cb=on_message)
        try:
            await asyncio.Event().wait()
        finally:
            if not bus.client.is_closed:
                await subscription.unsubscribe()


async def _answered(message: Msg, model: type[RequestT], answer: Callable[[str, RequestT], Awaitable[Wire]]) -> bytes:
    subject = message.subject
    try:
        return encode(await answer(subject.rpartition(".")[2], model.model_validate_json(message.data)))
    except Refused as refused:
        return encode_refusal(refused.code, refused.detail)
    except ValidationError as error:
        log.warning("bus_request_unreadable", subject=subject, errors=error.error_count())
        return encode_refusal(RefusalCode.NOT_FOUND, "unreadable request")
    except Exception:
        # A bug in one answer must not end the session that every camera's state travels on.
        log.exception("bus_answer_failed", subject=subject)
        return encode_refusal(RefusalCode.NOT_FOUND, "internal error")
