"""A quarter in which pairs refuse: the cohort as it is in the fifth week, and the run that was in force."""

from __future__ import annotations

import csv
import datetime as dt
import random
import shutil
import tomllib
from pathlib import Path

from benchmarks.measure import run
from benchmarks.parts import matcher

WEEKS = 4
"""So many weeks have passed."""


def refused(cohort: Path, share: float) -> tuple[Path, Path, dt.date]:
    """The cohort with a share of its pairs refused, the run that they are of, and the date of the rematch.

    Raises
    ------
    RuntimeError
        If the cohort cannot be solved.
    """
    first = cohort.parent / f"{cohort.name}-run"
    if not first.exists():
        told = run([matcher(), "solve", str(cohort), "-o", str(first), "--no-report"], 3600)
        if told.fault:
            raise RuntimeError(f"{cohort.name} cannot be solved: {told.fault}")
    now = cohort.parent / f"{cohort.name}-refused{share:g}"
    if not now.exists():
        shutil.copytree(cohort, now)
        _refuse(first, now, share)
    start: dt.date = tomllib.loads((cohort / "programme.toml").read_text("utf-8-sig"))["programme"]["start"]
    return now, first, start + dt.timedelta(weeks=WEEKS)


def _refuse(first: Path, now: Path, share: float) -> None:
    """Write rows of refusals of a seeded draw of pairs beside what pairs.csv holds."""
    with (first / "pairs.csv").open(encoding="utf-8-sig", newline="") as file:
        pairs = [(row["mentee_id"], row["mentor_id"]) for row in csv.DictReader(file) if row["source"] == "chosen"]
    table, known = now / "pairs.csv", list[dict[str, str]]()
    if table.exists():
        with table.open(encoding="utf-8-sig", newline="") as file:
            known = list(csv.DictReader(file))
    drawn = random.Random("refusals").sample(pairs, max(1, round(share * len(pairs))))  # noqa: S311 - no secret
    new = [{"mentee_id": mentee, "mentor_id": mentor, "status": "refused"} for mentee, mentor in sorted(drawn)]
    columns = list(dict.fromkeys([column for row in (*known, *new) for column in row]))
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows([*known, *new])
