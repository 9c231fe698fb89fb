"""CP-SAT: when the pairs of one small group meet. Every rule on sessions is one function."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from matcher.cadence import Cadence
from matcher.carried import Carried
from matcher.cpsat import Clock, run
from matcher.model import Session
from matcher.plans import Rules
from matcher.sweeps import FARTHEST
from matcher.times import MinuteArray
from matcher.waves import Spans, moments

Meeting = tuple[int, int, int]
"""A possible session: the pair's place in the group, the slot, the minutes."""


@dataclass(frozen=True)
class Task:
    """A group of pairs to schedule together.

    `people` gives mentee and mentor of each pair; `open_minutes[i]` the longest session that pair i can start at
    each slot (0 for none), and `preferred[i]` the longest in preferred hours, where these matter. `held` are the
    sessions that these people have with others, as person and day, as far as limits count them. `courses` are
    those of the pairs where they differ, `carried` what they bring along in a rematch. Where engagements
    last as long as needed, `places` is how many each mentor may have at any moment, and `engaged` are those that
    he has with others: person, start, end. `spans` are those of the pairs, and `over` says which of them have held
    all their sessions and take no place.
    """

    people: Sequence[tuple[int, int]]
    open_minutes: Sequence[MinuteArray]
    rules: Rules
    preferred: Sequence[MinuteArray] = ()
    held: Sequence[tuple[int, int]] = ()
    courses: Sequence[int] = ()
    carried: Carried | None = None
    places: Mapping[int, int] | None = None
    engaged: Sequence[tuple[int, int, int]] = ()
    spans: Spans | None = None
    over: Sequence[bool] = ()

    def session(self, meeting: Meeting) -> Session:
        """A possible session as it is written."""
        pair, slot, minutes = meeting
        liked = bool(self.preferred) and minutes <= int(self.preferred[pair][slot])
        planned = self.carried is not None and (slot, minutes) in self.carried.planned[pair]
        return Session(int(self.rules.slots.start[slot]), minutes, liked, planned)

    def cadence(self, pair: int) -> Cadence:
        """The rules on the dates of a pair."""
        return self.rules.cadences[self.courses[pair]] if self.courses else self.rules.cadence

    def before(self, pair: int) -> int:
        """How many sessions a pair has held before the first of the model."""
        return 0 if self.carried is None else int(self.carried.before[pair])

    @property
    def resume(self) -> int:
        """The first day on which anything is to be decided."""
        return 0 if self.carried is None else self.carried.resume


@dataclass(frozen=True)
class Answer:
    """What CP-SAT says of a task.

    `sessions` is the best schedule found, one tuple a pair, or None. `cost` and `worth` are its totals.
    `proven` tells that nothing has less cost or, at that cost, more worth; with `sessions` None it tells that
    the group has no schedule at all.
    """

    sessions: tuple[tuple[Session, ...], ...] | None
    cost: int
    worth: int
    proven: bool


class GroupModel:
    """The model: `starts` decides every possible session, `meets` follows from it day by day."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.model = cp_model.CpModel()
        self.starts: dict[Meeting, cp_model.IntVar] = {}
        self.meets: dict[tuple[int, int], cp_model.IntVar] = {}
        by_day: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
        for pair, minutes in enumerate(task.open_minutes):
            for slot in np.nonzero(minutes)[0].tolist():
                for length in task.rules.kinds.lengths:
                    if length <= minutes[slot]:
                        literal = self.model.new_bool_var("")
                        self.starts[pair, slot, length] = literal
                        by_day[pair, slot // task.rules.slots.columns].append(literal)
        for (pair, day), literals in by_day.items():
            meets = self.model.new_bool_var("")
            self.model.add_exactly_one([*literals, meets.negated()])
            self.meets[pair, day] = meets

    def open_days(self, pair: int, first: int = 0, last: int | None = None) -> list[int]:
        """The days first to last (included) on which the pair can meet."""
        stop = self.task.rules.slots.days if last is None else last + 1
        return [day for day in range(first, stop) if (pair, day) in self.meets]

    def days(self, pair: int, first: int = 0, last: int | None = None) -> list[cp_model.IntVar]:
        """Whether the pair meets, for the days first to last (included) on which it can."""
        return [self.meets[pair, day] for day in self.open_days(pair, first, last)]

    def count(self, pair: int) -> cp_model.LinearExpr:
        """Number of the pair's sessions, without those before the first of the model."""
        return cp_model.LinearExpr.sum(self.days(pair))


def add_days_between(group: GroupModel) -> None:
    """Dates of a pair lie at least `min_days_between` days apart."""
    apart = group.task.rules.cadence.min_between
    for pair, day in group.meets:
        window = group.days(pair, day, day + apart - 1)
        if len(window) > 1:
            group.model.add_at_most_one(window)


def add_month_rule(group: GroupModel) -> None:
    """The first session comes in time, and each is followed in time unless it may be the last."""
    for pair in range(len(group.task.people)):
        group.model.add_bool_or(group.days(pair, 0, group.task.cadence(pair).first_latest))
    for (pair, day), meets in group.meets.items():
        cadence = group.task.cadence(pair)
        if not cadence.may_end[day]:
            after = group.days(pair, day + cadence.min_between, int(cadence.latest_next[day]))
            group.model.add_bool_or([*after, meets.negated()])
    for pair in range(len(group.task.people)):
        if group.task.cadence(pair).exactly:
            _add_no_break(group, pair)


def _add_no_break(group: GroupModel, pair: int) -> None:
    """After a session that need not be the last one another comes in time, unless it is."""
    cadence = group.task.cadence(pair)
    later: cp_model.IntVar | None = None
    for day in reversed(group.open_days(pair)):
        meets = group.meets[pair, day]
        if later is not None:
            after = group.days(pair, day + cadence.min_between, int(cadence.latest_next[day]))
            group.model.add_bool_or([*after, later.negated(), meets.negated()])
        now = group.model.new_bool_var("")  # true if there is a session on this day or later
        group.model.add_implication(meets, now)
        if later is not None:
            group.model.add_implication(later, now)
        later = now


def add_minimum(group: GroupModel) -> None:
    """Every pair meets at least `minimum` times, exactly so often where engagements last as long as needed."""
    for pair in range(len(group.task.people)):
        cadence = group.task.cadence(pair)
        group.model.add(group.count(pair) >= cadence.minimum)
        if cadence.exactly:
            group.model.add(group.count(pair) == cadence.exactly)


def add_one_session_at_a_time(group: GroupModel) -> None:
    """Nobody is in two sessions at once or without a pause: at most one, and its pause, covers each start."""
    of_person: dict[int, list[Meeting]] = defaultdict(list)
    resume = group.task.resume * group.task.rules.slots.columns
    for meeting in group.starts:
        if meeting[1] < resume:  # it has been held
            continue
        for person in group.task.people[meeting[0]]:
            of_person[person].append(meeting)
    for meetings in of_person.values():
        _add_covering(group, meetings)


def _add_covering(group: GroupModel, meetings: Iterable[Meeting]) -> None:
    """Of two that are too near, the later begins inside the earlier or its pause: looking at starts will do."""
    start, columns = group.task.rules.slots.start, group.task.rules.slots.columns
    pause = group.task.rules.limits.pause
    begins = sorted({int(start[slot]) for _, slot, _ in meetings})
    covering: dict[int, list[Meeting]] = defaultdict(list)
    instants = np.array(begins)
    for meeting in meetings:
        begin = int(start[meeting[1]])
        first, stop = np.searchsorted(instants, [begin, begin + meeting[2] + pause])
        for instant in begins[first:stop]:
            covering[instant].append(meeting)
    for together in covering.values():
        if len({(pair, slot // columns) for pair, slot, _ in together}) > 1:  # else one session a day sees to it
            group.model.add_at_most_one([group.starts[meeting] for meeting in together])


def add_most_sessions(group: GroupModel) -> None:
    """Nobody has more sessions on a day or in a week than the programme allows, those with others included."""
    of_person: dict[int, list[int]] = defaultdict(list)
    for pair, people in enumerate(group.task.people):
        for person in people:
            of_person[person].append(pair)
    for period in group.task.rules.limits.periods:
        held = Counter((person, int(period.of_day[day])) for person, day in group.task.held)
        for person, pairs in of_person.items():
            together: dict[int, list[cp_model.IntVar]] = defaultdict(list)
            for pair in pairs:
                for day in group.open_days(pair, group.task.resume):
                    together[int(period.of_day[day])].append(group.meets[pair, day])
            for stretch, literals in together.items():
                room = period.most - held[person, stretch]
                if len(literals) > room:
                    group.model.add(cp_model.LinearExpr.sum(literals) <= room)


def add_places(group: GroupModel) -> None:
    """Where engagements last as long as needed, a mentor has at most his places of them at any moment."""
    of_mentor: dict[int, list[int]] = defaultdict(list)
    for pair, (_, mentor) in enumerate(group.task.people):
        if not (group.task.over and group.task.over[pair]):
            of_mentor[mentor].append(pair)
    for mentor, pairs in of_mentor.items() if group.task.places is not None else ():
        beside = [(start, end) for person, start, end in group.task.engaged if person == mentor]
        places = (group.task.places or {})[mentor]
        if len(pairs) + len(beside) > places:
            ends = {pair: _engagement(group, pair) for pair in pairs}
            spans = [_between(group, start, end) for start, end in ends.values()]
            spans += [group.model.new_fixed_size_interval_var(start, end - start, "") for start, end in beside]
            group.model.add_cumulative(spans, [1] * len(spans), places)
            if group.task.spans is not None:
                _add_spans(group, ends, beside, places)


def _add_spans(
    group: GroupModel, ends: Mapping[int, _Ends], beside: Sequence[tuple[int, int]], places: int
) -> None:
    """Every engagement holds a span of its pair: nothing new, but it helps to see soon that there is no room."""
    assert group.task.spans is not None  # noqa: S101 - for the type checker
    index = np.array(list(ends), dtype=np.int64)
    spans = group.task.spans.of(index)
    chosen = [group.model.new_bool_var("") for _ in range(len(spans.start))]
    for place, (start, end) in enumerate(ends.values()):
        mine = range(int(spans.first[place]), int(spans.first[place + 1]))
        if mine:
            group.model.add_exactly_one([chosen[one] for one in mine])
        for one in mine:
            group.model.add(start <= int(spans.start[one])).only_enforce_if(chosen[one])
            group.model.add(end >= int(spans.end[one])).only_enforce_if(chosen[one])
    fixed = np.array(beside, dtype=np.int64).reshape(-1, 2)
    starts, stops = np.append(spans.start, fixed[:, 0]), np.append(spans.end, fixed[:, 1])
    for together in moments(starts, stops):
        free = together[together < len(chosen)].tolist()
        room = places - (len(together) - len(free))
        group.model.add(cp_model.LinearExpr.sum([chosen[one] for one in free]) <= room)


_Ends = tuple[cp_model.IntVar, cp_model.IntVar]


def _engagement(group: GroupModel, pair: int) -> _Ends:
    """Start and end of a stretch of time that holds all sessions of a pair."""
    slots, longest = group.task.rules.slots, group.task.rules.kinds.lengths[0]
    times = [int(slots.start[slot]) for other, slot, _ in group.starts if other == pair]
    low, high = min(times), max(times) + longest
    start, end = group.model.new_int_var(low, high, ""), group.model.new_int_var(low, high, "")
    of_day: dict[int, list[tuple[int, int, cp_model.IntVar]]] = defaultdict(list)
    for (other, slot, minutes), literal in group.starts.items():
        if other == pair:
            begin = int(slots.start[slot])
            of_day[slot // slots.columns].append((begin, begin + minutes, literal))
    for day, meetings in of_day.items():
        literals, base = [literal for _, _, literal in meetings], meetings[0][0]
        begins = cp_model.LinearExpr.weighted_sum(literals, [begin - base for begin, _, _ in meetings])
        ends = cp_model.LinearExpr.weighted_sum(literals, [finish - base for _, finish, _ in meetings])
        group.model.add(start <= base + begins).only_enforce_if(group.meets[pair, day])
        group.model.add(end >= base + ends).only_enforce_if(group.meets[pair, day])
    return start, end


def _between(group: GroupModel, start: cp_model.IntVar, end: cp_model.IntVar) -> cp_model.IntervalVar:
    longest = max(end.proto.domain) - min(start.proto.domain)
    return group.model.new_interval_var(start, group.model.new_int_var(0, longest, ""), end, "")


RULES = (add_days_between, add_month_rule, add_minimum, add_one_session_at_a_time, add_most_sessions, add_places)


def cost_expression(group: GroupModel) -> cp_model.LinearExpr:
    """Goal `sessions`: the sum of what `Aim.cost` says of each pair's number of sessions."""
    counts = [group.count(pair) + group.task.before(pair) for pair in range(len(group.task.people))]
    number = group.task.rules.aim.number
    if number == "most":
        return -cp_model.LinearExpr.sum(counts)
    if number == "fewest":
        return cp_model.LinearExpr.sum(counts)
    if number == "exact":
        return cp_model.LinearExpr.sum([])
    off = []
    for count in counts:
        distance = group.model.new_int_var(0, 2 * group.task.rules.cadence.most + int(number), "")
        group.model.add(distance >= count - int(number))
        group.model.add(distance >= int(number) - count)
        off.append(distance)
    return cp_model.LinearExpr.sum(off)


def worth_expression(group: GroupModel) -> cp_model.LinearExpr:
    """Goals `minutes` and `preferred`: what the sessions are worth in all, those held included."""
    worths = [group.task.rules.kinds.of([group.task.session(meeting)]) for meeting in group.starts]
    held = 0 if group.task.carried is None else int(group.task.carried.worth.sum())
    return cp_model.LinearExpr.weighted_sum(list(group.starts.values()), worths) + held


def planned_expression(group: GroupModel) -> cp_model.LinearExpr:
    """Goal `moved`: how many sessions stay as they were planned."""
    stay = [literal for meeting, literal in group.starts.items() if group.task.session(meeting).planned]
    return cp_model.LinearExpr.sum(stay)


def regularity_expression(group: GroupModel) -> cp_model.LinearExpr:
    """Goal `regularity`: sessions on the weekday and at the clock time of the pair's previous one."""
    slots = group.task.rules.slots
    at: dict[tuple[int, int, int], list[cp_model.IntVar]] = defaultdict(list)
    for (pair, slot, _), literal in group.starts.items():
        at[pair, slot // slots.columns, int(slots.twin[slot % slots.columns])].append(literal)
    directly: dict[tuple[int, int, int], cp_model.IntVar] = {}
    regular: list[cp_model.IntVar] = []
    follows: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
    for (pair, day, column), before in at.items():
        cadence = group.task.cadence(pair)
        first = day + -(-cadence.min_between // 7) * 7
        for later in range(first, int(cadence.latest_next[day]) + 1, 7):
            after = at.get((pair, later, column))
            if after is None:
                continue
            if (pair, day, later) not in directly:
                directly[pair, day, later] = _no_session_between(group, pair, day, later)
            literal = group.model.new_bool_var("")
            group.model.add_at_least_one([*before, literal.negated()])
            group.model.add_at_least_one([*after, literal.negated()])
            group.model.add_implication(literal, directly[pair, day, later])
            regular.append(literal)
            follows[pair, later].append(literal)
    for literals in follows.values():
        group.model.add_at_most_one(literals)
    return cp_model.LinearExpr.sum(regular)


def _no_session_between(group: GroupModel, pair: int, day: int, later: int) -> cp_model.IntVar:
    """A literal that can be true only if sessions on these two days would follow each other directly."""
    literal = group.model.new_bool_var("")
    for between in group.days(pair, day + 1, later - 1):
        group.model.add_implication(literal, between.negated())
    return literal


def build(task: Task) -> GroupModel:
    """The model of a task with every rule in it."""
    group = GroupModel(task)
    for add_rule in RULES:
        add_rule(group)
    return group


def schedule_group(task: Task, clock: Clock) -> Answer:
    """Find the schedule of least cost and, at that cost, of most worth, and prove it."""
    if not all(minutes.any() for minutes in task.open_minutes):
        return Answer(None, 0, 0, proven=True)
    group = build(task)
    rules = task.rules
    unit = 1 + len(task.people) * rules.cadence.most * rules.kinds.plain[0].worth
    parts = [cost_expression(group) * unit]
    if rules.kinds.matter:
        parts.append(worth_expression(group) * -1)
    if rules.kinds.planned:
        most = rules.cadence.most + FARTHEST  # more than the costs of two schedules of a pair can differ
        parts.append(planned_expression(group) * (-2 * unit * len(task.people) * most))
    group.model.minimize(cp_model.LinearExpr.sum(parts))
    solver, status = run(group.model, clock)
    if status == cp_model.INFEASIBLE:
        return Answer(None, 0, 0, proven=True)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(None, 0, 0, proven=False)
    return _answer(group, solver, proven=status == cp_model.OPTIMAL)


Plan = Mapping[int, Sequence[Session]]
"""Sessions of each pair of a task, by its place; may be incomplete."""


def make_regular(task: Task, plan: Plan, clock: Clock, *, effort: float) -> Answer:
    """The most regular schedule that keeps cost and worth of `plan`, within a deterministic `effort`.

    `proven` of the answer tells that no schedule of the group is more regular.
    """
    cost = sum(task.rules.aim.cost(len(sessions)) for sessions in plan.values())
    worth = sum(task.rules.kinds.of(sessions) for sessions in plan.values())
    if not all(minutes.any() for minutes in task.open_minutes):
        return Answer(None, cost, worth, proven=False)
    group = build(task)
    group.model.add(cost_expression(group) == cost)
    if task.rules.kinds.planned:
        stay = sum(session.planned for sessions in plan.values() for session in sessions)
        group.model.add(planned_expression(group) == stay)
    if task.rules.kinds.matter:
        group.model.add(worth_expression(group) == worth)
    group.model.maximize(regularity_expression(group))
    _hint(group, plan)
    solver, status = run(group.model, clock, effort=effort)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(None, cost, worth, proven=False)
    return _answer(group, solver, proven=status == cp_model.OPTIMAL)


def _hint(group: GroupModel, plan: Plan) -> None:
    slots = group.task.rules.slots
    chosen = {(pair, slots.at[s.start], s.minutes) for pair, sessions in plan.items() for s in sessions}
    days = {(pair, slot // slots.columns) for pair, slot, _ in chosen}
    for meeting, literal in group.starts.items():
        if meeting[0] in plan:
            group.model.add_hint(literal, meeting in chosen)
    for key, literal in group.meets.items():
        if key[0] in plan:
            group.model.add_hint(literal, key in days)


def _answer(group: GroupModel, solver: cp_model.CpSolver, *, proven: bool) -> Answer:
    sessions: list[list[Session]] = [[] for _ in group.task.people]
    for meeting, literal in group.starts.items():
        if solver.boolean_value(literal):
            sessions[meeting[0]].append(group.task.session(meeting))
    done = tuple(tuple(sorted(of_pair)) for of_pair in sessions)
    if group.task.carried is not None:
        done = tuple(group.task.carried.whole(dict(enumerate(done))).values())
    cost = sum(group.task.rules.aim.cost(len(of_pair)) for of_pair in done)
    return Answer(done, cost, sum(group.task.rules.kinds.of(of_pair) for of_pair in done), proven)
