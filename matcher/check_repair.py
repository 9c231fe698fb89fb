"""The tables of a rematch: who goes on, what has ended, which sessions moved, row by row from the other files."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from matcher.check_files import Table, Violation, read_table, safe_text
from matcher.check_outcomes import Outcomes
from matcher.check_pairs import FoundPair
from matcher.check_past import ENDED, Ids, Past, Planned, Slot
from matcher.check_rhythm import wanted_sessions
from matcher.check_timetable import Timetable
from matcher.model import Pair
from matcher.programme import day_date

CHANGES = (
    *("mentee_id", "mentee_name", "mentor_id", "mentor_name", "change", "sessions_kept", "sessions_moved"),
    *("sessions_cancelled", "sessions_new", "reason", "cause"),
)
MOVES = (
    *("mentee_id", "mentor_id", "change", "before_number", "before_start", "before_end", "number", "start", "end"),
    *("reason", "cause"),
)
HELD = ("mentee_id", "mentor_id", "number", "start", "end", "minutes")
FULL = ("does_not_mentor", "mentor_full", "other_choice_taken", "schedule_conflict")
ENDINGS = ("refused", "declined", "forbidden", "left", "rule", "capacity", "lock", "schedule", "for_others")
Cells = tuple[str, ...]


class Moved(NamedTuple):
    """A session that is otherwise than planned: number and time before and now, None where it was or is not."""

    ids: Ids
    before: tuple[int, Slot] | None
    now: tuple[int, Slot] | None
    reason: str

    @property
    def change(self) -> str:
        """The word for it."""
        return "new" if self.before is None else "cancelled" if self.now is None else "moved"


class Fate(NamedTuple):
    """What becomes of a pair, how many of its sessions stay, and those that are otherwise."""

    change: str
    kept: int
    moves: tuple[Moved, ...]
    reason: str


def check_repair(run: Path, repair: Repair, violations: list[Violation], *, proven: bool) -> None:
    """Check changes.csv, moves.csv, ended.csv, held.csv and what summary.json says of the rematch.

    `proven` tells whether the fewest sessions that move are called proven.
    """
    delimiter = repair.roster.programme.output.delimiter

    def table(file: str, columns: Sequence[str]) -> Table:
        return read_table(run, file, columns, delimiter, violations)

    _compare(table("changes.csv", CHANGES), CHANGES, repair.changes(), (0, 2))
    _compare(table("moves.csv", MOVES), MOVES, repair.moves(), (0, 1, 2, 4, 7))
    _compare(table("ended.csv", ENDED), ENDED, repair.ended(), (0, 2, 5))
    _compare(table("held.csv", HELD), HELD, repair.held(), (0, 1, 3))
    table_of_figures = Table("summary.json", violations)
    _check_figures(table_of_figures, repair.past.said, repair.figures())
    if proven:
        _check_moves(table_of_figures, repair)


def _compare(table: Table, columns: Sequence[str], expected: Sequence[Cells], key: Sequence[int]) -> None:
    """The table must hold exactly these rows, in this order; of a `cause` only that one is there where it must.

    Rows may have the same key: two people may have been to begin on the same day twice, and ended it each time.
    """
    exact = columns[:-1] if columns[-1] == "cause" else columns
    if _is_as_expected(table, columns, expected, len(exact)):
        return
    keys, seen = [tuple([row[place] for place in key]) for row in expected], Counter[Cells]()
    wanted = dict(zip(_numbered(keys), expected, strict=True))
    found: dict[tuple[Cells, int], int] = {}
    for row, (_, cells) in zip(table.rows(), table.cells(*columns), strict=True):
        cell_key = tuple([cells[place] for place in key])
        named = cell_key, seen[cell_key]
        if named not in wanted:
            if (cell_key, 0) in found:
                table.fault(f"the row stands already on line {found[cell_key, 0]}", row.line)
            else:
                table.fault("the row does not follow from the other files", row.line)
        else:
            seen[cell_key] += 1
            found[named] = row.line
            cause = wanted[named][len(exact) :]
            if cells[: len(exact)] != wanted[named][: len(exact)]:
                for column, cell in zip(exact, wanted[named], strict=False):
                    table.expect(row, column, cell)
            if cause and bool(cells[-1].strip()) != bool(cause[0]):
                table.fault("must not be empty" if cause[0] else "must be empty", row.line, "cause")
    for named in wanted.keys() - found.keys():
        table.fault(f"a row is missing: {', '.join(filter(None, named[0]))}")
    order = [named for named in wanted if named in found]
    for named, above in zip(order, found, strict=False):
        if named != above:
            table.fault("the rows stand in another order than they should", found[above])
            return


def _is_as_expected(table: Table, columns: Sequence[str], expected: Sequence[Cells], exact: int) -> bool:
    """Whether the rows are these, as those of any run that nobody has touched: the quick way to see it."""
    return len(table.records) == len(expected) and all(
        cells[:exact] == row[:exact]
        and all(
            bool(found.strip()) == bool(wanted) for found, wanted in zip(cells[exact:], row[exact:], strict=True)
        )
        for (_, cells), row in zip(table.cells(*columns), expected, strict=True)
    )


def _numbered(keys: Sequence[Cells]) -> Iterator[tuple[Cells, int]]:
    """Each key with the number of those before it that are the same."""
    seen = Counter[Cells]()
    for key in keys:
        yield key, seen[key]
        seen[key] += 1


def _check_figures(table: Table, said: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    for key, value in expected.items():
        if said.get(key) != value:
            table.fault(f"{said.get(key)!r} must be {value!r}", column=f"rematch, {key}")


def _check_moves(table: Table, repair: Repair) -> None:
    """Where the fewest moved sessions are called proven, none of them alone may be able to stay as planned."""
    rules = repair.roster.programme.sessions
    if rules.max_per_day or rules.max_per_week:
        return  # what others hold on a day or in a week may stand against it
    for fate in repair.fates.values():
        for move in fate.moves if fate.change == "moved" else ():
            if move.reason == "rules" and move.before is not None and repair.could_stay(move):
                names = repair.roster.labels(repair.pair_of(move.ids))
                message = f"called optimal, but {names} could meet as planned on {repair.date_of(move.before[1])}"
                table.fault(message, column="goals, moved")


class Repair:
    """What the tables must say."""

    def __init__(
        self, past: Past, outcomes: Outcomes, timetable: Timetable, pairs: Mapping[Pair, FoundPair]
    ) -> None:
        self.past, self.timetable, self.pairs = past, timetable, pairs
        self.roster = roster = timetable.roster
        self.outcome = {choice.pair: outcomes.codes[at] for at, choice in enumerate(roster.choices)}
        self.of: dict[int, list[FoundPair]] = {}
        for found in pairs.values():
            for person in set(found.pair):
                self.of.setdefault(person, []).append(found)
        self.over = {ids: self._reason(ids) for ids in past.pairs if self._is_over(ids)}
        self.fates = dict(sorted(self._fates()))
        self._local = cache(self._iso)

    def could_stay(self, move: Moved) -> bool:
        """Whether dates allow the session as it was planned, with all others of the pair as they are."""
        pair, dates, rules = self.pair_of(move.ids), self.timetable.dates, self.roster.programme.sessions
        if move.before is None:
            return False
        start, end = move.before[1]
        if end - start not in rules.minutes or not dates.on_grid(start):
            return False
        rhythm, apart = self.timetable.rhythm(pair), rules.min_days_between
        gone = None if move.now is None else move.now[1]
        meetings = [one for one in self.pairs[pair].meetings if not one.held and (one.start, one.end) != gone]
        coming = sorted([*(meeting.day for meeting in meetings), dates.day_of(start)])
        held = rhythm.engagement.held
        if coming[0] < self.timetable.earliest(pair) or coming[-1] > rhythm.ends or coming[0] < rhythm.begins:
            return False
        steps = [*pairwise([held, *coming]), (coming[-1], dates.days)]
        if rhythm.engagement.wanted:
            if not self._stays_engaged(pair, (start, end), len(coming)):
                return False
            steps = steps[0 if held >= 0 else 1 : -1]  # nothing is due before its first session or after its last
        if any(rhythm.latest_after(before) < after for before, after in steps):
            return False
        return all(after - before >= apart for before, after in pairwise(coming))

    def _stays_engaged(self, pair: Pair, slot: Slot, coming: int) -> bool:
        """Whether with a session, the pair has as many as it is to have, and its mentor no longer than now."""
        meetings, rhythm = self.pairs[pair].meetings, self.timetable.rhythm(pair)
        right = len(self.past.held_by(pair)) + coming == rhythm.engagement.wanted
        return right and meetings[0].start <= slot[0] and slot[1] <= max(meeting.end for meeting in meetings)

    def date_of(self, slot: Slot) -> str:
        """The date on which a session starts."""
        return self.timetable.dates.date(self.timetable.dates.day_of(slot[0])).isoformat()

    def pair_of(self, ids: Ids) -> Pair:
        """The two people; -1 for who is no employee any more."""
        return self.roster.person.get(ids[0], -1), self.roster.person.get(ids[1], -1)

    def _ids(self, pair: Pair) -> Ids:
        return self.roster.ids[pair[0]], self.roster.ids[pair[1]]

    def _is_over(self, ids: Ids) -> bool:
        return ids in self.past.why or self.pair_of(ids) not in self.pairs

    def _reason(self, ids: Ids) -> str:
        """Why a pair of the plan does not go on."""
        if ids in self.past.why:
            return self.past.why[ids]
        pair = self.pair_of(ids)
        if (self.outcome.get(pair) or self.roster.refusal(pair) or FULL[-1]) not in FULL:
            return "rule"
        places = self.roster.programme.capacity.mentors_per_mentee, self.roster.capacity[pair[1]]
        fresh = False
        for side, most in enumerate(places):
            same = [found for found in self.of.get(pair[side], ()) if found.pair[side] == pair[side]]
            stays = [found for found in same if found.locked or found.pair in self.past.agreed]
            fresh |= len(stays) < len(same)
            if side and self.roster.programme.frame.engagement == "as-needed":
                stays = self._engaged_beside(pair, stays)
            if len(stays) >= most:
                return "lock" if any(found.pair not in self.past.agreed for found in stays) else "capacity"
        ends = self.roster.programme.rematch.end_pairs == "for-more-mentees"
        return "for_others" if ends and fresh else "schedule"

    def _engaged_beside(self, pair: Pair, others: Sequence[FoundPair]) -> list[FoundPair]:
        """Of the mentor's others those who have begun and go on, if this pair has begun, too, and was to go on.

        Where engagements last as long as needed, others may have their turn after it, or before.
        """
        held, since = len(self.past.held_by(pair)), self.past.midnight
        if not 0 < held < wanted_sessions(self.roster.cohort)[pair[0]]:
            return []
        return [
            found
            for found in others
            if any(one.held for one in found.meetings) and found.meetings[-1].start >= since
        ]

    # --- fates --------------------------------------------------------------------------------------------------

    def _fates(self) -> Iterator[tuple[Ids, Fate]]:
        for ids, reason in self.over.items():
            held, planned = self.past.pairs[ids].held, self.past.pairs[ids].coming
            gone = tuple(
                Moved(ids, (number, slot), None, "pair_ended")
                for number, slot in enumerate(planned, len(held) + 1)
            )
            yield ids, Fate("ended", 0, gone, reason)
        for pair, found in self.pairs.items():
            ids, slots = self._ids(pair), [(meeting.start, meeting.end) for meeting in found.meetings]
            if pair in self.past.agreed:
                yield ids, self._going_on(found, ids, slots)
            else:
                moves = tuple(Moved(ids, None, one, "new_pair") for one in enumerate(slots, 1))
                yield ids, Fate("new", 0, moves, self._why_new(ids))

    def _why_new(self, ids: Ids) -> str:
        mentees, mentors = self._of_ended
        if ids[0] in mentees:
            return "lost_mentor"
        return "place_free" if ids[1] in mentors else "waited"

    @cached_property
    def _of_ended(self) -> tuple[set[str], set[str]]:
        return {mentee for mentee, _ in self.over}, {mentor for _, mentor in self.over}

    def _going_on(self, found: FoundPair, ids: Ids, slots: list[Slot]) -> Fate:
        """Sessions that start as planned are the same; what is left on both sides is matched in order of time."""
        held, planned = self.past.held_by(found.pair), self.past.planned_of(found.pair)
        first = sum(start < self.past.midnight for start, _ in slots)
        if slots[first:] == planned:
            return Fate("kept", len(planned), (), "")
        before = list(enumerate(planned, len(held) + 1))
        now = list(enumerate(slots, 1))[first:]
        starts = {slot[0]: (number, slot) for number, slot in now}
        to = {number: starts[slot[0]] for number, slot in before if slot[0] in starts}
        taken = {number for number, _ in to.values()}
        left = [one for one in before if one[0] not in to]
        free = [one for one in now if one[0] not in taken]
        to |= {old[0]: new for old, new in zip(left, free, strict=False)}
        moves = [
            Moved(ids, old, to.get(old[0]), self._obstacle(found, old[1]))
            for old in before
            if to.get(old[0], (0, None))[1] != old[1]
        ]
        came = {number for number, _ in to.values()}
        moves += [Moved(ids, None, one, "added") for one in now if one[0] not in came]
        reasons = "; ".join(dict.fromkeys(move.reason for move in moves))
        kept = sum(to.get(old[0], (0, None))[1] == old[1] for old in before)
        return Fate("moved" if moves else "kept", kept, tuple(moves), reasons)

    def _obstacle(self, found: FoundPair, slot: Slot) -> str:
        """What stands in the way of a session as it was planned."""
        people, free = self.roster.cohort.employees, self.timetable.free
        day = self.timetable.dates.day_of(slot[0]) + self.timetable.dates.first
        for person in found.pair:
            there = people.first_day[person] <= day <= people.last_day[person]
            row = (np.array([value], dtype=np.int64) for value in (person, *slot))
            if not there or not free.covers(*row)[0]:
                return "not_free"
        pause = self.roster.programme.sessions.pause_minutes
        others = (
            meeting
            for person in found.pair
            for other in self.of[person]
            if other is not found
            for meeting in other.meetings
        )
        meets = any(slot[0] < other.end + pause and other.start < slot[1] + pause for other in others)
        return "made_room" if meets else "rules"

    # --- rows ---------------------------------------------------------------------------------------------------

    def _names(self, ids: Ids) -> Cells:
        """Ids with names: those of the cohort, or of the plan for who is no employee any more."""
        cells: list[str] = []
        for one in ids:
            person = self.roster.person.get(one)
            name = self.roster.name(person) if person is not None else safe_text(self._old_name(one))
            cells += [one, name]
        return tuple(cells)

    def _old_name(self, employee_id: str) -> str:
        """The name of somebody who has left, as the plan has it first."""
        return self._old_names.get(employee_id, "")

    @cached_property
    def _old_names(self) -> dict[str, str]:
        names = dict[str, str]()
        for ids, planned in self.past.pairs.items():
            for one, name in zip(ids, planned.names, strict=True):
                names.setdefault(one, name)
        return names

    def changes(self) -> list[Cells]:
        """The rows of changes.csv."""
        rows = []
        for ids, fate in self.fates.items():
            counts = Counter(move.change for move in fate.moves)
            numbers = map(str, (fate.kept, counts["moved"], counts["cancelled"], counts["new"]))
            cause = "" if fate.change == "kept" else "cause"
            rows.append((*self._names(ids), fate.change, *numbers, fate.reason, cause))
        return rows

    def moves(self) -> list[Cells]:
        """The rows of moves.csv."""

        def when(move: Moved) -> tuple[int, Ids, int]:
            number, slot = move.before or move.now or (0, (0, 0))
            return slot[0], move.ids, number

        moves = sorted((move for fate in self.fates.values() for move in fate.moves), key=when)
        return [
            (*move.ids, move.change, *self._times(move.before), *self._times(move.now), move.reason, "cause")
            for move in moves
        ]

    def _times(self, session: tuple[int, Slot] | None) -> Cells:
        if session is None:
            return "", "", ""
        return str(session[0]), *map(self._local, session[1])

    def ended(self) -> list[Cells]:
        """The rows of ended.csv: those of earlier rematches, and the pairs that have ended now."""
        rows = [tuple(safe_text(cell) for cell in row) for row in self.past.ended]
        return sorted([*rows, *map(self._ended, self.over)], key=lambda row: (row[0], row[2], row[5]))

    def _ended(self, ids: Ids) -> Cells:
        planned, reason = self.past.pairs[ids], self.over[ids]
        decision = self.roster.cohort.decisions.get(self.pair_of(ids))
        by, days = "", [self.past.as_of - 1]
        if reason in ("refused", "declined") and decision is not None:
            by, days = decision.by, [*days, *([] if decision.since is None else [decision.since])]
        sides = dict(zip(("mentee", "mentor"), self.pair_of(ids), strict=True))
        last_day = self.roster.cohort.employees.last_day
        days += [int(last_day[person]) for person in sides.values() if person >= 0]
        if reason == "left":
            gone = [side for side, person in sides.items() if person < 0 or last_day[person] < self.past.as_of]
            by = "both" if len(gone) == len(sides) else gone[0]
        return (*self._as_planned(ids, planned, min(days)), reason, by, day_date(self.past.as_of).isoformat())

    def _as_planned(self, ids: Ids, planned: Planned, last: int) -> Cells:
        held = [self._local(start)[:10] for start, _ in planned.held]
        names = [safe_text(name) for name in planned.names]
        return (
            *(ids[0], names[0], ids[1], names[1], planned.rank, day_date(planned.start).isoformat()),
            "" if last < planned.start else day_date(last).isoformat(),
            *(str(len(held)), *((held[0], held[-1]) if held else ("", ""))),
        )

    def held(self) -> list[Cells]:
        """The rows of held.csv: all sessions held of pairs that are over."""
        slots = {ids: list(own) for ids, own in self.past.held.items()}
        for ids in self.over:
            slots.setdefault(ids, []).extend(self.past.pairs[ids].held)
        rows = [
            ((start, ids), (*ids, str(number), self._local(start), self._local(end), str(end - start)))
            for ids, own in slots.items()
            for number, (start, end) in enumerate(sorted(own), 1)
        ]
        return [row for _, row in sorted(rows)]

    def _iso(self, instant: int) -> str:
        moment = dt.datetime.fromtimestamp(instant * 60, self.timetable.dates.clock.zone)
        return moment.isoformat(timespec="minutes")

    # --- figures ------------------------------------------------------------------------------------------------

    def figures(self) -> dict[str, Any]:
        """What summary.json says of the rematch, but for its date and sums."""
        frame, employed = self.roster.programme.frame, set(self.roster.person)
        kinds = Counter(fate.change for fate in self.fates.values())
        moves = Counter(move.change for fate in self.fates.values() for move in fate.moves)
        lost = {mentee for mentee, _ in self.over} & employed
        reasons = Counter(self.over.values())
        heard = {person for ids, fate in self.fates.items() if fate.change != "kept" for person in ids}
        paired = {self.roster.ids[found.mentee] for found in self.pairs.values()}
        going = [fate for fate in self.fates.values() if fate.change == "moved"]
        return {
            "start": frame.start.isoformat(),
            "end": frame.end.isoformat(),
            "timezone": frame.timezone,
            "agreed": len(self.past.agreed),
            "kept": kinds["kept"] + kinds["moved"],
            "pairs_with_other_sessions": kinds["moved"],
            "ended": {reason: reasons[reason] for reason in ENDINGS if reasons[reason]},
            "ended_for_others": reasons["for_others"],
            "new": kinds["new"],
            "mentees_who_lost_a_mentor": len(lost),
            "mentees_regained": len(lost & paired),
            "sessions_held": sum(len(self.past.held_by(pair)) for pair in self.past.agreed),
            "sessions_kept": sum(fate.kept for fate in self.fates.values()),
            "sessions_moved": moves["moved"],
            "sessions_cancelled": moves["cancelled"],
            "sessions_cancelled_of_kept": sum(move.change == "cancelled" for fate in going for move in fate.moves),
            "sessions_new": moves["new"],
            "people_affected": len(heard & employed),
        }
