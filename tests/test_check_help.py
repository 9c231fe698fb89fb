"""Classes, contests and what would help a mentee: the edges of what is said of those who wait."""

import certificates
import numpy as np
import pytest
from cohorts import Spec, build, only
from test_check_changes import FIRST, PEOPLE, SECOND, THIRD, check, company, day

from matcher.check_changes import COLUMNS, Changes, check_changes, check_contest, check_nothing_said
from matcher.check_classes import Classes
from matcher.check_demand import Demand
from matcher.check_files import Table
from matcher.check_outcomes import Outcomes
from matcher.check_suggestions import People
from matcher.check_timetable import Timetable
from matcher.model import Session

WEEK = {"start": "2027-03-01", "end": "2027-03-05"}


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
