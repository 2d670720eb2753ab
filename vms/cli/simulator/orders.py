"""What a running simulator can be told and asked, one JSON object a line each way over its socket."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from streams.types.media import StreamKind

LONGEST_LINE = 1024 * 1024


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Whom(_Order):
    """Cameras by number, by area (see `areas`), or all."""

    cameras: tuple[int, ...] = ()
    areas: tuple[str, ...] = ()
    everywhere: bool = False


class SetFault(_Order):
    """`value` is in the fault's own unit; None means its default."""

    order: Literal["set"] = "set"
    fault: str
    whom: Whom
    value: float | None = None


class ClearFault(_Order):
    """`fault` empty clears all."""

    order: Literal["clear"] = "clear"
    fault: str = ""
    whom: Whom


class ListFaults(_Order):
    order: Literal["list"] = "list"


class AskTruth(_Order):
    """Who crossed before these cameras from `start_ms` to `end_ms` (UTC), as the stream shows it."""

    order: Literal["truth"] = "truth"
    whom: Whom
    start_ms: int
    end_ms: int
    kind: StreamKind = StreamKind.SUB


class Describe(_Order):
    """What is simulated: each camera's number and where it streams."""

    order: Literal["describe"] = "describe"


Order = Annotated[SetFault | ClearFault | ListFaults | AskTruth | Describe, Field(discriminator="order")]
ORDER: TypeAdapter[Order] = TypeAdapter(Order)


class Reply(_Order):
    """`error` is one sentence, empty when it was done."""

    error: str = ""
    result: Any = None
