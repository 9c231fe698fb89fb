"""Edges of the check that no run of the engine stands on: demand, exchange, limits, conflicts, proofs, publications."""

import datetime as dt
import json
from types import SimpleNamespace

import certificates
import numpy as np
import pytest
from cohorts import Spec, build, only
from test_check_changes import FIRST, SECOND, THIRD, check, company

from matcher.check_classes import Classes
from matcher.check_conflicts import Conflicts
from matcher.check_dates import Dates
from matcher.check_exchange import standing_by_places
from matcher.check_files import Table
from matcher.check_limits import Limits, Room
from matcher.check_past import Past, Planned
from matcher.check_proof import Reader
from matcher.check_publication import check_publication
from matcher.check_rules import Roster
from matcher.check_sessions import _over
from matcher.check_timetable import Timetable
from matcher.programme import Programme

WEEK = {"start": "2027-03-01", "end": "2027-03-05"}
DAYS = tuple(f"2027-03-{day:02}" for day in range(1, 32))


# --- classes --------------------------------------------------------------------------------------------------


def test_without_a_cohort_there_are_no_classes():
    none = Classes()
    assert (len(none), none.counted, none.names, none.sizes, none.counts([1, 2])) == (0, 0, [], [], ())
    assert none.served(np.array([4, 7, 9]), 3).tolist() == [[1, 1, 1], [0, 0, 0], [0, 0, 0]]


# --- what would help a mentee ---------------------------------------------------------------------------------


def nights(*more, full):
    """n and y share 23:30 and the midnight after it, on two dates: one session runs into the other."""
    night = (FIRST, "23:30", "24:00"), (SECOND, "00:00", "00:45")
    return build(
        Spec(
            employees=("n F 1", "a F 1", f"y F 3 {2 - full}", *more),
            choices=("n y", "a y"),
            availability=(*only("n", *night), *only("y", *night, (THIRD, "09:00", "09:45")), *only("x")),
            programme={
                "programme": WEEK,
                "sessions": {"month_rule": "none", "min_days_between": 1, "minimum": 2},
            },
        )
    )


def test_a_further_place_that_may_bring_nothing_does_not_end_the_search():
    cohort = nights("x F 3", full=True)
    plan = {"a y": [THIRD]}
    for text in ("one more place: y", ""):
        assert check(cohort, plan, smallest_change=text) == []
    assert len(check(cohort, plan, smallest_change="one more place: x")) == 1


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
    """Three need the first three days; eight others could take the first of them, or one of their own much later."""
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
    """The standing of every candidate, in their order, from prices {mentor: price}; None if pairs are no pairing."""
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


def published(run, needed=(), **content):
    (run / "published.json").write_text(json.dumps({"number": 1, "on": "2027-01-11", "files": {}} | content))
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
