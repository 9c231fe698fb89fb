"""Edges of the check on which no run of the engine stands: limits, places, conflicts, proofs, sessions, hours."""

import datetime as dt
import hashlib
import json
import os
from types import SimpleNamespace

import certificates
import numpy as np
import pytest
from cohorts import Spec, build, only
from test_check_changes import FIRST, PEOPLE, SECOND, THIRD, check, company, day

from matcher import check_conflicts
from matcher.check_changes import COLUMNS, Changes, check_changes, check_contest, check_nothing_said
from matcher.check_classes import Classes
from matcher.check_conflicts import Conflicts
from matcher.check_dates import Dates
from matcher.check_demand import Demand
from matcher.check_exchange import standing_by_places
from matcher.check_files import Table
from matcher.check_limits import Limits, Room
from matcher.check_outcomes import Outcomes
from matcher.check_past import Past, Planned
from matcher.check_proof import Reader
from matcher.check_publication import check_publication
from matcher.check_rules import Roster
from matcher.check_sessions import _over
from matcher.check_suggestions import People
from matcher.check_timetable import Timetable
from matcher.model import Session
from matcher.programme import Programme

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


def test_more_locks_than_places_leave_no_place():
    cohort = company("a x", "b x", "n x", "n y", pairs=(("a", "x", "locked"), ("b", "x", "locked")))
    held = certificates.hold(cohort, {})
    demand = Demand(held.outcomes.roster, held.case.candidates, ())
    x, y = map(cohort.employees.ids.index, "xy")
    assert demand.places == {x: 0, y: 2}
    assert demand.wanted == {x: 3, y: 1}
    assert demand.suitors == {x: [2], y: [2]}


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
    (held,) = _over(timetable, {})
    assert (held.line, held.pair, held.number, held.start, held.end, held.day, held.held) == (
        *(0, (0, 1), None, start, start + 45, 2),
        True,
    )
    assert _over(timetable, {(0, 1): None}) == []  # the pair goes on
    assert _over(SimpleNamespace(past=None, dates=dates, roster=roster), {}) == []
