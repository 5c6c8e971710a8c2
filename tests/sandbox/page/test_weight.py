"""How much the page asks of a browser. What is asserted is counted; the times are logged, for whoever looks
(`--log-level=INFO -rP`)."""

import logging
from typing import Final

import pytest
from playwright.async_api import expect

from sandbox.documents import Document
from sandbox.messages import Message
from tests.sandbox.conftest import GENERAL, WORKSPACE, actions, button, plain
from tests.sandbox.page.conftest import Desk

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

_log: Final = logging.getLogger(__name__)
MANY = 500
# what is loaded, and after how many ms there was all that the page shows
LOADED = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const all = performance.getEntriesByType("resource");
  const asked = all.filter(({ name }) => name.includes("/-/"));
  const files = [page, ...all.filter((each) => !asked.includes(each))];
  return {
    origins: [...new Set(files.map(({ name }) => new URL(name).origin))],
    files: files.length,
    bytes: files.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    asked: asked.length,
    ready: Math.max(...asked.map(({ responseEnd }) => responseEnd)),
  };
}"""
# scrolls from the end to the beginning, a screen a frame; counts what changed in the page meanwhile
SCROLLED = """async () => {
  const root = document.getElementById("messages");
  const long = [], gaps = [];
  new PerformanceObserver((list) => long.push(...list.getEntries())).observe({ type: "longtask" });
  let changes = 0;
  const watch = new MutationObserver((records) => (changes += records.length));
  watch.observe(root, { childList: true, subtree: true, attributes: true });
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  let before = await frame();
  while (root.scrollTop > 0) {
    root.scrollTop -= root.clientHeight;
    const now = await frame();
    gaps.push(now - before);
    before = now;
  }
  watch.disconnect();
  return { frames: gaps.length, worst: Math.max(...gaps), long, changes, nodes: document.querySelectorAll("*").length };
}"""
# what a new message changes in the list
WATCHED = """() => {
  window.changed = { added: 0, removed: 0 };
  new MutationObserver((records) => {
    for (const { addedNodes, removedNodes } of records) {
      window.changed.added += addedNodes.length;
      window.changed.removed += removedNodes.length;
    }
  }).observe(document.querySelector(".message-list"), { childList: true, subtree: true });
}"""


def fill(desk: Desk) -> None:
    """Put many messages of an app into the channel, as cards have them."""
    messages = desk.sandbox.state.messages
    for number in range(MANY):
        blocks: list[Document] = [
            {"type": "section", "block_id": "what", "text": {"type": "mrkdwn", "text": f"*#{number} Screen* flickers"}},
            {"type": "context", "block_id": "when", "elements": [plain("Filed today")]},
            actions(button("take", value=str(number)), button("open", value=str(number)), block_id="do"),
        ]
        messages.add(
            Message(messages.next_ts(), GENERAL, WORKSPACE["app"]["bot_user_id"], f"#{number}", blocks, bot_id="B0APP")
        )


async def test_page_is_ready_after_few_and_small_files_of_its_own(desk: Desk) -> None:
    page = await desk.look()
    await expect(page.get_by_role("combobox", name="Message #general")).to_be_focused()

    loaded = await page.evaluate(LOADED)
    _log.info("ready after %.0f ms: %d files, %d bytes", loaded["ready"], loaded["files"], loaded["bytes"])

    assert loaded["origins"] == [desk.sandbox.base_url]
    assert (
        loaded["files"] < 66
    )  # 60 were ready after 0.3 to 0.4 s on two busy cores; in fewer, larger ones they would be harder to read
    assert loaded["bytes"] < 250_000
    assert loaded["asked"] < 12


@pytest.mark.long
async def test_channel_of_many_messages_scrolls_untouched_and_takes_a_new_one_alone(desk: Desk) -> None:
    fill(desk)
    page = await desk.look()
    await expect(page.locator(".message")).to_have_count(MANY)

    scrolled = await page.evaluate(SCROLLED)
    facts = (scrolled["frames"], scrolled["worst"], len(scrolled["long"]), scrolled["nodes"])
    _log.info("%d frames, the longest %.0f ms; tasks over 50 ms: %d; %d elements", *facts)

    assert scrolled["changes"] == 0
    assert scrolled["nodes"] < MANY * 40

    await page.evaluate(WATCHED)
    await desk.post("one more")
    await expect(page.locator(".message")).to_have_count(MANY + 1)
    assert await page.evaluate("window.changed") == {"added": 1, "removed": 0}
