"""report.html in a real browser: opened from the file system, without any network."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
from urllib.parse import quote

import pytest
from explain_runs import rows_of
from report_runs import NASTY, SAMPLE, copy_of, nasty_cohort, page_of, solved

from matcher.ics_write import one_line

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER = next((path for name in BROWSERS if (path := shutil.which(name))), None)
pytestmark = [
    pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed (on Debian: apt install chromium)"),
    pytest.mark.xdist_group("browser"),
]
LAPTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def chromium():
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The sample's run with its page, in both languages, and one that is compared with another run."""
    folder = tmp_path_factory.mktemp("browser")
    run = solved(SAMPLE, folder / "run")
    other = copy_of(run, folder / "other")
    text = (
        (other / "pairs.csv")
        .read_text("utf-8-sig")
        .replace(",E042,Nikita Kravchenko,2,", ",E160,Алексей Орлов,1,")
    )
    (other / "pairs.csv").write_text(text, "utf-8-sig")
    (run / "en.html").write_text(page_of(SAMPLE, run), "utf-8")
    (run / "ru.html").write_text(page_of(SAMPLE, run, programme__language="ru"), "utf-8")
    (run / "compared.html").write_text(page_of(SAMPLE, run, other), "utf-8")
    return run


@pytest.fixture
def browse(chromium):
    """Open a file; whatever the page complains of or reaches for fails the test."""
    wrong, contexts = [], []

    def opened(path, fragment="", **options):
        options = {
            "viewport": LAPTOP,
            "offline": True,
            "locale": "en-GB",
            "timezone_id": "America/New_York",
            **options,
        }
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("dialog", lambda dialog: wrong.append(f"dialog: {dialog.message}"))
        page.on("request", lambda asked: asked.url.startswith("file:") or wrong.append(f"request: {asked.url}"))
        page.goto(path.as_uri() + fragment)
        page.wait_for_selector("html[data-ready=yes]", state="attached")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not wrong


def table(page, name):
    return page.locator(f'[data-table="{name}"]')


def cells(page, name, place):
    """The texts of one column on the page of a table that is shown."""
    rows = table(page, name).locator(f"tbody tr > :nth-child({place})")
    return [" ".join(text.split()) for text in rows.all_inner_texts()]


def count(page, name):
    return table(page, name).locator(".count").inner_text()


def all_cells(page, name, place):
    """The same of all pages of the table."""
    table(page, name).get_by_label("Search names and ids").dispatch_event("input")  # back to the first page
    found = cells(page, name, place)
    while (after := table(page, name).get_by_role("button", name="Next")).is_visible() and after.is_enabled():
        after.click()
        found += cells(page, name, place)
    return found


# --- figures ------------------------------------------------------------------------------------------------


def test_figures_are_those_of_the_tables(browse, sample):
    page = browse(sample / "en.html")
    pairs, sessions = rows_of(sample / "pairs.csv"), rows_of(sample / "sessions.csv")
    assert page.locator("#figure-served .value").inner_text() == str(len(pairs))
    assert page.locator("#figure-sessions .value").inner_text() == str(len(sessions))
    assert count(page, "pairs") == f"{len(pairs)} rows"
    assert count(page, "sessions") == f"{len(sessions)} rows"
    assert count(page, "choices") == f"{len(rows_of(sample / 'choices.csv'))} rows"
    assert all_cells(page, "pairs", 1) == [f"{row['mentee_name']} {row['mentee_id']}" for row in pairs]
    assert all_cells(page, "pairs", 5) == [
        row["rank"] or "fixed by the lead" for row in rows_of(sample / "pairs.csv")
    ]


def test_sessions_are_on_the_clock_of_the_programme(browse, sample):
    page = browse(sample / "en.html")
    rows = rows_of(sample / "sessions.csv")
    moments = [(dt.datetime.fromisoformat(row["start"]), dt.datetime.fromisoformat(row["end"])) for row in rows]
    assert all_cells(page, "sessions", 2) == [f"{start:%H:%M}\u2013{end:%H:%M}" for start, end in moments]
    dates = [f"{start:%a}, {start.day} {start:%b %Y}" for start, _ in moments]
    assert all_cells(page, "sessions", 1) == dates


def test_unmatched_mentees_have_their_reasons(browse, sample):
    page = browse(sample / "en.html")
    rows = rows_of(sample / "unmatched.csv")
    assert cells(page, "unmatched", 1) == [f"{row['name']} {row['mentee_id']}" for row in rows]
    page.locator('[data-reason="draw"]').click()
    drawn = [f"{row['name']} {row['mentee_id']}" for row in rows if row["reason"] == "draw"]
    assert cells(page, "unmatched", 1) == drawn
    assert count(page, "unmatched") == f"{len(drawn)} of {len(rows)} rows"


# --- tables -------------------------------------------------------------------------------------------------


def test_tables_are_searched_by_names_and_ids(browse, sample):
    page = browse(sample / "en.html")
    search = table(page, "pairs").get_by_label("Search names and ids")
    search.fill("E187")
    expected = [row for row in rows_of(sample / "pairs.csv") if "E187" in (row["mentee_id"], row["mentor_id"])]
    assert len(cells(page, "pairs", 1)) == len(expected) > 0
    search.fill("МЕДВЕДЕВА татьяна")
    assert cells(page, "pairs", 1) == ["Татьяна Медведева E033"]
    search.fill("федоров")
    assert "Игорь Фёдоров E011" in cells(page, "pairs", 1)
    search.fill("nobody is called so")
    assert table(page, "pairs").get_by_text("Nothing fits this search.").is_visible()
    table(page, "pairs").get_by_role("button", name="Clear filters").click()
    assert count(page, "pairs") == "54 rows"


def test_tables_are_filtered_by_function_and_rank(browse, sample):
    page = browse(sample / "en.html")
    pairs = rows_of(sample / "pairs.csv")
    table(page, "pairs").get_by_label("Rank").select_option("2")
    assert count(page, "pairs") == f"{sum(row['rank'] == '2' for row in pairs)} of 54 rows"
    table(page, "pairs").get_by_label("Function").select_option("Finance")
    employees = {row["employee_id"]: row["function"] for row in rows_of(SAMPLE / "employees.csv")}
    both = [
        row["mentee_id"]
        for row in pairs
        if row["rank"] == "2" and "Finance" in (employees[row["mentee_id"]], employees[row["mentor_id"]])
    ]
    assert [text.split()[-1] for text in cells(page, "pairs", 1)] == both
    table(page, "choices").get_by_label("Outcome").select_option("mentor is full")
    full = [row for row in rows_of(sample / "choices.csv") if row["outcome"] == "mentor_full"]
    assert count(page, "choices") == f"{len(full)} of 253 rows"


def test_tables_are_sorted_both_ways(browse, sample):
    page = browse(sample / "en.html")
    pairs = table(page, "pairs")
    heads = pairs.get_by_role("columnheader")
    pairs.get_by_role("button", name="Mentee", exact=True).click()
    assert heads.nth(0).get_attribute("aria-sort") == "ascending"
    names = [text.rpartition(" ")[0] for text in all_cells(page, "pairs", 1)]
    assert names[0] == "Aleksandra Zakharova"
    pairs.get_by_role("button", name="Mentee", exact=True).click()
    assert heads.nth(0).get_attribute("aria-sort") == "descending"
    assert [text.rpartition(" ")[0] for text in all_cells(page, "pairs", 1)] == names[::-1]
    pairs.get_by_role("button", name="Rank").click()
    assert heads.nth(0).get_attribute("aria-sort") is None
    ranks = [text for text in all_cells(page, "pairs", 5) if text.isdigit()]
    assert ranks == sorted(ranks, key=int)


def test_mentors_load_is_counted(browse, sample):
    page = browse(sample / "en.html")
    table(page, "mentors").get_by_label("Search").fill("E089")
    pairs = [row for row in rows_of(sample / "pairs.csv") if row["mentor_id"] == "E089"]
    asked = [row for row in rows_of(sample / "choices.csv") if row["mentor_id"] == "E089"]
    figures = [cells(page, "mentors", place)[0] for place in (3, 4, 5, 6)]
    assert figures == ["2", str(len(pairs)), str(2 - len(pairs)), str(len(asked))]
    table(page, "mentors").get_by_label("Search").fill("")
    table(page, "mentors").get_by_label("Load").select_option("no mentee")
    assert set(cells(page, "mentors", 4)) == {"0"}


# --- the month ----------------------------------------------------------------------------------------------


def test_months_are_turned_and_days_list_their_sessions(browse, sample):
    page = browse(sample / "en.html")
    month = page.locator("#month")
    assert month.locator(".month-title").inner_text() == "January 2027"
    assert month.get_by_role("button", name="Previous month").is_disabled()
    for name in ("February 2027", "March 2027", "April 2027"):
        month.get_by_role("button", name="Next month").click()
        assert month.locator(".month-title").inner_text() == name
    assert month.get_by_role("button", name="Next month").is_disabled()
    month.get_by_label("Month", exact=True).select_option("February 2027")
    month.get_by_role("button", name="10 February 2027").click()
    rows = [row for row in rows_of(sample / "sessions.csv") if row["start"].startswith("2027-02-10")]
    assert month.locator("#day-title").inner_text() == "Wednesday, 10 February 2027"
    assert month.locator(".day-list li").count() == len(rows)
    assert month.locator(".day .count").inner_text() == f"{len(rows)} sessions"
    first = month.locator(".day-list li").first.inner_text()
    assert rows[0]["mentee_id"] in first
    assert rows[0]["start"][11:16] in first


def test_the_month_of_one_person(browse, sample):
    page = browse(sample / "en.html")
    month = page.locator("#month")
    month.get_by_role("combobox", name="Only the sessions of").fill("E013")
    page.keyboard.press("Enter")
    rows = [row for row in rows_of(sample / "sessions.csv") if "E013" in (row["mentee_id"], row["mentor_id"])]
    assert f"{len(rows)} sessions in all" in month.locator(".only").inner_text()
    january = {row["start"][:10] for row in rows if row["start"].startswith("2027-01")}
    days = month.locator("[data-day]").evaluate_all("all => all.map((one) => one.dataset.day)")
    assert set(days) == january
    month.get_by_role("button", name="Show everybody").click()
    assert month.locator("[data-day]").count() > len(days)


# --- people -------------------------------------------------------------------------------------------------


def test_a_link_leads_to_a_person_and_back(browse, sample):
    page = browse(sample / "en.html")
    link = table(page, "unmatched").get_by_role("link", name="Olga Koroleva")
    link.scroll_into_view_if_needed()
    before = page.evaluate("window.scrollY")
    link.click()
    page.wait_for_selector("#person-title")
    assert page.url.endswith("#person=E010")
    assert page.get_by_role("heading", level=2).inner_text() == "Olga Koroleva"
    assert page.title().startswith("Olga Koroleva")
    assert page.evaluate("document.activeElement.id") == "person-title"
    shown = page.locator("#person").inner_text()
    assert "The draw decided" in shown
    assert re.search(r"Number \d+ of 61", shown)
    assert "One more place with" in shown
    page.go_back()
    page.wait_for_selector("#report", state="visible")
    assert page.locator("#person").is_hidden()
    assert abs(page.evaluate("window.scrollY") - before) < 5
    page.go_forward()
    page.wait_for_selector("#person-title")
    assert page.get_by_role("heading", level=2).inner_text() == "Olga Koroleva"
    page.get_by_role("link", name="Back to the report").click()
    page.wait_for_selector("#report", state="visible")


def test_the_page_of_a_mentee_tells_choices_and_sessions(browse, sample):
    page = browse(sample / "en.html", "#person=E012")
    (pair,) = [row for row in rows_of(sample / "pairs.csv") if row["mentee_id"] == "E012"]
    assert pair["mentor_name"] in page.locator(".pair").inner_text()
    choices = [row for row in rows_of(sample / "choices.csv") if row["mentee_id"] == "E012"]
    assert page.locator("#person-choices tbody tr").count() == len(choices)
    sessions = [row for row in rows_of(sample / "sessions.csv") if row["mentee_id"] == "E012"]
    assert page.locator("#person-sessions tbody tr").count() == len(sessions)


def test_two_clocks_where_the_person_has_another(browse, sample):
    page = browse(sample / "en.html", "#person=E010")
    row = page.locator("#person-sessions tbody tr").first.locator("> *").all_inner_texts()
    (first, *_) = [
        line for line in rows_of(sample / "sessions.csv") if "E010" in (line["mentee_id"], line["mentor_id"])
    ]
    start = dt.datetime.fromisoformat(first["start"])
    assert row[1].startswith(f"{start:%H:%M}")
    assert row[2].startswith(f"{start + dt.timedelta(hours=2):%H:%M}")
    assert "Asia/Yekaterinburg" in page.locator("#person-sessions").inner_text()


def test_who_has_the_places_of_a_full_mentor(browse, sample):
    page = browse(sample / "en.html", "#person=E004")
    (row,) = [row for row in rows_of(sample / "choices.csv") if (row["mentee_id"], row["rank"]) == ("E004", "1")]
    holders = [
        pair["mentee_id"] for pair in rows_of(sample / "pairs.csv") if pair["mentor_id"] == row["mentor_id"]
    ]
    told = page.locator("#person-choices tbody tr").first.inner_text()
    assert holders
    assert all(holder in told for holder in holders)


def test_a_page_about_everybody(browse, sample):
    page = browse(sample / "en.html")
    found = page.evaluate(
        """async () => {
            const data = JSON.parse(document.getElementById('data').textContent), told = [];
            for (const id of data.people.id) {
                location.hash = '#person=' + encodeURIComponent(id);
                await new Promise((done) => addEventListener('hashchange', done, { once: true }));
                told.push([id, document.querySelector('#person .facts').textContent.includes(id),
                           /\\{\\w+\\}|undefined|NaN|\\[object/.test(document.getElementById('person').textContent)]);
            }
            return told;
        }"""
    )
    assert len(found) > 100
    assert not [row for row in found if not row[1] or row[2]]


def test_somebody_unknown(browse, sample):
    page = browse(sample / "en.html", "#person=" + quote("<img src=x>"))
    assert "Nobody with the id <img src=x> takes part" in page.locator("#person").inner_text()
    assert page.locator("img").count() == 0


def test_a_person_is_found_by_name_or_id(browse, sample):
    page = browse(sample / "en.html")
    find = page.get_by_role("combobox", name="Find a person")
    find.fill("korol ol")
    assert page.get_by_role("option").all_inner_texts()[0].startswith("Olga Koroleva")
    find.press("Enter")
    page.wait_for_selector("#person-title")
    assert page.get_by_role("heading", level=2).inner_text() == "Olga Koroleva"
    find.fill("e238")
    page.get_by_role("option").first.click()
    page.wait_for_url(re.compile("#person=E238$"))


# --- two runs -----------------------------------------------------------------------------------------------


def test_changes_are_listed(browse, sample):
    page = browse(sample / "compared.html")
    assert cells(page, "changes", 1) == ["Игорь Фёдоров E011"]
    assert cells(page, "changes", 2) == ["Another mentor"]
    assert cells(page, "changes", 3) == ["Алексей Орлов E160 (rank 1)"]
    assert cells(page, "changes", 4) == ["Nikita Kravchenko E042 (rank 2)"]
    page.goto(page.url.partition("#")[0] + "#person=E011")
    page.wait_for_selector("#person-compare")
    assert "Another mentor. Other run Алексей Орлов E160 (rank 1)." in page.locator("#person-compare").inner_text()


# --- for everybody ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "options"), [("en", {}), ("ru", {"viewport": PHONE, "color_scheme": "dark"})]
)
def test_what_a_rematch_has_changed(browse, tmp_path, language, options):
    from rematch_story import NAMES as NAMED
    from rematch_story import tell

    tell(tmp_path, language)
    path = tmp_path / "new" / "report.html"
    page = browse(path, **options)
    told = {row["mentee_id"]: row for row in rows_of(tmp_path / "new" / "changes.csv") if row["change"] != "kept"}
    assert sorted(told) == ["a", "b", "c"]
    assert cells(page, "rematch", 4) == [" ".join(told[person]["cause"].split()) for person in "abc"]
    table(page, "rematch").locator("input").fill("cy")
    assert cells(page, "rematch", 1) == [f"{NAMED['c']} c"]
    table(page, "rematch").get_by_role("link").nth(1).click()
    page.wait_for_selector("#person-title")  # a page turns after the click, not within it
    card = page.locator("#person-rematch")
    assert card.count() == 1
    moves = [row for row in rows_of(tmp_path / "new" / "moves.csv") if row["mentor_id"] == "m"]
    lines = [line for line in card.inner_text().splitlines() if "\u2013" in line]
    assert sorted(re.findall(r"(\d\d:\d\d)\u2013", " ".join(lines))) == sorted(
        (row["start"] or row["before_start"])[11:16] for row in moves
    )
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    assert axe.Axe().run(page).violations_count == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    page.goto(path.as_uri() + "#person=x")
    page.get_by_role("heading", level=2, name="Unconcerned").wait_for()
    assert page.locator("#person-rematch").count() == 0
    assert page.locator("main script").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("file", "fragment"),
    [("ru.html", ""), ("compared.html", ""), ("en.html", "#person=E010"), ("ru.html", "#person=E012")],
)
def test_axe_finds_nothing(browse, sample, file, fragment, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = axe.Axe().run(browse(sample / file, fragment, color_scheme=scheme))
    assert found.violations_count == 0, found.generate_report()


def test_axe_finds_nothing_on_a_phone(browse, sample):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = axe.Axe().run(browse(sample / "ru.html", viewport=PHONE))
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("fragment", ["", "#person=E010"])
@pytest.mark.parametrize("width", [320, 390, 768, 1366])
def test_nothing_is_wider_than_the_screen(browse, sample, width, fragment):
    page = browse(sample / "ru.html", fragment, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_is_enough(browse, sample):
    page = browse(sample / "en.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "report"
    page.get_by_role("combobox", name="Find a person").focus()
    page.keyboard.type("Olga")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    name = page.locator('[role="option"][aria-selected="true"] bdi').inner_text()
    page.keyboard.press("Enter")
    page.wait_for_selector("#person-title")
    assert page.get_by_role("heading", level=2).inner_text() == name
    page.go_back()
    page.wait_for_selector("#report", state="visible")
    table(page, "pairs").get_by_role("button", name="Mentor", exact=True).focus()
    page.keyboard.press("Enter")
    assert table(page, "pairs").get_by_role("columnheader").nth(2).get_attribute("aria-sort") == "ascending"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.locator("#month [data-day]").nth(1).focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"


def test_light_and_dark_may_be_chosen(browse, sample):
    page = browse(sample / "en.html")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.reload()
    page.wait_for_selector("html[data-ready=yes]", state="attached")
    assert page.get_by_role("button", name="Light").is_visible()
    page.get_by_role("button", name="Light").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == light


def test_the_page_reads_without_a_script(chromium, sample):
    context = chromium.new_context(java_script_enabled=False, offline=True, viewport=LAPTOP)
    page = context.new_page()
    page.goto((sample / "en.html").as_uri())
    assert page.locator("#figure-served .value").inner_text() == "54"
    page.get_by_text("need JavaScript").wait_for(state="visible")
    assert page.locator("svg:visible").count() >= 5
    assert page.get_by_role("button").count() == 0
    context.close()


def test_months_are_named_in_russian(browse, sample):
    page = browse(sample / "ru.html")
    assert page.locator("#month .month-title").inner_text().startswith("Январь 2027")
    assert page.locator("#day-title").inner_text().lower().startswith("понедельник, 11 января 2027")
    assert count(page, "pairs") == "54 строки"
    assert count(page, "unmatched") == "7 строк"


# --- paper --------------------------------------------------------------------------------------------------


def printed(page, path):
    """Pages of A4 and their text."""
    page.pdf(path=path, prefer_css_page_size=True)
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext")
    info = subprocess.run(["pdfinfo", path], check=True, capture_output=True, text=True).stdout
    text = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True).stdout
    return info, text


def test_the_report_prints_to_a4(browse, sample, tmp_path):
    page = browse(sample / "en.html")
    info, text = printed(page, tmp_path / "report.pdf")
    assert "A4" in info
    words = " ".join(text.split())
    for told in (
        "54",
        "Who got which choice",
        "Mentees without a mentor, one by one",
        "All pairs",
        "Personal data.",
    ):
        assert told in words
    for row in rows_of(sample / "pairs.csv"):
        assert row["mentee_id"] in text
    assert "All sessions" not in words
    assert count(page, "pairs") == "54 rows"
    assert len(cells(page, "pairs", 1)) == 25


def test_the_page_of_a_person_prints_alone(browse, sample, tmp_path):
    info, text = printed(browse(sample / "en.html", "#person=E010"), tmp_path / "person.pdf")
    assert re.search(r"Pages:\s+[12]\n", info)
    assert "Olga Koroleva" in text
    assert "All pairs" not in text


# --- hostile names ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def nasty(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    cohort = nasty_cohort(folder / "cohort")
    run = solved(cohort, folder / "run")
    (run / "report.html").write_text(page_of(cohort, run), "utf-8")
    return run / "report.html"


@pytest.mark.parametrize("width", [390, 1366])
def test_hostile_names_are_harmless_and_legible(browse, nasty, width):
    page = browse(nasty, viewport={"width": width, "height": 800})
    shown = " ".join(page.locator("#report").inner_text().split())
    assert [name for name, text in NASTY.items() if one_line(text) not in shown] == []
    assert page.locator("main script, main img, main i").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for name in NASTY:
        page.goto(nasty.as_uri() + f"#person={name}")
        page.wait_for_function("name => document.querySelector('#person dd')?.textContent === name", arg=name)
        heading = page.get_by_role("heading", level=2).inner_text()
        assert heading == (one_line(NASTY[name]) or name)


# --- words on a phone, room on a laptop ---------------------------------------------------------------------

BROKEN = r"""() => {
  for (const part of document.querySelectorAll('details')) part.open = true;
  const found = [...document.querySelectorAll('.scroll')].filter((part) => part.scrollWidth > part.clientWidth + 1)
    .map((part) => part.getAttribute('aria-label'));
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
  while (walker.nextNode()) {
    const text = walker.currentNode, parent = text.parentElement;
    if (parent.closest('script,style,svg,.hidden,[hidden],option') || !parent.getClientRects().length) continue;
    for (const word of text.data.matchAll(/[\p{L}\p{N}_.]+/gu)) {
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1) found.push(word[0]);
    }
  }
  return found;
}"""


@pytest.mark.parametrize("fragment", ["", "#person=E010"])
@pytest.mark.parametrize("file", ["en.html", "ru.html"])
def test_on_a_phone_no_word_is_broken_and_no_table_scrolls_sideways(browse, sample, file, fragment):
    assert browse(sample / file, fragment, viewport=PHONE).evaluate(BROKEN) == []


@pytest.mark.parametrize("width", [390, 1366])
def test_a_chart_with_a_card_for_itself_has_its_table_beside_it(browse, sample, width):
    page = browse(sample / "ru.html", viewport={"width": width, "height": 800})
    cards = page.locator("figure.alone")
    assert cards.count() == 2
    for place in range(2):
        chart, table_, card = (
            cards.nth(place).locator(part).first.bounding_box() if part else cards.nth(place).bounding_box()
            for part in (".chart svg:visible", ".as-table", "")
        )
        beside = table_["x"] >= chart["x"] + chart["width"]
        assert beside == (width == 1366)
        if beside:
            assert table_["x"] + table_["width"] > card["x"] + card["width"] - 40
            assert cards.nth(place).locator("table").is_visible()
