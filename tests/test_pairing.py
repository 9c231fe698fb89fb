"""Each rule of the pairing model alone, and goals in order against all pairings of small cohorts."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import numpy as np
import pytest
from cohorts import Spec, build
from contests import FORTNIGHT, Everything, contest, dictatorship, draw_contest, goal_levels, taste
from ortools.sat.python import cp_model

from matcher import pairing
from matcher.cpsat import Clock, run
from matcher.flow import Level
from matcher.pairing import (
    RULES,
    PairingModel,
    best_pairing,
    cover,
    draw_levels,
    left_out,
    mentees_level,
    pairs_level,
    price_level,
    rank_levels,
    rank_order,
    regularity_level,
)
from matcher.planner import Cut
from matcher.rules import judge

KINDS = ("generous", "greedy", "min-cost")


def make_model(cohort, *rules, cuts=(), face=None):
    pairs, _ = judge(cohort)
    model = PairingModel(cohort, pairs, range(len(pairs)), cuts, face)
    for rule in rules:
        rule(model)
    return model


def solve(model):
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    return solver, solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)


def fixed(model, chosen):
    """A copy of the model with every pair decided."""
    trial = model.model.clone()
    for pair, literal in model.chosen.items():
        trial.add(literal == (pair in chosen))
    return trial


def subsets(model):
    pairs = list(model.chosen)
    return [frozenset(s) for n in range(len(pairs) + 1) for s in itertools.combinations(pairs, n)]


def admitted(model):
    """All sets of pairs that the model admits."""
    return {chosen for chosen in subsets(model) if solve(fixed(model, chosen))[1]}


# --- each rule alone: possible or impossible -------------------------------------------------------------


def test_mentor_capacity():
    model = make_model(contest("a m", "b m", "c m", "c n", m=2, n=1), pairing.add_mentor_capacity)
    to_m = {0, 1, 2}
    assert admitted(model) == {chosen for chosen in subsets(model) if len(chosen & to_m) <= 2}


@pytest.mark.parametrize("limit", [1, 2])
def test_mentors_per_mentee(limit):
    model = make_model(contest("a m", "a n", "a o", "b m", limit=limit, m=1, n=1, o=1), *RULES[1:2])
    of_a = {0, 1, 2}
    assert admitted(model) == {chosen for chosen in subsets(model) if len(chosen & of_a) <= limit}


def test_who_has_a_mentor_is_served():
    model = make_model(contest("a m", "a n", "b m", limit=2, m=1, n=1), pairing.add_mentors_per_mentee)
    for chosen, served in ((set(), 0), ({0}, 1), ({0, 1}, 1), ({2}, 1), ({1, 2}, 2)):
        trial = fixed(model, chosen)
        trial.maximize(model.value(mentees_level(3)))
        assert solve(trial)[0].objective_value == served


def test_locks():
    model = make_model(contest("a m", "b m", m=1, pairs=(("b", "m", "locked"),)), pairing.add_locks)
    assert admitted(model) == {frozenset({1}), frozenset({0, 1})}


def test_no_mutual_pairs():
    people = ("a F 1", "b G 1", "c H 1")
    programme = {"programme": FORTNIGHT, "eligibility": {"cross_function_gap": 0}}
    cohort = build(Spec(people, ("a b", "b a", "b c"), programme=programme))
    model = make_model(cohort, pairing.add_no_mutual_pairs)
    assert admitted(model) == {chosen for chosen in subsets(model) if not {0, 1} <= chosen}


def test_cut_of_pairs_that_cannot_all_be():
    cuts = [Cut((0, 2), None)]
    model = make_model(contest("a m", "b m", "c m", m=3), pairing.add_cuts, cuts=cuts)
    assert admitted(model) == {chosen for chosen in subsets(model) if not {0, 2} <= chosen}


@pytest.mark.parametrize(
    ("cuts", "chosen", "lost"),
    [
        ([((0, 1), 2)], {0, 1}, 2),
        ([((0, 1), 2)], {0, 2}, 0),
        ([((0, 1), 2)], {0}, 0),
        ([((0, 1), 2), ((1, 2), 3)], {0, 1, 2}, 3),  # one loss of pair 1 explains both
        ([((0, 1), 2), ((2, 3), 3)], {0, 1, 2, 3}, 5),
        ([((0, 1), 2), ((0, 1, 2), 3)], {0, 1, 2}, 3),
        ([((0, 1), 2), ((0, 1, 2), 3)], {0, 1, 3}, 2),
        ([((0, 1), 2), ((1, 2), 2), ((0, 2), 2)], {0, 1, 2}, 3),  # no pair is in all three
    ],
)
def test_cut_of_pairs_that_cost_more_together(cuts, chosen, lost):
    cohort = contest("a m", "b m", "c m", "d m", m=3)
    model = make_model(cohort, pairing.add_cuts, cuts=[Cut(*cut) for cut in cuts])
    trial = fixed(model, chosen)
    trial.maximize(model.value(price_level(np.zeros(4, dtype=np.int64))))
    assert solve(trial)[0].objective_value == -lost


def test_cuts_of_a_loss_forbid_nothing():
    model = make_model(contest("a m", "b m", m=2), pairing.add_cuts, cuts=[Cut((0, 1), 7)])
    assert len(admitted(model)) == 4


@pytest.mark.parametrize("seed", range(25))
def test_face_leaves_exactly_the_best_pairings(seed):
    everything = Everything(draw_contest(seed))
    levels = goal_levels(everything, "generous")
    _, best = everything.best(levels)
    model = make_model(everything.cohort, *RULES, face=everything.face(levels))
    assert {chosen for chosen in everything.pairings if solve(fixed(model, chosen))[1]} == best


@pytest.mark.parametrize("lossless", [True, False])
def test_a_face_that_counts_losses_admits_none(lossless):
    everything = Everything(contest("a m", "b m", m=2))
    levels = goal_levels(everything, "generous") + [price_level(np.zeros(2, dtype=np.int64))] * lossless
    model = make_model(everything.cohort, *RULES, cuts=[Cut((0, 1), 1)], face=everything.face(levels))
    assert solve(fixed(model, {0, 1}))[1] == (not lossless)


def test_without_a_face_nothing_is_fixed():
    model = make_model(contest("a m", "b m", m=1), pairing.add_face)
    assert len(admitted(model)) == 4


def test_all_rules_are_listed():
    assert set(RULES) == {rule for name, rule in vars(pairing).items() if name.startswith("add_")}


# --- levels ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("min-cost", [[-1, -2, -2, -5, 0]]),
        ("greedy", [[1, 0, 0, 0, 0], [0, 1, 1, 0, 0]]),
        ("generous", [[0, 0, 0, -1, 0], [0, -1, -1, 0, 0]]),
    ],
)
def test_rank_levels(kind, expected):
    """A lock that was no choice (rank 0) counts in none; the last rank follows from the others."""
    levels = rank_levels(kind, np.array([1, 2, 2, 5, 0]))
    assert [level.weights.tolist() for level in levels] == expected


def test_rank_order():
    rank = np.array([3, 0, 1, 3])
    assert rank_order("generous", rank) == [3, 1]
    assert rank_order("greedy", rank) == [1, 3]


def test_regularity_is_bounded_by_what_pairs_ever_reach_where_a_cut_may_change_their_number():
    regular, ever = np.array([1, 2, 0, 1]), np.array([5, 4, 3, 2])
    level = regularity_level(regular, ever, [Cut((0, 1), None), Cut((1, 2), 3)])
    assert level.weights.tolist() == [1, 4, 3, 1]
    assert regular.tolist() == [1, 2, 0, 1]


def test_value_of_a_level():
    model = make_model(contest("a m", "b m", "b n", m=2, n=1), *RULES, cuts=[Cut((0, 1), 4)])
    level = Level("any", np.array([3, -1, 10]), mentees=True, losses=True)
    for chosen, value in ((set(), 0), ({0}, 4), ({0, 1}, 0), ({2}, 11)):
        trial = fixed(model, chosen)
        trial.maximize(model.value(level))
        assert solve(trial)[0].objective_value == value


# --- goals in order ------------------------------------------------------------------------------------------


def draw_cuts(rng, everything):
    """Two cuts at most, so that the least loss is easily told."""
    sizes = range(2, 1 + min(3, len(everything.possible)))
    cuts = []
    for _ in range(rng.randint(1, 2) if sizes else 0):
        pairs = tuple(sorted(rng.sample(everything.possible, rng.choice(sizes))))
        cuts.append(Cut(pairs, rng.choice((None, 1, 2, 5))))
    return cuts


def least_loss(cuts, chosen):
    at_work = [cut for cut in cuts if set(cut.pairs) <= chosen]
    losses = [cut.loss for cut in at_work]
    return max(losses, default=0) if shared(at_work) else sum(losses)


def shared(cuts):
    return len(cuts) == 2 and bool(set(cuts[0].pairs) & set(cuts[1].pairs))


def best_with_cuts(everything, levels, cuts):
    """The best values and the pairings that reach them, with the loss of the last level taken off."""
    values = {}
    for chosen in everything.pairings:
        if any(cut.loss is None and set(cut.pairs) <= chosen for cut in cuts):
            continue
        lost = least_loss([cut for cut in cuts if cut.loss is not None], chosen)
        values[chosen] = tuple(everything.value(level, chosen) - level.losses * lost for level in levels)
    top = max(values.values(), default=None)
    return top, {chosen for chosen, value in values.items() if value == top}


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_levels_in_order_with_cuts(first):
    changed = 0
    for seed in range(first, first + 20):
        rng = random.Random(seed)
        everything = Everything(draw_contest(seed))
        cuts = draw_cuts(rng, everything)
        price = np.array([rng.randint(-6, 0) for _ in everything.possible], dtype=np.int64)
        levels = [*goal_levels(everything, rng.choice(KINDS)), price_level(price)]
        values, best = best_with_cuts(everything, levels, cuts)
        found = best_pairing(make_model(everything.cohort, cuts=cuts), levels, (), None, Clock())
        if values is None:
            assert found is None
            continue
        assert found.proven
        assert found.values == found.bounds == values
        assert frozenset(found.chosen) in best
        lost = least_loss([cut for cut in cuts if cut.loss is not None], set(found.chosen))
        assert sum(found.losses.values()) == lost
        changed += values != everything.best(levels)[0]
        assert_known_values_change_nothing(everything, levels, cuts, values)
    assert changed >= 3  # or no cut would ever bind


def assert_known_values_change_nothing(everything, levels, cuts, values):
    """What was proven without the cuts, or some of it, only bounds: the answer is the same."""
    before, best = everything.best(levels)
    for known in (before[:1], before, values):
        hint = pairing.Pairing(tuple(sorted(min(best, key=sorted))), {}, (), (), proven=False)
        found = best_pairing(make_model(everything.cohort, cuts=cuts), levels, known, hint, Clock())
        assert found.proven
        assert found.values == values


def test_no_pairing_at_all():
    """A lock and a cut that forbids it."""
    cohort = contest("a m", m=1, pairs=(("a", "m", "locked"),))
    found = best_pairing(make_model(cohort, cuts=[Cut((0,), None)]), [mentees_level(1)], (), None, Clock())
    assert found is None


# --- at the limit --------------------------------------------------------------------------------------------


def limited(monkeypatch, calls, *, then=cp_model.UNKNOWN):
    """Let CP-SAT answer `calls` times and then give `then`, with the first solution where that is FEASIBLE."""
    left = itertools.count(calls, -1)

    def answer(model, clock):
        if next(left) > 0:
            return run(model, clock)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.stop_after_first_solution = True
        solver.parameters.cp_model_presolve = False
        return (solver, solver.solve(model)) if then == cp_model.FEASIBLE else (solver, then)

    monkeypatch.setattr(pairing, "run", answer)


RIVALS = ("a m", "a n", "b m", "c n", "c o")


@pytest.mark.parametrize("calls", range(4))
def test_status_when_the_clock_runs_out(monkeypatch, calls):
    everything = Everything(contest(*RIVALS, m=1, n=1, o=1))
    levels = goal_levels(everything, "greedy")
    values, _ = everything.best(levels)
    assert len(levels) == 3
    limited(monkeypatch, calls)
    found = best_pairing(make_model(everything.cohort), levels, (), None, Clock())
    if calls == 0:
        assert found is None
        return
    assert found.proven == (calls == 3)
    assert found.values == values[:calls]
    assert found.bounds == (*values[:calls], None)[:3]


def test_known_values_still_bound_at_the_limit(monkeypatch):
    """The first trial finds the known value, the next level is out of time: its bound is the known one."""
    everything = Everything(contest(*RIVALS, m=1, n=1, o=1))
    levels = goal_levels(everything, "greedy")
    values, _ = everything.best(levels)
    cuts = [Cut((0, 2), None)]
    limited(monkeypatch, 2)  # the trial for all known values fails; then one level
    known = (values[0], values[1], values[2] + 1)
    found = best_pairing(make_model(everything.cohort, cuts=cuts), levels, known, None, Clock())
    assert not found.proven
    assert found.values == values[:1]
    assert found.bounds == (values[0], values[1])


def test_an_unproven_level_has_an_honest_bound(monkeypatch):
    everything = Everything(contest(*RIVALS, m=1, n=1, o=1))
    worst = pairing.Pairing((), {}, (), (), proven=False)
    limited(monkeypatch, 0, then=cp_model.FEASIBLE)
    found = best_pairing(make_model(everything.cohort), [pairs_level(5)], (), worst, Clock())
    assert not found.proven
    assert found.values[0] < 3 <= found.bounds[0]
    assert frozenset(found.chosen) in set(everything.pairings)
    assert len(found.chosen) == found.values[0]


# --- all best pairings -----------------------------------------------------------------------------------------


def draw_conflicts(rng, everything, *, losses):
    """Some cuts of two or three candidates, of which some pairing has all; none that a pairing could not avoid."""
    cuts = []
    for _ in range(rng.randint(1, 3)):
        pairing = sorted(rng.choice(everything.pairings))
        if len(pairing) > 1:
            pairs = tuple(sorted(rng.sample(pairing, rng.choice((2, 2, min(3, len(pairing)))))))
            cuts.append(Cut(pairs, rng.choice((None, 1, 2)) if losses else None))
    return list(dict.fromkeys(cuts))


def lost_by(cuts, chosen):
    """The least losses that explain every cut at work, by trying all."""
    at_work = [cut for cut in cuts if cut.loss is not None and set(cut.pairs) <= chosen]
    pairs = sorted({pair for cut in at_work for pair in cut.pairs})
    for total in range(1 + sum(cut.loss for cut in at_work)):
        for bearers in itertools.combinations_with_replacement(pairs, total):
            if all(sum(bearers.count(pair) for pair in cut.pairs) >= cut.loss for cut in at_work):
                return total
    raise AssertionError(cuts)


def best_beside(everything, levels, cuts):
    """All pairings that are best in all levels beside the cuts."""
    values = {}
    for chosen in everything.pairings:
        if not any(cut.loss is None and set(cut.pairs) <= chosen for cut in cuts):
            lost = lost_by(cuts, chosen)
            values[chosen] = [everything.value(level, chosen) - level.losses * lost for level in levels]
    return {chosen for chosen, value in values.items() if value == max(values.values())}


def stood_for(everything, one, cuts, levels, face):
    """The pairings for which one of a cover stands: best by places alone, without what it leaves out."""
    left = set(left_out(cuts, one))
    pairings = everything.pairings if face is None else everything.within(face)
    values = {p: [everything.value(level, p) for level in levels] for p in pairings if not p & left}
    return {pairing for pairing, value in values.items() if value == max(values.values())}


@pytest.mark.parametrize("losses", [False, True])
@pytest.mark.parametrize("within", [False, True])
def test_a_cover_stands_for_all_best_pairings(losses, within):
    """What flows say of each of its pairings is, together, every best pairing and nothing else."""
    several = looked_at = 0
    for seed in range(150):
        rng = random.Random(seed)
        everything = Everything(draw_contest(seed))
        cuts = draw_conflicts(rng, everything, losses=losses)
        held = goal_levels(everything, "greedy")[: rng.choice((2, 3))] if within else []
        face = everything.face(held) if within else None
        price = price_level(np.array([rng.choice((-3, -2, -2)) for _ in everything.possible], dtype=np.int64))
        levels = [*goal_levels(everything, "greedy")[len(held) :], price]
        if not cuts:
            continue
        model = make_model(everything.cohort, cuts=cuts, face=face)
        first = best_pairing(model, levels, (), None, Clock())
        if first is None:
            continue
        best = best_beside(everything, [*held, *levels], cuts)
        if within and not best <= everything.within(face):
            continue
        found = cover(model, first, Clock(), most=1000)
        parts = [stood_for(everything, one, cuts, levels, face) for one in found]
        assert frozenset(first.chosen) in best
        assert set().union(*parts) == best, f"seed {seed}"
        several += len(found) > 1
        looked_at += 1
    assert looked_at > 60
    assert several >= 8


def test_of_two_that_are_as_good_one_bears_a_loss_and_the_other_none():
    """With m a meets more often, at the price of a conflict; with n he has as many sessions without one."""
    everything = Everything(contest("a m", ("a", 1, "n"), "b o", m=1, n=1, o=1))
    levels = [*goal_levels(everything, "generous"), price_level(np.array([-3, -2, -2]))]
    model = make_model(everything.cohort, cuts=[Cut((0, 2), 1)])
    best = best_pairing(model, levels, (), None, Clock())
    dear = replace(best, chosen=(0, 2), losses={0: 0, 2: 1})
    found = cover(model, dear, Clock(), most=9)
    assert {one.chosen for one in found} == {(0, 2), (1, 2)}
    assert {one.chosen: sum(one.losses.values()) for one in found} == {(0, 2): 1, (1, 2): 0}


def test_no_cover_of_too_many_or_out_of_time(monkeypatch):
    everything = Everything(contest("a m", ("a", 1, "n"), "b m", ("b", 1, "n"), m=1, n=1))
    levels = goal_levels(everything, "generous")
    for most, enough in ((9, True), (1, False)):
        model = make_model(everything.cohort, cuts=[Cut((0, 1), None)])
        first = best_pairing(model, levels, (), None, Clock())
        assert (cover(model, first, Clock(), most=most) is not None) == enough
    model = make_model(everything.cohort, cuts=[Cut((0, 1), None)])
    first = best_pairing(model, levels, (), None, Clock())
    limited(monkeypatch, 0)
    assert cover(model, first, Clock(), most=9) is None


# --- the draw ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["generous", "greedy", "min-cost", None])
@pytest.mark.parametrize("first", range(0, 40, 20))
def test_the_draw_is_a_serial_dictatorship_over_the_best_pairings(first, kind):
    tied = 0
    for seed in range(first, first + 20):
        everything = Everything(draw_contest(seed))
        pairs, cohort = everything.pairs, everything.cohort
        turn = np.random.default_rng(seed).permutation(len(cohort.employees))
        goals = goal_levels(everything, kind) if kind else [mentees_level(len(pairs))]
        limit = cohort.programme.capacity.mentors_per_mentee
        _, best = everything.best(goals)
        tied += len(best) > 1
        levels = [*goals, *draw_levels(pairs, everything.possible, turn, limit)]
        found = best_pairing(make_model(cohort), levels, (), None, Clock())
        assert frozenset(found.chosen) == dictatorship(pairs, turn, best), f"seed {seed}"
    assert tied >= 6


def test_the_draw_within_a_face():
    """Only what is open is drawn; the rest stands."""
    for seed in range(40):
        everything = Everything(draw_contest(seed))
        goals = goal_levels(everything, "generous")
        face = everything.face(goals)
        turn = np.random.default_rng(seed).permutation(len(everything.cohort.employees))
        wanted = [p for p in everything.possible if face.open[p]]
        levels = draw_levels(
            everything.pairs, wanted, turn, everything.cohort.programme.capacity.mentors_per_mentee
        )
        found = best_pairing(make_model(everything.cohort, face=face), levels, (), None, Clock())
        _, best = everything.best(goals)
        assert frozenset(found.chosen) == dictatorship(everything.pairs, turn, best), f"seed {seed}"


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_the_draw_with_more_wishes_than_bits(limit):
    """50 equal wishes of one mentee; two others want one of those mentors and may come first."""
    mentors = {f"m{n:02}": 1 for n in range(50)}
    cohort = contest(*(("a", 1, m) for m in mentors), *((b, 1, "m07") for b in "bc"), limit=limit, **mentors)
    pairs, _ = judge(cohort)
    ids = cohort.employees.ids
    for seed in range(4):
        turn = np.random.default_rng(seed).permutation(len(ids))
        order = sorted(range(len(ids)), key=lambda person: turn[person])
        first = min("abc", key=lambda name: turn[ids.index(name)])
        taken = set() if first == "a" else {ids.index("m07")}
        free = [person for person in order if ids[person] in mentors and person not in taken]
        levels = draw_levels(pairs, range(len(pairs)), turn, limit)
        found = best_pairing(make_model(cohort), levels, (), None, Clock())
        got = {int(pairs.mentor[p]) for p in found.chosen if ids[pairs.mentee[p]] == "a"}
        assert got == set(free[:limit])


def draw_crowd(seed, limit):
    """60 mentees with four wishes each for 30 places: more than one level holds."""
    rng = random.Random(seed)
    mentors = {f"m{n:02}": rng.choice((1, 2)) for n in range(20)}
    choices = []
    for mentee in (f"a{n:02}" for n in range(60)):
        choices += [(mentee, rng.randint(1, 2), mentor) for mentor in rng.sample(sorted(mentors), 4)]
    return contest(*choices, limit=limit, **mentors)


@pytest.mark.parametrize("limit", [1, 2])
def test_the_draw_of_a_crowd_needs_several_levels(limit):
    cohort = draw_crowd(limit, limit)
    pairs, _ = judge(cohort)
    turn = np.random.default_rng(1).permutation(len(cohort.employees))
    levels = draw_levels(pairs, range(len(pairs)), turn, limit)
    assert len(levels) > 1
    for level in levels:  # sums must be exact in floats
        assert 0 < sum(np.sort(level.weights[pairs.mentee == a])[-limit:].sum() for a in cohort.mentees) <= 2**45
    left = cohort.employees.capacity.copy()
    expected = set()
    for mentee in sorted(cohort.mentees.tolist(), key=lambda person: turn[person]):
        for pair in [p for p in taste(pairs, turn, mentee) if left[pairs.mentor[p]]][:limit]:
            left[pairs.mentor[pair]] -= 1
            expected.add(pair)
    found = best_pairing(make_model(cohort), levels, (), None, Clock())
    assert found.proven
    assert set(found.chosen) == expected


def test_two_mentors_beat_the_best_one():
    """Mentor m is first in the draw but has no time beside n or o."""
    cohort = contest(("a", 1, "m"), ("a", 2, "n"), ("a", 2, "o"), limit=2, m=1, n=1, o=1)
    pairs, _ = judge(cohort)
    levels = draw_levels(pairs, range(3), np.arange(4), 2)
    apart = [Cut((0, 1), None), Cut((0, 2), None)]
    assert best_pairing(make_model(cohort, cuts=apart), levels, (), None, Clock()).chosen == (1, 2)
    assert best_pairing(make_model(cohort, cuts=apart[:1]), levels, (), None, Clock()).chosen == (0, 2)


def test_a_lock_is_no_wish():
    cohort = contest("a m", "a n", limit=2, m=1, n=1, pairs=(("a", "m", "locked"),))
    pairs, _ = judge(cohort)
    levels = draw_levels(pairs, range(2), np.arange(3), 2)
    assert [np.nonzero(level.weights)[0].tolist() for level in levels] == [[1]]
