"""prices.csv: every rule and decision that has a price, and changes that add up. Nothing is solved for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matcher.check_classes import Classes
from matcher.check_files import Row, Table, safe_text, whole_number
from matcher.check_pairs import FoundPair
from matcher.check_rules import Roster
from matcher.model import Pair
from matcher.programme import Programme

COLUMNS = ("what", "subject", "now", "relaxed", "mentees", "pairs", "ranks", "sessions", "status")
FIGURES = ("mentees", "pairs", "ranks", "sessions")
SOLVED, UNSOLVED = ("optimal", "feasible"), ("no_solution", "impossible")
PRIORITY = "priority"
"""A column more after the pairs, where mentees are not all alike."""
CLASS_CHANGE = re.compile(r"([^:]{1,30}):([+-][1-9][0-9]{0,8})")
CHANGE = re.compile(r"([1-9][0-9]?):([+-][1-9][0-9]{0,8})")


@dataclass(frozen=True)
class Asked:
    """What has a price: a key, or the decision on a pair; its subject and values as they stand in the file."""

    what: str
    subject: str
    now: str
    relaxed: str
    pair: Pair | None = None


def columns(classes: Classes) -> tuple[str, ...]:
    """The columns of prices.csv."""
    place = COLUMNS.index("ranks")
    return (*COLUMNS[:place], PRIORITY, *COLUMNS[place:]) if classes else COLUMNS


def check_prices(table: Table, roster: Roster, pairs: Sequence[FoundPair], *, proven: bool) -> None:
    """Check prices.csv: the rows that there must be, or the first of them, as somebody may have stopped it.

    `proven` tells whether goals up to sessions are, so that no rule can cost less than nothing.
    """
    asked = list(_asked(roster))
    places = {(one.what, one.subject): place for place, one in enumerate(asked)}
    figures = _Figures(roster, pairs, proven=proven)
    for place, row in enumerate(table.rows()):
        found = places.get((row["what"], row["subject"]))
        if found is None:
            about = f" about '{row['subject']}'" if row["subject"] else ""
            table.fault(f"'{row['what']}'{about} is no rule or decision that has a price", row.line, "what")
            continue
        if found != place:
            table.fault(
                "rows must be all rules in their order, then decisions by mentee, mentor", row.line, "what"
            )
        table.expect(row, "now", asked[found].now)
        table.expect(row, "relaxed", asked[found].relaxed)
        figures.check(table, row, asked[found])


# --- the rows ----------------------------------------------------------------------------------------------


def _asked(roster: Roster) -> Iterator[Asked]:
    for key, now, relaxed in _rules(roster.programme):
        yield Asked(key, "", now, relaxed)
    for pair, decision in sorted(roster.cohort.decisions.items()):
        if decision.status in ("locked", "forbidden"):
            subject = safe_text(" with ".join(map(roster.label, pair)))
            yield Asked(decision.status, subject, decision.status, "", pair)


def _rules(programme: Programme) -> Iterator[tuple[str, str, str]]:
    """Key, value and next less strict value of each rule that has one."""
    may, rules = programme.eligibility, programme.sessions
    for name in ("same_function_gap", "cross_function_gap"):
        level_gap = getattr(may, name)
        if level_gap > 0:
            yield f"eligibility.{name}", str(level_gap), str(level_gap - 1)
    for name in ("line_manager_may_mentor", "past_pairs_may_repeat"):
        if not getattr(may, name):
            yield f"eligibility.{name}", "false", "true"
    most = programme.capacity.mentees_per_mentor
    if most < 1000:
        yield "capacity.mentees_per_mentor", str(most), str(most + 1)
    if rules.min_days_between > 1:
        yield "sessions.min_days_between", str(rules.min_days_between), str(rules.min_days_between // 2)
    if rules.month_rule != "none":
        yield "sessions.month_rule", rules.month_rule, "none"
    if rules.minimum > 1:
        yield "sessions.minimum", str(rules.minimum), str(rules.minimum - 1)
    yield from _lengths(rules.minutes)
    for name in ("max_per_day", "max_per_week", "pause_minutes"):
        if getattr(rules, name):
            yield f"sessions.{name}", str(getattr(rules, name)), "0"
    yield from _hours(programme)


def _lengths(minutes: Sequence[int]) -> Iterator[tuple[str, str, str]]:
    *longer, shortest = sorted(minutes, reverse=True)
    if shortest > 15:
        shorter = shortest - 15 if shortest > 30 else 15
        yield "sessions.minutes", _listed([*longer, shortest]), _listed([*longer, shorter])


def _listed(numbers: Sequence[int]) -> str:
    text = ", ".join(map(str, numbers))
    return f"[{text}]" if len(numbers) > 1 else text


def _hours(programme: Programme) -> Iterator[tuple[str, str, str]]:
    windows, lunch = list(programme.calendar.windows), programme.calendar.lunch_windows
    start, end = windows[-1]
    if end < 24 * 60:
        later = [*windows[:-1], (start, min(end + 60, 24 * 60))]
        yield "calendar.working_hours", _spans(windows), _spans(later)
    if lunch:
        yield "calendar.lunch", _spans(lunch), ""


def _spans(windows: Sequence[tuple[int, int]]) -> str:
    return ", ".join("{:02d}:{:02d}-{:02d}:{:02d}".format(*divmod(a, 60), *divmod(b, 60)) for a, b in windows)


# --- the figures -------------------------------------------------------------------------------------------


class _Figures:
    """What the run has, against which the changes of a row must make sense."""

    def __init__(self, roster: Roster, pairs: Sequence[FoundPair], *, proven: bool) -> None:
        self._roster, self._proven = roster, proven
        self._kind, self._classes = roster.programme.goals.rank, Classes(roster.cohort)
        self._ranks = Counter(found.rank for found in pairs if found.rank is not None)
        self._now = {
            "mentees": len({found.mentee for found in pairs}),
            "pairs": len(pairs),
            "sessions": sum(len(found.meetings) for found in pairs),
        }

    def check(self, table: Table, row: Row, asked: Asked) -> None:
        """Check the status and the four changes of a row."""
        if row["status"] in UNSOLVED:
            for column in (*FIGURES, *((PRIORITY,) if self._classes else ())):
                if row[column]:
                    message = f"'{row[column]}' must be an empty cell: the status is {row['status']}"
                    table.fault(message, row.line, column)
            return
        if row["status"] not in SOLVED:
            table.fault(f"'{row['status']}' must be one of {', '.join(SOLVED + UNSOLVED)}", row.line, "status")
        changes = {column: self._number(table, row, column) for column in self._now}
        ranks = self._changes(row["ranks"])
        if ranks is None:
            table.fault(f"'{row['ranks']}' is no change of ranks", row.line, "ranks")
        mentees, pairs, sessions = changes.values()
        classes = self._class_changes(row[PRIORITY]) if self._classes else ()
        if classes is None:
            table.fault(f"'{row[PRIORITY]}' is no change of classes", row.line, PRIORITY)
        if mentees is None or pairs is None or sessions is None or ranks is None or classes is None:
            return
        if classes and sum(classes) != mentees and asked.what != "locked":
            table.fault(f"'{row[PRIORITY]}' are not {mentees} more mentees", row.line, PRIORITY)
        self._check_sum(table, row, asked, pairs, ranks)
        if self._proven and row["status"] == "optimal" and asked.what != "locked":
            gain = (mentees, pairs, *classes[:-1], *self._parts(ranks), self._sign() * sessions)
            if gain < (0,) * len(gain):
                table.fault("the answer is worse than the run's although less is asked of it", row.line, "mentees")

    def _number(self, table: Table, row: Row, column: str) -> int | None:
        """The change of a figure, which must leave at least nothing, and no more mentees than there are."""
        change = whole_number(row[column])
        if change is None:
            table.fault(f"'{row[column]}' is no whole number", row.line, column)
            return None
        most = len(self._roster.mentees) if column == "mentees" else None
        then = self._now[column] + change
        if then < 0 or (most is not None and then > most):
            table.fault(f"{change} cannot be: the run has {self._now[column]}", row.line, column)
        return change

    def _class_changes(self, cell: str) -> tuple[int, ...] | None:
        """How many mentees more or fewer each class has; None if it is not said as it must be."""
        found = [CLASS_CHANGE.fullmatch(part) for part in cell.split(" ")] if cell else []
        changes = {match[1]: int(match[2]) for match in found if match}
        names = self._classes.names
        if len(changes) < len(found) or list(changes) != [name for name in names if name in changes]:
            return None
        return tuple(changes.get(name, 0) for name in names)

    def _changes(self, cell: str) -> dict[int, int] | None:
        """How many pairs more or fewer at each rank, or with `min-cost` the change of the sum, at rank 0."""
        if self._kind == "min-cost":
            if not cell:
                return {0: 0}
            return {0: int(cell)} if re.fullmatch(r"-?[1-9][0-9]{0,8}", cell) else None
        found = [CHANGE.fullmatch(part) for part in cell.split(" ")] if cell else []
        changes = {int(match[1]): int(match[2]) for match in found if match}
        if len(changes) < len(found) or list(changes) != sorted(changes):
            return None
        return None if any(self._ranks[rank] + change < 0 for rank, change in changes.items()) else changes

    def _check_sum(self, table: Table, row: Row, asked: Asked, pairs: int, ranks: dict[int, int]) -> None:
        """Every pair has a rank but for a lock that was no choice, which cannot be made when it is no lock."""
        unranked = asked.what == "locked" and asked.pair is not None and self._roster.rank(asked.pair) is None
        if self._kind != "min-cost" and sum(ranks.values()) != pairs + unranked:
            table.fault(f"'{row['ranks']}' are not {pairs + unranked} more pairs with a rank", row.line, "ranks")

    def _parts(self, changes: dict[int, int]) -> list[int]:
        if self._kind == "min-cost":
            return [-changes[0]]
        ranks = range(1, 100) if self._kind == "greedy" else range(99, 0, -1)
        return [(1 if self._kind == "greedy" else -1) * changes.get(rank, 0) for rank in ranks]

    def _sign(self) -> int:
        """Whether more sessions are better (1) or worse (-1); 0 where their number does not tell."""
        return {"most": 1, "fewest": -1}.get(str(self._roster.programme.sessions.number), 0)
