"""matcher compare: what is otherwise is exactly what differs in the files, and every reason stands in them."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from compare_runs import expected, make_run, parsed, rows_in, settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from report_runs import NASTY, SAMPLE, Reader, copy_of, data_of, nasty_cohort, page_of, solved

from matcher import compare, compare_plots
from matcher.cli import cli
from matcher.compare import compare_runs, find_runs
from matcher.compare_page import make_page
from matcher.compare_plots import key_plots, trade_off
from matcher.compare_tables import as_data, make_tables
from matcher.compare_words import OWN, Words
from matcher.differences import BEARING, KINDS, kind_of
from matcher.errors import MatcherError
from matcher.model import Outcome
from matcher.report_words import OWN as REPORT
from matcher.wording import SHARED

PACKAGE = Path(__file__).resolve().parent.parent / "matcher"
FIGURES = ("figures.csv", "changes.csv", "moved.csv", "compare.html")


def compared(*folders, language="en"):
    return compare_runs(find_runs(folders)[0], Words("en"), Words(language))


def tables(*folders):
    return {name: parsed(content) for name, content in make_tables(compared(*folders)).items()}


def run_cli(*arguments):
    return CliRunner().invoke(cli, ["compare", *map(str, arguments)], prog_name="matcher")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The sample solved as it is and with some keys set otherwise."""
    folder = tmp_path_factory.mktemp("compare")
    solved(SAMPLE, folder / "base")
    solved(SAMPLE, folder / "gap", {"eligibility.same_function_gap": 1})
    solved(SAMPLE, folder / "one", {"capacity.mentees_per_mentor": 1})
    solved(SAMPLE, folder / "three", {"capacity.mentees_per_mentor": 3, "sessions.minutes": 30})
    return folder


# --- the oracle ---------------------------------------------------------------------------------------------

MENTEES, MENTORS = "abcd", "mnopq"
TIMES = [f"2027-01-{day:02}T09:00+03:00" for day in range(11, 17)]
OUTCOMES = ["mentor_full", "same_function_gap", "other_choice_taken", "no_common_time"]


@st.composite
def any_run(draw):
    """Pairs with up to two mentors for a mentee, some mentees without, choices with any outcome."""
    run = {"pairs": [], "sessions": [], "unmatched": [], "choices": []}
    for mentee in MENTEES:
        if draw(st.integers(0, 5)) == 0:
            continue
        mentors = draw(st.lists(st.sampled_from(MENTORS), unique=True, max_size=2))
        listed = draw(st.lists(st.sampled_from(MENTORS), unique=True, max_size=4))
        if not mentors:
            run["unmatched"].append((mentee, draw(st.sampled_from(["draw", "mentors_full"])), "Why."))
        for mentor in mentors:
            run["pairs"].append((mentee, mentor, draw(st.sampled_from(["", "1", "2", "3"]))))
            for start in draw(st.lists(st.sampled_from(TIMES), unique=True, max_size=4)):
                end = start.replace("T09:00", draw(st.sampled_from(["T09:30", "T09:45"])))
                run["sessions"].append((mentee, mentor, start, end))
        for mentor in listed:
            if mentor not in mentors:
                run["choices"].append((mentee, mentor, "4", draw(st.sampled_from(OUTCOMES)), "Some sentence."))
    return run


@hypothesis_settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=150)
@given(any_run(), any_run())
def test_what_is_otherwise_is_what_the_files_say(one, other):
    with tempfile.TemporaryDirectory() as folder:
        before, now = make_run(Path(folder, "before"), **one), make_run(Path(folder, "now"), **other)
        made = tables(before, now)
        changes, pairs, moved = expected(before, now)
        told = {
            row["mentee_id"]: {key: row[key] for key in next(iter(changes.values()))}
            for row in made["changes.csv"]
        }
        assert told == changes
        row = made["figures.csv"][1]
        assert {key: int(row[f"pairs_{key}"]) for key in pairs} == pairs
        kinds = Counter(change["change"] for change in changes.values())
        assert {kind: int(row[f"mentees_{kind}"]) for kind in KINDS} == {kind: kinds[kind] for kind in KINDS}
        for figure in ("kept", "moved", "added", "dropped", "resized"):
            assert int(row[f"sessions_{figure}"]) == sum(counts[figure] for counts in moved.values())
        shown = {(row["mentee_id"], row["mentor_id"]): row for row in made["moved.csv"]}
        differing = {pair for pair, counts in moved.items() if any(counts[key] for key in counts if key != "kept")}
        assert shown.keys() == differing
        for pair, row in shown.items():
            assert {key: int(row[key]) for key in ("kept", "moved", "added", "dropped", "resized")} == dict(
                moved[pair]
            )


def test_real_runs_too(runs):
    for name in ("gap", "one", "three"):
        made = tables(runs / "base", runs / name)
        changes, pairs, moved = expected(runs / "base", runs / name)
        assert changes
        assert {row["mentee_id"]: row["change"] for row in made["changes.csv"]} == {
            mentee: change["change"] for mentee, change in changes.items()
        }
        row = made["figures.csv"][1]
        assert int(row["pairs_kept"]) == pairs["kept"]
        assert int(row["sessions_moved"]) == sum(counts["moved"] for counts in moved.values())


def test_a_run_and_its_copy_are_alike(runs, tmp_path):
    again = copy_of(runs / "base", tmp_path / "again")
    made = tables(runs / "base", again)
    assert made["changes.csv"] == made["moved.csv"] == []
    first, second = made["figures.csv"]
    assert {**first, "run": ""} == {**second, "run": ""}
    result = run_cli(runs / "base", again)
    assert result.exit_code == 0, result.output
    assert "nobody fares otherwise" in result.stdout


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("", "", ""),
        ("m1", "m1", ""),
        ("m1", "m2", "rank"),
        ("", "m1", "gained"),
        ("m1", "", "lost"),
        ("m1", "n1", "mentor"),
        ("m1", "m1 n2", "more"),
        ("m1 n2", "n2", "fewer"),
        ("m1 n2", "m1 o2", "mentor"),
        ("m1 n2", "m2 n1", "rank"),
    ],
)
def test_kinds_of_changes(old, new, kind):
    before, now = (tuple((one[0], int(one[1])) for one in text.split()) for text in (old, new))
    assert kind_of(before, now, was=True, is_now=True) == kind
    assert kind_of(before, now, was=False, is_now=True) == "joined"
    assert kind_of(before, now, was=True, is_now=False) == "left"


# --- figures ------------------------------------------------------------------------------------------------


def test_figures_are_those_of_the_summaries(runs):
    folders = [runs / name for name in ("base", "gap", "one", "three")]
    for folder, row in zip(folders, tables(*folders)["figures.csv"], strict=True):
        summary = json.loads((folder / "summary.json").read_text("utf-8"))
        counts, goals = summary["counts"], {goal["name"]: goal for goal in summary["goals"]}
        for name in ("mentees", "mentees_paired", "mentees_unmatched", "pairs", "sessions"):
            assert int(row[name]) == counts[name], name
        profile = counts["rank_profile"]
        assert row["rank_profile"] == " ".join(map(str, profile))
        assert int(row["rank_sum"]) == sum(rank * pairs for rank, pairs in enumerate(profile, start=1))
        assert int(row["worst_rank"]) == len(profile)
        assert float(row["mean_rank"]) == pytest.approx(int(row["rank_sum"]) / sum(profile), abs=5e-4)
        assert int(row["unranked_pairs"]) == counts["pairs"] - sum(profile)
        assert int(row["regularity"]) == goals["regularity"]["value"]
        told = {code: int(row[f"unmatched_{code}"]) for code in counts["unmatched"]}
        assert told == counts["unmatched"]
        assert row["bound_mentees"] == str(goals["mentees"]["bound"])
        assert row["proven_rank"] == "yes"
        assert row["bound_minutes"] == ""
        assert row["status"] == summary["status"]
        load = Counter(Counter(pair["mentor_id"] for pair in rows_in(folder, "pairs.csv")).values())
        assert row["load_profile"] == " ".join(str(load[size]) for size in range(1, max(load) + 1))
        assert int(row["mentors"]) == sum(load.values())


def test_only_keys_that_differ_are_told(runs):
    rows = tables(runs / "one", runs / "three")["figures.csv"]
    assert [key for key in rows[0] if key.startswith("set ")] == [
        "set capacity.mentees_per_mentor",
        "set sessions.minutes",
    ]
    assert [row["set capacity.mentees_per_mentor"] for row in rows] == ["1", "3"]
    assert [row["set sessions.minutes"] for row in rows] == ["", "30"]
    assert not [
        key for key in tables(runs / "one", runs / "one" / ".." / "base")["figures.csv"][0] if key == "set x"
    ]


def test_a_run_without_any_pair_has_no_mean(tmp_path):
    pairs = make_run(tmp_path / "pairs", pairs=[("a", "m", "2")])
    empty = make_run(tmp_path / "empty", unmatched=[("a", "draw", "Bad luck.")])
    row = tables(pairs, empty)["figures.csv"][1]
    assert (row["mean_rank"], row["worst_rank"], row["rank_profile"], row["rank_sum"]) == ("", "", "", "0")
    result = run_cli(pairs, empty, "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "mean rank 2.000 -> -" in result.stdout
    chart = trade_off(compared(pairs, empty), Words("en"))
    assert len(chart.rows) == 1
    assert "1 run has no pair with a rank and is left out." in chart.note


# --- why ----------------------------------------------------------------------------------------------------


def test_who_lost_his_mentor_learns_what_became_of_the_choice(tmp_path):
    before = make_run(tmp_path / "before", pairs=[("a", "m", "1")])
    now = make_run(
        tmp_path / "now",
        unmatched=[("a", "mentors_full", "2 choices would be allowed, but others have them.")],
        choices=[("a", "m", "1", "mentor_full", "Both places with this mentor went to others.")],
        **settings(capacity__mentees_per_mentor=1, invitations__organiser_email="lead@example.org"),
    )
    (row,) = tables(before, now)["changes.csv"]
    assert (row["change"], row["reason"], row["unmatched"]) == ("lost", "mentor_full", "mentors_full")
    assert row["explanation"] == (
        "Former mentor m: both places with this mentor went to others. 2 choices would be allowed, but others "
        "have them. Set otherwise: capacity.mentees_per_mentor = 1 (other run: as in programme.toml)."
    )
    assert "lead@example.org" not in json.dumps(as_data(compared(before, now)))


def test_who_gained_a_mentor_learns_what_had_been_in_the_way(tmp_path):
    before = make_run(
        tmp_path / "before",
        unmatched=[("a", "no_eligible_choice", "A rule stands against every choice.")],
        choices=[("a", "m", "1", "same_function_gap", "A mentor from the own function stands 2 levels higher.")],
        **settings(eligibility__same_function_gap=2),
    )
    now = make_run(tmp_path / "now", pairs=[("a", "m", "1")], **settings(eligibility__same_function_gap=1))
    (row,) = tables(before, now)["changes.csv"]
    assert (row["change"], row["reason"], row["former_now"]) == ("gained", "same_function_gap", "")
    assert row["explanation"].endswith("Set otherwise: eligibility.same_function_gap = 1 (other run: 2).")


@pytest.mark.parametrize(("rank", "reason"), [("1", "mentor_full"), ("3", "same_function_gap")])
def test_another_mentor_is_explained_from_the_better_side(tmp_path, rank, reason):
    before = make_run(
        tmp_path / "before", pairs=[("a", "m", "2")], choices=[("a", "n", rank, "mentor_full", "No places.")]
    )
    now = make_run(
        tmp_path / "now", pairs=[("a", "n", rank)], choices=[("a", "m", "2", "same_function_gap", "Levels.")]
    )
    (row,) = tables(before, now)["changes.csv"]
    assert (row["change"], row["reason"]) == ("mentor", reason)
    assert row["explanation"] == "Former mentor m: levels. New mentor n, in the other run: no places."


def test_a_choice_that_was_none_is_said_to_be_none(tmp_path):
    before, now = (
        make_run(tmp_path / "x", pairs=[("a", "m", "")]),
        make_run(tmp_path / "y", pairs=[("a", "n", "1")]),
    )
    (row,) = tables(before, now)["changes.csv"]
    assert (row["former_now"], row["new_before"]) == ("not_listed", "not_listed")
    assert "Former mentor m: not on the list." in row["explanation"]
    assert (row["rank_before"], row["rank_now"]) == ("", "1")


def test_keys_bear_on_outcomes_that_there_are():
    assert set(BEARING) <= set(Outcome.__args__)


def test_the_report_and_the_comparison_tell_the_same(runs):
    for name in ("gap", "one", "three"):
        page = page_of(SAMPLE, runs / name, runs / "base")
        data, rows = data_of(page), tables(runs / "base", runs / name)
        told = data["compare"]
        ids = data["people"]["id"]
        assert [ids[person] for person in told["person"]] == [row["mentee_id"] for row in rows["changes.csv"]]
        assert told["kind"] == [row["change"] for row in rows["changes.csv"]]
        names = {row["mentee_id"]: row["name"] for row in rows["changes.csv"]}
        assert all(names.values())
        plain = [re.sub(r"(Former|New) mentor [^:,]*?\((E\d+)\)", r"\1 mentor \2", why) for why in told["why"]]
        assert plain == [row["explanation"] for row in rows["changes.csv"]]
        figures, text = rows["figures.csv"][1], Reader(page).text
        assert (
            f"Pairs: {figures['pairs_kept']} kept, {figures['pairs_won']} won, {figures['pairs_lost']} lost."
            in text
        )
        assert f"{figures['sessions_moved']} moved, {figures['sessions_added']} added" in text


# --- which runs ---------------------------------------------------------------------------------------------


def test_a_sweep_stands_for_its_runs_and_the_base_comes_first(tmp_path):
    for name in ("case10", "case9", "base", "Zebra"):
        make_run(tmp_path / "sweep" / "runs" / name, pairs=[("a", "m", "1")])
    (tmp_path / "sweep" / "runs" / "failed").mkdir()
    (tmp_path / "sweep" / "runs" / ".case11.matcher-new-1").mkdir()
    sources, left_out = find_runs([tmp_path / "sweep"])
    assert [source.name for source in sources] == ["base", "Zebra", "case9", "case10"]
    assert [path.name for path in left_out] == ["failed"]
    result = run_cli(tmp_path / "sweep")
    assert "failed: is no run; left out" in result.stderr
    first = tmp_path / "sweep" / "runs" / "case9"
    assert [source.name for source in find_runs([first, tmp_path / "sweep"])[0]] == [
        "case9",
        "base",
        "Zebra",
        "case10",
    ]


def test_an_earlier_run_of_a_case_that_failed_is_left_out(tmp_path):
    for name in ("base", "one", "two"):
        make_run(tmp_path / "runs" / name, pairs=[("a", "m", "1")])
    table = "case,about,sessions.minutes,status\nbase,,45,optimal\none,,30,failed\ntwo,a\u2028b,45,optimal\n"
    (tmp_path / "scenarios.csv").write_text(table, "utf-8-sig")
    sources, left_out = find_runs([tmp_path])
    assert [source.name for source in sources] == ["base", "two"]
    assert [path.name for path in left_out] == ["one"]
    assert "one: is an earlier run of a case that failed since; left out" in run_cli(tmp_path).stderr
    named = find_runs([tmp_path, tmp_path / "runs" / "one"])[0]
    assert [source.usual for source in named if source.name == "one"] == [{}]  # not those of the case now


def test_the_table_of_a_sweep_tells_what_was_not_set(tmp_path):
    keys = [{}, {"sessions__minutes": 30}, {"goals__rank": "greedy"}]
    for name, own in zip(("base", "short", "eager"), keys, strict=True):
        make_run(tmp_path / "runs" / name, pairs=[("a", "m", "1")], **settings(**own))
    table = [
        "case;about;goals.rank;sessions.minutes;status",
        'base;as it is;generous;"45; 30";optimal',
        "eager;;greedy;45;optimal",
        "short;;generous;30;optimal",
    ]
    (tmp_path / "scenarios.csv").write_text("\n".join(table), "utf-8-sig")
    comparison = compared(tmp_path)
    assert [run.name for run in comparison.runs] == ["base", "eager", "short"]  # in the order of the table
    rows = parsed(make_tables(comparison)["figures.csv"])
    assert [row["set goals.rank"] for row in rows] == ["generous", "greedy", "generous"]
    assert [row["set sessions.minutes"] for row in rows] == ["45; 30", "45", "30"]
    single = compared(tmp_path / "runs" / "base", tmp_path / "runs" / "short")
    assert single.keys == ("sessions.minutes",)
    assert single.first.settings["goals.rank"] == "generous"


def test_odd_line_ends_in_a_sentence_do_not_cut_the_table_of_a_sweep(tmp_path):
    for name in ("base", "one"):
        make_run(tmp_path / "runs" / name, pairs=[("a", "m", "1")])
    table = "case,about,goals.rank\nbase,as\u2028it\x85is\x0c,generous\none,,greedy\n"
    (tmp_path / "scenarios.csv").write_text(table, "utf-8-sig", newline="")
    assert [dict(run.settings) for run in compared(tmp_path).runs] == [
        {"goals.rank": "generous"},
        {"goals.rank": "greedy"},
    ]


def test_a_reason_names_the_value_that_a_sweep_tells(tmp_path):
    make_run(tmp_path / "runs" / "base", pairs=[("a", "m", "1")])
    make_run(
        tmp_path / "runs" / "one",
        unmatched=[("a", "mentors_full", "Others have them.")],
        choices=[("a", "m", "1", "mentor_full", "No place.")],
        **settings(capacity__mentees_per_mentor=1, eligibility__same_function_gap=2),
    )
    keys = "capacity.mentees_per_mentor,eligibility.same_function_gap"
    (tmp_path / "scenarios.csv").write_text(f"case,about,{keys}\nbase,,2,2\none,,1,2\n", "utf-8-sig")
    (row,) = parsed(make_tables(compared(tmp_path))["changes.csv"])
    assert row["explanation"].endswith("Set otherwise: capacity.mentees_per_mentor = 1 (other run: 2).")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"case\n", b"case,goals.rank\nbase\n", b'case,"x\n'])
def test_a_table_of_a_sweep_that_makes_no_sense_is_left_alone(tmp_path, content):
    for name in ("base", "other"):
        make_run(tmp_path / "runs" / name, pairs=[("a", "m", "1")])
    (tmp_path / "scenarios.csv").write_bytes(content)
    assert [run.settings for run in compared(tmp_path).runs] == [{}, {}]


def test_runs_of_one_name_are_told_apart(tmp_path):
    for place in ("x", "y"):
        make_run(tmp_path / place / "run", pairs=[("a", "m", "1")])
    make_run(tmp_path / "z", pairs=[("a", "m", "1")])
    sources, _ = find_runs([tmp_path / "x" / "run", tmp_path / "y" / "run", tmp_path / "z"])
    assert [source.name for source in sources] == ["x/run", "y/run", "z"]


@pytest.mark.parametrize(
    ("folders", "message"),
    [
        (["run"], "1 run; at least 2 are compared"),
        (["run", "run/../run"], "1 run; at least 2 are compared"),
        (["run", "nowhere"], "nowhere: no such folder"),
        (["run", "empty"], "empty: is neither a run nor a folder of runs"),
    ],
)
def test_too_few_runs(tmp_path, folders, message):
    make_run(tmp_path / "run", pairs=[("a", "m", "1")])
    (tmp_path / "empty").mkdir()
    result = run_cli(*(tmp_path / folder for folder in folders))
    assert result.exit_code == 1
    assert message in result.stderr


def test_tables_that_were_changed_are_not_compared(runs, tmp_path):
    changed = copy_of(runs / "gap", tmp_path / "changed")
    lines = (changed / "pairs.csv").read_text("utf-8-sig").splitlines(keepends=True)
    (changed / "pairs.csv").write_text("".join(lines[:-1]), "utf-8-sig")
    with pytest.raises(MatcherError, match=r"changed: tables were changed since it was solved \(.*pairs"):
        compared(runs / "base", changed)


@pytest.mark.parametrize(("column", "message"), [("rank", "rank: 'x' is not"), ("start", "start: 'x' is no time")])
def test_a_damaged_cell_is_named(tmp_path, column, message):
    good = make_run(tmp_path / "good", pairs=[("a", "m", "1")])
    rank, start = ("x", TIMES[0]) if column == "rank" else ("1", "x")
    bad = make_run(tmp_path / "bad", pairs=[("a", "m", rank)], sessions=[("a", "m", start, TIMES[1])])
    with pytest.raises(MatcherError, match=message):
        compared(good, bad)


def test_other_input_and_other_people_are_said(tmp_path):
    one = make_run(tmp_path / "one", pairs=[("a", "m", "1")], inputs={"busy.csv": "1", "employees.csv": "2"})
    two = make_run(tmp_path / "two", pairs=[("b", "m", "1")], inputs={"busy.csv": "9", "employees.csv": "2"})
    said = run_cli(one, two).stderr
    assert "no mentee in common with one: two" in said
    assert "Solved from other input files than one: two (busy.csv)" in said
    text = Reader(make_page(compared(one, two), Words("en")).decode()).text
    assert "No mentee in common with one: two." in text
    assert "Solved from other input files than one: two (busy.csv)." in text


def test_what_is_not_proven_is_said(tmp_path):
    one = make_run(tmp_path / "one", pairs=[("a", "m", "1")])
    two = make_run(tmp_path / "two", pairs=[("a", "m", "1")], status="feasible", cut_short=True)
    assert "not proven best, so a difference may be due to the time limit: two" in run_cli(one, two).stderr
    assert "not proven, cut short" in Reader(make_page(compared(one, two), Words("en")).decode()).text


# --- the command --------------------------------------------------------------------------------------------


def test_the_command_writes_tables_and_page(runs, tmp_path):
    out = tmp_path / "out"
    result = run_cli(runs / "base", runs / "gap", "-o", out)
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in out.iterdir()) == sorted(FIGURES)
    assert result.stdout.startswith(
        "base -> gap: 54 -> 56 of 61 mentees paired, 54 -> 56 pairs, mean rank 1.491 -> 1.345"
    )
    assert "gained a mentor: same_function_gap 2" in result.stderr
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert run_cli(runs / "base", runs / "gap", "-o", out).exit_code == 1
    assert run_cli(runs / "base", runs / "gap", "-o", out, "--overwrite").exit_code == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_json_tells_everything(runs):
    result = run_cli(runs / "base", runs / "gap", runs / "one", "--json", "-q")
    data = json.loads(result.stdout)
    assert result.stderr == ""
    assert [run["run"] for run in data["runs"]] == ["base", "gap", "one"]
    assert data["keys"] == ["capacity.mentees_per_mentor", "eligibility.same_function_gap"]
    assert data["runs"][1]["settings"] == {"capacity.mentees_per_mentor": None, "eligibility.same_function_gap": 1}
    assert data["runs"][1]["mean_rank"] == 1.345
    assert data["runs"][1]["reasons"]["gained"] == {"same_function_gap": 2}
    assert len(data["changes"]) == len(tables(runs / "base", runs / "gap", runs / "one")["changes.csv"])


def test_many_runs_are_told_by_the_best_and_the_worst(tmp_path):
    for number in range(8):
        mentees = "abcdefgh"[: number + 1]
        pairs = [(mentee, "m", str(1 + (number > 4))) for mentee in mentees]
        make_run(tmp_path / "sweep" / "runs" / (f"case{number}" if number else "base"), pairs=pairs)
    result = run_cli(tmp_path / "sweep")
    assert "7 runs compared with base: 2 to 8 mentees paired (1)" in result.stdout
    assert re.search(r"^pairs +base 1 \| best 8: case7 \| worst 1: base$", result.stderr, re.MULTILINE)
    assert "None is better in both pairs and mean rank: case4; case7" in result.stderr


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (lambda out: out.write_text("mine"), "is a file; expected a folder"),
        (lambda out: make_run(out, pairs=[]), "also holds 'choices.csv', which is no file of a comparison"),
        (lambda out: (out.mkdir(), (out / "figures.csv").write_text("mine")), "is not empty and no comparison"),
        (lambda out: (out.mkdir(), (out / "notes.txt").write_text("mine")), "also holds 'notes.txt'"),
    ],
)
def test_what_is_no_comparison_is_never_replaced(tmp_path, prepare, message):
    one, two = (make_run(tmp_path / name, pairs=[("a", "m", "1")]) for name in "xy")
    out = tmp_path / "out"
    prepare(out)
    held = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    result = run_cli(one, two, "-o", out, "--overwrite")
    assert result.exit_code == 1
    assert message in result.stderr
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == held


def test_a_comparison_does_not_lie_in_a_run(tmp_path):
    one, two = (make_run(tmp_path / name, pairs=[("a", "m", "1")]) for name in "xy")
    result = run_cli(one, two, "-o", one / "out")
    assert result.exit_code == 1
    assert "lies inside the run" in result.stderr
    assert not (one / "out").exists()
    assert run_cli(one, two, "--overwrite").exit_code == 2


def test_tables_have_the_delimiter_of_the_first_run(tmp_path):
    one, two = (
        make_run(tmp_path / name, pairs=[("a", "m", "1")], delimiter=d) for name, d in (("x", ";"), ("y", ","))
    )
    assert make_tables(compared(one, two))["figures.csv"].decode("utf-8-sig").startswith("run;status;")
    assert make_tables(compared(two, one))["figures.csv"].decode("utf-8-sig").startswith("run,status,")


# --- hostile names ------------------------------------------------------------------------------------------


@pytest.fixture
def nasty(tmp_path):
    """Runs of people and folders whose names try to be something else."""
    cohort = nasty_cohort(tmp_path / "cohort")
    first = solved(cohort, tmp_path / "\x1b[31m=cmd <b>x<|b>")
    second = solved(cohort, tmp_path / "two", {"capacity.mentees_per_mentor": 1})
    return first, second


@pytest.mark.parametrize("language", ["en", "ru"])
def test_hostile_names_are_text(nasty, language):
    page = make_page(compared(*nasty, language=language), Words(language)).decode()
    reader = Reader(page)
    assert reader.tags.count("script") == 2
    assert not {"b", "i", "img"} & set(reader.tags)
    assert not [name for _tag, name, _value in reader.attributes if name.startswith("on")]
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", page.replace("\n", ""))
    names = set(data_of(page)["people"]["name"])
    assert NASTY["a"] in names or NASTY["b"] in names
    assert re.search(r"script-src 'sha256-[\w+/=]{44}'; base-uri 'none'", page)


def test_hostile_names_are_harmless_in_tables_and_terminal(nasty, tmp_path):
    result = run_cli(*nasty, "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "\x1b" not in result.output
    text = (tmp_path / "out" / "changes.csv").read_text("utf-8-sig")
    assert not re.search(r'(^|,)"?[=+\-@\t]', text, re.MULTILINE)


# --- plots --------------------------------------------------------------------------------------------------


def cases(tmp_path, grid):
    """Runs of a grid: each with as many pairs as its place, and one without any key."""
    folders = [make_run(tmp_path / "base", pairs=[("a", "m", "1")])]
    for number, keys in enumerate(grid):
        pairs = [(f"e{place}", "m", str(1 + place % 3)) for place in range(number + 1)]
        folders.append(make_run(tmp_path / f"case{number}", pairs=pairs, **settings(**keys)))
    return folders


def test_a_key_has_a_line_for_each_combination_of_the_others(tmp_path):
    grid = [{"sessions__minutes": m, "goals__rank": r} for m in (30, 45, 60) for r in ("greedy", "generous")]
    by_rank, by_minutes = key_plots(compared(*cases(tmp_path, grid)), Words("en"))
    assert (by_rank.key, by_minutes.key) == ("goals.rank", "sessions.minutes")
    pairs, ranks = by_minutes.charts
    assert pairs.head == ("sessions.minutes", "goals.rank = generous", "goals.rank = greedy")
    assert pairs.rows == [("30", "2", "1"), ("45", "4", "3"), ("60", "6", "5")]
    assert ranks.rows[0] == ("30", "1.5", "1")
    assert "1 run in which this key was not set is left out." in pairs.note
    assert [row[0] for row in by_rank.charts[0].rows] == ["generous", "greedy"]


def test_too_many_combinations_are_a_mean_and_a_band(tmp_path):
    grid = [{"sessions__minutes": m, "goals__seed": s} for m in (30, 60) for s in range(9)]
    (plots,) = key_plots(compared(*cases(tmp_path, grid)), Words("en"))  # none for the seed: it has no order
    assert plots.charts[0].head == ("sessions.minutes", "mean of all runs", "lowest to highest")
    assert plots.charts[0].rows == [("30", "5", "1 \N{EN DASH} 9"), ("60", "14", "10 \N{EN DASH} 18")]
    assert "The other keys have 9 combinations" in plots.charts[0].note


def test_a_key_with_many_values_that_are_no_numbers_has_no_plot(tmp_path):
    grid = [{"calendar__working_hours": f"{hour:02}:00-18:00"} for hour in range(13)]
    assert key_plots(compared(*cases(tmp_path, grid)), Words("en")) == []
    assert len(key_plots(compared(*cases(tmp_path, grid)[:5]), Words("en"))) == 1


def test_runs_with_the_same_settings_count_as_their_mean(tmp_path):
    grid = [{"sessions__minutes": m} for m in (30, 30, 60)]
    (plots,) = key_plots(compared(*cases(tmp_path, grid)), Words("en"))
    assert plots.charts[0].rows == [("30", "1.5"), ("60", "3")]
    assert "Several runs with the same settings count as their mean." in plots.charts[0].note


def priced(tmp_path, *runs):
    """Runs `(pairs, minutes, hash of preferences.csv, other keys)` -> their plot over the minutes."""
    folders = []
    for number, (size, minutes, digest, keys) in enumerate(runs):
        pairs = [(f"e{place}", "m", "1") for place in range(size)]
        own = settings(sessions__minutes=minutes, **keys)
        inputs = {"employees.csv": "1", "preferences.csv": digest}
        folders.append(make_run(tmp_path / f"run{number}", pairs=pairs, inputs=inputs, **own))
    plots = {one.key: one.charts[0] for one in key_plots(compared(*folders), Words("en"))}
    return plots["sessions.minutes"]


def test_runs_of_other_tables_do_not_move_the_curve_of_a_key(tmp_path):
    dropouts = [(size, 45, f"dropouts {size}", {}) for size in (2, 3)]
    chart = priced(tmp_path, (8, 45, "as it is", {}), (9, 30, "as it is", {}), *dropouts)
    assert chart.head[1:] == ("Pairs",)
    assert chart.rows == [("30", "9"), ("45", "8")]
    assert chart.note == "2 runs are left out that differ from no other in this key alone."


def test_other_tables_that_were_solved_with_several_values_have_a_line_of_their_own(tmp_path):
    runs = [(size + less, minutes, f"{less}", {}) for size, minutes in ((8, 45), (9, 30)) for less in (0, -3, -5)]
    chart = priced(tmp_path, *runs)
    assert chart.head[1:] == ("nothing else set", "other preferences.csv")
    assert chart.rows == [("30", "9", "5"), ("45", "8", "4")]
    assert chart.note == "Several runs with the same settings count as their mean."


def test_a_case_of_another_key_does_not_stand_for_a_value(tmp_path):
    """Of a grid and one case beside it, only the run of the grid that has all else alike tells of the key."""
    grid = [(size, minutes, "1", {"goals__rank": "greedy"}) for size, minutes in ((8, 45), (5, 60), (2, 90))]
    case = (9, 45, "1", {"goals__rank": "generous"})
    folders = tmp_path / "a"
    assert priced(folders, case, *grid).rows == [("45", "8"), ("60", "5"), ("90", "2")]
    by_rank, _ = key_plots(compared(*sorted(folders.iterdir())), Words("en"))
    assert by_rank.charts[0].rows == [("generous", "9"), ("greedy", "8")]


def test_where_no_two_runs_differ_in_one_key_alone_all_are_shown(tmp_path):
    runs = [(size, minutes, f"{size}", {}) for size, minutes in ((8, 45), (9, 30))]
    chart = priced(tmp_path, *runs)
    assert chart.head[1:] == ("nothing else set", "other preferences.csv")
    assert chart.rows == [("30", "\N{EN DASH}", "9"), ("45", "8", "\N{EN DASH}")]


def test_many_runs_read_the_table_of_their_sweep_once_and_the_values_of_a_key_once(tmp_path, monkeypatch):
    grid = [{"sessions__minutes": 30 + n} for n in range(40)]
    _ = [folder.rename(tmp_path / "runs" / folder.name) for folder in cases(tmp_path / "runs", grid)]
    keys = [f"{name},{minutes}" for name, minutes in [("base", 45), *((f"case{n}", 30 + n) for n in range(40))]]
    (tmp_path / "scenarios.csv").write_text("case,sessions.minutes\n" + "\n".join(keys), "utf-8")
    read = counted_calls(monkeypatch, compare, "_scenarios")
    told = counted_calls(monkeypatch, compare_plots, "_values")
    comparison = compared(tmp_path)
    assert comparison.first.settings == {"sessions.minutes": 45}
    assert len(read) <= 2
    key_plots(comparison, Words("en"))
    assert len(told) <= 4


def counted_calls(monkeypatch, module, name):
    """A list that grows by one each time that a function is called."""
    calls, function = [], getattr(module, name)
    monkeypatch.setattr(module, name, lambda *args: calls.append(args) or function(*args))
    return calls


def test_the_page_of_200_runs_is_small(tmp_path):
    why = "All places with this mentor went to others, and this sentence is rather long. " * 2
    for number in range(201):
        mentees = [f"e{place}" for place in range(40)]
        pairs = [(mentee, f"m{number}", "1") for mentee in mentees] if number else [(m, "m", "1") for m in mentees]
        choices = [(mentee, "m", "2", "mentor_full", f"{why} {number}") for mentee in mentees] if number else []
        name = f"capacity.mentees_per_mentor={number}, sessions.minutes=30" if number else "base"
        keys = settings(capacity__mentees_per_mentor=number, sessions__minutes=30 + number % 4)
        make_run(tmp_path / "runs" / name, pairs=pairs, choices=choices, **keys)
    comparison = compared(tmp_path)
    page = make_page(comparison, Words("en"))
    assert len(page) < 3_000_000
    data = data_of(page.decode())
    assert len(data["changes"]["run"]) == 200 * 15
    assert "the first 15 are shown here at most (3,000 of 8,000 in all)" in Reader(page.decode()).text
    assert len(parsed(make_tables(comparison)["changes.csv"])) == 8000


# --- words --------------------------------------------------------------------------------------------------


def test_both_languages_have_the_same_keys_and_facts():
    assert OWN["en"].keys() == OWN["ru"].keys()
    for key, entry in OWN["en"].items():
        other = OWN["ru"][key]
        texts = [[one] if isinstance(one, str) else list(one.values()) for one in (entry, other)]
        facts = [{frozenset(re.findall(r"{\w+}", text)) for text in one} for one in texts]
        assert facts[0] == facts[1], key
        assert isinstance(entry, str) == isinstance(other, str), key
        if not isinstance(other, str):
            assert other.keys() == {"one", "few", "many", "other"}, key


def test_every_text_is_used_and_in_one_place():
    source = "".join(path.read_text("utf-8") for path in PACKAGE.glob("compare*.py") if "ish" not in path.stem)
    source = re.sub(r"compare_russian.*", "", source)
    source += "".join((PACKAGE / "templates" / name).read_text("utf-8") for name in ("compare.html", "compare.js"))
    unused = [key for key in OWN["en"] if f'"{key}"' not in source and f"'{key}'" not in source]
    assert [key for key in unused if not key.startswith("status.")] == []
    assert not OWN["en"].keys() & (REPORT["en"].keys() | SHARED["en"].keys())


def test_the_page_is_in_the_language_asked_for(runs, tmp_path):
    out = tmp_path / "out"
    result = run_cli(runs / "base", runs / "one", "-o", out, "--language", "ru")
    assert result.exit_code == 0, result.output
    page = (out / "compare.html").read_text("utf-8")
    assert '<html lang="ru">' in page
    assert "Former mentor" not in page
    assert "Прежний наставник" in page
    assert "Former mentor" in (out / "changes.csv").read_text("utf-8")
    shutil.rmtree(out)
