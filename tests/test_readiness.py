"""Which calendars `matcher check` names: without free time, full, empty, without common hours."""

import datetime as dt

import pytest
from cohorts import Spec, build

from matcher.messages import readiness_data, readiness_lines
from matcher.readiness import assess

START = dt.date(2027, 3, 1)
FRAME = {"start": START, "end": dt.date(2027, 5, 9)}  # ten weeks, fifty working days


def day(number):
    """Dates of the programme, the first is 0."""
    return str(START + dt.timedelta(days=number))


def busy(person, *numbers):
    """Busy for the whole of these days."""
    return tuple((person, day(number), day(number)) for number in numbers)


def case(busy=(), availability=(), **sections):
    """Three mentees who list one mentor each, a mentor nobody may have, and somebody whom nobody lists."""
    people = ("a F 1", "b F 1", "c F 1", "m G 2", "n G 2", "o G 2", "p F 1", "q G 3")
    settings = {"programme": FRAME, "sessions": {"month_rule": "none"}, **sections}
    choices = ("a m", "b n", "c o", "c p")
    return build(Spec(people, choices, tuple(availability), tuple(busy), programme=settings))


def named(cohort, field):
    return " ".join(cohort.employees.ids[person] for person in getattr(assess(cohort), field))


MEETINGS = tuple((f"{day(number)}T09:00", f"{day(number)}T09:30") for number in range(0, 70, 7))


def meetings(*people, weeks=10):
    return tuple((person, *span) for person in people for span in MEETINGS[:weeks])


# --- no free time, and full -----------------------------------------------------------------------------------


def test_nobody_is_named_without_reason():
    cohort = case()
    for field in ("without_free_time", "full_calendars", "empty_calendars", "without_common_hours"):
        assert named(cohort, field) == ""


def test_people_without_any_free_time():
    never = (("m", "mon", "", ""), ("p", "mon", "", ""), ("q", "mon", "", ""))
    cohort = case(busy("a", *range(70)), never)
    assert named(cohort, "without_free_time") == "a m", "p and q are in no choice that the rules allow"
    assert named(cohort, "without_common_time") == "a"
    assert named(cohort, "without_common_hours") == "a"
    assert named(cohort, "full_calendars") == ""


def test_too_short_to_meet_is_no_free_time():
    windows = [("m", "mon", "09:00", "09:44"), ("n", "mon", "09:00", "09:45")]
    assert named(case((), windows), "without_free_time") == "m"
    assert named(case((), windows, sessions={"minutes": [60, 44]}), "without_free_time") == ""


@pytest.mark.parametrize(("free_days", "full"), [(4, "n"), (5, ""), (50, "")])
def test_a_calendar_that_looks_full(free_days, full):
    """A session fits on fewer than one in ten of fifty working days."""
    working = [number for number in range(70) if number % 7 < 5]
    cohort = case(busy("n", *working[free_days:]))
    assert named(cohort, "full_calendars") == full


def test_part_time_is_not_full():
    assert named(case((), [("n", "wed", "09:00", "10:00")]), "full_calendars") == ""


def test_without_common_hours_needs_all_choices():
    evenings = [("m", "mon", "18:00", "20:00")]
    assert named(case((), evenings), "without_common_hours") == "a"
    assert named(case((), [*evenings, ("m", day(0), "09:00", "10:00")]), "without_common_hours") == ""
    cohort = case(busy("m", *range(70)))
    assert named(cohort, "without_common_time") == "a"
    assert named(cohort, "without_common_hours") == ""


# --- empty ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "empty"),
    [
        ((), ""),
        (meetings("a", "b", "m"), "c n o"),  # half of the six have one a week
        (meetings("a", "b"), ""),
        (meetings("a", "b", "m", weeks=9), ""),
        (meetings("a", "b", "c", "m", "n"), "o"),
        (meetings("a", "b", "c", "m", "n") + busy("o", 3), ""),
        (meetings("a", "b", "c", "m", "n") + busy("o", -30, 90), "o"),  # busy before and after
        (meetings("a", "b", "c", "m", "n") + busy("o", 69), ""),
    ],
)
def test_a_calendar_that_looks_empty(rows, empty):
    assert named(case(rows), "empty_calendars") == empty


# --- in words -------------------------------------------------------------------------------------------------


def test_people_are_named_in_words_and_by_id():
    cohort = case(meetings("a", "b", "c", "n", "o"), [("m", "mon", "", "")])
    figures = assess(cohort)
    text = "\n".join(readiness_lines(cohort, figures))
    assert "1 person has no free time for any session, whoever it is with:\n  m" in text
    assert "1 person has a calendar that looks empty (never busy, unlike others):\n  m" in text
    assert "1 mentee has no working hours in common with any choice (they are among those):\n  a" in text
    data = readiness_data(cohort, figures)
    fields = (
        "without_free_time",
        "empty_calendars",
        "full_calendars",
        "without_common_hours",
        "without_common_time",
    )
    assert [data[field] for field in fields] == [["m"], ["m"], [], ["a"], ["a"]]


def test_long_lists_are_cut_and_counted():
    people = (*(f"a{number:02} F 1" for number in range(30)), "m G 2")
    choices = tuple(f"a{number:02} m" for number in range(30))
    rows = (("m", "mon", "18:00", "20:00"),)
    settings = {"programme": FRAME, "sessions": {"month_rule": "none"}}
    cohort = build(Spec(people, choices, rows, programme=settings))
    lines = readiness_lines(cohort, assess(cohort))
    at = lines.index("30 mentees have no working hours in common with any choice (they are among those):")
    assert lines[at + 20 : at + 22] == ["  a19", "  ... and 10 more"]


def test_a_cohort_without_choices():
    cohort = build(Spec(("a F 1", "m F 1"), ("a m",), programme={"programme": FRAME}))
    assert assess(cohort).without_free_time == assess(cohort).empty_calendars == ()
