"""Inside the process that is attacked: something goes wrong at its n-th call that touches the disk.

Python tells an audit hook of every opening, renaming, making and removing; writing and `fsync` are wrapped. The
calls are counted where they touch one folder, so the n-th is the same call in every run: a fault repeats exactly.
"""

from __future__ import annotations

import builtins
import datetime as dt
import errno
import io
import json
import multiprocessing.util
import os
import shutil
import signal
import sys
import threading
import time
import types
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

READS = ("read", "list")
RIVAL_SECONDS = 4.0
SLEEP = 0.25  # seconds in which a signal is heard, should another thread have made the call
NOW = dt.datetime(2027, 1, 4, 9, 0, tzinfo=dt.UTC)
YEAR = 366 * 86400.0
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
AUDITED = {"os.mkdir": "mkdir", "os.remove": "remove", "os.rmdir": "rmdir", "os.rename": "rename"}
FULL_DISK_ALLOWS = ("remove", "rmdir", "rename", "read", "list")


@dataclass(frozen=True)
class Fault:
    """What goes wrong, and when.

    `do` is a name of `ERRORS`, of `SIGNALS`, "twice" (SIGINT, and again), "parent" (the folder above the target is
    removed), "change" (an input is replaced), "rival" (another command into the same place, by `words`), "clock"
    (time jumps) or "" (nothing: calls are only counted). It happens at call number `at`, and with `lasting` at
    every later call as well.
    """

    folder: str
    do: str = ""
    at: int = 0
    lasting: bool = False
    reads: bool = False  # whether reading counts as well
    words: tuple[str, ...] = ()
    log: str = ""  # file that gets one line a call

    def text(self) -> str:
        """Give it as text for another process."""
        return json.dumps(asdict(self))

    @staticmethod
    def of(text: str) -> Fault:
        """Give what `text` gave."""
        told = json.loads(text)
        return Fault(**{**told, "words": tuple(told["words"])})


ERRORS: Mapping[str, int] = {
    name: getattr(errno, name) for name in ("ENOSPC", "EIO", "EROFS", "EACCES", "EDQUOT", "EMFILE", "ENOMEM")
}
SIGNALS: Mapping[str, int] = {
    "kill": signal.SIGKILL,
    "interrupt": signal.SIGINT,
    "terminate": signal.SIGTERM,
    "hangup": signal.SIGHUP,
}


@dataclass
class Count:
    """Calls so far."""

    fault: Fault
    calls: int = 0
    inside: threading.local = field(default_factory=threading.local)
    guard: threading.Lock = field(default_factory=threading.Lock)
    handle: int | None = None

    def call(self, kind: str, path: str) -> bool:
        """Count a call; whether it is the one. Raises, kills or acts as the fault says."""
        fault = self.fault
        if not path.startswith(fault.folder) or (kind in READS and not fault.reads):
            return False
        if getattr(self.inside, "acting", False):
            return False
        with self.guard:
            self.calls += 1
            number = self.calls
        self._note(number, kind, path)
        if number == fault.at or (fault.lasting and fault.at and number > fault.at):
            self.inside.acting = True
            try:
                self._act(kind, path, number)
            finally:
                self.inside.acting = False
            return True
        return False

    def _note(self, number: int, kind: str, path: str) -> None:
        if not self.fault.log:
            return
        if self.handle is None:
            self.inside.acting = True
            self.handle = os.open(self.fault.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            self.inside.acting = False
        os.write(self.handle, f"{number} {kind} {path}\n".encode())

    def _act(self, kind: str, path: str, number: int) -> None:
        do = self.fault.do
        if do in ERRORS:
            if ERRORS[do] in (errno.ENOSPC, errno.EDQUOT) and self.fault.lasting and kind in FULL_DISK_ALLOWS:
                return
            said = os.strerror(ERRORS[do])
            if kind in ("write", "fsync"):  # such errors know no name of a file
                raise OSError(ERRORS[do], said)
            raise OSError(ERRORS[do], said, path)
        if number != self.fault.at:
            return
        if do in SIGNALS:
            os.kill(os.getpid(), SIGNALS[do])
            time.sleep(SLEEP)
        elif do == "twice":
            threading.Thread(target=_again, daemon=True).start()
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(2 * SLEEP)
        elif do in ACTIONS:
            ACTIONS[do](self.fault)


def _again() -> None:
    time.sleep(SLEEP / 2)
    os.kill(os.getpid(), signal.SIGINT)


def _remove(fault: Fault) -> None:
    """Remove a whole folder behind the back of who writes there."""
    shutil.rmtree(fault.words[0], ignore_errors=True)


def _change(fault: Fault) -> None:
    """Replace an input file by another, in one step as an editor does."""
    source, target = fault.words
    Path(f"{target}.new").write_bytes(Path(source).read_bytes())
    Path(f"{target}.new").replace(target)


def _rival(fault: Fault) -> None:
    """Run another command to its end, in a process of its own."""
    child = os.fork()
    if child == 0:
        os.closerange(3, 256)  # a lock that is inherited would be its own
        enter(fault.words, Path(fault.folder).parent / "rival", hooked=None)
    deadline = time.monotonic() + RIVAL_SECONDS  # it may wait for us: then we go on
    while time.monotonic() < deadline and os.waitpid(child, os.WNOHANG) == (0, 0):
        time.sleep(0.01)


def _jump(fault: Fault) -> None:
    """Let the clock jump: by a year, or back."""
    by = float(fault.words[0])
    real, real_monotonic = time.time, time.monotonic
    time.time = lambda: real() + by
    if by > 0:  # it never goes back, but a computer may sleep for long
        time.monotonic = lambda: real_monotonic() + by


ACTIONS: Mapping[str, Callable[[Fault], None]] = {
    "parent": _remove,
    "change": _change,
    "rival": _rival,
    "clock": _jump,
}


# --- the hooks ----------------------------------------------------------------------------------------------


def install(fault: Fault) -> Count:
    """Count the calls of this process from now on, and let the fault happen."""
    count = Count(fault)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = args
            if isinstance(flags, int) and not flags & WRITING:
                count.call("read", _text(path))
            elif isinstance(flags, int):
                count.call("open", _text(path))
        elif event in AUDITED:
            count.call(AUDITED[event], _within(args[0], args[-1] if isinstance(args[-1], int) else -1))
        elif event in ("os.listdir", "os.scandir"):
            count.call("list", _text(args[0]))

    sys.addaudithook(hook)
    _wrap_writing(count)
    freeze()
    return count


def _text(path: object) -> str:
    if isinstance(path, int):
        try:
            return str(Path(f"/proc/self/fd/{path}").readlink())
        except OSError:
            return ""
    name = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
    return name if name.startswith("/") or not name else f"{_here()}/{name}"


def _here() -> str:
    try:
        return str(Path.cwd())
    except OSError:
        return ""


def _within(path: object, folder: int) -> str:
    if folder >= 0:
        return f"{_text(folder)}/{os.fsdecode(path)}"  # type: ignore[arg-type]
    return _text(path)


def _wrap_writing(count: Count) -> None:
    """Let every file that is opened for writing count what it writes."""

    class Written(io.FileIO):
        def write(self, data: Any, /) -> int:  # noqa: ANN401 - as the method it stands for
            try:
                count.call("write", _text(self.fileno()))
            except OSError:
                super().write(memoryview(data).cast("B")[: len(data) // 2])  # a part of it is on the disk
                raise
            return super().write(data)

    real_open, real_sync = builtins.open, os.fsync

    def opened(file: Any, mode: str = "r", buffering: int = -1, *more: Any, **named: Any) -> Any:  # noqa: ANN401 - as above
        if not set(mode) & set("wax+") or isinstance(file, int) or not _text(file).startswith(count.fault.folder):
            return real_open(file, mode, buffering, *more, **named)
        raw = Written(file, mode.replace("b", "").replace("t", ""))
        if buffering == 0:
            return raw
        binary: Any = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        if "b" in mode:
            return binary
        return io.TextIOWrapper(binary, *more, **named)

    def synced(handle: int) -> None:
        count.call("fsync", _text(handle))
        real_sync(handle)

    builtins.open = opened
    io.open = opened
    os.fsync = synced  # type: ignore[assignment]


def freeze() -> None:
    """Let calendars be written at one moment, so that two runs can be compared byte for byte."""
    from matcher import calendar_files

    class Frozen(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
            return NOW.astimezone(tz)

    calendar_files.dt = types.SimpleNamespace(**{**vars(dt), "datetime": Frozen})  # type: ignore[assignment, attr-defined]


# --- the process --------------------------------------------------------------------------------------------


def enter(words: tuple[str, ...], told: Path, hooked: Fault | None) -> None:
    """Be `matcher` with these words, after a fork; never returns. Output goes to `told`.out and `told`.err."""
    import atexit

    atexit._clear()  # noqa: SLF001 - what the parent has registered is not ours
    atexit.register(multiprocessing.util._exit_function)  # type: ignore[attr-defined]  # noqa: SLF001 - but for this
    code = 1
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        _streams(told)
        if hooked is None:
            freeze()
        else:
            install(hooked)
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, set())
        except KeyboardInterrupt:  # it came before there was a command
            os._exit(130)
        code = _run(words)
    except BaseException:  # noqa: BLE001 - as the interpreter does
        import traceback

        traceback.print_exc()
    finally:
        os._exit(_ended(code))


def _streams(told: Path) -> None:
    for number, kind in ((1, "out"), (2, "err")):
        handle = os.open(f"{told}.{kind}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(handle, number)
        os.close(handle)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    closed = _spoil(os.environ.pop("SOAK_STREAMS", ""))
    sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False), "utf-8")
    for name, number in (("stdout", 1), ("stderr", 2)):
        if number in closed:  # as the interpreter does
            setattr(sys, name, None)
            setattr(sys, f"__{name}__", None)
            continue
        stream = io.TextIOWrapper(
            io.BufferedWriter(io.FileIO(number, "w", closefd=False)), "utf-8", line_buffering=number == 2
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _spoil(what: str) -> set[int]:
    """Close or break what a process writes to; the numbers of those that are closed."""
    kind, _, which = what.partition(" ")
    numbers = {"stdout": (1,), "stderr": (2,)}.get(which, (1, 2) if what else ())
    for number in numbers:
        if kind == "full":
            os.dup2(os.open("/dev/full", os.O_WRONLY), number)
        elif kind == "broken":
            reading, writing = os.pipe()
            os.close(reading)
            os.dup2(writing, number)
        else:
            os.close(number)
    return set(numbers) if kind in ("no", "neither") else set()


def _copy_back() -> None:
    """Bring what stands on a disk of this process alone to where others see it."""
    told = os.environ.get("SOAK_COPY_BACK")
    if told:
        mounted, kept = map(Path, told.split(":"))
        shutil.rmtree(kept)
        shutil.copytree(mounted, kept, symlinks=True)


def _run(words: tuple[str, ...]) -> int:
    from matcher.cli import main

    sys.argv = ["matcher", *words]
    try:
        main()
    except SystemExit as leaving:
        if leaving.code is None or isinstance(leaving.code, int):
            return leaving.code or 0
        print(leaving.code, file=sys.stderr)
        return 1
    return 0


def _ended(code: int) -> int:
    """End as the interpreter does: threads, exit functions, what is still to be written."""
    import atexit

    try:
        threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 - what the interpreter calls
        atexit._run_exitfuncs()  # noqa: SLF001 - as above
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except BaseException:  # noqa: BLE001 - as the interpreter does
        code = 120
    _copy_back()
    return code


def main() -> None:
    """Be `matcher` in an interpreter of its own: the fault stands in MATCHER_FAULT, the words follow."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is imported here is none of a user's waiting
    told = os.environ.get("MATCHER_FAULT")
    if told:
        install(Fault.of(told))
    else:
        freeze()
    from matcher.cli import main as run

    sys.argv[0] = "matcher"
    signal.signal(signal.SIGINT, signal.default_int_handler)
    ready = os.environ.pop("SOAK_READY", "")
    if ready:
        Path(ready).touch()
    run()


if __name__ == "__main__":
    main()
