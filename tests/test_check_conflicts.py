"""Conflicts: what the search through the days says, against an enumeration of all schedules."""

import itertools
import random
from collections import Counter
from dataclasses import replace
from functools import cache

import brute_force
import check_cases as cases
import pytest
from cohorts import Spec, build, only
from conflicts import contested_cohort, limited_spec

from matcher import check_conflicts
from matcher.check_conflicts import Conflicts
from matcher.check_rules import Roster
from matcher.check_timetable import Timetable


def judge(cohort, pairs):
    ids = cohort.employees.ids
    pairs = [tuple(ids.index(person) for person in pair.split()) for pair in pairs]
    return Conflicts(Timetable(Roster(cohort), pairs)).no_schedule(pairs)


def company(sessions, *days, people="abx", end="2027-03-31", **windows):
    """Everybody is free on the same days from 9:00 to 9:45, but for those with windows of their own."""
    usual = [(day, "09:00", "09:45") for day in days]
    return build(
        Spec(
            employees=tuple(f"{person} F {3 if person > 'm' else 1}" for person in people),
            choices=tuple((a, 1, b) for a in people for b in people if a < "m" < b),
            availability=tuple(row for who in people for row in only(who, *windows.get(who, usual))),
            programme={
                "programme": {"start": "2027-03-01", "end": end},
                "sessions": {"month_rule": "none", "min_days_between": 7, **sessions},
            },
        )
    )


DAYS = ("2027-03-01", "2027-03-08", "2027-03-15", "2027-03-22")


@pytest.mark.parametrize(("days", "expected"), [(1, "true"), (2, "false"), (4, "false")])
def test_two_mentees_of_one_mentor_need_two_days(days, expected):
    assert judge(company({}, *DAYS[:days]), ["a x", "b x"]) == expected


@pytest.mark.parametrize(("days", "expected"), [(3, "true"), (4, "false")])
def test_the_minimum_counts_for_each(days, expected):
    assert judge(company({"minimum": 2}, *DAYS[:days]), ["a x", "b x"]) == expected


@pytest.mark.parametrize(("second", "expected"), [("2027-03-07", "true"), ("2027-03-08", "false")])
def test_the_distance_between_two_sessions(second, expected):
    assert judge(company({"minimum": 2}, DAYS[0], second), ["a x"]) == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("2027-03-01", "2027-03-15", "false"),  # a on the 1st and 8th, b on the 15th and 22nd
        ("2027-03-15", "2027-03-01", "false"),
        ("2027-03-08", "2027-03-15", "true"),
        ("2027-03-15", "2027-03-15", "true"),
    ],
)
def test_each_pair_has_an_engagement_of_its_own(first, second, expected):
    cohort = company({"minimum": 2}, *DAYS)
    days = cohort.employees.first_day.copy()
    days[:2] = [cases.date(first), cases.date(second)]
    cohort = replace(cohort, employees=replace(cohort.employees, first_day=days))
    assert [judge(cohort, [pair]) for pair in ("a x", "b x")] == ["false", "false"]
    assert judge(cohort, ["a x", "b x"]) == expected


def test_pairs_that_share_nobody_are_no_conflict():
    assert judge(company({}, DAYS[0], people="abxy"), ["a x", "b y"]) == "false"
    assert judge(company({}, DAYS[0], people="abcxy"), ["a x", "c y", "b x"]) == "true"


@pytest.mark.parametrize(("end", "expected"), [("10:29", "true"), ("10:30", "false")])
def test_touching_sessions_fit(end, expected):
    hours = [("2027-03-01", "09:00", end)]
    cohort = company({}, x=hours, a=hours, b=hours)
    assert judge(cohort, ["a x", "b x"]) == expected


@pytest.mark.parametrize(("end", "expected"), [("10:44", "true"), ("10:45", "false")])
def test_a_pause_lies_between(end, expected):
    hours = [("2027-03-01", "09:00", end)]
    cohort = company({"pause_minutes": 15}, x=hours, a=hours, b=hours)
    assert judge(cohort, ["a x", "b x"]) == expected


def test_a_mentor_who_is_also_a_mentee():
    hours = [("2027-03-01", "09:00", "09:45")]
    cohort = build(
        Spec(
            employees=("a F 1", "m F 3", "z F 5"),
            choices=("a m", "m z"),
            availability=(*only("a", *hours), *only("m", *hours), *only("z", *hours)),
            programme={
                "programme": {"start": "2027-03-01", "end": "2027-03-05"},
                "sessions": {"month_rule": "none"},
            },
        )
    )
    assert judge(cohort, ["a m", "m z"]) == "true"


@pytest.mark.parametrize(("most", "expected"), [(1, "true"), (2, "false")])
def test_the_most_a_day_is_exact(most, expected):
    hours = [("2027-03-01", "09:00", "12:00")]
    assert judge(company({"max_per_day": most}, x=hours, a=hours, b=hours), ["a x", "b x"]) == expected


def test_a_limit_for_weeks_is_left_aside():
    days = ("2027-03-01", "2027-03-02")
    assert judge(company({"max_per_week": 1}, *days), ["a x", "b x"]) == "not shown"
    assert judge(company({"max_per_week": 1}, *days[:1]), ["a x", "b x"]) == "true"


def test_sessions_into_the_next_date_are_left_aside():
    night = [("2027-03-01", "23:30", "24:00"), ("2027-03-02", "00:00", "00:30")]
    cohort = company({}, *DAYS, x=night, a=night, b=[("2027-03-02", "00:00", "00:45")])
    assert judge(cohort, ["a x"]) == "not shown"
    late = [("2027-03-01", "23:15", "24:00")]
    assert judge(company({}, x=late, a=late), ["a x"]) == "false"
    assert judge(company({"pause_minutes": 1}, x=late, a=late), ["a x"]) == "not shown"


@pytest.mark.parametrize(
    ("rule", "days", "expected"),
    [
        ("none", DAYS[:2], "false"),
        ("rolling", (*DAYS[:2], "2027-03-30", "2027-03-31"), "false"),
        ("rolling", (*DAYS[:2], "2027-03-31"), "true"),  # one of the two has no session within a month of the end
        ("calendar", (*DAYS[:2], "2027-04-05", "2027-04-12"), "false"),
        ("calendar", (*DAYS[:2], "2027-04-05"), "true"),
        ("both", (*DAYS[:2], "2027-04-05"), "true"),
    ],
)
def test_the_month_rules(rule, days, expected):
    cohort = company({"month_rule": rule}, *days, end="2027-04-30")
    assert judge(cohort, ["a x", "b x"]) == expected


@pytest.mark.parametrize(("day", "expected"), [("2027-04-01", "false"), ("2027-04-02", "true")])
def test_the_first_session_comes_within_a_month(day, expected):
    cohort = company({"month_rule": "rolling"}, day, end="2027-04-30")
    assert judge(cohort, ["a x"]) == expected


def test_the_last_session_before_the_programme_counts():
    hours = [("m", weekday, "", "") for weekday in range(7)]
    hours += [("m", day, "09:00", "09:45") for day in ("2027-03-01", "2027-03-02")]
    free = cases.make_cohort(
        people={"a": {}, "b": {}},
        choices=(("a", 1, "m"), ("b", 1, "m")),
        decisions={},
        availability=hours,
        sessions={"month_rule": "none"},
    )
    assert judge(free, ["a m", "b m"]) == "false"
    met = cases.make_cohort(
        choices=(("a", 1, "m"), ("b", 1, "m")),
        decisions={
            (who, "m"): cases.Decision("past", past=True, last_session=cases.date("2027-02-16")) for who in "ab"
        },
        availability=hours,
        sessions={"month_rule": "none"},
    )
    assert judge(met, ["a m", "b m"]) == "true"


def test_too_much_to_look_at_is_not_shown(monkeypatch):
    cohort = company({}, DAYS[0])
    monkeypatch.setattr(check_conflicts, "STEPS", 2)
    assert judge(cohort, ["a x", "b x"]) == "not shown"
    monkeypatch.setattr(check_conflicts, "STEPS", 200)
    assert judge(cohort, ["a x", "b x"]) == "true"
    monkeypatch.setattr(check_conflicts, "STEPS_IN_ALL", 3)
    assert judge(cohort, ["a x", "b x"]) == "not shown"
    monkeypatch.setattr(check_conflicts, "STEPS_IN_ALL", 403)
    assert judge(cohort, ["a x", "b x"]) == "not shown"
    monkeypatch.setattr(check_conflicts, "STEPS_IN_ALL", 1000)
    assert judge(cohort, ["a x", "b x"]) == "true"
    ids = cohort.employees.ids
    pairs = [(ids.index("a"), ids.index("x")), (ids.index("b"), ids.index("x"))]
    together = Conflicts(Timetable(Roster(cohort), pairs))
    assert [together.no_schedule(pairs) for _ in range(3)] == ["true", "true", "not shown"]


def test_so_many_pairs_that_nobody_looks():
    people = "abcdefghijklmnopqrs"
    mentees = people[:12]
    cohort = company({}, DAYS[0], people=people[:13] + "x")
    assert judge(cohort, [f"{who} x" for who in mentees]) == "true"
    cohort = company({}, DAYS[0], people=mentees + "ABx")
    assert judge(cohort, [f"{who} x" for who in (*mentees, "A")]) == "not shown"


# --- against brute force --------------------------------------------------------------------------------------


@cache
def drawn(seed, limited):
    cohort = build(limited_spec(seed)) if limited else contested_cohort(seed)
    ways = brute_force.schedulable(cohort)
    return cohort, ways, brute_force.Scheduler(cohort, ways, alone=False)


@pytest.mark.parametrize("limited", [False, True])
@pytest.mark.parametrize("seed", range(60))
def test_verdicts_are_those_of_an_enumeration(seed, limited):
    cohort, ways, scheduler = drawn(seed, limited)
    judge_all = Conflicts(Timetable(Roster(cohort), ways))
    chance, exact = random.Random(seed), not cohort.programme.sessions.max_per_week
    sets = [pairs for size in (1, 2, 3, 4) for pairs in itertools.combinations(ways, size)]
    for pairs in chance.sample(sets, min(12, len(sets))):
        verdict, schedule = judge_all.no_schedule(pairs), scheduler.best(tuple(pairs))
        if exact:
            assert (verdict == "true") == (schedule is None), pairs
        assert verdict in (("true", "not shown") if schedule is None else ("false", "not shown")), pairs


def test_the_draw_of_sets_holds_conflicts():
    seen = Counter(
        scheduler.best(pairs) is None
        for cohort, ways, scheduler in (drawn(seed, limited) for seed in range(30) for limited in (False, True))
        for pairs in itertools.combinations(ways, 2)
    )
    assert min(seen.values()) > 50


def test_many_days_are_searched_within_the_limit():
    """Three mentees of a mentor with one short hour a day for half a year, under the default rules."""
    days = [f"2027-0{month}-{day:02}" for month in (3, 4, 5, 6) for day in range(1, 29, 3)]
    cohort = company({"month_rule": "both", "min_days_between": 14}, *days, people="abcdxyz", end="2027-06-30")
    assert judge(cohort, ["a x", "b x", "c x"]) == "false"
