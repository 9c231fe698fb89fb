"""Who waits, and what earlier quarters leave behind."""

import dataclasses
import hashlib

import pytest
from check_cases import date
from check_tables import (
    QUEUE,
    table_of,
    told,
)
from cohorts import build
from test_check_bounds import FRAME

from matcher.check_queue import _check_rows, _check_runs, check_history, check_queue, check_waiting
from matcher.check_rules import Roster
from matcher.model import History

# --- who waits ------------------------------------------------------------------------------------------------


def turn(who, seed=7):
    return hashlib.sha256(f"{seed}|{FRAME['start']}|{who}".encode()).hexdigest()


def waiting(*names, edit=None, without="d", present=True):
    """The faults of waiting.csv with rows for these mentees, as they must be but for an edit of single cells."""
    lost = {1: 3}
    cohort = dataclasses.replace(build(QUEUE), history=History(lost, {}, ()))
    roster = Roster(cohort)
    unmatched = table_of(
        "unmatched.csv", ("mentee_id", "reason"), *((who, "draw") for who in "abcd" if who != without)
    )
    columns = ("place", "mentee_id", "name", "priority", "lost", "reason")
    rows = []
    for place, name in enumerate(names, 1):
        cells = dict.fromkeys(columns, "") | {"place": str(place), "mentee_id": name, "reason": "draw"}
        cells |= {"priority": str(2 * (name == "c")), "lost": str(3 * (name == "b"))}
        cells |= (edit or {}).get(name, {})
        rows.append(tuple(cells[column] for column in columns))
    table = table_of("waiting.csv", columns if present else (), *rows)
    check_waiting(table, roster, unmatched, 7)
    return list(map(str, table.violations))


def test_mentees_wait_by_priority_then_losses_then_the_draw():
    assert waiting("c", "b", "a") == []
    order = "the rows must be sorted by priority, lost, turn in the draw: this one belongs further up"
    assert waiting("b", "c", "a") == [f"waiting.csv, line 3: {order}"]
    assert waiting("c", "a", "b") == [f"waiting.csv, line 4: {order}"]
    first, second = sorted("ad", key=turn)
    assert waiting("c", "b", first, second, without=None) == []
    assert waiting("c", "b", second, first, without=None) == [f"waiting.csv, line 5: {order}"]


@pytest.mark.parametrize(
    ("column", "cell", "right"),
    [
        ("place", "2", "3"),
        ("name", "Ann", ""),
        ("priority", "1", "0"),
        ("lost", "3", "0"),
        ("reason", "rule", "draw"),
    ],
)
def test_every_cell_of_who_waits_follows(column, cell, right):
    must = f"'{right}'" if right else "an empty cell"
    said = f"waiting.csv, line 4, {column}: '{cell}' must be {must}"
    assert waiting("c", "b", "a", edit={"a": {column: cell}}) == [said]


def test_exactly_those_without_a_mentor_wait():
    assert waiting("c", "b") == ["waiting.csv: 'a' has no mentor, but no row here"]
    assert waiting("c", "b", "a", "a") == ["waiting.csv, line 5, mentee_id: the mentee already stands on line 4"]
    assert waiting("c", "b", "b", "a") == ["waiting.csv, line 4, mentee_id: the mentee already stands on line 3"]
    assert waiting("c", "b", "a", "c") == ["waiting.csv, line 5, mentee_id: the mentee already stands on line 2"]
    for stranger in ("m", "d", "x"):
        found = waiting("c", "b", "a", stranger)
        assert found == [f"waiting.csv, line 5, mentee_id: '{stranger}' is no mentee of unmatched.csv"]
    assert waiting("x", "c", "b", "a")[1:] == []  # the places after a row that is none are as they stand
    assert waiting(present=False) == []  # a file that cannot be read is told once


def test_the_seed_of_the_run_tells_whose_turn_it_is(tmp_path):
    first, second = sorted("ad", key=turn)
    seed = next(seed for seed in range(99) if sorted("ad", key=lambda who: turn(who, seed)) == [second, first])
    columns_of = ("place", "mentee_id", "name", "priority", "lost", "reason")
    rows = [(str(place), who, "", "0", "0", "draw") for place, who in enumerate((first, second), 1)]
    unmatched = table_of("unmatched.csv", ("mentee_id", "reason"), *((who, "draw") for who in "ad"))
    roster = Roster(build(QUEUE))

    def faults(seed, *, there=True):
        table = table_of("waiting.csv", columns_of, *rows)
        (tmp_path / "waiting.csv").touch() if there else (tmp_path / "waiting.csv").unlink()
        check_queue(lambda *_: table, tmp_path, roster, (unmatched, table), {"seed": seed})
        return [violation.line for violation in table.violations]

    assert faults(7) == []
    assert faults(seed) == [3]
    assert faults(seed, there=False) == []  # older runs have none


# --- earlier quarters -----------------------------------------------------------------------------------------


MET = (("a", "m", "past", "2026-12-01"), ("b", "m", "past", "2026-12-02"), ("b", "m", "accepted", ""))


def earlier(*rows, lost=None, past=None, pairs=MET):
    """The faults of history.csv with these rows (mentee, mentor, last session, lost)."""
    cohort = build(dataclasses.replace(QUEUE, pairs=pairs))
    table = table_of("history.csv", ("mentee_id", "mentor_id", "last_session", "lost"), *rows)
    _check_rows(table, Roster(cohort), History(lost or {}, past or {}, ()))
    return [(violation.line, violation.message) for violation in table.violations]


ALONE = "must be a mentee once, and how many times in a row he was left out"

TOGETHER = "must be two employees once, and the date of their last session before the programme"

UNKNOWN, OTHER = "the cohort does not know that the two have met", "is not what the cohort was read with"

DAY = date("2026-12-01")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("c", "", "", "1"), None),
        (("c", "", "", "0"), ALONE),
        (("c", "", "", "-1"), ALONE),
        (("c", "", "", ""), ALONE),
        (("c", "", "2026-12-01", "1"), ALONE),
        (("m", "", "", "1"), ALONE),  # who is no mentee
        (("x", "", "", "1"), ALONE),
        (("c", "m", "", ""), TOGETHER),
        (("c", "m", "2027-01-11", ""), TOGETHER),  # the programme's first day
        (("c", "m", "2027-01-10", ""), UNKNOWN),
        (("c", "m", "2026-12-01", "1"), TOGETHER),
        (("c", "x", "2026-12-01", ""), TOGETHER),
        (("x", "m", "2026-12-01", ""), TOGETHER),
        (("c", "m", "2026-12-1", ""), TOGETHER),
        (("c", "m", "20261201", ""), TOGETHER),
    ],
)
def test_a_row_of_earlier_quarters_can_be_true(row, said):
    faults = earlier(row, lost={} if said else {2: 1})
    assert faults == [(2, said)] * (said is not None) + [(None, OTHER)] * (said == UNKNOWN)


@pytest.mark.parametrize(
    ("pairs", "day", "known"),
    [
        (MET, "2026-12-01", True),
        (MET, "2026-11-30", True),
        (MET, "2026-12-02", False),  # later than the cohort knows
        ((), "2026-12-01", False),
        ((("a", "m", "past", ""),), "2026-12-01", False),
        ((("a", "m", "accepted", "2026-12-01"),), "2026-12-01", False),
    ],
)
def test_the_cohort_knows_who_has_met(pairs, day, known):
    cohort = build(dataclasses.replace(QUEUE, pairs=pairs))
    met = {(cohort.employees.ids.index("a"), cohort.employees.ids.index("m")): date(day)}
    assert earlier(("a", "m", day, ""), past=met, pairs=pairs) == ([] if known else [(2, UNKNOWN)])


def test_the_cohort_was_read_with_all_rows_of_earlier_quarters():
    rows = (("a", "m", "2026-12-01", ""), ("b", "m", "2026-12-02", ""), ("c", "", "", "2"))
    ids = build(QUEUE).employees.ids
    met = {(ids.index("a"), ids.index("m")): DAY, (ids.index("b"), ids.index("m")): DAY + 1}
    lost = {ids.index("c"): 2}
    assert earlier(*rows, lost=lost, past=met) == []
    assert earlier(*rows, lost={ids.index("c"): 1}, past=met) == [(None, OTHER)]
    assert earlier(*rows, lost=lost, past=dict(list(met.items())[:1])) == [(None, OTHER)]
    assert earlier(*rows[:2], lost=lost, past=met) == [(None, OTHER)]
    again = earlier(*rows[:1], *rows, lost=lost, past=met)
    assert again == [(3, TOGETHER)]
    assert earlier(*rows, rows[2], lost=lost, past=met) == [(5, ALONE)]


@pytest.mark.parametrize(
    ("starts", "said"),
    [
        (["2026-04-01", "2026-04-01", "2026-07-01"], None),
        (["2027-01-10"], None),
        (["2027-01-11"], "first day or later"),
        (["2026-07-01", "2026-04-01"], "in the order of their first days"),
        (["2026-04-01", "2027-01-12"], "first day or later"),
        (["2026-04-01", None], "in the order of their first days"),
        (["2026-04-31"], "in the order of their first days"),
    ],
)
def test_earlier_runs_have_begun_before_the_programme_in_order(starts, said):
    table = table_of("summary.json", ())
    _check_runs(table, [{"start": start} for start in starts], Roster(build(QUEUE)))
    assert [said is not None and said in message for message in told(table)] == [True] * (said is not None)
    assert {violation.column for violation in table.violations} <= {"history"}


@pytest.mark.parametrize(
    ("noted", "file", "known", "said"),
    [
        (None, False, False, []),
        (None, False, True, ["is missing, but the cohort was read with earlier quarters"]),
        (None, True, True, ["must name the earlier runs and the SHA-256 of history.csv"]),
        ([], True, True, ["must name the earlier runs and the SHA-256 of history.csv"]),
        ({"runs": []}, True, True, ["must name the earlier runs and the SHA-256 of history.csv"]),
        ({"runs": {"0": 1}}, True, True, ["must name the earlier runs and the SHA-256 of history.csv"]),
        ({"runs": "2026-04-01"}, True, True, ["must name the earlier runs and the SHA-256 of history.csv"]),
        ({"runs": [{"start": "2026-04-01"}]}, True, True, []),
        (
            {"runs": [{"start": "2026-04-01"}], "sha256": "0"},
            True,
            True,
            ["the SHA-256 is not that of history.csv"],
        ),
        ({"runs": ["2026-04-01"]}, True, True, ["the earlier runs must stand in the order of their first days"]),
        ({"runs": [{"start": "2026-04-01"}]}, True, False, ["is not what the cohort was read with"]),
        ({"runs": [{"start": "2026-04-01"}]}, False, True, []),  # that there is no file has been said
    ],
)
def test_what_a_run_was_told_of_earlier_quarters_hangs_together(tmp_path, noted, file, known, said):
    if file:
        (tmp_path / "history.csv").write_bytes(b"rows")
    if isinstance(noted, dict):
        noted = {"sha256": hashlib.sha256(b"rows").hexdigest(), **noted}
    cohort = dataclasses.replace(build(QUEUE), history=History({}, {}, ()) if known else None)
    table = table_of("summary.json", ())

    def read(name, columns):
        return dataclasses.replace(table_of(name, columns), violations=table.violations)

    check_history(read, tmp_path, Roster(cohort), {"history": noted} if noted is not None else {}, table)
    assert told(table) == said
    columns_of = {(violation.file, violation.column) for violation in table.violations}
    assert columns_of <= {("summary.json", "history"), ("history.csv", None)}
