"""Columns over time: one for each week, in bands one below the other where there are too many for one."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from matcher.chart_data import Timetable
from matcher.chart_frame import GAP, LINE, SMALL, Canvas, Drawing, Fill, legend
from matcher.chart_words import Words
from matcher.svg import number, tag, text_width

HEIGHT = 150  # of the highest column
LEAST = 5.0  # units from one column to the next


@dataclass(frozen=True)
class Week:
    """A week of the programme: its first day in it, its sessions, and whether working days of it lie outside."""

    start: dt.date
    sessions: int
    partial: bool


def weeks_of(times: Timetable) -> list[Week]:
    """Cut the days into weeks from Monday to Sunday."""
    before = times.first.weekday()
    result = []
    for place in range(-before, len(times.days), 7):
        monday = times.first + dt.timedelta(place)
        worked = [monday + dt.timedelta(day) for day in range(7) if day in times.working]
        partial = any(not times.start <= day <= times.end for day in worked)
        sessions = sum(times.days[max(place, 0) : place + 7])
        result.append(Week(max(monday, times.first), sessions, partial))
    return result


def draw_weeks(canvas: Canvas, weeks: Sequence[Week], words: Words) -> Drawing:
    """Draw columns to one scale; a week that is not whole is hatched."""
    ticks = _ticks(max(week.sessions for week in weeks))
    left = max(text_width(words.count(tick), SMALL) for tick in ticks) + GAP
    bands = math.ceil(len(weeks) * LEAST / (canvas.width - left))
    size = math.ceil(len(weeks) / bands)
    y, items = 0.0, list[Markup]()
    if any(week.partial for week in weeks):
        fills: tuple[Fill, Fill] = ("solid", "part")
        meanings = [words["whole"], words["partial"]]
        entries = [(canvas.paint(fill), meaning) for fill, meaning in zip(fills, meanings, strict=True)]
        y, items = legend(canvas, entries)
    for first in range(0, len(weeks), size):
        band = _Band(
            canvas, words, left, min(48.0, (canvas.width - left) / min(size, len(weeks))), ticks, y + LINE
        )
        height, drawn = band.draw(weeks[first : first + size])
        y, items = y + height, items + drawn
    return y, items


def _ticks(most: int) -> list[int]:
    """Whole numbers from 0 to one that is not below the most, about four steps of 1, 2 or 5 apart."""
    step = max(1, most / 4)
    power = 10 ** math.floor(math.log10(step))
    step = next(int(factor * power) for factor in (1, 2, 5, 10) if factor * power >= step)
    return list(range(0, most + step, step))


@dataclass(frozen=True)
class _Band:
    """One row of columns: `pitch` from one to the next, `top` of the highest."""

    canvas: Canvas
    words: Words
    left: float
    pitch: float
    ticks: Sequence[int]
    top: float

    def draw(self, weeks: Sequence[Week]) -> Drawing:
        """Draw grid, columns, what is written over them, and dates."""
        items = [*self._grid(len(weeks)), *self._columns(weeks), *self._figures(weeks), *self._dates(weeks)]
        return LINE + HEIGHT + 2 * LINE + GAP, items

    def _y(self, sessions: float) -> float:
        return self.top + HEIGHT * (1 - sessions / self.ticks[-1])

    def _grid(self, count: int) -> list[Markup]:
        right, items = self.left + count * self.pitch, []
        for tick in self.ticks:
            line = f"M{number(self.left)} {number(self._y(tick))}H{number(right)}"
            items.append(tag("path", d=line, stroke="var(--chart-grid)" if tick else "var(--chart-line)"))
            place = {"x": self.left - 5, "y": self._y(tick) + 4}
            items.append(tag("text", self.words.count(tick), **place))
        return [tag("g", *items, font_size=SMALL, text_anchor="end", fill="var(--chart-muted)")]

    def _columns(self, weeks: Sequence[Week]) -> list[Markup]:
        width = self.pitch * (0.8 if self.pitch > 12 else 0.7)
        items = []
        for place, week in enumerate(weeks):
            if not week.sessions:
                continue
            x, y = self.left + place * self.pitch + (self.pitch - width) / 2, self._y(week.sessions)
            paint = self.canvas.paint("part") if week.partial else {}
            tip = tag("title", f"{self.words.day(week.start)}: {self.words.count(week.sessions)}")
            items.append(tag("rect", tip, x=x, y=y, width=width, height=self.top + HEIGHT - y, **paint))
        return [tag("g", *items, fill="var(--chart-1)")]

    def _figures(self, weeks: Sequence[Week]) -> list[Markup]:
        """Write the number over each column if all have room."""
        texts = [self.words.count(week.sessions) for week in weeks]
        if max(text_width(text, SMALL) for text in texts) > self.pitch:
            return []
        items = [
            tag("text", text, x=self.left + (place + 0.5) * self.pitch, y=self._y(week.sessions) - 4)
            for place, (week, text) in enumerate(zip(weeks, texts, strict=True))
        ]
        return [tag("g", *items, font_size=SMALL, text_anchor="middle")]

    def _dates(self, weeks: Sequence[Week]) -> list[Markup]:
        """Label as many weeks as there is room for; the year stands below where it changes."""
        texts = [self.words.short_day(week.start) for week in weeks]
        every = math.ceil((max(text_width(text, SMALL) for text in texts) + 4) / self.pitch)
        labelled = range(0, len(weeks), every)
        bottom, items, year, free = self.top + HEIGHT, [], 0, 0.0
        for place in labelled:
            width, fresh = text_width(texts[place], SMALL), weeks[place].start.year != year
            x = min(self.left + (place + 0.5) * self.pitch, self.canvas.width - width / 2)
            if x - width / 2 < free:
                continue
            items.append(tag("text", texts[place], x=x, y=bottom + 15))
            items += [tag("text", str(weeks[place].start.year), x=x, y=bottom + 29)] if fresh else []
            year, free = weeks[place].start.year, x + width / 2
        ticks = "".join(f"M{number(self.left + (place + 0.5) * self.pitch)} {bottom}v4" for place in labelled)
        group = tag("g", *items, font_size=SMALL, text_anchor="middle", fill="var(--chart-muted)")
        return [tag("path", d=ticks, stroke="var(--chart-line)"), group]
