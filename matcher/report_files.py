"""A run -> what people read of it: the files that are made from the run's tables and put beside them."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from matcher.calendar_run import check_belongs
from matcher.errors import Fault, MatcherError, reason
from matcher.held import alone
from matcher.model import Cohort
from matcher.one_file import write_file
from matcher.programme import Goals
from matcher.run_files import SUMMARY
from matcher.run_tables import CHOICES, PAIRS, SESSIONS, UNMATCHED, RunTables, read_run
from matcher.runs import TargetError, is_run, restore
from matcher.story import Story


def _report(story: Story) -> bytes:
    from matcher.report import make_report  # noqa: PLC0415 - the templates' engine is only loaded where it is used

    return make_report(story)


def _results(story: Story) -> bytes:
    from matcher.results_book import make_results  # noqa: PLC0415 - only who writes workbooks waits for the library

    return make_results(story)


def _messages(story: Story) -> bytes:
    from matcher.letters import make_messages  # noqa: PLC0415 - Babel is slow to import

    return make_messages(story)


MAKERS: Mapping[str, Callable[[Story], bytes]] = {
    "report.html": _report,
    "results.xlsx": _results,
    "messages.csv": _messages,
}
"""What makes the content of each file, by its name in the run folder."""


@dataclass(frozen=True)
class Reported:
    """The names of the files written, and what a lead should know."""

    files: tuple[str, ...]
    warnings: tuple[Fault, ...]


def write_reports(
    cohort: Cohort,
    run: Path,
    *,
    earlier: Path | None = None,
    progress: Callable[[str], None] = lambda _line: None,
) -> Reported:
    """Make the files for people to read, and put them into the run folder, all or none.

    Parameters
    ----------
    cohort, run
        The run and the cohort, read with the keys that the run was solved with.
    earlier
        Another run to be compared with.
    progress
        Called with a short line before each file.

    Raises
    ------
    InputError, MatcherError
        If the run is no run of this cohort, cannot be read or written. Nothing has changed then.
    """
    target = run.resolve()
    restore(target)
    if not is_run(target):
        raise MatcherError(f"{run}: is no run (expected what 'matcher solve' wrote)")
    warnings = check_belongs(cohort, run)
    solved = (target / SUMMARY).read_bytes()
    told = read_run(run)
    story = Story(_as_solved(cohort, told), told, None if earlier is None else read_run(earlier))
    made: dict[str, bytes] = {}
    try:
        for name, make in MAKERS.items():
            progress(f"making {name}")
            made[name] = make(story)
    except OSError as error:  # of temporary files
        raise TargetError(f"{run}: {name} cannot be made ({reason(error)})") from error
    refuse_changed(story.run)
    if story.earlier is not None:
        warnings += _strangers(story.run, story.earlier)
    try:
        with alone(target.parent):
            if (target / SUMMARY).read_bytes() != solved:
                raise MatcherError(f"{run}: another command has replaced it in the meantime; nothing was written")
            put_files(made, target)
    except OSError as error:
        raise TargetError(f"{run}: cannot be written ({reason(error)})") from error
    return Reported(tuple(made), warnings)


def _as_solved(cohort: Cohort, run: RunTables) -> Cohort:
    """The cohort with the goal for ranks that the run is proven in, should programme.toml name another by now."""
    goal, programme = run.summary.goal("rank"), cohort.programme
    if goal is None or goal.kind not in get_args(Goals.model_fields["rank"].annotation):
        return cohort
    goals = programme.goals.model_copy(update={"rank": goal.kind})
    return replace(cohort, programme=programme.model_copy(update={"goals": goals}))


def _strangers(run: RunTables, earlier: RunTables) -> tuple[Fault, ...]:
    """Warn of a run of other people, with which a comparison says nothing."""
    now, then = ({*one.texts(PAIRS, "mentee_id"), *one.texts(UNMATCHED, "mentee_id")} for one in (run, earlier))
    if not now or now & then:
        return ()
    return (Fault(str(earlier.run), f"has no mentee in common with {run.run}; is it the run to compare with?"),)


def refuse_changed(run: RunTables) -> None:
    """Refuse tables that somebody has changed since: what is proven of the run would be said of them.

    Raises
    ------
    MatcherError
        Which names the figures that are not those of summary.json.
    """
    pairs = list(zip(run.texts(PAIRS, "mentee_id"), run.texts(PAIRS, "mentor_id"), strict=True))
    found = {
        "mentees_paired": len({mentee for mentee, _ in pairs}),
        "mentees_unmatched": len(run.tables[UNMATCHED]),
        "pairs": len(pairs),
        "sessions": len(run.tables[SESSIONS]),
        "choices": len(run.tables[CHOICES]),
    }
    counts = run.summary.counts
    differing = [name for name, number in found.items() if counts.get(name, number) != number]
    listed = {pair for pair, rank in zip(pairs, run.texts(PAIRS, "rank"), strict=True) if rank}
    columns = (run.texts(CHOICES, column) for column in ("mentee_id", "mentor_id", "outcome"))
    if {
        (mentee, mentor) for mentee, mentor, outcome in zip(*columns, strict=True) if outcome == "paired"
    } != listed:
        differing.append("outcomes")
    if differing:
        raise MatcherError(
            f"{run.run}: tables were changed since it was solved ({', '.join(differing)} are not those of "
            f"{SUMMARY}); 'matcher verify' tells what"
        )


def put_files(made: Mapping[str, bytes], folder: Path) -> None:
    """Put files into a folder, all or none; OSError.

    Write everything under other names first, so that a full disk changes nothing. What a killed command left under
    such names is put back or removed.

    The files that were there stand aside until all new ones are in place: one that is open in another program may
    not let itself be replaced.
    """
    with alone(folder):
        tidy(folder, made)
        _put(made, folder)


def tidy(folder: Path, names: Iterable[str]) -> None:
    """Remove what a killed command left of these files, or put it back where nothing is in its place; OSError."""
    for name in names:
        for left in [one for one in folder.glob(f".{name}.matcher-*") if one.is_file()]:
            if left.suffix == ".old" and not (folder / name).exists():
                left.replace(folder / name)
            else:
                left.unlink()


def _put(made: Mapping[str, bytes], folder: Path) -> None:
    suffix = f".matcher-{secrets.token_hex(4)}"
    staged = {name: folder / f".{name}{suffix}" for name in made}
    aside = {name: folder / f".{name}{suffix}.old" for name in made if (folder / name).is_file()}
    placed, moved = list[str](), list[str]()
    try:
        for name, content in made.items():
            write_file(staged[name], content)
        for name, path in aside.items():
            (folder / name).replace(path)
            moved.append(name)
        for name, path in staged.items():
            path.replace(folder / name)
            placed.append(name)
    except BaseException:
        for name in placed:
            (folder / name).unlink()
        for name in moved:
            aside[name].replace(folder / name)
        raise
    finally:
        for path in (*staged.values(), *(aside.values() if len(placed) == len(made) else ())):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
