"""Where a cohort lies -> its tables as they were given: files of a folder, or sheets of one workbook."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from matcher.errors import Fault, InputError, reason
from matcher.findings import Findings, did_you_mean
from matcher.plain_file import read_plain
from matcher.synonyms import TABLES, plain, table_named
from matcher.workbook import (
    OTHER_SUFFIXES,
    SUFFIXES,
    Sheet,
    UnreadableError,
    Workbook,
    column_letters,
    open_workbook,
)

PROGRAMME = "programme"
REQUIRED = {
    PROGRAMME: "the programme's start, end and rules",
    "employees": "employee_id, function and level of everybody",
    "preferences": "the mentees' choices: mentee_id, rank, mentor_id",
}
LETTERS = "letters"
ORDER = (*REQUIRED, "availability", "busy", "absences", "holidays", "pairs", LETTERS)
FILES = tuple(f"{table}.toml" if table == PROGRAMME else f"{table}.csv" for table in ORDER)
OUR_OTHERS = ("readme", "lists")  # sheets of the workbook that `matcher init` writes
TABLE_SUFFIXES = (".csv", ".txt", ".tsv", ".toml", *OTHER_SUFFIXES, *SUFFIXES)


@dataclass(frozen=True)
class Part:
    """A table as it was given: a file with its bytes, or a sheet of a workbook, which is read when asked for."""

    table: str
    file: str
    content: bytes | Workbook = field(repr=False)  # logs of other libraries show what they are handed
    sheet: str | None = None

    @property
    def label(self) -> str:
        """What readers call it in messages, until they are placed."""
        return self.file if self.sheet is None else f"{self.file}, sheet {self.sheet}"

    def cells(self, findings: Findings) -> Sheet | None:
        """Read the sheet; one that cannot be read is a fault."""
        if isinstance(self.content, bytes) or self.sheet is None:
            return None
        try:
            return self.content.sheet(self.sheet)
        except UnreadableError as error:
            findings.fault(self.label, str(error))
            return None


@dataclass
class Given:
    """The tables of a cohort, by name.

    `found` are the files of a folder that hold tables, read or not, and `workbook` is the one read instead.
    `inputs` is the SHA-256 of every file read but letters.csv, `places` is where the columns of the tables read
    so far stand.
    """

    path: Path
    parts: dict[str, Part] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    labels: dict[str, Part] = field(default_factory=dict)
    places: dict[str, Mapping[str, int]] = field(default_factory=dict)
    workbook: str | None = None
    found: dict[str, str] = field(default_factory=dict)

    def add(self, part: Part) -> None:
        """Take a table in."""
        self.parts[part.table] = part
        self.labels[part.label] = replace(part, content=b"")

    def label(self, table: str) -> str:
        """What messages call a table, also one that is missing or read already."""
        file, sheet = self.sources.get(FILES[ORDER.index(table)], (FILES[ORDER.index(table)], None))
        return file if sheet is None else f"{file}, sheet {sheet}"

    @property
    def sources(self) -> dict[str, tuple[str, str | None]]:
        """File and sheet of each table that stands for one of `FILES`, where it is not just that file."""
        found = {FILES[ORDER.index(part.table)]: (part.file, part.sheet) for part in self.labels.values()}
        if self.workbook is not None:
            found = dict.fromkeys(FILES, (self.workbook, None)) | found
        return {name: source for name, source in found.items() if source != (name, None)}

    def word(self, label: str) -> str:
        """What the lines of a table are called."""
        return "row" if label in self.labels and self.labels[label].sheet is not None else "line"

    def order(self, label: str) -> int:
        """Where the table of this label stands among others."""
        if label in self.labels:
            return ORDER.index(self.labels[label].table)
        return FILES.index(label) if label in FILES else -1

    def placed(self, fault: Fault) -> Fault:
        """The same fault with sheet and cell, where it is in a workbook."""
        part = self.labels.get(fault.file)
        if part is None and fault.file in self.sources:
            file, sheet = self.sources[fault.file]
            return replace(fault, file=file, sheet=sheet)
        if part is None or part.sheet is None:
            return fault
        key = (fault.column or "").partition(",")[0]  # without the entry of a list
        place = self.places.get(fault.file, {}).get(key)
        cell = None if place is None or fault.line is None else f"{column_letters(place)}{fault.line}"
        return replace(fault, file=part.file, sheet=part.sheet, cell=cell)


def open_cohort(path: str | Path, findings: Findings, tables: Collection[str] = ORDER) -> Given:
    """Find every table of a cohort, or some `tables`; what is missing or cannot be read is a fault.

    Raises
    ------
    InputError
        If there is no folder or workbook of this name.
    """
    path = Path(path)
    given = Given(path)
    if path.is_dir():
        _open_folder(given, tables, findings)
    elif path.exists() and path.suffix.casefold() in (*SUFFIXES, *OTHER_SUFFIXES):
        _open_workbook(given, path, findings)
        _report_missing_sheets(given, findings)
    else:
        what = (
            "is a file, not a folder or an Excel workbook (.xlsx)"
            if path.exists()
            else "there is no such folder or workbook"
        )
        expected = f"expected a folder with {', '.join(FILES[: len(REQUIRED)])}"
        raise InputError([Fault(str(path), f"{what}; {expected}; 'matcher init' makes an example")])
    return given


def hashes(path: str | Path) -> dict[str, str]:
    """SHA-256 of every input file of a cohort that can be read and decides on anything, by name."""
    return open_cohort(path, Findings()).inputs


def _read(given: Given, path: Path, findings: Findings) -> bytes | None:
    try:
        data = read_plain(path)
    except OSError as error:
        what = "is a folder, not a file" if path.is_dir() else f"cannot be read ({reason(error)})"
        findings.fault(path.name, what)
        return None
    given.inputs[path.name] = hashlib.sha256(data).hexdigest()
    return data


# --- a folder -----------------------------------------------------------------------------------------------


def _open_folder(given: Given, tables: Collection[str], findings: Findings) -> None:
    try:
        present = {path.name: path for path in sorted(given.path.iterdir())}
    except OSError as error:
        raise InputError([Fault(str(given.path), f"cannot be opened ({reason(error)})")]) from None
    found = _tables_among(present, findings)
    given.found = {table: path.name for table, path in found.items()}
    workbooks = [
        name
        for name, path in present.items()
        if path.suffix.casefold() in SUFFIXES and path.is_file() and not name.startswith((".", "~"))
    ]
    if workbooks and not found.keys() - {PROGRAMME}:
        _open_workbook_inside(given, [present[name] for name in workbooks], found.get(PROGRAMME), findings)
        return
    hints = _misspelt(present, found)
    for name in workbooks:
        if name not in hints.values():
            findings.note(name, "not read: the other tables of the folder are")
    torn = {fault.file for fault in findings.faults}
    for table, file in zip(ORDER, FILES, strict=True):
        if table not in tables or (table in found and found[table].name in torn):
            continue
        if table not in found:
            _report_missing(table, file, hints, findings)
            continue
        data = _read(given, found[table], findings)
        if data is not None:
            given.add(Part(table, found[table].name, data))
    if LETTERS in found:  # they decide on nothing: a run stays one of this cohort when they are put in other words
        given.inputs.pop(found[LETTERS].name, None)


def _tables_among(present: Mapping[str, Path], findings: Findings) -> dict[str, Path]:
    """The file of each table: the one of its own name, else the only one with another name of the table."""
    found = {table: present[file] for table, file in zip(ORDER, FILES, strict=True) if file in present}
    others: dict[str, list[Path]] = {}
    for name, path in present.items():
        named = table_named(path.stem) if path.suffix.casefold() == ".csv" else None
        if named and named[0] != PROGRAMME and not name.startswith((".", "~")) and path not in found.values():
            others.setdefault(named[0], []).append(path)
    for table, paths in others.items():
        if table in found:
            for path in paths:
                findings.note(path.name, f"not read: {found[table].name} is")
            continue
        found[table] = paths[0]
        if len(paths) > 1:
            names = " and ".join(repr(path.name) for path in paths)
            findings.fault(paths[0].name, f"{names} could each be {table}.csv; leave one of them")
        else:
            findings.note(paths[0].name, f"read as {table}.csv")
    return found


def _misspelt(present: Mapping[str, Path], found: Mapping[str, Path]) -> dict[str, str]:
    """Files that look as if they were meant: the table's name -> the name found."""
    missing = {table: table for table in ORDER if table not in found}
    used = {path.name for path in found.values()}
    hints: dict[str, str] = {}
    for name, path in present.items():
        if name in used or name.startswith((".", "~")) or path.suffix.casefold() not in TABLE_SUFFIXES:
            continue
        for table in missing:
            if did_you_mean(path.stem, [table], cutoff=0.8):
                hints.setdefault(table, name)
    return hints


def _report_missing(table: str, file: str, hints: Mapping[str, str], findings: Findings) -> None:
    found = hints.get(table)
    if table in REQUIRED:
        hint = f"found {found!r}: was it meant?" if found else "'matcher init' makes an example"
        findings.fault(file, f"is missing (it holds {REQUIRED[table]}); {hint}")
    elif found:
        findings.warn(found, f"is not read; did you mean {file!r}?")


# --- a workbook ---------------------------------------------------------------------------------------------


def _open_workbook_inside(given: Given, paths: list[Path], programme: Path | None, findings: Findings) -> None:
    """Read the only workbook of a folder without other tables, with programme.toml beside it if there is one."""
    if len(paths) > 1:
        names = ", ".join(path.name for path in paths)
        one = given.path / paths[0].name
        message = f"holds more than one workbook ({names}); name the one that is meant, such as {one}"
        raise InputError([Fault(str(given.path), message)])
    findings.note(paths[0].name, f"the only workbook in {given.path}: read as the cohort")
    _open_workbook(given, paths[0], findings)
    if programme is not None:
        if PROGRAMME in given.parts:
            findings.fault(given.parts[PROGRAMME].label, f"stands beside {programme.name}; keep one of the two")
        elif (data := _read(given, programme, findings)) is not None:
            given.add(Part(PROGRAMME, programme.name, data))
    _report_missing_sheets(given, findings)


def _open_workbook(given: Given, path: Path, findings: Findings) -> None:
    given.workbook = path.name
    data = _read(given, path, findings)
    book = None if data is None else open_workbook(data, path.name, findings)
    if book is None:
        return
    sheets = _sheets_of(book, path.name, findings)
    for table in ORDER:
        if table in sheets:
            given.add(Part(table, path.name, book, sheets[table]))
    renamed = [f"{name!r} as {table}" for table, name in sheets.items() if name.casefold() != table]
    if renamed:
        findings.note(path.name, f"sheet{'s' * (len(renamed) > 1)} read: {', '.join(renamed)}")
    hidden = [name for name in sheets.values() if name in book.hidden]
    if hidden:
        findings.note(path.name, f"hidden sheets read like all others: {', '.join(hidden)}")
    others = [name for name in book.names if table_named(name) is None and plain(name) not in OUR_OTHERS]
    if others:
        findings.note(path.name, f"sheets not read: {', '.join(others)}")


def _sheets_of(book: Workbook, file: str, findings: Findings) -> dict[str, str]:
    """The sheet of each table: the one of its own name, else the only one with another name of the table."""
    found: dict[str, list[str]] = {}
    for name in book.names:
        if named := table_named(name):
            own = plain(name) == named[0]
            found.setdefault(named[0], []).insert(0 if own else len(found.get(named[0], [])), name)
    for table, names in found.items():
        equal = [name for name in names if plain(name) == table] or names
        if len(equal) > 1:
            both = " and ".join(map(repr, equal))
            findings.fault(file, f"sheets {both} could each be {table}; leave one of them, or call it {table}")
        elif len(names) > 1:
            findings.note(file, f"sheets not read: {', '.join(names[1:])}; {names[0]} is")
    return {table: names[0] for table, names in found.items()}


def _report_missing_sheets(given: Given, findings: Findings) -> None:
    if not given.labels and findings.faults:
        return  # it could not be opened at all
    file, held = str(given.workbook), {part.table for part in given.labels.values()}
    for table, what in REQUIRED.items():
        if table not in held:
            others = ", ".join(TABLES[table][:1])
            findings.fault(file, f"has no sheet {table} (it holds {what}); call it {table} or {others}")
