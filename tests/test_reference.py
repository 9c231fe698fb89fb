"""The reference model against brute force, and each of its rules alone."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

import brute_force
import numpy as np
import pytest
from cohorts import Spec, build, only
from draws import comfort_spec, random_cohort, random_spec
from ortools.sat.python import cp_model

from matcher import reference
from matcher.calendars import can_start, free_time, make_grid
from matcher.model import Session
from matcher.programme import WEEKDAYS, day_number
from matcher.reference import RULES, LocksError, make_joint, months_later, solve_reference, whole_months


@pytest.mark.parametrize("seed", range(2000, 2060))
def test_reference_equals_brute_force(seed):
    assert_equal(random_cohort(seed))


@pytest.mark.parametrize("seed", range(60))
def test_reference_equals_brute_force_with_keys_of_comfort(seed):
    assert_equal(build(comfort_spec(seed)))


def test_keys_of_comfort_bind():
    """Keys that change nothing would let a rule that is missing survive."""
    tally = Counter()
    for seed in range(60):
        spec = comfort_spec(seed)
        truth = brute_force.best(build(spec))
        for section, name in COMFORT:
            settings = spec.programme.get(section, {})
            if name in settings:
                less = {key: value for key, value in settings.items() if key != name}
                other = brute_force.best(build(replace(spec, programme={**spec.programme, section: less})))
                tally[name] += (truth and truth.values) != (other and other.values)
        tally["liked"] += truth is not None and truth.values.get("preferred", 0) > 0
    assert min(tally[name] for name in ("pause_minutes", "max_per_day", "max_per_week", "lunch", "liked")) >= 3, (
        tally
    )


COMFORT = (
    ("sessions", "pause_minutes"),
    ("sessions", "max_per_day"),
    ("sessions", "max_per_week"),
    ("calendar", "lunch"),
)


def assert_equal(cohort):
    truth = brute_force.best(cohort)
    if truth is None:
        with pytest.raises(LocksError, match="cannot all be met"):
            solve_reference(cohort)
    else:
        assert solve_reference(cohort).values == truth.values


def test_pairs_of_the_reference_reach_its_values():
    week = frame("2027-03-01", "2027-03-05", sessions={"month_rule": "none"})
    found = solve_reference(build(replace(BASE, programme=week)))
    assert found.status == "optimal"
    assert found.values == {"mentees": 3, "pairs": 3, "rank": (3,), "sessions": 3, "regularity": 0}
    assert [(pair.mentee, pair.mentor, pair.rank, len(pair.sessions)) for pair in found.pairs] == [
        (0, 2, 1, 1),
        (1, 2, 1, 1),
        (2, 4, 1, 1),
    ]


def test_without_regularity_the_other_goals_stay_the_same():
    cohort = random_cohort(2005)
    values = dict(solve_reference(cohort).values)
    del values["regularity"]
    assert solve_reference(cohort, regularity=False).values == values


def test_nobody_to_pair():
    cohort = build(Spec(employees=("a F 1",), choices=("a gone",), programme=frame("2027-03-01", "2027-03-31")))
    values = {"mentees": 0, "pairs": 0, "rank": (), "sessions": 0, "regularity": 0}
    assert solve_reference(cohort).values == values


# --- each rule alone: possible or impossible ------------------------------------------------------------------


def frame(start: str, end: str, **sections: dict) -> dict:
    dates = {"start": dt.date.fromisoformat(start), "end": dt.date.fromisoformat(end)}
    return {"programme": dates, "calendar": {"working_hours": "09:00-11:00"}, **sections}


def deep(programme: dict, section: str, **keys: object) -> dict:
    return {**programme, section: {**programme.get(section, {}), **keys}}


PEOPLE = ("a F 1", "b F 1", "m G 3 2", "n G 3 1", "x H 5")
TWO_MONTHS = frame("2027-02-01", "2027-03-31")
BASE = Spec(employees=PEOPLE, choices=("a m", "a n", "b m", "b n", "m x"), programme=TWO_MONTHS)
MUTUAL = replace(BASE, choices=("a b", "b a"), programme={**TWO_MONTHS, "eligibility": {"same_function_gap": 0}})
LOCKED = replace(BASE, pairs=(("a", "m", "locked"),))
MET_BEFORE = replace(BASE, pairs=(("a", "m", "past", "2027-01-26"),))
SHORT_TOO = replace(BASE, programme={**TWO_MONTHS, "sessions": {"minutes": [45, 30]}})
FROM_MONTH_END = replace(BASE, programme=frame("2027-01-31", "2027-03-28"))


def rules(spec: Spec, **sessions: object) -> Spec:
    return replace(spec, programme={**spec.programme, "sessions": sessions})


PAUSE = rules(BASE, pause_minutes=15)
SHORT_PAUSE = rules(BASE, pause_minutes=16)
LONG_PAUSE = rules(BASE, pause_minutes=60)
NIGHTS = replace(
    BASE,
    programme=frame(
        "2027-02-01", "2027-03-31", calendar={"working_hours": "00:00-24:00", "working_days": WEEKDAYS}
    ),
)
NIGHT = rules(NIGHTS, pause_minutes=15, min_days_between=1)
ONE_A_DAY, TWO_A_DAY = rules(BASE, max_per_day=1), rules(BASE, max_per_day=2)
ONE_A_WEEK = rules(NIGHTS, max_per_week=1, min_days_between=1)
TWO_A_WEEK = rules(NIGHTS, max_per_week=2, min_days_between=1)
FAR_EAST = replace(ONE_A_WEEK, programme=deep(ONE_A_WEEK.programme, "programme", timezone="Asia/Tokyo"))


def possible(rule, spec: Spec, plan: dict[str, str], *, chosen: bool = True) -> bool:
    """Whether one rule allows exactly these sessions; `plan` maps "mentee mentor" to their starts."""
    cohort = build(spec)
    joint = make_joint(cohort)
    rule(joint)
    model, ids = joint.model, cohort.employees.ids
    wanted = {(pair, start) for pair, starts in plan.items() for start in starts.split()}
    for candidate in joint.candidates:
        pair = " ".join(ids[person] for person in candidate.pair)
        model.add(candidate.chosen == (chosen and pair in plan))
        for meeting in candidate.meetings:
            start = dt.datetime.fromtimestamp(meeting.session.start * 60, dt.UTC).strftime("%m-%dT%H:%M")
            length = "" if meeting.session.minutes == 45 else f"/{meeting.session.minutes}"
            held = (pair, start + length) in wanted
            wanted.discard((pair, start + length))
            model.add(meeting.held == held)
    assert not wanted, "the plan names sessions that have no literal"
    return cp_model.CpSolver().solve(model) == cp_model.OPTIMAL


@pytest.mark.parametrize(
    ("rule", "spec", "plan", "expected"),
    [
        (reference.add_locks, LOCKED, {"a m": ""}, True),
        (reference.add_locks, LOCKED, {"a n": ""}, False),
        (reference.add_mentor_capacity, BASE, {"a m": "", "b m": ""}, True),
        (reference.add_mentor_capacity, BASE, {"a n": "", "b n": ""}, False),
        (reference.add_mentors_per_mentee, BASE, {"a m": "", "b m": "", "m x": ""}, True),
        (reference.add_mentors_per_mentee, BASE, {"a m": "", "a n": ""}, False),
        (reference.add_no_reverse_pair, MUTUAL, {"a b": ""}, True),
        (reference.add_no_reverse_pair, MUTUAL, {"a b": "", "b a": ""}, False),
        (reference.add_minimum, BASE, {"a m": "02-01T09:00"}, True),
        (reference.add_minimum, BASE, {"a m": ""}, False),
        (reference.add_minimum, rules(BASE, minimum=2), {"a m": "02-01T09:00"}, False),
        (reference.add_minimum, rules(BASE, minimum=2), {"a m": "02-01T09:00 02-15T09:00"}, True),
        (reference.add_min_days_between, BASE, {"a m": "02-01T09:00 02-15T09:00"}, True),
        (reference.add_min_days_between, BASE, {"a m": "02-02T09:00 02-15T09:00"}, False),
        (reference.add_min_days_between, BASE, {"a m": "02-02T09:00", "a n": "02-15T09:00"}, True),
        (
            reference.add_min_days_between,
            rules(BASE, min_days_between=1),
            {"a m": "02-01T09:00 02-02T09:00"},
            True,
        ),
        (
            reference.add_min_days_between,
            rules(BASE, min_days_between=1),
            {"a m": "02-01T09:00 02-01T10:00"},
            False,
        ),
        (reference.add_last_session, MET_BEFORE, {"a m": "02-09T09:00"}, True),
        (reference.add_last_session, MET_BEFORE, {"a m": "02-08T09:00"}, False),
        (reference.add_last_session, MET_BEFORE, {"b m": "02-08T09:00"}, True),
        (reference.add_rolling_months, BASE, {"a m": "03-01T09:00"}, True),
        (reference.add_rolling_months, BASE, {"a m": "03-02T09:00"}, False),
        (reference.add_rolling_months, BASE, {"a m": "02-26T09:00"}, False),
        (reference.add_rolling_months, BASE, {"a m": "02-26T09:00 03-26T09:00"}, True),
        (reference.add_rolling_months, BASE, {"a m": "02-22T09:00 03-23T09:00"}, False),
        (reference.add_rolling_months, FROM_MONTH_END, {"a m": "02-26T09:00 03-26T09:00"}, True),
        (reference.add_rolling_months, FROM_MONTH_END, {"a m": "03-01T09:00"}, False),
        (reference.add_rolling_months, rules(BASE, max_months_between=2), {"a m": "03-30T09:00"}, True),
        (reference.add_rolling_months, rules(BASE, month_rule="calendar"), {"a m": "03-30T09:00"}, True),
        (reference.add_calendar_months, BASE, {"a m": "02-26T09:00 03-31T09:00"}, True),
        (reference.add_calendar_months, BASE, {"a m": "03-01T09:00 03-15T09:00"}, False),
        (reference.add_calendar_months, FROM_MONTH_END, {"a m": "02-26T09:00"}, True),
        (reference.add_calendar_months, rules(BASE, max_months_between=2), {"a m": "03-01T09:00"}, True),
        (reference.add_calendar_months, rules(BASE, month_rule="rolling"), {"a m": "03-01T09:00"}, True),
        (reference.add_no_double_booking, BASE, {"a m": "02-01T09:00", "b m": "02-01T09:45"}, True),
        (reference.add_no_double_booking, BASE, {"a m": "02-01T09:00", "b m": "02-01T09:30"}, False),
        (reference.add_no_double_booking, BASE, {"a m": "02-01T09:00", "b m": "02-01T09:00"}, False),
        (reference.add_no_double_booking, BASE, {"a m": "02-01T09:00", "b n": "02-01T09:00"}, True),
        (reference.add_no_double_booking, BASE, {"a m": "02-01T09:15", "a n": "02-01T09:00"}, False),
        (reference.add_no_double_booking, BASE, {"a m": "02-01T09:15", "m x": "02-01T09:00"}, False),
        (reference.add_no_double_booking, SHORT_TOO, {"a m": "02-01T09:00/30", "b m": "02-01T09:30"}, True),
        (reference.add_no_double_booking, SHORT_TOO, {"a m": "02-01T09:00", "b m": "02-01T09:30/30"}, False),
        # With a pause of 15 minutes, of 16 and of 60: as mentors, as mentees, in both roles, around midnight.
        (reference.add_no_double_booking, PAUSE, {"a m": "02-01T09:00", "b m": "02-01T10:00"}, True),
        (reference.add_no_double_booking, PAUSE, {"a m": "02-01T09:00", "b m": "02-01T09:45"}, False),
        (reference.add_no_double_booking, SHORT_PAUSE, {"a m": "02-01T09:00", "b m": "02-01T10:00"}, False),
        (reference.add_no_double_booking, SHORT_PAUSE, {"a m": "02-01T09:00", "b m": "02-01T10:15"}, True),
        (reference.add_no_double_booking, PAUSE, {"a m": "02-01T09:45", "a n": "02-01T09:00"}, False),
        (reference.add_no_double_booking, PAUSE, {"a m": "02-01T09:45", "m x": "02-01T09:00"}, False),
        (reference.add_no_double_booking, PAUSE, {"a m": "02-01T09:45", "b n": "02-01T09:00"}, True),
        (reference.add_no_double_booking, LONG_PAUSE, {"a m": "02-01T09:00", "b m": "02-01T10:15"}, False),
        (reference.add_no_double_booking, LONG_PAUSE, {"a m": "02-01T09:00", "b m": "02-02T09:00"}, True),
        (reference.add_no_double_booking, NIGHT, {"a m": "02-01T23:15 02-02T00:00"}, False),
        (reference.add_no_double_booking, NIGHT, {"a m": "02-01T23:15 02-02T00:15"}, True),
        (reference.add_no_double_booking, NIGHT, {"a m": "02-01T23:30", "b m": "02-02T00:15"}, False),
        (reference.add_no_double_booking, NIGHT, {"a m": "02-01T23:30", "b m": "02-02T00:30"}, True),
        (reference.add_max_per_day, BASE, {"a m": "02-01T09:00", "b m": "02-01T10:00"}, True),
        (reference.add_max_per_day, ONE_A_DAY, {"a m": "02-01T09:00", "b m": "02-02T09:00"}, True),
        (reference.add_max_per_day, ONE_A_DAY, {"a m": "02-01T09:00", "b m": "02-01T10:00"}, False),
        (reference.add_max_per_day, ONE_A_DAY, {"a m": "02-01T09:00", "a n": "02-01T10:00"}, False),
        (reference.add_max_per_day, ONE_A_DAY, {"a m": "02-01T09:00", "m x": "02-01T10:00"}, False),
        (reference.add_max_per_day, ONE_A_DAY, {"a m": "02-01T09:00", "b n": "02-01T10:00"}, True),
        (reference.add_max_per_day, TWO_A_DAY, {"a m": "02-01T09:00", "m x": "02-01T10:00"}, True),
        (
            reference.add_max_per_day,
            TWO_A_DAY,
            {"a m": "02-01T09:00", "b m": "02-01T09:30", "m x": "02-01T10:00"},
            False,
        ),
        # The date of a session is that of its start.
        (
            reference.add_max_per_day,
            rules(NIGHTS, max_per_day=1),
            {"a m": "02-01T23:45", "b m": "02-02T00:30"},
            True,
        ),
        (reference.add_max_per_week, BASE, {"a m": "02-01T09:00", "b m": "02-02T10:00"}, True),
        (reference.add_max_per_week, ONE_A_WEEK, {"a m": "02-01T00:00", "b m": "02-07T23:45"}, False),
        (reference.add_max_per_week, ONE_A_WEEK, {"a m": "02-07T23:45", "b m": "02-08T00:30"}, True),
        (reference.add_max_per_week, ONE_A_WEEK, {"a m": "02-02T09:00 02-04T09:00"}, False),
        (reference.add_max_per_week, ONE_A_WEEK, {"a m": "02-07T09:00 02-08T09:00"}, True),
        (reference.add_max_per_week, ONE_A_WEEK, {"a m": "02-02T09:00", "m x": "02-07T09:00"}, False),
        (reference.add_max_per_week, ONE_A_WEEK, {"a m": "02-02T09:00", "b n": "02-07T09:00"}, True),
        (reference.add_max_per_week, TWO_A_WEEK, {"a m": "02-02T09:00", "m x": "02-07T09:00"}, True),
        (reference.add_max_per_week, TWO_A_WEEK, {"a m": "02-02T09:00 02-03T09:00", "m x": "02-07T09:00"}, False),
        # Weeks are those of the programme's clock: Monday begins in Tokyo while UTC shows Sunday 15:00.
        (reference.add_max_per_week, FAR_EAST, {"a m": "02-07T14:45", "b m": "02-07T15:00"}, True),
        (reference.add_max_per_week, FAR_EAST, {"a m": "02-07T15:00", "b m": "02-08T15:00"}, False),
    ],
)
def test_rule_alone(rule, spec, plan, expected):
    assert possible(rule, spec, plan) is expected


def test_sessions_need_a_pair():
    assert possible(reference.add_sessions_need_a_pair, BASE, {"a m": "02-01T09:00"})
    assert not possible(reference.add_sessions_need_a_pair, BASE, {"a m": "02-01T09:00"}, chosen=False)


def test_every_rule_is_in_force():
    assert {rule.__name__ for rule in RULES} == {name for name in vars(reference) if name.startswith("add_")}


TWO_ZONES = Spec(
    employees=("a F 1", {"employee_id": "m", "function": "G", "level": 3, "timezone": "Europe/Berlin"}),
    choices=("a m",),
    availability=(("m", "mon", "07:00", "14:00"),),
    programme={
        "programme": {"start": dt.date(2027, 2, 1), "end": dt.date(2027, 2, 1)},
        "calendar": {"working_hours": "07:00-14:00"},
        "sessions": {"month_rule": "none", "minutes": [45, 30]},
    },
)


@pytest.mark.parametrize(
    ("hours", "first", "last"),
    [
        ("", None, None),
        ("08:00-10:00", ("08:00/45", "08:00/30"), ("08:15/45", "08:30/30")),  # 08:00 to 09:00 in UTC
        ("08:00-09:40", ("08:00/30", "08:00/30"), ("08:00/30", "08:00/30")),
        ("08:00-09:45", ("08:00/45", "08:00/30"), ("08:00/45", "08:15/30")),
        ("08:00-09:29", None, None),
        ("08:00-08:45, 09:30-10:15", None, None),  # their hours never meet
        ("07:00-08:30, 08:30-10:00", ("07:00/45", "07:00/30"), ("08:15/45", "08:30/30")),
    ],
)
def test_preferred_hours_are_those_of_both_clocks(hours, first, last):
    """Berlin is an hour ahead; first and last start of the lengths 45 and 30 that is preferred."""
    cohort = build(replace(TWO_ZONES, programme=deep(TWO_ZONES.programme, "calendar", preferred_hours=hours)))
    joint = make_joint(cohort)
    liked = {meeting.session for meeting in joint.meetings() if meeting.session.preferred}
    for end, expected in ((min, first), (max, last)):
        found = [end((s.start for s in liked if s.minutes == length), default=None) for length in (45, 30)]
        labels = [
            f"{start // 60 % 24:02}:{start % 60:02}/{length}"
            for start, length in zip(found, (45, 30), strict=True)
            if start is not None
        ]
        assert labels == list(dict.fromkeys(expected or ()))
    (ways,) = brute_force.schedulable(cohort).values()
    assert liked == {session for _, sessions in ways for session in sessions if session.preferred}


def test_preferred_hours_come_after_minutes_and_before_regularity():
    """Of one day the long session is not preferred, and the preferred one is short: minutes come first."""
    day = deep(TWO_ZONES.programme, "calendar", preferred_hours="08:00-09:40")
    values = solve_reference(build(replace(TWO_ZONES, programme=day))).values
    assert list(values) == ["mentees", "pairs", "rank", "sessions", "minutes", "preferred", "regularity"]
    assert (values["minutes"], values["preferred"]) == (45, 0)
    values = solve_reference(build(replace(TWO_ZONES, programme=deep(day, "sessions", minutes=30)))).values
    assert list(values) == ["mentees", "pairs", "rank", "sessions", "preferred", "regularity"]
    assert values["preferred"] == 1


def test_sessions_of_a_solved_pair_tell_whether_they_are_preferred():
    day = deep(TWO_ZONES.programme, "calendar", preferred_hours="08:00-10:00")
    (pair,) = solve_reference(build(replace(TWO_ZONES, programme=day))).pairs
    assert [session.preferred for session in pair.sessions] == [True]


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2027-01-31", 1, "2027-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2027-12-15", 1, "2028-01-15"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2027-02-28", 1, "2027-03-28"),
    ],
)
def test_months_later(day, months, later):
    assert months_later(number(day), months) == number(later)


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        ("2027-02-01", "2027-02-28", 1),
        ("2027-02-01", "2027-02-27", 0),
        ("2027-01-02", "2027-03-31", 2),
        ("2027-01-11", "2027-04-09", 2),
    ],
)
def test_whole_months(start, end, count):
    assert len(whole_months(number(start), number(end))) == count


def number(date: str) -> int:
    return day_number(dt.date.fromisoformat(date))


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("scene", ["night", "usual"])
def test_free_time_equals_a_look_at_every_minute(seed, scene):
    cohort = build(random_spec(3000 + seed, scene))
    people = np.arange(len(cohort.employees))
    free, grid = free_time(cohort, people), make_grid(cohort.programme)
    dates = brute_force.grid(cohort)
    assert grid.start.tolist() == [start for starts in dates for start in starts]
    can = {minutes: can_start(free, grid, minutes) for minutes in cohort.programme.sessions.minutes}
    for person in people.tolist():
        starts = {Session(int(grid.start[s]), n) for n, table in can.items() for s in np.nonzero(table[person])[0]}
        assert starts == brute_force.possible_sessions(cohort, person, dates)


# --- the oracle's own clock ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "instants"),
    [
        # London, 28 March 2027: 01:00 to 02:00 do not exist; 01:00 UTC is the change.
        ("2027-03-28T01:30", "2027-03-28T03:00", ("2027-03-28T01:00", "2027-03-28T02:00")),
        ("2027-03-28T00:30", "2027-03-28T01:30", ("2027-03-28T00:30", "2027-03-28T01:00")),
        # London, 31 October 2027: 01:00 to 02:00 come twice; the busy time covers both.
        ("2027-10-31T01:30", "2027-10-31T01:45", ("2027-10-31T00:30", "2027-10-31T01:45")),
        ("2027-10-31T01:00", "2027-10-31T01:00", ("2027-10-31T00:00", "2027-10-31T01:00")),
        ("2027-10-31T00:59", "2027-10-31T02:00", ("2027-10-30T23:59", "2027-10-31T02:00")),
    ],
)
def test_busy_time_on_days_when_the_clock_changes(start, end, instants):
    days = frame("2027-03-28", "2027-03-28")
    days["programme"]["timezone"] = "Europe/London"
    cohort = build(Spec(employees=("a F 1",), choices=("a m",), busy=(("a", start, end),), programme=days))
    expected = [int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp()) // 60 for text in instants]
    assert brute_force.Calendar(cohort, 0).busy == [tuple(expected)]


def test_free_time_is_exact_to_the_minute():
    hours = ("2027-03-10", "09:00", "09:45")
    cohort = build(Spec(("a F 1",), ("a m",), only("a", hours), programme=frame("2027-03-10", "2027-03-10")))
    calendar = brute_force.Calendar(cohort, 0)
    nine = number("2027-03-10") * 1440 + 9 * 60
    assert calendar.free(nine, 45)
    assert not calendar.free(nine, 46)
    assert not calendar.free(nine - 1, 45)


# --- the oracle's own word on the keys of comfort --------------------------------------------------------------

WEEK = frame("2027-03-08", "2027-03-14")


def starts_of_a(availability=(), busy=(), holidays=(), **programme) -> set[str]:
    """When a session of 30 minutes may start for a lone person, as "date clock"."""
    settings = {**WEEK, **{section: {**WEEK.get(section, {}), **keys} for section, keys in programme.items()}}
    settings = deep(settings, "sessions", minutes=30)
    cohort = build(Spec(("a F 1",), ("a m",), tuple(availability), tuple(busy), (), settings, tuple(holidays)))
    found = brute_force.possible_sessions(cohort, 0, brute_force.grid(cohort))
    people = np.zeros(1, dtype=np.int64)
    table = can_start(free_time(cohort, people), make_grid(cohort.programme), 30)[0]
    assert make_grid(cohort.programme).start[table].tolist() == sorted(session.start for session in found)
    return {f"{dt.datetime.fromtimestamp(s.start * 60, dt.UTC):%d %H:%M}" for s in found}


@pytest.mark.parametrize(
    ("lunch", "starts"),
    [
        ("", "09:00 09:15 09:30 09:45 10:00 10:15 10:30"),
        ("09:45-10:15", "09:00 09:15 10:15 10:30"),
        ("09:46-10:14", "09:00 09:15 10:15 10:30"),
        ("09:44-10:16", "09:00 10:30"),
        ("08:00-09:00", "09:00 09:15 09:30 09:45 10:00 10:15 10:30"),
        ("11:00-12:00", "09:00 09:15 09:30 09:45 10:00 10:15 10:30"),
        ("08:00-09:15, 10:45-12:00", "09:15 09:30 09:45 10:00 10:15"),
        ("08:00-12:00", ""),
    ],
)
def test_lunch_is_no_working_time(lunch, starts):
    expected = {f"{day:02} {clock}" for day in range(8, 13) for clock in starts.split()}
    assert starts_of_a(calendar={"lunch": lunch}) == expected


def test_lunch_is_taken_from_weekdays_and_worked_days_but_not_from_dates():
    lunch = {"lunch": "09:30-10:30"}
    assert starts_of_a([("a", "mon", "09:00", "11:00")], calendar=lunch) == {"08 09:00", "08 10:30"}
    assert starts_of_a([("a", "2027-03-08", "09:30", "10:15")], calendar=lunch) >= {"08 09:30", "08 09:45"}
    worked = starts_of_a(holidays=[("", "2027-03-13", "worked")], calendar=lunch)
    assert {start for start in worked if start.startswith("13")} == {"13 09:00", "13 10:30"}


@pytest.mark.parametrize(
    ("busy", "starts"),
    [
        (("09:45", "10:00"), "09:00 10:15 10:30"),
        (("09:46", "10:00"), "09:00 10:15 10:30"),
        (("09:44", "10:01"), "10:30"),
        (("08:00", "08:45"), "09:00 09:15 09:30 09:45 10:00 10:15 10:30"),
        (("08:00", "08:46"), "09:15 09:30 09:45 10:00 10:15 10:30"),
        (("11:15", "12:00"), "09:00 09:15 09:30 09:45 10:00 10:15 10:30"),
        (("11:14", "12:00"), "09:00 09:15 09:30 09:45 10:00 10:15"),
    ],
)
def test_pauses_around_busy_time_but_not_around_working_hours(busy, starts):
    taken = [("a", *(f"2027-03-08T{clock}" for clock in busy))]
    found = starts_of_a([("a", "mon", "09:00", "11:00")], taken, sessions={"pause_minutes": 15})
    assert found == {f"08 {clock}" for clock in starts.split()}


def test_the_oracle_tells_sessions_that_are_too_close_or_too_many():
    cohort = build(rules(BASE, pause_minutes=15, max_per_day=2, max_per_week=3))
    monday = number("2027-02-01") * 1440
    early, next_up, sooner = Session(monday, 45), Session(monday + 60, 30), Session(monday + 59, 30)
    assert not brute_force.too_close(cohort, next_up, early)
    assert brute_force.too_close(cohort, sooner, early)
    days = [Session(monday + 1440 * day, 45) for day in (0, 0, 6, 6, 7)]
    assert not brute_force.too_many(cohort, days[1:])
    assert brute_force.too_many(cohort, days)
    assert brute_force.too_many(cohort, [days[0]] * 3)
    assert not brute_force.too_many(cohort, [days[0]] * 2)
