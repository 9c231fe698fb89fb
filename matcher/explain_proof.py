"""How well the result of a run is proven, from summary.json and certificate.json."""

from __future__ import annotations

from typing import Literal

from matcher.explain_facts import Proof, ProvenGoal
from matcher.explain_read import PersonRun
from matcher.run_tables import Certificate, GoalFigures

PAIRING = ("mentees", "pairs", "rank")


def proof_of(found: PersonRun, repeat: str) -> Proof:
    """The goals in order, each with how it is proven; `repeat` is the command that gives the result again."""
    summary = found.summary
    certified = _certified(found)
    mentees, locked = (summary.counts.get(name) for name in ("mentees", "locked"))
    return Proof(
        goals=tuple(
            ProvenGoal(goal.name, goal.value, goal.bound, _proof(goal, certified)) for goal in summary.goals
        ),
        mentees=mentees if isinstance(mentees, int) else None,
        locked=locked if isinstance(locked, int) else 0,
        seed=summary.seed,
        cut_short=summary.cut_short,
        repeat=repeat,
    )


def _proof(goal: GoalFigures, certified: tuple[str, ...]) -> Literal["certified", "solver", "open"]:
    if goal.name in certified:
        return "certified"
    return "solver" if goal.status == "optimal" else "open"


def _certified(found: PersonRun) -> tuple[str, ...]:
    """The goals that the certificate proves: those before the first whose value falls short of its bound."""
    certificate = found.certificate
    if certificate is None or not _fits(found, certificate):
        return ()
    names = []
    parts = zip(certificate.goals, certificate.value, certificate.bound, strict=True)
    short = next((name for name, value, bound in parts if value != bound), "")
    for goal in PAIRING:
        if short.startswith(goal):
            break
        names.append(goal)
    return tuple(names)


def _fits(found: PersonRun, certificate: Certificate) -> bool:
    """Whether the certificate speaks of this run."""
    if not len(certificate.goals) == len(certificate.value) == len(certificate.bound):
        return False
    of_run = [found.summary.goal(name) for name in PAIRING[:2]]
    said = dict(zip(certificate.goals, certificate.value, strict=True))
    return all(goal is not None and said.get(goal.name) == goal.value for goal in of_run)
