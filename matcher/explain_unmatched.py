"""Why a mentee has no mentor, and what would change it: a row of unmatched.csv as records."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matcher.explain_facts import BottleneckGroup, Change, Unmatched, Who
from matcher.explain_read import PersonRun, Row
from matcher.model import Cohort, Employees
from matcher.run_tables import beside_going_on

Name = Callable[[str], Who]
"""Who an employee_id is."""

KINDS = {
    "one more place": "one_more_place",
    "more common time": "more_common_time",
    "exception to a rule": "exception_to_a_rule",
    "one more choice": "one_more_choice",
}
WITH_DETAIL = ("more_common_time", "exception_to_a_rule")


def unmatched_of(cohort: Cohort, row: Row, found: PersonRun, who: Name) -> Unmatched:
    """Read the row of a mentee without a mentor."""
    labels = Labels(cohort.employees, who)
    numbers = (row.number_or_none(column) for column in ("eligible_choices", "competitors", "places"))
    eligible, competitors, places = numbers
    whole = cohort.programme.frame.engagement == "whole"  # else nobody has looked for what would help
    contested = [who(name) for name in row["contested_mentors"].split("; ") if name]
    return Unmatched(
        reason=row["reason"],
        explanation=row["explanation"],
        eligible_choices=eligible,
        competitors=competitors,
        places=places,
        contested_mentors=tuple(contested),
        group=_group(row["group"], found),
        change=change_of(row["smallest_change"], labels) if row["smallest_change"] else None,
        change_known="smallest_change" in row and whole,
        suggestions=labels.people(row["suggestions"]) if "suggestions" in row and whole else None,
        waiting=_waiting(found),
        places_left=beside_going_on(found.summary, found.certificate),
    )


def _waiting(found: PersonRun) -> tuple[int, int, int, int] | None:
    if found.waits is None:
        return None
    place, priority, lost = (found.waits.number(column) for column in ("place", "priority", "lost"))
    return place, found.waiting, priority, lost


def _group(number: str, found: PersonRun) -> BottleneckGroup | None:
    for row in found.bottlenecks or ():
        if number and row["group"] == number:
            columns = ("group", "group_mentors", "group_mentees", "group_places", "shortage")
            return BottleneckGroup(*map(row.number, columns))
    return None


def change_of(text: str, labels: Labels) -> Change:
    """What `smallest_change` says."""
    said, _, rest = text.partition(": ")
    kind, detail = KINDS.get(said, ""), ""
    if kind in WITH_DETAIL:
        rest, _, detail = rest.rpartition(", ")
    mentor = labels.person(rest)
    return Change(text, kind, mentor, detail) if kind and mentor is not None else Change(text)


class Labels:
    """Finds people by what `Employees.label` calls them."""

    def __init__(self, employees: Employees, who: Name) -> None:
        self._employees, self._who = employees, who
        self._known: dict[str, str] | None = None

    def person(self, label: str) -> Who | None:
        """Who is called so, None for nobody."""
        if self._known is None:
            people = range(len(self._employees))
            self._known = {self._employees.label(person): self._employees.ids[person] for person in people}
        known = self._known.get(label)
        return None if known is None else self._who(known)

    def people(self, text: str) -> tuple[Who, ...]:
        """The people of a list; a name may hold what separates them, and whoever is unknown stays as written."""
        parts, found = text.split("; ") if text else [], list[Who]()
        while parts:
            who, used = self._first(parts)
            found.append(who)
            parts = parts[used:]
        return tuple(found)

    def _first(self, parts: Sequence[str]) -> tuple[Who, int]:
        for used in range(1, len(parts) + 1):
            if (who := self.person("; ".join(parts[:used]))) is not None:
                return who, used
        return Who(parts[0], ""), 1
