"""The domain: employees, choices, sessions, solution.

People and choices are held as columns (numpy arrays and tuples), one entry per person or choice, because a
company has hundreds of thousands of them. A *person* is an index into `Employees`, which is sorted by
`employee_id`; a *choice* is an index into `Choices`. Instants are whole minutes since 1970-01-01T00:00 UTC, wall
times are whole minutes since 1970-01-01T00:00 on the local clock, dates are days since 1970-01-01.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from matcher.errors import Fault
from matcher.memory import Memory
from matcher.programme import MINUTES_A_DAY, DayKind, Programme

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


ALWAYS = 10**6
"""Days that lie further from 1970 than any programme: the last day of who stays, and less this the first."""


# --- the cohort ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Employees:
    """All employees, sorted by id (code points); entry i of every column is person i.

    `function` holds codes of equal (folded) functions, `zone` indices into `zones` and `country` indices into
    `countries`, in which "" is no country. `level` grows with seniority whatever the file's order; `level_text` is
    what the file says. `manager` is a person or -1.
    `capacity` is how many mentees the person takes: the programme's figure or the smaller personal one.
    `first_day` and `last_day` are the dates between which (both included) he takes part, in days since 1970-01-01:
    `ALWAYS` before and after that where nothing is said. `priority` is greater the more his place as a mentee
    matters, `sessions_wanted` how many sessions he wants as a mentee where engagements last as long as needed, 0
    for the programme's figure.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]  # "" where the file has none
    emails: tuple[str, ...]
    functions: tuple[str, ...]  # as written, trimmed
    function: IntArray
    level: IntArray
    level_text: tuple[str, ...]
    manager: IntArray
    zone: IntArray
    zones: tuple[str, ...]
    country: IntArray
    countries: tuple[str, ...]  # "RU", or "US-PA" with a subdivision
    capacity: IntArray
    first_day: IntArray
    last_day: IntArray
    priority: IntArray
    sessions_wanted: IntArray

    def __len__(self) -> int:
        return len(self.ids)

    def label(self, person: int) -> str:
        """The name with the id, or the id alone where there is no name."""
        name = self.names[person]
        return f"{name} ({self.ids[person]})" if name else self.ids[person]


@dataclass(frozen=True)
class Choices:
    """Every listed choice, sorted by mentee, rank, mentor id; `mentor` is -1 for an unknown mentor."""

    mentee: IntArray
    mentor: IntArray
    rank: IntArray
    mentor_ids: tuple[str, ...]  # as listed

    def __len__(self) -> int:
        return len(self.rank)


@dataclass(frozen=True)
class Availability:
    """Rows of availability.csv: `weekday` 0 (Monday) to 6 or -1, else `date` in days since 1970-01-01 or -1.

    `start` and `end` are minutes of the local day, half-open; both 0 means not at all.
    """

    person: IntArray
    weekday: IntArray
    date: IntArray
    start: IntArray
    end: IntArray

    def __len__(self) -> int:
        return len(self.person)


@dataclass(frozen=True)
class Busy:
    """Rows of busy.csv, sorted: half-open, in minutes since the epoch.

    Each end is an instant (UTC) where `start_utc` or `end_utc` says so (the file gave an offset), else the
    person's local wall time. Seconds are rounded outwards.
    """

    person: IntArray
    start: IntArray
    end: IntArray
    start_utc: BoolArray
    end_utc: BoolArray

    def __len__(self) -> int:
        return len(self.person)


@dataclass(frozen=True)
class Absences:
    """Rows of absences.csv, sorted: from which date to which (both included) a person is away."""

    person: IntArray
    start: IntArray
    end: IntArray

    def __len__(self) -> int:
        return len(self.person)


def no_absences() -> Absences:
    """Nobody is away."""
    none = np.zeros(0, dtype=np.int64)
    return Absences(none, none, none)


class SpecialDay(NamedTuple):
    """A date, in days since 1970-01-01, that is not what its weekday says; `country` "" is everywhere.

    `end` is the minute of the local day at which work is over, 24:00 where that is left to everybody's own hours.
    """

    country: str
    date: int
    kind: DayKind
    end: int = MINUTES_A_DAY


PairStatus = Literal["locked", "forbidden", "refused", "declined", "accepted", "past"]
Side = Literal["", "mentee", "mentor", "both"]
"""Which of the two of a pair, "" where nobody says so."""


@dataclass(frozen=True)
class Decision:
    """What pairs.csv says of one pair, all its rows together.

    `status` is the strictest of its rows (forbidden, refused, declined, locked, accepted, past), None where
    nothing but the date is left after a decision was taken away; `past`, `refused`, `declined` and `accepted` tell
    whether any row says so that counts: of a refusal and an acceptance by the same person only the later one does.
    `last_session` is the latest date given, in days since 1970-01-01.

    `since` and `by` are those of the refused and declined rows that count, or of the accepted ones where there are
    none: the first date given (of acceptances the last), in days since 1970-01-01, and who said so.
    """

    status: PairStatus | None
    past: bool = False
    last_session: int | None = None
    refused: bool = False
    declined: bool = False
    accepted: bool = False
    since: int | None = None
    by: Side = ""

    @property
    def bars(self) -> bool:
        """Whether the two may not be a pair, whatever the programme's rules say."""
        return self.status in ("forbidden", "refused", "declined")


Pair = tuple[int, int]
"""A mentee and a mentor, both as persons."""


class Session(NamedTuple):
    """One meeting: `start` is an instant, `minutes` its length; sessions sort by time.

    `preferred` tells that it lies in the preferred hours of both people, `planned` that the plan which a rematch
    repairs has it as it is. A tuple, because a large company has millions of them.
    """

    start: int
    minutes: int
    preferred: bool = False
    planned: bool = False

    @property
    def end(self) -> int:
        """The instant at which it is over (half-open)."""
        return self.start + self.minutes


@dataclass(frozen=True, slots=True)
class Agreed:
    """A pair of an earlier plan that may go on.

    `start` is the first day of its engagement (days since 1970-01-01), `held` are its sessions before the date of
    the rematch and `planned` those on it and after, in order of time.
    """

    start: int
    held: tuple[Session, ...]
    planned: tuple[Session, ...]


@dataclass(frozen=True)
class History:
    """What earlier quarters leave.

    `lost` tells of mentees how many times in a row they were left without a mentor, in the latest quarters in
    which they took part; who was not is not named. `past` are pairs that have met, with the day of their last
    session before the programme's start (days since 1970-01-01). `runs` says which runs tell so, the earliest
    first, as it stands in summary.json.
    """

    lost: Mapping[int, int]
    past: Mapping[Pair, int]
    runs: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Earlier:
    """An earlier plan that is to be repaired at the date `as_of` (days since 1970-01-01): what lies before stays.

    `agreed` are its pairs that nobody refused, of people who are still employees. `held` are the sessions held of
    all others, by pair: they count where a person has had so many in a week, and for the distance if the two are
    ever paired again.
    """

    as_of: int
    agreed: Mapping[Pair, Agreed]
    held: Mapping[Pair, tuple[Session, ...]] = field(default_factory=dict)


class LetterText(NamedTuple):
    """A template of the programme lead; "" is the one that matcher has."""

    subject: str
    text: str


@dataclass(frozen=True)
class Cohort:
    """One quarter's input, read and checked.

    `mentees` are the persons with a row in preferences.csv or a lock, ascending. `decisions` is sorted by pair
    and holds known persons only. `inputs` gives the SHA-256 of every file read, by name; `overrides` the keys
    that were set on top of programme.toml. `folder` is where it was read from, for messages; it may be a workbook.
    `sources` gives file and sheet of each table that is not in the file of its usual name (pairs.csv and so on).
    `understood` tells what was not read as it stands there: titles, dates, people named otherwise than by id.

    `public_days` are the days off and working days that the state has moved, under each of `Employees.countries`,
    those of the whole country under "US-PA" again; `company_days` are what holidays.csv and `calendar.days` say,
    each under the country it names, at most one for a country and date. Both are sorted.

    `earlier` is the plan that is to be repaired, None where the quarter is planned anew. `history` is what earlier
    quarters leave, None where nobody asked; its past pairs are among the `decisions`.

    `letters` are the lead's own texts by kind and language, "" for every language; they decide on nothing.
    `memory` is shared by cohorts that have most of their tables in common.
    """

    programme: Programme
    employees: Employees
    mentees: IntArray
    choices: Choices
    availability: Availability
    busy: Busy
    decisions: Mapping[Pair, Decision]
    public_days: tuple[SpecialDay, ...] = ()
    company_days: tuple[SpecialDay, ...] = ()
    absences: Absences = field(default_factory=no_absences)
    earlier: Earlier | None = None
    history: History | None = None
    letters: Mapping[tuple[str, str], LetterText] = field(default_factory=dict)
    warnings: tuple[Fault, ...] = ()
    understood: tuple[Fault, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)
    folder: str = ""
    sources: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    memory: Memory | None = field(default=None, compare=False, repr=False)

    def placed(self, fault: Fault) -> Fault:
        """A fault of a table by its usual name, such as pairs.csv, in the file or sheet it came from."""
        file, sheet = self.sources.get(fault.file, (fault.file, fault.sheet))
        return replace(fault, file=file, sheet=sheet)

    @property
    def locks(self) -> tuple[Pair, ...]:
        """The pairs that the programme lead has fixed, sorted."""
        return tuple(pair for pair, decision in self.decisions.items() if decision.status == "locked")


# --- the solution -------------------------------------------------------------------------------------------

Status = Literal["optimal", "feasible", "no_solution"]
PriceStatus = Literal["optimal", "feasible", "no_solution", "impossible"]
Outcome = Literal[
    "paired", "self", "unknown_mentor", "forbidden", "refused", "past", "reverse_pair", "does_not_mentor",
    "line_manager", "same_function_gap", "cross_function_gap", "no_common_time", "other_choice_taken",
    "mentor_full", "schedule_conflict",
]  # fmt: skip
Reason = Literal["no_eligible_choice", "no_common_time", "mentors_full", "schedule_conflict", "draw"]


@dataclass(frozen=True, slots=True)
class SolvedPair:
    """A mentee and a mentor (persons) with their dated sessions, in order of time.

    In a rematch those held before its date are among them. `start` and `end` are the first and last day of the
    engagement (days since 1970-01-01), None for the programme's own.
    """

    mentee: int
    mentor: int
    rank: int | None  # None for a lock that was no choice
    locked: bool
    sessions: tuple[Session, ...]
    standing: str = ""  # `every` or `some`, "" where it is not known which
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Goal:
    """One goal's value, the proven bound on it, and `optimal` where the two are equal.

    For the rank goals `generous` and `greedy` value and bound are profiles: item r-1 counts the pairs at rank r.
    For `priority` they count the mentees with a mentor class by class, that which goes first first.
    """

    name: str
    value: int | tuple[int, ...]
    bound: int | tuple[int, ...] | None
    status: Literal["optimal", "feasible"]
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a choice came out as it did, or why a mentee has no mentor: a code and a sentence."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Unmatched(Explained):
    """Why a mentee has no mentor, and what would help.

    `competitors` and `places` (None where others do not keep him out) are those of `contested` mentors (persons,
    ascending), which are the whole `group` (its place in `Solution.groups`) where none are named.
    """

    eligible_choices: int = 0
    competitors: int | None = None
    places: int | None = None
    smallest_change: str = ""
    suggestions: tuple[int, ...] = ()
    group: int | None = None
    contested: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Mentors whose `places` beside locks are too few for the `mentees` who can only go to them (all numbers)."""

    mentors: int
    mentees: int
    places: int


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """A mentor (person) whom somebody can have: what one more place with him alone would bring.

    `wanted` counts the candidates he is in that can be scheduled. `group` is a place in `Solution.groups` or None.
    The gain in ranks is in words, or for min-cost the change of their sum, and so is that by classes of mentees;
    where not `proven`, schedules might allow less.
    """

    mentor: int
    wanted: int
    group: int | None
    gain_mentees: int
    gain_pairs: int
    gain_ranks: str | int
    proven: bool
    gain_priority: str = ""


@dataclass(frozen=True, slots=True)
class Price:
    """What one rule or decision costs: how the answer changes if it alone is relaxed.

    `what` is a key of programme.toml, whose value is relaxed from `now` to `relaxed`, both as `--set` takes them;
    or `locked` or `forbidden`, and the row of pairs.csv about `pair` is taken away. The changes count against the
    solution as it is, positive for more; those in ranks are in words, or for min-cost of their sum, and in words
    are those of classes of mentees (`priority`). All are None where the relaxed cohort has no answer: `impossible`
    as its locks do not fit or its files are at fault, `no_solution` as the time limit came first.
    """

    what: str
    pair: Pair | None
    now: str
    relaxed: str
    mentees: int | None
    pairs: int | None
    ranks: str | int | None
    sessions: int | None
    status: PriceStatus
    priority: str | None = None


@dataclass(frozen=True)
class Solution:
    """The answer for a cohort: pairs sorted by mentee and mentor, goals in order, a word on everybody else.

    `outcomes` and `standing` have one entry per listed choice, `unmatched` one per mentee without a mentor,
    `bottlenecks` one per mentor whom somebody can have, by person. `certificate` is the proof of goals 1 to 3 as
    it is written. `prices` are what rules and decisions cost, None where nobody asked. `counts` are figures of the
    search (sizes, cuts, solves) that do not depend on the clock; `seconds` are those that do. `cut_short` tells
    that the time limit or an interrupt (then also `interrupted`) ended the search, so that the same input may give
    another answer next time.
    """

    status: Status
    goals: tuple[Goal, ...]
    pairs: tuple[SolvedPair, ...]
    outcomes: tuple[Explained, ...]
    unmatched: Mapping[int, Unmatched]
    seed: int
    standing: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    bottlenecks: tuple[Bottleneck, ...] = ()
    certificate: Mapping[str, Any] = field(default_factory=dict)
    prices: tuple[Price, ...] | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    cut_short: bool = False
    interrupted: bool = False
