"""Spoil whole files: bytes, encodings, keys of TOML and JSON, files that are missing or no files."""

# ruff: noqa: E501 - lists of odd things, one a line
from __future__ import annotations

import json
import re
from random import Random
from typing import Any

from soak.inputs_bases import Files, Odd
from soak.inputs_tables import DATES, NUMBERS, TEXTS, WORDS, Mutation

BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00", b"+/v8")
BINARY = (
    *(
        b"PK\x03\x04" + bytes(40),
        b"\x89PNG\r\n\x1a\n" + bytes(99),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    ),
    *(b"%PDF-1.7\n", b"\x1f\x8b\x08\x00" + bytes(9), bytes(5000), b"\xff" * 300, b"\r" * 50, b'"' * 31, b"\n" * 9),
    *(
        b"<html><body>Sign in</body></html>\n",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
        b"\x00",
    ),
)
BITS = (
    b"\x00",
    b"\xff",
    b"\xc3",
    b'"',
    b"\r",
    b"\n",
    b"\t",
    b";",
    b",",
    b"\xed\xa0\x80",
    b"\xe2\x80\x8b",
    b"\x1a",
)
ODD = ("folder", "pipe", "loop", "endless", "torn", "nowhere")
TOML_VALUES = (
    *(
        "0",
        "-1",
        "1.5",
        "nan",
        "inf",
        "true",
        "[]",
        "{}",
        '""',
        "2027-02-30",
        "2027-01-11",
        "9999-12-31",
        "0001-01-01",
    ),
    *(
        "2027-01-11T10:00:00Z",
        "10:00:00",
        "1e400",
        "0x10",
        "9" * 30,
        "[[]]",
        "[1, 'a']",
        '"09:00-18:00"',
        '"24:00-25:00"',
    ),
    *(
        '"most"',
        '"mon"',
        '["mon", "mon"]',
        '"RU"',
        '"XX"',
        '"../x"',
        '"\\u0000"',
        '"\\ud800"',
        "'''\n'''",
        "1_0",
        "+1",
    ),
    *(
        '"day first"',
        '"{nope}"',
        '"{"',
        '"https://x y"',
        '"' + "x" * 100_000 + '"',
        "[" * 30 + "]" * 30,
        "99999999999",
        "5000",
    ),
    *(
        '"Europe/Moskow"',
        '"localtime"',
        '"posixrules"',
        '"Factory"',
        '"/etc/passwd"',
        '"US/Eastern"',
        '"UTC "',
        "365",
        "14",
    ),
)
JSON_VALUES: tuple[object, ...] = (
    None,
    True,
    0,
    -1,
    1e400,
    1.5,
    "",
    "x",
    "E05",
    [],
    {},
    [[]],
    10**30,
    "2027-02-30",
    "\ud800",
    "feasible",
)


def _one(files: Files, rng: Random, *ends: str) -> str | None:
    names = [
        name for name in sorted(files) if isinstance(files[name], bytes) and (not ends or name.endswith(ends))
    ]
    return rng.choice(names) if names else None


def _data(files: Files, name: str) -> bytes:
    data = files[name]
    return data if isinstance(data, bytes) else b""


# --- bytes ---------------------------------------------------------------------------------------------------


def odd_bytes(files: Files, rng: Random) -> str:
    """Put some bytes in, take some out, turn a bit, or cut the end off."""
    name = _one(files, rng)
    if name is None:
        return ""
    data = bytearray(_data(files, name))
    at, what = rng.randint(0, len(data)), rng.choice(("in", "in", "in", "out", "bit", "cut", "twice"))
    if what == "in":
        bits = rng.choice((*BITS, *BOMS))
        data[at:at] = bits
        what = f"{bits!r} in"
    elif what == "out":
        del data[at : at + rng.choice((1, 2, 30))]
    elif what == "bit" and at < len(data):
        data[at] ^= 1 << rng.randrange(8)
    elif what == "cut":
        del data[at:]
    else:
        data.extend(bytes(data))
    files[name] = bytes(data)
    return f"{name}: {what} at {at}"


def odd_encoding(files: Files, rng: Random) -> str:
    """Write a file in another encoding, or half of it."""
    name = _one(files, rng, ".csv", ".toml", ".ics", ".json")
    if name is None:
        return ""
    try:
        text = _data(files, name).decode()
    except UnicodeDecodeError:
        return ""
    encoding = rng.choice(
        ("cp1251", "cp866", "koi8_r", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp1252", "shift_jis")
    )
    half = rng.choice((0, 0, 0, len(text) // 2))
    files[name] = text[:half].encode() + text[half:].encode(encoding, "replace")
    if rng.random() < 0.2:
        files[name] = rng.choice(BOMS) + _data(files, name)
    return f"{name}: {encoding} from letter {half} on"


def odd_lines(files: Files, rng: Random) -> str:
    """Other ends of lines, other delimiters, lines joined."""
    name = _one(files, rng, ".csv", ".toml", ".ics")
    if name is None:
        return ""
    data = _data(files, name)
    old, new = rng.choice(
        ((b"\n", b"\r"), (b"\n", b"\r\n"), (b"\n", b"\n\r"), (b"\n", b"\n\n"), (b"\n", b"\x0b"), (b"\n", b" "),
         (b",", b";"), (b",", b"\t"), (b",", b"|"), (b",", b", "), (b",", b",,"), (b'"', b""), (b'"', b"'"), (b",", b'","'))
    )  # fmt: skip
    files[name] = data.replace(old, new, rng.choice((-1, -1, 1, 3)))
    return f"{name}: {old!r} as {new!r}"


# --- TOML and JSON -------------------------------------------------------------------------------------------


def odd_key(files: Files, rng: Random) -> str:
    """Change a line of a TOML file: its value, its key, its place."""
    name = _one(files, rng, ".toml")
    if name is None:
        return ""
    lines = _data(files, name).decode("utf-8", "replace").split("\n")
    keys = [place for place, line in enumerate(lines) if "=" in line]
    row = rng.choice(keys) if keys else 0
    what = rng.choice(
        ("value", "value", "value", "value", "key", "twice", "dropped", "section", "new", "moved", "text")
    )
    line = lines[row]
    key = line.partition("=")[0]
    if what == "value":
        lines[row] = f"{key}= {rng.choice(TOML_VALUES)}"
    elif what == "key":
        lines[row] = line.replace(
            key, rng.choice((key.strip() + "s ", '"" ', "a.b.c ", "Ключ ", "__class__ ", "set "))
        )
    elif what == "twice":
        lines.insert(row, line)
    elif what == "dropped":
        del lines[row]
    elif what == "section":
        lines.insert(
            row, rng.choice(("[goals]", "[[goals]]", "[programme.x]", "[x]", "[columns]", "[calendar", "[]"))
        )
    elif what == "new":
        lines.insert(row + 1, f"{rng.choice(KEYS)} = {rng.choice(TOML_VALUES)}")
    elif what == "moved":
        lines.append(lines.pop(row))
    else:
        lines[row] = f"{key}= '{rng.choice((*TEXTS, *WORDS, *DATES, *NUMBERS))}'"
    files[name] = "\n".join(lines).encode("utf-8", "surrogatepass")
    return f"{name}: line {row + 1} {what}: {lines[min(row, len(lines) - 1)][:60]!r}"


KEYS = (
    *(
        "minutes",
        "minimum",
        "number",
        "grid_minutes",
        "pause_minutes",
        "max_per_day",
        "max_per_week",
        "month_rule",
    ),
    *(
        "min_days_between",
        "max_months_between",
        "levels",
        "level_order",
        "same_function_gap",
        "cross_function_gap",
    ),
    *(
        "working_days",
        "working_hours",
        "lunch",
        "preferred_hours",
        "country",
        "days",
        "rank",
        "seed",
        "language",
        "end",
    ),
    *(
        "engagement",
        "latest_start",
        "mentees_per_mentor",
        "mentors_per_mentee",
        "delimiter",
        "timezone",
        "name",
        "start",
    ),
    *(
        "slash_dates",
        "end_pairs",
        "absences",
        "employee_id",
        "mentor_id",
        "choice",
        "title",
        "link",
        "reminder_minutes",
    ),
)


def odd_json(files: Files, rng: Random) -> str:
    """Change, drop or add a value somewhere in a JSON file."""
    name = _one(files, rng, ".json")
    if name is None:
        return ""
    try:
        data = json.loads(_data(files, name))
    except ValueError:
        return ""
    places = list(_places(data))
    if not places:
        return ""
    inside, key = rng.choice(places)
    what = rng.choice(("value", "value", "dropped", "number"))
    if what == "dropped":
        del inside[key]
    elif what == "number" and isinstance(inside[key], int):
        inside[key] += rng.choice((-1, 1, 1000))
    else:
        inside[key] = rng.choice(JSON_VALUES)
    files[name] = json.dumps(data).encode()
    return f"{name}: {key!r} {what}"


def _places(data: object) -> list[tuple[dict[str, Any], str]]:
    """Every dictionary or list of a JSON value with each of its keys."""
    found: list[tuple[dict[str, Any], str]] = []
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        found.append((data, key))  # type: ignore[arg-type]
        found += _places(value)
    return found


# --- calendars -----------------------------------------------------------------------------------------------

ICS_LINES = (
    *("RRULE:FREQ=SECONDLY", "RRULE:FREQ=DAILY;COUNT=999999999", "RRULE:FREQ=YEARLY;BYMONTH=13", "RRULE:X", "RRULE:"),
    *("RRULE:FREQ=DAILY;INTERVAL=0", "RRULE:FREQ=DAILY;UNTIL=99991231T235959Z", "RDATE:20270115T090000Z", "EXDATE:x"),
    *("DTSTART:20270230T090000Z", "DTSTART:00000101T000000Z", "DTSTART:99991231T235959Z", "DTEND:20260101T000000Z"),
    *("DTSTART;TZID=Nowhere/Land:20270112T090000", "DTSTART;VALUE=DATE:20270112", "DURATION:P-1D", "DURATION:P99999999D"),
    *("DURATION:PT0S", "UID:", "STATUS:CANCELLED", "TRANSP:TRANSPARENT", "BEGIN:VEVENT", "END:VEVENT", "END:VCALENDAR"),
    *("BEGIN:VALARM", "BEGIN:X-Y", "SUMMARY;X=\x07:a", " folded", "\t", "DTSTART", ":", ";", "X" * 90_000, "RECURRENCE-ID:20270112T090000Z"),
    *("BEGIN:VTIMEZONE", "TZID:Europe/Moscow", "RRULE:FREQ=MINUTELY;COUNT=100000", "METHOD:REQUEST", "ATTENDEE:mailto:x@y"),
)  # fmt: skip


def odd_calendar(files: Files, rng: Random) -> str:
    """Put an odd line into a calendar, or drop, double or exchange one."""
    name = _one(files, rng, ".ics")
    if name is None:
        return ""
    lines = _data(files, name).split(b"\r\n")
    row, what = (
        rng.randrange(len(lines)),
        rng.choice(("new", "new", "changed", "changed", "dropped", "doubled", "moved")),
    )
    odd = rng.choice(ICS_LINES).encode()
    if what == "new":
        lines.insert(row, odd)
    elif what == "changed":
        same = [place for place, line in enumerate(lines) if line[:6] == odd[:6]]
        lines[rng.choice(same) if same else row] = odd
    elif what == "dropped":
        del lines[row]
    elif what == "doubled":
        lines.insert(row, lines[row])
    else:
        lines.append(lines.pop(row))
    files[name] = b"\r\n".join(lines)
    return f"{name}: line {row + 1} {what} {odd[:40]!r}"


# --- whole files ---------------------------------------------------------------------------------------------


def odd_file(files: Files, rng: Random) -> str:
    """Take a file away, empty it, exchange it, or put something else in its place."""
    names = sorted(files)
    if not names:
        return ""
    name = rng.choice(names)
    what = rng.choice(("missing", "empty", "binary", "odd", "odd", "odd", "swapped", "renamed", "added"))
    if what == "missing":
        del files[name]
    elif what == "empty":
        files[name] = rng.choice((b"", b"\n", b" ", b"\xef\xbb\xbf", b"\xff\xfe"))
    elif what == "binary":
        files[name] = rng.choice(BINARY)
    elif what == "odd":
        files[name] = Odd(rng.choice(ODD))
        what = str(files[name])
    elif what == "swapped":
        other = rng.choice(names)
        files[name], files[other] = files[other], files[name]
        what = f"swapped with {other}"
    elif what == "renamed":
        stem, _, suffix = name.rpartition(".")
        other = rng.choice(
            (name.upper(), f"{stem}s.{suffix}", f"{stem}.txt", f".{name}", f"{name}.bak", f"Сотрудники.{suffix}", f"Занятость.{suffix}")
        )  # fmt: skip
        files[other] = files.pop(name)
        what = f"renamed {other}"
    else:
        other = rng.choice(
            ("People.csv", "Выбор.csv", "x.xlsx", "notes.txt", "employee.csv", "~$x.xlsx", "busy.CSV", "a\nb.csv")
        )
        files[other] = files[name]
        what = f"also as {other}"
    return f"{name}: {what}"


ICS: tuple[tuple[Mutation, int], ...] = ((odd_calendar, 20),)
BYTES: tuple[tuple[Mutation, int], ...] = ((odd_bytes, 8), (odd_encoding, 4), (odd_lines, 5))
WHOLE: tuple[tuple[Mutation, int], ...] = ((odd_file, 7),)
TOML: tuple[tuple[Mutation, int], ...] = ((odd_key, 18),)
JSON: tuple[tuple[Mutation, int], ...] = ((odd_json, 20),)


def keys_of_formats(text: str) -> set[str]:
    """The keys of programme.toml that docs/formats.md lists."""
    return set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|", text, re.MULTILINE))
