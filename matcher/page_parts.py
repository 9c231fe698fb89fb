"""What pages of every kind are made of: templates, one script that the page allows by its hash, styles, data."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from matcher.charts import CHART_DARK, CHART_LIGHT, CHART_RULES


@cache
def templates() -> Environment:
    """The environment of all templates, which escapes everything."""
    return Environment(
        autoescape=True,
        loader=FunctionLoader(_part),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _part(name: str) -> str:
    return files("matcher").joinpath("templates", name).read_text("utf-8")


def script_of(*names: str) -> str:
    """Scripts of the package, one after the other in one scope of their own."""
    return "\n".join(["(() => {", "'use strict';", "", *map(_part, names), "})();", ""])


def frame_of(data: object, script: str, *styles: str) -> dict[str, Any]:
    """What a template with a script needs for its head and end; `styles` are added to those of the report."""
    return {
        "data": Markup(as_json(data)),  # noqa: S704 - as_json lets no sign through that a page would understand
        "script": Markup(script),  # noqa: S704 - our own
        "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        **look_of(*styles),
    }


def look_of(*styles: str) -> dict[str, Markup]:
    """What every template needs for its looks; `styles` are added to those of the report."""
    return {
        "style": Markup("\n".join(map(_part, ("report.css", *styles)))),  # noqa: S704 - our own
        "chart_light": Markup(CHART_LIGHT),  # noqa: S704 - our own
        "chart_dark": Markup(CHART_DARK),  # noqa: S704 - our own
        "chart_rules": Markup(CHART_RULES),  # noqa: S704 - our own
    }


def as_json(data: object) -> str:
    """JSON that may stand in a page: no sign in it ends the element or begins another."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
