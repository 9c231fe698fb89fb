"""The texts of the report in the language of the programme, with its numbers, dates and plural forms."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import cached_property

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from matcher.report_english import ENGLISH
from matcher.report_russian import RUSSIAN

Entry = str | Mapping[str, str]
"""A text with {placeholders}, or one for each plural form of the number {n}."""

WORDS: Mapping[str, Mapping[str, Entry]] = {"en": ENGLISH, "ru": RUSSIAN}
LOCALES = {"en": "en_GB", "ru": "ru"}


class Words:
    """Tells everything in one language.

    >>> Words("en")("rank.n", rank=2)
    'rank 2 on the list'
    >>> Words("ru")("count.all", n=3)
    '3 строки'
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self.entries = WORDS[language]
        self._numbers: dict[float, str] = {}

    @cached_property
    def locale(self) -> Locale:
        """Whose numbers, dates and plural forms count."""
        return Locale.parse(LOCALES[self.language])

    def __call__(self, key: str, **values: str | int) -> str:
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

    def number(self, value: float) -> str:
        """A number as it is written in the language."""
        if value not in self._numbers:
            self._numbers[value] = str(format_decimal(value, locale=self.locale))
        return self._numbers[value]

    def share(self, part: int, whole: int) -> str:
        """A part of a whole in per cent, "" of nothing; only all is 100 and only nothing is 0."""
        if not whole:
            return ""
        percent = min(max(round(100 * part / whole), 1), 99) if 0 < part < whole else round(100 * part / whole)
        return str(format_percent(percent / 100, locale=self.locale))

    def date(self, date: dt.date) -> str:
        """A date in words."""
        return str(format_date(date, "long", locale=self.locale))

    def listed(self, parts: list[str]) -> str:
        """Join parts with commas and "and"."""
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {self('list.and')} {parts[-1]}"


def used_by(script: str, language: str) -> dict[str, Entry]:
    """The texts that a script asks for: by whole keys, or by the first part of a key to which it adds."""
    whole = set(re.findall(r"'([a-z_]+(?:\.[a-z_]+)+)'", script))
    parts = tuple(re.findall(r"'([a-z_]+(?:\.[a-z_]+)*[._])'", script))
    entries = WORDS[language]
    return {key: entry for key, entry in entries.items() if key in whole or (parts and key.startswith(parts))}
