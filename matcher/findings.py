"""What is found wrong or odd while the files are read, and what was probably meant instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from matcher.errors import Fault
from matcher.programme import fold


@dataclass
class Findings:
    """What is wrong (`faults`) or odd (`warnings`) in the files read so far, or was not read as it stands."""

    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    understood: list[Fault] = field(default_factory=list)

    def fault(self, file: str, message: str, line: int | None = None, column: str | None = None) -> None:
        """Note something that makes the cohort unusable."""
        self.faults.append(Fault(file, message, line, column))

    def warn(self, file: str, message: str, line: int | None = None, column: str | None = None) -> None:
        """Note something that a programme lead should know but that stops nothing."""
        self.warnings.append(Fault(file, message, line, column))

    def note(self, file: str, message: str, line: int | None = None, column: str | None = None) -> None:
        """Note how something was understood that does not stand there in so many words."""
        self.understood.append(Fault(file, message, line, column))


HINTED = 200  # faults of one kind after which nobody reads what each might have been
HINTING = ContextVar("HINTING", default=True)


@contextmanager
def hints_for_few(found: int) -> Iterator[None]:
    """Look for what was probably meant only while few faults were found: it takes as long as all the rest."""
    before = HINTING.set(HINTING.get() and found < HINTED)
    try:
        yield
    finally:
        HINTING.reset(before)


def did_you_mean(word: str, options: Iterable[str], cutoff: float = 0.7) -> str:
    """`; did you mean 'x'?` for the option nearest to `word`, or nothing; nothing within `hints_for_few`."""
    if not HINTING.get():
        return ""
    folded = {fold(option): option for option in options if option}
    close = difflib.get_close_matches(fold(word), folded, n=1, cutoff=cutoff)
    return f"; did you mean {folded[close[0]]!r}?" if close else ""
