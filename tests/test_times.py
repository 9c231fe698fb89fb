"""When each pair could meet, against a walk through everybody's calendar minute by minute."""

import random
from collections import Counter
from itertools import pairwise

import brute_force
import numpy as np
import pytest
from cohorts import Spec, build, only
from draws import comfort_spec, random_cohort, random_spec

from matcher import times
from matcher.arrays import ranges
from matcher.calendars import can_start, free_time, make_grid
from matcher.model import Session
from matcher.rules import judge
from matcher.slots import Slots, pack, unpack
from matcher.times import Bookings, blocks, meeting_times


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
        for length, can in zip(found.kinds.lengths, found.can, strict=True):
            asked = can_start(free, grid, length)
            table = unpack(can, found.slots.columns).reshape(len(people), -1)
            assert table.sum() == asked.sum()
            for person, column in np.argwhere(asked):
                assert table[person, found.slots.at[int(grid.start[column])]]


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


@pytest.mark.parametrize("seed", range(0, 40, 10))
def test_equal_marks_are_equal_weekdays_and_clock_times(seed):
    for number in range(seed, seed + 10):
        cohort = random_cohort(number)
        slots = prepared(cohort)[1].slots
        starts = slots.start[slots.start >= 0]
        zone = cohort.programme.frame.timezone
        shown = [brute_force.wall(zone, start) % (7 * 1440) for start in starts.tolist()]
        marks = slots.marks(starts).tolist()
        assert len(set(zip(shown, marks, strict=True))) == len(set(shown)) == len(set(marks))
        assert slots.marks(starts[::-1]).tolist() == marks[::-1]


# --- sets of columns ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [0, 1, 63, 64, 65, 130])
def test_columns_as_bits(columns):
    rng = np.random.default_rng(columns)
    table = rng.random((3, 4, columns)) < 0.5
    slots = Slots(4, np.arange(4 * columns), np.arange(columns))
    assert slots.words == max(1, -(-columns // 64))
    bits = pack(table, slots.words)
    assert bits.shape == (3, 4, slots.words)
    assert bits.dtype == np.uint64
    assert (unpack(bits, columns) == table).all()
    for column in range(columns):
        word, bit = divmod(column, 64)
        assert ((bits[..., word] >> np.uint64(bit)) & np.uint64(1) == table[..., column]).all()


def test_columns_that_show_the_same_clock_time():
    twin = np.arange(130)
    twin[[3, 64, 128, 129]] = [2, 63, 127, 127]
    slots = Slots(1, np.arange(130), twin)
    assert (unpack(slots.alike.T, 130) == (twin[:, None] == twin[None, :])).all()
    groups = [unpack(group[:, 0], 130).nonzero()[0].tolist() for group in slots.twins]
    assert groups == [[2, 3], [63, 64], [127, 128, 129]]
    assert Slots(1, np.arange(2), np.array([0, 1])).twins == ()


def test_ranges_one_after_the_other():
    assert ranges(np.array([5, 0, 9]), np.array([3, 0, 1])).tolist() == [5, 6, 7, 9]
    assert ranges(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)).tolist() == []


# --- what is booked -------------------------------------------------------------------------------------------


def draw_sessions(rng, found, pairs):
    """Some sessions that the pairs could have alone, wherever they fall."""
    minutes = found.open_minutes(np.array(pairs, dtype=np.int64))
    sessions = []
    for pair, row in zip(pairs, minutes, strict=True):
        slots = row.nonzero()[0].tolist()
        for slot in rng.sample(slots, min(len(slots), rng.randint(0, 3))):
            length = rng.choice([length for length in found.kinds.lengths if length <= row[slot]])
            sessions.append((pair, int(found.slots.start[slot]), length))
    return sessions


def still_open(found, pair, taken):
    """Kind and start of everything that a pair can do beside what its people have `taken`, one by one."""
    result, pause = set(), found.limits.pause
    for kind, bits in zip(found.kinds.all, found.open(np.array([pair])), strict=True):
        for start in starts_of(found, bits[:, :, 0]):
            free = (start >= end + pause or start + kind.minutes + pause <= begin for _, begin, end in taken)
            if all(free) and not is_full(found, start, taken):
                result.add((kind, start))
    return result


def starts_of(found, bits):
    slots = unpack(bits.T, found.slots.columns).ravel().nonzero()[0]
    return found.slots.start[slots].tolist()


def is_full(found, start, taken):
    """Whether one of those who have sessions already has as many as there may be on the day or week of a start."""
    day = found.slots.at[start] // found.slots.columns
    days = [(person, found.slots.at[begin] // found.slots.columns) for person, begin, _ in taken]
    return any(
        max(Counter(who for who, other in days if period.of_day[other] == period.of_day[day]).values(), default=0)
        >= period.most
        for period in found.limits.periods
    )


def test_what_is_booked_is_not_open():
    """Whatever the kinds, before, inside and after the sessions, past midnight too, for both people.

    And with pauses, and full days and weeks.
    """
    tally = Counter()
    for seed in range(150):
        rng = random.Random(seed)
        _, found = prepared(build(comfort_spec(seed) if seed % 2 else random_spec(seed)))
        pairs = rng.sample(range(len(found.mentee)), min(len(found.mentee), rng.randint(2, 6)))
        booked = Bookings(found, np.array(pairs, dtype=np.int64))
        people = Counter(person for pair in pairs for person in (found.mentee[pair], found.mentor[pair]))
        taken = {person: [] for person in people}
        sessions = draw_sessions(rng, found, pairs)
        for some in (sessions[:1], sessions[1:]):
            if some:
                booked.book(*np.array(some, dtype=np.int64).T)
        for pair, start, length in sessions:
            for person in (found.mentee[pair], found.mentor[pair]):
                if people[person] > 1:  # of others nobody asks again
                    taken[person].append((person, start, start + length))
                    tally["midnight"] += start // 1440 < (start + length - 1) // 1440
        open_bits = found.open(np.array(pairs, dtype=np.int64), booked)
        for column, pair in enumerate(pairs):
            shown = set()
            for kind, bits in zip(found.kinds.all, open_bits, strict=True):
                shown |= {(kind, start) for start in starts_of(found, bits[:, :, column])}
            both = taken[found.mentee[pair]] + taken[found.mentor[pair]]
            assert shown == still_open(found, pair, both), (seed, pair)
            tally["less"] += len(shown) < len(still_open(found, pair, []))
            tally["full"] += any(is_full(found, start, both) for _, start in still_open(found, pair, []))
            tally["preferred"] += any(kind.preferred for kind, _ in shown)
    assert tally["less"] > 60
    assert min(tally["full"], tally["preferred"]) > 10
    assert tally["midnight"] > 2


def test_a_session_past_midnight_takes_time_of_both_days():
    """From 23:45 to 00:30: the evening before it and the morning after it stay as they are."""
    days = ("2027-03-01", "2027-03-02")
    windows = ((days[0], "22:00", "24:00"), (days[1], "00:00", "02:00"))
    people, free = ("a F 1", "b F 1", "m G 3"), tuple(row for person in "abm" for row in only(person, *windows))
    _, found = prepared(build(Spec(people, ("a m", "b m"), free, programme=frame(*days, minutes=[45, 30]))))
    midnight = int(found.slots.start.max()) // 1440 * 1440
    booked = Bookings(found, np.array([0, 1]))
    booked.book(np.array([0]), np.array([midnight - 15]), np.array([45]))
    before = {int(start) - midnight for start in found.slots.start if start >= 0}
    for length, bits in zip(found.kinds.lengths, found.open(np.array([1]), booked), strict=True):
        slots = unpack(bits[:, :, 0].T, found.slots.columns).ravel().nonzero()[0]
        left = {int(found.slots.start[slot]) - midnight for slot in slots}
        assert left == {b for b in before if b + length <= 120 and (b + length <= -15 or b >= 30)}
        assert {30, -15 - length} <= left


def test_who_is_in_one_pair_only_is_not_booked():
    cohort = build(Spec(("a F 1", "b F 1", "m G 3", "n G 3"), ("a m", "b m", "b n"), programme=frame(*BACK)))
    _, found = prepared(cohort)
    people = np.arange(4)
    for pairs, shared in (([0, 1, 2], [1, 2]), ([0, 1], [2]), ([0, 2], []), ([], [])):
        booked = Bookings(found, np.array(pairs, dtype=np.int64))
        row, mine = booked.rows(people)
        assert people[mine].tolist() == shared
        assert row.tolist() == list(range(len(shared)))
        assert all(len(left) == len(shared) for left in booked.left)


@pytest.mark.parametrize(
    ("session", "left"),
    [
        ((540, 45), [0, 0, 0, 30, 15]),  # 09:00: later starts stay as they are
        ((585, 45), [45, 30, 15, 0, 0]),  # 09:45: earlier ones are shortened to what fits
        ((600, 15), [45, 45, 30, 15, 0]),
        ((600, 30), [45, 45, 30, 15, 0]),
        ((480, 60), [45, 45, 45, 30, 15]),  # touching
        ((615, 45), [45, 45, 45, 30, 15]),
    ],
)
def test_a_session_shortens_what_starts_before_it(session, left):
    """The mentor is free from 09:00 to 10:15; starts every quarter of an hour; lengths 45, 30 and 15."""
    day = "2027-03-01"
    rules = frame(day, day, minutes=[45, 30, 15])
    people = ("a F 1", "b F 1", "m G 3")
    cohort = build(Spec(people, ("a m", "b m"), only("m", (day, "09:00", "10:15")), programme=rules))
    _, found = prepared(cohort)
    midnight = int(make_grid(cohort.programme).start[0])
    begins = sorted(int(start) - midnight for start in found.slots.start if start >= 0)
    at = [found.slots.at[midnight + begin] for begin in (540, 555, 570, 585, 600)]
    assert set(begins) >= {540, 555, 570, 585, 600}
    booked = Bookings(found, np.array([0, 1]))
    booked.book(np.array([1]), np.array([midnight + session[0]]), np.array([session[1]]))
    assert found.open_minutes(np.array([0]))[0, at].tolist() == [45, 45, 45, 30, 15]
    assert found.as_minutes(found.open(np.array([0]), booked))[0, at].tolist() == left


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
