"""The calendars that the two libraries publish for their own tests, read as the libraries alone expand them.

They are read from the installed packages; where a package comes without them, its part is skipped.
"""

import datetime as dt
import re
import warnings
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from ics_cases import utc

from matcher.ics_read import Reading, joined, read_calendar

OWNER = ZoneInfo("Europe/Berlin")
MARGIN = dt.timedelta(days=3)
PROGRAMMES = 2  # of two years each, for one file
PACKAGES = {"recurring_ical_events": "test/calendars", "icalendar": "tests"}


def published(package):
    folder = Path(find_spec(package).origin).parent / PACKAGES[package]
    return sorted(folder.rglob("*.ics"))


def minute(when, *, last):
    """Minute of an occurrence's edge, as the libraries give it."""
    if not isinstance(when, dt.datetime):
        when = dt.datetime(when.year, when.month, when.day, tzinfo=OWNER)
    seconds = (when if when.tzinfo else when.replace(tzinfo=OWNER, fold=int(last))).timestamp()
    return int(-(-seconds // 60)) if last else int(seconds // 60)


def is_free(occurrence):
    shown = str(occurrence.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()
    if str(occurrence.get("STATUS", "")).upper() == "CANCELLED" or shown in ("FREE", "WORKINGELSEWHERE"):
        return True
    return not shown and str(occurrence.get("TRANSP", "")).upper() == "TRANSPARENT"


def expected(data, start, end):
    """Busy minutes by parsing and expanding the whole file; None where the libraries cannot."""
    icalendar.use_zoneinfo()
    try:
        found = [
            occurrence
            for calendar in icalendar.Calendar.from_ical(data, multiple=True)
            for occurrence in recurring_ical_events.of(calendar).between(utc(start) - MARGIN, utc(end) + MARGIN)
        ]
        edges = [(own["DTSTART"].dt, own["DTEND"].dt) for own in found if not is_free(own)]
        return clipped([(minute(first, last=False), minute(last, last=True)) for first, last in edges], start, end)
    except Exception:  # noqa: BLE001 - each library stumbles in its own way
        return None


def clipped(stretches, start, end):
    return joined((max(a, start), min(b, end)) for a, b in stretches if max(a, start) < min(b, end))


def programmes(data):
    """From 1 January of the years in which the file's events begin, for two years."""
    years = {int(year) for year in re.findall(rb"(?:DTSTART|RDATE|RECURRENCE-ID)[^:]*:(\d{4})", data)}
    for year in sorted(year for year in years if 1971 <= year <= 2098)[:PROGRAMMES]:
        yield tuple(int(dt.datetime(y, 1, 1, tzinfo=OWNER).timestamp() // 60) for y in (year, year + 2))


UNKNOWN_ZONES = {  # in which the libraries read times in a zone that nobody knows as times without one
    "issue_526_calendar_with_different_events.ics",
    "issue_526_calendar_with_event_subset.ics",
    "issue_526_calendar_with_events.ics",
    "issue_526_calendar_with_shuffeled_events.ics",
    "issue_722_missing_VTIMEZONE_custom.ics",
}


@pytest.mark.parametrize(("package", "least"), [("recurring_ical_events", 60), ("icalendar", 20)])
def test_what_the_libraries_expand_is_busy(package, least):
    """What they cannot read themselves is left out, and so are single events and free and busy times."""
    compared, refused = 0, {}
    for path in published(package):
        data = path.read_bytes()
        if b"BEGIN:VCALENDAR" not in data or b"VFREEBUSY" in data:
            continue
        for start, end in programmes(data):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                wanted = expected(data, start, end)
            busy = read_calendar(data, path.name, Reading("Europe/Berlin", "", start, end))
            if wanted is None:
                continue
            if busy.faults:
                refused[path.name] = str(busy.faults[0])
                continue
            assert clipped([*busy.minutes, *map(midnights, busy.days)], start, end) == wanted, path.name
            compared += bool(wanted)
    if not published(package):
        pytest.skip("the package is installed without its tests")
    assert compared >= least
    assert refused.keys() == (UNKNOWN_ZONES if package == "icalendar" else set())
    assert all("is not known, and the file does not define it" in message for message in refused.values())


def midnights(days):
    first, last = (minute(dt.date(1970, 1, 1) + dt.timedelta(day), last=False) for day in days)
    return first, last
