"""What is best in goals 1 to 3 when a plan must exist: flows, split wherever their pairing cannot be scheduled.

A conflict says that some pairs cannot all be. So one of them has to go, and each of them in turn is left out of a
flow of its own. A flow's values bound those of every pairing in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from matcher.clusters import violated
from matcher.cuts import Cut, Plan
from matcher.flow import Arcs, Level
from matcher.model import BoolArray, Cohort, IntArray
from matcher.pairing import PairingModel, best_pairing
from matcher.planner import ANY, Planner
from matcher.rules import Candidates
from matcher.trials import Trials
from matcher.ways import Change, flow_with, flow_without

SMALL = 2000
"""With so many candidates at most CP-SAT is asked where flows do not come to an end."""

NODES = 24
"""So many flows at most are looked at for one question, before CP-SAT is."""


DEPTH = 150
"""So many pairs at most are left out of a part of the proof: whoever follows it goes as deep."""


class UndecidedError(Exception):
    """The limit on the effort, or the clock, came before the answer."""


@dataclass
class Conflicts:
    """What cannot all be: `mutual` pairs, `known` conflicts, what scheduling shows.

    Losses do not matter here, but that in a rematch nothing may move for others.
    """

    pairs: Candidates
    planner: Planner
    mutual: Sequence[Cut]
    known: list[Cut]

    def of(self, chosen: BoolArray, near: IntArray | None = None) -> Cut | None:
        """A conflict that a pairing has, None if it can be scheduled; only groups `near` candidates are scheduled.

        Raises
        ------
        UndecidedError
            If the clock ran out.
        """
        cuts = violated(self.all, chosen, {}) or self.settle(chosen, near)[1]
        return min(cuts, key=lambda cut: len(cut.pairs), default=None)  # the fewer pairs, the fewer parts

    @property
    def all(self) -> tuple[Cut, ...]:
        """Every conflict that is known so far."""
        return (*self.mutual, *self.known)

    def settle(self, chosen: BoolArray, near: IntArray | None = None) -> tuple[Plan, list[Cut]]:
        """A plan for a pairing, whatever it costs, or the conflicts in its way.

        Raises
        ------
        UndecidedError
            If the clock ran out.
        """
        every = np.nonzero(chosen)[0].tolist()
        allowed = self.planner.prices.widest or ANY  # whatever it costs, but for planned sessions that move
        plan, cuts = self.planner.settle(every, dict.fromkeys(every, allowed), near)
        if self.planner.clock.over:
            raise UndecidedError
        cuts = [cut for cut in cuts if cut.loss is None or cut.moves]  # parts of these may only cost sessions
        self.known += cuts
        return plan, cuts

    def plans(self, trials: Trials, changes: Sequence[Change]) -> list[Plan | None]:
        """Sessions of what each change adds beside the others as they are, None where there are none."""
        there = set(trials.plan)
        return [
            None if self._reversed(change, there) else plan
            for plan, change in zip(trials.sessions(changes), changes, strict=True)
        ]

    def _reversed(self, change: Change, there: set[int]) -> bool:
        """Whether two people would mentor each other."""
        backs = [self._back[pair] for pair in change.added if pair in self._back]
        return any(back in change.added or (back in there and back not in change.dropped) for back in backs)

    @cached_property
    def _back(self) -> dict[int, int]:
        """The candidate in the other direction, where there is one."""
        both = [cut.pairs for cut in self.mutual]
        return {a: b for one, other in both for a, b in ((one, other), (other, one))}


@dataclass(frozen=True)
class Ask:
    """A question about goals 1 to 3: who may be paired (`possible`), what that counts (`levels`).

    `arcs` are the network of the whole cohort, with one more place where that is asked about. Candidates that must
    be chosen are `given`.
    """

    cohort: Cohort
    pairs: Candidates
    possible: IntArray
    levels: Sequence[Level]
    arcs: Arcs
    given: frozenset[int] = frozenset()

    def values(self, chosen: BoolArray) -> tuple[int, ...]:
        """What a pairing reaches, level by level."""
        return tuple(level.value(self.pairs, chosen) for level in self.levels)

    def chosen(self, flow: IntArray) -> BoolArray:
        """The pairing that a flow stands for, locks included."""
        chosen = self.pairs.locked.copy()
        chosen[self.arcs.pair] |= flow[self.arcs.choices] > 0
        return chosen

    @cached_property
    def arc_of(self) -> dict[int, int]:
        """The arc of each candidate that is not locked."""
        return dict(zip(self.arcs.pair.tolist(), range(len(self.arcs.pair)), strict=True))

    def with_place(self, mentor: int) -> Ask:
        """The question if a mentor had one place more."""
        capacity = self.cohort.employees.capacity.copy()
        capacity[mentor] += 1
        employees = replace(self.cohort.employees, capacity=capacity)
        room = self.arcs.capacity.copy()
        room[self.arcs.places.start + int(np.searchsorted(self.arcs.mentors, mentor))] += 1
        arcs, cohort = replace(self.arcs, capacity=room), replace(self.cohort, employees=employees)
        return replace(self, cohort=cohort, arcs=arcs)


@dataclass(frozen=True, eq=False)
class Node:
    """The pairings without the candidates in `out`: a flow that is the best of them by places alone, its values.

    Where it is split, `cases` has one part for each pair of the `conflict`, without that pair; None where that
    pair must be chosen.
    """

    out: frozenset[int]
    flow: IntArray
    values: tuple[int, ...]
    conflict: Cut | None = None
    cases: tuple[Node | None, ...] = ()

    def leaves(self) -> Iterator[Node]:
        """The parts that are not split, in order."""
        if self.conflict is None:
            yield self
        for case in self.cases:
            yield from case.leaves() if case else ()


def make_node(ask: Ask, flow: IntArray, out: frozenset[int] = frozenset()) -> Node:
    """The pairings without some candidates, given the best flow of those."""
    return Node(out, flow, ask.values(ask.chosen(flow)))


def without(ask: Ask, node: Node, pair: int) -> Node | None:
    """The part of a node without a candidate; None if that must be chosen."""
    if ask.pairs.locked[pair] or pair in ask.given:
        return None
    flow = flow_without(ask.arcs, node.flow, ask.levels, ask.arc_of[pair], node.out | ask.given)
    return make_node(ask, flow, node.out | {pair})


def given(ask: Ask, node: Node, pair: int) -> tuple[Ask, Node] | None:
    """The question about the pairings of a node that have a candidate; None if places allow none."""
    flow = flow_with(ask.arcs, node.flow, ask.levels, ask.arc_of[pair], node.out | ask.given)
    ask = replace(ask, given=ask.given | {pair})
    return None if flow is None else (ask, make_node(ask, flow, node.out))


def prove(ask: Ask, root: Node, target: tuple[int, ...], conflicts: Conflicts, most: int) -> Node:
    """Split a node until no part can have anything better than the target, or after `most` parts.

    Returns
    -------
    The node, split. The largest values of its leaves bound those of every pairing that can be scheduled.
    """
    room = [most]

    def split(node: Node) -> Node:
        if node.values <= target or room[0] <= 0 or len(node.out) >= DEPTH:
            return node
        try:
            conflict = conflicts.of(ask.chosen(node.flow))
        except UndecidedError:
            room[0] = 0
            return node
        if conflict is None or conflict.moves:
            return node
        cases = [without(ask, node, pair) for pair in conflict.pairs]
        room[0] -= len(cases)
        return replace(node, conflict=conflict, cases=tuple(case and split(case) for case in cases))

    return split(root)


def best_scheduled(
    ask: Ask, root: Node, least: tuple[int, ...], conflicts: Conflicts, base: BoolArray
) -> tuple[tuple[int, ...], BoolArray] | None:
    """The best pairing of a node that can be scheduled, with its values; None if none reaches `least`.

    Parameters
    ----------
    base
        A pairing that has its schedule: only what differs from it is scheduled.

    Raises
    ------
    UndecidedError
        If it was not found out.
    """
    nodes, seen = [root], {root.out}
    for _ in range(NODES):
        node = max(nodes, key=lambda node: (node.values, len(node.out)), default=None)
        if node is None or node.values < least:
            return None
        nodes.remove(node)
        chosen = ask.chosen(node.flow)
        conflict = conflicts.of(chosen, np.nonzero(chosen != base)[0])
        if conflict is None:
            return node.values, chosen
        for pair in conflict.pairs:
            if node.out | {pair} not in seen and (part := without(ask, node, pair)):
                seen.add(part.out)
                nodes.append(part)
    if len(ask.possible) > SMALL:
        raise UndecidedError
    return _by_cpsat(ask, root.out, least, conflicts, base)


def _by_cpsat(
    ask: Ask, out: frozenset[int], least: tuple[int, ...], conflicts: Conflicts, base: BoolArray
) -> tuple[tuple[int, ...], BoolArray] | None:
    """The same by CP-SAT for the pairings without those in `out`, with more conflicts every time."""
    possible = [pair for pair in ask.possible.tolist() if pair not in out]
    locked = ask.pairs.locked.copy()
    locked[sorted(ask.given)] = True
    pairs = replace(ask.pairs, locked=locked)
    while True:
        about = [cut for cut in conflicts.all if set(possible).issuperset(cut.pairs)]
        model = PairingModel(ask.cohort, pairs, possible, about, prices=conflicts.planner.prices)
        best = best_pairing(model, ask.levels, (), None, conflicts.planner.clock)
        if best is None and not conflicts.planner.clock.over:
            return None  # no pairing has all that is given
        if best is None or not best.proven:
            raise UndecidedError
        if best.values < least:
            return None
        chosen = np.isin(np.arange(len(ask.pairs)), best.chosen)
        if conflicts.of(chosen, np.nonzero(chosen != base)[0]) is None:
            return best.values, chosen


@dataclass(frozen=True)
class Optimum:
    """A plan whose pairing is best in goals 1 to 3, with its values there, and what proves it.

    Where the limit on the effort came first, some leaves of the `proof` have values that are greater.
    """

    ask: Ask
    plan: Plan
    values: tuple[int, ...]
    conflicts: Conflicts
    proof: Node

    @property
    def chosen(self) -> BoolArray:
        """The pairing, as a Boolean per candidate."""
        return np.isin(np.arange(len(self.ask.pairs)), list(self.plan))

    @property
    def root(self) -> Node:
        """All pairings, not split."""
        return replace(self.proof, conflict=None, cases=())

    @property
    def certain(self) -> bool:
        """Whether the proof is complete."""
        return all(leaf.values <= self.values for leaf in self.proof.leaves())

    @property
    def small(self) -> bool:
        """Whether CP-SAT can be asked where flows do not come to an end."""
        return len(self.ask.possible) <= SMALL
