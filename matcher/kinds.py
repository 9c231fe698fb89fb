"""Kinds of session: how long, whether in preferred hours, and what one counts in the goals about both."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from matcher.model import Cohort, IntArray, Session


class Kind(NamedTuple):
    """A length in minutes, whether the session lies in the preferred hours of both, and what it is worth.

    `planned` ones stand in the plan that a rematch repairs; that outweighs everything else.
    """

    minutes: int
    preferred: bool
    worth: int
    planned: bool = False


@dataclass(frozen=True)
class Kinds:
    """The kinds of session of a programme; goals `minutes` and `preferred` as one number, the *worth*.

    `lengths` are in minutes, longest first; `planned` tells that it matters whether sessions were planned before.
    Where the length is a decision, every minute is worth `minute` for
    each of the `step` minutes that divide all lengths; where hours are `preferred`, a session in them is worth 1
    more. No number of these outweighs a step.
    """

    lengths: tuple[int, ...]
    preferred: bool = False
    minute: int = 1
    planned: bool = False

    @property
    def lengths_matter(self) -> bool:
        """Whether goal `minutes` exists."""
        return len(self.lengths) > 1

    @property
    def matter(self) -> bool:
        """Whether one session may be worth more than another."""
        return self.lengths_matter or self.preferred

    @cached_property
    def step(self) -> int:
        """The greatest number of minutes that divides every length."""
        return math.gcd(*self.lengths)

    @cached_property
    def plain(self) -> tuple[Kind, ...]:
        """Every kind of what was not planned, the one that is worth most first; of one length preferred ones."""
        likes = (True, False) if self.preferred else (False,)
        return tuple(Kind(length, like, self._worth(length, like)) for length in self.lengths for like in likes)

    @cached_property
    def all(self) -> tuple[Kind, ...]:
        """Every kind in the same order, those that were planned before all others."""
        return (*(kind._replace(planned=True) for kind in self.plain if self.planned), *self.plain)

    @cached_property
    def were_planned(self) -> IntArray:
        """Which of `all` were planned (1 or 0)."""
        return np.array([kind.planned for kind in self.all], dtype=np.int64)

    @cached_property
    def worths(self) -> IntArray:
        """What each of `all` is worth."""
        return np.array([kind.worth for kind in self.all], dtype=np.int64)

    def of(self, sessions: Iterable[Session]) -> int:
        """What sessions are worth together."""
        if not self.matter:
            return 0
        return sum(self._worth(session.minutes, session.preferred) for session in sessions)

    def minutes_in(self, worth: int) -> int:
        """The minutes of sessions that are worth so much together, where lengths matter."""
        return worth // self.minute * self.step

    def preferred_in(self, worth: int) -> int:
        """How many of sessions that are worth so much together lie in preferred hours."""
        return worth % self.minute if self.lengths_matter else worth

    def _worth(self, minutes: int, preferred: bool) -> int:
        return minutes // self.step * self.minute * self.lengths_matter + (preferred and self.preferred)


def make_kinds(cohort: Cohort, most: int) -> Kinds:
    """Read the kinds off the programme; no pair has more than `most` sessions."""
    programme = cohort.programme
    preferred = bool(programme.calendar.preferred_hours)
    pairs = len(cohort.mentees) * programme.capacity.mentors_per_mentee
    planned = cohort.earlier is not None
    return Kinds(programme.sessions.minutes, preferred, 1 + pairs * most * preferred, planned)
