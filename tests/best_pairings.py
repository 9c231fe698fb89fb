"""What every answer of a small cohort must say, by enumeration of all best pairings: an oracle of plain Python.

A pair is *possible* if no rule forbids it and the two could be scheduled had they no other session; a *pairing*
is a set of possible pairs with all locks that keeps everybody's places; it is *best* if all its pairs can be
scheduled at once and its goals 1 to 3 are as good as those of any such pairing. `Truth` tells what does not depend
on which of the best pairings a run has, `Standing` what does: what would change it for one mentee while all the
rest stays.
"""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

import brute_force
from brute_force import Schedule, wall

from matcher.model import Cohort, Pair, Session
from matcher.programme import day_date

RULE_CODES = (
    "self", "unknown_mentor", "forbidden", "refused", "past", "reverse_pair", "does_not_mentor", "line_manager",
    "same_function_gap", "cross_function_gap",
)  # fmt: skip
WAIVED_BY_LOCK = ("past", "line_manager", "same_function_gap", "cross_function_gap")
SUGGESTIONS = 3  # at most so many for one mentee

Pairing = tuple[Pair, ...]
Goals = tuple[int, int, tuple[int, ...], tuple[int, ...]]  # mentees, pairs, classes, ranks: larger is better
Row = dict[str, str]


# --- pairings -------------------------------------------------------------------------------------------------


class Timetable(brute_force.Scheduler):
    """Whether the pairs of a pairing can be scheduled at once; how good their schedules are is all one."""

    def __init__(self, cohort: Cohort, ways: brute_force.Ways) -> None:
        super().__init__(cohort, ways, alone=False)
        for pair in self.ways:
            self.lessen(pair)

    def lessen(self, pair: Pair) -> None:
        """Leave out each schedule that takes all the time of another and starts whenever that starts."""
        least: list[tuple[int, set[int], tuple[brute_force.Key, Schedule]]] = []
        ways = zip(self.cells[pair], self.ways[pair], strict=True)
        for mask, way in sorted(ways, key=lambda item: (item[0].bit_count(), item[1])):
            starts = {session.start for session in way[1]}
            if not any(other & mask == other and some <= starts for other, some, _ in least):
                least.append((mask, starts, way))
        self.cells[pair] = [mask for mask, _, _ in least]
        self.ways[pair] = [way for _, _, way in least]

    def search(self, group: Pairing) -> tuple[brute_force.Key, dict[Pair, Schedule]] | None:
        """The first combination of schedules that does."""

        def extend(depth: int, taken: dict[int, int], plan: dict[Pair, Schedule]) -> dict[Pair, Schedule] | None:
            if depth == len(group):
                return plan
            mentee, mentor = pair = group[depth]
            for (_, schedule), mask in zip(self.ways[pair], self.cells[pair], strict=True):
                before = [taken.get(person, 0) for person in pair]
                more = {**plan, pair: schedule}
                if mask & (before[0] | before[1]) or any(self.too_many(person, more) for person in pair):
                    continue
                found = extend(depth + 1, {**taken, mentee: before[0] | mask, mentor: before[1] | mask}, more)
                if found is not None:
                    return found
            return None

        plan = extend(0, {}, {})
        return None if plan is None else (brute_force.NOTHING, plan)

    def too_many(self, person: int, plan: dict[Pair, Schedule]) -> bool:
        return self.limited and brute_force.too_many(self.cohort, brute_force.sessions_of(person, plan))

    def holds(self, pairing: Pairing) -> bool:
        return self.best(pairing) is not None


@dataclass(frozen=True)
class Best:
    """The value of goals 1 to 3 with the count of pairs at each rank, and all pairings that reach it."""

    goals: Goals
    profile: Counter[int]
    pairings: list[Pairing]

    def standing(self, pair: Pair) -> str:
        """In how many of the best pairings a pair is."""
        count = sum(pair in pairing for pairing in self.pairings)
        return "every" if count == len(self.pairings) else "some" if count else "none"


class Truth:
    """What does not depend on the run: who is in the best pairings, and what a place more would bring."""

    def __init__(self, cohort: Cohort) -> None:
        self.cohort = cohort
        self.options = brute_force.eligible(cohort)
        self.kind = cohort.programme.goals.rank
        dates = brute_force.grid(cohort)
        people = range(len(cohort.employees))
        self.own = {person: brute_force.possible_sessions(cohort, person, dates) for person in people}
        ways = {pair: self.ways(pair) for pair in self.options}
        self.timetable = Timetable(cohort, {pair: found for pair, found in ways.items() if found})
        self.possible = [pair for pair, found in self.timetable.ways.items() if found]
        self.known: dict[int, Best] = {}  # with one place more for each mentor

    def ways(self, pair: Pair) -> list[tuple[brute_force.Key, Schedule]]:
        slots = brute_force.common_sessions(self.cohort, pair, self.own)
        every = brute_force.schedules(self.cohort, pair, slots)
        return [(brute_force.NOTHING, schedule) for schedule in every]

    def best_of(self, cohort: Cohort, *, by_places: bool = False) -> Best | None:
        """The best pairings of a cohort that differs in places only; None if the locks cannot be met.

        With `by_places` nobody minds being in two sessions at once.
        """
        ranked: dict[Goals, list[Pairing]] = {}
        for pairing in brute_force.pairings(cohort, self.possible):
            ranked.setdefault(self.goals(pairing), []).append(pairing)
        for goals in sorted(ranked, reverse=True):
            found = [pairing for pairing in ranked[goals] if by_places or self.timetable.holds(pairing)]
            if found:
                return Best(goals, Counter(self.ranks(found[0])), found)
        return None

    def ranks(self, pairing: Pairing) -> list[int]:
        return [rank for pair in pairing if (rank := self.options[pair].rank) is not None]

    def goals(self, pairing: Pairing) -> Goals:
        mentees = {mentee for mentee, _ in pairing}
        classes = brute_force.classes_served(self.cohort, mentees)
        return len(mentees), len(pairing), classes, brute_force.rank_key(self.kind, self.ranks(pairing))

    @cached_property
    def best(self) -> Best | None:
        return self.best_of(self.cohort)

    @cached_property
    def by_places(self) -> Best | None:
        return self.best_of(self.cohort, by_places=True)

    def raised(self, mentor: int) -> Best:
        """The best with one place more for one mentor."""
        if mentor in self.known:
            return self.known[mentor]
        capacity = self.cohort.employees.capacity.copy()
        capacity[mentor] += 1
        found = self.best_of(replace(self.cohort, employees=replace(self.cohort.employees, capacity=capacity)))
        assert found is not None
        self.known[mentor] = found
        return found

    def gains(self, mentor: int) -> Row:
        """What one place more for one mentor brings, as bottlenecks.csv says it."""
        assert self.best is not None
        before, after = self.best, self.raised(mentor)
        return {
            "gain_mentees": str(after.goals[0] - before.goals[0]),
            "gain_pairs": str(after.goals[1] - before.goals[1]),
            **classes_text(self.cohort, before.goals[2], after.goals[2]),
            "gain_ranks": ranks_text(self.kind, before.profile, after.profile),
            "gain_proven": "yes",
        }

    @cached_property
    def contest(self) -> Contest:
        return Contest(self.cohort, self.possible)

    def standing_of_choices(self) -> dict[tuple[str, str], str]:
        """The standing of each listed choice, by the ids of mentee and mentor."""
        assert self.best is not None
        choices, ids = self.cohort.choices, self.cohort.employees.ids
        listed = zip(choices.mentee.tolist(), choices.mentor.tolist(), choices.mentor_ids, strict=True)
        return {(ids[mentee], name): self.best.standing((mentee, mentor)) for mentee, mentor, name in listed}


def classes_text(cohort: Cohort, before: tuple[int, ...], after: tuple[int, ...]) -> Row:
    """How many mentees more or fewer each class has; nothing where all mentees are alike."""
    if not before:
        return {}
    lost = cohort.history.lost if cohort.history else {}
    keys = sorted({(int(cohort.employees.priority[m]), lost.get(m, 0)) for m in cohort.mentees.tolist()})[::-1]
    changes = zip(keys, before, after, strict=True)
    told = (f"{first}/{times}:{now - then:+}" for (first, times), then, now in changes if now != then)
    return {"gain_priority": " ".join(told)}


def ranks_text(kind: str, before: Counter[int], after: Counter[int]) -> str:
    """How the profile of ranks changes, rank by rank; or the sum of ranks, where that is the goal."""
    if kind == "min-cost":
        change = sum(rank * (after[rank] - before[rank]) for rank in range(1, 100))
        return f"{change}" if change else ""
    changes = {rank: after[rank] - before[rank] for rank in range(1, 100)}
    return " ".join(f"{rank}:{change:+}" for rank, change in changes.items() if change)


# --- places alone ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """A bottleneck: mentors, and the mentees who can go nowhere else."""

    mentors: frozenset[int]
    mentees: frozenset[int]
    places: int

    @property
    def shortage(self) -> int:
        return len(self.mentees) - self.places


class Contest:
    """Mentees without a lock against the places that locks leave; calendars count only pair by pair."""

    def __init__(self, cohort: Cohort, possible: Iterable[Pair]) -> None:
        locks = cohort.locks
        with_lock = {mentee for mentee, _ in locks}
        self.wishes: dict[int, set[int]] = {}
        self.places: dict[int, int] = {}
        for mentee, mentor in possible:
            taken = sum(locked == mentor for _, locked in locks)
            self.places[mentor] = int(cohort.employees.capacity[mentor]) - taken
            if mentee not in with_lock:
                self.wishes.setdefault(mentee, set()).add(mentor)

    def matching(self, mentees: Collection[int]) -> dict[int, int]:
        """As many of these mentees as can have a mentor at once, each with one."""
        found: dict[int, int] = {}

        def place(mentee: int, tried: set[int]) -> bool:
            for mentor in sorted(self.wishes[mentee] - tried):
                tried.add(mentor)
                there = [other for other, at in found.items() if at == mentor]
                if len(there) < self.places[mentor] or any(place(other, tried) for other in there):
                    found[mentee] = mentor
                    return True
            return False

        for mentee in sorted(mentees):
            place(mentee, set())
        return found

    def reached(self) -> tuple[set[int], set[int]]:
        """Mentees and mentors on alternating paths from those whom a largest matching leaves out."""
        matching = self.matching(self.wishes)
        mentees = set(self.wishes) - set(matching)
        while True:
            mentors = {mentor for mentee in mentees for mentor in self.wishes[mentee]}
            more = mentees | {mentee for mentee, mentor in matching.items() if mentor in mentors}
            if more == mentees:
                return mentees, mentors
            mentees = more

    @cached_property
    def groups(self) -> list[Group]:
        """The bottlenecks, the largest shortage first, then the smallest mentor."""
        mentees, mentors = self.reached()
        parts = [{mentor} for mentor in sorted(mentors)]
        for mentee in mentees:
            touched = [part for part in parts if part & self.wishes[mentee]]
            parts = [part for part in parts if part not in touched] + [set().union(*touched)]
        groups = [
            Group(
                frozenset(part),
                frozenset(mentee for mentee, wishes in self.wishes.items() if wishes <= part),
                sum(self.places[mentor] for mentor in part),
            )
            for part in parts
        ]
        return sorted(groups, key=lambda group: (-group.shortage, min(group.mentors)))

    def group_of(self, mentor: int) -> int | None:
        """The number of the group that holds a mentor."""
        return next((n for n, group in enumerate(self.groups, start=1) if mentor in group.mentors), None)

    def kept_out(self, mentee: int) -> bool:
        """Whether places alone may keep a mentee out: as many of the others get a mentor without him."""
        if mentee not in self.wishes:
            return False
        return len(self.matching(set(self.wishes) - {mentee})) == len(self.matching(self.wishes))

    def shown_by(self, mentee: int, mentors: Collection[int]) -> tuple[int, int] | None:
        """How many others compete for how many places, if these mentors show that a mentee is kept out."""
        if not self.wishes[mentee] <= set(mentors) <= set(self.places):
            return None
        others = [other for other, wishes in self.wishes.items() if other != mentee and wishes <= set(mentors)]
        places = sum(self.places[mentor] for mentor in mentors)
        return (len(others), places) if len(self.matching(others)) == places else None

    def smallest(self, mentee: int) -> tuple[int, int] | None:
        """Mentors and places of the smallest set of mentors that shows that a mentee is kept out."""
        found = [
            (size, shown[1])
            for size in range(1, len(self.places) + 1)
            for mentors in itertools.combinations(self.places, size)
            if (shown := self.shown_by(mentee, mentors)) is not None
        ]
        return min(found, default=None)


# --- a run as it stands ---------------------------------------------------------------------------------------


def rule_against(cohort: Cohort, pair: Pair, pairs: Collection[Pair] = ()) -> str:
    """The first rule that sets a pair aside that is not locked, beside other pairs; empty if none does."""
    mentee, mentor = pair
    people, rules = cohort.employees, cohort.programme.eligibility
    decision = cohort.decisions.get(pair)
    status = decision.status if decision else ""
    level_gap = people.level[mentor] - people.level[mentee]
    same = people.function[mentee] == people.function[mentor]
    broken = {
        "self": mentee == mentor,
        "unknown_mentor": mentor < 0,
        "forbidden": status == "forbidden",
        "refused": status == "refused",
        "past": status == "past" and not rules.past_pairs_may_repeat,
        "reverse_pair": (mentor, mentee) in {*cohort.locks, *pairs},
        "does_not_mentor": people.capacity[mentor] == 0,
        "line_manager": people.manager[mentee] == mentor and not rules.line_manager_may_mentor,
        "same_function_gap": same and level_gap < rules.same_function_gap,
        "cross_function_gap": not same and level_gap < rules.cross_function_gap,
    }
    if broken["unknown_mentor"]:
        return "unknown_mentor"
    return next((code for code in RULE_CODES if broken[code]), "")


class Standing:
    """A run of a cohort: what would give somebody a mentor while every pair and every session stays."""

    def __init__(self, truth: Truth, plan: Mapping[Pair, Schedule]) -> None:
        self.truth, self.cohort, self.plan = truth, truth.cohort, plan
        self.load = Counter(mentor for _, mentor in plan)
        self.sessions: dict[int, list[Session]] = {}
        for pair, schedule in plan.items():
            for person in pair:
                self.sessions.setdefault(person, []).extend(schedule)
        self.known: dict[Pair, int | None] = {}

    # --- one pair

    def rule(self, pair: Pair) -> str:
        return rule_against(self.cohort, pair, self.plan)

    def is_full(self, mentor: int) -> bool:
        return self.load[mentor] >= int(self.cohort.employees.capacity[mentor])

    def outside(self, pair: Pair) -> int | None:
        """How many sessions of a further pair cannot lie in their common time beside the sessions that stand.

        0 if it has a schedule there, None if no dates at all keep the rules.
        """
        if pair not in self.known:
            self.known[pair] = self.least_outside(pair)
        return self.known[pair]

    def least_outside(self, pair: Pair) -> int | None:
        """Try all dates in turn for the next session, at an hour that suits both or outside their time."""
        cohort, rules = self.cohort, self.cohort.programme.sessions
        first, last = brute_force.programme_days(cohort)
        decision = cohort.decisions.get(pair)
        before = decision.last_session if decision else None
        hours = self.hours(pair)
        month_rule = MonthRule(cohort)

        @cache
        def more(day: int | None, late: Session | None, count: int, this_week: int) -> float:
            """Fewest sessions outside that complete a schedule.

            `day` is that of its last session so far, `late` that session if the next day's may come too close,
            `count` how many there are as far as the minimum asks, `this_week` how many of them lie in common
            time in the week of that day.
            """
            done = day is not None and count >= rules.minimum and month_rule.may_end(day)
            fewest = 0.0 if done else math.inf
            latest = before if day is None else day
            for later in range(first, last + 1) if latest is None else range(max(first, latest + 1), last + 1):
                apart = latest is None or later - latest >= rules.min_days_between
                if not apart or not month_rule.may_follow(day, later):
                    continue
                enough = min(count + 1, rules.minimum)
                week = this_week if day is not None and week_of(day) == week_of(later) else 0
                fewest = min(fewest, 1 + more(later, None, enough, week))
                if rules.max_per_week and week + 1 > self.left_in_week(pair, later):
                    continue
                for slot in hours.get(later, ()):
                    if late is None or not brute_force.too_close(cohort, late, slot):
                        fewest = min(fewest, more(later, self.if_late(slot, later), enough, week + 1))
            return fewest

        found = more(None, None, 0, 0)
        return None if math.isinf(found) else int(found)

    def if_late(self, slot: Session, day: int) -> Session | None:
        """A session that a session of the next day could come too close to."""
        over = slot.end + self.cohort.programme.sessions.pause_minutes
        return slot if self.day(over) > day else None

    def day(self, instant: int) -> int:
        return wall(self.cohort.programme.frame.timezone, instant) // 1440

    def hours(self, pair: Pair) -> dict[int, list[Session]]:
        """By date, the sessions that both could attend beside those that stand.

        One of those that no session of the day before or after can come near is enough.
        """
        found: dict[int, list[Session]] = {}
        for slot in brute_force.common_sessions(self.cohort, pair, self.truth.own):
            if any(self.disturbs(person, slot) for person in pair):
                continue
            of_day = found.setdefault(self.day(slot.start), [])
            late = self.if_late(slot, self.day(slot.start))
            early = any(self.if_late(other, self.day(other.start)) is None for other in of_day)
            daily = self.cohort.programme.sessions.min_days_between == 1
            if late or daily or not early:
                of_day.append(slot)
        return found

    def disturbs(self, person: int, slot: Session) -> bool:
        """Whether somebody has no time for a session beside those that stand, or too many on that day."""
        beside = self.sessions.get(person, [])
        most, day = self.cohort.programme.sessions.max_per_day, self.day(slot.start)
        full = most and sum(self.day(other.start) == day for other in beside) >= most
        return bool(full) or any(brute_force.too_close(self.cohort, slot, other) for other in beside)

    def left_in_week(self, pair: Pair, day: int) -> int:
        """How many sessions more the week of a day may hold for both."""
        weeks = [
            sum(week_of(self.day(other.start)) == week_of(day) for other in self.sessions.get(person, []))
            for person in pair
        ]
        return self.cohort.programme.sessions.max_per_week - max(weeks)

    # --- one mentee

    def choices(self, mentee: int) -> list[tuple[int, str, int]]:
        """Rank, mentor id and mentor of each choice of a mentee, best first."""
        choices = self.cohort.choices
        columns = (choices.mentee.tolist(), choices.rank.tolist(), choices.mentor_ids, choices.mentor.tolist())
        rows = zip(*columns, strict=True)
        return sorted((rank, name, mentor) for who, rank, name, mentor in rows if who == mentee)

    def eligible_choices(self, mentee: int) -> int:
        return sum(not self.rule((mentee, mentor)) for _, _, mentor in self.choices(mentee))

    def suggested(self, mentee: int) -> list[int]:
        """Everybody whom a mentee could list and would get, the likeliest first."""
        people = self.cohort.employees
        listed = {mentor for _, _, mentor in self.choices(mentee)}
        found = [
            mentor
            for mentor in range(len(people))
            if mentor not in listed
            and not self.rule((mentee, mentor))
            and not self.is_full(mentor)
            and self.outside((mentee, mentor)) == 0
        ]
        level = people.level
        return sorted(found, key=lambda m: (int(level[m] - level[mentee]), self.load[m], people.ids[m]))

    def suggestions(self, mentee: int) -> str:
        return "; ".join(map(self.cohort.employees.label, self.suggested(mentee)[:SUGGESTIONS]))

    def smallest_change(self, mentee: int) -> str:
        """The least that would give a mentee a mentor, as unmatched.csv says it."""
        return next(self.changes(mentee), "")

    def changes(self, mentee: int) -> Iterator[str]:
        """All changes that would give a mentee a mentor, smallest first."""
        label = self.cohort.employees.label
        mentors = [mentor for _, _, mentor in self.choices(mentee)]
        allowed = [mentor for mentor in mentors if not self.rule((mentee, mentor))]
        for mentor in allowed:
            if self.is_full(mentor) and self.outside((mentee, mentor)) == 0:
                yield f"one more place: {label(mentor)}"
        minutes = min(self.cohort.programme.sessions.minutes)
        with_place = [mentor for mentor in allowed if not self.is_full(mentor)]
        missing = {m: n for m in with_place if (n := self.outside((mentee, m))) is not None}
        for mentor in sorted(missing, key=lambda m: missing[m]):  # stable: by rank and id within
            n = missing[mentor]
            if n > 0:
                yield f"more common time: {label(mentor)}, {n} more session{'s' * (n > 1)} of {minutes} minutes"
        for mentor in mentors:
            code = self.rule((mentee, mentor))
            # A lock does not let two people mentor each other, so it would be no way out.
            mutual = (mentor, mentee) in self.plan
            if code in WAIVED_BY_LOCK and not mutual and not self.is_full(mentor):  # noqa: SIM102
                if self.outside((mentee, mentor)) == 0:
                    yield f"exception to a rule: {label(mentor)}, {code}"
        for mentor in self.suggested(mentee):
            yield f"one more choice: {label(mentor)}"

    # --- the files

    def unmatched(self) -> list[int]:
        return sorted(set(self.cohort.mentees.tolist()) - {mentee for mentee, _ in self.plan})

    def row_of(self, mentee: int, stated: Collection[int] = ()) -> Row:
        """What unmatched.csv must say of a mentee, where it names the mentors `stated` if places keep him out.

        Question marks stand for what no file can say, because those mentors do not show that.
        """
        contest, ids = self.truth.contest, self.cohort.employees.ids
        row = {
            "eligible_choices": str(self.eligible_choices(mentee)),
            "competitors": "",
            "places": "",
            "smallest_change": self.smallest_change(mentee),
            "suggestions": self.suggestions(mentee),
            "group": "",
            "contested_mentors": "",
        }
        if contest.kept_out(mentee):
            competitors, places = contest.shown_by(mentee, stated) or ("?", "?")
            row["competitors"], row["places"] = str(competitors), str(places)
            row["group"] = str(contest.group_of(min(contest.wishes[mentee])))
            row["contested_mentors"] = "; ".join(sorted(ids[mentor] for mentor in stated))
        return row

    def bottlenecks(self) -> list[Row]:
        """All rows of bottlenecks.csv."""
        people, contest = self.cohort.employees, self.truth.contest
        wanted = Counter(mentor for _, mentor in self.truth.possible)
        rows = []
        for mentor in sorted(wanted, key=lambda m: (contest.group_of(m) or math.inf, people.ids[m])):
            number = contest.group_of(mentor)
            row = {
                "mentor_id": people.ids[mentor],
                "name": people.names[mentor],
                "places": str(people.capacity[mentor]),
                "mentees": str(self.load[mentor]),
                "wanted": str(wanted[mentor]),
                **dict.fromkeys(GROUP_CELLS, ""),
            }
            if number is not None:
                group = contest.groups[number - 1]
                figures = (number, len(group.mentors), len(group.mentees), group.places, group.shortage)
                row |= dict(zip(GROUP_CELLS, map(str, figures), strict=True))
            rows.append(row | self.truth.gains(mentor))
        return rows


GROUP_CELLS = ("group", "group_mentors", "group_mentees", "group_places", "shortage")


class MonthRule:
    """The month rule seen from one date to the next."""

    def __init__(self, cohort: Cohort) -> None:
        self.apart = cohort.programme.sessions.max_months_between
        rule = cohort.programme.sessions.month_rule
        self.rolling = rule in ("rolling", "both")
        self.first, self.last = brute_force.programme_days(cohort)
        self.windows: list[tuple[int, int]] = []  # first day, and the first day after
        if rule in ("calendar", "both"):
            start, end = day_date(self.first), day_date(self.last)
            every = (start + dt.timedelta(days=day) for day in range((end - start).days + 1))
            firsts = [date for date in every if date.day == 1 and number(months_on(date, 1)) <= self.last + 1]
            runs = (firsts[n : n + self.apart] for n in range(len(firsts) - self.apart + 1))
            self.windows = [(number(run[0]), number(months_on(run[-1], 1))) for run in runs]

    def may_follow(self, day: int | None, later: int) -> bool:
        """Whether the next session after that of a day (or the first of all) may lie on a later day."""
        start = self.first if day is None else day
        if self.rolling and later > number(months_on(day_date(start), self.apart)):
            return False
        before = self.first - 1 if day is None else day
        return not any(before < first and over <= later for first, over in self.windows)

    def may_end(self, day: int) -> bool:
        """Whether the session of a day may be the last."""
        if self.rolling and self.last > number(months_on(day_date(day), self.apart)):
            return False
        return not any(day < first for first, _ in self.windows)


def months_on(date: dt.date, months: int) -> dt.date:
    return brute_force.months_later(date, months)


def number(date: dt.date) -> int:
    return (date - dt.date(1970, 1, 1)).days


def week_of(day: int) -> tuple[int, int]:
    return day_date(day).isocalendar()[:2]


# --- a run as it was written ----------------------------------------------------------------------------------


def read_table(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_plan(cohort: Cohort, run: Path) -> dict[Pair, Schedule]:
    """Pairs and sessions as they stand in the files."""
    person = {name: number for number, name in enumerate(cohort.employees.ids)}
    plan: dict[Pair, Schedule] = {
        (person[row["mentee_id"]], person[row["mentor_id"]]): () for row in read_table(run / "pairs.csv")
    }
    for row in read_table(run / "sessions.csv"):
        pair = (person[row["mentee_id"]], person[row["mentor_id"]])
        start = int(dt.datetime.fromisoformat(row["start"]).timestamp() // 60)
        plan[pair] += (Session(start, int(row["minutes"])),)
    return plan
