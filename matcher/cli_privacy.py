"""The commands about pseudonyms: put a cohort under them, and say who is who again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from matcher.cli_shared import FOLDER, refuse_key, refuse_nested, typed
from matcher.commands import OK, command
from matcher.console import Terminal, counted, placed_lines

KEY = click.option(
    "--key",
    metavar="KEY",
    type=FOLDER,
    required=True,
    help="File that says who is who; keep it apart from the rest.",
)


@command("matcher pseudonymise my-cohort -o pseudonymous --key key.csv")
@click.argument("folder", metavar="COHORT", type=FOLDER)
@click.option("-o", "--output", metavar="DIR", type=FOLDER, required=True, help="New or empty folder to write.")
@KEY
def pseudonymise(terminal: Terminal, *, folder: Path, output: Path, key: Path) -> int:
    """Write COHORT under pseudonyms into the folder DIR, without names, addresses and free text.

    All other commands can then work with DIR. Whoever is in the file KEY already keeps his pseudonym; new people
    are added to it. Functions, levels and calendars stay as they are: people who know the company may still
    recognise somebody by them.
    """
    from matcher.new_folder import refuse_full
    from matcher.pseudonyms import pseudonymise as put_under

    refuse_nested(folder, output)
    refuse_key(key, folder, output, new=True)
    refuse_full(output)
    with terminal.progress(f"reading {folder}"):
        cohort, files = put_under(folder, key, {})
    _write(output, files)
    terminal.people.update(zip(cohort.employees.ids, cohort.employees.names, strict=True))
    if cohort.warnings:
        first, *rest = placed_lines(cohort.warnings, "warning")
        terminal.say(f"Warning: {first}", *rest)
    people = counted(len(cohort.employees), "employee")
    data = {"folder": str(output), "key": str(key), "files": sorted(files), "employees": len(cohort.employees)}
    terminal.result(f"written: {people} under pseudonyms to {output}; {key} says who is who", data)
    terminal.say("Next:", f"  {typed('solve', output, '-o', Path('runs') / output.name)}")
    return OK


@command("matcher reveal runs/hidden --key key.csv -o runs/named")
@click.argument("run", metavar="RUN", type=FOLDER)
@click.option("-o", "--output", metavar="DIR", type=FOLDER, required=True, help="New or empty folder to write.")
@KEY
def reveal(terminal: Terminal, *, run: Path, output: Path, key: Path) -> int:
    """Write the CSV files of RUN, which is under pseudonyms, with ids and names into the folder DIR.

    DIR is for reading: it is no run, and holds no report.
    """
    from matcher.new_folder import refuse_full
    from matcher.pseudonym_key import read_key
    from matcher.reveal import revealed

    refuse_nested(run, output)
    refuse_full(output)
    with terminal.progress(f"reading {run}"):
        files, people = revealed(run, read_key(key))
    _write(output, files)
    data = {"run": str(run), "folder": str(output), "files": sorted(files), "people": people}
    terminal.result(f"written: {counted(len(files), 'table')} with the names of {people} people to {output}", data)
    return OK


def _write(output: Path, files: Mapping[str, bytes]) -> None:
    from matcher.result_folders import write_results

    write_results(output, output.resolve(), files, overwrite=False)
