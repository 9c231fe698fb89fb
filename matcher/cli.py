"""The command `matcher`: all commands together, in the order in which its help lists them."""

from __future__ import annotations

import gc
import io
import sys

from matcher import (
    cli_cohort,
    cli_compare,
    cli_frontier,
    cli_generate,
    cli_privacy,
    cli_publish,
    cli_rehearse,
    cli_rematch,
    cli_run,
    cli_scenario,
    cli_solve,
    cli_sweep,
)
from matcher.commands import cli

__all__ = ["cli", "main"]
COMMANDS = (
    *(cli_cohort.init, cli_cohort.import_calendars, cli_cohort.check),
    *(cli_solve.solve, cli_run.verify, cli_run.report, cli_solve.rerun),
    *(cli_run.explain, cli_run.calendars, cli_publish.publish, cli_rematch.rematch),
    cli_rehearse.rehearse,
    *(cli_scenario.scenario, cli_sweep.sweep, cli_compare.compare, cli_frontier.frontier),
    *(cli_privacy.pseudonymise, cli_privacy.reveal),
    cli_generate.generate,
)
cli.commands = {str(command.name): command for command in COMMANDS}


def main() -> None:
    """Run the command line."""
    # A company is millions of objects with hardly a cycle among them; looking for one so often takes an eighth of
    # the time of a large run.
    gc.set_threshold(1_000_000, 10, 10)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal or pipe that lacks a letter of somebody's name is no reason to fail.
            stream.reconfigure(errors="backslashreplace")
    try:
        cli(prog_name="matcher")
    finally:
        # What is left goes with the process: without this, all of it is looked through for cycles once more.
        gc.freeze()
