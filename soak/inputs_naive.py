"""A reading of a cohort folder that shares no code with matcher: what its files plainly say, and what they must not.

Where a file is not plain (another encoding, titles of another kind, people by name) it says that it is unsure, and
holds matcher to one thing only: whatever it makes of the file, it may not keep quiet about it.
"""

# ruff: noqa: E501 - lists of odd things, one a line
from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COLUMNS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "employees": (
        ("employee_id", "function", "level"),
        ("name", "email", "manager_id", "timezone", "country", "max_mentees", "first_day", "last_day", "priority", "sessions_wanted"),
    ),
    "preferences": (("mentee_id", "rank", "mentor_id"), ()),
    "availability": (("employee_id", "day", "start", "end"), ()),
    "busy": (("employee_id", "start", "end"), ()),
    "absences": (("employee_id", "start", "end"), ()),
    "holidays": (("country", "date", "kind"), ("end",)),
    "pairs": (("mentee_id", "mentor_id", "status"), ("last_session", "since", "by")),
    "letters": (("kind", "text"), ("language", "subject")),
}  # fmt: skip
"""Of each table the columns that it must have, and those that it may have."""
NAMES = {name.replace("_", ""): name for needed, optional in COLUMNS.values() for name in (*needed, *optional)} | {
    "department": "function"
}  # what one of the bases calls it
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
STATUSES = ("forbidden", "refused", "declined", "locked", "accepted", "past")
CLOCK = r"(?:(?:[01]?[0-9]|2[0-3]):[0-5][0-9]|24:00)(?::00)?"
MINUTE = dt.timedelta(minutes=1)
MOMENT = r"[0-9]{4}-[0-9][0-9]-[0-9][0-9](?:[Tt ][0-9][0-9]:[0-9][0-9](?::[0-9][0-9](?:[.][0-9]+)?)?(?:Z|[+-][0-9][0-9]:[0-9][0-9])?)?"
EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - wall time

Row = dict[str, str]


@dataclass
class Naive:
    """What the files say.

    `tables` are those that are plain, with trimmed cells under the names of their columns; `refuse` says why the
    cohort may not be accepted, and `told` names the files of which matcher must say how it understood them.
    """

    tables: dict[str, list[Row]] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    refuse: list[str] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    programme: dict[str, Any] | None = None

    @property
    def ids(self) -> set[str]:
        """The ids of employees.csv."""
        return {row["employee_id"] for row in self.tables.get("employees", [])}

    @property
    def plain(self) -> bool:
        """Whether every file could be read."""
        return not self.unsure and self.programme is not None


def naive_reading(folder: Path, known_keys: set[str]) -> Naive:
    """Read a folder."""
    naive = Naive()
    _programme(folder / "programme.toml", naive, known_keys)
    for table, (needed, optional) in COLUMNS.items():
        path = folder / f"{table}.csv"
        if not path.is_file():
            if path.exists() or path.is_symlink():
                naive.refuse.append(f"{path.name} is no file")
            elif table in ("employees", "preferences"):
                naive.unsure.add(table)  # another file may stand for it
            continue
        rows = _rows(path, {*needed, *optional}, naive)
        if rows is None:
            naive.unsure.add(table)
        elif not set(needed) <= set(rows[0]):
            naive.unsure.add(table)  # titles of another kind, or the wide form of choices
        else:
            naive.tables[table] = rows[1:]
    _judge(naive)
    return naive


def _programme(path: Path, naive: Naive, known_keys: set[str]) -> None:
    try:
        text = path.read_bytes().decode("utf-8-sig") if path.is_file() else None
    except (OSError, UnicodeDecodeError):
        text = None
    if text is None or "\0" in text:
        return  # in another encoding, perhaps
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        naive.refuse.append("programme.toml is no TOML")
        return
    naive.programme = values
    for section, keys in values.items():
        if section == "columns":
            continue
        for key in keys if isinstance(keys, dict) else [None]:
            if f"{section}.{key}" not in known_keys:
                naive.refuse.append(f"programme.toml: no key {section}.{key}")
    frame = values.get("programme")
    for key in ("start", "end"):
        day = frame.get(key) if isinstance(frame, dict) else None
        if not isinstance(day, dt.date) or isinstance(day, dt.datetime):
            naive.refuse.append(f"programme.toml: {key} is no date")


def decoded(data: bytes) -> str | None:
    """Text of a file in UTF-8, or in UTF-16 with its mark; None otherwise."""
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _rows(path: Path, known: set[str], naive: Naive) -> list[Row] | None:  # noqa: PLR0911 - a reason each
    """The header as it is understood, then the records; None where this is not plain."""
    try:
        text = decoded(path.read_bytes())
    except OSError:
        text = None
    if text is None or "\0" in text:
        return None
    declared = re.match(r"sep=([,;\t])\r?\n", text, re.IGNORECASE)
    if declared:
        text = text[declared.end() :]
    best: tuple[int, list[list[str]]] = (0, [])
    for delimiter in declared[1] if declared else ",;\t":
        try:
            found = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        except csv.Error:
            return None
        found = [row for row in found if any(cell.strip() for cell in row)]
        names = sum(_name(title) in known for title in found[0]) if found else 0
        best = max(best, (names, found), key=lambda one: one[0])
    names, found = best
    if names < 2:
        return None
    header = [_name(title) for title in found[0]]
    twice = {name for name in header if name in known and header.count(name) > 1}
    if twice:
        naive.refuse.append(f"{path.name}: two columns {twice}")
        return None
    if any(len(row) != len(header) and any(cell.strip() for cell in row[len(header) :]) for row in found):
        naive.refuse.append(f"{path.name}: more cells than titles")
        return None
    if any(len(row) < len(header) for row in found):
        naive.told[path.name] = "a row has too few cells"
        return None
    if any(_name(cell) in known for row in found[1:10] for cell in row):
        return None  # a second header
    records = [
        {name: cell.replace("\xa0", " ").strip() for name, cell in zip(header, row, strict=False) if name in known}
        for row in found[1:]
    ]
    return [{name: name for name in header if name in known}, *records]


def _name(title: str) -> str:
    """The column that a title names, whatever its case, spaces and punctuation."""
    plain = re.sub(r"[\W_]+", "", title.casefold())
    return NAMES.get(plain, plain)


# --- what must not be accepted -------------------------------------------------------------------------------


def _judge(naive: Naive) -> None:
    for table, rows in naive.tables.items():
        for row in rows:
            for column, cell in row.items():
                _judge_cell(f"{table}.csv", column, cell, naive)
    _judge_people(naive)
    _judge_choices(naive)


def _judge_cell(file: str, column: str, cell: str, naive: Naive) -> None:
    """A cell in none of the forms that docs/formats.md has must be refused or told."""
    levels = (
        naive.programme is None or not _whole(naive) or bool(naive.programme.get("eligibility", {}).get("levels"))
    )
    table = file.removesuffix(".csv")
    optional = column not in COLUMNS[table][0] or (table, column) in (
        *(("availability", "start"), ("availability", "end"), ("holidays", "country")),
    )
    if not cell:
        if not optional and column != "text":
            naive.refuse.append(f"{file}: a blank {column}")
        return
    form = ".*"
    if column in ("max_mentees", "priority", "sessions_wanted", "rank") or (column == "level" and not levels):
        form = r"\+?[0-9]+" if column != "level" else r"[+-]?[0-9]+"
    elif column in ("first_day", "last_day", "date", "last_session", "since") or (
        table == "absences" and column != "employee_id"
    ):
        form = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    elif column == "day":
        form = rf"(?i:{'|'.join(DAYS)})|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}"
    elif column in ("start", "end") and table in ("availability", "holidays"):
        form = CLOCK
    elif column in ("start", "end"):
        form = MOMENT
    elif column == "status":
        form = rf"(?i:{'|'.join(STATUSES)})"
    elif column == "kind" and table == "holidays":
        form = "(?i:off|worked|short)"
    if not re.fullmatch(form, cell, re.DOTALL):
        naive.told[file] = f"{column} {cell[:60]!r} is in no known form"
    elif (
        re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell)
        and column not in ("name", "employee_id")
        and form != ".*"
    ):
        try:
            dt.date.fromisoformat(cell)
        except ValueError:
            naive.refuse.append(f"{file}: {column} {cell} is no date")
    if column == "rank" and re.fullmatch(r"[0-9]+", cell) and not 1 <= int(cell[:5]) <= 99:
        naive.refuse.append(f"{file}: rank {cell[:20]}")


def _whole(naive: Naive) -> bool:
    return isinstance((naive.programme or {}).get("eligibility", {}), dict)


def _judge_people(naive: Naive) -> None:
    rows = naive.tables.get("employees", [])
    ids = [row["employee_id"] for row in rows]
    for name in {name for name in ids if ids.count(name) > 1}:
        naive.refuse.append(f"employees.csv: {name[:40]!r} stands twice")
    for name in ids:
        if name.startswith(("=", "+", "-", "@")) or "; " in name:
            naive.refuse.append(f"employees.csv: id {name[:40]!r}")
    alike: dict[str, set[str]] = {}
    for name in ids:
        alike.setdefault(bare(name), set()).add(name)
    for names in alike.values():
        if len(names) > 1:
            naive.told["employees.csv"] = f"ids that look alike: {sorted(names)}"
    for row in rows:
        manager = row.get("manager_id", "")
        if manager and manager not in ids:
            naive.told["employees.csv"] = f"manager {manager[:40]!r} is nobody"


def bare(name: str) -> str:
    """An id without what nobody sees."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Zs", "Cc", "Zl", "Zp"))


def _judge_choices(naive: Naive) -> None:
    if "employees" not in naive.tables:
        return
    ids, seen = naive.ids, set[tuple[str, str]]()
    for row in naive.tables.get("preferences", []):
        pair = row["mentee_id"], row["mentor_id"]
        if pair in seen and all(pair):
            naive.refuse.append(f"preferences.csv: {pair} twice")
        seen.add(pair)
        if pair[0] not in ids:
            naive.told["preferences.csv"] = f"mentee {pair[0][:40]!r} is nobody"
    for table in ("availability", "busy", "absences"):
        for row in naive.tables.get(table, []):
            if row["employee_id"] not in ids:
                naive.told[f"{table}.csv"] = f"{row['employee_id'][:40]!r} is nobody"
    for row in naive.tables.get("pairs", []):
        if not {row["mentee_id"], row["mentor_id"]} <= ids:
            naive.told["pairs.csv"] = "somebody in it is nobody"


# --- what matcher must have read -----------------------------------------------------------------------------


def differences(naive: Naive, cohort: Any) -> Iterator[str]:  # noqa: ANN401 - matcher is loaded by who calls it
    """Where the records are not what the plain files say; files of which something was told are left out."""
    said = [fault for fault in (*cohort.warnings, *cohort.understood) if not fault.message.startswith("column")]
    spoken = {fault.file for fault in said}  # what a title was taken for is no word about a cell
    for file, why in naive.told.items():
        if file not in spoken:
            yield f"accepted without a word: {file}: {why}"
    ids = cohort.employees.ids
    found = {
        "employees": {
            name: (function, level, called, mail)
            for name, function, level, called, mail in zip(
                ids,
                cohort.employees.functions,
                cohort.employees.level_text,
                cohort.employees.names,
                cohort.employees.emails,
                strict=True,
            )
        },
        "preferences": sorted(
            (ids[mentee], int(rank), ids[mentor] if mentor >= 0 else listed)
            for mentee, rank, mentor, listed in zip(
                cohort.choices.mentee.tolist(),
                cohort.choices.rank.tolist(),
                cohort.choices.mentor.tolist(),
                cohort.choices.mentor_ids,
                strict=True,
            )
        ),
        "availability": sorted(
            zip(
                (ids[person] for person in cohort.availability.person.tolist()),
                *(getattr(cohort.availability, key).tolist() for key in ("weekday", "date", "start", "end")),
                strict=True,
            )
        ),
        "busy": sorted(
            zip(
                (ids[person] for person in cohort.busy.person.tolist()),
                *(getattr(cohort.busy, key).tolist() for key in ("start", "end", "start_utc", "end_utc")),
                strict=True,
            )
        ),
        "absences": sorted(
            {
                (ids[person], start, end)
                for person, start, end in zip(
                    *(getattr(cohort.absences, key).tolist() for key in ("person", "start", "end")), strict=True
                )
            }
        ),
        "pairs": {(ids[mentee], ids[mentor]) for mentee, mentor in cohort.decisions},
    }
    for table, expected in _expected(naive).items():
        if (
            table == "preferences" and "preferences.csv" in spoken
        ):  # mentors by name, or numbers without their zeros
            strange = Counter((mentee, rank) for mentee, rank, mentor in expected if mentor not in ids)
            expected = [row for row in expected if row[:2] not in strange]  # noqa: PLW2901 - the same, shorter
            found[table] = [row for row in found[table] if row[:2] not in strange]
        if f"{table}.csv" not in naive.told and expected != found[table]:
            yield f"{table}.csv was not read as it stands: {_first_difference(expected, found[table])}"


def _first_difference(expected: Any, found: Any) -> str:  # noqa: ANN401 - of any table
    if isinstance(expected, dict):
        keys = [key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key)]
        return f"{keys[0]!r}: {expected.get(keys[0])} became {found.get(keys[0])}"
    return f"expected {[one for one in expected if one not in found][:1]}, found {[one for one in found if one not in expected][:1]}"


def _expected(naive: Naive) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    if "employees" not in naive.tables:
        return tables
    ids = naive.ids
    tables["employees"] = {
        row["employee_id"]: (row["function"], row["level"], row.get("name", ""), row.get("email", ""))
        for row in naive.tables["employees"]
    }
    for table, rows in naive.tables.items():
        known = [row for row in rows if row.get("employee_id") in ids]
        if f"{table}.csv" in naive.told:
            continue
        if table == "preferences":
            tables[table] = sorted((row["mentee_id"], int(row["rank"]), row["mentor_id"]) for row in rows)
        elif table == "availability":
            tables[table] = sorted((row["employee_id"], *_window(row)) for row in known)
        elif table == "busy":
            moments = [(row["employee_id"], *_moment(row["start"], 0), *_moment(row["end"], 1)) for row in known]
            tables[table] = sorted(
                (who, first, last, utc, also)
                for who, first, utc, last, also in moments
                if (first, utc) != (last, also)
            )
        elif table == "absences":
            tables[table] = sorted({(row["employee_id"], _day(row["start"]), _day(row["end"])) for row in known})
        elif table == "pairs":
            tables[table] = {(row["mentee_id"], row["mentor_id"]) for row in rows}
    return tables


def _day(text: str) -> int:
    return (dt.datetime.fromisoformat(text) - EPOCH).days


def _window(row: Row) -> tuple[int, int, int, int]:
    day = row["day"].casefold()
    weekday, date = (DAYS.index(day), -1) if day in DAYS else (-1, _day(day))
    clocks = [
        int(text.split(":")[0]) * 60 + int(text.split(":")[1]) if text else 0
        for text in (row["start"], row["end"])
    ]
    return weekday, date, clocks[0], clocks[1]


def _moment(text: str, more: int) -> tuple[int, bool]:
    """Minutes and whether they are UTC; a bare date as the end reaches to the end of it, as does 24:00."""
    day, midnight = re.subn(r"(?<=[T ])24:00(?=$|:00|[Z+-])", "00:00", text)
    moment = dt.datetime.fromisoformat(day) + dt.timedelta(days=midnight)
    if len(text) == len("2027-01-11"):
        moment += dt.timedelta(days=more)
    since = moment - (EPOCH if moment.tzinfo is None else EPOCH.replace(tzinfo=dt.UTC))
    minutes = -(-since // MINUTE) if more else since // MINUTE  # part of a minute is busy too
    return minutes, moment.tzinfo is not None
