"""A mentee's part of the page: whom he works with and why, or why with nobody; what became of each choice."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.console import counted
from matcher.explain_facts import Choice, Page, PersonPair, Unmatched
from matcher.remarks import LEFT, places_left
from matcher.tell_proof import best_text, draw_items
from matcher.tell_words import (
    CONTESTED,
    EXCEPTIONS,
    Item,
    Section,
    became,
    class_text,
    labels,
    list_place,
    listed,
    sentence,
)

# --- with a mentor ------------------------------------------------------------------------------------------


def mentors_section(page: Page) -> Section | None:
    """Whom the mentee works with, and why."""
    pairs = page.of_role("mentee")
    if not pairs:
        return None
    items = [Item(f"{pair.other.label}: {list_place(pair.rank)}. {_why(page, pair)}", "-") for pair in pairs]
    return Section("Why this mentor" if len(pairs) == 1 else "Why these mentors", tuple(items))


def _why(page: Page, pair: PersonPair) -> str:
    if pair.locked:
        return "The programme lead had fixed this pair before the run."
    paired = {other.other.employee_id for other in page.of_role("mentee")}
    better = [
        choice
        for choice in page.choices
        if choice.rank < (pair.rank or 0) and choice.mentor.employee_id not in paired
    ]
    if not better:
        return "No choice ranks higher." if len(paired) == 1 else "No choice that was not made ranks higher."
    lead = f"{counted(len(better), 'choice ranks', 'choices rank')} higher"
    missed = _missed(better)
    if len(missed) == 1:
        return f"{lead} and {missed[0][1]}."
    return f"{lead}: {listed([f'{number} {became}' for number, became in missed])}."


def _missed(better: Sequence[Choice]) -> list[tuple[int, str]]:
    """How many of the choices that would have been better came to nothing in which way."""
    barred = sum(choice.outcome not in CONTESTED for choice in better)
    contested = [choice.standing for choice in better if choice.outcome in CONTESTED]
    worse, alike = contested.count("none"), contested.count("some")
    told = (
        (barred, "was not possible (a rule or no common time)", "were not possible (a rule or no common time)"),
        (worse, "would have made the whole worse", "would have made the whole worse"),
        (alike, "belongs to another pairing just as good", "belong to other pairings just as good"),
        (len(contested) - worse - alike, "went to others", "went to others"),
    )
    return [(number, one if number == 1 else more) for number, one, more in told if number]


# --- without one --------------------------------------------------------------------------------------------


def unmatched_section(page: Page) -> Section | None:
    """Why there is no mentor, and what would change it."""
    why = page.unmatched
    if why is None:
        return None
    texts = [sentence(why.explanation), *_places(page, why), *_change(page, why), *_suggestions(page, why)]
    texts += _waiting(page, why)
    return Section("Why there is no mentor, and what would change it", tuple(map(Item, texts)))


def _waiting(page: Page, why: Unmatched) -> list[str]:
    """Where on the waiting list the mentee stands, and by what."""
    if why.waiting is None:
        return []
    place, of, priority, lost = why.waiting
    told = f"{page.employee.short} is number {place} of {of} on the waiting list (waiting.csv)"
    if not page.proof.classes:
        return [f"{told}, which is in the order of the draw."]
    return [
        f"{told}: {class_text(f'{priority}/{lost}')}. Its order: priority, then losses in a row, then the draw."
    ]


def _places(page: Page, why: Unmatched) -> list[str]:
    """Who else needs the places, as far as places alone keep the mentee out."""
    name, group, left = page.employee.short, why.group, why.places_left
    texts = []
    if why.competitors is not None and why.places is not None:
        mentors = labels(why.contested_mentors) or (f"all {group.mentors} of the group" if group else "")
        others = counted(why.competitors, "other mentee")
        places = places_left(why.places) if left else f"{counted(why.places, 'place')} in all"
        nowhere = f", and {others} can go nowhere else" if why.competitors or not left else ""
        if "can go nowhere else" not in why.explanation and LEFT not in why.explanation:
            texts.append(
                f"All mentors whom {name} could work with, and those tied to them, have {places}{nowhere}."
            )
        alone = f"The {others} are" if why.competitors != 1 else "The other mentee is"
        taken = f" {alone} enough to take every {'such place' if left else 'place with them'}."
        texts.append(f"The mentors are {mentors}.{taken if why.places or not left else ''}")
    if group is not None and left:
        have = "has" if group.mentors == 1 else "have"
        texts.append(
            f"Bottleneck {group.number} of this run: {counted(group.mentees, 'mentee')} can only go to the same "
            f"{counted(group.mentors, 'mentor')}, who {have} {places_left(group.places)}, so "
            f"{group.shortage} of them must do without, whoever they are."
        )
    elif group is not None:
        texts.append(
            f"Bottleneck {group.number} of this run: {counted(group.mentees, 'mentee')} can only go to the same "
            f"{counted(group.mentors, 'mentor')} with {counted(group.places, 'place')}, so "
            f"{group.shortage} of them must do without, whoever they are."
        )
    return texts


def _change(page: Page, why: Unmatched) -> list[str]:
    name = page.employee.short
    if why.change is None:
        none = f"No single step would help {name} while every other pair and session stays as it is"
        tried = "one more place, more common time, an exception to a rule or one more choice"
        return [f"{none} (looked for: {tried})."] if why.change_known else []
    stays = "Every other pair and session could stay as it is."
    mentor, detail = why.change.mentor, why.change.detail
    if mentor is None:
        return [f"The least that would help: {sentence(why.change.text)} {stays}"]
    steps = {
        "one_more_place": f"one more place with {mentor.label}",
        "more_common_time": f"more common time with {mentor.label}, enough for {detail}",
        "exception_to_a_rule": (
            f"an exception for the pair with {mentor.label}, against which a rule stands "
            f"({EXCEPTIONS.get(detail, detail)}); the programme lead can lock the pair in pairs.csv"
        ),
        "one_more_choice": f"one more choice on the list, {mentor.label}, who has a free place and common time",
    }
    return [f"The least that would help: {steps[why.change.kind]}. {stays}"]


def _suggestions(page: Page, why: Unmatched) -> list[str]:
    name = page.employee.short
    if why.suggestions is None:
        return []
    if not why.suggestions:
        return [f"No mentor outside the list has a free place and enough common time with {name}."]
    who = "This mentor is" if len(why.suggestions) == 1 else "These mentors are"
    return [f"{who} not on the list and could take {name} as everything stands: {labels(why.suggestions)}."]


# --- the list -----------------------------------------------------------------------------------------------


def choices_section(page: Page) -> Section | None:
    """What became of each choice."""
    if not page.is_mentee:
        return None
    if not page.choices:
        return Section("The choices", (Item(f"{page.employee.short} listed nobody."),))
    items = [Item(_choice(page, choice), f"{choice.rank}.") for choice in page.choices]
    told = any(choice.standing is not None and choice.outcome in CONTESTED for choice in page.choices)
    return Section("The choices by rank", (*items, *([Item(best_text(page))] if told else []), *draw_items(page)))


def _choice(page: Page, choice: Choice) -> str:
    pairs = page.of_role("mentee")
    fixed = [pair.other for pair in pairs if pair.locked]
    if fixed:
        instead = f"as the pair with {labels(fixed)} is fixed"
    else:
        ranks = "ranks" if len(pairs) == 1 else "rank"
        instead = f"as {labels([pair.other for pair in pairs])} {ranks} at least as high"
    text = became(choice.outcome, choice.detail, choice.standing, instead if pairs else "")
    return f"{choice.mentor.label}: {text}"
