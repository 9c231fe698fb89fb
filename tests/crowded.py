"""Cohorts drawn at random in which most mentors have places for more mentees than hours: conflicts everywhere."""

from __future__ import annotations

import random
from itertools import chain

from cohorts import Spec, only

SLOTS = (
    *(("2027-03-01", "09:00", "09:45"), ("2027-03-01", "10:00", "10:45")),
    *(("2027-03-02", "09:00", "09:45"), ("2027-03-08", "09:00", "09:45")),
)


def crowded_spec(seed: int) -> Spec:
    """Draw one cohort in which everybody can have one session in a few hours; the same seed gives the same."""
    rng = random.Random(f"crowded {seed}")
    mentees = [f"a{n}" for n in range(rng.randint(3, 6))]
    middle = [f"k{n}" for n in range(rng.choice((0, 0, 1, 2)))]
    mentors = [f"m{n}" for n in range(rng.randint(2, 3))]
    ranks, two = rng.choice(((1, 2, 3), (1, 2, 5), (2, 3, 7), (1, 1, 4))), rng.random() < 0.25
    choices = []
    for mentee in mentees + middle:
        sought = [name for name in mentors + middle if name != mentee]
        listed = rng.sample(sought, min(len(sought), rng.choice((1, 2, 2, 3) if not two else (1, 2))))
        choices += [(mentee, rng.choice(ranks), mentor) for mentor in listed]
    slots = rng.sample(SLOTS, rng.choice((2, 3, 3)))
    keen = {"a": 0.6, "k": 0.7, "m": 0.75}
    free = [
        only(name, *(slot for slot in slots if rng.random() < keen[name[0]]))
        for name in mentees + middle + mentors
    ]
    locks = []
    if rng.random() < 0.3:
        mentee, _, mentor = rng.choice(choices)
        locks.append((mentee, mentor, "locked"))
    return Spec(
        employees=(
            *(f"{name} F 1" for name in mentees),
            *(f"{name} G 2" for name in middle),
            *(f"{name} H 3 {rng.choice((1, 2, 3, 3))}" for name in mentors),
        ),
        choices=tuple(choices),
        availability=tuple(chain.from_iterable(free)),
        pairs=tuple(locks),
        programme={
            "programme": {"start": "2027-03-01", "end": "2027-03-12"},
            "eligibility": {"cross_function_gap": 0, "same_function_gap": 0},
            "capacity": {"mentees_per_mentor": 3, "mentors_per_mentee": 1 + two},
            "sessions": {"month_rule": "none", "min_days_between": rng.choice((1, 20)), "number": "most"},
            "goals": {"rank": rng.choice(("generous", "greedy", "min-cost")), "seed": rng.randint(0, 99)},
        },
    )
