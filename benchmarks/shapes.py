"""Contested, hostile and odd cohorts, made from a company by rewriting its wishes, calendars or rules.

Each has as many choices as the company that it is made from, so that the two can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.peers.tables import read_table

Names = npt.NDArray[np.object_]

LIST = 5  # choices of everybody in a company as it is made
FEW_MENTORS = 50
RUNGS = 16  # of the ladder of mentees, who look for a mentor two rungs up: eight pairs in a chain
LONG_LIST, TIES = 20, 4  # choices on a long list, and how many of them share a rank
WINDOWS = (("09:00", "12:00"), ("12:00", "15:00"), ("15:00", "18:00"))
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


def contested(folder: Path) -> None:
    """Everyone wants the same 50 mentors: the most senior people who take two mentees."""
    people, mentees, _ = _company(folder)
    willing = people[people["max_mentees"] == ""]
    stars = willing.sort_values(["level", "employee_id"], ascending=False)["employee_id"].head(FEW_MENTORS)
    pool, draw = stars.to_numpy(dtype=object), np.random.default_rng(0)
    _write_wishes(folder, ((mentee, _some(draw, pool, mentee, LIST)) for mentee in mentees))


def chains(folder: Path) -> None:
    """Chains of mentees who are mentors: a ladder of mentees, everybody asking people two rungs above him."""
    people, mentees, _ = _company(folder)
    draw = np.random.default_rng(0)
    rungs: list[Names] = np.array_split(draw.permutation(mentees), RUNGS)
    others = people["employee_id"][~people["employee_id"].isin(mentees)].to_numpy(dtype=object)
    rungs += np.array_split(others[: 2 * len(rungs[0])], 2)  # whom the two highest rungs may ask
    level = pd.Series({name: rung for rung, names in enumerate(rungs, start=1) for name in names})
    people["level"] = people["employee_id"].map(level).fillna(people["level"].astype(int)).astype(int)
    people["max_mentees"] = ""
    people.to_csv(folder / "employees.csv", index=False)
    asked = zip(rungs, rungs[2:], strict=False)
    lists = ((mentee, _some(draw, above, mentee, LIST)) for names, above in asked for mentee in names)
    _write_wishes(folder, lists)


def little_time(folder: Path) -> None:
    """Almost no common time: everybody in a choice works three hours on two days of the week."""
    _, mentees, mentors = _company(folder)
    draw = np.random.default_rng(0)
    rows = [
        (name, WEEKDAYS[day], *WINDOWS[draw.integers(len(WINDOWS))])
        for name in np.union1d(mentees, mentors)
        for day in draw.choice(len(WEEKDAYS), 2, replace=False)
    ]
    pd.DataFrame(rows, columns=["employee_id", "day", "start", "end"]).to_csv(
        folder / "availability.csv", index=False
    )


def long_lists(folder: Path) -> None:
    """20 choices each with ties, four at every rank; a quarter of the mentees and mentors, so as many choices."""
    people, mentees, mentors = _company(folder)
    draw = np.random.default_rng(0)
    level = people.set_index("employee_id")["level"].astype(int)
    few, asked = (draw.permutation(all_)[: len(all_) * LIST // LONG_LIST] for all_ in (mentees, mentors))
    heights = level[asked].to_numpy()
    lists = ((name, _some(draw, asked[heights > level[name]], name, LONG_LIST)) for name in few)
    _write_wishes(folder, lists, ties=TIES)


def two_mentors(folder: Path) -> None:
    """Two mentors each: the company as it is, under another rule."""
    with (folder / "programme.toml").open("a", encoding="utf-8") as file:
        file.write("\n[capacity]\nmentors_per_mentee = 2\n")


SHAPES: dict[str, Callable[[Path], None]] = {
    "contested": contested,
    "chains": chains,
    "little-time": little_time,
    "long-lists": long_lists,
    "two-mentors": two_mentors,
}


def _company(folder: Path) -> tuple[pd.DataFrame, Names, Names]:
    """All employees, and the ids of the mentees and of the known mentors, sorted."""
    people, wishes = read_table(folder / "employees.csv"), read_table(folder / "preferences.csv")
    known = wishes["mentor_id"].isin(people["employee_id"])
    mentees, mentors = wishes["mentee_id"].unique(), wishes["mentor_id"][known].unique()
    return people, np.sort(np.array(mentees, dtype=object)), np.sort(np.array(mentors, dtype=object))


def _some(draw: np.random.Generator, pool: Names, mentee: str, count: int) -> Names:
    """A few of the pool in a drawn order, himself left out."""
    found = draw.choice(pool, min(count + 1, len(pool)), replace=False)
    return np.asarray(found[found != mentee][:count])


def _write_wishes(folder: Path, lists: Iterable[tuple[str, Names]], *, ties: int = 1) -> None:
    """Write preferences.csv from the mentees' lists, best first, `ties` mentors at each rank."""
    rows = [(mentee, 1 + place // ties, name) for mentee, names in lists for place, name in enumerate(names)]
    table = pd.DataFrame(rows, columns=["mentee_id", "rank", "mentor_id"])
    table.to_csv(folder / "preferences.csv", index=False)
