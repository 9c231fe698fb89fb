"""The best repair of a tiny plan by enumeration: every pairing and every schedule, straight from the rules.

Free time, the grid and who may be paired come from brute_force, which shares nothing with the program but its
records. What a rematch adds is written here once more: engagements, sessions held, pairs that go on.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import brute_force

from matcher.model import Cohort, Pair, Session
from matcher.programme import day_date, day_number

Schedule = tuple[Session, ...]
Score = tuple[int, int, int, int, int]  # -moved, sessions, minutes, preferred, regular: larger is better


@dataclass(frozen=True)
class Way:
    """One schedule of a pair, sessions held included, and what it is worth."""

    score: Score
    schedule: Schedule
    new: Schedule


@dataclass(frozen=True)
class Repaired:
    """The value of every goal and one pairing with schedules that reaches them all."""

    values: dict[str, int | tuple[int, ...]]
    pairs: dict[Pair, Schedule]


def midnight(cohort: Cohort, day: int) -> int:
    return brute_force.earliest(cohort.programme.frame.timezone, day * 1440)


def day_of(cohort: Cohort, session: Session) -> int:
    return brute_force.wall(cohort.programme.frame.timezone, session.start) // 1440


def engagement(cohort: Cohort, pair: Pair) -> tuple[int, int]:
    """First and last day of a pair's engagement; none where the last lies before the first."""
    first, last = brute_force.programme_days(cohort)
    people, earlier = cohort.employees, cohort.earlier
    joined = max(first, *(int(people.first_day[one]) for one in pair), earlier.as_of)
    agreed = earlier.agreed.get(pair)
    if agreed is not None and agreed.start <= earlier.as_of:
        joined = agreed.start
    return joined, min(last, *(int(people.last_day[one]) for one in pair))


def absent_days(cohort: Cohort, pair: Pair) -> set[int]:
    """The dates that do not count for the month rule."""
    rows, days = cohort.absences, set()
    if cohort.programme.sessions.absences != "pause":
        return days
    for person, start, end in zip(rows.person.tolist(), rows.start.tolist(), rows.end.tolist(), strict=True):
        if person in pair:
            days |= set(range(start, end + 1))
    return days


def keeps_months(cohort: Cohort, pair: Pair, held: list[int], coming: list[int]) -> bool:
    """Whether the dates to come keep the month rule after those held."""
    rules, (first, last) = cohort.programme.sessions, engagement(cohort, pair)
    apart, absent = rules.max_months_between, absent_days(cohort, pair)
    if brute_force.as_needed(cohort):  # nothing is due before its first session, nor after its last
        if not coming:
            return True
        first, last = (held or coming)[0], coming[-1]
    if rules.month_rule in ("rolling", "both"):
        chain = [held[-1] if held else first, *coming, last]
        for one, other in itertools.pairwise(chain):
            allowed = day_number(brute_force.months_later(day_date(one), apart)) - one
            if sum(day not in absent for day in range(one + 1, other + 1)) > allowed:
                return False
    if rules.month_rule in ("calendar", "both"):
        months = [
            month
            for month in whole_months(first, last)
            if not absent & set(range(month[0], month[1] + 1)) and (not held or month[0] > held[-1])
        ]
        for place in range(len(months) - apart + 1):
            window = months[place], months[place + apart - 1]
            if not any(window[0][0] <= day <= window[1][1] for day in coming):
                return False
    return True


def whole_months(first: int, last: int) -> list[tuple[int, int]]:
    days = map(day_date, range(first, last + 1))
    found = []
    for date in days:
        end = day_number(brute_force.months_later(date, 1)) - 1
        if date.day == 1 and end <= last:
            found.append((day_number(date), end))
    return found


def options_of(cohort: Cohort) -> dict[Pair, brute_force.Option]:
    """Who may be paired: what the rules allow, and pairs that go on though they are no longer listed."""
    options = brute_force.eligible(cohort)
    going = {
        pair: brute_force.Option(None, locked=False)
        for pair in cohort.earlier.agreed
        if pair not in options and brute_force.may(cohort, pair)
    }
    return dict(sorted({**options, **going}.items()))


def ways(cohort: Cohort) -> dict[Pair, list[Way]]:
    """Every schedule of every pair that rules and calendars allow."""
    options, dates = options_of(cohort), brute_force.grid(cohort)
    people = {person for pair in options for person in pair}
    own = {person: brute_force.possible_sessions(cohort, person, dates) for person in people}
    found = {}
    for pair in options:
        first, last = engagement(cohort, pair)
        slots = [
            slot
            for slot in brute_force.common_sessions(cohort, pair, own)
            if max(first, cohort.earlier.as_of) <= day_of(cohort, slot) <= last
        ]
        all_ways = [way(cohort, pair, new) for new in schedules(cohort, pair, slots)] if first <= last else []
        if all_ways:
            found[pair] = sorted(all_ways, key=lambda one: one.score, reverse=True)
    return found


def schedules(cohort: Cohort, pair: Pair, slots: list[Session]) -> Iterator[Schedule]:
    """Every way to go on with the slots that are open to a pair."""
    rules, agreed = cohort.programme.sessions, cohort.earlier.agreed.get(pair)
    held = [day_of(cohort, session) for session in agreed.held] if agreed else []
    decision, before = cohort.decisions.get(pair), cohort.earlier.held.get(pair, ())
    known = [*held, *(day_of(cohort, session) for session in before)]
    known += [decision.last_session] if decision and decision.last_session is not None else []

    def extend(taken: Schedule, days: list[int]) -> Iterator[Schedule]:
        if brute_force.as_needed(cohort) and not held and days and brute_force.starts_late(cohort, days[0]):
            return
        if is_enough(cohort, pair, len(held), len(taken)) and keeps_months(cohort, pair, held, days):
            yield taken
        if brute_force.as_needed(cohort) and len(held) + len(taken) >= brute_force.wanted(cohort, pair):
            return
        latest = max(known + days, default=None)
        for slot in slots:
            day = day_of(cohort, slot)
            if (not taken or slot > taken[-1]) and (latest is None or day - latest >= rules.min_days_between):
                yield from extend((*taken, slot), [*days, day])

    yield from extend((), [])


def is_enough(cohort: Cohort, pair: Pair, held: int, new: int) -> bool:
    """Whether a pair may have so many new sessions after those held."""
    if brute_force.as_needed(cohort):  # no more and no less than are left to be had; none where all are
        return new == max(brute_force.wanted(cohort, pair) - held, 0)
    return held + new >= cohort.programme.sessions.minimum


def way(cohort: Cohort, pair: Pair, new: Schedule) -> Way:
    agreed = cohort.earlier.agreed.get(pair)
    held, planned = (agreed.held, agreed.planned) if agreed else ((), ())
    times = {session[:2] for session in new}
    moved = sum(session[:2] not in times for session in planned)
    schedule = (*held, *new)
    return Way((-moved, *brute_force.key(cohort, schedule)), schedule, new)


def best(cohort: Cohort) -> Repaired | None:
    """The optimum of every goal of a rematch; None if the locks cannot be met."""
    options, all_ways = options_of(cohort), ways(cohort)
    kind, first = cohort.programme.goals.rank, cohort.programme.rematch.end_pairs == "forced"

    def goals(pairing: tuple[Pair, ...]) -> tuple[int, ...]:
        kept = sum(pair in cohort.earlier.agreed for pair in pairing)
        mentees = {mentee for mentee, _ in pairing}
        both = (kept, len(mentees)) if first else (len(mentees), kept)
        return (*both, len(pairing), *brute_force.classes_served(cohort, mentees))

    def rank(pairing: tuple[Pair, ...]) -> tuple[int, ...]:
        ranks = [one for pair in pairing if (one := options[pair].rank) is not None]
        return len(ranks) - len(pairing), *brute_force.rank_key(kind, ranks)

    pairings = sorted(brute_force.pairings(cohort, list(all_ways)), key=goals, reverse=True)
    for _, tied in itertools.groupby(pairings, key=goals):
        answers = []
        for pairing in tied:
            plan = schedule(cohort, all_ways, pairing)
            if plan is not None:
                total = add(*(one.score for one in plan.values()))
                answers.append(((total[0], *rank(pairing), *total[1:]), total, plan))
        if answers:
            _, total, plan = max(answers, key=lambda answer: answer[0])
            return report(cohort, options, total, {pair: one.schedule for pair, one in plan.items()})
    return None


def add(*scores: Score) -> Score:
    return tuple(map(sum, zip(*scores, strict=True))) if scores else (0, 0, 0, 0, 0)


def schedule(cohort: Cohort, all_ways: dict[Pair, list[Way]], pairing: tuple[Pair, ...]) -> dict[Pair, Way] | None:
    """The best schedules of a pairing beside each other; None if there are none for all of its pairs."""
    best_total, best_plan = None, None
    hopes = [(0, 0, 0, 0, 0)]
    for pair in reversed(pairing):
        hopes.insert(0, add(hopes[0], all_ways[pair][0].score))

    def extend(depth: int, total: Score, plan: dict[Pair, Way]) -> None:
        nonlocal best_total, best_plan
        if best_total is not None and add(total, hopes[depth]) <= best_total:
            return
        if depth == len(pairing):
            best_total, best_plan = total, plan
            return
        pair = pairing[depth]
        for one in all_ways[pair]:
            more = {**plan, pair: one}
            if all(fits(cohort, more, person) for person in pair):
                extend(depth + 1, add(total, one.score), more)

    extend(0, (0, 0, 0, 0, 0), {})
    return best_plan


def fits(cohort: Cohort, plan: dict[Pair, Way], person: int) -> bool:
    """Whether one person can attend all new sessions of his pairs, beside what he has held."""
    if brute_force.as_needed(cohort) and too_many_from_now(cohort, plan, person):
        return False
    own = sorted(slot for pair, one in plan.items() if person in pair for slot in one.new)
    if any(brute_force.too_close(cohort, one, other) for one, other in itertools.pairwise(own)):
        return False
    earlier = cohort.earlier
    held = [session for pair, one in earlier.agreed.items() if person in pair for session in one.held]
    held += [session for pair, sessions in earlier.held.items() if person in pair for session in sessions]
    weeks = {day_date(day_of(cohort, slot)).isocalendar()[:2] for slot in own}
    same = [session for session in held if day_date(day_of(cohort, session)).isocalendar()[:2] in weeks]
    return not brute_force.too_many(cohort, [*same, *own])


def too_many_from_now(cohort: Cohort, plan: dict[Pair, Way], mentor: int) -> bool:
    """Whether a mentor has more engagements than places at any moment from the date on.

    One that has no session then is over, whoever may have been beside it.
    """
    now = midnight(cohort, cohort.earlier.as_of)
    mine = [one for pair, one in plan.items() if pair[1] == mentor and one.new]
    spans = [(one.schedule[0].start, one.schedule[-1].end) for one in mine]
    most = int(cohort.employees.capacity[mentor])
    return any(
        sum(a <= moment < b for a, b in spans) > most for moment in [now, *(a for a, _ in spans if a >= now)]
    )


def report(cohort: Cohort, options: dict, total: Score, plan: dict[Pair, Schedule]) -> Repaired:
    truth, pairs = brute_force.report(cohort, options, total[1:], plan)
    added = {"kept": sum(pair in cohort.earlier.agreed for pair in plan), "moved": -total[0]}
    if any(options[pair].rank is None for pair in cohort.earlier.agreed if pair in options):
        added["unlisted"] = sum(options[pair].rank is None for pair in plan)
    order = ["kept", "mentees"] if cohort.programme.rematch.end_pairs == "forced" else ["mentees", "kept"]
    values = {
        name: {**truth, **added}[name]
        for name in (*order, "pairs", "priority", "moved", "unlisted")
        if name in truth | added
    }
    return Repaired({**values, **truth}, pairs)


def date(text: str) -> int:
    return day_number(dt.date.fromisoformat(text))
