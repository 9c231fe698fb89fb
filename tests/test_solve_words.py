"""The end of `matcher solve`: five figures in words."""

import datetime as dt
from dataclasses import replace
from typing import get_args

import pytest
from cohorts import Spec, build

from matcher.messages import unproven_lines
from matcher.model import Goal, Reason, Session, SolvedPair, Unmatched
from matcher.solve_words import REASONS, figures_lines
from matcher.solver import solve

PEOPLE = ("a X 1", "b X 1", "c X 1", "m Y 3 1", "n Y 3 1")


@pytest.fixture(scope="module")
def solved():
    """Two of three mentees have a mentor who has one place."""
    frame = {"start": dt.date(2027, 1, 11), "end": dt.date(2027, 4, 9)}
    wishes = ("a m", "b m", "b n", "c m")
    cohort = build(Spec(employees=PEOPLE, choices=wishes, programme={"programme": frame}))
    return cohort, solve(cohort)


def figures(cohort, solution):
    """The lines by their names, those without one under the one before."""
    found, name = {}, ""
    for line in figures_lines(cohort, solution):
        name = line[2:26].strip() or name
        found.setdefault(name, []).append(line[26:])
    return found


def pair(mentee, rank, sessions=1):
    return SolvedPair(mentee, 3, rank, rank is None, tuple(Session(60 * n, 45) for n in range(sessions)))


def test_five_figures_and_the_seed(solved):
    cohort, solution = solved
    said = figures(cohort, solution)
    assert list(said) == [
        "Mentees with a mentor", "Their choices", "Sessions", "Without a mentor", "Could it be better?",
        "Seed of the draw",
    ]  # fmt: skip
    assert said["Mentees with a mentor"] == ["2 of 3"]
    assert said["Their choices"] == ["1 first choice, 1 second"]
    assert said["Without a mentor"] == ["1", "1: the draw decided between pairings equally good"]
    assert said["Seed of the draw"] == ["0"]


@pytest.mark.parametrize(
    ("ranks", "told"),
    [
        ([], "none"),
        ([1, 1], "2 first choices"),
        ([2, None], "1 second choice, 1 fixed by you"),
        ([None], "1 fixed by you"),
        ([1, 2, 3, 10, 11, 12, 99], "1 first choice, 1 second, 1 third, 1 tenth, 1 rank-11, 2 lower"),
    ],
)
def test_choices_are_told_by_rank(solved, ranks, told):
    cohort, solution = solved
    pairs = tuple(pair(mentee, rank) for mentee, rank in enumerate(ranks))
    assert figures(cohort, replace(solution, pairs=pairs))["Their choices"] == [told]


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ((), "none"),
        ((3, 3), "6, 3 for each pair"),
        ((3, 4), "7, 3 or 4 for each pair"),
        ((1, 3), "4, 1 to 3 for each pair"),
    ],
)
def test_sessions_are_told_in_all_and_for_each_pair(solved, numbers, told):
    cohort, solution = solved
    pairs = tuple(pair(0, 1, number) for number in numbers)
    assert figures(cohort, replace(solution, pairs=pairs))["Sessions"] == [told]


def test_with_two_mentors_pairs_are_counted_as_well(solved):
    cohort, solution = solved
    pairs = (pair(0, 1), pair(0, 2), pair(1, 1))
    assert figures(cohort, replace(solution, pairs=pairs))["Mentees with a mentor"] == ["2 of 3, in 3 pairs"]


def test_every_reason_has_its_words_and_the_most_frequent_comes_first(solved):
    cohort, solution = solved
    assert set(REASONS) == set(get_args(Reason))
    why = {place: Unmatched(code, "") for place, code in enumerate(("draw", "no_common_time", "no_common_time"))}
    said = figures(cohort, replace(solution, unmatched=why))["Without a mentor"]
    assert said == ["3", f"2: {REASONS['no_common_time']}", f"1: {REASONS['draw']}"]
    assert figures(cohort, replace(solution, unmatched={}))["Without a mentor"] == ["nobody"]


def test_that_every_pairing_leaves_somebody_out_is_only_told_where_it_is_known(solved):
    cohort, solution = solved
    full = replace(solution, unmatched={0: Unmatched("mentors_full", "")})
    told = "1: the places they asked for went to others"
    assert figures(cohort, full)["Without a mentor"] == ["1", f"{told} in every pairing as good"]
    open_goal = Goal("regularity", 1, 2, "feasible")
    for unsure in (
        replace(full, cut_short=True),
        replace(full, status="feasible"),
        replace(full, goals=(*full.goals[:-1], open_goal)),
    ):
        assert figures(cohort, unsure)["Without a mentor"] == ["1", told]


def test_what_is_proven_is_told(solved):
    cohort, solution = solved
    assert figures(cohort, solution)["Could it be better?"] == [
        "no: it is proven that your rules allow nothing better"
    ]
    goals = (*solution.goals[:-1], Goal("regularity", 1, 2, "feasible"))
    said = figures(cohort, replace(solution, goals=goals))["Could it be better?"]
    assert said == ["no, that is proven, but for how regular the sessions are"]
    said = figures(cohort, replace(solution, goals=goals, status="feasible"))["Could it be better?"]
    assert said == ["perhaps: not all of it is proven, as is told below"]


def test_what_the_limit_left_open_is_told(solved):
    _, solution = solved
    assert unproven_lines(solution, 9)[0] == (
        "Every goal is proven to be at its best, yet the time limit of 9 seconds came first, before all was drawn "
        "and explained."
    )
    goals = (*solution.goals[:-1], Goal("regularity", 1, 2, "feasible"))
    assert unproven_lines(replace(solution, goals=goals), 9)[0].startswith("All but regularity is proven")
    said = unproven_lines(replace(solution, goals=goals, status="feasible"), 9)
    assert said[0].startswith("Not all is proven")
    assert said[1] == "  regularity: found 1, bound 2"
