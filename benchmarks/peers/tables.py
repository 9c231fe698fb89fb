"""A cohort's people and wishes, read and screened with pandas in whole columns, as an analyst would do it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

IntArray = npt.NDArray[np.int64]

DEFAULTS: dict[str, dict[str, Any]] = {
    "programme": {"timezone": "UTC"},
    "eligibility": {"levels": [], "level_order": "ascending", "same_function_gap": 2, "cross_function_gap": 1},
    "capacity": {"mentees_per_mentor": 2, "mentors_per_mentee": 1},
    "sessions": {"minutes": 45, "min_days_between": 14, "max_months_between": 1, "grid_minutes": 15},
    "calendar": {"working_days": ["mon", "tue", "wed", "thu", "fri"], "working_hours": "09:00-18:00"},
    "goals": {"rank": "generous"},
}

Settings = dict[str, dict[str, Any]]
"""The sections of programme.toml, defaults filled in as far as the peers use them."""


@dataclass(frozen=True)
class Wishes:
    """The eligible choices, one entry each: `mentee` and `mentor` count from 0 in their own lists of ids.

    `places` says how many mentees each mentor takes and `limit` how many mentors a mentee may have.
    """

    mentee: IntArray
    mentor: IntArray
    rank: IntArray
    places: IntArray
    limit: int
    mentee_ids: list[str]
    mentor_ids: list[str]

    def __len__(self) -> int:
        return len(self.rank)


def read_programme(folder: Path) -> Settings:
    """Read programme.toml.

    Raises
    ------
    ValueError
        If the cohort needs a rule that the peers do not have.
    """
    given = tomllib.loads((folder / "programme.toml").read_text("utf-8"))
    settings = {name: keys | given.get(name, {}) for name, keys in DEFAULTS.items()}
    known_rules = settings["sessions"].get("minimum", 1) == 1 and settings["sessions"].get("month_rule") in (
        None,
        "both",
    )
    if not known_rules or settings["eligibility"]["cross_function_gap"] < 1 or (folder / "pairs.csv").exists():
        raise ValueError("the peers know the standard rules only, and nothing decided beforehand in pairs.csv")
    return settings


def read_table(path: Path) -> pd.DataFrame:
    """Read one CSV file as text, so that ids such as 007 and NA stay what they are; pandas' fast C parser."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def read_wishes(folder: Path, settings: Settings) -> tuple[Wishes, pd.DataFrame]:
    """Read employees and preferences and keep the choices that the level rules allow.

    Returns
    -------
    The wishes and the table of employees, indexed by id.
    """
    people = read_table(folder / "employees.csv").set_index("employee_id")
    choices = read_table(folder / "preferences.csv")
    people["level_number"] = _levels(people["level"], settings["eligibility"])
    people["function_key"] = people["function"].str.strip().str.casefold()
    most = settings["capacity"]["mentees_per_mentor"]
    own = people["max_mentees"] if "max_mentees" in people else pd.Series("", index=people.index)
    people["places"] = pd.to_numeric(own.replace("", str(most))).clip(upper=most)
    eligible = choices[_eligible(choices, people, settings["eligibility"])]
    mentee, mentee_ids = pd.factorize(eligible["mentee_id"])
    mentor, mentor_ids = pd.factorize(eligible["mentor_id"])
    wishes = Wishes(
        mentee.astype(np.int64),
        mentor.astype(np.int64),
        eligible["rank"].to_numpy(np.int64),
        people["places"].loc[mentor_ids].to_numpy(np.int64),
        settings["capacity"]["mentors_per_mentee"],
        list(mentee_ids),
        list(mentor_ids),
    )
    return wishes, people


def _levels(level: pd.Series[str], rules: dict[str, Any]) -> pd.Series[int]:
    """Levels as numbers that grow with seniority."""
    if rules["levels"]:
        order = {name.strip().casefold(): place for place, name in enumerate(rules["levels"])}
        return level.str.strip().str.casefold().map(order).astype("int64")
    return pd.to_numeric(level) * (1 if rules["level_order"] == "ascending" else -1)


def _eligible(choices: pd.DataFrame, people: pd.DataFrame, rules: dict[str, Any]) -> npt.NDArray[np.bool_]:
    """Which choices name a known mentor who takes mentees and stands high enough."""
    mentee, mentor = (people.index.get_indexer(pd.Index(choices[name])) for name in ("mentee_id", "mentor_id"))
    level, function = people["level_number"].to_numpy(), people["function_key"].to_numpy()
    needed = np.where(
        function[mentee] == function[mentor], rules["same_function_gap"], rules["cross_function_gap"]
    )
    far_enough = level[mentor] - level[mentee] >= needed
    return np.asarray((mentor >= 0) & far_enough & (people["places"].to_numpy()[mentor] > 0))


def profile(ranks: IntArray) -> list[int]:
    """How many pairs at rank 1, 2, ... up to the worst rank in use."""
    return [int(count) for count in np.bincount(ranks)[1:]]


def pairing_answer(wishes: Wishes, chosen: npt.NDArray[np.bool_], status: str) -> dict[str, Any]:
    """What a pairing has reached, in the form in which the benchmarks compare answers.

    Raises
    ------
    AssertionError
        If the pairing gives a mentee or a mentor more than the rules allow.
    """
    mentors, mentees = np.bincount(wishes.mentee[chosen]), np.bincount(wishes.mentor[chosen])
    if mentors.max(initial=0) > wishes.limit or (mentees > wishes.places[: len(mentees)]).any():
        raise AssertionError("a peer's pairing breaks the limits of mentees or mentors")
    ranks = wishes.rank[chosen]
    return {
        "status": status,
        "mentees": int((mentors > 0).sum()),
        "pairs": int(chosen.sum()),
        "rank": profile(ranks),
    }
