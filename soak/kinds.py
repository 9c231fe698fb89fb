"""Kinds of drawn cohorts, and what must hold of each: held against enumeration and against the plain model.

A case is drawn from its kind and seed as a `Spec` (tests/cohorts.py), the rows of the files of a cohort folder. It
goes through files as a user's would: written, read, solved, written as a run, checked; while the truth comes from
the literals, by enumeration.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from matcher.check import examine_run
from matcher.errors import InputError
from matcher.history import read_history
from matcher.io import read_cohort
from matcher.model import Cohort, Solution
from matcher.reference import LocksError, solve_reference
from matcher.runs import write_run
from matcher.solver import solve
from soak.oracles import of_tests

brute_force, brute_rematch = of_tests("brute_force"), of_tests("brute_rematch")
cohorts, comfort, draws = of_tests("cohorts"), of_tests("comfort"), of_tests("draws")
conflicts, crowded, engaged = of_tests("conflicts"), of_tests("crowded"), of_tests("engaged")
queues, rematch_cases, repair_cases = of_tests("queues"), of_tests("rematch_cases"), of_tests("repair_cases")
wave_draws, wave_repairs = of_tests("wave_draws"), of_tests("wave_repairs")
best_pairings = of_tests("best_pairings")

Spec = Any  # the modules of the tests are not typed
Truth = Any
Values = Mapping[str, int | tuple[int, ...]]
DATE = re.compile(r"\b20\d\d-\d\d-\d\d")
QUARTER = 364  # days from one quarter's dates to another's: the weekdays stay
PARTS = ("employees", "choices", "availability", "busy", "absences")


class WrongError(Exception):
    """Something that must hold does not."""


@dataclass(frozen=True)
class Kind:
    """How cohorts are drawn, and what is looked at: adds up what they were like, or raises `WrongError`."""

    draw: Callable[[int], Spec]
    check: Callable[[Spec, int, Path, Counter[str]], None]


# --- what must hold -------------------------------------------------------------------------------------------


def check_plan(spec: Spec, seed: int, folder: Path, tally: Counter[str]) -> None:
    """A plan of a quarter, from files to files."""
    own = cohorts.build(spec)
    cohort = read_cohort(cohorts.write(spec, folder / "cohort"))
    _require_same(own, cohort)
    ways = brute_force.schedulable(own)
    truth = brute_force.best(own, ways)
    solution = _solved(cohort, truth, tally)
    if solution is None:
        return
    _require_values(solution, truth.values)
    drawn = cohorts.describe(own, truth, ways)
    tally.update({"more wishes than places": drawn.contention, "schedule conflicts": drawn.conflict})
    _require_written(cohort, solution, folder / "run", tally)
    if seed % 3 == 0:
        _require_reference(own, truth.values)
        tally["held against the plain model"] += 1
    if seed % 3 == 1:
        again = read_cohort(cohorts.write(cohorts.shuffled(spec, seed), folder / "shuffled"))
        write_run(again, solve(again, workers=1 + seed % 2), folder / "again")
        _require_same_files(folder / "run", folder / "again")
        tally["solved again with rows in another order"] += 1
    if seed % 3 == 2:
        _require_standing(own, solution, folder / "run")
        tally["standings and gains enumerated"] += 1


def check_waves(spec: Spec, seed: int, folder: Path, tally: Counter[str]) -> None:
    """Engagements as long as needed: enumeration where there are few choices, else the plain model alone."""
    own = cohorts.build(spec)
    cohort = read_cohort(cohorts.write(spec, folder / "cohort"))
    _require_same(own, cohort)
    try:
        plain: Values | None = solve_reference(own).values
    except LocksError:
        plain = None
    if len(own.choices) <= 5 and seed % 2 == 0:
        truth = brute_force.best(own)
        if (None if truth is None else truth.values) != plain:
            raise WrongError(f"the plain model says {plain}, enumeration {truth and truth.values}")
        tally["the plain model held against enumeration"] += 1
    solution = _solved(cohort, plain, tally)
    if solution is None or plain is None:
        return
    _require_values(solution, plain)
    load = Counter(pair.mentor for pair in solution.pairs)
    tally["mentees follow each other"] += any(load[one] > own.employees.capacity[one] for one in load)
    _require_written(cohort, solution, folder / "run", tally)
    tally["held against the plain model"] += 1


def check_classes(spec: Spec, seed: int, folder: Path, tally: Counter[str]) -> None:
    """Priorities and what earlier quarters left, drawn as records."""
    own = queues.queue_cohort(spec, seed)
    truth = brute_force.best(own)
    solution = _solved(own, truth, tally)
    if solution is None:
        return
    _require_values(solution, truth.values)
    tally["several classes of mentees"] += "priority" in truth.values
    _require_written(own, solution, folder / "run", tally)
    if seed % 4 == 0:
        _require_reference(own, truth.values)
        tally["held against the plain model"] += 1


def check_history(spec: Spec, seed: int, folder: Path, tally: Counter[str]) -> None:
    """Two quarters, the second with the run of the first: who was left out goes first, who met is past."""
    rng = random.Random(f"quarters {seed}")
    rules = {**spec.programme.get("eligibility", {}), "past_pairs_may_repeat": rng.random() < 0.5}
    spec = replace(spec, programme={**spec.programme, "eligibility": rules})
    first = read_cohort(cohorts.write(spec, folder / "first"))
    try:
        before = solve(first)
    except InputError:
        tally["locks that cannot be met"] += 1
        return
    write_run(first, before, folder / "before")
    cohort = read_history(read_cohort(cohorts.write(later(spec), folder / "second")), [folder / "before"]).cohort
    _require_history(first, before, cohort)
    truth = brute_force.best(cohort)
    solution = _solved(cohort, truth, tally)
    if solution is None:
        return
    _require_values(solution, truth.values)
    tally["several classes of mentees"] += "priority" in truth.values
    _require_written(cohort, solution, folder / "run", tally)


def check_rematch(spec: Spec, seed: int, folder: Path, tally: Counter[str]) -> None:
    """A plan, what happens in the quarter, and the repair, from files to files."""
    rng = random.Random(f"rematch {seed}")
    try:
        cohort, first = rematch_cases.first_run(spec, folder)
    except InputError:
        tally["locks that cannot be met"] += 1
        return
    as_of = rematch_cases.draw_date(rng, cohort, first)
    try:
        step = rematch_cases.rematch(rematch_cases.happens(rng, spec, cohort, first), as_of, folder, 1)
    except InputError:
        tally["locks that cannot be met"] += 1
        return
    _require_repair(step.repair.cohort, step.solution, tally)


def check_repair(spec: Spec, seed: int, folder: Path, tally: Counter[str]) -> None:  # noqa: ARG001 - as the others
    """A plan repaired in memory: less time, other rules, fewer places and choices."""
    cohort = repair_cases.repaired(spec, seed)
    if cohort is not None and seed % 2:
        cohort = repair_cases.lessened(cohort, seed)
    _require_repaired(cohort, seed, tally)


def check_repaired_waves(spec: Spec, seed: int, folder: Path, tally: Counter[str]) -> None:
    """A plan in waves, repaired in memory or from files to files while some pairs have begun and some are over."""
    if seed % 3 == 0:
        check_rematch(spec, seed, folder, tally)
        return
    cohort = wave_repairs.repaired_waves(spec, seed)
    if cohort is not None:
        own = cohort.earlier.agreed.values()
        tally["pairs that have begun"] += sum(bool(one.held and one.planned) for one in own)
    _require_repaired(cohort, seed, tally)


def _require_repaired(cohort: Cohort | None, seed: int, tally: Counter[str]) -> None:
    """What is to be repaired in memory, if anything is, comes out as enumeration says."""
    if cohort is None:
        tally["no plan to repair"] += 1
        return
    truth = brute_rematch.best(cohort)
    solution = _solved(cohort, truth, tally, explain=bool(seed % 4))
    if solution is not None:
        _require_repair(cohort, solution, tally, truth)


# --- and how it is looked at ----------------------------------------------------------------------------------


def _solved(cohort: Cohort, truth: object | None, tally: Counter[str], *, explain: bool = True) -> Solution | None:
    """Solve; None where the locks cannot be met, which the truth must say as well."""
    try:
        solution = solve(cohort, explain=explain)
    except InputError as error:
        if truth is not None:
            raise WrongError(f"refused, but there is an answer: {error}") from error
        tally["locks that cannot be met"] += 1
        return None
    if truth is None:
        raise WrongError("solved, but the locks cannot be met")
    return solution


def _short(value: int | tuple[int, ...]) -> int | tuple[int, ...]:
    """A profile without zeros at its end; any other value as it is."""
    if isinstance(value, int):
        return value
    return value[: max((place for place, count in enumerate(value, 1) if count), default=0)]


def _require_values(solution: Solution, truth: Values) -> None:
    """Every goal has the true value, proven; regularity may leave its bound open, which then must hold."""
    values = {goal.name: goal.value for goal in solution.goals}
    if list(values) != list(truth):
        raise WrongError(f"the goals are {list(values)}, not {list(truth)}")
    for goal in solution.goals:
        told = (_short(goal.value), None if goal.bound is None else _short(goal.bound), goal.status)
        best = _short(truth[goal.name])
        if goal.name != "regularity":
            if told != (best, best, "optimal"):
                raise WrongError(f"{goal.name} is {best}; told: value, bound and status {told}")
        elif not (isinstance(goal.value, int) and isinstance(best, int)):
            raise WrongError("regularity is no number")
        elif goal.value > best or (isinstance(goal.bound, int) and goal.bound < best):
            raise WrongError(f"regularity is {best}; told: value, bound and status {told}")
    if solution.status != "optimal":
        raise WrongError(f"the status is {solution.status}")


def _require_written(cohort: Cohort, solution: Solution, run: Path, tally: Counter[str]) -> None:
    """The run is written, which checks it; the check finds nothing in what was read back."""
    write_run(cohort, solution, run)
    examined = examine_run(cohort, run)
    if examined.violations:
        raise WrongError(f"the check finds {examined.violations[0]}")
    tally["runs checked"] += 1
    tally["with a proof that the check followed"] += examined.complete


def _require_reference(cohort: Cohort, truth: Values) -> None:
    """The plain model says the same as enumeration."""
    found = dict(solve_reference(cohort, regularity=False).values)
    wanted = {name: value for name, value in truth.items() if name != "regularity"}
    if found != wanted:
        raise WrongError(f"the plain model says {found}, enumeration {wanted}")


def _require_standing(cohort: Cohort, solution: Solution, run: Path) -> None:
    """What the run says of choices and of one more place is so in all best pairings."""
    if not solution.certificate:
        return
    truth = best_pairings.Truth(cohort)
    standing = truth.standing_of_choices()
    for row in best_pairings.read_table(run / "choices.csv"):
        if row["standing"] not in ("", standing[row["mentee_id"], row["mentor_id"]]):
            raise WrongError(f"the standing of {row} is {standing[row['mentee_id'], row['mentor_id']]}")
    for row in best_pairings.read_table(run / "bottlenecks.csv"):
        if row["gain_proven"] == "yes":
            told = truth.gains(cohort.employees.ids.index(row["mentor_id"]))
            if not row.items() >= told.items():
                raise WrongError(f"{row} gains {told}")


def _require_same(own: Cohort, read: Cohort) -> None:
    """What was read from files is what the literals say."""
    for part in PARTS:
        for field in dataclasses.fields(getattr(own, part)):
            one, other = (getattr(getattr(cohort, part), field.name) for cohort in (own, read))
            if not np.array_equal(one, other):
                raise WrongError(f"{part}, {field.name}: read {other!r}, written {one!r}")
    if own.decisions != read.decisions or own.mentees.tolist() != read.mentees.tolist():
        raise WrongError(f"decisions: read {read.decisions}, written {own.decisions}")


def _require_same_files(one: Path, other: Path) -> None:
    """Two runs are the same, byte for byte, but for what depends on the clock and on the order of input rows."""
    for path in [*sorted(one.glob("*.csv")), one / "certificate.json"]:
        if path.read_bytes() != (other / path.name).read_bytes():
            raise WrongError(f"{path.name} is another one with the rows in another order")


def _require_history(first: Cohort, before: Solution, cohort: Cohort) -> None:
    """Who sought a mentor and had none has lost once, and only they; who met is past."""
    if cohort.history is None:
        raise WrongError("the cohort has no history")
    paired = {pair.mentee for pair in before.pairs}
    lost = {mentee for mentee in first.mentees.tolist() if mentee not in paired}
    if {mentee for mentee, times in cohort.history.lost.items() if times} != lost:
        raise WrongError(f"lost: {dict(cohort.history.lost)}, left out: {lost}")
    met = {(pair.mentee, pair.mentor) for pair in before.pairs}
    known = {pair for pair, said in cohort.decisions.items() if said.past}
    if not met <= known:
        raise WrongError(f"not past though they have met: {met - known}")


def _require_repair(cohort: Cohort, solution: Solution, tally: Counter[str], truth: Truth | None = None) -> None:
    """A repair reaches what enumeration says, and changes nothing of what was held."""
    truth = brute_rematch.best(cohort) if truth is None else truth
    if truth is None:
        raise WrongError("solved, but the locks cannot be met")
    _require_values(solution, truth.values)
    earlier, values = cohort.earlier, truth.values
    if earlier is None:
        raise WrongError("nothing was repaired")
    for pair in solution.pairs:
        agreed = earlier.agreed.get((pair.mentee, pair.mentor))
        if agreed is not None and pair.sessions[: len(agreed.held)] != agreed.held:
            raise WrongError(f"sessions held by {pair.mentee} and {pair.mentor} are others")
    tally["planned sessions that must move"] += values["moved"] > 0
    tally["pairs that must end"] += values["kept"] < len(earlier.agreed)
    tally["pairs repaired"] += len(earlier.agreed)


# --- what is drawn --------------------------------------------------------------------------------------------


def later(spec: Spec, days: int = QUARTER) -> Spec:
    """The same cohort so many days later."""

    def moved(value: object) -> object:
        if isinstance(value, str):
            return DATE.sub(lambda found: str(dt.date.fromisoformat(found[0]) + dt.timedelta(days)), value)
        if isinstance(value, dict):
            return {key: moved(one) for key, one in value.items()}
        if isinstance(value, tuple | list):
            return type(value)(map(moved, value))
        return value + dt.timedelta(days) if isinstance(value, dt.date) else value

    return replace(spec, **{field.name: moved(getattr(spec, field.name)) for field in dataclasses.fields(spec)})


STARTS = ("2027-12-31", "2028-01-29", "2028-02-29", "2027-03-31", "2027-06-30", "2027-09-15")
SPECIAL = (dt.date(2028, 2, 29), dt.date(2028, 3, 26), dt.date(2027, 10, 31))  # a leap day, clocks in Europe


def draw_long(seed: int) -> Spec:
    """A cohort over up to a year, about a session a month, with month ends, a leap day and clock changes."""
    rng = random.Random(f"a year {seed}")
    start, days = dt.date.fromisoformat(rng.choice(STARTS)), rng.choice((1, 2, rng.randint(3, 366), 365, 366))
    end = start + dt.timedelta(days=days - 1)
    mentees, mentors = [f"a{n}" for n in range(rng.randint(2, 4))], [f"m{n}" for n in range(rng.randint(1, 2))]
    months, dates, date = rng.choice((1, 1, 2, 3)), {start, end}, start
    most = 12 if len(mentees) * len(mentors) == 2 else 6  # or enumeration takes minutes
    while date < end and len(dates) < most:
        date = draws.near(rng, brute_force.months_later(date, months))
        dates |= {min(date, end)}
    dates |= {day for day in SPECIAL if start <= day <= end and len(dates) < most}
    people = [{"employee_id": name, "function": "F", "level": 1} for name in mentees]
    places = {name: rng.choice((1, 2, 2)) for name in mentors}
    people += [{"employee_id": name, "function": "F", "level": 4, "max_mentees": places[name]} for name in mentors]
    free, hours = [], {day: rng.choice(("10:45", "10:45", "11:30")) for day in sorted(dates)}
    for name in [*mentees, *mentors]:
        own = [(str(day), "10:00", hours[day]) for day in hours if rng.random() < rng.choice((0.9, 1.0))]
        free += cohorts.only(name, *own)
    return cohorts.Spec(
        employees=tuple(people),
        choices=tuple(
            (one, rng.choice((1, 1, 2)), other) for one in mentees for other in mentors if rng.random() < 0.8
        ),
        availability=tuple(free),
        programme={
            "programme": {
                "start": start,
                "end": end,
                "timezone": rng.choice(("UTC", "Europe/Berlin", "America/New_York")),
            },
            "sessions": {
                "grid_minutes": 45,
                "minutes": rng.choice((45, 45, 30)),
                "month_rule": rng.choice(("both", "rolling", "calendar", "none")),
                "max_months_between": months,
                "min_days_between": rng.choice((14, 20, 27)),
                "number": rng.choice(("most", "most", "fewest", 3)),
            },
            "goals": {"rank": rng.choice(("generous", "greedy", "min-cost")), "seed": rng.randint(0, 9)},
        },
    )


def _engaged(seed: int) -> Spec:
    spec = engaged.engaged_spec(seed)
    return comfort.with_comfort(spec, seed) if seed % 3 == 0 else spec


def _some(seed: int) -> Spec:
    return (draws.random_spec, conflicts.contested_spec, conflicts.limited_spec)[seed % 3](seed)


def _planned(seed: int) -> Spec:
    return (draws.random_spec, _engaged, conflicts.contested_spec)[seed % 3](seed)


KINDS = {
    "drawn": Kind(draws.random_spec, check_plan),
    "comfort": Kind(draws.comfort_spec, check_plan),
    "contested": Kind(conflicts.contested_spec, check_plan),
    "limited": Kind(conflicts.limited_spec, check_plan),
    "crowded": Kind(crowded.crowded_spec, check_plan),
    "engaged": Kind(_engaged, check_plan),
    "long": Kind(draw_long, check_plan),
    "waves": Kind(wave_draws.wave_spec, check_waves),
    "classes": Kind(_some, check_classes),
    "history": Kind(_some, check_history),
    "rematch": Kind(_planned, check_rematch),
    "repair": Kind(repair_cases.repair_spec, check_repair),
    "repaired-waves": Kind(wave_repairs.wave_repair_spec, check_repaired_waves),
}
"""Every kind of cohort by name."""
