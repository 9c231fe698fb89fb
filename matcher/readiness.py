"""Is a cohort ready to be solved: supply, demand and who has nobody to be paired with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from matcher.model import Cohort
from matcher.rules import Candidates, judge


@dataclass(frozen=True)
class Readiness:
    """Figures of a cohort before it is solved, calendars aside; people are persons (indices).

    `places` is the number of mentees whom all mentors together take, `wanted_places` that of the mentors with at
    least one eligible choice. `set_aside` counts the choices that break a rule, by outcome. `crowded` lists
    (mentor, wanted by, places) where more want a mentor than he takes, the most crowded first.
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
    crowded: tuple[tuple[int, int, int], ...]


def assess(cohort: Cohort) -> Readiness:
    """Count supply and demand of a cohort."""
    candidates, verdicts = judge(cohort)
    capacity = cohort.employees.capacity
    served = np.isin(cohort.mentees, candidates.mentee)
    return Readiness(
        employees=len(cohort.employees),
        mentees=len(cohort.mentees),
        mentors=int(np.count_nonzero(capacity)),
        choices=len(cohort.choices),
        eligible=verdicts.count(""),
        places=int(capacity.sum()),
        wanted_places=int(capacity[np.unique(candidates.mentor)].sum()),
        demand=len(cohort.mentees) * cohort.programme.capacity.mentors_per_mentee,
        set_aside=dict(Counter(sorted(verdict for verdict in verdicts if verdict))),
        without_eligible_choice=tuple(cohort.mentees[~served].tolist()),
        crowded=_crowded(cohort, candidates),
    )


def _crowded(cohort: Cohort, candidates: Candidates) -> tuple[tuple[int, int, int], ...]:
    wanted = np.bincount(candidates.mentor, minlength=len(cohort.employees))
    capacity = cohort.employees.capacity
    over = np.nonzero(wanted > capacity)[0]
    order = over[np.argsort(-(wanted[over] - capacity[over]), kind="stable")]
    return tuple(zip(order.tolist(), wanted[order].tolist(), capacity[order].tolist(), strict=True))
