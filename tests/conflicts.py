"""Cohorts drawn at random in which hours, not only places, decide who is paired with whom.

Every mentor has a few short hours, in which most of those who want him are free as well: pairs that could meet
alone cannot all meet, or lose sessions and minutes. Equal ranks leave much to the draw.
"""

from __future__ import annotations

import random
from itertools import chain

import brute_force
import numpy as np
from cohorts import Spec, build, only

from matcher.model import Cohort, Pair

DATES = ("2027-03-01", "2027-03-03", "2027-03-08", "2027-03-15")
HOURS = (("09:00", "09:45"), ("09:00", "09:50"), ("09:30", "10:30"), ("10:00", "10:45"), ("09:15", "10:15"))


def contested_cohort(seed: int) -> Cohort:
    """The cohort of `contested_spec`."""
    return build(contested_spec(seed))


def contested_spec(seed: int) -> Spec:
    """Draw one cohort; the same seed always gives the same."""
    rng = random.Random(seed)
    mentees = [f"a{n}" for n in range(rng.randint(3, 5))]
    middle = [f"k{n}" for n in range(rng.choice((0, 0, 1)))]
    mentors = [f"m{n}" for n in range(rng.randint(2, 3))]
    two = rng.random() < 0.3
    ranks = rng.choice(((1,), (1, 1, 2), (1, 2, 2), (1, 2, 3)))
    choices = []
    for mentee in mentees + middle:
        sought = [name for name in mentors + middle if name != mentee]
        listed = rng.sample(sought, min(len(sought), rng.choice((1, 1, 2, 2, 3))))
        choices += [(mentee, rng.choice(ranks), mentor) for mentor in listed]
    pool = [(date, *rng.choice(HOURS)) for date in rng.sample(DATES, rng.randint(1, 3))]
    people = [*(f"{name} F 1" for name in mentees), *(f"{name} G 2" for name in middle)]
    people += [f"{name} H 3 {rng.choice((1, 2, 2, 3))}" for name in mentors]
    free = [only(name, *(hour for hour in pool if rng.random() < 0.85)) for name in mentees + middle + mentors]
    locks = []
    if rng.random() < 0.25:
        mentee, _, mentor = rng.choice(choices)
        locks.append((mentee, mentor, "locked"))
    return Spec(
        employees=tuple(people),
        choices=tuple(choices),
        availability=tuple(chain.from_iterable(free)),
        pairs=tuple(locks),
        programme=draw_programme(rng, two=two),
    )


def draw_programme(rng: random.Random, *, two: bool) -> dict:
    return {
        "programme": {"start": "2027-03-01", "end": "2027-03-19"},
        "eligibility": {"cross_function_gap": rng.choice((0, 1))},
        "capacity": {"mentees_per_mentor": 3, "mentors_per_mentee": 1 + two},
        "sessions": {
            "minutes": rng.choice((45, 30, [45, 30])),
            "min_days_between": rng.choice((1, 7)),
            "month_rule": "none",
            "number": rng.choice(("most", "most", "most", "fewest", 2)),
        },
        "goals": {"rank": rng.choice(("generous", "greedy", "min-cost")), "seed": rng.randint(0, 99)},
    }


# --- what the draw should say ---------------------------------------------------------------------------------


def equally_good(cohort: Cohort, ways: brute_force.Ways | None = None) -> list[tuple[Pair, ...]]:
    """All pairings that are best in goals 1 to 6, by brute force."""
    options = brute_force.eligible(cohort)
    ways = brute_force.schedulable(cohort) if ways is None else ways
    scheduler = brute_force.Scheduler(cohort, ways, alone=False)
    ranked: dict[tuple, list[tuple[Pair, ...]]] = {}
    for pairing in brute_force.pairings(cohort, list(ways)):
        ranks = [rank for pair in pairing if (rank := options[pair].rank) is not None]
        mentees = len({mentee for mentee, _ in pairing})
        rank = brute_force.rank_key(cohort.programme.goals.rank, ranks)
        ranked.setdefault((mentees, len(pairing), rank), []).append(pairing)
    for top in sorted(ranked, reverse=True):
        found = [
            (answer[0], pairing) for pairing in ranked[top] if (answer := scheduler.best(pairing)) is not None
        ]
        if found:
            best = max(key for key, _ in found)
            return [pairing for key, pairing in found if key == best]
    return []


def drawn_first(cohort: Cohort, pairings: list[tuple[Pair, ...]], turn: np.ndarray) -> tuple[Pair, ...]:
    """Of equally good pairings the one that the draw picks: mentee by mentee, more mentors first, then better."""
    options = brute_force.eligible(cohort)

    def like(pairing: tuple[Pair, ...], mentee: int) -> tuple[int, list[bool]]:
        wishes = [pair for pair in options if pair[0] == mentee]
        wishes.sort(key=lambda pair: (options[pair].rank or 0, turn[pair[1]]))
        return sum(pair in pairing for pair in wishes), [pair in pairing for pair in wishes]

    for mentee in sorted({mentee for mentee, _ in options}, key=lambda person: turn[person]):
        top = max(like(pairing, mentee) for pairing in pairings)
        pairings = [pairing for pairing in pairings if like(pairing, mentee) == top]
    (only_one,) = pairings
    return only_one


# --- limits on sessions ---------------------------------------------------------------------------------------


def limited_spec(seed: int) -> Spec:
    """Draw a cohort in which there is time enough, but a person has one session a day or a week.

    So any two mentees of a mentor lose sessions, but for those who cannot have as many in any case.
    """
    rng = random.Random(f"limited {seed}")
    mentees, mentors = [f"a{n}" for n in range(rng.randint(3, 5))], [f"m{n}" for n in range(rng.randint(1, 2))]
    middle = ["k0"] if rng.random() < 0.3 else []
    ranks = rng.choice(((1,), (1, 1, 2), (1, 2, 3)))
    choices = []
    for mentee in mentees + middle:
        sought = [name for name in mentors + middle if name != mentee]
        listed = rng.sample(sought, min(len(sought), rng.choice((1, 1, 2))))
        choices += [(mentee, rng.choice(ranks), mentor) for mentor in listed]
    dates = rng.sample(("2027-03-01", "2027-03-08", "2027-03-09", "2027-03-15"), rng.choice((2, 3, 3)))
    free = [
        only(name, *((date, "09:00", "10:30") for date in dates if rng.random() < 0.9))
        for name in mentees + middle + mentors
    ]
    programme = draw_programme(rng, two=False)
    limit = rng.choice(("max_per_week", "max_per_week", "max_per_day"))
    sessions = {**programme["sessions"], "min_days_between": rng.choice((1, 7, 7)), limit: 1, "grid_minutes": 45}
    if rng.random() < 0.7:
        sessions |= {"minutes": 30, "number": "most"}
    return Spec(
        employees=(
            *(f"{name} F 1" for name in mentees),
            *(f"{name} G 2" for name in middle),
            *(f"{name} H 3 {rng.choice((1, 2, 2, 2, 3))}" for name in mentors),
        ),
        choices=tuple(choices),
        availability=tuple(chain.from_iterable(free)),
        programme={**programme, "sessions": sessions},
    )
