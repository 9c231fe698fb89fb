"""When the people of an invented company work and when they are busy, on the clock of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matcher.generate_choices import whole
from matcher.generate_people import FloatArray
from matcher.model import IntArray

ROWS = 1 << 19  # about so many at a time, to bound memory
QUARTER = 90  # days
HOUR = 4  # clock times are quarters of an hour
DAY = 24 * HOUR
# A moment is a whole number: days since the start of the programme, times this; plus 0 for the date alone, 1 for
# midnight, 2 for a quarter past ... So one table holds the texts of all moments, and dates sort before times.
MOMENTS = DAY + 1
BITS = 17  # more than the moments of the longest programme

RECURRING = 0.75  # of all meetings are weekly ones
HELD = 0.9  # of the dates of a weekly meeting
LENGTHS = np.array([2, 2, 4, 4, 4, 6, 8])  # quarters of an hour; these and the next as likely as they are listed
LEAVE, LEAVE_DAYS = 0.25, np.array([3, 5, 7, 12, 14])
LONG_LEAVE, LONG_LEAVE_DAYS = 0.015, np.array([35, 45, 60])
TRIP, TRIP_DAYS = 0.1, np.array([1, 2, 3])

PART_TIME = (  # share of the people, their weekdays, from, to; the last one afternoon a week
    (0.03, (0, 2, 4), 9 * HOUR, 14 * HOUR),
    (0.02, (0, 1, 2, 3), 9 * HOUR, 16 * HOUR),
    (0.03, (0, 1, 2, 3, 4), 7 * HOUR, 16 * HOUR),
    (0.01, (2,), 14 * HOUR, 17 * HOUR),
)
DAY_OFF, EXTRA_DAY = 0.02, 0.01
NEVER = -1


@dataclass(frozen=True)
class Span:
    """The days of the programme, counted from 0; day 0 is a `weekday` (0 = Monday)."""

    days: int
    weekday: int

    @classmethod
    def of(cls, start: dt.date, end: dt.date) -> Span:
        """Both dates belong to it."""
        return cls((end - start).days + 1, start.weekday())

    @property
    def workdays(self) -> IntArray:
        """The days from Monday to Friday."""
        days = np.arange(self.days)
        return days[(days + self.weekday) % 7 < 5]


@dataclass(frozen=True)
class Hours:
    """Rows of availability.csv: `day` counts from the start, or is a weekday less 7; `start` NEVER: not at all."""

    person: IntArray
    day: IntArray
    start: IntArray
    end: IntArray


def make_hours(people: IntArray, span: Span, rng: np.random.Generator) -> Hours:
    """Other working weeks of a few people, single days off and single days of other hours."""
    week, single, date = rng.random((3, len(people)))
    parts = []
    least = 0.0
    for share, weekdays, start, end in PART_TIME:
        some = people[(week >= least) & (week < least + share)]
        parts += [_rows(some, np.full(len(some), weekday - 7), start, end) for weekday in weekdays]
        least += share
    day = whole(date, span.days)
    off, extra = single < DAY_OFF, (single >= DAY_OFF) & (single < DAY_OFF + EXTRA_DAY)
    parts += [_rows(people[off], day[off], NEVER, NEVER), _rows(people[extra], day[extra], 10 * HOUR, 14 * HOUR)]
    rows = np.concatenate(parts, axis=1)
    return Hours(*rows[:, np.lexsort(rows[::-1])])


def _rows(people: IntArray, day: IntArray, start: int, end: int) -> IntArray:
    return np.stack([people, day, np.full(len(people), start), np.full(len(people), end)])


# --- busy times ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BusyTimes:
    """Rows of busy.csv, sorted; `start` and `end` are moments."""

    person: IntArray
    start: IntArray
    end: IntArray


def busy_blocks(people: IntArray, busy: int, span: Span, rng: np.random.Generator) -> Iterator[BusyTimes]:
    """Meetings, `busy` a person and quarter on the average, and absences; a block of people at a time."""
    size = ROWS // (busy * span.days // QUARTER + 10)
    for first in range(0, len(people), size):
        block = people[first : first + size]
        mean = busy * span.days / QUARTER if len(span.workdays) else 0
        meetings = mean * (0.5 + rng.random(len(block)))  # some have thrice as many as others
        kinds = [_weekly(meetings * RECURRING, span, rng), _single(meetings * (1 - RECURRING), span, rng)]
        kinds += [_leave(len(block), span, rng), _trips(len(block), span, rng)]
        # One number a row sorts much faster than three columns.
        keys = np.sort(np.concatenate(kinds))
        mask = (1 << BITS) - 1
        yield BusyTimes(block[keys >> 2 * BITS], keys >> BITS & mask, keys & mask)


def _keys(person: IntArray, start: IntArray, end: IntArray) -> IntArray:
    return (person << 2 * BITS) | (start << BITS) | end


def _weekly(meetings: FloatArray, span: Span, rng: np.random.Generator) -> IntArray:
    """Rows of meetings on the same weekday at the same time, some of them cancelled."""
    dates = max(1, len(span.workdays)) / 5  # a weekday has so many on the average
    series = np.repeat(np.arange(len(meetings)), _about(meetings / (dates * HELD), rng))
    weekday = whole(rng.random(len(series)), 5)
    start, end = _clock(len(series), rng)
    first = (weekday - span.weekday) % 7
    day = first[:, None] + 7 * np.arange(-(-span.days // 7))
    held = (rng.random(day.shape) < HELD) & (day < span.days)
    at = day * MOMENTS + 1
    return _keys(
        np.broadcast_to(series[:, None], day.shape)[held], (at + start[:, None])[held], (at + end[:, None])[held]
    )


def _single(meetings: FloatArray, span: Span, rng: np.random.Generator) -> IntArray:
    """Rows of meetings that are held once."""
    person = np.repeat(np.arange(len(meetings)), _about(meetings, rng))
    at = span.workdays[whole(rng.random(len(person)), len(span.workdays))] * MOMENTS + 1
    start, end = _clock(len(person), rng)
    return _keys(person, at + start, at + end)


def _about(numbers: FloatArray, rng: np.random.Generator) -> IntArray:
    """Each number rounded up or down by chance, so that the mean stays."""
    return np.floor(numbers + rng.random(len(numbers))).astype(np.int64)


def _clock(count: int, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Start and end of meetings between 9:00 and 18:00: on the half hour, sometimes a quarter later."""
    start = 9 * HOUR + 2 * whole(rng.random(count), 17) + (rng.random(count) < 0.2)
    return start, np.minimum(start + _one_of(LENGTHS, count, rng), 18 * HOUR)


def _one_of(values: IntArray, count: int, rng: np.random.Generator) -> IntArray:
    return values[whole(rng.random(count), len(values))]


def _leave(people: int, span: Span, rng: np.random.Generator) -> IntArray:
    """Rows of whole days: holidays of some, a long absence of a few."""
    chance = rng.random(people)
    person = np.flatnonzero(chance < LEAVE + LONG_LEAVE)
    days, long_days = _one_of(LEAVE_DAYS, len(person), rng), _one_of(LONG_LEAVE_DAYS, len(person), rng)
    days = np.where(chance[person] < LEAVE, days, long_days)
    first = whole(rng.random(len(person)), span.days)
    last = np.minimum(first + days, span.days) - 1
    return _keys(person, first * MOMENTS, last * MOMENTS)


def _trips(people: int, span: Span, rng: np.random.Generator) -> IntArray:
    """Rows of journeys from one morning to the evening of the same day or a later one."""
    person = np.flatnonzero(rng.random(people) < TRIP)
    first = whole(rng.random(len(person)), span.days)
    last = np.minimum(first + _one_of(TRIP_DAYS, len(person), rng), span.days) - 1
    return _keys(person, first * MOMENTS + 1 + 7 * HOUR, last * MOMENTS + 1 + 21 * HOUR)
