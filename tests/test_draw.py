"""The draw among the best pairings, against serial dictatorship by enumeration and against CP-SAT."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from contests import Everything, contest, dictatorship, draw_contest, goal_levels

from matcher.cpsat import Clock
from matcher.draw import by_draw, draw_key
from matcher.flow import Flow, Level
from matcher.pairing import PairingModel, best_pairing, draw_levels, mentees_level
from matcher.rules import judge

KINDS = ("generous", "greedy", "min-cost")


def a_turn(seed, cohort):
    return np.random.default_rng(seed).permutation(len(cohort.employees))


def a_flow(everything, possible=None):
    return Flow(everything.cohort, everything.pairs, everything.possible if possible is None else possible)


def drawn(flow, levels, everything, turn):
    limit = everything.cohort.programme.capacity.mentors_per_mentee
    return frozenset(np.nonzero(by_draw(flow, levels, everything.pairs, turn, limit))[0].tolist())


@pytest.mark.parametrize("kind", [*KINDS, None])
@pytest.mark.parametrize("first", range(0, 120, 40))
def test_each_in_turn_gets_the_best_that_is_left(first, kind):
    """Over all best pairings: of any goals (kind) or only of those that serve most (None), locks and all."""
    tied = locked = 0
    for seed in range(first, first + 40):
        everything = Everything(draw_contest(seed))
        turn = a_turn(seed, everything.cohort)
        levels = goal_levels(everything, kind) if kind else [mentees_level(len(everything.pairs))]
        _, best = everything.best(levels)
        found = drawn(a_flow(everything), levels, everything, turn)
        assert found == dictatorship(everything.pairs, turn, best), seed
        keys = {
            p: draw_key(everything.pairs, np.isin(np.arange(len(everything.pairs)), list(p)), turn) for p in best
        }
        assert max(keys, key=keys.__getitem__) == found, seed
        assert len(set(keys.values())) == len(best)
        tied += len(best) > 1
        locked += bool(everything.cohort.locks)
    assert tied >= 12
    assert locked >= 5


def draw_crowd(seed, limit):
    """Mentees with three equal wishes each, for too few places."""
    rng = random.Random(seed)
    mentors = {f"m{n}": rng.choice((1, 2, 3)) for n in range(8)}
    choices = []
    for mentee in (f"a{n:02}" for n in range(24)):
        choices += [(mentee, rng.choice((1, 1, 2)), mentor) for mentor in rng.sample(sorted(mentors), 3)]
    locks = [(choices[7][0], choices[7][2], "locked"), ("a05", "m3", "locked")]
    return contest(*choices, limit=limit, pairs=tuple(locks[: seed % 3]), **mentors)


@pytest.mark.parametrize("limit", [1, 2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_the_draw_of_a_crowd_is_the_one_that_cpsat_finds(seed, limit):
    """More than can be enumerated: cycles of any length, parts that fall apart as places are taken."""
    cohort = draw_crowd(seed, limit)
    pairs, _ = judge(cohort)
    turn = a_turn(seed, cohort)
    kind = KINDS[seed % 3]
    everything = Everything(contest("a m", m=1))
    everything.cohort, everything.pairs, everything.possible = cohort, pairs, list(range(len(pairs)))
    levels = goal_levels(everything, kind)
    flow = a_flow(everything)
    face = flow.face(levels)
    assert face.open.sum() > 10
    wanted = np.nonzero(face.open)[0].tolist()
    model = PairingModel(cohort, pairs, range(len(pairs)), (), face)
    expected = best_pairing(model, draw_levels(pairs, wanted, turn, limit), (), None, Clock())
    assert expected.proven
    assert tuple(sorted(drawn(flow, levels, everything, turn))) == expected.chosen


@pytest.mark.parametrize("first", range(200, 320, 40))
def test_the_draw_within_a_face_and_without_some_candidates(first):
    """Of the pairings of a face, without some open candidates, and with a further goal."""
    tied = 0
    for seed in range(first, first + 40):
        rng = random.Random(seed)
        everything = Everything(draw_contest(seed))
        turn = a_turn(seed, everything.cohort)
        held = goal_levels(everything, "generous")[: rng.choice((1, 2))]
        face = everything.face(held)
        some = rng.choice(sorted(everything.within(face), key=sorted))
        out = {p for p in everything.possible if face.open[p] and p not in some and rng.random() < 0.3}
        weights = np.array([rng.randint(0, 1) for _ in everything.possible], dtype=np.int64)
        level = Level("any", weights)
        values = {p: everything.value(level, p) for p in everything.within(face) if not p & out}
        best = {pairing for pairing, value in values.items() if value == max(values.values())}
        everything.pairs = replace(everything.pairs, locked=~face.open & face.chosen)
        flow = Flow(everything.cohort, everything.pairs, sorted(set(everything.possible) - out), face)
        assert drawn(flow, [level], everything, turn) == dictatorship(everything.pairs, turn, best), seed
        tied += len(best) > 1
    assert tied >= 10


# --- one case each ----------------------------------------------------------------------------------------------


def test_two_mentors_beat_the_best_one_and_then_the_better_are_taken():
    """b takes m; a, who is first, would rather have it, but two mentors are more than one."""
    cohort = contest(("a", 1, "m"), ("a", 2, "n"), ("a", 2, "o"), ("b", 1, "m"), limit=2, m=1, n=1, o=1)
    everything = Everything(cohort)
    levels = [mentees_level(4)]
    turn = np.arange(len(cohort.employees))
    assert drawn(a_flow(everything), levels, everything, turn) == {1, 2, 3}


def test_nobody_and_nothing_to_draw():
    cohort = contest("a gone")
    pairs, _ = judge(cohort)
    flow = Flow(cohort, pairs, [])
    assert by_draw(flow, [mentees_level(0)], pairs, np.zeros(1, dtype=np.int64), 1).tolist() == []
    assert draw_key(pairs, np.zeros(0, dtype=bool), np.zeros(1, dtype=np.int64)) == ()


def test_a_key_compares_numbers_of_mentors_before_mentors():
    """In the order of the draw: more mentors, then the better rank, then the mentor first in it."""
    cohort = contest(("a", 2, "m"), ("a", 1, "n"), ("a", 1, "o"), ("b", 1, "m"), limit=2, m=1, n=1, o=1)
    pairs, _ = judge(cohort)
    ids = list(cohort.employees.ids)
    turn = np.array([{"b": 0, "a": 1, "o": 2, "n": 3, "m": 4}[name] for name in ids])
    order = [[3], [0, 1], [0, 2], [1, 2], [0], [1], [2], []]
    keys = [draw_key(pairs, np.isin(np.arange(4), chosen), turn) for chosen in order]
    assert sorted(range(8), key=lambda place: keys[place], reverse=True) == [0, 3, 2, 1, 6, 5, 4, 7]
