"""What was worked out once, for those who need it again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Any


class Memory:
    """The last results used, at most `most` of them, each under a key that holds all that it depends on.

    Threads may share it; another process gets an empty one.

    >>> memory = Memory(most=2)
    >>> for key in ("a", "b", "c"):
    ...     memory.keep(key, key.upper())
    >>> memory.get("a"), memory.get("c")
    (None, 'C')
    """

    def __init__(self, most: int = 32) -> None:
        self._most = most
        self._results: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def __reduce__(self) -> tuple[type[Memory], tuple[int]]:
        """Travel without what was kept."""
        return Memory, (self._most,)

    def get(self, key: Hashable) -> Any:  # noqa: ANN401 - whatever was kept
        """The result, None where there is none any more."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
            return self._results.get(key)

    def keep(self, key: Hashable, result: object) -> None:
        """Keep a result, and let go of the one that was not used for longest."""
        with self._lock:
            self._results[key] = result
            self._results.move_to_end(key)
            if len(self._results) > self._most:
                self._results.popitem(last=False)
