"""Everybody's place in the draw that settles what is still tied after all goals."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from matcher.model import Cohort, IntArray
from matcher.programme import Programme


def draw_order(cohort: Cohort) -> IntArray:
    """Everybody's place in the draw: seeded, new in every quarter, whatever the order of rows."""
    return places_in_draw(cohort.programme, cohort.employees.ids)


def places_in_draw(programme: Programme, ids: Sequence[str]) -> IntArray:
    """The places of some people among each other, the first is 0.

    A place follows from a hash of seed, programme start and employee_id, so that who else takes part does not
    change which of two people comes first.
    """
    start, seed = programme.frame.start, programme.goals.seed
    marks = [hashlib.sha256(f"{seed}|{start}|{name}".encode()).hexdigest() for name in ids]
    place = np.empty(len(marks), dtype=np.int64)
    place[np.argsort(np.array(marks, dtype=str))] = np.arange(len(marks))
    return place
