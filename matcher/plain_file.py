"""Read a whole file that somebody else put there: an ordinary one, or an OSError that says why not."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MOST_BYTES = 4 << 30


def read_plain(path: Path) -> bytes:
    """Read a file at once; a pipe into which nobody writes, or a device that never ends, is not waited for.

    Raises
    ------
    OSError
        If it cannot be opened or read, is no ordinary file, or has more than `MOST_BYTES`.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags)
    try:
        found = os.fstat(handle)
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
        if found.st_size > MOST_BYTES:
            raise OSError(errno.EFBIG, f"it is larger than {MOST_BYTES >> 30} GB", str(path))
        with open(handle, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(handle)


def read_plain_text(path: Path) -> str:
    """Read a file in UTF-8, without its byte order mark; OSError as above, ValueError where it is no UTF-8."""
    return read_plain(path).decode("utf-8-sig")
