"""Is a cohort ready to be solved: supply, demand, who has nobody to be paired with, which calendars look odd."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from matcher.blockers import blockers
from matcher.calendars import programme_bounds
from matcher.errors import Fault
from matcher.model import BoolArray, Cohort, IntArray
from matcher.odd_days import odd_days
from matcher.odd_settings import odd_settings
from matcher.places import with_places_in_all
from matcher.plans import attainable_by
from matcher.programme import MINUTES_A_DAY, WEEKDAYS
from matcher.rules import Candidates, judge
from matcher.shortages import Shortage, shortages
from matcher.supply import Supply, first_choices, supply, unasked_places
from matcher.times import BLOCK, Times, meeting_times
from matcher.working_hours import no_common_hours

FULL = 10  # a calendar looks full if a session fits on fewer than one in so many working days
USUAL = 1  # busy times a week, from which on others have much: then nothing at all looks forgotten


class Wanted(NamedTuple):
    """A mentor whom more mentees want than he takes; he is the best eligible choice of `first_choices` of them."""

    mentor: int
    wanted: int
    places: int
    first_choices: int


@dataclass(frozen=True)
class Readiness:
    """Figures of a cohort before it is solved; people are persons (indices).

    `places` is the number of mentees whom all mentors together take, `wanted_places` that of the mentors with at
    least one eligible choice. `set_aside` counts the choices that break a rule, by outcome. `crowded` lists
    mentors whom more want than they take, the most crowded first. `schedulable` counts the eligible choices that
    have a schedule by themselves, and `without_common_time` are the mentees with eligible choices of which none
    has; with none of their choices do those of `without_common_hours` ever work at the same time.

    No more mentees than `at_most` can have a mentor: of the others, `shortages` show who are too many for the
    places with those they ask for, and `unasked_places` are with mentors whom nobody asks for although they
    stand high enough for one of these. `blockers` say why the cohort cannot be solved, `odd_settings` what in
    programme.toml or among people's days is probably not meant.

    Of the `people` who occur in eligible choices, `ever_busy` have a busy time on the programme's dates, those
    `without_free_time` can never hold a session, those with `full_calendars` on few days, and those with
    `empty_calendars` are never busy though others are.
    """

    blockers: tuple[Fault, ...]
    odd_settings: tuple[Fault, ...]

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
    at_most: int
    shortages: tuple[Shortage, ...]
    unasked_places: int
    people: int
    ever_busy: int
    without_free_time: tuple[int, ...]
    full_calendars: tuple[int, ...]
    empty_calendars: tuple[int, ...]
    crowded: tuple[Wanted, ...]
    supply: tuple[Supply, ...]

    @property
    def ready(self) -> bool:
        """Whether solving makes sense."""
        return not self.blockers

    @property
    def too_few_places(self) -> int:
        """How many mentees stay without a mentor at least because places are too few where they can go."""
        return sum(shortage.missing for shortage in self.shortages)

    @property
    def has_warnings(self) -> bool:
        """Whether something is to be looked at before solving, faults and warnings of single files aside."""
        lists = (self.odd_settings, self.without_free_time, self.full_calendars, self.empty_calendars)
        return self.at_most < self.mentees or any(lists) or (self.people > 0 and not self.ever_busy)


def assess(cohort: Cohort) -> Readiness:
    """Count supply and demand of a cohort, and whom rules or calendars leave without any choice."""
    candidates, verdicts = judge(cohort)
    blocked = cohort
    cohort = with_places_in_all(cohort)
    capacity = cohort.employees.capacity
    served = np.isin(cohort.mentees, candidates.mentee)
    times = meeting_times(cohort, candidates)
    open_days = times.open_days(np.arange(len(candidates)))
    possible = np.asarray(attainable_by(open_days, times.course, times.cadences).any(axis=1))
    reached = np.isin(cohort.mentees, candidates.mentee[possible])
    apart = served & ~reached
    people = np.unique(np.concatenate((candidates.mentee, candidates.mentor)))
    free_days, busy_times = _free_days(times, people), _busy_times(cohort, people)
    short = shortages(cohort, candidates, possible | candidates.locked)
    return Readiness(
        blockers=tuple(map(cohort.placed, blockers(blocked, candidates, possible))),
        odd_settings=tuple(map(cohort.placed, (*odd_settings(cohort, people), *odd_days(cohort, people)))),
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
        at_most=int(np.count_nonzero(reached)) - sum(one.missing for one in short),
        shortages=short,
        unasked_places=unasked_places(cohort, candidates, _all_mentees(short)),
        people=len(people),
        ever_busy=int(np.count_nonzero(busy_times)),
        without_free_time=tuple(people[free_days == 0].tolist()),
        full_calendars=tuple(people[(free_days > 0) & (free_days * FULL < _working_days(cohort))].tolist()),
        empty_calendars=tuple(people[_look_empty(cohort, busy_times)].tolist()),
        crowded=_crowded(cohort, candidates),
        supply=supply(cohort, candidates),
    )


def _all_mentees(short: Sequence[Shortage]) -> IntArray:
    return np.concatenate([np.zeros(0, dtype=np.int64), *(one.mentees for one in short)])


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


def _busy_times(cohort: Cohort, people: IntArray) -> IntArray:
    """How many busy times each of these people has on the programme's dates."""
    start, end = programme_bounds(cohort.programme)
    # Local times are taken for UTC here: for a day more on either side that makes no difference.
    inside = (cohort.busy.end > start - MINUTES_A_DAY) & (cohort.busy.start < end + MINUTES_A_DAY)
    return np.asarray(np.bincount(cohort.busy.person[inside], minlength=len(cohort.employees))[people])


def _look_empty(cohort: Cohort, busy_times: IntArray) -> BoolArray:
    """Who has no busy time, if half of the people have as many as is usual."""
    often = np.count_nonzero(busy_times * 7 >= USUAL * cohort.programme.days)
    return np.asarray((busy_times == 0) & (often * 2 >= len(busy_times)))


def _crowded(cohort: Cohort, candidates: Candidates) -> tuple[Wanted, ...]:
    size, capacity = len(cohort.employees), cohort.employees.capacity
    wanted = np.bincount(candidates.mentor, minlength=size)
    first = np.bincount(candidates.mentor[first_choices(candidates)], minlength=size)
    over = np.nonzero(wanted > capacity)[0]
    order = over[np.argsort(-(wanted[over] - capacity[over]), kind="stable")]
    columns = (order, wanted[order], capacity[order], first[order])
    return tuple(Wanted(*row) for row in zip(*(column.tolist() for column in columns), strict=True))
