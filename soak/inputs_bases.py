"""Small cohorts, calendars, scenarios and runs that are in order: what the attack on input spoils."""

from __future__ import annotations

from pathlib import Path

Files = dict[str, "bytes | Odd"]
"""What a folder holds, by path within it."""

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "nlmk-sample"
SAMPLED = 14  # mentees of the sample that are kept, with the first two mentors of each


class Odd(str):
    """Something at a path that is no plain file: "folder", "pipe", "loop", "endless", "torn", "nowhere"."""

    __slots__ = ()


FULL = {
    "programme.toml": """\
[programme]
name = "Spring"
start = 2027-01-11
end = 2027-04-09
timezone = "Europe/Moscow"
[eligibility]
same_function_gap = 2
[capacity]
mentees_per_mentor = 2
[sessions]
minutes = [45, 30]
number = "most"
[calendar]
working_days = ["mon", "tue", "wed", "thu", "fri"]
working_hours = "09:00-13:00, 14:00-18:00"
country = "RU"
days = [{date = 2027-03-05, kind = "short", end = "15:00"}]
[goals]
rank = "greedy"
seed = 3
[columns]
function = ["Department"]
""",
    "employees.csv": """\
employee_id,name,email,Department,level,manager_id,timezone,country,max_mentees,first_day,last_day,priority
E01,Anna Berg,anna@corp.example,Sales,1,E05,Europe/Moscow,RU,,,,2
E02,Боб Иванов,bob@corp.example,Sales,1,E05,,,0,,,
E03,"Smith, Carol",carol@corp.example,Law,2,E06,Europe/Paris,FR,1,,2027-03-31,
E04,Дарья,darja@corp.example,Law,1,E06,Asia/Yekaterinburg,RU,,2027-01-20,,1
E05,Eve,eve@corp.example,Sales,3,,Europe/Moscow,,2,,,
E06,"Frank ""Fritz"" O",frank@corp.example,Law,4,,America/New_York,US-PA,2,,,
E07,Grit,grit@corp.example,IT,3,E06,,,1,,,
007,Bond,bond@corp.example,IT,2,E07,,,,,,
NA,Nan,nan@corp.example,IT,1,E07,,,,,,
E10,Zoë,zoe@corp.example,HR,1,E05,,,,,,
""",
    "preferences.csv": """\
mentee_id,rank,mentor_id
E01,1,E05
E01,2,E06
E02,1,E06
E02,2,E07
E04,1,E06
E04,3,E05
007,1,E06
NA,1,E07
NA,1,007
E10,1,E03
E10,2,E99
""",
    "availability.csv": """\
employee_id,day,start,end
E05,mon,09:00,12:00
E05,wed,13:00,18:00
E05,2027-02-06,10:00,14:00
E03,tue,,
E03,thu,08:00,24:00
""",
    "busy.csv": """\
employee_id,start,end
E01,2027-01-12T10:00,2027-01-12T12:30
E05,2027-02-03T10:00+03:00,2027-02-03T16:00+03:00
E06,2027-02-15,2027-02-19
E07,2027-03-01T09:00Z,2027-03-01T18:00
""",
    "absences.csv": "employee_id,start,end\nE07,2027-02-01,2027-02-12\nE10,2027-03-22,2027-03-26\n",
    "holidays.csv": "country,date,kind,end\nRU,2027-02-24,off,\n,2027-02-27,worked,\nFR,2027-03-12,short,14:00\n",
    "pairs.csv": """\
mentee_id,mentor_id,status,last_session,since,by
E02,E07,forbidden,,,
E01,E05,past,2026-12-20,,
E04,E05,declined,,2026-12-01,mentor
E10,E03,locked,,,
""",
    "letters.csv": 'kind,language,subject,text\nmentor,en,Your mentees,"Dear {name},\nyou have {mentees}"\n',
}

WIDE = {
    "programme.toml": """\
[programme]
start = 2027-03-01
end = 2027-05-31
timezone = "Russian Standard Time"
language = "ru"
[eligibility]
levels = ["Специалист", "Руководитель", "Директор"]
line_manager_may_mentor = false
[capacity]
mentors_per_mentee = 2
[sessions]
month_rule = "calendar"
[goals]
rank = "min-cost"
""",
    "employees.csv": """\
employee_id;function;level;name
а1;Сбыт;Специалист;Аня
а2;Сбыт;Специалист;Петя
а3;Право;Руководитель;Оля
а4;Право;Директор;Иван
а5;ИТ;Директор;Лев
""",
    "preferences.csv": "mentee_id;choice_1;choice_2;choice_3\nа1;а4;;а5\nа2;а3;а5;а4\nа3;а5;;\n",
    "busy.csv": "employee_id;start;end\nа5;2027-03-02 09:00;2027-03-02 10:30\nа4;2027-04-01;2027-04-02\n",
}

WAVES = {
    "programme.toml": """\
[programme]
start = 2027-01-11
end = 2027-04-09
engagement = "as-needed"
latest_start = 60
[capacity]
mentees_per_mentor = 1
[sessions]
number = 2
max_per_week = 2
pause_minutes = 15
[calendar]
lunch = "12:00-13:00"
preferred_hours = "10:00-12:00"
""",
    "employees.csv": """\
employee_id,function,level,sessions_wanted,priority
m1,A,5,,
m2,B,4,,
e1,A,1,1,3
e2,A,2,3,
e3,B,1,,1
e4,C,1,2,
""",
    "preferences.csv": "mentee_id,rank,mentor_id\ne1,1,m1\ne2,1,m1\ne2,2,m2\ne3,1,m1\ne4,2,m2\n",
}

SCENARIOS = """\
[case.three]
about = "Three places"
set.capacity.mentees_per_mentor = 3
[case.more-time]
seeds = [1, 2]
set.sessions.minutes = [30]
[[case.more-time.change]]
table = "employees"
where = { level = 1 }
set = { max_mentees = 0 }
[[case.more-time.change]]
table = "preferences"
draw = { share = "30%" }
remove = true
[case.grid]
[case.grid.grid]
sessions.min_days_between = [7, 14]
goals.rank = ["generous", "greedy"]
[case.joins]
[[case.joins.change]]
table = "employees"
add = [{ employee_id = "N1", name = "Nina", Department = "Sales", level = 5 }]
"""

EVENT = """\
BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Example//EN\r
BEGIN:VEVENT\r
UID:{uid}@example\r
DTSTAMP:20270101T000000Z\r
DTSTART{start}\r
DTEND{end}\r
SUMMARY:Secret\r
{more}END:VEVENT\r
END:VCALENDAR\r
"""
CALENDARS = {
    "E01.ics": EVENT.format(
        uid=1, start=":20270112T090000Z", end=":20270112T100000Z", more="RRULE:FREQ=WEEKLY;COUNT=5\r\n"
    ),
    "eve@corp.example.ics": EVENT.format(
        uid=2, start=";TZID=Europe/Moscow:20270115T090000", end=";TZID=Europe/Moscow:20270115T093000", more=""
    ),
    "frank.ics": EVENT.format(
        uid=3,
        start=";VALUE=DATE:20270201",
        end=";VALUE=DATE:20270203",
        more="EXDATE;VALUE=DATE:20270201\r\nTRANSP:OPAQUE\r\n",
    ),
    "index.csv": "file,employee_id\nfrank.ics,E06\n",
}


def encoded(texts: dict[str, str]) -> Files:
    """Files in UTF-8."""
    return {name: text.encode() for name, text in texts.items()}


def sample() -> Files:
    """The sample of the package, cut to a few mentees and the first two mentors that each of them wants."""
    tables = {path.name: path.read_text("utf-8-sig").splitlines() for path in sorted(SAMPLE.iterdir())}
    wanted: dict[str, list[str]] = {}
    for row in tables["preferences.csv"][1:]:
        mentee, _, mentor = row.split(",")
        if len(wanted) < SAMPLED or mentee in wanted:
            wanted.setdefault(mentee, []).append(mentor)
    kept = {*wanted, *(mentor for mentors in wanted.values() for mentor in mentors[:2])}
    cut: Files = {"programme.toml": (SAMPLE / "programme.toml").read_bytes()}
    for name, rows in tables.items():
        if name.endswith(".csv"):
            some = [row for row in rows[1:] if row.split(",")[0] in kept]
            if name == "preferences.csv":
                some = [row for row in some if row.split(",")[0] in wanted and row.split(",")[2] in kept]
            if name == "pairs.csv":
                some = [row for row in some if row.split(",")[1] in kept]
            cut[name] = "\n".join([rows[0], *some[:60], ""]).encode()
    return cut


def cohorts() -> dict[str, Files]:
    """The cohorts by name."""
    few = {name: FULL[name] for name in ("programme.toml", "employees.csv", "preferences.csv")}
    return {
        "full": encoded(FULL),
        "wide": encoded(WIDE),
        "waves": encoded(WAVES),
        "few": encoded(few),
        "sample": sample(),
    }
