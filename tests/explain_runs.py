"""Runs with what solve does not write yet: the columns and files of standings, bottlenecks and the certificate."""

from __future__ import annotations

import csv
import io
import json

BOTTLENECK = (
    *("mentor_id", "name", "places", "mentees", "wanted", "group", "group_mentors", "group_mentees"),
    *("group_places", "shortage", "gain_mentees", "gain_pairs", "gain_ranks", "gain_proven"),
)
UNMATCHED = (
    *("eligible_choices", "competitors", "places", "smallest_change", "suggestions", "group"),
    "contested_mentors",
)


def rows_of(path, delimiter=","):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def write_rows(path, columns, rows, delimiter=","):
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, delimiter=delimiter, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), "utf-8-sig")


def add_standings(run, standings):
    """Add the column `standing` to choices.csv and pairs.csv: of a pair as given, else what nobody can mistake."""
    for name in ("choices.csv", "pairs.csv"):
        rows = rows_of(run / name)
        for row in rows:
            paired = "every" if row.get("outcome", "paired") == "paired" else "none"
            row["standing"] = standings.get((row["mentee_id"], row["mentor_id"]), paired)
        write_rows(run / name, list(rows[0]), rows)


def add_to_unmatched(run, cells):
    """Add the new columns to unmatched.csv; `cells` by mentee, blank where not given."""
    rows = rows_of(run / "unmatched.csv")
    for row in rows:
        row.update(dict.fromkeys(UNMATCHED, "") | cells.get(row["mentee_id"], {}))
    write_rows(run / "unmatched.csv", ["mentee_id", "name", "reason", "explanation", *UNMATCHED], rows)


def add_bottlenecks(run, *rows):
    write_rows(run / "bottlenecks.csv", BOTTLENECK, [dict(zip(BOTTLENECK, row, strict=True)) for row in rows])


def add_certificate(run, goals, value, bound=None):
    data = {"kind": "generous", "goals": goals, "value": value, "bound": bound or value}
    (run / "certificate.json").write_text(
        json.dumps({**data, "conflicts": [], "places": {}, "proof": {}}), "utf-8"
    )


def drop_columns(path, columns):
    """Write a table without some columns."""
    rows = rows_of(path)
    kept = [name for name in path.read_text("utf-8-sig").split("\n", 1)[0].split(",") if name not in columns]
    write_rows(path, kept, [{name: row[name] for name in kept} for row in rows])
