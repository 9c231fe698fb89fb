"""Ask for known vulnerabilities of every library that an installation has: `make audit`."""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

OURS = "mentoring-matcher"
GROUPS = ("calendars", "dask")  # what users may install besides
FOUND, UNKNOWN = 1, 3
NEEDED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:[^;]*;(?P<marker>.*))?")
EXTRA = re.compile(r"extra\s*==\s*['\"](?P<name>[^'\"]+)['\"]")


def installed(name: str = OURS, groups: Iterable[str] = GROUPS) -> dict[str, str]:
    """Give the versions of all libraries that a distribution, with some of its groups, brings in here."""
    found: dict[str, str] = {}
    waiting = list(_needs(name, set(groups)))
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        try:
            found[one] = importlib.metadata.version(one)
        except importlib.metadata.PackageNotFoundError:
            continue  # for other systems or Pythons, or a group that is not here
        waiting += _needs(one, set())
    return dict(sorted(found.items()))


def _needs(name: str, groups: set[str]) -> Iterator[str]:
    for line in importlib.metadata.requires(name) or ():
        match = NEEDED.match(line)
        extra = EXTRA.search(line)
        if match and (extra is None or extra["name"] in groups):
            yield re.sub(r"[-_.]+", "-", match["name"]).lower()


def verdict(answer: Mapping[str, Any], asked: Mapping[str, str]) -> tuple[list[str], int]:
    """Give the lines to print and the exit code for an answer of pip-audit.

    Nothing is called clean about which nothing is known: pip-audit itself ends with success where no database
    answers.
    """
    known = {one["name"]: one for one in answer.get("dependencies", ()) if "vulns" in one}
    bad = [
        f"{name} {one['version']}: {found['id']}, mended in {', '.join(found['fix_versions']) or 'no version yet'}"
        for name, one in sorted(known.items())
        for found in one["vulns"]
    ]
    unknown = sorted(asked.keys() - known.keys())
    lines = bad + [f"nothing is known about {name} {asked[name]}" for name in unknown]
    if bad:
        return [*lines, f"{len(bad)} known vulnerabilities in {len(asked)} libraries"], FOUND
    if unknown:
        why = "no database answers; is there a network?" if not known else "the database does not know them"
        return [*lines, f"{len(unknown)} of {len(asked)} libraries are not audited: {why}"], UNKNOWN
    return [f"no known vulnerability in {len(asked)} libraries"], 0


def main() -> int:
    """Audit what this Python has installed, with pip-audit of another environment, which is the argument."""
    asked = installed()
    with tempfile.TemporaryDirectory() as scratch:
        listed, answer = Path(scratch) / "installed.txt", Path(scratch) / "answer.json"
        listed.write_text("".join(f"{name}=={version}\n" for name, version in asked.items()), "utf-8")
        options = ("--disable-pip", "--no-deps", "--progress-spinner", "off", "--format", "json")
        words = [sys.argv[1], *options, "--requirement", str(listed), "--output", str(answer)]
        done = subprocess.run(words, check=False, capture_output=True, text=True)
        try:
            found = json.loads(answer.read_text("utf-8"))
        except (OSError, ValueError):
            print(done.stderr[-2000:], file=sys.stderr)
            found = {}
    lines, code = verdict(found, asked)
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
