"""The words, numbers and dates of the charts, in the languages that reports are written in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, get_day_names
from babel.numbers import format_decimal, format_percent

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "nothing": "There is nothing to show here.",
        "other": "Other functions ({count})",
        "unknown": "unknown",
        "mentees": "Mentees",
        "mentors": "Mentors",
        "share": "Share",
        "sessions": "Sessions",
        "ranks": "Who got which choice",
        "ranks-summary": "Mentees: {mentees}. With their first choice: {first} ({share}). Without a "
        "mentor: {without} ({rest}).",
        "ranks-note": "Whoever has several mentors counts with the best of his choices.",
        "choice": "Choice",
        "nth": "{nth} choice",
        "nth-range": "{first} to {last} choice",
        "off-list": "Fixed, not on the list",
        "off-list-note": "Fixed, not on the list: the programme lead made this pair; the mentee had "
        "not listed the mentor.",
        "without": "Without a mentor",
        "reasons": "Why mentees have no mentor",
        "reasons-summary": "Without a mentor: {count}. Most often: {reason} ({most}).",
        "reason": "Reason",
        "no_eligible_choice": "Rules are against every choice",
        "no_common_time": "Too little time in common",
        "mentors_full": "The mentors asked for are full",
        "schedule_conflict": "A place is left, but no schedule",
        "draw": "The draw decided",
        "load": "How many mentees mentors have",
        "load-summary": "Mentors: {mentors}. Places: {places}, taken: {taken} ({share}). Mentors "
        "without a mentee: {free}.",
        "load-note": "Mentors are those who have a pair or whom somebody chose with no rule against it.",
        "full": "all places taken",
        "partly": "places left",
        "free": "no mentee",
        "load-head": "Mentees of one mentor",
        "mentee-one": "{count} mentee",
        "mentee-few": "{count} mentees",
        "mentee-many": "{count} mentees",
        "mentee-other": "{count} mentees",
        "total": "Total",
        "flow": "Who mentors whom, by function",
        "flow-summary": "Pairs: {pairs}. Within one function: {own} ({share}). Most often: {mentee} "
        "→ {mentor} ({most}).",
        "from": "Function of the mentee",
        "to": "Function of the mentor",
        "pairs": "Pairs",
        "own": "within one function",
        "across": "across functions",
        "weeks": "Sessions per week",
        "weeks-summary": "Sessions: {sessions}. Weeks: {weeks}. Most in the week from {when}: {most}.",
        "weeks-note": "Weeks from Monday to Sunday on the programme's clock ({zone}).",
        "week": "Week from",
        "whole": "whole weeks",
        "partial": "programme covers only a part of the week",
        "day": "Day",
        "days": "Sessions on each day",
        "days-summary": "Sessions: {sessions}. Days with sessions: {days}. Most on {when}: {most}.",
        "days-note": "Dates on the programme's clock ({zone}).",
        "hours": "When sessions start",
        "hours-summary": "Sessions: {sessions}. Most start on {when}: {most}.",
        "hours-note": "By the hour in which they start, on the programme's clock ({zone}).",
        "hour": "Hour",
        "compare": "Choices in both runs",
        "compare-summary": "{first}: {before} of {mentees} with their first choice, {without} without a mentor. "
        "{second}: {after} of {later}, {still} without.",
        "change": "Change",
        "groups": "Where places are too few",
        "groups-summary": "Groups of mentors with too few places: {count}. Places missing in all: {missing}.",
        "groups-note": "The mentees of a group can go to nobody else. Places are those beside locks.",
        "group": "Group",
        "group-n": "Group {number}",
        "group-rest": "Other groups ({count})",
        "mentor-one": "{count} mentor",
        "mentor-few": "{count} mentors",
        "mentor-many": "{count} mentors",
        "mentor-other": "{count} mentors",
        "demand": "mentees who can go nowhere else",
        "supply": "places",
        "missing": "Missing",
    },
    "ru": {
        "nothing": "Здесь нечего показать.",
        "other": "Другие функции ({count})",
        "unknown": "неизвестно",
        "mentees": "Менти",
        "mentors": "Менторы",
        "share": "Доля",
        "sessions": "Сессии",
        "ranks": "Кто получил какой выбор",
        "ranks-summary": "Менти: {mentees}. Получили первый выбор: {first} ({share}). Без ментора: "
        "{without} ({rest}).",
        "ranks-note": "У кого несколько менторов, учтён по лучшему из своих выборов.",
        "choice": "Выбор",
        "nth": "{nth} выбор",
        "nth-range": "{first} – {last} выбор",
        "off-list": "Закреплён, не из списка",
        "off-list-note": "Закреплён, не из списка: пару назначил руководитель программы, менти "
        "этого ментора не указывал.",
        "without": "Без ментора",
        "reasons": "Почему менти остались без ментора",
        "reasons-summary": "Без ментора: {count}. Чаще всего: {reason} ({most}).",
        "reason": "Причина",
        "no_eligible_choice": "Все выборы противоречат правилам",
        "no_common_time": "Слишком мало общего времени",
        "mentors_full": "Выбранные менторы заняты",
        "schedule_conflict": "Место есть, но нет расписания",
        "draw": "Решил жребий",
        "load": "Сколько менти у менторов",
        "load-summary": "Менторы: {mentors}. Места: {places}, занято: {taken} ({share}). Менторы "
        "без менти: {free}.",
        "load-note": "Менторы — те, у кого есть пара или кого выбрали без нарушения правил.",
        "full": "все места заняты",
        "partly": "есть места",
        "free": "нет менти",
        "load-head": "Менти у одного ментора",
        "mentee-one": "{count} менти",
        "mentee-few": "{count} менти",
        "mentee-many": "{count} менти",
        "mentee-other": "{count} менти",
        "total": "Всего",
        "flow": "Кто кому ментор: по функциям",
        "flow-summary": "Пары: {pairs}. Внутри одной функции: {own} ({share}). Чаще всего: {mentee} "
        "→ {mentor} ({most}).",
        "from": "Функция менти",
        "to": "Функция ментора",
        "pairs": "Пары",
        "own": "внутри одной функции",
        "across": "между функциями",
        "weeks": "Сессии по неделям",
        "weeks-summary": "Сессии: {sessions}. Недели: {weeks}. Больше всего на неделе с {when}: {most}.",
        "weeks-note": "Недели с понедельника по воскресенье по часам программы ({zone}).",
        "week": "Неделя с",
        "whole": "полные недели",
        "partial": "неделя входит в программу не полностью",
        "day": "День",
        "days": "Сессии по дням",
        "days-summary": "Сессии: {sessions}. Дни с сессиями: {days}. Больше всего {when}: {most}.",
        "days-note": "Даты по часам программы ({zone}).",
        "hours": "Когда начинаются сессии",
        "hours-summary": "Сессии: {sessions}. Чаще всего начинаются {when}: {most}.",
        "hours-note": "По часу начала, по часам программы ({zone}).",
        "hour": "Час",
        "compare": "Выборы в двух расчётах",
        "compare-summary": "{first}: первый выбор у {before} из {mentees}, без ментора {without}. "
        "{second}: {after} из {later}, без ментора {still}.",
        "change": "Изменение",
        "groups": "Где не хватает мест",
        "groups-summary": "Группы менторов, у которых мест не хватает: {count}. Всего не хватает "
        "мест: {missing}.",
        "groups-note": "Менти группы не могут пойти ни к кому другому. Места — кроме закреплённых пар.",
        "group": "Группа",
        "group-n": "Группа {number}",
        "group-rest": "Другие группы ({count})",
        "mentor-one": "{count} ментор",
        "mentor-few": "{count} ментора",
        "mentor-many": "{count} менторов",
        "mentor-other": "{count} ментора",
        "demand": "менти, которым больше не к кому",
        "supply": "места",
        "missing": "Не хватает",
    },
}  # fmt: skip
FEW = 200  # of so many, a share says enough without decimals


class Words:
    """Words, numbers and dates of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.words = WORDS[language]

    def __getitem__(self, key: str) -> str:
        return self.words[key]

    def say(self, key: str, **facts: str | int) -> str:
        """Fill facts into a sentence; whole numbers are written as the language does."""
        told = {name: self.count(fact) if isinstance(fact, int) else fact for name, fact in facts.items()}
        return self.words[key].format(**told)

    def many(self, noun: str, count: int) -> str:
        """Say a number with its noun in the right form."""
        return self.say(f"{noun}-{_locale(self.language).plural_form(count)}", count=count)

    def count(self, count: int) -> str:
        """A whole number."""
        return format_decimal(count, locale=self.language)

    def signed(self, change: int) -> str:
        """A change with its sign; a real minus, as the page is read and not calculated with."""
        sign = "+" if change > 0 else "−" if change < 0 else "±"
        return sign + self.count(abs(change))

    def span(self, low: int, high: int) -> str:
        """From one number to another, or that number alone."""
        return self.count(low) if low == high else f"{self.count(low)}–{self.count(high)}"

    def share(self, part: int, whole: int) -> str:
        """A share in percent; neither all nor nothing unless it is."""
        if not whole:
            return "–"
        step = 100 if whole < FEW else 1000
        steps = round(step * part / whole)
        if 0 < part < whole:
            steps = min(max(steps, 1), step - 1)
        return format_percent(steps / step, "#,##0.0%" if self._decimal(part, whole) else "#,##0%", self.language)

    def _decimal(self, part: int, whole: int) -> bool:
        return whole >= FEW and 0 < part < whole

    def nth(self, rank: int) -> str:
        """The rank as an ordinal number."""
        if self.language == "ru":
            return f"{rank}-й"
        form = _locale("en").ordinal_form(rank)
        return f"{rank}{ {'one': 'st', 'two': 'nd', 'few': 'rd'}.get(form, 'th') }"

    def day(self, day: dt.date) -> str:
        """A date with its year."""
        return format_date(day, "d MMM y", locale=self.language)

    def short_day(self, day: dt.date) -> str:
        """A date without its year."""
        return format_date(day, "d MMM", locale=self.language)

    def full_day(self, day: dt.date) -> str:
        """A date with its weekday and year."""
        return format_date(day, "EEE, d MMM y", locale=self.language)

    def month(self, day: dt.date) -> str:
        """The month of a date, standing alone."""
        return format_date(day, "LLL", locale=self.language)

    def weekday(self, weekday: int) -> str:
        """A short name, 0 being Monday."""
        return str(get_day_names("abbreviated", "stand-alone", self.language)[weekday])


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)
