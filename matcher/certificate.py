"""A proof of goals 1 to 3 that can be checked without any solver: what a place with each mentor is worth.

Whatever non-negative figures stand there, no pairing is worth more than all places together and the best bargain
of each mentee, who pays for the places of his mentors. With the figures of `ways` that bound is the optimum by
places. Where schedules leave less, conflicts split the proof: each case leaves out one of the pairs that cannot
all be. docs/model.md has the proof, docs/formats.md the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from matcher.classes import class_name, make_classes
from matcher.cuts import Cut
from matcher.gains import Worth
from matcher.proof import Node, Optimum

Prices = dict[str, list[int]]
Json = dict[str, Any]


def make_certificate(optimum: Optimum, parts: Sequence[Worth]) -> Json:
    """Write the proof down; `parts` say what places are worth in each of its leaves."""
    prices = [_prices(optimum, worth) for worth in parts]
    conflicts = list(dict.fromkeys(_conflicts(optimum.proof)))
    number = {conflict: place for place, conflict in enumerate(conflicts)}
    leaves = iter(prices)
    return {
        "kind": optimum.ask.cohort.programme.goals.rank,
        "goals": _names(optimum),
        "value": list(optimum.values),
        "bound": list(max(leaf.values for leaf in optimum.proof.leaves())),
        "conflicts": [_conflict(optimum, conflict) for conflict in conflicts],
        "places": prices[0],
        "proof": _proof(optimum.proof, number, leaves, prices[0]),
    }


def _names(optimum: Optimum) -> list[str]:
    """What the components of values are called."""
    ranks, classes = optimum.ask.pairs.rank, make_classes(optimum.ask.cohort)
    of_classes = iter(classes.keys if classes else ())
    names = []
    for level in optimum.ask.levels:
        if level.name == "priority":
            names.append(f"priority {class_name(next(of_classes))}")
        elif level.name == "rank" and optimum.ask.cohort.programme.goals.rank != "min-cost":
            names.append(f"rank {int(ranks[level.weights != 0][0])}")
        else:
            names.append(level.name)
    return names


def _prices(optimum: Optimum, worth: Worth) -> Prices:
    """What places are worth, where that is anything, by the mentor's id."""
    ids, mentors = optimum.ask.cohort.employees.ids, optimum.ask.arcs.mentors.tolist()
    rows = zip(mentors, worth.amount.tolist(), strict=True)
    return {ids[mentor]: row for mentor, row in rows if any(row)}


def _conflicts(node: Node) -> Iterator[Cut]:
    """The conflicts that split the proof, in order."""
    if node.conflict is not None:
        yield node.conflict
    for case in node.cases:
        yield from _conflicts(case) if case else ()


def _conflict(optimum: Optimum, conflict: Cut) -> Json:
    ids, pairs = optimum.ask.cohort.employees.ids, optimum.ask.pairs
    named = [[ids[int(pairs.mentee[pair])], ids[int(pairs.mentor[pair])]] for pair in conflict.pairs]
    mutual = conflict in optimum.conflicts.mutual
    return {"pairs": named, "reason": "two_directions" if mutual else "no_schedule"}


def _proof(node: Node, number: Mapping[Cut, int], leaves: Iterator[Prices], usual: Prices) -> Json:
    """A part of the proof; a leaf has what differs from the `usual` prices."""
    if node.conflict is not None:
        cases = [case and _proof(case, number, leaves, usual) for case in node.cases]
        return {"conflict": number[node.conflict], "cases": cases}
    prices = next(leaves)
    nothing = [0] * len(node.values)
    every = sorted(prices.keys() | usual.keys())
    other = {mentor: prices.get(mentor, nothing) for mentor in every if prices.get(mentor) != usual.get(mentor)}
    return {"places": other} if other else {}
