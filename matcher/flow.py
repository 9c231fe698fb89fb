"""The pairing without schedule conflicts as a flow: its optimum in every goal, and what is still open at it.

Choices with places are a network: mentee -> mentor -> sink, and mentee -> sink for what stays unused. A flow of
least cost settles a level; arcs of nonzero reduced cost are the same in every such flow and are fixed before the
next level. In the end an arc can differ between two best flows exactly where it lies on a cycle of what is left.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import dataclass, replace

import numpy as np
from ortools.graph.python import max_flow, min_cost_flow

from matcher.cuts import Cut
from matcher.graphs import components, shortest, strong_parts
from matcher.model import BoolArray, Cohort, IntArray
from matcher.rules import Candidates


@dataclass(frozen=True)
class Level:
    """One goal, or a part of one, to be made as large as can be while the levels before it are held.

    Its value is the sum of `weights` over the chosen candidates (shape: candidates), plus the number of mentees
    with a mentor where `mentees` (only those `among` some, a Boolean per person, if that is not None), less what
    the cuts say is lost where `losses`, less the sessions that they say must move where `moves`.
    """

    name: str
    weights: IntArray
    mentees: bool = False
    losses: bool = False
    moves: bool = False
    among: BoolArray | None = None

    def of(self, index: IntArray) -> Level:
        """The level for some of the candidates."""
        return replace(self, weights=self.weights[index])

    def value(self, pairs: Candidates, chosen: BoolArray) -> int:
        """Its value for a pairing without losses."""
        served = int(self.counts(np.unique(pairs.mentee[chosen])).sum()) if self.mentees else 0
        return int(self.weights[chosen].sum()) + served

    def counts(self, people: IntArray) -> IntArray:
        """What it adds that each of these people has a mentor: 1 or 0."""
        among = np.full(len(people), self.mentees) if self.among is None else self.among[people] & self.mentees
        return among.astype(np.int64)

    def but_for(self, people: IntArray, number: int) -> Level:
        """The level without what it adds that these people, of such a `number` in all, have a mentor."""
        if not self.mentees or not len(people):
            return self
        among = np.ones(number, dtype=bool) if self.among is None else self.among.copy()
        among[people] = False
        return replace(self, among=among)

    def same_as(self, other: Level) -> bool:
        """Whether both count the same, but for losses."""
        among = (self.among is None) == (other.among is None) and (
            self.among is None or other.among is None or np.array_equal(self.among, other.among)
        )
        return self.mentees == other.mentees and among and np.array_equal(self.weights, other.weights)


@dataclass(frozen=True)
class Face:
    """All pairings that are best in every level, as far as only places limit them.

    `values` has one entry a level. `chosen` is one such pairing (a Boolean per candidate). Candidates that are not
    `open` are the same in all of them. `mentors_of` and `mentees_of` bound for every person the number of
    mentors and mentees that he has in any of them (least and most; shape (people, 2)). Any choice of open
    candidates within these bounds is best. `lossless` tells that a level counts losses, so that none may occur,
    `still` that one counts sessions which must move, so that none may.
    """

    values: tuple[int, ...]
    chosen: BoolArray
    open: BoolArray
    mentors_of: IntArray
    mentees_of: IntArray
    lossless: bool
    still: bool = False

    def forbids(self, cut: Cut) -> bool:
        """Whether no pairing of the face may have a conflict."""
        return cut.loss is None or self.lossless or (self.still and cut.moves > 0)

    def of(self, index: IntArray) -> Face:
        """The face for some of the candidates; values and people stay those of all."""
        return replace(self, chosen=self.chosen[index], open=self.open[index])


@dataclass(frozen=True)
class Arcs:
    """The network of choices, locks taken out beforehand with the places that they use.

    Arcs lie one kind after the other: a choice each (`choices`: mentee to mentor), each mentee's arcs to the
    sink for what he leaves unused (`spare`, and `unserved` for the one unit that makes him served), each
    mentor's to the sink (`places`). `pair` gives the candidate of each choice arc. Nodes are the `mentees`, the
    `mentors`, and the sink.
    """

    mentees: IntArray
    mentors: IntArray
    pair: IntArray
    supply: IntArray
    tail: IntArray
    head: IntArray
    capacity: IntArray
    choices: slice
    spare: slice
    unserved: slice
    places: slice

    @property
    def nodes(self) -> int:
        """Number of nodes; the sink is the last."""
        return len(self.supply)

    def flow_of(self, chosen: BoolArray) -> IntArray:
        """The flow that a pairing stands for; it must keep everybody's places."""
        flow = np.zeros(len(self.tail), dtype=np.int64)
        flow[self.choices] = chosen[self.pair]
        used = np.bincount(self.tail[self.choices], flow[self.choices], self.nodes).astype(np.int64)
        unused = self.supply[: len(self.mentees)] - used[: len(self.mentees)]
        flow[self.spare] = np.minimum(unused, self.capacity[self.spare])
        flow[self.unserved] = unused - flow[self.spare]
        taken = np.bincount(self.head[self.choices], flow[self.choices], self.nodes).astype(np.int64)
        flow[self.places] = taken[len(self.mentees) : -1]
        return flow

    @property
    def free_ends(self) -> bool:
        """Whether nobody has to be chosen: mentees may leave all they supply unused, mentors all their places."""
        mentees, spare = len(self.mentees), self.capacity[self.spare] + self.capacity[self.unserved]
        return bool((spare == self.supply[:mentees]).all() and (self.supply[mentees:-1] == 0).all())


@dataclass(frozen=True, eq=False)
class _State:
    """Levels settled so far, a flow that is best in them, and the arcs on which such flows may differ."""

    levels: tuple[Level, ...]
    flow: IntArray
    free: BoolArray


@dataclass(frozen=True, eq=False)
class _Solved:
    """A step that was made: which flow of least cost was found from a state, and what is free after it."""

    before: _State
    cost: IntArray
    after: _State


class Flow:
    """The pairings of a cohort as far as only places limit them; remembers how far it has come."""

    def __init__(
        self, cohort: Cohort, pairs: Candidates, possible: Sequence[int], within: Face | None = None
    ) -> None:
        """Locks must be among the `possible` candidates and must respect everybody's places.

        With `within` only pairings of that face count; what it has chosen for good must then be locked in `pairs`.
        """
        self._cohort, self._pairs = cohort, pairs
        self.arcs = _arcs(cohort, pairs, np.asarray(possible, dtype=np.int64), within)
        self._states: list[_State] = []
        self._movable: dict[_State, BoolArray] = {}
        self._solved: dict[int, _Solved] = {}  # the last step to so many levels, also of other parts of this flow
        self._is_part = False

    def chosen(self, flow: IntArray) -> BoolArray:
        """The pairing that a flow stands for, locks included, as a Boolean per candidate."""
        chosen = self._pairs.locked.copy()
        chosen[self.arcs.pair] |= flow[self.arcs.choices] > 0
        return chosen

    def face(self, levels: Sequence[Level]) -> Face:
        """Find the pairings that are best in all levels if every candidate can be scheduled beside every other."""
        return self._face(levels, self.best(levels), self.movable(levels))

    def best(self, levels: Sequence[Level]) -> IntArray:
        """A flow that is best in all levels."""
        return self._settle(levels).flow

    def movable(self, levels: Sequence[Level]) -> BoolArray:
        """The arcs that some other flow which is best in all levels uses differently."""
        state = self._settle(levels)
        if state not in self._movable:
            self._movable[state] = _movable(self.arcs, state)
        return self._movable[state]

    def given(self, levels: Sequence[Level], pair: int, *, chosen: bool) -> Flow | None:
        """The pairings best in all levels that have the candidate, or have it not; None if none of them does.

        What is asked of the new flow must begin with these levels.
        """
        state, arc = self._settle(levels), int(np.flatnonzero(self.arcs.pair == pair)[0])
        if state.flow[arc] != chosen:
            flow = _turned(self.arcs, state, arc) if state.free[arc] else None
            if flow is None:
                return None
            state = replace(state, flow=flow)
        free = state.free.copy()
        free[arc] = False
        new = copy(self)
        new._states, new._movable, new._is_part = [replace(state, free=free)], {}, True  # noqa: SLF001 - one of us
        return new

    def begun(self, levels: Sequence[Level], flow: IntArray, held: Collection[int]) -> Flow:
        """The pairings best in all levels among those that have of the `held` candidates what a flow has.

        The flow must be one of them. What is asked of the new flow must begin with these levels.
        """
        new = copy(self)
        new._states, new._movable, new._is_part = [_begun(self.arcs, flow, levels, held)], {}, True  # noqa: SLF001 - one of us
        return new

    def _settle(self, levels: Sequence[Level]) -> _State:
        known = [state for state in self._states if _begins(levels, state.levels)]
        if self._is_part and not known:
            raise AssertionError("a part of a flow is asked about other levels than those it was made for: a bug")
        state = max(known, key=lambda state: len(state.levels)) if known else _nothing(self.arcs)
        if known and len(state.levels) == len(levels):
            return state
        for packed in _pack(levels[len(state.levels) :], self.arcs) or [[]]:
            state = self._improve(state, packed)
            known.append(state)
        self._states = known  # what led elsewhere is forgotten: it takes memory
        self._movable = {one: movable for one, movable in self._movable.items() if one in known}
        return state

    def _improve(self, state: _State, packed: Sequence[tuple[int, Level]]) -> _State:
        arcs, settled = self.arcs, (*state.levels, *(level for _, level in packed))
        cost = np.zeros(len(arcs.tail), dtype=np.int64)
        for scale, level in packed:
            cost[arcs.choices] -= scale * level.weights[arcs.pair]
            cost[arcs.unserved] += scale * level.counts(arcs.mentees)
        # Arcs that are not movable are the same in every best flow: nothing is lost by holding them.
        state = replace(state, free=self._movable.get(state, state.free))
        if not cost[state.free].any() and state.levels:
            return replace(state, levels=settled)
        every = bool(settled) and settled[0].mentees and settled[0].among is None
        first = every and not settled[0].weights[arcs.pair].any()
        if first and len(settled) == 1 and arcs.free_ends:
            flow = _most_served(arcs)
        elif first and len(packed) == 1 and _only_counts(arcs, cost):
            flow = state.flow  # as many units are used as there are mentees served
        else:
            return self._least(replace(state, levels=settled), cost)
        return _State(settled, flow, _still_free(arcs, replace(state, flow=flow), cost))

    def _least(self, state: _State, cost: IntArray) -> _State:
        """A flow of least cost, and what is free beside it; found anew where something differs from last time."""
        known, step = self._solved.get(len(state.levels)), state
        if known is not None:
            anew = _differing(self.arcs, state, cost, known)
            flow = np.where(state.free & ~anew, known.after.flow, state.flow)
            step = replace(state, flow=flow, free=anew)
        flow = _cheapest(self.arcs, step, cost)
        free = _still_free(self.arcs, replace(step, flow=flow), cost)
        if known is not None:
            free |= known.after.free & state.free & ~step.free
        after = replace(state, flow=flow, free=free)
        self._solved[len(state.levels)] = _Solved(state, cost, after)
        return after

    def _face(self, levels: Sequence[Level], flow: IntArray, movable: BoolArray) -> Face:
        pairs, arcs = self._pairs, self.arcs
        chosen, is_open = self.chosen(flow), np.zeros(len(pairs), dtype=bool)
        is_open[arcs.pair] = movable[arcs.choices]
        least, most = np.where(movable, 0, flow), np.where(movable, arcs.capacity, flow)
        mentors_of, mentees_of = _held(pairs.mentee, pairs, self._cohort), _held(pairs.mentor, pairs, self._cohort)
        for column, unused in ((0, most), (1, least)):
            mentors_of[arcs.mentees, column] += arcs.supply[: len(arcs.mentees)]
            mentors_of[arcs.mentees, column] -= unused[arcs.spare] + unused[arcs.unserved]
        mentees_of[arcs.mentors] += np.stack((least[arcs.places], most[arcs.places]), axis=1)
        values = tuple(level.value(pairs, chosen) for level in levels)
        lossless = any(level.losses for level in levels)
        still = any(level.moves for level in levels)
        return Face(values, chosen, is_open, mentors_of, mentees_of, lossless, still)


def best_face(cohort: Cohort, pairs: Candidates, possible: Sequence[int], levels: Sequence[Level]) -> Face:
    """The face of `levels` over the `possible` candidates: see `Flow.face`."""
    return Flow(cohort, pairs, possible).face(levels)


def _begins(levels: Sequence[Level], known: Sequence[Level]) -> bool:
    """Whether `levels` begins with the `known` ones."""
    return len(known) <= len(levels) and all(a.same_as(b) for a, b in zip(levels, known, strict=False))


def _held(person: IntArray, pairs: Candidates, cohort: Cohort) -> IntArray:
    """Number of everybody's locked pairs, in two columns."""
    held = np.bincount(person[pairs.locked], minlength=len(cohort.employees)).astype(np.int64)
    return np.stack((held, held), axis=1)


def _arcs(cohort: Cohort, pairs: Candidates, allowed: IntArray, within: Face | None) -> Arcs:
    arc_of = allowed[~pairs.locked[allowed]]
    mentees, mentee = np.unique(pairs.mentee[arc_of], return_inverse=True)
    mentors, mentor = np.unique(pairs.mentor[arc_of], return_inverse=True)
    held = _held(pairs.mentee, pairs, cohort)[mentees, 0]
    taken = _held(pairs.mentor, pairs, cohort)[mentors, 0]
    if within is None:
        supply = cohort.programme.capacity.mentors_per_mentee - held
        needs = np.minimum((held == 0).astype(np.int64), supply)  # one unit of his supply is what makes him served
        spare, drain, room = supply - needs, 0 * taken, cohort.employees.capacity[mentors] - taken
    else:
        least = within.mentors_of[mentees, 0]
        supply = within.mentors_of[mentees, 1] - held
        several = cohort.programme.capacity.mentors_per_mentee > 1  # else the number of pairs tells who is served
        needs = np.minimum(((least == 0) & several).astype(np.int64), supply)
        spare = supply + held - least - needs
        drain, room = within.mentees_of[mentors, 0] - taken, np.diff(within.mentees_of[mentors])[:, 0]
    rows, sink = np.arange(len(mentees)), np.int64(len(mentees) + len(mentors))
    stops = np.cumsum([len(arc_of), len(mentees), len(mentees), len(mentors)]).tolist()
    return Arcs(
        mentees,
        mentors,
        arc_of,
        supply=np.concatenate((supply, -drain, [drain.sum() - supply.sum()])),
        tail=np.concatenate((mentee, rows, rows, len(mentees) + np.arange(len(mentors)))),
        head=np.concatenate((len(mentees) + mentor, np.full(2 * len(mentees) + len(mentors), sink))),
        capacity=np.concatenate((np.ones(len(arc_of), dtype=np.int64), spare, needs, room)),
        choices=slice(0, stops[0]),
        spare=slice(stops[0], stops[1]),
        unserved=slice(stops[1], stops[2]),
        places=slice(stops[2], stops[3]),
    )


_LARGEST = 2**60  # the solver adds up costs times the number of nodes along paths, in 64 bits


def _pack(levels: Sequence[Level], arcs: Arcs) -> list[list[tuple[int, Level]]]:
    """Put levels into one cost, by scales that no sum of later levels outweighs, as long as 64 bits hold them."""
    units = max(1, int(arcs.supply[arcs.supply > 0].sum()))
    spans = [
        2 * units * (int(np.abs(level.weights[arcs.pair]).max(initial=0)) + level.mentees) for level in levels
    ]
    packs: list[list[int]] = []
    room = 0
    for place, span in enumerate(spans):
        if not packs or room <= span:
            packs.append([])
            room = _LARGEST // (arcs.nodes + 1) ** 2
        room //= span + 1
        packs[-1].append(place)
    return [[(_scale(spans, place, pack[-1]), levels[place]) for place in pack] for pack in packs]


def _scale(spans: Sequence[int], place: int, last: int) -> int:
    """The least factor with which a level outweighs those after it, up to the last of its pack."""
    return math.prod(span + 1 for span in spans[place + 1 : last + 1])


def _cheapest(arcs: Arcs, state: _State, cost: IntArray) -> IntArray:
    """A flow of least cost; arcs that are not free keep theirs."""
    free = state.free
    fixed = np.where(free, 0, state.flow)
    supply = arcs.supply.copy()
    supply -= np.bincount(arcs.tail, fixed, arcs.nodes).astype(np.int64)
    supply += np.bincount(arcs.head, fixed, arcs.nodes).astype(np.int64)
    tail, head = arcs.tail[free], arcs.head[free]
    used = np.zeros(arcs.nodes, dtype=bool)
    used[tail] = used[head] = True
    number = np.cumsum(used) - 1
    solver = min_cost_flow.SimpleMinCostFlow()
    numbers = solver.add_arcs_with_capacity_and_unit_cost(
        number[tail], number[head], arcs.capacity[free], cost[free]
    )
    solver.set_nodes_supplies(np.arange(used.sum()), supply[used])
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise AssertionError(f"a flow that leaves everything unused exists, yet the solver says {status}: a bug")
    flow = state.flow.copy()
    flow[free] = solver.flows(numbers)
    return flow


def _differing(arcs: Arcs, state: _State, cost: IntArray, known: _Solved) -> BoolArray:
    """The free arcs of all parts of the network in which anything is not as it was when a step was made.

    Parts hang together by choices: what flows to the sink follows from the supplies of each.
    """
    fixed = ~state.free & (state.flow != known.before.flow)
    differs = (state.free != known.before.free) | fixed | (state.free & (cost != known.cost))
    touched = np.zeros(arcs.nodes, dtype=bool)
    touched[arcs.tail[differs]] = touched[arcs.head[differs]] = True
    touched[-1] = False
    inner = np.flatnonzero(state.free[arcs.choices])
    part = components(arcs.nodes, arcs.tail[inner], arcs.head[inner])
    again = np.zeros(arcs.nodes, dtype=bool)
    again[part[touched]] = True
    return np.asarray(state.free & again[part[arcs.tail]])


def _only_counts(arcs: Arcs, cost: IntArray) -> bool:
    """Whether a cost says only how many units are used, where every mentee has one unit at most."""
    alike = np.ptp(cost[arcs.choices]) == 0 and not cost[arcs.unserved].any()
    return alike and not arcs.capacity[arcs.spare].any()


def _most_served(arcs: Arcs) -> IntArray:
    """A flow that leaves the fewest mentees unserved: the most units at all, which is much quicker to find."""
    source, sink = arcs.nodes, arcs.nodes - 1
    unit = arcs.capacity[arcs.unserved]
    solver = max_flow.SimpleMaxFlow()
    numbers = solver.add_arcs_with_capacity(
        np.concatenate((np.full(len(unit), source), arcs.tail[arcs.choices], arcs.tail[arcs.places])),
        np.concatenate((np.arange(len(unit)), arcs.head[arcs.choices], arcs.head[arcs.places])),
        np.concatenate((unit, arcs.capacity[arcs.choices], arcs.capacity[arcs.places])),
    )
    status = solver.solve(source, sink)
    if status != solver.OPTIMAL:
        raise AssertionError(f"no flow at all is a flow, yet the solver says {status}: a bug")
    served, choices, places = np.split(solver.flows(numbers), np.cumsum([len(unit), len(arcs.pair)]))
    return np.concatenate((choices, arcs.capacity[arcs.spare], unit - served, places))


def _still_free(arcs: Arcs, state: _State, cost: IntArray) -> BoolArray:
    """The arcs that stay free: of reduced cost 0. The others are the same in every flow of least cost."""
    tail, head, weight = _residual(arcs, state, cost)
    order = np.argsort(tail, kind="stable")
    potential = shortest(np.zeros(arcs.nodes, dtype=np.int64), tail[order], head[order], weight[order])
    return np.asarray(state.free & (cost + potential[arcs.tail] == potential[arcs.head]))


def _residual(arcs: Arcs, state: _State, cost: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """What could still flow, forwards and backwards along the free arcs."""
    more = state.free & (state.flow < arcs.capacity)
    less = state.free & (state.flow > 0)
    return (
        np.concatenate((arcs.tail[more], arcs.head[less])),
        np.concatenate((arcs.head[more], arcs.tail[less])),
        np.concatenate((cost[more], -cost[less])),
    )


def _nothing(arcs: Arcs) -> _State:
    """No flow yet, nothing settled."""
    size = len(arcs.tail)
    return _State((), np.zeros(size, dtype=np.int64), np.ones(size, dtype=bool))


def _turned(arcs: Arcs, state: _State, arc: int) -> IntArray | None:
    """The flow with one unit more along an empty choice arc, or one less along a used one; None if there is none.

    The unit comes round along free arcs, so that what is settled stays as good.
    """
    more = np.flatnonzero(state.free & (state.flow < arcs.capacity))
    less = np.flatnonzero(state.free & (state.flow > 0))
    number, along = np.concatenate((more, less)), np.arange(len(more) + len(less)) < len(more)
    tail = np.where(along, arcs.tail[number], arcs.head[number])
    head = np.where(along, arcs.head[number], arcs.tail[number])
    used = bool(state.flow[arc])
    start, goal = (arcs.tail[arc], arcs.head[arc]) if used else (arcs.head[arc], arcs.tail[arc])
    came = np.full(arcs.nodes, -1, dtype=np.int64)  # by which of the steps above
    reached = np.arange(arcs.nodes) == start
    while not reached[goal]:
        new = np.flatnonzero(reached[tail] & ~reached[head] & (number != arc))
        if not len(new):
            return None
        came[head[new]] = new
        reached[head[new]] = True
    flow = state.flow.copy()
    flow[arc] += -1 if used else 1
    node = int(goal)
    while node != start:
        step = came[node]
        flow[number[step]] += 1 if along[step] else -1
        node = int(tail[step])
    return flow


def movable_arcs(arcs: Arcs, flow: IntArray, levels: Sequence[Level], barred: Sequence[int]) -> BoolArray:
    """The arcs that flows which are best in all levels use differently, from one such flow; `barred` ones stay."""
    return _movable(arcs, _begun(arcs, flow, levels, barred))


def _begun(arcs: Arcs, flow: IntArray, levels: Sequence[Level], held: Collection[int]) -> _State:
    """What is settled by a flow that is best in all levels, where some candidates are `held` as they are."""
    free = np.ones(len(arcs.tail), dtype=bool)
    free[arcs.choices] = ~np.isin(arcs.pair, sorted(held))
    state = _State((), flow, free)
    for level in levels:
        cost = np.zeros(len(arcs.tail), dtype=np.int64)
        cost[arcs.choices], cost[arcs.unserved] = -level.weights[arcs.pair], level.counts(arcs.mentees)
        state = replace(state, free=_still_free(arcs, state, cost))
    return replace(state, levels=tuple(levels))


def _movable(arcs: Arcs, state: _State) -> BoolArray:
    """Arcs whose ends can reach each other: free ones that some other optimal flow uses differently."""
    tail, head, _ = _residual(arcs, state, np.zeros(len(arcs.tail), dtype=np.int64))
    used = np.zeros(arcs.nodes, dtype=bool)
    used[tail] = used[head] = True
    number = np.cumsum(used) - 1  # only nodes with something free: there may be few
    part = strong_parts(int(used.sum()), number[tail], number[head])
    part = np.where(used, part[number] if len(part) else 0, -1 - np.arange(arcs.nodes))
    return np.asarray(state.free & (part[arcs.tail] == part[arcs.head]))
