"""Parts of random graphs, against who can reach whom."""

from __future__ import annotations

import random

import numpy as np
import pytest

from matcher.graphs import components, strong_parts


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
