"""prices.csv against forgeries: a true file, and each way in which it can be wrong."""

import pytest
from check_cases import Decision, make_cohort

from matcher.check_files import Row, read_table
from matcher.check_pairs import FoundPair, Meeting
from matcher.check_prices import COLUMNS, check_prices
from matcher.check_rules import Roster
from matcher.price_rules import steps

TRUE = """\
what,subject,now,relaxed,mentees,pairs,ranks,sessions,status
eligibility.same_function_gap,,2,1,1,1,1:+2 2:-1,3,optimal
eligibility.cross_function_gap,,1,0,0,0,,0,optimal
capacity.mentees_per_mentor,,2,3,0,0,1:+1 2:-1,-2,feasible
sessions.min_days_between,,14,7,0,0,,0,optimal
sessions.month_rule,,both,none,,,,,no_solution
sessions.minutes,,45,30,,,,,impossible
calendar.working_hours,,09:00-18:00,09:00-19:00,0,0,,4,optimal
forbidden,Ben (b) with =Max (m),forbidden,,0,0,,0,optimal
locked,Dora (d) with Nina (n),locked,,-1,-1,,-3,optimal
"""
DECISIONS = {("d", "n"): Decision("locked"), ("b", "m"): Decision("forbidden"), ("a", "n"): Decision("refused")}


def violations(tmp_path, *edits, text=TRUE, proven=True, delimiter=",", decisions=DECISIONS, **sections):
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (tmp_path / "prices.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    found = []
    table = read_table(tmp_path, "prices.csv", COLUMNS, delimiter, found)
    roster = Roster(make_cohort(decisions=decisions, **sections))
    check_prices(table, roster, list(pairs(roster)), proven=proven)
    return [str(one) for one in found]


def pairs(roster):
    """Anna with Max and Cy with Nina by choice, Dora with Nina by a lock; three sessions each."""
    for line, (mentee, mentor, rank) in enumerate((("a", "m", 1), ("c", "n", 2), ("d", "n", None)), start=2):
        people = roster.person[mentee], roster.person[mentor]
        found = FoundPair(people, Row(line, (), {}), rank, locked=rank is None)
        found.meetings.extend(Meeting(line, people, at, at, at + 45, at) for at in range(3))
        yield found


def test_the_true_file(tmp_path):
    assert violations(tmp_path) == []


def test_the_first_rows_are_enough(tmp_path):
    """Somebody may have stopped it."""
    lines = TRUE.splitlines(keepends=True)
    for count in range(1, len(lines)):
        assert violations(tmp_path, text="".join(lines[:count])) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("what,", "key,", "what: the column is missing"),
        ("what,subject", "subject,what", "the columns must come in the order"),
        ("sessions.minutes,", "sessions.number,", "line 7, what: 'sessions.number' is no rule or decision"),
        ("Ben (b) with", "Ben with", "line 9, what: 'forbidden' about 'Ben with =Max (m)' is no rule"),
        ("forbidden,Ben", "locked,Ben", "line 9, what: 'locked' about 'Ben (b) with =Max (m)' is no rule"),
        (
            "eligibility.same_function_gap,,2,1,1,1,1:+2 2:-1,3,optimal\n",
            "",
            "line 2, what: rows must be all rules",
        ),
        (",2,1,1,", ",3,1,1,", "line 2, now: '3' must be '2'"),
        (",both,none,", ",both,rolling,", "line 6, relaxed: 'rolling' must be 'none'"),
        ("forbidden,,0", "locked,,0", "line 9, now: 'locked' must be 'forbidden'"),
        (",2,1,1,", ",2,1,one,", "line 2, mentees: 'one' is no whole number"),
        (",2,1,1,1,", ",2,1,,1,", "line 2, mentees: '' is no whole number"),
        (",2,1,1,", ",2,1,2,", "line 2, mentees: 2 cannot be: the run has 3"),
        (",-1,-1,,-3,", ",-1,-4,,-3,", "line 10, pairs: -4 cannot be: the run has 3"),
        (",-1,-1,,-3,", ",-1,-1,,-10,", "line 10, sessions: -10 cannot be: the run has 9"),
        ("1:+2 2:-1", "1:2 2:-1", "line 2, ranks: '1:2 2:-1' is no change of ranks"),
        ("1:+2 2:-1", "2:-1 1:+2", "line 2, ranks: '2:-1 1:+2' is no change of ranks"),
        ("1:+2 2:-1", "1:+3 2:-2", "line 2, ranks: '1:+3 2:-2' is no change of ranks"),
        ("1:+2 2:-1", "1:+1 2:-1", "line 2, ranks: '1:+1 2:-1' are not 1 more pairs with a rank"),
        ("-1,-1,,-3", "-1,-1,1:-1,-3", "line 10, ranks: '1:-1' are not 0 more pairs with a rank"),
        (",both,none,,", ",both,none,0,", "line 6, mentees: '0' must be an empty cell: the status is no_solution"),
        ("-2,feasible", "-2,proven", "line 4, status: 'proven' must be one of optimal, feasible, no_solution"),
        ("0,0,,4,", "0,0,,-4,", "line 8, mentees: the answer is worse than the run's"),
        ("1:+2 2:-1,3", "2:+1,3", None),
        ("14,7,0,0,,0", "14,7,0,0,1:-1 2:+1,5", "line 5, mentees: the answer is worse than the run's"),
    ],
)
def test_forgeries(tmp_path, old, new, said):
    found = violations(tmp_path, (old, new))
    if said is None:
        assert found == []
    else:
        assert any(f"prices.csv, {said}" in one or f"prices.csv: {said}" in one for one in found), found


def test_where_the_run_is_not_proven_anything_may_come_out(tmp_path):
    assert violations(tmp_path, ("0,0,,4,", "0,0,,-4,"), proven=False) == []
    assert violations(tmp_path, ("0,0,,4,optimal", "0,0,,-4,feasible")) == []


def test_fewer_sessions_are_better_where_fewest_are_wanted(tmp_path):
    rules = {"number": "fewest"}
    assert violations(tmp_path, ("0,0,,4,", "0,0,,-4,"), ("1:+2 2:-1,3", "1:+2 2:-1,3"), sessions=rules) == []
    assert len(violations(tmp_path, sessions=rules)) == 1


def test_the_sum_of_ranks(tmp_path):
    text = TRUE.replace("1:+2 2:-1", "-2").replace("1:+1 2:-1", "-1")
    goals = {"rank": "min-cost"}
    assert violations(tmp_path, text=text, goals=goals) == []
    assert len(violations(tmp_path, ("0,0,-1,", "0,0,01,"), text=text, goals=goals)) == 1
    better = text.replace("-2,feasible", "-2,optimal")
    assert violations(tmp_path, text=better, goals=goals) == []
    assert len(violations(tmp_path, ("0,0,-1,", "0,0,1,"), text=better, goals=goals)) == 1


@pytest.mark.parametrize(
    "sections",
    [
        {"eligibility": {"same_function_gap": 0, "cross_function_gap": 0, "line_manager_may_mentor": False}},
        {"eligibility": {"past_pairs_may_repeat": False}, "capacity": {"mentees_per_mentor": 1000}},
        *({"sessions": {"minutes": minutes}} for minutes in (15, 16, 10, 30, 31, [60, 45], [60, 20], [45, 15])),
        *({"sessions": {"min_days_between": days}} for days in (1, 2, 3, 7)),
        {
            "sessions": {
                "month_rule": "none",
                "minimum": 2,
                "max_per_day": 1,
                "max_per_week": 2,
                "pause_minutes": 5,
            }
        },
        *(
            {"calendar": {"working_hours": hours}}
            for hours in ("14:00-18:00,9:00-13:00", "8:00-23:30", "8:00-24:00")
        ),
        {"calendar": {"lunch": "12:00-12:30, 15:00-15:10"}},
    ],
)
def test_solver_and_check_agree_on_the_rules(tmp_path, sections):
    """Every step that the one relaxes, in order, is what the other asks for; no step is missing."""
    cohort = make_cohort(decisions={}, **sections)
    found = steps(cohort.programme)
    rows = [f'{key},,"{now}","{relaxed}",0,0,,0,optimal\n' for key, now, relaxed in found]
    header = TRUE.splitlines(keepends=True)[0]
    assert violations(tmp_path, text="".join([header, *rows]), decisions={}, **sections) == []
    for place in range(len(rows) - 1):
        text = "".join([header, *rows[:place], *rows[place + 1 :]])
        assert len(violations(tmp_path, text=text, decisions={}, **sections)) == len(rows) - 1 - place
