"""Names of cases: fit for a folder on every system, and short ones for every combination of a grid."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

LONGEST = 100  # characters of a name
MOST_BYTES = 200  # of a name in UTF-8: file systems take 255 with what is put before and behind it
SUFFIX = 9  # characters that tell apart what would have one name
WINDOWS = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}
ALLOWED = re.compile(r"[^A-Za-z0-9._+-]+")


def folded(name: str) -> str:
    """What must differ between two names."""
    return unicodedata.normalize("NFKC", name).casefold()


def name_trouble(name: str) -> str:
    """What keeps a name from being that of a case; empty for a good one.

    >>> name_trouble("ten busiest"), name_trouble("a/b")
    ('', "has '/'; a name is made of letters, digits, spaces, dots, underscores and hyphens")
    """
    if not name or not _is_letter(name[0]):
        return "must begin with a letter or digit"
    odd = next((char for char in name if not _is_letter(char, mark=True) and char not in " ._-"), "")
    if odd:
        return f"has {odd!r}; a name is made of letters, digits, spaces, dots, underscores and hyphens"
    if name[-1] in " .":
        return "must not end with a space or dot: Windows has no such folders"
    if folded(name).partition(".")[0].rstrip() in WINDOWS:
        return "is the name of a device on Windows, which has no such folders"
    if _is_long(name):
        return f"is too long for the name of a folder (at most {LONGEST} characters, {MOST_BYTES} bytes)"
    return ""


def _is_letter(char: str, *, mark: bool = False) -> bool:
    return char.isalpha() or char.isdecimal() or (mark and unicodedata.category(char).startswith("M"))


def _is_long(name: str) -> bool:
    return len(name) > LONGEST or len(name.encode()) > MOST_BYTES


def short_keys(keys: Sequence[str]) -> dict[str, str]:
    """Each dotted key by its last part, or whole where two end with the same.

    >>> short_keys(["capacity.mentees_per_mentor", "sessions.minutes"])
    {'capacity.mentees_per_mentor': 'mentees_per_mentor', 'sessions.minutes': 'minutes'}
    """
    lasts = Counter(key.rpartition(".")[2] for key in keys)
    return {key: last if lasts[last := key.rpartition(".")[2]] == 1 else key for key in keys}


def value_name(value: object) -> str:
    """A value as it stands in a name.

    >>> value_name([45, 30]), value_name("09:00-18:00"), value_name(True), value_name("")
    ('45+30', '0900-1800', 'true', '_')
    """
    if isinstance(value, list):
        return "+".join(map(value_name, value)) or "_"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "+".join(f"{key}.{value_name(part)}" for key, part in value.items()) or "_"
    text = value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)
    return ALLOWED.sub("", "_".join(text.split())) or "_"


def combined_name(case: str, values: Mapping[str, Any], shorts: Mapping[str, str], seed: int | None) -> str:
    """The name of one combination of a grid, however long."""
    parts = [f"{shorts[key]}={value_name(value)}" for key, value in values.items()]
    return ",".join([case, *parts, *([] if seed is None else [f"seed={seed}"])])


def told_apart(named: Iterable[tuple[str, object]], taken: Iterable[str]) -> list[str]:
    """Names that are short and differ: long and equal ones end with a few digits made of what they stand for.

    So do those that end with a dot, which Windows would leave away.
    """
    listed = list(named)
    count = Counter(folded(name) for name, _ in listed)
    count.update(map(folded, taken))
    return [
        _with_digits(name, what) if _is_long(name) or name.endswith(".") or count[folded(name)] > 1 else name
        for name, what in listed
    ]


def _with_digits(name: str, what: object) -> str:
    return f"{_cut(name)}-{hashlib.sha256(written([name, what]).encode()).hexdigest()[: SUFFIX - 1]}"


def written(value: object) -> str:
    """A value as the summary of a run has it: a date is the same as its text.

    >>> written([dt.date(2027, 1, 11), 2])
    '["2027-01-11", 2]'
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _cut(name: str) -> str:
    """As much of a name as leaves room for the digits."""
    text = name[: LONGEST - SUFFIX]
    while len(text.encode()) > MOST_BYTES - SUFFIX:
        text = text[:-1]
    return text.rstrip(" .,")
