"""The folder of a comparison: written whole or not at all, and no folder of other files is ever replaced."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from matcher.compare_tables import CHANGES, FIGURES, MOVED
from matcher.errors import reason
from matcher.one_file import write_file
from matcher.plain_file import read_plain
from matcher.run_files import BOM
from matcher.runs import TargetError, is_run, put_in_place, restore, staging

PAGE = "compare.html"
FILES = {FIGURES, CHANGES, MOVED, PAGE}


def prepare_folder(folder: Path, *, overwrite: bool) -> Path:
    """Say early whether a comparison may be written to `folder`, and give the real path of it.

    Raises
    ------
    TargetError
        For a file, a folder that holds anything but a comparison, one inside a run, or an earlier comparison
        without `overwrite`.
    """
    try:
        target = folder.resolve()
        restore(target)
        inside = next((parent for parent in target.parents if is_run(parent)), None)
        if inside is not None:
            raise TargetError(f"{folder}: lies inside the run {inside}; choose another folder")
        stands = next(path for path in (target, *target.parents) if os.path.lexists(path))
        if not stands.is_dir():
            raise TargetError(f"{folder}: {stands} is a file; expected a folder")
        names = sorted(path.name for path in target.iterdir()) if target.is_dir() else []
        ours = _is_comparison(target)
    except (OSError, RuntimeError, ValueError) as error:  # no access, a loop of links, a NUL in the name
        raise TargetError(f"{folder}: cannot be used ({reason(error)})") from error
    foreign = [name for name in names if name not in FILES]
    if foreign:
        raise TargetError(f"{folder}: also holds {foreign[0]!r}, which is no file of a comparison; choose another")
    if names and not ours:
        raise TargetError(f"{folder}: is not empty and no comparison; it is never replaced, choose another folder")
    if names and not overwrite:
        raise TargetError(f"{folder}: holds an earlier comparison; give --overwrite to replace it")
    return target


def _is_comparison(folder: Path) -> bool:
    try:
        head = read_plain(folder / FIGURES).partition(b"\n")[0].decode("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError):
        return False
    return head.startswith(f"{BOM}run") and "mentees_same" in head


def write_folder(contents: Mapping[str, bytes], folder: Path, *, overwrite: bool) -> None:
    """Write all files, and only then put the folder in place; errors as in `prepare_folder`."""
    target = prepare_folder(folder, overwrite=overwrite)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with staging(target) as staged:
            for name, content in contents.items():
                write_file(staged / name, content)
            put_in_place(staged, target, replace=overwrite)
    except OSError as error:
        raise TargetError(f"{folder}: cannot be written ({reason(error)})") from error
