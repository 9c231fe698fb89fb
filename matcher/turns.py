"""Pairs in turn, each scheduled as well as those before it allow: quick, and mostly the best there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.cuts import Plan
from matcher.engaged import Engaged
from matcher.model import IntArray, Session
from matcher.packing import Window
from matcher.plans import Best, Rules, best_alone
from matcher.times import BLOCK, Bookings, Times, blocks

CELLS = 2**24
"""How many days of pairs and sessions the dynamic program may keep at a time (about 32 bytes each)."""


@dataclass(frozen=True)
class Turns:
    """Schedules pairs one after the other."""

    times: Times
    rules: Rules

    @property
    def at_once(self) -> int:
        """How many pairs to plan at once: the program keeps some numbers per pair, day, word and session."""
        sessions = 1 if self.rules.aim.number == "most" else self.rules.cadence.most
        cells = self.rules.cadence.days * self.times.slots.words * sessions
        return min(BLOCK, max(1, CELLS // cells))

    def plan(
        self, pairs: Sequence[int], kept: Plan | None = None, windows: Mapping[int, Window] | None = None
    ) -> dict[int, tuple[Session, ...]]:
        """Schedule the pairs in the given order, each as well as the earlier ones and `kept` allow.

        Pairs for which nothing is left are not in the result. Where mentors have more pairs than places, those
        with `windows` meet within these only.
        """
        held = kept or {}
        booked = Bookings(self.times, np.array([*held, *pairs], dtype=np.int64))
        rows = [(pair, session.start, session.minutes) for pair, sessions in held.items() for session in sessions]
        if rows:
            booked.book(*np.array(rows, dtype=np.int64).T)
        done: dict[int, tuple[Session, ...]] = {}
        engaged = Engaged(self.times, [*held, *pairs], windows or {})
        engaged.note(held)
        for wave in self._waves(pairs):
            for block in blocks(wave, self.at_once):
                for some in (block,) if engaged.free else engaged.split(block):
                    best = self._best(some, booked, engaged)
                    new = self._book(some, best, booked)
                    engaged.note(new)
                    done.update(new)
        return done

    def _best(self, pairs: IntArray, booked: Bookings, engaged: Engaged) -> Best:
        """The best schedule of each pair beside what is booked, in a gap that its mentor's places leave."""
        bits = self.times.open(pairs, booked)
        gaps = engaged.gaps(pairs)
        if gaps is None:
            return best_alone(bits, self.rules, self.times.whose(pairs), plan=True)
        inside = engaged.inside(gaps, self.rules.kinds)
        row = np.array([gap.row for gap in gaps], dtype=np.int64)
        masked = [some[:, :, row] & mask for some, mask in zip(bits, inside, strict=True)]
        best = best_alone(masked, self.rules, self.times.whose(pairs[row]), plan=True)
        # Of a pair's gaps the one in which most stays as planned and sessions are worth most; of equals the first.
        planned = 0 * row if best.planned is None else best.planned
        order = np.lexsort((np.arange(len(row)), -best.worth, -planned, best.sessions == 0, row))
        first = order[np.unique(row[order], return_index=True)[1]]
        return Best(
            best.sessions[first], best.worth[first], best.regular[first], best.slots[first], best.kind[first]
        )

    def _waves(self, pairs: Sequence[int]) -> list[IntArray]:
        """The pairs in waves: each comes after all that share a person with it and stand before it."""
        mentees, mentors = self.times.mentee.tolist(), self.times.mentor.tolist()
        after: dict[int, int] = {}
        waves: list[list[int]] = []
        for pair in pairs:
            mentee, mentor = mentees[pair], mentors[pair]
            wave = max(after.get(mentee, 0), after.get(mentor, 0))
            after[mentee] = after[mentor] = wave + 1
            if wave == len(waves):
                waves.append([])
            waves[wave].append(pair)
        return [np.array(wave, dtype=np.int64) for wave in waves]

    def _book(self, pairs: IntArray, best: Best, booked: Bookings) -> dict[int, tuple[Session, ...]]:
        """Book the best schedules of a wave, and give them as sessions."""
        slots, kinds = self.times.slots, self.times.kinds.all
        start = slots.start[best.slots] if len(slots.start) else best.slots
        minutes = np.array([kind.minutes for kind in kinds])[best.kind]
        real = best.slots >= 0
        # A session that ends around midnight may be too near the next day's, which the program does not see, and
        # neither does it see how many sessions a week may hold.
        clash = ((start + minutes + self.times.limits.pause)[:, :-1] > start[:, 1:]) & real[:, 1:]
        real[clash.any(axis=1)] = False
        real[booked.exceeded(pairs, best.slots // max(slots.columns, 1), real)] = False
        row, step = np.nonzero(real)
        start, minutes = start[row, step], minutes[row, step]
        booked.book(pairs[row], start, minutes)
        liked, planned = np.array([(kind.preferred, kind.planned) for kind in kinds])[best.kind[row, step]].T
        columns = zip(start.tolist(), minutes.tolist(), liked.tolist(), planned.tolist(), strict=True)
        sessions = [Session(*one) for one in columns]
        ends = np.cumsum(real.sum(axis=1)).tolist()
        begins = [0, *ends[:-1]]
        spans = zip(pairs.tolist(), begins, ends, strict=True)
        done = {pair: tuple(sessions[begin:end]) for pair, begin, end in spans if end > begin}
        return done if self.times.carried is None else self.times.carried.whole(done)
