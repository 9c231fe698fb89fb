"""The folder of a sweep: who may write there, which runs are in it, and how one gets in."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from matcher.errors import reason
from matcher.held import remove_abandoned
from matcher.one_file import replace_file
from matcher.plain_file import read_plain, read_plain_text
from matcher.run_files import CERTIFICATE, SUMMARY, TABLES, TIMINGS
from matcher.runs import ADDED, CALENDARS, REPORTS, RUN_FILES, TargetError, is_run, put_in_place, restore, staging

SWEEP, RUNS = "sweep.json", "runs"
LOCK, JOURNAL, REPLACED = ".lock", ".journal", ".replaced"
FORMAT = 1
NEEDED = (*TABLES, CERTIFICATE, SUMMARY, TIMINGS)
OUR_OWN = (LOCK, JOURNAL, REPLACED)
LEFT = re.compile(r"\.(?P<name>.+)\.matcher-(?P<kind>new|old)-[0-9a-f]{8}")


@dataclass(frozen=True)
class Known:
    """A whole run of the sweep: where it is, what it was solved from, and the limit that cut it short, if any."""

    path: Path
    key: str
    digest: str
    limit: float | None = None

    @property
    def rank(self) -> float:
        """Larger for the better one of two that were solved from the same."""
        return math.inf if self.limit is None else self.limit

    def serves(self, limit: float) -> bool:
        """Whether solving it again with this limit could give nothing better."""
        return self.rank >= limit


def key_of(inputs: Mapping[str, str], settings: Mapping[str, Any], versions: Mapping[str, str]) -> str:
    """SHA-256 of all that a run depends on, as its summary.json has it."""
    content = json.dumps([dict(inputs), dict(settings), dict(versions)], sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()


def digest_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 of the files that the same input makes the same."""
    whole = hashlib.sha256()
    for name in (*TABLES, CERTIFICATE, SUMMARY):
        whole.update(hashlib.sha256(files[name]).digest())
    return whole.hexdigest()


def read_files(run: Path) -> dict[str, bytes]:
    """The files of a run by name, without its calendars; OSError where one of those needed is missing."""
    present = {*NEEDED, *(name for name in REPORTS if (run / name).is_file())}
    return {name: read_plain(run / name) for name in sorted(present)}


@dataclass
class SweepFolder:
    """An open sweep.

    `limits` has the digest of every run that was written here, with the limit that cut it short; `whole` has those
    that are there, unchanged, also those in whose place others stand by now, and `best` the best of them by what
    they were solved from.
    """

    path: Path
    limits: dict[str, float | None] = field(default_factory=dict)
    whole: dict[Path, Known] = field(default_factory=dict)
    best: dict[str, Known] = field(default_factory=dict)

    @property
    def runs(self) -> Path:
        """Where the run folders are, one a case."""
        return self.path / RUNS

    # --- what is there ------------------------------------------------------------------------------------------

    def scan(self) -> None:
        """Read every run that is there."""
        for folder in (self.path / REPLACED, self.runs):
            for path in sorted(folder.iterdir()) if folder.is_dir() else ():
                if known := self._known(path):
                    self._keep(known)

    def _keep(self, known: Known) -> None:
        self.whole[known.path] = known
        if known.key not in self.best or known.rank >= self.best[known.key].rank:
            self.best[known.key] = known

    def _drop(self, known: Known) -> None:
        del self.whole[known.path]
        if self.best[known.key] is known:
            del self.best[known.key]
            for other in [one for one in self.whole.values() if one.key == known.key]:
                self._keep(other)

    def run_of(self, name: str) -> Known | None:
        """The run of this name, if it is whole."""
        return self.whole.get(self.runs / name)

    def _known(self, path: Path) -> Known | None:
        if path.name.startswith(".") or path.is_symlink() or not path.is_dir():
            return None
        try:
            files = read_files(path)
            digest = digest_of(files)
            if digest not in self.limits:
                return None
            summary = json.loads(files[SUMMARY])
            key = key_of(summary["inputs"], summary["options"]["set"], summary["versions"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        return Known(path, key, digest, self.limits[digest])

    def cut_short(self, names: Iterable[str]) -> list[str]:
        """Those of these cases whose run a limit cut short."""
        return [name for name in names if (known := self.run_of(name)) and known.limit is not None]

    def others(self, names: set[str]) -> list[str]:
        """Runs of cases that are no longer asked for."""
        found = (path.name for path in self.runs.iterdir() if not path.name.startswith("."))
        return sorted(name for name in found if name not in names)

    # --- a run gets in ------------------------------------------------------------------------------------------

    def check_target(self, name: str) -> None:
        """Refuse to replace what is no run of a sweep; TargetError."""
        target = self.runs / name
        if not os.path.lexists(target):
            return
        if target.is_symlink() or not target.is_dir():
            raise TargetError(f"{target}: is in the way; expected a folder or nothing")
        foreign = sorted(
            path.name for path in target.iterdir() if path.name not in RUN_FILES and not _hidden(path)
        )
        if foreign:
            raise TargetError(f"{target}: also holds {foreign[0]!r}, which is not matcher's; move it away first")

    def put(self, name: str, files: Mapping[str, bytes], limit: float | None) -> Known:
        """Put a run in place of an earlier one; that is kept until the end of the sweep, in case it is wanted."""
        digest, target = digest_of(files), self.runs / name
        summary = json.loads(files[SUMMARY])
        limit = limit if summary["cut_short"] else None
        self._note(digest, limit)
        with staging(target) as staged:
            for file, content in files.items():
                _write(staged / file, content)
            if former := self.whole.get(target):
                self._drop(former)
                if not (target / CALENDARS).exists():
                    self._set_aside(former)
            put_in_place(staged, target)
        key = key_of(summary["inputs"], summary["options"]["set"], summary["versions"])
        known = Known(target, key, digest, limit)
        self._keep(known)
        return known

    def _set_aside(self, known: Known) -> None:
        aside = self.path / REPLACED / secrets.token_hex(8)
        aside.parent.mkdir(exist_ok=True)
        known.path.rename(aside)
        self._keep(replace(known, path=aside))

    def _note(self, digest: str, limit: float | None) -> None:
        """Remember a run before it is there, so that none is there without being known."""
        self.limits[digest] = limit
        with (self.path / JOURNAL).open("ab") as file:
            file.write(b"\n" + json.dumps([digest, limit]).encode() + b"\n")  # the last may be half written
            file.flush()
            os.fsync(file.fileno())

    # --- beginning and end --------------------------------------------------------------------------------------

    def tidy(self) -> None:
        """Remove or restore what a killed process left among the runs."""
        self.runs.mkdir(exist_ok=True)
        for path in sorted(self.runs.iterdir()):
            left = LEFT.fullmatch(path.name)
            if left is None or path.is_symlink() or not path.is_dir():
                continue
            if left["kind"] == "new":
                remove_abandoned(path)
            else:
                restore(self.runs / left["name"])
        for path in self.path.glob(".*.matcher-new-*"):
            path.unlink()

    def save(self, *, complete: bool) -> None:
        """Write sweep.json; a complete sweep lets go of runs that were replaced."""
        if complete:
            shutil.rmtree(self.path / REPLACED, ignore_errors=True)
        runs = {path.name: _record(known) for path, known in self.whole.items() if path.parent == self.runs}
        aside = [_record(known) for path, known in self.whole.items() if path.parent != self.runs]
        content = {"format": FORMAT, "runs": dict(sorted(runs.items()))}
        _save(self.path, content if complete else {**content, "replaced": aside})
        (self.path / JOURNAL).unlink(missing_ok=True)


def _record(known: Known) -> dict[str, Any]:
    limit = {} if known.limit is None else {"time_limit": known.limit}
    return {"sha256": known.digest, **limit}


def _save(folder: Path, content: Mapping[str, Any]) -> None:
    replace_file(folder / SWEEP, (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode())


def _hidden(path: Path) -> bool:
    """Whether it is what a killed command left in a run."""
    return path.name.startswith(tuple(f".{name}.matcher-" for name in ADDED))


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def open_sweep(folder: str | Path) -> Iterator[SweepFolder]:
    """Take hold of a new or earlier sweep; nobody else can until the end of the block.

    Raises
    ------
    TargetError
        For a file, a folder that is no sweep, one that another process is sweeping, or where the disk refuses.
    """
    try:
        path = Path(folder).resolve()
        check_sweep(folder)
        path.mkdir(parents=True, exist_ok=True)
        with (path / LOCK).open("a+b") as lock:
            _hold(lock, folder)
            sweep = SweepFolder(path, _limits(path))
            if not (path / SWEEP).exists():
                _save(path, {"format": FORMAT, "runs": {}})
            sweep.tidy()
            sweep.scan()
            yield sweep
    except OSError as error:
        raise TargetError(f"{folder}: the sweep cannot be written ({reason(error)})") from error


def check_sweep(folder: str | Path) -> None:
    """Say early whether a folder is new, empty or a sweep; TargetError otherwise."""
    path = Path(folder).resolve()
    if not os.path.lexists(path):
        return
    if not path.is_dir():
        raise TargetError(f"{folder}: is a file; expected a new folder or an earlier sweep")
    if is_run(path):
        raise TargetError(f"{folder}: is a run, not a sweep; choose another folder")
    if (path / SWEEP).exists():
        _read(path)
        return
    if foreign := sorted(
        one.name for one in path.iterdir() if one.name not in OUR_OWN and not LEFT.match(one.name)
    ):
        what = f"is not empty and not a sweep (it has no {SWEEP} of matcher, but {foreign[0]!r})"
        raise TargetError(f"{folder}: {what}; it is never touched, choose another folder")


def _read(path: Path) -> dict[str, float | None]:
    """Digests of all runs that sweep.json knows, with their limits; TargetError if it is not ours."""
    try:
        content = json.loads(read_plain_text(path / SWEEP))
        if content["format"] == FORMAT and isinstance(content["runs"], dict):
            runs = (*content["runs"].values(), *content.get("replaced", ()))
            return dict(_noted(run["sha256"], run.get("time_limit")) for run in runs)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise TargetError(f"{path / SWEEP}: is not what this version of 'matcher sweep' writes; choose another folder")


def _limits(path: Path) -> dict[str, float | None]:
    """Digests of all runs that were written here, with the limits that cut them short."""
    if not (path / SWEEP).exists():
        return {}
    limits = _read(path)
    if (path / JOURNAL).exists():
        for line in read_plain(path / JOURNAL).splitlines():
            with contextlib.suppress(ValueError, TypeError, RecursionError):  # some may be half written
                digest, limit = _noted(*json.loads(line))
                limits[digest] = limit
    return limits


def _noted(digest: object, limit: object) -> tuple[str, float | None]:
    """A run as it was noted; TypeError if that cannot be."""
    if not isinstance(digest, str) or isinstance(limit, bool) or not isinstance(limit, int | float | None):
        raise TypeError(digest, limit)
    return digest, limit


def _hold(lock: BinaryIO, folder: str | Path) -> None:
    """Take the lock of the folder, which ends with the process however that ends."""
    try:
        _lock(lock)
    except OSError:
        lock.seek(0)
        who = lock.read(20).decode("ascii", "replace").strip()
        raise TargetError(f"{folder}: another sweep is writing here (process {who or 'unknown'})") from None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n".encode())
    lock.flush()


def _lock(lock: BinaryIO) -> None:
    try:
        import fcntl  # noqa: PLC0415 - not on Windows
    except ImportError:
        import msvcrt  # noqa: PLC0415 - only on Windows

        lock.seek(1000)  # what is locked cannot be read there
        msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
