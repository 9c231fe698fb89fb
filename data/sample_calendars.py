"""When the people of the sample company work, and when they are busy."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

from sample_people import Cast, Person, pick, some

Row = tuple[str, ...]

START, END = dt.date(2027, 1, 11), dt.date(2027, 4, 9)
HOLIDAYS = (dt.date(2027, 2, 23), dt.date(2027, 3, 8))
RARE_DATES = ("2027-02-04", "2027-03-02", "2027-03-30")
OFFSETS = {"Europe/Moscow": "+03:00", "Asia/Yekaterinburg": "+05:00"}  # neither changes its clocks
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")


def make_availability(rng: random.Random, people: Sequence[Person], cast: Cast) -> list[Row]:
    """Rows of availability.csv: shifts, part-time, lunch breaks, single dates, and the people of the cast."""
    apart = (cast.rare, cast.night_shift, cast.rare_first, cast.rare_second)
    rows: list[Row] = []
    shop = [p for p in people if p.function in {"Production", "Maintenance"} and p.level <= 5 and p not in apart]
    for person in some(rng, shop, 10):
        rows += [(person.employee_id, day, "07:00", "16:00") for day in WORKDAYS]
    office = [p for p in people if p.function in {"Finance", "HR", "IT"} and p.level <= 4 and p not in apart]
    part_time, lunch = some(rng, office, 3), some(rng, office, 8)[4:]
    for person in part_time:
        rows += [(person.employee_id, day, "09:00", "14:00") for day in ("mon", "wed", "fri")]
    for person in (p for p in lunch if p not in part_time):
        for day in WORKDAYS:
            rows += [(person.employee_id, day, "09:00", "13:00"), (person.employee_id, day, "14:00", "18:00")]
    traveller = cast.stars[0].employee_id
    rows += [(traveller, "2027-02-06", "10:00", "13:00"), (traveller, "2027-02-08", "", "")]
    rows += [(cast.night_shift.employee_id, day, "20:00", "24:00") for day in WORKDAYS]
    rows.append((cast.rare.employee_id, "mon", "", ""))  # a week without hours: only the dates below are left
    rows += [(cast.rare.employee_id, day, "12:00", "13:00") for day in RARE_DATES]
    return sorted(rows)


def days_of(weekday: int) -> list[dt.date]:
    """All dates of the programme on one day of the week (0 = Monday)."""
    first = START + dt.timedelta(days=(weekday - START.weekday()) % 7)
    return [first + dt.timedelta(days=7 * week) for week in range((END - first).days // 7 + 1)]


def recurring_meetings(rng: random.Random, person: Person) -> list[Row]:
    """Weekly and fortnightly meetings, now and then cancelled; more and longer ones for senior people."""
    count = 3 if person.level <= 3 else 5 if person.level <= 5 else 8
    lengths = (30, 60, 60, 90) if person.level <= 5 else (60, 90, 120, 180)
    rows: list[Row] = []
    for _ in range(count):
        start, length = 9 * 60 + 30 * int(rng.random() * 15), pick(rng, lengths)
        dates = days_of(int(rng.random() * 5))[:: 1 + (rng.random() < 0.4)]
        for date in dates:
            if rng.random() < 0.9 and date not in HOLIDAYS:
                begin = dt.datetime.combine(date, dt.time(start // 60, start % 60))
                finish = begin + dt.timedelta(minutes=length)
                times = (f"{time:%Y-%m-%dT%H:%M}" for time in (begin, finish))
                rows.append((person.employee_id, *times))
    return rows


def absences(rng: random.Random, person: Person) -> list[Row]:
    """Draw business trips (exact hours with offset) and leave (whole days, end included)."""
    rows: list[Row] = []
    span = (END - START).days
    if rng.random() < (0.5 if person.level >= 5 else 0.15):
        away = START + dt.timedelta(days=int(rng.random() * span))
        back, offset = away + dt.timedelta(days=1 + int(rng.random() * 3)), OFFSETS[person.zone]
        rows.append((person.employee_id, f"{away}T07:30:00{offset}", f"{back}T21:00:00{offset}"))
    if rng.random() < 0.25:
        first = START + dt.timedelta(days=int(rng.random() * span))
        last = first + dt.timedelta(days=6 if rng.random() < 0.6 else 13)
        rows.append((person.employee_id, str(first), str(min(last, END))))
    return rows


def make_busy(rng: random.Random, people: Sequence[Person], preferences: Sequence[Row], cast: Cast) -> list[Row]:
    """Rows of busy.csv: public holidays for all; meetings and absences of everybody who takes part."""
    part = {row[0] for row in preferences} | {row[2] for row in preferences}
    part |= {person.employee_id for person in cast.locked}
    apart = {cast.rare.employee_id, cast.rare_first.employee_id, cast.rare_second.employee_id}
    rows: list[Row] = [(person.employee_id, str(day), str(day)) for person in people for day in HOLIDAYS]
    for person in people:
        if person.employee_id in part - apart:
            rows += recurring_meetings(rng, person) + absences(rng, person)
    return sorted(rows)
