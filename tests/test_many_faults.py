"""A hundred thousand faults in one file: told within seconds, counted in full, and few enough to read."""

import itertools
import json
import time

import pytest
from click.testing import CliRunner
from cohort_folder import PROGRAMME, write_folder
from hypothesis import given
from hypothesis import strategies as st

from matcher import read_cohort
from matcher.cli import cli
from matcher.errors import InputError
from matcher.findings import HINTED, did_you_mean, hints_for_few
from matcher.input_people import parse_each
from matcher.pair_answers import MOST_TORN, REFUSALS, SIDES, STRICTEST_FIRST, PairRow, counting

MANY = 6_000
SECONDS = 10  # of processor time on a slow machine; before, each took minutes


def table(head, row, count=MANY):
    return "\n".join([head, *(row.format(number) for number in range(count)), ""])


CASES = {
    "zones": {"employees__csv": table("employee_id,function,level,timezone", "e{0},A,1,Europe/Moskow{0}")},
    "countries": {"employees__csv": table("employee_id,function,level,country", "e{0},A,1,Rusia{0}")},
    "keys": {"programme__toml": PROGRAMME + table("[sessions]", "minuts{0} = 1")},
    "columns": {"programme__toml": PROGRAMME + table("[columns]", "levle{0} = 'x'")},
    "statuses": {"pairs__csv": table("mentee_id,mentor_id,status", "a,m,lokced{0}")},
    "answers": {"pairs__csv": "mentee_id,mentor_id,status\n" + "a,m,accepted\na,m,declined\n" * (2 * MANY)},
    "locks": {"pairs__csv": "mentee_id,mentor_id,status\n" + "a,m,locked\na,m,refused\n" * (2 * MANY)},
}


@pytest.mark.parametrize("name", CASES)
def test_time_does_not_grow_with_the_square_of_the_faults(tmp_path, name):
    write_folder(tmp_path, **CASES[name])
    begin = time.process_time()
    with pytest.raises(InputError) as caught:
        read_cohort(tmp_path)
    assert time.process_time() - begin < SECONDS
    assert len(caught.value.single) >= MOST_TORN


def test_what_was_meant_is_said_of_the_first_only():
    texts = ["Moskow"] * (2 * HINTED)

    def parse(text):
        raise ValueError(f"no{did_you_mean(text, ['Moscow'])}")

    values, messages = parse_each(texts, parse, 7)
    assert values == [7] * len(texts)
    assert list(messages) == list(range(len(texts)))
    assert sum("did you mean" in message for message in messages.values()) == HINTED
    assert "did you mean" in messages[HINTED - 1]
    assert did_you_mean("Moskow", ["Moscow"])  # afterwards as before
    with hints_for_few(HINTED), hints_for_few(0):
        assert not did_you_mean("Moskow", ["Moscow"])


def test_values_behind_many_faults_are_read():
    texts = [*("x" * (HINTED + 5)), "4", "y", "5"]
    values, messages = parse_each(texts, int, 0)
    assert values[-3:] == [4, 0, 5]
    assert len(messages) == HINTED + 6
    assert "'y'" in messages[len(texts) - 2]


def test_very_many_faults_stay_readable(tmp_path):
    rows = table("employee_id,function,level", "e{0},A,bad{0}", 20_000)
    write_folder(tmp_path, employees__csv=rows, preferences__csv="mentee_id,rank,mentor_id\n")
    shown = CliRunner().invoke(cli, ["check", str(tmp_path), "--quiet"])
    assert shown.exit_code == 1
    assert len(shown.stderr.splitlines()) < 60
    assert "employees.csv: 20000 faults" in shown.stderr
    assert "... and 19950 more (--json lists all)" in shown.stderr
    told = json.loads(CliRunner().invoke(cli, ["check", str(tmp_path), "--quiet", "--json"]).stdout)
    assert [fault["line"] for fault in told["faults"]] == list(range(2, 20_002))


def test_a_very_long_value_is_shown_in_part(tmp_path):
    write_folder(tmp_path, employees__csv=f"employee_id,function,level\na,A,{'x' * 30_000}z\nm,A,5\n")
    words = ["check", str(tmp_path), "--quiet"]
    shown = CliRunner().invoke(cli, words).stderr
    assert len(shown) < 3000
    assert "line 2, level: 'xxx" in shown
    assert " letters ... xxx" in shown
    assert "z' is not a whole number" in shown
    told = json.loads(CliRunner().invoke(cli, [*words, "--json"]).stdout)
    assert len(told["faults"][0]["message"]) > 30_000


# --- contradictions, by the definition -----------------------------------------------------------------------


def counting_plainly(said):
    """Every yes beside every no."""
    overruled, torn = set(), []
    for yes, no in itertools.product(said, said):
        alike = yes.by == no.by or {"", "both"} & {yes.by, no.by}
        if yes.status != "accepted" or no.status not in REFUSALS or not alike:
            continue
        if None in (yes.since, no.since) or yes.since == no.since:
            torn.append((yes, no))
        else:
            overruled.add((yes if yes.since < no.since else no).line)
    return [row for row in said if row.line not in overruled], torn


ROWS = st.lists(
    st.tuples(st.sampled_from(STRICTEST_FIRST), st.sampled_from([None, 1, 2, 3]), st.sampled_from(SIDES)),
    max_size=9,
)


@given(ROWS)
def test_contradictions_are_those_of_the_definition(drawn):
    said = [PairRow(line, status, None, since, by) for line, (status, since, by) in enumerate(drawn, 2)]
    counts, torn = counting(said)
    assert (counts, [tuple(pair) for pair in torn]) == counting_plainly(said)
