"""Stories for the tests of what is made of runs: from literals, without solving."""

from __future__ import annotations

import datetime as dt
import json
from zoneinfo import ZoneInfo

from cohorts import Spec, build
from explain_runs import write_rows

from matcher.run_tables import BOTTLENECKS, CHOICES, COLUMNS, PAIRS, SESSIONS, UNMATCHED, read_run
from matcher.story import Story

SUMMARY = {"status": "optimal", "goals": [], "seed": 0, "inputs": {}}


def make_story(folder, spec: Spec, *, pairs=(), sessions=(), unmatched=(), choices=(), groups=None):
    """Write a run and read it.

    Pairs are `"mentee mentor rank"`, without rank for a lock that was no choice; sessions are
    `(mentee, mentor, moment)` on the programme's clock; unmatched `"mentee reason"`; choices
    `"mentee mentor outcome"`; groups rows of the five columns about them in bottlenecks.csv, which is missing
    without them.
    """
    cohort = build(spec)
    folder.mkdir(exist_ok=True)
    (folder / "summary.json").write_text(json.dumps(SUMMARY), "utf-8")
    put(folder, PAIRS, [("mentee_id", "mentor_id", "rank"), *(f"{pair} ".split(" ")[:3] for pair in pairs)])
    zone = ZoneInfo(cohort.programme.frame.timezone)
    put(folder, SESSIONS, [("mentee_id", "mentor_id", "start"), *(_session(*row, zone) for row in sessions)])
    put(folder, UNMATCHED, [("mentee_id", "reason"), *map(str.split, unmatched)])
    put(folder, CHOICES, [("mentee_id", "mentor_id", "outcome"), *map(str.split, choices)])
    if groups is not None:
        head = ("group", "group_mentors", "group_mentees", "group_places", "shortage")
        put(folder, BOTTLENECKS, [head, *groups])
    return Story(cohort, read_run(folder))


def put(folder, file, rows):
    """Write a table of a run; columns that are not given are blank."""
    head, *records = rows
    write_rows(folder / file, COLUMNS[file], [dict(zip(head, map(str, row), strict=True)) for row in records])


def _session(mentee, mentor, moment, zone):
    at = dt.datetime.fromisoformat(moment).replace(tzinfo=zone)
    return mentee, mentor, at.isoformat(timespec="minutes")
