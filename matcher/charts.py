"""The charts of a run: figures -> a picture in SVG, what it says in words, and the same figures as a table.

Every chart takes the `ident` that its ids begin with, the language, and perhaps a title instead of its own.
"""

from __future__ import annotations

from matcher.chart_counts import bottleneck_chart, comparison_chart, load_chart, rank_chart, reason_chart
from matcher.chart_flow import flow_chart
from matcher.chart_frame import Chart
from matcher.chart_style import CHART_CSS, CHART_DARK, CHART_LIGHT, CHART_RULES
from matcher.chart_times import day_chart, hour_chart, week_chart

__all__ = [
    "CHART_CSS",
    "CHART_DARK",
    "CHART_LIGHT",
    "CHART_RULES",
    "Chart",
    "bottleneck_chart",
    "comparison_chart",
    "day_chart",
    "flow_chart",
    "hour_chart",
    "load_chart",
    "rank_chart",
    "reason_chart",
    "week_chart",
]
