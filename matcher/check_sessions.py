"""sessions.csv against the rules: when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from matcher.check_dates import Dates
from matcher.check_diary import Diary, check_diary
from matcher.check_files import Table, check_order, whole_number
from matcher.check_pairs import FoundPair, Meeting, find_pair
from matcher.check_rhythm import Rhythm
from matcher.check_rules import Roster
from matcher.check_timetable import Timetable
from matcher.model import Pair
from matcher.programme import Sessions

COLUMNS = ("mentee_id", "mentor_id", "number", "start", "end", "minutes")
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
NOBODY: Pair = (-1, -1)  # of a session whose people are not known


def check_sessions(table: Table, timetable: Timetable, pairs: Mapping[Pair, FoundPair]) -> Diary:
    """Check sessions.csv and hand every readable session to its pair, in order of time."""
    before = len(table.violations)
    starts, held = _hand_out(table, timetable, pairs)
    _check_free(table, held, timetable)
    # Free time is looked up for all sessions at once; the report still goes row by row.
    table.violations[before:] = sorted(table.violations[before:], key=lambda fault: fault.line or 0)
    for found in pairs.values():
        found.meetings.sort(key=lambda meeting: (meeting.start, meeting.end))
        _check_dates(table, found, timetable)
    rows = zip(starts, table.cells("mentee_id", "mentor_id"), strict=True)
    check_order(
        table, (((start, *ids), line) for start, (line, ids) in rows if start is not None), "start, mentee_id"
    )
    diary = Diary(pairs.values())
    check_diary(table, diary, timetable.roster, timetable.dates)
    return diary


def _hand_out(
    table: Table, timetable: Timetable, pairs: Mapping[Pair, FoundPair]
) -> tuple[list[int | None], list[Meeting]]:
    """Give each pair its sessions: the start that each row names, if it can be read, and the sessions of pairs."""
    starts, held = list[int | None](), list[Meeting]()
    rules, read = timetable.roster.programme.sessions, cache(partial(_read_instant, timetable.dates))
    for line, cells in table.cells(*COLUMNS):
        pair = find_pair(table, line, cells[:2], timetable.roster)
        found = None if pair is None else pairs.get(pair)
        if pair is not None and found is None:
            table.fault("these two are no pair in pairs.csv", line, "mentor_id")
        meeting = _read_meeting(table, line, cells[2:], found.pair if found else NOBODY, rules, read)
        starts.append(meeting.start if meeting else None)
        if meeting and found:
            found.meetings.append(meeting)
            held.append(meeting)
    return starts, held


# --- one session alone ----------------------------------------------------------------------------------------


class Stamp(NamedTuple):
    """A cell with a time: what is wrong with it, and the instant with its day, None where it cannot be used."""

    fault: str
    instant: int | None = None
    day: int = -1
    on_grid: bool = False


def _read_meeting(  # noqa: PLR0917  (what it reads, whose it is and how, for every session of a company)
    table: Table, line: int, cells: Sequence[str], pair: Pair, rules: Sessions, read: Callable[[str, str], Stamp]
) -> Meeting | None:
    """Check what a row says by itself; None if its times cannot be used."""
    number, minutes = whole_number(cells[0]), whole_number(cells[3])
    start, end = read(cells[1], "start"), read(cells[2], "end")
    if start.fault:
        table.fault(start.fault, line, "start")
    if end.fault:
        table.fault(end.fault, line, "end")
    if number is None:
        table.fault(f"'{cells[0]}' is not a whole number", line, "number")
    if minutes not in rules.minutes:
        listed = " or ".join(map(str, rules.minutes))
        table.fault(f"'{cells[3]}' is not a length of sessions (sessions.minutes: {listed})", line, "minutes")
    if start.instant is None or end.instant is None:
        return None
    if end.instant - start.instant != minutes:
        table.fault(f"{end.instant - start.instant} minutes lie between start and end", line, "minutes")
    if not start.on_grid:
        table.fault(f"sessions start at midnight plus a multiple of {rules.grid_minutes} minutes", line, "start")
    if end.instant <= start.instant:
        table.fault("the end must come after the start", line, "end")
        return None
    return Meeting(line, pair, number, start.instant, end.instant, start.day)


def _read_instant(dates: Dates, text: str, column: str) -> Stamp:
    """Minutes since the epoch of a cell with the offset that the programme's zone has at that instant."""
    try:
        stamp = dt.datetime.fromisoformat(text)
    except ValueError:
        stamp = None
    if stamp is None or stamp.tzinfo is None:
        return Stamp(f"'{text}' is not a time with offset, like 2027-01-11T09:00:00+00:00")
    instant, rest = divmod(stamp - EPOCH, MINUTE)
    low, high = dates.span
    if rest:
        return Stamp(f"{text} is not a whole minute")
    if not (low <= instant < high or (column == "end" and instant == high)):
        frame = dates.programme.frame
        return Stamp(f"{text} is outside the programme ({frame.start} to {frame.end})")
    fault = ""
    if stamp.utcoffset() != dt.timedelta(minutes=dates.clock.offset(instant)):
        local = (EPOCH + instant * MINUTE).astimezone(dates.clock.zone)
        fault = f"{text} must be written in the programme's time zone: {local.isoformat()}"
    return Stamp(fault, instant, dates.day_of(instant), dates.on_grid(instant))


def _check_free(table: Table, meetings: Sequence[Meeting], timetable: Timetable) -> None:
    """Both people are free from start to end, and for the pause on either side not busy."""
    starts = np.array([meeting.start for meeting in meetings], dtype=np.int64)
    ends = np.array([meeting.end for meeting in meetings], dtype=np.int64)
    mentees, mentors = (np.array([meeting.pair[side] for meeting in meetings], dtype=np.int64) for side in (0, 1))
    for people, told in ((mentees, np.zeros(len(meetings), dtype=bool)), (mentors, mentees == mentors)):
        missed = np.nonzero(~timetable.free.covers(people, starts, ends) & ~told)[0]
        if not len(missed):
            continue
        only_pause = timetable.free.covers(people[missed], starts[missed], ends[missed], pause=False)
        for at, free in zip(missed.tolist(), only_pause.tolist(), strict=True):
            fault = (
                f"has no pause of {timetable.free.pause} minutes beside busy time"
                if free
                else "is not free from start to end (working hours, availability and busy time)"
            )
            table.fault(f"{timetable.roster.label(people[at])} {fault}", meetings[at].line, "start")


# --- the sessions of a pair -----------------------------------------------------------------------------------


def _check_dates(table: Table, found: FoundPair, timetable: Timetable) -> None:
    """Numbers, distances, months and the minimum for one pair."""
    roster, dates, meetings = timetable.roster, timetable.dates, found.meetings
    rhythm = timetable.rhythm(found.pair)
    minimum, earliest = roster.programme.sessions.minimum, roster.earliest(found.pair)
    if len(meetings) < minimum:
        names = roster.labels(found.pair)
        table.fault(f"{names} hold {len(meetings)} sessions, at least {minimum} required")
    for number, meeting in enumerate(meetings, start=1):
        if meeting.number not in (number, None):
            table.fault(f"{meeting.number} must be {number}: numbers run in order of time", meeting.line, "number")
    if not meetings:
        return
    if meetings[0].day < earliest:
        message = (
            f"too soon after the pair's last session before the programme: {dates.date(earliest)} at the earliest"
        )
        table.fault(message, meetings[0].line, "start")
    first, last = dates.date(rhythm.begins), dates.date(rhythm.ends)
    for meeting in meetings:
        if not rhythm.begins <= meeting.day <= rhythm.ends:
            message = f"outside the engagement of {roster.labels(found.pair)} ({first} to {last})"
            table.fault(message, meeting.line, "start")
    _check_apart(table, meetings, dates)
    _check_months(table, found, rhythm, roster)


def _check_apart(table: Table, meetings: Sequence[Meeting], dates: Dates) -> None:
    apart = dates.programme.sessions.min_days_between
    for meeting, following in pairwise(meetings):
        days = following.day - meeting.day
        if days < apart:
            table.fault(
                f"only {days} days after the session on {dates.date(meeting.day)}, at least {apart} required",
                following.line,
                "start",
            )


def _check_months(table: Table, found: FoundPair, rhythm: Rhythm, roster: Roster) -> None:
    """Both readings of "at least once a month", from the engagement's start over each session to its end."""
    dates, meetings = rhythm.dates, found.meetings
    days = [-1, *(meeting.day for meeting in meetings), dates.days]
    for day, following, meeting in zip(days[:-1], days[1:], [*meetings, meetings[-1]], strict=True):
        if following > rhythm.rolling_limit(day):
            names = roster.labels(found.pair)
            most = f"max_months_between ({dates.programme.sessions.max_months_between})"
            since = dates.date(max(day, rhythm.begins))
            until = dates.date(min(following, rhythm.ends))
            away = ", absences not counted" if rhythm.engagement.absent else ""
            table.fault(
                f"{names} hold no session for more than {most}: from {since} to {until}{away}",
                meeting.line,
                "start",
            )
        if following > rhythm.calendar_limit(day):
            names = roster.labels(found.pair)
            table.fault(f"{names} hold no session in {rhythm.months_without(day)}", meeting.line, "start")
