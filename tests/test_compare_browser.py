"""compare.html in a real browser: opened from the file system, without any network."""

from __future__ import annotations

import pytest
from compare_runs import make_run, rows_in, settings
from report_runs import NASTY, SAMPLE, solved
from test_report_browser import LAPTOP, PHONE, browse, cells, chromium, count, pytestmark, table

from matcher.compare import compare_runs, find_runs
from matcher.compare_page import make_page
from matcher.compare_tables import make_tables
from matcher.compare_words import Words

__all__ = ["browse", "chromium", "pytestmark"]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Pages about few runs of the sample in both languages, about many runs, and about hostile names."""
    folder = tmp_path_factory.mktemp("compare")
    runs = [solved(SAMPLE, folder / "base")]
    runs.append(solved(SAMPLE, folder / "gap", {"eligibility.same_function_gap": 1}))
    runs.append(solved(SAMPLE, folder / "one", {"capacity.mentees_per_mentor": 1}))
    runs.append(solved(SAMPLE, folder / "three", {"capacity.mentees_per_mentor": 3}))
    for language in ("en", "ru"):
        write(folder / f"{language}.html", runs, language)
    comparison = compare_runs(find_runs(runs)[0], Words("en"), Words("en"))
    (folder / "changes.csv").write_bytes(make_tables(comparison)["changes.csv"])
    many = [
        make_run(
            folder / "many" / "runs" / (f"capacity.mentees_per_mentor={number}, and more" if number else "base"),
            pairs=[
                (f"e{place}", f"m{place % number if number else 0}", str(1 + place % 4)) for place in range(20)
            ],
            **settings(capacity__mentees_per_mentor=number, goals__rank="greedy" if number % 2 else "generous"),
        )
        for number in range(60)
    ]
    write(folder / "many.html", many, "en")
    people = dict(NASTY)
    nasty = [
        make_run(folder / "<b>=cmd", pairs=[(person, "m", "1") for person in "abc"], names=people),
        make_run(folder / "other", pairs=[(person, "n", "2") for person in "abd"], names=people),
    ]
    write(folder / "nasty.html", nasty, "en")
    return folder


def write(path, runs, language):
    comparison = compare_runs(find_runs(runs)[0], Words("en"), Words(language))
    path.write_bytes(make_page(comparison, Words(language)))


def test_the_tables_hold_what_the_files_hold(browse, pages):
    page = browse(pages / "en.html")
    rows = rows_in(pages, "changes.csv")
    assert count(page, "changes") == f"{len(rows)} rows"
    assert cells(page, "changes", 1) == [f"{row['name']} {row['mentee_id']}" for row in rows[:25]]
    assert cells(page, "changes", 6) == [row["explanation"] for row in rows[:25]]
    assert cells(page, "runs", 1) == ["base", "gap", "one", "three"]
    assert cells(page, "runs", 2) == ["54", "56", "50", "58"]
    assert cells(page, "runs", 5) == ["1.491", "1.345", "1.837", "1.526"]
    heads = page.locator("#figures thead th").all_inner_texts()
    assert heads == ["Figure", "base", "gap", "one", "three"]


def test_the_number_of_a_run_shows_its_mentees(browse, pages):
    page = browse(pages / "en.html")
    link = table(page, "runs").locator("tbody tr").nth(2).get_by_role("link")
    number = link.inner_text()
    link.click()
    assert count(page, "changes").startswith(f"{number} of ")
    assert set(cells(page, "changes", 2)) == {"one"}
    page.locator("#changes-filter-1").select_option("lost")
    rows = [row for row in rows_in(pages, "changes.csv") if row["run"] == "one" and row["change"] == "lost"]
    assert cells(page, "changes", 1) == [f"{row['name']} {row['mentee_id']}" for row in rows]


def test_people_can_be_searched_as_mentees_and_mentors(browse, pages):
    page = browse(pages / "en.html")
    table(page, "changes").get_by_label("Search names and ids").fill("e187")
    rows = rows_in(pages, "changes.csv")
    named = [
        row for row in rows if "E187" in (row["mentee_id"], *row["mentor_before"].split("; "), row["mentor_now"])
    ]
    assert named
    assert count(page, "changes") == f"{len(named)} of {len(rows)} rows"


def test_runs_can_be_sorted(browse, pages):
    page = browse(pages / "en.html")
    table(page, "runs").get_by_role("button", name="Pairs", exact=True).click()
    assert cells(page, "runs", 1) == ["one", "base", "gap", "three"]
    table(page, "runs").get_by_role("button", name="Pairs", exact=True).click()
    assert cells(page, "runs", 1) == ["three", "gap", "base", "one"]


def test_hostile_names_are_shown_as_they_are(browse, pages):
    page = browse(pages / "nasty.html")
    assert "<b>=cmd" in page.locator("#figures thead").inner_text()
    assert any(NASTY["a"] in text for text in cells(page, "changes", 1))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("file", ["en.html", "ru.html", "many.html", "nasty.html"])
def test_axe_finds_nothing(browse, pages, file, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = axe.Axe().run(browse(pages / file, color_scheme=scheme))
    assert found.violations_count == 0, found.generate_report()


def test_axe_finds_nothing_on_a_phone(browse, pages):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = axe.Axe().run(browse(pages / "ru.html", viewport=PHONE))
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("file", ["ru.html", "many.html", "nasty.html"])
@pytest.mark.parametrize("width", [320, 390, 768, 1366])
def test_nothing_is_wider_than_the_screen(browse, pages, width, file):
    page = browse(pages / file, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_page_reads_without_a_script(chromium, pages):
    context = chromium.new_context(java_script_enabled=False, offline=True, viewport=LAPTOP)
    page = context.new_page()
    page.goto((pages / "en.html").as_uri())
    assert page.locator("#figures").is_visible()
    assert page.locator("svg:visible").count() >= 3
    page.get_by_text("need JavaScript").wait_for(state="visible")
    assert page.get_by_role("button").count() == 0
    context.close()
