"""Ids that look the same but differ are told, with what they differ in; others are left alone."""

import pytest
from cohort_folder import warnings_of

from matcher.lookalikes import skeleton, skeletons, told_apart
from soak.payloads import DIFFERENT, LOOKALIKES


def _told(tmp_path, *ids):
    people = "\n".join(f'"{name}",,Law,{level}' for level, name in enumerate(ids, 1))
    text = f"employee_id,name,function,level\n{people}\n"
    choices = f'mentee_id,rank,mentor_id\n"{ids[0]}",1,x\n'
    warnings = warnings_of(tmp_path, employees__csv=text, preferences__csv=choices)
    return [warning for warning in warnings if "looks like" in warning]


@pytest.mark.parametrize(("one", "other", "_why"), LOOKALIKES, ids=[why for *_, why in LOOKALIKES])
def test_ids_that_look_the_same_name_both_rows(tmp_path, one, other, _why):
    for pair in ((one, other), (other, one)):
        (told,) = _told(tmp_path, *pair)
        assert told.startswith(f"employees.csv: line 3, employee_id: {pair[1]!r} looks like {pair[0]!r} on line 2")
        odd = set(one) ^ set(other)
        assert ("U+" in told) == any(not " " <= char <= "~" for char in odd) or one.casefold() == other.casefold()


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_ids_that_differ_to_the_eye_are_left_alone(tmp_path, one, other):
    assert not _told(tmp_path, one, other)


def test_three_alike_are_two_warnings_that_name_the_first(tmp_path):
    second, third = _told(tmp_path, "vow", "νow", "νοω")
    start = "employee_id: {!r} looks like 'vow' on line 2 but for U+03BD GREEK SMALL LETTER NU"
    end = "count as two people"
    assert second == f"employees.csv: line 3, {start.format('νow')}; they {end}"
    others = "U+03BF GREEK SMALL LETTER OMICRON, U+03C9 GREEK SMALL LETTER OMEGA"
    assert third == f"employees.csv: line 4, {start.format('νοω')}, {others}; they {end}"


def test_skeletons_of_many_are_those_of_each():
    names = [name for pair in LOOKALIKES for name in pair[:2]]
    assert skeletons(names) == list(map(skeleton, names))
    assert skeletons([*names, "a\nb"]) == [*map(skeleton, names), "ab"]


def test_what_tells_texts_apart_is_named_shortly():
    assert told_apart("a\u200b\u2060\ufe0f\u00ad", "a").endswith("U+2060 WORD JOINER and 1 more")
    assert told_apart("a\x9b", "a") == "U+009B control character"
    assert told_apart("ANNA", "anna") == ""
