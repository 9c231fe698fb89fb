"""The tables of an invented company -> files of a cohort folder."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from matcher import generate_text as text
from matcher.generate_choices import LONGEST_AGO, STATUSES, UNKNOWN, Decided, Wishes, whole
from matcher.generate_people import FUNCTION_NAMES, TOP, ZONE_NAMES, Company
from matcher.generate_times import BusyTimes, Hours
from matcher.model import IntArray
from matcher.one_file import write_file

BLOCK = 1 << 16  # rows that are put together at a time, to bound memory
MAIL_DOMAIN = "@company.example"
BOM = b"\xef\xbb\xbf"
PROGRAMME = """\
# An invented company. Keys that are left out have their defaults.
[programme]
name = "Invented company"
start = {start}
end = {end}
timezone = "{zone}"

[goals]
seed = {seed}
"""

FIRST_NAMES = """
Alexandra Alice Anna Anton Astrid Boris Camille Carlos Clara Daria David Diana Dmitri Elena Élise Emil Emma Eva
Fiona Gleb Grace Hannah Hugo Igor Irina Ivan James Jeanne Julia Karl Kira Laura Leon Lucas Maria Marie Mark
Martin Max Mia Natalia Nikolai Nina Noah Oleg Olga Oscar Paul Polina Roman Sarah Simon Sofia Thomas Timur Vera
Victor Yana
""".split()  # noqa: SIM905 a list of names is easier to read and to change as text
SURNAMES = """
Adams Anders Bailey Baker Becker Bell Bernard Bondarenko Brooks Carter Claes Clark Collins Cooper Danko Dubois
Dupont Evans Fischer Fisher Gomez Gorenko Grant Gray Hall Harris Hayes Horvat Hughes Ivanenko Jacobs Janssens
Keller Kovalchuk Kravchenko Lambert Leclerc Lopez Lysenko Maes Marchenko Martins Mercier Miller Moreau Morris
Müller Nagy Novak Olsen Parker Peeters Petit Polishchuk Price Reed Renard Rossi Savchuk Schmidt Shaw Shevchenko
Silva Simenon Smit Stone Tkachenko Turner Vasyuk Vermeulen Wagner Walker Ward Weber White Willems Wood Wright
Yurchenko Zhuk
""".split()  # noqa: SIM905 as above


def write_programme(folder: Path, start: dt.date, end: dt.date, seed: int) -> None:
    """Write programme.toml; most people work in the zone of the programme."""
    content = PROGRAMME.format(start=start, end=end, zone=ZONE_NAMES[0], seed=seed)
    write_file(folder / "programme.toml", content.encode())


def write_employees(folder: Path, company: Company, rng: np.random.Generator) -> None:
    """Write employees.csv and give everybody a name."""
    firsts, surnames = text.texts(name + " " for name in FIRST_NAMES), text.texts(SURNAMES)
    functions, zones = text.texts(FUNCTION_NAMES), text.texts(ZONE_NAMES)
    first_name, surname = (whole(rng.random(len(company)), len(names)) for names in (firsts, surnames))
    levels, limits = text.texts(map(str, range(1, TOP + 1))), text.texts(["0", "1", ""])

    def block(first: int) -> bytes:
        some = slice(first, first + BLOCK)
        numbers = np.arange(len(company))[some]
        manager = company.manager[some]
        return text.rows(
            text.ids(numbers),
            text.joined(firsts[first_name[some]], surnames[surname[some]]),
            text.joined(text.ids(numbers, "e"), text.texts([MAIL_DOMAIN]).repeat(len(numbers))),
            functions[company.function[some]],
            levels[company.level[some] - 1],
            np.where(manager < 0, b"", text.ids(manager)),
            zones[company.site[some]],
            limits[company.capacity[some]],
        )

    header = "employee_id,name,email,function,level,manager_id,timezone,max_mentees"
    _write(folder / "employees.csv", header, map(block, range(0, len(company), BLOCK)))


def write_preferences(folder: Path, wishes: Wishes) -> None:
    """Write preferences.csv, one row per choice."""
    ranks = text.texts(map(str, range(100)))

    def block(first: int) -> bytes:
        some = slice(first, first + BLOCK)
        return text.rows(text.ids(wishes.mentee[some]), ranks[wishes.rank[some]], _mentor_ids(wishes.mentor[some]))

    blocks = map(block, range(0, len(wishes.mentee), BLOCK))
    _write(folder / "preferences.csv", "mentee_id,rank,mentor_id", blocks)


def _mentor_ids(mentor: IntArray) -> text.Texts:
    return np.where(mentor <= UNKNOWN, text.ids(UNKNOWN - mentor, "X"), text.ids(mentor))


def write_pairs(folder: Path, decided: Decided, start: dt.date) -> None:
    """Write pairs.csv; only past pairs have a date."""
    statuses = text.texts(STATUSES)
    dates = text.days(start - dt.timedelta(days=LONGEST_AGO), LONGEST_AGO)
    status = statuses[decided.status]
    last = np.where(status == b"past", dates[LONGEST_AGO - decided.days_ago], b"")
    rows = text.rows(text.ids(decided.mentee), text.ids(decided.mentor), status, last)
    _write(folder / "pairs.csv", "mentee_id,mentor_id,status,last_session", [rows])


def write_availability(folder: Path, hours: Hours, start: dt.date, days: int) -> None:
    """Write availability.csv."""
    day, clock = text.days(start, days), text.clocks()
    rows = text.rows(text.ids(hours.person), day[hours.day], clock[hours.start], clock[hours.end])
    _write(folder / "availability.csv", "employee_id,day,start,end", [rows])


def write_busy(folder: Path, blocks: Iterable[BusyTimes], start: dt.date, days: int) -> int:
    """Write busy.csv as the blocks come, and give the number of rows."""
    moments = text.moments(start, days)
    sizes = []

    def block(some: BusyTimes) -> bytes:
        sizes.append(len(some.person))
        return text.rows(text.ids(some.person), moments[some.start], moments[some.end])

    _write(folder / "busy.csv", "employee_id,start,end", map(block, blocks))
    return sum(sizes)


def _write(path: Path, header: str, blocks: Iterable[bytes]) -> None:
    with path.open("xb") as file:
        file.write(BOM + header.encode() + b"\n")
        file.writelines(blocks)
        file.flush()
        os.fsync(file.fileno())
