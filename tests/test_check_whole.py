"""The whole run of check_cases.py with its certificate: what is certified, and how the files hang together."""

import json

import check_cases as cases
import pytest
from check_cases import make_cohort

from matcher.check import check_run, examine_run


def write(folder, *edits, certificate=cases.CERTIFICATE, summary=cases.SUMMARY):
    """Write the valid run with edits: (file, old text, new text), each found exactly once."""
    files = dict(cases.WHOLE)
    for file, old, new in edits:
        assert files[file].count(old) == 1, (file, old)
        files[file] = files[file].replace(old, new)
    for file, text in files.items():
        (folder / file).write_bytes(b"\xef\xbb\xbf" + text.encode())
    for name, data in (("certificate", certificate), ("summary", summary), ("timings", cases.TIMINGS)):
        (folder / f"{name}.json").write_text(json.dumps(data))
    return folder


def found(*edits, folder, **changes):
    return [str(violation) for violation in check_run(make_cohort(), write(folder, *edits, **changes))]


def test_the_valid_run_is_certified(tmp_path):
    examined = examine_run(make_cohort(), write(tmp_path))
    assert examined.violations == []
    assert examined.certified == ("mentees", "pairs", "rank")
    assert examined.complete
    assert examined.resting == 0


def test_a_run_with_a_fault_is_not_certified(tmp_path):
    examined = examine_run(make_cohort(), write(tmp_path, ("pairs.csv", "a,Anna,m", "a,Ann,m")))
    assert len(examined.violations) == 1
    assert (examined.certified, examined.complete) == ((), False)


def test_the_files_are_needed(tmp_path):
    write(tmp_path)
    for name in ("certificate.json", "bottlenecks.csv"):
        (tmp_path / name).unlink()
    assert [str(one) for one in check_run(make_cohort(), tmp_path)] == [
        "bottlenecks.csv: cannot be read: the file is missing",
        "certificate.json: cannot be read: the file is missing",
    ]


@pytest.mark.parametrize("file", cases.WHOLE)
def test_every_column_is_needed(tmp_path, file):
    for column in cases.WHOLE[file].splitlines()[0].split(","):
        violations = found(folder=write(tmp_path))
        text = cases.WHOLE[file].replace(column, f"old_{column}", 1)
        (tmp_path / file).write_bytes(b"\xef\xbb\xbf" + text.encode())
        violations = [str(one) for one in check_run(make_cohort(), tmp_path)]
        assert any(f"{file}, {column}: the column is missing" in violation for violation in violations)


def test_columns_in_another_order(tmp_path):
    edits = [("unmatched.csv", "mentee_id,name,", "name,mentee_id,"), ("unmatched.csv", "b,Ben", "Ben,b")]
    (violation,) = found(*edits, folder=tmp_path)
    assert violation.startswith("unmatched.csv: the columns must come in the order mentee_id, name, reason")


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "pairs.csv",
            "-31,every",
            "-31,some",
            "pairs.csv, line 4, standing: 'some' must be every: the pair is locked",
        ),
        ("choices.csv", "id.,none", "id.,some", "choices.csv, line 4, standing: 'some' must be none: rules or"),
        ("choices.csv", "mentee.,some", "mentee.,", None),  # a limit may have come
        (
            "choices.csv",
            "mentee.,some",
            "mentee.,every",
            "line 5, standing: 'every', but the two are not paired here",
        ),
        ("unmatched.csv", "max.,1,2,2", "max.,2,2,2", "unmatched.csv, line 2, eligible_choices: '2' must be '1'"),
        ("unmatched.csv", ",1,2,2,", ",1,1,2,", "unmatched.csv, line 2, competitors: '1' must be '2'"),
        (
            "unmatched.csv",
            "m; n",
            "m",
            "unmatched.csv, line 2, contested_mentors: 'm': other mentees with no mentors",
        ),
        (
            "unmatched.csv",
            "place: =Max (m)",
            "place: Max (m)",
            "smallest_change: 'one more place: Max (m)' must be",
        ),
        ("unmatched.csv", "Dora (d)", "Dora", "suggestions: 'Dora' is no list of up to three mentors"),
        ("unmatched.csv", "Dora (d)", "", "suggestions: '' leaves out Dora (d)"),
        ("unmatched.csv", "Dora (d)", "Nina (n)", "suggestions: 'Nina (n)' may not hold Nina (n)"),
        (
            "bottlenecks.csv",
            "m,'=Max,1,1,2,1",
            "m,'=Max,1,1,3,1",
            "bottlenecks.csv, line 2, wanted: '3' must be '2'",
        ),
        (
            "bottlenecks.csv",
            "1,1,2:+1",
            "1,1,1:+1",
            "line 3, gain_mentees: [1, 1, 0] is more than a place is worth",
        ),
    ],
)
def test_a_broken_cell_is_named(tmp_path, file, old, new, message):
    violations = found((file, old.replace("max.", "Max."), new.replace("max.", "Max.")), folder=tmp_path)
    if message is None:
        assert violations == []
        return
    assert any(message in violation for violation in violations), violations


def test_the_certificate_speaks_of_this_run(tmp_path):
    forged = cases.CERTIFICATE | {"bound": [3, 3, 0], "value": [3, 3, 0]}
    violations = found(folder=tmp_path, certificate=forged)
    assert violations == [
        "certificate.json, value: [3, 3, 0] must be [3, 3, -1], as pairs.csv has it",
        "certificate.json, bound: [3, 3, 0] must be [3, 3, -1]: the proof gives that and nothing better",
    ]


def test_a_weaker_certificate_certifies_less(tmp_path):
    weak = cases.CERTIFICATE | {"places": {"m": [1, 1, 0], "n": [1, 1, 0]}, "bound": [3, 3, 0]}
    examined = examine_run(make_cohort(), write(tmp_path, certificate=weak))
    assert (examined.violations, examined.certified, examined.complete) == ([], ("mentees", "pairs"), False)
    none = cases.CERTIFICATE | {"places": {}, "bound": [4, 4, 0]}
    assert examine_run(make_cohort(), write(tmp_path, certificate=none)).certified == ()


@pytest.mark.parametrize("value", [None, True, 1.5, -1, "x", [], {}, [None], [10**30], {"a": []}])
def test_any_value_anywhere_in_the_certificate_never_raises(tmp_path, value):
    for key in cases.CERTIFICATE:
        forged = cases.CERTIFICATE | {key: value}
        valid = value in ([], {}) and type(value) is type(cases.CERTIFICATE[key]) and key in ("conflicts", "proof")
        assert bool(found(folder=tmp_path, certificate=forged)) != valid
