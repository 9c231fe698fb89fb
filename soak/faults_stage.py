"""The stage: a small cohort with its plan, every command that writes, and what is there before and after each."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import resource
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from soak.faults_hook import Fault, enter

SECONDS = 60  # after which a command counts as hung
PROGRAMME = """[programme]
name = "Spring"
start = 2027-01-11
end = 2027-04-09
timezone = "Europe/Moscow"
"""
EMPLOYEES = """employee_id,name,email,function,level,manager_id,timezone,max_mentees
m1,Mia,mia@corp.example,Sales,3,,,
m2,Max,max@corp.example,Law,4,,Europe/Paris,1
m3,Ann,ann@corp.example,Sales,3,m2,,2
a,Alex,a@corp.example,Sales,1,m1,,0
b,Boris,b@corp.example,Law,1,m2,,
c,Clara,c@corp.example,Sales,1,,Europe/Paris,
d,Dina,d@corp.example,Law,2,,,
"""
PREFERENCES = "mentee_id,rank,mentor_id\na,1,m3\na,2,m2\nb,1,m1\nb,2,m3\nc,1,m2\nc,2,m1\nd,1,m2\n"
BUSY = "employee_id,start,end\na,2027-01-18,2027-01-22\nm1,2027-02-01T09:00,2027-02-01T12:00\n"
REFUSED = "mentee_id,mentor_id,status\na,m3,refused\n"
SCENARIOS = """[case.three]
set.capacity.mentees_per_mentor = 3

[case.short]
set.sessions.minutes = 30
"""
FEWER = "[case.three]\nset.capacity.mentees_per_mentor = 2\n"
MEETING = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//x//y//EN\r
BEGIN:VEVENT\r
UID:1@x\r
DTSTAMP:20270101T000000Z\r
DTSTART:20270112T090000Z\r
DTEND:20270112T100000Z\r
END:VEVENT\r
END:VCALENDAR\r
"""
REPORTS, RECORD = ("report.html", "results.xlsx", "messages.csv"), ("answers.csv", "published.json")
OWN = (".lock", ".journal", ".replaced", "sweep.json")  # of a sweep: what it remembers
LEFT = re.compile(r"\..*\.matcher-|\.unfinished$|matcher-")

RUN = "out/run"
HEARD = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


@dataclass(frozen=True)
class Task:
    """A command that writes into out/: its words, what is done before, and words of a rival that writes others."""

    words: tuple[str, ...]
    before: tuple[tuple[str, ...], ...] = ()
    rival: tuple[str, ...] = ()
    workers: bool = False
    once: bool = False  # it refuses a folder that is there
    slow: bool = False

    @property
    def overwrites(self) -> bool:
        """Whether the words know --overwrite."""
        return self.words[0] in ("solve", "rematch", "frontier", "compare", "rehearse")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SOLVE = _words(f"solve cohort -o {RUN} --workers 1")
HALF = _words("--set sessions.minutes=30")
REMATCH = _words(f"rematch cohort2 plan --as-of 2027-02-15 -o {RUN} --calendars --workers 1")
FRONTIER = _words("frontier cohort -o out/frontier --axis ranks --axis load --workers 1")
REHEARSE = _words("rehearse cohort plan --draws 2 -o out/rehearsal --workers 1")
CALENDARS = _words(f"calendars cohort {RUN}")
SENDER = _words("--set invitations.organiser_email=hr@corp.example")
COMPARE = _words("compare plan other -o out/compared")
ERRORS = _words("--errors out/errors.xlsx")
OVER = ("--overwrite",)

KNOWN = _words("pseudonymise cohort -o out/first --key out/key.csv")
SECRET = _words("solve out/first -o out/secret --no-report --workers 1")

TASKS: Mapping[str, Task] = {
    "solve": Task(SOLVE, rival=(*SOLVE, *HALF)),
    "solve, over a run": Task((*SOLVE, *OVER), ((*SOLVE, *HALF),), (*SOLVE, *_words("--seed 5 --overwrite"))),
    "solve, over calendars": Task((*SOLVE, *OVER), ((*SOLVE, *HALF), (*CALENDARS, *SENDER))),
    "solve, errors book": Task((*SOLVE, "--no-report", *ERRORS), rival=(*SOLVE, *HALF, "--no-report")),
    "rematch": Task(REMATCH, rival=(*REMATCH, *HALF)),
    "rematch, over a run": Task((*REMATCH, *OVER), ((*SOLVE, *HALF),), (*REMATCH, *HALF, *OVER)),
    "rerun": Task(_words(f"rerun cohort plan -o {RUN} --workers 1"), once=True),
    "report": Task(_words(f"report cohort {RUN} --language ru"), (SOLVE,)),
    "calendars": Task(CALENDARS, (SOLVE,)),
    "calendars, again": Task((*CALENDARS, *SENDER), (SOLVE, CALENDARS)),
    "publish": Task(_words(f"publish cohort {RUN} --on 2027-01-05"), (SOLVE,)),
    "publish, in place of": Task(
        _words(f"publish cohort2 {RUN} --on 2027-02-16 --before plan"),
        (_words(f"rematch cohort2 plan --as-of 2027-02-15 -o {RUN} --no-calendars --workers 1"),),
    ),
    "sweep": Task(_words("sweep cohort scenarios.toml -o out/sweep --workers 1"), workers=True, slow=True),
    "sweep, again": Task(
        _words("sweep cohort scenarios.toml -o out/sweep --workers 2"),
        (_words("sweep cohort fewer.toml -o out/sweep --workers 1"),),
        workers=True,
        slow=True,
    ),
    "frontier": Task(FRONTIER, rival=(*FRONTIER, *HALF)),
    "frontier, over": Task((*FRONTIER, *OVER), ((*FRONTIER, *HALF),), (*FRONTIER, *HALF, *OVER)),
    "compare": Task(COMPARE, rival=(*COMPARE, *_words("--language ru"))),
    "compare, over": Task((*COMPARE, *OVER), (_words("compare other plan -o out/compared"),)),
    "rehearse": Task(REHEARSE, rival=(*REHEARSE, *_words("--seed 3"))),
    "rehearse, over": Task((*REHEARSE, *OVER), ((*REHEARSE, *_words("--seed 3")),)),
    "rehearse, one draw": Task(_words("rehearse cohort plan --draw 2 -o out/rehearsal --workers 1")),
    "rehearse, workers": Task(
        _words("rehearse cohort plan --draws 3 -o out/rehearsal --workers 2"), workers=True, slow=True
    ),
    "scenario": Task(_words("scenario cohort scenarios.toml three -o out/case"), once=True),
    "pseudonymise": Task(_words("pseudonymise cohort -o out/hidden --key out/key.csv"), (KNOWN,), once=True),
    "reveal": Task(_words("reveal out/secret --key out/key.csv -o out/names"), (KNOWN, SECRET), once=True),
    "init": Task(_words("init out/new"), once=True),
    "init, workbook": Task(_words("init out/new.xlsx"), once=True),
    "generate": Task(_words("generate out/company --employees 20 --mentees 5 --busy 3"), once=True),
    "check, errors book": Task((*_words("check cohort"), *ERRORS)),
    "check, errors book over": Task(
        (*_words("check cohort"), *ERRORS), ((*_words("check bad"), *ERRORS),), (*_words("check bad"), *ERRORS)
    ),
    "import-calendars": Task(_words("import-calendars ics out/cohort --workers 1"), workers=True),
}
"""Every command that writes, over nothing and over what is there."""

INPUTS = ("cohort", "cohort2", "bad", "other", "plan", "ics", "scenarios.toml", "fewer.toml", "home")
Listing = Mapping[str, str]
"""SHA-256 of every file by path, and "folder" for an empty folder; seconds and the like are left out."""


# --- running ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """How a command is run: its fault, its limits, its streams and surroundings."""

    fault: Fault | None = None
    limits: tuple[tuple[int, int], ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[], None] | None = None  # in the process itself, before it begins
    outside: Callable[[int], None] | None = None  # in this process, while that one runs


@dataclass(frozen=True)
class Told:
    """What a command did: its exit code (negative: the signal that ended it), what it said, and seconds."""

    code: int
    out: str
    err: str
    seconds: float
    hung: bool = False
    orphans: int = 0  # processes that did not end by themselves


def begin(arena: Path, words: Sequence[str], way: Way | None = None, name: str = "told") -> int:
    """Start a command in an arena; gives the process."""
    way = way or Way()
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)  # the child hears them once it knows what to do
    child = os.fork()
    if child:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        return child
    try:
        _become(arena, words, way, name)
    finally:
        os._exit(99)


def _become(arena: Path, words: Sequence[str], way: Way, name: str) -> None:
    with contextlib.suppress(OSError):
        os.setsid()
        os.chdir(arena)
    os.environ.update({"HOME": str(arena / "home"), "TMPDIR": str(arena / "tmp"), **way.environment})
    import tempfile

    tempfile.tempdir = None
    if way.prepare:
        way.prepare()
    for what, much in way.limits:
        resource.setrlimit(what, (much, resource.getrlimit(what)[1]))
    enter(tuple(words), arena.parent / name, way.fault)


def finish(arena: Path, child: int, name: str = "told", seconds: float = SECONDS) -> Told:
    """Wait for a command, and end all that it left behind."""
    start = time.monotonic()
    hung, status = False, None
    pause = 0.002
    while status is None:
        done, found = os.waitpid(child, os.WNOHANG)
        if done:
            status = found
        elif time.monotonic() - start > seconds:
            hung = True
            with contextlib.suppress(OSError):
                os.killpg(child, signal.SIGKILL)
            status = os.waitpid(child, 0)[1]
        else:
            time.sleep(pause)
            pause = min(0.02, pause * 1.5)
    spent = time.monotonic() - start
    out, err = (_read(arena.parent / f"{name}.{kind}") for kind in ("out", "err"))
    return Told(os.waitstatus_to_exitcode(status), out, err, spent, hung)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""


def orphans(session: int, seconds: float = 10) -> int:
    """How many processes of a session are still there after so long; they are ended."""
    deadline = time.monotonic() + seconds
    while (left := _session(session)) and time.monotonic() < deadline:
        time.sleep(0.02)
    for process in left:
        with contextlib.suppress(OSError):
            os.kill(process, signal.SIGKILL)
    return len(left)


def _session(session: int) -> list[int]:
    found = []
    for entry in (path.name for path in Path("/proc").iterdir()):
        if entry.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                state = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
                if int(state[3]) == session and state[0] not in "ZX":
                    found.append(int(entry))
    return found


def children(parent: int) -> list[int]:
    """The processes that this one has started and that work for it."""
    found = []
    for one in _session(parent):
        with contextlib.suppress(OSError):
            if one != parent and b"resource_tracker" not in Path(f"/proc/{one}/cmdline").read_bytes():
                found.append(one)
    return found


def run(arena: Path, words: Sequence[str], way: Way | None = None, name: str = "told") -> Told:
    """Run a command to its end."""
    child = begin(arena, words, way, name)
    if way and way.outside:
        way.outside(child)
    told = finish(arena, child, name)
    return replace(told, orphans=orphans(child))


# --- what is there ------------------------------------------------------------------------------------------


def listing(folder: Path) -> dict[str, str]:
    """Every file below a folder by its content, but for seconds."""
    found = {}
    for top, folders, files in os.walk(folder):
        here = os.path.relpath(top, folder)
        for name in files:
            path = name if here == "." else f"{here}/{name}"
            found[path] = _digest(Path(top) / name)
        if not folders and not files and here != ".":
            found[here] = "folder"
    return found


def _digest(path: Path) -> str:
    if path.is_symlink():
        return f"link to {path.readlink()}"
    if path.name == ".lock":
        return "lock"
    data = path.read_bytes()
    if path.name == "timings.json":
        try:
            return "seconds" if isinstance(json.loads(data), dict) else "no seconds"
        except ValueError:
            return f"broken {hashlib.sha256(data).hexdigest()}"
    if path.name == "timings.csv":
        data = re.sub(rb"(?m),[\d.,]*$", b"", data)
    return hashlib.sha256(data).hexdigest()


def is_left(path: str) -> bool:
    """Whether a path is that of something temporary."""
    return any(LEFT.match(part) for part in path.split("/"))


def unit_of(path: str) -> str:
    """What is switched together with this file, from the old to the new."""
    parts = path.split("/")
    if parts[0] == "cohort":
        return path
    if parts[0] == "sweep" and (len(parts) < 3 or parts[1] != "runs"):
        return path
    place = 3 if parts[0] == "sweep" else 1
    head, rest = "/".join(parts[:place]), parts[place:]
    if head in ("compared", "rehearsal", "frontier", "case", "new", "company", "hidden", "names") or not rest:
        return head
    if rest[0] == "calendars":
        return f"{head}/calendars"
    if rest[0] in REPORTS:
        return f"{head}/reports"
    return f"{head}/record" if rest[0] in RECORD else f"{head}/run"


def units(listed: Listing) -> dict[str, dict[str, str]]:
    """The files of each unit, without what is temporary."""
    found: dict[str, dict[str, str]] = {}
    for path, content in listed.items():
        if path == "sweep/runs":
            continue
        if not is_left(path) and not any(part in OWN for part in path.split("/")):
            found.setdefault(unit_of(path), {})[path] = content
    return found


# --- the stage ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scene:
    """A task on the stage: what there is before, what after, and what it calls on the way."""

    name: str
    task: Task
    folder: Path
    old: Listing
    new: Listing
    inputs: Listing
    calls: tuple[str, ...]  # that change something
    all_calls: tuple[str, ...]  # with those that read
    seconds: float
    rival: Listing | None = None


def write_inputs(arena: Path) -> None:
    """Write cohorts and all else that the commands read."""
    base = {
        "programme.toml": PROGRAMME,
        "employees.csv": EMPLOYEES,
        "preferences.csv": PREFERENCES,
        "busy.csv": BUSY,
    }
    cohorts = {
        "cohort": base,
        "cohort2": {**base, "pairs.csv": REFUSED},
        "bad": {**base, "preferences.csv": PREFERENCES + "a,x,m1\n"},
        "ics": {"a.ics": MEETING, "m1.ics": MEETING},
    }
    for folder, files in cohorts.items():
        (arena / folder).mkdir(parents=True)
        for name, content in files.items():
            (arena / folder / name).write_bytes(content.encode())
    (arena / "scenarios.toml").write_text(SCENARIOS)
    (arena / "fewer.toml").write_text(FEWER)
    for name in ("home", "tmp", "out"):
        (arena / name).mkdir()


def make_arena(folder: Path) -> Path:
    """Make what all tasks begin with: inputs, a published plan, another run."""
    arena = folder / "arena"
    arena.mkdir(parents=True)
    write_inputs(arena)
    for words in (
        "solve cohort -o plan --workers 1",
        "publish cohort plan --on 2027-01-05",
        "solve cohort -o other --workers 1 --set sessions.minutes=30",
    ):
        _must(arena, tuple(words.split()))
    return arena


def _must(arena: Path, words: tuple[str, ...], way: Way | None = None) -> Told:
    told = run(arena, words, way)
    if told.code not in (0, 1 if words[:2] == ("check", "bad") else 0):
        raise RuntimeError(f"matcher {' '.join(words)}: {told.code}\n{told.out}{told.err}")
    return told


def copied(source: Path, target: Path) -> Path:
    """Copy an arena, links and dates and all."""
    shutil.copytree(source, target, symlinks=True)
    return target


def make_scene(folder: Path, common: Path, name: str) -> Scene:
    """Prepare a task and run it without a fault, twice: the second run must give the same."""
    task = TASKS[name]
    place = folder / re.sub(r"\W+", "-", name)
    old = copied(common, place / "old" / "arena")
    if task.words[0] == "import-calendars":
        copied(old / "cohort", old / "out" / "cohort")
    for words in task.before:
        _must(old, words)
    found: dict[bool, tuple[str, ...]] = {}
    for reads in (True, False):
        new = copied(old, place / f"new{reads:d}" / "arena")
        log = place / f"calls{reads:d}"
        told = _must(new, task.words, Way(Fault(str(new), reads=reads, log=str(log))))
        found[reads] = tuple(line.split(" ")[1] for line in _read(log).splitlines())
    new_state = listing(new / "out")
    if new_state != listing(place / "new1" / "arena" / "out"):
        raise RuntimeError(f"{name}: two runs without a fault are not the same")
    for one in ("run", "sweep/runs/base"):
        if (new / "out" / one / "pairs.csv").exists():
            cohort = "cohort2" if "cohort2" in task.words else "cohort"
            _must(new, ("verify", cohort, f"out/{one}"))
    rival = None
    if task.rival:
        other = copied(old, place / "rival" / "arena")
        run(other, task.rival)
        rival = listing(other / "out")
    return Scene(
        name,
        task,
        old,
        listing(old / "out"),
        new_state,
        inputs_of(old),
        found[False],
        found[True],
        told.seconds,
        rival,
    )


def inputs_of(arena: Path) -> dict[str, str]:
    """What no command may change."""
    found = {}
    for name in INPUTS:
        path = arena / name
        if path.is_file():
            found[name] = _digest(path)
        found |= {f"{name}/{inner}": content for inner, content in listing(path).items()}
    return found


@contextlib.contextmanager
def performed(scene: Scene, folder: Path) -> Iterator[Path]:
    """A fresh copy of what there is before the task."""
    place = folder / "now"
    shutil.rmtree(place, ignore_errors=True)
    yield copied(scene.folder, place / "arena")
    shutil.rmtree(place, ignore_errors=True)


def without(scene: Scene, **changes: object) -> Scene:
    """The scene with other fields; for tests."""
    return replace(scene, **changes)  # type: ignore[arg-type]
