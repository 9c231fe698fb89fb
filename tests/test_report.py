"""report.html: its figures are those of the tables, in both languages, whatever people are called."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from babel import Locale
from click.testing import CliRunner
from explain_runs import add_certificate, drop_columns, rows_of, write_rows
from report_runs import (
    NASTY,
    SAMPLE,
    Reader,
    copy_of,
    data_of,
    empty_cohort,
    nasty_cohort,
    page_of,
    solved,
    story_of,
)

from matcher.cli import cli
from matcher.errors import InputError, MatcherError
from matcher.explain_counts import count_sessions
from matcher.ics_write import one_line
from matcher.io import read_cohort
from matcher.lots import draw_order
from matcher.model import Outcome, Reason
from matcher.page_parts import as_json, script_of
from matcher.proof_sentences import verdict
from matcher.report_files import write_reports
from matcher.report_rooms import find_room
from matcher.report_rows import read_rows
from matcher.report_words import WORDS, Words, used_by
from matcher.run_reading import minute_of
from matcher.runs import TargetError
from matcher.wording import LOCALES

PACKAGE = Path(__file__).resolve().parent.parent / "matcher"
LANGUAGES = ("en", "ru")


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return solved(SAMPLE, tmp_path_factory.mktemp("report") / "run")


@pytest.fixture(scope="module")
def pages(sample):
    return {language: page_of(SAMPLE, sample, programme__language=language) for language in LANGUAGES}


@pytest.fixture(scope="module")
def nasty(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nasty")
    return nasty_cohort(folder / "cohort"), solved(folder / "cohort", folder / "run")


@pytest.fixture
def run(sample, tmp_path):
    """The sample's run, to be changed."""
    return copy_of(sample, tmp_path / "run")


def change_summary(run, change):
    summary = json.loads((run / "summary.json").read_text("utf-8"))
    change(summary)
    (run / "summary.json").write_text(json.dumps(summary), "utf-8")


def named(data, column):
    return [data["people"]["id"][person] for person in column]


# --- figures are those of the tables ------------------------------------------------------------------------


def headline(page):
    figures = re.findall(r'<div id="figure-(\w+)".*?<span class="value">(.*?)</span>', page, re.DOTALL)
    return {name: int(re.sub(r"\D", "", value)) for name, value in figures}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_headline_counts_the_tables(pages, sample, language):
    pairs, sessions = rows_of(sample / "pairs.csv"), rows_of(sample / "sessions.csv")
    assert headline(pages[language]) == {
        "served": len({row["mentee_id"] for row in pairs}),
        "first": sum(row["rank"] == "1" for row in pairs),
        "unmatched": len(rows_of(sample / "unmatched.csv")),
        "mentors": len({row["mentor_id"] for row in pairs}),
        "sessions": len(sessions),
    }


def test_pairs_and_sessions_are_those_of_the_tables(pages, sample):
    data = data_of(pages["en"])
    pairs, sessions = data["pairs"], data["sessions"]
    mentees, mentors = named(data, pairs["mentee"]), named(data, pairs["mentor"])
    rows = rows_of(sample / "pairs.csv")
    ranks = [str(rank or "") for rank in pairs["rank"]]
    locked = ["locked" if lock else "chosen" for lock in pairs["locked"]]
    columns = ("mentee_id", "mentor_id", "rank", "source", "standing")
    assert list(zip(mentees, mentors, ranks, locked, pairs["standing"], strict=True)) == [
        tuple(row[column] for column in columns) for row in rows
    ]
    starts = np.cumsum(sessions["start"]).tolist()
    assert sorted(
        (start, mentees[pair], mentors[pair]) for start, pair in zip(starts, sessions["pair"], strict=True)
    ) == sorted(
        (minute_of(row["start"]), row["mentee_id"], row["mentor_id"]) for row in rows_of(sample / "sessions.csv")
    )
    assert starts == sorted(starts)
    assert sessions["minutes"] == 45


def test_choices_and_reasons_are_those_of_the_tables(pages, sample):
    data = data_of(pages["en"])
    choices, unmatched = data["choices"], data["unmatched"]
    mentees = np.repeat(np.arange(len(choices["each"])), choices["each"]).tolist()
    verdicts = [data["verdicts"][verdict] for verdict in choices["verdict"]]
    found = zip(named(data, mentees), named(data, choices["mentor"]), choices["rank"], verdicts, strict=True)
    rows = rows_of(sample / "choices.csv")
    assert sorted(
        (mentee, mentor, str(rank), verdict[0], verdict[1]) for mentee, mentor, rank, verdict in found
    ) == sorted((row["mentee_id"], row["mentor_id"], row["rank"], row["outcome"], row["standing"]) for row in rows)
    left = rows_of(sample / "unmatched.csv")
    assert list(zip(named(data, unmatched["person"]), unmatched["reason"], strict=True)) == [
        (row["mentee_id"], row["reason"]) for row in left
    ]
    contested = [" ".join(named(data, people)) for people in unmatched["contested"]]
    assert contested == [row["contested_mentors"].replace(";", "") for row in left]
    suggested = [named(data, people) for people in unmatched["suggestions"]]
    assert suggested == [re.findall(r"\((\w+)\)", row["suggestions"]) for row in left]
    assert [bool(change) for change in unmatched["change"]] == [bool(row["smallest_change"]) for row in left]


def test_english_sentences_are_those_of_the_tables(pages, sample):
    data = data_of(pages["en"])
    said = {data["texts"][verdict[3]] for verdict in data["verdicts"]}
    assert "The one place with this mentor went to others." in said
    details = {
        row["detail"]
        for row in rows_of(sample / "choices.csv")
        if row["outcome"] not in ("paired", "no_common_time")
    }
    assert all(any(detail.startswith(text) for text in said if text) for detail in details)


def test_nobodys_hours_are_told(pages, sample):
    hours = [
        row["detail"].partition(": ")[2]
        for row in rows_of(sample / "choices.csv")
        if row["outcome"] == "no_common_time"
    ]
    assert any(hours)
    for page in pages.values():
        assert "works Mon" not in page
        assert not any(text and text in page for text in hours)


def test_the_clock_is_right_on_both_sides_of_a_change(tmp_path):
    cohort = copy_of(SAMPLE, tmp_path / "cohort")
    people = (cohort / "employees.csv").read_text("utf-8-sig").replace("Asia/Yekaterinburg", "Europe/London")
    (cohort / "employees.csv").write_text(people, "utf-8")
    data = data_of(page_of(cohort, solved(cohort, tmp_path / "run")))
    (london,) = [zone["changes"] for zone in data["zones"] if zone["name"] == "Europe/London"]
    assert [ahead for _, ahead in london] == [0, 60]
    assert london[1][0] == minute_of("2027-03-28T01:00+00:00")
    assert [zone["changes"][0][1] for zone in data["zones"] if zone["name"] == "Europe/Moscow"] == [180]


def test_places_in_the_draw_are_those_of_the_solver(pages, sample):
    data, cohort = data_of(pages["en"]), story_of(SAMPLE, sample).cohort
    order = draw_order(cohort)
    mentees = sorted(cohort.mentees.tolist(), key=lambda mentee: order[mentee])
    turns = dict(zip(data["people"]["id"], data["people"]["turn"], strict=True))
    assert [turns[cohort.employees.ids[mentee]] for mentee in mentees] == list(range(1, len(mentees) + 1))
    assert sum(turn > 0 for turn in turns.values()) == data["drawn"] == len(mentees)


def test_why_there_are_not_more_sessions_is_what_explain_says(sample):
    story = story_of(SAMPLE, sample)
    rows = read_rows(story)
    held = np.bincount(rows.sessions.pair, minlength=len(rows.pairs))
    room = find_room(story.cohort, rows, held)
    people = rows.people.employee
    pairs = list(zip(people[rows.pairs.mentee].tolist(), people[rows.pairs.mentor].tolist(), strict=True))
    counts = count_sessions(story.cohort, pairs, {})
    assert room.by_dates.tolist() == [count.by_dates for count in counts]
    fewer = held < room.by_dates
    assert fewer.any()
    assert room.alone[fewer].tolist() == [
        count.by_common_time for count, less in zip(counts, fewer, strict=True) if less
    ]


# --- languages ----------------------------------------------------------------------------------------------


def test_both_languages_have_the_same_keys_and_placeholders():
    assert list(WORDS["en"]) == list(WORDS["ru"])
    for key, english in WORDS["en"].items():
        forms = [english] if isinstance(english, str) else list(english.values())
        russian = WORDS["ru"][key]
        forms += [russian] if isinstance(russian, str) else list(russian.values())
        names = {frozenset(re.findall(r"\{(\w+)\}", form)) for form in forms}
        assert len(names) == 1, key
        assert isinstance(russian, str) == isinstance(english, str), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_those_of_the_language(language):
    forms = {str(Locale.parse(LOCALES[language]).plural_form(n)) for n in range(200)}
    for key, entry in WORDS[language].items():
        if not isinstance(entry, str):
            assert "other" in entry, key
            assert set(entry) <= forms | {"other"}, key


def test_every_key_is_used():
    script = script_of("page.js", "report.js", "rematch.js")
    templates = (PACKAGE / "templates" / name for name in ("page.html", "report.html", "chart.html"))
    template = "".join(path.read_text("utf-8") for path in templates)
    modules = "".join(
        path.read_text("utf-8")
        for path in PACKAGE.glob("*.py")
        if re.match("report|results|difference|chart|headline|proof_sentences|code_sentences|wording", path.name)
        and not re.search("english|russian", path.name)
    )
    used = set(used_by(script, "en")) | set(re.findall(r't\("([\w.]+)"', template))
    used |= set(re.findall(r"""(?:words|self)\(\s*["']([\w.]+)""", modules)) | set(
        re.findall(r'"((?:\w+\.)+\w+)"', modules)
    )
    families = re.findall(r'words(?:\.has)?\(f"([\w.]+)\{', modules) + re.findall(r't\("(\w+\.)" \+', template)
    families += re.findall(r'f"(goal\.|proven\.|why_not\.|detail\.|rule\.)', modules)
    unused = [key for key in WORDS["en"] if key not in used and not key.startswith(tuple(families))]
    assert not unused


def test_every_text_that_the_script_asks_for_is_there():
    script = script_of("page.js", "report.js", "rematch.js")
    asked = set(re.findall(r"\b(?:t|rich)\('([^']+)'[,)]", script))
    assert len(asked) > 60
    assert asked <= set(used_by(script, "en"))


def test_every_code_has_its_words():
    for code in Outcome.__args__:
        assert f"outcome.{code}" in WORDS["en"]
        assert code == "paired" or f"detail.{code}" in WORDS["ru"]
    for code in Reason.__args__:
        assert {f"reason.{code}", f"meaning.{code}", f"why_not.{code}"} <= set(WORDS["en"])


ALLOWED = re.compile(
    r"\b(?:\w+\.(?:csv|json|toml)|matcher verify|JavaScript|CSV|Europe/Moscow|Mentoring, first quarter 2027)\b"
)


def test_a_russian_page_holds_no_english_sentence(pages, sample):
    page, data = pages["ru"], data_of(pages["ru"])
    story = story_of(SAMPLE, sample)
    functions = {word for name in story.cohort.employees.functions for word in name.split()}
    for text in [*Reader(page).texts, *data["texts"], data["best"], *_leaves(data["words"])]:
        rest = ALLOWED.sub("", re.sub(r"\{\w+\}", "", text))
        for name in functions:
            rest = rest.replace(name, "")
        assert not re.search(r"[A-Za-z]{3,}", rest), text


def _leaves(words):
    for entry in words.values():
        yield from [entry] if isinstance(entry, str) else entry.values()


def test_russian_reasons_name_figures(pages):
    texts = data_of(pages["ru"])["texts"]
    assert "Ментор" not in " ".join(texts)
    assert any("Правила допускают 4 пожелания." in text for text in texts)
    assert any("не менее чем на 2 уровня. Этот стоит выше на 1 уровень." in text for text in texts)
    assert any("нет общих рабочих часов" in text for text in texts)
    assert "ещё на 2 встречи по 45 мин" in texts


@pytest.mark.parametrize(
    ("language", "first", "share"), [("en", "11 January 2027", "89%"), ("ru", "11 января 2027", "89\xa0%")]
)
def test_dates_and_shares_are_those_of_the_language(pages, language, first, share):
    assert f'<html lang="{language}">' in pages[language]
    assert first in pages[language]
    assert share in pages[language]


def test_a_share_is_whole_only_for_all_or_nothing():
    words = Words("en")
    assert [words.share(*pair) for pair in ((0, 9), (1, 9999), (9998, 9999), (9999, 9999), (0, 0))] == [
        "0%", "0.1%", "99.9%", "100%", "\N{EN DASH}",
    ]  # fmt: skip


# --- one file that is safe ----------------------------------------------------------------------------------


def test_the_page_reaches_for_nothing(pages):
    for page in pages.values():
        reader = Reader(page)
        assert not {"link", "img", "iframe", "object", "embed", "base", "form", "audio", "video"} & set(
            reader.tags
        )
        assert reader.tags.count("script") == 2
        loads = [
            row for row in reader.attributes if row[1] in ("src", "action", "srcset", "background", "xlink:href")
        ]
        assert not loads
        assert all(row[2].startswith("#") for row in reader.attributes if row[1] == "href")
        assert not [row for row in reader.attributes if row[1].startswith("on")]
        assert not re.search(
            r"(?:https?:)?//(?!www\.w3\.org)[a-z]", re.sub(r"^\s*//.*$", "", page, flags=re.MULTILINE)
        )
        assert not re.search(r"url\((?!#)", page)
        assert "@import" not in page


def test_only_the_own_script_may_run(pages):
    page = pages["en"]
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'"
    )


def test_the_script_puts_no_text_in_as_markup():
    script = script_of("page.js", "report.js", "rematch.js")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|fetch\(|XMLHttp", script
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_names_are_text(nasty, language):
    page = page_of(*nasty, programme__language=language)
    reader = Reader(page)
    assert reader.tags.count("script") == 2
    assert "b" not in reader.tags
    assert "i" not in reader.tags
    data = data_of(page)
    names = dict(zip(data["people"]["id"], data["people"]["name"], strict=True))
    assert {name: names[name] for name in NASTY} == {name: one_line(text) for name, text in NASTY.items()}
    assert names["c"] == "right to left \u05e9\u05dc\u05d5\u05dd"
    assert "<i>who</i>" in names
    assert data["functions"] == ["Sales <&>"]
    raw = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1]
    assert not set("<>&\u2028\u2029") & set(raw)
    assert "Spring <b>& summer</b>" in reader.text


def test_json_in_a_page_stays_what_it_is():
    hostile = {"</script><!--": "\u2028\u2029 & < > \" \\ '"}
    text = as_json(hostile)
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == hostile


def test_there_are_no_addresses(pages):
    for page in pages.values():
        assert "@steel.example" not in page


def test_the_foot_says_whose_data_these_are(pages):
    assert "Personal data." in pages["en"]
    assert "Персональные данные." in pages["ru"]


def test_the_same_run_gives_the_same_bytes(sample, pages):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from report_runs import *; from pathlib import Path;"
        "import hashlib;"
        "print(hashlib.sha256(page_of(SAMPLE, Path(sys.argv[2])).encode()).hexdigest())"
    )
    for seed in ("1", "2"):
        command = [sys.executable, "-c", code, str(Path(__file__).parent), str(sample)]
        said = subprocess.run(
            command, check=True, capture_output=True, text=True, env={"PYTHONHASHSEED": seed, "PATH": ""}
        )
        assert said.stdout.strip() == hashlib.sha256(pages["en"].encode()).hexdigest()


def test_a_thousand_mentees_take_less_than_a_megabyte(tmp_path):
    result = CliRunner().invoke(
        cli,
        ["generate", str(tmp_path / "cohort"), "--employees", "3500", "--mentees", "1000", "--busy", "20", "-q"],
    )
    assert result.exit_code == 0, result.output
    run = solved(tmp_path / "cohort", tmp_path / "run")
    page = page_of(tmp_path / "cohort", run, programme__language="ru")
    assert len(page.encode()) < 1_000_000
    assert headline(page)["sessions"] == len(rows_of(run / "sessions.csv")) > 5000


# --- proof --------------------------------------------------------------------------------------------------


def goals_of(page):
    table = page.partition('class="data proof"')[2].partition("</table>")[0]
    rows = re.findall(
        r'<th scope="row"><span>(.*?)</span></th>.*?<strong class="state (\w+)">.*?</strong>(.*?)</span>',
        table,
        re.DOTALL,
    )
    return {name: (state, text.strip()) for name, state, text in rows}


def test_what_is_certified_is_told(pages):
    goals = goals_of(pages["en"])
    assert goals["Most mentees with a mentor"][0] == "certified"
    assert "certificate.json holds the proof" in goals["Most mentees with a mentor"][1]
    assert goals["Most sessions"] == ("solver", "No answer as good in the goals above has more sessions.")
    assert "Most pairs" not in goals
    assert "follows it without the solver" in pages["en"]


def test_without_a_certificate_the_solver_alone_has_proven_it(run):
    (run / "certificate.json").unlink()
    page = page_of(SAMPLE, run)
    assert goals_of(page)["Most mentees with a mentor"] == (
        "solver", "No other pairing that keeps the rules gives more mentees a mentor.",
    )  # fmt: skip
    assert "The solver has proven it." in page
    assert "holds the proof" not in page


def test_a_certificate_that_falls_short_proves_what_comes_before(run):
    add_certificate(run, ["mentees", "pairs", "rank 2"], [54, 54, -18], [54, 54, -17])
    told = {name[:10]: state for name, (state, _) in goals_of(page_of(SAMPLE, run)).items()}
    assert (told["Most mente"], told["Best ranks"]) == ("certified", "solver")


def test_what_is_not_proven_is_not_promised(run):
    def open_all(summary):
        summary["status"], summary["cut_short"] = "feasible", True
        for goal in summary["goals"]:
            goal["status"], goal["bound"] = "feasible", None
        summary["goals"][0]["bound"] = 57

    change_summary(run, open_all)
    (run / "certificate.json").unlink()
    page = page_of(SAMPLE, run)
    goals = goals_of(page)
    assert goals["Most mentees with a mentor"] == (
        "open", "More than 57 are impossible; whether anything between is possible is not known.",
    )  # fmt: skip
    assert goals["Most sessions"] == ("open", "Whether there is anything better is not known.")
    shown = Reader(page).text
    assert "Not proven: there may be a pairing that gives more mentees a mentor." in shown
    assert "Proven:" not in shown
    assert "The search was ended early" in shown
    assert "The same files give the same result" not in shown


@pytest.mark.parametrize(
    ("number", "said"), [(1, "ещё на 1 встречу по"), (2, "ещё на 2 встречи по"), (5, "ещё на 5 встреч по")]
)
def test_more_time_is_asked_for_in_good_russian(number, said):
    words = Words("ru")
    text = words("change.time", who="Анна", detail=words("change.sessions", n=number, minutes=45))
    assert text == f"Больше общего времени с наставником (Анна): {said} 45 мин."


def test_whoever_may_repeat_the_run_is_told_so(pages):
    assert "The same files give the same result again." in Reader(pages["en"]).text


def test_a_place_that_may_bring_something_is_not_said_to_bring_nothing(run):
    rows = rows_of(run / "bottlenecks.csv")
    free = next(row for row in rows if row["gain_mentees"] == row["gain_pairs"] == "0" and not row["gain_ranks"])
    free["gain_proven"] = "at most"
    write_rows(run / "bottlenecks.csv", list(rows[0]), rows)
    data = data_of(page_of(SAMPLE, run))
    said = dict(zip(named(data, data["gains"]["person"]), data["gains"]["text"], strict=True))
    assert data["texts"][said[free["mentor_id"]]] == "nothing, as far as is known"


def test_mentees_alone_may_be_proven(run):
    change_summary(run, lambda summary: summary["goals"][2].update(status="feasible", bound=None))
    (run / "certificate.json").unlink()
    state, text = verdict(Words("en"), story_of(SAMPLE, run).run)
    assert state == "open"
    assert text.startswith(
        "Proven: no other pairing that keeps the rules gives more mentees a mentor. Not everything"
    )


def test_a_cohort_that_has_changed_is_told(run, tmp_path):
    cohort = copy_of(SAMPLE, tmp_path / "cohort")
    with (cohort / "busy.csv").open("a", encoding="utf-8") as file:
        file.write("E001,2027-01-12T09:00,2027-01-12T10:00\n")
    page = page_of(cohort, run)
    data = data_of(page)
    assert "solved from another version of busy.csv" in Reader(page).text
    assert not any(data["people"]["turn"])
    assert set(data["pairs"]["number"]) == {-1}


# --- runs of all kinds --------------------------------------------------------------------------------------


def test_a_run_without_pairs_has_a_page(tmp_path):
    cohort = empty_cohort(tmp_path / "cohort")
    page = page_of(cohort, solved(cohort, tmp_path / "run"))
    assert headline(page) == {"served": 0, "first": 0, "unmatched": 1, "mentors": 0, "sessions": 0}
    shown = Reader(page).text
    assert "There are no pairs in this run." in shown
    assert "There are no sessions in this run." in shown
    assert data_of(page)["sessions"]["start"] == []


def test_a_run_that_serves_everybody_says_so(tmp_path):
    cohort = nasty_cohort(tmp_path / "cohort")
    (cohort / "preferences.csv").write_text("mentee_id,rank,mentor_id\na,1,m\n", "utf-8")
    page = page_of(cohort, solved(cohort, tmp_path / "run"))
    assert "Every mentee has a mentor." in Reader(page).text


def test_older_runs_have_a_page(run):
    (run / "bottlenecks.csv").unlink()
    (run / "certificate.json").unlink()
    for file, columns in {
        "choices.csv": ("standing",),
        "pairs.csv": ("standing",),
        "unmatched.csv": (
            "eligible_choices",
            "competitors",
            "places",
            "smallest_change",
            "suggestions",
            "group",
            "contested_mentors",
        ),
    }.items():
        drop_columns(run / file, columns)
    data = data_of(page_of(SAMPLE, run, programme__language="ru"))
    assert not data["knows_change"]
    assert not data["gains"]["person"]
    assert {verdict[1] for verdict in data["verdicts"]} == {None}


@pytest.mark.parametrize(
    ("file", "column", "text", "message"),
    [
        ("pairs.csv", "rank", "first", "pairs.csv: line 2, rank: 'first' is not a whole number from 0"),
        ("sessions.csv", "start", "noon", "sessions.csv: line 2, start: 'noon' is no time with an offset"),
        ("sessions.csv", "mentee_id", "nobody", "sessions.csv: line 2: a session of two who are no pair"),
        ("choices.csv", "rank", "", "choices.csv: line 2, rank: '' is not a whole number"),
        ("choices.csv", "mentee_id", "", "choices.csv: line 2, mentee_id: the id is missing"),
        ("choices.csv", "outcome", "lost", "choices.csv: line 2, outcome: 'lost' is not one of paired, self, "),
        ("choices.csv", "standing", "few", "choices.csv: line 2, standing: 'few' is not one of every, some, none"),
        ("unmatched.csv", "reason", "bad luck", "unmatched.csv: line 2, reason: 'bad luck' is not one of "),
        ("pairs.csv", "source", "", "pairs.csv: line 2, source: '' is not one of chosen, locked"),
    ],
)
def test_a_damaged_table_is_named(run, file, column, text, message):
    rows = rows_of(run / file)
    rows[0][column] = text
    write_rows(run / file, list(rows[0]), rows)
    with pytest.raises(InputError) as caught:
        page_of(SAMPLE, run)
    assert any(message in f"{fault.file}: {fault}" for fault in caught.value.faults), caught.value.faults


def test_the_end_of_a_session_may_not_come_before_its_start(run):
    rows = rows_of(run / "sessions.csv")
    rows[0]["end"] = rows[0]["start"]
    write_rows(run / "sessions.csv", list(rows[0]), rows)
    with pytest.raises(InputError, match="the end must come after the start"):
        page_of(SAMPLE, run)


def test_settings_of_the_run_are_told(tmp_path):
    cohort = nasty_cohort(tmp_path / "cohort")
    run = solved(cohort, tmp_path / "run", {"sessions.number": "fewest", "goals.rank": "min-cost"})
    page = page_of(cohort, run, sessions__number="fewest", goals__rank="min-cost")
    shown = Reader(page).text
    assert "sessions.number = fewest" in shown
    assert "Best ranks: the least sum of all ranks" in shown
    data = data_of(page)
    assert {data["texts"][text] for text in data["pairs"]["number"]} == {
        "This programme wants as few sessions as its rules allow."
    }


def test_addresses_that_were_set_for_the_run_are_not_told(tmp_path):
    cohort = nasty_cohort(tmp_path / "cohort")
    run = solved(cohort, tmp_path / "run", {"invitations.organiser_email": "lead@example.org", "goals.seed": 7})
    page = page_of(cohort, run)
    assert "goals.seed = 7" in page
    assert "lead@example.org" not in page


# --- comparison ---------------------------------------------------------------------------------------------


@pytest.fixture
def changed(sample, tmp_path):
    """An earlier run in which five mentees fared otherwise, and one took part who does not now."""
    earlier = copy_of(sample, tmp_path / "earlier")
    pairs, left = rows_of(earlier / "pairs.csv"), rows_of(earlier / "unmatched.csv")
    gained, moved, ranked = pairs[0], pairs[1], pairs[2]
    moved["mentor_id"], moved["mentor_name"] = "E999", "Somebody Else"
    ranked["rank"] = "5"
    now_lost = {**pairs[3], "mentee_id": left[0]["mentee_id"], "mentee_name": left[0]["name"]}
    gone = {**pairs[4], "mentee_id": "E998", "mentee_name": "Gone Away"}
    stays = [row for row in pairs[1:] if row is not gained]
    write_rows(
        earlier / "pairs.csv", list(pairs[0]), sorted([*stays, now_lost, gone], key=lambda row: row["mentee_id"])
    )
    lost = {
        **left[0],
        "mentee_id": gained["mentee_id"],
        "name": gained["mentee_name"],
        "smallest_change": "",
        "suggestions": "",
    }
    write_rows(earlier / "unmatched.csv", list(left[0]), [lost, *left[1:]])
    return earlier, {
        "gained": gained["mentee_id"], "lost": left[0]["mentee_id"], "mentor": moved["mentee_id"],
        "rank": ranked["mentee_id"], "left": "E998",
    }  # fmt: skip


def test_changes_between_two_runs_are_found(sample, changed):
    earlier, expected = changed
    data = data_of(page_of(SAMPLE, sample, earlier))
    compare = data["compare"]
    assert dict(zip(compare["kind"], named(data, compare["person"]), strict=True)) == expected
    row = compare["kind"].index("mentor")
    assert named(data, compare["before"][row]) == ["E999"]
    assert data["people"]["name"][data["people"]["id"].index("E999")] == "Somebody Else"
    row = compare["kind"].index("rank")
    assert compare["before_rank"][row] == [5]


@pytest.mark.parametrize(
    ("column", "text", "message"),
    [("rank", "first", r"pairs\.csv: rank: 'first' is not"), ("mentor_id", "", "has a row without an id")],
)
def test_a_damaged_run_is_not_compared(sample, changed, column, text, message):
    rows = rows_of(changed[0] / "pairs.csv")
    rows[0][column] = text
    write_rows(changed[0] / "pairs.csv", list(rows[0]), rows)
    with pytest.raises(MatcherError, match=message):
        page_of(SAMPLE, sample, changed[0])


def test_figures_of_two_runs_stand_side_by_side(sample, changed):
    page = page_of(SAMPLE, sample, changed[0])
    table = page.partition('class="data figures-compared"')[2].partition("</table>")[0]
    rows = re.findall(r"<tr><th[^>]*><span>(.*?)</span></th>" + r"<td[^>]*><span>(.*?)</span></td>" * 3, table)
    told = {label: figures for label, *figures in rows}
    assert told["Mentees with a mentor"] == ["55", "54", "\u22121"]
    assert told["Mentees"] == ["62", "61", "\u22121"]
    assert told["Sessions"] == ["360", "360", "0"]
    assert told["Pairs at rank 5"] == ["1", "0", "\u22121"]
    shown = Reader(page).text
    assert "1 mentee gains a mentor" in shown
    assert "1 mentee loses his mentor" in shown


def test_a_run_of_other_people_is_odd_to_compare_with(sample, tmp_path):
    run = copy_of(sample, tmp_path / "run")
    other = solved(nasty_cohort(tmp_path / "cohort"), tmp_path / "other")
    (warning,) = write_reports(read_cohort(SAMPLE), run, earlier=other).warnings
    assert str(warning) == f"has no mentee in common with {run}; is it the run to compare with?"
    assert warning.file == str(other)
    assert not write_reports(read_cohort(SAMPLE), run, earlier=sample).warnings


def test_a_run_compared_with_itself_has_no_changes(sample):
    page = page_of(SAMPLE, sample, sample, programme__language="ru")
    assert data_of(page)["compare"]["person"] == []
    assert "0 подопечных получают наставника" in Reader(page).text


def test_without_another_run_there_is_no_comparison(pages):
    assert data_of(pages["en"])["compare"] is None
    assert 'id="comparison"' not in pages["en"]


# --- the command --------------------------------------------------------------------------------------------


def test_the_command_writes_the_page(sample, tmp_path):
    run, other = copy_of(sample, tmp_path / "run"), copy_of(sample, tmp_path / "other")
    arguments = ["report", str(SAMPLE), str(run), "--compare", str(other), "--language", "ru"]
    result = CliRunner().invoke(cli, arguments, prog_name="matcher")
    assert result.exit_code == 0, result.output
    assert "report.html" in result.stdout
    page = (run / "report.html").read_text("utf-8")
    assert '<html lang="ru">' in page
    assert 'id="comparison"' in page
    assert not (other / "report.html").exists()


def test_solve_writes_the_page(tmp_path):
    cohort = nasty_cohort(tmp_path / "cohort")
    result = CliRunner().invoke(cli, ["solve", str(cohort), "-o", str(tmp_path / "run")], prog_name="matcher")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "run" / "report.html").exists()


def test_ranks_are_proven_in_the_sense_of_the_run(sample, tmp_path):
    run, cohort = copy_of(sample, tmp_path / "run"), copy_of(SAMPLE, tmp_path / "cohort")
    programme = cohort / "programme.toml"
    text = programme.read_text("utf-8")
    assert 'rank = "generous"' in text
    programme.write_text(text.replace('rank = "generous"', 'rank = "min-cost"'), "utf-8")
    write_reports(read_cohort(cohort), run)
    page = (run / "report.html").read_text("utf-8")
    assert "as few pairs as possible at the worst rank" in page
    assert "least sum of all ranks" not in page


def test_a_file_that_cannot_be_replaced_leaves_all_as_they_were(sample, tmp_path, monkeypatch):
    run = copy_of(sample, tmp_path / "run")
    write_reports(read_cohort(SAMPLE), run)
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    replace = Path.replace

    def busy(path, target):
        if ".results.xlsx" in path.name and Path(target).name == "results.xlsx" and path.suffix != ".old":
            raise PermissionError(13, "Permission denied")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", busy)
    with pytest.raises(TargetError, match=r"cannot be written \(Permission denied\)"):
        write_reports(read_cohort(SAMPLE, {"programme.language": "ru"}), run)
    assert {path.name: path.read_bytes() for path in run.iterdir()} == before


@pytest.mark.parametrize(
    ("edited", "said"),
    [
        (("pairs.csv", "sessions.csv"), "mentees_paired, pairs, sessions, outcomes"),
        (("unmatched.csv",), "mentees_unmatched"),
        (("choices.csv",), "choices"),
    ],
)
def test_nothing_is_told_of_tables_that_were_changed(sample, tmp_path, edited, said):
    run = copy_of(sample, tmp_path / "run")
    gone = rows_of(run / edited[0])[0]["mentee_id"]
    for file in edited:
        kept = [row for row in rows_of(run / file) if row["mentee_id"] != gone]
        write_rows(run / file, list(kept[0]), kept)
    with pytest.raises(MatcherError, match=rf"tables were changed since it was solved \({said}"):
        write_reports(read_cohort(SAMPLE), run)
    assert not (run / "report.html").exists()


def test_a_mentor_put_in_by_hand_is_noticed(sample, tmp_path):
    run = copy_of(sample, tmp_path / "run")
    rows = rows_of(run / "pairs.csv")
    old, new = (
        rows[0]["mentor_id"],
        next(row["mentor_id"] for row in rows if row["mentor_id"] != rows[0]["mentor_id"]),
    )
    rows[0]["mentor_id"] = new
    sessions = rows_of(run / "sessions.csv")
    for row in sessions:
        if (row["mentee_id"], row["mentor_id"]) == (rows[0]["mentee_id"], old):
            row["mentor_id"] = new
    write_rows(run / "pairs.csv", list(rows[0]), rows)
    write_rows(run / "sessions.csv", list(sessions[0]), sessions)
    with pytest.raises(MatcherError, match=r"tables were changed since it was solved \(outcomes are"):
        write_reports(read_cohort(SAMPLE), run)


@pytest.mark.parametrize(
    ("failure", "code", "said"),
    [
        (TargetError("run: cannot be written (No space left on device)"), 1, "No space"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_solve_tells_its_answer_though_the_page_cannot_be_written(tmp_path, monkeypatch, failure, code, said):
    def fail(*_arguments, **_keys):
        raise failure

    monkeypatch.setattr("matcher.report_files.write_reports", fail)
    cohort, run = nasty_cohort(tmp_path / "cohort"), tmp_path / "run"
    result = CliRunner().invoke(cli, ["solve", str(cohort), "-o", str(run)], prog_name="matcher")
    assert result.exit_code == code
    assert result.stdout.startswith("optimal: ")
    assert said in result.stderr
    assert (
        f"{run} itself is whole; to write what people read of it: matcher report {cohort} {run}" in result.stderr
    )
    assert (run / "pairs.csv").exists()


def test_tables_with_semicolons_give_the_same_page(tmp_path):
    cohort = nasty_cohort(tmp_path / "cohort")
    run = solved(cohort, tmp_path / "run", {"output.delimiter": ";"})
    with (run / "pairs.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    data = data_of(page_of(cohort, run, output__delimiter=";"))
    assert Counter(named(data, data["pairs"]["mentor"])) == Counter(row["mentor_id"] for row in rows)
