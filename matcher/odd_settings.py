"""Settings of programme.toml that are allowed and yet probably not meant."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from matcher.blockers import room_for_sessions
from matcher.cadence import make_cadence
from matcher.errors import Fault
from matcher.model import Cohort, IntArray
from matcher.programme import Window

FILE = "programme.toml"


def odd_settings(cohort: Cohort, people: IntArray) -> tuple[Fault, ...]:
    """What looks odd for `people`, those who occur in eligible choices; each is told once."""
    found = (_hours_too_short, _preferred_outside, _number_out_of_reach)
    faults = [fault for odd in found for fault in odd(cohort)]
    return (*faults, *_holidays_unknown(cohort, people))


def _hours_too_short(cohort: Cohort) -> Iterable[Fault]:
    """No session fits into the usual hours: they are too short, or lunch leaves too little of them."""
    calendar, minutes = cohort.programme.calendar, shortest(cohort)
    if not any(_fits(_without_lunch(cohort, window), minutes) for window in calendar.windows):
        less = f" less calendar.lunch ({calendar.lunch})" if calendar.lunch else ""
        message = f"{calendar.working_hours}{less} has no room for a session of {minutes} minutes"
        yield Fault(FILE, message, column="calendar.working_hours")


def _preferred_outside(cohort: Cohort) -> Iterable[Fault]:
    """Preferred hours in which nobody who keeps the usual hours can ever have a session."""
    calendar, minutes = cohort.programme.calendar, shortest(cohort)
    for low, high in calendar.preferred_windows:
        inside = [(max(low, start), min(high, end)) for start, end in calendar.windows]
        if not any(_fits(_without_lunch(cohort, window), minutes) for window in inside):
            lunch = f" less lunch {calendar.lunch}" if calendar.lunch else ""
            message = (
                f"no session of {minutes} minutes between {_clock(low)} and {_clock(high)} is in the usual hours "
                f"({calendar.working_hours}{lunch}): nobody who keeps these will meet when it is preferred"
            )
            yield Fault(FILE, message, column="calendar.preferred_hours")


def _number_out_of_reach(cohort: Cohort) -> Iterable[Fault]:
    """More sessions are aimed at than any pair can have, or fewer."""
    number = cohort.programme.sessions.number
    able = np.flatnonzero(room_for_sessions(make_cadence(cohort.programme)))
    if isinstance(number, int) and len(able) and number not in able:
        near = int(able[np.argmin(np.abs(able - number))])
        most = "most" if near < number else "least"
        message = f"a pair is to have {number}, but can have {near} at {most}"
        yield Fault(FILE, message, column="sessions.number")


def _holidays_unknown(cohort: Cohort, people: IntArray) -> Iterable[Fault]:
    """Nobody's or somebody's public holidays are unknown, and no day off was entered for everybody."""
    countries = cohort.employees.countries
    if any(day.country == "" and day.kind == "off" for day in cohort.company_days) or "" not in countries:
        return
    without = int(np.count_nonzero(cohort.employees.country[people] == countries.index("")))
    if without:
        some = f"{without} of the {len(people)} people in eligible choices"
        whose = "everybody" if without == len(people) else some
        message = f"is empty for {whose}: their sessions may fall on public holidays"
        yield Fault(FILE, message, column="calendar.country")


def shortest(cohort: Cohort) -> int:
    """Minutes of the shortest session that the programme allows."""
    return min(cohort.programme.sessions.minutes)


def _without_lunch(cohort: Cohort, window: Window) -> list[Window]:
    parts = [window]
    for low, high in cohort.programme.calendar.lunch_windows:
        parts = [part for start, end in parts for part in ((start, min(end, low)), (max(start, high), end))]
    return parts


def _fits(windows: Iterable[Window], minutes: int) -> bool:
    return any(end - start >= minutes for start, end in windows)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
