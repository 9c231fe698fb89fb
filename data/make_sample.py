"""Make the sample cohort: one quarter of mentoring in an invented steel group, the same bytes at every run.

Usage: python data/make_sample.py [DIR]      (DIR is data/nlmk-sample unless given)
"""

from __future__ import annotations

import csv
import io
import random
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from sample_calendars import Row, make_availability, make_busy
from sample_people import FUNCTIONS, Cast, Person, choose_cast, limit_mentors, make_people, pick, some

SEED = 2027
LEFT_THE_COMPANY = "E900"
LEVELS = (
    "Specialist", "Senior Specialist", "Group Head", "Manager",
    "Head of Department", "Director", "Vice President", "President",
)  # fmt: skip

PROGRAMME = """\
# The rules of the programme. Every key is shown; those that are left out have the values of docs/formats.md.
# After a change, `matcher check` on this folder tells whether everything fits together.

[programme]
name = "Mentoring, first quarter 2027"
start = 2027-01-11            # first day of the programme
end = 2027-04-09              # last day, included
timezone = "Europe/Moscow"    # on this clock the dates of sessions are counted
engagement = "whole"          # a pair works together all the time; "as-needed": from its first to its last session
latest_start = 0              # with "as-needed": days from the start to a first session at the latest; 0: no limit
language = "en"               # of the report and the letters: "en" or "ru"

[eligibility]                 # who may mentor whom
# The levels of the company, lowest first; employees.csv uses the same names.
# Leave the list empty if levels are whole numbers.
levels = [
    "Specialist", "Senior Specialist", "Group Head", "Manager",
    "Head of Department", "Director", "Vice President", "President",
]
# level_order = "ascending"   # for numbered levels only: "ascending" if a larger number is more senior
same_function_gap = 2         # a mentor from the mentee's own function is at least so many levels above
cross_function_gap = 1        # a mentor from another function is at least so many levels above
line_manager_may_mentor = true   # false: nobody is mentored by his own manager (manager_id in employees.csv)
past_pairs_may_repeat = true     # false: pairs marked `past` in pairs.csv do not come together again

[capacity]                    # how many at the same time
mentees_per_mentor = 2        # max_mentees in employees.csv makes it smaller for one person
mentors_per_mentee = 1

[sessions]
minutes = 45                  # length of a session; a list like [45, 30] allows either length
min_days_between = 14         # a pair meets at most once in 2 weeks ...
max_months_between = 1        # ... and at least once a month
month_rule = "both"           # a month is any month long stretch and each calendar month:
                              # "both", only "rolling", only "calendar", or "none"
minimum = 1                   # sessions a pair has at least
number = "most"               # as many sessions as fit; or "fewest", or a number to come close to
grid_minutes = 15             # sessions start on the hour or a quarter past, half past, quarter to
pause_minutes = 0             # before and after each session, free of meetings and other sessions
max_per_day = 0               # sessions that one person has a day, with whomever; 0: no limit
max_per_week = 0              # the same from Monday to Sunday
absences = "pause"            # months rest while one of a pair is away (absences.csv); "re-pair": they go on

[calendar]                    # when people work, unless availability.csv says otherwise
working_days = ["mon", "tue", "wed", "thu", "fri"]
working_hours = "09:00-18:00" # each employee's local time; several windows: "09:00-13:00, 14:00-18:00"
lunch = ""                    # when nobody is asked to meet, like "12:00-13:00"
preferred_hours = ""          # when sessions are liked best, like "10:00-12:00": as many as can be lie in them
country = ""                  # like "RU": public holidays and moved working days; here busy.csv holds them
# days = [{date = 2027-03-05, kind = "short", end = "15:00"}]  # single dates; more of them go into holidays.csv

[goals]
rank = "generous"             # above all nobody gets a low choice; "greedy": above all many first choices;
                              # "min-cost": the least sum of ranks
seed = 2027                   # settles what is still tied after all goals; a new quarter draws anew

[rematch]                     # when a plan is repaired during the quarter
end_pairs = "forced"          # nobody's pair ends for others; "for-more-mentees": if more get a mentor that way

[output]
delimiter = ","               # ";" if your Excel puts whole rows into one cell

[invitations]                 # what `matcher calendars` writes into everybody's calendar
organiser_name = "Mentoring team"
organiser_email = "mentoring@steel.example"   # who invites; "" and nobody is invited
title = "Mentoring: {mentee} and {mentor}"    # also {number}, {of}, {programme}, {pair}
description = "{programme}"
location = ""
link = ""                     # for video calls, one address for each pair: "https://meet.example/{pair}"
reminder_minutes = 15         # 0: no reminder

[input]                       # how the tables are read; [columns] gives columns other names: docs/formats.md
slash_dates = ""              # of dates like 1/11/2027 in tables: "day first", "month first"; "": they must tell
"""


def is_eligible(mentee: Person, mentor: Person) -> bool:
    """Whether the level rule of the programme is met and the mentor mentors at all."""
    needed = 2 if mentor.function == mentee.function else 1
    return mentor.max_mentees != "0" and mentor.level - mentee.level >= needed


def choose_mentees(rng: random.Random, people: Sequence[Person], cast: Cast) -> list[Person]:
    """Join the cast and forty others from the four lower levels."""
    taken = {person.employee_id for person in cast.mentees}
    others: list[Person] = []
    for function in FUNCTIONS:
        own = [p for p in people if p.function == function and p.level <= 4 and p.employee_id not in taken]
        others += some(rng, own, 5)
    return [*cast.mentees, *others]


def popularity(people: Sequence[Person], cast: Cast) -> dict[str, int]:
    """How many lots each mentor has when choices are drawn: a few are asked for by very many."""
    apart = {cast.rare.employee_id, *(star.employee_id for star in cast.stars)}
    lots = (1, 1, 1, 2, 2, 3, 12)
    mentors = [p for p in people if p.level >= 3 and p.employee_id not in apart]
    return {person.employee_id: lots[number % len(lots)] for number, person in enumerate(mentors)}


def ordinary_choices(rng: random.Random, mentee: Person, people: Sequence[Person], cast: Cast) -> list[str]:
    """Four or five mentors, best first; now and then one whom the rules do not allow, or a star on top."""
    lots = popularity(people, cast)
    urn = [p.employee_id for p in people if is_eligible(mentee, p) and p.level <= mentee.level + 4]
    urn = some(rng, (mentor for mentor in urn for _ in range(lots.get(mentor, 0))), len(lots) * 12)
    wanted = list(dict.fromkeys(urn))[: 4 + (rng.random() < 0.5)]
    wish = rng.random()
    if wish < 0.12 and mentee.manager_id not in wanted:
        wanted[int(rng.random() * 3)] = mentee.manager_id  # one level above, in his own function
    elif wish < 0.18:
        wanted[1] = pick(rng, [p.employee_id for p in people if p.max_mentees == "0"])
    elif wish < 0.40:
        stars = [star.employee_id for star in cast.stars if is_eligible(mentee, star)]
        wanted = [pick(rng, stars), *wanted[:-1]]
    return list(dict.fromkeys(wanted))


def rank_choices(rng: random.Random, mentee: Person, wanted: Sequence[str]) -> list[Row]:
    """Rows of preferences.csv: mostly 1, 2, 3 ..., with a tie or a gap here and there."""
    rows: list[Row] = []
    rank = 0
    for mentor_id in wanted:
        step = rng.random()
        rank += 0 if rank and step < 0.04 else 2 if step > 0.97 else 1
        rows.append((mentee.employee_id, str(rank), mentor_id))
    return rows


def cast_choices(rng: random.Random, people: Sequence[Person], cast: Cast) -> dict[str, list[str]]:
    """List the choices of those who play a part, by mentee id, best first."""
    idle = [p.employee_id for p in people if p.max_mentees == "0"]
    stars = [star.employee_id for star in cast.stars]
    lists = {}
    for fan in cast.fans:
        lists[fan.employee_id] = [s.employee_id for s in some(rng, cast.stars, 5) if is_eligible(fan, s)][:4]
    for mentee, mentor in (cast.refused, cast.past, cast.forbidden):
        usual = [other for other in ordinary_choices(rng, mentee, people, cast) if other != mentor.employee_id]
        lists[mentee.employee_id] = [mentor.employee_id, *usual[:3]]
    late, misled = cast.late_fan, cast.misled
    lists[late.employee_id] = [late.manager_id, LEFT_THE_COMPANY, idle[0], idle[1], stars[0]]
    lists[misled.employee_id] = [misled.manager_id, idle[2], LEFT_THE_COMPANY]
    shift = (p for p in people if p.level in {4, 5} and is_eligible(cast.night_shift, p))
    lists[cast.night_shift.employee_id] = [p.employee_id for p in some(rng, shift, 4)]
    lists[cast.rare_first.employee_id] = [cast.rare.employee_id]
    lists[cast.rare_second.employee_id] = [idle[3], cast.rare.employee_id]
    return lists


def make_preferences(
    rng: random.Random, people: Sequence[Person], mentees: Sequence[Person], cast: Cast
) -> list[Row]:
    """Rows of preferences.csv, by mentee."""
    lists = cast_choices(rng, people, cast)
    rows: list[Row] = []
    for mentee in mentees:
        if mentee == cast.locked[0]:
            continue  # the lock alone makes him a mentee
        if mentee.employee_id in lists:
            wanted = lists[mentee.employee_id]
            rows += [(mentee.employee_id, str(rank), mentor) for rank, mentor in enumerate(wanted, start=1)]
        else:
            rows += rank_choices(rng, mentee, ordinary_choices(rng, mentee, people, cast))
    return sorted(rows, key=lambda row: (row[0], int(row[1]), row[2]))


def make_pairs(cast: Cast) -> list[Row]:
    """Rows of pairs.csv: one pair of each status."""
    decided = {
        "locked": (cast.locked, ""),
        "refused": (cast.refused, ""),
        "past": (cast.past, "2027-01-08"),
        "forbidden": (cast.forbidden, ""),
    }
    return sorted(
        (mentee.employee_id, mentor.employee_id, status, last)
        for status, ((mentee, mentor), last) in decided.items()
    )


def employee_row(person: Person) -> Row:
    """Person as a row of employees.csv."""
    level = LEVELS[person.level - 1]
    told = (person.employee_id, person.name, person.email, person.function, level, person.manager_id)
    return (*told, person.site, person.zone, person.max_mentees)


def table(header: str, rows: Iterable[Row]) -> bytes:
    """CSV as Excel likes it: UTF-8 with a byte order mark."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header.split(), *rows])
    return text.getvalue().encode("utf-8-sig")


def make_files(seed: int = SEED) -> dict[str, bytes]:
    """All files of the sample by name."""
    rng = random.Random(seed)
    people = make_people(rng)
    people = limit_mentors(rng, people, choose_cast(people))
    cast = choose_cast(people)
    mentees = choose_mentees(rng, people, cast)
    preferences = make_preferences(rng, people, mentees, cast)
    availability = make_availability(rng, people, cast)
    busy = make_busy(rng, people, preferences, cast)
    employees = "employee_id name email function level manager_id site timezone max_mentees"
    return {
        "programme.toml": PROGRAMME.encode(),
        "employees.csv": table(employees, map(employee_row, people)),
        "preferences.csv": table("mentee_id rank mentor_id", preferences),
        "availability.csv": table("employee_id day start end", availability),
        "busy.csv": table("employee_id start end", busy),
        "pairs.csv": table("mentee_id mentor_id status last_session", make_pairs(cast)),
    }


def main() -> None:
    """Write the files into the folder named on the command line."""
    here = Path(__file__).parent / "nlmk-sample"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else here
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in make_files().items():
        (folder / name).write_bytes(content)
    sys.stderr.write(f"{len(make_files())} files written to {folder}\n")


if __name__ == "__main__":
    main()
