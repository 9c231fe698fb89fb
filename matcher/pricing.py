"""Schedule conflicts that need not be avoided: what their candidates are charged, so that a flow can decide.

A conflict of n candidates whose loss is borne costs it where all n are chosen. Charging it to each of them,
less n - 1 times the same, is a linear stand-in: right where all of them are chosen or all but one, and less
than the truth elsewhere. Conflicts that share candidates may bear one loss together; there each is charged only
as much as keeps their sum from saying more than the truth. So the best flow under charges is a bound on every
solution, and it is one where the stand-in is right.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType

from matcher.cuts import Cut
from matcher.model import BoolArray

MOST_PAIRS, MOST_LOSS = 10, 12
"""Groups of more candidates, or with more to lose, are not looked through, only conflicts apart in them."""

EMPTY: Mapping[int, bool] = MappingProxyType({})

Fits = Callable[[Collection[int]], bool]
"""Whether everybody has places for these candidates at once."""


@dataclass(frozen=True)
class Priced:
    """A group of conflicts whose losses may be borne; `charged` is how much of each loss the flow sees."""

    cuts: tuple[Cut, ...]
    charged: Mapping[Cut, int]

    @property
    def pairs(self) -> tuple[int, ...]:
        """The candidates, ascending."""
        return tuple(sorted({pair for cut in self.cuts for pair in cut.pairs}))

    @property
    def charge(self) -> dict[int, int]:
        """What each of the candidates is charged."""
        return {pair: sum(n for cut, n in self.charged.items() if pair in cut.pairs) for pair in self.pairs}

    @property
    def rebate(self) -> int:
        """What is given back whatever is chosen."""
        return sum((cut.number - 1) * amount for cut, amount in self.charged.items())

    def borne(self, chosen: Iterable[int]) -> dict[int, int]:
        """The least losses that these of its candidates must bear, by candidate."""
        among = set(chosen)
        return _least_cover(_borne_by(self.cuts, among))

    def stand_in(self, chosen: Iterable[int]) -> int:
        """What the charges say that these of its candidates cost."""
        charge = self.charge
        return sum(charge[pair] for pair in chosen) - self.rebate

    def chosen(self, pairing: BoolArray) -> list[int]:
        """Which of its candidates a pairing has."""
        return [pair for pair in self.pairs if pairing[pair]]

    def gained(self, pairing: BoolArray) -> list[Cut]:
        """The conflicts for which a pairing that leaves out two or more candidates is given back too much."""
        return [
            cut
            for cut, amount in self.charged.items()
            if amount and sum(bool(pairing[pair]) for pair in cut.pairs) < cut.number - 1
        ]

    def exact(self, pairing: BoolArray) -> bool:
        """Whether the stand-in says what a pairing really costs."""
        mine = self.chosen(pairing)
        return self.stand_in(mine) == sum(self.borne(mine).values())


def price(
    cuts: Iterable[Cut], fits: Fits, fixed: Mapping[int, bool] = EMPTY, free: Collection[Cut] = ()
) -> tuple[Priced, ...]:
    """Put prices on conflicts that can be borne; those that share candidates are looked at together if possible.

    `fixed` are candidates that are chosen, or are not, in any case; `free` conflicts that shall not be charged.
    """
    priced: list[Priced] = []
    for group in _groups([cut for cut in cuts if cut.loss is not None]):
        pairs = {pair for cut in group for pair in cut.pairs}
        if len(group) == 1 or len(pairs) > MOST_PAIRS or _total(group) > MOST_LOSS:
            priced += _apart(group)
        else:
            chosen = [pair for pair in sorted(pairs) if fixed.get(pair)]
            left = [pair for pair in sorted(pairs) if pair not in fixed]
            every = [{*chosen, *some} for n in range(len(left) + 1) for some in combinations(left, n)]
            priced.append(Priced(tuple(group), _charged(group, [some for some in every if fits(some)], free)))
    return tuple(priced)


def _charged(cuts: Sequence[Cut], every: Sequence[set[int]], free: Collection[Cut]) -> dict[Cut, int]:
    """As much of each conflict's loss as the truth leaves room for, the smallest conflicts first.

    `every` holds the candidates that may be chosen together.
    """
    room = [sum(_least_cover(_borne_by(cuts, some)).values()) for some in every]
    charged: dict[Cut, int] = {}
    for cut in sorted(cuts, key=lambda cut: (not cut.some, cut.number, -(cut.loss or 0), cut.pairs)):
        over = [len(some & set(cut.pairs)) - cut.number + 1 for some in every]
        amount = min([cut.loss or 0, *(left for left, much in zip(room, over, strict=True) if much > 0)])
        charged[cut] = amount = 0 if cut in free else amount
        room = [left - much * amount for left, much in zip(room, over, strict=True)]
    return charged


def _borne_by(cuts: Iterable[Cut], chosen: set[int]) -> list[Cut]:
    """The conflicts that these candidates have among them, about these alone."""
    return [cut.within(chosen) for cut in cuts if cut.held_by(chosen)]


def _total(cuts: Sequence[Cut]) -> int:
    return sum(cut.loss or 0 for cut in cuts)


def _apart(cuts: Sequence[Cut]) -> Iterator[Priced]:
    """Conflicts one by one, the dearest first, that share no candidate with those before."""
    taken = set[int]()
    for cut in sorted(cuts, key=lambda cut: (not cut.some, -(cut.loss or 0), cut.pairs)):
        if taken.isdisjoint(cut.pairs):
            taken |= set(cut.pairs)
            yield Priced((cut,), {cut: cut.loss or 0})


def _groups(cuts: Sequence[Cut]) -> list[list[Cut]]:
    """Conflicts that share candidates, directly or through others, together."""
    groups: list[list[Cut]] = []
    for cut in cuts:
        mine = [group for group in groups if any(set(cut.pairs) & set(other.pairs) for other in group)]
        groups = [group for group in groups if group not in mine]
        groups.append([*(other for group in mine for other in group), cut])
    return groups


def _least_cover(cuts: Sequence[Cut]) -> dict[int, int]:
    """Losses by candidate, in all as small as can be, of which each conflict's candidates bear its loss."""
    if len(cuts) == 1:
        return {cuts[0].pairs[0]: cuts[0].loss or 0}
    for total in range(_total(cuts) + 1):
        found = _cover_with(cuts, {}, total)
        if found is not None:
            return found
    raise AssertionError("bearing every loss on its own is a way: a bug")


def _cover_with(cuts: Sequence[Cut], borne: dict[int, int], left: int) -> dict[int, int] | None:
    """Losses that add at most `left` to those borne; None if there are none."""
    short = next((cut for cut in cuts if sum(borne.get(p, 0) for p in cut.pairs) < (cut.loss or 0)), None)
    if short is None:
        return borne
    for pair in short.pairs if left else ():
        found = _cover_with(cuts, {**borne, pair: borne.get(pair, 0) + 1}, left - 1)
        if found is not None:
            return found
    return None
