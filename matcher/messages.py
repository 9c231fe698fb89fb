"""A solution in words and figures: lines for people, data for `--json`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matcher.console import counted, placed_data, placed_lines
from matcher.model import Cohort, Goal, Solution

if TYPE_CHECKING:
    from matcher.calendar_files import Exported
    from matcher.invitations import Change

CHANGES: Mapping[Change, str] = {
    "new": "new", "changed": "changed", "cancelled": "cancelled", "same": "as sent before"
}  # fmt: skip


def size_line(cohort: Cohort) -> str:
    """Give the size of what was read."""
    return (
        f"{counted(len(cohort.employees), 'employee')}, {counted(len(cohort.mentees), 'mentee')}, "
        f"{counted(len(cohort.choices), 'choice')}, {counted(len(cohort.busy), 'busy time')}"
    )


def history_line(cohort: Cohort) -> str:
    """Tell what earlier quarters leave."""
    assert cohort.history is not None  # noqa: S101 - for the type checker
    lost, past = cohort.history.lost, len(cohort.history.past)
    often = sum(times > 1 for times in lost.values())
    again = f" ({often} of them more than once in a row)" if often else ""
    return (
        f"History: of {counted(len(cohort.mentees), 'mentee')} {len(lost)} had no mentor last time{again}; "
        f"{counted(past, 'pair has', 'pairs have')} met before."
    )


def rank_profile(solution: Solution) -> list[int]:
    """Count the pairs at rank 1, 2, ... down to the worst rank used."""
    ranks = Counter(pair.rank for pair in solution.pairs if pair.rank is not None)
    return [ranks[rank] for rank in range(1, max(ranks, default=0) + 1)]


def solution_line(cohort: Cohort, solution: Solution) -> str:
    """Give the one line on a solution, without where it was written."""
    paired = len({pair.mentee for pair in solution.pairs})
    profile = rank_profile(solution)
    ranks = f", ranks {_spaced(profile)}" if profile else ""
    sessions = sum(len(pair.sessions) for pair in solution.pairs)
    return (
        f"{solution.status.replace('_', ' ')}: {paired} of {counted(len(cohort.mentees), 'mentee')} paired, "
        f"{counted(len(solution.pairs), 'pair')}{ranks}, {counted(sessions, 'session')}"
    )


def goal_lines(solution: Solution) -> list[str]:
    """Give the goals in order with their bounds."""
    wide = max(16, *(len(_figure(figure)) for goal in solution.goals for figure in (goal.value, goal.bound)))
    lines = [f"  {'goal':<18} {'value':>{wide}} {'bound':>{wide}}  status"]
    for goal in solution.goals:
        name = f"{goal.name} ({goal.kind})" if goal.kind else goal.name
        status = "proven" if goal.status == "optimal" else "not proven"
        lines.append(f"  {name:<18} {_figure(goal.value):>{wide}} {_figure(goal.bound):>{wide}}  {status}")
    return lines


def search_lines(solution: Solution) -> list[str]:
    """Give the figures of the search: how much there was to choose from, and how much work it took."""
    return [f"  {name.replace('_', ' '):<28} {number:>8}" for name, number in solution.counts.items()]


def seconds_line(seconds: Mapping[str, float]) -> str:
    """Give the seconds of each step of the work."""
    return "  seconds: " + ", ".join(f"{step} {spent:.1f}" for step, spent in seconds.items())


def unproven_lines(solution: Solution, seconds: float) -> list[str]:
    """Say plainly that the search was cut short, and how much better an answer could be."""
    why = "it was interrupted" if solution.interrupted else f"the time limit of {seconds:g} seconds came first"
    if all(goal.status == "optimal" for goal in solution.goals):
        lines = [f"Every goal is proven to be at its best, yet {why}, before all was drawn and explained."]
    elif solution.status == "optimal":
        lines = [f"All but regularity is proven to be the best, yet {why}."]
    else:
        lines = [f"Not all is proven to be the best: {why}. What no answer can beat:"]
        lines += [f"  {_bound_sentence(goal)}" for goal in solution.goals if goal.status != "optimal"]
    return [*lines, "The same command may give another answer next time."]


def _bound_sentence(goal: Goal) -> str:
    bound = "no bound yet" if goal.bound is None else f"bound {_figure(goal.bound)}"
    return f"{goal.name}: found {_figure(goal.value)}, {bound}"


def unmatched(solution: Solution) -> dict[str, int]:
    """Count the mentees without a mentor by reason."""
    return dict(sorted(Counter(why.code for why in solution.unmatched.values()).items()))


def solution_data(cohort: Cohort, solution: Solution) -> dict[str, Any]:
    """Give the figures of a solution for a program."""
    return {
        "status": solution.status,
        "cut_short": solution.cut_short,
        "interrupted": solution.interrupted,
        "mentees": len(cohort.mentees),
        "mentees_paired": len({pair.mentee for pair in solution.pairs}),
        "pairs": len(solution.pairs),
        "rank_profile": rank_profile(solution),
        "sessions": sum(len(pair.sessions) for pair in solution.pairs),
        "unmatched": unmatched(solution),
        "goals": [goal_data(goal) for goal in solution.goals],
        "seed": solution.seed,
        "warnings": placed_data(cohort.warnings),
    }


def goal_data(goal: Goal) -> dict[str, Any]:
    """Give one goal for a program: a profile is a list."""
    kind = {"kind": goal.kind} if goal.kind else {}
    value, bound = (list(figure) if isinstance(figure, tuple) else figure for figure in (goal.value, goal.bound))
    return {"name": goal.name, **kind, "value": value, "bound": bound, "status": goal.status}


def _figure(figure: int | tuple[int, ...] | None) -> str:
    if isinstance(figure, tuple):
        return _spaced(figure)
    return "-" if figure is None else str(figure)


def _spaced(profile: list[int] | tuple[int, ...]) -> str:
    return " ".join(map(str, profile)) or "-"


def calendars_line(exported: Exported, run: Path) -> str:
    """Give the one line on the calendars of a run."""
    changes = exported.changes
    told = ", ".join(f"{changes[change]} {word}" for change, word in CHANGES.items() if changes[change])
    people = counted(exported.people, "person", "people")
    sessions = f"{counted(exported.sessions, 'session')}{f' ({told})' if told else ''}"
    return f"written: calendars of {sessions} for {people} to {run / 'calendars'}"


def calendars_lines(exported: Exported) -> list[str]:
    """Give warnings, and what there is to send."""
    lines = []
    if exported.warnings:
        first, *rest = placed_lines(exported.warnings, "warning")
        lines += [f"Warning: {first}", *rest]
    if not exported.organiser:
        lines.append("No invitations were written: invitations.organiser_email in programme.toml is empty.")
    elif exported.without_email:
        people = counted(exported.without_email, "person has", "people have")
        lines.append(f"Warning: {people} no usable e-mail address in employees.csv and cannot be invited.")
    if exported.invitations:
        lines.append(
            "Send what index.csv lists with the latest time under 'changed'; keep the folder for the next run."
        )
    return lines


def calendars_data(exported: Exported) -> dict[str, Any]:
    """Give the same for a program."""
    return {
        "folder": str(exported.folder),
        "people": exported.people,
        "sessions": exported.sessions,
        "invitations": exported.invitations,
        "events": {change: exported.changes[change] for change in CHANGES},
        "organiser": exported.organiser,
        "without_email": exported.without_email,
        "warnings": placed_data(exported.warnings),
    }
