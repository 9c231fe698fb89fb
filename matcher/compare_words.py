"""The texts of the page about a comparison; what the report says as well, it says in the same words."""

from __future__ import annotations

from collections.abc import Mapping

from matcher.compare_english import ENGLISH
from matcher.compare_russian import RUSSIAN
from matcher.report_words import OWN as REPORT
from matcher.wording import Entry, Wording

OWN: Mapping[str, Mapping[str, Entry]] = {"en": ENGLISH, "ru": RUSSIAN}


class Words(Wording):
    """Tells everything of a comparison in one language.

    >>> Words("en")("runs.compared", n=2, first="base")
    '2 runs compared with base'
    """

    def __init__(self, language: str) -> None:
        super().__init__(language, {**REPORT[language], **OWN[language]})
