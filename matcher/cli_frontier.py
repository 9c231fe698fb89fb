"""The command that finds trade-offs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from matcher.background import leave_now, run_interruptible
from matcher.cli_shared import FOLDER, TIME_LIMIT, WORKERS, overrides_of, read, refuse_nested
from matcher.commands import INTERRUPTED, OK, SETTINGS, command
from matcher.console import Terminal, counted

if TYPE_CHECKING:
    from matcher.frontier_points import Frontier
    from matcher.model import Cohort

AXES = ("ranks", "worst-rank", "sessions", "load")


@command("matcher frontier my-cohort -o frontier")
@click.argument("folder", metavar="COHORT", type=FOLDER)
@click.option("-o", "--output", "target", metavar="DIR", type=FOLDER, required=True, help="Folder to write.")
@click.option(
    "--axis",
    "axes",
    multiple=True,
    type=click.Choice(AXES),
    help="What mentees are traded for; may be repeated. All of them unless given.",
)
@click.option(
    "--points",
    metavar="N",
    type=click.IntRange(min=2),
    default=25,
    show_default=True,
    help="Points of an axis at most; where there are more values, they are left out evenly.",
)
@SETTINGS
@TIME_LIMIT
@WORKERS
@click.option("--overwrite", is_flag=True, help="Replace DIR if it holds earlier trade-offs.")
def frontier(
    terminal: Terminal,
    *,
    folder: Path,
    target: Path,
    axes: tuple[str, ...],
    points: int,
    settings: tuple[str, ...],
    time_limit: float,
    workers: int,
    overwrite: bool,
) -> int:
    """Find out what more mentees with a mentor cost: the exact trade-off with other goals.

    Against ranks: the least sum of ranks for every number of mentees. Against worst-rank, sessions (of every pair
    at least) and load (mentees of a mentor at most): the most mentees for every value. Each point is proven to be
    the best over all pairings that have a schedule. Writes frontier.html and frontier.csv. The time limit holds
    for each point; Ctrl-C writes what has been found so far.
    """
    from matcher import frontier_words
    from matcher.frontier_files import frontier_data, prepare_folder, write_frontier

    refuse_nested(folder, target)
    prepare_folder(target, overwrite=overwrite)
    cohort = read(terminal, folder, overrides_of(settings))
    found = _find(terminal, cohort, axes or AXES, points, time_limit, workers)
    write_frontier(cohort, found, target, points=points, overwrite=overwrite)
    terminal.result(
        f"{_line(found)}; written to {target}", {**frontier_data(cohort, found, points), "folder": str(target)}
    )
    terminal.say(*frontier_words.lines(found))
    terminal.say(f"Pictures and tables: {target / 'frontier.html'}")
    return INTERRUPTED if found.interrupted else OK


def _find(  # noqa: PLR0917 - what the user asked for
    terminal: Terminal, cohort: Cohort, axes: tuple[str, ...], points: int, time_limit: float, workers: int
) -> Frontier:
    """Find them in the background: the first Ctrl-C keeps the points found so far, the second ends at once."""
    from matcher.frontier import find_frontier

    try:
        with terminal.progress("finding the optimum of the programme as it is") as progress:
            return run_interruptible(
                lambda stop: find_frontier(
                    cohort,
                    axes,
                    points=points,
                    time_limit=time_limit,
                    workers=workers,
                    progress=progress,
                    stop=stop,
                ),
                lambda: terminal.say("stopping, writing the points found so far; Ctrl-C again to stop at once"),
            )
    except KeyboardInterrupt:
        terminal.error("interrupted at once: nothing was written")
        return leave_now(INTERRUPTED)


def _line(found: Frontier) -> str:
    """The result in one line."""
    points = [point for front in found.fronts for point in front.points]
    open_points = sum(point.status in {"feasible", "no_solution"} for point in points)
    proof = f"{counted(open_points, 'point')} not proven" if open_points else "all proven"
    so_far = " so far" if found.interrupted else ""
    return (
        f"{counted(len(found.fronts), 'trade-off')} of at most {counted(found.own.mentees, 'mentee')} with a "
        f"mentor{so_far}: {counted(len(points), 'point')}, {proof}"
    )
