"""What the workbook of results says, in each language: headings, codes in words, sentences with places for figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from babel.dates import format_date, get_day_names

from matcher.wording import Entry, Wording

EN: Mapping[str, Entry] = {
    "sheet.summary": "Summary",
    "sheet.pairs": "Pairs",
    "sheet.schedule": "Schedule",
    "sheet.calendar": "Calendar",
    "sheet.unmatched": "Without a mentor",
    "sheet.choices": "Choices",
    "sheet.mentors": "Mentors",
    "about.pairs": "who works with whom, at which rank, and from when to when they meet",
    "about.schedule": "every session by date, with weekday and time",
    "about.calendar": "one row a pair, one column a week",
    "about.unmatched": "who has no mentor, why, and the smallest change that would help",
    "about.choices": "what became of every choice on every list",
    "about.mentors": "places, mentees and demand of all mentors whom somebody could have had",
    "head.mentee_id": "Mentee's id",
    "head.mentee_level": "Mentee's level",
    "head.mentee_email": "Mentee's e-mail",
    "head.mentor_id": "Mentor's id",
    "head.mentor_level": "Mentor's level",
    "head.mentor_email": "Mentor's e-mail",
    "head.answer": "Answer",
    "answer.accepted": "accepted",
    "answer.declined": "declined",
    "answer.refused": "refused",
    "answer.mentee": "mentee",
    "answer.mentor": "mentor",
    "answer.both": "both",
    "head.level_gap": "Levels above",
    "head.same_function": "Same function",
    "head.last_session": "Last session",
    "head.standing": "In the best pairings",
    "head.status": "Result",
    "head.weekday": "Weekday",
    "head.pair_start": "Pair from",
    "head.pair_end": "Pair until",
    "head.start": "From",
    "head.end": "To",
    "head.of": "of",
    "head.mentee_clock": "From, on the mentee's clock",
    "head.mentor_clock": "From, on the mentor's clock",
    "head.email": "E-mail",
    "head.suggestions": "Could also ask",
    "head.eligible_choices": "Choices the rules allow",
    "head.competitors": "Others who can go nowhere else",
    "head.places_there": "Places they compete for",
    "head.contested": "Mentors they compete for",
    "head.first_choices": "First choice of",
    "head.who": "Who they are",
    "word.yes": "yes",
    "word.no": "no",
    "held.every": "in every one",
    "held.some": "in some",
    "held.none": "in none",
    "help.no_eligible_choice": "other choices, or a lock for an exception",
    "help.no_common_time": "more common hours, or other choices",
    "help.mentors_full": "one more place with a wanted mentor, or more choices",
    "help.schedule_conflict": "more free hours of the mentor or the mentee",
    "help.draw": "one more place with a wanted mentor, or more choices",
    "many.row": {"one": "{n} row", "other": "{n} rows"},
    "many.warning": {"one": "{n} warning", "other": "{n} warnings"},
    "proof.heading": "How good this result is",
    "goals.heading": "The goals, in their order",
    "reasons.help": "What helps",
    "share.sign": "%",
    "status.optimal": "proven best",
    "status.feasible": "not all proven",
    "dates": "{start} to {end}",
    "clock": "times on the clock of {zone}",
    "facts.heading": "What it was made from",
    "facts.start": "First day",
    "facts.end": "Last day",
    "facts.zone": "Time zone",
    "facts.seed": "Seed of the draw",
    "facts.employees": "Employees",
    "facts.choices": "Choices",
    "facts.locked": "Pairs fixed by the lead",
    "facts.unasked": "Could mentor, but nobody asked",
    "facts.set": "Set for this run: {key}",
    "sheets.heading": "In this workbook",
    "warnings.heading": "Read these warnings",
    "warnings.look": "{n} below: to be read before anything goes out.",
    "warnings.none": "There are no warnings.",
    "warnings.more": "{n} more: 'matcher check' lists them all.",
    "empty.pairs": "There are no pairs.",
    "empty.schedule": "There are no sessions.",
    "empty.calendar": "There are no sessions.",
    "empty.unmatched": "Every mentee has a mentor.",
    "empty.choices": "Nobody has listed a mentor.",
    "empty.mentors": "Nobody was asked to mentor.",
    "more": "{rows} more rows do not fit on a sheet; they are in {file}.",
}  # fmt: skip

RU: Mapping[str, Entry] = {
    "sheet.summary": "Сводка",
    "sheet.pairs": "Пары",
    "sheet.schedule": "Расписание",
    "sheet.calendar": "Календарь",
    "sheet.unmatched": "Без наставника",
    "sheet.choices": "Пожелания",
    "sheet.mentors": "Наставники",
    "about.pairs": "кто с кем работает",
    "about.schedule": "все встречи по датам, с днём недели и временем",
    "about.calendar": "строка на пару, столбец на неделю",
    "about.unmatched": "кто остался без наставника, почему и какое наименьшее изменение поможет",
    "about.choices": "каждое пожелание и что из него вышло",
    "about.mentors": "места, подопечные и спрос: все наставники, которых кто-то мог получить",
    "head.mentee_id": "Номер подопечного",
    "head.mentee_level": "Уровень подопечного",
    "head.mentee_email": "Почта подопечного",
    "head.mentor_id": "Номер наставника",
    "head.mentor_level": "Уровень наставника",
    "head.mentor_email": "Почта наставника",
    "head.answer": "Ответ",
    "answer.accepted": "согласие",
    "answer.declined": "не согласились",
    "answer.refused": "отказ",
    "answer.mentee": "подопечный",
    "answer.mentor": "наставник",
    "answer.both": "оба",
    "head.level_gap": "Выше на уровней",
    "head.same_function": "Одна функция",
    "head.last_session": "Последняя встреча",
    "head.standing": "В лучших распределениях",
    "head.status": "Результат",
    "head.weekday": "День недели",
    "head.pair_start": "Пара с",
    "head.pair_end": "Пара по",
    "head.start": "Начало",
    "head.end": "Конец",
    "head.of": "из",
    "head.mentee_clock": "Начало по часам подопечного",
    "head.mentor_clock": "Начало по часам наставника",
    "head.email": "Почта",
    "head.suggestions": "Кого ещё можно попросить",
    "head.eligible_choices": "Пожелания, допустимые по правилам",
    "head.competitors": "Другие подопечные, кому больше не к кому",
    "head.places_there": "Места, на которые они претендуют",
    "head.contested": "Наставники, на которых они претендуют",
    "head.first_choices": "Первое пожелание у",
    "head.who": "Кто эти подопечные",
    "word.yes": "да",
    "word.no": "нет",
    "held.every": "в каждом",
    "held.some": "в некоторых",
    "held.none": "ни в одном",
    "help.no_eligible_choice": "другие пожелания или исключение из правила",
    "help.no_common_time": "больше общих часов или другие пожелания",
    "help.mentors_full": "ещё одно место у желанного наставника или больше пожеланий",
    "help.schedule_conflict": "больше свободных часов у наставника или подопечного",
    "help.draw": "ещё одно место у желанного наставника или больше пожеланий",
    "many.row": {"one": "{n} строка", "few": "{n} строки", "many": "{n} строк", "other": "{n} строки"},
    "many.warning": {"one": "{n} предупреждение", "few": "{n} предупреждения", "many": "{n} предупреждений", "other": "{n} предупреждения"},
    "proof.heading": "Насколько хорош этот результат",
    "goals.heading": "Цели по порядку",
    "reasons.help": "Что поможет",
    "share.sign": "\N{NO-BREAK SPACE}%",
    "status.optimal": "лучший, доказано",
    "status.feasible": "доказано не всё",
    "dates": "{start} – {end}",
    "clock": "время по часам {zone}",
    "facts.heading": "Из чего это получено",
    "facts.start": "Первый день",
    "facts.end": "Последний день",
    "facts.zone": "Часовой пояс",
    "facts.seed": "Число жребия",
    "facts.employees": "Сотрудники",
    "facts.choices": "Пожелания",
    "facts.locked": "Пары, закреплённые куратором",
    "facts.unasked": "Могли бы быть наставниками, но их никто не просил",
    "facts.set": "Задано для этого расчёта: {key}",
    "sheets.heading": "В этой книге",
    "warnings.heading": "Прочтите эти предупреждения",
    "warnings.look": "{n} ниже: прочтите, прежде чем рассылать.",
    "warnings.none": "Предупреждений нет.",
    "warnings.more": "Ещё {n}: все показывает «matcher check».",
    "empty.pairs": "Пар нет.",
    "empty.schedule": "Встреч нет.",
    "empty.calendar": "Встреч нет.",
    "empty.unmatched": "У каждого подопечного есть наставник.",
    "empty.choices": "Никто не назвал наставника.",
    "empty.mentors": "Никого не просили быть наставником.",
    "more": "Ещё {rows} строк не помещаются на лист; они есть в {file}.",
}  # fmt: skip

LANGUAGES: Mapping[str, Mapping[str, Entry]] = {"en": EN, "ru": RU}
FIRST_DAY = dt.date(1899, 12, 30)  # where Excel counts days from


class Words(Wording):
    """The words of the workbook in one language."""

    def __init__(self, language: str) -> None:
        super().__init__(language, LANGUAGES[language])

    def codes(self, group: str) -> dict[str, str]:
        """All codes of a group in words."""
        start = f"{group}."
        return {
            key.removeprefix(start): text
            for key, text in self.entries.items()
            if key.startswith(start) and isinstance(text, str)
        }

    def short_date(self, number: int) -> str:
        """A date, given as Excel counts, at the head of a narrow column."""
        return format_date(FIRST_DAY + dt.timedelta(days=number), "d MMM", locale=self.locale)

    def weekdays(self) -> list[str]:
        """The names of the days of the week from Monday on."""
        names = get_day_names("wide", "stand-alone", self.locale)
        return [names[day] for day in range(7)]
