"""Encodings, delimiters, line numbers and damaged files."""

import itertools

import pytest

from matcher.encoding import decode
from matcher.findings import Findings, did_you_mean
from matcher.tables import read_table

KNOWN = ("employee_id", "function", "level", "name", "max_mentees")


def read(data, known=KNOWN):
    findings = Findings()
    if isinstance(data, str):
        data = data.encode()
    table = read_table(data, "employees.csv", known, findings)
    return table, findings


def faults(data, known=KNOWN):
    _, findings = read(data, known)
    return [str(fault) for fault in findings.faults]


TEXT = "employee_id,name,function,level\nE1,Ёлкина Анна,Продажи,3\nE2,Пётр Иванов,Кадры,1\n"
ENCODINGS = {
    "utf-8": str.encode,
    "utf-8 with BOM": lambda text: text.encode("utf-8-sig"),
    "utf-16 with BOM": lambda text: text.encode("utf-16"),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "cp1251": lambda text: text.encode("cp1251"),
}


@pytest.mark.parametrize(
    ("encoding", "delimiter", "newline"), list(itertools.product(ENCODINGS, ",;\t", ["\n", "\r\n", "\r"]))
)
def test_every_encoding_delimiter_and_line_end_reads_alike(encoding, delimiter, newline):
    text = TEXT.replace(",", delimiter).replace("\n", newline)
    table, findings = read(ENCODINGS[encoding](text))
    assert table["name"].texts() == ["Ёлкина Анна", "Пётр Иванов"]
    assert table["level"].texts() == ["3", "1"]
    assert table.lines.tolist() == [2, 3]
    assert not findings.faults
    assert len(findings.warnings) == (encoding == "cp1251")


@pytest.mark.parametrize("page", ["cp1251", "cp866", "koi8-r"])
def test_cyrillic_code_pages_are_told_apart_and_warned_of(page):
    table, findings = read(TEXT.encode(page))
    assert table["name"].texts() == ["Ёлкина Анна", "Пётр Иванов"]
    assert "line 2: is not UTF-8; read as" in str(findings.warnings[0])


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("employee_id;function;level\nE1;Sales, North, East;1\nE2;Sales, South, West;2\n", ";"),
        ("employee_id,function,level\nE1,a;b;c,1\nE2,a;b;c,2\n", ","),
        ("employee_id\tfunction\tlevel\nE1\tSales, North; East\t1\n", "\t"),
        ('employee_id;function;level\nE1;"Sales; ""North""";1\n', ";"),
        ("sep=;\nemployee_id;function;level\nE1;a,b;1\n", ";"),
        ("id;fn;lvl\nE1;a,b;1\n", ";"),
    ],
)
def test_the_delimiter_is_voted_on_by_header_and_rows(text, delimiter):
    table, findings = read(text)
    header = 1 if text.startswith("sep=") else 0
    assert table.header == tuple(text.splitlines()[header].split(delimiter))
    assert not findings.faults


def test_lines_are_those_of_the_file_whatever_is_blank_or_quoted():
    text = '\n  \nemployee_id,function,level\n\nE1,"two\nlines, and\r\nthree",1\n,,\n\nE2,x,2\n'
    table, findings = read(text)
    assert table["employee_id"].texts() == ["E1", "E2"]
    assert table.lines.tolist() == [5, 10]
    assert not findings.faults


def test_headers_and_cells_are_trimmed_and_columns_come_in_any_order():
    table, findings = read(" LEVEL ,Remark,\u00a0Employee_ID\u00a0,function\n 1 ,x,\u00a0E1 , Sales \n")
    assert table["employee_id"].texts() == ["E1"]
    assert table["level"].texts() == ["1"]
    assert table["function"].texts() == ["Sales"]
    assert table["max_mentees"].texts() == [""]  # absent columns are blank
    assert not findings.faults
    assert not findings.warnings


def test_ids_that_look_like_numbers_or_nothing_stay_text():
    table, _ = read("employee_id,function,level\n007,x,1\nNA,x,1\nNone,x,1\n1e3,x,1\n")
    assert table["employee_id"].texts() == ["007", "NA", "None", "1e3"]


def test_a_missing_column_is_named_with_what_was_found():
    table, findings = read("employee,function,level\nE1,x,1\n")
    assert not table.require(("employee_id", "level"), findings)
    assert [str(fault) for fault in findings.faults] == [
        "no column 'employee_id' (found: employee, function, level; did you mean 'employee'?)"
    ]


def test_a_misspelt_optional_column_is_warned_of_and_others_are_not():
    _, findings = read("employee_id,function,level,max_mentee,organisation\nE1,x,1,2,y\n")
    assert [str(warning) for warning in findings.warnings] == [
        "line 1: column 'max_mentee' is not read; did you mean 'max_mentees'?"
    ]


def test_numbered_columns_are_known_by_their_stem():
    table, _ = read("mentee_id,choice_1,Choice_02,choice_x\nE1,a,b,c\n", ("mentee_id", "choice_*"))
    assert sorted(table.columns) == ["choice_1", "choice_2", "mentee_id"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty; expected a header line with employee_id, function"),
        (b"\n\n,,\n", "is empty"),
        (b"PK\x03\x04rest", "is a workbook or archive, not text"),
        (b"employee_id,function,level\nE1,\0x,1\n", "line 2: holds a NUL byte"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "is not a text file"),
        (b"\xff\xfee\0m\0p", "looks like UTF-16 but is damaged"),
        (
            "employee_id,name\nE1,Пётр Иванов\nE2,Анна ".encode() + b"\xd0\n",
            "line 3: is UTF-8 except for a damaged",
        ),
        (b'employee_id,function,level\nE1,"x"y,1\n', "line 2: text follows a closing quotation mark"),
        (b'employee_id,function,level\nE1,x,1\nE2,"x,1\nE3,y,1\n', "line 3: a quotation mark opens a cell"),
        (b'employee_id,function\nE1,"' + b"x" * 200_000, "line 2: a quotation mark opens a cell"),
        (b"employee_id,function,level\nE1,x\n", "line 2: 2 fields, but the header has 3"),
        (b"employee_id,function,level\nE1,Sales, North,1\n", "line 2: 4 fields, but the header has 3; put a cell"),
        (b"employee_id,level,Level\nE1,1,2\n", "line 1: two columns are called 'level'"),
    ],
)
def test_damaged_files_are_faults_and_never_exceptions(data, message):
    assert faults(data)[0].startswith(message)


def test_the_line_of_a_damaged_character_counts_the_byte_order_mark():
    data = "\ufeffemployee_id,name\nE1,Пётр Иванов\n".encode() + b"\xd0,x\n"
    assert faults(data) == ["line 3: is UTF-8 except for a damaged character here; save it again as 'CSV UTF-8'"]


def test_blank_fields_beyond_the_header_are_no_fault():
    table, findings = read("employee_id,function,level\nE1,x,1,,\n")
    assert table["level"].texts() == ["1"]
    assert not findings.faults


def test_a_table_that_lost_rows_says_so():
    table, _ = read("employee_id,function,level\nE1,x\nE2,y,2\n")
    assert table["employee_id"].texts() == ["E2"]
    assert not table.whole


def test_no_bytes_make_the_reader_raise():
    for start, filler in itertools.product(range(0, 256, 7), (b"\0", b"\xff", b'"', b"\r", b",\n")):
        data = bytes([start]) + filler * 9
        table, found = read(data)
        assert table is not None or found.faults  # never an exception, and never nothing without a word
        decode(data, "x.csv", Findings())


def test_did_you_mean():
    assert did_you_mean("Managr", ["Manager", "Director"]) == "; did you mean 'Manager'?"
    assert did_you_mean("xyz", ["Manager"]) == ""
