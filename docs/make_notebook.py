"""Run notebook.ipynb beside this file again and store what it gives.

Run `python docs/make_notebook.py` after a change of a cell or of what it shows; a test compares.
"""  # noqa: INP001 - a script, not a package

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

DOCS = Path(__file__).resolve().parent
NOTEBOOK = DOCS / "notebook.ipynb"
SAMPLE = Path("data", "nlmk-sample")
SECONDS = 120


def executed(folder: Path) -> nbformat.NotebookNode:
    """Run the notebook in a folder that gets what it needs of this project, and give it with its outputs.

    Nothing is in it that differs from one computer to the next: no times, no versions, no counts of runs.
    """
    shutil.copytree(DOCS.parent / SAMPLE, folder / SAMPLE)
    (folder / "docs").mkdir()
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(
        notebook, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": str(folder / "docs")}}
    )
    client.execute()
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})
    return notebook


def main() -> None:
    """Store the outputs."""
    with tempfile.TemporaryDirectory() as folder:
        nbformat.write(executed(Path(folder)), NOTEBOOK)


if __name__ == "__main__":
    main()
