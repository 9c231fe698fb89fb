"""The sessions of a person's pairs: when they are, and why there are not more or fewer of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from matcher.console import counted
from matcher.explain_counts import Counts
from matcher.explain_facts import Page, PersonPair, Who
from matcher.input_people import day_of
from matcher.plans import make_aim
from matcher.programme import Programme, day_date
from matcher.tell_words import Item, Section, clocks_text, date_text, labels, meeting_text, sentence


def session_sections(page: Page) -> list[Section]:
    """One section a pair."""
    return [_section(page, pair, told=place > 0) for place, pair in enumerate(page.pairs)]


def _section(page: Page, pair: PersonPair, *, told: bool) -> Section:
    employee, programme = page.employee, page.programme
    clock = [] if told else [Item(clocks_text(employee.short, employee.timezone, programme.frame.timezone))]
    role = "mentor" if pair.role == "mentee" else "mentee"
    return Section(
        f"Sessions with {pair.other.label}, the {role}",
        (
            Item(number_text(page, pair)),
            *map(Item, _already(page, pair)),
            *map(Item, _engaged(page, pair)),
            *clock,
            *(Item(sentence(meeting_text(own)), f"{own.number}.") for own in pair.sessions),
        ),
    )


def _engaged(page: Page, pair: PersonPair) -> list[str]:
    """From when to when they are a pair, and because of whom, where that is not the whole programme."""
    frame, start, end = page.programme.frame, _date(pair.start), _date(pair.end)
    if start is None or end is None or (start, end) == (frame.start, frame.end):
        return []
    joins = f", when {_who(pair.joins, 'join')}," if pair.joins and start != frame.start else ""
    leaves = f", when {_who(pair.leaves, 'leave')}" if pair.leaves and end != frame.end else ""
    return [f"They are a pair from {date_text(start)}{joins} to {date_text(end)}{leaves}."]


def _who(people: Sequence[Who], does: str) -> str:
    """Like `A joins`, or `A and B join` where both do so on the same day."""
    return f"{labels(people)} {does}{'s' * (len(people) == 1)}"


def _already(page: Page, pair: PersonPair) -> list[str]:
    """In a rematch how many sessions were held before its date, where the two were a pair by then."""
    as_of, start, counts = _date(page.as_of or ""), _date(pair.start), pair.counts
    if as_of is None or counts is None:
        return []
    counted_from = "what else is possible is counted from that day on"
    if counts.already:
        held = "1 was held" if counts.already == 1 else f"{counts.already} were held"
        stay = "stays" if counts.already == 1 else "stay"
        return [f"Of these, {held} before {date_text(as_of)} and {stay}; {counted_from}."]
    if start is None or start >= as_of:
        return []
    return [f"None of these was held before {date_text(as_of)}; {counted_from.replace('else ', '')}."]


def _date(text: str) -> dt.date | None:
    day = day_of(text)
    return None if day is None else day_date(day)


# --- how many -----------------------------------------------------------------------------------------------


def number_text(page: Page, pair: PersonPair) -> str:
    """How many sessions there are, and what keeps them from being nearer to what the programme wants."""
    held, counts = counted(len(pair.sessions), "session"), pair.counts
    if counts is None:
        unknown = f"{pair.other.label} is not in employees.csv any more, so nobody can say what would be possible"
        return f"{held}: {unknown}."
    number = page.programme.sessions.number
    if page.programme.frame.engagement == "as-needed":
        if counts.by_dates is None:
            return f"{held}; then the engagement is over."
        if counts.held > counts.by_dates:
            return f"{held}, more than the mentee is to have by now; then the engagement is over."
        return f"{held}, as many as the mentee is to have; then the engagement is over."
    if number == "most":
        return f"{held}{_most(page, counts)}."
    return f"{held}{_wanted(page.programme, counts, number)}."


def _most(page: Page, counts: Counts) -> str:
    """Why not more."""
    held, by_dates, alone = counts.held, counts.by_dates or 0, counts.by_common_time or 0
    if held > alone:
        return f": as the calendars are now, only {alone} would fit ('matcher verify' tells more)"
    if held == by_dates:
        since = ", counted from the last one before it" if counts.late else ""
        return f", the most that {_dates(page.programme)} allow in this programme{since}"
    limit = "" if alone == by_dates else f"; the dates alone would allow {by_dates}"
    if held == alone:
        return f": the two share enough free time for {alone}{limit}"
    could = f": alone they could have {alone}"
    if (counts.beside_others or 0) > held:
        proven = any(goal.name == "sessions" and goal.proof != "open" for goal in page.proof.goals)
        why = "the calendars have changed since" if proven else "the search ended before that was settled"
        return f"{could}, and {counts.beside_others} would fit beside all other sessions; {why}{limit}"
    if not counts.crowded:
        return f"{could} as the calendars are now{limit}"
    return f"{could}, but other sessions of the two take the rest{limit}"


def _wanted(programme: Programme, counts: Counts, number: str | int) -> str:
    """Why not another number, where the programme does not want as many as possible."""
    if counts.held == number:
        return ", the number that this programme wants for each pair"
    fewest, cost = number == "fewest", make_aim(programme).cost
    wants = "as few as its rules allow" if fewest else f"{number} for each pair"
    wants = f": this programme wants {wants}"

    def as_good_as(best: int | None) -> bool:
        return best is not None and cost(counts.held) <= cost(best)

    if as_good_as(counts.by_dates):
        return wants if fewest else f"{wants}, and the rules on dates allow nothing nearer"
    if as_good_as(counts.by_common_time):
        return f"{wants}, and the common free time of the two allows {'no fewer' if fewest else 'nothing nearer'}"
    if counts.by_common_time is None:
        return f"{wants}; as the calendars are now, no schedule would be possible ('matcher verify' tells more)"
    if not counts.crowded:
        return f"{wants}; as the calendars are now, {counts.by_common_time} would be possible"
    return f"{wants}; alone they could have {counts.by_common_time}, but other sessions of the two are in the way"


def _dates(programme: Programme) -> str:
    """The rule on dates that limits the number."""
    days = programme.sessions.min_days_between
    return f"{counted(days, 'day')} between sessions"
