"""What the user sees: the result on standard output, everything else on standard error."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Protocol

import click

if TYPE_CHECKING:
    from rich.text import Text

FAULTS_SHOWN = 50
LONGEST_SHOWN = 2000  # letters of a fault: a cell may hold a whole book
SECONDS_BETWEEN_LINES = 10

_IN_BRACKETS = re.compile(r"\(([^()]+)\)")

Report = Callable[[str], None]
"""Takes one short line that says how far the work has come."""


class Placed(Protocol):
    """A fault of an input file or a violation in a run: where it is and what is wrong."""

    @property
    def file(self) -> str:
        """Name of the file."""

    @property
    def source(self) -> str:
        """The file, with the sheet of a workbook."""

    @property
    def line(self) -> int | None:
        """Line of the file or row of the sheet, the first is 1."""

    @property
    def column(self) -> str | None:
        """Name of the column or key."""

    @property
    def place(self) -> str:
        """Line and column in words."""

    @property
    def message(self) -> str:
        """What was found and what was expected."""


def clean(text: str) -> str:
    r"""Make control characters, terminal escapes and invisible or direction marks visible.

    >>> clean("Anna\x1b[31m")
    'Anna\\x1b[31m'
    """
    if text.isprintable():
        return text
    return "".join(char if _is_harmless(char) else _escaped(char) for char in text)


def _is_harmless(char: str) -> bool:
    return char.isprintable() or unicodedata.category(char) == "Zs"


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return the number with its noun: "1 pair", "2 pairs"."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def placed_lines(items: Sequence[Placed], noun: str, limit: int = FAULTS_SHOWN) -> list[str]:
    """List faults or violations under the names of their files, the first `limit` of them."""
    totals = Counter(item.source for item in items)
    shown: dict[str, list[Placed]] = {}
    for item in items[:limit]:
        shown.setdefault(item.source, []).append(item)
    lines = []
    for source, group in shown.items():
        if totals[source] == 1 and group[0].line is None:
            lines.append(f"{source}: {_placed(group[0])}")
            continue
        lines.append(f"{source}: {counted(totals[source], noun)}")
        lines += [f"  {_placed(item)}" for item in group]
    if len(items) > limit:
        lines.append(f"... and {len(items) - limit} more (--json lists all)")
    return lines


def _placed(item: Placed) -> str:
    told = f"{item.place}: {item.message}" if item.place else item.message
    if len(told) <= LONGEST_SHOWN:
        return told
    left = len(told) - LONGEST_SHOWN
    return f"{told[: LONGEST_SHOWN // 2]} ... {left} letters ... {told[-LONGEST_SHOWN // 2 :]}"


def placed_data(items: Sequence[Placed]) -> list[dict[str, Any]]:
    """Faults or violations for `--json`; sheet and cell where they are in a workbook."""
    return [
        {
            "file": item.file,
            "line": item.line,
            "column": item.column,
            "message": item.message,
            **{key: getattr(item, key) for key in ("sheet", "cell") if getattr(item, key, None)},
        }
        for item in items
    ]


@dataclass(frozen=True)
class Terminal:
    """Where a command speaks to its user; `quiet` leaves the result and the errors.

    `people` are the names by employee_id of whom only `verbose` tells: what is printed ends up in logs.
    """

    quiet: bool = False
    verbose: bool = False
    as_json: bool = False
    start: float = field(default_factory=time.monotonic)
    people: dict[str, str] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """How long the command has been running."""
        return time.monotonic() - self.start

    def say(self, *lines: str) -> None:
        """Tell the user something, one argument a line."""
        if not self.quiet:
            _write(self._discreet(lines), err=True)

    def error(self, *lines: str) -> None:
        """Tell the user what went wrong, even when quiet."""
        _write(self._discreet((f"Error: {lines[0]}", *lines[1:])), err=True)

    def result(self, line: str, data: Mapping[str, Any]) -> None:
        """Print the one line on standard output: for people, or `data` as JSON (ASCII, so any pipe takes it)."""
        self.page([line], data)

    def page(self, lines: Sequence[str], data: Mapping[str, Any]) -> None:
        """Print a result that takes several lines."""
        _write([json.dumps(data)] if self.as_json else self._discreet(lines), err=False)

    def _discreet(self, lines: Sequence[str]) -> Sequence[str]:
        """The lines with ids alone where people are named with their ids, unless verbose."""
        return lines if self.verbose or not self.people else [_without_names(line, self.people) for line in lines]

    @contextmanager
    def progress(self, line: str) -> Iterator[Report]:
        """Show how far the work in the block has come, `line` first, each line with the seconds so far.

        Verbose prints every line. Otherwise a terminal gets one line that is rewritten, and a pipe only the line
        that holds after each `SECONDS_BETWEEN_LINES`.
        """
        if self.verbose:
            self.say_timed(line)
            yield self.say_timed
        elif self.quiet:
            yield lambda _line: None
        else:
            latest = _Latest(line, self)
            with _shown(latest) if sys.stderr is not None and sys.stderr.isatty() else _said_now_and_then(latest):
                yield latest.report

    def say_timed(self, line: str) -> None:
        """Tell the user something, with the seconds so far."""
        self.say(f"{self.seconds:8.1f} s  {line}")


def _without_names(line: str, people: Mapping[str, str]) -> str:
    """A line in which `Anna Berg (E014)` is `E014`.

    >>> _without_names("Anna Berg (E014) with Bo (E015) (twice)", {"E014": "Anna Berg", "E015": "Bo"})
    'E014 with E015 (twice)'
    """
    kept, begin = [], 0
    for match in _IN_BRACKETS.finditer(line):
        named = people.get(match[1], "") + " "
        if named != " " and line.endswith(named, begin, match.start()):
            kept += [line[begin : match.start() - len(named)], match[1]]
            begin = match.end()
    return "".join([*kept, line[begin:]])


@dataclass
class _Latest:
    """The latest line of progress."""

    line: str
    terminal: Terminal

    def report(self, line: str) -> None:
        self.line = line

    def __rich__(self) -> Text:
        from rich.text import Text  # noqa: PLC0415 - rich is slow to import and seldom needed

        text = f"{dt.timedelta(seconds=int(self.terminal.seconds))}  {clean(self.line)}"
        return Text(text, no_wrap=True, overflow="ellipsis")


@contextmanager
def _shown(latest: _Latest) -> Iterator[None]:
    """Keep the latest line on the screen while the block runs."""
    from rich.console import Console  # noqa: PLC0415 - rich is slow to import and seldom needed

    with Console(stderr=True).status(latest):
        yield


@contextmanager
def _said_now_and_then(latest: _Latest) -> Iterator[None]:
    """Print the latest line from time to time while the block runs, if it is a new one."""
    over = Event()

    def speak() -> None:
        said = None
        while not over.wait(SECONDS_BETWEEN_LINES):
            if latest.line != said:
                said = latest.line
                latest.terminal.say_timed(said)

    thread = Thread(target=speak, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _write(lines: Sequence[str], *, err: bool) -> None:
    """Print cleaned lines; a reader that has gone away is no reason to fail.

    Nor are messages that nobody can be told; but a result that cannot be written is an OSError.
    """
    try:
        click.echo("\n".join(clean(line) for line in lines), err=err)
    except OSError as error:
        stream = sys.stderr if err else sys.stdout
        # The interpreter flushes once more when it ends: let that go nowhere instead of failing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if not err and not isinstance(error, BrokenPipeError):
            raise OSError(error.errno, error.strerror, "standard output") from error
