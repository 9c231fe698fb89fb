"""The people of an invented company: functions, levels, sites, reporting lines, mentors and mentees.

Functions have unequal sizes, levels form a pyramid, teams sit together at one site. A person is an index in order
of ids, as everywhere; a *post* is a place in the company: functions one after the other, in each the levels from
the lowest to the highest, in each level the sites one after the other. So neighbouring posts make a team.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matcher.model import IntArray

FloatArray = npt.NDArray[np.float64]

# Neighbours in this ring work together, and their mentees look for mentors there; shares of the staff in percent.
FUNCTIONS = {
    "Production": 26, "Maintenance": 12, "Engineering": 8, "Quality": 5, "Logistics": 9, "Procurement": 5,
    "Sales": 12, "Communications": 2, "Human Resources": 4, "Legal": 2, "Finance": 7, "IT": 8,
}  # fmt: skip
BOARD = "Management"  # the function of the one person at the top
FUNCTION_NAMES = (*FUNCTIONS, BOARD)
LEVELS = (380, 260, 170, 105, 55, 25, 5)  # how many of a thousand stand at level 1, 2 ...
TOP = len(LEVELS) + 1
SITES = {  # time zone of each site and its share of the staff in percent
    "Europe/Moscow": 65,
    "Asia/Yekaterinburg": 18,
    "Europe/Brussels": 10,
    "America/New_York": 7,
}
ZONE_NAMES = tuple(SITES)
TEAM = 7  # people who report to one manager where there are managers enough
MOST_REPORTS = 12
FEWEST_MENTORS = 10

# How many draws of chance count for one of this level: the larger, the rarer.
NEVER = 1e9
MENTEE_ODDS = (1.0, 1.0, 1.5, 3.0, 8.0, 40.0, 80.0, NEVER)
MENTOR_ODDS = (NEVER, 4.0, 1.5, 1.0, 1.0, 1.0, 2.0, 4.0)
MENTORS_PER_MENTEE = 0.54  # most take two: a few places less than mentees


@dataclass(frozen=True)
class Company:
    """Everybody, one entry per person; `mentees` and `mentors` (those who offer themselves) are persons.

    `function` and `site` are places in FUNCTION_NAMES and ZONE_NAMES, `manager` is -1 at the top, `capacity` is
    the personal figure or -1 for none. `mentors` is sorted by function and site, the most wanted first.
    """

    function: IntArray
    level: IntArray
    site: IntArray
    manager: IntArray
    capacity: IntArray
    mentees: IntArray
    mentors: IntArray

    def __len__(self) -> int:
        return len(self.level)

    @property
    def cell(self) -> IntArray:
        """Function and site of each person as one number."""
        return self.function * len(SITES) + self.site


def make_company(employees: int, mentees: int, choices: int, rng: np.random.Generator) -> Company:
    """Draw a company; the same numbers give the same one."""
    function, level, manager, site = _posts(employees)
    person = np.argsort(rng.random(employees), kind="stable")  # of each post
    post = np.argsort(person, kind="stable")  # of each person
    boss = np.where(manager < 0, -1, person[manager])
    function, level, site = function[post], level[post], site[post]
    wanting = _pick(rng, _mentee_odds(level)[level - 1], mentees)
    offering = max(int(mentees * MENTORS_PER_MENTEE), min(mentees * choices, max(FEWEST_MENTORS, 2 * choices)))
    offering = min(offering, int(np.count_nonzero(level > 1)))
    mentors = _pick(rng, np.array(MENTOR_ODDS)[level - 1], offering)
    company = Company(
        function=function,
        level=level,
        site=site,
        manager=boss[post],
        capacity=_capacities(rng, level),
        mentees=np.sort(wanting),
        mentors=mentors,
    )
    return replace(company, mentors=mentors[np.argsort(company.cell[mentors], kind="stable")])


def _mentee_odds(level: IntArray) -> FloatArray:
    """MENTEE_ODDS, and rarer where there are few above to mentor the many of one level."""
    counts = np.bincount(level, minlength=TOP + 1)[1:]
    above = np.maximum(1, len(level) - np.cumsum(counts))
    odds: FloatArray = np.array(MENTEE_ODDS) * np.maximum(1, counts / (4 * above))
    return odds


def _pick(rng: np.random.Generator, odds: FloatArray, count: int) -> IntArray:
    """Draw `count` different people in random order, those with small odds rather."""
    return np.argsort(rng.random(len(odds)) * odds, kind="stable")[:count]


def _capacities(rng: np.random.Generator, level: IntArray) -> IntArray:
    """Some senior people take one mentee or none; the top takes one."""
    chance = rng.random(len(level))
    own = np.where(chance < 0.04, 0, np.where(chance < 0.16, 1, -1))
    return np.where(level == TOP, 1, np.where(level >= 3, own, -1))


# --- posts --------------------------------------------------------------------------------------------------


def _posts(employees: int) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Function, level, manager (a post, -1 at the top) and site of each post; the last post is the top."""
    staff = employees - 1
    sizes = np.diff([share * staff // 100 for share in np.cumsum([0, *FUNCTIONS.values()]).tolist()])
    counts = np.array([[*_pyramid(size), 0] for size in sizes.tolist()] + [[0] * (TOP - 1) + [1]])
    blocks = counts.ravel()
    starts = np.cumsum(blocks) - blocks
    function = np.repeat(np.arange(len(blocks)) // TOP, blocks)
    level = np.repeat(np.arange(len(blocks)) % TOP + 1, blocks)
    place = np.arange(employees) - np.repeat(starts, blocks)
    size = np.repeat(blocks, blocks)
    above = np.array([_block_above(counts, block) for block in range(len(blocks))])
    manager = np.repeat(starts[above], blocks) + _team_leads(place, size, np.repeat(blocks[above], blocks))
    manager[-1] = -1
    bounds = np.cumsum(list(SITES.values()))
    # The middle of the place in its level, in percent: halves are kept whole.
    site = np.searchsorted(2 * bounds, (2 * place + 1) * 100 / size, side="right")
    return function, level, manager, site.astype(np.int64)


def _pyramid(size: int) -> list[int]:
    """How many of `size` people stand at each level, lowest first: by share, and nobody leads too many."""
    bounds = [(share * size + 500) // 1000 for share in np.cumsum([0, *LEVELS]).tolist()]
    counts: list[int] = np.diff(bounds).tolist()
    for below in range(len(LEVELS) - 1, 0, -1):
        most = MOST_REPORTS ** (len(LEVELS) - 1 - below)
        counts[below - 1] += max(0, counts[below] - most)
        counts[below] = min(counts[below], most)
    return counts


def _block_above(counts: IntArray, block: int) -> int:
    """The next higher level of the same function that has anybody, else the top."""
    function, level = divmod(block, TOP)
    higher = (other for other in range(level + 1, TOP) if counts[function, other])
    return next((function * TOP + other for other in higher), counts.size - 1)


def _team_leads(place: IntArray, size: IntArray, leads: IntArray) -> IntArray:
    """To whom of the `leads` above each `place` of `size` reports: equal teams, their leads spread evenly."""
    teams = np.minimum(leads, -(-size // TEAM))
    leads_of: IntArray = (2 * (place * teams // size) + 1) * leads // (2 * teams)
    return leads_of
