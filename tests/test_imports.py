"""Imports point down, the checker stands apart, and importing is cheap."""

import ast
import importlib.resources
import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "matcher"
# Highest first. Each line holds rooms that do not know each other; a room's modules stand in their own order,
# highest first. A module imports from lower lines, and from its own room what stands after it.
LAYERS = (
    [
        (
            "__main__",
            *(
                "cli",
                "cli_cohort",
                "cli_sweep",
                "cli_rematch",
                "cli_rehearse",
                "cli_solve",
                "cli_run",
                "cli_scenario",
                "cli_compare",
            ),
            "cli_frontier",
            *("cli_generate", "cli_privacy", "cli_publish"),
            "cli_shared",
            "commands",
            "import_report",
            *("tell_page", "tell_mentee", "tell_mentor", "tell_proof", "tell_sessions", "tell_slot", "tell_words"),
            *(
                "tell_compare",
                "price_words",
                "rematch_told",
                "rehearsal_told",
                "solve_words",
                "scenario_words",
                "publish_words",
            ),
            "messages",
            "readiness_report",
            "readiness",
            "odd_settings",
            "odd_days",
            "blockers",
            "supply",
            *("errors_report", "errors_book", "errors_source", "errors_file"),
            "bugs",
            "background",
            "console",
            *("template_book", "template_guards", "template_words"),
            "sample_data",
        )
    ],
    [
        (
            *("rehearsal_files", "rehearsal_call", "rehearsal", "rehearsal_damage", "rehearsal_draw"),
            *("sweep_call", "sweep_tables", "sweep", "sweep_file", "cluster", "executors", "case_run"),
        ),
        ("pseudonyms", "reveal", "pseudonym_key"),
    ],
    [
        (
            "scenarios",
            *("scenario_settings", "scenario_grid", "scenario_file", "scenario_entries"),
            *("scenario_changes", "scenario_filters", "scenario_tables", "scenario_figures"),
            *("scenario_writing", "scenario_rows"),
            *("scenario_keys", "scenario_names", "scenario_cases"),
        ),
        ("case_frames", "run_frames"),
        (
            *("generate", "generate_files", "generate_text"),
            *("generate_times", "generate_choices", "generate_people"),
            "new_folder",
        ),
        (
            *("compare_page", "compare_plots", "compare_files", "compare_tables", "compare"),
            *("compare_figures", "compare_words", "compare_english", "compare_russian"),
        ),
        (
            *("frontier_files", "frontier_page", "frontier_words"),
            *("frontier", "frontier_check", "frontier_ranks", "frontier_points", "frontier_axes"),
        ),
    ],
    [
        ("prices", "price_rules", "price_proofs", "price_decisions"),
        (
            *("publish", "report_files"),
            *(
                "letters",
                "letter_changes",
                "letter_facts",
                "letter_template",
                "letter_times",
                "letter_words",
                "letter_change_words",
            ),
            *("report", "report_figures", "report_data", "report_changes", "report_rematch"),
            *("difference_sentences", "differences"),
            "report_sentences",
            "page_parts",
            *("report_rooms", "report_rows", "report_run", "report_words", "report_english", "report_russian"),
            *("results_book", "results_summary", "results_rematch", "results_sheets"),
            *("results_sentences", "results_facts", "rematch_rows"),
            *(
                "charts",
                "chart_points",
                "chart_curves",
                "chart_axes",
                "chart_counts",
                "chart_times",
                "chart_bars",
                "chart_flow",
                "chart_heat",
                "chart_weeks",
            ),
            *("chart_frame", "chart_style", "chart_words", "svg"),
            *("headline", "chart_data", "proof_sentences", "code_sentences"),
            "story",
            *("explain_page", "explain_meetings", "explain_slot", "explain_unmatched", "explain_proof"),
            *("explain_facts", "explain_counts", "explain_past", "explain_read", "explain_find"),
            "repeats",
            *("rematch_files", "rematch_words", "rematch_changes"),
            *("calendar_files", "calendar_run", "invitations", "invitation_texts", "calendar_record"),
            *(
                "ics_write",
                "calendar_names",
                "earlier",
                "result_folders",
                "runs",
                "publication",
                "history",
                "run_plans",
            ),
            *("run_plans", "run_tables", "run_reading", "run_files"),
            *("results_words", "wording", "code_words", "proof_words", "column_words", "book"),
        ),
        (
            *("import_calendars", "import_cache", "import_owners", "import_busy"),
            *("ics_pool", "ics_worker", "ics_read", "ics_zones", "ics_expand", "ics_text"),
        ),
    ],
    [
        (
            *("source_tables", "io", "cohort_tables", "sheet_tables", "readings", "person_names"),
            *(
                "input_holidays",
                "input_times",
                "input_moments",
                "input_pairs",
                "pair_answers",
                "input_preferences",
            ),
            "input_letters",
            *(
                "input_employees",
                "input_people",
                "directory",
                "lookalikes",
                "input_programme",
                "tables",
                "plain_csv",
                "encoding",
                "headers",
            ),
            *("cohort_files", "programme_sheet", "cells", "words", "synonyms", "workbook"),
            *("holiday_days", "findings", "columns"),
        ),
        (
            *("check", "check_repair", "check_prices", "check_changes", "check_suggestions"),
            *("check_bottlenecks", "check_demand"),
            *("check_standing", "check_exchange", "check_components"),
            *("check_certificate", "check_proof", "check_relaxation", "check_candidates"),
            *("check_conflicts", "check_prospects", "check_publication"),
            *("check_claims", "check_outcomes", "check_summary", "check_sessions"),
            *(
                "check_timetable",
                "check_diary",
                "check_limits",
                "check_preferred",
                "check_queue",
                "check_waves",
                "check_pairs",
                "check_rhythm",
                "check_past",
                "check_rules",
                "check_classes",
                "check_hours",
                "check_starts",
                "check_free",
                "check_dates",
                "check_time",
                "check_files",
            ),
        ),
    ],
    [("solver",), ("reference",)],
    [("answers", "explain", "standing", "certificate", "gains", "proof", "advice", "trials", "contests")],
    [("remarks",)],
    [("joint", "drawn", "local", "relaxation")],
    [("ties",)],
    [("goals",), ("pairing",), ("clusters",), ("draw",), ("pricing",)],
    [("regular", "planner", "turns", "engaged", "scheduling", "plans", "sweeps"), ("working_hours",)],
    [("packing", "waves")],
    [
        ("cpsat",),
        ("times", "carried", "slots", "kinds", "limits"),
        ("shortages", "ways", "residual", "flow", "graphs"),
    ],
    [("rules",), ("lots",), ("classes", "carry_over"), ("cuts",)],
    [("places", "as_needed", "engagements")],
    [("calendars", "special_days"), ("cadence",), ("event_uids",)],
    [("arrays",)],
    [("model", "programme", "errors", "memory", "windows_zones", "plain_file"), ("one_file", "held")],
)
HEAVY = ("pandas", "ortools", "numpy", "pydantic", "rich", "holidays")


def imports(module):
    """Modules of the package that `module` imports anywhere in its code, those for type checks only included."""
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[2] for alias in node.names if alias.name.startswith("matcher.")}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            if node.module == "matcher":
                found |= {alias.name for alias in node.names if (PACKAGE / f"{alias.name}.py").exists()}
            elif node.module.startswith("matcher."):
                found.add(node.module.partition(".")[2])
    return found


MODULES = sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__")
PLACES = {
    module: (line, room, place)
    for line, rooms in enumerate(LAYERS)
    for room, modules in enumerate(rooms)
    for place, module in enumerate(modules)
}


def points_down(upper, lower):
    """Whether module `upper` may import module `lower`."""
    line, room, place = PLACES[upper]
    lower_line, lower_room, lower_place = PLACES[lower]
    return lower_line > line or (lower_line == line and lower_room == room and lower_place > place)


def reached(module):
    """All modules that importing `module` brings in."""
    found, waiting = set(), [module]
    while waiting:
        new = imports(waiting.pop()) - found
        found |= new
        waiting += new
    return found


def loaded_by(code):
    """Which of the heavy libraries are loaded after `code`."""
    script = f"import sys\n{code}\nprint(*(name for name in {HEAVY!r} if name in sys.modules))"
    return subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    ).stdout.splitlines()[-1]


def test_every_module_has_its_place():
    assert set(MODULES) == set(PLACES)


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down(module):
    upward = {other for other in imports(module) if not points_down(module, other)}
    assert not upward, f"matcher.{module} may not import {sorted(upward)}"


def test_the_order_of_places_tells_up_from_down():
    assert points_down("cli", "model")
    assert points_down("check", "check_time")
    assert not points_down("check_time", "check")
    assert not points_down("io", "check")
    assert not points_down("rules", "rules")


@pytest.mark.parametrize("module", [module for module in MODULES if module.startswith("check")])
def test_the_checker_knows_records_only(module):
    records = {"model", "programme", "errors", "memory", "windows_zones", "plain_file"}
    assert {other for other in reached(module) if not other.startswith("check")} <= records


def test_importing_the_package_is_cheap():
    assert loaded_by("import matcher; print()") == ""


def test_no_public_name_hides_behind_a_module():
    import matcher

    assert not set(matcher.__all__) & set(MODULES)
    assert set(matcher._HOMES) == set(matcher.__all__) - {"__version__"}


def test_help_is_cheap():
    assert loaded_by("from matcher.cli import cli\ncli(['--help'], standalone_mode=False)") == ""


def test_reading_a_small_cohort_needs_no_pandas():
    sample = PACKAGE.parent / "data" / "nlmk-sample"
    code = f"from matcher.io import read_cohort\nassert len(read_cohort({str(sample)!r}).mentees) > 0\nprint()"
    assert not {"pandas", "holidays"} & set(loaded_by(code).split())


@pytest.mark.parametrize("name", HEAVY[1:3])
def test_the_measure_sees_what_is_loaded(name):
    assert name in loaded_by(f"import {name}; print()").split()


def test_zones_are_those_of_the_package_whatever_the_system_has(tmp_path):
    """Where Moscow has the hours of Tokyo, in this process and in those that it starts."""
    files = importlib.resources.files("tzdata") / "zoneinfo"
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe" / "Moscow").write_bytes((files / "Asia" / "Tokyo").read_bytes())
    ask = "print(dt.datetime(2027, 1, 11, tzinfo=ZoneInfo('Europe/Moscow')).utcoffset())"
    code = f"import datetime as dt\nfrom zoneinfo import ZoneInfo\n{ask}\nimport matcher\n{ask}"
    environment = {**os.environ, "PYTHONTZPATH": str(tmp_path), "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.split() == ["9:00:00", "3:00:00"]
