"""The figures of the recorded runs as a table in docs/reliability.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from soak.results import FOLDER, load

PAGE = Path(__file__).parent.parent / "docs" / "reliability.md"
BEGIN, END = "<!-- figures: python -m soak report -->", "<!-- end of the figures -->"
ROWS = {
    "answers": ("Drawn cohorts held against enumeration", "cases", "wrong"),
    "inputs": ("Spoiled inputs", "cases", "wrong"),
    "faults": ("Faults while a command writes", "faults", "wrong"),
    "content": ("Cohorts full of hostile texts", "cases", "found"),
    "content-bombs": ("Files made to be endless", "bombs", "found"),
    "mutants": ("Every fault planted in five modules; wrong: the tests did not notice", "modules", "alive"),
    "mutants-drawn": ("Faults drawn from fifty modules; wrong: the tests did not notice", "modules", "alive"),
}
"""What an attack is called, and what its figures call what was tried and what was wrong."""


def table(folder: Path = FOLDER) -> str:
    """Give the table of all recorded runs."""
    lines = ["| attack | tried | wrong | minutes | at | repeat |", "|---|---|---|---|---|---|"]
    for name, (title, _, _) in ROWS.items():
        if (folder / f"{name}.json").exists():
            told: dict[str, Any] = load(name, folder)
            minutes = max(1, round(told["figures"]["seconds"] / 60))
            tried, wrong = counts(name, folder)
            lines.append(
                f"| {title} | {tried:,} | {wrong:,} | {minutes} | `{told['commit'][:7]}` | `{told['command']}` |"
            )
    return "\n".join(lines)


def counts(name: str, folder: Path = FOLDER) -> tuple[int, int]:
    """How much an attack has tried and how much was wrong, by its record; of planted faults those that matter."""
    figures, (_, tried, wrong) = load(name, folder)["figures"], ROWS[name]
    if tried == "modules":
        return sum(one["mutants"] - one["explained"] for one in figures[tried].values()), len(figures[wrong])
    bad = figures[wrong]
    return figures[tried], bad if isinstance(bad, int) else sum(bad.values())


def with_table(page: str, folder: Path = FOLDER) -> str:
    """Give a page with the table between its two marks; ValueError where they are missing."""
    before, mark, rest = page.partition(BEGIN)
    _, other, after = rest.partition(END)
    if not mark or not other:
        raise ValueError("the page has no place for the figures")
    return f"{before}{BEGIN}\n\n{table(folder)}\n\n{END}{after}"


@click.command()
def main() -> None:
    """Write the figures of the recorded runs into docs/reliability.md."""
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
