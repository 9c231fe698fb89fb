"""letters.csv -> the lead's own texts of letters; every fault with its line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import get_args

from matcher.findings import Findings, did_you_mean
from matcher.input_people import parsed
from matcher.model import LetterText
from matcher.programme import Frame, fold, placeholders_of
from matcher.tables import Table

LETTERS_REQUIRED = ("kind", "text")
LETTERS_KNOWN = ("kind", "language", "subject", "text")
LANGUAGES: tuple[str, ...] = get_args(Frame.model_fields["language"].annotation)

EVERYWHERE = ("name", "programme", "start", "end", "lead", "next")
MEETINGS = ("count", "sessions", "zone")
PLACEHOLDERS: Mapping[str, tuple[str, ...]] = {
    "mentee_paired": (*EVERYWHERE, "mentor", "mentors", "rank", "reason", *MEETINGS),
    "mentee_unmatched": (*EVERYWHERE, "reason"),
    "mentor": (*EVERYWHERE, "mentee", "mentees", *MEETINGS),
    "mentor_free": EVERYWHERE,
    "mentee_changed": (*EVERYWHERE, "date", "changes", "plan", *MEETINGS),
    "mentor_changed": (*EVERYWHERE, "date", "changes", "plan", *MEETINGS),
}
"""What may stand in braces, by kind of letter."""
KINDS = tuple(PLACEHOLDERS)


def read_letters(table: Table, findings: Findings) -> dict[tuple[str, str], LetterText]:
    """The template for each kind and language, "" for every language."""
    kinds = parsed(table, "kind", _one_of(KINDS), findings, default=-1)
    languages = parsed(table, "language", _one_of(LANGUAGES, blank=True), findings, default=-1)
    said = zip(kinds.tolist(), languages.tolist(), table["subject"].texts(), table["text"].texts(), strict=True)
    letters: dict[tuple[str, str], LetterText] = {}
    first: dict[tuple[str, str], int] = {}
    for row, (kind, language, subject, text) in enumerate(said):
        if kind < 0 or language < 0:
            continue
        line, key = table.line(row), (KINDS[kind], ("", *LANGUAGES)[language])
        if key in first:
            message = f"{' in '.join(filter(None, key))} stands already {table.at(first[key])}; expected each once"
            findings.fault(table.file, message, line, "kind")
        first.setdefault(key, line)
        for column, template in (("subject", subject), ("text", text)):
            if said_wrong := _wrong(template, key[0]):
                findings.fault(table.file, said_wrong, line, column)
        if "\n" in subject or "\r" in subject:
            findings.fault(table.file, "must be a single line: it is what stands in the inbox", line, "subject")
        letters[key] = LetterText(subject, text.replace("\r\n", "\n").replace("\r", "\n"))
    return letters


def _one_of(words: tuple[str, ...], *, blank: bool = False) -> Callable[[str], int]:
    """How a word is read: its place, where a blank cell may stand for none as 0 and moves the others up."""

    def place(text: str) -> int:
        if blank and not text:
            return 0
        folded = fold(text)
        if folded in words:
            return words.index(folded) + blank
        found = f"{text!r} is not" if text else "is blank; expected"
        none = " (blank: every language)" if blank else ""
        raise ValueError(f"{found} one of {', '.join(words)}{none}{did_you_mean(text, words)}")

    return place


def _wrong(template: str, kind: str) -> str:
    """What is wrong with a template of this kind; "" where nothing is."""
    try:
        found = placeholders_of(template)
    except ValueError:
        return "a brace opens or closes no placeholder like {name}; a brace that is meant as such is written twice"
    for name in found:
        if name not in PLACEHOLDERS[kind]:
            known = ", ".join(f"{{{known}}}" for known in PLACEHOLDERS[kind])
            return f"unknown placeholder {{{name}}}; {kind} knows {known}{did_you_mean(name, PLACEHOLDERS[kind])}"
    return ""
