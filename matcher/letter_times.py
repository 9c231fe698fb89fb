"""When people meet, in words of their language, each on his own clock."""

from __future__ import annotations

import datetime as dt
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_location

DASH = "\N{EN DASH}"


@cache
def date_words(date: dt.date, locale: str) -> str:
    """A date with its month in words, as a language writes it: `11 January 2027`."""
    return str(format_date(date, "long", locale=locale))


@cache
def weekday_words(date: dt.date, locale: str) -> str:
    """The same with its day of the week: `Monday, 11 January 2027`."""
    return str(format_date(date, "full", locale=locale))


@lru_cache(maxsize=100_000)  # sessions start on a grid, so that many share one time
def session_words(start: int, end: int, zone: str, locale: str) -> str:
    """A session by the clock of a zone; its ends are minutes since 1970-01-01T00:00 UTC."""
    first, last = (dt.datetime.fromtimestamp(minute * 60, tz=ZoneInfo(zone)) for minute in (start, end))
    day = weekday_words(first.date(), locale)
    if last.date() == first.date():
        return f"{day}, {first:%H:%M}{DASH}{last:%H:%M}"
    return f"{day}, {first:%H:%M} {DASH} {weekday_words(last.date(), locale)}, {last:%H:%M}"


@cache
def zone_words(zone: str, locale: str) -> str:
    """A time zone by its city and its name, `Yekaterinburg, Asia/Yekaterinburg`; by its name if it has no city."""
    if "/" not in zone or zone.startswith("Etc/"):
        return zone
    return f"{get_timezone_location(zone, locale=locale, return_city=True)}, {zone}"
