"""The command that rehearses what may happen to a plan during the quarter."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from matcher.background import leave_now, run_interruptible
from matcher.cli_shared import (
    FOLDER,
    TIME_LIMIT,
    WORKERS,
    overrides_of,
    read,
    refuse_nested,
    run_overrides,
    typed,
)
from matcher.commands import BAD_INPUT, INTERRUPTED, OK, OUR_BUG, SETTINGS, command
from matcher.console import Terminal, clean, placed_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matcher.model import Cohort
    from matcher.rehearsal_call import Rehearsal
    from matcher.rehearsal_draw import Share, Wish

FAILED_SHOWN = 20
Command = TypeVar("Command", bound="Callable[..., Any] | click.Command")


class _ShareType(click.ParamType):  # type: ignore[type-arg] # generic in newer versions of click only
    """A share of something such as 5%, or a whole number."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Share:  # noqa: ANN401 - as click has it
        from matcher.rehearsal_draw import Share

        if isinstance(value, Share):
            return value
        try:
            return Share.parse(str(value))
        except ValueError as error:
            self.fail(clean(str(error)), param, ctx)


def _share(name: str, what: str) -> Callable[[Command], Command]:
    return click.option(
        f"--{name}", metavar="SHARE", type=_ShareType(), default="5%", show_default=True, help=f"{what}."
    )


@command("matcher rehearse my-cohort runs/first -o rehearsal")
@click.argument("folder", metavar="COHORT", type=FOLDER)
@click.argument("run", metavar="RUN", type=FOLDER)
@click.option(
    "--draws", metavar="N", type=click.IntRange(min=1), default=100, show_default=True, help="How many draws."
)
@_share("refusals", "Pairs that somebody refuses: each with this chance, or so many")
@_share("absences", "People in pairs who are away for 1 to 4 weeks")
@_share("cancellations", "Sessions to come at whose time one of the two is busy")
@click.option("--seed", metavar="N", type=int, default=0, show_default=True, help="Seed of all draws.")
@click.option(
    "--as-of",
    "as_of",
    metavar="DATE",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help="Date on which it happens.  [default: a day of the programme, drawn for each draw]",
)
@click.option(
    "--draw",
    "single",
    metavar="K",
    type=click.IntRange(min=1),
    help="Do draw K alone; with -o also write the cohort that it makes, to look into it with 'matcher rematch'.",
)
@click.option("-o", "--output", "target", metavar="DIR", type=FOLDER, help="Folder to write.")
@SETTINGS
@TIME_LIMIT
@WORKERS
@click.option("--overwrite", is_flag=True, help="Replace DIR if it holds an earlier rehearsal.")
def rehearse(
    terminal: Terminal,
    *,
    folder: Path,
    run: Path,
    draws: int,
    refusals: Share,
    absences: Share,
    cancellations: Share,
    seed: int,
    as_of: dt.datetime | None,
    single: int | None,
    target: Path | None,
    settings: tuple[str, ...],
    time_limit: float,
    workers: int,
    overwrite: bool,
) -> int:
    """Draw refusals, absences and cancellations, and tell how much of the plan RUN survives or can be repaired.

    Each draw takes a date, lets some pairs, people and sessions fall out from then on, counts what still keeps
    every rule, and repairs the rest as 'matcher rematch' would. A share is a chance for each (5%) or a number (3).
    The time limit holds for each draw; the answer depends neither on --workers nor on the order of rows.
    Ctrl-C tells of the draws done so far.
    """
    from matcher.history import kept_history
    from matcher.rehearsal_draw import Wish
    from matcher.rehearsal_files import prepare_folder

    if target is not None:
        refuse_nested(folder, target)
        _refuse_same(run, target)
        prepare_folder(target, overwrite=overwrite)
    overrides = {**run_overrides(run), **overrides_of(settings)}
    cohort = kept_history(read(terminal, folder, overrides), run)
    wish = Wish(refusals, absences, cancellations, seed, None if as_of is None else as_of.date())
    numbers = tuple(range(1, draws + 1)) if single is None else (single,)
    found = _rehearse(terminal, (cohort, run, wish, numbers), time_limit, workers)
    return _tell(terminal, found, (folder, run, target), single, overwrite=overwrite)


def _refuse_same(run: Path, target: Path) -> None:
    """Refuse to write into the run that is rehearsed, or over it."""
    if target.resolve().is_relative_to(run.resolve()) or run.resolve().is_relative_to(target.resolve()):
        raise click.BadParameter(
            f"{clean(str(target))} and the run {clean(str(run))} must not lie one inside the other",
            param_hint="'-o' / '--output'",
        )


def _rehearse(
    terminal: Terminal, asked: tuple[Cohort, Path, Wish, Sequence[int]], time_limit: float, workers: int
) -> Rehearsal:
    """Do the draws in the background: the first Ctrl-C keeps those that are done, the second ends at once."""
    from matcher.rehearsal_call import Way, rehearse_wish

    pools = list[Any]()
    try:
        with terminal.progress(f"rehearsing {asked[1]}") as progress:
            return run_interruptible(
                lambda stop: rehearse_wish(*asked, Way(time_limit, workers, progress, stop, pools)),
                lambda: terminal.say("stopping, telling of the draws done so far; Ctrl-C again to stop at once"),
            )
    except KeyboardInterrupt:
        for pool in pools:
            pool.close(kill=True)
        terminal.error("interrupted at once: nothing was written")
        return leave_now(INTERRUPTED)


def _tell(
    terminal: Terminal,
    found: Rehearsal,
    places: tuple[Path, Path, Path | None],
    single: int | None,
    *,
    overwrite: bool,
) -> int:
    """Write and print what was found."""
    from matcher import rehearsal_told
    from matcher.rehearsal_call import changed_files
    from matcher.rehearsal_files import rehearsal_data, write_rehearsal

    folder, run, target = places
    if found.warnings:
        first, *rest = placed_lines(found.warnings, "warning")
        terminal.say(f"Warning: {first}", *rest)
    if target is not None and found.outcomes:
        files = None if single is None else changed_files(found, folder)
        write_rehearsal(found, target, overwrite=overwrite, cohort=files)
    written = f"; written to {target}" if target is not None and found.outcomes else ""
    data = rehearsal_data(found)
    if found.outcomes and single is not None:
        data = {**data, "figures_of_draw": dict(found.outcomes[0].figures)}
    terminal.result(
        f"{rehearsal_told.result_line(found)}{written}",
        {**data, "folder": None if target is None else str(target)},
    )
    terminal.say(*rehearsal_told.table_lines(found), *rehearsal_told.weak_lines(found))
    terminal.say(*rehearsal_told.note_lines(found))
    if found.interrupted:
        terminal.error("interrupted; the figures are those of the draws done so far")
        return INTERRUPTED
    if found.lost:
        terminal.error(found.lost)
        return BAD_INPUT
    if found.failed:
        return _tell_failed(terminal, found)
    _tell_next(terminal, found, (folder, run, target), single)
    return OK


def _tell_failed(terminal: Terminal, found: Rehearsal) -> int:
    """Tell which draws went wrong, and give the exit code: that of the first, a bug of ours before all others."""
    for one in found.failed[:FAILED_SHOWN]:
        first, *rest = one.message.splitlines() or [""]
        terminal.error(f"draw {one.number}: {first}", *(f"  {line}" for line in rest))
    if len(found.failed) > FAILED_SHOWN:
        terminal.error(f"and {len(found.failed) - FAILED_SHOWN} more draws failed (--json tells all)")
    codes = [one.code for one in found.failed]
    return OUR_BUG if OUR_BUG in codes else codes[0]


def _tell_next(
    terminal: Terminal, found: Rehearsal, places: tuple[Path, Path, Path | None], single: int | None
) -> None:
    """Tell what to type to look into a draw."""
    from matcher.rehearsal_files import COHORT
    from matcher.rehearsal_told import worst_draw

    _, run, target = places
    if single is None:
        worst = worst_draw(found)
        if worst is not None:
            terminal.say("Next, to look into the worst draw:", f"  {_again(found, places, worst)}")
    elif target is not None:
        date = str(found.outcomes[0].figures["as_of"])
        new = target.with_name(f"{target.name}-repaired")
        terminal.say(
            "Next, to see for whom what changes:",
            f"  {typed('rematch', target / COHORT, run, '--as-of', date, *_settings(), '-o', new)}",
        )


def _settings() -> list[str]:
    """The keys that this command was given."""
    given = click.get_current_context().params["settings"]
    return [word for setting in given for word in ("--set", setting)]


def _again(found: Rehearsal, places: tuple[Path, Path, Path | None], number: int) -> str:
    wish, (folder, run, target) = found.wish, places
    words: list[str | Path] = ["rehearse", folder, run, "--draw", str(number)]
    for name in ("refusals", "absences", "cancellations"):
        if str(getattr(wish, name)) != "5%":
            words += [f"--{name}", str(getattr(wish, name))]
    if wish.seed:
        words += ["--seed", str(wish.seed)]
    words += _settings()
    if wish.as_of is not None:
        words += ["--as-of", wish.as_of.isoformat()]
    place = Path("rehearsal") if target is None else target
    return typed(*words, "-o", place.with_name(f"{place.name}-draw-{number}"))
