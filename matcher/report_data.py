"""The data of the report for its script: columns of numbers, every text once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, get_args
from zoneinfo import ZoneInfo

import numpy as np

from matcher.chart_data import ALLOWED
from matcher.code_sentences import change_parts
from matcher.ics_write import one_line
from matcher.lots import places_in_draw
from matcher.model import Cohort, IntArray, Outcome
from matcher.places import places_in_all
from matcher.report_changes import Changes
from matcher.report_rematch import Rematch
from matcher.report_rooms import Room
from matcher.report_run import Rows
from matcher.report_sentences import Sentences
from matcher.report_words import Words

MINUTES_A_DAY = 1440


@dataclass
class Pool:
    """Texts, each of them once."""

    texts: dict[str, int] = field(default_factory=dict)

    def __call__(self, text: str) -> int:
        """The place of a text."""
        return self.texts.setdefault(text, len(self.texts))


@dataclass(frozen=True)
class Source:
    """What the data are made of.

    `room` and `faithful` are about the cohort as it is now: without the one nobody knows why there are not more
    sessions, and where the files are not those of the run, places in the draw are not told.
    """

    words: Words
    cohort: Cohort
    rows: Rows
    room: Room | None
    changes: Changes | None
    rematch: Rematch | None
    seed: int
    faithful: bool
    proven: bool  # whether the number of sessions is


def report_data(source: Source) -> dict[str, Any]:
    """Everything that the script of the page tells of."""
    rows, pool = source.rows, Pool()
    sentences = Sentences(source.words, source.cohort, rows)
    people, zones = _people(source)
    span = _span(source)
    data = {
        "language": source.words.language,
        "zone": zones.index(source.cohort.programme.frame.timezone),
        "zones": [{"name": zone, "changes": _clock_changes(zone, *span)} for zone in zones],
        "outcomes": get_args(Outcome),
        "functions": _functions(source.cohort),
        "seed": source.seed,
        "drawn": len(rows.mentees),
        "knows_change": rows.knows_change,
        "people": people,
        "pairs": _pairs(source, sentences, pool),
        "sessions": _sessions(rows),
        **_choices(rows, sentences, pool),
        "unmatched": _unmatched(rows, sentences, pool),
        "gains": _gains(rows, sentences, pool),
        "groups": {
            group.number: [group.mentors, group.mentees, group.places, group.shortage] for group in rows.groups
        },
        "mentors": mentors_of(rows).tolist(),
        "compare": None if source.changes is None else source.changes.columns(),
    }
    if source.rematch is not None:
        data["rematch"] = source.rematch.columns()
    return data | {"texts": list(pool.texts)}


def mentors_of(rows: Rows) -> IntArray:
    """Whoever has a mentee or could have had one: an employee who is named by a choice, and takes mentees."""
    wanted = [row.mentor for row in rows.wanted or ()]
    possible = rows.choices.outcome.where(lambda code: code in ALLOWED)
    named = rows.choices.mentor[possible]
    return np.unique(np.concatenate((rows.pairs.mentor, named, np.array(wanted, dtype=np.int64))))


# --- people -------------------------------------------------------------------------------------------------


def _functions(cohort: Cohort) -> list[str]:
    """The first spelling of each function, by its code."""
    staff = cohort.employees
    _, first = np.unique(staff.function, return_index=True)
    return [one_line(staff.functions[person]) for person in first.tolist()]


def _people(source: Source) -> tuple[dict[str, Any], list[str]]:
    """The columns about people, and the time zones that they name, the programme's among them."""
    staff, people = source.cohort.employees, source.rows.people
    programme, known = source.cohort.programme.frame.timezone, people.employee >= 0
    codes, function = np.unique(staff.function, return_inverse=True)
    del codes
    places = people.employee.tolist()
    zone_names = [staff.zones[staff.zone[place]] if place >= 0 else programme for place in places]
    zones = sorted({programme, *zone_names})
    number = {zone: code for code, zone in enumerate(zones)}
    capacity = {row.mentor: row.places for row in source.rows.wanted or ()}
    in_all = places_in_all(source.cohort)
    return {
        "id": people.ids,
        "name": people.names,
        "known": known.astype(int).tolist(),
        "function": [int(function[place]) if place >= 0 else -1 for place in places],
        "level": [staff.level_text[place] if place >= 0 else "" for place in places],
        "zone": [number[zone] for zone in zone_names],
        "places": [
            capacity.get(person, int(in_all[place]) if place >= 0 else 0) for person, place in enumerate(places)
        ],
        "turn": _turns(source),
    }, zones


def _turns(source: Source) -> list[int]:
    """Each mentee's number in the draw among all mentees, from 1; 0 for others, and where it is not known."""
    rows, turns = source.rows, [0] * len(source.rows.people.ids)
    if not source.faithful:
        return turns
    mentees = rows.mentees.tolist()
    order = places_in_draw(source.cohort.programme, [rows.people.ids[mentee] for mentee in mentees])
    for mentee, place in zip(mentees, order.tolist(), strict=True):
        turns[mentee] = place + 1
    return turns


def _span(source: Source) -> tuple[int, int]:
    """From when to when there are sessions, those included that a rematch has moved or cancelled; 0 for none."""
    starts = [] if source.rematch is None else source.rematch.instants()
    if len(source.rows.sessions):
        starts += source.rows.sessions.start[[0, -1]].tolist()
    return (min(starts), max(starts)) if starts else (0, 0)


def _clock_changes(name: str, first: int, last: int) -> list[list[int]]:
    """From which minute (UTC) on how many minutes a zone's clock is ahead, over all sessions."""
    if not last:
        return [[0, 0]]
    zone, found = ZoneInfo(name), list[list[int]]()
    last += 2 * MINUTES_A_DAY
    for day in range(first, last + MINUTES_A_DAY, MINUTES_A_DAY):
        ahead = _ahead(zone, day)
        if not found:
            found.append([first, ahead])
        elif ahead != found[-1][1]:
            found.append([_turning_point(zone, day - MINUTES_A_DAY, day), ahead])
    return found


def _ahead(zone: ZoneInfo, minute: int) -> int:
    offset = dt.datetime.fromtimestamp(minute * 60, tz=zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)


def _turning_point(zone: ZoneInfo, before: int, after: int) -> int:
    """The first minute at which the clock is ahead by as much as at `after`."""
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if _ahead(zone, middle) == _ahead(zone, after) else (middle, after)
    return after


# --- pairs and sessions -------------------------------------------------------------------------------------


def _pairs(source: Source, sentences: Sentences, pool: Pool) -> dict[str, Any]:
    rows, pairs = source.rows, source.rows.pairs
    held = np.bincount(rows.sessions.pair, minlength=len(pairs)).tolist()
    meetings = np.bincount(np.concatenate((pairs.mentee, pairs.mentor)), minlength=len(rows.people.ids))
    crowded = ((meetings[pairs.mentee] > 1) | (meetings[pairs.mentor] > 1)).tolist()
    known = source.room is not None
    by_dates, alone = (source.room.by_dates, source.room.alone) if source.room else np.full((2, len(pairs)), -1)
    columns = (held, by_dates.tolist(), alone.tolist(), crowded, pairs.engaged)

    @cache
    def number(held: int, by_dates: int, alone: int, crowded: bool, engaged: tuple[str, str]) -> int:
        why = sentences.number(held, by_dates, alone, crowded=crowded, proven=source.proven) if known else ""
        text = " ".join(filter(None, (sentences.engaged(*engaged), why)))
        return pool(text) if text else -1

    told = [number(*row) for row in zip(*columns, strict=True)]
    return {
        "mentee": pairs.mentee.tolist(),
        "mentor": pairs.mentor.tolist(),
        "rank": pairs.rank.tolist(),
        "locked": pairs.locked.astype(int).tolist(),
        "standing": [pairs.standing.texts[code] for code in pairs.standing.codes.tolist()],
        "number": told,
    }


def _sessions(rows: Rows) -> dict[str, Any]:
    own = rows.sessions
    minutes = own.minutes.tolist()
    return {
        "pair": own.pair.tolist(),
        "start": np.diff(own.start, prepend=0).tolist(),
        "minutes": minutes[0] if len(set(minutes)) == 1 else minutes,
    }


# --- choices ------------------------------------------------------------------------------------------------


def _choices(rows: Rows, sentences: Sentences, pool: Pool) -> dict[str, Any]:
    """Choices by mentee; what is alike in outcome, sentence and standing is told once."""
    choices = rows.choices
    each = np.bincount(choices.mentee, minlength=len(rows.people.ids))
    words = (choices.outcome.codes, choices.detail.codes, choices.standing.codes)
    gap = _level_gaps(rows, sentences.cohort)
    _, first, which = np.unique(np.stack((*words, gap)), axis=1, return_index=True, return_inverse=True)
    verdicts = [
        [
            choices.outcome[row],
            choices.standing[row] or None,
            sentences.decider(choices, row),
            pool(sentences.choice(choices, row)),
        ]
        for row in first.tolist()
    ]
    return {
        "choices": {
            "each": each.tolist(),
            "mentor": choices.mentor.tolist(),
            "rank": choices.rank.tolist(),
            "verdict": which.reshape(-1).tolist(),
        },
        "verdicts": verdicts,
    }


def _level_gaps(rows: Rows, cohort: Cohort) -> IntArray:
    """How many levels the mentor stands above where that is what sets a choice aside, else 0."""
    choices, employee = rows.choices, rows.people.employee
    mentee, mentor = employee[choices.mentee], employee[choices.mentor]
    told = choices.outcome.where(lambda code: code.endswith("_gap")) & (mentee >= 0) & (mentor >= 0)
    level = cohort.employees.level
    return np.where(told, level[mentor] - level[mentee], 0)


def _unmatched(rows: Rows, sentences: Sentences, pool: Pool) -> dict[str, Any]:
    left, outcomes = rows.unmatched, _outcomes(rows)
    place = rows.people.place
    changes: list[Sequence[int] | int] = []
    for row in left:
        if row.change is None:
            changes.append(0)
            continue
        kind, detail = change_parts(sentences.words, row.change)
        mentor = -1 if row.change.mentor is None else place[row.change.mentor.employee_id]
        changes.append([kind, mentor, pool(detail) if detail else -1])
    return {
        "person": [row.mentee for row in left],
        "reason": [row.reason for row in left],
        "text": [pool(sentences.unmatched(row, outcomes.get(row.mentee, Counter()))) for row in left],
        "competitors": [row.competitors for row in left],
        "places": [row.places for row in left],
        "contested": [row.contested for row in left],
        "group": [row.group for row in left],
        "change": changes,
        "suggestions": [row.suggestions if sentences.looked_for_help else None for row in left],
        "waiting": [row.waiting for row in left],
    }


def _outcomes(rows: Rows) -> dict[int, Counter[str]]:
    """How often each outcome occurs on the lists of those without a mentor."""
    left = {row.mentee: Counter[str]() for row in rows.unmatched}
    mine = np.flatnonzero(np.isin(rows.choices.mentee, list(left)))
    for row, mentee in zip(mine.tolist(), rows.choices.mentee[mine].tolist(), strict=True):
        left[mentee][rows.choices.outcome[row]] += 1
    return left


def _gains(rows: Rows, sentences: Sentences, pool: Pool) -> dict[str, Any]:
    wanted = rows.wanted or ()
    said = {row.gain: pool(sentences.gain(row)) for row in {row.gain: row for row in wanted}.values()}
    return {
        "person": [row.mentor for row in wanted],
        "text": [said[row.gain] for row in wanted],
        "order": [
            1000 * row.gain_mentees + 2 * row.gain_pairs + bool(row.gain_ranks or row.gain_priority)
            for row in wanted
        ],
    }
