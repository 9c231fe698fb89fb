"""choices.csv and unmatched.csv: what became of every choice, and why a mentee has no mentor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from matcher.check_diary import Diary
from matcher.check_files import Row, Table, check_order, safe_text, whole_number
from matcher.check_hours import UsualHours
from matcher.check_pairs import FoundPair
from matcher.check_rules import REFUSALS, Choice
from matcher.check_timetable import Timetable
from matcher.model import Pair

CHOICE_COLUMNS = ("mentee_id", "mentor_id", "rank", "outcome", "detail")
UNMATCHED_COLUMNS = ("mentee_id", "name", "reason", "explanation")
NO_COMMON_HOURS = "no common working hours"  # what a sentence says where no outcome of its own tells it
BEFORE_REVERSE_PAIR = ("unknown_mentor", "self", "forbidden", "refused", "past")


class Outcomes:
    """The outcome that each listed choice must have beside the pairs and sessions as they stand."""

    def __init__(self, timetable: Timetable, pairs: Mapping[Pair, FoundPair], diary: Diary) -> None:
        self.roster, self._timetable, self._pairs, self._diary = timetable.roster, timetable, pairs, diary
        self._mentees = Counter(found.mentor for found in pairs.values())
        self._of_mentee: dict[int, list[FoundPair]] = {}
        for found in pairs.values():
            self._of_mentee.setdefault(found.mentee, []).append(found)
        self.codes = [self._outcome(choice) for choice in self.roster.choices]
        self._hours = UsualHours(self.roster.cohort, timetable.dates, timetable.free.working)

    def is_possible(self, at: int) -> bool:
        """Whether rules and calendars allow the choice with this index, had the two no other session."""
        code, pair = self.codes[at], self.roster.choices[at].pair
        if code in ("paired", "reverse_pair"):  # what the run decided says nothing about the choice alone
            return not self.roster.refusal(pair) and self._timetable.ever_together(pair)
        return code not in REFUSALS and code != "no_common_time"

    def unlisted(self) -> list[Pair]:
        """The pairs that may go on in a rematch although the mentees no longer list them."""
        past, listed = self._timetable.past, {choice.pair for choice in self.roster.choices}
        pairs = () if past is None else past.agreed
        return [
            pair
            for pair in pairs
            if pair not in listed and not self.roster.refusal(pair) and self._timetable.ever_together(pair)
        ]

    def hours_apart(self, at: int) -> bool:
        """Whether the choice with this index comes to nothing because the two never work at the same time."""
        return self.codes[at] == "no_common_time" and not self._hours.meet(self.roster.choices[at].pair)

    def _outcome(self, choice: Choice) -> str:
        """The first code of the contract that applies."""
        pair = choice.pair
        if pair in self._pairs:
            return "paired"
        refusal = self.roster.refusal(pair)
        # Of two people who may mentor each other only one does, lock or no lock.
        if (choice.mentor, choice.mentee) in self._pairs and refusal not in BEFORE_REVERSE_PAIR:
            return "reverse_pair"
        return refusal or self._outcome_of_eligible(choice, pair)

    def _outcome_of_eligible(self, choice: Choice, pair: Pair) -> str:
        if not self._timetable.ever_together(pair):
            return "no_common_time"
        if self._is_full(choice.mentee) and not self._worse_pairs(choice):
            return "other_choice_taken"
        if self._mentees[choice.mentor] >= self.roster.capacity[choice.mentor]:
            return "mentor_full"
        return "schedule_conflict"

    def _is_full(self, mentee: int) -> bool:
        return len(self._of_mentee.get(mentee, ())) >= self.roster.programme.capacity.mentors_per_mentee

    def _worse_pairs(self, choice: Choice) -> list[FoundPair]:
        """The mentee's pairs that this choice would be better than."""
        own = self._of_mentee.get(choice.mentee, ())
        past = self._timetable.past
        goes_on = () if past is None else past.agreed  # a pair that goes on gives way to nobody
        return [
            found
            for found in own
            if not found.locked and found.pair not in goes_on and (found.rank or 0) > choice.rank
        ]

    def improves(self, choice: Choice) -> str:
        """What a choice with places left would do if it were paired beside everything else; empty if it cannot."""
        drops: Sequence[FoundPair | None] = [None]
        if self._is_full(choice.mentee):
            drops = self._worse_pairs(choice)
        for drop in drops:
            left_out = drop.pair if drop else None
            if any(self._timetable.numbers_beside(choice.pair, self._diary, left_out)):
                place = f"take the place of the mentee's pair at rank {drop.rank}" if drop else "be added"
                return f"the pair could {place}: a schedule exists beside all other sessions"
        return ""


def check_choices(table: Table, outcomes: Outcomes, *, proven: bool) -> dict[int, int]:
    """Check choices.csv; where pairs and ranks are called proven, no choice left out may still be possible.

    Returns the line of each choice that has one.
    """
    roster = outcomes.roster
    written = [safe_text(choice.mentor_id) for choice in roster.choices]
    lines: dict[int, int] = {}
    for line, cells in table.cells(*CHOICE_COLUMNS):
        mentee, mentor_id = roster.person.get(cells[0]), cells[1]
        listed = () if mentee is None else roster.choices_of(mentee)
        # Two ids may be written alike, '=x and =x: then their rows stand in the order of the choices.
        alike = [at for at in listed if written[at] == mentor_id]
        place = next((at for at in alike if at not in lines), None)
        if not alike:
            table.fault("no such choice is listed in preferences.csv", line, "mentor_id")
        elif place is None:
            table.fault(f"the choice already stands on line {lines[alike[-1]]}", line, "mentor_id")
        else:
            lines[place] = line
            _check_choice(table, line, cells[2:], roster.choices[place], outcomes.codes[place])
            if outcomes.codes[place] == "no_common_time":
                _check_hours(table, line, "detail", cells[4], apart=outcomes.hours_apart(place))
    check_order(table, lines.items(), "mentee_id, rank, mentor_id")
    for at, choice in enumerate(roster.choices):
        if at not in lines:
            table.fault(f"the choice of {choice.mentor_id} by {roster.label(choice.mentee)} is missing")
        if proven and outcomes.codes[at] == "schedule_conflict":
            better = outcomes.improves(choice)
            if better:
                message = f"{better}, so pairs or ranks are not optimal"
                table.fault(message, lines.get(at), "outcome" if at in lines else None)
    return lines


def _check_choice(table: Table, line: int, cells: Sequence[str], choice: Choice, code: str) -> None:
    rank, outcome, detail = cells
    if whole_number(rank) != choice.rank:
        table.fault(f"'{rank}' must be {choice.rank}, as listed", line, "rank")
    if outcome != code:
        table.fault(f"'{outcome}' must be {code}", line, "outcome")
    if not detail.strip():
        table.fault("the detail is empty", line, "detail")


def _check_hours(table: Table, line: int, column: str, sentence: str, *, apart: bool) -> None:
    """The sentence says that there are no common working hours where this is so, and nowhere else."""
    if (NO_COMMON_HOURS in sentence.casefold()) != apart:
        table.fault(f"the sentence {'must' if apart else 'may not'} speak of '{NO_COMMON_HOURS}'", line, column)


# --- mentees without a mentor ---------------------------------------------------------------------------------


def check_unmatched(table: Table, outcomes: Outcomes, pairs: Iterable[Pair]) -> None:
    """Check unmatched.csv: exactly the mentees without a mentor, each with a reason that can be true."""
    roster, matched = outcomes.roster, {mentee for mentee, _ in pairs}
    codes: dict[int, list[str]] = {mentee: [] for mentee in roster.mentees if mentee not in matched}
    for choice, code in zip(roster.choices, outcomes.codes, strict=True):
        if choice.mentee in codes:
            codes[choice.mentee].append(code)
    apart = {
        choice.mentee
        for at, choice in enumerate(roster.choices)
        if choice.mentee in codes and outcomes.hours_apart(at)
    }
    lines: dict[int, int] = {}
    for row in table.rows():
        mentee = roster.person.get(row["mentee_id"], -1)
        if mentee not in codes:
            table.fault(f"'{row['mentee_id']}' is no mentee without a mentor", row.line, "mentee_id")
        elif mentee in lines:
            table.fault(f"the mentee already stands on line {lines[mentee]}", row.line, "mentee_id")
        else:
            lines[mentee] = row.line
            _check_reason(table, row, roster.name(mentee), codes[mentee])
            _check_hours(table, row.line, "explanation", row["explanation"], apart=mentee in apart)
    for mentee in codes.keys() - lines.keys():
        table.fault(f"{roster.label(mentee)} has no mentor, but no row here")
    check_order(table, ((row["mentee_id"], row.line) for row in table.rows()), "mentee_id")


def _check_reason(table: Table, row: Row, name: str, codes: Sequence[str]) -> None:
    table.expect(row, "name", name)
    possible = possible_reasons(codes)
    if row["reason"] not in possible:
        table.fault(f"'{row['reason']}' must be {' or '.join(possible)}", row.line, "reason")
    if not row["explanation"].strip():
        table.fault("the explanation is empty", row.line, "explanation")


def possible_reasons(codes: Sequence[str]) -> tuple[str, ...]:
    """The reasons that can be true for a mentee whose choices came out like this.

    Whether the draw decided cannot be told without solving, so it is possible wherever rules and calendars leave
    a choice. A choice lost to the reverse pair counts as refused by a rule.
    """
    eligible = [code for code in codes if code not in REFUSALS]
    if not eligible:
        return ("no_eligible_choice",)
    if all(code == "no_common_time" for code in eligible):
        return ("no_common_time",)
    return ("schedule_conflict" if "schedule_conflict" in eligible else "mentors_full", "draw")
