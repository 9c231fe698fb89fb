"""Corners of the check in which one comparison, one sign or one part of a condition decides."""

import codecs
import dataclasses
import datetime as dt
import hashlib
from types import SimpleNamespace

import numpy as np
import pytest
from check_cases import date, instant
from cohorts import Spec, build, only
from test_check_bounds import FRAME, compared, in_waves

from matcher.check_claims import check_claims, proven_goals
from matcher.check_classes import Classes
from matcher.check_diary import Diary
from matcher.check_files import (
    Row,
    Table,
    Violation,
    check_order,
    read_object,
    read_table,
    safe_text,
    whole_number,
)
from matcher.check_outcomes import Outcomes, check_choices, check_unmatched, possible_reasons
from matcher.check_pairs import FoundPair, Meeting
from matcher.check_past import ENDED, Past, Planned, Rows, _rows, _slots, read_past, why_over, with_mentees
from matcher.check_prices import _rules, check_prices, columns
from matcher.check_queue import _check_rows, _check_runs, check_history, check_queue, check_waiting
from matcher.check_repair import CHANGES, HELD, MOVES, Repair, _check_moves, check_repair
from matcher.check_rhythm import Engagement
from matcher.check_rules import Roster
from matcher.check_standing import Standing, check_standing
from matcher.check_suggestions import Colleagues, Names, People
from matcher.check_time import EVER, Clock, joined
from matcher.check_timetable import Timetable
from matcher.check_waves import check_places, places_in_all
from matcher.model import History
from matcher.programme import Programme

FIRST = date(FRAME["start"])


def table_of(file, columns, *rows):
    """A table with these rows as a file would give it, and the list of what is found wrong in it."""
    table = Table(file, [], {name: at for at, name in enumerate(columns)})
    table.lines, table.records = list(range(2, 2 + len(rows))), [(*row, "") for row in rows]
    return table


def told(table):
    return [violation.message for violation in table.violations]


def paired(roster, mentee, mentor, *meetings, locked=False, line=2):
    pair = roster.person[mentee], roster.person[mentor]
    found = FoundPair(pair, Row(line, ("",), {}), roster.rank(pair), locked=locked)
    found.meetings.extend(
        Meeting(10 * line + number, pair, number, *slot, slot[0] // 1440 - FIRST)
        for number, slot in enumerate(meetings, 1)
    )
    return found


def at(day, clock="09:00", minutes=45):
    """Start and end of a session on a day of the programme, whose clock is UTC."""
    start = (FIRST + day) * 1440 + int(clock[:2]) * 60 + int(clock[3:])
    return start, start + minutes


def past_at(day, **slots):
    """A plan that is repaired on a day: `a_m=[...]` are the sessions of a with m; all pairs began on day 0."""
    past = Past(FIRST + day, (FIRST + day) * 1440, {})
    for ids, planned in slots.items():
        past.pairs[tuple(ids.split("_"))] = Planned(("", ""), "1", FIRST, past.midnight, sorted(planned))
    return past


# --- clocks ---------------------------------------------------------------------------------------------------


def test_a_clock_knows_the_changes_around_its_programme_and_no_others():
    spring, autumn = instant("2027-03-28T01:00+00:00")[0], instant("2027-10-31T01:00+00:00")[0]
    assert Clock("Europe/London", date("2027-01-11"), date("2027-02-26")).pieces == [(-EVER, EVER, 0)]
    assert Clock("Europe/London", date("2027-05-03"), date("2027-07-30")).pieces == [(-EVER, EVER, 60)]
    assert Clock("Europe/London", date("2027-01-11"), date("2027-12-17")).pieces == [
        (-EVER, spring, 0),
        (spring, autumn, 60),
        (autumn, EVER, 0),
    ]


def test_the_wall_clock_changes_at_the_instant_of_the_change():
    spring = instant("2027-03-28T01:00+00:00")[0]
    clock = Clock("Europe/London", date("2027-03-01"), date("2027-04-09"))
    assert [clock.wall(spring - 1) - spring, clock.wall(spring) - spring] == [-1, 60]


def test_a_stretch_of_no_time_is_none():
    assert joined([(25, 25), (10, 20), (30, 29), (5, 5)]) == [(10, 20)]


def test_stretches_grow_into_the_one_before_them_alone():
    assert joined([(0, 10), (20, 30), (25, 40)]) == [(0, 10), (20, 40)]
    assert joined([(0, 10), (20, 30), (25, 28), (30, 31)]) == [(0, 10), (20, 31)]
    assert joined([(0, 50), (60, 70), (65, 68)]) == [(0, 50), (60, 70)]


def test_a_skipped_time_is_the_instant_of_its_own_change():
    first, second = (instant(f"{day}T01:00+00:00")[0] for day in ("2028-03-26", "2029-03-25"))
    clock = Clock("Europe/London", date("2027-10-01"), date("2029-04-20"))
    for spring in (first, second):
        walls = [spring - 1, spring, spring + 59, spring + 60]
        assert [clock.instant(wall) - spring for wall in walls] == [-1, 0, 0, 0]
        assert (clock.instants(np.array(walls)) - spring).tolist() == [-1, 0, 0, 0]


def test_a_clock_shows_a_time_in_stretches_that_are_not_empty():
    spring = instant("2027-03-28T01:00+00:00")[0]
    clock = Clock("Europe/London", date("2027-03-01"), date("2027-04-09"))
    assert clock.showing(spring - 30, spring) == [(spring - 30, spring)]
    assert clock.showing(spring + 60, spring + 90) == [(spring, spring + 30)]  # 02:00 follows 00:59
    assert clock.showing(spring - 30, spring + 90) == [(spring - 30, spring), (spring, spring + 30)]
    assert clock.showing(spring, spring) == []


# --- files ----------------------------------------------------------------------------------------------------


def test_cells_of_an_absent_column_are_empty():
    table = table_of("pairs.csv", ("mentee_id", "rank"), ("a", "7"))
    assert list(table.cells("mentee_id", "mentor_id", "rank")) == [(2, ("a", "", "7"))]
    (row,) = table.rows()
    assert (row["mentee_id"], row["mentor_id"], row["rank"]) == ("a", "", "7")
    table.expect(row, "mentor_id", "m")
    assert table.violations == []  # that the column is missing has been said
    table.expect(row, "rank", "8")
    table.fault("a row is missing")
    assert list(map(str, table.violations)) == [
        "pairs.csv, line 2, rank: '7' must be '8'",
        "pairs.csv: a row is missing",
    ]


def test_places_in_a_file_are_named_as_far_as_they_are_known():
    assert str(Violation("a.csv", "no", 3, "start")) == "a.csv, line 3, start: no"
    assert (Violation("a.csv", "no", 3).place, Violation("a.csv", "no", column="x").place) == ("line 3", "x")
    assert Violation("a.csv", "no").source == "a.csv"
    assert Violation("a.csv", "cannot be read: the disk").unread
    assert not Violation("a.csv", "is not read").unread


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=x", "'=x"),
        ("'=x", "''=x"),
        ("''+1", "'''+1"),
        ("'x", "'x"),
        ("x=", "x="),
        ("X=1", "X=1"),
        ("'", "'"),
        ("", ""),
    ],
)
def test_a_text_gets_an_apostrophe_where_without_its_own_it_would_be_a_formula(text, cell):
    assert safe_text(text) == cell


@pytest.mark.parametrize("sign", [*"=+-@\t\r", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_everything_that_begins_a_formula_gets_an_apostrophe(sign, tmp_path):
    assert safe_text(f"{sign}x") == f"'{sign}x"
    assert safe_text(f"x{sign}") == f"x{sign}"
    violations = []
    (tmp_path / "t.csv").write_text(f'\ufeffa,b\n"{sign}x",1\n', "utf-8", newline="")
    read_table(tmp_path, "t.csv", ("a", "b"), ",", violations)
    assert [(one.line, one.column) for one in violations] == [(2, "a")]


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("-1", -1), ("10", 10), ("-0", None), ("01", None), ("+1", None), (" 1", None), ("1\n", None)],
)
def test_whole_numbers_are_read_in_their_plain_form(text, number):
    assert whole_number(text) == number


@pytest.mark.parametrize("digits", [18, 19])
def test_whole_numbers_have_eighteen_digits_at_most(digits):
    assert whole_number("9" * digits) == (10**18 - 1 if digits == 18 else None)


def test_rows_that_are_alike_are_in_order():
    table = table_of("pairs.csv", ("mentee_id",))
    check_order(table, [("a", 2), ("a", 3), ("b", 4)], "mentee_id")
    assert table.violations == []
    check_order(table, [("b", 2), ("a", 3), ("c", 4), ("b", 5)], "mentee_id")
    assert [violation.line for violation in table.violations] == [3]  # the first one


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"a": 1, "b": {"c": [2]}}', None),
        (b'{"b": 1, "a": 2, "a": 1}', "is not JSON ('a' stands twice in one object)"),
        (b'{"b": {"c": 1, "c": 2}}', "is not JSON ('c' stands twice in one object)"),
        (b'{"a": NaN}', "is not JSON (NaN is no JSON number)"),
        (b'{"a": -Infinity}', "is not JSON (-Infinity is no JSON number)"),
        (b"[1]", "must hold one JSON object"),
        (b"{", "is not JSON ("),
        (b'{"a": "\xff"}', "is not UTF-8 (byte 7)"),
        (b'\xef\xbb\xbf{"a": 1}', "must have no byte order mark"),
        (b"[" * 100_000, "is not JSON ("),
        (None, "cannot be read: the file is missing"),
    ],
)
def test_an_object_is_read_or_told(tmp_path, data, said):
    violations = []
    if data is not None:
        (tmp_path / "summary.json").write_bytes(data)
    found = read_object(tmp_path, "summary.json", violations)
    if said is None:
        assert (found, violations) == ({"a": 1, "b": {"c": [2]}}, [])
    else:
        (violation,) = violations
        assert str(violation).startswith(f"summary.json: {said}")
        assert found == ({"a": 1} if "mark" in said else None)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("a,b\n1,2\n", []),
        ("a,b,c\n1,2,3\n", []),
        ("b,a\n1,2\n", ["the columns must come in the order a, b (found: b, a)"]),
        ("a,c,b\n1,2,3\n", ["the columns must come in the order a, b (found: a, c, b)"]),
        ("a,c\n1,2\n", ["the column is missing (found: a, c)"]),
        ("a,b,b\n1,2,3\n", ["a column name stands twice (found: a, b, b)"]),
        ("a,b\n1\n", ["the row has 1 cells, the header has 2"]),
        ("a,b\n1,2,3\n", ["the row has 3 cells, the header has 2"]),
        ("a,b\r\n1,2\n3,4\n", ["lines must end with a line feed (LF) alone, the last one too"]),
        ("a,b\n1,2\r\n", ["lines must end with a line feed (LF) alone, the last one too"]),
        ("a,b\n1,2", ["lines must end with a line feed (LF) alone, the last one too"]),
        ("", ["the file is empty: the row of column names is missing"]),
        ('a,b\n"1,2\n', ["cannot be read as CSV (unexpected end of data)"]),
        ("a,b\n=1,2\n", ["'=1' must have a leading ' (a spreadsheet would run it)"]),
        ("a,b\n-1,+1\n", ["'+1' must have a leading ' (a spreadsheet would run it)"]),
        ("a,b\n=1,=1\n", ["'=1' must have a leading ' (a spreadsheet would run it)"] * 2),
    ],
)
def test_a_table_is_read_or_told(tmp_path, data, said):
    violations = []
    (tmp_path / "t.csv").write_bytes(b"\xef\xbb\xbf" + data.encode())
    read_table(tmp_path, "t.csv", ("a", "b"), ",", violations)
    assert [violation.message for violation in violations] == said


def test_a_short_row_has_the_cells_that_it_has(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"\xef\xbb\xbfa,b,b\n1,2\n1,2,3\n1,2,3,4\n")
    table = read_table(tmp_path, "t.csv", ("a", "b"), ",", [])
    assert [cells for _, cells in table.cells("a", "b")] == [("1", "2"), ("1", "3"), ("1", "3")]


def test_rows_of_several_lines_are_named_by_their_first(tmp_path):
    violations = []
    (tmp_path / "t.csv").write_bytes('\ufeffa;b\n1;"x\ny"\n2;=z\n3\n'.encode())
    table = read_table(tmp_path, "t.csv", ("a", "b"), ";", violations)
    assert list(table.cells("a", "b")) == [(2, ("1", "x\ny")), (4, ("2", "=z")), (5, ("3", ""))]
    assert list(map(str, violations)) == [
        "t.csv, line 4, b: '=z' must have a leading ' (a spreadsheet would run it)",
        "t.csv, line 5: the row has 1 cells, the header has 2",
    ]


# --- claims ---------------------------------------------------------------------------------------------------

PROVEN = {"mentees", "pairs", "rank", "sessions", "minutes", "preferred"}
GOALS = {"could hold": "sessions", "could be longer": "minutes", "could be in the preferred": "preferred"}
PAIR = ("m F 5", "a F 1")


def claims(cohort, *pairs, proven=PROVEN, past=None):
    """What is said of goals that are called optimal; pairs are (mentee, mentor, sessions)."""
    roster = Roster(cohort)
    found = [paired(roster, *ids, *slots, line=line) for line, (*ids, slots) in enumerate(pairs, 2)]
    timetable = Timetable(roster, [one.pair for one in found], (), past)
    table = table_of("summary.json", ())
    check_claims(table, proven, timetable, found, Diary(found))
    for violation in table.violations:
        goal = next(goal for word, goal in GOALS.items() if word in violation.message)
        assert (violation.line, violation.column) == (None, f"goals, {goal}")
    return told(table)


def hours(*windows, **sections):
    """Both are free in these windows (day, start, end) alone."""
    rows = [((dt.date(2027, 1, 11) + dt.timedelta(days=day)).isoformat(), *ends) for day, *ends in windows]
    rules = {"month_rule": "none", "min_days_between": 1} | sections.pop("sessions", {})
    frame = {**FRAME, **sections.pop("programme", {})}
    return build(
        Spec(
            employees=PAIR,
            choices=("a m",),
            availability=tuple(row for who in "am" for row in only(who, *rows)),
            programme={"programme": frame, "sessions": rules, **sections},
        )
    )


def test_a_goal_is_proven_where_it_is_called_optimal():
    goals = [{"name": "pairs", "status": "optimal"}, {"name": "rank", "status": "feasible"}, "mentees"]
    assert proven_goals({"goals": goals}) == {"pairs"}
    assert proven_goals({"goals": {"name": "pairs", "status": "optimal"}}) == proven_goals({}) == set()


def test_pairs_that_are_new_in_a_rematch_hold_as_many_sessions_as_they_can():
    cohort = hours((20, "09:00", "09:45"), (30, "09:00", "09:45"))
    plan = ("a", "m", [at(20)])
    (fault,) = claims(cohort, plan)
    assert fault == "called optimal, but a and m could hold 2 sessions instead of 1 with all others as they are"
    past = past_at(10)
    assert claims(cohort, plan, past=past) == [fault]
    past.agreed[1, 0] = past.agreed[0, 1] = past_at(10, a_m=[at(20)]).pairs["a", "m"]
    assert claims(cohort, plan, past=past) == []  # more sessions of a pair that goes on might move those planned


def test_nothing_better_is_claimed_where_rules_leave_no_dates_at_all():
    cohort = hours((20, "09:00", "09:45"), sessions={"minimum": 8, "min_days_between": 14})
    assert claims(cohort, ("a", "m", [at(20)])) == []


@pytest.mark.parametrize("missing", ["mentees", "pairs", "rank", "sessions"])
def test_nothing_is_claimed_where_a_goal_before_is_not_proven(missing):
    cohort = hours((20, "09:00", "09:45"), (30, "09:00", "09:45"))
    assert len(claims(cohort, ("a", "m", [at(20)]), proven=PROVEN - {"minutes", "preferred"})) == 1
    assert claims(cohort, ("a", "m", [at(20)]), proven=PROVEN - {missing}) == []


@pytest.mark.parametrize(
    ("number", "held", "better"),
    [("most", 2, 3), ("most", 3, None), ("fewest", 2, 1), ("fewest", 1, None), (2, 1, 2), (2, 3, 2), (2, 2, None)],
)
def test_a_better_number_of_sessions_is_named(number, held, better):
    cohort = hours(*((day, "09:00", "09:45") for day in (20, 30, 40)), sessions={"number": number})
    found = claims(cohort, ("a", "m", [at(day) for day in (20, 30, 40)[:held]]))
    assert [fault.partition(" could hold ")[2].split()[0] for fault in found] == [str(better)] * bool(better)


@pytest.mark.parametrize(
    ("end", "other", "longer"),
    [
        ("10:00", None, True),
        ("09:59", None, False),  # their hours end before the longer session
        ("11:00", "10:00", True),  # its end is the start of the next one
        ("11:00", "09:59", False),
    ],
)
def test_a_session_that_could_be_longer_is_named(end, other, longer):
    cohort = hours((20, "09:00", end), sessions={"minutes": [60, 45], "grid_minutes": 1, "max_per_day": 0})
    slots = [at(20), *([at(20, other)] if other else [])]
    found = [fault for fault in claims(cohort, ("a", "m", slots)) if "longer" in fault and "line 21 " in fault]
    assert found == ["called optimal, but the session on line 21 of sessions.csv could be longer"] * longer
    assert not any("longer" in one for one in claims(cohort, ("a", "m", slots), proven=PROVEN - {"minutes"}))


@pytest.mark.parametrize(("before", "after", "longer"), [(10, 10, True), (9, 10, False), (10, 9, False)])
def test_a_longer_session_leaves_the_pause(before, after, longer):
    people = ("m F 5", "a F 1", "b F 1")
    rules = {"minutes": [60, 45], "grid_minutes": 1, "pause_minutes": 10, "month_rule": "none"}
    cohort = build(
        Spec(employees=people, choices=("a m", "b m"), programme={"programme": FRAME, "sessions": rules})
    )
    start, _ = at(21)
    others = [(start - before - 60, start - before), (start + 60 + after, start + 120 + after)]
    found = claims(cohort, ("a", "m", [(start, start + 45)]), ("b", "m", others))
    assert any("line 21 " in fault for fault in found) == longer


WAVES = {"programme": {"engagement": "as-needed"}, "sessions": {"number": 3, "min_days_between": 1}}


@pytest.mark.parametrize(
    ("clocks", "whole", "waves"),
    [
        (("09:00", "10:00", "10:00"), [21], [21]),
        (("10:00", "10:00", "09:00"), [23], []),  # the engagement would end later
        (("10:00", "09:00", "10:00"), [22], [22]),
        (("11:00", "10:00", "10:00"), [21], []),  # it would begin earlier
        (("10:00", "10:00", "11:00"), [23], [23]),
        (("10:00", "10:00", "10:00"), [], []),
    ],
)
def test_a_session_that_could_be_in_preferred_hours_is_named(clocks, whole, waves):
    """They like 10:00 to 10:45; where engagements last as long as needed, theirs may not grow for it."""
    windows = [(day, "09:00", "11:45") for day in (21, 22, 23)]
    plan = ("a", "m", [at(day, clock) for day, clock in zip((21, 22, 23), clocks, strict=True)])
    liked = {"preferred_hours": "10:00-10:45"}
    for lines, sections in ((whole, {}), (waves, WAVES)):
        cohort = hours(*windows, calendar=liked, **sections)
        expected = [
            f"called optimal, but the session on line {line} of sessions.csv could be in the preferred hours "
            "of both on its date"
            for line in lines
        ]
        assert claims(cohort, plan) == expected
        assert claims(cohort, plan, proven=PROVEN - {"minutes"}) == expected  # all are of one length
        assert claims(cohort, plan, proven=PROVEN - {"preferred"}) == []
    assert (
        claims(cohort, (*plan[:2], plan[2][:2]), proven=PROVEN - {"preferred"}) == []
    )  # nothing but the number wanted is allowed


def test_preferred_hours_come_after_the_lengths_where_there_are_several():
    cohort = hours(
        (21, "09:00", "11:45"), calendar={"preferred_hours": "10:00-10:45"}, sessions={"minutes": [45, 30]}
    )
    assert len(claims(cohort, ("a", "m", [at(21)]))) == 1
    assert claims(cohort, ("a", "m", [at(21)]), proven=PROVEN - {"minutes"}) == []
    near = hours((21, "09:00", "11:00"), calendar={"preferred_hours": "10:00-10:45"})
    assert len(claims(near, ("a", "m", [at(21, "09:30")]))) == 1  # its own time is no obstacle
    late = hours((21, "14:00", "14:45"), calendar={"preferred_hours": "10:00-10:45"})
    assert claims(late, ("a", "m", [at(21, "14:00")])) == []
    (fault,) = claims(cohort, ("a", "m", []))  # without sessions there is nothing to move
    assert "could hold 1 sessions instead of 0" in fault


@pytest.mark.parametrize(("other", "free"), [("10:55", True), ("10:54", False), ("09:05", True), ("09:06", False)])
def test_a_move_into_preferred_hours_leaves_the_pause(other, free):
    rules = {"pause_minutes": 10, "grid_minutes": 1, "month_rule": "none"}
    spec = Spec(
        employees=("m F 5", "a F 1", "b F 1"),
        choices=("a m", "b m"),
        programme={
            "programme": FRAME,
            "sessions": rules,
            "calendar": {"preferred_hours": "10:00-10:45", "working_hours": "09:00-18:00", "lunch": ""},
        },
    )
    found = claims(build(spec), ("a", "m", [at(21, "14:00")]), ("b", "m", [at(21, other)]))
    assert any("line 21 " in fault for fault in found) == free


# --- outcomes -------------------------------------------------------------------------------------------------


def outcomes_of(cohort, *pairs, past=None):
    roster = Roster(cohort)
    found = {one.pair: one for one in (paired(roster, *ids, *slots) for *ids, slots in pairs)}
    timetable = Timetable(roster, found, (), past)
    return Outcomes(timetable, found, Diary(found.values()))


@pytest.mark.parametrize(
    ("changes", "goes_on"),
    [
        ({}, True),
        ({"employees": ("m F 5", "a F 1", "n F 5 0")}, False),  # n takes no mentees any more
        ({"pairs": (("a", "n", "forbidden"),)}, False),
        ({"availability": only("n", ("2027-01-11", "09:00", "10:00"))}, False),
        ({"choices": ("a m", "a n")}, False),  # it is listed, and stands among the choices
    ],
)
def test_a_pair_that_is_not_listed_any_more_may_go_on_where_rules_and_calendars_let_it(changes, goes_on):
    spec = {"employees": ("m F 5", "a F 1", "n F 5"), "choices": ("a m",), **changes}
    cohort = build(Spec(**spec, programme={"programme": FRAME, "sessions": {"minimum": 2}}))
    past = past_at(10, a_n=[at(20), at(40)])
    past.agreed[0, 2] = past.pairs["a", "n"]
    timetable = Timetable(Roster(cohort), [(0, 2)], (), past)
    assert Outcomes(timetable, {}, Diary(())).unlisted() == [(0, 2)] * goes_on
    assert outcomes_of(cohort).unlisted() == []


@pytest.mark.parametrize(
    ("rank", "locked", "goes_on", "code"),
    [
        (3, False, False, "schedule_conflict"),  # the choice would be better
        (2, False, False, "other_choice_taken"),
        (3, True, False, "other_choice_taken"),
        (3, False, True, "other_choice_taken"),
        (None, False, False, "other_choice_taken"),  # what is not listed has no rank that could be worse
    ],
)
def test_a_choice_is_lost_to_a_pair_that_is_no_worse(rank, locked, goes_on, code):
    people = ("m F 5", "n F 5", "a F 1")
    choices = (("a", 2, "m"), *([("a", rank, "n")] if rank else []))
    roster = Roster(build(Spec(employees=people, choices=choices, programme={"programme": FRAME})))
    found = paired(roster, "a", "n", at(10), locked=locked)
    past = past_at(5, a_n=[at(10)]) if goes_on else None
    if past:
        past.agreed[0, 2] = past.pairs["a", "n"]
    timetable = Timetable(roster, [found.pair], (), past)
    outcomes = Outcomes(timetable, {found.pair: found}, Diary([found]))
    assert outcomes.codes[0] == code
    improved = "the pair could take the place of the mentee's pair at rank 3: a schedule exists beside all other"
    assert outcomes.improves(roster.choices[0]).startswith(improved) == (code == "schedule_conflict")


def test_what_a_choice_is_lost_to_is_told_by_the_first_thing_that_is_full():
    people = ("m F 5 1", "n F 5 1", "a F 1", "b F 1")
    cohort = build(Spec(employees=people, choices=("a m", "b m", "b n"), programme={"programme": FRAME}))
    assert outcomes_of(cohort).codes == ["schedule_conflict"] * 3
    assert outcomes_of(cohort, ("a", "m", [at(20)])).codes == ["paired", "mentor_full", "schedule_conflict"]
    both = outcomes_of(cohort, ("a", "m", [at(20)]), ("b", "n", [at(21)]))
    assert both.codes == ["paired", "mentor_full", "paired"]
    first = outcomes_of(cohort, ("b", "m", [at(20)]))
    assert first.codes == ["mentor_full", "paired", "other_choice_taken"]
    assert [first.is_possible(choice) for choice in range(3)] == [True] * 3


def test_a_choice_with_places_left_could_be_added_where_a_schedule_exists():
    cohort = hours((20, "09:00", "09:45"))
    outcomes = outcomes_of(cohort)
    said = "the pair could be added: a schedule exists beside all other sessions"
    assert outcomes.improves(outcomes.roster.choices[0]) == said
    people = (*PAIR, "b F 1")
    busy = build(
        Spec(
            employees=people,
            choices=("a m", "b m"),
            availability=only("m", ("2027-01-31", "09:00", "09:45")),
            programme={"programme": FRAME, "sessions": {"month_rule": "none"}},
        )
    )
    taken = outcomes_of(busy, ("b", "m", [at(20)]))
    assert taken.improves(taken.roster.choices[0]) == ""


@pytest.mark.parametrize(
    ("codes", "reasons"),
    [
        ((), ("no_eligible_choice",)),
        (("past", "self", "reverse_pair"), ("no_eligible_choice",)),
        (("past", "no_common_time"), ("no_common_time",)),
        (("no_common_time", "mentor_full"), ("mentors_full", "draw")),
        (("mentor_full", "schedule_conflict", "no_common_time"), ("schedule_conflict", "draw")),
    ],
)
def test_a_mentee_has_no_mentor_for_a_reason_that_follows_from_the_choices(codes, reasons):
    assert possible_reasons(codes) == reasons


# --- what had happened ----------------------------------------------------------------------------------------


def test_what_a_pair_that_goes_on_has_held_is_not_counted_twice():
    past = past_at(20, a_m=[at(5), at(30)], b_m=[at(6)], c_m=[at(7)], d_m=[at(8)])
    past.why["b", "m"] = "left"
    past.held["c", "m"] = [at(1)]
    person = {"m": 0, "a": 1, "b": 2, "c": 3, "d": 4}
    assert sorted(past.over({(1, 0), (2, 0), (3, 0)}, person)) == [
        ((2, 0), at(6)),  # who is over is over, though another pair of theirs may be new
        ((3, 0), at(1)),
        ((4, 0), at(8)),
    ]
    assert len(list(past.over((), person))) == 5


def test_sessions_are_held_before_the_date_and_to_come_from_it_on():
    past = past_at(20, a_m=[at(19, "23:59"), at(20, "00:00"), at(21)])
    planned = past.agreed[0, 1] = past.pairs["a", "m"]
    assert (planned.held, planned.coming) == ([at(19, "23:59")], [at(20, "00:00"), at(21)])
    assert (past.held_by((0, 1)), past.planned_of((0, 1))) == (planned.held, planned.coming)
    assert past.held_by((0, 2)) == past.planned_of((0, 2)) == []


def test_sessions_of_a_pair_that_is_over_are_those_of_every_plan():
    past = past_at(20, a_m=[at(5), at(30)], b_m=[at(6)])
    past.held["a", "m"] = [at(7), at(1)]
    assert past.held_before(("a", "m")) == [at(1), at(7)]
    past.why["a", "m"] = "refused"
    assert past.held_before(("a", "m")) == [at(1), at(5), at(7)]
    assert past.held["a", "m"] == [at(7), at(1)]
    assert past.held_before(("b", "m")) == []


@pytest.mark.parametrize(
    ("certificate", "forced", "fixed"),
    [
        (None, True, {(0, 1)}),
        ({"goals": ["mentees"]}, True, {(0, 1)}),
        ({"goals": ["kept", "mentees"]}, True, set()),
        ({"goals": "kept"}, True, {(0, 1)}),
        (None, False, set()),
    ],
)
def test_pairs_that_go_on_are_fixed_unless_the_certificate_weighs_them(certificate, forced, fixed):
    past = past_at(20, a_m=[], b_m=[])
    past.agreed = {(0, 1): past.pairs["a", "m"], (2, 1): past.pairs["b", "m"]}
    assert past.fixed(certificate, {(0, 1), (3, 1)}, forced) == fixed


def read(text, *columns):
    table = table_of("before/pairs.csv", ())
    return _rows(text.encode(), columns, table), told(table)


def test_rows_of_the_past_have_as_many_cells_as_there_are_titles():
    text = "mentee_id, Mentor_ID ,rank,note\na,m\n\nb,m,1,x,beyond\n , \n' c ,'=m,2,'X=1\n=d,m\n"
    rows, faults = read(text, "mentee_id", "mentor_id", "note", "start")
    assert faults == []
    assert rows.absent == {"start"}
    assert rows.records == [
        (2, ("a", "m", "", "")),
        (4, ("b", "m", "x", "")),
        (6, ("' c", "=m", "'X=1", "")),
        (7, ("=d", "m", "", "")),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_the_past_is_read_however_a_spreadsheet_has_saved_it(delimiter, encoding):
    text = "\nmentee_id,rank\r\na,1\r\n".replace(",", delimiter)
    table = table_of("before/pairs.csv", ())
    mark = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
    rows = _rows(mark + text.encode(encoding), ("rank", "mentee_id"), table)
    assert [cells for _, cells in rows.records] == [("1", "a")]
    assert told(table) == []


def test_lines_of_the_past_may_end_in_the_oldest_way():
    rows, faults = read("mentee_id,rank\ra,1\rb,2\r", "mentee_id", "rank")
    assert ([cells for _, cells in rows.records], faults) == ([("a", "1"), ("b", "2")], [])


def test_what_separates_cells_is_seen_in_the_titles():
    rows, _ = read("\nmentee_id,rank\n;;;a\t\t\tb,1\n", "mentee_id", "rank")
    assert [cells for _, cells in rows.records] == [(";;;a\t\t\tb", "1")]


def test_a_table_of_the_past_without_anything_has_no_rows():
    rows, faults = read("", "mentee_id", "rank")
    assert (rows.records, rows.absent, faults) == ([], {"mentee_id", "rank"}, [])
    assert "cannot be read as CSV" in read("mentee_id\n" + "x" * 200_000 + "\n", "mentee_id", "rank")[1][0]


@pytest.mark.parametrize(
    ("start", "end", "right"),
    [
        ("2027-01-12T09:00+00:00", "2027-01-12T09:01+00:00", True),
        ("2027-01-12T09:00+00:00", "2027-01-12T09:00+00:00", False),
        ("2027-01-12T09:00+00:00", "2027-01-12T10:00+01:00", False),  # the same instant
        ("2027-01-12T09:00+00:00", "2027-01-12T08:59+00:00", False),
        ("2027-01-12T09:00", "2027-01-12T10:00+00:00", False),
        ("2027-01-12T09:00+00:00", "2027-01-12T10:00", False),
        ("", "2027-01-12T10:00+00:00", False),
        ("2027-01-12T09:00+00:00", "ten", False),
    ],
)
def test_a_session_of_the_past_is_two_times_one_after_the_other(start, end, right):
    table = table_of("before/sessions.csv", ())
    other = "2027-01-13T09:00+00:00", "2027-01-13T09:45+00:00"
    rows = Rows(records=[(2, ("a", "m", start, end)), (3, ("a", "m", *other))])
    slots = list(_slots(rows, table))
    assert slots == [*([(2, ("a", "m"), at(1, "09:00", 1))] if right else []), (3, ("a", "m"), at(2))]
    assert [violation.line for violation in table.violations] == [2] * (not right)


@pytest.mark.parametrize(
    ("ids", "changes", "why"),
    [
        ("a m", {}, ""),
        ("a x", {}, "left"),
        ("x m", {}, "left"),
        ("a m", {"pairs": (("a", "m", "refused"),)}, "refused"),
        ("a m", {"pairs": (("a", "m", "declined"),)}, "declined"),
        ("a m", {"pairs": (("a", "m", "forbidden"),)}, "forbidden"),
        ("a m", {"pairs": (("a", "m", "past"),)}, ""),
        ("a m", {"last": ("a", 9)}, "left"),
        ("a m", {"last": ("m", 9)}, "left"),
        ("a m", {"last": ("m", 10)}, ""),  # his last day is that of the rematch
    ],
)
def test_why_a_pair_is_over_whatever_else_is_decided(ids, changes, why):
    who, day = changes.pop("last", ("", 0)) if "last" in changes else ("", 0)
    last = (dt.date(2027, 1, 11) + dt.timedelta(days=day)).isoformat()
    people = tuple(
        {"employee_id": name, "function": "F", "level": level, "last_day": last if name == who else ""}
        for name, level in (("a", 1), ("m", 5))
    )
    roster = Roster(build(Spec(employees=people, choices=("a m",), programme={"programme": FRAME}, **changes)))
    assert why_over(roster, tuple(ids.split()), FIRST + 10) == why


# --- timetables -----------------------------------------------------------------------------------------------


def timetable_of(past, *, pair="a_m", engagement="whole", agreed=True, **changes):
    rules = {"programme": {**FRAME, "engagement": engagement}, "sessions": {"number": 2}}
    spec = {"employees": ("m F 5", "a F 1"), "choices": ("a m",), "programme": rules, **changes}
    if agreed:
        past.agreed[0, 1] = past.pairs[tuple(pair.split("_"))]
    return Timetable(Roster(build(Spec(**spec))), [(0, 1)], (), past)


def test_an_engagement_that_goes_on_counts_from_the_last_session_held():
    last = 88
    past = past_at(40, a_m=[at(5), at(20), at(60)])
    assert timetable_of(past).engagement((0, 1)) == Engagement(0, last, held=20, before=1)
    assert timetable_of(past_at(40, a_m=[at(60)])).engagement((0, 1)) == Engagement(0, last)
    assert timetable_of(past_at(40, a_m=[at(60)]), agreed=False).engagement((0, 1)) == Engagement(40, last)
    late = past_at(40, a_m=[at(5), at(20)])
    late.pairs["a", "m"].start = FIRST + 41
    assert timetable_of(late).engagement((0, 1)) == Engagement(40, last)  # it is to begin after the date
    late.pairs["a", "m"].start = FIRST + 40
    assert timetable_of(late).engagement((0, 1)) == Engagement(40, last, held=20, before=1)


def test_an_engagement_as_long_as_needed_begins_no_later_than_its_first_session():
    def engagement(start, *days):
        past = past_at(40, a_m=[at(day) for day in days])
        past.pairs["a", "m"].start = FIRST + start
        return timetable_of(past, engagement="as-needed").engagement((0, 1))

    assert engagement(10, 5, 20, 60) == Engagement(5, 88, held=20, before=1, wanted=2)
    assert engagement(3, 5, 20) == Engagement(3, 88, held=20, before=1, wanted=2)
    assert engagement(5, 5, 20, 30, 39) == Engagement(5, 88, held=39, before=3, wanted=4)  # more than wanted
    assert engagement(41, 5, 20) == Engagement(5, 88, held=20, before=1, wanted=2)
    assert engagement(41, 50) == Engagement(40, 88, wanted=2)


def test_who_has_met_meets_again_after_the_distance():
    past = past_at(40, a_m=[at(5), at(38), at(60)], b_m=[at(39)])
    assert timetable_of(past).earliest((0, 1)) == 38 + 14
    over = past_at(40, a_m=[at(5), at(38), at(60)])
    over.why["a", "m"] = "refused"
    assert timetable_of(over, agreed=False).earliest((0, 1)) == 38 + 14
    assert timetable_of(over, agreed=False).earliest((1, 0)) == 40  # they have met in the other direction alone
    before = past_at(40, a_m=[at(60)])
    before.held["a", "m"] = [at(30)]
    assert timetable_of(before).earliest((0, 1)) == 30 + 14
    before.held["a", "m"] = [at(20)]
    assert timetable_of(before).earliest((0, 1)) == 40
    gone = past_at(40, a_m=[at(30)], a_x=[at(39)])
    gone.why["a", "x"] = "left"
    assert timetable_of(gone).earliest((0, 1)) == 30 + 14
    assert timetable_of(None, agreed=False).earliest((0, 1)) == 0
    met = {"pairs": (("a", "m", "past", "2027-01-09"),)}
    assert timetable_of(None, agreed=False, **met).earliest((0, 1)) == 12
    assert timetable_of(past_at(3), agreed=False, **met).earliest((0, 1)) == 12
    assert timetable_of(past_at(13), agreed=False, **met).earliest((0, 1)) == 13


# --- waves ----------------------------------------------------------------------------------------------------


def test_places_are_taken_from_the_first_session_to_the_end_of_the_last():
    roster = Roster(in_waves())

    def faults(*pairs, past=None):
        table = table_of("sessions.csv", ("start",))
        found = [paired(roster, who, "m", *slots, line=line) for line, (who, slots) in enumerate(pairs, 2)]
        check_places(table, roster, found, past)
        return [(violation.line, violation.message) for violation in table.violations]

    one = ("a", [at(5), at(20, "09:00")])
    assert faults(one, ("b", [at(20, "09:45"), at(40)])) == []  # it begins as the other ends
    assert faults(one, ("c", [])) == []
    said = "m has 2 mentees at this moment, at most 1 allowed at the same time"
    assert faults(one, ("b", [at(20, "09:44"), at(40)])) == [(31, said)]
    assert faults(one, ("b", [at(5), at(40)])) == [(21, said), (31, said)]
    day = past_at(20)
    assert faults(one, ("b", [at(4), at(20, "09:44")]), past=day) == [(22, said), (32, said)]
    assert faults(one, ("b", [at(4), at(19, "23:59")]), past=day) == []  # it is over
    assert faults(one, ("b", [at(4), at(20, "00:00"), at(21)]), past=day) == [(22, said), (32, said)]


def test_places_are_counted_by_whole_engagements_elsewhere():
    cohort = build(
        Spec(employees=("a F 1", "b F 1", "m F 5 1"), choices=("a m", "b m"), programme={"programme": FRAME})
    )
    roster, table = Roster(cohort), table_of("sessions.csv", ("start",))
    check_places(table, roster, [paired(roster, who, "m", at(5), at(40)) for who in "ab"], None)
    assert table.violations == []
    assert places_in_all(cohort, np.array([0, 1]), np.array([2, 2])).tolist() == cohort.employees.capacity.tolist()


@pytest.mark.parametrize(
    ("number", "apart", "places"),
    [
        (3, 44, 1),  # 88 days from the first to the last
        (2, 44, 2),
        (2, 29, 3),
        (2, 30, 2),
        (2, 88, 1),
        (2, 89, 0),
        (1, 89, 4),  # with one session there is no limit but the number of his candidates
    ],
)
def test_dates_alone_tell_how_often_a_place_changes_hands(number, apart, places):
    cohort = in_waves(sessions={"number": number, "min_days_between": apart})
    everybody, mentor = np.arange(4), np.full(4, 4)
    assert places_in_all(cohort, everybody, mentor).tolist() == [0, 0, 0, 0, places, 0]


@pytest.mark.parametrize(
    ("latest", "apart", "as_of", "places"),
    [
        (14, 14, None, 2),  # by day 14 the second has begun
        (13, 14, None, 1),
        (3, 1, None, 4),
        (2, 1, None, 3),
        (3, 1, 2, 2),
        (3, 1, 3, 1),
        (3, 1, 9, 1),  # who is late stands in the way of nobody: a bound, no more
    ],
)
def test_the_last_of_a_row_begins_by_the_latest_start(latest, apart, as_of, places):
    frame = {**FRAME, "engagement": "as-needed", "latest_start": latest}
    cohort = in_waves(programme=frame, sessions={"number": 2, "min_days_between": apart})
    past = None if as_of is None else past_at(as_of)
    assert places_in_all(cohort, np.arange(4), np.full(4, 4), past).tolist()[4] == places


@pytest.mark.parametrize(
    ("first", "last", "as_of", "places"),
    [
        (0, 88, None, 3),
        (0, 28, None, 1),
        (0, 27, None, 0),
        (60, 88, None, 1),
        (61, 88, None, 0),
        (0, 59, 30, 1),
        (0, 20, 30, 0),  # whoever has left takes nobody on
        (40, 88, 30, 1),
    ],
)
def test_a_mentor_takes_part_from_a_first_to_a_last_day(first, last, as_of, places):
    cohort = in_waves()
    people = cohort.employees
    first_day, last_day = people.first_day.copy(), people.last_day.copy()
    first_day[4], last_day[4] = FIRST + first, FIRST + last
    cohort = dataclasses.replace(
        cohort, employees=dataclasses.replace(people, first_day=first_day, last_day=last_day)
    )
    past = None if as_of is None else past_at(as_of)
    assert places_in_all(cohort, np.arange(4), np.full(4, 4), past).tolist() == [0, 0, 0, 0, places, 0]


def test_who_wants_the_fewest_sessions_tells_how_often_places_change_hands():
    cohort = in_waves()
    wanted = cohort.employees.sessions_wanted.copy()
    wanted[:2] = 4, 2
    cohort = dataclasses.replace(cohort, employees=dataclasses.replace(cohort.employees, sessions_wanted=wanted))
    everybody, mentor = np.arange(4), np.full(4, 4)
    assert places_in_all(cohort, everybody, mentor)[4] == 4  # 88 days hold six engagements of two weeks
    assert places_in_all(cohort, everybody[[0, 2, 3]], mentor[:3])[4] == 3
    assert places_in_all(cohort, everybody[:1], mentor[:1])[4] == 1  # four sessions take 42 days
    assert places_in_all(cohort, everybody[[0, 0, 0]], mentor[:3])[4] == 2


# --- who waits ------------------------------------------------------------------------------------------------

QUEUE = Spec(
    employees=(
        "m F 5",
        "n F 5",
        *(
            {"employee_id": who, "function": "F", "level": "1", "priority": str(2 * (who == "c"))}
            for who in "abcd"
        ),
    ),
    choices=("a m", "b m", "c m", "d m"),
    programme={"programme": FRAME},
)


def turn(who, seed=7):
    return hashlib.sha256(f"{seed}|{FRAME['start']}|{who}".encode()).hexdigest()


def waiting(*names, edit=None, without="d", present=True):
    """The faults of waiting.csv with rows for these mentees, as they must be but for an edit of single cells."""
    lost = {1: 3}
    cohort = dataclasses.replace(build(QUEUE), history=History(lost, {}, ()))
    roster = Roster(cohort)
    unmatched = table_of(
        "unmatched.csv", ("mentee_id", "reason"), *((who, "draw") for who in "abcd" if who != without)
    )
    columns = ("place", "mentee_id", "name", "priority", "lost", "reason")
    rows = []
    for place, name in enumerate(names, 1):
        cells = dict.fromkeys(columns, "") | {"place": str(place), "mentee_id": name, "reason": "draw"}
        cells |= {"priority": str(2 * (name == "c")), "lost": str(3 * (name == "b"))}
        cells |= (edit or {}).get(name, {})
        rows.append(tuple(cells[column] for column in columns))
    table = table_of("waiting.csv", columns if present else (), *rows)
    check_waiting(table, roster, unmatched, 7)
    return list(map(str, table.violations))


def test_mentees_wait_by_priority_then_losses_then_the_draw():
    assert waiting("c", "b", "a") == []
    order = "the rows must be sorted by priority, lost, turn in the draw: this one belongs further up"
    assert waiting("b", "c", "a") == [f"waiting.csv, line 3: {order}"]
    assert waiting("c", "a", "b") == [f"waiting.csv, line 4: {order}"]
    first, second = sorted("ad", key=turn)
    assert waiting("c", "b", first, second, without=None) == []
    assert waiting("c", "b", second, first, without=None) == [f"waiting.csv, line 5: {order}"]


@pytest.mark.parametrize(
    ("column", "cell", "right"),
    [
        ("place", "2", "3"),
        ("name", "Ann", ""),
        ("priority", "1", "0"),
        ("lost", "3", "0"),
        ("reason", "rule", "draw"),
    ],
)
def test_every_cell_of_who_waits_follows(column, cell, right):
    must = f"'{right}'" if right else "an empty cell"
    said = f"waiting.csv, line 4, {column}: '{cell}' must be {must}"
    assert waiting("c", "b", "a", edit={"a": {column: cell}}) == [said]


def test_exactly_those_without_a_mentor_wait():
    assert waiting("c", "b") == ["waiting.csv: 'a' has no mentor, but no row here"]
    assert waiting("c", "b", "a", "a") == ["waiting.csv, line 5, mentee_id: the mentee already stands on line 4"]
    assert waiting("c", "b", "b", "a") == ["waiting.csv, line 4, mentee_id: the mentee already stands on line 3"]
    assert waiting("c", "b", "a", "c") == ["waiting.csv, line 5, mentee_id: the mentee already stands on line 2"]
    for stranger in ("m", "d", "x"):
        found = waiting("c", "b", "a", stranger)
        assert found == [f"waiting.csv, line 5, mentee_id: '{stranger}' is no mentee of unmatched.csv"]
    assert waiting("x", "c", "b", "a")[1:] == []  # the places after a row that is none are as they stand
    assert waiting(present=False) == []  # a file that cannot be read is told once


def test_the_seed_of_the_run_tells_whose_turn_it_is(tmp_path):
    first, second = sorted("ad", key=turn)
    seed = next(seed for seed in range(99) if sorted("ad", key=lambda who: turn(who, seed)) == [second, first])
    columns_of = ("place", "mentee_id", "name", "priority", "lost", "reason")
    rows = [(str(place), who, "", "0", "0", "draw") for place, who in enumerate((first, second), 1)]
    unmatched = table_of("unmatched.csv", ("mentee_id", "reason"), *((who, "draw") for who in "ad"))
    roster = Roster(build(QUEUE))

    def faults(seed, *, there=True):
        table = table_of("waiting.csv", columns_of, *rows)
        (tmp_path / "waiting.csv").touch() if there else (tmp_path / "waiting.csv").unlink()
        check_queue(lambda *_: table, tmp_path, roster, (unmatched, table), {"seed": seed})
        return [violation.line for violation in table.violations]

    assert faults(7) == []
    assert faults(seed) == [3]
    assert faults(seed, there=False) == []  # older runs have none


# --- earlier quarters -----------------------------------------------------------------------------------------

MET = (("a", "m", "past", "2026-12-01"), ("b", "m", "past", "2026-12-02"), ("b", "m", "accepted", ""))


def earlier(*rows, lost=None, past=None, pairs=MET):
    """The faults of history.csv with these rows (mentee, mentor, last session, lost)."""
    cohort = build(dataclasses.replace(QUEUE, pairs=pairs))
    table = table_of("history.csv", ("mentee_id", "mentor_id", "last_session", "lost"), *rows)
    _check_rows(table, Roster(cohort), History(lost or {}, past or {}, ()))
    return [(violation.line, violation.message) for violation in table.violations]


ALONE = "must be a mentee once, and how many times in a row he was left out"
TOGETHER = "must be two employees once, and the date of their last session before the programme"
UNKNOWN, OTHER = "the cohort does not know that the two have met", "is not what the cohort was read with"
DAY = date("2026-12-01")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("c", "", "", "1"), None),
        (("c", "", "", "0"), ALONE),
        (("c", "", "", "-1"), ALONE),
        (("c", "", "", ""), ALONE),
        (("c", "", "2026-12-01", "1"), ALONE),
        (("m", "", "", "1"), ALONE),  # who is no mentee
        (("x", "", "", "1"), ALONE),
        (("c", "m", "", ""), TOGETHER),
        (("c", "m", "2027-01-11", ""), TOGETHER),  # the programme's first day
        (("c", "m", "2027-01-10", ""), UNKNOWN),
        (("c", "m", "2026-12-01", "1"), TOGETHER),
        (("c", "x", "2026-12-01", ""), TOGETHER),
        (("x", "m", "2026-12-01", ""), TOGETHER),
        (("c", "m", "2026-12-1", ""), TOGETHER),
        (("c", "m", "20261201", ""), TOGETHER),
    ],
)
def test_a_row_of_earlier_quarters_can_be_true(row, said):
    faults = earlier(row, lost={} if said else {2: 1})
    assert faults == [(2, said)] * (said is not None) + [(None, OTHER)] * (said == UNKNOWN)


@pytest.mark.parametrize(
    ("pairs", "day", "known"),
    [
        (MET, "2026-12-01", True),
        (MET, "2026-11-30", True),
        (MET, "2026-12-02", False),  # later than the cohort knows
        ((), "2026-12-01", False),
        ((("a", "m", "past", ""),), "2026-12-01", False),
        ((("a", "m", "accepted", "2026-12-01"),), "2026-12-01", False),
    ],
)
def test_the_cohort_knows_who_has_met(pairs, day, known):
    cohort = build(dataclasses.replace(QUEUE, pairs=pairs))
    met = {(cohort.employees.ids.index("a"), cohort.employees.ids.index("m")): date(day)}
    assert earlier(("a", "m", day, ""), past=met, pairs=pairs) == ([] if known else [(2, UNKNOWN)])


def test_the_cohort_was_read_with_all_rows_of_earlier_quarters():
    rows = (("a", "m", "2026-12-01", ""), ("b", "m", "2026-12-02", ""), ("c", "", "", "2"))
    ids = build(QUEUE).employees.ids
    met = {(ids.index("a"), ids.index("m")): DAY, (ids.index("b"), ids.index("m")): DAY + 1}
    lost = {ids.index("c"): 2}
    assert earlier(*rows, lost=lost, past=met) == []
    assert earlier(*rows, lost={ids.index("c"): 1}, past=met) == [(None, OTHER)]
    assert earlier(*rows, lost=lost, past=dict(list(met.items())[:1])) == [(None, OTHER)]
    assert earlier(*rows[:2], lost=lost, past=met) == [(None, OTHER)]
    again = earlier(*rows[:1], *rows, lost=lost, past=met)
    assert again == [(3, TOGETHER)]
    assert earlier(*rows, rows[2], lost=lost, past=met) == [(5, ALONE)]


@pytest.mark.parametrize(
    ("starts", "said"),
    [
        (["2026-04-01", "2026-04-01", "2026-07-01"], None),
        (["2027-01-10"], None),
        (["2027-01-11"], "first day or later"),
        (["2026-07-01", "2026-04-01"], "in the order of their first days"),
        (["2026-04-01", "2027-01-12"], "first day or later"),
        (["2026-04-01", None], "in the order of their first days"),
        (["2026-04-31"], "in the order of their first days"),
    ],
)
def test_earlier_runs_have_begun_before_the_programme_in_order(starts, said):
    table = table_of("summary.json", ())
    _check_runs(table, [{"start": start} for start in starts], Roster(build(QUEUE)))
    assert [said is not None and said in message for message in told(table)] == [True] * (said is not None)
    assert {violation.column for violation in table.violations} <= {"history"}


@pytest.mark.parametrize(
    ("noted", "file", "known", "said"),
    [
        (None, False, False, []),
        (None, False, True, ["is missing, but the cohort was read with earlier quarters"]),
        (None, True, True, ["must name the earlier runs and the SHA-256 of history.csv"]),
        ([], True, True, ["must name the earlier runs and the SHA-256 of history.csv"]),
        ({"runs": []}, True, True, ["must name the earlier runs and the SHA-256 of history.csv"]),
        ({"runs": {"0": 1}}, True, True, ["must name the earlier runs and the SHA-256 of history.csv"]),
        ({"runs": "2026-04-01"}, True, True, ["must name the earlier runs and the SHA-256 of history.csv"]),
        ({"runs": [{"start": "2026-04-01"}]}, True, True, []),
        (
            {"runs": [{"start": "2026-04-01"}], "sha256": "0"},
            True,
            True,
            ["the SHA-256 is not that of history.csv"],
        ),
        ({"runs": ["2026-04-01"]}, True, True, ["the earlier runs must stand in the order of their first days"]),
        ({"runs": [{"start": "2026-04-01"}]}, True, False, ["is not what the cohort was read with"]),
        ({"runs": [{"start": "2026-04-01"}]}, False, True, []),  # that there is no file has been said
    ],
)
def test_what_a_run_was_told_of_earlier_quarters_hangs_together(tmp_path, noted, file, known, said):
    if file:
        (tmp_path / "history.csv").write_bytes(b"rows")
    if isinstance(noted, dict):
        noted = {"sha256": hashlib.sha256(b"rows").hexdigest(), **noted}
    cohort = dataclasses.replace(build(QUEUE), history=History({}, {}, ()) if known else None)
    table = table_of("summary.json", ())

    def read(name, columns):
        return dataclasses.replace(table_of(name, columns), violations=table.violations)

    check_history(read, tmp_path, Roster(cohort), {"history": noted} if noted is not None else {}, table)
    assert told(table) == said
    columns_of = {(violation.file, violation.column) for violation in table.violations}
    assert columns_of <= {("summary.json", "history"), ("history.csv", None)}


# --- standing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pair", "stated", "said"),
    [
        ("out", "every", "'every' must be none: rules or calendars keep the two apart"),
        ("out", "none", ""),
        ("out", "", "'' must be none: rules or calendars keep the two apart"),
        ("broken", "every", ""),  # that the pair of the run breaks a rule has been said
        ("broken", "never", "'never' must be every, some or none"),
        ("locked", "every", ""),
        ("locked", "some", "'some' must be every: the pair is locked"),
        ("locked", "", "'' must be every: the pair is locked"),
    ],
)
def test_the_standing_of_a_pair_that_is_not_free(pair, stated, said):
    place = {"out": (0, 1), "broken": (0, 2), "locked": (0, 3)}[pair]
    candidates = SimpleNamespace(place={(0, 3): 0}, locked=[True])
    for by_places in (None, ["some"]):
        standing = Standing(candidates, by_places, {(0, 2): None, (0, 3): None}, may_lack=True)
        assert standing.fault(place, stated) == said
        assert standing.rests == 0


@pytest.mark.parametrize(
    ("known", "stated", "here", "said", "rests"),
    [
        ("every", "every", True, "", 0),
        ("every", "", True, "'' must be every, as the prices in certificate.json show", 0),
        ("every or unknown", "", True, "", 0),
        ("none or unknown", "some", False, "'some' must be none, as the prices in certificate.json show", 0),
        ("some", "some", True, "", 0),
        ("some", "every", True, "", 1),
        ("some", "none", False, "", 1),
        ("some", "none", True, "'none', but the two are paired here", 0),
        ("some", "every", False, "'every', but the two are not paired here", 0),
        ("some", "", False, "", 0),
        (None, "some", False, "", 1),
        (None, "", False, "", 1),
    ],
)
def test_the_standing_of_a_pair_follows_from_prices_or_rests_on_schedules(known, stated, here, said, rests):
    word, *unknown = (known or "").split(" or ")
    candidates, pairs = SimpleNamespace(place={(0, 1): 0}, locked=[False]), {(0, 1): None} if here else {}
    standing = Standing(candidates, [word] if word else None, pairs, may_lack=bool(unknown))
    assert (standing.fault((0, 1), stated), standing.rests) == (said, rests)


# --- suggestions ----------------------------------------------------------------------------------------------


def colleagues(*pairs, **changes):
    people = ("a F 1", "b F 2", "i F 3 2", "j F 3 2", "k F 4 1", "l F 5 9", "m G 2 1")
    rules = {"programme": FRAME, "capacity": {"mentees_per_mentor": 9}}
    spec = {"employees": people, "choices": ("a l",), "programme": rules}
    roster = Roster(build(Spec(**spec | changes)))
    return roster, Colleagues(roster, [tuple(roster.person[who] for who in pair.split()) for pair in pairs])


def names(roster, people):
    return "".join(roster.ids[person] for person in people)


def test_colleagues_are_suggested_by_gap_then_load_then_id():
    roster, found = colleagues()
    a, b = (roster.person[who] for who in "ab")
    assert names(roster, found.first(a)) == "mijk"  # l is listed
    assert names(roster, found.first(b)) == "kl"  # of those in the same function who stand two levels higher
    roster, found = colleagues("b i", "m k")
    assert names(roster, found.first(a)) == "mji"  # k is full
    order = [found.order(a, roster.person[who]) for who in "ikm"]
    assert order == [(2, 1, roster.person["i"]), (3, 1, roster.person["k"]), (1, 0, roster.person["m"])]


@pytest.mark.parametrize(
    ("changes", "pairs", "may"),
    [
        ({}, (), True),
        ({}, ("b k",), False),  # full
        ({"choices": ("a k",)}, (), False),
        ({"choices": ("a l",), "pairs": (("a", "k", "refused"),)}, (), False),
        ({}, ("k a",), False),  # the other way round
        ({}, ("k b",), True),
    ],
)
def test_whom_a_mentee_may_be_told_of(changes, pairs, may):
    roster, found = colleagues(*pairs, **changes)
    assert found.may(roster.person["a"], roster.person["k"]) is may


def test_eight_colleagues_are_tried():
    people = ("a F 1", *(f"x{number:02} F 3" for number in range(12)))
    roster, found = colleagues(employees=people, choices=("a x00",))
    assert [roster.ids[one] for one in found.first(0)] == [f"x{number:02}" for number in range(1, 9)]


@pytest.mark.parametrize(
    ("cell", "people"),
    [
        ("", []),
        ("Ann (a)", [0]),
        ("=Bob (b)", [1]),
        ("'=Bob (b)", [1]),
        ("'=Bob (b); Ann (a)", [1, 0]),
        ("Ann (a); '=Bob (b)", None),
        ("''=Quo (q)", [4]),
        ("'Ann (a)", None),
        ("Cy; Jr. (c); Ann (a)", [2, 0]),
        ("Ann (a); Cy; Jr. (c); Dee (d)", [0, 2, 3]),
        ("Ann (a); Cy; Jr. (c); Dee (d); Ann (a)", None),  # three at most
        ("Ann (a);Dee (d)", None),
        ("Ann (a); ", None),
        ("Ann", None),
        ("=Dee (d)", None),
        ("'X=1 (x)", None),
        ("X=1 (x)", [5]),
    ],
)
def test_people_are_read_by_name_and_id(cell, people):
    labels = ["Ann (a)", "=Bob (b)", "Cy; Jr. (c)", "Dee (d)", "'=Quo (q)", "X=1 (x)"]
    roster = SimpleNamespace(ids="abcdqx", label=labels.__getitem__)
    assert Names(roster).read(cell) == people


def test_those_without_a_mentor_may_be_told_of_others():
    people = ("a F 1", "b F 1", "c F 1", "m F 5 1", "n F 5", "o F 5", "p F 5 0")
    spec = Spec(employees=people, choices=("a m", "b n"), programme={"programme": FRAME})
    roster = Roster(build(spec))
    pair = roster.person["a"], roster.person["m"]
    unmatched = table_of("unmatched.csv", ("mentee_id", "suggestions"), ("b", "c; p"), ("b", "nobody"))
    found = People(roster, [pair], unmatched)
    assert names(roster, sorted(found.unmatched)) == "b"
    assert names(roster, sorted(found.named)) == "cop"  # o could be named, c and p are
    assert names(roster, sorted(People(roster, [], unmatched).unmatched)) == "ab"


# --- prices ---------------------------------------------------------------------------------------------------


def priced(*, proven=True, goals=None, number="most", classes=True, what="eligibility.same_function_gap", **cells):
    """The faults of prices.csv with one row; a and c are paired with m, at ranks 1 and 2, with three sessions."""
    people = [{"employee_id": who, "function": "F", "level": "1", "priority": "0"} for who in "abc"]
    people[2]["priority"] = str(2 * classes)
    rules = {"programme": FRAME, "goals": goals or {}, "sessions": {"number": number}}
    spec = Spec(
        employees=(*people, "m F 5"),
        choices=("a m", "b m", ("c", 2, "m")),
        pairs=(("c", "m", "locked"),) if what == "locked" else (),
        programme=rules,
    )
    roster = Roster(build(spec))
    names = columns(Classes(roster.cohort))
    row = {"what": what, "now": "2", "relaxed": "1", "mentees": "0", "pairs": "0", "sessions": "0"}
    row |= {"status": "optimal"} | cells
    table = table_of("prices.csv", names, tuple(row.get(name, "") for name in names))
    pairs = [paired(roster, who, "m", *slots) for who, slots in (("a", [at(1), at(20)]), ("c", [at(2)]))]
    check_prices(table, roster, pairs, proven=proven)
    return list(map(str, table.violations))


NOTHING = {"mentees": "", "pairs": "", "sessions": ""}
WORSE = "prices.csv, line 2, mentees: the answer is worse than the run's although less is asked of it"


@pytest.mark.parametrize("status", ["no_solution", "impossible"])
@pytest.mark.parametrize("column", ["mentees", "pairs", "priority", "ranks", "sessions"])
def test_where_there_is_no_answer_nothing_changes(status, column):
    assert priced(status=status, **NOTHING) == []
    said = f"prices.csv, line 2, {column}: '0' must be an empty cell: the status is {status}"
    assert priced(status=status, **NOTHING | {column: "0"}) == [said]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({}, None),
        ({"mentees": "1", "pairs": "1", "priority": "0/0:+1", "ranks": "1:+1"}, None),
        ({"mentees": "1", "pairs": "1", "priority": "2/0:+1", "ranks": "1:+1"}, None),
        ({"priority": "2/0:+1 0/0:-1"}, None),
        ({"priority": "0/0:-1 2/0:+1"}, "priority: '0/0:-1 2/0:+1' is no change of classes"),
        ({"priority": "1/0:+1 0/0:-1"}, "priority: '1/0:+1 0/0:-1' is no change of classes"),
        ({"priority": "2/0:1 0/0:-1"}, "priority: '2/0:1 0/0:-1' is no change of classes"),
        ({"priority": "2/0:+1 2/0:-1"}, "priority: '2/0:+1 2/0:-1' is no change of classes"),
        ({"priority": "2/0:+1"}, "priority: '2/0:+1' are not 0 more mentees"),
        ({"priority": "2/0:-1 0/0:+1"}, WORSE),  # the first class loses one
        ({"priority": "2/0:-1 0/0:+1", "status": "feasible"}, None),
        ({"mentees": "1", "pairs": "1", "priority": "2/0:-1 0/0:+2", "ranks": "1:+1"}, None),
        ({"mentees": "-1", "priority": "0/0:-1"}, WORSE),
        ({"pairs": "-1", "ranks": "1:-1"}, WORSE),
        ({"ranks": "1:-1 2:+1"}, WORSE),
        ({"ranks": "1:+1 2:-1"}, None),
        ({"mentees": "2", "priority": "0/0:+2"}, "mentees: 2 cannot be: the run has 2"),
        ({"mentees": "-2", "priority": "0/0:-2"}, WORSE),
        ({"sessions": "-3"}, WORSE),
        ({"sessions": "-4"}, "sessions: -4 cannot be: the run has 3"),
    ],
)
def test_what_a_rule_costs_adds_up(cells, said):
    found = priced(**cells)
    if said is None:
        assert found == []
    else:
        assert found[0].endswith(said)
        assert len([fault for fault in found if fault != WORSE]) == (said != WORSE)
    if said is WORSE:
        assert priced(proven=False, **cells) == []


@pytest.mark.parametrize("column", ["mentees", "pairs", "priority", "ranks", "sessions"])
def test_a_change_that_cannot_be_read_is_told_alone(column):
    (fault,) = priced(**{column: "x"})
    assert fault.startswith(f"prices.csv, line 2, {column}: 'x' is no ")
    (fault,) = priced(**{column: "x", "status": "feasible"})
    (first, second) = priced(**{column: "x", "status": "maybe"})
    assert (first, second) == (
        "prices.csv, line 2, status: 'maybe' must be one of optimal, feasible, no_solution, impossible",
        fault,
    )


def test_costs_that_stay_are_no_gain():
    assert priced(goals={"rank": "min-cost"}, sessions="-1") == [WORSE]
    assert priced(goals={"rank": "min-cost"}, sessions="1") == []


def test_who_is_no_mentee_without_a_lock_is_missing_in_his_class_alone():
    lock = {"what": "locked", "subject": "c with m", "now": "locked", "relaxed": "", "priority": "2/0:-1"}
    found = priced(**lock, pairs="-1", ranks="2:-1")
    assert [fault for fault in found if "in their order" not in fault] == []


def test_without_a_lock_the_run_may_be_worse_and_one_pair_has_no_rank():
    lock = {"what": "locked", "subject": "c with m", "now": "locked", "relaxed": ""}
    text = priced(classes=False, **lock)
    assert any("must be all rules in their order" in fault for fault in text)
    worse = {"mentees": "-1", "pairs": "-1", "ranks": "2:-1", "sessions": "-1"}
    found = priced(classes=False, **lock | worse)
    assert [fault for fault in found if "in their order" not in fault] == []
    found = priced(classes=False, **lock | worse | {"ranks": ""})
    assert [fault for fault in found if "in their order" not in fault] == [
        "prices.csv, line 2, ranks: '' are not -1 more pairs with a rank"
    ]


@pytest.mark.parametrize(("number", "worse"), [("most", ["-1"]), ("fewest", ["1"]), (2, [])])
def test_more_sessions_are_better_or_worse_as_the_programme_wants(number, worse):
    assert [change for change in ("1", "0", "-1") if priced(number=number, sessions=change)] == worse


@pytest.mark.parametrize(
    ("kind", "ranks", "said"),
    [
        ("greedy", "1:-1 2:+1", WORSE),
        ("greedy", "1:+1 2:-1", None),
        ("generous", "1:-1 2:+1", WORSE),
        ("generous", "1:+1 2:-1", None),
        ("min-cost", "", None),
        ("min-cost", "-1", None),
        ("min-cost", "1", WORSE),
        ("min-cost", "0", "ranks: '0' is no change of ranks"),
        ("min-cost", "1:+1 2:-1", "ranks: '1:+1 2:-1' is no change of ranks"),
        ("generous", "-1", "ranks: '-1' is no change of ranks"),
        ("generous", "1:+1  2:-1", "ranks: '1:+1  2:-1' is no change of ranks"),
        ("generous", "1:-2 2:+2", "ranks: '1:-2 2:+2' is no change of ranks"),  # one pair has that rank
        ("generous", "1:+1 3:-1", "ranks: '1:+1 3:-1' is no change of ranks"),
        ("generous", "2:-1", "ranks: '2:-1' are not 0 more pairs with a rank"),
    ],
)
def test_changes_of_ranks_are_weighed_as_the_programme_weighs_them(kind, ranks, said):
    found = priced(goals={"rank": kind}, ranks=ranks)
    assert len(found) == (said is not None)
    assert all(fault.endswith(said) for fault in found)


@pytest.mark.parametrize(
    ("hours", "relaxed"),
    [
        ("09:00-22:59", ["09:00-23:59"]),
        ("09:00-23:00", ["09:00-24:00"]),
        ("09:00-23:59", ["09:00-24:00"]),
        ("09:00-24:00", []),
        ("14:00-18:00, 09:00-13:00", ["09:00-13:00, 14:00-19:00"]),
    ],
)
def test_the_working_day_ends_an_hour_later_up_to_midnight(hours, relaxed):
    programme = Programme.model_validate({"programme": FRAME, "calendar": {"working_hours": hours}})
    found = [then for key, _, then in _rules(programme) if key == "calendar.working_hours"]
    assert found == relaxed


@pytest.mark.parametrize(("most", "relaxed"), [(1, "2"), (999, "1000"), (1000, None)])
def test_there_is_a_price_of_one_more_mentee_up_to_a_thousand(most, relaxed):
    programme = Programme.model_validate({"programme": FRAME, "capacity": {"mentees_per_mentor": most}})
    found = {key: (now, then) for key, now, then in _rules(programme)}
    assert found.get("capacity.mentees_per_mentor") == (relaxed and (str(most), relaxed))


# --- repairs --------------------------------------------------------------------------------------------------

QUARTER = Spec(
    employees=("a F 1", "b F 1", "c F 1", "m F 5 1", "n F 5 2"),
    choices=("a m", "b n", "c m", "c n"),
    programme={"programme": FRAME},
)


def iso(day):
    return (dt.date.fromisoformat(FRAME["start"]) + dt.timedelta(days=day)).isoformat()


def staff(first=None, last=None):
    """The people of the quarter with first and last days."""
    rows = [
        dict(zip(("employee_id", "function", "level"), one.split(), strict=False)) for one in QUARTER.employees
    ]
    for name, days in (("first_day", first), ("last_day", last)):
        for row in rows:
            row[name] = iso(days[row["employee_id"]]) if days and row["employee_id"] in days else ""
    return tuple(rows)


def repair_of(past, *pairs, **changes):
    """What the tables of a rematch must say; pairs are (mentee, mentor, sessions)."""
    roster = Roster(build(dataclasses.replace(QUARTER, **changes)))
    for ids, planned in past.pairs.items():
        why = why_over(roster, ids, past.as_of)
        if why:
            past.why[ids] = why
        else:
            past.agreed[tuple(roster.person[one] for one in ids)] = planned
    found = [
        paired(roster, who, whom, *slots, locked=bool(locked), line=line)
        for line, (who, whom, slots, *locked) in enumerate(pairs, 2)
    ]
    for one in found:
        for slot in one.meetings:
            slot.held = slot.start < past.midnight
    timetable = Timetable(roster, [*(one.pair for one in found), *past.agreed], (), past)
    by_pair = {one.pair: one for one in found}
    return Repair(past, Outcomes(timetable, by_pair, Diary(found)), timetable, by_pair)


def test_what_has_ended_stands_by_ids_then_by_its_first_day():
    past = past_at(20)
    rows = [
        ("b", "", "m", "", "1", "2027-01-13", "2027-01-14", "0", "", "", "refused", "mentee", "2027-01-15"),
        ("a", "Ann", "m", "", "1", "2027-01-20", "", "0", "", "", "refused", "mentee", "2027-01-15"),
        ("a", "Bea", "m", "", "1", "2027-01-12", "2027-01-18", "1", "", "", "refused", "mentee", "2027-01-15"),
        ("a", "Zoe", "=l", "", "1", "2027-01-25", "", "0", "", "", "refused", "mentee", "2027-01-15"),
    ]
    past.ended = list(rows)
    found = repair_of(past).ended()
    assert [(row[0], row[2], row[5]) for row in found] == [
        ("a", "'=l", "2027-01-25"),
        ("a", "m", "2027-01-12"),
        ("a", "m", "2027-01-20"),
        ("b", "m", "2027-01-13"),
    ]
    assert found[1:] == [rows[2], rows[1], rows[0]]


@pytest.mark.parametrize(
    ("changes", "reason", "by", "end"),
    [
        ({}, "schedule", "", 19),
        ({"pairs": (("a", "m", "refused"),)}, "refused", "", 19),
        ({"last": {"a": 12}}, "left", "mentee", 12),
        ({"last": {"m": 19}}, "left", "mentor", 19),
        ({"last": {"m": 20}}, "schedule", "", 19),
        ({"last": {"a": 12, "m": 11}}, "left", "both", 11),
        ({"last": {"a": 12, "m": 20}}, "left", "mentee", 12),
        ({"gone": "a"}, "left", "mentee", 19),
        ({"gone": "am"}, "left", "both", 19),
        ({"gone": "a", "last": {"m": 11}}, "left", "both", 11),
        ({"last": {"m": -1}}, "left", "mentor", None),
    ],
)
def test_an_ended_pair_is_on_record_with_its_end(changes, reason, by, end):
    past = past_at(20, a_m=[at(5), at(12), at(30)])
    people = [
        dict(zip(("employee_id", "function", "level"), one.split()[:3], strict=True)) for one in QUARTER.employees
    ]
    for who, day in changes.pop("last", {}).items() if "last" in changes else ():
        next(row for row in people if row["employee_id"] == who)["last_day"] = iso(day)
    gone = changes.pop("gone", "") if "gone" in changes else ""
    choices = tuple(choice for choice in QUARTER.choices if not set(gone) & set(choice.split()))
    kept = tuple(row for row in people if row["employee_id"] not in gone)
    pairs = tuple(row[:3] for row in changes.get("pairs", ()))
    (row,) = repair_of(past, employees=kept, choices=choices, pairs=pairs).ended()
    last = "" if end is None else iso(end)
    held = ("2", iso(5), iso(12))
    assert row == ("a", "", "m", "", "1", iso(0), last, *held, reason, by, iso(20))


@pytest.mark.parametrize("status", ["refused", "declined"])
def test_who_ended_it_and_when_is_as_decided(status):
    def ended(**said):
        past = past_at(20, a_m=[at(5), at(30)])
        repair = repair_of(past, pairs=(("a", "m", status),))
        pair = repair.pair_of(("a", "m"))
        decisions = repair.roster.cohort.decisions
        decisions[pair] = dataclasses.replace(decisions[pair], **said)
        (row,) = repair.ended()
        assert repair.figures()["ended"] == {status: 1}
        return row[6], row[11]

    assert ended() == (iso(19), "")
    assert ended(by="mentor", since=FIRST + 9) == (iso(9), "mentor")
    assert ended(by="mentee", since=FIRST + 25) == (iso(19), "mentee")
    assert ended(since=FIRST) == (iso(0), "")
    assert ended(since=FIRST - 1) == ("", "")


@pytest.mark.parametrize(
    ("pairs", "changes", "reason"),
    [
        ((), {}, "schedule"),
        ((), {"choices": ("b n",)}, "schedule"),  # nobody lists him any more
        ((), {"availability": only("m", (iso(5), "09:00", "10:00"))}, "rule"),  # they have no common time
        ((), {"employees": ("a F 1", "b F 1", "c F 1", "m F 2 1", "n F 5 2")}, "rule"),
        ((), {"choices": ("b n",), "employees": ("a F 1", "b F 1", "c F 1", "m F 2 1", "n F 5 2")}, "rule"),
        ((("c", "m", [at(30)]),), {}, "schedule"),  # a new pair gives way to those that go on
        ((("c", "m", [at(30)], "locked"),), {}, "lock"),
        ((("a", "n", [at(30)], "locked"),), {}, "lock"),
        ((("b", "m", [at(30)]),), {"agreed": "b_m"}, "capacity"),
        ((("a", "n", [at(30)]),), {"agreed": "a_n"}, "capacity"),
        ((("c", "m", [at(30)]),), {"end_pairs": "for-more-mentees"}, "for_others"),
        ((("a", "n", [at(30)]),), {"end_pairs": "for-more-mentees"}, "for_others"),
        ((("b", "n", [at(30)]),), {"end_pairs": "for-more-mentees"}, "schedule"),
        ((("c", "m", [at(30)], "locked"),), {"end_pairs": "for-more-mentees"}, "lock"),
        ((("m", "n", [at(30)], "locked"),), {}, "schedule"),  # whom he is mentored by takes none of his places
        ((("b", "a", [at(30)], "locked"),), {}, "schedule"),
    ],
)
def test_why_a_pair_of_the_plan_does_not_go_on(pairs, changes, reason):
    past = past_at(20, a_m=[at(5), at(30)], **{ids: [at(30)] for ids in changes.get("agreed", "").split()})
    rules = {"programme": FRAME, "rematch": {"end_pairs": changes.get("end_pairs", "forced")}}
    spec = {name: changes[name] for name in ("availability", "choices", "employees") if name in changes}
    repair = repair_of(past, *pairs, programme=rules, **spec)
    assert repair.over == {("a", "m"): reason}
    assert (repair.figures()["ended"], repair.figures()["ended_for_others"]) == (
        {reason: 1},
        reason == "for_others",
    )


@pytest.mark.parametrize(
    ("own", "other", "reason"),
    [
        ([at(5), at(30)], [at(6), at(40)], "capacity"),
        ([at(30), at(40)], [at(6), at(40)], "schedule"),  # one that has not begun may have its turn later
        ([at(5), at(30)], [at(30), at(40)], "schedule"),
        ([at(5), at(9)], [at(6), at(40)], "schedule"),  # it has all its sessions
        ([at(5), at(30)], [at(6), at(20, "00:00")], "capacity"),
        ([at(5), at(30)], [at(6), at(19)], "schedule"),  # the other is over
    ],
)
def test_where_engagements_last_as_long_as_needed_those_who_have_begun_are_in_the_way(own, other, reason):
    past = past_at(20, a_m=own, b_m=other)
    rules = {"programme": {**FRAME, "engagement": "as-needed"}, "sessions": {"number": 2, "min_days_between": 1}}
    repair = repair_of(past, ("b", "m", other), programme=rules, choices=("a m", "b m"))
    assert repair.over == {("a", "m"): reason}


def test_a_mentee_has_as_many_mentors_as_he_may_whenever_they_meet():
    past = past_at(20, a_m=[at(30), at(40)], a_n=[at(50), at(60)])
    rules = {"programme": {**FRAME, "engagement": "as-needed"}, "sessions": {"number": 2, "min_days_between": 1}}
    repair = repair_of(past, ("a", "n", [at(50), at(60)]), programme=rules, choices=("a m", "a n"))
    assert repair.over == {("a", "m"): "capacity"}


def test_how_many_sessions_a_mentee_wants_tells_whether_he_has_had_all():
    past = past_at(20, a_m=[at(5), at(9), at(30)], b_m=[at(6), at(40)])
    people = ({"employee_id": "a", "function": "F", "level": "1", "sessions_wanted": "3"}, "b F 1", "m F 5 1")
    rules = {"programme": {**FRAME, "engagement": "as-needed"}, "sessions": {"number": 2, "min_days_between": 1}}
    repair = repair_of(
        past, ("b", "m", [at(6), at(40)]), programme=rules, choices=("a m", "b m"), employees=people
    )
    assert repair.over == {("a", "m"): "capacity"}


def going_on(planned, now, *others, **changes):
    past = past_at(20, a_m=planned)
    repair = repair_of(past, ("a", "m", now), *others, **changes)
    return repair.fates["a", "m"]


def changed(fate):
    """Each session that is otherwise: its number and day before and now, and why."""
    return [
        (
            *(None if one is None else (one[0], one[1][0] // 1440 - FIRST) for one in (move.before, move.now)),
            move.reason,
        )
        for move in fate.moves
    ]


def test_sessions_that_start_as_planned_stay_and_the_others_are_matched_in_order():
    plan = [at(5), at(30), at(45), at(60)]
    fate = going_on(plan, plan)
    assert (fate.change, fate.kept, fate.moves, fate.reason) == ("kept", 3, (), "")
    fate = going_on(plan, [at(5), at(31), at(45), at(61)])
    assert (fate.change, fate.kept, fate.reason) == ("moved", 1, "rules")
    assert changed(fate) == [((2, 30), (2, 31), "rules"), ((4, 60), (4, 61), "rules")]
    fate = going_on(plan, [at(5), at(30), at(60)])
    assert (fate.change, fate.kept) == ("moved", 2)
    assert changed(fate) == [((3, 45), None, "rules")]
    fate = going_on(plan, [at(5), at(30), at(38), at(45), at(60)])
    assert (fate.kept, changed(fate)) == (3, [(None, (3, 38), "added")])
    assert fate.reason == "added"
    fate = going_on(plan, [at(5), at(45), at(60), at(75)])
    assert (fate.kept, changed(fate)) == (2, [((2, 30), (4, 75), "rules")])
    fate = going_on(plan, [at(5), at(30), at(45, minutes=60), at(60)])
    assert (fate.kept, changed(fate)) == (2, [((3, 45), (3, 45), "rules")])  # it is longer
    mixed = going_on(plan, [at(5), at(60), at(45), at(30)])
    assert (mixed.change, mixed.kept, mixed.moves) == ("kept", 3, ())  # rows may stand in another order
    assert going_on([at(5), at(20, "00:00")], [at(5), at(20, "00:00")]).change == "kept"
    fate = going_on(plan, [at(5)])
    assert (fate.change, fate.kept, [move.change for move in fate.moves]) == ("moved", 0, ["cancelled"] * 3)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "rules"),
        ({"busy": (("a", "2027-02-10T09:44", "2027-02-10T10:00"),)}, "not_free"),
        ({"busy": (("m", "2027-02-10T08:00", "2027-02-10T09:01"),)}, "not_free"),
        ({"busy": (("a", "2027-02-10T09:45", "2027-02-10T10:00"),)}, "rules"),
        ({"last": {"m": 29}}, "not_free"),
        ({"last": {"m": 30}}, "rules"),
        ({"first": {"a": 31}}, "not_free"),
        ({"first": {"a": 30}}, "rules"),
        ({"other": ("c", "m", at(30, "09:54"))}, "made_room"),
        ({"other": ("c", "m", at(30, "09:55"))}, "rules"),  # a pause after it
        ({"other": ("c", "m", at(30, "08:06"))}, "made_room"),
        ({"other": ("c", "m", at(30, "08:05"))}, "rules"),
        ({"other": ("c", "n", at(30, "09:00"))}, "rules"),
    ],
)
def test_what_stands_in_the_way_of_a_session_as_planned(changes, reason):
    others = [(who, whom, [slot]) for who, whom, slot in [changes[name] for name in changes if name == "other"]]
    rules = {"programme": FRAME, "sessions": {"pause_minutes": 10 if others else 0, "grid_minutes": 1}}
    spec = {"busy": changes.get("busy", ()), "employees": staff(changes.get("first"), changes.get("last"))}
    fate = going_on([at(30), at(60)], [at(31), at(60)], *others, **spec, programme=rules)
    assert changed(fate) == [((1, 30), (1, 31), reason)]


def test_a_session_that_ends_at_midnight_is_on_the_date_before():
    rows = [(who, iso(day), "22:00", "24:00") for who in "am" for day in (30, 31)]
    planned, now = [at(30, "23:15"), at(60)], [at(30, "22:00"), at(60)]
    for last, reason in ((30, "rules"), (29, "not_free")):
        fate = going_on(planned, now, availability=tuple(rows), employees=staff(last={"m": last}))
        assert fate.moves[0].reason == reason


RULES = {"month_rule": "both", "min_days_between": 14, "grid_minutes": 15}


def could_stay(planned, now, *, moved=0, sessions=None, frame=None, **changes):
    """Whether a planned session that is otherwise could stay, with the others as they are now."""
    rules = {"programme": FRAME | (frame or {}), "sessions": RULES | (sessions or {})}
    past = past_at(20, a_m=planned)
    repair = repair_of(past, ("a", "m", now), programme=rules, **changes)
    return repair.could_stay(repair.fates["a", "m"].moves[moved])


@pytest.mark.parametrize(
    ("planned", "now", "stays"),
    [
        ([30, 58, 86], [31, 58, 86], True),
        ([30, 58, 86], [31, 44, 72], True),  # two weeks before the next one
        ([30, 58, 86], [31, 43, 71], False),
        ([30, 58, 74], [31, 44, 72], True),
        ([30, 58, 86], [30, 57, 71], False),
        ([19, 33, 60, 80], [19, 34, 60, 80], True),
        ([19, 32, 60, 80], [19, 33, 60, 80], False),  # within two weeks of the one that was held
        ([19, 49, 70], [19, 47, 70], False),  # a month and a day after that
        ([19, 48, 70], [19, 47, 70], True),
        ([20, 48, 70], [21, 48, 70], True),
        ([31, 58, 86], [30, 58, 86], True),  # the first is due within a month of the first day
        ([51, 58, 86], [30, 58, 86], False),
        ([30, 58, 76], [30, 58, 77], True),
        ([30, 50], [30, 60], False),  # then March would be without a session
    ],
)
def test_a_session_could_stay_where_dates_allow_it(planned, now, stays):
    assert could_stay(list(map(at, planned)), list(map(at, now))) is stays


@pytest.mark.parametrize(
    ("slot", "changes", "stays"),
    [
        (at(30), {}, True),
        (at(30, "09:15"), {}, True),
        (at(30, "09:10"), {}, False),  # off the grid
        (at(30, minutes=30), {}, False),
        (at(30, minutes=30), {"sessions": {"minutes": [45, 30]}}, True),
        (at(30), {"pairs": (("a", "m", "past", "2027-01-27"),)}, True),  # 14 days before
        (at(30), {"pairs": (("a", "m", "past", "2027-01-28"),)}, False),
    ],
)
def test_a_session_could_stay_where_rules_allow_its_time(slot, changes, stays):
    assert could_stay([slot, at(58), at(86)], [at(31), at(58), at(86)], **changes) is stays


def test_the_last_session_could_stay_until_the_last_day():
    for last, stays in ((77, True), (76, False)):
        people = staff(last={"m": last})
        assert could_stay([at(30), at(58), at(77)], [at(30), at(58), at(72)], moved=0, employees=people) is stays


@pytest.mark.parametrize(
    ("planned", "now", "stays"),
    [
        ([19, 40, 60], [19, 41, 60], True),
        ([19, 40, 60], [19, 40, 59], False),  # his place is free earlier now
        ([19, 40, 60], [19, 40, 61], True),
        ([30, 45, 60], [31, 45, 60], False),  # it would begin earlier
        ([30, 45, 60], [29, 45, 60], True),
        ([19, 40, 60], [19, 41, 60, 75], False),  # one more than there are to be
        ([19, 33, 47], [19, 34, 47], True),  # nothing is due after the last
        ([45, 60, 75], [44, 60, 75], True),  # nor before the first
        ([19, 49, 63], [19, 48, 63], False),
        ([30, 45, 80], [30, 46, 75], False),  # the last would be more than a month after it
        ([30, 65, 80], [30, 58, 80], False),  # more than a month after the first
        ([0, 32, 60], [0, 30, 60], False),
        ([0, 31, 59], [0, 30, 59], True),
    ],
)
def test_a_session_could_stay_where_an_engagement_gets_no_longer(planned, now, stays):
    rules = {"number": 3}
    slots = list(map(at, planned)), list(map(at, now))
    assert could_stay(*slots, sessions=rules, frame={"engagement": "as-needed"}) is stays


@pytest.mark.parametrize(
    ("planned", "now", "stays"),
    [
        ("09:15", "09:00", True),
        ("09:00", "09:15", False),  # it would begin a quarter of an hour earlier
        ("09:45", "10:00", False),
    ],
)
def test_an_engagement_may_not_begin_minutes_earlier(planned, now, stays):
    slots = [at(30, planned), at(45), at(60)], [at(30, now), at(45), at(60)]
    assert could_stay(*slots, sessions={"number": 3}, frame={"engagement": "as-needed"}) is stays
    slots = [at(19), at(45), at(60, now)], [at(19), at(45), at(60, planned)]
    assert could_stay(*slots, sessions={"number": 3}, frame={"engagement": "as-needed"}) is stays


@pytest.mark.parametrize(
    ("planned", "now"),
    [
        ([at(30), at(45), at(60)], [at(30, minutes=60), at(45), at(60)]),  # it begins as it did
        ([at(30), at(45), at(60)], [at(30), at(45), at(60, "08:45", 60)]),  # it ends as it did
    ],
)
def test_an_engagement_may_begin_and_end_as_it_does_now(planned, now):
    rules = {"number": 3, "minutes": [60, 45]}
    assert could_stay(planned, now, sessions=rules, frame={"engagement": "as-needed"})


@pytest.mark.parametrize(("first", "stays"), [(30, True), (31, False)])
def test_a_session_could_stay_from_the_first_day_of_who_is_still_to_join(first, stays):
    past = past_at(20, a_m=[at(30), at(58), at(86)])
    past.pairs["a", "m"].start = FIRST + 30
    rules = {"programme": FRAME, "sessions": RULES}
    repair = repair_of(
        past, ("a", "m", [at(31), at(58), at(86)]), programme=rules, employees=staff(first={"a": first})
    )
    assert repair.could_stay(repair.fates["a", "m"].moves[0]) is stays


def test_a_session_that_is_new_was_never_planned():
    past = past_at(20, a_m=[at(30)])
    repair = repair_of(past, ("a", "m", [at(30), at(58)]))
    assert repair.date_of(at(30, "23:30")) == iso(30)
    (move,) = repair.fates["a", "m"].moves
    assert (move.change, repair.could_stay(move)) == ("new", False)


@pytest.mark.parametrize(
    ("now", "rules", "said"),
    [
        ([31, 58, 86], {}, ["called optimal, but a and m could meet as planned on 2027-02-10"]),
        ([30, 58, 86], {}, []),
        ([31, 58, 86], {"max_per_day": 1}, []),
        ([31, 58, 86], {"max_per_week": 2}, []),
        ([31, 58, 86], {"minutes": 30}, []),
    ],
)
def test_where_the_fewest_moves_are_proven_none_could_stay_out(now, rules, said):
    past = past_at(20, a_m=[at(30), at(58), at(86)], c_n=[at(60)])
    programme = {"programme": FRAME, "sessions": RULES | rules}
    repair = repair_of(past, ("a", "m", list(map(at, now))), ("b", "n", [at(32)]), programme=programme)
    table = table_of("summary.json", ())
    _check_moves(table, repair)
    assert told(table) == said
    assert {violation.column for violation in table.violations} <= {"goals, moved"}


def a_repair():
    """a goes on with m with one session moved, b with n as planned, c and n end, c gets m; x has left."""
    past = past_at(20, a_m=[at(5), at(30), at(58)], b_n=[at(6), at(44)], c_n=[at(7), at(31)], x_n=[at(8), at(32)])
    past.pairs["x", "n"].names = ("=Xen", "Nora")
    past.held["c", "m"] = [at(3), at(2)]
    return repair_of(
        past, ("a", "m", [at(5), at(33), at(58)]), ("b", "n", [at(6), at(44)]), ("c", "m", [at(34), at(62)])
    )


def write_tables(folder, repair):
    """Write the four tables of a rematch as they must be, and say what summary.json must say."""
    tables = {"changes": (CHANGES, repair.changes()), "moves": (MOVES, repair.moves())}
    tables |= {"ended": (ENDED, repair.ended()), "held": (HELD, repair.held())}
    for name, (titles, rows) in tables.items():
        lines = "".join(",".join(row) + "\n" for row in (titles, *rows))
        (folder / f"{name}.csv").write_text(lines, "utf-8-sig")
    repair.past.said = repair.figures()


def test_of_three_rows_of_one_key_each_must_be_there():
    row, other = ("a", "m", "ended"), ("b", "m", "new")
    assert compared([row] * 3, [row] * 3) == []
    assert compared([row] * 2, [row] * 3) == ["a row is missing: a, m"]
    assert compared([row] * 2, [row]) == ["the row stands already on line 2"]
    assert compared([row, (*other[:2], "kept")], [row, other]) == ["'kept' must be 'new'"]
    assert compared([row] * 4, [row] * 3) == ["the row stands already on line 2"]
    assert (
        compared([row, other, row, row], [row] * 3 + [other])[0]
        == "the rows stand in another order than they should"
    )


def test_the_tables_of_a_rematch_are_as_they_must_be(tmp_path):
    repair, violations = a_repair(), []
    write_tables(tmp_path, repair)
    check_repair(tmp_path, repair, violations, proven=False)
    assert violations == []
    repair.past.said = repair.figures() | {"new": 2}
    check_repair(tmp_path, repair, violations, proven=False)
    assert list(map(str, violations)) == ["summary.json, rematch, new: 2 must be 1"]


def test_rows_that_are_missing_are_named_by_what_tells_them_apart(tmp_path):
    repair, violations = a_repair(), []
    write_tables(tmp_path, repair)
    for name in ("changes", "moves", "ended", "held"):
        path = tmp_path / f"{name}.csv"
        path.write_text("".join(path.read_text("utf-8-sig").splitlines(keepends=True)[:-1]), "utf-8-sig")
    check_repair(tmp_path, repair, violations, proven=True)
    assert list(map(str, violations)) == [
        "changes.csv: a row is missing: x, n",
        f"moves.csv: a row is missing: c, m, new, {iso(62)}T09:00+00:00",
        f"ended.csv: a row is missing: x, n, {iso(0)}",
        f"held.csv: a row is missing: x, n, {iso(8)}T09:00+00:00",
        "summary.json, goals, moved: called optimal, but a and m could meet as planned on 2027-02-10",
    ]
    path = tmp_path / "moves.csv"
    path.write_text("".join(path.read_text("utf-8-sig").splitlines(keepends=True)[:1]), "utf-8-sig")
    violations.clear()
    check_repair(tmp_path, repair, violations, proven=False)
    first = f"{iso(30)}T09:00+00:00, {iso(33)}T09:00+00:00"
    assert f"moves.csv: a row is missing: a, m, moved, {first}" in list(map(str, violations))


def test_a_pair_that_may_not_go_on_is_over_though_the_run_has_it():
    past = past_at(20, a_m=[at(5), at(30)])
    repair = repair_of(past, ("a", "m", [at(5), at(30)]), pairs=(("a", "m", "refused"),))
    assert repair.over == {("a", "m"): "refused"}


def test_a_lock_is_named_where_it_takes_one_of_several_places():
    past = past_at(20, a_n=[at(5), at(30)], b_n=[at(30)])
    repair = repair_of(past, ("b", "n", [at(30)]), ("c", "n", [at(40)], "locked"))
    assert repair.over == {("a", "n"): "lock"}


def test_the_end_of_a_pair_has_nothing_to_do_with_others():
    past = past_at(20, x_m=[at(5), at(30)])
    (row,) = repair_of(past, employees=staff(last={"n": 3, "a": 4})).ended()
    assert (row[0], row[6], row[10], row[11]) == ("x", iso(19), "left", "mentee")


def test_moves_stand_by_the_time_at_which_they_start():
    past = past_at(20, a_m=[at(30, minutes=60), at(60)], b_n=[at(30), at(31)], c_n=[at(29, minutes=60)])
    found = [(row[0], row[3], row[4][:10]) for row in repair_of(past).moves()]
    assert found == [
        ("c", "1", iso(29)),
        ("a", "1", iso(30)),  # of those that start together the ids tell, not the ends
        ("b", "1", iso(30)),
        ("b", "2", iso(31)),
        ("a", "2", iso(60)),
    ]


def test_a_session_that_something_stands_against_is_not_said_to_stay():
    past = past_at(20, a_m=[at(30), at(58), at(86)])
    busy = (("a", "2027-02-10T09:00", "2027-02-10T10:00"),)
    rules = {"programme": FRAME, "sessions": RULES}
    repair = repair_of(past, ("a", "m", [at(31), at(58), at(86)]), busy=busy, programme=rules)
    table = table_of("summary.json", ())
    _check_moves(table, repair)
    assert told(table) == []


def test_a_repair_is_told_row_by_row():
    repair = a_repair()

    def when(*days):
        return tuple(f"{iso(day)}T{clock}+00:00" for day in days for clock in ("09:00", "09:45"))

    assert repair.changes() == [
        ("a", "", "m", "", "moved", "1", "1", "0", "0", "rules", "cause"),
        ("b", "", "n", "", "kept", "1", "0", "0", "0", "", ""),
        ("c", "", "m", "", "new", "0", "0", "0", "2", "lost_mentor", "cause"),
        ("c", "", "n", "", "ended", "0", "0", "1", "0", "schedule", "cause"),
        ("x", "'=Xen", "n", "", "ended", "0", "0", "1", "0", "left", "cause"),
    ]
    assert repair.moves() == [
        ("a", "m", "moved", "2", *when(30), "2", *when(33), "rules", "cause"),
        ("c", "n", "cancelled", "2", *when(31), "", "", "", "pair_ended", "cause"),
        ("x", "n", "cancelled", "2", *when(32), "", "", "", "pair_ended", "cause"),
        ("c", "m", "new", "", "", "", "1", *when(34), "new_pair", "cause"),
        ("c", "m", "new", "", "", "", "2", *when(62), "new_pair", "cause"),
    ]
    assert repair.held() == [
        ("c", "m", "1", *when(2), "45"),
        ("c", "m", "2", *when(3), "45"),
        ("c", "n", "1", *when(7), "45"),
        ("x", "n", "1", *when(8), "45"),
    ]
    assert [(*row[:4], *row[7:11]) for row in repair.ended()] == [
        ("c", "", "n", "", "1", iso(7), iso(7), "schedule"),
        ("x", "'=Xen", "n", "Nora", "1", iso(8), iso(8), "left"),
    ]
    assert repair.figures() == {
        "start": FRAME["start"],
        "end": FRAME["end"],
        "timezone": "UTC",
        "agreed": 3,
        "kept": 2,
        "pairs_with_other_sessions": 1,
        "ended": {"left": 1, "schedule": 1},
        "ended_for_others": 0,
        "new": 1,
        "mentees_who_lost_a_mentor": 1,
        "mentees_regained": 1,
        "sessions_held": 3,
        "sessions_kept": 2,
        "sessions_moved": 1,
        "sessions_cancelled": 2,
        "sessions_cancelled_of_kept": 0,
        "sessions_new": 2,
        "people_affected": 4,
    }
    assert list(repair.figures()["ended"]) == ["left", "schedule"]


def test_who_is_new_had_lost_somebody_or_got_a_free_place_or_had_waited():
    past = past_at(20, a_m=[at(30)])
    repair = repair_of(
        past, ("a", "n", [at(31)]), ("c", "m", [at(32)]), ("b", "n", [at(33)]), choices=("a n", "c m", "b n")
    )
    assert {ids: fate.reason for ids, fate in repair.fates.items() if fate.change == "new"} == {
        ("a", "n"): "lost_mentor",
        ("b", "n"): "waited",
        ("c", "m"): "place_free",
    }


def test_sessions_of_a_kept_pair_that_fall_away_are_counted_apart():
    past = past_at(20, a_m=[at(30), at(58), at(86)], b_n=[at(40)])
    figures = repair_of(past, ("a", "m", [at(58)])).figures()
    names = ("sessions_cancelled", "sessions_cancelled_of_kept", "sessions_moved", "sessions_kept", "sessions_new")
    assert [figures[name] for name in names] == [3, 2, 0, 1, 0]


# --- room beside others ---------------------------------------------------------------------------------------


def beside(timetable, *spans, pair=(0, 1)):
    """A diary in which the mentor of `pair` has sessions with somebody else in these spans."""
    found = FoundPair((2, pair[1]), Row(2, ("",), {}), 1, locked=False)
    found.meetings = [Meeting(2, found.pair, 1, *span, timetable.dates.day_of(span[0])) for span in spans]
    return Diary([found])


def on_days(*windows, sessions=None, past=None, people=("a F 1", "m F 5", "x F 1"), **frame):
    rows = [(iso(day), *ends) for day, *ends in windows]
    rules = {"month_rule": "none", "min_days_between": 1} | (sessions or {})
    cohort = build(
        Spec(
            employees=people,
            choices=("a m",),
            availability=tuple(row for who in "am" for row in only(who, *rows)),
            programme={"programme": {**FRAME, **frame}, "sessions": rules},
        )
    )
    return Timetable(Roster(cohort), [(2, 1)], (), past)


def test_both_can_start_where_both_are_free_in_their_engagement():
    days = [(day, "09:00", "10:00") for day in (0, 5, 88)]
    start, _ = at(5)
    assert on_days(*days).starts_together((0, 1)) == {day: [at(day)[0], at(day)[0] + 15] for day in (0, 5, 88)}
    people = staff(first={"a": 5}, last={"m": 87})
    kept = [row for row in people if row["employee_id"] in "am"]
    timetable = on_days(*days, people=(*kept, "x F 1"))
    assert timetable.starts_together((0, 1)) == {5: [start, start + 15]}


def test_numbers_beside_others_need_days_with_room():
    timetable = on_days(*((day, "09:00", "09:45") for day in (20, 30, 40)))
    assert list(timetable.numbers_beside((0, 1), Diary(()), None)) == [1, 2, 3]
    assert list(timetable.numbers_beside((0, 1), beside(timetable, at(30)), None)) == [1, 2]
    assert list(timetable.numbers_beside((0, 1), beside(timetable, at(30)), (2, 1))) == [1, 2, 3]
    assert timetable.fits_beside((0, 1), beside(timetable, at(30))) is True
    assert timetable.least_missing((0, 1), beside(timetable, at(30))) == 0
    full = beside(timetable, at(20), at(30), at(40))
    assert timetable.fits_beside((0, 1), full) is False
    assert timetable.least_missing((0, 1), full) == 1


@pytest.mark.parametrize(
    ("until", "since", "pause", "apart", "fits"),
    [
        ("23:45", "00:00", 15, 1, True),
        ("23:45", "00:00", 16, 1, None),
        ("24:00", "00:15", 15, 1, True),
        ("24:00", "00:15", 16, 1, None),
        ("24:00", "00:45", 60, 1, None),
        ("24:00", "00:00", 0, 1, None),  # from 23:15 a session would last into the next date
        ("24:00", "00:00", 60, 2, True),  # two dates apart nothing touches
    ],
)
def test_dates_do_not_tell_where_a_session_could_run_into_the_next_date(until, since, pause, apart, fits):
    rules = {"minutes": 60, "pause_minutes": pause, "grid_minutes": 15, "minimum": 2, "min_days_between": apart}
    windows = (20, "22:00", until), (20 + apart, since, "02:00")
    timetable = on_days(*windows, sessions=rules)
    assert timetable.fits_beside((0, 1), Diary(())) is fits
    assert timetable.least_missing((0, 1), Diary(())) == (0 if fits else None)
    assert list(timetable.numbers_beside((0, 1), Diary(()), None)) == ([2] if fits else [])
    few = on_days(*windows, sessions=rules | {"minimum": 3})
    assert few.fits_beside((0, 1), Diary(())) is False  # whatever touches, a date is missing


def test_two_dates_are_enough_to_touch():
    rules = {"minutes": 60, "minimum": 2}
    windows = (0, "22:00", "24:00"), (1, "00:00", "02:00")
    timetable = on_days(*windows, sessions=rules, end="2027-01-12")
    assert timetable.fits_beside((0, 1), Diary(())) is None


@pytest.mark.parametrize(("saturday", "fits"), [(75, None), (61, True)])
def test_a_session_of_nearly_a_day_could_run_through_the_short_one(saturday, fits):
    """Clocks go forward on 28 March: from the end of the 27th on, 1400 minutes reach into the 29th."""
    windows = [(day, "00:00", "24:00") for day in range(saturday, saturday + 4)]
    rules = {"minutes": 1400, "min_days_between": 2}
    timetable = on_days(*windows, sessions=rules, timezone="Europe/London")
    assert timetable.fits_beside((0, 1), Diary(())) is fits


def test_what_a_pair_has_held_fills_its_week():
    """Of three days in a week one has been held; with two sessions a week at most one more may follow in it."""
    days = [(day, "09:00", "09:45") for day in (21, 23, 25)]

    def numbers(most, *held):
        past = past_at(22 if len(held) < 2 else 24, a_m=[at(day) for day in held])
        past.agreed[0, 1] = past.pairs["a", "m"]
        timetable = on_days(*days, sessions={"max_per_week": most}, past=past)
        return list(timetable.numbers_beside((0, 1), Diary(()), None))

    assert numbers(0, 21) == [1, 2, 3]
    assert numbers(2, 21) == [1, 2]
    assert numbers(3, 21) == [1, 2, 3]
    assert numbers(2, 21, 23) == [2]
    assert numbers(3, 21, 23) == [2, 3]


def test_in_a_rematch_days_count_from_its_date():
    days = [(day, "09:00", "09:45") for day in (19, 20, 30)]
    timetable = on_days(*days, past=past_at(20))
    assert list(timetable.starts_together((0, 1))) == [20, 30]
    assert list(timetable.numbers_beside((0, 1), Diary(()), None)) == [1, 2]
    assert timetable.ever_together((0, 1))
    assert not on_days(*days[:1], past=past_at(20)).ever_together((0, 1))
    assert on_days(*days[:1]).ever_together((0, 1))


def test_places_of_those_who_have_begun_are_theirs_alone():
    """Of m's candidates some have all their sessions and take no place any more, others have begun."""
    cohort, everybody, mentor = in_waves(), np.arange(4), np.full(4, 4)

    def places(*held):
        past = SimpleNamespace(as_of=FIRST + 80, held_by=lambda pair: [0] * held[pair[0]])
        return places_in_all(cohort, everybody, mentor, past)[4]

    assert places(3, 4, 1, 2) == 3
    assert places(3, 1, 1, 2) == 2
    assert places(1, 1, 1, 2) == 1
    assert places(3, 3, 3, 3) == 4
    assert places(3, 3, 1, 0) == 3  # for who has not begun there is no time left
    assert places(1, 2, 1, 0) == 1
    assert places_in_all(cohort, everybody, mentor).dtype.kind == "i"


def test_one_day_holds_no_engagement_of_two_sessions():
    cohort = in_waves(sessions={"number": 2, "min_days_between": 1})
    for left, places in ((0, 0), (1, 1), (2, 2)):
        assert places_in_all(cohort, np.arange(4), np.full(4, 4), past_at(88 - left))[4] == places


def test_every_standing_that_rests_on_schedules_is_counted():
    candidates = SimpleNamespace(place={(0, 1): 0, (0, 2): 1, (0, 3): 2}, locked=[False] * 3)
    standing = Standing(candidates, ["some"] * 3, {(0, 1): None}, may_lack=False)
    faults = [standing.fault((0, mentor), word) for mentor, word in ((1, "every"), (2, "none"), (3, "some"))]
    assert (faults, standing.rests) == (["", "", ""], 2)


@pytest.mark.parametrize(
    ("ids", "stated", "said"),
    [
        ("a m", "some", None),
        ("a m", "every", "'every' must be 'some', as in choices.csv"),
        ("b m", "some", "'some' must be every: the pair is locked"),  # a lock that is no choice
        ("b m", "every", None),
        ("x m", "some", None),  # strangers have been told
        ("a x", "some", None),
        ("x m", "never", None),
        ("b n", "some", "'some' must be none: rules or calendars keep the two apart"),
    ],
)
def test_both_files_say_the_same_of_a_standing(ids, stated, said):
    people = ("a F 1", "b F 1", "m F 5", "n F 5")
    spec = Spec(employees=people, choices=("a m",), pairs=(("b", "m", "locked"),), programme={"programme": FRAME})
    roster = Roster(build(spec))
    a, b, m = (roster.person[who] for who in "abm")
    candidates = SimpleNamespace(place={(a, m): 0, (b, m): 1}, locked=[False, True])
    standing = Standing(candidates, ["some"] * 2, {(a, m): None, (b, m): None}, may_lack=False)
    choices = table_of("choices.csv", ("mentee_id", "standing"), ("a", "some"))
    pairs = table_of("pairs.csv", ("mentee_id", "mentor_id", "standing"), (*ids.split(), stated))
    check_standing(choices, {0: 2}, pairs, SimpleNamespace(roster=roster), standing)
    assert choices.violations == []
    assert [(one.line, one.column, one.message) for one in pairs.violations] == [(2, "standing", said)] * bool(
        said
    )


def test_a_standing_in_choices_is_told_on_its_line():
    roster = Roster(build(Spec(employees=PAIR, choices=("a m",), programme={"programme": FRAME})))
    standing = Standing(SimpleNamespace(place={}, locked=[]), None, {}, may_lack=False)
    choices = table_of("choices.csv", ("mentee_id", "standing"), ("z", ""), ("a", "some"))
    pairs = table_of("pairs.csv", ("mentee_id", "mentor_id", "standing"))
    check_standing(choices, {0: 3}, pairs, SimpleNamespace(roster=roster), standing)
    assert [(one.line, one.column) for one in choices.violations] == [(3, "standing")]


# --- reading what had happened --------------------------------------------------------------------------------

BEFORE = {
    "pairs.csv": "mentee_id,mentee_name,mentor_id,mentor_name,rank,start\na,Ann,m,Mia,1,2027-01-12\n",
    "sessions.csv": "mentee_id,mentor_id,start,end\n"
    "a,m,2027-02-20T09:00+00:00,2027-02-20T09:45+00:00\na,m,2027-01-20T09:00+00:00,2027-01-20T09:45+00:00\n",
}
ENDED_FILES = {
    "ended.csv": ",".join(ENDED) + "\nb,Bo,m,Mia,2," + "," * 6 + "\n",
    "held.csv": "mentee_id,mentor_id,start,end\nb,m,2027-01-13T09:00+00:00,2027-01-13T09:45+00:00\n",
}


def reading(folder, files=BEFORE, **said):
    """What is read of the files of `before`, and what is found wrong in them."""
    (folder / "before").mkdir()
    for name, text in files.items():
        (folder / "before" / name).write_text(text, "utf-8")
    sums = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    summary = {"rematch": {"as_of": iso(30), "earlier_as_of": None, "before": sums} | said}
    roster, violations = Roster(build(QUARTER)), []
    return read_past(folder, summary, roster, violations), list(map(str, violations))


def test_what_a_rematch_began_with_is_read(tmp_path):
    past, faults = reading(tmp_path, BEFORE | ENDED_FILES, earlier_as_of=iso(20))
    assert faults == []
    assert (past.as_of, past.midnight) == (FIRST + 30, (FIRST + 30) * 1440)
    (planned,) = past.pairs.values()
    assert past.agreed == {(0, 3): planned}
    assert (planned.names, planned.rank, planned.start) == (("Ann", "Mia"), "1", FIRST + 1)
    assert (planned.held, planned.coming) == ([at(9)], [at(40)])
    assert past.ended == [("b", "Bo", "m", "Mia", "2", *[""] * 8)]
    assert past.held == {("b", "m"): [at(2)]}
    assert past.why == {}


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"as_of": "2027-01-11"}, None),
        ({"as_of": "2027-04-09"}, None),
        ({"as_of": "2027-01-10"}, "rematch: 2027-01-10 lies outside the programme (2027-01-11 to 2027-04-09)"),
        ({"as_of": "2027-04-10"}, "rematch: 2027-04-10 lies outside the programme (2027-01-11 to 2027-04-09)"),
        ({"as_of": "2027-02-30"}, "rematch: must be an object with the date of the rematch (as_of)"),
        ({"as_of": "20270201"}, "rematch: must be an object with the date of the rematch (as_of)"),
        ({"as_of": None}, "rematch: must be an object with the date of the rematch (as_of)"),
        (
            {"earlier_as_of": "2027-01-20"},
            "rematch, earlier_as_of: '2027-01-20' must be the date of the rematch before, null if there was none",
        ),
        ({"before": {}}, "rematch, before: the SHA-256 sums are not those of the files in before/"),
    ],
)
def test_what_is_said_of_a_rematch_makes_sense(tmp_path, said, fault):
    past, faults = reading(tmp_path, **said)
    assert faults == ([] if fault is None else [f"summary.json, {fault}"])
    if fault is None or not fault.startswith("rematch: 2027"):
        assert (past is None) == (fault is not None)


@pytest.mark.parametrize(
    ("earlier_as_of", "right"),
    [(iso(20), True), (iso(30), True), (iso(31), False), (None, False), ("soon", False)],
)
def test_the_rematch_before_was_no_later(tmp_path, earlier_as_of, right):
    _, faults = reading(tmp_path, BEFORE | ENDED_FILES, earlier_as_of=earlier_as_of)
    assert len(faults) == (not right)


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("pairs.csv", "a,Ann", ",Ann", "line 2: the row does not name a pair once, with its start"),
        ("pairs.csv", "m,Mia", ",Mia", "line 2: the row does not name a pair once, with its start"),
        ("pairs.csv", "2027-01-12", "2027-01", "line 2: the row does not name a pair once, with its start"),
        (
            "pairs.csv",
            "-12\n",
            "-12\na,,m,,2,2027-01-13\n",
            "line 3: the row does not name a pair once, with its start",
        ),
        ("sessions.csv", "+00:00\na", "+00:00\nb", "line 3: these two are no pair in before/pairs.csv"),
        (
            "sessions.csv",
            "20T09:45",
            "20T09:00",
            "line 2: start and end are no times with offset, one after the other",
        ),
    ],
)
def test_a_row_of_the_plan_that_makes_no_sense_is_named(tmp_path, name, old, new, fault):
    files = BEFORE | {name: BEFORE[name].replace(old, new, 1)}
    past, faults = reading(tmp_path, files)
    assert past is None
    assert faults[0] == f"before/{name}, {fault}"
    stranded = 0 if name == "sessions.csv" or "a,,m" in new else 2
    found = [fault for fault in faults[1:] if "these two are no pair" in fault]
    assert len(found) == stranded


def test_rows_of_the_plan_are_read_on_after_one_that_makes_no_sense(tmp_path):
    titles, row = BEFORE["pairs.csv"].splitlines()
    rows = (titles, row.replace("a,", ",", 1), row, row.replace("a,Ann", "b,"), row)
    _, faults = reading(tmp_path, BEFORE | {"pairs.csv": "\n".join(rows)})
    said = "the row does not name a pair once, with its start"
    assert faults == [f"before/pairs.csv, line {line}: {said}" for line in (2, 5)]


def test_all_that_is_missing_of_the_plan_is_told(tmp_path):
    past, faults = reading(tmp_path, {})
    assert past is None
    assert faults == [f"before/{name}: cannot be read: the file is missing" for name in BEFORE]


def test_what_cannot_be_read_of_the_plan_is_told(tmp_path):
    """A folder stands where a table should; the others are read."""
    (tmp_path / "before").mkdir()
    for name in ("pairs.csv", "held.csv"):
        (tmp_path / "before" / name).mkdir()
    violations = []
    summary = {"rematch": {"as_of": iso(30), "before": {}}}
    assert read_past(tmp_path, summary, Roster(build(QUARTER)), violations) is None
    first, second, third, *_ = map(str, violations)
    assert first.startswith("before/pairs.csv: cannot be read: ")
    assert second == "before/sessions.csv: cannot be read: the file is missing"
    assert third.startswith("before/held.csv: cannot be read: ")


@pytest.mark.parametrize("name", BEFORE)
def test_the_plan_is_needed(tmp_path, name):
    past, faults = reading(tmp_path, {one: text for one, text in BEFORE.items() if one != name})
    assert past is None
    assert faults[0] == f"before/{name}: cannot be read: the file is missing"


def test_a_plan_without_a_rematch_is_told(tmp_path):
    roster, violations = Roster(build(QUARTER)), []
    assert read_past(tmp_path, {}, roster, violations) is read_past(tmp_path, None, roster, violations) is None
    assert violations == []
    (tmp_path / "before").mkdir()
    assert read_past(tmp_path, {}, roster, violations) is None
    said = "summary.json, rematch: says nothing of a rematch, but there is a folder 'before'"
    assert list(map(str, violations)) == [said]


def test_a_pair_of_the_plan_that_is_over_is_not_agreed(tmp_path):
    text = BEFORE["pairs.csv"] + "x,Xen,m,Mia,1,2027-01-12\n"
    past, faults = reading(tmp_path, BEFORE | {"pairs.csv": text})
    assert (faults, past.why, list(past.agreed)) == ([], {("x", "m"): "left"}, [(0, 3)])
    cohort = build(dataclasses.replace(QUARTER, choices=("b n",)))
    assert with_mentees(cohort, past).mentees.tolist() == [0, 1]


# --- claims about one of the two ------------------------------------------------------------------------------


@pytest.mark.parametrize(("whose", "until", "told"), [("a", "10:59", 0), ("m", "10:59", 0), ("a", "11:00", 1)])
def test_a_move_into_preferred_hours_needs_both_for_the_whole_session(whose, until, told):
    """The session of an hour could begin at 10:00; one of the two is free for the shortest length alone."""
    windows = {who: [(iso(21), "10:00", "11:00"), (iso(21), "14:00", "15:00")] for who in "am"}
    windows[whose][0] = (iso(21), "10:00", until)
    spec = Spec(
        employees=PAIR,
        choices=("a m",),
        availability=tuple(row for who in "am" for row in only(who, *windows[who])),
        programme={
            "programme": FRAME,
            "sessions": {"month_rule": "none", "minutes": [60, 45]},
            "calendar": {"preferred_hours": "10:00-11:00"},
        },
    )
    found = claims(build(spec), ("a", "m", [at(21, "14:00", 60)]))
    assert len([fault for fault in found if "preferred" in fault]) == told


@pytest.mark.parametrize(("whose", "until", "told"), [("a", "09:59", 0), ("m", "09:59", 0), ("a", "10:00", 1)])
def test_a_longer_session_needs_both(whose, until, told):
    windows = {who: [(iso(21), "09:00", until if who == whose else "10:00")] for who in "am"}
    rules = {"month_rule": "none", "minutes": [60, 45]}
    availability = tuple(row for who in "am" for row in only(who, *windows[who]))
    spec = Spec(
        employees=PAIR,
        choices=("a m",),
        availability=availability,
        programme={"programme": FRAME, "sessions": rules},
    )
    assert len(claims(build(spec), ("a", "m", [at(21)]))) == told


@pytest.mark.parametrize(("most", "missing"), [(0, 1), (1, None), (7, 1)])
def test_where_weeks_have_limits_nobody_tells_how_many_sessions_are_missing(most, missing):
    timetable = on_days((20, "09:00", "09:45"), sessions={"max_per_week": most, "minimum": 2})
    assert timetable.least_missing((0, 1), Diary(())) == missing


def test_prices_go_on_after_a_row_that_is_none():
    roster = Roster(build(QUARTER))
    names = columns(Classes())
    rows = (("sessions.number", "", *[""] * 7), ("eligibility.same_function_gap", "", "3", "1", "0", "0", "", "0"))
    table = table_of("prices.csv", names, *((*row, *["optimal"] * (9 - len(row))) for row in rows))
    check_prices(table, roster, [], proven=True)
    assert [violation.line for violation in table.violations] == [2, 3, 3]


@pytest.mark.parametrize(
    ("level", "code", "apart"), [(5, "no_common_time", True), (1, "same_function_gap", False)]
)
def test_hours_are_the_reason_only_where_no_rule_is(level, code, apart):
    free = (*only("a", (iso(21), "09:00", "10:00")), *only("m", (iso(21), "10:00", "11:00")))
    spec = Spec(
        employees=("a F 1", f"m F {level}"), choices=("a m",), availability=free, programme={"programme": FRAME}
    )
    outcomes = outcomes_of(build(spec))
    assert (outcomes.codes, outcomes.hours_apart(0), outcomes.is_possible(0)) == ([code], apart, False)


def test_a_pair_of_the_run_that_breaks_a_rule_was_not_possible():
    people = ("a F 1", "m F 1", "n F 5")
    outcomes = outcomes_of(
        build(Spec(employees=people, choices=("a m", "a n"), programme={"programme": FRAME})),
        *(("a", mentor, [at(day)]) for mentor, day in (("m", 21), ("n", 22))),
    )
    assert outcomes.codes == ["paired"] * 2
    assert [outcomes.is_possible(choice) for choice in range(2)] == [False, True]


def test_of_pairs_that_are_no_choice_only_a_lock_has_no_rank():
    people = ("a F 1", "b F 1", "m F 5", "n F 5")
    pairs = (("a", "n", "forbidden"), ("b", "m", "locked"))
    roster = Roster(build(Spec(employees=people, choices=("a m",), pairs=pairs, programme={"programme": FRAME})))
    found = [paired(roster, "b", "m", at(21), locked=True)]
    names = columns(Classes())
    figures = ("0", "0", "", "0", "optimal"), ("-1", "-1", "", "-1", "optimal")

    def faults(first, second):
        rows = (("forbidden", "a with n", "forbidden", "", *first), ("locked", "b with m", "locked", "", *second))
        table = table_of("prices.csv", names, *rows)
        check_prices(table, roster, found, proven=True)
        return [(one.line, one.column) for one in table.violations if "in their order" not in one.message]

    assert faults(*figures) == []
    assert faults(("1", "1", "", "1", "optimal"), figures[1]) == [(2, "ranks")]
    assert faults(figures[0], ("0", "0", "", "0", "optimal")) == [(3, "ranks")]


def test_a_pair_of_the_run_without_common_time_was_not_possible():
    free = (*only("a", (iso(21), "09:00", "10:00")), *only("m", (iso(21), "10:00", "11:00")))
    spec = Spec(employees=PAIR, choices=("a m",), availability=free, programme={"programme": FRAME})
    outcomes = outcomes_of(build(spec), ("a", "m", [at(21)]))
    assert (outcomes.codes, outcomes.is_possible(0)) == (["paired"], False)


def test_a_choice_that_is_lost_to_the_reverse_pair_was_possible():
    rules = {"programme": FRAME, "eligibility": {"same_function_gap": 0}}
    cohort = build(Spec(employees=("a F 1", "m F 1"), choices=("a m", "m a"), programme=rules))
    outcomes = outcomes_of(cohort, ("m", "a", [at(21)]))
    assert outcomes.codes == ["reverse_pair", "paired"]
    assert [outcomes.is_possible(choice) for choice in range(2)] == [True, True]


@pytest.mark.parametrize("status", ["forbidden", "refused", "past"])
def test_what_pairs_say_comes_before_the_reverse_pair(status):
    rules = {"programme": FRAME, "eligibility": {"same_function_gap": 0, "past_pairs_may_repeat": False}}
    pairs = (("a", "m", status),)
    cohort = build(Spec(employees=("a F 1", "m F 1"), choices=("a m", "m a"), pairs=pairs, programme=rules))
    assert outcomes_of(cohort, ("m", "a", [at(21)])).codes == [status, "paired"]


@pytest.mark.parametrize("places", [0, 1])
def test_the_reverse_pair_comes_before_places_and_levels(places):
    people = (f"m F 1 {places}", "a F 5")
    cohort = build(Spec(employees=people, choices=("a m", "m a"), programme={"programme": FRAME}))
    assert outcomes_of(cohort, ("m", "a", [at(21)])).codes == ["reverse_pair", "paired"]


# --- choices and who has no mentor ----------------------------------------------------------------------------

LISTS = Spec(
    employees=("a F 1", "b F 1", "m F 5 1", "n F 5"),
    choices=("a m", "a n", "b m", "b '=x", "b =x"),
    programme={"programme": FRAME},
)
TRUE = (
    ("a", "m", "1", "paired", "so"),
    ("a", "n", "2", "other_choice_taken", "so"),
    ("b", "m", "1", "mentor_full", "so"),
    ("b", "''=x", "2", "unknown_mentor", "so"),
    ("b", "'=x", "3", "unknown_mentor", "so"),
)


ONE_PAIR = (("a", "m", [at(20)]),)


def choices_of(*rows, proven=True, pairs=ONE_PAIR, spec=LISTS):
    table = table_of("choices.csv", ("mentee_id", "mentor_id", "rank", "outcome", "detail"), *rows)
    lines = check_choices(table, outcomes_of(build(spec), *pairs), proven=proven)
    return lines, list(map(str, table.violations))


def test_every_choice_has_its_row():
    assert choices_of(*TRUE) == ({0: 2, 1: 3, 2: 4, 3: 5, 4: 6}, [])
    order = "the rows must be sorted by mentee_id, rank, mentor_id: this one belongs further up"
    assert choices_of(TRUE[1], TRUE[0], *TRUE[2:])[1] == [f"choices.csv, line 3: {order}"]
    assert choices_of(*TRUE[:2], *TRUE[3:])[1] == ["choices.csv: the choice of m by b is missing"]
    twice = choices_of(*TRUE, TRUE[4])[1]
    assert twice == ["choices.csv, line 7, mentor_id: the choice already stands on line 6"]
    strange = "no such choice is listed in preferences.csv"
    for who in ("a", "z"):
        found = choices_of(*TRUE, (who, "z", "1", "paired", "so"))[1]
        assert found == [f"choices.csv, line 7, mentor_id: {strange}"]


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        (2, "2", "rank: '2' must be 1, as listed"),
        (3, "draw", "outcome: 'draw' must be mentor_full"),
        (4, " ", "detail: the detail is empty"),
    ],
)
def test_every_cell_of_a_choice_follows(column, cell, said):
    row = [*TRUE[2]]
    row[column] = cell
    assert choices_of(*TRUE[:2], tuple(row), *TRUE[3:])[1] == [f"choices.csv, line 4, {said}"]


def test_a_choice_that_could_be_added_is_told_where_pairs_are_proven():
    rows = (*TRUE[:2], ("b", "m", "1", "schedule_conflict", "so"))
    roomy = dataclasses.replace(
        LISTS, employees=("a F 1", "b F 1", "m F 5 2", "n F 5"), choices=("a m", "a n", "b m")
    )
    said = (
        "the pair could be added: a schedule exists beside all other sessions, so pairs or ranks are not optimal"
    )
    assert choices_of(*rows, spec=roomy)[1] == [f"choices.csv, line 4, outcome: {said}"]
    assert choices_of(*rows, spec=roomy, proven=False)[1] == []
    missing = ["choices.csv: the choice of m by b is missing", f"choices.csv: {said}"]
    assert choices_of(*rows[:2], spec=roomy)[1] == missing


def unmatched_of(*rows, spec=LISTS, pairs=ONE_PAIR):
    table = table_of("unmatched.csv", ("mentee_id", "name", "reason", "explanation"), *rows)
    outcomes = outcomes_of(build(spec), *pairs)
    check_unmatched(table, outcomes, [tuple(map(outcomes.roster.person.get, pair[:2])) for pair in pairs])
    return list(map(str, table.violations))


def test_every_mentee_without_a_mentor_has_a_row():
    row = ("b", "", "mentors_full", "so")
    assert unmatched_of(row) == unmatched_of(("b", "", "draw", "so")) == []
    assert unmatched_of() == ["unmatched.csv: b has no mentor, but no row here"]
    assert unmatched_of(row, row) == ["unmatched.csv, line 3, mentee_id: the mentee already stands on line 2"]
    for who in ("c", "m"):
        found = unmatched_of(row, (who, "", "draw", "so"))
        assert found == [f"unmatched.csv, line 3, mentee_id: '{who}' is no mentee without a mentor"]
    assert unmatched_of(("a", "", "draw", "so"), row) == [
        "unmatched.csv, line 2, mentee_id: 'a' is no mentee without a mentor"
    ]
    both = (("a", "", "draw", "so"), ("b", "", "draw", "so"))
    order = "the rows must be sorted by mentee_id: this one belongs further up"
    assert unmatched_of(*both, pairs=()) == []
    assert unmatched_of(*both, ("z", "", "draw", "so"), pairs=()) == [
        "unmatched.csv, line 4, mentee_id: 'z' is no mentee without a mentor"
    ]
    assert unmatched_of(*both[::-1], pairs=()) == [f"unmatched.csv, line 3: {order}"]


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        (1, "Bo", "name: 'Bo' must be an empty cell"),
        (2, "no_common_time", "reason: 'no_common_time' must be mentors_full or draw"),
        (3, " ", "explanation: the explanation is empty"),
        (3, "There are No Common Working Hours.", "explanation: the sentence may not speak of 'no common working"),
    ],
)
def test_every_cell_of_a_mentee_without_a_mentor_follows(column, cell, said):
    row = ["b", "", "draw", "so"]
    row[column] = cell
    (fault,) = unmatched_of(tuple(row))
    assert fault.startswith(f"unmatched.csv, line 2, {said}")


def test_hours_that_never_meet_are_told():
    free = (*only("a", (iso(21), "09:00", "10:00")), *only("m", (iso(21), "10:00", "11:00")))
    spec = Spec(employees=("a F 1", "m F 5"), choices=("a m",), availability=free, programme={"programme": FRAME})
    said = "they have no common working hours"
    row = ("a", "m", "1", "no_common_time")
    assert choices_of((*row, said), spec=spec, pairs=())[1] == []
    must = "the sentence must speak of 'no common working hours'"
    assert choices_of((*row, "so"), spec=spec, pairs=())[1] == [f"choices.csv, line 2, detail: {must}"]
    reason = ("a", "", "no_common_time")
    assert unmatched_of((*reason, said), spec=spec, pairs=()) == []
    assert unmatched_of((*reason, "so"), spec=spec, pairs=()) == [f"unmatched.csv, line 2, explanation: {must}"]


@pytest.mark.parametrize(("hours_liked", "told"), [("10:00-12:00", 0), ("10:00-13:44", 0), ("10:00-13:45", 1)])
def test_preferred_hours_are_those_of_both_clocks(hours_liked, told):
    """In Moscow it is three hours later: from 10:00 UTC on both like it, until their own 13:45 there."""
    people = ("a F 1", {"employee_id": "m", "function": "F", "level": "5", "timezone": "Europe/Moscow"})
    rules = {"month_rule": "none", "number": 1}
    spec = Spec(
        employees=people,
        choices=("a m",),
        programme={"programme": FRAME, "sessions": rules, "calendar": {"preferred_hours": hours_liked}},
    )
    assert len(claims(build(spec), ("a", "m", [at(21, "14:00")]))) == told


def test_a_decision_that_forbids_says_nothing_of_who_ended_a_pair():
    past = past_at(20, a_m=[at(5), at(30)])
    repair = repair_of(past, pairs=(("a", "m", "forbidden"),))
    pair = repair.pair_of(("a", "m"))
    decisions = repair.roster.cohort.decisions
    decisions[pair] = dataclasses.replace(decisions[pair], by="mentor", since=FIRST + 9)
    (row,) = repair.ended()
    assert (row[6], row[10], row[11]) == (iso(19), "forbidden", "")
    assert repair.figures()["ended"] == {"forbidden": 1}
