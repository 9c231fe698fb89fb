"""The goal `preferred` in the check: which sessions count, and which could have been moved to count as well."""

import copy
import datetime as dt
from zoneinfo import ZoneInfo

import check_cases as cases
import numpy as np
import pytest
from check_cases import instant, make_cohort
from hypothesis import given, settings
from hypothesis import strategies as st
from test_check import add_row, assert_found, found, write
from test_check_free import AUTUMN, SPRING, ZONES

from matcher.check_dates import Dates
from matcher.check_free import WorkingTime
from matcher.check_pairs import Meeting
from matcher.check_preferred import PreferredHours
from matcher.programme import MINUTES_A_DAY


def likes(hours, **changes):
    calendar = {"preferred_hours": hours} | changes.pop("calendar", {})
    return make_cohort(calendar=calendar, **changes)


def summary_of(value, bound=None, *, minutes=None):
    """The valid summary with the goal `preferred`, proven unless a bound is given, and perhaps `minutes`."""
    summary = copy.deepcopy(cases.SUMMARY)
    proven = bound in (None, value)
    goal = {"name": "preferred", "value": value, "bound": value if proven else bound}
    summary["goals"].insert(4, goal | {"status": "optimal" if proven else "feasible"})
    if minutes is not None:
        summary["goals"].insert(4, {"name": "minutes", "value": minutes, "bound": minutes, "status": "optimal"})
    return summary | {"status": "optimal" if proven else "feasible"}


# --- the goal -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "value"),
    [
        ("09:00-10:00", 3),  # Anna and Max; Cy and Dora meet Nina at 14:00, which is nine or ten o'clock for her
        ("14:00-14:30", 0),
        ("09:00-10:00, 14:00-15:00", 7),  # but for the two weeks in which New York alone has changed its clocks
        ("09:00-11:00, 14:00-15:00", 9),
        ("09:00-09:45, 10:00-10:44, 14:00-14:45", 7),
    ],
)
def test_sessions_in_the_preferred_hours_of_both(tmp_path, hours, value):
    assert found(likes(hours), write(tmp_path, summary=summary_of(value))) == []
    violations = found(likes(hours), write(tmp_path, summary=summary_of(value + 1, 9)))
    assert any(f"goals, preferred: value {value + 1} must be {value}" in text for text in violations)


def test_where_the_goal_stands(tmp_path):
    """After `minutes`, and only where hours are preferred."""
    names = "mentees, pairs, rank, sessions"
    violations = found(likes("09:00-10:00"), write(tmp_path))
    assert_found(violations, f"goals: must be {names}, preferred, regularity, in this order")
    violations = found(make_cohort(), write(tmp_path, summary=summary_of(3)))
    assert_found(violations, f"goals: must be {names}, regularity, in this order")
    cohort = likes("09:00-10:00", sessions={"minutes": [45, 30]})
    violations = found(cohort, write(tmp_path, summary=summary_of(3)))
    assert_found(violations, f"goals: must be {names}, minutes, preferred, regularity, in this order")
    assert found(cohort, write(tmp_path, summary=summary_of(3, minutes=405))) == []


def test_more_is_better_and_nothing_is_optimal_without_it(tmp_path):
    cohort = likes("09:00-10:00")
    assert found(cohort, write(tmp_path, summary=summary_of(3, 4))) == []
    violations = found(cohort, write(tmp_path, summary=summary_of(3, 2)))
    assert_found(violations, "goals, preferred: bound 2 is worse than what was found: 3")
    violations = found(cohort, write(tmp_path, summary=summary_of(3, 4) | {"status": "optimal"}))
    assert_found(violations, "status: 'optimal', but the goals before regularity are not all optimal")


# --- when a session is in preferred hours ---------------------------------------------------------------------

DAY = "2027-03-01"


def preferred(cohort):
    dates = Dates(cohort.programme)
    return PreferredHours(WorkingTime(cohort, dates), dates)


def counts(hours, start, end, day=DAY, **changes):
    """Whether a session of Anna and Max counts, or of whom else the changes say."""
    cohort = likes(hours, **changes)
    low, high = instant(f"{day}T{start}")[0], instant(f"{day}T{end}")[0]
    if high <= low:
        high += MINUTES_A_DAY
    return bool(preferred(cohort).liked([Meeting(0, (0, 4), None, low, high, 0)])[0])


EDGES = [
    ("09:14", "10:00", False),
    ("09:15", "10:00", True),
    ("09:15", "11:00", True),  # the same
    ("10:00", "10:30", True),  # inside
    ("10:15", "11:00", True),
    ("10:15", "11:01", False),
    ("11:00", "11:45", False),  # touching after
    ("08:30", "09:15", False),  # touching before
    ("09:00", "11:30", False),  # around
    ("10:45", "13:15", False),  # from one stretch to the next
    ("13:00", "14:30", True),  # windows that touch are one
]


@pytest.mark.parametrize(("start", "end", "inside"), EDGES)
@pytest.mark.parametrize(
    "windows", ["09:15-11:00, 13:00-14:30", "13:30-14:30, 09:15-10:00, 10:00-11:00, 13:00-13:30"]
)
def test_the_edges_of_preferred_hours(start, end, inside, windows):
    assert counts(windows, start, end) == inside


@pytest.mark.parametrize("day", [DAY, "2027-03-06"])
def test_every_day_has_them(day):
    assert counts("09:00-10:00", "09:00", "09:45", day)


@pytest.mark.parametrize(
    ("hours", "start", "end", "inside"),
    [
        ("23:00-24:00, 00:00-01:00", "23:30", "00:15", True),
        ("23:00-23:59, 00:00-01:00", "23:30", "00:15", False),
        ("23:00-24:00, 00:01-01:00", "23:30", "00:15", False),
        ("23:00-24:00", "23:15", "00:00", True),
        ("23:00-24:00", "23:16", "00:01", False),
        ("00:00-24:00", "12:00", "11:00", True),
    ],
)
def test_preferred_hours_at_midnight(hours, start, end, inside):
    assert counts(hours, start, end) == inside


@pytest.mark.parametrize(
    ("zones", "hours", "inside"),
    [
        (("Europe/London", "Europe/Moscow"), "09:00-10:00, 12:00-13:00", True),
        (("Europe/Moscow", "Europe/London"), "09:00-10:00, 12:00-13:00", True),
        (("Europe/London", "Europe/Moscow"), "09:00-10:00, 12:00-12:44", False),
        (("Europe/London", "Europe/Moscow"), "09:01-10:00, 12:00-13:00", False),
        (("Europe/Moscow", "Europe/Moscow"), "12:00-13:00", True),
        (("Europe/Moscow", "Europe/Moscow"), "09:00-10:00", False),
    ],
)
def test_each_on_his_own_clock(zones, hours, inside):
    people = {person: {"zone": zone} for person, zone in zip("am", zones, strict=True)}
    assert counts(hours, "09:00", "09:45", people=people) == inside


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_against_a_clock_that_is_asked_every_minute(data):
    change = dt.date.fromisoformat(data.draw(st.sampled_from([SPRING, AUTUMN, "2027-03-14", "2027-06-15"])))
    clock = st.integers(0, 96).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
    windows = st.lists(
        st.tuples(clock, clock).filter(lambda window: window[0] < window[1]), min_size=1, max_size=3
    )
    hours = ", ".join(f"{low}-{high}" for low, high in data.draw(windows))
    frame = {"start": str(change - dt.timedelta(days=1)), "end": str(change + dt.timedelta(days=1))}
    frame["timezone"] = data.draw(st.sampled_from(ZONES))
    zone = data.draw(st.sampled_from(ZONES))
    cohort = likes(hours, frame=frame, people={"a": {"zone": zone}})
    asked, dates = preferred(cohort), Dates(cohort.programme)
    every = np.arange(*dates.span)
    clocks = [dt.datetime.fromtimestamp(minute * 60, ZoneInfo(zone)) for minute in every.tolist()]
    walls = [clock.hour * 60 + clock.minute for clock in clocks]
    liked = [
        any(low <= wall < high for low, high in cohort.programme.calendar.preferred_windows) for wall in walls
    ]
    own = asked.zone(0)
    assert asked.hold(own, every, every + 1).tolist() == liked
    for _ in range(20):
        start = data.draw(st.integers(0, len(every) - 1))
        end = data.draw(st.integers(start + 1, min(start + 200, len(every))))
        held = asked.hold(own, every[start : start + 1], every[start : start + 1] + end - start)
        assert held.tolist() == [all(liked[start:end])]


# --- sessions that could be moved -----------------------------------------------------------------------------


def lines_told(cohort, folder):
    """Lines of sessions.csv of which the check says that they could be in preferred hours."""
    told = [text for text in found(cohort, folder) if "could be in the preferred hours" in text]
    assert all(text.startswith("summary.json, goals, preferred: called optimal") for text in told)
    return [int(text.split("on line ")[1].split(" ")[0]) for text in told]


ALL_OF_ANNA = [2, 5, 8]
MOVES = [
    ("10:00-11:00", {}, ALL_OF_ANNA),
    ("10:00-10:45", {}, ALL_OF_ANNA),
    ("10:00-10:44", {}, []),
    ("10:01-10:59", {}, []),  # not from a start on the grid
    ("18:00-19:00", {}, []),  # nobody works then
    ("10:00-11:00", {"busy": [("a", f"{DAY}T10:15", f"{DAY}T10:16")]}, [5, 8]),
    ("10:00-11:00", {"busy": [("m", f"{DAY}T10:15", f"{DAY}T10:16")]}, [5, 8]),
    ("10:00-11:00", {"busy": [("m", f"{DAY}T10:45", f"{DAY}T12:00")]}, ALL_OF_ANNA),
    ("10:00-11:00", {"busy": [("m", f"{DAY}T10:45", f"{DAY}T12:00")], "sessions": {"pause_minutes": 1}}, [5, 8]),
    ("10:00-11:00", {"people": {"m": {"zone": "Europe/Paris"}}}, []),  # ten o'clock in Paris is nine in London
    ("10:00-12:00", {"people": {"m": {"zone": "Europe/Paris"}}}, ALL_OF_ANNA),
    ("10:00-11:00", {"calendar": {"lunch": "10:30-11:00"}}, []),
    ("10:00-11:00", {"sessions": {"max_per_day": 1, "max_per_week": 1}}, ALL_OF_ANNA),  # the date stays
    ("10:00-11:00", {"sessions": {"pause_minutes": 240}}, ALL_OF_ANNA),  # beside its own old time it needs none
]


@pytest.mark.parametrize(("hours", "changes", "lines"), MOVES)
def test_a_session_that_could_be_in_preferred_hours(tmp_path, hours, changes, lines):
    folder = write(tmp_path, summary=summary_of(0))
    assert [line for line in lines_told(likes(hours, **changes), folder) if line in ALL_OF_ANNA] == lines


def test_nothing_is_said_where_nothing_is_called_optimal(tmp_path):
    cohort = likes("10:00-11:00")
    assert lines_told(cohort, write(tmp_path, summary=summary_of(0))) == ALL_OF_ANNA
    assert lines_told(cohort, write(tmp_path, summary=summary_of(0, 3))) == []
    for at in range(4):
        summary = summary_of(0)
        summary["goals"][at]["status"] = "feasible"
        assert lines_told(cohort, write(tmp_path, summary=summary)) == []


@pytest.mark.parametrize(
    ("start", "end", "pause", "told"),
    [
        ("10:45", "11:30", 0, True),
        ("10:44", "11:29", 0, False),
        ("11:00", "11:45", 15, True),
        ("10:59", "11:44", 15, False),
        ("09:15", "10:00", 0, True),
        ("09:16", "10:01", 0, False),
        ("08:45", "09:30", 30, True),
        ("08:46", "09:31", 30, False),
    ],
)
def test_other_sessions_stay_where_they_are(tmp_path, start, end, pause, told):
    """Max meets Ben on 15 March, too; Anna's session would have to be from 10:00 to 10:45."""
    cohort = likes("10:00-10:45", people={"m": {"capacity": 2}}, sessions={"pause_minutes": pause})
    folder = write(tmp_path, summary=summary_of(0))
    add_row(folder / "pairs.csv", "b,Ben,m,'=Max,1,2,yes,1,2027-03-15,2027-03-15,chosen,2027-03-01,2027-03-31")
    add_row(folder / "sessions.csv", f"b,m,1,2027-03-15T{start}:00+00:00,2027-03-15T{end}:00+00:00,45")
    assert (5 in lines_told(cohort, folder)) == told


def test_own_sessions_stay_where_they_are(tmp_path):
    """Two sessions of one pair on either side of a midnight."""
    nights = [(person, day, "00:00", "24:00") for person in "am" for day in range(7)]
    edits = [
        ("sessions.csv", "T09:00:00+00:00,2027-03-01T09:45", "T20:00:00+00:00,2027-03-01T20:45"),
        ("sessions.csv", "15T09:00:00+00:00,2027-03-15T09:45", "02T00:00:00+00:00,2027-03-02T00:45"),
    ]
    folder = write(tmp_path, *edits, summary=summary_of(0))
    for pause, told in ((15, [2]), (16, [])):
        rules = {"pause_minutes": pause, "min_days_between": 1}
        cohort = likes("23:00-23:45", availability=nights, sessions=rules)
        assert [line for line in lines_told(cohort, folder) if line < 5] == told


def test_the_length_of_a_session_stays(tmp_path):
    """Cy meets Nina on the 30th for half an hour; then a quarter of an hour more is not preferred."""
    short = ("sessions.csv", "T14:45:00+01:00,45\nd", "T14:30:00+01:00,30\nd")
    cohort = likes("10:00-10:30, 15:00-15:30", sessions={"minutes": [45, 30]})
    folder = write(tmp_path, short, summary=summary_of(0, minutes=390))
    assert lines_told(cohort, folder) == [9]
    cohort = likes("10:00-10:45, 15:00-15:45", sessions={"minutes": [45, 30]})
    assert lines_told(cohort, folder) == [2, 3, 4, 5, 8, 9, 10]
    unproven = summary_of(0, minutes=390)
    unproven["goals"][4] |= {"bound": 400, "status": "feasible"}
    assert lines_told(cohort, write(tmp_path, short, summary=unproven)) == []


def test_busy_time_behind_the_shortest_length(tmp_path):
    """From 10:00 half an hour would be free, but Anna and Max meet for longer."""
    busy = [("m", f"{DAY}T10:40", f"{DAY}T10:50")]
    cohort = likes("10:00-10:45", sessions={"minutes": [45, 30]}, busy=busy)
    folder = write(tmp_path, summary=summary_of(0, minutes=405))
    assert lines_told(cohort, folder) == [5, 8]


@pytest.mark.parametrize(("start", "told"), [("10:30", False), ("10:45", True)])
def test_another_session_behind_the_shortest_length(tmp_path, start, told):
    cohort = likes("10:00-10:45", people={"m": {"capacity": 2}}, sessions={"minutes": [45, 30]})
    folder = write(tmp_path, summary=summary_of(0, minutes=435))
    add_row(folder / "pairs.csv", "b,Ben,m,'=Max,1,2,yes,1,2027-03-15,2027-03-15,chosen,2027-03-01,2027-03-31")
    end = {"10:30": "11:00", "10:45": "11:15"}[start]
    add_row(folder / "sessions.csv", f"b,m,1,2027-03-15T{start}:00+00:00,2027-03-15T{end}:00+00:00,30")
    assert (5 in lines_told(cohort, folder)) == told
