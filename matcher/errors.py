"""What can be wrong with what the user gave, and how it is told."""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ADVICE: Mapping[int, str] = {
    errno.ENOSPC: "the disk is full; make room, then start again",
    errno.EDQUOT: "your share of the disk is full; make room, then start again",
    errno.EFBIG: "the system allows no larger file here",
    errno.EROFS: "nothing can be written to this disk; choose another place",
    errno.EIO: "the disk does not answer as it should; choose another place, and have the disk looked at",
    errno.ENOMEM: "there is not enough memory; close other programs, then start again",
    errno.EMFILE: "too many files are open at once; raise the limit (ulimit -n), then start again",
    errno.ENFILE: "too many files are open at once; close other programs, then start again",
}
"""What can be done about an error of the system."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in an input file, and where.

    `line` is the line of a file or, where `sheet` names a sheet of a workbook, its row. `column` is the canonical
    name of the column or a key; `cell` is the cell as Excel calls it, such as C5.
    """

    file: str
    message: str
    line: int | None = None
    column: str | None = None
    sheet: str | None = None
    cell: str | None = None

    @property
    def source(self) -> str:
        """The file, with the sheet if it has any."""
        return self.file if self.sheet is None else f"{self.file}, sheet {self.sheet}"

    @property
    def place(self) -> str:
        """Where it is in the file or sheet: `line 5, level`, `row 5, level (C5)`; empty where it is everywhere."""
        parts = [] if self.line is None else [f"{'line' if self.sheet is None else 'row'} {self.line}"]
        column = " ".join(filter(None, [self.column, f"({self.cell})" if self.cell else ""]))
        return ", ".join([*parts, column] if column else parts)

    def __str__(self) -> str:
        """Give the place and the message, without the file."""
        return f"{self.place}: {self.message}" if self.place else self.message


def reason(error: Exception) -> str:
    """Give the system's word on an error, and what can be done about it.

    >>> reason(FileNotFoundError(2, "No such file or directory"))
    'No such file or directory'
    """
    said = str(getattr(error, "strerror", None) or error)
    advice = ADVICE.get(error.errno or 0) if isinstance(error, OSError) else None
    return f"{said}: {advice}" if advice else said


def lacks_memory(error: BaseException) -> bool:
    """Whether an error says that there is not enough memory, as Python, its threads or a library says it."""
    if isinstance(error, ImportError):
        return any(words in str(error).lower() for words in ("cannot allocate memory", "failed to map segment"))
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and str(error) in ("can't start new thread", "std::bad_alloc")
    )


class MatcherError(Exception):
    """Something the user can act on; `exit_code` is what the command ends with."""

    exit_code = 1


class InputError(MatcherError):
    """The cohort cannot be used as it is; `faults` lists everything that is wrong in every file.

    `understood` tells, as that of a cohort does, what was not read as it stands there. `single` holds the faults
    one by one where `faults` only counts those that repeat.
    """

    def __init__(
        self, faults: Sequence[Fault], understood: Sequence[Fault] = (), single: Sequence[Fault] = ()
    ) -> None:
        self.faults = tuple(faults)
        self.single = tuple(single) or self.faults
        self.understood = tuple(understood)
        super().__init__(str(self))

    def __str__(self) -> str:
        """Group the faults by file, in the order in which they were found."""
        files: dict[str, list[Fault]] = {}
        for fault in self.faults:
            files.setdefault(fault.source, []).append(fault)
        blocks = []
        for file, faults in files.items():
            if len(faults) == 1 and faults[0].line is None:
                blocks.append(f"{file}: {faults[0]}")
                continue
            noun = "fault" if len(faults) == 1 else "faults"
            blocks.append("\n".join([f"{file}: {len(faults)} {noun}", *(f"  {fault}" for fault in faults)]))
        return "\n".join(blocks)


class LimitError(MatcherError):
    """The time limit came before any solution beyond the empty one."""

    exit_code = 3


class StoppedError(LimitError):
    """An interrupt came before any solution beyond the empty one."""

    exit_code = 130


class OwnAnswerError(MatcherError):
    """Our own answer failed the independent check: a bug. Nothing is written but a report to send."""

    exit_code = 5
