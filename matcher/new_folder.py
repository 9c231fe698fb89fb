"""A folder of new files: all of them or none, and never beside files of others."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from matcher.errors import MatcherError, reason
from matcher.held import held, is_held
from matcher.runs import put_in_place, staging

UNFINISHED = ".unfinished"


@contextlib.contextmanager
def filled(folder: Path) -> Iterator[Path]:
    """A folder to write into, whose files are in `folder` at the end; after an error nothing is left of it.

    Raises
    ------
    MatcherError
        If the folder is not empty or cannot be written.
    """
    try:
        refuse_full(folder)
        if not folder.exists():
            target = folder.resolve()
            target.parent.mkdir(parents=True, exist_ok=True)
            with staging(target) as staged:
                yield staged
                put_in_place(staged, target, replace=False)
            return
        if (folder / UNFINISHED).is_dir():
            shutil.rmtree(folder / UNFINISHED)
        with held(lambda: folder / UNFINISHED) as staged:  # inside, for beside it may be another disk
            yield staged
            _refuse_others(staged, folder)
            _move(staged, folder)
    except OSError as error:
        raise MatcherError(f"{folder}: cannot be written ({reason(error)}); nothing was written") from error


def refuse_full(folder: Path) -> None:
    """Refuse a file, or a folder that is not empty but for what a killed command left there; MatcherError."""
    if folder.is_dir() and (folder / UNFINISHED).is_dir() and not is_held(folder / UNFINISHED):
        return
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise MatcherError(f"{folder}: must be a new or an empty folder; nothing was written")


def _refuse_others(staged: Path, folder: Path) -> None:
    """Refuse files that are not what a killed command had moved up: those are as they would be written now."""
    for path in folder.iterdir():
        same = path.is_file() and (staged / path.name).is_file()
        if path.name != UNFINISHED and not (same and path.read_bytes() == (staged / path.name).read_bytes()):
            raise MatcherError(f"{folder}: must be a new or an empty folder; nothing was written")


def _move(staged: Path, folder: Path) -> None:
    """Move all files up, or none; programme.toml comes last, so that nobody reads a part of them as a cohort."""
    moved: list[Path] = []
    try:
        for file in sorted(staged.iterdir()):
            moved.append(folder / file.name)
            file.rename(moved[-1])
    except BaseException:
        for path in moved:
            path.unlink(missing_ok=True)
        raise
