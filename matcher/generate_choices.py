"""Whom the mentees of an invented company list: near, wanted by many, and now and then against the rules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.generate_people import FUNCTION_NAMES, FUNCTIONS, SITES, TOP, Company, FloatArray
from matcher.model import BoolArray, IntArray

BLOCK = 1 << 15  # mentees at a time, to bound memory
NOBODY = -1
UNKNOWN = -2  # and below: people who have left, whose ids are in no table any more

OWN_FUNCTION, NEAR_FUNCTION = 0.5, 0.3  # the rest looks anywhere
OWN_SITE = 0.8
MISLED = 0.01  # mentees who look for those whom the rules do not allow
AGAINST_RULES = 0.04  # of all choices, beside those of the misled
TIES = 0.04  # mentees whose last two choices are worth the same to them
DECIDED = 0.02  # mentees of whom pairs.csv has something to say
STATUSES = ("past", "past", "past", "forbidden", "refused")  # as likely as they are listed
LONGEST_AGO = 90


@dataclass(frozen=True)
class Wishes:
    """All choices by mentee and rank; `mentor` is a person, or UNKNOWN or below."""

    mentee: IntArray
    rank: IntArray
    mentor: IntArray

    def people(self) -> IntArray:
        """Everybody who occurs in a choice, sorted."""
        return np.union1d(self.mentee, self.mentor[self.mentor >= 0])


@dataclass(frozen=True)
class Decided:
    """Rows of pairs.csv: places in STATUSES, and how many days before the start a past pair has last met."""

    mentee: IntArray
    mentor: IntArray
    status: IntArray
    days_ago: IntArray


def whole(chances: FloatArray, count: IntArray | int) -> IntArray:
    """Chances in [0, 1) as whole numbers from 0 to `count` - 1, each equally likely."""
    return np.floor(chances * count).astype(np.int64)


def make_wishes(company: Company, choices: int, rng: np.random.Generator) -> Wishes:
    """Draw a list of `choices` different mentors (fewer where there are no more) for every mentee."""
    pool = _Pool(company)
    starts = range(0, len(company.mentees), BLOCK)
    blocks = [_lists(pool, company.mentees[start : start + BLOCK], choices, rng) for start in starts]
    lists = np.concatenate([np.empty((0, choices), dtype=np.int64), *blocks])
    listed = lists != NOBODY
    rank = np.cumsum(listed, axis=1)
    tied = (rng.random(len(lists)) < TIES) & (rank[:, -1] > 1)
    rank[tied] = np.minimum(rank[tied], rank[tied, -1:] - 1)
    mentee = np.broadcast_to(company.mentees[:, None], lists.shape)
    return Wishes(mentee[listed], rank[listed], lists[listed])


def decide(wishes: Wishes, rng: np.random.Generator) -> Decided:
    """Say of a few choices that the two have been a pair before, or must not be one."""
    per_mentee = len(wishes.mentee) / max(1, len(np.unique(wishes.mentee)))
    some = (rng.random(len(wishes.mentee)) * per_mentee < DECIDED) & (wishes.mentor >= 0)
    rows = np.flatnonzero(some & (wishes.mentor != wishes.mentee))
    status = whole(rng.random(len(rows)), len(STATUSES))
    return Decided(wishes.mentee[rows], wishes.mentor[rows], status, 1 + whole(rng.random(len(rows)), LONGEST_AGO))


# --- lists --------------------------------------------------------------------------------------------------


class _Pool:
    """Those who offer themselves as mentors, by function and site (a cell) and by level."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.mentors = company.mentors
        self.by_level = self.mentors[np.argsort(company.level[self.mentors], kind="stable")]
        cells = np.arange(len(FUNCTION_NAMES) * len(SITES) + 1)
        self.cell_starts = np.searchsorted(company.cell[self.mentors], cells)
        self.level_starts = np.searchsorted(company.level[self.by_level], np.arange(TOP + 2))

    def near(self, mentees: IntArray, rng: np.random.Generator) -> IntArray:
        """One mentor for each: from a function and site that are near rather, and one whom many want rather."""
        where, aim, place, spot = rng.random((4, len(mentees)))
        own = self.company.function[mentees]
        next_to = (own + np.where(aim < 0.5, 1, -1)) % len(FUNCTIONS)
        anywhere = whole(aim, len(FUNCTION_NAMES))
        function = np.select(
            [where < OWN_FUNCTION, where < OWN_FUNCTION + NEAR_FUNCTION], [own, next_to], anywhere
        )
        abroad = whole((place - OWN_SITE).clip(0) / (1 - OWN_SITE), len(SITES))
        cell = function * len(SITES) + np.where(place < OWN_SITE, self.company.site[mentees], abroad)
        start, size = self.cell_starts[cell], self.cell_starts[cell + 1] - self.cell_starts[cell]
        # The square makes the first of each cell popular; an empty cell sends its mentee anywhere.
        found = np.where(size > 0, start + whole(spot * spot, size), whole(spot, len(self.mentors)))
        return self.mentors[found]

    def above(self, mentees: IntArray, rng: np.random.Generator) -> IntArray:
        """One mentor for each from all who stand above him; from all where nobody does."""
        lower = self.level_starts[self.company.level[mentees] + 1]
        lower = np.where(lower < len(self.mentors), lower, 0)
        found: IntArray = self.by_level[lower + whole(rng.random(len(mentees)), len(self.mentors) - lower)]
        return found


def _lists(pool: _Pool, mentees: IntArray, choices: int, rng: np.random.Generator) -> IntArray:
    """Lists of some mentees, best first, shape (mentees, choices); NOBODY where there are no more mentors."""
    lists = np.full((len(mentees), choices), NOBODY, dtype=np.int64)
    misled = rng.random(len(mentees)) < MISLED
    for draw in [pool.near] * (3 * choices) + [pool.above] * (choices + 4):
        candidate = draw(mentees, rng)
        _append(lists, mentees, candidate, _allowed(pool.company, mentees, candidate) != misled)
    # Whoever has not found enough asks all mentors in turn, allowed or not; so many steps meet enough new ones.
    turn = whole(rng.random(len(mentees)), len(pool.mentors))
    for step in range(2 * choices + 1):
        candidate = pool.mentors[(turn + step) % len(pool.mentors)]
        _append(lists, mentees, candidate, np.ones(len(mentees), dtype=np.bool_))
    _stray(pool.company, mentees, lists, rng)
    return lists


def _append(lists: IntArray, mentees: IntArray, candidate: IntArray, wanted: BoolArray) -> None:
    """Put each candidate at the end of his list if he is wanted, new on it, and there is room."""
    short = np.flatnonzero(wanted & (lists[:, -1] == NOBODY) & (candidate != mentees))
    new = short[(lists[short] != candidate[short, None]).all(axis=1)]
    lists[new, np.count_nonzero(lists[new] != NOBODY, axis=1)] = candidate[new]


def _allowed(company: Company, mentees: IntArray, mentors: IntArray) -> BoolArray:
    """Whether the level rule of the programme, whose figures are the usual ones, lets each two be a pair."""
    needed: IntArray = np.where(company.function[mentees] == company.function[mentors], 2, 1)
    allowed: BoolArray = company.level[mentors] - company.level[mentees] >= needed
    return allowed


def _stray(company: Company, mentees: IntArray, lists: IntArray, rng: np.random.Generator) -> None:
    """Replace a few choices by the own manager, anybody at all, one who has left, or the mentee himself."""
    chance, kind, other, slot = rng.random((4, len(mentees)))
    length = np.count_nonzero(lists != NOBODY, axis=1)
    stranger = UNKNOWN - whole(other, len(company))
    colleague = whole(other, len(company))
    mentor = np.select(
        [kind < 0.45, kind < 0.8, kind < 0.93], [company.manager[mentees], colleague, stranger], mentees
    )
    new = (chance < min(0.5, AGAINST_RULES * lists.shape[1])) & ~(lists == mentor[:, None]).any(axis=1)
    lists[new, whole(slot, length)[new]] = mentor[new]
