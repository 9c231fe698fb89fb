"""Clocks and stretches of time of the check."""

import numpy as np
import pytest
from check_cases import date, instant

from matcher.check_time import EVER, Clock, joined, outside, within
from matcher.programme import MINUTES_A_DAY

# --- intervals ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "together", "both"),
    [
        ((0, 10), [(0, 20)], []),  # touching before
        ((0, 15), [(0, 20)], [(10, 15)]),  # partial
        ((12, 15), [(10, 20)], [(12, 15)]),  # inside
        ((10, 20), [(10, 20)], [(10, 20)]),  # the same
        ((5, 25), [(5, 25)], [(10, 20)]),  # around
        ((15, 25), [(10, 25)], [(15, 20)]),  # partial
        ((20, 30), [(10, 30)], []),  # touching after
        ((21, 30), [(10, 20), (21, 30)], []),  # apart
        ((15, 15), [(10, 20)], []),  # empty
    ],
)
def test_two_intervals(second, together, both):
    first = (10, 20)
    assert joined([first, second]) == joined([second, first]) == together
    assert within([second], *first) == both


@pytest.mark.parametrize(
    ("taken", "left"),
    [
        ([], [(10, 20), (30, 40)]),
        ([(0, 10)], [(10, 20), (30, 40)]),  # touching before
        ([(0, 15)], [(15, 20), (30, 40)]),  # partial
        ([(12, 15)], [(10, 12), (15, 20), (30, 40)]),  # inside
        ([(10, 20)], [(30, 40)]),  # the same
        ([(5, 25)], [(30, 40)]),  # around
        ([(20, 30)], [(10, 20), (30, 40)]),  # between
        ([(15, 35)], [(10, 15), (35, 40)]),
        ([(12, 14), (16, 32)], [(10, 12), (14, 16), (32, 40)]),
    ],
)
def test_what_lies_outside(taken, left):
    assert outside([(10, 20), (30, 40)], taken) == left


# --- clocks ---------------------------------------------------------------------------------------------------

SPRING, AUTUMN = "2027-03-28", "2027-10-31"  # London: 01:00 to 02:00 is skipped, is repeated


@pytest.mark.parametrize(
    ("day", "wall", "earlier", "later"),
    [
        (SPRING, "00:59", "00:59", "00:59"),
        (SPRING, "01:00", "01:00", "01:00"),  # skipped: the instant of the change
        (SPRING, "01:59", "01:00", "01:00"),
        (SPRING, "02:00", "01:00", "01:00"),
        (SPRING, "02:01", "01:01", "01:01"),
        (AUTUMN, "00:59", "23:59", "23:59"),  # UTC, the day before
        (AUTUMN, "01:00", "00:00", "01:00"),
        (AUTUMN, "01:59", "00:59", "01:59"),
        (AUTUMN, "02:00", "02:00", "02:00"),
    ],
)
def test_local_times_on_days_of_a_change(day, wall, earlier, later):
    clock = Clock("Europe/London", date(day) - 3, date(day) + 3)
    local = instant(f"{day}T{wall}")[0]
    expected = [instant(f"{day}T{text}")[0] for text in (earlier, later)]
    if earlier == "23:59":
        expected = [utc - MINUTES_A_DAY for utc in expected]
    assert [clock.instant(local), clock.instant(local, later=True)] == expected


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("zone", ["Europe/London", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata"])
def test_many_local_times_at_once(zone, later):
    """Every quarter of an hour around the changes of a year, and far beyond what the clock was made for."""
    first, last = date("2011-09-01"), date("2012-04-30")  # Apia skips the whole of 30 December 2011
    clock = Clock(zone, first, last)
    walls = [*range((first - 9) * MINUTES_A_DAY, (last + 9) * MINUTES_A_DAY, 15), 0, EVER // 2, -EVER // 2]
    expected = [clock.instant(wall, later=later) for wall in walls]
    assert clock.instants(np.array(walls), later=later).tolist() == expected


def test_a_repeated_hour_counts_twice_and_a_skipped_one_not():
    clock = Clock("Europe/London", date(SPRING), date(AUTUMN))

    def minutes(day, start, end):
        spans = clock.showing(instant(f"{day}T{start}")[0], instant(f"{day}T{end}")[0])
        return sum(high - low for low, high in spans)

    assert minutes(SPRING, "00:30", "02:30") == 60
    assert minutes(SPRING, "01:00", "02:00") == 0
    assert minutes(AUTUMN, "00:30", "02:30") == 180
    assert minutes(AUTUMN, "01:00", "02:00") == 120
    assert minutes("2027-06-01", "00:30", "02:30") == 120
