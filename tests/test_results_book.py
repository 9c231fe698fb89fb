"""results.xlsx holds what the CSV files of the run hold, in real dates and numbers, and nothing in it runs."""

import csv
import datetime as dt
import re
import string

import pytest
from click.testing import CliRunner
from cohort_folder import write_folder
from workbooks import HOSTILE, converted, records, sheet_names, sheet_xml, values
from workbooks import parts as parts_of

from matcher.book import MOST_LETTERS, Book, Column, Sheet, fitting
from matcher.cli import cli
from matcher.io import read_cohort
from matcher.remarks import without_remark
from matcher.results_book import make_results
from matcher.results_words import EN, LANGUAGES, RU, Words
from matcher.run_tables import read_run
from matcher.runs import write_run
from matcher.sample_data import sample_folder
from matcher.solver import solve
from matcher.story import Story
from matcher.wording import SHARED

SHEETS = ["Summary", "Pairs", "Schedule", "Calendar", "Without a mentor", "Choices", "Mentors"]


def story_of(folder, run, overrides=None):
    cohort = read_cohort(folder, overrides)
    write_run(cohort, solve(cohort), run)
    return Story(cohort, read_run(run))


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    return story_of(sample_folder(), tmp_path_factory.mktemp("sample") / "run")


@pytest.fixture(scope="module")
def english(story):
    return make_results(story)


@pytest.fixture(scope="module")
def russian(story):
    cohort = read_cohort(sample_folder(), {"programme.language": "ru"})
    return make_results(Story(cohort, story.run))


def run_rows(story, file):
    with (story.run.run / file).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def by(rows, *columns):
    return {tuple(row[column] for column in columns): row for row in rows}


# --- what it holds ------------------------------------------------------------------------------------------


def test_has_all_sheets_in_order(english):
    assert sheet_names(english) == SHEETS


def test_pairs_are_those_of_the_run_with_real_numbers_and_dates(story, english):
    shown = by(records(english, "Pairs"), "Mentee's id", "Mentor's id")
    rows = run_rows(story, "pairs.csv")
    assert len(shown) == len(rows)
    for row in rows:
        found = shown[row["mentee_id"], row["mentor_id"]]
        assert (found["Mentee"], found["Mentor"]) == (row["mentee_name"], row["mentor_name"])
        assert found["Rank"] == (float(row["rank"]) if row["rank"] else "")
        assert found["Sessions"] == float(row["sessions"])
        assert found["First session"] == dt.date.fromisoformat(row["first_session"])
        assert found["Last session"] == dt.date.fromisoformat(row["last_session"])
        assert found["Made by"] == SHARED["en"][f"source.{row['source']}"]


def test_schedule_has_dates_weekdays_and_times_on_the_clock_of_the_programme(story, english):
    shown = by(records(english, "Schedule"), "Mentee's id", "Mentor's id", "Session")
    rows = run_rows(story, "sessions.csv")
    assert len(shown) == len(rows)
    for row in rows:
        found = shown[row["mentee_id"], row["mentor_id"], float(row["number"])]
        start, end = (dt.datetime.fromisoformat(row[column]) for column in ("start", "end"))
        assert found["Date"] == start.date()
        assert found["Weekday"] == start.strftime("%A")
        assert (found["From"], found["To"]) == (start.time(), end.time())
        assert found["Minutes"] == float(row["minutes"])


def test_whoever_has_another_clock_sees_his_time(story, english):
    people = story.cohort.employees
    zones = {name: people.zones[zone] for name, zone in zip(people.ids, people.zone.tolist(), strict=True)}
    moscow, urals = 0, 0
    for row in records(english, "Schedule"):
        told = row["From, on the mentee's clock"]
        if zones[row["Mentee's id"]] == "Europe/Moscow":
            assert told == ""
            moscow += 1
        else:
            here = dt.datetime.combine(row["Date"], row["From"])
            assert told == here + dt.timedelta(hours=2)
            urals += 1
    assert moscow
    assert urals


def test_nobody_has_another_clock_and_there_are_no_such_columns(tmp_path):
    write_folder(tmp_path, employees__csv="employee_id,function,level\nm,Sales,3\na,Sales,1\nn,Law,2\nb,Law,1\n")
    header = values(make_results(story_of(tmp_path, tmp_path.parent / f"{tmp_path.name}-run")), "Schedule")[0]
    assert not [title for title in header if "clock" in title]


def test_calendar_has_every_session_in_its_week(story, english):
    shown = sorted(
        cell for row in values(english, "Calendar")[1:] for cell in row if isinstance(cell, dt.datetime)
    )
    starts = [
        dt.datetime.fromisoformat(row["start"]).replace(tzinfo=None) for row in run_rows(story, "sessions.csv")
    ]
    assert shown == sorted(starts)


def test_several_sessions_in_a_week_stand_below_each_other(tmp_path):
    write_folder(tmp_path)
    overrides = {"sessions.min_days_between": 2}
    book = make_results(story_of(tmp_path, tmp_path.parent / f"{tmp_path.name}-run", overrides))
    cells = [cell for row in values(book, "Calendar")[1:] for cell in row[4:]]
    assert [cell for cell in cells if isinstance(cell, str) and re.fullmatch(r"(\w{3} \d\d:\d\d\n?){2,4}", cell)]


def test_unmatched_have_reason_explanation_and_what_helps(story, english):
    shown = by(records(english, "Without a mentor"), "Mentee's id")
    rows = run_rows(story, "unmatched.csv")
    assert len(shown) == len(rows)
    for row in rows:
        found = shown[(row["mentee_id"],)]
        assert found["Reason"] == SHARED["en"][f"reason.{row['reason']}"]
        assert row["explanation"].startswith(found["Why"].partition(". ")[0])
        who = row["smallest_change"].partition(": ")[2].rpartition(" (")[0]
        assert who in found["The smallest change that would help"]
        assert found["Could also ask"].split("\n") == row["suggestions"].split("; ")


def test_choices_have_their_outcome_in_words(story, english):
    shown = records(english, "Choices")
    rows = run_rows(story, "choices.csv")
    assert [(row["Mentee's id"], row["Mentor's id"]) for row in shown] == [
        (row["mentee_id"], row["mentor_id"]) for row in rows
    ]
    assert [row["Outcome"] for row in shown] == [SHARED["en"][f"outcome.{row['outcome']}"] for row in rows]
    for told, row in zip(shown, rows, strict=True):
        reason = "" if row["outcome"] == "paired" else without_remark(row["detail"])
        assert told["Why"].startswith(reason)
        assert bool(told["Why"][len(reason) :]) == bool(row["standing"])


def test_mentors_load_adds_up(story, english):
    shown = records(english, "Mentors")
    assert sum(row["Mentees"] for row in shown) == len(run_rows(story, "pairs.csv"))
    for row in shown:
        assert row["Free"] == row["Places"] - row["Mentees"]
        assert len(row["Who they are"].split("\n")) == row["Mentees"] or not row["Mentees"]
        word = "no mentee" if not row["Mentees"] else "places left" if row["Free"] else "all places taken"
        assert row["Load"] == word
    listed = [row["Listed by"] for row in shown]
    assert listed == sorted(listed, reverse=True)


def test_summary_tells_figures_proof_seed_and_warnings(story, english):
    told = [str(cell) for row in values(english, "Summary") for cell in row if cell != ""]
    text = "\n".join(told)
    assert {"54.0", "31.0", "proven best", "2027", "2027-01-11", "2027-04-09"} <= set(told)
    assert "Mentees with a mentor\nof 61 (89%)" in told
    assert "with their first choice\n51% of all mentees" in told
    assert SHARED["en"]["verdict.proven"] in text
    assert any(cell.startswith("Proven. No other pairing") for cell in told)
    assert all(f"{fault.file}: {fault}" in told for fault in story.cohort.warnings)


def test_what_is_not_proven_is_not_called_proven(story):
    goals = [goal.model_copy(update={"status": "feasible"}) for goal in story.run.summary.goals]
    goals[0] = goals[0].model_copy(update={"bound": 60})
    summary = story.run.summary.model_copy(update={"status": "feasible", "goals": goals, "cut_short": True})
    run = type(story.run)(story.run.run, story.run.tables, summary, None)
    told = [str(cell) for row in values(make_results(Story(story.cohort, run)), "Summary") for cell in row]
    assert "not all proven" in told
    assert not [text for text in told if text.startswith("Proven")]
    assert any("More than 60 are impossible" in text for text in told)
    assert any("ended early" in text for text in told)
    assert not [text for text in told if "the same result again" in text]


def test_keys_set_for_the_run_are_shown(story):
    options = story.run.summary.options.model_copy(update={"set": {"capacity.mentees_per_mentor": 3}})
    run = type(story.run)(
        story.run.run, story.run.tables, story.run.summary.model_copy(update={"options": options}), None
    )
    told = [cell for row in values(make_results(Story(story.cohort, run)), "Summary") for cell in row]
    assert "Set for this run: capacity.mentees_per_mentor" in told


# --- languages ----------------------------------------------------------------------------------------------


def forms_of(text):
    return [text] if isinstance(text, str) else list(text.values())


def test_both_languages_say_the_same_with_the_same_figures():
    assert EN.keys() == RU.keys()
    fields = {
        language: {
            key: {part[1] for part in string.Formatter().parse(" ".join(forms_of(text)))} - {None}
            for key, text in words.items()
        }
        for language, words in LANGUAGES.items()
    }
    assert fields["en"] == fields["ru"]


def test_every_code_has_words():
    from typing import get_args

    from matcher.model import Outcome, Reason

    for language in LANGUAGES:
        words = Words(language)
        assert all(words.has(f"outcome.{code}") for code in get_args(Outcome))
        assert all(
            words.has(f"{part}.{code}") for code in get_args(Reason) for part in ("reason", "help", "why_not")
        )


def test_names_of_sheets_fit():
    for words in LANGUAGES.values():
        names = [text for key, text in words.items() if key.startswith("sheet.")]
        assert len(set(names)) == len(names)
        assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in names)


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1 строка"), (3, "3 строки"), (5, "5 строк"), (11, "11 строк"), (21, "21 строка")],
)
def test_russian_counts(number, said):
    assert Words("ru")("many.row", n=number) == said


def test_russian_workbook_has_no_english_sentence(russian):
    assert sheet_names(russian)[:3] == ["Сводка", "Пары", "Расписание"]
    shown = records(russian, "Без наставника") + records(russian, "Пожелания")
    words = {"the", "of", "is", "this", "more", "choices", "would", "place"}
    for row in shown:
        for title in ("Причина", "Почему", "Наименьшее изменение, которое помогло бы", "Итог"):
            text = str(row.get(title, ""))
            assert not words & set(text.lower().split()), text
    schedule = records(russian, "Расписание")[0]
    assert schedule["Дата"] == dt.date(2027, 1, 11)
    assert schedule["День недели"] == "понедельник"


# --- how it looks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHEETS[1:])
def test_tables_stay_in_view_filter_and_print(english, name):
    xml = sheet_xml(english, name)
    assert 'state="frozen"' in xml
    assert "<autoFilter " in xml
    assert 'orientation="landscape"' in xml
    assert 'fitToHeight="0"' in xml
    assert "&amp;P / &amp;N" in xml
    assert f"'{name}'!$1:$1" in parts_of(english)["xl/workbook.xml"].replace(f">{name}!", f">'{name}'!")


@pytest.mark.parametrize(
    ("name", "rules"), [("Pairs", 4), ("Without a mentor", 5), ("Choices", 5), ("Mentors", 3)]
)
def test_tables_have_conditional_colours(english, name, rules):
    assert sheet_xml(english, name).count("<cfRule ") >= rules


def test_columns_fit_their_texts(english):
    widths = [
        float(width)
        for width in re.findall(r'<col min="\d+" max="\d+" width="([\d.]+)"', sheet_xml(english, "Pairs"))
    ]
    longest = max(len(row["Mentee"]) for row in records(english, "Pairs"))
    assert longest <= widths[0] <= 36


def test_rows_are_as_high_as_their_texts(english):
    heights = [
        float(height)
        for height in re.findall(r'<row r="[2-9]"[^>]* ht="([\d.]+)"', sheet_xml(english, "Without a mentor"))
    ]
    assert len(heights) == 7
    assert min(heights) > 15


# --- what must not happen -----------------------------------------------------------------------------------


def hostile_folder(folder):
    def quoted(text):
        return '"' + text.replace('"', '""') + '"'

    rows = [f"e{place},{quoted(name)},Sales,{1 if place % 2 else 3}" for place, name in enumerate(HOSTILE)]
    wishes = [f"e{place},1,e{place - 1}" for place in range(1, len(HOSTILE), 2)]
    return write_folder(
        folder,
        programme__toml='[programme]\nname = "=cmd & <b>1</b>"\nstart = 2027-01-11\nend = 2027-04-09\n',
        employees__csv="\n".join(["employee_id,name,function,level", *rows, ""]),
        preferences__csv="\n".join(["mentee_id,rank,mentor_id", *wishes, ""]),
    )


@pytest.fixture(scope="module")
def hostile_story(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    return story_of(hostile_folder(folder), folder.parent / "hostile-run")


@pytest.fixture(scope="module")
def hostile(hostile_story):
    return make_results(hostile_story)


def test_hostile_names_stay_plain_text(hostile):
    shown = {cell for row in values(hostile, "Pairs")[1:] for cell in row}
    wanted = {name.strip() for name in HOSTILE if "\uffff" not in name}  # which XML cannot hold
    assert wanted <= {cell.strip() if isinstance(cell, str) else cell for cell in shown}
    for name, text in parts_of(hostile).items():
        assert "<f>" not in text, name
        assert "evil.example" not in text or name.startswith("xl/worksheets/sheet"), name
        assert 'TargetMode="External"' not in text, name


def test_equal_runs_have_equal_bytes(story, english):
    assert make_results(story) == english


def test_ids_stay_text_with_their_zeros(tmp_path):
    write_folder(
        tmp_path,
        employees__csv="employee_id,name,function,level\n007,Mia,Sales,3\n1e5,Ann,Sales,1\n",
        preferences__csv="mentee_id,rank,mentor_id\n1e5,1,007\n",
    )
    row = records(make_results(story_of(tmp_path, tmp_path.parent / "zeros-run")), "Pairs")[0]
    assert (row["Mentee's id"], row["Mentor's id"]) == ("1e5", "007")


def test_a_run_without_pairs_says_so(tmp_path):
    write_folder(tmp_path, preferences__csv="mentee_id,rank,mentor_id\na,1,b\n")
    book = make_results(story_of(tmp_path, tmp_path.parent / "empty-run"))
    assert values(book, "Pairs")[1][0] == "There are no pairs."
    assert values(book, "Schedule")[1][0] == "There are no sessions."
    assert len(records(book, "Without a mentor")) == 1


def test_everybody_has_a_mentor_and_the_sheet_says_so(tmp_path):
    write_folder(tmp_path)
    book = make_results(story_of(tmp_path, tmp_path.parent / "whole-run"))
    assert values(book, "Without a mentor")[1][0] == "Every mentee has a mentor."


def test_rows_that_do_not_fit_are_counted_and_named(story):
    book = make_results(story, most_rows=100)
    shown = values(book, "Schedule")
    assert len(shown) == 100
    assert shown[-1][0] == "262 more rows do not fit on a sheet; they are in sessions.csv."
    told = [cell for row in values(book, "Summary") for cell in row]
    assert "Schedule: 262 more rows do not fit on a sheet; they are in sessions.csv." in told


@pytest.mark.parametrize("rows", [98, 99, 100])
def test_the_last_row_that_fits(rows):
    book = Book("x")
    book.table(Sheet("s", [Column("n", list(range(rows)), "number")]), most_rows=100)
    shown = values(book.content(), "s")
    assert len(shown) == min(rows + 1, 100)
    assert (shown[-1][0] == rows - 1) == (rows < 100)


def test_long_texts_are_cut_where_excel_would_refuse_them():
    for text in ("a" * MOST_LETTERS, "😀" * 16_383):
        assert fitting(text) == text
    for text in ("a" * (MOST_LETTERS + 1), "😀" * 16_384, "x" + "😀" * 20_000):
        cut = fitting(text)
        assert cut.endswith("(cut) ")
        assert len(cut.encode("utf-16-le")) // 2 in (MOST_LETTERS, MOST_LETTERS - 1)


def test_other_programs_open_it(hostile, english, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert b"of 61 (89%)" in converted(english, tmp_path / "a")
    assert converted(hostile, tmp_path / "b", "pdf").startswith(b"%PDF")


def test_solve_and_report_write_it(tmp_path):
    cohort, run = write_folder(tmp_path), tmp_path.parent / f"{tmp_path.name}-run"
    assert CliRunner().invoke(cli, ["solve", str(cohort), "-o", str(run)]).exit_code == 0
    assert sheet_names((run / "results.xlsx").read_bytes())[0] == "Summary"
    done = CliRunner().invoke(cli, ["report", str(cohort), str(run), "--language", "ru"])
    assert done.exit_code == 0, done.output
    assert sheet_names((run / "results.xlsx").read_bytes())[0] == "Сводка"


def test_a_cohort_that_was_changed_since_is_told(tmp_path):
    cohort, run = write_folder(tmp_path), tmp_path.parent / f"{tmp_path.name}-run"
    assert CliRunner().invoke(cli, ["solve", str(cohort), "-o", str(run)]).exit_code == 0
    (cohort / "employees.csv").write_text((cohort / "employees.csv").read_text() + "z,Zoe,Law,2,,,\n")
    assert CliRunner().invoke(cli, ["report", str(cohort), str(run)]).exit_code == 0
    told = [str(cell) for row in values((run / "results.xlsx").read_bytes(), "Summary") for cell in row]
    assert any("another version of employees.csv" in text for text in told)


def test_answers_stand_beside_the_pairs_where_there_are_any(tmp_path):
    rows = "mentee_id,mentor_id,status,since,by\n{}"
    folder = write_folder(tmp_path, pairs__csv=rows.format(""))
    story = story_of(folder, tmp_path / "run")
    before = records(make_results(story), "Pairs")
    assert before
    assert "Answer" not in before[0]
    write_folder(tmp_path, pairs__csv=rows.format("a,n,accepted,,both\nb,m,declined,,mentor\na,m,accepted,,\n"))
    for language, title, said in (
        ("en", "Answer", {"a m": "accepted", "a n": "accepted (both)", "b m": "declined (mentor)"}),
        ("ru", "Ответ", {"a m": "согласие", "a n": "согласие (оба)", "b m": "не согласились (наставник)"}),
    ):
        cohort = read_cohort(folder, {"programme.language": language})
        found = records(make_results(Story(cohort, story.run)), "Pairs" if language == "en" else "Пары")
        pairs = [f"{row['mentee_id']} {row['mentor_id']}" for row in run_rows(story, "pairs.csv")]
        assert [row[title] for row in found] == [said[pair] for pair in pairs]
