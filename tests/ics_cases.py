"""Calendar files as programs write them, with every line that a test does not care about left to these helpers."""

import datetime as dt
from zoneinfo import ZoneInfo

from matcher.ics_read import Reading, read_calendar

FIRST, LAST = dt.date(2027, 1, 11), dt.date(2027, 4, 9)


def calendar(*lines):
    """A calendar file with these lines in it."""
    return "\r\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN", *lines, "END:VCALENDAR", ""]
    ).encode()


def event(*lines, uid="1@example"):
    """The lines of one event."""
    return ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20270101T000000Z", *lines, "END:VEVENT"]


def reading(zone="Europe/Moscow", email="ann@corp.example", programme="Europe/Moscow", **changes):
    """How to read the calendar of somebody in a programme from 11 January to 9 April 2027."""
    start, end = (
        int(dt.datetime.combine(day, dt.time(), ZoneInfo(programme)).timestamp() // 60)
        for day in (FIRST, LAST + dt.timedelta(days=1))
    )
    return Reading(zone=zone, email=email, start=start, end=end, **changes)


def read(data, **how):
    """What a file says; a list of lines stands for one event."""
    if not isinstance(data, bytes):
        data = calendar(*event(*data))
    return read_calendar(data, "ann.ics", reading(**how))


def times(busy):
    """Busy stretches as texts in UTC, whole days as dates with the last included."""
    assert not busy.faults, busy.faults
    instants = [f"{utc(start):%m-%d %H:%M} - {utc(end):%m-%d %H:%M}" for start, end in busy.minutes]
    return instants + [f"{date(start):%m-%d} to {date(end - 1):%m-%d}" for start, end in busy.days]


def utc(minute):
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minute)


def date(day):
    return dt.date(1970, 1, 1) + dt.timedelta(days=day)


def faults(busy):
    """Places and messages of what is wrong; then there is nothing else."""
    assert not busy.minutes
    assert not busy.days
    return [str(fault) for fault in busy.faults]
