"""Values of the goals for a plan, and the bounds that the levels of the pairing prove, as the user reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from matcher.classes import Classes
from matcher.cuts import Plan
from matcher.model import Cohort, Goal
from matcher.planner import Planner
from matcher.plans import Prices
from matcher.programme import Programme
from matcher.rules import Candidates

PAIRING = ("mentees", "pairs", "priority", "rank")
"""The goals that pairs alone reach, whatever their sessions; `priority` is not in every run."""


@dataclass(frozen=True)
class Figures:
    """What a plan achieves, goal by goal; `ranks` counts the pairs at each rank.

    `classes` counts the mentees of each class, nothing where all mentees are alike.
    `kept` and `moved` (what a rematch keeps and moves) are 0 where there is no earlier plan; `unlisted` are pairs
    that have no rank. `price` is that of sessions without what was planned.
    """

    kept: int
    mentees: int
    pairs: int
    moved: int
    unlisted: int
    classes: tuple[int, ...]
    ranks: Mapping[int, int]
    price: int
    cost: int
    minutes: int
    preferred: int
    regular: int

    def better_first(self, programme: Programme) -> tuple[int, ...]:
        """Goals 1 to 6 as numbers of which the larger is better, in order."""
        forced = programme.rematch.end_pairs == "forced"
        first = (self.kept, self.mentees) if forced else (self.mentees, self.kept)
        ranks = rank_parts(programme.goals.rank, self.ranks)
        return (*first, self.pairs, *self.classes, -self.moved, -self.unlisted, *ranks, -self.price, self.regular)


def rank_parts(kind: str, ranks: Mapping[int, int]) -> tuple[int, ...]:
    """Goal 3 as numbers of which the larger is better, in order, for ranks 1 to 99."""
    if kind == "min-cost":
        return (-sum(rank * count for rank, count in ranks.items()),)
    profile = [ranks.get(rank, 0) for rank in range(1, 100)]
    return tuple(profile) if kind == "greedy" else tuple(-count for count in reversed(profile))


def figures(pairs: Candidates, planner: Planner, plan: Plan, classes: Classes | None) -> Figures:
    """Count what a plan achieves."""
    prices, mentees = planner.prices, {int(pairs.mentee[pair]) for pair in plan}
    ranks = Counter(int(pairs.rank[pair]) for pair in plan if pairs.rank[pair])
    stay = sum([session[3] for sessions in plan.values() for session in sessions]) if prices.planned else 0
    return Figures(
        kept=int(pairs.agreed[list(plan)].sum()),
        mentees=len(mentees),
        pairs=len(plan),
        classes=classes.counts(mentees) if classes else (),
        moved=planner.planned_in_all(list(plan)) - stay,
        unlisted=len(plan) - ranks.total(),
        ranks=ranks,
        price=sum(prices.of(sessions) for sessions in plan.values()) + stay * prices.planned,
        cost=sum(prices.aim.cost(len(sessions)) for sessions in plan.values()),
        minutes=sum(session.minutes for sessions in plan.values() for session in sessions),
        preferred=sum(session.preferred for sessions in plan.values() for session in sessions),
        regular=int(planner.regular(plan, list(plan)).sum()),
    )


@dataclass(frozen=True)
class Bounds:
    """What is proven: an upper bound on each number of `Figures.better_first`, as far as one is known.

    Each holds for every solution whose earlier numbers reach their own bounds, but `pairs_by_places` always.
    `classes` and `ranks` are None or complete.
    """

    kept: int | None
    mentees: int | None
    pairs: int | None
    pairs_by_places: int | None
    moved: int | None
    unlisted: int | None
    classes: tuple[int, ...] | None
    ranks: Mapping[int, int] | None
    price: int | None
    regular: int | None


def make_goals(
    cohort: Cohort, pairs: Candidates, prices: Prices, got: Figures, bounds: Bounds
) -> tuple[Goal, ...]:
    """Goals in order with value, bound and status; no bound is given once an earlier goal is not proven."""
    kind = cohort.programme.goals.rank
    goals = [_goal("mentees", got.mentees, bounds.mentees), _goal("pairs", got.pairs, bounds.pairs)]
    if got.classes:
        goals.append(_goal("priority", got.classes, bounds.classes))
    if cohort.earlier is not None:
        kept, forced = _goal("kept", got.kept, bounds.kept), cohort.programme.rematch.end_pairs == "forced"
        goals.insert(0 if forced else 1, kept)
        goals.append(_goal("moved", got.moved, None if bounds.moved is None else -bounds.moved))
    if pairs.unlisted.any():
        goals.append(_goal("unlisted", got.unlisted, None if bounds.unlisted is None else -bounds.unlisted))
    shown = None if bounds.ranks is None else _shown(kind, bounds.ranks)
    goals.append(_goal("rank", _shown(kind, got.ranks), shown, kind))
    least = None if bounds.price is None else -(-bounds.price // prices.unit)
    sign = -1 if prices.aim.number == "most" else 1
    goals.append(_goal("sessions", sign * got.cost, None if least is None else sign * least))
    worth = None if bounds.price is None or least != got.cost else got.cost * prices.unit - bounds.price
    if prices.kinds.lengths_matter:
        goals.append(_goal("minutes", got.minutes, None if worth is None else prices.kinds.minutes_in(worth)))
    if prices.kinds.preferred:
        goals.append(
            _goal("preferred", got.preferred, None if worth is None else prices.kinds.preferred_in(worth))
        )
    goals.append(_goal("regularity", got.regular, bounds.regular))
    proven = True
    for place, goal in enumerate(goals):
        if not proven:
            always = bounds.pairs_by_places if goal.name == "pairs" else None
            goals[place] = _goal(goal.name, goal.value, always, goal.kind)
        proven = proven and goal.status == "optimal"
    return tuple(goals)


def _goal(
    name: str, value: int | tuple[int, ...], bound: int | tuple[int, ...] | None, kind: str | None = None
) -> Goal:
    return Goal(name, value, bound, "optimal" if value == bound else "feasible", kind)


def profile_change(changes: Mapping[int, int]) -> str:
    """How many pairs more or fewer there are at each rank, where any.

    >>> profile_change({3: -1, 1: 1, 2: 0})
    '1:+1 3:-1'
    """
    return " ".join(f"{rank}:{number:+d}" for rank, number in sorted(changes.items()) if number)


def _shown(kind: str, ranks: Mapping[int, int]) -> int | tuple[int, ...]:
    """The sum of ranks, or the profile up to the worst rank that occurs."""
    if kind == "min-cost":
        return sum(rank * count for rank, count in ranks.items())
    worst = max((rank for rank, count in ranks.items() if count), default=0)
    return tuple(ranks.get(rank, 0) for rank in range(1, worst + 1))
