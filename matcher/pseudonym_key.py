"""The key file of pseudonyms: who is meant by which, kept by those who may know."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from matcher.errors import InputError, MatcherError, reason
from matcher.findings import Findings
from matcher.held import alone
from matcher.one_file import put_file
from matcher.run_files import BOM, csv_lines
from matcher.run_reading import plain_text, run_table
from matcher.tables import Table

COLUMNS = ("pseudonym", "employee_id", "name", "email", "check")
LETTERS = "23456789BCDFGHJKMNPQRSTVWXYZ"  # no vowels, so no words, and nothing that looks like something else
LENGTH = 8
PSEUDONYM = re.compile(rf"(?<![A-Za-z0-9])P[{LETTERS}]{{{LENGTH}}}(?![A-Za-z0-9])")


@dataclass(frozen=True)
class Person:
    """Whom a pseudonym stands for; name and e-mail address are empty where the cohort had none."""

    pseudonym: str
    employee_id: str
    name: str = ""
    email: str = ""

    @property
    def title(self) -> str:
        """Name and id, or the id alone."""
        return f"{self.name} ({self.employee_id})" if self.name else self.employee_id


@dataclass(frozen=True)
class Key:
    """Everybody who has a pseudonym, by employee_id."""

    people: Mapping[str, Person] = field(default_factory=dict)

    @property
    def pseudonyms(self) -> dict[str, str]:
        """The pseudonym of each employee_id."""
        return {name: person.pseudonym for name, person in self.people.items()}

    @property
    def by_pseudonym(self) -> dict[str, Person]:
        """The person behind each pseudonym."""
        return {person.pseudonym: person for person in self.people.values()}


def read_key(path: Path) -> Key:
    """Read a key file.

    Raises
    ------
    InputError
        With every line that is not as it was written: a spreadsheet that has made 7 of the id 007, for one.
    MatcherError
        If there is no such file.
    """
    if not path.exists():
        raise MatcherError(
            f"{path}: there is no such key file; 'matcher pseudonymise' or 'matcher solve' make one"
        )
    findings = Findings()
    table = run_table(path.parent, path.name, COLUMNS, findings, place=str(path))
    people = {} if table is None else _people(table, findings)
    if findings.faults:
        raise InputError(findings.faults)
    return Key(people)


def _people(table: Table, findings: Findings) -> dict[str, Person]:
    people: dict[str, Person] = {}
    used: set[str] = set()
    columns = [list(map(plain_text, table[name].texts())) for name in COLUMNS]
    for row, (pseudonym, employee_id, name, email, check) in enumerate(zip(*columns, strict=True)):
        if not PSEUDONYM.fullmatch(pseudonym) or check != _check(pseudonym, employee_id):
            message = (
                f"{pseudonym!r} for {employee_id!r} is not what was written here; take the file from a backup"
            )
            findings.fault(table.file, message, table.line(row))
        elif pseudonym in used or employee_id in people:
            findings.fault(table.file, f"{pseudonym!r} for {employee_id!r} stands here twice", table.line(row))
        used.add(pseudonym)
        people[employee_id] = Person(pseudonym, employee_id, name, email)
    return people


def extend_key(path: Path, named: Mapping[str, tuple[str, str]], taken: Collection[str] = ()) -> Key:
    """Give everybody who has no pseudonym yet a new one, by lot, and keep it in the file before it is used.

    Parameters
    ----------
    named
        Name and e-mail address of everybody by employee_id; both may be empty.
    taken
        Texts that no pseudonym may be.

    Returns
    -------
    The key with all of them. Nobody who has a pseudonym gets another or loses it.

    Raises
    ------
    InputError
        If the file is there but is no key as it was written. It is left as it is.
    MatcherError
        If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with alone(path.parent):  # two that have read the same file would each lose whom the other adds
            there = path.exists()
            key = read_key(path) if there else Key()
            longer = _extended(key, named, taken)
            if longer != key or not there:
                put_file(path, _content(longer), mode=0o600)
            return longer
    except OSError as error:
        raise MatcherError(f"{path}: the key file cannot be written ({reason(error)})") from error


def _extended(key: Key, named: Mapping[str, tuple[str, str]], taken: Collection[str]) -> Key:
    people = dict(key.people)
    used = {person.pseudonym for person in people.values()} | people.keys() | set(taken) | named.keys()
    for employee_id, (name, email) in named.items():
        known = people.get(employee_id)
        if known is None:
            known = Person(_draw(used), employee_id)
            used.add(known.pseudonym)
        people[employee_id] = replace(known, name=name or known.name, email=email or known.email)
    return Key(people)


def _draw(used: Collection[str]) -> str:
    while True:
        pseudonym = "P" + "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        if pseudonym not in used:
            return pseudonym


# --- the file -----------------------------------------------------------------------------------------------


def _check(pseudonym: str, employee_id: str) -> str:
    """What tells that neither was changed; with a letter first, so that no spreadsheet makes a number of it."""
    return "c" + hashlib.sha256(f"{pseudonym}|{employee_id}".encode()).hexdigest()[:11]


def _content(key: Key) -> bytes:
    """The file, in the order of pseudonyms, which tells nothing."""
    people = sorted(key.people.values(), key=lambda person: person.pseudonym)
    cells = [
        (one.pseudonym, one.employee_id, one.name, one.email, _check(one.pseudonym, one.employee_id))
        for one in people
    ]
    columns = map(list, zip(*cells, strict=True)) if cells else [[] for _ in COLUMNS]
    return "".join([BOM, *csv_lines(dict(zip(COLUMNS, columns, strict=True)), ",")]).encode()
