"""published.json: that a run is the record and no draft any more, since when, and what its files were then."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from matcher.errors import MatcherError, reason
from matcher.plain_file import read_plain_text

PUBLISHED, ANSWERS = "published.json", "answers.csv"
BEFORE = "before"  # where a rematch keeps what it goes on from


class Frame(BaseModel):
    """Which programme the run is of."""

    name: str
    start: dt.date
    end: dt.date
    timezone: str


class Publication(BaseModel):
    """What published.json says.

    Attributes
    ----------
    number
        1 for the first publication of a quarter, 2 for the one that takes its place, and so on.
    on
        The date of it.
    as_of
        For a rematch the date from which on it is new, else None.
    versions
        Of matcher and of what it used, when it was published.
    files
        SHA-256 of each file of the run by its path in it, with slashes; what later commands add is not among them.
    """

    number: int = Field(ge=1)
    on: dt.date
    programme: Frame
    as_of: dt.date | None = None
    versions: dict[str, str]
    files: dict[str, str]

    def text(self) -> str:
        """What stands in the file."""
        return json.dumps(self.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"


def is_published(run: Path) -> bool:
    """Whether a run folder holds a published.json, whatever that says."""
    return os.path.lexists(run / PUBLISHED)


def latest_publication(run: Path) -> Path | None:
    """The published.json of a run or, where it is a rematch that nobody has published, of the run it repairs."""
    return next((folder / PUBLISHED for folder in (run, run / BEFORE) if is_published(folder)), None)


def read_publication(run: Path) -> Publication:
    """Read the published.json of a run.

    Raises
    ------
    MatcherError
        If it cannot be read, or is not as `matcher publish` writes it.
    """
    path = run / PUBLISHED
    try:
        data: Any = json.loads(read_plain_text(path))
        return Publication.model_validate(data)
    except OSError as error:
        raise MatcherError(f"{path}: cannot be read ({reason(error)})") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "the whole"
        raise MatcherError(f"{path}: {key} is not what 'matcher publish' writes ({first['msg']})") from None
    except (ValueError, RecursionError) as error:
        raise MatcherError(f"{path}: is no JSON ({error})") from None


def sums(run: Path, names: Iterable[str]) -> Mapping[str, str]:
    """SHA-256 of those of these files that a run has, by path; of a folder each file in it."""
    found = {}
    for name in sorted(names):
        path = run / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in filter(Path.is_file, files):
            with file.open("rb") as content:
                found[file.relative_to(run).as_posix()] = hashlib.file_digest(content, "sha256").hexdigest()
    return found
