"""Cohorts drawn at random whose engagements last as long as needed, so small that brute force can solve them.

A mentor has fewer places than mentees who want him, so that some of them have to follow each other; a few dates
with an hour or so decide how many can. Some people are mentor and mentee.
"""

from __future__ import annotations

import datetime as dt
import random
from itertools import chain

from cohorts import Spec, only

START = dt.date(2027, 3, 1)


def wave_spec(seed: int) -> Spec:
    """Draw one cohort; the same seed always gives the same."""
    rng = random.Random(f"{seed} in waves")
    apart = rng.choice((1, 7, 7, 14))
    days = rng.choice((apart * 3, apart * 4 + 2, apart * 5)) + 1
    mentees = [f"a{n}" for n in range(rng.randint(3, 5))]
    middle = [f"k{n}" for n in range(rng.choice((0, 0, 1)))]
    mentors = [f"m{n}" for n in range(rng.randint(1, 2))]
    ranks = rng.choice(((1,), (1, 1, 2), (1, 2, 3)))
    choices = []
    for mentee in mentees + middle:
        sought = [name for name in mentors + middle if name != mentee]
        listed = rng.sample(sought, min(len(sought), rng.choice((1, 1, 2))))
        choices += [(mentee, rng.choice(ranks), mentor) for mentor in listed]
    number = rng.choice((1, 2, 2, 2, 3))
    people: list = [*(f"{name} F 1" for name in mentees), *(f"{name} G 2" for name in middle)]
    people += [f"{name} H 3 {rng.choice((1, 1, 1, 2))}" for name in mentors]
    if rng.random() < 0.4:
        wants = [
            dict(zip(("employee_id", "function", "level", "max_mentees"), row.split(), strict=False))
            for row in people
        ]
        for person in wants:
            if rng.random() < 0.5:
                person["sessions_wanted"] = rng.choice((1, 2, 3))
        people = wants
    pool = draw_pool(rng, days, apart)
    free = [only(name, *(hour for hour in pool if rng.random() < 0.9)) for name in mentees + middle + mentors]
    locks = []
    if rng.random() < 0.25:
        mentee, _, mentor = rng.choice(choices)
        locks.append((mentee, mentor, "locked"))
    return Spec(
        employees=tuple(people),
        choices=tuple(choices),
        availability=tuple(chain.from_iterable(free)),
        pairs=tuple(locks),
        programme=draw_programme(rng, days, apart, number),
    )


def draw_pool(rng: random.Random, days: int, apart: int) -> list[tuple[str, str, str]]:
    """Open hours: mostly every `apart` days, with room for one session, or for two that follow each other."""
    offsets = {day for day in range(0, days, apart) if rng.random() < 0.9}
    offsets |= {rng.randrange(days) for _ in range(rng.randint(0, 1))}
    hours = (("09:00", "09:45"), ("09:00", "10:30"), ("09:00", "10:30"), ("09:15", "10:45"))
    return [(str(START + dt.timedelta(days=day)), *rng.choice(hours)) for day in sorted(offsets)]


def draw_programme(rng: random.Random, days: int, apart: int, number: int) -> dict:
    frame = {
        "start": str(START),
        "end": str(START + dt.timedelta(days=days - 1)),
        "engagement": "as-needed",
        "latest_start": rng.choice((0, 0, 0, days // 3 + 1, days // 2 + 1)),
    }
    programme = {
        "programme": frame,
        "eligibility": {"cross_function_gap": rng.choice((0, 1))},
        "capacity": {"mentees_per_mentor": 2, "mentors_per_mentee": rng.choice((1, 1, 1, 2))},
        "sessions": {
            "minutes": rng.choice((45, 45, [45, 30])),
            "min_days_between": apart,
            "month_rule": rng.choice(("none", "rolling", "calendar", "both")),
            "number": number,
            "pause_minutes": rng.choice((0, 0, 15)),
            "grid_minutes": 45,
        },
        "goals": {"rank": rng.choice(("generous", "greedy", "min-cost")), "seed": rng.randint(0, 99)},
    }
    if rng.random() < 0.3:
        programme["calendar"] = {"preferred_hours": rng.choice(("09:45-10:30", "09:00-09:45", "10:00-12:00"))}
    return programme
