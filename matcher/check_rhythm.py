"""The dates of one pair for the check: from when to when it works together, and which date may follow which."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from matcher.check_dates import Dates
from matcher.check_time import Interval
from matcher.model import Cohort, Pair


class Engagement(NamedTuple):
    """The first and the last day of a pair as day indices of the programme; none where they are in wrong order.

    `absent` are the days, as bits, on which the month rule rests as one of the two is away. In a rematch `held` is
    the day of the last session that a pair which goes on has held, from which the next dates count, -1 for none,
    and `before` the number of those before that one. `wanted` is how many sessions there must be, those held
    included, where engagements last as long as needed: then these are the days between which it lies.
    """

    first: int
    last: int
    absent: int = 0
    held: int = -1
    before: int = 0
    wanted: int = 0


class Engagements:
    """The engagement of each pair by its people: when they take part, and when they are away."""

    def __init__(self, cohort: Cohort, dates: Dates) -> None:
        staff, away = cohort.employees, cohort.absences
        self._first = [max(0, day - dates.first) for day in staff.first_day.tolist()]
        self._last = [min(dates.days - 1, day - dates.first) for day in staff.last_day.tolist()]
        self._absent: dict[int, int] = {}
        self._wanted = wanted_sessions(cohort)
        if cohort.programme.sessions.absences == "pause":
            rows = zip(away.person.tolist(), away.start.tolist(), away.end.tolist(), strict=True)
            for person, start, end in rows:
                days = _stretch(start - dates.first, min(end - dates.first, dates.days - 1))
                self._absent[person] = self._absent.get(person, 0) | days

    def of(self, pair: Pair) -> Engagement:
        """The engagement of a pair, whether or not it is one of the run."""
        mentee, mentor = pair
        first = max(self._first[mentee], self._first[mentor])
        last = min(self._last[mentee], self._last[mentor])
        wanted = self._wanted[mentee] if self._wanted else 0
        if not self._absent:
            return Engagement(first, last, wanted=wanted)
        absent = self._absent.get(mentee, 0) | self._absent.get(mentor, 0)
        return Engagement(first, last, absent & _stretch(first, last), wanted=wanted)


def wanted_sessions(cohort: Cohort) -> list[int]:
    """How many sessions each person is to have as a mentee where engagements last as long as needed; else []."""
    programme = cohort.programme
    if programme.frame.engagement != "as-needed":
        return []
    usual = programme.sessions.number if isinstance(programme.sessions.number, int) else 0
    return [own or usual for own in cohort.employees.sessions_wanted.tolist()]


def _stretch(first: int, last: int) -> int:
    """The days from `first` to `last`, as bits; those before the programme left out."""
    return (1 << last + 1) - (1 << max(first, 0)) if max(first, 0) <= last else 0


class Rhythm:
    """Which date may follow which within an engagement, and how many sessions fit."""

    def __init__(self, dates: Dates, engagement: Engagement) -> None:
        self.dates, self.engagement = dates, engagement
        first, last, absent, held, before, wanted = engagement
        self._programme, self._days = dates.programme, dates.days
        # Item i: how many days before day i nobody is away.
        present = (not absent >> day & 1 for day in range(dates.days))
        self._present = [0, *accumulate(map(int, present))]
        self._months = [
            month
            for month in dates.months
            if first <= month[0] and month[1] <= last and not absent & _stretch(*month)
        ]
        days = range(first, last + 1)
        self._rolling = {day: self._rolling_limit(day) for day in days}
        self._calendar = {day: self._calendar_limit(day) for day in (-1, *days)}
        self._first_days = _stretch(first, min(last, self.latest_after(-1))) if held < 0 else 1 << held
        self._minimum = (
            dates.programme.sessions.minimum if held < 0 else max(1, dates.programme.sessions.minimum - before)
        )
        self._last_days = sum(1 << day for day in days if self.latest_after(day) >= self._days)
        if wanted:  # the first session begins the engagement and the last one ends it
            begins = _stretch(first, min(last, self.latest_first))
            self._first_days = begins if held < 0 else 1 << held  # who has begun is not too late
            self._last_days = _stretch(first, last)

    @property
    def latest_first(self) -> int:
        """The last day for a first session where engagements last as long as needed."""
        return self._programme.frame.latest_start or self._days - 1

    @property
    def begins(self) -> int:
        """The engagement's first day."""
        return self.engagement.first

    @property
    def ends(self) -> int:
        """The engagement's last day."""
        return self.engagement.last

    def rolling_limit(self, day: int) -> int:
        """The last day on which the next session may be after one on `day`, counted from date to date.

        With -1 it is the limit for the first session; the programme's `days` and more means that none needs to
        follow. Days on which one of the two is away do not count.
        """
        if day < 0:
            return self._reach(self.begins) if self.begins <= self.ends else -1
        found = self._rolling.get(day)
        return self._rolling_limit(day) if found is None else found

    def _rolling_limit(self, day: int) -> int:
        limit = self._reach(day)
        # The last day may be just as many months away: then no session needs to follow.
        return self._days if limit >= self.ends else limit

    def _reach(self, day: int) -> int:
        """The last day of the programme that is no more than the allowed months after a day."""
        if self._programme.sessions.month_rule not in ("rolling", "both"):
            return self._days
        most = self._present[day + 1] + self.dates.month_lengths[day]
        return bisect.bisect_right(self._present, most) - 2

    def calendar_limit(self, day: int) -> int:
        """The same, counted in calendar months: the end of the last month that is allowed to wait."""
        found = self._calendar.get(day)
        return self._calendar_limit(day) if found is None else found

    def _calendar_limit(self, day: int) -> int:
        coming = self._coming_months(day)
        return coming[-1][1] if coming else self._days

    def months_without(self, day: int) -> str:
        """The months that the calendar limit comes from, for messages."""
        ends = [self.dates.date(month) for month, _ in self._coming_months(day)]
        return " to ".join(dict.fromkeys(f"{date:%B %Y}" for date in (ends[0], ends[-1])))

    def _coming_months(self, day: int) -> list[Interval]:
        """As many months that count after `day` as must not all be without a session; [] if fewer come."""
        rules = self._programme.sessions
        if rules.month_rule not in ("calendar", "both"):
            return []
        coming = [month for month in self._months if month[0] > day][: rules.max_months_between]
        return coming if len(coming) == rules.max_months_between else []

    def latest_after(self, day: int) -> int:
        """The last day on which the month rule lets the session after one on `day` be (see `rolling_limit`)."""
        return min(self.rolling_limit(day), self.calendar_limit(day))

    def _days_after(self, day: int) -> int:
        """The days (as bits) on which the next session after one on `day` may be."""
        return _stretch(day + self._programme.sessions.min_days_between, min(self.latest_after(day), self.ends))

    def numbers(self, open_days: int, earliest: int, weeks: Sequence[int] = ()) -> Iterator[int]:
        """Every number of sessions, ascending, that a pair can hold on these days and keep all rules.

        More days never make a number impossible. Sessions that it has held already are counted.

        Parameters
        ----------
        open_days
            The days, as bits, that have room for a session.
        earliest
            The first day that the last session before the programme leaves.
        weeks
            Item k holds the days of the weeks with room for one more session beside k + 1 of the pair, as many
            items as it can matter; none where no week has a limit.
        """
        if self.engagement.held >= 0:
            open_days, earliest = open_days | self._first_days, 0
        # Where weeks have limits, item k of these holds the days whose session is number k + 1 of its week.
        reached = [open_days & self._first_days & (-1 << min(max(earliest, 0), self._days))]
        number = 1
        while any(reached):
            whole = number + self.engagement.before
            allowed = number >= self._minimum and self.engagement.wanted in (0, whole)
            if allowed and any(days & self._last_days for days in reached):
                yield whole
            reached, number = self._onward(reached, open_days, weeks), number + 1

    def least_missing(self, open_days: int, earliest: int) -> int:
        """The least number of sessions on days that are not open, in dates that keep all rules; -1 if none do.

        Any day of the engagement may be a date, at least `minimum` of them are needed.
        """
        minimum, apart = self._minimum, self._programme.sessions.min_days_between
        never = self._days + 1
        # Item [number][day]: the least before and on the day, if session `number` (or a later one) is on it.
        least = [[never] * self._days for _ in range(minimum + 1)]
        held, first = self.engagement.held, max(earliest, self.begins)
        for day in [held] if held >= 0 else range(first, min(self.latest_after(-1), self.ends) + 1):
            least[1][day] = 0
        for day in range(self.begins, self.ends + 1):
            for number in range(1, minimum + 1):
                if least[number][day] < never:
                    least[number][day] += day != held and not open_days >> day & 1
                    onward = least[min(number + 1, minimum)]
                    for after in range(max(day + apart, first), min(self.latest_after(day), self.ends) + 1):
                        onward[after] = min(onward[after], least[number][day])
        ends = [least[minimum][day] for day in range(self._days) if self._last_days >> day & 1]
        found = min(ends, default=never)
        return found if found < never else -1

    def _onward(self, reached: Sequence[int], open_days: int, weeks: Sequence[int]) -> list[int]:
        """The open days on which the session after one on those `reached` may be."""
        if not weeks:
            return [self._following.any_of(days) & open_days for days in reached]
        same_week, later_week = self._by_week
        later = 0
        for days in reached:
            later |= later_week.any_of(days)
        again = zip(reached, weeks, strict=False)  # nobody has more sessions in a week than `weeks` tells
        return [later & open_days, *(same_week.any_of(days) & open_days & room for days, room in again)]

    @cached_property
    def _after(self) -> dict[int, int]:
        return {day: self._days_after(day) for day in range(self.begins, self.ends + 1)}

    @cached_property
    def _following(self) -> Following:
        return Following(self._after)

    @cached_property
    def _by_week(self) -> tuple[Following, Following]:
        """What `_following` holds, by whether the days lie in the same week or in a later one."""
        same = {day: after & self.dates.week(day) for day, after in self._after.items()}
        later = {day: after & ~same[day] for day, after in self._after.items()}
        return Following(same), Following(later)


class Following:
    """What follows any of a set of days; days that were asked for often are looked up eight at a time."""

    PATIENCE = 20  # questions after which a table of all sets of eight days pays

    def __init__(self, after: dict[int, int]) -> None:
        self._after, self._asked = after, 0
        self._tables: list[list[int]] = []

    def any_of(self, days: int) -> int:
        """The days, as bits, that follow one of those given."""
        self._asked += 1
        if self._asked == self.PATIENCE:
            self._tables = _by_byte([self._after.get(day, 0) for day in range(max(self._after, default=-1) + 1)])
        found = 0
        if self._asked < self.PATIENCE:
            while days:
                lowest = days & -days
                found |= self._after[lowest.bit_length() - 1]
                days ^= lowest
            return found
        for sets, byte in zip(self._tables, days.to_bytes(len(self._tables), "little"), strict=True):
            found |= sets[byte]
        return found


def _by_byte(following: Sequence[int]) -> list[list[int]]:
    """For every eight days in a row: what follows any of a set of them, for each of the 256 sets (as a byte)."""
    tables = []
    for first in range(0, len(following), 8):
        sets = [0]
        for days in following[first : first + 8]:
            sets += [days | others for others in sets]  # the sets with this day come after those without it
        tables.append(sets)
    return tables
