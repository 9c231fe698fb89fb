"""A scatter of two figures, such as pairs against the mean rank, and what no other point beats in both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from markupsafe import Markup

from matcher.chart_axes import Axis, Plot, Swatch, draw_axes, key_of, plot_of, said, shape
from matcher.chart_frame import GAP, LINE, SMALL, Canvas, Chart, Drawing, assembled
from matcher.chart_words import Words
from matcher.svg import clean, number, shortened, tag, text_width

LABELLED = 14  # so many places are labelled at most: marked ones, then the best, then the others
TIPS = 80  # of more places, only the best and marked ones tell on pointing at them what they are
RADIUS, LARGEST = 4.0, 9.0


@dataclass(frozen=True)
class Point:
    """A point of a scatter.

    Parameters
    ----------
    name
        As it is labelled and called in the table.
    x, y
        Finite figures.
    marked
        Whether it stands out, as the base does that others are compared with.
    open
        Whether it is drawn open, as what is not proven.
    """

    name: str
    x: float
    y: float
    marked: bool = False
    open: bool = False


@dataclass(frozen=True)
class Meanings:
    """What the legend calls points, in the language of the chart; blank: the usual words for runs."""

    marked: str = ""
    best: str = ""
    other: str = ""
    open: str = ""


@dataclass(frozen=True)
class _Spot:
    """Points that lie at the same place."""

    x: float
    y: float
    points: tuple[Point, ...]
    best: bool

    @property
    def marked(self) -> bool:
        return any(point.marked for point in self.points)

    @property
    def open(self) -> bool:
        return all(point.open for point in self.points)

    @property
    def name(self) -> str:
        first = min(self.points, key=lambda point: not point.marked)
        more = len(self.points) - 1
        return f"{clean(first.name)} +{more}" if more else clean(first.name)

    @property
    def size(self) -> float:
        """Half the width of the mark, larger where there are more points."""
        size = min(RADIUS * len(self.points) ** 0.25, LARGEST)
        return float(size * (1.6 if self.marked else 1 if self.best else 0.8))


def best_of(points: Sequence[Point], x: Axis, y: Axis) -> list[bool]:
    """Whether no other point is at least as good in both and better in one; all False if an axis has no better.

    >>> cheap, dear, bad = Point("", 1, 1), Point("", 2, 2), Point("", 1, 3)
    >>> best_of([cheap, dear, bad], Axis("pairs", "more"), Axis("rank", "less"))
    [True, True, False]
    """
    if not x.better or not y.better:
        return [False] * len(points)
    signs = [1 if axis.better == "less" else -1 for axis in (x, y)]
    costs = [(signs[0] * point.x, signs[1] * point.y) for point in points]
    least, kept = math.inf, set()
    for cost in sorted(set(costs)):
        if cost[1] < least:
            least = cost[1]
            kept.add(cost)
    return [cost in kept for cost in costs]


def points_chart(
    points: Sequence[Point],
    *,
    x: Axis,
    y: Axis,
    ident: str,
    language: str,
    title: str = "",
    note: str = "",
    meanings: Meanings | None = None,
    name: str = "",
) -> Chart:
    """Draw a scatter; where both axes have a better end, points that none beats are joined by a line in steps.

    Parameters
    ----------
    points
        In any order; those at the same place are drawn as one, larger mark and counted in its label ("base +3").
        The table has a row for each, in the order given.
    x, y
        The axes. Where both have `better`, points that no other beats in both are filled and joined: the line
        in steps parts what some point attains from what none does.
    ident, language, title, note
        As for every chart; `ident` is what ids begin with, `note` stands below.
    meanings
        What the legend says.
    name
        The head of the first column of the table, blank for "Run".
    """
    words = Words(language)
    best = best_of(points, x, y)
    spots = _spots(points, best)
    legend = _meanings(meanings or Meanings(), words)
    table: list[tuple[str, ...]] = [
        (clean(p.name), said(p.x, x, words), said(p.y, y, words), words["yes"] if is_best else words["no"])
        for p, is_best in zip(points, best, strict=True)
    ]
    judged = bool(x.better and y.better)
    head = (name or words["run"], clean(x.name), clean(y.name), words["points-head"])
    return assembled(
        words,
        ident,
        title or words.say("points", x=clean(x.name), y=clean(y.name)),
        summary=_summary(points, spots, (x, y), words) if points else "",
        note=note,
        draw=lambda canvas: _draw(canvas, spots, (x, y), legend, words),
        head=head if judged else head[:3],
        rows=table if judged else [row[:3] for row in table],
    )


def _meanings(given: Meanings, words: Words) -> Meanings:
    usual = {key: words[f"points-{key}"] for key in ("marked", "best", "other", "open")}
    return replace(given, **{key: getattr(given, key) or text for key, text in usual.items()})


def _spots(points: Sequence[Point], best: Sequence[bool]) -> list[_Spot]:
    places: dict[tuple[float, float], list[int]] = {}
    for at, point in enumerate(points):
        places.setdefault((point.x, point.y), []).append(at)
    return [_Spot(x, y, tuple(points[at] for at in ats), best[ats[0]]) for (x, y), ats in sorted(places.items())]


def _summary(points: Sequence[Point], spots: Sequence[_Spot], axes: tuple[Axis, Axis], words: Words) -> str:
    x, y = ([getattr(spot, key) for spot in spots] for key in "xy")
    facts: dict[str, str | int] = {
        "points": len(points),
        "x": clean(axes[0].name),
        "y": clean(axes[1].name),
        "x_low": said(min(x), axes[0], words),
        "x_high": said(max(x), axes[0], words),
        "y_low": said(min(y), axes[1], words),
        "y_high": said(max(y), axes[1], words),
    }
    told = words.say("points-summary", **facts)
    best = [spot for spot in spots if spot.best]
    if best:
        told += " " + words.say("points-best-summary", places=len(best), of=len(spots))
    return told


# --- what is drawn ------------------------------------------------------------------------------------------


def _draw(
    canvas: Canvas, spots: Sequence[_Spot], axes: tuple[Axis, Axis], legend: Meanings, words: Words
) -> Drawing:
    top, items = key_of(canvas, _key(spots, legend))
    plot = plot_of(canvas, top, axes, ([spot.x for spot in spots], [spot.y for spot in spots]), words)
    items += draw_axes(canvas, plot, axes, words)
    best = [spot for spot in spots if spot.best]
    corners = _corners(best, axes[0], plot)
    items += [_steps(corners)] if len(best) > 1 else []
    plain = [spot for spot in spots if len(spots) > TIPS and not spot.best and not spot.marked]
    items += [_dots(plain, plot)] if plain else []
    for spot in sorted(spots, key=lambda spot: (spot.marked, spot.best)):
        if spot not in plain:
            items.append(_mark(plot.x.at(spot.x), plot.y.at(spot.y), spot, _tip(spot, axes, words)))
    return plot.bottom, [*items, _labels(canvas, spots, plot, corners)]


def _key(spots: Sequence[_Spot], legend: Meanings) -> list[tuple[Swatch, str]]:
    plain = Point("", 0, 0)
    kinds = (
        (legend.marked, _sample(replace(plain, marked=True)), lambda spot: spot.marked),
        (legend.best, _sample(plain, best=True), lambda spot: spot.best),
        (legend.other, _sample(plain), lambda spot: not spot.best and not spot.marked),
        (legend.open, _sample(replace(plain, open=True), best=True), lambda spot: spot.open),
    )
    return [(_swatch(sample), text) for text, sample, belongs in kinds if any(map(belongs, spots))]


def _sample(point: Point, *, best: bool = False) -> _Spot:
    return _Spot(0, 0, (point,), best)


def _swatch(sample: _Spot) -> Swatch:
    return lambda x, y: [_mark(x, y, sample, None)]


def _mark(x: float, y: float, spot: _Spot, tip: Markup | None) -> Markup:
    colour = "var(--chart-2)" if spot.marked else "var(--chart-1)" if spot.best else "var(--chart-3)"
    kind = "diamond" if spot.marked else "circle"
    drawn = f"M{number(x)} {number(y)}{shape(kind, spot.size)}"
    fill = "var(--chart-paper)" if spot.open else colour
    return tag("path", *([tip] if tip else []), d=drawn, fill=fill, stroke=colour, stroke_width=1.5)


def _dots(spots: Sequence[_Spot], plot: Plot) -> Markup:
    """Very many marks, written briefly: lines of no length, whose ends are round."""
    d = "".join(f"M{plot.x.at(spot.x):.0f} {plot.y.at(spot.y):.0f}h0" for spot in spots)
    colour = "var(--chart-3)"
    return tag("path", d=d, fill="none", stroke=colour, stroke_width=1.6 * RADIUS, stroke_linecap="round")


def _tip(spot: _Spot, axes: tuple[Axis, Axis], words: Words) -> Markup:
    names = ", ".join(clean(point.name) for point in spot.points[:5]) + ", …" * (len(spot.points) > 5)
    figures = "; ".join(
        f"{clean(axis.name)}: {said(value, axis, words)}"
        for axis, value in zip(axes, (spot.x, spot.y), strict=True)
    )
    return tag("title", f"{names} – {figures}")


def _corners(best: Sequence[_Spot], x: Axis, plot: Plot) -> list[tuple[float, float]]:
    """The border of what is attained: who wants more than one point gives has to take what the next one costs."""
    places = [(plot.x.at(spot.x), plot.y.at(spot.y)) for spot in best]
    corners = places[:1]
    for before, after in pairwise(places):
        corners += [(before[0], after[1]) if x.better == "more" else (after[0], before[1]), after]
    return corners


def _steps(corners: Sequence[tuple[float, float]]) -> Markup:
    d = f"M{number(corners[0][0])} {number(corners[0][1])}"
    for before, after in pairwise(corners):
        d += f"V{number(after[1])}" if before[0] == after[0] else f"H{number(after[0])}"
    return tag("path", d=d, fill="none", stroke="var(--chart-1)", stroke_dasharray="5 3")


# --- labels -------------------------------------------------------------------------------------------------


_Box = tuple[float, float, float, float]


def _labels(canvas: Canvas, spots: Sequence[_Spot], plot: Plot, corners: Sequence[tuple[float, float]]) -> Markup:
    """Names beside points, where there is room for them; the most important ones choose first."""
    taken: list[_Box] = [
        (min(a[0], b[0]) - 1, min(a[1], b[1]) - 1, max(a[0], b[0]) + 1, max(a[1], b[1]) + 1)
        for a, b in pairwise(corners)
    ]
    for spot in spots:
        x, y, r = plot.x.at(spot.x), plot.y.at(spot.y), spot.size
        taken.append((x - r, y - r, x + r, y + r))
    wanted = sorted(spots, key=lambda spot: (not spot.marked, not spot.best))[:LABELLED]
    if len(spots) > LABELLED:
        wanted = [spot for spot in wanted if spot.marked or spot.best]
    texts = []
    for spot in wanted:
        name = shortened(spot.name, SMALL, canvas.width * 0.3)
        if name and (box := _room(plot, spot, text_width(name, SMALL), taken, canvas)):
            taken.append(box)
            texts.append(tag("text", name, x=box[0], y=box[3] - 3))
    return tag("g", *texts, font_size=SMALL)


def _room(plot: Plot, spot: _Spot, width: float, taken: Sequence[_Box], canvas: Canvas) -> _Box | None:
    """The first free place right, left, above or below of a point."""
    x, y, r = plot.x.at(spot.x), plot.y.at(spot.y), spot.size + 2
    tall = LINE - 4
    corners = [
        (x + r, y - tall / 2),
        (x - r - width, y - tall / 2),
        (x - width / 2, y - r - tall),
        (x - width / 2, y + r),
        (x + r, y - r / 2 - tall),
        (x + r, y + r / 2),
        (x - r - width, y - r / 2 - tall),
        (x - r - width, y + r / 2),
    ]
    for left, top in corners:
        box = (left, top, left + width, top + tall)
        inside = plot.x.start - GAP <= left and box[2] <= canvas.width
        inside = inside and plot.y.end - GAP / 2 <= top and box[3] <= plot.y.start
        if inside and not any(_meet(box, other) for other in taken):
            return box
    return None


def _meet(a: _Box, b: _Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
