"""Plans of drawn cohorts, and what happens in the quarter: refusals, leavers, joiners, other calendars."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, replace
from pathlib import Path

from cohorts import Spec, choice_rows, person_row, write

from matcher.earlier import Repair, begin_repair
from matcher.errors import InputError
from matcher.io import read_cohort
from matcher.model import Cohort, Solution
from matcher.rematch_changes import find_changes
from matcher.rematch_files import make_beside
from matcher.runs import write_run
from matcher.solver import solve


@dataclass(frozen=True)
class Step:
    """A rematch: what was to be repaired, and the answer."""

    repair: Repair
    solution: Solution
    run: Path


def first_run(spec: Spec, folder: Path) -> tuple[Cohort, Solution]:
    """Solve a cohort and write its run, from files to files."""
    cohort = read_cohort(write(spec, folder / "cohort0"))
    solution = solve(cohort)
    write_run(cohort, solution, folder / "run0")
    return cohort, solution


def rematch(spec: Spec, as_of: dt.date, folder: Path, number: int) -> Step:
    """Repair the run before this one; it is checked as it is written."""
    cohort = read_cohort(write(spec, folder / f"cohort{number}"))
    repair = begin_repair(cohort, folder / f"run{number - 1}", as_of)
    solution = solve(repair.cohort)
    beside = make_beside(repair, solution, find_changes(repair, solution))
    write_run(repair.cohort, solution, folder / f"run{number}", beside=beside)
    return Step(repair, solution, folder / f"run{number}")


def rematch_or_keep(changed: Spec, known: Spec, as_of: dt.date, folder: Path, number: int) -> tuple[Spec, Step]:
    """Repair a run after a change; where a lock cannot be met any more, the lead takes the change back."""
    try:
        return changed, rematch(changed, as_of, folder, number)
    except InputError:
        return known, rematch(known, as_of, folder, number)


# --- what happens -------------------------------------------------------------------------------------------


def draw_date(rng: random.Random, cohort: Cohort, solution: Solution, since: dt.date | None = None) -> dt.date:
    """A date at which a rematch may be: on a day of a session, the day after, or any other."""
    frame = cohort.programme.frame
    starts = [session.start for pair in solution.pairs for session in pair.sessions]
    days = [dt.datetime.fromtimestamp(start * 60, cohort.programme.zone).date() for start in starts]
    days += [day + dt.timedelta(days=1) for day in days]
    days += [frame.start, frame.start + dt.timedelta(days=rng.randint(0, (frame.end - frame.start).days))]
    return rng.choice([day for day in days if (since or frame.start) <= day <= frame.end] or [since or frame.end])


def happens(rng: random.Random, spec: Spec, cohort: Cohort, solution: Solution) -> Spec:
    """The same cohort some weeks later."""
    ids = cohort.employees.ids
    pairs = [(ids[pair.mentee], ids[pair.mentor]) for pair in solution.pairs]
    spec = _answers(rng, spec, pairs)
    if rng.random() < 0.2:
        spec = _leaves(rng, spec, cohort)
    if rng.random() < 0.3:
        spec = _places(rng, spec)
    if rng.random() < 0.5:
        spec = _busy(rng, spec, cohort, solution)
    if rng.random() < 0.4:
        spec = _wishes(rng, spec)
    if rng.random() < 0.3:
        spec = _joins(rng, spec, cohort)
    if rng.random() < 0.15:
        spec = replace(spec, busy=spec.busy[1:])
    if rng.random() < 0.25:
        spec = replace(spec, programme={**spec.programme, "rematch": {"end_pairs": "for-more-mentees"}})
    return _absent(rng, spec, cohort) if rng.random() < 0.3 else spec


def _answers(rng: random.Random, spec: Spec, pairs: list[tuple[str, str]]) -> Spec:
    said = {tuple(row[:2]) for row in spec.pairs}
    rows = [
        (*pair, rng.choice(("refused", "refused", "declined", "forbidden")))
        for pair in pairs
        if pair not in said and rng.random() < 0.25
    ]
    return replace(spec, pairs=(*spec.pairs, *rows))


def _leaves(rng: random.Random, spec: Spec, cohort: Cohort) -> Spec:
    """Somebody is no employee any more, or has a last day."""
    locked = {person for row in spec.pairs if row[2] == "locked" for person in row[:2]}
    people = [person_row(one) for one in spec.employees]
    free = [row["employee_id"] for row in people if row["employee_id"] not in locked]
    if len(free) < 2:
        return spec
    who = rng.choice(free)
    if rng.random() < 0.5:
        frame = cohort.programme.frame
        last = frame.start + dt.timedelta(days=rng.randint(0, (frame.end - frame.start).days))
        return replace(spec, employees=_with(people, who, last_day=last.isoformat()))
    people = [row for row in people if row["employee_id"] != who]
    for row in people:
        if row.get("manager_id") == who:
            row["manager_id"] = ""
    return replace(
        spec,
        employees=tuple(people),
        choices=tuple(row for row in choice_rows(spec.choices) if who not in (row[0], row[2])),
        availability=tuple(row for row in spec.availability if row[0] != who),
        busy=tuple(row for row in spec.busy if row[0] != who),
        pairs=tuple(row for row in spec.pairs if who not in row[:2]),
    )


def _with(people: list[dict], who: str, **columns: str) -> tuple:
    return tuple({**row, **columns} if row["employee_id"] == who else row for row in people)


def _places(rng: random.Random, spec: Spec) -> Spec:
    people = [person_row(one) for one in spec.employees]
    locked = {row[1] for row in spec.pairs if row[2] == "locked"}
    free = [row["employee_id"] for row in people if row["employee_id"] not in locked]
    return replace(spec, employees=_with(people, rng.choice(free), max_mentees=str(rng.choice((0, 1, 1, 2, 3)))))


def _busy(rng: random.Random, spec: Spec, cohort: Cohort, solution: Solution) -> Spec:
    """Somebody is busy at the time of a session, or a whole day."""
    sessions = [(pair, session) for pair in solution.pairs for session in pair.sessions]
    rows = []
    for pair, session in rng.sample(sessions, min(len(sessions), rng.choice((1, 1, 2, 3)))):
        who = cohort.employees.ids[rng.choice((pair.mentee, pair.mentor))]
        start, end = (dt.datetime.fromtimestamp(at * 60, dt.UTC) for at in (session.start, session.end))
        rows.append((who, start.isoformat(), end.isoformat()))
    known = {person_row(one)["employee_id"] for one in spec.employees}
    return replace(spec, busy=(*spec.busy, *(row for row in rows if row[0] in known)))


def _absent(rng: random.Random, spec: Spec, cohort: Cohort) -> Spec:
    """Somebody is away for some days or weeks."""
    who = rng.choice([person_row(one)["employee_id"] for one in spec.employees])
    first = cohort.programme.frame.start + dt.timedelta(days=rng.randint(0, cohort.programme.days - 1))
    last = first + dt.timedelta(days=rng.choice((0, 3, 10, 25)))
    rules = {**spec.programme.get("sessions", {}), "absences": rng.choice(("pause", "pause", "re-pair"))}
    return replace(
        spec,
        absences=(*spec.absences, (who, first.isoformat(), last.isoformat())),
        programme={**spec.programme, "sessions": rules},
    )


def _wishes(rng: random.Random, spec: Spec) -> Spec:
    """Somebody lists one more mentor, or one less."""
    rows = list(choice_rows(spec.choices))
    if rng.random() < 0.3 and len(rows) > 1:
        rows.remove(rng.choice(rows))
        return replace(spec, choices=tuple(rows))
    ids = [person_row(one)["employee_id"] for one in spec.employees]
    mentee = rng.choice([row[0] for row in rows] or ids)
    listed = {row[2] for row in rows if row[0] == mentee}
    free = [one for one in ids if one not in listed and one != mentee]
    return replace(spec, choices=(*rows, (mentee, str(rng.randint(1, 4)), rng.choice(free)))) if free else spec


def _joins(rng: random.Random, spec: Spec, cohort: Cohort) -> Spec:
    """Somebody joins as a mentee from some day on, with the hours of somebody else."""
    people = [person_row(one) for one in spec.employees]
    if any(row["employee_id"] == "a9" for row in people):
        return spec
    like = rng.choice(people)
    first = cohort.programme.frame.start + dt.timedelta(days=rng.randint(0, cohort.programme.days - 1))
    new = {**like, "employee_id": "a9", "level": "1", "manager_id": "", "first_day": first.isoformat()}
    mentors = [row["employee_id"] for row in people]
    choices = [
        ("a9", str(rank), mentor) for rank, mentor in enumerate(rng.sample(mentors, min(2, len(mentors))), 1)
    ]
    hours = tuple(("a9", *row[1:]) for row in spec.availability if row[0] == like["employee_id"])
    busy = tuple(("a9", *row[1:]) for row in spec.busy if row[0] == like["employee_id"])
    return replace(
        spec,
        employees=(*people, new),
        choices=(*choice_rows(spec.choices), *choices),
        availability=(*spec.availability, *hours),
        busy=(*spec.busy, *busy),
    )
