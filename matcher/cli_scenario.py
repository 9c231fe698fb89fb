"""The commands about cases of a cohort: list them, write one as a cohort of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matcher.cli_shared import FOLDER, overrides_of, refuse_nested, typed
from matcher.commands import OK, SETTINGS, command
from matcher.console import Terminal, counted, placed_lines

MOST_NEAR = 5000  # names among which the one that was meant is looked for

if TYPE_CHECKING:
    from matcher.scenarios import Base, Case, Scenarios


@command("matcher scenario my-cohort scenarios.toml")
@click.argument("folder", metavar="COHORT", type=FOLDER)
@click.argument("file", metavar="SCENARIOS", type=FOLDER)
@click.argument("name", metavar="[CASE]", required=False)
@click.option("-o", "--output", metavar="FOLDER", type=FOLDER, help="Write the cohort of CASE here: a new folder.")
@SETTINGS
def scenario(
    terminal: Terminal,
    *,
    folder: Path,
    file: Path,
    name: str | None,
    output: Path | None,
    settings: tuple[str, ...],
) -> int:
    """Check the file SCENARIOS, and list its cases and what each changes in COHORT.

    Without CASE, the tables of every case are read, too, with the first of its seeds.

    With CASE and -o, the tables of COHORT are written as that case has them, so that verify, explain, report and
    calendars work on its run. Keys of the programme that the case sets stay with the run.
    """
    from matcher import scenario_words
    from matcher.errors import MatcherError
    from matcher.scenarios import Base, check_cases, read_scenarios

    if output is not None and name is None:
        raise click.UsageError("-o writes the cohort of one case; name the case")
    with terminal.progress(f"reading {folder} and {file}") as progress:
        base = Base.open(folder, overrides_of(settings))
        scenarios = read_scenarios(file, base)
        if name is None:
            check_cases(scenarios, base, progress)
    if scenarios.warnings:
        first, *rest = placed_lines(scenarios.warnings, "warning")
        terminal.say(f"Warning: {first}", *rest)
    if name is not None:
        scenarios = replace(scenarios, cases=_named(scenarios, name, file))
    if output is not None:
        if len(scenarios.cases) > 1:
            some = ", ".join(case.name for case in scenarios.cases[:3])
            raise MatcherError(
                f"{file}: {name!r} makes {len(scenarios.cases)} cases ({some} ...); name one of them"
            )
        return _write(terminal, base, scenarios.cases[0], folder, output)
    made = scenario_words.effects(scenarios, base)
    data = {
        "cohort": str(folder),
        "file": str(file),
        "cases": [scenario_words.case_data(one, made.get(one.origin, ())) for one in scenarios.cases],
    }
    terminal.say(*scenario_words.listing(scenarios, made, all_of_it=terminal.verbose))
    terminal.result(f"ready: {counted(len(scenarios.cases), 'case')} of {file}", data)
    terminal.say("Next:", f"  {typed('sweep', folder, file, '-o', file.with_suffix(''))}")
    return OK


def _named(scenarios: Scenarios, name: str, file: Path) -> tuple[Case, ...]:
    from matcher.errors import MatcherError
    from matcher.findings import did_you_mean

    cases = scenarios.named(name)
    if not cases:
        near = did_you_mean(name, [case.name for case in scenarios.cases[:MOST_NEAR]])
        raise MatcherError(f"{file}: has no case {name!r}{near}; without a name, --verbose lists all of them")
    return cases


def _write(terminal: Terminal, base: Base, case: Case, folder: Path, output: Path) -> int:
    from matcher.errors import MatcherError
    from matcher.one_file import write_file
    from matcher.runs import put_in_place, staging
    from matcher.scenario_writing import toml_value

    refuse_nested(folder, output)
    target = output.resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise MatcherError(f"{output}: must be a new or an empty folder; nothing was written")
    with terminal.progress(f"writing {output}"):
        files = base.files(case)
        changed = sorted(f"{table}.csv" for table in base.changed(case) if table != "programme")
        target.parent.mkdir(parents=True, exist_ok=True)
        with staging(target) as staged:
            for name, content in files.items():
                write_file(staged / name, content)
            put_in_place(staged, target, replace=False)
    data = {"case": case.name, "folder": str(output), "files": sorted(files), "changed": changed}
    terminal.result(f"written: the cohort of case {case.name!r} in {output}, {counted(len(files), 'file')}", data)
    terminal.say(f"Other than in {folder}: {', '.join(changed) or 'nothing'}.")
    sets = [word for key, value in case.settings.items() for word in ("--set", f"{key}={toml_value(value)}")]
    terminal.say("Next:", f"  {typed('solve', output, '-o', Path('runs') / case.name, *sets)}")
    return OK
