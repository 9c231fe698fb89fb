"""Print the oldest versions that pyproject.toml allows, as constraints for pip: `make oldest` tests with them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
GROUPS = ("calendars", "dask", "notebook", "dev")
NO_TEST = ("mypy", "pandas-stubs", "ruff")  # they look at the code, and no test runs them
BOUND = re.compile(r"(?P<name>[A-Za-z0-9._-]+)\s*>=\s*(?P<version>[0-9][0-9a-z.]*)(?:,\s*<\s*[0-9.]+)?")


def oldest(requirements: list[str]) -> Iterator[str]:
    """Give requirements with the lower bound as the only version; ValueError for one without a lower bound.

    >>> list(oldest(["click>=8.2,<9", "tzdata>=2024.1"]))
    ['click==8.2', 'tzdata==2024.1']
    """
    for requirement in requirements:
        match = BOUND.fullmatch(requirement.strip())
        if match is None:
            raise ValueError(f"{requirement!r} has no lower bound like 'click>=8.2,<9'")
        if match["name"] not in NO_TEST:
            yield f"{match['name']}=={match['version']}"


def main() -> None:
    """Print the constraints of what users install and of what the tests need, each library once."""
    project = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]
    groups = [project["dependencies"], *(project["optional-dependencies"][name] for name in GROUPS)]
    lines = dict.fromkeys(line for group in groups for line in oldest(group))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
