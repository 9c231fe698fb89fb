"""The oracles and the drawn cohorts of the tests, which are no package."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

TESTS = Path(__file__).parent.parent / "tests"


def of_tests(name: str) -> ModuleType:
    """Give a module of the folder tests."""
    if str(TESTS) not in sys.path:
        sys.path.insert(0, str(TESTS))
    return importlib.import_module(name)
