"""The draw among equally good pairings: mentees in the order of the draw, each given the best that is left.

What the flow leaves open is settled one mentee at a time. Another choice is possible for him exactly where a cycle
of what could still flow leads through it; the cycle is turned, the choice is held, and the next mentee follows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matcher.flow import Arcs, Flow, Level
from matcher.model import BoolArray, IntArray
from matcher.residual import Residual
from matcher.rules import Candidates


def by_draw(flow: Flow, levels: Sequence[Level], pairs: Candidates, turn: IntArray, limit: int) -> BoolArray:
    """The pairing that the draw picks among those best in all levels, as a Boolean per candidate.

    `turn` is everybody's place in the draw. A mentee wants the best rank, then the mentor first in the draw;
    with a `limit` of more than one mentor he wants more of them first.
    """
    best, movable = flow.best(levels), flow.movable(levels)
    arcs = np.nonzero(movable[flow.arcs.choices])[0]
    order = _in_turn(pairs, turn, flow.arcs.pair[arcs])
    mentee = pairs.mentee[flow.arcs.pair[arcs[order]]]
    wishes = [part.tolist() for part in np.split(arcs[order], np.nonzero(np.diff(mentee))[0] + 1) if len(part)]
    return flow.chosen(draw_lots(flow.arcs, best, movable, wishes, limit))


def draw_key(pairs: Candidates, chosen: BoolArray, turn: IntArray) -> tuple[int, ...]:
    """What the draw makes of a pairing: of two, that with the greater key comes first."""
    order = _in_turn(pairs, turn, np.arange(len(pairs)))
    mentee, mine = pairs.mentee[order], chosen[order].astype(np.int64)
    stops = np.nonzero(np.diff(mentee))[0] + 1
    parts = np.split(mine, stops) if len(mine) else []
    return tuple(n for part in parts for n in (int(part.sum()), *part.tolist()))


def _in_turn(pairs: Candidates, turn: IntArray, index: IntArray) -> IntArray:
    """Places of some candidates in the order of the draw: by mentee, rank, mentor."""
    mentee, mentor = turn[pairs.mentee[index]], turn[pairs.mentor[index]]
    return np.lexsort((mentor, pairs.rank[index], mentee))


def draw_lots(
    arcs: Arcs, flow: IntArray, movable: BoolArray, wishes: Sequence[Sequence[int]], limit: int
) -> IntArray:
    """Settle what is open.

    Parameters
    ----------
    flow, movable
        A best flow and the arcs on which best flows differ, as `Flow.best` and `Flow.movable` give them.
    wishes
        For each mentee in the order of the draw his movable choice arcs, the one he wants most first.
    limit
        Most mentors of a mentee. With more than one, more mentors go before better ones.

    Returns
    -------
    The one best flow in which every mentee gets the best that those drawn before him leave.
    """
    residual = Residual(arcs, flow, movable)
    for mine in wishes:
        if limit > 1:
            residual.take_more(mine)
        for arc in mine:
            if residual.take(arc) and limit == 1:
                break
    return residual.result(flow)
