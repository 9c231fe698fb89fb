"""The best schedule of one pair alone, against all of its schedules."""

import datetime as dt
import random
from collections import Counter
from itertools import combinations, pairwise

import brute_force
import numpy as np
import pytest
from draws import random_cohort

from matcher.cadence import Cadence, make_cadence
from matcher.plans import (
    NEVER,
    Aim,
    attainable,
    best_counts,
    best_start,
    continuations,
    earliest_best,
    make_aim,
    make_gains,
    most_regular,
)
from matcher.programme import Programme
from matcher.rules import judge
from matcher.times import Slots, meeting_times


def programme(days=60, **sessions):
    start = dt.date(2027, 1, 11)
    frame = {"start": start, "end": start + dt.timedelta(days=days - 1)}
    return Programme.model_validate({"programme": frame, "sessions": sessions})


def random_cadence(rng):
    """Windows as a programme has them, or any at all."""
    between = rng.choice((1, 3, 7, 10, 14))
    if rng.random() < 0.5:
        rules = programme(
            rng.randint(1, 6 * between + 10),
            min_days_between=between,
            month_rule=rng.choice(("both", "rolling", "calendar", "none")),
            minimum=rng.choice((1, 1, 2)),
        )
        return make_cadence(rules)
    days = rng.randint(1, 5 * between + 5)
    latest_next = [
        rng.choice((days - 1, min(days - 1, day + 2 * between), rng.randint(0, days - 1))) for day in range(days)
    ]
    may_end = [rng.random() < 0.5 or day == days - 1 for day in range(days)]
    minimum, first_latest = rng.choice((1, 1, 2)), rng.randint(0, days - 1)
    return Cadence(days, between, minimum, first_latest, np.array(latest_next), np.array(may_end))


def chains(marks, cadence, day_of=lambda mark: mark):
    """Every ascending series of marks that may follow each other up to an end, the first one on any day."""
    for size in range(1, min(len(marks), cadence.most) + 1):
        for chain in combinations(marks, size):
            days = [day_of(mark) for mark in chain]
            if cadence.may_end[days[-1]] and all(
                a + cadence.min_between <= b <= cadence.latest_next[a] for a, b in pairwise(days)
            ):
                yield chain


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
            found = {len(chain) for chain in chains(days, cadence) if chain[0] <= cadence.first_latest}
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
    assert best_counts(counts, Aim(number, lengths_matter=False)) == [best, (2,)]


@pytest.mark.parametrize(
    ("sessions", "number", "lengths_matter"),
    [({}, "most", False), ({"number": "fewest"}, "fewest", False), ({"number": 4, "minutes": [45, 30]}, 4, True)],
)
def test_the_aim_is_what_the_programme_says(sessions, number, lengths_matter):
    assert make_aim(programme(**sessions)) == Aim(number, lengths_matter)


# --- which sessions -------------------------------------------------------------------------------------------


class Drawn:
    """A cadence, some slots, and three pairs with a handful of open slots each."""

    def __init__(self, seed):
        rng = random.Random(seed)
        self.cadence = random_cadence(rng)
        self.twin = np.array(rng.choice(([0], [0, 1], [0, 0, 2], [0, 1, 2])))
        days, columns = self.cadence.days, len(self.twin)
        self.slots = Slots(days, np.arange(days * columns), self.twin)
        self.lengths = rng.choice(((45,), (45, 30), (31, 30)))
        self.aim = Aim("most", len(self.lengths) > 1)
        self.minutes = np.zeros((3, days * columns), dtype=np.int16)
        for row in range(3):
            for slot in rng.sample(range(days * columns), min(days * columns, rng.choice((3, 8, 9)))):
                self.minutes[row, slot] = rng.choice(self.lengths)
                weekly = slot + 7 * columns * -(-self.cadence.min_between // 7)
                if rng.random() < 0.6 and weekly < days * columns and (self.minutes[row] > 0).sum() < 10:
                    self.minutes[row, weekly] = rng.choice(self.lengths)
        self.chains = [self.all_chains(row) for row in range(3)]
        self.gains = make_gains(self.minutes, self.slots, self.cadence, self.aim)
        self.layers = continuations(self.gains, self.cadence.most, self.slots, self.cadence)

    def mark(self, slot):
        """The day and the clock time of a slot."""
        day, column = divmod(slot, len(self.twin))
        return day, int(self.twin[column])

    def day(self, slot):
        return slot // len(self.twin)

    def all_chains(self, row):
        """Every schedule of a pair, the first session on any day, as slots."""
        return list(chains(self.minutes[row].nonzero()[0].tolist(), self.cadence, self.day))

    def schedules(self, row):
        """Those whose first session comes early enough."""
        return [chain for chain in self.chains[row] if self.day(chain[0]) <= self.cadence.first_latest]

    def regular(self, chain):
        marks = [self.mark(slot) for slot in chain]
        return sum((b[0] - a[0]) % 7 == 0 and a[1] == b[1] for a, b in pairwise(marks))

    def score(self, row, chain):
        """How good a schedule is: minutes where they count, then regular sessions."""
        minutes = sum(int(self.minutes[row, slot]) for slot in chain)
        return (minutes if self.aim.lengths_matter else 0), self.regular(chain)

    def read(self, score):
        """A score of the program in minutes and regular sessions; None where nothing is possible."""
        if score == NEVER:
            return None
        return divmod(int(score), self.gains.a_minute) if self.gains.a_minute else (0, int(score))


DRAWN = 120


@pytest.fixture(scope="module")
def drawn():
    return [Drawn(seed) for seed in range(DRAWN)]


def test_what_was_drawn(drawn):
    """Pairs of all kinds: none, one and many schedules; regular sessions that cost minutes; many sessions."""
    schedules = [plan.schedules(row) for plan in drawn for row in range(3)]
    assert sum(not found for found in schedules) > 20
    assert sum(len(found) > 10 for found in schedules) > 40
    assert sum(max(map(len, found), default=0) >= 3 for found in schedules) > 40
    contested = [clashing(plan, row) for plan in drawn if plan.aim.lengths_matter for row in range(3)]
    assert sum(contested) > 10


def clashing(plan, row):
    """Whether the most minutes and the most regular sessions are not had together, for some number."""
    scores = {}
    for chain in plan.schedules(row):
        scores.setdefault(len(chain), []).append(plan.score(row, chain))
    return any(max(score)[1] < max(regular for _, regular in score) for score in scores.values())


def test_scores_hold_minutes_before_regular_sessions(drawn):
    for plan in drawn:
        possible = plan.minutes > 0
        score = plan.gains.score.reshape(plan.minutes.shape)
        assert (score[~possible] == NEVER).all()
        assert plan.gains.score.shape == (3, plan.slots.days, plan.slots.columns)
        a_minute = plan.gains.a_minute
        assert (score[possible] == plan.minutes[possible] * a_minute).all()
        assert a_minute == 0 or a_minute > plan.cadence.most - 1, "regular sessions must not outweigh a minute"
        assert (a_minute > 0) == plan.aim.lengths_matter


def test_the_best_score_from_each_slot_on(drawn):
    for seed, plan in enumerate(drawn):
        assert len(plan.layers) == plan.cadence.most
        for row in range(3):
            best = {}
            for chain in plan.chains[row]:
                key = len(chain), chain[0]
                best[key] = max(best.get(key, (-1, -1)), plan.score(row, chain))
            for sessions, layer in enumerate(plan.layers, 1):
                found = [plan.read(score) for score in layer[row].ravel()]
                assert found == [best.get((sessions, slot)) for slot in range(len(found))], (seed, row, sessions)


def test_the_best_score_of_a_whole_schedule(drawn):
    for seed, plan in enumerate(drawn):
        best = [{}, {}, {}]
        for row in range(3):
            for chain in plan.schedules(row):
                best[row][len(chain)] = max(best[row].get(len(chain), (-1, -1)), plan.score(row, chain))
        for sessions, layer in enumerate(plan.layers, 1):
            found = [plan.read(score) for score in best_start(layer, plan.cadence)]
            assert found == [best[row].get(sessions) for row in range(3)], (seed, sessions)


def test_the_earliest_of_the_best_schedules(drawn):
    compared = 0
    for seed, plan in enumerate(drawn):
        for row in range(3):
            schedules = plan.schedules(row)
            for sessions in sorted({len(chain) for chain in schedules}):
                of_size = [chain for chain in schedules if len(chain) == sessions]
                top = max(plan.score(row, chain) for chain in of_size)
                best = [chain for chain in of_size if plan.score(row, chain) == top]
                layers = plan.layers[:sessions]
                found = earliest_best(layers, row, plan.gains.score, plan.slots, plan.cadence)
                assert tuple(found) == min(best), (seed, row, sessions)
                compared += len(best) > 1
    assert compared > 100


def test_the_most_regular_sessions_of_any_schedule(drawn):
    for seed, plan in enumerate(drawn):
        expected = [max(map(plan.regular, plan.schedules(row)), default=NEVER) for row in range(3)]
        assert most_regular(plan.gains, plan.slots, plan.cadence).tolist() == expected, seed


def test_a_cohort_in_which_nobody_can_ever_meet():
    cadence = make_cadence(programme(20))
    slots = Slots(20, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    gains = make_gains(np.zeros((2, 0), dtype=np.int16), slots, cadence, Aim("most", lengths_matter=True))
    layers = continuations(gains, 2, slots, cadence)
    assert [best_start(layer, cadence).tolist() for layer in layers] == [[NEVER, NEVER]] * 2
    assert most_regular(gains, slots, cadence).tolist() == [NEVER, NEVER]


def test_one_minute_outweighs_every_regular_session():
    """Four weeks at 10:00 for 30 minutes are regular; once 31 minutes at 11:00 are worth losing two of them."""
    cadence = make_cadence(programme(22, min_days_between=7, month_rule="none"))
    slots = Slots(22, np.arange(44), np.array([0, 1]))
    minutes = np.zeros((1, 44), dtype=np.int16)
    minutes[0, [0, 14, 28, 42]] = 30
    minutes[0, 15] = 31
    plans = {}
    for lengths_matter in (True, False):
        gains = make_gains(minutes, slots, cadence, Aim("most", lengths_matter))
        layers = continuations(gains, 4, slots, cadence)
        plans[lengths_matter] = earliest_best(layers, 0, gains.score, slots, cadence)
    assert plans == {True: [0, 15, 28, 42], False: [0, 14, 28, 42]}


def test_a_session_in_the_hour_shown_again_is_regular_before_and_after():
    cadence = make_cadence(programme(15, min_days_between=7, month_rule="none"))
    slots = Slots(15, np.arange(45), np.array([0, 0, 2]))
    minutes = np.zeros((1, 45), dtype=np.int16)
    minutes[0, [0, 22, 23, 42]] = 45  # 01:00, 01:00 again or 01:30, 01:00
    gains = make_gains(minutes, slots, cadence, Aim("most", lengths_matter=False))
    layers = continuations(gains, 3, slots, cadence)
    assert best_start(layers[-1], cadence).tolist() == [2]
    assert earliest_best(layers, 0, gains.score, slots, cadence) == [0, 22, 42]
    assert most_regular(gains, slots, cadence).tolist() == [2]


# --- from the cohort on ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", range(5))
def test_the_best_plan_of_every_pair_of_a_cohort(block):
    """Rules, calendars, dates and scores together: what each pair reaches alone is what brute force finds."""
    for seed in range(8 * block, 8 * block + 8):
        cohort = random_cohort(seed)
        ways = brute_force.schedulable(cohort)
        candidates, _ = judge(cohort)
        found, cadence, aim = (
            meeting_times(cohort, candidates),
            make_cadence(cohort.programme),
            make_aim(cohort.programme),
        )
        every = np.arange(len(candidates))
        counts = attainable(found.open_days(every), cadence)
        gains = make_gains(found.open_minutes(every), found.slots, cadence, aim)
        for row, pair in enumerate(zip(candidates.mentee.tolist(), candidates.mentor.tolist(), strict=True)):
            numbers = {len(schedule) for _, schedule in ways.get(pair, ())}
            assert set(counts[row].nonzero()[0].tolist()) == numbers, (seed, pair)
            best = best_counts(counts[row : row + 1], aim)[0]
            layers = continuations(gains, max(best, default=0), found.slots, cadence)
            tops = [best_start(layers[k - 1], cadence)[row] for k in best]
            reached = [divmod(int(top), gains.a_minute) if gains.a_minute else (0, int(top)) for top in tops]
            assert max(reached, default=None) == max(
                (key[1:] for key, _ in ways.get(pair, ())[:1]), default=None
            ), (seed, pair)
