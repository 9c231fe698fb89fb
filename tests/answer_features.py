"""What is interesting about a cohort and its answers, so that the tests can say how often they try it."""

from __future__ import annotations

from best_pairings import Standing, Truth

CHANGES = ("one more place", "more common time", "exception to a rule", "one more choice")


def features(truth: Truth, standing: Standing) -> set[str]:
    """Give in words what happens in a cohort that has an answer, beside its run."""
    return {*of_the_cohort(truth), *of_standings(truth, standing), *of_mentees(standing)}


def of_the_cohort(truth: Truth) -> set[str]:
    cohort, possible = truth.cohort, truth.possible
    rules = cohort.programme.sessions
    mentees, mentors = ({pair[side] for pair in possible} for side in (0, 1))
    starts = {session.start for ways in truth.timetable.ways.values() for _, way in ways for session in way}
    ranks = [(mentee, truth.options[mentee, mentor].rank) for mentee, mentor in possible]
    held = {
        f"ranks {truth.kind}": True,
        "locks": bool(cohort.locks),
        "a lock that was no choice": any(truth.options[lock].rank is None for lock in cohort.locks),
        "two mentors": cohort.programme.capacity.mentors_per_mentee == 2,
        "mentee and mentor": bool(mentees & mentors),
        "either direction": any((mentor, mentee) in possible for mentee, mentor in possible),
        "ties in rank": len(ranks) > len(set(ranks)),
        "at most 4 starts": len(starts) <= 4,
        "at most 8 starts": len(starts) <= 8,
        "limits per day or week": bool(rules.max_per_day or rules.max_per_week),
        "one bottleneck": len(truth.contest.groups) == 1,
        "two bottlenecks": len(truth.contest.groups) > 1,
        "a bottleneck of two mentors": any(len(group.mentors) > 1 for group in truth.contest.groups),
    }
    return {word for word, true in held.items() if true}


def of_standings(truth: Truth, standing: Standing) -> set[str]:
    """Compare the best pairings with those by places alone, and say whose place more would bring something."""
    assert truth.best is not None
    assert truth.by_places is not None
    found = set()
    if truth.best.goals != truth.by_places.goals:
        found.add("schedules lower goals 1 to 3")
    elif len(truth.best.pairings) < len(truth.by_places.pairings):
        found.add("schedules leave fewer best pairings")
    for pair in truth.possible:
        word, by_places = truth.best.standing(pair), truth.by_places.standing(pair)
        if pair not in truth.cohort.locks:
            found.add(f"{'paired' if pair in standing.plan else 'not paired'}: {word}")
        if word != by_places:
            found.add(f"by places {by_places}, in truth {word}")
            if truth.best.goals == truth.by_places.goals:
                found.add("another standing at the same values")
    for mentor in {mentor for _, mentor in truth.possible}:
        gains = truth.gains(mentor)
        if gains["gain_mentees"] != "0":
            found.add("a place more: mentees")
        elif gains["gain_pairs"] != "0":
            found.add("a place more: pairs")
        elif gains["gain_ranks"]:
            found.add("a place more: ranks alone")
        elif standing.is_full(mentor):
            found.add("a place more of a full mentor: nothing")
    return found


def of_mentees(standing: Standing) -> set[str]:
    """Say what would help those without a mentor, and what keeps them out."""
    found, contest = set(), standing.truth.contest
    for mentee in standing.unmatched():
        text = standing.smallest_change(mentee)
        kind = text.partition(":")[0]
        found.add(f"change: {kind or 'none'}")
        if kind == "more common time" and " 1 more session " not in text:
            found.add("change: more common time, several sessions")
        if standing.suggestions(mentee).count(";") > 0:
            found.add("several suggestions")
        if mentee in standing.sessions:
            found.add("without a mentor, but with sessions as one")
        if contest.kept_out(mentee):
            found.add("kept out by places")
            group = contest.groups[(contest.group_of(min(contest.wishes[mentee])) or 0) - 1]
            size = contest.smallest(mentee)
            if size and size[0] < len(group.mentors):
                found.add("contested: fewer mentors than the group")
        elif mentee in contest.wishes:
            found.add("without a mentor, not by places")
        else:
            found.add("without a mentor, no possible candidate")
    return found
