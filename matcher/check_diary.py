"""The sessions of each person, in whichever role: the time that they take, and the rules on them."""

from __future__ import annotations

from collections.abc import Iterable

from matcher.check_files import Table
from matcher.check_pairs import FoundPair, Meeting
from matcher.check_rules import Roster
from matcher.check_time import Interval
from matcher.model import Pair


class Diary:
    """The times that the run's sessions take, person by person, in whichever role."""

    def __init__(self, pairs: Iterable[FoundPair]) -> None:
        self.of: dict[int, list[Meeting]] = {}
        for found in pairs:
            for person in set(found.pair):
                self.of.setdefault(person, []).extend(found.meetings)

    def taken(self, people: Pair, left_out: Pair | None) -> list[Interval]:
        """When the sessions of these two people are, but for those of one pair."""
        return [
            (meeting.start, meeting.end)
            for person in people
            for meeting in self.of.get(person, ())
            if meeting.pair != left_out
        ]


def check_diary(table: Table, diary: Diary, roster: Roster) -> None:
    """Check the sessions of every person together."""
    for person, entries in diary.of.items():
        entries.sort(key=lambda meeting: (meeting.start, meeting.line))
        _check_apart(table, entries, roster.label(person), roster.programme.sessions.pause_minutes)


def _check_apart(table: Table, entries: list[Meeting], label: str, pause: int) -> None:
    """Nobody is in two sessions at once, and each begins a pause after the one before has ended, or later."""
    latest: Meeting | None = None
    for meeting in entries:
        if latest is not None and meeting.start < latest.end + pause:
            message = (
                f"{label} is still in the session of line {latest.line}"
                if meeting.start < latest.end
                else f"{label} has no pause of {pause} minutes after the session of line {latest.line}"
            )
            table.fault(message, meeting.line, "start")
        if latest is None or meeting.end > latest.end:
            latest = meeting
