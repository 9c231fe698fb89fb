"""The command that compares runs."""

from __future__ import annotations

from pathlib import Path

import click

from matcher.cli_shared import FOLDER
from matcher.commands import OK, command
from matcher.console import Terminal


@command("matcher compare runs/first runs/second -o comparison")
@click.argument("runs", metavar="RUN...", nargs=-1, required=True, type=FOLDER)
@click.option("-o", "--output", metavar="DIR", type=FOLDER, help="Folder for the tables and the page, a new one.")
@click.option("--overwrite", is_flag=True, help="Replace an earlier comparison in DIR.")
@click.option(
    "--language", type=click.Choice(["en", "ru"]), default="en", show_default=True, help="Language of the page."
)
def compare(
    terminal: Terminal, *, runs: tuple[Path, ...], output: Path | None, overwrite: bool, language: str
) -> int:
    """Compare runs with the first RUN: what is otherwise, for whom, and why.

    A RUN is what 'matcher solve' wrote; what 'matcher sweep' wrote stands for all its runs, the case 'base' first.
    With -o DIR: figures.csv (a row a run), changes.csv (a row for each mentee who fares otherwise), moved.csv
    (sessions of kept pairs) and compare.html, a page with plots for any browser.
    """
    if overwrite and output is None:
        raise click.UsageError("--overwrite is for a folder that -o names")
    with terminal.progress("looking for runs") as progress:
        from matcher import tell_compare
        from matcher.compare import compare_runs, find_runs
        from matcher.compare_files import prepare_folder, write_folder
        from matcher.compare_tables import as_data, make_tables
        from matcher.compare_words import Words

        if output is not None:
            prepare_folder(output, overwrite=overwrite)
        sources, left_out = find_runs(runs)
        comparison = compare_runs(sources, Words("en"), Words(language), progress)
        if output is not None:
            from matcher.compare_page import PAGE, make_page

            progress(f"writing {output}")
            contents = {**make_tables(comparison), PAGE: make_page(comparison, Words(language))}
            write_folder(contents, output, overwrite=overwrite)
    terminal.say(*tell_compare.lines(comparison, left_out))
    terminal.result(
        tell_compare.line(comparison, output), {**as_data(comparison), "written": output and str(output)}
    )
    return OK
