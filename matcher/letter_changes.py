"""What changes for the reader of a letter during the programme, in sentences on his own clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matcher.letter_change_words import ChangeWords
from matcher.letter_times import session_words
from matcher.rematch_rows import ChangedRow, MovedRow, RematchRows, Span

ROLES = ("mentee", "mentor")
DECIDED = ("refused", "declined", "forbidden")
"""Why pairs end of which the other side hears no more than that they do not go on."""


def by_reader(rematch: RematchRows) -> dict[tuple[str, str], list[ChangedRow]]:
    """What changes, by whom it concerns and his role: `mentee` or `mentor`."""
    found: dict[tuple[str, str], list[ChangedRow]] = {}
    for row in rematch.changed:
        for role in ROLES:
            found.setdefault((getattr(row, role), role), []).append(row)
    return found


@dataclass(frozen=True)
class Teller:
    """Tells one reader in one role; `name` and `about` say how others are called and what they do."""

    words: ChangeWords
    locale: str
    role: str
    zone: str
    name: Callable[[str], str]
    about: Callable[[str], str]

    def told(self, rows: Sequence[ChangedRow]) -> str:
        """What changes: a paragraph for each pair, those first that have ended."""
        order = ("ended", "new", "moved")
        return "\n\n".join(map(self._pair, sorted(rows, key=lambda row: order.index(row.change))))

    def _pair(self, row: ChangedRow) -> str:
        other = row.mentor if self.role == "mentee" else row.mentee
        if row.change == "new":
            return self.words.new[self.role].format(about=self.about(other))
        if row.change == "moved":
            return "\n".join([self.words.meetings.format(other=self.name(other)), *map(self._move, row.moves)])
        lines = [f"- {self._time(move.before)}" for move in row.moves if move.before]
        return "\n".join([self._ended(row, self.name(other)), *([self.words.cancelled, *lines] if lines else [])])

    def _ended(self, row: ChangedRow, other: str) -> str:
        words, own = self.words, row.by in (self.role, "both")
        if row.reason in DECIDED:
            return (words.asked if own else words.no_more).format(other=other)
        if row.reason == "left":
            return (words.left if own else words.other_left).format(other=other)
        if row.reason in words.reasons:
            return words.cannot.format(other=other, why=words.reasons[row.reason])
        return words.no_more.format(other=other)

    def _move(self, move: MovedRow) -> str:
        return self.words.moves[move.change].format(before=self._time(move.before), now=self._time(move.now))

    def _time(self, span: Span | None) -> str:
        return "" if span is None else session_words(*span, self.zone, self.locale)
