"""Kinds of session, what they are worth, and limits on their number."""

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from cohorts import build
from draws import comfort_spec

from matcher.cadence import most_sessions
from matcher.calendars import make_grid, preferred_starts
from matcher.kinds import Kind, Kinds, make_kinds
from matcher.limits import make_limits
from matcher.model import Session
from matcher.plans import make_prices
from matcher.programme import Programme, parse_windows

LENGTHS = [(45,), (45, 30), (50, 45, 30)]


def programme(*, sessions=None, **calendar):
    frame = {"start": dt.date(2027, 3, 3), "end": dt.date(2027, 4, 9), "timezone": "Europe/London"}
    return Programme.model_validate({"programme": frame, "calendar": calendar, "sessions": sessions or {}})


def test_one_kind_is_worth_nothing():
    kinds = Kinds((45,))
    assert kinds.all == (Kind(45, preferred=False, worth=0),)
    assert not kinds.matter
    assert kinds.of([Session(0, 45), Session(60, 45, preferred=True)]) == 0


@pytest.mark.parametrize("lengths", LENGTHS)
@pytest.mark.parametrize("preferred", [True, False])
def test_minutes_outweigh_all_preferred_hours(lengths, preferred):
    """However many sessions there are, up to the most: first the minutes count, then the preferred hours."""
    most = 4
    kinds = Kinds(lengths, preferred, 1 + most * preferred)
    plans = [
        [Session(0, length, like) for length, like in plan]
        for number in range(most + 1)
        for plan in itertools.combinations_with_replacement(itertools.product(lengths, (True, False)), number)
    ]
    for plan in plans:
        minutes, liked = sum(s.minutes for s in plan), sum(s.preferred for s in plan)
        worth = kinds.of(plan)
        assert not kinds.lengths_matter or kinds.minutes_in(worth) == minutes
        assert not preferred or kinds.preferred_in(worth) == liked
        assert kinds.matter or worth == 0
    order = [kind.worth for kind in kinds.all]
    assert order == sorted(order, reverse=True) == kinds.worths.tolist()


@pytest.mark.parametrize("seed", range(20))
def test_no_sessions_of_a_cohort_are_worth_as_much_as_one_more(seed):
    cohort = build(comfort_spec(seed))
    most = most_sessions(cohort.programme)
    kinds = make_kinds(cohort, most)
    pairs = len(cohort.mentees) * cohort.programme.capacity.mentors_per_mentee
    assert kinds.minute > pairs * most * kinds.preferred
    cadence = type("Cadence", (), {"most": most})
    assert make_prices(cohort, kinds, cadence).unit > pairs * most * max(kind.worth for kind in kinds.all)


# --- limits ---------------------------------------------------------------------------------------------------


def test_weeks_begin_on_monday():
    """The programme begins on a Wednesday: its first week has five days."""
    limits = make_limits(programme(sessions={"max_per_week": 2, "max_per_day": 1, "pause_minutes": 5}))
    days, weeks = limits.periods
    assert (limits.pause, days.most, weeks.most) == (5, 1, 2)
    assert days.of_day.tolist() == list(range(38))
    assert np.bincount(weeks.of_day).tolist() == [5, 7, 7, 7, 7, 5]


def test_no_limits():
    assert make_limits(programme()).periods == ()


# --- preferred hours ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Kolkata", "America/New_York"])
@pytest.mark.parametrize(
    "hours", ["10:00-11:00", "00:00-01:30,23:00-24:00", "00:30-02:00", "09:00-24:00, 00:00-09:00"]
)
@pytest.mark.parametrize("minutes", [30, 45])
def test_preferred_starts_minute_by_minute(zone, hours, minutes):
    """Over the night in which London's clock skips 01:00 to 02:00, too, and over midnight."""
    rules = programme(preferred_hours=hours)
    grid, windows = make_grid(rules), parse_windows(hours)
    first, last = int(grid.start[0]), int(grid.start[-1]) + minutes
    moments = [dt.datetime.fromtimestamp(instant * 60, ZoneInfo(zone)) for instant in range(first, last)]
    shown = np.array([moment.hour * 60 + moment.minute for moment in moments])
    liked = np.any([(start <= shown) & (shown < end) for start, end in windows], axis=0)
    expected = [bool(liked[t - first : t - first + minutes].all()) for t in grid.start.tolist()]
    assert preferred_starts(rules, zone, grid, minutes).tolist() == expected
    assert any(expected)


def test_without_preferred_hours_no_start_is_preferred():
    rules = programme()
    assert not preferred_starts(rules, "UTC", make_grid(rules), 45).any()
