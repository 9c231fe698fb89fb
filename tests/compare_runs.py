"""Run folders for the tests of comparing: from literals, without solving."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter

from explain_runs import write_rows

from matcher.run_tables import CHOICES, PAIRS, SESSIONS, UNMATCHED

COLUMNS = {
    PAIRS: ("mentee_id", "mentee_name", "mentor_id", "mentor_name", "rank", "sessions", "source"),
    SESSIONS: ("mentee_id", "mentor_id", "number", "start", "end", "minutes"),
    CHOICES: ("mentee_id", "mentor_id", "rank", "outcome", "detail"),
    UNMATCHED: ("mentee_id", "name", "reason", "explanation"),
}
SUMMARY = {
    "status": "optimal", "goals": [], "counts": {}, "seed": 0, "inputs": {}, "versions": {}, "options": {"set": {}}
}  # fmt: skip


def make_run(folder, *, pairs=(), sessions=(), unmatched=(), choices=(), names=None, delimiter=",", **summary):
    """Write a run.

    Pairs are `(mentee, mentor, rank)`, rank "" for a lock that was no choice; sessions `(mentee, mentor, start,
    end)`; unmatched `(mentee, reason, explanation)`; choices `(mentee, mentor, rank, outcome, detail)`, to which
    those of the pairs are added.
    """
    names = names or {}
    folder.mkdir(parents=True, exist_ok=True)
    named = [
        (a, names.get(a, ""), b, names.get(b, ""), rank, 1, "chosen" if rank else "locked") for a, b, rank in pairs
    ]
    counted = [(a, b, 1, start, end, 45) for a, b, start, end in sessions]
    left = [(mentee, names.get(mentee, ""), reason, why) for mentee, reason, why in unmatched]
    listed = [*choices, *((a, b, rank, "paired", "Paired.") for a, b, rank in pairs if rank)]
    for file, rows in ((PAIRS, named), (SESSIONS, counted), (CHOICES, listed), (UNMATCHED, left)):
        records = [dict(zip(COLUMNS[file], row, strict=True)) for row in rows]
        write_rows(folder / file, COLUMNS[file], records, delimiter)
    (folder / "summary.json").write_text(json.dumps({**SUMMARY, **summary}), "utf-8")
    return folder


def settings(**keys):
    """The part of a summary that says what was set: `capacity__mentees_per_mentor=3`."""
    return {"options": {"set": {key.replace("__", "."): value for key, value in keys.items()}}}


def parsed(content):
    """The rows of a CSV file that was made."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def rows_in(folder, file):
    return parsed((folder / file).read_bytes())


# --- an oracle that knows nothing but the CSV files ---------------------------------------------------------


def expected(before, now):
    """What is otherwise between two run folders: changes by mentee, counts of pairs and sessions, moved pairs."""
    held = [
        {(row["mentee_id"], row["mentor_id"]): row["rank"] for row in rows_in(run, PAIRS)} for run in (before, now)
    ]
    left = [{row["mentee_id"]: row["reason"] for row in rows_in(run, UNMATCHED)} for run in (before, now)]
    outcomes = [
        {(row["mentee_id"], row["mentor_id"]): row["outcome"] for row in rows_in(run, CHOICES)}
        for run in (before, now)
    ]
    people = [{mentee for mentee, _ in held[side]} | left[side].keys() for side in (0, 1)]
    changes = {}
    for mentee in people[0] | people[1]:
        mine = [{b: rank for (a, b), rank in held[side].items() if a == mentee} for side in (0, 1)]
        kind = _kind(mentee, people, mine)
        if not kind:
            continue
        former, new = sorted(mine[0].keys() - mine[1].keys()), sorted(mine[1].keys() - mine[0].keys())
        changes[mentee] = {
            "change": kind,
            "mentor_before": "; ".join(sorted(mine[0])),
            "mentor_now": "; ".join(sorted(mine[1])),
            "former_now": _told(outcomes[1], mentee, former) if mentee in people[1] else "",
            "new_before": _told(outcomes[0], mentee, new) if mentee in people[0] else "",
            "unmatched": left[1].get(mentee) or left[0].get(mentee) or "",
        }
    kept = held[0].keys() & held[1].keys()
    pairs = {"kept": len(kept), "won": len(held[1]) - len(kept), "lost": len(held[0]) - len(kept)}
    return changes, pairs, _moved(before, now, kept)


def _kind(mentee, people, mine):
    before, now = map(set, mine)
    tests = {
        "joined": mentee not in people[0],
        "left": mentee not in people[1],
        "gained": not before and now,
        "lost": before and not now,
        "more": before and before < now,
        "fewer": now and now < before,
        "mentor": before - now and now - before,
        "rank": mine[0] != mine[1],
    }
    return next((kind for kind, holds in tests.items() if holds), "")


def _told(outcomes, mentee, mentors):
    return "; ".join(outcomes.get((mentee, mentor), "not_listed") for mentor in mentors)


def _moved(before, now, kept):
    """Kept, moved, added and dropped sessions, and those of another length, of each kept pair."""
    found = {}
    for pair in kept:
        starts = [
            {
                row["start"]: row["end"]
                for row in rows_in(run, SESSIONS)
                if (row["mentee_id"], row["mentor_id"]) == pair
            }
            for run in (before, now)
        ]
        both = starts[0].keys() & starts[1].keys()
        gone, fresh = len(starts[0]) - len(both), len(starts[1]) - len(both)
        moved = min(gone, fresh)
        resized = sum(starts[0][start] != starts[1][start] for start in both)
        found[pair] = Counter(
            kept=len(both), moved=moved, added=fresh - moved, dropped=gone - moved, resized=resized
        )
    return found
