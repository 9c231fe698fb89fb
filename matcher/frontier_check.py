"""The pairing of a point against the rules once more, by the checker, from files as a run has them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import chain
from pathlib import Path

from matcher.check_files import Violation, read_table
from matcher.check_pairs import COLUMNS as PAIR_COLUMNS
from matcher.check_pairs import check_pair_figures, check_pairs
from matcher.check_rules import Roster
from matcher.check_sessions import COLUMNS as SESSION_COLUMNS
from matcher.check_sessions import check_sessions
from matcher.check_timetable import Timetable
from matcher.errors import OwnAnswerError
from matcher.held import temporary
from matcher.model import Cohort, Solution, SolvedPair
from matcher.run_files import BOM, TABLES, csv_lines

SHOWN = 5


class PointError(OwnAnswerError):
    """A pairing that was about to be reported breaks a rule: a bug."""


class Checker:
    """Checks pairings of one cohort: rules, places, locks, ranks, free time and dates."""

    def __init__(self, cohort: Cohort) -> None:
        """Work out everybody's free time, apart from the solver."""
        self._cohort, self._roster = cohort, Roster(cohort)
        self._timetable = Timetable(self._roster, cohort.locks)
        self._date = cache(lambda day: self._timetable.dates.date(day).isoformat())

    def check(self, name: str, pairs: Sequence[SolvedPair]) -> None:
        """Raise PointError if the pairs break any rule of the cohort."""
        with temporary() as scratch:
            violations = self._violations(scratch, pairs)
        unread = [violation for violation in violations if violation.unread]
        if unread:
            raise OSError(f"what was written cannot be read again: {unread[0]}")
        if violations:
            shown = [f"  {violation}" for violation in violations[:SHOWN]]
            raise PointError("\n".join([f"our own answer for {name} failed the independent check", *shown]))

    def _violations(self, folder: Path, pairs: Sequence[SolvedPair]) -> list[Violation]:
        answer = Solution("optimal", (), tuple(pairs), (), {}, 0)
        delimiter, found = self._cohort.programme.output.delimiter, list[Violation]()
        for file in ("pairs.csv", "sessions.csv"):
            lines = csv_lines(TABLES[file](self._cohort, answer), delimiter)
            (folder / file).write_text("".join(chain([BOM], lines)), "utf-8", newline="")
        table = read_table(folder, "pairs.csv", PAIR_COLUMNS, delimiter, found)
        checked = check_pairs(table, self._roster)
        sessions = read_table(folder, "sessions.csv", SESSION_COLUMNS, delimiter, found)
        check_sessions(sessions, self._timetable, checked)
        check_pair_figures(table, checked.values(), self._date, self._timetable.engagement)
        return found
