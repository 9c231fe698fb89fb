"""What `matcher compare` says: figures side by side, how many fare otherwise, and where to look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from matcher.chart_axes import Axis
from matcher.chart_points import Point, best_of
from matcher.compare import Compared, Comparison
from matcher.compare_figures import Figures, spaced
from matcher.console import clean, counted
from matcher.differences import KINDS, plain_value
from matcher.runs import is_run

SIDE_BY_SIDE = 6  # so many runs are shown in columns; of more, the best and the worst
WIDEST = 26  # characters of a column
NAMED = 2  # runs that share a place and are named
PAIRS = "  pairs: {kept} kept, {won} won, {lost} lost; "
SESSIONS = "sessions of kept pairs: {kept} as before, {moved} moved, {added} added, {dropped} dropped"
KIND_WORDS = {
    "gained": "gained a mentor",
    "lost": "lost the mentor",
    "mentor": "changed mentors",
    "more": "have more mentors",
    "fewer": "have fewer mentors",
    "rank": "keep the mentor at another rank",
    "joined": "take part only now",
    "left": "take part no more",
}
REASON_WORDS = {
    "no_eligible_choice": "no choice that the rules allow",
    "no_common_time": "no common time",
    "mentors_full": "mentors are full",
    "schedule_conflict": "no time beside other sessions",
    "draw": "the draw decided",
}
Figure = Callable[[Figures], float | None]
JUDGED: tuple[tuple[str, Figure, bool], ...] = (  # what it is called, the figure, whether more is better
    ("mentees with a mentor", lambda own: own.served, True),
    ("pairs", lambda own: own.pairs, True),
    ("mean rank", lambda own: own.mean_rank, False),
    ("worst rank", lambda own: own.worst_rank, False),
    ("sessions", lambda own: own.sessions, True),
    ("mentors with mentees", lambda own: own.mentors, True),
)


def line(comparison: Comparison, output: Path | None) -> str:
    """The one line on a comparison."""
    first = comparison.first
    if len(comparison.runs) == 2:
        other = comparison.others[0]
        kinds = [f"{count} {KIND_WORDS[kind]}" for kind, count in _changes(other)] or ["nobody fares otherwise"]
        told = (
            f"{first.name} -> {other.name}: {_to(first.figures.served, other.figures.served)} of "
            f"{counted(other.figures.mentees, 'mentee')} paired, {_to(first.figures.pairs, other.figures.pairs)} "
            f"pairs, mean rank {_to(_mean(first.figures), _mean(other.figures))}; {', '.join(kinds)}"
        )
    else:
        served = [run.figures.served for run in comparison.others]
        means = [mean for run in comparison.others if (mean := run.figures.mean_rank) is not None]
        ranks = f", mean rank {min(means):.3f} to {max(means):.3f} ({_mean(first.figures)})" if means else ""
        told = (
            f"{counted(len(comparison.others), 'run')} compared with {first.name}: {min(served)} to {max(served)} "
            f"mentees paired ({first.figures.served}){ranks}"
        )
    return told + (f"; written to {output}" if output else "")


def _to(before: object, now: object) -> str:
    return f"{before}" if before == now else f"{before} -> {now}"


def _mean(figures: Figures) -> str:
    return "-" if figures.mean_rank is None else f"{figures.mean_rank:.3f}"


def _no_run(path: Path) -> str:
    return "is an earlier run of a case that failed since" if is_run(path) else "is no run"


def lines(comparison: Comparison, left_out: Sequence[Path]) -> list[str]:
    """Everything but the one line: notes, figures, what is otherwise."""
    told = [f"Warning: {path}: {_no_run(path)}; left out" for path in left_out]
    strange = [run.name for run in comparison.others if run.strange]
    if strange:
        told.append(f"Warning: no mentee in common with {comparison.first.name}: {_some(strange)}")
    unproven = [run.name for run in comparison.runs if not run.figures.proven]
    if unproven:
        told.append(f"Warning: not proven best, so a difference may be due to the time limit: {_some(unproven)}")
    other_input = [f"{run.name} ({', '.join(run.inputs)})" for run in comparison.others if run.inputs]
    if other_input:
        told.append(f"Solved from other input files than {comparison.first.name}: {_some(other_input)}")
    if len(comparison.runs) <= SIDE_BY_SIDE:
        told += _columns(comparison)
        told += [text for run in comparison.others for text in _against(run, comparison.first.name)]
    else:
        told += _extremes(comparison)
    return told


def _some(names: Sequence[str]) -> str:
    more = len(names) - SIDE_BY_SIDE
    return "; ".join(names[:SIDE_BY_SIDE]) + (f" and {more} more" if more > 0 else "")


def _changes(run: Compared) -> list[tuple[str, int]]:
    counts = run.differences.counts()
    return [(kind, counts[kind]) for kind in KINDS if counts[kind]]


# --- few runs -----------------------------------------------------------------------------------------------


def _columns(comparison: Comparison) -> list[str]:
    runs = comparison.runs
    rows: list[tuple[str, list[str]]] = [
        ("", [run.name for run in runs]),
        ("status", [run.figures.status + ", cut short" * run.figures.cut_short for run in runs]),
        ("mentees", [str(run.figures.mentees) for run in runs]),
        ("  with a mentor", [str(run.figures.served) for run in runs]),
        ("  without", [str(run.figures.without) for run in runs]),
    ]
    for code, words in REASON_WORDS.items():
        numbers = [run.figures.unmatched.get(code, 0) for run in runs]
        rows += [(f"    {words}", list(map(str, numbers)))] if any(numbers) else []
    rows += [
        ("pairs", [str(run.figures.pairs) for run in runs]),
        ("  at rank 1, 2, ...", [spaced(run.figures.ranks) or "-" for run in runs]),
        ("  without a rank", [str(run.figures.off_list) for run in runs]),
        ("  mean rank", [_mean(run.figures) for run in runs]),
        ("  sum of ranks", [str(run.figures.rank_sum) for run in runs]),
        ("sessions", [str(run.figures.sessions) for run in runs]),
        ("  at the usual time", [spaced(run.figures.regularity) or "-" for run in runs]),
        ("mentors with mentees", [str(run.figures.mentors) for run in runs]),
        ("  with 1, 2, ... mentees", [spaced(run.figures.load) or "-" for run in runs]),
    ]
    for key in comparison.keys:
        settings = [plain_value(run.settings[key]) if key in run.settings else "-" for run in runs]
        rows.append((key, settings))
    cells = [[_short(text) for text in row] for _head, row in rows]
    if len(set(cells[0])) < len(runs):
        cells[0] = [clean(run.name) for run in runs]
    wide = max(len(head) for head, _row in rows)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join([f"{head:<{wide}}", *(f"{text:>{width}}" for text, width in zip(row, widths, strict=True))])
        for (head, _row), row in zip(rows, cells, strict=True)
    ]


def _short(text: str) -> str:
    """The beginning and the end of what is too long: names of cases differ in either."""
    text = clean(text)
    half = WIDEST // 2
    return text if len(text) <= WIDEST else f"{text[: half - 1]}…{text[-half:]}"


def _against(run: Compared, first: str) -> list[str]:
    """What is otherwise in one run, and the usual reasons."""
    found = run.differences
    kinds = ", ".join(f"{count} {KIND_WORDS[kind]}" for kind, count in _changes(run)) or "nobody fares otherwise"
    told = [
        f"{run.name} against {first}: {kinds}; {found.same} as before.",
        PAIRS.format(**found.pairs) + SESSIONS.format(**found.sessions),
    ]
    for kind, outcomes in found.reasons().items():
        if outcomes:
            listed = ", ".join(f"{code} {count}" for code, count in list(outcomes.items())[:4])
            told.append(f"  {KIND_WORDS[kind]}: {listed}")
    return told


# --- many runs ----------------------------------------------------------------------------------------------


def _extremes(comparison: Comparison) -> list[str]:
    """The best and the worst run in each figure, and those that none beats in pairs and ranks."""
    first = comparison.first
    told, wide = [], max(len(name) for name, _figure, _more in JUDGED)
    for name, figure, more in JUDGED:
        known = [(value, run.name) for run in comparison.runs if (value := figure(run.figures)) is not None]
        if not known:
            continue
        values = [value for value, _name in known]
        best, worst = (max(values), min(values)) if more else (min(values), max(values))
        own = figure(first.figures)
        runs = [_names([run for value, run in known if value == end]) for end in (best, worst)]
        start = f"{name:<{wide}}  {clean(first.name)} {'-' if own is None else _figure(own)}"
        told.append(f"{start} | best {_figure(best)}: {runs[0]} | worst {_figure(worst)}: {runs[1]}")
    best_names = unbeaten(comparison)
    told.append(f"None is better in both pairs and mean rank: {_some(best_names)}")
    most = max(comparison.others, key=lambda run: len(run.told))
    if most.told:
        told.append(f"Most mentees fare otherwise in {most.name}: {len(most.told)} of {most.figures.mentees}")
    return told


def _figure(value: float) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _names(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return "; ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def unbeaten(comparison: Comparison) -> list[str]:
    """Runs of which no other has as many pairs and as good a mean rank, and is better in one."""
    known = [(run.name, mean, run.figures.pairs) for run in comparison.runs if (mean := run.figures.mean_rank)]
    points = [Point(name, pairs, mean) for name, mean, pairs in known]
    best = best_of(points, Axis("", "more"), Axis("", "less"))
    return [point.name for point, is_best in zip(points, best, strict=True) if is_best]
