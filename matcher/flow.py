"""The pairing without schedule conflicts as a flow: its optimum in every goal, and what is still open at it.

Choices with places are a network: mentee -> mentor -> sink, and mentee -> sink for what stays unused. A flow of
least cost settles a level; arcs of nonzero reduced cost are the same in every such flow and are fixed before the
next level. In the end an arc can differ between two best flows exactly where it lies on a cycle of what is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from matcher.model import BoolArray, Cohort, IntArray
from matcher.rules import Candidates


@dataclass(frozen=True)
class Level:
    """One goal, or a part of one, to be made as large as can be while the levels before it are held.

    Its value is the sum of `weights` over the chosen candidates (shape: candidates), plus the number of mentees
    with a mentor where `mentees`, less what the cuts say is lost where `losses`.
    """

    name: str
    weights: IntArray
    mentees: bool = False
    losses: bool = False


@dataclass(frozen=True)
class Face:
    """All pairings that are best in every level, as far as only places limit them.

    `values` has one entry a level. `chosen` is one such pairing (a Boolean per candidate). Candidates that are not
    `open` are the same in all of them. `mentors_of` and `mentees_of` bound for every person the number of
    mentors and mentees that he has in any of them (least and most; shape (people, 2)). Any choice of open
    candidates within these bounds is best. `lossless` tells that a level counts losses, so that none may occur.
    """

    values: tuple[int, ...]
    chosen: BoolArray
    open: BoolArray
    mentors_of: IntArray
    mentees_of: IntArray
    lossless: bool


@dataclass
class _Network:
    """Arcs with capacity, present flow and the right to change it."""

    nodes: int
    supply: IntArray
    tail: IntArray
    head: IntArray
    capacity: IntArray
    flow: IntArray
    free: BoolArray


def best_face(cohort: Cohort, pairs: Candidates, possible: Sequence[int], levels: Sequence[Level]) -> Face:
    """Find the pairings that are best in all levels if every candidate can be scheduled beside every other.

    Parameters
    ----------
    possible
        Candidates that may be chosen; locks must be among them and must respect everybody's places.
    """
    network, arc_of, place = _network(cohort, pairs, possible)
    served_by_lock = np.unique(pairs.mentee[pairs.locked])
    unserved = np.zeros(len(network.tail), dtype=bool)
    unserved[place.unserved] = True
    for packed in _pack(levels, network, arc_of):
        cost = np.zeros(len(network.tail), dtype=np.int64)
        for scale, level in packed:
            cost[place.choices] -= scale * level.weights[arc_of]
            cost[unserved] += scale * level.mentees
        _solve(network, cost)
        _fix(network, cost)
    chosen = pairs.locked.copy()
    chosen[arc_of] |= network.flow[place.choices] > 0
    movable = _movable(network)
    is_open = np.zeros(len(pairs), dtype=bool)
    is_open[arc_of] = movable[place.choices]
    movable_from = np.where(movable, 0, network.flow)
    movable_to = np.where(movable, network.capacity, network.flow)
    mentors_of, mentees_of = _held(pairs.mentee, pairs, cohort), _held(pairs.mentor, pairs, cohort)
    for column, unused in ((0, movable_to), (1, movable_from)):
        mentors_of[place.mentees, column] += network.supply[: len(place.mentees)]
        mentors_of[place.mentees, column] -= unused[place.spare] + unused[place.unserved]
    mentees_of[place.mentors] += np.stack((movable_from[place.places], movable_to[place.places]), axis=1)
    served = np.union1d(np.unique(pairs.mentee[chosen]), served_by_lock)
    values = tuple(int(level.weights[chosen].sum()) + level.mentees * len(served) for level in levels)
    return Face(values, chosen, is_open, mentors_of, mentees_of, any(level.losses for level in levels))


def _held(person: IntArray, pairs: Candidates, cohort: Cohort) -> IntArray:
    """Number of everybody's locked pairs, in two columns."""
    held = np.bincount(person[pairs.locked], minlength=len(cohort.employees)).astype(np.int64)
    return np.stack((held, held), axis=1)


@dataclass(frozen=True)
class _Places:
    """Which arcs are what, and whose they are: `spare` and `unserved` the mentees', `places` the mentors'."""

    choices: IntArray
    spare: IntArray
    unserved: IntArray
    places: IntArray
    mentees: IntArray
    mentors: IntArray


def _network(cohort: Cohort, pairs: Candidates, possible: Sequence[int]) -> tuple[_Network, IntArray, _Places]:
    """Locks are taken out beforehand, with the places that they use."""
    allowed = np.array(possible, dtype=np.int64)
    arc_of = allowed[~pairs.locked[allowed]]
    mentees, mentee = np.unique(pairs.mentee[arc_of], return_inverse=True)
    mentors, mentor = np.unique(pairs.mentor[arc_of], return_inverse=True)
    people = len(cohort.employees)
    held: IntArray = np.bincount(pairs.mentee[pairs.locked], minlength=people)[mentees]
    taken: IntArray = np.bincount(pairs.mentor[pairs.locked], minlength=people)[mentors]
    supply = cohort.programme.capacity.mentors_per_mentee - held
    sink = len(mentees) + len(mentors)
    last = np.full(sink, sink)
    rows = np.arange(len(mentees))
    tail = np.concatenate((mentee, rows, rows, len(mentees) + np.arange(len(mentors))))
    head = np.concatenate(
        (len(mentees) + mentor, last[: len(mentees)], last[: len(mentees)], last[len(mentees) :])
    )
    needs = np.minimum((held == 0).astype(np.int64), supply)  # one unit of his supply is what makes him served
    capacity = np.concatenate(
        (np.ones(len(arc_of), dtype=np.int64), supply - needs, needs, cohort.employees.capacity[mentors] - taken)
    )
    stops = np.cumsum([len(arc_of), len(mentees), len(mentees), len(mentors)])
    arcs = np.split(np.arange(stops[-1]), stops[:-1])
    demand = np.concatenate((supply, np.zeros(len(mentors), dtype=np.int64), [-supply.sum()]))
    network = _Network(
        sink + 1, demand, tail, head, capacity, np.zeros(len(tail), dtype=np.int64), np.ones(len(tail), dtype=bool)
    )
    return network, arc_of, _Places(arcs[0], arcs[1], arcs[2], arcs[3], mentees, mentors)


_LARGEST = 2**60  # the solver adds up costs times the number of nodes along paths, in 64 bits


def _pack(levels: Sequence[Level], network: _Network, arc_of: IntArray) -> list[list[tuple[int, Level]]]:
    """Put levels into one cost, by scales that no sum of later levels outweighs, as long as 64 bits hold them."""
    units = max(1, int(network.supply[network.supply > 0].sum()))
    packs: list[list[tuple[int, Level]]] = []
    room = 0
    for level in levels:
        heaviest = int(np.abs(level.weights[arc_of]).max(initial=0)) + level.mentees
        span = 2 * heaviest * units + 1
        if not packs or room < span:
            packs.append([])
            room = _LARGEST // (network.nodes + 1) ** 2
        room //= span
        packs[-1].append((max(room, 1), level))
    return packs


def _solve(network: _Network, cost: IntArray) -> None:
    """Find a flow of least cost; arcs that are not free keep theirs."""
    free = network.free
    fixed = np.where(free, 0, network.flow)
    supply = network.supply.copy()
    np.subtract.at(supply, network.tail, fixed)
    np.add.at(supply, network.head, fixed)
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        network.tail[free], network.head[free], network.capacity[free], cost[free]
    )
    solver.set_nodes_supplies(np.arange(network.nodes), supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise AssertionError(f"a flow that leaves everything unused exists, yet the solver says {status}: a bug")
    network.flow[free] = solver.flows(arcs)


def _fix(network: _Network, cost: IntArray) -> None:
    """Fix the arcs of nonzero reduced cost: they are the same in every flow of least cost."""
    tail, head, weight = _residual(network, cost)
    potential = np.zeros(network.nodes, dtype=np.int64)
    while True:  # Bellman-Ford; there is no negative cycle at an optimum
        before = potential.copy()
        np.minimum.at(potential, head, potential[tail] + weight)
        if (potential == before).all():
            break
    network.free &= cost + potential[network.tail] == potential[network.head]


def _residual(network: _Network, cost: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """What could still flow, forwards and backwards along the free arcs."""
    more = network.free & (network.flow < network.capacity)
    less = network.free & (network.flow > 0)
    return (
        np.concatenate((network.tail[more], network.head[less])),
        np.concatenate((network.head[more], network.tail[less])),
        np.concatenate((cost[more], -cost[less])),
    )


def _movable(network: _Network) -> BoolArray:
    """Arcs whose ends can reach each other: free ones that some other optimal flow uses differently."""
    tail, head, _ = _residual(network, np.zeros(len(network.tail), dtype=np.int64))
    part = _strong_parts(network.nodes, tail, head)
    return np.asarray(network.free & (part[network.tail] == part[network.head]))


def _strong_parts(nodes: int, tail: IntArray, head: IntArray) -> IntArray:
    """Strongly connected parts of a graph by Tarjan's algorithm, without recursion; a number per node."""
    order = np.argsort(tail, kind="stable")
    targets = head[order].tolist()
    offsets = np.searchsorted(tail[order], np.arange(nodes + 1)).tolist()
    index, low, part = [-1] * nodes, [0] * nodes, [-1] * nodes
    following = offsets[:-1]
    stack: list[int] = []
    count = parts = 0
    for root in range(nodes):
        path = [root] if index[root] < 0 else []
        while path:
            node = path[-1]
            if index[node] < 0:
                index[node] = low[node] = count
                count += 1
                stack.append(node)
            if following[node] < offsets[node + 1]:
                target = targets[following[node]]
                following[node] += 1
                if index[target] < 0:
                    path.append(target)
                elif part[target] < 0:
                    low[node] = min(low[node], index[target])
                continue
            path.pop()
            if path:
                low[path[-1]] = min(low[path[-1]], low[node])
            if low[node] == index[node]:
                while part[node] < 0:
                    part[stack.pop()] = parts
                parts += 1
    return np.array(part, dtype=np.int64)
