"""What one more place with a mentor, and with him alone, would bring in goals 1 to 3.

By places alone that is what a place is worth. Whether the pairing that follows can be scheduled is tried beside
the plan, for all mentors at once, and asked for exactly where it does not fit there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.model import BoolArray, IntArray
from matcher.proof import Ask, Node, Optimum, UndecidedError, best_scheduled, make_node
from matcher.trials import Trials
from matcher.ways import Change, Ways, best_ways, change_of, moved, worth_of_places

QUESTIONS = 20
"""So many mentors at most are asked for exactly in a company that is too large for CP-SAT."""

Vector = tuple[int, ...]


@dataclass(frozen=True)
class Gain:
    """By how much the values of goals 1 to 3 would grow, or, where not `proven`, could grow at most."""

    amount: Vector
    proven: bool


@dataclass(frozen=True)
class Worth:
    """What one more place with each mentor is worth in a part of the proof: see `worth_of_places`."""

    leaf: Node
    amount: IntArray
    ways: Ways


def worths(optimum: Optimum) -> list[Worth]:
    """What places are worth in every part of the proof, beside the pairing at hand where it is one of its best."""
    arcs, levels, chosen = optimum.ask.arcs, optimum.ask.levels, optimum.chosen
    found = []
    for leaf in optimum.proof.leaves():
        flow = arcs.flow_of(chosen) if _is_of(leaf, optimum, chosen) else leaf.flow
        ways = best_ways(arcs, flow, levels, arcs.nodes - 1, leaf.out)
        found.append(Worth(leaf, worth_of_places(ways), ways))
    return found


def _is_of(leaf: Node, optimum: Optimum, chosen: BoolArray) -> bool:
    """Whether the pairing at hand is a best one of the leaf by places."""
    return leaf.values == optimum.values and not chosen[sorted(leaf.out)].any()


def gains(optimum: Optimum, parts: Sequence[Worth], *, ask: bool = True) -> dict[int, Gain]:
    """What one more place would bring, for every mentor (person) who has a candidate that is possible.

    Where the plan is not known to be best (no `ask`), or the proof for a large company is not complete, it is what
    places alone allow.
    """
    mentors = np.unique(optimum.ask.pairs.mentor[optimum.ask.possible]).tolist()
    if not ask or not (optimum.certain or optimum.small):
        return _by_places(optimum, mentors)
    found = {mentor: Gain((0,) * len(optimum.values), proven=True) for mentor in mentors}
    bounds = _bounds(optimum, parts, mentors)
    changes = _changes(optimum, parts, bounds)
    trials = Trials(optimum.conflicts.planner.turns, optimum.plan)
    plans = optimum.conflicts.plans(trials, list(changes.values()))
    fitting = {mentor for mentor, plan in zip(changes, plans, strict=True) if plan is not None}
    asked = 0
    for mentor, most in bounds.items():
        exact = most if mentor in fitting else None
        if exact is None and (optimum.small or asked < QUESTIONS):
            asked += 1
            exact = _ask(optimum, mentor, changes.get(mentor), most)
        amount = _less(most if exact is None else exact, optimum.values)
        found[mentor] = Gain(amount, proven=exact is not None)
    return found


def _by_places(optimum: Optimum, mentors: Sequence[int]) -> dict[int, Gain]:
    """What one more place would bring if there were no schedules."""
    arcs, root = optimum.ask.arcs, optimum.root
    amounts = worth_of_places(best_ways(arcs, root.flow, optimum.ask.levels, arcs.nodes - 1)).tolist()
    found = dict.fromkeys(mentors, Gain((0,) * len(optimum.values), proven=False))
    return found | {
        mentor: Gain(tuple(row), proven=False) for mentor, row in zip(arcs.mentors.tolist(), amounts, strict=True)
    }


def _bounds(optimum: Optimum, parts: Sequence[Worth], mentors: Sequence[int]) -> dict[int, Vector]:
    """What goals 1 to 3 can reach at most with one more place for a mentor, where that is more than now."""
    bound = dict.fromkeys(mentors, max(worth.leaf.values for worth in parts))
    for worth in parts:
        rows = (worth.amount + np.array(worth.leaf.values, dtype=np.int64)).tolist()
        for mentor, row in zip(optimum.ask.arcs.mentors.tolist(), map(tuple, rows), strict=True):
            bound[mentor] = max(row, bound[mentor])
    return {mentor: most for mentor, most in bound.items() if most > optimum.values}


def _changes(optimum: Optimum, parts: Sequence[Worth], bounds: Mapping[int, Vector]) -> dict[int, Change]:
    """How the pairing at hand becomes one that reaches what a mentor's place may bring at most."""
    arcs, chosen, changes = optimum.ask.arcs, optimum.chosen, {}
    for worth in parts:
        if not _is_of(worth.leaf, optimum, chosen):
            continue
        rows = (worth.amount + np.array(worth.leaf.values, dtype=np.int64)).tolist()
        for place, (mentor, row) in enumerate(zip(arcs.mentors.tolist(), map(tuple, rows), strict=True)):
            if bounds.get(mentor) == row:
                changes[mentor] = change_of(arcs, worth.ways.to(len(arcs.mentees) + place))
    return changes


def _ask(optimum: Optimum, mentor: int, change: Change | None, most: Vector) -> Vector | None:
    """What can be reached with one more place for a mentor, exactly; None if that was not found out."""
    chosen, arcs = optimum.chosen, optimum.ask.arcs
    if mentor not in arcs.mentors:  # all his candidates are locked
        return optimum.values
    try:
        if change is not None and optimum.conflicts.of(change.made(chosen), np.array(change.all)) is None:
            return most
        ask = optimum.ask.with_place(mentor)
        best = best_scheduled(ask, _with_place(optimum, ask, mentor), optimum.values, optimum.conflicts, chosen)
    except UndecidedError:
        return None
    if best is None:
        raise AssertionError("one more place leaves less than there was: a bug")
    return best[0]


def _with_place(optimum: Optimum, ask: Ask, mentor: int) -> Node:
    """All pairings with one more place for a mentor."""
    arcs, flow = optimum.ask.arcs, optimum.root.flow
    ways = best_ways(arcs, flow, ask.levels, arcs.nodes - 1)
    place = int(np.searchsorted(arcs.mentors, mentor))
    if worth_of_places(ways)[place].any():
        flow = moved(flow, [*ways.to(len(arcs.mentees) + place), (arcs.places.start + place, True)])
    return make_node(ask, flow)


def _less(values: Vector, than: Vector) -> Vector:
    return tuple(a - b for a, b in zip(values, than, strict=True))
