"""A sweep from Python: in one call what `matcher sweep` does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

from matcher.executors import Pool, Processes
from matcher.scenario_cases import BASE
from matcher.scenario_names import folded, name_trouble
from matcher.scenarios import Base, Case
from matcher.sweep import Swept, Wishes, sweep
from matcher.sweep_file import check_sweep, open_sweep
from matcher.sweep_tables import write_tables

OF_GRIDS = str.maketrans(",=+", "---")  # signs in the names that the cases of a grid get


def run_sweep(
    base: Base,
    cases: Sequence[Case],
    folder: str | Path,
    *,
    workers: int = 1,
    dask: str | None = None,
    time_limit: float = 600,
    report: bool = False,
    again: bool = False,
    progress: Callable[[str], None] | None = None,
    stop: Event | None = None,
) -> Swept:
    """Solve every case, write a run folder of each and the figures of all; what is done already is kept.

    Parameters
    ----------
    base
        The cohort that the cases change.
    cases
        With names of their own; the cohort as it is, `Case("base")`, comes first whether it is among them or not.
    folder
        New, or that of an earlier sweep, of which everything is kept that is still as it was.
    workers
        Processes that solve side by side. They do not run the script that calls this, which therefore needs no
        `if __name__ == "__main__":`.
    dask
        Address of the scheduler of a Dask cluster, such as "tcp://host:8786", whose workers solve instead.
    time_limit
        Seconds for each case.
    report
        Whether to write report.html, results.xlsx and messages.csv as well.
    again
        Whether to solve also what is done already.
    progress
        Called with a short line whenever there is something to tell.
    stop
        When it is set, no new case is begun, and what is done is kept.

    Returns
    -------
    What became of every case: `done` by name, `failed` with the message of each; a case that fails does not keep
    the others from being solved.

    Raises
    ------
    ValueError
        If a name is no good as that of a folder, or stands twice.
    MatcherError
        If the folder is something else than a sweep, or cannot be written to, or if no cluster answers.
    ImportError
        If there is no library for clusters: `pip install 'mentoring-matcher[dask]'`.
    """
    folder, tell = Path(folder), progress or _silent
    cases = _checked(cases)
    check_sweep(folder)

    def make_pool() -> Pool:
        if dask is not None:
            from matcher.cluster import Cluster  # noqa: PLC0415 - needs an optional library

            return Cluster(base, dask)
        return Processes(base, min(workers, len(cases)))

    with open_sweep(folder) as opened:
        wishes = Wishes(time_limit=time_limit, report=report, again=again)
        swept = sweep(base, cases, opened, make_pool, wishes, progress=tell, stop=stop)
        tell("writing the figures of all cases")
        write_tables(base, cases, opened, swept)
        opened.save(complete=not swept.interrupted)
    return swept


def _silent(_line: str) -> None:
    """Tell nobody."""


def _checked(cases: Sequence[Case]) -> tuple[Case, ...]:
    """The cases with the cohort as it is first; ValueError for names that no two folders could have."""
    cases = cases if any(case.name == BASE for case in cases) else (Case(BASE), *cases)
    used = set[str]()
    for case in cases:
        trouble = name_trouble(case.name.translate(OF_GRIDS))
        if trouble or folded(case.name) in used:
            raise ValueError(f"case {case.name!r} {trouble or 'stands twice'}")
        used.add(folded(case.name))
    return tuple(sorted(cases, key=lambda case: case.name != BASE))
