"""Engagements only as long as needed: from when to when a pair alone can keep its mentor, and how many follow.

A mentor has at most his places at any moment, so pairs follow each other in waves. A *span* is an engagement of
one pair from which nothing can be cut: as short as its dates allow from each first day on. Any engagement holds a
span, so whoever cannot place spans cannot place engagements: what they say is a bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matcher.cadence import Cadence
from matcher.engagements import sessions_wanted
from matcher.model import Cohort, IntArray
from matcher.places import turns
from matcher.programme import day_number
from matcher.rules import Candidates
from matcher.times import Times, blocks

NO_END = np.int64(2**60)


@dataclass(frozen=True)
class Spans:
    """Spans of candidates: those of candidate p are the entries `first[p]` to `first[p + 1]`, ascending.

    `start` and `end` are instants. A pair that wants one session only has none: it is over when it begins, and
    may be anywhere.
    """

    first: IntArray
    start: IntArray
    end: IntArray

    def of(self, index: IntArray) -> Spans:
        """The spans of some of the candidates."""
        many = self.first[index + 1] - self.first[index]
        first = np.concatenate(([0], np.cumsum(many)))
        place = np.repeat(self.first[index] - first[:-1], many) + np.arange(first[-1])
        return Spans(first, self.start[place], self.end[place])

    def number(self) -> IntArray:
        """How many spans each candidate has."""
        return np.diff(self.first)


def find_spans(times: Times) -> Spans:
    """The spans of all candidates of `times`.

    Candidates without any schedule have none.
    """
    none = np.zeros(0, dtype=np.int64)
    rows, starts, ends = [none], [none], [none]
    for course in np.unique(times.course).tolist():
        for block in blocks(np.nonzero(times.course == course)[0], 1024):
            row, start, end = _spans_of(times, times.cadences[course], block)
            rows.append(block[row])
            starts.append(start)
            ends.append(end)
    row, start, end = np.concatenate(rows), np.concatenate(starts), np.concatenate(ends)
    order = np.argsort(row, kind="stable")
    first = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=len(times.mentee)))))
    return Spans(first, start[order], end[order])


def _spans_of(times: Times, cadence: Cadence, pairs: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """The spans of some pairs with one cadence: the place of each one's pair, its start and its end."""
    days, columns = times.slots.days, times.slots.columns
    is_open = times.open_minutes(pairs).reshape(len(pairs), days, columns) > 0
    at = times.slots.start.reshape(days, columns)
    latest = np.where(is_open, at, -1).max(axis=2, initial=-1)
    over = np.where(is_open, at, NO_END).min(axis=2, initial=NO_END)
    over = np.where(over < NO_END, over + times.kinds.lengths[-1], NO_END)
    if cadence.exactly < 2:
        return pairs[:0], pairs[:0], pairs[:0]
    ends = over
    for _ in range(cadence.exactly - 1):
        ends = np.stack([_soonest(ends, cadence, day) for day in range(days)], axis=1)
        ends[latest < 0] = NO_END
    ends[:, cadence.first_latest + 1 :] = NO_END
    later = np.full((len(pairs), days + 1), NO_END)
    later[:, :-1] = np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1]
    row, day = np.nonzero(ends < later[:, 1:])
    return row, latest[row, day], ends[row, day]


def _soonest(ends: IntArray, cadence: Cadence, day: int) -> IntArray:
    """The earliest end of what may follow a session on a day."""
    after = cadence.after(day)
    return ends[:, after].min(axis=1) if len(after) else np.full(len(ends), NO_END)


@dataclass(frozen=True)
class Waves:
    """What engagements as long as needed have to keep: a mentor's `places` at any moment (by person)."""

    places: IntArray
    spans: Spans

    def of(self, index: IntArray) -> Waves:
        """The same for some of the candidates."""
        return Waves(self.places, self.spans.of(index))


def most_hosted(waves: Waves, mentor: IntArray, possible: Sequence[int] | IntArray) -> IntArray:
    """A bound on how many of the `possible` candidates each person can have as a mentor, one after another.

    In each of his places they follow each other, so that there are no more than of the soonest spans of any of
    them, one after another. Those with one session do not count in it.
    """
    hosted = np.zeros(len(waves.places), dtype=np.int64)
    index = np.asarray(possible, dtype=np.int64)
    index = index[np.argsort(mentor[index], kind="stable")]
    number = waves.spans.number()
    for part in np.split(index, np.nonzero(np.diff(mentor[index]))[0] + 1) if len(index) else ():
        who = int(mentor[part[0]])
        short, own = int((number[part] == 0).sum()), waves.spans.of(part)
        if waves.places[who]:
            hosted[who] = min(len(part), short + int(waves.places[who]) * _one_after_another(own.start, own.end))
    return hosted


def by_dates(cohort: Cohort, places: IntArray, pairs: Candidates, possible: IntArray) -> IntArray:
    """How many of the `possible` candidates each mentor can have in all, by dates alone, however free all are.

    See `places.turns`, which is about those who have not begun. In a rematch each place may hold one that has
    begun and goes on beside them, and those that are over take none.
    """
    fewest, mentor = np.full(len(places), NO_END), pairs.mentor[possible]
    number, held = sessions_wanted(cohort, pairs.mentee[possible]), _sessions_held(cohort, pairs, possible)
    fresh, over = held == 0, held >= number
    np.minimum.at(fewest, mentor[fresh], number[fresh])
    wanted, anew = np.bincount(mentor, minlength=len(places)), np.bincount(mentor[fresh], minlength=len(places))
    left = np.bincount(mentor[~fresh & over], minlength=len(places))
    begun = np.bincount(mentor[~fresh & ~over], minlength=len(places))
    since = 0 if cohort.earlier is None else cohort.earlier.as_of - day_number(cohort.programme.frame.start)
    in_turn = np.where(anew > 0, places * turns(cohort, np.where(anew > 0, fewest, 1), since), 0)
    return np.asarray(np.minimum(left + np.minimum(begun, places) + in_turn, wanted))


def _sessions_held(cohort: Cohort, pairs: Candidates, index: IntArray) -> IntArray:
    """How many sessions each of some candidates has held before a rematch."""
    agreed = {} if cohort.earlier is None else cohort.earlier.agreed
    both = zip(pairs.mentee[index].tolist(), pairs.mentor[index].tolist(), strict=True)
    return np.array([len(agreed[pair].held) if pair in agreed else 0 for pair in both], dtype=np.int64)


def _one_after_another(start: IntArray, end: IntArray) -> int:
    """The most of some stretches of time that can follow each other."""
    order = np.argsort(start, kind="stable")
    start, soonest = start[order], np.minimum.accumulate(end[order][::-1])[::-1]
    number, at = 0, -1
    while (place := int(np.searchsorted(start, at))) < len(start):
        number, at = number + 1, int(soonest[place])
    return number


def moments(start: IntArray, end: IntArray) -> list[IntArray]:
    """Sets of some stretches of time such that, if none is too large, none that hold at one moment is.

    Each set is those that hold at a start after which the next thing to happen is an end.
    """
    order = np.lexsort((np.arange(len(start)), start))
    ends = np.sort(end)
    last = [
        place
        for place, one in enumerate(order)
        if place + 1 == len(order)
        or np.searchsorted(ends, start[order[place + 1]], side="right")
        > np.searchsorted(ends, start[one], "right")
    ]
    return [order[: place + 1][end[order[: place + 1]] > start[order[place]]] for place in last]
