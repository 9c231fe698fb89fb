"""The flow's pairings against all pairings of small cohorts, calendars aside."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from cohorts import Spec, build
from contests import FORTNIGHT, Everything, contest, draw_contest, goal_levels

from matcher import flow
from matcher.flow import Flow, Level, best_face
from matcher.pairing import mentees_level, pairs_level, price_level
from matcher.rules import judge
from matcher.ways import flow_without

KINDS = ("generous", "greedy", "min-cost")


def weights(rng, size, most):
    return Level("weights", np.array([rng.randint(-most, most) for _ in range(size)], dtype=np.int64))


def assert_exact(everything, levels):
    values, best = everything.best(levels)
    face = everything.face(levels)
    assert face.values == values
    assert frozenset(np.nonzero(face.chosen)[0].tolist()) in best
    for pair in everything.possible:
        assert face.open[pair] == (0 < sum(pair in pairing for pairing in best) < len(best))
    assert everything.within(face) == best
    return face


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("first", range(0, 120, 20))
def test_face_holds_exactly_the_best_pairings(first, kind):
    tied = 0
    for seed in range(first, first + 20):
        everything = Everything(draw_contest(seed))
        face = assert_exact(everything, goal_levels(everything, kind))
        tied += bool(face.open.any())
    assert tied >= 5  # or `open` would hardly be tested


@pytest.mark.parametrize("most", [1, 3, 2**20, 2**45])
def test_face_with_further_levels(most):
    """Levels of any size, up to those that fill a cost of 64 bits alone."""
    for seed in range(200, 230):
        rng = random.Random(seed)
        everything = Everything(draw_contest(seed))
        further = [weights(rng, len(everything.pairs), most) for _ in range(3)]
        assert_exact(everything, [*goal_levels(everything, "generous"), *further])
        assert_exact(everything, [mentees_level(len(everything.pairs)), *further])


def test_face_of_some_candidates_only():
    for seed in range(300, 340):
        rng = random.Random(seed)
        cohort = draw_contest(seed)
        pairs, _ = judge(cohort)
        possible = [p for p in range(len(pairs)) if pairs.locked[p] or rng.random() < 0.7]
        everything = Everything(cohort, possible)
        face = assert_exact(everything, goal_levels(everything, "greedy"))
        assert not face.chosen[[p for p in range(len(pairs)) if p not in possible]].any()


def test_contests_have_locks_and_rivals():
    """What the strategy draws: a lock in a fair share, more wishes than places in most."""
    cohorts = [draw_contest(seed) for seed in range(120)]
    locked = sum(bool(cohort.locks) for cohort in cohorts)
    assert locked > 20
    rivals = 0
    for cohort in cohorts:
        pairs, _ = judge(cohort)
        wanted = np.bincount(pairs.mentor, minlength=len(cohort.employees))
        rivals += bool((wanted > cohort.employees.capacity).any())
    assert rivals > 80


# --- one case each ----------------------------------------------------------------------------------------------


def test_nobody_loses_his_only_mentor_to_one_who_has_two():
    """Three best pairings give everybody a mentor; a fourth with as many pairs would leave one out."""
    cohort = contest(*((a, 1, m) for a, m in ("am", "an", "bm", "bo", "cn", "cp")), limit=2, m=1, n=1, o=1, p=1)
    everything = Everything(cohort)
    levels = goal_levels(everything, "generous")
    face = assert_exact(everything, levels)
    assert face.values[:2] == (3, 4)
    assert len(everything.within(face)) == 3


def test_a_second_mentor_never_costs_anybody_his_first():
    """Any two of three mentees are served, but nobody twice."""
    cohort = contest(*((a, 1, m) for a in "abc" for m in "mn"), limit=2, m=1, n=1)
    everything = Everything(cohort)
    face = assert_exact(everything, goal_levels(everything, "generous"))
    assert face.open.all()
    assert len(everything.within(face)) == 6


def test_a_sure_choice_is_not_open():
    cohort = contest("a m", "b m", "b n", m=1, n=1)
    face = assert_exact(everything := Everything(cohort), goal_levels(Everything(cohort), "greedy"))
    assert not face.open.any()
    assert face.chosen.tolist() == [True, False, True]
    assert everything.pairs.rank[face.chosen].tolist() == [1, 2]


def test_a_lock_uses_its_places_and_serves_its_mentee():
    cohort = contest("a m", "b m", m=1, n=1, pairs=(("a", "n", "locked"), ("c", "m", "locked")), c=1)
    everything = Everything(cohort)
    face = assert_exact(everything, goal_levels(everything, "generous"))
    assert face.values[:2] == (2, 2)
    assert everything.pairs.locked[face.chosen].all()


def test_two_who_could_mentor_each_other_are_left_to_the_model():
    """Places alone admit both directions; the pairing model sees to it that only one is chosen."""
    spec = Spec(
        employees=("a F 1", "b G 1"),
        choices=("a b", "b a"),
        programme={"programme": FORTNIGHT, "eligibility": {"cross_function_gap": 0}},
    )
    cohort = build(spec)
    pairs, _ = judge(cohort)
    levels = [mentees_level(len(pairs)), pairs_level(len(pairs))]
    face = best_face(cohort, pairs, range(len(pairs)), levels)
    assert face.values == (2, 2)
    assert face.chosen.all()


def test_nobody_to_pair():
    cohort = contest("a gone")
    pairs, _ = judge(cohort)
    face = best_face(cohort, pairs, [], [mentees_level(0), pairs_level(0)])
    assert face.values == (0, 0)
    assert len(face.chosen) == len(face.open) == 0


@pytest.mark.parametrize("losses", [True, False])
def test_a_face_is_lossless_once_a_level_counts_losses(losses):
    everything = Everything(contest("a m", m=1))
    levels = [mentees_level(1), *([price_level(np.array([-3]))] if losses else [])]
    face = everything.face(levels)
    assert face.lossless == losses
    assert face.values == ((1, 3) if losses else (1,))


# --- the parts -------------------------------------------------------------------------------------------------


def test_levels_share_a_cost_until_64_bits_are_full():
    everything = Everything(contest("a m", "b m", "b n", m=1, n=1))
    arcs = Flow(everything.cohort, everything.pairs, everything.possible).arcs
    small = [mentees_level(3), pairs_level(3)]
    huge = [Level("huge", np.array([2**40, 0, -(2**40)])) for _ in range(3)]
    packs = flow._pack([*small, *huge], arcs)
    assert [len(pack) for pack in packs] == [3, 1, 1]
    for pack in packs:
        scales = [scale for scale, _ in pack]
        assert scales == sorted(scales, reverse=True)
        later = 0
        for scale, level in reversed(pack):
            assert scale > later  # one unit of a level outweighs all that later ones can differ by
            heaviest = int(np.abs(level.weights).max()) + level.mentees
            later += 2 * 2 * scale * heaviest  # two units of supply
        assert later * arcs.nodes < 2**63


# --- within a face ----------------------------------------------------------------------------------------------


def inside(everything, face, possible):
    """The pairings of a face that keep to the possible candidates."""
    return {pairing for pairing in everything.within(face) if pairing <= set(possible)}


@pytest.mark.parametrize("first", range(400, 520, 40))
def test_a_flow_within_a_face_without_some_candidates(first):
    """It gives a best one of the face's pairings, and tells on which choices these differ."""
    less = tied = 0
    for seed in range(first, first + 40):
        rng = random.Random(seed)
        everything = Everything(draw_contest(seed))
        held = goal_levels(everything, "generous")[: rng.choice((1, 2, 3))]
        face = everything.face(held)
        pairs = replace(everything.pairs, locked=~face.open & face.chosen)
        some = rng.choice(sorted(everything.within(face), key=sorted))
        dropped = [p for p in everything.possible if face.open[p] and p not in some and rng.random() < 0.3]
        possible = [p for p in everything.possible if p not in dropped]
        levels = [weights(rng, len(pairs), 1) for _ in range(rng.choice((0, 0, 1, 2)))]
        values = {p: [everything.value(x, p) for x in levels] for p in inside(everything, face, possible)}
        best = {pairing for pairing, value in values.items() if value == max(values.values())}
        within = Flow(everything.cohort, pairs, possible, face)
        found, movable = within.best(levels), within.movable(levels)
        assert frozenset(np.nonzero(within.chosen(found))[0].tolist()) in best, seed
        open_pairs = set(within.arcs.pair[movable[within.arcs.choices]].tolist())
        assert open_pairs == set().union(*best) - set.intersection(*map(set, best)), seed
        less += bool(dropped)
        tied += len(best) > 1
    assert min(less, tied) > 5


def test_a_flow_goes_on_where_it_has_come_to():
    """Levels settled before are not settled again, whatever was asked in between."""
    everything = Everything(draw_contest(3))
    levels = goal_levels(everything, "generous")
    once = Flow(everything.cohort, everything.pairs, everything.possible)
    for some in (
        levels,
        levels[:1],
        [*levels[:1], weights(random.Random(1), len(everything.pairs), 3)],
        [],
        levels,
    ):
        again = best_face(everything.cohort, everything.pairs, everything.possible, some)
        face = once.face(some)
        assert face.values == again.values
        assert face.open.tolist() == again.open.tolist()
        assert everything.within(face) == everything.within(again)


@pytest.mark.parametrize("chosen", [True, False])
def test_a_flow_given_that_a_candidate_is_chosen_or_not(chosen):
    """Exactly those of the best pairings that have it, or have it not; what comes after keeps to them."""
    split = refused = 0
    for seed in range(400, 440):
        everything = Everything(draw_contest(seed))
        levels = goal_levels(everything, "generous")[:3]
        whole = Flow(everything.cohort, everything.pairs, everything.possible)
        _, best = everything.best(levels)
        further = weights(random.Random(seed), len(everything.pairs), 3)
        for arc, pair in enumerate(whole.arcs.pair.tolist()):
            some = [pairing for pairing in best if (pair in pairing) == chosen]
            part = whole.given(levels, pair, chosen=chosen)
            refused += part is None
            assert (part is not None) == bool(some), (seed, pair)
            if part is None:
                continue
            split += len(some) < len(best)
            value = max(int(further.weights[list(pairing)].sum()) for pairing in some)
            face = part.face([*levels, further])
            assert face.values[-1] == value, (seed, pair)
            assert bool(face.chosen[pair]) == chosen
            assert not face.open[pair]
            assert not part.movable(levels)[arc]
    assert min(split, refused) >= 20


def test_a_flow_without_a_candidate_is_that_of_the_others():
    """Begun from one shortest way round, it ends where one from the start does."""
    begun = worse = 0
    for seed in range(500, 560):
        everything = Everything(draw_contest(seed))
        levels = goal_levels(everything, "greedy")
        whole = Flow(everything.cohort, everything.pairs, everything.possible)
        values = whole.face(levels).values
        further = weights(random.Random(seed), len(everything.pairs), 3)
        for arc, pair in enumerate(whole.arcs.pair.tolist()):
            others = [other for other in everything.possible if other != pair]
            expected = Flow(everything.cohort, everything.pairs, others).face([*levels, further])
            best = flow_without(whole.arcs, whole.best(levels), levels, arc, ())
            found = whole.begun(levels, best, [pair]).face([*levels, further])
            assert found.values == expected.values, (seed, pair)
            np.testing.assert_array_equal(found.open, expected.open)
            begun += found.values[:-1] == values
            worse += found.values[:-1] < values
    assert min(begun, worse) >= 20


def test_most_mentees_served_is_found_without_costs(monkeypatch):
    """The quick way for the first level alone; where somebody must be chosen it is not taken."""
    asked = []
    monkeypatch.setattr(flow, "_most_served", lambda arcs, old=flow._most_served: asked.append(0) or old(arcs))
    for seed in range(60):
        everything = Everything(draw_contest(seed))
        levels = [mentees_level(len(everything.pairs))]
        found = Flow(everything.cohort, everything.pairs, everything.possible).face(levels)
        assert found.values == everything.best(levels)[0]
        both = [*levels, pairs_level(len(everything.pairs))]
        one_by_one = Flow(everything.cohort, everything.pairs, everything.possible)
        one_by_one.face(levels)
        assert one_by_one.face(both).values == everything.best(both)[0]
    assert len(asked) == 120


def test_a_part_of_a_flow_answers_only_for_the_levels_it_was_made_for():
    everything = Everything(contest("a x", "b x", x=1))
    levels = goal_levels(everything, "generous")
    part = Flow(everything.cohort, everything.pairs, everything.possible).given(levels, 0, chosen=True)
    assert part.face(levels).chosen[0]
    with pytest.raises(AssertionError, match="other levels"):
        part.best(levels[:1])
