"""The frequency rules as windows of days, against the rules as they are written."""

import datetime as dt
import random
from collections import Counter
from itertools import combinations, pairwise
from types import SimpleNamespace

import brute_force
import numpy as np
import pytest

from matcher.cadence import add_months, make_cadence
from matcher.programme import Programme


def programme(start, end, **sessions):
    return Programme.model_validate({"programme": {"start": start, "end": end}, "sessions": sessions})


def admits(cadence, days):
    """Whether a cadence takes these days, ascending, for the sessions of one pair."""
    return (
        len(days) >= cadence.minimum
        and days[0] <= cadence.first_latest
        and all(a + cadence.min_between <= b <= cadence.latest_next[a] for a, b in pairwise(days))
        and bool(cadence.may_end[days[-1]])
    )


def keeps_rules(rules, days):
    """Whether the rules as written take these days, ascending and at least one."""
    apart = all(b - a >= rules.sessions.min_days_between for a, b in pairwise(days))
    dates = [rules.frame.start + dt.timedelta(days=day) for day in days]
    cohort = SimpleNamespace(programme=rules)
    return apart and len(days) >= rules.sessions.minimum and brute_force.keeps_month_rule(cohort, dates)


# --- months -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "months", "later"),
    [
        ("2027-01-15", 1, "2027-02-15"),
        ("2027-01-31", 1, "2027-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2027-01-31", 3, "2027-04-30"),
        ("2027-02-28", 1, "2027-03-28"),
        ("2027-12-31", 2, "2028-02-29"),
        ("2027-12-01", 1, "2028-01-01"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2027-06-30", 24, "2029-06-30"),
    ],
)
def test_some_months_later(date, months, later):
    assert str(add_months(dt.date.fromisoformat(date), months)) == later
    assert str(brute_force.months_later(dt.date.fromisoformat(date), months)) == later


# --- the rules by example -----------------------------------------------------------------------------------

QUARTER = ("2027-01-11", "2027-04-09")
ROLLING = {"month_rule": "rolling", "min_days_between": 1}
CALENDAR = {"month_rule": "calendar", "min_days_between": 1}


@pytest.mark.parametrize(
    ("frame", "sessions", "dates", "kept"),
    [
        (QUARTER, {"month_rule": "none"}, "01-11 01-25", True),  # exactly 14 days
        (QUARTER, {"month_rule": "none"}, "01-11 01-24", False),
        (QUARTER, {"month_rule": "none", "min_days_between": 1}, "01-11 01-12", True),
        (QUARTER, {"month_rule": "none"}, "04-09", True),
        (QUARTER, {"month_rule": "none", "minimum": 2}, "04-09", False),
        (QUARTER, {"month_rule": "none", "minimum": 2}, "02-01 04-09", True),
        (QUARTER, ROLLING, "02-11 03-11 04-09", True),
        (QUARTER, ROLLING, "02-12 03-11 04-09", False),  # the first one comes late
        (QUARTER, ROLLING, "02-11 03-12 04-09", False),  # a day too many between two
        (QUARTER, ROLLING, "02-11 03-09", True),  # exactly a month before the end
        (QUARTER, ROLLING, "02-11 03-08", False),
        (QUARTER, {**ROLLING, "max_months_between": 3}, "01-11", True),
        (QUARTER, {**ROLLING, "max_months_between": 2}, "02-09", True),
        (QUARTER, {**ROLLING, "max_months_between": 2}, "02-08", False),
        (("2027-01-31", "2027-04-30"), ROLLING, "02-28 03-28 04-28", True),  # a month after 31 January
        (("2027-01-31", "2027-04-30"), ROLLING, "03-01 03-28 04-28", False),
        (("2028-01-31", "2028-04-30"), ROLLING, "02-29 03-29 04-29", True),  # leap year
        (("2027-01-31", "2027-04-30"), ROLLING, "02-28 03-29 04-28", False),
        (("2027-01-31", "2027-04-30"), ROLLING, "02-28 03-28", False),  # the end is a month and two days on
        (("2027-03-31", "2027-05-31"), ROLLING, "04-30 05-30", True),
        (QUARTER, CALENDAR, "02-01 03-31", True),  # February and March are whole
        (QUARTER, CALENDAR, "02-28 03-01", True),
        (QUARTER, CALENDAR, "01-31 03-01", False),
        (QUARTER, CALENDAR, "02-01 04-01", False),
        (QUARTER, {**CALENDAR, "max_months_between": 2}, "02-01", True),
        (QUARTER, {**CALENDAR, "max_months_between": 2}, "01-31 04-01", False),
        (QUARTER, {**CALENDAR, "max_months_between": 3}, "01-31", True),
        (("2027-01-01", "2027-03-31"), CALENDAR, "01-31 02-01 03-01", True),  # all three are whole
        (("2027-01-01", "2027-03-31"), CALENDAR, "01-31 02-01", False),
        (("2027-01-01", "2027-03-30"), CALENDAR, "01-31 02-01", True),
        (("2027-01-02", "2027-03-31"), CALENDAR, "02-28 03-01", True),
        (("2027-01-01", "2027-03-31"), {**CALENDAR, "max_months_between": 2}, "02-01", True),
        (("2027-01-01", "2027-03-31"), {**CALENDAR, "max_months_between": 2}, "03-01", False),
        (("2027-02-02", "2027-02-20"), CALENDAR, "02-10", True),  # no whole month
        (QUARTER, {"month_rule": "both"}, "02-11 03-11", True),
        (QUARTER, {"month_rule": "both"}, "01-31 02-28 03-28", True),
        (QUARTER, {"month_rule": "both"}, "02-11 03-08", False),  # rolling fails
        (QUARTER, {"month_rule": "both"}, "01-20 02-03 03-03 04-01", True),
        (("2027-01-01", "2027-03-31"), {"month_rule": "both"}, "01-31 02-28 03-28", True),
        (("2027-01-31", "2027-03-31"), {"month_rule": "both"}, "01-31 02-28", False),  # calendar fails
        (("2027-05-05", "2027-05-05"), {"month_rule": "both"}, "05-05", True),  # a programme of one day
    ],
)
def test_dates_by_the_book(frame, sessions, dates, kept):
    rules = programme(*frame, **sessions)
    days = [(dt.date.fromisoformat(f"{frame[0][:4]}-{date}") - rules.frame.start).days for date in dates.split()]
    assert admits(make_cadence(rules), days) == kept
    assert keeps_rules(rules, days) == kept


@pytest.mark.parametrize(
    ("days", "between", "most"), [(1, 14, 1), (14, 14, 1), (15, 14, 2), (28, 14, 2), (29, 14, 3), (5, 1, 5)]
)
def test_no_pair_has_more_sessions_than_the_distance_admits(days, between, most):
    end = dt.date(2027, 1, 11) + dt.timedelta(days=days - 1)
    cadence = make_cadence(programme("2027-01-11", end, min_days_between=between))
    assert cadence.most == most
    assert cadence.days == len(cadence.latest_next) == len(cadence.may_end) == days


# --- the rules at random ------------------------------------------------------------------------------------

RULES = ("both", "rolling", "calendar", "none")


def random_rules(rng, rule):
    """A programme, more often one that begins or ends with a month, in a common or a leap year."""
    year, month = rng.choice((2027, 2028)), rng.randint(1, 12)
    first = dt.date(year, month, 1)
    shifts = (0, 0, -1, -2, 1, rng.randint(0, 30))
    start = first + dt.timedelta(days=rng.choice(shifts))
    end = brute_force.months_later(first, rng.randint(0, 4)) + dt.timedelta(days=rng.choice(shifts))
    return programme(
        start,
        max(start, end),
        month_rule=rule,
        max_months_between=rng.choice((1, 1, 2, 3)),
        min_days_between=rng.choice((1, 3, 7, 14, 14, 28, 31)),
        minimum=rng.choice((1, 1, 1, 2, 3)),
    )


def random_days(rng, rules):
    """Days of sessions: steps as short or as long as is allowed, now and then by a day too much."""
    start, last = rules.frame.start, rules.days - 1
    near = dt.timedelta(days=rng.choice((0, 0, 0, 0, -1, 1)))
    day, days = rng.choice((0, 0, rng.randint(0, last), rng.randint(0, min(31, last)))), []
    while day <= last:
        days.append(day)
        if rng.random() < 0.08:
            break
        date = start + dt.timedelta(days=day)
        month = brute_force.months_later(date, rules.sessions.max_months_between) + near
        shortest = day + rules.sessions.min_days_between + rng.choice((0, 0, 0, -1, 2))
        day = max(day + 1, rng.choice(((month - start).days, (month - start).days, shortest)))
    return days


@pytest.mark.parametrize("rule", RULES)
def test_a_cadence_admits_exactly_what_the_rules_admit(rule):
    rng = random.Random(rule)
    tally = Counter()
    for _ in range(70):
        rules = random_rules(rng, rule)
        cadence = make_cadence(rules)
        for _ in range(25):
            days = random_days(rng, rules)
            kept = keeps_rules(rules, days)
            assert admits(cadence, days) == kept, (rules, days)
            tally[kept, len(days) > 1] += 1
    assert all(tally[kept, several] > 50 for kept in (True, False) for several in (True, False)), tally


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("months", [1, 2])
@pytest.mark.parametrize(("start", "end"), [("2028-01-30", "2028-04-01"), ("2027-02-01", "2027-03-31")])
def test_every_set_of_some_dates(rule, months, start, end):
    """All sets of up to four of the dates on which months begin and end, and of some others."""
    rules = programme(start, end, month_rule=rule, max_months_between=months, min_days_between=2)
    cadence, dates = make_cadence(rules), np.unique([0, 1, 2, 28, 29, 30, 31, 32, 45, 58, 59, 60, rules.days - 1])
    for size in (1, 2, 3, 4):
        for days in combinations([day for day in dates.tolist() if day < rules.days], size):
            assert admits(cadence, days) == keeps_rules(rules, days), days


def test_every_window_of_a_short_month():
    """All pairs of days of programmes around February: nothing is too early, too late or forgotten."""
    for start, end in (("2027-02-01", "2027-02-28"), ("2027-01-31", "2027-03-01"), ("2028-02-01", "2028-03-01")):
        rules = programme(start, end, min_days_between=14)
        cadence, days = make_cadence(rules), range(rules.days)
        for dates in [*((day,) for day in days), *combinations(days, 2)]:
            assert admits(cadence, dates) == keeps_rules(rules, dates), dates
