"""Mentors with a free place whom a mentee did not list, in the order in which they are suggested."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import islice

from matcher.check_files import FORMULA_STARTS, Table
from matcher.check_rules import Roster
from matcher.model import Pair

MOST = 3
TRIED = 8  # of the mentors for each mentee: whoever is left out among these must have no schedule


class Colleagues:
    """Who could be suggested to whom, calendars aside."""

    def __init__(self, roster: Roster, pairs: Collection[Pair]) -> None:
        self._roster, self._pairs = roster, pairs
        self.load = Counter(mentor for _, mentor in pairs)
        free = [person for person, capacity in enumerate(roster.capacity) if capacity > self.load[person]]
        self._free = sorted(free, key=lambda person: (roster.level[person], self.load[person], person))
        self._levels = [roster.level[person] for person in self._free]
        self._first: dict[int, list[int]] = {}

    def order(self, mentee: int, mentor: int) -> tuple[int, int, int]:
        """Smallest level gap, then fewest mentees, then mentor_id."""
        return self._roster.level_gap((mentee, mentor)), self.load[mentor], mentor

    def may(self, mentee: int, mentor: int) -> bool:
        """Whether a colleague has a place, is not listed, and no rule keeps the two apart."""
        pair = mentee, mentor
        return (
            self._roster.capacity[mentor] > self.load[mentor]
            and self._roster.rank(pair) is None
            and not self._roster.refusal(pair)
            and (mentor, mentee) not in self._pairs
        )

    def first(self, mentee: int) -> list[int]:
        """The first `TRIED` of them in order."""
        if mentee not in self._first:
            rules = self._roster.programme.eligibility
            lowest = self._roster.level[mentee] + min(rules.same_function_gap, rules.cross_function_gap)
            high_enough = islice(self._free, bisect_left(self._levels, lowest), None)
            self._first[mentee] = list(islice((one for one in high_enough if self.may(mentee, one)), TRIED))
        return self._first[mentee]


class Names:
    """People by the words that results call them by: name and id, or the id alone."""

    def __init__(self, roster: Roster) -> None:
        self._person = {roster.label(person): person for person in range(len(roster.ids))}
        self._most_parts = 1 + max((label.count("; ") for label in self._person), default=0)

    def read(self, cell: str) -> list[int] | None:
        """The people of a cell, separated by semicolons; None if it is no such list."""
        plain = cell[1:] if cell[:1] == "'" and cell.lstrip("'").startswith(FORMULA_STARTS) else cell
        for text in (cell, plain):
            found = next(self._split(text.split("; ")), None) if text else []
            if found is not None:
                return found
        return None

    def _split(self, parts: list[str]) -> Iterator[list[int]]:
        """Every way to read the parts as up to `MOST` people, whose names may hold semicolons themselves."""
        waiting: list[tuple[int, list[int]]] = [(0, [])]
        while waiting:
            start, found = waiting.pop()
            if start == len(parts):
                yield found
            last = min(start + self._most_parts, len(parts)) if len(found) < MOST else start
            for end in range(start + 1, last + 1):
                person = self._person.get("; ".join(parts[start:end]))
                if person is not None:
                    waiting.append((end, [*found, person]))


class People:
    """The mentees without a mentor, whom they may be told of, and everybody who is named to them."""

    def __init__(self, roster: Roster, pairs: Collection[Pair], unmatched: Table) -> None:
        matched = {mentee for mentee, _ in pairs}
        self.unmatched = {mentee for mentee in roster.mentees if mentee not in matched}
        self.names, self.colleagues = Names(roster), Colleagues(roster, pairs)
        self.named = {mentor for mentee in self.unmatched for mentor in self.colleagues.first(mentee)}
        for row in unmatched.rows():
            self.named.update(self.names.read(row["suggestions"]) or ())
