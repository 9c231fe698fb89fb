"""Answers of people about their pairs in pairs.csv: how they are read and joined, and what follows from them."""

import functools
import itertools

import numpy as np
import pytest
from cohort_folder import EMPLOYEES, PREFERENCES, PROGRAMME, faults_of, warnings_of, write_folder
from hypothesis import given
from hypothesis import strategies as st
from tables_in import write_workbook

from matcher.check_rules import Roster
from matcher.code_sentences import outcome_sentence
from matcher.code_words import RUSSIAN
from matcher.explain import _REFUSALS
from matcher.io import read_cohort
from matcher.pair_answers import PairRow, counting, joined
from matcher.programme import day_date
from matcher.readiness import assess
from matcher.readiness_report import readiness_data, readiness_lines
from matcher.rules import first_broken, judge
from matcher.runs import write_run
from matcher.solver import solve
from matcher.wording import Wording

HEADER = "mentee_id,mentor_id,status,last_session,since,by\n"
PAIR = (0, 2)  # a with m


def decision_of(folder, rows):
    return read_cohort(write_folder(folder, pairs__csv=HEADER + rows)).decisions[PAIR]


@pytest.fixture
def faults(tmp_path):
    return functools.partial(faults_of, tmp_path)


# --- reading ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "status", "since", "by"),
    [
        ("a,m,accepted,,,\n", "accepted", None, ""),
        ("a,m,Declined,,2026-12-20,mentor\n", "declined", "2026-12-20", "mentor"),
        ("a,m,refused,,2027-02-10,Mentee\n", "refused", "2027-02-10", "mentee"),  # within the programme
        ("a,m,declined,,2026-12-20,mentor\na,m,refused,,2026-12-18,\n", "refused", "2026-12-18", "mentor"),
        ("a,m,accepted,,2026-12-18,mentee\na,m,accepted,,2026-12-20,mentor\n", "accepted", "2026-12-20", "both"),
        ("a,m,accepted,,2026-12-18,\na,m,refused,,2027-02-10,mentee\n", "refused", "2027-02-10", "mentee"),
        ("a,m,accepted,,2026-12-20,\na,m,declined,,2026-12-18,mentee\n", "accepted", "2026-12-20", ""),
        ("a,m,accepted,,,mentee\na,m,declined,,,mentor\n", "declined", None, "mentor"),  # two people
        ("a,m,past,2026-10-01,,\na,m,accepted,,,both\n", "accepted", None, "both"),
        ("a,m,locked,,,\na,m,accepted,,,both\n", "locked", None, "both"),
        ("a,m,forbidden,,,\na,m,declined,,2026-12-20,\n", "forbidden", "2026-12-20", ""),
    ],
)
def test_answers_are_read(tmp_path, rows, status, since, by):
    found = decision_of(tmp_path, rows)
    said = None if found.since is None else str(day_date(found.since))
    assert (found.status, said, found.by) == (status, since, by)


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("a,m,declined,,,HR", "line 2, by: 'HR' is not mentee, mentor or both"),
        ("a,m,declined,,,mentorr", "line 2, by: 'mentorr' is not mentee, mentor or both; did you mean 'mentor'?"),
        ("a,m,declined,,soon,", "line 2, since: 'soon' is not a date like 2027-01-11"),
        ("a,m,locked,,,\na,m,declined,,,", "line 2, status: 'a' with 'm' is locked here but declined on line 3"),
        ("a,m,accepted,,,\na,m,declined,,,", "line 3, status: 'a' with 'm' is declined here but accepted on line"),
        ("a,m,refused,,2027-02-01,\na,m,accepted,,,mentee",
         "line 3, status: 'a' with 'm' is accepted here but refused on line 2; of one person's answers the later"),
        ("a,m,refused,,2027-02-01,mentor\na,m,accepted,,2027-02-01,mentor", "line 3, status: 'a' with 'm' is"),
    ],
)  # fmt: skip
def test_faults_of_answers(faults, rows, fault):
    found = faults(pairs__csv=f"{HEADER}{rows}\n")
    assert len(found) == 1
    assert found[0].startswith(f"pairs.csv: {fault}")


def test_an_answer_after_the_end_is_a_warning(tmp_path):
    found = warnings_of(tmp_path, pairs__csv=f"{HEADER}a,m,accepted,,2072-01-12,\n")
    assert found == ["pairs.csv: line 2, since: 2072-01-12 is after the programme's end 2027-04-09"]


def test_a_russian_workbook(tmp_path):
    sheets = {
        "Сотрудники": [line.split(",") for line in EMPLOYEES.splitlines()],
        "Выбор": [line.split(",") for line in PREFERENCES.splitlines()],
        "Программа": [["Ключ", "Значение"], ["programme.start", "2027-01-11"], ["programme.end", "2027-04-09"]],
        "Пары": [
            ["Менти", "Наставник", "Статус", "Дата ответа", "Кто ответил"],
            ["a", "m", "Не согласна", "20.12.2026", "Подопечная"],
            ["a", "n", "согласие", "", "Обе стороны"],
            ["b", "m", "отклонено", "", "НАСТАВНИК"],
        ],
    }
    decisions = read_cohort(write_workbook(tmp_path / "cohort.xlsx", sheets)).decisions
    found = {pair: (one.status, one.by) for pair, one in decisions.items()}
    assert found == {(0, 2): ("declined", "mentee"), (0, 3): ("accepted", "both"), (1, 2): ("declined", "mentor")}
    assert str(day_date(decisions[PAIR].since)) == "2026-12-20"


# --- which row counts ---------------------------------------------------------------------------------------

ROWS = st.lists(
    st.builds(
        PairRow,
        line=st.just(0),
        status=st.sampled_from(("refused", "declined", "accepted", "past", "forbidden")),
        last_session=st.none(),
        since=st.none() | st.integers(1, 4),
        by=st.sampled_from(("", "mentee", "mentor", "both")),
    ),
    min_size=1,
    max_size=4,
)


@given(ROWS)
def test_the_order_of_rows_makes_no_difference(rows):
    rows = [PairRow(line, row.status, None, row.since, row.by) for line, row in enumerate(rows)]
    expected, torn = joined(rows), set(counting(rows)[1])
    for order in itertools.permutations(rows):
        assert joined(order) == expected
        assert set(counting(order)[1]) == torn


@given(ROWS)
def test_no_refusal_is_lost_but_to_a_later_yes_of_the_same_person(rows):
    """An oracle person by person: each is the last thing he said; a row of nobody or of both is of either."""
    rows = [PairRow(line, row.status, None, row.since, row.by) for line, row in enumerate(rows)]
    if counting(rows)[1]:
        return
    for row in rows:
        if row.status in ("refused", "declined"):
            asked = [side for side in ("mentee", "mentor") if row.by in ("", "both", side)]
            answers = [yes for yes in rows if yes.status == "accepted" and yes.since is not None]
            later = [yes for yes in answers if row.since is not None and yes.since > row.since]
            lost = any(yes.by in ("", "both", side) for yes in later for side in asked)
            assert (row not in counting(rows)[0]) == lost


# --- what follows -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "code"), [("declined", "refused"), ("refused", "refused"), ("accepted", "")])
def test_who_declines_is_never_paired(tmp_path, status, code):
    cohort = read_cohort(write_folder(tmp_path, pairs__csv=f"{HEADER}a,m,{status},,,\n"))
    assert judge(cohort)[1][0] == Roster(cohort).refusal(PAIR) == code


def test_who_accepts_a_pair_waives_no_rule(tmp_path):
    rows = f"{HEADER}a,m,past,,,\na,m,accepted,,,\nb,m,past,,,\nb,m,locked,,,\n"
    folder = write_folder(tmp_path, pairs__csv=rows)
    cohort = read_cohort(folder, {"eligibility.past_pairs_may_repeat": False})
    for pair, code in ((PAIR, "past"), ((1, 2), "")):
        assert first_broken(cohort, *np.array(pair).reshape(2, 1)).tolist() == [code]
        assert Roster(cohort).refusal(pair) == code
    cohort = read_cohort(folder)
    assert Roster(cohort).refusal(PAIR) == judge(cohort)[1][0] == ""


def test_acceptance_changes_nothing_in_a_solve(tmp_path):
    found = []
    for name, rows in (("plain", None), ("accepted", f"{HEADER}a,m,accepted,,2026-12-18,both\n")):
        (tmp_path / name).mkdir()
        cohort = read_cohort(write_folder(tmp_path / name, pairs__csv=rows))
        write_run(cohort, solve(cohort), tmp_path / f"{name}-run")
        files = (tmp_path / f"{name}-run").glob("*.csv")
        found.append({path.name: path.read_bytes() for path in files})
    assert found[0] == found[1]


@pytest.mark.parametrize("by", ["", "mentee", "mentor", "both"])
@pytest.mark.parametrize("status", ["refused", "declined"])
def test_the_sentence_says_who_said_what(tmp_path, status, by):
    programme = PROGRAMME + "[sessions]\nmonth_rule = 'none'\n"
    rows = f"{HEADER}a,m,{status},,,{by}\n"
    cohort = read_cohort(write_folder(tmp_path, programme__toml=programme, pairs__csv=rows))
    solution = solve(cohort)
    detail = solution.outcomes[0].sentence
    who = {"": "One of the two has", "mentee": "The mentee has", "mentor": "The mentor has", "both": "Both have"}[
        by
    ]
    said = "refused to go on" if status == "refused" else "declined this pair"
    assert detail == f"{who} {said} (pairs.csv)."


def test_each_sentence_has_its_own_in_russian():
    words = Wording("ru", RUSSIAN)
    found = [outcome_sentence(words, "refused", detail) for detail in _REFUSALS]
    assert len(set(found)) == len(found) == 8
    assert all("Оба" in said for detail, said in zip(_REFUSALS, found, strict=True) if detail.startswith("Both"))
    assert outcome_sentence(words, "refused", "what an older run says") == words("detail.refused")


# --- matcher check ------------------------------------------------------------------------------------------


def test_check_counts_answers_where_there_are_any(tmp_path):
    rows = "a,m,accepted,,,both\nb,m,declined,,,\na,n,refused,,,\nb,n,accepted,,,mentee\nb,n,declined,,,mentor\n"
    for pairs, found in (
        (rows, {"accepted": 1, "declined": 2, "refused": 1}),
        ("a,n,refused,,,\n", {}),
        ("a,n,past,,,\n", {}),
    ):
        cohort = read_cohort(write_folder(tmp_path, pairs__csv=HEADER + pairs))
        figures = assess(cohort)
        assert readiness_data(cohort, figures).get("answers", {}) == found
        told = [line for line in readiness_lines(cohort, figures) if "answers:" in line]
        assert [line.split()[1:] for line in told] == [[word, str(number)] for word, number in found.items()]
