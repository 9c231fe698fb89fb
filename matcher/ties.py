"""What is left to say among pairings that are equally good in every goal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.draw import by_draw, draw_key
from matcher.flow import Flow, Level
from matcher.model import BoolArray, IntArray
from matcher.pairing import draw_levels
from matcher.rules import Candidates

Key = tuple[int, ...]


@dataclass(frozen=True)
class Tiebreak:
    """A preference among the best pairings, said to flows and to CP-SAT.

    `best` gives the preferred one of a flow's pairings that are best in some levels, as a Boolean per
    candidate; `key` is greater the more a pairing is preferred. `levels` are the same preference as levels, for
    candidates and those of them that are open to choice.
    """

    best: Callable[[Flow, Sequence[Level], Candidates], BoolArray]
    key: Callable[[Candidates, BoolArray], Key]
    levels: Callable[[Candidates, Sequence[int]], list[Level]]


def the_draw(turn: IntArray, limit: int) -> Tiebreak:
    """Goal 7; `turn` is everybody's place in the draw, `limit` the most mentors of a mentee."""
    return Tiebreak(
        best=lambda flow, levels, pairs: by_draw(flow, levels, pairs, turn, limit),
        key=lambda pairs, chosen: draw_key(pairs, chosen, turn),
        levels=lambda pairs, wanted: draw_levels(pairs, wanted, turn, limit),
    )


def most_of(mentees: IntArray, like: Candidates) -> Tiebreak:
    """As many as can be of some mentees, else as much `like` a pairing as can be: less is then to be checked."""
    liked = np.sort(_number(like))

    def asked(pairs: Candidates) -> list[Level]:
        number = _number(pairs)
        alike = np.append(liked, -1)[np.searchsorted(liked, number)] == number
        return [
            Level("others", np.isin(pairs.mentee, mentees).astype(np.int64)),
            Level("alike", alike.astype(np.int64)),
        ]

    return Tiebreak(
        best=lambda flow, levels, pairs: flow.chosen(flow.best([*levels, *asked(pairs)])),
        key=lambda pairs, chosen: tuple(level.value(pairs, chosen) for level in asked(pairs)),
        levels=lambda pairs, _wanted: asked(pairs),
    )


def _number(pairs: Candidates) -> IntArray:
    """A number for each pair of people."""
    return pairs.mentee << 32 | pairs.mentor
