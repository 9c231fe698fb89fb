"""How CP-SAT is run here: one worker per solve, a shared deadline, a stop on request."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from ortools.sat.python import cp_model


@dataclass(frozen=True)
class Clock:
    """The wall-clock limit of a whole solve, and the request to stop it early."""

    deadline: float = float("inf")  # as time.monotonic() counts
    stop: threading.Event = field(default_factory=threading.Event)
    struck: threading.Event = field(default_factory=threading.Event)
    solves: list[None] = field(default_factory=list)  # one entry for each time that CP-SAT was run

    def left(self) -> float:
        """Seconds until the deadline; 0 when it has passed, a solve ran out of time or a stop was asked for."""
        if self.stop.is_set() or self.struck.is_set():
            return 0.0
        return max(0.0, self.deadline - time.monotonic())

    @property
    def over(self) -> bool:
        """Whether it is time to give the best so far."""
        return self.left() <= 0.0


def run(
    model: cp_model.CpModel, clock: Clock, *, effort: float | None = None, tiny: bool = False
) -> tuple[cp_model.CpSolver, cp_model.CpSolverStatus]:
    """Solve `model` with one worker, which is deterministic, within the clock and `effort`.

    Parameters
    ----------
    effort
        Limit in CP-SAT's deterministic time (about seconds, but the same on every machine); None for no limit.
    tiny
        Whether the model is so small that searching it takes less time than preparing it.
    """
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 0 if tiny else 2  # the pairing's relaxation is nearly integral
    solver.parameters.cp_model_presolve = not tiny
    # With symmetries the presolve of 9.15 may abort the process ("Check failed: VarToConstraints(var).empty()").
    solver.parameters.symmetry_level = 0
    solver.parameters.catch_sigint_signal = False  # Ctrl-C is the command line's affair
    if effort is not None:
        solver.parameters.max_deterministic_time = effort
    if clock.deadline < float("inf"):
        solver.parameters.max_time_in_seconds = max(clock.left(), 0.001)
    clock.solves.append(None)
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(solver, clock, done), daemon=True)
    watcher.start()
    try:
        status = solver.solve(model)
    finally:
        done.set()
        watcher.join()
    if effort is None and status in (cp_model.FEASIBLE, cp_model.UNKNOWN):
        clock.struck.set()  # CP-SAT stops a little early: its word counts, not a second look at the time
    return solver, status


def _watch(solver: cp_model.CpSolver, clock: Clock, done: threading.Event) -> None:
    """Stop the search when the clock is stopped; asking again until it heeds, since presolve may not listen."""
    while not done.wait(0.05):
        if clock.stop.is_set():
            solver.stop_search()
