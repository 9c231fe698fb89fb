"""What all charts have in common: two layouts in one frame that says what they show, fills and a legend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from markupsafe import Markup

from matcher.chart_words import Words
from matcher.svg import number, shortened, tag, text_width

TEXT, SMALL = 13, 11  # sizes of text, in units of a layout, which is shown at about one pixel to a unit
LINE = 17  # from one line of text to the next
GAP = 8

Fill = Literal["solid", "hatched", "open", "part"]


class Chart(NamedTuple):
    """A chart for a page: the picture, what it says in words, and its figures as a table.

    `svg` holds two layouts, for wide and for narrow places, of which the CSS shows one. `rows` begin with the
    head of the row.
    """

    title: str
    summary: str
    note: str
    svg: Markup
    head: tuple[str, ...]
    rows: list[tuple[str, ...]]


@dataclass(frozen=True)
class Canvas:
    """Where a layout is drawn: its width in units, and what its ids begin with."""

    ident: str
    width: int

    @property
    def narrow(self) -> bool:
        """Whether it is made for a phone."""
        return self.width < 400

    def paint(self, fill: Fill) -> dict[str, str]:
        """Attributes of a shape; fills differ without any colour too."""
        if fill == "solid":
            return {"fill": "var(--chart-1)"}
        if fill == "open":
            return {"fill": "var(--chart-paper)", "stroke": "var(--chart-3)"}
        series = "2" if fill == "hatched" else "1"
        return {"fill": f"url(#{self.ident}-{fill})", "stroke": f"var(--chart-{series})"}


WIDTHS = {"wide": 560, "narrow": 340}

Drawing = tuple[float, list[Markup]]
"""The height of what was drawn, and its elements."""

# --- the frame ----------------------------------------------------------------------------------------------


def framed(ident: str, title: str, summary: str, draw: Callable[[Canvas], Drawing]) -> Markup:
    """Draw both layouts, each an image with a title and a description."""
    layouts = [
        _layout(Canvas(f"{ident}-{name}", width), name, title, summary, draw) for name, width in WIDTHS.items()
    ]
    return tag("div", *layouts, class_="chart")


def _layout(canvas: Canvas, name: str, title: str, summary: str, draw: Callable[[Canvas], Drawing]) -> Markup:
    height, content = draw(canvas)
    labels = [f"{canvas.ident}-{part}" for part in ("title", "desc")]
    drawn = Markup().join(content)
    return tag(
        "svg",
        tag("title", title, id=labels[0]),
        tag("desc", summary, id=labels[1]),
        *(_pattern(canvas, fill) for fill in ("hatched", "part") if f"#{canvas.ident}-{fill})" in drawn),
        drawn,
        class_=f"chart-{name}",
        role="img",
        aria_labelledby=" ".join(labels),
        viewBox=f"0 0 {canvas.width} {number(height)}",
        font_size=TEXT,
        fill="currentColor",
    )


def _pattern(canvas: Canvas, fill: str) -> Markup:
    slant, series = (45, "2") if fill == "hatched" else (-45, "1")
    return tag(
        "pattern",
        tag("rect", width=6, height=6, fill="var(--chart-paper)"),
        tag("rect", width=2.5, height=6, fill=f"var(--chart-{series})"),
        id=f"{canvas.ident}-{fill}",
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
        patternTransform=f"rotate({slant})",
    )


def drawn_nothing(words: Words) -> Callable[[Canvas], Drawing]:
    """Draw that there is nothing."""
    return lambda _canvas: (2 * LINE, [tag("text", words["nothing"], y=LINE, fill="var(--chart-muted)")])


def assembled(
    words: Words,
    ident: str,
    title: str,
    *,
    summary: str,
    note: str = "",
    draw: Callable[[Canvas], Drawing],
    head: tuple[str, ...],
    rows: list[tuple[str, ...]],
) -> Chart:
    """Put a chart together; one without rows says that there is nothing."""
    if not rows:
        summary, note, draw = words["nothing"], "", drawn_nothing(words)
    return Chart(title, summary, note, framed(ident, title, summary, draw), head, rows)


# --- the legend ---------------------------------------------------------------------------------------------


def legend(canvas: Canvas, entries: Sequence[tuple[dict[str, str], str]]) -> Drawing:
    """Draw a swatch and its meaning for each entry, in as many lines as they take."""
    x, y, items = 0.0, 0.0, list[Markup]()
    for paint, text in entries:
        meaning = shortened(text, TEXT, canvas.width - 18)
        width = 18 + text_width(meaning, TEXT)
        if x and x + width > canvas.width:
            x, y = 0.0, y + LINE + 3
        items.append(tag("rect", x=x + 0.5, y=y + 2.5, width=12, height=12, **paint))
        items.append(tag("text", meaning, x=x + 18, y=y + 13))
        x += width + 2 * GAP
    return y + LINE + GAP, items
