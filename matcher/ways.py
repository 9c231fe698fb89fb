"""The best ways on which one more unit can go through what a flow leaves: shortest paths, by goals in order.

They keep a best flow best when something about it changes: a candidate is left out or must be in, or there is one
more place. And they tell what one more place with each mentor is worth, for all mentors at once; these figures
prove that a pairing is best, see `certificate`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.flow import Arcs, Level
from matcher.graphs import FAR, shortest
from matcher.model import BoolArray, IntArray
from matcher.residual import Step


@dataclass(frozen=True)
class Change:
    """How one pairing comes from another: candidates that are added and dropped, ascending."""

    added: tuple[int, ...]
    dropped: tuple[int, ...]

    @property
    def all(self) -> tuple[int, ...]:
        """Every candidate that differs."""
        return (*self.added, *self.dropped)

    def made(self, chosen: BoolArray) -> BoolArray:
        """The pairing that it leads to."""
        after = chosen.copy()
        after[list(self.added)], after[list(self.dropped)] = True, False
        return after


def change_of(arcs: Arcs, steps: Sequence[Step]) -> Change:
    """What one unit more along these arcs (or, where False, one less) means for the pairing."""
    choices = [(int(arcs.pair[arc]), along) for arc, along in steps if arc < arcs.choices.stop]
    added = tuple(sorted(pair for pair, along in choices if along))
    return Change(added, tuple(sorted(pair for pair, along in choices if not along)))


@dataclass(frozen=True)
class Ways:
    """The best ways from one node of the network to every other.

    `far` (shape (nodes, levels)) tells what a unit costs on the way to each node, level by level; it begins with
    `FAR` where there is no way.
    """

    far: IntArray
    _arcs: Arcs
    _steps: tuple[IntArray, BoolArray]
    _came: IntArray  # by which of the steps each node is reached, -1 for none

    def to(self, node: int) -> list[Step]:
        """The arcs of the way to a node, last first; there must be a way, of as few arcs as the best have."""
        number, along = self._steps
        steps = []
        while (step := int(self._came[node])) >= 0:
            steps.append((int(number[step]), bool(along[step])))
            node = int((self._arcs.tail if along[step] else self._arcs.head)[number[step]])
        return steps


def best_ways(
    arcs: Arcs, flow: IntArray, levels: Sequence[Level], source: int, barred: Collection[int] = ()
) -> Ways:
    """Find the best ways from `source` beside a flow that is best in all levels; `barred` candidates stay."""
    shut = np.zeros(len(arcs.tail), dtype=bool)
    if barred:
        shut[arcs.choices] = np.isin(arcs.pair, sorted(barred))
    more = np.nonzero((flow < arcs.capacity) & ~shut)[0]
    less = np.nonzero((flow > 0) & ~shut)[0]
    number, along = np.concatenate((more, less)), np.arange(len(more) + len(less)) < len(more)
    tail = np.where(along, arcs.tail[number], arcs.head[number])
    head = np.where(along, arcs.head[number], arcs.tail[number])
    order = np.argsort(tail, kind="stable")
    number, along, tail, head = number[order], along[order], tail[order], head[order]
    start = np.full(arcs.nodes, FAR, dtype=np.int64)
    start[source] = 0
    used, far = np.ones(len(number), dtype=bool), []
    for level in levels:
        cost = np.zeros(len(arcs.tail), dtype=np.int64)
        cost[arcs.choices] = -level.weights[arcs.pair]
        cost[arcs.unserved] = level.counts(arcs.mentees)
        weight = np.where(along, cost[number], -cost[number])
        distance = shortest(start, tail[used], head[used], weight[used])
        # Only ways that are shortest so far can be shortest in the end.
        used = used & (distance[tail] + weight == distance[head])
        far.append(distance)
    came = _reached(arcs.nodes, source, tail, head, np.flatnonzero(used))
    return Ways(np.array(far, dtype=np.int64).reshape(len(levels), arcs.nodes).T, arcs, (number, along), came)


def _reached(nodes: int, source: int, tail: IntArray, head: IntArray, used: IntArray) -> IntArray:
    """By which of the `used` steps each node is reached in the fewest steps; -1 for none."""
    came = np.full(nodes, -1, dtype=np.int64)
    reached = np.arange(nodes) == source
    left = used
    while True:
        left = left[~reached[head[left]]]
        new = left[reached[tail[left]]]
        if not len(new):
            return came
        came[head[new]] = new
        reached[head[new]] = True


# --- changed flows ----------------------------------------------------------------------------------------------


def moved(flow: IntArray, steps: Sequence[Step]) -> IntArray:
    """The flow with one unit more along these arcs, or one less where False."""
    new = flow.copy()
    for arc, along in steps:
        new[arc] += 1 if along else -1
    return new


def flow_without(
    arcs: Arcs, flow: IntArray, levels: Sequence[Level], arc: int, barred: Collection[int]
) -> IntArray:
    """A best flow of those that do not use a choice arc, from one that is best of all; `barred` ones stay."""
    if not flow[arc]:
        return flow
    ways = best_ways(arcs, flow, levels, int(arcs.tail[arc]), {*barred, int(arcs.pair[arc])})
    return moved(flow, [(arc, False), *ways.to(int(arcs.head[arc]))])


def flow_with(
    arcs: Arcs, flow: IntArray, levels: Sequence[Level], arc: int, barred: Collection[int]
) -> IntArray | None:
    """A best flow of those that use a choice arc, from one that is best of all; None if none does."""
    if flow[arc]:
        return flow
    ways = best_ways(arcs, flow, levels, int(arcs.head[arc]), {*barred, int(arcs.pair[arc])})
    if len(levels) and ways.far[arcs.tail[arc], 0] >= FAR:
        return None
    return moved(flow, [(arc, True), *ways.to(int(arcs.tail[arc]))])


# --- worth ------------------------------------------------------------------------------------------------------


def worth_of_places(ways: Ways) -> IntArray:
    """What one more place with each mentor of the network would add to the levels, from the ways from the sink.

    Returns
    -------
    Shape (mentors, levels). Each row is lexicographically at least 0, and is 0 where a place is free.
    """
    arcs = ways._arcs  # noqa: SLF001 - one of us
    gains = -ways.far[len(arcs.mentees) : arcs.nodes - 1]
    first = np.argmax(gains != 0, axis=1)
    gains[gains[np.arange(len(gains)), first] <= 0] = 0
    return gains
