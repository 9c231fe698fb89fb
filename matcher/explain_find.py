"""Who is meant by an employee_id, an e-mail address or a name."""

from __future__ import annotations

import bisect
import difflib
import unicodedata
from collections.abc import Sequence

from matcher.errors import MatcherError
from matcher.lookalikes import skeleton
from matcher.model import Employees
from matcher.programme import fold

SHOWN = 10
CLOSE = 0.75  # how alike two names are of which one may be meant by the other, 1 being equal


def find_employee(employees: Employees, said: str) -> int:
    """The person whose id this is, else whose e-mail address, else whose full name, in any case.

    Raises
    ------
    MatcherError
        If it is nobody, or several people; it names those who may be meant.
    """
    place = bisect.bisect_left(employees.ids, said)
    if place < len(employees) and employees.ids[place] == said:
        return place
    wanted = _folded(said)
    for texts in (employees.emails, employees.names):
        found = [person for person, text in enumerate(texts) if wanted and _folded(text) == wanted]
        if len(found) == 1:
            return found[0]
        if found:
            listed = _listed(employees, found)
            raise MatcherError(f"{len(found)} people are called {said!r}; say which by employee_id:\n{listed}")
    close = _close(employees, said)
    hint = f"; did you mean one of these?\n{_listed(employees, close)}" if close else ""
    raise MatcherError(f"nobody in employees.csv has the id, e-mail address or name {said!r}{hint}")


def _listed(employees: Employees, people: Sequence[int]) -> str:
    lines = [
        f"  {employees.label(person)}, {employees.functions[person]}, level {employees.level_text[person]}"
        for person in people[:SHOWN]
    ]
    return "\n".join([*lines, f"  ... and {len(people) - SHOWN} more"] if len(people) > SHOWN else lines)


def _close(employees: Employees, said: str) -> list[int]:
    """Whom a slip of the pen, or a part of a name, may mean: first by id, then by words, then by look."""
    bare, words = skeleton(said), set(_folded(said).split())
    found = [person for person, name in enumerate(employees.ids) if skeleton(name) == bare]
    if not found and words:
        found = [person for person, name in enumerate(employees.names) if words <= set(_folded(name).split())]
    if not found:
        texts: dict[str, list[int]] = {}
        for column in (employees.ids, employees.names, employees.emails):
            for person, text in enumerate(column):
                if text:
                    texts.setdefault(_folded(text), []).append(person)
        alike = difflib.get_close_matches(_folded(said), texts, n=SHOWN, cutoff=CLOSE)
        found = list(dict.fromkeys(person for text in alike for person in texts[text]))
    return found


def _folded(text: str) -> str:
    return fold(unicodedata.normalize("NFKC", text))
