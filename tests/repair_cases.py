"""Plans repaired in memory: drawn cohorts in which sessions and people compete, cut at a date and changed."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
from cohorts import Spec, build
from comfort import with_comfort
from engaged import engaged_spec

from matcher.engagements import held_days
from matcher.errors import InputError
from matcher.model import Agreed, Busy, Choices, Cohort, Decision, Earlier, Pair, Session, Solution
from matcher.programme import Programme, day_number
from matcher.solver import solve


def repair_case(seed: int) -> Cohort | None:
    """A cohort with a plan to be repaired; None where the draw leaves none."""
    return repaired(repair_spec(seed), seed)


def repair_spec(seed: int) -> Spec:
    """The cohort that is planned at first."""
    spec = engaged_spec(seed)
    return with_comfort(spec, seed) if random.Random(f"repair {seed}").random() < 0.3 else spec


def repaired(spec: Spec, seed: int) -> Cohort | None:
    """What becomes of the plan of a cohort; None where it has none."""
    rng = random.Random(f"repair {seed}")
    rng.random()  # that of `repair_spec`
    planned = first_plan(spec)
    if planned is None:
        return None
    cohort, solution, days = planned
    day = rng.choice((days[0], days[0], rng.choice(days))) + rng.choice((0, 0, 1, 2))
    as_of = day_number(cohort.programme.frame.start) + min(day, cohort.programme.days - 1)
    pairs = sorted({(pair.mentee, pair.mentor) for pair in solution.pairs} - set(cohort.locks))
    refused = set(rng.sample(pairs, min(len(pairs), rng.choice((0, 1, 1, 2)))))
    later = with_plan(cohort, solution, as_of, refused)
    later = replace(later, busy=busier(rng, later), programme=_other_rules(rng, later.programme))
    if rng.random() < 0.3:
        later = with_fewer_choices(rng, later)
    return with_fewer_places(rng, later) if rng.random() < 0.3 else later


def first_plan(spec: Spec) -> tuple[Cohort, Solution, list[int]] | None:
    """A cohort, its plan and the days of its sessions; None where it has none."""
    cohort = build(spec)
    try:
        solution = solve(cohort, explain=False)
    except InputError:
        return None
    days = sorted({day for pair in solution.pairs for day in held_days(cohort, pair.sessions)})
    return (cohort, solution, days) if days else None


def with_plan(cohort: Cohort, solution: Solution, as_of: int, refused: set[Pair]) -> Cohort:
    """The cohort with its solution as the plan that is to be repaired, some of its pairs refused."""
    agreed, held = dict[Pair, Agreed](), dict[Pair, tuple[Session, ...]]()
    start = day_number(cohort.programme.frame.start)
    for pair in solution.pairs:
        days = held_days(cohort, pair.sessions)
        before = sum(day < as_of - start for day in days)
        if (pair.mentee, pair.mentor) in refused:
            held[pair.mentee, pair.mentor] = pair.sessions[:before]
        else:
            begins = start if pair.start is None else pair.start
            agreed[pair.mentee, pair.mentor] = Agreed(begins, pair.sessions[:before], pair.sessions[before:])
    decisions = {**cohort.decisions, **dict.fromkeys(refused, Decision("refused", refused=True))}
    return replace(cohort, decisions=dict(sorted(decisions.items())), earlier=Earlier(as_of, agreed, held))


def busier(rng: random.Random, cohort: Cohort) -> Busy:
    """A quarter of the planned sessions meets something new in one of the calendars."""
    busy = cohort.busy
    rows = [
        *zip(*(column.tolist() for column in (busy.person, busy.start, busy.end)), strict=True),
    ]
    kinds = list(zip(busy.start_utc.tolist(), busy.end_utc.tolist(), strict=True))
    for pair, one in cohort.earlier.agreed.items():
        for session in one.planned:
            if rng.random() < 0.25:
                rows.append((rng.choice(pair), session.start, session.start + rng.choice((15, 30, 600))))
                kinds.append((True, True))
    order = sorted(range(len(rows)), key=lambda place: (rows[place], kinds[place]))
    columns = np.array([rows[place] for place in order], dtype=np.int64).reshape(-1, 3).T
    flags = np.array([kinds[place] for place in order], dtype=bool).reshape(-1, 2).T
    return Busy(*columns, *flags)


def _other_rules(rng: random.Random, programme: Programme) -> Programme:
    changes = {}
    if rng.random() < 0.3:
        changes["rematch"] = programme.rematch.model_copy(update={"end_pairs": "for-more-mentees"})
    if rng.random() < 0.2:
        number = {"number": rng.choice(("fewest", 1, 2))}
        changes["sessions"] = programme.sessions.model_copy(update=number)
    elif rng.random() < 0.2:
        changes["sessions"] = programme.sessions.model_copy(update={"minimum": 2})
    if rng.random() < 0.2:
        gap = {"cross_function_gap": programme.eligibility.cross_function_gap + 1}
        changes["eligibility"] = programme.eligibility.model_copy(update=gap)
    return programme.model_copy(update=changes)


def with_fewer_choices(rng: random.Random, cohort: Cohort) -> Cohort:
    """Some choices are taken back, those of pairs that go on among them."""
    choices = cohort.choices
    kept = np.array([rng.random() < 0.6 for _ in range(len(choices))], dtype=bool)
    ids = tuple(name for name, keep in zip(choices.mentor_ids, kept, strict=True) if keep)
    left = Choices(choices.mentee[kept], choices.mentor[kept], choices.rank[kept], ids)
    agreed = [mentee for mentee, _ in cohort.earlier.agreed]
    locked = [mentee for mentee, _ in cohort.locks]
    mentees = np.unique(np.array([*left.mentee.tolist(), *agreed, *locked], dtype=np.int64))
    return replace(cohort, choices=left, mentees=mentees)


def with_fewer_places(rng: random.Random, cohort: Cohort) -> Cohort:
    """Mentors take fewer mentees than they did, but for locks."""
    locked = np.bincount([mentor for _, mentor in cohort.locks], minlength=len(cohort.employees))
    fewer = np.maximum(np.minimum(cohort.employees.capacity, rng.choice((1, 1, 2))), locked)
    return replace(cohort, employees=replace(cohort.employees, capacity=fewer))


def with_less(seed: int) -> Cohort:
    """A repair in which choices were taken back and mentors have fewer places, however it was drawn."""
    cohort = repair_case(seed)
    if cohort is None:
        raise ValueError(f"{seed} leaves no plan")
    return lessened(cohort, seed)


def lessened(cohort: Cohort, seed: int) -> Cohort:
    """Fewer choices and places than there were."""
    rng = random.Random(f"unr {seed}")
    return with_fewer_places(rng, with_fewer_choices(rng, cohort))
