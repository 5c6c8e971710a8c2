"""A real browser for tests of pages: any Chromium that the machine has, driven by Playwright.

``chromium`` starts once a run; ``open_page`` opens pages in it, each with a profile of its own, and fails the test
where a page wrote an error to its console, raised one, or put up a dialog of the browser. A page that a test leaves is
emptied and serves the next one (a new profile takes a process and half a second of it); ``own=True`` asks for one that
nobody had before or gets afterwards: for a test that changes its clock or media. Where there is no Chromium, such tests
are skipped.

The fixtures live in the session's event loop: tests that use them are marked
``pytest.mark.asyncio(loop_scope="session")``.
"""

import os
import shutil
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Dialog, Error, Page, Playwright, async_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
_ARGUMENTS = (
    "--no-sandbox",  # root runs the tests in containers
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# several times what the slowest step took on a machine with other work on both of its cores: patience costs nothing
_TIMEOUT_MS = 30_000
_AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
_GRAVE = frozenset({"serious", "critical"})

Json: TypeAlias = Any  # what Playwright takes for an option
OpenPage = Callable[..., Awaitable[Page]]


def _find_chromium(playwright: Playwright) -> str | None:
    """``CHROMIUM`` in the environment, else one on the PATH, else the one that ``playwright install`` fetched."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    found = next((path for path in map(shutil.which, _NAMES) if path), None)
    own = playwright.chromium.executable_path
    return found or (own if Path(own).exists() else None)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for the whole run."""
    async with async_playwright() as playwright:
        path = _find_chromium(playwright)
        if path is None:
            pytest.skip("no Chromium here: install one, name it in CHROMIUM, or run `playwright install chromium`")
        browser = await playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        await browser.close()


@dataclass(slots=True)
class Pages:
    """Pages that wait for their next test, by the options of their profile."""

    chromium: Browser
    _idle: dict[str, list[Page]] = field(default_factory=lambda: defaultdict(list))
    _options: dict[Page, str] = field(default_factory=dict)

    async def take(self, options: dict[str, Json], *, own: bool) -> Page:
        """Return an empty page; one that is its taker's ``own`` isn't given to anybody else."""
        key = repr(sorted(options.items()))
        if not own and self._idle[key]:
            return self._idle[key].pop()
        context = await self.chromium.new_context(**options)
        context.set_default_timeout(_TIMEOUT_MS)
        page = await context.new_page()
        if not own:
            self._options[page] = key
        return page

    async def give_back(self, page: Page) -> None:
        """Empty a page and keep it; close it with its profile where it is closed already, or was somebody's own."""
        key = self._options.get(page)
        if key is None or page.is_closed():
            await page.context.close()
            return
        await page.unroute_all()
        await page.context.clear_cookies()
        await page.mouse.move(0, 0)
        self._idle[key].append(page)


async def leave(page: Page) -> None:
    """Empty a page and its storage: it asks for nothing more, and doesn't complain of what is stopped after it."""
    if not page.is_closed() and page.url != "about:blank":
        await page.evaluate("localStorage.clear()")
        await page.goto("about:blank")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pages(chromium: Browser) -> Pages:
    """The pages of the whole run."""
    return Pages(chromium)


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(pages: Pages) -> AsyncIterator[OpenPage]:
    """Open a URL in an empty profile; keyword arguments are ``own`` and those of Playwright's ``new_context``."""
    complaints: list[str] = []
    opened: list[Page] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"{message.type}: {message.text}")

    def catch(error: Error) -> None:
        complaints.append(f"raised: {error}")

    async def refuse(dialog: Dialog) -> None:
        complaints.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    async def open_(url: str, *, own: bool = False, **options: Json) -> Page:
        settings = {"locale": "en-US", "timezone_id": "America/Los_Angeles", "reduced_motion": "reduce"}
        page = await pages.take({**settings, **options}, own=own)
        opened.append(page)
        page.on("console", hear)
        page.on("pageerror", catch)
        page.on("dialog", refuse)
        await page.goto(url)
        return page

    yield open_
    for page in opened:
        await leave(page)
        page.remove_listener("console", hear)  # what ends with the test complains of it
        page.remove_listener("pageerror", catch)
        page.remove_listener("dialog", refuse)
        await pages.give_back(page)

    assert complaints == []


async def faults(page: Page) -> list[str]:
    """Return what axe-core finds serious or critical on the page, in a line each."""
    await page.evaluate(_AXE)
    found = (await page.evaluate("axe.run({resultTypes: ['violations']})"))["violations"]
    return [
        f"{each['id']}: {node['failureSummary']} {node['html']}"
        for each in found
        if each["impact"] in _GRAVE
        for node in each["nodes"]
    ]
