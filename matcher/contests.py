"""Why places alone keep a mentee out: mentors who are too few for those who can only go to them (Hall's theorem).

Groups are those of `shortages`. In a small group the fewest mentors that show it are found for each mentee: by
trying out where there are few more than his own, else by CP-SAT.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from ortools.sat.python import cp_model

from matcher.cpsat import Clock, run
from matcher.model import BoolArray, Cohort
from matcher.rules import Candidates
from matcher.shortages import Shortage

SMALL = 60
"""In a group of so many mentors at most the fewest are looked for."""

NAMED = 20
"""So many mentors at most are named; a set of more gives way to the whole group."""

EFFORT = 0.05
"""How much of CP-SAT's deterministic time (about seconds) a look for one mentee may take.

What is found takes a third of it at most, in all cohorts tried; what is not takes hundreds of times as much.
"""

GIVE_UP = 20
"""After so many looks in one group that found nothing, no more is looked for there: where everybody wants the same
mentors there are hundreds of such looks, each as long as can be."""

TRIED = 200
"""So many sets of mentors are tried out for one mentee before CP-SAT is asked, which takes about as long."""

Mentors = tuple[int, ...]


@dataclass(frozen=True)
class Contest:
    """Mentors whose places others alone can fill, with whom a mentee has all his possible candidates.

    `group` is the place of their group among the shortages; `mentors` (persons, ascending) are named where they
    are few, else the set is the whole group. `competitors` counts the other mentees who can only go there.
    """

    group: int
    mentors: Mentors
    competitors: int
    places: int


@dataclass(frozen=True)
class _Group:
    """A group: the mentors whom each of its mentees can have, and everybody's room beside locks."""

    place: int
    wishes: Mapping[int, Sequence[int]]
    room: Mapping[int, int]

    @cached_property
    def content(self) -> tuple[object, ...]:
        """All that an answer about the group depends on."""
        wishes = tuple(sorted((mentee, tuple(own)) for mentee, own in self.wishes.items()))
        return wishes, tuple((mentor, self.room[mentor]) for mentor in sorted(self.fans))

    @cached_property
    def bits(self) -> dict[int, int]:
        """A bit for each mentor, so that whole numbers stand for sets of them."""
        return {mentor: 1 << place for place, mentor in enumerate(sorted(self.fans))}

    @cached_property
    def masks(self) -> dict[int, int]:
        """The mentors whom each mentee can have, as bits."""
        return {mentee: sum(map(self.bits.__getitem__, own)) for mentee, own in self.wishes.items()}

    @cached_property
    def fans(self) -> dict[int, list[int]]:
        """The mentees who can have each mentor."""
        fans: dict[int, list[int]] = {}
        for mentee, own in self.wishes.items():
            for mentor in own:
                fans.setdefault(mentor, []).append(mentee)
        return fans

    def bound_to(self, mentors: Iterable[int]) -> list[int]:
        """The mentees who can only go to these mentors, ascending."""
        there = set(mentors)
        near = {mentee for mentor in there for mentee in self.fans[mentor]}
        return sorted(mentee for mentee in near if there.issuperset(self.wishes[mentee]))

    def places(self, mentors: Iterable[int]) -> int:
        """How many mentees they can take."""
        return sum(self.room[mentor] for mentor in mentors)


def contests(
    cohort: Cohort,
    pairs: Candidates,
    possible: BoolArray,
    groups: Sequence[Shortage],
    *,
    mentees: Sequence[int],
    clock: Clock,
) -> dict[int, Contest]:
    """Find for each of some mentees the contest that keeps him out; who is in no group is kept out by none."""
    made = _groups(cohort, pairs, possible, groups)
    group_of = {mentee: group for group in made for mentee in group.wishes}
    fewest: dict[Mentors, Mentors] = {}
    failed = Counter[int]()
    found: dict[int, Contest] = {}
    for mentee in (mentee for mentee in mentees if mentee in group_of):
        group = group_of[mentee]
        wanted = tuple(sorted(group.wishes[mentee]))
        if wanted not in fewest:
            fewest[wanted] = _own(group, mentee)
            if not fewest[wanted] and failed[group.place] < GIVE_UP:
                fewest[wanted] = _remembered(group, mentee, clock)
                failed[group.place] += not fewest[wanted]
        if few := fewest[wanted]:
            found[mentee] = Contest(group.place, few, len(group.bound_to(few)) - 1, group.places(few))
        else:
            whole = groups[group.place]
            named = tuple(whole.mentors.tolist()) if len(whole.mentors) <= NAMED else ()
            found[mentee] = Contest(group.place, named, len(whole.mentees) - 1, whole.places)
    return found


def _groups(cohort: Cohort, pairs: Candidates, possible: BoolArray, groups: Sequence[Shortage]) -> list[_Group]:
    """The groups with everybody's wishes."""
    members = np.concatenate([group.mentees for group in groups] or [cohort.mentees[:0]])
    asked = np.nonzero(possible & np.isin(pairs.mentee, members))[0]
    wishes: dict[int, list[int]] = {}
    for mentee, mentor in zip(pairs.mentee[asked].tolist(), pairs.mentor[asked].tolist(), strict=True):
        wishes.setdefault(mentee, []).append(mentor)
    taken = np.bincount(pairs.mentor[pairs.locked], minlength=len(cohort.employees))
    room = dict(enumerate((cohort.employees.capacity - taken).tolist()))
    return [
        _Group(place, {mentee: wishes[mentee] for mentee in group.mentees.tolist()}, room)
        for place, group in enumerate(groups)
    ]


def _own(group: _Group, mentee: int) -> Mentors:
    """A mentee's own mentors, if others can fill all places with them: there are no fewer; else ()."""
    own = group.wishes[mentee]
    fills = len(own) <= NAMED and _may_fill(group, mentee, own) and not _lacking(group, mentee, own)
    return tuple(sorted(own)) if fills else ()


def _remembered(group: _Group, mentee: int, clock: Clock) -> Mentors:
    """The same as `_fewest`, found once for all cases in which a group is the same."""
    known, wanted = _known(group.content), tuple(group.wishes[mentee])
    if wanted not in known:
        found = _fewest(group, mentee, clock)
        if clock.over:
            return found  # it may have been cut short
        known[wanted] = found
    return known[wanted]


@lru_cache(maxsize=64)
def _known(_content: tuple[object, ...]) -> dict[Mentors, Mentors]:
    """What was found for the wishes of a group with this content, to be added to."""
    return {}


def _fewest(group: _Group, mentee: int, clock: Clock) -> Mentors:
    """The fewest mentors, a mentee's own among them, all of whose places others can fill; () if not found.

    Others can fill a place only if they can go to none but these mentors. Of equally few mentors those with the
    fewest places are taken.
    """
    if len(group.fans) > SMALL:
        return ()
    own = group.wishes[mentee]
    if (tried := _Search(group, mentee).run()) is not None:
        return tried
    model = cp_model.CpModel()
    inside = {mentor: model.new_bool_var("") for mentor in group.fans}
    bound = {other: model.new_bool_var("") for other in group.wishes if other != mentee}
    for other, literal in bound.items():
        model.add_bool_and([inside[mentor] for mentor in group.wishes[other]]).only_enforce_if(literal)
    for mentor in own:
        model.add(inside[mentor] == 1)
    model.add(cp_model.LinearExpr.sum(list(inside.values())) <= NAMED)
    most = 1 + group.places(inside)
    model.minimize(sum((most + group.room[mentor]) * literal for mentor, literal in inside.items()))
    lacking: Sequence[Mentors] = [(mentor,) for mentor in inside]
    while lacking:
        for mentors in lacking:
            fans = {fan for mentor in mentors for fan in group.fans[mentor]} - {mentee}
            needed = sum(group.room[mentor] * inside[mentor] for mentor in mentors)
            model.add(cp_model.LinearExpr.sum([bound[fan] for fan in sorted(fans)]) >= needed)
        solver, status = run(model, clock, effort=EFFORT, tiny=True)
        if status != cp_model.OPTIMAL:
            return ()
        found = tuple(sorted(mentor for mentor, literal in inside.items() if solver.boolean_value(literal)))
        lacking = _lacking(group, mentee, found)
    return found


class _Search:
    """Tries out sets of mentors for one mentee, by size: his own, and those of others who then can only go there.

    `size` is the least size of a set that was not tried out; none is smaller.
    """

    def __init__(self, group: _Group, mentee: int) -> None:
        self._group, self._mentee = group, mentee
        self._bits = group.bits
        self._others = {other: mask for other, mask in group.masks.items() if other != mentee}
        self._left = TRIED
        self._seen: set[int] = set()
        self._found: list[tuple[int, Mentors]] = []
        self.size = len(group.wishes[mentee]) + 1

    def run(self) -> Mentors | None:
        """The fewest mentors, of equally few those with the fewest places; () if too many, None if not known."""
        own = self._group.masks[self._mentee]
        while self.size <= NAMED:
            self._seen.clear()
            self._try(own)
            if self._left < 0:
                return None
            if self._found:
                return min(self._found)[1]
            self.size += 1
        return ()

    def _try(self, there: int) -> None:
        """Look at a set and at those that it must grow to before others can fill its places."""
        if there in self._seen or self._left < 0:
            return
        self._left -= 1
        self._seen.add(there)
        for larger in self._options(there):
            self._try(larger)

    def _options(self, there: int) -> list[int]:
        """What the set must grow to, one of these at least; none if its places can be filled, or never will be."""
        mentors = [mentor for mentor, bit in self._bits.items() if bit & there]
        short = [self._further(there, (mentor,)) for mentor in mentors]
        if all(further is None for further in short):  # each has enough, but perhaps the same for several
            lacking = _lacking(self._group, self._mentee, mentors)
            if not lacking:
                self._found.append((self._group.places(mentors), tuple(mentors)))
                return []
            short = [self._further(there, some) for some in lacking]
        return min((further for further in short if further is not None), key=len)

    def _further(self, there: int, mentors: Mentors) -> list[int] | None:
        """The sets that bind one more of those who can have some of its mentors; None if enough are bound.

        Those that are too large are left out, and all where too few are left to fill the places.
        """
        fans = {fan for mentor in mentors for fan in self._group.fans[mentor]} - {self._mentee}
        masks = [self._others[fan] | there for fan in fans]
        needed = self._group.places(mentors) - masks.count(there)
        if needed <= 0:
            return None
        fitting = [mask for mask in masks if mask != there and mask.bit_count() <= self.size]
        return sorted(set(fitting)) if len(fitting) >= needed else []


def _may_fill(group: _Group, mentee: int, mentors: Sequence[int]) -> bool:
    """Whether the places with the least wanted of some mentors may be filled: a quick look before a full one."""
    least = min(mentors, key=lambda mentor: len(group.fans[mentor]))
    there = set(mentors)
    bound = sum(there.issuperset(group.wishes[fan]) for fan in group.fans[least] if fan != mentee)
    return bound >= group.room[least]


def _lacking(group: _Group, mentee: int, mentors: Sequence[int]) -> list[Mentors]:
    """Mentors for whose places there are too few mentees, but for this one, who can only go to `mentors`.

    Empty if all places can be filled. Mentees take places by augmenting paths, one by one.
    """
    held: dict[int, list[int]] = {mentor: [] for mentor in mentors}
    mine = [other for other in group.bound_to(mentors) if other != mentee]

    def seat(other: int, tried: set[int]) -> bool:
        for mentor in group.wishes[other]:
            if mentor in tried:
                continue
            tried.add(mentor)
            if len(held[mentor]) < group.room[mentor]:
                held[mentor].append(other)
                return True
            for number, guest in enumerate(held[mentor]):
                if seat(guest, tried):
                    held[mentor][number] = other
                    return True
        return False

    for other in mine:
        seat(other, set())
    return [_reach(group, held, set(mine), mentor) for mentor in mentors if len(held[mentor]) < group.room[mentor]]


def _reach(group: _Group, held: Mapping[int, Sequence[int]], mine: set[int], mentor: int) -> Mentors:
    """A mentor with places left, and all mentors who have somebody who could come here, directly or in turn."""
    seat_of = {other: there for there, guests in held.items() for other in guests}
    near, reached = [mentor], {mentor}
    for there in near:
        for fan in group.fans[there]:
            other = seat_of.get(fan, there) if fan in mine else there
            if other not in reached:
                reached.add(other)
                near.append(other)
    return tuple(sorted(reached))
