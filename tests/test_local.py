"""Clusters settled for themselves: by flows that leave candidates out, and from memory."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from contests import Everything, contest, draw_contest, goal_levels

from matcher import local
from matcher.clusters import Clusters
from matcher.cpsat import Clock
from matcher.cuts import Cut
from matcher.flow import Flow, Level
from matcher.local import Basis, Local, _leave_out
from matcher.pairing import mentees_level
from matcher.relaxation import Relaxation
from matcher.solver import Search
from matcher.ties import the_draw


class Rivals:
    """The pairings of a face, conflicts that must be avoided, goals and the draw: `_leave_out` and enumeration."""

    def __init__(self, everything, held, weights, cuts, turn):
        """`held` are the face's levels; `weights` (a row a goal) and `cuts` are about all candidates."""
        face = everything.face(held)
        index = np.nonzero(face.open | face.chosen)[0]
        place = {pair: at for at, pair in enumerate(index.tolist())}
        is_open = face.open[index]
        self.cohort, self.index, self.is_open = everything.cohort, index, is_open
        self.pairs = replace(everything.pairs.subset(index), locked=~is_open)
        self.face = face.of(index)
        self.goals = [Level("any", np.array(row, dtype=np.int64)[index]) for row in weights]
        self.cuts = [Cut(tuple(place[pair] for pair in cut), None) for cut in cuts if place.keys() >= set(cut)]
        self.tie = the_draw(turn, everything.cohort.programme.capacity.mentors_per_mentee)
        self.every = [np.isin(index, sorted(pairing)) for pairing in everything.within(face)]

    def answer(self):
        """What `_leave_out` says."""
        flow = Flow(self.cohort, self.pairs, range(len(self.pairs)), self.face)
        return _leave_out(flow, self.pairs, self.goals, self.cuts, self.tie)

    def values(self, chosen):
        return tuple(int(goal.weights[chosen].sum()) for goal in self.goals)

    def is_clean(self, chosen):
        return not any(chosen[list(cut.pairs)].all() for cut in self.cuts)

    def first(self, pairings):
        """Of some pairings the best by goals, then by the draw; None of none."""
        return max(pairings, key=lambda one: (self.values(one), self.tie.key(self.pairs, one)), default=None)

    def truth(self):
        """The best pairing without a conflict, by trying them all; None if each has one."""
        return self.first([one for one in self.every if self.is_clean(one)])


def assert_best(rivals, found):
    """The answer of `_leave_out` is the best pairing without a conflict, or that there is none."""
    best = rivals.truth()
    if best is None:
        assert found is None
        return
    assert found.chosen == tuple(np.nonzero(best)[0].tolist())
    assert found.values == found.bounds == rivals.values(best)
    assert (found.proven, found.losses) == (True, {})


def draw_rivals(seed):
    """A face of a small contest, with a goal or two left and conflicts of two or three candidates in it."""
    rng = random.Random(seed)
    everything = Everything(draw_contest(seed))
    held = goal_levels(everything, "generous")[: rng.choice((1, 1, 2))]
    size = len(everything.pairs)
    weights = [[rng.randint(0, 2) for _ in range(size)] for _ in range(rng.randint(0, 2))]
    sizes = [min(size, rng.choice((2, 2, 2, 3))) for _ in range(rng.randint(1, 9))]
    cuts = {tuple(sorted(rng.sample(range(size), some))) for some in sizes}
    turn = np.random.default_rng(seed).permutation(len(everything.cohort.employees))
    return Rivals(everything, held, weights, sorted(cuts), turn)


def test_the_first_pairing_without_a_conflict_is_the_best_of_all():
    tally = Counter()
    for seed in range(250):
        rivals = draw_rivals(seed)
        settled, found = rivals.answer()
        assert settled, seed
        assert_best(rivals, found)
        tally["none"] += found is None
        tally["not the first"] += found is not None and not rivals.is_clean(rivals.first(rivals.every))
        tally["fixed"] += any(rivals.pairs.locked[list(cut.pairs)].any() for cut in rivals.cuts)
    assert min(tally[kind] for kind in ("none", "not the first", "fixed")) >= 10, tally


@pytest.mark.parametrize("most", [1, 2, 3])
def test_with_too_few_flows_nothing_is_said_but_never_anything_wrong(most, monkeypatch):
    monkeypatch.setattr(local, "NODES", most)
    early = 0
    for seed in range(100):
        rivals = draw_rivals(seed)
        settled, found = rivals.answer()
        if settled:
            assert_best(rivals, found)
        else:
            assert found is None
            early += 1
    assert early >= 5


def two_who_step_back(*cuts):
    """a wants m (10), n (8) or o (1), b wants m (10) or n (7): candidates 0 to 4; there is room for everybody."""
    everything = Everything(contest("a m", "a n", "a o", "b m", "b n", m=2, n=2, o=2))
    turn = np.arange(len(everything.cohort.employees))
    return Rivals(everything, [mentees_level(5)], [[10, 8, 1, 10, 7]], cuts, turn)


@pytest.mark.parametrize(
    ("cuts", "chosen", "value"),
    [
        ([(0, 3)], (1, 3), 18),
        ([(0, 3), (1, 3)], (0, 4), 17),  # without a m comes b m with a n, in conflict again; then b n, not a o
    ],
)
def test_what_leaves_the_best_goes_first(cuts, chosen, value):
    settled, found = two_who_step_back(*cuts).answer()
    assert (settled, found.chosen, found.values) == (True, chosen, (value,))


@pytest.mark.parametrize(("most", "settled"), [(2, False), (3, True)])
def test_so_many_flows_are_looked_at_and_no_more(most, settled, monkeypatch):
    """All choices, then without a m, then without b m, which has no conflict."""
    monkeypatch.setattr(local, "NODES", most)
    assert two_who_step_back((0, 3), (1, 3)).answer()[0] == settled


@pytest.mark.parametrize(("most", "settled"), [(4, False), (5, True)])
def test_the_same_candidates_are_left_out_once(most, settled, monkeypatch):
    """a and b can both step back, in either order, which is no way out; then a and c do."""
    monkeypatch.setattr(local, "NODES", most)
    everything = Everything(contest("a m", "a n", "b m", "b n", "c o", "c p", "d o", "d p", m=2, n=2, o=2, p=2))
    a, b, c, d = range(0, 8, 2)  # the first choice of each
    turn = np.arange(len(everything.cohort.employees))
    weights, cuts = [10, 9, 10, 9, 10, 5, 10, 5], [(a, b), (b, c), (a, d), (c, d)]
    rivals = Rivals(everything, [mentees_level(8)], [weights], cuts, turn)
    assert rivals.answer()[0] == settled


def test_a_pairing_with_a_conflict_is_never_the_answer():
    every = two_who_step_back(*((a, b) for a in (0, 1, 2) for b in (3, 4)))
    assert every.answer() == (True, None)
    but_one = two_who_step_back((0, 3), (0, 4), (1, 3), (1, 4), (2, 3))
    settled, found = but_one.answer()
    assert (settled, found.chosen) == (True, (2, 4))


# --- the memory -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cuts", "deep", "shallow"),
    [
        ([Cut((0, 3), None)], (1, 2), (1, 2)),
        ([Cut((0, 3), None), Cut((1, 2), None)], None, (1, 3)),
    ],
)
@pytest.mark.parametrize("first", ["deep", "shallow"])
def test_one_cluster_in_two_faces_has_two_answers(cuts, deep, shallow, first):
    """a and b want m, which has one place, else n: m's place is taken where ranks are held, and need not be else.

    Candidates 0 to 3: a with m, a with n, b with m, b with n.
    """
    cohort = contest("a m", "a n", "b m", "b n", m=1, n=2)
    problem = Search(cohort, Clock(), 1, lambda _line: None).joint.problem
    relaxation = Relaxation(problem, {})
    level, chosen = problem.price, relaxation.chosen
    sessions = relaxation.values[level]
    bases = {
        "deep": Basis(relaxation, level, level + 1, relaxation.face(level), chosen, None),
        "shallow": Basis(relaxation, level - 1, level + 1, relaxation.face(level - 1), chosen, None),
    }
    bases["more"] = replace(bases["deep"], goals=level + 2)
    expected = {
        "deep": deep and (deep, (sessions,)),
        "shallow": (shallow, (-shallow.count(1) - shallow.count(3), sessions)),
        "more": deep and (deep, (sessions, relaxation.values[-1])),
    }
    settled = Local(problem)
    for name in (first, *bases, *bases):
        clusters = Clusters(problem.pairs, bases[name].face, chosen, relaxation.possible.tolist())
        clusters.add(cuts)
        (cluster,) = clusters.all()
        assert cluster.pairs == cluster.open == (0, 1, 2, 3)
        answer = settled.solve(cluster, bases[name])
        assert (answer and (answer.chosen, answer.values)) == expected[name], name
    assert deep is None or settled.models == 3, "what is known is not asked again"
