"""Pages of a run in Chromium: nothing runs, nothing is asked for, and what is shown is what was given."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from soak.content_readers import flat

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATH = next((path for name in NAMES if (path := shutil.which(name))), None)
PEOPLE = 4  # whose own pages are opened

LOOK = r"""() => {
  const odd = [];
  const tags = /^(iframe|object|embed|link|base|form|img|video|audio|source|math|foreignobject|animate|set)$/i;
  for (const element of document.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      if (/^on/i.test(name) || name === 'srcdoc') odd.push(`${element.localName} ${name}=${value}`);
      if (/^(href|src|action|formaction|data|poster|ping|xlink:href)$/i.test(name) && !value.startsWith('#'))
        odd.push(`${element.localName} ${name}=${value}`);
    }
    if (tags.test(element.localName))
      odd.push(`<${element.localName}>`);
  }
  if (document.querySelectorAll('script').length > 2) odd.push('more scripts');
  if (window.ran !== undefined) odd.push('a script ran');
  if ({}.ran !== undefined) odd.push('every object has been changed');
  return odd;
}"""
ACT = r"""() => {
  for (const part of document.querySelectorAll('details')) part.open = true;
  for (const button of document.querySelectorAll('button')) {
    if (button.isConnected && button.id !== 'print') button.click();
    button.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }));
  }
  for (const field of document.querySelectorAll('input')) {
    field.value = '<img src=x onerror=window.ran=1>';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('focus'));
    field.value = '';
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
  for (const element of document.querySelectorAll('main *')) element.dispatchEvent(new MouseEvent('mouseover'));
}"""


@contextmanager
def chromium() -> Iterator[Browser | None]:
    """A browser, None where there is none on this machine."""
    if PATH is None:
        yield None
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PATH, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def page_faults(browser: Browser, path: Path, names: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with a page; `names` of people by id must be shown somewhere on it.

    The page's own policy of what may run is switched off: it is the second wall, and must not hide a hole in the
    first.
    """
    found: list[str] = []
    context = browser.new_context(offline=True, bypass_csp=True, locale="en-GB")
    try:
        page = context.new_page()
        _listen(page, found)
        page.goto(path.as_uri())
        found += page.evaluate(LOOK)
        shown = flat(page.evaluate("document.body.textContent"))
        missing = [name for name in names.values() if flat(name) not in shown]
        found += [f"nowhere says {name!a}" for name in missing[:3]]
        page.evaluate(ACT)
        found += page.evaluate(LOOK)
        found += _own_pages(page, path, names)
        if page.url.partition("#")[0] != path.as_uri():
            found.append(f"goes to {page.url}")
    finally:
        context.close()
    yield from found


def _listen(page: Page, found: list[str]) -> None:
    """Take down whatever the page does beside being shown."""

    def asked(url: str) -> None:
        if not url.startswith("file:"):
            found.append(f"asks for {url}")

    def refused(dialog: Dialog) -> None:
        found.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    page.on("request", lambda request: asked(request.url))
    page.on("dialog", refused)
    page.on("pageerror", lambda error: found.append(f"a script fails: {error}"))
    page.on("popup", lambda _page: found.append("a window opens"))
    page.on("download", lambda _file: found.append("a file is loaded down"))


def _own_pages(page: Page, path: Path, names: Mapping[str, str]) -> Iterator[str]:
    """The pages of some people, whose ids stand in the address."""
    if not page.locator("main#person").count():
        return
    for key in list(names)[:PEOPLE]:
        page.goto(f"{path.as_uri()}#person={quote(key, safe='')}")
        page.wait_for_timeout(20)
        yield from page.evaluate(LOOK)
        told = flat(page.evaluate("document.getElementById('person').textContent"))
        if flat(key) not in told or flat(names[key]) not in told:
            yield f"the page of {key!a} does not say {names[key]!a}"
