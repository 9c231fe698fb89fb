"""Free time and starts, to the minute and in every zone."""

import numpy as np
import pytest
from cohorts import Spec, build, only

from matcher.check_dates import Dates
from matcher.check_free import FreeTime
from matcher.check_starts import Starts
from matcher.programme import WEEKDAYS

WEEK = {"start": "2027-03-01", "end": "2027-03-05"}


def hours(*, since=0, frame=None, windows=(), week=WEEKDAYS, tables=None, zone="", country="", **sessions):
    """Free time and starts of a, who works on eight dates all day, or only in these windows; times are UTC."""
    cohort = build(
        Spec(
            employees=({"employee_id": "a", "function": "F", "level": "1", "timezone": zone, "country": country},),
            **(tables or {}),
            availability=windows,
            programme={
                "programme": {"start": "2027-03-01", "end": "2027-03-08", "timezone": "UTC"} | (frame or {}),
                "calendar": {"working_hours": "00:00-24:00", "working_days": list(week)},
                "sessions": {"month_rule": "none", **sessions},
            },
        )
    )
    dates = Dates(cohort.programme)
    free = FreeTime(cohort, dates, [0], dates.midnights[0] + since)
    return free, Starts(free, dates.midnights[0] + since)


def clock_times(free, instants):
    day, clock = divmod(np.array(instants) - free.low, 1440)
    return [
        f"{at}+{minutes // 60:02}:{minutes % 60:02}"
        for at, minutes in zip(day.tolist(), clock.tolist(), strict=True)
    ]


def is_free(free, start, end):
    low = free.low
    return bool(free.covers(np.array([0]), np.array([low + start]), np.array([low + end]))[0])


def test_busy_time_and_absences_are_of_one_person():
    spec = Spec(
        employees=("a F 1", "b F 1", "c F 1"),
        busy=tuple((who, "2027-03-02T09:00", "2027-03-02T10:00") for who in "ac"),
        absences=(("a", "2027-03-03", "2027-03-04"), ("c", "2027-03-03", "2027-03-03")),
        programme={"programme": WEEK},
    )
    cohort = build(spec)
    dates = Dates(cohort.programme)
    ten = np.array([dates.midnights[day] + 600 for day in (0, 1, 2, 3, 4)])
    days = {0: [1, 5], 1: [1, 2, 3, 4, 5], 2: [1, 4, 5]}
    for people in ([0], [1], [2], [0, 1], [2, 0], [1, 2], [0, 1, 2]):
        free = FreeTime(cohort, dates, people)
        for person in people:
            found = free.covers(np.full(5, person), ten - 45, ten)
            assert (np.flatnonzero(found) + 1).tolist() == days[person]


def test_on_a_clock_far_in_the_west_the_day_before_goes_on():
    """19:00 to 20:00 in New York are the first hour of the next date."""
    busy = (("a", "2027-03-03T19:00", "2027-03-03T20:00"),)
    free, starts = hours(since=3 * 1440, tables={"busy": busy}, zone="America/New_York", grid_minutes=15)
    assert [is_free(free, 3 * 1440 + start, 3 * 1440 + start + 45) for start in (0, 59, 60)] == [
        False,
        False,
        True,
    ]
    assert clock_times(free, starts.on_day(starts.of(0), 3)[:2]) == ["3+01:00", "3+01:15"]
    assert starts.on_day(starts.of(0), 2) == []


@pytest.mark.parametrize(("since", "first"), [(0, "1+00:00"), (1440 + 600, "1+10:00"), (1440 + 601, "1+10:15")])
def test_starts_begin_with_the_date_of_a_rematch(since, first):
    free, starts = hours(since=since, grid_minutes=15)
    assert clock_times(free, starts.on_day(starts.of(0), 1)[:1]) == [first]
    assert clock_times(free, starts.on_day(starts.of(0), 2)) == [
        f"2+{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 15, 30, 45)
    ]
    assert clock_times(free, starts.on_day(starts.of(0), 7)[-1:]) == ["7+23:15"]  # 45 minutes before the end


@pytest.mark.parametrize(
    ("pause", "first", "last"), [(0, "1+09:30", "1+10:30"), (10, "1+09:15", "1+10:45"), (15, "1+09:15", "1+10:45")]
)
def test_a_session_takes_the_starts_beside_it(pause, first, last):
    """From 10:00 to 10:45, where starts are a quarter of an hour apart and sessions last 45 minutes."""
    free, starts = hours(pause_minutes=pause, grid_minutes=15)
    start = free.low + 1440 + 600
    blocked = clock_times(free, starts.on_day(starts.taken([(start, start + 45)]), 1))
    assert (blocked[0], blocked[-1]) == (first, last)
    assert [starts.on_day(starts.taken([(start, start + 45)]), day) for day in (0, 2)] == [[], []]
    both = starts.taken([(start, start + 45), (start + 2880, start + 2925)])
    assert clock_times(free, starts.on_day(both, 1)) == blocked
    assert clock_times(free, starts.on_day(both, 3))[::4] == [f"3{one[1:]}" for one in blocked[::4]]


def test_some_starts_as_bits():
    windows = ("2027-03-02", "09:00", "10:00"), ("2027-03-04", "09:15", "10:15")
    free, starts = hours(windows=only("a", *windows), grid_minutes=15)
    assert clock_times(free, starts.instants) == ["1+09:00", "1+09:15", "3+09:15", "3+09:30"]
    for some in ([], [0], [1, 2], [3], range(4)):
        bits = starts.marked(np.isin(np.arange(4), list(some)))
        found = [start for day in range(8) for start in starts.on_day(bits, day)]
        assert found == [starts.instants[place] for place in some]


@pytest.mark.parametrize(
    ("evening", "morning", "pause", "together"),
    [
        ("23:15", "00:00", 0, False),
        ("23:30", "00:00", 0, True),
        ("23:30", "00:15", 0, False),
        ("23:15", "00:00", 1, True),
        ("23:15", "00:15", 15, False),
        ("23:15", "00:15", 16, True),
    ],
)
def test_a_session_late_in_the_evening_and_one_early_on_the_next_date(evening, morning, pause, together):
    free, starts = hours(pause_minutes=pause, grid_minutes=15)
    instants = clock_times(free, starts.instants)
    bits = starts.marked(np.isin(instants, [f"1+{evening}", f"2+{morning}", "4+12:00", "0+12:00"]))
    assert starts.run_together(bits, 1) is together
    assert starts.run_together(bits, 2) is False
    assert starts.run_together(0, 1) is False


@pytest.mark.parametrize(
    ("theirs", "own"), [("Pacific/Niue", "Pacific/Kiritimati"), ("Pacific/Kiritimati", "Pacific/Niue")]
)
def test_dates_at_the_ends_of_the_world(theirs, own):
    """The programme's first and last hours are two dates away on the clock of who works all day."""
    free, _ = hours(frame={"timezone": theirs}, zone=own)
    low, high = free.dates.span
    assert high - low == 8 * 1440
    assert is_free(free, 0, high - low)
    assert not is_free(free, -1, high - low)
    assert not is_free(free, 0, high - low + 1)


def days_off(country, *holidays, **more):
    """The dates of March on which somebody does not work in the first hour, and those on which not in the last."""
    free, _ = hours(country=country, tables={"holidays": holidays}, **more)
    return tuple(
        [date for date in range(1, 9) if not is_free(free, (date - 1) * 1440 + at, (date - 1) * 1440 + at + 60)]
        for at in (0, 23 * 60)
    )


def test_days_off_hold_for_a_place_and_all_within_it():
    rows = tuple(
        (place, f"2027-03-0{date}", "off") for date, place in enumerate(("", "DE", "DE-BY", "DE-BE", "FR"), 1)
    )
    assert days_off("DE-BY", *rows) == ([1, 2, 3], [1, 2, 3])
    assert days_off("DE-BE", *rows) == ([1, 2, 4, 8], [1, 2, 4, 8])  # the eighth is a holiday there
    assert days_off("DE", *rows) == ([1, 2], [1, 2])
    assert days_off("FR", *rows) == ([1, 5], [1, 5])
    assert days_off("", *rows) == ([1], [1])


def test_the_most_exact_place_counts():
    rows = (
        ("", "2027-03-01", "off"),
        ("DE", "2027-03-01", "worked"),
        ("DE", "2027-03-02", "off"),
        ("DE-BE", "2027-03-02", "short", "23:30"),
        ("", "2027-03-03", "short", "12:00"),
        ("DE-BE", "2027-03-08", "short", "12:00"),
    )
    assert days_off("DE-BE", *rows) == ([8], [2, 3, 8])  # half a day off does not make a holiday a working day
    assert days_off("DE", *rows) == ([2], [2, 3])
    assert days_off("", *rows) == ([1], [1, 3])
    assert days_off("DE-BE", ("DE", "2027-03-08", "worked")) == ([], [])


def test_a_day_that_is_worked_is_one_of_the_usual_week_alone():
    """The sixth is a Saturday; who has a week of his own keeps it."""
    extra, usual = ("", "2027-03-06", "worked"), WEEKDAYS[:5]
    assert days_off("", week=usual) == ([6, 7], [6, 7])
    assert days_off("", extra, week=usual) == ([7], [7])
    own = tuple(("a", one, "00:00", "24:00") for one in usual)
    assert days_off("", extra, week=usual, windows=own) == ([6, 7], [6, 7])
    assert days_off("", ("", "2027-03-05", "off"), week=usual, windows=own) == ([5, 6, 7], [5, 6, 7])
    night = (("a", "2027-03-05", "00:00", "22:00"),)
    assert days_off("", ("", "2027-03-05", "off"), week=usual, windows=night) == ([6, 7], [5, 6, 7])
