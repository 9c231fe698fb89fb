"""What counts on a date: holidays, moved days, the company's own days, in one city and across four."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from cohorts import Spec, build, write

from matcher.calendars import free_time
from matcher.check import check_run
from matcher.io import read_cohort
from matcher.programme import MINUTES_A_DAY, day_date, day_number
from matcher.runs import write_run
from matcher.solver import solve


def date(text):
    return day_number(dt.date.fromisoformat(text))


# --- what counts on a date ------------------------------------------------------------------------------------

WEEK = ("2025-10-27", "2025-11-09")  # in Russia Saturday 1 November is worked, Monday and Tuesday after it are off
SATURDAY, MONDAY, TUESDAY, WEDNESDAY = "2025-11-01", "2025-11-03", "2025-11-04", "2025-11-05"


def hours(day, *rows, country="RU", holidays=(), busy=(), zone="UTC", **calendar):
    """When somebody in UTC is free on a date of these two weeks, by UTC."""
    person = {"employee_id": "a", "function": "F", "level": 1, "country": country, "timezone": zone}
    settings = {"programme": {"start": WEEK[0], "end": WEEK[1], "timezone": zone}, "calendar": calendar}
    cohort = build(
        Spec(
            (person,),
            availability=tuple(("a", *row) for row in rows),
            busy=tuple(("a", *row) for row in busy),
            programme=settings,
            holidays=tuple(holidays),
        )
    )
    midnight = date(day) * MINUTES_A_DAY
    spans = [np.clip(part - midnight, 0, MINUTES_A_DAY) for part in free_time(cohort, np.array([0])).row(0)]
    return " ".join(
        f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in zip(*spans, strict=True) if a < b
    )


USUAL = "09:00-18:00"


@pytest.mark.parametrize(
    ("day", "rows", "options", "free"),
    [
        # public holidays and moved days
        (MONDAY, [], {}, ""),
        (TUESDAY, [], {}, ""),
        (WEDNESDAY, [], {}, USUAL),
        (SATURDAY, [], {}, USUAL),
        ("2025-11-08", [], {}, ""),
        (SATURDAY, [], {"country": ""}, ""),
        (MONDAY, [], {"country": ""}, USUAL),
        (SATURDAY, [], {"country": "RU-LIP"}, USUAL),
        (SATURDAY, [], {"working_hours": "10:00-11:00, 12:00-13:00"}, "10:00-11:00 12:00-13:00"),
        (SATURDAY, [], {"working_days": []}, USUAL),
        # holidays win over weekday rows, and a moved Saturday opens nothing for who has such rows
        (MONDAY, [("mon", "10:00", "12:00")], {}, ""),
        (WEDNESDAY, [("wed", "10:00", "12:00")], {}, "10:00-12:00"),
        (SATURDAY, [("mon", "10:00", "12:00")], {}, ""),
        (SATURDAY, [("sat", "10:00", "12:00")], {}, "10:00-12:00"),
        (SATURDAY, [("mon", "", "")], {}, ""),
        # a row for a date wins over a holiday, and over all that is special
        (MONDAY, [(MONDAY, "10:00", "12:00")], {}, "10:00-12:00"),
        (SATURDAY, [(SATURDAY, "", "")], {}, ""),
        (SATURDAY, [(SATURDAY, "20:00", "21:00")], {}, "20:00-21:00"),
        (TUESDAY, [(MONDAY, "10:00", "12:00")], {}, ""),
        (MONDAY, [(MONDAY, "10:00", "12:00")], {"holidays": [("", MONDAY, "short", "11:00")]}, "10:00-12:00"),
        (WEDNESDAY, [(WEDNESDAY, "10:00", "12:00")], {"holidays": [("", WEDNESDAY, "off")]}, "10:00-12:00"),
        # busy time always wins
        (SATURDAY, [], {"busy": [(f"{SATURDAY}T09:00", f"{SATURDAY}T17:00")]}, "17:00-18:00"),
        (MONDAY, [(MONDAY, "10:00", "12:00")], {"busy": [(MONDAY, MONDAY)]}, ""),
        # the company's days win over the state's
        (MONDAY, [], {"holidays": [("RU", MONDAY, "worked")]}, USUAL),
        (MONDAY, [], {"holidays": [("RU", MONDAY, "worked", "12:00")]}, "09:00-12:00"),
        (SATURDAY, [], {"holidays": [("RU", SATURDAY, "off")]}, ""),
        (WEDNESDAY, [], {"holidays": [("RU", WEDNESDAY, "off")]}, ""),
        (WEDNESDAY, [("wed", "10:00", "12:00")], {"holidays": [("RU", WEDNESDAY, "off")]}, ""),
        ("2025-11-09", [], {"holidays": [("RU", "2025-11-09", "worked")]}, USUAL),
        ("2025-11-09", [("sun", "10:00", "12:00")], {"holidays": [("RU", "2025-11-09", "worked")]}, "10:00-12:00"),
        ("2025-11-09", [("mon", "10:00", "12:00")], {"holidays": [("RU", "2025-11-09", "worked")]}, ""),
        # short days end early, whatever opens them
        (WEDNESDAY, [], {"holidays": [("RU", WEDNESDAY, "short", "15:00")]}, "09:00-15:00"),
        (
            WEDNESDAY,
            [("wed", "14:00", "20:00")],
            {"holidays": [("RU", WEDNESDAY, "short", "15:00")]},
            "14:00-15:00",
        ),
        (WEDNESDAY, [("wed", "15:00", "20:00")], {"holidays": [("RU", WEDNESDAY, "short", "15:00")]}, ""),
        (SATURDAY, [], {"holidays": [("RU", SATURDAY, "short", "13:30")]}, "09:00-13:30"),
        (MONDAY, [], {"holidays": [("RU", MONDAY, "short", "13:30")]}, ""),
        ("2025-11-09", [], {"holidays": [("RU", "2025-11-09", "short", "13:30")]}, ""),
        (WEDNESDAY, [], {"holidays": [("RU", WEDNESDAY, "short", "24:00")]}, USUAL),
        (
            WEDNESDAY,
            [],
            {"holidays": [("RU", WEDNESDAY, "short", "12:30")], "working_hours": "09:00-12:00, 13:00-18:00"},
            "09:00-12:00",
        ),
        # the most exact row is the only one that counts
        (MONDAY, [], {"holidays": [("", MONDAY, "worked")]}, USUAL),
        (WEDNESDAY, [], {"holidays": [("", WEDNESDAY, "off")], "country": ""}, ""),
        (WEDNESDAY, [], {"holidays": [("BE", WEDNESDAY, "off")]}, USUAL),
        (WEDNESDAY, [], {"holidays": [("BE", WEDNESDAY, "off")], "country": "BE-VLG"}, ""),
        (WEDNESDAY, [], {"holidays": [("BE-VLG", WEDNESDAY, "off")], "country": "BE"}, USUAL),
        (WEDNESDAY, [], {"holidays": [("BE-VLG", WEDNESDAY, "off")], "country": "BE-WLG"}, USUAL),
        (
            WEDNESDAY,
            [],
            {"holidays": [("", WEDNESDAY, "off"), ("BE", WEDNESDAY, "short", "12:00")], "country": "BE-VLG"},
            "09:00-12:00",
        ),
        (
            WEDNESDAY,
            [],
            {"holidays": [("BE", WEDNESDAY, "off"), ("BE-VLG", WEDNESDAY, "worked")], "country": "BE-VLG"},
            USUAL,
        ),
        (
            WEDNESDAY,
            [],
            {"holidays": [("", WEDNESDAY, "short", "10:00"), ("RU", WEDNESDAY, "short", "17:00")]},
            "09:00-17:00",
        ),
    ],
)
def test_what_counts_on_a_date(day, rows, options, free):
    assert hours(day, *rows, **options) == free


def test_a_holiday_lasts_from_midnight_to_midnight_of_the_persons_own_clock():
    """In Vladivostok Monday and Tuesday last from 14:00 of the day before, UTC."""
    around_the_clock = {"working_hours": "00:00-24:00", "country": "RU"}
    person = {"employee_id": "a", "function": "F", "level": 1, "timezone": "Asia/Vladivostok"}
    settings = {"programme": {"start": WEEK[0], "end": WEEK[1]}, "calendar": around_the_clock}
    start, end = free_time(build(Spec((person,), programme=settings)), np.array([0])).row(0)
    midnight = date(SATURDAY) * MINUTES_A_DAY
    assert [((a - midnight) / 60, (b - midnight) / 60) for a, b in zip(start, end, strict=True)][:2] == [
        (-5 * 24, 14),  # from the programme's start to the end of Saturday, which is worked
        (24 * 4 - 10, 24 * 7 - 10),  # from Wednesday to Friday
    ]


# --- four cities across both changes of clocks ----------------------------------------------------------------

CITIES = (
    ("Moscow", "Russian Standard Time", "RU"),  # no summer time
    ("Lipetsk", "Europe/Moscow", "RU-LIP"),
    ("Liège", "Romance Standard Time", "BE-WLG"),
    ("Pittsburgh", "America/New_York", "US-PA"),
)
HOURS = {"Moscow": "12:00-21:00", "Lipetsk": "12:00-21:00", "Liège": "09:00-19:00", "Pittsburgh": "07:00-16:00"}


def four_cities(start, end):
    """Two people in each city, who list mentors in all the others, with hours that meet."""
    people, hours_of, choices = [], [], []
    for city, zone, country in CITIES:
        for level in (1, 4):
            person = f"{city} {level}"
            people.append(
                {"employee_id": person, "function": city, "level": level, "timezone": zone, "country": country}
            )
            low, _, high = HOURS[city].partition("-")
            if level == 1:
                hours_of += [(person, day, low, high) for day in ("mon", "tue", "wed", "thu", "fri", "sat")]
        others = [other for other, _, _ in CITIES if other != city]
        choices += [(f"{city} 1", rank, f"{other} 4") for rank, other in enumerate(others, 1)]
    settings = {
        "programme": {
            "start": dt.date.fromisoformat(start),
            "end": dt.date.fromisoformat(end),
            "timezone": "Europe/Moscow",
        },
        "calendar": {"working_hours": "07:00-21:00"},
        "sessions": {"number": "most", "min_days_between": 7},
        "capacity": {"mentees_per_mentor": 1},
    }
    own = (("US-PA", "2027-03-15", "off"), ("BE", "2027-03-29", "worked"), ("", "2027-03-12", "short", "13:00"))
    return Spec(tuple(people), tuple(choices), tuple(hours_of), (), (), settings, own)


@pytest.mark.parametrize(("start", "end"), [("2027-03-01", "2027-05-09"), ("2027-10-11", "2027-12-05")])
def test_a_cohort_over_four_cities_solves_and_verifies(tmp_path, start, end):
    """The clocks change on 14 and 28 March, 31 October and 7 November 2027, and in Russia never."""
    cohort = read_cohort(write(four_cities(start, end), tmp_path / "cohort"))
    solution = solve(cohort)
    assert solution.status == "optimal"
    assert len(solution.pairs) == 4
    write_run(cohort, solution, tmp_path / "run")
    assert check_run(cohort, tmp_path / "run") == []
    offsets = {"Europe/Brussels": set(), "America/New_York": set()}
    for pair in solution.pairs:
        for session in pair.sessions:
            moment = dt.datetime.fromtimestamp(session.start * 60, dt.UTC)
            for zone, seen in offsets.items():
                seen.add(moment.astimezone(ZoneInfo(zone)).utcoffset())
    assert all(len(seen) == 2 for seen in offsets.values()), "sessions lie on both sides of each change"


@pytest.mark.parametrize(
    ("day", "moscow", "liege", "pittsburgh"),
    [  # the hours of the level 4 people, 07:00-21:00 on their own clocks, in UTC
        ("2027-03-12", (4, 10), (6, 12), (12, 18)),  # short until 13:00 for everybody, before any change
        ("2027-03-15", (4, 18), (6, 20), None),  # off in Pennsylvania, which is four hours behind since Sunday
        ("2027-03-16", (4, 18), (6, 20), (11, 25)),
        ("2027-03-26", (4, 18), (6, 20), (11, 25)),
        ("2027-03-29", (4, 18), (5, 19), (11, 25)),  # Easter Monday, but worked; summer time since Sunday
        ("2027-11-01", (4, 18), None, (11, 25)),  # All Saints' Day in Belgium; America still has summer time
        ("2027-11-02", (4, 18), (6, 20), (11, 25)),
        ("2027-11-04", None, (6, 20), (11, 25)),  # Unity Day in Russia
        ("2027-11-05", None, (6, 20), (11, 25)),  # moved there from January
        ("2027-11-08", (4, 18), (6, 20), (12, 26)),
        ("2027-11-25", (4, 18), (6, 20), None),  # Thanksgiving
        ("2027-11-26", (4, 18), (6, 20), None),  # and the day after it
    ],
)
def test_hours_of_four_cities_on_single_days(day, moscow, liege, pittsburgh):
    first = dt.date.fromisoformat(day)
    cohort = build_four(str(first - dt.timedelta(days=3)), str(first + dt.timedelta(days=3)))
    people = np.array([cohort.employees.ids.index(f"{city} 4") for city in ("Liège", "Moscow", "Pittsburgh")])
    free, midnight = free_time(cohort, people), date(day) * MINUTES_A_DAY
    for row, (name, hours_utc) in enumerate((("Liège", liege), ("Moscow", moscow), ("Pittsburgh", pittsburgh))):
        start, end = free.row(row)
        local = {"Liège": 1, "Moscow": 3, "Pittsburgh": -5}[name] * 60
        today = [
            ((a - midnight) / 60, (b - midnight) / 60)
            for a, b in zip(start.tolist(), end.tolist(), strict=True)
            if (a + local - midnight) // MINUTES_A_DAY == 0
        ]
        assert today == ([] if hours_utc is None else [hours_utc]), name


def build_four(start, end):
    """The four cities with zones by their IANA names, as `build` does without the reader."""
    spec = four_cities(start, end)
    for person in spec.employees:
        person["timezone"] = {
            "Russian Standard Time": "Europe/Moscow",
            "Romance Standard Time": "Europe/Paris",
        }.get(person["timezone"], person["timezone"])
    return build(spec)


def test_a_holiday_on_a_date_before_the_programme_counts_for_somebody_far_abroad(tmp_path):
    """On Kiritimati 2 January begins at five in the morning of New Year's Day in Pittsburgh."""
    person = {"employee_id": "a", "function": "F", "level": 1, "timezone": "America/New_York", "country": "US"}
    day = dt.date(2026, 1, 2)
    settings = {"programme": {"start": day, "end": day, "timezone": "Pacific/Kiritimati"}}
    settings["sessions"] = {"month_rule": "none"}

    def free_with(**columns):
        cohort = read_cohort(write(Spec(({**person, **columns}, "m G 2"), ("a m",), programme=settings), tmp_path))
        return len(free_time(cohort, np.array([0])).start)

    assert free_with() == 0
    assert free_with(country="") == 1, "from nine to six of the day before"


def test_moved_saturdays_are_scheduled_and_moved_days_off_are_not(tmp_path):
    """Of a programme whose only common time is on the days that Russia moved in April 2024."""
    settings = {
        "programme": {"start": dt.date(2024, 4, 27), "end": dt.date(2024, 5, 1), "timezone": "Europe/Moscow"},
        "calendar": {"country": "RU"},
        "sessions": {"month_rule": "none", "min_days_between": 1},
    }
    spec = Spec(("a F 1", "m G 2"), ("a m",), programme=settings)
    cohort = read_cohort(write(spec, tmp_path / "cohort"))
    solution = solve(cohort)
    (pair,) = solution.pairs
    days = [str(day_date((session.start + 180) // MINUTES_A_DAY)) for session in pair.sessions]
    assert days == ["2024-04-27"]
    write_run(cohort, solution, tmp_path / "run")
    assert check_run(cohort, tmp_path / "run") == []
