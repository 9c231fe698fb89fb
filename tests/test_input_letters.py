"""letters.csv: what it may say, and one bad file for every fault."""

import pytest
import xlsxwriter
from cohort_folder import faults_of, warnings_of, write_folder

from matcher.errors import InputError
from matcher.input_letters import PLACEHOLDERS
from matcher.io import input_hashes, read_cohort
from matcher.letter_words import LANGUAGES
from matcher.model import LetterText
from matcher.programme import placeholders_of

HEADER = "kind,language,subject,text\n"


def letters_of(folder, text):
    return read_cohort(write_folder(folder, letters__csv=text)).letters


def test_without_the_file_there_are_no_own_texts(tmp_path):
    assert read_cohort(write_folder(tmp_path)).letters == {}


def test_texts_stand_by_kind_and_language(tmp_path):
    letters = letters_of(tmp_path, f'{HEADER}mentor,,To {{name}},"Dear {{name}},\r\nhello"\nMentor, RU ,,Привет\n')
    assert letters == {
        ("mentor", ""): LetterText("To {name}", "Dear {name},\nhello"),
        ("mentor", "ru"): LetterText("", "Привет"),
    }


def test_columns_that_are_not_needed_may_be_left_out(tmp_path):
    assert letters_of(tmp_path, "text;kind\nHello;mentor\n") == {("mentor", ""): LetterText("", "Hello")}


def test_letters_decide_on_nothing_so_that_a_run_fits_when_they_change(tmp_path):
    before = input_hashes(write_folder(tmp_path))
    assert input_hashes(write_folder(tmp_path, letters__csv=f"{HEADER}mentor,,,Hello\n")) == before


@pytest.mark.parametrize("kind", PLACEHOLDERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_texts_that_matcher_has_are_as_a_lead_may_write_them(tmp_path, kind, language):
    said = LANGUAGES[language].templates[kind]
    quoted = [text.replace('"', '""') for text in said]
    row = f'{kind},{language},"{quoted[0]}","{quoted[1]}"\n'
    assert letters_of(tmp_path, HEADER + row) == {(kind, language): said}
    assert {"name", "next", "lead"} <= set(placeholders_of(said.text)) <= set(PLACEHOLDERS[kind])


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (
            "mentr,,,Hello",
            "line 2, kind: 'mentr' is not one of mentee_paired, mentee_unmatched, mentor",
        ),
        ("mentr,,,Hello", "did you mean 'mentor'?"),
        (",,,Hello", "line 2, kind: is blank; expected one of mentee_paired"),
        ("mentor,de,,Hello", "line 2, language: 'de' is not one of en, ru (blank: every language)"),
        ("mentor,,,Hello {nmae}", "line 2, text: unknown placeholder {nmae}; mentor knows {name}, {programme}"),
        ("mentor,,,Hello {nmae}", "did you mean 'name'?"),
        ("mentor,,,Hello {mentor}", "line 2, text: unknown placeholder {mentor}; mentor knows"),
        ("mentor,,{rank},Hello", "line 2, subject: unknown placeholder {rank}"),
        ("mentor,,,Hello {name.__class__}", "line 2, text: unknown placeholder {name.__class__}"),
        ("mentor,,,Hello {name!r}", "line 2, text: unknown placeholder {name!r}"),
        ("mentor,,,Hello {name:>9}", "line 2, text: unknown placeholder {name:>9}"),
        ("mentor,,,Hello {}", "line 2, text: unknown placeholder {}"),
        ("mentor,,,Hello {name", "line 2, text: a brace opens or closes no placeholder like {name}"),
        ("mentor,,,Hello name}", "line 2, text: a brace opens or closes no placeholder like {name}"),
        ('mentor,,"two\nlines",Hello', "line 2, subject: must be a single line"),
        ("mentor,,,Hello\nmentor,,,Bye", "line 3, kind: mentor stands already on line 2; expected each once"),
        ("mentor,en,,Hello\nmentor,EN,,Bye", "line 3, kind: mentor in en stands already on line 2"),
    ],
)
def test_faults_name_line_and_column(tmp_path, rows, fault):
    (found,) = faults_of(tmp_path, letters__csv=f"{HEADER}{rows}\n")
    assert found.startswith("letters.csv: line ")
    assert fault in found


def test_all_faults_come_at_once(tmp_path):
    rows = "who,,,Hello\nmentor,xx,,Hello\nmentor,,{x},{y}\n"
    assert len(faults_of(tmp_path, letters__csv=HEADER + rows)) == 4


def test_the_columns_that_are_needed_are_asked_for(tmp_path):
    (found,) = faults_of(tmp_path, letters__csv="kind,words\nmentor,Hello\n")
    assert "no column 'text' (found: kind, words" in found


def test_a_file_that_was_meant_is_found(tmp_path):
    (found,) = warnings_of(tmp_path, letter__csv=f"{HEADER}mentor,,,Hello\n")
    assert "did you mean 'letters.csv'?" in found


def workbook(path, *rows):
    sheets = {
        "programme": [["programme.start", "2027-01-11"], ["programme.end", "2027-04-09"]],
        "employees": [["employee_id", "function", "level"], ["a", "X", "1"], ["m", "Y", "3"]],
        "preferences": [["mentee_id", "rank", "mentor_id"], ["a", "1", "m"]],
        "Письма": [["Вид", "Язык", "Тема", "Текст"], *rows],
    }
    with xlsxwriter.Workbook(str(path)) as book:
        for name, sheet in sheets.items():
            target = book.add_worksheet(name)
            for place, row in enumerate(sheet):
                target.write_row(place, 0, row)
    return path


def test_a_sheet_of_a_workbook_holds_them_too(tmp_path):
    path = workbook(tmp_path / "spring.xlsx", ["mentor", "ru", "Тема", "Первая\n\nвторая {name}"])
    assert read_cohort(path).letters == {("mentor", "ru"): LetterText("Тема", "Первая\n\nвторая {name}")}


def test_a_fault_in_a_workbook_names_its_cell(tmp_path):
    path = workbook(tmp_path / "spring.xlsx", ["mentor", "", "", "Hello {nmae}"])
    with pytest.raises(InputError) as caught:
        read_cohort(path)
    (fault,) = caught.value.faults
    assert (fault.sheet, fault.cell) == ("Письма", "D2")
    assert "unknown placeholder {nmae}" in fault.message
