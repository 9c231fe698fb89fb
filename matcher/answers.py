"""Why the answer is as it is: standing of every pair, contests, gains, advice, and the certificate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from matcher.advice import Advice, advise
from matcher.certificate import make_certificate
from matcher.classes import ClassKey, class_change
from matcher.contests import Contest, contests
from matcher.cuts import Plan
from matcher.gains import Gain, gains, worths
from matcher.goals import profile_change
from matcher.joint import Joint
from matcher.model import Bottleneck, Group
from matcher.pairing import rank_order
from matcher.proof import SMALL, Ask, Conflicts, Node, Optimum, make_node, prove
from matcher.relaxation import Problem, Relaxation
from matcher.shortages import Shortage, shortages
from matcher.standing import Search, Standing, unknown
from matcher.waves import by_dates

PARTS = 64
"""Into so many parts at most the proof is split, but in small cohorts."""

SMALL_PARTS = 2000
"""Into so many parts at most the proof for a small cohort is split."""


@dataclass(frozen=True)
class Answers:
    """What can be said of a plan: the `standing` of candidates, why mentees are left out, what places would bring.

    `contests` are of mentees without a mentor whom places alone keep out.
    """

    standing: Standing
    groups: tuple[Group, ...]
    contests: dict[int, Contest]
    bottlenecks: tuple[Bottleneck, ...]
    certificate: dict[str, Any]


def find_answers(joint: Joint, plan: Plan, *, proven: bool) -> Answers:
    """Find out what follows from the rules, the plan and the proof; `proven` tells whether goals 1 to 3 are."""
    problem = joint.problem
    if problem.waves is not None:
        return _in_waves(joint, plan)
    parts = SMALL_PARTS if len(problem.possible) <= SMALL else PARTS
    optimum = _optimum(problem, joint.root, joint, plan, parts if proven else 0)
    standing = Search(optimum).run(joint.ties()) if proven else unknown(optimum)
    worth = worths(optimum)
    short = shortages(problem.cohort, problem.pairs, problem.planner.alone.possible)
    served = problem.pairs.mentee[list(plan)]
    return Answers(
        standing,
        tuple(Group(len(group.mentors), len(group.mentees), group.places) for group in short),
        contests(
            problem.cohort,
            problem.pairs,
            problem.planner.alone.possible,
            short,
            mentees=np.setdiff1d(problem.cohort.mentees, served).tolist(),
            clock=problem.planner.clock,
        ),
        _bottlenecks(problem, short, gains(optimum, worth, ask=proven)),
        make_certificate(optimum, worth),
    )


def _in_waves(joint: Joint, plan: Plan) -> Answers:
    """What can be said where pairs follow each other: what a reader can count himself, and nothing of more places.

    A mentor has no more mentees in all than engagements, as short as can be, follow each other by dates alone.
    """
    problem = joint.problem
    assert problem.waves is not None  # noqa: S101 - for the type checker
    places = by_dates(problem.cohort, problem.waves.places, problem.pairs, problem.possible)
    cohort = replace(problem.cohort, employees=replace(problem.cohort.employees, capacity=places))
    by_places = replace(problem, cohort=cohort)
    optimum = _optimum(by_places, Relaxation(by_places, {}), joint, plan, 0)
    return Answers(unknown(optimum), (), {}, (), make_certificate(optimum, worths(optimum)))


def _optimum(problem: Problem, root: Relaxation, joint: Joint, plan: Plan, most: int) -> Optimum:
    """The plan with a proof that its pairing is best, as far as `most` parts tell."""
    levels = tuple(problem.levels[: problem.price])
    ask = Ask(problem.cohort, problem.pairs, problem.possible, levels, root.flow.arcs)
    known = [cut for cut in joint.cuts if cut.loss is None and not cut.some]
    conflicts = Conflicts(problem.pairs, problem.planner, joint.mutual, known)
    chosen = np.isin(np.arange(len(problem.pairs)), list(plan))
    values = ask.values(chosen)
    best = ask.arcs.flow_of(chosen) if values == root.values[: len(levels)] else root.flow.best(levels)
    node: Node = make_node(ask, best)
    return Optimum(ask, plan, values, conflicts, prove(ask, node, values, conflicts, most))


def _bottlenecks(problem: Problem, short: Sequence[Shortage], found: dict[int, Gain]) -> tuple[Bottleneck, ...]:
    group_of = {mentor: place for place, group in enumerate(short) for mentor in group.mentors.tolist()}
    wanted = np.bincount(problem.pairs.mentor[problem.possible], minlength=len(problem.cohort.employees))
    kind = problem.cohort.programme.goals.rank
    order = rank_order(kind, problem.pairs.rank[problem.possible]) if kind != "min-cost" else []
    classes = problem.classes.keys if problem.classes else ()
    names = [level.name for level in problem.levels[: problem.price]]

    def parts(gain: Gain, *wanted: str) -> tuple[int, ...]:
        amounts = list(zip(names, gain.amount, strict=True))
        return tuple(amount for name in wanted for level, amount in amounts if level == name)

    return tuple(
        Bottleneck(
            mentor=mentor,
            wanted=int(wanted[mentor]),
            group=group_of.get(mentor),
            gain_mentees=parts(gain, "mentees")[0],
            gain_pairs=parts(gain, "pairs")[0],
            gain_priority=change_of_classes(classes, parts(gain, "mentees", "pairs", "priority")),
            gain_ranks=change_of_ranks(kind, order, parts(gain, "mentees", "pairs", "rank")),
            proven=gain.proven,
        )
        for mentor, gain in sorted(found.items())
    )


def change_of_classes(classes: Sequence[ClassKey], amount: Sequence[int]) -> str:
    """How many mentees of each class more or fewer have a mentor; the last class follows from the others.

    >>> change_of_classes([(1, 0), (0, 1), (0, 0)], (1, 1, 1, 0, -1))
    '1/0:+1'
    """
    if not classes:
        return ""
    parts = amount[2 : 1 + len(classes)]
    return class_change(classes, [*parts, amount[0] - sum(parts)])


def change_of_ranks(kind: str, order: Sequence[int], amount: Sequence[int]) -> str | int:
    """How ranks change: `1:+1 3:-1` is one pair more at rank 1 and one less at rank 3; the sum for min-cost.

    >>> change_of_ranks("generous", [3, 2, 1], (0, 0, 1, 0))
    '1:+1 3:-1'
    >>> change_of_ranks("min-cost", [], (1, 1, -2))
    2
    """
    parts = amount[2:]
    if kind == "min-cost":
        return -parts[0] or ""
    change = dict(zip(order, [part if kind == "greedy" else -part for part in parts], strict=False))
    if order:
        change[order[-1]] = amount[1] - sum(change.values())
    return profile_change(change)


def find_advice(problem: Problem, plan: Plan, outcomes: Sequence[str]) -> dict[int, Advice]:
    """What would help the mentees without a mentor; `outcomes` are the codes of all choices.

    Where engagements last as long as needed nothing is said: a change may make others follow each other anew.
    """
    left = np.setdiff1d(problem.cohort.mentees, problem.pairs.mentee[list(plan)]).tolist()
    planner = problem.planner
    if problem.waves is not None:
        return dict.fromkeys(left, Advice("", ()))
    return dict(advise(problem.cohort, planner, problem.pairs, plan, outcomes=outcomes, mentees=left))
