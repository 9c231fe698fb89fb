"""What a run says of too few places after a rematch: those that pairs which go on have are not left to anybody."""

from __future__ import annotations

import json

import pytest
from rematch_story import AS_OF, FILES, run, table, write

from matcher.code_sentences import CONTEST, contest_sentence
from matcher.remarks import LEFT
from matcher.wording import Wording

PEOPLE = FILES["employees.csv"] + "d,Dee,d@x.example,Ops,1\n"
WISHES = FILES["preferences.csv"] + "d,3,m\n"
REFUSED = "mentee_id,mentor_id,status,since,by\na,m,refused,2027-02-10,mentor\nc,n,forbidden,,\n"


def repaired(folder, wishes=WISHES, pairs="mentee_id,mentor_id,status\n", end_pairs="forced"):
    """The cohort and its rematch; m and n have one place each."""
    programme = FILES["programme.toml"] + f'[rematch]\nend_pairs = "{end_pairs}"\n'
    cohort = write(folder / "cohort", programme__toml=programme, employees__csv=PEOPLE, preferences__csv=wishes)
    run("solve", cohort, "-o", folder / "first", "--no-report", "--workers", 1)
    write(cohort, programme__toml=programme, employees__csv=PEOPLE, preferences__csv=wishes, pairs__csv=pairs)
    run("rematch", cohort, folder / "first", "--as-of", AS_OF, "-o", folder / "new", "--workers", 1)
    run("verify", cohort, folder / "new")
    return cohort, folder / "new"


def reasons(new):
    return {row["mentee_id"]: row for row in table(new / "unmatched.csv")}


def told(cohort, new, person):
    return " ".join(run("explain", cohort, new, person).stdout.split())


def test_no_place_and_nobody_else(tmp_path):
    cohort, new = repaired(tmp_path, wishes=FILES["preferences.csv"])
    (row,) = reasons(new).values()
    assert (row["places"], row["competitors"], row["contested_mentors"]) == ("0", "0", "m; n")
    assert row["explanation"].endswith(
        "would help. 2 mentors have no place beside pairs that go on or are locked."
    )
    page = told(cohort, new, "c")
    assert "The mentors are Mia (m) and Nora (n). Bottleneck 1" in page
    assert (
        "Bottleneck 1 of this run: 1 mentee can only go to the same 2 mentors, who have no place beside pairs "
        "that go on or are locked, so 1 of them must do without, whoever they are."
    ) in page
    assert "in all," not in page


def test_no_place_and_somebody_else(tmp_path):
    cohort, new = repaired(tmp_path)
    rows = reasons(new)
    assert rows["d"]["explanation"].endswith("1 mentor has no place beside pairs that go on or are locked.")
    more = "2 mentors have no place beside pairs that go on or are locked, and 1 other mentee can go nowhere else."
    assert rows["c"]["explanation"].endswith(more)
    assert "enough to take" not in told(cohort, new, "c")


def test_a_place_that_a_refusal_leaves(tmp_path):
    cohort, new = repaired(tmp_path, pairs=REFUSED)
    (row,) = [row for row in reasons(new).values() if row["mentee_id"] in "cd"]
    more = "1 mentor has 1 place beside pairs that go on or are locked, and 1 other mentee can go nowhere else."
    assert more in row["explanation"]
    assert "The other mentee is enough to take every such place." in told(cohort, new, row["mentee_id"])


def test_where_going_on_is_weighed_all_places_are_told(tmp_path):
    cohort, new = repaired(tmp_path, end_pairs="for-more-mentees")
    explained = " ".join(row["explanation"] for row in reasons(new).values())
    assert "in all, and" in explained
    assert LEFT not in explained
    assert LEFT not in (new / "report.html").read_text("utf-8").partition('id="data"')[0]
    assert not any(LEFT in told(cohort, new, person) for person in reasons(new))


def test_the_report_knows_which_places_are_meant(tmp_path):
    _, new = repaired(tmp_path)
    page = (new / "report.html").read_text("utf-8")
    data = json.loads(page.partition('id="data"')[2].partition(">")[2].partition("</script>")[0])
    assert data["left"] is True
    assert "Places are those beside pairs that go on or are locked." in page


@pytest.mark.parametrize(
    ("places", "others", "said"),
    [
        (0, 0, "The mentors in question have no place beside pairs that go on or are locked."),
        (
            0,
            1,
            (
                "The mentors in question have no place beside pairs that go on or are locked. 1 other mentee can "
                "go nowhere else."
            ),
        ),
        (
            2,
            3,
            (
                "The mentors in question have 2 places beside pairs that go on or are locked. 3 other mentees can "
                "go nowhere else, and are enough to take every place."
            ),
        ),
    ],
)
def test_the_workbook_says_the_same(places, others, said):
    assert contest_sentence(Wording("en", {}), places, others, left=True) == said
    russian = contest_sentence(Wording("ru", {}), places, others, left=True)
    assert "продолжающимися" in russian
    assert " 0 " not in russian


@pytest.mark.parametrize(
    "said",
    [
        "1 mentor has 0 places in all, and 0 other mentees can go nowhere else.",
        "2 mentors have no place beside pairs that go on or are locked.",
        (
            "The 30 mentors of group 2 in bottlenecks.csv have 1 place beside pairs that go on or are locked, and "
            "1 other mentee can go nowhere else."
        ),
    ],
)
def test_the_sentence_on_places_is_told_apart(said):
    assert CONTEST.sub("", f"Why. {said} More.") == "Why. More."
