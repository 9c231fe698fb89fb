"""Files of a run folder -> tables and cells, also where a spreadsheet program has saved them again."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path

from matcher.errors import reason
from matcher.findings import Findings
from matcher.plain_file import read_plain
from matcher.run_files import FORMULA_STARTS
from matcher.tables import Table, read_table


def run_table(
    run: Path,
    file: str,
    columns: tuple[str, ...],
    findings: Findings,
    *,
    optional: tuple[str, ...] = (),
    place: str = "",
) -> Table | None:
    """Read a table of a run.

    Parameters
    ----------
    columns, optional
        The columns that it must have, and those that it may have.
    place
        What the file is called in messages, if not by its name.

    Returns
    -------
    None where it cannot be used, which is a fault.
    """
    place = place or file
    try:
        data = read_plain(run / file)
    except OSError as error:
        findings.fault(place, f"cannot be read ({reason(error)})")
        return None
    table = read_table(data, place, (*columns, *optional), findings)
    return table if table is not None and table.require(columns, findings) else None


def differing_inputs(now: Mapping[str, str], then: Mapping[str, str]) -> tuple[list[str], bool]:
    """Names of the input files that are not as they were, by their SHA-256, and whether that is all of several.

    A workbook is the same under any name. Where it is the only file, that it was changed does not tell whether the
    run is of another cohort.
    """
    then, workbook = _as_named_now(then, now), len(now) == len(then) == 1
    names = now.keys() | then.keys()
    differing = sorted(name for name in names if now.get(name) != then.get(name))
    return differing, not workbook and len(differing) == len(names)


def _as_named_now(then: Mapping[str, str], now: Mapping[str, str]) -> Mapping[str, str]:
    """The sums of a run, with its workbook called as now, where it is the same byte for byte."""
    if len(then) != len(now):
        return then
    books = {total: name for name, total in now.items() if _is_workbook(name)}
    return {books.get(str(total), name) if _is_workbook(name) else name: total for name, total in then.items()}


def _is_workbook(name: str) -> bool:
    return name.casefold().endswith((".xlsx", ".xlsm"))


# --- cells --------------------------------------------------------------------------------------------------


def plain_text(text: str) -> str:
    """The text of a cell without the apostrophe that keeps spreadsheet programs from running it."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS) else text


def count_of(text: str) -> int:
    """A whole number from 0."""
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError(f"{text!r} is not a whole number from 0")
    return int(text)


def second_of(text: str) -> int:
    """A moment with its offset, in seconds since 1970-01-01T00:00 UTC."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 1980 <= moment.year <= 2200:
        raise ValueError(f"{text!r} is no time with an offset like 2027-01-11T09:00+03:00")
    return int(moment.timestamp())


def minute_of(text: str) -> int:
    """The same in minutes."""
    return second_of(text) // 60
