"""Runs under pseudonyms: nobody can be found in them without the key, and with it everybody."""

from __future__ import annotations

import base64
import csv
import hashlib
import html
import io
import json
import os
import re
import shutil
import tempfile
import threading
import urllib.parse
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.cli import cli
from matcher.errors import InputError, MatcherError
from matcher.io import read_cohort
from matcher.pseudonym_key import PSEUDONYM, extend_key, read_key

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "nlmk-sample"
PEOPLE = {  # id: name, e-mail, function, level, manager
    "EMP-70011": ("Quentin Xylander", "quentin.xylander@steel.example", "Sales", "1", "EMP-70091"),
    "EMP-70012": ("Жозефина Ёлкина", "zhozefina@steel.example", "Sales", "1", ""),
    "EMP-70013": ('<b>Umberto</b> & "Zed" O\'Neil', "umberto@steel.example", "Law", "1", ""),
    "EMP-70014": ("=cmd|' /C calc'!A0", "zyqfrm@steel.example", "Law", "1", ""),
    "0070091": ("Maximiliane Yperen", "max.yperen@steel.example", "Finance", "3", ""),
    "EMP-70092": ("Wolfgang Kjærgård", "kjaer@steel.example", "Finance", "3", ""),
}
PEOPLE["EMP-70011"] = (*PEOPLE["EMP-70011"][:4], "0070091")
PROGRAMME = """# written by Quentin Xylander
[programme]
name = "Mentoring of Maximiliane Yperen"
start = 2027-01-11
end = 2027-03-05
timezone = "Europe/Moscow"
[capacity]
mentees_per_mentor = 1
[invitations]
organiser_name = "Wolfgang Kjærgård"
organiser_email = "kjaer@steel.example"
description = "Questions: quentin.xylander@steel.example"
"""
PREFERENCES = """mentee_id,rank,mentor_id,remark
Quentin Xylander,1,max.yperen@steel.example,Umberto is my friend
EMP-70011,2,EMP-70092,
EMP-70012,1,70091,
EMP-70013,1,EMP-70092,
EMP-70013,2,EMP-99999,
EMP-70014,1,EMP-70092,
"""
OTHERS = {
    "busy.csv": "employee_id,start,end,title\nEMP-70011,2027-01-12,2027-01-13,Dinner with Umberto\n",
    "availability.csv": "employee_id,day,start,end\nEMP-70092,mon,10:00,15:00\n",
    "absences.csv": "employee_id,start,end\nEMP-70012,2027-02-01,2027-02-03\n",
    "pairs.csv": "mentee_id,mentor_id,status\nEMP-70014,EMP-70092,past\n",
    "letters.csv": "kind,language,subject,text\nmentee_paired,en,Hi,Ask Quentin Xylander\n",
}


@pytest.fixture
def cohort(tmp_path):
    folder = tmp_path / "people of Quentin Xylander"
    folder.mkdir()
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["employee_id", "name", "email", "function", "level", "manager_id", "notes"])
    rows.writerows((name, *person, "likes Umberto") for name, person in PEOPLE.items())
    files = {
        "programme.toml": PROGRAMME,
        "employees.csv": out.getvalue(),
        "preferences.csv": PREFERENCES,
        **OTHERS,
    }
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def matcher(*words, code=0):
    result = CliRunner().invoke(cli, [str(word) for word in words], prog_name="matcher")
    assert result.exit_code == code, (result.stdout, result.stderr, result.exception)
    return result


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


# --- nothing of anybody ------------------------------------------------------------------------------------


def needles():
    """Whatever would give somebody of the cohort away, in the forms in which it may stand in a file."""
    words = {*PEOPLE, "70091", "EMP-99999", "Dinner with", "my friend", "likes Um", "written by"}
    for name, email, *_ in PEOPLE.values():
        words |= {name, email, email.partition("@")[0], *re.findall(r"\w{5,}", name)}
    for name in PEOPLE:
        words |= {hashlib.sha256(text.encode()).hexdigest() for text in (name, f"0|2027-01-11|{name}")}
    forms = set()
    for word in words:
        for text in (word, word.casefold(), html.escape(word), json.dumps(word)[1:-1], urllib.parse.quote(word)):
            forms |= {text.encode(), text.encode("utf-16-le"), text.encode("utf-8").hex().encode()}
            forms |= {text.encode("cp1251", "ignore"), text.encode("cp1252", "ignore")}
    return {form for form in forms if len(form) > 4}


NEEDLES = needles()


def contents(path):
    """Every content of a file: its bytes, what is packed in it, what is written in it as base64."""
    waiting = [path.read_bytes()]
    while waiting:
        content = waiting.pop()
        yield content
        yield content.lower()
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                yield "\n".join(book.namelist()).encode()
                waiting += [book.read(name) for name in book.namelist()]
        for others in (b"+/", b"-_"):
            for text in re.findall(rb"[A-Za-z0-9%b]{24,}" % re.escape(others), content):
                for cut in range(4):
                    part = text[cut:]
                    yield base64.b64decode(part + b"A" * (-len(part) % 4), others)


def found_in(folder):
    """File and needle of everything that gives somebody away in a folder."""
    leaks = []
    for path in sorted(folder.rglob("*")):
        where = str(path.relative_to(folder))
        leaks += [(where, needle) for needle in NEEDLES if needle in where.encode()]
        if path.is_file():
            some = list(contents(path))
            leaks += [(where, needle) for needle in NEEDLES for content in some if needle in content]
    return leaks


def test_no_byte_of_a_run_tells_of_anybody(cohort, tmp_path):
    key, run = tmp_path / "key.csv", tmp_path / "run"
    solved = matcher("solve", cohort, "-o", run, "--pseudonymise", key, "--prices")
    assert {"report.html", "results.xlsx", "messages.csv", "prices.csv"} <= {path.name for path in run.iterdir()}
    matcher("report", cohort, run, "--pseudonymise", key, "--language", "ru")
    assert found_in(run) == []
    assert len(rows_of(run / "pairs.csv")) == 2
    assert not [needle for needle in NEEDLES if needle in solved.stdout.encode()]


def test_nor_does_the_cohort_under_pseudonyms(cohort, tmp_path):
    matcher("pseudonymise", cohort, "-o", tmp_path / "under", "--key", tmp_path / "key.csv")
    assert found_in(tmp_path / "under") == []
    names = {path.name for path in (tmp_path / "under").iterdir()}
    assert names == {"programme.toml", "employees.csv", "preferences.csv"} | OTHERS.keys() - {"letters.csv"}


def test_the_search_finds_people_where_they_are(cohort, tmp_path):
    matcher("solve", cohort, "-o", tmp_path / "run")
    leaky = {name for name, _ in found_in(tmp_path / "run")}
    assert {"report.html", "results.xlsx", "messages.csv", "pairs.csv", "choices.csv", "sessions.csv"} <= leaky
    (tmp_path / "other").mkdir()
    coded = base64.b64encode(b"x" * 40 + "Ёлкина".encode())
    (tmp_path / "other" / "page.html").write_bytes(b"<img src='data:x;base64," + coded + b"'>")
    assert [name for name, _ in found_in(tmp_path / "other")]


def test_a_repaired_run_tells_of_nobody(cohort, tmp_path):
    key, run, new = (tmp_path / name for name in ("key.csv", "run", "new"))
    matcher("solve", cohort, "-o", run, "--pseudonymise", key, "--no-report")
    real = {person.pseudonym: name for name, person in read_key(key).people.items()}
    ended = rows_of(run / "pairs.csv")[0]
    with (cohort / "pairs.csv").open("a", encoding="utf-8") as file:
        file.write(f"{real[ended['mentee_id']]},{real[ended['mentor_id']]},refused\n")
    words = ("rematch", cohort, run, "--as-of", "2027-02-01", "-o", new, "--pseudonymise", key)
    matcher(*words)
    assert found_in(new) == []
    assert [row["mentee_id"] for row in rows_of(new / "ended.csv")] == [ended["mentee_id"]]
    matcher("verify", cohort, new, "--pseudonymise", key)


# --- who is who --------------------------------------------------------------------------------------------


def test_the_key_gives_the_tables_back_with_ids_and_names(cohort, tmp_path):
    key, run, named = (tmp_path / name for name in ("key.csv", "run", "named"))
    matcher("solve", cohort, "-o", run, "--pseudonymise", key)
    matcher("reveal", run, "--key", key, "-o", named)
    real = {person.pseudonym: name for name, person in read_key(key).people.items()}
    assert set(real.values()) == {*PEOPLE, "EMP-99999"}
    for row, told in zip(rows_of(run / "pairs.csv"), rows_of(named / "pairs.csv"), strict=True):
        assert told["mentee_id"] == real[row["mentee_id"]]
        assert told["mentor_name"] == PEOPLE[real[row["mentor_id"]]][0]
    assert {path.name for path in named.iterdir()} == {path.name for path in run.glob("*.csv")}
    for path in named.iterdir():
        assert not PSEUDONYM.search(path.read_text("utf-8")), path
    letters = {row["employee_id"]: row for row in rows_of(named / "messages.csv")}
    assert letters["0070091"]["email"] == "max.yperen@steel.example"
    assert "'=cmd" in (named / "messages.csv").read_text("utf-8"), "a name is no formula here either"


def cut(path):
    path.write_text("")


def ragged(path):
    path.write_text(path.read_text("utf-8") + "x,y\n", "utf-8")


def unclosed(path):
    path.write_text(path.read_text("utf-8") + '"' + "x" * 200_000, "utf-8")


def pipe(path):
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [(cut, "is empty"), (ragged, "2 fields"), (unclosed, "never closed"), (pipe, "no ordinary file")],
)
def test_tables_that_cannot_be_read_are_told_with_their_names(cohort, tmp_path, spoil, message):
    key, run, named = (tmp_path / name for name in ("key.csv", "run", "named"))
    matcher("solve", cohort, "-o", run, "--no-report", "--pseudonymise", key)
    spoil(run / "pairs.csv")
    said = matcher("reveal", run, "--key", key, "-o", named, code=1).output
    assert "pairs.csv" in said
    assert message in said
    assert not named.exists()


def test_the_answer_is_as_good_and_its_choices_are_judged_alike(tmp_path):
    key, real, under, named = (tmp_path / name for name in ("key.csv", "real", "under", "named"))
    matcher("solve", SAMPLE, "-o", real, "--no-report")
    matcher("solve", SAMPLE, "-o", under, "--no-report", "--pseudonymise", key)
    matcher("reveal", under, "--key", key, "-o", named)
    goals = [json.loads((run / "summary.json").read_text("utf-8"))["goals"] for run in (real, under)]
    assert [(one["name"], one["value"]) for one in goals[0]] == [(one["name"], one["value"]) for one in goals[1]]

    def judged(folder):
        decided = ("paired", "other_choice_taken", "mentor_full", "schedule_conflict")  # by the draw, among others
        return {
            (row["mentee_id"], row["mentor_id"], row["rank"], row["outcome"] in decided or row["outcome"])
            for row in rows_of(folder / "choices.csv")
        }

    assert judged(real) == judged(named)
    for code, words in ((0, ("--pseudonymise", key)), (4, ())):
        matcher("verify", SAMPLE, under, *words, code=code)


def test_without_ties_the_pairs_are_the_same(cohort, tmp_path):
    (cohort / "preferences.csv").write_text(
        "mentee_id,rank,mentor_id\nEMP-70011,1,0070091\nEMP-70013,1,EMP-70092\n"
    )
    matcher("solve", cohort, "-o", tmp_path / "run", "--no-report")
    matcher("solve", cohort, "-o", tmp_path / "under", "--no-report", "--pseudonymise", tmp_path / "key.csv")
    matcher("reveal", tmp_path / "under", "--key", tmp_path / "key.csv", "-o", tmp_path / "named")
    pairs = [
        {(row["mentee_id"], row["mentor_id"], row["sessions"]) for row in rows_of(folder / "pairs.csv")}
        for folder in (tmp_path / "run", tmp_path / "named")
    ]
    assert pairs[0] == pairs[1]
    assert len(pairs[0]) == 2


def test_one_key_gives_the_same_bytes_by_either_way(cohort, tmp_path):
    key, under = tmp_path / "key.csv", tmp_path / "under"
    matcher("solve", cohort, "-o", tmp_path / "one", "--pseudonymise", key)
    matcher("pseudonymise", cohort, "-o", under, "--key", key)
    matcher("solve", under, "-o", tmp_path / "two")
    for path in (tmp_path / "one").iterdir():
        if path.name != "timings.json":
            assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name
    matcher("verify", under, tmp_path / "one")
    matcher("rerun", cohort, tmp_path / "one", "--pseudonymise", key)


def test_people_keep_their_pseudonyms_and_new_ones_get_theirs(cohort, tmp_path):
    key = tmp_path / "key.csv"
    matcher("pseudonymise", cohort, "-o", tmp_path / "one", "--key", key)
    before, text = read_key(key), key.read_bytes()
    matcher("pseudonymise", cohort, "-o", tmp_path / "two", "--key", key)
    assert key.read_bytes() == text
    with (cohort / "employees.csv").open("a", encoding="utf-8") as file:
        file.write("EMP-70000,Newcomer,,Law,1,,\n")
    matcher("pseudonymise", cohort, "-o", tmp_path / "three", "--key", key)
    after = read_key(key)
    assert after.people.keys() - before.people.keys() == {"EMP-70000"}
    assert all(after.people[name] == person for name, person in before.people.items())
    matcher("pseudonymise", cohort, "-o", tmp_path / "four", "--key", tmp_path / "another.csv")
    other = read_key(tmp_path / "another.csv")
    assert not set(other.pseudonyms.values()) & set(after.pseudonyms.values()), "they follow from nothing"


def test_rows_are_in_an_order_of_their_own(tmp_path):
    key = tmp_path / "key.csv"
    matcher("pseudonymise", SAMPLE, "-o", tmp_path / "under", "--key", key)
    for name in ("employees", "preferences", "busy"):
        rows = [next(iter(row.values())) for row in rows_of(tmp_path / "under" / f"{name}.csv")]
        assert rows == sorted(rows)
    real = {person.pseudonym: name for name, person in read_key(key).people.items()}
    ids = [real[row["employee_id"]] for row in rows_of(tmp_path / "under" / "employees.csv")]
    assert ids != sorted(ids)


def test_a_workbook_is_put_under_pseudonyms_as_well(tmp_path):
    matcher("init", tmp_path / "book.xlsx")
    matcher("pseudonymise", tmp_path / "book.xlsx", "-o", tmp_path / "under", "--key", tmp_path / "key.csv")
    one, two = read_cohort(tmp_path / "book.xlsx"), read_cohort(tmp_path / "under")
    assert (len(one.employees), len(one.choices), len(one.busy)) == (
        len(two.employees), len(two.choices), len(two.busy)
    )  # fmt: skip
    assert not set(one.employees.ids) & set(two.employees.ids)
    assert not any(two.employees.names)


# --- the key -----------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_the_key_is_for_its_owner_alone(tmp_path):
    for people in ({"a": ("", "")}, {"b": ("", "")}):
        extend_key(tmp_path / "key.csv", people)
        assert (tmp_path / "key.csv").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key.csv"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("0070091", "70091", "'70091' is not what was written here"),
        ("Quentin", "Q.", None),  # a name may be corrected
        ("pseudonym,", "who,", "no column 'pseudonym'"),
    ],
)
def test_a_key_that_a_spreadsheet_has_changed_is_left_alone(cohort, tmp_path, old, new, said):
    key = tmp_path / "key.csv"
    extend_key(key, {name: person[:2] for name, person in PEOPLE.items()})
    key.write_text(key.read_text("utf-8").replace(old, new), "utf-8")
    text = key.read_bytes()
    words = ("pseudonymise", cohort, "-o", tmp_path / "under", "--key", key)
    if said is None:
        matcher(*words)
        return
    assert said in matcher(*words, code=1).stderr
    assert (key.read_bytes(), (tmp_path / "under").exists()) == (text, False)


def test_lines_that_stand_twice_are_told(tmp_path):
    key = tmp_path / "key.csv"
    extend_key(key, {"a": ("", "")})
    lines = key.read_text("utf-8")
    key.write_text(lines + lines.splitlines()[1] + "\n", "utf-8")
    with pytest.raises(InputError, match="stands here twice"):
        read_key(key)


def test_what_is_no_key_is_never_written_over(cohort, tmp_path):
    for name in ("folder", "notes.csv"):
        (tmp_path / "folder").mkdir(exist_ok=True)
        (tmp_path / "notes.csv").write_text("my notes\n")
        words = ("solve", cohort, "-o", tmp_path / "run", "--pseudonymise", tmp_path / name)
        assert matcher(*words, code=1).stderr
    assert (tmp_path / "notes.csv").read_text() == "my notes\n"
    assert not (tmp_path / "run").exists()


@given(st.dictionaries(st.text(min_size=1, max_size=9), st.tuples(st.text(max_size=9), st.just("")), max_size=5))
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_any_id_comes_back_from_the_file(people):
    people = {
        name.strip(): (title.strip(), email)
        for name, (title, email) in people.items()
        if name.strip() and "\0" not in name + title and (name + title).isprintable()
    }
    with tempfile.TemporaryDirectory() as folder:
        key = extend_key(Path(folder) / "key.csv", people)
        assert read_key(Path(folder) / "key.csv") == key
        assert {name: (one.name, one.email) for name, one in key.people.items()} == people


def test_commands_at_the_same_time_lose_nobody(tmp_path):
    key, found = tmp_path / "key.csv", []

    def extend(number):
        found.extend(extend_key(key, {f"{number}-{i}": ("", "")}).people.items() for i in range(8))

    threads = [threading.Thread(target=extend, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    people = read_key(key).people
    assert len(found) == 32
    assert all(people[name] == person for some in found for name, person in some)


def test_no_two_people_share_a_pseudonym_and_none_is_anybodys_id(tmp_path, monkeypatch):
    letters = iter("22222222" * 3 + "33333333" + "22222222" + "44444444")
    monkeypatch.setattr("matcher.pseudonym_key.secrets.choice", lambda _letters: next(letters))
    key = extend_key(tmp_path / "key.csv", {"a": ("", ""), "b": ("", "")}, taken={"P22222222"})
    assert key.pseudonyms == {"a": "P33333333", "b": "P44444444"}


# --- what is refused ---------------------------------------------------------------------------------------


def test_the_key_never_lies_in_what_is_handed_on(cohort, tmp_path):
    run = tmp_path / "run"
    for place in (run / "key.csv", cohort / "key.csv", run):
        assert "must not lie in" in matcher("solve", cohort, "-o", run, "--pseudonymise", place, code=2).stderr
    words = ("pseudonymise", cohort, "-o", tmp_path / "under", "--key", tmp_path / "under" / "key.csv")
    assert "must not lie in" in matcher(*words, code=2).stderr
    assert {path.name for path in tmp_path.iterdir()} == {cohort.name}


@pytest.mark.parametrize("setting", ["programme.name=Quentin", "invitations.location=Room of Umberto"])
def test_free_text_is_not_set_under_pseudonyms(cohort, tmp_path, setting):
    words = ("solve", cohort, "-o", tmp_path / "run", "--pseudonymise", tmp_path / "key.csv", "--set", setting)
    assert "may name somebody" in matcher(*words, code=2).stderr
    assert not (tmp_path / "key.csv").exists()


def test_runs_with_ids_do_not_come_among_pseudonyms(cohort, tmp_path):
    key, run = tmp_path / "key.csv", tmp_path / "real"
    matcher("solve", cohort, "-o", run, "--no-report")
    matcher("pseudonymise", cohort, "-o", tmp_path / "under", "--key", key)
    for words in (
        ("solve", cohort, "-o", tmp_path / "new", "--history", run),
        ("rematch", cohort, run, "--as-of", "2027-02-01", "-o", tmp_path / "new"),
        ("report", cohort, run),
        ("verify", cohort, run),
    ):
        assert "is not under pseudonyms of this key" in matcher(*words, "--pseudonymise", key, code=1).stderr
    assert not (tmp_path / "new").exists()


def test_an_id_may_look_like_a_rank(tmp_path):
    """pairs.csv then holds cells that are the same as somebody's id, and are none."""
    files = {
        "programme.toml": '[programme]\nstart = 2027-01-11\nend = 2027-03-05\ntimezone = "Europe/Moscow"\n',
        "employees.csv": "employee_id,name,function,level\n1,Ann,Sales,1\n2,Bob,Sales,1\n3,Mia,Sales,3\n",
        "preferences.csv": "mentee_id,rank,mentor_id\n1,1,3\n2,2,3\n",
    }
    folder, key, run = tmp_path / "cohort", tmp_path / "key.csv", tmp_path / "run"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    matcher("solve", folder, "-o", run, "--pseudonymise", key, "--no-report")
    assert {row["rank"] for row in rows_of(run / "pairs.csv")} <= set("123")
    matcher("verify", folder, run, "--pseudonymise", key)
    matcher("rerun", folder, run, "--pseudonymise", key)


def test_a_run_needs_the_key_that_it_was_solved_with(cohort, tmp_path):
    run = tmp_path / "run"
    matcher("solve", cohort, "-o", run, "--pseudonymise", tmp_path / "key.csv", "--no-report")
    lost = matcher("verify", cohort, run, "--pseudonymise", tmp_path / "lost.csv", code=1)
    assert "there is no such key file" in lost.stderr
    assert not (tmp_path / "lost.csv").exists()
    matcher("pseudonymise", cohort, "-o", tmp_path / "under", "--key", tmp_path / "other.csv")
    matcher("verify", cohort, run, "--pseudonymise", tmp_path / "other.csv", code=4)
    words = ("reveal", run, "--key", tmp_path / "other.csv", "-o", tmp_path / "named")
    assert "holds no pseudonym of this key" in matcher(*words, code=1).stderr
    with pytest.raises(MatcherError):
        read_key(tmp_path / "lost.csv")


def test_a_cohort_with_faults_names_its_own_lines_and_leaves_no_key(cohort, tmp_path):
    shutil.copy(cohort / "employees.csv", tmp_path / "kept.csv")
    (cohort / "employees.csv").write_text("employee_id,function,level\na,Law,high\n")
    words = ("solve", cohort, "-o", tmp_path / "run", "--pseudonymise", tmp_path / "key.csv")
    assert "line 2, level: 'high' is not a whole number" in matcher(*words, code=1).stderr
    assert not (tmp_path / "key.csv").exists()
    book = ("--errors", tmp_path / "errors.xlsx")
    assert "without --pseudonymise" in matcher(*words, *book, code=2).stderr


def test_nothing_stays_in_the_folder_for_temporary_files(cohort, tmp_path, monkeypatch):
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    words = ("solve", cohort, "-o", tmp_path / "run", "--pseudonymise", tmp_path / "key.csv", "--no-report")
    matcher(*words)
    matcher(*words, code=1)
    assert not list((tmp_path / "scratch").iterdir())


def test_warnings_are_of_the_files_as_they_are(cohort, tmp_path):
    (cohort / "busy.csv").write_text(
        "employee_id,start,end\nEMP-70011,2027-01-12,2027-01-13\nnobody,2027-01-12,2027-01-13\n"
    )
    words = ("solve", cohort, "-o", tmp_path / "run", "--pseudonymise", tmp_path / "key.csv", "--no-report")
    assert matcher(*words).stderr.count("line 3") == 1
