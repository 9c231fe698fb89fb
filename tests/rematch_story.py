"""Four people for whom everything changes at once: a refusal, a new pair, a session that moves, and who waits."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from click.testing import CliRunner

from matcher.cli import cli

AS_OF = "2027-02-15"
FILES = {
    "programme.toml": """[programme]
name = "Spring"
start = 2027-01-11
end = 2027-04-09
timezone = "Europe/Moscow"
[capacity]
mentees_per_mentor = 1
[invitations]
organiser_name = "HR"
organiser_email = "hr@x.example"
title = "{number} of {of}"
""",
    "employees.csv": """employee_id,name,email,function,level
a,=Ann,a@x.example,Ops,1
b,Bob,b@x.example,Ops,1
c,Cy,c@x.example,Ops,1
m,Mia,m@x.example,Ops,4
n,Nora,n@x.example,Ops,4
""",
    "preferences.csv": "mentee_id,rank,mentor_id\na,1,m\nb,1,n\nc,2,m\nc,3,n\n",
}


def run(*arguments: object, code: int = 0):
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="matcher")
    assert result.exit_code == code, result.output
    return result


def write(folder: Path, **changes: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in (FILES | {name.replace("__", "."): text for name, text in changes.items()}).items():
        (folder / name).write_text(text, "utf-8")
    return folder


def plan(folder: Path) -> Path:
    """The plan of the first weeks: a with m, b with n, and c has to wait; people have their calendars."""
    cohort = write(folder / "cohort")
    run("solve", cohort, "-o", folder / "first", "--no-report", "--workers", 1)
    return cohort


def change(cohort: Path, folder: Path) -> None:
    """Mia does not want to go on, and Bob is busy at the time of his next session."""
    coming = next(row for row in table(folder / "first" / "sessions.csv") if row["mentee_id"] == "b" and late(row))
    write(
        cohort,
        pairs__csv="mentee_id,mentor_id,status,since,by\na,m,refused,2027-02-10,mentor\n",
        busy__csv=f"employee_id,start,end\nb,{coming['start']},{coming['end']}\n",
    )


def late(row: dict[str, str]) -> bool:
    return row["start"][:10] >= AS_OF


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


# --- the same with names that try to be something else, and two people whom nothing concerns ------------------

NAMES = {"a": "<script>alert(1)</script>", "b": "=Bob {name}", "c": "&lt;Cy&gt;", "m": "Mia ]]> {{ 7 }}", "n": ""}


def people(left: tuple[str, ...] = ()) -> str:
    rows = [
        f'{key},"{name}",{key}@x.example,Ops,{4 if key in "mnx" else 1},{"Asia/Tokyo" if key == "c" else ""}\n'
        for key, name in {**NAMES, "x": "Unconcerned", "y": "Neither"}.items()
        if key not in left
    ]
    return "".join(["employee_id,name,email,function,level,timezone\n", *rows])


def tell(folder: Path, language: str, left: tuple[str, ...] = ()) -> Path:
    """Write the run `new`, the repair of `first`, with what people read; the cohort.

    If somebody has left, that is all that happens.
    """
    files = {
        "programme__toml": FILES["programme.toml"].replace("[programme]", f'[programme]\nlanguage = "{language}"'),
        "employees__csv": people(),
        "preferences__csv": FILES["preferences.csv"] + "y,1,x\n",
    }
    cohort = write(folder / "cohort", **files)
    run("solve", cohort, "-o", folder / "first", "--no-report", "--workers", 1)
    if not left:
        change(cohort, folder)
    write(cohort, **files | {"employees__csv": people(left)})
    run("rematch", cohort, folder / "first", "--as-of", AS_OF, "-o", folder / "new", "--workers", 1)
    return cohort
