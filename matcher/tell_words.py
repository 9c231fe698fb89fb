"""Small pieces of the sentences about a person: lists, times, codes in words."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Sequence
from typing import NamedTuple

from matcher.console import counted
from matcher.explain_facts import Meeting, Who
from matcher.remarks import decider, without_remark

WIDTH = 80

STATE = {  # what an outcome comes to, before the sentence on it
    "paired": "they work together",
    "other_choice_taken": "not needed",
    "mentor_full": "possible, but not made",
    "schedule_conflict": "possible, but not made",
    "no_common_time": "not possible",
}
CONTESTED = ("paired", "other_choice_taken", "mentor_full", "schedule_conflict")
STANDING = {
    "every": "In every best pairing.",
    "some": "In some best pairings, in others not.",
    "none": "In no best pairing.",
    "": "Whether a best pairing holds it is not known: the search ended before that was settled.",
}
DECIDED = {"draw": "the draw decided", "sessions": "the goals on sessions decided"}
RANKS = {
    "generous": "the best ranks (as few pairs as possible at the worst rank, then at the second worst, and so on)",
    "greedy": "the best ranks (as many first choices as possible, then second choices, and so on)",
    "min-cost": "the best ranks (the smallest sum of all ranks)",
}
EXCEPTIONS = {
    "past": "the two were a pair before",
    "line_manager": "the mentor is the line manager",
    "same_function_gap": "too few levels between them for the same function",
    "cross_function_gap": "too few levels between them for different functions",
}


class Item(NamedTuple):
    """A paragraph, or with a `mark` such as "-" or "1." an entry of a list."""

    text: str
    mark: str = ""


class Section(NamedTuple):
    """A heading and what stands under it."""

    heading: str
    items: tuple[Item, ...]

    def lines(self) -> list[str]:
        """The section in lines of at most `WIDTH` letters, as far as words allow."""
        lines = [self.heading]
        for text, mark in self.items:
            first = f"  {mark} " if mark else "  "
            later = " " * len(first)
            lines += textwrap.wrap(
                text,
                WIDTH,
                initial_indent=first,
                subsequent_indent=later,
                break_long_words=False,
                break_on_hyphens=False,
            )
        return lines


def listed(parts: Sequence[str]) -> str:
    """Join parts: "a", "a and b", "a, b and c".

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def labels(people: Sequence[Who]) -> str:
    """Names with ids, joined."""
    return listed([who.label for who in people])


def sentence(text: str) -> str:
    """With a capital at the start and a full stop at the end."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".") if text else ""


# --- times --------------------------------------------------------------------------------------------------


def date_text(date: dt.date) -> str:
    """Like `Wed 3 Feb 2027`."""
    return f"{date:%a} {date.day} {date:%b %Y}"


def moment_text(iso: str) -> str:
    """Like `Wed 3 Feb 2027, 10:00`."""
    moment = dt.datetime.fromisoformat(iso)
    return f"{date_text(moment)}, {moment:%H:%M}"


def meeting_text(meeting: Meeting) -> str:
    """When a session is on the person's own clock, and where that shows another time, on the programme's."""
    start, end = (dt.datetime.fromisoformat(iso) for iso in (meeting.local_start, meeting.local_end))
    text = f"{date_text(start)}, {start:%H:%M} to {end:%H:%M}"
    if meeting.start == meeting.local_start:
        return text
    theirs = dt.datetime.fromisoformat(meeting.start)
    day = "" if theirs.date() == start.date() else f"{date_text(theirs)}, "
    return f"{text} [{day}{theirs:%H:%M}]"


def clocks_text(name: str, timezone: str, programme: str) -> str:
    """On whose clock the times are."""
    if timezone == programme:
        return f"Times are on the clock of {timezone}."
    return f"Times are on the clock of {name} ({timezone}), in square brackets on the programme's ({programme})."


# --- figures ------------------------------------------------------------------------------------------------


def class_text(name: str) -> str:
    """A class of mentees in words, from what files call it.

    >>> class_text("2/1"), class_text("0/0")
    ('priority 2, left out last time', 'priority 0')
    """
    priority, _, lost = name.partition("/")
    times = {"0": "", "": "", "1": ", left out last time"}.get(lost, f", left out {lost} times in a row")
    return f"priority {priority}{times}"


def _class_change(change: str) -> str:
    name, _, number = change.partition(":")
    size = number.lstrip("+-")
    word = "fewer" if number.startswith("-") else "more"
    return f"{size} {word} {'mentee' if size == '1' else 'mentees'} with a mentor ({class_text(name)})"


def gain_text(mentees: int, pairs: int, ranks: str, priority: str = "") -> str:
    """What a place more brings, "" for nothing: `1 more mentee with a mentor, 1 pair more at rank 2`."""
    parts = list(map(_class_change, priority.split()))
    if mentees and not parts:
        parts = [f"{mentees} more {'mentee' if mentees == 1 else 'mentees'} with a mentor"]
    if pairs and pairs != mentees:
        parts.append(counted(pairs, "more pair"))
    for change in ranks.split():
        rank, colon, number = change.partition(":")
        if not colon:
            parts.append(f"a sum of ranks that changes by {change}")
        elif number.lstrip("+-").isdigit():
            size = int(number.lstrip("+-"))
            word = "fewer" if number.startswith("-") else "more"
            parts.append(f"{size} {word} {'pair' if size == 1 else 'pairs'} at rank {rank}")
    return listed(parts) if parts else ""


def list_place(rank: int | None) -> str:
    """Like `rank 3 on the list`."""
    return "not on the list" if rank is None else f"rank {rank} on the list"


def profile_text(value: int | list[int], kind: str) -> str:
    """The ranks of a result: `31 at rank 1, 18 at rank 2`, or their sum."""
    if isinstance(value, int):
        return f"the sum of ranks is {value}" if kind == "min-cost" else str(value)
    return listed([f"{number} at rank {rank}" for rank, number in enumerate(value, 1) if number]) or "none"


def became(outcome: str, detail: str, standing: str | None, instead: str = "", *, told: bool = False) -> str:
    """What became of a choice, why, and where it stands among the best pairings.

    `instead` says with whom the mentee works, where the choice was not needed. Where the reason is `told` already,
    it is left out.
    """
    state, why = STATE.get(outcome, "set aside by a rule"), without_remark(detail)
    if outcome == "other_choice_taken" and instead:
        parts = [f"{state}, {instead}."]
    else:
        parts = [f"{state}.", "" if told or outcome == "paired" else sentence(why)]
    if standing is not None and outcome in CONTESTED:
        parts.append(standing_text(standing, detail))
    return " ".join(filter(None, parts))


def standing_text(standing: str, detail: str = "") -> str:
    """Where a pair stands among the best pairings, and what decided where they differ in it."""
    text, by = STANDING.get(standing, ""), DECIDED.get(decider(detail), "")
    return f"{text.removesuffix('.')}: {by}." if standing == "some" and by else text
