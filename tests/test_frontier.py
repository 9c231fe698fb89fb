"""Every front against brute force: all pairings that have a schedule, of small cohorts drawn at random."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace

import brute_force
import pytest
from cohorts import Spec, build, only, shuffled, write
from conflicts import contested_spec, limited_spec
from crowded import crowded_spec
from draws import random_spec
from effort import few_or_all

from matcher import frontier
from matcher.cpsat import Clock
from matcher.errors import InputError, StoppedError
from matcher.frontier import find_frontier
from matcher.frontier_axes import spread
from matcher.frontier_check import Checker, PointError
from matcher.frontier_points import NAMES
from matcher.frontier_ranks import LeastRanks
from matcher.io import read_cohort
from matcher.solver import solve

CHUNK, DRAWN = 10, few_or_all(20, 30)
DRAWS = {"contested": contested_spec, "crowded": crowded_spec, "limited": limited_spec, "random": random_spec}


class Truth:
    """All pairings of a cohort that have a schedule, measured."""

    def __init__(self, spec, *, alone=False):
        self.spec, self.cohort = spec, build(spec)
        self.ways = brute_force.schedulable(self.cohort)
        self.options = brute_force.eligible(self.cohort)
        scheduler = brute_force.Scheduler(self.cohort, self.ways, alone=alone)
        every = brute_force.pairings(self.cohort, list(self.ways))
        self.pairings = [pairing for pairing in every if scheduler.best(pairing) is not None]

    def mentees(self, pairing):
        return len({mentee for mentee, _ in pairing})

    def rank_sum(self, pairing):
        return sum(self.options[pair].rank or 0 for pair in pairing)

    def worst(self, pairing):
        return max((self.options[pair].rank for pair in pairing if not self.options[pair].locked), default=0)

    def load(self, pairing):
        return max(Counter(mentor for _, mentor in pairing).values(), default=0)

    def most(self, keeps):
        """The most mentees of a pairing that keeps something; None if none does."""
        return max((self.mentees(pairing) for pairing in self.pairings if keeps(pairing)), default=None)

    def least_ranks(self):
        """The least sum of ranks with at least so many mentees, for every number that can be had."""
        least = {}
        for pairing in self.pairings:
            for mentees in range(self.mentees(pairing) + 1):
                least[mentees] = min(least.get(mentees, 10**9), self.rank_sum(pairing))
        return least

    def most_with_minimum(self, minimum):
        """The most mentees if everybody has so many sessions; None if the locks do not allow it."""
        programme = self.spec.programme
        sessions = {**programme["sessions"], "minimum": minimum}
        best = brute_force.best(build(replace(self.spec, programme={**programme, "sessions": sessions})))
        return best and best.values["mentees"]


def assert_is_the_front(truth, found, where, tally):
    fronts = {front.axis: front for front in found.fronts}
    assert list(fronts) == list(NAMES), where
    assert all(front.complete for front in fronts.values()), where
    assert all(p.status in {"optimal", "impossible"} for front in fronts.values() for p in front.points), where
    assert_ranks(truth, fronts["ranks"], where, tally)
    assert_most(truth, fronts["worst-rank"], lambda one, value: truth.worst(one) <= value, where)
    assert_most(truth, fronts["load"], lambda one, value: truth.load(one) <= value, where)
    for point in fronts["sessions"].points:
        assert point.mentees == truth.most_with_minimum(point.value), where
    for front in fronts.values():
        assert_marks(front, where)
    assert_ends(truth, fronts, where)


def assert_ranks(truth, front, where, tally):
    least, served = truth.least_ranks(), len({mentee for mentee, _ in truth.cohort.locks})
    got = [(point.mentees, point.value) for point in front.points]
    most = max(least)
    if not most:
        assert got == [], where
        return
    assert got == [(mentees, least[mentees]) for mentees in range(most, most - len(got), -1)], where
    assert all(point.front and point.bound == point.value == point.figures.rank_sum for point in front.points)
    # Below the last point every mentee fewer saves the best rank of all; above it more.
    last = got[-1][0]
    ranks = {option.rank for pair, option in truth.options.items() if pair in truth.ways and not option.locked}
    free = {pair[0] for pair in truth.ways} - {mentee for mentee, _ in truth.cohort.locks}
    ranks = {truth.options[pair].rank for pair in truth.ways if pair[0] in free}
    if most > served:
        assert last >= served
        assert all(least[k] - least[k - 1] == min(ranks) for k in range(served + 1, last + 1)), where
        assert last == most or least[last + 1] - least[last] > min(ranks), where
    alone = Truth(truth.spec, alone=True).least_ranks()
    tally.update(fronts=1, fronts_in_conflict=any(alone[mentees] != least[mentees] for mentees in least))


def assert_most(truth, front, keeps, where):
    for point in front.points:
        true = truth.most(lambda one, value=point.value: keeps(one, value))
        assert point.mentees == true, (where, front.axis, point.value)
        assert point.bound == true


def assert_marks(front, where):
    better = 1 if front.axis == "sessions" else -1
    had = [(point.mentees, better * point.value) for point in front.points if point.figures]
    for point in front.points:
        mine = (point.mentees, better * point.value)
        beaten = point.figures is None or any(
            one != mine and one[0] >= mine[0] and one[1] >= mine[1] for one in had
        )
        assert point.front == (not beaten), where
    assert len(had) == len(set(had)), where


def assert_ends(truth, fronts, where):
    """No value is left out that would be on the front: between points nothing changes, beyond nobody is left."""
    for name, measure in (("worst-rank", truth.worst), ("load", truth.load)):
        values = {measure(pairing) for pairing in truth.pairings} - {0}
        best = {}
        for value in values:
            most = truth.most(lambda one, value=value, measure=measure: measure(one) <= value)
            best[most] = min(best.get(most, value), value)
        locked = {mentee for mentee, _ in truth.cohort.locks}
        if name == "worst-rank":
            best.pop(len(locked), None)
        expected = {(most, value) for most, value in best.items() if most}
        got = {
            (p.mentees, p.value)
            for p in fronts[name].points
            if p.front and p.mentees > len(locked) * (name == "worst-rank")
        }
        assert got == expected, (where, name)
    values = [point.value for point in fronts["sessions"].points]
    if values:
        beyond = truth.most_with_minimum(values[-1] + 1)
        assert not beyond or fronts["sessions"].points[-1].status == "impossible", where


@pytest.mark.parametrize("kind", DRAWS)
@pytest.mark.parametrize("first", range(0, DRAWN, CHUNK))
def test_every_front_is_that_of_brute_force(kind, first, tally):
    for seed in range(first, first + CHUNK):
        truth = Truth(DRAWS[kind](seed))
        where = f"{kind} {seed}"
        if not truth.pairings:
            with pytest.raises(InputError, match="lock"):
                find_frontier(truth.cohort)
            continue
        found = find_frontier(truth.cohort)
        assert_is_the_front(truth, found, where, tally)


def test_drawn_fronts_meet_conflicts(tally):
    """Where no schedule ever stood in the way, a front by places alone would pass."""
    if tally["fronts"] < 0.9 * DRAWN * len(DRAWS):
        pytest.skip("only a part of the cohorts was drawn")
    assert tally["fronts_in_conflict"] >= 0.1 * tally["fronts"]


# --- one by one -----------------------------------------------------------------------------------------------


def test_a_front_need_not_be_bent_outwards():
    """a takes an hour that two others share: to serve the second costs 5 ranks, the third 3 only."""
    day = "2027-03-01"
    spec = Spec(
        ("a F 1", "b F 1", "c F 1", "m G 3 3", "n G 3 3"),
        (("a", 1, "m"), ("a", 3, "n"), ("b", 3, "m"), ("c", 3, "m")),
        (
            *only("a", (day, "09:15", "10:15"), (day, "14:00", "14:45")),
            *only("b", (day, "09:00", "09:45")),
            *only("c", (day, "09:45", "10:30")),
            *only("m", (day, "09:00", "10:30")),
            *only("n", (day, "14:00", "14:45")),
        ),
        programme=ONE_DAY,
    )
    front = fronts_of(build(spec))["ranks"]
    assert [(point.mentees, point.value) for point in front.points] == [(3, 9), (2, 6), (1, 1)]
    assert front.complete


def test_two_people_never_mentor_each_other_at_any_point():
    spec = Spec(
        ("a F 1", "b F 1", "m G 3 3"),
        (("a", 1, "b"), ("b", 1, "a"), ("a", 3, "m"), ("b", 4, "m")),
        programme={**ONE_DAY, "eligibility": {"same_function_gap": 0}},
    )
    points = fronts_of(build(spec))["ranks"].points
    assert [(point.mentees, point.value) for point in points] == [(2, 4), (1, 1)]


ONE_DAY = {
    "programme": {"start": "2027-03-01", "end": "2027-03-12"},
    "capacity": {"mentees_per_mentor": 3},
    "sessions": {"month_rule": "none"},
}


def fronts_of(cohort, **options):
    return {front.axis: front for front in find_frontier(cohort, **options).fronts}


@pytest.mark.parametrize("seed", range(3000, 3000 + few_or_all(8, 12)))
def test_the_programmes_own_optimum_is_a_point_where_it_can_be_compared(seed):
    spec = crowded_spec(seed)
    programme = {**spec.programme, "goals": {"rank": "min-cost"}}
    programme["capacity"] = {"mentees_per_mentor": 3, "mentors_per_mentee": 1}
    cohort = build(replace(spec, programme=programme))
    solution = solve(cohort)
    value = {goal.name: goal.value for goal in solution.goals}
    fronts = fronts_of(cohort)
    first = fronts["ranks"].points[0]
    assert (first.mentees, first.value) == (value["mentees"], value["rank"])
    assert first.setting == "goals.rank=min-cost"
    for axis in ("worst-rank", "sessions", "load"):
        assert {point.mentees for point in fronts[axis].points[:1]} == {value["mentees"]}
    programme["goals"] = {"rank": "generous"}
    cohort = build(replace(spec, programme=programme))
    worst = max((pair.rank for pair in solve(cohort).pairs if not pair.locked), default=None)
    points = fronts_of(cohort)["worst-rank"].points
    assert worst is None or (points[0].value, points[0].front) == (worst, True)


def test_what_set_says_gives_the_point():
    """Each point that names a key has what a solve with that key has."""
    seen = set()
    for seed in range(8):
        spec = replace(crowded_spec(seed), pairs=())
        for axis, front in fronts_of(build(spec)).items():
            for point in front.points:
                key, _, value = point.setting.partition("=")
                if not key or point.figures is None:
                    continue
                section, name = key.split(".")
                changed = {**spec.programme.get(section, {}), name: int(value) if value.isdigit() else value}
                solution = solve(
                    build(replace(spec, programme={**spec.programme, section: changed})), explain=False
                )
                got = {goal.name: goal.value for goal in solution.goals}
                assert got["mentees"] == point.mentees
                if axis == "ranks":
                    assert got["rank"] == point.value
                else:
                    assert (got["pairs"], got["sessions"]) == (point.figures.pairs, point.figures.sessions)
                seen.add(axis)
    assert seen == {"ranks", "sessions", "load"}


@pytest.mark.parametrize("seed", range(4000, 4008))
def test_order_of_rows_and_workers_make_no_difference(seed, tmp_path):
    spec = crowded_spec(seed)
    try:
        first = replace(find_frontier(build(spec)), seconds={})
    except InputError:
        return
    for workers in (2, 3):
        cohort = read_cohort(write(shuffled(spec, workers), tmp_path / str(workers)))
        assert replace(find_frontier(cohort, workers=workers), seconds={}) == first


def test_more_values_than_points_are_left_out_evenly():
    mentees = [f"a{n}" for n in range(9)]
    spec = Spec(
        (*(f"{name} F 1" for name in mentees), *(f"m{n} G 3 1" for n in range(9))),
        tuple((name, rank, f"m{(n + rank) % 9}") for n, name in enumerate(mentees) for rank in (3, 5)),
        programme={"programme": {"start": "2027-03-01", "end": "2027-03-12"}, "sessions": {"month_rule": "none"}},
    )
    spec = replace(spec, choices=(*spec.choices, ("a0", 1, "m0")))
    whole, few = (fronts_of(build(spec), points=points)["ranks"] for points in (25, 3))
    assert (whole.complete, few.complete) == (True, False)
    assert len(whole.points) == whole.values == few.values == 9
    assert few.points == (whole.points[0], whole.points[4], whole.points[8])


@pytest.mark.parametrize(("values", "number", "picked"), [
    (range(5), 5, (0, 1, 2, 3, 4)), (range(5), 2, (0, 4)), (range(5), 1, (4,)), (range(5), 0, ()), ((), 3, ()),
])  # fmt: skip
def test_spread_keeps_both_ends(values, number, picked):
    assert spread(values, number).values == picked


# --- locks ----------------------------------------------------------------------------------------------------


def test_locks_stand_at_every_point_and_what_they_cannot_keep_is_impossible():
    spec = Spec(
        ("a F 1", "b F 1", "c F 1", "m G 3 2", "n G 3 2"),
        (("a", 4, "m"), ("b", 4, "m"), ("c", 1, "n"), ("c", 2, "m")),
        pairs=(("a", "m", "locked"), ("b", "m", "locked")),
        programme={"programme": {"start": "2027-03-01", "end": "2027-03-12"}, "sessions": {"month_rule": "none"}},
    )
    fronts = fronts_of(build(spec))
    assert [(p.mentees, p.value) for p in fronts["ranks"].points] == [(3, 9)]
    assert [(p.mentees, p.value) for p in fronts["worst-rank"].points] == [(3, 1)]
    load = fronts["load"].points
    assert [(p.mentees, p.value, p.status, p.front) for p in load] == [
        (3, 2, "optimal", True), (None, 1, "impossible", False),
    ]  # fmt: skip
    assert fronts["load"].complete


def test_nobody_can_be_paired():
    spec = Spec(
        ("a F 3", "m G 1"), ("a m",), programme={"programme": {"start": "2027-03-01", "end": "2027-03-12"}}
    )
    found = find_frontier(build(spec))
    assert found.own.mentees == 0
    assert all(front.points == () and front.complete for front in found.fronts)


# --- limits and interrupts ------------------------------------------------------------------------------------


def test_no_key_is_named_for_a_point_that_it_may_miss():
    """Where more mentees may be possible, the goal `min-cost` could have them, at a larger sum of ranks."""
    finder = frontier._Finder(build(crowded_spec(3)), 5, 600, 1, lambda _line: None, threading.Event())
    assert finder.ranks().points[0].setting == "goals.rank=min-cost"
    first, *others = finder.own.goals
    finder.own = replace(finder.own, goals=(replace(first, bound=first.value + 1, status="feasible"), *others))
    assert {point.setting for point in finder.ranks().points} == {""}


def test_a_point_that_runs_out_of_time_has_a_pairing_and_a_bound(monkeypatch):
    """Whatever the clock leaves undone, value and bound enclose the truth."""
    seen = set()
    for seed in range(40):
        truth = Truth(crowded_spec(seed))
        if not truth.pairings:
            continue
        least = truth.least_ranks()
        find = LeastRanks.find
        with monkeypatch.context() as patch:
            patch.setattr(
                LeastRanks, "find", lambda self, k, clock, plan, find=find: find(self, k, Over(clock), plan)
            )
            front = fronts_of(truth.cohort, axes=("ranks",))["ranks"]
        had = [point.mentees for point in front.points]
        assert had == list(range(max(least), max(least) - len(had), -1))
        for point in front.points:
            assert point.bound <= least[point.mentees] <= point.value == point.figures.rank_sum
            assert (point.status == "optimal") == (point.bound == point.value)
            seen.add(point.status)
        assert front.complete == all(point.status == "optimal" for point in front.points)
    assert seen == {"optimal", "feasible"}


class Over(Clock):
    """A clock whose time is over."""

    def __init__(self, clock):
        super().__init__(clock.deadline - 10**6, clock.stop)


def test_an_interrupt_keeps_the_points_found():
    stop, told = threading.Event(), []

    def progress(line):
        told.append(line)
        if "point 2" in line:
            stop.set()

    cohort = build(crowded_spec(1))
    whole = find_frontier(cohort)
    found = find_frontier(cohort, progress=progress, stop=stop)
    assert (found.interrupted, whole.interrupted, found.cut_short, whole.cut_short) == (True, False, True, False)
    assert [front.axis for front in found.fronts] == ["ranks"]
    points = [[(point.mentees, point.value) for point in one.fronts[0].points] for one in (found, whole)]
    assert 1 <= len(points[0]) <= 2 < len(points[1])
    assert points[0] == points[1][: len(points[0])]
    assert not found.fronts[0].complete


def test_an_interrupt_before_any_point_writes_nothing():
    stop = threading.Event()
    with pytest.raises(StoppedError, match="before any point"):
        find_frontier(build(crowded_spec(1)), progress=lambda _line: stop.set(), stop=stop)


# --- the check ------------------------------------------------------------------------------------------------


def test_a_wrong_pairing_is_never_reported():
    cohort = build(crowded_spec(1))
    pairs = solve(cohort).pairs
    checker = Checker(cohort)
    checker.check("as it is", pairs)
    wrong = {
        "rank": replace(pairs[0], rank=9),
        "stranger": replace(pairs[0], mentor=pairs[0].mentee),
        "time": replace(pairs[0], sessions=tuple(s._replace(start=s.start + 15) for s in pairs[0].sessions)),
        "no sessions": replace(pairs[0], sessions=()),
    }
    for first in list(wrong.values())[:3]:
        with pytest.raises(PointError, match="independent check"):
            checker.check("spoilt", (first, *pairs[1:]))
