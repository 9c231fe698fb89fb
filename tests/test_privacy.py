"""What commands print of people, who may read what they write, and that nothing leaves the machine."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from matcher.case_run import Job
from matcher.cli import cli
from matcher.console import Terminal
from matcher.scenarios import Base, Case

ROOT = Path(__file__).resolve().parent.parent
PROGRAMME = """[programme]
name = "Spring"
start = 2027-01-11
end = 2027-03-05
timezone = "Europe/Moscow"
[eligibility]
same_function_gap = 5
[capacity]
mentees_per_mentor = 1
"""
PEOPLE = {
    "ID-101": ("Quentin Xylander", "Sales", 1),
    "ID-102": ("Жозефина Ёлкина", "Sales", 1),
    "ID-103": ("Umberto Zappa", "Law", 1),
    "ID-104": ("Theodora Quist", "Law", 1),
    "ID-105": ("Norbert Vacca", "Law", 2),
    "ID-191": ("Maximiliane Yperen", "Finance", 3),
    "ID-192": ("Wolfgang Kjeld", "Finance", 3),
}
PREFERENCES = """mentee_id,rank,mentor_id
ID-101,1,ID-191
ID-101,2,ID-192
ID-102,1,ID-191
ID-103,1,ID-192
ID-104,1,ID-105
"""
CALENDAR = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:x\r
BEGIN:VEVENT\r
UID:1\r
DTSTART:20270112T090000Z\r
DTEND:20270112T100000Z\r
SUMMARY:Dinner with Umberto Zappa\r
END:VEVENT\r
END:VCALENDAR\r
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder in which commands are given."""
    monkeypatch.chdir(tmp_path)
    return fill(tmp_path)


def fill(folder):
    """Put a cohort, calendars and a file of scenarios into the folder, which is the working one."""
    Path("co").mkdir()
    Path("ics").mkdir()
    Path("ics/ID-101.ics").write_text(CALENDAR)
    rows = "".join(
        f"{name},{title},{title.split()[0].lower()}@steel.example,{function},{level}\n"
        for name, (title, function, level) in PEOPLE.items()
    )
    Path("co/employees.csv").write_text("employee_id,name,email,function,level\n" + rows, "utf-8")
    Path("co/programme.toml").write_text(PROGRAMME)
    Path("co/preferences.csv").write_text(PREFERENCES)
    Path("co/busy.csv").write_text("employee_id,start,end\nID-101,2027-01-12,2027-01-13\n")
    Path("co/pairs.csv").write_text("mentee_id,mentor_id,status\nID-104,ID-105,locked\n")
    Path("cases.toml").write_text('[case.thirty]\nset."sessions.minutes" = 30\n')
    return folder


def steps():
    """Every command, with what must have been done before; between them somebody refuses."""
    yield "import-calendars ics co"
    yield "check co"
    yield "solve co -o first --prices"
    yield "verify co first"
    yield "report co first"
    yield "rerun co first"
    yield "calendars co first"
    yield "publish co first --on 2027-01-08"
    yield "REFUSE"
    yield "rematch co first --as-of 2027-02-01 -o second"
    yield "verify co second"
    yield "rehearse co second -o rehearsal --draws 2 --as-of 2027-02-01 --workers 1"
    yield "scenario co cases.toml"
    yield "scenario co cases.toml thirty -o other"
    yield "sweep co cases.toml -o sweep --workers 1"
    yield "compare first second -o compared"
    yield "frontier co -o frontier --points 3 --workers 1"
    dates = "--set programme.start=2027-04-12 --set programme.end=2027-06-04"
    yield f"solve co -o third --history first --no-report {dates}"
    yield "pseudonymise co -o under --key key/key.csv"
    yield "solve under -o hidden"
    yield "reveal hidden --key key/key.csv -o named"
    yield "generate made --employees 30 --mentees 5"
    yield "init sample"
    yield "explain co first ID-101"


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """Every command was given here, one after the other: the folder, what they printed, what was there before."""
    folder = tmp_path_factory.mktemp("given")
    printed = []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        fill(folder)
        before = set(folder.rglob("*"))
        former = os.umask(0o022)
        for step in steps():
            if step == "REFUSE":
                with Path("co/pairs.csv").open("a") as file:
                    file.write("ID-103,ID-192,refused\n")
                continue
            result = CliRunner().invoke(cli, step.split(), prog_name="matcher")
            assert result.exit_code == 0, (step, result.output)
            printed.append((step.split()[0], result))
        assert os.umask(former) == 0o022, "a command leaves umask as it was"
    return folder, printed, before


NAMES = {part for title, *_ in PEOPLE.values() for part in title.split()} | {"@steel"}
MAY_POINT = ("check", "rehearse")  # lists of people to act on, by their ids
OF_FILES = re.compile(r"^Warning: \S+\.csv|^  line \d+")


def test_no_command_prints_names_and_progress_no_ids(given):
    told = set()
    for name, result in given[1]:
        told.add(name)
        if name == "explain":  # is asked about somebody, and answers
            assert "Quentin Xylander" in result.stdout
            continue
        lines = [*result.stdout.splitlines(), *result.stderr.splitlines()]
        named = [line for line in lines for part in NAMES if part.casefold() in line.casefold()]
        assert not named, (name, named)
        if name not in MAY_POINT:
            pointed = [line for line in lines if re.search(r"ID-\d+", line) and not OF_FILES.search(line)]
            assert not pointed, (name, pointed)
    assert told == set(cli.commands)


@pytest.mark.usefixtures("place")
def test_a_lock_is_told_by_ids_and_by_names_only_when_asked():
    quiet = CliRunner().invoke(cli, ["solve", "co", "-o", "run", "--no-report"]).stderr
    assert "line 2: the lock of ID-104 with ID-105 counts" in quiet
    loud = CliRunner().invoke(cli, ["solve", "co", "-o", "run2", "--no-report", "--verbose"]).stderr
    assert "the lock of Theodora Quist (ID-104) with Norbert Vacca (ID-105)" in loud


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Anna (a) with Bo (b)", "a with b"),
        ("Anna (x) (a)", "Anna (x) (a)"),
        ("(a) Anna Anna (a)", "(a) Anna a"),
        ("Anna B (paused) (c): left (a)", "c: left (a)"),
        ("n (n)", "n (n)"),
    ],
)
def test_names_are_taken_off_ids(capsys, line, said):
    people = {"a": "Anna", "b": "Bo", "c": "Anna B (paused)", "n": ""}
    Terminal(people=people).say(line)
    Terminal(people=people, verbose=True).say(line)
    assert capsys.readouterr().err == f"{said}\n{line}\n"


@pytest.mark.usefixtures("place")
def test_json_is_whole():
    result = CliRunner().invoke(cli, ["check", "co", "--json"])
    assert json.loads(result.stdout)["ready"] is True


# --- who may read ------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_nobody_else_can_read_what_commands_write(given):
    folder, _, before = given
    found = [path for path in folder.rglob("*") if path not in before]
    assert len(found) > 80
    for path in found:
        mode, own = path.stat().st_mode & 0o777, path.parent.name == "key"
        assert mode == (0o600 if own else 0o750 if path.is_dir() else 0o640), path


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize(("umask", "mode"), [(0, 0o660), (0o077, 0o600)])
@pytest.mark.usefixtures("place")
def test_the_group_reads_what_umask_allows(umask, mode):
    former = os.umask(umask)
    try:
        assert CliRunner().invoke(cli, ["solve", "co", "-o", "run", "--no-report"]).exit_code == 0
    finally:
        os.umask(former)
    assert {path.stat().st_mode & 0o777 for path in Path("run").iterdir()} == {mode}


# --- the network -------------------------------------------------------------------------------------------

WATCH = """
import sys
def watch(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "urllib.Request"):
        if not isinstance(arguments[-1], (str, bytes)) or event != "socket.connect":  # a path is of this machine
            print("NETWORK", event, arguments[-1], file=sys.stderr)
sys.addaudithook(watch)
"""


def watched(place, *words):
    """Run Python so that it, and every Python that it starts, tells of the network."""
    (place / "watch").mkdir()
    (place / "watch" / "sitecustomize.py").write_text(WATCH)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(place / "watch"), str(ROOT)])}
    return subprocess.run([sys.executable, *words], check=False, capture_output=True, text=True, env=environment)


@pytest.mark.parametrize(
    "words", ["solve co -o run", "import-calendars ics co", "sweep co cases.toml -o sweep --workers 2"]
)
def test_nothing_is_sent_over_the_network(place, words):
    done = watched(place, "-m", "matcher", *words.split())
    assert done.returncode == 0, done.stderr
    assert "NETWORK" not in done.stderr


def test_the_watch_sees_a_connection_of_a_child(place):
    code = "import socket; socket.socket().connect_ex(('127.0.0.1', 9))"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}])"
    assert "NETWORK socket.connect ('127.0.0.1', 9)" in watched(place, "-c", parent).stderr


@pytest.mark.usefixtures("place")
def test_pages_load_nothing_from_elsewhere():
    assert CliRunner().invoke(cli, ["solve", "co", "-o", "run"]).exit_code == 0
    page = Path("run/report.html").read_text("utf-8")
    assert re.search(r"<script", page)
    loaded = re.findall(r"""(?:src|href|action|poster|data)\s*=\s*["'](?!#|data:)([^"']*)""", page)
    loaded += re.findall(
        r"url\((?![\"']?(?:#|data:))[^)]*\)|@import[^;]*|fetch\(|XMLHttpRequest|sendBeacon|WebSocket", page
    )
    assert [one for one in loaded if one.startswith(("http", "//", "url", "@import", "fetch", "XML"))] == []


@pytest.mark.usefixtures("place")
def test_calendars_leave_nothing_but_times():
    assert CliRunner().invoke(cli, ["import-calendars", "ics", "co"]).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(Path("co/busy.csv").read_text("utf-8-sig"))))
    assert {"ID-101"} == {row["employee_id"] for row in rows}
    for path in Path("co").iterdir():
        assert "Dinner" not in path.read_text("utf-8-sig"), path


# --- logs of other libraries -------------------------------------------------------------------------------


def test_what_a_cluster_may_log_of_a_job_holds_nobody(place):
    base = Base.open(place / "co")
    assert base.cohort(Case("base")).employees.names[0] == "Quentin Xylander"
    job = Job(Case("base"), 60, {}, files={"pairs.csv": (place / "co" / "employees.csv").read_bytes()})
    shown = repr((base, job))
    assert "employees" in shown
    assert not [part for part in (*NAMES, *PEOPLE) if part in shown]
