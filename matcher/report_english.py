"""The texts of the report in English. report_russian has the same keys."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str | Mapping[str, str]] = {
    # the page
    "page.title": "Mentoring",
    "page.skip": "Skip to the content",
    "page.contents": "Contents",
    "page.clock": "times on the clock of {zone}",
    "page.print": "Print",
    "page.no_script": (
        "The tables, the calendar and the pages about people need JavaScript, which is switched off. The "
        "figures and charts below do without; the tables are also in the CSV files beside this page."
    ),
    "page.before": "Previous",
    "page.after": "Next",
    "page.where": "{from} to {to} of {of}",
    "theme.dark": "Dark",
    "theme.light": "Light",
    "nav.overview": "Overview",
    "nav.comparison": "Comparison",
    "nav.unmatched": "Without a mentor",
    "nav.mentors": "Mentors",
    "nav.pairs": "Pairs",
    "nav.calendar": "Calendar",
    "nav.sessions": "Sessions",
    "nav.choices": "Choices",
    "nav.about": "How it was decided",
    "chart.as_table": "As a table",
    # notices
    "notice.differs": (
        "This run was solved from another version of {files} than the cohort has now. Names, functions and "
        "places are those of now; numbers of the draw and why there are not more sessions are left out."
    ),
    "proof.title": "What is proven",
    "proof.order": "The goals in their order: each is held at its best while the next is improved.",
    # comparison
    "compare.figures": "Figures side by side",
    "compare.before": "Other run",
    "compare.now": "This run",
    "compare.difference": "Difference",
    "compare.rank": "Pairs at rank {rank}",
    "compare.no_rank": "Pairs fixed by the lead, not on the list",
    "compare.changes": "Mentees for whom something changes",
    "compare.nobody": "no mentor",
    "changes.gained": {"one": "{n} mentee gains a mentor", "other": "{n} mentees gain a mentor"},
    "changes.lost": {"one": "{n} mentee loses his mentor", "other": "{n} mentees lose their mentor"},
    "changes.mentor": {"one": "{n} mentee has another mentor", "other": "{n} mentees have another mentor"},
    "changes.rank": {
        "one": "{n} mentee has the same mentor at another rank",
        "other": "{n} mentees have the same mentor at another rank",
    },
    "changes.more": {"one": "{n} mentee has one mentor more", "other": "{n} mentees have more mentors"},
    "changes.fewer": {"one": "{n} mentee has one mentor less", "other": "{n} mentees have fewer mentors"},
    "changes.joined": {"one": "{n} mentee takes part only now", "other": "{n} mentees take part only now"},
    "changes.left": {"one": "{n} mentee takes part no more", "other": "{n} mentees take part no more"},
    "change_kind.gained": "Gains a mentor",
    "change_kind.lost": "Loses the mentor",
    "change_kind.mentor": "Another mentor",
    "change_kind.rank": "Another rank",
    "change_kind.more": "More mentors",
    "change_kind.fewer": "Fewer mentors",
    "change_kind.joined": "Takes part only now",
    "change_kind.left": "Takes part no more",
    "changes.pairs": "Pairs: {kept} kept, {won} won, {lost} lost.",
    "changes.sessions": (
        "Sessions of the kept pairs: {kept} at the same time, {moved} moved, {added} added, {dropped} dropped."
    ),
    "changes.resized": {
        "one": "{n} of those at the same time has another length.",
        "other": "{n} of those at the same time have another length.",
    },
    # a rematch
    "nav.rematch": "What has changed",
    "rematch.title": "What has changed since {date}",
    "rematch.kept": {"one": "{n} pair goes on as planned", "other": "{n} pairs go on as planned"},
    "rematch.moved": {
        "one": "{n} pair goes on with other sessions",
        "other": "{n} pairs go on with other sessions",
    },
    "rematch.ended": {"one": "{n} pair has ended", "other": "{n} pairs have ended"},
    "rematch.new": {"one": "{n} pair is new", "other": "{n} pairs are new"},
    "rematch.people": {
        "one": "{n} person has to be told, and has a letter in messages.csv; nobody else has one.",
        "other": "{n} people have to be told, and have letters in messages.csv; nobody else has one.",
    },
    "rematch.nobody": "Nothing changes for anybody.",
    "rematch.table": "Pairs for which something changes",
    "rematch_kind.moved": "Other sessions",
    "rematch_kind.ended": "Ended",
    "rematch_kind.new": "New",
    "rematch_sessions.kept": "{number} as planned",
    "rematch_sessions.moved": "{number} moved",
    "rematch_sessions.cancelled": "{number} cancelled",
    "rematch_sessions.new": "{number} new",
    "rematch_move.moved": "{before} becomes {now}",
    "rematch_move.cancelled": "{before} is cancelled",
    "rematch_move.new": "{now} is new",
    # tables
    "column.figure": "Figure",
    "column.id": "Id",
    "column.zone": "Time zone",
    "column.time": "Time",
    "column.own_time": "On the own clock",
    "column.with": "With",
    "column.month": "Month",
    "column.what": "What changes",
    "column.before": "Other run",
    "column.now": "This run",
    "number.of": "{n} of {of}",
    "filter.all": "All",
    "filter.clear": "Clear filters",
    "sort.label": "Sort by",
    "search.label": "Search names and ids",
    "search.person": "Find a person",
    "search.placeholder": "Name or id",
    "search.found": {"one": "{n} person found", "other": "{n} people found"},
    "count.all": {"one": "{n} row", "other": "{n} rows"},
    "count.some": {"one": "{found} of {n} row", "other": "{found} of {n} rows"},
    "table.nothing": "Nothing fits this search. Clear the filters to see everything.",
    "print.cut": (
        "On paper are the first {n} of {of} rows; search and filters choose which. All are in the CSV files."
    ),
    "rank.n": "rank {rank} on the list",
    "rank.brief": "rank {rank}",
    "rank.none": "not on the list",
    "unmatched.table": "Mentees without a mentor, one by one",
    "waiting.classes": (
        "They wait in the order of waiting.csv: by priority, then by how often in a row they were left out, then "
        "by their turn in the draw. In this order a place that becomes free is offered, ranks being equal."
    ),
    "waiting.draw": (
        "They wait in the order of waiting.csv: by their turn in the draw. In this order a place that becomes "
        "free is offered, ranks being equal."
    ),
    "waiting.place": "Number {number} of {of} on the waiting list.",
    "unmatched.none": "Every mentee has a mentor.",
    "reasons.title": "What the reasons mean",
    "mentors.table": "Mentors and their places",
    "mentors.note": (
        "Mentors whom somebody could have had. What one more place would bring is counted with everything "
        "else as it is."
    ),
    "pairs.table": "All pairs",
    "pairs.none": "There are no pairs in this run.",
    "sessions.table": "All sessions",
    "sessions.none": "There are no sessions in this run.",
    "choices.table": "Every choice and what became of it",
    "choices.note": "The page about a mentee tells more: who has the places, and where each choice stands.",
    "choices.none": "Nobody has listed a mentor.",
    # calendar
    "month.title": "Month by month",
    "month.note": "Dates and times are on the clock of {zone}. Choose a day to see its sessions.",
    "month.before": "Previous month",
    "month.after": "Next month",
    "month.person": "Only the sessions of",
    "month.only": {"one": "Only {who}: {n} session in all.", "other": "Only {who}: {n} sessions in all."},
    "month.everybody": "Show everybody",
    "day.label": {"one": "{date}: {n} session", "other": "{date}: {n} sessions"},
    "day.count": {"one": "{n} session", "other": "{n} sessions"},
    "day.more": "Show more",
    # codes
    "meaning.draw": "Another answer just as good would have given this mentee a mentor; the seeded draw decided.",
    "meaning.mentors_full": "The mentors asked for work with others, as many as they may.",
    "meaning.schedule_conflict": (
        "A mentor asked for has a place, but no schedule beside the sessions already there."
    ),
    "meaning.no_common_time": "The choices that the rules allow share too little free time with the mentee.",
    "meaning.no_eligible_choice": "A rule stands against every choice on the list, or the list is empty.",
    "best.generous": (
        "A best pairing has the most mentees with a mentor, then the most pairs, then the best ranks (as few "
        "pairs as possible at the worst rank, then at the second worst, and so on). With a pair that is in "
        "none of them, the whole would come out worse."
    ),
    "best.greedy": (
        "A best pairing has the most mentees with a mentor, then the most pairs, then the best ranks (as many"
        " first choices as possible, then second choices, and so on). With a pair that is in none of them, "
        "the whole would come out worse."
    ),
    "best.min_cost": (
        "A best pairing has the most mentees with a mentor, then the most pairs, then the best ranks (the "
        "least sum of all ranks). With a pair that is in none of them, the whole would come out worse."
    ),
    "best.priority": (
        "Between pairs and ranks come the mentees who go first: by priority, then by how often in a row they were "
        "left out."
    ),
    "best.rematch": "This repairs a plan: pairs that go on, and sessions that stay as planned, are goals besides.",
    "choice.holders": "Taken by",
    # why mentees have no mentor
    "change.title": "What would change it",
    "change.stays": "Every other pair and session could stay as it is.",
    "change.none": (
        "No single step would help while every other pair and session stays as it is. Looked for: one more "
        "place, more common time, an exception to a rule, one more choice."
    ),
    "contest.title": "Who competes for the places",
    "contest.mentors": "These mentors are",
    "group.text": (
        "Bottleneck {number} of this run: {mentees} mentees can only go to the same {mentors} mentors, who "
        "have {places} places, so {shortage} of them must do without, whoever they are."
    ),
    "group.text_left": (
        "Bottleneck {number} of this run: {mentees} mentees can only go to the same {mentors} mentors, who have "
        "{places} places beside pairs that go on or are locked, so {shortage} of them must do without, whoever "
        "they are."
    ),
    "suggestions.some": {
        "one": "This mentor is not on the list and could take the mentee as everything stands:",
        "other": "These mentors are not on the list and could take the mentee as everything stands:",
    },
    "suggestions.none": "No mentor outside the list has a free place and enough common time.",
    # the page about a person
    "person.back": "Back to the report",
    "person.nobody": "Nobody found",
    "person.nobody_text": "Nobody with the id {id} takes part in this run.",
    "person.unknown": "Nobody with this id is among the employees now.",
    "person.mentors": {"one": "Mentor", "other": "Mentors"},
    "person.unmatched": "Why there is no mentor",
    "person.choices": "Choices",
    "person.no_choices": "Nobody is listed.",
    "person.why": "Why, and where it stands",
    "person.mentor": "As a mentor",
    "person.sessions": "Sessions",
    "person.no_sessions": "There are no sessions.",
    "person.number": "Why not more sessions",
    "person.calendar": "Show in the calendar",
    "person.compare": "Compared with the other run",
    "why.locked": "The programme lead had fixed this pair before the run.",
    "why.best": "No choice ranks higher.",
    "why.better": {
        "one": "{n} choice ranks higher; the table below says what became of it.",
        "other": "{n} choices rank higher; the table below says what became of each.",
    },
    "draw.title": "The draw",
    "draw.number": "Number {n} of {of}",
    "draw.lost": "There are pairings just as good in every goal that include this mentee; the draw decided.",
    "draw.open": "Where the draw decided, pairings with the choice and without it are equally good in every goal.",
    "draw.how": (
        "Where answers are equally good in every goal, mentees have their turn in the order of the draw, "
        "number 1 first. The seed ({seed}) and the programme's first day set the order; name, function and "
        "level count for nothing, and the same files give the same order."
    ),
    "mentor.places": {"one": "{n} place.", "other": "{n} places."},
    "mentor.has": {"one": "{n} mentee.", "other": "{n} mentees."},
    "mentor.asked": {"one": "Listed by {n} mentee.", "other": "Listed by {n} mentees."},
    "mentor.gain": "One more place would bring:",
    "mentor.vain": {"one": "{n} mentee asked in vain", "other": "{n} mentees asked in vain"},
    "mentor.instead": "Works with",
    "mentor.nobody": "nobody",
    "clock.one": "Times are on the clock of {programme}.",
    "clock.two": "Times are on the programme's clock ({programme}), and beside that on the person's own ({own}).",
    "number.engaged": "They are a pair from {first} to {last}.",
    "number.dates": "{sessions}: the most that the rules allow ({days} between sessions).",
    "number.common": "The common free time of the two allows {n}.",
    "number.limit": "The dates alone would allow {n}.",
    "number.others": "Alone they could have {n}; other sessions of the two take the rest.",
    "number.open": "Alone they could have {n}; whether that many fit beside the other sessions was not settled.",
    "number.fewest": "This programme wants as few sessions as its rules allow.",
    "number.exact": "So many are wanted: the two work together from the first of them to the last.",
    "number.wanted": "This programme wants {n} for each pair, or as near as dates and calendars allow.",
    "sessions": {"one": "{n} session", "other": "{n} sessions"},
    "days": {"one": "{n} day", "other": "{n} days"},
    # about
    "about.solved": (
        "Mentees chose their mentors themselves, in their order. Pairs and sessions were decided together, by"
        " the goals above and the rules of the programme, for everybody at once; what a rule forbids was "
        "never considered. A pair counts only if it has a schedule that both can keep."
    ),
    "about.settings": "Rules that were set for this run on top of programme.toml:",
    "about.files": (
        "The same figures are in the tables beside this page: pairs.csv, sessions.csv, unmatched.csv, "
        "choices.csv and bottlenecks.csv; summary.json and certificate.json hold what is proven."
    ),
    "privacy.title": "Personal data.",
    "privacy.text": (
        "This page names people: whom they wished for, with whom they work, when they meet, and why a wish "
        "came to nothing. Who may see it is for the programme lead to decide; whoever has the file can read "
        "all of it."
    ),
    "privacy.offline": "The page is one file. It loads nothing from a network and sends nothing anywhere.",
}
