"""Clocks, the grid and free time against zoneinfo, asked minute by minute."""

import datetime as dt
import random
from dataclasses import replace
from itertools import pairwise

import brute_force
import numpy as np
import pytest
from cohorts import Spec, build

from matcher.calendars import (
    FreeTime,
    Grid,
    can_start,
    free_time,
    make_grid,
    programme_bounds,
    zone_segments,
)
from matcher.check_dates import Dates
from matcher.check_free import FreeTime as CheckedFreeTime
from matcher.model import SpecialDay
from matcher.programme import MINUTES_A_DAY, WEEKDAYS, Programme, day_number

CHANGES = (  # a zone and a date within a day of which its clock changes
    ("Europe/London", "2027-03-28"),
    ("Europe/London", "2027-10-31"),
    ("America/New_York", "2027-03-14"),
    ("America/New_York", "2027-11-07"),
    ("Australia/Lord_Howe", "2027-04-04"),  # by half an hour
    ("Australia/Lord_Howe", "2027-10-03"),
    ("Africa/Casablanca", "2025-02-23"),  # back for Ramadan, and forward again
    ("Africa/Casablanca", "2025-04-06"),
    ("America/Havana", "2025-03-09"),  # there is no midnight
    ("America/Havana", "2025-11-02"),  # midnight comes twice
    ("Asia/Beirut", "2027-03-28"),
    ("Asia/Beirut", "2027-10-31"),  # back to 23:00 of the day before
    ("Europe/Moscow", "2014-10-26"),  # for good
    ("Pacific/Apia", "2011-12-30"),  # a whole day is skipped
)
SEVERAL_CHANGES = (("Africa/Casablanca", "2025-01-01", "2025-12-31"), ("UTC", "2027-01-01", "2027-12-31"))


def programme(start, end, zone="UTC", grid=15):
    frame = {"start": start, "end": end, "timezone": zone}
    return Programme.model_validate({"programme": frame, "sessions": {"grid_minutes": grid}})


def date(text):
    return dt.date.fromisoformat(text)


def walls_around(zone, text, days=2):
    """Every instant from some days before a date to some days after it, and what the clock shows at it."""
    first = day_number(date(text))
    instants = np.arange((first - days) * MINUTES_A_DAY, (first + 1 + days) * MINUTES_A_DAY)
    return instants, np.array([brute_force.wall(zone, int(t)) for t in instants])


# --- clocks -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("zone", "text"), CHANGES)
def test_the_clock_shows_what_the_standard_library_says(zone, text):
    instants, walls = walls_around(zone, text)
    segments = zone_segments(zone, date(text), date(text))
    assert segments.to_wall(instants).tolist() == walls.tolist()
    assert len(segments.start) == 2, "the change that this case is about"


@pytest.mark.parametrize(("zone", "start", "end"), SEVERAL_CHANGES)
def test_the_clock_over_a_year(zone, start, end):
    segments = zone_segments(zone, date(start), date(end))
    instants = np.arange(day_number(date(start)) * MINUTES_A_DAY, day_number(date(end)) * MINUTES_A_DAY, 61)
    assert segments.to_wall(instants).tolist() == [brute_force.wall(zone, int(t)) for t in instants]
    assert len(segments.start) == (1 if zone == "UTC" else 3)


@pytest.mark.parametrize(("zone", "text"), CHANGES)
def test_every_wall_time_around_a_change_has_its_instants(zone, text):
    instants, walls = walls_around(zone, text)
    shown = {}
    for instant, wall in zip(instants.tolist(), walls.tolist(), strict=True):
        shown.setdefault(wall, []).append(instant)
    change = next((t for t, (a, b) in zip(instants[1:], pairwise(walls), strict=True) if b - a != 1), None)
    asked = np.arange(walls[0], walls[-1])
    expected = [shown.get(wall, [change]) for wall in asked.tolist()]
    segments = zone_segments(zone, date(text), date(text))
    assert segments.to_instant(asked, later=False).tolist() == [found[0] for found in expected]
    assert segments.to_instant(asked, later=True).tolist() == [found[-1] for found in expected]
    kinds = {len(shown.get(wall, ())) for wall in asked.tolist()}
    assert kinds in ({0, 1}, {1, 2}), "a change skips wall times or shows them twice"


# --- the grid -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "text", "hours", "first"),
    [
        ("UTC", "2027-03-28", 24, "00:00"),
        ("Europe/London", "2027-03-28", 23, "00:00"),
        ("Europe/London", "2027-10-31", 25, "00:00"),
        ("America/New_York", "2027-03-14", 23, "00:00"),
        ("America/New_York", "2027-11-07", 25, "00:00"),
        ("Australia/Lord_Howe", "2027-04-04", 24.5, "00:00"),
        ("Australia/Lord_Howe", "2027-10-03", 23.5, "00:00"),
        ("America/Havana", "2025-03-09", 23, "01:00"),  # the day begins at one
        ("America/Havana", "2025-11-02", 25, "00:00"),
        ("Asia/Beirut", "2027-03-28", 23, "01:00"),
        ("Asia/Beirut", "2027-10-30", 25, "00:00"),
        ("Pacific/Apia", "2011-12-30", 0, ""),  # there is no such day
    ],
)
@pytest.mark.parametrize("step", [15, 7, 25, 60, 90, 1440])
def test_the_grid_of_one_day(zone, text, hours, first, step):
    grid = make_grid(programme(text, text, zone, step))
    assert len(grid) == -(-int(hours * 60) // step)
    assert (np.diff(grid.start) == step).all()
    assert (grid.day == 0).all()
    shown = [f"{clock // 60:02}:{clock % 60:02}" for clock in grid.clock[:1].tolist()]
    assert shown == ([first] if hours else [])


@pytest.mark.parametrize(("zone", "text"), CHANGES)
@pytest.mark.parametrize("step", [15, 50])
def test_the_grid_of_some_days_is_what_the_clock_shows(zone, text, step):
    """Each date's starts lie a multiple of the step after its first minute; a new date begins anew."""
    first, last = date(text) - dt.timedelta(days=1), date(text) + dt.timedelta(days=1)
    instants, walls = walls_around(zone, text, days=3)
    expected = []
    for day in range(3):
        of_day = instants[walls // MINUTES_A_DAY == day_number(first) + day]
        expected += [(int(t), day) for t in of_day if (t - of_day[0]) % step == 0]
    grid = make_grid(programme(first, last, zone, step))
    assert list(zip(grid.start.tolist(), grid.day.tolist(), strict=True)) == expected
    assert grid.clock.tolist() == [brute_force.wall(zone, t) % MINUTES_A_DAY for t, _ in expected]


def test_a_programme_runs_from_midnight_to_midnight_on_its_own_clock():
    summer = day_number(date("2027-03-29")) * MINUTES_A_DAY - 60
    assert programme_bounds(programme("2027-03-28", "2027-03-28", "Europe/London")) == (summer - 23 * 60, summer)


# --- free time ----------------------------------------------------------------------------------------------


def free_of_a(availability=(), busy=(), zone="UTC", own_zone="", days=("2027-01-11", "2027-01-12"), **calendar):
    """Free time of employee `a` as text on the clock of UTC; days that are the first are not named."""
    rows = {"employee_id": "a", "function": "F", "level": 1, "timezone": own_zone}
    settings = {"programme": {"start": days[0], "end": days[1], "timezone": zone}, "calendar": calendar}
    cohort = build(
        Spec(
            employees=(rows,),
            availability=tuple(("a", *row) for row in availability),
            busy=tuple(("a", *row) for row in busy),
            programme=settings,
        )
    )
    start, end = free_time(cohort, np.array([0])).row(0)
    return " ".join(f"{moment(a, days[0])}-{moment(b, days[0])}" for a, b in zip(start, end, strict=True))


def moment(instant, first):
    day, minute = divmod(int(instant) - day_number(date(first)) * MINUTES_A_DAY, MINUTES_A_DAY)
    return (f"{day:+}d " if day else "") + f"{minute // 60:02}:{minute % 60:02}"


ONE_DAY = ("2027-01-11", "2027-01-11")  # a Monday


@pytest.mark.parametrize(
    ("second", "joined"),
    [
        (("08:00", "10:00"), "08:00-12:00"),  # touching before
        (("08:00", "09:59"), "08:00-09:59 10:00-12:00"),  # a minute apart
        (("08:00", "11:00"), "08:00-12:00"),  # partial
        (("10:30", "11:30"), "10:00-12:00"),  # inside
        (("10:00", "12:00"), "10:00-12:00"),  # the same
        (("09:00", "13:00"), "09:00-13:00"),  # around
        (("11:00", "13:00"), "10:00-13:00"),  # partial
        (("12:00", "13:00"), "10:00-13:00"),  # touching after
        (("12:01", "13:00"), "10:00-12:00 12:01-13:00"),  # a minute apart
    ],
)
def test_two_windows_of_a_day(second, joined):
    rows = [("2027-01-11", "10:00", "12:00"), ("2027-01-11", *second)]
    assert free_of_a(rows, days=ONE_DAY) == joined
    assert free_of_a(reversed(rows), days=ONE_DAY) == joined


@pytest.mark.parametrize(
    ("start", "end", "left"),
    [
        ("08:00", "10:00", "10:00-12:00"),  # touching before
        ("08:00", "10:01", "10:01-12:00"),  # partial
        ("10:00", "10:30", "10:30-12:00"),
        ("10:30", "11:30", "10:00-10:30 11:30-12:00"),  # inside
        ("10:00", "12:00", ""),  # the same
        ("09:00", "13:00", ""),  # around
        ("11:30", "12:00", "10:00-11:30"),
        ("11:59", "13:00", "10:00-11:59"),  # partial
        ("12:00", "13:00", "10:00-12:00"),  # touching after
    ],
)
def test_busy_time_always_wins(start, end, left):
    rows = [("2027-01-11", "10:00", "12:00")]
    busy = [(f"2027-01-11T{start}", f"2027-01-11T{end}")]
    assert free_of_a(rows, busy, days=ONE_DAY) == left
    assert free_of_a([("mon", "10:00", "12:00")], busy, days=ONE_DAY) == left
    assert free_of_a((), busy, days=ONE_DAY, working_hours="10:00-12:00") == left


def test_several_busy_times_cut_one_window():
    busy = [("2027-01-11T" + a, "2027-01-11T" + b) for a, b in (("09:30", "10:00"), ("11:00", "12:00"))]
    busy += [("2027-01-11T" + a, "2027-01-11T" + b) for a, b in (("11:30", "11:45"), ("12:00", "12:10"))]
    assert free_of_a((), busy, days=ONE_DAY) == "09:00-09:30 10:00-11:00 12:10-18:00"


@pytest.mark.parametrize(
    ("rows", "free"),
    [
        ([], "09:00-18:00 +1d 09:00-+1d 18:00"),
        ([("mon", "10:00", "11:00")], "10:00-11:00"),  # weekday rows replace the whole week
        ([("sun", "10:00", "11:00")], ""),
        ([("sun", "", "")], ""),
        ([("mon", "10:00", "11:00"), ("tue", "", "")], "10:00-11:00"),
        ([("2027-01-11", "10:00", "11:00")], "10:00-11:00 +1d 09:00-+1d 18:00"),  # a date replaces that date
        ([("2027-01-11", "", "")], "+1d 09:00-+1d 18:00"),
        ([("2027-01-11", "", ""), ("2027-01-11", "10:00", "11:00")], "10:00-11:00 +1d 09:00-+1d 18:00"),
        ([("mon", "07:00", "08:00"), ("2027-01-11", "10:00", "11:00")], "10:00-11:00"),
        ([("mon", "07:00", "08:00"), ("2027-01-12", "10:00", "11:00")], "07:00-08:00 +1d 10:00-+1d 11:00"),
        ([("mon", "07:00", "08:00"), ("2027-01-11", "", "")], ""),
        ([("mon", "22:00", "24:00"), ("tue", "00:00", "01:00")], "22:00-+1d 01:00"),  # over midnight
        ([("2027-01-11", "23:00", "24:00"), ("tue", "00:00", "01:00")], "23:00-+1d 01:00"),
        ([("mon", "22:00", "23:59"), ("tue", "00:00", "01:00")], "22:00-23:59 +1d 00:00-+1d 01:00"),
        ([("mon", "00:00", "24:00"), ("tue", "00:00", "24:00")], "00:00-+2d 00:00"),
        ([("2027-01-10", "00:00", "24:00"), ("2027-01-13", "00:00", "24:00")], "09:00-18:00 +1d 09:00-+1d 18:00"),
    ],
)
def test_date_rows_come_before_weekday_rows_before_working_hours(rows, free):
    assert free_of_a(rows) == free


def test_working_days_and_several_windows():
    assert free_of_a(working_days=["tue"], working_hours="09:00-10:00, 11:00-12:00") == (
        "+1d 09:00-+1d 10:00 +1d 11:00-+1d 12:00"
    )


@pytest.mark.parametrize(
    ("busy", "left"),
    [
        (("2027-01-11", "2027-01-11"), "+1d 06:00-+1d 15:00"),  # a whole day, on his own clock
        (("2027-01-11T10:00", "2027-01-11T11:00"), "06:00-07:00 08:00-15:00 +1d 06:00-+1d 15:00"),
        (("2027-01-11T10:00+01:00", "2027-01-11T11:00+01:00"), "06:00-09:00 10:00-15:00 +1d 06:00-+1d 15:00"),
        (("2027-01-11T10:00Z", "2027-01-11T14:00"), "06:00-10:00 11:00-15:00 +1d 06:00-+1d 15:00"),
        (("2027-01-11T10:00", "2027-01-11T14:00Z"), "06:00-07:00 14:00-15:00 +1d 06:00-+1d 15:00"),
        (("2027-01-11T10:00:30", "2027-01-11T11:00:30"), "06:00-07:00 08:01-15:00 +1d 06:00-+1d 15:00"),
        (("2020-01-01", "2027-01-11"), "+1d 06:00-+1d 15:00"),  # from long before
        (("2027-01-11T10:00", "2035-01-01"), "06:00-07:00"),  # until long after
        (("2026-01-11", "2026-01-11"), "06:00-15:00 +1d 06:00-+1d 15:00"),  # over long ago
    ],
)
def test_busy_time_in_the_employees_time_or_with_an_offset(busy, left):
    assert free_of_a((), [busy], own_zone="Europe/Moscow") == left


@pytest.mark.parametrize(
    ("zone", "free"),
    [("Asia/Tokyo", "00:00-+1d 15:00"), ("America/New_York", "05:00-+2d 00:00"), ("UTC", "00:00-+2d 00:00")],
)
def test_free_time_is_clipped_to_the_programmes_dates(zone, free):
    """Everybody is there all day on 11 and 12 January, and on no other day, by his own clock."""
    rows = [("sun", "", ""), *[(f"2027-01-{day}", "00:00", "24:00") for day in (11, 12)]]
    assert free_of_a(rows, own_zone=zone) == free


@pytest.mark.parametrize(
    ("zone", "own_zone", "free"),
    [
        ("Pacific/Kiritimati", "Pacific/Niue", "-1d 11:00-11:00"),  # 25 hours behind: the end of his 10 January
        ("Pacific/Niue", "Pacific/Kiritimati", "+1d 10:00-+2d 10:00"),  # 25 hours ahead: his 13 January
    ],
)
def test_dates_beside_the_programmes_count_for_somebody_far_abroad(zone, own_zone, free):
    rows = [("sun", "", ""), ("2027-01-10", "00:00", "24:00"), ("2027-01-13", "00:00", "24:00")]
    assert free_of_a(rows, zone=zone, own_zone=own_zone) == free


@pytest.mark.parametrize(
    ("day", "rows", "busy", "free"),
    [
        ("2027-03-28", ("00:30", "03:00"), (), "00:30-02:00"),  # the hour from one is skipped
        ("2027-03-28", ("01:00", "02:00"), (), ""),
        ("2027-03-28", ("01:30", "02:30"), (), "01:00-01:30"),
        ("2027-10-31", ("00:30", "02:30"), (), "-1d 23:30-02:30"),  # the hour from one is shown twice
        ("2027-10-31", ("01:00", "02:00"), (), "00:00-02:00"),
        ("2027-10-31", ("01:30", "02:00"), (), "00:30-01:00 01:30-02:00"),
        (
            "2027-10-31",
            ("00:00", "03:00"),
            ("01:15", "01:45"),
            "-1d 23:00-00:15 01:45-03:00",
        ),  # the longer reading
        ("2027-10-31", ("00:00", "03:00"), ("00:30", "01:00"), "-1d 23:00--1d 23:30 01:00-03:00"),
        ("2027-10-31", ("00:00", "03:00"), ("01:15Z", "01:45Z"), "-1d 23:00-01:15 01:45-03:00"),
        ("2027-03-28", ("00:00", "03:00"), ("01:15", "01:45"), "00:00-02:00"),  # a time that never was
        ("2027-03-28", ("00:00", "03:00"), ("00:30", "01:30"), "00:00-00:30 01:00-02:00"),
        ("2027-03-28", ("00:00", "03:00"), ("01:30", "02:15"), "00:00-01:00 01:15-02:00"),
    ],
)
def test_nights_in_which_the_clock_changes(day, rows, busy, free):
    taken = [tuple(f"{day}T{clock}" for clock in busy)] if busy else []
    assert free_of_a([(day, *rows)], taken, zone="Europe/London", days=(day, day)) == free


# --- free time against a walk from minute to minute -----------------------------------------------------------


class Walk(brute_force.Calendar):
    """One person's calendar, looked up minute by minute."""

    def busy_time(self, cohort, row):
        ends = ((cohort.busy.start, cohort.busy.start_utc, 0), (cohort.busy.end, cohort.busy.end_utc, -1))
        return tuple(int(end[row]) if utc[row] else self.shown(int(end[row]))[which] for end, utc, which in ends)

    def shown(self, wall):
        """The instants at which the person's clock shows a time; that of the change where it skips it."""
        near = range(wall - 15 * 60, wall + 13 * 60)
        found = [instant for instant in near if brute_force.wall(self.zone, instant) == wall]
        return found or [next(instant for instant in near if brute_force.wall(self.zone, instant) > wall)]


COUNTRIES = ("BE", "BE-VLG", "RU")
PEOPLE_ZONES = ("Europe/London", "America/Havana", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Kiritimati")


def random_calendars(seed):
    """Three people with random rows in a programme of three days around a change of clocks."""
    rng = random.Random(seed)
    zone, text = rng.choice([change for change in CHANGES if change[1] > "2027"])
    start = date(text) - dt.timedelta(days=rng.randint(0, 2))
    dates = [str(start + dt.timedelta(days=day)) for day in range(-2, 5)]
    people = [
        {
            "employee_id": name,
            "function": "F",
            "level": 1,
            "timezone": rng.choice(("", zone, *PEOPLE_ZONES)),
            "country": rng.choice(("", *COUNTRIES)),
        }
        for name in "abc"
    ]
    availability, busy = [], []
    for name in "abc":
        for _ in range(rng.choice((0, 2, 6, 12))):
            day = rng.choice(dates if rng.random() < 0.6 else WEEKDAYS)
            availability.append((name, day, *random_window(rng)))
        for _ in range(rng.choice((0, 1, 5))):
            first = dt.datetime.fromisoformat(rng.choice(dates)) + dt.timedelta(minutes=random_minute(rng))
            last = first + dt.timedelta(minutes=rng.choice((1, 5, 30, 60, 400, 2000)))
            offsets = rng.choice((("", ""), ("", ""), ("Z", "Z"), ("+03:00", "-05:00"), ("", "Z"), ("Z", "")))
            busy.append((name, *(f"{t:%Y-%m-%dT%H:%M}{z}" for t, z in zip((first, last), offsets, strict=True))))
    special = tuple(random_special_days(rng, dates))
    absences = [(name, *sorted(rng.choices(dates, k=2))) for name in "abc" if rng.random() < 0.2]
    hours = rng.choice(("09:00-18:00", "00:00-24:00", "00:30-01:15, 01:30-03:00, 22:00-24:00"))
    settings = {
        "programme": {"start": start, "end": start + dt.timedelta(days=2), "timezone": zone},
        "calendar": {"working_hours": hours, "working_days": ["mon", "thu", "fri", "sat", "sun"]},
    }
    cohort = build(
        Spec(tuple(people), (), tuple(availability), tuple(busy), (), settings, special, tuple(absences))
    )
    # Few public holidays fall on such days, so they are drawn as well.
    drawn = {(code, str(rng.choice(dates))): rng.choice(("off", "worked")) for code in COUNTRIES for _ in range(3)}
    public = [SpecialDay(code, day_number(date(day)), kind) for (code, day), kind in sorted(drawn.items())]
    return replace(cohort, public_days=tuple(public))


def random_special_days(rng, dates):
    """Rows of holidays.csv, at most one for a country and date."""
    places = [(country, day) for country in ("", *COUNTRIES) for day in dates]
    for country, day in rng.sample(places, rng.choice((0, 2, 8))):
        kind = rng.choice(("off", "worked", "short"))
        minute = max(1, random_minute(rng))
        end = f"{minute // 60:02}:{minute % 60:02}" if kind == "short" or (kind == "worked" and minute % 2) else ""
        yield country, day, kind, end


def random_window(rng):
    low, high = sorted((random_minute(rng), random_minute(rng)))
    if low == high or rng.random() < 0.1:
        return "", ""
    return f"{low // 60:02}:{low % 60:02}", "24:00" if rng.random() < 0.2 else f"{high // 60:02}:{high % 60:02}"


def random_minute(rng):
    """A minute of the day, more often in the first hours, where clocks change."""
    return rng.choice((rng.randint(0, 1439), rng.randint(0, 240), 30 * rng.randint(0, 6)))


@pytest.mark.parametrize("block", range(6))
def test_free_time_is_what_a_walk_from_minute_to_minute_finds(block):
    for seed in range(5 * block, 5 * block + 5):
        cohort = random_calendars(seed)
        free = free_time(cohort, np.arange(3))
        low, high = programme_bounds(cohort.programme)
        for person in range(3):
            start, end = free.row(person)
            assert (start < end).all(), seed
            assert (end[:-1] < start[1:]).all(), seed
            found = {t for a, b in zip(start.tolist(), end.tolist(), strict=True) for t in range(a, b)}
            walk = Walk(cohort, person)
            assert found == {t for t in range(low, high) if walk.free_at(t)}, (seed, person)


@pytest.mark.parametrize("block", range(6))
def test_the_check_finds_the_same_free_time_with_code_of_its_own(block):
    for seed in range(100 + 25 * block, 125 + 25 * block):
        cohort = random_calendars(seed)
        checked = CheckedFreeTime(cohort, Dates(cohort.programme), range(3))
        free, every = free_time(cohort, np.arange(3)), np.arange(*programme_bounds(cohort.programme))
        for person in range(3):
            ours = np.zeros(len(every), dtype=bool)
            for start, end in zip(*free.row(person), strict=True):
                ours[start - every[0] : end - every[0]] = True
            assert (checked.covers(np.full_like(every, person), every, every + 1) == ours).all(), (seed, person)


def test_what_the_random_calendars_hold():
    cohorts = [random_calendars(seed) for seed in range(30)]
    somebody_free = [cohort for cohort in cohorts if len(free_time(cohort, np.arange(3)).start) > 0]
    assert len(somebody_free) > 25
    assert sum(len(cohort.busy) > 0 for cohort in cohorts) > 15
    assert sum(len(cohort.absences) > 0 for cohort in cohorts) > 9
    assert sum(cohort.employees.countries != ("",) for cohort in cohorts) > 20
    kinds = {(day.country, day.kind) for cohort in cohorts for day in cohort.company_days}
    assert len(kinds) == 12, "four places, three kinds"
    assert sum((cohort.availability.date >= 0).any() and own_week(cohort) for cohort in cohorts) > 10


def own_week(cohort):
    return (cohort.availability.weekday >= 0).any()


def test_free_time_of_some_people_only():
    cohort = random_calendars(3)
    everybody, some = free_time(cohort, np.arange(3)), free_time(cohort, np.array([0, 2]))
    for row, person in enumerate((0, 2)):
        assert [part.tolist() for part in some.row(row)] == [part.tolist() for part in everybody.row(person)]
    nobody = free_time(cohort, np.zeros(0, dtype=np.int64))
    assert nobody.offsets.tolist() == [0]
    assert len(nobody.start) == 0


# --- starts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "minutes", "starts"),
    [
        (0, 45, 45, [0]),  # exactly as long
        (0, 44, 45, []),  # a minute short
        (1, 60, 45, [15]),
        (1, 59, 45, []),
        (15, 60, 45, [15]),
        (14, 61, 45, [15]),
        (16, 75, 45, [30]),
        (0, 61, 30, [0, 15, 30]),
        (0, 59, 30, [0, 15]),
        (90, 120, 30, [90]),  # the last start of the grid; free time goes on after it
        (91, 140, 30, []),
        (-20, 10, 30, []),  # before the grid begins
        (-20, 30, 30, [0]),
    ],
)
def test_a_start_is_possible_where_the_whole_session_is_free(start, end, minutes, starts):
    grid = Grid(np.arange(0, 105, 15), np.zeros(7, dtype=np.int64), np.arange(0, 105, 15))
    free = FreeTime(np.array([4]), np.array([0, 1]), np.array([start]), np.array([end]))
    assert grid.start[can_start(free, grid, minutes)[0]].tolist() == starts


@pytest.mark.parametrize("minutes", [1, 30, 45, 90])
def test_starts_are_exact_to_the_minute(minutes):
    for seed in range(8):
        cohort = random_calendars(seed)
        free, grid = free_time(cohort, np.arange(3)), make_grid(cohort.programme)
        found = can_start(free, grid, minutes)
        assert found.shape == (3, len(grid))
        for person in range(3):
            start, end = free.row(person)
            there = {t for a, b in zip(start.tolist(), end.tolist(), strict=True) for t in range(a, b)}
            expected = [all(t + n in there for n in range(minutes)) for t in grid.start.tolist()]
            assert found[person].tolist() == expected, (seed, person)
