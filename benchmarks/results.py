"""Results files: the cases of one part, with date, versions and the size of the machine. No names, no paths."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.measure import ROOT
from benchmarks.parts import Case, as_data, from_data

FOLDER = ROOT / "benchmarks" / "results"
PACKAGES = {
    "matcher": "mentoring-matcher", "ortools": "ortools", "pandas": "pandas", "numpy": "numpy",
    "highspy": "highspy", "scipy": "scipy", "matching": "matching", "click": "click",
}  # fmt: skip


@dataclass(frozen=True)
class Results:
    """What one part has measured, when, and on what."""

    part: str
    date: str
    machine: dict[str, str | int | float]
    versions: dict[str, str]
    cases: list[Case]


def save(part: str, cases: Sequence[Case], folder: Path) -> Results:
    """Write the results of a part; an earlier file of the same part is replaced."""
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    results = Results(part, today, machine(), versions(), list(cases))
    folder.mkdir(parents=True, exist_ok=True)
    data = vars(results) | {"cases": [as_data(case) for case in cases]}
    (folder / f"{part}.json").write_text(json.dumps(_rounded(data), indent=1) + "\n", "utf-8")
    return results


def load(folder: Path) -> dict[str, Results]:
    """All results in a folder, by part."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        data = json.loads(path.read_text("utf-8"))
        cases = [from_data(case) for case in data.pop("cases")]
        found[path.stem] = Results(cases=cases, **data)
    return found


def machine() -> dict[str, str | int | float]:
    """How large this machine is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": cores,
        "memory_gb": round(memory / 1e9, 1),
    }


def versions() -> dict[str, str]:
    """Versions of Python and of everybody measured, as far as they are installed."""
    found = {"python": platform.python_version()}
    for name, package in PACKAGES.items():
        try:
            found[name] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _rounded(value: object) -> object:
    """Seconds to tenths of a millisecond: more digits mean nothing."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list) else value
