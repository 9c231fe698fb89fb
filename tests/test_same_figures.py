"""report.html, results.xlsx and summary.json tell the same figures of a run."""

import datetime as dt
import json
import re
from collections import Counter

import pytest
from report_runs import SAMPLE, Reader, data_of, page_of, solved, story_of
from workbooks import records, values

from matcher.chart_counts import load_chart, rank_chart, reason_chart
from matcher.chart_data import load_counts, rank_counts, reason_counts
from matcher.generate import generate
from matcher.results_book import make_results
from matcher.wording import Wording, rounded_share

TWO_MENTORS = {"capacity.mentors_per_mentee": 2}


@pytest.fixture(scope="module", params=["sample", "two mentors"])
def told(request, tmp_path_factory):
    """Story, summary.json, page and workbook of a run, in English."""
    folder = tmp_path_factory.mktemp("figures")
    cohort, keys = SAMPLE, {}
    if request.param == "two mentors":
        cohort, keys = folder / "company", TWO_MENTORS
        generate(cohort, employees=400, mentees=120, choices=5, busy=40, seed=3)
    run = solved(cohort, folder / "run", keys)
    summary = json.loads((run / "summary.json").read_text("utf-8"))
    set_keys = {name.replace(".", "__"): value for name, value in keys.items()}
    story = story_of(cohort, run, **set_keys)
    return story, summary, page_of(cohort, run, **set_keys), make_results(story)


def tiles_of(page):
    """Value and note of every headline figure of the page, by its label."""
    found = re.findall(
        r'class="tile"><dt>(.*?)</dt><dd><span class="value">(.*?)</span>(?: <span class="small">(.*?)</span>)?',
        page,
    )
    return {label: (int(value.replace(",", "")), note) for label, value, note in found}


def tiles_in(workbook):
    """The same of the workbook."""
    rows = values(workbook, "Summary")
    place = next(row for row, cells in enumerate(rows) if str(cells[0]).startswith("Mentees with a mentor\n"))
    heads = [str(cell).partition("\n") for cell in rows[place][:5]]
    return {label: (int(value), note) for (label, _, note), value in zip(heads, rows[place - 1], strict=False)}


def table_in(workbook, head):
    """The rows of a small table of the summary, by its first heading."""
    rows = values(workbook, "Summary")
    place = next(row for row, cells in enumerate(rows) if cells[0] == head)
    found = []
    for cells in rows[place + 1 :]:
        if not isinstance(cells[1], float) and not isinstance(cells[2], float):
            break
        found.append(cells)
    return found


def test_headlines_are_the_same(told):
    _, summary, page, workbook = told
    tiles, counts = tiles_of(page), summary["counts"]
    assert len(tiles) == 5
    assert tiles_in(workbook) == tiles
    assert tiles["Mentees with a mentor"][0] == counts["mentees_paired"]
    assert tiles["Mentees without a mentor"][0] == counts["mentees_unmatched"]
    assert tiles["Sessions"][0] == counts["sessions"]
    share = Wording("en", {}).share(counts["mentees_paired"], counts["mentees"])
    assert tiles["Mentees with a mentor"][1] == f"of {counts['mentees']} ({share})"


def test_ranks_are_the_same_and_their_shares_add_up(told):
    story, summary, page, workbook = told
    chart = rank_chart(rank_counts(story.run), ident="ranks", language="en")
    rows = table_in(workbook, "Choice")
    words, mentees = Wording("en", {}), summary["counts"]["mentees"]
    assert [
        (name, words.number(int(number)), words.share(int(number), mentees)) for name, number, *_ in rows
    ] == chart.rows
    assert [share for _, _, share, *_ in rows] == [rounded_share(int(number), mentees) for _, number, *_ in rows]
    assert sum(number for _, number, *_ in rows) == mentees
    assert sum(share for _, _, share, *_ in rows) == pytest.approx(1, abs=0.006 * len(rows))
    assert rows[-1][0] == "Without a mentor"
    first, (tile, note) = rows[0], tiles_of(page)["with their first choice"]
    assert (first[1], note) == (tile, f"{chart.rows[0][2]} of all mentees")
    assert chart.summary in Reader(page).text


def test_reasons_are_the_same(told):
    story, summary, page, workbook = told
    unmatched = {reason: number for reason, number in summary["counts"]["unmatched"].items() if number}
    if not unmatched:
        pytest.skip("everybody has a mentor")
    chart = reason_chart(reason_counts(story.run), ident="reasons", language="en")
    words = Wording("en", {})
    assert {name: int(number) for name, number, _ in chart.rows if int(number)} == {
        words(f"reason.{reason}"): number for reason, number in unmatched.items()
    }
    rows = [(cells[0], str(int(cells[2]))) for cells in table_in(workbook, "Reason")]
    assert rows == [row[:2] for row in chart.rows if int(row[1])]
    assert Counter(row["Reason"] for row in records(workbook, "Without a mentor")) == {
        name: int(number) for name, number in rows
    }
    assert Counter(data_of(page)["unmatched"]["reason"]) == Counter(unmatched)


def test_mentors_are_the_same(told):
    story, _, page, workbook = told
    rows, loads, data = records(workbook, "Mentors"), load_counts(story), data_of(page)
    assert {row["Mentor's id"] for row in rows} == {data["people"]["id"][person] for person in data["mentors"]}
    assert len(rows) == loads.mentors
    assert (sum(row["Places"] for row in rows), sum(row["Mentees"] for row in rows)) == (loads.places, loads.taken)
    used, note = tiles_of(page)["Mentors with mentees"]
    assert (used, note) == (
        sum(row["Mentees"] > 0 for row in rows),
        f"of {loads.mentors} who could have been chosen",
    )
    loaded = Counter(row["Load"] for row in rows)
    chart = load_chart(loads, ident="load", language="en")
    assert loaded["all places taken"] == sum(loads.full)
    assert (loaded["places left"], loaded["no mentee"]) == (sum(loads.left[1:]), loads.left[0])
    assert set(loaded) <= {*chart.head, "no mentee"}


def test_goals_are_the_same(told):
    _, summary, page, workbook = told
    proof = re.findall(r'<tr><th scope="row"><span>(.*?)</span></th><td[^>]*><span>(.*?)</span></td>', page)
    rows = values(workbook, "Summary")
    place = next(row for row, cells in enumerate(rows) if cells[0] == "Goal")
    shown = [(str(cells[0]).partition(". ")[2], str(cells[2])) for cells in rows[place + 1 :][: len(proof)]]
    assert shown == proof[: len(shown)]
    reached = {goal["name"]: goal["value"] for goal in summary["goals"]}
    assert (shown[0][1], str(reached["sessions"])) == (str(reached["mentees"]), dict(shown)["Most sessions"])


def test_pairs_and_sessions_are_the_same(told):
    story, summary, page, workbook = told
    data = data_of(page)
    pairs = records(workbook, "Pairs")
    assert len(pairs) == len(data["pairs"]["rank"]) == summary["counts"]["pairs"]
    ranks = Counter(int(row["Rank"] or 0) for row in pairs)
    assert ranks == Counter(data["pairs"]["rank"])
    assert [ranks[rank] for rank in range(1, max(ranks) + 1)] == summary["counts"]["rank_profile"]
    assert sum(row["Sessions"] for row in pairs) == summary["counts"]["sessions"]
    weeks = table_in(workbook, "Week from")
    assert sum(number for _, number, *_ in weeks) == summary["counts"]["sessions"]
    assert all(isinstance(week, dt.date) for week, *_ in weeks)
    assert story.run.summary.status == summary["status"]


def test_two_mentors_count_their_mentee_once(told):
    story, summary, _, workbook = told
    several = rank_counts(story.run).several
    note = any("counts once" in str(cells[0]) for cells in values(workbook, "Summary"))
    assert several == note == (summary["counts"]["pairs"] > summary["counts"]["mentees_paired"])
