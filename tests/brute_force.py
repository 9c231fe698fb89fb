"""The optimum of a tiny cohort by enumeration: an oracle that shares nothing with the program but its records.

Free time is looked up minute by minute on the person's own wall clock, schedules of a pair are all sets of
sessions that keep the rules, pairings are all sets of pairs that keep the capacities. Only for cohorts in which
everybody has a handful of possible sessions.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

from matcher.model import Cohort, Pair, Session
from matcher.programme import day_date

Schedule = tuple[Session, ...]
Key = tuple[int, int, int]  # sessions, minutes, regularity: larger is better
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
    if decision is not None and decision.status in ("forbidden", "refused"):
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
        self.zone = cohort.employees.zones[cohort.employees.zone[person]]
        self.weekdays: dict[int, list[tuple[int, int]]] = {}
        self.dates: dict[int, list[tuple[int, int]]] = {}
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

    def busy_time(self, cohort: Cohort, row: int) -> tuple[int, int]:
        start, end = int(cohort.busy.start[row]), int(cohort.busy.end[row])
        return (
            start if cohort.busy.start_utc[row] else earliest(self.zone, start),
            end if cohort.busy.end_utc[row] else latest(self.zone, end),
        )

    def windows(self, day: int) -> list[tuple[int, int]]:
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
        return [(start, min(stop, end)) for start, stop in windows if start < end]

    def free_at(self, instant: int) -> bool:
        day, minute = divmod(wall(self.zone, instant), 1440)
        inside = any(start <= minute < end for start, end in self.windows(day))
        return inside and not any(start <= instant < end for start, end in self.busy)

    def free(self, start: int, minutes: int) -> bool:
        return all(self.free_at(instant) for instant in range(start, start + minutes))


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


def months_later(date: dt.date, months: int) -> dt.date:
    """The same day so many months on, or the last of that month where it has no such day."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    for day in range(date.day, 0, -1):
        try:
            return dt.date(year, month + 1, day)
        except ValueError:
            continue
    raise AssertionError(date)


def keeps_month_rule(cohort: Cohort, dates: list[dt.date]) -> bool:
    """Whether the dates of one pair's sessions keep the month rule."""
    rules, start, end = cohort.programme.sessions, cohort.programme.frame.start, cohort.programme.frame.end
    apart = rules.max_months_between
    if rules.month_rule in ("rolling", "both"):
        chain = [start, *dates, end]
        if any(later > months_later(date, apart) for date, later in itertools.pairwise(chain)):
            return False
    if rules.month_rule in ("calendar", "both"):
        every = (start + dt.timedelta(days=day) for day in range((end - start).days + 1))
        firsts = [date for date in every if date.day == 1 and months_later(date, 1) - dt.timedelta(days=1) <= end]
        for first in firsts[: max(0, len(firsts) - apart + 1)]:
            if not any(first <= date < months_later(first, apart) for date in dates):
                return False
    return True


def schedules(cohort: Cohort, pair: Pair, slots: list[Session]) -> Iterator[Schedule]:
    """Every schedule of one pair that keeps the rules, double booking aside."""
    rules, zone = cohort.programme.sessions, cohort.programme.frame.timezone
    decision = cohort.decisions.get(pair)
    last = decision.last_session if decision else None

    def extend(taken: Schedule, days: tuple[int, ...]) -> Iterator[Schedule]:
        if len(taken) >= rules.minimum and keeps_month_rule(cohort, [day_date(day) for day in days]):
            yield taken
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
    score = {"most": count, "fewest": -count}.get(number, 0) if isinstance(number, str) else -abs(count - number)
    minutes = sum(session.minutes for session in schedule) if len(lengths) > 1 else 0
    shown = [wall(cohort.programme.frame.timezone, session.start) for session in schedule]
    regular = sum((later - before) % (7 * 1440) == 0 for before, later in itertools.pairwise(shown))
    return score, minutes, regular


# --- pairing and schedule -----------------------------------------------------------------------------------


def schedulable(cohort: Cohort) -> Ways:
    """Every pair that the rules allow and that has a schedule of its own, with all its schedules, best first."""
    options = eligible(cohort)
    dates = grid(cohort)
    own = {person: possible_sessions(cohort, person, dates) for person in {p for pair in options for p in pair}}
    found = {}
    for pair in options:
        slots = sorted(own[pair[0]] & own[pair[1]])
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
            full = any(sum(pair[1] == mentor for pair in more) > capacity[mentor] for _, mentor in menu)
            if not full and not any((mentor, mentee) in more for mentee, mentor in menu):
                yield from extend(more, rest[1:])

    yield from extend((), menus)


def rank_key(kind: str, ranks: list[int]) -> tuple[int, ...]:
    """How good the ranks of a pairing are: larger is better."""
    if kind == "min-cost":
        return (-sum(ranks),)
    counts = [ranks.count(rank) for rank in range(1, 100)]
    return tuple(counts) if kind == "greedy" else tuple(-count for count in reversed(counts))


class Scheduler:
    """The best schedules of sets of pairs, each group of pairs that share people solved once."""

    def __init__(self, ways: Ways, *, alone: bool) -> None:
        self.ways = ways
        self.alone = alone
        self.known: dict[tuple[Pair, ...], tuple[Key, dict[Pair, Schedule]] | None] = {}
        ends = {end for way in ways.values() for _, schedule in way for s in schedule for end in (s.start, s.end)}
        self.instants = sorted(ends)
        self.cells = {pair: [self.mask(schedule) for _, schedule in way] for pair, way in ways.items()}

    def mask(self, schedule: Schedule) -> int:
        """The time of a schedule as bits, one for each stretch between two instants at which anything happens."""
        return sum(
            1 << cell
            for cell, instant in enumerate(self.instants)
            if any(session.start <= instant < session.end for session in schedule)
        )

    def best(self, pairing: tuple[Pair, ...]) -> tuple[Key, dict[Pair, Schedule]] | None:
        """The best key of a pairing with its schedules; None if there is no schedule for all of its pairs."""
        total, plan = (0, 0, 0), {}
        for group in self.groups(pairing):
            if group not in self.known:
                self.known[group] = self.search(group)
            answer = self.known[group]
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

    def search(self, group: tuple[Pair, ...]) -> tuple[Key, dict[Pair, Schedule]] | None:
        """Try every combination of schedules, best first, and drop what cannot beat the best so far."""
        hopes = [(0, 0, 0)]
        for pair in reversed(group):
            hopes.append(add(hopes[-1], self.ways[pair][0][0]))
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
                if not mask & (taken.get(mentee, 0) | taken.get(mentor, 0)):
                    after = {**taken, mentee: taken.get(mentee, 0) | mask, mentor: taken.get(mentor, 0) | mask}
                    extend(depth + 1, add(total, score), after, {**plan, pair: schedule})

        extend(0, (0, 0, 0), {}, {})
        return best


def add(one: Key, other: Key) -> Key:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def best(cohort: Cohort, ways: Ways | None = None, *, alone: bool = False) -> Best | None:
    """The joint optimum of every goal; None if the locks cannot be met.

    `ways` is what `schedulable` gives, where it is at hand. With `alone` every pair is scheduled as if it were
    alone in the world: nobody minds being in two sessions at once.
    """
    options = eligible(cohort)
    ways = schedulable(cohort) if ways is None else ways
    scheduler = Scheduler(ways, alone=alone)
    kind = cohort.programme.goals.rank

    def goals(pairing: tuple[Pair, ...]) -> tuple[int, int, tuple[int, ...]]:
        ranks = [rank for pair in pairing if (rank := options[pair].rank) is not None]
        return len({mentee for mentee, _ in pairing}), len(pairing), rank_key(kind, ranks)

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
    sessions = total[0] if cohort.programme.sessions.number == "most" else -total[0]
    values: dict[str, int | tuple[int, ...]] = {
        "mentees": len({mentee for mentee, _ in plan}),
        "pairs": len(plan),
        "rank": sum(ranks) if cohort.programme.goals.rank == "min-cost" else profile,
        "sessions": sessions,
    }
    if len(cohort.programme.sessions.minutes) > 1:
        values["minutes"] = total[1]
    return {**values, "regularity": total[2]}, dict(sorted(plan.items()))
