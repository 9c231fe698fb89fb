"""Results as Markdown: one table for each part, the goals at the top, and the plot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.compare import Verdict, median, ratio, verdict, worst
from benchmarks.goals import CHECKS, Check, entry, shown
from benchmarks.measure import ROOT, Entry
from benchmarks.parts import Case
from benchmarks.results import Results
from benchmarks.words import ANSWERS, HEAD, PARTS

PAGE, PLOT = ROOT / "docs" / "performance.md", ROOT / "docs" / "performance.svg"
WORDS: dict[Verdict, str] = {
    "same": "same",
    "better": "better",
    "worse": "**worse: times not comparable**",
    "unproven": "same, not proven",
    "none": "",
}


def page(results: Mapping[str, Results], *, plot: bool) -> str:
    """The whole of performance.md."""
    checks = [one for part, check in CHECKS.items() if part in results for one in check(results[part].cases)]
    blocks = [HEAD, goals_table(checks) if checks else "Nothing has been measured yet."]
    if plot:
        blocks.append("![Time and peak memory of matcher against the number of mentees](performance.svg)")
    blocks.append(ANSWERS)
    blocks += [part_block(results[part]) for part in PARTS if part in results]
    return "\n\n".join(blocks) + "\n"


def goals_table(checks: Iterable[Check]) -> str:
    """Goal, reached, met."""
    met = {True: "yes", False: "**no**", None: ""}
    rows = [(check.what, check.goal, check.reached, met[check.met]) for check in checks]
    return table(("what", "goal", "reached", "met"), rows)


def part_block(results: Results) -> str:
    """One part: what is timed, its table, when and where it was measured."""
    title, words = PARTS[results.part]
    return f"## {title}\n\n{words}\n\n{part_table(results.cases)}\n\n{_measured(results)}"


def part_table(cases: Sequence[Case]) -> str:
    """A row for every contestant on every case; columns that would be empty throughout are left out."""
    columns = (
        "cohort",
        "who",
        "seconds",
        "in memory",
        "CPU s",
        "peak MB",
        "answer",
        "beside matcher",
        "time / matcher's",
    )
    rows = [
        (label(case) if one is case.entries[0] else "", *_row(case, one)) for case in cases for one in case.entries
    ]
    used = [place for place in range(len(columns)) if any(row[place] for row in rows)]
    return table([columns[place] for place in used], [[row[place] for place in used] for row in rows])


def _row(case: Case, one: Entry) -> tuple[str, ...]:
    """One contestant on one case; the ratio is his time to that of the first contestant, ours."""
    ours = case.entries[0]
    if one.missing:
        return (one.name, "", "", "", "", f"not installed: {', '.join(one.missing)}", "", "")
    if not one.seconds:
        return (one.name, one.fault, "", "", "", "", "", "")
    judged, less = verdict(one, ours, case.kind), does_less(one, case.kind)
    answer = worst(one, case.kind)
    beside = "" if one is ours else "does less" if less else WORDS[judged]
    in_memory = bool(one.inner and ours.inner)
    took = ratio(one.inner, ours.inner) if in_memory else ratio(one.seconds, ours.seconds)
    comparable = one is not ours and (less or judged in ("same", "none", "better"))
    return (
        one.name,
        spread(one.seconds) + (f"; then {one.fault}" if one.fault else ""),
        spread(one.inner) if in_memory or "memory" in one.name or one.name == "textbook" else "",
        shown(median(one.cpu)),
        f"{max(one.memory):,.0f}",
        "" if answer is None else answer_text(answer, case.kind),
        beside,
        f"{took:.3g}" if comparable and took is not None else "",
    )


def label(case: Case) -> str:
    """A case's name and size."""
    sizes = [f"{number:,} {what}" for what, number in case.size.items() if what not in case.name]
    return f"{case.name} ({', '.join(sizes)})" if sizes else case.name


def does_less(one: Entry, kind: str) -> bool:
    """Whether a contestant is a floor under the work: it is not meant to reach all that is asked."""
    return one.name == "floor" or (one.name == "ortools-flow" and kind != "min-cost")


def spread(values: Sequence[float]) -> str:
    """Median, with the least and the most in brackets where there are several."""
    middle = shown(median(values))
    return middle if len(values) < 2 else f"{middle} ({shown(min(values))} to {shown(max(values))})"


def answer_text(answer: Mapping[str, Any], kind: str) -> str:
    """Pairs, ranks and sessions in a few words."""
    ranks = " ".join(map(str, answer["rank"]))
    if kind == "min-cost":
        ranks += f" (sum {sum(rank * count for rank, count in enumerate(answer['rank'], start=1)):,})"
    pairs = f"{answer['pairs']:,} pairs"
    if answer["pairs"] != answer["mentees"]:
        pairs = f"{answer['mentees']:,} mentees, {pairs}"
    sessions = f"; {answer['sessions']:,} sessions" if "sessions" in answer else ""
    proof = {"optimal": "", "feasible": "; not proven", "stable": "; stable", "relaxed": ""}[answer["status"]]
    return f"{pairs}; ranks {ranks}{sessions}{proof}"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _measured(results: Results) -> str:
    machine = results.machine
    where = f"{machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']} {machine['processor']}"
    names = ", ".join(f"{name} {number}" for name, number in results.versions.items())
    return f"Measured on {results.date}: {where}; {names}."


def write(results: Mapping[str, Results], page_path: Path = PAGE, plot_path: Path = PLOT) -> None:
    """Write the page and, where the package for it is installed, the plot beside it."""
    drawn = plot_path.exists()
    if "scale" in results:
        try:
            from benchmarks.plot import draw
        except ModuleNotFoundError:
            pass  # the plot that is there stays
        else:
            cases = [
                case for part in ("scale", "scale-largest") if part in results for case in results[part].cases
            ]
            draw([(case.size["mentees"], entry(case, "matcher")) for case in cases], plot_path)
            drawn = True
    page_path.write_text(page(results, plot=drawn), "utf-8")
