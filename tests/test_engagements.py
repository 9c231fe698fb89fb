"""People who join late, leave early or are away: one oracle, the reference model and the engine agree."""

import datetime as dt
from collections import Counter
from dataclasses import replace

import brute_force
import pytest
from click.testing import CliRunner
from cohorts import Spec, build, write
from engaged import engaged_spec, without
from workbooks import records

from matcher.check import check_run
from matcher.cli import cli
from matcher.errors import InputError
from matcher.programme import day_number
from matcher.reference import LocksError, solve_reference
from matcher.runs import write_run
from matcher.solver import solve


@pytest.mark.parametrize("block", range(8))
def test_reference_equals_brute_force(block):
    for seed in range(10 * block, 10 * block + 10):
        cohort = build(engaged_spec(seed))
        truth = brute_force.best(cohort)
        if truth is None:
            with pytest.raises(LocksError, match="cannot all be met"):
                solve_reference(cohort)
        else:
            assert solve_reference(cohort).values == truth.values, seed


def test_what_is_drawn_binds():
    """Days and absences that change nothing would let a rule that is missing survive."""
    tally = Counter()
    for seed in range(60):
        spec = engaged_spec(seed)
        truth = brute_force.best(build(spec))
        for what in ("first_day", "last_day", "absences", "pause"):
            other = brute_force.best(build(without(spec, what)))
            tally[what] += (truth and truth.values) != (other and other.values)
            tally[what, "more"] += bool(truth and other and truth.values["pairs"] > other.values["pairs"])
    assert min(tally[what] for what in ("first_day", "last_day", "absences", "pause")) >= 6, tally
    assert tally["pause", "more"] >= 4, tally


@pytest.mark.parametrize("block", range(8))
def test_the_engine_equals_brute_force_and_is_found_clean(block, tmp_path):
    for seed in range(10 * block, 10 * block + 10):
        cohort = build(engaged_spec(seed))
        truth = brute_force.best(cohort)
        if truth is None:
            with pytest.raises(InputError, match="lock"):
                solve(cohort)
            continue
        solution = solve(cohort)
        values = {goal.name: goal.value for goal in solution.goals}
        bounds = {goal.name: goal.bound for goal in solution.goals}
        exact = [name for name in truth.values if name != "regularity"]
        assert {name: values[name] for name in exact} == {name: truth.values[name] for name in exact}, seed
        assert {name: bounds[name] for name in exact} == {name: values[name] for name in exact}, seed
        assert values["regularity"] <= truth.values["regularity"] <= bounds["regularity"], seed
        for pair in solution.pairs:
            first, last = brute_force.engagement(cohort, (pair.mentee, pair.mentor))
            frame = cohort.programme.frame
            assert day_number(first) == (day_number(frame.start) if pair.start is None else pair.start), seed
            assert day_number(last) == (day_number(frame.end) if pair.end is None else pair.end), seed
        write_run(cohort, solution, tmp_path / str(seed))
        assert check_run(cohort, tmp_path / str(seed)) == [], seed


LATE = Spec(
    employees=(
        {"employee_id": "a", "function": "F", "level": 1},
        {"employee_id": "b", "function": "F", "level": 1, "last_day": "2027-01-20"},
        {"employee_id": "m", "function": "F", "level": 3, "first_day": "2027-01-25"},
    ),
    choices=("a m", "b m"),
    programme={"programme": {"start": "2027-01-11", "end": "2027-04-09", "language": "ru"}},
)


def test_what_people_are_shown(tmp_path):
    cohort, run = write(LATE, tmp_path / "cohort"), tmp_path / "run"
    assert run_cli("solve", cohort, "-o", run).exit_code == 0
    said = run_cli("explain", cohort, run, "a").stdout
    assert "They are a pair from Mon 25 Jan 2027, when m joins, to Fri 9 Apr 2027." in " ".join(said.split())
    assert "never take part at the same time" in " ".join(run_cli("explain", cohort, run, "b").stdout.split())
    at = run_cli("explain", cohort, run, "a", "--at", "2027-01-12T10:00").stdout
    assert "outside the days on which the two work together" in " ".join(at.split())
    twice = tuple({**person, "first_day": "2027-01-25"} for person in LATE.employees[::2])
    both, again = write(replace(LATE, employees=twice, choices=("a m",)), tmp_path / "both"), tmp_path / "again"
    assert run_cli("solve", both, "-o", again, "--no-report").exit_code == 0
    said = run_cli("explain", both, again, "a").stdout
    assert "when a and m join, to Fri 9 Apr 2027." in " ".join(said.split())
    page = (run / "report.html").read_text("utf-8")
    assert "Они пара с 25 января 2027\u202fг. по 9 апреля 2027\u202fг." in page.replace("\\u202f", "\u202f")
    assert "Двое не участвуют в программе одновременно." in page
    (row,) = records((run / "results.xlsx").read_bytes(), "Пары")
    assert (row["Пара с"], row["Пара по"]) == (dt.date(2027, 1, 25), dt.date(2027, 4, 9))
    assert run_cli("verify", cohort, run).exit_code == 0


def test_without_days_nothing_more_is_shown(tmp_path):
    people = tuple({**person, "first_day": "", "last_day": ""} for person in LATE.employees)
    cohort, run = write(replace(LATE, employees=people), tmp_path / "cohort"), tmp_path / "run"
    assert run_cli("solve", cohort, "-o", run).exit_code == 0
    assert "They are a pair" not in run_cli("explain", cohort, run, "a").stdout
    assert "Они пара" not in (run / "report.html").read_text("utf-8")
    assert "Пара с" not in records((run / "results.xlsx").read_bytes(), "Пары")[0]


def run_cli(*arguments):
    result = CliRunner().invoke(cli, list(map(str, arguments)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result
