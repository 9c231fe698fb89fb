"""What people are told after a rematch: letters to those alone whom it affects, the report, the workbook."""

import csv
import re

import pytest
from rematch_story import AS_OF, NAMES, run, table, tell
from report_runs import data_of
from workbooks import records, sheet_names

from matcher.errors import InputError
from matcher.input_letters import PLACEHOLDERS
from matcher.io import read_cohort
from matcher.letter_words import LANGUAGES
from matcher.letters import make_messages
from matcher.model import Side
from matcher.rematch_changes import ENDINGS
from matcher.rematch_rows import read_rematch
from matcher.report_files import write_reports
from matcher.report_words import OWN
from matcher.results_words import LANGUAGES as BOOK
from matcher.run_tables import read_run
from matcher.story import Story


@pytest.fixture(scope="module", params=["en", "ru"])
def told(request, tmp_path_factory):
    """A rematch in each language: the folder, its cohort and its letters by reader and kind."""
    folder = tmp_path_factory.mktemp("told")
    cohort = tell(folder, request.param)
    letters = {(row["employee_id"], row["kind"]): row for row in table(folder / "new" / "messages.csv")}
    return folder, cohort, letters, request.param


# --- letters --------------------------------------------------------------------------------------------------


def test_only_those_who_are_affected_have_letters(told):
    folder, _, letters, _ = told
    affected = {
        row[f"{role}_id"] for row in table(folder / "new" / "changes.csv") if row["change"] != "kept"
        for role in ("mentee", "mentor")
    }  # fmt: skip
    assert {person for person, _ in letters} == affected == {"a", "b", "c", "m", "n"}
    assert set(letters) == {
        ("a", "mentee_unmatched"), ("b", "mentee_changed"), ("c", "mentee_paired"),
        ("m", "mentor_changed"), ("n", "mentor_changed"),
    }  # fmt: skip


def test_who_has_refused_knows_it_and_nobody_else(told):
    _, _, letters, language = told
    words = LANGUAGES[language].changes
    mentor, mentee = letters["m", "mentor_changed"]["text"], letters["a", "mentee_unmatched"]["text"]
    assert words.asked.format(other=NAMES["a"]) in mentor
    assert words.no_more.format(other=NAMES["m"]) in mentee
    assert words.asked.format(other=NAMES["m"]) not in mentee
    assert not re.search(r"(?i)refus|отказ", "".join(letter["text"] for letter in letters.values()))


def test_moved_and_cancelled_sessions_stand_on_the_clock_of_the_reader(told):
    folder, _, letters, language = told
    moves = table(folder / "new" / "moves.csv")
    (moved,) = [row for row in moves if row["change"] == "moved"]
    for reader in (("b", "mentee_changed"), ("n", "mentor_changed")):
        text = letters[reader]["text"]
        before, now = (f", {moved[column][11:16]}\N{EN DASH}" for column in ("before_start", "start"))
        assert any(re.search(f"{before}.*{now}", line) for line in text.splitlines())
    cancelled = [row for row in moves if row["change"] == "cancelled"]
    lines = letters["a", "mentee_unmatched"]["text"].splitlines()
    at = lines.index(LANGUAGES[language].changes.cancelled)
    assert len(cancelled) > 1
    for row, line in zip(cancelled, lines[at + 1 :], strict=False):
        assert f", {row['before_start'][11:16]}" in line
    first = min(row["start"] for row in moves if row["change"] == "new" and row["mentee_id"] == "c")
    tokyo = f", {(int(first[11:13]) + 6) % 24:02}:{first[14:16]}"
    assert tokyo in letters["c", "mentee_paired"]["text"]


def test_only_what_is_still_to_come_is_listed(told):
    folder, _, letters, _ = told
    coming = [
        row for row in table(folder / "new" / "sessions.csv")
        if row["mentee_id"] == "b" and row["start"][:10] >= AS_OF
    ]  # fmt: skip
    before = [row for row in table(folder / "new" / "sessions.csv") if row["mentee_id"] == "b"]
    text = letters["b", "mentee_changed"]["text"]
    assert len(before) > len(coming) > 1
    listed = text.split("\n\n")[3].splitlines()
    assert [line[:2] for line in listed[1:]] == ["- "] * len(coming)


def test_report_writes_the_same_letters_again(told):
    folder, cohort, _, _ = told
    before = (folder / "new" / "messages.csv").read_bytes()
    write_reports(read_cohort(cohort), folder / "new")
    assert (folder / "new" / "messages.csv").read_bytes() == before


def test_own_texts_for_changes_count(told, tmp_path):
    folder, cohort, _, language = told
    own = "".join(f"{{{name}}}|" for name in PLACEHOLDERS["mentor_changed"])
    for path in cohort.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "letters.csv").write_text(f'kind,subject,text\nmentor_changed,Hm {{date}},"{own}"\n', "utf-8")
    story = Story(read_cohort(tmp_path), read_run(folder / "new"))
    rows = csv.DictReader(make_messages(story).decode("utf-8-sig").splitlines(keepends=True))
    (letter,) = [row for row in rows if (row["employee_id"], row["kind"]) == ("m", "mentor_changed")]
    assert letter["subject"].startswith("Hm 15 ")
    assert letter["text"].count("|") == len(PLACEHOLDERS["mentor_changed"])
    assert LANGUAGES[language].changes.asked.format(other=NAMES["a"]) in letter["text"]


def test_every_reason_for_an_end_has_words():
    decided = {"refused", "declined", "forbidden", "left"}
    for words in LANGUAGES.values():
        assert set(words.changes.reasons) == set(ENDINGS) - decided
    for entries in BOOK.values():
        assert all(f"ending.{reason}" in entries for reason in ENDINGS)
        assert all(f"answer.{side}" in entries for side in Side.__args__ if side)
    kinds = [f"rematch_kind.{kind}" for kind in ("ended", "moved", "new")]
    assert all(kind in entries for entries in OWN.values() for kind in kinds)


def test_who_has_left_gets_no_letter_and_is_called_by_name(tmp_path):
    cohort = tell(tmp_path, "en", left=("m", "n"))
    letters = {(row["employee_id"], row["kind"]): row["text"] for row in table(tmp_path / "new" / "messages.csv")}
    assert set(letters) == {("a", "mentee_unmatched"), ("b", "mentee_unmatched")}
    assert f"{NAMES['m']} no longer takes part in the programme" in letters["a", "mentee_unmatched"]
    assert "mentoring with n has ended" in letters["b", "mentee_unmatched"]
    page = (tmp_path / "new" / "report.html").read_text("utf-8")
    assert "2 people have to be told" in page
    content = (tmp_path / "new" / "results.xlsx").read_bytes()
    assert [row["Mentor"] for row in records(content, "Ended pairs")] == [NAMES["m"], "n"]
    assert read_cohort(cohort).employees.ids == ("a", "b", "c", "x", "y")


def test_a_rematch_that_changes_nothing_tells_nobody(told):
    folder, cohort, _, language = told
    again = folder / "again"
    run("rematch", cohort, folder / "new", "--as-of", "2027-03-15", "-o", again, "--workers", 1)
    assert {row["change"] for row in table(again / "changes.csv")} == {"kept"}
    assert table(again / "messages.csv") == []
    assert OWN[language]["rematch.nobody"] in (again / "report.html").read_text("utf-8")
    (ended,) = records((again / "results.xlsx").read_bytes(), BOOK[language]["sheet.ended"])
    assert ended[BOOK[language]["head.mentee_id"]] == "a"


# --- report and workbook --------------------------------------------------------------------------------------


def test_the_report_shows_what_has_changed_and_runs_nothing(told):
    folder, _, _, _ = told
    page = (folder / "new" / "report.html").read_text("utf-8")
    found = data_of(page)["rematch"]
    rows = [row for row in table(folder / "new" / "changes.csv") if row["change"] != "kept"]
    ids = data_of(page)["people"]["id"]
    assert [ids[person] for person in found["mentee"]] == [row["mentee_id"] for row in rows]
    assert [ids[person] for person in found["mentor"]] == [row["mentor_id"] for row in rows]
    assert found["kind"] == [row["change"] for row in rows]
    figures = ("sessions_kept", "sessions_moved", "sessions_cancelled", "sessions_new")
    assert found["counts"] == [[int(row[name]) for name in figures] for row in rows]
    assert sum(map(len, found["moves"])) == len(table(folder / "new" / "moves.csv"))
    assert 'id="rematch"' in page
    assert "<script>alert" not in page


def test_a_run_that_is_no_rematch_shows_nothing_of_it(told):
    folder, cohort, _, _ = told
    story = Story(read_cohort(cohort), read_run(folder / "first"))
    from matcher.report import make_report

    page = make_report(story).decode()
    assert "rematch" not in page.replace("matcher rematch", "")
    assert len(make_messages(story).splitlines()) > 10


def test_the_workbook_has_changes_and_ended_pairs(told):
    folder, _, _, language = told
    content = (folder / "new" / "results.xlsx").read_bytes()
    words = BOOK[language]
    names = [words["sheet.changes"], words["sheet.ended"]]
    assert sheet_names(content)[-2:] == names
    changes, ended = (records(content, name) for name in names)
    rows = [row for row in table(folder / "new" / "changes.csv") if row["change"] != "kept"]
    assert [row[words["head.mentee_id"]] for row in changes] == [row["mentee_id"] for row in rows]
    assert [row[words["head.change_kind"]] for row in changes] == [
        words[f"change_kind.{row['change']}"] for row in rows
    ]
    (end,) = ended
    assert end[words["head.ending"]] == words["ending.refused"]
    assert end[words["head.ended_by"]] == words["answer.mentor"]


# --- reading --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "cells", "message"),
    [
        ("changes.csv", (",ended,", ",gone,"), "'gone' is not one of kept, moved, ended, new"),
        ("ended.csv", (",mentor,", ",nobody,"), "'nobody' is not one of mentee, mentor, both"),
        ("moves.csv", (",cancelled,", ",off,"), "'off' is not one of moved, cancelled, new"),
        ("moves.csv", ("+03:00", ""), "is no time with an offset"),
    ],
)
def test_cells_that_a_rematch_does_not_write_are_named(told, tmp_path, file, cells, message):
    folder = told[0]
    for path in (folder / "new").iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    text = (tmp_path / file).read_text("utf-8-sig")
    assert cells[0] in text
    (tmp_path / file).write_text(text.replace(*cells), "utf-8")
    with pytest.raises(InputError, match=re.escape(message)) as raised:
        read_rematch(read_run(tmp_path))
    assert file in str(raised.value)
