"""A run -> its folder `calendars`: files for calendar programs, and the record of what they say."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from matcher import ics_write
from matcher.calendar_names import file_stems, stem_part
from matcher.calendar_record import CALENDARS, INDEX, Event, read_record, record_lines, utc
from matcher.calendar_run import check_belongs, read_sessions
from matcher.errors import Fault, MatcherError, reason
from matcher.invitation_texts import Wording
from matcher.invitations import Change, Entry, entries
from matcher.model import Cohort
from matcher.programme import EPOCH, midnight_of
from matcher.run_files import BOM, Cell, csv_lines
from matcher.run_plans import as_of_day
from matcher.runs import TargetError, is_run, put_in_place, restore, staging

OVERVIEW, PEOPLE, INVITATIONS = "programme.ics", "people", "invitations"
PEOPLE_TABLE = "people.csv"
OURS = {OVERVIEW, PEOPLE, INVITATIONS, PEOPLE_TABLE, INDEX}
BATCH = 5000  # files between two lines of progress

Report = Callable[[str], None]


@dataclass(frozen=True)
class Exported:
    """What was written: the folder, numbers of files and of events by change, and what a lead should know."""

    folder: Path
    people: int
    invitations: int
    sessions: int
    changes: Mapping[Change, int]
    organiser: bool  # whether it is known who invites
    without_email: int  # people with sessions whom no invitation can reach
    warnings: tuple[Fault, ...]


def export(
    cohort: Cohort,
    run: Path,
    *,
    before: Path | None = None,
    now: dt.datetime | None = None,
    progress: Report = lambda _line: None,
) -> Exported:
    """Write the folder `calendars` of a run, whole or not at all.

    Parameters
    ----------
    cohort, run
        The run and the cohort that it was solved from.
    before
        An earlier run of the same programme from which calendars were sent.
    now
        The present, an aware time; for tests.
    progress
        Called with a short line from time to time.

    Raises
    ------
    MatcherError
        If the run is no run of this cohort, cannot be read or written. Nothing has changed then.
    """
    run = _ready(run)
    warnings = check_belongs(cohort, run)
    progress("reading the sessions and what was sent before")
    sessions = read_sessions(cohort, run)
    sent = _sent(cohort, run, before)
    moment = int((now or dt.datetime.now(dt.UTC)).timestamp())
    wording = Wording(cohort)
    day = as_of_day(run)
    since = None if day is None else midnight_of(cohort.programme, day)
    found = entries(sessions, sent, wording, moment, since)
    try:
        with staging(run / CALENDARS) as staged:
            people, invitations = _write(staged, cohort, wording, found, progress)
            put_in_place(staged, run / CALENDARS)
    except FileNotFoundError as error:
        raise TargetError(
            f"{run}: another command has replaced or removed it in the meantime; its calendars were not written"
        ) from error
    except OSError as error:
        raise TargetError(f"{run / CALENDARS}: cannot be written ({reason(error)})") from error
    return Exported(
        folder=run / CALENDARS,
        people=people,
        invitations=invitations,
        sessions=sum(map(len, sessions.values())),
        changes=Counter(entry.change for entry in found),
        organiser=bool(cohort.programme.invitations.organiser_email),
        without_email=sum(not wording.email(person) for person in set(chain.from_iterable(sessions))),
        warnings=warnings,
    )


def _ready(run: Path) -> Path:
    """The real path of a run whose folder `calendars` may be written."""
    target = run.resolve()
    restore(target)
    if not is_run(target):
        raise MatcherError(f"{run}: is no run (expected what 'matcher solve' wrote)")
    restore(target / CALENDARS)
    folder = target / CALENDARS
    if os.path.lexists(folder) and (folder.is_symlink() or not folder.is_dir()):
        raise TargetError(f"{run / CALENDARS}: is a file or a link; expected a folder, or nothing")
    foreign = sorted({path.name for path in folder.iterdir()} - OURS) if folder.exists() else []
    if foreign:
        what = f"also holds {foreign[0]!r}, which is not matcher's; move it away first"
        raise TargetError(f"{run / CALENDARS}: {what}")
    return target


def _sent(cohort: Cohort, run: Path, before: Path | None) -> list[Event]:
    """All events ever sent, each as it was sent last, by the run itself or by the one before it."""
    latest: dict[str, Event] = {}
    if before is not None and not (before / CALENDARS / INDEX).is_file():
        raise MatcherError(f"{before}: holds no {CALENDARS}/{INDEX}, so nothing is known of what it sent")
    for folder in filter(None, (before, run)):
        if not (folder / CALENDARS / INDEX).is_file():
            continue
        events = read_record(folder)
        hint = f"; delete {run / CALENDARS} to begin anew" if folder == run else ""
        _refuse_other_programme(cohort, folder, events, hint)
        for event in events:
            known = latest.get(event.uid, event)
            latest[event.uid] = max(known, event, key=lambda event: (event.sequence, event.changed))
    return list(latest.values())


def _refuse_other_programme(cohort: Cohort, folder: Path, events: Sequence[Event], hint: str) -> None:
    """Events that are all over before the programme begins would else be taken for sessions that are gone."""
    frame = cohort.programme.frame
    first_minute = dt.datetime.combine(frame.start, dt.time(), cohort.programme.zone).timestamp() // 60
    if events and all(event.end <= first_minute for event in events):
        last = EPOCH + dt.timedelta(minutes=max(event.end for event in events))
        raise MatcherError(
            f"{folder}: its calendars are of another programme (they end by {last}, this one begins on "
            f"{frame.start}); only calendars of the same programme can be updated{hint}"
        )


# --- the files ----------------------------------------------------------------------------------------------


def _write(
    folder: Path, cohort: Cohort, wording: Wording, found: Sequence[Entry], progress: Report
) -> tuple[int, int]:
    """Write everything into an empty folder; how many people and how many invitations there are."""
    method = "PUBLISH" if cohort.programme.invitations.organiser_email else ""
    own: dict[str, list[str]] = {}
    overview, invitations = list[str](), list[str]()
    (folder / INVITATIONS).mkdir()
    for done, (event, _, words) in enumerate(found):
        if done % BATCH == 0:
            progress(f"writing {len(found)} sessions: {done} done")
        texts = wording.texts(event, words)
        invitations.append(_write_invitation(folder, event, texts.invitation))
        if event.status != "held":
            overview.append(texts.overview)
            for person in event.pair:
                own.setdefault(person, []).append(texts.own)
    _write_text(folder / OVERVIEW, ics_write.calendar(overview, method, wording.frame.name))
    files = _write_people(folder, own, method, wording, progress)
    events, delimiter = [entry.event for entry in found], cohort.programme.output.delimiter
    _write_table(folder / PEOPLE_TABLE, _people_lines(events, files, wording, delimiter))
    recipients = ["; ".join(wording.recipients(event.pair)) for event in events]
    _write_table(folder / INDEX, record_lines(events, invitations, recipients, cohort.programme.zone, delimiter))
    return len(files), sum(map(bool, invitations))


def _write_invitation(folder: Path, event: Event, text: str) -> str:
    """The name of the file of an event's invitation or cancellation; "" if nobody is to be invited."""
    if not text or event.status == "held":
        return ""
    stem = "-".join(filter(None, [stem_part(event.mentee), event.uid[:20]]))
    method = "CANCEL" if event.status == "cancelled" else "REQUEST"
    _write_text(folder / INVITATIONS / f"{stem}.ics", ics_write.calendar([text], method))
    return f"{INVITATIONS}/{stem}.ics"


def _write_people(
    folder: Path, own: Mapping[str, Sequence[str]], method: str, wording: Wording, progress: Report
) -> dict[str, str]:
    """Write everybody's calendar; the file of each person."""
    files = {person: f"{PEOPLE}/{stem}.ics" for person, stem in file_stems(own).items()}
    (folder / PEOPLE).mkdir()
    for done, (person, texts) in enumerate(own.items()):
        if done % BATCH == 0:
            progress(f"writing the calendars of {len(own)} people: {done} done")
        _write_text(folder / files[person], ics_write.calendar(texts, method, wording.frame.name))
    return files


def _people_lines(
    events: Sequence[Event], files: Mapping[str, str], wording: Wording, delimiter: str
) -> Iterable[str]:
    """Whose file is which, and when it changed last."""
    people = sorted(files)
    sessions, changed = Counter[str](), dict.fromkeys(people, 0)
    for event in events:
        for person in event.pair if event.status != "held" else ():
            sessions[person] += event.status == "confirmed"
            changed[person] = max(changed[person], event.changed)
    columns: Mapping[str, Sequence[Cell]] = {
        "employee_id": people,
        "name": [wording.name(person) for person in people],
        "email": [wording.email(person) for person in people],
        "file": [files[person] for person in people],
        "sessions": [sessions[person] for person in people],
        "changed": [utc(changed[person]) for person in people],
    }
    return csv_lines(columns, delimiter)


def _write_text(path: Path, text: str) -> None:
    """Write a file in which the ends of lines stay as they are."""
    with open(path, "wb", buffering=0) as file:  # noqa: PTH123 - a third of the time of Path.write_bytes
        rest = memoryview(text.encode())
        while rest:  # a disk that is nearly full takes a part and says so by its length alone
            rest = rest[file.write(rest) :]


def _write_table(path: Path, lines: Iterable[str]) -> None:
    """Write a table and make it last: nobody can tell again what was sent."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(chain([BOM], lines))
        file.flush()
        os.fsync(file.fileno())
