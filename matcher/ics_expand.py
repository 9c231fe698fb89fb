"""Events -> their occurrences near the programme, by `icalendar` and `recurring-ical-events`.

The two see the times and rules of events and nothing else, so that no message of theirs can tell more.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from matcher.ics_text import Block

MOST_OCCURRENCES = 20_000  # in a file
TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE")
EXPANDED = {*TIMES, "DURATION", "RRULE", "SEQUENCE"}
DURATION = re.compile(
    r"\+?P(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?", re.ASCII
)
REASON_TOLD = 100  # characters of what a library says


class Occurrence(NamedTuple):
    """From when to when the event with this number takes place; dates for whole days."""

    number: int
    start: dt.date
    end: dt.date


class Length(NamedTuple):
    """A duration in its two parts: days on the clock, and after them time that passes (RFC 5545, 3.3.6)."""

    days: dt.timedelta
    time: dt.timedelta


@dataclass(frozen=True)
class Trouble:
    """Why an event cannot be expanded, and the property at fault if that is known."""

    event: Block
    message: str
    name: str = ""


@dataclass
class ExpansionError(Exception):
    """Some events cannot be expanded."""

    troubles: list[Trouble]


def expand(
    events: list[Block], zone: str, owner: dt.tzinfo, first: dt.datetime, last: dt.datetime
) -> list[Occurrence]:
    """All occurrences of the events of one calendar between two instants.

    Parameters
    ----------
    events
        All events that belong together, exceptions to a rule included.
    zone
        IANA name of the zone of times without one; "" if they have none.
    owner
        The zone on whose clock times without one then last.

    Raises
    ------
    ExpansionError
        With every event that makes no sense.
    """
    try:
        found = _occurrences(_parsed(events, zone), events, first, last)
        lengths = _lengths(events)
        return [_timed(one, lengths.get(one.number), owner) for one in found]
    except ExpansionError:
        raise
    except Exception as error:  # a library stumbles over a broken event in its own way
        raise ExpansionError(_culprits(events, zone, first, last, error)) from error


def _parsed(events: list[Block], zone: str) -> Any:  # noqa: ANN401 - a calendar of an optional library
    """The events as icalendar reads them."""
    import icalendar  # noqa: PLC0415 - an optional part, loaded by whoever reads a calendar

    calendar = icalendar.Calendar.from_ical("\r\n".join(_lines(events, zone)))
    by_number = {event.number: event for event in events}
    troubles = [
        trouble
        for component in calendar.walk("VEVENT")
        for trouble in _unreadable(component, by_number[int(component["X-EVENT"])])
    ]
    if troubles:
        raise ExpansionError(troubles)
    return calendar


def _lines(events: list[Block], zone: str) -> Iterator[str]:
    """A calendar of the bare times and rules; events keep their number and are called by that of their first."""
    yield from ("BEGIN:VCALENDAR", *([f"X-WR-TIMEZONE:{zone}"] if zone else []))
    firsts: dict[str, int] = {}
    for event in events:
        yield from ("BEGIN:VEVENT", f"X-EVENT:{event.number}")
        yield f"UID:{firsts.setdefault(event.uid, event.number)}"
        for own in event.properties:
            if own.name in EXPANDED and (own.name != "SEQUENCE" or own.value.strip().isdecimal()):
                yield str(own)
        yield "END:VEVENT"
    yield from ("END:VCALENDAR", "")


def _unreadable(component: Any, event: Block) -> Iterator[Trouble]:  # noqa: ANN401 - whatever icalendar makes of it
    """What icalendar could not read in an event, and times that have lost their zone on the way."""
    for name, _ in component.errors:
        found = event.all(name) if name else []
        quoted = told(found[0].value) if len(found) == 1 else f"a line {name}" if name else "a line"
        what = f"{quoted} cannot be read"
        yield Trouble(event, what, name or "")
    if component.errors:
        return
    for name in TIMES:
        for own in _as_list(component.get(name, [])):
            moments = [one.dt for one in own.dts]
            if "TZID" in own.params and any(isinstance(m, dt.datetime) and m.tzinfo is None for m in moments):
                yield Trouble(event, "is in a time zone that is not known", name)


def _as_list(value: Any) -> list[Any]:  # noqa: ANN401 - whatever icalendar makes of it
    return value if isinstance(value, list) else [value]


def _occurrences(
    calendar: Any,  # noqa: ANN401 - a calendar of an optional library
    events: list[Block],
    first: dt.datetime,
    last: dt.datetime,
) -> Iterator[Occurrence]:
    import recurring_ical_events  # noqa: PLC0415 - an optional part, loaded by whoever reads a calendar

    count = 0
    for series in recurring_ical_events.of(calendar).series:
        for occurrence in series.between(first, last):
            number = int(occurrence.as_component(keep_recurrence_attributes=True)["X-EVENT"])
            count += 1
            if count > MOST_OCCURRENCES:
                event = next(event for event in events if event.number == number)
                what = f"it and the events before it take place more than {MOST_OCCURRENCES:,} times"
                raise ExpansionError([Trouble(event, what)])
            yield Occurrence(number, occurrence.start, occurrence.end)


def _lengths(events: list[Block]) -> dict[int, Length]:
    """By number, durations with hours, minutes or seconds; none of events some dates of which have their own."""
    periods = {event.uid for event in events if any("/" in own.value for own in event.all("RDATE"))}
    lengths = {}
    for event in events:
        match = DURATION.fullmatch(event.value("DURATION"))
        if match is None or event.all("DTEND") or event.uid in periods:
            continue
        weeks, days, hours, minutes, seconds = (int(number or 0) for number in match.groups())
        if hours or minutes or seconds:
            time = dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)
            lengths[event.number] = Length(dt.timedelta(days, weeks=weeks), time)
    return lengths


def _timed(found: Occurrence, length: Length | None, owner: dt.tzinfo) -> Occurrence:
    """With the end that the duration gives when the clock changes: the library adds all of it on the clock."""
    if length is None or not isinstance(found.start, dt.datetime):
        return found
    day = found.start + length.days
    day = day if day.tzinfo else day.replace(tzinfo=owner)
    return found._replace(end=day.astimezone(dt.UTC) + length.time)


def _culprits(
    events: list[Block], zone: str, first: dt.datetime, last: dt.datetime, error: Exception
) -> list[Trouble]:
    """The events that cannot be expanded even by themselves; all of them can, the first is blamed."""
    groups: dict[str, list[Block]] = {}
    for event in events:
        groups.setdefault(event.uid, []).append(event)
    troubles = []
    for group in groups.values():
        try:
            list(_occurrences(_parsed(group, zone), group, first, last))
        except ExpansionError as found:
            troubles += found.troubles
        except Exception as found:  # noqa: BLE001 - as above
            troubles.append(Trouble(group[0], f"its times or its rule make no sense ({_reason(found)})"))
    return troubles or [Trouble(events[0], f"this or a later event cannot be read ({_reason(error)})")]


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:REASON_TOLD]}" if text else type(error).__name__


def told(text: str, most: int = 60) -> str:
    """A text from the file as a message quotes it."""
    return repr(text if len(text) <= most else f"{text[:most]}...")
