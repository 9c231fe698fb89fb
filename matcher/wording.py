"""Texts in one language, with its numbers, shares, dates and plural forms."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import cached_property

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from matcher import code_words, column_words, proof_words

Entry = str | Mapping[str, str]
"""A text with {placeholders}, or one for each plural form of the number {n}."""

SHARED: Mapping[str, Mapping[str, Entry]] = {
    "en": {**code_words.ENGLISH, **proof_words.ENGLISH, **column_words.ENGLISH},
    "ru": {**code_words.RUSSIAN, **proof_words.RUSSIAN, **column_words.RUSSIAN},
}
"""What everything that is made of a run says in the same words."""

LOCALES = {"en": "en_GB", "ru": "ru"}
FEW = 200  # of so many, a share says enough without decimals

MOST_GROUPED = 10**18  # numbers below are written in groups of digits


class Wording:
    """Tells everything in one language: what is shared, and the `own` texts of whoever asks.

    >>> Wording("en", {})("gain.mentees", n=2)
    '2 more mentees with a mentor'
    """

    def __init__(self, language: str, own: Mapping[str, Entry]) -> None:
        self.language = language
        self.entries: Mapping[str, Entry] = {**SHARED[language], **own}
        self._numbers: dict[float, str] = {}

    @cached_property
    def locale(self) -> Locale:
        """Whose numbers, dates and plural forms count."""
        return Locale.parse(LOCALES[self.language])

    def __call__(self, key: str, /, **values: str | int) -> str:
        """The text of a key with its placeholders filled in; `n` chooses the plural form."""
        entry = self.entries[key]
        if not isinstance(entry, str):
            form = self.locale.plural_form(int(values["n"]))
            entry = entry.get(form, entry["other"])
        said = {name: value if isinstance(value, str) else self.number(value) for name, value in values.items()}
        return re.sub(r"\{(\w+)\}", lambda found: said.get(found[1], found[0]), entry)

    def has(self, key: str) -> bool:
        """Whether there is a text of this key."""
        return key in self.entries

    def code(self, group: str, code: str) -> str:
        """A code of a run in words; the code itself if it is not known."""
        entry = self.entries.get(f"{group}.{code}")
        return entry if isinstance(entry, str) else code

    def number(self, value: float) -> str:
        """A number as it is written in the language."""
        if value not in self._numbers:
            exact = abs(value) < MOST_GROUPED  # of a damaged summary.json it may have any number of digits
            self._numbers[value] = str(format_decimal(value, locale=self.locale)) if exact else str(value)
        return self._numbers[value]

    def signed(self, change: int) -> str:
        """A change with its sign; a real minus, as it is read and not calculated with."""
        sign = "+" if change > 0 else "\u2212" if change < 0 else ""
        return sign + self.number(abs(change))

    def share(self, part: int, whole: int) -> str:
        """A part of a whole in per cent, a dash of nothing."""
        if not whole:
            return "\N{EN DASH}"
        usual = self.locale.percent_formats[None].pattern
        pattern = usual.replace("##0", "##0.0") if share_decimals(part, whole) else usual
        return str(format_percent(rounded_share(part, whole), pattern, self.locale))

    def date(self, date: dt.date) -> str:
        """A date in words."""
        return str(format_date(date, "long", locale=self.locale))

    def listed(self, parts: list[str]) -> str:
        """Join parts with commas and "and"."""
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {self('list.and')} {parts[-1]}"


def rounded_share(part: int, whole: int) -> float:
    """A part of a whole as it is shown everywhere: to a per cent, of many to a tenth of one.

    Halves go up; only all is 1 and only nothing is 0.

    >>> rounded_share(1, 8), rounded_share(2, 1000), rounded_share(14_999, 15_000), rounded_share(0, 0)
    (0.13, 0.002, 0.999, 0.0)
    """
    if not whole:
        return 0.0
    step = 100 if whole < FEW else 1000
    steps = (2 * step * part + whole) // (2 * whole)
    return (min(max(steps, 1), step - 1) if 0 < part < whole else steps) / step


def share_decimals(part: int, whole: int) -> int:
    """How many decimals a share is shown with."""
    return int(whole >= FEW and 0 < part < whole)
