"""Charges for conflicts that may be borne, against all sets of their candidates."""

from __future__ import annotations

import random
from itertools import combinations, product

import numpy as np
import pytest

from matcher import pricing, relaxation
from matcher.cuts import Cut
from matcher.pricing import MOST_PAIRS, price


def subsets(pairs):
    return [set(some) for size in range(len(pairs) + 1) for some in combinations(pairs, size)]


def truth(cuts, chosen):
    """The least losses in all by which every conflict among the chosen has its own, by trying them all."""
    mine = [cut for cut in cuts if chosen.issuperset(cut.pairs)]
    pairs = sorted({pair for cut in mine for pair in cut.pairs})
    most = max((cut.loss for cut in mine), default=0)
    ways = (dict(zip(pairs, losses, strict=True)) for losses in product(range(most + 1), repeat=len(pairs)))
    return min(
        sum(way.values()) for way in ways if all(sum(way[pair] for pair in cut.pairs) >= cut.loss for cut in mine)
    )


def anything(_pairs):
    return True


def drawn(seed):
    """A few conflicts about few candidates, two of which may be rivals for one place."""
    rng = random.Random(seed)
    cuts = {
        tuple(sorted(rng.sample(range(5), rng.choice((2, 2, 3))))): rng.randint(1, 2)
        for _ in range(rng.randint(1, 3))
    }
    rivals = set(rng.sample(range(5), 2)) if rng.random() < 0.5 else set(range(6))
    return [Cut(pairs, loss) for pairs, loss in cuts.items()], lambda some: not rivals.issubset(some)


def as_pairing(chosen):
    return np.isin(np.arange(40), list(chosen))


@pytest.mark.parametrize("loss", [1, 3])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_one_conflict_is_charged_right_but_where_several_are_left_out(size, loss):
    (group,) = price([Cut(tuple(range(size)), loss)], anything)
    for chosen in subsets(range(size)):
        expected = loss * (len(chosen) - size + 1)
        assert group.stand_in(chosen) == expected
        assert group.exact(as_pairing(chosen)) == (len(chosen) >= size - 1)
        assert group.gained(as_pairing(chosen)) == (list(group.cuts) if len(chosen) < size - 1 else [])
        assert sum(group.borne(chosen).values()) == (loss if len(chosen) == size else 0)
    assert group.rebate == (size - 1) * loss
    assert group.charge == dict.fromkeys(range(size), loss)


def test_charges_never_say_more_than_the_truth_and_are_said_to_be_right_where_they_are():
    joined = tight = 0
    for seed in range(150):
        cuts, fits = drawn(seed)
        groups = price(cuts, fits)
        assert sorted(cut.pairs for group in groups for cut in group.cuts) == sorted(cut.pairs for cut in cuts)
        seen = [pair for group in groups for pair in group.pairs]
        assert len(seen) == len(set(seen)), "groups share nobody"
        for group in groups:
            joined += len(group.cuts) > 1
            for chosen in subsets(group.pairs):
                cost = truth(group.cuts, chosen)
                borne = group.borne(chosen)
                assert sum(borne.values()) == cost
                assert set(borne) <= chosen
                if fits(chosen):
                    assert group.stand_in(chosen) <= cost, seed
                    assert group.exact(as_pairing(chosen)) == (group.stand_in(chosen) == cost)
                    tight += group.stand_in(chosen) == cost > 0
    assert joined > 40
    assert tight > 150


def test_rivals_for_one_place_are_both_charged_in_full():
    cuts = [Cut((0, 1), 1), Cut((1, 2), 1)]
    (group,) = price(cuts, lambda some: not {0, 2}.issubset(some))
    assert group.charged == dict.fromkeys(cuts, 1)
    assert [group.stand_in(chosen) for chosen in ({0, 1}, {1, 2}, {1}, {0})] == [1, 1, 0, -1]


def test_those_who_may_bear_one_loss_together_are_not_charged_twice():
    cuts = [Cut((0, 1), 1), Cut((1, 2), 1)]
    (group,) = price(cuts, anything)
    assert sum(group.charged.values()) == 1
    assert group.borne({0, 1, 2}) == {1: 1}


def test_a_conflict_that_is_free_is_borne_but_not_charged():
    cut, other = Cut((0, 1), 1), Cut((1, 2), 1)
    (group,) = price([cut, other], lambda some: not {0, 2}.issubset(some), free={cut})
    assert group.charged == {cut: 0, other: 1}
    assert sum(group.borne({0, 1}).values()) == 1
    assert not group.exact(as_pairing({0, 1}))


@pytest.mark.parametrize(("fixed", "charged"), [({}, 1), ({0: True}, 1), ({0: False}, 2), ({2: False}, 2)])
def test_what_is_fixed_leaves_room_for_higher_charges(fixed, charged):
    """Where all three may be chosen, the second bears one loss for both conflicts."""
    cuts = [Cut((0, 1), 1), Cut((1, 2), 1)]
    (group,) = price(cuts, anything, fixed)
    assert sum(group.charged.values()) == charged
    for chosen in subsets(range(3)):
        if all((pair in chosen) == value for pair, value in fixed.items()):
            assert group.stand_in(chosen) <= truth(cuts, chosen)


@pytest.mark.parametrize("limit", ["MOST_PAIRS", "MOST_LOSS"])
def test_of_what_is_too_large_to_look_through_conflicts_apart_are_priced(limit, monkeypatch):
    cuts = [Cut((0, 1), 1), Cut((1, 2), 2), Cut((2, 3), 1), Cut((7, 8), 1)]
    monkeypatch.setattr(pricing, limit, 3)
    groups = price(cuts, anything)
    assert sorted(group.pairs for group in groups) == [(1, 2), (7, 8)]


def test_what_cannot_be_borne_has_no_price():
    assert price([Cut((0, 1), None)], anything) == ()


# --- any so many of some pairs --------------------------------------------------------------------------------


@pytest.mark.parametrize(("chosen", "says", "truth"), [((0, 3), 2, 2), ((1, 2), 2, 2), ((3,), 0, 0), ((), -2, 0)])
def test_a_conflict_of_any_two_is_charged_whichever_they_are(chosen, says, truth):
    cut = Cut((0, 1, 2, 3), 2, some=2)
    (priced,) = price([cut], lambda pairs: len(pairs) <= 2)
    pairing = np.isin(np.arange(4), chosen)
    assert priced.stand_in(chosen) == says
    assert sum(priced.borne(chosen).values()) == truth
    assert set(priced.borne(chosen)) <= set(chosen)
    assert priced.exact(pairing) == (says == truth)
    assert priced.gained(pairing) == ([cut] if says < truth else [])


def test_a_conflict_of_two_that_costs_more_than_any_two_of_them():
    """What all of them are charged comes first; the two are charged the rest."""
    cuts = [Cut((0, 1), 3), Cut((0, 1, 2, 3), 2, some=2)]
    (priced,) = price(cuts, lambda pairs: len(pairs) <= 2)
    assert priced.charged == {cuts[1]: 2, cuts[0]: 1}
    assert [priced.stand_in(two) for two in ((0, 1), (0, 2), (2, 3))] == [3, 2, 1]
    assert [sum(priced.borne(two).values()) for two in ((0, 1), (0, 2), (2, 3))] == [3, 2, 2]


def test_where_too_much_hangs_together_what_all_are_charged_comes_first():
    cuts = [Cut((0, 1), 3), Cut(tuple(range(MOST_PAIRS + 1)), 2, some=2)]
    assert [priced.cuts for priced in price(cuts, lambda pairs: len(pairs) <= 2)] == [(cuts[1],)]


@pytest.mark.parametrize(("out", "left"), [((), True), ((0,), True), ((0, 1), True), ((0, 1, 2), False)])
def test_a_conflict_of_any_two_is_one_while_two_may_be_chosen(out, left):
    cut = Cut((0, 1, 2, 3), 2, some=2)
    assert (cut in relaxation._may_be([cut], dict.fromkeys(out, False))) == left
