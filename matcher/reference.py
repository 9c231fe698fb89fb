"""The whole problem as one plain CP-SAT model: every rule one function, every goal one function.

This is the contract in code, not the engine: it is written to be read and to be right, and it serves cohorts of
a few people. The tests hold the fast engine against it.

A pair that no rule but calendars forbids is a *candidate* and has a literal `chosen`; a *meeting* is a candidate
at one grid start with one length and has a literal `held`. What is not possible has no literal.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from matcher.calendars import Grid, can_start, free_time, make_grid, preferred_starts
from matcher.errors import Fault, InputError
from matcher.model import ALWAYS, BoolArray, Cohort, IntArray, Pair, Session, SolvedPair, Status
from matcher.programme import EPOCH, day_date, day_number
from matcher.rules import judge

Literal = cp_model.IntVar
Values = dict[str, int | tuple[int, ...]]


class LocksError(InputError):
    """The locked pairs cannot all be met together."""


@dataclass(frozen=True)
class Meeting:
    """One possible session of candidate `pair`, on date number `day` (of the programme's zone) at `clock`."""

    pair: Pair
    session: Session
    day: int
    clock: int
    held: Literal


@dataclass(frozen=True)
class Candidate:
    """A pair that may be formed; `rank` is None for a lock that was no choice.

    `wanted` is how many sessions it has where engagements last as long as needed.
    """

    pair: Pair
    rank: int | None
    locked: bool
    chosen: Literal
    meetings: tuple[Meeting, ...]
    wanted: int


@dataclass(frozen=True)
class Joint:
    """The decisions of the joint model; the rules add the constraints."""

    model: cp_model.CpModel
    cohort: Cohort
    candidates: tuple[Candidate, ...]

    def engagement(self, pair: Pair) -> tuple[int, int]:
        """Numbers of the first and the last date of the two together; none where the last is before the first."""
        frame, people, both = self.cohort.programme.frame, self.cohort.employees, list(pair)
        first = max(day_number(frame.start), *people.first_day[both].tolist())
        last = min(day_number(frame.end), *people.last_day[both].tolist())
        return first, last

    def away(self, pair: Pair) -> set[int]:
        """Numbers of the dates that do not count for the month rule, as one of the two is absent."""
        rows = self.cohort.absences
        if self.cohort.programme.sessions.absences == "re-pair":
            return set()
        absences = zip(rows.person.tolist(), rows.start.tolist(), rows.end.tolist(), strict=True)
        return {day for person, start, end in absences if person in pair for day in range(start, end + 1)}

    @property
    def as_needed(self) -> bool:
        """Whether an engagement lasts from the first to the last session of its pair only."""
        return self.cohort.programme.frame.engagement == "as-needed"

    def meetings(self) -> Iterable[Meeting]:
        """All meetings of all candidates."""
        return (meeting for candidate in self.candidates for meeting in candidate.meetings)


@dataclass(frozen=True)
class Reference:
    """The proven value of every goal, in order, and one pairing with its sessions that reaches them."""

    status: Status
    values: Values
    pairs: tuple[SolvedPair, ...]


def make_joint(cohort: Cohort) -> Joint:
    """Make a literal for every candidate and for every meeting for which both people are free."""
    model = cp_model.CpModel()
    listed, _ = judge(cohort)
    people = np.unique(np.concatenate((listed.mentee, listed.mentor)))
    free, grid = free_time(cohort, people), make_grid(cohort.programme)
    can = {minutes: can_start(free, grid, minutes) for minutes in cohort.programme.sessions.minutes}
    like = {minutes: _preferred(cohort, people, grid, minutes) for minutes in can}
    first = day_number(cohort.programme.frame.start)
    candidates = []
    for index in range(len(listed)):
        pair = int(listed.mentee[index]), int(listed.mentor[index])
        rows = np.searchsorted(people, pair)
        meetings = []
        for minutes, starts in can.items():
            for slot in np.nonzero(starts[rows[0]] & starts[rows[1]])[0].tolist():
                preferred = bool(like[minutes][rows, slot].all())
                session = Session(int(grid.start[slot]), minutes, preferred)
                held = model.new_bool_var(f"{pair} meet at {session.start} for {minutes}")
                day, clock = first + int(grid.day[slot]), int(grid.clock[slot])
                meetings.append(Meeting(pair, session, day, clock, held))
        chosen = model.new_bool_var(f"{pair}")
        rank, locked = int(listed.rank[index]) or None, bool(listed.locked[index])
        number = cohort.programme.sessions.number
        wanted = int(cohort.employees.sessions_wanted[pair[0]]) or (0 if isinstance(number, str) else number)
        candidates.append(Candidate(pair, rank, locked, chosen, tuple(meetings), wanted))
    return Joint(model, cohort, tuple(candidates))


def _preferred(cohort: Cohort, people: IntArray, grid: Grid, minutes: int) -> BoolArray:
    """Grid instants from which a session lies in each person's preferred hours; shape (people, len(grid))."""
    zones, table = cohort.employees.zone[people], np.zeros((len(people), len(grid)), dtype=bool)
    for zone in np.unique(zones):
        table[zones == zone] = preferred_starts(cohort.programme, cohort.employees.zones[zone], grid, minutes)
    return table


# --- the rules ----------------------------------------------------------------------------------------------


def add_locks(joint: Joint) -> None:
    """What the programme lead has locked stands."""
    for candidate in joint.candidates:
        if candidate.locked:
            joint.model.add(candidate.chosen == 1)


def add_mentor_capacity(joint: Joint) -> None:
    """A mentor works with at most his capacity of mentees, all of whom stay to the end."""
    if joint.as_needed:
        return
    for mentor, literals in _chosen_by(joint, role=1).items():
        joint.model.add(sum(literals) <= int(joint.cohort.employees.capacity[mentor]))


def add_capacity_at_every_moment(joint: Joint) -> None:
    """Where engagements last as long as needed, a mentor has at most his capacity of them at any moment.

    One lasts from the start of its first session to the end of its last. They are most when one begins.
    """
    if not joint.as_needed:
        return
    of_mentor: dict[int, list[Candidate]] = defaultdict(list)
    for candidate in joint.candidates:
        of_mentor[candidate.pair[1]].append(candidate)
    for mentor, candidates in of_mentor.items():
        for instant in sorted({meeting.session.start for one in candidates for meeting in one.meetings}):
            engaged = [_engaged(joint, candidate, instant) for candidate in candidates]
            joint.model.add(sum(engaged) <= int(joint.cohort.employees.capacity[mentor]))


def _engaged(joint: Joint, candidate: Candidate, instant: int) -> Literal:
    """A literal that is true if the candidate has begun at an instant and is not yet over."""
    literal = joint.model.new_bool_var(f"{candidate.pair} engaged at {instant}")
    begun, ahead = (joint.model.new_bool_var("") for _ in range(2))
    for meeting in candidate.meetings:
        if meeting.session.start <= instant:
            joint.model.add_implication(meeting.held, begun)
        if meeting.session.end > instant:
            joint.model.add_implication(meeting.held, ahead)
    joint.model.add_bool_or(begun.negated(), ahead.negated(), literal)
    return literal


def add_mentors_per_mentee(joint: Joint) -> None:
    """A mentee has at most `mentors_per_mentee` mentors."""
    for literals in _chosen_by(joint, role=0).values():
        joint.model.add(sum(literals) <= joint.cohort.programme.capacity.mentors_per_mentee)


def add_no_reverse_pair(joint: Joint) -> None:
    """Two people never mentor each other."""
    chosen = {candidate.pair: candidate.chosen for candidate in joint.candidates}
    for (mentee, mentor), literal in chosen.items():
        if mentee < mentor and (mentor, mentee) in chosen:
            joint.model.add_at_most_one(literal, chosen[mentor, mentee])


def add_sessions_need_a_pair(joint: Joint) -> None:
    """Only pairs meet."""
    for candidate in joint.candidates:
        for meeting in candidate.meetings:
            joint.model.add_implication(meeting.held, candidate.chosen)


def add_minimum(joint: Joint) -> None:
    """A pair meets at least `sessions.minimum` times: a pair without a schedule is no pair."""
    for candidate in joint.candidates:
        held = sum(meeting.held for meeting in candidate.meetings)
        joint.model.add(held >= joint.cohort.programme.sessions.minimum * candidate.chosen)


def add_wanted(joint: Joint) -> None:
    """Where engagements last as long as needed, a pair meets exactly as often as is wanted."""
    for candidate in joint.candidates:
        if joint.as_needed:
            joint.model.add(
                sum(meeting.held for meeting in candidate.meetings) == candidate.wanted * candidate.chosen
            )


def add_latest_start(joint: Joint) -> None:
    """Where engagements last as long as needed, the first session comes within `latest_start` days, if so many."""
    frame = joint.cohort.programme.frame
    latest = day_number(frame.start) + frame.latest_start
    for candidate in joint.candidates:
        if joint.as_needed and frame.latest_start:
            joint.model.add(sum(_held(candidate, -ALWAYS, latest)) >= candidate.chosen)


def add_min_days_between(joint: Joint) -> None:
    """Dates of a pair's sessions lie at least `min_days_between` apart: one session in any such stretch."""
    apart = joint.cohort.programme.sessions.min_days_between
    for candidate in joint.candidates:
        for day in sorted({meeting.day for meeting in candidate.meetings}):
            joint.model.add_at_most_one(_held(candidate, day, day + apart - 1))


def add_engagement(joint: Joint) -> None:
    """A pair meets only from the day on which both have joined to the last day before one of them leaves."""
    for candidate in joint.candidates:
        first, last = joint.engagement(candidate.pair)
        for meeting in candidate.meetings:
            if not first <= meeting.day <= last:
                joint.model.add(meeting.held == 0)


def add_last_session(joint: Joint) -> None:
    """The first session keeps its distance to the pair's last one before the programme."""
    apart = joint.cohort.programme.sessions.min_days_between
    for candidate in joint.candidates:
        decision = joint.cohort.decisions.get(candidate.pair)
        if decision is not None and decision.last_session is not None:
            for literal in _held(candidate, decision.last_session, decision.last_session + apart - 1):
                joint.model.add(literal == 0)


def add_rolling_months(joint: Joint) -> None:
    """From the start and from every session on, N months do not pass without a session, unless all is over.

    Start and end are those of the pair's engagement; days on which one of the two is away do not count.
    """
    sessions = joint.cohort.programme.sessions
    if sessions.month_rule not in ("rolling", "both"):
        return
    if joint.as_needed:
        _add_months_between_sessions(joint)
        return
    for candidate in joint.candidates:
        first, last = joint.engagement(candidate.pair)
        away = joint.away(candidate.pair)
        due = _due(first, last, away, sessions.max_months_between)
        joint.model.add(sum(_held(candidate, first, due)) >= candidate.chosen)
        for meeting in candidate.meetings:
            due = _due(meeting.day, last, away, sessions.max_months_between)
            if due < last:
                joint.model.add(sum(_held(candidate, meeting.day + 1, due)) >= meeting.held)


def _add_months_between_sessions(joint: Joint) -> None:
    """After a session, N months do not pass without another if there is one later."""
    for candidate in joint.candidates:
        away, last = joint.away(candidate.pair), joint.engagement(candidate.pair)[1]
        for meeting in candidate.meetings:
            due = _due(meeting.day, last, away, joint.cohort.programme.sessions.max_months_between)
            soon = _held(candidate, meeting.day + 1, due)
            for later in _held(candidate, due + 1, last):
                joint.model.add_bool_or(*soon, meeting.held.negated(), later.negated())


def add_calendar_months(joint: Joint) -> None:
    """Of the calendar months wholly inside the engagement, every N in a row hold a session.

    A month in which one of the two is away does not count: the next one that does follows the one before it.
    """
    sessions = joint.cohort.programme.sessions
    if sessions.month_rule not in ("calendar", "both"):
        return
    for candidate in joint.candidates:
        away = joint.away(candidate.pair)
        whole = whole_months(*joint.engagement(candidate.pair))
        months = [month for month in whole if away.isdisjoint(range(month[0], month[1] + 1))]
        for first in range(len(months) - sessions.max_months_between + 1):
            begin, finish = months[first][0], months[first + sessions.max_months_between - 1][1]
            within = _held(candidate, begin, finish)
            if not joint.as_needed:
                joint.model.add(sum(within) >= candidate.chosen)
                continue
            for before in _held(candidate, -ALWAYS, begin - 1):
                for after in _held(candidate, finish + 1, ALWAYS):
                    joint.model.add_bool_or(*within, before.negated(), after.negated())


def add_no_double_booking(joint: Joint) -> None:
    """Nobody is in two sessions at once, as mentor or mentee, or in one without a pause after another.

    At no grid start is he in more than one, each taken with the pause after it: of two that come too close the
    later one starts before the earlier one and its pause are over.
    """
    meetings, pause = list(joint.meetings()), joint.cohort.programme.sessions.pause_minutes
    starts = np.unique([meeting.session.start for meeting in meetings])
    at_once: dict[tuple[int, int], list[Literal]] = defaultdict(list)
    for meeting in meetings:
        covered = slice(*np.searchsorted(starts, (meeting.session.start, meeting.session.end + pause)))
        for instant in starts[covered].tolist():
            for person in meeting.pair:
                at_once[person, instant].append(meeting.held)
    for literals in at_once.values():
        joint.model.add_at_most_one(literals)


def add_max_per_day(joint: Joint) -> None:
    """Nobody, as mentor or mentee, has more than `max_per_day` sessions that start on one date; 0 is no limit."""
    most = joint.cohort.programme.sessions.max_per_day
    if most:
        for literals in _held_in(joint, lambda day: day).values():
            joint.model.add(sum(literals) <= most)


def add_max_per_week(joint: Joint) -> None:
    """The same for the sessions of one week, Monday to Sunday."""
    most = joint.cohort.programme.sessions.max_per_week
    if most:
        for literals in _held_in(joint, lambda day: (day + EPOCH.weekday()) // 7).values():
            joint.model.add(sum(literals) <= most)


RULES: tuple[Callable[[Joint], None], ...] = (
    add_locks,
    add_mentor_capacity,
    add_capacity_at_every_moment,
    add_mentors_per_mentee,
    add_no_reverse_pair,
    add_sessions_need_a_pair,
    add_minimum,
    add_wanted,
    add_latest_start,
    add_min_days_between,
    add_engagement,
    add_last_session,
    add_rolling_months,
    add_calendar_months,
    add_no_double_booking,
    add_max_per_day,
    add_max_per_week,
)


def _chosen_by(joint: Joint, *, role: int) -> dict[int, list[Literal]]:
    """The literals of each mentee's (role 0) or mentor's (role 1) candidates."""
    found: dict[int, list[Literal]] = defaultdict(list)
    for candidate in joint.candidates:
        found[candidate.pair[role]].append(candidate.chosen)
    return found


def _held(candidate: Candidate, first: int, last: int) -> list[Literal]:
    """The literals of the candidate's meetings on the dates `first` to `last`, both included."""
    return [meeting.held for meeting in candidate.meetings if first <= meeting.day <= last]


def _held_in(joint: Joint, period: Callable[[int], int]) -> dict[tuple[int, int], list[Literal]]:
    """The literals of each person's meetings, in either role, in each period of dates."""
    found: dict[tuple[int, int], list[Literal]] = defaultdict(list)
    for meeting in joint.meetings():
        for person in meeting.pair:
            found[person, period(meeting.day)].append(meeting.held)
    return found


def months_later(day: int, months: int) -> int:
    """Date number of the same day `months` later, or of that month's last day where it has no such day."""
    date = day_date(day)
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    last_day = calendar.monthrange(year, month + 1)[1]
    return day_number(dt.date(year, month + 1, min(date.day, last_day)))


def _due(day: int, end: int, away: set[int], months: int) -> int:
    """The last day, up to `end`, before more days than so many months have passed since `day`; those away rest."""
    left = months_later(day, months) - day
    while day < end and left >= (day + 1 not in away):
        day += 1
        left -= day not in away
    return day


def whole_months(start: int, end: int) -> list[tuple[int, int]]:
    """First and last date number of each calendar month wholly inside [start, end], in order."""
    firsts = [day for day in range(start, end + 1) if day_date(day).day == 1]
    months = [(first, months_later(first, 1) - 1) for first in firsts]
    return [(first, last) for first, last in months if last <= end]


# --- the goals ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stage:
    """One thing to improve, and the goal whose value it settles or helps to settle."""

    goal: str
    measure: cp_model.LinearExprT
    maximise: bool


def mentees_goal(joint: Joint) -> Iterable[Stage]:
    """Most mentees with a mentor."""
    placed = []
    for mentee, literals in _chosen_by(joint, role=0).items():
        has_mentor = joint.model.new_bool_var(f"{mentee} has a mentor")
        joint.model.add_bool_or(*literals, has_mentor.negated())
        placed.append(has_mentor)
    yield Stage("mentees", sum(placed), maximise=True)


def pairs_goal(joint: Joint) -> Iterable[Stage]:
    """Most pairs."""
    yield Stage("pairs", sum(candidate.chosen for candidate in joint.candidates), maximise=True)


def priority_goal(joint: Joint) -> Iterable[Stage]:
    """Most mentees of the first class, then of the next: by priority, then by how often in a row they lost."""
    cohort, classes = joint.cohort, defaultdict[tuple[int, int], list[Literal]](list)
    own = {mentee: _class_of(cohort, mentee) for mentee in cohort.mentees.tolist()}
    for mentee, literals in _chosen_by(joint, role=0).items():
        has_mentor = joint.model.new_bool_var(f"{mentee} has a mentor, whose class counts")
        joint.model.add_bool_or(*literals, has_mentor.negated())
        classes[own[mentee]].append(has_mentor)
    order = sorted(set(own.values()), reverse=True)
    for key in order if len(order) > 1 else ():
        yield Stage("priority", sum(classes[key]), maximise=True)


def _class_of(cohort: Cohort, mentee: int) -> tuple[int, int]:
    lost = cohort.history.lost.get(mentee, 0) if cohort.history else 0
    return int(cohort.employees.priority[mentee]), lost


def _classes_served(cohort: Cohort, pairs: Sequence[SolvedPair]) -> tuple[int, ...]:
    """How many mentees of each class have a mentor."""
    served = Counter(_class_of(cohort, mentee) for mentee in {pair.mentee for pair in pairs})
    return tuple(
        served[key] for key in sorted({_class_of(cohort, m) for m in cohort.mentees.tolist()}, reverse=True)
    )


def rank_goal(joint: Joint) -> Iterable[Stage]:
    """Fewest at the worst rank, then the next (generous); most at the best (greedy); least sum (min-cost)."""
    kind = joint.cohort.programme.goals.rank
    at_rank: dict[int, list[Literal]] = defaultdict(list)
    for candidate in joint.candidates:
        if candidate.rank is not None:
            at_rank[candidate.rank].append(candidate.chosen)
    if kind == "min-cost":
        yield Stage("rank", sum(rank * sum(literals) for rank, literals in at_rank.items()), maximise=False)
        return
    for rank in sorted(at_rank, reverse=kind == "generous"):
        yield Stage("rank", sum(at_rank[rank]), maximise=kind == "greedy")


def sessions_goal(joint: Joint) -> Iterable[Stage]:
    """Most or fewest sessions in all, or least sum of |k - n| over the pairs: 0 where k must be what is wanted."""
    number = joint.cohort.programme.sessions.number
    if joint.as_needed:
        yield Stage("sessions", cp_model.LinearExpr.sum([]), maximise=False)
        return
    if isinstance(number, str):
        yield Stage("sessions", sum(meeting.held for meeting in joint.meetings()), maximise=number == "most")
        return
    off = []
    for candidate in joint.candidates:
        surplus = sum(meeting.held for meeting in candidate.meetings) - number * candidate.chosen
        distance = joint.model.new_int_var(0, max(number, len(candidate.meetings)), f"{candidate.pair} off")
        joint.model.add_abs_equality(distance, surplus)
        off.append(distance)
    yield Stage("sessions", sum(off), maximise=False)


def minutes_goal(joint: Joint) -> Iterable[Stage]:
    """Most minutes in all, where the length of a session is a decision."""
    if len(joint.cohort.programme.sessions.minutes) > 1:
        measure = sum(meeting.session.minutes * meeting.held for meeting in joint.meetings())
        yield Stage("minutes", measure, maximise=True)


def preferred_goal(joint: Joint) -> Iterable[Stage]:
    """Most sessions in the preferred hours of both people, where hours are preferred."""
    if joint.cohort.programme.calendar.preferred_windows:
        measure = sum(meeting.held for meeting in joint.meetings() if meeting.session.preferred)
        yield Stage("preferred", measure, maximise=True)


def regularity_goal(joint: Joint) -> Iterable[Stage]:
    """Most sessions on the same weekday and clock time as the same pair's previous session."""
    regular = []
    for candidate in joint.candidates:
        for before in candidate.meetings:
            for after in candidate.meetings:
                weeks, days = divmod(after.day - before.day, 7)
                if days == 0 and weeks > 0 and before.clock == after.clock:
                    follows = joint.model.new_bool_var(f"{before.held} then {after.held}")
                    joint.model.add_implication(follows, before.held)
                    joint.model.add_implication(follows, after.held)
                    between = _held(candidate, before.day + 1, after.day - 1)
                    joint.model.add(sum(between) == 0).only_enforce_if(follows)
                    regular.append(follows)
    yield Stage("regularity", sum(regular), maximise=True)


GOALS = (
    mentees_goal,
    pairs_goal,
    priority_goal,
    rank_goal,
    sessions_goal,
    minutes_goal,
    preferred_goal,
    regularity_goal,
)


# --- solving ------------------------------------------------------------------------------------------------


def solve_reference(cohort: Cohort, *, regularity: bool = True) -> Reference:
    """Solve a small cohort to proven optimality, goal after goal.

    Parameters
    ----------
    regularity
        Whether to settle the last goal as well; it is by far the largest part of the model.

    Raises
    ------
    LocksError
        If the locked pairs cannot all be met. (Without locks the empty pairing is always possible.)
    """
    joint = make_joint(cohort)
    for add_rule in RULES:
        add_rule(joint)
    goals = GOALS if regularity else GOALS[:-1]
    stages = [stage for goal in goals for stage in goal(joint)]
    values: Values = {}
    best: list[int] = []
    for stage in stages:
        values[stage.goal], best = _improve(joint, stage, best)
    pairs = tuple(
        _solved(candidate, best, joint) for candidate in joint.candidates if best[candidate.chosen.index]
    )
    if cohort.programme.goals.rank != "min-cost":
        values["rank"] = _profile(pairs)
    if "priority" in values:
        values["priority"] = _classes_served(cohort, pairs)
    return Reference("optimal", values, pairs)


def _improve(joint: Joint, stage: Stage, best: list[int]) -> tuple[int, list[int]]:
    """Settle one stage, starting from the solution `best`, and hold its value from here on."""
    model, solver = joint.model, cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.symmetry_level = 0  # see matcher/cpsat.py
    model.clear_hints()  # type: ignore[no-untyped-call]  # ortools annotates it in part
    variables = [model.get_int_var_from_proto_index(index) for index in range(len(model.proto.variables))]
    for variable, value in zip(variables, best, strict=False):  # the first stage has none to start from
        model.add_hint(variable, value)
    (model.maximize if stage.maximise else model.minimize)(stage.measure)
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        locked = ", ".join(_label(joint.cohort, pair) for pair in joint.cohort.locks)
        raise LocksError([Fault("pairs.csv", f"the locked pairs cannot all be met (locked: {locked})")])
    if status != cp_model.OPTIMAL:
        raise RuntimeError(f"the reference model ended as {solver.status_name(status)}, expected OPTIMAL")
    value = int(solver.value(stage.measure))
    model.add(stage.measure == value)
    return value, [solver.value(variable) for variable in variables]


def _label(cohort: Cohort, pair: Pair) -> str:
    return " with ".join(cohort.employees.label(person) for person in pair)


def _solved(candidate: Candidate, best: Sequence[int], joint: Joint) -> SolvedPair:
    sessions = sorted(meeting.session for meeting in candidate.meetings if best[meeting.held.index])
    frame, (first, last) = joint.cohort.programme.frame, joint.engagement(candidate.pair)
    start = None if first == day_number(frame.start) else first
    end = None if last == day_number(frame.end) else last
    return SolvedPair(*candidate.pair, candidate.rank, candidate.locked, tuple(sessions), start=start, end=end)


def _profile(pairs: Sequence[SolvedPair]) -> tuple[int, ...]:
    """How many pairs at rank 1, 2, ... up to the worst rank in use."""
    ranks = [pair.rank for pair in pairs if pair.rank is not None]
    return tuple(ranks.count(rank) for rank in range(1, max(ranks, default=0) + 1))
