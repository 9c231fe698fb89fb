"""What hangs together with a schedule conflict, and conflicts of pairings."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import numpy as np
import pytest
from cohorts import Spec, build
from contests import FORTNIGHT, Everything, contest, draw_contest, goal_levels

from matcher.clusters import Clusters, mutual_pairs, violated
from matcher.flow import Face
from matcher.planner import Cut
from matcher.rules import judge

CHOICES = ("a m", "b m", "c n", "d n", "d o", "e o", "f p")
"""Candidates 0 to 6: a and b want m, c and d want n, d and e want o, f is alone with p."""


def prepared(*, fixed=(), dropped=(), lossless=False, face=True):
    """Clusters over `CHOICES` with all of them open but those named; `fixed` are chosen in any case."""
    cohort = contest(*CHOICES, m=2, n=2, o=2, p=2)
    pairs, _ = judge(cohort)
    is_open = np.ones(len(pairs), dtype=bool)
    is_open[[*fixed, *dropped]] = False
    chosen = np.zeros(len(pairs), dtype=bool)
    chosen[[0, 2, 5, 6, *fixed]] = True
    chosen[list(dropped)] = False
    numbers = np.zeros((len(cohort.employees), 2), dtype=np.int64)
    held = Face((), chosen, is_open, numbers, numbers, lossless) if face else None
    return Clusters(pairs, held, chosen, range(len(pairs)))


def shape(clusters):
    """Pairs and open ones of every cluster, in order."""
    return sorted((cluster.pairs, cluster.open) for cluster in clusters.all())


def test_without_conflicts_there_is_no_cluster():
    assert prepared().all() == ()


def test_a_conflict_brings_in_the_parts_of_its_candidates():
    clusters = prepared()
    clusters.add([Cut((0, 1), None)])
    assert shape(clusters) == [((0, 1), (0, 1))]
    clusters.add([Cut((2, 3), 4)])  # d joins the choices for n and for o
    assert shape(clusters) == [((0, 1), (0, 1)), ((2, 3, 4, 5), (2, 3, 4, 5))]
    assert [cluster.cuts for cluster in clusters.all()] == [(Cut((0, 1), None),), (Cut((2, 3), 4),)]


def test_a_conflict_joins_parts():
    clusters = prepared()
    clusters.add([Cut((0, 6), None), Cut((1, 2), None)])
    (cluster,) = clusters.all()
    assert cluster.pairs == cluster.open == tuple(range(7))
    assert cluster.cuts == (Cut((0, 6), None), Cut((1, 2), None))


def test_the_same_conflict_counts_once():
    clusters = prepared()
    clusters.add([Cut((0, 1), None)])
    clusters.add([Cut((0, 1), None), Cut((0, 1), None)])
    (cluster,) = clusters.all()
    assert cluster.cuts == (Cut((0, 1), None),)


def test_candidates_that_are_chosen_in_any_case_stand_beside_the_open_ones():
    """Of the same person, or of the same conflict; those that are never chosen do not."""
    clusters = prepared(fixed=[0, 4], dropped=[5])
    clusters.add([Cut((1, 6), None)])
    assert shape(clusters) == [((0, 1, 6), (1, 6))]
    clusters.add([Cut((2, 3), None)])
    assert shape(clusters) == [((0, 1, 6), (1, 6)), ((2, 3, 4), (2, 3))]
    clusters.add([Cut((4, 6), None)])
    assert shape(clusters) == [((0, 1, 4, 6), (1, 6)), ((2, 3, 4), (2, 3))]


def test_a_conflict_of_two_fixed_candidates_cannot_be_avoided():
    clusters = prepared(fixed=[0, 1])
    clusters.add([Cut((2, 3), None)])
    assert clusters.all() is not None
    clusters.add([Cut((0, 1), None)])
    assert clusters.all() is None
    assert clusters.unavoidable == Cut((0, 1), None)


@pytest.mark.parametrize("lossless", [True, False])
def test_a_loss_of_fixed_candidates_is_borne_where_losses_are_open(lossless):
    clusters = prepared(fixed=[0, 1], lossless=lossless)
    clusters.add([Cut((0, 1), 3)])
    if lossless:
        assert clusters.all() is None
        assert clusters.unavoidable == Cut((0, 1), 3)
    else:
        assert shape(clusters) == [((0, 1), ())]


def test_conflicts_of_the_same_fixed_candidates_are_settled_together():
    clusters = prepared(fixed=[0, 1, 6])
    clusters.add([Cut((0, 1), 3), Cut((1, 6), 2)])
    assert shape(clusters) == [((0, 1, 6), ())]
    clusters.add([Cut((2, 6), 2)])
    assert shape(clusters) == [((0, 1, 2, 3, 4, 5, 6), (2, 3, 4, 5))]


def test_without_a_face_everything_possible_is_open():
    clusters = prepared(fixed=[0, 1], face=False)
    clusters.add([Cut((0, 1), None)])
    assert shape(clusters) == [((0, 1), (0, 1))]


@pytest.mark.parametrize("seed", range(40))
def test_nothing_outside_a_cluster_depends_on_it(seed):
    """With any pairing inside that keeps to everybody's numbers, the outside may be any other best pairing's."""
    rng = random.Random(seed)
    everything = Everything(draw_contest(seed))
    levels = goal_levels(everything, "generous")
    face = everything.face(levels)
    best = everything.within(face)
    clusters = Clusters(everything.pairs, face, face.chosen, everything.possible)
    open_pairs = np.nonzero(face.open)[0].tolist()
    if len(open_pairs) < 2:
        return
    clusters.add([Cut(tuple(sorted(rng.sample(open_pairs, 2))), None)])
    (cluster,) = clusters.all()
    inside = set(cluster.open)
    for one, other in itertools.product(best, repeat=2):
        assert (one & inside) | (other - inside) in best


# --- conflicts that a pairing has -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "losses", "broken"),
    [
        ([], {}, []),
        ([0, 2], {}, []),
        ([0, 1], {}, [0]),
        ([0, 1], {0: 9}, [0]),  # what cannot be has no price
        ([1, 2], {}, [1]),
        ([1, 2], {1: 3}, [1]),
        ([1, 2], {1: 3, 2: 1}, []),
        ([1, 2], {0: 4}, [1]),
        ([0, 1, 2], {2: 4}, [0]),
    ],
)
def test_violated(chosen, losses, broken):
    cuts = [Cut((0, 1), None), Cut((1, 2), 4)]
    pairing = np.zeros(3, dtype=bool)
    pairing[chosen] = True
    assert violated(cuts, pairing, losses) == [cuts[place] for place in broken]


def test_two_people_who_might_mentor_each_other():
    programme = {"programme": FORTNIGHT, "eligibility": {"cross_function_gap": 0}}
    people = ("a F 1", "b G 1", "c H 1", "d I 1")
    cohort = build(Spec(people, ("a b", "b a", "b c", "c d", "d c", "d a"), programme=programme))
    pairs, _ = judge(cohort)
    names = list(zip(pairs.mentee.tolist(), pairs.mentor.tolist(), strict=True))
    both = [
        tuple(sorted((names.index((0, 1)), names.index((1, 0))))),
        tuple(sorted((names.index((2, 3)), names.index((3, 2))))),
    ]
    assert mutual_pairs(pairs, range(len(pairs))) == tuple(Cut(pair, None) for pair in both)
    assert mutual_pairs(pairs, [p for p in range(len(pairs)) if p != both[0][0]]) == (Cut(both[1], None),)
    assert mutual_pairs(pairs, []) == ()
    assert mutual_pairs(replace(pairs.subset(np.zeros(0, dtype=np.int64))), []) == ()
