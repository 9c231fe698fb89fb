"""The end of `matcher rematch` for who leads the programme: who goes on, who does not, and who has to be told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matcher.console import counted
from matcher.earlier import Repair
from matcher.model import Cohort, Solution
from matcher.programme import day_date, midnight_of
from matcher.rematch_changes import Changes
from matcher.solve_words import WIDTH, figures_lines

REASONS = {
    "refused": "refused",
    "declined": "declined",
    "forbidden": "ruled out by the lead",
    "left": "somebody has left",
    "rule": "a rule or a calendar stands in the way",
    "capacity": "fewer places",
    "lock": "the lead fixed another pair",
    "schedule": "no time beside other sessions",
    "for_others": "so that more mentees have a mentor",
}
BEYOND = "mentees_if_pairs_end"
"""The figure of the search that bounds how many mentees could have a mentor if pairs that go on might end."""


def rematch_line(cohort: Cohort, solution: Solution, said: Mapping[str, Any]) -> str:
    """Give the one line on a rematch, without where it was written."""
    ended = sum(said["ended"].values())
    reasons = ", ".join(f"{number} {reason}" for reason, number in said["ended"].items())
    paired = len({pair.mentee for pair in solution.pairs})
    return (
        f"{solution.status.replace('_', ' ')} as of {said['as_of']}: "
        f"{counted(said['kept'], 'pair goes', 'pairs go')} on, "
        f"{ended} ended{f' ({reasons})' if reasons else ''}, {said['new']} new; "
        f"{counted(said['sessions_moved'], 'session')} moved{_cancelled(said)}; "
        f"{counted(said['people_affected'], 'person hears', 'people hear')} of it; "
        f"{paired} of {counted(len(cohort.mentees), 'mentee')} paired"
    )


def _cancelled(said: Mapping[str, Any]) -> str:
    """What pairs that go on lose besides; the sessions of pairs that end are not worth a word."""
    number = said["sessions_cancelled_of_kept"]
    return f" and {number} cancelled in pairs that go on" if number else ""


def rematch_lines(cohort: Cohort, solution: Solution, said: Mapping[str, Any]) -> list[str]:
    """Tell what becomes of the pairs, who has to be told, and who still waits."""
    gone_on, ended, changed = said["kept"], said["ended"], said["pairs_with_other_sessions"]
    lines = [
        _line("Pairs that go on", f"{gone_on} of {gone_on + sum(ended.values())}{_with(changed)}"),
        _line("Pairs that end", str(sum(ended.values())) if ended else "none"),
        *(_line("", f"{number}: {REASONS[reason]}") for reason, number in ended.items()),
        _line("New pairs", f"{said['new']}{_regained(said)}"),
        _line("Planned sessions", _sessions(said)),
        _line("Who has to be told", counted(said["people_affected"], "person", "people")),
        *figures_lines(cohort, solution),
    ]
    return [*lines, *beyond_lines(cohort, solution)]


def beyond_lines(cohort: Cohort, solution: Solution) -> list[str]:
    """Tell whether ending pairs could give more mentees a mentor, where the search has found it out."""
    bound = solution.counts.get(BEYOND)
    paired = len({pair.mentee for pair in solution.pairs})
    if bound is None or cohort.programme.rematch.end_pairs != "forced":
        return []
    if bound <= paired:
        return ["No more mentees could have a mentor if pairs that go on were ended."]
    more = counted(bound - paired, "more mentee", "more mentees")
    key = "--set rematch.end_pairs=for-more-mentees"
    return [f"At most {more} could have a mentor if pairs that go on might end: {key}"]


def _line(name: str, text: str) -> str:
    return f"  {name:<{WIDTH}}{text}"


def _with(changed: int) -> str:
    return f", {changed} with other sessions than planned" if changed else ", all sessions as planned"


def _regained(said: Mapping[str, Any]) -> str:
    lost, regained = said["mentees_who_lost_a_mentor"], said["mentees_regained"]
    return f"; of {counted(lost, 'mentee')} who lost a mentor, {regained} have one again" if lost else ""


def _sessions(said: Mapping[str, Any]) -> str:
    words = {
        "sessions_kept": "as planned",
        "sessions_moved": "moved",
        "sessions_cancelled": "cancelled",
        "sessions_new": "new",
    }
    told = ", ".join(f"{said[key]} {word}" for key, word in words.items() if said[key])
    return told or "none"


def odd_lines(repair: Repair, changes: Changes) -> list[str]:
    """Tell what a lead might not expect: refusals of later dates, sessions after a refusal, choices taken back."""
    day = day_date(repair.as_of)
    ahead = sum(ending.why.since is not None and ending.why.since > repair.as_of for ending in changes.endings)
    lines = []
    if ahead:
        refusals = counted(ahead, "refusal is dated", "refusals are dated")
        lines.append(f"Warning: {refusals} after {day}; a refusal counts from {day} on all the same.")
    after = _held_after_refusal(repair, changes)
    if after:
        lines.append(
            f"Warning: {counted(after, 'session counts', 'sessions count')} as held after the date of a refusal; "
            "take out of sessions.csv of the run what has not taken place, and run this again."
        )
    known = set(zip(repair.cohort.choices.mentee.tolist(), repair.cohort.choices.mentor.tolist(), strict=True))
    known |= set(repair.cohort.locks)
    unlisted = sum(pair not in known for pair in repair.earlier.agreed)
    if unlisted:
        pairs = counted(unlisted, "pair stands", "pairs stand")
        lines.append(f"Warning: {pairs} although preferences.csv no longer lists the mentor.")
    return lines


def _held_after_refusal(repair: Repair, changes: Changes) -> int:
    count = 0
    for ending in changes.endings:
        if ending.why.since is not None and ending.why.since < repair.as_of:
            limit = midnight_of(repair.cohort.programme, ending.why.since + 1)
            count += sum(session.start >= limit for session in ending.held)
    return count


def next_line(run: Path) -> str:
    """Tell where it says who is affected."""
    return f"{run / 'changes.csv'} says for whom what changes, {run / 'moves.csv'} session by session."
