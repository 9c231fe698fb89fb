"""Charts of when pairs meet: by week, by day, by weekday and hour."""

from __future__ import annotations

import datetime as dt

from matcher.chart_data import Timetable
from matcher.chart_frame import Chart, assembled
from matcher.chart_heat import draw_days, draw_hours
from matcher.chart_weeks import draw_weeks, weeks_of
from matcher.chart_words import Words


def week_chart(data: Timetable, *, ident: str, language: str, title: str = "") -> Chart:
    """Draw the sessions of every week of the programme."""
    words = Words(language)
    weeks = weeks_of(data) if data else []
    most = max(weeks, key=lambda week: week.sessions, default=None)
    return assembled(
        words,
        ident,
        title or words["weeks"],
        summary=words.say(
            "weeks-summary",
            sessions=data.sessions,
            weeks=len(weeks),
            most=most.sessions if most else 0,
            when=words.day(most.start if most else data.start),
        ),
        note=words.say("weeks-note", zone=data.zone),
        draw=lambda canvas: draw_weeks(canvas, weeks, words),
        head=(words["week"], words["sessions"]),
        rows=[(words.day(week.start), words.count(week.sessions)) for week in weeks],
    )


def day_chart(data: Timetable, *, ident: str, language: str, title: str = "") -> Chart:
    """Draw the sessions of every day of the programme; the table has the days that have some."""
    words = Words(language)
    days = [(data.first + dt.timedelta(place), count) for place, count in enumerate(data.days) if count]
    when, most = max(days, key=lambda day: day[1], default=(data.start, 0))
    return assembled(
        words,
        ident,
        title or words["days"],
        summary=words.say(
            "days-summary", sessions=data.sessions, days=len(days), when=words.full_day(when), most=most
        ),
        note=words.say("days-note", zone=data.zone),
        draw=lambda canvas: draw_days(canvas, data, words),
        head=(words["day"], words["sessions"]),
        rows=[(words.full_day(day), words.count(count)) for day, count in days],
    )


def hour_chart(data: Timetable, *, ident: str, language: str, title: str = "") -> Chart:
    """Draw on which weekdays and in which hours sessions start."""
    words = Words(language)
    weekdays = [day for day in range(7) if day in data.working or any(data.hours[day])]
    hours = [hour for hour in range(24) if any(row[hour] for row in data.hours)]
    most, day, hour = max(
        ((count, -day, -hour) for day, row in enumerate(data.hours) for hour, count in enumerate(row)),
        default=(0, 0, 0),
    )
    return assembled(
        words,
        ident,
        title or words["hours"],
        summary=words.say(
            "hours-summary", sessions=data.sessions, when=f"{words.weekday(-day)} {-hour:02}:00", most=most
        ),
        note=words.say("hours-note", zone=data.zone),
        draw=lambda canvas: draw_hours(canvas, data, words),
        head=(words["hour"], *map(words.weekday, weekdays)),
        rows=[(f"{hour:02}:00", *(words.count(data.hours[day][hour]) for day in weekdays)) for hour in hours],
    )
