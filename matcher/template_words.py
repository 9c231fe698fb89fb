"""What the workbook of `matcher init` says: the five steps, a note on every column, a sentence on every key."""

from __future__ import annotations

from collections.abc import Mapping

STEPS = (
    (
        "Look around",
        "This workbook holds a complete sample company, so it works as it is. Type the command below: it says what "
        "matcher understands, and what is wrong or odd.",
        "matcher check {file}",
    ),
    (
        "Put your people in",
        "Sheet employees: delete the rows below the header, and paste your own. Needed are employee_id, function and "
        "level; the rest helps. Then set first day, last day, time zone and the names of your levels in the sheet "
        "programme.",
        "",
    ),
    (
        "Put the wishes in",
        "Sheet preferences: one row for each mentee and each mentor he would like, with rank 1 for his first choice.",
        "",
    ),
    (
        "Say what else is known",
        "Sheets availability (who works other hours), busy (who is busy when), absences (who is away for days), holidays "
        "(special days of the company) and pairs (what is already decided). Each may be left empty or be deleted.",
        "",
    ),
    (
        "Check, then solve",
        "Check again until nothing is wrong: with --errors errors.xlsx you get a copy in which every faulty cell is "
        "marked. Then solve: the folder of the run holds results.xlsx, a page for the browser, and more.",
        "matcher check {file} --errors errors.xlsx\nmatcher solve {file} -o {run}",
    ),
)

LEGEND = (
    ("needed", "Dark header in bold: the column must be there and be filled in."),
    ("optional", "Light header in italics: the column may be left empty or be deleted."),
    ("note", "Point at a header: a note says what belongs in the column. Cells of few values have a drop-down."),
    ("odd", "A cell that turns orange: this id stands twice, or nobody in the sheet employees has it."),
    ("lists", "The sheet lists holds what the drop-downs offer: add your functions and time zones to it."),
    ("more", "Columns and sheets of your own may stand beside these: matcher leaves them alone."),
)

NEEDED: Mapping[str, tuple[str, ...]] = {
    "employees": ("employee_id", "function", "level"),
    "preferences": ("mentee_id", "rank", "mentor_id"),
    "availability": ("employee_id", "day", "start", "end"),
    "busy": ("employee_id", "start", "end"),
    "absences": ("employee_id", "start", "end"),
    "holidays": ("country", "date", "kind"),
    "pairs": ("mentee_id", "mentor_id", "status"),
}

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "employees": {
        "employee_id": "Personnel number or any other text, once only. Everything else refers to it. Leading zeros stay.",
        "name": "For people to read; it appears in the results.",
        "email": "For invitations and letters.",
        "function": "Direction of work, like Finance. Capitals and spaces around it do not matter.",
        "level": "One of the levels in the sheet programme (key eligibility.levels), or a whole number if none are named.",
        "manager_id": "employee_id of the line manager.",
        "timezone": "Where his clock is, like Europe/Moscow. Blank: the programme's time zone.",
        "country": "Whose public holidays count, like RU, or US-PA for a part of a country. Blank: the programme's.",
        "max_mentees": "How many mentees he takes at the same time. Blank: as many as the programme allows. 0: he does "
        "not mentor.",
        "first_day": "When he joins, if later than the programme begins: his pairs begin then.",
        "last_day": "His last day, if before the programme ends: his pairs end then.",
        "sessions_wanted": "As a mentee, where engagements last as long as needed: how many sessions. Blank: the "
        "programme's figure.",
        "site": "A column of your own: matcher leaves it alone.",
    },
    "preferences": {
        "mentee_id": "employee_id of whoever asks. He has one row for each mentor he would like.",
        "rank": "1 is the first choice, 99 the last possible one. Two choices may share a rank.",
        "mentor_id": "employee_id of whom he asks for.",
    },
    "availability": {
        "employee_id": "Who works other hours than the sheet programme says.",
        "day": "mon to sun for every week, or a date. Rows for days of the week replace his hours for the whole week.",
        "start": "When he begins, on his own clock, like 09:00. Blank, with a blank end: not at all on that day.",
        "end": "When he is done; may be 24:00.",
    },
    "busy": {
        "employee_id": "Who cannot meet.",
        "start": "From when: a date and a time on his own clock, or a date alone for whole days. A text like "
        "2027-02-03T10:00+03:00 is exact anywhere.",
        "end": "Until when; of dates alone the last day is included.",
    },
    "absences": {
        "employee_id": "Who is away.",
        "start": "First day, like 2027-02-03.",
        "end": "Last day, included. His pairs pause, or must do without these days: key sessions.absences.",
    },
    "holidays": {
        "country": "For whom, like RU. Blank is everybody.",
        "date": "The day, like 2027-03-05.",
        "kind": "off: nobody works. worked: a working day, also on a weekend. short: work is over at the time under "
        "end.",
        "end": "For short days: when work is over, like 15:00.",
    },
    "pairs": {
        "mentee_id": "employee_id of the mentee.",
        "mentor_id": "employee_id of the mentor.",
        "status": "locked: this pair is made, also against choices and level rules. forbidden: never made. refused: one "
        "of them does not want to go on. declined: one of them does not want to begin. accepted: they do. past: they were "
        "a pair before.",
        "last_session": "Date of their last session before this programme, if there was one.",
        "since": "Date of the answer, if it is accepted, declined or refused. If somebody changes his mind, the later "
        "row counts.",
        "by": "Who has said so: mentee, mentor or both. Blank: not told.",
    },
}

KEYS: Mapping[str, str] = {
    "programme.name": "What the programme is called.",
    "programme.start": "First day. Needed.",
    "programme.end": "Last day, included. Needed.",
    "programme.timezone": "On this clock the dates of sessions are counted, like Europe/Moscow.",
    "programme.engagement": "whole: a pair works together all the time; as-needed: from its first to its last session.",
    "programme.latest_start": "With as-needed: days from the start to a first session at the latest; 0 is no limit.",
    "programme.language": "Language of what people are shown: en or ru.",
    "eligibility.levels": "Names of the levels, lowest first, with commas between. Blank: levels are whole numbers.",
    "eligibility.level_order": "Only where levels are numbers: ascending if a larger number is more senior.",
    "eligibility.same_function_gap": "A mentor from the mentee's own function is at least so many levels above.",
    "eligibility.cross_function_gap": "A mentor from another function is at least so many levels above.",
    "eligibility.line_manager_may_mentor": "Whether somebody may be mentored by his own manager.",
    "eligibility.past_pairs_may_repeat": "Whether pairs marked past in the sheet pairs may come together again.",
    "capacity.mentees_per_mentor": "Mentees a mentor works with at the same time, at most.",
    "capacity.mentors_per_mentee": "Mentors a mentee has, at most.",
    "sessions.minutes": "Length of a session in minutes; with a list like 45, 30 either length may come.",
    "sessions.min_days_between": "Days from one session of a pair to its next, at least.",
    "sessions.max_months_between": "Months from one session of a pair to its next, at most.",
    "sessions.month_rule": "How months are counted: any month long stretch and each calendar month (both), one of "
    "the two (rolling, calendar), or not at all (none).",
    "sessions.minimum": "Sessions a pair has, at least.",
    "sessions.number": "What to aim at: most, fewest, or a whole number for each pair.",
    "sessions.grid_minutes": "Sessions start at midnight plus a multiple of so many minutes.",
    "sessions.pause_minutes": "Minutes before and after each session that both have free.",
    "sessions.max_per_day": "Sessions that one person has on a day, at most; 0 is no limit.",
    "sessions.max_per_week": "Sessions that one person has from Monday to Sunday, at most; 0 is no limit.",
    "sessions.absences": "While one of a pair is away (sheet absences): pause, its months rest; or re-pair, they go on and "
    "whoever cannot keep them finds another mentor.",
    "calendar.working_days": "Days on which people work: mon, tue, wed, thu, fri, sat, sun.",
    "calendar.working_hours": "When they work, each on his own clock, like 09:00-13:00, 14:00-18:00.",
    "calendar.lunch": "When nobody is asked to meet, like 12:00-13:00. Blank: no such time.",
    "calendar.preferred_hours": "When sessions are liked best, like 10:00-12:00. Blank: no such time.",
    "calendar.country": "Whose public holidays count, like RU. Blank: none do.",
    "goals.rank": "What best ranks are: generous (as few bad ranks as can be), greedy (as many first choices as can "
    "be), min-cost (the least sum of ranks).",
    "goals.seed": "Settles by a draw what is still tied. Take another number each quarter.",
    "rematch.end_pairs": "When a plan is repaired during the quarter: forced (nobody's pair ends for others) or "
    "for-more-mentees (if more get a mentor that way).",
    "output.delimiter": "Between the columns of the CSV files: comma, semicolon or tab.",
    "invitations.organiser_name": "Who invites to the sessions, as people see it.",
    "invitations.organiser_email": "The address that invites. Blank: nobody is invited.",
    "invitations.title": "What a session is called in calendars. May hold {mentee}, {mentor}, {number}, {of}, "
    "{programme}, {pair}.",
    "invitations.description": "Text of the calendar entry, with the same placeholders.",
    "invitations.location": "Where they meet.",
    "invitations.link": "Address of a video call, like https://meet.example/{pair}.",
    "input.slash_dates": "What dates like 1/11/2027 in tables mean: day first or month first. Blank: they must tell.",
    "invitations.reminder_minutes": "How long before a session the calendar rings; 0 is never.",
}
LEFT_OUT = ("calendar.days",)  # has a sheet of its own: holidays
