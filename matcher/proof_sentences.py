"""What is proven of a run, in words: only what its summary and its certificate say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.code_sentences import class_text
from matcher.explain_facts import ProvenGoal
from matcher.explain_proof import classes_of, proven_goals
from matcher.model import Cohort
from matcher.run_tables import RunTables
from matcher.wording import Wording

PAIRING = ("mentees", "pairs", "priority", "rank")


@dataclass(frozen=True)
class Told:
    """A goal in words: its name, its value, how it stands (`certified`, `solver`, `open`) and what that means."""

    name: str
    value: str
    state: str
    label: str
    text: str


def tell_goals(words: Wording, cohort: Cohort, run: RunTables) -> list[Told]:
    """The goals in order; that of pairs is left out where it is the same as that of mentees."""
    goals = proven_goals(run.summary, run.certificate)
    same = cohort.programme.capacity.mentors_per_mentee == 1
    classes, first = classes_of(run.summary.counts), goals[0].name if goals else ""
    shown = [goal for goal in goals if not (same and goal.name == "pairs")]
    return [_tell(words, cohort, goal, classes, first) for goal in shown]


def _tell(words: Wording, cohort: Cohort, goal: ProvenGoal, classes: Mapping[str, int], first: str) -> Told:
    kind = cohort.programme.goals.rank
    name = words(f"goal.rank_{kind.replace('-', '_')}") if goal.name == "rank" else words(_key(cohort, goal.name))
    if goal.proof == "open":
        text = _open(words, cohort, goal)
    else:
        said = "rank_priority" if goal.name == "rank" and classes else _key(cohort, goal.name).partition(".")[2]
        after = f"proven.{said}_after"
        claim = words(after if goal.name != first and words.has(after) else f"proven.{said}")
        text = f"{claim} {words('proven.certified')}" if goal.proof == "certified" else claim
    value = class_counts(words, goal.value, classes) if goal.name == "priority" else value_text(words, goal.value)
    return Told(name, value, goal.proof, words(f"state.{goal.proof}"), text)


def _key(cohort: Cohort, name: str) -> str:
    """The key of a goal: that of sessions depends on what the programme wants."""
    if name != "sessions":
        return f"goal.{name}"
    number = cohort.programme.sessions.number
    if cohort.programme.frame.engagement == "as-needed":
        return "goal.sessions_wanted"
    return f"goal.sessions_{number if isinstance(number, str) else 'wanted'}"


def _open(words: Wording, cohort: Cohort, goal: ProvenGoal) -> str:
    if not isinstance(goal.bound, int) or not isinstance(goal.value, int):
        return words("open.unknown")
    fewer = goal.bound < goal.value or (goal.name == "rank" and cohort.programme.goals.rank == "min-cost")
    return words("open.least" if fewer else "open.most", bound=goal.bound)


def class_counts(words: Wording, value: int | list[int], classes: Mapping[str, int]) -> str:
    """How many mentees of each class have a mentor, of how many; `classes` are their sizes by name."""
    counts = value if isinstance(value, list) and len(value) == len(classes) else []
    rows = zip(counts, classes.items(), strict=False)
    parts = [words("goal.of_class", number=n, of=size, name=class_text(words, name)) for n, (name, size) in rows]
    return ", ".join(parts) or value_text(words, value)


def value_text(words: Wording, value: int | list[int]) -> str:
    """A figure, or how many pairs there are at each rank."""
    if isinstance(value, int):
        return words.number(value)
    parts = [words("goal.at_rank", number=number, rank=rank) for rank, number in enumerate(value, 1) if number]
    return ", ".join(parts) or words.number(0)


def verdict(words: Wording, run: RunTables) -> tuple[str, str]:
    """Whether the pairing is proven to be the best (`good` or `open`), and the sentences that say so."""
    kind, said = _verdict(words, run)
    first = next((goal.name for goal in run.summary.goals), "")
    return kind, f"{said} {words('verdict.going_on')}" if first == "kept" else said


def _verdict(words: Wording, run: RunTables) -> tuple[str, str]:
    proofs = {goal.name: goal.proof for goal in proven_goals(run.summary, run.certificate)}
    pairing = [proofs.get(name, "open") for name in PAIRING if name != "priority" or name in proofs]
    proven = words("verdict.proven_priority" if "priority" in proofs else "verdict.proven")
    if all(proof == "certified" for proof in pairing):
        return "good", f"{proven} {words('verdict.certified')}"
    if "open" not in pairing:
        return "good", f"{proven} {words('verdict.solver')}"
    if pairing[0] != "open":
        return "open", words("verdict.mentees")
    return "open", words("verdict.open")
