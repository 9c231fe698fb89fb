"""The fewest mentors of a contest, and how long they are looked for."""

import itertools
import random

import pytest
from cohort_folder import write_folder

from matcher import contests
from matcher.cpsat import Clock
from matcher.io import read_cohort
from matcher.solver import solve

MENTORS = [f"m{number}" for number in range(8)]


@pytest.fixture
def looks(monkeypatch):
    """Solves a cohort of 56 mentees, each with three of the same eight mentors, and counts what is looked for."""

    def count(folder, found):
        triples = list(itertools.combinations(MENTORS, 3))
        people = [f"{mentor},Sales,5,1" for mentor in MENTORS] + [
            f"a{place:02},Sales,1,0" for place in range(len(triples))
        ]
        wishes = [
            f"a{place:02},{rank},{mentor}"
            for place, own in enumerate(triples)
            for rank, mentor in enumerate(own, 1)
        ]
        asked = []
        monkeypatch.setattr(contests, "_own", lambda *_: ())
        contests._known.cache_clear()
        monkeypatch.setattr(contests, "_fewest", lambda _group, mentee, _clock: asked.append(mentee) or found)
        write_folder(
            folder,
            employees__csv="\n".join(["employee_id,function,level,max_mentees", *people]),
            preferences__csv="\n".join(["mentee_id,rank,mentor_id", *wishes]),
        )
        solution = solve(read_cohort(folder))
        assert len(solution.unmatched) == len(triples) - len(MENTORS)
        return asked, solution

    return count


def test_a_group_is_given_up_after_some_looks_that_found_nothing(looks, tmp_path):
    asked, solution = looks(tmp_path, ())
    assert len(asked) == contests.GIVE_UP < len(solution.unmatched)
    assert {len(why.contested) for why in solution.unmatched.values()} == {len(MENTORS)}  # the whole group


def test_looks_that_find_something_go_on(looks, tmp_path):
    asked, solution = looks(tmp_path, (56, 57, 58))
    assert len(asked) == len(solution.unmatched) > contests.GIVE_UP


# --- the fewest ---------------------------------------------------------------------------------------------


def draw_group(rng):
    """A few mentors with their places, and mentees who can have some of them, more than there are places."""
    mentors = range(rng.randint(2, 7))
    room = {mentor: rng.choice((0, 1, 1, 1, 2)) for mentor in mentors}
    wishes = {
        100 + number: sorted(rng.sample(mentors, rng.randint(1, min(3, len(mentors)))))
        for number in range(rng.randint(2, 14))
    }
    named = {mentor for own in wishes.values() for mentor in own}
    return contests._Group(0, wishes, {mentor: room[mentor] for mentor in named})


def filled(group, mentors, guests):
    """Whether some of the guests can take all places of the mentors, by trying every way."""
    seats = [mentor for mentor in mentors for _ in range(group.room[mentor])]

    def fill(place, left):
        return place == len(seats) or any(
            seats[place] in group.wishes[guest] and fill(place + 1, left - {guest}) for guest in left
        )

    return fill(0, frozenset(guests))


def fewest(group, mentee):
    """How many mentors and places the fewest have, None where there are none: by trying all sets."""
    own = set(group.wishes[mentee])
    sets = [
        (size, group.places(mentors))
        for size in range(len(own), len(group.fans) + 1)
        for mentors in itertools.combinations(sorted(group.fans), size)
        if own <= set(mentors) and filled(group, mentors, set(group.bound_to(mentors)) - {mentee})
    ]
    return min(sets, default=None)


@pytest.mark.parametrize("tried", [0, 3, contests.TRIED], ids=["by CP-SAT", "by both", "by trying out"])
def test_the_fewest_mentors_are_those_of_all_sets(monkeypatch, tried):
    monkeypatch.setattr(contests, "TRIED", tried)
    sizes = set()
    for seed in range(150):
        group = draw_group(random.Random(seed))
        for mentee in group.wishes:
            found = contests._own(group, mentee) or contests._fewest(group, mentee, Clock())
            size = (len(found), group.places(found)) if found else None
            assert size == fewest(group, mentee), (seed, mentee)
            sizes.add(size and size[0] - len(group.wishes[mentee]))
    assert sizes >= {None, 0, 1, 2, 3}


def test_a_group_that_was_met_before_is_not_looked_at_again(looks, tmp_path):
    asked, solution = looks(tmp_path, (56, 57, 58))
    known = len(asked)
    again = solve(read_cohort(tmp_path))
    assert len(asked) == known
    assert again.unmatched == solution.unmatched


def test_what_a_limit_cut_short_is_not_remembered():
    group = next(group for group in map(draw_group, map(random.Random, range(99))) if len(group.wishes) > 3)
    mentee, over = min(group.wishes), Clock(deadline=0)
    contests._known.cache_clear()
    contests._remembered(group, mentee, over)
    assert not contests._known(group.content)
    contests._remembered(group, mentee, Clock())
    assert list(contests._known(group.content)) == [tuple(group.wishes[mentee])]
