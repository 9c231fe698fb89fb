"""pairs.csv -> what is already decided, and the contradictions that locks can hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sized
from dataclasses import dataclass

import numpy as np

from matcher.cells import refuse_slashed
from matcher.findings import Findings, did_you_mean
from matcher.input_people import People, day_of, parsed
from matcher.input_preferences import Preferences
from matcher.model import Decision, Employees, Pair, PairStatus
from matcher.programme import Programme, day_date, day_number
from matcher.tables import Table

PAIRS_REQUIRED = ("mentee_id", "mentor_id", "status")
PAIRS_KNOWN = (*PAIRS_REQUIRED, "last_session")
STRICTEST_FIRST: tuple[PairStatus, ...] = ("forbidden", "refused", "locked", "past")
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


@dataclass(frozen=True)
class PairRow:
    """One row of pairs.csv between two employees."""

    line: int
    status: PairStatus
    last_session: int | None


def read_pairs(table: Table, people: People, programme: Programme | None, findings: Findings) -> Decided:
    """Join the rows of each pair: the strictest status, the latest session."""
    status = parsed(table, "status", _status, findings)
    last = parsed(table, "last_session", _date, findings, default=NO_DATE)
    if programme is not None:
        _report_late_sessions(table, last.tolist(), programme, findings)
    rows: dict[Pair, list[PairRow]] = {}
    known = _known_rows(table, status.tolist(), people, findings)
    for row, pair in known:
        date = None if last[row] == NO_DATE else int(last[row])
        entry = PairRow(table.line(row), STRICTEST_FIRST[status[row]], date)
        rows.setdefault(pair, []).append(entry)
    for pair, said in rows.items():
        _report_torn(pair, said, people, table, findings)
    locked = {pair: [row.line for row in said if row.status == "locked"] for pair, said in rows.items()}
    lines = {pair: locked[pair][0] for pair in sorted(locked) if locked[pair]}
    return Decided({pair: _joined(rows[pair]) for pair in sorted(rows)}, lines, table)


def _status(text: str) -> int:
    folded = text.casefold()
    if folded in STRICTEST_FIRST:
        return STRICTEST_FIRST.index(folded)
    found = "is blank; expected" if not text else f"{text!r} is not"
    raise ValueError(f"{found} locked, forbidden, refused or past{did_you_mean(text, STRICTEST_FIRST)}")


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
    """A lock cannot stand beside a ban of the same pair."""
    bans = [row for row in said if row.status in ("forbidden", "refused")]
    for row in said:
        if row.status == "locked" and bans:
            mentee, mentor = (people.ids[person] for person in pair)
            message = f"{mentee!r} with {mentor!r} is locked here but {bans[0].status} {table.at(bans[0].line)}"
            findings.fault(table.file, message, row.line, "status")


def _joined(said: list[PairRow]) -> Decision:
    dates = [row.last_session for row in said if row.last_session is not None]
    statuses = [row.status for row in said]
    return Decision(
        min(statuses, key=STRICTEST_FIRST.index),
        past="past" in statuses,
        last_session=max(dates, default=None),
        refused="refused" in statuses,
    )


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
            findings.fault(file, f"{employees.label(mentee)} is locked with himself", line)
        elif (mentor, mentee) in decided.lock_lines and mentee < mentor:
            other = decided.lock_lines[mentor, mentee]
            names = f"{employees.label(mentee)} and {employees.label(mentor)}"
            findings.fault(file, f"{names} are locked to mentor each other (see {decided.word} {other})", line)
    for mentor, pairs in of_mentor.items():
        most = int(employees.capacity[mentor])
        what = f"of {employees.label(mentor)}, who takes at most {most}"
        _report_crowd(pairs, most, f"locked mentee{_s(pairs)} {what}", decided, findings)
    for mentee, pairs in of_mentee.items():
        most = programme.capacity.mentors_per_mentee
        rule = f"a mentee has at most {most} (capacity.mentors_per_mentee)"
        what = f"of {employees.label(mentee)}; {rule}"
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
