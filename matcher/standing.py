"""Which candidates are in every, in some or in no pairing that is best in goals 1 to 3.

Flows tell by places: where best pairings differ, a unit can go round. Each such way is tried for a schedule beside
the plan at hand, thousands at once; what does not fit there is asked for exactly (see `proof`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from matcher.cuts import Plan
from matcher.flow import Arcs, movable_arcs
from matcher.model import BoolArray, IntArray
from matcher.proof import Node, Optimum, UndecidedError, best_scheduled, given, without
from matcher.relaxation import Relaxation
from matcher.residual import Residual
from matcher.trials import Trials
from matcher.ways import Change, change_of

QUESTIONS = 100
"""So many candidates at most are asked for exactly in a company that is too large for CP-SAT."""


@dataclass
class Standing:
    """What best pairings there are, for each candidate (Booleans): some that have it, some that have it not.

    Where `doubt`, only what is `found` or `missing` is known. `tied` are those that differ between the plan's
    pairing and one that is as good in every goal: the draw decided. `later` are those that are the same in all
    pairings as good in every goal: if others that are best in goals 1 to 3 differ, a later goal decided.
    """

    found: BoolArray
    missing: BoolArray
    doubt: BoolArray
    tied: BoolArray
    later: BoolArray

    def words(self, pairs: IntArray) -> list[str]:
        """`every`, `some`, `none`, or "" where it is not known, for some candidates."""
        both = self.found & self.missing
        known = np.select([both, self.doubt, self.found], ["some", "", "every"], "none")
        return [str(word) for word in known[pairs]]


@dataclass
class Search:
    """Looks for best pairings that differ from the one at hand."""

    optimum: Optimum
    standing: Standing = field(init=False)
    _questions: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Begin with the pairing at hand."""
        self.ask, self.conflicts, self.plan = self.optimum.ask, self.optimum.conflicts, self.optimum.plan
        self.standing = Standing(*(np.zeros(len(self.ask.pairs), dtype=bool) for _ in range(5)))
        self._see(self.optimum.chosen)

    def run(self, relaxation: Relaxation | None) -> Standing:
        """Look through every part of the proof that may hold a best pairing.

        Parameters
        ----------
        relaxation
            That of the whole search: pairings that are as good in all its levels are tied.
        """
        chosen = self.standing.found.copy()
        if relaxation is not None:
            self._look_at_ties(relaxation, chosen)
        if not self.optimum.certain:
            self._ask_all(chosen)
            return self.standing
        for leaf in self.optimum.proof.leaves():
            plan = self._plan_of(leaf, chosen) if leaf.values == self.optimum.values else None
            if plan is not None:
                self._look_through(leaf, plan)
        return self.standing

    def _see(self, chosen: BoolArray) -> None:
        """Note a best pairing."""
        self.standing.found |= chosen
        self.standing.missing |= ~chosen

    def _see_change(self, change: Change) -> None:
        self.standing.found[list(change.added)] = True
        self.standing.missing[list(change.dropped)] = True

    def _plan_of(self, leaf: Node, chosen: BoolArray) -> Plan | None:
        """A plan for some best pairing of the leaf; None if it has none."""
        if not chosen[sorted(leaf.out)].any():
            return self.plan
        try:
            found = best_scheduled(self.ask, leaf, self.optimum.values, self.conflicts, chosen)
            if found is None:
                return None
            plan, _ = self.conflicts.settle(found[1])
        except UndecidedError:
            self.standing.doubt |= ~self.ask.pairs.locked
            return None
        self._see(found[1])
        return plan

    # --- one part of the proof ----------------------------------------------------------------------------------

    def _look_through(self, leaf: Node, plan: Plan) -> None:
        """See what else best pairings of the leaf have or have not, starting from one that has a plan."""
        chosen = np.isin(np.arange(len(self.ask.pairs)), list(plan))
        arcs, flow = self.ask.arcs, self.ask.arcs.flow_of(chosen)
        movable = movable_arcs(arcs, flow, self.ask.levels, sorted(leaf.out))
        is_open = np.zeros(len(chosen), dtype=bool)
        is_open[arcs.pair] = movable[arcs.choices]
        residual = Residual(arcs, flow, movable)
        trials, hard = Trials(self.conflicts.planner.turns, plan), list[int]()
        while todo := sorted(set(np.nonzero(is_open & ~self._seen(chosen))[0].tolist()) - set(hard)):
            tried = list(_cover(residual, arcs, todo, chosen))
            plans = self.conflicts.plans(trials, [change for _, change in tried])
            for (pair, change), fits in zip(tried, plans, strict=True):
                if fits is None:
                    hard.append(pair)
                else:
                    self._see_change(change)
        node = replace(leaf, flow=flow)
        for pair in hard:
            if not self._seen(chosen)[pair]:
                self._question(node, pair, chosen)

    def _seen(self, chosen: BoolArray) -> BoolArray:
        """Which candidates are otherwise than in a pairing in some best pairing seen."""
        return np.where(chosen, self.standing.missing, self.standing.found)

    # --- one candidate ------------------------------------------------------------------------------------------

    def _question(self, node: Node, pair: int, chosen: BoolArray) -> None:
        """Find out whether a best pairing of the node has a candidate otherwise than the one known."""
        self._questions += 1
        if self._questions > QUESTIONS and not self.optimum.small:
            self.standing.doubt[pair] = True
            return
        if chosen[pair]:
            part = without(self.ask, node, pair)
            asked = part and (self.ask, part)
        else:
            asked = given(self.ask, node, pair)
        try:
            found = best_scheduled(*asked, self.optimum.values, self.conflicts, chosen) if asked else None
        except UndecidedError:
            self.standing.doubt[pair] = True
            return
        if found is not None:
            self._see(found[1])

    def _ask_all(self, chosen: BoolArray) -> None:
        """Find out about every candidate, where the proof is not complete."""
        if not self.optimum.small:
            self.standing.doubt |= ~self.ask.pairs.locked
            return
        for pair in self.ask.arcs.pair.tolist():
            if not self._seen(chosen)[pair]:
                self._question(self.optimum.root, pair, chosen)

    # --- what the draw decided ----------------------------------------------------------------------------------

    def _look_at_ties(self, relaxation: Relaxation, chosen: BoolArray) -> None:
        """See pairings that are as good in every goal: what differs in them was drawn."""
        flow, arcs = relaxation.flow, relaxation.flow.arcs
        if chosen.sum() > chosen[relaxation.possible].sum():
            return
        residual = Residual(arcs, arcs.flow_of(chosen), flow.movable(relaxation.levels))
        trials = Trials(self.conflicts.planner.turns, self.plan)
        is_open = flow.face(relaxation.levels).open
        self.standing.later[:] = ~is_open
        todo = np.nonzero(is_open)[0].tolist()
        past = set[int]()
        while todo:
            tried = list(_cover(residual, arcs, todo, chosen))
            plans = self.conflicts.plans(trials, [change for _, change in tried])
            for (pair, change), plan in zip(tried, plans, strict=True):
                past.add(pair)
                # All other goals are as they were: no arc that is still movable costs anything in them.
                if plan is not None and self._price(plan, change.added) == self._price(self.plan, change.dropped):
                    self._see_change(change)
                    self.standing.tied[[*change.added, *change.dropped]] = True
            todo = [pair for pair in todo if pair not in past and not self.standing.tied[pair]]

    def _price(self, plan: Plan, pairs: Sequence[int]) -> int:
        return sum(self.conflicts.planner.prices.of(plan[pair]) for pair in pairs)


def unknown(optimum: Optimum) -> Standing:
    """Nothing but that locks are in every pairing."""
    nothing, locked = np.zeros(len(optimum.ask.pairs), dtype=bool), optimum.ask.pairs.locked
    return Standing(locked, nothing, ~locked, nothing, nothing)


def _cover(residual: Residual, arcs: Arcs, todo: Iterable[int], chosen: BoolArray) -> Iterator[tuple[int, Change]]:
    """Changes that, if they all fit, show every candidate of `todo` otherwise than in the pairing."""
    covered: set[int] = set()
    arc_of = dict(zip(arcs.pair.tolist(), range(len(arcs.pair)), strict=True))
    for pair in todo:
        if pair in covered:
            continue
        steps = residual.cycle(arc_of[pair], back=bool(chosen[pair]))
        if steps is None:
            raise AssertionError("a candidate is open, yet no way leads round to it: a bug")
        change = change_of(arcs, steps)
        covered.update(change.added, change.dropped)
        yield pair, change
