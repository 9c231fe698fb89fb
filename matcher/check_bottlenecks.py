"""bottlenecks.csv: where places are short, and what one more place would bring."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from matcher.check_candidates import Scale, Vector, is_positive_vector
from matcher.check_classes import Classes
from matcher.check_demand import Demand
from matcher.check_files import Row, Table, check_order, whole_number
from matcher.check_relaxation import Relaxation
from matcher.check_rules import Roster
from matcher.model import Pair

COLUMNS = (
    "mentor_id", "name", "places", "mentees", "wanted", "group", "group_mentors", "group_mentees", "group_places",
    "shortage", "gain_mentees", "gain_pairs", "gain_ranks", "gain_proven",
)  # fmt: skip
PRIORITY = "gain_priority"
"""A column more after the pairs, where mentees are not all alike."""
CLASS_CHANGE = re.compile(r"([^:]{1,30}):([+-][1-9][0-9]{0,8})")
CHANGE = re.compile(r"([1-9][0-9]?):([+-][1-9][0-9]{0,8})")


def columns(classes: Classes) -> tuple[str, ...]:
    """The columns of bottlenecks.csv."""
    place = COLUMNS.index("gain_ranks")
    return (*COLUMNS[:place], PRIORITY, *COLUMNS[place:]) if classes else COLUMNS


def check_bottlenecks(table: Table, roster: Roster, demand: Demand, pairs: Iterable[Pair], gains: Gains) -> None:
    """Check bottlenecks.csv: a row for every mentor with a possible candidate."""
    load = Counter(mentor for _, mentor in pairs)
    lines: dict[int, int] = {}
    for row in table.rows():
        mentor = roster.person.get(row["mentor_id"], -1)
        if mentor not in demand.suitors:
            table.fault(f"'{row['mentor_id']}' is no mentor of a possible pair", row.line, "mentor_id")
        elif mentor in lines:
            table.fault(f"the mentor already stands on line {lines[mentor]}", row.line, "mentor_id")
        else:
            lines[mentor] = row.line
            for column, cell in _expected(roster, demand, mentor, load[mentor]).items():
                table.expect(row, column, cell)
            gains.check(table, row, mentor)
    for mentor in demand.suitors.keys() - lines.keys() if table.places else ():
        table.fault(f"{roster.label(mentor)} is wanted by a mentee, but has no row here")
    numbers = {mentor: group.number for mentor, group in demand.group_of.items()}
    last = len(demand.groups) + 1
    keys = (((numbers.get(mentor, last), roster.ids[mentor]), line) for mentor, line in lines.items())
    check_order(table, keys, "group, mentor_id")


def _expected(roster: Roster, demand: Demand, mentor: int, load: int) -> dict[str, str]:
    group = demand.group_of.get(mentor)
    figures = (
        ("", "", "", "", "")
        if group is None
        else (group.number, len(group.mentors), group.mentees, group.places, group.shortage)
    )
    return {
        "name": roster.name(mentor),
        "places": str(roster.capacity[mentor]),
        "mentees": str(load),
        "wanted": str(demand.wanted[mentor]),
        **dict(zip(COLUMNS[5:10], map(str, figures), strict=True)),
    }


class Gains:
    """What one more place may bring: no less than nothing and, where prices are exact, no more than its price.

    Where one more pair could go on after a rematch (`going_on`), it may cost some of what the columns tell.
    """

    def __init__(
        self, scale: Scale, ranks: Iterable[int], exact: Relaxation | None, *, going_on: bool = False
    ) -> None:
        self._scale, self._ranks, self._exact = scale, set(ranks) - {0}, exact
        self._going_on = going_on

    def check(self, table: Table, row: Row, mentor: int) -> None:
        """Check the four columns of a row."""
        if row["gain_proven"] not in ("yes", "at most"):
            table.fault(f"'{row['gain_proven']}' must be yes or 'at most'", row.line, "gain_proven")
        mentees, pairs = whole_number(row["gain_mentees"]), whole_number(row["gain_pairs"])
        for column, number in (("gain_mentees", mentees), ("gain_pairs", pairs)):
            if number is None:
                table.fault(f"'{row[column]}' is no whole number", row.line, column)
        ranks = self._changes(row["gain_ranks"])
        if ranks is None:
            table.fault(f"'{row['gain_ranks']}' is no change of ranks", row.line, "gain_ranks")
        classes = self._class_changes(row[PRIORITY]) if self._scale.classes else ()
        if classes is None:
            table.fault(f"'{row[PRIORITY]}' is no change of classes", row.line, PRIORITY)
        if mentees is None or pairs is None or ranks is None or classes is None:
            return
        if classes and sum(classes) != mentees:
            table.fault(f"'{row[PRIORITY]}' are not {mentees} more mentees", row.line, PRIORITY)
        if self._scale.kind != "min-cost" and sum(ranks.values()) != pairs:
            table.fault(f"'{row['gain_ranks']}' are not {pairs} more pairs", row.line, "gain_ranks")
        self._check_size(table, row, mentor, (mentees, pairs, *classes[:-1], *self._parts(ranks)))

    def _check_size(self, table: Table, row: Row, mentor: int, gain: Vector) -> None:
        if gain[0] > 1:
            table.fault(f"'{gain[0]}': one place serves one mentee more at most", row.line, "gain_mentees")
        elif any(gain) and not is_positive_vector(gain) and not self._going_on:
            table.fault(f"{list(gain)} is worse than no more place", row.line, "gain_mentees")
        elif self._exact is not None:
            most = tuple(self._exact.prices[:, self._exact.seat_of[mentor]].tolist())
            if gain > most:
                message = f"{list(gain)} is more than a place is worth by certificate.json: {list(most)}"
                table.fault(message, row.line, "gain_mentees")

    def _class_changes(self, cell: str) -> tuple[int, ...] | None:
        """How many mentees more or fewer each class has; None if it is not said as it must be."""
        found = [CLASS_CHANGE.fullmatch(part) for part in cell.split(" ")] if cell else []
        changes = {match[1]: int(match[2]) for match in found if match}
        names = self._scale.classes.names
        if len(changes) < len(found) or list(changes) != [name for name in names if name in changes]:
            return None
        return tuple(changes.get(name, 0) for name in names)

    def _changes(self, cell: str) -> dict[int, int] | None:
        """How many pairs more or fewer at each rank, or with `min-cost` the change of the sum, at rank 0."""
        if self._scale.kind == "min-cost":
            if not cell:
                return {0: 0}
            return {0: int(cell)} if re.fullmatch(r"-?[1-9][0-9]{0,8}", cell) else None
        found = [CHANGE.fullmatch(part) for part in cell.split(" ")] if cell else []
        changes = {int(match[1]): int(match[2]) for match in found if match}
        ranks = list(changes)
        if len(changes) < len(found) or ranks != sorted(ranks) or not self._ranks.issuperset(ranks):
            return None
        return changes

    def _parts(self, changes: dict[int, int]) -> Vector:
        if self._scale.kind == "min-cost":
            return (-changes[0],)
        sign = 1 if self._scale.kind == "greedy" else -1
        return tuple(sign * changes.get(rank, 0) for rank in self._scale.ranks)
