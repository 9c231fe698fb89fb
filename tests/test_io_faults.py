"""One bad file per input error: each is named with its place, what was found and what was expected."""

import functools

import pytest
from cohort_folder import EMPLOYEES, PREFERENCES, PROGRAMME, faults_of, write_folder

from matcher import input_employees, read_cohort


@pytest.fixture
def faults(tmp_path):
    return functools.partial(faults_of, tmp_path)


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("[sessions]\nminuts = 30", "sessions.minuts: unknown key; did you mean 'sessions.minutes'?"),
        ("[sesions]\nminutes = 30", "sesions: unknown section; did you mean 'sessions'?"),
        ("[sessions]\nseed = 1", "sessions.seed: unknown key; did you mean 'goals.seed'?"),
        (
            "[sessions]\nminutes = 0",
            "sessions.minutes: must be a whole number of minutes from 1 to 1440, or a list",
        ),
        ("[sessions]\nminimum = 0", "sessions.minimum: must be at least 1 (got 0)"),
        ("[sessions]\nminimum = '3'", "sessions.minimum: must be a whole number (got '3')"),
        (
            "[sessions]\nmonth_rule = 'rollin'",
            "sessions.month_rule: must be 'both', 'rolling', 'calendar' or 'none'",
        ),
        ("[eligibility]\nlevels = 'A'", "eligibility.levels: must be a list"),
        ("[eligibility]\npast_pairs_may_repeat = 1", "past_pairs_may_repeat: must be true or false (got 1)"),
        ("[calendar]\nworking_days = ['mon', 'tuesday']", "calendar.working_days, entry 2: must be 'mon', 'tue'"),
        ("[calendar]\nworking_hours = '9-18'", "calendar.working_hours: must be windows like '09:00-18:00'"),
        ("[goals]\nrank = true", "goals.rank: must be 'generous', 'greedy' or 'min-cost' (got true)"),
        ("x = 1", "programme.x: unknown key"),
        ("[goals\nseed = 1", "line 5: is not valid TOML: "),
        ("[goals]\nseed = ", "line 6: is not valid TOML: "),
        ("x = " + "[" * 5000, "holds too many tables or brackets within each other"),
        ("x" + ".a" * 5000 + " = 1", "holds too many tables or brackets within each other"),
        ("x" + ".a" * 50_000 + " = 1", "holds too many tables or brackets within each other"),
        ("x = {a" + ".a" * 300 + " = 1}", "holds too many tables or brackets within each other"),
        (
            "x = " + "9" * 5000,
            "holds a whole number of hundreds of digits; the largest that means anything has 19",
        ),
        ("[goals]\nseed = 0x" + "f" * 5000, "holds a whole number of hundreds of digits"),
        ("x = [[0b" + "1" * 1025 + "]]", "holds a whole number of hundreds of digits"),
        ("x = " + "[" * 19 + "]" * 19, "holds too many tables or brackets within each other"),
        ("x = " + "[" * 18 + "]" * 18, "programme.x: unknown key"),
        ("[sessions]\nmin_days_between = 40", "sessions: no schedule from 2027-01-11 to 2027-04-09 can keep both"),
        (
            "[sessions]\nminimum = 9",
            "sessions.minimum: 9 sessions do not fit between 2027-01-11 and 2027-04-09 at",
        ),
    ],
)
def test_faults_of_the_programme(faults, lines, fault):
    found = faults(programme__toml=PROGRAMME + lines + "\n")
    assert len(found) == 1
    assert found[0].startswith("programme.toml: ")
    assert fault in found[0]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "programme: is missing (expected first and last day)"),
        ("programme = 3", "programme: must be a section of keys, not a single value (got 3)"),
        ("[programme]\nstart = 2027-01-11\n", "programme.end: is missing (expected a date like 2027-01-11)"),
        (
            "[programme]\nstart = '11.01.2027'\nend = 2027-04-09",
            "programme.start: must be a date like 2027-01-11 (got",
        ),
        (
            "[programme]\nstart = 2027-05-11\nend = 2027-04-09",
            "programme: end 2027-04-09 must not be before start",
        ),
        (
            "[programme]\nstart = 2027-01-11T09:00:00\nend = 2027-04-09",
            "programme.start: must be a date without a time",
        ),
        (
            PROGRAMME.replace("Moscow", "Moskow"),
            "programme.timezone: must be an IANA time zone like 'Europe/Moscow'",
        ),
        (PROGRAMME + "name = 5", "programme.name: must be text in quotes (got 5)"),
        ("start = 2027-01-11\n" + PROGRAMME, "start: unknown key; did you mean 'programme.start'?"),
        (b"PK\x03\x04", "is a workbook or archive"),
    ],
)
def test_faults_of_the_frame(faults, text, fault):
    assert f"programme.toml: {fault}" in faults(programme__toml=text)[0]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("m,,Sales,3,,,", "line 6, employee_id: 'm' stands already on line 2"),
        (" ,,Sales,3,,,", "line 6, employee_id: is blank"),
        ("=1,,Sales,3,,,", "line 6, employee_id: '=1' starts with '=', which spreadsheets take for a formula"),
        ("-x,,Sales,3,,,", "line 6, employee_id: '-x' starts with '-'"),
        ("'=x,,Sales,3,,,", """line 6, employee_id: "'=x" starts with "'=", which spreadsheets take"""),
        ("\uff1dx,,Sales,3,,,", "line 6, employee_id: '\uff1dx' starts with '\uff1d', which spreadsheets take"),
        ("x; y,,Sales,3,,,", "line 6, employee_id: 'x; y' holds '; ', which stands between ids where several are"),
        ("x,, ,3,,,", "line 6, function: is blank"),
        ("x,,Sales,senior,,,", "line 6, level: 'senior' is not a whole number (levels are numbers unless"),
        ("x,,Sales,3.5,,,", "line 6, level: '3.5' is not a whole number"),
        ("x,,Sales,,,,", "line 6, level: is blank"),
        (
            "x,,Sales,3,,Moscow,",
            "line 6, timezone: 'Moscow' is not a time zone like 'Europe/Moscow' (IANA) or 'Russian",
        ),
        ("x,,Sales,3,,Europe/Moskow,", "did you mean 'Europe/Moscow'?"),
        ("x,,Sales,3,,,-1", "line 6, max_mentees: '-1' is not a whole number from 0"),
        ("x,,Sales,3,,,two", "line 6, max_mentees: 'two' is not a whole number from 0"),
        ("x,,Sales,3", "line 6: 4 fields, but the header has 7"),
    ],
)
def test_faults_of_employees(faults, row, fault):
    found = faults(employees__csv=EMPLOYEES + row + "\n")
    assert len(found) == 1
    assert found[0].startswith("employees.csv: ")
    assert fault in found[0]


def test_a_level_that_is_not_named(faults):
    programme = PROGRAMME + '[eligibility]\nlevels = ["1", "2", "Director"]\n'
    found = faults(programme__toml=programme, employees__csv=EMPLOYEES.replace(",3,", ",Dirctor,"))
    names = "(1, 2, Director; did you mean 'Director'?)"
    assert found == [f"employees.csv: line 2, level: 'Dirctor' is none of eligibility.levels {names}"]


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("x,1,m", "line 5, mentee_id: 'x' is no employee (not in employees.csv)"),
        ("A ,1,m", "line 5, mentee_id: 'A' is no employee (not in employees.csv); did you mean 'a'?"),
        (",1,m", "line 5, mentee_id: is blank"),
        ("n,,m", "line 5, rank: is blank; expected a whole number from 1 (first choice) to 99"),
        ("n,0,m", "line 5, rank: '0' is not a whole number from 1 (first choice) to 99"),
        ("n,100,m", "line 5, rank: '100' is not"),
        ("n,1.5,m", "line 5, rank: '1.5' is not"),
        ("n,1,", "line 5, mentor_id: is blank"),
        ("a,2,m", "line 5: 'a' lists 'm' twice (already on line 2); expected each choice once"),
        ("n,1,x\nn,2,x", "line 6: 'n' lists 'x' twice (already on line 5)"),
    ],
)
def test_faults_of_preferences(faults, rows, fault):
    found = faults(preferences__csv=PREFERENCES + rows + "\n")
    assert len(found) == 1
    assert found[0].startswith(f"preferences.csv: {fault}")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "mente,rank,mentor\na,1,m\n",
            "no column 'mentee_id' (found: mente, rank, mentor; did you mean 'mente'?); exp",
        ),
        (
            "mentee_id,first,second\na,m,n\n",
            "no column 'rank' (found: mentee_id, first, second); expected one row per choice",
        ),
        (
            "mentee_id,mentor_id,choice_1\na,m,n\n",
            "has both mentor_id and choice_1; expected one row per choice (mentee_id",
        ),
        (
            "mentee_id,choice_1\na,m\na,n\n",
            "line 3, mentee_id: 'a' has a row already on line 2; expected one row per mentee",
        ),
        ("mentee_id,choice_1,choice_2\na,m,m\n", "line 2: 'a' lists 'm' twice"),
        ("mentee_id,choice_0\na,m\n", "column choice_0: ranks go from 1 to 99"),
        ("mentee_id,choice_1,choice_01\na,m,n\n", "line 1: two columns are called 'choice_1'"),
    ],
)
def test_faults_of_the_forms_of_preferences(faults, text, fault):
    assert faults(preferences__csv=text)[0].startswith(f"preferences.csv: {fault}")


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (
            "m,mond,09:00,10:00",
            "line 2, day: 'mond' is not one of mon, tue, wed, thu, fri, sat, sun or a date like",
        ),
        ("m,,09:00,10:00", "line 2, day: is blank; expected"),
        ("m,2027-02-30,09:00,10:00", "line 2, day: '2027-02-30' is not"),
        ("m,1899-01-01,09:00,10:00", "line 2, day: 1899-01-01 is not between 1970 and 2200"),
        ("m,mon,9h,10:00", "line 2, start: '9h' is not a time like 09:00 (an end may be 24:00)"),
        ("m,mon,09:00,", "line 2, end: is blank; expected both start and end, or neither (not at all)"),
        ("m,mon,,10:00", "line 2, start: is blank"),
        ("m,mon,10:00,10:00", "line 2, end: 10:00 is not after start 10:00"),
        (
            "m,mon,10:00,00:00",
            "line 2, end: 00:00 is not after start 10:00 (midnight at the end of the day is 24:00)",
        ),
        (
            "m,MON,,\nm,mon,09:00,10:00",
            "line 2, day: 'm' is not free at all on MON here (start and end blank) but has a w",
        ),
        (",mon,,", "line 2, employee_id: is blank"),
    ],
)
def test_faults_of_availability(faults, rows, fault):
    found = faults(availability__csv=f"employee_id,day,start,end\n{rows}\n")
    assert len(found) == 1
    assert found[0].startswith(f"availability.csv: {fault}")


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("m,,2027-01-11", "line 2, start: is blank; expected a date or time like 2027-01-11, 2027-01-11T09:00 or"),
        ("m,11.13.2027,2027-01-11", "line 2, start: '11.13.2027' is not a date or time like"),
        ("m,2027-02-29,2027-03-11", "line 2, start: '2027-02-29': there is no such date"),
        ("m,2027-01-11T25:00,2027-03-11", "line 2, start: '2027-01-11T25:00': there is no such time"),
        ("m,2027-01-11T09:00+25:00,2027-03-11", "line 2, start: '+25:00' is no offset from UTC like +03:00"),
        ("m,2027-01-11,2201-03-11", "line 2, end: '2201-03-11' is not between 1900 and 2200"),
        ("m,2027-01-11T09:00,2027-01-11T08:00", "line 2, end: 2027-01-11T08:00 is before start 2027-01-11T09:00"),
        (
            "m,2027-01-11T09:00,2027-01-11T05:30Z",
            "line 2, end: 2027-01-11T05:30Z is before start 2027-01-11T09:00",
        ),
        (",2027-01-11,2027-01-11", "line 2, employee_id: is blank"),
    ],
)
def test_faults_of_busy(faults, row, fault):
    found = faults(busy__csv=f"employee_id,start,end\n{row}\n")
    assert len(found) == 1
    assert found[0].startswith(f"busy.csv: {fault}")


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (
            "a,m,lock,",
            "line 2, status: 'lock' is not locked, forbidden, refused, declined, accepted or past; did you mean",
        ),
        ("a,m,,", "line 2, status: is blank; expected locked, forbidden, refused, declined, accepted or past"),
        ("a,,locked,", "line 2, mentor_id: is blank"),
        ("a,x,locked,", "line 2, mentor_id: 'x' is locked but no employee (not in employees.csv)"),
        ("a,m,past,yesterday", "line 2, last_session: 'yesterday' is not a date like 2027-01-11"),
        ("a,m,past,20261011", "line 2, last_session: '20261011' is not a date like 2027-01-11"),
        (
            "a,m,locked,2027-01-11",
            "line 2, last_session: 2027-01-11 is not before the programme's start 2027-01-11",
        ),
        ("a,m,refused,\na,m,locked,", "line 3, status: 'a' with 'm' is locked here but refused on line 2"),
        ("a,m,locked,\na,m,forbidden,", "line 2, status: 'a' with 'm' is locked here but forbidden on line 3"),
        ("m,m,locked,", "line 2: m is locked with himself"),
        ("m,b,locked,\nb,m,locked,", "line 3: b and m are locked to mentor each other (see line 2)"),
        ("m,a,locked,", "line 2: 1 locked mentee of a, who takes at most 0 (line 2)"),
        ("a,n,locked,\nb,n,locked,", "line 2: 2 locked mentees of n, who takes at most 1 (lines 2, 3)"),
        (
            "a,n,locked,\na,m,locked,",
            "line 2: 2 locked mentors of a; a mentee has at most 1 (capacity.mentors",
        ),
    ],
)
def test_faults_of_pairs(faults, rows, fault):
    found = faults(pairs__csv=f"mentee_id,mentor_id,status,last_session\n{rows}\n")
    assert len(found) == 1
    assert found[0].startswith(f"pairs.csv: {fault}")


def test_who_takes_nobody_takes_no_locked_mentee_either_one_after_another(faults):
    """Of a mentor with one place two may be locked, if they can follow each other; of one with none nobody."""
    in_turn = f'{PROGRAMME}engagement = "as-needed"\n[sessions]\nnumber = 2\n'
    rows = "a,n,locked\nb,n,locked\nm,a,locked\n"
    found = faults(programme__toml=in_turn, pairs__csv=f"mentee_id,mentor_id,status\n{rows}")
    assert found == ["pairs.csv: line 4: 1 locked mentee of a, who takes at most 0 (line 4)"]


def test_all_faults_of_all_files_come_at_once_and_cause_no_others(faults):
    found = faults(
        programme__toml=PROGRAMME + "[goals]\nrank = 'x'\n",
        employees__csv=EMPLOYEES.replace("Sales,3", ",3"),
        preferences__csv=PREFERENCES + "b,x,n\n",
        availability__csv="employee_id,day\nm,mon\n",
        busy__csv="employee_id,start,end\nm,x,y\n",
        pairs__csv="mentee_id,mentor_id,status\na,m,x\n",
    )
    assert [fault.split(":")[0] for fault in found] == [
        "programme.toml", "employees.csv", "preferences.csv", "availability.csv", "availability.csv",
        "busy.csv", "busy.csv", "pairs.csv",
    ]  # fmt: skip


def test_nobody_is_called_unknown_where_employees_cannot_be_read(faults):
    assert len(faults(employees__csv=EMPLOYEES + '"')) == 1
    assert len(faults(employees__csv=EMPLOYEES.replace("a,Ann,sales ,1,", "a,Ann,sales ,"))) == 1
    assert len(faults(employees__csv="id,function,level\na,x,1\n")) == 1


def test_the_same_fault_on_many_lines_is_told_five_times(faults):
    rows = "".join(f"p{n},,Sales,high,,,\n" for n in range(30))
    found = faults(employees__csv=EMPLOYEES + rows)
    assert len(found) == 5
    assert found[0].endswith("unless eligibility.levels names them)")
    assert found[4].endswith("(and 25 more lines, up to line 35)")


def test_a_section_alone_is_no_key_that_could_be_set(tmp_path):
    (found,) = faults_of(tmp_path, {"sessions": 1})
    assert found == "--set: unknown key 'sessions': it is a section; expected a key of it, like 'sessions.minutes'"


@pytest.mark.parametrize("zone", ["localtime", "posixrules", "Factory", "local time"])
def test_the_zone_of_no_place_is_none(faults, zone):
    """What it is, another computer reads otherwise."""
    found = faults(programme__toml=PROGRAMME.replace("Europe/Moscow", zone))
    assert len(found) == 1
    assert found[0].startswith("programme.toml: programme.timezone: must be an IANA time zone like")
    found = faults(employees__csv=f"{EMPLOYEES}x,,Sales,3,,{zone},\n")
    assert len(found) == 1
    assert "is not a time zone like" in found[0]
    assert "did you mean" not in found[0]


def test_the_names_of_zones_are_looked_up_once(tmp_path, monkeypatch):
    looked = []
    monkeypatch.setattr("zoneinfo.available_timezones", lambda: looked.append(1) or {"Europe/Moscow"})
    input_employees._zone_names.cache_clear()
    employees = EMPLOYEES + "".join(f"{place},,Law,1,,Europe/Mosco{place},\n" for place in range(20))
    assert len(faults_of(tmp_path, employees__csv=employees)) > 5
    assert looked == [1]
    input_employees._zone_names.cache_clear()


@pytest.mark.parametrize(
    "line", ["  # " + "." * 300, "name = 'a quarter" + "." * 300 + "'", 'name = "' + ". " * 300 + '"']
)
def test_dots_in_texts_and_comments_are_no_keys(tmp_path, line):
    place = PROGRAMME.index("\n") + 1
    (tmp_path / "cohort").mkdir()
    cohort = write_folder(tmp_path / "cohort", programme__toml=PROGRAMME[:place] + line + "\n" + PROGRAMME[place:])
    assert read_cohort(cohort).programme.frame.start
