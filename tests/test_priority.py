"""Whose place goes before whose: the goal `priority` against brute force, its proof, and what runs tell of it."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import brute_force
import brute_rematch
import pytest
from best_pairings import Truth, read_table
from cohorts import Spec, build, person_row
from conflicts import contested_spec, limited_spec
from draws import random_spec
from queues import queue_cohort, with_classes
from rematch_cases import draw_date, first_run, happens, rematch
from wave_draws import wave_spec

from matcher.check import examine_run
from matcher.classes import make_classes
from matcher.errors import InputError
from matcher.model import History
from matcher.reference import solve_reference
from matcher.runs import write_run
from matcher.solver import solve

DRAWS = {"random": random_spec, "contested": contested_spec, "limited": limited_spec}
MANY = 10  # cohorts of each kind


def alike(cohort):
    """The cohort without priorities and losses."""
    employees = replace(cohort.employees, priority=0 * cohort.employees.priority)
    return replace(cohort, employees=employees, history=None)


def but_regularity(values):
    return {name: value for name, value in values.items() if name != "regularity"}


@pytest.mark.parametrize("kind", DRAWS)
def test_drawn_cohorts_are_solved_to_the_optimum_and_proven(kind, tmp_path):
    """Values as brute force has them, claims as the best pairings have them, a proof that the check follows."""
    tally = Counter()
    for seed in range(MANY):
        cohort = queue_cohort(DRAWS[kind](seed), seed)
        ways = brute_force.schedulable(cohort)
        truth = brute_force.best(cohort, ways)
        if truth is None:
            with pytest.raises(InputError, match="lock"):
                solve(cohort)
            continue
        solution = solve(cohort)
        where = f"{kind} {seed}"
        assert [goal.name for goal in solution.goals] == list(truth.values), where
        found = {goal.name: goal.value for goal in solution.goals}
        assert but_regularity(found) == but_regularity(truth.values), where
        assert solution.status == "optimal", where
        if seed % 4 == 0:
            assert solve_reference(cohort, regularity=False).values == but_regularity(truth.values), where
        other = brute_force.best(alike(cohort), ways)
        served = brute_force.classes_served(cohort, {mentee for mentee, _ in other.pairs})
        matters = served != truth.values.get("priority", ()) or other.values["rank"] != truth.values["rank"]
        tally.update(classes="priority" in found, matters=matters, two=found["mentees"] < found["pairs"])
        assert_claims(cohort, solution, tmp_path / f"{kind}{seed}", where, tally)
    assert tally["classes"] >= 0.6 * MANY
    assert tally["matters"] >= 0.1 * MANY
    assert tally["certified"] >= 0.5 * MANY


def assert_claims(cohort, solution, run, where, tally):
    """The run is verified; standings and gains in it are true."""
    write_run(cohort, solution, run)
    examined = examine_run(cohort, run)
    assert not examined.violations, where
    tally.update(certified=examined.complete and "priority" in examined.certified)
    truth = Truth(cohort)
    standing = truth.standing_of_choices()
    for row in read_table(run / "choices.csv"):
        assert row["standing"] in ("", standing[row["mentee_id"], row["mentor_id"]]), where
    for row in read_table(run / "bottlenecks.csv"):
        told = truth.gains(cohort.employees.ids.index(row["mentor_id"])) if row["gain_proven"] == "yes" else {}
        assert row.items() >= told.items(), where


def test_who_is_served_by_a_pair_that_stays_is_not_counted_again():
    """In a part of the cohort that CP-SAT settles, beside pairs that are chosen in any case."""
    assert solve(queue_cohort(contested_spec(148), 148)).status == "optimal"


# --- by hand ------------------------------------------------------------------------------------------------

FRAME = {"start": "2027-03-01", "end": "2027-03-05"}
RULES = {"programme": FRAME, "sessions": {"month_rule": "none", "min_days_between": 7}}


def contest(**priorities):
    """Three mentees want one place; the mentees' priorities by id."""
    people = tuple(
        {"employee_id": name, "function": "F", "level": 1, "priority": priorities.get(name, 0)} for name in "abc"
    )
    mentor = {"employee_id": "m", "function": "F", "level": 4, "max_mentees": 1}
    return Spec((*people, mentor), ("a m", "b m", "c m"), programme=RULES)


def winners(cohort):
    return [cohort.employees.ids[pair.mentee] for pair in solve(cohort).pairs]


@pytest.mark.parametrize("seed", range(4))
def test_the_greater_priority_goes_first(seed):
    cohort = build(contest(a=1, b=2))
    goals = cohort.programme.goals.model_copy(update={"seed": seed})
    cohort = replace(cohort, programme=cohort.programme.model_copy(update={"goals": goals}))
    assert winners(cohort) == ["b"]


def test_who_lost_more_often_goes_first_within_his_priority():
    cohort = build(contest(a=1))
    assert winners(replace(cohort, history=History({1: 3, 2: 1}, {}, ()))) == ["a"]
    cohort = build(contest())
    assert winners(replace(cohort, history=History({1: 3, 2: 1}, {}, ()))) == ["b"]
    assert winners(replace(cohort, history=History({2: 1}, {}, ()))) == ["c"]


def test_where_all_are_alike_there_is_no_such_goal():
    cohort = build(contest(a=5, b=5, c=5))
    assert make_classes(cohort) is None
    assert [goal.name for goal in solve(cohort).goals][:3] == ["mentees", "pairs", "rank"]


def test_priority_comes_before_ranks_and_after_pairs():
    """To serve b costs a rank and no pair; to serve him instead of two others would cost a pair."""
    people = ("a F 1", {"employee_id": "b", "function": "F", "level": 1, "priority": 1}, "m F 4 1", "n F 4 1")
    cohort = build(Spec(people, ("a m", ("b", 9, "m")), programme=RULES))
    solution = solve(cohort)
    assert {goal.name: goal.value for goal in solution.goals}["priority"] == (1, 0)
    assert solution.pairs[0].rank == 9
    cohort = build(Spec((*people, "c F 1"), ("a m", "c n", ("b", 1, "m"), ("b", 2, "n")), programme=RULES))
    assert solve(cohort).goals[0].value == 2
    assert {goal.name: goal.value for goal in solve(cohort).goals}["priority"] == (1, 1)


# --- waves and rematches --------------------------------------------------------------------------------------


def test_priority_where_engagements_last_as_long_as_needed(tmp_path):
    tally = Counter()
    for seed in range(10):
        cohort = with_classes(build(wave_spec(seed)), seed)
        try:
            solution = solve(cohort)
        except InputError:
            continue
        values = {goal.name: goal.value for goal in solution.goals}
        assert but_regularity(values) == solve_reference(cohort, regularity=False).values, seed
        write_run(cohort, solution, tmp_path / str(seed))
        tally.update(classes="priority" in values)
    assert tally["classes"] >= 6


def test_priority_in_a_rematch(tmp_path):
    """Right after the pairs, and before planned sessions that stay."""
    tally = Counter()
    for seed in range(12):
        rng, spec = random.Random(f"{seed} in a rematch"), contested_spec(seed)
        people = tuple({**person_row(one), "priority": str(rng.choice((0, 0, 1, 5)))} for one in spec.employees)
        try:
            cohort, solution = first_run(replace(spec, employees=people), tmp_path / str(seed))
            day = draw_date(rng, cohort, solution)
            after = happens(rng, replace(spec, employees=people), cohort, solution)
            step = rematch(after, day, tmp_path / str(seed), 1)
        except InputError:
            continue
        truth = brute_rematch.best(step.repair.cohort).values
        values = {goal.name: goal.value for goal in step.solution.goals}
        assert list(values) == list(truth), seed
        assert but_regularity(values) == but_regularity(truth), seed
        tally.update(classes="priority" in values)
    assert tally["classes"] >= 6
