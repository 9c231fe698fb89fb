"""The optimum of a tiny cohort by enumeration: an oracle that shares nothing with the program but its records.

Free time is looked up minute by minute on the person's own wall clock, schedules of a pair are all sets of
sessions that keep the rules, pairings are all sets of pairs that keep the capacities. Only for cohorts in which
everybody has a handful of possible sessions.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

from matcher.model import ALWAYS, Cohort, Pair, Session
from matcher.programme import day_date

Schedule = tuple[Session, ...]
Key = tuple[int, int, int, int]  # sessions, minutes, preferred, regularity: larger is better
Window = tuple[int, int]  # start and end in minutes of the day
Ways = dict[Pair, list[tuple[Key, Schedule]]]


@dataclass(frozen=True)
class Best:
    """The value of every goal and one pairing with schedules that reaches them all."""

    values: dict[str, int | tuple[int, ...]]
    pairs: dict[Pair, Schedule]


@dataclass(frozen=True)
class Option:
    """A pair that the rules allow: its rank (None: a lock that was no choice) and whether it is locked."""

    rank: int | None
    locked: bool


# --- who may be paired --------------------------------------------------------------------------------------


def eligible(cohort: Cohort) -> dict[Pair, Option]:
    """All pairs that may be formed, calendars aside."""
    locks = set(cohort.locks)
    listed = zip(
        *(c.tolist() for c in (cohort.choices.mentee, cohort.choices.mentor, cohort.choices.rank)), strict=True
    )
    ranks = {(mentee, mentor): rank for mentee, mentor, rank in listed}
    allowed = {
        pair: Option(rank, pair in locks) for pair, rank in ranks.items() if pair in locks or may(cohort, pair)
    }
    return dict(sorted({**{pair: Option(None, locked=True) for pair in locks}, **allowed}.items()))


def may(cohort: Cohort, pair: Pair) -> bool:
    """Whether a listed choice that is not locked keeps every rule but calendars."""
    mentee, mentor = pair
    people, rules = cohort.employees, cohort.programme.eligibility
    if mentor in (-1, mentee) or people.capacity[mentor] == 0:
        return False
    decision = cohort.decisions.get(pair)
    if decision is not None and decision.status in ("forbidden", "refused", "declined"):
        return False
    if decision is not None and decision.past and not rules.past_pairs_may_repeat:
        return False
    if people.manager[mentee] == mentor and not rules.line_manager_may_mentor:
        return False
    same = people.function[mentee] == people.function[mentor]
    needed = rules.same_function_gap if same else rules.cross_function_gap
    return bool(people.level[mentor] - people.level[mentee] >= needed) and (mentor, mentee) not in cohort.locks


# --- when ---------------------------------------------------------------------------------------------------


@cache
def wall(zone: str, instant: int) -> int:
    """What the clock of a zone shows at an instant, in minutes since 1970-01-01T00:00 on that clock."""
    shown = dt.datetime.fromtimestamp(instant * 60, ZoneInfo(zone))
    return (shown.toordinal() - dt.date(1970, 1, 1).toordinal()) * 1440 + shown.hour * 60 + shown.minute


@cache
def earliest(zone: str, shown: int) -> int:
    """The first instant at which the clock shows `shown` or later."""
    about = roughly(zone, shown)
    return next(t for t in range(about - 180, about + 180) if wall(zone, t) >= shown)


@cache
def latest(zone: str, shown: int) -> int:
    """The last instant at which the clock shows `shown`, or that of the change that skips it."""
    about = roughly(zone, shown)
    last = next(t for t in range(about + 180, about - 180, -1) if wall(zone, t) <= shown)
    return last if wall(zone, last) == shown else last + 1


def roughly(zone: str, shown: int) -> int:
    """An instant within an hour or two of those at which the clock shows `shown`, or would but for a change."""
    naive = dt.datetime(1970, 1, 1, tzinfo=ZoneInfo(zone)) + dt.timedelta(minutes=shown)
    return int(naive.timestamp() // 60)


class Calendar:
    """The free time of one person."""

    def __init__(self, cohort: Cohort, person: int) -> None:
        self.programme = cohort.programme
        self.pause = cohort.programme.sessions.pause_minutes
        self.zone = zone_of(cohort, person)
        self.weekdays: dict[int, list[Window]] = {}
        self.dates: dict[int, list[Window]] = {}
        self.known: dict[int, list[Window]] = {}  # the windows of the dates that were asked for
        rows = cohort.availability
        for row in (rows.person == person).nonzero()[0].tolist():
            key = int(rows.weekday[row])
            table = self.weekdays if key >= 0 else self.dates
            day = key if key >= 0 else int(rows.date[row])
            table.setdefault(day, []).append((int(rows.start[row]), int(rows.end[row])))
        self.country = cohort.employees.countries[cohort.employees.country[person]]
        self.public = {row.date: row.kind for row in cohort.public_days if row.country == self.country}
        self.company = {(row.country, row.date): row for row in cohort.company_days}
        self.busy = [self.busy_time(cohort, row) for row in (cohort.busy.person == person).nonzero()[0].tolist()]
        self.busy += [
            (earliest(self.zone, first * 1440), latest(self.zone, (last + 1) * 1440))
            for first, last in absences_of(cohort, person)
        ]

    def busy_time(self, cohort: Cohort, row: int) -> tuple[int, int]:
        start, end = int(cohort.busy.start[row]), int(cohort.busy.end[row])
        return (
            start if cohort.busy.start_utc[row] else earliest(self.zone, start),
            end if cohort.busy.end_utc[row] else latest(self.zone, end),
        )

    def windows(self, day: int) -> list[Window]:
        """The person's windows on one date of his own clock, in minutes of that day."""
        if day in self.dates:
            return self.dates[day]
        weekday, kind, end = day_date(day).weekday(), self.public.get(day, "usual"), 1440
        for place in ("", self.country[:2], self.country):  # the most exact last
            if (place, day) in self.company:
                row = self.company[place, day]
                kind, end = (self.public.get(day, "usual") if row.kind == "short" else row.kind), row.end
        if kind == "off":
            return []
        names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        works = kind == "worked" or names[weekday] in self.programme.calendar.working_days
        windows = list(self.programme.calendar.windows) if works else []
        if self.weekdays:
            windows = self.weekdays.get(weekday, [])
        windows = [(start, min(stop, end)) for start, stop in windows if start < end]
        return without(windows, self.programme.calendar.lunch_windows)

    def free_at(self, instant: int) -> bool:
        day, minute = divmod(wall(self.zone, instant), 1440)
        if day not in self.known:
            self.known[day] = self.windows(day)
        inside = any(start <= minute < end for start, end in self.known[day])
        # A busy time that lies in an hour which the clock skips takes no time, so it asks for no pause either.
        busy = (stretch for stretch in self.busy if stretch[0] < stretch[1])
        return inside and not any(start - self.pause <= instant < end + self.pause for start, end in busy)

    def free(self, start: int, minutes: int) -> bool:
        return all(self.free_at(instant) for instant in range(start, start + minutes))


def absences_of(cohort: Cohort, person: int) -> list[tuple[int, int]]:
    """First and last date of each absence of a person."""
    rows = zip(
        *(c.tolist() for c in (cohort.absences.person, cohort.absences.start, cohort.absences.end)), strict=True
    )
    return [(first, last) for who, first, last in rows if who == person]


def zone_of(cohort: Cohort, person: int) -> str:
    return cohort.employees.zones[cohort.employees.zone[person]]


def without(windows: list[Window], breaks: Iterable[Window]) -> list[Window]:
    """What the breaks leave of the windows."""
    for start, end in breaks:
        parts = [part for first, last in windows for part in ((first, min(last, start)), (max(first, end), last))]
        windows = [(first, last) for first, last in parts if first < last]
    return windows


def grid(cohort: Cohort) -> list[list[int]]:
    """The instants at which sessions may start, date by date of the programme."""
    dates = []
    zone, step = cohort.programme.frame.timezone, cohort.programme.sessions.grid_minutes
    first, last = programme_days(cohort)
    for day in range(first, last + 1):
        midnight = earliest(zone, day * 1440)
        starts = itertools.count(midnight, step)
        dates.append(list(itertools.takewhile(lambda t, day=day: wall(zone, t) // 1440 == day, starts)))
    return dates


def programme_days(cohort: Cohort) -> tuple[int, int]:
    epoch = dt.date(1970, 1, 1)
    return (cohort.programme.frame.start - epoch).days, (cohort.programme.frame.end - epoch).days


def possible_sessions(cohort: Cohort, person: int, dates: list[list[int]]) -> set[Session]:
    """Every session that one person could attend were he alone in the world."""
    calendar = Calendar(cohort, person)
    over = earliest(cohort.programme.frame.timezone, (programme_days(cohort)[1] + 1) * 1440)
    found = set()
    for starts in dates:
        local = [wall(calendar.zone, starts[0]) // 1440, wall(calendar.zone, starts[-1]) // 1440]
        if not any(calendar.windows(day) for day in range(local[0], local[1] + 1)):
            continue
        for start in filter(calendar.free_at, starts):
            for minutes in cohort.programme.sessions.minutes:
                if start + minutes <= over and calendar.free(start, minutes):
                    found.add(Session(start, minutes))
    return found


def common_sessions(cohort: Cohort, pair: Pair, own: dict[int, set[Session]]) -> list[Session]:
    """Every session that both people of a pair could attend, with the word whether both like its hours."""
    both = sorted(own[pair[0]] & own[pair[1]])
    zones = [zone_of(cohort, person) for person in pair]
    return [slot._replace(preferred=all(liked(cohort, zone, slot) for zone in zones)) for slot in both]


def liked(cohort: Cohort, zone: str, session: Session) -> bool:
    """Whether the clock of a zone shows a preferred time in every minute of a session."""
    windows = cohort.programme.calendar.preferred_windows
    shown = (wall(zone, instant) % 1440 for instant in range(session.start, session.end))
    return all(any(start <= minute < end for start, end in windows) for minute in shown)


def months_later(date: dt.date, months: int) -> dt.date:
    """The same day so many months on, or the last of that month where it has no such day."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    for day in range(date.day, 0, -1):
        try:
            return dt.date(year, month + 1, day)
        except ValueError:
            continue
    raise AssertionError(date)


def engagement(cohort: Cohort, pair: Iterable[int]) -> tuple[dt.date, dt.date]:
    """The first and the last date of two people together; they have none where the last is before the first."""
    frame = cohort.programme.frame
    firsts, lasts = [frame.start], [frame.end]
    for person in pair:
        people = cohort.employees
        if abs(people.first_day[person]) < ALWAYS:
            firsts.append(day_date(int(people.first_day[person])))
        if abs(people.last_day[person]) < ALWAYS:
            lasts.append(day_date(int(people.last_day[person])))
    return max(firsts), min(lasts)


def keeps_month_rule(cohort: Cohort, dates: list[dt.date], pair: Sequence[int] = ()) -> bool:
    """Whether the dates of one pair keep the month rule; without a pair, of people who always take part."""
    rules, (start, end) = cohort.programme.sessions, engagement(cohort, pair)
    if as_needed(cohort) and dates:
        start, end = dates[0], dates[-1]
    apart, absent = rules.max_months_between, set[dt.date]()
    if rules.absences == "pause":
        spans = [span for person in pair for span in absences_of(cohort, person)]
        absent = {day_date(day) for first, last in spans for day in range(first, last + 1)}

    def between(date: dt.date, later: dt.date) -> list[dt.date]:
        return [date + dt.timedelta(days=day) for day in range(1, (later - date).days + 1)]

    if rules.month_rule in ("rolling", "both"):
        for date, later in itertools.pairwise([start, *dates, end]):
            present = [day for day in between(date, later) if day not in absent]
            if len(present) > len(between(date, months_later(date, apart))):
                return False
    if rules.month_rule in ("calendar", "both"):
        every = [start, *between(start, end)]
        months = {first: {day for day in every if day.timetuple()[:2] == first.timetuple()[:2]} for first in every}
        whole = [
            first
            for first, days in sorted(months.items())
            if first.day == 1 and months_later(first, 1) - dt.timedelta(days=1) in days and days.isdisjoint(absent)
        ]
        held = [sum(date < first for date in dates) for first in whole]  # before the month
        over = [sum(date < months_later(first, 1) for date in dates) for first in whole]  # by its end
        if any(over[at + apart - 1] == held[at] for at in range(len(whole) - apart + 1)):
            return False
    return True


def as_needed(cohort: Cohort) -> bool:
    """Whether an engagement lasts from the first to the last session only."""
    return cohort.programme.frame.engagement == "as-needed"


def wanted(cohort: Cohort, pair: Pair) -> int:
    """How many sessions a pair has where engagements last as long as needed."""
    number = cohort.programme.sessions.number
    return int(cohort.employees.sessions_wanted[pair[0]]) or (0 if isinstance(number, str) else number)


def starts_late(cohort: Cohort, first: int) -> bool:
    """Whether a first session on this day lies too long after the programme's start."""
    frame = cohort.programme.frame
    return bool(frame.latest_start) and (day_date(first) - frame.start).days > frame.latest_start


def too_many_at_once(cohort: Cohort, mentor: int, plan: dict[Pair, Schedule]) -> bool:
    """Whether a mentor has more engagements than places at any moment: it would be so when one begins."""
    spans = [(plan[pair][0].start, plan[pair][-1].end) for pair in plan if pair[1] == mentor]
    most = int(cohort.employees.capacity[mentor])
    return any(sum(start <= moment < end for start, end in spans) > most for moment, _ in spans)


def too_many(cohort: Cohort, sessions: Iterable[Session]) -> bool:
    """Whether these sessions of one person are more than a day or a week may hold."""
    rules, zone = cohort.programme.sessions, cohort.programme.frame.timezone
    if not rules.max_per_day and not rules.max_per_week:
        return False
    dates = Counter(day_date(wall(zone, session.start) // 1440) for session in sessions)
    weeks: Counter[tuple[int, int]] = Counter()
    for date, count in dates.items():
        weeks[date.isocalendar()[:2]] += count
    limits = ((rules.max_per_day, dates), (rules.max_per_week, weeks))
    return any(limit and max(counts.values(), default=0) > limit for limit, counts in limits)


def too_close(cohort: Cohort, one: Session, other: Session) -> bool:
    """Whether two sessions of one person overlap or leave too short a pause between them."""
    first, second = sorted((one, other))
    return second.start < first.end + cohort.programme.sessions.pause_minutes


def crowded(cohort: Cohort, schedule: Schedule) -> bool:
    """Whether a session of one pair, near midnight, comes too close to the pair's own next one."""
    return any(too_close(cohort, one, other) for one, other in itertools.pairwise(schedule))


def schedules(cohort: Cohort, pair: Pair, slots: list[Session]) -> Iterator[Schedule]:
    """Every schedule of one pair that keeps the rules, those about all sessions of a person aside."""
    rules, zone = cohort.programme.sessions, cohort.programme.frame.timezone
    decision = cohort.decisions.get(pair)
    last = decision.last_session if decision else None
    first_date, last_date = engagement(cohort, pair)
    slots = [slot for slot in slots if first_date <= day_date(wall(zone, slot.start) // 1440) <= last_date]

    asked = wanted(cohort, pair) if as_needed(cohort) else 0

    def extend(taken: Schedule, days: tuple[int, ...]) -> Iterator[Schedule]:
        enough = len(taken) == asked if asked else len(taken) >= rules.minimum
        in_time = not asked or not days or not starts_late(cohort, days[0])
        if enough and in_time and keeps_month_rule(cohort, [day_date(day) for day in days], pair):
            yield taken
        if asked and (len(taken) == asked or (days and starts_late(cohort, days[0]))):
            return
        before = days[-1] if days else last
        for slot in slots:
            day = wall(zone, slot.start) // 1440
            if (not taken or slot > taken[-1]) and (before is None or day - before >= rules.min_days_between):
                yield from extend((*taken, slot), (*days, day))

    yield from extend((), ())


def key(cohort: Cohort, schedule: Schedule) -> Key:
    """How good the schedule of one pair is; the keys of several pairs add up."""
    number, lengths = cohort.programme.sessions.number, cohort.programme.sessions.minutes
    count = len(schedule)
    if as_needed(cohort):
        number = count
    score = {"most": count, "fewest": -count}.get(number, 0) if isinstance(number, str) else -abs(count - number)
    minutes = sum(session.minutes for session in schedule) if len(lengths) > 1 else 0
    preferred = sum(session.preferred for session in schedule)
    shown = [wall(cohort.programme.frame.timezone, session.start) for session in schedule]
    regular = sum((later - before) % (7 * 1440) == 0 for before, later in itertools.pairwise(shown))
    return score, minutes, preferred, regular


# --- pairing and schedule -----------------------------------------------------------------------------------


def schedulable(cohort: Cohort) -> Ways:
    """Every pair that the rules allow and that has a schedule of its own, with all its schedules, best first."""
    options = eligible(cohort)
    dates = grid(cohort)
    own = {person: possible_sessions(cohort, person, dates) for person in {p for pair in options for p in pair}}
    found = {}
    for pair in options:
        slots = common_sessions(cohort, pair, own)
        ways = [(key(cohort, schedule), schedule) for schedule in schedules(cohort, pair, slots)]
        if ways:
            found[pair] = sorted(ways, key=lambda way: way[0], reverse=True)
    return found


def pairings(cohort: Cohort, pairs: list[Pair]) -> Iterator[tuple[Pair, ...]]:
    """Every set of these pairs that holds all locks and keeps capacities and the ban on mutual mentoring."""
    locks, capacity = set(cohort.locks), cohort.employees.capacity.tolist()
    if not locks <= set(pairs):
        return
    wishes = [[pair for pair in pairs if pair[0] == mentee] for mentee in sorted({pair[0] for pair in pairs})]
    most = cohort.programme.capacity.mentors_per_mentee
    menus = []
    for wish in wishes:
        fixed = {pair for pair in wish if pair in locks}
        sizes = (itertools.combinations(wish, size) for size in range(most + 1))
        menus.append([menu for menu in itertools.chain.from_iterable(sizes) if fixed <= set(menu)])

    def extend(chosen: tuple[Pair, ...], rest: list[list[tuple[Pair, ...]]]) -> Iterator[tuple[Pair, ...]]:
        if not rest:
            yield chosen
            return
        for menu in rest[0]:
            more = chosen + menu
            full = not as_needed(cohort) and any(
                sum(pair[1] == mentor for pair in more) > capacity[mentor] for _, mentor in menu
            )
            if not full and not any((mentor, mentee) in more for mentee, mentor in menu):
                yield from extend(more, rest[1:])

    yield from extend((), menus)


def classes_served(cohort: Cohort, mentees: Iterable[int]) -> tuple[int, ...]:
    """How many of these mentees each class has, that which goes first first; () where all mentees are alike."""
    lost = cohort.history.lost if cohort.history else {}
    own = {m: (int(cohort.employees.priority[m]), lost.get(m, 0)) for m in cohort.mentees.tolist()}
    found = Counter(own[mentee] for mentee in set(mentees))
    keys = sorted(set(own.values()), reverse=True)
    return tuple(found[key] for key in keys) if len(keys) > 1 else ()


def rank_key(kind: str, ranks: list[int]) -> tuple[int, ...]:
    """How good the ranks of a pairing are: larger is better."""
    if kind == "min-cost":
        return (-sum(ranks),)
    counts = [ranks.count(rank) for rank in range(1, 100)]
    return tuple(counts) if kind == "greedy" else tuple(-count for count in reversed(counts))


class Scheduler:
    """The best schedules of sets of pairs, each group of pairs that share people solved once."""

    def __init__(self, cohort: Cohort, ways: Ways, *, alone: bool) -> None:
        self.cohort = cohort
        self.ways = ways if alone else {pair: self.sane(way) for pair, way in ways.items()}
        self.alone = alone
        self.limited = bool(cohort.programme.sessions.max_per_day or cohort.programme.sessions.max_per_week)
        self.waves = as_needed(cohort)
        self.known: dict[tuple[Pair, ...], tuple[Key, dict[Pair, Schedule]] | None] = {}
        sessions = {session for way in self.ways.values() for _, schedule in way for session in schedule}
        self.instants = sorted({end for session in sessions for end in self.taken(session)})
        self.cells = {pair: [self.mask(schedule) for _, schedule in way] for pair, way in self.ways.items()}

    def sane(self, ways: list[tuple[Key, Schedule]]) -> list[tuple[Key, Schedule]]:
        return [way for way in ways if not crowded(self.cohort, way[1]) and not too_many(self.cohort, way[1])]

    def taken(self, session: Session) -> Window:
        """From when to when no other session of the two may start, seen from the earlier of two sessions.

        Two sessions keep their pause exactly if these stretches do not meet.
        """
        return session.start, session.end + self.cohort.programme.sessions.pause_minutes

    def mask(self, schedule: Schedule) -> int:
        """The time of a schedule as bits, one for each stretch between two instants at which anything happens."""
        stretches = [self.taken(session) for session in schedule]
        return sum(
            1 << cell
            for cell, instant in enumerate(self.instants)
            if any(start <= instant < end for start, end in stretches)
        )

    def best(self, pairing: tuple[Pair, ...]) -> tuple[Key, dict[Pair, Schedule]] | None:
        """The best key of a pairing with its schedules; None if there is no schedule for all of its pairs."""
        total, plan = NOTHING, {}
        for group in self.groups(pairing):
            answer = self.together(group)
            if answer is None:
                return None
            total = add(total, answer[0])
            plan |= answer[1]
        return total, plan

    def groups(self, pairing: tuple[Pair, ...]) -> list[tuple[Pair, ...]]:
        if self.alone:
            return [(pair,) for pair in pairing]
        groups: list[list[Pair]] = []
        for pair in pairing:
            touching = [group for group in groups if any(set(pair) & set(other) for other in group)]
            groups = [group for group in groups if group not in touching]
            groups.append([*itertools.chain.from_iterable(touching), pair])
        return [tuple(sorted(group)) for group in groups]

    def together(self, group: tuple[Pair, ...]) -> tuple[Key, dict[Pair, Schedule]] | None:
        if group not in self.known:
            self.known[group] = self.search(group)
        return self.known[group]

    def search(self, group: tuple[Pair, ...]) -> tuple[Key, dict[Pair, Schedule]] | None:
        """Try every combination of schedules, best first, and drop what cannot beat the best so far.

        What the last pairs reach without the others is solved before: it bounds what they add.
        """
        hopes = [NOTHING]
        for depth in range(len(group) - 1, 0, -1):
            rest = self.together(group[depth:])
            if rest is None:
                return None
            hopes.append(rest[0])
        hopes.append(NOTHING)  # of the whole group nothing is known
        hopes.reverse()
        best: tuple[Key, dict[Pair, Schedule]] | None = None

        def extend(depth: int, total: Key, taken: dict[int, int], plan: dict[Pair, Schedule]) -> None:
            nonlocal best
            if depth == len(group):
                best = (total, plan)
                return
            mentee, mentor = pair = group[depth]
            for (score, schedule), mask in zip(self.ways[pair], self.cells[pair], strict=True):
                if best is not None and add(add(total, score), hopes[depth + 1]) <= best[0]:
                    return
                if mask & (taken.get(mentee, 0) | taken.get(mentor, 0)):
                    continue
                more = {**plan, pair: schedule}
                if self.waves and too_many_at_once(self.cohort, mentor, more):
                    continue
                if not self.limited or not any(too_many(self.cohort, sessions_of(who, more)) for who in pair):
                    after = {**taken, mentee: taken.get(mentee, 0) | mask, mentor: taken.get(mentor, 0) | mask}
                    extend(depth + 1, add(total, score), after, more)

        extend(0, NOTHING, {}, {})
        return best


NOTHING: Key = (0, 0, 0, 0)


def add(one: Key, other: Key) -> Key:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3]


def sessions_of(person: int, plan: dict[Pair, Schedule]) -> Iterator[Session]:
    return itertools.chain.from_iterable(schedule for pair, schedule in plan.items() if person in pair)


def best(cohort: Cohort, ways: Ways | None = None, *, alone: bool = False) -> Best | None:
    """The joint optimum of every goal; None if the locks cannot be met.

    `ways` is what `schedulable` gives, where it is at hand. With `alone` every pair is scheduled as if it were
    alone in the world: nobody minds being in two sessions at once, or in more than a day or week may hold.
    """
    options = eligible(cohort)
    ways = schedulable(cohort) if ways is None else ways
    scheduler = Scheduler(cohort, ways, alone=alone)
    kind = cohort.programme.goals.rank

    def goals(pairing: tuple[Pair, ...]) -> tuple[int, int, tuple[int, ...], tuple[int, ...]]:
        ranks = [rank for pair in pairing if (rank := options[pair].rank) is not None]
        mentees = {mentee for mentee, _ in pairing}
        return len(mentees), len(pairing), classes_served(cohort, mentees), rank_key(kind, ranks)

    ranked = sorted(((goals(pairing), pairing) for pairing in pairings(cohort, list(ways))), reverse=True)
    for _, tied in itertools.groupby(ranked, key=lambda item: item[0]):
        answers = [answer for _, pairing in tied if (answer := scheduler.best(pairing)) is not None]
        if answers:
            return Best(*report(cohort, options, *max(answers, key=lambda answer: answer[0])))
    return None


def report(
    cohort: Cohort, options: dict[Pair, Option], total: Key, plan: dict[Pair, Schedule]
) -> tuple[dict[str, int | tuple[int, ...]], dict[Pair, Schedule]]:
    ranks = [rank for pair in plan if (rank := options[pair].rank) is not None]
    profile = tuple(ranks.count(rank) for rank in range(1, max(ranks, default=0) + 1))
    sessions = total[0] if not as_needed(cohort) and cohort.programme.sessions.number == "most" else -total[0]
    values: dict[str, int | tuple[int, ...]] = {
        "mentees": len({mentee for mentee, _ in plan}),
        "pairs": len(plan),
        **({"priority": by_class} if (by_class := classes_served(cohort, {m for m, _ in plan})) else {}),
        "rank": sum(ranks) if cohort.programme.goals.rank == "min-cost" else profile,
        "sessions": sessions,
    }
    if len(cohort.programme.sessions.minutes) > 1:
        values["minutes"] = total[1]
    if cohort.programme.calendar.preferred_windows:
        values["preferred"] = total[2]
    return {**values, "regularity": total[3]}, dict(sorted(plan.items()))
