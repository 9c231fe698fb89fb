"""The command `publish`: a run becomes the record, and people hear of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from matcher.cli_shared import FOLDER, overrides_of, read, run_overrides, typed
from matcher.commands import OK, SETTINGS, VIOLATED, command
from matcher.console import Terminal, counted, placed_data, placed_lines


@command("matcher publish my-cohort runs/first")
@click.argument("folder", metavar="COHORT", type=FOLDER)
@click.argument("run", metavar="RUN", type=FOLDER)
@click.option(
    "--on",
    "moment",
    metavar="DATE",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help="Date of the publication.  [default: today]",
)
@click.option(
    "--before", metavar="OLDRUN", type=FOLDER, help="Earlier run whose calendars people have; RUN takes its place."
)
@SETTINGS
def publish(
    terminal: Terminal,
    *,
    folder: Path,
    run: Path,
    moment: dt.datetime | None,
    before: Path | None,
    settings: tuple[str, ...],
) -> int:
    """Make RUN, so far a draft, the record of COHORT, and write its calendars.

    RUN is checked in full first: it must keep every rule, and be of the cohort as it is now. It then holds
    published.json, and is never replaced; 'matcher verify' says if a file of it is changed. RUN/calendars is what
    'matcher calendars' writes, with the same options; RUN/answers.csv is a form for the answers of the pairs,
    whose rows go into pairs.csv. Publishing a run again changes nothing.
    """
    from matcher import publish_words as words
    from matcher.publish import NotPublishedError
    from matcher.publish import publish as make_record

    overrides = overrides_of(settings)
    for key in overrides:
        if not key.startswith("invitations."):
            raise click.BadParameter(f"{key}: only keys of [invitations] can be set here", param_hint="'--set'")
    cohort = read(terminal, folder, {**run_overrides(run), **overrides}, run)
    on = moment.date() if moment else dt.datetime.now(cohort.programme.zone).date()
    try:
        with terminal.progress(f"reading {run}") as progress:
            done = make_record(cohort, run, on=on, before=before, progress=progress)
    except NotPublishedError as error:
        found = error.violations
        data = {"published": False, "run": str(run), "violations": placed_data(found)}
        terminal.result(f"not published: {counted(len(found), 'violation')} in {run}", data)
        terminal.error(*placed_lines(found, "violation"))
        return VIOLATED
    terminal.result(words.publish_line(done, run), words.publish_data(done, run))
    terminal.say(*words.publish_lines(done, cohort, run))
    if done.exported is not None:
        rematch = typed("rematch", folder, run, "--as-of", str(words.next_date(cohort, on)), "-o", f"{run}-2")
        terminal.say("Next, when somebody declines, refuses, leaves or joins:", f"  {rematch}")
    return OK
