"""One fault, one process: the tests that reach the faulty line run in it, quickest first, until one fails."""

from __future__ import annotations

import gc
import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import select
import shutil
import signal
import sys
import time
import types
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from soak.mutant_operators import Mutant, planted
from soak.mutant_reach import Reach, Told, quiet

PATIENCE = 40.0
"""Seconds that a fault's tests may need when nothing is wrong; what would come later is left out."""
GRACE = 5.0
"""Seconds that any test may take, whatever it takes when nothing is wrong."""
MEMORY = 8 << 30
"""Bytes that a process may ask for."""
COLLECTING = 60.0
"""Seconds within which the files of a fault outside of functions must be loaded."""
PYTEST = ("-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov", "-o", "addopts=")
"""Options of every run of pytest: nothing is kept, and nothing that a test prints is held back or shown."""


@dataclass(frozen=True)
class Outcome:
    """What became of a fault: `killed`, `timeout` (noticed as well), `survived`, or `unreached` by every test.

    `by` is the test that noticed it, `tests` how many ran, `seconds` how long that took.
    """

    what: str
    by: str
    tests: int
    seconds: float


class Choice:
    """Which tests to run for a fault, and in which order."""

    def __init__(self, reaches: dict[str, Reach], grace: float = GRACE) -> None:
        self.reaches, self.grace = reaches, grace
        self.seconds = {
            name: took for reach in reaches.values() for name, took in zip(reach.tests, reach.seconds, strict=True)
        }
        self.slowest = {file: max(reach.seconds, default=0.0) for file, reach in reaches.items()}
        self.kinds: dict[str, dict[str, int]] = {}
        self.kills: Counter[tuple[str, str, str]] = Counter()

    def tests(self, mutant: Mutant, patience: float = PATIENCE) -> list[str]:
        """Node ids: what reaches the fault's lines, then what stands in the same files, as far as patience goes.

        A test that uses what an earlier one prepared reaches lines that coverage credits to the earlier one; so
        its neighbours have their turn before a fault counts as alive.
        """
        first, second = self._reaching(mutant)
        killers = [name for name in first + second if self.kills[mutant.module, mutant.function, name]]
        killers.sort(key=lambda name: -self.kills[mutant.module, mutant.function, name])
        order = killers[:5] + self._quick(first, patience / 3)
        for rest in (first, second):
            known = set(order)
            order += self._blocks([name for name in rest if name not in known], mutant.module)
        chosen: list[str] = []
        spent = 0.0
        for name in dict.fromkeys(order):
            spent += self.seconds[name]
            if spent > patience and chosen:
                break
            chosen.append(name)
        return chosen

    def _reaching(self, mutant: Mutant) -> tuple[list[str], list[str]]:
        first: list[str] = []
        second: list[str] = []
        for reach in self.reaches.values():
            lines = reach.lines.get(mutant.module)
            if lines is None:
                continue
            if mutant.function:
                low, high = mutant.lines
                places = {place for line in range(low, high + 1) for place in lines.get(line, ())}
            else:
                places = {place for at in lines.values() for place in at}
            if places:
                first += [reach.tests[place] for place in sorted(places)]
                second += [name for place, name in enumerate(reach.tests) if place not in places]
        return first, second

    def _quick(self, names: list[str], seconds: float) -> list[str]:
        """The quickest tests, as many as so many seconds have room for, in their order."""
        spent, chosen = 0.0, set[str]()
        for name in sorted(names, key=self.seconds.__getitem__):
            spent += self.seconds[name]
            if spent > seconds:
                break
            chosen.add(name)
        return [name for name in names if name in chosen]

    def _turns(self, names: list[str], module: str) -> dict[str, int]:
        """Which turn each test has, so that tests of every kind and of every file come early.

        Tests are of a kind when they run the same lines of the module. The quickest of a kind and the quickest of
        a file have the first turn.
        """
        seen: Counter[object] = Counter()
        turn: dict[str, int] = {}
        for name in sorted(names, key=self.seconds.__getitem__):
            groups = (self._kind(module, name), name.split("::")[0])
            turn[name] = min(seen[group] for group in groups)
            seen.update(groups)
        return turn

    def _kind(self, module: str, name: str) -> int:
        """Tell kinds of tests apart by the lines of a module that they run."""
        if module not in self.kinds:
            lines: dict[str, list[int]] = defaultdict(list)
            for reach in self.reaches.values():
                for line, at in sorted(reach.lines.get(module, {}).items()):
                    for place in at:
                        lines[reach.tests[place]].append(line)
            self.kinds[module] = {test: hash(tuple(own)) for test, own in lines.items()}
        return self.kinds[module].get(name, 0)

    def _blocks(self, names: list[str], module: str) -> list[str]:
        """Turn by turn, quickest first, in blocks of 1, 2, 4 ... seconds; in each file by file, for fixtures."""
        place = {name: position for position, name in enumerate(names)}
        turn = self._turns(names, module)
        done: list[str] = []
        block: list[str] = []
        spent, size = 0.0, 1.0
        for name in sorted(names, key=lambda name: (turn[name], self.seconds[name], place[name])):
            block.append(name)
            spent += self.seconds[name]
            if spent > size:
                done += sorted(block, key=place.__getitem__)
                block, spent, size = [], 0.0, size * 2
        return done + sorted(block, key=place.__getitem__)

    def limit(self, name: str) -> float:
        """Seconds after which a test hangs: ten times what the slowest of its file takes, and some grace."""
        return 10 * self.slowest.get(Path(name.split("::", maxsplit=1)[0]).stem, 1.0) + self.grace

    def noticed(self, mutant: Mutant, by: str) -> None:
        """Remember which test noticed a fault: it is likely to notice the next one in the same function."""
        if by:
            self.kills[mutant.module, mutant.function, by] += 1


def watched(
    run: Callable[[int], None], names: Sequence[str], limit: Callable[[str], float], scratch: Path
) -> Outcome:
    """Run tests in a process of their own, which tells by a pipe what begins and what fails; watch the clock.

    Parameters
    ----------
    run
        What the process does; it is given the pipe, and must write `b name` when a test begins and `f name` when
        one has failed.
    names
        The tests that it will run.
    limit
        Seconds of the processor that a test may take.
    scratch
        Folder for temporary files, emptied afterwards.
    """
    began = time.monotonic()
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _live(run, writing)
    os.close(writing)
    outcome = _listen(reading, child, names, limit)
    os.close(reading)
    _stop(child)
    shutil.rmtree(scratch, ignore_errors=True)
    what, by, tests = outcome
    return Outcome(what, by, tests, round(time.monotonic() - began, 3))


def _live(run: Callable[[int], None], pipe: int) -> None:
    """Be the process: nothing gets out of it but what it writes to the pipe."""
    try:
        os.setpgid(0, 0)
        quiet()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        run(pipe)
        os.write(pipe, b"e\n")
    except BaseException as error:  # noqa: BLE001 - whatever it is, the fault made it
        os.write(pipe, f"x {type(error).__name__}: {error}"[:500].replace("\n", " ").encode() + b"\n")
    finally:
        os._exit(0)


def _listen(pipe: int, child: int, names: Sequence[str], limit: Callable[[str], float]) -> tuple[str, str, int]:
    """Follow what the process tells until it is done, dead, or too slow: what counts is its own time.

    A process that waits for something, without working, has 20 times as long.
    """
    begun, current, told = 0, "", b""
    own, until = COLLECTING, time.monotonic() + 20 * COLLECTING
    while True:
        if not select.select([pipe], [], [], 0.2)[0]:
            if _worked(child) > own or time.monotonic() > until:
                return "timeout", current or (names[0] if names else ""), begun
            continue
        heard = os.read(pipe, 1 << 16)
        if not heard:
            return "killed", current, begun  # it died without a word: the fault brought the process down
        told += heard
        *lines, told = told.split(b"\n")
        for line in lines:
            sign, _, rest = line.decode().partition(" ")
            if sign == "f":
                return "killed", rest, begun
            if sign == "x":
                return "killed", current or rest, begun
            if sign == "e":
                return "survived", "", begun
            begun, current = begun + 1, rest
            allowed = limit(current)
            own, until = _worked(child) + allowed, time.monotonic() + 20 * allowed


def _worked(child: int) -> float:
    """Seconds of the processor that a process has used; the time of the day where nothing tells."""
    try:
        told = Path(f"/proc/{child}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return time.monotonic()
    return sum(int(told[field]) for field in (11, 12, 13, 14)) / os.sysconf("SC_CLK_TCK")


def _stop(child: int) -> None:
    """End a process that we forked, and whatever it started."""
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(child, signal.SIGKILL)  # it had no time to become the head of a group
    os.waitpid(child, 0)


def run_items(items: Sequence[pytest.Item], pipe: int) -> None:
    """Run collected tests one after the other, tell of each, and stop at the first that fails."""
    told = Told()
    manager = items[0].config.pluginmanager
    manager.register(told)
    if manager.has_plugin("terminalreporter"):
        manager.unregister(name="terminalreporter")
    for position, item in enumerate(items):
        os.write(pipe, f"b {item.nodeid}\n".encode())
        following = items[position + 1] if position + 1 < len(items) else None
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if told.failed:
            os.write(pipe, f"f {item.nodeid}\n".encode())
            return


# --- Faults in functions: everything is loaded, only their code is exchanged -------------------------------------


class Loaded:
    """The functions of the modules under test as they are in this process, to be exchanged in a copy of it."""

    def __init__(self, root: Path, modules: Sequence[str]) -> None:
        gc.unfreeze()  # tests/conftest.py freezes what is loaded, and what is frozen is not listed
        names = {str(root / module): module for module in modules}
        self.functions: dict[tuple[str, str, int], list[types.FunctionType]] = defaultdict(list)
        self.caches: list[Any] = []
        for one in gc.get_objects():
            if isinstance(one, types.FunctionType):
                code = one.__code__
                module = names.get(code.co_filename)
                if module is not None:
                    self.functions[module, code.co_qualname, code.co_firstlineno].append(one)
            elif hasattr(type(one), "cache_clear") and str(getattr(one, "__module__", "")).startswith("matcher."):
                self.caches.append(one)
        gc.collect()
        gc.freeze()

    def exchange(self, mutant: Mutant, source: str, path: Path) -> None:
        """Give the fault's function its faulty code, wherever the function is held; forget what was remembered."""
        held = self.functions.get((mutant.module, mutant.function, mutant.function_line))
        if not held:
            raise LookupError(f"{mutant.module}: {mutant.function} is not loaded")
        whole = compile(planted(source, mutant), str(path), "exec", dont_inherit=True)
        code = _find(whole, mutant.function.split("."), mutant.function_line)
        for function in held:
            function.__code__ = code
        for remembered in self.caches:
            remembered.cache_clear()


def _find(code: types.CodeType, names: list[str], first_line: int) -> types.CodeType:
    for held in code.co_consts:
        if isinstance(held, types.CodeType) and held.co_name == names[0]:
            if len(names) > 1:
                return _find(held, names[1:], first_line)
            if held.co_firstlineno == first_line:
                return held
    raise LookupError(f"no code of {names[0]} in line {first_line}")


# --- Faults outside of functions: the package is loaded anew, with the fault in it -------------------------------


class Spoiled(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module, and loads it from a changed tree instead of its file."""

    def __init__(self, name: str, path: Path, code: types.CodeType) -> None:
        self.name, self.path, self.code = name, path, code

    def find_spec(
        self,
        fullname: str,
        path: object = None,  # noqa: ARG002 - the signature is Python's
        target: object = None,  # noqa: ARG002
    ) -> importlib.machinery.ModuleSpec | None:
        """Give the module's specification; None for every other."""
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(fullname, self.path, loader=self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """Make an ordinary module."""

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the changed code in it."""
        exec(self.code, module.__dict__)  # noqa: S102 - our own source with one change


class Chosen:
    """A plugin that runs the chosen tests in their order, as `run_items` does."""

    def __init__(self, names: Sequence[str], pipe: int) -> None:
        self.names, self.pipe = list(names), pipe

    def pytest_sessionstart(self) -> None:
        """Draw the same examples every time."""
        repeat_draws()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run them instead of all that was collected."""
        by_name = {item.nodeid: item for item in session.items}
        run_items([by_name[name] for name in self.names if name in by_name], self.pipe)
        return True


def run_anew(root: Path, mutant: Mutant | None, names: Sequence[str], pipe: int, scratch: Path) -> None:
    """Load the tests' files and the package, with the fault in it, and run the tests."""
    os.chdir(root)
    sys.path.insert(0, str(root))
    if mutant is not None:
        path = root / mutant.module
        code = compile(planted(path.read_text(encoding="utf-8"), mutant), str(path), "exec", dont_inherit=True)
        name = ".".join(Path(mutant.module).with_suffix("").parts)
        sys.meta_path.insert(0, Spoiled(name, path, code))
    files = list(dict.fromkeys(name.split("::")[0] for name in names))
    chosen = Chosen(names, pipe)
    ended = pytest.main(
        [*files, *PYTEST, *ignored(), f"--rootdir={root}", f"--basetemp={scratch / 'pytest'}"], plugins=[chosen]
    )
    if ended not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        os.write(pipe, f"f {files[0]}: not loaded\n".encode())


def ignored() -> tuple[str, ...]:
    """Options that keep our having loaded plugins early from being an error."""
    return ("-W", "ignore::pytest.PytestAssertRewriteWarning")


def repeat_draws() -> None:
    """Let property tests draw the same examples every time, and not look for the smallest that fails."""
    import hypothesis

    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("mutants", deadline=None, derandomize=True, database=None, phases=phases)
    hypothesis.settings.load_profile("mutants")
