"""Clusters: the choices that hang together with schedule conflicts, settled for themselves, by flows or CP-SAT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from matcher.clusters import Cluster, violated
from matcher.cuts import Cut
from matcher.flow import Face, Flow, Level
from matcher.model import BoolArray, IntArray
from matcher.pairing import Pairing, PairingModel, best_pairing, cover, left_out, regularity_level
from matcher.relaxation import Problem, Relaxation
from matcher.rules import Candidates
from matcher.ties import Tiebreak

COVER = 24
"""With so many flows at most the best pairings of a cluster are looked through; with more, CP-SAT does it."""

NODES = 32
"""So many flows at most look for the best pairing that avoids all conflicts of a cluster, before CP-SAT does."""


@dataclass(frozen=True)
class Basis:
    """What clusters are settled in: a pairing, and what is to be held and reached.

    The first `depth` levels of the relaxation are held at their best by places alone (`face`, None for none of
    them), those up to `goals` are CP-SAT's, and `tie` comes after these, if it is not None. `chosen` is the
    pairing to begin with, `losses` by how much its candidates may cost more than alone.
    """

    relaxation: Relaxation
    depth: int
    goals: int
    face: Face | None
    chosen: BoolArray
    tie: Tiebreak | None
    losses: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Node:
    """The best pairing by places alone of a cluster without the candidates in `out`."""

    out: frozenset[int]
    flow: Flow
    chosen: BoolArray
    values: tuple[int, ...]
    key: tuple[int, ...]


@dataclass(frozen=True)
class _Best:
    """The best pairings of a cluster: one of them, and those that stand for `every` one (see `cover`) if known."""

    first: Pairing
    every: Sequence[Pairing] | None


@dataclass
class Local:
    """Settles clusters and remembers the answers.

    `models` counts the clusters that CP-SAT was asked about, `largest` is the most candidates in one of them.
    """

    problem: Problem
    models: int = 0
    largest: int = 0
    _known: dict[tuple[int, Cluster, int, bool], _Best] = field(default_factory=dict, init=False)
    _faces: list[Face | None] = field(default_factory=list, init=False)

    def solve(self, cluster: Cluster, basis: Basis) -> Pairing | None:
        """The best pairing of a cluster for the levels that are not held; None if there is none.

        Unproven where the clock ran out.
        """
        index = np.array(cluster.pairs, dtype=np.int64)
        self.problem.planner.look_at_regular(index)
        local = {pair: place for place, pair in enumerate(cluster.pairs)}
        cuts = [replace(cut, pairs=tuple(local[pair] for pair in cut.pairs)) for cut in cluster.cuts]
        is_open = np.isin(index, cluster.open)
        goals = self._goals(basis, index, is_open, cuts)
        face = basis.face and basis.face.of(index)
        pairs = self.problem.pairs.subset(index)
        waves = self.problem.waves and self.problem.waves.of(index)
        if face is not None and face.lossless and basis.tie is not None and waves is None:
            flow = Flow(self.problem.cohort, replace(pairs, locked=~is_open), range(len(index)), face)
            settled, answer = _leave_out(flow, replace(pairs, locked=~is_open), goals, cuts, basis.tie)
            if settled:
                return answer and answer.of(index)
        prices = self.problem.planner.prices
        model = PairingModel(self.problem.cohort, pairs, range(len(index)), cuts, face, prices=prices, waves=waves)
        best = self._best(cluster, basis, model, goals)
        if best is None:
            return None
        if basis.tie is None or not best.first.proven:
            return best.first.of(index)
        return self._preferred(model, goals, best, basis.tie, is_open).of(index)

    def _number(self, face: Face | None) -> int:
        """A number for each face: answers hold for the face that they were found in."""
        for number, known in enumerate(self._faces):
            if known is face:
                return number
        self._faces.append(face)
        return len(self._faces) - 1

    def _goals(self, basis: Basis, index: IntArray, is_open: BoolArray, cuts: Sequence[Cut]) -> list[Level]:
        """CP-SAT's goals: what open candidates count, and what conflicts change for the others.

        Candidates that may cost more than alone may be more regular, too.
        """
        alone = self.problem.planner.alone
        old = [level.of(index) for level in basis.relaxation.levels]
        new = [*old[:-1], regularity_level(alone.regular[index], alone.ever_regular[index], cuts)]
        both = list(zip(old, new, strict=True))[basis.depth : basis.goals]
        served = self.problem.pairs.mentee[index[~is_open]]  # what is not open is chosen in any case
        people = len(self.problem.cohort.employees)
        return [
            replace(now, weights=now.weights - np.where(is_open, 0, then.weights)).but_for(served, people)
            for then, now in both
        ]

    def _best(self, cluster: Cluster, basis: Basis, model: PairingModel, goals: Sequence[Level]) -> _Best | None:
        """The best pairings of a cluster as far as the goals go; None if there is none."""
        key = self._number(basis.face), cluster, basis.goals, basis.tie is not None
        if key not in self._known:
            self.models += 1
            self.largest = max(self.largest, len(cluster.pairs))
            chosen = basis.chosen[list(cluster.pairs)]
            start = Pairing(tuple(np.nonzero(chosen)[0].tolist()), {}, (), (), proven=False)
            bounded = goals[: max(self.problem.price + 1 - basis.depth, 0)]  # not regularity: conflicts change it
            known = [level.value(model.pairs, chosen) for level in bounded]
            answer = best_pairing(model, goals, known, start, self.problem.clock)
            if answer is None or not answer.proven:
                return None if answer is None else _Best(answer, None)
            covered = basis.tie is not None and self.problem.waves is None
            every = None if not covered else cover(model, answer, self.problem.clock, most=COVER)
            self._known[key] = _Best(answer, every)
        return self._known[key]

    def _preferred(
        self, model: PairingModel, goals: Sequence[Level], best: _Best, tie: Tiebreak, is_open: BoolArray
    ) -> Pairing:
        """Of the best pairings of a cluster the preferred one."""
        cohort, clock = self.problem.cohort, self.problem.clock
        if best.every is None:
            levels = [*goals, *tie.levels(model.pairs, np.nonzero(is_open)[0].tolist())]
            again = PairingModel(
                *(cohort, model.pairs, range(len(is_open)), model.cuts, model.face),
                prices=model.prices,
                waves=model.waves,
            )
            found = best_pairing(again, levels, best.first.values, best.first, clock)
            return found or replace(best.first, proven=False)
        pairs = model.pairs if model.face is None else replace(model.pairs, locked=~is_open)
        preferred: list[Pairing] = []
        for one in best.every:
            possible = np.setdiff1d(np.arange(len(pairs)), left_out(model.cuts, one))
            flow = Flow(cohort, pairs, possible.tolist(), model.face)
            chosen = np.nonzero(tie.best(flow, goals, pairs))[0].tolist()
            losses = _losses(model.cuts, set(chosen), one.losses)
            preferred.append(replace(one, chosen=tuple(chosen), losses=losses))
        return max(preferred, key=lambda one: tie.key(pairs, np.isin(np.arange(len(pairs)), one.chosen)))


def _losses(cuts: Sequence[Cut], chosen: set[int], known: Mapping[int, int]) -> dict[int, int]:
    """The known losses of what is chosen; where any of some pairs may bear one, one that is chosen does."""
    losses = {pair: loss for pair, loss in known.items() if pair in chosen}
    for cut in (cut.within(chosen) for cut in cuts if cut.some and cut.held_by(chosen)):
        lost = sum(losses.get(pair, 0) for pair in cut.pairs)
        if lost < (cut.loss or 0):
            losses[cut.pairs[0]] = losses.get(cut.pairs[0], 0) + (cut.loss or 0) - lost
    return losses


def _leave_out(
    flow: Flow, pairs: Candidates, goals: Sequence[Level], cuts: Sequence[Cut], tie: Tiebreak
) -> tuple[bool, Pairing | None]:
    """The best pairing of a flow that has none of the conflicts; None if every one has some.

    While the best by places alone has a conflict, one of its candidates has to go: whichever leaves the best is
    looked at next. The first answer tells whether `NODES` flows were enough.
    """
    nodes = [_node(flow, pairs, goals, tie, frozenset())]
    seen = {nodes[0].out}
    for _ in range(NODES):
        if not nodes:
            return True, None
        node = max(nodes, key=lambda node: node.key)
        nodes.remove(node)
        broken = next(iter(violated(cuts, node.chosen, {})), None)
        if broken is None:
            chosen = tuple(np.nonzero(node.chosen)[0].tolist())
            return True, Pairing(chosen, {}, node.values, node.values, proven=True)
        for pair in (pair for pair in broken.pairs if node.chosen[pair]):
            out = node.out | {pair}
            part = None if pairs.locked[pair] or out in seen else node.flow.given([], pair, chosen=False)
            seen.add(out)
            if part is not None:
                nodes.append(_node(part, pairs, goals, tie, out))
    return False, None


def _node(flow: Flow, pairs: Candidates, goals: Sequence[Level], tie: Tiebreak, out: frozenset[int]) -> _Node:
    chosen = tie.best(flow, goals, pairs)
    values = tuple(level.value(pairs, chosen) for level in goals)
    return _Node(out, flow, chosen, values, (*values, *tie.key(pairs, chosen)))
