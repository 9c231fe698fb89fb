"""The best schedule of one pair alone: an exact dynamic program over its dates, for many pairs at once.

A session's successor depends on nothing but its own day (see `cadence`) and, for regularity, its clock time, so
the best continuation of every slot follows from those of later days. What a pair reaches alone bounds what it
can reach beside other sessions; most pairs of a cohort do reach it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matcher.cadence import Cadence
from matcher.model import BoolArray, IntArray
from matcher.programme import Programme
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
    return best_start(free_continuation(score, slots, cadence), cadence)


def free_continuation(gain: ScoreArray, slots: Slots, cadence: Cadence) -> ScoreArray:
    """Best score from each slot on, with any number of sessions (this one included); NEVER where none is valid."""
    best = np.full_like(gain, NEVER)
    for day in np.nonzero((gain > NEVER).any(axis=(0, 2)))[0][::-1]:
        if cadence.may_end[day]:
            best[:, day] = gain[:, day]
        first, last = day + cadence.min_between, cadence.latest_next[day]
        if first <= last:
            window = Slots(last + 1 - first, slots.start, slots.twin)
            follow = best[:, first : last + 1].max(axis=(1, 2), initial=NEVER)[:, None]
            same = _by_clock(best[:, first : last + 1], window)
            for regular in range(day + -(-cadence.min_between // 7) * 7, last + 1, 7):
                follow = np.maximum(follow, same[:, regular - first] + 1)
            possible = (gain[:, day] > NEVER) & (follow > NEVER + 1)
            best[:, day] = np.maximum(best[:, day], np.where(possible, gain[:, day] + follow, NEVER))
    return best


def count_sessions(gains: Gains, cadence: Cadence) -> tuple[ScoreArray, int] | None:
    """Gains in which one session more outweighs everything else, and its weight; None if 32 bits cannot hold it.

    With them `free_continuation` finds the most sessions, and among these schedules the best.
    """
    a_session = 1 + cadence.most * (1 + int(gains.score.max(initial=0)))
    if cadence.most * 2 * a_session >= -NEVER:
        return None
    return np.where(gains.score > NEVER, gains.score + np.int32(a_session), np.int32(NEVER)), a_session


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
    place = _earliest_start(layers[-1], pair, cadence)
    chosen = [place]
    for layer in reversed(layers[:-1]):
        place = _earliest_next(layer[pair], gain[pair], place, slots, cadence)
        chosen.append(place)
    return [day * slots.columns + column for day, column, _ in chosen]


def earliest_free(best: ScoreArray, pair: int, gain: ScoreArray, slots: Slots, cadence: Cadence) -> list[int]:
    """The same for `free_continuation`, where every session scores more than 0 (`count_sessions`)."""
    place = _earliest_start(best, pair, cadence)
    chosen = [place]
    while place[2] > gain[pair, place[0], place[1]]:
        place = _earliest_next(best[pair], gain[pair], place, slots, cadence)
        chosen.append(place)
    return [day * slots.columns + column for day, column, _ in chosen]


_Place = tuple[int, int, int]
"""Day and column of a session, and the score from it on."""


def _earliest_start(layer: ScoreArray, pair: int, cadence: Cadence) -> _Place:
    starts = layer[pair, : cadence.first_latest + 1]
    return (*_first(starts == starts.max()), int(starts.max()))


def _earliest_next(layer: ScoreArray, gain: ScoreArray, before: _Place, slots: Slots, cadence: Cadence) -> _Place:
    """The next session, by one pair's scores and gains, shape (days, columns)."""
    day, column, score = before
    wanted = score - int(gain[day, column])
    first, last = day + cadence.min_between, int(cadence.latest_next[day])
    options = layer[first : last + 1] == wanted
    weekly = np.arange(first, last + 1) % 7 == day % 7
    alike = slots.twin == slots.twin[column]
    regular = (layer[first : last + 1] == wanted - 1) & weekly[:, None] & alike[None, :]
    later, column_after = _first(options | regular)
    return first + later, column_after, wanted - int(regular[later, column_after])


Schedules = tuple[IntArray, IntArray, list[list[int]]]
"""Number of sessions (0: none possible), score and, if wanted, slots of each pair's best schedule."""


def best_schedules(minutes: MinuteArray, slots: Slots, cadence: Cadence, aim: Aim, *, plan: bool) -> Schedules:
    """What each pair reaches alone: by one sweep where most sessions are wanted, else number by number.

    Parameters
    ----------
    minutes
        Longest session that each pair can start at each slot, shape (pairs, days * columns).
    plan
        Whether the slots are wanted, too; else they are left empty.
    """
    gains = make_gains(minutes, slots, cadence, aim)
    if aim.number == "most" and (counted := count_sessions(gains, cadence)) is not None:
        return _best_free(*counted, slots, cadence, plan=plan)
    return _best_by_number(gains, slots, cadence, aim, plan=plan)


def _best_free(gain: ScoreArray, a_session: int, slots: Slots, cadence: Cadence, *, plan: bool) -> Schedules:
    best = free_continuation(gain, slots, cadence)
    counts, scores = divmod(np.maximum(best_start(best, cadence), 0), a_session)
    counts[counts < cadence.minimum] = 0
    chosen: list[list[int]] = [[] for _ in counts]
    for row in np.nonzero(counts)[0].tolist() if plan else ():
        chosen[row] = earliest_free(best, row, gain, slots, cadence)
    return counts, np.where(counts > 0, scores, NEVER), chosen


def _best_by_number(gains: Gains, slots: Slots, cadence: Cadence, aim: Aim, *, plan: bool) -> Schedules:
    pairs = len(gains.score)
    counts, scores = np.zeros(pairs, dtype=np.int64), np.full(pairs, NEVER, dtype=np.int64)
    chosen: list[list[int]] = [[] for _ in range(pairs)]
    open_days = np.asarray((gains.score > NEVER).any(axis=2))
    wanted = best_counts(attainable(open_days, cadence), aim)
    for count in sorted({count for numbers in wanted for count in numbers}):
        rows = np.array([row for row, numbers in enumerate(wanted) if count in numbers], dtype=np.int64)
        some = replace(gains, score=gains.score[rows])
        layers = continuations(some, count, slots, cadence)
        top = best_start(layers[-1], cadence)
        better = np.nonzero(top >= scores[rows])[0]  # counts rise: of equals the one with more sessions
        counts[rows[better]], scores[rows[better]] = count, top[better]
        for place in better.tolist() if plan else ():
            chosen[rows[place]] = earliest_best(layers, place, some.score, slots, cadence)
    return counts, scores, chosen


def _first(options: BoolArray) -> tuple[int, int]:
    """Row and column of the first True."""
    row, column = divmod(int(options.argmax()), options.shape[1])
    return row, column
