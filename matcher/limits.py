"""What a person's sessions ask of each other: pauses between them, and how many a day and week may hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.model import IntArray
from matcher.programme import Programme


@dataclass(frozen=True, eq=False)
class Period:
    """Stretches of days in which a person has at most `most` sessions; `of_day` numbers that of each day."""

    most: int
    of_day: IntArray


@dataclass(frozen=True)
class Limits:
    """`pause` minutes beside each session are free of others; `periods` limit the number of sessions."""

    pause: int = 0
    periods: tuple[Period, ...] = ()

    def counts_with(self, day: int, other: int) -> bool:
        """Whether sessions on two days count together in some limit."""
        return any(one.of_day[day] == one.of_day[other] for one in self.periods)

    def bind(self, min_between: int) -> bool:
        """Whether one pair alone, with sessions so many days apart, could exceed a limit on sessions."""
        return any(-(-int(np.bincount(one.of_day).max()) // min_between) > one.most for one in self.periods)


NO_LIMITS = Limits()


def make_limits(programme: Programme) -> Limits:
    """Read the limits off the programme; weeks begin on Monday."""
    rules, days = programme.sessions, np.arange(programme.days)
    weeks = (days + programme.frame.start.weekday()) // 7
    periods = ((rules.max_per_day, days), (rules.max_per_week, weeks))
    return Limits(rules.pause_minutes, tuple(Period(most, of_day) for most, of_day in periods if most))
