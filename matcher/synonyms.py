"""What tables and columns may be called besides their own names, in English and Russian.

docs/formats.md shows these tables to users; a test compares the two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

TABLES: dict[str, tuple[str, ...]] = {
    "employees": ("Сотрудники", "Список сотрудников", "Персонал", "Работники", "Люди", "Staff", "People"),
    "preferences": ("Выбор", "Предпочтения", "Пожелания", "Приоритеты", "Choices", "Wishes"),
    "availability": ("Доступность", "Рабочее время", "Рабочие часы", "Working hours"),
    "busy": ("Занятость", "Занято", "Busy times"),
    "absences": ("Отсутствия", "Отсутствие", "Отпуска", "Отпуск", "Leave", "Vacations"),
    "holidays": ("Праздники", "Выходные", "Особые дни", "Special days", "Public holidays"),
    "pairs": ("Пары", "Решения", "Decisions"),
    "letters": ("Письма", "Тексты писем", "Messages"),
    "programme": ("Программа", "Настройки", "Параметры", "Program", "Settings"),
}

Tiers = tuple[tuple[str, ...], ...]
"""Other names of a column; where several of them stand in one table, the first group that has one counts."""

IDS = (
    "Табельный номер", "Табельный №", "Таб. номер", "Таб. №", "Номер сотрудника", "ID сотрудника",
    "Код сотрудника", "Табельный номер сотрудника", "Личный номер", "Employee ID", "Employee number",
    "Employee no.", "Personnel number", "Personnel no.", "Staff ID", "Staff number",
)  # fmt: skip
EMAILS = (
    "Почта", "Эл. почта", "Электронная почта", "Рабочая почта", "Корпоративная почта", "Адрес электронной почты",
    "E-mail", "E-mail address", "Mail",
)  # fmt: skip
NAMES = (
    "ФИО", "ФИО сотрудника", "Фамилия Имя Отчество", "Фамилия Имя", "Полное имя", "Сотрудник", "Full name", "Name",
    "Employee name", "Employee",
)  # fmt: skip

MENTEE: Tiers = (
    ("Табельный номер менти", "Табельный номер наставляемого", "Таб. № менти", "Таб. № наставляемого", "ID менти"),
    IDS,
    ("Менти", "Наставляемый", "Mentee"),
    ("Почта менти", "Почта наставляемого", "Mentee e-mail"),
    ("ФИО менти", "ФИО наставляемого", "Mentee name"),
    EMAILS,
    NAMES,
)
MENTOR: Tiers = (
    ("Табельный номер ментора", "Табельный номер наставника", "Таб. № ментора", "Таб. № наставника", "ID ментора"),
    ("Ментор", "Наставник", "Mentor"),
    ("Почта ментора", "Почта наставника", "Mentor e-mail"),
    ("ФИО ментора", "ФИО наставника", "Mentor name"),
)
SOMEBODY: Tiers = (IDS, EMAILS, NAMES)
STARTS = ("Начало", "Время начала", "С", "От", "From", "Start time", "Begin")
ENDS = ("Конец", "Окончание", "Время окончания", "По", "До", "To", "Until", "End time")

COLUMNS: dict[str, dict[str, Tiers]] = {
    "employees": {
        "employee_id": (IDS, ("ID",)),
        "function": (("Функция", "Направление", "Функциональное направление", "Functional area", "Job function"),),
        "level": (("Уровень", "Уровень должности", "Job level"), ("Грейд", "Grade", "Job grade")),
        "name": (NAMES,),
        "email": (EMAILS,),
        "manager_id": (
            (
                "Табельный номер руководителя", "Табельный номер непосредственного руководителя",
                "Таб. № руководителя", "ID руководителя", "Manager number",
            ),
            ("Почта руководителя", "Manager e-mail"),
            (
                "Руководитель", "ФИО руководителя", "Непосредственный руководитель", "Линейный руководитель",
                "Manager", "Line manager", "Manager name", "Supervisor",
            ),
        ),
        "timezone": (("Часовой пояс", "Time zone"),),
        "country": (("Страна", "Код страны", "Country code"),),
        "max_mentees": (
            (
                "Максимум менти", "Максимум наставляемых", "Число менти", "Число наставляемых", "Max. mentees",
                "Capacity",
            ),
        ),
        "first_day": (
            ("Первый день", "Участвует с", "Joins", "Takes part from"),
            ("Дата приёма", "Дата приёма на работу", "Дата выхода", "Hire date", "Joining date"),
        ),
        "last_day": (
            ("Последний день", "Участвует по", "Leaves", "Takes part until"),
            ("Дата увольнения", "Дата ухода", "Termination date", "Leaving date"),
        ),
        "sessions_wanted": (("Желаемое число встреч", "Сколько встреч нужно", "Wanted sessions"),),
        "priority": (("Приоритет", "Приоритет менти", "Приоритет наставляемого", "Mentee priority"),),
    },
    "preferences": {
        "mentee_id": MENTEE,
        "rank": (("Приоритет", "Ранг", "Номер выбора", "Место", "Priority", "Choice number"),),
        "mentor_id": MENTOR,
        "choice_*": (
            ("Выбор *", "Choice *"),
            (
                "Выбор ментора *", "Выбор наставника *", "Приоритет *", "Ментор *", "Наставник *", "Priority *",
                "Preference *", "Mentor *",
            ),
        ),
    },
    "availability": {
        "employee_id": SOMEBODY,
        "day": (("День", "День недели", "Дата", "Weekday", "Date"),),
        "start": (STARTS,),
        "end": (ENDS,),
    },
    "busy": {
        "employee_id": SOMEBODY,
        "start": ((*STARTS, "Дата начала", "Start date"),),
        "end": ((*ENDS, "Дата окончания", "End date"),),
    },
    "absences": {
        "employee_id": SOMEBODY,
        "start": ((*STARTS, "Дата начала", "Первый день", "Start date", "First day"),),
        "end": ((*ENDS, "Дата окончания", "Последний день", "End date", "Last day"),),
    },
    "holidays": {
        "country": (("Страна", "Код страны", "Country code"),),
        "date": (("Дата", "День", "Day"),),
        "kind": (("Вид", "Вид дня", "Тип", "Тип дня", "Type"),),
        "end": (ENDS,),
    },
    "pairs": {
        "mentee_id": MENTEE,
        "mentor_id": MENTOR,
        "status": (("Статус", "Решение", "Decision"),),
        "last_session": (
            ("Последняя встреча", "Дата последней встречи", "Last meeting", "Date of last session"),
        ),
        "since": (("Дата ответа", "Дата решения", "Дата отказа", "Answered on", "Date of answer"),),
        "by": (("Кто ответил", "Кто решил", "Кто отказался", "Сторона", "Answered by"),),
    },
    "letters": {
        "kind": (("Вид", "Вид письма", "Letter"),),
        "language": (("Язык",),),
        "subject": (("Тема", "Тема письма"),),
        "text": (("Текст", "Текст письма", "Body"),),
    },
}  # fmt: skip

ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5,
    "первый": 1, "второй": 2, "третий": 3, "четвертый": 4, "пятый": 5,
}  # fmt: skip


LONGEST = 1000  # letters of a title: a longer text is none, and takes long to compare


def plain(title: str) -> str:
    """What is compared of a name: letters and digits, without case.

    >>> plain("Таб. №"), plain(" Employee-ID"), plain("Ёмкость")
    ('табno', 'employeeid', 'емкость')
    """
    folded = unicodedata.normalize("NFKC", title).casefold().replace("ё", "е")
    return "".join(filter(str.isalnum, folded))


@dataclass(frozen=True)
class Meant:
    """The column that a title stands for; of several in one table, the least `tier` counts.

    0 is the column's own name, 1 one that the user has given, 2 its own name but for spaces and the like.
    """

    column: str
    tier: int


@dataclass(frozen=True)
class Titles:
    """What the columns of one table may be called.

    `names` are the titles as `plain` gives them, `numbered` those that a number follows or precedes.
    """

    known: tuple[str, ...]
    names: Mapping[str, Meant]
    numbered: Mapping[str, Meant]

    def find(self, title: str) -> Meant | None:
        """The column meant by a title as it stands, if any."""
        if not title:
            return None  # a sheet may be thousands of columns wide, of which few have a title
        literal = known_as(" ".join(title.split()).casefold(), self.known)
        if literal is not None:
            return Meant(literal, 0)
        if not self.names or len(title) > LONGEST:
            return None
        word = plain(title)
        return self.names.get(word) or self._numbered(word)

    def _numbered(self, word: str) -> Meant | None:
        for stem, number in _numbers(word):
            meant = self.numbered.get(stem)
            if meant is not None:
                return Meant(meant.column.replace("*", str(number)), meant.tier)
        return None


def _numbers(word: str) -> list[tuple[str, int]]:
    """A word split into what it counts and which one: choice1, 1stchoice, firstchoice."""
    found = []
    if match := re.fullmatch(r"(.*?)(?:no)?0*([0-9]{1,3})", word):
        found.append((match[1], int(match[2])))
    if match := re.fullmatch(r"0*([0-9]{1,3})(?:st|nd|rd|th|ый|ой|ий|й)?(.*)", word):
        found.append((match[2], int(match[1])))
    found += [(word.removeprefix(name), number) for name, number in ORDINALS.items() if word.startswith(name)]
    return found


def known_as(title: str, known: Sequence[str]) -> str | None:
    """The known name of a folded column title; numbered columns without leading zeros."""
    if title in known:
        return title
    stem, digits = re.fullmatch(r"(.*?)([0-9]{0,9})", title, re.DOTALL).groups()  # type: ignore[union-attr] # always fits
    return f"{stem}{int(digits)}" if digits and f"{stem}*" in known else None


def literal_titles(known: Sequence[str]) -> Titles:
    """Columns that go by their own names only."""
    return Titles(tuple(known), {}, {})


def titles_of(table: str, known: Sequence[str], own: Mapping[str, Sequence[str]]) -> Titles:
    """What the columns of a table of a cohort may be called; `own` are the user's names for columns."""
    names: dict[str, Meant] = {}
    numbered: dict[str, Meant] = {}
    for column in known:
        stem = column.removesuffix("_*")
        tiers = [own.get(column.replace("_*", ""), ()), (column,), *COLUMNS[table].get(column, ())]
        for tier, titles in enumerate(tiers, start=1):
            for title in titles:
                store = numbered if column.endswith("*") else names
                store.setdefault(plain(title), Meant(column, tier))
        if column.endswith("*"):
            for key, titles in own.items():
                if re.fullmatch(rf"{stem}_[0-9]+", key):
                    names.update({plain(title): Meant(key, 1) for title in titles})
    return Titles(tuple(known), names, numbered)


def table_named(name: str) -> tuple[str, bool] | None:
    """The table that a sheet or file of this name is, and whether the name is its own."""
    word = plain(name)
    for table, others in TABLES.items():
        if word == table or word in map(plain, others):
            return table, name == table
    return None
