"""Spoil one table: a cell, a row, a column, or how the file is written."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from random import Random

from soak.inputs_bases import Files

Rows = list[list[str]]
Mutation = Callable[[Files, Random], str]
"""Changes the files in place and says what it did; "" where there was nothing to do."""

NUMBERS = (
    *("", " ", "0", "-1", "1.0", "1,0", "1e3", "0x10", "NaN", "inf", "-0", "+1", "00", "99", "100", "999999999"),
    *("9" * 10, "9" * 40, "1" * 5000, "١", "²", "½", "Ⅷ", "1 000", "1\u00a0000", "1'000", "1,000", "1.000", "1_0"),
    *("true", "None", "null", "#N/A", "#REF!", "####", "- 1", "−1", "0.9999999999999999", "3.4"),
)
DATES = (
    *("2027-02-30", "2027-02-29", "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "2027-13-01"),
    *(
        "11.01.2027",
        "1/11/2027",
        "25/1/2027",
        "1/25/2027",
        "11 Jan 2027",
        "11 января 2027 г.",
        "44572",
        "2027-W02-1",
    ),
    *("20270111", "2027-1-1", "11.1.27", "2027-01-11T24:00", "2027-01-11T09:60", "2027-01-11T09:00+99:00"),
    *("2027-01-11T09:00:60", "2027-01-11T09:00Z", "2027-03-28T02:30", "1899-12-30", "2200-01-01", "2199-12-31"),
    *(
        "1900-01-01",
        "1969-12-31",
        "２０２７-０１-１１",
        "2027-01-11 9:00 PM",
        "2027-01-11T09:00:00.999999999Z",
        "0",
        "-1",
    ),
)
CLOCKS = (
    *("25:00", "24:00", "24:01", "09:60", "9", "9.30", "09:30:00", "9 pm", "9:00 am", "0.375", "0,375", "0.30"),
    *("-1:00", "09:00-10:00", "٠٩:٠٠", "noon", "00:00", "23:59:59", "1900-01-01"),
)
WORDS = (
    *(
        "mon",
        "Monday",
        "понедельник",
        "MON",
        "locked",
        "Locked ",
        "pastt",
        "refused",
        "forbidden",
        "accepted",
        "off",
    ),
    *(
        "worked",
        "short",
        "yes",
        "mentor",
        "both",
        "ru",
        "RU",
        "XX",
        "US-ZZ",
        "Europe/Moskow",
        "UTC+3",
        "../etc/passwd",
    ),
    *("Russian Standard Time", "E01", "E05", "E99", "e01", "E01 ", "007", "7", "NA", "nan", "а1"),
)
TEXTS = (
    *("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t", "\x1b[31mred", "\x07", "\x00", "\ufeff", "a\ufeffb"),
    *(
        "\u200b",
        "E0\u200b1",
        "E01\u200b",
        "Е01",
        "E\u202e10",
        "\u2028",
        "\x85",
        "\x0b",
        "\x1c",
        "\r",
        "\n",
        "a\nb",
    ),
    *(
        "x" * 300,
        "y" * 40_000,
        "z" * 200_000,
        '"',
        '""',
        "'",
        ",",
        ";",
        "a;b",
        "a; b",
        "{name}",
        "{",
        "}}",
        "{nope}",
    ),
    *(
        "\ud7ff",
        "\U0001f469\u200d\U0001f4bb",
        "\uffff",
        "e\u0301",
        "é",
        "ß",
        "İ",
        "ﬁ",
        "𝟏",
        "%s%n",
        "$(id)",
        "\\x41",
    ),
    *("<script>alert(1)</script>", "&lt;", "_x0041_", "]]>", "\u00a0", "\u3000", "\u2060", "\U000e0041"),
)
INSIDE = (
    "\u200b",
    "\ufeff",
    "\u00ad",
    " ",
    "\u00a0",
    "\x00",
    "\x1b",
    "\n",
    "\r",
    "\x0b",
    "\x85",
    "\u2028",
    "'",
    '"',
)


def read(data: object) -> tuple[Rows, str] | None:
    """Rows and delimiter of a table that is still plain UTF-8."""
    if not isinstance(data, bytes):
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if text.startswith("sep="):
        text = text.partition("\n")[2]
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return None
    return ([row for row in rows if row], delimiter) if any(rows) else None


def write(rows: Rows, delimiter: str = ",", end: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> bytes:
    """The table as a file in UTF-8."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows(rows)
    return file.getvalue().encode("utf-8", "surrogatepass")


def pick(files: Files, rng: Random) -> tuple[str, Rows, str] | None:
    """A table that can be read, those that everything hangs on more often."""
    names = [name for name in sorted(files) if name.endswith(".csv")]
    names += [name for name in names if name in ("employees.csv", "preferences.csv")] * 2
    rng.shuffle(names)
    for name in names:
        if found := read(files[name]):
            return name, *found
    return None


def odd_value(title: str, rng: Random) -> str:
    """A value that fits the column by half."""
    title = title.strip().casefold()
    fitting: tuple[str, ...] = WORDS
    if title in ("rank", "level", "max_mentees", "priority", "sessions_wanted"):
        fitting = NUMBERS
    elif title in ("first_day", "last_day", "date", "last_session", "since", "day"):
        fitting = DATES
    elif title in ("start", "end"):
        fitting = (*CLOCKS, *DATES)
    return rng.choice(rng.choices((fitting, WORDS, TEXTS, NUMBERS, DATES), (6, 2, 3, 1, 1))[0])


def _cell(rows: Rows, rng: Random) -> tuple[int, int] | None:
    full = [place for place in range(1, len(rows)) if rows[place]]
    if not full:
        return None
    row = rng.choice(full)
    return row, rng.randrange(len(rows[row]))


def _on_rows(change: Callable[[Rows, Random], str]) -> Mutation:
    def mutate(files: Files, rng: Random) -> str:
        found = pick(files, rng)
        if found is None:
            return ""
        name, rows, delimiter = found
        said = change(rows, rng)
        if said:
            files[name] = write(rows, delimiter)
        return said and f"{name}: {said}"

    mutate.__name__ = change.__name__
    return mutate


# --- cells ---------------------------------------------------------------------------------------------------


def odd_cell(rows: Rows, rng: Random) -> str:
    """Put an odd value into a cell."""
    place = _cell(rows, rng)
    if place is None:
        return ""
    row, column = place
    title = rows[0][column] if column < len(rows[0]) else ""
    rows[row][column] = odd_value(title, rng)
    return f"row {row + 1}, {title}: {rows[row][column][:40]!r}"


def odd_letter(rows: Rows, rng: Random) -> str:
    """Put a letter that nobody sees, or a control character, into a cell or a title."""
    place = _cell(rows, rng)
    if place is None:
        return ""
    row, column = place if rng.random() < 0.85 else (0, rng.randrange(len(rows[0])))
    text, at, letter = rows[row][column], rng.randint(0, len(rows[row][column])), rng.choice(INSIDE)
    rows[row][column] = text[:at] + letter + text[at:]
    return f"row {row + 1}, cell {column + 1}: {letter!r} at {at}"


def swapped_cells(rows: Rows, rng: Random) -> str:
    """Exchange two cells."""
    first, second = _cell(rows, rng), _cell(rows, rng)
    if first is None or second is None:
        return ""
    (row, column), (other, place) = first, second
    rows[row][column], rows[other][place] = rows[other][place], rows[row][column]
    return f"cells {row + 1}.{column + 1} and {other + 1}.{place + 1} swapped"


def copied_cell(rows: Rows, rng: Random) -> str:
    """Put a cell's value under the one above it."""
    place = _cell(rows, rng)
    if place is None or place[0] < 2:
        return ""
    row, column = place
    if column < len(rows[row - 1]):
        rows[row][column] = rows[row - 1][column]
    return f"row {row + 1}, cell {column + 1} as above"


# --- rows ----------------------------------------------------------------------------------------------------


def odd_row(rows: Rows, rng: Random) -> str:
    """Double, drop, move, cut or lengthen a row."""
    if len(rows) < 2:
        return ""
    row, what = rng.randrange(1, len(rows)), rng.choice(("doubled", "dropped", "moved", "cut", "longer", "blank"))
    if what == "doubled":
        rows.insert(rng.randint(1, len(rows)), list(rows[row]))
    elif what == "dropped":
        del rows[row]
    elif what == "moved":
        rows.insert(rng.randrange(len(rows)), rows.pop(row))
    elif what == "cut":
        del rows[row][rng.randrange(len(rows[row])) :]
    elif what == "longer":
        rows[row] += rng.choice(([""], ["x"], ["", "", "E01"], ["x"] * 300))
    else:
        rows[row] = [""] * len(rows[row])
    return f"row {row + 1} {what}"


def many_rows(rows: Rows, rng: Random) -> str:
    """Repeat all rows, or drop all or many."""
    what = rng.choice(("repeated", "dropped", "halved"))
    if what == "repeated":
        rows += [list(row) for row in rows[1:]] * rng.choice((1, 3, 40))
    elif what == "dropped":
        del rows[rng.choice((0, 1)) :]
    else:
        del rows[1 + len(rows) // 2 :]
    return f"rows {what}"


# --- columns -------------------------------------------------------------------------------------------------


def odd_column(rows: Rows, rng: Random) -> str:
    """Drop, double, rename or blank a column, or exchange titles."""
    width = len(rows[0])
    column, what = (
        rng.randrange(width),
        rng.choice(("dropped", "doubled", "renamed", "blank", "titles", "shifted")),
    )
    title = rows[0][column]
    if what == "dropped":
        for row in rows:
            del row[column : column + 1]
    elif what == "doubled":
        for row in rows:
            row.append(row[column] if column < len(row) else "")
    elif what == "renamed":
        names = ("", "x", title.upper(), f" {title} ", title[:-1], f"{title}\u200b", "ФИО", "Табельный номер")
        rows[0][column] = rng.choice((*names, "Mentee", "Mentor", "choice_0", "choice_100", "choice_1", "level"))
    elif what == "blank":
        for row in rows[1:]:
            row[column : column + 1] = [""]
    elif what == "titles":
        other = rng.randrange(width)
        rows[0][column], rows[0][other] = rows[0][other], rows[0][column]
    else:
        rows[0].insert(column, "")
    return f"column {title!r} {what}"


def above_header(rows: Rows, rng: Random) -> str:
    """Put something above the header, or the header below itself."""
    above = rng.choice((["Report", *[""] * (len(rows[0]) - 1)], list(rows[0]), ["", ""], ["sep=;"]))
    rows.insert(rng.choice((0, 0, 1)), above)
    return f"{above[0]!r} above or below the header"


# --- what changes nothing ------------------------------------------------------------------------------------


def same_order(rows: Rows, rng: Random) -> str:
    """Shuffle the rows."""
    below = rows[1:]
    rng.shuffle(below)
    rows[1:] = below
    return "rows shuffled"


def same_columns(rows: Rows, rng: Random) -> str:
    """Shuffle the columns."""
    if any(len(row) != len(rows[0]) for row in rows):
        return ""
    order = list(range(len(rows[0])))
    rng.shuffle(order)
    rows[:] = [[row[place] for place in order] for row in rows]
    return "columns shuffled"


def same_extra(rows: Rows, rng: Random) -> str:
    """Add a column that nobody knows."""
    if any(len(row) != len(rows[0]) for row in rows):
        return ""
    at = rng.randint(0, len(rows[0]))
    for place, row in enumerate(rows):
        row.insert(at, "Remarks 7Q" if place == 0 else rng.choice(("", "x", "=1", "7")))
    return "a column of remarks"


def same_spaces(rows: Rows, rng: Random) -> str:
    """Put spaces around cells."""
    for row in rows[1:]:
        for place, cell in enumerate(row):
            if rng.random() < 0.2:
                row[place] = f"{rng.choice((' ', '  '))}{cell}{rng.choice((' ', ''))}"
    return "spaces around cells"


def same_writing(files: Files, rng: Random) -> str:
    """Write a table otherwise: delimiter, quotation marks, line ends, blank lines, encoding."""
    found = pick(files, rng)
    if found is None:
        return ""
    name, rows, _ = found
    quoting, delimiter = rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)), rng.choice(",;\t")
    end = rng.choice(("\n", "\r\n"))
    text = write(rows, delimiter, end, quoting).decode()
    if rng.random() < 0.2:
        text = f"sep={delimiter}{end}{text}"
    if rng.random() < 0.2:
        text += end * 3
    encoding = rng.choice(("utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom"))
    if encoding.endswith("-bom"):
        files[name] = ("\ufeff" + text).encode(encoding.removesuffix("-bom"))
    else:
        files[name] = text.encode(encoding)
    return f"{name}: {delimiter!r}, {end!r}, {encoding}"


SPOILING: tuple[tuple[Mutation, int], ...] = (
    (_on_rows(odd_cell), 30),
    (_on_rows(odd_letter), 8),
    (_on_rows(swapped_cells), 4),
    (_on_rows(copied_cell), 4),
    (_on_rows(odd_row), 12),
    (_on_rows(many_rows), 2),
    (_on_rows(odd_column), 10),
    (_on_rows(above_header), 3),
)
HARMLESS: tuple[Mutation, ...] = (
    *map(_on_rows, (same_order, same_columns, same_extra, same_spaces)),
    same_writing,
)
