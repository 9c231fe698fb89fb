"""Supply and demand by function and level: who stands there, who asks for mentors there, how many these take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.model import BoolArray, Cohort, IntArray
from matcher.rules import Candidates

_NOBODY = np.iinfo(np.int64).max // 2  # a level that nobody reaches


@dataclass(frozen=True)
class Supply:
    """One function at one level.

    `mentees` stand there themselves. `asking` mentees have an eligible choice there, and for `first_choices` of
    them it is the best of those that they have. `places` are those of all `mentors` there, `wanted_places` those
    of the mentors with at least one eligible choice or a lock.
    """

    function: str
    level: str
    mentees: int
    asking: int
    first_choices: int
    mentors: int
    places: int
    wanted_places: int

    @property
    def short(self) -> int:
        """How many more have their first choice there than the mentors asked for take; negative where fewer."""
        return self.first_choices - self.wanted_places


def supply(cohort: Cohort, candidates: Candidates) -> tuple[Supply, ...]:
    """Every function and level with a mentee or a mentor, where most is missing first."""
    people = cohort.employees
    keys = np.stack((people.function, people.level), axis=1)
    _, example, cell = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    cell = cell.reshape(-1)
    wanted = np.zeros(len(people), dtype=bool)
    wanted[candidates.mentor] = True
    listed, there = candidates.rank > 0, cell[candidates.mentor]
    figures = (
        _counted(cell[cohort.mentees], len(example)),
        _mentees_of(candidates.mentee, there, listed, len(example)),
        _mentees_of(candidates.mentee, there, first_choices(candidates), len(example)),
        _counted(cell[people.capacity > 0], len(example)),
        _counted(cell, len(example), people.capacity),
        _counted(cell[wanted], len(example), people.capacity[wanted]),
    )
    rows = [
        Supply(people.functions[person], people.level_text[person], *numbers)
        for person, *numbers in zip(example.tolist(), *(column.tolist() for column in figures), strict=True)
    ]
    used = [place for place, row in enumerate(rows) if row.mentees or row.mentors]
    order = sorted(used, key=lambda place: (-rows[place].short, -rows[place].asking, place))
    return tuple(rows[place] for place in order)


def unasked_places(cohort: Cohort, candidates: Candidates, mentees: IntArray) -> int:
    """Places of mentors whom nobody asks for and who stand high enough for at least one of these mentees."""
    people, rules = cohort.employees, cohort.programme.eligibility
    lowest = np.full(int(people.function.max(initial=0)) + 2, _NOBODY)  # by function; the last is none
    np.minimum.at(lowest, people.function[mentees], people.level[mentees])
    first, second = np.argsort(lowest, kind="stable")[:2]
    others = np.where(people.function == first, lowest[second], lowest[first])  # lowest of all other functions
    enough = people.level >= lowest[people.function] + rules.same_function_gap
    enough |= people.level >= others + rules.cross_function_gap
    enough[candidates.mentor] = False
    return int(people.capacity[enough].sum())


def first_choices(candidates: Candidates) -> BoolArray:
    """Which candidates are the best eligible choice of their mentee; several where he ranks them alike."""
    listed = candidates.rank > 0
    best = np.full(int(candidates.mentee.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(best, candidates.mentee[listed], candidates.rank[listed])
    return np.asarray(listed & (candidates.rank == best[candidates.mentee]))


def _counted(cell: IntArray, cells: int, weights: IntArray | None = None) -> IntArray:
    return np.asarray(np.bincount(cell, weights, minlength=cells).astype(np.int64))


def _mentees_of(mentee: IntArray, there: IntArray, keep: BoolArray, cells: int) -> IntArray:
    """In each cell the mentees with at least one of the candidates to keep."""
    once = np.unique(mentee[keep] * cells + there[keep])
    return _counted(once % max(cells, 1), cells)
