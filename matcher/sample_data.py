"""The sample cohort that `matcher init` copies: in the installed package, or beside it in a source checkout."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def sample_folder() -> Traversable:
    """Where the sample lies.

    Raises
    ------
    FileNotFoundError
        If neither the package nor a source checkout around it holds the sample.
    """
    checkout = Path(__file__).resolve().parent.parent / "data" / "nlmk-sample"
    for folder in (files("matcher") / "sample", checkout):
        if (folder / "programme.toml").is_file():
            return folder
    raise FileNotFoundError("this installation of matcher lacks its sample cohort; please install it again")


def sample_files() -> dict[str, bytes]:
    """Name and content of every file of the sample, by name."""
    found = {entry.name: entry.read_bytes() for entry in sample_folder().iterdir() if entry.is_file()}
    return dict(sorted(found.items()))
