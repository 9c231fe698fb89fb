"""That nobody was favoured: what a best pairing is, how the draw works and what is proven."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.console import counted
from matcher.explain_facts import Page, ProvenGoal
from matcher.remarks import decider
from matcher.tell_words import RANKS, Item, Section, class_text, listed, profile_text, sentence

NAMES = {
    "mentees": "mentees with a mentor",
    "pairs": "pairs",
    "priority": "mentees who go first",
    "rank": "ranks",
}
FIRST = "the most mentees who go first (by priority, then by how often in a row they were left out)"
PROOFS = {
    "certified": "certificate.json proves it, and 'matcher verify' checks that proof without the solver",
    "solver": "the solver has proven it",
}


def best_text(page: Page) -> str:
    """What a best pairing is, once for a page."""
    first, worse = (f"{FIRST}, then ", "pairs, those who go first") if page.proof.classes else ("", "pairs")
    return (
        f"A best pairing has the most mentees with a mentor, then the most pairs, then {first}"
        f"{RANKS[page.programme.goals.rank]}. With a pair that is in none of them, mentees, {worse} or ranks "
        f"would come out worse as a whole.{_besides(page)}"
    )


def _besides(page: Page) -> str:
    """What else counts where a plan has been repaired."""
    if not any(goal.name == "kept" for goal in page.proof.goals):
        return ""
    return " This repairs a plan: pairs that go on, and sessions that stay as planned, are goals besides."


def draw_items(page: Page) -> list[Item]:
    """The draw, where it may have decided something for this mentee."""
    name, seed = page.employee.short, page.proof.seed
    open_choices = [choice for choice in page.choices if choice.standing == "some"]
    deciders = {decider(choice.detail) for choice in open_choices}
    if page.unmatched is not None and page.unmatched.reason == "draw":
        said = f"The draw decided: there are pairings just as good in every goal that include {name}."
    elif "draw" in deciders:
        said = "Where the draw decided, there are pairings with and without the pair that are equally good in all."
    elif "" in deciders:
        said = (
            "Several pairings are equally good in mentees, pairs and ranks. Among them the goals on sessions "
            "decide first, and last of all the draw."
        )
    else:
        return []
    return [Item(f"{said} {_repeat(page)} The seed of the draw is {seed}.")]


def _repeat(page: Page) -> str:
    if page.proof.cut_short:
        return "As the search was ended early, repeating it may come out differently."
    return f"Whoever wants to repeat it gets the same result from the same files: {page.proof.repeat}."


# --- the section --------------------------------------------------------------------------------------------


def proof_section(page: Page) -> Section:
    """How the proof stands, and how ties are settled."""
    proof = page.proof
    items = [Item(text) for text in _goals(page)]
    if proof.locked:
        fixed = f"{counted(proof.locked, 'pair was', 'pairs were')} fixed by the programme lead beforehand"
        items.append(Item(f"{fixed}; all others follow from the choices, the rules and the calendars."))
    items.append(
        Item(
            "What is still equally good is settled by a draw: the seed "
            f"{proof.seed} and the programme's first day put everybody in a random order in which name, function "
            "and level count for nothing, and the same files always give the same order."
        )
    )
    sure = all(goal.proof != "open" for goal in proof.goals if goal.name in NAMES)
    return Section("Nobody was favoured" if sure else "What is proven, and what is not", tuple(items))


def _goals(page: Page) -> list[str]:
    """The first three goals, those with the same kind of proof in one sentence."""
    goals = [goal for goal in page.proof.goals if goal.name in NAMES]
    texts = []
    for kind, tail in PROOFS.items():
        same = [goal for goal in goals if goal.proof == kind]
        if same:
            texts.append(sentence(f"{_claims(page, same)}: {tail}"))
    return [*texts, *(_open(page, goal) for goal in goals if goal.proof == "open")]


def _claims(page: Page, goals: Sequence[ProvenGoal]) -> str:
    """That nothing is better in these goals, of which each is held while the next is looked at."""
    alone = page.programme.capacity.mentors_per_mentee == 1 and len(goals) > 1
    told = []
    for goal in goals:
        value = _value(page, goal)
        if goal.name == "mentees":
            of = "" if page.proof.mentees is None else f" of {page.proof.mentees}"
            among = "that keeps the rules"
            if page.proof.goals[0].name == "kept":
                among = f"{among} and in which as many pairs go on"
            told.append(f"no pairing {among} gives more mentees a mentor ({value}{of})")
        elif goal.name == "priority":
            told.append(f"no pairing with as many is better for those who go first ({value})")
        elif goal.name == "rank":
            alike = "as good in that" if page.proof.classes else "with as many"
            told.append(f"no pairing {alike} has better ranks ({value})")
        elif not alone:  # with one mentor each, pairs are as many as mentees
            told.append(f"no pairing with as many mentees has more pairs ({value})")
    return ", and ".join(told)


def _value(page: Page, goal: ProvenGoal) -> str:
    """The figures of a goal in words."""
    if goal.name == "priority" and isinstance(goal.value, list):
        rows = zip(goal.value, page.proof.classes, strict=False)
        return listed([f"{number} of {size} ({class_text(name)})" for number, (name, size) in rows])
    return profile_text(goal.value, page.programme.goals.rank if goal.name == "rank" else "")


def _open(page: Page, goal: ProvenGoal) -> str:
    found = _value(page, goal)
    if goal.name == "priority":
        return f"Not proven: whether another pairing is better for those who go first than this one ({found})."
    if goal.name == "rank":
        return f"Not proven: whether another pairing has better ranks than this one ({found})."
    bound = "" if goal.bound is None else f"; more than {goal.bound} are impossible"
    return f"Not proven: whether another pairing has more {NAMES[goal.name]} than this one ({found}{bound})."
