"""The rules again: every rule, column and figure of a run folder, from its files.

Written apart from the solver: it shares no rule, calendar or frequency code with it, so that a mistake there
does not hide itself here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from matcher import (
    check_bottlenecks,
    check_changes,
    check_outcomes,
    check_pairs,
    check_past,
    check_prices,
    check_sessions,
)
from matcher.check_bottlenecks import Gains
from matcher.check_candidates import find_candidates
from matcher.check_certificate import Case, Verified, check_certificate, without_moved
from matcher.check_changes import Changes
from matcher.check_claims import check_claims, proven_goals
from matcher.check_demand import Demand
from matcher.check_exchange import standing_by_places
from matcher.check_files import Table, Violation, read_object, read_table
from matcher.check_outcomes import Outcomes, check_choices, check_unmatched
from matcher.check_pairs import FoundPair, check_pair_figures
from matcher.check_past import Past
from matcher.check_publication import PUBLISHED, check_publication
from matcher.check_queue import check_queue
from matcher.check_repair import Repair, check_repair
from matcher.check_rules import Roster
from matcher.check_standing import Standing, check_standing
from matcher.check_suggestions import People
from matcher.check_summary import check_summary, check_timings, count_figures
from matcher.check_timetable import Timetable
from matcher.model import Cohort, Pair

__all__ = ["Examined", "Violation", "check_plan", "check_run", "examine_run"]
FILES = (
    "pairs.csv", "sessions.csv", "choices.csv", "unmatched.csv", "bottlenecks.csv", "certificate.json",
    "prices.csv", "waiting.csv", "history.csv", "changes.csv", "moves.csv", "ended.csv", "held.csv",
    "summary.json", "timings.json", PUBLISHED, *(f"{check_past.BEFORE}/{file}" for file in check_past.FILES),
)  # fmt: skip


@dataclass
class Examined:
    """What the check says of a run.

    Attributes
    ----------
    violations
        Everything that is wrong, file by file.
    certified
        Of the goals about pairs alone those that certificate.json proves to be the best possible, each beside the
        ones before it; none where anything is wrong.
    pairing
        These goals: `mentees`, `pairs`, `priority` where mentees are not all alike, and `rank`.
    resting
        How many standings only the solver knows: schedules decide what places leave open.
    """

    violations: list[Violation] = field(default_factory=list)
    certified: tuple[str, ...] = ()
    resting: int = 0
    pairing: tuple[str, ...] = ("mentees", "pairs", "rank")

    @property
    def complete(self) -> bool:
        """Whether all these goals are certified."""
        return self.certified == self.pairing


def check_run(cohort: Cohort, run: str | Path) -> list[Violation]:
    """Check a run folder against the cohort that it was made from.

    Parameters
    ----------
    cohort
        The cohort as read from its own files.
    run
        The run folder. Only its CSV and JSON files are read.

    Returns
    -------
    Everything that is wrong, file by file; empty if the run keeps every rule and adds up. A malformed or missing
    file is a violation, not an exception.
    """
    return examine_run(cohort, run).violations


def check_plan(cohort: Cohort, run: str | Path) -> list[Violation]:
    """Check what a run decides, and nothing that it says of it: its pairs, its sessions and what had happened.

    Every rule on people, places, calendars and dates is checked. Only pairs.csv, sessions.csv, `rematch` in
    summary.json and the folder `before` are read.
    """
    violations, run, delimiter = list[Violation](), Path(run), cohort.programme.output.delimiter
    summary = read_object(run, "summary.json", violations)
    roster, past = _begin(cohort, run, summary, violations)
    pair_table = read_table(run, "pairs.csv", (*check_pairs.COLUMNS, "standing"), delimiter, violations)
    session_table = read_table(run, "sessions.csv", check_sessions.COLUMNS, delimiter, violations)
    pairs = check_pairs.check_pairs(pair_table, roster, () if past is None else past.agreed)
    timetable = Timetable(roster, pairs, (), past)
    check_sessions.check_sessions(session_table, timetable, pairs)
    date_of = cache(lambda day: timetable.dates.date(day).isoformat())
    check_pair_figures(pair_table, pairs.values(), date_of, timetable.engagement)
    return violations


def examine_run(cohort: Cohort, run: str | Path) -> Examined:
    """Do what `check_run` does, and tell which goals the run's certificate proves as well."""
    examined = Examined()
    violations, run, delimiter = examined.violations, Path(run), cohort.programme.output.delimiter

    def table(file: str, columns: tuple[str, ...]) -> Table:
        return read_table(run, file, columns, delimiter, violations)

    summary = read_object(run, "summary.json", violations)
    proven = proven_goals(summary or {})
    roster, past = _begin(cohort, run, summary, violations)
    if past is None and summary is not None and summary.get("rematch") is not None:
        return examined  # nothing can be said of a rematch without what it began with

    pair_table = table("pairs.csv", (*check_pairs.COLUMNS, "standing"))
    pairs = check_pairs.check_pairs(pair_table, roster, () if past is None else past.agreed)
    unmatched = table("unmatched.csv", (*check_outcomes.UNMATCHED_COLUMNS, *check_changes.COLUMNS))
    people = People(roster, pairs, unmatched)
    timetable = Timetable(roster, pairs, people.named, past)
    diary = check_sessions.check_sessions(table("sessions.csv", check_sessions.COLUMNS), timetable, pairs)
    date_of = cache(lambda day: timetable.dates.date(day).isoformat())
    check_pair_figures(pair_table, pairs.values(), date_of, timetable.engagement)

    outcomes = Outcomes(timetable, pairs, diary)
    choice_table = table("choices.csv", (*check_outcomes.CHOICE_COLUMNS, "standing"))
    certificate = read_object(run, "certificate.json", violations)
    forced = roster.programme.rematch.end_pairs == "forced"
    fixed = set[Pair]() if past is None else past.fixed(certificate, pairs, forced)
    case = Case(timetable, find_candidates(outcomes, fixed), list(pairs.values()))
    examined.pairing = case.scale.goals
    lines = check_choices(choice_table, outcomes, proven=proven.issuperset(examined.pairing))
    check_unmatched(unmatched, outcomes, pairs)

    verified = Verified()
    if certificate is not None and (past is None or fixed):
        told = certificate if past is None else without_moved(certificate)
        verified = check_certificate(Table("certificate.json", violations), told, case, summary)
    standing = _standing(case, verified, pairs, summary or {})
    check_standing(choice_table, lines, pair_table, outcomes, standing)
    gains = _gains(case, verified, () if past is None or fixed else past.agreed.keys() - pairs.keys())
    bottlenecks = table("bottlenecks.csv", check_bottlenecks.columns(case.scale.classes))
    _check_help(unmatched, bottlenecks, Changes(timetable, outcomes, pairs, diary, people), case, gains)

    if past is not None:
        settled = proven.issuperset(("kept", "mentees", "pairs", "moved"))
        check_repair(run, Repair(past, outcomes, timetable, pairs), violations, proven=settled)
    held = proven.issuperset((*examined.pairing, "sessions", *(() if past is None else ("kept", "moved"))))
    if (run / "prices.csv").exists():
        prices = table("prices.csv", check_prices.columns(case.scale.classes))
        check_prices.check_prices(prices, roster, list(pairs.values()), proven=held)
    json_table = Table("summary.json", violations)
    if summary is not None:
        check_summary(
            json_table, summary, roster.cohort, count_figures(timetable, list(pairs.values()), unmatched)
        )
        check_claims(json_table, proven if held else set(), timetable, list(pairs.values()), diary)
        check_queue(table, run, roster, (unmatched, json_table), summary)
    _check_rest(run, violations)
    examined.certified = () if violations else verified.goals
    examined.resting = standing.rests
    return examined


def _begin(
    cohort: Cohort, run: Path, summary: Mapping[str, Any] | None, violations: list[Violation]
) -> tuple[Roster, Past | None]:
    """The people and the rules on them, and what a rematch began with."""
    roster = Roster(cohort)
    past = check_past.read_past(run, summary, roster, violations)
    return (roster, None) if past is None else (Roster(check_past.with_mentees(cohort, past)), past)


def _check_rest(run: Path, violations: list[Violation]) -> None:
    """Check what says nothing of the plan: seconds, and whether a published run is as it was; then sort."""
    check_publication(run, FILES, violations)
    timings = read_object(run, "timings.json", violations)
    if timings is not None:
        check_timings(Table("timings.json", violations), timings)
    violations.sort(key=lambda violation: FILES.index(violation.file))


def _gains(case: Case, verified: Verified, ended: Collection[Pair]) -> Gains:
    """What one more place may bring; `ended` are agreed pairs that may have ended for others."""
    return Gains(case.scale, case.candidates.rank.tolist(), verified.exact, going_on=bool(ended))


def _check_help(unmatched: Table, bottlenecks: Table, changes: Changes, case: Case, gains: Gains) -> None:
    """Check what more places and other changes would bring, and for whom."""
    if case.roster.programme.frame.engagement == "as-needed":
        check_changes.check_nothing_said(unmatched, bottlenecks, changes.outcomes)
        return
    demand = Demand(case.roster, case.candidates, changes.pairs)
    check_bottlenecks.check_bottlenecks(bottlenecks, case.roster, demand, changes.pairs, gains)
    check_changes.check_changes(unmatched, changes, demand)


def _standing(
    case: Case, verified: Verified, pairs: Mapping[Pair, FoundPair], summary: Mapping[str, Any]
) -> Standing:
    """What the standing of each pair may be, by the prices of the certificate where they tell."""
    by_places = None
    if verified.exact is not None:
        most = case.roster.programme.capacity.mentors_per_mentee
        by_places = standing_by_places(case.candidates, verified.exact, pairs, most)
    unknown = summary.get("cut_short") is True or _has_moved(summary)
    unknown = unknown or case.roster.programme.frame.engagement == "as-needed"
    return Standing(case.candidates, by_places, pairs, may_lack=unknown)


def _has_moved(summary: Mapping[str, Any]) -> bool:
    """Whether planned sessions have moved in a rematch: then prices do not tell what else is as good."""
    goals = summary.get("goals")
    found = [goal for goal in goals if isinstance(goal, dict)] if isinstance(goals, list) else []
    return any(goal.get("name") == "moved" and goal.get("value") != 0 for goal in found)
