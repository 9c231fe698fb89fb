"""One case of a sweep, solved in whatever process it lands in: the files of its run, or what went wrong."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from matcher.errors import Fault, InputError, MatcherError, OwnAnswerError, StoppedError, lacks_memory, reason
from matcher.held import temporary
from matcher.model import Cohort
from matcher.repeats import other_versions
from matcher.report_files import write_reports
from matcher.run_files import versions
from matcher.runs import write_run
from matcher.scenarios import Base, Case
from matcher.solver import solve

FAULTS_KEPT = 100
INTERNAL = 5


@dataclass(frozen=True)
class Job:
    """What is to be done for a case.

    `versions` are those of who asks: a process with others would give another answer. `files` are those of a run
    that is there already and wants only what people read of it.
    """

    case: Case
    time_limit: float
    versions: Mapping[str, str]
    report: bool = False
    files: Mapping[str, bytes] | None = field(default=None, repr=False)  # logs of a cluster show jobs


@dataclass(frozen=True)
class Failed:
    """Why there is no run: what the exit code of `matcher solve` would be, the error, the faults if it has any."""

    code: int
    message: str
    faults: tuple[Fault, ...] = ()


Done = Mapping[str, bytes]
"""The files of a run by name."""


def run_case(
    base: Base, job: Job, scratch: str | None = None, stop: threading.Event | None = None
) -> Done | Failed:
    """Solve a case, check it as `write_run` does, and give the files of its run.

    Errors are given, not raised: not all of them can travel between processes.

    Parameters
    ----------
    scratch
        Folder for temporary files; None for the system's own.
    stop
        When it is set, the case is given up.
    """
    try:
        with temporary(scratch) as folder:
            return _files(base, job, folder / "run", stop)
    except Exception as error:  # noqa: BLE001 - the other cases go on
        return _failed(error)
    finally:
        gc.collect()  # a search holds itself in circles


def _failed(error: Exception) -> Failed:
    """What the command line would tell of an error."""
    if isinstance(error, InputError):
        return Failed(error.exit_code, str(error), error.faults[:FAULTS_KEPT])
    if isinstance(error, OwnAnswerError):
        again = "this is a bug in matcher; 'matcher solve' with the case's settings writes a report to send"
        return Failed(error.exit_code, f"{error}\n{again}")
    if isinstance(error, MatcherError):
        return Failed(error.exit_code, str(error))
    if lacks_memory(error):
        return Failed(MatcherError.exit_code, "there is not enough memory for this case")
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return Failed(MatcherError.exit_code, f"{place}{reason(error)}")
    return Failed(INTERNAL, f"internal error, a bug in matcher: {type(error).__name__}: {error}")


def _files(base: Base, job: Job, run: Path, stop: threading.Event | None) -> Done:
    if moved := other_versions(versions(), job.versions):
        raise MatcherError(f"a worker has {', '.join(moved)}; its answer could be another one")
    begin = time.monotonic()
    cohort = base.cohort(job.case)
    if job.files is None:
        _solve(cohort, job.time_limit, run, stop, time.monotonic() - begin)
    else:
        run.mkdir()
        for name, content in job.files.items():
            (run / name).write_bytes(content)
    if job.report:
        write_reports(cohort, run)
    return {path.name: path.read_bytes() for path in sorted(run.iterdir())}


def _solve(cohort: Cohort, time_limit: float, run: Path, stop: threading.Event | None, reading: float) -> None:
    solution = solve(cohort, time_limit=time_limit, workers=1, stop=stop)
    if solution.interrupted:
        raise StoppedError("interrupted")
    solution = replace(solution, seconds={"reading": reading, **solution.seconds})
    write_run(cohort, solution, run)
