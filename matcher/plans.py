"""The best schedule of one pair alone: an exact dynamic program over its dates, for many pairs at once.

A session's successor depends on nothing but its own day (see `cadence`) and, for regularity, its clock time, so
the best continuation of every slot follows from those of later days. What a pair reaches alone bounds what it
can reach beside other sessions; most pairs of a cohort do reach it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matcher.cadence import Cadence
from matcher.model import BoolArray, IntArray, Programme
from matcher.times import MinuteArray, Slots

ScoreArray = npt.NDArray[np.int32]
NEVER = -(2**30)
"""Score of what cannot be; far below every real score."""


@dataclass(frozen=True)
class Aim:
    """What the programme wants of a pair's sessions: goals 4 to 6 as numbers.

    `number` is `most`, `fewest` or the wanted number; `lengths_matter` where goal `minutes` exists.
    """

    number: str | int
    lengths_matter: bool

    def cost(self, sessions: int) -> int:
        """What the goal `sessions` counts for one pair, smaller is better; -sessions where most are wanted."""
        if self.number == "most":
            return -sessions
        return sessions if self.number == "fewest" else abs(sessions - int(self.number))


def make_aim(programme: Programme) -> Aim:
    """Read the aim off the programme."""
    return Aim(programme.sessions.number, len(programme.sessions.minutes) > 1)


def attainable(open_days: BoolArray, cadence: Cadence) -> BoolArray:
    """How many sessions each pair can have alone.

    Parameters
    ----------
    open_days
        Days on which the pair can meet, shape (pairs, days).

    Returns
    -------
    Shape (pairs, most + 1): entry [p, k] tells whether pair p has a valid schedule of exactly k sessions.
    Below the programme's minimum it is False.
    """
    pairs, days = open_days.shape
    day = np.arange(days)
    first = np.minimum(day + cadence.min_between, days)
    stop = np.maximum(cadence.latest_next + 1, first)
    result = np.zeros((pairs, cadence.most + 1), dtype=bool)
    ending = open_days & cadence.may_end
    for count in range(1, cadence.most + 1):
        if count >= cadence.minimum:
            result[:, count] = ending[:, : cadence.first_latest + 1].any(axis=1)
        before = np.zeros((pairs, days + 1), dtype=np.int32)
        np.cumsum(ending, axis=1, out=before[:, 1:])
        ending = open_days & (before[:, stop] > before[:, first])
    return result


def best_counts(counts: BoolArray, aim: Aim) -> list[tuple[int, ...]]:
    """The attainable numbers of sessions of least cost, for each pair; () where no schedule exists."""
    cost = np.array([aim.cost(k) for k in range(counts.shape[1])], dtype=np.int64)
    known: dict[bytes, tuple[int, ...]] = {}
    result = []
    for row in counts:
        key = row.tobytes()
        if key not in known:
            possible = np.nonzero(row)[0]
            least = cost[possible].min() if len(possible) else 0
            known[key] = tuple(int(k) for k in possible if cost[k] == least)
        result.append(known[key])
    return result


@dataclass(frozen=True)
class Gains:
    """Score of a session at each slot, shape (pairs, days, columns); NEVER where the pair cannot meet.

    A score counts minutes (where lengths matter) in steps of `a_minute`, and one for each regular session, so
    that no number of regular sessions outweighs a minute.
    """

    score: ScoreArray
    a_minute: int


def make_gains(minutes: MinuteArray, slots: Slots, cadence: Cadence, aim: Aim) -> Gains:
    """Scores from the longest session that each slot admits, shape (pairs, days * columns)."""
    a_minute = cadence.most + 1 if aim.lengths_matter else 0
    score = np.where(minutes > 0, minutes.astype(np.int32) * a_minute, np.int32(NEVER))
    return Gains(score.reshape(len(minutes), slots.days, slots.columns), a_minute)


def continuations(gains: Gains, sessions: int, slots: Slots, cadence: Cadence) -> list[ScoreArray]:
    """Best score from each slot on, with exactly 1, 2, ... `sessions` sessions left (this one included).

    Each array has the shape of `gains.score`; slots from which so many sessions are impossible hold NEVER.
    """
    layers: list[ScoreArray] = []
    for left in range(1, sessions + 1):
        layer = np.full_like(gains.score, NEVER)
        if left == 1:
            layer[:, cadence.may_end] = gains.score[:, cadence.may_end]
        else:
            _add_layer(layer, layers[-1], gains.score, slots, cadence)
        layers.append(layer)
    return layers


def _add_layer(layer: ScoreArray, later: ScoreArray, gain: ScoreArray, slots: Slots, cadence: Cadence) -> None:
    """Fill `layer`: the session's own gain and the best that may follow it."""
    peak = later.max(axis=2, initial=NEVER)
    same = _by_clock(later, slots)
    for day in np.nonzero((gain > NEVER).any(axis=(0, 2)))[0]:
        first, last = day + cadence.min_between, cadence.latest_next[day]
        if first > last:
            continue
        follow = np.repeat(peak[:, first : last + 1].max(axis=1)[:, None], slots.columns, axis=1)
        for regular in range(day + -(-cadence.min_between // 7) * 7, last + 1, 7):
            np.maximum(follow, same[:, regular] + 1, out=follow)
        possible = (gain[:, day] > NEVER) & (follow > NEVER + 1)
        layer[:, day] = np.where(possible, gain[:, day] + follow, NEVER)


def _by_clock(later: ScoreArray, slots: Slots) -> ScoreArray:
    """For each slot the best of `later` on the same day at the same clock time."""
    if (slots.twin == np.arange(slots.columns)).all():
        return later
    same = later.copy()
    for column, twin in enumerate(slots.twin):
        if twin != column:  # a clock time that one day shows twice
            same[:, :, twin] = np.maximum(same[:, :, twin], later[:, :, column])
    return same[:, :, slots.twin]


def most_regular(gains: Gains, slots: Slots, cadence: Cadence) -> IntArray:
    """The most regular sessions that each pair can have, whatever their number and length."""
    score = np.where(gains.score > NEVER, np.int32(0), np.int32(NEVER))
    best = np.full_like(score, NEVER)
    for day in np.nonzero((score > NEVER).any(axis=(0, 2)))[0][::-1]:
        if cadence.may_end[day]:
            best[:, day] = score[:, day]
        first, last = day + cadence.min_between, cadence.latest_next[day]
        if first <= last:
            window = Slots(last + 1 - first, slots.start, slots.twin)
            follow = best[:, first : last + 1].max(axis=(1, 2), initial=NEVER)[:, None]
            same = _by_clock(best[:, first : last + 1], window)
            for regular in range(day + -(-cadence.min_between // 7) * 7, last + 1, 7):
                follow = np.maximum(follow, same[:, regular - first] + 1)
            possible = (score[:, day] > NEVER) & (follow > NEVER + 1)
            best[:, day] = np.maximum(best[:, day], np.where(possible, follow, NEVER))
    return _peak(best[:, : cadence.first_latest + 1])


def best_start(layer: ScoreArray, cadence: Cadence) -> IntArray:
    """Best score over the slots at which the first session may lie, for each pair."""
    return _peak(layer[:, : cadence.first_latest + 1])


def _peak(scores: ScoreArray) -> IntArray:
    peak: IntArray = scores.max(axis=(1, 2), initial=NEVER).astype(np.int64)
    return peak


def earliest_best(
    layers: Sequence[ScoreArray], pair: int, gain: ScoreArray, slots: Slots, cadence: Cadence
) -> list[int]:
    """Slots of the best schedule of `pair` that comes first: as early as can be, session by session."""
    wanted = int(layers[-1][pair, : cadence.first_latest + 1].max())
    day, column = _first(layers[-1][pair, : cadence.first_latest + 1] == wanted)
    chosen = [day * slots.columns + column]
    for layer in reversed(layers[:-1]):
        wanted -= int(gain[pair, day, column])
        first, last = day + cadence.min_between, int(cadence.latest_next[day])
        options = layer[pair, first : last + 1] == wanted
        weekly = np.arange(first, last + 1) % 7 == day % 7
        alike = slots.twin == slots.twin[column]
        regular = (layer[pair, first : last + 1] == wanted - 1) & weekly[:, None] & alike[None, :]
        later, column_after = _first(options | regular)
        wanted -= int(regular[later, column_after])
        day, column = first + later, column_after
        chosen.append(day * slots.columns + column)
    return chosen


def _first(options: BoolArray) -> tuple[int, int]:
    """Row and column of the first True."""
    row, column = divmod(int(options.argmax()), options.shape[1])
    return row, column
