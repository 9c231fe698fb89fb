"""A text with placeholders such as `{name}` -> a letter. Nothing but these names is ever filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Formatter

from matcher.ics_write import one_line
from matcher.model import LetterText

Line = list[tuple[str, str | None]]
"""Pieces of plain text, each with the placeholder that follows it, if any."""


class Template:
    """A subject and a text, taken apart once for many letters."""

    def __init__(self, subject: str, text: str) -> None:
        self._subject = _taken_apart(subject)
        self._lines = [_taken_apart(line) for line in text.split("\n")]

    def filled(self, values: Mapping[str, str]) -> LetterText:
        """The letter with these values: lines left without any content, and more than one blank line, close up."""
        lines = [_filled(line, values).rstrip() for line in self._lines if not _left_blank(line, values)]
        text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
        return LetterText(one_line(_filled(self._subject, values)), text)


def _taken_apart(line: str) -> Line:
    return [(plain, name) for plain, name, _, _ in Formatter().parse(line)]


def _filled(line: Line, values: Mapping[str, str]) -> str:
    return "".join(plain + (values[name] if name is not None else "") for plain, name in line)


def _left_blank(line: Line, values: Mapping[str, str]) -> bool:
    """Whether a line holds nothing but placeholders for which there is nothing to say."""
    return any(name is not None for _, name in line) and not _filled(line, values).strip()
