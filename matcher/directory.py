"""What employees may be called besides their ids: e-mail, full name, an id that a spreadsheet has shortened."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from matcher.lookalikes import INVISIBLE, LOOKS

NUMBER = re.compile(r"0*([1-9][0-9]*|0)(?:[.,](?!000$)0+)?", re.ASCII)  # 1,000 may be a thousand

Found = tuple[list[str], str]
"""The ids of all employees whom a text may mean, and how they were found."""


class Directory:
    """Employees by e-mail, name and number; each list has one entry per employee.

    What is looked for least is made when it is first needed: most cohorts name people by their ids.
    """

    def __init__(self, ids: Sequence[str], emails: Sequence[str], names: Sequence[str]) -> None:
        self._ids, self._emails, self._names = ids, emails, names
        self._resembling: dict[frozenset[str], list[str]] = {}

    def find(self, text: str) -> Found:
        """Whom a text means that is no id: by number, else by e-mail, else by name, else by its words."""
        if number := number_key(text):
            return self._by_number.get(number, []), "by an id of which a spreadsheet has changed the zeros"
        if "@" in text:
            return self._by_email.get(email_key(text), []), "by e-mail"
        if _may_be_name(text):
            if ids := self._by_name.get(name_key(text)):
                return ids, "by full name"
            return self._by_words.get(words_key(text), []), "by full name in another order"
        return [], ""

    def resembling(self, text: str) -> list[str]:
        """The ids of those whose names have all the words of a text, at least two: to be asked about."""
        words = frozenset(name_key(text).translate(LOOKS).split())
        if words not in self._resembling:
            having = [self._by_word.get(word, set()) for word in words]
            self._resembling[words] = sorted(set.intersection(*having)) if len(words) > 1 else []
        return self._resembling[words]

    @functools.cached_property
    def _by_word(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for name, text in zip(self._ids, self._names, strict=False):
            for word in name_key(text).translate(LOOKS).split():
                found.setdefault(word, set()).add(name)
        return found

    @functools.cached_property
    def _by_number(self) -> dict[str, list[str]]:
        return self._grouped(self._ids, number_key)

    @functools.cached_property
    def _by_email(self) -> dict[str, list[str]]:
        return self._grouped(self._emails, email_key)

    @functools.cached_property
    def _by_name(self) -> dict[str, list[str]]:
        return self._grouped(self._names, name_key)

    @functools.cached_property
    def _by_words(self) -> dict[str, list[str]]:
        return self._grouped(self._names, words_key)

    def _grouped(self, texts: Iterable[str], key_of: Callable[[str], str]) -> dict[str, list[str]]:
        found: dict[str, dict[str, None]] = {}  # an id that stands twice is told elsewhere
        for name, text in zip(self._ids, texts, strict=False):
            if key := key_of(text):
                found.setdefault(key, {})[name] = None
        return {key: list(names) for key, names in found.items()}


def number_key(text: str) -> str:
    """An id of digits without leading zeros and .0; empty for any other.

    >>> number_key("007"), number_key("7.0"), number_key("E7")
    ('7', '7', '')
    """
    match = NUMBER.fullmatch(text)
    return match[1] if match else ""


def email_key(text: str) -> str:
    """An address without case, and without a name before it as in `Anna Berg <anna@steel.example>`."""
    address = re.search(r"<([^<>\s]+@[^<>\s]+)>", text)
    return (address[1] if address else text).translate(INVISIBLE).strip().casefold().removeprefix("mailto:")


def name_key(text: str) -> str:
    """A name without case, surplus spaces of any kind, invisible characters and the dots of ё."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е").translate(INVISIBLE)
    return " ".join(folded.replace(",", " ").split())


def words_key(text: str) -> str:
    """The words of a name in alphabetical order."""
    return " ".join(sorted(name_key(text).split()))


def _may_be_name(text: str) -> bool:
    """Whether a text may be somebody's name: ids, which nearly all hold a digit, are not looked up among names."""
    return any(map(str.isspace, text)) or not any(map(str.isdigit, text))
