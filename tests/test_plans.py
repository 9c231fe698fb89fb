"""The best schedule of one pair alone, against all of its schedules."""

import random
from collections import Counter

import brute_force
import numpy as np
import pytest
from draws import random_cohort
from plan_cases import Drawn, as_bits, programme, random_cadence, runs

from matcher import plans
from matcher.cadence import Cadence, make_cadence
from matcher.kinds import Kinds
from matcher.model import Session
from matcher.plans import Aim, Rules, attainable, best_alone, best_counts, make_aim, most_regular, useful
from matcher.rules import judge
from matcher.slots import Slots, unpack
from matcher.sweeps import (
    NEVER,
    Scores,
    Weights,
    backward,
    backward_exactly,
    best_score,
    earliest,
    onward,
    onward_exactly,
)
from matcher.times import meeting_times

# --- how many sessions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "between", "first_latest", "latest_next", "most"),
    [
        (1, 14, 0, [0], 1),
        (15, 14, 14, [14] * 15, 2),
        (14, 14, 13, [13] * 14, 1),
        (31, 14, 0, [13] * 31, 0),  # the next session is due before it is allowed
        (10, 3, 2, [min(day + 4, 9) for day in range(10)], 4),
        (10, 3, 9, [9] * 10, 4),
    ],
)
def test_most_sessions_of_a_pair_that_is_free_every_day(days, between, first_latest, latest_next, most):
    latest_next = np.array(latest_next)
    cadence = Cadence(days, between, 1, first_latest, latest_next, latest_next >= days - 1)
    counts = attainable(np.ones((1, days), dtype=bool), cadence)[0]
    assert counts.nonzero()[0].max(initial=0) == most


@pytest.mark.parametrize("block", range(4))
def test_attainable_numbers_are_those_of_all_sets_of_days(block):
    tally = Counter()
    for seed in range(40 * block, 40 * block + 40):
        rng = random.Random(seed)
        cadence = random_cadence(rng)
        open_days = np.zeros((3, cadence.days), dtype=bool)
        for row in range(3):
            open_days[row, rng.sample(range(cadence.days), min(cadence.days, rng.choice((0, 4, 8, 9))))] = True
        counts = attainable(open_days, cadence)
        assert counts.shape == (3, cadence.most + 1)
        for row in range(3):
            days = open_days[row].nonzero()[0].tolist()
            whole = [r for r in runs(days, cadence) if r[0] <= cadence.first_latest and cadence.may_end[r[-1]]]
            found = {len(run) for run in whole}
            expected = {size for size in found if size >= cadence.minimum}
            assert set(counts[row].nonzero()[0].tolist()) == expected, (seed, row)
            tally[min(len(expected), 2)] += 1
    assert min(tally[0], tally[1], tally[2]) > 10, tally


def test_attainable_with_no_pairs():
    cadence = make_cadence(programme(20))
    assert attainable(np.zeros((0, 20), dtype=bool), cadence).shape == (0, 3)


@pytest.mark.parametrize(
    ("number", "possible", "best"),
    [
        ("most", [1, 3, 4], (4,)),
        ("fewest", [2, 3, 4], (2,)),
        (3, [1, 3, 4], (3,)),
        (3, [1, 2, 4], (2, 4)),  # as far off on either side
        (3, [1, 5], (1, 5)),
        (3, [5], (5,)),
        (0, [1, 2], (1,)),
        (9, [1, 2], (2,)),
        ("most", [], ()),
        (2, [], ()),
    ],
)
def test_best_numbers_of_sessions(number, possible, best):
    counts = np.zeros((2, 6), dtype=bool)
    counts[0, possible] = True
    counts[1, 2] = True
    assert best_counts(counts, Aim(number)) == [best, (2,)]


@pytest.mark.parametrize(
    ("sessions", "number"), [({}, "most"), ({"number": "fewest"}, "fewest"), ({"number": 4}, 4)]
)
def test_the_aim_is_what_the_programme_says(sessions, number):
    assert make_aim(programme(**sessions)) == Aim(number)


# --- which sessions -------------------------------------------------------------------------------------------

DRAWN = 75


@pytest.fixture(scope="module")
def drawn():
    return [Drawn(seed) for seed in range(DRAWN)]


def test_what_was_drawn(drawn):
    """Pairs of all kinds: none, one and many schedules; regular sessions that cost minutes; many sessions."""
    schedules = [plan.schedules(row) for plan in drawn for row in range(3)]
    assert sum(not found for found in schedules) > 15
    assert sum(len(found) > 10 for found in schedules) > 30
    assert sum(max(map(len, found), default=0) >= 3 for found in schedules) > 30
    for matter in (Kinds.lengths_matter.fget, lambda kinds: kinds.preferred):
        assert sum(clashing(plan, row) for plan in drawn if matter(plan.kinds) for row in range(3)) > 10
    assert sum(plan.kinds.preferred and plan.kinds.lengths_matter for plan in drawn) > 10
    assert sum(plan.slots.words > 1 for plan in drawn) > 15


def clashing(plan, row):
    """Whether the most worth and the most regular sessions are not had together, for some number."""
    totals = {}
    for run in plan.schedules(row):
        totals.setdefault(len(run), []).append(plan.total(row, run))
    return any(max(total)[1] < max(regular for _, regular in total) for total in totals.values())


def test_on_each_day_only_the_best_kind_of_session_matters(drawn):
    for plan in drawn:
        best = plan.worth.reshape(3, plan.slots.days, -1).max(axis=2)
        possible = plan.minutes.reshape(3, plan.slots.days, -1).any(axis=2)
        assert plan.where.worth.T.tolist() == best.tolist()
        assert ((plan.where.kind.T >= 0) == possible).all()
        assert plan.kinds.worths[plan.where.kind.T[possible]].tolist() == best[possible].tolist()
        at = unpack(plan.where.at.transpose(2, 1, 0), plan.slots.columns).reshape(plan.minutes.shape)
        wanted = np.repeat(best, plan.slots.columns, axis=1)
        assert (at == ((plan.minutes > 0) & (plan.worth == wanted))).all()


@pytest.mark.parametrize(
    "kinds",
    [Kinds((45,)), Kinds((45, 30)), Kinds((45,), preferred=True), Kinds((45, 30), preferred=True, minute=9)],
)
@pytest.mark.parametrize("regular", [True, False])
def test_no_weight_outweighs_the_one_before(kinds, regular):
    """The least that one more session brings is more than all that the rest can differ by."""
    cadence = make_cadence(programme(60))
    weights = Weights.make(cadence, kinds, sessions=True, regular=regular)
    assert weights.regular == regular
    assert (weights.worth > 0) == kinds.matter
    if kinds.matter:
        assert weights.worth > (cadence.most - 1) * weights.regular
    most_of_the_rest = cadence.most * (max(kinds.worths) * weights.worth) + (cadence.most - 1) * weights.regular
    assert weights.session > most_of_the_rest
    assert Weights.make(cadence, kinds, sessions=False, regular=regular).session == 0


def test_a_score_tells_its_parts(drawn):
    for plan in drawn[:40]:
        for sessions, regular in ((True, True), (True, False), (False, True), (False, False)):
            weights = plan.weights(sessions=sessions, regular=regular)
            for row in range(3):
                for run in plan.runs[row][:30]:
                    score = np.array([plan.score(row, run, weights)])
                    worth, alike = plan.total(row, run)
                    parts = [int(part[0]) for part in weights.split(score)]
                    expected = [len(run) * sessions, worth, alike * regular]
                    assert parts == expected


def best_by_slot(plan, row, weights, wanted, end):
    """The best score of the wanted runs by the slot at their `end` (0 the first, -1 the last)."""
    best: dict[int, int] = {}
    for run in filter(wanted, plan.runs[row]):
        best[run[end]] = max(best.get(run[end], NEVER), plan.score(row, run, weights))
    return best


def assert_scores(plan, row, scores, weights, best):
    """What a session scores at each open slot; the day's best and where it is had."""
    base, more = scores.base[:, row], unpack(scores.more.transpose(2, 1, 0), plan.slots.columns)[row]
    top = unpack(scores.top.transpose(2, 1, 0), plan.slots.columns)[row]
    found, peaks = {}, {}
    for slot in plan.minutes[row].nonzero()[0].tolist():
        day, column = divmod(slot, plan.slots.columns)
        less = int(plan.where.worth[day, row]) - int(plan.worth[row, slot])
        if base[day] > NEVER:
            found[slot] = int(base[day]) + int(more[day, column]) - less * weights.worth
            peaks.setdefault(day, []).append(slot)
    assert found == best
    for day in range(plan.slots.days):
        slots = peaks.get(day, [])
        highest = max((found[slot] for slot in slots), default=NEVER)
        assert scores.peak[day, row] == highest
        tops = {slot % plan.slots.columns for slot in slots if found[slot] == highest}
        assert set(top[day].nonzero()[0].tolist()) == tops


@pytest.mark.parametrize("regular", [True, False])
def test_the_best_score_from_each_slot_on(drawn, regular):
    for plan in drawn:
        weights = plan.weights(sessions=True, regular=regular)
        scores = onward(plan.where, weights, plan.slots, plan.cadence)
        exact = plan.weights(sessions=False, regular=regular)
        layers = onward_exactly(plan.where, exact, plan.slots, plan.cadence, plan.cadence.most)
        assert len(layers) == plan.cadence.most
        for row in range(3):
            assert_scores(plan, row, scores, weights, best_by_slot(plan, row, weights, plan.may_end, 0))
            for sessions, layer in enumerate(layers, 1):

                def wanted(run, sessions=sessions, plan=plan):
                    return len(run) == sessions and plan.may_end(run)

                assert_scores(plan, row, layer, exact, best_by_slot(plan, row, exact, wanted, 0))


@pytest.mark.parametrize("regular", [True, False])
def test_the_best_score_up_to_each_slot(drawn, regular):
    for plan in drawn:
        weights = plan.weights(sessions=True, regular=regular)
        scores = backward(plan.where, weights, plan.slots, plan.cadence)
        exact = plan.weights(sessions=False, regular=regular)
        layers = backward_exactly(plan.where, exact, plan.slots, plan.cadence, plan.cadence.most)
        assert len(layers) == plan.cadence.most
        for row in range(3):
            assert_scores(plan, row, scores, weights, best_by_slot(plan, row, weights, plan.starts_in_time, -1))
            for sessions, layer in enumerate(layers, 1):

                def wanted(run, sessions=sessions, plan=plan):
                    return len(run) == sessions and plan.starts_in_time(run)

                assert_scores(plan, row, layer, exact, best_by_slot(plan, row, exact, wanted, -1))


def test_the_best_score_of_a_whole_schedule(drawn):
    for seed, plan in enumerate(drawn):
        weights, exact = plan.weights(sessions=True), plan.weights(sessions=False)
        any_number = onward(plan.where, weights, plan.slots, plan.cadence)
        layers = onward_exactly(plan.where, exact, plan.slots, plan.cadence, plan.cadence.most)
        every, numbered = [], [[] for _ in layers]
        for row in range(3):
            schedules = plan.schedules(row)
            every.append(max((plan.score(row, run, weights) for run in schedules), default=NEVER))
            for sessions, tops in enumerate(numbered, 1):
                of_size = [plan.score(row, run, exact) for run in schedules if len(run) == sessions]
                tops.append(max(of_size, default=NEVER))
        assert best_score(any_number, plan.cadence).tolist() == every, seed
        assert [best_score(layer, plan.cadence).tolist() for layer in layers] == numbered, seed


def test_the_earliest_of_the_best_schedules_of_a_number(drawn):
    compared = 0
    for seed, plan in enumerate(drawn):
        weights = plan.weights(sessions=False)
        layers = onward_exactly(plan.where, weights, plan.slots, plan.cadence, plan.cadence.most)
        for sessions in range(1, plan.cadence.most + 1):
            found = earliest(layers[:sessions], plan.where, weights, plan.slots, plan.cadence)
            assert found.shape == (3, plan.cadence.most)
            for row in range(3):
                best = best_of(plan, row, weights, [run for run in plan.schedules(row) if len(run) == sessions])
                assert behind(found[row]) == min(best, default=()), (seed, row, sessions)
                compared += len(best) > 1
    assert compared > 100


def test_the_earliest_of_the_best_schedules(drawn):
    compared = 0
    for seed, plan in enumerate(drawn):
        weights = plan.weights(sessions=True)
        scores = onward(plan.where, weights, plan.slots, plan.cadence)
        found = earliest([scores] * plan.cadence.most, plan.where, weights, plan.slots, plan.cadence)
        for row in range(3):
            best = best_of(plan, row, weights, plan.schedules(row))
            assert behind(found[row]) == min(best, default=()), (seed, row)
            compared += len(best) > 1
    assert compared > 30


def best_of(plan, row, weights, schedules):
    """Those of the schedules that score most."""
    scores = [plan.score(row, run, weights) for run in schedules]
    return [run for run, score in zip(schedules, scores, strict=True) if score == max(scores)]


def behind(found):
    """The slots of a plan; nothing may follow where it has ended."""
    slots = [slot for slot in found.tolist() if slot >= 0]
    assert found[len(slots) :].tolist() == [-1] * (len(found) - len(slots))
    return tuple(slots)


def test_no_next_session_where_one_was_promised(drawn):
    """Scores that do not fit the slots are a bug, and are called one instead of running on for ever."""
    plan = next(plan for plan in drawn if max(map(len, plan.schedules(0)), default=0) > 1)
    weights = plan.weights(sessions=True)
    scores = onward(plan.where, weights, plan.slots, plan.cadence)
    last = Scores.empty(plan.slots.days, plan.slots.words, 3)
    with pytest.raises(AssertionError, match="a bug"):
        earliest([last, scores], plan.where, weights, plan.slots, plan.cadence)


def test_the_most_regular_sessions_of_any_schedule(drawn):
    """Of any number and any length: a shorter session may repeat a clock time that a longer one cannot."""
    assert sum(len(plan.lengths) > 1 for plan in drawn) > 40
    for seed, plan in enumerate(drawn):
        expected = [max(map(plan.regular, plan.schedules(row)), default=NEVER) for row in range(3)]
        assert most_regular(plan.bits, plan.rules()).tolist() == expected, seed


def test_a_shorter_session_may_be_the_regular_one():
    cadence = make_cadence(programme(8, min_days_between=7, month_rule="none"))
    slots = Slots(8, np.arange(16), np.array([0, 1]))
    minutes = np.zeros((1, 16), dtype=np.int16)
    minutes[0, [0, 15]], minutes[0, 1] = 45, 30
    rules = Rules(slots, Kinds((45, 30)), cadence, Aim("most"))
    bits = as_bits(minutes, slots, rules.kinds)
    assert most_regular(bits, rules).tolist() == [1]
    assert best_alone(bits, rules, regular=True).regular.tolist() == [0]


# --- what a pair reaches alone --------------------------------------------------------------------------------


def expected_best(plan, row, number, *, regular):
    """Number of sessions, worth and regular ones of the best schedules, and these schedules."""
    aim = Aim(number)
    reached = {}
    for run in plan.schedules(row):
        if len(run) >= plan.cadence.minimum:
            worth, alike = plan.total(row, run)
            reached[run] = (-aim.cost(len(run)), worth, alike * regular, len(run))
    top = max(reached.values(), default=(0, 0, 0, 0))
    return (top[3], top[1], top[2]), [run for run, value in reached.items() if value == top]


@pytest.mark.parametrize("number", ["most", "fewest", 1, 2, 3])
@pytest.mark.parametrize(("regular", "plan"), [(False, False), (True, False), (False, True), (True, True)])
def test_the_best_schedule_of_a_pair_alone(drawn, number, regular, plan):
    none = 0
    for seed, case in enumerate(drawn):
        best = best_alone(case.bits, case.rules(number), regular=regular, plan=plan)
        for row in range(3):
            parts, schedules = expected_best(case, row, number, regular=regular or plan)
            assert (best.sessions[row], best.worth[row], best.regular[row]) == parts, (seed, row)
            if plan:
                first = min(schedules, default=())
                assert behind(best.slots[row]) == first, (seed, row)
                assert case.kinds.worths[best.kind[row]][: len(first)].tolist() == [
                    case.worth[row, s] for s in first
                ]
            none += not schedules
        assert best.slots.shape == best.kind.shape == (3, case.cadence.most if plan else 0)
    assert 15 < none < DRAWN


def test_one_sweep_and_number_by_number_agree(drawn):
    for case in drawn:
        once = plans._most(case.where, case.rules(), regular=True, plan=True)
        again = plans._by_number(case.where, case.rules(), np.zeros(0, dtype=int), regular=True, plan=True)
        assert once.sessions.tolist() == again.sessions.tolist()
        assert once.worth.tolist() == again.worth.tolist()
        assert once.regular.tolist() == again.regular.tolist()
        assert once.slots.tolist() == again.slots.tolist()


def test_of_two_numbers_as_far_off_and_as_good_the_larger_is_taken():
    """Two are wanted: but after the first day another must follow on the second, and then one on the third."""
    latest, may_end = np.array([1, 2, 2, 3]), np.array([False, False, True, True])
    slots = Slots(4, np.arange(4), np.zeros(1, dtype=np.int64))
    minutes = np.full((1, 4), 45, dtype=np.int16)
    for first_latest, wanted in ((0, 3), (3, 2)):
        cadence = Cadence(4, 1, 1, first_latest, latest, may_end)
        rules = Rules(slots, Kinds((45,)), cadence, Aim(2))
        bits = as_bits(minutes, slots, rules.kinds)
        assert best_alone(bits, rules, plan=True).sessions.tolist() == [wanted]
    cadence = Cadence(4, 1, 1, 3, latest, may_end)
    rules = Rules(slots, Kinds((45,)), cadence, Aim(2))
    counts = attainable(np.array([[True, True, True, False]]), cadence)
    assert counts[0].nonzero()[0].tolist() == [1, 2, 3]


@pytest.mark.parametrize("number", ["most", "fewest", 2])
def test_a_cohort_in_which_nobody_can_ever_meet(number):
    cadence = make_cadence(programme(20))
    slots = Slots(20, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    rules = Rules(slots, Kinds((45, 30)), cadence, Aim(number))
    bits = as_bits(np.zeros((2, 0), dtype=np.int16), slots, rules.kinds)
    best = best_alone(bits, rules, plan=True)
    assert best.sessions.tolist() == best.worth.tolist() == best.regular.tolist() == [0, 0]
    assert best.slots.tolist() == [[-1, -1]] * 2
    assert best.kind.tolist() == [[0, 0]] * 2
    assert most_regular(bits, rules).tolist() == [NEVER, NEVER]
    assert not any(kept.any() for kept in useful(bits, rules, regular=True, slack=10**6))


@pytest.mark.parametrize("number", ["most", "fewest", 2])
def test_no_pairs_at_all(number):
    cadence = make_cadence(programme(20))
    slots = Slots(20, np.arange(20), np.zeros(1, dtype=np.int64))
    rules = Rules(slots, Kinds((45,)), cadence, Aim(number))
    bits = as_bits(np.zeros((0, 20), dtype=np.int16), slots, rules.kinds)
    best = best_alone(bits, rules, plan=True)
    assert len(best.sessions) == len(best.slots) == len(best.kind) == 0
    assert most_regular(bits, rules).shape == (0,)
    assert useful(bits, rules, regular=True, slack=0)[0].shape == (1, 20, 0)


def test_one_minute_outweighs_every_regular_session():
    """Four weeks at 10:00 for 30 minutes are regular; once 31 minutes at 11:00 are worth losing two of them."""
    cadence = make_cadence(programme(22, min_days_between=7, month_rule="none"))
    slots = Slots(22, np.arange(44), np.array([0, 1]))
    minutes = np.zeros((1, 44), dtype=np.int16)
    minutes[0, [0, 14, 28, 42]] = 30
    found = {}
    for longer in (31, 30):
        minutes[0, 15] = longer
        rules = Rules(slots, Kinds((31, 30)), cadence, Aim("most"))
        best = best_alone(as_bits(minutes, slots, rules.kinds), rules, plan=True)
        found[longer] = best.slots[0].tolist(), [rules.kinds.all[k].minutes for k in best.kind[0]], best.regular[0]
    assert found == {31: ([0, 15, 28, 42], [30, 31, 30, 30], 1), 30: ([0, 14, 28, 42], [30] * 4, 3)}


def test_a_session_in_the_hour_shown_again_is_regular_before_and_after():
    cadence = make_cadence(programme(15, min_days_between=7, month_rule="none"))
    slots = Slots(15, np.arange(45), np.array([0, 0, 2]))
    minutes = np.zeros((1, 45), dtype=np.int16)
    minutes[0, [0, 22, 23, 42]] = 45  # 01:00, 01:00 again or 01:30, 01:00
    rules = Rules(slots, Kinds((45,)), cadence, Aim("most"))
    bits = as_bits(minutes, slots, rules.kinds)
    best = best_alone(bits, rules, plan=True)
    assert (best.sessions[0], best.regular[0]) == (3, 2)
    assert best.slots[0].tolist() == [0, 22, 42]
    assert most_regular(bits, rules).tolist() == [2]


# --- slots that matter ----------------------------------------------------------------------------------------


def reaching(case, row, number, weights, slack):
    """Slot and kind of every session of a schedule that scores at most `slack` less than the best of its number.

    Of any number where most are wanted, else of one of the best numbers of sessions.
    """
    schedules = case.schedules(row)
    if number != "most":
        valid = {len(run) for run in schedules if len(run) >= case.cadence.minimum}
        cost = {count: Aim(number).cost(count) for count in valid}
        schedules = [run for run in schedules if valid and cost.get(len(run)) == min(cost.values())]
    best: dict[int, int] = {}
    for run in schedules:
        group = 0 if number == "most" else len(run)
        best[group] = max(best.get(group, NEVER), case.score(row, run, weights))
    found = set()
    for run in schedules:
        spare = case.score(row, run, weights) - best[0 if number == "most" else len(run)] + slack
        for slot in run:
            longest, liked, top = (int(table[row, slot]) for table in (case.minutes, case.liked, case.worth))
            fitting = [kind for kind in case.kinds.all if kind.minutes <= (liked if kind.preferred else longest)]
            found |= {(slot, kind) for kind in fitting if (top - kind.worth) * weights.worth <= spare}
    return found


@pytest.mark.parametrize("number", ["most", "fewest", 2])
@pytest.mark.parametrize("regular", [True, False])
def test_useful_slots_are_those_of_schedules_that_are_good_enough(drawn, number, regular):
    kept_some = Counter()
    for seed, case in enumerate(drawn):
        rules = case.rules(number)
        weights = rules.weights(sessions=number == "most", regular=regular)
        for slack in (0, 1, 3 * weights.worth + 2, weights.session):
            kept = useful(case.bits, rules, regular=regular, slack=slack)
            tables = [unpack(bits.transpose(2, 1, 0), case.slots.columns).reshape(3, -1) for bits in kept]
            for row in range(3):
                found = {
                    (slot, kind)
                    for kind, table in zip(case.kinds.all, tables, strict=True)
                    for slot in table[row].nonzero()[0].tolist()
                }
                assert found == reaching(case, row, number, weights, slack), (seed, row, slack)
                kept_some[0 < len(found) < (case.minutes[row] > 0).sum()] += 1
    assert kept_some[True] > 200


# --- from the cohort on ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", range(5))
def test_the_best_plan_of_every_pair_of_a_cohort(block):
    """Rules, calendars, dates and scores together: what each pair reaches alone is what brute force finds."""
    for seed in range(8 * block, 8 * block + 8):
        cohort = random_cohort(seed)
        ways = brute_force.schedulable(cohort)
        candidates, _ = judge(cohort)
        found, cadence = meeting_times(cohort, candidates), make_cadence(cohort.programme)
        rules = Rules(found.slots, found.kinds, cadence, make_aim(cohort.programme))
        every = np.arange(len(candidates))
        counts = attainable(found.open_days(every), cadence)
        best = best_alone(found.open(every), rules, plan=True)
        for row, pair in enumerate(zip(candidates.mentee.tolist(), candidates.mentor.tolist(), strict=True)):
            numbers = {len(schedule) for _, schedule in ways.get(pair, ())}
            assert set(counts[row].nonzero()[0].tolist()) == numbers, (seed, pair)
            if pair not in ways:
                assert best.sessions[row] == 0
                continue
            slots, kinds = behind(best.slots[row]), [rules.kinds.all[kind] for kind in best.kind[row].tolist()]
            sessions = tuple(
                Session(int(found.slots.start[s]), kind.minutes, kind.preferred)
                for s, kind in zip(slots, kinds, strict=False)
            )
            keys = {schedule: key for key, schedule in ways[pair]}
            assert keys[sessions] == ways[pair][0][0], (seed, pair)
            assert best.sessions[row] == len(sessions)
            kinds, worth = rules.kinds, int(best.worth[row])
            minutes = kinds.minutes_in(worth) if kinds.lengths_matter else 0
            liked = kinds.preferred_in(worth) if kinds.preferred else 0
            assert (minutes, liked, best.regular[row]) == keys[sessions][1:]
