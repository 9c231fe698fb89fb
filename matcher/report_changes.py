"""Two runs side by side: their figures, and the mentees for whom something is otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matcher.difference_sentences import Why
from matcher.differences import KINDS, Mentors, Side, find_differences
from matcher.errors import MatcherError
from matcher.explain_facts import Who
from matcher.report_run import Rows
from matcher.report_words import Words
from matcher.run_tables import CHOICES, PAIRS, SESSIONS, UNMATCHED, RunTables
from matcher.story import Story

USUAL = KINDS[:3]  # kinds that are told of even where there is none


@dataclass(frozen=True)
class Change:
    """A mentee (place), his mentors with their ranks, 0 for none, in the earlier run and in this one, and why."""

    kind: str
    mentee: int
    before: tuple[tuple[int, int], ...]
    now: tuple[tuple[int, int], ...]
    why: str


@dataclass(frozen=True)
class Changes:
    """What differs from the earlier run; pairs and sessions of the pairs of both runs are counted."""

    rows: tuple[Change, ...]
    pairs: Mapping[str, int]
    sessions: Mapping[str, int]

    def counts(self) -> list[tuple[str, int]]:
        """How many mentees there are of each kind."""
        found = Counter(row.kind for row in self.rows)
        return [(kind, found[kind]) for kind in KINDS if kind in USUAL or found[kind]]

    def columns(self) -> dict[str, Any]:
        """The same for the script of the page."""
        return {
            "person": [row.mentee for row in self.rows],
            "kind": [row.kind for row in self.rows],
            "before": [[mentor for mentor, _ in row.before] for row in self.rows],
            "before_rank": [[rank for _, rank in row.before] for row in self.rows],
            "now": [[mentor for mentor, _ in row.now] for row in self.rows],
            "now_rank": [[rank for _, rank in row.now] for row in self.rows],
            "why": [row.why for row in self.rows],
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


def find_changes(words: Words, story: Story, rows: Rows) -> Changes | None:
    """Compare the mentors of every mentee; changes of the same kind stand by mentee. None without another run."""
    if story.earlier is None:
        return None
    before, now = Side(story.earlier), Side(story.run)
    found, place = find_differences(before, now), rows.people.place
    why = Why(words, before, now, lambda person: _label(rows, person))

    def placed(mentors: Mentors) -> tuple[tuple[int, int], ...]:
        return tuple((place[mentor], rank) for mentor, rank in mentors)

    changes = (
        Change(one.kind, place[one.mentee], placed(one.before), placed(one.now), why(one)) for one in found.changes
    )
    return Changes(tuple(changes), found.pairs, found.sessions)


def _label(rows: Rows, person: str) -> str:
    name = rows.people.names[rows.people.place[person]]
    return f"{name} ({person})" if name else person


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
    ranks = Counter(Side(run).ranks.values())
    everybody = paired | left | set(run.tables[CHOICES]["mentee_id"].coded().texts)
    return Totals(
        mentees=len(everybody),
        served=len(paired),
        pairs=len(run.tables[PAIRS]),
        ranks=dict(sorted(ranks.items())),
        sessions=len(run.tables[SESSIONS]),
        mentors=len(set(run.texts(PAIRS, "mentor_id"))),
    )
