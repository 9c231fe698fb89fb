"""The end of `matcher solve` for who leads the programme: five figures in words, and where to look."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from matcher.console import counted
from matcher.model import Cohort, Solution
from matcher.pair_answers import accepted_pairs

WIDTH = 24
RANKS_TOLD = 5
ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
REASONS = {
    "no_eligible_choice": "a rule stands against every choice",
    "no_common_time": "too little free time in common with their choices",
    "mentors_full": "the places they asked for went to others",
    "schedule_conflict": "no schedule with their choices beside the other sessions",
    "draw": "the draw decided between pairings equally good",
}
SURE = {**REASONS, "mentors_full": "the places they asked for went to others in every pairing as good"}
"""The same where the search was not cut short: then it is known whom only the draw left out."""
READ = {
    "report.html": "everything, for a browser",
    "results.xlsx": "the same as a workbook",
    "messages.csv": "letters, ready to send",
}
"""What people read first in a run, in this order, if it is there."""


def figures_lines(cohort: Cohort, solution: Solution) -> list[str]:
    """Tell what was achieved, and whether anything could be better."""
    paired, mentees = len({pair.mentee for pair in solution.pairs}), len(cohort.mentees)
    pairs = "" if len(solution.pairs) == paired else f", in {counted(len(solution.pairs), 'pair')}"
    return [
        _line("Mentees with a mentor", f"{paired} of {mentees}{pairs}"),
        _line("Their choices", _choices(solution)),
        *_accepted(cohort, solution),
        _line("Sessions", _sessions(solution)),
        _line("Without a mentor", str(len(solution.unmatched)) if solution.unmatched else "nobody"),
        *(_line("", f"{number}: {reason}") for reason, number in _reasons(solution)),
        _line("Could it be better?", _proof(solution)),
        _line("Seed of the draw", str(solution.seed)),
    ]


def _line(name: str, text: str) -> str:
    return f"  {name:<{WIDTH}}{text}"


def _choices(solution: Solution) -> str:
    """How many have their first choice, their second and so on."""
    ranks = Counter(pair.rank for pair in solution.pairs if pair.rank is not None)
    told = [f"{ranks[rank]} {_ordinal(rank)}" for rank in sorted(ranks)[:RANKS_TOLD]]
    told[:1] = [f"{told[0]} choice{'s' * (ranks[min(ranks)] != 1)}"] if told else []
    further = sum(ranks[rank] for rank in sorted(ranks)[RANKS_TOLD:])
    told += [f"{further} lower"] if further else []
    fixed = sum(pair.rank is None for pair in solution.pairs)
    told += [f"{fixed} fixed by you"] if fixed else []
    return ", ".join(told) or "none"


def _accepted(cohort: Cohort, solution: Solution) -> list[str]:
    """How many of the pairs that have been accepted are made, which a new solution need not."""
    accepted = accepted_pairs(cohort.decisions)
    made = sum((pair.mentee, pair.mentor) in accepted for pair in solution.pairs)
    return [_line("Accepted before", f"{made} of {counted(len(accepted), 'pair')} kept")] if accepted else []


def _ordinal(rank: int) -> str:
    """Call a rank by its word.

    >>> _ordinal(2), _ordinal(12)
    ('second', 'rank-12')
    """
    return ORDINALS[rank] if rank < len(ORDINALS) else f"rank-{rank}"


def _sessions(solution: Solution) -> str:
    numbers = [len(pair.sessions) for pair in solution.pairs]
    if not numbers:
        return "none"
    least, most = min(numbers), max(numbers)
    span = str(least) if least == most else f"{least} {'or' if most == least + 1 else 'to'} {most}"
    return f"{sum(numbers)}, {span} for each pair"


def _reasons(solution: Solution) -> list[tuple[str, int]]:
    """The reasons why mentees have no mentor, the most frequent first."""
    codes = Counter(why.code for why in solution.unmatched.values())
    known = (
        solution.status == "optimal"
        and not solution.cut_short
        and all(goal.status == "optimal" for goal in solution.goals)
    )
    said = SURE if known else REASONS
    return [(said[code], number) for code, number in sorted(codes.items(), key=lambda item: (-item[1], item[0]))]


def _proof(solution: Solution) -> str:
    if solution.status != "optimal":
        return "perhaps: not all of it is proven, as is told below"
    if all(goal.status == "optimal" for goal in solution.goals):
        going_on = ", as long as these pairs go on" if solution.goals[0].name == "kept" else ""
        return f"no: it is proven that your rules allow nothing better{going_on}"
    return "no, that is proven, but for how regular the sessions are"


def reading_lines(run: Path) -> list[str]:
    """Tell where to look first, of the files that are there."""
    there = [(str(run / name), what) for name, what in READ.items() if (run / name).is_file()]
    wide = max((len(path) for path, _ in there), default=0)
    return ["Look first at:", *(f"  {path:<{wide}}  {what}" for path, what in there)] if there else []
