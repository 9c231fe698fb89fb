"""The quick way of reading a CSV file finds what the csv module finds, or leaves the file to it."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import plain_csv, tables
from matcher.findings import Findings
from matcher.plain_csv import split
from matcher.tables import read_table

KNOWN = ("employee_id", "function", "level")


def seen(table):
    """What a caller can see of a table."""
    columns = {name: (column.texts(), list(column.coded())) for name, column in table.columns.items()}
    return table.header, columns, table.lines.tolist(), table.whole


def both_ways(data, monkeypatch):
    """What the csv module reads, and what is read when the quick way may be tried."""
    results = []
    for way in (lambda *_: None, split):
        findings = Findings()
        with monkeypatch.context() as patch:
            patch.setattr(tables, "split", way)
            table = read_table(data, "employees.csv", KNOWN, findings)
        results.append((None if table is None else seen(table), findings))
    return results


PLAIN = {
    "as usual": b"employee_id,function,level\nE1,Sales,1\nE2,Law,2\n",
    "no last line end": b"employee_id,function,level\nE1,Sales,1\nE2,Law,2",
    "CRLF": b"employee_id,function,level\r\nE1,Sales,1\r\nE2,Law,\r\n",
    "empty lines": b"\n\nemployee_id,function,level\n\nE1,Sales,1\n\r\n\nE2,Law,2\n\n",
    "blank records": "employee_id,function,level\nE1,Sales,1\n ,\u00a0,\u3000\n,,\nЯ2,Ё,2\n,,3\n".encode(),
    "all quoted": b'"employee_id","function","level"\r\n"E1","Sales","1"\r\n"E2","","2"\r\n',
    "quoted marks": b'employee_id,function,level\nE1,"a,b\n""c"" ",1\n"","""",""\nE2,"""",2\n',
    "quoted at the end": b'employee_id,function,level\nE1,Sales,"1\n,\n"\nE2,Law,"2"',
    "other delimiter": b"employee_id;function;level\nE1;Sales, North;1\n",
    "declared": b"sep=;\r\nemployee_id;function;level\r\nE1;Sales;1\r\n",
    "one column": b"employee_id\nE1\n\nE2\n \nE3",
    "header only": b"employee_id,function,level",
    "spaces": "employee_id,function,level\n E1,\tSales\u00a0, 1 \nE2 , Sales,1\n".encode(),
    "wide characters": "employee_id,function,level\nЁж 1,Финляндия и Цюрих,Ё\nЁж 2,Ё,1\n".encode(),
}
NOT_PLAIN = {
    "too few": b"employee_id,function,level\nE1,Sales\nE2,Law,2\n",
    "too many": b"employee_id,function,level\nE1,Sales,1,\nE2,Law,2,x\n",
    "cells that make up for each other": b"employee_id,function,level\nE1,Sales\nE2,Law,2,x\n",
    "line of a space": b"employee_id,function,level\nE1,Sales,1\n \nE2,Law,2\n",
    "lone return": b"employee_id,function,level\rE1,Sales,1\rE2,Law,2\n",
    "lone return in quotes": b'employee_id,function,level\nE1,"a\rb",1\nE2,Law,2\n',
    "return before the end": b"employee_id,function,level\nE1,Sales,1\r\r\nE2,Law,2\n",
    "never closed": b'employee_id,function,level\nE1,Sales,1\nE2,"Law,2\n',
    "text behind": b'employee_id,function,level\nE1,"Sa"les,1\nE2,Law,2\n',
    "space behind": b'employee_id,function,level\nE1,"Sales" ,1\nE2,Law,2\n',
    "two quoted parts": b'employee_id,function,level\nE1,"a" "b",1\nE2,Law,2\n',
    "quote amid": b'employee_id,function,level\nE1,5" pipe,1\nE2,6" pipe,2\n',
    "quotes amid": b'employee_id,function,level\nE1,a""b,1\nE2,Law,2\n',
    "space before": b'employee_id,function,level\nE1, "a,b",1\nE2,Law,2\n',
    "endless": b"employee_id,function,level\nE1," + b"x" * 140_000 + b",1\n",
}


@pytest.mark.parametrize("block", [1 << 20, 90, 30])
@pytest.mark.parametrize("name", PLAIN)
def test_plain_files_are_read_quickly_and_as_by_the_csv_module(name, block, monkeypatch):
    data = PLAIN[name]
    monkeypatch.setattr(plain_csv, "BLOCK", block)
    begin = data.index(b"\n") + 1 if name == "declared" else 0
    if block > 30:  # a record that is longer than a block is left to the csv module
        assert split(data, ";" if b";" in data else ",", begin) is not None
    slow, quick = both_ways(data, monkeypatch)
    assert slow == quick
    assert slow[0] is not None


@pytest.mark.parametrize("name", NOT_PLAIN)
def test_other_files_are_left_to_the_csv_module(name, monkeypatch):
    data = NOT_PLAIN[name]
    assert split(data, ",") is None
    slow, quick = both_ways(data, monkeypatch)
    assert slow == quick


CELLS = st.text(st.sampled_from('aЯ1 "\n,;\u00a0'), max_size=9)
RECORDS = st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8)
QUOTING = st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])


@given(RECORDS, QUOTING, st.sampled_from(["\n", "\r\n"]), st.sampled_from([40, 100, 1 << 20]))
def test_whatever_the_csv_module_writes_is_plain_and_read_back(records, quoting, newline, block):
    text = io.StringIO()
    writer = csv.writer(text, quoting=quoting, lineterminator=newline)
    writer.writerows([KNOWN, *records])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_csv, "BLOCK", block)
        slow, quick = both_ways(text.getvalue().encode(), patch)
    assert slow == quick
    cells = [[cell.strip() for cell in record] for record in records]
    columns = slow[0][1]
    assert [list(row) for row in zip(*(columns[name][0] for name in KNOWN), strict=True)] == [
        record for record in cells if any(record)
    ]
    if block == 1 << 20:
        assert split(text.getvalue().encode(), ",") is not None


@given(st.text(st.sampled_from('a "\r\n,;Я'), max_size=60), st.sampled_from([20, 1 << 20]))
def test_nothing_is_read_otherwise_than_by_the_csv_module(text, block):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_csv, "BLOCK", block)
        slow, quick = both_ways(b"employee_id,function\n" + text.encode(), patch)
    assert slow == quick
