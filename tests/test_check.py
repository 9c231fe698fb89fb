"""The independent check: a valid run is clean, and every rule, column and figure that is broken is named."""

import copy
import json
import random

import check_cases as cases
import pytest
from check_cases import make_cohort

from matcher.check import Violation, check_run
from matcher.model import Decision

LATER = {column for header, *_ in cases.MORE.values() for column in header.split(",")}


def write(folder, *edits, summary=None, timings=cases.TIMINGS):
    """Write the valid run with edits: (file, old text, new text), each found exactly once."""
    files = dict(cases.RUN)
    for file, old, new in edits:
        assert files[file].count(old) == 1, (file, old)
        files[file] = files[file].replace(old, new)
    for file, text in files.items():
        (folder / file).write_bytes(b"\xef\xbb\xbf" + text.encode())
    (folder / "summary.json").write_text(json.dumps(summary or cases.SUMMARY))
    (folder / "timings.json").write_text(json.dumps(timings))
    return folder


def summary_with(**goals):
    """The valid summary with goals replaced: name=(value, bound, status)."""
    summary = copy.deepcopy(cases.SUMMARY)
    for goal in summary["goals"]:
        if goal["name"] in goals:
            goal["value"], goal["bound"], goal["status"] = goals[goal["name"]]
    return summary


def found(cohort, folder):
    """What is wrong but for what test_check_whole.py looks at: the run here has no such columns and files."""
    return [
        str(violation)
        for violation in check_run(cohort, folder)
        if violation.file not in ("certificate.json", "bottlenecks.csv") and violation.column not in LATER
    ]


def assert_found(violations, *expected):
    """Exactly these violations, in any order, each given by the beginning of its text or by a part of it."""
    left = list(violations)
    for text in expected:
        match = next((violation for violation in left if text in violation), None)
        assert match is not None, f"not found: {text}\nfound: {violations}"
        left.remove(match)
    assert left == []


def test_the_valid_run_is_clean(tmp_path):
    assert found(make_cohort(), write(tmp_path)) == []


def test_a_violation_reads_as_a_place_and_a_message():
    assert str(Violation("sessions.csv", "no", 5, "start")) == "sessions.csv, line 5, start: no"
    assert str(Violation("sessions.csv", "no")) == "sessions.csv: no"


# --- one broken cell per column -------------------------------------------------------------------------------

CELLS = [
    ("pairs.csv", "a,Anna,m", "q,Anna,m", "line 2, mentee_id: 'q' is no employee_id"),
    ("pairs.csv", "a,Anna,m", "a,Ann,m", "line 2, mentee_name: 'Ann' must be 'Anna'"),
    ("pairs.csv", "Anna,m,", "Anna,q,", "line 2, mentor_id: 'q' is no employee_id"),
    ("pairs.csv", "c,Cy,n,Nina,", "c,Cy,n,,", "line 3, mentor_name: an empty cell must be 'Nina'"),
    ("pairs.csv", "'=Max", "=Max", "line 2, mentor_name: '=Max' must have a leading '"),
    ("pairs.csv", "Max,1,", "Max,2,", "line 2, rank: '2' must be '1'"),
    ("pairs.csv", "Dora,n,Nina,,", "Dora,n,Nina,1,", "line 4, rank: '1' must be an empty cell"),
    ("pairs.csv", "Max,1,2,yes", "Max,1,3,yes", "line 2, level_gap: '3' must be '2'"),
    ("pairs.csv", "Max,1,2,yes", "Max,1,2,no", "line 2, same_function: 'no' must be 'yes'"),
    ("pairs.csv", "yes,3,2027-03-01,", "yes,4,2027-03-01,", "line 2, sessions: '4' must be 3"),
    ("pairs.csv", "yes,3,2027-03-01,", "yes,3,2027-03-02,", "line 2, first_session: '2027-03-02' must be"),
    ("pairs.csv", "2027-03-29", "29.03.2027", "line 2, last_session: '29.03.2027' must be '2027-03-29'"),
    ("pairs.csv", "locked", "chosen", "line 4, source: 'chosen' must be 'locked'"),
    ("pairs.csv", "locked,2027-03-01", "locked,2027-03-03", "line 4, start: '2027-03-03' must be"),
    ("pairs.csv", "locked,2027-03-01,2027-03-31", "locked,2027-03-01,", "line 4, end: an empty cell must be"),
    ("sessions.csv", "a,m,1,", "q,m,1,", "line 2, mentee_id: 'q' is no employee_id"),
    ("sessions.csv", "a,m,1,", "a,n,1,", "line 2, mentor_id: these two are no pair"),
    ("sessions.csv", "a,m,1,", "a,m,x,", "line 2, number: 'x' is not a whole number"),
    ("sessions.csv", "a,m,2,", "a,m,3,", "line 5, number: 3 must be 2"),
    ("sessions.csv", "2027-03-01T09:00:00+00:00", "2027-03-01T09:00:00", "line 2, start: '2027-03-01T09"),
    ("sessions.csv", "2027-03-01T09:00:00+00:00", "soon", "line 2, start: 'soon' is not a time with offset"),
    ("sessions.csv", "T09:00:00+01:00", "T08:00:00+00:00", "line 8, start: 2027-03-29T08:00:00+00:00 must be"),
    ("sessions.csv", "T09:45:00+01:00", "T08:45:00+00:00", "line 8, end: 2027-03-29T08:45:00+00:00 must be"),
    ("sessions.csv", "01T09:45:00", "01T09:30:00", "line 2, minutes: 30 minutes lie between start and end"),
    ("sessions.csv", "01T09:45:00", "01T08:45:00", "line 2, end: the end must come after the start"),
    ("sessions.csv", "01T09:00:00", "01T09:00:30", "line 2, start: 2027-03-01T09:00:30+00:00 is not a whole"),
    ("choices.csv", "a,m,1", "a,q,1", "line 2, mentor_id: no such choice"),
    ("choices.csv", "a,m,1", "a,m,2", "line 2, rank: '2' must be 1"),
    ("choices.csv", "a,m,1,paired", "a,m,1,Paired", "line 2, outcome: 'Paired' must be paired"),
    ("choices.csv", "'-x", "-x", "line 4, mentor_id: '-x' must have a leading '"),
    ("choices.csv", "Dora cannot mentor herself.", " ", "line 9, detail: the detail is empty"),
    ("unmatched.csv", "b,Ben", "a,Ben", "line 2, mentee_id: 'a' is no mentee without a mentor"),
    ("unmatched.csv", "b,Ben", "b,", "line 2, name: an empty cell must be 'Ben'"),
    ("unmatched.csv", "mentors_full", "schedule_conflict", "line 2, reason: 'schedule_conflict' must be"),
    ("unmatched.csv", "Raise the capacity of Max.", "", "line 2, explanation: the explanation is empty"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "message"), CELLS)
def test_a_wrong_cell_is_named(tmp_path, file, old, new, message):
    assert any(
        text.startswith(f"{file}, {message}") for text in found(make_cohort(), write(tmp_path, (file, old, new)))
    )


@pytest.mark.parametrize("file", cases.RUN)
def test_every_column_is_required(tmp_path, file):
    header = cases.RUN[file].splitlines()[0]
    for column in header.split(","):
        new = (
            header.replace(column, f"{column}_x", 1) if column != "start" else header.replace(",start", ",start_x")
        )
        if new.split(",").count(column) == 0:
            violations = found(make_cohort(), write(tmp_path, (file, f"{header}\n", f"{new}\n")))
            assert any(text.startswith(f"{file}, {column}: the column is missing") for text in violations), column


@pytest.mark.parametrize(
    ("file", "first", "second", "order"),
    [
        ("pairs.csv", 2, 3, "mentee_id, mentor_id"),
        ("sessions.csv", 1, 2, "start, mentee_id"),
        ("choices.csv", 1, 2, "mentee_id, rank, mentor_id"),
    ],
)
def test_the_order_of_rows(tmp_path, file, first, second, order):
    lines = cases.RUN[file].splitlines(keepends=True)
    old = lines[first] + lines[second]
    violations = found(make_cohort(), write(tmp_path, (file, old, lines[second] + lines[first])))
    assert_found(violations, f"{file}, line {second + 1}: the rows must be sorted by {order}")


def test_more_columns_may_follow(tmp_path):
    header = cases.RUN["unmatched.csv"].splitlines()[0]
    edits = [("unmatched.csv", header, f"{header},more"), ("unmatched.csv", "of Max.", "of Max.,1")]
    assert found(make_cohort(), write(tmp_path, *edits)) == []


def test_the_delimiter_of_the_programme(tmp_path):
    write(tmp_path)
    for file in cases.RUN:
        path = tmp_path / file
        path.write_bytes(path.read_bytes().replace(b",", b";"))
    assert found(make_cohort(output={"delimiter": ";"}), tmp_path) == []
    assert found(make_cohort(), tmp_path) != []


# --- files that are no such files -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data.removeprefix(b"\xef\xbb\xbf"), "must begin with a byte order mark"),
        (lambda data: data.replace(b"\n", b"\r\n"), "lines must end with a line feed"),
        (lambda data: data.removesuffix(b"\n"), "lines must end with a line feed"),
        (lambda data: data + b"\xff\n", "is not UTF-8"),
        (lambda data: data + b'"open\n', "cannot be read as CSV"),
        (lambda data: data + b"\n", "the row has 0 cells, the header has"),
        (lambda data: data + b"b\n", "the row has 1 cells, the header has"),
        (lambda data: data.replace(b"\n", b",mentee_id\n", 1), "a column name stands twice"),
        (lambda _: b"\xef\xbb\xbf", "the file is empty"),
    ],
)
@pytest.mark.parametrize("file", cases.RUN)
def test_a_malformed_table(tmp_path, file, change, message):
    path = write(tmp_path) / file
    path.write_bytes(change(path.read_bytes()))
    assert any(text.startswith(file) and message in text for text in found(make_cohort(), tmp_path))


@pytest.mark.parametrize("file", [*cases.RUN, "summary.json", "timings.json"])
def test_a_missing_file(tmp_path, file):
    (write(tmp_path) / file).unlink()
    assert f"{file}: cannot be read: the file is missing" in found(make_cohort(), tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"goals": NaN}', '{"goals": [1]}', "[" * 100_000, '"\\ud800"'])
@pytest.mark.parametrize("file", ["summary.json", "timings.json"])
def test_malformed_json(tmp_path, file, text):
    (write(tmp_path) / file).write_text(text)
    assert any(violation.startswith(file) for violation in found(make_cohort(), tmp_path))


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_run_never_raises(tmp_path, seed):
    chance = random.Random(seed)
    write(tmp_path)
    for path in sorted(tmp_path.iterdir()):
        data = bytearray(path.read_bytes())
        for _ in range(chance.randrange(4)):
            at = chance.randrange(len(data))
            data[at : at + chance.randrange(3)] = chance.choice(
                [b"", b"9", b"\n", b'"', b",", b"-", b"null", b"[]", b"\xff"]
            )
        path.write_bytes(data)
    assert all(isinstance(violation, Violation) for violation in check_run(make_cohort(), tmp_path))


@pytest.mark.parametrize("value", [None, True, 1.5, -1, "x", [], {}, [None], [10**30], {"a": []}])
def test_any_value_anywhere_in_the_summary_never_raises(tmp_path, value):
    for key in cases.SUMMARY:
        assert check_run(make_cohort(), write(tmp_path, summary=cases.SUMMARY | {key: value})) is not None
    for key in ("value", "bound", "status", "name", "kind"):
        summary = copy.deepcopy(cases.SUMMARY)
        for goal in summary["goals"]:
            goal[key] = value
        assert check_run(make_cohort(), write(tmp_path, summary=summary))


LONG = "=SUM(A1:A9)" * 5


@pytest.mark.parametrize("text", ["=1+1", LONG])
def test_every_cell_that_a_spreadsheet_would_run_is_named(tmp_path, text):
    """Also the same text twice, in columns whose content does not matter, and texts of any length."""
    edits = [
        ("choices.csv", "They are paired.\na,n", f"{text}\na,n"),
        ("choices.csv", "z takes no mentees.", text),
    ]
    assert_found(
        found(make_cohort(), write(tmp_path, *edits)),
        f"choices.csv, line 2, detail: '{text}' must have a leading '",
        f"choices.csv, line 6, detail: '{text}' must have a leading '",
    )


def test_the_last_of_two_columns_with_one_name_counts(tmp_path):
    """Also in a row that is one cell short, so that it has as many as there are names."""
    edits = [("unmatched.csv", "mentee_id,name,", "mentee_id,name,name,"), ("unmatched.csv", "b,Ben", "b,x,Ben")]
    edits.append(("unmatched.csv", ",Raise the capacity of Max.", ""))
    assert_found(
        found(make_cohort(), write(tmp_path, *edits)),
        "unmatched.csv: a column name stands twice",
        "unmatched.csv, line 2: the row has 4 cells, the header has 5",
        "unmatched.csv, line 2, explanation: the explanation is empty",
    )


def test_a_short_row_where_a_column_name_stands_twice(tmp_path):
    """What is left of the row counts for the columns that it reaches."""
    header = "mentee_id,name,reason,explanation"
    edits = [("unmatched.csv", header, f"{header},name"), ("unmatched.csv", ",Raise the capacity of Max.", "")]
    assert_found(
        found(make_cohort(), write(tmp_path, *edits)),
        "unmatched.csv: a column name stands twice",
        "unmatched.csv, line 2: the row has 3 cells, the header has 5",
        "unmatched.csv, line 2, explanation: the explanation is empty",
    )


# --- rules about pairs: the run stays, the cohort changes -----------------------------------------------------


def decisions(**pairs):
    return cases.LOCK | {tuple(names): Decision(status) for names, status in pairs.items()}


PAIR_RULES = [
    ({"choices": [c for c in cases.CHOICES if c != ("a", 1, "m")]}, "line 2, mentor_id: the mentee did not list"),
    ({"decisions": decisions(am="forbidden")}, "line 2, mentor_id: forbidden:"),
    ({"decisions": decisions(am="refused")}, "line 2, mentor_id: refused:"),
    (
        {"decisions": decisions(am="past"), "eligibility": {"past_pairs_may_repeat": False}},
        "line 2, mentor_id: past:",
    ),
    (
        {"people": {"a": {"manager": "m"}}, "eligibility": {"line_manager_may_mentor": False}},
        "line 2, mentor_id: line_manager:",
    ),
    ({"people": {"m": {"level": 2}}}, "line 2, mentor_id: same_function_gap:"),
    ({"people": {"m": {"level": 1, "function": "IT"}}}, "line 2, mentor_id: cross_function_gap:"),
    ({"people": {"m": {"capacity": 0}}}, "line 2, mentor_id: does_not_mentor:"),
    ({"people": {"n": {"capacity": 1}}}, "line 4, mentor_id: Nina (n) has 2 mentees up to here, at most 1"),
    ({"capacity": {"mentees_per_mentor": 1}}, "line 4, mentor_id: Nina (n) has 2 mentees up to here, at most 1"),
    ({"decisions": decisions(ma="locked")}, "line 2, mentor_id: reverse_pair:"),
    ({"decisions": decisions(bm="locked")}, ": Ben (b) and =Max (m) are locked"),
    ({"decisions": {}}, "line 4, mentor_id: the mentee did not list"),
    ({"decisions": {}}, "line 4, mentor_id: same_function_gap:"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "message"), PAIR_RULES)
def test_a_rule_about_pairs(tmp_path, changes, message):
    joint = f"pairs.csv{message}" if message.startswith(":") else f"pairs.csv, {message}"
    assert any(text.startswith(joint) for text in found(make_cohort(**changes), write(tmp_path)))


@pytest.mark.parametrize(
    "changes",
    [
        {"people": {"n": {"function": " sALES "}}},
        {"people": {"c": {"manager": "n"}}},
        {"people": {"d": {"manager": "n"}}, "eligibility": {"line_manager_may_mentor": False}},
        {"decisions": decisions(am="past")},
        {"decisions": cases.LOCK | {("d", "n"): Decision("locked", past=True)},
         "eligibility": {"past_pairs_may_repeat": False}},
    ],
)  # fmt: skip
def test_what_the_rules_allow(tmp_path, changes):
    assert found(make_cohort(**changes), write(tmp_path)) == []


def test_a_pair_twice_and_two_mentors(tmp_path):
    row = "a,Anna,m,'=Max,1,2,yes,3,2027-03-01,2027-03-29,chosen,2027-03-01,2027-03-31\n"
    other = "a,Anna,n,Nina,2,2,no,0,,,chosen,2027-03-01,2027-03-31\n"
    violations = found(make_cohort(), write(tmp_path, ("pairs.csv", row, row + row + other)))
    assert any(
        text.startswith("pairs.csv, line 3, mentor_id: the pair already stands on line 2") for text in violations
    )
    assert any(
        text.startswith("pairs.csv, line 4, mentee_id: Anna (a) has 2 mentors up to here") for text in violations
    )
    assert any(
        text.startswith("sessions.csv: Anna (a) and Nina (n) hold 0 sessions, at least 1") for text in violations
    )


def test_two_people_never_mentor_each_other(tmp_path):
    """Levels may allow both directions where no gap is asked for; still only one of them is possible."""
    flat = {"eligibility": {"same_function_gap": 0, "cross_function_gap": 0}}
    people = {"a": {"level": 3}, "m": {"level": 3, "capacity": 2}}
    choices = [*cases.CHOICES, ("m", 1, "a")]
    cohort = make_cohort(people=people, choices=choices, **flat)
    row = "m,'=Max,a,Anna,1,0,yes,0,,,chosen,2027-03-01,2027-03-31\n"
    text = cases.RUN["pairs.csv"].splitlines(keepends=True)[-1]
    violations = found(cohort, write(tmp_path, ("pairs.csv", text, text + row)))
    assert any("pairs.csv, line 2, mentor_id: reverse_pair" in text for text in violations)
    assert any("pairs.csv, line 5, mentor_id: reverse_pair" in text for text in violations)

    choice = cases.RUN["choices.csv"].splitlines(keepends=True)[-1]
    violations = found(cohort, write(tmp_path, ("choices.csv", choice, f"{choice}m,a,1,mentor_full,Why.\n")))
    assert "choices.csv, line 10, outcome: 'mentor_full' must be reverse_pair" in violations


def test_nobody_mentors_himself(tmp_path):
    row = "d,Dora,d,Dora,1,0,yes,0,,,chosen,2027-03-01,2027-03-31\n"
    lines = cases.RUN["pairs.csv"].splitlines(keepends=True)
    violations = found(make_cohort(), write(tmp_path, ("pairs.csv", lines[3], row + lines[3])))
    assert any(
        text.startswith("pairs.csv, line 4, mentor_id: self: nobody mentors himself") for text in violations
    )


# --- rules about times: the run stays, the cohort changes -----------------------------------------------------

NOT_FREE_A = "sessions.csv, line 2, start: Anna (a) is not free"
NOT_FREE_N = "start: Nina (n) is not free"
TIME_RULES = [
    ({"busy": [("a", "2027-03-01T09:44", "2027-03-01T10:00")]}, [NOT_FREE_A]),
    ({"busy": [("a", "2027-03-01T00:00", "2027-03-02T00:00")]}, [NOT_FREE_A]),
    ({"busy": [("a", "2027-03-01T11:00:00+02:00", "2027-03-01T11:01:00+02:00")]}, [NOT_FREE_A]),
    ({"busy": [("a", "2027-03-29T08:00:00+00:00", "2027-03-29T08:01:00+00:00")]}, ["line 8, start: Anna (a)"]),
    ({"busy": [("n", "2027-03-16T10:44", "2027-03-16T10:45")]}, ["line 6, start: Nina (n) is not free"]),
    ({"busy": [("n", "2027-03-02T09:44", "2027-03-02T09:45")]}, ["line 3, start: Nina (n) is not free"]),
    ({"availability": [("a", 0, "09:00", "09:44")]}, [NOT_FREE_A, "line 5, start: Anna", "line 8, start: Anna"]),
    ({"availability": [("a", 1, "09:00", "18:00")]}, [NOT_FREE_A, "line 5, start: Anna", "line 8, start: Anna"]),
    ({"availability": [("a", 1, "", "")]}, [NOT_FREE_A, "line 5, start: Anna", "line 8, start: Anna"]),
    ({"availability": [("a", "2027-03-01", "", "")]}, [NOT_FREE_A]),
    ({"availability": [("a", "2027-03-01", "09:15", "24:00")]}, [NOT_FREE_A]),
    ({"people": {"n": {"zone": "Asia/Tokyo"}}}, [f"line {line}, {NOT_FREE_N}" for line in (3, 4, 6, 7, 9, 10)]),
    ({"sessions": {"grid_minutes": 40}}, [f"line {line}, start: sessions start at" for line in (2, 5, 8)]),
    ({"sessions": {"minimum": 4}}, [f"sessions.csv: {who} hold 3 sessions, at least 4" for who in
                                    ("Anna (a) and =Max (m)", "Cy (c) and Nina (n)", "Dora (d) and Nina (n)")]),
    ({"sessions": {"min_days_between": 15}}, [f"line {line}, start: only 14 days after" for line in range(5, 11)]),
    ({"sessions": {"minutes": 30}}, [f"line {line}, minutes: '45' is not a length" for line in range(2, 11)]),
    ({"decisions": cases.LOCK | {("a", "m"): Decision("past", last_session=cases.date("2027-02-16"))}},
     ["line 2, start: too soon after the pair's last session before the programme: 2027-03-02"]),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), TIME_RULES)
def test_a_rule_about_times(tmp_path, changes, expected):
    violations = found(make_cohort(**changes), write(tmp_path))
    assert_found([text for text in violations if text.startswith("sessions.csv")], *expected)


def test_faults_of_sessions_come_row_by_row(tmp_path):
    """Whatever is looked up for all rows at once; of two people who are not free the mentee comes first."""
    busy = [(person, "2027-03-02", "2027-03-04") for person in ("n", "c", "d")]
    edits = [("sessions.csv", f"{names},1,", f"{names},7,") for names in ("a,m", "d,n")]
    edits.append(("sessions.csv", "02T14:45:00", "02T14:44:00"))
    violations = found(make_cohort(busy=busy), write(tmp_path, *edits))
    assert [text.split(" (working")[0] for text in violations if text.startswith("sessions.csv")] == [
        "sessions.csv, line 3, minutes: 44 minutes lie between start and end",
        "sessions.csv, line 3, start: Cy (c) is not free from start to end",
        "sessions.csv, line 3, start: Nina (n) is not free from start to end",
        "sessions.csv, line 4, start: Dora (d) is not free from start to end",
        "sessions.csv, line 4, start: Nina (n) is not free from start to end",
        "sessions.csv, line 2, number: 7 must be 1: numbers run in order of time",
        "sessions.csv, line 4, number: 7 must be 1: numbers run in order of time",
    ]


def test_somebody_paired_with_himself_is_told_once(tmp_path):
    pair = "d,Dora,n,Nina,,1,yes,3,2027-03-03,2027-03-31,locked,2027-03-01,2027-03-31\n"
    own = "d,Dora,d,Dora,1,0,yes,1,2027-03-02,2027-03-02,chosen,2027-03-01,2027-03-31\n"
    session = "d,d,1,2027-03-02T06:00:00+00:00,2027-03-02T06:45:00+00:00,45\n"
    row = "c,n,1,2027-03-02T14:00:00+00:00"
    violations = found(
        make_cohort(), write(tmp_path, ("pairs.csv", pair, own + pair), ("sessions.csv", row, session + row))
    )
    assert_found(
        [text for text in violations if "not free" in text], "sessions.csv, line 3, start: Dora (d) is not"
    )


def test_the_free_time_of_people_whom_no_choice_names(tmp_path):
    """A pair that nobody listed or locked is still a pair with sessions to check."""
    pair = "d,Dora,n,Nina,,1,yes,3,2027-03-03,2027-03-31,locked,2027-03-01,2027-03-31\n"
    other = "x,x,y,y,,0,yes,1,2027-03-02,2027-03-02,chosen,2027-03-01,2027-03-31\n"
    session = "x,y,1,2027-03-02T15:00:00+00:00,2027-03-02T15:45:00+00:00,45\n"
    row = "d,n,1,2027-03-03T14:00:00+00:00"
    busy = [("y", "2027-03-02T15:30", "2027-03-02T16:00")]
    cohort = make_cohort(people={"x": {}, "y": {}}, busy=busy)
    violations = found(
        cohort, write(tmp_path, ("pairs.csv", pair, pair + other), ("sessions.csv", row, session + row))
    )
    assert any(text.startswith("sessions.csv, line 4, start: y (y) is not free") for text in violations)
    assert not any("x (x) is not free" in text for text in violations)


@pytest.mark.parametrize(
    "changes",
    [
        {"busy": [("a", "2027-03-01T08:00", "2027-03-01T09:00"), ("a", "2027-03-01T09:45", "2027-03-01T10:00")]},
        {"busy": [("a", "2027-03-28T01:00", "2027-03-28T02:00"), ("m", "2027-03-27", "2027-03-29")]},
        {"busy": [("n", "2027-03-02T09:45", "2027-03-02T10:00"), ("n", "2026-01-01", "2027-03-01")]},
        {"busy": [("n", "2027-03-01T00:00:00+00:00", "2027-03-02T14:00:00+00:00")]},
        {"availability": [("a", 0, "09:15", "10:00"), ("a", 0, "08:00", "09:15")]},
        {
            "availability": [
                ("a", 1, "", ""),
                *(("a", f"2027-03-{day}", "09:00", "09:45") for day in ("01", "15", "29")),
            ]
        },
        {"availability": [("a", 0, "00:00", "24:00"), ("a", 6, "23:00", "24:00")]},
        {"sessions": {"grid_minutes": 60}},
        {"sessions": {"grid_minutes": 30}},
        {"sessions": {"minimum": 3}},
        {"sessions": {"month_rule": "none"}},
        {"sessions": {"month_rule": "rolling"}},
        {"sessions": {"month_rule": "calendar"}},
        {"decisions": cases.LOCK | {("a", "m"): Decision("past", last_session=cases.date("2027-02-15"))}},
    ],
)
def test_times_that_just_fit(tmp_path, changes):
    violations = found(make_cohort(**changes), write(tmp_path))
    assert [text for text in violations if text.startswith("sessions.csv")] == []


def test_a_session_outside_the_programme(tmp_path):
    cohort = make_cohort(frame={"start": "2027-03-02", "end": "2027-03-30"})
    violations = found(cohort, write(tmp_path))
    for place in ("line 2, start", "line 2, end", "line 10, start", "line 10, end"):
        assert any(text.startswith(f"sessions.csv, {place}: 2027-03") and "outside" in text for text in violations)


def test_a_session_may_end_at_midnight_of_the_last_day(tmp_path):
    row = "d,n,3,2027-03-31T14:00:00+01:00,2027-03-31T14:45:00+01:00,45"
    late = "d,n,3,2027-03-31T23:15:00+01:00,2027-04-01T00:00:00+01:00,45"
    later = "d,n,3,2027-03-31T23:30:00+01:00,2027-04-01T00:15:00+01:00,45"
    day = [("d", "2027-03-31", "00:00", "24:00"), ("n", "2027-03-31", "00:00", "24:00")]
    day += [("d", "2027-04-01", "00:00", "24:00"), ("n", "2027-04-01", "00:00", "24:00")]
    clean = found(make_cohort(availability=day), write(tmp_path, ("sessions.csv", row, late)))
    assert [text for text in clean if text.startswith("sessions.csv")] == []
    outside = found(make_cohort(availability=day), write(tmp_path, ("sessions.csv", row, later)))
    assert any("line 10, end: 2027-04-01T00:15:00+01:00 is outside the programme" in text for text in outside)
    midnight = "d,n,3,2027-04-01T00:00:00+01:00,2027-04-01T00:00:00+01:00,0"
    outside = found(make_cohort(availability=day), write(tmp_path, ("sessions.csv", row, midnight)))
    places = [text.split(":")[0] for text in outside if "is outside the programme" in text]
    assert places == ["sessions.csv, line 10, start"]


def test_months_without_a_session(tmp_path):
    """Until the end of May: April and May are whole months without one, and 29 April is long past."""
    rolling = "=Max (m) hold no session for more than max_months_between (1): from 2027-03-29 to 2027-05-31"
    calendar = "=Max (m) hold no session in April 2027"
    for rule, expected in (
        ("rolling", [rolling]),
        ("calendar", [calendar]),
        ("both", [rolling, calendar]),
        ("none", []),
    ):
        cohort = make_cohort(frame={"end": "2027-05-31"}, sessions={"month_rule": rule})
        violations = found(cohort, write(tmp_path))
        assert_found([text for text in violations if text.startswith("sessions.csv") and "Max" in text], *expected)


def test_two_months_without_a_session(tmp_path):
    for end, expected in (("2027-05-29", []), ("2027-05-31", ["in April 2027 to May 2027", "from 2027-03-29"])):
        cohort = make_cohort(frame={"end": end}, sessions={"max_months_between": 2})
        violations = found(cohort, write(tmp_path))
        assert_found([text for text in violations if text.startswith("sessions.csv") and "Max" in text], *expected)


@pytest.mark.parametrize(
    ("start", "end", "clash"),
    [
        ("13:15", "14:00", False),  # touching before
        ("13:30", "14:15", True),  # partial
        ("14:00", "14:45", True),  # the same
        ("14:15", "14:30", True),  # inside
        ("13:45", "15:00", True),  # around
        ("14:30", "15:15", True),  # partial
        ("14:45", "15:30", False),  # touching after
    ],
)
def test_nobody_is_in_two_sessions_at_once(tmp_path, start, end, clash):
    """Dora meets Nina on 16 March as well, when Cy meets Nina from 14:00 to 14:45."""
    row = "d,n,2,2027-03-17T14:00:00+00:00,2027-03-17T14:45:00+00:00,45"
    minutes = cases.clock(end) - cases.clock(start)
    new = f"d,n,2,2027-03-16T{start}:00+00:00,2027-03-16T{end}:00+00:00,{minutes}"
    violations = found(make_cohort(), write(tmp_path, ("sessions.csv", row, new)))
    assert any("Nina (n) is still in the session of line" in text for text in violations) == clash


def test_roles_do_not_matter_for_overlaps(tmp_path):
    """Dora mentors Cy while she is in her own session as a mentee."""
    edits = [
        ("pairs.csv", "c,Cy,n,Nina,2,2,", "c,Cy,d,Dora,1,1,"),
        *(("sessions.csv", f"c,n,{number},", f"c,d,{number},") for number in (1, 2, 3)),
        (
            "sessions.csv",
            "2027-03-03T14:00:00+00:00,2027-03-03T14:45",
            "2027-03-02T14:00:00+00:00,2027-03-02T14:45",
        ),
    ]
    cohort = make_cohort(eligibility={"same_function_gap": 1})
    violations = found(cohort, write(tmp_path, *edits))
    assert "sessions.csv, line 4, start: Dora (d) is still in the session of line 3" in violations


# --- outcomes and reasons -------------------------------------------------------------------------------------

OUTCOMES = [
    ({"people": {"m": {"capacity": 2}}}, "line 5, outcome: 'mentor_full' must be schedule_conflict"),
    ({"capacity": {"mentors_per_mentee": 2}}, "line 3, outcome: 'other_choice_taken' must be mentor_full"),
    ({"decisions": decisions(an="forbidden")}, "line 3, outcome: 'other_choice_taken' must be forbidden"),
    ({"decisions": decisions(an="refused")}, "line 3, outcome: 'other_choice_taken' must be refused"),
    ({"decisions": decisions(an="past"), "eligibility": {"past_pairs_may_repeat": False}},
     "line 3, outcome: 'other_choice_taken' must be past"),
    ({"decisions": decisions(na="locked")}, "line 3, outcome: 'other_choice_taken' must be reverse_pair"),
    ({"people": {"a": {"manager": "n"}}, "eligibility": {"line_manager_may_mentor": False}},
     "line 3, outcome: 'other_choice_taken' must be line_manager"),
    ({"eligibility": {"cross_function_gap": 3}}, "line 3, outcome: 'other_choice_taken' must be cross_f"),
    ({"availability": [("b", 5, "00:00", "24:00")]}, "line 5, outcome: 'mentor_full' must be no_common_time"),
    ({"decisions": cases.LOCK | {("b", "m"): Decision("past", last_session=cases.date("2027-02-28"))},
      "sessions": {"min_days_between": 60}}, "line 5, outcome: 'mentor_full' must be no_common_time"),
    ({"people": {"z": {"capacity": 1}}}, "line 6, outcome: 'does_not_mentor' must be schedule_conflict"),
    ({"people": {"x": {}}, "choices": [c for c in cases.CHOICES if c[2] != "-x"] + [("a", 3, "x")]},
     "the choice of x by Anna (a) is missing"),
]  # fmt: skip


def test_the_last_session_of_one_pair_says_nothing_about_another(tmp_path):
    """Nobody but these two has to wait, though the same days are open to others."""
    past = cases.LOCK | {("b", "m"): Decision("past", last_session=cases.date("2027-02-28"))}
    cohort = make_cohort(decisions=past, sessions={"min_days_between": 60})
    violations = [text for text in found(cohort, write(tmp_path)) if text.startswith("choices.csv")]
    assert_found(violations, "choices.csv, line 5, outcome: 'mentor_full' must be no_common_time")


@pytest.mark.parametrize(("changes", "message"), OUTCOMES)
def test_an_outcome_is_worked_out_again(tmp_path, changes, message):
    violations = found(make_cohort(**changes), write(tmp_path))
    assert any(text.startswith("choices.csv") and message in text for text in violations)


def test_a_choice_twice(tmp_path):
    row = "b,m,1,mentor_full,Max has a mentee.\n"
    violations = found(make_cohort(), write(tmp_path, ("choices.csv", row, row + row)))
    assert_found(violations, "choices.csv, line 6, mentor_id: the choice already stands on line 5")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"availability": [("b", 5, "00:00", "24:00")]}, "no_common_time"),
        ({"people": {"b": {"level": 2}}}, "no_eligible_choice"),
        ({"people": {"m": {"capacity": 2}}}, "schedule_conflict or draw"),
        ({}, "mentors_full or draw"),
    ],
)
def test_the_reason_of_an_unmatched_mentee(tmp_path, changes, reason):
    edit = ("unmatched.csv", "mentors_full", "nonsense")
    violations = found(make_cohort(**changes), write(tmp_path, edit))
    assert f"unmatched.csv, line 2, reason: 'nonsense' must be {reason}" in violations


SATURDAYS = [("b", 5, "09:00", "18:00")]
LEAVE = [("b", f"2027-03-{day:02}", "", "") for day in range(1, 32)]
HOURS, FREE = "No common working hours.", "No common free time."


@pytest.mark.parametrize(
    ("rows", "said", "wrong"),
    [
        (SATURDAYS, (HOURS, HOURS), []),
        (SATURDAYS, (FREE, HOURS), ["choices.csv, line 5, detail: the sentence must"]),
        (SATURDAYS, (HOURS, FREE), ["unmatched.csv, line 2, explanation: the sentence must"]),
        (LEAVE, (FREE, FREE), []),
        (LEAVE, (HOURS, FREE), ["choices.csv, line 5, detail: the sentence may not"]),
        (
            LEAVE,
            (FREE, "There are no Common Working hours."),
            ["unmatched.csv, line 2, explanation: the sentence may"],
        ),
        ([*SATURDAYS, ("b", "2027-03-05", "17:15", "18:00")], (FREE, FREE), []),
        ([*SATURDAYS, ("b", "2027-03-05", "17:16", "18:01")], (HOURS, HOURS), []),
    ],
)
def test_whether_two_people_ever_work_at_the_same_time(tmp_path, rows, said, wrong):
    detail, explanation = said
    edits = [
        ("choices.csv", "b,m,1,mentor_full,Max has a mentee.", f"b,m,1,no_common_time,{detail}"),
        ("unmatched.csv", "mentors_full,Raise the capacity of Max.", f"no_common_time,{explanation}"),
    ]
    summary = copy.deepcopy(cases.SUMMARY)
    summary["counts"]["unmatched"] = {"no_common_time": 1}
    busy = [("b", "2027-03-05T17:20", "2027-03-05T17:30")]
    violations = found(make_cohort(availability=rows, busy=busy), write(tmp_path, *edits, summary=summary))
    assert_found(
        violations, *(f"{text}{' speak' if text.endswith(('must', 'may not')) else ''}" for text in wrong)
    )


@pytest.mark.parametrize(("lunch", "said"), [("17:45-18:10", FREE), ("17:44-18:10", HOURS)])
def test_lunch_may_keep_two_people_from_ever_working_at_the_same_time(tmp_path, lunch, said):
    """Ben and Max would have the time from 17:00 to 18:00 on Fridays, but for lunch; Ben is busy then."""
    rows = [("b", 4, "17:00", "18:00"), *(("m", day, "09:00", "18:00") for day in range(5))]
    edits = [
        ("choices.csv", "b,m,1,mentor_full,Max has a mentee.", f"b,m,1,no_common_time,{said}"),
        ("unmatched.csv", "mentors_full,Raise the capacity of Max.", f"no_common_time,{said}"),
    ]
    summary = copy.deepcopy(cases.SUMMARY)
    summary["counts"]["unmatched"] = {"no_common_time": 1}
    cohort = make_cohort(availability=rows, busy=[("b", "2027-03-01", "2027-04-01")], calendar={"lunch": lunch})
    violations = found(cohort, write(tmp_path, *edits, summary=summary))
    assert [text for text in violations if "line 5" in text and "choices" in text] == []
    assert [text for text in violations if text.startswith("unmatched.csv")] == []


def test_a_draw_is_possible_wherever_a_choice_is_left(tmp_path):
    summary = copy.deepcopy(cases.SUMMARY)
    summary["counts"]["unmatched"] = {"draw": 1}
    edit = ("unmatched.csv", "mentors_full", "draw")
    assert found(make_cohort(), write(tmp_path, edit, summary=summary)) == []


def test_unmatched_rows_missing_and_twice(tmp_path):
    row = "b,Ben,mentors_full,Raise the capacity of Max.\n"
    assert "unmatched.csv: Ben (b) has no mentor, but no row here" in found(
        make_cohort(), write(tmp_path, ("unmatched.csv", row, ""))
    )
    violations = found(make_cohort(), write(tmp_path, ("unmatched.csv", row, row + row)))
    assert any(
        "unmatched.csv, line 3, mentee_id: the mentee already stands on line 2" in text for text in violations
    )


# --- claims of an optimum that one pair alone refutes ---------------------------------------------------------


def could_be(cohort, folder):
    return [text for text in found(cohort, folder) if "could" in text]


def test_a_pair_that_could_be_added(tmp_path):
    cohort = make_cohort(people={"m": {"capacity": 2}})
    assert_found(
        could_be(cohort, write(tmp_path)),
        "choices.csv, line 5, outcome: the pair could be added: a schedule exists beside all other sessions",
    )
    feasible = summary_with(pairs=(3, 4, "feasible")) | {"status": "feasible"}
    assert could_be(cohort, write(tmp_path, summary=feasible)) == []


def test_a_schedule_conflict_that_is_one(tmp_path):
    """Max is free only when Anna meets him."""
    days = ("2027-03-01", "2027-03-15", "2027-03-29")
    times = [("m", 5, "", ""), *(("m", day, "09:00", "09:45") for day in days)]
    cohort = make_cohort(people={"m": {"capacity": 2}}, availability=times)
    edits = [
        ("choices.csv", "mentor_full", "schedule_conflict"),
        ("unmatched.csv", "mentors_full", "schedule_conflict"),
    ]
    summary = copy.deepcopy(cases.SUMMARY)
    summary["counts"]["unmatched"] = {"schedule_conflict": 1}
    assert found(cohort, write(tmp_path, *edits, summary=summary)) == []


def test_a_better_choice_that_could_take_the_place_of_a_worse_one(tmp_path):
    choices = [("a", 1, "n"), ("a", 2, "m"), *cases.CHOICES[2:]]
    cohort = make_cohort(choices=choices, capacity={"mentees_per_mentor": 3})
    assert_found(could_be(cohort, write(tmp_path)), "could take the place of the mentee's pair at rank 2")


def test_a_mentee_with_two_mentors_may_keep_a_better_one(tmp_path):
    """Cy is full with one mentor, but not where two are allowed."""
    cohort = make_cohort(
        choices=[*cases.CHOICES, ("c", 3, "m")],
        people={"m": {"capacity": 2}},
        capacity={"mentors_per_mentee": 2},
    )
    row = "c,n,2,paired,They are paired.\n"
    edits = [("choices.csv", row, f"{row}c,m,3,schedule_conflict,No time.\n")]
    violations = could_be(cohort, write(tmp_path, *edits))
    assert any(text.startswith("choices.csv, line 9, outcome: the pair could be added") for text in violations)


def test_a_pair_that_could_hold_more_sessions(tmp_path):
    third = "a,m,3,2027-03-29T09:00:00+01:00,2027-03-29T09:45:00+01:00,45\n"
    edits = [("sessions.csv", third, ""), ("pairs.csv", "3,2027-03-01,2027-03-29", "2,2027-03-01,2027-03-15")]
    summary = summary_with(sessions=(8, 8, "optimal"), regularity=(5, 5, "optimal"))
    summary["counts"]["sessions"] = 8
    assert_found(
        found(make_cohort(), write(tmp_path, *edits, summary=summary)),
        "summary.json, goals, sessions: called optimal, but Anna (a) and =Max (m) could hold 3 sessions",
    )
    summary = summary_with(sessions=(8, 9, "feasible"), regularity=(5, 5, "optimal")) | {"status": "feasible"}
    summary["counts"]["sessions"] = 8
    assert found(make_cohort(), write(tmp_path, *edits, summary=summary)) == []


@pytest.mark.parametrize(
    ("number", "value", "message"),
    [
        ("fewest", 9, "could hold 1 sessions instead of 3"),
        (2, 3, "could hold 2 sessions instead of 3"),
        (3, 0, None),
    ],
)
def test_other_numbers_of_sessions(tmp_path, number, value, message):
    cohort = make_cohort(sessions={"number": number})
    violations = found(cohort, write(tmp_path, summary=summary_with(sessions=(value, value, "optimal"))))
    assert_found(violations, *([message] * 3 if message else []))


def test_lengths_of_sessions(tmp_path):
    cohort = make_cohort(sessions={"minutes": [45, 30]})
    summary = copy.deepcopy(cases.SUMMARY)
    summary["goals"].insert(4, {"name": "minutes", "value": 405, "bound": 405, "status": "optimal"})
    assert found(cohort, write(tmp_path, summary=summary)) == []
    assert any(
        "goals: must be mentees, pairs, rank, sessions, minutes" in text for text in found(cohort, write(tmp_path))
    )

    short = ("sessions.csv", "T14:45:00+01:00,45\nd", "T14:30:00+01:00,30\nd")
    summary["goals"][4] |= {"value": 390, "bound": 390}
    assert_found(
        found(cohort, write(tmp_path, short, summary=summary)),
        "goals, minutes: called optimal, but the session on line 9 of sessions.csv could be longer",
    )
    early = {"busy": [("c", "2027-03-30T14:40", "2027-03-30T15:00")]}
    fitting = make_cohort(sessions={"minutes": [45, 30]}, **early)
    assert found(fitting, write(tmp_path, short, summary=summary)) == []


def one_session_less(tmp_path):
    """Write a run without the second of three sessions of Anna and Max, which calls itself optimal."""
    second = "a,m,2,2027-03-15T09:00:00+00:00,2027-03-15T09:45:00+00:00,45\n"
    edits = [
        ("sessions.csv", second, ""),
        ("sessions.csv", "a,m,3,", "a,m,2,"),
        ("pairs.csv", "yes,3,2027-03-01,2027-03-29", "yes,2,2027-03-01,2027-03-29"),
    ]
    return write(tmp_path, *edits, summary=summary_with(sessions=(8, 8, "optimal"), regularity=(5, 5, "optimal")))


RULES = {"month_rule": "none", "min_days_between": 14}
MORE = "could hold 3 sessions instead of 2"
ONLY_THEN = [("m", day, "", "") for day in range(7)]
ONLY_THEN += [("m", f"2027-03-{day}", "09:00", "09:45") for day in ("01", "29")]
MORE_SESSIONS = [
    ({}, MORE),
    ({"availability": [*ONLY_THEN, ("m", "2027-03-15", "12:00", "12:45")]}, MORE),
    ({"availability": [*ONLY_THEN, ("m", "2027-03-15", "12:01", "12:59")]}, None),  # not from a start on the grid
    ({"availability": [*ONLY_THEN, ("m", "2027-03-14", "12:00", "12:45")]}, None),  # a Sunday, and too early
    ({"sessions": RULES | {"min_days_between": 16}}, None),
    ({"sessions": RULES | {"number": 2}}, None),
    ({"sessions": RULES | {"number": 1}}, "could hold 1 sessions instead of 2"),
    ({"decisions": cases.LOCK | {("a", "m"): Decision("past", last_session=cases.date("2027-02-17"))}}, MORE),
    ({"decisions": cases.LOCK | {("a", "m"): Decision("past", last_session=cases.date("2027-02-18"))}}, None),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "message"), MORE_SESSIONS)
def test_more_sessions_where_there_is_time_for_them(tmp_path, changes, message):
    cohort = make_cohort(**{"sessions": RULES} | changes)
    violations = [text for text in could_be(cohort, one_session_less(tmp_path)) if "Anna" in text]
    assert_found(violations, *([message] if message else []))


@pytest.mark.parametrize(
    ("start", "end", "free"),
    [("11:15", "12:00", True), ("11:20", "12:01", False), ("12:44", "12:50", False), ("12:45", "13:30", True)],
)
def test_other_sessions_are_in_the_way(tmp_path, start, end, free):
    """Max could meet Anna on the 15th at noon, unless he meets Ben then."""
    day = "2027-03-15"
    cohort = make_cohort(
        availability=[*ONLY_THEN, ("m", day, "12:00", "12:45")], sessions=RULES, people={"m": {"capacity": 2}}
    )
    folder = one_session_less(tmp_path)
    minutes = cases.clock(end) - cases.clock(start)
    add_row(folder / "pairs.csv", "b,Ben,m,'=Max,1,2,yes,1,2027-03-15,2027-03-15,chosen,2027-03-01,2027-03-31")
    add_row(folder / "sessions.csv", f"b,m,1,{day}T{start}:00+00:00,{day}T{end}:00+00:00,{minutes}")
    violations = [text for text in could_be(cohort, folder) if "Anna" in text]
    assert_found(violations, *([MORE] if free else []))


def add_row(path, row):
    path.write_text(path.read_text(encoding="utf-8") + f"{row}\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("hours", "told"),
    [(("23:00", "24:00", "00:00", "01:00"), False), (("23:00", "23:59", "00:00", "01:00"), True),
     (("23:00", "24:00", "00:01", "01:00"), True)],
)  # fmt: skip
def test_sessions_past_midnight_on_days_in_a_row(tmp_path, hours, told):
    """Dates alone do not tell then whether two sessions would meet, so nothing is claimed."""
    evening, night = hours[:2], hours[2:]
    rows = [(person, 3, *evening) for person in "am"] + [(person, 4, *night) for person in "am"]
    rows += [(person, f"2027-03-{day}", "09:00", "09:45") for person in "am" for day in ("01", "15", "29")]
    cohort = make_cohort(availability=rows, sessions=RULES | {"min_days_between": 1})
    violations = [text for text in could_be(cohort, one_session_less(tmp_path)) if "Anna" in text]
    assert bool(violations) == told


def moved(old_day, old_offset, start, end):
    """An edit that moves the session from two o'clock of a day to another time on the 30th."""
    old = f"2027-03-{old_day}T14:00:00+{old_offset},2027-03-{old_day}T14:45:00+{old_offset}"
    return ("sessions.csv", old, f"2027-03-30T{start}:00+01:00,2027-03-30T{end}:00+01:00")


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("04T23:15", "05T00:00", True),  # up to midnight
        ("05T00:00", "05T00:45", True),  # from midnight on
        ("04T22:15", "04T23:00", False),
        ("05T00:01", "05T00:45", True),  # the first start after midnight is at 00:45
    ],
)
def test_a_session_of_others_at_midnight(tmp_path, start, end, told):
    """Anna and Max are free across one midnight, unless Max is in a session with Ben just before or after it."""
    rows = [(person, day, "", "") for person in "am" for day in range(7)]
    rows += [(person, f"2027-03-{day}", "09:00", "09:45") for person in "am" for day in ("01", "15", "29")]
    rows += [(person, "2027-03-04", "22:00", "24:00") for person in "am"]
    rows += [(person, "2027-03-05", "00:00", "02:00") for person in "am"]
    cohort = make_cohort(
        availability=rows, sessions=RULES | {"min_days_between": 1}, people={"m": {"capacity": 2}}
    )
    folder = one_session_less(tmp_path)
    minutes = cases.instant(f"2027-03-{end}")[0] - cases.instant(f"2027-03-{start}")[0]
    add_row(folder / "pairs.csv", "b,Ben,m,'=Max,1,2,yes,1,2027-03-04,2027-03-04,chosen,2027-03-01,2027-03-31")
    add_row(folder / "sessions.csv", f"b,m,1,2027-03-{start}:00+00:00,2027-03-{end}:00+00:00,{minutes}")
    violations = [text for text in could_be(cohort, folder) if "Anna" in text]
    assert bool(violations) == told


LENGTHS = [
    ({}, [], True),
    ({"busy": [("c", "2027-03-30T14:44", "2027-03-30T15:00")]}, [], False),
    ({"busy": [("n", "2027-03-30T09:44", "2027-03-30T10:00")]}, [], False),
    ({"busy": [("n", "2027-03-30T09:45", "2027-03-30T10:00")]}, [], True),
    ({}, [moved(31, "01:00", "14:30", "15:15")], False),
    ({}, [moved(31, "01:00", "14:45", "15:30")], True),
    ({}, [moved(16, "00:00", "14:30", "15:15")], False),
    ({}, [moved(16, "00:00", "14:45", "15:30")], True),
]


@pytest.mark.parametrize(("changes", "edits", "told"), LENGTHS)
def test_a_session_that_could_be_longer(tmp_path, changes, edits, told):
    """Cy meets Nina on the 30th for half an hour; in the way may be busy time and other sessions."""
    summary = copy.deepcopy(cases.SUMMARY)
    summary["goals"].insert(4, {"name": "minutes", "value": 390, "bound": 390, "status": "optimal"})
    short = ("sessions.csv", "T14:45:00+01:00,45\nd", "T14:30:00+01:00,30\nd")
    cohort = make_cohort(sessions={"minutes": [45, 30]}, **changes)
    violations = could_be(cohort, write(tmp_path, short, *edits, summary=summary))
    assert any("the session on line 9 of sessions.csv could be longer" in text for text in violations) == told


# --- figures --------------------------------------------------------------------------------------------------

GOALS = [
    ({"mentees": (4, 4, "optimal")}, "goals, mentees: value 4 must be 3"),
    ({"pairs": (2, 2, "optimal")}, "goals, pairs: value 2 must be 3"),
    ({"rank": ([2], [2], "optimal")}, "goals, rank: value [2] must be [1, 1]"),
    ({"rank": (3, 3, "optimal")}, "goals, rank: bound 3 is not a figure like the value"),
    ({"sessions": (8, 9, "feasible")}, "goals, sessions: value 8 must be 9"),
    ({"regularity": (5, 6, "feasible")}, "goals, regularity: value 5 must be 6"),
    ({"mentees": (3, 2, "feasible")}, "goals, mentees: bound 2 is worse than what was found: 3"),
    ({"sessions": (9, 8, "feasible")}, "goals, sessions: bound 8 is worse than what was found: 9"),
    ({"mentees": (3, 4, "optimal")}, "goals, mentees: status 'optimal' with value 3 and bound 4"),
    ({"mentees": (3, 3, "feasible")}, "goals, mentees: status 'feasible' with value 3 and bound 3"),
    ({"mentees": (3, None, "optimal")}, "goals, mentees: bound None is not a figure like the value"),
    ({"mentees": (3, 3.0, "optimal")}, "goals, mentees: bound 3.0 is not a figure like the value"),
    ({"mentees": (3, 3, "proven")}, "goals, mentees: status 'proven' must be 'optimal' or 'feasible'"),
]


@pytest.mark.parametrize(("goals", "message"), GOALS)
def test_a_wrong_goal(tmp_path, goals, message):
    assert f"summary.json, {message}" in found(make_cohort(), write(tmp_path, summary=summary_with(**goals)))


@pytest.mark.parametrize(
    ("kind", "value", "good", "bad"),
    [
        ("generous", [1, 1], [2], [0, 2]),
        ("generous", [1, 1], [1, 1, 0], [1, 0, 1]),
        ("greedy", [1, 1], [1, 1, 5], [1]),
        ("greedy", [1, 1], [2], [0, 9]),
        ("min-cost", 3, 2, 4),
    ],
)
def test_bounds_on_ranks(tmp_path, kind, value, good, bad):
    cohort = make_cohort(goals={"rank": kind})
    for bound in (good, bad):
        optimal = bound == [1, 1, 0]
        summary = summary_with(rank=(value, bound, "optimal" if optimal else "feasible"))
        summary["status"] = "optimal" if optimal else "feasible"
        summary["goals"][2]["kind"] = kind
        violations = found(cohort, write(tmp_path, summary=summary))
        assert any("is worse than what was found" in text for text in violations) == (bound is bad)
        assert len(violations) <= 2
    assert any("kind" in text for text in found(cohort, write(tmp_path))) == (kind != "generous")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"status": "perfect"}, "status: 'perfect' must be 'optimal', 'feasible' or 'no_solution'"),
        ({"status": "feasible"}, "status: 'feasible', but the goals before regularity are all optimal"),
        ({"status": "no_solution"}, "status: 'no_solution' with 3 pairs"),
        ({"goals": []}, "goals: must be mentees, pairs, rank, sessions, regularity, in this order"),
        ({"goals": 5}, "goals: must be a list of objects"),
        ({"seed": "0"}, "seed: '0' must be a whole number"),
        ({"seed": True}, "seed: True must be a whole number"),
        ({"timezone": "Asia/Omsk"}, "timezone: 'Asia/Omsk' must be 'Europe/London'"),
        ({"inputs": {"employees.csv": "01ff"}}, "inputs: the SHA-256 sums are not those of"),
        ({"inputs": None}, "inputs: the SHA-256 sums are not those of the cohort's files (employees.csv)"),
        ({"counts": []}, "counts: must be an object"),
        ({"counts": {}}, "counts: rank_profile is missing"),
        ({"counts": {"rank_profile": [2]}}, "counts, rank_profile: [2] must be [1, 1]"),
        ({"counts": {"pairs": 4}}, "counts, pairs: 4 must be 3"),
        ({"counts": {"mentees": 3}}, "counts, mentees: 3 must be 4"),
        ({"counts": {"choices": 9}}, "counts, choices: 9 must be 8"),
        ({"counts": {"mentees_paired": 4}}, "counts, mentees_paired: 4 must be 3"),
        ({"counts": {"sessions": 4}}, "counts, sessions: 4 must be 9"),
        ({"counts": {"unmatched": {"draw": 1}}}, "counts, unmatched: {'draw': 1} must be {'mentors_full': 1}"),
    ],
)  # fmt: skip
def test_a_wrong_summary(tmp_path, change, message):
    violations = found(make_cohort(), write(tmp_path, summary=cases.SUMMARY | change))
    assert any(text.startswith(f"summary.json, {message}") for text in violations)


def test_feasible_runs(tmp_path):
    summary = summary_with(pairs=(3, 4, "feasible"), regularity=(6, None, "feasible"))
    folder = write(tmp_path, summary=summary)
    assert_found(found(make_cohort(), folder), "status: 'optimal', but the goals before regularity are not all")
    assert found(make_cohort(), write(tmp_path, summary=summary | {"status": "feasible"})) == []
    only_regularity = summary_with(regularity=(6, 8, "feasible"))
    assert found(make_cohort(), write(tmp_path, summary=only_regularity)) == []


@pytest.mark.parametrize("seconds", ["1", None, True, -1, [1]])
def test_timings_are_seconds(tmp_path, seconds):
    violations = found(make_cohort(), write(tmp_path, timings={"total": seconds}))
    assert_found(violations, f"timings.json, total: {seconds!r} must be a number of seconds")
