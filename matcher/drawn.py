"""Who lost by the draw alone: the unmatched mentees whom another pairing, as good in every goal, would serve."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from matcher.clusters import Cluster, Clusters
from matcher.cuts import Cut, Plan
from matcher.flow import Flow
from matcher.local import Basis
from matcher.model import BoolArray, IntArray
from matcher.pairing import Pairing
from matcher.relaxation import Problem
from matcher.ties import most_of


@dataclass(frozen=True)
class Found:
    """A pairing with the losses allotted to it, and the answers of its clusters."""

    chosen: BoolArray
    losses: Mapping[int, int]
    clusters: tuple[Cluster, ...]
    answers: tuple[Pairing, ...]


@dataclass(frozen=True)
class Closed:
    """The best solution within a relaxation, all levels and the draw settled; `plan` is its schedule."""

    basis: Basis
    found: Found
    values: tuple[int, ...]
    plan: Plan


@dataclass
class Drawn:
    """Looks for pairings that serve others and are as good as one that has its schedule.

    `conflicts` tells what stands in the way of a pairing: its candidates, their losses, and those of them that
    are new. `again` closes a basis beside a pairing found; None if there is none, or if that is not known.

    `people` are the mentees who lost by the draw; in `doubt` there may be more.
    """

    problem: Problem
    conflicts: Callable[[BoolArray, Mapping[int, int], IntArray], Sequence[Cut]]
    again: Callable[[Basis, Found], Found | None]
    people: set[int] = field(default_factory=set)
    doubt: bool = False

    def find(self, closed: Closed, best: Found) -> None:
        """Look among all pairings as good as the `closed` one for those without a mentor in the `best`."""
        pairs = self.problem.pairs
        face, possible = closed.basis.face, closed.basis.relaxation.possible.tolist()
        parts = Clusters(pairs, face, closed.found.chosen, possible).part
        self.people |= set(np.setdiff1d(pairs.mentee[closed.found.chosen], pairs.mentee[best.chosen]).tolist())
        left = np.setdiff1d(pairs.mentee[parts >= 0], pairs.mentee[best.chosen])
        left = self._nearby(closed, parts, np.setdiff1d(left, list(self.people)))
        while len(left) and not self.problem.clock.over:
            tie = most_of(left, pairs.subset(closed.found.chosen))
            chosen, near = self._others(closed, parts, left, closed.basis.relaxation.flow)
            losses = _losses_apart(closed.found, near)
            other = self.again(replace(closed.basis, chosen=chosen, losses=losses, tie=tie), closed.found)
            self.doubt |= other is None
            rest = left if other is None else self._served(left, other.chosen)
            if len(rest) == len(left):
                return
            left = rest

    def _nearby(self, closed: Closed, parts: IntArray, left: IntArray) -> IntArray:
        """Serve mentees by pairings that are as the one found where a conflict is in the way; give those left.

        Most are served so, and without CP-SAT. It needs a face that settles every level.
        """
        relaxation, pairs = closed.basis.relaxation, self.problem.pairs
        if closed.basis.depth < len(relaxation.levels):
            return left
        flow, narrowed = relaxation.flow, False
        while len(left):
            chosen, near = self._others(closed, parts, left, flow)
            if not np.isin(left, pairs.mentee[chosen]).any():
                return left if narrowed else left[:0]
            differs = np.nonzero(chosen != closed.found.chosen)[0]
            odd = self._odd(closed, chosen, near, differs)
            if self.problem.clock.over:
                return left
            if odd is None:
                left = self._served(left, chosen)
                continue
            parted = [flow := part for pair in odd if (part := self._as_found(flow, closed, pair)) is not None]
            if not parted:
                return left
            narrowed = True
        return left

    def _as_found(self, flow: Flow, closed: Closed, pair: int) -> Flow | None:
        """The pairings of a flow in which a candidate is chosen as in the pairing found."""
        return flow.given(closed.basis.relaxation.levels, pair, chosen=bool(closed.found.chosen[pair]))

    def _odd(self, closed: Closed, chosen: BoolArray, near: BoolArray, differs: IntArray) -> list[int] | None:
        """What shall be as in the pairing found, since a conflict is in the way; None if nothing is."""
        relaxation, other = closed.basis.relaxation, set(differs.tolist())
        wrong = [group.pairs for group in relaxation.priced if not group.exact(chosen)]
        if not wrong:
            losses = _losses_apart(closed.found, near) | relaxation.borne(chosen)
            cuts = self.conflicts(chosen, losses, differs)
            if not cuts:
                return None
            wrong = [cut.pairs for cut in cuts]
        return sorted({next((pair for pair in pairs if pair in other), -1) for pairs in wrong} - {-1})

    def _others(self, closed: Closed, parts: IntArray, left: IntArray, flow: Flow) -> tuple[BoolArray, BoolArray]:
        """A pairing as good by places that serves the most of some mentees; it may differ near them."""
        pairs, found = self.problem.pairs, closed.found.chosen
        near = np.isin(parts, parts[np.isin(pairs.mentee, left) & (parts >= 0)])
        others = most_of(left, pairs.subset(found)).best(flow, closed.basis.relaxation.levels, pairs)
        return np.where(near, others, found), near

    def _served(self, left: IntArray, chosen: BoolArray) -> IntArray:
        """Note those of some mentees who have a mentor in a pairing; the others are left."""
        now = np.intersect1d(left, self.problem.pairs.mentee[chosen])
        self.people |= set(now.tolist())
        return np.setdiff1d(left, now)


def _losses_apart(found: Found, near: BoolArray) -> dict[int, int]:
    """The losses of those clusters in which nothing is chosen anew."""
    answers = zip(found.clusters, found.answers, strict=True)
    apart = [answer.losses for cluster, answer in answers if not near[list(cluster.open)].any()]
    return {pair: loss for losses in apart for pair, loss in losses.items()}
