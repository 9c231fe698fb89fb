"""Working hours as they usually are, before holidays, leave and busy time are taken off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from matcher.model import ALWAYS, Availability, BoolArray, Busy, Cohort, IntArray, no_absences
from matcher.programme import WEEKDAYS, Window
from matcher.rules import Candidates
from matcher.times import meeting_times


def no_common_hours(cohort: Cohort, pairs: Candidates) -> BoolArray:
    """Which pairs never work at the same time for long enough to start a session, on any day of the programme.

    Each person's hours are on his own clock. Dates on which he is not there at all are leave, and left out of it.
    """
    if not len(pairs):
        return np.zeros(0, dtype=bool)
    own = cohort.availability
    hours = (own.weekday >= 0) | (own.start < own.end)
    rows = Availability(*(column[hours] for column in (own.person, own.weekday, own.date, own.start, own.end)))
    nothing, never = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    busy = Busy(nothing, nothing, nothing, never, never)
    staff = cohort.employees
    always = np.full(len(staff), ALWAYS)
    usual = replace(
        cohort,
        employees=replace(staff, first_day=-always, last_day=always),
        availability=rows,
        busy=busy,
        absences=no_absences(),
        public_days=(),
        company_days=(),
        earlier=None,
    )
    times = meeting_times(usual, replace(pairs, earliest=np.zeros_like(pairs.earliest)))
    return np.asarray(~times.open_days(np.arange(len(pairs))).any(axis=1))


def hours_texts(cohort: Cohort, people: IntArray) -> list[str]:
    """The hours of each of `people` in words, like `mon-fri 09:00-18:00 (Europe/Moscow)`."""
    own, staff = cohort.availability, cohort.employees
    texts = []
    for person in people.tolist():
        first, last = np.searchsorted(own.person, (person, person + 1)).tolist()  # rows are sorted by person
        weekly = [row for row in range(first, last) if own.weekday[row] >= 0]
        dates = any(own.weekday[row] < 0 and own.start[row] < own.end[row] for row in range(first, last))
        text = _week_text(_week(cohort, weekly))
        if dates:
            text = f"{text} and other hours on some dates" if text else "on single dates"
        texts.append(f"{text or 'never'} ({staff.zones[staff.zone[person]]})")
    return texts


def _week(cohort: Cohort, rows: Sequence[int]) -> list[tuple[Window, ...]]:
    """Windows of Monday to Sunday: of these rows of availability.csv, or the programme's if there are none.

    Lunch is taken off.
    """
    calendar = cohort.programme.calendar
    if rows:
        week = [_windows(cohort.availability, rows, weekday) for weekday in range(len(WEEKDAYS))]
    else:
        week = [list(calendar.windows) if day in calendar.working_days else [] for day in WEEKDAYS]
    for low, high in calendar.lunch_windows:
        week = [
            [part for start, end in day for part in ((start, min(end, low)), (max(start, high), end))]
            for day in week
        ]
    return [tuple(window for window in day if window[0] < window[1]) for day in week]


def _windows(own: Availability, rows: Sequence[int], weekday: int) -> list[Window]:
    return sorted((int(own.start[row]), int(own.end[row])) for row in rows if own.weekday[row] == weekday)


def _week_text(week: Sequence[Sequence[Window]]) -> str:
    """Days in a row with the same hours together; days off are left out."""
    parts = []
    for windows, group in groupby(zip(week, WEEKDAYS, strict=True), key=lambda day: day[0]):
        names = [name for _, name in group]
        days = names[0] if len(names) == 1 else f"{names[0]}-{names[-1]}"
        if windows:
            parts.append(f"{days} {' and '.join(f'{_clock(low)}-{_clock(high)}' for low, high in windows)}")
    return ", ".join(parts)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
