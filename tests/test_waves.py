"""Engagements only as long as needed: the engine against the plain model, that against brute force, the check."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from dataclasses import replace

import brute_force
import numpy as np
import pytest
from cohorts import Spec, build, only, shuffled, write
from hypothesis import given, settings
from hypothesis import strategies as st
from wave_draws import wave_spec

from matcher import solve
from matcher.check import check_run
from matcher.cpsat import Clock
from matcher.engaged import ALWAYS, gaps_beside
from matcher.errors import InputError
from matcher.frontier import find_frontier
from matcher.io import read_cohort
from matcher.packing import pack
from matcher.pairing import PairingModel, best_pairing, pairs_level
from matcher.places import places_in_all
from matcher.plans import Rules, make_aim
from matcher.reference import LocksError, solve_reference
from matcher.rules import judge
from matcher.runs import write_run
from matcher.times import meeting_times
from matcher.turns import Turns
from matcher.waves import Spans, Waves, find_spans, moments, most_hosted

SLOW = (14, 32)  # brute force would take minutes


# --- against each other -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [seed for seed in range(24) if seed not in SLOW])
def test_reference_equals_brute_force(seed):
    cohort = build(wave_spec(seed))
    truth = brute_force.best(cohort)
    if truth is None:
        with pytest.raises(LocksError):
            solve_reference(cohort)
    else:
        assert solve_reference(cohort).values == truth.values


@pytest.mark.parametrize("seed", [87, *range(100, 124)])
def test_solve_equals_the_reference_and_is_checked(seed, tmp_path):
    cohort = build(wave_spec(seed))
    try:
        truth = dict(solve_reference(cohort).values)
    except LocksError:
        with pytest.raises(InputError, match="locked pair"):
            solve(cohort)
        return
    found = solve(cohort)
    write_run(cohort, found, tmp_path / "run")  # raises where the check finds anything
    values = {goal.name: goal.value for goal in found.goals}
    regular, most = values.pop("regularity"), truth.pop("regularity")
    assert (found.status, values) == ("optimal", truth)
    bound = found.goals[-1].bound
    assert regular <= most <= (most if bound is None else bound)


def test_mentees_follow_each_other_in_what_is_drawn():
    tally = Counter()
    for seed in range(100, 114):
        cohort = build(wave_spec(seed))
        try:
            found = solve(cohort, explain=False)
        except InputError:
            tally["locks fail"] += 1
            continue
        load = Counter(pair.mentor for pair in found.pairs)
        tally["waves"] += any(load[mentor] > cohort.employees.capacity[mentor] for mentor in load)
        tally["left out"] += found.goals[0].value < len(cohort.mentees)
        tally["own numbers"] += bool(cohort.employees.sessions_wanted.any())
        tally["late"] += cohort.programme.frame.latest_start > 0
    assert min(tally[name] for name in ("waves", "left out", "own numbers", "late")) >= 3, tally


# --- one cohort by hand ---------------------------------------------------------------------------------------

PROGRAMME = {
    "programme": {"start": "2027-03-01", "end": "2027-03-29", "engagement": "as-needed"},
    "capacity": {"mentees_per_mentor": 1},
    "sessions": {"number": 2},
}
HOURS = [(day, "09:00", "10:30") for day in ("2027-03-01", "2027-03-15", "2027-03-29")]
TWO = Spec(
    employees=("a F 1", "b F 1", "m G 3"),
    choices=("a m", "b m"),
    availability=tuple(row for name in "abm" for row in only(name, *HOURS)),
    programme=PROGRAMME,
)


def changed(spec: Spec, **sections: dict) -> Spec:
    merged = {name: {**spec.programme.get(name, {}), **keys} for name, keys in sections.items()}
    return replace(spec, programme={**spec.programme, **merged})


def test_the_next_begins_when_the_one_before_has_ended():
    cohort = build(TWO)
    found = solve(cohort)
    assert [goal.value for goal in found.goals[:2]] == [2, 2]
    assert found.status == "optimal"
    first, second = sorted(pair.sessions for pair in found.pairs)
    assert first[-1].end <= second[0].start
    assert second[0].start - first[-1].end == 0  # both on 15 March: there is time for two sessions only
    assert {(pair.start, pair.end) for pair in found.pairs} == {(20878, 20892), (20892, 20906)}
    assert build(changed(TWO, programme={"engagement": "whole"})).programme.frame.engagement == "whole"
    whole = solve(build(changed(TWO, programme={"engagement": "whole"})))
    assert whole.goals[0].value == 1


@pytest.mark.parametrize(
    ("sections", "mentees"),
    [
        ({"programme": {"latest_start": 13}}, 1),
        ({"programme": {"latest_start": 14}}, 2),
        ({"programme": {"end": "2027-03-28"}}, 1),
        ({"sessions": {"pause_minutes": 1}}, 1),
        ({"sessions": {"number": 1}}, 2),
        ({"sessions": {"number": 3}}, 1),
        ({"sessions": {"number": 4}}, 0),
        ({"sessions": {"number": 3}, "capacity": {"mentees_per_mentor": 2}}, 2),
    ],
)
def test_how_many_can_follow_each_other(sections, mentees):
    cohort = build(changed(TWO, **sections))
    found = solve(cohort)
    assert (found.goals[0].value, found.status) == (mentees, "optimal")
    assert solve_reference(cohort).values["mentees"] == mentees


def test_each_mentee_has_his_own_number():
    own = replace(TWO, employees=({**named("a"), "sessions_wanted": 3}, "b F 1", "m G 3 2"))
    found = solve(build(changed(own, capacity={"mentees_per_mentor": 2}, sessions={"number": 2})))
    assert sorted(len(pair.sessions) for pair in found.pairs) == [2, 3]
    everybody = replace(
        own, employees=({**named("a"), "sessions_wanted": 3}, {**named("b"), "sessions_wanted": 1}, "m G 3")
    )
    found = solve(build(changed(everybody, sessions={"number": "most"})))
    assert (found.status, len(found.pairs)) == ("optimal", 2)  # b comes when a is over, or before


def named(name: str) -> dict:
    return {"employee_id": name, "function": "F", "level": "1"}


def test_rows_in_another_order_and_workers_change_nothing():
    spec = wave_spec(109)
    found = solve(build(spec), explain=False)
    for other in (solve(build(shuffled(spec, 1)), explain=False), solve(build(spec), explain=False, workers=3)):
        assert (other.goals, other.pairs) == (found.goals, found.pairs)


# --- what is asked of the input ---------------------------------------------------------------------------------


def test_a_number_of_sessions_is_needed(tmp_path):
    folder = write(changed(TWO, sessions={"number": "most"}), tmp_path / "cohort")
    with pytest.raises(InputError, match="'most' is no number of sessions") as caught:
        read_cohort(folder)
    assert [(fault.file, fault.column) for fault in caught.value.faults] == [("programme.toml", "sessions.number")]
    with pytest.raises(InputError, match="'most' is no number of sessions"):
        solve(build(changed(TWO, sessions={"number": "most"})))


def test_some_want_less_than_the_minimum():
    with pytest.raises(InputError, match=r"3 is more than some want \(a, b\)"):
        solve(build(changed(TWO, sessions={"minimum": 3})))


def test_a_late_start_needs_engagements_as_needed(tmp_path):
    with pytest.raises(InputError, match="latest_start 5 needs engagement 'as-needed'"):
        read_cohort(write(changed(TWO, programme={"engagement": "whole", "latest_start": 5}), tmp_path / "cohort"))


def test_more_locks_than_places_may_follow_each_other(tmp_path):
    locks = replace(TWO, pairs=(("a", "m", "locked"), ("b", "m", "locked")))
    assert len(solve(read_cohort(write(locks, tmp_path / "cohort"))).pairs) == 2
    with pytest.raises(InputError, match="cannot all be scheduled together"):
        solve(build(changed(locks, sessions={"number": 3})))


def test_what_is_not_for_waves_yet():
    with pytest.raises(InputError, match="trade-offs need engagement 'whole'"):
        find_frontier(build(TWO))


# --- the check --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    cohort, folder = build(TWO), tmp_path_factory.mktemp("waves") / "run"
    write_run(cohort, solve(cohort), folder)
    return cohort, folder


def violations(cohort, folder):
    return [str(fault.message) for fault in check_run(cohort, folder)]


def test_the_check_agrees(run):
    assert violations(*run) == []


def edited(run, tmp_path, name, *changes):
    cohort, folder = run
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    text = (tmp_path / name).read_text(encoding="utf-8-sig")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    (tmp_path / name).write_text(text, encoding="utf-8-sig")
    return violations(cohort, tmp_path)


def test_two_at_the_same_time_are_found(run, tmp_path):
    """The second begins a quarter of an hour before the first has ended."""
    rows = (run[1] / "sessions.csv").read_text(encoding="utf-8-sig").splitlines()
    moved = next(row for row in rows if ",1,2027-03-15T09:45" in row)
    faults = edited(
        run, tmp_path, "sessions.csv", (moved, moved.replace("T09:45", "T09:30").replace("T10:30", "T10:15"))
    )
    assert any("m has 2 mentees at this moment, at most 1 allowed at the same time" in fault for fault in faults)


def test_other_numbers_and_dates_are_found(run, tmp_path):
    cohort, folder = run
    fewer = replace(cohort.employees, sessions_wanted=np.array([3, 0, 0]))
    assert any(
        "hold 2 sessions, exactly 3 wanted" in fault
        for fault in violations(replace(cohort, employees=fewer), folder)
    )
    frame = cohort.programme.frame.model_copy(update={"latest_start": 10})
    late = replace(cohort, programme=cohort.programme.model_copy(update={"frame": frame}))
    assert any("begins after 2027-03-11 (programme.latest_start)" in fault for fault in violations(late, folder))
    wrong = (",2027-03-15,2027-03-29,\n", ",2027-03-01,2027-03-29,\n")
    assert any("2027-03-15" in fault for fault in edited(run, tmp_path, "pairs.csv", wrong))


def test_months_are_counted_from_the_first_to_the_last_session_only():
    """None is due before 1 March nor after 15 March, though the programme is three months long."""
    long = changed(TWO, programme={"start": "2027-01-04", "end": "2027-04-30"})
    found = solve(build(long))
    assert (found.goals[0].value, found.status) == (2, "optimal")
    apart = [(day, "09:00", "10:30") for day in ("2027-01-11", "2027-03-15")]
    far = replace(long, availability=tuple(row for name in "abm" for row in only(name, *apart)))
    assert solve(build(far)).goals[0].value == 0


# --- spans and places -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(100, 112))
def test_any_schedule_holds_a_span_and_bounds_hold(seed):
    cohort = build(wave_spec(seed))
    pairs, _ = judge(cohort)
    spans = find_spans(meeting_times(cohort, pairs))
    ways = brute_force.schedulable(cohort)
    for place, pair in enumerate(zip(pairs.mentee.tolist(), pairs.mentor.tolist(), strict=True)):
        mine = slice(*spans.first[place : place + 2].tolist())
        own = list(zip(spans.start[mine].tolist(), spans.end[mine].tolist(), strict=True))
        held = [(way[0].start, way[-1].end) for _, way in ways.get(pair, ()) if len(way) > 1]
        assert all(any(begin <= start and end <= last for start, end in own) for begin, last in held)
        tight = {(b, e) for b, e in held if not any((x, y) != (b, e) and b <= x and y <= e for x, y in held)}
        assert not held or set(own) == tight
    possible = [
        place
        for place, pair in enumerate(zip(pairs.mentee.tolist(), pairs.mentor.tolist(), strict=True))
        if pair in ways
    ]
    hosted = most_hosted(Waves(cohort.employees.capacity, spans), pairs.mentor, possible)
    scheduler = brute_force.Scheduler(cohort, ways, alone=False)
    for mentor in {pair[1] for pair in ways}:
        suitors = [pair for pair in ways if pair[1] == mentor]
        sets = (some for size in range(len(suitors), 0, -1) for some in itertools.combinations(suitors, size))
        most = next((len(some) for some in sets if scheduler.best(some) is not None), 0)
        assert most <= hosted[mentor] <= places_in_all(cohort)[mentor]


stretches = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 8)), min_size=1, max_size=8)


@given(stretches, st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_gaps_and_moments_say_what_every_instant_says(drawn, places):
    spans = [(start, start + length) for start, length in drawn]
    load = {at: sum(start <= at < end for start, end in spans) for at in range(-1, 30)}
    gaps = gaps_beside(spans, places)
    assert all((load[at] < places) == any(low <= at < high for low, high in gaps) for at in load)
    start, end = (np.array(side) for side in zip(*spans, strict=True))
    sets = [set(one.tolist()) for one in moments(start, end)]
    now = [{n for n, (low, high) in enumerate(spans) if low <= at < high} for at in load]
    assert all(some in now for some in sets)
    assert all(any(some <= larger for larger in sets) for some in now)


@given(st.lists(stretches, min_size=2, max_size=5), st.integers(1, 2))
@settings(max_examples=40, deadline=None)
def test_windows_hold_a_span_of_each_and_leave_room_for_all(drawn, places):
    own = [[(start, start + length) for start, length in spans] for spans in drawn]
    first = np.concatenate(([0], np.cumsum([len(spans) for spans in own])))
    flat = np.array(list(itertools.chain.from_iterable(own)), dtype=np.int64)
    windows = pack(Spans(first, flat[:, 0], flat[:, 1]), places, Clock())

    def fit(chosen):
        return all(sum(low <= at < high for low, high in chosen) <= places for at, _ in chosen)

    assert (windows is not None) == any(fit(chosen) for chosen in itertools.product(*own))
    if windows is not None:
        assert fit([windows[place] for place in range(len(own))])
        assert all(
            any(windows[n][0] <= low and high <= windows[n][1] for low, high in spans)
            for n, spans in enumerate(own)
        )


def test_a_pairing_has_room_for_a_span_of_each():
    """One place, and each of the two needs all of the programme: without spans it could have both."""
    cohort = build(changed(TWO, sessions={"number": 3}))
    pairs, _ = judge(cohort)
    waves = Waves(cohort.employees.capacity, find_spans(meeting_times(cohort, pairs)))
    roomy = replace(cohort, employees=replace(cohort.employees, capacity=2 * cohort.employees.capacity))
    for told, most in ((waves, 1), (None, 2)):
        model = PairingModel(roomy, pairs, range(2), (), waves=told)
        best = best_pairing(model, [pairs_level(2)], [], None, Clock())
        assert best is not None
        assert len(best.chosen) == most


def test_a_mentor_without_places_has_no_time():
    """As somebody may have who had places when the pair began."""
    cohort = build(TWO)
    planned = []
    for places in (1, 0):
        people = replace(cohort.employees, capacity=np.minimum(cohort.employees.capacity, places))
        times = meeting_times(replace(cohort, employees=people), judge(cohort)[0])
        planned.append(sorted(Turns(times, Rules.at(times, make_aim(cohort.programme))).plan([0, 1])))
    assert planned == [[0, 1], []]


def test_no_spans_leave_all_time():
    assert gaps_beside([], 1) == [ALWAYS]


def test_places_over_the_whole_programme():
    """Two sessions 14 days apart: on the 29 days of the programme a place changes hands once."""
    assert places_in_all(build(TWO)).tolist() == [2, 2, 2]
    assert places_in_all(build(changed(TWO, programme={"latest_start": 13}))).tolist() == [1, 1, 1]
    assert places_in_all(build(changed(TWO, programme={"end": str(dt.date(2027, 3, 28))}))).tolist() == [1, 1, 1]
    assert places_in_all(build(changed(TWO, programme={"engagement": "whole"}))).tolist() == [1, 1, 1]
