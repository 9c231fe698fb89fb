"""Cohorts drawn at random in which some mentees go before others: by priority, by what they lost before."""

from __future__ import annotations

import random
from dataclasses import replace

from cohorts import Spec, build

from matcher.model import Cohort, History

BEFORE = ({"name": "earlier", "start": "2020-01-06"},)
"""The runs that a history of these tests is said to come from."""


def with_classes(cohort: Cohort, seed: int) -> Cohort:
    """Draw a priority and losses for everybody; most cohorts have two to four classes of mentees."""
    rng = random.Random(f"{seed} of classes")
    priorities, losses = rng.choice(((1, 1), (2, 1), (1, 2), (2, 2), (3, 3)))
    priority = cohort.employees.priority.copy()
    priority[:] = [rng.randrange(priorities) * rng.choice((1, 7)) for _ in priority]
    lost = {m: times for m in cohort.mentees.tolist() if (times := rng.randrange(losses + 1))}
    employees = replace(cohort.employees, priority=priority)
    return replace(cohort, employees=employees, history=History(lost, {}, BEFORE))


def queue_cohort(spec: Spec, seed: int) -> Cohort:
    """The spec's cohort with classes, and now and then two mentors for each mentee."""
    if random.Random(f"{seed} of mentors").random() < 0.3:
        capacity = {**spec.programme.get("capacity", {}), "mentors_per_mentee": 2}
        spec = replace(spec, programme={**spec.programme, "capacity": capacity})
    return with_classes(build(spec), seed)
