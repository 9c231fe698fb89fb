"""A number -> one spoilt input: what it began as, what was done to it, and what is now in its folder."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from soak import inputs_bases as bases
from soak.inputs_bases import Files
from soak.inputs_books import BOOKS, book_of
from soak.inputs_files import BYTES, ICS, JSON, TOML, WHOLE
from soak.inputs_tables import HARMLESS, SPOILING, Mutation, read

Weighted = tuple[tuple[Mutation, int], ...]

KINDS = (("folder", 49), ("book", 20), ("same", 10), ("run", 14), ("scenarios", 5), ("calendars", 2))
MUTATIONS: Mapping[str, tuple[Weighted, Weighted]] = {
    "folder": ((*SPOILING, *TOML), (*BYTES, *WHOLE)),
    "book": ((*SPOILING, *TOML), (*BOOKS, *BYTES[:1], *WHOLE)),
    "run": ((*SPOILING, *JSON), (*BYTES, *WHOLE)),
    "scenarios": (TOML, (*BYTES, *WHOLE)),
    "calendars": (ICS, (*BYTES, *WHOLE)),
}
"""Of each kind: what is done first, and what is done to the files as they then are."""
RUN_COMMANDS = ("verify", "publish", "explain", "report", "calendars", "compare", "rematch", "history", "rerun")


@dataclass(frozen=True)
class Case:
    """One spoilt input.

    `spec` are the numbers that make it, joined by `+`; `kind` one of `KINDS`, `base` what it began as, `done` what
    was done to it, `files` what is in its folder now. `command` is what a spoilt run is given to.
    """

    spec: str
    kind: str
    base: str
    done: tuple[str, ...]
    files: Files
    command: str = "check"


@dataclass(frozen=True)
class Bases:
    """What cases begin as: cohorts, and runs of the cohort `full`."""

    cohorts: Mapping[str, Files] = field(default_factory=bases.cohorts)
    runs: Mapping[str, Files] = field(default_factory=dict)


def make_case(spec: str, made: Bases, without: Sequence[int] = ()) -> Case:
    """Make the case of some numbers: the first says what it begins as, each what is done to it.

    `without` are the places of mutations that are left out, to see which of them matter.
    """
    first = Random(f"base {spec.partition('+')[0]}")
    kind = first.choices(*zip(*KINDS, strict=True))[0]
    if kind == "run" and not made.runs:
        kind = "folder"
    base, files = _base(kind, made, first)
    command = first.choice(RUN_COMMANDS) if kind == "run" else "check"
    early, late = _drawn(spec, kind)
    done, place = list[str](), 0
    for mutation, seed in early:
        if place not in without:
            done.append(mutation(files, Random(seed)))
        place += 1
    whole = all(read(data) for name, data in files.items() if name.endswith(".csv"))
    if kind == "book" or (kind == "same" and first.random() < 0.3 and whole):
        files = book_of(files, first if kind == "book" else None) or files
    for mutation, seed in late:
        if place not in without:
            done.append(mutation(files, Random(seed)))
        place += 1
    return Case(spec, kind, base, tuple(filter(None, done)), files, command)


def mutations(spec: str, kind: str) -> int:
    """How many mutations a case has."""
    return sum(map(len, _drawn(spec, kind)))


def _base(kind: str, made: Bases, rng: Random) -> tuple[str, Files]:
    if kind == "scenarios":
        return "scenarios", {"scenarios.toml": bases.SCENARIOS.encode()}
    if kind == "calendars":
        return "calendars", bases.encoded(bases.CALENDARS)
    known = made.runs if kind == "run" else made.cohorts
    name = rng.choice(sorted(known))
    return name, dict(known[name])


def _drawn(spec: str, kind: str) -> tuple[list[tuple[Mutation, str]], list[tuple[Mutation, str]]]:
    """The mutations of a case in their order, each with the seed of its own numbers."""
    early, late = list[tuple[Mutation, str]](), list[tuple[Mutation, str]]()
    for number in spec.split("+"):
        rng = Random(f"mutations {number}")
        count = rng.choices((1, 2, 3, 4), (10, 4, 2, 1))[0]
        for place in range(count):
            seed = f"{number}.{place}"
            if kind == "same":
                early.append((rng.choice(HARMLESS), seed))
                continue
            first, second = MUTATIONS[kind]
            weights = sum(weight for _, weight in first), sum(weight for _, weight in second)
            chosen, into = rng.choices(((first, early), (second, late)), weights)[0]
            into.append((rng.choices(*zip(*chosen, strict=True))[0], seed))
    return early, late


def put(files: Files, folder: Path) -> None:
    """Write what a case has in its folder, pipes and loops of links included."""
    folder.mkdir(parents=True)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(data, bytes):
            path.write_bytes(data)
        elif data == "folder":
            path.mkdir()
        elif data == "pipe":
            os.mkfifo(path)  # into which nobody writes
        elif data == "loop":
            path.symlink_to(path.name)
        elif data == "endless":
            path.symlink_to("/dev/zero")
        elif data == "torn":
            path.symlink_to("/proc/self/mem")  # opens, but reading it fails
        else:
            path.symlink_to("gone-away")
