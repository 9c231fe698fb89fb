"""Wrong answers: drawn cohorts of every kind, solved from files to files and held against enumeration."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from types import FrameType
from typing import Any

import click

from soak.results import save
from soak.shrink import keep, shrink

REGRESSIONS = Path(__file__).parent.parent / "tests" / "regressions"
LONGEST = 60  # seconds that one case may take: enumeration of some would take hours
CHUNK = 20
Spec = Any  # the modules of the tests are not typed


class _TooLongError(Exception):
    """A case takes more time than it may."""


@dataclass(frozen=True)
class Looked:
    """What became of one case: what it was like, or what is wrong (`fault`); `long` where it was given up."""

    kind: str
    seed: int
    tally: Counter[str]
    fault: str = ""
    long: bool = False


def look(kind: str, seed: int, spec: Spec = None, longest: float = LONGEST) -> Looked:
    """Try one case, drawn from its seed unless given as a `spec`."""
    from soak.kinds import KINDS, WrongError

    tally, old = Counter[str](), signal.signal(signal.SIGALRM, _too_long)
    try:
        with tempfile.TemporaryDirectory(prefix="matcher-soak-") as folder:
            signal.setitimer(signal.ITIMER_REAL, longest)  # not while the folder is made: it would be left behind
            try:
                KINDS[kind].check(KINDS[kind].draw(seed) if spec is None else spec, seed, Path(folder), tally)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
    except _TooLongError:
        return Looked(kind, seed, Counter(), long=True)
    except WrongError as error:
        return Looked(kind, seed, tally, str(error))
    except Exception:  # noqa: BLE001 - whatever it is, it is wrong
        return Looked(kind, seed, tally, traceback.format_exc(limit=-3).strip())
    finally:
        signal.signal(signal.SIGALRM, old)
    return Looked(kind, seed, tally)


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise _TooLongError


def look_apart(kind: str, seed: int, spec: Spec = None, longest: float = LONGEST) -> Looked:
    """Try one case in a process of its own: a library may end that, which is a fault as well."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        with os.fdopen(write, "wb") as pipe:
            pipe.write(pickle.dumps(look(kind, seed, spec, longest)))
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        told = pipe.read()
    status = os.waitpid(child, 0)[1]
    if status:
        return Looked(kind, seed, Counter(), f"the process died of signal {os.WTERMSIG(status)}")
    looked: Looked = pickle.loads(told)  # noqa: S301 - of our own child
    return looked


def look_at(cases: Sequence[tuple[str, int]]) -> list[Looked]:
    """Try several cases, one after the other."""
    return [look(kind, seed) for kind, seed in cases]


def smallest(looked: Looked) -> Spec:
    """A cohort with as little in it as possible that is wrong in the same words, figures aside."""
    from soak.kinds import KINDS

    drawn, begin = KINDS[looked.kind].draw(looked.seed), time.monotonic()
    look_apart(looked.kind, looked.seed, drawn)
    longest = 1 + 2 * (time.monotonic() - begin)  # who is free at any time has schedules without end

    def is_wrong(spec: Spec) -> bool:
        found = look_apart(looked.kind, looked.seed, spec, longest).fault
        return bool(found) and _words(found) == _words(looked.fault)

    return shrink(drawn, is_wrong)


def _words(fault: str) -> str:
    """The last line up to its first figures."""
    last = fault.splitlines()[-1]
    return last[: next((place for place, letter in enumerate(last) if letter.isdigit() or letter in "({["), None)]


def chosen(kinds: Sequence[str], count: int, seed: int) -> list[tuple[str, int]]:
    """The cases of a run: the kinds in turn, from the seed on."""
    return [(kinds[place % len(kinds)], seed + place // len(kinds)) for place in range(count)]


def _looked(cases: Sequence[tuple[str, int]], workers: int) -> Iterator[Looked]:
    chunks = [cases[first : first + CHUNK] for first in range(0, len(cases), CHUNK)]
    while chunks:
        done = 0
        try:
            with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
                for found in pool.map(look_at, chunks):
                    yield from found
                    done += 1
        except BrokenProcessPool:  # in one of these, or in one of the next few, which are tried again anyhow
            yield from (look_apart(*case) for case in chunks[done])
            done += 1
        chunks = chunks[done:]


@click.command()
@click.option("--count", default=10_000, show_default=True, type=click.IntRange(min=1), help="How many cases.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0), help="The first seed.")
@click.option("--only", metavar="KIND", multiple=True, help="Kinds of cohorts; else all of them.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(min=1), help="Processes.")
@click.option("--record", is_flag=True, help="Keep the figures in soak/results.")
def main(count: int, seed: int, only: tuple[str, ...], workers: int, record: bool) -> None:
    """Draw cohorts, solve them from files to files, and hold every goal against enumeration and the plain model.

    What is wrong is shrunk to a cohort folder in tests/regressions, where the tests find it from then on.
    """
    from soak.kinds import KINDS

    unknown = [name for name in only if name not in KINDS]
    if unknown:
        raise click.BadParameter(f"{unknown[0]} is none of {', '.join(KINDS)}", param_hint="--only")
    kinds, begin = list(only or KINDS), time.monotonic()
    totals = {kind: Counter[str]() for kind in kinds}
    wrong = list[Looked]()
    for place, looked in enumerate(_looked(chosen(kinds, count, seed), workers), 1):
        tally = totals[looked.kind]
        tally.update(looked.tally)
        tally.update(cases=1, wrong=bool(looked.fault), given_up=looked.long)
        if looked.fault:
            wrong.append(looked)
            print(f"{looked.kind} {looked.seed}: {looked.fault}", flush=True)
        if place % 500 == 0:
            print(f"{place} of {count}, {len(wrong)} wrong, {time.monotonic() - begin:.0f} s", file=sys.stderr)
    for looked in wrong[:5]:
        folder = REGRESSIONS / f"{looked.kind}-{looked.seed}"
        print(f"shrunk to {keep(smallest(looked), looked.kind, looked.seed, looked.fault, folder)}")
    figures = {kind: {name: tally[name] for name in sorted(tally)} for kind, tally in totals.items()}
    for kind, row in figures.items():
        print(f"{kind:10} {', '.join(f'{name} {number}' for name, number in row.items())}")
    print(f"{count} cases, {len(wrong)} wrong, {time.monotonic() - begin:.0f} s")
    if record:
        command = f"python -m soak answers --count {count} --seed {seed}"
        seconds = round(time.monotonic() - begin)
        save("answers", command, {"cases": count, "wrong": len(wrong), "seconds": seconds, "kinds": figures})
    raise SystemExit(bool(wrong))
