"""Clocks and files of a run as the check reads them: where one sign or one part of a condition decides."""

import numpy as np
import pytest
from check_cases import date, instant
from check_tables import table_of

from matcher.check_files import (
    Violation,
    check_order,
    read_object,
    read_table,
    safe_text,
    whole_number,
)
from matcher.check_time import EVER, Clock, joined

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
