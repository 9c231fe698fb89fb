"""Which pairs are in every best pairing as far as places go, in some or in none.

At prices that prove a pairing best, it and every other that is as good take only what is best at these prices, and
leave no place empty that costs anything (complementary slackness). Two such pairings differ by changes round
cycles: pairs that are given up and taken in turn. So a pair can be another way round exactly if it lies on a cycle
of what may be changed, and prices need not be the only ones for that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from matcher.check_candidates import Candidates, Vector
from matcher.check_components import strong_components
from matcher.check_relaxation import Relaxation, add
from matcher.model import Pair


def standing_by_places(
    candidates: Candidates, relaxation: Relaxation, pairs: Collection[Pair], most: int
) -> list[str] | None:
    """`every`, `some` or `none` for each candidate, from prices at which the run reaches the bound.

    None if the pairs are no pairing of the candidates that keeps the places, which others have to report.
    """
    taken = {candidates.place.get(pair, -1) for pair in pairs}
    exchange = Exchange(candidates, relaxation, taken, most)
    if -1 in taken or not exchange.keeps_places():
        return None
    return exchange.standing()


class Exchange:
    """What may be changed in a best pairing at no loss: a graph of mentees, mentors and a node for the rest."""

    def __init__(self, candidates: Candidates, relaxation: Relaxation, taken: Collection[int], most: int) -> None:
        self._taken, self._most = taken, most
        self._locked: list[bool] = candidates.locked.tolist()
        self._mentee: list[int] = candidates.mentee.tolist()
        self._seat: list[int] = relaxation.seat.tolist()
        everything = relaxation.reduced(slice(None), relaxation.prices)
        self._gain: list[Vector] = list(zip(*everything.tolist(), strict=True))
        self._prices: list[Vector] = list(zip(*relaxation.prices.tolist(), strict=True))
        self._capacity: list[int] = relaxation.capacity.tolist()
        self._zero: Vector = (0,) * len(relaxation.prices)
        self._served_of = relaxation.served_of
        self._own: dict[int, list[int]] = {}
        for place, mentee in enumerate(self._mentee):
            self._own.setdefault(mentee, []).append(place)
        self._node = {mentee: node for node, mentee in enumerate(self._own, start=len(self._prices))}
        self._hub = len(self._prices) + len(self._node)
        self._given = Counter(self._seat[place] for place in taken if place >= 0)
        self._locks = Counter(seat for seat, locked in zip(self._seat, self._locked, strict=True) if locked)

    def keeps_places(self) -> bool:
        """Whether nobody has more mentees or mentors than he may, and all locks are kept."""
        mentors = Counter(self._mentee[place] for place in self._taken if place >= 0)
        return (
            all(count <= self._capacity[seat] for seat, count in self._given.items())
            and all(count <= self._most for count in mentors.values())
            and all(place in self._taken for place, locked in enumerate(self._locked) if locked)
        )

    def standing(self) -> list[str]:
        """The standing of each candidate."""
        arcs: list[list[int]] = [[] for _ in range(self._hub + 1)]
        loose = set[int]()
        for mentee, own in self._own.items():
            loose |= self._loosen(arcs, mentee, own)
        for seat, price in enumerate(self._prices):
            if price == self._zero:
                self._join(
                    arcs,
                    seat,
                    self._hub,
                    self._given[seat] - self._locks[seat],
                    self._capacity[seat] - self._locks[seat],
                )
        component = strong_components(arcs)
        found = ["every" if place in self._taken else "none" for place in range(len(self._seat))]
        for place in loose:
            if component[self._seat[place]] == component[self._node[self._mentee[place]]]:
                found[place] = "some"
        return found

    def _join(self, arcs: list[list[int]], low: int, high: int, flow: int, room: int) -> None:
        """Let more go from `low` to `high` while there is room, and less while there is any."""
        if flow < room:
            arcs[low].append(high)
        if flow > 0:
            arcs[high].append(low)

    def _loosen(self, arcs: list[list[int]], mentee: int, own: Sequence[int]) -> set[int]:
        """Add what may change for one mentee; his candidates that may."""
        node, served = self._node[mentee], self._served_of(mentee)
        free = [place for place in own if not self._locked[place]]
        locks = len(own) - len(free)
        price = self._price(sorted((self._gain[place] for place in free), reverse=True), locks, served)
        if price is None:
            return set()
        loose = {place for place in free if self._gain[place] == price}
        for place in loose:
            seat = self._seat[place]
            self._join(arcs, node, seat, int(place in self._taken), 1)
        mentors, first = sum(place in self._taken for place in free), int(not locks)
        if first and add(price, served) == self._zero:
            self._join(arcs, self._hub, node, min(mentors, 1), 1)
        if price == self._zero:
            self._join(arcs, self._hub, node, mentors - min(mentors, first), self._most - locks - first)
        return loose

    def _price(self, gains: Sequence[Vector], locks: int, served: Vector) -> Vector | None:
        """What a mentor is worth to a mentee: he takes what is above it, and nothing below; None: he takes nobody.

        `gains` are those of his candidates without locks, largest first; `served` what it adds that he has any.
        """
        room = self._most - locks
        if room <= 0 or not gains:
            return None
        above = sum(gain > self._zero for gain in gains[:room])
        if locks or above > 1:
            return gains[room - 1] if above == room else self._zero
        if add(gains[0], served) <= self._zero:
            return tuple(-number for number in served)
        return gains[0] if room == 1 else min(gains[0], self._zero)
