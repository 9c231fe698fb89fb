"""Where places are too few, against what leaving out one mentee after the other tells."""

import random

import numpy as np
import pytest
from cohorts import Spec, build
from contests import FORTNIGHT

from matcher import shortages as module
from matcher.rules import judge
from matcher.shortages import shortages


def cohort_of(people, choices, pairs=(), limit=1):
    """A cohort in which every listed choice is allowed; people are `id places`."""
    settings = {
        "programme": FORTNIGHT,
        "eligibility": {"same_function_gap": 0, "cross_function_gap": 0},
        "sessions": {"month_rule": "none"},
        "capacity": {"mentees_per_mentor": 4, "mentors_per_mentee": limit},
    }
    employees = tuple(f"{person} F 1 {places}" for person, places in (one.split() for one in people))
    return build(Spec(employees, tuple(choices), pairs=tuple(pairs), programme=settings))


def told(cohort, possible=None):
    """The groups in words: mentors, mentees, places, missing."""
    pairs, _ = judge(cohort)
    if possible is None:
        possible = np.ones(len(pairs), dtype=bool)
    ids = cohort.employees.ids
    return [
        (" ".join(ids[m] for m in one.mentors), " ".join(ids[m] for m in one.mentees), one.places, one.missing)
        for one in shortages(cohort, pairs, possible)
    ]


# --- single cases ---------------------------------------------------------------------------------------------


def test_enough_places_are_no_shortage():
    assert told(cohort_of(("a 0", "b 0", "m 1", "n 1"), ("a m", "b m", "b n"))) == []
    assert told(cohort_of(("a 0",), ())) == []


def test_three_for_one_place():
    cohort = cohort_of(("a 0", "b 0", "c 0", "m 1", "n 1"), ("a m", "b m", "c m"))
    assert told(cohort) == [("m", "a b c", 1, 2)]


def test_whoever_can_go_elsewhere_is_no_part_of_it():
    cohort = cohort_of(("a 0", "b 0", "c 0", "m 1", "n 1"), ("a m", "b m", "c m", "c n"))
    assert told(cohort) == [("m", "a b", 1, 1)]


def test_a_shortage_reaches_on_through_full_mentors():
    cohort = cohort_of(("a 0", "b 0", "c 0", "m 1", "n 1", "o 1"), ("a m", "b m", "b n", "c n"))
    assert told(cohort) == [("m n", "a b c", 2, 1)]


def test_a_place_that_is_left_ends_it():
    cohort = cohort_of(("a 0", "b 0", "c 0", "m 1", "n 2"), ("a m", "b m", "b n", "c n"))
    assert told(cohort) == []


def test_groups_come_by_what_is_missing_then_by_mentor():
    people = ("a 0", "b 0", "c 0", "d 0", "e 0", "f 0", "g 0", "x 1", "w 1", "v 1")
    cohort = cohort_of(people, ("a x", "b x", "c v", "d v", "e w", "f w", "g w"))
    assert told(cohort) == [("w", "e f g", 1, 2), ("v", "c d", 1, 1), ("x", "a b", 1, 1)]


def test_a_lock_takes_its_place_and_its_mentee_out():
    people = ("a 0", "b 0", "c 0", "m 2", "n 1")
    cohort = cohort_of(people, ("a m", "b m", "c m"), (("c", "m", "locked"),))
    assert told(cohort) == [("m", "a b", 1, 1)]
    cohort = cohort_of(people, ("a m", "b m", "c n"), (("c", "m", "locked"),), limit=2)
    assert told(cohort) == [("m", "a b", 1, 1)]


def test_locks_that_take_every_place():
    cohort = cohort_of(("a 0", "b 0", "m 1"), ("a m", "b m"), (("a", "m", "locked"),))
    assert told(cohort) == [("m", "b", 0, 1)]


def test_a_second_mentor_is_nobodys_shortage():
    cohort = cohort_of(("a 0", "b 0", "m 2", "n 1"), ("a m", "a n", "b m", "b n"), limit=2)
    assert told(cohort) == []


def test_only_possible_candidates_count():
    cohort = cohort_of(("a 0", "b 0", "m 1", "n 1"), ("a m", "b m", "b n"))
    pairs, _ = judge(cohort)
    bn = np.array([cohort.employees.ids[mentor] != "n" for mentor in pairs.mentor])
    assert told(cohort, bn) == [("m", "a b", 1, 1)]
    assert told(cohort, ~bn) == []
    assert told(cohort, np.zeros(len(pairs), dtype=bool)) == []


def test_somebody_who_is_mentee_and_mentor():
    cohort = cohort_of(("a 0", "b 1", "c 0", "m 1"), ("a b", "b m", "c b"))
    assert told(cohort) == [("b", "a c", 1, 1)]


# --- drawn cohorts --------------------------------------------------------------------------------------------


def draw(seed):
    """Some people who want each other, fewer places than wishes, locks now and then; what is possible of it."""
    rng = random.Random(seed)
    people = [f"p{number:02}" for number in range(rng.randint(4, 28))]
    room = {person: rng.choice((0, 1, 1, 1, 2, 3)) for person in people}
    mentors = [person for person in people if room[person]] or people[:1]
    room[mentors[0]] = max(1, room[mentors[0]])
    favourites = rng.sample(mentors, min(len(mentors), rng.randint(1, 10)))
    choices = []
    for person in people:
        others = sorted({*favourites} - {person})
        if rng.random() < 0.8:
            choices += [
                f"{person} {other}" for other in rng.sample(others, min(len(others), rng.choice((1, 1, 1, 2, 3))))
            ]
    locks, taken, served = [], dict.fromkeys(people, 0), set()
    for person in people:
        mentor = rng.choice(mentors)
        known = {lock[:2] for lock in locks}
        if (
            rng.random() < 0.15
            and mentor != person
            and taken[mentor] < room[mentor]
            and (mentor, person) not in known
        ):
            locks.append((person, mentor, "locked"))
            taken[mentor] += 1
            served.add(person)
    cohort = cohort_of([f"{person} {room[person]}" for person in people], choices, locks, rng.choice((1, 1, 2)))
    pairs, _ = judge(cohort)
    possible = np.array([rng.random() < 0.9 for _ in range(len(pairs))], dtype=bool) | pairs.locked
    return cohort, pairs, possible


class Oracle:
    """The same by Kuhn's augmenting paths, one mentee after the other, in plain Python."""

    def __init__(self, cohort, pairs, possible):
        held = {int(m) for m in pairs.mentee[pairs.locked]}
        self.room = dict(enumerate(cohort.employees.capacity.tolist()))
        for mentor in pairs.mentor[pairs.locked].tolist():
            self.room[mentor] -= 1
        self.wants = {}
        for mentee, mentor, can in zip(pairs.mentee.tolist(), pairs.mentor.tolist(), possible, strict=True):
            if can and mentee not in held:
                self.wants.setdefault(mentee, []).append(mentor)

    def paired(self, mentees):
        """A largest pairing of these mentees, begun with the first: mentee -> mentor."""
        inside = {mentor: [] for mentor in self.room}
        for mentee in mentees:
            self._place(mentee, inside, set())
        return {mentee: mentor for mentor, group in inside.items() for mentee in group}

    def _place(self, mentee, inside, seen):
        for mentor in self.wants[mentee]:
            if mentor in seen:
                continue
            seen.add(mentor)
            group = inside[mentor]
            if len(group) < self.room[mentor]:
                group.append(mentee)
                return True
            for other in list(group):
                if self._place(other, inside, seen):
                    group.remove(other)
                    group.append(mentee)
                    return True
        return False

    def groups(self):
        """Mentees whom some largest pairing leaves out, with the mentors they want, in connected parts."""
        everybody = sorted(self.wants)
        most = len(self.paired(everybody))
        left = [one for one in everybody if len(self.paired([m for m in everybody if m != one])) == most]
        parts = []
        for mentee in left:
            mentors, mentees = set(self.wants[mentee]), {mentee}
            for part in [part for part in parts if part[0] & mentors]:
                parts.remove(part)
                mentors |= part[0]
                mentees |= part[1]
            parts.append((mentors, mentees))
        told = [(sorted(a), sorted(b), sum(self.room[mentor] for mentor in a)) for a, b in parts]
        return sorted(told, key=lambda part: (part[2] - len(part[1]), part[0][0])), len(everybody) - most


def plain(found):
    return [(one.mentors.tolist(), one.mentees.tolist(), one.places) for one in found]


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_against_augmenting_paths(first):
    for seed in range(first, first + 100):
        case = draw(seed)
        groups, missing = Oracle(*case).groups()
        found = shortages(*case)
        assert plain(found) == groups, seed
        assert sum(one.missing for one in found) == missing
        assert all(one.missing >= 1 for one in found)


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_every_largest_pairing_gives_the_same(first):
    """Pairings found in other orders leave out other mentees; the groups stay."""
    others = 0
    for seed in range(first, first + 100):
        case = draw(seed)
        wishes, found, left = module._wishes(*case), plain(shortages(*case)), set()
        for turn in range(5):
            oracle, rng = Oracle(*case), random.Random(turn)
            order = sorted(oracle.wants)
            rng.shuffle(order)
            for listed in oracle.wants.values():
                rng.shuffle(listed)
            paired = oracle.paired(order)
            mentee, mentor = wishes.mentees[wishes.mentee].tolist(), wishes.mentors[wishes.mentor].tolist()
            chosen = np.array([paired.get(a) == b for a, b in zip(mentee, mentor, strict=True)], dtype=bool)
            assert plain(module._groups(wishes, chosen)) == found
            left.add(frozenset(order) - frozenset(paired))
        others += len(left) > 1
    assert others > 30, "or the pairings hardly differ"


def test_what_is_drawn():
    """Several groups, groups of several mentors, locks, full mentors, people who are both, in a fair share."""
    cases = [draw(seed) for seed in range(400)]
    found = [shortages(*case) for case in cases]
    assert sum(len(groups) > 1 for groups in found) > 60
    assert sum(not groups for groups in found) > 40
    assert sum(any(len(one.mentors) > 1 for one in groups) for groups in found) > 60
    assert sum(any(one.places == 0 for one in groups) for groups in found) > 10
    assert sum(bool(pairs.locked.any()) for _, pairs, _ in cases) > 100
    assert sum(bool(len(np.intersect1d(pairs.mentee, pairs.mentor))) for _, pairs, _ in cases) > 100
