"""matcher in memory: the pairing alone, and a whole solve, timed without reading or writing files.

The two functions at the top are the only places of the benchmarks that call the engine itself.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from matcher.flow import best_face
from matcher.io import read_cohort
from matcher.model import Cohort, IntArray
from matcher.pairing import mentees_level, pairs_level, rank_levels
from matcher.rules import Candidates, judge
from matcher.solver import solve


def settle_pairing(cohort: Cohort, pairs: Candidates) -> IntArray:
    """Goals 1 to 3 without calendars: eligible choices in memory -> proven optimum and the pairs that reach it."""
    levels = [
        mentees_level(len(pairs)),
        pairs_level(len(pairs)),
        *rank_levels(cohort.programme.goals.rank, pairs.rank),
    ]
    return np.nonzero(best_face(cohort, pairs, range(len(pairs)), levels).chosen)[0]


def settle_all(cohort: Cohort) -> dict[str, Any]:
    """All goals: a cohort in memory -> the solution, as the benchmarks compare it."""
    solution = solve(cohort, time_limit=3600)
    return {
        "status": solution.status,
        "mentees": len({pair.mentee for pair in solution.pairs}),
        "pairs": len(solution.pairs),
        "rank": profile(np.array([pair.rank or 0 for pair in solution.pairs], dtype=np.int64)),
        "sessions": sum(len(pair.sessions) for pair in solution.pairs),
    }


def profile(ranks: IntArray) -> list[int]:
    """How many pairs at rank 1, 2, ... up to the worst rank in use."""
    counts = Counter(ranks.tolist())
    return [counts[rank] for rank in range(1, int(ranks.max(initial=0)) + 1)]


def main() -> None:
    """Read a cohort, time its pairing or its whole solution, and print a line of JSON."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("what", choices=("pairing", "solve"))
    parser.add_argument("cohort", type=Path)
    parser.add_argument("--rank", choices=("generous", "greedy", "min-cost"), default="generous")
    given = parser.parse_args()
    cohort = read_cohort(given.cohort, {"goals.rank": given.rank})
    if given.what == "solve":
        begin = time.perf_counter()
        answer = settle_all(cohort)
        seconds = time.perf_counter() - begin
    else:
        pairs, _ = judge(cohort)
        begin = time.perf_counter()
        chosen = settle_pairing(cohort, pairs)
        seconds = time.perf_counter() - begin
        mentees = len(set(pairs.mentee[chosen].tolist()))
        ranks = profile(pairs.rank[chosen])
        answer = {"status": "optimal", "mentees": mentees, "pairs": len(chosen), "rank": ranks}
    print(json.dumps({"answer": answer, "seconds": seconds}))


if __name__ == "__main__":
    main()
