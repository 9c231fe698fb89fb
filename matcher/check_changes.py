"""unmatched.csv: what keeps a mentee out, and the least that would give him a mentor."""

from __future__ import annotations

from collections.abc import Mapping

from matcher.check_demand import SMALL, Demand, Group
from matcher.check_diary import Diary
from matcher.check_files import Row, Table, safe_text
from matcher.check_outcomes import Outcomes
from matcher.check_pairs import FoundPair
from matcher.check_rules import REFUSALS, Choice, Roster
from matcher.check_suggestions import MOST, People
from matcher.check_timetable import Timetable
from matcher.model import Pair

COLUMNS = (
    "eligible_choices", "competitors", "places", "smallest_change", "suggestions", "group", "contested_mentors",
)  # fmt: skip
EXCEPTIONS = ("past", "line_manager", "same_function_gap", "cross_function_gap")


def check_changes(table: Table, changes: Changes, demand: Demand) -> None:
    """Check these columns for every mentee without a mentor."""
    roster, seen = changes.outcomes.roster, set[int]()
    for row in table.rows():
        mentee = roster.person.get(row["mentee_id"], -1)
        if mentee not in changes.unmatched or mentee in seen:
            continue  # reported with the reasons
        seen.add(mentee)
        table.expect(row, "eligible_choices", str(len(changes.eligible(mentee))))
        check_contest(table, row, mentee, demand, roster)
        changes.check(table, row, mentee)


def check_nothing_said(table: Table, bottlenecks: Table, outcomes: Outcomes) -> None:
    """Where engagements last as long as needed nothing is said of what changes would bring."""
    for row in table.rows():
        mentee = outcomes.roster.person.get(row["mentee_id"], -1)
        if mentee >= 0:
            listed = [outcomes.codes[at] for at in outcomes.roster.choices_of(mentee)]
            table.expect(row, "eligible_choices", str(sum(code not in REFUSALS for code in listed)))
        for column in COLUMNS[1:]:
            table.expect(row, column, "")
    for row in bottlenecks.rows():
        bottlenecks.fault("no mentor has a row where engagements last as long as needed", row.line, "mentor_id")


def check_contest(table: Table, row: Row, mentee: int, demand: Demand, roster: Roster) -> None:
    """Check who competes for which places."""
    wishes = demand.wishes.get(mentee, [])
    group = demand.group_of.get(wishes[0]) if wishes else None
    if group is None or not group.mentors.issuperset(wishes):
        for column in ("competitors", "places", "group", "contested_mentors"):
            if row[column]:
                table.fault(f"'{row[column]}', but places alone do not keep him out", row.line, column)
        return
    table.expect(row, "group", str(group.number))
    named = row["contested_mentors"].split("; ") if row["contested_mentors"] else []
    mentors = group.mentors
    if named or len(mentors) <= SMALL:
        mentors = frozenset(roster.person.get(mentor_id, -1) for mentor_id in named)
        fault = _fault_of_mentors(named, mentors, group, wishes)
        if not fault and not demand.others_fill(mentors, mentee):
            fault = "other mentees with no mentors but these leave a place"
        if fault:
            table.fault(f"'{row['contested_mentors']}': {fault}", row.line, "contested_mentors")
            return
    whole = len(mentors) == len(group.mentors)
    others = (group.mentees if whole else len(demand.inside(mentors))) - 1
    table.expect(row, "competitors", str(others))
    places = group.places if whole else sum(demand.places[mentor] for mentor in mentors)
    table.expect(row, "places", str(places))


def _fault_of_mentors(named: list[str], mentors: frozenset[int], group: Group, wishes: list[int]) -> str:
    """What is wrong with the ids of a set of contested mentors; empty if nothing is."""
    if not mentors <= group.mentors:
        return "only mentors of his group can be among these"
    if named != sorted(set(named)) or len(named) > SMALL:
        return f"must be up to {SMALL} ids, sorted"
    if not mentors.issuperset(wishes):
        return "a mentor of a possible pair of his is missing"
    return ""


class Changes:
    """What single changes would give a mentee a mentor, all pairs and sessions of the run as they stand."""

    def __init__(
        self,
        timetable: Timetable,
        outcomes: Outcomes,
        pairs: Mapping[Pair, FoundPair],
        diary: Diary,
        people: People,
    ) -> None:
        self.outcomes, self.unmatched = outcomes, people.unmatched
        self._timetable, self.pairs, self._diary, self._names = timetable, pairs, diary, people.names
        self._roster, self._colleagues = outcomes.roster, people.colleagues

    def eligible(self, mentee: int) -> list[Choice]:
        """His choices that no rule sets aside."""
        return [choice for choice, code in self._choices(mentee) if code not in REFUSALS]

    def _choices(self, mentee: int) -> list[tuple[Choice, str]]:
        return [(self._roster.choices[at], self.outcomes.codes[at]) for at in self._roster.choices_of(mentee)]

    def _has_place(self, mentor: int) -> bool:
        return self._colleagues.load[mentor] < self._roster.capacity[mentor]

    def _fits(self, pair: Pair) -> bool | None:
        return self._timetable.fits_beside(pair, self._diary)

    def check(self, table: Table, row: Row, mentee: int) -> None:
        """Check the suggestions and the smallest change."""
        suggested = self._names.read(row["suggestions"])
        fault = "is no list of up to three mentors" if suggested is None else self._fault(mentee, suggested)
        if fault:
            table.fault(f"'{row['suggestions']}' {fault}", row.line, "suggestions")
        allowed = self._smallest(mentee, suggested or [])
        if row["smallest_change"] not in map(safe_text, allowed):
            table.fault(
                f"'{row['smallest_change']}' must be {' or '.join(repr(text) for text in allowed)}",
                row.line,
                "smallest_change",
            )

    # --- suggestions ------------------------------------------------------------------------------------------

    def _fault(self, mentee: int, suggested: list[int]) -> str:
        """What is wrong with a list of suggestions; empty if nothing is."""
        order = [self._colleagues.order(mentee, mentor) for mentor in suggested]
        if order != sorted(set(order)):
            return "must go by level gap, then number of mentees, then mentor_id"
        for mentor in suggested:
            label = self._roster.label(mentor)
            if not self._colleagues.may(mentee, mentor):
                return f"may not hold {label}: listed, without a free place, or kept apart by a rule"
            if self._fits((mentee, mentor)) is False:
                return f"may not hold {label}: no schedule exists beside all sessions"
        for mentor in self._colleagues.first(mentee):
            if len(suggested) == MOST and self._colleagues.order(mentee, mentor) > order[-1]:
                break
            if mentor not in suggested and self._fits((mentee, mentor)):
                return f"leaves out {self._roster.label(mentor)}, who has a free place and time"
        return ""

    # --- the smallest change ----------------------------------------------------------------------------------

    def _smallest(self, mentee: int, suggested: list[int]) -> list[str]:
        """What may stand there: one text, or several where dates alone do not tell which kind comes first."""
        found: list[str] = []
        for kind in (self._more_places, self._more_time, self._exceptions):
            texts, certain = kind(mentee)
            found += texts
            if certain and texts:
                return found
        return [*found, f"one more choice: {self._roster.label(suggested[0])}" if suggested else ""]

    def _first_that_fits(self, pairs: list[tuple[Pair, str]]) -> tuple[list[str], bool]:
        """The text of the first pair that has a schedule, and of those before it that may have one."""
        found: list[str] = []
        for pair, text in pairs:
            fits = self._fits(pair)
            if fits is not False:
                found.append(text)
            if fits:
                return found, True
        return found, False

    def _more_places(self, mentee: int) -> tuple[list[str], bool]:
        full = [choice for choice in self.eligible(mentee) if not self._has_place(choice.mentor)]
        return self._first_that_fits(
            [(choice.pair, f"one more place: {self._roster.label(choice.mentor)}") for choice in full]
        )

    def _more_time(self, mentee: int) -> tuple[list[str], bool]:
        """Fewest sessions outside their common time first, then rank."""
        length = self._roster.programme.sessions.minutes[-1]
        found, unknown = list[tuple[int, str]](), list[str]()
        for choice in self.eligible(mentee):
            if not self._has_place(choice.mentor) or self._fits(choice.pair):
                continue
            number, label = (
                self._timetable.least_missing(choice.pair, self._diary),
                self._roster.label(choice.mentor),
            )
            if number is None:
                unknown += [_more_time(label, some, length) for some in range(1, self._timetable.dates.days + 1)]
            elif number > 0:
                found.append((number, _more_time(label, number, length)))
        best = [min(found, key=lambda item: item[0])[1]] if found else []
        return [*best, *unknown], bool(best) and not unknown

    def _exceptions(self, mentee: int) -> tuple[list[str], bool]:
        waived = [
            (choice.pair, f"exception to a rule: {self._roster.label(choice.mentor)}, {code}")
            for choice, code in self._choices(mentee)
            if code in EXCEPTIONS
            and self._has_place(choice.mentor)
            and (choice.mentor, choice.mentee) not in self.pairs
        ]
        return self._first_that_fits(waived)


def _more_time(label: str, number: int, length: int) -> str:
    return f"more common time: {label}, {number} more session{'s' * (number != 1)} of {length} minutes"
