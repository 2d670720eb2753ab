"""What a hearing is evaluated by, as data: groups of criteria with their most points. There is no official form (only criteria that
reports name), so each procuracy may have its own. Pure.
"""

import re
import tomllib
from dataclasses import dataclass

_KEY = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
MOST_CRITERIA = 100


class TemplateFault(Exception):
    """No usable template. One sentence."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """`key` stays the same when the words change: filled sheets refer to it."""

    key: str
    text: str
    most: int


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class EvaluationTemplate:
    """`levels`: least points in hundredths of the whole, highest first, and what they are called."""

    title: str
    groups: tuple[Group, ...]
    levels: tuple[tuple[int, str], ...] = ()

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(criterion for group in self.groups for criterion in group.criteria)

    @property
    def most(self) -> int:
        return sum(criterion.most for criterion in self.criteria)

    def level(self, points: int) -> str:
        """What so many points are called; nothing when the template names no levels."""
        return next((name for least, name in self.levels if points * 100 >= least * self.most), "")


def parse_template(text: str) -> EvaluationTemplate:
    """Read TOML (`config/evaluation.toml` shows and explains it). Raises `TemplateFault`."""
    try:
        content = tomllib.loads(text)
        template = EvaluationTemplate(
            title=_text(content["title"]),
            groups=tuple(
                Group(_text(group["title"]), tuple(_criterion(one) for one in group["criteria"]))
                for group in content["groups"]
            ),
            levels=tuple((_whole(one["from"], 0, 100), _text(one["name"])) for one in content.get("levels", ())),
        )
    except tomllib.TOMLDecodeError as error:
        raise TemplateFault(f"The evaluation template is not TOML: {error}.") from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TemplateFault(f"The evaluation template cannot be used: {error}.") from None
    keys = [criterion.key for criterion in template.criteria]
    if not keys or len(keys) > MOST_CRITERIA or len(set(keys)) != len(keys):
        raise TemplateFault(f"The evaluation template wants 1 to {MOST_CRITERIA} criteria, each with a key of its own.")
    if list(template.levels) != sorted(template.levels, reverse=True):
        raise TemplateFault("The levels of the evaluation template must begin with the highest.")
    return template


def _criterion(content: dict[str, object]) -> Criterion:
    key = _text(content["key"])
    if not _KEY.match(key):
        raise ValueError(f"the key {key!r} is not of small letters, digits and _")
    return Criterion(key, _text(content["text"]), _whole(content["most"], 1, 1000))


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 500:
        raise ValueError("a text is missing or longer than 500 characters")
    return value.strip()


def _whole(value: object, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"a number is not a whole one from {least} to {most}")
    return value
