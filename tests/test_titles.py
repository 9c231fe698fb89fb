"""What tables and columns may be called, and that the documentation says so."""

import re
from pathlib import Path

import pytest
from title_rows import column_rows, group_rows, table_rows, word_rows

from matcher.cohort_tables import KNOWN
from matcher.findings import Findings
from matcher.headers import find_header
from matcher.programme import COLUMNS as KEYS
from matcher.synonyms import COLUMNS, TABLES, plain, titles_of

FORMATS = (Path(__file__).resolve().parent.parent / "docs" / "formats.md").read_text("utf-8")
SECTION = FORMATS.split("### What else titles may be")[1].split("### Your own titles")[0]


def test_every_title_is_documented_and_no_other():
    rows = [*table_rows(), *group_rows(), *(row for table in COLUMNS for row in column_rows(table)), *word_rows()]
    documented = [line for line in SECTION.splitlines() if re.match(r"\| (?!table|group|column|word)[^-]", line)]
    assert documented == rows


def test_every_column_has_its_titles_and_key():
    for table, known in KNOWN.items():
        assert set(COLUMNS[table]) <= set(known)
        for column in known:
            assert column.replace("_*", "") in KEYS


@pytest.mark.parametrize("table", COLUMNS)
def test_no_title_stands_for_two_columns_of_a_table(table):
    seen = {}
    for column, tiers in COLUMNS[table].items():
        for title in {plain(title) + "*" * title.endswith("*") for titles in tiers for title in titles}:
            assert seen.setdefault(title, column) == column


def test_no_name_stands_for_two_tables():
    names = [plain(name) for table, others in TABLES.items() for name in (table, *others)]
    assert len(set(names)) == len(names)


def header(table, *rows, own=None):
    findings = Findings()
    titles = titles_of(table, KNOWN[table], own or {})
    found = find_header([(place, list(row)) for place, row in enumerate(rows, start=1)], titles, "x.csv", findings)
    return found, findings


@pytest.mark.parametrize(
    ("table", "title", "column"),
    [
        (table, title.replace("*", "3"), column.replace("*", "3"))
        for table, columns in COLUMNS.items()
        for column, tiers in columns.items()
        for titles in tiers
        for title in titles
    ],
)
def test_every_title_is_read_whatever_its_case_and_spaces(table, title, column):
    for written in (title, f"\u00a0{title.upper()} ", title.replace(" ", "_")):
        found, findings = header(table, [written])
        assert dict(found.places) == {column: 0}, written
        assert not findings.faults
        assert [note.message for note in findings.understood] in (
            [f"column read: {written.strip()!r} as {column}"],
            [],  # its own name but for the case
        )


@pytest.mark.parametrize(
    "title", ["Выбор 2", "Выбор № 2", "2-й выбор", "второй выбор", "Choice 02", "2nd choice", "Second choice"]
)
def test_choices_are_numbered_in_many_ways(title):
    assert dict(header("preferences", ["Менти", title])[0].places) == {"mentee_id": 0, "choice_2": 1}


def test_a_columns_own_name_counts_before_others():
    found, findings = header("preferences", ["ФИО", "Табельный номер", "mentor_id", "Ментор", "rank"])
    assert dict(found.places) == {"mentee_id": 1, "mentor_id": 2, "rank": 4}
    assert [note.message for note in findings.understood] == [
        "column 'ФИО' not read: 'Табельный номер' is mentee_id",
        "column 'Ментор' not read: 'mentor_id' is mentor_id",
        "column read: 'Табельный номер' as mentee_id",
    ]


def test_two_titles_for_one_column_are_a_fault():
    _, findings = header("employees", ["Таб. №", "Personnel number", "function"])
    (fault,) = map(str, findings.faults)
    assert fault.startswith("line 1: 'Таб. №' and 'Personnel number' could each be employee_id; delete one")


def test_own_titles_count_before_built_in_ones():
    own = {"employee_id": ("Kürzel",), "choice": ("Wunsch",), "choice_3": ("Reserve",)}
    found, _ = header("employees", ["Табельный номер", "kürzel"], own=own)
    assert dict(found.places) == {"employee_id": 1}
    found, _ = header("preferences", ["mentee_id", "Wunsch 1", "2. Wunsch", "Reserve"], own=own)
    assert dict(found.places) == {"mentee_id": 0, "choice_1": 1, "choice_2": 2, "choice_3": 3}


def test_the_header_is_found_below_a_heading():
    found, findings = header(
        "employees", ["Список сотрудников"], ["на 1 января"], ["ФИО", "Таб. №"], ["Anna", "1"]
    )
    assert (found.row, found.line) == (2, 3)
    assert [str(note) for note in findings.understood] == [
        "line 3: header found here; 2 rows above it not read",
        "line 3: columns read: 'ФИО' as name, 'Таб. №' as employee_id",
    ]


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (
            [["x"], ["name", "level"], ["name", "level"]],
            "more than one row could be the header (2, 3); leave one",
        ),
        (
            [["mentee_id", "Choices", ""], ["", "Choice 1", "Choice 2"]],
            "line 1: mentee_id stands here and other titles in row 2; put all into one row, none of them merged",
        ),
        (
            [["mentee_id", "rank", ""], ["", "", "Ментор"]],
            "line 2: the header goes on here ('Ментор'); put all titles into one row, none of them merged",
        ),
    ],
)
def test_headers_of_two_rows_are_faults(rows, fault):
    _, findings = header("employees" if "name" in rows[1] else "preferences", *rows)
    assert [str(fault) for fault in findings.faults] == [fault]


def test_a_person_called_like_a_title_is_no_header():
    found, _ = header(
        "employees", ["employee_id", "name", "function", "level"], ["1", "Name", "Function", "Manager"]
    )
    assert found.row == 0
