"""A folder of calendars -> busy.csv: whose is which, what is kept, what is refused, and twice the same."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
import unicodedata

import pytest
from calendar_runs import EARLY, SESSIONS, write_cohort, write_run
from click.testing import CliRunner
from ics_cases import calendar, event

from matcher import ics_pool, ics_worker, import_cache
from matcher.calendar_files import export
from matcher.cli import cli
from matcher.errors import InputError, MatcherError
from matcher.event_uids import programme_mark
from matcher.ics_pool import Limits
from matcher.import_calendars import import_calendars
from matcher.import_report import import_lines
from matcher.io import read_cohort

PROGRAMME = '[programme]\nstart = 2027-01-11\nend = 2027-04-09\ntimezone = "Europe/Moscow"\n'
PEOPLE = """employee_id,function,level,email,timezone
ann,Sales,1,ann@corp.example,
bob,Sales,3,Bob@Corp.example,America/New_York
ïda,Sales,3,,
ann@corp.example,Sales,3,,
zoe/1,Sales,3,zoe@corp.example,
twin,Sales,3,twins@corp.example,
other,Sales,3,twins@corp.example,
"""
HEADER = "\ufeffemployee_id,start,end\n"
NINE = ["DTSTART:20270112T090000Z", "DTEND:20270112T100000Z"]
AT_NINE = "2027-01-12T09:00+00:00,2027-01-12T10:00+00:00\n"
NOBODY = "fits nobody: call it <employee_id>.ics or <e-mail>.ics, or list it in index.csv"
ONE = calendar(*event(*NINE, "SUMMARY:Secret", "ATTENDEE:mailto:boss@corp.example"))
ENDLESS = calendar(*event(*NINE, "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30;COUNT=2"))
UNKNOWN = calendar(*event("DTSTART;TZID=Nowhere:20270112T090000"))


@pytest.fixture
def cohort(tmp_path):
    folder = tmp_path / "cohort"
    folder.mkdir()
    (folder / "programme.toml").write_text(PROGRAMME, "utf-8")
    (folder / "employees.csv").write_text(PEOPLE, "utf-8")
    (folder / "preferences.csv").write_text("mentee_id,rank,mentor_id\nann,1,bob\n", "utf-8")
    return folder


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "calendars"
    made.mkdir()
    return made


def put(folder, **files):
    for name, data in files.items():
        (folder / f"{name}.ics").write_bytes(data)


def busy(cohort):
    return (cohort / "busy.csv").read_text("utf-8").removeprefix(HEADER)


def told(done):
    return [f"{fault.file}: {fault}" for fault in done.faults]


# --- whose is which -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        *(
            ("ann.ics", "ann"),
            ("bob@corp.example.ics", "bob"),
            ("BOB@CORP.EXAMPLE.ICS", "bob"),
            ("ann.ICS", "ann"),
        ),
        (unicodedata.normalize("NFD", "ïda") + ".ics", "ïda"),
    ],
)
def test_a_file_is_called_by_its_owner(cohort, folder, name, owner):
    (folder / name).write_bytes(ONE)
    done = import_calendars(folder, cohort)
    assert not done.faults
    assert busy(cohort) == f"{owner},{AT_NINE}"


def test_two_owners_or_none_are_refused_and_others_imported(cohort, folder):
    names = ("ann", "Ann", "ann@corp.example", "twins@corp.example", "Calendar of Bob")
    for name in names:
        (folder / f"{name}.ics").write_bytes(ONE)
    done = import_calendars(folder, cohort)
    assert told(done) == [
        f"Ann.ics: {NOBODY}; did you mean 'ann'?",
        f"Calendar of Bob.ics: {NOBODY}",
        "ann@corp.example.ics: fits 2 people: ann, ann@corp.example; say in index.csv whose it is",
        "twins@corp.example.ics: fits 2 people: other, twin; say in index.csv whose it is",
    ]
    assert busy(cohort) == f"ann,{AT_NINE}"


def test_an_index_names_owners_and_wins_over_names(cohort, folder):
    (folder / "sub").mkdir()
    put(folder, **{"ann": ONE, "b": ONE, "sub/c": ONE, "twins@corp.example": ONE})
    rows = ["file;employee_id", "ann.ics;bob", "b.ics;zoe/1", "sub\\c.ics;zoe/1", "twins@corp.example.ics;twin"]
    (folder / "index.csv").write_text("\n".join(rows), "utf-8")
    done = import_calendars(folder, cohort)
    assert not done.faults
    assert (done.files, done.people) == (4, 3)
    assert busy(cohort) == f"bob,{AT_NINE}twin,{AT_NINE}zoe/1,{AT_NINE}"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("../outside.ics,bob", "line 2, file: '../outside.ics' must be the name of a file in this folder"),
        ("sub/../../outside.ics,bob", "must be the name of a file in this folder"),
        ("{absolute},bob", "must be the name of a file in this folder"),
        ("C:\\outside.ics,bob", "must be the name of a file in this folder"),
        ("C:outside.ics,bob", "must be the name of a file in this folder"),
        ("\\\\server\\share\\outside.ics,bob", "must be the name of a file in this folder"),
        ("ann.ics,nobody", "line 2, employee_id: 'nobody' is no employee"),
        ("ann.ics,Bob", "line 2, employee_id: 'Bob' is no employee; did you mean 'bob'?"),
        ("ann.ics,", "line 2, employee_id: is blank"),
        (",bob", "line 2, file: is blank"),
        ("notes.txt,bob", "line 2, file: 'notes.txt' is no .ics file"),
        ("ann.ics,bob\nann.ics,twin", "line 3, file: 'ann.ics' stands already on line 2 for somebody else"),
        ("gone.ics,bob", "there is no such file"),
        ("link/outside.ics,bob", "leads out of the folder"),
        ("link.ics,bob", "leads out of the folder"),
        ("loop.ics,bob", "cannot be read"),
        ("folder.ics,bob", "is a folder, not a file"),
        ("pipe.ics,bob", "is no ordinary file"),
    ],
)
def test_an_index_that_is_wrong(cohort, folder, row, message):
    (folder.parent / "outside.ics").write_bytes(ONE)
    (folder / "link").symlink_to(folder.parent)
    (folder / "folder.ics").mkdir()
    for name, target in (("link.ics", folder.parent / "outside.ics"), ("loop.ics", folder / "loop.ics")):
        if name in row:
            (folder / name).symlink_to(target)
    if "pipe" in row:
        os.mkfifo(folder / "pipe.ics")
    put(folder, ann=ONE, **{"zoe@corp.example": ONE})
    (folder / "folder.ics").rename(folder / ("folder.ics" if "folder.ics" in row else "sub"))
    text = "file,employee_id\n" + row.replace("{absolute}", str(folder.parent / "outside.ics"))
    (folder / "index.csv").write_text(text, "utf-8")
    done = import_calendars(folder, cohort)
    assert len(done.faults) == 1
    assert message in told(done)[0]
    assert busy(cohort).splitlines()[-1] == f"zoe/1,{AT_NINE}".strip()
    assert "bob" not in busy(cohort) or row.count("ann") == 0
    assert ("ann," in busy(cohort)) == ("ann.ics" not in row)


@pytest.mark.parametrize("text", ["", "file,owner\nann.ics,bob\n", 'file,employee_id\n"ann.ics,bob\n'])
def test_an_index_that_cannot_be_read_stops_everything(cohort, folder, text):
    put(folder, ann=ONE)
    (folder / "index.csv").write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"index\.csv"):
        import_calendars(folder, cohort)
    assert not (cohort / "busy.csv").exists()


def test_hidden_files_are_passed_over(cohort, folder):
    put(folder, ann=ONE, **{"._ann": b"\0", ".hidden": ONE, "~$ann": b"x"})
    (folder / "notes.txt").write_text("x")
    assert not import_calendars(folder, cohort).faults


def test_a_folder_that_is_none(cohort, folder):
    with pytest.raises(InputError, match=r"holds no \.ics file$"):
        import_calendars(folder, cohort)
    (folder / "ann.ical.zip").write_bytes(b"")
    with pytest.raises(InputError, match=r"holds no \.ics file; unpack 'ann\.ical\.zip' first"):
        import_calendars(folder, cohort)
    with pytest.raises(InputError, match="there is no such folder"):
        import_calendars(folder / "none", cohort)
    with pytest.raises(InputError, match="is a file, not a folder"):
        import_calendars(cohort / "employees.csv", cohort)


def test_faults_of_the_cohort_are_told_at_once(cohort, folder):
    (cohort / "programme.toml").write_text("[programme]\nstart = 2027-01-11\n")
    (cohort / "employees.csv").write_text("employee_id,function\nann,x\n")
    with pytest.raises(InputError) as error:
        import_calendars(folder, cohort)
    assert {fault.file for fault in error.value.faults} == {"programme.toml", "employees.csv"}
    (cohort / "employees.csv").unlink()
    with pytest.raises(InputError, match=r"employees\.csv: is missing"):
        import_calendars(folder, cohort)


def test_tables_may_be_called_and_titled_as_elsewhere(cohort, folder):
    people = PEOPLE.replace("employee_id", "Таб. №").replace("function", "Функция").replace(",", ";")
    (cohort / "Сотрудники.csv").write_text(people, "utf-8")
    (cohort / "employees.csv").unlink()
    (cohort / "busy.csv").write_text("Таб. №;Начало;Конец\nbob;11.01.2027;11.01.2027\n", "utf-8")
    put(folder, ann=ONE)
    import_calendars(folder, cohort)
    assert (cohort / "busy.csv").read_text("utf-8-sig") == (
        f"Таб. №;Начало;Конец\nbob;11.01.2027;11.01.2027\nann;{AT_NINE.replace(',', ';')}"
    )
    assert len(read_cohort(cohort).busy) == 2
    (cohort / "busy.csv").rename(cohort / "Занятость.csv")
    with pytest.raises(MatcherError, match=r"Занятость\.csv: rename this file to busy\.csv"):
        import_calendars(folder, cohort)


# --- busy.csv -------------------------------------------------------------------------------------------------


def test_rows_of_those_imported_are_replaced_and_others_kept_as_they_are(cohort, folder):
    rows = [
        "note;End;employee_id;start",
        ";2027-02-01;bob;2027-02-01",
        'x;bad;ann;"a;b"',
        "",
        ";;stranger;",
        ";1;2",
        "",
    ]
    earlier = "\r\n".join(rows)
    (cohort / "busy.csv").write_bytes(earlier.encode("cp1251"))
    put(folder, ann=ONE)
    done = import_calendars(folder, cohort)
    assert (cohort / "busy.csv").read_bytes().decode() == (
        "\ufeffnote;End;employee_id;start\n;2027-02-01;bob;2027-02-01\n;;stranger;\n;1;2\n"
        ";2027-01-12T10:00+00:00;ann;2027-01-12T09:00+00:00\n"
    )
    assert (cohort / "busy.csv.bak").read_bytes() == earlier.encode("cp1251")
    assert (done.written.rows, done.written.kept, done.written.replaced) == (1, 3, True)


def test_importing_again_changes_nothing(cohort, folder):
    (cohort / "busy.csv").write_text("employee_id,start,end\nbob,2027-02-01,2027-02-01\n")
    put(folder, ann=ONE, **{"zoe@corp.example": ONE})
    first = import_calendars(folder, cohort)
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in cohort.iterdir()}
    again = import_calendars(folder, cohort)
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in cohort.iterdir()} == before
    assert (first.cached, again.cached) == (0, 2)
    assert again.counts == first.counts
    assert (again.written.changed, again.written.rows, again.written.kept) == (False, 2, 1)


def test_what_somebody_changed_in_busy_csv_is_put_right(cohort, folder):
    put(folder, ann=ONE)
    import_calendars(folder, cohort)
    (cohort / "busy.csv").write_text(
        "employee_id,start,end\nann,2027-02-01,2027-02-01\nbob,2027-02-01,2027-02-01\n"
    )
    done = import_calendars(folder, cohort)
    assert done.cached == 1
    assert busy(cohort) == f"bob,2027-02-01,2027-02-01\nann,{AT_NINE}"


def test_files_of_one_person_are_joined_and_whole_days_are_dates(cohort, folder):
    put(
        folder,
        ann=calendar(*event(*NINE), *event("DTSTART;VALUE=DATE:20270301", "DTEND;VALUE=DATE:20270303", uid="2")),
        b=calendar(*event("DTSTART:20270112T093000Z", "DTEND:20270112T120000Z")),
    )
    (folder / "index.csv").write_text("file,employee_id\nb.ics,ann\n")
    import_calendars(folder, cohort)
    assert busy(cohort) == "ann,2027-01-12T09:00+00:00,2027-01-12T12:00+00:00\nann,2027-03-01,2027-03-02\n"
    days = [(date - dt.date(1970, 1, 1)).days for date in (dt.date(2027, 1, 12), dt.date(2027, 3, 1))]
    assert read_cohort(cohort).busy.start.tolist() == [days[0] * 1440 + 9 * 60, days[1] * 1440]


def test_sessions_of_the_plan_are_not_in_its_way(tmp_path):
    cohort = write_cohort(tmp_path / "cohort")
    sent = export(cohort, write_run(tmp_path / "run", cohort, SESSIONS), now=EARLY).folder / "people"
    done = import_calendars(sent, tmp_path / "cohort")
    assert busy(tmp_path / "cohort") == ""
    assert done.counts == {"events": 8, "own": 8}
    assert "  not busy: sessions of this programme    8" in import_lines(done)
    other = PROGRAMME.replace("[programme]", '[programme]\nname = "Another"')
    (tmp_path / "cohort" / "programme.toml").write_text(other, "utf-8")
    done = import_calendars(sent, tmp_path / "cohort")
    assert (done.cached, done.counts["occurrences"]) == (0, 8)
    assert len(busy(tmp_path / "cohort").splitlines()) == 8


def exchange(uid):
    """An UID as Exchange gives it for an event from elsewhere."""
    data = f"vCal-Uid\1\0\0\0{uid}\0".encode()
    return f"040000008200E00074C5B7101A82E008{'0' * 40}{len(data).to_bytes(4, 'little').hex()}{data.hex()}".upper()


def test_only_whole_uids_of_the_programme_are_its_own(cohort, folder):
    mark, rest = programme_mark(read_cohort(cohort).programme.frame), "0123456789abcdef01234567"
    own = f"{mark}{rest}@matcher"
    other = f"{'0' * 8}{rest}@matcher"
    foreign = [
        other,
        f"x{own}",
        f"{own}.example",
        f"{mark}@matcher",
        f"{mark}{rest[1:]}g@matcher",
        f"{mark}{rest}",
    ]
    foreign += [exchange(other), exchange(f"x{own}"), exchange(own)[:-4], "", "@matcher"]
    for uid in foreign:
        put(folder, ann=calendar(*event(*NINE, uid=uid)))
        assert "own" not in import_calendars(folder, cohort).counts
        assert busy(cohort) == f"ann,{AT_NINE}"
    for uid in (own, exchange(own), exchange(own).lower()):
        put(folder, ann=calendar(*event(*NINE, uid=uid)))
        assert import_calendars(folder, cohort).counts == {"events": 1, "own": 1}
        assert busy(cohort) == ""


def test_a_session_of_the_plan_is_left_out_whatever_became_of_it(cohort, folder):
    own = f"{programme_mark(read_cohort(cohort).programme.frame)}{'0' * 24}@matcher"
    moved = ("RECURRENCE-ID:20270119T090000Z", "DTSTART:20270120T090000Z", "DTEND:20270120T100000Z")
    blocks = [
        *event(*NINE, "RRULE:FREQ=WEEKLY", uid=own),
        *event(*moved, uid=own),
        *event(*NINE, "STATUS:CANCELLED", uid=own),
        *event("DTSTART;TZID=Nowhere:20270112T090000", uid=own),
        *event(uid=own),
    ]
    put(folder, ann=calendar(*blocks, *event(*NINE)))
    done = import_calendars(folder, cohort)
    assert not done.faults
    assert done.counts == {"events": 6, "own": 5, "occurrences": 1}
    assert busy(cohort) == f"ann,{AT_NINE}"


def test_what_an_earlier_version_kept_is_read_anew(cohort, folder, monkeypatch):
    put(folder, ann=ONE)
    monkeypatch.setattr(import_cache, "FORMAT", import_cache.FORMAT - 1)
    import_calendars(folder, cohort)
    monkeypatch.undo()
    assert import_calendars(folder, cohort).cached == 0


def test_an_empty_calendar_frees_its_owner(cohort, folder):
    (cohort / "busy.csv").write_text("employee_id,start,end\nann,2027-02-01,2027-02-01\n")
    put(folder, ann=calendar())
    import_calendars(folder, cohort)
    assert busy(cohort) == ""
    assert len(read_cohort(cohort).busy) == 0


def test_where_every_file_is_refused_nothing_changes(cohort, folder):
    (cohort / "busy.csv").write_text("employee_id,start,end\nann,2027-02-01,2027-02-01\n")
    put(folder, ann=UNKNOWN)
    done = import_calendars(folder, cohort)
    assert done.written is None
    assert sorted(path.name for path in cohort.iterdir()) == [
        *("busy.csv", "employees.csv", "preferences.csv", "programme.toml"),
    ]
    assert (cohort / "busy.csv").read_text() == "employee_id,start,end\nann,2027-02-01,2027-02-01\n"


def test_rows_of_somebody_whose_file_is_refused_stay(cohort, folder):
    (cohort / "busy.csv").write_text(
        "employee_id,start,end\nann,2027-02-01,2027-02-01\nbob,2027-02-01,2027-02-01\n"
    )
    put(folder, ann=UNKNOWN, bob=ONE)
    done = import_calendars(folder, cohort)
    assert [fault.file for fault in done.faults] == ["ann.ics"]
    assert busy(cohort) == f"ann,2027-02-01,2027-02-01\nbob,{AT_NINE}"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"employee_id,when,to\n", "no column 'start'"),
        (b'employee_id,start,end\n"ann,1,2\n', "never closed"),
        (b"employee_id,start,end\nann\0", "NUL"),
    ],
)
def test_a_busy_csv_that_cannot_be_read_is_left_alone(cohort, folder, content, message):
    (cohort / "busy.csv").write_bytes(content)
    put(folder, ann=ONE)
    with pytest.raises(InputError, match=message):
        import_calendars(folder, cohort)
    assert (cohort / "busy.csv").read_bytes() == content
    assert not (cohort / "busy.csv.bak").exists()


def test_a_disk_that_refuses_leaves_the_old_file(cohort, folder, monkeypatch):
    (cohort / "busy.csv").write_text("employee_id,start,end\n")
    put(folder, ann=ONE)
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        import_calendars(folder, cohort)
    assert sorted(path.name for path in cohort.iterdir()) == [
        *("busy.csv", "employees.csv", "preferences.csv", "programme.toml"),
    ]
    assert (cohort / "busy.csv").read_text() == "employee_id,start,end\n"


def test_nothing_private_reaches_the_cohort(cohort, folder):
    put(folder, ann=ONE, bob=UNKNOWN)
    done = import_calendars(folder, cohort)
    written = b"".join(path.read_bytes() for path in cohort.iterdir() if path.suffix != ".toml")
    for word in ("Secret", "boss", "1@example"):
        assert word.encode() not in written
        assert word not in repr(done)


# --- how a file is read depends on its owner, and on the switch -----------------------------------------------


def test_times_without_a_zone_are_the_owners(cohort, folder):
    floating = calendar(*event("DTSTART:20270112T090000", "DTEND:20270112T100000"))
    put(folder, ann=floating, bob=floating)
    assert import_calendars(folder, cohort).counts["floating"] == 2
    assert busy(cohort) == (
        "ann,2027-01-12T06:00+00:00,2027-01-12T07:00+00:00\nbob,2027-01-12T14:00+00:00,2027-01-12T15:00+00:00\n"
    )


def test_who_declined_is_known_by_his_address(cohort, folder):
    declined = calendar(*event(*NINE, "ATTENDEE;PARTSTAT=DECLINED:mailto:bob@corp.example"))
    put(folder, ann=declined, bob=declined)
    assert import_calendars(folder, cohort).counts["declined"] == 1
    assert busy(cohort) == f"ann,{AT_NINE}"


def test_the_switch_for_tentative_meetings(cohort, folder):
    put(folder, ann=calendar(*event(*NINE, "STATUS:TENTATIVE")))
    assert import_calendars(folder, cohort).cached == 0
    assert busy(cohort) == f"ann,{AT_NINE}"
    assert import_calendars(folder, cohort, tentative="free").cached == 0
    assert busy(cohort) == ""


# --- the cache ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("calendars/ann.ics", "Secret", "Other"),
        ("cohort/programme.toml", "2027-04-09", "2027-04-10"),
        ("cohort/programme.toml", "Moscow", "Paris"),
        ("cohort/employees.csv", "ann@corp.example,\n", "a@corp.example,\n"),
        ("cohort/employees.csv", "ann@corp.example,\n", "ann@corp.example,UTC\n"),
    ],
)
def test_whatever_the_answer_depends_on_is_read_anew(cohort, folder, file, old, new):
    put(folder, ann=ONE)
    import_calendars(folder, cohort)
    assert import_calendars(folder, cohort).cached == 1
    path = folder.parent / file
    changed = path.read_text("utf-8").replace(old, new, 1)
    assert changed != path.read_text("utf-8")
    path.write_text(changed, "utf-8")
    assert import_calendars(folder, cohort).cached == 0


def test_another_version_reads_anew(cohort, folder, monkeypatch):
    put(folder, ann=ONE)
    import_calendars(folder, cohort)
    monkeypatch.setattr(import_cache, "_versions", lambda: {"icalendar": "99"})
    assert import_calendars(folder, cohort).cached == 0


def test_another_format_reads_anew(cohort, folder, monkeypatch):
    put(folder, ann=ONE)
    import_calendars(folder, cohort)
    monkeypatch.setattr(import_cache, "FORMAT", 99)
    assert import_cache.load(cohort).answers == {}


def test_a_renamed_file_is_known_by_its_content(cohort, folder):
    put(folder, ann=ONE)
    import_calendars(folder, cohort)
    (folder / "ann.ics").rename(folder / "a.ics")
    (folder / "index.csv").write_text("file,employee_id\na.ics,ann\n")
    assert import_calendars(folder, cohort).cached == 1


def damaged(content):
    """The cache with every kind of damage that is still JSON."""
    kept = json.loads(content)
    (key,) = kept["files"]
    for name, value in {
        "minutes": [[1, 2], [1], [3, 2], [1.5, 2], ["1", 2], [1, 2, 2, 3], None, {"a": 1}, [True, 5]],
        "days": [[1], "12"],
        "counts": [None, {"events": -1}, {"events": "x"}, [1]],
    }.items():
        for bad in value:
            if (name, bad) != ("minutes", [1, 2]):
                yield {**kept, "files": {key: {**kept["files"][key], name: bad}}}
    yield from ([], {}, 7, None, {**kept, "files": []}, {**kept, "last": []}, {**kept, "last": ["", "", "x", 0]})


def test_a_damaged_cache_is_made_anew(cohort, folder):
    put(folder, ann=ONE)
    import_calendars(folder, cohort)
    path, expected = cohort / import_cache.CACHE, busy(cohort)
    good = path.read_bytes()
    for bad in [b"", b"{", b"\xff", good[:-5], b"[" * 100_000, *(json.dumps(d).encode() for d in damaged(good))]:
        path.write_bytes(bad)
        assert import_cache.load(cohort).answers == {}
    done = import_calendars(folder, cohort)
    assert done.cached == 0
    assert path.read_bytes() == good
    assert busy(cohort) == expected


def test_what_is_refused_is_not_kept(cohort, folder):
    put(folder, ann=ONE, bob=UNKNOWN)
    import_calendars(folder, cohort)
    assert len(import_cache.load(cohort).answers) == 1
    assert import_calendars(folder, cohort).cached == 1


# --- processes and their bounds -------------------------------------------------------------------------------


def test_the_number_of_workers_makes_no_difference(cohort, folder):
    for number, name in enumerate(("ann", "bob", "twin", "other", "zoe@corp.example", "ïda", "nobody")):
        put(folder, **{name: calendar(*event(*NINE, f"RRULE:FREQ=DAILY;COUNT={number + 1}"))})
    put(folder, other=UNKNOWN)
    answers = []
    for workers in (1, 3):
        done = import_calendars(folder, cohort, workers=workers)
        files = {name: (cohort / name).read_bytes() for name in ("busy.csv", import_cache.CACHE)}
        answers.append((files, done))
        for name in files:
            (cohort / name).unlink()
    assert answers[0] == answers[1]


def test_a_file_that_takes_too_long_is_refused_alone(cohort, folder):
    put(folder, ann=ENDLESS.replace(b"20270112", b"19990112"), bob=ONE, twin=ONE)
    done = import_calendars(folder, cohort, limits=Limits(seconds=1.5))
    assert told(done) == ["ann.ics: takes more than 1.5 seconds to read; does an event repeat endlessly?"]
    assert busy(cohort) == f"bob,{AT_NINE}twin,{AT_NINE}"


@pytest.mark.skipif(sys.platform == "win32", reason="no bound for memory there")
def test_a_file_that_takes_too_much_memory_is_refused_alone(cohort, folder):
    put(folder, ann=calendar(*event(*NINE, "SUMMARY:\N{GRINNING FACE}" + "x" * 15_000_000)), bob=ONE)
    done = import_calendars(folder, cohort, limits=Limits(seconds=60, memory=160_000_000))
    assert told(done) == ["ann.ics: needs too much memory to be read"]
    assert busy(cohort) == f"bob,{AT_NINE}"


def test_a_process_that_dies_ends_its_file_alone(cohort, folder, monkeypatch):
    put(folder, ann=ONE)
    monkeypatch.setattr(ics_pool, "START", "raise SystemExit({path!r} + {seconds!r} + {memory!r})")
    assert told(import_calendars(folder, cohort)) == ["ann.ics: needs too much memory to be read"]


def test_a_file_that_is_too_large_is_not_even_read(cohort, folder):
    with (folder / "ann.ics").open("wb") as file:
        file.truncate(100_000_000)
    put(folder, bob=ONE)
    done = import_calendars(folder, cohort)
    assert told(done) == ["ann.ics: is larger than 20 MB; export only the time of the programme"]


def test_a_closed_pool_starts_nothing():
    pool = ics_pool.Pool(1, Limits())
    pool.close()
    with pytest.raises(RuntimeError, match="closed"):
        pool.read(ONE, "ann.ics", None)


def test_a_process_that_is_killed_costs_a_retry(cohort, folder, monkeypatch):
    asked, calls = ics_pool._asked, []

    def killed_at_first(process, data, request):
        calls.append(request["file"])
        if len(calls) == 1:
            process.kill()
            process.wait()
        return asked(process, data, request)

    monkeypatch.setattr(ics_pool, "_asked", killed_at_first)
    put(folder, ann=ONE)
    assert told(import_calendars(folder, cohort)) == []
    assert calls == ["ann.ics"] * 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_an_interrupt_ends_the_processes_and_writes_nothing(cohort, folder, number, code):
    put(folder, ann=ENDLESS, bob=ONE)
    script = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    script += "from matcher.cli import main; main()"
    command = [sys.executable, "-c", script, "import-calendars", str(folder), str(cohort), "--workers", "2"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    time.sleep(3)
    process.send_signal(number)
    assert process.wait(timeout=10) == code
    assert not (cohort / "busy.csv").exists()


def test_errors_of_reading_are_one_sentence(monkeypatch):
    request = {"file": "ann.ics", "reading": {"zone": "UTC", "email": "", "start": 0, "end": 1}}
    for error, message in (
        (MemoryError(), "needs too much memory to be read"),
        (KeyError("x"), "cannot be read (KeyError)"),
    ):

        def fail(*_, error=error):
            raise error

        monkeypatch.setattr(ics_worker, "read_calendar", fail)
        assert ics_worker._read(b"", request)["faults"][0]["message"] == message


# --- the command ----------------------------------------------------------------------------------------------


def run(*arguments):
    return CliRunner().invoke(cli, ["import-calendars", *map(str, arguments)])


def test_the_command_tells_what_it_did(cohort, folder):
    put(folder, ann=ONE, bob=calendar(*event(*NINE, "TRANSP:TRANSPARENT")))
    (cohort / "busy.csv").write_text("employee_id,start,end\ntwin,2027-02-01,2027-02-01\n")
    result = run(folder, cohort, "--workers", 1)
    assert result.exit_code == 0
    assert result.stdout == "imported: 2 calendars of 2 people, 1 busy time in busy.csv\n"
    for line in (
        "  calendar files read                 2",
        "  events                              2",
        "  not busy: shown as free                 1",
        "busy.csv is written; 1 row of other people kept; the earlier file is busy.csv.bak.",
    ):
        assert line in result.stderr.splitlines()
    assert "busy.csv is as it was: nothing has changed." in run(folder, cohort).stderr


def test_the_command_ends_with_1_where_a_file_is_refused(cohort, folder):
    put(folder, ann=UNKNOWN, bob=ONE)
    result = run(folder, cohort)
    assert result.exit_code == 1
    assert result.stdout == "imported: 1 calendar of 1 person, 1 busy time in busy.csv; 1 file refused\n"
    assert "line 7, DTSTART: event 1: the time zone 'Nowhere' is not known" in result.stderr
    (folder / "bob.ics").unlink()
    result = run(folder, cohort)
    assert result.exit_code == 1
    assert result.stdout == "nothing imported: no calendar could be read; 1 file refused\n"


def test_json_of_the_command(cohort, folder):
    put(folder, ann=ONE, bob=UNKNOWN)
    result = run(folder, cohort, "--json", "--quiet")
    data = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (data["files"], data["people"], data["refused"], data["events"], data["rows"]) == (1, 1, 1, 1, 1)
    assert data["faults"][0]["file"] == "bob.ics"
    assert data["skipped"] == dict.fromkeys(
        ("own", "outside", "undated", "cancelled", "declined", "free", "elsewhere", "tentative", "empty"), 0
    )


def test_without_the_libraries_it_says_what_to_install(cohort, folder, monkeypatch):
    put(folder, ann=ONE)
    monkeypatch.setattr("matcher.import_calendars.find_spec", lambda _: None)
    with pytest.raises(MatcherError, match=r"pip install 'mentoring-matcher\[calendars\]'"):
        import_calendars(folder, cohort)
    assert run(folder, cohort).exit_code == 1
