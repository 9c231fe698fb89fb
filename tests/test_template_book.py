"""`matcher init spring.xlsx` writes a workbook that explains itself, guards its cells, and holds the sample."""

import csv
import datetime as dt
import io
import re

import pytest
from click.testing import CliRunner
from workbooks import converted, parts, records, sheet_names, sheet_xml, values

from matcher.cli import cli
from matcher.input_programme import KEYS, SECTIONS
from matcher.io import read_cohort
from matcher.sample_data import sample_files
from matcher.template_book import make_template
from matcher.template_words import COLUMNS, LEFT_OUT, NEEDED
from matcher.template_words import KEYS as SAID

TABLES = list(COLUMNS)


@pytest.fixture(scope="module")
def template():
    return make_template("spring.xlsx")


def sample_rows(name):
    content = sample_files().get(f"{name}.csv", b"").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline="")))


def as_text(cell):
    """A cell as the CSV files of the sample have it."""
    if isinstance(cell, dt.datetime):
        return cell.isoformat(timespec="minutes")
    if isinstance(cell, dt.timedelta):
        minutes = round(cell.total_seconds()) // 60
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if isinstance(cell, float):
        return str(int(cell))
    return str(cell)


def test_has_the_sheets_of_a_cohort(template):
    assert sheet_names(template) == ["read me", "programme", *TABLES, "lists"]


@pytest.mark.parametrize("name", TABLES)
def test_holds_the_sample(template, name):
    rows = [{title: as_text(cell) for title, cell in row.items()} for row in records(template, name)]
    wanted = [dict.fromkeys(COLUMNS[name], "") | row for row in sample_rows(name)]
    assert rows == wanted


def test_dates_times_and_numbers_are_real(template):
    availability = records(template, "availability")
    assert {type(row["day"]) for row in availability} == {str, dt.date}
    assert {type(row["start"]) for row in availability} == {str, dt.timedelta}
    assert {type(row["start"]) for row in records(template, "busy")} == {str, dt.date, dt.datetime}
    assert {type(row["rank"]) for row in records(template, "preferences")} == {float}


def test_programme_names_every_key_with_its_meaning(template):
    header, *rows = values(template, "programme")
    assert header == ["key", "value", "what it does", "default"]
    assert [row[0] for row in rows] == [key for key in KEYS if key not in LEFT_OUT]
    assert SAID.keys() >= {row[0] for row in rows}
    assert all(row[2] for row in rows)


def test_programme_holds_the_settings_of_the_sample(template):
    import tomllib

    settings = tomllib.loads(sample_files()["programme.toml"].decode("utf-8-sig"))
    shown = {row[0]: row[1] for row in values(template, "programme")[1:]}
    for section, keys in settings.items():
        for key, value in keys.items():
            cell = shown[f"{section}.{key}"]
            if isinstance(value, bool):
                assert cell == ("yes" if value else "no")
            elif isinstance(value, list):
                assert cell.split(", ") == value
            elif value == ",":
                assert cell == "comma"
            else:
                assert cell == value


def test_levels_of_the_drop_down_follow_the_programme(template, tmp_path):
    levels = [row[0] for row in values(template, "lists")[1:] if row[0]]
    assert levels == re.split(
        ", ", {row[0]: row[1] for row in values(template, "programme")}["eligibility.levels"]
    )
    assert "SUBSTITUTE(programme!$B$" in sheet_xml(template, "lists")
    assert parts(template)["xl/workbook.xml"].count("<definedName ") >= 4
    assert converted(template, tmp_path)  # LibreOffice opens it


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("employees", ["employee_ids", "levels", "functions", "timezones"]),
        ("preferences", ["employee_ids"]),
        ("availability", ["employee_ids", '"mon,tue,wed,thu,fri,sat,sun"']),
        ("busy", ["employee_ids"]),
        ("holidays", ['"off,worked,short"']),
        ("pairs", ["employee_ids", '"locked,forbidden,refused,declined,accepted,past"']),
        ("programme", ['"yes,no"', '"both,calendar,none,rolling"', '"generous,greedy,min-cost"', '"en,ru"']),
    ],
)
def test_cells_of_few_values_have_drop_downs(template, name, offered):
    xml = sheet_xml(template, name)
    found = re.findall(r'<dataValidation type="list".*?<formula1>(.*?)</formula1>', xml)
    assert set(offered) <= set(found)


@pytest.mark.parametrize("name", TABLES)
def test_every_header_has_a_note_and_stays_in_view(template, name):
    xml = sheet_xml(template, name)
    assert 'state="frozen"' in xml
    notes = [text for part, text in parts(template).items() if part.startswith("xl/comments")]
    own = notes[TABLES.index(name)]
    header = values(template, name)[0]
    assert own.count("<comment ") == len(header)
    assert own.count("Needed.") == len(NEEDED[name])
    assert set(NEEDED[name]) <= set(header)


def test_ids_that_cannot_be_right_are_coloured(template):
    assert 'type="duplicateValues"' in sheet_xml(template, "employees")
    assert "MATCH($A2,employee_ids,0)" in sheet_xml(template, "preferences")


def test_a_list_of_days_is_typed_and_not_chosen(template):
    rows = [row[0] for row in values(template, "programme")]
    cell = f'sqref="B{rows.index("calendar.working_days") + 1}"'
    assert cell not in sheet_xml(template, "programme")


def test_read_me_has_five_steps_with_commands_to_type(template):
    cells = [cell for row in values(template, "read me") for cell in row if cell != ""]
    assert [cell for cell in cells if isinstance(cell, float)] == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert "matcher check spring.xlsx" in cells
    assert any("matcher solve 'my spring.xlsx' -o 'runs/my spring'" in str(cell) for row in
               values(make_template("my spring.xlsx"), "read me") for cell in row)  # fmt: skip


def test_is_the_same_every_time(template):
    assert make_template("spring.xlsx") == template


def test_every_section_of_the_programme_is_known():
    assert {key.split(".")[0] for key in SAID} >= set(SECTIONS)


# --- the command --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "made"),
    [(["spring.xlsx"], "spring.xlsx"), (["--xlsx", "spring"], "spring.xlsx"), (["a/b.XLSX"], "a/b.XLSX")],
)
def test_init_writes_a_workbook(tmp_path, monkeypatch, arguments, made):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["init", *arguments])
    assert done.exit_code == 0, done.output
    assert sheet_names((tmp_path / made).read_bytes())[0] == "read me"
    assert f"matcher check {made}" in done.output


def test_init_never_replaces_a_workbook(tmp_path):
    path = tmp_path / "spring.xlsx"
    path.write_text("mine")
    done = CliRunner().invoke(cli, ["init", str(path)])
    assert done.exit_code == 1
    assert "is there already" in done.output
    assert path.read_text() == "mine"


def test_nothing_in_it_is_understood_otherwise_than_written(tmp_path):
    path = tmp_path / "spring.xlsx"
    path.write_bytes(make_template("spring.xlsx"))
    assert read_cohort(path).understood == ()
