"""What a page about one person says, as records: the same for the terminal and for `--json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from matcher.explain_counts import Counts
from matcher.programme import Programme

Role = Literal["mentee", "mentor"]


@dataclass(frozen=True)
class Who:
    """Somebody by id and name, "" where there is none."""

    employee_id: str
    name: str

    @property
    def label(self) -> str:
        """The name with the id, or the id alone."""
        return f"{self.name} ({self.employee_id})" if self.name else self.employee_id

    @property
    def short(self) -> str:
        """The name, or the id where there is none."""
        return self.name or self.employee_id


@dataclass(frozen=True)
class Employee(Who):
    """Whom the page is about; `places` is how many mentees he takes."""

    function: str
    level: str
    timezone: str
    places: int


@dataclass(frozen=True)
class Choice:
    """A listed mentor and what became of the choice; `standing` is None where the run does not have it."""

    mentor: Who
    rank: int
    outcome: str
    detail: str
    standing: str | None


@dataclass(frozen=True)
class Asker:
    """A mentee who listed the person, what became of it, and with whom he works instead."""

    mentee: Who
    rank: int
    outcome: str
    detail: str
    standing: str | None
    mentors: tuple[Who, ...]
    unmatched: bool


@dataclass(frozen=True)
class Meeting:
    """A session: ISO 8601 with offset on the programme's clock and on that of the person.

    `number` is 0 for one that two people have held as a pair that has ended since.
    """

    number: int
    start: str
    end: str
    local_start: str
    local_end: str


@dataclass(frozen=True)
class PersonPair:
    """A pair of the person, who is its `role`; `rank` is None for a lock that was no choice.

    `counts` is None where the other one is no employee of the cohort any more. `start` and `end` are the first and
    last day of the pair, "" where the run does not tell; `joins` and `leaves` those of the two whose days these
    are where they are not the programme's.
    """

    role: Role
    other: Who
    rank: int | None
    locked: bool
    standing: str | None
    sessions: tuple[Meeting, ...]
    counts: Counts | None
    start: str = ""
    end: str = ""
    joins: tuple[Who, ...] = ()
    leaves: tuple[Who, ...] = ()


@dataclass(frozen=True)
class Change:
    """The smallest change that would give the person a mentor.

    `detail` is how much common time, or which rule, "" else. `kind` and `mentor` are "" and None where the text
    is in no known form.
    """

    text: str
    kind: str = ""
    mentor: Who | None = None
    detail: str = ""


@dataclass(frozen=True)
class BottleneckGroup:
    """Mentors who are all that more mentees can have than there are places with them."""

    number: int
    mentors: int
    mentees: int
    places: int
    shortage: int


@dataclass(frozen=True)
class Unmatched:
    """Why the person has no mentor; what the run does not have is None, or () for people.

    `change_known` tells whether the run has looked for a smallest change. `waiting` are place and length of the
    waiting list, then priority and losses in a row before this run. `places_left` tells whether places are those
    beside pairs that go on after a rematch.
    """

    reason: str
    explanation: str
    eligible_choices: int | None
    competitors: int | None
    places: int | None
    contested_mentors: tuple[Who, ...]
    group: BottleneckGroup | None
    change: Change | None
    change_known: bool
    suggestions: tuple[Who, ...] | None
    waiting: tuple[int, int, int, int] | None = None
    places_left: bool = False


@dataclass(frozen=True)
class Gain:
    """What one more place with the person would bring; `ranks` and `priority` as in bottlenecks.csv."""

    wanted: int
    mentees: int
    pairs: int
    ranks: str
    proven: bool
    priority: str = ""


@dataclass(frozen=True)
class ProvenGoal:
    """One goal, and how its value is proven: `certified`, `solver` or not at all (`open`)."""

    name: str
    value: int | list[int]
    bound: int | list[int] | None
    proof: Literal["certified", "solver", "open"]


@dataclass(frozen=True)
class Proof:
    """How the whole result came about; `classes` are those of mentees by name with their sizes, if any."""

    goals: tuple[ProvenGoal, ...]
    mentees: int | None
    locked: int
    seed: int
    cut_short: bool
    repeat: str  # the command that gives the same result again
    classes: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class SlotAnswer:
    """What stands against a session with `other` at an instant, as `explain_slot.Answer` has it."""

    other: Who
    role: Role
    obstacle: str
    sessions: tuple[Meeting, ...]
    session_with: Who | None
    instead: str


@dataclass(frozen=True)
class Slot:
    """An instant that was asked about, on both clocks; `hours` are the usual working hours of the person."""

    start: str
    local_start: str
    minutes: int
    hours: str
    answers: tuple[SlotAnswer, ...]


@dataclass(frozen=True)
class Page:
    """All that is told of one person.

    `gain` is None where the run has nothing about it; `gain_known` whether it has looked. `settings` are the keys
    that the run was solved with on top of programme.toml. `as_of` is the date of a rematch, None for other runs.
    """

    employee: Employee
    is_mentee: bool
    is_mentor: bool
    choices: tuple[Choice, ...]
    pairs: tuple[PersonPair, ...]
    unmatched: Unmatched | None
    asked: tuple[Asker, ...]
    gain: Gain | None
    gain_known: bool
    proof: Proof
    slot: Slot | None
    programme: Programme
    settings: Mapping[str, Any]
    warnings: tuple[str, ...]
    as_of: str | None = None

    def of_role(self, role: Role) -> tuple[PersonPair, ...]:
        """The pairs in which the person is the mentee, or the mentor."""
        return tuple(pair for pair in self.pairs if pair.role == role)
