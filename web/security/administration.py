"""Administration only from set networks and within set hours (level 3: "giới hạn địa chỉ quản trị", "khóa quản trị ngoài giờ")."""

from datetime import UTC, datetime, timedelta, timezone

from aiohttp import web

from vms.settings import Settings
from vms.settings.model import AdministrationSettings
from web.errors import ApiError
from web.security.proxy import is_from
from web.wire import ErrorCode

_VIETNAM = timezone(timedelta(hours=7))
"""All year: Vietnam knows no summer time."""


def check_administration(request: web.Request, settings: Settings, at_ms: int) -> None:
    """Raise `ApiError(administration_closed)` outside of the networks or hours that are set."""
    rules = settings.administration
    if rules.networks and not is_from(request, settings.web, rules.networks):
        raise ApiError(ErrorCode.ADMINISTRATION_CLOSED, "network")
    if not open_at(rules, at_ms):
        raise ApiError(ErrorCode.ADMINISTRATION_CLOSED, "hours")


def open_at(rules: AdministrationSettings, at_ms: int) -> bool:
    """Whether administration is open then. Hours that go over midnight belong to the day on which they begin. Pure."""
    now = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(_VIETNAM)
    minute = now.hour * 60 + now.minute
    if not rules.hours:
        return now.isoweekday() in rules.weekdays
    begin, end = map(_minutes, rules.hours.split("-"))
    if begin < end:
        return begin <= minute < end and now.isoweekday() in rules.weekdays
    if minute >= begin:
        return now.isoweekday() in rules.weekdays
    return minute < end and (now - timedelta(days=1)).isoweekday() in rules.weekdays


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
