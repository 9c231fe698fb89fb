"""What a place is worth, beside flows that have it, in a company larger than brute force can take."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from matcher.check import examine_run
from matcher.cpsat import Clock
from matcher.flow import best_face
from matcher.generate import generate
from matcher.io import read_cohort
from matcher.runs import write_run
from matcher.solver import Search

KINDS = ("generous", "greedy", "min-cost")


@pytest.fixture(scope="module", params=KINDS)
def company(request, tmp_path_factory):
    """A company of 300 mentees, solved, with its tables and what the check says of them."""
    folder = tmp_path_factory.mktemp("company")
    generate(folder / "cohort", employees=1000, mentees=300, choices=4, busy=60, seed=3)
    cohort = read_cohort(folder / "cohort", {"goals.rank": request.param})
    search = Search(cohort, Clock(), 1, lambda _line: None)
    search.run()
    solution = search.solution()
    write_run(cohort, solution, folder / "run")
    return SimpleNamespace(
        cohort=cohort, search=search, solution=solution, examined=examine_run(cohort, folder / "run")
    )


def by_places(company, mentor=None):
    """Best values of goals 1 to 3 by places alone, from a flow of its own, with a place more for a mentor."""
    capacity = company.cohort.employees.capacity.copy()
    if mentor is not None:
        capacity[mentor] += 1
    cohort = replace(company.cohort, employees=replace(company.cohort.employees, capacity=capacity))
    problem = company.search.joint.problem
    levels = problem.levels[: problem.price]
    return np.array(best_face(cohort, problem.pairs, problem.possible.tolist(), levels).values)


def test_the_whole_proof_is_followed_without_a_solver(company):
    assert company.solution.status == "optimal"
    assert company.examined.violations == []
    assert company.examined.complete
    assert list(company.examined.certified) == ["mentees", "pairs", "rank"]
    assert company.examined.resting == 0


def test_one_more_place_brings_what_a_flow_with_it_has(company):
    """Of every mentor: his price in the certificate is the difference that his place makes to a flow."""
    places, before = company.solution.certificate["places"], by_places(company)
    assert company.solution.certificate["bound"] == before.tolist()
    ids = company.cohort.employees.ids
    rows = company.solution.bottlenecks
    assert len(rows) > 100
    for row in rows[::3]:
        gain = (by_places(company, row.mentor) - before).tolist()
        assert places.get(ids[row.mentor], [0] * len(gain)) == gain
        assert (row.gain_mentees, row.gain_pairs) == tuple(gain[:2]) or not row.proven


def test_nobody_in_a_group_finds_a_place_elsewhere(company):
    """As many mentees of the groups stay without a mentor as places are short, in this answer as in any."""
    missing = sum(group.mentees - group.places for group in company.solution.groups)
    short = [why for why in company.solution.unmatched.values() if why.group is not None]
    assert len(short) == missing > 0
    assert all(why.competitors >= why.places for why in short)


def test_most_standings_are_known_and_of_every_kind(company):
    words = set(company.solution.standing)
    assert words == {"every", "some", "none"}
    by_pair = dict(
        zip(
            zip(company.cohort.choices.mentee.tolist(), company.cohort.choices.mentor.tolist(), strict=True),
            company.solution.standing,
            strict=True,
        )
    )
    for pair in company.solution.pairs:
        assert pair.standing == by_pair[pair.mentee, pair.mentor] != "none"
