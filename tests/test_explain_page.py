"""`matcher explain`: the page about one person, from runs of all kinds."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from explain_runs import (
    UNMATCHED,
    add_bottlenecks,
    add_certificate,
    add_standings,
    add_to_unmatched,
    drop_columns,
    rows_of,
    write_rows,
)

from matcher.cli import cli
from matcher.remarks import REMARK
from matcher.tell_words import WIDTH

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "nlmk-sample"
PROGRAMME = """[programme]
start = 2027-01-11
end = 2027-02-26
timezone = "Europe/Moscow"
[capacity]
mentees_per_mentor = 1
[goals]
seed = 3
"""
EMPLOYEES = """employee_id,name,email,function,level,timezone,max_mentees
m1,Maria Berg,maria@x.example,Finance,4,,
m2,Nora Lund,nora@x.example,Law,4,,
m3,Olaf Ost,olaf@x.example,Law,5,Asia/Yekaterinburg,
a,Anna Ahl,anna@x.example,Sales,1,,
b,Boris Bell,boris@x.example,Sales,2,,
c,Clara Coe,clara@x.example,Sales,2,Asia/Yekaterinburg,
d,Dan Dorn,dan@x.example,Law,3,,
e,,eve@x.example,Sales,1,,
z,Zoe Zorn,zoe@x.example,Sales,1,,
y,Zoe Zorn,zoe2@x.example,Law,2,,
"""
PREFERENCES = """mentee_id,rank,mentor_id
a,1,m1
b,1,m1
b,2,m2
c,1,d
c,2,m1
d,1,m2
d,2,zz
e,1,m1
"""


def matcher(*arguments, code=0):
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="matcher")
    assert result.exit_code == code, result.output
    assert not isinstance(result.exception, Exception), result.exception
    return result


def page(folder, *arguments, code=0):
    return matcher("explain", folder / "cohort", folder / "run", *arguments, code=code)


def data(folder, *arguments):
    return json.loads(page(folder, *arguments, "--json").stdout)


def section(text, heading):
    """Lines under a heading, joined as they were before they were wrapped, one item a line."""
    blocks = dict(block.split("\n", 1) for block in text.rstrip("\n").split("\n\n"))
    (found,) = [body for title, body in blocks.items() if title.startswith(heading)]
    items = []
    for line in found.split("\n"):
        marked, indented = re.match(r"  (- |\d+\. )", line), line.startswith("   ")
        if marked or not items or (items[-1].endswith(".") and not indented):
            items.append(line.strip())
        else:
            items[-1] += " " + line.strip()
    return items


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("solved")
    write_cohort(folder / "cohort")
    matcher("solve", folder / "cohort", "-o", folder / "run")
    return folder


def write_cohort(folder, programme=PROGRAMME, employees=EMPLOYEES, preferences=PREFERENCES, **others):
    folder.mkdir()
    (folder / "programme.toml").write_text(programme, "utf-8")
    (folder / "employees.csv").write_text(employees, "utf-8")
    (folder / "preferences.csv").write_text(preferences, "utf-8")
    for name, text in others.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return folder


@pytest.fixture
def folder(solved, tmp_path):
    shutil.copytree(solved, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    shutil.copytree(SAMPLE, folder / "cohort")
    matcher("solve", folder / "cohort", "-o", folder / "run")
    return folder


@pytest.fixture(scope="module")
def pages(sample):
    """The page of everybody in the sample, as text and as data."""
    from matcher.explain_page import make_page
    from matcher.io import read_cohort
    from matcher.tell_page import page_data, page_lines

    cohort = read_cohort(sample / "cohort")
    made = [make_page(cohort, sample / "run", name) for name in cohort.employees.ids]
    return [("\n".join(page_lines(one)), page_data(one, "run")) for one in made]


# --- whole pages --------------------------------------------------------------------------------------------

FAIR = """
Nobody was favoured
  No pairing that keeps the rules gives more mentees a mentor (3 of 5), and no
  pairing with as many has better ranks (2 at rank 1 and 1 at rank 2): the
  solver has proven it.
  What is still equally good is settled by a draw: the seed 3 and the
  programme's first day put everybody in a random order in which name, function
  and level count for nothing, and the same files always give the same order.
"""


@pytest.fixture
def older(folder):
    """The run as it was before standings, bottlenecks, the certificate and the waiting list."""
    (folder / "run" / "bottlenecks.csv").unlink(missing_ok=True)
    (folder / "run" / "certificate.json").unlink(missing_ok=True)
    (folder / "run" / "waiting.csv").unlink(missing_ok=True)
    for name in ("pairs.csv", "choices.csv", "unmatched.csv"):
        drop_columns(folder / "run" / name, ("standing", *UNMATCHED))
    plain_details(folder / "run")
    return folder


def plain_details(run):
    """Take what choices.csv says of standings off the details."""
    rows = rows_of(run / "choices.csv")
    for row in rows:
        row["detail"] = REMARK.sub("", row["detail"])
    write_rows(run / "choices.csv", list(rows[0]), rows)
    rows = rows_of(run / "unmatched.csv")
    for row in rows:
        row["explanation"] = re.sub(r" [^.]* can go nowhere else\.", "", row["explanation"])
    write_rows(run / "unmatched.csv", list(rows[0]), rows)


def test_a_mentor_and_mentee_of_an_older_run(older):
    rows = {row["mentee_id"]: row for row in rows_of(older / "run" / "pairs.csv")}
    assert rows["c"]["mentor_id"] == "d"
    assert page(older, "d").stdout == (
        """Dan Dorn (d)
  Function: Law. Level: 3.
  A mentee in this run, left without a mentor.
  A mentor in this run, with 1 mentee: Clara Coe (c).

Why there is no mentor, and what would change it
  A rule stands against every choice (1 x own function, not enough levels
  higher; 1 x not an employee): other choices are needed.

The choices by rank
  1. Nora Lund (m2): set aside by a rule. A mentor from the mentee's own
     function stands at least 2 levels higher; this one stands 1 level higher.
  2. zz: set aside by a rule. Nobody with this id is in employees.csv.

As a mentor
  1 place, taken. Asked for by 1 mentee.
  - Clara Coe (c): rank 1 on the list.

Sessions with Clara Coe (c), the mentee
  4 sessions, the most that 14 days between sessions allow in this programme.
  Times are on the clock of Europe/Moscow.
  1. Mon 11 Jan 2027, 09:00 to 09:45.
  2. Mon 25 Jan 2027, 09:00 to 09:45.
  3. Mon 8 Feb 2027, 09:00 to 09:45.
  4. Mon 22 Feb 2027, 09:00 to 09:45.
"""
        + FAIR
    )


def test_a_mentee_on_another_clock(older):
    lines = section(page(older, "Clara Coe").stdout, "Sessions with Dan Dorn (d), the mentor")
    assert lines == [
        "4 sessions, the most that 14 days between sessions allow in this programme.",
        (
            "Times are on the clock of Clara Coe (Asia/Yekaterinburg), in square brackets on the programme's "
            "(Europe/Moscow)."
        ),
        "1. Mon 11 Jan 2027, 11:00 to 11:45 [09:00].",
        "2. Mon 25 Jan 2027, 11:00 to 11:45 [09:00].",
        "3. Mon 8 Feb 2027, 11:00 to 11:45 [09:00].",
        "4. Mon 22 Feb 2027, 11:00 to 11:45 [09:00].",
    ]


def test_somebody_who_takes_no_part(older):
    assert page(older, "m3").stdout == (
        """Olaf Ost (m3)
  Function: Law. Level: 5.
  Neither a mentee nor a mentor in this run: Olaf Ost chose nobody and was
  chosen by nobody.
"""
        + FAIR
    )


def test_a_mentee_who_lost_by_the_draw(older):
    (lost,) = [row for row in rows_of(older / "run" / "unmatched.csv") if row["reason"] == "draw"]
    text = page(older, lost["mentee_id"]).stdout
    cohort = older / "cohort"
    name = {"a": "Anna Ahl", "e": "e"}[lost["mentee_id"]]
    assert section(text, "The choices by rank") == [
        "1. Maria Berg (m1): possible, but not made. The one place with this mentor went to others.",
        (
            f"The draw decided: there are pairings just as good in every goal that include {name}. Whoever wants "
            f"to repeat it gets the same result from the same files: matcher solve {cohort} -o run-again. The "
            "seed of the draw is 3."
        ),
    ]
    assert lost["explanation"] in section(text, "Why there is no mentor")


def test_a_mentor_whom_several_asked(older):
    pairs = {row["mentor_id"]: row["mentee_id"] for row in rows_of(older / "run" / "pairs.csv")}
    winner, loser = ("a", "e") if pairs["m1"] == "a" else ("e", "a")
    label = {"a": "Anna Ahl (a)", "e": "e"}
    text = page(older, "m1").stdout
    assert section(text, "As a mentor") == [
        "1 place, taken. Asked for by 4 mentees.",
        f"- {label[winner]}: rank 1 on the list.",
    ]
    full = "possible, but not made."
    in_order = sorted(
        [
            (1, loser, f"- {label[loser]}, rank 1: {full} Has no mentor in this run."),
            (1, "b", f"- Boris Bell (b), rank 1: {full} Works with Nora Lund (m2)."),
            (2, "c", "- Clara Coe (c), rank 2: not needed, works with Dan Dorn (d)."),
        ]
    )
    assert section(text, "Asked, and not assigned") == [line for _, _, line in in_order]


def test_a_better_choice_went_to_others(older):
    (line,) = section(page(older, "b").stdout, "Why this mentor")
    assert line == "- Nora Lund (m2): rank 2 on the list. 1 choice ranks higher and went to others."
    (line,) = section(page(older, "c").stdout, "Why this mentor")
    assert line == "- Dan Dorn (d): rank 1 on the list. No choice ranks higher."


def test_a_locked_pair(tmp_path):
    locks = "mentee_id,mentor_id,status\nb,m3,locked\nc,d,locked\n"
    write_cohort(tmp_path / "cohort", pairs=locks)
    matcher("solve", tmp_path / "cohort", "-o", tmp_path / "run")
    text = page(tmp_path, "b").stdout
    assert section(text, "Why this mentor") == [
        "- Olaf Ost (m3): not on the list. The programme lead had fixed this pair before the run."
    ]
    assert section(text, "The choices by rank")[0].startswith(
        "1. Maria Berg (m1): not needed, as the pair with Olaf Ost (m3) is fixed."
    )
    assert any(line.startswith("2 pairs were fixed by the programme lead") for line in section(text, "Nobody"))
    (line,) = [line for line in section(page(tmp_path, "d").stdout, "As a mentor") if line.startswith("- ")]
    assert line.startswith("- Clara Coe (c): rank 1 on the list, fixed by the programme lead.")


# --- standings, bottlenecks, certificate --------------------------------------------------------------------


def test_standings_in_words(older):
    add_standings(older / "run", {("b", "m1"): "some", ("b", "m2"): "some", ("c", "m1"): ""})
    text = page(older, "b").stdout
    lines = section(text, "The choices by rank")
    assert lines[0].endswith("went to others. In some best pairings, in others not.")
    assert lines[1] == "2. Nora Lund (m2): they work together. In some best pairings, in others not."
    assert lines[2].startswith("A best pairing has the most mentees with a mentor, then the most pairs, then the ")
    assert lines[3].startswith("Several pairings are equally good in mentees, pairs and ranks.")
    (line,) = section(text, "Why this mentor")
    assert line.endswith("1 choice ranks higher and belongs to another pairing just as good.")
    lines = section(page(older, "c").stdout, "The choices by rank")
    assert lines[0] == "1. Dan Dorn (d): they work together. In every best pairing."
    assert lines[1].endswith(
        "Whether a best pairing holds it is not known: the search ended before that was settled."
    )
    assert not any("draw" in line for line in lines)
    choices = data(older, "b")["choices"]
    assert [(choice["mentor"]["employee_id"], choice["standing"]) for choice in choices] == [
        ("m1", "some"),
        ("m2", "some"),
    ]


@pytest.mark.parametrize(
    ("remark", "said"),
    [
        ("Pairings with it can be just as good: the draw decided (seed 3).", ": the draw decided."),
        (
            "Pairings with it can be as good in mentees, pairs and ranks: sessions decided.",
            ": the goals on sessions decided.",
        ),
        ("Other pairings with it are as good in mentees, pairs and ranks.", "."),
    ],
)
def test_what_the_detail_says_of_the_standing_is_said_once(older, remark, said):
    add_standings(older / "run", {("b", "m1"): "some"})
    rows = rows_of(older / "run" / "choices.csv")
    for row in rows:
        if (row["mentee_id"], row["mentor_id"]) == ("b", "m1"):
            row["detail"] += f" {remark}"
    write_rows(older / "run" / "choices.csv", list(rows[0]), rows)
    lines = section(page(older, "b").stdout, "The choices by rank")
    assert lines[0] == (
        "1. Maria Berg (m1): possible, but not made. The one place with this mentor went to others. In some best "
        f"pairings, in others not{said}"
    )
    told = {
        ": the draw decided.": ["Where the draw decided, there are pairings with"],
        ".": ["Several pairings are equally good in mentees, pairs and ranks. Among them the goals"],
    }
    assert [line[:20] for line in lines[3:]] == [line[:20] for line in told.get(said, [])]


def test_a_choice_of_the_same_rank_does_not_rank_higher(tmp_path):
    write_cohort(tmp_path / "cohort", preferences="mentee_id,rank,mentor_id\na,1,m1\na,1,m2\na,2,m3\n")
    matcher("solve", tmp_path / "cohort", "-o", tmp_path / "run")
    (line,) = section(page(tmp_path, "a").stdout, "Why this mentor")
    assert line.endswith(": rank 1 on the list. No choice ranks higher.")


CHANGES = [
    ("one more place: Maria Berg (m1)", "one more place with Maria Berg (m1)"),
    (
        "more common time: Maria Berg (m1), 2 more sessions of 45 minutes",
        "more common time with Maria Berg (m1), enough for 2 more sessions of 45 minutes",
    ),
    (
        "exception to a rule: Nora Lund (m2), same_function_gap",
        (
            "an exception for the pair with Nora Lund (m2), against which a rule stands (too few levels between "
            "them for the same function); the programme lead can lock the pair in pairs.csv"
        ),
    ),
    (
        "one more choice: Olaf Ost (m3)",
        "one more choice on the list, Olaf Ost (m3), who has a free place and common time",
    ),
    ("another moon: Olaf Ost (m3)", "Another moon: Olaf Ost (m3)"),
]


@pytest.mark.parametrize(("change", "said"), CHANGES)
def test_the_smallest_change(older, change, said):
    add_to_unmatched(older / "run", {"d": {"smallest_change": change, "suggestions": "Olaf Ost (m3); e"}})
    lines = section(page(older, "d").stdout, "Why there is no mentor")
    assert lines[1] == f"The least that would help: {said}. Every other pair and session could stay as it is."
    assert lines[2] == (
        "These mentors are not on the list and could take Dan Dorn as everything stands: Olaf Ost (m3) and e."
    )
    found = data(older, "d")["unmatched"]
    assert found["change"]["text"] == change
    assert [who["employee_id"] for who in found["suggestions"]] == ["m3", "e"]
    if not change.startswith("another"):
        assert found["change"]["mentor"]["employee_id"] in change


def test_no_single_step_helps(older):
    add_to_unmatched(older / "run", {})
    lines = section(page(older, "d").stdout, "Why there is no mentor")
    assert lines[1].startswith("No single step would help Dan Dorn while every other pair and session stays")
    assert lines[2] == "No mentor outside the list has a free place and enough common time with Dan Dorn."


def test_who_competes_for_which_places(older):
    (lost,) = [row["mentee_id"] for row in rows_of(older / "run" / "unmatched.csv") if row["reason"] == "draw"]
    cells = {"eligible_choices": 1, "competitors": 1, "places": 1, "group": "1", "contested_mentors": "m1; m2"}
    add_to_unmatched(older / "run", {lost: cells})
    add_bottlenecks(
        older / "run",
        ("m1", "Maria Berg", 1, 1, 4, 1, 2, 3, 1, 2, 1, 1, "1:+1 3:-2", "yes"),
        ("m2", "Nora Lund", 1, 1, 1, 1, 2, 3, 1, 2, 0, 0, "", "yes"),
        ("d", "Dan Dorn", 1, 1, 1, "", "", "", "", "", 1, 2, "-4", "at most"),
    )
    name = {"a": "Anna Ahl", "e": "e"}[lost]
    lines = section(page(older, lost).stdout, "Why there is no mentor")
    assert lines[1:4] == [
        (
            f"All mentors whom {name} could work with, and those tied to them, have 1 place in all, and 1 other "
            "mentee can go nowhere else."
        ),
        (
            "The mentors are Maria Berg (m1) and Nora Lund (m2). The other mentee is enough to take every place "
            "with them."
        ),
        (
            "Bottleneck 1 of this run: 3 mentees can only go to the same 2 mentors with 1 place, so 2 of them "
            "must do without, whoever they are."
        ),
    ]
    gain = "One more place with {} would {}."
    said = section(page(older, "m1").stdout, "As a mentor")[-1]
    assert said == gain.format(
        "Maria Berg",
        "bring the programme 1 more mentee with a mentor, 1 more pair at rank 1 and 2 fewer pairs at rank 3",
    )
    said = section(page(older, "m2").stdout, "As a mentor")[-1]
    assert said == gain.format("Nora Lund", "change nothing in mentees, pairs and ranks")
    said = section(page(older, "d").stdout, "As a mentor")[-1]
    assert said.startswith(
        "One more place with Dan Dorn would bring the programme at most 1 more mentee with a mentor, 2 more pairs "
        "and a sum of ranks that changes by -4; that much is not certain"
    )


def test_what_a_place_brings_is_open_where_nothing_is_proven(older):
    add_bottlenecks(older / "run", ("m2", "Nora Lund", 1, 1, 1, "", "", "", "", "", 0, 0, "", "at most"))
    said = section(page(older, "m2").stdout, "As a mentor")[-1]
    assert said == (
        "One more place with Nora Lund would change nothing in mentees, pairs and ranks, as far as is known."
    )


GOALS = ["mentees", "pairs", "rank 2"]


@pytest.mark.parametrize(
    ("bound", "said"),
    [
        ([3, 3, -1], ["certificate.json proves it"]),
        ([3, 3, 0], ["certificate.json proves it", "the solver has proven it"]),
        ([4, 4, 0], ["the solver has proven it"]),
    ],
)
def test_how_the_proof_stands(older, bound, said):
    add_certificate(older / "run", GOALS, [3, 3, -1], bound)
    lines = section(page(older, "z").stdout, "Nobody was favoured")[:-1]
    assert len(lines) == len(said)
    for line, part in zip(lines, said, strict=True):
        assert part in line
    if len(said) == 2:
        assert "more mentees a mentor (3 of 5)" in lines[0]
        assert "better ranks" not in lines[0]
        assert lines[1].startswith("No pairing with as many has better ranks (2 at rank 1 and 1 at rank 2)")


def test_only_ranks_are_told_as_a_sum(folder):
    run = folder / "run"
    matcher("solve", folder / "cohort", "-o", run, "--overwrite", "--no-report", "--set", "goals.rank=min-cost")
    said = section(page(folder, "z").stdout, "Nobody was favoured")[0]
    assert "gives more mentees a mentor (3 of 5), and" in said
    assert "has better ranks (the sum of ranks is 4)" in said


def test_a_certificate_of_another_run_proves_nothing(older):
    add_certificate(older / "run", GOALS, [2, 2, -1])
    assert {goal["proof"] for goal in data(older, "z")["proof"]["goals"]} == {"solver"}


def test_what_is_not_proven(older):
    summary = json.loads((older / "run" / "summary.json").read_text())
    summary["goals"][0] |= {"bound": 4, "status": "feasible"}
    summary["goals"][2] |= {"bound": [3], "status": "feasible"}
    summary["cut_short"] = True
    (older / "run" / "summary.json").write_text(json.dumps(summary))
    lines = section(page(older, "z").stdout, "What is proven, and what is not")
    assert lines[1:3] == [
        "Not proven: whether another pairing has more mentees with a mentor than this one (3 found; more than 4 "
        "are impossible).".replace(" found", ""),
        "Not proven: whether another pairing has better ranks than this one (2 at rank 1 and 1 at rank 2).",
    ]
    (lost,) = [row["mentee_id"] for row in rows_of(older / "run" / "unmatched.csv") if row["reason"] == "draw"]
    assert "may come out differently" in section(page(older, lost).stdout, "The choices")[-1]


# --- everybody of the sample --------------------------------------------------------------------------------


def test_every_sentence_ends_and_every_line_fits(pages):
    for text, told in pages:
        sentences = [said for part in told["page"] for said in part["sentences"]]
        assert all(said.endswith(".") and not said.endswith("..") for said in sentences)
        assert not any(re.search(r"\.\.|  | ,|\(\)|None", said) for said in sentences)
        assert all(len(line) <= WIDTH for line in text.split("\n"))


def test_nobody_with_a_name_is_called_by_his_id(pages):
    with (SAMPLE / "employees.csv").open(encoding="utf-8-sig") as file:
        names = {row["employee_id"]: row["name"] for row in csv.DictReader(file)}
    for _, told in pages:
        for said in (said for part in told["page"] for said in [part["heading"], *part["sentences"]]):
            for name in re.findall(r"\bE\d{3}\b", said):
                assert f"{names[name]} ({name})" in said if names.get(name) else name in said


def test_counts_agree_with_the_files(pages, sample):
    run = sample / "run"
    tables = {name: rows_of(run / f"{name}.csv") for name in ("choices", "pairs", "sessions", "unmatched")}
    for text, told in pages:
        own = told["employee"]["employee_id"]
        assert len(told["choices"]) == sum(row["mentee_id"] == own for row in tables["choices"])
        assert len(told["asked"]) == sum(row["mentor_id"] == own for row in tables["choices"])
        assert len(told["pairs"]) == sum(own in (row["mentee_id"], row["mentor_id"]) for row in tables["pairs"])
        assert (told["unmatched"] is not None) == (own in {row["mentee_id"] for row in tables["unmatched"]})
        starts = [own["start"] for pair in told["pairs"] for own in pair["sessions"]]
        mine = [row for row in tables["sessions"] if own in (row["mentee_id"], row["mentor_id"])]
        assert sorted(starts) == sorted(row["start"] for row in mine)
        for pair in told["pairs"]:
            numbers = pair["counts"]
            assert numbers["held"] == len(pair["sessions"]) == numbers["beside_others"]
            assert numbers["held"] <= numbers["by_common_time"] <= numbers["by_dates"] == 7 - numbers["late"]
            assert f"{numbers['held']} sessions" in text


def test_the_standing_is_said_once(pages):
    said = [said for _, told in pages for part in told["page"] for said in part["sentences"]]
    assert not any(
        re.search(
            r"best pairing has this|[Pp]airings with(out)? it|mentees, pairs and ranks: sessions decided", one
        )
        for one in said
    )
    if any(choice["standing"] for _, told in pages for choice in told["choices"]):
        assert any("In no best pairing." in one for one in said)


# --- whose calendar is told ---------------------------------------------------------------------------------

HOURS = """employee_id,day,start,end
m1,mon,07:11,18:00
m1,tue,07:11,18:00
d,mon,20:13,23:00
a,mon,09:00,19:17
"""
BUSY = """employee_id,start,end
m1,2027-01-12T13:37,2027-01-12T15:53
d,2027-01-13T11:19,2027-01-13T11:23
a,2027-01-12T10:29,2027-01-12T10:47
"""
SECRETS = {
    "m1": ("07:11", "13:37", "15:53"),
    "d": ("20:13", "11:19", "11:23"),
    "a": ("19:17", "10:29", "10:47"),
}  # fmt: skip


@pytest.mark.parametrize("at", ["2027-01-12T13:45", "2027-01-13T11:15", "2027-01-11T21:00", "2027-01-12T10:30"])
def test_of_nobody_elses_calendar_is_anything_told(tmp_path, at):
    write_cohort(tmp_path / "cohort", availability=HOURS, busy=BUSY)
    matcher("solve", tmp_path / "cohort", "-o", tmp_path / "run")
    assert "20:13" in (tmp_path / "run" / "choices.csv").read_text()  # the run does tell
    for person in ("m1", "m2", "m3", "a", "b", "c", "d", "e", "z"):
        told = page(tmp_path, person, "--at", at).output + page(tmp_path, person, "--at", at, "--json").output
        for other, secrets in SECRETS.items():
            if other != person:
                assert not any(secret in told for secret in secrets)
        assert "busy" not in told or person in SECRETS


# --- who is meant -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["a", "ANNA@x.example", "anna  ahl"])
def test_found_by_id_address_or_name(folder, said):
    assert page(folder, said).stdout.startswith("Anna Ahl (a)\n")


@pytest.mark.parametrize(
    ("said", "listed"),
    [
        ("Zoe Zorn", ["Zoe Zorn (y), Law, level 2", "Zoe Zorn (z), Sales, level 1"]),
        ("Anna", ["Anna Ahl (a), Sales, level 1"]),
        ("M1", ["Maria Berg (m1), Finance, level 4"]),
        ("Boriss Bel", ["Boris Bell (b), Sales, level 2"]),
    ],
)
def test_who_may_be_meant(folder, said, listed):
    error = page(folder, said, code=1).stderr.splitlines()
    assert [line.strip() for line in error[1:]] == listed
    assert repr(said) in error[0]


def test_nobody_is_meant(folder):
    assert (
        "nobody in employees.csv has the id, e-mail address or name 'Xerxes'"
        in page(folder, "Xerxes", code=1).stderr
    )


# --- runs that are not as they should be --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["pairs.csv", "sessions.csv", "choices.csv", "unmatched.csv", "summary.json"])
def test_a_missing_file(folder, name):
    (folder / "run" / name).unlink()
    assert name in page(folder, "a", code=1).stderr


@pytest.mark.parametrize("name", ["bottlenecks.csv", "certificate.json"])
def test_a_file_that_may_be_missing(folder, name):
    (folder / "run" / name).unlink(missing_ok=True)
    assert "The choices by rank" in page(folder, "a").stdout


@pytest.mark.parametrize("text", ["", "\x00\x01", "a,b\n1,2\n", '"', "mentee_id\n"])
@pytest.mark.parametrize("name", ["pairs.csv", "sessions.csv", "choices.csv", "unmatched.csv", "bottlenecks.csv"])
def test_a_malformed_table(folder, name, text):
    (folder / "run" / name).write_text(text)
    error = page(folder, "b", code=1).stderr
    assert name in error
    assert "internal error" not in error


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"inputs": 3}', "[" * 10_000, "\ufeff{}"])
@pytest.mark.parametrize("name", ["summary.json", "certificate.json"])
def test_malformed_json(folder, name, text):
    (folder / "run" / name).write_text(text)
    error = page(folder, "b", code=1).stderr
    assert f"{folder / 'run' / name}: " in error
    assert "internal error" not in error


@pytest.mark.parametrize(
    ("name", "column", "value", "message"),
    [
        ("pairs.csv", "rank", "x", "'x' is not a whole number"),
        ("pairs.csv", "sessions", "3", "says 3, sessions.csv holds 4"),
        ("sessions.csv", "start", "noon", "'noon' is no time"),
        ("sessions.csv", "end", "2026-01-11T09:00+03:00", "the end must come after the start"),
        ("choices.csv", "rank", "", "'' is not a whole number"),
    ],
)
def test_a_bad_cell(folder, name, column, value, message):
    rows = rows_of(folder / "run" / name)
    next(row for row in rows if row["mentee_id"] == "b")[column] = value
    write_rows(folder / "run" / name, list(rows[0]), rows)
    error = page(folder, "b", code=1).stderr
    assert str(folder / "run" / name) in error
    assert message in error


def test_sessions_outside_the_programme_are_told_as_they_stand(folder):
    rows = rows_of(folder / "run" / "sessions.csv")
    row = next(row for row in rows if row["mentee_id"] == "b")
    row["start"], row["end"] = "2028-01-11T09:00+03:00", "2028-01-11T09:45+03:00"
    write_rows(folder / "run" / "sessions.csv", list(rows[0]), rows)
    assert "Tue 11 Jan 2028" in page(folder, "b", "--at", "2027-01-12T10:00").stdout


def test_no_run_at_all(folder):
    shutil.rmtree(folder / "run")
    assert "no such run folder" in page(folder, "a", code=1).stderr


def test_a_run_of_other_files_gets_a_warning(folder):
    assert page(folder, "a").stderr == ""
    (folder / "cohort" / "preferences.csv").write_text(PREFERENCES + "z,1,m3\n")
    (warning,) = data(folder, "a")["warnings"]
    assert "another version of preferences.csv" in warning
    assert f"Warning: {warning}" in page(folder, "a").stderr
    (folder / "cohort" / "employees.csv").write_text(EMPLOYEES.replace("b,Boris Bell", "bb,Boris Bell"))
    (folder / "cohort" / "preferences.csv").write_text(PREFERENCES.replace("b,", "bb,"))
    (folder / "cohort" / "programme.toml").write_text(PROGRAMME + "\n")
    assert "not one file of it is the same" in data(folder, "m2")["warnings"][0]
    told = section(page(folder, "m2").stdout, "Sessions with Boris Bell (b)")
    assert told[0].startswith("4 sessions: Boris Bell (b) is not in employees.csv any more")


def test_files_saved_by_a_spreadsheet_with_semicolons_and_apostrophes(tmp_path):
    employees = EMPLOYEES.replace("Maria Berg", "=Maria").replace("Nora Lund", "-N; ora (x)")
    write_cohort(tmp_path / "cohort", PROGRAMME + '[output]\ndelimiter = ";"\n', employees)
    matcher("solve", tmp_path / "cohort", "-o", tmp_path / "run")
    assert ";'=Maria;" in (tmp_path / "run" / "pairs.csv").read_text("utf-8-sig")
    rows = rows_of(tmp_path / "run" / "unmatched.csv", ";")
    for row in rows:
        row |= {"suggestions": "'-N; ora (x) (m2); =Maria (m1)", "smallest_change": "one more place: =Maria (m1)"}
    write_rows(tmp_path / "run" / "unmatched.csv", list(rows[0]), rows, ";")
    found = data(tmp_path, "d")["unmatched"]
    assert [who["name"] for who in found["suggestions"]] == ["-N; ora (x)", "=Maria"]
    assert found["change"]["mentor"] == {"employee_id": "m1", "name": "=Maria"}


def test_keys_that_the_run_was_solved_with_count(folder):
    cohort, run = folder / "cohort", folder / "run"
    keys = ["--set", "sessions.number=fewest", "--set", "sessions.minutes=[45, 30]", "--seed", "8"]
    matcher("solve", cohort, "-o", run, "--overwrite", *keys)
    told = data(folder, "c")
    assert told["set"] == {"goals.seed": 8, "sessions.minutes": [45, 30], "sessions.number": "fewest"}
    assert told["proof"]["seed"] == 8
    words = told["proof"]["repeat"].replace(f"-o {run.name}-again", f"-o {folder / 'again'}")
    import shlex

    matcher(*shlex.split(words)[1:])
    assert (folder / "again" / "sessions.csv").read_bytes() == (run / "sessions.csv").read_bytes()
