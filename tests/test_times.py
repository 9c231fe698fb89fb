"""When each pair could meet, against a walk through everybody's calendar minute by minute."""

from itertools import pairwise

import brute_force
import numpy as np
import pytest
from cohorts import Spec, build, only
from draws import random_cohort

from matcher import times
from matcher.calendars import can_start, free_time, make_grid
from matcher.model import Session
from matcher.rules import judge
from matcher.times import Slots, blocks, meeting_times


def prepared(cohort):
    candidates, _ = judge(cohort)
    return candidates, meeting_times(cohort, candidates)


def everybody(found):
    return np.arange(len(found.mentee))


def two_people(programme, *, mentee=(), mentor=(), **tables):
    """A cohort of one mentee `a` and one mentor `m`, each free in the windows given, by his own clock."""
    return build(
        Spec(
            employees=("a F 1", "m F 3"),
            choices=("a m",),
            availability=(*only("a", *mentee), *only("m", *mentor)),
            programme=programme,
            **tables,
        )
    )


def frame(start, end, zone="UTC", **sessions):
    return {"programme": {"start": start, "end": end, "timezone": zone}, "sessions": sessions}


# --- against the walk -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", range(5))
def test_open_minutes_are_the_longest_session_in_both_calendars(block):
    for seed in range(8 * block, 8 * block + 8):
        cohort = random_cohort(seed)
        candidates, found = prepared(cohort)
        minutes = found.open_minutes(everybody(found))
        dates = brute_force.grid(cohort)
        people = {int(p) for p in (*candidates.mentee, *candidates.mentor)}
        alone = {person: brute_force.possible_sessions(cohort, person, dates) for person in people}
        for row, pair in enumerate(zip(candidates.mentee.tolist(), candidates.mentor.tolist(), strict=True)):
            early = {start for day in dates[: candidates.earliest[row]] for start in day}
            both = sorted(session for session in alone[pair[0]] & alone[pair[1]] if session.start not in early)
            expected = {session.start: session.minutes for session in both}  # of several lengths the longest
            slots = minutes[row].nonzero()[0]
            shown = zip(found.slots.start[slots].tolist(), minutes[row][slots].tolist(), strict=True)
            assert dict(shown) == expected, (seed, pair)


def test_the_table_holds_each_start_that_anybody_can_take_once():
    for seed in range(10):
        cohort = random_cohort(seed)
        candidates, found = prepared(cohort)
        people = np.unique([*candidates.mentee, *candidates.mentor]).astype(np.int64)
        grid, free = make_grid(cohort.programme), free_time(cohort, people)
        shortest = can_start(free, grid, cohort.programme.sessions.minutes[-1])
        starts = found.slots.start[found.slots.start >= 0].tolist()
        assert sorted(starts) == grid.start[shortest.any(axis=0)].tolist()
        days = [found.slots.at[start] // found.slots.columns for start in sorted(starts)]
        assert days == grid.day[shortest.any(axis=0)].tolist()
        for length, can in zip(found.lengths, found.can, strict=True):
            asked = can_start(free, grid, length)
            assert can.sum() == asked.sum()
            for person, column in np.argwhere(asked):
                assert can[person, found.slots.at[int(grid.start[column])]]


def test_open_days_are_those_with_open_minutes_however_many_are_handled_at_once(monkeypatch):
    for seed in range(10):
        cohort = random_cohort(seed)
        monkeypatch.setattr(times, "BLOCK", 512)
        _, found = prepared(cohort)
        minutes = found.open_minutes(everybody(found))
        days = minutes.reshape(len(minutes), found.slots.days, -1).any(axis=2) if minutes.size else None
        monkeypatch.setattr(times, "BLOCK", 2)
        _, again = prepared(cohort)
        assert (again.open_minutes(everybody(again)) == minutes).all()
        assert days is None or (again.open_days(everybody(again)) == days).all()


def test_blocks_hold_everything_in_order():
    indices = np.arange(3, 3 + 2 * times.BLOCK + 1)
    parts = list(blocks(indices))
    assert [len(part) for part in parts] == [times.BLOCK, times.BLOCK, 1]
    assert np.concatenate(parts).tolist() == indices.tolist()
    assert list(blocks(indices[:0])) == []


# --- by example -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mentee", "mentor", "expected"),
    [
        (("10:00", "11:00"), ("10:00", "11:00"), {600: 60, 615: 30, 630: 30}),  # the same
        (("10:00", "11:00"), ("11:00", "12:00"), {}),  # touching
        (("10:00", "11:00"), ("10:30", "12:00"), {630: 30}),  # partial
        (("10:00", "11:00"), ("10:31", "12:00"), {}),
        (("10:00", "11:15"), ("10:05", "12:00"), {615: 60, 630: 30, 645: 30}),  # not from a minute past
        (("10:00", "12:00"), ("10:30", "11:15"), {630: 30, 645: 30}),  # inside
        (("10:00", "11:14"), ("10:00", "11:14"), {600: 60, 615: 30, 630: 30}),  # a minute too little
        (("23:00", "24:00"), ("23:00", "24:00"), {1380: 60, 1395: 30, 1410: 30}),  # until the programme ends
    ],
)
def test_a_pair_meets_where_both_are_free(mentee, mentor, expected):
    day = "2027-01-11"
    rules = frame(day, day, minutes=[60, 30])
    _, found = prepared(two_people(rules, mentee=[(day, *mentee)], mentor=[(day, *mentor)]))
    minutes = found.open_minutes(np.array([0]))[0]
    clocks = found.slots.start % 1440
    shown = {int(clocks[slot]): int(minutes[slot]) for slot in minutes.nonzero()[0]}
    assert shown == expected


@pytest.mark.parametrize(
    ("last", "open_days"),
    [("", [0, 3, 6, 9]), ("2027-01-04", [3, 6, 9]), ("2027-01-10", [9]), ("2020-01-01", [0, 3, 6, 9])],
)
def test_a_pair_keeps_its_distance_to_the_session_before_the_start(last, open_days):
    dates = [f"2027-01-{day}" for day in (11, 14, 17, 20)]
    windows = [(date, "10:00", "11:00") for date in dates]
    rules = frame("2027-01-11", "2027-01-20", min_days_between=10)
    pairs = (("a", "m", "past", last),)
    candidates, found = prepared(two_people(rules, mentee=windows, mentor=windows, pairs=pairs))
    assert found.open_days(np.array([0]))[0].nonzero()[0].tolist() == open_days
    assert candidates.earliest[0] <= open_days[0]


def test_a_pair_that_may_not_meet_before_the_programme_is_over():
    day = [("2027-01-11", "10:00", "11:00")]
    pairs = (("a", "m", "past", "2027-01-10"),)
    _, found = prepared(two_people(frame("2027-01-11", "2027-01-12"), mentee=day, mentor=day, pairs=pairs))
    assert not found.open_minutes(np.array([0])).any()


# --- an hour that is shown twice ------------------------------------------------------------------------------

BACK = ("2027-10-24", "2027-11-07", "Europe/London")  # the clock goes back from two to one on 31 October


def test_an_hour_that_is_shown_twice_has_columns_of_its_own():
    windows = [(date, "01:00", "02:00") for date in ("2027-10-24", "2027-10-31", "2027-11-07")]
    cohort = two_people(frame(*BACK, minutes=30, grid_minutes=30), mentee=windows, mentor=windows)
    _, found = prepared(cohort)
    slots = found.slots
    assert slots.columns == 4
    assert slots.twin.tolist() == [0, 0, 2, 2]  # 01:00 and again, 01:30 and again
    open_slots = found.open_minutes(np.array([0]))[0].nonzero()[0]
    assert [divmod(slot, 4) for slot in open_slots.tolist()] == [
        *((0, 0), (0, 2)),
        *((7, 0), (7, 1), (7, 2), (7, 3)),
        *((14, 0), (14, 2)),
    ]
    change = slots.start[7 * 4 : 8 * 4]
    assert (change - change[0]).tolist() == [0, 60, 30, 90]
    assert (slots.start[8 * 4 : 9 * 4] == -1).all()  # nobody is there on the day after


def test_sessions_in_either_of_the_two_hours_are_regular():
    windows = [(date, "01:00", "02:00") for date in ("2027-10-24", "2027-10-31", "2027-11-07")]
    cohort = two_people(frame(*BACK, minutes=30, grid_minutes=30), mentee=windows, mentor=windows)
    slots = prepared(cohort)[1].slots
    before, first, second, after = (Session(int(slots.start[slot]), 30) for slot in (0, 28, 29, 56))
    assert slots.regular([before, first, after]) == slots.regular([before, second, after]) == 2
    half_past = Session(int(slots.start[30]), 30)
    assert slots.regular([before, half_past, after]) == 0


def test_only_the_second_of_the_two_hours():
    """Where nobody can start in the first of two equal hours, the second stands in its place."""
    windows = [(date, "01:00", "02:00") for date in ("2027-10-24", "2027-10-31")]
    busy = (("a", "2027-10-31T00:00Z", "2027-10-31T01:00Z"), ("m", "2027-10-31T00:00Z", "2027-10-31T01:00Z"))
    cohort = two_people(frame(*BACK, minutes=30, grid_minutes=30), mentee=windows, mentor=windows, busy=busy)
    _, found = prepared(cohort)
    assert found.slots.twin.tolist() == [0, 1]
    open_slots = found.open_minutes(np.array([0]))[0].nonzero()[0].tolist()
    assert open_slots == [0, 1, 14, 15]
    assert found.slots.start[14] - found.slots.start[0] == 7 * 1440 + 60


def test_the_clock_counts_and_not_the_time_that_has_passed():
    windows = [(date, "10:00", "10:30") for date in ("2027-10-24", "2027-10-31", "2027-11-07")]
    cohort = two_people(frame(*BACK, minutes=30), mentee=windows, mentor=windows)
    slots = prepared(cohort)[1].slots
    starts = slots.start[slots.start >= 0]
    assert np.diff(starts).tolist() == [7 * 1440 + 60, 7 * 1440]
    assert slots.columns == 1
    assert slots.regular([Session(int(start), 30) for start in starts]) == 2


@pytest.mark.parametrize(
    ("marks", "regular"),
    [
        ([], 0),
        ([(0, 0)], 0),
        ([(0, 0), (7, 0)], 1),
        ([(0, 0), (7, 2)], 1),  # the same clock time, shown again
        ([(0, 0), (7, 1)], 0),
        ([(0, 0), (8, 0)], 0),
        ([(0, 0), (14, 0), (28, 0)], 2),
        ([(0, 0), (10, 0), (14, 0)], 0),  # it is the previous session that counts
        ([(0, 1), (10, 0), (17, 0), (24, 2)], 2),
    ],
)
def test_regular_sessions(marks, regular):
    slots = Slots(30, np.arange(30 * 3) * 100, np.array([0, 1, 0]))
    sessions = [Session((day * 3 + column) * 100, 45) for day, column in marks]
    assert all(a < b for a, b in pairwise(sessions))
    assert slots.regular(sessions) == regular


# --- nobody at all --------------------------------------------------------------------------------------------


def test_nobody_is_free_at_all():
    _, found = prepared(two_people(frame("2027-01-11", "2027-01-15")))
    assert found.slots.columns == 0
    assert found.slots.at == {}
    assert found.open_minutes(np.array([0])).shape == (1, 0)
    assert found.open_days(np.array([0])).tolist() == [[False] * 5]


def test_no_pair_at_all():
    cohort = build(
        Spec(employees=("a F 1", "m F 1"), choices=("a m",), programme=frame("2027-01-11", "2027-01-15"))
    )
    candidates, found = prepared(cohort)
    assert len(candidates) == 0
    assert found.open_minutes(np.zeros(0, dtype=np.int64)).shape[0] == 0
    assert found.open_days(np.zeros(0, dtype=np.int64)).shape == (0, 5)
