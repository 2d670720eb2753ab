"""How a benchmark tells what it found."""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Annotated

import typer
from rich.console import Console

Json = Annotated[
    bool, typer.Option("--json", help="In kết quả JSON ở dòng cuối · only the JSON line on standard output.")
]

console = Console(stderr=True)
"""Progress and explanations go to standard error, so that standard output holds the result alone."""


def tell(result: Mapping[str, object]) -> None:
    """Print the result as the last line. Floats are rounded to four digits behind the point."""
    print(json.dumps({key: _rounded(value) for key, value in result.items()}, ensure_ascii=False), flush=True)


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least `share` (0..1) of the values do not exceed; NaN of nothing."""
    ordered = sorted(values)
    if not ordered:
        return math.nan
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    return value
