"""Proven optimal pairing and scheduling for corporate mentoring programmes.

>>> from matcher import read_cohort, solve, write_run  # doctest: +SKIP
>>> cohort = read_cohort("my-cohort")  # doctest: +SKIP
>>> write_run(cohort, solve(cohort), "runs/first")  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
import zoneinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matcher.case_frames import sweep_frames
    from matcher.check import check_run
    from matcher.errors import InputError, LimitError, MatcherError
    from matcher.io import read_cohort
    from matcher.model import Cohort, Solution
    from matcher.prices import find_prices
    from matcher.rehearsal_call import rehearse
    from matcher.run_frames import frames, read_frames, read_summary, summary
    from matcher.runs import write_run
    from matcher.scenarios import Base, Case, read_scenarios
    from matcher.solver import solve
    from matcher.sweep_call import run_sweep

    __version__: str

__all__ = [
    "Base",
    "Case",
    "Cohort",
    "InputError",
    "LimitError",
    "MatcherError",
    "Solution",
    "__version__",
    "check_run",
    "find_prices",
    "frames",
    "read_cohort",
    "read_frames",
    "read_scenarios",
    "read_summary",
    "rehearse",
    "run_sweep",
    "solve",
    "summary",
    "sweep_frames",
    "write_run",
]

# Zones are those of the package tzdata, whose version every run tells: the systems' own databases differ, and with
# them what is free when. It is set here, so that it holds in every process that has a part in an answer.
zoneinfo.reset_tzpath(())
zoneinfo.ZoneInfo.clear_cache()

# Loaded on first use (PEP 562): pandas and ortools take most of a second, and `matcher --help` needs neither.
# No name may be that of a module: once that is imported, it would be found instead.
_HOMES = {
    "Base": "matcher.scenarios",
    "Case": "matcher.scenarios",
    "Cohort": "matcher.model",
    "InputError": "matcher.errors",
    "LimitError": "matcher.errors",
    "MatcherError": "matcher.errors",
    "Solution": "matcher.model",
    "check_run": "matcher.check",
    "find_prices": "matcher.prices",
    "frames": "matcher.run_frames",
    "read_cohort": "matcher.io",
    "read_frames": "matcher.run_frames",
    "read_scenarios": "matcher.scenarios",
    "read_summary": "matcher.run_frames",
    "rehearse": "matcher.rehearsal_call",
    "run_sweep": "matcher.sweep_call",
    "solve": "matcher.solver",
    "summary": "matcher.run_frames",
    "sweep_frames": "matcher.case_frames",
    "write_run": "matcher.runs",
}


def __getattr__(name: str) -> object:
    """Import what is asked for; unknown names raise AttributeError as in any module."""
    if name == "__version__":
        return _version()
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})


def _version() -> str:
    metadata = importlib.import_module("importlib.metadata")
    try:
        return str(metadata.version("mentoring-matcher"))
    except metadata.PackageNotFoundError:
        return "0+unknown"  # run from a source tree that was never installed
