"""Elements of SVG: everything is escaped, numbers are short, texts fit."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from matcher.svg import clean, number, shortened, tag, text_width, wrapped


def test_attributes_and_texts_are_escaped():
    made = tag("text", "<b>", tag("tspan", '"&"'), class_="small", text_anchor='" onload="x', y=None, x=1.5)
    inside = "&lt;b&gt;<tspan>&#34;&amp;&#34;</tspan>"
    assert made == f'<text class="small" text-anchor="&#34; onload=&#34;x" x="1.5">{inside}</text>'
    assert isinstance(made, Markup)


def test_an_element_without_content_closes_itself():
    assert tag("rect", width=3) == '<rect width="3"/>'


@given(st.text(), st.text())
def test_whatever_a_text_is_the_element_is_well_formed(text, value):
    element = ET.fromstring(tag("text", text, class_=value))
    assert (element.text or "") == clean(text)
    assert element.get("class") == clean(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (12.0, "12"), (0.333, "0.33"), (-0.001, "0"), (-1.5, "-1.5"), (100, "100"), (1e6, "1000000")],
)
def test_coordinates_are_short(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("two\r\nlines\tand  more ", "two lines and more"),
        ("\u202edesrever\u2069", "desrever"),
        ("bell\x07 nul\x00 half\ud800", "bell nul half"),
        ("5\u00a0210", "5\u00a0210"),
        ("e\u0301 \u0634 🚒", "e\u0301 \u0634 🚒"),
    ],
)
def test_cleaning(text, cleaned):
    assert clean(text) == cleaned


@given(st.text(), st.floats(20, 300))
def test_a_shortened_text_has_room(text, room):
    short = shortened(text, 13, room)
    assert text_width(short, 13) <= room
    assert short == clean(text) or short.endswith("…")


def test_as_much_as_there_is_room_for_is_kept():
    assert shortened("Maintenance", 10, 200) == "Maintenance"
    assert shortened("Maintenance and repair", 10, 70) == "Maintenanc…"


@given(st.text(), st.floats(20, 300), st.integers(1, 3))
def test_wrapped_lines_have_room(text, room, lines):
    found = wrapped(text, 13, room, lines)
    assert 1 <= len(found) <= lines
    assert all(text_width(line, 13) <= room for line in found)


def test_texts_are_wrapped_between_words():
    assert wrapped("Maintenance and repair", 10, 80, 2) == ["Maintenance", "and repair"]
    assert wrapped("Maintenance and repair", 10, 80, 1) == ["Maintenance…"]


def test_wide_letters_take_more_than_narrow_ones():
    assert text_width("ЖШ", 10) > text_width("il", 10)
    assert text_width("e\u0301", 10) == text_width("e", 10)
    assert text_width("部", 10) > text_width("b", 10)
