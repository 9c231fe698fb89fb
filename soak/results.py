"""What the recorded runs found, one JSON file an attack, in soak/results."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "results"


def save(attack: str, command: str, figures: Mapping[str, Any], folder: Path = FOLDER) -> Path:
    """Write the figures of one run beside the command that repeats them and what it ran on.

    Parameters
    ----------
    attack
        Name of the attack, and of the file.
    command
        The command line that repeats the run.
    figures
        Counts, seconds and lists as JSON knows them.
    folder
        Where the file goes; made if it is missing.

    Returns
    -------
    Path
        The file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "attack": attack,
        "command": command,
        "commit": _commit(),
        "python": platform.python_version(),
        "system": platform.system(),
        "figures": dict(figures),
    }
    path = folder / f"{attack}.json"
    path.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def load(attack: str, folder: Path = FOLDER) -> dict[str, Any]:
    """Read the figures of a recorded run; OSError where there is none."""
    loaded = json.loads((folder / f"{attack}.json").read_text(encoding="utf-8"))
    if not isinstance(loaded, dict):
        raise TypeError(f"{attack}.json holds no table")
    return loaded


def _commit() -> str:
    told = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"],  # noqa: S607 - whichever git is on the path
        cwd=FOLDER.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip() or "unknown"
