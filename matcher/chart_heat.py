"""Heat maps: cells whose shade tells how many, with the number in them where there is room."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from markupsafe import Markup

from matcher.chart_data import Timetable
from matcher.chart_frame import GAP, LINE, SMALL, Canvas, Drawing, legend
from matcher.chart_words import Words
from matcher.svg import tag, text_width

STEPS = 5
WIDEST, HIGHEST = 46, 24  # of a cell
SIZES = (0.35, 0.5, 0.65, 0.8, 1.0)  # of cells without numbers, by their shade
INKS = (*3 * ("chart-heat-ink-1",), *2 * ("chart-heat-ink-5",))  # of numbers, by their shade
MANY, MANY_NARROW = 280, 140  # more cells are drawn without numbers, in sizes that grow with the shade


# --- steps --------------------------------------------------------------------------------------------------


def step_ends(counts: Sequence[int]) -> list[int]:
    """The largest count of each shade: equal steps, or equal factors where a few counts are far above the rest."""
    some = [count for count in counts if count]
    if not some:
        return []
    most = max(some)
    parts = np.arange(1, STEPS + 1) / STEPS
    raw = most**parts if most > 8 * float(np.median(some)) else most * parts
    ends = {min(_rounded(float(end)), most) for end in raw[:-1]} | {most}
    return sorted(ends)


def _rounded(end: float) -> int:
    """Two digits say enough."""
    power = 10 ** max(0, len(str(int(end))) - 2)
    return int(max(1, math.ceil(end / power - 1e-9)) * power)


def _ranges(ends: Sequence[int], words: Words) -> list[str]:
    starts = [1, *(end + 1 for end in ends[:-1])]
    return [words.span(start, end) for start, end in zip(starts, ends, strict=True)]


def _shades(ends: Sequence[int]) -> list[int]:
    """Which of the colours 1 to 5 the steps have: the whole range, also where there are fewer steps."""
    last = max(len(ends) - 1, 1)
    return (
        [STEPS - (STEPS - 1) * (last - place) // last for place in range(len(ends))] if len(ends) > 1 else [STEPS]
    )


# --- cells --------------------------------------------------------------------------------------------------


@dataclass
class _Cells:
    """What is drawn of the cells: squares of each shade, 0 for none, as one path, numbers of each ink by line.

    There are hundreds, so they are written briefly: in whole units, each from where the one before it began.
    """

    ends: Sequence[int]
    words: Words
    width: int
    height: int
    numbers: bool
    paths: dict[int, list[str]] = field(default_factory=dict)
    last: dict[int, tuple[int, int]] = field(default_factory=dict)
    texts: dict[str, dict[int, list[Markup]]] = field(default_factory=dict)

    def add(self, count: int, x: int, y: int) -> None:
        """Add a cell with its upper left corner."""
        shade = _shades(self.ends)[int(np.searchsorted(self.ends, count))] if count else 0
        width, height = self.width - 2, self.height - 2
        if shade and not self.numbers:
            width = height = round(min(width, height) * SIZES[shade - 1])
        left, top = x + (self.width - width) // 2, y + (self.height - height) // 2
        from_left, from_top = self.last.get(shade, (0, 0))
        self.last[shade] = left, top
        step = f"m{left - from_left} {top - from_top}"
        self.paths.setdefault(shade, []).append(f"{step}h{width}v{height}h-{width}z")
        if count and self.numbers:
            text = tag("tspan", self.words.count(count), x=x + self.width // 2)
            self.texts.setdefault(INKS[shade - 1], {}).setdefault(y + self.height // 2 + 4, []).append(text)

    def drawn(self) -> list[Markup]:
        """Draw all that was added."""
        items = [tag("path", d="".join(self.paths[shade]), **_paint(shade)) for shade in sorted(self.paths)]
        for ink in sorted(self.texts):
            lines = [tag("text", *texts, y=y) for y, texts in self.texts[ink].items()]
            items.append(tag("g", *lines, fill=f"var(--{ink})", font_size=SMALL, text_anchor="middle"))
        return items


def _paint(shade: int) -> dict[str, str]:
    if not shade:
        return {"fill": "none", "stroke": "var(--chart-grid)"}
    return {"fill": f"var(--chart-heat-{shade})", "stroke": "var(--chart-line)", "stroke-width": "0.6"}


def _key(canvas: Canvas, ends: Sequence[int], words: Words) -> tuple[int, list[Markup]]:
    entries = zip(map(_paint, [0, *_shades(ends)]), ["0", *_ranges(ends, words)], strict=True)
    height, items = legend(canvas, list(entries))
    return math.ceil(height), items


def _small(texts: Sequence[Markup], anchor: str) -> Markup:
    return tag("g", *texts, font_size=SMALL, text_anchor=anchor, fill="var(--chart-muted)")


# --- the days of the programme ------------------------------------------------------------------------------


def draw_days(canvas: Canvas, times: Timetable, words: Words) -> Drawing:
    """Draw weeks as columns and weekdays as rows, in bands below one another, without weekdays off."""
    counts = {times.first + dt.timedelta(place): count for place, count in enumerate(times.days)}
    weekdays = sorted(times.working | {day.weekday() for day, count in counts.items() if count})
    dates = [day for day in counts if day.weekday() in weekdays]
    mondays = sorted({day - dt.timedelta(day.weekday()) for day in dates})
    numbers = len(dates) <= (MANY_NARROW if canvas.narrow else MANY)
    least = max(text_width(words.count(count), SMALL) for count in times.days) + 5 if numbers else 0
    left = math.ceil(max(text_width(words.weekday(day), SMALL) for day in weekdays)) + GAP
    size = _even(len(mondays), math.floor((canvas.width - left) / max(least, 20)))
    width = math.floor(min(WIDEST, (canvas.width - left) / size))
    ends = step_ends(times.days)
    drawn = _Cells(ends, words, width, min(HIGHEST, width), numbers)
    y, items = _key(canvas, ends, words)
    for first in range(0, len(mondays), size):
        band = mondays[first : first + size]
        places = {monday: left + column * width for column, monday in enumerate(band)}
        items += _calendar_heads(places, width, (canvas.width, y), words)
        y += 2 * LINE
        items.append(_row_names([words.weekday(day) for day in weekdays], left, y, drawn.height))
        for monday, x in places.items():
            for line, weekday in enumerate(weekdays):
                count = counts.get(monday + dt.timedelta(weekday))
                if count is not None:
                    drawn.add(count, x, y + line * drawn.height)
        y += len(weekdays) * drawn.height + GAP
    return y, [*items, *drawn.drawn()]


def _even(count: int, most: int) -> int:
    """How many stand in a band of so many at most, all bands being about alike."""
    return math.ceil(count / math.ceil(count / max(most, 1)))


def _calendar_heads(
    places: Mapping[dt.date, int], width: int, corner: tuple[int, int], words: Words
) -> list[Markup]:
    """The day of each Monday, above it the month where a new one begins and has room, with the year at first.

    `corner` is how far to the right there is room, and the top.
    """
    right, top = corner
    days = [tag("tspan", str(monday.day), x=x + width // 2) for monday, x in places.items()]
    months, before, free = [], None, 0.0
    for monday, x in places.items():
        if before is None or monday.month != before.month:
            name = words.month(monday)
            if before is None or monday.year != before.year:
                name = f"{name} {monday.year}"
            if free <= x <= right - 2 - text_width(name, SMALL):
                months.append(tag("tspan", name, x=x + 2))
                free = x + text_width(name, SMALL) + 4
        before = monday
    return [
        _small([tag("text", *days, y=top + 2 * LINE - 4)], "middle"),
        _small([tag("text", *months, y=top + LINE - 3)], "start"),
    ]


def _row_names(names: Sequence[str], left: float, top: float, height: float) -> Markup:
    texts = [tag("text", name, x=left - 5, y=top + (at + 0.5) * height + 4) for at, name in enumerate(names)]
    return _small(texts, "end")


# --- the hours of the week ----------------------------------------------------------------------------------


def draw_hours(canvas: Canvas, times: Timetable, words: Words) -> Drawing:
    """Draw weekdays as rows and hours as columns, the other way round where it is narrow."""
    used = [hour for hour in range(24) if any(row[hour] for row in times.hours)]
    hours = range(used[0], used[-1] + 1)
    weekdays = [day for day in range(7) if day in times.working or any(times.hours[day])]
    clock = [f"{hour:02}:00" for hour in hours]
    days = [words.weekday(day) for day in weekdays]
    table = np.array(times.hours)[np.ix_(weekdays, hours)]
    lines, columns, counts = (clock, days, table.T) if canvas.narrow else (days, clock, table)
    left = math.ceil(max(text_width(name, SMALL) for name in lines)) + GAP
    width = math.floor(min(WIDEST + 10, (canvas.width - left) / len(columns)))
    if any(text_width(name, SMALL) > width for name in columns):
        columns = [name.removesuffix(":00") for name in columns]
    widest = max(text_width(words.count(int(count)), SMALL) for count in table.flat)
    ends = step_ends(table.ravel().tolist())
    drawn = _Cells(ends, words, width, HIGHEST, numbers=widest <= width - 3)
    y, items = _key(canvas, ends, words)
    heads = [tag("text", name, x=left + (at + 0.5) * width, y=y + LINE - 4) for at, name in enumerate(columns)]
    items += [_small(heads, "middle"), _row_names(lines, left, y + LINE, HIGHEST)]
    for (line, column), count in np.ndenumerate(counts):
        drawn.add(int(count), left + column * width, y + LINE + line * HIGHEST)
    return y + LINE + len(lines) * HIGHEST + GAP, [*items, *drawn.drawn()]
