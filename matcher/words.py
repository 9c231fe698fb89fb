"""Words for days of the week, decisions and who took them, kinds of days, yes and no, in English and Russian."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from matcher.synonyms import plain

K = TypeVar("K")

WEEKDAY_WORDS: dict[str, tuple[str, ...]] = {
    "mon": ("Monday", "Mo", "понедельник", "пн"),
    "tue": ("Tuesday", "Tu", "Tues", "вторник", "вт"),
    "wed": ("Wednesday", "We", "среда", "ср"),
    "thu": ("Thursday", "Th", "Thur", "Thurs", "четверг", "чт"),
    "fri": ("Friday", "Fr", "пятница", "пт"),
    "sat": ("Saturday", "Sa", "суббота", "сб"),
    "sun": ("Sunday", "Su", "воскресенье", "вс"),
}
STATUS_WORDS: dict[str, tuple[str, ...]] = {
    "locked": ("закреплена", "закреплено", "закреплены", "закреплён", "fixed"),
    "forbidden": ("запрещена", "запрещено", "запрещены", "запрет", "not allowed"),
    "refused": ("отказ", "отказалась", "отказался", "отказались"),
    "declined": ("отклонена", "отклонено", "отклонены", "не согласна", "не согласен", "не согласны", "rejected"),
    "accepted": (
        "принята",
        "принято",
        "приняты",
        "согласие",
        "согласна",
        "согласен",
        "согласны",
        "подтверждена",
        "agreed",
        "confirmed",
    ),
    "past": ("прошлая", "прошлый", "прежняя", "была", "previous", "former"),
}
SIDE_WORDS: dict[str, tuple[str, ...]] = {
    "mentee": ("менти", "подопечный", "подопечная", "наставляемый", "наставляемая"),
    "mentor": ("ментор", "наставник", "наставница"),
    "both": ("оба", "обе", "обе стороны", "both sides"),
}
KIND_WORDS: dict[str, tuple[str, ...]] = {
    "off": ("выходной", "нерабочий", "нерабочий день", "праздник", "day off", "holiday", "public holiday"),
    "worked": ("рабочий", "рабочий день", "working", "working day", "workday"),
    "short": ("сокращённый", "сокращённый день", "короткий", "короткий день", "предпраздничный", "short day"),
}
TRUTH_WORDS: dict[bool, tuple[str, ...]] = {
    True: ("true", "yes", "да", "истина"),
    False: ("false", "no", "нет", "ложь"),
}


def _by_word(words: Mapping[K, tuple[str, ...]]) -> dict[str, K]:
    return {plain(word): code for code, others in words.items() for word in others}


WEEKDAYS_BY_WORD = _by_word(WEEKDAY_WORDS)
STATUSES = _by_word(STATUS_WORDS)
SIDES = _by_word(SIDE_WORDS)
KINDS = _by_word(KIND_WORDS)
TRUTHS = _by_word(TRUTH_WORDS)


def weekday(text: str) -> str | None:
    """The day of the week that a word stands for, as `mon` to `sun`."""
    return WEEKDAYS_BY_WORD.get(plain(text))
