"""The tables of results.xlsx: pairs, schedule, calendar, who has no mentor, choices, mentors."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

from matcher.book import Cell, Column, Sheet, Tone, day
from matcher.pair_answers import answer_of
from matcher.results_facts import DAY, Facts
from matcher.results_sentences import changes, choice_details, explanations, gain
from matcher.results_words import Words
from matcher.run_tables import CHOICES, PAIRS, SESSIONS, UNMATCHED

RANKS: Mapping[int, Tone] = {1: "good", 2: "good", 3: "fair"}  # beyond: poor
REASONS: Mapping[str, Tone] = {
    "no_eligible_choice": "quiet", "no_common_time": "fair", "schedule_conflict": "fair",
    "mentors_full": "poor", "draw": "poor",
}  # fmt: skip
OUTCOMES: Mapping[str, Tone] = {
    "paired": "good", "other_choice_taken": "quiet", "mentor_full": "poor", "schedule_conflict": "poor",
    "no_common_time": "fair",
}  # fmt: skip
ANSWERS: Mapping[str, Tone] = {"accepted": "good", "declined": "poor", "refused": "poor"}
STANDINGS: Mapping[str, Tone] = {"every": "good", "some": "fair", "none": "quiet"}
MONDAY = 2  # a day of Excel's that is one; weeks begin there


def make_sheets(facts: Facts, words: Words) -> dict[str, Sheet]:
    """All tables in the order in which they stand."""
    makers: Mapping[str, Callable[[], Sheet]] = {
        "pairs": lambda: _pairs(facts, words),
        "schedule": lambda: _schedule(facts, words),
        "calendar": lambda: _calendar(facts, words),
        "unmatched": lambda: _unmatched(facts, words),
        "choices": lambda: _choices(facts, words),
        "mentors": lambda: _mentors(facts, words),
    }
    return {name: make() for name, make in makers.items()}


def sheet_of(
    words: Words, name: str, file: str, columns: Iterable[Column], *, frozen: int = 1, printed: int = 0
) -> Sheet:
    """A sheet by its name in the texts, and the file of the run that has all its rows."""
    more = words("more", rows="{rows}", file=file)
    return Sheet(words(f"sheet.{name}"), tuple(columns), frozen, words(f"empty.{name}"), more, printed)


def coded_column(words: Words, key: str, group: str, codes: Iterable[str], tones: Mapping[str, Tone]) -> Column:
    """A column of codes in words, with the colour of each."""
    said = words.codes(group)
    return Column(
        words(f"column.{key}" if words.has(f"column.{key}") else f"head.{key}"),
        [said.get(code, code) for code in codes],
        tones={said[code]: tone for code, tone in tones.items()},
    )


def person_columns(facts: Facts, words: Words, role: str, ids: list[str]) -> list[Column]:
    """Name and id of people."""
    return [
        Column(words(f"column.{role}"), facts.names(ids)),
        Column(words(f"head.{role}_id"), ids, "id"),
    ]


def _post(facts: Facts, words: Words, role: str, ids: list[str]) -> list[Column]:
    """Function and level of people."""
    people = facts.people
    return [
        Column(words(f"column.{role}function"), facts.told(ids, people.functions)),
        Column(words(f"head.{role}level" if role else "column.level"), facts.told(ids, people.level_text)),
    ]


# --- pairs --------------------------------------------------------------------------------------------------


def _pairs(facts: Facts, words: Words) -> Sheet:
    mentees, mentors = facts.pairs
    emails = facts.people.emails
    columns = [
        *person_columns(facts, words, "mentee", mentees),
        *person_columns(facts, words, "mentor", mentors),
        Column(words("column.rank"), facts.numbers(PAIRS, "rank"), "number", RANKS, "poor"),
        Column(words("column.sessions"), facts.numbers(PAIRS, "sessions"), "number"),
        Column(words("column.first"), facts.dates(PAIRS, "first_session"), "date"),
        Column(words("head.last_session"), facts.dates(PAIRS, "last_session"), "date"),
        *_engaged(facts, words),
        *_post(facts, words, "mentee_", mentees),
        *_post(facts, words, "mentor_", mentors),
        Column(words("head.level_gap"), facts.numbers(PAIRS, "level_gap"), "number"),
        coded_column(words, "same_function", "word", facts.run.texts(PAIRS, "same_function"), {}),
        coded_column(words, "source", "source", facts.run.texts(PAIRS, "source"), {"locked": "fair"}),
        coded_column(words, "standing", "held", facts.run.texts(PAIRS, "standing"), {}),
        *_answers(facts, words),
        Column(words("head.mentee_email"), facts.told(mentees, emails)),
        Column(words("head.mentor_email"), facts.told(mentors, emails)),
    ]
    return sheet_of(words, "pairs", PAIRS, columns, printed=12)


def _answers(facts: Facts, words: Words) -> list[Column]:
    """What the two of each pair have answered, if anybody has."""
    said = [("", "") if one is None else answer_of(one) for one in facts.decisions]
    if not any(answer in ("accepted", "declined") for answer, _ in said):
        return []
    told = [
        words(f"answer.{answer}") + (f" ({words(f'answer.{side}')})" if side else "") if answer else None
        for answer, side in said
    ]
    tones = {text: ANSWERS[answer] for text, (answer, _) in zip(told, said, strict=True) if text is not None}
    return [Column(words("head.answer"), told, tones=tones)]


def _engaged(facts: Facts, words: Words) -> list[Column]:
    """First and last day of each pair, where some are not the programme's."""
    frame = facts.cohort.programme.frame
    days = ((column, str(usual)) for column, usual in (("start", frame.start), ("end", frame.end)))
    if all(text in ("", usual) for column, usual in days for text in facts.run.texts(PAIRS, column)):
        return []
    heads = {"start": words("head.pair_start"), "end": words("head.pair_end")}
    return [Column(head, facts.dates(PAIRS, column), "date") for column, head in heads.items()]


# --- sessions -----------------------------------------------------------------------------------------------


def _schedule(facts: Facts, words: Words) -> Sheet:
    mentees, mentors = facts.sessions
    start, end = facts.clock
    names = words.weekdays()
    dates = [minute // DAY for minute in start]
    pairs = zip(mentees, mentors, strict=True)
    locals_ = {"mentee_clock": facts.local(mentees), "mentor_clock": facts.local(mentors)}
    columns = [
        Column(words("column.date"), dates, "date"),
        Column(words("head.weekday"), [names[(date - MONDAY) % 7] for date in dates]),
        Column(words("head.start"), [minute % DAY / DAY for minute in start], "time"),
        Column(words("head.end"), [minute % DAY / DAY for minute in end], "time"),
        Column(
            words("column.minutes"), [later - first for first, later in zip(start, end, strict=True)], "number"
        ),
        *person_columns(facts, words, "mentee", mentees),
        *person_columns(facts, words, "mentor", mentors),
        Column(words("column.number"), facts.numbers(SESSIONS, "number"), "number"),
        Column(words("head.of"), [facts.of[pair] for pair in pairs], "number"),
        *(Column(words(f"head.{key}"), cells, "moment") for key, cells in locals_.items() if cells is not None),
    ]
    return sheet_of(words, "schedule", SESSIONS, columns, frozen=2)


def weeks(facts: Facts) -> Counter[int]:
    """How many sessions there are in each week of the programme, by its Monday."""
    frame = facts.cohort.programme.frame
    first, last = (_monday(day(date)) for date in (frame.start, frame.end))
    found = Counter(_monday(minute // DAY) for minute in facts.clock[0])
    return Counter({monday: found[monday] for monday in sorted({*range(first, last + 1, 7), *found})})


def _monday(date: int) -> int:
    return date - (date - MONDAY) % 7


def _calendar(facts: Facts, words: Words) -> Sheet:
    rows: dict[tuple[str, str], dict[int, list[int]]] = {
        pair: defaultdict(list) for pair in zip(*facts.pairs, strict=True)
    }
    for pair, start in zip(zip(*facts.sessions, strict=True), facts.clock[0], strict=True):
        rows.setdefault(pair, defaultdict(list))[_monday(start // DAY)].append(start)
    mentees, mentors = [pair[0] for pair in rows], [pair[1] for pair in rows]
    names = words.weekdays()
    columns = [
        *person_columns(facts, words, "mentee", mentees),
        *person_columns(facts, words, "mentor", mentors),
        *(
            Column(
                words.short_date(monday),
                [_meetings(own[monday], names) if monday in own else None for own in rows.values()],
                "moment",
            )
            for monday in weeks(facts)
        ),
    ]
    return sheet_of(words, "calendar", SESSIONS, columns)


def _meetings(starts: list[int], names: list[str]) -> Cell:
    """The moment of a session; of several in a week, a line for each."""
    if len(starts) == 1:
        return starts[0] / DAY
    return "\n".join(
        f"{names[(start // DAY - MONDAY) % 7][:3]} {start % DAY // 60:02}:{start % 60:02}"
        for start in sorted(starts)
    )


# --- mentees without a mentor, choices ----------------------------------------------------------------------


def _unmatched(facts: Facts, words: Words) -> Sheet:
    mentees = facts.run.texts(UNMATCHED, "mentee_id")
    contested = ["\n".join(map(facts.label, text.split("; "))) if text else None
                 for text in facts.run.texts(UNMATCHED, "contested_mentors")]  # fmt: skip
    suggestions = [text.replace("); ", ")\n") for text in facts.run.texts(UNMATCHED, "suggestions")]
    columns = [
        *person_columns(facts, words, "mentee", mentees),
        coded_column(words, "reason", "reason", facts.run.texts(UNMATCHED, "reason"), REASONS),
        *([Column(words("column.waiting"), facts.waiting(mentees), "number")] if facts.has_waiting else []),
        Column(words("column.explanation"), explanations(facts, words), "long"),
        Column(words("column.change"), changes(facts, words)),
        Column(words("head.suggestions"), suggestions),
        *_post(facts, words, "", mentees),
        Column(words("head.eligible_choices"), facts.numbers(UNMATCHED, "eligible_choices"), "number"),
        Column(words("head.competitors"), facts.numbers(UNMATCHED, "competitors"), "number"),
        Column(words("head.places_there"), facts.numbers(UNMATCHED, "places"), "number"),
        Column(words("head.contested"), contested),
        Column(words("head.email"), facts.told(mentees, facts.people.emails)),
    ]
    return sheet_of(words, "unmatched", UNMATCHED, columns, printed=8)


def _choices(facts: Facts, words: Words) -> Sheet:
    mentees, mentors, ranks = facts.choices
    columns = [
        *person_columns(facts, words, "mentee", mentees),
        Column(words("column.rank"), ranks, "number"),
        *person_columns(facts, words, "mentor", mentors),
        coded_column(words, "outcome", "outcome", facts.run.texts(CHOICES, "outcome"), OUTCOMES),
        coded_column(words, "standing", "held", facts.run.texts(CHOICES, "standing"), STANDINGS),
        Column(words("column.explanation"), choice_details(facts, words), "long"),
    ]
    return sheet_of(words, "choices", CHOICES, columns)


# --- mentors ------------------------------------------------------------------------------------------------


def _mentors(facts: Facts, words: Words) -> Sheet:
    _, listed, ranks = facts.choices
    wanted, first = Counter(listed), Counter(who for who, rank in zip(listed, ranks, strict=True) if rank == 1)
    asked = sorted(facts.asked, key=lambda mentor: (-wanted[mentor], mentor))
    load = [len(facts.mentees.get(mentor, ())) for mentor in asked]
    places = [facts.capacity(mentor) for mentor in asked]
    free = [max(0, most - has) for most, has in zip(places, load, strict=True)]
    states = [("full" if not left else "part") if has else "none" for has, left in zip(load, free, strict=True)]
    sessions = Counter(facts.sessions[1])
    columns = [
        *person_columns(facts, words, "mentor", asked),
        Column(words("column.places"), places, "number"),
        Column(words("column.mentees"), load, "number"),
        Column(words("column.free"), free, "number"),
        coded_column(words, "load", "load", states, {"full": "fair", "part": "good", "none": "quiet"}),
        Column(words("column.asked"), [wanted[mentor] for mentor in asked], "number"),
        Column(words("head.first_choices"), [first[mentor] for mentor in asked], "number"),
        Column(words("column.sessions"), [sessions[mentor] for mentor in asked], "number"),
        Column(
            words("head.who"), ["\n".join(map(facts.label, facts.mentees.get(mentor, ()))) for mentor in asked]
        ),
        Column(words("column.gain"), [gain(facts, words, mentor) for mentor in asked]),
        *_post(facts, words, "", asked),
        Column(words("head.email"), facts.told(asked, facts.people.emails)),
    ]
    return sheet_of(words, "mentors", PAIRS, columns, printed=11)
