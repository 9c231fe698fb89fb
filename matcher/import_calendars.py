"""A folder of calendar files -> busy.csv of a cohort: who is whose, read in parallel, cached by content."""

from __future__ import annotations

import functools
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, NamedTuple

from matcher.calendars import programme_bounds
from matcher.cohort_files import PROGRAMME, open_cohort
from matcher.errors import Fault, InputError, MatcherError
from matcher.event_uids import own_uids
from matcher.findings import Findings
from matcher.ics_pool import Limits, Pool
from matcher.ics_read import Busy, Reading
from matcher.import_busy import BUSY, Written, write_busy
from matcher.import_cache import Cache, Last, file_hash, key_of, load, save, source_of
from matcher.import_owners import Source, find_sources, read_bounded
from matcher.io import open_tables, read_everybody
from matcher.model import Employees
from matcher.programme import Programme

NEEDED = {"icalendar": "icalendar", "recurring_ical_events": "recurring-ical-events"}
TOLD_EVERY = 10  # files between two lines of progress

USUAL = Limits()

Tentative = Literal["busy", "free"]


@dataclass(frozen=True)
class Imported:
    """What an import did.

    `files` could be read, `cached` of them were known from before; the rows of so many `people` are new. `faults`
    say what is wrong with other files. `written` is None where no file could be read: busy.csv is as it was.
    """

    files: int
    cached: int
    people: int
    counts: Mapping[str, int]
    faults: Sequence[Fault]
    written: Written | None

    @property
    def refused(self) -> int:
        """How many files are at fault."""
        return len({fault.file for fault in self.faults})


class _Read(NamedTuple):
    """What one file said; its key where it may be kept for the next time."""

    busy: Busy
    key: str = ""
    cached: bool = False


def import_calendars(
    folder: str | Path,
    cohort: str | Path,
    *,
    tentative: Tentative = "busy",
    workers: int = 1,
    limits: Limits = USUAL,
    progress: Callable[[str], None] = lambda _line: None,
) -> Imported:
    """Read every calendar in a folder and put the busy times into busy.csv of a cohort.

    Parameters
    ----------
    folder
        Holds one .ics file or several per person, named by employee_id or e-mail or listed in index.csv.
    cohort
        Holds programme.toml and employees.csv; nothing but busy times and counts is written there.
    tentative
        What a meeting counts as to which its owner has not firmly agreed.
    workers
        Processes; the result does not depend on it.
    limits
        What a single file may take.
    progress
        Called with a short line from time to time.

    Returns
    -------
    What was done; a file that cannot be read is among its `faults`, and the others are imported.

    Raises
    ------
    MatcherError
        If the libraries for calendars are missing, or the cohort or the folder cannot be read. Nothing is written.
    """
    _require_libraries()
    folder, cohort = Path(folder), Path(cohort)
    programme, employees = _read_cohort(cohort)
    findings = Findings()
    sources = find_sources(folder, employees, findings)
    cache = load(cohort)
    with Pool(workers, limits) as pool:
        tasks = list(zip(sources, _readings(sources, programme, employees, tentative), strict=True))
        reader = functools.partial(_read_one, folder, cache.answers, pool)
        found = _read_all(tasks, reader, pool, workers, progress)
    owners = [employees.ids[source.person] for source in sources]
    progress("writing busy.csv")
    written = _write(cohort, list(zip(owners, found, strict=True)), cache)
    return Imported(
        files=sum(not own.busy.faults for own in found),
        cached=sum(own.cached for own in found),
        people=len({owner for owner, own in zip(owners, found, strict=True) if not own.busy.faults}),
        counts=sum((Counter(own.busy.counts) for own in found), Counter()),
        faults=(*findings.faults, *(fault for own in found for fault in own.busy.faults)),
        written=written,
    )


def _require_libraries() -> None:
    missing = [name for module, name in NEEDED.items() if find_spec(module) is None]
    if missing:
        raise MatcherError(
            f"reading calendars needs {' and '.join(missing)}; "
            "install with: pip install 'mentoring-matcher[calendars]'"
        )


def _read_cohort(cohort: Path) -> tuple[Programme, Employees]:
    """The two tables of a cohort that matter here; InputError with all their faults."""
    findings = Findings()
    given = open_cohort(cohort, findings, (PROGRAMME, "employees"))
    if given.workbook is not None:
        raise MatcherError(
            f"{cohort}: busy times are imported into a folder of CSV files, not into a workbook; save its sheets "
            "as CSV files into a folder, or type the busy times into its sheet busy"
        )
    if (busy := given.found.get("busy", BUSY)) != BUSY:
        raise MatcherError(f"{cohort / busy}: rename this file to {BUSY}, which is what is written here")
    programme, tables = open_tables(given, {}, findings)
    _, employees = read_everybody(tables, programme, findings)
    if programme is None or employees is None or findings.faults:
        raise InputError([given.placed(fault) for fault in findings.faults])
    return programme, employees


def _readings(
    sources: Sequence[Source], programme: Programme, employees: Employees, tentative: Tentative
) -> list[Reading]:
    """How each file is to be read: on its owner's clock, with his address, the plan's sessions left out."""
    start, end = programme_bounds(programme)
    uids = own_uids(programme.frame)
    return [
        Reading(
            zone=employees.zones[employees.zone[own.person]],
            email=employees.emails[own.person],
            start=start,
            end=end,
            tentative_busy=tentative == "busy",
            own_uids=uids,
        )
        for own in sources
    ]


def _read_all(
    tasks: Sequence[tuple[Source, Reading]],
    read: Callable[[Source, Reading], _Read],
    pool: Pool,
    workers: int,
    progress: Callable[[str], None],
) -> list[_Read]:
    """What each file says, in the order of the files; processes are started only for files not seen before."""
    done, lock = 0, threading.Lock()

    def counted(source: Source, reading: Reading) -> _Read:
        nonlocal done
        result = read(source, reading)
        with lock:
            done += 1
            if done % TOLD_EVERY == 0 or done == len(tasks):
                progress(f"calendars read: {done} of {len(tasks)}")
        return result

    with ThreadPoolExecutor(workers) as threads:
        try:
            return list(threads.map(counted, *zip(*tasks, strict=True)))
        except BaseException:  # an interrupt: what is being read ends at once, the rest is not begun
            threads.shutdown(wait=False, cancel_futures=True)
            pool.close()
            raise


def _read_one(folder: Path, kept: Mapping[str, Busy], pool: Pool, source: Source, reading: Reading) -> _Read:
    try:
        data = read_bounded(folder, source.path)
    except ValueError as error:
        return _Read(Busy(faults=[Fault(source.file, str(error))]))
    key = key_of(data, reading)
    if key in kept:
        return _Read(kept[key], key, cached=True)
    busy = pool.read(data, source.file, reading)
    return _Read(busy, "" if busy.faults else key)


def _write(cohort: Path, found: Sequence[tuple[str, _Read]], cache: Cache) -> Written | None:
    """Write what the calendars say, of employee_ids, and the cache, unless both are there as they would be."""
    good = [(owner, own) for owner, own in found if not own.busy.faults]
    if not good:
        return None
    source, last = source_of((owner, own.key) for owner, own in good), cache.last
    if source == last.source and file_hash(cohort / BUSY) == last.busy:
        return Written(last.rows, last.kept, changed=False, replaced=False)
    people: dict[str, list[Busy]] = {}
    for owner, own in good:
        people.setdefault(owner, []).append(own.busy)
    written = write_busy(cohort, people)
    last = Last(source, file_hash(cohort / BUSY), written.rows, written.kept)
    save(cohort, Cache({own.key: own.busy for _, own in good}, last))
    return written
