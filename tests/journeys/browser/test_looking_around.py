"""Finding one's way: the Home by role, lists and searches, commands without a slash, and words that are none."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.journeys.browser.conftest import (
    BEN,
    LILY,
    MARIA,
    PHONE,
    RUTH,
    SAM,
    TOM,
    Office,
    answer,
    box_of,
    card_of,
    choose,
    direct_messages,
    faults,
    fits,
    type_in,
)

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]


async def home_of(page: Page) -> Locator:
    """Go to the app's Home."""
    await page.get_by_role("navigation").get_by_role("button", name="tickets").click()
    await page.get_by_role("tab", name="Home").click()
    return page.get_by_role("tabpanel", name="Home")


async def test_home_shows_each_role_its_own_and_follows_what_happens(office: Office) -> None:
    number = await office.add_ticket("Trackball sticks", worker=TOM, filer=LILY, priority="urgent")
    tom, lily, ruth, maria = [await office.look(user) for user in (TOM, LILY, RUTH, MARIA)]
    homes = {page: await home_of(page) for page in (tom, lily, ruth, maria)}
    for page, buttons in (
        (tom, {"New ticket", "My tickets", "Queue", "Settings"}),
        (lily, {"New ticket", "My tickets", "Settings"}),
        (ruth, {"My tickets", "Queue", "Settings"}),
        (maria, {"New ticket", "My tickets", "Queue", "Settings"}),
    ):
        await expect(homes[page].get_by_role("heading", name="My open tickets")).to_be_visible()
        shown = await homes[page].get_by_role("button").all_inner_texts()
        assert {"New ticket", "My tickets", "Queue", "Settings"} & set(shown) == buttons
        assert await faults(page) == []
    await expect(homes[maria].get_by_role("heading", name="Today")).to_be_visible()
    await expect(homes[tom].get_by_role("heading", name="Today")).to_have_count(0)

    await office.floor.shop.owner.execute("UPDATE home_openings SET published_at = 'epoch'")  # open for a while
    await homes[tom].get_by_role("button", name=f"Open ticket #{number}").click()
    card = tom.get_by_role("dialog")
    await card.get_by_role("button", name="Start diagnosing").click()
    await expect(card).to_contain_text("is diagnosing now.")
    await expect(homes[lily]).to_contain_text("With Tom Nguyen, diagnosing")
    await card.get_by_role("button", name="Close").last.click()


async def test_list_is_leafed_through_and_searched(office: Office) -> None:
    page = await office.look(RUTH)
    shown = await type_in(page, "/ticket list status:all tech:@ana")
    await expect(shown.get_by_role("button", name="Open ticket #")).to_have_count(10)
    first = await shown.get_by_role("button", name="Open ticket #").first.get_attribute("aria-label")
    await shown.get_by_role("button", name="Next").click()
    await expect(answer(page).get_by_role("button", name="Previous")).to_be_visible()
    await expect(answer(page).get_by_role("button", name=str(first), exact=True)).to_have_count(0)
    await answer(page).get_by_role("button", name="Previous").click()
    await expect(answer(page).get_by_role("button", name=str(first), exact=True)).to_be_visible()
    assert await faults(page) == []
    await expect(await type_in(page, "/ticket search zebra crossing")).to_contain_text("No ticket that you can see has")


async def test_wrong_words_change_nothing_and_say_what_to_type(office: Office) -> None:
    page = await office.look(LILY)
    for text, said in (
        ("/ticket nwe", "Did you mean /ticket new?"),
        ("/ticket show", "42"),
        ("/ticket show 99999", "There is no ticket"),
        ("/ticket help note", "note 42"),
        ("/ticket whoami", "Regular User"),
    ):
        shown = await type_in(page, text)
        await expect(shown).to_contain_text(said)
    assert await faults(page) == []


async def test_commands_are_written_to_the_app_directly_and_a_button_opens_the_form(office: Office) -> None:
    number = await office.add_ticket("Dock charges nothing", worker=BEN)
    page = await office.look(BEN, **PHONE)
    await page.get_by_role("button", name="Open the sidebar").tap()
    messages = await direct_messages(page)
    await box_of(page).fill(f"note {number} tried another cable")
    await page.get_by_role("button", name="Send").tap()
    await expect(messages.filter(has_text="Your note is on ticket")).to_be_visible()
    await box_of(page).fill(f"done {number}")
    await page.get_by_role("button", name="Send").tap()
    await messages.filter(has_text="opens the form").get_by_role("button", name="Complete").tap()
    form = page.get_by_role("dialog", name=f"Complete #{number}")
    await form.get_by_label("Hours worked").fill("45m")
    assert await faults(page) == []
    assert await fits(page)
    await form.get_by_role("button", name="Complete").tap()
    await expect(page.get_by_role("dialog")).to_contain_text("0.75 hours")
    await page.get_by_role("dialog").get_by_role("button", name="Close").last.tap()


async def test_new_ticket_is_a_shortcut_everywhere(office: Office) -> None:
    page = await office.look(SAM)
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="New ticket").click()
    form = page.get_by_role("dialog", name="New ticket")
    await form.get_by_role("button", name="File", exact=True).click()
    await expect(form.locator(".field-error:visible").first).to_be_visible()
    assert await faults(page) == []
    await form.get_by_label("Customer").press_sequentially("brooks")
    await page.get_by_role("option", name="Darnell Brooks").click()
    await form.get_by_label("Title").fill("Tablet & <pen> *broken*")
    await form.get_by_label("Description").fill("& " * 1000)
    await choose(page, form, "Who works on it", "Automatically")
    await form.get_by_role("button", name="File", exact=True).click()
    await expect(page.get_by_role("dialog", name="Ticket filed")).to_contain_text("It is assigned to")
    await page.keyboard.press("Escape")
    await expect(card_of(page, "Tablet & <pen>").first).to_contain_text("With ")
