"""Columns of a table as the readers want them: each distinct cell is put into its one form.

Nothing is guessed silently: how cells were understood is noted once for a column and form, with their number.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from matcher.cells import (
    Order,
    Reading,
    clock_reading,
    day_reading,
    half_converted,
    is_slashed,
    moment_reading,
    no_value,
    slash_order,
    whole_text,
)
from matcher.columns import Coded, coded
from matcher.findings import Findings
from matcher.programme import fold
from matcher.synonyms import plain
from matcher.tables import Table
from matcher.words import KINDS, SIDES, STATUSES, weekday

Read = Callable[[str], Reading]

TEXT, WHOLE, DATE, DAY, CLOCK, MOMENT = "text", "whole", "date", "day", "clock", "moment"
STATUS, SIDE, KIND = "status", "side", "kind"
FORMS: dict[str, dict[str, str]] = {
    "employees": {
        **dict.fromkeys(("level", "max_mentees", "priority", "sessions_wanted"), WHOLE),
        **dict.fromkeys(("first_day", "last_day"), DATE),
        **dict.fromkeys(("name", "email", "function"), TEXT),
    },
    "preferences": {"rank": WHOLE},
    "availability": {"day": DAY, "start": CLOCK, "end": CLOCK},
    "busy": {"start": MOMENT, "end": MOMENT},
    "absences": {"start": DATE, "end": DATE},
    "holidays": {"date": DATE, "kind": KIND, "end": CLOCK},
    "pairs": {"status": STATUS, "last_session": DATE, "since": DATE, "by": SIDE},
    "letters": {},
}
DATED = (DATE, DAY, MOMENT)
SPACES = "\u00a0\u2007\u202f"  # that no line is broken at
SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]+")
IDS = ("employee_id", "mentee_id", "mentor_id", "manager_id", "choice_")


@dataclass
class Notes:
    """How cells of one column were understood: number of cells by what is said, noted when all is read."""

    file: str
    column: str
    findings: Findings
    told: set[str] = field(default_factory=set)

    def add(self, forms: Mapping[str, int]) -> None:
        """Note each form once, whatever number of times the column is read."""
        for said, cells in forms.items():
            if said not in self.told:
                self.told.add(said)
                message = f"{said} ({cells} cell{'s' * (cells != 1)})"
                self.findings.note(self.file, message, column=self.column)


def understood(table: Table, kind: str, slashes: Order, findings: Findings) -> Table:
    """The table with its columns in the forms that the readers know; formulas that failed are faults."""
    _report_errors(table, findings)
    order = functools.cache(lambda: slashes or _slash_order(table, kind, findings))
    spaced = TEXT in FORMS[kind].values() and _holds(table, *map(str.encode, SPACES))
    columns = dict(table.columns)
    for name, form in FORMS[kind].items():
        if name in columns and (form != TEXT or spaced):
            notes = Notes(table.file, name, findings)
            columns[name] = columns[name].read_by(CellReader(_read(form, order), notes))
    return replace(table, columns=columns)


def _slash_order(table: Table, kind: str, findings: Findings) -> Order:
    """Which number is the day, by all dates of the table together."""
    names = [name for name, form in FORMS[kind].items() if form in DATED and name in table.columns]
    texts = [text for name in names for text in table.columns[name].coded().texts]
    if half_converted(texts):
        said = "all dates up to the 12th are dates and all later ones texts: were days taken for months"
        findings.warn(table.file, f"{said} when the table was opened? Compare them with their source")
    return slash_order(texts)


def _read(form: str, order: Callable[[], Order]) -> Read:
    """How the cells of a column are read."""

    def dated(read: Callable[[str, Order], Reading]) -> Read:
        return lambda text: read(text, order() if is_slashed(text) else "")

    reads: dict[str, Read] = {
        TEXT: _spaced,
        WHOLE: whole_text,
        DATE: dated(day_reading),
        DAY: lambda text: _weekday(text) or dated(day_reading)(text),
        CLOCK: clock_reading,
        MOMENT: dated(moment_reading),
        STATUS: lambda text: _word(text, STATUSES),
        SIDE: lambda text: _word(text, SIDES),
        KIND: lambda text: _word(text, KINDS),
    }
    return reads[form]


def _spaced(text: str) -> Reading:
    """A text with spaces of the usual kind only."""
    if set(SPACES).isdisjoint(text):
        return Reading(text)
    return Reading(" ".join(text.split()), "non-breaking spaces as in {} read as spaces")


def _holds(table: Table, *needles: bytes) -> bool:
    """Whether some of these bytes occur anywhere in the content of a table."""
    blocks = [block for column in table.columns.values() for block in column.blocks]
    contents = {id(block.content): block.content for block in blocks}.values()
    return any(needle in content for content in contents for needle in needles)


def _weekday(text: str) -> Reading | None:
    day = weekday(text)
    return None if day is None else Reading(day, "days such as {} read as mon to sun")


def _word(text: str, words: Mapping[str, str]) -> Reading:
    code = words.get(plain(text))
    return Reading(text) if code is None or fold(text) == code else Reading(code, f"{{}} read as {code}")


@dataclass(frozen=True)
class CellReader:
    """Puts the distinct texts of a column into their one form."""

    read: Read
    notes: Notes

    def __call__(self, raw: Coded) -> Coded:
        """The same rows with the texts as they are read."""
        readings = [self.read(text) for text in raw.texts]
        if all(map(str.__eq__, raw.texts, (reading.text for reading in readings))):
            return raw
        cells = np.bincount(raw.codes, minlength=len(raw.texts)).tolist()
        counts, examples = Counter[str](), dict[str, str]()
        for place in _by_first_row(raw):
            if form := readings[place].form:
                counts[form] += cells[place]
                examples.setdefault(form, raw.texts[place])
        self.notes.add({form.replace("{}", examples[form]): number for form, number in counts.items()})
        return coded(raw.codes, [reading.text for reading in readings])


def _by_first_row(raw: Coded) -> list[int]:
    """Places of the distinct texts in the order in which they first occur."""
    first = np.zeros(len(raw.texts), dtype=np.int64)
    first[raw.codes[::-1]] = np.arange(len(raw.codes))[::-1]
    return [int(place) for place in np.argsort(first)]


def _report_errors(table: Table, findings: Findings) -> None:
    """What stands in a cell because a formula failed, or did not fit into it, is no value of anything."""
    marked = _holds(table, b"#")
    shortened = _holds(table, b"+") and _holds(table, b"E+")  # a single byte is found far sooner than two
    if not marked and not shortened:
        return
    for name, column in table.columns.items():
        if not marked and not name.startswith(IDS):
            continue
        texts = column.coded()
        messages = {text: message for text in texts.texts if (message := _damage(text, name))}
        for row in np.flatnonzero(texts.where(messages.__contains__)).tolist() if messages else []:
            findings.fault(table.file, messages[texts[row]], table.line(row), name)


def _damage(text: str, column: str) -> str:
    """What a spreadsheet has made of a value, and what to do; empty for a text that may be one."""
    if message := no_value(text):
        return message
    if SHORTENED.fullmatch(text) and column.startswith(IDS):
        return f"{text} is an id of which Excel has dropped digits; format the column as text and enter it again"
    return ""
