"""People who join late, leave early or are away: one oracle, the reference model and the engine agree."""

from collections import Counter

import brute_force
import pytest
from cohorts import build
from engaged import engaged_spec, without

from matcher.reference import LocksError, solve_reference


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
