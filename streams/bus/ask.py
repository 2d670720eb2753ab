"""Asking: one request, one typed answer."""

from typing import TypeVar

from nats.errors import Error as NatsError
from nats.errors import NoRespondersError
from pydantic import ValidationError

from streams.bus.session import Bus, BusLost
from streams.types.bus import REQUEST_TIMEOUT_S, decode_reply, encode
from streams.types.camera import Wire

ReplyT = TypeVar("ReplyT", bound=Wire)


class NobodyThere(BusLost):
    """Nobody serves this subject now."""


async def ask(
    bus: Bus, subject: str, request: Wire, model: type[ReplyT], timeout_s: float = REQUEST_TIMEOUT_S
) -> ReplyT:
    """Raises `Refused` when the other side refuses, `BusLost` when nobody answers in time or with nonsense.

    `NobodyThere` comes at once.
    """
    try:
        reply = await bus.client.request(subject, encode(request), timeout=timeout_s)
        return decode_reply(model, reply.data)
    except NoRespondersError as error:
        raise NobodyThere(f"nobody serves {subject}") from error
    except (NatsError, TimeoutError) as error:
        raise BusLost(f"no answer to {subject}: {type(error).__name__}") from error
    except ValidationError as error:
        raise BusLost(f"unreadable answer to {subject}") from error
