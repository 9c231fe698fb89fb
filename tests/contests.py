"""Small contests for mentors' places, calendars aside, and all their pairings by enumeration."""

from __future__ import annotations

import datetime as dt
import random

import brute_force
import numpy as np
from cohorts import Spec, build

from matcher.flow import best_face
from matcher.pairing import mentees_level, pairs_level, rank_levels
from matcher.rules import judge

FORTNIGHT = {"start": dt.date(2027, 3, 1), "end": dt.date(2027, 3, 12)}


def contest(*choices, limit=1, pairs=(), **people):
    """Mentees who want some of the same mentors; `people` gives the places of each mentor."""
    mentees = dict.fromkeys((choice.split() if isinstance(choice, str) else choice)[0] for choice in choices)
    spec = Spec(
        employees=(
            *(f"{name} F 1" for name in mentees),
            *(f"{name} G 3 {places}" for name, places in people.items()),
        ),
        choices=choices,
        pairs=pairs,
        programme={
            "programme": FORTNIGHT,
            "sessions": {"month_rule": "none"},
            "capacity": {"mentees_per_mentor": 3, "mentors_per_mentee": limit},
        },
    )
    return build(spec)


def draw_contest(seed):
    """A few mentees, fewer places, ranks with ties and gaps, now and then a lock that may be no choice."""
    rng = random.Random(seed)
    mentors = {f"m{n}": rng.choice((1, 1, 1, 2)) for n in range(rng.randint(2, 4))}
    ranks, choices = rng.choice(((1,), (1, 2), (1, 1, 2, 4))), []
    for mentee in (f"a{n}" for n in range(rng.randint(2, 4))):
        wishes = rng.sample(sorted(mentors), min(len(mentors), rng.randint(1, 3)))
        choices += [(mentee, rng.choice(ranks), mentor) for mentor in wishes]
    locks = [(rng.choice(choices)[0], rng.choice(sorted(mentors)), "locked")] if rng.random() < 0.3 else []
    return contest(*choices, limit=rng.choice((1, 2, 2, 3)), pairs=tuple(locks), **mentors)


class Everything:
    """All pairings of a cohort as sets of candidates, and what the levels say of them."""

    def __init__(self, cohort, possible=None):
        self.cohort = cohort
        self.pairs, _ = judge(cohort)
        self.possible = list(range(len(self.pairs))) if possible is None else possible
        index = {(int(self.pairs.mentee[p]), int(self.pairs.mentor[p])): p for p in self.possible}
        self.pairings = [
            frozenset(index[pair] for pair in chosen) for chosen in brute_force.pairings(cohort, list(index))
        ]

    def value(self, level, pairing):
        served = len({int(self.pairs.mentee[p]) for p in pairing}) if level.mentees else 0
        return served + sum(int(level.weights[p]) for p in pairing)

    def best(self, levels):
        """The values of all levels at the best, and every pairing that reaches them."""
        values = {pairing: tuple(self.value(level, pairing) for level in levels) for pairing in self.pairings}
        top = max(values.values())
        return top, {pairing for pairing, value in values.items() if value == top}

    def within(self, face):
        """The pairings that a face admits."""
        return {pairing for pairing in self.pairings if self.admits(face, pairing)}

    def admits(self, face, pairing):
        fixed = [p for p in self.possible if not face.open[p]]
        if any((p in pairing) != face.chosen[p] for p in fixed):
            return False
        people = len(self.cohort.employees)
        for row, column in enumerate((self.pairs.mentee, self.pairs.mentor)):
            count = np.bincount(column[sorted(pairing)], minlength=people)
            least, most = (face.mentors_of, face.mentees_of)[row].T
            if ((count < least) | (count > most)).any():
                return False
        return True

    def face(self, levels):
        return best_face(self.cohort, self.pairs, self.possible, levels)


def goal_levels(everything, kind):
    size = len(everything.pairs)
    return [mentees_level(size), pairs_level(size), *rank_levels(kind, everything.pairs.rank)]


# --- the draw -------------------------------------------------------------------------------------------------


def taste(pairs, turn, mentee):
    """A mentee's wishes, best first."""
    mine = [p for p in range(len(pairs)) if pairs.mentee[p] == mentee and not pairs.locked[p]]
    return sorted(mine, key=lambda p: (pairs.rank[p], turn[pairs.mentor[p]]))


def dictatorship(pairs, turn, best):
    """Mentees in turn keep those of the best pairings that they like most: more mentors first, then better."""
    for mentee in sorted(set(pairs.mentee.tolist()), key=lambda person: turn[person]):
        wishes = taste(pairs, turn, mentee)
        like = {chosen: (len(chosen & set(wishes)), [p in chosen for p in wishes]) for chosen in best}
        top = max(like.values())
        best = {chosen for chosen, value in like.items() if value == top}
    (only,) = best
    return only
