"""Clocks, free time and dates of the check, against brute force by the minute and by every set of dates."""

import calendar
import datetime as dt
from itertools import combinations, pairwise
from zoneinfo import ZoneInfo

import pytest
from check_cases import date, instant, make_cohort
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.check_time import (
    Clock,
    Dates,
    FreeTime,
    common,
    contains,
    joined,
    months_later,
    whole_months,
    without,
)
from matcher.programme import MINUTES_A_DAY, Programme

# --- intervals ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "together", "both", "left"),
    [
        ((0, 10), [(0, 20)], [], [(10, 20)]),  # touching before
        ((0, 15), [(0, 20)], [(10, 15)], [(15, 20)]),  # partial
        ((12, 15), [(10, 20)], [(12, 15)], [(10, 12), (15, 20)]),  # inside
        ((10, 20), [(10, 20)], [(10, 20)], []),  # the same
        ((5, 25), [(5, 25)], [(10, 20)], []),  # around
        ((15, 25), [(10, 25)], [(15, 20)], [(10, 15)]),  # partial
        ((20, 30), [(10, 30)], [], [(10, 20)]),  # touching after
        ((21, 30), [(10, 20), (21, 30)], [], [(10, 20)]),  # apart
        ((15, 15), [(10, 20)], [], [(10, 20)]),  # empty
    ],
)
def test_two_intervals(second, together, both, left):
    first = (10, 20)
    assert joined([first, second]) == joined([second, first]) == together
    assert common([first], [second]) == common([second], [first]) == both
    assert without([first], [second]) == left


@pytest.mark.parametrize(
    ("start", "end", "inside"),
    [
        (9, 12, False),
        (10, 12, True),
        (10, 20, True),
        (15, 20, True),
        (15, 21, False),
        (20, 25, False),
        (15, 35, False),
        (30, 40, True),
        (40, 41, False),
    ],
)
def test_a_session_within_free_time(start, end, inside):
    assert contains([(10, 20), (30, 40)], start, end) == inside


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
    return make_cohort(
        people={"a": {"zone": draw(st.sampled_from(ZONES))}},
        availability=rows,
        busy=busy,
        frame=frame,
        calendar=hours,
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
    epoch = dt.datetime(1970, 1, 1)  # noqa: DTZ001  (a wall time has no zone)
    numbers = {u: (wall - epoch) // dt.timedelta(minutes=1) for u, wall in walls.items()}
    dates = {
        u
        for u in walls
        if frame.start <= dt.datetime.fromtimestamp(u * 60, ZoneInfo(frame.timezone)).date() <= frame.end
    }
    free = {u for u in dates if is_working(cohort, person, walls[u], numbers[u])}
    for start, end in busy_spans(cohort, person, numbers):
        free -= set(range(start, end))
    return free


def is_working(cohort, person, wall, number):
    own = cohort.availability
    mine = [row for row in range(len(own)) if own.person[row] == person]
    minute = number % MINUTES_A_DAY
    today = [row for row in mine if own.date[row] == number // MINUTES_A_DAY]
    weekly = [row for row in mine if own.weekday[row] >= 0]
    if today or weekly:
        rows = today or [row for row in weekly if own.weekday[row] == wall.weekday()]
        return any(own.start[row] <= minute < own.end[row] for row in rows)
    rules = cohort.programme.calendar
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


@settings(max_examples=25, deadline=None)
@given(calendars())
def test_free_time_is_what_a_walk_from_minute_to_minute_finds(cohort):
    free = FreeTime(cohort, Dates(cohort.programme)).of(0)
    assert all(low < high for low, high in free)
    assert all(end < start for (_, end), (start, _) in pairwise(free))
    assert {u for low, high in free for u in range(low, high)} == free_minutes(cohort, 0)


# --- the grid -------------------------------------------------------------------------------------------------


def dates_of(start, end, timezone="UTC", **sessions):
    frame = {"start": start, "end": end, "timezone": timezone}
    return Dates(Programme.model_validate({"programme": frame, "sessions": sessions}))


@pytest.mark.parametrize(
    ("day", "zone", "start", "on_grid"),
    [
        ("2027-03-01", "Europe/London", "2027-03-01T00:40+00:00", True),
        ("2027-03-01", "Europe/London", "2027-03-01T01:00+00:00", False),
        ("2027-03-01", "Asia/Kolkata", "2027-03-01T00:40+05:30", True),
        ("2027-03-01", "Asia/Kolkata", "2027-03-01T00:40+00:00", False),
        (SPRING, "Europe/London", "2027-03-28T03:00+01:00", True),  # 120 minutes after midnight
        (SPRING, "Europe/London", "2027-03-28T02:00+01:00", False),  # 60 minutes after midnight
        (AUTUMN, "Europe/London", "2027-10-31T01:00+00:00", True),  # 120 minutes after midnight
        ("2017-10-15", "America/Sao_Paulo", "2017-10-15T01:00-02:00", True),  # midnight was skipped
        ("2017-10-15", "America/Sao_Paulo", "2017-10-15T01:40-02:00", True),
        ("2017-10-15", "America/Sao_Paulo", "2017-10-15T02:00-02:00", False),
    ],
)
def test_a_grid_of_forty_minutes_begins_anew_at_every_midnight(day, zone, start, on_grid):
    dates = dates_of(day, day, zone, grid_minutes=40)
    assert dates.on_grid(instant(start)[0]) == on_grid


def test_a_grid_that_does_not_divide_the_day_ends_with_it():
    """With 1,000 minutes a session starts at 00:00 or 16:40, and nothing carries over to the next date."""
    dates = dates_of("2027-03-01", "2027-03-02", grid_minutes=1000, minutes=60)
    midnight, following = dates.midnights[:2]
    assert dates.open_days([(midnight + 1, midnight + 1000)]) == 0
    assert dates.open_days([(midnight + 1, midnight + 1060)]) == 0b01
    assert dates.open_days([(midnight + 1001, following + 59)]) == 0
    assert dates.open_days([(midnight + 1001, following + 60)]) == 0b10
    assert dates.open_days([(midnight, following + MINUTES_A_DAY)]) == 0b11


@pytest.mark.parametrize(("low", "high", "fits"), [(0, 45, True), (0, 44, False), (1, 59, False), (1, 60, True)])
def test_the_grid_is_for_starts_only(low, high, fits):
    dates = dates_of("2027-03-01", "2027-03-01")
    midnight = dates.midnights[0]
    assert dates.open_days([(midnight + low, midnight + high)]) == fits


def test_a_date_has_as_many_minutes_as_its_clock_gives_it():
    dates = dates_of("2027-03-27", "2027-03-29", "Europe/London")
    assert [b - a for a, b in pairwise(dates.midnights)] == [1440, 1380, 1440]
    assert [dates.day_of(dates.midnights[1] + minutes) for minutes in (-1, 0, 1379, 1380)] == [0, 1, 1, 2]


# --- months ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2027-01-31", 1, "2027-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2027-01-31", 2, "2027-03-31"),
        ("2027-02-28", 1, "2027-03-28"),
        ("2027-12-15", 1, "2028-01-15"),
        ("2027-11-30", 15, "2029-02-28"),
        ("2027-12-31", 12, "2028-12-31"),
    ],
)
def test_months_later(day, months, later):
    assert months_later(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(later)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2027-01-01", "2027-01-31", [1]),
        ("2027-01-02", "2027-02-27", []),
        ("2027-01-02", "2027-02-28", [2]),
        ("2027-01-31", "2027-04-01", [2, 3]),
        ("2026-12-01", "2027-01-31", [12, 1]),
    ],
)
def test_whole_months(start, end, months):
    found = list(whole_months(dt.date.fromisoformat(start), dt.date.fromisoformat(end)))
    assert [first.month for first, _ in found] == months
    assert all(first.day == 1 and (last + dt.timedelta(days=1)).day == 1 for first, last in found)


# --- numbers of sessions against every set of dates -----------------------------------------------------------


def keeps_the_rules(chosen, start, end, rules):
    """The rules on dates as the contract words them."""
    if any((later - day).days < rules["min_days_between"] for day, later in pairwise(chosen)):
        return False
    months = rules["max_months_between"]
    if rules["month_rule"] in ("rolling", "both"):
        limits = [months_later(day, months) for day in (start, *chosen)]
        if any(day > limit for day, limit in zip((*chosen, end), limits, strict=True)):
            return False
    if rules["month_rule"] in ("calendar", "both"):
        names = dict.fromkeys((start + dt.timedelta(days=n)).replace(day=1) for n in range((end - start).days + 1))
        whole = [name for name in names if name >= start and month_end(name) <= end]
        held = [any(day.replace(day=1) == name for day in chosen) for name in whole]
        if any(not any(held[at : at + months]) for at in range(len(held) - months + 1)):
            return False
    return True


def month_end(first):
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_possible_numbers_of_sessions(data):
    start = dt.date(2027, 1, 1) + dt.timedelta(days=data.draw(st.sampled_from([0, 1, 14, 30])))
    ends = [dt.date(2027, 2, 28), dt.date(2027, 3, 30), dt.date(2027, 3, 31), dt.date(2027, 5, 31)]
    end = data.draw(st.sampled_from(ends))
    rules = {
        "min_days_between": data.draw(st.sampled_from([1, 10, 14, 28])),
        "max_months_between": data.draw(st.sampled_from([1, 2])),
        "month_rule": data.draw(st.sampled_from(["both", "rolling", "calendar", "none"])),
        "minimum": data.draw(st.integers(1, 3)),
    }
    length = (end - start).days + 1
    edges = [day for day in (0, 27, 30, length - 29, length - 1) if day < length]
    likely = st.one_of(st.integers(0, length - 1), st.sampled_from(edges))
    open_days = data.draw(st.sets(likely, min_size=2, max_size=8))
    earliest = data.draw(st.sampled_from([0, 0, 5, length]))
    usable = [start + dt.timedelta(days=day) for day in sorted(open_days) if day >= earliest]
    expected = [
        number
        for number in range(rules["minimum"], len(usable) + 1)
        if any(keeps_the_rules(chosen, start, end, rules) for chosen in combinations(usable, number))
    ]
    dates = dates_of(start, end, **rules)
    assert list(dates.numbers(sum(1 << day for day in open_days), earliest)) == expected


@pytest.mark.parametrize(
    ("rule", "last", "enough"),
    [
        ("rolling", "2027-02-28", True),  # one month after 28 February is 28 March, the end
        ("rolling", "2027-02-27", False),
        ("calendar", "2027-02-01", True),  # March is not wholly inside
        ("none", "2027-02-01", True),
    ],
)
def test_the_last_session_may_be_a_month_before_the_end(rule, last, enough):
    dates = dates_of("2027-02-01", "2027-03-28", month_rule=rule)
    assert any(dates.numbers(1 << (date(last) - dates.first), 0)) == enough


def test_a_whole_last_month_needs_a_session():
    """March ends with the programme: it is a whole month, though a session on its last day would be in time."""
    dates = dates_of("2027-02-01", "2027-03-31", month_rule="calendar")
    february, march = 1 << 0, 1 << 58
    assert list(dates.numbers(february, 0)) == []
    assert list(dates.numbers(february | march, 0)) == [2]
