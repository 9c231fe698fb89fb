"""docs/notebook.ipynb: running it gives what is stored in it, and it holds nothing of the computer it ran on."""

import re
import runpy
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")
pytest.importorskip("matplotlib")

DOCS = Path(__file__).resolve().parent.parent / "docs"
NOTEBOOK = DOCS / "notebook.ipynb"
MOST_BYTES = 300_000
TEXTS = ("text/plain", "text/html")


@pytest.fixture(scope="module")
def stored():
    return nbformat.read(NOTEBOOK, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(cell):
    """What a cell shows: texts as they are, of anything else its kind."""
    shown = []
    for output in cell.outputs:
        if output.output_type == "stream":
            shown.append((output.name, output.text))
        else:
            shown.append({kind: data if kind in TEXTS else "" for kind, data in output.get("data", {}).items()})
    return shown


@pytest.mark.filterwarnings("default")  # what runs notebooks has warnings of its own
def test_running_it_gives_what_is_stored(stored, tmp_path):
    ran = runpy.run_path(str(DOCS / "make_notebook.py"))["executed"](tmp_path)
    assert [cell.source for cell in ran.cells] == [cell.source for cell in stored.cells]
    for now, then in zip(code_cells(ran), code_cells(stored), strict=True):
        assert outputs(now) == outputs(then), f"other outputs; run docs/make_notebook.py:\n{now.source}"


def test_every_cell_was_run_in_order_and_shows_no_trouble(stored):
    cells = code_cells(stored)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr"
    assert sum("image/png" in str(cell.outputs) for cell in cells) >= 2


def test_cells_are_short_and_told_of(stored):
    cells = stored.cells
    assert cells[0].cell_type == "markdown"
    assert all(len(cell.source.splitlines()) <= 24 for cell in code_cells(stored))
    codes = [cell.cell_type == "code" for cell in cells]
    assert not any(all(three) for three in zip(codes, codes[1:], codes[2:], strict=False))


def test_it_holds_no_path_and_no_clock(stored):
    text = NOTEBOOK.read_text("utf-8")
    assert len(text) < MOST_BYTES
    shown = str([outputs(cell) for cell in code_cells(stored)])
    assert not re.search(r"/(home|root|tmp|Users|usr)/|[A-Z]:\\\\", shown)
    assert set(stored.metadata) == {"kernelspec", "language_info"}
    assert stored.metadata.language_info == {"name": "python"}
    assert all(not cell.metadata for cell in stored.cells)


def test_its_links_lead_somewhere(stored):
    for cell in stored.cells:
        for target in re.findall(r"\]\(([^)#\s]+)", cell.source) if cell.cell_type == "markdown" else ():
            assert (DOCS / target).exists(), target
