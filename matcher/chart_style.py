"""The colours of charts, light and dark, and the CSS that shows one of the two layouts of each."""

from __future__ import annotations

LIGHT = {
    "chart-1": "#1f5a96",
    "chart-2": "#b4530a",
    "chart-3": "#66707d",
    "chart-line": "#7d8795",
    "chart-grid": "#dde2e8",
    "chart-muted": "#545e6b",
    "chart-paper": "#ffffff",
    "chart-heat-1": "#dbe9f7",
    "chart-heat-2": "#9fc5ea",
    "chart-heat-3": "#6ba3da",
    "chart-heat-4": "#2f74b8",
    "chart-heat-5": "#123f6e",
    "chart-heat-ink-1": "#10181f",
    "chart-heat-ink-2": "#10181f",
    "chart-heat-ink-3": "#10181f",
    "chart-heat-ink-4": "#ffffff",
    "chart-heat-ink-5": "#ffffff",
}
DARK = {
    "chart-1": "#74b3f0",
    "chart-2": "#f0a860",
    "chart-3": "#9aa6b5",
    "chart-line": "#7f8b9b",
    "chart-grid": "#37414e",
    "chart-muted": "#aab4c2",
    "chart-paper": "#161b22",
    "chart-heat-1": "#1f3349",
    "chart-heat-2": "#28517a",
    "chart-heat-3": "#3372ad",
    "chart-heat-4": "#6fabe6",
    "chart-heat-5": "#bfe0ff",
    "chart-heat-ink-1": "#ffffff",
    "chart-heat-ink-2": "#ffffff",
    "chart-heat-ink-3": "#ffffff",
    "chart-heat-ink-4": "#10181f",
    "chart-heat-ink-5": "#10181f",
}


def _declared(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


CHART_LIGHT, CHART_DARK = _declared(LIGHT), _declared(DARK)

CHART_RULES = """\
.chart { container-type: inline-size; }
.chart svg { display: block; width: 100%; height: auto; overflow: visible; font-variant-numeric: tabular-nums; }
.chart .chart-wide { display: none; max-width: 44rem; }
.chart .chart-narrow { max-width: 26rem; }
@container (min-width: 32rem) { .chart .chart-wide { display: block; } .chart .chart-narrow { display: none; } }
"""

CHART_CSS = f""":root {{ {CHART_LIGHT} }}
@media screen and (prefers-color-scheme: dark) {{ :root {{ {CHART_DARK} }} }}
{CHART_RULES}"""
