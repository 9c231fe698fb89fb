"""The floor: read the same files with pandas and solve one min-cost flow. No schedule, no checks, nothing written.

Nobody can be much faster, so it tells how close to the limit a whole solve is.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from benchmarks.peers.pairing import ortools_flow
from benchmarks.peers.tables import pairing_answer, read_programme, read_table, read_wishes


def main() -> None:
    """Read one cohort, solve its pairing and print a line of JSON: the answer and the seconds of the flow."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("cohort", type=Path)
    given = parser.parse_args()
    wishes, _ = read_wishes(given.cohort, read_programme(given.cohort))
    calendars = [read_table(given.cohort / name) for name in ("availability.csv", "busy.csv")]
    solve = ortools_flow()
    begin = time.perf_counter()
    chosen = solve(wishes)
    seconds = time.perf_counter() - begin
    rows = sum(map(len, calendars))
    print(json.dumps({"answer": pairing_answer(wishes, chosen, "relaxed"), "seconds": seconds, "rows": rows}))


if __name__ == "__main__":
    main()
