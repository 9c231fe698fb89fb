"""Time and memory against size, as an SVG that reads on light and on dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.compare import median
from benchmarks.measure import Entry

INK = "#7d7d7d"  # enough contrast on white and on black
TIME, MEMORY = "#2f81f7", "#d9730d"
STYLE = {
    "svg.hashsalt": "matcher",  # the same figures give the same file
    "svg.fonttype": "path",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "font.size": 10,
}


def draw(points: Sequence[tuple[int, Entry]], path: Path) -> None:
    """Draw seconds and peak memory of one contestant against the number of mentees, both on log scales."""
    done = sorted(((mentees, one) for mentees, one in points if one.seconds), key=lambda point: point[0])
    sizes = [mentees for mentees, _ in done]
    panels = (
        ("seconds, whole command", TIME, [median(one.seconds) or 0.0 for _, one in done]),
        ("peak memory, MB", MEMORY, [max(one.memory) for _, one in done]),
    )
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9, 3.6), layout="constrained")
        for axes, (title, colour, values) in zip(figure.subplots(1, 2), panels, strict=True):
            axes.loglog(sizes, values, marker="o", color=colour, linewidth=2)
            for size, value in zip(sizes, values, strict=True):
                axes.annotate(
                    f"{value:,.0f}" if value >= 10 else f"{value:.1f}",
                    (size, value),
                    textcoords="offset points",
                    xytext=(-4, 6),
                    ha="right",
                )
            axes.set_title(title)
            axes.set_xlabel("mentees")
            axes.set_xticks(
                sizes, [f"{size:,}" for size in sizes], rotation=25, ha="right", rotation_mode="anchor"
            )
            axes.yaxis.set_major_formatter("{x:,g}")
            axes.minorticks_off()
            axes.margins(x=0.15, y=0.2)
            axes.grid(visible=True, which="major", color=INK, alpha=0.25)
            axes.spines[["top", "right"]].set_visible(False)
        figure.savefig(path, format="svg", transparent=True, metadata={"Date": None})
