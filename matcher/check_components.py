"""Which nodes of a directed graph lie on a common cycle."""

from __future__ import annotations

from collections.abc import Sequence


def strong_components(arcs: Sequence[Sequence[int]]) -> list[int]:
    """The component of each node: two have the same one if each can be reached from the other (Tarjan, 1972).

    Parameters
    ----------
    arcs
        For each node the nodes to which an arc leads.
    """
    count = len(arcs)
    component, order, low = [-1] * count, [-1] * count, [0] * count
    stack: list[int] = []
    visited = found = 0
    for root in range(count):
        waiting = [(root, 0)] if order[root] < 0 else []
        while waiting:
            node, place = waiting.pop()
            if place == 0:
                order[node] = low[node] = visited
                visited += 1
                stack.append(node)
            else:  # back from the node to which the arc before this place leads
                low[node] = min(low[node], low[arcs[node][place - 1]])
            for after in range(place, len(arcs[node])):
                other = arcs[node][after]
                if order[other] < 0:
                    waiting += [(node, after + 1), (other, 0)]
                    break
                if component[other] < 0:
                    low[node] = min(low[node], order[other])
            else:
                if low[node] == order[node]:
                    while component[node] < 0:
                        component[stack.pop()] = found
                    found += 1
    return component
