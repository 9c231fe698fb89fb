"""How well the result of a run is proven, from summary.json and certificate.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from matcher.explain_facts import Proof, ProvenGoal
from matcher.explain_read import PersonRun
from matcher.run_tables import Certificate, GoalFigures, Summary

PAIRING = ("mentees", "pairs", "priority", "rank")


def proof_of(found: PersonRun, repeat: str) -> Proof:
    """The goals in order, each with how it is proven; `repeat` is the command that gives the result again."""
    summary = found.summary
    mentees, locked = (summary.counts.get(name) for name in ("mentees", "locked"))
    return Proof(
        goals=proven_goals(summary, found.certificate),
        mentees=mentees if isinstance(mentees, int) else None,
        locked=locked if isinstance(locked, int) else 0,
        seed=summary.seed,
        cut_short=summary.cut_short,
        repeat=repeat,
        classes=tuple(classes_of(summary.counts).items()),
    )


def classes_of(counts: Mapping[str, Any]) -> dict[str, int]:
    """How many mentees there are of each class, the one that goes first first; empty where all are alike."""
    found = counts.get("classes")
    return (
        {str(name): size for name, size in found.items() if type(size) is int} if isinstance(found, dict) else {}
    )


def proven_goals(summary: Summary, certificate: Certificate | None) -> tuple[ProvenGoal, ...]:
    """The goals in order, each with how it is proven."""
    certified = _certified(summary, certificate)
    return tuple(ProvenGoal(goal.name, goal.value, goal.bound, _proof(goal, certified)) for goal in summary.goals)


def _proof(goal: GoalFigures, certified: tuple[str, ...]) -> Literal["certified", "solver", "open"]:
    if goal.name in certified:
        return "certified"
    return "solver" if goal.status == "optimal" else "open"


def _certified(summary: Summary, certificate: Certificate | None) -> tuple[str, ...]:
    """The goals that the certificate proves: those before the first whose value falls short of its bound."""
    if certificate is None or not _fits(summary, certificate):
        return ()
    names = []
    parts = zip(certificate.goals, certificate.value, certificate.bound, strict=True)
    short = next((name for name, value, bound in parts if value != bound), "")
    for goal in (name for name in PAIRING if name != "priority" or summary.goal(name) is not None):
        if short.startswith(goal):
            break
        names.append(goal)
    return tuple(names)


def _fits(summary: Summary, certificate: Certificate) -> bool:
    """Whether the certificate speaks of this run."""
    if not len(certificate.goals) == len(certificate.value) == len(certificate.bound):
        return False
    of_run = [summary.goal(name) for name in PAIRING[:2]]
    said = dict(zip(certificate.goals, certificate.value, strict=True))
    return all(goal is not None and said.get(goal.name) == goal.value for goal in of_run)
