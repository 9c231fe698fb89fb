"""Free time and starts of the check, against brute force by the minute."""

import datetime as dt
from zoneinfo import ZoneInfo

import check_cases as cases
import numpy as np
import pytest
from check_cases import date, instant, make_cohort
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.check_dates import Dates
from matcher.check_free import FreeTime, WorkingTime
from matcher.check_starts import Starts
from matcher.model import SpecialDay
from matcher.programme import MINUTES_A_DAY, parse_windows

SPRING, AUTUMN = "2027-03-28", "2027-10-31"  # London: 01:00 to 02:00 is skipped, is repeated


def free_time(cohort):
    """Free time of all employees."""
    return FreeTime(cohort, Dates(cohort.programme), range(len(cohort.employees)))


def covers(free, person, start, end):
    """Whether the person is free from start to end, in instants."""
    return bool(free.covers(np.array([person]), np.array([start]), np.array([end]))[0])


# --- a session within free time -------------------------------------------------------------------------------

DAY = "2027-03-01"
NIGHTS = {"working_hours": "00:00-24:00", "working_days": ["mon", "tue", "sun"]}
SHORT = {"start": DAY, "end": "2027-03-02", "timezone": "Europe/London"}


def at(clock, day=DAY):
    return instant(f"{day}T{clock}")[0] if clock != "24:00" else instant(f"{day}T00:00")[0] + MINUTES_A_DAY


BOUNDARIES = [
    ("08:59", "09:45", False),
    ("09:00", "09:45", True),
    ("09:00", "10:00", True),  # the same
    ("09:15", "10:00", True),
    ("09:15", "10:01", False),
    ("10:00", "10:30", False),  # touching after
    ("08:15", "09:00", False),  # touching before
    ("09:30", "11:30", False),  # from one stretch to the next
    ("11:00", "12:00", True),
    ("11:59", "12:01", False),
]


@pytest.mark.parametrize(("start", "end", "inside"), BOUNDARIES)
def test_a_session_within_working_time(start, end, inside):
    rows = [("b", DAY, "09:00", "10:00"), ("b", DAY, "11:00", "12:00")]
    free = free_time(make_cohort(availability=rows, frame=SHORT))
    assert covers(free, 1, at(start), at(end)) == inside


@pytest.mark.parametrize(("start", "end", "inside"), BOUNDARIES)
@pytest.mark.parametrize(
    "more",
    [[], [("10:00", "11:00")], [("10:15", "10:20"), ("10:30", "11:00")], [("12:30", "18:00")]],
)
def test_a_session_beside_busy_time(start, end, inside, more):
    """Free from nine to ten and from eleven to twelve, whatever other busy time lies within the busy time."""
    spans = [("00:00", "09:00"), ("10:00", "11:00"), ("12:00", "24:00"), *more]
    busy = [
        ("b", f"{DAY}T{low}", f"{DAY}T{high}" if high != "24:00" else "2027-03-02T00:00") for low, high in spans
    ]
    cohort = make_cohort(busy=busy, frame=SHORT, calendar={"working_hours": "00:00-24:00"})
    assert covers(free_time(cohort), 1, at(start), at(end)) == inside


def test_a_long_busy_time_is_not_forgotten_after_a_short_one():
    busy = [("b", f"{DAY}T09:00", f"{DAY}T17:00"), ("b", f"{DAY}T10:00", f"{DAY}T10:05")]
    free = free_time(make_cohort(busy=busy, frame=SHORT))
    assert not covers(free, 1, at("12:00"), at("12:45"))
    assert not covers(free, 1, at("16:59"), at("17:30"))
    assert covers(free, 1, at("17:00"), at("17:45"))


LUNCH = {"working_hours": "09:00-18:00", "lunch": "12:00-13:00"}
WEEK = [("b", 0, "11:00", "14:00")]


@pytest.mark.parametrize(
    ("start", "end", "free"),
    [
        ("11:15", "12:00", True),  # touching before
        ("11:16", "12:01", False),
        ("12:00", "13:00", False),  # the same
        ("12:10", "12:20", False),  # inside
        ("11:30", "13:30", False),  # around
        ("12:59", "13:44", False),
        ("13:00", "13:45", True),  # touching after
    ],
)
@pytest.mark.parametrize("rows", [[], WEEK])
def test_nobody_is_asked_to_meet_at_lunch(start, end, free, rows):
    cohort = make_cohort(availability=rows, frame=SHORT, calendar=LUNCH)
    assert covers(free_time(cohort), 1, at(start), at(end)) == free


def test_rows_for_a_date_know_no_lunch():
    rows = [("b", 0, "09:00", "18:00"), ("b", DAY, "11:00", "14:00")]
    cohort = make_cohort(availability=rows, frame=SHORT, calendar=LUNCH)
    assert covers(free_time(cohort), 1, at("11:00"), at("14:00"))


def test_lunch_is_on_the_clock_of_each_person():
    """From twelve to one in New York it is five to six in London."""
    free = free_time(make_cohort(frame=SHORT, calendar=LUNCH))
    assert covers(free, 5, at("15:00"), at("17:00"))
    assert not covers(free, 5, at("16:59"), at("17:01"))
    assert not covers(free, 5, at("17:59"), at("18:01"))
    assert covers(free, 5, at("18:00"), at("19:00"))


@pytest.mark.parametrize(
    ("kind", "end", "free"),
    [("worked", MINUTES_A_DAY, "09:00-12:00, 13:00-18:00"), ("short", 12 * 60 + 30, "09:00-12:00")],
)
def test_lunch_on_special_days(kind, end, free):
    """A Saturday that is worked, a Monday that ends during lunch."""
    day = "2027-03-06" if kind == "worked" else DAY
    cohort = make_cohort(
        company=[SpecialDay("", date(day), kind, end)], frame={"end": "2027-03-07"}, calendar=LUNCH
    )
    times = free_time(cohort)
    every = np.arange(at("00:00", day), at("24:00", day))
    clear = {minute - every[0] for minute in every[times.covers(np.ones_like(every), every, every + 1)].tolist()}
    assert clear == {minute for low, high in parse_windows(free) for minute in range(low, high)}


def test_whoever_works_only_at_lunch_never_works():
    """His rows still stand in place of the usual week."""
    cohort = make_cohort(availability=[("b", 0, "12:00", "13:00")], frame=SHORT, calendar=LUNCH)
    assert WorkingTime(cohort, Dates(cohort.programme)).windows(0, None, [(0, -1, 720, 780)]) == []
    assert not covers(free_time(cohort), 1, at("09:00", "2027-03-02"), at("09:45", "2027-03-02"))


@pytest.mark.parametrize(
    ("day", "lunch", "taken"),
    [
        (AUTUMN, "01:10-01:40", [(10, 40), (70, 100)]),  # both times that the clock shows it
        (AUTUMN, "00:30-01:00", [(-30, 0)]),
        (SPRING, "01:10-01:40", []),  # never
        (SPRING, "00:30-02:30", [(30, 90)]),
    ],
)
def test_lunch_when_the_clock_changes(day, lunch, taken):
    """Taken are so many minutes after midnight UTC."""
    cohort = make_cohort(frame=SHORT | {"start": day, "end": day}, calendar=NIGHTS | {"lunch": lunch})
    free, midnight = free_time(cohort), at("00:00", day)
    every = np.arange(*free.dates.span)
    missed = every[~free.covers(np.ones_like(every), every, every + 1)] - midnight
    assert missed.tolist() == [minute for span in taken for minute in range(*span)]


@pytest.mark.parametrize(
    ("start", "end", "free"),
    [
        ("10:14", "10:59", False),
        ("10:15", "11:00", True),
        ("11:45", "12:30", True),
        ("11:45", "12:31", False),
        ("17:15", "18:00", True),
    ],
)
def test_a_pause_beside_busy_time(start, end, free):
    """Busy until ten, and again at a quarter to one; the end of working hours asks for no pause."""
    busy = [("b", f"{DAY}T09:00", f"{DAY}T10:00"), ("b", f"{DAY}T12:45", f"{DAY}T12:50")]
    cohort = make_cohort(
        availability=[("b", DAY, "10:00", "18:00")], busy=busy, frame=SHORT, sessions={"pause_minutes": 15}
    )
    times = free_time(cohort)
    assert covers(times, 1, at(start), at(end)) == free
    person, low, high = (np.array([value]) for value in (1, at(start), at(end)))
    assert times.covers(person, low, high, pause=False)[0]


@pytest.mark.parametrize(("start", "free"), [("12:00", True), ("12:01", False)])
def test_busy_time_without_its_pause_is_still_busy(start, free):
    cohort = make_cohort(busy=[("b", f"{DAY}T12:45", f"{DAY}T13:00")], frame=SHORT, sessions={"pause_minutes": 15})
    person, low = np.array([1]), np.array([at(start)])
    assert free_time(cohort).covers(person, low, low + 45, pause=False)[0] == free


def test_busy_time_outside_the_programme_needs_its_pause_inside():
    """Whoever is busy until the first midnight, or from the last on; to his neighbours that is nothing."""
    busy = [("b", "2027-02-28T22:00", "2027-03-01T00:00"), ("b", "2027-03-03T00:05", "2027-03-04T00:00")]
    busy.append(("b", "2027-02-28T22:00", "2027-02-28T23:30"))
    cohort = make_cohort(
        busy=busy, frame=SHORT, calendar={"working_hours": "00:00-24:00"}, sessions={"pause_minutes": 15}
    )
    free, last = free_time(cohort), at("24:00", "2027-03-02")
    assert not covers(free, 1, at("00:14"), at("01:00"))
    assert covers(free, 1, at("00:15"), last - 10)
    assert not covers(free, 1, at("00:15"), last - 9)
    assert [covers(free, person, at("00:00"), last) for person in (0, 2)] == [True, True]


def test_what_takes_no_time_needs_no_pause():
    """From 01:10 to 01:40 on the night in which the clock skips that hour."""
    cohort = make_cohort(
        busy=[("b", f"{SPRING}T01:10", f"{SPRING}T01:40")],
        frame=SHORT | {"start": SPRING, "end": SPRING},
        calendar=NIGHTS,
        sessions={"pause_minutes": 15},
    )
    free = free_time(cohort)
    assert covers(free, 1, *free.dates.span)


@pytest.mark.parametrize(
    ("day", "span", "taken"),
    [
        (AUTUMN, ("01:10", "01:40"), (10, 100)),  # from the first to the second time that the clock shows it
        (AUTUMN, ("00:30", "01:00"), (-30, 60)),
        (AUTUMN, ("02:00", "03:00"), (120, 180)),
        (SPRING, ("01:10", "01:40"), None),  # never
        (SPRING, ("00:30", "01:40"), (30, 60)),
        (SPRING, ("01:40", "02:30"), (60, 90)),
    ],
)
def test_local_busy_time_when_the_clock_changes(day, span, taken):
    """Taken are so many minutes after midnight UTC."""
    busy = [("b", f"{day}T{span[0]}", f"{day}T{span[1]}")]
    cohort = make_cohort(busy=busy, frame=SHORT | {"start": day, "end": day}, calendar=NIGHTS)
    free, midnight = free_time(cohort), at("00:00", day)
    every = np.arange(*free.dates.span)
    missed = every[~free.covers(np.ones_like(every), every, every + 1)] - midnight
    assert missed.tolist() == (list(range(*taken)) if taken else [])


def test_neighbours_do_not_mix():
    """Busy to the last minute, or from the first: that is nothing to the person before or after."""
    busy = [("a", "2027-03-02T23:00", "2027-03-04T00:00"), ("c", "2027-02-20T00:00", "2027-03-01T01:00")]
    busy += [("b", "2027-02-01T00:00", "2027-03-01T00:00"), ("b", "2027-03-03T00:00", "2027-04-01T00:00")]
    free = free_time(make_cohort(busy=busy, frame=SHORT, calendar={"working_hours": "00:00-24:00"}))
    first, last = at("00:00"), at("24:00", "2027-03-02")
    assert [covers(free, person, first, first + 1) for person in range(4)] == [True, True, False, True]
    assert [covers(free, person, last - 1, last) for person in range(4)] == [False, True, True, True]
    assert [covers(free, person, first, last) for person in range(4)] == [False, True, False, True]
    assert [covers(free, person, last - 45, last + 1) for person in range(4)] == [False] * 4
    assert [covers(free, person, first - 1, first + 45) for person in range(4)] == [False] * 4


def test_nobody_has_any_time():
    never = [(person, DAY, "", "") for person in "abcdmnz"]
    cohort = make_cohort(availability=never, frame=SHORT | {"end": DAY})
    free = free_time(cohort)
    assert not covers(free, 0, at("09:00"), at("09:45"))
    starts = Starts(free)
    assert [starts.of(person) for person in range(7)] == [0] * 7
    assert starts.open_days(0) == 0
    assert starts.taken([(at("09:00"), at("09:45"))]) == 0


# --- free time against a walk from minute to minute -----------------------------------------------------------

ZONES = ("Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Niue")
clocks = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15 + quarter % 7:02}")
windows = st.tuples(clocks, clocks).filter(lambda window: window[0] < window[1])
days = st.integers(-2, 4)


@st.composite
def calendars(draw):
    """A programme of three days around a change of London's clocks, one person's rows, another zone's clock."""
    change = dt.date.fromisoformat(draw(st.sampled_from([SPRING, AUTUMN, "2027-03-14", "2027-06-15"])))
    start = change - dt.timedelta(days=1)
    rows = []
    for _ in range(draw(st.integers(0, 4))):
        day = draw(st.one_of(st.integers(0, 6), days.map(lambda n: (start + dt.timedelta(days=n)).isoformat())))
        window = draw(st.one_of(windows, st.just(("", "")), clocks.map(lambda low: (low, "24:00"))))
        rows.append(("a", day, *window))
    busy = []
    for _ in range(draw(st.integers(0, 3))):
        low = start + dt.timedelta(days=draw(days))
        first, last = sorted(
            [f"{low}T{draw(clocks)}", f"{low + dt.timedelta(days=draw(st.integers(0, 1)))}T{draw(clocks)}"]
        )
        offset = draw(st.sampled_from(["", "+00:00", "-05:00"]))
        busy.append(("a", first + offset, last + offset))
    frame = {
        "start": start.isoformat(),
        "end": (start + dt.timedelta(days=2)).isoformat(),
        "timezone": draw(st.sampled_from(ZONES)),
    }
    hours = {"working_hours": draw(st.sampled_from(["09:00-18:00", "00:00-24:00", "00:30-01:30, 01:30-03:00"]))}
    hours["working_days"] = ["mon", "sat", "sun"]
    hours["lunch"] = draw(st.sampled_from(["", "", "12:00-13:00", "00:45-01:15, 01:30-02:10, 23:50-24:00"]))
    return make_cohort(
        people={"a": {"zone": draw(st.sampled_from(ZONES))}},
        availability=rows,
        busy=busy,
        frame=frame,
        calendar=hours,
        sessions={"pause_minutes": draw(st.sampled_from([0, 0, 10, 240]))},
    )


def free_minutes(cohort, person):
    """The free minutes of a person, asking a standard clock every minute."""
    zone = ZoneInfo(cohort.employees.zones[cohort.employees.zone[person]])
    frame = cohort.programme.frame
    first = (date(frame.start.isoformat()) - 4) * MINUTES_A_DAY
    walls = {
        u: dt.datetime.fromtimestamp(u * 60, zone).replace(tzinfo=None)
        for u in range(first, first + 11 * MINUTES_A_DAY)
    }
    epoch = dt.datetime(1970, 1, 1)
    numbers = {u: (wall - epoch) // dt.timedelta(minutes=1) for u, wall in walls.items()}
    dates = {
        u
        for u in walls
        if frame.start <= dt.datetime.fromtimestamp(u * 60, ZoneInfo(frame.timezone)).date() <= frame.end
    }
    free = {u for u in dates if is_working(cohort, person, walls[u], numbers[u])}
    pause = cohort.programme.sessions.pause_minutes
    for start, end in busy_spans(cohort, person, numbers):
        free -= set(range(start - pause, end + pause)) if start < end else set()
    return free


def is_working(cohort, person, wall, number):
    own = cohort.availability
    mine = [row for row in range(len(own)) if own.person[row] == person]
    minute = number % MINUTES_A_DAY
    today = [row for row in mine if own.date[row] == number // MINUTES_A_DAY]
    weekly = [row for row in mine if own.weekday[row] >= 0]
    if today:
        return any(own.start[row] <= minute < own.end[row] for row in today)
    rules = cohort.programme.calendar
    if any(start <= minute < end for start, end in rules.lunch_windows):
        return False
    if weekly:
        rows = [row for row in weekly if own.weekday[row] == wall.weekday()]
        return any(own.start[row] <= minute < own.end[row] for row in rows)
    if ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[wall.weekday()] not in rules.working_days:
        return False
    return any(start <= minute < end for start, end in rules.windows)


def busy_spans(cohort, person, numbers):
    busy = cohort.busy
    for row in range(len(busy)):
        if busy.person[row] == person:
            yield (
                busy.start[row] if busy.start_utc[row] else at_wall(numbers, busy.start[row], min),
                busy.end[row] if busy.end_utc[row] else at_wall(numbers, busy.end[row], max),
            )


def at_wall(numbers, wall, which):
    shown = [u for u, number in numbers.items() if number == wall]
    return which(shown) if shown else min(u for u, number in numbers.items() if number > wall)


# --- starts ---------------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(calendars(), st.data())
def test_free_time_and_starts_are_what_a_walk_from_minute_to_minute_finds(cohort, data):
    free = free_time(cohort)
    low, high = free.dates.span
    minutes = free_minutes(cohort, 0)
    every = np.arange(low, high)
    assert set(every[free.covers(np.zeros_like(every), every, every + 1)].tolist()) == minutes
    for _ in range(20):
        start = data.draw(st.integers(low, high - 1))
        end = data.draw(st.integers(start + 1, min(start + 200, high)))
        assert covers(free, 0, start, end) == minutes.issuperset(range(start, end))
    assert days_of(free, Starts(free).of(0)) == open_days(free.dates, minutes)


def open_days(dates, minutes):
    """Days with a start on the grid from which a session fits into these minutes."""
    length = dates.programme.sessions.minutes[-1]
    return {
        dates.day_of(start)
        for start in sorted(minutes)
        if dates.on_grid(start) and minutes.issuperset(range(start, start + length))
    }


def days_of(free, bits):
    found = Starts(free).open_days(bits)
    return {day for day in range(free.dates.days) if found >> day & 1}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_two_people_beside_their_sessions(data):
    """Bits of two people less those of sessions, against the minutes that are left."""
    clock = st.integers(0, 96 * 3).map(lambda n: n * 5)
    frame = {"start": "2027-03-27", "end": "2027-03-29", "timezone": data.draw(st.sampled_from(ZONES))}
    sessions = {
        "minutes": data.draw(st.sampled_from([45, 30, [60, 20], 1, 300])),
        "grid_minutes": data.draw(st.sampled_from([5, 15, 40, 7, 60, 1000, 1440])),
        "pause_minutes": data.draw(st.sampled_from([0, 0, 5, 31, 240])),
    }
    pause = sessions["pause_minutes"]
    low = instant("2027-03-26T10:00")[0]
    busy = []
    for person in data.draw(st.lists(st.sampled_from("ab"), max_size=12)):
        start, length = low + data.draw(st.integers(0, 4500)), data.draw(st.sampled_from([1, 15, 60, 400, 1500]))
        stamps = [dt.datetime.fromtimestamp(minute * 60, dt.UTC).isoformat() for minute in (start, start + length)]
        busy.append((person, *stamps))
    hours = data.draw(st.sampled_from(["00:00-24:00", "09:00-18:00", "08:10-12:05, 13:00-19:55"]))
    week = {"working_hours": hours, "working_days": ["mon", "sat", "sun"]}
    cohort = make_cohort(busy=busy, frame=frame, sessions=sessions, calendar=week)
    free = free_time(cohort)
    first, last = free.dates.span
    taken = []
    for _ in range(data.draw(st.integers(0, 4))):
        start = data.draw(st.one_of(st.integers(first, last - 1), clock.map(lambda n: min(first + n, last - 1))))
        taken.append((start, min(start + data.draw(st.sampled_from([1, 20, 45, 600])), last)))
    left = free_minutes(cohort, 0) & free_minutes(cohort, 1) - {
        minute for start, end in taken for minute in range(start - pause, end + pause)
    }
    starts = Starts(free)
    bits = starts.of(0) & starts.of(1) & ~starts.taken(taken)
    assert days_of(free, bits) == open_days(free.dates, left)


def open_on(rows, **sessions):
    """Days, as bits, on which a can start if he works in these windows (date, start, end) and never else."""
    weekdays = [("a", day, "", "") for day in range(7)]
    cohort = make_cohort(
        availability=weekdays + [("a", *row) for row in rows],
        frame={"start": DAY, "end": "2027-03-02"},
        sessions=sessions,
    )
    starts = Starts(free_time(cohort))
    return starts.open_days(starts.of(0))


def test_a_grid_that_does_not_divide_the_day_ends_with_it():
    """With 1,000 minutes a session starts at 00:00 or 16:40, and nothing carries over to the next date."""
    rules, next_day = {"grid_minutes": 1000, "minutes": 60}, "2027-03-02"
    assert open_on([(DAY, "00:01", "16:40")], **rules) == 0
    assert open_on([(DAY, "00:01", "17:39")], **rules) == 0
    assert open_on([(DAY, "00:01", "17:40")], **rules) == 0b01
    assert open_on([(DAY, "16:41", "24:00"), (next_day, "00:00", "00:59")], **rules) == 0
    assert open_on([(DAY, "16:41", "24:00"), (next_day, "00:00", "01:00")], **rules) == 0b10
    assert open_on([(DAY, "00:00", "24:00"), (next_day, "00:00", "24:00")], **rules) == 0b11


@pytest.mark.parametrize(
    ("low", "high", "fits"),
    [("00:00", "00:45", 1), ("00:00", "00:44", 0), ("00:01", "00:59", 0), ("00:01", "01:00", 1)],
)
def test_the_grid_is_for_starts_only(low, high, fits):
    assert open_on([(DAY, low, high)]) == fits


def test_the_shortest_session_is_short_enough():
    assert open_on([(DAY, "09:00", "09:20")], minutes=[60, 20]) == 1
    assert open_on([(DAY, "09:00", "09:19")], minutes=[60, 20]) == 0


def test_a_session_may_run_past_midnight_but_not_past_the_end():
    next_day = "2027-03-02"
    assert open_on([(DAY, "23:45", "24:00"), (next_day, "00:00", "00:30")]) == 0b01
    assert open_on([(DAY, "23:45", "24:00"), (next_day, "00:00", "00:29")]) == 0
    assert open_on([(next_day, "23:15", "24:00"), ("2027-03-03", "00:00", "24:00")]) == 0b10
    assert open_on([(next_day, "23:16", "24:00"), ("2027-03-03", "00:00", "24:00")]) == 0


@pytest.mark.parametrize(
    ("start", "end", "left"),
    [
        ("08:15", "09:00", 0b1),  # touching before
        ("08:15", "09:01", 0b0),
        ("09:00", "09:45", 0b0),  # the same
        ("09:10", "09:11", 0b0),  # inside, off the grid
        ("09:44", "10:00", 0b0),
        ("09:45", "10:30", 0b1),  # touching after
    ],
)
def test_a_session_takes_the_starts_that_would_meet_it(start, end, left):
    cohort = make_cohort(availability=[("a", DAY, "09:00", "09:45")], frame=SHORT | {"end": DAY})
    starts = Starts(free_time(cohort))
    assert starts.open_days(starts.of(0) & ~starts.taken([(at(start), at(end))])) == left


def test_people_are_worked_out_in_parts(monkeypatch):
    """The result is the same when every person is a part of his own."""
    busy = [(person, f"{DAY}T{9 + place:02}:00", f"{DAY}T17:30") for place, person in enumerate("abcdmn")]
    rows = [("b", DAY, "10:00", "18:00"), ("d", DAY, "09:00", "16:00"), ("z", DAY, "", "")]
    free = free_time(make_cohort(busy=busy, availability=rows, frame=cases.FRAME))
    whole = [Starts(free).of(person) for person in range(7)]
    monkeypatch.setattr("matcher.check_starts.CELLS", 1)
    assert [Starts(free).of(person) for person in range(7)] == whole
    assert len(set(whole)) > 3
