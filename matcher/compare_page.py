"""A comparison -> compare.html: one page that holds everything, needs no network and sends nothing anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from matcher.compare import Compared, Comparison
from matcher.compare_figures import REASONS, Figures, spaced
from matcher.compare_files import PAGE
from matcher.compare_plots import key_plots, trade_off
from matcher.compare_words import OWN, Words
from matcher.differences import KINDS, NOT_LISTED, Mentors, plain_value
from matcher.ics_write import one_line
from matcher.page_parts import frame_of, script_of, templates
from matcher.report_words import used_by

__all__ = ["PAGE", "make_page"]

SIDE_BY_SIDE = 6  # so many runs are shown in columns; of more, the best and the worst
NAMED = 5  # runs that are named where there may be many
ROWS = 3000  # mentees who fare otherwise, in all runs together; the page stays small, changes.csv has all
DASH = "\N{EN DASH}"
Figure = Callable[[Figures], float | None]
JUDGED: tuple[tuple[str, Figure, bool], ...] = (  # the name, the figure, whether more is better
    ("figure.served", lambda own: own.served, True),
    ("figure.pairs", lambda own: own.pairs, True),
    ("figure.mean_rank", lambda own: own.mean_rank, False),
    ("figure.worst_rank", lambda own: own.worst_rank, False),
    ("figure.sessions", lambda own: own.sessions, True),
    ("figure.mentors", lambda own: own.mentors, True),
)


def make_page(comparison: Comparison, words: Words) -> bytes:
    """The page about a comparison, in the language of `words`."""
    script = script_of("page.js", "compare.js")
    data = _data(comparison, words)
    data["words"] = used_by(script, words.language) | _used_by(script, words)
    few = len(comparison.runs) <= SIDE_BY_SIDE
    page = (
        templates()
        .get_template(PAGE)
        .render(
            t=words,
            language=words.language,
            first=comparison.first.name,
            others=len(comparison.others),
            notices=_notices(comparison, words),
            tiles=_tiles(comparison, words),
            names=[run.name for run in comparison.runs],
            figures=_side_by_side(comparison, words) if few else [],
            extremes=[] if few else _extremes(comparison, words),
            cards=[_card(run, words) for run in comparison.others] if few else [],
            trade_off=trade_off(comparison, words),
            keys=key_plots(comparison, words),
            cut=_cut(comparison, words),
            otherwise=sum(len(run.told) for run in comparison.others),
            **frame_of(data, script, "compare.css"),
        )
    )
    return page.encode()


def _used_by(script: str, words: Words) -> dict[str, Any]:
    return {key: entry for key, entry in OWN[words.language].items() if f"'{key}'" in script}


# --- notices and tiles --------------------------------------------------------------------------------------


def _some(words: Words, names: Sequence[str]) -> str:
    more, shown = len(names) - NAMED, "; ".join(names[:NAMED])
    return words("runs.and_more", n=more, runs=shown) if more > 0 else shown


def _notices(comparison: Comparison, words: Words) -> list[str]:
    """What a reader has to know before he trusts the page."""
    first = comparison.first.name
    strange = [run.name for run in comparison.others if run.strange]
    unproven = [run.name for run in comparison.runs if not run.figures.proven]
    inputs = [f"{run.name} ({', '.join(run.inputs)})" for run in comparison.others if run.inputs]
    told = [words("runs.strange", first=first, runs=_some(words, strange))] if strange else []
    told += [words("runs.unproven", runs=_some(words, unproven))] if unproven else []
    told += [words("runs.inputs", first=first, runs=_some(words, inputs))] if inputs else []
    return told


@dataclass(frozen=True)
class Tile:
    """A figure at the head of the page: its range over the other runs, and what the first has."""

    label: str
    value: str
    note: str


def _tiles(comparison: Comparison, words: Words) -> list[Tile]:
    tiles = []
    for label, figure, _more in JUDGED:
        values = [value for run in comparison.others if (value := figure(run.figures)) is not None]
        if not values or label == "figure.worst_rank":
            continue
        low, high = words.number(min(values)), words.number(max(values))
        own = figure(comparison.first.figures)
        note = words("runs.first_has", first=comparison.first.name, value=_figure(words, own))
        tiles.append(Tile(words(label), low if low == high else f"{low} {DASH} {high}", note))
    return tiles


def _figure(words: Words, value: float | None) -> str:
    return DASH if value is None else words.number(value)


# --- figures ------------------------------------------------------------------------------------------------


def _side_by_side(comparison: Comparison, words: Words) -> list[tuple[str, list[str]]]:
    """Rows of figures with a cell for each run; reasons that occur in none are left out."""
    runs = [run.figures for run in comparison.runs]
    numbers: list[tuple[str, Figure]] = [
        ("figure.mentees", lambda own: own.mentees),
        ("figure.served", lambda own: own.served),
        ("figure.unmatched", lambda own: own.without),
    ]
    rows = [(words("figure.status"), [_status(own, words) for own in runs])]
    rows += [(words(name), [_figure(words, figure(own)) for own in runs]) for name, figure in numbers]
    for code in REASONS:
        found = [own.unmatched.get(code, 0) for own in runs]
        rows += [(words(f"reason.{code}"), list(map(words.number, found)))] if any(found) else []
    rows += [
        (words("figure.pairs"), [words.number(own.pairs) for own in runs]),
        (words("figure.profile"), [spaced(own.ranks) or DASH for own in runs]),
        (words("figure.off_list"), [words.number(own.off_list) for own in runs]),
        (words("figure.mean_rank"), [_figure(words, own.mean_rank) for own in runs]),
        (words("figure.rank_sum"), [words.number(own.rank_sum) for own in runs]),
        (words("figure.worst_rank"), [_figure(words, own.worst_rank) for own in runs]),
        (words("figure.sessions"), [words.number(own.sessions) for own in runs]),
        (words("figure.regularity"), [_figure(words, own.regularity) for own in runs]),
        (words("figure.mentors"), [words.number(own.mentors) for own in runs]),
        (words("figure.load"), [spaced(own.load) or DASH for own in runs]),
    ]
    for key in comparison.keys:
        rows.append((key, [_setting(run, key) for run in comparison.runs]))
    return rows


def _status(figures: Figures, words: Words) -> str:
    said = words.code("status", figures.status)
    return words("runs.cut_short", status=said) if figures.cut_short else said


def _setting(run: Compared, key: str) -> str:
    return plain_value(run.settings[key]) if key in run.settings else DASH


def _extremes(comparison: Comparison, words: Words) -> list[tuple[str, str, str, str]]:
    """Each figure, what the first run has, and in which runs it is best and worst."""
    rows = []
    for label, figure, more in JUDGED:
        known = [(value, run.name) for run in comparison.runs if (value := figure(run.figures)) is not None]
        if not known:
            continue
        values = [value for value, _name in known]
        ends = (max(values), min(values)) if more else (min(values), max(values))
        runs = [_some(words, [run for value, run in known if value == end]) for end in ends]
        said = [
            words("runs.in", value=_figure(words, end), runs=some) for end, some in zip(ends, runs, strict=True)
        ]
        rows.append((words(label), _figure(words, figure(comparison.first.figures)), said[0], said[1]))
    return rows


@dataclass(frozen=True)
class Card:
    """What is otherwise in one run: sentences, and a row for each kind of change with what explains it."""

    name: str
    kinds: list[str]
    sentences: list[str]
    reasons: list[tuple[str, str]]


def _card(run: Compared, words: Words) -> Card:
    found, counts = run.differences, run.differences.counts()
    kinds = [words("runs.same", n=found.same)]
    kinds += [words(f"changes.{kind}", n=counts[kind]) for kind in KINDS if counts[kind]]
    told = [words("changes.pairs", **found.pairs), words("changes.sessions", **found.sessions)]
    resized = found.sessions["resized"]
    told += [words("changes.resized", n=resized)] if resized else []
    reasons = [
        (
            words(f"change_kind.{kind}"),
            "; ".join(f"{_outcome(words, code)}: {words.number(n)}" for code, n in why.items()),
        )
        for kind, why in found.reasons().items()
        if why
    ]
    return Card(run.name, kinds, told, reasons)


def _outcome(words: Words, code: str) -> str:
    return words("why.not_listed").rstrip(".") if code == NOT_LISTED else words.code("outcome", code)


# --- data for the script ------------------------------------------------------------------------------------


def _limit(comparison: Comparison) -> int:
    return max(ROWS // len(comparison.others), 5)


def _cut(comparison: Comparison, words: Words) -> str:
    """Says that not all changes are shown; blank if they are."""
    limit = _limit(comparison)
    sizes = [len(run.told) for run in comparison.others]
    shown = sum(min(size, limit) for size in sizes)
    return words("runs.cut", n=limit, shown=shown, of=sum(sizes)) if shown < sum(sizes) else ""


def _data(comparison: Comparison, words: Words) -> dict[str, Any]:
    limit, people, texts = _limit(comparison), dict[str, int](), dict[str, int]()
    names = dict[str, str]()
    rows: dict[str, list[Any]] = {key: [] for key in ("run", "person", "kind", "before", "now", "why")}

    def pooled(mentors: Mentors) -> list[list[int]]:
        return [[people.setdefault(mentor, len(people)), rank] for mentor, rank in mentors]

    for place, run in enumerate(comparison.runs):
        for told in run.told[:limit]:
            change = told.change
            rows["run"].append(place)
            rows["person"].append(people.setdefault(change.mentee, len(people)))
            rows["kind"].append(change.kind)
            rows["before"].append(pooled(change.before))
            rows["now"].append(pooled(change.now))
            rows["why"].append(texts.setdefault(one_line(told.page), len(texts)))
        names |= {person: name for person, name in run.names.items() if name}
    return {
        "language": words.language,
        "people": {"id": list(people), "name": [one_line(names.get(person, "")) for person in people]},
        "texts": list(texts),
        "changes": rows,
        "keys": list(comparison.keys),
        "runs": [_run(comparison, run, words) for run in comparison.runs],
    }


def _run(comparison: Comparison, run: Compared, words: Words) -> dict[str, Any]:
    own = run.figures
    return {
        "name": one_line(run.name),
        "status": _status(own, words),
        "served": own.served,
        "without": own.without,
        "pairs": own.pairs,
        "ranks": spaced(own.ranks),
        "mean": own.mean_rank,
        "worst": own.worst_rank,
        "sessions": own.sessions,
        "mentors": own.mentors,
        "otherwise": len(run.told),
        "settings": [_setting(run, key) for key in comparison.keys],
    }
