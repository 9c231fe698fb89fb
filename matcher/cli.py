"""The command `matcher`: options, exit codes, what is printed. The only module that knows all others."""

from __future__ import annotations

import datetime as dt
import gc
import io
import json
import math
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from matcher.background import leave_now, run_interruptible
from matcher.commands import BAD_INPUT, INTERRUPTED, OK, SETTINGS, VIOLATED, cli, command
from matcher.console import Terminal, clean, counted, placed_data, placed_lines

if TYPE_CHECKING:
    from matcher.errors import Fault
    from matcher.model import Cohort, Solution

MOST_WORKERS = 8
SECONDS = 600  # limit of a search unless the user gives another
LONG = 10  # seconds after which a user may want to know where they went

FOLDER = click.Path(path_type=Path)
WORKERS = click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(min=1),
    default=lambda: min(os.cpu_count() or 1, MOST_WORKERS),
    show_default=f"number of processors, at most {MOST_WORKERS}",
    help="Processors to use; the answer does not depend on it.",
)
ERRORS = click.option(
    "--errors",
    metavar="FILE",
    type=FOLDER,
    help="Also write an Excel copy of the tables with what is wrong or odd marked in it. A FILE that exists is "
    "only replaced if --errors wrote it and nobody has saved it since.",
)


# --- init ---------------------------------------------------------------------------------------------------


@command("matcher init my-cohort")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--xlsx", is_flag=True, help="Write an Excel workbook, DIR.xlsx, instead of a folder.")
def init(terminal: Terminal, folder: Path, *, xlsx: bool) -> int:
    """Write a sample cohort to edit into the new or empty folder DIR.

    A name that ends with .xlsx, or --xlsx, makes one Excel workbook instead, with drop-downs, notes and a sheet
    that says how to begin.
    """
    from matcher.errors import MatcherError
    from matcher.sample_data import sample_files

    if xlsx or folder.suffix.casefold() == ".xlsx":
        return _init_workbook(terminal, folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise MatcherError(f"{folder}: must be a new or an empty folder; nothing was written")
    files = sample_files()
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        with (folder / name).open("xb") as file:
            file.write(content)
    terminal.result(
        f"created: a sample cohort of {counted(len(files), 'file')} in {folder}",
        {"folder": str(folder), "files": sorted(files)},
    )
    terminal.say("Edit the files, then type:", f"  {_typed('check', folder)}")
    return OK


def _init_workbook(terminal: Terminal, path: Path) -> int:
    from matcher.errors import MatcherError
    from matcher.template_book import make_template

    if path.suffix.casefold() != ".xlsx":
        path = path.with_name(f"{path.name}.xlsx")
    if path.exists():
        raise MatcherError(f"{path}: is there already; nothing was written")
    content = make_template(path.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)
    terminal.result(f"created: a sample cohort in the workbook {path}", {"workbook": str(path)})
    terminal.say("Open it in Excel, read its first sheet, then type:", f"  {_typed('check', path)}")
    return OK


# --- import-calendars ---------------------------------------------------------------------------------------


@command("matcher import-calendars calendars my-cohort")
@click.argument("folder", metavar="FOLDER", type=FOLDER)
@click.argument("cohort", metavar="COHORT", type=FOLDER)
@click.option(
    "--tentative",
    type=click.Choice(["busy", "free"]),
    default="busy",
    show_default=True,
    help="What a meeting counts as that its owner has not firmly agreed to.",
)
@WORKERS
def import_calendars(
    terminal: Terminal, *, folder: Path, cohort: Path, tentative: Literal["busy", "free"], workers: int
) -> int:
    """Read the .ics files in FOLDER and write when people are busy into busy.csv of COHORT.

    A file is called by its owner's employee_id or e-mail address, or listed in FOLDER/index.csv. Nothing but busy
    times is kept: no titles, no attendees, no notes.
    """
    from matcher import import_report
    from matcher.import_calendars import import_calendars as read

    with terminal.progress(f"reading {folder}") as progress:
        done = read(folder, cohort, tentative=tentative, workers=workers, progress=progress)
    terminal.result(import_report.import_line(done), import_report.import_data(done))
    terminal.say(*import_report.import_lines(done))
    if done.faults:
        terminal.error(*placed_lines(done.faults, "fault"))
        return BAD_INPUT
    terminal.say("Next:", f"  {_typed('check', cohort)}")
    return OK


# --- check --------------------------------------------------------------------------------------------------


@command("matcher check my-cohort")
@click.argument("folder", metavar="COHORT", type=FOLDER)
@SETTINGS
@ERRORS
def check(terminal: Terminal, folder: Path, settings: tuple[str, ...], *, errors: Path | None) -> int:
    """Say whether COHORT, a folder or an Excel workbook, is ready to be solved.

    Shows how its tables were understood and what is wrong in them, supply and demand by function and level, the
    most wanted mentors, how many mentees stay without a mentor at least and why, bottlenecks, and calendars that
    look empty or full. Ends with 0 if ready, also with warnings, and with 1 if not. Long lists are cut unless
    --verbose.
    """
    from matcher import readiness
    from matcher import readiness_report as report
    from matcher.errors import InputError

    _refuse_errors(errors, folder)
    try:
        cohort = _read(terminal, folder, _overrides(settings))
    except InputError as error:
        _mark_errors(terminal, errors, folder, (error.single, (), error.understood))
        terminal.say(*report.understood_lines(error.understood, all_of_it=terminal.verbose))
        terminal.error(*placed_lines(error.faults, "fault"))
        data = report.not_ready_data(error.faults, error.understood)
        terminal.result(report.not_ready_line(error.faults), data)
        return BAD_INPUT
    terminal.say(*report.understood_lines(cohort.understood, all_of_it=terminal.verbose))
    with terminal.progress("working out who could meet whom"):
        figures = readiness.assess(cohort)
    _mark_errors(terminal, errors, folder, (figures.blockers, cohort.warnings, cohort.understood))
    terminal.say(*report.readiness_lines(cohort, figures, all_of_it=terminal.verbose))
    if figures.blockers:
        terminal.error(*placed_lines(figures.blockers, "fault"))
    terminal.result(report.ready_line(cohort, figures), report.readiness_data(cohort, figures))
    if figures.blockers:
        return BAD_INPUT
    run = Path("runs") / (folder.resolve().stem if folder.is_file() else folder.resolve().name or "first")
    terminal.say("Next:", f"  {_typed('solve', folder, '-o', run)}")
    return OK


# --- solve --------------------------------------------------------------------------------------------------


def _finite(_context: click.Context, _parameter: click.Parameter, seconds: float) -> float:
    if not math.isfinite(seconds):
        raise click.BadParameter(f"must be a number of seconds above 0 (got {seconds})")
    return seconds


@command("matcher solve my-cohort -o runs/first")
@click.argument("folder", metavar="COHORT", type=FOLDER)
@click.option("-o", "--output", "run", metavar="RUN", type=FOLDER, required=True, help="Folder to write.")
@SETTINGS
@click.option(
    "--time-limit",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    callback=_finite,
    default=SECONDS,
    show_default=True,
    help="Stop after so long with the best answer so far.",
)
@WORKERS
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
@ERRORS
def solve(
    terminal: Terminal,
    *,
    folder: Path,
    run: Path,
    settings: tuple[str, ...],
    time_limit: float,
    workers: int,
    seed: int | None,
    prices: bool,
    report: bool,
    overwrite: bool,
    errors: Path | None,
) -> int:
    """Pair and schedule COHORT and write the answer to the folder RUN.

    Ctrl-C stops early and writes the best answer so far; a second Ctrl-C stops at once.
    """
    from matcher.errors import InputError
    from matcher.runs import prepare_target

    _refuse_nested(folder, run)
    prepare_target(run, overwrite)
    _refuse_errors(errors, folder)
    overrides = _overrides(settings, seed)
    try:
        cohort = _read(terminal, folder, overrides)
    except InputError as error:
        _mark_errors(terminal, errors, folder, (error.single, (), error.understood))
        raise
    _mark_errors(terminal, errors, folder, ((), cohort.warnings, cohort.understood))
    if cohort.understood:
        things = counted(len(cohort.understood), "thing")
        terminal.say(f"Understood otherwise than written: {things}; {_typed('check', folder)} lists them.")
    seconds = {"reading": terminal.seconds}
    solution = _solve(terminal, cohort, time_limit, workers)
    solution = replace(solution, seconds={**seconds, **solution.seconds})
    if prices:
        solution = _find_prices(terminal, cohort, solution, time_limit, workers)
    solved = terminal.seconds
    _write(terminal, cohort, solution, run, overwrite)
    if report and not solution.interrupted:
        _write_reports(terminal, cohort, run, None)
    _tell(terminal, cohort, solution, run, time_limit)
    if prices:
        _tell_prices(terminal, cohort, solution)
    _tell_search(terminal, solution, terminal.seconds - solved)
    _tell_next(terminal, folder, run)
    return INTERRUPTED if solution.interrupted or (prices and _unpriced(cohort, solution)) else OK


def _refuse_nested(folder: Path, run: Path) -> None:
    inner, outer = run.resolve(), folder.resolve()
    if inner.is_relative_to(outer) or outer.is_relative_to(inner):
        raise click.BadParameter(
            f"{clean(str(run))} and the cohort {clean(str(folder))} must not lie one inside the other",
            param_hint="'-o' / '--output'",
        )


def _solve(terminal: Terminal, cohort: Cohort, time_limit: float, workers: int) -> Solution:
    """Solve in the background, so that the first Ctrl-C keeps the best so far and the second ends at once."""
    from matcher.solver import solve as search

    def on_stop() -> None:
        terminal.say("stopping, writing the best so far; Ctrl-C again to stop at once")

    try:
        with terminal.progress(f"applying the rules to {counted(len(cohort.choices), 'choice')}") as progress:
            return run_interruptible(
                lambda stop: search(cohort, time_limit=time_limit, workers=workers, progress=progress, stop=stop),
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


def _write(terminal: Terminal, cohort: Cohort, solution: Solution, run: Path, overwrite: bool) -> None:
    """Check and write the run, so that the first Ctrl-C does not throw away an answer that is at hand."""
    from matcher import bugs
    from matcher.errors import OwnAnswerError
    from matcher.runs import write_run

    try:
        with terminal.progress(f"writing {counted(len(solution.pairs), 'pair')} with their sessions") as progress:
            run_interruptible(
                lambda _stop: write_run(cohort, solution, run, overwrite=overwrite, progress=progress),
                lambda: terminal.say("checking and writing the answer; Ctrl-C again to stop at once"),
            )
    except KeyboardInterrupt:
        terminal.error("interrupted at once: nothing was written")
        leave_now(INTERRUPTED)
    except OwnAnswerError as error:
        raise OwnAnswerError(
            f"{error}\n{bugs.write_report(error, cohort, solution, run.resolve().parent)}"
        ) from error


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


def _tell_search(terminal: Terminal, solution: Solution, writing: float) -> None:
    """Tell where the time went, where it was long, and with --verbose how much there was to search."""
    from matcher import messages

    if terminal.verbose:
        terminal.say(*messages.search_lines(solution))
    if terminal.verbose or terminal.seconds >= LONG:
        terminal.say(messages.seconds_line({**solution.seconds, "writing and checking": writing}))


def _tell_next(terminal: Terminal, folder: Path, run: Path) -> None:
    """Tell where to look, and what to type then."""
    from matcher import solve_words

    if lines := solve_words.reading_lines(run):
        terminal.say(*lines)
    sent = (run / "calendars").is_dir()
    when = "its calendars are as they were sent before; to update them" if sent else "when people may know"
    terminal.say(f"Next, {when}:", f"  {_typed('calendars', folder, run)}")


# --- verify -------------------------------------------------------------------------------------------------


@command("matcher verify my-cohort runs/first")
@click.argument("folder", metavar="COHORT", type=FOLDER)
@click.argument("run", metavar="RUN", type=FOLDER)
def verify(terminal: Terminal, folder: Path, run: Path) -> int:
    """Check every rule of COHORT again in the files of RUN.

    The check shares no code for rules and calendars with the solver. It also follows certificate.json, which
    proves by adding up that no other pairing is better, and says what of mentees, pairs and ranks is certified so.
    Keys that RUN was solved with (--set) count again, and are named.
    """
    from matcher.calendar_run import misfit
    from matcher.check import examine_run
    from matcher.errors import InputError, MatcherError

    if not run.is_dir():
        raise MatcherError(f"{run}: no such run folder (expected what 'matcher solve' wrote)")
    overrides = _run_overrides(run)
    try:
        cohort = _read(terminal, folder, overrides)
    except InputError as error:
        if not any(fault.file == "--set" for fault in error.faults):
            raise
        terminal.error(f"{run / 'summary.json'}: options.set holds keys that no programme has: {error}")
        return VIOLATED
    with terminal.progress(f"checking every rule in the files of {run}"):
        examined = examine_run(cohort, run)
        outdated = misfit(run)
    violations = examined.violations
    data = {
        "verified": not violations,
        "run": str(run),
        "set": overrides,
        "certified": list(examined.certified),
        "complete": examined.complete,
        "violations": placed_data(violations),
    }
    if outdated:
        data["warnings"] = [outdated]
        terminal.say(f"Warning: {outdated}")
    if violations:
        terminal.result(f"not verified: {counted(len(violations), 'violation')} in {run}", data)
        terminal.error(*placed_lines(violations, "violation"))
        return VIOLATED
    changed = ", ".join(f"{key}={value}" for key, value in overrides.items())
    kept = f"verified: {run} keeps every rule of {folder}{' with ' if changed else ''}{changed}"
    terminal.result(f"{kept}; {_certified(examined.certified)}", data)
    return OK


def _certified(goals: Sequence[str]) -> str:
    """What the certificate proves, and what rests on the solver.

    >>> _certified(["mentees", "pairs"])
    'certified: mentees and pairs; ranks rest on the solver alone'
    """
    names = ["mentees", "pairs", "ranks"]
    if len(goals) == len(names):
        return "maximum, certified: mentees, pairs and ranks"
    certified, rest = names[: len(goals)], names[len(goals) :]
    words = f"{', '.join(rest[:-1])} and {rest[-1]}" if rest[:-1] else rest[-1]
    proven = f"certified: {' and '.join(certified)}; " if certified else ""
    return f"{proven}{words} rest on the solver alone"


def _run_overrides(run: Path) -> dict[str, Any]:
    """Read the keys that were set when the run was solved; a damaged summary is for the check to report."""
    try:
        settings = json.loads((run / "summary.json").read_text("utf-8-sig"))["options"]["set"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return settings if isinstance(settings, dict) else {}


# --- report -------------------------------------------------------------------------------------------------


@command("matcher report my-cohort runs/first")
@click.argument("folder", metavar="COHORT", type=FOLDER)
@click.argument("run", metavar="RUN", type=FOLDER)
@click.option("--compare", "earlier", metavar="OTHER", type=FOLDER, help="Another run to compare RUN with.")
@click.option("--language", type=click.Choice(["en", "ru"]), help="Short for --set programme.language=...")
def report(terminal: Terminal, *, folder: Path, run: Path, earlier: Path | None, language: str | None) -> int:
    """Write what people read into RUN, above all report.html, a page for any browser.

    'matcher solve' has done so already; this writes it again, in another language, or with a comparison: figures
    of RUN and OTHER side by side, and the mentees who gain, lose or change a mentor.
    """
    overrides = _run_overrides(run) | ({"programme.language": language} if language else {})
    cohort = _read(terminal, folder, overrides)
    files = _write_reports(terminal, cohort, run, earlier)
    terminal.result(f"written: {', '.join(files)} to {run}", {"run": str(run), "files": list(files)})
    return OK


def _write_reports(terminal: Terminal, cohort: Cohort, run: Path, earlier: Path | None) -> tuple[str, ...]:
    from matcher.report_files import write_reports

    with terminal.progress(f"telling of {run}") as progress:
        reported = write_reports(cohort, run, earlier=earlier, progress=progress)
    if reported.warnings:
        first, *rest = placed_lines(reported.warnings, "warning")
        terminal.say(f"Warning: {first}", *rest)
    return reported.files


# --- rerun --------------------------------------------------------------------------------------------------


@command("matcher rerun my-cohort runs/first")
@click.argument("folder", metavar="COHORT", type=FOLDER)
@click.argument("run", metavar="RUN", type=FOLDER)
@click.option(
    "-o", "--output", "kept", metavar="NEWRUN", type=FOLDER, help="Keep the repeated run in this folder."
)
@WORKERS
def rerun(terminal: Terminal, *, folder: Path, run: Path, kept: Path | None, workers: int) -> int:
    """Solve COHORT as RUN was solved, and say whether every file comes out the same, byte for byte.

    The cohort must be as it was. Ends with 4 if a file differs. A run that a time limit or an interrupt cut short
    need not come out the same.
    """
    import tempfile

    from matcher.errors import MatcherError
    from matcher.repeats import differences, other_versions
    from matcher.run_files import PRICES, versions
    from matcher.run_reading import differing_inputs
    from matcher.run_tables import read_summary
    from matcher.runs import prepare_target

    summary = read_summary(run)
    if kept is not None:
        _refuse_nested(folder, kept)
        prepare_target(kept)
    cohort = _read(terminal, folder, _run_overrides(run))
    if changed := differing_inputs(cohort.inputs, summary.inputs)[0]:
        raise MatcherError(
            f"{run}: cannot be repeated: it was solved from another version of {', '.join(changed)}"
        )
    solution = _solve(terminal, cohort, SECONDS, workers)
    if solution.interrupted:
        terminal.error("interrupted: whether the run comes out the same is not known")
        return INTERRUPTED
    if (run / PRICES).exists():
        solution = _find_prices(terminal, cohort, solution, SECONDS, workers)
    with tempfile.TemporaryDirectory(prefix="matcher-") as scratch:
        again = kept or Path(scratch) / "run"
        _write(terminal, cohort, solution, again, overwrite=False)
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


# --- explain ------------------------------------------------------------------------------------------------


@command("matcher explain my-cohort runs/first E010")
@click.argument("folder", metavar="COHORT", type=FOLDER)
@click.argument("run", metavar="RUN", type=FOLDER)
@click.argument("employee", metavar="EMPLOYEE")
@click.option(
    "--at",
    metavar="TIME",
    type=click.DateTime(formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M%z", "%Y-%m-%d %H:%M"]),
    help="Also say why no session is at this time, such as 2027-02-03T10:00 (on the programme's clock).",
)
def explain(terminal: Terminal, *, folder: Path, run: Path, employee: str, at: dt.datetime | None) -> int:
    """Tell one person's story in RUN on one page: who, when, why, and what would have changed it.

    EMPLOYEE is an employee_id, an e-mail address or a full name. The page is for the programme lead: it names
    other people, but of their calendars it tells no more than whether there is common time.
    """
    from matcher.explain_page import make_page
    from matcher.io import read_cohort
    from matcher.tell_page import page_data, page_lines

    with terminal.progress(f"reading {folder} and {run}"):
        page = make_page(read_cohort(folder, _run_overrides(run)), run, employee, at)
    for warning in page.warnings:
        terminal.say(f"Warning: {warning}")
    terminal.page(page_lines(page), page_data(page, str(run)))
    return OK


# --- calendars ----------------------------------------------------------------------------------------------


@command("matcher calendars my-cohort runs/first")
@click.argument("folder", metavar="COHORT", type=FOLDER)
@click.argument("run", metavar="RUN", type=FOLDER)
@click.option(
    "--before", metavar="OLDRUN", type=FOLDER, help="Earlier run whose calendars people have; RUN updates them."
)
@SETTINGS
def calendars(
    terminal: Terminal, *, folder: Path, run: Path, before: Path | None, settings: tuple[str, ...]
) -> int:
    """Write the sessions of RUN as calendar files into RUN/calendars.

    One file per person, one for the programme, one invitation per session. Sessions that were sent before are
    updated or cancelled. Only the keys of [invitations] can be set here.
    """
    from matcher import messages
    from matcher.calendar_files import export

    overrides = _overrides(settings)
    for key in overrides:
        if not key.startswith("invitations."):
            raise click.BadParameter(f"{key}: only keys of [invitations] can be set here", param_hint="'--set'")
    cohort = _read(terminal, folder, {**_run_overrides(run), **overrides})
    with terminal.progress("reading the run") as progress:
        exported = export(cohort, run, before=before, progress=progress)
    terminal.result(messages.calendars_line(exported, run), messages.calendars_data(exported))
    terminal.say(*messages.calendars_lines(exported))
    return OK


# --- generate -----------------------------------------------------------------------------------------------

DATE = click.DateTime(formats=["%Y-%m-%d"])


@command("matcher generate my-company --employees 1000 --mentees 300")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--employees", metavar="N", type=int, required=True, help="People in the company.")
@click.option(
    "--mentees", metavar="N", type=int, required=True, help="How many of them list mentors; at most half."
)
@click.option("--choices", metavar="N", type=int, default=5, show_default=True, help="Mentors on each list.")
@click.option(
    "--busy",
    metavar="N",
    type=int,
    default=100,
    show_default=True,
    help="Meetings in a quarter, on the average, of everybody who occurs in a choice.",
)
@click.option("--seed", metavar="N", type=int, default=0, show_default=True, help="Another seed, another company.")
@click.option(
    "--start",
    metavar="DATE",
    type=DATE,
    default="2027-01-11",
    show_default=True,
    help="First day of the programme.",
)
@click.option(
    "--end", metavar="DATE", type=DATE, default="2027-04-09", show_default=True, help="Last day, included."
)
def generate(
    terminal: Terminal,
    *,
    folder: Path,
    employees: int,
    mentees: int,
    choices: int,
    busy: int,
    seed: int,
    start: dt.datetime,
    end: dt.datetime,
) -> int:
    """Write a synthetic company of any size into the new or empty folder DIR.

    The same numbers give the same files, byte for byte.
    """
    from matcher.generate import generate as write

    with terminal.progress(f"generating {folder}") as progress:
        counts = write(
            folder,
            employees=employees,
            mentees=mentees,
            choices=choices,
            busy=busy,
            seed=seed,
            start=start.date(),
            end=end.date(),
            progress=progress,
        )
    people = f"{counted(counts.employees, 'employee')}, {counted(counts.mentees, 'mentee')}"
    rows = f"{counted(counts.choices, 'choice')}, {counted(counts.busy, 'busy time')}"
    terminal.result(f"created: {people}, {rows} in {folder}", {"folder": str(folder), **asdict(counts)})
    terminal.say("Next:", f"  {_typed('check', folder)}")
    return OK


# --- shared by the commands ---------------------------------------------------------------------------------


def _read(terminal: Terminal, folder: Path, overrides: Mapping[str, Any]) -> Cohort:
    with terminal.progress(f"reading {folder}") as progress:
        from matcher import messages
        from matcher.io import read_cohort

        cohort = read_cohort(folder, overrides)
        progress(messages.size_line(cohort))
    if cohort.warnings:
        first, *rest = placed_lines(cohort.warnings, "warning")
        terminal.say(f"Warning: {first}", *rest)
    return cohort


def _refuse_errors(path: Path | None, folder: Path) -> None:
    """Say before the work that the copy with the errors cannot be written."""
    if path is not None:
        from matcher.errors_file import check_target

        check_target(path, folder)


def _mark_errors(
    terminal: Terminal,
    path: Path | None,
    folder: Path,
    told: tuple[Sequence[Fault], Sequence[Fault], Sequence[Fault]],
) -> None:
    """Write the copy with faults, warnings and what was understood, if it is asked for."""
    if path is None:
        return
    with terminal.progress(f"writing {path}"):
        from matcher.errors_report import mark_errors

        mark_errors(path, folder, *told)
    terminal.say(f"What is wrong or odd is marked in {path}.")


def _overrides(settings: tuple[str, ...], seed: int | None = None) -> dict[str, Any]:
    from matcher.io import parse_override

    overrides = dict(parse_override(setting) for setting in settings)
    if seed is not None:
        overrides["goals.seed"] = seed
    return overrides


def _typed(*words: str | Path) -> str:
    """Give a command as the user would type it."""
    return " ".join(["matcher", *(shlex.quote(str(word)) for word in words)])


def main() -> None:
    """Run the command line."""
    # A company is millions of objects with hardly a cycle among them; looking for one so often takes an eighth of
    # the time of a large run.
    gc.set_threshold(1_000_000, 10, 10)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal or pipe that lacks a letter of somebody's name is no reason to fail.
            stream.reconfigure(errors="backslashreplace")
    cli(prog_name="matcher")
