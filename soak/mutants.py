"""Plant small faults in the rules, calendars, schedules, proofs and checks, and see whether the tests notice.

Each fault changes one node of a module's syntax tree (soak.mutant_operators). The tests that run the faulty line
(soak.mutant_reach) run in a process of their own, likely and quick ones first, until one fails (soak.mutant_runs).
No file of the package is touched. What is alive at the end is a hole in the tests, or makes no difference that
anyone could see: the latter stand in soak/survivors.toml, each with its reason.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import pytest

from soak import mutant_reach, results
from soak.mutant_operators import Mutant, mutants_of
from soak.mutant_reach import Reach
from soak.mutant_runs import (
    GRACE,
    PATIENCE,
    PYTEST,
    Choice,
    Loaded,
    Outcome,
    ignored,
    repeat_draws,
    run_anew,
    run_items,
    watched,
)

ROOT = Path(__file__).resolve().parent.parent
NAMED = (
    *(
        "rules",
        "calendars",
        "calendar_run",
        "ics_expand",
        "scheduling",
        "engagements",
        "cadence",
        "times",
        "carried",
    ),
    *("pairing", "proof", "certificate"),
)
"""Modules that hold rules, calendars, schedules and proofs; every check*.py is attacked as well."""
LEFT_OUT = ("browser", "notebook", "benchmarks", "rehearse", "docs", "soak", "wheel", "install")
"""Files of tests that look at the package from outside, or at other things; they would notice little, slowly."""
CONTROL = 2.0
"""Seconds of tests that run once without a fault, for each module."""
EXPLAINED = Path(__file__).parent / "survivors.toml"


@dataclass(frozen=True)
class Explained:
    """Faults that change nothing anyone can see, and why: a line of a module, and what is changed in it.

    `what` may hold `*` for anything; module and text may be "*" for every one.
    """

    module: str
    text: str
    what: tuple[str, ...]
    reason: str

    def holds(self, mutant: Mutant) -> bool:
        """Whether this is about a fault."""
        here = self.module in {mutant.module, "*"} and self.text in {mutant.text, "*"}
        return here and any(
            re.fullmatch(".*".join(re.escape(part) for part in one.split("*")), mutant.what) for one in self.what
        )


def explained(path: Path = EXPLAINED) -> list[Explained]:
    """Read the faults that are explained; none where there is no such file."""
    if not path.is_file():
        return []
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    return [
        Explained(one["module"], one["text"], tuple(one["what"]), " ".join(one["reason"].split()))
        for one in told["explained"]
    ]


def attacked(root: Path = ROOT) -> list[str]:
    """List the modules under attack, by their paths below the folder of the project."""
    named = [f"matcher/{name}.py" for name in NAMED]
    return named + [f"matcher/{path.name}" for path in sorted((root / "matcher").glob("check*.py"))]


def sampled(root: Path, module: str, sample: int, seed: int) -> list[Mutant]:
    """Draw some faults of a module, in the order of its lines; all of them for a sample of 0."""
    every = mutants_of(module, (root / module).read_text(encoding="utf-8"))
    if not sample or len(every) <= sample:
        return every
    drawn = {id(mutant) for mutant in sorted(every, key=lambda mutant: mutant.draw(seed))[:sample]}
    return [mutant for mutant in every if id(mutant) in drawn]


@dataclass(frozen=True)
class Attack:
    """What is attacked, and with what: the project's folder, files of tests, folder for what is kept, patience."""

    root: Path
    modules: tuple[str, ...]
    tests: tuple[Path, ...]
    keep: Path
    patience: float = PATIENCE
    grace: float = GRACE
    control: bool = True

    def run(self, mutants: Sequence[Mutant]) -> Iterator[tuple[Mutant, Outcome]]:
        """Run the tests against each fault; what is in functions comes first."""
        self.keep.mkdir(parents=True, exist_ok=True)
        inside = [mutant for mutant in mutants if mutant.function]
        yield from self._in_a_process(inside)
        outside = [mutant for mutant in mutants if not mutant.function]
        if outside:
            _load_libraries()
        choice, scratch = Choice(self.reaches(), self.grace), self._scratch()
        for mutant in outside:
            yield mutant, self._outside(mutant, choice, scratch)

    def _scratch(self) -> Path:
        return Path(tempfile.gettempdir()) / f"mutants-{os.getpid()}"

    def reaches(self) -> dict[str, Reach]:
        """Read what the tests of each file reach, as far as that is known of the files as they are."""
        found = {
            path.stem: mutant_reach.load(self.keep / "reach" / f"{path.stem}.json", self.root)
            for path in self.tests
        }
        return {name: reach for name, reach in found.items() if reach is not None}

    def needed(self, modules: set[str]) -> list[Path]:
        """List the files of tests to load: those that reach the modules, or all where some are not known yet."""
        known = self.reaches()
        if len(known) < len(self.tests):
            return list(self.tests)
        return [path for path in self.tests if modules & set(known[path.stem].lines)] or list(self.tests)

    def _outside(self, mutant: Mutant, choice: Choice, scratch: Path) -> Outcome:
        names = choice.tests(mutant, self.patience)
        if not names:
            return Outcome("unreached", "", 0, 0.0)
        outcome = watched(
            lambda pipe: run_anew(self.root, mutant, names, pipe, scratch), names, choice.limit, scratch
        )
        choice.noticed(mutant, outcome.by)
        return outcome

    def _in_a_process(self, mutants: Sequence[Mutant]) -> Iterator[tuple[Mutant, Outcome]]:
        """Load package and tests in a process that we can leave again, and let it tell of each fault by a pipe."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _be_the_session(self, mutants, writing)
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as told:
            for line in told:
                at, outcome = json.loads(line)
                if at is None:
                    click.echo(outcome, err=True)
                else:
                    yield mutants[at], Outcome(**outcome)
        _, status = os.waitpid(child, 0)
        if status:
            raise click.ClickException(f"the tests could not be loaded (see {self.keep / 'pytest.txt'})")


def _be_the_session(attack: Attack, mutants: Sequence[Mutant], pipe: int) -> None:
    """Be the process that has everything loaded; it ends here."""
    code = 1
    try:
        log = os.open(attack.keep / "pytest.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        sys.path.insert(0, str(attack.root))
        os.chdir(attack.root)
        session = Session(attack, mutants, pipe)
        files = [str(path) for path in attack.needed({mutant.module for mutant in mutants})]
        scratch = f"--basetemp={session.scratch / 'pytest'}"
        ended = pytest.main([*files, *PYTEST, *ignored(), f"--rootdir={attack.root}", scratch], plugins=[session])
        code = 0 if session.done else int(ended) or 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


class Session:
    """A plugin that runs faults instead of tests, once all tests are collected."""

    def __init__(self, attack: Attack, mutants: Sequence[Mutant], pipe: int) -> None:
        self.attack, self.mutants, self.pipe = attack, mutants, pipe
        self.scratch = Path(tempfile.gettempdir()) / f"mutants-{os.getpid()}"
        self.done = False

    def pytest_sessionstart(self) -> None:
        """Draw the same examples every time."""
        repeat_draws()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Find out what each test reaches, then plant one fault after the other."""
        attack, by_name = self.attack, {item.nodeid: item for item in session.items}
        paths = [attack.root / module for module in attack.modules]
        kept = attack.keep / "reach"
        self.scratch.mkdir(parents=True, exist_ok=True)  # pytest makes its own folder in it, not this one
        for file, seconds in mutant_reach.collect(attack.root, session.items, paths, kept):
            passed = len(attack.reaches()[Path(file).stem].tests) if Path(file).stem in attack.reaches() else 0
            given = sum(item.path.name == file for item in session.items)
            self.tell(None, f"reached by {file}: {seconds:.1f} s, {passed} of {given} tests")
        choice = Choice(attack.reaches(), attack.grace)
        loaded = Loaded(attack.root, attack.modules)
        broken = self.control(choice, by_name) if attack.control else set()
        for at, mutant in enumerate(self.mutants):
            names = [
                name for name in choice.tests(mutant, attack.patience) if name in by_name and name not in broken
            ]
            outcome = self.one(mutant, [by_name[name] for name in names], choice, loaded)
            choice.noticed(mutant, outcome.by)
            self.tell(at, asdict(outcome))
        self.done = True
        return True

    def control(self, choice: Choice, by_name: dict[str, pytest.Item]) -> set[str]:
        """Run the tests for one fault of each module, without it: those that fail even so are no judges."""
        broken: set[str] = set()
        for module in dict.fromkeys(mutant.module for mutant in self.mutants):
            mutant = next(one for one in self.mutants if one.module == module)
            for _ in range(5):
                names = [name for name in choice.tests(mutant, CONTROL) if name in by_name and name not in broken]
                outcome = self.one(None, [by_name[name] for name in names], choice, None)
                if outcome.what not in ("killed", "timeout"):
                    break
                broken.add(outcome.by)
                self.tell(None, f"fails without a fault, so left out: {outcome.by}")
        return broken

    def one(
        self, mutant: Mutant | None, items: list[pytest.Item], choice: Choice, loaded: Loaded | None
    ) -> Outcome:
        """Run some tests in a copy of this process, with a fault in it or none."""
        if not items:
            return Outcome("unreached", "", 0, 0.0)

        def run(pipe: int) -> None:
            if mutant is not None and loaded is not None:
                path = self.attack.root / mutant.module
                loaded.exchange(mutant, path.read_text(encoding="utf-8"), path)
            run_items(items, pipe)

        return watched(run, [item.nodeid for item in items], choice.limit, self.scratch)

    def tell(self, at: int | None, what: object) -> None:
        """Send one line to the process that started us."""
        os.write(self.pipe, (json.dumps([at, what]) + "\n").encode())


def _load_libraries() -> None:
    """Load what the package stands on, and nothing of the package: copies of this process need not do so again."""
    import babel  # noqa: F401
    import holidays  # noqa: F401
    import hypothesis  # noqa: F401
    import jinja2  # noqa: F401
    import numpy  # noqa: F401, ICN001
    import ortools.sat.python.cp_model  # noqa: F401
    import pandas  # noqa: F401, ICN001
    import pydantic  # noqa: F401


def files_of_tests(root: Path = ROOT) -> tuple[Path, ...]:
    """List the files of tests that judge."""
    found = sorted((root / "tests").glob("test_*.py"))
    return tuple(path for path in found if not any(part in path.stem for part in LEFT_OUT))


@dataclass
class Tally:
    """How the faults of one module fared."""

    mutants: int = 0
    killed: int = 0
    timeout: int = 0
    explained: int = 0
    alive: int = 0

    def noticed(self) -> float:
        """Share of the faults that the tests noticed, of those that can be noticed; 1 for none."""
        could = self.mutants - self.explained
        return (self.killed + self.timeout) / could if could else 1.0

    def add(self, what: str) -> None:
        """Count one fault."""
        self.mutants += 1
        field = what if what in ("killed", "timeout", "explained") else "alive"
        setattr(self, field, getattr(self, field) + 1)


def table(tallies: dict[str, Tally]) -> list[str]:
    """Lay out the figures, one line a module, and one for all."""
    whole = Tally()
    for one in tallies.values():
        for field, count in asdict(one).items():
            setattr(whole, field, getattr(whole, field) + count)
    lines = [
        f"{'module':<24} {'faults':>6} {'killed':>6} {'hung':>5} {'no effect':>9} {'alive':>5} {'noticed':>8}"
    ]
    lines += [
        f"{Path(module).name:<24} {one.mutants:>6} {one.killed:>6} {one.timeout:>5} {one.explained:>9} "
        f"{one.alive:>5} {one.noticed():>8.1%}"
        for module, one in [*tallies.items(), ("all", whole)]
    ]
    return lines


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.option(
    "--sample", default=40, show_default=True, help="Faults drawn from each module; 0 plants all 10,000."
)
@click.option("--seed", default=9, show_default=True, help="Seed of the draw.")
@click.option(
    "--module", "modules", multiple=True, metavar="NAME", help="Only this module, such as rules; repeatable."
)
@click.option(
    "--only", metavar="TEXT", help="Only faults whose line, function or change matches this regular expression."
)
@click.option(
    "--trust", is_flag=True, help="Do not repeat what earlier runs saw noticed in modules as they are now."
)
@click.option("--patience", default=PATIENCE, show_default=True, help="Seconds of tests at most for a fault.")
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    default=ROOT / ".mutants",
    help="Folder for what the tests reach and for the last run.  [default: .mutants]",
)
@click.option("--record", is_flag=True, help="Keep the figures in soak/results.")
@click.option("--least", default=0.95, show_default=True, help="Exit 1 when a smaller share is noticed.")
def main(  # noqa: PLR0917 - click passes them by name
    sample: int,
    seed: int,
    modules: tuple[str, ...],
    only: str | None,
    patience: float,
    keep: Path,
    least: float,
    *,
    trust: bool,
    record: bool,
) -> None:
    r"""Plant small faults in the code, one at a time, and count how many the tests notice.

    \b
    python -m soak mutants --module rules --sample 0     every fault of one module
    python -m soak mutants --sample 40 --record          forty of each module, an hour or two

    Figures of modules that are named and of a draw from all modules are kept apart.
    """
    every = attacked()
    chosen = [f"matcher/{name.removesuffix('.py')}.py" for name in modules] or every
    for module in chosen:
        if not (ROOT / module).is_file():
            raise click.BadParameter(f"there is no {module}", param_hint="--module")
    drawn = [mutant for module in chosen for mutant in sampled(ROOT, module, sample, seed)]
    if only:
        drawn = [one for one in drawn if re.search(only, f"{one.line} {one.function} {one.text} {one.what}")]
    known = explained()
    tallies = {module: Tally() for module in dict.fromkeys(mutant.module for mutant in drawn)}
    kept = keep / "noticed.txt"
    seen = dict(line.split() for line in kept.read_text().splitlines()) if trust and kept.is_file() else {}
    tried = []
    for mutant in drawn:
        if any(one.holds(mutant) for one in known):
            tallies[mutant.module].add("explained")
        elif mutant.lasting(ROOT) in seen:
            tallies[mutant.module].add(seen[mutant.lasting(ROOT)])
        else:
            tried.append(mutant)
    began = time.monotonic()
    attack = Attack(
        ROOT, tuple(dict.fromkeys([*every, *chosen])), files_of_tests(), keep, patience, control=not trust
    )
    alive: list[tuple[Mutant, Outcome]] = []
    for mutant, outcome in attack.run(tried):
        tallies[mutant.module].add(outcome.what)
        if outcome.what in ("survived", "unreached"):
            alive.append((mutant, outcome))
            click.echo(f"{mutant.module}:{mutant.line} {outcome.what}: {mutant.what}\n    {mutant.text}")
        else:
            with kept.open("a", encoding="utf-8") as noted:
                noted.write(f"{mutant.lasting(ROOT)} {outcome.what}\n")
    seconds = time.monotonic() - began
    for line in table(tallies):
        click.echo(line)
    click.echo(f"{len(tried)} faults planted in {seconds:.0f} s", err=True)
    if record:
        trusted = " --trust" if trust else ""
        named = " ".join(f"--module {name}" for name in modules) or f"--seed {seed}"
        _record(
            "mutants" if modules else "mutants-drawn",
            tallies,
            alive,
            seconds,
            f"python -m soak mutants --sample {sample} {named} --patience {patience:g}{trusted} --record",
        )
    noticed = sum(one.killed + one.timeout for one in tallies.values())
    could = sum(one.mutants - one.explained for one in tallies.values())
    if noticed < least * could:
        raise SystemExit(1)


def _record(
    name: str, tallies: dict[str, Tally], alive: Iterable[tuple[Mutant, Outcome]], seconds: float, command: str
) -> None:
    figures = {
        "seconds": round(seconds),
        "modules": {
            module: {**asdict(one), "noticed": round(one.noticed(), 4)} for module, one in tallies.items()
        },
        "alive": [
            {"module": one.module, "line": one.line, "text": one.text, "what": one.what, "outcome": outcome.what}
            for one, outcome in alive
        ],
    }
    with contextlib.suppress(OSError):
        results.save(name, command, figures)


if __name__ == "__main__":
    main()
