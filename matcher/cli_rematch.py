"""The command that repairs a plan during the quarter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matcher.cli_shared import (
    FOLDER,
    PSEUDONYMISE,
    TIME_LIMIT,
    WORKERS,
    overrides_of,
    read,
    refuse_key,
    refuse_nested,
    refuse_private,
    run_overrides,
    typed,
)
from matcher.cli_solve import report_of, search, tell_search, write
from matcher.commands import INTERRUPTED, OK, SETTINGS, command
from matcher.console import Terminal, clean, placed_lines

if TYPE_CHECKING:
    from matcher.earlier import Repair
    from matcher.model import Cohort, Solution
    from matcher.rematch_changes import Changes


@command("matcher rematch my-cohort runs/first --as-of 2027-02-15 -o runs/repaired")
@click.argument("folder", metavar="COHORT", type=FOLDER)
@click.argument("run", metavar="RUN", type=FOLDER)
@click.option(
    "--as-of",
    "as_of",
    metavar="DATE",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    required=True,
    help="Sessions before this date have taken place and stay; from it on the plan may change.",
)
@click.option("-o", "--output", "new", metavar="NEWRUN", type=FOLDER, required=True, help="Folder to write.")
@SETTINGS
@TIME_LIMIT
@WORKERS
@click.option(
    "--report/--no-report",
    default=True,
    show_default=True,
    help="Also write what people read: the files of 'matcher report'.",
)
@click.option(
    "--calendars/--no-calendars",
    default=None,
    help="Also write calendars with updates and cancellations.  [default: if RUN has calendars]",
)
@click.option("--overwrite", is_flag=True, help="Replace NEWRUN if it is an earlier run.")
@PSEUDONYMISE
def rematch(
    terminal: Terminal,
    *,
    folder: Path,
    run: Path,
    as_of: dt.datetime,
    new: Path,
    settings: tuple[str, ...],
    time_limit: float,
    workers: int,
    report: bool,
    calendars: bool | None,
    overwrite: bool,
    key: Path | None,
) -> int:
    """Repair the plan RUN as of DATE, after refusals, leavers, joiners and other calendars.

    What has changed is what the files of COHORT say now; as few people as possible hear of it. Sessions before
    DATE stay as they stand in RUN/sessions.csv. Pairs that somebody refused (pairs.csv), or of whom somebody has
    left, end; all others go on, and who waits gets the places that are free. NEWRUN is a run of its own with
    changes.csv (who is affected, and why), moves.csv (session by session) and ended.csv. Keys that RUN was solved
    with (--set) count again.
    """
    from matcher.calendar_record import read_record
    from matcher.earlier import begin_repair
    from matcher.history import kept_history
    from matcher.rematch_changes import find_changes
    from matcher.rematch_files import make_beside
    from matcher.runs import prepare_target

    refuse_nested(folder, new)
    _refuse_same(run, new)
    prepare_target(new, overwrite)
    refuse_key(key, folder, new, runs=(run,))
    overrides = {**run_overrides(run), **overrides_of(settings)}
    refuse_private(key, overrides)
    cohort = kept_history(read(terminal, folder, overrides, key=key), run)
    with terminal.progress(f"reading {run}"):
        repair = begin_repair(cohort, run, as_of.date())
        if calendars is not False and _has_calendars(run):
            read_record(run)  # what cannot be read is told before anything is written
    if repair.plan.warnings:
        first, *rest = placed_lines(repair.plan.warnings, "warning")
        terminal.say(f"Warning: {first}", *rest)
    seconds = {"reading": terminal.seconds}
    solution = search(terminal, repair.cohort, time_limit, workers)
    solution = replace(solution, seconds={**seconds, **solution.seconds})
    solved = terminal.seconds
    changes = find_changes(repair, solution)
    beside = make_beside(repair, solution, changes)
    write(terminal, repair.cohort, solution, new, overwrite=overwrite, beside=beside)
    ending = report_of(terminal, repair.cohort, folder, new, key) if report and not solution.interrupted else OK
    told = _calendars(terminal, cohort, run, new, calendars)
    _tell(terminal, repair, changes, solution, (new, beside.summary["rematch"], time_limit))
    tell_search(terminal, solution, terminal.seconds - solved)
    terminal.say(*told)
    _tell_next(terminal, folder, run, new, key)
    return INTERRUPTED if solution.interrupted else ending


def _refuse_same(run: Path, new: Path) -> None:
    """Refuse to write over the run that is repaired, or into it."""
    if new.resolve().is_relative_to(run.resolve()) or run.resolve().is_relative_to(new.resolve()):
        raise click.BadParameter(
            f"{clean(str(new))} and {clean(str(run))}, the run that is repaired, must be two folders side by side",
            param_hint="'-o' / '--output'",
        )


def _has_calendars(run: Path) -> bool:
    """Whether people have been sent the calendars of a run."""
    from matcher.calendar_record import CALENDARS, INDEX

    return (run / CALENDARS / INDEX).is_file()


def _calendars(terminal: Terminal, cohort: Cohort, run: Path, new: Path, asked: bool | None) -> list[str]:
    """Write the calendars of the new run after those that people have; what to say of them."""
    from matcher import messages
    from matcher.calendar_files import export

    sent = _has_calendars(run)
    if not (sent if asked is None else asked):
        return []
    with terminal.progress("writing calendars") as progress:
        exported = export(cohort, new, before=run if sent else None, progress=progress)
    return [messages.calendars_line(exported, new), *messages.calendars_lines(exported)]


def _tell(
    terminal: Terminal,
    repair: Repair,
    changes: Changes,
    solution: Solution,
    written: tuple[Path, Mapping[str, Any], float],
) -> None:
    """Print the result and, unless quiet, who goes on, who does not and who has to be told."""
    from matcher import messages, rematch_told

    new, said, time_limit = written
    cohort = repair.cohort
    data = {**messages.solution_data(cohort, solution), "rematch": dict(said), "run": str(new)}
    terminal.result(f"{rematch_told.rematch_line(cohort, solution, said)}; written to {new}", data)
    terminal.say(*rematch_told.odd_lines(repair, changes))
    terminal.say(*rematch_told.rematch_lines(cohort, solution, said))
    if terminal.verbose:
        terminal.say(*messages.goal_lines(solution))
    if solution.status != "optimal" or solution.cut_short or solution.interrupted:
        terminal.say(*messages.unproven_lines(solution, time_limit))


def _tell_next(terminal: Terminal, folder: Path, run: Path, new: Path, key: Path | None) -> None:
    """Tell where to look, and what to type then."""
    from matcher import rematch_told, solve_words

    terminal.say(rematch_told.next_line(new), *solve_words.reading_lines(new))
    if key is not None:
        terminal.say("To see who is who:", f"  {typed('reveal', new, '--key', key, '-o', f'{new}-named')}")
        return
    sent, again = ((one / "calendars").is_dir() for one in (run, new))
    before = ("--before", run) if sent and not again else ()
    terminal.say("Next, when people may know:", f"  {typed('publish', folder, new, *before)}")
