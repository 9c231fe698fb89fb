"""Is a cohort ready to be solved: supply, demand, who has nobody to be paired with, which calendars look odd."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from matcher.cadence import make_cadence
from matcher.calendars import programme_bounds
from matcher.model import BoolArray, Cohort, IntArray
from matcher.plans import attainable
from matcher.programme import MINUTES_A_DAY, WEEKDAYS
from matcher.rules import Candidates, judge
from matcher.times import BLOCK, Times, meeting_times
from matcher.working_hours import no_common_hours

FULL = 10  # a calendar looks full if a session fits on fewer than one in so many working days
USUAL = 1  # busy times a week, from which on others have much: then nothing at all looks forgotten


@dataclass(frozen=True)
class Readiness:
    """Figures of a cohort before it is solved; people are persons (indices).

    `places` is the number of mentees whom all mentors together take, `wanted_places` that of the mentors with at
    least one eligible choice. `set_aside` counts the choices that break a rule, by outcome. `crowded` lists
    (mentor, wanted by, places) where more want a mentor than he takes, the most crowded first. `schedulable`
    counts the eligible choices that have a schedule by themselves, and `without_common_time` are the mentees with
    eligible choices of which none has; with none of their choices do those of `without_common_hours` ever work at
    the same time.

    Of the people who occur in eligible choices, those `without_free_time` can never hold a session, those with
    `full_calendars` on few days, and those with `empty_calendars` are never busy though others are.
    """

    employees: int
    mentees: int
    mentors: int
    choices: int
    eligible: int
    places: int
    wanted_places: int
    demand: int
    set_aside: Mapping[str, int]
    without_eligible_choice: tuple[int, ...]
    schedulable: int
    without_common_time: tuple[int, ...]
    without_common_hours: tuple[int, ...]
    without_free_time: tuple[int, ...]
    full_calendars: tuple[int, ...]
    empty_calendars: tuple[int, ...]
    crowded: tuple[tuple[int, int, int], ...]


def assess(cohort: Cohort) -> Readiness:
    """Count supply and demand of a cohort, and whom rules or calendars leave without any choice."""
    candidates, verdicts = judge(cohort)
    capacity = cohort.employees.capacity
    served = np.isin(cohort.mentees, candidates.mentee)
    times = meeting_times(cohort, candidates)
    open_days = times.open_days(np.arange(len(candidates)))
    possible = attainable(open_days, make_cadence(cohort.programme)).any(axis=1)
    reached = np.isin(cohort.mentees, candidates.mentee[possible])
    apart = served & ~reached
    people = np.unique(np.concatenate((candidates.mentee, candidates.mentor)))
    free_days = _free_days(times, people)
    return Readiness(
        employees=len(cohort.employees),
        mentees=len(cohort.mentees),
        mentors=int(np.count_nonzero(capacity)),
        choices=len(cohort.choices),
        eligible=verdicts.count(""),
        places=int(capacity.sum()),
        wanted_places=int(capacity[np.unique(candidates.mentor)].sum()),
        demand=len(cohort.mentees) * cohort.programme.capacity.mentors_per_mentee,
        set_aside=dict(sorted(Counter(verdict for verdict in verdicts if verdict).items())),
        without_eligible_choice=tuple(cohort.mentees[~served].tolist()),
        schedulable=int((possible & (candidates.rank > 0)).sum()),
        without_common_time=tuple(cohort.mentees[apart].tolist()),
        without_common_hours=_without_common_hours(cohort, candidates, cohort.mentees[apart]),
        without_free_time=tuple(people[free_days == 0].tolist()),
        full_calendars=tuple(people[(free_days > 0) & (free_days * FULL < _working_days(cohort))].tolist()),
        empty_calendars=tuple(people[_look_empty(cohort, people)].tolist()),
        crowded=_crowded(cohort, candidates),
    )


def _without_common_hours(cohort: Cohort, candidates: Candidates, mentees: IntArray) -> tuple[int, ...]:
    """Those of these mentees who work at the same time as none of their choices."""
    asked = candidates.subset(np.isin(candidates.mentee, mentees))
    met = asked.mentee[~no_common_hours(cohort, asked)]
    return tuple(np.setdiff1d(mentees, met).tolist())


def _free_days(times: Times, people: IntArray) -> IntArray:
    """Days on which each could start a session of some length, whoever it is with."""
    days = np.zeros(len(people), dtype=np.int64)
    for rows in np.array_split(np.arange(len(people)), len(people) // BLOCK + 1):
        can = [table[times.row_of[people[rows]]].any(axis=2) for table in times.can]
        days[rows] = np.any(can, axis=0).sum(axis=1)
    return days


def _working_days(cohort: Cohort) -> int:
    """Dates of the programme that are usually worked, holidays among them."""
    frame, working = cohort.programme.frame, cohort.programme.calendar.working_days
    first = frame.start.weekday()
    return sum(WEEKDAYS[(first + day) % 7] in working for day in range(cohort.programme.days))


def _look_empty(cohort: Cohort, people: IntArray) -> BoolArray:
    """Who of these people has no busy time on the programme's dates, if half of them have as many as is usual."""
    start, end = programme_bounds(cohort.programme)
    # Local times are taken for UTC here: for a day more on either side that makes no difference.
    inside = (cohort.busy.end > start - MINUTES_A_DAY) & (cohort.busy.start < end + MINUTES_A_DAY)
    counts = np.bincount(cohort.busy.person[inside], minlength=len(cohort.employees))[people]
    often = np.count_nonzero(counts * 7 >= USUAL * cohort.programme.days)
    return np.asarray((counts == 0) & (often * 2 >= len(people)))


def _crowded(cohort: Cohort, candidates: Candidates) -> tuple[tuple[int, int, int], ...]:
    wanted = np.bincount(candidates.mentor, minlength=len(cohort.employees))
    capacity = cohort.employees.capacity
    over = np.nonzero(wanted > capacity)[0]
    order = over[np.argsort(-(wanted[over] - capacity[over]), kind="stable")]
    return tuple(zip(order.tolist(), wanted[order].tolist(), capacity[order].tolist(), strict=True))
