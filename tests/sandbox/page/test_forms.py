"""Forms in a real browser: what each field holds, what is wrong beside it, and the stack of views."""

import pytest
from playwright.async_api import Locator, Page, expect

from sandbox.documents import Document, Json
from tests.sandbox.conftest import ANN, BEN, GENERAL, actions, button, modal, plain, text_input
from tests.sandbox.page.conftest import Desk

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

REQUIRED = "Please complete this required field."
OPTIONS = [{"text": plain(name.title()), "value": name} for name in ("low", "high", "urgent")]


def field(block_id: str, kind: str, *, optional: bool = False, hint: str = "", **element: Json) -> Document:
    block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(block_id.title()),
        "optional": optional,
        "element": {"type": kind, "action_id": "value", **element},
    }
    return {**block, "hint": plain(hint)} if hint else block


async def submit(dialog: Locator) -> None:
    await dialog.get_by_role("button", name="Go").click()


async def submitted(desk: Desk, dialog: Locator) -> Document:
    """Submit, and give the state.values that the app was told."""
    await submit(dialog)
    await expect(dialog).to_have_count(0)
    [payload] = desk.heard("submission")
    values: Document = payload["view"]["state"]["values"]
    return values


async def choose(dialog: Locator, label: str, name: str) -> None:
    await dialog.get_by_role("combobox", name=label, exact=True).click()
    await dialog.page.get_by_role("option", name=name).click()


async def test_every_field_gives_its_value_as_slack_does(desk: Desk) -> None:
    page = await desk.look()
    dialog = await desk.open_form(
        page,
        modal(
            field("line", "plain_text_input"),
            field("lines", "plain_text_input", multiline=True),
            field("number", "number_input", is_decimal_allowed=True),
            field("mail", "email_text_input"),
            field("site", "url_text_input"),
            field("one", "static_select", options=OPTIONS),
            field("several", "multi_static_select", options=OPTIONS),
            field("asked", "external_select", min_query_length=1),
            field("radio", "radio_buttons", options=OPTIONS),
            field("boxes", "checkboxes", options=OPTIONS),
            field("day", "datepicker"),
            field("hour", "timepicker"),
            field("moment", "datetimepicker"),
            field("person", "users_select"),
            field("place", "channels_select"),
            field("talk", "conversations_select"),
            field("empty", "plain_text_input", optional=True),
            field("none", "static_select", optional=True, options=OPTIONS),
        ),
    )

    for label, text in (("Line", "one"), ("Lines", "a\nb"), ("Number", " 1.5 "), ("Mail", "a@example.com")):
        await dialog.get_by_label(label, exact=True).fill(text)
    for label, text in (("Site", "https://example.com"), ("Day", "2026-11-22"), ("Hour", "09:30")):
        await dialog.get_by_label(label).fill(text)
    await dialog.get_by_label("Moment").fill("2026-11-22T09:30")
    for label, name in (("One", "High"), ("Several", "Low"), ("Several", "Urgent")):
        await choose(dialog, label, name)
    await dialog.get_by_role("combobox", name="Asked").press_sequentially("june")
    await page.get_by_role("option", name="June Diaz").click()
    for role, name in (("radio", "High"), ("checkbox", "Low"), ("checkbox", "Urgent")):
        await dialog.get_by_role(role, name=name).check()  # type: ignore[arg-type]  # a role's name, from the list above
    for label, name in (("Person", "Ben Baker"), ("Place", "#general"), ("Talk", "#quiet")):
        await choose(dialog, label, name)

    low, high, urgent = OPTIONS
    assert without_emoji(await submitted(desk, dialog)) == (
        {
            "line": {"value": {"type": "plain_text_input", "value": "one"}},
            "lines": {"value": {"type": "plain_text_input", "value": "a\nb"}},
            "number": {"value": {"type": "number_input", "value": "1.5"}},
            "mail": {"value": {"type": "email_text_input", "value": "a@example.com"}},
            "site": {"value": {"type": "url_text_input", "value": "https://example.com"}},
            "one": {"value": {"type": "static_select", "selected_option": high}},
            "several": {"value": {"type": "multi_static_select", "selected_options": [low, urgent]}},
            "asked": {
                "value": {
                    "type": "external_select",
                    "selected_option": {"text": plain("June Diaz"), "value": "june diaz"},
                }
            },
            "radio": {"value": {"type": "radio_buttons", "selected_option": high}},
            "boxes": {"value": {"type": "checkboxes", "selected_options": [low, urgent]}},
            "day": {"value": {"type": "datepicker", "selected_date": "2026-11-22"}},
            "hour": {"value": {"type": "timepicker", "selected_time": "09:30"}},
            "moment": {"value": {"type": "datetimepicker", "selected_date_time": 1_795_368_600}},
            "person": {"value": {"type": "users_select", "selected_user": BEN}},
            "place": {"value": {"type": "channels_select", "selected_channel": GENERAL}},
            "talk": {"value": {"type": "conversations_select", "selected_conversation": "C0QUIET"}},
            "empty": {"value": {"type": "plain_text_input", "value": None}},
            "none": {"value": {"type": "static_select", "selected_option": None}},
        }
    )


def without_emoji(value: Json) -> Json:
    """Leave out `emoji`, which Slack adds to plain_text objects."""
    if isinstance(value, dict):
        return {key: without_emoji(one) for key, one in value.items() if key != "emoji"}
    return [without_emoji(one) for one in value] if isinstance(value, list) else value


async def test_initial_values_stand_in_the_fields(desk: Desk) -> None:
    page = await desk.look()
    dialog = await desk.open_form(
        page,
        modal(
            field("line", "plain_text_input", initial_value="one"),
            field("one", "static_select", options=OPTIONS, initial_option=OPTIONS[1]),
            field("boxes", "checkboxes", options=OPTIONS, initial_options=OPTIONS[:1]),
            field("day", "datepicker", initial_date="2026-11-22"),
            field("person", "users_select", initial_user=BEN),
        ),
    )

    await expect(dialog.get_by_label("Line")).to_have_value("one")
    await expect(dialog.get_by_label("One")).to_have_value("High")
    await expect(dialog.get_by_role("checkbox", name="Low")).to_be_checked()
    await expect(dialog.get_by_label("Day")).to_have_value("2026-11-22")
    await expect(dialog.get_by_label("Person")).to_have_value("Ben Baker")


async def test_value_that_breaks_a_fields_rule_is_told_beside_it_before_anything_is_sent(desk: Desk) -> None:
    wrong = [
        (field("missing", "plain_text_input"), "", REQUIRED),
        (field("short", "plain_text_input", min_length=3), "ab", "Please enter at least 3 characters."),
        (field("long", "plain_text_input", max_length=3), "abcd", "Please enter at most 3 characters."),
        (field("whole", "number_input", is_decimal_allowed=False), "1.5", "Please enter a whole number."),
        (field("number", "number_input", is_decimal_allowed=True), "much", "Please enter a valid number."),
        (
            field("large", "number_input", is_decimal_allowed=True, max_value="10"),
            "11",
            "Please enter a number that is at most 10.",
        ),
        (field("mail", "email_text_input"), "nobody", "Please enter a valid email address."),
        (field("site", "url_text_input"), "example", "Please enter a valid URL."),
    ]
    page = await desk.look()
    dialog = await desk.open_form(page, modal(*(block for block, _, _ in wrong)))

    for block, typed, _ in wrong:
        await dialog.get_by_label(block["label"]["text"]).fill(typed)
    await submit(dialog)

    for block, _, problem in wrong:
        await expect(dialog.get_by_label(block["label"]["text"])).to_have_accessible_description(problem)
    await expect(dialog.get_by_label("Missing")).to_be_focused()
    assert desk.heard("submission") == []


async def test_what_the_app_says_of_a_field_stands_beside_it_and_goes_with_the_next_try(desk: Desk) -> None:
    page = await desk.look()
    dialog = await desk.open_form(page, modal(text_input("first"), {**text_input("second"), "hint": plain("a hint")}))
    desk.answer = {"response_action": "errors", "errors": {"second": "Say *more*."}}

    await dialog.get_by_label("first").fill("1")
    await dialog.get_by_label("second").fill("2")
    await submit(dialog)
    await expect(dialog.get_by_label("second")).to_have_accessible_description("Say *more*. a hint")
    await expect(dialog.get_by_label("second")).to_be_focused()
    await expect(dialog.get_by_label("first")).to_have_value("1")

    desk.answer = {}
    await submit(dialog)
    await expect(dialog).to_have_count(0)
    assert len(desk.heard("submission")) == 2


@pytest.mark.long
async def test_form_that_the_app_does_not_answer_stays_with_its_input(desk: Desk) -> None:
    page = await desk.look()
    dialog = await desk.open_form(page, modal(text_input("first")))
    desk.sandbox.deliver_to("http://127.0.0.1:9/")

    await dialog.get_by_label("first").fill("1")
    await submit(dialog)

    await expect(dialog.get_by_role("alert")).to_have_text("We had some trouble connecting. Try again?")
    await expect(dialog.get_by_label("first")).to_have_value("1")


async def test_second_click_while_a_form_is_sent_sends_nothing(desk: Desk) -> None:
    page = await desk.look()
    dialog = await desk.open_form(page, modal(text_input("first")))
    may_answer = desk.hold()

    await dialog.get_by_label("first").fill("1")
    await dialog.get_by_role("button", name="Go").dblclick()
    await expect(dialog.get_by_role("button", name="Go")).to_have_attribute("aria-disabled", "true")
    await page.keyboard.press("Enter")
    may_answer.set()
    await expect(dialog).to_have_count(0)

    assert len(desk.heard("submission")) == 1


async def test_typeahead_asks_from_its_least_length_on_and_once_for_fast_typing(desk: Desk) -> None:
    page = await desk.look()
    dialog = await desk.open_form(page, modal(field("who", "external_select", min_query_length=2)))
    who = dialog.get_by_role("combobox", name="Who")

    await who.press_sequentially("m")
    await expect(page.get_by_role("status").filter(has_text="Type 1 more character")).to_be_visible()
    await who.press_sequentially("ar", delay=20)
    await expect(page.get_by_role("option")).to_have_text(["Maria Delgado", "Mark Hendricks"])

    assert [payload["value"] for payload in desk.heard("suggestion")] == ["mar"]


@pytest.mark.long
async def test_typeahead_says_that_nothing_was_found_or_that_it_failed(desk: Desk) -> None:
    page = await desk.look()
    dialog = await desk.open_form(page, modal(field("who", "external_select", min_query_length=1)))
    who = dialog.get_by_role("combobox", name="Who")

    await who.fill("zzz")
    await expect(page.get_by_text("No results.")).to_be_visible()
    desk.sandbox.deliver_to("http://127.0.0.1:9/")
    await who.fill("mar")
    await expect(page.get_by_text("We had some trouble loading the options.")).to_be_visible()


async def test_typeahead_is_used_by_keyboard(desk: Desk) -> None:
    page = await desk.look()
    dialog = await desk.open_form(page, modal(field("who", "external_select", min_query_length=0)))
    who = dialog.get_by_role("combobox", name="Who")
    await expect(who).to_be_focused()

    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("option")).to_have_count(3)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(who).to_have_value("Mark Hendricks")
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("listbox")).to_be_visible()
    await page.keyboard.press("Escape")

    await expect(page.get_by_role("listbox")).to_have_count(0)
    await expect(dialog).to_be_visible()


async def test_update_keeps_what_stands_in_fields_that_stay(desk: Desk) -> None:
    page = await desk.look()
    add = actions(button("add"), block_id="add")
    dialog = await desk.open_form(page, modal(text_input("first"), add))
    await dialog.get_by_label("first").fill("kept")

    await dialog.get_by_role("button", name="Press").click()
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)
    [payload] = desk.heard("action")
    view = modal(text_input("first"), text_input("second"), add)
    await desk.client.views_update(view_id=payload["view"]["id"], view=view)

    await expect(dialog.get_by_label("second")).to_be_visible()
    await expect(dialog.get_by_label("first")).to_have_value("kept")
    await expect(dialog.get_by_role("button", name="Press")).to_be_focused()
    assert payload["view"]["state"]["values"]["first"]["value"]["value"] == "kept"


async def test_pushed_form_lies_on_the_first_which_comes_back_as_it_was(desk: Desk) -> None:
    page = await desk.look()
    first = await desk.open_form(page, modal(text_input("first"), title=plain("First")))
    await first.get_by_label("first").fill("kept")
    desk.answer = {"response_action": "push", "view": modal(text_input("second"), title=plain("Second"))}

    await submit(first)
    second = page.get_by_role("dialog", name="Second")
    await expect(second.get_by_label("second")).to_be_focused()
    async with page.expect_response("**/-/close"):
        await page.keyboard.press("Escape")

    await expect(first.get_by_label("first")).to_have_value("kept")
    await expect(second).to_have_count(0)
    assert await open_views(page) == ["First"]


async def test_cross_closes_the_whole_stack(desk: Desk) -> None:
    page = await desk.look()
    first = await desk.open_form(page, modal(text_input("first"), title=plain("First")))
    await first.get_by_label("first").fill("x")
    desk.answer = {"response_action": "push", "view": modal(text_input("second"), title=plain("Second"))}
    await submit(first)

    async with page.expect_response("**/-/close"):
        await page.get_by_role("dialog", name="Second").get_by_role("button", name="Close").click()

    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert await open_views(page) == []


async def test_form_is_closed_by_escape_and_the_focus_returns(desk: Desk) -> None:
    page = await desk.look()
    dialog = await desk.open_form(page, modal(text_input("first")))

    async with page.expect_response("**/-/close"):
        await page.keyboard.press("Escape")

    await expect(dialog).to_have_count(0)
    box = page.get_by_role("combobox", name="Message #general")
    await expect(box).to_be_focused()
    await page.keyboard.type("goes on")
    await expect(box).to_have_value("goes on")
    assert await open_views(page) == []


async def open_views(page: Page) -> list[str]:
    """Give the titles of the forms that the workspace has open for the person, by asking it as the page does."""
    views = await page.evaluate("fetch(`/-/state${location.search}`).then((a) => a.json()).then((a) => a.views)")
    return [view["title"]["text"] for view in views]


@pytest.mark.long
async def test_open_form_is_there_again_after_a_reload(desk: Desk) -> None:
    page = await desk.look()
    await desk.open_form(page, modal(text_input("first")))

    await page.reload()

    await expect(page.get_by_role("dialog", name="Form").get_by_label("first")).to_be_visible()


async def test_menu_and_field_inside_a_form_tell_the_app_at_once(desk: Desk) -> None:
    page = await desk.look()
    menu = {"type": "static_select", "action_id": "choose", "placeholder": plain("Choose"), "options": OPTIONS}
    told = {**text_input("told"), "dispatch_action": True}
    dialog = await desk.open_form(page, modal(actions(menu, block_id="menu"), told))

    await choose(dialog, "Choose", "High")
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)
    await dialog.get_by_label("told").fill("now")
    await page.keyboard.press("Enter")
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)

    choice, typed = (payload["actions"][0] for payload in desk.heard("action"))
    assert choice["selected_option"]["value"] == "high"
    assert typed["value"] == "now"
    assert desk.heard("submission") == []


async def shown_text(page: Page) -> str:
    return await page.get_by_role("dialog").inner_text()


async def test_hostile_text_in_a_form_stays_text(desk: Desk) -> None:
    page = await desk.look()
    text = "<img src=x onerror=alert(1)>"
    await desk.open_form(
        page,
        modal(
            {"type": "section", "text": plain(text)},
            {"type": "section", "text": {"type": "mrkdwn", "text": text.replace("<", "&lt;").replace(">", "&gt;")}},
            {
                **text_input("first", placeholder=plain(text), initial_value=text),
                "label": plain(text),
                "hint": plain(text),
            },
            title=plain("<b>Form</b>"),
        ),
    )

    assert (await shown_text(page)).count(text) == 4
    assert await page.get_by_role("dialog").locator("img, b").count() == 0


async def test_form_pushed_by_a_button_changes_the_one_below_and_closes(desk: Desk) -> None:
    page = await desk.look()
    add = actions({**button("push"), "text": plain("New customer")}, block_id="add")
    customer = field("customer", "static_select", options=OPTIONS, optional=True)
    parent = await desk.open_form(page, modal(text_input("title"), customer, add, title=plain("Ticket")))
    await parent.get_by_label("title").fill("Screen is black")
    desk.form = modal(text_input("name"), title=plain("Customer"))

    await parent.get_by_role("button", name="New customer").click()
    child = page.get_by_role("dialog", name="Customer")
    await child.get_by_label("name").fill("Maria")
    maria = {"text": plain("Maria"), "value": "maria"}
    chosen = field("customer", "static_select", options=[maria, *OPTIONS], initial_option=maria)
    desk.update = modal(text_input("title"), {**chosen, "block_id": "customer_2"}, add, title=plain("Ticket"))
    await submit(child)

    await expect(parent.get_by_label("Customer")).to_have_value("Maria")
    await expect(child).to_have_count(0)
    await expect(parent.get_by_label("title")).to_have_value("Screen is black")
    await expect(parent.get_by_role("button", name="New customer")).to_be_focused()
    assert await open_views(page) == ["Ticket"]
    desk.update = None
    await submit(parent)
    await expect(parent).to_have_count(0)
    values = desk.heard("submission")[-1]["view"]["state"]["values"]
    assert values["title"]["value"]["value"] == "Screen is black"
    assert values["customer_2"]["value"]["selected_option"]["value"] == "maria"


async def test_new_initial_value_shows_in_a_new_field_only(desk: Desk) -> None:
    page = await desk.look()
    dialog = await desk.open_form(page, modal(text_input("old"), actions(button("add"))))
    view = desk.sandbox.view(ANN)
    assert view is not None

    changed = modal(text_input("old", initial_value="unseen"), text_input("new", initial_value="seen"))
    await desk.client.views_update(view_id=view.id, view=changed)

    await expect(dialog.get_by_label("new")).to_have_value("seen")
    await expect(dialog.get_by_label("old")).to_have_value("")
    assert view.values["old"]["value"]["value"] is None
