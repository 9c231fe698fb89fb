"""Heat maps: cells whose shade tells how many, with the number in them where there is room."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from markupsafe import Markup

from matcher.chart_data import Timetable
from matcher.chart_frame import GAP, LINE, SMALL, Canvas, Drawing, legend
from matcher.chart_words import Words
from matcher.svg import number, tag, text_width

STEPS = 5
WIDEST, HIGHEST = 46, 24  # of a cell
MANY_CELLS = 280  # more are drawn without numbers, in sizes that grow with the shade


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
    """What is drawn of the cells, gathered by shade, 0 for none: outlines as one path, numbers as texts."""

    ends: Sequence[int]
    words: Words
    width: float
    height: float
    numbers: bool
    paths: dict[int, list[str]] = field(default_factory=dict)
    texts: dict[int, list[Markup]] = field(default_factory=dict)

    def add(self, count: int, x: float, y: float) -> None:
        """Add a cell with its upper left corner."""
        shade = _shades(self.ends)[int(np.searchsorted(self.ends, count))] if count else 0
        part = 1.0 if self.numbers or not shade else (0.35, 0.5, 0.65, 0.8, 1.0)[shade - 1]
        width, height = (self.width - 2) * part, (self.height - 2) * part
        left, top = x + (self.width - width) / 2, y + (self.height - height) / 2
        path = f"M{number(left)} {number(top)}h{number(width)}v{number(height)}h{number(-width)}z"
        self.paths.setdefault(shade, []).append(path)
        if count and self.numbers:
            text = tag(
                "text", self.words.count(count), x=round(x + self.width / 2), y=round(y + self.height / 2 + 4)
            )
            self.texts.setdefault(shade, []).append(text)

    def drawn(self) -> list[Markup]:
        """Draw all that was added."""
        items = []
        for shade in sorted(self.paths):
            items.append(tag("path", d="".join(self.paths[shade]), **_paint(shade)))
            if shade in self.texts:
                ink = f"var(--chart-heat-ink-{shade})"
                items.append(tag("g", *self.texts[shade], fill=ink, font_size=SMALL, text_anchor="middle"))
        return items


def _paint(shade: int) -> dict[str, str]:
    if not shade:
        return {"fill": "none", "stroke": "var(--chart-grid)"}
    return {"fill": f"var(--chart-heat-{shade})", "stroke": "var(--chart-line)", "stroke-width": "0.6"}


def _key(canvas: Canvas, ends: Sequence[int], words: Words) -> Drawing:
    entries = zip(map(_paint, [0, *_shades(ends)]), ["0", *_ranges(ends, words)], strict=True)
    return legend(canvas, list(entries))


def _small(texts: Sequence[Markup], anchor: str) -> Markup:
    return tag("g", *texts, font_size=SMALL, text_anchor=anchor, fill="var(--chart-muted)")


# --- the days of the programme ------------------------------------------------------------------------------


def draw_days(canvas: Canvas, times: Timetable, words: Words) -> Drawing:
    """Draw weeks as columns and weekdays as rows, in bands below one another, without weekdays off."""
    counts = {times.first + dt.timedelta(place): count for place, count in enumerate(times.days)}
    weekdays = sorted(times.working | {day.weekday() for day, count in counts.items() if count})
    dates = [day for day in counts if day.weekday() in weekdays]
    mondays = sorted({day - dt.timedelta(day.weekday()) for day in dates})
    numbers = len(dates) <= MANY_CELLS
    least = max(text_width(words.count(count), SMALL) for count in times.days) + 5 if numbers else 0
    left = max(text_width(words.weekday(day), SMALL) for day in weekdays) + GAP
    size = _even(len(mondays), math.floor((canvas.width - left) / max(least, 20)))
    width = math.floor(min(WIDEST, (canvas.width - left) / size))
    ends = step_ends(times.days)
    drawn = _Cells(ends, words, width, min(HIGHEST, width), numbers)
    y, items = _key(canvas, ends, words)
    for first in range(0, len(mondays), size):
        band = mondays[first : first + size]
        items.append(_calendar_heads(band, left, width, y, words))
        y += 2 * LINE
        items.append(_row_names([words.weekday(day) for day in weekdays], left, y, drawn.height))
        for column, monday in enumerate(band):
            for line, weekday in enumerate(weekdays):
                count = counts.get(monday + dt.timedelta(weekday))
                if count is not None:
                    drawn.add(count, left + column * width, y + line * drawn.height)
        y += len(weekdays) * drawn.height + GAP
    return y, [*items, *drawn.drawn()]


def _even(count: int, most: int) -> int:
    """How many stand in a band of so many at most, all bands being about alike."""
    return math.ceil(count / math.ceil(count / max(most, 1)))


def _calendar_heads(mondays: Sequence[dt.date], left: float, width: float, top: float, words: Words) -> Markup:
    """The day of each Monday, above it the month where a new one begins, with the year at first."""
    texts, before, free = [], None, 0.0
    for place, monday in enumerate(mondays):
        x = left + place * width
        texts.append(tag("text", str(monday.day), x=x + width / 2, y=top + 2 * LINE - 4, text_anchor="middle"))
        if before is None or monday.month != before.month:
            name = words.month(monday)
            if before is None or monday.year != before.year:
                name = f"{name} {monday.year}"
            if x >= free:
                texts.append(tag("text", name, x=x + 2, y=top + LINE - 3))
                free = x + text_width(name, SMALL) + 4
        before = monday
    return _small(texts, "start")


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
    left = max(text_width(name, SMALL) for name in lines) + GAP
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
