"""A small cohort folder whose files tests replace one by one."""

import pytest

from matcher.errors import InputError
from matcher.io import read_cohort

PROGRAMME = '[programme]\nstart = 2027-01-11\nend = 2027-04-09\ntimezone = "Europe/Moscow"\n'
EMPLOYEES = """employee_id,name,function,level,manager_id,timezone,max_mentees
m,Mia,Sales,3,,,
a,Ann,sales ,1,m,Europe/Paris,0
n,,Law,2,,,1
b,Bob,Law,1,n,,
"""
PREFERENCES = "mentee_id,rank,mentor_id\na,1,m\nb,1,m\na,3,n\n"
DEFAULT = {"programme.toml": PROGRAMME, "employees.csv": EMPLOYEES, "preferences.csv": PREFERENCES}


def write_folder(folder, **changes):
    """Write a cohort folder; keywords like `busy__csv` replace files, None leaves a file out."""
    files = DEFAULT | {name.replace("__", "."): text for name, text in changes.items()}
    for name, text in files.items():
        if text is not None:
            (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def faults_of(folder, overrides=None, **changes):
    """Read a folder with these changes and give `file: fault` for each fault."""
    with pytest.raises(InputError) as caught:
        read_cohort(write_folder(folder, **changes), overrides)
    return [f"{fault.file}: {fault}" for fault in caught.value.faults]


def warnings_of(folder, **changes):
    """Read a folder with these changes, which must succeed, and give `file: warning` for each warning."""
    return [f"{warning.file}: {warning}" for warning in read_cohort(write_folder(folder, **changes)).warnings]
