"""The least that reading calendars takes: icalendar parses, recurring-ical-events expands, and that is all."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from pathlib import Path

from benchmarks.exports import FIRST, LAST


def main() -> None:
    """Parse and expand every calendar of a folder and print a line of JSON: how many meetings there are."""
    import icalendar
    import recurring_ical_events

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    start, end = (dt.datetime.combine(day, dt.time(), dt.UTC) for day in (FIRST, LAST + dt.timedelta(days=1)))
    meetings = 0
    for path in sorted(given.folder.glob("*.ics")):
        calendar = icalendar.Calendar.from_ical(path.read_bytes())
        meetings += len(recurring_ical_events.of(calendar).between(start, end))
    print(json.dumps({"meetings": meetings}))


if __name__ == "__main__":
    main()
