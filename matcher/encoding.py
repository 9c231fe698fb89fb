"""Bytes of a file in whatever encoding Excel and HR systems write -> UTF-8; damage is reported with its line."""

from __future__ import annotations

import codecs

from matcher.findings import Findings

CODE_PAGES = ("cp1251", "cp866", "koi8_r")
FEW = 16  # letters that are not enough to tell one from another


def as_utf8(data: bytes, file: str, findings: Findings) -> bytes | None:
    """Content of a file, without byte order mark, in UTF-8; None if it is no text.

    It may be in UTF-8, UTF-16 or a Cyrillic code page (with a warning).
    """
    if data.startswith(b"PK\x03\x04"):
        findings.fault(file, "is a workbook or archive, not text; save the sheet as 'CSV UTF-8' under this name")
        return None
    encoding = unicode_encoding(data)
    content: bytes | None = data.removeprefix(codecs.BOM_UTF8)
    try:
        if not data.isascii() or encoding != "utf-8":
            text = data.decode(encoding)
            content = content if encoding == "utf-8" else text.encode()
    except UnicodeDecodeError as error:
        content = _from_code_page(data, encoding, error, file, findings)
    if content is not None and b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        findings.fault(file, "holds a NUL byte; it is damaged or not a text file", line)
        return None
    return content


def decode(data: bytes, file: str, findings: Findings) -> str | None:
    """Text of a file; None if it is no text."""
    content = as_utf8(data, file, findings)
    return None if content is None else content.decode()


def unicode_encoding(data: bytes) -> str:
    """UTF-16 is told by its byte order mark, or by its first character, which in our files is ASCII."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(data) >= 2 and len(data) % 2 == 0 and (data[0] == 0) != (data[1] == 0):
        return "utf-16-le" if data[1] == 0 else "utf-16-be"
    return "utf-8"


def _from_code_page(
    data: bytes, encoding: str, error: UnicodeDecodeError, file: str, findings: Findings
) -> bytes | None:
    line = data.count(b"\n", 0, error.start) + 1
    readable = data.decode("utf-8", "replace")
    bad = readable.count("\ufffd")
    if encoding != "utf-8":
        findings.fault(file, "looks like UTF-16 but is damaged; save it as 'CSV UTF-8'")
        return None
    if b"\0" in data:
        findings.fault(file, "is not a text file; save it as 'CSV UTF-8'")
        return None
    if sum(char > "\x7f" for char in readable) > 2 * bad:
        findings.fault(file, "is UTF-8 except for a damaged character here; save it again as 'CSV UTF-8'", line)
        return None
    page = _code_page(data)
    findings.warn(file, f"is not UTF-8; read as {page}: check that the names look right", line)
    return data.decode(page, "replace").encode()


def _code_page(data: bytes) -> str:
    """Which Cyrillic code page the lines that are not ASCII are written in; cp1251 where nothing tells."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 - few files need it, and it takes long to import

    lines = [line for line in data[:1_000_000].splitlines() if not line.isascii()]
    if sum(byte > 127 for line in lines[:FEW] for byte in line) < FEW:
        return CODE_PAGES[0]
    best = from_bytes(b"\n".join(lines[:200]), cp_isolation=list(CODE_PAGES)).best()
    return best.encoding if best is not None and best.encoding in CODE_PAGES else "cp1251"
