"""The sample cohort in other clothes: dialects, encodings, workbooks, titles in Russian."""

import csv
import datetime as dt
import io
import re
import tomllib
from pathlib import Path

import xlsxwriter

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "nlmk-sample"
TABLES = ("employees", "preferences", "availability", "busy", "pairs")
NAMES = {
    "employees": "Сотрудники",
    "preferences": "Выбор",
    "availability": "Доступность",
    "busy": "Занятость",
    "holidays": "Праздники",
    "pairs": "Пары",
    "programme": "Программа",
}
TITLES = {
    "employees": {
        "employee_id": "Табельный номер",
        "name": "ФИО",
        "email": "Почта",
        "function": "Функция",
        "level": "Уровень",
        "manager_id": "Табельный номер руководителя",
        "site": "Площадка",
        "timezone": "Часовой пояс",
        "max_mentees": "Максимум менти",
    },
    "preferences": {"mentee_id": "Менти", "rank": "Приоритет", "mentor_id": "Наставник"},
    "availability": {"employee_id": "Таб. №", "day": "День", "start": "С", "end": "До"},
    "busy": {"employee_id": "Таб. №", "start": "Начало", "end": "Окончание"},
    "pairs": {
        "mentee_id": "Табельный номер наставляемого",
        "mentor_id": "Табельный номер наставника",
        "status": "Статус",
        "last_session": "Последняя встреча",
    },
}
DAYS = {
    "mon": "понедельник",
    "tue": "вторник",
    "wed": "среда",
    "thu": "четверг",
    "fri": "пятница",
    "sat": "суббота",
    "sun": "воскресенье",
}
STATUSES = {
    "locked": "закреплена", "forbidden": "запрещена", "refused": "отказ", "declined": "отклонена",
    "accepted": "согласен", "past": "прошлая",
}  # fmt: skip


def sample_rows(table):
    """Rows of a table of the sample, the header first."""
    return list(csv.reader(io.StringIO((SAMPLE / f"{table}.csv").read_text("utf-8-sig"))))


def settings():
    """Every key of the sample's programme with its value."""
    sections = tomllib.loads((SAMPLE / "programme.toml").read_text("utf-8"))
    return {f"{section}.{key}": value for section, keys in sections.items() for key, value in keys.items()}


def in_russian(table, rows):
    """The same rows with Russian titles and words."""
    header, *records = rows
    words = DAYS | STATUSES
    return [
        [TITLES[table].get(title, title) for title in header],
        *([words.get(cell, cell) for cell in record] for record in records),
    ]


def dotted(cell):
    """A cell as an Excel of Russia or Germany writes it to CSV."""
    if match := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}))?", cell):
        year, month, day, hour, minute = match.groups()
        return f"{day}.{month}.{year}" + (f" {int(hour)}:{minute}" if hour else "")
    if match := re.fullmatch(r"0?(\d{1,2}):(\d{2})", cell):
        return f"{match[1]}:{match[2]}"
    return f"{cell},0" if re.fullmatch(r"\d", cell) else cell


def slashed(cell):
    """A cell as an Excel of the United States writes it to CSV."""
    if match := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}))?", cell):
        year, month, day, hour, minute = match.groups()
        return f"{int(month)}/{int(day)}/{year}" + (f" {int(hour)}:{minute}" if hour else "")
    if match := re.fullmatch(r"(\d{2}):(\d{2})", cell):
        hour = int(match[1])
        return f"{hour % 12 or 12}:{match[2]} {'PM' if 12 <= hour < 24 else 'AM'}" if hour < 24 else cell
    return f"{cell}.0" if re.fullmatch(r"\d", cell) else cell


def csv_bytes(rows, delimiter=",", encoding="utf-8", *, sep=False, change=str):
    """Rows as CSV."""
    text = io.StringIO(newline="")
    if sep:
        text.write(f"sep={delimiter}\r\n")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([rows[0], *([change(cell) for cell in row] for row in rows[1:])])
    return text.getvalue().encode(encoding)


def typed(cell):
    """A cell as a workbook holds it: numbers, dates and times as such."""
    if match := re.fullmatch(r"(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2})?", cell):
        return dt.datetime.fromisoformat(cell) if match[2] else dt.date.fromisoformat(cell)
    if re.fullmatch(r"(?:[01]\d|2[0-3]):\d{2}", cell):
        return dt.time.fromisoformat(cell)
    return float(cell) if re.fullmatch(r"[1-9]\d{0,8}", cell) else cell


def write_workbook(path, tables, titles=()):
    """Write a workbook: rows by sheet; `titles` are rows above each header."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        forms = {
            dt.datetime: book.add_format({"num_format": "dd.mm.yyyy hh:mm"}),
            dt.date: book.add_format({"num_format": "dd.mm.yyyy"}),
            dt.time: book.add_format({"num_format": "hh:mm"}),
        }
        for name, rows in tables.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate([*titles, *rows]):
                for place, cell in enumerate(row):
                    if type(cell) in forms:
                        sheet.write_datetime(number, place, cell, forms[type(cell)])
                    elif cell != "":
                        sheet.write(number, place, cell)
    return path


def sample_sheets(*, russian=False):
    """The sample as sheets, by name."""
    sheets = {}
    for table in TABLES:
        rows = sample_rows(table)
        rows = in_russian(table, rows) if russian else rows
        name = NAMES[table] if russian else table
        sheets[name] = [rows[0], *([typed(cell) for cell in row] for row in rows[1:])]
    keys = [
        [key, ", ".join(map(str, value)) if isinstance(value, list) else value]
        for key, value in settings().items()
    ]
    titles = [["Ключ", "Значение"]] if russian else [["key", "value"]]
    sheets[NAMES["programme"] if russian else "programme"] = titles + keys
    return sheets
