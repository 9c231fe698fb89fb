"""The first sheet of results.xlsx: the figures that matter, the proof in words, goals, warnings, what is where."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from xlsxwriter.format import Format

from matcher.book import FORMATS, LINE, NAVY, PALE, TONES, Book, Cell, Sheet, Tone, day, fitting, lines_of, placed
from matcher.calendar_run import check_belongs
from matcher.chart_counts import rank_figures
from matcher.chart_data import rank_counts, reason_counts
from matcher.chart_words import Words as ChartWords
from matcher.headline import headline
from matcher.proof_sentences import tell_goals, verdict
from matcher.results_facts import Facts
from matcher.results_sheets import weeks
from matcher.results_words import Words
from matcher.run_tables import PAIRS
from matcher.wording import rounded_share, share_decimals

WIDTH, COLUMNS = 21, 6
LETTERS = WIDTH * COLUMNS  # of a line across the page
LINE_HEIGHT = 15
WARNINGS = 100


class Page:
    """A sheet that is written from the top down, in six columns of equal width."""

    def __init__(self, book: Book, name: str) -> None:
        self.book, self.name, self.row = book, name, 0
        self.sheet = book.sheet(name, upright=True)
        self.sheet.hide_gridlines(2)
        self.sheet.set_column(0, COLUMNS - 1, WIDTH)

    def across(
        self, text: str, form: Format, *, first: int = 0, last: int = COLUMNS - 1, height: float = 0
    ) -> None:
        """A text over several columns of this row, which is made as high as the text needs."""
        width = LETTERS * (last - first + 1) / COLUMNS
        rows = sum(max(1, math.ceil(len(line) / width)) for line in text.split("\n"))
        if first == 0 or rows > 1:
            self.sheet.set_row(self.row, height or LINE_HEIGHT * min(rows, 25) + 3)
        if first == last:
            self.sheet.write_string(self.row, first, fitting(text), form)
        else:
            self.sheet.merge_range(self.row, first, self.row, last, "", form)
            self.sheet.write_string(self.row, first, fitting(text), form)

    def put(self, column: int, cell: Cell, form: Format) -> None:
        """A cell of this row."""
        if isinstance(cell, str):
            self.sheet.write_string(self.row, column, fitting(cell), form)
        elif cell is not None:
            self.sheet.write_number(self.row, column, cell, form)
        else:
            self.sheet.write_blank(self.row, column, None, form)

    def heading(self, text: str) -> None:
        """The heading of a section, after a gap."""
        self.row += 1
        form = self.book.form(bold=True, font_size=13, font_color=NAVY, bottom=2, bottom_color=NAVY)
        self.across(text, form, height=22)
        self.row += 1

    def head(self, spans: Sequence[tuple[str, int, int]]) -> None:
        """The header of a small table: a title with its first and last column each."""
        for text, first, last in spans:
            self.across(text, self.book.heading(), first=first, last=last, height=18)
        self.row += 1


def write_summary(book: Book, facts: Facts, words: Words, sheets: Mapping[str, Sheet], most_rows: int) -> None:
    """Write the summary, with a link to each of the sheets that follow."""
    page = Page(book, words("sheet.summary"))
    _title(page, facts, words)
    _tiles(page, facts, words)
    known = (*facts.cohort.warnings, *check_belongs(facts.cohort, facts.run.run))
    warnings = [placed(fault) for fault in known]
    cut = [sheet for sheet in sheets.values() if len(sheet) >= most_rows]
    warnings += [f"{sheet.name}: {sheet.more.format(rows=len(sheet) + 2 - most_rows)}" for sheet in cut]
    if warnings:
        form = book.form(bold=True, text_wrap=True, font_color="#8A2B0E", bg_color="#FBE1D6")
        page.across(words("warnings.look", n=words("many.warning", n=len(warnings))), form)
        page.row += 1
    chart = ChartWords(words.language)
    _proof(page, facts, words)
    _ranks(page, facts, words, chart)
    _reasons(page, facts, words, chart)
    _goals(page, facts, words)
    _weeks(page, facts, words, chart)
    _facts(page, facts, words)
    _warnings(page, words, warnings)
    _contents(page, words, sheets)


def _title(page: Page, facts: Facts, words: Words) -> None:
    frame = facts.cohort.programme.frame
    page.across(frame.name, page.book.form(bold=True, font_size=20, font_color=NAVY, text_wrap=True), height=32)
    page.row += 1
    dates = words("dates", start=words.date(frame.start), end=words.date(frame.end))
    text = f"{dates} · {words('clock', zone=frame.timezone)}"
    page.across(text, page.book.form(font_color="#595959"))
    page.row += 2


def _tiles(page: Page, facts: Facts, words: Words) -> None:
    """The figures that matter, one to each column."""
    tiles: list[tuple[Cell, str]] = [
        (figure.number, f"{figure.label}\n{figure.note}".strip()) for figure in headline(words, facts.run)
    ]
    tiles.append((words.code("status", facts.run.summary.status), words("head.status")))
    edge = {"left": 5, "left_color": "#FFFFFF", "right": 5, "right_color": "#FFFFFF"}
    number = page.book.form(
        bold=True,
        font_size=18,
        font_color=NAVY,
        bg_color=PALE,
        align="center",
        valign="vcenter",
        text_wrap=True,
        **edge,
    )
    label = page.book.form(font_color="#595959", bg_color=PALE, align="center", text_wrap=True, **edge)
    page.sheet.set_row(page.row, 44)
    for column, (figure, _) in enumerate(tiles):
        page.put(column, figure, number)
    page.row += 1
    page.sheet.set_row(page.row, LINE_HEIGHT * max(lines_of(text, WIDTH) for _, text in tiles) + 3)
    for column, (_, text) in enumerate(tiles):
        page.put(column, text, label)
    page.row += 2


# --- the proof ----------------------------------------------------------------------------------------------


def _proof(page: Page, facts: Facts, words: Words) -> None:
    """How good the result is, in sentences."""
    page.heading(words("proof.heading"))
    _sentence(page, verdict(words, facts.run)[1])
    draw = words("about.draw", seed=str(facts.run.summary.seed))
    if facts.run.summary.cut_short:
        _sentence(page, draw)
        _sentence(page, words("notice.cut_short"))
    else:
        _sentence(page, f"{draw} {words('about.again')}")


def _sentence(page: Page, text: str) -> None:
    page.across(text, page.book.form(text_wrap=True))
    page.row += 1


def _goals(page: Page, facts: Facts, words: Words) -> None:
    page.heading(words("goals.heading"))
    page.head([
        (words("column.goal"), 0, 1), (words("column.result"), 2, 2), (words("column.proof"), 3, 5),
    ])  # fmt: skip
    for number, goal in enumerate(tell_goals(words, facts.cohort, facts.run), 1):
        cells = (f"{number}. {goal.name}", 0, 1), (goal.value, 2, 2), (f"{goal.label}. {goal.text}", 3, 5)
        tone: Tone = "fair" if goal.state == "open" else "good"
        for text, first, last in cells:
            page.across(text, _toned(page, tone) if first == 3 else _ruled(page), first=first, last=last)
        lines = max(lines_of(text, WIDTH * (last - first + 1)) for text, first, last in cells)
        page.sheet.set_row(page.row, LINE_HEIGHT * lines + 3)
        page.row += 1


# --- small tables -------------------------------------------------------------------------------------------


def _ruled(page: Page, **properties: object) -> Format:
    return page.book.form(text_wrap=True, bottom=1, bottom_color=LINE, **properties)


def _toned(page: Page, tone: Tone) -> Format:
    letters, ground = TONES[tone]
    return _ruled(page, font_color=letters, bg_color=ground)


def _ranks(page: Page, facts: Facts, words: Words, chart: ChartWords) -> None:
    """How many mentees have which choice, and how many none, with a chart beside."""
    page.heading(chart["ranks"])
    ranks = rank_counts(facts.run)
    rows = [(name, counts[0]) for name, _, counts in rank_figures([ranks], chart)] if ranks else []
    page.head([(text, place, place) for place, text in enumerate(_shared(words, chart))])
    first = page.row
    for name, number in rows:
        form = "0.0" if share_decimals(number, ranks.mentees) else "0"
        page.across(name, _ruled(page), last=0)
        page.put(1, number, _ruled(page))
        page.put(2, rounded_share(number, ranks.mentees), _ruled(page, num_format=form + words("share.sign")))
        page.row += 1
    if rows:
        _bars(page, first, page.row - 1, 2)
        _chart(page, chart["ranks"], first, page.row - 1)
    if ranks.several:
        page.across(chart["ranks-note"], page.book.form(text_wrap=True, font_color="#595959"), last=2)
        page.row += 1
    page.row = max(page.row, first + 8) if rows else page.row


def _shared(words: Words, chart: ChartWords) -> tuple[str, ...]:
    return chart["choice"], words("column.mentees"), words("column.share")


def _bars(page: Page, first: int, last: int, column: int) -> None:
    rule = {"type": "data_bar", "bar_solid": True, "bar_color": "#8FAADC", "min_type": "num", "min_value": 0}
    page.sheet.conditional_format(first, column, last, column, rule)


def _chart(page: Page, title: str, first: int, last: int, names_as: str = "General") -> None:
    """Columns for a table whose first column names them and whose second counts, in the right half of the page."""
    chart = page.book.workbook.add_chart({"type": "column"})
    names, numbers = ([page.name, first, column, last, column] for column in (0, 1))
    label = {"value": True, "font": {"color": "#404040"}} if last - first < 20 else {}
    series = {"name": title, "categories": names, "values": numbers, "fill": {"color": "#2F5597"}, "gap": 60}
    chart.add_series(series | ({"data_labels": label} if label else {}))
    chart.set_title({"none": True})
    chart.set_legend({"none": True})
    chart.set_x_axis({"num_format": names_as, "text_axis": True})
    chart.set_y_axis({"major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}, "min": 0})
    chart.set_size({"width": 450, "height": 180})
    place = {"x_offset": 12, "y_offset": 2, "description": title, "object_position": 2}
    page.sheet.insert_chart(first - 1, 3, chart, place)


def _reasons(page: Page, facts: Facts, words: Words, chart: ChartWords) -> None:
    """How many mentees have no mentor for each reason, and what helps."""
    page.heading(chart["reasons"])
    counts = {reason: number for reason, number in reason_counts(facts.run).items() if number}
    if not counts:
        _sentence(page, words("empty.unmatched"))
        return
    page.head([
        (words("column.reason"), 0, 1), (words("column.mentees"), 2, 2), (words("reasons.help"), 3, 5),
    ])  # fmt: skip
    for code, number in sorted(counts.items(), key=lambda item: -item[1]):
        page.across(words.code("reason", code), _ruled(page), last=1)
        page.put(2, number, _ruled(page, align="left"))
        page.across(words.code("help", code), _ruled(page), first=3)
        page.row += 1


def _weeks(page: Page, facts: Facts, words: Words, chart: ChartWords) -> None:
    page.heading(chart["weeks"])
    page.head([(chart["week"], 0, 0), (words("column.sessions"), 1, 1)])
    first = page.row
    form = FORMATS[page.book.language]["date"]
    for monday, number in weeks(facts).items():
        page.put(0, monday, _ruled(page, num_format=form, align="left"))
        page.put(1, number, _ruled(page))
        page.row += 1
    _bars(page, first, page.row - 1, 1)
    _chart(page, chart["weeks"], first, page.row - 1, FORMATS[page.book.language]["week"])
    page.row = max(page.row, first + 8)


def _facts(page: Page, facts: Facts, words: Words) -> None:
    """What the run was made from."""
    page.heading(words("facts.heading"))
    frame, summary = facts.cohort.programme.frame, facts.run.summary
    asked = set(facts.choices[1]) | facts.mentees.keys()
    able = sum(bool(places) for places in facts.people.capacity.tolist())
    known = sum(facts.capacity(person) > 0 for person in asked)
    date = FORMATS[page.book.language]["date"]
    rows: list[tuple[str, Cell, str]] = [
        (words("facts.start"), day(frame.start), date),
        (words("facts.end"), day(frame.end), date),
        (words("facts.zone"), frame.timezone, ""),
        (words("facts.seed"), str(summary.seed), ""),
        (words("facts.employees"), len(facts.people), ""),
        (words("facts.choices"), len(facts.choices[0]), ""),
        (words("facts.locked"), facts.run.texts(PAIRS, "source").count("locked"), ""),
        (words("facts.unasked"), able - known, ""),
        *((words("facts.set", key=key), str(value), "") for key, value in summary.options.set.items()),
    ]
    for label, value, form in rows:
        page.across(label, _ruled(page), last=1)
        page.put(2, value, _ruled(page, align="left", **({"num_format": form} if form else {})))
        page.row += 1


def _warnings(page: Page, words: Words, warnings: Sequence[str]) -> None:
    page.heading(words("warnings.heading") if warnings else words("warnings.none"))
    for text in warnings[:WARNINGS]:
        page.across(text, page.book.form(text_wrap=True, font_color="#8A2B0E"))
        page.row += 1
    if len(warnings) > WARNINGS:
        _sentence(page, words("warnings.more", n=len(warnings) - WARNINGS))


def _contents(page: Page, words: Words, sheets: Mapping[str, Sheet]) -> None:
    """The other sheets, each with a link."""
    page.heading(words("sheets.heading"))
    link = _ruled(page, font_color="#1F4FA3", underline=1)
    for key, sheet in sheets.items():
        page.sheet.write_url(page.row, 0, f"internal:'{sheet.name}'!A1", link, sheet.name)
        page.put(1, words("many.row", n=len(sheet)), _ruled(page))
        page.across(words(f"about.{key}"), _ruled(page), first=2)
        page.row += 1
