"""The command that runs every case of a file of scenarios."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from matcher.background import leave_now, run_interruptible
from matcher.cli_shared import FOLDER, TIME_LIMIT, WORKERS, overrides_of, refuse_nested, typed
from matcher.commands import BAD_INPUT, INTERRUPTED, OK, OUR_BUG, SETTINGS, command
from matcher.console import Terminal, counted, placed_data, placed_lines

if TYPE_CHECKING:
    from matcher.executors import Pool
    from matcher.scenarios import Base, Case
    from matcher.sweep import Swept, Wishes
    from matcher.sweep_file import SweepFolder

FAILED_SHOWN = 20
LEFT = {"other_runs": "runs of no case of this file", "earlier_runs": "earlier runs of cases without one now"}


@command("matcher sweep my-cohort scenarios.toml -o sweeps/rules")
@click.argument("cohort", metavar="COHORT", type=FOLDER)
@click.argument("scenarios", metavar="SCENARIOS", type=FOLDER)
@click.option("-o", "--output", "folder", metavar="DIR", type=FOLDER, required=True, help="Folder of the sweep.")
@SETTINGS
@TIME_LIMIT
@WORKERS
@click.option(
    "--dask",
    "address",
    metavar="ADDRESS",
    help="Solve on the workers of the Dask cluster with this scheduler, e.g. tcp://host:8786.",
)
@click.option("--report", is_flag=True, help="Also write what people read into every run.")
@click.option("--again", is_flag=True, help="Solve also what is done already.")
@click.option("--list", "only_list", is_flag=True, help="Only list the cases, and which would be solved.")
def sweep(
    terminal: Terminal,
    *,
    cohort: Path,
    scenarios: Path,
    folder: Path,
    settings: tuple[str, ...],
    time_limit: float,
    workers: int,
    address: str | None,
    report: bool,
    again: bool,
    only_list: bool,
) -> int:
    """Solve COHORT in every case of SCENARIOS, and compare the figures in DIR/scenarios.csv.

    Each case gets a run folder in DIR/runs, as 'matcher solve' would write it. The same command goes on with a
    sweep that was cut off: a case is only solved if its tables, keys or versions are not those of a run in DIR.
    The time limit holds for each case. Cases that fail are told, the others go on.

    Ctrl-C ends it within seconds and keeps what is done; a second Ctrl-C ends it at once.
    """
    from matcher.scenarios import Base, read_scenarios
    from matcher.sweep import Wishes
    from matcher.sweep_file import check_sweep

    refuse_nested(cohort, folder)
    check_sweep(folder)
    if address is not None:
        _refuse_workers()
    with terminal.progress(f"reading {scenarios}"):
        base = Base.open(cohort, overrides_of(settings))
        found = read_scenarios(scenarios, base)
    if found.warnings:
        first, *rest = placed_lines(found.warnings, "warning")
        terminal.say(f"Warning: {first}", *rest)
    cases = found.cases
    wishes = Wishes(time_limit=time_limit, report=report, again=again)
    if only_list:
        return _list(terminal, base, cases, folder, wishes)

    def make_pool() -> Pool:
        if address is not None:
            from matcher.cluster import Cluster

            return Cluster(base, address)
        from matcher.executors import Processes

        return Processes(base, min(workers, len(cases)))

    return _run(terminal, _Order(base, cases, wishes), folder, make_pool)


def _refuse_workers() -> None:
    """With --dask, the cluster has the workers; and it needs the library."""
    from importlib.util import find_spec

    source = click.get_current_context().get_parameter_source("workers")
    if source is ParameterSource.COMMANDLINE:
        raise click.UsageError("--workers counts processes of this machine; with --dask the cluster has its own")
    if find_spec("distributed") is None:
        raise click.UsageError("--dask needs the library distributed: pip install 'mentoring-matcher[dask]'")


# --- listing ------------------------------------------------------------------------------------------------


def _list(terminal: Terminal, base: Base, cases: tuple[Case, ...], folder: Path, wishes: Wishes) -> int:
    """Show the cases, and which of them a sweep would solve."""
    from matcher.sweep import plan
    from matcher.sweep_file import SWEEP, open_sweep

    if (folder / SWEEP).exists():
        with open_sweep(folder) as opened:
            to_do = plan(base, cases, opened, wishes)
    else:
        to_do = plan(base, cases, None, wishes)
    new = sum(to_do.values())
    lines = [f"{'to solve' if to_do[case.name] else 'there':<10}{_described(case)}" for case in cases]
    terminal.page(
        [*lines, f"{counted(len(cases), 'case')}, {new} to solve"],
        {"cases": [{"case": c.name, "about": c.about, "to_solve": to_do[c.name]} for c in cases], "to_solve": new},
    )
    return OK


def _described(case: Case) -> str:
    return f"{case.name}: {case.about}" if case.about else case.name


# --- running ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Order:
    """What is to be swept, and how."""

    base: Base
    cases: tuple[Case, ...]
    wishes: Wishes


def _run(terminal: Terminal, order: _Order, folder: Path, make_pool: Callable[[], Pool]) -> int:
    """Run the sweep in the background, so that the first Ctrl-C keeps what is done and the second ends at once."""
    from matcher.sweep_file import open_sweep

    def on_stop() -> None:
        terminal.say("stopping, keeping what is done; Ctrl-C again to stop at once")

    pools = list[Any]()

    def made() -> Pool:
        pools.append(make_pool())
        pool: Pool = pools[0]
        return pool

    with open_sweep(folder) as opened:
        try:
            with terminal.progress(f"looking for what is done in {folder}") as progress:
                swept = run_interruptible(lambda stop: _sweep(order, opened, made, progress, stop), on_stop)
        except KeyboardInterrupt:
            for pool in pools:
                pool.close(kill=True)
            terminal.error("interrupted at once; what is done is kept")
            return leave_now(INTERRUPTED)
        other = opened.others({case.name for case in order.cases})
        left = {"other_runs": other, "earlier_runs": opened.others({*swept.done, *other})}
        cut = len(opened.cut_short(swept.done))
    return _tell(terminal, order.cases, folder, swept, left, cut=cut)


def _sweep(
    order: _Order,
    opened: SweepFolder,
    make_pool: Callable[[], Pool],
    progress: Callable[[str], None],
    stop: Event,
) -> Swept:
    from matcher.sweep import sweep as run_sweep
    from matcher.sweep_tables import write_tables

    swept = run_sweep(order.base, order.cases, opened, make_pool, order.wishes, progress=progress, stop=stop)
    progress("writing the figures of all cases")
    write_tables(order.base, order.cases, opened, swept)
    opened.save(complete=swept.complete)
    return swept


def _tell(
    terminal: Terminal,
    cases: tuple[Case, ...],
    folder: Path,
    swept: Swept,
    left: Mapping[str, list[str]],
    *,
    cut: int,
) -> int:
    """Print the result, what failed and why, and what was found besides."""
    from matcher.sweep_tables import SCENARIOS

    how = {
        name: sum(one == name for one in swept.done.values()) for name in ("solved", "kept", "copied", "reported")
    }
    parts = [f"{number} {name}" for name, number in how.items() if number or name == "solved"]
    if swept.failed:
        parts.append(f"{len(swept.failed)} failed")
    if open_cases := len(cases) - len(swept.done) - len(swept.failed):
        parts.append(f"{open_cases} not reached")
    data = {
        "folder": str(folder),
        "cases": len(cases),
        **how,
        "failed": [
            {"case": name, "error": failed.message, "exit_code": failed.code, "faults": placed_data(failed.faults)}
            for name, failed in swept.failed.items()
        ],
        "not_reached": open_cases,
        **({"cut_short": cut} if cut else {}),
        **left,
        "interrupted": swept.interrupted,
        "lost": swept.lost,
    }
    line = f"{counted(len(cases), 'case')}: {', '.join(parts)}; figures in {folder / SCENARIOS}"
    terminal.result(line, data)
    if cut:
        terminal.say(
            f"The time limit cut {counted(cut, 'case')} short: give --time-limit more seconds for each case."
        )
    _tell_failed(terminal, cases, swept)
    for which, names in left.items():
        if names:
            more = ", ..." if len(names) > FAILED_SHOWN else ""
            terminal.say(f"Left as they are, {LEFT[which]}: {', '.join(names[:FAILED_SHOWN])}{more}")
    if swept.interrupted:
        terminal.error("interrupted; the same command goes on where this one stopped")
        return INTERRUPTED
    if swept.lost:
        terminal.error(swept.lost)
        return BAD_INPUT
    if len(swept.done) > 1:
        command = typed("compare", folder, "-o", folder.with_name(f"{folder.name}-compared"))
        terminal.say("Next, what differs, for whom and why:", f"  {command}")
    return _code(cases, swept)


def _tell_failed(terminal: Terminal, cases: tuple[Case, ...], swept: Swept) -> None:
    failed = [(case.name, swept.failed[case.name]) for case in cases if case.name in swept.failed]
    for name, one in failed[:FAILED_SHOWN]:
        first, *rest = one.message.splitlines() or [""]
        terminal.error(f"case {name}: {first}", *(f"  {line}" for line in rest))
    if len(failed) > FAILED_SHOWN:
        terminal.error(f"and {len(failed) - FAILED_SHOWN} more cases failed (scenarios.csv and --json tell all)")


def _code(cases: tuple[Case, ...], swept: Swept) -> int:
    """The exit code: that of the first case that failed, a bug of ours before all others."""
    codes = [swept.failed[case.name].code for case in cases if case.name in swept.failed]
    if OUR_BUG in codes:
        return OUR_BUG
    return codes[0] if codes else OK
