"""Each rule of the group model alone, and small groups against all their schedules."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from ortools.sat.python import cp_model

from matcher import scheduling
from matcher.cadence import Cadence
from matcher.carried import Carried
from matcher.cpsat import Clock, run
from matcher.kinds import Kinds
from matcher.limits import Limits, Period
from matcher.model import Session
from matcher.plans import Aim, Rules
from matcher.scheduling import RULES, GroupModel, Task, build, make_regular, schedule_group
from matcher.slots import Slots

NINE, TEN = 9 * 60, 10 * 60
PLENTY = 100.0
DRAWN = 120


def open_cadence(days, between=1, minimum=1):
    """Only the distance rule."""
    last = np.full(days, days - 1)
    return Cadence(days, between, minimum, days - 1, last, np.ones(days, dtype=bool))


def strict_cadence(days, within, between=1, minimum=1):
    """The first session, each next one and the end within so many days."""
    day = np.arange(days)
    latest = np.minimum(day + within, days - 1)
    return Cadence(days, between, minimum, min(within - 1, days - 1), latest, day + within >= days)


def make_slots(days, clocks, twin=None):
    start = np.array([day * 1440 + clock for day in range(days) for clock in clocks], dtype=np.int64)
    return Slots(days, start, np.arange(len(clocks)) if twin is None else np.array(twin))


def make_task(
    people, minutes, slots, *, lengths=(45,), cadence=None, number="most", preferred=None, limits=None, held=()
):
    """A group; `minutes` gives each pair the longest session at each slot, or one figure for all slots.

    So does `preferred`, if given, for the longest in preferred hours.
    """
    rows, liked = (
        [np.broadcast_to(np.array(row, dtype=np.int16), slots.start.shape) for row in table]
        for table in (minutes, preferred or ())
    )
    cadence = open_cadence(slots.days) if cadence is None else cadence
    kinds = Kinds(lengths, preferred is not None, 100)
    return Task(people, rows, Rules(slots, kinds, cadence, Aim(number), limits or Limits()), liked, held)


def at_most(most, of_day, pause=0):
    return Limits(pause, (Period(most, np.array(of_day)),))


def solvable(model):
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    return solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)


def admits(group, meetings):
    """Whether the model admits exactly these sessions."""
    trial = group.model.clone()
    for meeting, literal in group.starts.items():
        trial.add(literal == (meeting in meetings))
    return solvable(trial)


def one_pair(rule, cadence):
    """The sets of days on which a rule alone lets one pair meet."""
    slots = make_slots(cadence.days, [NINE])
    group = GroupModel(make_task([(0, 1)], [45], slots, cadence=cadence))
    rule(group)
    days = range(cadence.days)
    sets = [s for n in range(cadence.days + 1) for s in itertools.combinations(days, n)]
    return {s for s in sets if admits(group, {(0, day, 45) for day in s})}, sets


# --- each rule alone: possible or impossible -------------------------------------------------------------


@pytest.mark.parametrize("between", [1, 2, 3, 7])
def test_days_between(between):
    found, sets = one_pair(scheduling.add_days_between, open_cadence(6, between))
    assert found == {s for s in sets if all(b - a >= between for a, b in itertools.pairwise(s))}


@pytest.mark.parametrize(("within", "between"), [(1, 1), (2, 1), (3, 2), (4, 2), (6, 1)])
def test_month_rule(within, between):
    cadence = strict_cadence(6, within, between)

    def keeps(days):
        followed = (
            cadence.may_end[day] or any(day + between <= d <= cadence.latest_next[day] for d in days)
            for day in days
        )
        return any(day <= cadence.first_latest for day in days) and all(followed)

    found, sets = one_pair(scheduling.add_month_rule, cadence)
    assert found == {s for s in sets if keeps(s)}
    assert found != set(sets)


@pytest.mark.parametrize("minimum", [1, 2, 4])
def test_minimum(minimum):
    found, sets = one_pair(scheduling.add_minimum, open_cadence(5, minimum=minimum))
    assert found == {s for s in sets if len(s) >= minimum}


def test_a_day_has_one_session_of_a_pair():
    group = GroupModel(make_task([(0, 1)], [45], make_slots(2, [NINE, TEN])))
    assert not admits(group, {(0, 0, 45), (0, 1, 45)})
    assert admits(group, {(0, 0, 45), (0, 2, 45)})


@pytest.mark.parametrize(
    ("first", "second", "fits"),
    [
        ((NINE, 45), (NINE + 45, 45), True),  # touching
        ((NINE + 45, 45), (NINE, 45), True),
        ((NINE, 45), (NINE + 30, 45), False),  # partial
        ((NINE, 60), (NINE + 15, 30), False),  # inside
        ((NINE, 45), (NINE, 45), False),  # same
        ((NINE, 45), (NINE, 60), False),
        ((NINE, 60), (NINE + 60, 30), True),
    ],
)
@pytest.mark.parametrize("others", [(0, 2), (2, 1), (1, 2), (2, 0), (2, 3)])
def test_one_session_at_a_time(first, second, fits, others):
    """Of pair 0 with 1 and another pair: whoever they share, in whatever role."""
    clocks = [NINE + 15 * n for n in range(6)]
    task = make_task([(0, 1), others], [60, 60], make_slots(1, clocks), lengths=(60, 45, 30))
    group = GroupModel(task)
    scheduling.add_one_session_at_a_time(group)
    meetings = {(pair, clocks.index(start), length) for pair, (start, length) in enumerate((first, second))}
    assert admits(group, meetings) == (fits or others == (2, 3))


def test_a_session_past_midnight_meets_the_next_day():
    """Of one pair, and of two that share a person."""
    slots = make_slots(2, [0, 15, 30, 23 * 60 + 45])
    late = 3
    for people in ([(0, 1)], [(0, 1), (0, 2)]):
        group = GroupModel(make_task(people, [45] * len(people), slots))
        scheduling.add_one_session_at_a_time(group)
        last = len(people) - 1
        for slot, fits in ((4, False), (5, False), (6, True)):
            assert admits(group, {(0, late, 45), (last, slot, 45)}) == fits


@pytest.mark.parametrize(("later", "fits"), [(-75, True), (-60, False), (0, False), (60, False), (75, True)])
@pytest.mark.parametrize("others", [(0, 2), (2, 1), (1, 2), (2, 0), (2, 3)])
def test_a_pause_before_and_after_each_session(later, fits, others):
    """Sessions of 45 minutes with 30 between them, whichever comes first."""
    clocks = [NINE + 15 * n for n in range(-5, 6)]
    group = GroupModel(make_task([(0, 1), others], [45, 45], make_slots(1, clocks), limits=Limits(30)))
    scheduling.add_one_session_at_a_time(group)
    meetings = {(0, clocks.index(NINE), 45), (1, clocks.index(NINE + later), 45)}
    assert admits(group, meetings) == (fits or others == (2, 3))


@pytest.mark.parametrize("others", [(0, 2), (2, 1), (1, 2), (2, 0), (2, 3)])
@pytest.mark.parametrize(
    ("most", "held"), [(1, []), (2, []), (2, [(0, 1)]), (2, [(1, 2)]), (2, [(0, 0)]), (2, [(9, 1)])]
)
def test_most_sessions_of_a_person_in_some_days(others, most, held):
    """Days 0 and 1 are one stretch, 2 and 3 another; what is `held` elsewhere counts, too."""
    stretch = [0, 0, 1, 1]
    people = [(0, 1), others]
    task = make_task(people, [45, 45], make_slots(4, [NINE, TEN]), limits=at_most(most, stretch), held=held)
    group = GroupModel(task)
    scheduling.add_most_sessions(group)
    for days in itertools.product([(), (0,), (1,), (2,), (0, 1), (0, 2), (0, 1, 2, 3)], repeat=2):
        counts = Counter((person, stretch[day]) for person, day in held if person in {*people[0], *people[1]})
        for pair, of_pair in zip(people, days, strict=True):
            counts.update((person, stretch[day]) for person in pair for day in of_pair)
        meetings = {(pair, 2 * day + pair, 45) for pair, of_pair in enumerate(days) for day in of_pair}
        assert admits(group, meetings) == (max(counts.values(), default=0) <= most), days


def test_sessions_held_at_once_stand_in_nobodys_way():
    """Two mentees met their mentor at the same time on the first day, as it happened; what follows makes room."""
    slots, held = make_slots(3, [NINE, TEN]), (Session(NINE, 45),)
    first = [45, 0, 45, 45, 45, 45]  # on the first day nothing is open but what was held
    task = make_task(
        [(0, 2), (1, 2)], [first, first], slots, cadence=replace(open_cadence(3, 1, 2), first_latest=0)
    )
    assert schedule_group(task, Clock()).sessions is None
    nothing = np.zeros(2, dtype=np.int64)
    carried = Carried(1, (held, held), nothing, nothing, nothing, nothing, ((), ()), nothing, slots.columns)
    found = schedule_group(replace(task, carried=carried), Clock()).sessions
    starts = [[session.start for session in own] for own in found]
    assert [own[0] for own in starts] == [NINE, NINE]
    assert not set(starts[0][1:]) & set(starts[1][1:])
    assert [len(own) for own in starts] == [3, 3]


@pytest.mark.parametrize(("number", "before", "sessions"), [(3, 0, 3), (3, 1, 2), (2, 1, 1), (1, 8, 1)])
def test_sessions_held_before_count_in_the_number_wanted(number, before, sessions):
    slots, nothing = make_slots(4, [NINE]), np.zeros(1, dtype=np.int64)
    task = make_task([(0, 1)], [45], slots, cadence=replace(open_cadence(4), first_latest=0), number=number)
    held = ((Session(NINE, 45),),)
    carried = Carried(1, held, nothing, nothing + before, nothing, nothing, ((),), nothing, slots.columns)
    (found,) = schedule_group(replace(task, carried=carried), Clock()).sessions
    assert len(found) == sessions  # the last of those held is among them


def test_a_place_is_taken_by_the_mentors_own_engagements_while_they_last():
    task = make_task([(0, 2)], [45], make_slots(3, [NINE, TEN]))
    engaged = [(2, NINE, TEN), (3, 0, 9 * 1440)]
    (found,) = schedule_group(replace(task, places={2: 1}, engaged=engaged), Clock()).sessions
    assert len(found) == 3
    assert found[0].start == TEN
    (twice,) = schedule_group(replace(task, places={2: 2}, engaged=engaged), Clock()).sessions
    assert len(twice) == 3
    longer = [(2, NINE, TEN + 1), (2, 2 * 1440, 9 * 1440)]
    (between,) = schedule_group(replace(task, places={2: 1}, engaged=longer), Clock()).sessions
    assert [session.start // 1440 for session in between] == [1]


def test_all_rules_are_listed():
    assert set(RULES) == {rule for name, rule in vars(scheduling).items() if name.startswith("add_")}


# --- all schedules of a small group ----------------------------------------------------------------------


def schedules(task, pair):
    """Every schedule of one pair that keeps its rules."""
    slots, cadence = task.rules.slots, task.rules.cadence
    liked = task.preferred[pair] if task.preferred else np.zeros(len(slots.start))
    meetings = [
        (slot // slots.columns, Session(int(slots.start[slot]), length, length <= liked[slot]))
        for slot, longest in enumerate(task.open_minutes[pair])
        for length in task.rules.kinds.lengths
        if length <= longest
    ]
    found = []

    def extend(days, sessions):
        if len(days) >= cadence.minimum and cadence.may_end[days[-1]]:
            found.append(sessions)
        first, last = (days[-1] + cadence.min_between, cadence.latest_next[days[-1]])
        for day, session in meetings:
            if first <= day <= last:
                extend([*days, day], (*sessions, session))

    for day, session in meetings:
        if day <= cadence.first_latest:
            extend([day], (session,))
    return found


def clash(one, other, pause):
    return any(a.start < b.end + pause and b.start < a.end + pause for a, b in itertools.product(one, other))


def too_many(task, plan):
    """Whether somebody has more sessions in some stretch of days than allowed, those held elsewhere included."""
    day_of = task.rules.slots.at
    held = list(task.held)
    for people, sessions in zip(task.people, plan, strict=True):
        held += [(person, day_of[s.start] // task.rules.slots.columns) for person in people for s in sessions]
    mine = {person for people in task.people for person in people}
    return any(
        max(
            Counter((person, int(period.of_day[day])) for person, day in held if person in mine).values(),
            default=0,
        )
        > period.most
        for period in task.rules.limits.periods
    )


def all_plans(task):
    """Every way to schedule the whole group without double booking."""
    pause = task.rules.limits.pause
    own = [schedules(task, pair) for pair in range(len(task.people))]
    own = [
        [s for s in of_pair if not any(a.end + pause > b.start for a, b in itertools.pairwise(s))]
        for of_pair in own
    ]
    for plan in itertools.product(*own):
        pairs = itertools.combinations(range(len(plan)), 2)
        if any(set(task.people[a]) & set(task.people[b]) and clash(plan[a], plan[b], pause) for a, b in pairs):
            continue
        if not too_many(task, plan):
            yield plan


def value(task, plan):
    """Cost, minutes and preferred hours, then regularity: larger is better in every item."""
    kinds = task.rules.kinds
    cost = sum(task.rules.aim.cost(len(sessions)) for sessions in plan)
    minutes = sum(session.minutes for sessions in plan for session in sessions) if kinds.lengths_matter else 0
    preferred = sum(session.preferred for sessions in plan for session in sessions)
    return -cost, (minutes, preferred), sum(task.rules.slots.regular(s) for s in plan)


def draw_task(seed):
    """A few pairs around one person, few times, so that most groups have to give way to each other."""
    rng = random.Random(seed)
    days, between = rng.choice(((2, 1), (3, 1), (3, 2), (8, 1), (8, 7), (15, 7)))
    clocks = rng.choice(([NINE, NINE + 30], [NINE, NINE + 15], [23 * 60 + 30, 23 * 60 + 45], [0, 23 * 60 + 45]))
    twin = [0, 0] if rng.random() < 0.2 else None
    slots = make_slots(days, clocks, twin)
    lengths = rng.choice(((45,), (30,), (45, 30), (45, 15)))
    cadence = open_cadence(days, between, minimum=rng.choice((1, 1, 2)))
    if rng.random() < 0.3:
        cadence = strict_cadence(days, rng.randint(between, days), between)
    people = rng.choice(([(0, 1), (2, 1)], [(0, 1), (1, 2)], [(0, 1), (0, 2)], [(0, 1), (2, 1), (3, 1)]))
    open_days = {0, 1, 7, 8, 14} if between == 7 else set(rng.sample(range(days), min(days, 3)))
    minutes = [
        [rng.choice((0, *lengths, *lengths)) if slot // 2 in open_days else 0 for slot in range(len(slots.start))]
        for _ in people
    ]
    number = rng.choice(("most", "most", "fewest", 1, 2, 3))
    more = draw_comfort(rng, people, minutes, days) if seed % 2 else {}
    return make_task(people, minutes, slots, lengths=lengths, cadence=cadence, number=number, **more)


def draw_comfort(rng, people, minutes, days):
    """Pauses, limits on sessions and preferred hours."""
    liked = [[rng.choice((0, 30, n)) if n else 0 for n in row] for row in minutes]
    liked = [[min(a, b) for a, b in zip(*rows, strict=True)] for rows in zip(liked, minutes, strict=True)]
    limits = Limits(rng.choice((0, 0, 15, 30)))
    if rng.random() < 0.5:
        limits = at_most(rng.choice((1, 2)), np.arange(days) // rng.choice((1, 1, 2, 7)), limits.pause)
    held = [(rng.choice(people)[rng.choice((0, 1))], rng.randrange(days))] if rng.random() < 0.3 else []
    return {"preferred": liked if rng.random() < 0.6 else None, "limits": limits, "held": held}


@pytest.mark.parametrize("first", range(0, DRAWN, 20))
def test_group_against_all_schedules(first):
    for seed in range(first, first + 20):
        task = draw_task(seed)
        plans = list(all_plans(task))
        answer = schedule_group(task, Clock())
        assert answer.proven
        if not plans:
            assert answer.sessions is None
            continue
        best = max(value(task, plan) for plan in plans)
        assert answer.sessions in plans, f"seed {seed}"
        assert value(task, answer.sessions)[:2] == best[:2], f"seed {seed}"
        assert -answer.cost == best[0]
        assert answer.worth == sum(task.rules.kinds.of(sessions) for sessions in answer.sessions)
        assert_regular(task, plans, best)


def assert_regular(task, plans, best):
    """From a plan of least cost, `make_regular` finds the most regular of all that cost the same."""
    hint = dullest(task, plans, best)
    found = make_regular(task, dict(enumerate(hint)), Clock(), effort=PLENTY)
    assert found.proven
    assert found.sessions in plans
    assert value(task, found.sessions) == best
    assert found.cost == -best[0]


def dullest(task, plans, best):
    """The least regular plan of least cost."""
    cheap = [plan for plan in plans if value(task, plan)[:2] == best[:2]]
    return min(cheap, key=lambda plan: value(task, plan)[2])


def test_drawn_groups_compete():
    """Groups that never gave way to each other would let much survive."""
    counts = Counter()
    for seed in range(DRAWN):
        task = draw_task(seed)
        plans = list(all_plans(task))
        counts["none"] += not plans
        if plans:
            best = max(value(task, plan) for plan in plans)
            own = [schedules(task, pair) for pair in range(len(task.people))]
            hope = sum(max(value(task, (sessions,))[0] for sessions in of_pair) for of_pair in own)
            counts["give way"] += best[0] < hope
            counts["regular"] += value(task, dullest(task, plans, best))[2] < best[2]
            counts["lengths"] += len(task.rules.kinds.lengths) > 1
            counts["preferred"] += 0 < best[1][1] < sum(map(len, answer_of(task)))
            counts["limits"] += bool(task.rules.limits.periods) and len(plans) < len(
                list(all_plans(unlimited(task)))
            )
    assert counts["none"] < DRAWN / 2
    assert min(counts[what] for what in ("give way", "regular", "lengths", "preferred", "limits")) >= DRAWN / 20


def answer_of(task):
    return schedule_group(task, Clock()).sessions


def unlimited(task):
    return replace(task, rules=replace(task.rules, limits=Limits(task.rules.limits.pause)))


# --- one case each -------------------------------------------------------------------------------------------


def test_a_pair_that_can_never_meet():
    slots = make_slots(3, [NINE])
    answer = schedule_group(make_task([(0, 1), (2, 3)], [45, 0], slots), Clock())
    assert answer == scheduling.Answer(None, 0, 0, proven=True)


def test_two_pairs_that_want_one_hour():
    answer = schedule_group(make_task([(0, 1), (2, 1)], [45, 45], make_slots(1, [NINE])), Clock())
    assert answer == scheduling.Answer(None, 0, 0, proven=True)


@pytest.mark.parametrize(
    ("number", "cost", "counts"), [("most", -3, [3]), ("fewest", 1, [1]), (2, 0, [2]), (5, 2, [3]), (0, 1, [1])]
)
def test_wanted_number_of_sessions(number, cost, counts):
    task = make_task([(0, 1)], [45], make_slots(3, [NINE]), number=number)
    answer = schedule_group(task, Clock())
    assert answer.cost == cost
    assert [len(sessions) for sessions in answer.sessions] == counts


def test_minutes_come_after_sessions():
    """An hour for two sessions of 30 minutes or for one of 45: both pairs meet, however short."""
    task = make_task(
        [(0, 1), (2, 1)], [[45, 0, 30], [45, 0, 30]], make_slots(1, [NINE, NINE + 15, NINE + 30]), lengths=(45, 30)
    )
    answer = schedule_group(task, Clock())
    assert (answer.cost, task.rules.kinds.minutes_in(answer.worth)) == (-2, 60)


def test_one_session_outweighs_the_length_of_all_others():
    """A quarter of an hour of one pair, its second, stands in the way of two hours of two others."""
    slots, long = make_slots(2, [NINE, NINE + 15]), [120, 0, 0, 0]
    task = make_task([(0, 1), (0, 2), (3, 1)], [[0, 15, 0, 15], long, long], slots, lengths=(120, 15))
    found = schedule_group(task, Clock()).sessions
    assert [[session.minutes for session in own] for own in found] == [[15, 15], [15], [15]]
    (alone,) = schedule_group(make_task([(0, 2)], [long], slots, lengths=(120, 15)), Clock()).sessions
    assert [session.minutes for session in alone] == [120]


def test_an_hour_shown_twice_is_one_clock_time():
    """Two columns with the same clock time: a session in the second still repeats one in the first."""
    slots = make_slots(8, [60, 120], twin=[0, 0])
    minutes = [[45 if slot in (0, 15) else 0 for slot in range(16)]]
    task = make_task([(0, 1)], minutes, slots, cadence=open_cadence(8, 7))
    plan = {0: (Session(60, 45), Session(7 * 1440 + 120, 45))}
    assert make_regular(task, plan, Clock(), effort=PLENTY).sessions == (plan[0],)
    group = build(task)
    group.model.maximize(scheduling.regularity_expression(group))
    solver = cp_model.CpSolver()
    solver.solve(group.model)
    assert solver.objective_value == slots.regular(plan[0]) == 1


def most_regular(days, sessions, shut=()):
    """The most that goal `regularity` can count of a pair that meets at nine on these days."""
    slots = make_slots(days, [NINE])
    minutes = [0 if day in shut else 45 for day in range(days)]
    group = build(make_task([(0, 1)], [minutes], slots, cadence=open_cadence(days)))
    group.model.maximize(scheduling.regularity_expression(group))
    for (_, slot, _), literal in group.starts.items():
        group.model.add(literal == (slot in sessions))
    solver = cp_model.CpSolver()
    solver.solve(group.model)
    return solver.objective_value


@pytest.mark.parametrize("between", [1, 3, 6])
def test_regular_means_after_the_session_just_before(between):
    """Mondays with another day in between are not regular."""
    assert most_regular(8, (0, between, 7)) == 0
    assert most_regular(8, (0, 7)) == 1


@pytest.mark.parametrize(
    ("later", "regular"), [(7, 1), (13, 0), (14, 1), (15, 0), (20, 0), (21, 1), (22, 0), (23, 0)]
)
@pytest.mark.parametrize("shut", [(), (7, 8)])
def test_regular_means_some_weeks_later_to_the_day(later, regular, shut):
    if later not in shut:
        assert most_regular(24, (0, later), shut) == regular


# --- at the limit --------------------------------------------------------------------------------------------


def out_of_time(monkeypatch, status):
    def answer(model, clock, *, effort=None):
        solver, _ = run(model, clock, effort=effort)
        return solver, status

    monkeypatch.setattr(scheduling, "run", answer)


def test_out_of_time_without_a_schedule(monkeypatch):
    """Nothing is claimed of a group about which CP-SAT could not say anything in time."""
    out_of_time(monkeypatch, cp_model.UNKNOWN)
    task = make_task([(0, 1)], [45], make_slots(3, [NINE]))
    answer = schedule_group(task, Clock())
    assert (answer.sessions, answer.proven) == (None, False)
    answer = make_regular(task, {0: (Session(NINE, 45),)}, Clock(), effort=PLENTY)
    assert (answer.sessions, answer.proven) == (None, False)


def test_out_of_time_with_a_schedule(monkeypatch):
    out_of_time(monkeypatch, cp_model.FEASIBLE)
    answer = schedule_group(make_task([(0, 1)], [45], make_slots(3, [NINE])), Clock())
    assert not answer.proven
    assert len(answer.sessions[0]) == 3


def test_without_effort_the_hint_stands():
    """No deterministic time at all: the answer, if there is one, costs what the hint costs."""
    task = draw_task(1)
    plans = list(all_plans(task))
    best = max(value(task, plan) for plan in plans)
    hint = dullest(task, plans, best)
    found = make_regular(task, dict(enumerate(hint)), Clock(), effort=0.0)
    assert found.sessions is None or value(task, found.sessions)[:2] == best[:2]


def test_a_pair_that_cannot_meet_leaves_nothing_to_make_regular():
    task = make_task([(0, 1), (2, 3)], [45, 0], make_slots(3, [NINE]))
    answer = make_regular(task, {0: (Session(NINE, 45),)}, Clock(), effort=PLENTY)
    assert (answer.sessions, answer.proven) == (None, False)


def test_the_search_for_regular_sessions_begins_with_the_plan_and_ends_with_the_effort(monkeypatch):
    asked = []
    monkeypatch.setattr(
        scheduling, "run", lambda model, clock, *, effort: asked.append((model, effort)) or run(model, clock)
    )
    slots = make_slots(3, [NINE, TEN])
    task = make_task([(0, 1), (2, 3)], [45, 45], slots)
    plan = (Session(NINE, 45), Session(1440 + TEN, 45), Session(2 * 1440 + TEN, 45))
    make_regular(task, {0: plan}, Clock(), effort=0.25)
    ((model, effort),) = asked
    assert effort == 0.25
    names = build(task)
    hint = dict(zip(model.proto.solution_hint.vars, model.proto.solution_hint.values, strict=True))
    starts = {meeting: hint.get(literal.index) for meeting, literal in names.starts.items()}
    chosen = {(0, slots.at[session.start], 45) for session in plan}
    assert starts == {meeting: int(meeting in chosen) if meeting[0] == 0 else None for meeting in names.starts}
    assert {key: hint.get(literal.index) for key, literal in names.meets.items()} == {
        (pair, day): 1 if pair == 0 else None for pair in (0, 1) for day in range(3)
    }
