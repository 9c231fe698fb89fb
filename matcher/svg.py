"""The least of SVG that charts need: elements with every attribute and text escaped, and how wide a text is."""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

# What XML cannot hold, and what would reorder or break the line around a text.
UNFIT = re.compile(
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
)
BLANKS = re.compile("[ \t\n\r]+")
NARROW = frozenset(" !'(),-./:;I[]`fijlrt|гі\u00a0\u202f·")
BROAD = frozenset("%@MWmwЖМШЩЫЮжмшщыюфДФ—…")


def tag(name: str, *content: str, **attributes: str | float | None) -> Markup:
    """Make an element.

    Parameters
    ----------
    content
        Texts, which are escaped, and elements, which are not.
    attributes
        `_` in a name stands for `-`, one at its end for nothing; what is None is left out.

    >>> tag("text", "<b>", x=1.0, class_="small", y=None)
    Markup('<text x="1" class="small">&lt;b&gt;</text>')
    """
    given = [
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _value(value))
        for key, value in attributes.items()
        if value is not None
    ]
    inside = Markup().join(part if isinstance(part, Markup) else escape(clean(part)) for part in content)
    opening = Markup("<{}{}").format(name, Markup().join(given))
    return Markup("{}>{}</{}>").format(opening, inside, name) if inside else opening + Markup("/>")


def _value(value: str | float) -> str:
    return clean(value) if isinstance(value, str) else number(value)


def number(value: float) -> str:
    """A coordinate with two decimals at most.

    >>> number(12.0), number(0.333), number(-0.001)
    ('12', '0.33', '0')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def clean(text: str) -> str:
    """The text on one line, without what XML cannot hold or what would reorder its neighbours."""
    return BLANKS.sub(" ", UNFIT.sub("", text)).strip(" ")


# --- width --------------------------------------------------------------------------------------------------


def text_width(text: str, size: float) -> float:
    """About how wide a text is, rather too much than too little, whatever sans-serif font shows it."""
    return size * sum(map(_advance, text))


def _advance(character: str) -> float:
    if character in NARROW:
        return 0.36
    if character in BROAD:
        return 0.92
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return 1.3  # emoji are wider than their em
    return 0.7 if character.isupper() else 0.58


def shortened(text: str, size: float, room: float) -> str:
    """As much of the text as there is room for, with an ellipsis where some is missing.

    >>> shortened("Maintenance and repair", 10, 70)
    'Maintenanc…'
    """
    text = clean(text)
    if text_width(text, size) <= room:
        return text
    room -= text_width("…", size)
    kept = ""
    for character in text:
        room -= size * _advance(character)
        if room < 0:
            break
        kept += character
    return kept.rstrip() + "…"


def wrapped(text: str, size: float, room: float, lines: int) -> list[str]:
    """Break the text between words into so many lines at most; what does not fit is shortened.

    >>> wrapped("Maintenance and repair", 10, 80, 2)
    ['Maintenance', 'and repair']
    """
    words = clean(text).split(" ")
    result: list[str] = []
    while words and len(result) < lines - 1:
        count = 1
        while count < len(words) and text_width(" ".join(words[: count + 1]), size) <= room:
            count += 1
        result.append(shortened(" ".join(words[:count]), size, room))
        words = words[count:]
    return [*result, shortened(" ".join(words), size, room)] if words else result
