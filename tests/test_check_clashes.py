"""Conflicts between schedules and limits on days and weeks, to the exact step."""

import datetime as dt

import pytest
from cohorts import Spec, build, only

from matcher import check_conflicts
from matcher.check_conflicts import Conflicts
from matcher.check_dates import Dates
from matcher.check_limits import Limits, Room
from matcher.check_rules import Roster
from matcher.check_timetable import Timetable
from matcher.programme import Programme

WEEK = {"start": "2027-03-01", "end": "2027-03-05"}

DAYS = tuple(f"2027-03-{day:02}" for day in range(1, 32))


# --- conflicts ------------------------------------------------------------------------------------------------


def judge(cohort, pairs):
    ids = cohort.employees.ids
    pairs = [tuple(ids.index(person) for person in pair.split()) for pair in pairs]
    return Conflicts(Timetable(Roster(cohort), pairs)).no_schedule(pairs)


def one_mentor(free, **sessions):
    """Mentees with their days, an hour on each; their mentor x is there on all of them."""
    hour = ("09:00", "09:45")
    return build(
        Spec(
            employees=(*(f"{who} F 1" for who in free), f"x F 3 {len(free)}"),
            choices=tuple(f"{who} x" for who in free),
            availability=(
                *(row for who, days in free.items() for row in only(who, *((day, *hour) for day in days))),
                *only("x", *((day, *hour) for day in DAYS)),
            ),
            programme={
                "programme": {"start": DAYS[0], "end": DAYS[-1]},
                "sessions": {"month_rule": "none", "min_days_between": 7, **sessions},
            },
        )
    )


def test_a_schedule_is_found_where_those_that_leave_most_choice_at_first_are_none():
    """Three need the first three days; eight others could take the first, or one of their own much later."""
    urgent = dict.fromkeys("abc", DAYS[:3])
    patient = {who: (DAYS[0], DAYS[10 + at]) for at, who in enumerate("defghijk")}
    cohort = one_mentor(urgent | patient)
    assert judge(cohort, [f"{who} x" for who in (urgent | patient)]) == "false"
    stuck = one_mentor(urgent | patient | {"d": DAYS[:1]})
    assert judge(stuck, [f"{who} x" for who in (urgent | patient)]) == "true"


@pytest.mark.parametrize(("pause", "expected"), [(0, "false"), (1, "not shown")])
def test_the_shortest_session_tells_whether_midnight_is_reached(pause, expected):
    late = (DAYS[0], "23:15", "24:00")
    cohort = build(
        Spec(
            employees=("a F 1", "x F 3"),
            choices=("a x",),
            availability=(*only("a", late), *only("x", late)),
            programme={
                "programme": WEEK,
                "sessions": {"month_rule": "none", "minutes": [45, 30], "pause_minutes": pause},
            },
        )
    )
    assert judge(cohort, ["a x"]) == expected


def test_what_nobody_looks_at_does_not_hide_another_conflict():
    """Thirteen mentees of a mentor are too many for one search; z and both of his have one hour in all."""
    windows = dict.fromkeys("abcdefghijklmxpqz", (DAYS[0], "09:00", "09:45"))
    cohort = build(
        Spec(
            employees=(*(f"{who} F 1" for who in "abcdefghijklmpq"), "x F 3 20", "z F 3 2"),
            choices=(*(f"{who} x" for who in "abcdefghijklm"), "p z", "q z"),
            availability=tuple(row for who, window in windows.items() for row in only(who, window)),
            programme={"programme": WEEK, "sessions": {"month_rule": "none"}},
        )
    )
    many, two = [f"{who} x" for who in "abcdefghijklm"], ["p z", "q z"]
    assert judge(cohort, many) == "not shown"
    assert judge(cohort, many + two) == judge(cohort, two + many) == "true"
    assert judge(cohort, many + two[:1]) == judge(cohort, two[:1] + many) == "not shown"


def test_one_group_that_may_run_past_midnight_leaves_all_open():
    windows = {"a": ("23:30", "24:00"), "x": ("23:30", "24:00"), "b": ("09:00", "09:45"), "y": ("09:00", "09:45")}
    after = [(DAYS[1], "00:00", "00:15")]
    cohort = build(
        Spec(
            employees=("a F 1", "b F 1", "x F 3", "y F 3"),
            choices=("a x", "b y"),
            availability=tuple(
                row
                for who, window in windows.items()
                for row in only(who, (DAYS[0], *window), *(after if who in "ax" else ()))
            ),
            programme={"programme": WEEK, "sessions": {"month_rule": "none"}},
        )
    )
    assert [judge(cohort, [pair]) for pair in ("a x", "b y")] == ["not shown", "false"]
    assert judge(cohort, ["a x", "b y"]) == judge(cohort, ["b y", "a x"]) == "not shown"


def test_where_time_is_ample_few_steps_find_a_schedule():
    """Six mentees who want three hours each, one on every day: to keep every plan would take too many steps."""
    cohort = one_mentor(dict.fromkeys("abcdef", DAYS), minimum=3, min_days_between=1)
    assert judge(cohort, [f"{who} x" for who in "abcdef"]) == "false"


def test_who_has_few_days_comes_first():
    """Three need the first three days, nine others have all month: every plan would be too many."""
    days = dict.fromkeys("abc", DAYS[:3]) | dict.fromkeys("defghijkl", DAYS)
    assert judge(one_mentor(days), [f"{who} x" for who in days]) == "false"


def test_the_steps_of_all_searches_are_counted(monkeypatch):
    """Each begins with 200 for a pair, and takes more than that."""
    monkeypatch.setattr(check_conflicts, "STEPS_IN_ALL", 20_000)
    cohort = one_mentor(dict.fromkeys("abcdefgh", DAYS[:7]))
    pairs = [(mentee, 8) for mentee in range(8)]
    conflicts = Conflicts(Timetable(Roster(cohort), pairs))
    assert [conflicts.no_schedule(pairs) for _ in range(3)] == ["true", "not shown", "not shown"]


def one_day(mentees, until, **sessions):
    """Mentees of one mentor, all of them there on one date from 9 o'clock on."""
    window = (DAYS[0], "09:00", until)
    return build(
        Spec(
            employees=(*(f"{who} F 1" for who in mentees), f"x F 3 {len(mentees)}"),
            choices=tuple(f"{who} x" for who in mentees),
            availability=tuple(row for who in (*mentees, "x") for row in only(who, window)),
            programme={"programme": WEEK, "sessions": {"month_rule": "none", **sessions}},
        )
    )


@pytest.mark.parametrize(
    ("mentees", "until", "expected"),
    [("abc", "11:14", "true"), ("abc", "11:15", "false"), ("abcd", "11:59", "true"), ("abcd", "12:00", "false")],
)
def test_as_many_sessions_as_fit_into_a_day(mentees, until, expected):
    assert judge(one_day(mentees, until), [f"{who} x" for who in mentees]) == expected


def test_starts_that_are_tried_are_counted(monkeypatch):
    cohort = one_day("abcde", "12:30")
    pairs = [f"{who} x" for who in "abcde"]
    assert judge(cohort, pairs) == "true"
    monkeypatch.setattr(check_conflicts, "STEPS", 400)
    assert judge(cohort, pairs) == "not shown"


def test_the_steps_of_the_smallest_search(monkeypatch):
    """Two meet on a date or not, at one start, which leaves one plan."""
    found = []
    for steps in range(1, 7):
        monkeypatch.setattr(check_conflicts, "STEPS", steps)
        found.append(judge(one_day("a", "09:45"), ["a x"]))
    assert found == ["not shown"] * 3 + ["false"] * 3


@pytest.mark.parametrize(("steps", "expected"), [(199, "not shown"), (200, "not shown"), (201, "true")])
def test_nothing_is_shown_once_the_steps_are_used_up(monkeypatch, steps, expected):
    """Even of a pair that has no date at all, for which a search needs no step."""
    monkeypatch.setattr(check_conflicts, "STEPS_IN_ALL", steps)
    assert judge(one_mentor({"a": ()}), ["a x"]) == expected


# --- limits ---------------------------------------------------------------------------------------------------


WEEKS = [0b1111111 << 7 * week for week in range(4)]  # Monday the first of March 2027 is the first day


def room(*held, days=28, **sessions):
    frame = {"start": "2027-03-01", "end": dt.date(2027, 3, 1) + dt.timedelta(days=days - 1)}
    return Limits(Dates(Programme.model_validate({"programme": frame, "sessions": sessions}))).room(held)


def test_room_without_limits_is_everywhere():
    assert room([3, 3, 3], [4]) == Room((1 << 28) - 1, ())


@pytest.mark.parametrize(
    ("apart", "most", "weeks"),
    [
        (7, 1, 0),  # the distances allow no more than one session in a week
        (4, 1, 1),
        (4, 2, 0),
        (3, 2, 2),
        (3, 3, 0),
        (1, 6, 6),
        (1, 7, 0),
        (14, 1, 0),
    ],
)
def test_weeks_are_a_limit_where_the_distances_allow_more(apart, most, weeks):
    every = (1 << 28) - 1
    expected = tuple(every if number < most else 0 for number in range(1, weeks + 1))
    assert room((), (), min_days_between=apart, max_per_week=most) == Room(every, expected)


def test_room_of_weeks_with_sessions():
    every = (1 << 28) - 1
    rules = {"min_days_between": 3, "max_per_week": 2}  # three are possible, two are allowed
    assert room([0, 6], [], **rules) == Room(every - WEEKS[0], (every - WEEKS[0], 0))
    assert room([], [7], **rules) == Room(every, (every - WEEKS[1], 0))
    apart = every - WEEKS[0] - WEEKS[2] - WEEKS[3]  # a Sunday and the Monday after it are in two weeks
    assert room([0, 3, 6], [20, 21], **rules) == Room(every - WEEKS[0], (apart, 0))
    assert room([0], [0], **rules) == Room(every, (every - WEEKS[0], 0))  # one each, not two


def test_more_sessions_in_a_week_than_are_allowed_leave_no_room_in_it():
    every = (1 << 28) - 1
    for count in (1, 2, 3, 6):
        assert room([7] * count, min_days_between=7, max_per_week=1) == Room(every - WEEKS[1], ())


def test_room_of_days_with_sessions():
    every = (1 << 28) - 1
    assert room([5, 5, 9], [9, 11], max_per_day=2) == Room(every - (1 << 5), ())
    assert room([5], [9, 9, 9], max_per_day=1) == Room(every - (1 << 5) - (1 << 9), ())
    assert room([5], [9, 9, 9], max_per_day=3) == Room(every - (1 << 9), ())
