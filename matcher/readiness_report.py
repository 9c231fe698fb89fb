"""A cohort's readiness in words and figures: lines for people, data for `--json`."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matcher.console import counted, placed_data, placed_lines
from matcher.errors import Fault
from matcher.model import Cohort
from matcher.pair_answers import answered
from matcher.readiness import Readiness
from matcher.shortages import Shortage
from matcher.supply import Supply

WIDTH = 80
PEOPLE_SHOWN = 20
NOTES_SHOWN = 40
MENTORS_SHOWN = 5
GROUPS_SHOWN = 3
NAMES_SHOWN = 5
MENTEES_NAMED = 20  # of a bottleneck with more of them nobody is named
FUNCTIONS_SHOWN = 10
NAME_WIDTH, LEVEL_WIDTH = 28, 14


# --- the verdict ----------------------------------------------------------------------------------------------


def ready_line(cohort: Cohort, figures: Readiness) -> str:
    """Give the one line on a cohort without faults."""
    if figures.blockers:
        return not_ready_line(figures.blockers)
    warned = "; read the warnings" if figures.has_warnings or cohort.warnings else ""
    return (
        f"ready: at most {figures.at_most} of {counted(figures.mentees, 'mentee')} can have a mentor, "
        f"{figures.eligible} of {counted(figures.choices, 'choice')} eligible, "
        f"{counted(figures.places, 'place')} with {counted(figures.mentors, 'mentor')}{warned}"
    )


def not_ready_line(faults: Sequence[Fault]) -> str:
    """Give the one line on a cohort that cannot be solved."""
    files = list(dict.fromkeys(fault.file for fault in faults))
    return f"not ready: {counted(len(faults), 'fault')} in {', '.join(files)}"


def understood_lines(notes: Sequence[Fault], *, all_of_it: bool = False) -> list[str]:
    """List what was not read as it stands there, by table."""
    if not notes:
        return []
    shown = notes if all_of_it else notes[:NOTES_SHOWN]
    lines, source = ["Understood:"], ""
    for note in shown:
        if note.source != source:
            source = note.source
            lines.append(f"  {source}:")
        place = f"{note.place}: " if note.place else ""
        lines += textwrap.wrap(
            f"{place}{note.message}",
            WIDTH,
            initial_indent="    ",
            subsequent_indent="      ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    return lines + _more(len(notes) - len(shown))


# --- for people -----------------------------------------------------------------------------------------------


def readiness_lines(cohort: Cohort, figures: Readiness, *, all_of_it: bool = False) -> list[str]:
    """Give the figures, supply and demand, who stays without a mentor, what looks odd; long lists cut."""
    lines = [
        *_figure_lines(figures),
        *_answer_lines(cohort),
        *_supply_lines(figures.supply, None if all_of_it else FUNCTIONS_SHOWN),
    ]
    lines += _wanted_lines(cohort, figures, None if all_of_it else MENTORS_SHOWN)
    lines += _without_lines(figures)
    lines += _shortage_lines(cohort, figures, None if all_of_it else GROUPS_SHOWN)
    for people, nouns, what in _lists(figures):
        lines += _people_lines(cohort, people, nouns, what, None if all_of_it else PEOPLE_SHOWN)
    if figures.people and not figures.ever_busy:
        source = cohort.placed(Fault("busy.csv", "")).source
        lines += _wrapped(
            f"Warning: {source}: no busy times are known on the programme's dates: everybody counts as free in "
            "all working hours"
        )
    if figures.odd_settings:
        first, *rest = placed_lines(figures.odd_settings, "warning")
        lines += [f"Warning: {first}", *rest]
    return lines


def _figure_lines(figures: Readiness) -> list[str]:
    lines = [
        f"  employees                    {figures.employees:>8}",
        f"  mentees                      {figures.mentees:>8}",
        f"  pairs they may have          {figures.demand:>8}",
        f"  places with all mentors      {figures.places:>8}",
        f"  places with mentors chosen   {figures.wanted_places:>8}",
        f"  choices listed               {figures.choices:>8}",
        f"  choices eligible             {figures.eligible:>8}",
        f"  ... with enough common time  {figures.schedulable:>8}",
    ]
    return lines + [f"  set aside: {code:<17} {number:>8}" for code, number in figures.set_aside.items()]


def _answer_lines(cohort: Cohort) -> list[str]:
    return [f"  answers: {word:<19} {number:>8}" for word, number in answered(cohort.decisions).items()]


def _supply_lines(rows: Sequence[Supply], limit: int | None) -> list[str]:
    """Where mentors are asked for, the worst first; what nobody asks for is left out."""
    asked = [row for row in rows if row.asking or row.wanted_places]
    if not asked:
        return []
    shown = asked[:limit]
    name, level = f"{'':<{NAME_WIDTH}}", f"{'':<{LEVEL_WIDTH}}"
    lines = [
        "Supply and demand by the mentors' function and level, where most is missing first:",
        f"  {name} {level}  mentees asking mentors' places",
        f"  {'function':<{NAME_WIDTH}} {'level':<{LEVEL_WIDTH}}     any   first    asked unasked",
    ]
    for row in shown:
        name, level = _clipped(row.function, NAME_WIDTH), _clipped(row.level, LEVEL_WIDTH)
        lines.append(
            f"  {name:<{NAME_WIDTH}} {level:<{LEVEL_WIDTH}} {row.asking:>7} {row.first_choices:>7} "
            f"{row.wanted_places:>8} {row.places - row.wanted_places:>7}"
        )
    return lines + _more(len(asked) - len(shown))


def _clipped(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _wanted_lines(cohort: Cohort, figures: Readiness, limit: int | None) -> list[str]:
    if not figures.crowded:
        return []
    shown, label = figures.crowded[:limit], _label(cohort, limit)
    lines = ["Most wanted mentors (more want them than they take):"]
    for mentor, wanted, places, first in shown:
        lines.append(f"  {label(mentor)}: wanted by {wanted}, first choice of {first}, takes {places}")
    return lines + _more(len(figures.crowded) - len(shown))


def _without_lines(figures: Readiness) -> list[str]:
    """Who is sure to stay without a mentor, by reason; each mentee counts once."""
    reasons = (
        ("no choice that the rules allow", len(figures.without_eligible_choice)),
        ("too little time in common", len(figures.without_common_time)),
        ("too few places where they ask", figures.too_few_places),
    )
    without = figures.mentees - figures.at_most
    if not without:
        return []
    stay = counted(without, "mentee stays", "mentees stay")
    lines = [f"Warning: whatever is decided, at least {stay} without a mentor:"]
    return lines + [f"  {reason:<36} {number:>8}" for reason, number in reasons if number]


def _shortage_lines(cohort: Cohort, figures: Readiness, limit: int | None) -> list[str]:
    lines: list[str] = []
    most_wanted = {one.mentor: place for place, one in enumerate(figures.crowded)}
    for place, shortage in enumerate(figures.shortages[:limit]):
        text = _shortage_text(cohort, shortage, most_wanted, named=NAMES_SHOWN if limit else None)
        lines += _wrapped(f"{'Next' if place else 'Largest'} bottleneck: {text}.")
    rest = figures.shortages[len(figures.shortages[:limit]) :]
    if rest:
        missing = sum(shortage.missing for shortage in rest)
        without = counted(missing, "mentee stays", "mentees stay")
        bottlenecks = counted(len(rest), "more bottleneck")
        lines += _wrapped(f"{bottlenecks}, because of which {without} without a mentor (--verbose lists all).")
    return lines + _wrapped(_help_text(figures)) if lines else []


def _shortage_text(
    cohort: Cohort, shortage: Shortage, most_wanted: Mapping[int, int], *, named: int | None
) -> str:
    """Who has too few places, the most wanted first, for whom."""
    mentors = sorted(shortage.mentors.tolist(), key=lambda mentor: most_wanted.get(mentor, len(most_wanted)))
    mentees, missing = shortage.mentees.tolist(), shortage.missing
    whose = _names(cohort, mentors, named)
    have = f"{whose} has" if len(mentors) == 1 else f"{len(mentors)} mentors ({whose}) have"
    places = counted(shortage.places, "free place") if shortage.places else "no free place"
    if len(mentees) == 1:
        return f"{have} {places}, {_names(cohort, mentees, named)} can only go there and stays without a mentor"
    who = f" ({_names(cohort, mentees, named)})" if named is None or len(mentees) <= MENTEES_NAMED else ""
    stay = "1 of them stays" if missing == 1 else f"{missing} of them stay"
    return f"{have} {places}, {len(mentees)} mentees can only go there{who}: at least {stay} without a mentor"


def _help_text(figures: Readiness) -> str:
    text = "What helps: more places with these mentors, or more choices of these mentees"
    unasked = counted(figures.unasked_places, "place is", "places are")
    where = f" ({unasked} with mentors high enough whom nobody asks for)" if figures.unasked_places else ""
    return f"{text}{where}."


def _names(cohort: Cohort, people: Sequence[int], limit: int | None) -> str:
    names = list(map(_label(cohort, limit), people[:limit]))
    more = len(people) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _label(cohort: Cohort, limit: int | None) -> Callable[[int], str]:
    """What people are called: a list that is cut goes into logs, so it has ids alone."""
    return cohort.employees.label if limit is None else cohort.employees.ids.__getitem__


def _lists(figures: Readiness) -> tuple[tuple[tuple[int, ...], tuple[str, str], str], ...]:
    mentees, people = ("mentee has", "mentees have"), ("person has", "people have")
    return (
        (figures.without_eligible_choice, mentees, "no eligible choice"),
        (figures.without_common_time, mentees, "too little time in common with any choice"),
        (
            figures.without_common_hours,
            mentees,
            "no working hours in common with any choice (they are among those)",
        ),
        (figures.without_free_time, people, "no free time for any session, whoever it is with"),
        (figures.full_calendars, people, "a calendar that looks full (a session fits on few days)"),
        (figures.empty_calendars, people, "a calendar that looks empty (never busy, unlike others)"),
    )


def _people_lines(
    cohort: Cohort, people: tuple[int, ...], nouns: tuple[str, str], what: str, limit: int | None
) -> list[str]:
    if not people:
        return []
    shown = people[:limit]
    lines = [f"Warning: {counted(len(people), *nouns)} {what}:"]
    label = _label(cohort, limit)
    lines += [f"  {label(person)}" for person in shown]
    return lines + _more(len(people) - len(shown))


def _more(number: int) -> list[str]:
    return [f"  ... and {number} more (--verbose lists all)"] if number else []


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


# --- for programs ---------------------------------------------------------------------------------------------


def readiness_data(cohort: Cohort, figures: Readiness) -> dict[str, Any]:
    """Give the same figures for a program, people by id, nothing cut."""
    ids = cohort.employees.ids
    return {
        "ready": figures.ready,
        "exit_code": 0 if figures.ready else 1,
        "faults": placed_data(figures.blockers),
        "warnings": placed_data([*cohort.warnings, *figures.odd_settings]),
        "understood": placed_data(cohort.understood),
        "employees": figures.employees,
        "mentees": figures.mentees,
        "mentors": figures.mentors,
        "choices": figures.choices,
        "eligible": figures.eligible,
        "set_aside": dict(figures.set_aside),
        **({"answers": said} if (said := answered(cohort.decisions)) else {}),
        "demand": figures.demand,
        "places": figures.places,
        "wanted_places": figures.wanted_places,
        "at_most": figures.at_most,
        "too_few_places": figures.too_few_places,
        "unasked_places": figures.unasked_places,
        "bottlenecks": [_shortage_data(ids, shortage) for shortage in figures.shortages],
        "supply": [_supply_data(row) for row in figures.supply],
        "crowded_mentors": [
            {"mentor_id": ids[mentor], "wanted_by": wanted, "places": places, "first_choices": first}
            for mentor, wanted, places, first in figures.crowded
        ],
        "schedulable": figures.schedulable,
        "without_eligible_choice": [ids[person] for person in figures.without_eligible_choice],
        "without_common_time": [ids[person] for person in figures.without_common_time],
        "without_common_hours": [ids[person] for person in figures.without_common_hours],
        "people": figures.people,
        "ever_busy": figures.ever_busy,
        "without_free_time": [ids[person] for person in figures.without_free_time],
        "full_calendars": [ids[person] for person in figures.full_calendars],
        "empty_calendars": [ids[person] for person in figures.empty_calendars],
    }


def not_ready_data(faults: Sequence[Fault], understood: Sequence[Fault] = ()) -> dict[str, Any]:
    """Give the faults of files that cannot be read for a program."""
    return {
        "ready": False,
        "error": "\n".join(placed_lines(faults, "fault")),
        "exit_code": 1,
        "faults": placed_data(faults),
        "understood": placed_data(understood),
    }


def _shortage_data(ids: Sequence[str], shortage: Shortage) -> dict[str, Any]:
    return {
        "mentors": [ids[person] for person in shortage.mentors],
        "mentees": [ids[person] for person in shortage.mentees],
        "places": shortage.places,
        "missing": shortage.missing,
    }


def _supply_data(row: Supply) -> dict[str, Any]:
    return {
        "function": row.function,
        "level": row.level,
        "mentees": row.mentees,
        "asking": row.asking,
        "first_choices": row.first_choices,
        "mentors": row.mentors,
        "places": row.places,
        "wanted_places": row.wanted_places,
    }
