"""What is asked of matcher with one spoilt input, and what would be wrong about its answer."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
import re
import resource
import shutil
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from soak.inputs_bases import Files
from soak.inputs_books import ILLEGAL, book_of
from soak.inputs_cases import Bases, Case, put
from soak.inputs_files import keys_of_formats
from soak.inputs_naive import COLUMNS, Naive, differences, naive_reading
from soak.inputs_tables import write

FORMATS = Path(__file__).resolve().parent.parent / "docs" / "formats.md"
EXIT_CODES = {
    "check": (0, 1),
    "solve": (0, 1, 3),
    "verify": (0, 1, 4),
    "compare": (0, 1),
    "import-calendars": (0, 1),
}
SOLVED = 5  # of so many accepted cohorts one is solved and verified
GROWTH = 400 << 10  # KiB that one input may add to the memory of the process
NAMED = re.compile(r"'[^']*'|\"[^\"]*\"|[0-9]+|\([^()]*\)")
TABLES_OF_RUNS = ("pairs.csv", "sessions.csv", "unmatched.csv", "choices.csv", "waiting.csv")
SENTENCES = ("detail", "explanation")
"""Columns for people: `verify` asks that there is a sentence, not for its words."""


@dataclass
class Outcome:
    """What came of one case.

    `ended` are the commands with their exit codes, `kinds` the messages without what is particular, `faults`
    counts them by whether they have a line and a column, and `wrong` are pairs of a short name and a description.
    """

    spec: str
    ended: list[tuple[str, int]] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    faults: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0
    accepted: bool = False
    solved: bool = False
    compared: int = 0

    def blame(self, name: str, told: str) -> None:
        """Note something that is wrong."""
        self.wrong.append((name, told[:2000]))


@dataclass(frozen=True)
class Run:
    """A command that has ended."""

    code: int
    out: str
    err: str


class Asker:
    """Runs commands in this process, in a folder of its own."""

    def __init__(self, work: Path, made: Bases) -> None:
        self.work, self.made = work, made
        self.known_keys = keys_of_formats(FORMATS.read_text(encoding="utf-8"))

    def ask(self, case: Case) -> Outcome:
        """Give the input to matcher, and look at all that it says and leaves."""
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        outcome, before, start = Outcome(case.spec), _memory(), time.perf_counter()
        ask = {"run": self._run, "scenarios": self._scenarios, "calendars": self._calendars}
        ask.get(case.kind, self._cohort)(case, outcome)
        outcome.seconds = time.perf_counter() - start
        if _memory() - before > GROWTH:
            outcome.blame("memory", f"grew by {(_memory() - before) >> 10} MiB")
        return outcome

    def run(self, outcome: Outcome, *words: str | Path) -> Run:
        """Run a command; whatever no command may say or do is noted."""
        from click.testing import CliRunner

        from matcher.cli import cli

        result = CliRunner().invoke(cli, [str(word) for word in words], prog_name="matcher")
        run = Run(result.exit_code, result.stdout, result.stderr)
        name = str(words[0])
        outcome.ended.append((name, run.code))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            outcome.blame("traceback", f"{name}: {result.exception!r}")
        if "internal error" in run.err or "Traceback" in run.err or run.code == 5:
            told = CliRunner().invoke(cli, [*(str(word) for word in words if word != "--quiet"), "--verbose"])
            outcome.blame("internal error", f"{name}: {run.err[-300:]}\n{told.stderr[-1500:]}")
        elif run.code not in EXIT_CODES.get(name, (0, 1, 3, 4)):
            outcome.blame("exit code", f"{name} ended with {run.code}: {run.err[-300:]}")
        if run.code and not run.err.strip():
            outcome.blame("silent", f"{name} ended with {run.code} without a word")
        if "enough memory" in run.err:
            outcome.blame("memory", f"{name}: {run.err[-300:]}")
        for stream in (run.out, run.err):
            unclean = [
                char
                for char in stream
                if not char.isprintable() and char != "\n" and unicodedata.category(char) != "Zs"
            ]
            if unclean:
                outcome.blame("unclean", f"{name} prints {unclean[0]!r}")
        if "--json" in words:
            _judge_json(run, outcome)
        return run

    # --- cohorts -------------------------------------------------------------------------------------------

    def _cohort(self, case: Case, outcome: Outcome) -> None:
        folder = self.work / "cohort"
        put(case.files, folder)
        before, number = snapshot(folder), int(case.spec.rpartition("+")[2])
        as_json = ("--json", "--quiet") if number % 2 else ("--quiet",) if number % 4 else ()
        run = self.run(outcome, "check", folder, *as_json)
        cohort, faults = _read(folder)
        outcome.accepted = cohort is not None
        for fault in faults:
            outcome.kinds.add(NAMED.sub("#", f"{fault.file} {fault.message}")[:100])
            outcome.faults[_placed(fault)] += 1
        if cohort is None and run.code == 0:
            outcome.blame("exit code", "check ended with 0 although reading fails")
        if cohort is None and number % 2:
            self._rejected(folder, outcome, overwrite=number % 3 == 0)
        if cohort is None:
            if case.kind == "same":
                outcome.blame("wrong refusal", "; ".join(map(str, faults[:3])))
        else:
            self._accepted(case, folder, cohort, outcome)
            if number % SOLVED == 0:
                self._solved(folder, outcome)
        if snapshot(folder) != before:
            outcome.blame("input changed", f"{snapshot(folder) ^ before}")

    def _rejected(self, folder: Path, outcome: Outcome, *, overwrite: bool) -> None:
        """Solving must fail in the same way, and leave everything as it was."""
        target = self.work / "runs" / "run"
        if overwrite:
            put(self.made.runs["few"], target)
        before = snapshot(self.work / "runs")
        more = ("--overwrite",) if overwrite else ()
        run = self.run(outcome, "solve", folder, "-o", target, "--no-report", "--workers", "1", "--quiet", *more)
        if run.code != 1:
            outcome.blame("exit code", f"solve ended with {run.code} although reading fails: {run.err[-300:]}")
        if snapshot(self.work / "runs") != before:
            outcome.blame("left behind", f"{snapshot(self.work / 'runs') ^ before}")

    def _accepted(self, case: Case, folder: Path, cohort: Any, outcome: Outcome) -> None:  # noqa: ANN401
        """What was read must be what stands there, however it is written."""
        if not any(name.endswith(".xlsx") for name in case.files):
            naive = naive_reading(folder, self.known_keys)
            for why in naive.refuse:
                outcome.blame("wrong acceptance", why)
            for difference in differences(naive, cohort):
                outcome.blame("wrong reading", difference)
            if naive.plain and not naive.told and not naive.refuse:
                self._rewritten(naive, case.files, cohort, outcome)
        if case.kind == "same":
            fresh = self.work / "base"
            put(dict(self.made.cohorts[case.base]), fresh)
            outcome.compared += 1
            if difference := other_records(_read(fresh)[0], cohort):
                outcome.blame("wrong reading", f"only written otherwise, but {difference}")

    def _rewritten(self, naive: Naive, files: Files, cohort: Any, outcome: Outcome) -> None:  # noqa: ANN401
        """The same records as plain CSV, and as a workbook, in another order, must give the same cohort."""
        tables = {
            f"{table}.csv": write([list(rows[0]), *(list(row.values()) for row in reversed(rows))])
            for table, rows in naive.tables.items()
            if rows
        }
        plain: Files = {"programme.toml": files["programme.toml"], **tables}
        present = {f"{table}.csv" for table in COLUMNS} & files.keys()
        if present != tables.keys() or "letters.csv" in present:
            return
        forms = {"plain CSV": plain, "a workbook": book_of(plain)}
        for form, held in forms.items():
            if held is None or (
                form == "a workbook"
                and any("\r" in text or ILLEGAL.search(text) for text in map(bytes.decode, tables.values()))
            ):
                continue
            folder = self.work / form.rpartition(" ")[2]
            put(held, folder)
            again, faults = _read(folder)
            outcome.compared += 1
            if again is None:
                outcome.blame("wrong reading", f"accepted, but not as {form}: {'; '.join(map(str, faults[:2]))}")
            elif difference := other_records(cohort, again):
                outcome.blame("wrong reading", f"as {form} {difference}")

    def _solved(self, folder: Path, outcome: Outcome) -> None:
        """What is accepted can be solved, and the answer keeps every rule."""
        target = self.work / "runs" / "run"
        quick = ("--no-report", "--workers", "1", "--quiet", "--time-limit", "20")
        run = self.run(outcome, "solve", folder, "-o", target, *quick)
        if run.code == 0:
            outcome.solved = True
            if self.run(outcome, "verify", folder, target, "--quiet").code != 0:
                outcome.blame("wrong answer", "a run that was just written is not verified")
        left = [path.name for path in target.parent.glob(".*")] if target.parent.exists() else []
        if left or (run.code and target.exists()):
            outcome.blame("left behind", f"solve ended with {run.code} and left {left}")

    # --- runs, scenarios, calendars ------------------------------------------------------------------------

    def _run(self, case: Case, outcome: Outcome) -> None:
        folder, target, other = self.work / "cohort", self.work / "runs" / "run", self.work / "runs" / "new"
        put(dict(self.made.cohorts[case.base.partition("-")[0]]), folder)
        put(case.files, target)
        base = self.work / "runs" / "base"
        if case.command == "compare":
            put(dict(self.made.runs[case.base]), base)
        before = snapshot(self.work)
        quick = ("--no-report", "--workers", "1", "--quiet", "--time-limit", "20")
        words: tuple[str | Path, ...] = {
            "verify": ("verify", folder, target),
            "publish": ("publish", folder, target, "--on", "2027-01-05"),
            "explain": ("explain", folder, target, "E01"),
            "report": ("report", folder, target),
            "calendars": ("calendars", folder, target),
            "compare": ("compare", base, target),
            "rematch": ("rematch", folder, target, "--as-of", "2027-02-15", "-o", other, *quick),
            "history": ("solve", folder, "-o", other, "--history", target, *quick),
            "rerun": ("rerun", folder, target),
        }[case.command]
        run = self.run(outcome, *words)
        outcome.accepted = run.code == 0
        outcome.kinds.add(NAMED.sub("#", f"{case.command} {run.code} {run.err[-100:]}")[:100])
        after = snapshot(self.work)
        if (run.code or case.command in ("verify", "explain", "compare", "rerun")) and after != before:
            outcome.blame("left behind", f"{case.command} ended with {run.code}: {sorted(after ^ before)[:3]}")
        if case.command in ("verify", "publish") and run.code == 0:
            for change in _changes(case.files, self.made.runs[case.base]):
                outcome.blame("wrong verdict", f"{case.command} takes a run in which {change}")

    def _scenarios(self, case: Case, outcome: Outcome) -> None:
        folder, given = self.work / "cohort", self.work / "given"
        put(dict(self.made.cohorts["full"]), folder)
        put(case.files, given)
        before = snapshot(self.work)
        run = self.run(outcome, "scenario", folder, given / "scenarios.toml")
        outcome.accepted = run.code == 0
        outcome.kinds.add(NAMED.sub("#", run.err[-120:]))
        if snapshot(self.work) != before:
            outcome.blame("left behind", f"scenario ended with {run.code}")

    def _calendars(self, case: Case, outcome: Outcome) -> None:
        folder, given = self.work / "cohort", self.work / "given"
        put(dict(self.made.cohorts["full"]), folder)
        put(case.files, given)
        before = snapshot(self.work)
        run = self.run(outcome, "import-calendars", given, folder, "--workers", "1")
        outcome.accepted = run.code == 0
        outcome.kinds.add(NAMED.sub("#", run.err[-120:]))
        if _read(folder)[0] is None:  # also where a calendar is at fault: the others are imported
            outcome.blame("wrong answer", "the cohort cannot be read with the busy.csv that was written")
        given_now = {entry for entry in snapshot(self.work) if entry[0].startswith("given")}
        lost = {entry for entry in before if entry[0].startswith("given")} - given_now
        if lost or any(name.rpartition("/")[2].startswith(".busy") for name, _ in snapshot(self.work)):
            outcome.blame("left behind", f"import-calendars: {sorted(lost)[:2]}")


def snapshot(folder: Path) -> set[tuple[str, bytes]]:
    """Everything below a folder with its content; pipes and links are not followed."""
    found = set[tuple[str, bytes]]()
    for where, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(where) / name
            said = str(path.relative_to(folder))
            if path.is_symlink():
                found.add((said, b"link to " + os.fsencode(path.readlink())))
            elif path.is_file():
                found.add((said, path.read_bytes()))
            else:
                found.add((said, b"folder" if path.is_dir() else b"pipe"))
    return found


def other_records(first: Any, second: Any) -> str:  # noqa: ANN401 - cohorts; matcher is loaded late
    """What differs between two cohorts but for where they were read; "" where nothing does."""
    if first is None or second is None:
        return "" if first is second else "only one can be read"
    skipped = {"warnings", "understood", "inputs", "folder", "sources", "overrides", "memory"}
    for part in dataclasses.fields(first):
        if part.name not in skipped and (told := _other(getattr(first, part.name), getattr(second, part.name))):
            return f"{part.name}{told}"
    return ""


def _other(first: Any, second: Any) -> str:  # noqa: ANN401 - any record
    import numpy as np

    if isinstance(first, np.ndarray):
        return "" if np.array_equal(first, second) else f": {first.tolist()[:8]} and {second.tolist()[:8]}"
    if dataclasses.is_dataclass(first) and not isinstance(first, type):
        inner = (
            (part.name, getattr(first, part.name), getattr(second, part.name))
            for part in dataclasses.fields(first)
        )
        return next((f".{name}{told}" for name, one, other in inner if (told := _other(one, other))), "")
    return "" if first == second else f": {first!r:.100} and {second!r:.100}"


def _read(folder: Path) -> tuple[Any, Sequence[Any]]:
    """The cohort, or what is wrong with it."""
    from matcher.errors import InputError
    from matcher.io import read_cohort

    try:
        return read_cohort(folder), ()
    except InputError as error:
        return None, error.single


def _placed(fault: Any) -> str:  # noqa: ANN401 - a Fault
    where = ["file"] if fault.file else []
    where += ["line"] if fault.line is not None else []
    where += ["column"] if fault.column is not None else []
    return "+".join(where) or "nowhere"


def _judge_json(run: Run, outcome: Outcome) -> None:
    try:
        data = json.loads(run.out)
    except ValueError:
        outcome.blame("json", f"standard output is no JSON: {run.out[:200]!r}")
        return
    faults = data.get("faults") if isinstance(data, dict) else None
    if run.code == 1 and not faults and "error" not in data and data.get("ready", False):
        outcome.blame("json", f"ended with 1 but tells no fault: {run.out[:200]}")


def _changes(files: Files, base: Files) -> Iterator[str]:
    """Cells of a run's tables that are not as they were."""
    for name in TABLES_OF_RUNS:
        before, after = _cells(base.get(name)), _cells(files.get(name))
        if before is not None and before != (after or []):  # without rows it may be missing
            first = next(
                (pair for pair in zip(before, after or [], strict=False) if pair[0] != pair[1]),
                (len(before), len(after or [])),
            )
            yield f"{name} has changed: {first}"


def _cells(data: object) -> list[str] | None:
    """The rows of a table by name of column, whatever the order, as texts."""
    if not isinstance(data, bytes):
        return None
    text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")
    first = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    try:
        return sorted(
            str(
                sorted(
                    (key, value.strip())
                    for key, value in row.items()
                    if key and key not in SENTENCES and isinstance(value, str) and value.strip()
                )
            )
            for row in rows
        )
    except csv.Error:
        return [text]


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
