"""The commands before there is a run: make a cohort, import calendars into it, check it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from matcher.cli_shared import (
    ERRORS,
    FOLDER,
    WORKERS,
    mark_errors,
    overrides_of,
    read,
    refuse_errors,
    typed,
)
from matcher.commands import BAD_INPUT, OK, SETTINGS, command
from matcher.console import Terminal, counted, placed_lines

# --- init ---------------------------------------------------------------------------------------------------


@command("matcher init my-cohort")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--xlsx", is_flag=True, help="Write an Excel workbook, DIR.xlsx, instead of a folder.")
def init(terminal: Terminal, folder: Path, *, xlsx: bool) -> int:
    """Write a sample cohort to edit into the new or empty folder DIR.

    A name that ends with .xlsx, or --xlsx, makes one Excel workbook instead, with drop-downs, notes and a sheet
    that says how to begin.
    """
    from matcher.new_folder import filled, refuse_full
    from matcher.one_file import write_file
    from matcher.sample_data import sample_files

    if xlsx or folder.suffix.casefold() == ".xlsx":
        return _init_workbook(terminal, folder)
    refuse_full(folder)
    files = sample_files()
    with filled(folder) as staged:
        for name, content in files.items():
            write_file(staged / name, content)
    terminal.result(
        f"created: a sample cohort of {counted(len(files), 'file')} in {folder}",
        {"folder": str(folder), "files": sorted(files)},
    )
    terminal.say("Edit the files, then type:", f"  {typed('check', folder)}")
    return OK


def _init_workbook(terminal: Terminal, path: Path) -> int:
    from matcher.errors import MatcherError
    from matcher.one_file import replace_file
    from matcher.template_book import make_template

    if path.suffix.casefold() != ".xlsx":
        path = path.with_name(f"{path.name}.xlsx")
    if path.exists():
        raise MatcherError(f"{path}: is there already; nothing was written")
    content = make_template(path.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():  # since we looked
        raise MatcherError(f"{path}: is there already; nothing was written")
    replace_file(path, content)
    terminal.result(f"created: a sample cohort in the workbook {path}", {"workbook": str(path)})
    terminal.say("Open it in Excel, read its first sheet, then type:", f"  {typed('check', path)}")
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
    terminal.say("Next:", f"  {typed('check', cohort)}")
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

    refuse_errors(errors, folder)
    try:
        cohort = read(terminal, folder, overrides_of(settings))
    except InputError as error:
        mark_errors(terminal, errors, folder, (error.single, (), error.understood))
        terminal.say(*report.understood_lines(error.understood, all_of_it=terminal.verbose))
        terminal.error(*placed_lines(error.faults, "fault"))
        data = report.not_ready_data(error.faults, error.understood)
        terminal.result(report.not_ready_line(error.faults), data)
        return BAD_INPUT
    terminal.say(*report.understood_lines(cohort.understood, all_of_it=terminal.verbose))
    with terminal.progress("working out who could meet whom"):
        figures = readiness.assess(cohort)
    mark_errors(terminal, errors, folder, (figures.blockers, cohort.warnings, cohort.understood))
    terminal.say(*report.readiness_lines(cohort, figures, all_of_it=terminal.verbose))
    if not terminal.verbose and any(cohort.employees.names):
        terminal.say("People are told by their ids; --verbose adds their names.")
    if figures.blockers:
        terminal.error(*placed_lines(figures.blockers, "fault"))
    terminal.result(report.ready_line(cohort, figures), report.readiness_data(cohort, figures))
    if figures.blockers:
        return BAD_INPUT
    run = Path("runs") / (folder.resolve().stem if folder.is_file() else folder.resolve().name or "first")
    terminal.say("Next:", f"  {typed('solve', folder, '-o', run)}")
    return OK
