"""Bytes of somebody's .ics file -> when he is busy, as minutes and whole days, and what was found and skipped."""

from __future__ import annotations

import datetime as dt
import re
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from matcher.errors import Fault
from matcher.ics_expand import DURATION, TIMES, ExpansionError, Occurrence, expand, told
from matcher.ics_text import Block, BrokenFileError, Property, calendars
from matcher.ics_zones import define_zones, known_zone, unknown_zone
from matcher.programme import day_number

Stretch = tuple[int, int]
"""From and to, half-open: minutes since 1970 UTC, or days since 1970."""

MARGIN = dt.timedelta(days=3)  # more than zones lie apart, and than one day's meeting runs into the next
MOST_STEPS = 2_000_000  # of a rule that repeats by the second, minute or hour
STEP_SECONDS = {"SECONDLY": 1, "MINUTELY": 60, "HOURLY": 3600}
FAULTS_TOLD = 5  # of one file
MICROSOFT = {"FREE": "free", "WORKINGELSEWHERE": "elsewhere", "TENTATIVE": "tentative"}
MICROSOFT_BUSY = ("BUSY", "OOF")
FREE_BUSY = {"FREE": "free", "BUSY-TENTATIVE": "tentative"}
MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(Z?)", re.ASCII)
# What Exchange makes of an UID from elsewhere (MS-OXCICAL 2.1.3.1.1.20.26): "vCal-Uid" and the UID, in hex.
EXCHANGE_UID = re.compile(
    r"040000008200E00074C5B7101A82E008[0-9A-F]{48}7643616C2D55696401000000((?:[0-9A-F]{2})+?)(?:00)?",
    re.ASCII | re.IGNORECASE,
)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Reading:
    """Whose calendar it is, for which time, and how tentative meetings count.

    `start` and `end` are the programme's bounds in minutes since 1970 UTC, `own_uids` is a pattern of the UIDs of
    its own sessions, which are not in its way; "" for none.
    """

    zone: str
    email: str
    start: int
    end: int
    tentative_busy: bool = True
    own_uids: str = ""

    @property
    def days(self) -> Stretch:
        """The owner's dates that the programme touches, in days since 1970."""
        zone = ZoneInfo(self.zone)
        first, last = (moment(minute).astimezone(zone).date() for minute in (self.start, self.end - 1))
        return day_number(first), day_number(last) + 1


@dataclass
class Busy:
    """When somebody is busy, sorted and joined, and what was counted; or only what is wrong with the file."""

    minutes: list[Stretch] = field(default_factory=list)
    days: list[Stretch] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read_calendar(data: bytes, file: str, reading: Reading) -> Busy:
    """Read one file; `file` is its name in messages.

    `counts` holds `events` and free or busy `periods` read, their `occurrences` within the programme,
    `recurrences` (the occurrences of rules and of exceptions to them), `floating` (busy, without a time zone),
    and for what does not count as busy `cancelled`, `declined`, `free`, `elsewhere`, `tentative` and `empty`
    (without length); besides events `outside` the programme, `undated` ones, and `own` ones that
    matcher itself has sent.
    """
    try:
        found = calendars(data, reading.email)
    except BrokenFileError as error:
        return Busy(faults=[Fault(file, str(error), error.line)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # icalendar warns of what is checked here anyway
        zones = [zone for calendar in found for zone in calendar.inner("VTIMEZONE")]
        define_zones(zones, moment(reading.start).year)
        reader = _Reader(file, reading, found)
        for calendar in found:
            reader.read(calendar)
    return reader.busy()


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Sort, and join what overlaps or touches.

    >>> joined([(5, 7), (1, 3), (3, 4), (6, 6)])
    [(1, 4), (5, 7)]
    """
    result: list[Stretch] = []
    for start, end in sorted(stretches):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def moment(minute: int) -> dt.datetime:
    """The instant so many minutes after 1970."""
    return EPOCH + dt.timedelta(minutes=minute)


def meaning(event: Block) -> str:
    """What an event does to its owner's time, in the order in which Outlook and Google mean it.

    `cancelled`, `declined`, `free`, `elsewhere` (at work, in another place), `tentative` or `busy`.
    """
    status, shown = event.value("STATUS"), event.value("X-MICROSOFT-CDO-BUSYSTATUS")
    if status == "CANCELLED":
        return "cancelled"
    if event.answer == "DECLINED":
        return "declined"
    if shown in ("FREE", "WORKINGELSEWHERE"):
        return MICROSOFT[shown]
    says_itself = shown in MICROSOFT or shown in MICROSOFT_BUSY
    if event.value("TRANSP") == "TRANSPARENT" and not says_itself:
        return "free"
    if "TENTATIVE" in (shown, event.answer) or (status == "TENTATIVE" and not says_itself):
        return "tentative"
    return "busy"


class _Reader:
    """Collects what the calendars of one file say."""

    def __init__(self, file: str, reading: Reading, found: list[Block]) -> None:
        self._file = file
        self._reading = reading
        self._zone = ZoneInfo(reading.zone)
        self._days = reading.days
        self._minutes: list[Stretch] = []
        self._whole_days: list[Stretch] = []
        self._counts: Counter[str] = Counter()
        self._faults: list[Fault] = []
        uids = Counter(event.uid for calendar in found for event in calendar.inner("VEVENT"))
        self._repeated = {uid for uid, number in uids.items() if number > 1}

    def busy(self) -> Busy:
        """What was found, or what is wrong."""
        faults = sorted(self._faults, key=lambda fault: fault.line or 0)
        if len(faults) > FAULTS_TOLD:
            faults = [*faults[:FAULTS_TOLD], Fault(self._file, f"... and {len(faults) - FAULTS_TOLD} more")]
        if faults:
            return Busy(faults=faults)
        return Busy(joined(self._minutes), joined(self._whole_days), dict(+self._counts))

    def read(self, calendar: Block) -> None:
        events = [event for event in calendar.inner("VEVENT") if self._matters(event)]
        for times in calendar.inner("VFREEBUSY"):
            self._read_free_busy(times)
        if calendar.value("CALSCALE") not in ("", "GREGORIAN"):
            self._fault(calendar.all("CALSCALE")[0], "only dates of the GREGORIAN calendar can be read")
        default = self._default_zone(calendar)
        for event in events:
            self._check(event)
        if self._faults or not events:
            return
        first, last = moment(self._reading.start) - MARGIN, moment(self._reading.end) + MARGIN
        try:
            self._count(expand(events, default, self._zone, first, last), events)
        except ExpansionError as error:
            for trouble in error.troubles:
                own = trouble.event.all(trouble.name)[:1]
                line, name = (own[0].line, own[0].name) if own else (trouble.event.line, None)
                self._faults.append(
                    Fault(self._file, f"event {trouble.event.number}: {trouble.message}", line, name)
                )

    # --- before events are expanded --------------------------------------------------------------------------

    def _matters(self, event: Block) -> bool:
        """Whether the event could have something to do with the programme."""
        self._counts["events"] += 1
        if self._is_own(event):
            self._counts["own"] += 1
        elif not event.value("DTSTART"):
            self._counts["undated"] += 1
        elif event.uid not in self._repeated and self._is_outside(event):
            self._counts["outside"] += 1
        else:
            return True
        return False

    def _is_own(self, event: Block) -> bool:
        """Whether the event is a session of the programme, wherever its owner may have moved it."""
        wrapped = EXCHANGE_UID.fullmatch(event.uid)
        uid = bytes.fromhex(wrapped[1]).decode("ascii", "replace") if wrapped else event.uid
        return bool(self._reading.own_uids) and re.fullmatch(self._reading.own_uids, uid) is not None

    def _is_outside(self, event: Block) -> bool:
        """Whether all of the event surely lies before or after the programme, judged by its dates alone."""
        if event.all("RDATE") or event.all("RECURRENCE-ID") or event.value("DURATION").startswith("-"):
            return False
        before = f"{moment(self._reading.start) - MARGIN:%Y%m%d}"
        after = f"{moment(self._reading.end) + MARGIN:%Y%m%d}"
        start, end = event.value("DTSTART")[:8], event.value("DTEND")[:8]
        if not end and not event.all("DURATION"):
            end = start
        if not re.fullmatch(r"\d{8}(\d{8})?", start + end, re.ASCII):
            return False
        rules = event.all("RRULE")
        if not rules:
            return min(start, end or start) > after or (end != "" and max(start, end) < before)
        until = re.findall(r"(?:^|;)UNTIL=(\d{8})", rules[0].value.upper(), re.ASCII)
        over = start == end and len(rules) == len(until) == 1 and max(start, *until) < before
        return over or min(start, end or start) > after

    def _check(self, event: Block) -> None:
        """Report times in unknown zones, and rules that would hardly come to an end."""
        for own in event.properties:
            if own.name in TIMES and (zone := unknown_zone(own)):
                self._fault(own, f"event {event.number}: {_strange(zone)}")
            elif own.name == "RRULE" and _steps(own.value.upper(), event, self._reading.end) > MOST_STEPS:
                self._fault(own, f"event {event.number}: repeats endlessly, every second, minute or hour")
            elif own.name == "RRULE" and re.search(r"(?:^|;)INTERVAL=\s*0+\s*(?:;|$)", own.value.upper()):
                self._fault(own, f"event {event.number}: repeats at an interval of 0; expected 1 or more")

    def _default_zone(self, calendar: Block) -> str:
        """The zone that the calendar names for times without one; "" if it names none."""
        for own in calendar.all("X-WR-TIMEZONE"):
            zone = known_zone(own.value.strip())
            if isinstance(zone, ZoneInfo):
                return zone.key
            self._fault(own, _strange(own.value.strip()))
        return ""

    # --- occurrences ------------------------------------------------------------------------------------------

    def _count(self, occurrences: list[Occurrence], events: list[Block]) -> None:
        by_number = {event.number: event for event in events}
        meanings = {event.number: meaning(event) for event in events}
        recurring = {event.number for event in events if event.recurs}
        seen = set()
        for number, start, end in occurrences:
            if self._add(start, end, meanings[number]):
                seen.add(by_number[number].uid)
                self._counts["recurrences"] += number in recurring
        self._counts["outside"] += sum(event.uid not in seen for event in events)

    def _add(self, start: dt.date, end: dt.date, what: str) -> bool:
        """Count an occurrence and note its time if it is busy; whether it touches the programme."""
        bounds, noted = (self._reading.start, self._reading.end), self._minutes
        if isinstance(start, dt.datetime):
            # A meeting that begins in an hour which the clock skips may end before it begins.
            first, last = sorted((self._minute(start, last=False), self._minute(end, last=True)))
        else:  # some programs let a day end on the date on which it starts
            bounds, noted = self._days, self._whole_days
            first, last = day_number(start), max(day_number(end), day_number(start) + 1)
        if first >= bounds[1] or last < bounds[0] or (last == bounds[0] and first < last):
            return False
        self._counts["occurrences"] += 1
        if what in ("busy", "tentative") and first == last:
            what = "empty"
        if what == "busy" or (what == "tentative" and self._reading.tentative_busy):
            noted.append((max(first, bounds[0]), min(last, bounds[1])))
            self._counts["floating"] += isinstance(start, dt.datetime) and start.tzinfo is None
        else:
            self._counts[what] += 1
        return True

    def _minute(self, when: dt.date, *, last: bool) -> int:
        """Minute of a time, seconds rounded outwards; a time without a zone is the owner's."""
        if not isinstance(when, dt.datetime):
            when = dt.datetime(when.year, when.month, when.day)  # noqa: DTZ001 - the owner's midnight
        if when.tzinfo is None:
            when = when.replace(tzinfo=self._zone, fold=int(last))
        seconds = (when - EPOCH) // dt.timedelta(seconds=1)
        return -(-seconds // 60) if last else seconds // 60

    # --- free and busy times ----------------------------------------------------------------------------------

    def _read_free_busy(self, times: Block) -> None:
        for own in times.all("FREEBUSY"):
            what = FREE_BUSY.get((own.parameter("FBTYPE") or "BUSY").upper(), "busy")
            if zone := unknown_zone(own):
                self._fault(own, _strange(zone))
                continue
            for text in filter(None, own.value.upper().replace(" ", "").split(",")):
                period = _period(text, own)
                if period is None:
                    self._fault(own, f"{told(text)} is no period like 20270111T090000Z/20270111T100000Z")
                else:
                    self._counts["periods"] += 1
                    self._add(*period, what)

    def _fault(self, own: Property, message: str) -> None:
        self._faults.append(Fault(self._file, message, own.line, own.name))


def _strange(zone: str) -> str:
    return f"the time zone {told(zone)} is not known, and the file does not define it"


def _steps(rule: str, event: Block, end: int) -> float:
    """How many steps an endless rule takes until the programme is over; 0 if it ends or its steps are long."""
    parts = dict(part.split("=", 1) for part in rule.split(";") if "=" in part)
    seconds = STEP_SECONDS.get(parts.get("FREQ", "").strip(), 0)
    begin = re.match(r"(\d{4})(\d\d)(\d\d)", event.value("DTSTART"), re.ASCII)
    if not seconds or not begin or "UNTIL" in parts or "COUNT" in parts:
        return 0
    interval = parts.get("INTERVAL", "1").strip()[:9]
    years = moment(end).year + 1 - int(begin[1])
    return years * 365 * 86400 / (seconds * max(int(interval) if interval.isdecimal() else 1, 1))


def _period(text: str, own: Property) -> tuple[dt.datetime, dt.datetime] | None:
    """Start and end of `start/end` or `start/duration`; None for any other text."""
    zone = own.parameter("TZID")
    first, _, second = text.partition("/")
    start, length = _time(first, zone), DURATION.fullmatch(second)
    if start is None:
        return None
    if length is None or second.lstrip("+") in ("P", "PT"):
        end = _time(second, zone)
        return None if end is None or (end.tzinfo is None) != (start.tzinfo is None) else (start, end)
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in length.groups())
    try:
        return start, start + dt.timedelta(days, seconds, weeks=weeks, hours=hours, minutes=minutes)
    except OverflowError:
        return None


def _time(text: str, zone: str | None) -> dt.datetime | None:
    match = MOMENT.fullmatch(text)
    if match is None:
        return None
    try:
        time = dt.datetime(*(int(part) for part in match.groups()[:6]))  # type: ignore[arg-type] # noqa: DTZ001
    except ValueError:
        return None
    return time.replace(tzinfo=dt.UTC if match[7] else known_zone(zone) if zone else None)
