"""People who join late, leave early or are away: one oracle, the reference model and the engine agree."""

from collections import Counter

import brute_force
import pytest
from cohorts import build
from engaged import engaged_spec, without

from matcher.check import check_run
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
