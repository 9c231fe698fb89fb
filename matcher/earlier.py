"""A plan in the tables of a run -> what of it has happened at a date, and what is agreed."""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from matcher.calendars import Grid, preferred_starts
from matcher.errors import Fault, InputError, MatcherError
from matcher.input_people import day_of
from matcher.model import Agreed, Cohort, Earlier, Pair, Session
from matcher.programme import Programme, day_date, day_number, midnight_of
from matcher.run_plans import BEFORE, IdPair, Plan, as_of_day, read_plan, rematch_of

GONE = -1
"""Stands for who is no employee any more among the people of a pair."""


@dataclass(frozen=True)
class Repair:
    """What is to be repaired: the cohort with the plan's past in it (`cohort.earlier`), the plan, the date.

    `sides` tells of each pair of the plan who of it is still an employee, `GONE` for who is not.
    """

    cohort: Cohort
    plan: Plan
    as_of: int
    midnight: int  # the instant at which the date begins
    sides: Mapping[IdPair, Pair] = field(default_factory=dict)

    @property
    def earlier(self) -> Earlier:
        """What the solver knows of the plan."""
        assert self.cohort.earlier is not None  # noqa: S101 - for the type checker
        return self.cohort.earlier

    def split(self, sessions: tuple[Session, ...]) -> tuple[tuple[Session, ...], tuple[Session, ...]]:
        """The sessions before the date, and those on it and after."""
        at = bisect.bisect_left(sessions, self.midnight, key=lambda session: session.start)
        return sessions[:at], sessions[at:]


# --- the commands -------------------------------------------------------------------------------------------


def begin_repair(cohort: Cohort, run: Path, as_of: dt.date) -> Repair:
    """Read a run, and put what of it has happened by a date into the cohort as it is now.

    Parameters
    ----------
    cohort
        As its files are now: whoever has left is no employee any more, refusals stand in pairs.csv.
    run
        The plan in force: what `matcher solve` or an earlier rematch wrote, sessions perhaps corrected since.
    as_of
        Sessions that start before its midnight have happened. A date before the programme counts as its first.

    Raises
    ------
    InputError
        With everything in the run's tables that cannot be used, each with its file and line; or if the run is one
        of another programme, or the date lies after its end or before that of the run's own rematch.
    MatcherError
        If there is no such run.
    """
    return repair_at(cohort, read_plan(cohort, run), as_of)


def repair_at(cohort: Cohort, plan: Plan, as_of: dt.date) -> Repair:
    """Do what `begin_repair` does with a plan that was read before.

    Raises
    ------
    InputError
        If the date lies after the programme's end or before that of the plan's own rematch.
    """
    day = max(day_number(as_of), day_number(cohort.programme.frame.start))
    _refuse_date(cohort.programme, plan, day)
    return _repair(cohort, plan, day)


def with_earlier(cohort: Cohort, run: Path) -> Cohort:
    """The cohort with the plan that a run has repaired; as it is where the run is no rematch, or damaged.

    What is damaged is for the check to report.
    """
    repair = repair_of(cohort, run)
    return cohort if repair is None else repair.cohort


def repair_of(cohort: Cohort, run: Path) -> Repair | None:
    """What a run has repaired, from its own folder `before`; None where it is no rematch, or damaged."""
    day, said = as_of_day(run), rematch_of(run)
    if day is None:
        return None
    try:
        plan = read_plan(cohort, run / BEFORE)
        earlier = said.get("earlier_as_of")
        as_of = day_of(earlier) if isinstance(earlier, str) else None
        return _repair(cohort, replace(plan, as_of=as_of), day)
    except (MatcherError, OSError):
        return None


# --- the past -----------------------------------------------------------------------------------------------


def _repair(cohort: Cohort, plan: Plan, day: int) -> Repair:
    midnight = midnight_of(cohort.programme, day)
    index = {employee_id: person for person, employee_id in enumerate(cohort.employees.ids)}
    sides = {ids: (index.get(ids[0], GONE), index.get(ids[1], GONE)) for ids in {**plan.held, **plan.pairs}}
    repair = Repair(cohort, plan, day, midnight, sides)
    agreed, held, liked = dict[Pair, Agreed](), dict[Pair, list[Session]](), Liked(cohort, plan)
    for ids, planned in plan.pairs.items():
        pair, (before, after) = sides[ids], repair.split(liked.marked(sides[ids], planned.sessions))
        if ends_because(cohort, pair, day):
            held.setdefault(pair, []).extend(before)
        else:
            agreed[pair] = Agreed(planned.start, before, after)
    for ids, sessions in plan.held.items():
        held.setdefault(sides[ids], []).extend(sessions)
    past = {pair: tuple(sorted(held[pair])) for pair in sorted(held) if held[pair] and pair != (GONE, GONE)}
    earlier = Earlier(day, {pair: agreed[pair] for pair in sorted(agreed)}, past)
    # Who is in a pair that may go on is a mentee, also where he lists nobody any more.
    mentees = np.union1d(cohort.mentees, np.array([mentee for mentee, _ in agreed], dtype=np.int64))
    return replace(repair, cohort=replace(cohort, mentees=mentees.astype(np.int64), earlier=earlier))


class Liked:
    """Which sessions of a plan lie in preferred hours, on the clocks of both people."""

    def __init__(self, cohort: Cohort, plan: Plan) -> None:
        self._zone = cohort.employees.zone.tolist()
        self._of: dict[tuple[int, int], set[int]] = {}
        sessions = {session for planned in plan.pairs.values() for session in planned.sessions}
        if not cohort.programme.calendar.preferred_windows:
            return
        for minutes in {session.minutes for session in sessions}:
            start = np.array(sorted({one.start for one in sessions if one.minutes == minutes}), dtype=np.int64)
            grid = Grid(start, np.zeros_like(start), np.zeros_like(start))
            for place, zone in enumerate(cohort.employees.zones):
                some = preferred_starts(cohort.programme, zone, grid, minutes)
                self._of[place, minutes] = set(start[some].tolist())

    def marked(self, pair: Pair, sessions: tuple[Session, ...]) -> tuple[Session, ...]:
        """The sessions of a pair, with the word whether both like their hours."""
        if not self._of or GONE in pair:
            return sessions
        zones = {self._zone[person] for person in pair}
        return tuple(
            one._replace(preferred=all(one.start in self._of[zone, one.minutes] for zone in zones))
            for one in sessions
        )


def ends_because(cohort: Cohort, pair: Pair, day: int) -> str:
    """Why a pair of the plan is not to go on whatever else is decided; "" if it may.

    A refusal counts from now on, also where it is dated later.
    """
    decision = cohort.decisions.get(pair)
    if decision is not None and decision.status is not None and decision.bars:
        return decision.status
    people = cohort.employees
    if GONE in pair or any(people.last_day[person] < day for person in pair):
        return "left"
    return ""


def _refuse_date(programme: Programme, plan: Plan, day: int) -> None:
    frame = programme.frame
    if day > day_number(frame.end):
        message = f"{day_date(day)} lies after the programme, which ends on {frame.end}"
        raise InputError([Fault("--as-of", message)])
    if plan.as_of is not None and day < plan.as_of:
        message = f"{day_date(day)} lies before {day_date(plan.as_of)}, the date of the rematch in {plan.place}"
        raise InputError([Fault("--as-of", message)])
