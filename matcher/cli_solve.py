"""The commands that solve: `solve`, and `rerun`, which does it again."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matcher.background import leave_now, run_interruptible
from matcher.cli_shared import (
    ERRORS,
    FOLDER,
    HISTORY,
    PSEUDONYMISE,
    PSEUDONYMISED,
    SECONDS,
    TIME_LIMIT,
    WORKERS,
    mark_errors,
    overrides_of,
    read,
    refuse_errors,
    refuse_key,
    refuse_nested,
    refuse_private,
    run_overrides,
    typed,
    write_reports,
)
from matcher.commands import INTERRUPTED, OK, SETTINGS, VIOLATED, command
from matcher.console import Terminal, counted, placed_data, placed_lines

if TYPE_CHECKING:
    from matcher.model import Cohort, Solution
    from matcher.run_files import Beside

LONG = 10  # seconds after which a user may want to know where they went


# --- solve --------------------------------------------------------------------------------------------------


@command("matcher solve my-cohort -o runs/first")
@click.argument("folder", metavar="COHORT", type=FOLDER)
@click.option("-o", "--output", "run", metavar="RUN", type=FOLDER, required=True, help="Folder to write.")
@SETTINGS
@TIME_LIMIT
@WORKERS
@HISTORY
@click.option("--seed", metavar="N", type=click.IntRange(min=0), help="Short for --set goals.seed=N.")
@click.option(
    "--prices",
    is_flag=True,
    help="Also find out what each rule and decision costs, and write prices.csv. The time limit holds for each.",
)
@click.option(
    "--report/--no-report",
    default=True,
    show_default=True,
    help="Also write what people read: the files of 'matcher report'.",
)
@click.option("--overwrite", is_flag=True, help="Replace RUN if it is an earlier run.")
@PSEUDONYMISE
@ERRORS
def solve(
    terminal: Terminal,
    *,
    folder: Path,
    run: Path,
    settings: tuple[str, ...],
    time_limit: float,
    workers: int,
    earlier_runs: tuple[Path, ...],
    seed: int | None,
    prices: bool,
    report: bool,
    overwrite: bool,
    key: Path | None,
    errors: Path | None,
) -> int:
    """Pair and schedule COHORT and write the answer to the folder RUN.

    Ctrl-C stops early and writes the best answer so far; a second Ctrl-C stops at once.
    """
    from matcher.errors import InputError
    from matcher.runs import prepare_target

    refuse_nested(folder, run)
    prepare_target(run, overwrite)
    refuse_errors(errors, folder)
    if key is not None and errors is not None:
        raise click.UsageError("--errors marks the tables as they are: use it without --pseudonymise")
    overrides = overrides_of(settings, seed)
    refuse_key(key, folder, run, runs=earlier_runs, new=True)
    refuse_private(key, overrides)
    try:
        cohort = read(terminal, folder, overrides, key=key)
    except InputError as error:
        mark_errors(terminal, errors, folder, (error.single, (), error.understood))
        raise
    mark_errors(terminal, errors, folder, ((), cohort.warnings, cohort.understood))
    if earlier_runs:
        cohort = _carry_over(terminal, cohort, earlier_runs)
    if cohort.understood:
        things = counted(len(cohort.understood), "thing")
        terminal.say(f"Understood otherwise than written: {things}; {typed('check', folder)} lists them.")
    seconds = {"reading": terminal.seconds}
    solution = search(terminal, cohort, time_limit, workers)
    solution = replace(solution, seconds={**seconds, **solution.seconds})
    if prices:
        solution = _find_prices(terminal, cohort, solution, time_limit, workers)
    solved = terminal.seconds
    write(terminal, cohort, solution, run, overwrite=overwrite)
    ending = report_of(terminal, cohort, folder, run, key) if report and not solution.interrupted else OK
    _tell(terminal, cohort, solution, run, time_limit)
    if prices:
        _tell_prices(terminal, cohort, solution)
    tell_search(terminal, solution, terminal.seconds - solved)
    _tell_next(terminal, folder, run, key)
    return INTERRUPTED if solution.interrupted or (prices and _unpriced(cohort, solution)) else ending


def _carry_over(terminal: Terminal, cohort: Cohort, runs: tuple[Path, ...]) -> Cohort:
    """The cohort with what earlier quarters leave, and a word on that."""
    from matcher.history import read_history
    from matcher.messages import history_line
    from matcher.publication import is_published

    with terminal.progress(f"reading {counted(len(runs), 'earlier run')}"):
        carried = read_history(cohort, runs)
    if carried.warnings:
        first, *rest = placed_lines(carried.warnings, "warning")
        terminal.say(f"Warning: {first}", *rest)
    drafts = [str(run) for run in runs if not is_published(run)]
    if drafts:
        are, them, were = ("are drafts", "them", "were they") if drafts[1:] else ("is a draft", "it", "was it")
        said = f"{', '.join(drafts)} {are}, as nobody has published {them}: {were} the plan in force?"
        terminal.say(f"Warning: {said}")
    terminal.say(history_line(carried.cohort))
    return carried.cohort


def search(terminal: Terminal, cohort: Cohort, time_limit: float, workers: int) -> Solution:
    """Solve in the background, so that the first Ctrl-C keeps the best so far and the second ends at once."""
    from matcher.solver import solve as find

    def on_stop() -> None:
        terminal.say("stopping, writing the best so far; Ctrl-C again to stop at once")

    try:
        with terminal.progress(f"applying the rules to {counted(len(cohort.choices), 'choice')}") as progress:
            return run_interruptible(
                lambda stop: find(cohort, time_limit=time_limit, workers=workers, progress=progress, stop=stop),
                on_stop,
            )
    except KeyboardInterrupt:
        terminal.error("interrupted at once: nothing was written")
        return leave_now(INTERRUPTED)


def _find_prices(
    terminal: Terminal, cohort: Cohort, solution: Solution, time_limit: float, workers: int
) -> Solution:
    """The solution with its prices, in the background as well: the first Ctrl-C keeps those found so far."""
    from matcher.prices import find_prices

    if solution.interrupted:
        return solution
    begin = terminal.seconds
    try:
        with terminal.progress("finding out what rules and decisions cost") as progress:
            prices = run_interruptible(
                lambda stop: find_prices(
                    cohort, solution, time_limit=time_limit, workers=workers, progress=progress, stop=stop
                ),
                lambda: terminal.say("stopping, writing the answer; Ctrl-C again to stop at once"),
            )
    except KeyboardInterrupt:
        terminal.error("interrupted at once: nothing was written")
        return leave_now(INTERRUPTED)
    seconds = {**solution.seconds, "pricing": terminal.seconds - begin}
    return replace(solution, prices=prices, seconds=seconds)


def _unpriced(cohort: Cohort, solution: Solution) -> int:
    """How many rules and decisions have no price because somebody stopped the search for it."""
    from matcher.prices import questions

    return len(questions(cohort)) - len(solution.prices or ())


def write(
    terminal: Terminal,
    cohort: Cohort,
    solution: Solution,
    run: Path,
    *,
    overwrite: bool,
    beside: Beside | None = None,
) -> None:
    """Check and write the run, so that the first Ctrl-C does not throw away an answer that is at hand."""
    from matcher import bugs
    from matcher.errors import OwnAnswerError
    from matcher.runs import write_run

    gc.collect()  # the search holds itself in circles, and the check needs the room
    try:
        with terminal.progress(f"writing {counted(len(solution.pairs), 'pair')} with their sessions") as progress:
            run_interruptible(
                lambda _stop: write_run(
                    cohort, solution, run, overwrite=overwrite, beside=beside, progress=progress
                ),
                lambda: terminal.say("checking and writing the answer; Ctrl-C again to stop at once"),
            )
    except KeyboardInterrupt:
        terminal.error(f"interrupted at once: {run} is as it was before, or the new run as a whole")
        leave_now(INTERRUPTED)
    except OwnAnswerError as error:
        raise OwnAnswerError(
            f"{error}\n{bugs.write_report(error, cohort, solution, run.resolve().parent)}"
        ) from error


def report_of(terminal: Terminal, cohort: Cohort, folder: Path, run: Path, key: Path | None = None) -> int:
    """Write what people read; whatever prevents it, the run is there and is told of. Gives the exit code."""
    from matcher.errors import MatcherError

    words = ("report", folder, run, *(() if key is None else ("--pseudonymise", key)))
    again = f"{run} itself is whole; to write what people read of it: {typed(*words)}"
    try:
        write_reports(terminal, cohort, run, None)
    except MatcherError as error:
        terminal.error(str(error), again)
        return error.exit_code
    except KeyboardInterrupt:
        terminal.error("interrupted", again)
        return INTERRUPTED
    return OK


def _tell(terminal: Terminal, cohort: Cohort, solution: Solution, run: Path, time_limit: float) -> None:
    """Print the result and, unless quiet, the figures that matter and what is not proven."""
    from matcher import messages, solve_words

    data = {**messages.solution_data(cohort, solution), "run": str(run)}
    if solution.prices is not None:
        from matcher.price_words import price_data

        data["prices"] = price_data(cohort, solution.prices)
    terminal.result(f"{messages.solution_line(cohort, solution)}; written to {run}", data)
    terminal.say(*solve_words.figures_lines(cohort, solution))
    if terminal.verbose:
        terminal.say(*messages.goal_lines(solution))
    if solution.status != "optimal" or solution.cut_short or solution.interrupted:
        terminal.say(*messages.unproven_lines(solution, time_limit))


def _tell_prices(terminal: Terminal, cohort: Cohort, solution: Solution) -> None:
    """Tell what costs the most, and how many prices are missing."""
    from matcher.price_words import price_lines

    if solution.prices is not None:
        terminal.say(*price_lines(cohort, solution.prices))
    if unpriced := _unpriced(cohort, solution):
        had = len(solution.prices or ())
        terminal.say(
            "It was interrupted before prices were asked for: there is no prices.csv."
            if solution.prices is None
            else f"It was interrupted: prices.csv holds the first {had} of {counted(had + unpriced, 'price')}."
        )


def tell_search(terminal: Terminal, solution: Solution, writing: float) -> None:
    """Tell where the time went, where it was long, and with --verbose how much there was to search."""
    from matcher import messages

    if terminal.verbose:
        terminal.say(*messages.search_lines(solution))
    if terminal.verbose or terminal.seconds >= LONG:
        terminal.say(messages.seconds_line({**solution.seconds, "writing and checking": writing}))


def _tell_next(terminal: Terminal, folder: Path, run: Path, key: Path | None) -> None:
    """Tell where to look, and what to type then."""
    from matcher import solve_words

    if lines := solve_words.reading_lines(run):
        terminal.say(*lines)
    if key is not None:
        terminal.say("To see who is who:", f"  {typed('reveal', run, '--key', key, '-o', f'{run}-named')}")
        return
    if (run / "calendars").is_dir():
        when, what = "its calendars are as they were sent before; to update them", "calendars"
    else:
        when, what = "when people may know", "publish"
    terminal.say(f"Next, {when}:", f"  {typed(what, folder, run)}")


# --- rerun --------------------------------------------------------------------------------------------------


@command("matcher rerun my-cohort runs/first")
@click.argument("folder", metavar="COHORT", type=FOLDER)
@click.argument("run", metavar="RUN", type=FOLDER)
@click.option(
    "-o", "--output", "kept", metavar="NEWRUN", type=FOLDER, help="Keep the repeated run in this folder."
)
@WORKERS
@PSEUDONYMISED
def rerun(
    terminal: Terminal, *, folder: Path, run: Path, kept: Path | None, workers: int, key: Path | None
) -> int:
    """Solve COHORT as RUN was solved, and say whether every file comes out the same, byte for byte.

    The cohort must be as it was. Ends with 4 if a file differs. A run that a time limit or an interrupt cut short
    need not come out the same.
    """
    from matcher.earlier import repair_of
    from matcher.errors import MatcherError
    from matcher.held import temporary
    from matcher.rematch_changes import find_changes
    from matcher.rematch_files import make_beside
    from matcher.repeats import differences, other_versions
    from matcher.run_files import PRICES, versions
    from matcher.run_reading import differing_inputs
    from matcher.run_tables import read_summary
    from matcher.runs import prepare_target

    summary = read_summary(run)
    if kept is not None:
        refuse_nested(folder, kept)
        prepare_target(kept)
    refuse_key(key, folder, *(() if kept is None else (kept,)), runs=(run,))
    cohort = read(terminal, folder, run_overrides(run), run, key)
    if changed := differing_inputs(cohort.inputs, summary.inputs)[0]:
        raise MatcherError(
            f"{run}: cannot be repeated: it was solved from another version of {', '.join(changed)}"
        )
    if (repair := repair_of(cohort, run)) is not None:
        cohort = repair.cohort
    solution = search(terminal, cohort, SECONDS, workers)
    if solution.interrupted:
        terminal.error("interrupted: whether the run comes out the same is not known")
        return INTERRUPTED
    if (run / PRICES).exists():
        solution = _find_prices(terminal, cohort, solution, SECONDS, workers)
    with temporary() as scratch:
        again = kept or scratch / "run"
        beside = None if repair is None else make_beside(repair, solution, find_changes(repair, solution))
        named_as_then = replace(cohort, inputs=summary.inputs)  # a workbook may be called otherwise by now
        write(terminal, named_as_then, solution, again, overwrite=False, beside=beside)
        found = differences(run, again)
    moved = other_versions(versions(), summary.versions)
    data = {"same": not found, "run": str(run), "differences": placed_data(found), "other_versions": moved}
    if moved:
        terminal.say(f"Warning: solved with {', '.join(moved)}; another version may give another answer.")
    if summary.cut_short or solution.cut_short:
        terminal.say("Warning: a time limit or an interrupt ended the search, so the answer depends on the clock.")
    if not found:
        terminal.result(f"repeated: every file of {run} comes out the same, byte for byte", data)
        return OK
    terminal.result(f"not the same: {counted(len(found), 'file')} of {run} would differ", data)
    terminal.error(*placed_lines(found, "difference"))
    return VIOLATED
