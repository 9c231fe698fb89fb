"""People whom a table names by e-mail, full name or an id without its zeros -> the ids of employees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.columns import Coded, coded
from matcher.findings import Findings
from matcher.input_people import People
from matcher.tables import Table

SHOWN = 5  # employees whom a message about a name names


@dataclass
class PersonReader:
    """Puts the id in place of each text that names exactly one employee; of several it says so."""

    table: Table
    column: str
    people: People
    findings: Findings
    told: bool = False

    def __call__(self, raw: Coded) -> Coded:
        """The same rows with ids for names; nobody is looked for where not all employees are known."""
        if not self.people.whole or self.people.index.keys() >= set(raw.texts):
            return raw
        unknown = [text for text in raw.texts if text and text not in self.people.index]
        found = {text: self.people.named.find(text) for text in unknown}
        one = {text: ids[0] for text, (ids, _) in found.items() if len(ids) == 1}
        several = {text: ids for text, (ids, _) in found.items() if len(ids) > 1}
        if not self.told:
            self.told = True
            self._note([(text, *found[text]) for text in one])
            self._report(raw, several)
        return coded(raw.codes, [one.get(text, text) for text in raw.texts]) if one else raw

    def _note(self, found: Iterable[tuple[str, Sequence[str], str]]) -> None:
        counts, examples = Counter[str](), dict[str, str]()
        for text, ids, how in found:
            counts[how] += 1
            examples.setdefault(how, f"{text!r} is {ids[0]}")
        for how, number in counts.items():
            people = "person" if number == 1 else "people"
            self.findings.note(
                self.table.file, f"{number} {people} found {how} ({examples[how]})", column=self.column
            )

    def _report(self, raw: Coded, several: dict[str, list[str]]) -> None:
        if not several:
            return
        self.people.torn.update(several)
        for row in np.flatnonzero(raw.where(several.__contains__)).tolist():
            ids = several[raw[row]]
            more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
            message = (
                f"{raw[row]!r} fits {len(ids)} employees: {', '.join(ids[:SHOWN])}{more}; write the employee_id"
            )
            self.findings.fault(self.table.file, message, self.table.line(row), self.column)
