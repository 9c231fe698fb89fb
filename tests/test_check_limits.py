"""Pauses and the most sessions of a day and a week in the check: each broken once, and what room they leave."""

import copy

import check_cases as cases
import pytest
from check_cases import make_cohort
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
