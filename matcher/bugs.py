"""The report to send when our own answer fails the independent check."""

from __future__ import annotations

import json
import platform
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from matcher.console import placed_data
from matcher.errors import OwnAnswerError
from matcher.model import Cohort, Solution

REPORT_NAME = "matcher-bug-report.json"
VIOLATIONS_KEPT = 100
PACKAGES = ("mentoring-matcher", "ortools", "numpy", "pandas", "pydantic")


def write_report(error: OwnAnswerError, cohort: Cohort, solution: Solution, folder: Path) -> str:
    """Write what is needed to find the bug, but no names, and say where it is.

    `error` may have `violations`; its text is taken where it has none.
    """
    violations = placed_data(list(getattr(error, "violations", ()))[:VIOLATIONS_KEPT])
    report = {
        "error": str(error).splitlines()[:VIOLATIONS_KEPT],
        "violations": violations,
        "status": solution.status,
        "programme": cohort.programme.model_dump(mode="json", exclude={"frame": {"name"}, "invitations": True}),
        "counts": {
            "employees": len(cohort.employees),
            "mentees": len(cohort.mentees),
            "choices": len(cohort.choices),
            "pairs": len(solution.pairs),
        },
        "versions": {"python": platform.python_version(), "system": platform.platform(), **_versions()},
    }
    path = folder / REPORT_NAME
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(_without_names(json.dumps(report, indent=2, ensure_ascii=False), cohort) + "\n", "utf-8")
    return f"This is a bug in matcher. Nothing was written but a report without names, please send it: {path}"


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def _without_names(text: str, cohort: Cohort) -> str:
    """Put <name> where a name or an address of an employee stands."""
    known = {word for word in (*cohort.employees.names, *cohort.employees.emails) if word and word in text}
    for word in sorted(known, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "<name>", text)
    return text
