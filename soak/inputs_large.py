"""Input that is very large or very wrong: how long it takes, how much memory, and whether what is said can be read."""

# ruff: noqa: E501 - lists of odd things, one a line
from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from soak import results

SECONDS = 120  # of processor time
MEMORY = 6 << 30  # bytes of address space
READABLE = 30_000  # letters on standard error
PROGRAMME = "[programme]\nstart = 2027-01-11\nend = 2027-04-09\n"
PEOPLE = "employee_id,function,level\nm,A,5\ne,A,1\n"
CHOICES = "mentee_id,rank,mentor_id\ne,1,m\n"

Make = Callable[[Path], None]


@dataclass(frozen=True)
class Large:
    """One input: its name, how a cohort in order becomes it, the exit code that is due, and how many faults."""

    name: str
    make: Make
    code: int
    faults: int | None = None


@dataclass(frozen=True)
class Measured:
    """Exit code, seconds of processor time, MiB of memory at the most, letters on standard error, number of faults."""

    code: int
    seconds: float
    mib: int
    letters: int
    faults: int | None
    said: str


def _text(name: str, *parts: str) -> Make:
    def make(folder: Path) -> None:
        (folder / name).write_text("".join(parts), encoding="utf-8")

    return make


def _rows(name: str, head: str, row: str, count: int) -> Make:
    """A table of so many rows, in which {} is the number of the row."""

    def make(folder: Path) -> None:
        with (folder / name).open("w", encoding="utf-8") as file:
            file.write(f"{head}\n")
            for begin in range(0, count, 50_000):
                file.writelines(f"{row.format(number)}\n" for number in range(begin, min(begin + 50_000, count)))

    return make


def _sparse(folder: Path) -> None:
    with (folder / "busy.csv").open("wb") as file:
        file.truncate(1 << 40)


def _busy(folder: Path) -> None:
    line = "e,2027-01-12T10:00,2027-01-12T10:30\n"
    with (folder / "busy.csv").open("w", encoding="utf-8") as file:
        file.write("employee_id,start,end\n")
        for _ in range(200_000_000 // (len(line) * 1000)):
            file.write(line * 1000)


def cases() -> tuple[Large, ...]:
    """The inputs, of which those with 10,000 and 100,000 faults show whether time and memory grow alike."""
    head, wide = "employee_id,function,level", ",".join(f"remark {number}" for number in range(10_000))
    return (
        Large("10,000 faults, all different", _rows("employees.csv", head, "e{0},A,bad{0}", 10_000), 1, 10_001),
        Large("100,000 faults, all different", _rows("employees.csv", head, "e{0},A,bad{0}", 100_000), 1, 100_001),
        Large("100,000 faults, all alike", _rows("employees.csv", head, "e{0},A,bad", 100_000), 1),
        Large("100,000 ids that stand twice", _rows("employees.csv", head, "e,A,{0}", 100_000), 1),
        Large("100,000 rows too short", _rows("employees.csv", head, "e{0},A", 100_000), 1),
        Large("100,000 mentees who are nobody", _rows("preferences.csv", "mentee_id,rank,mentor_id", "x{0},1,m", 100_000), 1),
        Large("100,000 mentors who are nobody", _rows("preferences.csv", "mentee_id,rank,mentor_id", "e,9,x{0}", 100_000), 1),
        Large("100,000 busy times that end first", _rows("busy.csv", "employee_id,start,end", "e,2027-02-02T10:00,2027-02-01T10:{0:05}", 100_000), 1),
        Large("a table of 200 MB", _busy, 0),
        Large("a line of 50 MB", _text("busy.csv", "employee_id,start,end\ne,", "x" * 50_000_000, ",\n"), 1),
        Large("a cell of 50 MB in quotation marks", _text("busy.csv", 'employee_id,start,end\ne,"', "x" * 50_000_000, '",\n'), 1),
        Large("a quotation mark and 50 MB", _text("busy.csv", 'employee_id,start,end\n"', "x,y\n" * 12_500_000), 1),
        Large("a header of 50 MB", _text("busy.csv", "x" * 50_000_000, "\n"), 1),
        Large("50 MB of blank lines", _text("busy.csv", "employee_id,start,end\n", "\n" * 50_000_000), 0),
        Large("50 MB of commas", _text("busy.csv", "employee_id,start,end\n", "," * 50_000_000), 0),
        Large("10,000 columns", _text("employees.csv", f"{head},{wide}\n", f"m,A,5{',' * 10_000}\ne,A,1{',' * 10_000}\n"), 0),
        Large("10,000 columns of choices", _text("preferences.csv", "mentee_id,", ",".join(f"choice_{number}" for number in range(1, 10_001)), "\ne,m\n"), 1),
        Large("a TOML of 50 MB, one text", _text("programme.toml", PROGRAMME, 'name = "', "x" * 50_000_000, '"\n'), 0),
        Large("a TOML of 50 MB of remarks", _text("programme.toml", PROGRAMME, "# x\n" * 12_500_000), 0),
        Large("a TOML of 100,000 unknown keys", _text("programme.toml", PROGRAMME, "".join(f"k{number} = 1\n" for number in range(100_000))), 1, 100_000),
        Large("a TOML of a list of 1,000,000", _text("programme.toml", PROGRAMME, "[sessions]\nminutes = [", "1," * 1_000_000, "]\n"), 1),
        Large("a table of 1 TB that holds nothing", _sparse, 1),
        Large("a pipe", lambda folder: os.mkfifo(folder / "busy.csv"), 1),
        Large("a device without end", lambda folder: (folder / "busy.csv").symlink_to("/dev/zero"), 1),
    )  # fmt: skip


def measure(case: Large, folder: Path) -> Measured:
    """Check the cohort in a process of its own, for people and then for programs."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    texts = {"programme.toml": PROGRAMME, "employees.csv": PEOPLE, "preferences.csv": CHOICES}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    case.make(folder)
    code, seconds, mib, _, said = _run(["check", str(folder), "--quiet"])
    faults = None
    if case.faults is not None:
        *_, out, _ = _run(["check", str(folder), "--quiet", "--json"])
        faults = len(json.loads(out)["faults"])
    return Measured(code, seconds, mib, len(said), faults, said[:300])


def _run(words: Sequence[str]) -> tuple[int, float, int, str, str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "matcher", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        preexec_fn=_limit,  # noqa: PLW1509 - no threads are about yet
        encoding="utf-8",
        errors="replace",
    )
    timer = threading.Timer(4 * SECONDS, process.kill)  # a pipe takes no processor time
    timer.start()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out, err = process.communicate()
    timer.cancel()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return process.returncode, round(seconds, 1), _peak(err), out, err


def _peak(_err: str) -> int:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def troubles(case: Large, found: Measured) -> Iterator[str]:
    """What is wrong with how a large input ended."""
    if found.code in (-signal.SIGXCPU, -signal.SIGKILL):
        yield f"not done after {SECONDS} seconds"
    elif found.code != case.code:
        yield f"ended with {found.code}, not {case.code}: {found.said}"
    if "enough memory" in found.said or "internal error" in found.said:
        yield found.said
    if found.letters > READABLE:
        yield f"{found.letters} letters on standard error"
    if found.faults != case.faults:
        yield f"{found.faults} faults for programs, not {case.faults}"


def report_large(*, keep: bool) -> int:
    """Try all, print a table, and give the exit code."""
    wrong, rows = 0, list[dict[str, object]]()
    with tempfile.TemporaryDirectory(prefix="inputs-") as work:
        for case in cases():
            found = measure(case, Path(work) / "cohort")
            told = list(troubles(case, found))
            wrong += bool(told)
            print(
                f"{case.name:42} exit {found.code:3} {found.seconds:7.1f} s {found.letters:7} letters",
                *told[:1],
                flush=True,
            )
            rows.append(
                {"input": case.name, "exit": found.code, "seconds": found.seconds, "letters": found.letters}
            )
    if keep:
        print(results.save("inputs-large", "python -m soak inputs --large", {"inputs": rows, "wrong": wrong}))
    return 1 if wrong else 0
