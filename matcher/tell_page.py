"""The page about one person in plain sentences for the terminal, and as data for `--json`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from matcher.console import counted
from matcher.explain_facts import Page, Who
from matcher.tell_mentee import choices_section, mentors_section, unmatched_section
from matcher.tell_mentor import asked_section, mentees_section
from matcher.tell_proof import proof_section
from matcher.tell_sessions import session_sections
from matcher.tell_slot import slot_section
from matcher.tell_words import Item, Section, labels


def sections(page: Page) -> list[Section]:
    """The whole page in order."""
    found = [
        _who(page),
        mentors_section(page),
        unmatched_section(page),
        choices_section(page),
        mentees_section(page),
        asked_section(page),
        *session_sections(page),
        slot_section(page),
        proof_section(page),
    ]
    return [section for section in found if section is not None]


def page_lines(page: Page) -> list[str]:
    """The page for the terminal."""
    lines: list[str] = []
    for section in sections(page):
        lines += ["", *section.lines()] if lines else section.lines()
    return lines


def page_data(page: Page, run: str) -> dict[str, Any]:
    """The facts for a program, and the sentences under `page`."""
    facts = asdict(page)
    for name in ("programme", "settings", "warnings", "is_mentee", "is_mentor", "employee"):
        del facts[name]
    return {
        "run": run,
        "employee": asdict(page.employee),
        "roles": [role for role, has in (("mentee", page.is_mentee), ("mentor", page.is_mentor)) if has],
        **facts,
        "set": dict(page.settings),
        "warnings": list(page.warnings),
        "page": [
            {"heading": section.heading, "sentences": [item.text for item in section.items]}
            for section in sections(page)
        ],
    }


def _who(page: Page) -> Section:
    employee = page.employee
    texts = [f"Function: {employee.function}. Level: {employee.level}.", *_roles(page)]
    return Section(employee.label, tuple(map(Item, texts)))


def _roles(page: Page) -> list[str]:
    name, texts = page.employee.short, []
    if page.is_mentee:
        mentors = [pair.other for pair in page.of_role("mentee")]
        texts.append(f"A mentee in this run, {_with(mentors, 'mentor') or 'left without a mentor'}.")
    if page.is_mentor:
        mentees = [pair.other for pair in page.of_role("mentor")]
        texts.append(f"A mentor in this run, {_with(mentees, 'mentee') or 'without a mentee'}.")
    if not texts:
        texts.append(f"Neither a mentee nor a mentor in this run: {name} chose nobody and was chosen by nobody.")
    return texts


def _with(people: Sequence[Who], noun: str) -> str:
    return f"with {counted(len(people), noun)}: {labels(people)}" if people else ""
