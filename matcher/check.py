"""The rules again: every rule, column and figure of a run folder, from its files.

Written apart from the solver: it shares no rule, calendar or frequency code with it, so that a mistake there
does not hide itself here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from matcher import (
    check_bottlenecks,
    check_changes,
    check_outcomes,
    check_pairs,
    check_prices,
    check_sessions,
)
from matcher.check_bottlenecks import Gains
from matcher.check_candidates import find_candidates
from matcher.check_certificate import Case, Verified, check_certificate
from matcher.check_changes import Changes
from matcher.check_claims import check_claims, proven_goals
from matcher.check_demand import Demand
from matcher.check_exchange import standing_by_places
from matcher.check_files import Table, Violation, read_object, read_table
from matcher.check_outcomes import Outcomes, check_choices, check_unmatched
from matcher.check_pairs import FoundPair, check_pair_figures
from matcher.check_publication import PUBLISHED, check_publication
from matcher.check_queue import check_queue
from matcher.check_rules import Roster
from matcher.check_standing import Standing, check_standing
from matcher.check_suggestions import People
from matcher.check_summary import check_summary, check_timings, count_figures
from matcher.check_timetable import Timetable
from matcher.model import Cohort, Pair

__all__ = ["Examined", "Violation", "check_run", "examine_run"]
FILES = (
    "pairs.csv", "sessions.csv", "choices.csv", "unmatched.csv", "bottlenecks.csv", "certificate.json",
    "prices.csv", "waiting.csv", "history.csv", "summary.json", "timings.json", PUBLISHED,
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


def examine_run(cohort: Cohort, run: str | Path) -> Examined:
    """Do what `check_run` does, and tell which goals the run's certificate proves as well."""
    examined = Examined()
    violations = examined.violations
    run, delimiter = Path(run), cohort.programme.output.delimiter

    def table(file: str, columns: tuple[str, ...]) -> Table:
        return read_table(run, file, columns, delimiter, violations)

    roster = Roster(cohort)
    summary = read_object(run, "summary.json", violations)
    proven = proven_goals(summary or {})

    pair_table = table("pairs.csv", (*check_pairs.COLUMNS, "standing"))
    pairs = check_pairs.check_pairs(pair_table, roster)
    unmatched = table("unmatched.csv", (*check_outcomes.UNMATCHED_COLUMNS, *check_changes.COLUMNS))
    people = People(roster, pairs, unmatched)
    timetable = Timetable(roster, pairs, people.named)
    dates = timetable.dates
    diary = check_sessions.check_sessions(table("sessions.csv", check_sessions.COLUMNS), timetable, pairs)
    check_pair_figures(
        pair_table, pairs.values(), cache(lambda day: dates.date(day).isoformat()), timetable.engagement
    )

    outcomes = Outcomes(timetable, pairs, diary)
    choice_table = table("choices.csv", (*check_outcomes.CHOICE_COLUMNS, "standing"))
    case = Case(timetable, find_candidates(outcomes), list(pairs.values()))
    examined.pairing = case.scale.goals
    lines = check_choices(choice_table, outcomes, proven=proven.issuperset(examined.pairing))
    check_unmatched(unmatched, outcomes, pairs)

    certificate = read_object(run, "certificate.json", violations)
    verified = Verified()
    if certificate is not None:
        verified = check_certificate(Table("certificate.json", violations), certificate, case, summary)
    standing = _standing(case, verified, pairs, summary or {})
    check_standing(choice_table, lines, pair_table, outcomes, standing)
    demand = Demand(roster, case.candidates, pairs)
    gains = Gains(case.scale, case.candidates.rank.tolist(), verified.exact)
    check_bottlenecks.check_bottlenecks(
        table("bottlenecks.csv", check_bottlenecks.columns(case.scale.classes)), roster, demand, pairs, gains
    )
    check_changes.check_changes(unmatched, Changes(timetable, outcomes, pairs, diary, people), demand)

    if (run / "prices.csv").exists():
        held = proven.issuperset((*examined.pairing, "sessions"))
        prices = table("prices.csv", check_prices.columns(case.scale.classes))
        check_prices.check_prices(prices, roster, list(pairs.values()), proven=held)
    if summary is not None:
        figures = count_figures(timetable, list(pairs.values()), unmatched)
        json_table = Table("summary.json", violations)
        check_summary(json_table, summary, cohort, figures)
        held = proven.issuperset((*examined.pairing, "sessions"))
        check_claims(json_table, proven if held else set(), timetable, list(pairs.values()), diary)
        check_queue(table, run, roster, (unmatched, json_table), summary)
    timings = read_object(run, "timings.json", violations)
    if timings is not None:
        check_timings(Table("timings.json", violations), timings)
    check_publication(run, FILES, violations)
    violations.sort(key=lambda violation: FILES.index(violation.file))
    examined.certified = () if violations else verified.goals
    examined.resting = standing.rests
    return examined


def _standing(
    case: Case, verified: Verified, pairs: Mapping[Pair, FoundPair], summary: Mapping[str, Any]
) -> Standing:
    """What the standing of each pair may be, by the prices of the certificate where they tell."""
    by_places = None
    if verified.exact is not None:
        most = case.roster.programme.capacity.mentors_per_mentee
        by_places = standing_by_places(case.candidates, verified.exact, pairs, most)
    return Standing(case.candidates, by_places, pairs, cut_short=summary.get("cut_short") is True)
