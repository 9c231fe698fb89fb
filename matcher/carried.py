"""What pairs bring along from the plan that a rematch repairs: sessions held, and planned ones that may stay.

The model counts dates from the last session held: it is the first of a pair's, at the one slot that is open before
the date of the rematch. Those before it only count where they are told of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.kinds import Kinds
from matcher.model import Agreed, IntArray, Session
from matcher.slots import Slots, WordArray

Sessions = tuple[Session, ...]


@dataclass(frozen=True)
class Carried:
    """What candidates bring along, an entry each.

    `resume` is the first day on which anything is planned. `held` are the sessions before it, `slot` is that of
    the last of them, or -1, and `before` the number of those before that one. `worth` is what those held are worth
    less what the model takes the last one for, `regular` how many of them are. `planned` are the sessions that
    were planned from that day on, as slots and minutes, as far as there are such slots, and `planned_in_all` tells
    how many there were. `used` names people (persons) and days of sessions held, as far as they count where a
    person has had so many in a week.
    """

    resume: int
    held: tuple[Sessions, ...]
    slot: IntArray
    before: IntArray
    worth: IntArray
    regular: IntArray
    planned: tuple[tuple[tuple[int, int], ...], ...]
    planned_in_all: IntArray
    columns: int
    used: tuple[tuple[int, int], ...] = ()

    @property
    def held_on(self) -> IntArray:
        """The day of the last session that each has held, -1 for none."""
        return np.where(self.slot >= 0, self.slot // max(self.columns, 1), -1)

    def whole(self, plan: Mapping[int, Sessions]) -> dict[int, Sessions]:
        """A plan with all sessions that each pair has held in place of the last one, which is its first."""
        held = self.held
        return {pair: held[pair] + own[1:] if held[pair] else own for pair, own in plan.items()}

    def of(self, pairs: IntArray, used: tuple[tuple[int, int], ...]) -> Carried:
        """The same for some candidates, which may repeat, with other people `used`."""
        places = pairs.tolist()
        return replace(
            self,
            held=tuple(self.held[place] for place in places),
            slot=self.slot[pairs],
            before=self.before[pairs],
            worth=self.worth[pairs],
            regular=self.regular[pairs],
            planned=tuple(self.planned[place] for place in places),
            planned_in_all=self.planned_in_all[pairs],
            used=used,
        )

    def beside(self, bits: Sequence[WordArray], pairs: IntArray, kinds: Kinds) -> tuple[WordArray, ...]:
        """The slots of `Times.open` with the last session that each pair has held, by kind, planned ones first."""
        held = np.nonzero(self.slot[pairs] >= 0)[0]
        at = self._places(self.slot[pairs[held]], held)
        for open_now in bits:
            open_now[at[:-1]] |= at[-1]
        result = []
        for kind, open_now in zip(kinds.plain, bits, strict=True):
            was = np.zeros_like(open_now)
            rows = [
                (slot, place)
                for place, pair in enumerate(pairs.tolist())
                for slot, minutes in self.planned[pair]
                if minutes == kind.minutes
            ]
            slot, place = np.array(rows, dtype=np.int64).reshape(-1, 2).T
            at = self._places(slot, place)
            np.bitwise_or.at(was, at[:-1], at[-1])
            result.append(was & open_now)
        return (*result, *bits)

    def _places(self, slot: IntArray, row: IntArray) -> tuple[IntArray, IntArray, IntArray, WordArray]:
        """Where the bits of slots are: word, day and row, and the bits."""
        day, column = divmod(slot, max(self.columns, 1))
        return column // 64, day, row, np.uint64(1) << (column % 64).astype(np.uint64)


def make_carried(
    agreed: Sequence[Agreed | None], slots: Slots, kinds: Kinds, resume: int, used: Sequence[tuple[int, int]]
) -> Carried:
    """What candidates bring along; None for one that would be new. All sessions held must have their slots."""
    going = [(place, one) for place, one in enumerate(agreed) if one is not None]  # few of the candidates
    begun = [(place, one.held) for place, one in going if one.held]
    taken_for = kinds.of([Session(0, kinds.plain[0].minutes, kinds.plain[0].preferred)])

    def told(what: Iterable[tuple[int, int]], usual: int = 0) -> IntArray:
        column = np.full(len(agreed), usual)
        for place, value in what:
            column[place] = value
        return column

    return Carried(
        resume,
        held=tuple(one.held if one else () for one in agreed),
        slot=told(((place, slots.at[held[-1].start]) for place, held in begun), -1),
        before=told((place, len(held) - 1) for place, held in begun),
        worth=told((place, kinds.of(held) - taken_for) for place, held in begun),
        regular=told((place, slots.regular(held)) for place, held in begun),
        planned=tuple(_planned(one.planned, slots) if one else () for one in agreed),
        planned_in_all=told((place, len(one.planned)) for place, one in going),
        columns=slots.columns,
        used=tuple(used),
    )


def _planned(sessions: Sessions, slots: Slots) -> tuple[tuple[int, int], ...]:
    """Slot and minutes of planned sessions, as far as there is such a slot."""
    places: Mapping[int, int] = slots.at
    return tuple((places[one.start], one.minutes) for one in sessions if one.start in places)
