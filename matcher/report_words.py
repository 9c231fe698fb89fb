"""The texts of the report in the language of the programme."""

from __future__ import annotations

import re
from collections.abc import Mapping

from matcher.report_english import ENGLISH
from matcher.report_russian import RUSSIAN
from matcher.wording import SHARED, Entry, Wording

OWN: Mapping[str, Mapping[str, Entry]] = {"en": ENGLISH, "ru": RUSSIAN}
WORDS: Mapping[str, Mapping[str, Entry]] = {language: {**SHARED[language], **own} for language, own in OWN.items()}


class Words(Wording):
    """Tells everything of the report in one language.

    >>> Words("en")("rank.n", rank=2)
    'rank 2 on the list'
    >>> Words("ru")("count.all", n=3)
    '3 строки'
    """

    def __init__(self, language: str) -> None:
        super().__init__(language, OWN[language])


def used_by(script: str, language: str) -> dict[str, Entry]:
    """The texts that a script asks for: by whole keys, or by the first part of a key to which it adds."""
    whole = set(re.findall(r"'([a-z_]+(?:\.[a-z_]+)+)'", script))
    parts = tuple(re.findall(r"'([a-z_]+(?:\.[a-z_]+)*[._])'", script))
    entries = WORDS[language]
    return {key: entry for key, entry in entries.items() if key in whole or (parts and key.startswith(parts))}
