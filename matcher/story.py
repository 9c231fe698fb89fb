"""What there is to tell of a run: the input of everything that makes a file for people."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.model import Cohort
from matcher.run_tables import RunTables


@dataclass(frozen=True)
class Story:
    """What there is to tell: a cohort, a run of it, and perhaps an earlier run that it is compared with."""

    cohort: Cohort
    run: RunTables
    earlier: RunTables | None = None
