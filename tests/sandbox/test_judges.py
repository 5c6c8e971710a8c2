"""Slack's own definitions as judges of what is delivered and accepted, where validators made of them are at hand."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.answers import read_suggestions
from sandbox.blocks.shapes import Faults
from sandbox.blocks.surfaces import check_blocks, check_view
from sandbox.documents import Document, Json
from sandbox.refusals import Refused
from sandbox.server import Sandbox
from tests.sandbox.conftest import (
    ANN,
    EVENTS,
    GENERAL,
    SCOPES,
    WORKSPACE,
    ScriptedApp,
    actions,
    button,
    client_of,
    listening,
    manifest,
    modal,
    text_input,
    trigger_of,
)
from tests.sandbox.samples import (
    ELEMENTS,
    OPTION,
    OVERFLOW,
    input_block,
    message_blocks,
    modal_of,
    modal_views,
    newer_blocks,
    spoilt,
)
from tests.sandbox.test_work_objects import ENTITY, ON
from tests.sandbox.uploads import PDF, png

VALIDATORS = Path(__file__).resolve().parents[3] / "shared" / "slack"

pytestmark = [
    pytest.mark.skipif(not (VALIDATORS / "validate_inbound.py").exists(), reason="the validators are not here"),
    pytest.mark.skipif(importlib.util.find_spec("jsonschema") is None, reason="the validators need jsonschema"),
]

# takes a list of {kind, payload}, gives a list of lists of errors; None where a judge can't read the payload at all
_JUDGE_OUTGOING = """
import json, sys
sys.path.insert(0, sys.argv[1])
import validate_blocks
def verdict(item):
    try:
        return validate_blocks.one(item).errors
    except Exception:
        return None
json.dump([verdict(item) for item in json.load(sys.stdin)], sys.stdout)
"""
_JUDGE_INCOMING = """
import json, sys
sys.path.insert(0, sys.argv[1])
import validate_inbound
json.dump([validate_inbound.check(item) for item in json.load(sys.stdin)], sys.stdout)
"""

TAKEN, TAKEN_LONG = 100, 4000  # of some 33,000: the judge takes 10 ms for each


def judged(program: str, items: list[Json]) -> list[list[str] | None]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, str(VALIDATORS)],
        input=json.dumps(items),
        capture_output=True,
        text=True,
        check=True,
    )
    return list(json.loads(done.stdout))


def refusals_of(kind: str, payload: Json) -> list[str]:
    faults = Faults()
    if kind in ("modal", "home"):
        check_view(payload, faults)
    elif kind == "blocks":
        check_blocks(payload, "message", faults)
    else:
        try:
            read_suggestions(json.dumps(payload))
        except Refused as refused:
            return refused.messages
    return faults.messages


def every_case() -> list[tuple[str, str, Json]]:
    cases: list[tuple[str, str, Json]] = []
    for block in message_blocks():
        cases += [(f"{block['type']}: {how}", "blocks", [spoiled]) for how, spoiled in spoilt(block)]
    for view in (modal_of(input_block(ELEMENTS["static_select"])), *modal_views()[:1]):
        cases += [(f"modal: {how}", "modal", spoiled) for how, spoiled in spoilt(view)]
    answer = {"options": [OPTION]}
    cases += [(f"options: {how}", "options", spoiled) for how, spoiled in spoilt(answer)]
    return cases


@pytest.mark.timeout(240)  # the judge is a program of its own
def test_sound_and_spoilt_documents_get_the_judges_verdict(pytestconfig: pytest.Config) -> None:
    spoiled = every_case()
    taken = TAKEN_LONG if pytestconfig.getoption("--long") else TAKEN
    newer = {block["type"] for block in newer_blocks()}
    sound: list[tuple[str, str, Json]] = [("sound", "blocks", [block]) for block in message_blocks()]
    sound += [("sound", "modal", view) for view in modal_views()]
    sound += [(f"{b['type']}: at home", "home", {"type": "home", "blocks": [b]}) for b in message_blocks()]
    cases = sound + spoiled[:: len(spoiled) // taken + 1]

    verdicts = judged(_JUDGE_OUTGOING, [{"kind": kind, "payload": payload} for _, kind, payload in cases])

    different = [
        (name, "we refuse" if refusals_of(kind, payload) else "we accept", errors)
        for (name, kind, payload), errors in zip(cases, verdicts, strict=True)
        if errors is not None
        and bool(errors) != bool(refusals_of(kind, payload))
        # the judges don't look inside the newer blocks: there it is enough that we accept nothing that they refuse
        and (errors or name.split(":")[0] not in newer)
    ]
    assert different == []


def quiet(element: Document) -> Document:
    """Leave the focus out: only one element of a view may have it."""
    return {key: value for key, value in element.items() if key != "focus_on_load"}


async def use_messages(sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp) -> None:
    for name, element in ELEMENTS.items():
        if name.endswith("input") or name == "datetimepicker":  # Bolt's types know no action of the latter
            continue
        await client.chat_postMessage(channel=GENERAL, text="Hi", blocks=[actions(quiet(element))])
        initial = next(value for key, value in element.items() if key.startswith("initial_"))
        await sandbox.choose(ANN, "a", initial, channel=GENERAL)
        if "external" in name:
            app.answer = {"options": [OPTION]}
            await sandbox.suggest(ANN, "a", "x", channel=GENERAL)
            app.answer = ""
    post = await client.chat_postMessage(channel=GENERAL, text="Hi", blocks=[actions(button("go"), OVERFLOW)])
    await sandbox.press(ANN, "go")
    await sandbox.choose(ANN, "a", "a", channel=GENERAL)
    await client.chat_postMessage(
        channel=GENERAL, text="Well?", blocks=[b for b in newer_blocks() if "context_" in b["type"]]
    )
    await sandbox.choose(ANN, "f", "1", channel=GENERAL)
    await sandbox.press(ANN, "i", channel=GENERAL)
    await client.chat_update(channel=GENERAL, ts=post["ts"], text="Ho")
    await client.chat_delete(channel=GENERAL, ts=post["ts"])
    await client.chat_postEphemeral(channel=GENERAL, user=ANN, text="Psst", blocks=[actions(button("psst"))])
    await sandbox.press(ANN, "psst")


async def use_forms(sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp) -> None:
    fields = [
        {**input_block({**quiet(element), "action_id": name}), "block_id": name} for name, element in ELEMENTS.items()
    ]
    form = modal(*fields, actions(button("inside"), {**OVERFLOW, "action_id": "over"}), notify_on_close=True)
    await client.views_open(trigger_id=await trigger_of(sandbox), view=form)
    await sandbox.press(ANN, "inside")
    await sandbox.choose(ANN, "over", "a")
    app.answer = {"options": [OPTION]}
    await sandbox.suggest(ANN, "external_select", "x")
    app.answer = {"response_action": "push", "view": modal(text_input("t"), notify_on_close=True)}
    await sandbox.submit(ANN, {"file_input": [sandbox.upload(ANN, "look.png", png())]})
    app.answer = ""
    await sandbox.submit(ANN, {"t": "text"})
    await sandbox.close(ANN)


async def share_files(sandbox: Sandbox, client: AsyncWebClient) -> None:
    names = {"look.png": png(), "report.pdf": PDF}
    await sandbox.say(ANN, "Look", GENERAL, files=[sandbox.upload(ANN, *each) for each in names.items()])
    await client.files_upload_v2(filename="chart.png", content=png(), channel=GENERAL)
    ts = sandbox.messages(GENERAL, ANN)[-2].ts
    await sandbox.message_shortcut(ANN, "take_over", GENERAL, ts)
    uploaded = sandbox.messages(GENERAL, ANN)[-1].files or []
    await client.files_delete(file=uploaded[0])


async def share_links(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await sandbox.say(ANN, "See https://example.com/42", GENERAL)
    ts = sandbox.messages(GENERAL, ANN)[-1].ts
    shown = {"https://example.com/42": {"blocks": [actions(button("in_unfurl"))]}}
    await client.chat_unfurl(channel=GENERAL, ts=ts, unfurls=shown)
    await sandbox.press(ANN, "in_unfurl")
    attachment = {"color": "good", "text": "Hi", "blocks": [actions(button("in_attachment"))]}
    await client.chat_postMessage(channel=GENERAL, text="Hi", attachments=[attachment])
    await sandbox.press(ANN, "in_attachment")
    await sandbox.type_links(ANN, "See https://example.com/42", GENERAL)
    post = await client.chat_postMessage(channel=GENERAL, text="Hi", metadata={"entities": [ENTITY]})
    await sandbox.press(ANN, "take")
    await sandbox.open_details(ANN, GENERAL, post["ts"])
    trigger = sandbox.deliveries[-1].payload["event"]["trigger_id"]
    await client.entity_presentDetails(trigger_id=trigger, metadata=ENTITY)
    await sandbox.press_details(ANN, "take")


async def use_home_and_shortcuts(sandbox: Sandbox, client: AsyncWebClient) -> None:
    menus = [actions({**quiet(element), "action_id": name}) for name, element in ELEMENTS.items() if "select" in name]
    await sandbox.open_home(ANN)
    view = {"type": "home", "blocks": [actions(button("at_home")), text_input("words"), *menus]}
    await client.views_publish(user_id=ANN, view=view)
    await sandbox.open_home(ANN)
    await sandbox.press(ANN, "at_home")
    await sandbox.choose(ANN, "static_select", "b")
    await sandbox.shortcut(ANN, "begin")
    for text, blocks in (("Hi", None), ("Ho", [actions(button("go"))])):
        post = await client.chat_postMessage(channel=GENERAL, text=text, blocks=blocks)
        await sandbox.message_shortcut(ANN, "take_over", GENERAL, post["ts"])
    await sandbox.message_shortcut(ANN, "take_over", GENERAL, sandbox.messages(GENERAL, ANN)[0].ts)


async def do_everything(sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp) -> None:
    """Have people do each thing that is delivered."""
    await sandbox.say(ANN, "Hi @helper", GENERAL)
    await sandbox.say(ANN, "Hi")
    first = sandbox.messages(GENERAL, ANN)[0].ts
    await sandbox.say(ANN, "Well, @helper?", GENERAL, thread_ts=first)
    await sandbox.say(ANN, "All hear!", GENERAL, thread_ts=first, broadcast=True)
    await client.chat_postMessage(channel=GENERAL, text="Yes", thread_ts=first, blocks=[actions(button("inside"))])
    await sandbox.press(ANN, "inside")
    await share_files(sandbox, client)
    await share_links(sandbox, client)
    await use_messages(sandbox, client, app)
    await use_forms(sandbox, client, app)
    await use_home_and_shortcuts(sandbox, client)
    ann = sandbox.state.person(ANN)
    sandbox.events.app_home_opened(ann, "messages")
    sandbox.events.user_change(ann)
    sandbox.events.member_joined_channel(ann, sandbox.state.channel(GENERAL))
    await sandbox.events.settled()


async def test_everything_delivered_is_as_slack_delivers_it() -> None:
    app = ScriptedApp()
    async with (
        listening(app.handle) as url,
        Sandbox.serve(
            manifest=manifest(
                events=[*EVENTS, "file_shared", "link_shared", "entity_details_requested"],
                scopes=[*SCOPES, "links:read", "links:write"],
                unfurl_domains=["example.com"],
                rich_previews=ON,
            ),
            workspace=WORKSPACE,
            request_url=url,
        ) as sandbox,
    ):
        await do_everything(sandbox, client_of(sandbox), app)
        delivered = [delivery.payload for delivery in sandbox.deliveries]

    kinds = {delivery.kind for delivery in sandbox.deliveries}
    assert kinds == {
        "slash_command",
        "block_actions",
        "block_suggestion",
        "view_submission",
        "view_closed",
        "shortcut",
        "message_action",
        "event_callback",
    }
    faults = judged(_JUDGE_INCOMING, delivered)
    wrong = [
        (payload.get("type", "slash_command"), payload.get("event", {}).get("type"), errors)
        for payload, errors in zip(delivered, faults, strict=True)
        if errors
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("kind", "captured"),
    [
        ("slash_command", "slash_command.json"),
        ("block_actions", "block_actions_home_button.json"),
        ("block_suggestion", "block_suggestion_modal.json"),
        ("view_submission", "view_submission_response_urls.json"),
        ("view_closed", "view_closed.json"),
        ("shortcut", "shortcut_global.json"),
        ("message_action", "message_action_with_files.json"),
    ],
)
async def test_no_key_is_missing_that_slack_was_seen_to_send(
    sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp, kind: str, captured: str
) -> None:
    await use_forms(sandbox, client, app)
    await share_files(sandbox, client)
    await use_home_and_shortcuts(sandbox, client)
    seen = json.loads((VALIDATORS / "payloads" / captured).read_text())

    ours = [delivery.payload for delivery in sandbox.deliveries if delivery.kind == kind]
    assert ours
    # an organisation's keys aside; view_closed has response_urls in one SDK's test only
    missing = set(seen) - set(ours[0]) - {"enterprise_id", "enterprise_name", "response_urls"}
    missing |= set(seen.get("view", {})) - set(ours[0].get("view", {}))
    assert missing == set()
