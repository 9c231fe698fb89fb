"""The rules again: every rule, column and figure of a run folder, from its files.

Written apart from the solver: it shares no rule, calendar or frequency code with it, so that a mistake there
does not hide itself here.
"""

from __future__ import annotations

from pathlib import Path

from matcher import check_outcomes, check_pairs, check_sessions
from matcher.check_claims import check_claims, proven_goals
from matcher.check_files import Table, Violation, read_object, read_table
from matcher.check_outcomes import Outcomes, check_choices, check_unmatched
from matcher.check_pairs import check_pair_figures
from matcher.check_rules import Roster
from matcher.check_summary import check_summary, check_timings, count_figures
from matcher.check_timetable import Timetable
from matcher.model import Cohort

__all__ = ["Violation", "check_run"]


def check_run(cohort: Cohort, run: Path) -> list[Violation]:
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
    violations: list[Violation] = []
    run, delimiter = Path(run), cohort.programme.output.delimiter

    def table(file: str, columns: tuple[str, ...]) -> Table:
        return read_table(run, file, columns, delimiter, violations)

    roster = Roster(cohort)
    summary = read_object(run, "summary.json", violations)
    proven = proven_goals(summary or {})

    pair_table = table("pairs.csv", check_pairs.COLUMNS)
    pairs = check_pairs.check_pairs(pair_table, roster)
    timetable = Timetable(roster, pairs)
    dates = timetable.dates
    diary = check_sessions.check_sessions(table("sessions.csv", check_sessions.COLUMNS), timetable, pairs)
    check_pair_figures(pair_table, pairs.values(), {day: dates.date(day).isoformat() for day in range(dates.days)})

    outcomes = Outcomes(timetable, pairs, diary)
    check_choices(
        table("choices.csv", check_outcomes.CHOICE_COLUMNS),
        outcomes,
        proven={"mentees", "pairs", "rank"} <= proven,
    )
    unmatched = table("unmatched.csv", check_outcomes.UNMATCHED_COLUMNS)
    check_unmatched(unmatched, outcomes, pairs)

    if summary is not None:
        figures = count_figures(timetable, list(pairs.values()), unmatched)
        json_table = Table("summary.json", violations)
        check_summary(json_table, summary, cohort, figures)
        check_claims(json_table, proven, timetable, list(pairs.values()), diary)
    timings = read_object(run, "timings.json", violations)
    if timings is not None:
        check_timings(Table("timings.json", violations), timings)
    return violations
