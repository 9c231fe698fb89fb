"""Public holidays and moved working days of a country: the only module that knows the package `holidays`.

It is imported when a country is named, and not before: most of its time goes into being loaded.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from matcher.findings import HINTING, did_you_mean
from matcher.model import SpecialDay
from matcher.programme import day_date, day_number, fold

if TYPE_CHECKING:
    from holidays import HolidayBase

ISO_PART = re.compile("[A-Z0-9]{1,3}")
YEARS_IN_A_ROW = 5  # a state that has decreed so often without a break will do so again
SHOWN = 8


@dataclass(frozen=True)
class PublicDays:
    """Days off and moved working days of one country, sorted, and why some years are not sure."""

    days: tuple[SpecialDay, ...]
    doubts: Mapping[int, str]


@cache
def country_code(text: str) -> str:
    """The one spelling of a country, perhaps with a subdivision: "RU", "US-PA"; "" of a blank text.

    Raises
    ------
    ValueError
        If there is no such country, or no such subdivision in a country whose subdivisions are known. Where none
        are known by ISO codes, as in Belgium or Russia, every ISO code is taken (see `has_own_days`).
    """
    if not text.strip():
        return ""
    country, dash, part = (piece.strip() for piece in text.partition("-"))
    code = _codes().get(country.upper())
    if code is None:
        close = _nearest(country)
        raise ValueError(
            f"{text!r} is not an ISO code of a country like 'RU', or of a part of one like 'US-PA'{close}"
        )
    return f"{code}-{_part(code, part, text)}" if dash else code


def has_own_days(code: str) -> bool:
    """Whether holidays of this subdivision of its own are known, if it has any; True of a whole country."""
    country, _, part = code.partition("-")
    return not part or part in _entity(country).subdivisions


def public_days(code: str, first: int, last: int) -> PublicDays:
    """Days off and working days moved to a weekend on the dates from `first` to `last`, observed days included."""
    country, _, part = code.partition("-")
    years = range(day_date(first).year, day_date(last).year + 1)
    days = _entity(country, part if has_own_days(code) else "", years)
    names = {number: name for date, name in days.items() if first <= (number := day_number(date)) <= last}
    moved = [number for date in days.weekend_workdays if first <= (number := day_number(date)) <= last]
    rows = [SpecialDay(code, date, "off") for date in names] + [SpecialDay(code, date, "worked") for date in moved]
    doubts = {year: _doubt(days, names, year) for year in years}
    return PublicDays(tuple(sorted(rows)), {year: doubt for year, doubt in doubts.items() if doubt})


# --- the package ------------------------------------------------------------------------------------------------


@cache
def _codes() -> dict[str, str]:
    """The two-letter code of each code that the package takes: RU, RUS, UK."""
    from holidays.registry import COUNTRIES  # noqa: PLC0415 - see above

    return {name.upper(): names[1] for names in COUNTRIES.values() for name in names[1:]}


def _nearest(country: str) -> str:
    """The code that was probably meant: of a country's name, or of nearly its name or code."""
    from holidays.registry import COUNTRIES  # noqa: PLC0415 - see above

    if not HINTING.get():
        return ""
    names = {fold(module.replace("_", " ")): codes[1] for module, codes in COUNTRIES.items()}
    names |= {fold(name): code for name, code in _codes().items()}
    close = difflib.get_close_matches(fold(country), names, n=1, cutoff=0.7)
    return f"; did you mean {names[close[0]]!r}?" if close else ""


@cache
def _entity(country: str, part: str = "", years: range = range(0)) -> HolidayBase:
    from holidays import country_holidays  # noqa: PLC0415 - see above

    # Names in the country's own language, whatever this machine's is: doubts are told by a word in them.
    language = country_holidays(country).default_language
    return country_holidays(country, subdiv=part or None, years=years, language=language)


def _part(code: str, part: str, text: str) -> str:
    """The one spelling of a subdivision of a country; ValueError if there is none."""
    entity = _entity(code)
    known = {fold(name): name for name in entity.subdivisions}
    known |= {fold(name): subdivision for name, subdivision in entity.subdivisions_aliases.items()}
    if fold(part) in known:
        return known[fold(part)]
    iso = [name for name in entity.subdivisions if ISO_PART.fullmatch(name)]
    if not iso and ISO_PART.fullmatch(part.upper()):
        return part.upper()
    names = sorted(set(entity.subdivisions))
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    listed = f" (known: {', '.join(names[:SHOWN])}{more})" if names else ""
    close = did_you_mean(part, [*entity.subdivisions, *entity.subdivisions_aliases], cutoff=0.6)
    raise ValueError(f"{text!r} is no part of {code} whose holidays are known{listed}{close}")


def _doubt(days: HolidayBase, names: Mapping[int, str], year: int) -> str:
    """Why the days of this year, of which `names` gives some, are not sure; empty if they are."""
    if not days.start_year <= year <= days.end_year:
        return "none are known in this year"
    doubts, last = [], _last_decree(days)
    if last is not None and year > last:
        doubts.append(f"what is decreed year by year, such as moved working days, is known up to {last} only")
    marks = [
        _label_word(getattr(days, label, "") or "") for label in ("estimated_label", "observed_estimated_label")
    ]
    dates = [day_date(day) for day, name in sorted(names.items()) if any(mark and mark in name for mark in marks)]
    here = [date.isoformat() for date in dates if date.year == year]
    if here:
        doubts.append(f"estimates, as they depend on the moon: {', '.join(here)}")
    return "; ".join(doubts)


def _last_decree(entity: HolidayBase) -> int | None:
    """The last year whose decrees are known, in a country that makes new ones year by year; else None."""
    # Entries of three items are days off by name, longer ones move a day off away from a day that is worked.
    years: dict[int, object] = getattr(entity, "special_public_holidays", {})
    if not years:
        return None
    last = max(years)
    regular = all(last - back in years for back in range(YEARS_IN_A_ROW))
    return last if entity.has_substituted_holidays or regular else None


def _label_word(label: str) -> str:
    """What a label like "%s (estimated)" adds to a name."""
    return label.replace("%s", "").strip()
