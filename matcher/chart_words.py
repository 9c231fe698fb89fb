"""The words, numbers and dates of the charts, in the languages that reports are written in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from babel.dates import format_date, get_day_names
from babel.numbers import format_decimal

from matcher.wording import Wording

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "nothing": "There is nothing to show here.",
        "other": "Other functions ({count})",
        "unknown": "Unknown",
        "mentors": "Mentors",
        "sessions": "Sessions",
        "ranks": "Who got which choice",
        "ranks-summary": "Mentees: {mentees}. With their first choice: {first} ({share}). "
        "Without a mentor: {without} ({rest}).",
        "ranks-note": "Whoever has several mentors counts once, with the best of his choices.",
        "choice": "Choice",
        "nth": "{nth} choice",
        "nth-range": "{first} to {last} choice",
        "off-list": "Fixed by the lead, not on the list",
        "off-list-note": "Fixed by the lead, not on the list: the mentees had not listed these mentors.",
        "reasons": "Why mentees have no mentor",
        "reasons-summary": "Without a mentor: {count}. Most often: {reason} ({most}).",
        "load": "How many mentees mentors have",
        "load-summary": "Mentors: {mentors}. Their places: {places}, taken: {taken} ({share}). "
        "Mentors without a mentee: {free}.",
        "load-note": "Mentors are those who have a pair or whom somebody chose with no rule against it.",
        "load-head": "Mentees of one mentor",
        "mentee-one": "{count} mentee",
        "mentee-other": "{count} mentees",
        "total": "Total",
        "flow": "Who mentors whom, by function",
        "flow-summary": "Pairs: {pairs}. Within one function: {own} ({share}). "
        "Most often: {mentee} → {mentor} ({most}).",
        "from": "Mentee's function",
        "to": "Mentor's function",
        "pairs": "Pairs",
        "own": "within one function",
        "across": "across functions",
        "weeks": "Sessions per week",
        "weeks-summary": "Sessions: {sessions}. Weeks: {weeks}. Most in the week from {when}: {most}.",
        "weeks-note": "Weeks from Monday to Sunday on the programme's clock ({zone}).",
        "week": "Week from",
        "whole": "whole week",
        "partial": "only a part of the week belongs to the programme",
        "day": "Day",
        "days": "Sessions on each day",
        "days-summary": "Sessions: {sessions}. Days with sessions: {days}. Most: {when} ({most}).",
        "days-note": "Dates on the programme's clock ({zone}).",
        "hours": "When sessions start",
        "hours-summary": "Sessions: {sessions}. Most start in one hour of the week: {when} ({most}).",
        "hours-note": "By the hour in which they start, on the programme's clock ({zone}).",
        "hour": "Hour",
        "compare": "Choices in both runs",
        "compare-summary": "{first}: {before} of {mentees} with their first choice, {without} without a mentor. "
        "{second}: {after} of {later}, and {still} without.",
        "change": "Change",
        "groups": "Where places are too few",
        "groups-summary": "Groups of mentors with too few places: {count}. Places missing in all: {missing}.",
        "groups-note": "The mentees of a group can go to nobody else. Places are those beside locks.",
        "groups-note-left": "The mentees of a group can go to nobody else. Places are those beside pairs that "
        "go on or are locked.",
        "group": "Group",
        "group-n": "Group {number}",
        "group-rest": "Other groups ({count})",
        "mentor-one": "{count} mentor",
        "mentor-other": "{count} mentors",
        "demand": "mentees who can go nowhere else",
        "supply": "places",
        "missing": "Missing",
        "run": "Run",
        "yes": "yes",
        "no": "no",
        "axis-more": "{name} (more is better)",
        "axis-less": "{name} (less is better)",
        "points": "{x} against {y}",
        "points-summary": "Points: {points}. {x}: {x_low} to {x_high}. {y}: {y_low} to {y_high}.",
        "points-best-summary": "Places that none beats in both: {places} of {of}.",
        "points-marked": "what others are compared with",
        "points-best": "none is better in both",
        "points-head": "Unbeaten",
        "points-other": "others",
        "points-open": "not proven",
        "curves": "{y} by {x}",
        "curves-summary": "{y} over {x}.",
        "curves-of": "{name}: {first} at {from_}, {last} at {to}.",
    },
    "ru": {
        "nothing": "Здесь нечего показать.",
        "other": "Другие функции ({count})",
        "unknown": "Неизвестно",
        "mentors": "Наставники",
        "sessions": "Встречи",
        "ranks": "Кто получил какое пожелание",
        "ranks-summary": "Подопечные: {mentees}. Получили первое пожелание: {first} ({share}). "
        "Без наставника: {without} ({rest}).",
        "ranks-note": "У кого несколько наставников, учтён один раз, по лучшему из своих пожеланий.",
        "choice": "Пожелание",
        "nth": "{nth} пожелание",
        "nth-range": "{first} – {last} пожелание",
        "off-list": "Закреплено куратором, не из списка",
        "off-list-note": "Закреплено куратором, не из списка: подопечные этих наставников не указывали.",
        "reasons": "Почему подопечные остались без наставника",
        "reasons-summary": "Без наставника: {count}. Чаще всего: {reason} ({most}).",
        "load": "Сколько подопечных у наставников",
        "load-summary": "Наставники: {mentors}. Их места: {places}, занято: {taken} ({share}). "
        "Наставники без подопечных: {free}.",
        "load-note": "Наставники — те, у кого есть пара или кого выбрали без нарушения правил.",
        "load-head": "Подопечные у одного наставника",
        "mentee-one": "{count} подопечный",
        "mentee-few": "{count} подопечных",
        "mentee-many": "{count} подопечных",
        "mentee-other": "{count} подопечных",
        "total": "Всего",
        "flow": "Кто кому наставник: по функциям",
        "flow-summary": "Пары: {pairs}. Внутри одной функции: {own} ({share}). "
        "Чаще всего: {mentee} → {mentor} ({most}).",
        "from": "Функция подопечного",
        "to": "Функция наставника",
        "pairs": "Пары",
        "own": "внутри одной функции",
        "across": "между функциями",
        "weeks": "Встречи по неделям",
        "weeks-summary": "Встречи: {sessions}. Недели: {weeks}. Больше всего на неделе с {when}: {most}.",
        "weeks-note": "Недели с понедельника по воскресенье, по часам программы ({zone}).",
        "week": "Неделя с",
        "whole": "полная неделя",
        "partial": "неделя входит в программу не полностью",
        "day": "День",
        "days": "Встречи по дням",
        "days-summary": "Встречи: {sessions}. Дни со встречами: {days}. Больше всего: {when} ({most}).",
        "days-note": "Даты по часам программы ({zone}).",
        "hours": "Когда начинаются встречи",
        "hours-summary": "Встречи: {sessions}. Больше всего начинается в один час недели: {when} ({most}).",
        "hours-note": "По часу начала, по часам программы ({zone}).",
        "hour": "Час",
        "compare": "Пожелания в двух расчётах",
        "compare-summary": "{first}: первое пожелание получили {before} из {mentees}, "
        "без наставника {without}. {second}: {after} из {later}, без наставника {still}.",
        "change": "Изменение",
        "groups": "Где не хватает мест",
        "groups-summary": "Группы наставников, у которых мест не хватает: {count}. "
        "Всего не хватает мест: {missing}.",
        "groups-note": "Подопечным группы больше не к кому пойти. Места — кроме закреплённых пар.",
        "groups-note-left": "Подопечным группы больше не к кому пойти. Места — кроме продолжающихся и "
        "закреплённых пар.",
        "group": "Группа",
        "group-n": "Группа {number}",
        "group-rest": "Другие группы ({count})",
        "mentor-one": "{count} наставник",
        "mentor-few": "{count} наставника",
        "mentor-many": "{count} наставников",
        "mentor-other": "{count} наставника",
        "demand": "подопечные, которым больше не к кому",
        "supply": "места",
        "missing": "Не хватает",
        "run": "Расчёт",
        "yes": "да",
        "no": "нет",
        "axis-more": "{name} (чем больше, тем лучше)",
        "axis-less": "{name} (чем меньше, тем лучше)",
        "points": "{x} и {y}",
        "points-summary": "Точки: {points}. {x}: от {x_low} до {x_high}. {y}: от {y_low} до {y_high}.",
        "points-best-summary": "Места, которых ни одно другое не лучше по обоим показателям: {places} из {of}.",
        "points-marked": "с чем сравнивают",
        "points-best": "ничто не лучше по обоим показателям",
        "points-head": "Лучше нет",
        "points-other": "остальные",
        "points-open": "не доказано",
        "curves": "{y} в зависимости от {x}",
        "curves-summary": "{y} в зависимости от {x}.",
        "curves-of": "{name}: {first} при {from_}, {last} при {to}.",
    },
}


class Words(Wording):
    """Words, numbers and dates of one language."""

    def __init__(self, language: str) -> None:
        super().__init__(language, WORDS[language])

    def __getitem__(self, key: str) -> str:
        return WORDS[self.language][key]

    def say(self, key: str, **facts: str | int) -> str:
        """Fill facts into a sentence; whole numbers are written as the language does."""
        return self(key, **facts)

    def many(self, noun: str, count: int) -> str:
        """Say a number with its noun in the right form."""
        return self.say(f"{noun}-{self.locale.plural_form(count)}", count=count)

    def count(self, count: int) -> str:
        """A whole number."""
        return self.number(count)

    def decimal(self, value: float, places: int) -> str:
        """A number with so many decimals."""
        pattern = "#,##0." + "0" * places if places else "#,##0"
        return str(format_decimal(value, pattern, self.locale))

    def span(self, low: int, high: int) -> str:
        """From one number to another, or that number alone."""
        return self.count(low) if low == high else f"{self.count(low)}–{self.count(high)}"

    def nth(self, rank: int) -> str:
        """The rank as an ordinal number."""
        if self.language == "ru":
            return f"{rank}-е"
        form = self.locale.ordinal_form(rank)
        return f"{rank}{ {'one': 'st', 'two': 'nd', 'few': 'rd'}.get(form, 'th') }"

    def day(self, day: dt.date) -> str:
        """A date with its year."""
        return format_date(day, "d MMM y", locale=self.locale)

    def short_day(self, day: dt.date) -> str:
        """A date without its year."""
        return format_date(day, "d MMM", locale=self.locale)

    def full_day(self, day: dt.date) -> str:
        """A date with its weekday and year."""
        return format_date(day, "EEE, d MMM y", locale=self.locale)

    def month(self, day: dt.date) -> str:
        """The month of a date, standing alone."""
        return format_date(day, "LLL", locale=self.locale)

    def weekday(self, weekday: int) -> str:
        """A short name, 0 being Monday."""
        return str(get_day_names("abbreviated", "stand-alone", self.locale)[weekday])
