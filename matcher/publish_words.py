"""What is told of a publication: lines for people, data for `--json`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from matcher import messages
from matcher.console import counted
from matcher.model import Cohort
from matcher.programme import day_date
from matcher.publication import ANSWERS
from matcher.publish import Published


def publish_line(done: Published, run: Path) -> str:
    """Give the one line on a publication."""
    publication, exported = done.publication, done.exported
    which = f"publication {publication.number} of {counted(done.pairs, 'pair')}, on {publication.on}"
    if exported is None:
        return f"published already: {run} ({which}); nothing was changed"
    sessions, people = counted(exported.sessions, "session"), counted(exported.people, "person", "people")
    return f"published: {run} ({which}); calendars of {sessions} for {people}"


def publish_lines(done: Published, cohort: Cohort, run: Path) -> list[str]:
    """Give warnings, and what there is to do now."""
    if done.exported is None:
        return []
    lines = messages.calendars_lines(done.exported)
    if not done.proven:
        lines.insert(0, "Warning: it is not proven that there is no better answer; 'matcher solve' may find one.")
    if done.dropped:
        lost = counted(done.dropped, "pair that has accepted is", "pairs that have accepted are")
        lines.insert(0, f"Warning: {lost} not in this run; 'matcher rematch' keeps what is agreed.")
    table = cohort.sources.get("pairs.csv", ("pairs.csv", None))
    where = ", sheet ".join(filter(None, table))
    if done.asked is None:
        lines.append(f"{run / ANSWERS} was there already and stays as it is.")
    elif done.asked:
        asked = counted(done.asked, "pair has", "pairs have")
        lines += [
            f"{asked} still to answer: note in {run / ANSWERS} who accepts or declines,",
            f"and copy the rows with an answer into {where}, which has the same columns.",
        ]
    return lines


def next_date(cohort: Cohort, on: dt.date) -> dt.date:
    """The date from which on a rematch could change the plan that was published on a date."""
    frame = cohort.programme.frame
    begun = frame.start if cohort.earlier is None else day_date(cohort.earlier.as_of)
    return min(max(on, begun), frame.end)


def publish_data(done: Published, run: Path) -> dict[str, Any]:
    """Give the same for a program."""
    publication = done.publication
    return {
        "published": True,
        "again": done.exported is None,
        "run": str(run),
        "number": publication.number,
        "on": publication.on.isoformat(),
        "as_of": None if publication.as_of is None else publication.as_of.isoformat(),
        "pairs": done.pairs,
        "asked": done.asked,
        "dropped": done.dropped,
        "answers": str(run / ANSWERS) if (run / ANSWERS).exists() else None,
        "proven": done.proven,
        "calendars": None if done.exported is None else messages.calendars_data(done.exported),
    }
