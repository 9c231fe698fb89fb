"""The command: measure parts, print their tables, write results and the page."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from benchmarks.goals import CHECKS
from benchmarks.parts import LONGEST, PARTS, Setting
from benchmarks.report import goals_table, part_table, write
from benchmarks.results import FOLDER, load, save

REPORT = "report"
LARGEST = ("textbook", "scale")
LISTED = "\n".join(f"  {name:14} {(part.__doc__ or '').splitlines()[0]}" for name, part in PARTS.items())
HELP = f"""Measure matcher beside its floor and its peers, and write docs/performance.md from the figures.

\b
PART is one or more of these, or `{REPORT}` alone to write the page from earlier figures; all by default.
{LISTED}

\b
Example:
  python -m benchmarks flow textbook --repeats 5
"""


@contextlib.contextmanager
def _kept(folder: Path | None) -> Iterator[Path]:
    """The folder for cohorts: the given one, which stays, or one that goes when all is done."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="matcher-bench-") as scratch:
        yield Path(scratch)


@click.command(help=HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.argument("parts", metavar="[PART]...", nargs=-1, type=click.Choice([*PARTS, REPORT]))
@click.option(
    "--repeats", metavar="N", type=click.IntRange(min=1), help="Runs of everybody; else each part's own."
)
@click.option(
    "--mentees", metavar="N", type=click.IntRange(min=10), help="Another size (the largest for `scale`)."
)
@click.option("--limit", metavar="SECONDS", default=LONGEST, show_default=True, help="Most that one run may take.")
@click.option(
    "--largest", is_flag=True, help="For textbook: the largest size each proves. For scale: a million people."
)
@click.option("--cohorts", metavar="DIR", type=Path, help="Keep the cohorts here and use those that are there.")
@click.option(
    "--results", metavar="DIR", type=Path, default=FOLDER, help="Where figures go; else benchmarks/results."
)
def main(  # noqa: PLR0917 - click gives them by name
    parts: tuple[str, ...],
    repeats: int | None,
    mentees: int | None,
    limit: float,
    largest: bool,
    cohorts: Path | None,
    results: Path,
) -> None:
    """Run the parts one after the other."""
    chosen = [part for part in parts or PARTS if part != REPORT]
    if largest and not set(chosen) <= set(LARGEST):
        raise click.UsageError(f"--largest goes with {' or '.join(LARGEST)} only")
    with _kept(cohorts) as folder:
        setting = Setting(folder, _tell, repeats or 0, mentees or 0, largest, limit)
        for part in chosen:
            _measure(part, setting, results)
    if results.resolve() == FOLDER:
        write(load(FOLDER))
        _tell("docs/performance.md is written")


def _measure(part: str, setting: Setting, results: Path) -> None:
    """Run one part, keep its figures and print them."""
    cases = PARTS[part](setting)
    name = f"{part}-largest" if setting.largest else part
    save(name, cases, results)
    click.echo(f"\n{name}\n{part_table(cases)}\n")
    if name in CHECKS:
        click.echo(f"{goals_table(CHECKS[name](cases))}\n")


def _tell(line: str) -> None:
    """Progress goes to standard error."""
    click.echo(line, err=True)


if __name__ == "__main__":
    main()
