"""summary.json and timings.json: every figure again from the pairs and sessions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from matcher.check_classes import Classes
from matcher.check_files import Table
from matcher.check_pairs import FoundPair
from matcher.check_timetable import Timetable
from matcher.model import Cohort
from matcher.programme import Programme

PROFILES = ("generous", "greedy")


@dataclass(frozen=True)
class Figures:
    """What the run's tables add up to."""

    mentees: int
    pairs: int
    classes: tuple[int, ...]
    profile: tuple[int, ...]
    rank_sum: int
    sessions: int
    distance: int
    minutes: int
    preferred: int
    regularity: int
    unmatched: dict[str, int]
    kept: int | None = None
    moved: int | None = None
    unlisted: int | None = None


def count_figures(timetable: Timetable, pairs: Sequence[FoundPair], unmatched: Table) -> Figures:
    """Add up pairs.csv, sessions.csv and unmatched.csv."""
    ranks = Counter(found.rank for found in pairs if found.rank is not None)
    wall = cache(timetable.dates.clock.wall)
    mentees = {found.mentee for found in pairs}
    return Figures(
        mentees=len(mentees),
        pairs=len(pairs),
        classes=Classes(timetable.roster.cohort).counts(mentees),
        profile=tuple(ranks[rank] for rank in range(1, max(ranks, default=0) + 1)),
        rank_sum=sum(rank * count for rank, count in ranks.items()),
        sessions=sum(len(found.meetings) for found in pairs),
        distance=_distance(timetable, pairs),
        minutes=sum(meeting.end - meeting.start for found in pairs for meeting in found.meetings),
        preferred=_preferred(timetable, pairs),
        regularity=sum(_regular(found, wall) for found in pairs),
        unmatched=dict(Counter(row["reason"] for row in unmatched.rows())),
        **_repaired(timetable, pairs),
    )


def _repaired(timetable: Timetable, pairs: Sequence[FoundPair]) -> dict[str, int]:
    """Of a rematch the pairs that go on, and how many planned sessions and choices these lack."""
    past = timetable.past
    if past is None:
        return {}
    going = [found for found in pairs if found.pair in past.agreed]
    moved = 0
    for found in going:
        now = {(meeting.start, meeting.end) for meeting in found.meetings}
        moved += sum(slot not in now for slot in past.planned_of(found.pair))
    roster = timetable.roster
    may_lack = any(roster.rank(pair) is None and not roster.refusal(pair) for pair in past.agreed)
    unlisted = {"unlisted": sum(found.rank is None for found in pairs)} if may_lack else {}
    return {"kept": len(going), "moved": moved, **unlisted}


def _distance(timetable: Timetable, pairs: Sequence[FoundPair]) -> int:
    """How far the numbers of sessions are from those wanted, in all; 0 where no number is."""
    wanted = timetable.roster.programme.sessions.number
    usual = wanted if isinstance(wanted, int) else None
    numbers = [(len(found.meetings), timetable.engagement(found.pair).wanted or usual) for found in pairs]
    return sum(abs(held - number) for held, number in numbers if number is not None)


def _preferred(timetable: Timetable, pairs: Sequence[FoundPair]) -> int:
    """Sessions in the preferred hours of both people; 0 where there are no such hours."""
    meetings = [meeting for found in pairs for meeting in found.meetings] if timetable.preferred else []
    return int(timetable.preferred.liked(meetings).sum())


def _regular(found: FoundPair, wall: Callable[[int], int]) -> int:
    """Sessions on the same weekday and at the same local time as the pair's previous one."""
    # 1970-01-01 was a Thursday; a week of minutes tells weekday and time of day at once.
    slots = [wall(meeting.start) % (7 * 24 * 60) for meeting in found.meetings]
    return sum(slot == before for before, slot in pairwise(slots))


# --- goals ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ExpectedGoal:
    """A goal that must be reported: its name and kind, the value found, and what grows as it gets better."""

    name: str
    value: int | tuple[int, ...]
    merit: Callable[[Any], Any]
    kind: str | None = None


def expected_goals(programme: Programme, figures: Figures) -> list[ExpectedGoal]:
    """The goals of this programme in their order."""
    number = programme.sessions.number
    by_distance = isinstance(number, int) or programme.frame.engagement == "as-needed"
    goals = [
        *_first_goals(programme, figures),
        ExpectedGoal("pairs", figures.pairs, _more),
        *([ExpectedGoal("priority", figures.classes, tuple)] if figures.classes else []),
        *([] if figures.moved is None else [ExpectedGoal("moved", figures.moved, _fewer)]),
        *([] if figures.unlisted is None else [ExpectedGoal("unlisted", figures.unlisted, _fewer)]),
        _rank_goal(programme.goals.rank, figures),
        ExpectedGoal(
            "sessions",
            figures.distance if by_distance else figures.sessions,
            _fewer if by_distance or number == "fewest" else _more,
        ),
    ]
    if len(programme.sessions.minutes) > 1:
        goals.append(ExpectedGoal("minutes", figures.minutes, _more))
    if programme.calendar.preferred_windows:
        goals.append(ExpectedGoal("preferred", figures.preferred, _more))
    return [*goals, ExpectedGoal("regularity", figures.regularity, _more)]


def _first_goals(programme: Programme, figures: Figures) -> list[ExpectedGoal]:
    """The goals before pairs; in a rematch with that of pairs that go on."""
    mentees = ExpectedGoal("mentees", figures.mentees, _more)
    if figures.kept is None:
        return [mentees]
    kept = ExpectedGoal("kept", figures.kept, _more)
    return [kept, mentees] if programme.rematch.end_pairs == "forced" else [mentees, kept]


def _rank_goal(kind: str, figures: Figures) -> ExpectedGoal:
    if kind == "min-cost":
        return ExpectedGoal("rank", figures.rank_sum, _fewer, kind)
    return ExpectedGoal("rank", figures.profile, _generous if kind == "generous" else _greedy, kind)


def _more(value: int) -> int:
    return value


def _fewer(value: int) -> int:
    return -value


WORST_RANK = 99


def _greedy(profile: Sequence[int]) -> list[int]:
    """Most at rank 1, then most at rank 2, and so on."""
    return [*profile, *[0] * (WORST_RANK - len(profile))]


def _generous(profile: Sequence[int]) -> list[int]:
    """Fewest at the worst rank, then fewest at the second worst, and so on."""
    return [-count for count in reversed(_greedy(profile))]


def check_summary(table: Table, summary: dict[str, Any], cohort: Cohort, figures: Figures) -> None:
    """Check summary.json against the figures."""
    status = summary.get("status")
    if status not in ("optimal", "feasible", "no_solution"):
        table.fault(f"{status!r} must be 'optimal', 'feasible' or 'no_solution'", column="status")
    if status == "no_solution" and figures.pairs:
        table.fault(f"'no_solution' with {figures.pairs} pairs", column="status")
    statuses = _check_goals(table, summary.get("goals"), expected_goals(cohort.programme, figures))
    proven = all(statuses.get(name) == "optimal" for name in statuses if name != "regularity")
    if statuses and status in ("optimal", "feasible") and proven != (status == "optimal"):
        word = "are" if proven else "are not"
        table.fault(f"{status!r}, but the goals before regularity {word} all optimal", column="status")
    if type(summary.get("seed")) is not int:
        table.fault(f"{summary.get('seed')!r} must be a whole number", column="seed")
    zone = cohort.programme.frame.timezone
    if summary.get("timezone", zone) != zone:  # older runs do not tell it
        table.fault(f"{summary['timezone']!r} must be {zone!r}", column="timezone")
    frame = {"start": str(cohort.programme.frame.start), "end": str(cohort.programme.frame.end)}
    if summary.get("programme", frame) != frame:
        table.fault(f"{summary['programme']!r} must be {frame!r}", column="programme")
    inputs = summary.get("inputs")
    if not isinstance(inputs, dict) or _nameless(inputs) != _nameless(cohort.inputs):
        files = sorted(_differing(inputs, cohort.inputs))
        table.fault(f"the SHA-256 sums are not those of the cohort's files ({', '.join(files)})", column="inputs")
    _check_counts(table, summary, cohort, figures)


def _nameless(inputs: Mapping[str, object]) -> list[tuple[str, str]]:
    """The sums by name, but that a workbook may be called anything."""
    books = (".xlsx", ".xlsm")
    return sorted(("" if name.casefold().endswith(books) else name, repr(total)) for name, total in inputs.items())


def _differing(found: object, expected: Mapping[str, str]) -> set[str]:
    """Names whose entries differ between two mappings, of which the first may be anything."""
    if not isinstance(found, dict):
        return set(expected)
    return {name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name)}


def _check_goals(table: Table, found: object, expected: Sequence[ExpectedGoal]) -> dict[str, object]:
    """Check the list of goals; the status that each reports, by name, or nothing if the list is no such list."""
    names = [goal.name for goal in expected]
    if not isinstance(found, list) or not all(isinstance(goal, dict) for goal in found):
        table.fault("must be a list of objects", column="goals")
        return {}
    if [goal.get("name") for goal in found] != names:
        table.fault(f"must be {', '.join(names)}, in this order", column="goals")
        return {}
    for goal, wanted in zip(found, expected, strict=True):
        _check_goal(table, goal, wanted)
    return {goal["name"]: goal.get("status") for goal in found}


def _check_goal(table: Table, goal: dict[str, Any], wanted: ExpectedGoal) -> None:
    column, status = f"goals, {wanted.name}", goal.get("status")
    figure = _counts_by_class if wanted.name == "priority" else _figure
    value, bound = figure(goal.get("value")), figure(goal.get("bound"))
    if wanted.kind is not None and goal.get("kind") != wanted.kind:
        table.fault(f"kind {goal.get('kind')!r} must be {wanted.kind!r}", column=column)
    if value != wanted.value:
        table.fault(f"value {goal.get('value')!r} must be {_plain(wanted.value)}", column=column)
    if status not in ("optimal", "feasible"):
        table.fault(f"status {status!r} must be 'optimal' or 'feasible'", column=column)
    if goal.get("bound") is None and status == "feasible" and "bound" in goal:
        return
    if not isinstance(bound, type(wanted.value)):
        table.fault(f"bound {goal.get('bound')!r} is not a figure like the value", column=column)
        return
    if wanted.merit(bound) < wanted.merit(wanted.value):
        table.fault(f"bound {goal['bound']!r} is worse than what was found: {_plain(wanted.value)}", column=column)
    if (status == "optimal") != (bound == wanted.value):
        table.fault(
            f"status {status!r} with value {_plain(wanted.value)} and bound {goal['bound']!r}", column=column
        )


def _figure(found: object) -> int | tuple[int, ...] | None:
    """A count, or a profile without zeros at its end; None if it is neither."""
    if type(found) is int:
        return found
    if not isinstance(found, list) or not all(type(count) is int and count >= 0 for count in found):
        return None
    profile = list(found)
    while profile and profile[-1] == 0:
        profile.pop()
    return tuple(profile) if len(profile) <= WORST_RANK else None


def _counts_by_class(found: object) -> tuple[int, ...] | None:
    """A count for each class; None if it is none."""
    if not isinstance(found, list) or not all(type(count) is int and count >= 0 for count in found):
        return None
    return tuple(found)


def _plain(value: int | tuple[int, ...]) -> int | list[int]:
    return value if isinstance(value, int) else list(value)


def _check_counts(table: Table, summary: dict[str, Any], cohort: Cohort, figures: Figures) -> None:
    """Check the counts that the contract knows, wherever they stand; others are the program's own."""
    counts = summary.get("counts", {})
    if not isinstance(counts, dict):
        table.fault("must be an object", column="counts")
        return
    known = {
        "employees": len(cohort.employees),
        "mentees": len(cohort.mentees),
        "choices": len(cohort.choices),
        "mentees_paired": figures.mentees,
        "mentees_unmatched": sum(figures.unmatched.values()),
        "pairs": figures.pairs,
        "sessions": figures.sessions,
        "minutes": figures.minutes,
        "rank_profile": list(figures.profile),
    }
    for name, figure in known.items():
        if name in counts and counts[name] != figure:
            table.fault(f"{counts[name]!r} must be {figure!r}", column=f"counts, {name}")
    classes = Classes(cohort)
    sizes = dict(zip(classes.names, classes.sizes, strict=True)) or None
    if counts.get("classes") != sizes:
        table.fault(f"{counts.get('classes')!r} must be {sizes!r}", column="counts, classes")
    if "rank_profile" not in counts:
        table.fault("rank_profile is missing", column="counts")
    _check_reasons(table, counts.get("unmatched"), figures.unmatched)


def _check_reasons(table: Table, found: object, expected: dict[str, int]) -> None:
    if isinstance(found, dict):
        found = {reason: count for reason, count in found.items() if count != 0}
    if found not in (None, expected, sum(expected.values())):
        table.fault(f"{found!r} must be {expected!r}", column="counts, unmatched")


def check_timings(table: Table, timings: dict[str, Any]) -> None:
    """timings.json holds seconds by name, nothing else."""
    for name, seconds in timings.items():
        if type(seconds) not in (int, float) or not math.isfinite(seconds) or seconds < 0:
            table.fault(f"{seconds!r} must be a number of seconds", column=name)
