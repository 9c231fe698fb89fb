"""Solution -> run folder: CSV and JSON files, checked from disk, whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from matcher import check
from matcher.check import Violation
from matcher.errors import MatcherError, OwnAnswerError, reason
from matcher.held import alone, exchange, held, is_held, remove_abandoned
from matcher.model import Cohort, Solution
from matcher.plain_file import read_plain_text
from matcher.publication import ANSWERS, PUBLISHED, is_published
from matcher.run_files import SUMMARY, Beside, write_files

CALENDARS = "calendars"
REPORTS = ("report.html", "results.xlsx", "messages.csv")
ADDED = (CALENDARS, *REPORTS, PUBLISHED, ANSWERS)
"""What later commands add to a run."""
RUN_FILES = {
    *("pairs.csv", "sessions.csv", "unmatched.csv", "choices.csv", "summary.json", "timings.json"),
    *("before", "ended.csv", "held.csv", "changes.csv", "moves.csv"),  # of a rematch
    *("waiting.csv", "history.csv", "certificate.json", "bottlenecks.csv", "prices.csv", *ADDED),
}
SUMMARY_KEYS = {"status", "goals", "counts", "seed", "versions", "inputs"}
VIOLATIONS_SHOWN = 5


class TargetError(MatcherError):
    """The run cannot be written where it was asked for."""


class CheckFailedError(OwnAnswerError):
    """The run that was about to be written breaks a rule; `violations` says which."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        self.violations = tuple(violations)
        lines = [f"  {violation}" for violation in violations[:VIOLATIONS_SHOWN]]
        if len(violations) > VIOLATIONS_SHOWN:
            lines.append(f"  and {len(violations) - VIOLATIONS_SHOWN} more")
        count = f"{len(violations)} violation{'s' * (len(violations) != 1)}"
        super().__init__("\n".join([f"our own answer failed the independent check: {count}", *lines]))


def write_run(
    cohort: Cohort,
    solution: Solution,
    folder: str | Path,
    *,
    overwrite: bool = False,
    options: Mapping[str, Any] | None = None,
    beside: Beside | None = None,
    progress: Callable[[str], None] | None = None,
) -> None:
    """Write a run folder, check it from the files, and only then put it in place.

    Parameters
    ----------
    cohort, solution
        What was asked and the answer to it.
    folder
        Where the run shall be. Missing parents are created.
    overwrite
        Whether an earlier run may be replaced. A folder that is not a run is never touched.
    options
        Further settings to be noted in summary.json beside the overrides of the cohort.
    beside
        What a rematch writes beside its solution.
    progress
        Called with a short line when the files are written and the check of them begins.

    Raises
    ------
    TargetError
        If something stands in the way or the disk refuses. Nothing has changed then.
    CheckFailedError
        If the answer breaks a rule, which is a bug. Nothing is written then.
    """
    target = prepare_target(folder, overwrite)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with staging(target) as staged:
            write_files(cohort, solution, staged, options or {}, beside)
            if progress:
                progress("checking every rule again in the files written")
            violations = check.check_run(cohort, staged)
            refuse_violations(violations)
            if target.exists():
                refuse_published(target, folder)  # since we looked
            put_in_place(staged, target, replace=overwrite)
    except OSError as error:
        raise TargetError(f"{folder}: the run cannot be written ({reason(error)})") from error


def refuse_violations(violations: Sequence[Violation]) -> None:
    """Raise CheckFailedError for violations; OSError if the disk does not even give back what was written."""
    unread = [violation for violation in violations if getattr(violation, "unread", False)]
    if unread:
        raise OSError(f"what was written cannot be read again: {unread[0]}")
    if violations:
        raise CheckFailedError(violations)


# --- the folder ---------------------------------------------------------------------------------------------


def prepare_target(folder: str | Path, overwrite: bool = False) -> Path:
    """Say early whether a run may be written to `folder`, and give the real path of it.

    Raises
    ------
    TargetError
        For a file, a folder that is not a run, one that holds other people's files as well, an earlier run without
        `overwrite`, or one that was published.
    """
    try:
        target = Path(folder).resolve()
        _refuse_file_as_parent(target, folder)
        restore(target)
        if not os.path.lexists(target):
            return target
        if not target.is_dir():
            raise TargetError(f"{folder}: is a file; expected a new folder or an earlier run")
        if any(target.iterdir()) and not is_marked(target / SUMMARY, SUMMARY_KEYS):
            what = f"is not empty and not a run (it has no {SUMMARY} of matcher)"
            raise TargetError(f"{folder}: {what}; it is never replaced, choose another folder")
    except (OSError, RuntimeError, ValueError) as error:  # no access, a loop of links, a NUL in the name
        raise TargetError(f"{folder}: cannot be used ({reason(error)})") from error
    refuse_published(target, folder)
    left = tuple(f".{name}.matcher-" for name in ADDED)  # of a command that was killed
    names = (path.name for path in target.iterdir() if not path.name.startswith(left))
    foreign = sorted(name for name in names if name not in RUN_FILES)
    if foreign:
        raise TargetError(f"{folder}: also holds {foreign[0]!r}, which is not matcher's; move it away first")
    if not overwrite and any(target.iterdir()):
        raise TargetError(f"{folder}: holds an earlier run; give --overwrite to replace it")
    return target


def refuse_published(target: Path, folder: str | Path) -> None:
    """Refuse to replace a run that is the record, or the answers to it; TargetError."""
    if is_published(target):
        raise TargetError(
            f"{folder}: holds a published run, which is never replaced; choose another folder, or delete its "
            f"{PUBLISHED} first if it is no longer the record"
        )
    if os.path.lexists(target / ANSWERS):
        raise TargetError(f"{folder}: holds {ANSWERS}, which may have been filled in; move it away first")


def is_run(folder: Path) -> bool:
    """Whether the folder is a run: its summary.json has the keys that ours have."""
    try:
        return is_marked(folder / SUMMARY, SUMMARY_KEYS)
    except OSError:
        return False


def is_marked(path: Path, keys: Collection[str]) -> bool:
    """Whether a file is there and a JSON object with these keys; OSError where a disk does not tell."""
    try:
        data = json.loads(read_plain_text(path))
    except (FileNotFoundError, ValueError, RecursionError):
        return False
    return isinstance(data, dict) and data.keys() >= set(keys)


def _refuse_file_as_parent(target: Path, folder: str | Path) -> None:
    parent = next((parent for parent in target.parents if parent.exists()), None)
    if parent is not None and not parent.is_dir():
        raise TargetError(f"{folder}: {parent} is a file; expected a folder")


def _sibling(target: Path, kind: str) -> Path:
    """A hidden path beside the target, on the same disk, so that a rename suffices."""
    return target.parent / f"{_prefix(target, kind)}{secrets.token_hex(4)}"


def _prefix(target: Path, kind: str) -> str:
    return f".{target.name}.matcher-{kind}-"


def _leftovers(target: Path, kind: str) -> list[Path]:
    prefix = _prefix(target, kind)
    if not target.parent.is_dir():
        return []
    found = (path for path in target.parent.iterdir() if path.name.startswith(prefix))
    return sorted(path for path in found if path.is_dir() and not path.is_symlink())


def restore(target: Path) -> None:
    """Put back a folder that a killed process had set aside, or remove it where the new one is in place."""
    if not _leftovers(target, "old"):
        return
    with alone(target.parent):
        for aside in _leftovers(target, "old"):
            if is_held(aside):
                continue
            if not target.exists():
                aside.rename(target)
            else:
                _discard(aside, target)


def _discard(aside: Path, target: Path) -> None:
    """Remove what was replaced, but for the calendars: they are the only record of what people were sent."""
    restore(aside / CALENDARS)
    if (aside / CALENDARS).exists() and not (target / CALENDARS).exists():
        (aside / CALENDARS).rename(target / CALENDARS)
    shutil.rmtree(aside, ignore_errors=True)


@contextlib.contextmanager
def staging(target: Path) -> Iterator[Path]:
    """A fresh folder beside the target; whatever is still there at the end is removed.

    So is what killed commands left there, but not what another one is writing just now.
    """
    for left in _leftovers(target, "new"):
        remove_abandoned(left)
    with held(lambda: _sibling(target, "new")) as staged:
        yield staged


def put_in_place(staged: Path, target: Path, *, replace: bool = True) -> None:
    """Put a folder in the place of another, so that at every moment the old or the new one is there in full.

    It is all there on the disk before it gets its name, and the old one goes after that. Where the system cannot
    exchange two folders in one step (Windows), a killed process may leave none; `restore` puts the old one back.

    Raises
    ------
    TargetError
        Without `replace`, if another command has put something there in the meantime.
    """
    for folder, _, _ in os.walk(staged, topdown=False):
        _sync(Path(folder))
    with alone(target.parent):
        if not target.exists():
            staged.rename(target)
            _sync(target.parent)
            return
        if not replace and any(target.iterdir()):
            raise TargetError(f"{target}: another command has written there in the meantime; it was left as it is")
        aside = _sibling(target, "old")
        staged.rename(aside)  # by this name it is never removed without its calendars being kept
        if not exchange(aside, target):
            aside.rename(staged)
            _swap(staged, target, aside)
        _sync(target.parent)
        _discard(aside, target)


def _swap(staged: Path, target: Path, aside: Path) -> None:
    """Exchange two folders in two steps."""
    target.rename(aside)
    try:
        staged.rename(target)
    except BaseException:
        aside.rename(target)
        raise


def _sync(folder: Path) -> None:
    """Make renames and new names in the folder last; not every system allows it, and none needs it."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
