"""Goal 6: the sessions of a plan made more regular at the same price, group by group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matcher.cuts import Group, Plan
from matcher.model import IntArray, Session
from matcher.planner import Planner
from matcher.scheduling import make_regular

EFFORT, EFFORT_IN_ALL, LEAST = 1.0, 10.0, 0.1
"""Deterministic time that CP-SAT may spend: to make one group regular, all of them; a part gets this at least."""

WHOLE = 5
"""Pairs of a group that CP-SAT looks at together; larger groups go part by part."""

_ROUNDS = 3  # how often each pair of a group is planned anew beside the others before CP-SAT is asked


def regularise(planner: Planner, plan: Plan) -> dict[int, tuple[Session, ...]]:
    """`plan` made more regular at the same price: pair by pair first, then by CP-SAT with limited effort."""
    planner.look_at_regular(list(plan))
    better = dict(plan)
    could = _irregular(planner, better, planner.groups(list(plan)))
    if could:
        _reorder(planner, better, could)
        could = _irregular(planner, better, could)
    for _ in range(_ROUNDS):
        if could and _polish(planner, better, could):
            could = _irregular(planner, better, could)
    effort = min(EFFORT, EFFORT_IN_ALL / max(len(could), 1))
    for found in planner.each(lambda group: _regularise_group(planner, better, group, effort), could):
        better.update(found)
    return better


def _irregular(planner: Planner, plan: Plan, groups: Sequence[Group]) -> list[Group]:
    """The groups that may be made more regular, as far as their pairs alone tell."""
    pairs = [pair for group in groups for pair in group]
    regular = dict(zip(pairs, planner.regular(plan, pairs).tolist(), strict=True))
    bound = dict(zip(pairs, _bound(planner, plan, pairs).tolist(), strict=True))
    return [group for group in groups if any(regular[pair] < bound[pair] for pair in group)]


def _bound(planner: Planner, plan: Plan, pairs: Sequence[int]) -> IntArray:
    """More regular sessions than this each of these pairs cannot have at the price it has."""
    every = np.array(pairs, dtype=np.int64)
    price = np.array([planner.prices.of(plan[pair]) for pair in pairs], dtype=np.int64)
    cheap = price == planner.alone.price[every]
    return np.asarray(np.where(cheap, planner.alone.regular[every], planner.alone.ever_regular[every]))


def _reorder(planner: Planner, plan: dict[int, tuple[Session, ...]], groups: Sequence[Group]) -> None:
    """Plan the groups anew, those pairs first that fall short; keep what costs no more and is more regular."""
    pairs = [pair for group in groups for pair in group]
    regular = planner.regular(plan, pairs)
    short = dict(zip(pairs, (_bound(planner, plan, pairs) - regular).tolist(), strict=True))
    new = planner.in_turn(sorted(pairs, key=lambda pair: (-short[pair], planner.order[pair])))
    now = dict(zip(pairs, regular.tolist(), strict=True))
    done = list(new)
    then = dict(zip(done, planner.regular(new, done).tolist(), strict=True))
    for group in groups:
        price = planner.price(new, group)
        if price is None or price > (planner.price(plan, group) or 0):
            continue
        if sum(then[pair] for pair in group) > sum(now[pair] for pair in group):
            plan.update({pair: new[pair] for pair in group})


def _polish(planner: Planner, plan: dict[int, tuple[Session, ...]], groups: Sequence[Group]) -> bool:
    """Plan each pair of the groups anew beside the others; tell whether anything became more regular."""
    before = int(planner.regular(plan, [pair for group in groups for pair in group]).sum())
    for place in range(max(map(len, groups))):
        now = [group[place] for group in groups if place < len(group)]
        others = {p: plan[p] for group in groups if place < len(group) for p in group if p != group[place]}
        new = planner.in_turn(now, others)
        done = [
            pair for pair in now if pair in new and planner.prices.of(new[pair]) <= planner.prices.of(plan[pair])
        ]
        gain = planner.regular(new, done) - planner.regular(plan, done)
        plan.update({pair: new[pair] for pair, more in zip(done, gain.tolist(), strict=True) if more > 0})
    return int(planner.regular(plan, [pair for group in groups for pair in group]).sum()) > before


def _regularise_group(planner: Planner, plan: Plan, group: Group, effort: float) -> dict[int, tuple[Session, ...]]:
    """The group's sessions made more regular, a large group's part by part around the pairs that fall short."""
    mine = {pair: plan[pair] for pair in group}
    parts = [group]
    if len(group) > WHOLE:
        short = np.nonzero(_bound(planner, plan, group) > planner.regular(plan, group))[0].tolist()
        growing = (planner.parts_around(group[place], group) for place in short)
        around = (next(part for part in parts if len(part) == WHOLE) for parts in growing)
        parts = list(dict.fromkeys(around))[: max(int(effort / LEAST), 1)]
    for part in parts:
        mine.update(_regularise_part(planner, mine, part, effort / len(parts)))
    return mine


def _regularise_part(planner: Planner, plan: Plan, part: Group, effort: float) -> dict[int, tuple[Session, ...]]:
    if planner.clock.over:
        return {}
    mine = {place: plan[pair] for place, pair in enumerate(part)}
    others = {pair: sessions for pair, sessions in plan.items() if pair not in part}
    regular, slack = int(planner.regular(plan, part).sum()), _slack(planner, plan, part)
    task = planner.task(part, others, slack=slack, regular=True)
    answer = make_regular(task, mine, planner.clock, effort=effort)
    if answer.sessions is None:
        return {}
    found = dict(zip(part, answer.sessions, strict=True))
    return found if int(planner.regular(found, part).sum()) > regular else {}


def _slack(planner: Planner, plan: Plan, group: Group) -> int | None:
    """By how much a pair's score may lie below its best alone in a plan of the group that is more regular.

    None where that cannot be told: a pair costs more than alone and its score does not count that.
    """
    every = np.array(group, dtype=np.int64)
    price = np.array([planner.prices.of(plan[pair]) for pair in group], dtype=np.int64)
    dearer = price != planner.alone.price[every]
    if (planner.rules.aim.number != "most" or planner.prices.planned) and dearer.any():
        return None
    weights = planner.rules.weights(sessions=planner.rules.aim.number == "most", regular=True)
    best, now = (divmod(-each, planner.prices.unit) for each in (planner.alone.price[every], price))
    fewer, less = (int((most - mine).sum()) for most, mine in zip(best, now, strict=True))
    short = int((planner.alone.regular[every] - planner.regular(plan, group)).sum())
    return fewer * weights.session + less * weights.worth + short - 1
