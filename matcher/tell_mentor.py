"""A mentor's part of the page: places, mentees, who asked in vain, what one more place would bring."""

from __future__ import annotations

from matcher.console import counted
from matcher.explain_facts import Asker, Page, PersonPair
from matcher.tell_proof import best_text
from matcher.tell_words import (
    CONTESTED,
    Item,
    Section,
    became,
    gain_text,
    labels,
    list_place,
    sentence,
    standing_text,
)

SHOWN = 20


def mentees_section(page: Page) -> Section | None:
    """Places, who has them, and what one more would bring."""
    if not page.is_mentor:
        return None
    pairs, places = page.of_role("mentor"), page.employee.places
    asked = len(page.asked)
    wanted = f"Asked for by {counted(asked, 'mentee')}."
    left = places - len(pairs)
    free = f"{left} free" if left > 0 else "all taken"
    if not places:
        said = f"{page.employee.short} takes no mentees."
    elif not pairs:
        said = f"{counted(places, 'place')}, {'free' if places == 1 else 'all free'}."
    elif page.programme.frame.engagement == "as-needed":
        said = f"{counted(len(pairs), 'mentee')} over the programme, at most {places} at the same time."
    else:
        said = f"{counted(places, 'place')}, {'taken' if places == len(pairs) == 1 else free}."
    items = [Item(f"{said} {wanted}"), *(Item(_mentee(page, pair), "-") for pair in pairs)]
    return Section("As a mentor", (*items, *map(Item, _gain(page))))


def _mentee(page: Page, pair: PersonPair) -> str:
    fixed = ", fixed by the programme lead" if pair.locked else ""
    details = [asker.detail for asker in page.asked if asker.mentee == pair.other]
    whole = page.programme.frame.engagement == "whole"
    told = pair.standing is not None and (whole or pair.standing)
    standing = f" {standing_text(pair.standing or '', ''.join(details))}" if told else ""
    return f"{pair.other.label}: {list_place(pair.rank)}{fixed}.{standing}".rstrip()


def _gain(page: Page) -> list[str]:
    """What one more place would bring, as far as the run knows."""
    name, gain = page.employee.short, page.gain
    if gain is None:
        nobody = f"One more place with {name} would bring nothing: nobody who asked could work with {name}."
        return [nobody] if page.gain_known and page.asked else []
    brings = gain_text(gain.mentees, gain.pairs, gain.ranks, gain.priority)
    if not brings:
        known = "" if gain.proven else ", as far as is known"
        return [f"One more place with {name} would change nothing in mentees, pairs and ranks{known}."]
    if gain.proven:
        return [f"One more place with {name} would bring the programme {brings}."]
    doubt = "that much is not certain, as schedules may not allow it"
    return [f"One more place with {name} would bring the programme at most {brings}; {doubt}."]


def asked_section(page: Page) -> Section | None:
    """Who asked for the mentor and was not assigned."""
    mentees = {pair.other.employee_id for pair in page.of_role("mentor")}
    asked = [asker for asker in page.asked if asker.mentee.employee_id not in mentees]
    if not asked:
        return None
    items = [Item(_asker(asker), "-") for asker in asked[:SHOWN]]
    if len(asked) > SHOWN:
        items.append(Item(f"And {len(asked) - SHOWN} more, whom --json lists."))
    told = any(asker.standing is not None and asker.outcome in CONTESTED for asker in asked[:SHOWN])
    once = told and not page.choices  # else the choices say it
    return Section("Asked, and not assigned", (*items, *([Item(best_text(page))] if once else [])))


def _asker(asker: Asker) -> str:
    works = f"works with {labels(asker.mentors)}" if asker.mentors else ""
    text = f"{asker.mentee.label}, rank {asker.rank}: "
    text += became(asker.outcome, asker.detail, asker.standing, works, told=asker.outcome == "mentor_full")
    if works and asker.outcome != "other_choice_taken":
        return f"{text} {sentence(works)}"
    return f"{text} Has no mentor in this run." if asker.unmatched else text
