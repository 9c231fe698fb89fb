"""A run is the same bytes wherever and however matcher is started."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cohort_folder import write_folder

SAMPLE = Path(__file__).parent.parent / "data" / "nlmk-sample"
PLAIN = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
SURROUNDINGS = {
    "another zone, locale and order of sets": {
        "TZ": "Pacific/Auckland",
        "LC_ALL": "C",
        "LANG": "ru_RU.CP1251",
        "PYTHONHASHSEED": "77",
        "PYTHONUTF8": "0",
    },
    "a zone that changes its clock, without asserts and docstrings": {
        "TZ": "America/New_York",
        "LC_ALL": "tr_TR.UTF-8",
        "PYTHONHASHSEED": "random",
        "PYTHONOPTIMIZE": "2",
    },
}


def solved(cohort, run, surroundings, *options, cwd=None):
    """What `matcher solve` writes and says in these surroundings."""
    kept = {name: text for name, text in os.environ.items() if name in ("PATH", "HOME", "TMPDIR", "SYSTEMROOT")}
    command = [sys.executable, "-m", "matcher", "solve", cohort, "-o", run, *options]
    told = subprocess.run(command, env=kept | surroundings, cwd=cwd, capture_output=True, check=False)
    assert told.returncode == 0, told.stderr
    files = {path.relative_to(run).as_posix(): path.read_bytes() for path in run.rglob("*") if path.is_file()}
    files.pop("timings.json")
    return files


@pytest.mark.parametrize("surroundings", SURROUNDINGS.values(), ids=SURROUNDINGS)
def test_a_run_with_all_its_pages_is_the_same_bytes(surroundings, tmp_path):
    (tmp_path / "cohort").mkdir()
    cohort = write_folder(tmp_path / "cohort", pairs__csv="mentee_id,mentor_id,status\na,n,forbidden\n")
    one = solved(cohort, tmp_path / "one", PLAIN, "--prices")
    other = solved(cohort, tmp_path / "other", surroundings, "--prices", cwd=tmp_path)
    assert one.keys() == other.keys()
    assert {"report.html", "results.xlsx", "messages.csv", "prices.csv"} <= one.keys()
    assert [name for name in one if one[name] != other[name]] == []


def test_the_sample_is_the_same_bytes_with_one_worker_and_with_more(tmp_path):
    one = solved(SAMPLE, tmp_path / "one", PLAIN, "--no-report", "--workers", "1")
    other = solved(
        SAMPLE, tmp_path / "other", *[SURROUNDINGS[next(iter(SURROUNDINGS))]], "--no-report", "--workers", "3"
    )
    assert [name for name in one if one[name] != other[name]] == []
