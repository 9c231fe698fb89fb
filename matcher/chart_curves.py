"""Curves: a figure over the values of something that was varied, a line with its own mark for each series."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from matcher.chart_axes import DASH, Axis, Plot, Swatch, draw_axes, key_of, plot_of, said, shape
from matcher.chart_frame import Canvas, Chart, Drawing, assembled
from matcher.chart_words import Words
from matcher.svg import clean, number, tag

MOST = 8  # series that can be told apart
TIPS = 80  # so many points in all tell on pointing at them what they are
MARKED = 24  # points of a line that have marks where there are too many to point at
MARKS = (  # shape, whether it is filled, colour, dashes
    ("circle", True, 1, None),
    ("square", True, 2, "6 3"),
    ("up", True, 3, "2 3"),
    ("diamond", True, 1, "9 3 2 3"),
    ("down", True, 2, None),
    ("circle", False, 3, "6 3"),
    ("square", False, 1, "2 3"),
    ("up", False, 2, "9 3 2 3"),
)


@dataclass(frozen=True)
class Series:
    """A line: its name for the legend, and its points (x, y) in any order, one for each x."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Band:
    """A range at each x, shaded: its name for the legend, and (x, lowest, highest) in any order."""

    name: str
    ranges: tuple[tuple[float, float, float], ...]


def curve_chart(
    series: Sequence[Series],
    *,
    x: Axis,
    y: Axis,
    ident: str,
    language: str,
    title: str = "",
    note: str = "",
    band: Band | None = None,
) -> Chart:
    """Draw lines with a mark at each point, told apart by mark, dashes and colour.

    Parameters
    ----------
    series
        At most 8, of finite figures; series without points are left out. The table has a row for each x and a
        column for each series.
    x, y
        The axes; x may have `labels` (categories), whose places are the values then.
    ident, language, title, note
        As for every chart.
    band
        Is shaded behind the lines.

    Raises
    ------
    ValueError
        For more than 8 series.
    """
    if len(series) > MOST:
        raise ValueError(f"{len(series)} series: at most {MOST} can be told apart")
    words = Words(language)
    shown = [Series(clean(one.name), tuple(sorted(one.points))) for one in series if one.points]
    band = Band(clean(band.name), tuple(sorted(band.ranges))) if band and band.ranges else None
    title = title or words.say("curves", x=clean(x.name), y=clean(y.name))
    return assembled(
        words,
        ident,
        title,
        summary=_summary(shown, (x, y), words) if shown else "",
        note=note,
        draw=lambda canvas: _draw(canvas, shown, (x, y), band, words),
        head=(clean(x.name), *(one.name or clean(y.name) for one in shown), *([band.name] if band else [])),
        rows=_rows(shown, (x, y), band, words) if shown else [],
    )


def _summary(series: Sequence[Series], axes: tuple[Axis, Axis], words: Words) -> str:
    x, y = axes
    ends = [
        words.say(
            "curves-of",
            name=one.name or clean(y.name),
            first=said(one.points[0][1], y, words),
            from_=said(one.points[0][0], x, words),
            last=said(one.points[-1][1], y, words),
            to=said(one.points[-1][0], x, words),
        )
        for one in series
    ]
    return clean(f"{words.say('curves-summary', x=clean(x.name), y=clean(y.name))} {' '.join(ends)}")


def _rows(
    series: Sequence[Series], axes: tuple[Axis, Axis], band: Band | None, words: Words
) -> list[tuple[str, ...]]:
    x, y = axes
    columns = [{at: said(value, y, words) for at, value in one.points} for one in series]
    if band:
        columns.append({at: _span(said(low, y, words), said(high, y, words)) for at, low, high in band.ranges})
    places = sorted({at for column in columns for at in column})
    return [(clean(said(at, x, words)), *(column.get(at, DASH) for column in columns)) for at in places]


def _span(low: str, high: str) -> str:
    return low if low == high else f"{low} {DASH} {high}"


# --- what is drawn ------------------------------------------------------------------------------------------


def _draw(
    canvas: Canvas, series: Sequence[Series], axes: tuple[Axis, Axis], band: Band | None, words: Words
) -> Drawing:
    entries: list[tuple[Swatch, str]] = [(_swatch(at), one.name) for at, one in enumerate(series) if one.name]
    entries += [(_shade, band.name)] if band else []
    top, items = key_of(canvas, entries)
    ranges = band.ranges if band else ()
    values = (
        [at for one in series for at, _value in one.points] + [at for at, _low, _high in ranges],
        [value for one in series for _at, value in one.points] + [end for _at, *ends in ranges for end in ends],
    )
    plot = plot_of(canvas, top, axes, values, words)
    items += draw_axes(canvas, plot, axes, words)
    items += [_area(band, plot)] if band else []
    tips = sum(len(one.points) for one in series) <= TIPS
    for at, one in enumerate(series):
        items += _line(at, one, plot)
        if tips or len(one.points) == 1:
            items += _marks(at, one, plot, axes, words)
        else:
            items.append(_mark(at, _places(one, plot)[:: math.ceil(len(one.points) / MARKED)]))
    return plot.bottom, items


def _places(one: Series, plot: Plot) -> list[tuple[float, float]]:
    return [(plot.x.at(x), plot.y.at(y)) for x, y in one.points]


def _line(at: int, one: Series, plot: Plot) -> list[Markup]:
    if len(one.points) < 2:
        return []
    d = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in _places(one, plot))
    return [_stroke(at, d)]


def _stroke(at: int, d: str) -> Markup:
    _shape, _filled, colour, dashes = MARKS[at]
    return tag("path", d=d, fill="none", stroke=f"var(--chart-{colour})", stroke_width=2, stroke_dasharray=dashes)


def _marks(at: int, one: Series, plot: Plot, axes: tuple[Axis, Axis], words: Words) -> list[Markup]:
    drawn = []
    for (x, y), place in zip(one.points, _places(one, plot), strict=True):
        figures = f"{said(x, axes[0], words)}: {said(y, axes[1], words)}"
        drawn.append(_mark(at, [place], tag("title", f"{one.name} – {figures}" if one.name else figures)))
    return drawn


def _mark(at: int, places: Sequence[tuple[float, float]], *tip: Markup) -> Markup:
    kind, filled, colour, _dashes = MARKS[at]
    d = "".join(f"M{number(x)} {number(y)}{shape(kind, 4)}" for x, y in places)
    paint = f"var(--chart-{colour})"
    return tag("path", *tip, d=d, fill=paint if filled else "var(--chart-paper)", stroke=paint, stroke_width=1.5)


def _swatch(at: int) -> Swatch:
    return lambda x, y: [_stroke(at, f"M{number(x - 13)} {number(y)}h26"), _mark(at, [(x, y)])]


def _shade(x: float, y: float) -> list[Markup]:
    return [_shaded(f"M{number(x - 13)} {number(y - 6)}h26v12h-26z")]


def _area(band: Band, plot: Plot) -> Markup:
    upper = [f"{number(plot.x.at(x))} {number(plot.y.at(high))}" for x, _low, high in band.ranges]
    lower = [f"{number(plot.x.at(x))} {number(plot.y.at(low))}" for x, low, _high in reversed(band.ranges)]
    return _shaded("M" + "L".join(upper + lower) + "z")


def _shaded(d: str) -> Markup:
    return tag("path", d=d, fill="var(--chart-1)", fill_opacity=0.18, stroke="var(--chart-1)", stroke_opacity=0.4)
