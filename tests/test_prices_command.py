"""`matcher solve --prices`: what it writes and says, that --set repeats it, and what an interrupt leaves."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from answer_cohorts import seeded_spec
from best_pairings import ranks_text
from click.testing import CliRunner
from cohorts import Spec, only, write

from matcher.cli import cli

ROOT = Path(__file__).resolve().parent.parent
HOUR = ("2027-03-01", "09:00", "10:00")
SPEC = Spec(
    ("a F 1", "b F 1", "m G 3 1", "n F 2 1", "o G 3 1"),
    ("a m", "b m", "b n", ("a", 3, "o")),
    tuple(row for name in "abmno" for row in only(name, HOUR)),
    pairs=(("a", "o", "forbidden"), ("b", "n", "forbidden")),
    programme={"programme": {"start": "2027-03-01", "end": "2027-03-19"}, "sessions": {"month_rule": "none"}},
)


@pytest.fixture
def cohort(tmp_path):
    return write(SPEC, tmp_path / "cohort")


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="matcher")
    assert result.exit_code == code, result.output
    return result


def table(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def summary(folder):
    return json.loads((folder / "summary.json").read_text("utf-8"))


def test_prices_are_written_only_if_asked_for(cohort, tmp_path):
    run("solve", cohort, "-o", tmp_path / "run")
    assert not (tmp_path / "run" / "prices.csv").exists()
    run("solve", cohort, "-o", tmp_path / "run", "--overwrite", "--prices")
    rows = table(tmp_path / "run" / "prices.csv")
    assert len(rows) == 8
    assert rows[-2] == {
        "what": "forbidden", "subject": "a with o", "now": "forbidden", "relaxed": "",
        "mentees": "1", "pairs": "1", "ranks": "3:+1", "sessions": "1", "status": "optimal",
    }  # fmt: skip
    assert "pricing" in json.loads((tmp_path / "run" / "timings.json").read_text("utf-8"))
    run("verify", cohort, tmp_path / "run")


def test_verify_looks_at_prices(cohort, tmp_path):
    run("solve", cohort, "-o", tmp_path / "run", "--prices")
    file = tmp_path / "run" / "prices.csv"
    file.write_bytes(file.read_bytes().replace(b",14,7,", b",14,6,"))
    result = run("verify", cohort, tmp_path / "run", code=4)
    assert "line 5, relaxed: '6' must be '7'" in result.output


def test_what_is_said_of_prices(cohort, tmp_path):
    said = run("solve", cohort, "-o", tmp_path / "run", "--prices").stderr
    assert "What costs the most (prices.csv has every rule and decision, each relaxed alone):" in said
    assert "  a and o forbidden: 1 more pair, ranks 3:+1, 1 more session" in said
    data = json.loads(run("solve", cohort, "-o", tmp_path / "json", "--prices", "--json", "--quiet").stdout)
    assert data["prices"][-2] == {
        "what": "forbidden", "mentee_id": "a", "mentor_id": "o", "now": "forbidden", "relaxed": "",
        "mentees": 1, "pairs": 1, "ranks": "3:+1", "sessions": 1, "status": "optimal",
    }  # fmt: skip
    assert "prices" not in json.loads(run("solve", cohort, "-o", tmp_path / "none", "--json", "--quiet").stdout)


@pytest.mark.parametrize(
    ("scene", "seed"), [("limits", 0), ("hours", 1), ("rules", 2), ("months", 3), ("clash", 1)]
)
def test_set_repeats_every_rule(tmp_path, scene, seed):
    """`matcher solve --set key=relaxed` has exactly the figures of the row, also beside other keys set."""
    cohort = write(seeded_spec(scene, seed), tmp_path / "cohort")
    also = ["--set", "calendar.lunch=12:00-13:00", "--set", "calendar.working_hours=9:00-12:00,13:00-18:00"]
    run("solve", cohort, "-o", tmp_path / "run", "--prices", "--no-report", *also)
    before, rows = summary(tmp_path / "run"), table(tmp_path / "run" / "prices.csv")
    repeated = 0
    for row in rows:
        for column, same in (("now", True), ("relaxed", False)):
            if row["subject"]:
                continue
            again = tmp_path / f"{row['what']}.{column}"
            run("solve", cohort, "-o", again, "--no-report", *also, "--set", f"{row['what']}={row[column]}")
            after = summary(again)
            if same:
                assert after["goals"] == before["goals"]
                continue
            change = {name: after["counts"][name] - before["counts"][name] for name in ("pairs", "sessions")}
            change["mentees"] = after["counts"]["mentees_paired"] - before["counts"]["mentees_paired"]
            kind = after["goals"][2]["kind"]
            change["ranks"] = ranks_text(kind, profile(before), profile(after))
            assert {name: str(value) for name, value in change.items()} == {name: row[name] for name in change}
            assert row["status"] == after["status"]
            repeated += 1
    assert repeated >= 5


def profile(run_summary):
    return Counter(dict(enumerate(run_summary["counts"]["rank_profile"], start=1)))


def test_workers_change_nothing(tmp_path):
    cohort = write(seeded_spec("clash", 3), tmp_path / "cohort")
    for workers in (1, 3):
        run("solve", cohort, "-o", tmp_path / f"{workers}", "--prices", "--workers", workers)
    assert (tmp_path / "1" / "prices.csv").read_bytes() == (tmp_path / "3" / "prices.csv").read_bytes()


SLOW = """
import sys
import matcher.prices
from matcher.cli import main

search, calls = matcher.prices.solve, []

def slow(cohort, *, stop, **options):
    calls.append(cohort)
    if len(calls) == {call}:
        stop.wait(60)
    return search(cohort, stop=stop, **options)

matcher.prices.solve = slow
main()
"""


@pytest.mark.skipif(os.name == "nt", reason="signals are sent differently")
@pytest.mark.parametrize("call", [1, 3])
def test_an_interrupt_keeps_the_run_and_the_prices_so_far(cohort, tmp_path, call):
    command = [
        sys.executable,
        "-c",
        SLOW.format(call=call),
        "solve",
        cohort,
        "-o",
        tmp_path / "run",
        "-v",
        "--prices",
    ]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(list(map(str, command)), env=environment, **pipes) as process:
        said = ""
        while f"price {call} of 8" not in said:
            line = process.stderr.readline()
            assert line, said
            said += line
        process.send_signal(signal.SIGINT)
        output, rest = process.communicate(timeout=60)
    assert process.returncode == 130, said + rest
    assert output.startswith("optimal: 1 of 2 mentees paired")
    assert f"It was interrupted: prices.csv holds the first {call - 1} of 8 prices." in rest
    assert len(table(tmp_path / "run" / "prices.csv")) == call - 1
    assert summary(tmp_path / "run")["interrupted"] is False
    run("verify", cohort, tmp_path / "run")
