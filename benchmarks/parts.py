"""What is measured: each part runs matcher and its peers on the same cohorts and gives the cases it measured."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.cohorts import Plan, ensure
from benchmarks.measure import Entry, Run, interleave, run

OURS = "matcher"
KINDS = ("min-cost", "generous", "greedy")
LONGEST = 600.0  # seconds for one run, unless a part says otherwise
PEERS_LONGEST = 300.0
SCALE = (1_500, 5_000, 15_000, 50_000, 150_000)
LARGEST = Plan(300_000, 1_000_000, busy=10)
PEERS: dict[str, dict[str, tuple[str, ...]]] = {  # solvers of the pairing alone, by goal, and what they need
    "min-cost": {
        "ortools-flow": (),
        "highs": ("highspy",),
        "scipy-linprog": ("scipy",),
        "scipy-assignment": ("scipy",),
        "scipy-sparse": ("scipy",),
        "matching": ("matching",),
    },
    "generous": {"highs-in-order": ("highspy",)},
}
DENSE = "scipy-assignment"  # its table grows with the square of the company: 1,500 mentees fill it well enough
DENSE_MOST = 3_000


@dataclass(frozen=True)
class Setting:
    """How to measure: where cohorts are kept, and what the command line asked for.

    `repeats` and `mentees` are 0 for each part's own; `limit` is how many seconds one run may take.
    """

    cohorts: Path
    tell: Callable[[str], None]
    repeats: int = 0
    mentees: int = 0
    largest: bool = False
    limit: float = LONGEST

    def times(self, usual: int) -> int:
        """Number of repeats."""
        return self.repeats or usual


@dataclass
class Case:
    """Everybody's runs on one cohort; `kind` is the rank goal, `size` the cohort's rows."""

    name: str
    entries: list[Entry]
    kind: str = "generous"
    size: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Contestant:
    """Who is measured: a name, the packages he needs, and how he is run on a cohort."""

    name: str
    start: Callable[[], Run]
    needs: Sequence[str] = ()

    @property
    def missing(self) -> list[str]:
        """Packages that are not installed."""
        return [name for name in self.needs if importlib.util.find_spec(name) is None]


# --- who -----------------------------------------------------------------------------------------------------


def solve_command(cohort: Path, limit: float, what: Sequence[str] = ()) -> Run:
    """The whole command `matcher solve`, or `what`, from files to verified files, and what it reached."""
    with tempfile.TemporaryDirectory(dir=cohort.parent) as scratch:
        folder = Path(scratch) / "run"
        end = ["-o", str(folder), "--time-limit", f"{limit:g}", "--no-report"]
        told = run([matcher(), *(what or ["solve", str(cohort)]), *end], limit + 60)
        if told.fault:
            return told
        summary = json.loads((folder / "summary.json").read_text("utf-8"))
    goals = {goal["name"]: goal for goal in summary["goals"]}
    answer = {
        "status": summary["status"],
        "mentees": goals["mentees"]["value"],
        "pairs": goals["pairs"]["value"],
        "rank": summary["counts"]["rank_profile"],
        "sessions": summary["counts"]["sessions"],
        "bound": goals["sessions"]["bound"],
        "proven": [name for name, goal in goals.items() if goal["status"] == "optimal"],
        "rematch": summary.get("rematch"),
    }
    return replace(told, said=json.dumps({"answer": answer}))


def matcher() -> str:
    """The installed command."""
    return str(Path(sysconfig.get_path("scripts")) / "matcher")


def module(name: str, *arguments: object, limit: float) -> Run:
    """Run one of our modules that prints a line of JSON."""
    return run([sys.executable, "-m", f"benchmarks.{name}", *map(str, arguments)], limit)


def python(code: str) -> Run:
    """Run a line of Python."""
    return run([sys.executable, "-c", code], LONGEST)


def compete(
    setting: Setting, name: str, contestants: Sequence[Contestant], repeats: int, kind: str = "generous"
) -> Case:
    """Run all contestants whose packages are there, in turn."""
    ready = {one.name: one.start for one in contestants if not one.missing}
    setting.tell(f"{name}: {', '.join(ready)}")
    entries = {entry.name: entry for entry in interleave(ready, repeats, setting.tell)}
    absent = {one.name: Entry(one.name, missing=one.missing) for one in contestants if one.missing}
    return Case(name, [(entries | absent)[one.name] for one in contestants], kind)


def cohort_case(
    setting: Setting,
    plan: Plan,
    contestants: Callable[[Path], Sequence[Contestant]],
    repeats: int,
    *,
    name: str = "",
    kind: str = "generous",
) -> Case:
    """Make a cohort and let everybody run on it."""
    setting.tell(f"making {plan.name}")
    cohort, size = ensure(plan, setting.cohorts)
    case = compete(setting, name or f"{plan.mentees:,} mentees", contestants(cohort), repeats, kind)
    return replace(case, size=size)


# --- the parts -----------------------------------------------------------------------------------------------


def floor(setting: Setting) -> list[Case]:
    """Reading the same files with pandas and one min-cost flow, beside `matcher solve` from files to files."""
    plan = Plan(setting.mentees or 15_000)

    def contestants(cohort: Path) -> list[Contestant]:
        return [
            Contestant(OURS, lambda: solve_command(cohort, setting.limit)),
            Contestant("floor", lambda: module("peers.floor", cohort, limit=setting.limit)),
        ]

    return [cohort_case(setting, plan, contestants, setting.times(3))]


def flow(setting: Setting) -> list[Case]:
    """Goals 1 to 3 without calendars, in memory, beside one min-cost flow of OR-Tools."""
    plan = Plan(setting.mentees or 15_000, busy=0)
    cases = []
    for kind in KINDS:

        def contestants(cohort: Path, kind: str = kind) -> list[Contestant]:
            return [_our_pairing(cohort, kind, setting), _peer(cohort, "ortools-flow", (), setting)]

        cases.append(cohort_case(setting, plan, contestants, setting.times(5), name=kind, kind=kind))
    return cases


def _our_pairing(cohort: Path, kind: str, setting: Setting) -> Contestant:
    return Contestant(OURS, lambda: module("ours", "pairing", cohort, "--rank", kind, limit=setting.limit))


def _peer(cohort: Path, solver: str, needs: Sequence[str], setting: Setting) -> Contestant:
    return Contestant(solver, lambda: module("peers.pairing", solver, cohort, limit=setting.limit), needs)


def textbook(setting: Setting) -> list[Case]:
    """Pairing and schedule as one CP-SAT model, as the OR-Tools guides would have it written."""
    if setting.largest:
        return _largest_proven(setting)
    plan = Plan(setting.mentees or 60)
    return [cohort_case(setting, plan, _textbook_contestants(setting), setting.times(3))]


def _textbook_contestants(setting: Setting) -> Callable[[Path], list[Contestant]]:
    limit = setting.limit

    def contestants(cohort: Path) -> list[Contestant]:
        return [
            Contestant(OURS, lambda: solve_command(cohort, limit)),
            Contestant("matcher in memory", lambda: module("ours", "solve", cohort, limit=limit)),
            Contestant(
                "textbook",
                lambda: module("peers.textbook", cohort, "--limit", limit, limit=2 * limit + 60),
            ),
        ]

    return contestants


def _largest_proven(setting: Setting) -> list[Case]:
    """Double the size until neither proves its answer within the limit; each stops where it first fails."""
    cases: list[Case] = []
    running, mentees = {OURS, "textbook"}, setting.mentees or 15
    while running and mentees <= LARGEST.mentees:

        def contestants(cohort: Path, running: frozenset[str] = frozenset(running)) -> list[Contestant]:
            return [one for one in _textbook_contestants(setting)(cohort) if one.name in running]

        case = cohort_case(setting, Plan(mentees), contestants, repeats=1)
        cases.append(case)
        running -= {entry.name for entry in case.entries if not proven_within(entry, setting.limit)}
        mentees *= 2
    return cases


def proven_within(entry: Entry, limit: float) -> bool:
    """Whether every run ended with a proof in time."""
    return (
        bool(entry.answers)
        and not entry.fault
        and max(entry.seconds) <= limit
        and all(answer["status"] == "optimal" for answer in entry.answers)
    )


def pairing_peers(setting: Setting) -> list[Case]:
    """The pairing alone, in memory: HiGHS, SciPy, OR-Tools, and the package `matching`, which seeks stability."""
    setting = replace(setting, limit=min(setting.limit, PEERS_LONGEST))
    cases = []
    for mentees in [setting.mentees] if setting.mentees else [1_500, 15_000]:
        for kind, peers in PEERS.items():
            able = {name: needs for name, needs in peers.items() if name != DENSE or mentees <= DENSE_MOST}

            def contestants(
                cohort: Path, kind: str = kind, able: dict[str, tuple[str, ...]] = able
            ) -> list[Contestant]:
                ours = _our_pairing(cohort, kind, setting)
                return [ours, *(_peer(cohort, name, needs, setting) for name, needs in able.items())]

            name = f"{mentees:,} mentees, {kind}"
            plan = Plan(mentees, busy=0)
            cases.append(cohort_case(setting, plan, contestants, setting.times(3), name=name, kind=kind))
    return cases


def scale(setting: Setting) -> list[Case]:
    """`matcher solve` from 1,500 to 150,000 mentees, 10 busy intervals a person; largest: a million people."""
    if setting.largest:
        plans = [LARGEST]
    else:
        most = setting.mentees or SCALE[-1]
        plans = [Plan(size, busy=10) for size in SCALE if size <= most] or [Plan(most, busy=10)]
    limit = 3600.0

    def contestants(cohort: Path) -> list[Contestant]:
        return [Contestant(OURS, lambda: solve_command(cohort, limit))]

    return [
        cohort_case(setting, plan, contestants, setting.times(3 if plan.mentees <= 15_000 else 1))
        for plan in plans
    ]


def startup(setting: Setting) -> list[Case]:
    """What starting costs: `matcher --help`, and `matcher solve` on the sample, beside importing libraries."""
    sample = Path(__file__).resolve().parent.parent / "data" / "nlmk-sample"
    imports = "import pandas; from ortools.sat.python import cp_model"
    with tempfile.TemporaryDirectory() as scratch:
        own = Path(shutil.copytree(sample, Path(scratch) / "sample"))
        return [
            compete(
                setting,
                "matcher --help",
                [
                    Contestant(OURS, lambda: run([matcher(), "--help"], LONGEST)),
                    Contestant("import click", lambda: python("import click")),
                ],
                setting.times(20),
            ),
            compete(
                setting,
                "matcher solve, the sample",
                [
                    Contestant(OURS, lambda: solve_command(own, LONGEST)),
                    Contestant("import pandas and ortools", lambda: python(imports)),
                ],
                setting.times(10),
            ),
        ]


def shapes(setting: Setting) -> list[Case]:
    """Contested, hostile and odd cohorts beside an ordinary one with as many choices."""
    names = {
        "ordinary": "",
        "everyone wants the same 50 mentors": "contested",
        "chains of mentees who are mentors": "chains",
        "almost no common time": "little-time",
        "20 choices each with ties": "long-lists",
        "two mentors each": "two-mentors",
    }

    def contestants(cohort: Path) -> list[Contestant]:
        return [Contestant(OURS, lambda: solve_command(cohort, setting.limit))]

    return [
        cohort_case(setting, Plan(setting.mentees or 1_500, shape=shape), contestants, setting.times(3), name=name)
        for name, shape in names.items()
    ]


def calendars(setting: Setting) -> list[Case]:
    """`matcher import-calendars`, for the first time and again, beside the libraries that it is built on."""
    number = setting.mentees or 1_000
    folder = setting.cohorts / f"exports{number}"
    if not folder.exists():
        setting.tell(f"making {number:,} calendars")
        told = run([sys.executable, "-m", "benchmarks.exports", str(folder), str(number)], LONGEST)
        if told.fault:
            raise RuntimeError(f"{folder.name} cannot be made: {told.fault}")
    exports, cohort = folder / "calendars", folder / "cohort"
    command = [matcher(), "import-calendars", str(exports), str(cohort), "--quiet"]
    needs = ("icalendar", "recurring_ical_events")

    def first(workers: int) -> Run:
        for name in (".calendar-cache.json", "busy.csv", "busy.csv.bak"):
            (cohort / name).unlink(missing_ok=True)
        return run([*command, "--workers", str(workers)], setting.limit)

    contestants = [
        Contestant(OURS, lambda: first(1), needs),
        Contestant("matcher again", lambda: run(command, setting.limit), needs),
        Contestant("matcher, 2 workers", lambda: first(2), needs),
        Contestant("libraries", lambda: module("peers.expansion", exports, limit=setting.limit), needs),
    ]
    case = compete(setting, f"{number:,} calendars", contestants, setting.times(3))
    return [replace(case, size={"events": 120 * number})]


def sweep(setting: Setting) -> list[Case]:
    """`matcher sweep` over a grid of 200 cases, beside 200 commands `matcher solve`, one after the other."""

    def contestants(cohort: Path) -> list[Contestant]:
        def swept(workers: int) -> Run:
            return module("sweeps", "sweep", cohort, "--workers", workers, limit=setting.limit)

        return [
            Contestant(OURS, lambda: swept(1)),
            Contestant("matcher, 2 workers", lambda: swept(2)),
            Contestant("separate processes", lambda: module("sweeps", "separate", cohort, limit=setting.limit)),
        ]

    mentees = setting.mentees or 320
    plan = Plan(mentees, 1_470 * mentees // 320, busy=50)
    case = cohort_case(setting, plan, contestants, setting.times(1), name="a grid of 200 cases")
    return [replace(case, size={**case.size, "cases": 200})]


def rematch(setting: Setting) -> list[Case]:
    """`matcher rematch` after refusals in the fifth week, beside `matcher solve` of the same cohort."""
    from benchmarks.rematches import refused

    cases = []
    for mentees in (setting.mentees,) if setting.mentees else (320, 15_000):
        plan = Plan(mentees, 1_470 * mentees // 320 if mentees < 1_000 else 0)
        setting.tell(f"making {plan.name}")
        cohort, size = ensure(plan, setting.cohorts)
        for share in (0.01, 0.05, 0.2):
            now, first, date = refused(cohort, share)
            repair = ["rematch", str(now), str(first), "--as-of", date.isoformat()]
            contestants = [
                Contestant(OURS, lambda now=now, repair=repair: solve_command(now, setting.limit, repair)),  # type: ignore[misc]
                Contestant("solving anew", lambda now=now: solve_command(now, setting.limit)),  # type: ignore[misc]
            ]
            name = f"{mentees:,} mentees, {share:.0%} of the pairs refused"
            case = compete(setting, name, contestants, setting.times(3))
            cases.append(replace(case, size=size | _repaired(case)))
    return cases


def _repaired(case: Case) -> dict[str, int]:
    """What a rematch has kept and changed, out of its summary."""
    answers = case.entries[0].answers
    said = (answers[-1].get("rematch") or {}) if answers else {}
    ended = said.get("ended", {})
    return {
        "pairs ended": sum(ended.values()),
        "of them unforced": said.get("ended_for_others", 0),
        "mentees with a mentor again": said.get("mentees_regained", 0),
        "new pairs": said.get("new", 0),
        "planned sessions moved": said.get("sessions_moved", 0),
    }


PARTS: dict[str, Callable[[Setting], list[Case]]] = {
    "startup": startup,
    "calendars": calendars,
    "flow": flow,
    "pairing-peers": pairing_peers,
    "shapes": shapes,
    "textbook": textbook,
    "floor": floor,
    "scale": scale,
    "sweep": sweep,
    "rematch": rematch,
}


def as_data(case: Case) -> dict[str, Any]:
    """A case as it stands in a results file."""
    return asdict(case)


def from_data(data: dict[str, Any]) -> Case:
    """A case out of a results file."""
    return Case(data["name"], [Entry(**entry) for entry in data["entries"]], data["kind"], data["size"])
