"""A run -> report.html: one page that holds everything, needs no network and sends nothing anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from matcher.chart_data import function_flows, group_counts, load_counts, rank_counts, reason_counts, session_times
from matcher.charts import (
    Chart,
    bottleneck_chart,
    comparison_chart,
    day_chart,
    flow_chart,
    hour_chart,
    load_chart,
    rank_chart,
    reason_chart,
    week_chart,
)
from matcher.headline import headline
from matcher.page_parts import frame_of, script_of, templates
from matcher.proof_sentences import tell_goals, verdict
from matcher.rematch_rows import read_rematch
from matcher.report_changes import Changes, find_changes, people_of
from matcher.report_data import Source, report_data
from matcher.report_figures import compared, reasons
from matcher.report_rematch import Rematch, people_in, tell_rematch
from matcher.report_rooms import find_room
from matcher.report_rows import read_rows
from matcher.report_run import Rows
from matcher.report_words import Words, used_by
from matcher.run_reading import differing_inputs
from matcher.run_tables import WAITING, RunTables
from matcher.story import Story

REPORT = "report.html"
REASONS = ("draw", "mentors_full", "schedule_conflict", "no_common_time", "no_eligible_choice")


def make_report(story: Story) -> bytes:
    """The page about a run."""
    frame = story.cohort.programme.frame
    words = Words(frame.language)
    found = read_rematch(story.run)
    more = [
        *([] if story.earlier is None else people_of(story.earlier)),
        *([] if found is None else people_in(found)),
    ]
    rows = read_rows(story, more=more)
    changes = find_changes(words, story, rows)
    rematch = None if found is None else tell_rematch(words, rows, found)
    script = script_of("page.js", "report.js", *([] if rematch is None else ["rematch.js"]))
    data = report_data(_source(story, words, rows, changes, rematch))
    data["left"] = story.run.places_left
    data["words"] = used_by(script, words.language)
    data["best"] = words(f"best.{story.cohort.programme.goals.rank.replace('-', '_')}")
    if story.run.summary.goal("priority") is not None:
        data["best"] += f" {words('best.priority')}"
    if story.run.summary.goal("kept") is not None:
        data["best"] += f" {words('best.rematch')}"
    page = (
        templates()
        .get_template("report.html")
        .render(
            t=words,
            language=words.language,
            frame=frame,
            dates=f"{words.date(frame.start)} \u2013 {words.date(frame.end)}",
            figures=headline(words, story.run),
            verdict=verdict(words, story.run),
            goals=tell_goals(words, story.cohort, story.run),
            notices=_notices(words, story),
            charts=_charts(words, story),
            rows=rows,
            reasons=reasons(words, rows),
            waiting=_waiting(words, story.run),
            settings=_settings(story),
            seed=str(story.run.summary.seed),
            cut_short=story.run.summary.cut_short,
            changes=changes,
            rematch=rematch,
            compared=compared(words, story),
            **frame_of(data, script),
        )
    )
    return page.encode()


def _waiting(words: Words, run: RunTables) -> str:
    """In which order mentees wait; "" where the run does not tell."""
    if WAITING not in run.tables:
        return ""
    return words("waiting.classes" if run.summary.goal("priority") is not None else "waiting.draw")


def _source(story: Story, words: Words, rows: Rows, changes: Changes | None, rematch: Rematch | None) -> Source:
    summary = story.run.summary
    faithful = not differing_inputs(story.cohort.inputs, summary.inputs)[0]
    held = np.bincount(rows.sessions.pair, minlength=len(rows.pairs))
    sessions = summary.goal("sessions")
    return Source(
        words=words,
        cohort=story.cohort,
        rows=rows,
        room=find_room(story.cohort, rows, held) if faithful and len(rows.pairs) else None,
        changes=changes,
        rematch=rematch,
        seed=summary.seed,
        faithful=faithful and summary.seed == story.cohort.programme.goals.seed,
        proven=sessions is not None and sessions.status == "optimal",
    )


# --- parts ------------------------------------------------------------------------------------------------


def _notices(words: Words, story: Story) -> list[str]:
    """What a reader has to know before he trusts the page."""
    told, summary = list[str](), story.run.summary
    differing, _ = differing_inputs(story.cohort.inputs, summary.inputs)
    if differing:
        told.append(words("notice.differs", files=", ".join(differing)))
    if summary.cut_short:
        told.append(words("notice.cut_short"))
    return told


def _settings(story: Story) -> list[str]:
    """The keys that the run was solved with on top of programme.toml; those of invitations may be addresses."""
    settings = sorted(story.run.summary.options.set.items())
    return [f"{key} = {value}" for key, value in settings if not key.startswith("invitations.")]


def _charts(words: Words, story: Story) -> Mapping[str, Chart]:
    language: Any = words.language
    times = session_times(story)
    charts = {
        "ranks": rank_chart(rank_counts(story.run), ident="ranks", language=language),
        "reasons": reason_chart(reason_counts(story.run), ident="reasons", language=language),
        "load": load_chart(load_counts(story), ident="load", language=language),
        "flow": flow_chart(function_flows(story), ident="flow", language=language),
        "weeks": week_chart(times, ident="weeks", language=language),
        "days": day_chart(times, ident="days", language=language),
        "hours": hour_chart(times, ident="hours", language=language),
    }
    if groups := group_counts(story.run):
        charts["groups"] = bottleneck_chart(groups, ident="groups", language=language, left=story.run.places_left)
    if story.earlier is not None:
        names = words("compare.before"), words("compare.now")
        charts["compare"] = comparison_chart(
            rank_counts(story.earlier), rank_counts(story.run), names=names, ident="compare", language=language
        )
    return charts
