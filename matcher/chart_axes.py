"""Axes of numbers: round ticks that cover what is shown, names, and where a value lies between two edges."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from markupsafe import Markup

from matcher.chart_frame import GAP, LINE, SMALL, TEXT, Canvas
from matcher.chart_words import Words
from matcher.svg import number, shortened, tag, text_width

HEIGHT, HEIGHT_NARROW = 260, 230  # of the plot itself
MOST_OWN = 12  # so many different values are ticks themselves, if there is room
DASH = "\N{EN DASH}"


@dataclass(frozen=True)
class Axis:
    """What an axis shows.

    Parameters
    ----------
    name
        In the language of the chart, as it stands at the axis, with its unit if it has one.
    better
        Which end is better, `more` or `less`; it is said at the axis. Blank: neither.
    labels
        Names of categories; values are then places in them, 0 for the first.
    """

    name: str
    better: Literal["more", "less", ""] = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scale:
    """Where values lie: `low` at `start` and `high` at `end`, in units of the layout; ticks with their texts."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[tuple[float, str], ...]

    def at(self, value: float) -> float:
        """The place of a value."""
        return self.start + (self.end - self.start) * (value - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Plot:
    """The two scales of a layout, and the lower edge of what is drawn below the plot."""

    x: Scale
    y: Scale
    bottom: float


# --- ticks --------------------------------------------------------------------------------------------------


def round_ticks(low: float, high: float, count: int, *, whole: bool) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten that cover low to high, in about so many steps.

    >>> round_ticks(1.31, 1.78, 4, whole=False)
    [1.2, 1.4, 1.6, 1.8]
    >>> round_ticks(7, 7, 4, whole=True)
    [6, 7, 8]
    """
    least = (high - low) / max(count, 1) or (1 if whole else abs(low) / 10 or 1)
    power = 10.0 ** math.floor(math.log10(least))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9))
    step = max(1, round(step)) if whole else step
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if first == last:
        first, last = first - (low > 0 or first != 0), last + 1
    places = _decimals(step)
    return [round(place * step, places) if places else round(place * step) for place in range(first, last + 1)]


def _decimals(step: float) -> int:
    return max(0, -math.floor(math.log10(step) + 1e-9))


def _texts(ticks: Sequence[float], words: Words) -> list[str]:
    steps = [b - a for a, b in pairwise(ticks)]
    places = max((_decimals(round(step, 12)) for step in steps), default=0)
    return [words.decimal(tick, places) for tick in ticks]


def said(value: float, axis: Axis, words: Words) -> str:
    """A value as it stands in tables: three decimals at most, or the name of the category."""
    return axis.labels[int(value)] if axis.labels else words.number(value)


def titled(axis: Axis, words: Words) -> str:
    """The name of an axis, with which end is better."""
    return words.say(f"axis-{axis.better}", name=axis.name) if axis.better else axis.name


# --- scales -------------------------------------------------------------------------------------------------


def plot_of(
    canvas: Canvas,
    top: float,
    axes: tuple[Axis, Axis],
    values: tuple[Sequence[float], Sequence[float]],
    words: Words,
) -> Plot:
    """Scales for a plot whose head begins at `top`: the name of the y axis stands above it, that of x below."""
    height = HEIGHT_NARROW if canvas.narrow else HEIGHT
    rows = _rows(canvas, axes[1], values[1], words)
    left = math.ceil(max(text_width(text, SMALL) for _tick, text in rows)) + GAP
    upper = top + LINE + GAP
    alone = len(rows) == 1
    y = Scale(rows[0][0] - alone, rows[-1][0] + alone, upper + height, upper, rows)
    x = _across(canvas, left, axes[0], values[0], words)
    return Plot(x, y, upper + height + 2 * LINE + GAP + 4)


def _rows(canvas: Canvas, axis: Axis, values: Sequence[float], words: Words) -> tuple[tuple[float, str], ...]:
    if axis.labels:
        room = canvas.width * 0.3
        return tuple((float(place), shortened(name, SMALL, room)) for place, name in enumerate(axis.labels))
    ticks = round_ticks(min(values), max(values), 5, whole=_whole(values))
    return tuple(zip(ticks, _texts(ticks, words), strict=True))


def _whole(values: Sequence[float]) -> bool:
    return all(float(value).is_integer() for value in values)


def _across(canvas: Canvas, left: float, axis: Axis, values: Sequence[float], words: Words) -> Scale:
    if axis.labels:
        return _categories(canvas, left, axis.labels)
    own = sorted(set(values))
    right = canvas.width - GAP
    if 1 < len(own) <= MOST_OWN:
        texts = [words.number(value) for value in own]
        scale = _between(own, texts, left, right)
        if _fit(scale):
            return scale
    for count in (6, 4, 3, 2, 1):
        ticks = round_ticks(own[0], own[-1], count, whole=_whole(own))
        scale = _between(ticks, _texts(ticks, words), left, right)
        if _fit(scale):
            break
    return scale


def _between(ticks: Sequence[float], texts: Sequence[str], left: float, right: float) -> Scale:
    """A scale from the first tick to the last, so that their texts stay between the edges."""
    start = max(left + GAP, text_width(texts[0], SMALL) / 2)
    end = right - text_width(texts[-1], SMALL) / 2
    return Scale(ticks[0], ticks[-1], start, end, tuple(zip(ticks, texts, strict=True)))


def _fit(scale: Scale) -> bool:
    free = -math.inf
    for tick, text in scale.ticks:
        half = text_width(text, SMALL) / 2
        if scale.at(tick) - half < free:
            return False
        free = scale.at(tick) + half + GAP
    return True


def _categories(canvas: Canvas, left: float, labels: Sequence[str]) -> Scale:
    """Categories at equal distances, their names shortened to the room that each has."""
    left += GAP
    room = (canvas.width - left) / len(labels)
    ticks = tuple((float(place), shortened(name, SMALL, room - 4)) for place, name in enumerate(labels))
    return Scale(-0.5, len(labels) - 0.5, left, left + room * len(labels), ticks)


# --- what is drawn ------------------------------------------------------------------------------------------


def draw_axes(canvas: Canvas, plot: Plot, axes: tuple[Axis, Axis], words: Words) -> list[Markup]:
    """Grid lines, ticks, and the names of both axes."""
    x, y = plot.x, plot.y
    left = x.start - GAP
    right = canvas.width
    lines = [_path(f"M{number(left)} {number(y.at(tick))}H{number(right)}", "grid") for tick, _text in y.ticks]
    marks = "".join(f"M{number(x.at(tick))} {number(y.start)}v4" for tick, _text in x.ticks)
    rows = [tag("text", text, x=left - 5, y=y.at(tick) + 4) for tick, text in y.ticks]
    columns = [tag("text", text, x=x.at(tick), y=y.start + 16) for tick, text in x.ticks]
    x_name, y_name = (shortened(titled(axis, words), TEXT, canvas.width - 1) for axis in axes)
    return [
        *lines,
        _path(f"M{number(left)} {number(y.start)}H{number(right)}{marks}", "line"),
        tag("g", *rows, font_size=SMALL, text_anchor="end", fill="var(--chart-muted)"),
        tag("g", *columns, font_size=SMALL, text_anchor="middle", fill="var(--chart-muted)"),
        tag("text", y_name, y=y.end - GAP - 4),
        tag("text", x_name, x=right, y=y.start + 16 + LINE + 3, text_anchor="end"),
    ]


def _path(d: str, colour: str) -> Markup:
    return tag("path", d=d, stroke=f"var(--chart-{colour})", fill="none")


def shape(kind: str, radius: float) -> str:
    """The outline of a mark around the point that a path has moved to, as a part of the path.

    >>> shape("square", 4)
    'm-4 -4h8v8h-8z'
    """
    r = number(radius)
    wide, tall = number(2 * radius), number(1.75 * radius)
    return {
        "circle": f"m-{r} 0a{r} {r} 0 1 0 {wide} 0a{r} {r} 0 1 0 -{wide} 0z",
        "square": f"m-{r} -{r}h{wide}v{wide}h-{wide}z",
        "diamond": f"m0 -{r}l{r} {r}l-{r} {r}l-{r} -{r}z",
        "up": f"m-{r} {number(0.75 * radius)}h{wide}l-{r} -{tall}z",
        "down": f"m-{r} -{number(0.75 * radius)}h{wide}l-{r} {tall}z",
    }[kind]


Swatch = Callable[[float, float], Sequence[Markup]]
"""Draws the sample of a legend with the middle of it at a point."""


def key_of(canvas: Canvas, entries: Sequence[tuple[Swatch, str]]) -> tuple[float, list[Markup]]:
    """A legend whose samples are lines and marks, in as many lines as it takes."""
    x, y, items = 0.0, 0.0, list[Markup]()
    for swatch, text in entries:
        meaning = shortened(text, TEXT, canvas.width - 32)
        width = 32 + text_width(meaning, TEXT)
        if x and x + width > canvas.width:
            x, y = 0.0, y + LINE + 3
        items += [*swatch(x + 13, y + 9), tag("text", meaning, x=x + 32, y=y + 13)]
        x += width + 2 * GAP
    return (y + LINE + GAP, items) if entries else (0.0, [])
