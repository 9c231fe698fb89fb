"""A rehearsal -> a folder: rehearsal.csv, weak.csv, people.csv and rehearsal.json, all or none."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from matcher.rehearsal import FIGURES, REPAIRED, Fate, Gap, Outcome
from matcher.rehearsal_call import Rehearsal
from matcher.result_folders import ResultKind, prepare_results, write_results
from matcher.run_files import BOM, Cell, csv_lines, versions
from matcher.run_plans import IdPair

TABLE, WEAK, PEOPLE, DATA, COHORT = "rehearsal.csv", "weak.csv", "people.csv", "rehearsal.json", "cohort"
KIND = ResultKind(
    "an earlier rehearsal",
    {TABLE, WEAK, PEOPLE, DATA, COHORT},
    DATA,
    {"draws", "figures", "checked", "versions", "inputs"},
)
WEAK_COLUMNS = (
    *("mentee_id", "mentee_name", "mentor_id", "mentor_name", "draws", "hit", "refused", "survived", "repaired"),
    *("lost", "mentee_without_mentor"),
)
PEOPLE_COLUMNS = (
    *("employee_id", "name", "absences", "pairs", "pairs_to_repair", "pairs_lost", "mentees_without_mentor"),
    *("sessions_moved", "sessions_lost"),
)
CHECKED = "every rule on people, places, calendars and dates, in each repaired plan"
WORSE_IF_LESS = (
    *("pairs_survive", "sessions_survive", "pairs_kept", "pairs_mended", "mentees_regained"),
    *("mentees_paired", "sessions_kept"),
)
TAIL = 20  # one draw in so many is as bad or worse


# --- figures ------------------------------------------------------------------------------------------------


class Spread(NamedTuple):
    """A figure over all draws: its mean, what one draw in twenty is as bad as, the worst, and that draw."""

    mean: Fraction
    tail: int
    worst: int
    draw: int


def spread(outcomes: Sequence[Outcome], figure: Callable[[Mapping[str, Any]], int], *, less: bool) -> Spread:
    """How a figure is spread; with `less`, fewer is worse. Of draws alike the first is named."""
    found = [(figure(one.figures), one.number) for one in outcomes]
    found.sort(key=lambda row: (row[0] if less else -row[0], row[1]))
    place = max(0, -(-len(found) // TAIL) - 1)
    mean = Fraction(sum(value for value, _ in found), len(found))
    return Spread(mean, found[place][0], *found[0])


def solved(rehearsal: Rehearsal) -> list[Outcome]:
    """The draws whose plan was repaired."""
    return [one for one in rehearsal.outcomes if one.figures["status"] != "no_solution"]


def rehearsal_data(rehearsal: Rehearsal) -> dict[str, Any]:
    """What rehearsal.json and `--json` say; no clock time is in it."""
    wish, cohort = rehearsal.wish, rehearsal.cohort
    status = [str(one.figures["status"]) for one in rehearsal.outcomes]
    return {
        "draws": len(rehearsal.outcomes),
        "failed": [{"draw": one.number, "exit_code": one.code, "error": one.message} for one in rehearsal.failed],
        "interrupted": rehearsal.interrupted,
        "lost": rehearsal.lost,
        "status": {name: status.count(name) for name in ("optimal", "feasible", "no_solution")},
        "checked": CHECKED,
        "figures": _figures(rehearsal),
        "options": {
            "draws": _asked(rehearsal.numbers),
            "refusals": str(wish.refusals),
            "absences": str(wish.absences),
            "cancellations": str(wish.cancellations),
            "seed": wish.seed,
            "as_of": None if wish.as_of is None else wish.as_of.isoformat(),
            "set": dict(sorted(cohort.overrides.items())),
        },
        "plan": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(rehearsal.plan.files.items())},
        "versions": versions(),
        "inputs": dict(sorted(cohort.inputs.items())),
    }


def _asked(numbers: Sequence[int]) -> int | list[int]:
    whole = tuple(numbers) == tuple(range(1, len(numbers) + 1))
    return len(numbers) if whole else list(numbers)


def _figures(rehearsal: Rehearsal) -> dict[str, dict[str, Any]]:
    found = {}
    for name in FIGURES:
        outcomes = solved(rehearsal) if name in REPAIRED else rehearsal.outcomes
        if name in ("draw", "as_of", "status") or not outcomes:
            continue
        less = name in WORSE_IF_LESS
        one = spread(outcomes, lambda figures, name=name: figures[name], less=less)  # type: ignore[misc]
        found[name] = {
            "mean": round(float(one.mean), 4),
            "one_in_twenty": one.tail,
            "worst": one.worst,
            "worst_draw": one.draw,
        }
    return found


# --- tables -------------------------------------------------------------------------------------------------


def draw_table(rehearsal: Rehearsal) -> dict[str, list[Cell]]:
    """A row for each draw."""
    return {name: [one.figures[name] for one in rehearsal.outcomes] for name in FIGURES}


def weak_rows(rehearsal: Rehearsal) -> list[tuple[Cell, ...]]:
    """A row for each pair of the plan, those that were lost most often first."""
    fates: dict[IdPair, list[Fate]] = {}
    for outcome in rehearsal.outcomes:
        for fate in outcome.fates:
            fates.setdefault(fate.ids, []).append(fate)
    rows = [_weak_row(rehearsal, ids, own) for ids, own in sorted(fates.items())]
    lost, alone = WEAK_COLUMNS.index("lost"), WEAK_COLUMNS.index("mentee_without_mentor")
    return sorted(rows, key=lambda row: (-_number(row[lost]), -_number(row[alone])))


def _number(cell: Cell) -> int:
    return cell if isinstance(cell, int) else 0


def _weak_row(rehearsal: Rehearsal, ids: IdPair, fates: Sequence[Fate]) -> tuple[Cell, ...]:
    planned = rehearsal.plan.pairs[ids]
    return (
        *(ids[0], planned.mentee_name, ids[1], planned.mentor_name, len(fates)),
        *(sum(fate.hit for fate in fates), sum(fate.refused for fate in fates)),
        *(sum(not fate.broken for fate in fates), sum(fate.mended for fate in fates)),
        *(sum(fate.lost for fate in fates), sum(fate.alone for fate in fates)),
    )


def people_rows(rehearsal: Rehearsal) -> list[tuple[Cell, ...]]:
    """A row for everybody who was away in some draw, those first whose absence costs most each time."""
    gaps: dict[str, list[Gap]] = {}
    for outcome in rehearsal.outcomes:
        for gap in outcome.gaps:
            gaps.setdefault(gap.employee_id, []).append(gap)
    names = dict(zip(rehearsal.cohort.employees.ids, rehearsal.cohort.employees.names, strict=True))
    found = []
    for person, own in sorted(gaps.items()):
        sums = [sum(column) for column in list(zip(*own, strict=True))[1:]]
        pairs, broken, lost, alone, moved, gone = sums
        cost = tuple(Fraction(-number, len(own)) for number in (lost, alone, gone, broken, moved))
        found.append((cost, (person, names[person], len(own), pairs, broken, lost, alone, moved, gone)))
    return [row for _, row in sorted(found, key=lambda row: (row[0], row[1][0]))]


def _columns(names: Sequence[str], rows: Sequence[tuple[Cell, ...]]) -> dict[str, list[Cell]]:
    cells = zip(*rows, strict=True) if rows else [[] for _ in names]
    return dict(zip(names, map(list, cells), strict=True))


# --- the folder ---------------------------------------------------------------------------------------------


def prepare_folder(folder: str | Path, *, overwrite: bool = False) -> Path:
    """Say early whether a rehearsal may be written to `folder`; errors as in `prepare_results`."""
    return prepare_results(folder, KIND, overwrite=overwrite)


def write_rehearsal(
    rehearsal: Rehearsal,
    folder: str | Path,
    *,
    overwrite: bool = False,
    cohort: Mapping[str, bytes] | None = None,
) -> None:
    """Write a rehearsal; `cohort` are files of a cohort to put beside it, by name.

    Raises
    ------
    TargetError
        If something stands in the way or the disk refuses. Nothing has changed then.
    """
    target = prepare_folder(folder, overwrite=overwrite)
    tables = {
        TABLE: draw_table(rehearsal),
        WEAK: _columns(WEAK_COLUMNS, weak_rows(rehearsal)),
        PEOPLE: _columns(PEOPLE_COLUMNS, people_rows(rehearsal)),
    }
    delimiter = rehearsal.cohort.programme.output.delimiter
    contents = {
        name: "".join(chain([BOM], csv_lines(table, delimiter))).encode() for name, table in tables.items()
    }
    contents |= {f"{COHORT}/{name}": content for name, content in (cohort or {}).items()}
    data = json.dumps(rehearsal_data(rehearsal), indent=2, ensure_ascii=False, default=str)
    write_results(folder, target, contents | {DATA: f"{data}\n".encode()}, overwrite=overwrite)
