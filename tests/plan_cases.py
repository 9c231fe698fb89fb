"""Pairs with a handful of open slots, drawn at random, and all their schedules by enumeration."""

from __future__ import annotations

import datetime as dt
import random
from itertools import combinations, pairwise

import numpy as np

from matcher.cadence import Cadence, make_cadence
from matcher.kinds import Kinds
from matcher.model import Session
from matcher.plans import Aim, Rules
from matcher.programme import Programme
from matcher.slots import Slots, pack
from matcher.sweeps import make_open


def programme(days=60, **sessions):
    start = dt.date(2027, 1, 11)
    frame = {"start": start, "end": start + dt.timedelta(days=days - 1)}
    return Programme.model_validate({"programme": frame, "sessions": sessions})


def random_cadence(rng):
    """Windows as a programme has them, or any at all."""
    between = rng.choice((1, 3, 7, 10, 14))
    if rng.random() < 0.5:
        rules = programme(
            rng.randint(1, 6 * between + 10),
            min_days_between=between,
            month_rule=rng.choice(("both", "rolling", "calendar", "none")),
            minimum=rng.choice((1, 1, 2)),
        )
        return make_cadence(rules)
    days = rng.randint(1, 5 * between + 5)
    latest_next = [
        rng.choice((days - 1, min(days - 1, day + 2 * between), rng.randint(0, days - 1))) for day in range(days)
    ]
    may_end = [rng.random() < 0.5 or day == days - 1 for day in range(days)]
    minimum, first_latest = rng.choice((1, 1, 2)), rng.randint(0, days - 1)
    return Cadence(days, between, minimum, first_latest, np.array(latest_next), np.array(may_end))


def runs(marks, cadence, day_of=lambda mark: mark):
    """Every ascending series of marks that may follow each other, wherever it begins and ends."""
    for size in range(1, min(len(marks), cadence.most) + 1):
        for run in combinations(marks, size):
            days = [day_of(mark) for mark in run]
            if all(a + cadence.min_between <= b <= cadence.latest_next[a] for a, b in pairwise(days)):
                yield run


COLUMNS = (
    ([0], [0]),
    ([0, 1], [0, 1]),
    ([0, 1, 2], [0, 0, 2]),
    ([0, 1, 2], [0, 1, 2]),
    ([0, 63, 64], [0, 63, 63]),  # a clock time shown twice, in two words
    ([3, 64, 130], [3, 64, 130]),
)
"""Columns at which anybody can start, and the first column with the same clock time."""


class Drawn:
    """A cadence, some slots, and three pairs with a handful of open slots each."""

    def __init__(self, seed):
        rng = random.Random(seed)
        self.cadence = random_cadence(rng)
        used, alike = rng.choice(COLUMNS)
        days, columns = self.cadence.days, used[-1] + 1
        self.twin = np.arange(columns)
        self.twin[used] = alike
        self.slots = Slots(days, np.arange(days * columns), self.twin)
        self.lengths = rng.choice(((45,), (45, 30), (31, 30), (33, 31, 30)))
        self.minutes = np.zeros((3, days * columns), dtype=np.int16)
        cells = [day * columns + column for day in range(days) for column in used]
        for row in range(3):
            for slot in rng.sample(cells, min(len(cells), rng.choice((3, 8, 9)))):
                self.minutes[row, slot] = rng.choice(self.lengths)
                weekly = slot + 7 * columns * -(-self.cadence.min_between // 7)
                if rng.random() < 0.6 and weekly < days * columns and (self.minutes[row] > 0).sum() < 10:
                    self.minutes[row, weekly] = rng.choice(self.lengths)
        self.kinds = Kinds(self.lengths, rng.random() < 0.4, 200)
        # In some slots a shorter session is preferred than the longest that is possible, in others none is.
        self.liked = np.array(
            [[rng.choice((0, n, n, 30)) if n else 0 for n in row] for row in self.minutes.tolist()]
        )
        self.liked = np.minimum(self.liked, self.minutes) * self.kinds.preferred
        self.worth = np.vectorize(self.worth_at)(self.minutes, self.liked)
        self.runs = [
            list(runs(self.minutes[row].nonzero()[0].tolist(), self.cadence, self.day)) for row in range(3)
        ]
        self.bits = as_bits(self.minutes, self.slots, self.kinds, self.liked)
        self.where = make_open(self.bits, self.kinds.worths)

    def worth_at(self, longest, liked):
        """The most that a session is worth at a slot: of the longest there, 0 where none is possible."""
        return self.kinds.of([Session(0, int(longest), bool(0 < longest <= liked))]) if longest else 0

    def day(self, slot):
        return slot // len(self.twin)

    def starts_in_time(self, run):
        return self.day(run[0]) <= self.cadence.first_latest

    def may_end(self, run):
        return self.cadence.may_end[self.day(run[-1])]

    def schedules(self, row):
        """All sets of slots at which a pair can meet by the rules, but for the minimum."""
        return [run for run in self.runs[row] if self.starts_in_time(run) and self.may_end(run)]

    def mark(self, slot):
        """The day and the clock time of a slot."""
        day, column = divmod(slot, len(self.twin))
        return day, int(self.twin[column])

    def regular(self, run):
        marks = [self.mark(slot) for slot in run]
        return sum((b[0] - a[0]) % 7 == 0 and a[1] == b[1] for a, b in pairwise(marks))

    def total(self, row, run):
        """What the best sessions at these slots are worth, and how many are regular."""
        return sum(int(self.worth[row, slot]) for slot in run), self.regular(run)

    def rules(self, number="most"):
        return Rules(self.slots, self.kinds, self.cadence, Aim(number))

    def weights(self, *, sessions, regular=True):
        return self.rules().weights(sessions=sessions, regular=regular)

    def score(self, row, run, weights):
        worth, regular = self.total(row, run)
        return len(run) * weights.session + worth * weights.worth + regular * weights.regular


def as_bits(minutes, slots, kinds, liked=None):
    """What `Times.open` gives for pairs with these longest sessions, and longest preferred ones, at each slot."""
    longest, preferred = (
        table.reshape(len(minutes), slots.days, slots.columns)
        for table in (minutes, minutes if liked is None else liked)
    )
    tables = [(preferred if kind.preferred else longest) >= kind.minutes for kind in kinds.all]
    return tuple(pack(table, slots.words).transpose(2, 1, 0).copy() for table in tables)
