"""Folders that belong to a running command: others leave them alone, and remove them once it is gone.

A lock of the system says whether its command still runs: it ends with the process, however that ends. Where the
system or the disk has none (Windows, some networks), everything works as for a single user.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sys
import tempfile
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

PREFIX, INSIDE = "matcher-", "files"
EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS
HERE = -100  # AT_FDCWD of Linux


def make_held(name: Callable[[], Path], mode: int = 0o777) -> tuple[Path, int | None]:
    """Make a folder that is this process's until the handle is closed; `name` gives a new path each time."""
    while True:
        path = name()
        path.mkdir(mode)
        handle = hold(path)
        if path.exists():  # nobody has taken it for abandoned before it was held
            return path, handle
        if handle is not None:
            os.close(handle)


def hold(path: Path) -> int | None:
    """Hold a folder until the handle is closed, or this process ends; others may hold it as well."""
    handle = _opened(path)
    if handle is not None and fcntl is not None:
        with contextlib.suppress(OSError):  # no locks there
            fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


@contextlib.contextmanager
def held(name: Callable[[], Path], mode: int = 0o777) -> Iterator[Path]:
    """A folder of this process; whatever is still there at the end is removed."""
    path, handle = make_held(name, mode)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        if handle is not None:
            os.close(handle)


def remove_abandoned(path: Path, *, unless_known: bool = False) -> None:
    """Remove a folder, unless a command that still runs holds it.

    With `unless_known` it is also left where there are no locks, so that nobody can know.
    """
    handle = _opened(path)
    try:
        if handle is None or fcntl is None:
            known = False
        else:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                known = True
            except BlockingIOError:
                return
            except OSError:
                known = False
        if known or not unless_known:
            shutil.rmtree(path, ignore_errors=unless_known)
    finally:
        if handle is not None:
            os.close(handle)


def is_held(path: Path) -> bool:
    """Whether a command that still runs holds a folder."""
    handle = _opened(path)
    if handle is None or fcntl is None:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(handle)
    return False


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let no other command change what lies in a folder during the block; waits for one that does."""
    handle = _opened(folder)
    try:
        if handle is not None and fcntl is not None:
            with contextlib.suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _opened(folder: Path) -> int | None:
    try:
        return os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folders
        return None


# --- temporary files ----------------------------------------------------------------------------------------


class Temporary:
    """A folder for temporary files, in `folder` or where the system has them; it goes with the process.

    What killed commands left there is removed first.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        place = Path(folder or tempfile.gettempdir())
        clear_temporary(place)
        outer, handle = make_held(lambda: place / f"{PREFIX}{secrets.token_hex(16)}", 0o700)
        self.close = weakref.finalize(self, _remove, outer, handle)
        # What is held is the folder around it: whoever writes into this one may want to be alone there.
        self.path = outer / INSIDE
        self.path.mkdir(0o700)


def _remove(path: Path, handle: int | None) -> None:
    shutil.rmtree(path, ignore_errors=True)
    if handle is not None:
        os.close(handle)


@contextlib.contextmanager
def temporary(folder: str | Path | None = None) -> Iterator[Path]:
    """A folder for temporary files, which is removed at the end of the block."""
    made = Temporary(folder)
    try:
        yield made.path
    finally:
        made.close()


def clear_temporary(place: Path) -> None:
    """Remove the temporary folders of commands that were killed; those of other people are left alone."""
    with contextlib.suppress(OSError):
        for path in place.iterdir():
            if path.name.startswith(PREFIX) and len(path.name) == len(PREFIX) + 32 and _is_mine(path):
                remove_abandoned(path, unless_known=True)


def _is_mine(path: Path) -> bool:
    return hasattr(os, "getuid") and not path.is_symlink() and path.lstat().st_uid == os.getuid() and path.is_dir()


# --- exchange -----------------------------------------------------------------------------------------------


def exchange(one: Path, other: Path) -> bool:
    """Let two folders on one disk change places in a single step; False where the system cannot."""
    import ctypes  # noqa: PLC0415 - seldom needed

    try:
        system = ctypes.CDLL(None)
        if sys.platform == "darwin":
            return bool(system.renamex_np(os.fsencode(one), os.fsencode(other), EXCHANGE) == 0)
        return bool(system.renameat2(HERE, os.fsencode(one), HERE, os.fsencode(other), EXCHANGE) == 0)
    except (OSError, AttributeError, TypeError):  # an older or another system
        return False
