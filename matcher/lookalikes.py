"""What the eye does not tell apart: invisible characters, letters of other alphabets, forms of the same letter.

The idea is that of Unicode Technical Standard 39: two texts are confusable if their skeletons are equal. Its data
are large and speak of every script; here stand Latin, Cyrillic and Greek, which people at one company type.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

INVISIBLE: dict[int, str] = dict.fromkeys(
    (
        *(0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFEFF, 0xFFA0),
        *(code for code in range(0x20) if not chr(code).isspace()),
        *(code for code in range(0x7F, 0xA0) if not chr(code).isspace()),
        *range(0x180B, 0x1810),  # selectors of Mongolian letters
        *range(0x200B, 0x2010),  # no width
        *range(0x202A, 0x202F),  # directions of writing
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),  # variation selectors
        *range(0xFFF0, 0xFFF9),
        *range(0xE0000, 0xE1000),  # tags and more variation selectors
    ),
    "",
)
"""Characters that show nothing: what Unicode calls default ignorable, controls, and an empty Braille cell."""

_CYRILLIC = str.maketrans("авезікмнорсѕтухјһѡԛԝүёӏ", "abe3ikmhopcstyxjhwqwyel")
_GREEK = str.maketrans("αβεζηικμνορτυχϲ", "abezhikmnoptyxc")  # by their capitals
_SIGNS = str.maketrans("ı‐‑‒–−˗⁃", "i-------", "\u0307")  # a dot is left over of a Turkish İ without case
LOOKS = _CYRILLIC | _GREEK | _SIGNS
"""For letters without case: the Latin ones that they look like, in most cases as capitals."""

_SMALL = str.maketrans("νυηγσωг", "vunyowr")  # small letters that look like others than their capitals do

KINDS = {"Cc": "control character", "Cs": "surrogate", "Co": "private use", "Cn": "unassigned"}
NAMED = 3  # characters that a message names


def skeleton(name: str) -> str:
    """A text without what the eye does not see: case, spaces, alphabets and compatibility forms of characters."""
    return bare(name).translate(INVISIBLE).translate(LOOKS)


def bare(name: str) -> str:
    """A text without case, spaces and compatibility forms."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def skeletons(names: Sequence[str]) -> list[str]:
    """The skeleton of each name, made of all in one go where no name breaks the line."""
    text = unicodedata.normalize("NFKC", "\n".join(names)).casefold().translate(INVISIBLE).translate(LOOKS)
    found = re.sub(r"[^\S\n]+", "", text).split("\n")
    return found if len(found) == len(names) else list(map(skeleton, names))


def small_skeleton(name: str) -> str:
    """The skeleton by the shapes of small letters: a Greek ν is no n to the eye, but a v.

    >>> skeleton("νοω"), small_skeleton("νοω"), skeleton("Ν")
    ('noω', 'vow', 'n')
    """
    return skeleton(name.translate(_SMALL))


def told_apart(name: str, other: str) -> str:
    """The characters other than plain Latin ones that only one of two texts has; "" where there are none.

    >>> told_apart("Аnna", "Anna")
    'U+0410 CYRILLIC CAPITAL LETTER A'
    """
    plain = frozenset(map(chr, range(0x20, 0x7F)))
    odd = sorted((set(name) ^ set(other)) - plain)
    if not odd and name != other and not (name + other).isascii():
        odd = sorted((set(name) | set(other)) - plain)
    more = f" and {len(odd) - NAMED} more" if len(odd) > NAMED else ""
    return ", ".join(map(_character, odd[:NAMED])) + more


def _character(char: str) -> str:
    name = unicodedata.name(char, KINDS.get(unicodedata.category(char), "nameless"))
    return f"U+{ord(char):04X} {name}"
