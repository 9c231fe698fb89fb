"""A run -> the figures that its charts show, counted from its tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from matcher.columns import Coded
from matcher.errors import MatcherError
from matcher.model import Employees, IntArray
from matcher.places import places_in_all
from matcher.programme import EPOCH, WEEKDAYS
from matcher.run_reading import count_of, plain_text, second_of
from matcher.run_tables import BOTTLENECKS, CHOICES, PAIRS, SESSIONS, UNMATCHED, RunTables
from matcher.story import Story

REASONS = ("no_eligible_choice", "no_common_time", "mentors_full", "schedule_conflict", "draw")
# What becomes of a choice that no rule sets aside; of `reverse_pair` the run decided, not a rule about the choice.
ALLOWED = frozenset(
    ("paired", "reverse_pair", "no_common_time", "other_choice_taken", "mentor_full", "schedule_conflict")
)
UNLISTED = 1 << 30  # in place of a rank, behind all of them


@dataclass(frozen=True)
class Ranks:
    """How many mentees have which choice; item r-1 of `at` counts those whose best mentor stands at rank r.

    `off_list` have only mentors whom they had not listed (locks), `without` none. `pairs` are more than those who
    have a mentor where some have several.
    """

    at: tuple[int, ...]
    off_list: int
    without: int
    pairs: int = 0

    @property
    def mentees(self) -> int:
        """All of them."""
        return sum(self.at) + self.off_list + self.without

    @property
    def several(self) -> bool:
        """Whether some have several mentors."""
        return self.pairs > self.mentees - self.without

    def __bool__(self) -> bool:
        return self.mentees > 0


@dataclass(frozen=True)
class Loads:
    """How many mentors have 0, 1, 2, ... mentees: those whose places are all taken, and those with places left.

    `places` and `taken` are of all these mentors together.
    """

    full: tuple[int, ...]
    left: tuple[int, ...]
    places: int
    taken: int

    @property
    def mentors(self) -> int:
        """All of them."""
        return sum(self.full) + sum(self.left)

    def __bool__(self) -> bool:
        return self.mentors > 0


@dataclass(frozen=True)
class Flows:
    """Pairs by function: `pairs[i]` are of a mentee of function `mentee[i]` with a mentor of `mentor[i]`.

    Functions are indices into `names`, which holds "" for people who are no employees any more.
    """

    names: tuple[str, ...]
    mentee: tuple[int, ...]
    mentor: tuple[int, ...]
    pairs: tuple[int, ...]

    def __bool__(self) -> bool:
        return bool(self.pairs)


@dataclass(frozen=True)
class Timetable:
    """When sessions are, on the programme's clock `zone`.

    `days` counts those on each day from `first` on, `hours` those that start on each weekday in each hour, shape
    (7, 24). `start` and `end` are the programme's, `working` the weekdays on which it works.
    """

    zone: str
    start: dt.date
    end: dt.date
    working: frozenset[int]
    first: dt.date
    days: tuple[int, ...]
    hours: tuple[tuple[int, ...], ...]

    @property
    def sessions(self) -> int:
        """All of them."""
        return sum(self.days)

    def __bool__(self) -> bool:
        return self.sessions > 0


@dataclass(frozen=True)
class ShortGroup:
    """Mentors whose `places` are too few for the mentees who can go to nobody else (all numbers)."""

    number: int
    mentors: int
    mentees: int
    places: int
    missing: int


# --- counting -----------------------------------------------------------------------------------------------


def rank_counts(run: RunTables) -> Ranks:
    """Count mentees by the best of their pairs."""
    mentee, rank = run.tables[PAIRS]["mentee_id"].coded(), _numbers(run, PAIRS, "rank", blank=UNLISTED)
    best = np.full(len(mentee.texts), UNLISTED, dtype=np.int64)
    np.minimum.at(best, mentee.codes, rank)
    listed = best[best < UNLISTED]
    counts = np.bincount(listed, minlength=1)[1:]
    off_list, without = int((best == UNLISTED).sum()), len(run.tables[UNMATCHED])
    return Ranks(tuple(counts.tolist()), off_list, without, pairs=len(mentee))


def reason_counts(run: RunTables) -> dict[str, int]:
    """Count mentees without a mentor by the reason; every reason has a count."""
    reasons = run.tables[UNMATCHED]["reason"].coded()
    counts = np.bincount(reasons.codes, minlength=len(reasons.texts)).tolist()
    found = dict(zip(map(plain_text, reasons.texts), counts, strict=True))
    return {reason: found.get(reason, 0) for reason in REASONS}


def mentor_ids(run: RunTables) -> list[str]:
    """Whoever has a pair, or is named by a choice that no rule sets aside, sorted."""
    outcomes = run.tables[CHOICES]["outcome"].coded().where(lambda outcome: plain_text(outcome) in ALLOWED)
    named = run.tables[CHOICES]["mentor_id"].coded()
    listed = {named.texts[code] for code in np.unique(named.codes[outcomes]).tolist()}
    return sorted({*run.texts(PAIRS, "mentor_id"), *map(plain_text, listed)})


def load_counts(story: Story) -> Loads:
    """Count mentors by their mentees.

    Mentors are those who have a pair or whom a choice names that no rule sets aside; whoever else could mentor,
    but was not asked, does not appear. Their places are those of the cohort, in the whole programme.
    """
    run, people = story.run, story.cohort.employees
    paired = _persons(run.tables[PAIRS]["mentor_id"].coded(), people)
    mentees = np.bincount(paired[paired >= 0], minlength=len(people))
    asked = _persons(run.tables[CHOICES]["mentor_id"].coded(), people)
    allowed = run.tables[CHOICES]["outcome"].coded().where(lambda outcome: plain_text(outcome) in ALLOWED)
    mentors = mentees > 0
    mentors[asked[allowed & (asked >= 0)]] = True
    load, places = mentees[mentors], places_in_all(story.cohort)[mentors]
    full, left = load[(load >= places) & (load > 0)], load[(load < places) | (load == 0)]
    size = int(load.max(initial=0)) + 1
    return Loads(
        tuple(np.bincount(full, minlength=size).tolist()),
        tuple(np.bincount(left, minlength=size).tolist()),
        int(places.sum()),
        int(load.sum()),
    )


def function_flows(story: Story) -> Flows:
    """Count pairs by the functions of the two; of spellings that are the same function the most usual is shown."""
    people, tables = story.cohort.employees, story.run.tables
    names = (*_function_names(people), "")
    codes = np.append(people.function, len(names) - 1)  # person -1 is nobody's employee
    mentee, mentor = (
        codes[_persons(tables[PAIRS][column].coded(), people)] for column in ("mentee_id", "mentor_id")
    )
    kinds, pairs = np.unique(mentee * len(names) + mentor, return_counts=True)
    left, right = np.divmod(kinds, len(names))
    return Flows(names, tuple(left.tolist()), tuple(right.tolist()), tuple(pairs.tolist()))


def _function_names(people: Employees) -> list[str]:
    """What each code of a function is called: as most people have it, of equally many the first by code points."""
    spellings, spelling = np.unique(np.array(people.functions, dtype=object), return_inverse=True)
    kinds, counts = np.unique(people.function * len(spellings) + spelling, return_counts=True)
    code, text = np.divmod(kinds, max(len(spellings), 1))
    order = np.lexsort((text, -counts, code))
    firsts = order[np.unique(code[order], return_index=True)[1]]
    names = [""] * (int(people.function.max(initial=-1)) + 1)
    for row in firsts.tolist():
        names[int(code[row])] = str(spellings[text[row]])
    return names


def session_times(story: Story) -> Timetable:
    """Count sessions by day, and by weekday and hour of their start."""
    programme = story.cohort.programme
    frame, zone = programme.frame, programme.zone
    starts = story.run.tables[SESSIONS]["start"].coded()
    seconds = _parsed(story.run, SESSIONS, "start", starts, second_of)
    moments = [dt.datetime.fromtimestamp(second, zone) for second in seconds]
    counts = np.bincount(starts.codes, minlength=len(starts.texts))
    day = np.array([(moment.date() - EPOCH).days for moment in moments], dtype=np.int64)
    hour = np.array([moment.hour for moment in moments], dtype=np.int64)
    first = min(int(day.min(initial=1 << 30)), (frame.start - EPOCH).days)
    last = max(int(day.max(initial=0)), (frame.end - EPOCH).days)
    days, hours = np.zeros(last - first + 1, dtype=np.int64), np.zeros((7, 24), dtype=np.int64)
    np.add.at(days, day - first, counts)
    np.add.at(hours, ((day + EPOCH.weekday()) % 7, hour), counts)
    return Timetable(
        zone=frame.timezone,
        start=frame.start,
        end=frame.end,
        working=frozenset(map(WEEKDAYS.index, programme.calendar.working_days)),
        first=EPOCH + dt.timedelta(first),
        days=tuple(days.tolist()),
        hours=tuple(map(tuple, hours.tolist())),
    )


def group_counts(run: RunTables) -> tuple[ShortGroup, ...]:
    """The groups of mentors with too few places, the most missing first; none where the run does not tell."""
    if BOTTLENECKS not in run.tables:
        return ()
    columns = ("group", "group_mentors", "group_mentees", "group_places", "shortage")
    figures = np.stack([_numbers(run, BOTTLENECKS, column, blank=0) for column in columns], axis=1)
    groups = np.unique(figures[figures[:, 0] > 0], axis=0).tolist()
    return tuple(ShortGroup(*group) for group in sorted(groups, key=lambda group: (-group[4], group[0])))


# --- cells --------------------------------------------------------------------------------------------------


def _persons(ids: Coded, people: Employees) -> IntArray:
    """The person of each row, -1 for ids that are no employees."""
    person: Mapping[str, int] = {employee: number for number, employee in enumerate(people.ids)}
    return ids.numbers(person.get(plain_text(text), -1) for text in ids.texts)


def _numbers(run: RunTables, file: str, column: str, *, blank: int) -> IntArray:
    """The whole numbers of a column, with one for blank cells."""
    cells = run.tables[file][column].coded()
    return cells.numbers(_parsed(run, file, column, cells, lambda text: count_of(text) if text else blank))


def _parsed(run: RunTables, file: str, column: str, cells: Coded, read: Callable[[str], int]) -> list[int]:
    """Read each distinct text; one that is not as it should be is told with its file."""
    try:
        return [read(plain_text(text)) for text in cells.texts]
    except ValueError as error:
        raise MatcherError(f"{run.run / file}: column {column}: {error}") from None
