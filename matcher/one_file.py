"""One file replaced as a whole: either the old or the new content is there, never a part."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from matcher.held import alone


def write_file(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file that is not there yet, and make it last; `umask` takes from its `mode`."""
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace_file(path: Path, content: bytes) -> None:
    """Write a file under a hidden name beside `path`, then put it in its place; nobody else does so meanwhile."""
    with alone(path.parent):
        put_file(path, content)


def put_file(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Do the same for whoever is `alone` in the folder already.

    What killed commands left under such names is removed first.
    """
    left = re.compile(rf"\.{re.escape(path.name)}\.matcher-new-[0-9a-f]{{8}}")
    for former in [one for one in path.parent.iterdir() if left.fullmatch(one.name)]:
        former.unlink(missing_ok=True)
    staged = path.with_name(f".{path.name}.matcher-new-{secrets.token_hex(4)}")
    try:
        write_file(staged, content, mode)
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)
