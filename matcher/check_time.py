"""The clocks and stretches of time of the check, in plain Python."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import numpy as np

from matcher.model import IntArray
from matcher.programme import MINUTES_A_DAY

Interval = tuple[int, int]
EVER = 10**12  # minutes: beyond every instant
MARGIN = 3  # days around the programme, as the local dates of two zones differ by at most two


class Clock:
    """The wall clock of one time zone around the programme, as pieces of time with a constant offset."""

    def __init__(self, zone: str, first_day: int, last_day: int) -> None:
        self.zone = ZoneInfo(zone)
        low, high = (first_day - MARGIN) * MINUTES_A_DAY, (last_day + MARGIN) * MINUTES_A_DAY
        changes = [self._change(at) for at in range(low, high, MINUTES_A_DAY) if self._changes(at)]
        edges = [-EVER, *changes, EVER]
        offsets = [self.offset(low), *(self.offset(change) for change in changes)]
        self.pieces = list(zip(edges, edges[1:], offsets, strict=False))

    def offset(self, instant: int) -> int:
        """Minutes that the wall clock is ahead of UTC at an instant."""
        offset = dt.datetime.fromtimestamp(instant * 60, self.zone).utcoffset()
        return (offset or dt.timedelta()) // dt.timedelta(minutes=1)

    def _changes(self, instant: int) -> bool:
        return self.offset(instant) != self.offset(instant + MINUTES_A_DAY)

    def _change(self, instant: int) -> int:
        """The first instant within the next day at which the offset is another one."""
        before, low, high = self.offset(instant), instant, instant + MINUTES_A_DAY
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.offset(middle) == before else (low, middle)
        return high

    def showing(self, start: int, end: int) -> list[Interval]:
        """When the wall clock shows a time in [start, end): a repeated hour counts twice, a skipped one not."""
        spans = [(max(low, start - offset), min(high, end - offset)) for low, high, offset in self.pieces]
        return [(low, high) for low, high in spans if low < high]

    def instant(self, wall: int, *, later: bool = False) -> int:
        """The instant at which the clock shows `wall`: the earlier of two unless `later`.

        A wall time that was skipped is the instant of the change.
        """
        found = [wall - offset for low, high, offset in self.pieces if low <= wall - offset < high]
        if found:
            return max(found) if later else min(found)
        return next(
            start
            for (_, _, before), (start, _, after) in zip(self.pieces, self.pieces[1:], strict=False)
            if start + before <= wall < start + after
        )

    def instants(self, walls: IntArray, *, later: bool = False) -> IntArray:
        """Give `instant` for many wall times at once."""
        found: IntArray = np.full(len(walls), EVER)
        pieces = self.pieces if later else self.pieces[::-1]  # where two show a time, the last written stands
        for low, high, offset in pieces:
            at = walls - offset
            shown = (low <= at) & (at < high)
            found[shown] = at[shown]
        for skipped in np.nonzero(found == EVER)[0]:
            found[skipped] = self.instant(int(walls[skipped]), later=later)
        return found

    def wall(self, instant: int) -> int:
        """What the wall clock shows at an instant."""
        return instant + next(offset for low, high, offset in self.pieces if low <= instant < high)


# --- intervals ------------------------------------------------------------------------------------------------


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """The same stretches of time, sorted, overlapping and touching ones made one, empty ones left out."""
    result: list[Interval] = []
    for start, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def within(intervals: Iterable[Interval], low: int, high: int) -> list[Interval]:
    """What of each interval lies in [low, high)."""
    parts = ((max(start, low), min(end, high)) for start, end in intervals)
    return [(start, end) for start, end in parts if start < end]


def outside(intervals: Iterable[Interval], taken: Iterable[Interval]) -> list[Interval]:
    """What of each interval lies in none of those that are taken."""
    left = list(intervals)
    for low, high in taken:
        parts = [part for start, end in left for part in ((start, min(end, low)), (max(start, high), end))]
        left = [(start, end) for start, end in parts if start < end]
    return left
