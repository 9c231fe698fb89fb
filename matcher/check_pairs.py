"""pairs.csv against the rules: who with whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from matcher.check_files import Row, Table, check_order, whole_number
from matcher.check_rules import REFUSALS, Roster
from matcher.model import Pair

COLUMNS = (
    "mentee_id", "mentee_name", "mentor_id", "mentor_name", "rank", "level_gap", "same_function", "sessions",
    "first_session", "last_session", "source", "start", "end",
)  # fmt: skip


@dataclass(slots=True)
class Meeting:
    """One session as sessions.csv has it: instants, and the date as a day index of the programme.

    `held` tells that it has taken place before the date of a rematch.
    """

    line: int
    pair: Pair
    number: int | None
    start: int
    end: int
    day: int
    held: bool = False


@dataclass
class FoundPair:
    """A pair of the run; the rank is the listed one, None for a lock that was no choice."""

    pair: Pair
    row: Row
    rank: int | None
    locked: bool
    meetings: list[Meeting] = field(default_factory=list)

    @property
    def mentee(self) -> int:
        """The person who is mentored."""
        return self.pair[0]

    @property
    def mentor(self) -> int:
        """The person who mentors."""
        return self.pair[1]


def check_pairs(table: Table, roster: Roster, agreed: Collection[Pair] = ()) -> dict[Pair, FoundPair]:
    """Check pairs.csv but for what it says about sessions; the pairs found, whether they keep the rules or not.

    Those `agreed` before a rematch need not be listed any more.
    """
    pairs: dict[Pair, FoundPair] = {}
    for row in table.rows():
        pair = find_pair(table, row.line, (row["mentee_id"], row["mentor_id"]), roster)
        if pair is None:
            continue
        if pair in pairs:
            table.fault(f"the pair already stands on line {pairs[pair].row.line}", row.line, "mentor_id")
            continue
        pairs[pair] = FoundPair(pair, row, roster.rank(pair), roster.is_locked(pair))
    for found in pairs.values():
        _check_rules(table, found, roster, pairs, listed=found.pair not in agreed)
        _check_columns(table, found, roster)
    _check_limits(table, roster, pairs.values(), whole=roster.programme.frame.engagement == "whole")
    for lock in roster.cohort.locks:
        if lock not in pairs:
            table.fault(f"{roster.labels(lock)} are locked in pairs.csv of the cohort, but not paired here")
    keys = ((ids, line) for line, ids in table.cells("mentee_id", "mentor_id"))
    check_order(table, keys, "mentee_id, mentor_id")
    return pairs


def find_pair(table: Table, line: int, ids: Sequence[str], roster: Roster) -> Pair | None:
    """The two people that a row names; None, and a violation, if one of them is no employee."""
    mentee, mentor = roster.person.get(ids[0]), roster.person.get(ids[1])
    if mentee is not None and mentor is not None:
        return mentee, mentor
    for column, employee_id in zip(("mentee_id", "mentor_id"), ids, strict=True):
        if employee_id not in roster.person:
            table.fault(f"'{employee_id}' is no employee_id of the cohort", line, column)
    return None


def _check_rules(
    table: Table, found: FoundPair, roster: Roster, pairs: dict[Pair, FoundPair], *, listed: bool
) -> None:
    """Refusals, listing and the reverse pair."""
    code = roster.refusal(found.pair)
    if listed and not found.locked and found.rank is None:
        table.fault("the mentee did not list this mentor, and the pair is not locked", found.row.line, "mentor_id")
    if code:
        gap = f" (level_gap is {roster.level_gap(found.pair)})" if code.endswith("_gap") else ""
        table.fault(f"{code}: {REFUSALS[code]}{gap}", found.row.line, "mentor_id")
    elif (found.mentor, found.mentee) in pairs:
        table.fault(f"reverse_pair: {REFUSALS['reverse_pair']}", found.row.line, "mentor_id")


def _check_columns(table: Table, found: FoundPair, roster: Roster) -> None:
    """The cells that follow from the cohort alone."""
    row = found.row
    table.expect(row, "mentee_name", roster.name(found.mentee))
    table.expect(row, "mentor_name", roster.name(found.mentor))
    table.expect(row, "rank", "" if found.rank is None else str(found.rank))
    table.expect(row, "level_gap", str(roster.level_gap(found.pair)))
    table.expect(row, "same_function", "yes" if roster.same_function(found.pair) else "no")
    table.expect(row, "source", "locked" if found.locked else "chosen")


def _check_limits(table: Table, roster: Roster, pairs: Iterable[FoundPair], *, whole: bool) -> None:
    """How many at the same time; reported on the first row beyond the limit and on every one after it.

    Where engagements are not `whole`, only sessions tell how many a mentor has at a time: see `check_waves`.
    """
    mentees: Counter[int] = Counter()
    mentors: Counter[int] = Counter()
    allowed = roster.programme.capacity.mentors_per_mentee
    for found in pairs:
        mentees[found.mentor] += 1
        mentors[found.mentee] += 1
        capacity = roster.capacity[found.mentor]
        if whole and mentees[found.mentor] > capacity:
            label, count = roster.label(found.mentor), mentees[found.mentor]
            table.fault(
                f"{label} has {count} mentees up to here, at most {capacity} allowed", found.row.line, "mentor_id"
            )
        if mentors[found.mentee] > allowed:
            label, count = roster.label(found.mentee), mentors[found.mentee]
            table.fault(
                f"{label} has {count} mentors up to here, at most {allowed} allowed", found.row.line, "mentee_id"
            )


def check_pair_figures(
    table: Table,
    pairs: Iterable[FoundPair],
    date_of: Callable[[int], str],
    engaged: Callable[[Pair], Sequence[int]],
) -> None:
    """The columns of pairs.csv that sum up the pair's sessions, and its first and last day by `engaged`.

    `date_of` writes the date of each day.
    """
    for found in pairs:
        days = [meeting.day for meeting in found.meetings]
        if whole_number(found.row["sessions"]) != len(days):
            message = f"'{found.row['sessions']}' must be {len(days)}: so many valid rows are in sessions.csv"
            table.fault(message, found.row.line, "sessions")
        table.expect(found.row, "first_session", date_of(min(days)) if days else "")
        table.expect(found.row, "last_session", date_of(max(days)) if days else "")
        first, last, *_, wanted = engaged(found.pair)
        if wanted:  # from its first to its last session
            first, last = (min(days), max(days)) if days else (first, last)
        table.expect(found.row, "start", date_of(first))
        table.expect(found.row, "end", date_of(last))
