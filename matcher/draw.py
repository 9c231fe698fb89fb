"""The draw among equally good pairings: mentees in the order of the draw, each given the best that is left.

What the flow leaves open is settled one mentee at a time. Another choice is possible for him exactly where a cycle
of what could still flow leads through it; the cycle is turned, the choice is held, and the next mentee follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from matcher.flow import Arcs, Flow, Level
from matcher.graphs import components
from matcher.model import BoolArray, IntArray
from matcher.rules import Candidates

MANY = 32
"""A node with more arcs than this is put off while another may lead the way round: the sink, above all."""


def by_draw(flow: Flow, levels: Sequence[Level], pairs: Candidates, turn: IntArray, limit: int) -> BoolArray:
    """The pairing that the draw picks among those best in all levels, as a Boolean per candidate.

    `turn` is everybody's place in the draw. A mentee wants the best rank, then the mentor first in the draw;
    with a `limit` of more than one mentor he wants more of them first.
    """
    best, movable = flow.best(levels), flow.movable(levels)
    arcs = np.nonzero(movable[flow.arcs.choices])[0]
    order = _in_turn(pairs, turn, flow.arcs.pair[arcs])
    mentee = pairs.mentee[flow.arcs.pair[arcs[order]]]
    wishes = [part.tolist() for part in np.split(arcs[order], np.nonzero(np.diff(mentee))[0] + 1) if len(part)]
    return flow.chosen(draw_lots(flow.arcs, best, movable, wishes, limit))


def draw_key(pairs: Candidates, chosen: BoolArray, turn: IntArray) -> tuple[int, ...]:
    """What the draw makes of a pairing: of two, that with the greater key comes first."""
    order = _in_turn(pairs, turn, np.arange(len(pairs)))
    mentee, mine = pairs.mentee[order], chosen[order].astype(np.int64)
    stops = np.nonzero(np.diff(mentee))[0] + 1
    parts = np.split(mine, stops) if len(mine) else []
    return tuple(n for part in parts for n in (int(part.sum()), *part.tolist()))


def _in_turn(pairs: Candidates, turn: IntArray, index: IntArray) -> IntArray:
    """Places of some candidates in the order of the draw: by mentee, rank, mentor."""
    mentee, mentor = turn[pairs.mentee[index]], turn[pairs.mentor[index]]
    return np.lexsort((mentor, pairs.rank[index], mentee))


def draw_lots(
    arcs: Arcs, flow: IntArray, movable: BoolArray, wishes: Sequence[Sequence[int]], limit: int
) -> IntArray:
    """Settle what is open.

    Parameters
    ----------
    flow, movable
        A best flow and the arcs on which best flows differ, as `Flow.best` and `Flow.movable` give them.
    wishes
        For each mentee in the order of the draw his movable choice arcs, the one he wants most first.
    limit
        Most mentors of a mentee. With more than one, more mentors go before better ones.

    Returns
    -------
    The one best flow in which every mentee gets the best that those drawn before him leave.
    """
    residual = _Residual(arcs, flow, movable)
    for mine in wishes:
        if limit > 1:
            residual.take_more(mine)
        for arc in mine:
            if residual.take(arc) and limit == 1:
                break
    return residual.result(flow)


class _Residual:
    """The movable arcs of a flow, and the parts within which cycles of them can still run."""

    def __init__(self, arcs: Arcs, flow: IntArray, movable: BoolArray) -> None:
        self.numbers = np.nonzero(movable)[0]
        ends = np.stack((arcs.tail[self.numbers], arcs.head[self.numbers]))
        sink, nodes = arcs.nodes - 1, arcs.nodes
        # What flows into the sink follows from the rest, so every connected part may have a sink of its own.
        inner = (ends != sink).all(axis=0)
        label = components(nodes, ends[0, inner], ends[1, inner])
        ends = np.where(ends == sink, nodes + label[ends[0]], ends)
        names, ends = np.unique(ends, return_inverse=True)
        self.tail, self.head = ends.reshape(2, -1).tolist()
        self.flow: list[int] = flow[self.numbers].tolist()
        self.capacity: list[int] = arcs.capacity[self.numbers].tolist()
        self.held = [False] * len(self.numbers)
        self.barred = -1
        self.part = [0] * len(names)
        self.parts = 1
        self.at: list[list[int]] = [[] for _ in names]
        for arc, (tail, head) in enumerate(zip(self.tail, self.head, strict=True)):
            self.at[tail].append(arc)
            self.at[head].append(arc)
        self.place = {int(number): arc for arc, number in enumerate(self.numbers)}
        self.is_choice = (self.numbers < arcs.choices.stop).tolist()

    def result(self, flow: IntArray) -> IntArray:
        """The whole flow as it stands now."""
        new = flow.copy()
        new[self.numbers] = self.flow
        return new

    def take_more(self, wishes: Sequence[int]) -> None:
        """Leave as little of a mentee's supply unused as can be, and hold that."""
        mentees = {self.tail[self.place[arc]] for arc in wishes}
        for arc in (arc for mentee in mentees for arc in self.at[mentee] if not self.is_choice[arc]):
            while self.flow[arc] and self._turn(arc, back=True):
                pass
            self.held[arc] = True

    def take(self, number: int) -> bool:
        """Let a choice be, if it can be; either way it is settled then."""
        arc = self.place[number]
        done = bool(self.flow[arc]) or self._turn(arc, back=False)
        self.held[arc] = True
        return done

    def _turn(self, arc: int, *, back: bool) -> bool:
        """Send one unit along the arc (or `back`) around a cycle; False if there is none."""
        tail, head = (self.head[arc], self.tail[arc]) if back else (self.tail[arc], self.head[arc])
        if self.part[tail] != self.part[head]:
            return False
        self.barred = arc  # the way round must not use it
        path = self._path(head, tail)
        self.barred = -1
        if path is None:
            return False
        self.flow[arc] += -1 if back else 1
        for step, forward in path:
            self.flow[step] += 1 if forward else -1
        return True

    def _path(self, start: int, goal: int) -> list[tuple[int, bool]] | None:
        """Arcs (and whether along them) on which one unit can go from start to goal; None if there is no way.

        Searches from both ends, where there is less to look at first, through a node with many arcs last; the
        side that comes to an end without the other has found a part of its own.
        """
        if start == goal:
            return []
        reached: tuple[dict[int, int], dict[int, int]] = ({start: -1}, {goal: -1})
        edges, later = [[start], [goal]], [list[int](), list[int]()]
        while edges[0] and edges[1]:
            side = 0 if self._size(edges[0]) <= self._size(edges[1]) else 1
            new: list[int] = []
            for node in edges[side]:
                for arc, other in self._steps(node, side):
                    if other in reached[side]:
                        continue
                    reached[side][other] = arc
                    if other in reached[1 - side]:
                        return self._joined(reached, other)
                    (later[side] if len(self.at[other]) > MANY else new).append(other)
            edges[side] = new
            if not new:
                edges[side], later[side] = later[side], new
        self.parts += 1
        for node in reached[0] if not edges[0] else reached[1]:
            self.part[node] = self.parts
        return None

    def _size(self, nodes: Iterable[int]) -> int:
        """How many arcs there are to look at."""
        return sum(len(self.at[node]) for node in nodes)

    def _steps(self, node: int, side: int) -> Iterable[tuple[int, int]]:
        """Arcs on which one unit can leave a node (side 0) or come to it (side 1), with their other ends."""
        part, all_parts, held, tails, heads = self.part[node], self.part, self.held, self.tail, self.head
        if len(self.at[node]) > MANY:  # what is settled is looked at no more
            self.at[node] = [
                arc for arc in self.at[node] if not held[arc] and all_parts[tails[arc]] == all_parts[heads[arc]]
            ]
        for arc in self.at[node]:
            tail = tails[arc]
            other = heads[arc] if tail == node else tail
            if held[arc] or arc == self.barred or all_parts[other] != part:
                continue
            forward = (tail == node) == (side == 0)
            if self.flow[arc] < self.capacity[arc] if forward else self.flow[arc] > 0:
                yield arc, other

    def _joined(self, reached: tuple[dict[int, int], dict[int, int]], middle: int) -> list[tuple[int, bool]]:
        path: list[tuple[int, bool]] = []
        for side in (0, 1):
            node = middle
            while (arc := reached[side][node]) >= 0:
                tail = self.tail[arc]
                # On side 0 the arc was used to come to this node, on side 1 to leave it.
                path.append((arc, (tail != node) == (side == 0)))
                node = self.head[arc] if tail == node else tail
        return path
