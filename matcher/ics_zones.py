"""Time zones as calendar files name them: IANA, Windows, or defined in the file itself; never guessed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator

from matcher.ics_text import Block, Property

THIS_MACHINE = {"localtime", "posixrules"}  # what these are, another computer reads otherwise


ENDS = re.compile("UNTIL|COUNT|INTERVAL")  # what ties a yearly rule to its first year
YEARS_BEFORE = 5  # from which on the clock changes of a zone are worked out


def define_zones(zones: Iterable[Block], year: int) -> None:
    """Make the zones that a file defines known, for a programme of this year, and forget those of other files."""
    import icalendar  # noqa: PLC0415 - an optional part, loaded by whoever reads a calendar

    icalendar.use_zoneinfo()
    for zone in zones:
        lines = ["BEGIN:VCALENDAR", *_definition(zone, year - YEARS_BEFORE), "END:VCALENDAR", ""]
        try:
            icalendar.Calendar.from_ical("\r\n".join(lines))
        except Exception:  # noqa: BLE001, S112 - then the zone stays unknown, which is told where it is used
            continue


def _definition(zone: Block, year: int) -> Iterator[str]:
    yield from ("BEGIN:VTIMEZONE", *map(str, zone.properties))
    for part in zone.blocks:
        # The names of winter and summer time are left out: x-wr-timezone takes a zone that has none for no zone,
        # and one that is called UTC for UTC.
        yield from (f"BEGIN:{part.name}", "TZNAME:local")
        rules = [rule.value.upper() for rule in part.all("RRULE")]
        yearly = [rule for rule in rules if "FREQ=YEARLY" in rule and not ENDS.search(rule)]
        for own in part.properties:
            yield _later(str(own), year) if own.name == "DTSTART" and yearly == rules != [] else str(own)
        yield f"END:{part.name}"
    yield "END:VTIMEZONE"


def _later(start: str, year: int) -> str:
    """The start of a yearly rule, not before `year`: Outlook's rules begin in 1601, and every year takes time."""
    match = re.fullmatch(r"(DTSTART[^:]*:)([0-9]{4})([0-9]{4}T[0-9]{6}Z?)", start)
    if match is None or int(match[2]) >= year or match[3].startswith("0229"):
        return start
    return f"{match[1]}{year}{match[3]}"


def known_zone(name: str) -> dt.tzinfo | None:
    """The zone of this name: as the file defines it, or by its IANA or Windows name; None for any other."""
    from icalendar.timezone import tzp  # noqa: PLC0415 - an optional part, loaded by whoever reads a calendar

    try:
        zone: dt.tzinfo | None = tzp.timezone(name)
    except (OSError, ValueError, UnicodeError):  # the name of a folder of zones, or too long for a file
        return None
    return None if getattr(zone, "key", "") in THIS_MACHINE else zone


def unknown_zone(own: Property) -> str:
    """The zone that a property names and nobody knows; "" where all is well."""
    name = own.parameter("TZID")
    return name if name and known_zone(name) is None else ""
