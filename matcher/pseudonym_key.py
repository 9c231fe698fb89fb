"""The key file of pseudonyms: who is meant by which, kept by those who may know."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from matcher.errors import InputError, MatcherError
from matcher.findings import Findings
from matcher.held import alone
from matcher.run_files import BOM, FORMULA_STARTS
from matcher.run_reading import run_table
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
    columns = [[_plain(text) for text in table[name].texts()] for name in COLUMNS]
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
        while True:
            with alone(path.parent):  # two that have read the same file would each lose whom the other adds
                before = path.read_bytes() if path.exists() else None
                key = Key() if before is None else read_key(path)
                longer = _extended(key, named, taken)
                if (longer == key and before is not None) or _replace(path, before, _content(longer)):
                    return longer
    except OSError as error:
        raise MatcherError(f"{path}: the key file cannot be written ({error.strerror or error})") from error


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
    """The file: UTF-8 with byte order mark, in the order of pseudonyms, which tells nothing."""
    lines = [",".join(COLUMNS)]
    for person in sorted(key.people.values(), key=lambda person: person.pseudonym):
        check = _check(person.pseudonym, person.employee_id)
        cells = (person.pseudonym, person.employee_id, person.name, person.email, check)
        lines.append(",".join(map(_cell, cells)))
    return (BOM + "\n".join(lines) + "\n").encode()


def _cell(text: str) -> str:
    safe = f"'{text}" if text.startswith((*FORMULA_STARTS, "'")) else text
    return '"' + safe.replace('"', '""') + '"' if any(sign in safe for sign in ',;\t"\r\n') else safe


def _plain(text: str) -> str:
    return text.removeprefix("'")


def _replace(path: Path, before: bytes | None, content: bytes) -> bool:
    """Put the new content in place, for its owner's eyes only; False if the file has changed since it was read."""
    try:
        with _staged(path, content) as staged:
            if before is None:
                return _first(staged, path)
            if path.read_bytes() != before:
                return False
            staged.replace(path)
    except FileNotFoundError:  # another command has removed what it took for left over
        return False
    return True


def _first(staged: Path, path: Path) -> bool:
    """Put the file where none is; False if one has come in between."""
    try:
        os.link(staged, path)  # unlike a rename it never replaces a file
    except FileExistsError:
        return False
    except FileNotFoundError:
        raise
    except OSError:  # a disk without links
        if path.exists():
            return False
        staged.replace(path)
    return True


@contextlib.contextmanager
def _staged(path: Path, content: bytes) -> Iterator[Path]:
    for left in path.parent.glob(f".{_escaped(path.name)}.matcher-new-*"):
        left.unlink(missing_ok=True)  # of a command that was killed
    staged = path.with_name(f".{path.name}.matcher-new-{secrets.token_hex(4)}")
    try:
        with open(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield staged
    finally:
        staged.unlink(missing_ok=True)


def _escaped(name: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", name)
