"""Where more mentees want places than there are, whoever gets them."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from matcher.check_candidates import Candidates
from matcher.check_rules import Roster
from matcher.model import Pair

SMALL = 20  # mentors in a set that is named


@dataclass(frozen=True)
class Group:
    """Mentors of whom more mentees have no other than they have places for."""

    number: int
    mentors: frozenset[int]
    mentees: int
    places: int

    @property
    def shortage(self) -> int:
        """How many places are missing at least."""
        return self.mentees - self.places


class Demand:
    """The mentees without a lock, whom they may have, and a pairing of as many of them as places allow.

    `wishes` gives the mentors of each mentee's possible candidates, `places` what each mentor has beside locks.
    """

    def __init__(self, roster: Roster, candidates: Candidates, pairs: Iterable[Pair]) -> None:
        locked = set(candidates.mentee[candidates.locked].tolist())
        locks = Counter(candidates.mentor[candidates.locked].tolist())
        self.wishes: dict[int, list[int]] = {}
        self.suitors: dict[int, list[int]] = {}
        for mentee, mentor in zip(candidates.mentee.tolist(), candidates.mentor.tolist(), strict=True):
            self.suitors.setdefault(mentor, [])
            if mentee not in locked:
                self.wishes.setdefault(mentee, []).append(mentor)
                self.suitors[mentor].append(mentee)
        self.places = {mentor: max(roster.capacity[mentor] - locks[mentor], 0) for mentor in self.suitors}
        self.wanted = Counter(candidates.mentor.tolist())
        self._of: dict[int, int] = {}
        self._holders: dict[int, set[int]] = {mentor: set() for mentor in self.suitors}
        self._served = set[int]()
        self._start(pairs)
        self.groups = self._groups(self._reached())
        self.group_of = {mentor: group for group in self.groups for mentor in group.mentors}
        self._filling: dict[frozenset[int], set[int] | None] = {}
        self._inside: dict[frozenset[int], list[int]] = {}

    def _start(self, pairs: Iterable[Pair]) -> None:
        """Begin with the pairs of the run."""
        for mentee, mentor in pairs:
            self._served.add(mentee)
            if mentee in self._of or mentor not in self.wishes.get(mentee, ()):
                continue
            if len(self._holders[mentor]) < self.places[mentor]:
                self._give(mentee, mentor)

    def _give(self, mentee: int, mentor: int) -> int | None:
        """Give a mentee a place with a mentor; where he had one before."""
        before = self._of.get(mentee)
        if before is not None:
            self._holders[before].remove(mentee)
        self._of[mentee] = mentor
        self._holders[mentor].add(mentee)
        return before

    def _reached(self) -> set[int]:
        """The mentors whom those left out reach by alternating paths, once nobody can be added."""
        while True:
            seen, added = set[int](), False
            for mentee in [mentee for mentee in self.wishes if mentee not in self._of]:
                added |= self._add(mentee, seen)
            if not added:
                return seen

    def _add(self, mentee: int, seen: set[int]) -> bool:
        """Find a place for one more mentee, if need be by moving others, through mentors not yet `seen`."""
        came: dict[int, int] = {}
        waiting = deque([mentee])
        while waiting:
            asking = waiting.popleft()
            for mentor in self.wishes[asking]:
                if mentor in seen:
                    continue
                seen.add(mentor)
                came[mentor] = asking
                if len(self._holders[mentor]) < self.places[mentor]:
                    self._move(mentor, came)
                    return True
                waiting.extend(self._holders[mentor])
        return False

    def _move(self, mentor: int, came: Mapping[int, int]) -> None:
        """Give the free place to who asked for it, the place that he leaves to who asked before him, and so on."""
        place: int | None = mentor
        while place is not None:
            place = self._give(came[place], place)

    def _groups(self, reached: Collection[int]) -> list[Group]:
        """The mentors reached, in parts that share no mentee who has no other mentor."""
        home = {mentor: mentor for mentor in reached}

        def root(mentor: int) -> int:
            while home[mentor] != mentor:
                home[mentor] = home[home[mentor]]
                mentor = home[mentor]
            return mentor

        inside = [mentee for mentee, wishes in self.wishes.items() if all(mentor in home for mentor in wishes)]
        for mentee in inside:
            first = root(self.wishes[mentee][0])
            for mentor in self.wishes[mentee][1:]:
                home[root(mentor)] = first
        mentees = Counter(root(self.wishes[mentee][0]) for mentee in inside)
        parts: dict[int, list[int]] = {}
        for mentor in sorted(reached):
            parts.setdefault(root(mentor), []).append(mentor)
        sized = [(mentees[head], sum(self.places[one] for one in part), part) for head, part in parts.items()]
        sized.sort(key=lambda item: (item[1] - item[0], item[2][0]))
        return [
            Group(number, frozenset(part), wanting, places)
            for number, (wanting, places, part) in enumerate(sized, start=1)
        ]

    def inside(self, mentors: frozenset[int]) -> list[int]:
        """The mentees without a lock all of whose possible candidates are with these mentors."""
        if mentors not in self._inside:
            asking = sorted({mentee for mentor in mentors for mentee in self.suitors[mentor]})
            self._inside[mentors] = [mentee for mentee in asking if mentors.issuperset(self.wishes[mentee])]
        return self._inside[mentors]

    def others_fill(self, mentors: frozenset[int], mentee: int) -> bool:
        """Whether others than this mentee, with no mentors but these, can take all their places."""
        if mentors not in self._filling:
            self._filling[mentors] = self._fill(mentors, self.inside(mentors))
        takers = self._filling[mentors]
        if takers is not None and mentee in takers:
            takers = self._fill(mentors, [one for one in self.inside(mentors) if one != mentee])
        return takers is not None

    def _fill(self, mentors: Collection[int], mentees: Sequence[int]) -> set[int] | None:
        """Mentees who take all places of the mentors, those paired in the run first; None if they are too few."""
        seats = [mentor for mentor in sorted(mentors) for _ in range(self.places[mentor])]
        holder: dict[int, int] = {}
        of_mentor: dict[int, list[int]] = {}
        for seat, mentor in enumerate(seats):
            of_mentor.setdefault(mentor, []).append(seat)
        order = sorted(mentees, key=lambda mentee: (mentee not in self._served, mentee))

        def place(mentee: int, tried: set[int]) -> bool:
            for mentor in self.wishes[mentee]:
                if mentor in tried:
                    continue
                tried.add(mentor)
                for seat in of_mentor.get(mentor, ()):
                    if seat not in holder or place(holder[seat], tried):
                        holder[seat] = mentee
                        return True
            return False

        for mentee in order:
            if len(holder) == len(seats):
                break
            place(mentee, set())
        return set(holder.values()) if len(holder) == len(seats) else None
