"""Hostile content: every text of soak/payloads.py in every place of a cohort, through every command."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from soak import results
from soak.content_bombs import Blast, blasts
from soak.content_case import Case, Found
from soak.content_cohort import hostile
from soak.content_pages import chromium
from soak.payloads import KINDS, LOOKALIKES, PAYLOADS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SHOWN = 40


@click.command()
@click.option("--count", default=len(PAYLOADS), show_default=True, help="Cases, 0 for bombs alone.")
@click.option("--seed", default=0, show_default=True, help="Seed of the first case.")
@click.option("--only", type=int, help="The case of this seed alone, without bombs.")
@click.option("--bombs/--no-bombs", default=True, show_default=True, help="Also files that unpack without end.")
@click.option("--bomb", default="", metavar="WORD", help="Only the bombs with this in their name, and no cases.")
@click.option("--keep", type=click.Path(path_type=Path), help="Folder in which the cases are left.")
@click.option("--record", is_flag=True, help="Keep the figures in soak/results.")
def main(**options: Any) -> None:  # noqa: ANN401 - whatever click gives
    """Put hostile texts into cohorts, and read all that comes out of them with programs of others."""
    begin = time.monotonic()
    found: list[Found] = []
    figures: dict[str, Any] = {"payloads": len(PAYLOADS), "lookalikes": len(LOOKALIKES)}
    if options["count"] and not options["bomb"]:
        seeds = range(options["seed"], options["seed"] + options["count"])
        figures |= run_cases(seeds if options["only"] is None else [options["only"]], options["keep"], found)
    if options["bombs"] and options["only"] is None:
        figures |= run_bombs(options["bomb"], found)
    figures |= {"found": len(found), "seconds": round(time.monotonic() - begin)}
    show(figures, found)
    if options["record"]:
        figures["kinds"] = {kind: len(texts) for kind, texts in KINDS.items()}
        without = "" if options["bombs"] else " --no-bombs"
        command = f"python -m soak content --count {options['count']} --seed {options['seed']}{without}"
        results.save("content" if options["count"] else "content-bombs", command, figures)
    sys.exit(1 if found else 0)


def run_cases(seeds: Iterable[int], keep: Path | None, found: list[Found]) -> dict[str, int]:
    """Run the cases of these seeds; gives how many commands, files and pages that was."""
    figures: Counter[str] = Counter()
    with chromium() as browser:
        for seed in seeds:
            case = run_case(seed, keep, browser)
            found += case.found
            figures.update(
                {"cases": 1, "commands": case.commands, "files": case.files, "pages in Chromium": case.pages}
            )
            _say(f"case {seed}: {len(found)} found")
    return dict(figures)


def run_case(seed: int, keep: Path | None = None, browser: Browser | None = None, *, whole: bool = True) -> Case:
    """Run the case of a seed in a folder that is gone afterwards, unless it is to be kept."""
    parent = Path(tempfile.mkdtemp(prefix="matcher-content-")) if keep is None else keep
    parent.mkdir(parents=True, exist_ok=True)
    case = Case(hostile(seed), parent / f"case-{seed}", browser=browser)
    try:
        case.run(whole=whole)
    finally:
        if keep is None:
            shutil.rmtree(parent)
    return case


def run_bombs(word: str, found: list[Found]) -> dict[str, float]:
    """Lay the bombs whose names hold a word; gives the most that one of them took."""
    done: list[Blast] = []

    def told(one: Blast) -> None:
        done.append(one)
        found.extend(Found(0, one.name, what) for what in one.wrong)
        _say(f"{one.name}: {one.seconds:.1f} s, {one.megabytes:.0f} MB")

    blasts(word=word, told=told)
    return {
        "bombs": len(done),
        "most MB of a bomb": round(max((one.megabytes for one in done), default=0)),
        "most seconds of a bomb": round(max((one.seconds for one in done), default=0), 1),
    }


def _say(line: str) -> None:
    click.echo(f"\r{line:<100.100}" if sys.stderr.isatty() else line, nl=not sys.stderr.isatty(), err=True)


def show(figures: dict[str, Any], found: Iterable[Found]) -> None:
    """Print the figures, and what was found, each kind of it once."""
    for name, figure in figures.items():
        click.echo(f"{name:<24} {figure}")
    kinds: dict[tuple[str, str], list[Found]] = {}
    for one in found:
        kinds.setdefault((one.where.rpartition("/")[2], one.what[:40]), []).append(one)
    for listed in list(kinds.values())[:SHOWN]:
        first = listed[0]
        click.echo(f"{len(listed):>5} x  seed {first.seed}, {first.where!a}: {first.what}")
