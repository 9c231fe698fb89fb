"""Pauses and the most sessions of a day and a week in the check: each broken once, and what room they leave."""

import copy
from collections import Counter
from itertools import combinations, pairwise

import check_cases as cases
import numpy as np
import pytest
from check_cases import make_cohort
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from test_check import (
    MORE,
    ONLY_THEN,
    RULES,
    add_row,
    assert_found,
    could_be,
    found,
    moved,
    one_session_less,
    write,
)

from matcher.check_diary import Diary
from matcher.check_pairs import FoundPair, Meeting
from matcher.check_rules import Roster
from matcher.check_timetable import Timetable

QUARTER = {"pause_minutes": 15}


def of_sessions(cohort, folder):
    return [text for text in found(cohort, folder) if text.startswith("sessions.csv")]


# --- pauses ---------------------------------------------------------------------------------------------------


def test_days_with_a_single_session_need_no_pause(tmp_path):
    """Also from the first minute of the working hours."""
    assert found(make_cohort(sessions={"pause_minutes": 240}), write(tmp_path)) == []


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("13:00", "13:45", None),
        ("13:01", "13:46", "line 6, start: Nina (n) has no pause of 15 minutes after the session of line 7"),
        ("13:15", "14:00", "line 6, start: Nina (n) has no pause of 15 minutes after the session of line 7"),
        ("13:16", "14:01", "line 6, start: Nina (n) is still in the session of line 7"),
        ("14:44", "15:29", "line 7, start: Nina (n) is still in the session of line 6"),
        ("14:45", "15:30", "line 7, start: Nina (n) has no pause of 15 minutes after the session of line 6"),
        ("14:59", "15:44", "line 7, start: Nina (n) has no pause of 15 minutes after the session of line 6"),
        ("15:00", "15:45", None),
    ],
)
def test_a_pause_between_two_sessions(tmp_path, start, end, told):
    """Dora meets Nina on 16 March as well, when Cy meets Nina from 14:00 to 14:45."""
    row = "d,n,2,2027-03-17T14:00:00+00:00,2027-03-17T14:45:00+00:00,45"
    new = f"d,n,2,2027-03-16T{start}:00+00:00,2027-03-16T{end}:00+00:00,45"
    cohort = make_cohort(sessions={"grid_minutes": 1, "min_days_between": 13, "month_rule": "none", **QUARTER})
    folder = write(tmp_path, ("sessions.csv", row, new))
    violations = [text for text in of_sessions(cohort, folder) if "sorted" not in text]
    assert_found(violations, *([told] if told else []))


def test_a_pause_between_the_roles_of_a_person(tmp_path):
    """Dora mentors Cy until the minute at which Nina begins to mentor her."""
    edits = [
        ("pairs.csv", "c,Cy,n,Nina,2,2,", "c,Cy,d,Dora,1,1,"),
        *(("sessions.csv", f"c,n,{number},", f"c,d,{number},") for number in (1, 2, 3)),
        ("sessions.csv", "03T14:00:00+00:00,2027-03-03T14:45", "02T14:45:00+00:00,2027-03-02T15:30"),
    ]
    cohort = make_cohort(eligibility={"same_function_gap": 1}, sessions=QUARTER)
    violations = of_sessions(cohort, write(tmp_path, *edits))
    assert_found(
        [text for text in violations if "pause" in text],
        "line 4, start: Dora (d) has no pause of 15 minutes after the session of line 3",
    )


def test_a_pause_between_sessions_of_one_pair(tmp_path):
    """On two dates, but only 30 minutes apart: both of the two are told."""
    nights = [(person, day, "00:00", "24:00") for person in "am" for day in range(7)]
    rows = ["T09:00:00+00:00,2027-03-01T09:45:00+00:00", "15T09:00:00+00:00,2027-03-15T09:45:00+00:00"]
    edits = [
        ("sessions.csv", rows[0], "T22:45:00+00:00,2027-03-01T23:30:00+00:00"),
        ("sessions.csv", rows[1], "02T00:00:00+00:00,2027-03-02T00:45:00+00:00"),
    ]
    for pause, told in ((30, []), (31, ["Anna (a) has no pause of 31", "=Max (m) has no pause of 31"])):
        rules = {"pause_minutes": pause, "min_days_between": 1}
        violations = of_sessions(make_cohort(availability=nights, sessions=rules), write(tmp_path, *edits))
        assert_found([text for text in violations if "pause" in text], *told)


BUSY = [
    ("08:00", "08:45", None),
    ("08:00", "08:46", "Anna (a) has no pause of 15 minutes beside busy time"),
    ("08:00", "09:00", "Anna (a) has no pause of 15 minutes beside busy time"),
    ("08:00", "09:01", "Anna (a) is not free from start to end"),
    ("09:44", "10:00", "Anna (a) is not free from start to end"),
    ("09:45", "10:00", "Anna (a) has no pause of 15 minutes beside busy time"),
    ("09:59", "10:00", "Anna (a) has no pause of 15 minutes beside busy time"),
    ("10:00", "11:00", None),
]


@pytest.mark.parametrize(("start", "end", "told"), BUSY)
def test_a_pause_beside_busy_time(tmp_path, start, end, told):
    cohort = make_cohort(busy=[("a", f"2027-03-01T{start}", f"2027-03-01T{end}")], sessions=QUARTER)
    violations = of_sessions(cohort, write(tmp_path))
    assert_found(violations, *([f"line 2, start: {told}"] if told else []))


@pytest.mark.parametrize(("busy", "outcome"), [("10:59", "no_common_time"), ("11:00", "mentor_full")])
def test_busy_time_may_leave_no_pause_for_any_session(tmp_path, busy, outcome):
    """Ben could meet Max on one day from 10:00 to 10:45."""
    rows = [("b", 6, "", ""), ("b", "2027-03-05", "10:00", "10:45")]
    cohort = make_cohort(
        availability=rows,
        busy=[("m", f"2027-03-05T{busy}", "2027-03-05T12:00")],
        sessions=QUARTER | {"month_rule": "none"},
    )
    edit = ("choices.csv", "b,m,1,mentor_full", "b,m,1,nonsense")
    violations = [text for text in found(cohort, write(tmp_path, edit)) if text.startswith("choices.csv")]
    assert_found(violations, f"line 5, outcome: 'nonsense' must be {outcome}")


@pytest.mark.parametrize(
    ("start", "end", "free"),
    [("11:00", "11:45", True), ("11:01", "11:46", False), ("12:59", "13:44", False), ("13:00", "13:45", True)],
)
def test_other_sessions_and_their_pauses_are_in_the_way(tmp_path, start, end, free):
    """Max could meet Anna on the 15th at noon, unless he meets Ben close to it."""
    day = "2027-03-15"
    cohort = make_cohort(
        availability=[*ONLY_THEN, ("m", day, "12:00", "12:45")],
        sessions=RULES | QUARTER,
        people={"m": {"capacity": 2}},
    )
    folder = one_session_less(tmp_path)
    add_row(folder / "pairs.csv", "b,Ben,m,'=Max,1,2,yes,1,2027-03-15,2027-03-15,chosen,2027-03-01,2027-03-31")
    add_row(folder / "sessions.csv", f"b,m,1,{day}T{start}:00+00:00,{day}T{end}:00+00:00,45")
    violations = [text for text in could_be(cohort, folder) if "Anna" in text]
    assert_found(violations, *([MORE] if free else []))


@pytest.mark.parametrize(("pause", "told"), [(30, True), (31, False)])
def test_a_pair_that_may_leave_itself_no_pause_at_midnight(tmp_path, pause, told):
    """Dates alone do not tell then whether it could hold more, so nothing is claimed."""
    rows = [(person, 3, "22:00", "23:30") for person in "am"] + [(person, 4, "00:00", "01:00") for person in "am"]
    rows += [(person, f"2027-03-{day}", "09:00", "09:45") for person in "am" for day in ("01", "15", "29")]
    cohort = make_cohort(availability=rows, sessions=RULES | {"min_days_between": 1, "pause_minutes": pause})
    violations = [text for text in could_be(cohort, one_session_less(tmp_path)) if "Anna" in text]
    assert bool(violations) == told


LENGTHS = [
    ({}, [], True),
    ({"busy": [("c", "2027-03-30T14:59", "2027-03-30T15:10")]}, [], False),
    ({"busy": [("c", "2027-03-30T15:00", "2027-03-30T15:10")]}, [], True),
    ({"busy": [("n", "2027-03-30T08:00", "2027-03-30T08:45")]}, [], True),  # in New York, until 13:45 in London
    ({}, [moved(31, "01:00", "14:59", "15:44")], False),
    ({}, [moved(31, "01:00", "15:00", "15:45")], True),
    ({}, [moved(31, "01:00", "13:00", "13:45")], True),
    ({}, [moved(16, "00:00", "14:59", "15:44")], False),
    ({}, [moved(16, "00:00", "15:00", "15:45")], True),
]


@pytest.mark.parametrize(("changes", "edits", "told"), LENGTHS)
def test_a_longer_session_needs_its_pause(tmp_path, changes, edits, told):
    """Cy meets Nina on the 30th for half an hour; in the way may be busy time and other sessions."""
    summary = copy.deepcopy(cases.SUMMARY)
    summary["goals"].insert(4, {"name": "minutes", "value": 390, "bound": 390, "status": "optimal"})
    short = ("sessions.csv", "T14:45:00+01:00,45\nd", "T14:30:00+01:00,30\nd")
    cohort = make_cohort(sessions={"minutes": [45, 30], **QUARTER}, **changes)
    violations = could_be(cohort, write(tmp_path, short, *edits, summary=summary))
    assert any("the session on line 9 of sessions.csv could be longer" in text for text in violations) == told


# --- the most sessions of a day and a week --------------------------------------------------------------------

NINA_TWICE = (
    "sessions.csv",
    "d,n,2,2027-03-17T14:00:00+00:00,2027-03-17T14:45",
    "d,n,2,2027-03-16T15:00:00+00:00,2027-03-16T15:45",
)


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        (1, "line 7, start: Nina (n) has 2 sessions on 2027-03-16 up to here, at most 1 allowed (max_per_day)"),
        (2, None),
        (0, None),
    ],
)
def test_the_most_sessions_of_a_day(tmp_path, limit, told):
    """On 16 March Nina meets Cy as well as Dora."""
    cohort = make_cohort(sessions={"max_per_day": limit, "min_days_between": 13, "month_rule": "none"})
    assert_found(of_sessions(cohort, write(tmp_path, NINA_TWICE)), *([told] if told else []))


@pytest.mark.parametrize(("limit", "broken"), [(1, True), (2, False)])
def test_the_most_sessions_of_a_week(tmp_path, limit, broken):
    """Every other week Nina meets Cy on Tuesday and Dora on Wednesday; the last week ends after the programme."""
    weeks = [
        (4, "2027-03-01 to Sunday 2027-03-07"),
        (7, "2027-03-15 to Sunday 2027-03-21"),
        (10, "2027-03-29 to Sunday 2027-04-04"),
    ]
    told = [
        f"line {line}, start: Nina (n) has 2 sessions from Monday {week} up to here, at most 1"
        for line, week in weeks
        if broken
    ]
    assert_found(of_sessions(make_cohort(sessions={"max_per_week": limit}), write(tmp_path)), *told)


def test_every_session_beyond_the_limit_is_told(tmp_path):
    row = "a,m,2,2027-03-15T09:00:00+00:00,2027-03-15T09:45:00+00:00,45\n"
    more = "".join(row.replace("T09:", f"T{hour}:") for hour in (10, 11))
    cohort = make_cohort(sessions={"max_per_day": 1})
    violations = of_sessions(cohort, write(tmp_path, ("sessions.csv", row, row + more)))
    assert_found(
        [text for text in violations if "up to here" in text],
        *(f"{who} has {line - 4} sessions" for line in (6, 7) for who in ("(a)", "(m)")),
    )


@pytest.mark.parametrize(("start", "end", "told"), [("23:45", "00:30", True), ("00:00", "00:45", False)])
def test_the_start_is_on_the_day_that_counts_in_the_zone_of_the_programme(tmp_path, start, end, told):
    """Nina meets Cy on the afternoon of the 16th in London, and Dora in the night that follows."""
    day = "16" if told else "17"
    edits = [("sessions.csv", "17T14:00:00+00:00,2027-03-17T14:45", f"{day}T{start}:00+00:00,2027-03-17T{end}")]
    cohort = make_cohort(sessions={"max_per_day": 1, "min_days_between": 13, "month_rule": "none"})
    violations = [text for text in of_sessions(cohort, write(tmp_path, *edits)) if "not free" not in text]
    assert_found(violations, *(["line 7, start: Nina (n) has 2 sessions on 2027-03-16"] if told else []))


def test_roles_do_not_matter_for_limits(tmp_path):
    """Dora mentors Cy on the days on which Nina mentors her."""
    edits = [
        ("pairs.csv", "c,Cy,n,Nina,2,2,", "c,Cy,d,Dora,1,1,"),
        *(("sessions.csv", f"c,n,{number},", f"c,d,{number},") for number in (1, 2, 3)),
        ("sessions.csv", "03T14:00:00+00:00,2027-03-03T14:45", "02T15:00:00+00:00,2027-03-02T15:45"),
    ]
    cohort = make_cohort(eligibility={"same_function_gap": 1}, sessions={"max_per_day": 1})
    violations = [text for text in of_sessions(cohort, write(tmp_path, *edits)) if "max_per" in text]
    assert_found(violations, "line 4, start: Dora (d) has 2 sessions on 2027-03-02")


BEN = [
    ({}, "2027-03-15", True),
    ({"max_per_day": 1}, "2027-03-15", False),
    ({"max_per_day": 2}, "2027-03-15", True),
    ({"max_per_day": 1}, "2027-03-16", True),
    ({"max_per_week": 1}, "2027-03-15", False),
    ({"max_per_week": 1}, "2027-03-21", False),
    ({"max_per_week": 2}, "2027-03-21", True),
    ({"max_per_week": 1}, "2027-03-14", True),
    ({"max_per_week": 1}, "2027-03-22", True),
]


@pytest.mark.parametrize(("limits", "day", "free"), BEN)
def test_days_and_weeks_that_are_full(tmp_path, limits, day, free):
    """Max could meet Anna on Monday the 15th, unless he has met Ben too often by then."""
    cohort = make_cohort(
        availability=[*ONLY_THEN, ("m", "2027-03-15", "12:00", "12:45")],
        sessions=RULES | limits,
        people={"m": {"capacity": 2}},
    )
    folder = one_session_less(tmp_path)
    add_row(folder / "pairs.csv", f"b,Ben,m,'=Max,1,2,yes,1,{day},{day},chosen,2027-03-01,2027-03-31")
    add_row(folder / "sessions.csv", f"b,m,1,{day}T15:00:00+00:00,{day}T15:45:00+00:00,45")
    violations = [text for text in could_be(cohort, folder) if "Anna" in text]
    assert_found(violations, *([MORE] if free else []))


def test_a_pair_left_out_leaves_its_place(tmp_path):
    """Anna would rather meet Nina; on her only day Max has his only session of hers."""
    choices = [("a", 1, "n"), ("a", 2, "m"), *cases.CHOICES[2:]]
    only = [("a", 6, "", ""), *(("a", f"2027-03-{day}", "09:00", "18:00") for day in ("01", "15", "29"))]
    for limits, possible in (
        ({"max_per_day": 1}, True),
        ({"max_per_week": 3}, True),
        ({"max_per_week": 2}, False),
    ):
        cohort = make_cohort(
            choices=choices, capacity={"mentees_per_mentor": 3}, availability=only, sessions=limits
        )
        told = ["could take the place of the mentee's pair at rank 2"] if possible else []
        assert_found(could_be(cohort, write(tmp_path)), *told)


def test_no_schedule_within_the_limits_is_no_common_time(tmp_path):
    """Six sessions in 17 days with one a week: no schedule, whatever the other pairs do."""
    cohort = make_cohort(
        people={"m": {"capacity": 2}},
        sessions={"max_per_week": 1, "minimum": 6, "min_days_between": 1, "month_rule": "none"},
    )
    edit = ("choices.csv", "b,m,1,mentor_full", "b,m,1,nonsense")
    violations = [text for text in found(cohort, write(tmp_path, edit)) if text.startswith("choices.csv")]
    assert_found(
        violations,
        "line 3, outcome: 'other_choice_taken' must be no_common_time",
        "line 5, outcome: 'nonsense' must be no_common_time",
    )


# --- what a pair could hold, against every set of starts ------------------------------------------------------


def timetable_of(cohort):
    return Timetable(Roster(cohort), [(0, 1), (2, 1), (0, 3)])


def diary_of(timetable, spans):
    """Sessions of other pairs: (pair, start, end)."""
    pairs = {}
    for pair, start, end in spans:
        found = pairs.setdefault(pair, FoundPair(pair, None, 1, locked=False))
        found.meetings.append(Meeting(0, pair, None, start, end, timetable.dates.day_of(start)))
    return Diary(pairs.values())


def keeps_apart(spans, pause):
    return all(later[0] >= span[1] + pause for span, later in pairwise(sorted(spans)))


def may_hold(timetable, chosen, taken, length):
    """Whether a pair may start sessions at `chosen` where each of the two has the sessions `taken`."""
    dates, rules = timetable.dates, timetable.roster.programme.sessions
    days = [dates.day_of(start) for start in chosen]
    if any(later - day < rules.min_days_between for day, later in pairwise(days)):
        return False
    for theirs in taken:
        spans = [*((start, start + length) for start in chosen), *theirs]
        held = [dates.date(dates.day_of(start)) for start, _ in spans]
        weeks = Counter(day.isocalendar()[:2] for day in held)
        if not keeps_apart(spans, rules.pause_minutes):
            return False
        if rules.max_per_day and max(Counter(held).values(), default=0) > rules.max_per_day:
            return False
        if rules.max_per_week and max(weeks.values(), default=0) > rules.max_per_week:
            return False
    return True


def sets_of(starts, may):
    """All sets of starts that may be: whoever may hold some sessions may hold fewer of them."""
    found = [()]
    for start in starts:
        found += [(*chosen, start) for chosen in found if may((*chosen, start))]
    return found


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_what_a_pair_could_hold_beside_others(data):
    """Either exactly what trying all sets of starts finds, or nothing where its own sessions could collide."""
    length = data.draw(st.sampled_from([45, 120, 1400, 1440]))
    rules = {
        "minutes": length,
        "grid_minutes": data.draw(st.sampled_from([720, 1380, 1440])),
        "min_days_between": data.draw(st.integers(1, 3)),
        "month_rule": "none",
        "pause_minutes": data.draw(st.sampled_from([0, 30, 240])),
        "max_per_day": data.draw(st.integers(0, 2)),
        "max_per_week": data.draw(st.integers(0, 3)),
    }
    frame = {"start": data.draw(st.sampled_from(["2027-03-24", "2027-03-26", "2027-03-28"])), "end": "2027-04-01"}
    week = {"working_hours": "00:00-24:00", "working_days": ["mon", "tue", "wed", "fri", "sat", "sun"]}
    busy = [
        ("a", f"2027-03-{day}T06:00", f"2027-03-{day}T{hour:02}:00")
        for day, hour in data.draw(st.lists(st.tuples(st.integers(24, 31), st.integers(7, 20)), max_size=2))
    ]
    cohort = make_cohort(sessions=rules, frame=frame, calendar=week, busy=busy)
    timetable = timetable_of(cohort)
    low, high = timetable.dates.span
    spans = []
    for pair in data.draw(st.lists(st.sampled_from([(2, 1), (0, 3)]), max_size=3)):
        start = low + 60 * data.draw(st.integers(0, (high - low) // 60 - 1))
        spans.append((pair, start, start + 45))
    taken = [[(start, end) for pair, start, end in spans if person in pair] for person in (0, 1)]
    assume(may_hold(timetable, (), taken, length))
    both = np.array([0, 1])
    starts = [
        start
        for start in range(low, high - length + 1)
        if timetable.dates.on_grid(start)
        and timetable.free.covers(both, np.array([start] * 2), np.array([start + length] * 2)).all()
    ]
    expected = set(map(len, sets_of(starts, lambda chosen: may_hold(timetable, chosen, taken, length)))) - {0}
    claimed = set(timetable.numbers_beside((0, 1), diary_of(timetable, spans), None))
    assert claimed in (expected, set())
    if expected and not claimed:
        day, gap = timetable.dates.day_of, length + rules["pause_minutes"]
        assert any(
            later - start < gap and day(later) - day(start) >= rules["min_days_between"]
            for start, later in combinations(starts, 2)
        )


@pytest.mark.parametrize(
    ("apart", "pause", "numbers"),
    [(2, 0, {1, 2, 3}), (2, 60, {1, 2, 3}), (2, 61, set()), (3, 240, {1, 2})],
)
def test_a_session_of_a_whole_day_may_run_into_the_day_after_the_next(apart, pause, numbers):
    """It starts at midnight, or at 23:00; then the next one may be 25 hours and a pause later."""
    rules = {"minutes": 1440, "grid_minutes": 1380, "month_rule": "none"}
    cohort = make_cohort(
        sessions=rules | {"min_days_between": apart, "pause_minutes": pause},
        frame={"start": "2027-03-01", "end": "2027-03-05"},
        calendar={"working_hours": "00:00-24:00"},
    )
    timetable = timetable_of(cohort)
    assert set(timetable.numbers_beside((0, 1), diary_of(timetable, []), None)) == numbers
