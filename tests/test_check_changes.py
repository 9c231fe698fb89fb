"""What would help a mentee without a mentor: the smallest change and the suggestions, and forgeries of each."""

import datetime as dt
import itertools
import random

import certificates
import pytest
from cohorts import Spec, build, only

from matcher.check_changes import COLUMNS, Changes, check_changes
from matcher.check_dates import Dates
from matcher.check_demand import Demand
from matcher.check_diary import Diary
from matcher.check_files import Table
from matcher.check_outcomes import Outcomes
from matcher.check_rhythm import Engagement, Rhythm
from matcher.check_suggestions import Names, People
from matcher.check_timetable import Timetable
from matcher.model import Session
from matcher.programme import Programme

FIRST, SECOND, THIRD = "2027-03-01", "2027-03-02", "2027-03-03"
HOUR = ("09:00", "09:45")
PEOPLE = ("a F 1", "b F 1", "n F 1", "s F 2", "x F 3 1", "y F 3 2", "z F 4 2", "v G 3 0")


def day(text):
    return (dt.date.fromisoformat(text) - dt.date(1970, 1, 1)).days * 1440 + 9 * 60


def company(*choices, free=None, busy=(), pairs=(), people=PEOPLE, **sections):
    """Everybody is free from 9:00 to 9:45 on the first date and the second; `free` gives other dates to some."""
    ids = [person.split()[0] for person in people]
    dates = dict.fromkeys(ids, (FIRST, SECOND)) | (free or {})
    return build(
        Spec(
            employees=people,
            choices=choices,
            availability=tuple(row for who in ids for row in only(who, *((date, *HOUR) for date in dates[who]))),
            busy=busy,
            pairs=pairs,
            programme={
                "programme": {"start": FIRST, "end": "2027-03-05"},
                "sessions": {"month_rule": "none", "min_days_between": 2},
                **sections,
            },
        )
    )


def check(cohort, plan, **cells):
    """Check the row of one mentee, n; `plan` is {'mentee mentor': dates}."""
    ids = cohort.employees.ids
    sessions = {
        tuple(map(ids.index, pair.split())): [Session(day(date), 45) for date in dates]
        for pair, dates in plan.items()
    }
    held = certificates.hold(cohort, sessions)
    roster, pairs = held.outcomes.roster, held.pairs
    violations = []
    names = ("mentee_id", *COLUMNS)
    table = Table("unmatched.csv", violations, {name: place for place, name in enumerate(names)})
    demand = Demand(roster, held.case.candidates, pairs)
    table.records = [("n", *(cells.get(name, "") for name in COLUMNS), "")]
    table.lines = [2]
    people = People(roster, pairs, table)
    timetable = Timetable(roster, pairs, people.named)
    diary = Diary(pairs.values())
    outcomes = Outcomes(timetable, pairs, diary)
    check_changes(table, Changes(timetable, outcomes, pairs, diary, people), demand)
    return [str(violation) for violation in violations if violation.column in ("smallest_change", "suggestions")]


def test_one_more_place():
    """Xenia is taken on the first date and has the second left."""
    cohort = company("a x", "n x")
    plan = {"a x": [FIRST]}
    true = {"smallest_change": "one more place: x", "suggestions": "y; z"}
    assert check(cohort, plan, **true) == []
    for text in ("", "one more place: y", "one more choice: y", "one more place: x "):
        (violation,) = check(cohort, plan, **(true | {"smallest_change": text}))
        assert f"smallest_change: '{text}' must be 'one more place: x'" in violation


def test_one_more_place_needs_time_beside_the_sessions():
    cohort = company("a x", "n x", free={"x": (FIRST,)})
    assert check(cohort, {"a x": [FIRST]}, smallest_change="one more choice: y", suggestions="y; z") == []
    (violation,) = check(cohort, {"a x": [FIRST]}, smallest_change="one more place: x", suggestions="y; z")
    assert "must be 'one more choice: y'" in violation


def test_of_two_more_places_the_better_ranked_comes_first():
    people = (*PEOPLE, "w F 3 1")
    cohort = company("a x", "b w", ("n", 1, "w"), ("n", 2, "x"), people=people)
    plan = {"a x": [FIRST], "b w": [FIRST]}
    true = {"smallest_change": "one more place: w", "suggestions": "y; z"}
    assert check(cohort, plan, **true) == []
    assert len(check(cohort, plan, **(true | {"smallest_change": "one more place: x"}))) == 1


def test_more_common_time():
    """Yves has a place and no time in common: one session has to lie elsewhere; two where two are the minimum."""
    cohort = company("n y", free={"y": (THIRD,)})
    true = {"smallest_change": "more common time: y, 1 more session of 45 minutes", "suggestions": "x; z"}
    assert check(cohort, {}, **true) == []
    for text in ("2 more sessions of 45 minutes", "1 more sessions of 45 minutes", "1 more session of 30 minutes"):
        assert len(check(cohort, {}, **(true | {"smallest_change": f"more common time: y, {text}"}))) == 1
    two = company(
        "n y", free={"y": (THIRD,)}, sessions={"minimum": 2, "month_rule": "none", "min_days_between": 2}
    )
    text = "more common time: y, 2 more sessions of 45 minutes"
    assert check(two, {}, smallest_change=text) == []


def test_fewest_sessions_come_before_the_rank():
    rules = {"minimum": 2, "month_rule": "none", "min_days_between": 2}
    cohort = company(("n", 1, "y"), ("n", 2, "z"), free={"y": (THIRD,), "z": (FIRST,)}, sessions=rules)
    assert check(cohort, {}, smallest_change="more common time: z, 1 more session of 45 minutes") == []
    assert len(check(cohort, {}, smallest_change="more common time: y, 2 more sessions of 45 minutes")) == 1


def test_one_more_place_comes_before_more_time():
    cohort = company("a x", ("n", 1, "y"), ("n", 2, "x"), free={"y": (THIRD,)})
    true = {"smallest_change": "one more place: x", "suggestions": "z"}
    assert check(cohort, {"a x": [FIRST]}, **true) == []
    true["smallest_change"] = "more common time: y, 1 more session of 45 minutes"
    assert len(check(cohort, {"a x": [FIRST]}, **true)) == 1


def test_nobody_is_left_out_of_a_full_list():
    cohort = company("n s", people=(*PEOPLE, "w F 5"))
    true = {"smallest_change": "exception to a rule: s, same_function_gap", "suggestions": "x; y; z"}
    assert check(cohort, {}, **true) == []
    for told, missing in (("x; y; w", "z"), ("x; z; w", "y"), ("y; z; w", "x")):
        (violation,) = check(cohort, {}, **(true | {"suggestions": told}))
        assert f"leaves out {missing}, who has a free place and time" in violation


def test_an_exception_to_a_rule():
    cohort = company("n s")
    true = {"smallest_change": "exception to a rule: s, same_function_gap", "suggestions": "x; y; z"}
    assert check(cohort, {}, **true) == []
    for text in ("exception to a rule: s, line_manager", "exception to a rule: s", "one more choice: x"):
        assert len(check(cohort, {}, **(true | {"smallest_change": text}))) == 1


@pytest.mark.parametrize("status", ["forbidden", "refused"])
def test_what_nobody_may_waive(status):
    cohort = company("n y", pairs=(("n", "y", status),))
    assert check(cohort, {}, smallest_change="one more choice: x", suggestions="x; z") == []
    assert len(check(cohort, {}, smallest_change=f"exception to a rule: y, {status}", suggestions="x; z")) == 1


def test_past_pairs():
    cohort = company("n y", pairs=(("n", "y", "past"),), eligibility={"past_pairs_may_repeat": False})
    assert check(cohort, {}, smallest_change="exception to a rule: y, past", suggestions="x; z") == []


def test_an_exception_needs_a_place():
    cohort = company("a x", "n x", pairs=(("n", "x", "past"),), eligibility={"past_pairs_may_repeat": False})
    assert check(cohort, {"a x": [FIRST]}, smallest_change="one more choice: y", suggestions="y; z") == []


def test_a_mentor_with_place_and_time_needs_no_further_place():
    """Such a run is not the best; what it says must be true all the same."""
    assert check(company("n y"), {}, smallest_change="one more choice: x", suggestions="x; z") == []


def test_whoever_is_listed_is_no_suggestion():
    (violation,) = check(company("n y"), {}, smallest_change="one more choice: x", suggestions="x; y; z")
    assert "may not hold y: listed" in violation


def test_two_people_never_mentor_each_other():
    """Quentin is mentored by n: he is neither suggested to n nor an exception."""
    rules = {"same_function_gap": 0, "past_pairs_may_repeat": False}
    people, plan = ("n F 1", "q F 1", "x F 3"), {"q n": [FIRST]}
    cohort = company("q n", ("n", 1, "n"), people=people, eligibility=rules)
    assert check(cohort, plan, smallest_change="one more choice: x", suggestions="x") == []
    assert "may not hold q" in check(cohort, plan, smallest_change="one more choice: q", suggestions="q; x")[0]
    cohort = company("q n", "n q", people=people, pairs=(("n", "q", "past"),), eligibility=rules)
    assert check(cohort, plan, smallest_change="one more choice: x", suggestions="x") == []
    assert len(check(cohort, plan, smallest_change="exception to a rule: q, past", suggestions="x")) == 1


def test_where_dates_alone_do_not_tell_both_are_allowed():
    """Sessions at 23:30 and at midnight: on two dates, but one runs into the other."""
    night = (FIRST, "23:30", "24:00"), (SECOND, "00:00", "00:45")
    cohort = build(
        Spec(
            employees=("n F 1", "y F 3"),
            choices=("n y",),
            availability=(*only("n", *night), *only("y", *night)),
            programme={
                "programme": {"start": FIRST, "end": "2027-03-05"},
                "sessions": {"month_rule": "none", "min_days_between": 1, "minimum": 2},
            },
        )
    )
    for text in ("", "more common time: y, 1 more session of 45 minutes"):
        assert check(cohort, {}, smallest_change=text) == []
    assert len(check(cohort, {}, smallest_change="one more place: y")) == 1


def test_nothing_helps():
    cohort = company("n v", people=("n F 1", "v F 3 0"))
    assert check(cohort, {}) == []
    assert len(check(cohort, {}, smallest_change="one more place: v")) == 1


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ("x; y", "leaves out z, who has a free place and time"),
        ("", "leaves out x, who has a free place and time"),
        ("z; x; y", "must go by level gap, then number of mentees, then mentor_id"),
        ("y; x; z", "must go by level gap"),
        ("x; x; y", "must go by level gap"),
        ("x; y; q", "is no list of up to three mentors"),
        ("x;y;z", "is no list of up to three mentors"),
        ("x; y; z; ", "is no list of up to three mentors"),
        ("s; x; y", "may not hold s: listed, without a free place, or kept apart by a rule"),
        ("v; x; y", "may not hold v: listed"),
        ("n; x; y", "may not hold n: listed"),
    ],
)
def test_false_suggestions(stated, message):
    cohort = company("n s")
    violations = check(cohort, {}, smallest_change="exception to a rule: s, same_function_gap", suggestions=stated)
    assert any(message in violation for violation in violations), violations


@pytest.mark.parametrize(
    ("changes", "plan", "stated", "message"),
    [
        ({"free": {"x": (THIRD,)}}, {}, "x; y; z", "may not hold x: no schedule exists"),
        ({}, {"a x": [FIRST]}, "y; x; z", "may not hold x: listed, without a free place"),
        ({"pairs": (("n", "y", "forbidden"),)}, {}, "x; y; z", "may not hold y: listed"),
        ({}, {"a y": [FIRST], "b y": [SECOND]}, "x; y; z", "may not hold y: listed"),
        ({}, {"a z": [FIRST], "b z": [SECOND]}, "x; y; z", "may not hold z: listed"),
        ({}, {"a y": [FIRST]}, "y; x; z", "must go by level gap, then number of mentees"),
    ],
)
def test_suggestions_beside_what_stands(changes, plan, stated, message):
    choices = ("n s", *(pair for pair in plan))
    cohort = company(*choices, **changes)
    true = "exception to a rule: s, same_function_gap"
    violations = check(cohort, plan, smallest_change=true, suggestions=stated)
    assert any(message in violation for violation in violations), violations


def test_who_has_mentees_comes_later():
    cohort = company("a y", "n s")
    true = {"smallest_change": "exception to a rule: s, same_function_gap", "suggestions": "x; y; z"}
    assert check(cohort, {"a y": [FIRST]}, **true) == []
    people = tuple(person.replace("x F 3 1", "x F 3 2") for person in PEOPLE)
    loaded = company("a x", "n s", people=people)
    assert check(loaded, {"a x": [FIRST]}, **(true | {"suggestions": "y; x; z"})) == []
    assert len(check(loaded, {"a x": [FIRST]}, **true)) == 1


def test_names_may_hold_anything():
    people = (
        {"employee_id": "n", "function": "F", "level": "1"},
        {"employee_id": "x", "function": "F", "level": "3"},
        {"employee_id": "y", "function": "F", "level": "4"},
    )
    cohort = build(Spec(employees=people, choices=(), programme={"programme": {"start": FIRST, "end": FIRST}}))
    object.__setattr__(cohort.employees, "names", ("", "=Max; Moritz", "Otto"))
    names = Names(certificates.Roster(cohort))
    assert names.read("'=Max; Moritz (x); Otto (y)") == [1, 2]
    assert names.read("Otto (y)") == [2]
    assert names.read("") == []
    assert names.read("'Otto (y)") is None
    assert names.read("Otto (y); Otto (y); Otto (y); Otto (y)") is None
    assert names.read("; " * 5000) is None


# --- the least number of sessions that are missing ------------------------------------------------------------


@pytest.mark.parametrize("seed", range(60))
def test_the_least_missing_is_that_of_all_dates(seed):
    chance = random.Random(seed)
    start = dt.date(2027, 1, chance.randint(20, 31))
    length = chance.choice((5, 9, 40))
    step = 1 if length < 40 else 7
    rules = {
        "min_days_between": chance.choice((1, 2, 3)) * step,
        "month_rule": chance.choice(("none", "rolling", "calendar", "both")),
        "minimum": chance.choice((1, 1, 2, 3)),
    }
    frame = {"start": start, "end": start + dt.timedelta(days=length - 1)}
    dates = Dates(Programme.model_validate({"programme": frame, "sessions": rules}))
    rhythm = Rhythm(dates, Engagement(0, length - 1))
    earliest = chance.choice((0, 0, 2, length // 2))
    days = [one for one in range(length) if chance.random() < 0.3]
    open_days = sum(1 << one for one in days)
    some = range(length) if step == 1 else sorted({*days, *chance.sample(range(length), 6)})
    costs = [
        sum(one not in days for one in chosen)
        for size in range(rules["minimum"], 6 if step == 1 else 5)
        for chosen in itertools.combinations(some, size)
        if chosen[0] >= earliest
        and chosen[0] <= rhythm.latest_after(-1)
        and all(
            one + rules["min_days_between"] <= other <= rhythm.latest_after(one)
            for one, other in itertools.pairwise(chosen)
        )
        and rhythm.latest_after(chosen[-1]) >= length
    ]
    found = rhythm.least_missing(open_days, earliest)
    if step == 1:
        assert found == min(costs, default=-1)
    else:
        assert -1 <= found <= min(costs, default=length)
    assert (found == 0) == any(rhythm.numbers(open_days, earliest))
