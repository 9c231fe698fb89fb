"""One fault: drawn from its seed, done to one command, and judged by what is left."""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from soak.faults_hook import ERRORS, NOW, YEAR, Fault
from soak.faults_stage import (
    LEFT,
    OWN,
    SECONDS,
    Listing,
    Scene,
    Told,
    Way,
    begin,
    children,
    finish,
    inputs_of,
    is_left,
    listing,
    orphans,
    performed,
    run,
    units,
)

SAID = {  # what a lead is told, at the least
    "ENOSPC": "disk is full",
    "EDQUOT": "disk is full",
    "EROFS": "nothing can be written to this disk",
    "EACCES": "Permission denied",
    "EIO": "disk does not answer",
    "ENOMEM": "not enough memory",
}
MEGABYTE = 1 << 20
ROOT = Path(__file__).resolve().parent.parent
UNSHARE_MOUNT = 0x00020000
MS_RDONLY, MS_REMOUNT, MS_BIND, MS_PRIVATE, MS_REC = 1, 32, 4096, 1 << 18, 16384


@dataclass(frozen=True)
class Case:
    """A fault to be done: the command by its name, the kind, and all that was drawn for it."""

    seed: int
    task: str
    kind: str
    at: int = 0
    share: float = 0.0
    what: str = ""

    def __str__(self) -> str:
        """Tell it in one line."""
        parts = [f"seed {self.seed}: {self.task}: {self.kind}", self.what, f"at call {self.at}" if self.at else ""]
        return " ".join(filter(None, [*parts, f"after {self.share:.0%}" if self.share else ""]))


@dataclass(frozen=True)
class Judged:
    """What became of a case: its exit code, whether the old or the new was there, and what is wrong."""

    case: Case
    code: int
    state: str
    wrong: tuple[str, ...]
    err: str = ""


# --- drawing ------------------------------------------------------------------------------------------------

CALLS: Mapping[str, int] = {
    "kill": 14,
    "interrupt": 8,
    "twice": 5,
    "terminate": 5,
    "hangup": 3,
    **dict.fromkeys(ERRORS, 2),
    **{f"{name} from then on": 2 for name in ("ENOSPC", "EIO", "EROFS", "EACCES")},
    "ENOSPC from then on": 5,
    "parent": 2,
    "change": 3,
    "rival": 5,
    "clock": 3,
}
"""Faults at the n-th call, which repeat exactly, by how often they are drawn."""
MOMENTS: Mapping[str, int] = {
    "kill, some time": 4,
    "interrupt, some time": 4,
    "twice, some time": 3,
    "terminate, some time": 2,
    "fresh, kill": 1,
    "fresh, interrupt": 2,
    "fresh, terminate": 1,
    "racers": 6,
    "three racers": 3,
    "worker": 6,
    "full disk": 5,
    "read-only disk": 2,
    "file size": 3,
    "memory": 6,
    "handles": 3,
    "streams": 6,
    "places": 5,
}
"""Faults at some moment or of the surroundings."""
STREAMS = ("no stdout", "no stderr", "neither", "full stdout", "full stderr", "broken stdout", "broken both")
UNHEARD = ("no stderr", "full stderr", "neither", "broken both")
PLACES = ("no home", "no temporary folder", "temporary folder read-only", "no current folder")


def draw(seed: int, scenes: Mapping[str, Scene], *, exact: bool = False) -> Case:
    """Draw a case; with `exact` one that repeats exactly."""
    chance = random.Random(seed)
    drawn = dict(CALLS) if exact else {**CALLS, **MOMENTS}
    kinds = {
        kind: weight for kind, weight in drawn.items() if any(_fits(kind, scene) for scene in scenes.values())
    }
    kind = chance.choices(list(kinds), list(kinds.values()))[0]
    names = [name for name, scene in scenes.items() if _fits(kind, scene)]
    weights = [1 if scenes[name].task.slow and kind != "worker" else 4 for name in names]
    name = chance.choices(names, weights)[0]
    scene = scenes[name]
    share = chance.random()
    at = 0
    if kind in CALLS:
        reads = _with_reads(kind)
        at = chance.randint(1, len(scene.all_calls if reads else scene.calls))
    what = ""
    if kind == "streams":
        what = chance.choice(STREAMS)
    elif kind == "places":
        what = chance.choice(PLACES)
    elif kind == "clock":
        what = chance.choice(["a year on", "a year back", "an hour back"])
    elif kind == "change":
        what = chance.choice(["employees.csv", "preferences.csv", "programme.toml", "busy.csv"])
    return Case(seed, name, kind, at, 0.0 if kind in CALLS or what else share, what)


def _with_reads(kind: str) -> bool:
    return kind in ("EIO", "EMFILE", "ENOMEM", "EACCES", "EIO from then on", "change")


def _fits(kind: str, scene: Scene) -> bool:
    task = scene.task
    if kind == "worker":
        return task.workers
    if kind == "rival" or "racers" in kind:
        return task.words[0] != "import-calendars"
    if kind == "change":
        return task.words[0] in ("solve", "publish", "frontier", "check")
    return True


# --- doing --------------------------------------------------------------------------------------------------


def do(case: Case, scene: Scene, folder: Path) -> Judged:
    """Do a case in an arena of its own, look at what is left, then run the command again."""
    with performed(scene, folder) as arena:
        if case.kind in CALLS:
            told = run(arena, scene.task.words, _way_of_call(case, scene, arena))
            return _judged(case, scene, arena, [told])
        if "racers" in case.kind:
            return _race(case, scene, arena)
        return _judged(case, scene, arena, [_at_some_time(case, scene, arena)])


def _way_of_call(case: Case, scene: Scene, arena: Path) -> Way:
    kind, _, more = case.kind.partition(" ")
    words: tuple[str, ...] = ()
    do = kind
    if kind == "parent":
        words = (str(arena / "out"),)
    elif kind == "change":
        words = (str(arena / "cohort" / f"{case.what}.changed"), str(arena / "cohort" / case.what))
        _make_change(arena, case.what)
    elif kind == "rival":
        words = scene.task.rival or scene.task.words
    elif kind == "clock":
        words = (str({"a year on": YEAR, "a year back": -YEAR, "an hour back": -3600.0}[case.what]),)
    return Way(Fault(str(arena), do, case.at, lasting=bool(more), reads=_with_reads(case.kind), words=words))


def _make_change(arena: Path, name: str) -> None:
    """Write beside an input what it becomes."""
    path = arena / "cohort" / name
    text = path.read_text("utf-8")
    changed = {
        "employees.csv": text.replace("Mia", "Mina"),
        "preferences.csv": text.replace("a,1,m3", "a,3,m3"),
        "programme.toml": text.replace("Spring", "Autumn"),
        "busy.csv": text + "b,2027-03-01,2027-03-05\n",
    }[name]
    (arena / "cohort" / f"{name}.changed").write_text(changed, "utf-8")


def _at_some_time(case: Case, scene: Scene, arena: Path) -> Told:  # noqa: PLR0911 - a kind a line
    kind, share, task = case.kind, case.share, scene.task
    if kind.startswith("fresh"):
        return _fresh(case, scene, arena)
    if kind.endswith("some time"):
        return run(arena, task.words, Way(outside=_signals(kind.split(",")[0], share * scene.seconds)))
    if kind == "worker":
        return run(arena, task.words, Way(outside=_killer(share * scene.seconds)))
    if kind == "full disk":
        told = run(arena, task.words, Way(prepare=lambda: _small_disk(arena, int(share**3 * 2 * MEGABYTE))))
        if (arena / "out.full").exists():
            (arena / "out").rmdir()
            (arena / "out.full").rename(arena / "out")
        return told
    if kind == "read-only disk":
        return run(arena, task.words, Way(prepare=lambda: _read_only(arena / "out")))
    if kind == "file size":
        return run(arena, task.words, Way(limits=((resource.RLIMIT_FSIZE, int(share**3 * 200_000)),)))
    if kind == "memory":
        more = int(share**2 * 300 * MEGABYTE)
        return run(arena, task.words, Way(limits=((resource.RLIMIT_AS, _size() + more),)))
    if kind == "handles":
        return run(arena, task.words, Way(limits=((resource.RLIMIT_NOFILE, 4 + int(share * 40)),)))
    if kind == "streams":
        return run(arena, task.words, Way(prepare=lambda: None, environment={"SOAK_STREAMS": case.what}))
    return run(arena, task.words, _surroundings(case.what, arena))


def _signals(kind: str, seconds: float) -> Callable[[int], None]:
    def send(child: int) -> None:
        time.sleep(seconds)
        number = {"kill": signal.SIGKILL, "terminate": signal.SIGTERM}.get(kind, signal.SIGINT)
        for _ in range(2 if kind == "twice" else 1):
            with contextlib.suppress(OSError):
                os.killpg(child, number) if kind in ("interrupt", "twice") else os.kill(child, number)
            time.sleep(0.05 if kind == "twice" else 0)

    return send


def _killer(seconds: float) -> Callable[[int], None]:
    """Kill a process that works for the command."""

    def kill(child: int) -> None:
        deadline = time.monotonic() + 20
        time.sleep(seconds / 2)
        while not (found := children(child)) and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                    return
            time.sleep(0.005)
        time.sleep(seconds / 2)
        for process in children(child)[:1] or found[:1]:
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)

    return kill


def _size() -> int:
    """Bytes of address space of this process."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def _own_mounts() -> bool:
    """Mounts that only this process sees; False where that is not allowed."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(UNSHARE_MOUNT) != 0:
        return False
    return bool(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None) == 0)


def _small_disk(arena: Path, room: int) -> None:
    """Let out/ be a disk of its own with so much room; without the rights for it, limit the size of files."""
    out, kept = arena / "out", arena / "out.full"
    if not _own_mounts():
        resource.setrlimit(resource.RLIMIT_FSIZE, (room // 8, resource.RLIM_INFINITY))
        return
    size = sum(4096 * (1 + path.stat().st_size // 4096) for path in out.rglob("*")) + 16384 + room
    libc = ctypes.CDLL(None, use_errno=True)
    kept.mkdir()
    for path in out.iterdir():
        path.rename(kept / path.name)
    libc.mount(b"tmpfs", str(out).encode(), b"tmpfs", 0, f"size={size}".encode())
    shutil.copytree(kept, out, symlinks=True, dirs_exist_ok=True)
    os.environ["SOAK_COPY_BACK"] = f"{out}:{kept}"


def _read_only(folder: Path) -> None:
    if os.geteuid() == 0 and _own_mounts():
        libc = ctypes.CDLL(None, use_errno=True)
        name = str(folder).encode()
        libc.mount(name, name, None, MS_BIND, None)
        libc.mount(name, name, None, MS_BIND | MS_REMOUNT | MS_RDONLY, None)
    else:
        for path in (folder, *folder.rglob("*")):
            if path.is_dir():
                path.chmod(0o555)


def _surroundings(what: str, arena: Path) -> Way:
    if what == "no home":
        return Way(environment={"HOME": str(arena / "nowhere")})
    if what == "no temporary folder":
        return Way(environment={"TMPDIR": str(arena / "nowhere"), "TEMP": "", "TMP": ""})
    if what == "temporary folder read-only":
        return Way(prepare=lambda: _read_only(arena / "tmp"))

    def gone() -> None:
        (arena / "gone").mkdir()
        os.chdir(arena / "gone")
        (arena / "gone").rmdir()

    return Way(prepare=gone)


def _fresh(case: Case, scene: Scene, arena: Path) -> Told:
    """As a user starts it, in an interpreter of its own; a signal comes once it has begun."""
    ready = arena.parent / "ready"
    names = {"HOME": str(arena / "home"), "TMPDIR": str(arena / "tmp"), "PYTHONPATH": str(ROOT)}
    names["SOAK_READY"] = str(ready)
    start = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "soak.faults_hook", *scene.task.words],
        cwd=arena,
        env={**os.environ, **names},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        while not ready.exists() and process.poll() is None and time.monotonic() < start + SECONDS:
            time.sleep(0.01)
        time.sleep(case.share * (1.0 + scene.seconds))  # there is more to import on the way
        number = {"kill": signal.SIGKILL, "terminate": signal.SIGTERM}.get(case.kind[7:], signal.SIGINT)
        process.send_signal(number)
        hung = False
        try:
            out, err = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            hung = True
    return Told(process.returncode, out, err, time.monotonic() - start, hung)


def _race(case: Case, scene: Scene, arena: Path) -> Judged:
    """Several at the same time into one place."""
    chance = random.Random(case.seed)
    number = 3 if "three" in case.kind else 2
    started = []
    for racer in range(number):
        words = scene.task.rival if racer % 2 and scene.task.rival else scene.task.words
        started.append(begin(arena, words, name=f"racer{racer}"))
        if racer + 1 < number:
            time.sleep(chance.random() * 0.3 * scene.seconds)
    told = [finish(arena, child, f"racer{racer}") for racer, child in enumerate(started)]
    return _judged(case, scene, arena, told)


# --- judging ------------------------------------------------------------------------------------------------


def _judged(case: Case, scene: Scene, arena: Path, told: Sequence[Told]) -> Judged:
    """Look at exit codes and words, at what is there, and at what is there after the next run."""
    found = list[str]()
    for one in told:
        found += _wrong_words(case, one)
        if one.hung:
            found.append("it hung")
        if one.orphans:
            found.append(f"{one.orphans} processes did not end")
    if case.kind != "change" and (changed := _differences(scene.inputs, inputs_of(arena), left=True)):
        found.append(f"inputs changed: {changed[:3]}")
    gone = case.kind == "parent"
    now = {} if gone and not (arena / "out").exists() else listing(arena / "out")
    state, wrong = _state(case, scene, now, [one.code for one in told])
    if state in ("other", "mixture") and _stands(case, scene, arena, told):
        state, wrong = "other", []
    found += wrong
    if _both_won(case, scene, arena, told):
        found.append("several say that all went well, and one is there")
    alone = case.kind != "rival" and len(told) == 1
    if alone and state == "new" and scene.old != scene.new and "nothing was written" in told[0].err:
        found.append("it says that nothing was written, and the new is there")
    ended = [one.code for one in told]
    if 0 in ended and len(ended) == 1 and not wrong:
        if state == "old" and scene.old not in (scene.new, scene.rival):
            found.append("it says that all went well, and nothing is there")
        stuck = case.kind.split(" ")[0] in ERRORS or case.kind in ("handles", "read-only disk")
        if not stuck and (left := [path for path in (*now, *listing(arena / "tmp")) if is_left(path)]):
            found.append(f"left although all went well: {left[:3]}")
    if case.kind != "change":
        found += _again(case, scene, arena, state)
    return Judged(case, ended[-1], state, tuple(found), "\n".join(one.err for one in told))


def _both_won(case: Case, scene: Scene, arena: Path, told: Sequence[Told]) -> bool:
    """Whether several say that all went well where the second finds a folder that it may not replace."""
    words = scene.task.words
    if "--overwrite" in words or not (scene.task.overwrites or scene.task.once) or "errors" in scene.name:
        return False
    if case.kind == "rival":
        said = arena.parent / "rival.out"
        return told[0].code == 0 and said.exists() and bool(said.read_text("utf-8").strip())
    return "racers" in case.kind and sum(one.code == 0 for one in told) > 1


def _wrong_words(case: Case, told: Told) -> list[str]:
    """What is wrong with the exit code or with what was said."""
    code, err, kind = told.code, told.err, case.kind
    found = list[str]()
    if "Traceback" in err or "Exception ignored" in err:
        found.append("a traceback")
    if "internal error" in err or "internal error" in told.out:
        found.append("an internal error")
    if "independent check" in err:
        found.append("our own answer is said to be wrong")
    if code not in _codes(kind):
        found.append(f"exit code {code}")
    elif code == 1 and not _spoken(err) and case.what not in UNHEARD:
        found.append("no word on what went wrong")
    if code == 1 and "fault" not in err and (word := SAID.get(kind.split(" ")[0])) and word not in err:
        found.append(f"does not say {word!r}")
    if ("racers" in kind or kind == "rival") and code == 1 and "No such file" in err:
        found.append("does not say that another command was there")
    if code == 1 and ("None:" in err or "[Errno" in err):
        found.append("says what only a programmer understands")
    return found


def _spoken(err: str) -> bool:
    return "Error: " in err or "Usage: " in err


def _codes(kind: str) -> set[int]:
    """Exit codes that tell the truth of a fault of this kind, beside that of success."""
    allowed = {0}
    if kind.startswith("kill") or kind == "fresh, kill":
        allowed |= {-signal.SIGKILL}
    elif "interrupt" in kind or "twice" in kind:
        allowed |= {130, -signal.SIGINT} if "fresh" in kind else {130}
    elif "terminate" in kind:
        allowed |= {130, -signal.SIGTERM}
    elif kind == "hangup":
        allowed |= {-signal.SIGHUP}
    elif kind == "memory":
        # The libraries below us cannot be told; 127 is the loader's, which lacks memory for a thread.
        allowed |= {1, 3, 127, -signal.SIGABRT, -signal.SIGSEGV}
    elif kind == "clock":
        allowed |= {1, 3}
    else:
        allowed |= {1}
    return allowed


def _differences(before: Listing, after: Listing, *, left: bool = False) -> list[str]:
    """Paths that differ; with `left`, not those of what is temporary."""
    paths = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
    return [path for path in paths if not left or not is_left(path) or path in before]


def _state(case: Case, scene: Scene, now: Listing, codes: Sequence[int]) -> tuple[str, list[str]]:
    """Whether the old or the new is there, and what is neither."""
    places: dict[str, list[str]] = {unit: [] for unit in (*units(scene.old), *units(scene.new), *units(now))}
    candidates = {"old": units(scene.old), "new": units(scene.new)}
    if scene.rival is not None and ("racers" in case.kind or case.kind == "rival"):
        candidates["rival"] = units(scene.rival)
    here, wrong = units(now), list[str]()
    weak = case.kind.endswith("from then on") or case.kind.startswith(
        ("kill", "fresh, kill", "twice", "terminate", "hangup", "fresh, terminate", "memory")
    )
    for unit in places:
        is_there = here.get(unit, {})
        same = [name for name, found in candidates.items() if found.get(unit, {}) == is_there]
        if not same and case.kind == "parent" and not is_there:
            same = ["gone"]
        if not same and not is_there and 0 not in codes and unit.endswith("/reports"):
            same = ["none"]  # they are made after the run is in place
        if not same and weak and unit.rpartition("/")[2] in ("reports", "record", "calendars"):
            whole = all(
                any(found.get(unit, {}).get(path) == content for found in candidates.values())
                for path, content in is_there.items()
            )
            same = ["some"] if whole else []
        if not same and weak and not is_there and _is_aside(candidates["old"].get(unit, {}), now):
            same = ["old"]
        places[unit] = same
        if not same:
            differ = _differences(candidates["new"].get(unit, {}), is_there)
            wrong.append(f"{unit} is neither the old nor the new: {differ[:3]}")
    if wrong:
        return "mixture", wrong
    for name in ("new", "old", "rival"):
        if all(name in same for same in places.values()):
            return name, []
    if 0 in codes and len(codes) == 1 and case.kind not in ("rival", "parent", "clock"):
        return "part", [f"it says that all went well, and only this is there: {_parts(places)}"]
    runs = {tuple(same) for unit, same in places.items() if unit.endswith(("/run", "/reports"))}
    if "racers" in case.kind or case.kind == "rival":
        common = set.intersection(*(set(same) for unit, same in places.items() if same and unit != "errors.xlsx"))
        partly = {unit for unit in here if unit.endswith("/reports")}
        if not common and runs and partly:
            return "part", [f"of several: {_parts(places)}"]
    return "part", []


def _is_aside(old: Listing, now: Listing) -> bool:
    """Whether what stood there lies whole in the hidden folder of a sweep, which its next command puts back."""
    hidden = {(path.rpartition("/")[2], content) for path, content in now.items() if "/.replaced/" in path}
    return bool(old) and all((path.rpartition("/")[2], content) in hidden for path, content in old.items())


def _parts(places: Mapping[str, Sequence[str]]) -> str:
    return ", ".join(f"{unit}: {' or '.join(same)}" for unit, same in places.items())


def _stands(case: Case, scene: Scene, arena: Path, told: Sequence[Told]) -> bool:
    """Whether a run that is neither the old nor the new is whole: the best so far, or that of changed inputs."""
    signals = ("interrupt", "twice", "terminate", "clock", "change", "fresh")
    if scene.task.words[0] == "rehearse" and told[0].code == 1 and "Error: draw" in told[0].err:
        return True  # it says which draw failed, and the others are there
    if not case.kind.startswith(signals):
        return False
    if scene.task.words[0] in ("solve", "rematch"):
        cohort = "cohort2" if scene.task.words[0] == "rematch" else "cohort"
        if not (arena / "out" / "run").is_dir():
            return False
        if case.kind == "change":
            return _of_its_inputs(scene, arena)
        return run(arena, ("verify", cohort, "out/run"), name="verify").code == 0
    return scene.task.words[0] in ("frontier", "rehearse", "sweep", "check") and told[0].code in (0, 130)


def _of_its_inputs(scene: Scene, arena: Path) -> bool:
    """Whether the run says truly which version of each input it was solved from: it comes out the same of them."""
    import hashlib
    import json

    inputs = json.loads((arena / "out" / "run" / "summary.json").read_text("utf-8"))["inputs"]
    again = arena / "again"
    again.mkdir()
    for name, digest in inputs.items():
        versions = [scene.folder / "cohort" / name, arena / "cohort" / name]
        fitting = [
            one for one in versions if one.exists() and hashlib.sha256(one.read_bytes()).hexdigest() == digest
        ]
        if not fitting:
            return False
        shutil.copy(fitting[0], again / name)
    words = ["again" if word == "cohort" else word for word in scene.task.words]
    words = ["out/again" if word == "out/run" else word for word in words]
    if run(arena, words, name="again").code != 0:
        return False
    left, right = listing(arena / "out" / "run"), listing(arena / "out" / "again")
    mixed = {"calendars", "report.html"}  # the page is made from the inputs as they are then
    names = {path for path in {*left, *right} if path.split("/")[0] not in mixed}
    return all(left.get(path) == right.get(path) for path in names)


def _again(case: Case, scene: Scene, arena: Path, state: str) -> list[str]:
    """What is wrong after the same command has run again, undisturbed."""
    for path in (arena / "out", arena / "tmp", *(arena / "out").rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    if case.kind == "parent":
        return []
    words = list(scene.task.words)
    if scene.task.overwrites and "--overwrite" not in words and (arena / "out").exists():
        words.append("--overwrite")
    told = run(arena, words, name="again")
    if told.code != 0 and scene.task.once and state in ("new", "rival"):
        if left := [path for path in listing(arena / "out") if is_left(path)]:
            return [f"still left after the next run: {left[:3]}"]
        return []
    if told.code != 0 and not (scene.name.startswith("check") and told.code == 0):
        return [f"the next run ends with {told.code}: {told.err[-300:]}"]
    found = list[str]()
    now = listing(arena / "out")
    if left := [path for path in (*now, *listing(arena / "tmp"), *listing(arena / "cohort")) if is_left(path)]:
        found.append(f"still left after the next run: {left[:3]}")
    mine = {path: content for path, content in now.items() if not is_left(path)}
    others = case.kind == "rival" or "racers" in case.kind  # calendars count who has been sent what
    if (differ := _differences(scene.new, mine)) and not others:
        found.append(f"the next run gives another result: {differ[:4]}")
    return found


__all__ = ["LEFT", "NOW", "OWN", "Case", "Judged", "do", "draw", "orphans"]
