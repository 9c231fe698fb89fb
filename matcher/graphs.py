"""Parts of graphs, connected and strongly connected, and shortest ways."""

from __future__ import annotations

import numpy as np

from matcher.arrays import ranges
from matcher.model import IntArray

FAR = 2**60  # farther than any way


def components(nodes: int, tail: IntArray, head: IntArray) -> IntArray:
    """Connected parts: for each node the least node that it is connected to, itself included."""
    label = np.arange(nodes)
    while True:
        low = np.minimum(label[tail], label[head])
        new = label.copy()
        for end in (tail, head):
            np.minimum.at(new, label[end], low)
        while (new[new] != new).any():
            new = new[new]
        if (new == label).all():
            return label
        label = new


def strong_parts(nodes: int, tail: IntArray, head: IntArray) -> IntArray:
    """Strongly connected parts by Tarjan's algorithm, without recursion; a number per node."""
    order = np.argsort(tail, kind="stable")
    targets = head[order].tolist()
    offsets = np.searchsorted(tail[order], np.arange(nodes + 1)).tolist()
    index, low, part = [-1] * nodes, [0] * nodes, [-1] * nodes
    following = offsets[:-1]
    stack: list[int] = []
    count = parts = 0
    for root in range(nodes):
        path = [root] if index[root] < 0 else []
        while path:
            node = path[-1]
            if index[node] < 0:
                index[node] = low[node] = count
                count += 1
                stack.append(node)
            if following[node] < offsets[node + 1]:
                target = targets[following[node]]
                following[node] += 1
                if index[target] < 0:
                    path.append(target)
                elif part[target] < 0:
                    low[node] = min(low[node], index[target])
                continue
            path.pop()
            if path:
                low[path[-1]] = min(low[path[-1]], low[node])
            if low[node] == index[node]:
                while part[node] < 0:
                    part[stack.pop()] = parts
                parts += 1
    return np.array(part, dtype=np.int64)


def shortest(start: IntArray, tail: IntArray, head: IntArray, weight: IntArray) -> IntArray:
    """Shortest distances, where that of each node is `start` at most (`FAR` where there is no way yet).

    Arcs must be sorted by their tails.

    Bellman-Ford, where each round looks at those arcs only whose tail came nearer. No cycle may be negative.
    """
    nodes = len(start)
    first = np.searchsorted(tail, np.arange(nodes + 1))
    distance, nearer = start.copy(), np.flatnonzero(start < FAR)
    for _ in range(nodes + 1):
        arc = ranges(first[nearer], first[nearer + 1] - first[nearer])
        new = distance[tail[arc]] + weight[arc]
        better = new < distance[head[arc]]
        if not better.any():
            return distance
        np.minimum.at(distance, head[arc[better]], new[better])
        marks = np.zeros(nodes, dtype=bool)
        marks[head[arc[better]]] = True
        nearer = np.flatnonzero(marks)
    raise AssertionError("a cycle is negative: a bug")
