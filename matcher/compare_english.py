"""The texts about a comparison in English. compare_russian has the same keys."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str | Mapping[str, str]] = {
    "runs.title": "Comparison of runs",
    "runs.compared": {"one": "{n} run compared with {first}", "other": "{n} runs compared with {first}"},
    "runs.nav_plots": "Trade-off",
    "runs.nav_keys": "Settings",
    "runs.nav_runs": "Runs",
    "runs.nav_changes": "Who fares otherwise",
    "runs.nav_about": "How to read this",
    "runs.no_script": (
        "The tables of runs and mentees need JavaScript, which is switched off. Figures and charts do "
        "without; the tables are also in the CSV files beside this page."
    ),
    "runs.strange": "No mentee in common with {first}: {runs}. A comparison says little.",
    "runs.unproven": "Not proven best, so that a difference may be due to the time limit: {runs}.",
    "runs.inputs": "Solved from other input files than {first}: {runs}.",
    "runs.and_more": {"one": "{runs} and {n} more", "other": "{runs} and {n} more"},
    "runs.first_has": "{first}: {value}",
    "runs.range": "{low} to {high}",
    "runs.figures": "Figures side by side",
    "runs.extremes": "The best and the worst run",
    "runs.extremes_note": "A figure alone is no verdict: what is best in one is often bad in another.",
    "runs.best": "Best",
    "runs.worst": "Worst",
    "runs.in": "{value}: {runs}",
    "runs.run": "Run",
    "runs.all": "All runs",
    "runs.all_note": ("The figures of every run; a click on how many mentees fare otherwise shows them below."),
    "runs.against": "{run} against {first}",
    "runs.same": {"one": "{n} mentee as before", "other": "{n} mentees as before"},
    "runs.why": "What explains it",
    "runs.why_note": (
        "For who fares worse: what became of the former choice in this run; for who fares better: what had "
        "become of the new one in {first}."
    ),
    "runs.changes": "Mentees who fare otherwise than in {first}",
    "runs.cut": {
        "one": ("Of each run, the first {n} is shown here at most ({shown} of {of} in all); changes.csv has all."),
        "other": (
            "Of each run, the first {n} are shown here at most ({shown} of {of} in all); changes.csv has all."
        ),
    },
    "runs.cut_short": "{status}, cut short",
    "runs.unset": "–",
    "figure.status": "Status",
    "figure.profile": "Pairs at rank 1, 2, …",
    "figure.off_list": "Pairs fixed by the lead, not on the list",
    "figure.rank_sum": "Sum of ranks",
    "figure.worst_rank": "Worst rank",
    "figure.mean_rank": "Mean rank",
    "figure.regularity": "Sessions at the usual time",
    "figure.load": "Mentors with 1, 2, … mentees",
    "figure.otherwise": "Fare otherwise",
    "status.optimal": "proven best",
    "status.feasible": "not proven",
    "status.no_solution": "no solution",
    "plots.trade_off": "Pairs against ranks",
    "plots.trade_off_note": (
        "The mean rank is over the pairs whose mentor was on the list. The dashed line joins runs of which "
        "no other has as many pairs and as good ranks, and is better in one of both."
    ),
    "plots.no_ranks": {
        "one": "{n} run has no pair with a rank and is left out.",
        "other": "{n} runs have no pair with a rank and are left out.",
    },
    "plots.key_note": "What the runs come to over the values of one key.",
    "plots.pairs_by": "Pairs by {key}",
    "plots.ranks_by": "Mean rank by {key}",
    "plots.mean": "mean of all runs",
    "plots.band": "lowest to highest",
    "plots.banded": {
        "one": (
            "The other keys have {n} combination: the line is the mean, the band reaches from lowest to highest."
        ),
        "other": (
            "The other keys have {n} combinations: the line is the mean, the band reaches from lowest to highest."
        ),
    },
    "plots.averaged": "Several runs with the same settings count as their mean.",
    "plots.unset": {
        "one": "{n} run in which this key was not set is left out.",
        "other": "{n} runs in which this key was not set are left out.",
    },
    "plots.alone": {
        "one": "{n} run is left out that differs from no other in this key alone.",
        "other": "{n} runs are left out that differ from no other in this key alone.",
    },
    "plots.inputs": "other {files}",
    "plots.usual": "nothing else set",
    "about.compared": (
        "Every run is compared with the first one, {first}. A mentee gains or loses if he has a mentor in "
        "only one of both; sessions are compared for pairs of both runs, by their start."
    ),
    "about.why": (
        "Reasons are those that the runs themselves give for every choice: they tell what stood in the "
        "way, and which settings that bear on it differ. They do not prove that this setting alone made "
        "the difference."
    ),
    "about.tables": (
        "The same figures are in figures.csv, all changes in changes.csv, and all moved sessions in moved.csv."
    ),
}
