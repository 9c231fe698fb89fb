"""The files of a run and its cohort -> the page about one person."""

from __future__ import annotations

import datetime as dt
import json
import shlex
from pathlib import Path

from matcher.explain_facts import Asker, Choice, Employee, Gain, Page, Who
from matcher.explain_find import find_employee
from matcher.explain_meetings import Meetings
from matcher.explain_proof import proof_of
from matcher.explain_read import PersonRun, Row, read_person
from matcher.explain_unmatched import unmatched_of
from matcher.model import Cohort
from matcher.programme import day_date
from matcher.remarks import without_hours
from matcher.run_files import SUMMARY
from matcher.run_reading import differing_inputs


def make_page(cohort: Cohort, run: Path, said: str, at: dt.datetime | None = None) -> Page:
    """Gather what is to be told of one person.

    Parameters
    ----------
    cohort, run
        The run and the cohort, read with the keys that the run was solved with.
    said
        The person's id, e-mail address or full name.
    at
        An instant about which is asked; without an offset on the programme's clock.

    Raises
    ------
    MatcherError
        If nobody or several people may be meant, or a file of the run is missing or malformed.
    """
    person = find_employee(cohort.employees, said)
    return _Maker(cohort, run, person, read_person(run, cohort.employees.ids[person])).page(at)


class _Maker:
    """Puts the page together from the rows of one person."""

    def __init__(self, cohort: Cohort, run: Path, person: int, found: PersonRun) -> None:
        self.cohort, self.run, self.person, self.found = cohort, run, person, found
        self.employee_id = cohort.employees.ids[person]
        self.meetings = Meetings(cohort, person, found)
        self.who = self.meetings.who

    def page(self, at: dt.datetime | None) -> Page:
        own, pairs = self.found.unmatched.get(self.employee_id), self.meetings.pairs()
        unmatched = unmatched_of(self.cohort, own, self.found, self.who) if own is not None else None
        choices, asked = self._choices(), self._asked()
        page = Page(
            employee=self._employee(),
            is_mentee=bool(choices or unmatched or any(pair.role == "mentee" for pair in pairs)),
            is_mentor=bool(asked or any(pair.role == "mentor" for pair in pairs)),
            choices=choices,
            pairs=pairs,
            unmatched=unmatched,
            asked=asked,
            gain=self._gain(),
            gain_known=self.found.bottlenecks is not None and not self._in_waves,
            proof=proof_of(self.found, self._repeat()),
            slot=None if at is None else self.meetings.slot(at),
            programme=self.cohort.programme,
            settings=self.found.summary.options.set,
            warnings=self._warnings(),
            as_of=None if self.cohort.earlier is None else str(day_date(self.cohort.earlier.as_of)),
        )
        self.found.check()
        return page

    @property
    def _in_waves(self) -> bool:
        """Whether engagements last only as long as needed: then a run says nothing of other pairings."""
        return self.cohort.programme.frame.engagement == "as-needed"

    def _standing(self, row: Row) -> str | None:
        """Where a pair stands among the best pairings; None where the run does not tell."""
        standing = row.get("standing")
        return None if self._in_waves and not standing else standing

    def _employee(self) -> Employee:
        staff = self.cohort.employees
        return Employee(
            employee_id=self.employee_id,
            name=staff.names[self.person],
            function=staff.functions[self.person],
            level=staff.level_text[self.person],
            timezone=staff.zones[staff.zone[self.person]],
            places=int(staff.capacity[self.person]),
        )

    # --- choices ------------------------------------------------------------------------------------------------

    def _choices(self) -> tuple[Choice, ...]:
        rows = [
            Choice(
                self.who(row["mentor_id"]),
                row.number("rank"),
                row["outcome"],
                _detail(row),
                self._standing(row),
            )
            for row in self.found.own
        ]
        return tuple(sorted(rows, key=lambda choice: (choice.rank, choice.mentor.employee_id)))

    def _asked(self) -> tuple[Asker, ...]:
        mentors: dict[str, list[Who]] = {}
        for row in self.found.pairs:
            mentors.setdefault(row["mentee_id"], []).append(self.who(row["mentor_id"]))
        rows = [
            Asker(
                self.who(row["mentee_id"]),
                row.number("rank"),
                row["outcome"],
                _detail(row),
                self._standing(row),
                tuple(mentors.get(row["mentee_id"], ())),
                row["mentee_id"] in self.found.unmatched,
            )
            for row in self.found.asked
        ]
        return tuple(sorted(rows, key=lambda asker: (asker.rank, asker.mentee.employee_id)))

    def _gain(self) -> Gain | None:
        for row in self.found.bottlenecks or ():
            if row["mentor_id"] == self.employee_id:
                wanted, mentees, pairs = map(row.number, ("wanted", "gain_mentees", "gain_pairs"))
                return Gain(
                    wanted, mentees, pairs, row["gain_ranks"], row["gain_proven"] == "yes", row["gain_priority"]
                )
        return None

    # --- the run as a whole -------------------------------------------------------------------------------------

    def _repeat(self) -> str:
        if self.cohort.history is not None:  # what earlier quarters leave is kept in the run
            return shlex.join(["matcher", "rerun", self.cohort.folder, str(self.run)])
        words = ["matcher", "solve", self.cohort.folder, "-o", f"{self.run.name}-again"]
        for key, value in self.found.summary.options.set.items():
            words += ["--set", f"{key}={value if isinstance(value, str) else json.dumps(value)}"]
        return shlex.join(words)

    def _warnings(self) -> tuple[str, ...]:
        differing, foreign = differing_inputs(self.cohort.inputs, self.found.summary.inputs)
        if foreign:
            said = f"was not solved from {self.cohort.folder}: not one file of it is the same"
        elif differing:
            said = f"was solved from another version of {', '.join(differing)} than {self.cohort.folder} holds now"
        else:
            return ()
        doubt = "what this page says of names, working hours and possible sessions may not fit it"
        return (f"{self.run / SUMMARY}: the run {said}; {doubt}",)


def _detail(row: Row) -> str:
    return without_hours(row["outcome"], row["detail"])
