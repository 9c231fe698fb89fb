"""What is left of a flow on the arcs where best flows differ: ways on which one unit can go round."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from matcher.flow import Arcs
from matcher.graphs import components
from matcher.model import BoolArray, IntArray

MANY = 32
"""A node with more arcs than this is put off while another may lead the way round: the sink, above all."""

Step = tuple[int, bool]
"""An arc, and whether the unit goes along it or back."""


class Residual:
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

    def cycle(self, number: int, *, back: bool) -> list[Step] | None:
        """A way round for one unit along an arc (or `back`), that arc first; None if there is none.

        Arcs are given by their numbers in the network. Nothing is changed but what is known of parts.
        """
        arc = self.place[number]
        path = self._way_round(arc, back=back)
        return (
            None
            if path is None
            else [(int(self.numbers[step]), along) for step, along in [(arc, not back), *path]]
        )

    def _turn(self, arc: int, *, back: bool) -> bool:
        """Send one unit along the arc (or `back`) around a cycle; False if there is none."""
        path = self._way_round(arc, back=back)
        if path is None:
            return False
        self.flow[arc] += -1 if back else 1
        for step, forward in path:
            self.flow[step] += 1 if forward else -1
        return True

    def _way_round(self, arc: int, *, back: bool) -> list[Step] | None:
        """How one unit comes from one end of the arc to the other without it."""
        tail, head = (self.head[arc], self.tail[arc]) if back else (self.tail[arc], self.head[arc])
        if self.part[tail] != self.part[head]:
            return None
        self.barred = arc  # the way round must not use it
        path = self._path(head, tail)
        self.barred = -1
        return path

    def _path(self, start: int, goal: int) -> list[Step] | None:
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

    def _joined(self, reached: tuple[dict[int, int], dict[int, int]], middle: int) -> list[Step]:
        path: list[Step] = []
        for side in (0, 1):
            node = middle
            while (arc := reached[side][node]) >= 0:
                tail = self.tail[arc]
                # On side 0 the arc was used to come to this node, on side 1 to leave it.
                path.append((arc, (tail != node) == (side == 0)))
                node = self.head[arc] if tail == node else tail
        return path
