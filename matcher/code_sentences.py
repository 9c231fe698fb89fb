"""Why choices came out as they did, why mentees have no mentor, and what would help: in the words of a language.

English reasons are those of the run's tables; in other languages they are made from codes and figures.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter

from matcher.explain_facts import Change
from matcher.model import Cohort
from matcher.remarks import LEFT, decider, without_remark
from matcher.wording import Wording

LEVEL_RULES = ("same_function_gap", "cross_function_gap")
CHANGES = ("one_more_place", "more_common_time", "exception_to_a_rule", "one_more_choice")
CHANGE_KEYS = ("change.place", "change.time", "change.rule", "change.choice", "change.other")
CONTEST = re.compile(
    r" (?:\d+ mentors? ha(?:s|ve)|The \d+ mentors of group \d+ in bottlenecks\.csv have) "
    rf"(?:\d+ places? in all|(?:no|\d+) places? {LEFT})(?:, and \d+ other mentees? can go nowhere else)?\."
)
"""Who else needs the places: it is told apart from the reason."""
MORE_TIME = re.compile(r"(\d+) more sessions? of (\d+) minutes")
REFUSAL = re.compile(r"(One of the two|The mentee|The mentor|Both) (?:has|have) (refused|declined)")
SAYERS = {"One of the two": "one", "The mentee": "mentee", "The mentor": "mentor", "Both": "both"}
NEVER_TOGETHER = "The two never take part"
ENGAGED = re.compile(r"from (\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d), when both take part")
AHEAD = re.compile(r" (\d+) of the mentees who have these mentors goe?s? first")
"""How many of those who have the mentors asked for go before a mentee."""
NO_HOURS = "no common working hours"  # what docs/formats.md promises of the sentence, here in small letters

# --- choices ------------------------------------------------------------------------------------------------


def outcome_sentence(words: Wording, outcome: str, detail: str) -> str:
    """What became of a choice, without its standing; "" where the two are a pair. Levels: see `level_sentence`."""
    if outcome == "paired":
        return ""
    if words.language == "en":
        return without_remark(detail)
    if outcome == "no_common_time":
        return _no_common_time(words, detail)
    if outcome == "refused" and (found := REFUSAL.match(detail)):
        return words(f"detail.{found[2]}_{SAYERS[found[1]]}")
    return words(f"detail.{outcome}") if words.has(f"detail.{outcome}") else ""


def _no_common_time(words: Wording, detail: str) -> str:
    """What two people lack: hours, days in the programme, or free time."""
    if detail.lower().startswith(NO_HOURS):
        return words("detail.no_common_hours")
    if detail.startswith(NEVER_TOGETHER):
        return words("detail.never_together")
    found = ENGAGED.search(detail)
    if found is None:
        return words("detail.no_common_time")
    first, last = (words.date(dt.date.fromisoformat(day)) for day in found.groups())
    return words("detail.no_time_together", first=first, last=last)


def level_sentence(words: Wording, cohort: Cohort, outcome: str, mentee: int, mentor: int) -> str:
    """How many levels a mentor must stand higher, and how it is; people the cohort does not know are -1."""
    levels, rules = cohort.employees.level, cohort.programme.eligibility
    needed = rules.same_function_gap if outcome == "same_function_gap" else rules.cross_function_gap
    said = words(f"detail.{outcome}", levels=words("levels", n=needed))
    if mentee < 0 or mentor < 0:
        return said
    gap = int(levels[mentor]) - int(levels[mentee])
    if gap == 0:
        return f"{said} {words('detail.same_level')}"
    key = "detail.higher" if gap > 0 else "detail.lower"
    return f"{said} {words(key, levels=words('levels', n=abs(gap)))}"


def standing_sentence(words: Wording, detail: str, standing: str) -> str:
    """Where a choice stands among the best pairings; "" where a rule sets it aside or nobody has looked."""
    if not standing:
        return ""
    told = decider(detail) if standing == "some" else ""
    return words(f"standing.{standing}_{told}" if told else f"standing.{standing}")


# --- mentees without a mentor -------------------------------------------------------------------------------


def reason_sentence(
    words: Wording, reason: str, explanation: str, eligible: int | None, outcomes: Counter[str]
) -> str:
    """Why a mentee has no mentor; `outcomes` are those of his choices."""
    if words.language == "en":
        return CONTEST.sub("", explanation).replace(" (see choices.csv)", "")
    if reason == "no_eligible_choice":
        causes = [f"{words(f'outcome.{code}')} × {number}" for code, number in outcomes.most_common()]
        return (
            words("why_not.no_eligible_choice", causes="; ".join(causes)) if causes else words("why_not.no_choice")
        )
    allowed = "" if eligible is None else words("why_not.allowed", n=eligible)
    if reason == "no_common_time" and NO_HOURS in explanation.partition(":")[0]:
        return f"{allowed} {words('why_not.no_common_hours')}"
    if reason == "no_common_time" and "takes part at the same time" in explanation.partition(":")[0]:
        return f"{allowed} {words('why_not.never_together')}"
    key, ahead = f"why_not.{reason}", AHEAD.search(explanation)
    tail = f" {words('why_not.ahead', n=int(ahead[1]))}" if ahead else ""
    return f"{allowed} {words(key)}{tail}".strip() if words.has(key) else ""


def class_text(words: Wording, name: str) -> str:
    """A class of mentees in words, from what files call it; the name itself if it is none.

    >>> class_text(Wording("en", {}), "2/1")
    'priority 2, left out for 1 quarter'
    """
    found = re.fullmatch(r"(\d{1,9})/(\d{1,9})", name)
    if found is None:
        return name
    priority, lost = found.groups()
    return (
        words("class.lost", n=int(lost), priority=priority)
        if int(lost)
        else words("class.priority", priority=priority)
    )


def contest_sentence(words: Wording, places: int, competitors: int, *, left: bool) -> str:
    """Who competes for the places; where `left`, for those beside pairs that go on after a rematch."""
    if left:
        free = words("contest.left", n=places) if places else words("contest.full")
        others = words("contest.others" if places else "contest.others_only", n=competitors) if competitors else ""
        return f"{free} {others}".strip()
    return f"{words('contest.places', n=places)} {words('contest.others', n=competitors)}"


def change_parts(words: Wording, change: Change) -> tuple[int, str]:
    """The kind of a smallest change as a place in `CHANGE_KEYS`, and how much time or which rule it is about."""
    if change.kind not in CHANGES or change.mentor is None:
        return len(CHANGES), change.text if words.language == "en" else words("change.unknown")
    if change.kind == "exception_to_a_rule":
        key = f"rule.{change.detail}"
        return 2, words(key) if words.has(key) else words("rule.other")
    found = MORE_TIME.fullmatch(change.detail)
    if found:
        return 1, words("change.sessions", n=int(found[1]), minutes=int(found[2]))
    return CHANGES.index(change.kind), ""


# --- mentors ------------------------------------------------------------------------------------------------


def gain_sentence(
    words: Wording, mentees: int, pairs: int, ranks: str, *, proven: bool, priority: str = ""
) -> str:
    """What one more place with a mentor would bring; `priority` is the change by classes of mentees."""
    parts = [text for change in priority.split() if (text := _class_change(words, change))]
    if mentees and not parts:
        parts.append(words("gain.mentees", n=mentees))
    if pairs and pairs != mentees:
        parts.append(words("gain.pairs", n=pairs))
    parts += [text for change in ranks.split() if (text := _rank_change(words, change))]
    if not parts:
        return words("gain.nothing" if proven else "gain.unknown")
    said = words.listed(parts)
    return said if proven else words("gain.at_most", gain=said)


def _class_change(words: Wording, change: str) -> str:
    name, _, number = change.partition(":")
    if not number.lstrip("+-").isdigit():
        return ""
    key = "gain.class_fewer" if number.startswith("-") else "gain.class_more"
    return words(key, n=int(number.lstrip("+-")), name=class_text(words, name))


def _rank_change(words: Wording, change: str) -> str:
    rank, colon, number = change.partition(":")
    if not colon:
        return words("gain.sum", change=change)
    if not number.lstrip("+-").isdigit():
        return ""
    key = "gain.fewer" if number.startswith("-") else "gain.more"
    return words(key, n=int(number.lstrip("+-")), rank=rank)
