"""What a rematch began with, as the check reads it."""

import codecs
import dataclasses
import datetime as dt
import hashlib

import pytest
from check_tables import (
    FIRST,
    QUARTER,
    at,
    iso,
    past_at,
    read,
    table_of,
    told,
)
from cohorts import Spec, build
from test_check_bounds import FRAME

from matcher.check_past import ENDED, Rows, _rows, _slots, read_past, why_over, with_mentees
from matcher.check_rules import Roster

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
