"""What calendar files said when they were last read, by their content: busy times and counts, nothing else.

Besides, what was last made of them, so that where nothing has changed nothing needs to be done.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version
from typing import Any, NamedTuple

from matcher.ics_read import Busy, Reading, Stretch
from matcher.one_file import replace_file
from matcher.plain_file import read_plain

CACHE = ".calendar-cache.json"
FORMAT = 2  # grows whenever the same file may be read otherwise than before
LIBRARIES = ("icalendar", "recurring-ical-events", "python-dateutil", "x-wr-timezone", "tzdata")


def key_of(data: bytes, reading: Reading) -> str:
    """What the answer depends on: the file, how it is read, and by which versions."""
    settings = json.dumps([asdict(reading), _versions()], sort_keys=True).encode()
    return hashlib.sha256(hashlib.sha256(data).digest() + settings).hexdigest()


@functools.cache
def _versions() -> dict[str, str]:
    versions = {"format": str(FORMAT), "python": python_version()}
    for name in LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = ""
    return versions


class Last(NamedTuple):
    """What the last import wrote: SHA-256 of what it was made from and of busy.csv, rows made and rows kept."""

    source: str = ""
    busy: str = ""
    rows: int = 0
    kept: int = 0


@dataclass
class Cache:
    """Answers by key, and what was last made of them."""

    answers: dict[str, Busy] = field(default_factory=dict)
    last: Last = field(default_factory=Last)


def load(folder: Path) -> Cache:
    """The cache of a cohort; an empty one if there is none or the file is damaged."""
    try:
        kept = json.loads(read_plain(folder / CACHE))
        if kept["format"] != FORMAT:
            return Cache()
        source, busy, rows, others = kept["last"]
        answers = {key: _busy(answer) for key, answer in kept["files"].items()}
        return Cache(answers, Last(str(source), str(busy), _whole(rows), _whole(others)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Cache()


def save(folder: Path, cache: Cache) -> None:
    """Keep this in place of all earlier answers."""
    files = {key: _data(cache.answers[key]) for key in sorted(cache.answers)}
    content = json.dumps({"format": FORMAT, "last": cache.last, "files": files}, separators=(",", ":"))
    replace_file(folder / CACHE, content.encode())


def source_of(keys: Iterable[tuple[str, str]]) -> str:
    """SHA-256 of whose calendars say what: employee_ids, each with the key of one of his files."""
    return hashlib.sha256(json.dumps(sorted(keys)).encode()).hexdigest()


def file_hash(path: Path) -> str:
    """SHA-256 of a file; "" if it cannot be read."""
    try:
        return hashlib.sha256(read_plain(path)).hexdigest()
    except OSError:
        return ""


def _data(busy: Busy) -> dict[str, Any]:
    flat = {name: [edge for stretch in getattr(busy, name) for edge in stretch] for name in ("minutes", "days")}
    return {**flat, "counts": busy.counts}


def _busy(answer: Mapping[str, Any]) -> Busy:
    """An answer as it was kept; ValueError or TypeError if it makes no sense."""
    counts = {str(name): _whole(number) for name, number in answer["counts"].items()}
    return Busy(_stretches(answer["minutes"]), _stretches(answer["days"]), counts)


def _stretches(edges: list[int]) -> list[Stretch]:
    """Pairs of numbers that grow from the first to the last."""
    if set(map(type, edges)) - {int} or len(edges) % 2 or edges != sorted(set(edges)):
        raise ValueError("no stretches of time")
    return list(zip(edges[::2], edges[1::2], strict=True))


def _whole(number: object) -> int:
    if type(number) is not int or number < 0:
        raise ValueError("no count")
    return number
