"""Every menu and picker outside of forms, and every field for several choices: what the app is told of them."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest
from playwright.async_api import Locator, expect

from sandbox.documents import Document
from tests.sandbox.conftest import ANN, BEN, GENERAL, actions, modal, plain
from tests.sandbox.page.conftest import Desk

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]

OPTIONS: Final = [{"text": plain(name.title()), "value": name} for name in ("low", "high")]
HIGH: Final = OPTIONS[1]
Use = Callable[[Locator], Awaitable[Any]]


def picked(*names: str) -> Use:
    async def use(place: Locator) -> None:
        for name in names:
            await place.get_by_role("combobox").click()
            await place.page.get_by_role("option", name=name).click()

    return use


def typed(text: str, name: str) -> Use:
    async def use(place: Locator) -> None:
        await place.get_by_role("combobox").press_sequentially(text)
        await place.page.get_by_role("option", name=name).click()

    return use


def entered(text: str) -> Use:
    async def use(place: Locator) -> None:
        await place.locator("input").fill(text)

    return use


def ticked(role: Any) -> Use:  # noqa: ANN401  one of Playwright's role names
    return lambda place: place.get_by_role(role, name="High").check()


ELEMENTS: Final[list[tuple[Document, Use, str, object]]] = [
    ({"type": "external_select", "min_query_length": 1}, typed("june", "June Diaz"), "selected_option", "june diaz"),
    ({"type": "users_select"}, picked("Ben Baker"), "selected_user", BEN),
    ({"type": "conversations_select"}, picked("#quiet"), "selected_conversation", "C0QUIET"),
    ({"type": "channels_select"}, picked("#general"), "selected_channel", GENERAL),
    ({"type": "radio_buttons", "options": OPTIONS}, ticked("radio"), "selected_option", "high"),
    ({"type": "checkboxes", "options": OPTIONS}, ticked("checkbox"), "selected_options", ["high"]),
    ({"type": "datepicker"}, entered("2026-11-22"), "selected_date", "2026-11-22"),
    ({"type": "timepicker"}, entered("09:30"), "selected_time", "09:30"),
    ({"type": "datetimepicker"}, entered("2026-11-22T09:30"), "selected_date_time", 1_795_368_600),
]


def values_of(choice: Any) -> object:  # noqa: ANN401  what state.values hold
    """Options by their values; anything else as it is."""
    if isinstance(choice, list):
        return [values_of(each) for each in choice]
    return choice["value"] if isinstance(choice, dict) else choice


async def test_app_is_told_at_once_of_every_menu_and_picker_in_a_message(desk: Desk) -> None:
    blocks = [
        actions({**element, "action_id": f"act{at}"}, block_id=f"block{at}")
        for at, (element, *_) in enumerate(ELEMENTS)
    ]
    await desk.post("card", blocks=blocks)
    page = await desk.look()

    for at, (element, use, key, wanted) in enumerate(ELEMENTS):
        await use(page.locator(f"[data-block=block{at}]"))
        await expect(page.locator("[aria-busy=true]")).to_have_count(0)
        [action] = desk.heard("action")[-1]["actions"]
        assert (action["type"], values_of(action[key])) == (element["type"], wanted)
    assert len(desk.heard("action")) == len(ELEMENTS)


async def test_open_menu_stays_open_while_an_earlier_message_changes(desk: Desk) -> None:
    earlier = await desk.post("waiting")
    menu = {"type": "static_select", "options": OPTIONS, "placeholder": plain("Choose")}
    await desk.post("card", blocks=[actions(menu)])
    page = await desk.look()
    await page.get_by_role("combobox", name="Choose").click()

    await desk.client.chat_update(channel=GENERAL, ts=earlier, text="done")
    await expect(page.locator(f"[data-ts='{earlier}']")).to_contain_text("done")

    await expect(page.get_by_role("option", name="High")).to_be_visible()


async def test_fields_for_several_choices_give_them_in_order_and_take_one_back(desk: Desk) -> None:
    kinds: list[tuple[Document, Use, str, object]] = [
        ({"type": "multi_users_select"}, picked("Ben Baker", "Ann Archer"), "selected_users", [BEN, ANN]),
        ({"type": "multi_channels_select"}, picked("#quiet", "#general"), "selected_channels", ["C0QUIET", GENERAL]),
        ({"type": "multi_conversations_select"}, picked("#quiet"), "selected_conversations", ["C0QUIET"]),
        (
            {"type": "multi_external_select", "min_query_length": 1},
            typed("mar", "Mark Hendricks"),
            "selected_options",
            ["mark hendricks"],
        ),
        ({"type": "multi_static_select", "options": OPTIONS}, picked("Low", "High"), "selected_options", ["high"]),
    ]
    page = await desk.look()
    dialog = await desk.open_form(
        page,
        modal(
            *(
                {"type": "input", "block_id": f"b{at}", "label": plain(element["type"]), "element": element}
                for at, (element, *_) in enumerate(kinds)
            )
        ),
    )

    for at, (_, use, _, _) in enumerate(kinds):
        await use(dialog.locator(f"[data-block=b{at}]"))
    await dialog.get_by_role("button", name="Remove Low").click()
    await dialog.get_by_role("button", name="Go").click()
    await expect(dialog).to_have_count(0)

    [payload] = desk.heard("submission")
    told = [next(iter(state.values())) for state in payload["view"]["state"]["values"].values()]
    assert [values_of(state[key]) for state, (_, _, key, _) in zip(told, kinds, strict=True)] == [
        wanted for *_, wanted in kinds
    ]


async def test_third_form_lies_on_the_second_and_each_comes_back(desk: Desk) -> None:
    page = await desk.look()
    push = {"type": "button", "action_id": "push", "text": plain("Deeper")}
    await desk.open_form(page, modal(actions(push), title=plain("First")))
    for title in ("Second", "Third"):
        desk.form = modal(actions(push), title=plain(title))
        await page.get_by_role("button", name="Deeper").click()
        await expect(page.get_by_role("dialog", name=title)).to_be_visible()
    desk.form = modal(title=plain("Fourth"))
    await page.get_by_role("button", name="Deeper").click()
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)

    for title in ("Third", "Second", "First"):
        await expect(page.get_by_role("dialog", name=title)).to_be_visible()
        await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
