"""The commands about a run: check it, tell of it, put it into calendars."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import click

from matcher.cli_shared import (
    FOLDER,
    PSEUDONYMISED,
    overrides_of,
    read,
    refuse_key,
    run_overrides,
    write_reports,
)
from matcher.commands import OK, SETTINGS, VIOLATED, command
from matcher.console import Terminal, counted, placed_data, placed_lines

# --- verify -------------------------------------------------------------------------------------------------


@command("matcher verify my-cohort runs/first")
@click.argument("folder", metavar="COHORT", type=FOLDER)
@click.argument("run", metavar="RUN", type=FOLDER)
@PSEUDONYMISED
def verify(terminal: Terminal, folder: Path, run: Path, key: Path | None) -> int:
    """Check every rule of COHORT again in the files of RUN.

    The check shares no code for rules and calendars with the solver. It also follows certificate.json, which
    proves by adding up that no other pairing is better, and says what of mentees, pairs and ranks is certified so.
    Keys that RUN was solved with (--set) count again, and are named.
    """
    from matcher.calendar_run import misfit
    from matcher.check import examine_run
    from matcher.errors import InputError, MatcherError
    from matcher.publication import is_published, read_publication

    if not run.is_dir():
        raise MatcherError(f"{run}: no such run folder (expected what 'matcher solve' wrote)")
    refuse_key(key, folder, runs=(run,))
    overrides = run_overrides(run)
    try:
        cohort = read(terminal, folder, overrides, run, key)
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
    published = ""
    if is_published(run):
        publication = read_publication(run)
        data["published"] = {"number": publication.number, "on": publication.on.isoformat()}
        published = f"; published on {publication.on}, and unchanged since"
    terminal.result(f"{kept}; {_certified(examined.certified, examined.pairing)}{published}", data)
    return OK


def _certified(goals: Sequence[str], every: Sequence[str]) -> str:
    """What the certificate proves of the goals about pairs, and what rests on the solver.

    >>> _certified(["mentees", "pairs"], ["mentees", "pairs", "rank"])
    'certified: mentees and pairs; ranks rest on the solver alone'
    """
    names = ["priorities" if name == "priority" else name for name in (*every[:-1], "ranks")]
    if len(goals) == len(names):
        return f"maximum, certified: {', '.join(names[:-1])} and {names[-1]}"
    certified, rest = names[: len(goals)], names[len(goals) :]
    words = f"{', '.join(rest[:-1])} and {rest[-1]}" if rest[:-1] else rest[-1]
    proven = f"certified: {' and '.join(certified)}; " if certified else ""
    return f"{proven}{words} rest on the solver alone"


# --- report -------------------------------------------------------------------------------------------------


@command("matcher report my-cohort runs/first")
@click.argument("folder", metavar="COHORT", type=FOLDER)
@click.argument("run", metavar="RUN", type=FOLDER)
@click.option("--compare", "earlier", metavar="OTHER", type=FOLDER, help="Another run to compare RUN with.")
@click.option("--language", type=click.Choice(["en", "ru"]), help="Short for --set programme.language=...")
@PSEUDONYMISED
def report(
    terminal: Terminal,
    *,
    folder: Path,
    run: Path,
    earlier: Path | None,
    language: str | None,
    key: Path | None,
) -> int:
    """Write what people read into RUN, above all report.html, a page for any browser.

    'matcher solve' has done so already; this writes it again, in another language, or with a comparison: figures
    of RUN and OTHER side by side, and the mentees who gain, lose or change a mentor.
    """
    overrides = run_overrides(run) | ({"programme.language": language} if language else {})
    refuse_key(key, folder, runs=(run,) if earlier is None else (run, earlier))
    cohort = read(terminal, folder, overrides, run, key)
    files = write_reports(terminal, cohort, run, earlier)
    terminal.result(f"written: {', '.join(files)} to {run}", {"run": str(run), "files": list(files)})
    return OK


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
    from matcher.earlier import with_earlier
    from matcher.explain_page import make_page
    from matcher.history import kept_history
    from matcher.io import read_cohort
    from matcher.tell_page import page_data, page_lines

    with terminal.progress(f"reading {folder} and {run}"):
        cohort = with_earlier(kept_history(read_cohort(folder, run_overrides(run)), run), run)
        page = make_page(cohort, run, employee, at)
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

    overrides = overrides_of(settings)
    for key in overrides:
        if not key.startswith("invitations."):
            raise click.BadParameter(f"{key}: only keys of [invitations] can be set here", param_hint="'--set'")
    cohort = read(terminal, folder, {**run_overrides(run), **overrides}, run)
    with terminal.progress("reading the run") as progress:
        exported = export(cohort, run, before=before, progress=progress)
    terminal.result(messages.calendars_line(exported, run), messages.calendars_data(exported))
    terminal.say(*messages.calendars_lines(exported))
    return OK
