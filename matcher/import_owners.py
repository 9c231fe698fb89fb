"""A folder of calendar files -> whose each one is, by its name or by index.csv."""

from __future__ import annotations

import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from matcher.errors import Fault, InputError, reason
from matcher.findings import Findings
from matcher.input_people import People
from matcher.model import Employees
from matcher.tables import Table, read_table

INDEX = "index.csv"
INDEX_COLUMNS = ("file", "employee_id")
SUFFIX = ".ics"
MOST_BYTES = 20_000_000  # of one file
NAMED = 3  # people whom a message names


@dataclass(frozen=True)
class Source:
    """A calendar file: its name in messages, its place, and whose it is."""

    file: str
    path: Path
    person: int


def find_sources(folder: Path, employees: Employees, findings: Findings) -> list[Source]:
    """The calendar files of a folder with their owners, sorted by name; files without one owner are faults.

    Raises
    ------
    InputError
        If the folder or its index.csv cannot be read, or if there is no calendar file at all.
    """
    names = _listed(folder)
    people = People(employees.ids)
    indexed = _read_index(folder, people, findings) if INDEX in names else {}
    by_id, by_email = _alike(employees.ids), _by_email(employees)
    sources = [Source(file, folder / file, person) for file, person in indexed.items() if person >= 0]
    mine = [name for name in names if name.lower().endswith(SUFFIX) and name not in indexed]
    for name in mine:
        owners = _owners(name[: -len(SUFFIX)], by_id, by_email)
        if len(owners) == 1:
            sources.append(Source(name, folder / name, owners.pop()))
        else:
            findings.fault(name, _nobody(name, owners, people, employees))
    if not mine and not indexed and not findings.faults:
        raise InputError([Fault(str(folder), _nothing(names))])
    return sorted(sources, key=lambda source: source.file)


def _listed(folder: Path) -> list[str]:
    """Names in the folder, without hidden files: archives from a Mac bring such beside every real one."""
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "there is no such folder"
        raise InputError([Fault(str(folder), f"{what}; expected a folder with one .ics file per person")])
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith((".", "~$")))


def _nothing(names: list[str]) -> str:
    archives = [name for name in names if name.lower().endswith(".zip")]
    hint = f"; unpack {archives[0]!r} first" if archives else ""
    return f"holds no .ics file{hint}"


# --- by name ------------------------------------------------------------------------------------------------


def _alike(ids: tuple[str, ...]) -> dict[str, set[int]]:
    """People by id, in the one form that letters with accents have in all file systems."""
    found: dict[str, set[int]] = {}
    for person, name in enumerate(ids):
        found.setdefault(unicodedata.normalize("NFC", name), set()).add(person)
    return found


def _by_email(employees: Employees) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for person, email in enumerate(employees.emails):
        if email:
            found.setdefault(unicodedata.normalize("NFC", email).casefold(), set()).add(person)
    return found


def _owners(stem: str, by_id: dict[str, set[int]], by_email: dict[str, set[int]]) -> set[int]:
    stem = unicodedata.normalize("NFC", stem)
    return by_id.get(stem, set()) | by_email.get(stem.casefold(), set())


def _nobody(name: str, owners: set[int], people: People, employees: Employees) -> str:
    if not owners:
        hint = people.hint(name[: -len(SUFFIX)])
        return f"fits nobody: call it <employee_id>.ics or <e-mail>.ics, or list it in {INDEX}{hint}"
    some = ", ".join(employees.ids[person] for person in sorted(owners)[:NAMED])
    more = f" and {len(owners) - NAMED} more" if len(owners) > NAMED else ""
    return f"fits {len(owners)} people: {some}{more}; say in {INDEX} whose it is"


# --- by index.csv -------------------------------------------------------------------------------------------


def _read_index(folder: Path, people: People, findings: Findings) -> dict[str, int]:
    """Owner of each file that index.csv lists; -1, and a fault, where that makes no sense."""
    own = Findings()
    try:
        data = read_bounded(folder, folder / INDEX)
    except ValueError as error:
        raise InputError([Fault(INDEX, str(error))]) from None
    table = read_table(data, INDEX, INDEX_COLUMNS, own)
    if table is None or not table.require(INDEX_COLUMNS, own) or own.faults:
        raise InputError(own.faults)
    lines: dict[str, int] = {}
    owners: dict[str, int] = {}
    for row in range(len(table)):
        file, person = _entry(table, row, people, findings)
        if file and owners.setdefault(file, person) != person:
            message = f"{file!r} stands already on line {lines[file]} for somebody else"
            findings.fault(INDEX, message, table.line(row), "file")
            owners[file] = -1
        lines.setdefault(file, table.line(row))
    return owners


def _entry(table: Table, row: int, people: People, findings: Findings) -> tuple[str, int]:
    """File, relative to the folder, and person of a row; "" and -1 for what makes no sense."""
    line = table.line(row)
    text, name = str(table["file"][row]), str(table["employee_id"][row])
    person = people.index.get(name, -1)
    if person < 0:
        what = f"{name!r} is no employee{people.hint(name)}" if name else "is blank"
        findings.fault(INDEX, what, line, "employee_id")
    path = PurePosixPath(text.replace("\\", "/"))
    if not text:
        findings.fault(INDEX, "is blank", line, "file")
        return "", person
    if path.is_absolute() or ".." in path.parts or PureWindowsPath(text).drive:
        findings.fault(INDEX, f"{text!r} must be the name of a file in this folder", line, "file")
        return "", person
    if path.suffix.lower() != SUFFIX:
        findings.fault(INDEX, f"{text!r} is no {SUFFIX} file", line, "file")
        return "", person
    return str(path), person


# --- opening ------------------------------------------------------------------------------------------------


def read_bounded(folder: Path, path: Path, most: int = MOST_BYTES) -> bytes:
    """Bytes of a file in the folder.

    Raises
    ------
    ValueError
        If it is no ordinary file inside the folder, has more than `most` bytes, or cannot be read.
    """
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(folder.resolve()):
            raise ValueError("leads out of the folder")
        if not stat.S_ISREG(real.stat().st_mode):
            raise ValueError("is a folder, not a file" if real.is_dir() else "is no ordinary file")
        with real.open("rb") as file:
            data = file.read(most + 1)
    except FileNotFoundError:
        raise ValueError("there is no such file") from None
    except (OSError, RuntimeError) as error:  # no access, a loop of links
        raise ValueError(f"cannot be read ({reason(error)})") from None
    if len(data) > most:
        raise ValueError(f"is larger than {most // 1_000_000} MB; export only the time of the programme")
    return data
