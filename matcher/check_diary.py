"""The sessions of each person, in whichever role: the time that they take, and the rules on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from matcher.check_dates import Dates
from matcher.check_files import Table
from matcher.check_pairs import FoundPair, Meeting
from matcher.check_rules import Roster
from matcher.check_time import Interval
from matcher.model import Pair


class Diary:
    """The times that the run's sessions take, person by person, in whichever role."""

    def __init__(self, pairs: Iterable[FoundPair], over: Iterable[Meeting] = ()) -> None:
        """Put the sessions of pairs in, and those held of pairs that are over."""
        self.of: dict[int, list[Meeting]] = {}
        for found in pairs:
            for person in set(found.pair):
                self.of.setdefault(person, []).extend(found.meetings)
        for meeting in over:
            for person in set(meeting.pair) - {-1}:
                self.of.setdefault(person, []).append(meeting)

    def beside(self, person: int, left_out: Pair | None) -> list[Meeting]:
        """The sessions of one person, but for those of one pair."""
        return [meeting for meeting in self.of.get(person, ()) if meeting.pair != left_out]

    def taken(self, people: Pair, left_out: Pair | None) -> list[Interval]:
        """When the sessions of these two people are, but for those of one pair."""
        return [(meeting.start, meeting.end) for person in people for meeting in self.beside(person, left_out)]


class Limit(NamedTuple):
    """The most sessions of a person in a period: its key, and how days tell the period and messages name it."""

    key: str
    most: int
    period: Callable[[int], int]
    name: Callable[[int], str]


def check_diary(table: Table, diary: Diary, roster: Roster, dates: Dates) -> None:
    """Check the sessions of every person together."""
    rules = roster.programme.sessions
    limits = (
        Limit("max_per_day", rules.max_per_day, int, lambda day: f"on {dates.date(day)}"),
        Limit(
            "max_per_week",
            rules.max_per_week,
            dates.monday,
            lambda monday: f"from Monday {dates.date(monday)} to Sunday {dates.date(monday + 6)}",
        ),
    )
    for person, entries in diary.of.items():
        label = roster.label(person)
        entries.sort(key=lambda meeting: (meeting.start, meeting.line))
        _check_apart(table, entries, label, rules.pause_minutes)
        for limit in limits:
            if limit.most:
                _check_limit(table, entries, label, limit)


def _check_limit(table: Table, entries: Sequence[Meeting], label: str, limit: Limit) -> None:
    """So many sessions in a period; reported on the first one beyond the limit and on every one after it."""
    counts: Counter[int] = Counter()
    for meeting in entries:
        period = limit.period(meeting.day)
        counts[period] += 1
        if counts[period] > limit.most and not meeting.held:
            message = (
                f"{label} has {counts[period]} sessions {limit.name(period)} up to here, "
                f"at most {limit.most} allowed ({limit.key})"
            )
            table.fault(message, meeting.line, "start")


def _check_apart(table: Table, entries: Sequence[Meeting], label: str, pause: int) -> None:
    """Nobody is in two sessions at once, and each begins a pause after the one before has ended, or later."""
    latest: Meeting | None = None
    for meeting in entries:
        if latest is not None and meeting.start < latest.end + pause and not meeting.held:
            # What a pair that is over has held stands in no line.
            line = latest.line
            other = f"the session of line {line}" if line else "a session held in a pair that is over"
            message = (
                f"{label} is still in {other}"
                if meeting.start < latest.end
                else f"{label} has no pause of {pause} minutes after {other}"
            )
            table.fault(message, meeting.line, "start")
        if latest is None or meeting.end > latest.end:
            latest = meeting
