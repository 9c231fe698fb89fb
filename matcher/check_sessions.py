"""sessions.csv against the rules: when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
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
from matcher.check_time import Interval
from matcher.check_timetable import Timetable
from matcher.check_waves import check_places
from matcher.model import Pair
from matcher.programme import Sessions, day_date

COLUMNS = ("mentee_id", "mentor_id", "number", "start", "end", "minutes")
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
NOBODY: Pair = (-1, -1)  # of a session whose people are not known


def check_sessions(table: Table, timetable: Timetable, pairs: Mapping[Pair, FoundPair]) -> Diary:
    """Check sessions.csv and hand every readable session to its pair, in order of time."""
    before = len(table.violations)
    starts, coming = _hand_out(table, timetable, pairs)
    _check_free(table, coming, timetable)
    _check_held(table, timetable, pairs)
    # Free time is looked up for all sessions at once; the report still goes row by row.
    table.violations[before:] = sorted(table.violations[before:], key=lambda fault: fault.line or 0)
    for found in pairs.values():
        found.meetings.sort(key=lambda meeting: (meeting.start, meeting.end))
        _check_dates(table, found, timetable)
    rows = zip(starts, table.cells("mentee_id", "mentor_id"), strict=True)
    check_order(
        table, (((start, *ids), line) for start, (line, ids) in rows if start is not None), "start, mentee_id"
    )
    check_places(table, timetable.roster, pairs.values(), timetable.past)
    diary = Diary(pairs.values(), _over(timetable, pairs))
    check_diary(table, diary, timetable.roster, timetable.dates)
    return diary


def _hand_out(
    table: Table, timetable: Timetable, pairs: Mapping[Pair, FoundPair]
) -> tuple[list[int | None], list[Meeting]]:
    """Give each pair its sessions: the start that each row names, if it can be read, and those still to come."""
    starts, coming = list[int | None](), list[Meeting]()
    rules, read = timetable.roster.programme.sessions, cache(partial(_read_instant, timetable.dates))
    for line, cells in table.cells(*COLUMNS):
        pair = find_pair(table, line, cells[:2], timetable.roster)
        found = None if pair is None else pairs.get(pair)
        if pair is not None and found is None:
            table.fault("these two are no pair in pairs.csv", line, "mentor_id")
        whose = found.pair if found else NOBODY
        held = () if timetable.past is None else timetable.past.held_by(whose)
        meeting = _read_meeting(table, line, cells[2:], (whose, held), rules, read)
        starts.append(meeting.start if meeting else None)
        if meeting and found:
            found.meetings.append(meeting)
            coming += [] if meeting.held else [meeting]
    return starts, coming


def _check_held(table: Table, timetable: Timetable, pairs: Mapping[Pair, FoundPair]) -> None:
    """In a rematch what lies before its date is what has been held, no more and no less."""
    past = timetable.past
    if past is None:
        return
    day = day_date(past.as_of)
    for found in pairs.values():
        there = {(meeting.start, meeting.end) for meeting in found.meetings}
        for start, _ in (slot for slot in past.held_by(found.pair) if slot not in there):
            moment = (EPOCH + start * MINUTE).astimezone(timetable.dates.clock.zone).isoformat()
            names = timetable.roster.labels(found.pair)
            table.fault(f"the session that {names} have held at {moment} is missing")
        for meeting in found.meetings:
            if meeting.start < past.midnight and not meeting.held:
                table.fault(f"lies before {day}, the date of the rematch, and was not held", meeting.line, "start")


def _over(timetable: Timetable, pairs: Mapping[Pair, FoundPair]) -> list[Meeting]:
    """The sessions that pairs which are over have held, for the limits of days and weeks."""
    past, dates = timetable.past, timetable.dates
    if past is None:
        return []
    found = past.over(pairs.keys(), timetable.roster.person)
    return [Meeting(0, pair, None, start, end, dates.day_of(start), held=True) for pair, (start, end) in found]


# --- one session alone ----------------------------------------------------------------------------------------


class Stamp(NamedTuple):
    """A cell with a time: what is wrong with it, and the instant with its day, None where it cannot be used."""

    fault: str
    instant: int | None = None
    day: int = -1
    on_grid: bool = False


def _read_meeting(  # noqa: PLR0917  (what it reads, whose it is and how, for every session of a company)
    table: Table,
    line: int,
    cells: Sequence[str],
    whose: tuple[Pair, Collection[Interval]],
    rules: Sessions,
    read: Callable[[str, str], Stamp],
) -> Meeting | None:
    """Check what a row says by itself; None if its times cannot be used.

    `whose` it is comes with the sessions that the two have held, which need no length and no start of the rules.
    """
    number, minutes = whole_number(cells[0]), whole_number(cells[3])
    start, end = read(cells[1], "start"), read(cells[2], "end")
    if start.fault:
        table.fault(start.fault, line, "start")
    if end.fault:
        table.fault(end.fault, line, "end")
    if number is None:
        table.fault(f"'{cells[0]}' is not a whole number", line, "number")
    held = start.instant is not None and (start.instant, end.instant) in whose[1]
    if minutes not in rules.minutes and not held:
        listed = " or ".join(map(str, rules.minutes))
        table.fault(f"'{cells[3]}' is not a length of sessions (sessions.minutes: {listed})", line, "minutes")
    if start.instant is None or end.instant is None:
        return None
    if end.instant - start.instant != minutes:
        table.fault(f"{end.instant - start.instant} minutes lie between start and end", line, "minutes")
    if not start.on_grid and not held:
        table.fault(f"sessions start at midnight plus a multiple of {rules.grid_minutes} minutes", line, "start")
    if end.instant <= start.instant:
        table.fault("the end must come after the start", line, "end")
        return None
    return Meeting(line, whose[0], number, start.instant, end.instant, start.day, held)


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
    minimum, earliest = roster.programme.sessions.minimum, timetable.earliest(found.pair)
    wanted = rhythm.engagement.wanted
    if wanted and len(meetings) != wanted:
        names = roster.labels(found.pair)
        table.fault(f"{names} hold {len(meetings)} sessions, exactly {wanted} wanted")
    if len(meetings) < minimum:
        names = roster.labels(found.pair)
        table.fault(f"{names} hold {len(meetings)} sessions, at least {minimum} required")
    for number, meeting in enumerate(meetings, start=1):
        if meeting.number not in (number, None):
            table.fault(f"{meeting.number} must be {number}: numbers run in order of time", meeting.line, "number")
    if not meetings:
        return
    coming = next((meeting for meeting in meetings if not meeting.held), None)
    if coming is not None and coming.day < earliest:
        before = "before the programme" if timetable.past is None else "held"
        message = f"too soon after the pair's last session {before}: {dates.date(earliest)} at the earliest"
        table.fault(message, coming.line, "start")
    if wanted and not meetings[0].held and meetings[0].day > rhythm.latest_first:
        message = f"begins after {dates.date(rhythm.latest_first)} (programme.latest_start)"
        table.fault(message, meetings[0].line, "start")
    first, last = dates.date(rhythm.begins), dates.date(rhythm.ends)
    for meeting in meetings:
        if not meeting.held and not rhythm.begins <= meeting.day <= rhythm.ends:
            message = f"outside the engagement of {roster.labels(found.pair)} ({first} to {last})"
            table.fault(message, meeting.line, "start")
    _check_apart(table, meetings, dates)
    _check_months(table, found, rhythm, roster)


def _check_apart(table: Table, meetings: Sequence[Meeting], dates: Dates) -> None:
    apart = dates.programme.sessions.min_days_between
    for meeting, following in pairwise(meetings):
        days = following.day - meeting.day
        if days < apart and not following.held:
            table.fault(
                f"only {days} days after the session on {dates.date(meeting.day)}, at least {apart} required",
                following.line,
                "start",
            )


def _check_months(table: Table, found: FoundPair, rhythm: Rhythm, roster: Roster) -> None:
    """Both readings of "at least once a month", from the engagement's start over each session to its end."""
    dates, meetings = rhythm.dates, found.meetings
    days = [-1, *(meeting.day for meeting in meetings), dates.days]
    held = sum(meeting.held for meeting in meetings)
    steps = list(zip(days[:-1], days[1:], [*meetings, meetings[-1]], strict=True))
    steps = steps[held:]  # what was held is as it is
    # An engagement that lasts as long as needed begins and ends with a session: nothing is due beyond these.
    for day, following, meeting in steps[0 if held else 1 : -1] if rhythm.engagement.wanted else steps:
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
