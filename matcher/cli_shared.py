"""What several commands do alike: their options, reading a cohort, what is written beside a run."""

from __future__ import annotations

import json
import math
import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matcher.console import Terminal, clean, placed_lines
from matcher.plain_file import read_plain_text

if TYPE_CHECKING:
    from matcher.errors import Fault
    from matcher.model import Cohort

MOST_WORKERS = 8
SECONDS = 600  # limit of a search unless the user gives another


def _finite(_context: click.Context, _parameter: click.Parameter, seconds: float) -> float:
    if not math.isfinite(seconds):
        raise click.BadParameter(f"must be a number of seconds above 0 (got {seconds})")
    return seconds


FOLDER = click.Path(path_type=Path)
TIME_LIMIT = click.option(
    "--time-limit",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    callback=_finite,
    default=SECONDS,
    show_default=True,
    help="Stop after so long with the best answer so far.",
)
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


PSEUDONYMISE = click.option(
    "--pseudonymise",
    "key",
    metavar="KEY",
    type=FOLDER,
    help="Write under pseudonyms. The file KEY says who is who: it is made if it is not there, and new people "
    "are added. Keep it apart from what is written.",
)
PSEUDONYMISED = click.option(
    "--pseudonymise",
    "key",
    metavar="KEY",
    type=FOLDER,
    help="Read COHORT under the pseudonyms of the file KEY, as RUN was solved.",
)
HISTORY = click.option(
    "--history",
    "earlier_runs",
    metavar="RUN",
    type=FOLDER,
    multiple=True,
    help="Run of an earlier quarter; may be repeated. Mentees who were left out then go first within their "
    "priority, and who has met whom counts as if it stood in pairs.csv.",
)


def read(
    terminal: Terminal,
    folder: Path,
    overrides: Mapping[str, Any],
    run: Path | None = None,
    key: Path | None = None,
) -> Cohort:
    """Read a cohort, and show its warnings; with a run, also what it knew of earlier plans and quarters.

    With the `key` file of pseudonyms, it is the cohort under these; the warnings are of the files as they are.
    """
    shown: tuple[Fault, ...] | None = None
    with terminal.progress(f"reading {folder}") as progress:
        from matcher import messages
        from matcher.io import read_cohort

        if key is not None:
            folder, named = _under_pseudonyms(folder, overrides, key)
            terminal.people.update(zip(named.employees.ids, named.employees.names, strict=True))
            shown = named.warnings
        cohort = read_cohort(folder, overrides)
        own = cohort.warnings
        terminal.people.update(zip(cohort.employees.ids, cohort.employees.names, strict=True))
        progress(messages.size_line(cohort))
        if run is not None:
            from matcher.earlier import with_earlier
            from matcher.history import kept_history

            cohort = with_earlier(kept_history(cohort, run), run)
    warnings = cohort.warnings if shown is None else (*shown, *(one for one in cohort.warnings if one not in own))
    if warnings:
        first, *rest = placed_lines(warnings, "warning")
        terminal.say(f"Warning: {first}", *rest)
    return cohort


def _under_pseudonyms(folder: Path, overrides: Mapping[str, Any], key: Path) -> tuple[Path, Cohort]:
    """The cohort under pseudonyms in a folder that goes with the command; the cohort as it is."""
    from matcher.held import temporary
    from matcher.pseudonyms import pseudonymise

    cohort, files = pseudonymise(folder, key, overrides)
    scratch = click.get_current_context().with_resource(temporary())
    for name, content in files.items():
        (scratch / name).write_bytes(content)
    return scratch, cohort


def refuse_key(
    key: Path | None, folder: Path, *written: Path, runs: Sequence[Path] = (), new: bool = False
) -> None:
    """Say before the work what stands against a key file of pseudonyms.

    Parameters
    ----------
    folder
        The cohort, in which the key must not lie.
    written
        What is written, in which the key must not lie either.
    runs
        What is read besides the cohort, and must be under pseudonyms.
    new
        Whether the key may be made anew.
    """
    if key is None:
        return
    from matcher.pseudonym_key import read_key
    from matcher.reveal import refuse_named

    for place in (folder, *written, *runs):
        if key.resolve().is_relative_to(place.resolve()):
            raise click.BadParameter(
                f"{clean(str(key))} must not lie in {clean(str(place))}: whoever gets that would get the names",
                param_hint="'--pseudonymise'",
            )
    if key.exists() or not new:
        known = read_key(key)
        for run in runs:
            refuse_named(run, known)


def refuse_private(key: Path | None, overrides: Mapping[str, Any]) -> None:
    """Refuse to set under pseudonyms what may name somebody: it would stand in summary.json."""
    if key is not None:
        from matcher.pseudonyms import PRIVATE_KEYS

        for name in overrides:
            if name.startswith(PRIVATE_KEYS):
                raise click.BadParameter(
                    f"{name}: may name somebody, so it is left out under pseudonyms", param_hint="'--set'"
                )


def refuse_errors(path: Path | None, folder: Path) -> None:
    """Say before the work that the copy with the errors cannot be written."""
    if path is not None:
        from matcher.errors_file import check_target

        check_target(path, folder)


def mark_errors(
    terminal: Terminal,
    path: Path | None,
    folder: Path,
    told: tuple[Sequence[Fault], Sequence[Fault], Sequence[Fault]],
) -> None:
    """Write the copy with faults, warnings and what was understood, if it is asked for."""
    if path is None:
        return
    with terminal.progress(f"writing {path}"):
        from matcher import errors_report

        errors_report.mark_errors(path, folder, *told)
    terminal.say(f"What is wrong or odd is marked in {path}.")


def overrides_of(settings: tuple[str, ...], seed: int | None = None) -> dict[str, Any]:
    """The keys that `--set` and `--seed` give."""
    from matcher.io import parse_override

    overrides = dict(parse_override(setting) for setting in settings)
    if seed is not None:
        overrides["goals.seed"] = seed
    return overrides


def typed(*words: str | Path) -> str:
    """Give a command as the user would type it."""
    return " ".join(["matcher", *(shlex.quote(str(word)) for word in words)])


def refuse_nested(folder: Path, run: Path) -> None:
    """Refuse a run inside its cohort, and a cohort inside its run."""
    inner, outer = run.resolve(), folder.resolve()
    if inner.is_relative_to(outer) or outer.is_relative_to(inner):
        raise click.BadParameter(
            f"{clean(str(run))} and the cohort {clean(str(folder))} must not lie one inside the other",
            param_hint="'-o' / '--output'",
        )


def run_overrides(run: Path) -> dict[str, Any]:
    """Read the keys that were set when the run was solved; a damaged summary is for the check to report."""
    try:
        settings = json.loads(read_plain_text(run / "summary.json"))["options"]["set"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return settings if isinstance(settings, dict) else {}


def write_reports(terminal: Terminal, cohort: Cohort, run: Path, earlier: Path | None) -> tuple[str, ...]:
    """Write what people read of a run, and give the names of the files."""
    from matcher import report_files

    with terminal.progress(f"telling of {run}") as progress:
        reported = report_files.write_reports(cohort, run, earlier=earlier, progress=progress)
    if reported.warnings:
        first, *rest = placed_lines(reported.warnings, "warning")
        terminal.say(f"Warning: {first}", *rest)
    return reported.files
