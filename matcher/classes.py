"""Whose place goes before whose: classes of mentees by priority, then by how often in a row they lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.model import BoolArray, Cohort, IntArray

ClassKey = tuple[int, int]
"""A priority, and how many times in a row a mentee of that priority was left without a mentor."""


@dataclass(frozen=True)
class Classes:
    """The classes of a cohort's mentees, the one that goes first first; there are two at least.

    `of_person` gives everybody's class as a place in `keys`, -1 for who is no mentee.
    """

    keys: tuple[ClassKey, ...]
    of_person: IntArray

    def of(self, place: int) -> BoolArray:
        """Who belongs to a class, as a Boolean per person."""
        return np.asarray(self.of_person == place)

    def counts(self, mentees: Iterable[int]) -> tuple[int, ...]:
        """How many of these mentees (persons, each once) belong to each class."""
        own = self.of_person[np.fromiter(mentees, dtype=np.int64)]
        return tuple(np.bincount(own, minlength=len(self.keys)).tolist())


def class_key(cohort: Cohort, mentee: int) -> ClassKey:
    """Priority of a mentee and how many times in a row he lost."""
    lost: Mapping[int, int] = cohort.history.lost if cohort.history else {}
    return int(cohort.employees.priority[mentee]), lost.get(mentee, 0)


def make_classes(cohort: Cohort) -> Classes | None:
    """The classes: the greater priority first, then more losses in a row; None where all mentees are alike."""
    mentees = cohort.mentees.tolist()
    own = [class_key(cohort, mentee) for mentee in mentees]
    keys = tuple(sorted(set(own), reverse=True))
    if len(keys) < 2:
        return None
    place = {key: number for number, key in enumerate(keys)}
    of_person = np.full(len(cohort.employees), -1, dtype=np.int64)
    of_person[mentees] = [place[key] for key in own]
    return Classes(keys, of_person)


def class_name(key: ClassKey) -> str:
    """A class in files: its priority, a stroke, and how often in a row its mentees lost.

    >>> class_name((2, 1))
    '2/1'
    """
    return f"{key[0]}/{key[1]}"


def class_change(keys: Sequence[ClassKey], changes: Sequence[int]) -> str:
    """How many mentees more or fewer each class has, where any.

    >>> class_change([(1, 0), (0, 1), (0, 0)], [1, 0, -1])
    '1/0:+1 0/0:-1'
    """
    rows = zip(keys, changes, strict=True)
    return " ".join(f"{class_name(key)}:{number:+d}" for key, number in rows if number)
