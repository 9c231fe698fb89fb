"""The charts of runs: figures -> a picture in SVG, what it says in words, and the same figures as a table.

Every chart takes the `ident` that its ids begin with, the language, and perhaps a title instead of its own.
"""

from __future__ import annotations

from matcher.chart_axes import Axis
from matcher.chart_counts import bottleneck_chart, comparison_chart, load_chart, rank_chart, reason_chart
from matcher.chart_curves import Band, Series, curve_chart
from matcher.chart_flow import flow_chart
from matcher.chart_frame import Chart
from matcher.chart_points import Meanings, Point, points_chart
from matcher.chart_style import CHART_CSS, CHART_DARK, CHART_LIGHT, CHART_RULES
from matcher.chart_times import day_chart, hour_chart, week_chart

__all__ = [
    "CHART_CSS",
    "CHART_DARK",
    "CHART_LIGHT",
    "CHART_RULES",
    "Axis",
    "Band",
    "Chart",
    "Meanings",
    "Point",
    "Series",
    "bottleneck_chart",
    "comparison_chart",
    "curve_chart",
    "day_chart",
    "flow_chart",
    "hour_chart",
    "load_chart",
    "points_chart",
    "rank_chart",
    "reason_chart",
    "week_chart",
]
