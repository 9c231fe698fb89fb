"""The charts: what is drawn is what was counted, legible and harmless whatever people are called."""

from __future__ import annotations

import datetime as dt
import re
from itertools import combinations, pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from matcher.chart_axes import round_ticks
from matcher.chart_data import Flows, Loads, Ranks, ShortGroup, Timetable
from matcher.chart_flow import LARGEST, flow_of
from matcher.chart_heat import INKS, step_ends
from matcher.chart_points import best_of
from matcher.chart_style import DARK, LIGHT
from matcher.chart_weeks import weeks_of
from matcher.chart_words import WORDS, Words
from matcher.charts import (
    CHART_CSS,
    Axis,
    Band,
    Meanings,
    Point,
    Series,
    bottleneck_chart,
    comparison_chart,
    curve_chart,
    day_chart,
    flow_chart,
    hour_chart,
    load_chart,
    points_chart,
    rank_chart,
    reason_chart,
    week_chart,
)
from matcher.svg import text_width

HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x.example","y")',
    "شؤون الموظفين",
    "x" * 300,
    "a b " * 75,
    "🚒🔥 Fire & 'Rescue'",
    "two\nlines\tand\r\nmore",
    "\u202edesrever\x00\x07",
    "]]>",
    "&amp; --> {{ 7 * 7 }}",
)


WAYS = st.sampled_from(["more", "less"])


def timetable(start, days, count=lambda place: place % 7 * 3, working=range(5), hours=range(9, 18)):
    first = dt.date.fromisoformat(start)
    dates = [first + dt.timedelta(place) for place in range(days)]
    counts = tuple(count(place) if day.weekday() in working else 0 for place, day in enumerate(dates))
    share = tuple(
        tuple(7 * day + hour if hour in hours and day in working else 0 for hour in range(24)) for day in range(7)
    )
    return Timetable("Europe/Moscow", first, dates[-1], frozenset(working), first, counts, share)


def flows(size, names=None, pairs=lambda a, b: 1 + (a * 7 + b * 3) % 11 + 20 * (a == b)):
    names = names or [f"Function {number}" for number in range(size)]
    cells = [(a, b) for a in range(size) for b in range(size)]
    left, right = zip(*cells, strict=True)
    return Flows((*names, ""), left, right, tuple(pairs(a, b) for a, b in cells))


def loads(most):
    full = tuple(0 if not size else 2 * size for size in range(most + 1))
    left = tuple(most - size for size in range(most + 1))
    return Loads(full, left, 9 * most, 5 * most)


PAIRS, RANK = Axis("Pairs", "more"), Axis("Mean rank", "less")
FRONT = [
    Point("base", 40, 1.8, marked=True),
    Point("a", 40, 1.8),
    Point("b", 38, 1.2, open=True),
    Point("c", 30, 2),
]
CLOUD = [Point(f"case {n}", 400 + n * 7 % 60, 1 + n * 13 % 97 / 100) for n in range(300)]
HOSTILE_POINTS = [Point(name, n % 4, n / 3, marked=n == 3) for n, name in enumerate(HOSTILE)]
LINE = Series("", ((1, 10), (2, 18), (3, 20)))
EIGHT = [Series(f"seed={n}, {HOSTILE[n]}", tuple((x / 2, n + x * x) for x in range(12))) for n in range(8)]
BAND = Band("lowest to highest", ((0, 1.5, 2.5), (14, 1.25, 1.25)))


def scatter(points, **how):
    return points_chart(points, x=PAIRS, y=RANK, **how)


def curves(series, x="sessions.minutes", y=RANK, band=None, **how):
    return curve_chart(series, x=x if isinstance(x, Axis) else Axis(x), y=y, band=band, **how)


LATER = Ranks((4, 1, 0, 1), 0, 1)
GROUPS = [ShortGroup(number, number + 1, 40 - number, 30 - number, 10) for number in range(1, 12)]
LONG = tuple(range(99, 0, -1))
CHARTS = {
    "ranks": lambda **how: rank_chart(Ranks((31, 18, 4), 1, 7), **how),
    "ranks of one": lambda **how: rank_chart(Ranks((1,), 0, 0), **how),
    "ranks of the unlucky": lambda **how: rank_chart(Ranks((), 0, 12345), **how),
    "99 ranks": lambda **how: rank_chart(Ranks(LONG, 3, 70), **how),
    "no ranks": lambda **how: rank_chart(Ranks((), 0, 0), **how),
    "reasons": lambda **how: reason_chart({"draw": 953, "mentors_full": 731, "no_common_time": 0}, **how),
    "no reasons": lambda **how: reason_chart({"draw": 0, "mentors_full": 0}, **how),
    "load": lambda **how: load_chart(loads(2), **how),
    "load up to 30": lambda **how: load_chart(loads(30), **how),
    "load up to 1000": lambda **how: load_chart(loads(1000), **how),
    "no load": lambda **how: load_chart(Loads((0,), (0,), 0, 0), **how),
    "flow": lambda **how: flow_chart(flows(5), **how),
    "flow of one": lambda **how: flow_chart(flows(1), **how),
    "flow of 60": lambda **how: flow_chart(flows(60), **how),
    "flow of hostile": lambda **how: flow_chart(flows(10, HOSTILE), **how),
    "no flow": lambda **how: flow_chart(Flows(("",), (), (), ()), **how),
    "weeks": lambda **how: week_chart(timetable("2027-01-13", 80), **how),
    "weeks of 3 days": lambda **how: week_chart(timetable("2027-01-13", 3), **how),
    "weeks of 2 years": lambda **how: week_chart(timetable("2027-01-13", 731), **how),
    "no weeks": lambda **how: week_chart(timetable("2027-01-13", 30, lambda _: 0), **how),
    "days": lambda **how: day_chart(timetable("2027-01-13", 80), **how),
    "days of 3 days": lambda **how: day_chart(timetable("2027-01-13", 3), **how),
    "days of a year": lambda **how: day_chart(timetable("2027-01-13", 365), **how),
    "days of 2 years": lambda **how: day_chart(timetable("2027-01-13", 731, working=range(7)), **how),
    "many a day": lambda **how: day_chart(timetable("2027-01-13", 80, lambda place: 12345 - place), **how),
    "no days": lambda **how: day_chart(timetable("2027-01-13", 30, lambda _: 0), **how),
    "hours": lambda **how: hour_chart(timetable("2027-01-13", 80), **how),
    "all hours": lambda **how: hour_chart(timetable("2027-01-13", 80, working=range(7), hours=range(24)), **how),
    "comparison": lambda **how: comparison_chart(Ranks((3, 2), 1, 2), LATER, names=HOSTILE[:2], **how),
    "comparison of 99": lambda **how: comparison_chart(Ranks(LONG, 1, 2), LATER, names=("A", "B"), **how),
    "comparison of long names": lambda **how: comparison_chart(LATER, LATER, names=HOSTILE[3:5], **how),
    "groups": lambda **how: bottleneck_chart(GROUPS, **how),
    "points": lambda **how: scatter(FRONT, **how),
    "one point": lambda **how: scatter(FRONT[:1], **how),
    "points far apart": lambda **how: scatter([Point("a", 0, 0.00012), Point("b", 123_456_789, 99)], **how),
    "300 points": lambda **how: scatter([*CLOUD, Point("base", 470, 0.5, marked=True)], **how),
    "hostile points": lambda **how: scatter(HOSTILE_POINTS, meanings=Meanings("m", HOSTILE[0], "x" * 99), **how),
    "points of no better": lambda **how: points_chart(CLOUD[:9], x=Axis(HOSTILE[0]), y=Axis(HOSTILE[3]), **how),
    "no points": lambda **how: scatter([], **how),
    "curve": lambda **how: curves([LINE], **how),
    "curve of one": lambda **how: curves([Series("a", ((45, 1.5),))], **how),
    "8 curves": lambda **how: curves(EIGHT, **how),
    "curve of 500": lambda **how: curves([Series("", tuple((x, x % 9) for x in range(500)))], band=BAND, **how),
    "curve over categories": lambda **how: curves(
        [Series("a", ((0, 1.5), (1, 2.5))), Series("b", ((2, 2.0),))],
        Axis("goals.rank", labels=("generous", "greedy", "min-cost")), **how
    ),
    "curve over hostile": lambda **how: curves(
        [Series("", tuple((n, n) for n in range(10)))], Axis(HOSTILE[1], labels=HOSTILE), **how
    ),
    "curve with a band": lambda **how: curves([Series("mean", ((0, 2), (14, 1.25)))], band=BAND, **how),
    "no curve": lambda **how: curves([Series("a", ())], **how),
    "no groups": lambda **how: bottleneck_chart((), **how),
}  # fmt: skip
EMPTY = [name for name in CHARTS if name.startswith("no ")]


def drawn(name, language="en"):
    return CHARTS[name](ident="it", language=language)


def layouts(chart):
    """Both pictures as trees, the wide one first."""
    return list(ET.fromstring(chart.svg))


def find(tree, tag):
    return list(tree.iter(tag))


def texts(tree):
    """The box of every text: left, top, right, bottom, as wide as it could be."""
    boxes = []

    def walk(element, size, anchor, y):
        size, anchor = float(element.get("font-size", size)), element.get("text-anchor", anchor)
        y = float(element.get("y", y))
        if element.tag in ("text", "tspan") and element.text:
            width, x = text_width(element.text, size), float(element.get("x", 0))
            left = x - {"start": 0, "middle": width / 2, "end": width}[anchor]
            boxes.append((left, y - 0.75 * size, left + width, y + 0.2 * size, element.text))
        for child in element:
            walk(child, size, anchor, y)

    walk(tree, 0, "start", 0)
    return boxes


# --- every chart --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_an_image_with_a_name_in_both_layouts(name, language):
    chart = drawn(name, language)
    assert isinstance(chart.svg, Markup)
    wide, narrow = layouts(chart)
    assert (wide.get("class"), narrow.get("class")) == ("chart-wide", "chart-narrow")
    for tree in (wide, narrow):
        assert tree.get("role") == "img"
        labels = {part.get("id"): part.text for part in tree if part.tag in ("title", "desc")}
        assert [labels[ident] for ident in tree.get("aria-labelledby").split()] == [chart.title, chart.summary]
    assert chart.title
    assert chart.summary


@pytest.mark.parametrize("name", CHARTS)
def test_ids_are_unique_and_begin_as_the_caller_says(name):
    chart = drawn(name)
    ids = re.findall(r' id="([^"]*)"', chart.svg)
    assert len(set(ids)) == len(ids)
    assert all(ident.startswith("it-") for ident in ids)
    assert set(re.findall(r"url\(#([^)]*)\)", chart.svg)) <= set(ids)


@pytest.mark.parametrize("name", CHARTS)
def test_charts_hold_nothing_but_shapes_and_texts(name):
    elements = {element.tag for element in ET.fromstring(drawn(name).svg).iter()}
    assert elements <= {"div", "svg", "title", "desc", "pattern", "g", "rect", "path", "text", "tspan"}
    attributes = {key for element in ET.fromstring(drawn(name).svg).iter() for key in element.attrib}
    assert not {key for key in attributes if key.startswith("on") or key in ("href", "style", "xmlns")}


def assert_legible(chart):
    """Texts stay inside and do not meet."""
    for tree in layouts(chart):
        width, height = map(float, tree.get("viewBox").split()[2:])
        boxes = texts(tree)
        for left, top, right, bottom, text in boxes:
            assert left >= -1, text
            assert right <= width + 1, text
            assert top >= -1, text
            assert bottom <= height, text
        for a, b in combinations(boxes, 2):
            apart = a[2] <= b[0] + 0.5 or b[2] <= a[0] + 0.5 or a[3] <= b[1] + 0.5 or b[3] <= a[1] + 0.5
            assert apart, (a, b)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", CHARTS)
def test_texts_stay_inside_and_do_not_meet(name, language):
    assert_legible(drawn(name, language))


@pytest.mark.parametrize("days", [1, 5, 40, 89, 130, 250, 366, 480, 600, 731])
@pytest.mark.parametrize("most", [1, 90, 12_345])
def test_however_long_a_programme_is_its_dates_do_not_meet(days, most):
    data = timetable("2027-11-17", days, lambda place: most if place % 28 < 7 else 0, working=range(7))
    for chart in (week_chart, day_chart):
        assert_legible(chart(data, ident="it", language="ru"))


@pytest.mark.parametrize("name", CHARTS)
def test_shapes_stay_inside(name):
    for tree in layouts(drawn(name)):
        width, height = map(float, tree.get("viewBox").split()[2:])
        for shape in tree.iter("rect"):
            assert float(shape.get("x", 0)) + float(shape.get("width")) <= width + 0.01
            assert float(shape.get("y", 0)) + float(shape.get("height")) <= height + 0.01
            assert float(shape.get("height")) >= 0


@pytest.mark.parametrize("name", CHARTS)
def test_charts_are_small(name):
    size = len(drawn(name, "ru").svg.encode())
    assert size < (45_000 if name in ("days of 2 years", "300 points", "8 curves") else 25_000)


@pytest.mark.parametrize("name", CHARTS)
def test_charts_are_the_same_every_time(name):
    assert drawn(name) == drawn(name)


@pytest.mark.parametrize("name", CHARTS)
def test_rows_are_a_table(name):
    chart = drawn(name)
    assert {len(row) for row in chart.rows} <= {len(chart.head)}
    assert bool(chart.rows) != (name in EMPTY)


@pytest.mark.parametrize("name", EMPTY)
def test_a_chart_of_nothing_says_so(name):
    chart = drawn(name)
    assert (
        [text for *_box, text in texts(layouts(chart)[0])] == ["There is nothing to show here."] == [chart.summary]
    )


def test_a_title_of_the_caller_is_escaped():
    chart = rank_chart(Ranks((1,), 0, 0), ident="it", language="en", title=HOSTILE[0])
    assert "<script" not in chart.svg
    assert layouts(chart)[0].find("title").text == HOSTILE[0]


# --- bars ---------------------------------------------------------------------------------------------------


def bars(tree):
    """Widths of the bars in their order, without legend."""
    return [float(shape.get("width")) for shape in tree.findall("rect") if shape.get("height") != "12"]


def assert_proportional(lengths, counts):
    scale = sum(lengths) / sum(counts)
    assert len(lengths) == len(counts)
    assert all(abs(length - scale * count) < 0.02 for length, count in zip(lengths, counts, strict=True))


@pytest.mark.parametrize("layout", [0, 1])
def test_bars_are_as_long_as_what_they_count(layout):
    assert_proportional(bars(layouts(drawn("ranks"))[layout]), [31, 18, 4, 1, 7])
    assert_proportional(bars(layouts(drawn("reasons"))[layout]), [953, 731])
    assert_proportional(bars(layouts(drawn("load"))[layout]), [2, 2, 1, 4])
    assert_proportional(bars(layouts(drawn("comparison"))[layout]), [3, 4, 2, 1, 1, 1, 2, 1])
    groups = [count for n in range(1, 9) for count in (40 - n, 30 - n)]
    assert_proportional(bars(layouts(drawn("groups"))[layout]), [*groups, 31 + 30 + 29, 21 + 20 + 19])


def test_ranks_in_words():
    assert drawn("ranks").rows == [
        ("1st choice", "31", "51%"),
        ("2nd choice", "18", "30%"),
        ("3rd choice", "4", "7%"),
        ("Fixed by the lead, not on the list", "1", "2%"),
        ("Without a mentor", "7", "11%"),
    ]
    assert drawn("ranks", "ru").rows[0] == (
        "1-\N{CYRILLIC SMALL LETTER IE} пожелание",
        "31",
        "51\N{NO-BREAK SPACE}%",
    )


def test_many_ranks_are_grouped_and_none_is_lost():
    rows = drawn("99 ranks").rows
    assert [row[0] for row in rows[8:12]] == [
        "9th choice",
        "10th to 19th choice",
        "20th to 49th choice",
        "50th to 99th choice",
    ]
    assert sum(int(row[1].replace(",", "")) for row in rows) == sum(LONG) + 3 + 70


def test_loads_are_grouped_and_none_is_lost():
    rows = drawn("load up to 30").rows
    assert [row[0] for row in rows] == [
        "0 mentees",
        "1 mentee",
        *(f"{n} mentees" for n in range(2, 10)),
        "10\N{EN DASH}19 mentees",
        "20\N{EN DASH}30 mentees",
    ]
    assert sum(int(row[3].replace(",", "")) for row in rows) == loads(30).mentors


def test_fills_of_what_is_stacked_differ_without_colour():
    fills = [shape.get("fill") for shape in layouts(drawn("load"))[0].findall("rect")]
    assert fills[:3] == ["var(--chart-1)", "url(#it-wide-hatched)", "var(--chart-paper)"]
    assert set(fills[3:]) == set(fills[:3])


def test_a_change_between_runs_has_its_sign():
    changes = {row[0]: row[3] for row in drawn("comparison").rows}
    assert changes == {
        "1st choice": "+1",
        "2nd choice": "\N{MINUS SIGN}1",
        "3rd choice": "0",
        "4th choice": "+1",
        "Fixed by the lead, not on the list": "\N{MINUS SIGN}1",
        "Without a mentor": "\N{MINUS SIGN}1",
    }


@pytest.mark.parametrize(
    ("part", "whole", "en", "ru"),
    [
        (0, 15_000, "0%", "0\N{NO-BREAK SPACE}%"),
        (1, 15_000, "0.1%", "0,1\N{NO-BREAK SPACE}%"),
        (14_999, 15_000, "99.9%", "99,9\N{NO-BREAK SPACE}%"),
        (15_000, 15_000, "100%", "100\N{NO-BREAK SPACE}%"),
        (1, 7, "14%", "14\N{NO-BREAK SPACE}%"),
        (0, 0, "\N{EN DASH}", "\N{EN DASH}"),
    ],
)
def test_shares_are_never_rounded_to_all_or_nothing(part, whole, en, ru):
    assert Words("en").share(part, whole) == en
    assert Words("ru").share(part, whole) == ru


# --- the flow chart -----------------------------------------------------------------------------------------


def ribbons(tree):
    return [float(path.get("stroke-width")) for path in find(tree, "path")]


@pytest.mark.parametrize("name", ["flow", "flow of 60", "flow of hostile"])
@pytest.mark.parametrize("layout", [0, 1])
def test_ribbons_are_as_wide_as_they_have_pairs(name, layout):
    tree = layouts(drawn(name))[layout]
    nodes = [shape for shape in tree.findall("rect") if shape.get("width") == "10"]
    left = [float(shape.get("height")) for shape in nodes if shape.get("x") == nodes[0].get("x")]
    right = [float(shape.get("height")) for shape in nodes if shape.get("x") != nodes[0].get("x")]
    assert sum(ribbons(tree)) == pytest.approx(360, abs=0.5)
    assert sum(left) == pytest.approx(360, abs=0.1)
    assert sum(right) == pytest.approx(360, abs=0.1)


def test_ribbons_begin_and_end_inside_their_bars():
    for tree in layouts(drawn("flow of 60")):
        nodes = [
            (float(s.get("x")), float(s.get("y")), float(s.get("height")))
            for s in tree.findall("rect")
            if s.get("width") == "10"
        ]
        for path in find(tree, "path"):
            x, y, *curve = map(float, re.findall(r"-?[\d.]+", path.get("d")))
            half = float(path.get("stroke-width")) / 2
            for at, height in ((x - 10, y), (x + curve[4], y + curve[5])):
                assert any(
                    at == left and top - 0.1 <= height - half and height + half <= top + tall + 0.1
                    for left, top, tall in nodes
                )


def test_the_largest_functions_are_shown_and_the_rest_together():
    data = flows(60)
    flow = flow_of(data, LARGEST, Words("en"))
    totals = [
        sum(pairs for a, pairs in zip(data.mentee, data.pairs, strict=True) if a == code) for code in range(60)
    ]
    assert [node.name for node in flow.left][-1] == "Other functions (48)"
    assert sorted((node.pairs for node in flow.left[:-1]), reverse=True) == sorted(totals, reverse=True)[:12]
    assert sum(node.pairs for node in flow.left) == sum(node.pairs for node in flow.right) == sum(data.pairs)
    own = sum(pairs for a, b, pairs in zip(data.mentee, data.mentor, data.pairs, strict=True) if a == b)
    assert sum(ribbon.pairs for ribbon in flow.ribbons if ribbon.own) == own


def test_a_single_function_beyond_the_largest_keeps_its_name():
    flow = flow_of(flows(13), LARGEST, Words("en"))
    assert {node.name for node in flow.left} == {f"Function {number}" for number in range(13)}


def test_people_who_have_left_are_no_function_of_their_own():
    data = Flows(("Law", ""), (0, 1, 1), (0, 0, 1), (3, 2, 1))
    flow = flow_of(data, LARGEST, Words("en"))
    assert [node.name for node in flow.left] == ["Law", "Unknown"]
    assert sum(ribbon.pairs for ribbon in flow.ribbons if ribbon.own) == 3


def test_names_of_functions_are_harmless_and_whole_in_the_table():
    chart = drawn("flow of hostile")
    assert "<script" not in chart.svg
    assert not re.search("[\x00-\x1f\u202a-\u202e]", chart.svg)
    names = {row[0] for row in chart.rows}
    assert {HOSTILE[0], HOSTILE[2], HOSTILE[3], HOSTILE[5], "two lines and more", "desrever"} <= names


# --- time ---------------------------------------------------------------------------------------------------


def test_weeks_begin_on_monday_and_tell_whether_they_are_whole():
    weeks = weeks_of(timetable("2027-01-13", 79, lambda _: 1))
    assert [week.start.isoformat() for week in weeks[:2]] == ["2027-01-13", "2027-01-18"]
    assert [week.partial for week in weeks] == [True, *[False] * 10, True]
    assert [week.sessions for week in weeks] == [3, *[5] * 10, 4]


def test_a_week_whose_days_off_alone_lie_outside_is_whole():
    weeks = weeks_of(timetable("2027-01-11", 5))
    assert [week.partial for week in weeks] == [False]


@pytest.mark.parametrize("name", ["weeks", "weeks of 2 years"])
@pytest.mark.parametrize("layout", [0, 1])
def test_columns_are_as_high_as_what_they_count(name, layout):
    data = timetable("2027-01-13", 80 if name == "weeks" else 731)
    columns = [shape for group in layouts(drawn(name))[layout].findall("g") for shape in group.findall("rect")]
    counts = [week.sessions for week in weeks_of(data) if week.sessions]
    assert_proportional([float(shape.get("height")) for shape in columns], counts)
    assert [int(shape.find("title").text.split(": ")[1]) for shape in columns] == counts


def test_two_years_have_a_column_for_each_week():
    assert len(drawn("weeks of 2 years").rows) == 105


def cells(tree, shade):
    """Number of cells of a shade; 0 is none."""
    fill = f"var(--chart-heat-{shade})" if shade else "none"
    return sum(path.get("d").count("m") for path in tree.findall("path") if path.get("fill") == fill)


@pytest.mark.parametrize("name", ["days", "days of 3 days", "days of a year", "days of 2 years", "many a day"])
@pytest.mark.parametrize("layout", [0, 1])
def test_each_day_has_a_cell_of_its_shade(name, layout):
    tree = layouts(drawn(name))[layout]
    data = {
        "days": timetable("2027-01-13", 80),
        "days of 3 days": timetable("2027-01-13", 3),
        "days of a year": timetable("2027-01-13", 365),
        "days of 2 years": timetable("2027-01-13", 731, working=range(7)),
        "many a day": timetable("2027-01-13", 80, lambda place: 12345 - place),
    }[name]
    some = sum(1 for count in data.days if count)
    days = sum((data.first + dt.timedelta(place)).weekday() in data.working for place in range(len(data.days)))
    assert sum(cells(tree, shade) for shade in range(1, 6)) == some
    assert cells(tree, 0) == days - some


@pytest.mark.parametrize("layout", [0, 1])
def test_numbers_stand_in_the_cells_where_there_is_room(layout):
    data = timetable("2027-01-13", 80)
    inks = [group for group in layouts(drawn("days"))[layout].findall("g") if "heat-ink" in group.get("fill", "")]
    numbers = [int(text.text) for group in inks for text in group.iter("tspan")]
    assert sorted(numbers) == sorted(count for count in data.days if count)


def test_cells_without_numbers_grow_with_their_shade():
    tree = layouts(drawn("days of 2 years"))[0]
    assert not [group for group in tree.findall("g") if "heat-ink" in group.get("fill", "")]
    widths = [
        {float(width) for width in re.findall(r"h([\d.]+)", path.get("d"))}
        for path in tree.findall("path") if path.get("fill", "").startswith("var(--chart-heat")
    ]  # fmt: skip
    assert all(len(width) == 1 for width in widths)
    assert all(min(less) < min(more) for less, more in pairwise(widths))


@pytest.mark.parametrize(
    ("counts", "ends"),
    [
        ([], []),
        ([0, 0], []),
        ([1, 1], [1]),
        ([1, 2, 3], [1, 2, 3]),
        ([10, 20, 30, 40, 50], [10, 20, 30, 40, 50]),
        ([0, 1, 2, 3, 29, 1, 1], [2, 4, 8, 15, 29]),
        ([10023, 9600, 30, 20, 18, 1, 2, 5], [7, 40, 260, 1600, 10023]),
    ],
)
def test_steps_of_shades(counts, ends):
    assert step_ends(counts) == ends


def test_hours_turn_round_where_it_is_narrow():
    wide, narrow = ([text for *_box, text in texts(tree)] for tree in layouts(drawn("hours")))
    assert wide.index("09:00") < wide.index("10:00") < wide.index("Mon")
    assert narrow.index("Mon") < narrow.index("Tue") < narrow.index("09:00")


def test_the_table_of_hours_has_a_row_for_each_hour():
    chart = drawn("hours")
    assert chart.head == ("Hour", "Mon", "Tue", "Wed", "Thu", "Fri")
    assert chart.rows[0] == ("09:00", "9", "16", "23", "30", "37")


# --- points and curves --------------------------------------------------------------------------------------


def paths(tree, colour):
    """Where the filled or open marks of a colour are: the point that each moves to first."""
    found = []
    for path in tree.findall("path"):
        if path.get("stroke") == f"var(--chart-{colour})" and path.get("fill") != "none":
            found += [tuple(map(float, re.findall(r"-?[\d.]+", at)[:2])) for at in path.get("d").split("M")[1:]]
    return found


def axes(tree):
    """What one unit is worth across and up, from the first and last tick of each axis."""
    rows, columns = ([text for text in group if text.text] for group in tree.findall("g")[:2])

    def slope(texts, key):
        (a, at_a), (b, at_b) = ((float(t.text.replace(",", "")), float(t.get(key))) for t in (texts[0], texts[-1]))
        return lambda value: at_a + (value - a) * (at_b - at_a) / (b - a)

    return slope(columns, "x"), slope(rows, "y")


@pytest.mark.parametrize("layout", [0, 1])
def test_points_lie_where_their_figures_say(layout):
    tree = layouts(drawn("points"))[layout]
    x, y = axes(tree)
    places = {(40, 1.8): 2, (38, 1.2): 1, (30, 2): 3}
    for (pairs, rank), colour in places.items():
        want = (x(pairs), y(rank) - 4)
        near = [at for at in paths(tree, colour) if abs(at[0] - want[0]) < 0.1 and abs(at[1] - want[1]) < 0.1]
        assert near, (pairs, rank, colour)


@pytest.mark.parametrize("layout", [0, 1])
def test_curves_pass_through_their_figures(layout):
    tree = layouts(drawn("curve"))[layout]
    x, y = axes(tree)
    line = next(path for path in tree.findall("path") if path.get("stroke-width") == "2")
    drawn_at = list(map(float, re.findall(r"-?[\d.]+", line.get("d"))))
    wanted = [figure for at, value in LINE.points for figure in (x(at), y(value) - 4)]
    assert drawn_at == pytest.approx(wanted, abs=0.1)


@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), max_size=12), st.tuples(WAYS, WAYS))
def test_the_best_are_those_that_none_beats(figures, ways):
    points = [Point("", x, y) for x, y in figures]
    sign = [1 if way == "more" else -1 for way in ways]

    def beats(one, other):
        gains = sign[0] * (one.x - other.x), sign[1] * (one.y - other.y)
        return min(gains) >= 0 and max(gains) > 0

    expected = [not any(beats(other, point) for other in points) for point in points]
    assert best_of(points, Axis("x", ways[0]), Axis("y", ways[1])) == expected


def test_the_line_in_steps_is_what_is_attained():
    points = [Point("a", 1, 1), Point("b", 2, 3), Point("c", 4, 4)]
    tree = layouts(scatter(points, ident="it", language="en"))[0]
    x, y = axes(tree)
    line = next(path for path in tree.findall("path") if path.get("stroke-dasharray") == "5 3")
    turns = re.findall(r"([MHV])([\d.]+)", line.get("d"))
    assert [turn for turn, _at in turns] == ["M", "V", "H", "V", "H"]
    wanted = [x(1), y(3) - 4, x(2), y(4) - 4, x(4)]
    assert [float(at) for _turn, at in turns] == pytest.approx(wanted, abs=0.1)


def test_points_in_a_table():
    chart = drawn("points")
    assert chart.head == ("Run", "Pairs", "Mean rank", "Unbeaten")
    assert chart.rows == [
        ("base", "40", "1.8", "yes"),
        ("a", "40", "1.8", "yes"),
        ("b", "38", "1.2", "yes"),
        ("c", "30", "2", "no"),
    ]
    assert {"base +1", "b", "c"} <= {text for *_box, text in texts(layouts(chart)[0])}


def test_curves_in_a_table():
    chart = drawn("curve with a band")
    assert chart.head == ("sessions.minutes", "mean", "lowest to highest")
    assert chart.rows == [("0", "2", "1.5 \N{EN DASH} 2.5"), ("14", "1.25", "1.25")]
    rows = drawn("curve over categories").rows
    assert rows == [
        ("generous", "1.5", "\N{EN DASH}"), ("greedy", "2.5", "\N{EN DASH}"), ("min-cost", "\N{EN DASH}", "2")
    ]  # fmt: skip


def test_series_differ_without_colour():
    looks = set()
    for path in layouts(drawn("8 curves"))[0].findall("path"):
        if path.get("stroke-width") == "1.5":
            outline = re.sub(r"M[\d.]+ [\d.]+", "", path.get("d"))
            looks.add((outline.split("z")[0], path.get("fill") == "var(--chart-paper)"))
    assert len(looks) == 8


def test_more_series_than_can_be_told_apart_are_refused():
    with pytest.raises(ValueError, match="9 series: at most 8 can be told apart"):
        curves([LINE] * 9, ident="it", language="en")


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9), st.integers(1, 8))
def test_ticks_cover_what_is_shown_in_about_so_many_steps(low, span, count):
    high = low + (span if span > 1e-3 else 0)
    ticks = round_ticks(low, high, count, whole=False)
    step = ticks[1] - ticks[0]
    assert ticks[0] <= low + step * 1e-6
    assert ticks[-1] >= high - step * 1e-6
    assert 2 <= len(ticks) <= count + 3


@given(st.integers(-1000, 1000), st.integers(0, 10_000), st.integers(1, 8))
def test_ticks_of_whole_numbers_are_whole(low, span, count):
    ticks = round_ticks(low, low + span, count, whole=True)
    assert all(isinstance(tick, int) for tick in ticks)
    assert ticks == sorted(set(ticks))
    assert ticks[0] <= low <= low + span <= ticks[-1]
    assert low < 0 or ticks[0] >= 0


# --- words and colours --------------------------------------------------------------------------------------


def test_both_languages_say_the_same():
    forms = {"few", "many", "one", "other"}

    def plain(words):
        return {key for key in words if key.rpartition("-")[2] not in forms} | {
            key.rpartition("-")[0] for key in words if key.rpartition("-")[2] in forms
        }

    assert plain(WORDS["en"]) == plain(WORDS["ru"])
    for key in WORDS["en"]:
        assert set(re.findall(r"{\w+}", WORDS["en"][key])) == set(re.findall(r"{\w+}", WORDS["ru"][key])), key


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 наставник"), (3, "3 наставника"), (11, "11 наставников"), (21, "21 наставник")]
)
def test_russian_numbers_have_their_nouns(count, words):
    assert Words("ru").many("mentor", count) == words


def luminance(colour):
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_colours_stand_out(theme):
    grounds = ["#ffffff", "#f4f6f8"] if theme is LIGHT else ["#0f1318", "#161b22", "#222a34"]
    for ground in grounds:
        for name in ("chart-1", "chart-2", "chart-3", "chart-line"):
            assert contrast(theme[name], ground) >= 3, (name, ground)
        assert contrast(theme["chart-muted"], ground) >= 4.5
    for step, ink in enumerate(INKS, start=1):
        assert contrast(theme[f"chart-heat-{step}"], theme[ink]) >= 4.5, step


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_shades_differ_in_black_and_white(theme):
    shades = [luminance(theme[f"chart-heat-{step}"]) + 0.05 for step in range(1, 6)]
    assert shades == sorted(shades, reverse=theme is LIGHT)
    assert all(max(a, b) / min(a, b) > 1.4 for a, b in pairwise(shades))


def test_every_variable_is_defined():
    used = {name for chart in CHARTS for name in re.findall(r"var\(--([\w-]+)\)", drawn(chart).svg)}
    assert used <= LIGHT.keys() == DARK.keys()
    assert all(f"--{name}: {colour};" in CHART_CSS for theme in (LIGHT, DARK) for name, colour in theme.items())
