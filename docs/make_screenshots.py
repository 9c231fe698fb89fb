"""Take the screenshots of guide.md: solve the sample, and put pictures of its report into docs/screenshots.

Run `python docs/make_screenshots.py`. It needs the packages for development and a Chromium, which is found by its
name or by the variable CHROMIUM.
"""  # noqa: INP001 - a script, not a package

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
WIDTH, HEIGHT = 1200, 780
ABOVE = 64  # pixels that the bar at the top covers
VIEWS = {  # a picture, what stands behind # in the address, what must be seen, and what is at the top
    "overview": ("overview", "#overview", "#top"),
    "without-a-mentor": ("unmatched", "#unmatched-table", "#unmatched-table"),
    "month": ("calendar", "#month", "#month"),
    "person": ("person=E010", "#person", "#top"),
}


def main() -> None:
    """Make every picture anew."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        run = Path(folder) / "run"
        sample = ROOT / "data" / "nlmk-sample"
        solve = [sys.executable, "-m", "matcher", "solve", sample, "-o", run, "--quiet"]
        subprocess.run(solve, check=True)  # noqa: S603 - our own command
        path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
        arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light", reduced_motion="reduce"
        )
        for name, (place, seen, top) in VIEWS.items():
            take(page, f"{(run / 'report.html').as_uri()}#{place}", seen, top, FOLDER / f"{name}.png")
        browser.close()


def take(page: Page, address: str, seen: str, top: str, picture: Path) -> None:
    """Open the report at a place and keep what is seen."""
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector(seen, state="visible")
    page.evaluate(
        "([top, above]) => scrollTo(0, scrollY + document.querySelector(top).getBoundingClientRect().top - above)",
        [top, ABOVE],
    )
    page.evaluate("document.fonts.ready")
    page.screenshot(path=picture, animations="disabled", caret="hide")
    print(f"{picture.relative_to(ROOT)}: {picture.stat().st_size // 1024} kB")  # noqa: T201


if __name__ == "__main__":
    main()
