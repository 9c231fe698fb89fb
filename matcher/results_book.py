"""A run -> results.xlsx: what a programme lead opens, filters, prints and shows."""

from __future__ import annotations

from matcher.book import MOST_ROWS, Book
from matcher.results_facts import Facts
from matcher.results_rematch import rematch_sheets
from matcher.results_sheets import make_sheets
from matcher.results_summary import write_summary
from matcher.results_words import Words
from matcher.story import Story

FILE = "results.xlsx"


def make_results(story: Story, most_rows: int = MOST_ROWS) -> bytes:
    """The workbook, in the language of the programme.

    `most_rows` is what a sheet can hold: where a table has more, its last row and the summary say so, and name the
    CSV file that has them all.
    """
    frame = story.cohort.programme.frame
    facts, words = Facts(story), Words(frame.language)
    sheets = make_sheets(facts, words) | rematch_sheets(facts, words)
    book = Book(frame.name, frame.language)
    write_summary(book, facts, words, sheets, most_rows)
    for sheet in sheets.values():
        book.table(sheet, most_rows)
    return book.content()
