"""Names of files that every system takes, whatever stands in an employee_id."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

LONGEST = 40
PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_@+.-]*(?<!\.)")
HASHED = re.compile(r".*-[0-9a-f]{16}", re.IGNORECASE)
# Windows takes these for devices, also with an ending such as .ics behind them.
DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def file_stems(ids: Iterable[str]) -> dict[str, str]:
    """A name without ending for each id: the id itself where that is safe and no other differs by case only.

    >>> file_stems(["e7", "E8", "e8", "../etc", "CON"])["e7"]
    'e7'
    >>> file_stems(["../etc"])["../etc"]
    'etc-39fe98b2a5ad9f81'
    """
    known = set(ids)
    alike = Counter(key.casefold() for key in known)
    return {key: key if _is_plain(key) and alike[key.casefold()] == 1 else _hashed(key) for key in known}


def stem_part(key: str) -> str:
    """As much of an id as may stand in a name of a file; it says little where the id has few plain letters."""
    return re.sub(r"[^A-Za-z0-9]+", "-", key[: 2 * LONGEST]).strip("-")[:LONGEST].rstrip("-")


def _is_plain(key: str) -> bool:
    unsafe = len(key) > LONGEST or HASHED.fullmatch(key) or DEVICES.fullmatch(key)
    return not unsafe and PLAIN.fullmatch(key) is not None


def _hashed(key: str) -> str:
    digits = hashlib.sha256(key.encode()).hexdigest()[:16]
    return f"{stem_part(key) or 'person'}-{digits}"
