"""Runs and pages for the tests of the report."""

from __future__ import annotations

import html
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

from matcher.io import read_cohort
from matcher.report import make_report
from matcher.run_tables import read_run
from matcher.runs import write_run
from matcher.solver import solve
from matcher.story import Story

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "nlmk-sample"
NASTY = {
    "a": "<script>alert(1)</script>",
    "b": '=HYPERLINK("http://evil.example","x")',
    "c": "\u202eright to left\u202c שלום",
    "d": "L" + "o" * 298 + "ng",
    "e": '😀 O\'Brien "quoted" & </script><!-- --> \u2028 end',
    "f": "two\nlines",
    "m": "&lt;b&gt; ]]> {{ 7 * 7 }} {% raw %}",
    "n": "",
}
PROGRAMME = """[programme]
name = "Spring <b>& summer</b>"
start = 2027-01-11
end = 2027-04-09
timezone = "Europe/Moscow"
"""


def solved(cohort, folder, overrides=None):
    """Solve a cohort folder into a run folder."""
    found = read_cohort(cohort, overrides or {})
    write_run(found, solve(found, time_limit=60), folder)
    return folder


def story_of(cohort, run, earlier=None, **overrides):
    keys = {name.replace("__", "."): value for name, value in overrides.items()}
    return Story(read_cohort(cohort, keys), read_run(run), None if earlier is None else read_run(earlier))


def page_of(cohort, run, earlier=None, **overrides):
    return make_report(story_of(cohort, run, earlier, **overrides)).decode()


def data_of(page):
    """What the page holds for its script."""
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1])


def nasty_cohort(folder):
    """A cohort whose names try to be something else; n has none."""
    folder.mkdir()
    quoted = {name: '"' + text.replace('"', '""') + '"' for name, text in NASTY.items()}
    people = [f"{name},{quoted[name]},Sales <&>,{3 if name in 'mn' else 1}" for name in NASTY]
    (folder / "programme.toml").write_text(PROGRAMME, "utf-8")
    (folder / "employees.csv").write_text("\n".join(["employee_id,name,function,level", *people]), "utf-8")
    choices = [f"{name},1,m\n{name},2,n" for name in "abcdef"]
    (folder / "preferences.csv").write_text(
        "\n".join(["mentee_id,rank,mentor_id", *choices, "f,3,<i>who</i>"]), "utf-8"
    )
    return folder


def empty_cohort(folder):
    """A cohort in which nobody can be paired."""
    folder.mkdir()
    (folder / "programme.toml").write_text(PROGRAMME, "utf-8")
    (folder / "employees.csv").write_text("employee_id,function,level\na,Sales,1\nm,Sales,2\n", "utf-8")
    (folder / "preferences.csv").write_text("mentee_id,rank,mentor_id\na,1,m\n", "utf-8")
    return folder


def copy_of(folder, target):
    shutil.copytree(folder, target)
    return target


class Reader(HTMLParser):
    """The elements of a page and the text that people see without a script."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags, self.texts, self.attributes, self._skip = [], [], [], False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]
        self._skip = tag in ("script", "style")

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self._skip = False

    def handle_data(self, data):
        if not self._skip and data.strip():
            self.texts.append(" ".join(html.unescape(data).split()))

    @property
    def text(self):
        return " ".join(self.texts)
