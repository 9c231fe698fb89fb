"""`matcher frontier`: what it writes and says, what it never replaces, what an interrupt leaves."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from cohorts import Spec, build, only, shuffled, write
from crowded import crowded_spec

from matcher import frontier_words
from matcher.cli import cli
from matcher.cli_frontier import AXES
from matcher.frontier_files import COLUMNS, KIND
from matcher.frontier_page import make_page
from matcher.frontier_points import NAMES, Figures, Front, Frontier, Point, make_front
from matcher.frontier_words import Words, lines, tell

ROOT = Path(__file__).resolve().parent.parent
HOURS = (("2027-03-01", "09:00", "11:00"), ("2027-03-08", "09:00", "11:00"))
SPEC = Spec(
    ("a F 1", "b F 1", "c F 1", "m G 3 2", "n F 3 2"),
    (("a", 1, "m"), ("b", 1, "m"), ("c", 2, "m"), ("c", 5, "n"), ("b", 3, "n")),
    tuple(row for name in "abcmn" for row in only(name, *HOURS)),
    programme={
        "programme": {"name": "Spring", "start": "2027-03-01", "end": "2027-03-19"},
        "sessions": {"month_rule": "none", "min_days_between": 7},
    },
)


@pytest.fixture
def cohort(tmp_path):
    return write(SPEC, tmp_path / "cohort")


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="matcher")
    assert result.exit_code == code, result.output
    return result


def table(folder):
    with (folder / "frontier.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_what_is_written(cohort, tmp_path):
    told = run("frontier", cohort, "-o", tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == KIND.files
    rows = table(tmp_path / "out")
    assert tuple(rows[0]) == COLUMNS
    assert rows[0] == {
        "axis": "own", "value": "", "mentees": "3", "bound": "", "pairs": "3", "rank_sum": "6",
        "rank_profile": "1:1 2:1 3:1", "worst_rank": "3", "sessions": "6", "fewest_sessions": "2",
        "largest_load": "2", "status": "optimal", "front": "", "setting": "",
    }  # fmt: skip
    ranks = [
        (row["mentees"], row["value"], row["bound"], row["sessions"]) for row in rows if row["axis"] == "ranks"
    ]
    assert ranks == [("3", "6", "6", ""), ("2", "2", "2", "")]
    assert {row["setting"] for row in rows} == {
        "", "goals.rank=min-cost", "sessions.minimum=2",
        "capacity.mentees_per_mentor=2", "capacity.mentees_per_mentor=1",
    }  # fmt: skip
    assert "4 trade-offs of at most 3 mentees with a mentor: 7 points, all proven; written to" in told.stdout
    assert told.stdout.count("\n") == 1
    assert "1 mentee fewer saves 4 ranks." in told.stderr
    assert "2 mentees at rank 1 only (1 mentee fewer)." in told.stderr


def test_json_and_axes_and_set(cohort, tmp_path):
    out = tmp_path / "out"
    told = run(
        *("frontier", cohort, "-o", out, "--json", "-q", "--axis", "load", "--axis", "ranks"),
        *("--set", "capacity.mentees_per_mentor=1", "--points", "2"),
    )
    data = json.loads(told.stdout)
    written = json.loads((out / "frontier.json").read_text("utf-8"))
    assert {key: data[key] for key in written} == written
    assert data["folder"] == str(out)
    assert [front["axis"] for front in data["fronts"]] == ["ranks", "load"]
    assert data["options"] == {
        "set": {"capacity.mentees_per_mentor": 1},
        "axes": ["ranks", "load"],
        "points": 2,
    }
    assert {"employees.csv", "preferences.csv", "programme.toml"} <= data["inputs"].keys()
    assert data["own"]["load"] == 1


def test_the_command_names_every_axis():
    assert AXES == NAMES


def test_the_same_bytes_for_any_number_of_workers_and_order_of_rows(tmp_path):
    for seed in (1, 2):
        spec = replace(crowded_spec(seed), pairs=())
        folders = [write(spec, tmp_path / f"{seed}"), write(shuffled(spec, 7), tmp_path / f"{seed} shuffled")]
        outs = []
        for workers, folder in enumerate(folders, start=1):
            out = tmp_path / f"{seed} {workers}"
            run("frontier", folder, "-o", out, "--workers", workers, "-q")
            outs.append({name: (out / name).read_bytes() for name in ("frontier.csv", "frontier.html")})
        assert outs[0] == outs[1]


def test_what_is_in_the_way_is_never_replaced(cohort, tmp_path):
    out = tmp_path / "out"
    run("frontier", cohort, "-o", out, "-q", "--axis", "load")
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    refused = run("frontier", cohort, "-o", out, code=1)
    assert "holds earlier trade-offs; give --overwrite to replace that" in refused.stderr
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    run("frontier", cohort, "-o", out, "-q", "--overwrite")
    assert len(table(out)) == 8
    (out / "notes.txt").write_text("mine")
    assert "also holds 'notes.txt'" in run("frontier", cohort, "-o", out, "--overwrite", code=1).stderr
    (tmp_path / "file").write_text("mine")
    assert "is a file" in run("frontier", cohort, "-o", tmp_path / "file", code=1).stderr
    assert "is a file; expected a folder" in run("frontier", cohort, "-o", tmp_path / "file" / "x", code=1).stderr
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "timings.json").write_text("{}")
    refused = run("frontier", cohort, "-o", tmp_path / "other", "--overwrite", code=1)
    assert "has no frontier.json of matcher" in refused.stderr
    run("frontier", cohort, "-o", cohort / "out", code=2)
    run("frontier", cohort, "-o", tmp_path / "new", "--axis", "price", code=2)
    run("frontier", cohort, "-o", tmp_path / "new", "--points", "1", code=2)
    assert not (tmp_path / "new").exists()


def test_a_disk_that_refuses_leaves_nothing(cohort, tmp_path, monkeypatch):
    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("matcher.result_folders.put_in_place", full)
    refused = run("frontier", cohort, "-o", tmp_path / "out", code=1)
    assert (
        "cannot be written (No space left on device: the disk is full; make room, then start again)"
        in refused.stderr
    )
    assert [path.name for path in tmp_path.iterdir()] == ["cohort"]


def test_locks_that_do_not_fit_are_named(tmp_path):
    spec = replace(SPEC, pairs=(("a", "n", "locked"),), availability=(*SPEC.availability, *only("a")[:0]))
    spec = replace(
        spec,
        availability=tuple(row for row in spec.availability if row[0] != "n")
        + only("n", ("2027-03-02", "09:00", "10:00")),
    )
    refused = run("frontier", write(spec, tmp_path / "cohort"), "-o", tmp_path / "out", code=1)
    assert "lock" in refused.stderr
    assert not (tmp_path / "out").exists()


SLOW = """
import sys
import matcher.frontier
from matcher.cli import main

search, calls = matcher.frontier.solve, []

def slow(cohort, *, stop, **options):
    calls.append(cohort)
    if len(calls) == 2:
        stop.wait(60)
    return search(cohort, stop=stop, **options)

matcher.frontier.solve = slow
main()
"""


@pytest.mark.skipif(os.name == "nt", reason="signals are sent differently")
def test_an_interrupt_writes_what_was_found(cohort, tmp_path):
    command = [sys.executable, "-c", SLOW, "frontier", cohort, "-o", tmp_path / "out", "-v"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(list(map(str, command)), env=environment, **pipes) as process:
        said = ""
        while "worst-rank: the most mentees at 2" not in said:
            line = process.stderr.readline()
            assert line, said
            said += line
        process.send_signal(signal.SIGINT)
        output, rest = process.communicate(timeout=60)
    assert process.returncode == 130, said + rest
    assert "so far" in output
    assert "It was interrupted" in rest
    rows = table(tmp_path / "out")
    assert [row["axis"] for row in rows] == ["own", "ranks", "ranks", "worst-rank"]
    assert json.loads((tmp_path / "out" / "frontier.json").read_text("utf-8"))["interrupted"] is True
    run("frontier", cohort, "-o", tmp_path / "out", "--overwrite", "-q")


# --- words and page -----------------------------------------------------------------------------------------


def test_both_languages_say_the_same():
    english, russian = frontier_words.ENGLISH, frontier_words.RUSSIAN
    assert english.keys() == russian.keys()
    for key, entry in english.items():
        texts = [t for one in (entry, russian[key]) for t in ([one] if isinstance(one, str) else one.values())]
        assert len({frozenset(re.findall(r"\{\w+\}", text)) for text in texts}) == 1, key
        assert isinstance(entry, str) == isinstance(russian[key], str), key


HOSTILE = "<script>alert(1)</script>\x1b[31m\u202e=cmd"


def test_a_hostile_name_is_harmless():
    programme = {**SPEC.programme, "programme": {**SPEC.programme["programme"], "name": HOSTILE}}
    cohort = build(replace(SPEC, programme=programme))
    figures = Figures(3, 3, 6, (1, 1, 1), 3, 2, 6, 2)
    front = Front("load", (Point("load", 2, 3, figures, "optimal", front=True),), 1, complete=True)
    page = make_page(cohort, Frontier(figures, "optimal", 0, 3, NAMES, (front,))).decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"(?:https?:)?//(?!www\.w3\.org)[a-z]", page)


def figures(mentees, rank_sum=0):
    return Figures(mentees, mentees, rank_sum, (mentees,), 1, 1, None, None)


def front(axis, *points, values=None, complete=True):
    made = [Point(axis, value, bound, mentees and figures(mentees, value), status, setting)
            for mentees, value, bound, status, setting in points]  # fmt: skip
    return make_front(axis, made, values or len(made), complete=complete)


def test_sentences():
    words = Words("en")
    load = front(
        "load",
        (9, 3, 9, "optimal", "x=3"),
        (9, 2, 9, "optimal", "x=2"),
        (None, 1, None, "impossible", "x=1"),
    )
    assert tell(words, load, figures(9)) == [
        "9 mentees with at most 2 mentees a mentor.",
        "All of them can be had with at most 2 mentees a mentor, stricter than the programme as it is.",
        "With at most 1 mentee a mentor: the locked pairs cannot keep that.",
    ]
    assert [point.front for point in load.points] == [False, True, False]
    ranks = front("ranks", (9, 20, 19, "feasible", "goals.rank=min-cost"), (7, 8, 8, "optimal", ""), values=3)
    assert tell(words, ranks, figures(9, 22)) == [
        "9 mentees with a sum of ranks of 20 (at least 19, not proven).",
        "The programme as it is has a sum of 22; --set goals.rank=min-cost gets the least.",
        "2 mentees fewer save 12 ranks.",
        "At 7 mentees all but locked pairs have the best rank there is; leaving out more helps no one.",
        "2 of 3 values were looked at; between them the line is not known.",
    ]
    assert not ranks.complete
    assert words.proof(ranks.points[0]) == "at least 19, not proven"
    assert words.proof(front("load", (9, 3, 10, "feasible", "")).points[0]) == "at most 10, not proven"
    assert words.proof(front("load", (9, 3, None, "feasible", "")).points[0]) == "not proven"
    late = front("sessions", (9, 3, 9, "optimal", ""), (None, 4, None, "no_solution", ""))
    assert (
        tell(words, late, figures(9))[-1]
        == "With at least 4 sessions each: the time limit came before any answer."
    )
    assert tell(words, front("load"), figures(0)) == ["Nobody can be paired, so there is nothing to trade."]
    alone = Frontier(
        figures(9), "optimal", 0, 9, NAMES, (front("load", (9, 1, 9, "optimal", "")),), interrupted=True
    )
    assert lines(alone)[-2:] == [
        "  Nothing can be won here by giving up mentees.",
        "It was interrupted: what had not been looked at by then is missing.",
    ]


def test_the_page_of_every_kind_of_point():
    cohort = build(SPEC)
    fronts = (
        front("ranks", (9, 20, 19, "feasible", "goals.rank=min-cost"), (7, 8, 8, "optimal", "")),
        front(
            "load", (9, 3, 9, "optimal", "x=3"), (9, 2, 9, "optimal", "x=2"), (None, 1, None, "impossible", "x=1")
        ),
        front("worst-rank"),
    )
    page = make_page(cohort, Frontier(figures(9, 22), "optimal", 5, 9, NAMES, fronts, interrupted=True)).decode()
    for said in (
        "at least 19, not proven",
        "impossible beside the locks",
        "no: another point has as many at a better value",
        "--set x=2",
        "What is not proven, or was left out, may lie beyond the line.",
        "The points that were looked at",
        "No pairing lies beyond the line",
        "It was interrupted",
        "Nobody can be paired",
    ):
        assert said in page, said
    assert page.count("<svg") == 4
    assert "--set x=1" not in page
