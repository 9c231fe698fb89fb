"""The command that invents a company."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from pathlib import Path

import click

from matcher.cli_shared import (
    FOLDER,
    typed,
)
from matcher.commands import OK, command
from matcher.console import Terminal, counted

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
    terminal.say("Next:", f"  {typed('check', folder)}")
    return OK
