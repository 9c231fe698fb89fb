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
    "list.and": "and",
    "chart.as_table": "As a table",
    # notices
    "notice.differs": (
        "This run was solved from another version of {files} than the cohort has now. Names, functions and "
        "places are those of now; numbers of the draw and why there are not more sessions are left out."
    ),
    "notice.cut_short": (
        "The search was ended early, by its time limit or by hand. The same input may give another answer "
        "next time."
    ),
    # figures
    "figure.mentees": "Mentees",
    "figure.served": "Mentees with a mentor",
    "figure.of": "of {of} ({share})",
    "figure.first": "with their first choice",
    "figure.share_all": "{share} of all mentees",
    "figure.unmatched": "Mentees without a mentor",
    "figure.mentors": "Mentors with mentees",
    "figure.mentors_of": "of {of} who could have been chosen",
    "figure.sessions": "Sessions",
    "figure.sessions_each": "{average} a pair on average",
    "figure.pairs": "Pairs",
    # the proof
    "verdict.proven": (
        "Proven: no other pairing that keeps the rules gives more mentees a mentor, and none that serves as "
        "many has better ranks."
    ),
    "verdict.certified": "The proof is in certificate.json; 'matcher verify' follows it without the solver.",
    "verdict.solver": "The solver has proven it.",
    "verdict.mentees": (
        "Proven: no other pairing that keeps the rules gives more mentees a mentor. Not everything after that"
        " is proven: the table says what."
    ),
    "verdict.open": (
        "Not proven: there may be a pairing that gives more mentees a mentor. The table says what is known."
    ),
    "proof.title": "What is proven",
    "proof.order": "The goals in their order: each is held at its best while the next is improved.",
    "column.goal": "Goal",
    "column.result": "Result",
    "column.proof": "How well it is known",
    "goal.mentees": "Most mentees with a mentor",
    "goal.pairs": "Most pairs",
    "goal.rank_generous": (
        "Best ranks: as few pairs as possible at the worst rank, then at the second worst, and so on"
    ),
    "goal.rank_greedy": "Best ranks: as many first choices as possible, then second choices, and so on",
    "goal.rank_min_cost": "Best ranks: the least sum of all ranks",
    "goal.sessions_most": "Most sessions",
    "goal.sessions_fewest": "Fewest sessions",
    "goal.sessions_wanted": (
        "Sessions of each pair close to the number wanted: how many there are too many or too few"
    ),
    "goal.minutes": "Most minutes",
    "goal.preferred": "Most sessions in the preferred hours",
    "goal.regularity": "Most sessions on the same weekday at the same time as the one before",
    "goal.at_rank": "{number} at rank {rank}",
    "state.certified": "Proven.",
    "state.solver": "Proven.",
    "state.open": "Not proven.",
    "proven.mentees": "No other pairing that keeps the rules gives more mentees a mentor.",
    "proven.pairs": "No pairing with as many mentees has more pairs.",
    "proven.rank": "No pairing with as many pairs has better ranks.",
    "proven.sessions_most": "No answer as good in the goals above has more sessions.",
    "proven.sessions_fewest": "No answer as good in the goals above has fewer sessions.",
    "proven.sessions_wanted": "No answer as good in the goals above comes closer to the number wanted.",
    "proven.minutes": "No answer as good in the goals above has more minutes.",
    "proven.preferred": "No answer as good in the goals above has more sessions in the preferred hours.",
    "proven.regularity": "No answer as good in the goals above has more regular sessions.",
    "proven.certified": "certificate.json holds the proof, which can be followed without the solver.",
    "open.most": "More than {bound} are impossible; whether anything between is possible is not known.",
    "open.least": "Fewer than {bound} are impossible; whether anything between is possible is not known.",
    "open.unknown": "Whether there is anything better is not known.",
    # comparison
    "compare.figures": "Figures side by side",
    "compare.before": "Other run",
    "compare.now": "This run",
    "compare.difference": "Difference",
    "compare.rank": "Pairs at rank {rank}",
    "compare.no_rank": "Pairs that were no choice (locked)",
    "compare.changes": "Mentees for whom something changes",
    "compare.nobody": "no mentor",
    "changes.gained": {"one": "{n} mentee gains a mentor", "other": "{n} mentees gain a mentor"},
    "changes.lost": {"one": "{n} mentee loses his mentor", "other": "{n} mentees lose their mentor"},
    "changes.mentor": {"one": "{n} mentee has another mentor", "other": "{n} mentees have another mentor"},
    "changes.rank": {
        "one": "{n} mentee has the same mentor at another rank",
        "other": "{n} mentees have the same mentor at another rank",
    },
    "changes.joined": {"one": "{n} mentee takes part only now", "other": "{n} mentees take part only now"},
    "changes.left": {"one": "{n} mentee takes part no more", "other": "{n} mentees take part no more"},
    "change_kind.gained": "Gains a mentor",
    "change_kind.lost": "Loses the mentor",
    "change_kind.mentor": "Another mentor",
    "change_kind.rank": "Another rank",
    "change_kind.joined": "Takes part only now",
    "change_kind.left": "Takes part no more",
    # tables
    "column.figure": "Figure",
    "column.id": "Id",
    "column.mentee": "Mentee",
    "column.mentor": "Mentor",
    "column.function": "Function",
    "column.mentee_function": "Mentee's function",
    "column.mentor_function": "Mentor's function",
    "column.level": "Level",
    "column.zone": "Time zone",
    "column.rank": "Rank",
    "column.source": "Made by",
    "column.sessions": "Sessions",
    "column.first": "First session",
    "column.reason": "Reason",
    "column.explanation": "Why",
    "column.change": "The least that would help",
    "column.places": "Places",
    "column.mentees": "Mentees",
    "column.free": "Free",
    "column.asked": "Asked for by",
    "column.gain": "One more place would bring",
    "column.load": "Load",
    "column.date": "Date",
    "column.time": "Time",
    "column.own_time": "On the own clock",
    "column.with": "With",
    "column.number": "Session",
    "column.minutes": "Minutes",
    "column.month": "Month",
    "column.outcome": "Outcome",
    "column.what": "What changes",
    "column.before": "Other run",
    "column.now": "This run",
    "source.chosen": "chosen by the mentee",
    "source.locked": "fixed by the lead",
    "load.full": "all places taken",
    "load.free": "with a free place",
    "load.none": "without a mentee",
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
    "reason.draw": "The draw decided",
    "reason.mentors_full": "Mentors are full",
    "reason.schedule_conflict": "No time beside other sessions",
    "reason.no_common_time": "No common time",
    "reason.no_eligible_choice": "No choice that the rules allow",
    "meaning.draw": "Another answer just as good would have given this mentee a mentor; the seeded draw decided.",
    "meaning.mentors_full": "The mentors asked for work with others, as many as they may.",
    "meaning.schedule_conflict": (
        "A mentor asked for has a place, but no schedule beside the sessions already there."
    ),
    "meaning.no_common_time": "The choices that the rules allow share too little free time with the mentee.",
    "meaning.no_eligible_choice": "A rule stands against every choice on the list, or the list is empty.",
    "outcome.paired": "paired",
    "outcome.self": "named himself",
    "outcome.unknown_mentor": "no such employee",
    "outcome.forbidden": "ruled out by the lead",
    "outcome.refused": "refused",
    "outcome.past": "a pair before",
    "outcome.reverse_pair": "own mentee",
    "outcome.does_not_mentor": "does not mentor",
    "outcome.line_manager": "line manager",
    "outcome.same_function_gap": "own function, too few levels above",
    "outcome.cross_function_gap": "other function, too few levels above",
    "outcome.no_common_time": "no common time",
    "outcome.other_choice_taken": "not needed",
    "outcome.mentor_full": "mentor full",
    "outcome.schedule_conflict": "no schedule",
    "standing.every": "In every best pairing.",
    "standing.some": "In some best pairings, in others not.",
    "standing.some_draw": "In some best pairings, in others not: the draw decided.",
    "standing.some_sessions": "In some best pairings, in others not: the goals on sessions decided.",
    "standing.none": "In no best pairing.",
    "standing.unknown": "Whether a best pairing holds it is not known.",
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
    "choice.holders": "Taken by",
    # why: choices. English takes these from choices.csv; the keys are there for a language that cannot.
    "detail.self": "Nobody mentors himself.",
    "detail.unknown_mentor": "Nobody with this id is an employee.",
    "detail.forbidden": "The programme lead has ruled this pair out.",
    "detail.refused": "One of the two has refused to go on.",
    "detail.past": "The two have been a pair before, and this programme wants new pairs.",
    "detail.reverse_pair": "The mentor is this person's own mentee; two people never mentor each other.",
    "detail.does_not_mentor": "This colleague takes no mentees.",
    "detail.line_manager": "This is the mentee's line manager, who may not mentor in this programme.",
    "detail.same_function_gap": "A mentor from the mentee's own function stands at least {levels} higher.",
    "detail.cross_function_gap": "A mentor from another function stands at least {levels} higher.",
    "detail.higher": "This one stands {levels} higher.",
    "detail.lower": "This one stands {levels} lower.",
    "detail.same_level": "This one stands on the same level.",
    "detail.no_common_hours": "No common working hours long enough for a session.",
    "detail.no_common_time": "No common free time for a schedule that keeps the programme's rules.",
    "detail.other_choice_taken": "The mentee was paired with a choice that ranks at least as high, or is locked.",
    "detail.mentor_full": "All places with this mentor went to others.",
    "detail.schedule_conflict": (
        "The mentor has a place left, but no schedule was found beside the other sessions."
    ),
    "levels": {"one": "{n} level", "other": "{n} levels"},
    # why mentees have no mentor
    "why_not.allowed": {"one": "{n} choice would be allowed.", "other": "{n} choices would be allowed."},
    "why_not.no_choice": "No mentor was chosen: at least one choice is needed.",
    "why_not.no_eligible_choice": "A rule stands against every choice ({causes}): other choices are needed.",
    "why_not.no_common_hours": (
        "There are no common working hours with any of them: other hours on either side, or other choices, "
        "are needed."
    ),
    "why_not.no_common_time": (
        "None shares enough free time for a schedule: more free hours on either side, or other choices, would"
        " help."
    ),
    "why_not.mentors_full": (
        "Their places go to others: one more place with one of them, or further choices, would help."
    ),
    "why_not.schedule_conflict": (
        "Where a place is left, no schedule fits beside the mentor's other sessions: more free hours would help."
    ),
    "why_not.draw": "An equally good pairing would include this mentee: the draw decided.",
    "change.title": "What would change it",
    "change.place": "One more place with {who}.",
    "change.time": "More common time with {who}, enough for {detail}.",
    "change.rule": "An exception for the pair with {who} ({detail}): the programme lead can lock it.",
    "change.choice": "One more choice on the list: {who}, who has a free place and common time.",
    "change.other": "{detail}",
    "change.unknown": "The run names a step in words that this page does not know; unmatched.csv has it.",
    "change.stays": "Every other pair and session could stay as it is.",
    "change.none": (
        "No single step would help while every other pair and session stays as it is. Looked for: one more "
        "place, more common time, an exception to a rule, one more choice."
    ),
    "change.sessions": {
        "one": "{n} more session of {minutes} minutes",
        "other": "{n} more sessions of {minutes} minutes",
    },
    "rule.past": "the two were a pair before",
    "rule.line_manager": "the mentor is the line manager",
    "rule.same_function_gap": "too few levels between them for the same function",
    "rule.cross_function_gap": "too few levels between them for different functions",
    "rule.other": "a rule stands against it",
    "contest.title": "Who competes for the places",
    "contest.places": {
        "one": "The mentors in question have {n} place in all.",
        "other": "The mentors in question have {n} places in all.",
    },
    "contest.others": {
        "one": "{n} other mentee can go nowhere else, and is enough to take every place.",
        "other": "{n} other mentees can go nowhere else, and are enough to take every place.",
    },
    "contest.mentors": "These mentors are",
    "group.text": (
        "Bottleneck {number} of this run: {mentees} mentees can only go to the same {mentors} mentors, who "
        "have {places} places, so {shortage} of them must do without, whoever they are."
    ),
    "suggestions.some": {
        "one": "This mentor is not on the list and could take the mentee as everything stands:",
        "other": "These mentors are not on the list and could take the mentee as everything stands:",
    },
    "suggestions.none": "No mentor outside the list has a free place and enough common time.",
    # what one more place would bring
    "gain.nothing": "nothing",
    "gain.mentees": {"one": "{n} more mentee with a mentor", "other": "{n} more mentees with a mentor"},
    "gain.pairs": {"one": "{n} more pair", "other": "{n} more pairs"},
    "gain.more": {"one": "{n} more pair at rank {rank}", "other": "{n} more pairs at rank {rank}"},
    "gain.fewer": {"one": "{n} fewer pair at rank {rank}", "other": "{n} fewer pairs at rank {rank}"},
    "gain.sum": "a sum of ranks that changes by {change}",
    "gain.at_most": "at most {gain} (schedules may not allow it)",
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
    "number.dates": "{sessions}: the most that the rules allow ({days} between sessions).",
    "number.common": "The common free time of the two allows {n}.",
    "number.limit": "The dates alone would allow {n}.",
    "number.others": "Alone they could have {n}; other sessions of the two take the rest.",
    "number.open": "Alone they could have {n}; whether that many fit beside the other sessions was not settled.",
    "number.fewest": "This programme wants as few sessions as its rules allow.",
    "number.wanted": "This programme wants {n} for each pair, or as near as dates and calendars allow.",
    "sessions": {"one": "{n} session", "other": "{n} sessions"},
    "days": {"one": "{n} day", "other": "{n} days"},
    # about
    "about.solved": (
        "Mentees chose their mentors themselves, in their order. Pairs and sessions were decided together, by"
        " the goals above and the rules of the programme, for everybody at once; what a rule forbids was "
        "never considered. A pair counts only if it has a schedule that both can keep."
    ),
    "about.draw": (
        "What is still equally good is settled by a draw with the seed {seed}, so that nobody loses every "
        "quarter because of his name or id. The same files give the same result again."
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
