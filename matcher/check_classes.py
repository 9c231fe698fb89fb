"""The classes of mentees again: whose place goes before whose, by priority and by how often in a row they lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from matcher.model import Cohort, IntArray

ClassKey = tuple[int, int]


class Classes:
    """The classes of a cohort's mentees, the one that goes first first; none where all mentees are alike.

    `names` are what files call them: priority and losses in a row.
    """

    def __init__(self, cohort: Cohort | None = None) -> None:
        lost = cohort.history.lost if cohort and cohort.history else {}
        mentees = cohort.mentees.tolist() if cohort else []
        priority = cohort.employees.priority.tolist() if cohort else []
        own = {mentee: (priority[mentee], lost.get(mentee, 0)) for mentee in mentees}
        keys = sorted(set(own.values()), key=lambda key: (-key[0], -key[1]))
        keys = keys if len(keys) > 1 else []
        self.names = [f"{priority}/{times}" for priority, times in keys]
        self.sizes = [Counter(own.values())[key] for key in keys]
        self._place = {mentee: keys.index(key) for mentee, key in own.items()} if keys else {}

    def __len__(self) -> int:
        return len(self.names)

    @property
    def counted(self) -> int:
        """How many classes a value counts: the last one follows from the others."""
        return max(len(self) - 1, 0)

    def counts(self, mentees: Iterable[int]) -> tuple[int, ...]:
        """How many of these mentees, each named once, each class has."""
        found = Counter(map(self._place.get, mentees)) if self else Counter[int | None]()
        return tuple(found[place] for place in range(len(self)))

    def served(self, mentees: IntArray, parts: int) -> IntArray:
        """What it adds to a value that each of these mentees has a mentor; shape (parts, mentees)."""
        found = np.zeros((parts, len(mentees)), dtype=np.int64)
        found[0] = 1
        for at, mentee in enumerate(mentees.tolist() if self else ()):
            if self._place[mentee] < self.counted:
                found[2 + self._place[mentee], at] = 1
        return found
