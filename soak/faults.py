"""The attack by faults: processes killed, disks full, folders gone, two at once, at any moment of any command."""

from __future__ import annotations

import importlib
import os
import pickle
import pkgutil
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from soak.faults_cases import CALLS, Case, Judged, do, draw
from soak.faults_stage import TASKS, Scene, make_arena, make_scene
from soak.results import save


@contextmanager
def stage(names: Sequence[str] = tuple(TASKS)) -> Iterator[tuple[dict[str, Scene], Path]]:
    """Give the scenes of these tasks, and a folder in which cases may be done; all is removed in the end."""
    load()
    folder = Path(tempfile.mkdtemp(prefix="soak-faults-")).resolve()
    try:
        common = make_arena(folder / "common")
        yield {name: make_scene(folder / "scenes", common, name) for name in names}, folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def load() -> None:
    """Load all of matcher, so that each process that is forked has it."""
    import matcher

    for module in pkgutil.iter_modules(matcher.__path__):
        if module.name not in ("__main__", "cluster"):
            importlib.import_module(f"matcher.{module.name}")


@click.command()
@click.option("--count", default=500, show_default=True, help="How many faults.")
@click.option("--seed", default=1, show_default=True, help="Seed of the first; the next has the next.")
@click.option("--only", type=int, help="Do the fault of this seed alone.")
@click.option("--task", "names", multiple=True, help="Only this command, by its name in soak/faults_stage.py.")
@click.option("--exact", is_flag=True, help="Only faults at the n-th call, which repeat exactly.")
@click.option("--every", metavar="KIND", help="This kind of fault at every single call, instead of drawn ones.")
@click.option("--out", type=click.Path(path_type=Path), help="Keep the figures in this folder, e.g. soak/results.")
@click.option("--workers", default=1, show_default=True, help="How many faults at the same time.")
@click.option("-v", "--verbose", is_flag=True, help="Print each fault.")
def main(  # noqa: PLR0917 - what the user asked for
    count: int,
    seed: int,
    only: int | None,
    names: tuple[str, ...],
    exact: bool,
    every: str | None,
    out: Path | None,
    workers: int,
    verbose: bool,
) -> None:
    """Let a fault happen to a command that writes, and look at what is left of the old and the new."""
    if not sys.platform.startswith("linux"):
        raise click.ClickException("this attack needs Linux: it counts what a process does by /proc")
    start = time.monotonic()
    with stage(names or tuple(TASKS)) as (scenes, folder):
        click.echo(f"{len(scenes)} commands on the stage after {time.monotonic() - start:.0f} s")
        if every:
            cases = _each(every, scenes)
        else:
            seeds = [only] if only is not None else range(seed, seed + count)
            cases = [draw(one, scenes, exact=exact) for one in seeds]
        judged = _done(cases, scenes, folder, workers, verbose=verbose or only is not None)
    figures = summary(judged, time.monotonic() - start)
    _table(judged)
    click.echo(f"{figures['faults']} faults, {figures['wrong']} wrong, {figures['seconds']} s")
    if out is not None:
        save("faults", "python -m soak " + " ".join(["faults", *sys.argv[2:]]), figures, out)
    sys.exit(1 if figures["wrong"] else 0)


def _done(
    cases: Sequence[Case], scenes: dict[str, Scene], folder: Path, workers: int, *, verbose: bool
) -> list[Judged]:
    """Do all cases, each worker every so-manieth in a process of its own."""
    if workers == 1:
        return _in_turn(cases, scenes, folder, verbose=verbose)
    started = {}
    for number in range(workers):
        place = folder / f"worker{number}"
        place.mkdir()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                found = _in_turn(cases[number::workers], scenes, place, verbose=verbose)
                (place / "judged").write_bytes(pickle.dumps(found))
                sys.stdout.flush()
                code = 0
            finally:
                os._exit(code)
        started[child] = place
    judged = list[Judged]()
    for child, place in started.items():
        if os.waitpid(child, 0)[1] != 0:
            raise click.ClickException("a worker came to a sudden end")
        judged += pickle.loads((place / "judged").read_bytes())  # noqa: S301 - what our own worker wrote
    return sorted(judged, key=lambda one: one.case.seed)


def _in_turn(cases: Sequence[Case], scenes: dict[str, Scene], folder: Path, *, verbose: bool) -> list[Judged]:
    judged = list[Judged]()
    for case in cases:
        judged.append(do(case, scenes[case.task], folder))
        _tell(judged[-1], verbose=verbose)
    return judged


def _each(kind: str, scenes: dict[str, Scene]) -> list[Case]:
    if kind not in CALLS:
        raise click.BadParameter(f"must be one of {', '.join(CALLS)}", param_hint="--every")
    return [
        Case(number, name, kind, number)
        for name, scene in scenes.items()
        for number in range(1, len(scene.calls) + 1)
    ]


def _tell(judged: Judged, *, verbose: bool) -> None:
    if judged.wrong or verbose:
        click.echo(f"{judged.case}: {judged.code}, {judged.state}")
        for line in judged.wrong:
            click.echo(f"  WRONG {line}")
        if judged.wrong:
            click.echo("  | " + judged.err.strip().replace("\n", "\n  | ")[-1500:])


def summary(judged: Sequence[Judged], seconds: float) -> dict[str, object]:
    """Figures of a run: how many of each kind, what was there after, and what was wrong."""
    return {
        "faults": len(judged),
        "wrong": sum(bool(one.wrong) for one in judged),
        "seconds": round(seconds),
        "kinds": dict(Counter(one.case.kind for one in judged).most_common()),
        "commands": dict(Counter(one.case.task for one in judged).most_common()),
        "states": dict(Counter(one.state for one in judged).most_common()),
        "exit_codes": {str(code): number for code, number in Counter(one.code for one in judged).most_common()},
    }


def _table(judged: Sequence[Judged]) -> None:
    """Print how each kind ended."""
    states = ("old", "new", "part", "other", "rival", "mixture")
    click.echo(f"{'fault':<26}{'times':>6}" + "".join(f"{state:>9}" for state in states) + f"{'wrong':>7}")
    kinds = Counter(one.case.kind for one in judged)
    for kind, number in kinds.most_common():
        own = [one for one in judged if one.case.kind == kind]
        counts = Counter(one.state for one in own)
        wrong = sum(bool(one.wrong) for one in own)
        click.echo(f"{kind:<26}{number:>6}" + "".join(f"{counts[state]:>9}" for state in states) + f"{wrong:>7}")


if __name__ == "__main__":
    main()
