"""Plans of sessions, and what is known to be impossible or to cost more in company."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.model import Session

Plan = Mapping[int, tuple[Session, ...]]
"""Candidate -> its sessions; a candidate that could not be scheduled is not in it."""

Group = tuple[int, ...]
"""Candidates, ascending."""


@dataclass(frozen=True)
class Cut:
    """Pairs that together cost at least `loss` more than alone; with `loss` None, pairs that cannot all be."""

    pairs: Group
    loss: int | None
