"""What an import of calendars did, in words and figures: lines for people, data for `--json`."""

from __future__ import annotations

from typing import Any

from matcher.console import counted, placed_data
from matcher.import_busy import BACKUP, BUSY
from matcher.import_calendars import Imported

SKIPPED = {
    "own": "sessions of this programme",
    "outside": "events outside the programme",
    "undated": "events without a start",
    "cancelled": "cancelled",
    "declined": "declined by their owner",
    "free": "shown as free",
    "elsewhere": "working elsewhere",
    "tentative": "tentative",
    "empty": "without length",
}


def import_line(done: Imported) -> str:
    """Give the one line on an import."""
    refused = f"; {counted(done.refused, 'file')} refused" if done.faults else ""
    if done.written is None:
        return f"nothing imported: no calendar could be read{refused}"
    files = f"{counted(done.files, 'calendar')} of {counted(done.people, 'person', 'people')}"
    return f"imported: {files}, {counted(done.written.rows, 'busy time')} in {BUSY}{refused}"


def import_lines(done: Imported) -> list[str]:
    """Give what was read and what does not count as busy, and what became of busy.csv."""
    counts = done.counts
    lines = [
        f"  calendar files read          {done.files:>8}",
        f"  ... as they were last time   {done.cached:>8}",
        f"  people                       {done.people:>8}",
        f"  events                       {counts.get('events', 0):>8}",
        f"  free or busy periods         {counts.get('periods', 0):>8}",
        f"  meetings in the programme    {counts.get('occurrences', 0):>8}",
        f"  ... from recurring events    {counts.get('recurrences', 0):>8}",
        f"  ... busy without a time zone {counts.get('floating', 0):>8}",
    ]
    lines += [f"  not busy: {name:<26} {counts[code]:>4}" for code, name in SKIPPED.items() if counts.get(code)]
    if done.faults:
        lines.append(f"  files refused                {done.refused:>8}")
    return [*lines, *_file_lines(done)]


def _file_lines(done: Imported) -> list[str]:
    written = done.written
    if written is None:
        return [f"{BUSY} is as it was."]
    if not written.changed:
        return [f"{BUSY} is as it was: nothing has changed."]
    kept = f"; {counted(written.kept, 'row')} of other people kept" if written.kept else ""
    return [f"{BUSY} is written{kept}{f'; the earlier file is {BACKUP}' if written.replaced else ''}."]


def import_data(done: Imported) -> dict[str, Any]:
    """Give the same for a program."""
    written = done.written
    return {
        "files": done.files,
        "cached": done.cached,
        "people": done.people,
        "refused": done.refused,
        "events": done.counts.get("events", 0),
        "periods": done.counts.get("periods", 0),
        "occurrences": done.counts.get("occurrences", 0),
        "recurrences": done.counts.get("recurrences", 0),
        "floating": done.counts.get("floating", 0),
        "skipped": {code: done.counts.get(code, 0) for code in SKIPPED},
        "rows": written.rows if written else 0,
        "rows_kept": written.kept if written else 0,
        "changed": bool(written and written.changed),
        "backup": bool(written and written.replaced),
        "faults": placed_data(done.faults),
    }
