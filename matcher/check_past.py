"""What a rematch began with, from its folder `before`: the plan, and what of it had happened."""

from __future__ import annotations

import bisect
import csv
import datetime as dt
import hashlib
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from matcher.check_files import FORMULA_STARTS, Table, Violation
from matcher.check_rules import Roster
from matcher.errors import reason
from matcher.model import Cohort, Pair
from matcher.plain_file import read_plain
from matcher.programme import day_date, day_number

BEFORE = "before"
ENDED = (
    *("mentee_id", "mentee_name", "mentor_id", "mentor_name", "rank", "start", "end", "sessions"),
    *("first_session", "last_session", "reason", "by", "as_of"),
)
TIMES = ("mentee_id", "mentor_id", "start", "end")
FILES = {
    "pairs.csv": ("mentee_id", "mentee_name", "mentor_id", "mentor_name", "rank", "start"),
    "sessions.csv": TIMES,
    "ended.csv": ENDED,
    "held.csv": TIMES,
}
"""What is read of each file; there may be more columns."""
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
DELIMITERS = (",", ";", "\t")
Ids = tuple[str, str]
Slot = tuple[int, int]
"""Start and end of a session, instants in minutes."""


@dataclass
class Planned:
    """A pair of the plan: names and rank as they stand there, the engagement's first day, sessions by time.

    `midnight` is the instant at which the date of the rematch begins.
    """

    names: tuple[str, str]
    rank: str
    start: int
    midnight: int
    slots: list[Slot] = field(default_factory=list)

    @cached_property
    def held(self) -> list[Slot]:
        """The sessions before the date."""
        return self.slots[: bisect.bisect_left(self.slots, (self.midnight,))]

    @cached_property
    def coming(self) -> list[Slot]:
        """The sessions on the date and after."""
        return self.slots[len(self.held) :]


@dataclass
class Past:
    """The plan that a rematch has repaired, split at its date.

    `as_of` is the date (days since 1970-01-01), `midnight` the instant at which it begins. `pairs` are those of
    the plan by ids, `agreed` those of them that may go on, by persons. `ended` are rows of ended.csv, `held` the
    sessions of those pairs.
    """

    as_of: int
    midnight: int
    said: Mapping[str, Any]
    pairs: dict[Ids, Planned] = field(default_factory=dict)
    agreed: dict[Pair, Planned] = field(default_factory=dict)
    why: dict[Ids, str] = field(default_factory=dict)
    ended: list[tuple[str, ...]] = field(default_factory=list)
    held: dict[Ids, list[Slot]] = field(default_factory=dict)

    def held_by(self, pair: Pair) -> list[Slot]:
        """The sessions that a pair which may go on has held."""
        planned = self.agreed.get(pair)
        return planned.held if planned else []

    def planned_of(self, pair: Pair) -> list[Slot]:
        """The sessions that were planned for such a pair from the date on."""
        planned = self.agreed.get(pair)
        return planned.coming if planned else []

    def over(self, goes_on: Collection[Pair], person: Mapping[str, int]) -> Iterator[tuple[Pair, Slot]]:
        """The sessions held of pairs that do not go on; -1 stands for who is no employee any more."""
        for ids in self.pairs.keys() | self.held.keys():
            pair = person.get(ids[0], -1), person.get(ids[1], -1)
            ended = ids in self.pairs and (ids in self.why or pair not in goes_on)
            slots = list(self.held.get(ids, ())) + (self.pairs[ids].held if ended else [])
            for slot in slots:
                yield pair, slot

    def fixed(self, certificate: Mapping[str, Any] | None, pairs: Collection[Pair], forced: bool) -> set[Pair]:
        """The pairs that go on and are as good as locked: all of the run, unless the certificate weighs them."""
        goals = (certificate or {}).get("goals")
        weighed = isinstance(goals, list) and "kept" in goals
        return {pair for pair in self.agreed if pair in pairs} if forced and not weighed else set()

    def held_before(self, ids: Ids) -> list[Slot]:
        """The sessions that two people have held in a pair that is over."""
        found = list(self.held.get(ids, ()))
        if ids in self.why:
            found += self.pairs[ids].held
        return sorted(found)


def read_past(
    run: Path, summary: Mapping[str, Any] | None, roster: Roster, violations: list[Violation]
) -> Past | None:
    """Read what a rematch began with; None for a run that is none, or where it cannot be read (a violation)."""
    said = (summary or {}).get("rematch")
    table = Table("summary.json", violations)
    if said is None:
        if (run / BEFORE).exists():
            table.fault(f"says nothing of a rematch, but there is a folder '{BEFORE}'", column="rematch")
        return None
    as_of = _date(said.get("as_of")) if isinstance(said, dict) else None
    if as_of is None:
        table.fault("must be an object with the date of the rematch (as_of)", column="rematch")
        return None
    frame = roster.programme.frame
    if not frame.start <= day_date(as_of) <= frame.end:
        table.fault(f"{said['as_of']} lies outside the programme ({frame.start} to {frame.end})", column="rematch")
    past = Past(as_of, _midnight(roster, as_of), said)
    count = len(violations)
    rows = _check_sums(run, said, violations)
    _read_pairs(past, rows, day_number(frame.start), violations)
    _read_ended(past, rows, violations)
    _check_earlier(past, rows.keys(), table)
    if len(violations) > count:
        return None
    for ids, planned in past.pairs.items():
        code = why_over(roster, ids, as_of)
        if code:
            past.why[ids] = code
        else:
            past.agreed[roster.person[ids[0]], roster.person[ids[1]]] = planned
    return past


def _check_earlier(past: Past, files: Collection[str], table: Table) -> None:
    """The date of the rematch that is repaired: none where there was none, else no later than this one's."""
    earlier = past.said.get("earlier_as_of", "")
    day = _date(earlier)
    if (day is None or day > past.as_of) if "ended.csv" in files else earlier is not None:
        table.fault(
            f"{earlier!r} must be the date of the rematch before, null if there was none",
            column="rematch, earlier_as_of",
        )


def with_mentees(cohort: Cohort, past: Past) -> Cohort:
    """The cohort in which everybody in a pair that may go on is a mentee, also who lists nobody any more."""
    going = np.array([mentee for mentee, _ in past.agreed], dtype=np.int64)
    return replace(cohort, mentees=np.union1d(cohort.mentees, going).astype(np.int64))


def why_over(roster: Roster, ids: Ids, as_of: int) -> str:
    """Why a pair may not go on whatever else is decided; "" if it may."""
    people = [roster.person.get(one) for one in ids]
    mentee, mentor = people
    if mentee is None or mentor is None:
        return "left"
    status = roster.status((mentee, mentor))
    if status in ("refused", "declined", "forbidden"):
        return status
    last = roster.cohort.employees.last_day
    return "left" if min(int(last[mentee]), int(last[mentor])) < as_of else ""


def _midnight(roster: Roster, day: int) -> int:
    moment = dt.datetime.combine(day_date(day), dt.time(), roster.programme.zone)
    return int((moment - EPOCH).total_seconds()) // 60


# --- the files ----------------------------------------------------------------------------------------------

Cells = tuple[str, ...]


@dataclass
class Rows:
    """The lines of a file and its cells in the columns that are read, which are empty where one is `absent`."""

    absent: Collection[str] = ()
    records: list[tuple[int, Cells]] = field(default_factory=list)


def _check_sums(run: Path, said: Mapping[str, Any], violations: list[Violation]) -> dict[str, Rows]:
    """The rows of each file, which must be those that the rematch has read."""
    table, sums, found = Table("summary.json", violations), said.get("before"), dict[str, Rows]()
    actual = {}
    for file, columns in FILES.items():
        path = run / BEFORE / file
        try:
            data = read_plain(path)
        except FileNotFoundError:
            if file in {"pairs.csv", "sessions.csv"}:
                Table(f"{BEFORE}/{file}", violations).fault("cannot be read: the file is missing")
            continue
        except OSError as error:
            Table(f"{BEFORE}/{file}", violations).fault(f"cannot be read: {reason(error)}")
            continue
        actual[file] = hashlib.sha256(data).hexdigest()
        found[file] = _rows(data, columns, Table(f"{BEFORE}/{file}", violations))
    if sums != actual:
        table.fault(f"the SHA-256 sums are not those of the files in {BEFORE}/", column="rematch, before")
    return found


def _rows(data: bytes, columns: Sequence[str], table: Table) -> Rows:
    """The rows of a file with their lines, in these columns, however a spreadsheet program has saved it."""
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        table.fault(f"is not UTF-8 (byte {error.start})")
        return Rows()
    head = text.lstrip().partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=head.count))
    rows, plain = Rows(), cache(_plain)  # ids, names and times repeat
    try:
        titles = [title.strip().casefold() for title in next(filter(any, reader), [])]
        places, width = {title: at for at, title in enumerate(titles)}, len(titles)
        rows.absent = set(columns) - places.keys()
        pick = itemgetter(*(places.get(name, width) for name in columns))
        for row in reader:
            if "".join(row).strip():
                cells = row if len(row) == width else [*row, *[""] * width][:width]
                rows.records.append((reader.line_num, tuple(map(plain, pick([*cells, ""])))))
    except csv.Error as error:
        table.fault(f"cannot be read as CSV ({error})")
    return rows


def _plain(cell: str) -> str:
    text = cell.strip()
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS) else text


def _read_pairs(past: Past, rows: Mapping[str, Rows], first: int, violations: list[Violation]) -> None:
    """The pairs of the plan; those of a table without the column `start` began on the programme's `first` day."""
    table, pairs, day_of = Table(f"{BEFORE}/pairs.csv", violations), rows.get("pairs.csv", Rows()), cache(_date)
    begun = "start" in pairs.absent
    for line, (mentee, mentee_name, mentor, mentor_name, rank, begins) in pairs.records:
        ids, start = (mentee, mentor), first if begun else day_of(begins)
        if not all(ids) or start is None or ids in past.pairs:
            table.fault("the row does not name a pair once, with its start", line)
            continue
        past.pairs[ids] = Planned((mentee_name, mentor_name), rank, start, past.midnight)
    table = Table(f"{BEFORE}/sessions.csv", violations)
    for line, ids, slot in _slots(rows.get("sessions.csv", Rows()), table):
        if ids in past.pairs:
            past.pairs[ids].slots.append(slot)
        else:
            table.fault("these two are no pair in before/pairs.csv", line)
    for planned in past.pairs.values():
        planned.slots.sort()


def _slots(rows: Rows, table: Table) -> Iterator[tuple[int, Ids, Slot]]:
    instant = cache(_instant)
    for line, (mentee, mentor, begins, ends) in rows.records:
        start, end = instant(begins), instant(ends)
        if start is None or end is None or end <= start:
            table.fault("start and end are no times with offset, one after the other", line)
        else:
            yield line, (mentee, mentor), (start, end)


def _read_ended(past: Past, rows: Mapping[str, Rows], violations: list[Violation]) -> None:
    """What earlier rematches have ended."""
    past.ended += [cells for _, cells in rows.get("ended.csv", Rows()).records]
    for _, ids, slot in _slots(rows.get("held.csv", Rows()), Table(f"{BEFORE}/held.csv", violations)):
        past.held.setdefault(ids, []).append(slot)


def _date(text: object) -> int | None:
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return day_number(dt.date.fromisoformat(text))
    except ValueError:
        return None


def _instant(text: str) -> int | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if moment.tzinfo is None else int((moment - EPOCH).total_seconds()) // 60
