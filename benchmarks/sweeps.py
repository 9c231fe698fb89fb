"""A grid of cases as one sweep, or as separate processes; prints the sum of their answers as JSON."""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.parts import matcher

GRID: Mapping[str, list[Any]] = {
    "eligibility.same_function_gap": [0, 1, 2, 3, 4],
    "eligibility.cross_function_gap": [0, 1],
    "capacity.mentees_per_mentor": [2, 3],
    "sessions.minutes": [30, 45],
    "calendar.working_hours": ["09:00-18:00", "08:00-18:00", "09:00-19:00", "10:00-18:00", "09:00-17:00"],
}


def cases() -> Iterator[dict[str, Any]]:
    """Every combination, as keys with their values."""
    for values in itertools.product(*GRID.values()):
        yield dict(zip(GRID, values, strict=True))


def sweep(cohort: Path, folder: Path, workers: int) -> Iterator[Path]:
    """Solve them as one sweep."""
    lines = [f"{json.dumps(key)} = {json.dumps(values)}" for key, values in GRID.items()]
    file = folder / "scenarios.toml"
    file.write_text("\n".join(["[grid]", *lines]) + "\n", "utf-8")
    _run("sweep", cohort, file, "-o", folder / "sweep", "--workers", workers, "--quiet")
    runs = sorted((folder / "sweep" / "runs").iterdir())
    return (run for run in runs if run.name != "base")


def separate(cohort: Path, folder: Path, _workers: int) -> Iterator[Path]:
    """Solve each in a process of its own."""
    for number, settings in enumerate(cases()):
        keys = itertools.chain.from_iterable(("--set", f"{key}={value}") for key, value in settings.items())
        run = folder / str(number)
        _run("solve", cohort, "-o", run, *keys, "--no-report", "--workers", 1, "--quiet")
        yield run


def _run(*arguments: object) -> None:
    command = [matcher(), *map(str, arguments)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command


def added(runs: Iterator[Path]) -> dict[str, Any]:
    """The sum of all answers."""
    total, ranks, number = Counter[str](), Counter[int](), 0
    for run in runs:
        counts = json.loads((run / "summary.json").read_text("utf-8"))["counts"]
        total.update(
            {"mentees": counts["mentees_paired"], "pairs": counts["pairs"], "sessions": counts["sessions"]}
        )
        ranks.update(dict(enumerate(counts["rank_profile"], start=1)))
        number += 1
    if number != len(list(cases())):
        sys.exit(f"{number} runs instead of {len(list(cases()))}")
    return {"status": "optimal", "rank": [ranks[rank] for rank in range(1, max(ranks) + 1)], **total}


def main() -> None:
    """Solve all cases and print a line of JSON."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("how", choices=("sweep", "separate"))
    parser.add_argument("cohort", type=Path)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    solve = sweep if given.how == "sweep" else separate
    with tempfile.TemporaryDirectory(dir=given.cohort.parent) as scratch:
        print(json.dumps({"answer": added(solve(given.cohort, Path(scratch), given.workers))}))


if __name__ == "__main__":
    main()
