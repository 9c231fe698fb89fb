"""Changes to a plan, thousands at once: can what is added be scheduled beside what stays, each for itself.

What stays keeps its sessions as they are. So nothing is proven where a change does not fit: sessions might move.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matcher.cuts import Plan
from matcher.model import BoolArray, Session
from matcher.times import Bookings
from matcher.turns import Turns
from matcher.ways import Change

AT_ONCE = 2**14
"""So many changes are tried at once: bounds the memory."""


@dataclass(frozen=True)
class Trials:
    """Tries changes to a plan of candidates."""

    turns: Turns
    plan: Plan

    def sessions(self, changes: Sequence[Change]) -> list[Plan | None]:
        """The sessions of what each change adds, None where some of it does not fit in."""
        found: list[Plan | None] = []
        for first in range(0, len(changes), AT_ONCE):
            found += self._try(changes[first : first + AT_ONCE])
        return found

    @cached_property
    def _of_person(self) -> dict[int, list[int]]:
        """The planned candidates of each person."""
        mentee, mentor = self.turns.times.mentee.tolist(), self.turns.times.mentor.tolist()
        of_person: dict[int, list[int]] = defaultdict(list)
        for pair in self.plan:
            of_person[mentee[pair]].append(pair)
            of_person[mentor[pair]].append(pair)
        return of_person

    def stays(self, change: Change) -> Iterator[int]:
        """The candidates that stay and share somebody with what is added."""
        times, dropped = self.turns.times, set(change.dropped)
        people = {int(who[pair]) for pair in change.added for who in (times.mentee, times.mentor)}
        for pair in sorted({pair for person in people for pair in self._of_person.get(person, ())}):
            if pair not in dropped:
                yield pair

    def open_days(self, changes: Sequence[Change]) -> BoolArray:
        """Days on which what each change adds, one candidate, can meet beside what stays; (changes, days)."""
        days = [np.zeros((0, self.turns.times.slots.days), dtype=bool)]
        for first in range(0, len(changes), AT_ONCE):
            part = _Worlds(self, changes[first : first + AT_ONCE])
            days.append(part.open_days())
        return np.concatenate(days)

    def beside(self, change: Change) -> Plan:
        """The sessions that stay and concern somebody of what is added."""
        return {pair: self.plan[pair] for pair in self.stays(change)}

    def _try(self, changes: Sequence[Change]) -> list[Plan | None]:
        worlds = _Worlds(self, changes)
        plan = worlds.turns.plan(range(len(worlds.held), len(worlds.pairs)), worlds.held)
        found: list[dict[int, tuple[Session, ...]]] = [{} for _ in changes]
        for place, sessions in plan.items():
            found[int(worlds.world[place])][int(worlds.pairs[place])] = sessions
        whole = zip(found, changes, strict=True)
        return [sessions if len(sessions) == len(change.added) else None for sessions, change in whole]


class _Worlds:
    """Changes, each in a world of its own: what stays (`held`, with its sessions), then what is added."""

    def __init__(self, trials: Trials, changes: Sequence[Change]) -> None:
        kept = [(pair, world) for world, change in enumerate(changes) for pair in trials.stays(change)]
        added = [(pair, world) for world, change in enumerate(changes) for pair in change.added]
        self.pairs, self.world = np.array([*kept, *added], dtype=np.int64).reshape(-1, 2).T
        self.turns = Turns(trials.turns.times.in_worlds(self.pairs, self.world), trials.turns.rules)
        self.held = {place: trials.plan[pair] for place, (pair, _) in enumerate(kept)}

    def open_days(self) -> BoolArray:
        """Days on which each of the added can meet."""
        every = np.arange(len(self.pairs))
        booked = Bookings(self.turns.times, every)
        rows = [(at, session.start, session.minutes) for at, own in self.held.items() for session in own]
        if rows:
            booked.book(*np.array(rows, dtype=np.int64).T)
        return self.turns.times.open_days(every[len(self.held) :], booked)
