"""Two runs side by side: their figures, and the mentees for whom something is otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matcher.errors import MatcherError
from matcher.explain_facts import Who
from matcher.report_run import Rows
from matcher.run_reading import count_of
from matcher.run_tables import CHOICES, PAIRS, SESSIONS, UNMATCHED, RunTables

KINDS = ("gained", "lost", "mentor", "rank", "joined", "left")


@dataclass(frozen=True)
class Change:
    """A mentee (place) and his mentors with their ranks, 0 for none, in the earlier run and in this one."""

    kind: str
    mentee: int
    before: tuple[tuple[int, int], ...]
    now: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Changes:
    """What differs from the earlier run."""

    rows: tuple[Change, ...]

    def counts(self) -> list[tuple[str, int]]:
        """How many mentees there are of each kind."""
        found = Counter(row.kind for row in self.rows)
        return [(kind, found[kind]) for kind in KINDS if kind in KINDS[:4] or found[kind]]

    def columns(self) -> dict[str, Any]:
        """The same for the script of the page."""
        return {
            "person": [row.mentee for row in self.rows],
            "kind": [row.kind for row in self.rows],
            "before": [[mentor for mentor, _ in row.before] for row in self.rows],
            "before_rank": [[rank for _, rank in row.before] for row in self.rows],
            "now": [[mentor for mentor, _ in row.now] for row in self.rows],
            "now_rank": [[rank for _, rank in row.now] for row in self.rows],
        }


def people_of(earlier: RunTables) -> list[Who]:
    """Everybody whom the earlier run names as mentee or mentor of a pair, or as left without one.

    Raises
    ------
    MatcherError
        If one of them has no id.
    """
    found: dict[str, str] = {}
    for role in ("mentee", "mentor"):
        names = earlier.texts(PAIRS, f"{role}_name")
        found |= dict(zip(earlier.texts(PAIRS, f"{role}_id"), names, strict=True))
    found |= dict(zip(earlier.texts(UNMATCHED, "mentee_id"), earlier.texts(UNMATCHED, "name"), strict=True))
    if "" in found:
        raise MatcherError(f"{earlier.run}: {PAIRS} or {UNMATCHED} has a row without an id")
    return [Who(employee_id, name) for employee_id, name in found.items()]


def find_changes(rows: Rows, earlier: RunTables) -> Changes:
    """Compare the mentors of every mentee; changes of the same kind stand by mentee."""
    before, now = _mentors(earlier, rows.people.place), _mentors_now(rows)
    then = set(before) | {rows.people.place[name] for name in earlier.texts(UNMATCHED, "mentee_id")}
    today = set(rows.mentees.tolist())
    found = []
    for mentee in sorted(then | today):
        old, new = before.get(mentee, ()), now.get(mentee, ())
        kind = _kind(old, new, was=mentee in then, is_now=mentee in today)
        if kind:
            found.append(Change(kind, mentee, old, new))
    return Changes(tuple(sorted(found, key=lambda change: KINDS.index(change.kind))))


def _kind(old: tuple[tuple[int, int], ...], new: tuple[tuple[int, int], ...], *, was: bool, is_now: bool) -> str:
    if was != is_now:
        return "joined" if is_now else "left"
    if bool(old) != bool(new):
        return "gained" if new else "lost"
    if [mentor for mentor, _ in old] != [mentor for mentor, _ in new]:
        return "mentor"
    return "rank" if old != new else ""


def _mentors_now(rows: Rows) -> dict[int, tuple[tuple[int, int], ...]]:
    found: dict[int, list[tuple[int, int]]] = {}
    columns = (rows.pairs.mentee, rows.pairs.mentor, rows.pairs.rank)
    for mentee, mentor, rank in zip(*(column.tolist() for column in columns), strict=True):
        found.setdefault(mentee, []).append((mentor, rank))
    return {mentee: tuple(sorted(mentors)) for mentee, mentors in found.items()}


def _mentors(run: RunTables, place: Mapping[str, int]) -> dict[int, tuple[tuple[int, int], ...]]:
    found: dict[int, list[tuple[int, int]]] = {}
    columns = [run.texts(PAIRS, column) for column in ("mentee_id", "mentor_id", "rank")]
    for mentee, mentor, rank in zip(*columns, strict=True):
        found.setdefault(place[mentee], []).append((place[mentor], _rank(run, rank)))
    return {mentee: tuple(sorted(mentors)) for mentee, mentors in found.items()}


def _rank(run: RunTables, text: str) -> int:
    """A rank, 0 for a lock that was no choice."""
    try:
        return count_of(text) if text else 0
    except ValueError as error:
        raise MatcherError(f"{run.run / PAIRS}: rank: {error}") from None


# --- figures ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Totals:
    """The figures of a run that are put side by side; `ranks` counts pairs by rank, 0 for locks off the list."""

    mentees: int
    served: int
    pairs: int
    ranks: Mapping[int, int]
    sessions: int
    mentors: int


def totals_of(run: RunTables) -> Totals:
    """Count in the tables of a run."""
    paired, left = set(run.texts(PAIRS, "mentee_id")), set(run.texts(UNMATCHED, "mentee_id"))
    ranks = Counter(_rank(run, rank) for rank in run.texts(PAIRS, "rank"))
    everybody = paired | left | set(run.tables[CHOICES]["mentee_id"].coded().texts)
    return Totals(
        mentees=len(everybody),
        served=len(paired),
        pairs=len(run.tables[PAIRS]),
        ranks=dict(sorted(ranks.items())),
        sessions=len(run.tables[SESSIONS]),
        mentors=len(set(run.texts(PAIRS, "mentor_id"))),
    )
