"""Parts of random graphs, against who can reach whom."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.graphs import FAR, components, shortest, strong_parts


def draw_graph(seed):
    """Few nodes, some without any arc, loops and repeated arcs among the rest."""
    rng = random.Random(seed)
    nodes = rng.randint(1, 9)
    arcs = [(rng.randrange(nodes), rng.randrange(nodes)) for _ in range(rng.randint(0, 12))]
    tail, head = (np.array([arc[end] for arc in arcs], dtype=np.int64) for end in (0, 1))
    return nodes, tail, head


def reach(nodes, tail, head):
    """Who can reach whom along the arcs, by trying again and again."""
    table = np.eye(nodes, dtype=bool)
    for _ in range(nodes):
        for a, b in zip(tail.tolist(), head.tolist(), strict=True):
            table[:, b] |= table[:, a]
    return table


@pytest.mark.parametrize("first", range(0, 120, 30))
def test_components_are_who_is_connected_by_the_least_of_them(first):
    for seed in range(first, first + 30):
        nodes, tail, head = draw_graph(seed)
        both = reach(nodes, np.concatenate((tail, head)), np.concatenate((head, tail)))
        assert components(nodes, tail, head).tolist() == both.argmax(axis=1).tolist()


@pytest.mark.parametrize("first", range(0, 120, 30))
def test_strong_parts_are_who_can_reach_each_other(first):
    sizes = set()
    for seed in range(first, first + 30):
        nodes, tail, head = draw_graph(seed)
        part = strong_parts(nodes, tail, head)
        table = reach(nodes, tail, head)
        assert ((part[:, None] == part[None, :]) == (table & table.T)).all()
        sizes.add(int(np.bincount(part).max()))
    assert len(sizes) >= 3


def test_no_arcs_and_no_nodes():
    none = np.zeros(0, dtype=np.int64)
    assert components(3, none, none).tolist() == [0, 1, 2]
    assert len(set(strong_parts(3, none, none).tolist())) == 3
    assert components(0, none, none).tolist() == strong_parts(0, none, none).tolist() == []


@pytest.mark.parametrize("nodes", [5000])
def test_a_long_way_needs_no_deep_recursion(nodes):
    """A chain in an order that a sweep cannot follow in one go; closed, it is one strong part."""
    order = np.random.default_rng(1).permutation(nodes)
    tail, head = order[:-1], order[1:]
    assert (components(nodes, tail, head) == 0).all()
    assert len(set(strong_parts(nodes, tail, head).tolist())) == nodes
    ring = strong_parts(nodes, np.append(tail, order[-1]), np.append(head, order[0]))
    assert len(set(ring.tolist())) == 1


@given(
    st.integers(1, 8), st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(0, 9)), max_size=30)
)
def test_shortest_ways_are_those_that_looking_at_every_arc_finds(nodes, arcs):
    arcs = sorted((tail % nodes, head % nodes, weight) for tail, head, weight in arcs)
    tail, head, weight = np.array(arcs, dtype=np.int64).reshape(-1, 3).T
    start = np.full(nodes, FAR, dtype=np.int64)
    start[0] = 0
    expected = start.tolist()
    for _ in range(nodes):
        for one, other, far in arcs:
            expected[other] = min(expected[other], expected[one] + far if expected[one] < FAR else FAR)
    assert shortest(start, tail, head, weight).tolist() == expected


def test_from_everywhere_at_once_ways_may_cost_less_than_nothing():
    tail, head, weight = np.array([[0, 1, -2], [1, 2, -3], [2, 0, 6]]).T
    assert shortest(np.zeros(3, dtype=np.int64), tail, head, weight).tolist() == [0, -2, -5]


def test_a_negative_cycle_is_a_bug_and_no_endless_loop():
    tail, head, weight = np.array([[0, 1, -2], [1, 0, 1]]).T
    with pytest.raises(AssertionError, match="negative"):
        shortest(np.zeros(2, dtype=np.int64), tail, head, weight)
