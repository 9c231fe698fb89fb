"""messages.csv: who gets which letter, what stands in it, and what never does."""

import csv
import datetime as dt
import re
import shutil
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from cohort_folder import write_folder

from matcher.errors import InputError
from matcher.io import read_cohort
from matcher.letter_words import LANGUAGES
from matcher.report_files import write_reports
from matcher.run_files import FORMULA_STARTS
from matcher.runs import write_run
from matcher.solver import solve

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "nlmk-sample"
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
}
WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "ru": "понедельник вторник среда четверг пятница суббота воскресенье",
}
SESSION = re.compile(
    r"^- (\w+), (\d+) (\w+) (\d+)(?:\s*\w\.)?, (\d\d:\d\d)\N{EN DASH}(\d\d:\d\d)(?:, (.+))?$", re.MULTILINE
)


def rows_of(path, delimiter=","):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def run_of(folder, run, **overrides):
    """Solve a cohort and write its letters; the cohort and the letters."""
    cohort = read_cohort(folder, {name.replace("__", "."): value for name, value in overrides.items()})
    write_run(cohort, solve(cohort), run)
    write_reports(cohort, run)
    return cohort, rows_of(run / "messages.csv", cohort.programme.output.delimiter)


def letter(letters, person, kind):
    (found,) = [row for row in letters if (row["employee_id"], row["kind"]) == (person, kind)]
    return found


@pytest.fixture(scope="module", params=["en", "ru"])
def sample(request, tmp_path_factory):
    """The sample in each language: its run, cohort, letters and language."""
    run = tmp_path_factory.mktemp("letters") / "run"
    cohort, letters = run_of(SAMPLE, run, programme__language=request.param)
    return run, cohort, letters, request.param


# --- who gets one ---------------------------------------------------------------------------------------------


def test_everybody_has_exactly_his_letters(sample):
    run, cohort, letters, _ = sample
    pairs, unmatched, choices = (rows_of(run / f"{name}.csv") for name in ("pairs", "unmatched", "choices"))
    paired, mentors = ({row[column] for row in pairs} for column in ("mentee_id", "mentor_id"))
    asked = {row["mentor_id"] for row in choices if row["outcome"] in (
        "no_common_time", "schedule_conflict", "other_choice_taken"
    )}  # fmt: skip
    free = asked - mentors
    wanted = Counter(
        [(one, "mentee_paired") for one in paired]
        + [(row["mentee_id"], "mentee_unmatched") for row in unmatched]
        + [(one, "mentor") for one in mentors]
        + [(one, "mentor_free") for one in free]
    )
    assert Counter((row["employee_id"], row["kind"]) for row in letters) == wanted
    assert min(Counter(kind for _, kind in wanted).values()) > 3
    keys = [(row["employee_id"], row["kind"]) for row in letters]
    assert keys == sorted(keys)
    emails = dict(zip(cohort.employees.ids, cohort.employees.emails, strict=True))
    assert all(row["email"] == emails[row["employee_id"]] for row in letters)


def test_nobody_who_takes_no_mentees_or_breaks_a_rule_is_told_that_he_was_asked(tmp_path):
    people = "employee_id,function,level,max_mentees\na,X,1,\nlow,X,2,\noff,Y,5,0\nok,Y,5,\nbetter,Y,5,\n"
    wishes = "mentee_id,rank,mentor_id\na,1,low\na,2,off\na,3,better\na,4,ok\n"
    folder = write_folder(tmp_path, employees__csv=people, preferences__csv=wishes)
    _, letters = run_of(folder, tmp_path / "run")
    assert [(row["employee_id"], row["kind"]) for row in letters] == [
        ("a", "mentee_paired"), ("better", "mentor"), ("ok", "mentor_free"),
    ]  # fmt: skip


# --- what stands in it ----------------------------------------------------------------------------------------


def told_sessions(text, language):
    """The sessions that a letter tells of: start and end on its reader's clock, and with whom."""
    found = []
    for weekday, day, month, year, start, end, other in SESSION.findall(text):
        date = dt.date(int(year), 1 + MONTHS[language].split().index(month), int(day))
        assert WEEKDAYS[language].split()[date.weekday()] == weekday
        found.append((f"{date}T{start}", f"{date}T{end}", other))
    return found


def test_sessions_are_those_of_the_run_on_everybodys_own_clock(sample):
    run, cohort, letters, language = sample
    people = cohort.employees
    zones = {one: ZoneInfo(people.zones[place]) for one, place in zip(people.ids, people.zone, strict=True)}
    names = dict(zip(people.ids, people.names, strict=True))
    abroad = 0
    for kind, own, other in (("mentee_paired", "mentee_id", "mentor_id"), ("mentor", "mentor_id", "mentee_id")):
        wanted = {}
        for row in rows_of(run / "sessions.csv"):
            clock = [
                f"{dt.datetime.fromisoformat(row[end]).astimezone(zones[row[own]]):%Y-%m-%dT%H:%M}"
                for end in ("start", "end")
            ]
            wanted.setdefault(row[own], []).append((*clock, names[row[other]]))
        for row in (row for row in letters if row["kind"] == kind):
            sessions = wanted.pop(row["employee_id"])
            several = len({name for *_, name in sessions}) > 1
            assert told_sessions(row["text"], language) == [
                (start, end, name if several else "") for start, end, name in sessions
            ]
            zone = zones[row["employee_id"]].key
            assert (zone in row["text"]) == (zone != "Europe/Moscow")
            abroad += zone in row["text"]
        assert not wanted
    assert abroad > 5


def test_a_letter_names_nobody_else(sample):
    run, cohort, letters, _ = sample
    people = cohort.employees
    names = dict(zip(people.ids, people.names, strict=True))
    allowed = {one: {one} for one in people.ids}
    for row in rows_of(run / "pairs.csv"):
        allowed[row["mentee_id"]].add(row["mentor_id"])
        allowed[row["mentor_id"]].add(row["mentee_id"])
    for row in rows_of(run / "choices.csv"):
        allowed[row["mentee_id"]].add(row["mentor_id"])
    for row in rows_of(run / "unmatched.csv"):
        allowed[row["mentee_id"]] |= set(re.findall(r"\((E\d+)\)", row["suggestions"]))
    emails = {one: email for one, email in zip(people.ids, people.emails, strict=True) if email}
    for row in letters:
        said, known = f"{row['subject']}\n{row['text']}", allowed[row["employee_id"]]
        for name in sorted((names.get(one, one) for one in known), key=len, reverse=True):
            said = said.replace(name, "")
        assert not [name for name in names.values() if name in said]
        assert set(re.findall(r"\bE\d{3}\b", said)) <= known - names.keys()
        assert set(re.findall(r"\S+@steel\.example", said.replace(":", " ").replace(",", " "))) <= {
            emails[one] for one in known if one in emails
        }


def test_a_mentor_does_not_learn_his_rank(sample):
    _, _, letters, _ = sample
    for row in letters:
        if row["kind"].startswith("mentor"):
            assert not re.search(r"\d(st|nd|rd|th|-й) ", row["text"])


def test_letters_tell_the_choice_and_why_not_a_higher_one(sample):
    run, cohort, letters, language = sample
    ending = {"en": "{} choice", "ru": "{} выбор"}[language]
    ordinal = {"en": ("", "1st", "2nd", "3rd", "4th"), "ru": ("", "1-й", "2-й", "3-й", "4-й")}[language]
    choices = rows_of(run / "choices.csv")
    for pair in rows_of(run / "pairs.csv"):
        text = letter(letters, pair["mentee_id"], "mentee_paired")["text"]
        rank = int(pair["rank"] or 0)
        better = [
            row for row in choices if row["mentee_id"] == pair["mentee_id"] and rank and int(row["rank"]) < rank
        ]
        told = re.findall(r"^- (\S+) \w+, ([^:]+): ", text, re.MULTILINE)
        names = dict(zip(cohort.employees.ids, cohort.employees.names, strict=True))
        assert told == [
            (ordinal[int(row["rank"])], names.get(row["mentor_id"], row["mentor_id"])) for row in better
        ]
        assert (ending.format(ordinal[rank]) in text) == (rank > 0)


def test_who_has_no_mentor_hears_why_and_what_next(sample):
    run, _, letters, language = sample
    sentences = {
        "en": {
            "mentors_full": "fewer than needed", "draw": "a draw decides",
            "no_common_time": "too little free time",
            "no_eligible_choice": "stand against every choice", "schedule_conflict": "beside what is planned",
        },
        "ru": {
            "mentors_full": "меньше, чем нужно", "draw": "выбирает жребий",
            "no_common_time": "слишком мало общего",
            "no_eligible_choice": "не подходит ни один", "schedule_conflict": "уже запланировано",
        },
    }  # fmt: skip
    rows = rows_of(run / "unmatched.csv")
    assert {row["reason"] for row in rows} == set(sentences["en"])
    for row in rows:
        text = letter(letters, row["mentee_id"], "mentee_unmatched")["text"]
        assert sentences[language][row["reason"]] in text
        for name in re.findall(r"([^;]+) \(E\d+\)", row["suggestions"]):
            assert f"- {name.strip()}, " in text
        assert "{" not in text
        assert {"en": "What you can do now", "ru": "Что можно сделать сейчас"}[language] in text


PEOPLE = """employee_id,name,function,level,timezone
a,Ann,X,1,
b,Bea,X,1,Asia/Karachi
m,Max,Y,3,
n,Nan,Y,3,
o,Ole,Y,3,
"""


def small(folder, run, pairs="", programme="", wishes="a,1,m\na,2,n\n", **changes):
    settings = f'[programme]\nname = "Spring"\nstart = 2027-01-11\nend = 2027-01-29\ntimezone = "UTC"\n{programme}'
    files = {
        "programme__csv": None, "programme__toml": settings, "employees__csv": PEOPLE,
        "preferences__csv": f"mentee_id,rank,mentor_id\n{wishes}",
        "pairs__csv": f"mentee_id,mentor_id,status\n{pairs}",
    }  # fmt: skip
    return run_of(write_folder(folder, **(files | changes)), run)


@pytest.mark.parametrize("wishes", ["a,1,m\n", "a,2,n\n"])
def test_a_lock_was_arranged_by_the_programme(tmp_path, wishes):
    _, letters = small(tmp_path, tmp_path / "run", pairs="a,n,locked\n", wishes=wishes)
    mentee, mentor = letter(letters, "a", "mentee_paired")["text"], letter(letters, "n", "mentor")["text"]
    if "n" in wishes:
        assert "Nan was your 2nd choice; the programme had fixed this pair beforehand." in mentee
        assert "Ann, X, level 1: asked for you as a mentor" in mentor
    else:
        assert "The pair with Nan was arranged by the programme." in mentee
        assert "Ann, X, level 1: arranged by the programme" in mentor


def test_nobody_learns_who_refused(tmp_path):
    texts = []
    for status in ("refused", "forbidden"):
        folder = tmp_path / status
        folder.mkdir()
        _, letters = small(folder, folder / "run", pairs=f"a,m,{status}\n")
        texts.append(letter(letters, "a", "mentee_paired")["text"])
    assert texts[0] == texts[1]
    assert "- 1st choice, Max: a decision taken earlier in the programme stands against this pair" in texts[0]


@pytest.mark.parametrize(
    ("language", "apart", "short"),
    [
        ("en", "never take part in the programme at the same time", "too little free time in common"),
        ("ru", "не участвуете в программе в одно и то же время", "слишком мало общего свободного времени"),
    ],
)
def test_other_hours_are_not_asked_for_where_they_cannot_help(tmp_path, language, apart, short):
    """Max has left when Ann joins; Nan has no hours. Max, who has left, is nobody to come back to."""
    people = "employee_id,name,function,level,first_day,last_day\na,Ann,X,1,2027-01-18,\nm,Max,X,4,,2027-01-10\n"
    hours = "employee_id,day,start,end\n" + "".join(f"n,{day},,\n" for day in ("mon", "tue", "wed", "thu", "fri"))
    files = {"employees__csv": f"{people}n,Nan,X,4,,\n", "availability__csv": hours}
    texts = []
    for wishes in ("a,1,m\n", "a,1,m\na,2,n\n"):
        folder = tmp_path / str(len(texts))
        folder.mkdir()
        _, letters = small(folder, folder / "run", wishes=wishes, programme=f'language = "{language}"\n', **files)
        assert "m" not in {row["employee_id"] for row in letters}
        texts.append(letter(letters, "a", "mentee_unmatched")["text"])
    ask = LANGUAGES[language].hours
    assert [apart in text for text in texts] == [True, True]
    assert [text.count(short) for text in texts] == [1, 2]  # once as the reason of all together
    assert [ask in text for text in texts] == [False, True]


def test_with_two_mentors_each_session_tells_with_whom(tmp_path):
    _, letters = small(tmp_path, tmp_path / "run", programme="[capacity]\nmentors_per_mentee = 2\n")
    row = letter(letters, "a", "mentee_paired")
    assert row["subject"] == "Spring: you will work with Max and Nan"
    assert "Max was your 1st choice.\nNan was your 2nd choice." in row["text"]
    assert {name for *_, name in told_sessions(row["text"], "en")} == {"Max", "Nan"}


def test_a_mentor_with_two_mentees_hears_of_both(tmp_path):
    _, letters = small(tmp_path, tmp_path / "run", wishes="a,1,m\nb,1,m\n")
    row = letter(letters, "m", "mentor")
    assert row["subject"] == "Spring: you will mentor Ann and Bea"
    assert {name for *_, name in told_sessions(row["text"], "en")} == {"Ann", "Bea"}
    assert "(Karachi, Asia/Karachi)" in letter(letters, "b", "mentee_paired")["text"]


def test_a_session_over_midnight_names_both_days(tmp_path):
    programme = '[calendar]\nworking_hours = "14:30-15:15"\n'
    people = PEOPLE.replace("Asia/Karachi", "Asia/Tokyo")
    hours = "employee_id,day,start,end\n" + "".join(
        f"b,{day},23:00,24:00\nb,{day},00:00,01:00\n" for day in ("mon", "tue", "wed", "thu", "fri")
    )
    _, letters = small(
        tmp_path, tmp_path / "run", wishes="b,1,m\n", programme=programme, employees__csv=people,
        availability__csv=hours,
    )  # fmt: skip
    text = letter(letters, "b", "mentee_paired")["text"]
    assert "- Monday, 11 January 2027, 23:30 \N{EN DASH} Tuesday, 12 January 2027, 00:15\n" in text


def test_who_lists_nobody_is_asked_for_names(tmp_path):
    wide = "mentee_id,choice_1\na,\nb,m\n"
    _, letters = small(tmp_path, tmp_path / "run", preferences__csv=wide)
    text = letter(letters, "a", "mentee_unmatched")["text"]
    assert "Your list names nobody." in text
    assert "name further mentors" in text or "these colleagues are not on your list" in text


# --- the lead's own texts -------------------------------------------------------------------------------------


def test_own_texts_replace_those_of_matcher(tmp_path):
    own = (
        'kind,language,subject,text\nmentee_paired,,{mentor} for {name},"{rank} of {programme}{{!}}\n{zone}\n'
        '\n\n{count}: {start} - {end}\n{sessions}"\nmentor,ru,Тема,Текст\nmentor,,Hello {mentee},\n'
    )
    _, letters = small(tmp_path, tmp_path / "run", letters__csv=own)
    row = letter(letters, "a", "mentee_paired")
    assert row["subject"] == "Max for Ann"
    head, sessions = row["text"].split(" January 2027 - 29 January 2027\n")
    assert head == "1st choice of Spring{!}\n\n2 sessions: 11"
    assert len(told_sessions(sessions, "en")) == 2
    mentor = letter(letters, "m", "mentor")
    assert mentor["subject"] == "Hello Ann"
    assert mentor["text"].startswith("Hello Max,")


def test_a_text_for_one_language_wins_over_one_for_all(tmp_path):
    own = "kind,language,subject,text\nmentor,,All,All\nmentor,ru,,Русский\nmentor,en,English,\n"
    _, letters = small(tmp_path, tmp_path / "run", letters__csv=own, programme='language = "ru"\n')
    assert letter(letters, "m", "mentor")["subject"] == "All"
    assert letter(letters, "m", "mentor")["text"] == "Русский"


def test_changed_texts_need_no_new_run(tmp_path):
    folder = tmp_path / "cohort"
    shutil.copytree(SAMPLE, folder)
    run = tmp_path / "run"
    run_of(folder, run)
    (folder / "letters.csv").write_text("kind,text\nmentor,Hello {name}\n", "utf-8")
    assert write_reports(read_cohort(folder), run).warnings == ()
    letters = rows_of(run / "messages.csv")
    assert all(row["text"] == f"Hello {row['name']}" for row in letters if row["kind"] == "mentor")


# --- what is hostile or broken --------------------------------------------------------------------------------

HOSTILE = (
    *("<script>alert(1)</script>", "=HYPERLINK(1)", '"quoted"; and, more', "{lead} {0.__class__}", "two\nlines\t"),
    *("\N{RIGHT-TO-LEFT OVERRIDE}gro.live", "\N{ARABIC LETTER ALEF}\N{ARABIC LETTER BEH}", "x" * 300, "-1"),
    "\N{WOLF FACE}",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_hostile_names_are_harmless(tmp_path, name, delimiter):
    quoted = name.replace('"', '""')
    people = f'employee_id,name,function,level\na,"{quoted}","{quoted}",1\nm,"{quoted}",Y,3\n'
    _, letters = small(
        tmp_path, tmp_path / "run", employees__csv=people, programme=f'[output]\ndelimiter = "{delimiter}"\n'
    )
    said = " ".join(name.replace("\N{RIGHT-TO-LEFT OVERRIDE}", "").split())
    for row in letters:
        assert row["name"] == ("'" if said.startswith(FORMULA_STARTS) else "") + said
        assert row["text"].startswith(f"Hello {said},\n")
        assert "\r" not in row["text"]
        assert not any(cell.startswith(FORMULA_STARTS) for cell in row.values())
    assert len(letters) == 2


def test_the_same_run_gives_the_same_letters(sample):
    run, cohort, _, _ = sample
    before = (run / "messages.csv").read_bytes()
    assert before.startswith("\ufeff".encode())
    write_reports(cohort, run)
    assert (run / "messages.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("choices.csv", ",paired,", ",lost,", "'lost' is not one of paired, self"),
        ("choices.csv", ",1,paired", ",one,paired", "'one' is not a whole number"),
        ("sessions.csv", "+00:00", "", "is no time with an offset"),
        ("pairs.csv", ",Max,1,", ",Max,first,", "'first' is not a whole number"),
    ],
)
def test_a_run_that_was_damaged_is_told_of(tmp_path, file, old, new, fault):
    cohort, _ = small(tmp_path, tmp_path / "run")
    path = tmp_path / "run" / file
    said = path.read_text("utf-8")
    assert old in said
    path.write_text(said.replace(old, new), "utf-8")
    with pytest.raises(InputError, match=fault):
        write_reports(cohort, tmp_path / "run")


def test_people_who_left_since_are_called_by_their_ids(tmp_path):
    _, _ = small(tmp_path, tmp_path / "run")
    people = PEOPLE.replace("m,Max,Y,3,\n", "")
    (tmp_path / "employees.csv").write_text(people, "utf-8")
    write_reports(read_cohort(tmp_path), tmp_path / "run")
    letters = rows_of(tmp_path / "run" / "messages.csv")
    assert letter(letters, "m", "mentor")["email"] == ""
    assert "you will work with:\nm\n" in letter(letters, "a", "mentee_paired")["text"]
