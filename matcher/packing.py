"""Whether a mentor's pairs can follow each other: one span of each, no more at any moment than he has places."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import pairwise

import numpy as np
from ortools.sat.python import cp_model

from matcher.cpsat import Clock, run
from matcher.waves import Spans, moments

Window = tuple[int, int]
"""From when to when (half-open) a pair may keep its mentor."""

ALWAYS: Window = (-(2**40), 2**40)


def pack(spans: Spans, places: int, clock: Clock) -> dict[int, Window] | None:
    """A window for each of a mentor's pairs (by number) that holds a span of it; `places` are enough for them all.

    Of the time between two spans in one place each window has half.

    None if there are none, or if the clock ran out: then the clock says so. Pairs without spans have no window.
    """
    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in range(len(spans.start))]
    for first, stop in zip(spans.first[:-1].tolist(), spans.first[1:].tolist(), strict=True):
        if first < stop:
            model.add_exactly_one(chosen[first:stop])
    for together in moments(spans.start, spans.end):
        if len(together) > places:
            model.add(cp_model.LinearExpr.sum([chosen[one] for one in together.tolist()]) <= places)
    solver, status = run(model, clock)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    owner = np.repeat(np.arange(len(spans.first) - 1), spans.number())
    held = [(int(spans.start[one]), int(spans.end[one]), int(owner[one])) for one in _true(solver, chosen)]
    windows: dict[int, Window] = {}
    for place in _in_places(held, places):
        between = [(before[1] + after[0]) // 2 for before, after in pairwise(place)]
        bounds = [ALWAYS[0], *between, ALWAYS[1]]
        for number, (_, _, pair) in enumerate(place):
            windows[pair] = (bounds[number], bounds[number + 1])
    return windows


def _true(solver: cp_model.CpSolver, literals: Sequence[cp_model.IntVar]) -> list[int]:
    return [place for place, literal in enumerate(literals) if solver.boolean_value(literal)]


def _in_places(held: Sequence[tuple[int, int, int]], places: int) -> list[list[tuple[int, int, int]]]:
    """Give every span a place, in order of time; a place is free again when the span before is over."""
    rows: list[list[tuple[int, int, int]]] = [[] for _ in range(places)]
    free = [(ALWAYS[0], place) for place in range(places)]
    for span in sorted(held):
        end, place = heappop(free)
        if end > span[0]:
            raise AssertionError("more spans at a moment than places: a bug")
        rows[place].append(span)
        heappush(free, (span[1], place))
    return rows
