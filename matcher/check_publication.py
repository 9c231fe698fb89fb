"""published.json: whether the files of a published run are still those that were published."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from matcher.check_files import Table, Violation, read_object
from matcher.plain_file import read_plain

PUBLISHED = "published.json"


def check_publication(run: Path, needed: Sequence[str], violations: list[Violation]) -> None:
    """Compare each file with its SHA-256 in published.json, if the run has one.

    `needed` are the files of a run; those of them that are there must be among the published ones.
    """
    if not (run / PUBLISHED).exists():
        return
    content = read_object(run, PUBLISHED, violations)
    if content is None:
        return
    table = Table(PUBLISHED, violations)
    files, since = content.get("files"), _date(content.get("on"))
    if since is None:
        table.fault(f"{content.get('on')!r} must be a date like 2027-01-11", column="on")
    if type(content.get("number")) is not int or content["number"] < 1:
        table.fault(f"{content.get('number')!r} must be a whole number from 1", column="number")
    if not isinstance(files, dict):
        table.fault("must be an object of SHA-256 by file", column="files")
        return
    when = "" if since is None else f" on {since}"
    for name, expected in files.items():
        path = PurePosixPath(name)
        if not name or path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
            table.fault(f"{name!r} is no file of the run", column="files")
        elif not isinstance(expected, str) or not re.fullmatch(r"[0-9a-f]{64}", expected):
            table.fault(f"{expected!r} of {name} must be a SHA-256", column="files")
        elif not (run / name).is_file():
            table.fault(f"{name} is missing, which was published{when}", column="files")
        elif _sum(run / name) != expected:
            table.fault(f"{name} was changed since it was published{when}", column="files")
    for name in needed:
        if name not in files and name != PUBLISHED and (run / name).is_file():
            table.fault(f"{name} was not there when the run was published{when}", column="files")


def _date(text: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _sum(path: Path) -> str | None:
    """The SHA-256 of a file, None if it cannot be read."""
    try:
        return hashlib.sha256(read_plain(path)).hexdigest()
    except OSError:
        return None
