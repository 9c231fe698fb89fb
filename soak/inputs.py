"""Bad input: spoilt cohorts, workbooks, runs, scenarios and calendars, given to every command that reads them.

Each case is made from a number: something in order of which one to four things are changed. None may end in a
traceback, a hang, swollen memory or a half-written run; what is accepted must have been read as it stands there. A
case that brings a message nobody has seen yet is spoilt further later on.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import click

from soak import results
from soak.inputs_bases import Files, Odd
from soak.inputs_cases import Bases, Case, make_case, mutations, put
from soak.inputs_checks import Outcome
from soak.inputs_tables import read, write
from soak.inputs_worker import Worker, make_runs

FURTHER = 0.3  # share of cases that begin with one that brought something new
DEEPEST = 4  # numbers in one case
SHRUNK = 3  # failures of one kind that are made smaller and kept
ROWS_TRIED = 60


@dataclass
class Tally:
    """What the cases came to."""

    cases: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    accepted: int = 0
    solved: int = 0
    compared: int = 0
    ended: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    messages: set[str] = field(default_factory=set)
    wrong: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    slowest: tuple[float, str] = (0.0, "")

    def add(self, case: Case, outcome: Outcome) -> bool:
        """Count an outcome; whether it brought a message that is new."""
        self.cases += 1
        self.kinds[case.kind] += 1
        self.accepted += outcome.accepted
        self.solved += outcome.solved
        self.compared += outcome.compared
        self.ended.update(f"{name} {code}" for name, code in outcome.ended)
        self.faults.update(outcome.faults)
        self.slowest = max(self.slowest, (round(outcome.seconds, 2), case.spec))
        for name, told in outcome.wrong:
            self.wrong.setdefault(name, []).append((case.spec, told))
        new = outcome.kinds - self.messages
        self.messages |= new
        return bool(new)

    def figures(self, seconds: float) -> dict[str, object]:
        """The counts for the file of results."""
        return {
            "cases": self.cases,
            "seconds": round(seconds),
            "kinds": dict(self.kinds),
            "accepted": self.accepted,
            "solved and verified": self.solved,
            "read again in another form": self.compared,
            "commands": dict(sorted(self.ended.items())),
            "faults by place": dict(self.faults),
            "different messages": len(self.messages),
            "slowest": {"seconds": self.slowest[0], "case": self.slowest[1]},
            "wrong": {name: len(found) for name, found in sorted(self.wrong.items())},
        }


def specs(count: int, seed: int, fruitful: list[str]) -> Iterator[str]:
    """The numbers of cases; some go on from one of the fruitful, which may grow meanwhile."""
    rng = Random(seed)
    for number in range(count):
        own = str(seed * 10_000_000 + number)
        further = fruitful and rng.random() < FURTHER
        yield f"{rng.choice(fruitful)}+{own}" if further else own


def attack(count: int, seed: int, worker: Worker, tally: Tally) -> Iterator[tuple[Case, Outcome]]:
    """Ask `count` cases, and give those that end badly."""
    fruitful = list[str]()
    for spec in specs(count, seed, fruitful):
        case = make_case(spec, worker.made)
        outcome = worker.ask(case)
        if tally.add(case, outcome) and spec.count("+") < DEEPEST - 1:
            fruitful.append(spec)
        if tally.cases % 1000 == 0:
            print(
                f"{tally.cases} cases, {sum(map(len, tally.wrong.values()))} findings", file=sys.stderr, flush=True
            )
        if outcome.wrong:
            yield case, outcome


# --- smaller -------------------------------------------------------------------------------------------------


def shrink(case: Case, name: str, worker: Worker) -> Case:
    """Leave out mutations, then rows, as long as the same thing is wrong."""

    def bad(smaller: Case) -> bool:
        return any(other == name for other, _ in worker.ask(smaller).wrong)

    without = list[int]()
    for place in range(mutations(case.spec, case.kind)):
        smaller = make_case(case.spec, worker.made, [*without, place])
        if bad(smaller):
            without.append(place)
            case = smaller
    tried = 0
    for file in sorted(case.files):
        found = read(case.files[file]) if file.endswith(".csv") else None
        rows, delimiter = found or ([], ",")
        place = len(rows) - 1
        while place > 0 and tried < ROWS_TRIED:
            fewer = rows[:place] + rows[place + 1 :]
            smaller = replace(case, files={**case.files, file: write(fewer, delimiter)})
            if bad(smaller):
                rows, case = fewer, smaller
            tried += 1
            place -= 1
    return case


def save(case: Case, told: str, name: str, folder: Path) -> Path:
    """Keep a case as a folder that can be asked again with --replay."""
    kept = folder / f"{name.replace(' ', '-')}-{case.spec[:60]}"
    shutil.rmtree(kept, ignore_errors=True)
    put(case.files, kept / "files")
    odd = {path: str(data) for path, data in case.files.items() if isinstance(data, Odd)}
    story = {
        "spec": case.spec,
        "kind": case.kind,
        "base": case.base,
        "command": case.command,
        "done": case.done,
        "odd": odd,
        "name": name,
        "told": told,
    }
    (kept / "case.json").write_text(json.dumps(story, indent=2, ensure_ascii=True) + "\n", encoding="utf-8")
    return kept


def kept_case(folder: Path) -> Case:
    """A case that was kept."""
    story = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    files: Files = {path: Odd(kind) for path, kind in story["odd"].items()}
    for path in sorted((folder / "files").rglob("*")):
        name = str(path.relative_to(folder / "files"))
        if name not in files and path.is_file() and not path.is_symlink():
            files[name] = path.read_bytes()
    return Case(story["spec"], story["kind"], story["base"], tuple(story["done"]), files, story["command"])


# --- the command ---------------------------------------------------------------------------------------------


@click.command()
@click.option("--count", default=1000, show_default=True, help="Cases to try.")
@click.option("--seed", default=1, show_default=True, help="Where the cases begin.")
@click.option(
    "--only", metavar="SPEC", help="One case by its numbers, such as 10000017+10000401; tells all of it."
)
@click.option("--replay", type=click.Path(path_type=Path), help="One case that was kept in this folder.")
@click.option("--out", type=click.Path(path_type=Path), help="Keep what fails here, made as small as it goes.")
@click.option(
    "--large", is_flag=True, help="Instead: inputs that are very large, each with its seconds and memory."
)
@click.option("--save", "keep", is_flag=True, help="Keep the figures in soak/results.")
def main(
    *, count: int, seed: int, only: str | None, replay: Path | None, out: Path | None, large: bool, keep: bool
) -> None:
    """Spoil input in every way, and see that nothing breaks and nothing wrong is accepted."""
    if large:
        from soak.inputs_large import report_large

        raise SystemExit(report_large(keep=keep))
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="inputs-") as work:
        worker = Worker(Path(work) / "case", make_runs(Bases()))
        try:
            if only or replay:
                case = kept_case(replay) if replay else make_case(only or "", worker.made)
                _tell(case, worker.ask(case))
                return
            tally = Tally()
            with contextlib.suppress(KeyboardInterrupt):  # what has been tried counts
                for case, outcome in attack(count, seed, worker, tally):
                    _report(case, outcome, tally, worker, out)
        finally:
            worker.close()
    figures = tally.figures(time.perf_counter() - start)
    for name, value in figures.items():
        print(f"{name:28} {value}")
    if keep:
        print(results.save("inputs", f"python -m soak inputs --count {tally.cases} --seed {seed}", figures))
    raise SystemExit(1 if tally.wrong else 0)


def _report(case: Case, outcome: Outcome, tally: Tally, worker: Worker, out: Path | None) -> None:
    for name, told in outcome.wrong:
        print(
            f"{tally.cases}: {case.spec} {case.kind} {case.base} {case.command}: {name}: {told}"[:1500], flush=True
        )
        if out is not None and len(tally.wrong[name]) <= SHRUNK:
            print(f"    kept in {save(shrink(case, name, worker), told, name, out)}", flush=True)


def _tell(case: Case, outcome: Outcome) -> None:
    print(f"{case.kind} {case.base} {case.command}", *case.done, sep="\n  ")
    print(*(f"{name} ended with {code}" for name, code in outcome.ended), sep="\n")
    print(*(f"wrong: {name}: {told}" for name, told in outcome.wrong), sep="\n")
    raise SystemExit(1 if outcome.wrong else 0)
