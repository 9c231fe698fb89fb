"""Use a wheel as a stranger would, in an environment that holds nothing else: `make wheel`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

STEPS = (
    "init spring",
    "check spring",
    "solve spring -o run",
    "verify spring run",
    "init book.xlsx",
    "check book.xlsx",
    "generate made --employees 40 --mentees 8",
)
WITHOUT_GROUPS = (
    ("import-calendars", "exports", "spring"),
    ("sweep", "spring", "cases.toml", "-o", "cases", "--dask", "tcp://127.0.0.1:1"),
)
"""Commands that need an optional group, which they must name."""


class WheelError(Exception):
    """The wheel does not do what it must."""


def try_wheel(wheel: Path, folder: Path) -> list[str]:
    """Install a wheel into a new environment in `folder` and use it from there; give what was tried, line by line.

    Raises
    ------
    WheelError
        At the first command that does not end as it must, with what it printed.
    """
    venv.create(folder / "venv", with_pip=True)
    programs = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    _run(folder, str(programs / "python"), "-m", "pip", "install", "--quiet", str(wheel.resolve()))
    matcher = str(programs / "matcher")
    said = [_run(folder, matcher, "--version")]
    said += [_run(folder, matcher, *step.split()) for step in STEPS]
    (folder / "exports").mkdir()
    (folder / "exports" / "E001.ics").write_text("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "utf-8")
    (folder / "cases.toml").write_text('[case.a]\nset."sessions.minutes" = 30\n', "utf-8")
    for words, group in zip(WITHOUT_GROUPS, ("calendars", "dask"), strict=True):
        told = _run(folder, matcher, *words, fails=True)
        if f"mentoring-matcher[{group}]" not in told or "Traceback" in told:
            raise WheelError(f"matcher {' '.join(words)} does not say that the group {group} is missing:\n{told}")
        said.append(f"matcher {words[0]}: {told.splitlines()[-1]}")
    return said


def _run(folder: Path, *words: str, fails: bool = False) -> str:
    """What a command prints: the result, or with `fails` what it says is wrong."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(words, cwd=folder, env=environment, check=False, capture_output=True, text=True)
    if (done.returncode != 0) != fails:
        raise WheelError(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return (done.stderr if fails else done.stdout).strip()


def main() -> int:
    """Try the only wheel in the folder that is the argument."""
    (wheel,) = Path(sys.argv[1]).glob("*.whl")
    with tempfile.TemporaryDirectory() as scratch:
        try:
            print("\n".join(try_wheel(wheel, Path(scratch))))
        except WheelError as error:
            print(error, file=sys.stderr)
            return 1
    print(f"{wheel.name} installs and runs in an empty environment")
    return 0


if __name__ == "__main__":
    sys.exit(main())
