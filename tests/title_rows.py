"""The tables of docs/formats.md that say what tables, columns and words may be called, made from the code."""

from matcher.synonyms import COLUMNS, EMAILS, IDS, NAMES, TABLES
from matcher.words import KIND_WORDS, SIDE_WORDS, STATUS_WORDS, TRUTH_WORDS, WEEKDAY_WORDS

GROUPS = {IDS: "*ids*", EMAILS: "*addresses*", NAMES: "*names*"}


def quoted(names):
    """Names in backticks."""
    return ", ".join(f"`{name}`" for name in names)


def table_rows():
    """One row per table."""
    return [f"| {table} | {quoted(names)} |" for table, names in TABLES.items()]


def group_rows():
    """One row per group of titles that several columns share."""
    return [f"| {name} | {quoted(titles)} |" for titles, name in GROUPS.items()]


def column_rows(table):
    """One row per column of a table."""
    rows = []
    for column, tiers in COLUMNS[table].items():
        groups = [GROUPS.get(titles) or quoted(titles) for titles in tiers]
        rows.append(f"| `{column.replace('*', '1')}` | {'; then '.join(groups)} |")
    return rows


def word_rows():
    """One row per word that stands for a value."""
    words = {
        **WEEKDAY_WORDS,
        **STATUS_WORDS,
        **SIDE_WORDS,
        **KIND_WORDS,
        **{str(k).lower(): v for k, v in TRUTH_WORDS.items()},
    }
    return [f"| `{code}` | {quoted(others)} |" for code, others in words.items()]
