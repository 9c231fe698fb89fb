"""Schedules of groups, and the cuts that say why there is none, against brute force."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections import Counter
from dataclasses import replace
from functools import cached_property

import brute_force
import numpy as np
import pytest
from cohorts import Spec, build, only
from draws import random_cohort

from matcher import planner as planner_module
from matcher import regular as regular_module
from matcher import turns as turns_module
from matcher.cpsat import Clock
from matcher.errors import InputError
from matcher.model import Session
from matcher.planner import Cut
from matcher.programme import day_number
from matcher.regular import regularise
from matcher.scheduling import Answer
from matcher.solver import Search

MONDAY = day_number(dt.date(2027, 3, 1)) * 1440  # the midnight before it, in UTC
DRAWN = range(7000, 7092)
WEEK = {"programme": {"start": "2027-03-01", "end": "2027-03-05"}, "sessions": {"month_rule": "none"}}


class Case:
    """A cohort with its planner, and brute force's word on any set of its candidates."""

    def __init__(self, cohort, workers=1):
        self.cohort = cohort
        self.search = Search(cohort, Clock(), workers, lambda _line: None)
        self.planner, self.possible = self.search.planner, self.search.possible
        pairs = self.search.pairs
        self.pair = list(zip(pairs.mentee.tolist(), pairs.mentor.tolist(), strict=True))

    @cached_property
    def ways(self):
        """Every schedule of every pair that has one, best first."""
        return brute_force.schedulable(self.cohort)

    @cached_property
    def sane(self):
        """The same without those in which a session past midnight comes too close to the pair's own next one."""
        sane = brute_force.Scheduler(self.cohort, self.ways, alone=False).ways
        return {pair: ways for pair, ways in sane.items() if ways}

    @cached_property
    def scheduler(self):
        return brute_force.Scheduler(self.cohort, self.sane, alone=False)

    def price(self, key):
        kinds = self.planner.rules.kinds
        return -key[0] * self.planner.prices.unit - key[1] // kinds.step * kinds.minute - key[2]

    def truth(self, pairs):
        """The least price of the pairs together; None if they cannot all be scheduled."""
        pairing = tuple(sorted(self.pair[p] for p in pairs))
        found = self.scheduler.best(pairing) if all(pair in self.sane for pair in pairing) else None
        return None if found is None else self.price(found[0])

    def loss(self, pairs):
        """How much more the pairs cost together than alone; None if they cannot all be scheduled."""
        together = self.truth(pairs)
        return (
            None if together is None else together - sum(self.price(self.ways[self.pair[p]][0][0]) for p in pairs)
        )

    def pairings(self, seed, most=8):
        """Some pairings that keep all rules but calendars: large ones and any."""
        index = {pair: p for p, pair in enumerate(self.pair)}
        found = list(brute_force.pairings(self.cohort, [self.pair[p] for p in self.possible]))
        random.Random(seed).shuffle(found)
        large = sorted(found, key=len, reverse=True)[: most // 2]
        return [[index[pair] for pair in pairing] for pairing in large + found[: most // 2]]

    def assert_valid(self, plan):
        """Every schedule keeps its pair's rules, and nobody has sessions too close or too many."""
        for pair, sessions in plan.items():
            assert sessions in [schedule for _, schedule in self.sane[self.pair[pair]]]
        for one, other in itertools.combinations(plan, 2):
            if set(self.pair[one]) & set(self.pair[other]):
                both = itertools.product(plan[one], plan[other])
                assert not any(brute_force.too_close(self.cohort, a, b) for a, b in both)
        held = {self.pair[pair]: sessions for pair, sessions in plan.items()}
        for person in {person for pair in held for person in pair}:
            assert not brute_force.too_many(self.cohort, brute_force.sessions_of(person, held))


@pytest.fixture(scope="module")
def cases():
    """Drawn cohorts whose locks can be met."""
    found = {}
    for seed in DRAWN:
        try:
            found[seed] = Case(random_cohort(seed))
        except InputError:
            continue
    assert len(found) > 70
    return found


# --- a pair alone --------------------------------------------------------------------------------------------


def test_what_each_pair_reaches_alone(cases):
    for case in cases.values():
        alone = case.planner.alone
        assert {case.pair[p] for p in case.possible} == set(case.ways)
        case.planner.look_at_regular(case.possible)
        for p in case.possible:
            keys = [key for key, _ in case.ways[case.pair[p]]]
            best = max(keys)
            assert alone.price[p] == case.price(best)
            assert alone.regular[p] == best[-1]
            assert alone.ever_regular[p] == max(key[-1] for key in keys)


def test_how_regular_is_worked_out_for_those_who_are_asked_about():
    case = Case(rivals())
    alone = case.planner.alone
    assert alone.regular.tolist() == alone.ever_regular.tolist() == [-1, -1]
    case.planner.look_at_regular([1, 1])
    assert alone.regular.tolist() == alone.ever_regular.tolist() == [-1, 0]
    alone.regular[1] = 7  # what is known is not worked out again
    case.planner.look_at_regular(np.array([0, 1]))
    assert alone.regular.tolist() == [0, 7]
    assert alone.ever_regular.tolist() == [0, 0]


def test_no_regular_session_is_worth_nothing_and_not_less():
    """Where the dates rule out every schedule, too: neither figure is negative."""
    cohort = build(Spec(("a F 1", "m G 3"), ("a m",), only("m"), programme=WEEK))
    planner = Case(cohort).planner
    planner.look_at_regular([0])
    assert planner.alone.regular.tolist() == planner.alone.ever_regular.tolist() == [0]


# --- in turn ---------------------------------------------------------------------------------------------


def test_in_turn_never_books_anybody_twice(cases):
    """All candidates at once, in any order, beside what is kept: far more than anybody could attend."""
    left_out = 0
    for seed, case in cases.items():
        pairs = list(case.possible)
        random.Random(seed).shuffle(pairs)
        kept = case.planner.in_turn(pairs[:2])
        done = case.planner.in_turn(pairs[2:], kept)
        case.assert_valid({**kept, **done})
        assert not set(kept) & set(done)
        left_out += len(pairs) > len(kept) + len(done)
    assert left_out > len(cases) / 4


def test_in_turn_gives_the_first_its_best(cases):
    for case in cases.values():
        for p in case.possible:
            if case.ways[case.pair[p]][0] not in case.sane.get(case.pair[p], ()):
                continue
            (sessions,) = case.planner.in_turn([p]).values()
            assert case.planner.prices.of(sessions) == case.planner.alone.price[p]
            assert case.planner.times.slots.regular(sessions) == case.ways[case.pair[p]][0][0][-1]


@pytest.mark.parametrize("block", [None, 1, 3])
def test_in_turn_is_one_pair_after_the_other(cases, monkeypatch, block):
    """Waves of pairs that share nobody, in blocks of any size, give what planning pair by pair gives."""
    waves = Counter()
    if block:
        monkeypatch.setattr(turns_module, "BLOCK", block)
    for seed, case in cases.items():
        pairs = list(case.possible)
        random.Random(seed).shuffle(pairs)
        kept = case.planner.in_turn(pairs[: seed % 3])
        done: dict = {}
        for pair in pairs[seed % 3 :]:
            done |= case.planner.in_turn([pair], {**kept, **done})
        assert case.planner.in_turn(pairs[seed % 3 :], kept) == done
        waves.update(map(len, case.planner.turns._waves(pairs)))
    assert sum(waves[size] for size in waves if size > 1) > 50


def test_waves_hold_every_pair_once_and_after_those_it_shares_somebody_with(cases):
    for seed, case in cases.items():
        pairs = list(case.possible)
        random.Random(seed).shuffle(pairs)
        waves = [wave.tolist() for wave in case.planner.turns._waves(pairs)]
        wave_of = {pair: number for number, wave in enumerate(waves) for pair in wave}
        assert sorted(wave_of) == sorted(itertools.chain.from_iterable(waves)) == sorted(pairs)
        for one, other in itertools.combinations(pairs, 2):
            if set(case.pair[one]) & set(case.pair[other]):
                assert wave_of[one] < wave_of[other]
    assert case.planner.turns._waves([]) == []
    assert case.planner.in_turn([]) == {}


def test_how_many_pairs_are_planned_at_once(monkeypatch):
    """So many that what the program keeps of them stays within `CELLS`, one at least and `BLOCK` at most."""
    most, few = Case(rivals()).planner, Case(rivals(number="fewest")).planner
    assert most.turns.at_once == few.turns.at_once == turns_module.BLOCK
    cells = 5 * most.times.slots.words
    monkeypatch.setattr(turns_module, "CELLS", 30 * cells)
    assert most.turns.at_once == 30
    assert few.rules.cadence.most == 1
    assert Case(rivals(number="fewest", min_days_between=1)).planner.turns.at_once == 6
    monkeypatch.setattr(turns_module, "CELLS", 1)
    assert most.turns.at_once == 1


# --- groups ------------------------------------------------------------------------------------------------


def test_groups_share_nobody():
    for seed in range(30):
        cohort = crowd(seed)
        case = Case(cohort)
        pairs = random.Random(seed).sample(case.possible, len(case.possible) * 2 // 3)
        groups = case.planner.groups(pairs)
        assert sorted(itertools.chain.from_iterable(groups)) == sorted(pairs)
        assert [group[0] for group in groups] == sorted(group[0] for group in groups)
        people = [{person for p in group for person in case.pair[p]} for group in groups]
        assert not any(one & other for one, other in itertools.combinations(people, 2))
        for group in groups:
            assert list(group) == sorted(group)
            assert connected(case, group)


def connected(case, group):
    reached, rest = set(case.pair[group[0]]), set(group[1:])
    while near := {p for p in rest if reached & set(case.pair[p])}:
        reached |= {person for p in near for person in case.pair[p]}
        rest -= near
    return not rest


def crowd(seed, mentors=4, mentees=9):
    """People with one common hour on three days: more than all of them can share."""
    rng = random.Random(seed)
    people = [f"a{n} F 1" for n in range(mentees)] + [f"k{n} G 3" for n in range(3)]
    people += [f"m{n} H 5" for n in range(mentors)]
    sought = [f"k{n}" for n in range(3)] + [f"m{n}" for n in range(mentors)]
    choices = [f"a{n} {rng.choice(sought)}" for n in range(mentees)]
    choices += [f"k{n} m{rng.randrange(mentors)}" for n in range(3)]
    windows = [
        ("2027-03-01", "09:00", "10:30"),
        ("2027-03-15", "09:00", "10:00"),
        ("2027-03-16", "09:00", "09:45"),
    ]
    availability = [row for person in people for row in only(person.split()[0], *rng.sample(windows, 2))]
    programme = {
        "programme": {"start": "2027-03-01", "end": "2027-03-19"},
        "sessions": {"month_rule": "none", "minutes": rng.choice((45, [45, 30]))},
        "capacity": {"mentees_per_mentor": 4},
    }
    return build(Spec(tuple(people), tuple(choices), tuple(availability), programme=programme))


def test_parts_grow_around_a_pair_up_to_the_group():
    sizes = set()
    for seed in range(10):
        case = Case(crowd(seed, mentors=2, mentees=14))
        for group in case.planner.groups(case.possible):
            for pair in group:
                parts = list(case.planner.parts_around(pair, group))
                assert parts[-1] == group
                for smaller, larger in itertools.pairwise(parts):
                    assert set(smaller) < set(larger)
                for part in parts:
                    assert pair in part
                    assert list(part) == sorted(part)
                    assert connected(case, part)
                assert len(parts[0]) <= 2
                sizes.add(len(group))
    assert max(sizes) >= 9


# --- settle ------------------------------------------------------------------------------------------------


def test_settle_gives_the_believed_price_or_true_cuts(cases):
    """What is believed: that pairs cost together what they cost alone."""
    counts = Counter()
    for seed, case in cases.items():
        for pairs in case.pairings(seed):
            plan, cuts = case.planner.settle(pairs, {})
            case.assert_valid(plan)
            if not cuts:
                assert set(plan) == set(pairs)
                assert case.planner.price(plan, pairs) == case.planner.price_alone(pairs) == case.truth(pairs)
            for cut in cuts:
                assert set(cut.pairs) <= set(pairs)
                assert cut.loss == case.loss(cut.pairs)
                assert cut.loss is None or cut.loss > 0
            counts[kind(cuts)] += 1
    assert counts["never"] >= 10
    assert counts["dear"] >= 10
    assert counts["fine"] >= 100


def kind(cuts):
    if not cuts:
        return "fine"
    return "never" if any(cut.loss is None for cut in cuts) else "dear"


def test_cuts_that_cannot_be_are_as_small_as_can_be(cases):
    """Without any one of its pairs, the rest of an impossible set can be scheduled."""
    for seed, case in cases.items():
        for pairs in case.pairings(seed):
            for cut in case.planner.settle(pairs, {})[1]:
                if cut.loss is None and len(cut.pairs) > 2:
                    for left_out in cut.pairs:
                        assert case.loss([p for p in cut.pairs if p != left_out]) is not None


def test_settle_believes_in_a_loss_until_it_is_wrong(cases):
    """The believed loss lies with one pair of the pairing: it is enough there, or a cut says where it is not."""
    counts = Counter()
    for seed, case in cases.items():
        for pairs in case.pairings(seed):
            loss = case.loss(pairs)
            if not loss:
                continue
            for bearer in pairs:
                allowed = {bearer: loss}
                plan, cuts = case.planner.settle(pairs, allowed)
                case.assert_valid(plan)
                counts["cut" if cuts else "borne"] += 1
                if not cuts:
                    assert case.planner.price(plan, pairs) == case.truth(pairs)
                    continue
                assert all(cut.loss == case.loss(cut.pairs) for cut in cuts)
                assert any(cut.loss > sum(allowed.get(p, 0) for p in cut.pairs) for cut in cuts)
    assert counts["cut"] >= 5
    assert counts["borne"] >= 20


def test_a_cut_and_its_sharper_part():
    """Three pairs of one mentor with four hours: any two lose 4 sessions, all of them 8."""
    case = Case(hours_of_one_mentor(["2027-03-01", "2027-03-02", "2027-03-03", "2027-03-04"], "abc"))
    plan, cuts = case.planner.settle([0, 1, 2], dict.fromkeys(range(3), 2))
    case.assert_valid(plan)
    assert cuts == [Cut((1, 2), 4), Cut((0, 1, 2), 8)]
    assert [case.loss(cut.pairs) for cut in cuts] == [4, 8]
    plan, cuts = case.planner.settle([0, 1, 2], dict.fromkeys(range(3), 3))
    assert cuts == []
    assert case.planner.price(plan, [0, 1, 2]) == -4


def hours_of_one_mentor(dates, mentees, **sessions):
    """Mentor m is free for one session on each date; so is everybody else."""
    programme = {
        "programme": {"start": "2027-03-01", "end": "2027-03-12"},
        "sessions": {"month_rule": "none", "min_days_between": 1, **sessions},
        "capacity": {"mentees_per_mentor": len(mentees)},
    }
    free = only("m", *((date, "09:00", "09:45") for date in dates))
    people = (*(f"{name} F 1" for name in mentees), "m G 3")
    return build(Spec(people, tuple(f"{name} m" for name in mentees), free, programme=programme))


def test_a_session_past_midnight_never_meets_the_next_day():
    """Alone, the pair seems to have two sessions, but the one at 00:00 would begin in the one at 23:45."""
    night = (("2027-03-01", "23:45", "24:00"), ("2027-03-02", "00:00", "00:45"))
    programme = {
        "programme": {"start": "2027-03-01", "end": "2027-03-03"},
        "sessions": {"month_rule": "none", "min_days_between": 1},
    }
    free = only("m", *night) + only("a", *night)
    case = Case(build(Spec(("a F 1", "m G 3"), ("a m",), free, programme=programme)))
    assert case.planner.alone.price.tolist() == [-2]
    assert case.planner.in_turn([0]) == {}
    plan, cuts = case.planner.settle([0], {})
    assert cuts == [Cut((0,), 1)]
    plan, cuts = case.planner.settle([0], {0: 1})
    assert cuts == []
    assert case.planner.price(plan, [0]) == case.truth([0]) == -1
    case.assert_valid(plan)


def test_settle_out_of_time_claims_nothing(monkeypatch):
    """Two pairs want one hour, but CP-SAT is not given the time to prove it."""
    case = Case(rivals())
    monkeypatch.setattr(planner_module, "schedule_group", lambda *_args, **_more: Answer(None, 0, 0, proven=False))
    plan, cuts = case.planner.settle(case.possible, {})
    assert len(plan) == 1
    assert cuts == []
    assert case.planner.solves == 0


def test_after_the_limit_no_more_models_are_built(monkeypatch):
    """To build one takes much longer than the time that CP-SAT would be given; there may be hundreds."""
    case, asked = Case(rivals()), []
    monkeypatch.setattr(planner_module, "schedule_group", lambda *given, **_more: asked.append(given))
    case.planner.clock.stop.set()
    plan, cuts = case.planner.settle(case.possible, {})
    assert (len(plan), cuts, asked) == (1, [], [])


def rivals(**sessions):
    """Two mentees of one mentor who has time for one."""
    people = ("a F 1", "b F 1", "m G 3")
    programme = {**WEEK, "sessions": {"month_rule": "none", **sessions}}
    return build(Spec(people, ("a m", "b m"), only("m", ("2027-03-01", "09:00", "10:00")), programme=programme))


def test_what_was_proven_is_not_asked_again():
    case = Case(rivals())
    _, cuts = case.planner.settle(case.possible, {})
    (cut,) = cuts
    assert (cut.pairs, cut.loss) == ((0, 1), None)
    solves = case.planner.solves
    assert case.planner.settle(case.possible, {})[1] == cuts
    assert case.planner.solves == solves > 0


def test_what_was_settled_before_makes_no_difference(cases):
    """One planner settles pairing after pairing, some of them again; a new one for each says the same."""
    again = 0
    for seed, case in list(cases.items())[::5]:
        pairings = case.pairings(seed, 4)
        beliefs = [{}, {pairings[0][0]: 1}] if pairings and pairings[0] else [{}]
        asked = [(pairs, allowed) for pairs in [*pairings, *pairings] for allowed in beliefs]
        for pairs, allowed in asked:
            fresh = replace(case.planner)
            plan, cuts = case.planner.settle(pairs, allowed)
            assert (plan, cuts) == fresh.settle(pairs, allowed), seed
            assert set(plan) <= set(pairs)
            again += bool(plan)
    assert again > 60


def test_a_group_is_not_planned_again_because_another_costs_something(monkeypatch):
    """a and b want the one hour of m; c and n have all week."""
    spec = Spec(
        ("a F 1", "b F 1", "c F 1", "m G 3", "n G 3"),
        ("a m", "b m", "c n"),
        only("m", ("2027-03-01", "09:00", "10:00")),
        programme=WEEK,
    )
    case, planned = Case(build(spec)), []
    plan = turns_module.Turns.plan
    monkeypatch.setattr(
        turns_module.Turns, "plan", lambda self, pairs, *rest: planned.extend(pairs) or plan(self, pairs, *rest)
    )
    alone = case.pair.index((2, 4))
    found, _ = case.planner.settle(case.possible, {})
    assert planned.count(alone) == 1
    again, _ = case.planner.settle(case.possible, {0: 1, 1: 1, alone: 0})
    assert planned.count(alone) == 1
    assert again[alone] == found[alone]


@pytest.mark.parametrize("number", ["most", "fewest", 2])
@pytest.mark.parametrize("lengths", [45, [45, 30]])
@pytest.mark.parametrize("allowed", [0, 1, 40])
def test_the_best_schedule_of_a_group_whatever_is_tried_first(number, lengths, allowed):
    """Few starts are tried first: that must not hide a schedule that is better than what they leave."""
    lost = 0
    for seed in range(6):
        case = Case(hours_that_clash(seed, number=number, minutes=lengths))
        for size in (2, 3):
            for group in itertools.combinations(case.possible, size):
                answer = case.planner.exact(group, allowed)
                assert answer.proven
                assert case.planner.loss(answer, group) == case.loss(group), (seed, group)
                lost += case.loss(group) != 0
    assert lost >= (1 if number == "fewest" else 5)


def hours_that_clash(seed, **sessions):
    """Three mentees of one mentor, who share most of few hours."""
    rng = random.Random(seed)
    dates = rng.sample(("2027-03-01", "2027-03-02", "2027-03-08", "2027-03-09", "2027-03-15"), 3)
    hours = [(date, "09:00", rng.choice(("09:45", "09:45", "10:15"))) for date in dates]
    free = [row for name in "abcm" for row in only(name, *(hour for hour in hours if rng.random() < 0.85))]
    programme = {
        "programme": {"start": "2027-03-01", "end": "2027-03-19"},
        "sessions": {"month_rule": "none", "min_days_between": 7, **sessions},
        "capacity": {"mentees_per_mentor": 3},
    }
    people = ("a F 1", "b F 1", "c F 1", "m G 3")
    return build(Spec(people, ("a m", "b m", "c m"), tuple(free), programme=programme))


def test_the_first_in_the_draw_has_the_first_hour():
    """Both hours serve both mentees; who comes first follows from the draw, not from the id."""
    starts = set()
    for seed in range(8):
        programme = {
            "programme": {"start": "2027-03-01", "end": "2027-03-05"},
            "sessions": {"month_rule": "none", "minutes": 60},
            "goals": {"seed": seed},
        }
        free = only("m", ("2027-03-01", "09:00", "11:00"))
        case = Case(build(Spec(("a F 1", "b F 1", "m G 3"), ("a m", "b m"), free, programme=programme)))
        plan, cuts = case.planner.settle([0, 1], {})
        assert cuts == []
        first = min(plan, key=lambda pair: plan[pair])
        assert first == case.planner.by_draw([0, 1])[0]
        assert case.search.turn[first] < case.search.turn[1 - first]
        starts.add(first)
    assert starts == {0, 1}


# --- regular -----------------------------------------------------------------------------------------------


def test_regularise_keeps_price_and_validity(cases):
    """It starts from the least regular schedule of each pair that costs as little as the best."""
    better = 0
    for case in cases.values():
        for p in case.possible:
            ways = case.sane.get(case.pair[p], [])
            cheap = [way for way in ways if way[0][:-1] == ways[0][0][:-1]]
            if not cheap:
                continue
            dull = {p: cheap[-1][1]}
            regular = regularise(case.planner, dull)
            case.assert_valid(regular)
            assert case.planner.price(regular, [p]) == case.planner.price(dull, [p])
            assert case.planner.times.slots.regular(regular[p]) == cheap[0][0][-1]
            better += cheap[-1][0][-1] < cheap[0][0][-1]
    assert better >= 5


def test_regularise_leaves_what_is_as_regular_as_can_be(cases):
    for seed, case in cases.items():
        for pairs in case.pairings(seed, 4):
            plan, cuts = case.planner.settle(pairs, {})
            if cuts or not plan:
                continue
            regular = regularise(case.planner, plan)
            case.assert_valid(regular)
            assert case.planner.price(regular, pairs) == case.planner.price(plan, pairs)
            best = case.scheduler.best(tuple(sorted(case.pair[p] for p in pairs)))[0][-1]
            assert regular_sessions(case, plan, pairs) <= regular_sessions(case, regular, pairs) == best


def regular_sessions(case, plan, pairs):
    """How many regular sessions the pairs have; counted pair by pair, too."""
    counts = case.planner.regular(plan, pairs)
    assert counts.tolist() == [case.planner.times.slots.regular(plan[pair]) for pair in pairs]
    return counts.sum()


def test_regularise_a_pair_that_gave_way():
    """Beside a on Friday, b keeps two of three sessions; unlike the three, two can be regular."""
    free = [
        *only("a", ("2027-03-05", "09:00", "09:45")),
        *only(
            "b",
            ("2027-03-01", "09:45", "10:30"),
            ("2027-03-05", "09:00", "09:45"),
            ("2027-03-08", "09:45", "10:30"),
            ("2027-03-09", "09:00", "09:45"),
        ),
    ]
    programme = {
        "programme": {"start": "2027-03-01", "end": "2027-03-12"},
        "sessions": {"month_rule": "none", "min_days_between": 4},
    }
    case = Case(build(Spec(("a F 1", "b F 1", "m G 3"), ("a m", "b m"), tuple(free), programme=programme)))
    case.planner.look_at_regular([0, 1])
    assert case.planner.alone.regular.tolist() == [0, 0]
    assert case.planner.alone.ever_regular.tolist() == [0, 1]
    plan = {
        0: (Session(MONDAY + 4 * 1440 + 540, 45),),
        1: (Session(MONDAY + 585, 45), Session(MONDAY + 8 * 1440 + 540, 45)),
    }
    case.assert_valid(plan)
    regular = regularise(case.planner, plan)
    case.assert_valid(regular)
    assert regular[1] == (plan[1][0], Session(plan[1][0].start + 7 * 1440, 45))


def four_weeks_with(mentees):
    """A mentor whose mentees come in turn: each week there is just one hour a mentee on two days of the week."""
    hours = [
        (f"2027-03-{monday + day:02}", "09:00", f"{9 + len(mentees) * 45 // 60:02}:{len(mentees) * 45 % 60:02}")
        for monday in (1, 8, 15, 22)
        for day in (0, 1)
    ]
    programme = {
        "programme": {"start": "2027-03-01", "end": "2027-03-27"},
        "capacity": {"mentees_per_mentor": len(mentees)},
        "sessions": {"month_rule": "none", "min_days_between": 6, "grid_minutes": 45},
    }
    people = (*(f"{name} F 1" for name in mentees), f"m G 3 {len(mentees)}")
    return Case(build(Spec(people, tuple(f"{a} m" for a in mentees), only("m", *hours), programme=programme)))


@pytest.mark.parametrize("whole", [2, 3, 9])
def test_a_large_group_is_made_regular_part_by_part(monkeypatch, whole):
    """CP-SAT sees few pairs at a time, and must keep out of the others' way and of none of the dates."""
    monkeypatch.setattr(regular_module, "WHOLE", whole)
    monkeypatch.setattr(regular_module, "_reorder", lambda *_: None)
    monkeypatch.setattr(regular_module, "_polish", lambda *_: False)
    case = four_weeks_with("abcd")
    pairs = range(4)
    plan = {  # each week everybody comes at another time: nothing is regular
        p: tuple(Session(MONDAY + week * 7 * 1440 + 540 + (p + week) % 4 * 45, 45) for week in range(4))
        for p in pairs
    }
    case.assert_valid(plan)
    assert regular_sessions(case, plan, pairs) == 0
    regular = regularise(case.planner, plan)
    case.assert_valid(regular)
    assert case.planner.price(regular, pairs) == case.planner.price(plan, pairs)
    assert regular_sessions(case, regular, pairs) > (4 if whole == 2 else 6)


def test_regularise_makes_room_for_another():
    """In turn, the first pair takes the early hour and leaves the second no weekday of its own twice."""
    hours = [(f"2027-03-{day:02}", "09:00", "10:30") for day in (1, 15)]
    programme = {
        "programme": {"start": "2027-03-01", "end": "2027-03-19"},
        "sessions": {"month_rule": "none"},
    }
    case = Case(build(Spec(("a F 1", "b F 1", "m G 3"), ("a m", "b m"), only("m", *hours), programme=programme)))
    nine, fortnight = MONDAY + 540, 14 * 1440
    plan = {
        0: (Session(nine, 45), Session(nine + fortnight + 45, 45)),
        1: (Session(nine + 45, 45), Session(nine + fortnight, 45)),
    }
    regular = regularise(case.planner, plan)
    assert regular_sessions(case, plan, [0, 1]) == 0
    assert regular_sessions(case, regular, [0, 1]) == 2
    case.assert_valid(regular)


# --- side by side ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_workers_change_nothing(seed):
    """Many groups, several of which fall short."""
    found = []
    for workers in (1, 2, 4):
        case = Case(crowd(seed, mentors=6, mentees=18), workers)
        assert case.planner.workers == workers
        plan, cuts = case.planner.settle(case.possible, {})
        found.append((plan, cuts, regularise(case.planner, plan), case.planner.solves))
    assert found[0] == found[1] == found[2]
    assert len(found[0][1]) > 1


def test_results_come_in_the_order_of_the_groups():
    case = Case(rivals(), workers=3)
    groups = [(n,) for n in range(20)]
    assert case.planner.each(lambda group: group[0] ** 2, groups) == [n**2 for n in range(20)]
