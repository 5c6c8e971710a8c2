"""What the page shows, in a real browser: conversations, messages, and what their text may not do."""

from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, Route, expect

from sandbox.documents import Document
from tests.sandbox.conftest import ANN, BEN, GENERAL, QUIET, actions, button, plain
from tests.sandbox.page.conftest import Desk

pytestmark = [pytest.mark.asyncio(loop_scope="session")]


def mrkdwn(text: str) -> Document:
    return {"type": "mrkdwn", "text": text}


MRKDWN = {
    "*bold* _italic_ ~gone~": "<strong>bold</strong> <em>italic</em> <s>gone</s>",
    "*_both_* 2*3*4 snake_case_name": "<strong><em>both</em></strong> 2*3*4 snake_case_name",
    "* no * _ no _": "* no * _ no _",
    "`*as is* &lt;b&gt;`": "<code>*as is* &lt;b&gt;</code>",
    "see\n```one\n  *two*```": "see<pre>one\n  *two*</pre>",
    "&gt; said\n&gt; so\nfine": "<blockquote>said<br>so</blockquote>fine",
    "a &lt;b&gt; &amp;amp; c": "a &lt;b&gt; &amp;amp; c",
    f"<@{ANN}>": '<span class="mention mention-me">@Ann Archer</span>',
    f"<@{BEN}|x> <#{QUIET}>": '<span class="mention">@Ben Baker</span> <span class="mention">#quiet</span>',
    ":white_check_mark: :no_such_thing:": "✅ :no_such_thing:",
    "5:30:45 at 10:20": "5:30:45 at 10:20",
}


async def test_mrkdwn_is_shown_as_slack_shows_it(desk: Desk) -> None:
    for text in MRKDWN:
        await desk.post(text)

    page = await desk.look()

    shown = [await text.inner_html() for text in await page.locator(".message .text").all()]
    assert shown == list(MRKDWN.values())


@pytest.mark.long
async def test_links_lead_where_they_say_and_open_apart(desk: Desk) -> None:
    await desk.post(
        "<https://example.com/a?b=1&amp;c=2|here> https://example.com/x_y_z. <mailto:a@example.com|a@example.com>"
    )

    page = await desk.look()

    links = page.locator(".message a")
    assert [await link.get_attribute("href") for link in await links.all()] == [
        "https://example.com/a?b=1&c=2",
        "https://example.com/x_y_z",
        "mailto:a@example.com",
    ]
    assert await links.first.get_attribute("rel") == "noopener noreferrer"


PICKED: dict[str, int] = {
    "2026-11-22T09:30": 1_795_368_600,
    "2026-03-08T02:30": 1_772_965_800,  # an hour that the spring leaves out: as if the clock hadn't been moved yet
    "2026-11-01T01:30": 1_793_521_800,  # one that comes twice: the first
}


async def test_moments_are_read_and_picked_in_the_persons_own_zone_whatever_the_browsers_is(desk: Desk) -> None:
    state = desk.sandbox.state
    state.change_person(state.people[BEN].model_copy(update={"tz": "Europe/Berlin"}))
    moment = "<!date^1718000000^{date_short} at {time}|June> <!date^1718000000^{nonsense}|fallback>"
    picker = {"type": "datetimepicker", "action_id": "due", "initial_date_time": 1_718_000_000}
    await desk.post(moment, blocks=[{"type": "section", "text": mrkdwn(moment)}, actions(picker)])

    page = await desk.look(timezone_id="Asia/Tokyo")
    field = page.locator(".message input")
    await expect(page.locator(".message .text").first).to_have_text("Jun 9, 2024 at 11:13 PM fallback")
    await expect(field).to_have_value("2024-06-09T23:13")
    for typed, seconds in PICKED.items():
        await field.fill(typed)
        await expect(page.locator("[aria-busy=true]")).to_have_count(0)
        assert desk.heard("action")[-1]["actions"][0]["selected_date_time"] == seconds

    page = await desk.look(BEN, timezone_id="Asia/Tokyo")
    await expect(page.locator(".message .text").first).to_have_text("Jun 10, 2024 at 8:13 AM fallback")


HOSTILE = [
    "<script>alert(1)</script>",
    "&lt;img src=x onerror=alert(1)&gt;",
    "<javascript:alert(1)|press me> <data:text/html,<script>alert(1)</script>|me too> <vbscript:x|and me>",
    '<https://example.com/"onmouseover="alert(1)|quotes>',
    '<@U0NOBODY" onclick=alert(1)> <!date^1^{date}^javascript:alert(1)|x> <#C1|<b>>',
    "*" * 3000 + "_~`" * 300 + "<" * 500,
]


async def test_hostile_text_stays_text(desk: Desk) -> None:
    for text in HOSTILE:
        await desk.post(text)
        await desk.post(text, blocks=[{"type": "markdown", "text": text}])
        await desk.post(text, blocks=[{"type": "section", "text": mrkdwn(text[:3000]), "fields": [plain(text[:2000])]}])

    page = await desk.look()

    assert await page.locator(".message :is(script, img, iframe, b:not(.byline b))").count() == 0
    addresses = [await link.get_attribute("href") for link in await page.locator(".message a").all()]
    assert all(str(address).startswith("https://example.com/") for address in addresses)
    assert await page.locator(".message [onclick], .message [onmouseover], .message [onerror]").count() == 0
    await page.locator(".message a").first.hover()


async def test_page_is_served_so_that_nothing_foreign_could_run(desk: Desk) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{desk.sandbox.base_url}/") as answer:
        policy = answer.headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


BLOCKS: list[Document] = [
    {"type": "header", "text": plain("Yesterday :tada:")},
    {"type": "section", "text": mrkdwn("*Nine* tickets"), "fields": [mrkdwn("*Done*\n6"), plain("*Open*")]},
    {"type": "divider"},
    {"type": "context", "elements": [mrkdwn("from _the_ shop"), plain("plain")]},
    {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "loud", "style": {"bold": True}}]},
            {
                "type": "rich_text_list",
                "style": "ordered",
                "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "first"}]},
                    {"type": "rich_text_section", "elements": [{"type": "user", "user_id": BEN}]},
                ],
            },
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "quoted"}]},
        ],
    },
    {
        "type": "table",
        "rows": [
            [{"type": "raw_text", "text": "Who"}, {"type": "raw_text", "text": "Done"}],
            [{"type": "raw_text", "text": "Ben"}, {"type": "raw_text", "text": "4"}],
        ],
        "column_settings": [{}, {"align": "right"}],
    },
]


async def test_every_kind_of_block_is_shown(desk: Desk) -> None:
    await desk.post("summary", blocks=BLOCKS)

    page = await desk.look()

    message = page.locator(".message")
    await expect(message.get_by_role("heading")).to_have_text("Yesterday 🎉")
    assert await message.locator(".section .text").all_inner_texts() == ["Nine tickets", "Done\n6", "*Open*"]
    await expect(message.locator("hr")).to_have_count(1)
    assert await message.locator(".context .text").all_inner_texts() == ["from the shop", "plain"]
    assert await message.locator(".rich-text ol li").all_inner_texts() == ["first", "@Ben Baker"]
    await expect(message.locator(".rich-text blockquote")).to_have_text("quoted")
    await expect(message.get_by_role("columnheader")).to_have_text(["Who", "Done"])
    await expect(message.get_by_role("cell", name="4")).to_have_class("align-right")


MARKDOWN: dict[str, str] = {
    "# Big #\n###Small": '<h3 class="markdown-heading level-1">Big</h3><p>###Small</p>',
    "**bold** *it* _it_ ~~gone~~ `a*b*`": (
        "<p><strong>bold</strong> <em>it</em> <em>it</em> <s>gone</s> <code>a*b*</code></p>"
    ),
    "one\ntwo\n\nsnake_case_name 2*3 \\*as is\\*": "<p>one<br>two</p><p>snake_case_name 2*3 *as is*</p>",
    "- a\n- b\n    - c\n- d": "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>",
    "3. a\n4. **b**": '<ol start="3"><li>a</li><li><strong>b</strong></li></ol>',
    "> said\n> - so\n---": "<blockquote><p>said</p><ul><li>so</li></ul></blockquote><hr>",
    "```py\n# <b>\n```\nafter": "<pre># &lt;b&gt;</pre><p>after</p>",
    "<script>alert(1)</script> [x](javascript:alert(1)) ![p](https://example.com/p.png)": (
        "<p>&lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:alert(1)) "
        '<a href="https://example.com/p.png" target="_blank" rel="noopener noreferrer">p</a></p>'
    ),
    "[x](javascript:alert) " + "[" * 300: f"<p><span>x</span> {'[' * 300}</p>",
    ">" * 12 + " deep": "<blockquote>" * 10 + "&gt;&gt; deep" + "</blockquote>" * 10,
}


async def test_markdown_is_shown(desk: Desk) -> None:
    for text in MARKDOWN:
        await desk.post("markdown", blocks=[{"type": "markdown", "text": text}])

    page = await desk.look()

    shown = [await text.inner_html() for text in await page.locator(".message .markdown").all()]
    assert shown == list(MARKDOWN.values())


async def test_markdown_table_is_shown(desk: Desk) -> None:
    await desk.post("table", blocks=[{"type": "markdown", "text": "| Who | Done |\n|---|--:|\n| *Ben* | 4 |\nafter"}])

    page = await desk.look()

    await expect(page.get_by_role("columnheader")).to_have_text(["Who", "Done"])
    await expect(page.get_by_role("cell", name="4")).to_have_class("align-right wrapped")
    await expect(page.locator(".markdown > p")).to_have_text("after")


async def test_long_text_is_folded_until_it_is_asked_for(desk: Desk) -> None:
    lines = "\n".join(f"line {number}" for number in range(40))
    ts = await desk.post("long", blocks=[{"type": "section", "block_id": "long", "text": mrkdwn(lines)}])
    await desk.post("long", blocks=[{"type": "section", "expand": True, "text": mrkdwn(lines)}])
    page = await desk.look()
    last = page.get_by_text("line 39").first
    unfold = page.get_by_role("button", name="Show more")
    await expect(unfold).to_have_count(1)
    await unfold.scroll_into_view_if_needed()
    await expect(last).to_be_visible()
    folded = await page.locator(".fold").bounding_box()

    await unfold.click()
    await desk.post("a reply, so that it is drawn anew", thread_ts=ts)
    await expect(page.get_by_role("button", name="1 reply")).to_be_visible()
    unfolded = await page.locator(".fold").bounding_box()

    await expect(page.get_by_role("button", name="Show less")).to_be_visible()
    assert folded is not None
    assert unfolded is not None
    assert folded["height"] < 300 < unfolded["height"]


async def test_messages_are_grouped_by_author_and_divided_by_day(desk: Desk) -> None:
    for text, seconds in (("one", 60), ("two", 400), ("three", 86_400), ("four", 0)):
        await desk.sandbox.say(BEN, text, "#general")
        desk.clock.move(seconds)

    page = await desk.look()

    messages = page.locator(".message")
    assert [" compact" in str(await each.get_attribute("class")) for each in await messages.all()] == [
        False,
        True,
        False,
        False,
    ]
    await expect(page.locator(".divider-day")).to_have_count(2)


async def test_own_message_appears_with_its_mentions_and_the_box_is_empty_again(desk: Desk) -> None:
    page = await desk.look()
    box = page.get_by_role("combobox", name="Message #general")

    await box.fill("<b>hi</b> @ben\nsecond line")
    await box.press("Enter")

    await expect(page.locator(".message .text")).to_have_text("<b>hi</b> @Ben Baker\nsecond line", use_inner_text=True)
    await expect(box).to_have_value("")


async def test_message_of_another_person_arrives_by_itself_and_is_read_aloud(desk: Desk) -> None:
    page = await desk.look()

    await desk.sandbox.say(BEN, "hello *there*", "#general")

    await expect(page.locator(".message")).to_contain_text("hello there")
    await expect(page.get_by_role("log")).to_have_text("Ben Baker: hello there")


async def test_edited_message_changes_in_place_and_keeps_the_focus(desk: Desk) -> None:
    ts = await desk.post("before", blocks=[actions(button("take", value="1"), block_id="row")])
    page = await desk.look()
    await page.get_by_role("button", name="Press").focus()

    blocks = [{"type": "section", "text": plain("after")}, actions(button("take", value="1"), block_id="row")]
    await desk.client.chat_update(channel=GENERAL, ts=ts, text="after", blocks=blocks)

    await expect(page.locator(".message")).to_contain_text("after")
    await expect(page.locator(".message")).to_contain_text("(edited)")
    await expect(page.locator(".message")).to_have_count(1)
    await expect(page.get_by_role("button", name="Press")).to_be_focused()


async def test_deleted_message_goes(desk: Desk) -> None:
    ts = await desk.post("oops")
    page = await desk.look()
    await expect(page.locator(".message")).to_have_count(1)

    await desk.client.chat_delete(channel=GENERAL, ts=ts)

    await expect(page.locator(".message")).to_have_count(0)


async def test_command_is_answered_only_visibly_to_its_sender(desk: Desk) -> None:
    ann, ben = await desk.look(), await desk.look(BEN)
    box = ann.get_by_role("combobox", name="Message #general")

    await box.fill("/do it")
    await box.press("Enter")

    answer = ann.locator(".message")
    await expect(answer).to_contain_text("Only visible to you")
    await expect(answer).to_contain_text("You said it")
    await expect(answer.locator(".badge")).to_have_text("APP")
    await expect(ben.locator(".message")).to_have_count(0)


async def test_failed_command_says_so_and_what_was_typed_is_kept(desk: Desk) -> None:
    page = await desk.look()
    desk.sandbox.deliver_to("http://127.0.0.1:9/")
    box = page.get_by_role("combobox", name="Message #general")

    await box.fill("/do it")
    await box.press("Enter")

    await expect(page.locator(".composer").get_by_role("alert")).to_have_text(
        '/do failed with the error "dispatch_failed"'
    )
    await expect(box).to_have_value("/do it")


async def test_slash_offers_the_manifests_commands(desk: Desk) -> None:
    page = await desk.look()
    box = page.get_by_role("combobox", name="Message #general")

    await box.press_sequentially("/")
    await expect(page.get_by_role("option")).to_have_text("/do [what]Does it")
    await box.press("Tab")

    await expect(box).to_have_value("/do ")
    await expect(page.get_by_role("option")).to_have_count(0)


async def test_pressed_button_reaches_the_app_with_its_value(desk: Desk) -> None:
    ts = await desk.post("card", blocks=[actions(button("take", value="42", style="primary"))])
    page = await desk.look()

    await page.get_by_role("button", name="Press").click()

    await expect(page.locator("[aria-busy=true]")).to_have_count(0)
    [payload] = desk.heard("action")
    assert (payload["actions"][0]["action_id"], payload["actions"][0]["value"]) == ("take", "42")
    assert (payload["user"]["id"], payload["container"]["message_ts"]) == (ANN, ts)


async def test_question_before_a_button_is_asked_and_a_no_changes_nothing(desk: Desk) -> None:
    question = {
        "title": plain("Sure?"),
        "text": mrkdwn("It *goes*."),
        "confirm": plain("Do it"),
        "deny": plain("Leave"),
    }
    await desk.post("card", blocks=[actions(button("drop", confirm=question))])
    page = await desk.look()
    press = page.get_by_role("button", name="Press")

    await press.click()
    dialog = page.get_by_role("alertdialog", name="Sure?")
    await expect(dialog).to_contain_text("It goes.")
    await dialog.get_by_role("button", name="Leave").click()
    await expect(dialog).to_have_count(0)
    await expect(press).to_be_focused()
    assert desk.heard("action") == []

    await press.click()
    await page.get_by_role("button", name="Do it").click()
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)

    assert len(desk.heard("action")) == 1


MENUS: list[tuple[Document, dict[str, Any]]] = [
    (
        {
            "type": "static_select",
            "action_id": "choose",
            "placeholder": plain("Choose"),
            "options": [{"text": plain(name), "value": name} for name in ("low", "high")],
        },
        {"role": "combobox"},
    ),
    (
        {
            "type": "overflow",
            "action_id": "choose",
            "options": [{"text": plain(name), "value": name} for name in ("low", "high")],
        },
        {"role": "button", "name": "More actions"},
    ),
]


@pytest.mark.parametrize(("menu", "found_by"), MENUS, ids=["static_select", "overflow"])
async def test_choice_in_a_message_reaches_the_app(desk: Desk, menu: Document, found_by: dict[str, Any]) -> None:
    await desk.post("card", blocks=[{"type": "section", "text": plain("Ticket"), "accessory": menu}])
    page = await desk.look()

    await page.locator(".message").get_by_role(**found_by).click()
    await page.locator(".popup").get_by_text("high").click()

    await expect(page.locator("[aria-busy=true]")).to_have_count(0)
    [payload] = desk.heard("action")
    assert payload["actions"][0]["selected_option"]["value"] == "high"


async def test_refused_action_is_told_in_words(desk: Desk) -> None:
    await desk.post("card", blocks=[actions(button("take"))])
    page = await desk.look()
    desk.sandbox.deliver_to("http://127.0.0.1:9/")

    await page.get_by_role("button", name="Press").click()

    await expect(page.get_by_role("alert").filter(has_text="This app is not responding.")).to_be_visible()


async def test_unread_is_counted_in_the_sidebar_until_it_is_looked_at(desk: Desk) -> None:
    await desk.post("for you", channel=ANN)
    page = await desk.look()
    direct = page.get_by_role("button", name="helper")

    await expect(direct).to_contain_text("1 unread")
    await desk.post("another", channel=ANN)
    await expect(direct).to_contain_text("2 unread")
    await direct.click()

    await expect(page.locator(".message")).to_contain_text(["for you", "another"])
    await expect(direct).not_to_contain_text("unread")


@pytest.mark.long
async def test_reader_who_scrolled_up_stays_there_and_is_told_of_new_messages(desk: Desk) -> None:
    for number in range(40):
        await desk.sandbox.say(BEN, f"line {number}\n\n", "#general")
    page = await desk.look()
    await expect(page.get_by_text("line 39")).to_be_in_viewport()

    await page.locator("#messages").evaluate("list => list.scrollTo(0, 0)")
    await desk.sandbox.say(BEN, "the newest", "#general")

    jump = page.get_by_role("button", name="1 new message")
    await expect(jump).to_be_visible()
    await expect(page.get_by_text("line 0", exact=True)).to_be_in_viewport()
    await jump.click()
    await expect(page.locator(".message").get_by_text("the newest")).to_be_in_viewport()
    await expect(jump).to_be_hidden()


async def test_switched_person_sees_their_own_conversations_and_is_remembered(desk: Desk) -> None:
    page = await desk.look()
    await expect(page.get_by_role("button", name="secret")).to_be_visible()

    await page.get_by_role("button", name="You are Ann Archer").click()
    await page.get_by_role("menuitemradio", name="Ben Baker").click()

    await expect(page.get_by_role("button", name="You are Ben Baker")).to_be_visible()
    await expect(page.get_by_role("button", name="secret")).to_have_count(0)
    await page.goto(desk.sandbox.base_url)
    await expect(page.get_by_role("button", name="You are Ben Baker")).to_be_visible()


async def test_first_visit_begins_with_choosing_who_to_be(desk: Desk) -> None:
    page = await desk.open_page(desk.sandbox.base_url)

    await expect(page.get_by_role("menuitemradio", name="Ann Archer")).to_be_focused()
    await desk.post("meanwhile")
    menu, button = await page.get_by_role("menu").bounding_box(), await page.locator("#person").bounding_box()
    assert menu is not None
    assert button is not None
    assert menu["y"] + menu["height"] == pytest.approx(button["y"] - 4, abs=1)
    await page.get_by_role("menuitemradio", name="Ben Baker").click()

    await expect(page.get_by_role("button", name="You are Ben Baker")).to_be_visible()
    await expect(page.get_by_role("menu")).to_have_count(0)


@pytest.mark.long
async def test_page_that_nobody_sees_gives_its_connection_back_and_catches_up_when_seen(desk: Desk) -> None:
    page = await desk.look(own=True)
    await page.clock.install()
    await show(page, hidden=True)
    await page.clock.run_for(11_000)
    await desk.post("meanwhile")

    await show(page, hidden=False)

    await expect(page.locator(".message")).to_contain_text("meanwhile")


async def show(page: Page, *, hidden: bool) -> None:
    """Tell the page that it is, or isn't, in sight."""
    await page.evaluate(
        "(hidden) => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        hidden,
    )


@pytest.mark.long
async def test_message_that_comes_while_the_conversation_is_read_stays(desk: Desk) -> None:
    page = await desk.look()

    async def answer_late(route: Route) -> None:
        """Let a message be posted, and shown, between the workspace's answer and its arrival."""
        answer = await route.fetch()
        await desk.post("Meanwhile")
        await expect(page.locator("#messages .message .text").last).to_have_text("Meanwhile")
        await route.fulfill(response=answer)

    await desk.post("Before")
    await page.route("**/-/messages?*", answer_late, times=1)
    async with page.expect_response("**/-/messages?*"):
        desk.end_streams()

    await expect(page.locator("#messages .message .text")).to_have_text(["Before", "Meanwhile"])
