"""Charts of how many: who got which choice, why some have no mentor, how many mentees mentors have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matcher.chart_bars import Bar, Row, draw_bars
from matcher.chart_data import Loads, Ranks, ShortGroup
from matcher.chart_frame import Chart, Fill, assembled
from matcher.chart_words import Words
from matcher.svg import clean

MANY = 12  # numbers up to it have a bar each; if there are larger ones, those from 10 on are grouped
BANDS = ((10, 19), (20, 49), (50, 99), (100, 499), (500, 1000))
GROUPS = 8  # of mentors with too few places that are shown one by one


# --- ranks -------------------------------------------------------------------------------------------


def rank_chart(data: Ranks, *, ident: str, language: str, title: str = "") -> Chart:
    """Draw who got which choice: mentees by rank, with a lock alone, and without a mentor."""
    words, total = Words(language), data.mentees
    figures = rank_figures([data], words) if data else []
    rows = [_counted(name, counts[0], total, fill, words) for name, fill, counts in figures]
    first = sum(data.at[:1])
    return assembled(
        words,
        ident,
        title or words["ranks"],
        summary=words.say(
            "ranks-summary",
            mentees=total,
            first=first,
            without=data.without,
            share=words.share(first, total),
            rest=words.share(data.without, total),
        ),
        note=" ".join([words["off-list-note"]] * (data.off_list > 0) + [words["ranks-note"]] * data.several),
        draw=lambda canvas: draw_bars(canvas, rows),
        head=(words["choice"], words("column.mentees"), words("column.share")),
        rows=[(name, words.count(at[0]), words.share(at[0], total)) for name, _fill, at in figures],
    )


def comparison_chart(
    before: Ranks, after: Ranks, *, names: tuple[str, str], ident: str, language: str, title: str = ""
) -> Chart:
    """Draw who got which choice in two runs, called by their names."""
    words = Words(language)
    figures = rank_figures([before, after], words) if before or after else []
    rows = [
        Row(
            name,
            (
                Bar(((old, "open"),), f"{words.count(old)} · {words.share(old, before.mentees)}"),
                Bar(((new, "solid"),), f"{words.count(new)} · {words.share(new, after.mentees)}"),
            ),
            apart=fill == "open",
        )
        for name, fill, (old, new) in figures
    ]
    meanings: list[tuple[Fill, str]] = [("open", names[0]), ("solid", names[1])]
    return assembled(
        words,
        ident,
        title or words["compare"],
        summary=words.say(
            "compare-summary",
            first=clean(names[0]),
            second=clean(names[1]),
            before=sum(before.at[:1]),
            mentees=before.mentees,
            without=before.without,
            after=sum(after.at[:1]),
            later=after.mentees,
            still=after.without,
        ),
        note=words["ranks-note"] if before.several or after.several else "",
        draw=lambda canvas: draw_bars(canvas, rows, meanings),
        head=(words["choice"], *map(clean, names), words["change"]),
        rows=[(name, words.count(a), words.count(b), words.signed(b - a)) for name, _fill, (a, b) in figures],
    )


def rank_figures(runs: Sequence[Ranks], words: Words) -> list[tuple[str, Fill, list[int]]]:
    """Name, fill and count in each run of every bar about ranks."""
    figures: list[tuple[str, Fill, list[int]]] = []
    for low, high in _bands(1, max(len(run.at) for run in runs)):
        name = words.say("nth", nth=words.nth(low))
        if low < high:
            name = words.say("nth-range", first=words.nth(low), last=words.nth(high))
        figures.append((name, "solid", [sum(run.at[low - 1 : high]) for run in runs]))
    off_list = [run.off_list for run in runs]
    figures += [(words["off-list"], "hatched", off_list)] if any(off_list) else []
    return [*figures, (words("figure.without"), "open", [run.without for run in runs])]


def _bands(first: int, last: int) -> list[tuple[int, int]]:
    """Numbers, each as the first and last of a band: single ones, large ones together."""
    if last <= MANY:
        return [(number, number) for number in range(first, last + 1)]
    return [(number, number) for number in range(first, 10)] + [
        (low, min(high, last)) for low, high in BANDS if low <= last
    ]


def _counted(name: str, count: int, total: int, fill: Fill, words: Words) -> Row:
    figure = f"{words.count(count)} · {words.share(count, total)}"
    return Row(name, (Bar(((count, fill),), figure),), apart=fill == "open")


def reason_chart(data: Mapping[str, int], *, ident: str, language: str, title: str = "") -> Chart:
    """Draw why mentees have no mentor: a bar for each reason, the most frequent first."""
    words, total = Words(language), sum(data.values())
    figures = sorted(data.items(), key=lambda item: -item[1]) if total else []
    rows = [_counted(words(f"reason.{reason}"), count, total, "solid", words) for reason, count in figures]
    most = figures[0] if figures else ("draw", 0)
    return assembled(
        words,
        ident,
        title or words["reasons"],
        summary=words.say("reasons-summary", count=total, reason=words(f"reason.{most[0]}"), most=most[1]),
        draw=lambda canvas: draw_bars(canvas, rows),
        head=(words("column.reason"), words("column.mentees"), words("column.share")),
        rows=[
            (words(f"reason.{reason}"), words.count(count), words.share(count, total)) for reason, count in figures
        ],
    )


def load_chart(data: Loads, *, ident: str, language: str, title: str = "") -> Chart:
    """Draw how many mentors have how many mentees, and whether they have places left."""
    words = Words(language)
    rows, table = list[Row](), list[tuple[str, ...]]()
    for low, high in _bands(0, len(data.full) - 1) if data else []:
        name = words.many("mentee", low)
        if low < high:
            name = words.say("mentee-other", count=words.span(low, high))
        full, left = sum(data.full[low : high + 1]), sum(data.left[low : high + 1])
        parts: tuple[tuple[int, Fill], ...] = (
            ((left, "open"),) if not low else ((full, "solid"), (left, "hatched"))
        )
        figure = f"{words.count(full + left)} · {words.share(full + left, data.mentors)}"
        rows.append(Row(name, (Bar(parts, figure),)))
        table.append((name, words.count(full), words.count(left), words.count(full + left)))
    meanings: list[tuple[Fill, str]] = [
        ("solid", words("load.full")),
        ("hatched", words("load.part")),
        ("open", words("load.none")),
    ]
    return assembled(
        words,
        ident,
        title or words["load"],
        summary=words.say(
            "load-summary",
            mentors=data.mentors,
            places=data.places,
            taken=data.taken,
            share=words.share(data.taken, data.places),
            free=sum(data.left[:1]),
        ),
        note=words["load-note"],
        draw=lambda canvas: draw_bars(canvas, rows, meanings),
        head=(words["load-head"], words("load.full"), words("load.part"), words["total"]),
        rows=table,
    )


def bottleneck_chart(
    data: Sequence[ShortGroup], *, ident: str, language: str, title: str = "", left: bool = False
) -> Chart:
    """Draw where places are too few: the groups that miss most, and all others together."""
    words = Words(language)
    figures = [(words.say("group-n", number=group.number), group) for group in data[:GROUPS]]
    others = data[GROUPS:]
    if others:
        sums = [
            sum(getattr(group, key) for group in others) for key in ("mentors", "mentees", "places", "missing")
        ]
        figures.append((words.say("group-rest", count=len(others)), ShortGroup(0, *sums)))
    rows = [
        Row(
            f"{name}: {words.many('mentor', group.mentors)}",
            (
                Bar(((group.mentees, "solid"),), words.count(group.mentees)),
                Bar(((group.places, "hatched"),), f"{words.count(group.places)} ({words.signed(-group.missing)})"),
            ),
        )
        for name, group in figures
    ]
    meanings: list[tuple[Fill, str]] = [("solid", words["demand"]), ("hatched", words["supply"])]
    return assembled(
        words,
        ident,
        title or words["groups"],
        summary=words.say("groups-summary", count=len(data), missing=sum(group.missing for group in data)),
        note=words["groups-note-left" if left else "groups-note"],
        draw=lambda canvas: draw_bars(canvas, rows, meanings),
        head=(words["group"], words["mentors"], words["demand"], words["supply"], words["missing"]),
        rows=[(name, *map(words.count, (g.mentors, g.mentees, g.places, g.missing))) for name, g in figures],
    )
