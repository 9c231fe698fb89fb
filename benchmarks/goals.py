"""What was to be reached, and whether it is: one function for each part, from its cases to its checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.compare import Verdict, median, ratio, slope, verdict, worst
from benchmarks.measure import Entry
from benchmarks.parts import LONGEST, OURS, SCALE, Case, proven_within


@dataclass(frozen=True)
class Check:
    """One line of the table of goals; `met` is None where it was not measured."""

    what: str
    goal: str
    reached: str
    met: bool | None


def entry(case: Case, name: str) -> Entry:
    """One contestant of a case."""
    return next(one for one in case.entries if one.name == name)


def _limit(what: str, value: float | None, most: float, unit: str = "") -> Check:
    """A figure that should be at most `most`."""
    return Check(what, f"at most {most:g}{unit}", shown(value) + unit, None if value is None else value <= most)


NOTES: dict[Verdict, tuple[str, str]] = {
    "same": ("", ""),
    "unproven": ("more than ", " (it reached the same answer and did not prove it)"),
}


def _least(what: str, value: float | None, least: float, verdict: Verdict) -> Check:
    """A ratio that should be at least `least`, by what the other's answer is beside ours.

    Who runs out of time before the proof took at least so long.
    """
    before, after = NOTES.get(verdict, ("", " (the answers differ, or ours is not proven)"))
    met = None if value is None else verdict in NOTES and value >= least
    return Check(what, f"at least {least:g}", before + shown(value) + after, met)


def shown(value: float | None) -> str:
    """A figure with as many digits as mean something; a dash for none."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def of_size(case: Case) -> str:
    """Employees and mentees of a case, in words."""
    return f"{case.size['employees']:,} employees, {case.size['mentees']:,} mentees"


def floor(cases: Sequence[Case]) -> Iterator[Check]:
    """Whole command against reading and one flow, with the proof kept."""
    for case in cases:
        ours = entry(case, OURS)
        yield _limit(
            f"matcher / floor, {of_size(case)}, calendars", ratio(ours.seconds, entry(case, "floor").seconds), 10
        )
        answer = worst(ours, case.kind)
        if answer is not None:
            first_three = {"mentees", "pairs", "rank"} <= set(answer["proven"])
            short = 1 if answer["bound"] is None else 1 - answer["sessions"] / max(answer["bound"], 1)
            told = "proven" if first_three else "not all proven"
            yield Check(
                "there: proof",
                "mentees, pairs, ranks proven; sessions within 0.1%",
                f"mentees, pairs, ranks {told}; sessions {'proven' if short == 0 else f'within {short:.2%}'}",
                first_three and short <= 0.001,
            )


def flow(cases: Sequence[Case]) -> Iterator[Check]:
    """Goals 1 to 3 in memory against one flow."""
    for case in cases:
        took = ratio(entry(case, OURS).inner, entry(case, "ortools-flow").inner)
        what = f"matcher / one min-cost flow, {case.size['mentees']:,} mentees without calendars, {case.kind}"
        yield _limit(what, took, 5 if case.kind == "min-cost" else 15)


def textbook(cases: Sequence[Case]) -> Iterator[Check]:
    """One model against ours: whole process, solving alone, and the largest size of each."""
    if len(cases) > 1:
        for name in (OURS, "textbook"):
            proven = [
                case.size["mentees"]
                for case in cases
                for one in case.entries
                if one.name == name and proven_within(one, LONGEST)
            ]
            reached = f"{max(proven, default=0):,} mentees"
            yield Check(f"largest size that {name} proves in 10 minutes", "as large as can be", reached, None)
        return
    for case in cases:
        theirs, ours, inner = (entry(case, name) for name in ("textbook", OURS, "matcher in memory"))
        sure = proven_within(ours, LONGEST)
        beside = verdict(theirs, ours, case.kind) if sure else "none"
        where = f"{case.size['mentees']:,} mentees with calendars"
        whole, alone = ratio(theirs.seconds, ours.seconds), ratio(theirs.inner, inner.inner)
        yield _least(f"textbook / matcher, {where}, whole process", whole, 30, beside)
        yield _least(f"textbook / matcher, {where}, solving alone", alone, 500, beside)


def scale(cases: Sequence[Case]) -> Iterator[Check]:
    """Slope of time against size, and memory."""
    done = [case for case in cases if entry(case, OURS).seconds]
    sizes = [case.size["mentees"] for case in done]
    if sizes and (sizes[0], sizes[-1]) == (SCALE[0], SCALE[-1]):
        times = [median(entry(case, OURS).seconds) or 0.0 for case in done]
        what = f"slope of log time against log size, {sizes[0]:,} to {sizes[-1]:,} mentees"
        yield _limit(what, slope(sizes, times), 1.15)
    for mentees, most in ((15_000, 1.0), (300_000, 8.0)):
        for case in done:
            if case.size["mentees"] == mentees:
                peak = max(entry(case, OURS).memory) / 1000
                yield _limit(f"peak memory, {of_size(case)}", peak, most, " GB")


def startup(cases: Sequence[Case]) -> Iterator[Check]:
    """What starting costs."""
    for case in cases:
        ours, other = case.entries
        yield _limit(f"{case.name} / {other.name}", ratio(ours.seconds, other.seconds), 2)


def calendars(cases: Sequence[Case]) -> Iterator[Check]:
    """Importing calendars against parsing and expanding them, and the second import against the first."""
    for case in cases:
        ours, again, theirs = (entry(case, name).seconds for name in (OURS, "matcher again", "libraries"))
        yield _limit(f"importing / parsing and expanding alone, {case.name}, one worker", ratio(ours, theirs), 2)
        yield _least(f"first import / second, {case.name}", ratio(ours, again), 50, "same")


def sweep(cases: Sequence[Case]) -> Iterator[Check]:
    """A case of a sweep against a process of its own, and two workers against one."""
    for case in cases:
        ours, two, apart = (entry(case, name) for name in (OURS, "matcher, 2 workers", "separate processes"))
        yield _limit(
            f"{case.name}: a case of a sweep / a process of its own", ratio(ours.seconds, apart.seconds), 0.5
        )
        beside = verdict(two, ours, case.kind)
        yield _least(f"{case.name}: 1 worker / 2 workers", ratio(ours.seconds, two.seconds), 1.7, beside)


def rematch(cases: Sequence[Case]) -> Iterator[Check]:
    """A rematch against a solve of the same cohort from scratch, and what it ends that nobody refused."""
    for case in cases:
        ours, anew = entry(case, OURS), entry(case, "solving anew")
        yield _limit(f"{case.name}: rematch / solving anew", ratio(ours.seconds, anew.seconds), 1)
        yield _limit(f"{case.name}: pairs ended that nobody refused", case.size["of them unforced"], 0)


def shapes(cases: Sequence[Case]) -> Iterator[Check]:
    """Odd shapes against the ordinary cohort."""
    ordinary = entry(cases[0], OURS)
    for case in cases[1:]:
        yield _limit(f"{case.name} / ordinary cohort", ratio(entry(case, OURS).seconds, ordinary.seconds), 5)


CHECKS: dict[str, Callable[[Sequence[Case]], Iterator[Check]]] = {
    "textbook": textbook,
    "textbook-largest": textbook,
    "floor": floor,
    "flow": flow,
    "scale": scale,
    "scale-largest": scale,
    "startup": startup,
    "calendars": calendars,
    "shapes": shapes,
    "sweep": sweep,
    "rematch": rematch,
}
