"""Folders of results that are no runs: each is written whole or not at all, and replaced only if it is one."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from matcher.errors import reason
from matcher.one_file import write_file
from matcher.runs import TargetError, is_marked, put_in_place, restore, staging


@dataclass(frozen=True)
class ResultKind:
    """A kind of results: what a folder of them is `called`, the names it may hold, and how to tell one.

    It is one if its file `data` is a JSON object with these `keys`.
    """

    called: str  # like "an earlier rehearsal"
    files: Collection[str]
    data: str
    keys: Collection[str]

    def is_one(self, folder: Path) -> bool:
        """Whether the folder holds results of this kind; OSError where a disk does not tell."""
        return is_marked(folder / self.data, self.keys)


def prepare_results(folder: str | Path, kind: ResultKind, *, overwrite: bool = False) -> Path:
    """Say early whether results may be written to `folder`, and give the real path of it.

    Raises
    ------
    TargetError
        For a file, a folder that holds anything else, or earlier results of the kind without `overwrite`.
    """
    try:
        target = Path(folder).resolve()
        parent = next((parent for parent in target.parents if parent.exists()), None)
        if parent is not None and not parent.is_dir():
            raise TargetError(f"{folder}: {parent} is a file; expected a folder")
        restore(target)
        if not os.path.lexists(target):
            return target
        if not target.is_dir():
            raise TargetError(f"{folder}: is a file; expected a new folder or {kind.called}")
        names = sorted(path.name for path in target.iterdir())
        foreign = [name for name in names if name not in kind.files]
        odd = bool(foreign) or (bool(names) and not kind.is_one(target))
    except (OSError, RuntimeError, ValueError) as error:  # no access, a loop of links, a NUL in the name
        raise TargetError(f"{folder}: cannot be used ({reason(error)})") from error
    if odd:
        what = f"also holds {foreign[0]!r}" if foreign else f"has no {kind.data} of matcher"
        raise TargetError(f"{folder}: {what}; it is never replaced, choose another folder")
    if names and not overwrite:
        raise TargetError(f"{folder}: holds {kind.called}; give --overwrite to replace that")
    return target


def write_results(folder: str | Path, target: Path, contents: Mapping[str, bytes], *, overwrite: bool) -> None:
    """Write all files, by their names within the folder, and only then put it in place.

    Raises
    ------
    TargetError
        If the disk refuses. Nothing has changed then.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with staging(target) as staged:
            for name, content in contents.items():
                path = staged / name
                path.parent.mkdir(exist_ok=True)
                write_file(path, content)
            put_in_place(staged, target, replace=overwrite)
    except OSError as error:
        raise TargetError(f"{folder}: cannot be written ({reason(error)})") from error
