"""The plots of a comparison: pairs against ranks, and figures over the values of each key that was varied."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean

from matcher.charts import Axis, Band, Chart, Point, Series, curve_chart, points_chart
from matcher.compare import Compared, Comparison, natural
from matcher.compare_words import Words
from matcher.differences import plain_value
from matcher.svg import clean

LINES = 8  # combinations of other keys with a line each; of more, the mean and the range are drawn
CATEGORIES = 12  # values that are no numbers, at most
NO_PRICE = ("goals.seed",)  # keys whose values have no order


Figure = Callable[[Compared], float | None]


@dataclass(frozen=True)
class KeyPlots:
    """A key and the plots over its values."""

    key: str
    charts: tuple[Chart, ...]


def trade_off(comparison: Comparison, words: Words) -> Chart:
    """Pairs against the mean rank of every run that has one."""
    points = [
        Point(run.name, run.figures.pairs, mean, run is comparison.first, not run.figures.proven)
        for run in comparison.runs
        if (mean := run.figures.mean_rank) is not None
    ]
    note, missing = words("plots.trade_off_note"), len(comparison.runs) - len(points)
    return points_chart(
        points,
        x=Axis(words("figure.pairs"), "more"),
        y=Axis(words("figure.mean_rank"), "less"),
        ident="trade-off",
        language=words.language,
        title=words("plots.trade_off"),
        note=f"{note} {words('plots.no_ranks', n=missing)}" if missing else note,
    )


def key_plots(comparison: Comparison, words: Words) -> list[KeyPlots]:
    """Plots for every key with two values or more, which are numbers or few."""
    return [
        KeyPlots(key, tuple(_Curves(comparison, key, words).charts(f"key-{place}")))
        for place, key in enumerate(comparison.keys)
        if key not in NO_PRICE and len(values := _values(comparison, key)) >= 2
        and (_numeric(values) or len(values) <= CATEGORIES)
    ]  # fmt: skip


def _values(comparison: Comparison, key: str) -> list[object]:
    """The different values that were set."""
    found = {plain_value(value): value for run in comparison.runs if (value := run.settings.get(key)) is not None}
    return list(found.values())


def _numeric(values: Sequence[object]) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


@dataclass(frozen=True)
class _Curves:
    comparison: Comparison
    key: str
    words: Words

    def charts(self, ident: str) -> Iterator[Chart]:
        words, axis, key = self.words, self._axis, self.key
        figures: tuple[tuple[str, str, Axis, Figure], ...] = (
            ("pairs", "plots.pairs_by", Axis(words("figure.pairs"), "more"), lambda run: run.figures.pairs),
            (
                "ranks",
                "plots.ranks_by",
                Axis(words("figure.mean_rank"), "less"),
                lambda run: run.figures.mean_rank,
            ),
        )
        for name, title, y, figure in figures:
            series, band, averaged = self._series(figure)
            yield curve_chart(
                series,
                x=axis,
                y=y,
                ident=f"{ident}-{name}",
                language=words.language,
                title=words(title, key=key),
                note=self._note(banded=band is not None, averaged=averaged),
                band=band,
            )

    @cached_property
    def _set(self) -> list[Compared]:
        return [run for run in self.comparison.runs if run.settings.get(self.key) is not None]

    @cached_property
    def _runs(self) -> list[Compared]:
        """Runs that differ from another one in this key alone, not in other keys or input files; if none, all."""
        others, alike = self._others(self._set), dict[tuple[object, ...], list[Compared]]()
        for run in self._set:
            settings = (self._setting(run, key) for key in others)
            alike.setdefault((*settings, *sorted(run.files.items())), []).append(run)
        telling = [
            runs for runs in alike.values() if len({plain_value(run.settings[self.key]) for run in runs}) > 1
        ]
        kept = {run.source.folder for runs in telling for run in runs}
        return [run for run in self._set if not kept or run.source.folder in kept]

    @cached_property
    def _axis(self) -> Axis:
        values = _values(self.comparison, self.key)
        labels = () if _numeric(values) else tuple(sorted(map(plain_value, values), key=natural))
        return Axis(self.key, labels=labels)

    def _place(self, run: Compared) -> float:
        value, labels = run.settings[self.key], self._axis.labels
        return labels.index(plain_value(value)) if labels else float(value)

    def _others(self, runs: Sequence[Compared]) -> list[str]:
        """The other keys that vary among these runs."""
        others = [key for key in self.comparison.keys if key != self.key]
        return [key for key in others if len({self._setting(run, key) for run in runs}) > 1]

    def _combinations(self) -> dict[tuple[str, ...], list[Compared]]:
        """Runs by the values of the other keys that vary among them, and by the input files that differ."""
        found = dict[tuple[str, ...], list[Compared]]()
        others = self._others(self._runs)
        for run in self._runs:
            settings = (self._setting(run, key) for key in others)
            found.setdefault((*settings, self._inputs(run)), []).append(run)
        return found

    def _inputs(self, run: Compared) -> str:
        return self.words("plots.inputs", files=", ".join(map(clean, run.inputs))) if run.inputs else ""

    def _setting(self, run: Compared, key: str) -> str:
        return f"{key} = {plain_value(run.settings[key])}" if key in run.settings else ""

    def _series(self, figure: Figure) -> tuple[list[Series], Band | None, bool]:
        """Lines, the range if there are too many for lines, and whether several runs are one point."""
        combinations = self._combinations()
        if len(combinations) > LINES:
            points = self._points(self._runs, figure)
            line = Series(self.words("plots.mean"), tuple((x, fmean(values)) for x, values in points.items()))
            ranges = tuple((x, min(values), max(values)) for x, values in points.items())
            return [line], Band(self.words("plots.band"), ranges), False
        series, averaged = list[Series](), False
        for told, runs in sorted(combinations.items(), key=lambda item: list(map(natural, item[0]))):
            name = ", ".join(filter(None, told)) or (self.words("plots.usual") if len(combinations) > 1 else "")
            points = self._points(runs, figure)
            averaged |= any(len(values) > 1 for values in points.values())
            series.append(Series(name, tuple((x, fmean(values)) for x, values in points.items())))
        return series, None, averaged

    def _points(self, runs: Sequence[Compared], figure: Figure) -> dict[float, list[float]]:
        found: dict[float, list[float]] = {}
        for run in runs:
            if (value := figure(run)) is not None:
                found.setdefault(self._place(run), []).append(value)
        return found

    def _note(self, *, banded: bool, averaged: bool) -> str:
        unset = len(self.comparison.runs) - len(self._set)
        alone = len(self._set) - len(self._runs)
        notes = [self.words("plots.banded", n=len(self._combinations()))] if banded else []
        notes += [self.words("plots.averaged")] if averaged else []
        notes += [self.words("plots.unset", n=unset)] if unset else []
        notes += [self.words("plots.alone", n=alone)] if alone else []
        return " ".join(notes)
