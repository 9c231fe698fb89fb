"""The cohorts that everybody is measured on: invented companies, and odd shapes made from them.

`python -m benchmarks.cohorts FOLDER ...` makes one in a process of its own and prints its size as JSON.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.measure import run


@dataclass(frozen=True)
class Plan:
    """A cohort to be made: a company of `mentees` and ten thirds as many employees unless it says otherwise.

    `busy` is the number of busy intervals a person; `shape` is "" for the company as it is made.
    """

    mentees: int
    employees: int = 0
    busy: int = 100
    shape: str = ""

    @property
    def name(self) -> str:
        """Folder name: another plan has another one."""
        staff = self.employees or -(-self.mentees * 10 // 3)
        return f"employees{staff}-mentees{self.mentees}-busy{self.busy}{self.shape and '-' + self.shape}"

    @property
    def staff(self) -> int:
        """Number of employees."""
        return self.employees or -(-self.mentees * 10 // 3)


def ensure(plan: Plan, folder: Path) -> tuple[Path, dict[str, int]]:
    """Make the cohort below `folder` unless it is there; its place and its size.

    Raises
    ------
    RuntimeError
        If it cannot be made.
    """
    cohort, size = folder / plan.name, folder / f"{plan.name}.json"
    if not size.exists():
        told = run([sys.executable, "-m", "benchmarks.cohorts", str(cohort), json.dumps(asdict(plan))], 3600)
        if told.fault:
            raise RuntimeError(f"{plan.name} cannot be made: {told.fault}")
        size.write_text(told.said, "utf-8")
    return cohort, json.loads(size.read_text("utf-8"))


def make(plan: Plan, folder: Path) -> dict[str, int]:
    """Make a cohort and count its rows.

    Nothing is decided beforehand: pairs.csv is left out, because the peers do not know its rules.
    """
    from benchmarks.shapes import SHAPES
    from matcher.generate import generate

    generate(folder, employees=plan.staff, mentees=plan.mentees, busy=plan.busy)
    (folder / "pairs.csv").unlink(missing_ok=True)
    if plan.shape:
        SHAPES[plan.shape](folder)
    tables = {"employees": "employees.csv", "choices": "preferences.csv", "busy": "busy.csv"}
    sizes = {name: _rows(folder / file) for name, file in tables.items()}
    with (folder / "preferences.csv").open(encoding="utf-8-sig", newline="") as file:
        mentees = len({row["mentee_id"] for row in csv.DictReader(file)})
    return {"mentees": mentees, **sizes}


def _rows(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file) - 1


def main() -> None:
    """Make one cohort and print its size as JSON."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("plan", type=json.loads)
    given = parser.parse_args()
    print(json.dumps(make(Plan(**given.plan), given.folder)))


if __name__ == "__main__":
    main()
