"""One draw of a rehearsal: what happens, what still stands, and what a rematch makes of it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from threading import Event
from typing import NamedTuple

from matcher.check import check_plan
from matcher.earlier import Repair, repair_at
from matcher.errors import InputError, LimitError, StoppedError
from matcher.held import temporary
from matcher.model import Cohort, Pair, Solution
from matcher.rehearsal_damage import Damage, find_damage
from matcher.rehearsal_draw import Drawn, Wish, date_of, draw, with_damage
from matcher.rematch_changes import Changes, find_changes
from matcher.rematch_files import rematch_summary
from matcher.run_files import BOM, SUMMARY, TABLES, csv_lines
from matcher.run_plans import BEFORE, KEPT_FILES, IdPair, Plan
from matcher.runs import refuse_violations
from matcher.solver import solve

DRAWN = ("refusals", "absences", "cancellations")
STANDING = ("pairs_hit", "pairs_survive", "sessions_survive")
REPAIRED = (
    *("pairs_kept", "pairs_mended", "pairs_lost", "pairs_ended_unhit", "unforced_ends", "pairs_new"),
    *("mentees_lost_mentor", "mentees_regained", "mentees_without", "mentees_paired"),
    *("sessions_kept", "sessions_moved", "sessions_lost", "sessions_new", "people_affected", "locks_lifted"),
)
FIGURES = ("draw", "as_of", *DRAWN, "pairs", "mentees", "sessions", *STANDING, *REPAIRED, "status")
"""The columns of rehearsal.csv."""
Figure = int | str | None


@dataclass(frozen=True)
class Ground:
    """What every draw begins with: the cohort as it is now, the plan, what is drawn, seconds for each repair."""

    cohort: Cohort
    plan: Plan
    wish: Wish
    time_limit: float = 600


class Fate(NamedTuple):
    """What becomes of a pair in a draw: hit at all, refused, in need of repair, repaired, lost.

    `alone` tells that its mentee has no mentor in the end.
    """

    ids: IdPair
    hit: bool
    refused: bool
    broken: bool
    mended: bool
    lost: bool
    alone: bool


class Gap(NamedTuple):
    """What the absence of a person costs in a draw, counted over his pairs that nobody refused in it."""

    employee_id: str
    pairs: int
    broken: int
    lost: int
    alone: int
    sessions_moved: int
    sessions_lost: int


@dataclass(frozen=True)
class Outcome:
    """One draw from beginning to end; the figures of the repair are None where the limit came before any."""

    number: int
    figures: Mapping[str, Figure]
    fates: tuple[Fate, ...]
    gaps: tuple[Gap, ...]
    lifted: tuple[IdPair, ...] = ()
    seconds: float = field(default=0, compare=False)


@dataclass(frozen=True)
class Played:
    """One draw with everything that was found out of it; `solution` is None where there is none."""

    before: Repair
    drawn: Drawn
    damage: Damage
    after: Repair
    lifted: tuple[Pair, ...]
    solution: Solution | None


def run_draw(ground: Ground, number: int, stop: Event | None = None, scratch: str | None = None) -> Outcome:
    """Draw, count the damage, repair it, check the repaired plan and count again.

    Parameters
    ----------
    stop
        When it is set, the draw is given up.
    scratch
        Folder for temporary files; None for the system's own.

    Raises
    ------
    StoppedError
        If it was given up.
    CheckFailedError
        If the repaired plan breaks a rule, which is a bug.
    """
    begin = time.monotonic()
    played = play(ground, number, stop)
    changes = None
    if played.solution is not None:
        changes = find_changes(played.after, played.solution)
        check_repaired(played, changes, scratch)
    found = _Counter(played, changes)
    ids = ground.cohort.employees.ids
    lifted = tuple((ids[mentee], ids[mentor]) for mentee, mentor in played.lifted)
    return Outcome(number, found.figures(), found.fates, found.gaps(), lifted, time.monotonic() - begin)


def play(ground: Ground, number: int, stop: Event | None = None) -> Played:
    """Draw and repair. A lock that the draw leaves no schedule is taken back, as a lead would."""
    cohort, plan = ground.cohort, ground.plan
    before = repair_at(cohort, plan, date_of(cohort, plan, ground.wish, number))
    drawn = draw(before, ground.wish, number)
    damage = find_damage(before, with_damage(cohort, drawn))
    for lifted in _locks_to_lift(cohort, damage):
        after = repair_at(with_damage(cohort, drawn, lifted), plan, drawn.as_of)
        try:
            solution = solve(after.cohort, time_limit=ground.time_limit, stop=stop, explain=False)
        except InputError:
            if len(lifted) == len(cohort.locks):
                raise
            continue
        except StoppedError:
            raise
        except LimitError:
            return Played(before, drawn, damage, after, lifted, None)
        if solution.interrupted:
            raise StoppedError("interrupted")
        break
    return Played(before, drawn, damage, after, lifted, solution)


def _locks_to_lift(cohort: Cohort, damage: Damage) -> Iterator[tuple[Pair, ...]]:
    """None, then those of pairs that were hit, then all."""
    hit = tuple(pair for pair in cohort.locks if damage.fallen.get(pair))
    found = dict.fromkeys(((), hit, cohort.locks))
    return iter(found)


def check_repaired(played: Played, changes: Changes, scratch: str | None = None) -> None:
    """Let the independent check read the repaired plan from files: every rule on people, places, times and dates.

    Raises
    ------
    CheckFailedError
        With what is wrong.
    """
    repair, solution = played.after, played.solution
    assert solution is not None  # noqa: S101 - for the type checker
    with temporary(scratch) as folder:
        (folder / BEFORE).mkdir()
        for file in KEPT_FILES:
            if file in repair.plan.files:
                (folder / BEFORE / file).write_bytes(repair.plan.files[file])
        for file in ("pairs.csv", "sessions.csv"):
            lines = csv_lines(TABLES[file](repair.cohort, solution), repair.cohort.programme.output.delimiter)
            (folder / file).write_bytes("".join(chain([BOM], lines)).encode())
        summary = {"rematch": rematch_summary(repair, solution, changes)}
        (folder / SUMMARY).write_text(json.dumps(summary), encoding="utf-8")
        violations = check_plan(repair.cohort, folder)
    refuse_violations(violations)


class _Counter:
    """Counts what a draw has done."""

    def __init__(self, played: Played, changes: Changes | None) -> None:
        self.played = played
        self.ids = played.before.cohort.employees.ids
        self.agreed = played.before.earlier.agreed
        solution = played.solution
        self.now = set() if solution is None else {(pair.mentee, pair.mentor) for pair in solution.pairs}
        self.paired = {mentee for mentee, _ in self.now}
        self.refused = {one.pair for one in played.drawn.refusals}
        self.named = {self._ids(pair): pair for pair in self.agreed}
        rows = [] if changes is None else changes.changes
        self.rows = {row.ids: row for row in rows if row.ids in self.named}
        endings = () if changes is None else changes.endings
        self.for_others = sum(one.why.code == "for_others" and one.ids in self.named for one in endings)
        self.new = [row for row in rows if row.change == "new" and row.ids not in self.named]
        self.fates = tuple(map(self._fate, sorted(self.agreed, key=self._ids)))

    def _ids(self, pair: Pair) -> IdPair:
        return self.ids[pair[0]], self.ids[pair[1]]

    def _fate(self, pair: Pair) -> Fate:
        damage, goes_on = self.played.damage, pair in self.now
        refused, broken = pair in self.refused, pair not in damage.surviving
        lost = self.played.solution is not None and not goes_on
        return Fate(
            self._ids(pair),
            hit=refused or bool(damage.fallen[pair]) or broken,
            refused=refused,
            broken=broken,
            mended=broken and goes_on,
            lost=lost,
            alone=lost and pair[0] not in self.paired,
        )

    def figures(self) -> dict[str, Figure]:
        """All of them, in the order of `FIGURES`."""
        drawn, damage, fates = self.played.drawn, self.played.damage, self.fates
        planned = sum(len(one.planned) for one in self.agreed.values())
        found: dict[str, Figure] = {
            "draw": drawn.number,
            "as_of": drawn.as_of.isoformat(),
            **{kind: len(getattr(drawn, kind)) for kind in DRAWN},
            "pairs": len(fates),
            "mentees": len({fate.ids[0] for fate in fates}),
            "sessions": planned,
            "pairs_hit": sum(fate.hit for fate in fates),
            "pairs_survive": sum(not fate.broken for fate in fates),
            "sessions_survive": planned - sum(map(len, damage.fallen.values())),
        }
        solution = self.played.solution
        if solution is None:
            return {**found, **dict.fromkeys(REPAIRED), "status": "no_solution"}
        return {**found, **self._repaired(), "status": solution.status}

    def _repaired(self) -> dict[str, int]:
        fates, rows = self.fates, list(self.rows.values())
        heard = {person for row in (*rows, *self.new) if row.change != "kept" for person in row.ids}
        lost = {fate.ids[0] for fate in fates if fate.lost}
        alone = {fate.ids[0] for fate in fates if fate.alone}
        return {
            "pairs_kept": sum(not fate.lost for fate in fates),
            "pairs_mended": sum(fate.mended for fate in fates),
            "pairs_lost": sum(fate.lost for fate in fates),
            "pairs_ended_unhit": sum(fate.lost and not fate.hit for fate in fates),
            "unforced_ends": self._unforced(),
            "pairs_new": len(self.new),
            "mentees_lost_mentor": len(lost),
            "mentees_regained": len(lost - alone),
            "mentees_without": len(alone),
            "mentees_paired": len(self.paired),
            "sessions_kept": sum(row.kept for row in rows),
            "sessions_moved": sum(row.count("moved") for row in rows),
            "sessions_lost": sum(row.count("cancelled") for row in rows),
            "sessions_new": sum(row.count("new") for row in (*rows, *self.new)),
            "people_affected": len(heard),
            "locks_lifted": len(self.played.lifted),
        }

    def _unforced(self) -> int:
        """How many pairs more than must have ended: by the proven bound, or by their own reasons."""
        solution, rules = self.played.solution, self.played.before.cohort.programme.rematch
        assert solution is not None  # noqa: S101 - for the type checker
        if rules.end_pairs != "forced":
            return self.for_others
        kept = next(goal for goal in solution.goals if goal.name == "kept")
        return kept.bound - kept.value if isinstance(kept.bound, int) and isinstance(kept.value, int) else 0

    def gaps(self) -> tuple[Gap, ...]:
        """What each absence has cost."""
        if self.played.solution is None:
            return ()
        by_person: dict[str, list[Fate]] = {}
        for fate in self.fates:
            for person in set(fate.ids) if not fate.refused else ():
                by_person.setdefault(person, []).append(fate)
        names = [self.ids[one.person] for one in self.played.drawn.absences]
        return tuple(self._gap(name, by_person.get(name, [])) for name in names)

    def _gap(self, name: str, fates: Sequence[Fate]) -> Gap:
        rows = [self.rows[fate.ids] for fate in fates]
        return Gap(
            name,
            pairs=len(fates),
            broken=sum(fate.broken for fate in fates),
            lost=sum(fate.lost for fate in fates),
            alone=sum(fate.alone for fate in fates),
            sessions_moved=sum(row.count("moved") for row in rows),
            sessions_lost=sum(row.count("cancelled") for row in rows),
        )
