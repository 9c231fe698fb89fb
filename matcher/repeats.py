"""A run solved again: whether its files come out the same, byte for byte, and where they differ."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from matcher.errors import Fault
from matcher.plain_file import read_plain
from matcher.run_files import CERTIFICATE, HISTORY, PRICES, SUMMARY, TABLES

VERSIONS = "versions"
REPAIRED = ("changes.csv", "moves.csv", "ended.csv", "held.csv")
COMPARED = (*TABLES, HISTORY, PRICES, CERTIFICATE, *REPAIRED, SUMMARY)
"""The files that the same input makes the same; timings.json holds seconds."""


def differences(run: Path, again: Path) -> list[Fault]:
    """Compare the files of two runs: which are not the same, and the first line that is not.

    In summary.json the versions of libraries are left aside: `other_versions` compares them.
    """
    found = []
    for file in COMPARED:
        one, two = (_content(folder / file) for folder in (run, again))
        if one == two:
            continue
        if one is None or two is None:
            where = "the repeated run" if one is None else "the run itself"
            found.append(Fault(file, f"only {where} has it"))
        else:
            found.append(_first(file, one, two))
    return found


def other_versions(now: Mapping[str, str], then: Mapping[str, str]) -> list[str]:
    """What has another version than the run was solved with, as sentences.

    >>> other_versions({"ortools": "9.15", "numpy": "2.4"}, {"ortools": "9.14", "numpy": "2.4"})
    ['ortools 9.15 instead of 9.14']
    """
    names = sorted(now.keys() | then.keys())
    return [
        f"{name} {now.get(name, 'not there')} instead of {then.get(name, 'not there')}"
        for name in names
        if now.get(name) != then.get(name)
    ]


def _content(path: Path) -> bytes | None:
    """The bytes of a file, None where there is none; the versions in a summary are blank."""
    try:
        content = read_plain(path)
    except FileNotFoundError:
        return None
    return _without_versions(content) if path.name == SUMMARY else content


def _without_versions(content: bytes) -> bytes:
    try:
        summary = json.loads(content)
        blank = {**summary, VERSIONS: dict.fromkeys(summary[VERSIONS], "")}
    except (ValueError, TypeError, KeyError, RecursionError):
        return content
    return json.dumps(blank, indent=2, ensure_ascii=False).encode()


def _first(file: str, one: bytes, two: bytes) -> Fault:
    """The first line that differs, and how many do."""
    lines, others = one.split(b"\n"), two.split(b"\n")
    differing = [place for place, (left, right) in enumerate(zip(lines, others, strict=False)) if left != right]
    more = abs(len(lines) - len(others))
    first = differing[0] if differing else min(len(lines), len(others))
    count = len(differing) + more
    return Fault(file, f"differs here first ({count} line{'s' * (count != 1)} in all)", first + 1)
