"""Whole cohorts, from files to verified files, that once ended in an error or a wrong word."""

import itertools
import time

import pytest
from ortools.sat.python import cp_model

from matcher.check import check_run
from matcher.cpsat import Clock, run
from matcher.io import read_cohort
from matcher.runs import write_run
from matcher.solver import solve

NEVER = [f"{{person}},{day},," for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")]


def folder(place, programme, employees, preferences, availability=()):
    """Write a cohort of a few lines."""
    (place / "programme.toml").write_text(programme)
    (place / "employees.csv").write_text("\n".join(["employee_id,function,level", *employees]))
    (place / "preferences.csv").write_text("\n".join(["mentee_id,rank,mentor_id", *preferences]))
    (place / "availability.csv").write_text("\n".join(["employee_id,day,start,end", *availability]))
    return place


def only(person, *windows):
    return [*(row.format(person=person) for row in NEVER), *(f"{person},{window}" for window in windows)]


WEEK = '[programme]\nstart = 2027-01-11\nend = 2027-01-17\n[sessions]\nmonth_rule = "none"\n'


def test_a_limit_with_as_many_pairs_as_places_but_fewer_mentees(tmp_path):
    programme = WEEK + "[capacity]\nmentees_per_mentor = 1\nmentors_per_mentee = 2\n[goals]\nseed = 1\n"
    availability = only("b", "2027-01-12,09:00,09:45")
    cohort = read_cohort(
        folder(tmp_path, programme, ["a,F,1", "b,G,3", "m,H,5"], ["a,1,m", "a,1,b", "b,2,m"], availability)
    )
    solution = solve(cohort, time_limit=1e-4)
    assert solution.cut_short
    write_run(cohort, solution, tmp_path / "run")  # which checks it
    assert check_run(cohort, tmp_path / "run") == []


@pytest.mark.parametrize(
    ("rules", "sessions"),
    [("", [1]), ("minimum = 2\n", []), ("minutes = [60, 15]\n", [2])],
)
def test_sessions_past_midnight_that_would_meet_the_next_day(tmp_path, rules, sessions):
    windows = ("2027-01-12,23:45,24:00", "2027-01-13,00:00,00:59")
    availability = [*only("a", *windows), *only("m", *windows)]
    programme = WEEK + "min_days_between = 1\n" + rules
    cohort = read_cohort(folder(tmp_path, programme, ["a,F,1", "m,G,5"], ["a,1,m"], availability))
    solution = solve(cohort)
    assert solution.status == "optimal"
    assert [len(pair.sessions) for pair in solution.pairs] == sessions
    write_run(cohort, solution, tmp_path / "run")
    assert check_run(cohort, tmp_path / "run") == []


def test_unknown_mentors_that_are_written_alike(tmp_path):
    cohort = read_cohort(folder(tmp_path, WEEK, ["a,F,1", "m,G,5"], ["a,1,=x", "a,2,'=x", "a,3,m"]))
    write_run(cohort, solve(cohort), tmp_path / "run")
    text = (tmp_path / "run" / "choices.csv").read_text("utf-8-sig")
    assert (text.count("a,'=x,1"), text.count("a,''=x,2")) == (1, 1)
    (tmp_path / "run" / "choices.csv").write_text(text.replace("a,'=x,1", "a,'=x,2"), "utf-8-sig")
    assert [violation.column for violation in check_run(cohort, tmp_path / "run")] == ["rank"]


def test_an_empty_summary_is_not_verified(tmp_path):
    cohort = read_cohort(folder(tmp_path, WEEK, ["a,F,1", "m,G,5"], ["a,1,m"]))
    write_run(cohort, solve(cohort), tmp_path / "run")
    (tmp_path / "run" / "summary.json").write_text("{}")
    assert {violation.column for violation in check_run(cohort, tmp_path / "run")} >= {"status", "goals", "inputs"}


def test_a_solve_that_ran_out_of_time_ends_the_search():
    model = cp_model.CpModel()
    birds, holes = range(14), range(13)
    at = {place: model.new_bool_var("") for place in itertools.product(birds, holes)}
    for bird in birds:
        model.add(sum(at[bird, hole] for hole in holes) * 2 >= 2)
    for hole in holes:
        for one, other in itertools.combinations(birds, 2):
            model.add_bool_or([at[one, hole].negated(), at[other, hole].negated()])
    clock = Clock(deadline=time.monotonic() + 0.01)
    _, status = run(model, clock)
    assert clock.over
    assert clock.struck.is_set() == (status == cp_model.UNKNOWN)
