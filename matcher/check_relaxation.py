"""How much any pairing can be worth at most, if a place with a mentor is given away only for a price.

Let every mentor ask a price for each of his places, and let every mentee take what is best for him at these
prices, whatever others take. Prices of all places together with what all mentees gain then are an upper bound on
the value of every pairing: one that keeps the places pays no more than these prices, and nobody in it gains more
than at his best. This is so for any prices that are not below zero; good ones make the bound tight.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

import numpy as np

from matcher.check_candidates import Candidates, Vector, is_positive
from matcher.model import IntArray

HALF = 20  # bits: numbers are added up in two parts, so that no sum is beyond 64 bits


class Rows(NamedTuple):
    """Candidates of some mentees, mentee by mentee; `owner` counts those mentees from 0."""

    place: IntArray
    owner: IntArray


class Relaxation:
    """The bound for the same candidates at different prices, and without some of the candidates.

    Parameters
    ----------
    candidates
        The possible candidates.
    worth
        What each adds to a value, its mentee apart; shape (parts, candidates).
    capacity
        How many mentees each person takes.
    most
        How many mentors a mentee has at most.
    served
        What it adds that each of some mentees (persons) has a mentor, shape (parts, mentees); None where it is
        that mentee alone.
    """

    def __init__(
        self,
        candidates: Candidates,
        worth: IntArray,
        capacity: IntArray,
        most: int,
        served: Callable[[IntArray], IntArray] | None = None,
    ) -> None:
        self._candidates, self._worth, self._most = candidates, worth, most
        self.mentors, self.seat = np.unique(candidates.mentor, return_inverse=True)
        self.seat_of: dict[int, int] = {mentor: seat for seat, mentor in enumerate(self.mentors.tolist())}
        self.capacity = capacity[self.mentors]
        self._mentees, self._owner = np.unique(candidates.mentee, return_inverse=True)
        self.served = served(self._mentees) if served else _alone(len(worth), len(self._mentees))
        self._first = np.searchsorted(self._owner, np.arange(len(self._mentees) + 1))
        self._by_seat = np.argsort(self.seat, kind="stable")
        self._seat_first = np.searchsorted(self.seat[self._by_seat], np.arange(len(self.mentors) + 1))
        self.prices = np.zeros((len(worth), len(self.mentors)), dtype=np.int64)
        self.set_prices({})

    def set_prices(self, prices: Mapping[int, Vector]) -> None:
        """Set what a place costs with each mentor (a person), nothing with all others."""
        self.prices = np.zeros((len(self._worth), len(self.mentors)), dtype=np.int64)
        for mentor, price in prices.items():
            self.prices[:, self.seat_of[mentor]] = price
        rows = Rows(np.arange(len(self._candidates)), self._owner)
        self.gains = self._best(rows, self.prices, self.served)
        self._total = add(_times(self.prices, self.capacity), _sum(self.gains))

    def bound(self) -> Vector:
        """The bound at the prices set, with all candidates."""
        return self._total

    def bound_with(self, prices: Mapping[int, Vector], without: Collection[int]) -> tuple[Vector, int]:
        """The bound with some prices changed and some candidates left out; also how many were looked at again."""
        if not (prices or without):
            return self._total, 0
        changed = self.prices.copy() if prices else self.prices
        seats = np.array([self.seat_of[mentor] for mentor in prices], dtype=np.int64)
        for seat, price in zip(seats.tolist(), prices.values(), strict=True):
            changed[:, seat] = price
        left_out = np.array(list(without), dtype=np.int64)
        touched = np.concatenate([self._at(seats), left_out])
        owners = np.unique(self._owner[touched])
        place, owner = _ranges(self._first, owners)
        kept = ~np.isin(place, left_out)
        total = add(self._total, _times((changed - self.prices)[:, seats], self.capacity[seats]))
        total = add(total, _sum(self._best(Rows(place[kept], owner[kept]), changed, self.served[:, owners])))
        return subtract(total, _sum(self.gains[:, owners])), len(place)

    def _at(self, seats: IntArray) -> IntArray:
        """The candidates of some mentors."""
        return self._by_seat[_ranges(self._seat_first, seats)[0]]

    def reduced(self, place: IntArray | slice, prices: IntArray) -> IntArray:
        """What candidates add once their places are paid."""
        found: IntArray = self._worth[:, place] - prices[:, self.seat[place]]
        return found

    def served_of(self, mentee: int) -> Vector:
        """What it adds that a mentee (a person) has a mentor."""
        return tuple(self.served[:, int(np.searchsorted(self._mentees, mentee))].tolist())

    def _best(self, rows: Rows, prices: IntArray, served: IntArray) -> IntArray:
        """The most that each mentee can gain; shape (parts, owners).

        His locks are always among what he takes. One pick after another he takes the best that is left, the first
        of all with the mentee that it serves, as long as it is a gain.
        """
        worth, locked = self.reduced(rows.place, prices), self._candidates.locked[rows.place]
        owners = served.shape[1]
        total = np.zeros((len(worth), owners), dtype=np.int64)
        for part, own in zip(total, worth, strict=True):
            np.add.at(part, rows.owner[locked], own[locked])
        locks = np.bincount(rows.owner[locked], minlength=owners)
        total += served * (locks > 0)
        picks, unserved, alive = self._most - locks, locks == 0, ~locked
        while True:
            left = np.flatnonzero(alive & (picks[rows.owner] > 0))
            if not len(left):
                return total
            left = left[_largest(worth[:, left], rows.owner[left])]
            owner, gain = rows.owner[left], worth[:, left]
            gain += served[:, owner] * unserved[owner]
            takes = is_positive(gain)
            total[:, owner[takes]] += gain[:, takes]
            unserved[owner], alive[left] = False, False
            picks[owner] = np.where(takes, picks[owner] - 1, 0)


def _alone(parts: int, mentees: int) -> IntArray:
    """One more mentee, and nothing else, for each."""
    found = np.zeros((parts, mentees), dtype=np.int64)
    found[0] = 1
    return found


def _largest(vectors: IntArray, owner: IntArray) -> IntArray:
    """The place of a largest vector of every owner; `owner` is ascending."""
    place = np.arange(len(owner))
    for part in vectors:
        own, values = owner[place], part[place]
        first = np.flatnonzero(np.append(True, own[1:] != own[:-1]))
        sizes = np.diff(np.append(first, len(own)))
        place = place[values == np.repeat(np.maximum.reduceat(values, first), sizes)]
    own = owner[place]
    best: IntArray = place[np.append(True, own[1:] != own[:-1])]
    return best


def _ranges(first: IntArray, groups: IntArray) -> tuple[IntArray, IntArray]:
    """Every number from first[g] to first[g + 1] of each of the groups, and which of the groups it is of."""
    sizes = first[groups + 1] - first[groups]
    group: IntArray = np.repeat(np.arange(len(groups)), sizes)
    before = np.cumsum(sizes) - sizes
    return np.arange(len(group)) - before[group] + first[groups][group], group


def _sum(vectors: IntArray) -> Vector:
    return _times(vectors, np.ones(vectors.shape[1], dtype=np.int64))


def _times(vectors: IntArray, counts: IntArray) -> Vector:
    """The sum of vectors, each so many times, exactly."""
    high = ((vectors >> HALF) * counts).sum(axis=1).tolist()
    low = ((vectors & ((1 << HALF) - 1)) * counts).sum(axis=1).tolist()
    return tuple((above << HALF) + below for above, below in zip(high, low, strict=True))


def add(one: Vector, other: Vector) -> Vector:
    """Add two vectors, part by part."""
    return tuple(left + right for left, right in zip(one, other, strict=True))


def subtract(one: Vector, other: Vector) -> Vector:
    """Subtract the second vector from the first, part by part."""
    return tuple(left - right for left, right in zip(one, other, strict=True))
