"""Trade-offs -> frontier.html: one page with a picture and a table for each, without network or script."""

from __future__ import annotations

from typing import NamedTuple

from matcher.charts import Axis, Chart, Meanings, points_chart
from matcher.charts import Point as Spot
from matcher.frontier_points import MORE_IS_BETTER, RANKS, Figures, Front, Frontier, Point
from matcher.frontier_words import Words, tell
from matcher.model import Cohort
from matcher.page_parts import look_of, templates


class _Column(NamedTuple):
    """A column of a table: its name, and whether it holds numbers or what is typed."""

    name: str
    numeric: bool = False
    code: bool = False


class _Part(NamedTuple):
    """What the page has of one trade-off."""

    axis: str
    title: str
    sentences: list[str]
    chart: Chart | None
    head: list[_Column]
    rows: list[list[str]]


def make_page(cohort: Cohort, frontier: Frontier) -> bytes:
    """The page about the trade-offs of a cohort, in the language of its programme."""
    frame, own = cohort.programme.frame, frontier.own
    words = Words(frame.language)
    settings = [f"{key} = {value}" for key, value in sorted(cohort.overrides.items())]
    page = (
        templates()
        .get_template("frontier.html")
        .render(
            t=words,
            name=frame.name,
            dates=f"{words.date(frame.start)} \N{EN DASH} {words.date(frame.end)}",
            own=words.say("own.figures", mentees=own.mentees, of=frontier.mentees, sum=own.rank_sum),
            notices=[words.say("interrupted")] if frontier.interrupted else [],
            parts=[_part(words, front, own) for front in frontier.fronts],
            settings=", ".join(settings),
            seed=str(frontier.seed),
            **look_of(),
        )
    )
    return page.encode()


# --- one trade-off ----------------------------------------------------------------------------------------------


def _part(words: Words, front: Front, own: Figures) -> _Part:
    sentences = [*tell(words, front, own), words.say("complete" if front.complete else "incomplete")]
    drawn = [point for point in front.points if point.figures]
    return _Part(
        front.axis,
        words.say(f"title.{front.axis}"),
        sentences if front.points else sentences[:-1],
        _chart(words, front, own) if len(drawn) > 1 else None,
        _head(words, front),
        _rows(words, front),
    )


def _chart(words: Words, front: Front, own: Figures) -> Chart:
    """The points, and the programme's own pairing where it is none of them."""
    value = own.rank_sum if front.axis == RANKS else front.points[0].value
    at, name, spots = (own.mentees, value), words.say("chart.own"), list[Spot]()
    for point in front.points:
        if point.mentees is not None:
            mine = (point.mentees, point.value) == at
            label = name if mine else words.number(point.value)
            spots.append(Spot(label, point.mentees, point.value, marked=mine, open=point.status == "feasible"))
    if not any(spot.marked for spot in spots):
        spots.insert(0, Spot(name, *at, marked=True))
    return points_chart(
        spots,
        x=Axis(words.say("mentees"), "more"),
        y=Axis(words.say(f"value.{front.axis}"), "more" if front.axis in MORE_IS_BETTER else "less"),
        ident=front.axis,
        language=words.language,
        title=words.say("chart.whole" if front.complete else "chart.part"),
        meanings=Meanings(marked=name, best=words.say("chart.best"), other=words.say("chart.other")),
    )


def _head(words: Words, front: Front) -> list[_Column]:
    columns = [
        _Column(words.say("mentees")),
        _Column(words.say(f"value.{front.axis}"), numeric=True),
        _Column(words.say("column.fewer"), numeric=True),
        _Column(words.say("column.profile")),
        _Column(words.say("column.sessions"), numeric=True),
        _Column(words.say("column.setting"), code=True),
        _Column(words.say("column.proof")),
        _Column(words.say("column.front")),
    ]
    return [column for column, kept in zip(columns, _kept(front), strict=True) if kept]


def _rows(words: Words, front: Front) -> list[list[str]]:
    most = max((point.mentees for point in front.points if point.mentees is not None), default=0)
    rows = []
    for point in front.points:
        sessions = None if point.figures is None else point.figures.sessions
        cells = [
            "" if point.mentees is None else words.number(point.mentees),
            words.number(point.value),
            "" if point.mentees is None else words.number(most - point.mentees),
            words.profile(point),
            "" if sessions is None else words.number(sessions),
            f"--set {point.setting}" if point.setting and point.figures else "",
            words.proof(point),
            "" if point.figures is None else words.say("yes" if point.front else "beaten"),
        ]
        rows.append([cell for cell, kept in zip(cells, _kept(front), strict=True) if kept])
    return rows


def _kept(front: Front) -> tuple[bool, ...]:
    """Which columns hold anything; whether a point is on the line only where one is not."""
    measured: list[Point] = [point for point in front.points if point.figures]
    sessions = any(point.figures and point.figures.sessions is not None for point in measured)
    settings = any(point.setting for point in measured)
    return True, True, True, True, sessions, settings, True, not all(point.front for point in measured)
