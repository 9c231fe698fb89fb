import datetime as dt
import itertools

import numpy as np
import pytest
from brute_force import keeps_month_rule
from cohorts import Spec, build

from matcher.cadence import Cadence, add_months, make_cadence
from matcher.model import Programme, Session
from matcher.plans import NEVER, Aim, attainable, best_counts, best_start, continuations, earliest_best, make_gains
from matcher.plans import most_regular
from matcher.times import Slots


def programme(start, end, **sessions):
    return Programme.model_validate({"programme": {"start": start, "end": end}, "sessions": sessions})


@pytest.mark.parametrize(
    ("days", "between", "first_latest", "latest_next", "most"),
    [
        (1, 14, 0, [0], 1),
        (15, 14, 14, [14] * 15, 2),
        (14, 14, 13, [13] * 14, 1),
        (31, 14, 0, [13] * 31, 0),  # the next session is due before it is allowed
        (10, 3, 2, [min(day + 4, 9) for day in range(10)], 4),
        (10, 3, 9, [9] * 10, 4),
    ],
)
def test_most_sessions_of_a_pair_that_is_free_every_day(days, between, first_latest, latest_next, most):
    latest_next = np.array(latest_next)
    cadence = Cadence(days, between, 1, first_latest, latest_next, latest_next >= days - 1)
    counts = attainable(np.ones((1, days), dtype=bool), cadence)[0]
    assert counts.nonzero()[0].max(initial=0) == most
