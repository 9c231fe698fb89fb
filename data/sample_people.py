"""The people of the sample company, and who plays which part in it. Everybody is invented.

Random numbers come from `random()` alone, whose sequence Python keeps from version to version, so the committed
files can be compared with what the script makes.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

T = TypeVar("T")

PRESIDENT = 8
HEADCOUNT = {7: 1, 6: 2, 5: 3, 4: 4, 3: 5, 2: 7, 1: 8}  # people of each level in one function
FUNCTIONS = ("Production", "Maintenance", "Finance", "HR", "Sales", "Logistics", "IT", "Procurement")
SITES = ("Lipetsk", "Lipetsk", "Moscow", "Urals")  # as likely as they are listed
ZONES = {"Lipetsk": "Europe/Moscow", "Moscow": "Europe/Moscow", "Urals": "Asia/Yekaterinburg"}

MEN = """
Александр Алексей Андрей Антон Борис Вадим Виктор Владимир Глеб Дмитрий Евгений Иван Игорь Кирилл Константин
Максим Михаил Никита Николай Олег Павел Роман Сергей Тимур
""".split()  # noqa: SIM905 a list of names is easier to read and to change as text
WOMEN = """
Александра Алина Анастасия Анна Валентина Варвара Виктория Галина Дарья Екатерина Елена Ирина Ксения Любовь
Марина Мария Надежда Наталья Ольга Полина Светлана Софья Татьяна Юлия
""".split()  # noqa: SIM905 as above
SURNAMES = """
Абрамов Антонов Баранов Белов Бойко Бондаренко Быков Васильев Виноградов Волков Воронцов Гаврилов Голубев
Горский Громов Гусев Данилов Дмитриев Егоров Ершов Жуков Зайцев Захаров Зимин Иванов Ильин Казаков Калинин
Ковальчук Козлов Комаров Королёв Кравченко Крылов Кузнецов Лебедев Лисицын Макаров Марченко Медведев Миронов
Морозов Никитин Новиков Орлов Осипов Павлов Поляков Попов Романов Рудницкий Савельев Семёнов Сидоров Смирнов
Соболев Соколов Степанов Тарасов Титов Толстой Фёдоров Филиппов Фролов Цветков Чайковский Шевченко Щербаков
Юдин Яковлев
""".split()  # noqa: SIM905 as above
LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a|b|v|g|d|e|e|zh|z|i|i|k|l|m|n|o|p|r|s|t|u|f|kh|ts|ch|sh|shch|ie|y||e|iu|ia".split("|"),  # noqa: SIM905 short
        strict=True,
    )
)


@dataclass(frozen=True)
class Person:
    """One row of employees.csv; `level` counts from 1, `max_mentees` is blank or a number."""

    employee_id: str
    name: str
    email: str
    function: str
    level: int
    manager_id: str
    site: str
    max_mentees: str = ""

    @property
    def zone(self) -> str:
        """IANA name of the time zone of the person's site."""
        return ZONES[self.site]


@dataclass(frozen=True)
class Cast:
    """Who plays a part: each situation a programme lead will meet has somebody in this sample."""

    stars: Sequence[Person]  # mentors whom everybody wants
    fans: Sequence[Person]  # list nobody but the stars: more of them than the stars have places
    late_fan: Person  # a fan whose only star is a fifth choice
    misled: Person  # every choice is against a rule
    night_shift: Person  # works when nobody else does
    rare: Person  # a mentor with three free hours in the whole quarter
    rare_first: Person  # asks for the rare mentor first
    rare_second: Person  # asks for the rare mentor second, after somebody who does not mentor
    locked: tuple[Person, Person]
    refused: tuple[Person, Person]
    past: tuple[Person, Person]
    forbidden: tuple[Person, Person]

    @property
    def mentees(self) -> list[Person]:
        """Those of the cast who look for a mentor."""
        single = [self.late_fan, self.misled, self.night_shift, self.rare_first, self.rare_second]
        paired = [self.locked[0], self.refused[0], self.past[0], self.forbidden[0]]
        return [*self.fans, *single, *paired]


def pick(rng: random.Random, items: Sequence[T]) -> T:
    """One of `items`, each equally likely."""
    return items[int(rng.random() * len(items))]


def some(rng: random.Random, items: Iterable[T], count: int) -> list[T]:
    """`count` of `items` in random order (all, if there are no more)."""
    return sorted(items, key=lambda _: rng.random())[:count]


def feminine(surname: str) -> str:
    """Russian surname as a woman bears it."""
    if surname.endswith(("ий", "ой")):
        return surname[:-2] + "ая"
    return surname + "а" if surname.endswith(("ов", "ев", "ёв", "ин", "ын")) else surname


def latin(text: str) -> str:
    """Russian text in Latin letters, as in a passport."""
    letters = [LATIN.get(letter.lower(), letter) for letter in text]
    return "".join(new.capitalize() if old.isupper() else new for old, new in zip(text, letters, strict=True))


def draw_names(rng: random.Random, count: int) -> list[str]:
    """`count` different names, women and men alike, in Russian letters."""
    names: dict[str, None] = {}
    while len(names) < count:
        surname, woman = pick(rng, SURNAMES), rng.random() < 0.5
        first = pick(rng, WOMEN if woman else MEN)
        names[f"{first} {feminine(surname) if woman else surname}"] = None
    return list(names)


def make_people(rng: random.Random) -> list[Person]:
    """Eight functions of thirty people and the president, each with the manager above; sorted by id."""
    posts = [(function, level) for function in FUNCTIONS for level, n in HEADCOUNT.items() for _ in range(n)]
    posts.append(("General Management", PRESIDENT))
    names = draw_names(rng, len(posts))
    ids = some(rng, (f"E{number:03}" for number in range(1, len(posts) + 1)), len(posts))
    people: list[Person] = []
    for (function, level), name, employee_id in zip(posts, names, ids, strict=True):
        email = f"{latin(name).lower().replace(' ', '.')}@steel.example"
        shown = latin(name) if rng.random() < 0.35 else name
        site = "Moscow" if level >= 7 else pick(rng, SITES)
        people.append(Person(employee_id, shown, email, function, level, "", site))
    people = [replace(person, manager_id=draw_manager(rng, person, people)) for person in people]
    return sorted(people, key=lambda person: person.employee_id)


def draw_manager(rng: random.Random, person: Person, people: Sequence[Person]) -> str:
    """Id of somebody one level above in the same function; vice presidents report to the president."""
    if person.level == PRESIDENT:
        return ""
    above = [p for p in people if p.level == person.level + 1 and p.function == person.function]
    return pick(rng, above or [p for p in people if p.level == PRESIDENT]).employee_id


def limit_mentors(rng: random.Random, people: Sequence[Person], cast: Cast) -> list[Person]:
    """Give some senior people a smaller `max_mentees`; those of the cast keep theirs."""
    kept = {p.employee_id for p in (*cast.stars, cast.rare, cast.locked[1], cast.refused[1], cast.past[1])}
    kept.add(cast.forbidden[1].employee_id)
    limited = []
    for person in people:
        limit = pick(rng, ("", "", "", "", "", "", "1", "1", "0"))
        if person.level == PRESIDENT:
            limit = "1"
        elif person.level < 3 or person.employee_id in kept:
            limit = ""
        limited.append(replace(person, max_mentees=limit))
    return limited


def choose_cast(people: Sequence[Person]) -> Cast:
    """Give out the parts by function and level."""

    def at(function: str, level: int, number: int = 0) -> Person:
        return [p for p in people if (p.function, p.level) == (function, level)][number]

    stars = [at("Sales", 7), at("IT", 7), at("Production", 7), at("Finance", 6), at("General Management", 8)]
    fans = [at(function, level) for function in FUNCTIONS for level in (2, 4)][:12]
    return Cast(
        stars=stars,
        fans=fans,
        late_fan=at("Procurement", 2),
        misled=at("Finance", 1),
        night_shift=at("Production", 1),
        rare=at("Procurement", 6),
        rare_first=at("Logistics", 1),
        rare_second=at("Maintenance", 1),
        locked=(at("HR", 4, 1), at("HR", 5)),
        refused=(at("IT", 3), at("Finance", 5)),
        past=(at("Sales", 3), at("Logistics", 5)),
        forbidden=(at("Procurement", 3), at("Sales", 5)),
    )
