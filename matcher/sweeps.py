"""The dynamic program over the dates of one pair, for many pairs at once: best scores from each day on, and back.

A session's successor depends on nothing but its own day (see `cadence`) and, for regularity, its clock time.
The best that may follow a session on some day is therefore one number for the whole day, and one more for those
clock times at which the best of what follows would be regular. So the program keeps, for each pair and day, a
number and a set of columns as bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matcher.cadence import Cadence
from matcher.kinds import Kinds
from matcher.model import BoolArray, IntArray
from matcher.slots import Slots, WordArray

ScoreArray = npt.NDArray[np.int64]
NEVER = -(2**60)
"""Score of what cannot be; far below every real score."""

FARTHEST = 1000
"""More than the number of sessions that anybody may want."""


@dataclass(frozen=True)
class Weights:
    """What a schedule scores for each session, for what these are worth (see `kinds`) and for regular ones.

    None of them outweighs the one before, and none of these the `planned` sessions that stay as they are. A weight
    may be 0: then that part counts nothing. With `session` 0 the number of sessions is left open.
    """

    session: int
    worth: int
    regular: int
    planned: int = 0

    @staticmethod
    def make(cadence: Cadence, kinds: Kinds, *, sessions: bool, regular: bool) -> Weights:
        """Weights for the parts that are to count; what sessions are worth does wherever they differ in it."""
        worth = (cadence.most * regular + 1) if kinds.matter else 0
        least = cadence.most * (regular + worth * kinds.plain[0].worth) + 1
        session = least if sessions else 0
        planned = (2 * cadence.most + FARTHEST) * least if kinds.planned else 0
        return Weights(session, worth, int(regular), planned)

    def split(self, score: IntArray) -> tuple[IntArray, IntArray, IntArray]:
        """Number of sessions, what they are worth, and number of regular ones; 0 for what counts nothing."""
        score = score % self.planned if self.planned else score
        sessions, rest = divmod(score, self.session) if self.session else (0 * score, score)
        worth, regular = divmod(rest, self.worth) if self.worth else (0 * rest, rest)
        return sessions, worth, regular

    def planned_in(self, score: IntArray) -> IntArray:
        """Number of planned sessions; 0 where they count nothing."""
        return np.asarray(score // self.planned if self.planned else 0 * score)


@dataclass(frozen=True)
class Open:
    """Where some pairs can meet, day by day, as far as it can matter: on a day only the best kind of session does.

    `kind` is its place in `Kinds.all`, -1 for none, and `worth` what it is worth (both of shape (days, pairs));
    `at` are the columns at which it can start (bits, shape (words, days, pairs)). `planned` is 1 where it was
    planned before, None where that does not matter.
    """

    kind: IntArray
    worth: IntArray
    at: WordArray
    planned: IntArray | None = None

    def some(self, pairs: IntArray) -> Open:
        """The same for some of the pairs."""
        planned = None if self.planned is None else self.planned[:, pairs]
        return Open(self.kind[:, pairs], self.worth[:, pairs], self.at[:, :, pairs], planned)

    def gain(self, weights: Weights) -> IntArray:
        """What a session scores on each day, but for what is regular; shape (days, pairs)."""
        gain = self.worth * weights.worth + weights.session
        return gain if self.planned is None else gain + self.planned * weights.planned


def make_open(bits: Sequence[WordArray], worths: IntArray, were_planned: IntArray | None = None) -> Open:
    """Read it off the bits of `Times.open`, best kind first; the others have an entry for each."""
    at = bits[0]
    kind = np.where(at.any(axis=0), 0, -1)
    for place, lesser in enumerate(bits[1:], start=1):
        only = (kind < 0) & lesser.any(axis=0)
        kind[only] = place
        at = np.where(only, lesser, at)
    planned = None if were_planned is None else np.where(kind >= 0, were_planned[kind], 0)
    return Open(kind, np.where(kind >= 0, worths[kind], 0), at, planned)


@dataclass(frozen=True)
class Scores:
    """The best scores of a session on each day with all that follows it (or, backwards, all that comes before).

    A session scores `base` (shape (days, pairs)), and one more at the columns in `more` (bits, shape (words, days,
    pairs)); NEVER on days on which the pair cannot meet, or not in a valid schedule. `peak` is the day's best and
    `top` the open columns that have it.
    """

    base: ScoreArray
    more: WordArray
    peak: ScoreArray
    top: WordArray

    @staticmethod
    def empty(days: int, words: int, pairs: int) -> Scores:
        """Scores of which none is known."""
        never, none = np.full((days, pairs), NEVER), np.zeros((words, days, pairs), dtype=np.uint64)
        return Scores(never, none, never.copy(), none.copy())

    def put(self, day: int, best: IntArray, more: WordArray, open_at: WordArray) -> None:
        """Enter a day: `best` but for what is regular."""
        self.base[day], self.more[:, day] = best, more
        regular = more & open_at
        some = regular.any(axis=0)
        self.peak[day] = best + some
        self.top[:, day] = np.where(some, regular, open_at)


Near = IntArray | slice
"""Days that may hold the next session (or, backwards, the one before)."""


def _neighbour(
    scores: Scores, day: int, near: IntArray, slots: Slots, regular: int
) -> tuple[ScoreArray, WordArray]:
    """The best score of a session on the days `near`, and the columns at which one of these would be regular."""
    more = np.zeros((slots.words, scores.peak.shape[1]), dtype=np.uint64)
    if not len(near):
        return np.full(scores.peak.shape[1], NEVER), more
    peak = scores.peak[near[0] : near[-1] + 1].max(axis=0) if _solid(near) else scores.peak[near].max(axis=0)
    for other in near[(near - day) % 7 == 0] if regular else ():
        more |= np.where(scores.peak[other] == peak, scores.top[:, other], np.uint64(0))
    for twins in slots.twins:  # a clock time that one day shows twice
        more |= np.where((more & twins).any(axis=0), twins, np.uint64(0))
    return peak, more


def _solid(days: IntArray) -> bool:
    return bool(days[-1] - days[0] == len(days) - 1)


def _sweep(
    where: Open,
    weights: Weights,
    slots: Slots,
    *,
    order: Iterable[int],
    near: Callable[[int], IntArray],
    stop: BoolArray,
    known: Scores | None = None,
) -> Scores:
    """Scores day by day; `near` gives the days of the next session, `stop` tells where none is needed.

    With `known`, the next session scores what is said there and there must be one; else it scores what has been
    found already, and there may be any number.
    """
    days, pairs = where.kind.shape
    scores = Scores.empty(days, slots.words, pairs)
    gain = where.gain(weights)
    for day in order:
        open_now = where.kind[day] >= 0
        if not open_now.any():
            continue
        best, more = _neighbour(known or scores, day, near(day), slots, weights.regular)
        if known is None and stop[day]:
            best = np.maximum(best, 0)
        possible = open_now & (best > NEVER)
        more = np.where(possible, more, np.uint64(0))
        scores.put(day, np.where(possible, best + gain[day], NEVER), more, np.where(possible, where.at[:, day], 0))
    return scores


def onward(where: Open, weights: Weights, slots: Slots, cadence: Cadence) -> Scores:
    """Scores of each session with all that follows it, any number of sessions."""
    order = range(where.kind.shape[0] - 1, -1, -1)
    return _sweep(where, weights, slots, order=order, near=cadence.after, stop=cadence.may_end)


def backward(where: Open, weights: Weights, slots: Slots, cadence: Cadence) -> Scores:
    """Scores of each session with all that comes before it, any number of sessions."""
    days = np.arange(where.kind.shape[0])
    return _sweep(
        where, weights, slots, order=days.tolist(), near=cadence.before, stop=days <= cadence.first_latest
    )


def onward_exactly(where: Open, weights: Weights, slots: Slots, cadence: Cadence, sessions: int) -> list[Scores]:
    """The same for exactly 1, 2, ... `sessions` sessions, the one on the day included."""
    return _exactly(where, weights, slots, sessions=sessions, near=cadence.after, stop=cadence.may_end)


def backward_exactly(where: Open, weights: Weights, slots: Slots, cadence: Cadence, sessions: int) -> list[Scores]:
    """The same as `onward_exactly` for the sessions up to and including the one on the day."""
    first = np.arange(where.kind.shape[0]) <= cadence.first_latest
    return _exactly(where, weights, slots, sessions=sessions, near=cadence.before, stop=first)


def _exactly(
    where: Open, weights: Weights, slots: Slots, *, sessions: int, near: Callable[[int], IntArray], stop: BoolArray
) -> list[Scores]:
    days = range(where.kind.shape[0])
    none = np.zeros(0, dtype=np.int64)
    layers = [_sweep(where, weights, slots, order=days, near=lambda _day: none, stop=stop)]
    while len(layers) < sessions:
        layers.append(_sweep(where, weights, slots, order=days, near=near, stop=stop, known=layers[-1]))
    return layers[:sessions]


def best_score(scores: Scores, cadence: Cadence) -> IntArray:
    """Best score of a whole schedule, for each pair; NEVER where there is none."""
    return np.asarray(scores.peak[: cadence.first_latest + 1].max(axis=0, initial=NEVER))


# --- the earliest of the best -----------------------------------------------------------------------------------


def earliest(layers: Sequence[Scores], where: Open, weights: Weights, slots: Slots, cadence: Cadence) -> IntArray:
    """Slots of each pair's best schedule that comes first: as early as can be, session by session.

    Parameters
    ----------
    layers
        What `onward_exactly` gives, or `onward` (with a weight for sessions) repeated `most` times.

    Returns
    -------
    Shape (pairs, most), -1 behind the last session and for pairs without any schedule.
    """
    pairs = where.kind.shape[1]
    chosen = np.full((pairs, cadence.most), -1, dtype=np.int64)
    score, gain = best_score(layers[-1], cadence), where.gain(weights)
    rows = np.nonzero(score > NEVER)[0]
    if not len(rows):
        return chosen
    score = score[rows]
    day: IntArray = (layers[-1].peak[: cadence.first_latest + 1, rows] == score).argmax(axis=0)
    column = _lowest(layers[-1].top[:, day, rows])
    for step in range(len(layers)):
        chosen[rows, step] = day * slots.columns + column
        score = score - gain[day, rows]
        going = np.nonzero(score > 0 if weights.session else np.full(len(rows), step + 1 < len(layers)))[0]
        rows, day, column, score = rows[going], day[going], column[going], score[going]
        if not len(rows):
            break
        day, column, score = _earliest_next(
            layers[-2 - step], where, rows, (day, column, score), slots=slots, cadence=cadence
        )
    return chosen


_Places = tuple[IntArray, IntArray, IntArray]
"""Day and column of a session, and the score: after the session when looked for, with it when found."""


def _earliest_next(
    scores: Scores, where: Open, rows: IntArray, before: _Places, *, slots: Slots, cadence: Cadence
) -> _Places:
    """The first session that keeps the score, by the pairs' scores from there on."""
    day, column, wanted = before
    found_day, found_column, found_score = np.full(len(rows), -1), column.copy(), wanted.copy()
    ahead = cadence.min_between
    while (waiting := np.nonzero(found_day < 0)[0]).size:
        waiting = waiting[day[waiting] + ahead <= cadence.latest_next[day[waiting]]]
        if not len(waiting):
            raise AssertionError("no session keeps the score that was found: a bug")
        later, row, score = day[waiting] + ahead, rows[waiting], wanted[waiting]
        options: WordArray = np.where(scores.peak[later, row] == score, scores.top[:, later, row], np.uint64(0))
        regular = np.zeros_like(options)
        if ahead % 7 == 0:
            alike = where.at[:, later, row] & slots.alike[:, column[waiting]]
            more, base = scores.more[:, later, row], scores.base[later, row]
            regular = np.where(base == score - 1, alike & ~more, np.uint64(0))
            regular |= np.where(base == score - 2, alike & more, np.uint64(0))
        hit = np.nonzero((options | regular).any(axis=0))[0]
        place = waiting[hit]
        found_day[place] = later[hit]
        found_column[place] = _lowest((options | regular)[:, hit])
        word, bit = divmod(found_column[place], 64)
        found_score[place] -= (regular[word, hit] >> bit.astype(np.uint64) & np.uint64(1)).astype(np.int64)
        ahead += 1
    return found_day, found_column, found_score


def _lowest(bits: WordArray) -> IntArray:
    """The lowest column of each set, which has one; shape (words, sets) to (sets,)."""
    word = (bits != 0).argmax(axis=0)
    first = bits[word, np.arange(bits.shape[1])]
    return np.asarray(word * 64 + np.bitwise_count((first & (~first + np.uint64(1))) - np.uint64(1)))
