"""Public holidays, moved working days and the company's own: what each date is in each country."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from matcher.model import BoolArray, Cohort, IntArray, SpecialDay
from matcher.programme import MINUTES_A_DAY


@dataclass(frozen=True)
class SpecialDays:
    """The dates from some first one on, in each of `Employees.countries`; shape (countries, dates).

    Nobody works where `off`; where `worked`, the programme's hours count whatever the weekday. Work is over at
    the minute `end`.
    """

    off: BoolArray
    worked: BoolArray
    end: IntArray

    @property
    def shortened(self) -> bool:
        """Whether any date ends early."""
        return bool((self.end < MINUTES_A_DAY).any())


def special_days(cohort: Cohort, first: int, last: int) -> SpecialDays:
    """What the dates `first` to `last` (days since 1970-01-01) are, country by country."""
    countries = cohort.employees.countries
    shape = (len(countries), last - first + 1)
    days = SpecialDays(
        np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool), np.full(shape, MINUTES_A_DAY, dtype=np.int64)
    )
    public, company = _by_country(cohort.public_days), _by_country(cohort.company_days)
    for place, country in enumerate(countries):
        # Of the company's rows for a date only the most exact counts, so the less exact are forgotten first.
        own = {row.date: row for name in ("", *_wider(country), country) for row in company.get(name, ())}
        for row in (*public.get(country, ()), *own.values()):
            if first <= row.date <= last:
                column = row.date - first
                if row.kind != "short":
                    days.off[place, column], days.worked[place, column] = row.kind == "off", row.kind == "worked"
                days.end[place, column] = row.end
    return days


def _wider(country: str) -> tuple[str, ...]:
    """The country of a subdivision."""
    whole, dash, _ = country.partition("-")
    return (whole,) if dash else ()


def _by_country(rows: Iterable[SpecialDay]) -> dict[str, list[SpecialDay]]:
    found: dict[str, list[SpecialDay]] = {}
    for row in rows:
        found.setdefault(row.country, []).append(row)
    return found
