"""How long the fewest mentors of a contest are looked for."""

import itertools

import pytest
from cohort_folder import write_folder

from matcher import contests
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
