"""Edges of the check on which no run of the engine stands: limits, places, conflicts, proofs, sessions, hours."""

import datetime as dt
import hashlib
import json
import os
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import certificates
import numpy as np
import pytest
from cohorts import Spec, build, only
from test_check_changes import FIRST, PEOPLE, SECOND, THIRD, check, company, day

from matcher import check_conflicts, check_proof, check_sessions
from matcher.check_changes import COLUMNS, Changes, check_changes, check_contest, check_nothing_said
from matcher.check_classes import Classes
from matcher.check_conflicts import Conflicts
from matcher.check_dates import Dates
from matcher.check_demand import Demand
from matcher.check_exchange import standing_by_places
from matcher.check_files import Row, Table
from matcher.check_free import FreeTime
from matcher.check_limits import Limits, Room
from matcher.check_outcomes import Outcomes
from matcher.check_pairs import FoundPair
from matcher.check_past import Past, Planned
from matcher.check_proof import Reader
from matcher.check_publication import check_publication
from matcher.check_rules import Roster
from matcher.check_starts import Starts
from matcher.check_suggestions import People
from matcher.check_timetable import Timetable
from matcher.model import Session
from matcher.programme import WEEKDAYS, Programme

WEEK = {"start": "2027-03-01", "end": "2027-03-05"}
DAYS = tuple(f"2027-03-{day:02}" for day in range(1, 32))


# --- classes --------------------------------------------------------------------------------------------------


def test_without_a_cohort_there_are_no_classes():
    none = Classes()
    assert (len(none), none.counted, none.names, none.sizes, none.counts([1, 2])) == (0, 0, [], [], ())
    assert none.served(np.array([4, 7, 9]), 3).tolist() == [[1, 1, 1], [0, 0, 0], [0, 0, 0]]


# --- what would help a mentee ---------------------------------------------------------------------------------


def table_of(rows, columns=("mentee_id", *COLUMNS)):
    """unmatched.csv of rows as dicts, and the list of what is wrong with it."""
    violations = []
    table = Table("unmatched.csv", violations, {name: place for place, name in enumerate(columns)})
    table.records = [(*(row.get(name, "") for name in columns), "") for row in rows]
    table.lines = list(range(2, 2 + len(rows)))
    return table, violations


def told(violations):
    return [str(violation).partition("csv, ")[2] for violation in violations]


def rows_of(cohort, plan, rows):
    """What is wrong with rows for those who are left out; `plan` is {'mentee mentor': dates}."""
    ids = cohort.employees.ids
    sessions = {
        tuple(map(ids.index, pair.split())): [Session(day(date), 45) for date in dates]
        for pair, dates in plan.items()
    }
    held, (table, violations) = certificates.hold(cohort, sessions), table_of(rows)
    roster, pairs = held.outcomes.roster, held.pairs
    people = People(roster, pairs, table)
    timetable = Timetable(roster, pairs, people.named)
    outcomes = Outcomes(timetable, pairs, held.diary)
    changes = Changes(timetable, outcomes, pairs, held.diary, people)
    check_changes(table, changes, Demand(roster, held.case.candidates, pairs))
    return told(violations)


def test_every_mentee_who_is_left_out_is_checked_once():
    """Who is a stranger, paired or told of already is reported with the reasons."""
    cohort = company("a v", "b y", "n v")
    right = {"eligible_choices": "0", "smallest_change": "one more choice: x", "suggestions": "x; y; z"}
    wrong = right | {"eligible_choices": "1"}
    rows = [("a", right), ("n", right)]
    assert rows_of(cohort, {"b y": [FIRST]}, [{"mentee_id": who, **cells} for who, cells in rows]) == []
    rows = [("?", wrong), ("b", wrong), ("a", wrong), ("a", wrong), ("n", wrong)]
    found = rows_of(cohort, {"b y": [FIRST]}, [{"mentee_id": who, **cells} for who, cells in rows])
    assert found == [f"line {line}, eligible_choices: '1' must be '0'" for line in (4, 6)]
    (fault,) = rows_of(cohort, {"b y": [FIRST]}, [{"mentee_id": "n", **right, "competitors": "2"}])
    assert fault == "line 2, competitors: '2', but places alone do not keep him out"


def test_where_nothing_is_said_of_changes_the_cells_are_empty():
    cohort = company(("a", 1, "v"), ("a", 2, "y"), "b y")
    held = certificates.hold(cohort, {})
    rows = [("a", "1"), ("?", "7"), ("b", "1"), ("a", "2")]
    table, violations = table_of([{"mentee_id": who, "eligible_choices": number} for who, number in rows])
    bottlenecks = Table("bottlenecks.csv", violations, {"mentor_id": 0})
    check_nothing_said(table, bottlenecks, held.outcomes)
    assert told(violations) == ["line 5, eligible_choices: '2' must be '1'"]
    for column in COLUMNS[1:]:
        table, violations = table_of([{"mentee_id": "a", "eligible_choices": "1", column: "1"}])
        check_nothing_said(table, bottlenecks, held.outcomes)
        assert told(violations) == [f"line 2, {column}: '1' must be an empty cell"]
    table, violations = table_of([])
    bottlenecks = Table("bottlenecks.csv", violations, {"mentor_id": 0}, [2, 3], [("y", ""), ("z", "")])
    check_nothing_said(table, bottlenecks, held.outcomes)
    assert told(violations) == [
        f"line {line}, mentor_id: no mentor has a row where engagements last as long as needed" for line in (2, 3)
    ]


def chain(mentors):
    """Each mentee wants a mentor and the next one, the first and the last have one; one more wants the first."""
    names = [f"m{at:02}" for at in range(mentors)]
    wishes = [names[max(at - 1, 0) : at + 1] for at in range(mentors + 1)] + [names[:1]]
    cohort = build(
        Spec(
            employees=(*(f"a{at:02} F 1" for at in range(len(wishes))), *(f"{name} F 3 1" for name in names)),
            choices=tuple((f"a{at:02}", 1, name) for at, own in enumerate(wishes) for name in own),
            programme={"programme": WEEK, "sessions": {"month_rule": "none"}},
        )
    )
    return cohort, names


def contest(cohort, mentee, **cells):
    held = certificates.hold(cohort, {})
    roster = held.outcomes.roster
    table, violations = table_of([{"group": "1", **cells}])
    (row,) = table.rows()
    demand = Demand(roster, held.case.candidates, ())
    check_contest(table, row, roster.person[mentee], demand, roster)
    return told(violations)


def test_up_to_twenty_contested_mentors_are_named():
    cohort, names = chain(20)
    whole = "; ".join(names)
    assert contest(cohort, "a05", contested_mentors=whole, competitors="21", places="20") == []
    (fault,) = contest(cohort, "a05", competitors="21", places="20")
    assert fault == "line 2, contested_mentors: '': a mentor of a possible pair of his is missing"


def test_more_than_twenty_contested_mentors_are_named_only_where_fewer_will_do():
    cohort, names = chain(21)
    assert contest(cohort, "a05", competitors="22", places="21") == []
    assert contest(cohort, "a05", competitors="21", places="21") == [
        "line 2, competitors: '21' must be '22'",
    ]
    assert contest(cohort, "a05", competitors="22", places="22") == ["line 2, places: '22' must be '21'"]
    (fault,) = contest(cohort, "a05", contested_mentors="; ".join(names), competitors="22", places="21")
    assert fault.endswith("must be up to 20 ids, sorted")
    assert contest(cohort, "a00", contested_mentors="m00", competitors="1", places="1") == []
    assert contest(cohort, "a00", contested_mentors="m00", competitors="22", places="21") == [
        "line 2, competitors: '22' must be '1'",
        "line 2, places: '21' must be '1'",
    ]


def test_who_has_a_mentor_outside_of_the_group_is_not_kept_out_by_places():
    cohort = company("a x", "b x", ("n", 1, "x"), ("n", 2, "y"))
    assert contest(cohort, "a", contested_mentors="x", competitors="1", places="1") == []
    assert contest(cohort, "n", group="") == []
    for column in ("group", "contested_mentors", "competitors", "places"):
        assert contest(cohort, "n", **{"group": "", column: "1"}) == [
            f"line 2, {column}: '1', but places alone do not keep him out"
        ]


def test_more_locks_than_places_leave_no_place():
    cohort = company("a x", "b x", "n x", "n y", pairs=(("a", "x", "locked"), ("b", "x", "locked")))
    held = certificates.hold(cohort, {})
    demand = Demand(held.outcomes.roster, held.case.candidates, ())
    x, y = map(cohort.employees.ids.index, "xy")
    assert demand.places == {x: 0, y: 2}
    assert demand.wanted == {x: 3, y: 1}
    assert demand.suitors == {x: [2], y: [2]}


def test_groups_that_lack_as_many_places_go_by_their_first_mentors():
    people = (*(f"{who} F 1" for who in "abcde"), "x F 3 1", "y F 3 1", "z F 3 1")
    cohort = company("a x", "b x", "b z", "c z", "d y", "e y", people=people)
    held = certificates.hold(cohort, {})
    demand = Demand(held.outcomes.roster, held.case.candidates, ())
    assert {cohort.employees.ids[mentor]: group.number for mentor, group in demand.group_of.items()} == {
        "x": 1,
        "y": 2,
        "z": 1,
    }


def test_a_stranger_is_no_contested_mentor():
    people = ("A F 3 1", "a F 1", "b F 1", "c F 1", "x F 3 1")
    choices = (("a", 1, "A"), ("a", 1, "x"), ("b", 1, "A"), ("b", 1, "x"), ("c", 1, "A"), ("c", 1, "x"))
    cohort = company(*choices, people=people)
    assert contest(cohort, "a", contested_mentors="A; x", competitors="2", places="2") == []
    (fault,) = contest(cohort, "a", contested_mentors="?; x", competitors="2", places="2")
    assert fault == "line 2, contested_mentors: '?; x': only mentors of his group can be among these"


NIGHT = (FIRST, "23:30", "24:00"), (SECOND, "00:00", "00:45")


def nights(*choices, free=None, places=2, minimum=2):
    """n, w and y share 23:30 and the midnight after it, on two dates: one session runs into the other."""
    windows = {**dict.fromkeys("anwxyz", ()), "n": NIGHT, "w": NIGHT, "y": NIGHT} | (free or {})
    return build(
        Spec(
            employees=("a F 1", "n F 1", *(f"{who} F 3 {places}" for who in "wxyz"), "v F 3 0"),
            choices=choices,
            availability=tuple(row for who, own in windows.items() for row in only(who, *own)),
            programme={
                "programme": WEEK,
                "sessions": {"month_rule": "none", "min_days_between": 1, "minimum": minimum},
            },
        )
    )


def test_a_further_place_that_may_bring_nothing_does_not_end_the_search():
    cohort = nights("n y", "a y", free={"y": (*NIGHT, (THIRD, "09:00", "09:45"))}, places=1)
    plan = {"a y": [THIRD]}
    for text in ("one more place: y", ""):
        assert check(cohort, plan, smallest_change=text) == []
    assert len(check(cohort, plan, smallest_change="one more place: x")) == 1
    text = "one more choice: w"
    assert check(cohort, plan, smallest_change=text, suggestions="w") == []


def test_suggestions_that_cannot_be_read_are_told_as_they_stand():
    text = "exception to a rule: s, same_function_gap"
    (fault,) = check(company("n s"), {}, smallest_change=text, suggestions="x;y")
    assert fault == "unmatched.csv, line 2, suggestions: 'x;y' is no list of up to three mentors"


def test_who_may_have_time_or_not_may_be_suggested_or_not():
    cohort = nights("n v")
    for suggested, text in (("", ""), *((who, f"one more choice: {who[0]}") for who in ("w", "y", "w; y"))):
        assert check(cohort, {}, smallest_change=text, suggestions=suggested) == []


def test_time_that_may_be_missing_may_be_told_of_each_mentor():
    cohort = nights(("n", 1, "y"), ("n", 2, "w"))
    for mentor in "wy":
        for number in range(7):
            text = f"more common time: {mentor}, {number} more session{'s' * (number != 1)} of 45 minutes"
            assert (check(cohort, {}, smallest_change=text) == []) == (1 <= number <= 5), text  # of five dates


def test_time_that_is_missing_and_time_that_may_be():
    """z is never there: two sessions are missing, unless y has no time either, or none is missing for y."""
    cohort = nights(("n", 1, "z"), ("n", 2, "y"))
    for text in ("z, 2 more sessions", "y, 1 more session", "y, 2 more sessions"):
        assert check(cohort, {}, smallest_change=f"more common time: {text} of 45 minutes") == []
    assert check(cohort, {}) == []
    assert len(check(cohort, {}, smallest_change="more common time: z, 1 more session of 45 minutes")) == 1


def test_of_two_with_as_little_time_the_better_ranked_comes_first():
    cohort = company(("n", 1, "z"), ("n", 2, "y"), free={"y": (THIRD,), "z": (THIRD,)})
    true = {"smallest_change": "more common time: z, 1 more session of 45 minutes", "suggestions": "x"}
    assert check(cohort, {}, **true) == []
    true["smallest_change"] = "more common time: y, 1 more session of 45 minutes"
    assert len(check(cohort, {}, **true)) == 1


def test_who_is_full_and_has_no_time_does_not_end_the_search():
    cohort = company("a x", ("n", 1, "x"), ("n", 2, "y"), free={"x": (FIRST,), "y": (THIRD,)})
    true = {"smallest_change": "more common time: y, 1 more session of 45 minutes", "suggestions": "z"}
    assert check(cohort, {"a x": [FIRST]}, **true) == []


def test_time_is_missing_for_the_shortest_sessions_and_not_where_there_is_enough():
    rules = {"month_rule": "none", "min_days_between": 2}
    cohort = company("n y", free={"y": (THIRD,)}, sessions=rules | {"minutes": [45, 30]})
    text = "more common time: y, 1 more session of {} minutes"
    assert check(cohort, {}, smallest_change=text.format(30), suggestions="x; z") == []
    assert len(check(cohort, {}, smallest_change=text.format(45), suggestions="x; z")) == 1
    cohort = company("n y", sessions=rules | {"max_per_week": 1})
    assert check(cohort, {}, smallest_change="one more choice: x", suggestions="x; z") == []
    assert len(check(cohort, {}, smallest_change=text.format(45), suggestions="x; z")) == 1


def test_no_time_helps_where_the_rules_leave_no_dates():
    """Four sessions two days apart do not go into five days."""
    rules = {"minimum": 4, "month_rule": "none", "min_days_between": 2}
    cohort = company("n y", sessions=rules)
    assert check(cohort, {}) == []
    assert len(check(cohort, {}, smallest_change="more common time: y, 2 more sessions of 45 minutes")) == 1


@pytest.mark.parametrize(
    ("mentor", "code"),
    [("q G 1", "cross_function_gap"), ("q F 2", "same_function_gap"), ("q F 3", "line_manager")],
)
def test_rules_that_may_be_waived(mentor, code):
    people = (*PEOPLE[:2], {"employee_id": "n", "function": "F", "level": "1", "manager_id": "q"}, mentor)
    if code != "line_manager":
        people = (*PEOPLE[:3], mentor)
    windows = tuple(row for who in "nq" for row in only(who, (FIRST, "09:00", "09:45")))
    rules = {
        "programme": WEEK,
        "sessions": {"month_rule": "none"},
        "eligibility": {"line_manager_may_mentor": False},
    }
    cohort = build(Spec(employees=people, choices=("n q",), availability=windows, programme=rules))
    assert check(cohort, {}, smallest_change=f"exception to a rule: q, {code}") == []
    assert len(check(cohort, {})) == 1


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


# --- the pairing by places ------------------------------------------------------------------------------------


def standing(choices, pairs, *, mentors=("x F 3 1", "y F 3 1", "z F 3 2"), most=1, locks=(), prices=None):
    """The standing of every candidate at prices {mentor: price}; None if the pairs are no pairing."""
    cohort = build(
        Spec(
            employees=("a F 1", "b F 1", "c F 1", *mentors),
            choices=choices,
            pairs=tuple((*lock.split(), "locked") for lock in locks),
            programme={
                "programme": WEEK,
                "capacity": {"mentors_per_mentee": most},
                "sessions": {"month_rule": "none"},
            },
        )
    )
    ids = cohort.employees.ids
    case = certificates.hold(cohort, {}).case
    case.relaxation.set_prices({ids.index(mentor): price for mentor, price in (prices or {}).items()})
    pairs = {tuple(map(ids.index, pair.split())) for pair in pairs}
    found = standing_by_places(case.candidates, case.relaxation, pairs, most)
    if found is None:
        return None
    names = (" ".join(ids[person] for person in pair) for pair in case.candidates.place)
    return dict(zip(names, found, strict=True))


EQUAL = (("a", 1, "x"), ("a", 1, "y"), ("b", 1, "x"), ("b", 1, "z"), ("c", 1, "z"))


def test_pairs_beyond_places_are_no_pairing():
    assert standing(EQUAL, ["a x", "b z", "c z"]) is not None
    assert standing(EQUAL, ["a x", "b x"]) is None  # one place
    assert standing(EQUAL, ["a x", "a y"]) is None  # one mentor
    assert standing(EQUAL, ["a x", "a y"], most=2) is not None
    assert standing(EQUAL, ["a x", "b z"], locks=["a y"]) is None  # the lock is missing
    assert standing(EQUAL, ["a y", "b z"], locks=["a y"]) is not None


def test_who_could_as_well_be_left_out_takes_no_second_mentor():
    """At these prices nobody gains anything, but nobody is there to take a place that is left."""
    choices = (("a", 1, "x"), ("a", 1, "y"), ("b", 1, "y"))
    found = standing(choices, ["a x", "b y"], prices={"x": (1, 1), "y": (1, 1)})
    assert found == {"a x": "every", "a y": "none", "b y": "every"}
    rival = (*choices, ("c", 1, "y"))
    found = standing(rival, ["a x", "b y"], prices={"x": (1, 1), "y": (1, 1)})
    assert found == {"a x": "every", "a y": "none", "b y": "some", "c y": "some"}


@pytest.mark.parametrize("locks", [(), ("a w",), ("b z",), ("a w", "b z")])
def test_who_has_as_many_mentors_as_he_may_takes_no_further_one(locks):
    """a and b have two each; a would also take y, whom b could as well do without."""
    choices = (("a", 1, "w"), ("a", 1, "x"), ("a", 1, "y"), ("b", 1, "y"), ("b", 1, "z"))
    pairs = ["a w", "a x", "b y", "b z"]
    mentors = tuple(f"{mentor} F 3 1" for mentor in "wxyz")
    found = standing(choices, pairs, most=2, mentors=mentors, locks=locks, prices=dict.fromkeys("wxyz", (0, 1)))
    assert found == dict.fromkeys(pairs, "every") | {"a y": "none"}


def test_who_has_a_lock_chooses_among_the_others():
    choices = (("a", 1, "x"), ("a", 1, "y"), ("a", 1, "z"))
    found = standing(choices, ["a x", "a y"], most=2, locks=["a x"])
    assert found == {"a x": "every", "a y": "some", "a z": "some"}
    found = standing(choices, ["a x", "a y", "a z"], most=3, locks=["a x"])
    assert found == {"a x": "every", "a y": "every", "a z": "every"}
    found = standing(choices, ["a x", "a y"], most=2, locks=["a x", "a y"])
    assert found == {"a x": "every", "a y": "every", "a z": "none"}


def test_the_last_mentor_of_several_is_the_one_that_may_change():
    choices = (("a", 1, "x"), ("a", 2, "y"), ("a", 2, "z"))
    found = standing(choices, ["a x", "a y"], most=2)
    assert found == {"a x": "every", "a y": "some", "a z": "some"}
    mentors = tuple(f"{mentor} F 3 1" for mentor in "vwxyz")
    choices = (("a", 1, "v"), ("a", 2, "w"), ("a", 3, "x"), ("a", 3, "y"), ("a", 4, "z"))
    found = standing(choices, ["a v", "a w", "a x"], most=3, mentors=mentors)
    assert found == {"a v": "every", "a w": "every", "a x": "some", "a y": "some", "a z": "none"}
    found = standing(choices, ["a v", "a w", "a x"], most=3, mentors=mentors, locks=["a v"])
    assert found == {"a v": "every", "a w": "every", "a x": "some", "a y": "some", "a z": "none"}


def test_a_mentor_who_costs_all_that_he_brings_does_not_change_the_choice_among_others():
    choices = (("a", 1, "x"), ("a", 1, "y"), ("a", 1, "z"), ("b", 1, "x"))
    found = standing(choices, ["a y", "b x"], prices={"x": (1, 1)})
    assert found == {"a x": "none", "a y": "some", "a z": "some", "b x": "every"}


def test_pairs_of_a_cohort_in_which_nobody_can_be_paired_are_no_pairing():
    assert standing((), ["a x"]) is None
    assert standing((), []) == {}


# --- certificates ---------------------------------------------------------------------------------------------


def reader():
    cohort = build(
        Spec(
            employees=("a F 1", "b F 1", "x F 3 2"),
            choices=("a x", "b x"),
            programme={"programme": WEEK, "sessions": {"month_rule": "none"}},
        )
    )
    case, violations = certificates.hold(cohort, {}).case, []
    return Reader(Table("certificate.json", violations), case.roster, case.candidates, case.scale), violations


def faults(**changes):
    """What is wrong with a certificate that is right but for these changes."""
    read, violations = reader()
    right = {"kind": "generous", "goals": ["mentees", "pairs"], "value": [2, 2], "bound": [2, 2]}
    right |= {"conflicts": [{"pairs": [["a", "x"]], "reason": "no_schedule"}], "places": {}, "proof": {}}
    assert (read.read(right | changes) is None) == bool(violations)
    return [str(violation) for violation in violations]


def test_a_certificate_may_be_right():
    assert faults() == []


@pytest.mark.parametrize("depth", range(9))
def test_five_cases_within_each_other_are_told_apart(depth):
    (fault,) = faults(proof=certificates.nested(7, depth))
    where = ", ".join(["proof", *["0"] * min(depth, 5)])
    assert fault == f"certificate.json, {where}: 7 must be an object"


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ([1] * 20, str([1] * 20)),
        ([1] * 21, "a list"),
        (["mentees", 3], "['mentees', 3]"),
        ([[]], "a list"),
        ([None], "a list"),
        ([True], "a list"),
        ({}, "an object"),
        (["x" * 76], str(["x" * 76])),
        (["x" * 77], "['" + "x" * 77 + "'..."),
        (1 << 40, str(1 << 40)),
        (-(1 << 40), str(-(1 << 40))),
        ((1 << 40) + 1, "a very large number"),
        (-(1 << 40) - 1, "a very large number"),
    ],
)
def test_values_are_told_in_a_few_letters(found, told):
    (fault,) = faults(goals=found)
    assert fault == f"certificate.json, goals: {told} must be ['mentees', 'pairs']"


LESS = "a place may not be worth less than nothing"


def binary(leaves):
    """A proof with so many ends, by halves."""
    if leaves == 1:
        return {}
    return {"conflict": 0, "cases": [binary(leaves // 2), binary(leaves - leaves // 2)]}


BOTH = [{"pairs": [["a", "x"], ["b", "x"]], "reason": "no_schedule"}]
TOO_MANY = "certificate.json, proof: has more than {} cases, or more than 200 within each other"


def test_cases_are_followed_to_a_depth_of_two_hundred():
    assert faults(proof=certificates.nested({}, 200)) == []
    assert faults(proof=certificates.nested({}, 201)) == [TOO_MANY.format(10_000)]


def test_ten_thousand_ends_are_followed(monkeypatch):
    assert faults(conflicts=BOTH, proof=binary(10_000)) == []
    assert faults(conflicts=BOTH, proof=binary(10_001)) == [TOO_MANY.format(10_000)]
    monkeypatch.setattr(check_proof, "LEAVES", 3)
    for first in (0, 1):
        cases = [{}, binary(2)] if first else [binary(2), {}]
        assert faults(conflicts=BOTH, proof={"conflict": 0, "cases": cases}) == []
        cases[first] = binary(3)
        assert faults(conflicts=BOTH, proof={"conflict": 0, "cases": cases}) == [TOO_MANY.format(3)]


def test_the_largest_numbers_of_a_certificate():
    most, words = 1 << 40, "whole numbers up to 1099511627776, one for each goal"
    assert faults(value=[most, -most], bound=[0, 0]) == []
    for vector in ([0, most + 1], [-most - 1, 0]):
        assert faults(value=vector) == [f"certificate.json, value: {vector} must be 2 {words}"]
    assert faults(bound=[0, 0, 0]) == [f"certificate.json, bound: [0, 0, 0] must be 2 {words}"]
    assert faults(bound=[0]) == [f"certificate.json, bound: [0] must be 2 {words}"]
    assert faults(bound=(0, 0)) == [f"certificate.json, bound: (0, 0) must be 2 {words}"]


def test_what_a_certificate_is_read_as():
    read, violations = reader()
    found = read.read(
        {
            "kind": "generous",
            "goals": ["mentees", "pairs"],
            "value": [2, 2],
            "bound": [3, 2],
            "conflicts": BOTH,
            "places": {"x": [0, 1]},
            "proof": {"conflict": 0, "cases": [{"places": {"x": [1, 0]}}, {"conflict": 0, "cases": [{}, {}]}]},
        }
    )
    assert violations == []
    assert (found.value, found.bound, found.prices) == ((2, 2), (3, 2), {2: (0, 1)})
    assert [(one.pairs, one.places, one.reason) for one in found.conflicts] == [
        (((0, 2), (1, 2)), (0, 1), "no_schedule")
    ]
    top = (0, frozenset())
    below = (top, (0, frozenset({1})))
    ends = {(leaf.without, tuple(leaf.prices.items()), leaf.rests_on) for leaf in found.leaves}
    assert ends == {
        (frozenset({0}), ((2, (1, 0)),), (top,)),
        (frozenset({0, 1}), (), below),
        (frozenset({1}), (), below),
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"more": 1, "also": 2}, ["'also' is no key of this file", "'more' is no key of this file"]),
        ({"more": 1, "kind": "greedy"}, ["'more' is no key of this file"]),
        ({"kind": "greedy"}, ["kind: 'greedy' must be 'generous'"]),
        ({"places": None}, ["places: None must be an object: mentors and what a place is worth"]),
        (
            {"places": {"q": [0], "a": [0, 0], "x": [0, -1]}},
            [
                "places, 'q': [0] must be 2 whole numbers up to 1099511627776, one for each goal",
                "places, 'q': is no mentor of a possible pair",
                "places, 'a': is no mentor of a possible pair",
                "places, 'x': a place may not be worth less than nothing: [0, -1]",
            ],
        ),
        ({"places": {"x": [0, 0]}}, []),
        ({"places": {"x": [1, -1]}}, []),
        ({"conflicts": {}}, ["conflicts: an object must be a list"]),
        ({"conflicts": ["a x", BOTH[0]]}, ["conflicts, 0: 'a x' must be an object"]),
        (
            {"conflicts": [BOTH[0], {"pairs": [["a", "x"]], "why": 1}]},
            ["conflicts, 1: 'why' is no key of this file", "conflicts, 1: 'reason' is missing"],
        ),
        (
            {"conflicts": [{"pairs": [], "reason": ["no_schedule"]}]},
            ["conflicts, 0: reason ['no_schedule'] must be two_directions or no_schedule"],
        ),
        (
            {"conflicts": [{"pairs": {"a": "x"}, "reason": "no_schedule"}]},
            ["conflicts, 0: must name possible pairs, each as [mentee_id, mentor_id]"],
        ),
        (
            {"conflicts": [{"pairs": [["a", "x"], ["a", "x", "x"]], "reason": "no_schedule"}]},
            ["conflicts, 0: must name possible pairs, each as [mentee_id, mentor_id]"],
        ),
        (
            {"conflicts": [{"pairs": [["a", "x"], "ax"], "reason": "no_schedule"}]},
            ["conflicts, 0: must name possible pairs, each as [mentee_id, mentor_id]"],
        ),
        *(
            (
                {"conflicts": [{"pairs": [pair], "reason": "no_schedule"}]},
                ["conflicts, 0: must name possible pairs, each as [mentee_id, mentor_id]"],
            )
            for pair in (["a", 2], ["a", ["x"]], [["a"], "x"], [{}, []], {"a": 1, "x": 2}, None)
        ),
        (
            {"conflicts": [{"pairs": [["?", "x"]], "reason": "no_schedule"}]},
            ["conflicts, 0: must name possible pairs, each as [mentee_id, mentor_id]"],
        ),
        (
            {"conflicts": [{"pairs": [["a", "x"], ["b", "x"], ["a", "x"]], "reason": "no_schedule"}]},
            ["conflicts, 0: names a pair twice"],
        ),
        ({"proof": {"places": {}, "page": 1, "all": 2}}, ["proof: has unknown keys: 'all', 'page', 'places'"]),
        ({"proof": {"places": {"x": [0, -1]}}}, [f"proof, places, 'x': {LESS}: [0, -1]"]),
        ({"proof": {"conflict": 0}}, ["proof: 'cases' is missing"]),
        ({"proof": {"conflict": "0", "cases": []}}, ["proof: there is no conflict '0'"]),
        ({"proof": {"conflict": 1, "cases": [{}]}}, ["proof: there is no conflict 1"]),
        ({"proof": {"conflict": 0, "cases": {}}}, ["proof: conflict 0 has 1 pairs and needs a case for each"]),
        (
            {"proof": {"conflict": 0, "cases": [{}, {}]}},
            ["proof: conflict 0 has 1 pairs and needs a case for each"],
        ),
        (
            {"proof": {"conflict": 0, "cases": [None]}},
            ["proof, 0: the case without a and x is missing, and they are not locked"],
        ),
    ],
)
def test_what_is_wrong_with_a_certificate_is_told_where_it_is(changes, message):
    said = [
        fault.removeprefix("certificate.json, ").removeprefix("certificate.json: ") for fault in faults(**changes)
    ]
    assert said == message


def test_a_stranger_is_in_no_conflict():
    """Nor does he stand for the first of all employees."""
    cohort = build(Spec(employees=("A F 3", "a F 1"), choices=("a A",), programme={"programme": WEEK}))
    case = certificates.hold(cohort, {}).case
    for pair, expected in ((["a", "A"], 0), (["a", "?"], 1), (["?", "A"], 1)):
        violations = []
        read = Reader(Table("certificate.json", violations), case.roster, case.candidates, case.scale)
        conflicts = [{"pairs": [pair], "reason": "no_schedule"}]
        right = {"kind": "generous", "goals": ["mentees", "pairs"], "value": [1, 1], "bound": [1, 1]}
        read.read({**right, "places": {}, "proof": {}, "conflicts": conflicts})
        assert len(violations) == expected


def test_what_is_missing_is_told_and_nothing_else_is_read():
    read, violations = reader()
    assert read.read({"kind": 7, "goals": None, "bound": [], "places": {}, "proof": {}}) is None
    assert [str(violation) for violation in violations] == [
        "certificate.json: 'value' is missing",
        "certificate.json: 'conflicts' is missing",
    ]
    assert [violation.column for violation in violations] == [None, None]


# --- publications ---------------------------------------------------------------------------------------------


RIGHT = {"number": 1, "on": "2027-01-11"}
SUM = hashlib.sha256(b"as it was").hexdigest()
ON = "published.json, on: {} must be a date like 2027-01-11"
NUMBER = "published.json, number: {} must be a whole number from 1"


def published(run, needed=(), **content):
    run.mkdir(parents=True, exist_ok=True)
    (run / "published.json").write_text(json.dumps({**RIGHT, "files": {}} | content))
    violations = []
    check_publication(run, needed, violations)
    return [str(violation) for violation in violations]


@pytest.mark.parametrize(
    "name", ["", "/etc/hostname", "../secret", "more/../../secret", "more\\pairs.csv", "..\\secret", "pairs\0.csv"]
)
def test_names_outside_the_run_are_not_looked_at(tmp_path, name):
    (tmp_path / "secret").write_text("no")
    (tmp_path / "run/more").mkdir(parents=True)
    (tmp_path / "run/more\\pairs.csv").write_text("no")
    for sum_of in ("0" * 64, "what"):
        (fault,) = published(tmp_path / "run", files={name: sum_of})
        assert fault == f"published.json, files: {name!r} is no file of the run"


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        ({}, []),
        ({"number": 2}, []),
        ({"number": 0}, [NUMBER.format("0")]),
        ({"number": -1}, [NUMBER.format("-1")]),
        ({"number": True}, [NUMBER.format("True")]),
        ({"number": 1.0}, [NUMBER.format("1.0")]),
        ({"number": None}, [NUMBER.format("None")]),
        ({"number": "1"}, [NUMBER.format("'1'")]),
        ({"on": "soon"}, [ON.format("'soon'")]),
        ({"on": 20270111}, [ON.format("20270111")]),
        ({"on": None, "number": []}, [ON.format("None"), NUMBER.format("[]")]),
        ({"files": []}, ["published.json, files: must be an object of SHA-256 by file"]),
    ],
)
def test_the_parts_of_a_publication(tmp_path, content, faults):
    assert published(tmp_path, **content) == faults


@pytest.mark.parametrize(
    "said", ["", "0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 64 + "\n", None, 7, ["0" * 64]]
)
def test_what_is_no_sum_of_a_published_file(tmp_path, said):
    (tmp_path / "pairs.csv").write_bytes(b"as it was")
    faults = published(tmp_path, files={"pairs.csv": said})
    assert faults == [f"published.json, files: {said!r} of pairs.csv must be a SHA-256"]


@pytest.mark.parametrize(("on", "when"), [("2027-01-11", " on 2027-01-11"), ("soon", "")])
def test_files_that_are_not_as_they_were_published(tmp_path, on, when):
    (tmp_path / "run/calendars").mkdir(parents=True)
    for name in ("pairs.csv", "calendars/a.ics", "choices.csv", "published.csv"):
        (tmp_path / "run" / name).write_bytes(b"as it was")
    os.mkfifo(tmp_path / "run/pipe.csv")
    files = dict.fromkeys(("pairs.csv", "calendars/a.ics", "sessions.csv", "calendars", "pipe.csv"), SUM)
    (tmp_path / "run/pairs.csv").write_bytes(b"as it is")
    needed = ("published.json", "pairs.csv", "choices.csv", "unmatched.csv", "calendars", "published.csv")
    faults = [fault for fault in published(tmp_path / "run", needed, files=files, on=on) if ", on: " not in fault]
    assert faults == [
        f"published.json, files: {said}{when}"
        for said in (
            "pairs.csv was changed since it was published",
            "sessions.csv is missing, which was published",
            "calendars is missing, which was published",
            "pipe.csv is missing, which was published",
            "choices.csv was not there when the run was published",
            "published.csv was not there when the run was published",
        )
    ]


def test_a_run_without_a_publication_is_not_asked_for_one(tmp_path):
    violations = []
    check_publication(tmp_path, ("pairs.csv",), violations)
    assert violations == []
    (tmp_path / "published.json").write_text("[]")
    check_publication(tmp_path, ("pairs.csv",), violations)
    assert [str(violation) for violation in violations] == ["published.json: must hold one JSON object"]


# --- sessions -------------------------------------------------------------------------------------------------


def test_sessions_held_by_pairs_that_are_over_stand_on_no_line():
    spec = Spec(employees=("a F 1", "x F 3"), choices=("a x",), programme={"programme": WEEK})
    cohort = build(spec)
    dates, roster = Dates(cohort.programme), Roster(cohort)
    past = Past(dates.first + 3, dates.midnights[3], {})
    start = dates.midnights[2] + 600
    past.pairs["a", "x"] = Planned(("a", "x"), "1", dates.first, past.midnight, [(start, start + 45)])
    timetable = SimpleNamespace(past=past, dates=dates, roster=roster)
    (held,) = check_sessions._over(timetable, {})
    assert (held.line, held.pair, held.number, held.start, held.end, held.day, held.held) == (
        *(0, (0, 1), None, start, start + 45, 2),
        True,
    )
    assert check_sessions._over(timetable, {(0, 1): None}) == []  # the pair goes on
    assert check_sessions._over(SimpleNamespace(past=None, dates=dates, roster=roster), {}) == []


MONTH = {
    "start": "2027-03-01",
    "end": "2027-03-31",
    "timezone": "Europe/Berlin",
}  # one hour ahead of UTC until the 28th
SIX_DAYS = {"working_hours": "00:00-24:00", "working_days": ["mon", "tue", "wed", "thu", "fri", "sun"]}
AT_NINE = ("09:00", "09:45")


BERLIN = ZoneInfo("Europe/Berlin")


def stamp(date, clock, offset=None):
    """A time on a date of March, or later where the date is above 31."""
    moment = dt.datetime.fromisoformat(f"2027-03-01T{clock}:00") + dt.timedelta(days=date - 1)
    return moment.replace(tzinfo=BERLIN).isoformat() if offset is None else moment.isoformat() + offset


def session(pair, number, date, clocks=AT_NINE, *, minutes=45):
    return (*pair.split(), str(number), *(stamp(date, clock) for clock in clocks), str(minutes))


def minute(date, clock="09:00"):
    return int(dt.datetime.fromisoformat(stamp(date, clock)).timestamp()) // 60


def before(roster, dates, among, *, as_of, held=None, begun=1):
    """What a rematch began with: `held` gives the days on which pairs have met, also such as are over."""
    past = Past(dates.first + as_of - 1, dates.midnights[as_of - 1], {})
    for names, days in (held or {}).items():
        ids = tuple(names.split())
        slots = [(minute(day), minute(day) + 45) for day in days]
        past.pairs[ids] = Planned(ids, "1", dates.first + begun - 1, past.midnight, slots)
        pair = tuple(roster.person[one] for one in ids)
        if pair in among:
            past.agreed[pair] = past.pairs[ids]
    return past


def sessions_of(rows, *, among=((0, 3), (1, 4)), rules=None, frame=None, calendar=None, rematch=None, **tables):
    """What is wrong with sessions of a and x, b and y, or others; `rematch` are options of `before`."""
    cohort = build(
        Spec(
            employees=tables.pop("employees", ("a F 1", "b F 1", "c F 1", "x F 3", "y F 3")),
            choices=("a x", "b y"),
            **tables,
            programme={
                "programme": MONTH | (frame or {}),
                "calendar": calendar or SIX_DAYS,
                "sessions": {"month_rule": "none", "min_days_between": 7, "number": "fewest", **(rules or {})},
            },
        )
    )
    roster, dates = Roster(cohort), Dates(cohort.programme)
    pairs = {pair: FoundPair(pair, Row(2, ("",), {}), 1, locked=False) for pair in among}
    past = before(roster, dates, among, **rematch) if rematch else None
    violations = []
    table = Table("sessions.csv", violations, {name: at for at, name in enumerate(check_sessions.COLUMNS)})
    table.records = [(*row, "") for row in rows]
    table.lines = list(range(2, 2 + len(rows)))
    check_sessions.check_sessions(table, Timetable(roster, pairs, past=past), pairs)
    return [
        str(violation).removeprefix("sessions.csv, ").removeprefix("sessions.csv: ") for violation in violations
    ]


def test_what_has_been_held_is_there_and_nothing_else_lies_before_the_date():
    held = {"a x": [1, 8], "b y": [2]}
    rows = [session("a x", 1, 1), session("b y", 1, 2), session("a x", 2, 8), session("a x", 3, 15)]
    assert sessions_of(rows, rematch={"as_of": 10, "held": held}) == []
    midnight = session("b y", 2, 10, ("00:00", "00:45"))
    assert sessions_of([*rows[:3], midnight, rows[3]], rematch={"as_of": 10, "held": held}) == []
    soon = session("b y", 2, 9)
    assert sessions_of([*rows[:3], soon, rows[3]], rematch={"as_of": 9, "held": held}) == []
    assert sessions_of([*rows[:3], soon, rows[3]], rematch={"as_of": 10, "held": held}) == [
        "line 5, start: lies before 2027-03-10, the date of the rematch, and was not held",
        "line 5, start: too soon after the pair's last session held: 2027-03-10 at the earliest",
    ]
    assert sessions_of([rows[0], rows[3]], rematch={"as_of": 10, "held": held}) == [
        "the session that a and x have held at 2027-03-08T09:00:00+01:00 is missing",
        "the session that b and y have held at 2027-03-02T09:00:00+01:00 is missing",
        "line 3, number: 3 must be 2: numbers run in order of time",
        "b and y hold 0 sessions, at least 1 required",
    ]


def test_faults_are_told_line_by_line_after_those_without_a_line():
    rows = [session("a x", 1, 13), session("b y", 1, 16, minutes=44)]
    assert sessions_of(rows, rematch={"as_of": 10, "held": {"b y": [2]}}) == [
        "the session that b and y have held at 2027-03-02T09:00:00+01:00 is missing",
        "line 2, start: a is not free from start to end (working hours, availability and busy time)",
        "line 2, start: x is not free from start to end (working hours, availability and busy time)",
        "line 3, minutes: '44' is not a length of sessions (sessions.minutes: 45)",
        "line 3, minutes: 45 minutes lie between start and end",
    ]


B = session("b y", 1, 1, ("00:00", "00:45"))  # from the first minute of the programme
NOT_FREE = "is not free from start to end (working hours, availability and busy time)"
ZONE = "must be written in the programme's time zone"
OUTSIDE = "is outside the programme (2027-03-01 to 2027-03-31)"


def of_a(*rows, **more):
    """What is wrong with sessions of a and x, beside one of b and y that is right."""
    return sessions_of([B, *rows], **more)


@pytest.mark.parametrize(
    ("start", "end", "faults"),
    [
        (stamp(31, "09:00", "+02:00"), stamp(31, "09:45", "+02:00"), []),
        (stamp(31, "23:15", "+02:00"), "2027-04-01T00:00:00+02:00", []),
        (stamp(31, "23:20", "+02:00"), "2027-04-01T00:05:00+02:00", [f"end: 2027-04-01T00:05:00+02:00 {OUTSIDE}"]),
        (
            "2027-04-01T00:00:00+02:00",
            "2027-04-01T00:45:00+02:00",
            [
                f"{side}: 2027-04-01T00:{minute}:00+02:00 {OUTSIDE}"
                for side, minute in (("start", "00"), ("end", 45))
            ],
        ),
        ("2027-02-28T23:45:00+01:00", stamp(1, "00:30"), [f"start: 2027-02-28T23:45:00+01:00 {OUTSIDE}"]),
        ("2027-02-28T23:00:00+01:00", stamp(1, "00:00"), [f"start: 2027-02-28T23:00:00+01:00 {OUTSIDE}"]),
        ("soon", stamp(1, "09:45"), ["start: 'soon' is not a time with offset, like 2027-01-11T09:00:00+00:00"]),
        (
            stamp(1, "09:00", ""),
            stamp(1, "09:45", ""),
            [
                f"start: '{stamp(1, '09:00', '')}' is not a time with offset, like 2027-01-11T09:00:00+00:00",
                f"end: '{stamp(1, '09:45', '')}' is not a time with offset, like 2027-01-11T09:00:00+00:00",
            ],
        ),
        (
            "2027-03-01T09:00:01+01:00",
            stamp(1, "09:45"),
            ["start: 2027-03-01T09:00:01+01:00 is not a whole minute"],
        ),
        (
            stamp(1, "08:00", "+00:00"),
            stamp(1, "09:45"),
            [f"start: {stamp(1, '08:00', '+00:00')} {ZONE}: {stamp(1, '09:00')}"],
        ),
        (
            stamp(1, "09:00"),
            stamp(1, "10:45", "+02:00"),
            [f"end: {stamp(1, '10:45', '+02:00')} {ZONE}: {stamp(1, '09:45')}"],
        ),
        (stamp(1, "09:05"), stamp(1, "09:50"), []),
        (stamp(1, "09:06"), stamp(1, "09:51"), ["start: sessions start at midnight plus a multiple of 5 minutes"]),
        (stamp(1, "09:00"), stamp(1, "09:44"), ["minutes: 44 minutes lie between start and end"]),
        (
            stamp(1, "09:45"),
            stamp(1, "09:00"),
            ["minutes: -45 minutes lie between start and end", "end: the end must come after the start"],
        ),
        (
            stamp(1, "09:00"),
            stamp(1, "09:00"),
            ["minutes: 0 minutes lie between start and end", "end: the end must come after the start"],
        ),
        (stamp(6, "09:00"), stamp(6, "09:45"), [f"start: {who} {NOT_FREE}" for who in "ax"]),
    ],
)
def test_the_times_of_a_session(start, end, faults):
    found = of_a(("a", "x", "1", start, end, "45"), rules={"grid_minutes": 5})
    assert [fault for fault in found if "a and x hold 0" not in fault] == [f"line 3, {fault}" for fault in faults]


def test_a_session_that_cannot_be_read_is_none():
    for row in (
        ("a", "x", "1", "soon", stamp(1, "09:45"), "45"),
        ("a", "x", "1", stamp(1, "09:00"), "soon", "45"),
    ):
        assert "a and x hold 0 sessions, at least 1 required" in of_a(row)
    assert "a and x hold 0 sessions, at least 1 required" in of_a(session("a x", 1, 1, ("09:00", "09:00")))
    assert not any("hold 0" in fault for fault in of_a(session("a x", 1, 1, ("09:00", "09:01"))))


def test_rows_out_of_order_and_sessions_out_of_number():
    first, second, third = (session("a x", number, 7 * number) for number in (1, 2, 3))
    assert of_a(first, second, third) == []
    (fault,) = of_a(second, first, third)
    assert "must be sorted by start, mentee_id" in fault
    assert of_a(first, session("a x", 3, 14), session("a x", 3, 21)) == [
        "line 4, number: 3 must be 2: numbers run in order of time"
    ]
    assert of_a(session("a x", 0, 7)) == ["line 3, number: 0 must be 1: numbers run in order of time"]
    assert of_a(session("a x", "one", 7)) == ["line 3, number: 'one' is not a whole number"]
    long, short = session("a x", 2, 7), session("a x", 1, 7, ("09:00", "09:30"), minutes=30)
    assert not any("numbers run" in fault for fault in of_a(long, short, rules={"minutes": [45, 30]}))


def test_sessions_that_start_together_stand_by_mentee_and_mentor():
    both = [session("a x", 1, 1), session("a y", 1, 1), session("b y", 1, 1)]
    among = ((0, 3), (0, 4), (1, 4))
    assert not any("sorted" in fault for fault in sessions_of(both, among=among))
    for order in ((1, 0, 2), (0, 2, 1), (2, 0, 1)):
        found = sessions_of([both[place] for place in order], among=among)
        assert sum("must be sorted by start, mentee_id" in fault for fault in found) == 1


def test_whose_a_session_is():
    assert of_a(session("a x", 1, 7), session("a y", 1, 14)) == [
        "line 4, mentor_id: these two are no pair in pairs.csv"
    ]
    assert of_a(session("a x", 1, 7), session("? x", 1, 14)) == [
        "line 4, mentee_id: '?' is no employee_id of the cohort"
    ]
    crossed = of_a(session("a x", 1, 7), session("a ?", 1, 15, ("09:00", "09:44")))
    assert crossed == [
        "line 4, mentor_id: '?' is no employee_id of the cohort",
        "line 4, minutes: 44 minutes lie between start and end",
    ]


def test_lengths_and_starts_of_what_was_held_are_as_they_are():
    """They may have been agreed under other rules; what comes is under these."""
    held, coming = session("a x", 1, 1), session("a x", 2, 15)
    rules = {"minutes": [60], "grid_minutes": 7}
    known = {"a x": [1]}
    length = "minutes: '45' is not a length of sessions (sessions.minutes: 60)"
    grid = "start: sessions start at midnight plus a multiple of 7 minutes"
    found = sessions_of([held, coming], rematch={"as_of": 10, "held": known}, rules=rules, among=((0, 3),))
    assert found == [f"line 3, {length}", f"line 3, {grid}"]
    found = sessions_of([held, coming], rules=rules, among=((0, 3),))
    assert found == [f"line {line}, {fault}" for line in (2, 3) for fault in (length, grid)]


@pytest.mark.parametrize(
    ("busy", "pause", "told"),
    [
        (("09:45", "10:00"), 0, None),
        (("09:45", "10:00"), 10, "has no pause of 10 minutes beside busy time"),
        (("09:55", "10:00"), 10, None),
        (("09:44", "10:00"), 10, NOT_FREE),
    ],
)
def test_who_is_busy_beside_a_session(busy, pause, told):
    rules = {"pause_minutes": pause}
    for who in "ax":
        times = ((who, *(f"2027-03-08T{clock}" for clock in busy)),)
        found = of_a(session("a x", 1, 8), rules=rules, busy=times)
        assert found == ([f"line 3, start: {who} {told}"] if told else [])


def test_who_would_mentor_himself_is_told_once():
    found = sessions_of([session("c c", 1, 6)], among=((2, 2),))
    assert found == [f"line 2, start: c {NOT_FREE}"]


def test_sessions_need_their_distance():
    for days, faults in ((7, []), (6, ["only 6 days after the session on 2027-03-07, at least 7 required"])):
        found = of_a(session("a x", 1, 7), session("a x", 2, 7 + days, ("10:00", "10:45")))
        assert [fault for fault in found if "not free" not in fault] == [f"line 4, start: {one}" for one in faults]
    near = [session("a x", 1, 1), session("a x", 2, 5), session("a x", 3, 11)]
    assert sessions_of(near, rematch={"as_of": 6, "held": {"a x": [1, 5]}}, among=((0, 3),)) == [
        "line 4, start: too soon after the pair's last session held: 2027-03-12 at the earliest",
        "line 4, start: only 6 days after the session on 2027-03-05, at least 7 required",
    ]


EVERY_DAY = SIX_DAYS | {"working_days": list(WEEKDAYS)}
LACKING = "a and x hold no session for more than max_months_between (1):"
LONG = {"end": "2027-05-31"}  # a day of April is 31 above its number, one of May 61


def of_one(*days, **more):
    """What is wrong with sessions of a and x at nine on these days."""
    rows = [session("a x", number, day) for number, day in enumerate(days, start=1)]
    return sessions_of(rows, among=((0, 3),), **more)


def test_pairs_hold_as_many_sessions_as_they_must():
    assert of_one(2, 9, rules={"minimum": 2}) == []
    assert of_one(2, rules={"minimum": 2}) == ["a and x hold 1 sessions, at least 2 required"]
    assert of_one() == ["a and x hold 0 sessions, at least 1 required"]


@pytest.mark.parametrize(
    ("days", "faults"),
    [
        ((10, 41, 71), []),
        ((32, 62), []),  # the first of April is one month after the beginning
        ((33, 63), ["line 2, start: {} from 2027-03-01 to 2027-04-02"]),
        ((31, 61, 70), []),
        ((31, 62), ["line 3, start: {} from 2027-03-31 to 2027-05-01"]),
        ((29, 60), ["line 3, start: {} from 2027-04-29 to 2027-05-31"]),
        (
            (36, 78),
            [
                "line 2, start: {} from 2027-03-01 to 2027-04-05",
                "line 3, start: {} from 2027-04-05 to 2027-05-17",
            ],
        ),
    ],
)
def test_no_month_without_a_session_from_date_to_date(days, faults):
    found = of_one(*days, frame=LONG, rules={"month_rule": "rolling"}, calendar=EVERY_DAY)
    assert found == [fault.format(LACKING) for fault in faults]


@pytest.mark.parametrize(
    ("days", "most", "faults"),
    [
        ((10, 40, 70), 1, []),
        ((10, 70), 1, ["line 3, start: a and x hold no session in April 2027"]),
        ((40, 70), 1, ["line 2, start: a and x hold no session in March 2027"]),
        ((10, 40), 1, ["line 3, start: a and x hold no session in May 2027"]),
        ((10, 70), 2, []),
        ((70,), 2, ["line 2, start: a and x hold no session in March 2027 to April 2027"]),
        ((10,), 2, ["line 2, start: a and x hold no session in April 2027 to May 2027"]),
    ],
)
def test_no_calendar_month_without_a_session(days, most, faults):
    rules = {"month_rule": "calendar", "max_months_between": most}
    assert of_one(*days, frame=LONG, rules=rules, calendar=EVERY_DAY) == faults


def test_days_away_are_not_counted_and_that_is_told():
    rules = {"month_rule": "rolling", "absences": "pause"}
    more = {"frame": LONG, "rules": rules, "calendar": EVERY_DAY, "absences": (("x", "2027-04-05", "2027-04-06"),)}
    assert of_one(10, 43, 73, **more) == []
    assert of_one(10, 44, 74, **more) == [
        f"line 3, start: {LACKING} from 2027-03-10 to 2027-04-13, absences not counted"
    ]


def test_months_before_the_last_session_held_are_as_they_are():
    rules = {"month_rule": "both"}
    more = {"frame": LONG, "rules": rules, "rematch": {"as_of": 65, "held": {"a x": [2, 61]}}}
    assert of_one(2, 61, 89, **more) == []
    assert of_one(2, 61, **more) == [
        f"line 3, start: {LACKING} from 2027-04-30 to 2027-05-31",
        "line 3, start: a and x hold no session in May 2027",
    ]
    assert of_one(2, 61, 67, **more) == [
        "line 4, start: too soon after the pair's last session held: 2027-05-07 at the earliest",
        "line 4, start: only 6 days after the session on 2027-04-30, at least 7 required",
    ]


def test_sessions_lie_within_the_engagement():
    people = (
        {"employee_id": "a", "function": "F", "level": "1", "first_day": "2027-03-08", "last_day": "2027-03-26"},
        *("b F 1", "c F 1"),
        {"employee_id": "x", "function": "F", "level": "3", "last_day": "2027-03-19"},
        "y F 3",
    )
    outside = "start: outside the engagement of a and x (2027-03-08 to 2027-03-19)"
    assert of_one(8, 19, employees=people) == []
    assert of_one(7, 21, employees=people) == [f"line {line}, {outside}" for line in (2, 3)]
    held = {"as_of": 9, "held": {"a x": [7]}}
    assert of_one(7, 14, rematch=held, employees=people) == []
    assert of_one(7, 14, rematch=held | {"begun": 8}, employees=people) == []


def test_the_last_session_before_the_programme_counts():
    met = (("a", "x", "past", "2027-02-25"),)
    assert of_one(4, pairs=met) == []
    assert of_one(3, 10, pairs=met) == [
        "line 2, start: too soon after the pair's last session before the programme: 2027-03-04 at the earliest"
    ]


def test_engagements_as_long_as_needed():
    frame, rules = {"engagement": "as-needed", "latest_start": 14}, {"number": 2}
    more = {"frame": LONG | frame, "rules": rules | {"month_rule": "rolling"}}
    late = "begins after 2027-03-15 (programme.latest_start)"
    assert of_one(15, 45, **more) == []
    assert of_one(15, **more) == ["a and x hold 1 sessions, exactly 2 wanted"]
    assert of_one(15, 22, 29, **more) == ["a and x hold 3 sessions, exactly 2 wanted"]
    assert of_one(16, 45, **more) == [f"line 2, start: {late}"]
    assert of_one(15, 47, **more) == [f"line 3, start: {LACKING} from 2027-03-15 to 2027-04-16"]
    assert of_one(15, 47, **more, rematch={"as_of": 40, "held": {"a x": [15]}}) == [
        f"line 3, start: {LACKING} from 2027-03-15 to 2027-04-16"
    ]
    assert of_one(16, 45, **more, rematch={"as_of": 40, "held": {"a x": [16]}}) == []
    assert of_one(8, 10, 38, **more, rematch={"as_of": 35, "held": {"a x": [8, 10]}}) == [
        "a and x hold 3 sessions, exactly 2 wanted"
    ]


def test_an_engagement_as_long_as_needed_begins_when_it_likes():
    frame, rules = {"engagement": "as-needed"}, {"number": 2, "month_rule": "both"}
    assert of_one(71, 78, frame=LONG | frame, rules=rules) == []


def test_what_pairs_that_are_over_have_held_counts_for_limits():
    rules = {"max_per_week": 1}
    for date, faults in ((8, ["line 2, start: {}"]), (5, [])):
        found = of_one(10, rules=rules, rematch={"as_of": 9, "held": {"b x": [date]}})
        told = "x has 2 sessions from Monday 2027-03-08 to Sunday 2027-03-14 up to here, at most 1 allowed"
        assert found == [fault.format(f"{told} (max_per_week)") for fault in faults]


def test_places_are_free_again_once_an_engagement_ends():
    frame, rules = {"engagement": "as-needed"}, {"number": 2}
    people = ("a F 1", "b F 1", "c F 1", "x F 3 1", "y F 3")
    for days, faults in (
        ((2, 9, 15, 22), []),
        ((2, 15, 9, 22), ["line 3, start: x has 2 mentees at this moment"]),
    ):
        rows = [
            session(pair, number, day)
            for day, pair, number in sorted(zip(days, ("a x", "a x", "b x", "b x"), (1, 2, 1, 2), strict=True))
        ]
        found = sessions_of(rows, among=((0, 3), (1, 3)), frame=frame, rules=rules, employees=people)
        assert [
            fault.partition(",")[0] + "," + fault.partition(",")[2].partition(",")[0] for fault in found
        ] == faults


# --- hours ----------------------------------------------------------------------------------------------------


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
