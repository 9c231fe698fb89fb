"""Is a cohort ready to be solved: supply, demand and who has nobody to be paired with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from matcher.cadence import make_cadence
from matcher.model import Cohort
from matcher.plans import attainable
from matcher.rules import Candidates, judge
from matcher.times import meeting_times


@dataclass(frozen=True)
class Readiness:
    """Figures of a cohort before it is solved; people are persons (indices).

    `places` is the number of mentees whom all mentors together take, `wanted_places` that of the mentors with at
    least one eligible choice. `set_aside` counts the choices that break a rule, by outcome. `crowded` lists
    (mentor, wanted by, places) where more want a mentor than he takes, the most crowded first. `schedulable`
    counts the eligible choices that have a schedule by themselves, and `without_common_time` are the mentees with
    eligible choices of which none has.
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
        without_common_time=tuple(cohort.mentees[served & ~reached].tolist()),
        crowded=_crowded(cohort, candidates),
    )


def _crowded(cohort: Cohort, candidates: Candidates) -> tuple[tuple[int, int, int], ...]:
    wanted = np.bincount(candidates.mentor, minlength=len(cohort.employees))
    capacity = cohort.employees.capacity
    over = np.nonzero(wanted > capacity)[0]
    order = over[np.argsort(-(wanted[over] - capacity[over]), kind="stable")]
    return tuple(zip(order.tolist(), wanted[order].tolist(), capacity[order].tolist(), strict=True))
