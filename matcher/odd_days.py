"""First and last days and absences that are allowed and yet leave somebody without any pair."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from matcher.cadence import make_cadence
from matcher.engagements import engaged_days
from matcher.errors import Fault
from matcher.model import BoolArray, Cohort, IntArray
from matcher.plans import attainable
from matcher.programme import day_number

NAMED = 3  # people whom a warning names
EMPLOYEES, ABSENCES = "employees.csv", "absences.csv"


def odd_days(cohort: Cohort, people: IntArray) -> tuple[Fault, ...]:
    """What looks odd in the days of `people`, those who occur in eligible choices."""
    first, last = engaged_days(cohort, people, people)
    outside = last < first
    inside = people[~outside]
    days = _own_days(cohort, first[~outside], last[~outside])
    short = ~_some_schedule(cohort, days, first[~outside], last[~outside])
    days &= ~_away(cohort, inside)
    gone = ~short & ~_outlasts(cohort, days, first[~outside], last[~outside])
    return (
        *_never_there(cohort, people[outside]),
        *_too_short(cohort, inside[short]),
        *_away_too_long(cohort, inside[gone]),
        *_absences_elsewhere(cohort),
    )


def _never_there(cohort: Cohort, people: IntArray) -> Iterable[Fault]:
    """Who has left before the programme begins, or joins after its end."""
    if len(people):
        frame = cohort.programme.frame
        message = (
            f"no day of the programme ({frame.start} to {frame.end}) lies between first_day and last_day of "
            f"{_names(cohort, people)}: nobody is paired with them"
        )
        yield Fault(EMPLOYEES, message, column="last_day")


def _too_short(cohort: Cohort, people: IntArray) -> Iterable[Fault]:
    """Who takes part for so short a time that no schedule fits in."""
    if len(people):
        minimum, apart = cohort.programme.sessions.minimum, cohort.programme.sessions.min_days_between
        message = (
            f"between first_day and last_day of {_names(cohort, people)} there is no room for {minimum} sessions "
            f"{apart} days apart"
        )
        yield Fault(EMPLOYEES, message, column="last_day")


def _away_too_long(cohort: Cohort, people: IntArray) -> Iterable[Fault]:
    """Whose absences alone leave no pair a schedule."""
    if len(people):
        rests = cohort.programme.sessions.absences == "pause"
        more = "" if rests else "; sessions.absences 'pause' would let the month rule rest while they are away"
        message = f"beside the absences of {_names(cohort, people)} no pair can keep the rules{more}"
        yield Fault(ABSENCES, message, column="end")


def _absences_elsewhere(cohort: Cohort) -> Iterable[Fault]:
    """No absence touches the programme: probably the year is wrong."""
    rows, frame = cohort.absences, cohort.programme.frame
    inside = (rows.start <= day_number(frame.end)) & (rows.end >= day_number(frame.start))
    if len(rows) and not inside.any():
        message = f"no absence lies in the programme ({frame.start} to {frame.end}); is it the right year?"
        yield Fault(ABSENCES, message, column="start")


def _names(cohort: Cohort, people: IntArray) -> str:
    names = [cohort.employees.label(person) for person in people[:NAMED].tolist()]
    more = len(people) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _own_days(cohort: Cohort, first: IntArray, last: IntArray) -> BoolArray:
    """The days from each first to each last, shape (people, days)."""
    day = np.arange(cohort.programme.days)
    return np.asarray((first[:, None] <= day) & (day <= last[:, None]))


def _away(cohort: Cohort, people: IntArray) -> BoolArray:
    """The days on which each of these people (ascending) is away; shape (people, days)."""
    rows, start, days = cohort.absences, day_number(cohort.programme.frame.start), cohort.programme.days
    away = np.zeros((len(people), days), dtype=bool)
    row = np.searchsorted(people, rows.person)
    known = np.append(people, -1)[row] == rows.person
    columns = (row[known].tolist(), (rows.start[known] - start).tolist(), (rows.end[known] - start).tolist())
    for place, begin, end in zip(*columns, strict=True):
        away[place, max(begin, 0) : max(end + 1, 0)] = True
    return away


def _some_schedule(cohort: Cohort, days: BoolArray, first: IntArray, last: IntArray) -> BoolArray:
    """Whether some schedule fits into the days of each, between his first and his last."""
    found = np.ones(len(days), dtype=bool)
    spans, which = np.unique(np.stack((first, last), axis=1), axis=0, return_inverse=True)
    for place, (begin, end) in enumerate(spans.tolist()):
        rows = np.nonzero(which.ravel() == place)[0]
        cadence = make_cadence(cohort.programme, begin, end)
        found[rows] = attainable(days[rows], cadence).any(axis=1)
    return found


def _outlasts(cohort: Cohort, days: BoolArray, first: IntArray, last: IntArray) -> BoolArray:
    """Whether some schedule fits beside the absences of each; where months rest, any day is enough."""
    if cohort.programme.sessions.absences == "pause":
        return np.asarray(days.any(axis=1))
    return _some_schedule(cohort, days, first, last)
