"""Solvers for the pairing alone, calendars aside, each used as its own documentation recommends.

Every solver has a function that loads it and returns what is timed: arrays in memory -> which choices are taken.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.peers.tables import IntArray, Wishes, pairing_answer, read_programme, read_wishes

Chosen = npt.NDArray[np.bool_]
Solver = Callable[[Wishes], Chosen]


def weights(wishes: Wishes) -> IntArray:
    """One cost per choice: most pairs, among them the least sum of ranks."""
    most_pairs = wishes.limit * len(wishes.mentee_ids)
    return wishes.rank - (1 + most_pairs * int(wishes.rank.max(initial=1)))


def ortools_flow() -> Solver:
    """One min-cost flow of OR-Tools, handed over in whole arrays."""
    from ortools.graph.python import min_cost_flow

    def solve(wishes: Wishes) -> Chosen:
        mentees, mentors = len(wishes.mentee_ids), len(wishes.mentor_ids)
        sink = mentees + mentors
        rows, columns = np.arange(mentees), mentees + np.arange(mentors)
        flow = min_cost_flow.SimpleMinCostFlow()
        arcs = flow.add_arcs_with_capacity_and_unit_cost(
            wishes.mentee, mentees + wishes.mentor, np.ones(len(wishes), dtype=np.int64), weights(wishes)
        )
        flow.add_arcs_with_capacity_and_unit_cost(
            rows, np.full(mentees, sink), np.full(mentees, wishes.limit), np.zeros(mentees, dtype=np.int64)
        )
        flow.add_arcs_with_capacity_and_unit_cost(
            columns, np.full(mentors, sink), wishes.places, np.zeros(mentors, dtype=np.int64)
        )
        flow.set_nodes_supplies(rows, np.full(mentees, wishes.limit))
        flow.set_node_supply(sink, -wishes.limit * mentees)
        if flow.solve() != flow.OPTIMAL:
            raise RuntimeError("the min-cost flow was not solved")
        return np.asarray(flow.flows(arcs) > 0)

    return solve


def highs() -> Solver:
    """HiGHS on the linear program, whose vertices are whole numbers: one weighted goal, model given as arrays."""
    return _highs(lambda wishes: [-weights(wishes)])


def highs_in_order() -> Solver:
    """HiGHS with its own lexicographic goals: most pairs, then fewest at the worst rank, at the next, ..."""

    def goals(wishes: Wishes) -> list[IntArray]:
        worst_first = sorted(set(wishes.rank.tolist()), reverse=True)
        return [np.ones(len(wishes), dtype=np.int64), *(-(wishes.rank == r).astype(int) for r in worst_first[:-1])]

    return _highs(goals)


def _highs(goals: Callable[[Wishes], list[IntArray]]) -> Solver:
    """HiGHS with goals that are made as large as can be, the first above all."""
    import highspy

    def solve(wishes: Wishes) -> Chosen:
        wanted = goals(wishes)
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("solver", "ipm")  # with crossover; three times as fast here as what it would choose
        solver.passModel(_linear_program(wishes, wanted[0] if len(wanted) == 1 else None))
        if len(wanted) > 1:
            solver.setOptionValue("blend_multi_objectives", False)
            for place, coefficients in enumerate(wanted):
                goal = highspy.HighsLinearObjective()
                goal.weight, goal.priority = -1.0, len(wanted) - place  # a negative weight maximises
                goal.coefficients = coefficients.astype(float)
                goal.offset, goal.abs_tolerance, goal.rel_tolerance = 0.0, 0.0, 0.0
                solver.addLinearObjective(goal)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError("HiGHS did not reach an optimum")
        return whole(np.array(solver.getSolution().col_value))

    return solve


def _linear_program(wishes: Wishes, goal: IntArray | None) -> Any:  # noqa: ANN401 - highspy is optional
    """The model as arrays: a column for each choice, a row for each mentee and each mentor."""
    import highspy

    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(wishes), len(wishes.mentee_ids) + len(wishes.mentor_ids)
    program.col_cost_ = np.zeros(len(wishes)) if goal is None else goal.astype(float)
    program.sense_ = highspy.ObjSense.kMaximize
    program.col_lower_, program.col_upper_ = np.zeros(len(wishes)), np.ones(len(wishes))
    program.row_lower_ = np.full(program.num_row_, -highspy.kHighsInf)
    limits = np.full(len(wishes.mentee_ids), wishes.limit)
    program.row_upper_ = np.concatenate((limits, wishes.places)).astype(float)
    program.a_matrix_.start_ = np.arange(0, 2 * len(wishes) + 1, 2)
    rows = np.stack((wishes.mentee, len(wishes.mentee_ids) + wishes.mentor), axis=1)
    program.a_matrix_.index_, program.a_matrix_.value_ = rows.ravel(), np.ones(2 * len(wishes))
    return program


def scipy_linprog() -> Solver:
    """`scipy.optimize.linprog` with the faster of its recommended methods, constraints as a sparse matrix."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    def solve(wishes: Wishes) -> Chosen:
        rows = np.concatenate((wishes.mentee, len(wishes.mentee_ids) + wishes.mentor))
        columns = np.tile(np.arange(len(wishes)), 2)
        limits = np.full(len(wishes.mentee_ids), wishes.limit)
        upper = np.concatenate((limits, wishes.places))
        matrix = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(upper), len(wishes)))
        found = linprog(weights(wishes), A_ub=matrix, b_ub=upper, bounds=(0, 1), method="highs-ipm")
        if found.status != 0:
            raise RuntimeError(found.message)
        return whole(found.x)

    return solve


def scipy_assignment() -> Solver:
    """`scipy.optimize.linear_sum_assignment`: a full table with a column for each place of each mentor."""
    from scipy.optimize import linear_sum_assignment

    def solve(wishes: Wishes) -> Chosen:
        one_mentor_each(wishes)
        first = np.cumsum(wishes.places) - wishes.places
        cost = np.zeros((len(wishes.mentee_ids), int(wishes.places.sum())))
        choice = np.full(cost.shape, -1, dtype=np.int32)
        for place in range(int(wishes.places.max(initial=0))):
            has = wishes.places[wishes.mentor] > place
            cell = wishes.mentee[has], first[wishes.mentor[has]] + place
            cost[cell], choice[cell] = weights(wishes)[has], np.nonzero(has)[0]
        taken = choice[linear_sum_assignment(cost)]
        return chosen_of(wishes, taken[taken >= 0])

    return solve


def scipy_sparse() -> Solver:
    """`min_weight_full_bipartite_matching`, SciPy's advice for sparse wishes; staying alone is a column too."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    def solve(wishes: Wishes) -> Chosen:
        one_mentor_each(wishes)
        first, mentees, seats = (
            np.cumsum(wishes.places) - wishes.places,
            len(wishes.mentee_ids),
            wishes.places.sum(),
        )
        copies = wishes.places[wishes.mentor]
        choice = np.repeat(np.arange(len(wishes)), copies)
        copy = np.arange(len(choice)) - np.repeat(np.cumsum(copies) - copies, copies)
        row = np.concatenate((wishes.mentee[choice], np.arange(mentees)))
        column = np.concatenate((first[wishes.mentor[choice]] + copy, seats + np.arange(mentees)))
        # Weights must not be 0; shifted alike in every row they change no answer.
        shift = 1 - int(weights(wishes).min(initial=0))
        cost = np.concatenate((weights(wishes)[choice], np.zeros(mentees, dtype=np.int64))) + shift
        table = csr_array((cost.astype(float), (row, column)), shape=(mentees, int(seats) + mentees))
        _, places = min_weight_full_bipartite_matching(table)
        mentor = np.searchsorted(first, np.minimum(places, seats - 1), side="right") - 1
        given = np.where(places < seats, mentor, -1)
        return np.asarray(given[wishes.mentee] == wishes.mentor)

    return solve


def stable() -> Solver:
    """The package `matching`: stable, not most pairs; the mentors' preferences, which it needs, are drawn."""
    from matching.games import HospitalResident

    # It copies its players by recursion, one call deep in the other for each wish that links them.
    sys.setrecursionlimit(10**7)
    threading.stack_size(1 << 30)

    def solve(wishes: Wishes) -> Chosen:
        one_mentor_each(wishes)
        wanted: dict[int, list[int]] = {}
        asked: dict[int, list[int]] = {}
        for choice in np.lexsort((wishes.rank, wishes.mentee)).tolist():  # ties in the order of the file
            wanted.setdefault(int(wishes.mentee[choice]), []).append(int(wishes.mentor[choice]))
            asked.setdefault(int(wishes.mentor[choice]), []).append(int(wishes.mentee[choice]))
        draw = random.Random(0)  # noqa: S311 - a seeded order, no secret
        for mentees in asked.values():
            draw.shuffle(mentees)
        places, mentors = {mentor: int(wishes.places[mentor]) for mentor in asked}, len(wishes.mentor_ids)
        with ThreadPoolExecutor(1) as with_room:
            game = with_room.submit(HospitalResident.create_from_dictionaries, wanted, asked, places)
            pairs = with_room.submit(game.result().solve, optimal="resident").result()
        keys = [mentee.name * mentors + mentor.name for mentor, mentees in pairs.items() for mentee in mentees]
        return np.isin(wishes.mentee * mentors + wishes.mentor, keys)

    return solve


SOLVERS = {
    "ortools-flow": (ortools_flow, "optimal"),
    "highs": (highs, "optimal"),
    "highs-in-order": (highs_in_order, "optimal"),
    "scipy-linprog": (scipy_linprog, "optimal"),
    "scipy-assignment": (scipy_assignment, "optimal"),
    "scipy-sparse": (scipy_sparse, "optimal"),
    "matching": (stable, "stable"),
}


def whole(values: npt.NDArray[np.float64]) -> Chosen:
    """Read a linear program's answer, which must be whole numbers.

    Raises
    ------
    RuntimeError
        If it is not.
    """
    if np.abs(values - values.round()).max(initial=0) > 1e-6:
        raise RuntimeError("the linear program's answer is not in whole numbers")
    return np.asarray(values > 0.5)


def one_mentor_each(wishes: Wishes) -> None:
    """Stop where mentees may have several mentors, which assignments do not know.

    Raises
    ------
    ValueError
        If the limit is not 1.
    """
    if wishes.limit != 1:
        raise ValueError("this solver gives every mentee one mentor at most")


def chosen_of(wishes: Wishes, taken: IntArray) -> Chosen:
    """A Boolean per choice from the indices of those that are taken."""
    chosen = np.zeros(len(wishes), dtype=bool)
    chosen[taken] = True
    return chosen


def main() -> None:
    """Solve one cohort's pairing and print a line of JSON: the answer and the seconds that solving took."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("solver", choices=SOLVERS)
    parser.add_argument("cohort", type=Path)
    given = parser.parse_args()
    wishes, _ = read_wishes(given.cohort, read_programme(given.cohort))
    load, status = SOLVERS[given.solver]
    solve = load()
    begin = time.perf_counter()
    chosen = solve(wishes)
    seconds = time.perf_counter() - begin
    print(json.dumps({"answer": pairing_answer(wishes, chosen, status), "seconds": seconds}))


if __name__ == "__main__":
    main()
