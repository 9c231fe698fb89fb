"""pairs.csv -> what is already decided, and the contradictions that locks can hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sized
from dataclasses import dataclass

import numpy as np

from matcher.cells import refuse_slashed
from matcher.findings import Findings, did_you_mean
from matcher.input_people import People, day_of, parsed
from matcher.input_preferences import Preferences
from matcher.model import Decision, Employees, Pair
from matcher.pair_answers import REFUSALS, SIDES, STRICTEST_FIRST, PairRow, counting, joined
from matcher.programme import Programme, day_date, day_number
from matcher.tables import Table

PAIRS_REQUIRED = ("mentee_id", "mentor_id", "status")
PAIRS_KNOWN = (*PAIRS_REQUIRED, "last_session", "since", "by")
NO_DATE = -(10**9)


@dataclass(frozen=True)
class Decided:
    """What pairs.csv says of each pair, sorted, and the line of each lock."""

    decisions: Mapping[Pair, Decision]
    lock_lines: Mapping[Pair, int]
    table: Table | None = None

    @property
    def file(self) -> str:
        """What messages call the table."""
        return "pairs.csv" if self.table is None else self.table.file

    @property
    def word(self) -> str:
        """What its lines are called."""
        return "line" if self.table is None else self.table.word


def read_pairs(table: Table, people: People, programme: Programme | None, findings: Findings) -> Decided:
    """Join the rows of each pair: the strictest status, the latest session."""
    status = parsed(table, "status", _status, findings)
    last, since = (parsed(table, column, _date, findings, default=NO_DATE) for column in ("last_session", "since"))
    by = parsed(table, "by", _side, findings)
    if programme is not None:
        _report_late_sessions(table, last.tolist(), programme, findings)
        _warn_of_late_answers(table, since.tolist(), programme, findings)
    rows: dict[Pair, list[PairRow]] = {}
    known = _known_rows(table, status.tolist(), people, findings)
    for row, pair in known:
        session, answer = (None if days[row] == NO_DATE else int(days[row]) for days in (last, since))
        entry = PairRow(table.line(row), STRICTEST_FIRST[status[row]], session, answer, SIDES[by[row]])
        rows.setdefault(pair, []).append(entry)
    for pair, said in rows.items():
        _report_torn(pair, said, people, table, findings)
    locked = {pair: [row.line for row in said if row.status == "locked"] for pair, said in rows.items()}
    lines = {pair: locked[pair][0] for pair in sorted(locked) if locked[pair]}
    return Decided({pair: joined(rows[pair]) for pair in sorted(rows)}, lines, table)


def _status(text: str) -> int:
    folded = text.casefold()
    if folded in STRICTEST_FIRST:
        return STRICTEST_FIRST.index(folded)
    found = "is blank; expected" if not text else f"{text!r} is not"
    known = "locked, forbidden, refused, declined, accepted or past"
    raise ValueError(f"{found} {known}{did_you_mean(text, STRICTEST_FIRST)}")


def _side(text: str) -> int:
    folded = text.casefold()
    if folded in SIDES:
        return SIDES.index(folded)
    raise ValueError(f"{text!r} is not mentee, mentor or both{did_you_mean(text, SIDES[1:])}")


def _date(text: str) -> int:
    if not text:
        return NO_DATE
    day = day_of(text)
    if day is None:
        refuse_slashed(text)
        raise ValueError(f"{text!r} is not a date like 2027-01-11")
    return day


def _report_late_sessions(table: Table, last: list[int], programme: Programme, findings: Findings) -> None:
    start = programme.frame.start
    for row, day in enumerate(last):
        if day >= day_number(start):
            message = f"{day_date(day)} is not before the programme's start {start}"
            findings.fault(table.file, message, table.line(row), "last_session")


def _warn_of_late_answers(table: Table, since: list[int], programme: Programme, findings: Findings) -> None:
    """An answer after the end is probably a slip in the year."""
    end = programme.frame.end
    for row, day in enumerate(since):
        if day > day_number(end):
            message = f"{day_date(day)} is after the programme's end {end}"
            findings.warn(table.file, message, table.line(row), "since")


def _known_rows(table: Table, status: list[int], people: People, findings: Findings) -> Iterable[tuple[int, Pair]]:
    """Rows between two employees; a lock of anybody else is a fault, the rest is ignored with a warning."""
    texts = {name: table[name].coded() for name in ("mentee_id", "mentor_id")}
    columns = [people.find(names).tolist() for names in texts.values()]
    said = table["status"].coded()
    known = []
    for row, (mentee, mentor) in enumerate(zip(*columns, strict=True)):
        line, locked = table.line(row), STRICTEST_FIRST[status[row]] == "locked" and said[row]
        for column, person in (("mentee_id", mentee), ("mentor_id", mentor)):
            name = texts[column][row]
            if not name:
                findings.fault(table.file, "is blank", line, column)
            elif name in people.torn:
                continue
            elif person < 0 and people.whole and locked:
                message = f"{name!r} is locked but no employee (not in {people.source}){people.hint(name)}"
                findings.fault(table.file, message, line, column)
            elif person < 0 and people.whole:
                message = f"{name!r} is no employee; the row is ignored{people.hint(name)}"
                findings.warn(table.file, message, line, column)
        if mentee >= 0 and mentor >= 0:
            known.append((row, (mentee, mentor)))
    return known


def _report_torn(pair: Pair, said: list[PairRow], people: People, table: Table, findings: Findings) -> None:
    """A lock cannot stand beside a ban of the same pair, nor a yes beside a no of the same person and day."""
    counts, torn = counting(said)
    names = " with ".join(repr(people.ids[person]) for person in pair)
    bans = [row for row in counts if row.status in ("forbidden", *REFUSALS)]
    for row in said:
        if row.status == "locked" and bans:
            message = f"{names} is locked here but {bans[0].status} {table.at(bans[0].line)}"
            findings.fault(table.file, message, row.line, "status")
    for yes, no in torn:
        first, second = sorted((yes, no), key=lambda row: row.line)
        message = f"{names} is {second.status} here but {first.status} {table.at(first.line)}"
        hint = "of one person's answers the later counts: give both a date under since, or delete one"
        findings.fault(table.file, f"{message}; {hint}", second.line, "status")


# --- locks --------------------------------------------------------------------------------------------------


def check_locks(
    decided: Decided,
    programme: Programme,
    employees: Employees,
    preferences: Preferences,
    findings: Findings,
) -> None:
    """Report locks that contradict each other or the capacities, and warn of the rules that the others waive."""
    file, of_mentee = decided.file, dict[int, list[Pair]]()
    of_mentor: dict[int, list[Pair]] = {}
    for pair, line in decided.lock_lines.items():
        mentee, mentor = pair
        of_mentee.setdefault(mentee, []).append(pair)
        of_mentor.setdefault(mentor, []).append(pair)
        if mentee == mentor:
            findings.fault(file, f"{employees.ids[mentee]} is locked with himself", line)
        elif (mentor, mentee) in decided.lock_lines and mentee < mentor:
            other = decided.lock_lines[mentor, mentee]
            names = f"{employees.ids[mentee]} and {employees.ids[mentor]}"
            findings.fault(file, f"{names} are locked to mentor each other (see {decided.word} {other})", line)
    whole = programme.frame.engagement == "whole"  # else they may follow each other: only a schedule can tell
    for mentor, pairs in of_mentor.items():
        most = int(employees.capacity[mentor])
        if most and not whole:
            continue
        what = f"of {employees.ids[mentor]}, who takes at most {most}"
        _report_crowd(pairs, most, f"locked mentee{_s(pairs)} {what}", decided, findings)
    for mentee, pairs in of_mentee.items():
        most = programme.capacity.mentors_per_mentee
        rule = f"a mentee has at most {most} (capacity.mentors_per_mentee)"
        what = f"of {employees.ids[mentee]}; {rule}"
        _report_crowd(pairs, most, f"locked mentor{_s(pairs)} {what}", decided, findings)
    _warn_of_waivers(decided, programme, employees, preferences, findings)


def _s(several: Sized) -> str:
    return "s" if len(several) != 1 else ""


def _report_crowd(pairs: list[Pair], most: int, what: str, decided: Decided, findings: Findings) -> None:
    if len(pairs) > most:
        lines = sorted(decided.lock_lines[pair] for pair in pairs)
        findings.fault(
            decided.file, f"{len(pairs)} {what} ({decided.word}{_s(lines)} {', '.join(map(str, lines))})", lines[0]
        )


def _warn_of_waivers(
    decided: Decided,
    programme: Programme,
    employees: Employees,
    preferences: Preferences,
    findings: Findings,
) -> None:
    choices = preferences.choices
    of_locked = np.isin(choices.mentee, [mentee for mentee, _ in decided.lock_lines])
    listed = set(zip(choices.mentee[of_locked].tolist(), choices.mentor[of_locked].tolist(), strict=True))
    for (mentee, mentor), line in decided.lock_lines.items():
        waived = [] if (mentee, mentor) in listed else ["the mentee did not choose this mentor"]
        waived += _broken_rules(mentee, mentor, programme, employees)
        if waived and mentee != mentor:
            names = f"{employees.label(mentee)} with {employees.label(mentor)}"
            findings.warn(decided.file, f"the lock of {names} counts although {' and '.join(waived)}", line)


def _broken_rules(mentee: int, mentor: int, programme: Programme, employees: Employees) -> list[str]:
    """The rules that the pair breaks and a lock waives, in words."""
    rules = programme.eligibility
    same = employees.function[mentee] == employees.function[mentor]
    needed = rules.same_function_gap if same else rules.cross_function_gap
    level_gap = int(employees.level[mentor] - employees.level[mentee])
    broken = []
    if level_gap < needed:
        where = "the same function" if same else "another function"
        broken.append(f"a mentor from {where} must be at least {needed} above (here {level_gap})")
    if employees.manager[mentee] == mentor and not rules.line_manager_may_mentor:
        broken.append("a line manager may not mentor")
    return broken
