"""The UIDs of calendar events that matcher makes: whose they are can be told, who meets cannot."""

from __future__ import annotations

import hashlib

from matcher.programme import Frame

UID = r"[0-9a-f]{32}@matcher"


def uid_of(frame: Frame, digits: str) -> str:
    """The UID of the event for which these hexadecimal digits stand: the programme's mark first."""
    return f"{programme_mark(frame)}{digits[:24]}@matcher"


def programme_mark(frame: Frame) -> str:
    """Eight hexadecimal digits with which all UIDs of a programme begin."""
    return hashlib.sha256(f"{frame.name}\0{frame.start.isoformat()}".encode()).hexdigest()[:8]


def own_uids(frame: Frame) -> str:
    """A pattern that fits the UIDs of a programme whole, and no other program's or programme's."""
    return rf"{programme_mark(frame)}[0-9a-f]{{24}}@matcher"
