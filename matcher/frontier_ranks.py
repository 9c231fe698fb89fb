"""The least sum of ranks with which so many mentees can have a mentor, proven; for any number of mentees.

Places alone are a flow of least cost with a fixed number of units. Where its pairing meets a schedule conflict,
CP-SAT settles what may differ: first only what hangs together with the conflict and costs no more; then every
choice whose reduced cost is within a gap. Any pairing that uses another choice costs more than the gap, so the
best within the gap is the best of all as soon as it costs no more. Pair, schedule, cut, until the schedule bears
the pairing out; the value is then that of a relaxation and of a schedule, hence the optimum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from ortools.graph.python import min_cost_flow
from ortools.sat.python import cp_model

from matcher.clusters import mutual_pairs, violated
from matcher.cpsat import Clock, run
from matcher.cuts import Cut, Plan
from matcher.graphs import components, shortest
from matcher.model import BoolArray, IntArray
from matcher.planner import ANY
from matcher.relaxation import Problem


@dataclass(frozen=True)
class Least:
    """The best pairing found for a number of mentees: plan and sum of ranks, and a proven bound on any sum."""

    plan: Plan
    value: int
    bound: int

    @property
    def proven(self) -> bool:
        """Whether no pairing has less."""
        return self.value == self.bound


@dataclass(frozen=True)
class _Base:
    """The best pairing by places alone: the choices taken, the sum of their ranks, what another one costs more.

    A pairing of as many that takes a choice left out here, or leaves out one taken, costs at least the choice's
    `more` beyond `value`.
    """

    taken: BoolArray
    value: int
    more: IntArray


@dataclass
class LeastRanks:
    """Finds least sums of ranks; the schedule conflicts that it learns for one number of mentees serve the others.

    Mentees with a lock have their mentor: a second one would only add his rank. All others take one mentor at
    most, for the same reason.
    """

    problem: Problem
    locks: Plan
    cuts: list[Cut]
    tell: Callable[[str], None]
    rounds: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Set up the network of the choices that are left beside the locks."""
        pairs, possible = self.problem.pairs, self.problem.possible
        served = np.unique(pairs.mentee[pairs.locked])
        mutual = mutual_pairs(pairs, possible.tolist())
        self.cuts = [*mutual, *(cut for cut in self.cuts if cut.loss is None)]
        self.choice = possible[~pairs.locked[possible] & ~np.isin(pairs.mentee[possible], served)]
        self.served, self.rank = len(served), pairs.rank[self.choice]
        self._place = {pair: place for place, pair in enumerate(self.choice.tolist())}
        self._mentees, self._mentee = np.unique(pairs.mentee[self.choice], return_inverse=True)
        self._mentors, self._mentor = np.unique(pairs.mentor[self.choice], return_inverse=True)
        taken = Counter(pairs.mentor[pairs.locked].tolist())
        capacity = self.problem.cohort.employees.capacity
        self._room = np.array([capacity[one] - taken[one] for one in self._mentors.tolist()], dtype=np.int64)

    @property
    def fixed(self) -> int:
        """The ranks of the locked pairs."""
        return int(self.problem.pairs.rank[self.problem.pairs.locked].sum())

    def find(self, mentees: int, clock: Clock, known: Plan) -> Least:
        """The least sum of ranks with which at least so many mentees have a mentor.

        Parameters
        ----------
        known
            A plan with at least as many, to fall back on where the clock runs out.
        """
        self.problem.planner.clock = clock
        base, fallback = self._by_places(mentees - self.served), self._fewer(known, mentees)
        taken, bound, active = base.taken, base.value, dict[Cut, None]()
        while not clock.over:
            if broken := violated(self.cuts, self._chosen(taken), {}):
                active.update(dict.fromkeys(broken))
                better, bound = self._settle(base, taken, bound, active, clock)
                if better is None:
                    break
                taken = better
                continue
            chosen = np.flatnonzero(self._chosen(taken)).tolist()
            plan, cuts = self.problem.planner.settle(chosen, dict.fromkeys(chosen, ANY))
            self.rounds += 1
            if not cuts and len(plan) == len(chosen):
                return Least(plan, self.fixed + bound, self.fixed + bound)
            new = [cut for cut in cuts if cut not in self.cuts]
            if not new and not clock.over:
                raise AssertionError("the same schedule conflicts came back: a bug")
            self.tell(f"{mentees} mentees: {len(new)} new schedule conflicts")
            self.cuts += new
        value = sum(int(self.problem.pairs.rank[pair]) for pair in fallback)
        return Least(fallback, value, self.fixed + bound)

    def _fewer(self, plan: Plan, mentees: int) -> Plan:
        """Of a plan as much as so many mentees take, the best ranks."""
        pairs = self.problem.pairs
        best: dict[int, int] = {}
        for pair in sorted(set(plan) & self._place.keys(), key=lambda one: (pairs.rank[one], one)):
            best.setdefault(int(pairs.mentee[pair]), pair)
        kept = sorted(best.values(), key=lambda one: (pairs.rank[one], one))[: mentees - self.served]
        return {pair: plan[pair] for pair in sorted([*self.locks, *kept])}

    def _chosen(self, taken: BoolArray) -> BoolArray:
        """The whole pairing, locks included, as a Boolean per candidate."""
        chosen = self.problem.pairs.locked.copy()
        chosen[self.choice[taken]] = True
        return chosen

    # --- by places alone ----------------------------------------------------------------------------------------

    def _by_places(self, units: int) -> _Base:
        """The least sum of ranks of so many pairs if every pair could be scheduled beside every other."""
        choices, mentees, mentors = len(self.choice), len(self._mentees), len(self._mentors)
        source, sink = mentees + mentors, mentees + mentors + 1
        tail = np.concatenate((self._mentee, np.full(mentees, source), mentees + np.arange(mentors)))
        head = np.concatenate((mentees + self._mentor, np.arange(mentees), np.full(mentors, sink)))
        room = np.concatenate((np.ones(choices + mentees, dtype=np.int64), self._room))
        cost = np.concatenate((self.rank, np.zeros(mentees + mentors, dtype=np.int64)))
        solver = min_cost_flow.SimpleMinCostFlow()
        numbers = solver.add_arcs_with_capacity_and_unit_cost(tail, head, room, cost)
        solver.set_nodes_supplies(np.array([source, sink]), np.array([units, -units]))
        status = solver.solve()
        if status != solver.OPTIMAL:
            raise AssertionError(f"so many mentees were paired before, yet the solver says {status}: a bug")
        flow = solver.flows(numbers)
        there, back = flow < room, flow > 0
        tails, heads = np.concatenate((tail[there], head[back])), np.concatenate((head[there], tail[back]))
        costs, order = np.concatenate((cost[there], -cost[back])), np.argsort(tails, kind="stable")
        near = shortest(np.zeros(sink + 1, dtype=np.int64), tails[order], heads[order], costs[order])
        reduced = (cost + near[tail] - near[head])[:choices]
        return _Base(flow[:choices] > 0, int(solver.optimal_cost()), np.abs(reduced))

    # --- beside conflicts ---------------------------------------------------------------------------------------

    def _settle(
        self, base: _Base, taken: BoolArray, bound: int, active: Iterable[Cut], clock: Clock
    ) -> tuple[BoolArray | None, int]:
        """The best pairing without any known conflict, and its sum; None and a bound where the clock ran out."""
        gap, step = bound - base.value, 1
        near = self._around(base.more <= gap, active)
        found = self._solve(taken, near, bound, bound, clock)
        while found is None and not clock.over:
            within = base.more <= gap
            most = int(self.rank.sum()) if within.all() else base.value + gap
            found = self._solve(np.where(within, taken, base.taken), within, bound, most, clock)
            if found is None and not clock.over:
                if within.all():
                    raise AssertionError("no pairing of so many keeps the conflicts, yet one was found: a bug")
                bound = base.value + gap + 1
                gap, step = gap + step, 2 * step
        if found is None:
            return None, bound
        taken, least = found
        return taken if least is not None else None, max(bound, least or 0)

    def _around(self, movable: BoolArray, cuts: Iterable[Cut]) -> BoolArray:
        """The movable choices that hang together with those of conflicts."""
        nodes, mentors = len(self._mentees) + len(self._mentors), len(self._mentees) + self._mentor
        part = components(nodes, self._mentee[movable], mentors[movable])
        places = [self._place[pair] for cut in cuts for pair in cut.pairs if pair in self._place]
        touched = np.zeros(nodes, dtype=bool)
        touched[part[self._mentee[places]]] = touched[part[mentors[places]]] = True
        return np.asarray(movable & touched[part[self._mentee]])

    def _solve(
        self, taken: BoolArray, free: BoolArray, least: int, most: int, clock: Clock
    ) -> tuple[BoolArray, int | None] | None:
        """The least sum from `least` to `most` if only `free` choices change; None if there is none.

        The sum is None where it is not proven.
        """
        model = cp_model.CpModel()
        places = np.flatnonzero(free)
        literals = {place: model.new_bool_var("") for place in places.tolist()}
        beside = taken & ~free
        for owner, room in (
            (self._mentee, np.ones(len(self._mentees), dtype=np.int64)),
            (self._mentor, self._room),
        ):
            left = room - np.bincount(owner[beside], minlength=len(room))
            mine: dict[int, list[cp_model.IntVar]] = {}
            for place in places.tolist():
                mine.setdefault(int(owner[place]), []).append(literals[place])
            for one, own in mine.items():
                if len(own) > left[one]:
                    model.add(cp_model.LinearExpr.sum(own) <= int(left[one]))
        model.add(cp_model.LinearExpr.sum(list(literals.values())) == int(np.count_nonzero(taken & free)))
        for cut in self.cuts:
            self._forbid(model, cut, literals, beside)
        other = int(self.rank[beside].sum())
        total = cp_model.LinearExpr.weighted_sum(list(literals.values()), self.rank[places].tolist())
        model.add_linear_constraint(total, least - other, most - other)
        if least < most:
            model.minimize(total)
        for place, literal in literals.items():
            model.add_hint(literal, bool(taken[place]))
        solver, status = run(model, clock)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        now = taken.copy()
        now[places] = [solver.boolean_value(literal) for literal in literals.values()]
        return now, int(self.rank[now].sum()) if status == cp_model.OPTIMAL or least == most else None

    def _forbid(
        self, model: cp_model.CpModel, cut: Cut, literals: dict[int, cp_model.IntVar], beside: BoolArray
    ) -> None:
        """Not all pairs of a conflict."""
        clause = []
        for pair in cut.pairs:
            place = self._place.get(pair)
            if place is None:
                if not self.problem.pairs.locked[pair]:
                    return  # never chosen here
            elif place in literals:
                clause.append(literals[place].negated())
            elif not beside[place]:
                return
        model.add_bool_or(clause)
