"""Tables -> a workbook, written by hand so that any part of it can be wrong; and workbooks that are spoilt."""

# ruff: noqa: E501 - lists of odd things, one a line
from __future__ import annotations

import io
import re
import tomllib
import zipfile
import zlib
from random import Random
from xml.sax.saxutils import escape

from soak.inputs_bases import Files
from soak.inputs_tables import Mutation, Rows, read

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
STYLES = (
    f'{HEAD}<styleSheet {MAIN}><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy-mm-dd hh:mm"/></numFmts>'
    '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/>'
    '<xf numFmtId="164"/></cellXfs></styleSheet>'
)
CELLS = (
    '<c r="{at}" s="1"><v>46398</v></c>',
    '<c r="{at}" s="2"><v>46398.375</v></c>',
    '<c r="{at}"><v>1</v></c>',
    '<c r="{at}"><v>1.0000000000000002</v></c>',
    '<c r="{at}"><v>1E+400</v></c>',
    '<c r="{at}"><v>NaN</v></c>',
    '<c r="{at}"><v>-1</v></c>',
    '<c r="{at}" s="1"><v>-5</v></c>',
    '<c r="{at}" s="1"><v>9999999999</v></c>',
    '<c r="{at}" s="1"><v>60</v></c>',
    '<c r="{at}" t="b"><v>1</v></c>',
    '<c r="{at}" t="e"><v>#N/A</v></c>',
    '<c r="{at}" t="e"><v>#ЗНАЧ!</v></c>',
    '<c r="{at}"><f>A1+1</f></c>',
    '<c r="{at}"><f>A1+1</f><v>3</v></c>',
    '<c r="{at}" t="s"><v>0</v></c>',
    '<c r="{at}" t="s"><v>99999</v></c>',
    '<c r="{at}" t="s"><v>-1</v></c>',
    '<c r="{at}" t="d"><v>2027-01-11</v></c>',
    '<c r="{at}" t="str"><v>E01</v></c>',
    '<c r="{at}" t="zzz"><v>1</v></c>',
    '<c r="{at}" s="99"><v>1</v></c>',
    '<c r="{at}"/>',
    '<c r="A1" t="inlineStr"><is><t>twice</t></is></c>',
    '<c r="XFD1048576"><v>1</v></c>',
    '<c r="ZZZZ9"><v>1</v></c>',
    '<c r="a0"><v>1</v></c>',
    '<c t="inlineStr"><is><t>nowhere</t></is></c>',
    '<c r="{at}" t="inlineStr"><is><r><t>E</t></r><r><t>01</t></r></is></c>',
    '<c r="{at}" t="inlineStr"><is><t>_x0045_01</t></is></c>',
    '<c r="{at}" t="inlineStr"><is><t xml:space="preserve"> E01 </t></is></c>',
)


def letters(column: int) -> str:
    """What Excel calls a column, counted from 0."""
    return (letters(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


def sheet(rows: Rows, *, rng: Random | None = None) -> str:
    """The XML of a sheet; with `rng` some of its cells are odd."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = []
        for column, text in enumerate(row):
            at = f"{letters(column)}{number}"
            if rng is not None and number > 1 and rng.random() < 1.5 / (len(row) * len(rows)):
                cells.append(rng.choice(CELLS).format(at=at))
            elif text:
                plain = re.sub("_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", ILLEGAL.sub("?", text))
                inner = escape(plain).replace("\r", "&#13;")
                cells.append(f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{inner}</t></is></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f"{HEAD}<worksheet {MAIN}><sheetData>{''.join(lines)}</sheetData></worksheet>"


def packed(sheets: dict[str, str]) -> bytes:
    """A workbook of these sheets, given as XML."""
    names = [escape(ILLEGAL.sub("?", name), {'"': "&quot;"}) for name in sheets]
    entries = "".join(f'<sheet name="{name}" sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(names, 1))
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{LINKS}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(names) + 1)
    )
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{KIND}.worksheet+xml"/>'
        for i in range(1, len(names) + 1)
    )
    parts = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{KIND}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>'
        f"{kinds}</Types>",
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook {MAIN} xmlns:r="{LINKS}"><sheets>{entries}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{links}'
        f'<Relationship Id="rId99" Type="{LINKS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
        "xl/sharedStrings.xml": f'{HEAD}<sst {MAIN} count="1"><si><t>E01</t></si></sst>',
    }
    parts |= {f"xl/worksheets/sheet{i}.xml": xml for i, xml in enumerate(sheets.values(), 1)}
    return archive({name: text.encode("utf-8", "replace") for name, text in parts.items()})


def archive(parts: dict[str, bytes]) -> bytes:
    """Pack parts, always into the same bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(zipfile.ZipInfo(name, (2027, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def book_of(files: Files, rng: Random | None = None) -> Files | None:
    """The tables of a folder as sheets of `cohort.xlsx`, the programme beside it or as a sheet; None where unreadable."""
    sheets, left = dict[str, str](), Files()
    for name, data in files.items():
        if name.endswith(".csv") and (found := read(data)):
            title = name.removesuffix(".csv")[:31]
            sheets[title] = sheet(found[0], rng=rng)
        else:
            left[name] = data
    if not sheets:
        return None
    if rng is not None and rng.random() < 0.5 and (rows := _programme(left.get("programme.toml"))):
        del left["programme.toml"]
        sheets["programme"] = sheet(rows, rng=rng)
    return {**left, "cohort.xlsx": packed(sheets)}


def _programme(data: object) -> Rows | None:
    """A programme as keys and values; None where a sheet cannot hold it."""
    try:
        values = tomllib.loads(data.decode()) if isinstance(data, bytes) else {}
    except (ValueError, RecursionError):
        return None
    rows = [["key", "value"]]
    for section, keys in values.items():
        for key, value in keys.items() if isinstance(keys, dict) else ():
            if key != "days":
                text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
                rows.append([f"{section}.{key}", text.lower() if isinstance(value, bool) else text])
    return rows if len(rows) > 1 else None


# --- spoilt workbooks ----------------------------------------------------------------------------------------

XML = (
    (b"<row ", b"<row r='0' "), (b"</row>", b""), (b"<sheetData>", b"<sheetData><row/>"), (b't="inlineStr"', b't="s"'),
    (b"<c ", b"<C "), (b"<v>", b"<v>&amp;"), (b'r="B', b'r="ZZ'), (b'r="1"', b'r="999999999"'), (b"UTF-8", b"UTF-16"),
    (b"<worksheet", b"<!DOCTYPE x [<!ENTITY e 'eeee'>]><worksheet"), (b"<t ", b"<t xmlns:x='y' "), (b"</t>", b"\xff</t>"),
    (b"</sheetData>", b"</sheetData><mergeCells><mergeCell ref='A1:B2'/></mergeCells>"),
    (b"</sheetData>", b"</sheetData><mergeCells><mergeCell ref='A2:A9'/><mergeCell ref='B2'/></mergeCells>"),
    (b"<row r", b"<row hidden='1' r"), (b"<is>", b"<is><rPh><t>x</t></rPh>"), (b'name="', b'name="x'), (b"rId1", b"rId77"),
    (b'Target="', b'Target="../../'), (b"<sheet ", b"<sheet state='hidden' "), (b"worksheets/sheet1", b"worksheets/sheet9"),
    (b"<sheets>", b"<workbookPr date1904='1'/><sheets>"), (b'numFmtId="14"', b'numFmtId="x"'), (b"<v>", b"<v> "),
)  # fmt: skip


def odd_xml(files: Files, rng: Random) -> str:
    """Change a part of a workbook, take it away, or put it in twice."""
    names = [name for name in sorted(files) if name.endswith(".xlsx") and isinstance(files[name], bytes)]
    if not names:
        return ""
    name = rng.choice(names)
    data = files[name]
    try:
        with zipfile.ZipFile(io.BytesIO(data if isinstance(data, bytes) else b"")) as made:
            parts = {info.filename: made.read(info) for info in made.infolist()}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, RuntimeError, zlib.error):
        return ""
    part = rng.choice(sorted(parts))
    what = rng.choice(("changed", "changed", "changed", "missing", "empty", "cut", "binary", "bomb", "swapped"))
    if what == "changed":
        fitting = [(old, new) for old, new in XML if old in parts[part]] or [(b"<", b"")]
        old, new = rng.choice(fitting)
        parts[part] = parts[part].replace(old, new, rng.choice((1, 1, -1)))
        what = f"{old!r} as {new!r}"
    elif what == "missing":
        del parts[part]
    elif what == "empty":
        parts[part] = b""
    elif what == "cut":
        parts[part] = parts[part][: rng.randrange(len(parts[part]) + 1)]
    elif what == "binary":
        parts[part] = rng.randbytes(200)
    elif what == "bomb":
        parts[part] += b" " * (20 << 20)
    else:
        other = rng.choice(sorted(parts))
        parts[part], parts[other] = parts[other], parts[part]
    files[name] = archive(parts)
    return f"{name}: {part} {what}"


BOOKS: tuple[tuple[Mutation, int], ...] = ((odd_xml, 10),)
