"""What a rematch has changed, for the report: figures, and pair by pair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matcher.explain_facts import Who
from matcher.rematch_rows import MOVED, ChangedRow, RematchRows
from matcher.report_run import Rows
from matcher.report_words import Words

KINDS = ("kept", "moved", "ended", "new")


@dataclass(frozen=True)
class Rematch:
    """The rows with their date in words; `place` is where people stand, `told` how many have to hear of it."""

    rows: RematchRows
    date: str
    place: Mapping[str, int]
    told: int

    def counts(self) -> list[tuple[str, int]]:
        """How many pairs there are of each kind."""
        return [(kind, self.rows.counts[kind]) for kind in KINDS]

    def instants(self) -> list[int]:
        """When sessions were or are to begin that are otherwise than planned (minutes since 1970, UTC)."""
        spans = (span for row in self.rows.changed for move in row.moves for span in (move.before, move.now))
        return [span[0] for span in spans if span is not None]

    def columns(self) -> dict[str, Any]:
        """The same for the script of the page."""
        changed = self.rows.changed
        return {
            "date": self.date,
            "mentee": [self.place[row.mentee] for row in changed],
            "mentor": [self.place[row.mentor] for row in changed],
            "kind": [row.change for row in changed],
            "why": [row.cause for row in changed],
            "counts": [_counts(row) for row in changed],
            "moves": [[(move.change, move.before, move.now) for move in row.moves] for row in changed],
        }


def _counts(row: ChangedRow) -> list[int]:
    """How many sessions from the date on are kept, moved, cancelled and new."""
    found = Counter(move.change for move in row.moves)
    return [row.kept, *(found[change] for change in MOVED)]


def people_in(rematch: RematchRows) -> list[Who]:
    """Everybody for whom something changes."""
    people = {person for row in rematch.changed for person in (row.mentee, row.mentor)}
    return [Who(person, rematch.names[person]) for person in sorted(people)]


def tell_rematch(words: Words, rows: Rows, rematch: RematchRows) -> Rematch:
    """Tell of a rematch; its people must be among those of the rows."""
    place, employee = rows.people.place, rows.people.employee
    told = sum(employee[place[who.employee_id]] >= 0 for who in people_in(rematch))
    return Rematch(rematch, words.date(rematch.as_of), place, int(told))
