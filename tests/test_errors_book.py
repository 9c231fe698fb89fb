"""errors.xlsx: a copy of the tables, what is wrong marked, noted and listed; it never replaces anybody's work."""

import datetime as dt
import re
import zipfile
from dataclasses import dataclass, field

import pytest
from workbooks import HOSTILE, converted, parts, sheet_names, sheet_xml, values

from matcher.errors import MatcherError
from matcher.errors_book import NOTES, make_errors
from matcher.errors_file import check_target, write_errors
from matcher.errors_source import Text


@dataclass(frozen=True)
class Table:
    name: str
    rows: list
    lines: list = None
    file: str = "spring.xlsx"
    sheet: str | None = None
    header_row: int | None = 1
    places: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    message: str
    line: int | None = None
    column: str | None = None
    file: str = "spring.xlsx"
    sheet: str | None = "people"


MOMENT = dt.datetime.fromisoformat("2027-02-03T10:00:30")
ROWS = [
    ["employee_id", "level", "seen", "share", "on", "at", "long"],
    ["007", 7.0, dt.date(2027, 1, 11), 0.25, True, dt.time(9, 30), dt.timedelta(hours=24)],
    ["=1+1", "boss", MOMENT, "", False, "", "#N/A"],
    ["008", 2.0],
]
PEOPLE = Table("employees", ROWS, [1, 2, 3, 4], sheet="people", places={"employee_id": 0, "level": 1, "on": 4})


def listed(content):
    return values(content, "errors")[3:]


def look(content, name, cell):
    """The number of the format of a cell."""
    return re.search(rf'<c r="{cell}" s="(\d+)"', sheet_xml(content, name))[1]


def notes(content, number=1):
    found = parts(content).get(f"xl/comments{number}.xml", "")
    comments = re.findall(r'<comment ref="(\w+)".*?>(.*?)</comment>', found, re.DOTALL)
    return {cell: re.sub("<.*?>", "", text) for cell, text in comments}


def test_copies_keep_places_and_types():
    content = make_errors([PEOPLE], [])
    assert sheet_names(content) == ["errors", "people"]
    blank = [""] * 5
    assert values(content, "people") == [ROWS[0], ROWS[1], [*ROWS[2]], [*ROWS[3], *blank]]
    assert "<f>" not in sheet_xml(content, "people")


def test_faulty_cell_is_marked_noted_and_listed_with_a_link():
    content = make_errors([PEOPLE], [Found("'boss' is no level; name one of ...", 3, "level")])
    plain, marked = look(content, "people", "A3"), look(content, "people", "B3")
    assert plain != marked
    assert notes(content) == {"B3": "'boss' is no level; name one of ..."}
    assert listed(content) == [
        ["fault", "people", "B3", 3.0, "level", "boss", "'boss' is no level; name one of ..."]
    ]
    assert re.search(r'<hyperlink ref="C4" location="\'people\'!B3"', sheet_xml(content, "errors"))
    assert 'tabColor rgb="FFC0392B"' in sheet_xml(content, "people")


def test_several_faults_of_a_cell_share_a_note_and_the_worst_decides():
    fault, warning = Found("wrong", 3, "level"), Found("odd", 3, "level")
    content = make_errors([PEOPLE], [fault], [warning])
    assert notes(content) == {"B3": "wrong\nodd"}
    alone = make_errors([PEOPLE], [fault])
    style = re.search(r"<borders.*</borders>", parts(alone)["xl/styles.xml"])[0]
    assert 'style="thick"' in style
    assert 'style="thick"' not in parts(make_errors([PEOPLE], [], [warning]))["xl/styles.xml"]
    assert [row[0] for row in listed(content)] == ["fault", "warning"]


def test_fault_of_a_row_marks_the_whole_row_and_beyond_what_is_filled():
    content = make_errors([PEOPLE], [Found("2 fields", 4)])
    styles = {look(content, "people", f"{letter}4") for letter in "CDE"}
    assert len(styles) == 1
    assert notes(content) == {"A4": "2 fields"}


def test_fault_of_a_table_stands_at_its_header_and_one_of_a_column_at_its_title():
    content = make_errors([PEOPLE], [Found("no column 'function'"), Found("twice", None, "on")])
    assert notes(content) == {"A1": "no column 'function'", "E1": "twice"}


def test_fault_without_a_table_is_listed_without_a_link():
    content = make_errors([PEOPLE], [Found("is missing", file="busy.csv", sheet=None)])
    assert listed(content) == [["fault", "busy.csv", "", "", "", "", "is missing"]]
    assert "<hyperlink " not in sheet_xml(content, "errors")


def test_rows_of_a_csv_file_are_found_by_their_lines():
    table = Table(
        "busy", [["employee_id", "start"], ["a", "x"], ["b", "y\nz"]], [2, 3, 9], "busy.csv", None, 2, {"start": 1}
    )
    content = make_errors([table], [Found("no time", 9, "start", "busy.csv", None)])
    assert notes(content) == {"B3": "no time"}
    assert listed(content)[0][1:5] == ["busy", "B3", 9.0, "start"]


def test_lines_of_programme_toml_are_marked():
    text = Text("programme.toml", "[programme]\nstart = 1\n", {"programme.start": 2})
    found = [
        Found("must be a date", None, "programme.start", "programme.toml", None),
        Found("unknown section", None, "goal", "programme.toml", None),
        Found("is not valid TOML", 1, None, "programme.toml", None),
    ]
    content = make_errors([text], found)
    assert notes(content) == {"A2": "must be a date", "A1": "unknown section\nis not valid TOML"}


def test_large_tables_are_cut_to_the_marked_rows():
    rows = [["employee_id", "start"], *[[f"e{row}", "x"] for row in range(2, 500)]]
    table = Table("busy", rows, list(range(1, 500)), "busy.csv", None, 1, {"start": 1})
    content = make_errors([table], [Found("no time", 300, "start", "busy.csv", None)], most_rows=100)
    assert values(content, "busy (marked rows)") == [["employee_id", "start"], ["e300", "x"]]
    assert listed(content)[0][1:4] == ["busy (marked rows)", "B2", 300.0]
    assert "only the rows with marks" in values(content, "errors")[1][0]


def test_many_faults_are_all_listed_though_not_all_have_notes():
    rows = [["level"], *[["x"]] * (NOTES + 100)]
    table = Table("employees", rows, list(range(1, len(rows) + 1)), sheet="people", places={"level": 0})
    content = make_errors([table], [Found("bad", line, "level") for line in range(2, len(rows) + 1)])
    assert len(listed(content)) == NOTES + 100
    assert len(notes(content)) == NOTES


def test_hostile_cells_and_names_stay_plain_text(tmp_path):
    rows = [["name"], *[[name] for name in HOSTILE]]
    table = Table("employees", rows, list(range(1, len(rows) + 1)), sheet="it's & <x>", places={"name": 0})
    found = [Found(f"{name!r} is bad", line, "name", sheet=table.sheet) for line, name in enumerate(HOSTILE, 2)]
    content = make_errors([table], found)
    shown = [row[0] for row in values(content, table.sheet)]
    assert [name.strip() for name in shown[1:-1]] == [name.strip() for name in HOSTILE[:-1]]
    for name, text in parts(content).items():
        assert "<f>" not in text, name
        assert 'TargetMode="External"' not in text, name
    assert converted(content, tmp_path, "pdf").startswith(b"%PDF")


def test_sheet_called_errors_gives_way():
    table = Table("employees", ROWS, [1, 2, 3, 4], sheet="Errors")
    assert sheet_names(make_errors([table, PEOPLE], [])) == ["errors", "Errors +", "people"]


def test_nothing_wrong_is_said_as_well():
    assert values(make_errors([PEOPLE], []), "errors")[0][0] == "Nothing is wrong."


@pytest.mark.parametrize(
    ("faults", "warnings", "said"),
    [(1, 0, "1 fault."), (2, 1, "2 faults, 1 warning."), (0, 2, "Nothing is wrong, 2 warnings.")],
)
def test_first_line_counts(faults, warnings, said):
    content = make_errors([PEOPLE], [Found("x")] * faults, [Found("y")] * warnings)
    assert values(content, "errors")[0][0] == said


def test_what_was_understood_is_listed_and_not_marked():
    content = make_errors([PEOPLE], [], [], [Found("'boss' read as Director", 3, "level")])
    assert listed(content) == [["read as", "people", "B3", 3.0, "level", "boss", "'boss' read as Director"]]
    assert notes(content) == {}
    assert values(content, "errors")[0][0] == "Nothing is wrong."
    assert look(content, "people", "B3") == look(content, "people", "A3")


def test_is_the_same_every_time():
    assert make_errors([PEOPLE], [Found("x", 2)]) == make_errors([PEOPLE], [Found("x", 2)])


def test_old_dates_keep_their_day():
    table = Table("busy", [[dt.date(1900, 1, 1)], [dt.date(1900, 3, 1)]], [1, 2], header_row=None)
    assert values(make_errors([table], []), "busy") == [[dt.date(1900, 1, 1)], [dt.date(1900, 3, 1)]]


# --- where it is written ------------------------------------------------------------------------------------


def test_writes_and_replaces_what_it_wrote(tmp_path):
    path = tmp_path / "out" / "errors.xlsx"
    for found in ([Found("x")], []):
        content = make_errors([PEOPLE], found)
        write_errors(path, tmp_path / "spring.xlsx", content)
        assert path.read_bytes() == content
    assert [entry.name for entry in path.parent.iterdir()] == ["errors.xlsx"]


def test_refuses_what_others_wrote_or_saved(tmp_path):
    path = tmp_path / "errors.xlsx"
    content = make_errors([PEOPLE], [])
    saved = tmp_path / "saved.zip"
    with zipfile.ZipFile(saved, "w") as archive:
        for name, text in parts(content).items():
            archive.writestr(name, text.replace("2000-01-01T00:00:00Z", "2027-01-11T09:00:00Z"))
    for other in (b"", b"not a workbook", saved.read_bytes()):
        path.write_bytes(other)
        with pytest.raises(MatcherError, match="is there already and is not as --errors wrote it"):
            write_errors(path, tmp_path / "spring.xlsx", content)
        assert path.read_bytes() == other


def test_refuses_the_cohort_itself_and_its_folder(tmp_path):
    cohort = tmp_path / "spring.xlsx"
    cohort.write_bytes(make_errors([PEOPLE], []))
    for path, source in (
        (cohort, cohort),
        (tmp_path / "errors.xlsx", tmp_path),
        (tmp_path / "a" / "e.xlsx", tmp_path),
    ):
        with pytest.raises(MatcherError, match="must not lie in the cohort"):
            check_target(path, source)
    with pytest.raises(MatcherError, match="must be called like errors"):
        check_target(tmp_path / "errors.csv", cohort)


def test_says_what_keeps_it_from_being_written(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(MatcherError, match="cannot be written"):
        write_errors(tmp_path / "file" / "errors.xlsx", tmp_path / "spring.xlsx", b"x")
