"""One hostile cohort through every command, and all that comes out of it before independent readers."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from click.testing import CliRunner, Result

from matcher.cli import cli
from soak import content_readers as readers
from soak.content_cohort import Hostile, scenarios, tables, takes_id, write_cohort, write_csv
from soak.content_pages import page_faults
from soak.payloads import PAYLOADS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LIMIT = ("--time-limit", "60", "--workers", "1")


class Found(NamedTuple):
    """Something that is not harmless: the seed of the case, the command or file, and what."""

    seed: int
    where: str
    what: str


@dataclass
class Case:
    """The commands over one cohort, in a folder of its own; `found` grows."""

    cohort: Hostile
    folder: Path
    found: list[Found] = field(default_factory=list)
    browser: Browser | None = None
    commands: int = 0
    pages: int = 0
    files: int = 0

    def run(self, *, whole: bool = True) -> list[Found]:
        """Run every command and read every file; the `whole` also writes comparisons, sweeps and the like."""
        before = set(self.folder.parent.rglob("*"))
        source = write_cohort(self.cohort, self.folder)
        self._solve(source)
        if whole and self.cohort.seed % MORE == 0:
            self._more(source)
        self._rematch(source, whole=whole)
        if whole and self.cohort.seed % EVERY == 0:
            self._refused(source)
        self._files(source, before)
        return self.found

    # --- commands -----------------------------------------------------------------------------------------------

    def _solve(self, source: Path) -> None:
        run = self.folder / "run"
        self.call("check", source)
        self.call("solve", source, "-o", run, *LIMIT)
        self.call("verify", source, run)
        self.call("publish", source, run, "--on", "2027-01-04")
        for person in self.cohort.people[:3]:
            # What begins with a hyphen is an option to any command: it is said behind --.
            self.call("explain", "--", source, run, person.key.strip())
        self.call("explain", "--", source, run, self.cohort.query.strip() or "x", codes=(0, 1))
        self._equal_tables(run)
        self._equal_page(run)
        self._equal_calendars(run)

    def _more(self, source: Path) -> None:
        folder = self.folder
        cases = folder / "scenarios.toml"
        cases.write_text(scenarios(self.cohort), "utf-8")
        self.call("scenario", source, cases)
        self.call("sweep", source, cases, "-o", folder / "sweep", *LIMIT)
        self.call("compare", folder / "sweep", "-o", folder / "compared", "--language", self.cohort.language)
        self.call("frontier", source, "-o", folder / "frontier", "--axis", "ranks", "--points", "2", *LIMIT)
        self.call("rehearse", source, folder / "run", "--draws", "1", "-o", folder / "rehearsal", *LIMIT)

    def _rematch(self, source: Path, *, whole: bool) -> None:
        folder, run = self.folder, self.folder / "run"
        refused = next(iter(readers.csv_rows(run / "pairs.csv")), None) if (run / "pairs.csv").exists() else None
        if refused is None or self.cohort.workbook:
            return
        rows = tables(self.cohort)["pairs"]
        self.plain(source / "pairs.csv", [*rows, [refused["mentee_id"], refused["mentor_id"], "refused"]])
        self.call("rematch", source, run, "--as-of", "2027-01-20", "-o", folder / "again", *LIMIT)
        self.call("verify", source, folder / "again")
        self.call("report", source, folder / "again", "--compare", run)
        if whole:
            self.call("compare", run, folder / "again", "-o", folder / "both")

    def _refused(self, source: Path) -> None:
        """A cohort in which every hostile text is an id: those that are refused are told."""
        other = self.folder / "ids"
        shutil.copytree(source, other)
        texts = [payload.text for payload in PAYLOADS if "\x00" not in payload.text and _utf8(payload.text)]
        texts = list({text.strip(): text for text in texts}.values())
        rows = [["employee_id", "function", "level"]]
        rows += [[text, "Law", text] for text in texts]
        (other / "cohort.xlsx").unlink(missing_ok=True)
        self.plain(other / "employees.csv", rows)
        self.plain(other / "preferences.csv", [["mentee_id", "rank", "mentor_id"], *([t, t, t] for t in texts)])
        self.plain(other / "busy.csv", [["employee_id", "start", "end"], *([t, t, t] for t in texts)])
        self.plain(
            other / "pairs.csv", [["mentee_id", "mentor_id", "status", "by"], *([t, t, t, t] for t in texts)]
        )
        self.plain(other / "holidays.csv", [["country", "date", "kind"], *([t, t, t] for t in texts)])
        self.plain(
            other / "letters.csv", [["kind", "language", "subject", "text"], *([t, t, t, t] for t in texts)]
        )
        book = self.folder / "errors.xlsx"
        told = self.call("check", other, "--errors", book, "--json", codes=(1,))
        said = json.loads(told.stdout)["faults"] if told.stdout.startswith("{") else []
        lines = {
            fault["line"]
            for fault in said
            if fault["file"] == "employees.csv" and fault["column"] == "employee_id"
        }
        for line, text in _lines(rows):
            if not takes_id(text) and line not in lines:
                self.note("check", f"the id {text!a} is not refused")
        for option in ("--set", "--errors", "--seed"):
            self.call("check" if option != "--seed" else "solve", other, option, self.cohort.query, codes=(1, 2))
        self.call(self.cohort.query.lstrip("-") or "x", codes=(1, 2))
        self.call("check", other, self.cohort.query.lstrip("-") or "x", codes=(1, 2))
        self._calendars(source, texts)
        self.call(
            "solve", self.folder / "no such" / self.cohort.query.replace("\x00", ""), "-o", "x", codes=(1, 2)
        )

    def _calendars(self, source: Path, texts: Sequence[str]) -> None:
        """Calendars whose names, owners, titles and zones are hostile."""
        copy, given = self.folder / "imported", self.folder / "ics"
        shutil.copytree(source, copy)
        given.mkdir()
        owners = [["file", "owner"]]
        keys = [person.key.strip() for person in self.cohort.people]
        for place, text in enumerate(texts[self.cohort.seed % len(texts) :][:40]):
            name = f"{text.replace('/', '∕')[:60]}.ics"
            lines = (
                "BEGIN:VCALENDAR",
                "VERSION:2.0",
                "PRODID:x",
                "BEGIN:VEVENT",
                f"UID:{text}",
                f"SUMMARY:{text}",
            )
            times = (
                f"DTSTART;TZID={text}:20270112T090000",
                "DTEND:20270112T100000Z",
                "END:VEVENT",
                "END:VCALENDAR",
            )
            (given / name).write_text("\r\n".join((*lines, *times, "")), "utf-8", newline="")
            owners.append([name, keys[place % len(keys)] if place % 2 else text])
        self.plain(given / "index.csv", owners)
        self.call("import-calendars", given, copy, "--workers", "1", codes=(0, 1))
        if (copy / "busy.csv").exists():
            for what in readers.csv_faults(copy / "busy.csv"):
                self.note("busy.csv", what)

    def call(self, *arguments: object, codes: Sequence[int] = (0,)) -> Result:
        """Run a command; what it says to the terminal is read, and its exit code must be one of these."""
        words = list(map(str, arguments))
        as_json = (self.cohort.seed + self.commands) % 2 and "--json" not in words and "--" not in words
        self.commands += 1
        if as_json and len(words) > 1:
            words.append("--json")
        told = CliRunner().invoke(cli, words, prog_name="matcher")
        where = f"matcher {words[0][:40]}"
        for what in (*readers.terminal(told.stdout), *readers.terminal(told.stderr)):
            self.note(where, what)
        if told.exit_code not in codes:
            self.note(where, f"ends with {told.exit_code}: {(told.stderr or told.stdout)[-300:]!a}")
        elif "--json" in words and told.exit_code != 2:
            try:
                json.loads(told.stdout)
            except ValueError as error:
                self.note(where, f"--json prints no JSON: {error}")
        return told

    def note(self, where: str, what: str) -> None:
        """Take down what is wrong."""
        self.found.append(Found(self.cohort.seed, where, what))

    def plain(self, path: Path, rows: Sequence[Sequence[str]]) -> None:
        """Write a table of the cohort anew."""
        path.write_bytes(write_csv(rows))

    # --- what is shown is what was given ------------------------------------------------------------------------

    @property
    def names(self) -> dict[str, str]:
        """The name of each person by id."""
        return {person.key.strip(): readers.plain_spaces(person.name.strip()) for person in self.cohort.people}

    def _equal_tables(self, run: Path) -> None:
        """Names and strangers stand in the tables and the workbook as they were given."""
        if not (run / "pairs.csv").exists():
            return
        for row in readers.csv_rows(run / "pairs.csv"):
            for role in ("mentee", "mentor"):
                if not readers.same(row[f"{role}_name"], self.names.get(row[f"{role}_id"], "nobody")):
                    self.note("pairs.csv", f"{row[f'{role}_id']!a} is called {row[f'{role}_name']!a}")
        listed = {
            person.key.strip(): person.stranger.strip() for person in self.cohort.people if not person.mentors
        }
        for row in readers.csv_rows(run / "choices.csv"):
            if row["rank"] == "3" and not readers.same(row["mentor_id"], listed.get(row["mentee_id"], "nobody")):
                self.note("choices.csv", f"a choice has become {row['mentor_id']!a}")
        if list(readers.xlsx_faults(run / "results.xlsx")):
            return  # told with all other files
        shown = readers.xlsx_texts(run / "results.xlsx")
        for row in readers.csv_rows(run / "pairs.csv"):
            name = self.names[row["mentee_id"]]
            if name in readers.MISREAD_IN_XLSX:
                continue
            if name and readers.flat(name) and not {name, f"{name} ", readers.flat(name)} & shown:
                self.note("results.xlsx", f"no cell says {name!a}")
        for row in readers.csv_rows(run / "messages.csv"):
            if "\n" in row["subject"] or "\r" in row["subject"]:
                self.note("messages.csv", "a subject of several lines")
            if row["email"] and len(row["email"].split()) != 1:
                self.note("messages.csv", f"an odd address: {row['email']!a}")

    def _equal_page(self, run: Path) -> None:
        """Every name is among the data of the page, as given but for what would change the text around it."""
        page = run / "report.html"
        if not page.exists():
            return
        try:
            held = {readers.flat(text) for text in _strings(readers.html_data(page))}
        except ValueError as error:
            self.note("report.html", f"its data are no JSON: {error}")
            return
        for row in readers.csv_rows(run / "pairs.csv"):
            name = readers.flat(self.names[row["mentee_id"]])
            if name and name not in held:
                self.note("report.html", f"nobody is called {name!a}")

    def _equal_calendars(self, run: Path) -> None:
        index = run / "calendars" / "index.csv"
        if not index.exists():
            return
        rows = readers.csv_rows(index)
        shown = {readers.flat(title) for path in index.parent.rglob("*.ics") for title in readers.ics_titles(path)}
        told = shown | {f"'{title}" for title in shown}
        missing = {readers.flat(row["title"]) for row in rows} - told
        for title in sorted(missing)[:3]:
            self.note("calendars", f"no event is called {title!a}")

    # --- files --------------------------------------------------------------------------------------------------

    def _files(self, source: Path, before: set[Path]) -> None:
        """Read all that was written; nothing may lie anywhere else."""
        ours = [self.folder / name for name in OURS]
        given = (source, *(self.folder / name for name in GIVEN))
        for path in sorted(set(self.folder.parent.rglob("*")) - before):
            if path == self.folder or any(path == own or own in path.parents for own in given):
                continue
            if not any(path == own or own in path.parents for own in ours):
                self.note(str(path.relative_to(self.folder.parent)), "lies outside of every target")
            if self.folder / "sweep" not in path.parents or path.suffix:
                for what in readers.name_faults(path.name):
                    self.note(str(path.relative_to(self.folder)), what)
            if path.is_file():
                self.files += 1
                for what in readers.file_faults(path):
                    self.note(str(path.relative_to(self.folder)), what)
            everything = self.cohort.seed % MORE == 0 or path.parent.name == "run"
            if path.suffix == ".html" and self.browser is not None and everything:
                self.pages += 1
                for what in page_faults(self.browser, path, self._shown_on(path)):
                    self.note(str(path.relative_to(self.folder)), what)

    def _shown_on(self, path: Path) -> dict[str, str]:
        """The names that a page must show: those of everybody in the pairs of its run."""
        pairs = path.parent / "pairs.csv"
        if path.name != "report.html" or not pairs.exists():
            return {}
        rows = readers.csv_rows(pairs)
        ids = [row["mentee_id"] for row in rows] + [row["mentor_id"] for row in rows]
        return {key: self.names[key] for key in ids}


MORE = 3  # cases, of which one is swept, compared and rehearsed as well
EVERY = 10  # cases, in one of which every text is an id
GIVEN = ("ids", "scenarios.toml", "imported", "ics")
OURS = ("run", "sweep", "compared", "frontier", "rehearsal", "again", "both", "errors.xlsx")


def _utf8(text: str) -> bool:
    return text.encode("utf-8", "replace").decode() == text


def _lines(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, str]]:
    """The line on which each row starts, and its first cell."""
    line = 1
    for row in rows:
        if line > 1:
            yield line, row[0]
        written = write_csv([row]).decode()
        line += sum(1 for _ in io.StringIO(written, newline=None))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)


def csv_text(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a CSV file of least quoting."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
