"""The report, its charts and the workbook of results say the same of the same codes, in both languages."""

import re

import pytest

from matcher.chart_words import WORDS as CHARTS
from matcher.report_words import OWN as REPORT
from matcher.results_words import LANGUAGES as RESULTS
from matcher.wording import SHARED, Wording, rounded_share, share_decimals

BOOKS = {"shared": SHARED, "charts": CHARTS, "report": REPORT, "results": RESULTS}
OTHER_NAMES = re.compile(
    r"\b(?:ментор|менти|протеже|ученик|выбор(?!е)|сесси|вариант|координатор|жеребь[её]вк|таб\. №|отдел\b|"
    r"место в списке|places? in the list|coach|protégé|department|administrator)",
    re.IGNORECASE,
)


def forms(entry):
    return [entry] if isinstance(entry, str) else list(entry.values())


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", ["charts", "report", "results"])
def test_nobody_has_his_own_copy_of_what_is_shared(name, language):
    assert not BOOKS[name][language].keys() & SHARED[language].keys()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_code_has_its_words_in_one_place(language):
    groups = re.compile(r"(?:outcome|reason|detail|source|gain|goal|state|standing|verdict|column|figure)\.")
    for name in ("charts", "report", "results"):
        assert {key for key in BOOKS[name][language] if groups.match(key)} <= REPORT_ONLY, name


REPORT_ONLY = {
    *("column.figure", "column.id", "column.zone", "column.time", "column.own_time", "column.with"),
    *("column.month", "column.what", "column.before", "column.now"),
}


@pytest.mark.parametrize("name", BOOKS)
def test_things_have_one_name(name):
    for language in ("en", "ru"):
        for key, entry in BOOKS[name][language].items():
            for text in forms(entry):
                assert not OTHER_NAMES.search(text), (key, text)


def test_both_languages_share_the_same():
    assert SHARED["en"].keys() == SHARED["ru"].keys()


@pytest.mark.parametrize(
    ("part", "whole", "en", "ru"),
    [
        (0, 7, "0%", "0\N{NO-BREAK SPACE}%"),
        (1, 8, "13%", "13\N{NO-BREAK SPACE}%"),
        (1, 199, "1%", "1\N{NO-BREAK SPACE}%"),
        (1, 200, "0.5%", "0,5\N{NO-BREAK SPACE}%"),
        (1, 15_000, "0.1%", "0,1\N{NO-BREAK SPACE}%"),
        (14_999, 15_000, "99.9%", "99,9\N{NO-BREAK SPACE}%"),
        (15_000, 15_000, "100%", "100\N{NO-BREAK SPACE}%"),
        (0, 0, "\N{EN DASH}", "\N{EN DASH}"),
    ],
)
def test_shares_are_never_rounded_to_all_or_nothing(part, whole, en, ru):
    assert Wording("en", {}).share(part, whole) == en
    assert Wording("ru", {}).share(part, whole) == ru
    if whole:
        digits = re.sub(r"[^0-9.]", "", en)
        assert digits == f"{100 * rounded_share(part, whole):.{share_decimals(part, whole)}f}"


def test_a_change_has_its_sign():
    assert [Wording("en", {}).signed(change) for change in (1200, 0, -3)] == ["+1,200", "0", "\N{MINUS SIGN}3"]


@pytest.mark.parametrize("value", [10**30, -(10**400), 10**17])
def test_a_number_of_any_length_can_be_told(value):
    said = Wording("en", {}).number(value)
    assert said.replace(",", "").replace("\u2212", "-") == str(value)
