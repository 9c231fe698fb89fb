"""Parts of graphs: connected, and strongly connected."""

from __future__ import annotations

import numpy as np

from matcher.model import IntArray


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
