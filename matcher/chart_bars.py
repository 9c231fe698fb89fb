"""Horizontal bars, each with its name before and its figures behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from matcher.chart_frame import GAP, LINE, TEXT, Canvas, Drawing, Fill, legend
from matcher.svg import number, shortened, tag, text_width, wrapped

THICK, THIN = 20, 15  # of a bar that stands alone, and of one among several of a row


@dataclass(frozen=True)
class Bar:
    """Parts of a bar from left to right, and what is written behind it."""

    parts: tuple[tuple[int, Fill], ...]
    figure: str

    @property
    def length(self) -> int:
        """All parts together."""
        return sum(count for count, _fill in self.parts)


@dataclass(frozen=True)
class Row:
    """Bars that belong together, under one name; `apart` leaves room above."""

    name: str
    bars: tuple[Bar, ...]
    apart: bool = False


@dataclass(frozen=True)
class _Frame:
    """Where bars begin, how many units one of what they count is, and whether names stand above them."""

    start: float
    scale: float
    above: bool


def draw_bars(canvas: Canvas, rows: Sequence[Row], meanings: Sequence[tuple[Fill, str]] = ()) -> Drawing:
    """Draw rows of bars to one scale, below a legend if fills have meanings."""
    y, items = legend(canvas, [(canvas.paint(fill), text) for fill, text in meanings]) if meanings else (0, [])
    frame, drawn = _frame(canvas, rows), list(items)
    for row in rows:
        y += GAP if row.apart else 0
        height, content = _row(canvas, frame, row, y)
        drawn += content
        y += height + GAP
    return y, drawn


def _frame(canvas: Canvas, rows: Sequence[Row]) -> _Frame:
    names = max(text_width(row.name, TEXT) for row in rows)
    figures = max(text_width(bar.figure, TEXT) for row in rows for bar in row.bars)
    above = names > canvas.width * 0.42
    start = 0.0 if above else names + GAP
    longest = max(1, *(bar.length for row in rows for bar in row.bars))
    return _Frame(start, max(canvas.width - start - figures - GAP, 40) / longest, above)


def _row(canvas: Canvas, frame: _Frame, row: Row, top: float) -> Drawing:
    thickness = THICK if len(row.bars) == 1 else THIN
    height = len(row.bars) * (thickness + 2) - 2
    if frame.above:
        lines = wrapped(row.name, TEXT, canvas.width, 2)
        items = [tag("text", line, y=top + LINE * place + 13) for place, line in enumerate(lines)]
        lead = LINE * len(lines) + 1
    else:
        name = shortened(row.name, TEXT, frame.start - GAP + 1)
        items = [tag("text", name, x=frame.start - GAP, y=top + height / 2 + 4.5, text_anchor="end")]
        lead = 0
    for place, bar in enumerate(row.bars):
        items += _bar(canvas, frame, bar, top + lead + place * (thickness + 2), thickness)
    axis = tag(
        "path", d=f"M{number(frame.start)} {number(top + lead - 2)}v{height + 4}", stroke="var(--chart-line)"
    )
    return lead + height, [*items, axis]


def _bar(canvas: Canvas, frame: _Frame, bar: Bar, y: float, thickness: int) -> list[Markup]:
    x, items = frame.start, []
    for count, fill in bar.parts:
        width = count * frame.scale
        if count:
            items.append(tag("rect", x=x, y=y, width=width, height=thickness, **canvas.paint(fill)))
        x += width
    items.append(tag("text", bar.figure, x=x + GAP - 2, y=y + thickness / 2 + 4.5))
    return items
