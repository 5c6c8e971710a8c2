"""The sample shop with its bot and its workspace, looked at through the page: what ``make demo`` shows.

One shop for the tests of a module: each works on a ticket of its own. With a folder in ``PICTURES`` the tests take the
pictures of README.md and docs/ as they go (``make pictures``).
"""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from db.embedded import OWNER, EmbeddedPostgres
from db.sample.people import PEOPLE
from sandbox.tour import Tour
from tests.browser import Json, OpenPage, chromium, faults, open_page, pages
from tests.journeys.floor import CHANNEL, ROOT, Floor, open_floor
from tests.journeys.test_judged import JUDGES, judge_inbound
from tests.shop import Member, Shop

__all__ = ["Office", "chromium", "faults", "floor", "office", "open_page", "pages"]  # pytest finds them here

# the manager, technicians, the front desk, the accountant, and two without access
MARIA, ANA, TOM, BEN, LILY, SAM, RUTH, NOAH, ERIK = (
    f"U0{name}" for name in ("MARIA", "ANA", "TOM", "BEN", "LILY", "SAM", "RUTH", "NOAH", "ERIK")
)
PHONE: Final[dict[str, Json]] = {"viewport": {"width": 400, "height": 860}, "is_mobile": True, "has_touch": True}
_MEMBERS: Final = {
    person.slack_user_id: Member(0, person.name, person.role, person.email, person.slack_user_id, person.web_id)
    for person in PEOPLE
}
WORKSPACE: Final = ROOT / "db" / "sample" / "workspace.json"
_FITS: Final = "['html', '#messages'].every((e) => document.querySelector(e).scrollWidth <= innerWidth)"

expect.set_options(timeout=30_000)


@dataclass(frozen=True, slots=True)
class Office:
    """The shop's floor, and the pages through which its people look at it."""

    floor: Floor
    open_page: OpenPage

    async def look(self, user: str, **options: Json) -> Page:
        """Open the shop's channel as a person; keyword arguments are those of ``open_page``."""
        size: dict[str, Json] = {"viewport": {"width": 1080, "height": 720}}
        page = await self.open_page(
            f"{self.floor.sandbox.base_url}/?user={user}&channel={CHANNEL}", **{**size, **options}
        )
        await expect(page.locator("#messages")).to_have_attribute("aria-busy", "false")
        return page

    async def add_ticket(
        self,
        title: str,
        *,
        worker: str | None = None,
        filer: str | None = None,
        **facts: Any,  # noqa: ANN401  a ticket's columns
    ) -> int:
        """Have the web application file a ticket, into the queue unless said otherwise; return its number."""
        given = {"customer": 1, "worker": _MEMBERS.get(worker or ""), "filer": _MEMBERS.get(filer or ""), **facts}
        return await self.floor.shop.add_ticket(title=title, **given)


def card_of(page: Page, title: str) -> Locator:
    """Return the ticket's living card, which everybody in the channel reads."""
    return page.locator(".message:not(.ephemeral)").filter(has_text=title)


def box_of(page: Page) -> Locator:
    """Return the box in which messages and commands are written."""
    return page.locator("#composer").get_by_role("combobox")


async def type_in(page: Page, text: str) -> Locator:
    """Type a command and send it; return its private answer."""
    before = await page.locator(".message.ephemeral").count()
    await box_of(page).fill(text)
    await page.keyboard.press("Enter")
    answers = page.locator(".message.ephemeral")
    await expect(answers).to_have_count(before + 1)
    return answers.last


def answer(page: Page) -> Locator:
    """Return what the app has said last to this person alone, outside of threads."""
    return page.locator("#messages .message.ephemeral").last


async def ask_for(page: Page, text: str, form: str) -> Locator:
    """Type a command that opens a form, and send it; return the form by its title."""
    await box_of(page).fill(text)
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=form, exact=True)
    await expect(dialog).to_be_visible()
    return dialog


async def choose(page: Page, place: Locator, label: str, name: str) -> None:
    """Choose by its name in a menu of a form or message."""
    await place.get_by_role("combobox", name=label).click()
    await page.get_by_role("option", name=name).click()


async def attach(place: Page | Locator, button: str, name: str, content: bytes) -> None:
    """Choose a file by a button that asks for one."""
    page = place if isinstance(place, Page) else place.page
    async with page.expect_file_chooser() as choosing:
        await place.get_by_role("button", name=button).click()
    await (await choosing.value).set_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})


async def confirm(page: Page) -> None:
    """Say yes to what a button asks."""
    await page.get_by_role("alertdialog").get_by_role("button").last.click()


async def direct_messages(page: Page) -> Locator:
    """Go to the app's own conversation; return the messages in it."""
    await page.get_by_role("navigation").get_by_role("button", name="tickets").click()
    await page.get_by_role("tab", name="Messages").click()
    return page.locator("#messages .message")


async def fits(page: Page) -> bool:
    """Tell whether nothing that is said is wider than the page."""
    return bool(await page.evaluate(_FITS))


async def picture(page: Page, name: str) -> None:
    """Take a picture for the documents, where they are wanted."""
    folder = os.environ.get("PICTURES")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png", animations="disabled", caret="hide")


@asynccontextmanager
async def sample_floor(postgres: EmbeddedPostgres, name: str, *, tour: Tour | None = None) -> AsyncIterator[Floor]:
    """Run the sample shop of this database and its bot, in its workspace; what it delivers is judged at the end."""
    owner = await asyncpg.connect(postgres.dsn(OWNER, name))
    bot_url = postgres.dsn("repair_bot", name)
    async with open_floor(Shop(owner), bot_url, workspace=WORKSPACE, tour=tour) as opened:
        yield opened
        if JUDGES.exists():
            assert judge_inbound([delivery.payload for delivery in opened.sandbox.deliveries]) == []
    await owner.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def floor(
    postgres: EmbeddedPostgres, template_with_sample: str, new_database: Callable[[str], str]
) -> AsyncIterator[Floor]:
    """The sample shop and its bot, in its workspace."""
    async with sample_floor(postgres, new_database(template_with_sample)) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def office(floor: Floor, open_page: OpenPage) -> Office:
    """The shop and a browser."""
    return Office(floor, open_page)
