"""The end of `matcher rehearse` for who leads the programme: what survives, what a repair mends, what is weak."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from matcher.console import counted
from matcher.rehearsal_call import Rehearsal
from matcher.rehearsal_files import people_rows, solved, spread, weak_rows

SHOWN = 3
WIDTH = 46


class Row(NamedTuple):
    """A line of the table: what it is called, the figure, whether fewer is worse."""

    name: str
    figure: Callable[[Mapping[str, Any]], int]
    less: bool = False


BEFORE = (
    Row("pairs that keep every rule as they stand", lambda one: one["pairs_survive"], less=True),
    Row("pairs that need a repair", lambda one: one["pairs"] - one["pairs_survive"]),
    Row("planned sessions that fall out", lambda one: one["sessions"] - one["sessions_survive"]),
)
AFTER = (
    Row("pairs that go on", lambda one: one["pairs_kept"], less=True),
    Row("pairs lost", lambda one: one["pairs_lost"]),
    Row("  of them ended although nothing hit them", lambda one: one["pairs_ended_unhit"]),
    Row("mentees who lose their mentor", lambda one: one["mentees_lost_mentor"]),
    Row("  of them without one in the end", lambda one: one["mentees_without"]),
    Row("planned sessions moved", lambda one: one["sessions_moved"]),
    Row("planned sessions lost", lambda one: one["sessions_lost"]),
    Row("people who hear of it", lambda one: one["people_affected"]),
)


def result_line(rehearsal: Rehearsal) -> str:
    """Give the one line on a rehearsal, without where it was written."""
    done, total = len(rehearsal.outcomes), len(rehearsal.numbers)
    head = counted(done, "draw") if done == total else f"{done} of {counted(total, 'draw')}"
    outcomes = solved(rehearsal)
    if not outcomes:
        return f"{head}: no plan was repaired"

    def mean(name: str) -> str:
        return in_short(Fraction(sum(int(one.figures[name] or 0) for one in outcomes), len(outcomes)))

    means = " (means)" if done > 1 else ""
    unforced = sum(int(one.figures["unforced_ends"] or 0) for one in outcomes)
    return (
        f"{head}: of {mean('pairs')} pairs {mean('pairs_survive')} survive as they stand, {mean('pairs_kept')} "
        f"with a repair; of {mean('sessions')} sessions to come {mean('sessions_survive')} still stand, "
        f"{mean('sessions_moved')} can be moved; of {mean('mentees_lost_mentor')} mentees who lose their mentor "
        f"{mean('mentees_regained')} get one again{means}; {counted(unforced, 'unforced end')}; "
        f"{_proof(rehearsal)}"
    )


def in_short(mean: Fraction) -> str:
    """A mean with a decimal where it is no whole number.

    >>> in_short(Fraction(54)), in_short(Fraction(7, 3))
    ('54', '2.3')
    """
    return str(mean.numerator) if mean.denominator == 1 else f"{float(mean):.1f}"


def _proof(rehearsal: Rehearsal) -> str:
    open_draws = sum(one.figures["status"] != "optimal" for one in rehearsal.outcomes)
    return f"{counted(open_draws, 'repair')} not proven" if open_draws else "all proven"


def table_lines(rehearsal: Rehearsal) -> list[str]:
    """Tell how each figure is spread over the draws."""
    outcomes = solved(rehearsal)
    if not outcomes:
        return []
    many = len(outcomes) > 1
    lines = [f"  {'':<{WIDTH}}{'mean':>8}{'1 in 20':>9}{'worst':>7}{'in draw':>9}"] if many else []
    for title, rows in (("Before any repair", BEFORE), ("After the repair", AFTER)):
        lines.append(f"  {title}")
        for name, figure, less in rows:
            one = spread(outcomes, figure, less=less)
            where = one.draw if less or one.worst else ""
            more = f"{one.tail:>9}{one.worst:>7}{where:>9}" if many else ""
            lines.append(f"    {name:<{WIDTH - 2}}{in_short(one.mean):>8}{more}".rstrip())
    return lines


def worst_draw(rehearsal: Rehearsal) -> int | None:
    """The draw that leaves most mentees alone, then loses most pairs and sessions; None where none does."""
    outcomes = solved(rehearsal)

    def cost(figures: Mapping[str, Any]) -> tuple[int, int, int]:
        return figures["mentees_without"], figures["pairs_lost"], figures["sessions_lost"]

    worst = max(outcomes, key=lambda one: (cost(one.figures), -one.number), default=None)
    return None if worst is None or not any(cost(worst.figures)) else worst.number


def weak_lines(rehearsal: Rehearsal) -> list[str]:
    """Tell which pairs were lost most often, and whose absence costs most; draws with one number have no say."""
    if len(rehearsal.outcomes) < 2:
        return []
    lines = []
    pairs = sorted((row for row in weak_rows(rehearsal) if row[-1]), key=lambda row: -int(row[-1] or 0))[:SHOWN]
    if pairs:
        lines.append("Pairs whose loss most often leaves the mentee without a mentor:")
        lines += [
            f"  {_label(row[1], row[0])} with {_label(row[3], row[2])}: "
            f"lost in {counted(int(row[-2] or 0), 'draw')}, in {row[-1]} without another mentor"
            for row in pairs
        ]
    people = [row for row in people_rows(rehearsal) if row[5] or row[8]][:SHOWN]
    if people:
        lines.append("Whose absence costs most each time:")
        lines += [
            f"  {_label(row[1], row[0])}, away in {counted(int(row[2] or 0), 'draw')}: "
            f"{counted(int(row[5] or 0), 'pair')} and {counted(int(row[8] or 0), 'session')} lost in all"
            for row in people
        ]
    return lines


def _label(name: object, employee_id: object) -> str:
    return f"{name} ({employee_id})" if name else str(employee_id)


def note_lines(rehearsal: Rehearsal) -> list[str]:
    """Tell what a reader of the figures should know besides."""
    lines = []
    lifted = [one for one in rehearsal.outcomes if one.lifted]
    if lifted:
        lines.append(
            f"In {counted(len(lifted), 'draw')} locks were taken back, as they left no schedule (locks_lifted)."
        )
    if any(one.figures["status"] != "optimal" for one in rehearsal.outcomes):
        lines.append("The time limit ended some repairs: give --time-limit more seconds for each draw.")
    return lines
