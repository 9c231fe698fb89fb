"""Two runs -> what is otherwise in the other one: mentors of mentees and why, pairs, sessions of the same pair."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from matcher.errors import MatcherError
from matcher.run_reading import count_of, plain_text, second_of
from matcher.run_tables import CHOICES, PAIRS, SESSIONS, UNMATCHED, RunTables
from matcher.svg import clean

KINDS = ("gained", "lost", "mentor", "more", "fewer", "rank", "joined", "left")
KEY = re.compile(r"[a-z_]{1,40}\.[a-z_]{1,40}")
PRIVATE = "invitations."
NOT_LISTED = "not_listed"  # what becomes of a choice that is none in the other run
BEARING = {  # keys that bear on an outcome, or all of a table by its name
    "does_not_mentor": ("capacity.mentees_per_mentor",),
    "mentor_full": ("capacity.mentees_per_mentor", "eligibility", "goals", "sessions", "calendar"),
    "other_choice_taken": ("capacity.mentors_per_mentee", "goals"),
    "no_common_time": ("sessions", "calendar", "programme"),
    "schedule_conflict": ("sessions", "calendar", "programme", "capacity"),
    "same_function_gap": (
        "eligibility.same_function_gap",
        "eligibility.levels",
        "eligibility.level_order",
    ),
    "cross_function_gap": (
        "eligibility.cross_function_gap",
        "eligibility.levels",
        "eligibility.level_order",
    ),
    "line_manager": ("eligibility.line_manager_may_mentor",),
    "past": ("eligibility.past_pairs_may_repeat",),
}

Mentors = tuple[tuple[str, int], ...]
"""Ids of somebody's mentors with their ranks, 0 for a lock that was no choice; ascending."""


@dataclass(frozen=True)
class Fate:
    """What became of a choice in the run in which it is no pair; `outcome` may be `not_listed`."""

    mentor: str
    outcome: str
    detail: str


@dataclass(frozen=True)
class Change:
    """A mentee for whom something is otherwise.

    `former` are the mentors whom he has no more, with what became of these choices in the other run; `new` those
    whom he has now, with what had become of these choices in the first run. `keys` are settings that differ and
    bear on that.
    """

    kind: str
    mentee: str
    before: Mentors
    now: Mentors
    former: tuple[Fate, ...]
    new: tuple[Fate, ...]
    keys: tuple[str, ...]

    @property
    def deciding(self) -> tuple[Fate, ...]:
        """What explains the change best: new choices for who fares better, former ones for who fares worse."""
        if self.kind in ("gained", "more"):
            return self.new
        if self.kind in ("lost", "fewer"):
            return self.former
        if self.kind == "mentor":
            better = _best(self.now) < _best(self.before)
            return (self.new if better else self.former) or self.former or self.new
        return ()


@dataclass(frozen=True)
class Moved:
    """Sessions of a pair of both runs: those that start as before, and those at other times.

    `resized` of the kept ones have another length.
    """

    mentee: str
    mentor: str
    kept: int
    moved: int
    added: int
    dropped: int
    resized: int


@dataclass(frozen=True)
class Differences:
    """What differs from the first run; `moved` has pairs of both runs whose sessions are not all the same."""

    changes: tuple[Change, ...]
    same: int
    pairs: Mapping[str, int]
    sessions: Mapping[str, int]
    moved: tuple[Moved, ...]

    def counts(self) -> dict[str, int]:
        """How many mentees there are of each kind, those who keep everything first."""
        found = Counter(change.kind for change in self.changes)
        return {"same": self.same, **{kind: found[kind] for kind in KINDS}}

    def reasons(self) -> dict[str, dict[str, int]]:
        """How often each outcome explains a kind of change, the most frequent first."""
        told: dict[str, Counter[str]] = {}
        for change in self.changes:
            outcomes = {fate.outcome for fate in change.deciding}
            told.setdefault(change.kind, Counter()).update(sorted(outcomes))
        return {kind: dict(told[kind].most_common()) for kind in KINDS if told.get(kind)}


def _best(mentors: Mentors) -> int:
    return min((rank or 100 for _mentor, rank in mentors), default=101)


# --- a run, looked up ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Side:
    """A run by mentees and pairs; `usual` are values of keys that were not set for it, where they are known."""

    run: RunTables
    usual: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """What is known of the keys: what was set on top of programme.toml, and what is usual.

        Those of invitations may be addresses, and are left out.
        """
        known = {**self.usual, **self.run.summary.options.set}
        return {
            key: value
            for key, value in sorted(known.items())
            if KEY.fullmatch(key) and not key.startswith(PRIVATE)
        }

    @cached_property
    def ranks(self) -> Mapping[tuple[str, str], int]:
        """The rank of each pair, 0 for a lock that was no choice; MatcherError for one that is none."""
        columns = (self.run.texts(PAIRS, column) for column in ("mentee_id", "mentor_id", "rank"))
        return {(mentee, mentor): self._rank(rank) for mentee, mentor, rank in zip(*columns, strict=True)}

    def _rank(self, text: str) -> int:
        try:
            return count_of(text) if text else 0
        except ValueError as error:
            raise MatcherError(f"{self.run.run / PAIRS}: rank: {error}") from None

    @cached_property
    def mentors(self) -> Mapping[str, Mentors]:
        """The mentors of each mentee who has one."""
        found: dict[str, list[tuple[str, int]]] = {}
        for (mentee, mentor), rank in self.ranks.items():
            found.setdefault(mentee, []).append((mentor, rank))
        return {mentee: tuple(sorted(mentors)) for mentee, mentors in found.items()}

    @cached_property
    def mentees(self) -> frozenset[str]:
        """Everybody who takes part as a mentee."""
        return frozenset({*self.mentors, *self.run.texts(UNMATCHED, "mentee_id")})

    @cached_property
    def unmatched(self) -> Mapping[str, int]:
        """The row of unmatched.csv of each mentee in it."""
        return {mentee: row for row, mentee in enumerate(self.run.texts(UNMATCHED, "mentee_id"))}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The names of those in pairs.csv and unmatched.csv; blank where the run has none."""
        found: dict[str, str] = {}
        for role in ("mentee", "mentor"):
            ids = self.run.texts(PAIRS, f"{role}_id")
            found |= dict(zip(ids, self.run.texts(PAIRS, f"{role}_name"), strict=True))
        ids = self.run.texts(UNMATCHED, "mentee_id")
        return found | dict(zip(ids, self.run.texts(UNMATCHED, "name"), strict=True))

    @cached_property
    def choices(self) -> Mapping[tuple[str, str], int]:
        """The row of choices.csv of each choice."""
        columns = []
        for column in ("mentee_id", "mentor_id"):
            coded = self.run.tables[CHOICES][column].coded()
            texts = list(map(plain_text, coded.texts))
            columns.append([texts[code] for code in coded.codes.tolist()])
        return {pair: row for row, pair in enumerate(zip(*columns, strict=True))}

    @cached_property
    def sessions(self) -> Mapping[tuple[str, str], dict[int, int]]:
        """Starts of the sessions of each pair with their ends, in seconds since 1970-01-01T00:00 UTC."""
        table, columns = self.run.tables[SESSIONS], []
        for column in ("mentee_id", "mentor_id"):
            coded = table[column].coded()
            texts = list(map(plain_text, coded.texts))
            columns.append([texts[code] for code in coded.codes.tolist()])
        times = [self._seconds(column) for column in ("start", "end")]
        found: dict[tuple[str, str], dict[int, int]] = {}
        for mentee, mentor, start, end in zip(*columns, *times, strict=True):
            found.setdefault((mentee, mentor), {})[start] = end
        return found

    def _seconds(self, column: str) -> list[int]:
        coded = self.run.tables[SESSIONS][column].coded()
        try:
            seconds = [second_of(plain_text(text)) for text in coded.texts]
        except ValueError as error:
            raise MatcherError(f"{self.run.run / SESSIONS}: {column}: {error}") from None
        return [seconds[code] for code in coded.codes.tolist()]

    def fate(self, mentee: str, mentor: str) -> Fate:
        """What became of a choice here."""
        row = self.choices.get((mentee, mentor))
        if row is None:
            return Fate(mentor, NOT_LISTED, "")
        table = self.run.tables[CHOICES]
        return Fate(mentor, plain_text(table["outcome"][row].strip()), plain_text(table["detail"][row].strip()))


# --- comparing ----------------------------------------------------------------------------------------------


def find_differences(before: Side, now: Side) -> Differences:
    """Compare a run with the first one; changes of the same kind stand by mentee.

    Raises
    ------
    MatcherError
        If a rank or a time is not as `matcher solve` writes it.
    """
    keys = differing_keys([before.settings, now.settings])
    found, same = [], 0
    for mentee in sorted(before.mentees | now.mentees):
        change = _change(mentee, before, now, keys)
        same += change is None
        found += [change] if change else []
    kept = before.ranks.keys() & now.ranks.keys()
    pairs = {
        "kept": len(kept),
        "won": len(now.ranks.keys() - kept),
        "lost": len(before.ranks.keys() - kept),
    }
    rows = [_moved(pair, before.sessions.get(pair, {}), now.sessions.get(pair, {})) for pair in sorted(kept)]
    figures = ("kept", "moved", "added", "dropped", "resized")
    return Differences(
        changes=tuple(sorted(found, key=lambda change: KINDS.index(change.kind))),
        same=same,
        pairs=pairs,
        sessions={figure: sum(getattr(row, figure) for row in rows) for figure in figures},
        moved=tuple(row for row in rows if row.moved or row.added or row.dropped or row.resized),
    )


def _change(mentee: str, before: Side, now: Side, keys: Iterable[str]) -> Change | None:
    old, new = before.mentors.get(mentee, ()), now.mentors.get(mentee, ())
    kind = kind_of(old, new, was=mentee in before.mentees, is_now=mentee in now.mentees)
    if not kind:
        return None
    held, holds = ({mentor for mentor, _rank in mentors} for mentors in (old, new))
    took_part = mentee in now.mentees, mentee in before.mentees
    former = tuple(now.fate(mentee, mentor) for mentor in sorted(held - holds) if took_part[0])
    won = tuple(before.fate(mentee, mentor) for mentor in sorted(holds - held) if took_part[1])
    change = Change(kind, mentee, old, new, former, won, ())
    bearing = {key for fate in change.deciding for key in keys if bears(key, fate.outcome)}
    return Change(kind, mentee, old, new, former, won, tuple(sorted(bearing)))


def kind_of(old: Mentors, new: Mentors, *, was: bool, is_now: bool) -> str:
    """One of `KINDS`, blank where nothing has changed; `was` and `is_now` tell whether he takes part.

    >>> kind_of((("a", 1),), (("a", 1), ("b", 2)), was=True, is_now=True)
    'more'
    """
    if was != is_now:
        return "joined" if is_now else "left"
    if bool(old) != bool(new):
        return "gained" if new else "lost"
    held, holds = {mentor for mentor, _ in old}, {mentor for mentor, _ in new}
    if held == holds:
        return "rank" if old != new else ""
    if held < holds:
        return "more"
    return "fewer" if holds < held else "mentor"


def _moved(pair: tuple[str, str], old: Mapping[int, int], new: Mapping[int, int]) -> Moved:
    kept = old.keys() & new.keys()
    gone, fresh = len(old) - len(kept), len(new) - len(kept)
    moved = min(gone, fresh)
    resized = sum(old[start] != new[start] for start in kept)
    return Moved(*pair, len(kept), moved, fresh - moved, gone - moved, resized)


# --- settings -----------------------------------------------------------------------------------------------


def differing_keys(settings: Sequence[Mapping[str, Any]]) -> list[str]:
    """Keys that do not have the same value in all runs, in the order of their names."""
    keys = sorted({key for one in settings for key in one})
    told = {key: {plain_value(one[key]) if key in one else None for one in settings} for key in keys}
    return [key for key in keys if len(told[key]) > 1]


def plain_value(value: object) -> str:
    """A value of programme.toml as people write it.

    >>> plain_value(["mon", "tue"]), plain_value(True), plain_value(2.0)
    ('mon; tue', 'true', '2.0')
    """
    if isinstance(value, list):
        return "; ".join(map(plain_value, value))
    return str(value).lower() if isinstance(value, bool) else clean(str(value))


def bears(key: str, outcome: str) -> bool:
    """Whether a setting can be why a choice has this outcome.

    >>> bears("sessions.minutes", "no_common_time"), bears("goals.rank", "line_manager")
    (True, False)
    """
    return any(key == bearing or key.startswith(f"{bearing}.") for bearing in BEARING.get(outcome, ()))
