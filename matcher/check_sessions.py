"""sessions.csv against the rules: when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from matcher.check_files import Row, Table, check_order, whole_number
from matcher.check_pairs import FoundPair, Meeting, find_pair
from matcher.check_rules import Roster
from matcher.check_time import Dates, FreeTime, Interval, common, contains, without
from matcher.model import Pair

COLUMNS = ("mentee_id", "mentor_id", "number", "start", "end", "minutes")
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


class Diary:
    """The times that the run's sessions take, person by person, in whichever role."""

    def __init__(self, pairs: Iterable[FoundPair]) -> None:
        self.of: dict[int, list[tuple[Meeting, Pair]]] = {}
        for found in pairs:
            for person in set(found.pair):
                entries = self.of.setdefault(person, [])
                entries += [(meeting, found.pair) for meeting in found.meetings]

    def taken(self, people: Pair, left_out: Pair | None) -> list[Interval]:
        """When the sessions of these two people are, but for those of one pair."""
        return [
            (meeting.start, meeting.end)
            for person in people
            for meeting, pair in self.of.get(person, ())
            if pair != left_out
        ]


class Timetable:
    """What the times of a cohort allow: free time, dates, and the sessions that already stand."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster
        self.dates = Dates(roster.programme)
        self.free = FreeTime(roster.cohort, self.dates)

    def both_free(self, pair: Pair) -> list[Interval]:
        """When both are free."""
        return common(self.free.of(pair[0]), self.free.of(pair[1]))

    def numbers_alone(self, pair: Pair) -> Iterable[int]:
        """Every number of sessions that the pair could hold if there were no other pair."""
        return self.dates.numbers(self.dates.open_days(self.both_free(pair)), self.roster.earliest(pair))

    def numbers_beside(self, pair: Pair, diary: Diary, left_out: Pair | None) -> Iterable[int]:
        """Every number of sessions that the pair could hold beside all sessions but those of `left_out`.

        None where a session could run past midnight into the pair's own next one: dates alone do not tell then.
        """
        left = without(self.both_free(pair), diary.taken(pair, left_out))
        if self.roster.programme.sessions.min_days_between == 1 and any(
            start < midnight < end for start, end in left for midnight in self.dates.midnights
        ):
            return ()
        return self.dates.numbers(self.dates.open_days(left), self.roster.earliest(pair))


def check_sessions(table: Table, timetable: Timetable, pairs: Mapping[Pair, FoundPair]) -> Diary:
    """Check sessions.csv and hand every readable session to its pair, in order of time."""
    readable = []
    for row in table.rows:
        pair = find_pair(table, row, timetable.roster)
        if pair is not None and pair not in pairs:
            table.fault("these two are no pair in pairs.csv", row, "mentor_id")
        meeting = _read_meeting(table, row, timetable.dates)
        if meeting is not None:
            readable.append(((meeting.start, row["mentee_id"], row["mentor_id"]), row))
        if meeting is not None and pair is not None and pair in pairs:
            pairs[pair].meetings.append(meeting)
            _check_free(table, meeting, pair, timetable)
    for found in pairs.values():
        found.meetings.sort(key=lambda meeting: (meeting.start, meeting.end))
        _check_dates(table, found, timetable)
    check_order(table, readable, "start, mentee_id")
    diary = Diary(pairs.values())
    _check_overlaps(table, diary, timetable.roster)
    return diary


# --- one session alone ----------------------------------------------------------------------------------------


def _read_meeting(table: Table, row: Row, dates: Dates) -> Meeting | None:
    """Check what a row says by itself; None if its times cannot be used."""
    start, end = (_read_instant(table, row, column, dates) for column in ("start", "end"))
    minutes, number = (whole_number(row[column]) for column in ("minutes", "number"))
    allowed = dates.programme.sessions.minutes
    if number is None:
        table.fault(f"'{row['number']}' is not a whole number", row, "number")
    if minutes not in allowed:
        listed = " or ".join(map(str, allowed))
        table.fault(f"'{row['minutes']}' is not a length of sessions (sessions.minutes: {listed})", row, "minutes")
    if start is None or end is None:
        return None
    if end - start != minutes:
        table.fault(f"{end - start} minutes lie between start and end", row, "minutes")
    if not dates.on_grid(start):
        grid = dates.programme.sessions.grid_minutes
        table.fault(f"sessions start at midnight plus a multiple of {grid} minutes", row, "start")
    if end <= start:
        table.fault("the end must come after the start", row, "end")
        return None
    return Meeting(row, number, start, end, dates.day_of(start))


def _read_instant(table: Table, row: Row, column: str, dates: Dates) -> int | None:
    """Minutes since the epoch of a cell with the offset that the programme's zone has at that instant."""
    text = row[column]
    try:
        stamp = dt.datetime.fromisoformat(text)
    except ValueError:
        stamp = None
    if stamp is None or stamp.tzinfo is None:
        table.fault(f"'{text}' is not a time with offset, like 2027-01-11T09:00:00+00:00", row, column)
        return None
    instant, rest = divmod(stamp - EPOCH, MINUTE)
    low, high = dates.span
    if rest:
        table.fault(f"{text} is not a whole minute", row, column)
    elif not (low <= instant < high or (column == "end" and instant == high)):
        frame = dates.programme.frame
        table.fault(f"{text} is outside the programme ({frame.start} to {frame.end})", row, column)
    else:
        offset = dt.timedelta(minutes=dates.clock.offset(instant))
        if stamp.utcoffset() != offset:
            local = (EPOCH + instant * MINUTE).astimezone(dates.clock.zone)
            table.fault(f"{text} must be written in the programme's time zone: {local.isoformat()}", row, column)
        return instant
    return None


def _check_free(table: Table, meeting: Meeting, pair: Pair, timetable: Timetable) -> None:
    for person in dict.fromkeys(pair):
        if not contains(timetable.free.of(person), meeting.start, meeting.end):
            table.fault(
                f"{timetable.roster.label(person)} is not free from start to end "
                "(working hours, availability and busy time)",
                meeting.row,
                "start",
            )


# --- the sessions of a pair, and of a person ------------------------------------------------------------------


def _check_dates(table: Table, found: FoundPair, timetable: Timetable) -> None:
    """Numbers, distances, months and the minimum for one pair."""
    roster, dates, meetings = timetable.roster, timetable.dates, found.meetings
    names = f"{roster.label(found.mentee)} and {roster.label(found.mentor)}"
    if len(meetings) < roster.programme.sessions.minimum:
        minimum = roster.programme.sessions.minimum
        table.fault(f"{names} hold {len(meetings)} sessions, at least {minimum} required")
    for number, meeting in enumerate(meetings, start=1):
        if meeting.number not in (number, None):
            table.fault(f"{meeting.number} must be {number}: numbers run in order of time", meeting.row, "number")
    if not meetings:
        return
    if meetings[0].day < roster.earliest(found.pair):
        date = dates.date(roster.earliest(found.pair))
        message = f"too soon after the pair's last session before the programme: {date} at the earliest"
        table.fault(message, meetings[0].row, "start")
    _check_apart(table, meetings, dates)
    _check_months(table, meetings, dates, names)


def _check_apart(table: Table, meetings: Sequence[Meeting], dates: Dates) -> None:
    apart = dates.programme.sessions.min_days_between
    for meeting, following in pairwise(meetings):
        days = following.day - meeting.day
        if days < apart:
            table.fault(
                f"only {days} days after the session on {dates.date(meeting.day)}, at least {apart} required",
                following.row,
                "start",
            )


def _check_months(table: Table, meetings: Sequence[Meeting], dates: Dates, names: str) -> None:
    """Both readings of "at least once a month", from the programme's start over each session to its end."""
    months = dates.programme.sessions.max_months_between
    days = [-1, *(meeting.day for meeting in meetings), dates.days]
    rows = [*(meeting.row for meeting in meetings), meetings[-1].row]
    for day, following, row in zip(days[:-1], days[1:], rows, strict=True):
        if following > dates.rolling_limit(day):
            since = dates.date(max(day, 0))
            until = dates.date(min(following, dates.days - 1))
            table.fault(
                f"{names} hold no session for more than max_months_between ({months}): from {since} to {until}",
                row,
                "start",
            )
        if following > dates.calendar_limit(day):
            table.fault(f"{names} hold no session in {dates.months_without(day)}", row, "start")


def _check_overlaps(table: Table, diary: Diary, roster: Roster) -> None:
    """Nobody is in two sessions at once; a session may start when another ends."""
    for person, entries in diary.of.items():
        entries.sort(key=lambda entry: (entry[0].start, entry[0].row.line))
        latest: Meeting | None = None
        for meeting, _ in entries:
            if latest is not None and meeting.start < latest.end:
                message = f"{roster.label(person)} is still in the session of line {latest.row.line}"
                table.fault(message, meeting.row, "start")
            if latest is None or meeting.end > latest.end:
                latest = meeting
