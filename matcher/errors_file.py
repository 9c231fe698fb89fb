"""Where errors.xlsx may be written: never over anybody's work."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from matcher.book import CREATED
from matcher.errors import MatcherError, reason
from matcher.one_file import replace_file

MARK = "errors.xlsx"  # in the properties of the workbook, by which it is known again
SUFFIX = ".xlsx"


def check_target(path: Path, cohort: Path) -> None:
    """Refuse a place where the workbook must not be written.

    Raises
    ------
    MatcherError
        If it is no .xlsx file, lies in the cohort, or is there and not as `--errors` wrote it.
    """
    if path.suffix.casefold() != SUFFIX:
        raise MatcherError(f"{path}: must be called like errors.xlsx; nothing was written")
    target, source = path.resolve(), cohort.resolve()
    if target == source or (source.is_dir() and target.is_relative_to(source)):
        raise MatcherError(f"{path}: must not lie in the cohort {cohort}; name a file elsewhere")
    if path.exists() and not _is_ours(path):
        raise MatcherError(
            f"{path}: is there already and is not as --errors wrote it; nothing was written. "
            "Name another file, or move this one away"
        )


def _is_ours(path: Path) -> bool:
    """Whether `--errors` wrote this file and nobody has saved it since."""
    try:
        with zipfile.ZipFile(path) as archive:
            custom, core = (archive.read(f"docProps/{part}.xml").decode() for part in ("custom", "core"))
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, RuntimeError):
        return False
    marked = re.search(rf'name="matcher"[^>]*>\s*<vt:lpwstr>{re.escape(MARK)}<', custom)
    saved = re.search(r"<dcterms:modified[^>]*>([^<]*)<", core)
    return bool(marked and saved and saved[1] == f"{CREATED:%Y-%m-%dT%H:%M:%SZ}")


def write_errors(path: Path, cohort: Path, content: bytes) -> None:
    """Write the workbook whole or not at all.

    Raises
    ------
    MatcherError
        If it must not be written there, or cannot be.
    """
    check_target(path, cohort)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, content)
    except OSError as error:
        raise MatcherError(f"{path}: cannot be written ({reason(error)}); is it open in Excel?") from error
