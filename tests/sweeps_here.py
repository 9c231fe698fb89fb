"""Sweeps for tests: a small cohort, and a pool that solves each case in this very process."""

from __future__ import annotations

from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

from matcher.case_run import run_case
from matcher.scenarios import Base, Case
from matcher.sweep import Wishes, sweep
from matcher.sweep_file import open_sweep
from matcher.sweep_tables import write_tables

PROGRAMME = """
[programme]
start = 2027-01-11
end = 2027-02-10
"""
EMPLOYEES = """employee_id,name,function,level
a,Anna,Sales,1
b,Boris,Sales,1
c,Clara,Sales,1
m,Maria,Finance,3
n,Nina,Sales,2
"""
PREFERENCES = """mentee_id,rank,mentor_id
a,1,m
b,1,m
c,1,m
c,2,n
"""
CASES = (
    Case("base"),
    Case("one", {"capacity.mentees_per_mentor": 1}, "=a mentor takes one"),
    Case("near", {"eligibility.same_function_gap": 1}),
    Case("short", {"sessions.minutes": [45, 30]}),
)


def make_cohort(folder):
    """Three mentees who all want the same mentor; one would also take another."""
    folder.mkdir(parents=True)
    (folder / "programme.toml").write_text(PROGRAMME, "utf-8")
    (folder / "employees.csv").write_text(EMPLOYEES, "utf-8")
    (folder / "preferences.csv").write_text(PREFERENCES, "utf-8")
    return folder


class Here:
    """A pool that solves in this process; the first `lost` jobs of each case in `deadly` cost their worker."""

    shares_fate = True

    def __init__(self, base, room=2, deadly=None):
        self.base, self.room, self.deadly = base, room, dict(deadly or {})
        self.solved, self.renewed, self.closed = [], 0, False
        self.broken = False
        self.handed_out = []

    def submit(self, job):
        future = Future()
        name = job.case.name
        self.handed_out.append(name)
        if self.broken:
            raise BrokenProcessPool("broken before")
        if self.deadly.get(name, 0) > 0:
            self.deadly[name] -= 1
            self.broken = True
            future.set_exception(BrokenProcessPool("lost"))
            return future
        self.solved.append(name)
        future.set_result(run_case(self.base, job))
        return future

    def renew(self):
        self.renewed += 1
        self.broken = False

    def close(self, *, kill=False):  # noqa: ARG002 - nothing runs when it is called
        self.closed = True


def sweep_here(
    cohort, target, cases=CASES, *, wishes=None, stop=None, progress=lambda _line: None, overrides=None, **pool
):
    """Sweep in this process; gives what became of the cases, and the pool."""
    base = Base.open(cohort, overrides)
    here = Here(base, **pool)
    with open_sweep(target) as opened:
        swept = sweep(base, cases, opened, lambda: here, wishes or Wishes(), stop=stop, progress=progress)
        write_tables(base, cases, opened, swept)
        opened.save(complete=swept.complete)
    return swept, here


def content(folder, *, seconds=False):
    """Every file of a folder but those that hold seconds, by its path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (seconds or path.name not in ("timings.json", "timings.csv", ".lock"))
    }


def places(folder):
    """What tells a run folder from one that was written anew, by name."""
    runs = folder / "runs"
    return (
        {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in runs.iterdir()}
        if runs.is_dir()
        else {}
    )
