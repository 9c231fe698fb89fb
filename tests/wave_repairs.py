"""Plans of engagements as long as needed, repaired in memory at a date at which some have begun or are over."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
from cohorts import Spec
from repair_cases import busier, first_plan, with_fewer_choices, with_fewer_places, with_plan
from wave_draws import wave_spec

from matcher.model import Absences, Cohort
from matcher.programme import Programme, day_number


def wave_repair_case(seed: int) -> Cohort | None:
    """A cohort with a plan in waves to be repaired; None where the draw leaves none."""
    return repaired_waves(wave_repair_spec(seed), seed)


def wave_repair_spec(seed: int) -> Spec:
    """The cohort that is planned at first: mostly with sessions of one length, as more take long to enumerate."""
    spec = wave_spec(seed)
    sessions = spec.programme["sessions"]
    if seed % 4 and isinstance(sessions["minutes"], list):
        spec = replace(spec, programme={**spec.programme, "sessions": {**sessions, "minutes": 45}})
    return spec


def repaired_waves(spec: Spec, seed: int) -> Cohort | None:
    """What becomes of the plan of a cohort; None where it has none, or where nobody could be paired any more."""
    rng = random.Random(f"waves repaired {seed}")
    planned = first_plan(spec)
    if planned is None:
        return None
    cohort, solution, days = planned
    day = rng.choice((days[0] + 1, rng.choice(days) + 1, rng.choice(days), rng.choice(days)))
    as_of = day_number(cohort.programme.frame.start) + min(day, cohort.programme.days - 1)
    pairs = sorted({(pair.mentee, pair.mentor) for pair in solution.pairs} - set(cohort.locks))
    refused = set(rng.sample(pairs, min(len(pairs), rng.choice((0, 1, 1, 2)))))
    later = with_plan(cohort, solution, as_of, refused)
    later = replace(later, busy=busier(rng, later), programme=_other_rules(rng, later))
    if rng.random() < 0.3:
        later = _other_wishes(rng, later)
    if rng.random() < 0.2:
        later = with_fewer_choices(rng, later)
    if rng.random() < 0.2:
        later = _away(rng, later, as_of)
    return with_fewer_places(rng, later) if rng.random() < 0.4 else later


def _other_rules(rng: random.Random, cohort: Cohort) -> Programme:
    programme = cohort.programme
    changes = {}
    if rng.random() < 0.3:
        changes["rematch"] = programme.rematch.model_copy(update={"end_pairs": "for-more-mentees"})
    if rng.random() < 0.3:
        changes["sessions"] = programme.sessions.model_copy(update={"number": rng.choice((1, 2, 3))})
    if rng.random() < 0.2:
        latest = {"latest_start": rng.choice((0, rng.randrange(cohort.programme.days)))}
        changes["frame"] = programme.frame.model_copy(update=latest)
    if rng.random() < 0.1:
        gap = {"cross_function_gap": programme.eligibility.cross_function_gap + 1}
        changes["eligibility"] = programme.eligibility.model_copy(update=gap)
    return programme.model_copy(update=changes)


def _other_wishes(rng: random.Random, cohort: Cohort) -> Cohort:
    """Some want another number of sessions now."""
    wanted = cohort.employees.sessions_wanted.copy()
    for person in cohort.mentees.tolist():
        if rng.random() < 0.5:
            wanted[person] = rng.choice((0, 1, 2, 3))
    return replace(cohort, employees=replace(cohort.employees, sessions_wanted=wanted))


def _away(rng: random.Random, cohort: Cohort, as_of: int) -> Cohort:
    """Somebody leaves before the end, or is away for a week or two from the date on."""
    who = rng.randrange(len(cohort.employees))
    if rng.random() < 0.5:
        last = cohort.employees.last_day.copy()
        last[who] = as_of + rng.randrange(14)
        locked = {person for pair in cohort.locks for person in pair}
        return cohort if who in locked else replace(cohort, employees=replace(cohort.employees, last_day=last))
    old, until = cohort.absences, as_of + rng.choice((0, 6, 13))
    columns = (np.append(old.person, who), np.append(old.start, as_of), np.append(old.end, until))
    order = np.lexsort(columns[::-1])
    return replace(cohort, absences=Absences(*(column[order] for column in columns)))
