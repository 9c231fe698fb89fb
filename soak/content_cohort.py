"""A cohort whose people, rules and letters are hostile texts: every place where somebody's text can go has one."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from soak.payloads import PAYLOADS, Payload, encodable

START = "2027-01-11"
STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
PEOPLE = 24  # of a cohort; a third of them mentor
SIGNS_OF_LINKS = set(' "<>\\') | set(map(chr, range(0x20)))


@dataclass(frozen=True)
class Person:
    """One row of employees.csv, and who is named in his row of preferences.csv although nobody knows him."""

    key: str
    name: str
    email: str
    function: str
    note: str
    stranger: str
    mentors: bool


@dataclass(frozen=True)
class Hostile:
    """A cohort of hostile texts: its people, and the one text of each place that is there once only."""

    seed: int
    people: tuple[Person, ...]
    programme: str
    title: str
    description: str
    location: str
    organiser: str
    link: str
    subject: str
    letter: str
    levels: tuple[str, ...]
    case: str
    about: str
    query: str
    folder: str
    delimiter: str
    language: str
    workbook: bool

    @property
    def texts(self) -> dict[str, str]:
        """The text of each place that is there once."""
        names = (
            "programme",
            "title",
            "description",
            "location",
            "organiser",
            "subject",
            "letter",
            "about",
            "query",
        )
        return {name: getattr(self, name) for name in names}


def takes_id(text: str) -> bool:
    """Whether the contract lets a text be an id: nothing that a spreadsheet takes for a formula, nor blank."""
    text = text.strip()
    return bool(text) and not text.lstrip("'").startswith(STARTS) and "; " not in text and takes_cell(text)


def takes_cell(text: str) -> bool:
    """Whether a text can stand in a CSV file at all."""
    return encodable(text) and "\x00" not in text


def takes_xml(text: str) -> bool:
    """Whether a text stands in XML as it is, and not as an escape of Excel's own."""
    return "_x" not in text and not re.search("[\x00-\x1f\x7f-\x9f\ufffe\uffff]", text)


def one_line(text: str) -> str:
    """A text without what breaks lines, by the words of Python."""
    return " ".join(text.split())


def hostile(seed: int, people: int = PEOPLE, payloads: Sequence[Payload] = PAYLOADS) -> Hostile:
    """The cohort of a seed; `len(payloads)` seeds in a row bring every text to every place."""
    workbook = seed % 5 == 4
    texts = [payload.text for payload in payloads if takes_cell(payload.text)]
    cells = [text for text in texts if takes_xml(text)] if workbook else texts
    ids = sorted({text.strip(): text for text in cells if takes_id(text)}.values())

    def one(shift: int, of: Sequence[str] = texts) -> str:
        return of[(seed + shift) % len(of)]

    own = [ids[(seed * people + place) % len(ids)] for place in range(min(people, len(ids)))]
    names = [one(place * 7, cells) for place in range(len(own))]
    mails = [one(place * 13 + 7, cells) for place in range(len(own))]
    taken = {_letters(text) for text in (*own, *mails, *names)}
    strangers = [text for text in cells if text.strip() and _letters(text) not in taken]
    made = [
        Person(
            key=key.strip(),
            name=names[place],
            email=mails[place] if place % 2 else f"{one_line(mails[place])[:30].replace(' ', '')}@x.example",
            function=one(place * 3 + 1, cells) if one(place * 3 + 1, cells).strip() else "Law",
            note=one(place * 5 + 2, cells),
            stranger=strangers[(seed * people + place) % len(strangers)],
            mentors=place % 3 == 0,
        )
        for place, key in enumerate(own)
    ]
    braces = [_doubled(text) for text in texts]
    return Hostile(
        seed=seed,
        people=tuple(made),
        programme=one(11),
        title=f"{{mentee}} {one(23, braces)}",
        description=f"{one(31, braces)} {{programme}} {{mentor}}",
        location=one(41, braces),
        organiser=one(53),
        link=_link(one(59, braces)),
        subject=f"{one_line(_doubled(one(61, cells)))} {{name}}",
        letter=f"{{name}}\n{_doubled(one(67, cells))}\n{{programme}} {{lead}} {{reason}}",
        levels=_levels(one(71, cells), one(73, cells), one(79, cells)),
        case=_case(one(83)),
        about=one(89) or "x",
        query=one(97),
        folder=_folder(one(101)),
        delimiter=(",", ";", "\t")[seed % 3],
        language=("en", "ru")[seed // 2 % 2],
        workbook=workbook,
    )


def _letters(text: str) -> str:
    """As little of a text as may find a person by name or e-mail."""
    plain = re.sub(
        "[\u115f\u1160\u3164]", "", unicodedata.normalize("NFKC", text).casefold()
    )  # fillers are letters
    return "".join(sorted(re.findall(r"[^\W_]+", plain))) or plain


def _doubled(text: str) -> str:
    """A text in which no brace opens a placeholder."""
    return text.replace("{", "{{").replace("}", "}}")


def _link(text: str) -> str:
    """A web address with as much of the text as one may hold."""
    return "https://meet.example/{pair}?" + "".join(
        sign for sign in text if sign not in SIGNS_OF_LINKS and not sign.isspace()
    )


def _levels(*texts: str) -> tuple[str, ...]:
    """Names of levels that differ, also without case and spaces."""
    return tuple(f"{one_line(text).rstrip()} {place}" for place, text in enumerate(texts))


def _case(text: str) -> str:
    """A name of a case with as much of the text as may stand in one."""
    kept = "".join(sign for sign in text if sign.isalpha() or sign.isdecimal() or sign in " ._-")
    return f"c{kept.strip(' .')[:40]}".strip(" .")


def _folder(text: str) -> str:
    """A name of a folder with as much of the text as the file system takes."""
    kept = text.replace("/", "∕").replace("\0", "")
    while len(kept.encode()) > 120:
        kept = kept[:-1]
    return f"c{kept}"


# --- as files -----------------------------------------------------------------------------------------------


def tables(cohort: Hostile) -> dict[str, list[list[str]]]:
    """The rows of each table, the header first."""
    mentors = [person for person in cohort.people if person.mentors]
    low, high = cohort.levels[0], cohort.levels[-1]
    employees = [["employee_id", "name", "email", "function", "level", "manager_id", "max_mentees", "note"]]
    choices = [["mentee_id", "rank", "mentor_id"]]
    for place, person in enumerate(cohort.people):
        level = high if person.mentors else low
        boss = mentors[place % len(mentors)].key if place % 5 == 1 and not person.mentors else ""
        row = [person.key, person.name, person.email, person.function, level, boss]
        employees.append([*row, "1" if person.mentors else "0", person.note])
        if person.mentors:
            continue
        choices += [[person.key, str(rank), mentors[(place + rank) % len(mentors)].key] for rank in (1, 2)]
        choices.append([person.key, "3", person.stranger])
    mentee = next(person for person in cohort.people if not person.mentors)
    return {
        "employees": employees,
        "preferences": choices,
        "pairs": [["mentee_id", "mentor_id", "status"], [mentee.key, mentors[0].key, "forbidden"]],
        "absences": [["employee_id", "start", "end"], [mentee.key, "2027-01-12", "2027-01-12"]],
        "letters": [
            ["kind", "language", "subject", "text"],
            *([kind, "", cohort.subject, cohort.letter] for kind in ("mentee_paired", "mentee_unmatched")),
        ],
    }


def programme(cohort: Hostile) -> str:
    """The text of programme.toml."""
    values: Mapping[str, Mapping[str, object]] = {
        "programme": {"name": cohort.programme, "timezone": "Europe/Moscow", "language": cohort.language},
        "eligibility": {"levels": list(cohort.levels)},
        "sessions": {"month_rule": "none", "grid_minutes": 60},
        "output": {"delimiter": cohort.delimiter},
        "invitations": {
            "organiser_name": cohort.organiser,
            "organiser_email": "hr@x.example",
            "title": cohort.title,
            "description": cohort.description,
            "location": cohort.location,
            "link": cohort.link,
        },
    }
    lines = []
    for section, keys in values.items():
        lines.append(f"[{section}]")
        lines += [f"{key} = {toml(value)}" for key, value in keys.items()]
        if section == "programme":
            lines += [f"start = {START}", "end = 2027-02-05"]
    return "\n".join([*lines, ""])


def scenarios(cohort: Hostile) -> str:
    """A file of scenarios with two cases."""
    mentee = next(person for person in cohort.people if not person.mentors)
    return "\n".join([
        f"[case.{toml(cohort.case)}]",
        f"about = {toml(cohort.about)}",
        "set.capacity.mentees_per_mentor = 1",
        "[[case.gone.change]]",
        'table = "employees"',
        f"where = {{ employee_id = {toml(mentee.key.strip())} }}",
        "remove = true",
        "",
    ])  # fmt: skip


def toml(value: object) -> str:
    r"""A value as TOML has it: what a text may not hold is escaped.

    >>> toml("a\x1b\x7f\n")
    '"a\\u001b\\u007f\\n"'
    """
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, int):
        return str(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows with every cell in quotation marks."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def write_cohort(cohort: Hostile, folder: Path) -> Path:
    """Write the cohort into a new folder inside this one, as CSV files or as a workbook beside programme.toml."""
    target = folder / cohort.folder
    target.mkdir(parents=True)
    (target / "programme.toml").write_text(programme(cohort), "utf-8")
    made = tables(cohort)
    if not cohort.workbook:
        for name, rows in made.items():
            (target / f"{name}.csv").write_bytes(write_csv(rows))
        return target
    book = xlsxwriter.Workbook(target / "cohort.xlsx")
    for name, rows in made.items():
        sheet = book.add_worksheet(name)
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(place, column, f"{cell} " if cell.startswith("<r>") else cell)
    book.close()
    return target
