"""The rules of a programme that can be relaxed, each by one step, as `--set` takes the values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from matcher.programme import MINUTES_A_DAY, Programme, Window

SHORTER = 15  # minutes
LATER = 60  # minutes
MOST_MENTEES = 1000  # that a mentor may have by any programme


class Step(NamedTuple):
    """A key of programme.toml with its value and the next less strict one, both as written after `--set key=`."""

    key: str
    now: str
    relaxed: str


def steps(programme: Programme) -> tuple[Step, ...]:
    """Every rule that can be relaxed by a step, in a fixed order.

    >>> frame = {"start": "2027-01-11", "end": "2027-04-09"}
    >>> rules = {"minutes": [45, 30], "minimum": 3, "month_rule": "none"}
    >>> programme = Programme.model_validate({"programme": frame, "sessions": rules})
    >>> for step in steps(programme)[-4:]:
    ...     print(*step, sep="; ")
    sessions.min_days_between; 14; 7
    sessions.minimum; 3; 2
    sessions.minutes; [45, 30]; [45, 15]
    calendar.working_hours; 09:00-18:00; 09:00-19:00
    """
    found = []
    for key, relax in _RULES.items():
        section, name = key.split(".")
        now = getattr(getattr(programme, section), name)
        if key in _WINDOWS:
            now = getattr(programme.calendar, _WINDOWS[key])
        relaxed = relax(now)
        if relaxed is not None and relaxed != now:
            found.append(Step(key, _text(key, now), _text(key, relaxed)))
    return tuple(found)


def _text(key: str, value: object) -> str:
    """The value as `--set` takes it."""
    if isinstance(value, tuple):
        if key in _WINDOWS:
            return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in value)
        return str(value[0]) if len(value) == 1 else str(list(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


# --- one function per way to relax: the next value, None where there is none -----------------------------------


def _one_less(least: int) -> Callable[[int], int]:
    return lambda now: max(now - 1, least)


def _one_more(most: int) -> Callable[[int], int]:
    return lambda now: min(now + 1, most)


def _half(now: int) -> int | None:
    return now // 2 or None


def _allowed(_now: bool) -> bool:
    return True


def _off(_now: int) -> int:
    return 0


def _none(_now: str) -> str:
    return "none"


def _shorter(lengths: Sequence[int]) -> tuple[int, ...]:
    """The shortest length (the last) shorter by a step, the others as they are."""
    *others, shortest = lengths
    return (*others, min(shortest, max(shortest - SHORTER, SHORTER)))


def _later(windows: Sequence[Window]) -> tuple[Window, ...]:
    """The last window longer by a step."""
    *others, (start, end) = windows
    return (*others, (start, min(end + LATER, MINUTES_A_DAY)))


def _never(_windows: Sequence[Window]) -> tuple[Window, ...]:
    return ()


_WINDOWS = {"calendar.working_hours": "windows", "calendar.lunch": "lunch_windows"}
_RULES: dict[str, Callable[[Any], Any]] = {
    "eligibility.same_function_gap": _one_less(0),
    "eligibility.cross_function_gap": _one_less(0),
    "eligibility.line_manager_may_mentor": _allowed,
    "eligibility.past_pairs_may_repeat": _allowed,
    "capacity.mentees_per_mentor": _one_more(MOST_MENTEES),
    "sessions.min_days_between": _half,
    "sessions.month_rule": _none,
    "sessions.minimum": _one_less(1),
    "sessions.minutes": _shorter,
    "sessions.max_per_day": _off,
    "sessions.max_per_week": _off,
    "sessions.pause_minutes": _off,
    "calendar.working_hours": _later,
    "calendar.lunch": _never,
}
