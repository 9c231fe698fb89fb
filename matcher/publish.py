"""A run that was a draft becomes the record: checked in full, noted with its files' hashes, put into calendars."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matcher.calendar_files import Exported, export
from matcher.check import Violation, examine_run
from matcher.check_publication import check_publication
from matcher.errors import InputError, MatcherError, reason
from matcher.findings import Findings
from matcher.held import alone
from matcher.model import Cohort, Decision
from matcher.pair_answers import accepted_pairs
from matcher.plain_file import read_plain_text
from matcher.publication import (
    ANSWERS,
    PUBLISHED,
    Frame,
    Publication,
    is_published,
    latest_publication,
    read_publication,
    sums,
)
from matcher.report_files import put_files, tidy
from matcher.run_files import BOM, SUMMARY, csv_lines, versions
from matcher.run_reading import differing_inputs, plain_text, run_table
from matcher.run_tables import PAIRS, read_summary
from matcher.runs import ADDED, RUN_FILES, TargetError, is_run, restore

IDS, NAMES = ("mentee_id", "mentor_id"), ("mentee_name", "mentor_name")
ASKED = ("status", "last_session", "since", "by")  # between the two, as the columns of pairs.csv are


class NotPublishedError(MatcherError):
    """The run breaks a rule, or was changed since it was published; `violations` says where."""

    exit_code = 4

    def __init__(self, run: Path, violations: Sequence[Violation]) -> None:
        self.violations = tuple(violations)
        super().__init__(f"{run}: cannot be published: {'; '.join(map(str, violations))}")


@dataclass(frozen=True)
class Published:
    """What was done.

    Attributes
    ----------
    publication
        What published.json says.
    exported
        The calendars that were written, None where the run had been published before and nothing was done.
    pairs
        The number of pairs in the run.
    asked
        How many of them the form answers.csv asks about; None where one was there already.
    dropped
        How many pairs that have been accepted are not among them.
    proven
        Whether the run is proven to be the best.
    """

    publication: Publication
    exported: Exported | None
    pairs: int
    asked: int | None
    dropped: int
    proven: bool


def publish(
    cohort: Cohort,
    run: Path,
    *,
    on: dt.date,
    before: Path | None = None,
    now: dt.datetime | None = None,
    progress: Callable[[str], None] = lambda _line: None,
) -> Published:
    """Make a run the record: check it, write its calendars, answers.csv, and last published.json.

    Parameters
    ----------
    cohort, run
        The run and the cohort that it was solved from, read with the keys that the run was solved with; keys of
        `[invitations]` may differ.
    on
        The date of the publication.
    before
        An earlier run of the same programme from which calendars were sent.
    now
        The present, an aware time; for tests.
    progress
        Called with a short line from time to time.

    Returns
    -------
    What was done: nothing, if the run is published already and its files are as they were.

    Raises
    ------
    NotPublishedError
        If the run breaks a rule or was changed since it was published.
    InputError, MatcherError
        If the run is no run of this cohort as it is, cannot be read or written. It is not published then, though
        calendars may have been written.
    """
    target = run.resolve()
    restore(target)
    if not is_run(target):
        raise MatcherError(f"{run}: is no run (expected what 'matcher solve' wrote)")
    summary = read_summary(run)
    proven = summary.status == "optimal"
    if is_published(run):
        tidy(target, (PUBLISHED, ANSWERS))
        violations = list[Violation]()
        check_publication(run, sorted(RUN_FILES - {*ADDED}), violations)
        if violations:
            raise NotPublishedError(run, violations)
        pairs = _pairs(run)
        return Published(read_publication(run), None, len(pairs), None, _dropped(cohort, pairs), proven)
    differing, _ = differing_inputs(cohort.inputs, summary.inputs)
    if differing:
        raise MatcherError(
            f"{run}: cannot be published: {cohort.folder} is not as it was when the run was solved (differing: "
            f"{', '.join(differing)}); solve again, or put the files back"
        )
    progress("checking every rule in the files of the run")
    violations = examine_run(cohort, run).violations
    if violations:
        raise NotPublishedError(run, violations)
    publication = _publication(cohort, run, on, before)
    pairs = _pairs(run)
    form, asked = _form(cohort, pairs)
    exported = export(cohort, run, before=before, now=now, progress=progress)
    made = {PUBLISHED: publication.text().encode()}
    if asked and not (run / ANSWERS).exists():
        made = {ANSWERS: form, **made}
    try:
        with alone(target.parent):
            if is_published(target):
                raise MatcherError(f"{run}: another command has published it in the meantime; it stays as it is")
            put_files(made, target)
    except OSError as error:
        raise TargetError(f"{run}: cannot be published ({reason(error)})") from error
    there = ANSWERS not in made and (run / ANSWERS).exists()
    return Published(publication, exported, len(pairs), None if there else asked, _dropped(cohort, pairs), proven)


def _publication(cohort: Cohort, run: Path, on: dt.date, before: Path | None) -> Publication:
    frame = cohort.programme.frame
    found = (latest_publication(one) for one in (before, run) if one is not None)
    former = next(filter(None, found), None)
    return Publication(
        number=1 if former is None else read_publication(former.parent).number + 1,
        on=on,
        programme=Frame(name=frame.name, start=frame.start, end=frame.end, timezone=frame.timezone),
        as_of=_as_of(run),
        versions=versions(),
        files=dict(sums(run, RUN_FILES - {*ADDED})),
    )


def _as_of(run: Path) -> dt.date | None:
    """The date of a rematch, from its summary."""
    rematch = json.loads(read_plain_text(run / SUMMARY)).get("rematch")
    text = rematch.get("as_of") if isinstance(rematch, dict) else None
    return dt.date.fromisoformat(text) if isinstance(text, str) else None


# --- answers.csv --------------------------------------------------------------------------------------------


def _pairs(run: Path) -> list[tuple[str, ...]]:
    """Both ids, then both names, of each pair of a run."""
    findings = Findings()
    table = run_table(run, PAIRS, (*IDS, *NAMES), findings)
    if table is None or findings.faults:
        raise InputError(findings.faults)
    return list(zip(*(map(plain_text, table[column].texts()) for column in (*IDS, *NAMES)), strict=True))


def _form(cohort: Cohort, pairs: Sequence[tuple[str, ...]]) -> tuple[bytes, int]:
    """Rows for pairs.csv with blank answers, of the pairs that have not accepted yet; how many they are."""
    said = _answers(cohort)
    open_pairs = [pair for pair in pairs if not _agreed(said.get((pair[0], pair[1])))]
    table = {
        **{column: [pair[place] for pair in open_pairs] for place, column in enumerate(IDS)},
        **{column: [""] * len(open_pairs) for column in ASKED},
        **{column: [pair[place] for pair in open_pairs] for place, column in enumerate(NAMES, len(IDS))},
    }
    lines = csv_lines(table, cohort.programme.output.delimiter)
    return (BOM + "".join(lines)).encode(), len(open_pairs)


def _dropped(cohort: Cohort, pairs: Sequence[tuple[str, ...]]) -> int:
    """How many pairs that have been accepted are not among these."""
    ids, made = cohort.employees.ids, {(pair[0], pair[1]) for pair in pairs}
    return sum((ids[mentee], ids[mentor]) not in made for mentee, mentor in accepted_pairs(cohort.decisions))


def _answers(cohort: Cohort) -> Mapping[tuple[str, str], Decision]:
    """What pairs.csv says of each pair, by ids."""
    ids = cohort.employees.ids
    return {(ids[mentee], ids[mentor]): decision for (mentee, mentor), decision in cohort.decisions.items()}


def _agreed(decision: Decision | None) -> bool:
    """Whether nobody of the two has still to say yes."""
    return decision is not None and decision.accepted and decision.by in ("", "both")
