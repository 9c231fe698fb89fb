"""Calendars as Outlook and Google export them, invented, and the cohort of their owners.

`python -m benchmarks.exports FOLDER NUMBER` makes them in a process of its own.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
from collections.abc import Iterator
from pathlib import Path

EVENTS = 120  # in each calendar
RECUR = 0.25  # share of the events that are series
FIRST, LAST = dt.date(2027, 1, 11), dt.date(2027, 4, 9)
DAYS_AROUND = 20  # before and after the programme, of which an export holds something as well
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PROGRAMME = f'[programme]\nstart = {FIRST}\nend = {LAST}\ntimezone = "Europe/Moscow"\n'
OUTLOOK_ZONE = """BEGIN:VTIMEZONE
TZID:{}
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


def make(folder: Path, number: int) -> None:
    """Write `calendars` and `cohort` into a new folder; every second export is Outlook's, the others Google's."""
    calendars, cohort = folder / "calendars", folder / "cohort"
    calendars.mkdir(parents=True)
    cohort.mkdir()
    (cohort / "programme.toml").write_text(PROGRAMME, "utf-8")
    ids = [f"e{person:05}" for person in range(number)]
    rows = [f"{name},Sales,1,{name}@company.example\n" for name in ids]
    (cohort / "employees.csv").write_text("employee_id,function,level,email\n" + "".join(rows), "utf-8")
    for person, name in enumerate(ids):
        lines = _export(random.Random(person), ids, person)  # noqa: S311 - seeded on purpose
        (calendars / f"{name}.ics").write_bytes(b"".join(map(_folded, lines)))


def _export(rng: random.Random, ids: list[str], person: int) -> Iterator[str]:
    """The lines of one calendar."""
    outlook = person % 2 == 0
    zone = "W. Europe Standard Time" if outlook else "Europe/Moscow"
    yield from ("BEGIN:VCALENDAR", "PRODID:-//Example//EN", "VERSION:2.0", "METHOD:PUBLISH")
    google = (f"X-WR-CALNAME:{ids[person]}", f"X-WR-TIMEZONE:{zone}")
    yield from OUTLOOK_ZONE.format(zone).splitlines() if outlook else google
    for number in range(EVENTS):
        yield from _event(rng, f"{person}-{number}@company.example", zone, outlook=outlook)
        for other in range(4):
            guest = ids[(person + other) % len(ids)]
            yield f"ATTENDEE;CN={guest};ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:{guest}@company.example"
        if outlook:
            yield from ("X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "X-MICROSOFT-CDO-IMPORTANCE:1")
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT15M", "DESCRIPTION:Reminder", "END:VALARM")
        yield "END:VEVENT"
    yield "END:VCALENDAR"


def _event(rng: random.Random, uid: str, zone: str, *, outlook: bool) -> Iterator[str]:
    """The beginning of one event: some are weekly, with a meeting left out; Google writes the others in UTC."""
    day = FIRST + dt.timedelta(rng.randrange(-DAYS_AROUND, (LAST - FIRST).days + DAYS_AROUND))
    start = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=15 * rng.randrange(32, 72))
    end = start + dt.timedelta(minutes=rng.choice((30, 60, 90)))
    recurs = rng.random() < RECUR
    head, tail = (f";TZID={zone}:", "") if recurs or outlook else (":", "Z")
    yield from ("BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20270101T000000Z", "SUMMARY:Weekly meeting of the team")
    yield from (f"DTSTART{head}{start:%Y%m%dT%H%M%S}{tail}", f"DTEND{head}{end:%Y%m%dT%H%M%S}{tail}")
    if recurs:
        yield f"RRULE:FREQ=WEEKLY;COUNT={rng.randrange(3, 12)};BYDAY={WEEKDAYS[start.weekday()]}"
        yield f"EXDATE{head}{start + dt.timedelta(days=7):%Y%m%dT%H%M%S}"
    yield "DESCRIPTION:" + r"Join the meeting at https://meet.example/123\n" * 8
    yield from ("LOCATION:Room 1", "STATUS:CONFIRMED", "TRANSP:OPAQUE", "SEQUENCE:1", "CLASS:PUBLIC")
    yield 'ORGANIZER;CN="Team, the":mailto:team@company.example'


def _folded(line: str) -> bytes:
    """The line as it stands in the file, in pieces of at most 75 bytes."""
    return "\r\n ".join([line[:75], *(line[at : at + 74] for at in range(75, len(line), 74))]).encode() + b"\r\n"


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
