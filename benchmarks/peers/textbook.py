"""Pairing and schedule as one CP-SAT model, as the OR-Tools guides would have it written.

A pair has an optional interval for each date on which it might meet, nobody's intervals overlap, and one weighted
sum puts the goals in order. (An interval for each session of a pair, first to last, was tried too: far slower.)
Regularity, the last goal, is left out: it would only make this model larger.
"""

from __future__ import annotations

import argparse
import calendar
import datetime as dt
import json
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from benchmarks.peers.calendars import DAY, Calendars
from benchmarks.peers.tables import Settings, Wishes, pairing_answer, read_programme, read_wishes


@dataclass(frozen=True)
class Dates:
    """The frequency rules by day of the programme, counted from 0.

    After a session on day d the next one comes by `next_by[d]`; none may follow from day `may_end` on. `months`
    are the first and last days of the calendar months wholly inside.
    """

    days: int
    apart: int
    first_by: int
    next_by: list[int]
    may_end: int
    months: list[tuple[int, int]]

    @property
    def most(self) -> int:
        """No pair has more sessions than this."""
        return (self.days - 1) // self.apart + 1


def read_dates(settings: Settings) -> Dates:
    """Work out the days of the frequency rules."""
    first, last, rules = settings["programme"]["start"], settings["programme"]["end"], settings["sessions"]
    days, step = (last - first).days + 1, rules["max_months_between"]
    if step != 1 or settings["goals"]["rank"] != "generous":
        raise ValueError("the textbook model knows sessions at least once a month, and generous ranks")
    later = [(add_months(first + dt.timedelta(days=day), step) - first).days for day in range(days)]
    months = []
    for day in range(days):
        date = first + dt.timedelta(days=day)
        length = calendar.monthrange(date.year, date.month)[1]
        if date.day == 1 and day + length <= days:
            months.append((day, day + length - 1))
    may_end = next(day for day in range(days) if later[day] >= days - 1)
    return Dates(days, rules["min_days_between"], later[0], [min(d, days - 1) for d in later], may_end, months)


def add_months(date: dt.date, months: int) -> dt.date:
    """The same day of a later month, or that month's last day."""
    years, month = divmod(date.month - 1 + months, 12)
    length = calendar.monthrange(date.year + years, month + 1)[1]
    return dt.date(date.year + years, month + 1, min(date.day, length))


class Textbook:
    """The model: `chosen` decides each wish, `held` whether its pair meets on a date."""

    def __init__(self, wishes: Wishes, calendars: Calendars, dates: Dates) -> None:
        self.wishes, self.dates = wishes, dates
        self.model = cp_model.CpModel()
        self.chosen = [self.model.new_bool_var(f"pair {wish}") for wish in range(len(wishes))]
        self.held: list[cp_model.IntVar] = []
        self.of_person: dict[str, list[cp_model.IntervalVar]] = defaultdict(list)
        for wish, chosen in enumerate(self.chosen):
            people = wishes.mentee_ids[wishes.mentee[wish]], wishes.mentor_ids[wishes.mentor[wish]]
            meet = self._meetings(calendars, people)
            self.held += meet.values()
            self._add_dates(chosen, meet)

    def _meetings(self, calendars: Calendars, people: tuple[str, str]) -> dict[int, cp_model.IntVar]:
        """An optional interval for each date on which the two could meet, its start among their common ones."""
        of_day: dict[int, list[int]] = defaultdict(list)
        for minute in calendars.common_starts(*people):
            of_day[minute // DAY].append(minute)
        meet = {}
        for day, starts in of_day.items():
            meet[day] = self.model.new_bool_var(f"{people} meet on day {day}")
            start = self.model.new_int_var_from_domain(cp_model.Domain.from_values(starts), f"{people} {day}")
            interval = self.model.new_optional_fixed_size_interval_var(
                start, calendars.minutes, meet[day], f"{people} session on day {day}"
            )
            for person in people:
                self.of_person[person].append(interval)
        return meet

    def _add_dates(self, chosen: cp_model.IntVar, meet: dict[int, cp_model.IntVar]) -> None:
        """The frequency rules of one pair: only pairs meet, not too soon again, and not too late."""
        model, dates = self.model, self.dates

        def meetings(first: int, last: int) -> list[cp_model.IntVar]:
            return [meet[day] for day in range(first, last + 1) if day in meet]

        model.add_bool_or(*meetings(0, dates.first_by), chosen.negated())
        for month in dates.months:
            model.add_bool_or(*meetings(*month), chosen.negated())
        for day, held in meet.items():
            model.add_implication(held, chosen)
            model.add_at_most_one(meetings(day, day + dates.apart - 1))
            if day < dates.may_end:
                model.add_bool_or(*meetings(day + 1, dates.next_by[day]), held.negated())

    def add_limits(self) -> None:
        """Places of mentors, mentors per mentee, and one session at a time for everybody."""
        wishes = self.wishes
        for people, count in ((wishes.mentee, len(wishes.mentee_ids)), (wishes.mentor, len(wishes.mentor_ids))):
            for person in range(count):
                limit = wishes.limit if people is wishes.mentee else int(wishes.places[person])
                self.model.add(sum(self._of(people, person)) <= limit)
        for intervals in self.of_person.values():
            self.model.add_no_overlap(intervals)

    def _of(self, people: np.ndarray[Any, Any], person: int) -> list[cp_model.IntVar]:
        return [self.chosen[wish] for wish in np.nonzero(people == person)[0]]

    def add_goals(self) -> None:
        """Mentees, then pairs, then ranks (generous), then sessions: no later goal outweighs an earlier one.

        Raises
        ------
        OverflowError
            If the weights do not fit into 64 bits.
        """
        wishes = self.wishes
        most_pairs = min(len(wishes), wishes.limit * len(wishes.mentee_ids))
        # The least important first. The number of pairs is held, so that at the best rank follows from the others.
        levels = [(1, self.held)]
        levels += [(-1, self._of(wishes.rank, rank)) for rank in sorted(set(wishes.rank.tolist()))[1:]]
        levels.append((1, self.chosen))
        if wishes.limit > 1:  # else mentees and pairs are the same
            levels.append((1, self._served()))
        total, weight, most = [], 1, most_pairs * self.dates.most
        for sign, literals in levels:
            total.append(sign * weight * cp_model.LinearExpr.sum(literals))
            weight *= most + 1
            most = most_pairs
        if weight >= 2**62:
            raise OverflowError("one weighted sum of all goals does not fit into 64 bits at this size")
        self.model.maximize(cp_model.LinearExpr.sum(total))

    def _served(self) -> list[cp_model.IntVar]:
        """Which mentees have a mentor."""
        served = []
        for mentee in range(len(self.wishes.mentee_ids)):
            has_mentor = self.model.new_bool_var(f"mentee {mentee} has a mentor")
            self.model.add_bool_or(*self._of(self.wishes.mentee, mentee), has_mentor.negated())
            served.append(has_mentor)
        return served


def solve(folder: Path, limit: float) -> dict[str, Any]:
    """Solve one cohort; the answer with the seconds that building and solving took."""
    settings = read_programme(folder)
    wishes, people = read_wishes(folder, settings)
    begin = time.perf_counter()
    textbook = Textbook(wishes, Calendars(folder, settings, people), read_dates(settings))
    textbook.add_limits()
    textbook.add_goals()
    built = time.perf_counter()
    solver = cp_model.CpSolver()  # default parameters: every core
    solver.parameters.max_time_in_seconds = limit
    status = solver.solve(textbook.model)
    solved = time.perf_counter()
    times = {"seconds": solved - built, "building": built - begin}
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return {"answer": {"status": "no_solution"}, **times}
    chosen = np.array([bool(solver.value(literal)) for literal in textbook.chosen], dtype=bool)
    word = "optimal" if status == cp_model.OPTIMAL else "feasible"
    sessions = sum(solver.value(literal) for literal in textbook.held)
    return {"answer": {**pairing_answer(wishes, chosen, word), "sessions": sessions}, **times}


def main() -> None:
    """Solve one cohort as one CP-SAT model and print a line of JSON: the answer and the seconds."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("cohort", type=Path)
    parser.add_argument("--limit", type=float, default=600, help="seconds for the search")
    given = parser.parse_args()
    print(json.dumps(solve(given.cohort, given.limit)))


if __name__ == "__main__":
    main()
