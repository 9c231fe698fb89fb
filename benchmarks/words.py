"""The words of docs/performance.md around the figures."""

HEAD = """\
# Performance

How long matcher takes, beside the floor that nobody can get under and beside what a user would pick instead.
`make bench` measures everything anew (`python -m benchmarks --help` lists the parts), and `python -m benchmarks
report` writes this page from the figures in `benchmarks/results`: do not edit it by hand.

Every run is a process of its own. The contestants take turns (matcher, peer, matcher, peer ...), so that a busy
moment of the machine hits all alike. Figures are medians, with the range in brackets; ratios are ratios of
medians. CPU seconds are those of all cores together; peak memory is that of the largest process, in millions of
bytes. The cohorts come from `matcher generate` with seed 0; pairs.csv is left out, since the peers do not know
its rules. Who needs minutes runs once.

## Goals"""

ANSWERS = """\
## How to read the tables

A fast answer that is worse is no win, so every table says what each contestant reached: pairs, then the number
of pairs at rank 1, 2, 3 ... or the sum of ranks, then sessions. *Beside matcher* tells how the answer compares,
goal by goal in their order. *Time / matcher's* is left out where the answer is worse. *Does less* marks what is
no answer to the whole question but a floor under it: its time stands although it reaches less."""

PARTS = {
    "floor": (
        "The floor",
        """\
`matcher solve` as a whole, from CSV files to verified files on disk, beside the least that any program has to
do: read the same files with `pandas.read_csv` (C parser, all columns as text, so that ids stay what they are),
screen the choices by level, and solve one OR-Tools min-cost flow (most pairs, then least sum of ranks). The
floor knows no calendars, plans no sessions, checks nothing and writes nothing.

What bounds the ratio: of a run (2026-11-28) reading takes 14%, screening 10%, pairing 18%, regularity 4%,
explaining every choice with its certificate 19%, and writing and checking all of it again from the files 34%.
So the check alone is more than four floors and the explanations are nearly three; without both the ratio would
be about 6.4, and both stay. A sampling profiler finds 1.0 seconds of 16 in CP-SAT and 1.0 in OR-Tools' flow; no
function of matcher has more than 0.6 by itself. Before answers were explained and certified, the ratio was 11.6.
What is made for people to read (`matcher report`, 15 seconds here, most of it results.xlsx) is left out
with `--no-report`.""",
    ),
    "flow": (
        "One min-cost flow",
        """\
In memory, without calendars. Timed for matcher: from arrays of eligible choices to the proven optimum of goals
1 to 3 (mentees, pairs, ranks) and the pairs that reach it. Timed for the peer: from the same arrays to one
OR-Tools `SimpleMinCostFlow`, built and solved (most pairs, then least sum of ranks). That is the whole of the
goal `min-cost`; for `generous` and `greedy` one flow is only a floor, since at such a size no weights of 64
bits hold these goals.""",
    ),
    "pairing-peers": (
        "Other solvers on the pairing",
        """\
In memory, without calendars, timed as above. `highs` and `scipy-linprog` solve the linear program, whose
vertices are whole numbers, by interior point with crossover (three times as fast here as their default);
`highs-in-order` uses HiGHS' own lexicographic goals. `scipy-assignment` is `linear_sum_assignment` on the full
table of mentees and places, `scipy-sparse` the `min_weight_full_bipartite_matching` that SciPy recommends for
sparse wishes. `matching` finds a stable matching, which is another aim than most pairs and best ranks; it needs
preferences of the mentors as well, which are drawn at random here.""",
    ),
    "textbook": (
        "The textbook model",
        """\
Pairing and schedule as one CP-SAT model, as the OR-Tools guides would have it written: an optional interval for
each pair and date, no overlap for each person, one weighted sum for mentees, ranks and sessions, default
parameters on all cores. It keeps the same rules and reads the same files with pandas. It leaves out regularity
and the draw, which matcher settles as well, so goals 1 to 4 are compared. *In memory* is the search alone for
the textbook, and for matcher everything from the cohort in memory to the solution.""",
    ),
    "textbook-largest": (
        "The largest size proven in 10 minutes",
        """\
The same two on cohorts of doubling size, one run each, until one of them does not end with a proof in 10
minutes.""",
    ),
    "scale": (
        "Size",
        """\
`matcher solve` as a whole, 10 busy intervals a person, ten employees to three mentees.""",
    ),
    "scale-largest": (
        "The largest company",
        """\
`matcher solve` as a whole, 10 busy intervals a person.""",
    ),
    "startup": (
        "Starting",
        """\
Whole processes, beside a Python that only imports what is needed anyway.

What bounds the second ratio: of the half beyond those imports, matcher's own 150 modules take about 0.16 seconds
(0.07 of it to make their records), pydantic and click 0.1, and reading, solving, explaining, writing and checking
the sample 0.2. From run to run of this part the ratio comes out between 1.98 and 2.06.""",
    ),
    "calendars": (
        "Importing calendars",
        """\
`matcher import-calendars` as a whole: 1,000 invented exports of Outlook and Google with 120 events each, a
quarter of them weekly, on one worker and on two; and again, when nothing has changed. `libraries` parses the same
files with icalendar and expands them with recurring-ical-events, in one process, and does nothing else: no busy
times, no checks, no bounds.""",
    ),
    "sweep": (
        "Scenarios",
        """\
`matcher sweep` as a whole on one worker and on two: 200 cases, every combination of five level gaps in the own
function, two between functions, two and three mentees a mentor, sessions of 30 and of 45 minutes, working hours
from 8, 9 or 10 to 17, 18 or 19 in five ways. `separate processes` are 200 commands `matcher solve --no-report
--workers 1`, one after the other. All write the same run folders, each checked from its files. The answer shown is
the sum over all cases.""",
    ),
    "rematch": (
        "Repairs",
        """\
`matcher rematch` as a whole, four weeks after the start, with a share of the pairs drawn and refused; beside it
`matcher solve` of the same cohort, as if the quarter began anew. The latter may end pairs that nobody refused, and
so give more mentees a mentor: the answers differ by intent.""",
    ),
    "shapes": (
        "Contested, hostile and odd shapes",
        """\
`matcher solve` as a whole; each shape is made from the ordinary cohort and has as many choices.""",
    ),
}
