"""What went over the wire in a day of work, judged by Slack's own definitions where the validators are at hand."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from sandbox.documents import Document
from tests.journeys.floor import ROOT, STRANGER, Floor

JUDGES: Final = ROOT.parent / "shared" / "slack"
# options that lists share by design: Slack wants an action_id unique in its block, and it is
BY_DESIGN: Final = "also at"

DAY: Final = (
    "list",
    "list status:all tech:@tom.reed",
    "list due:today",
    "search screen",
    "search zebra",
    "history {}",
    "priority {} high",
    "category {} network",
    "estimate {} 2h",
    "due {} in 3 days",
    "note {} asked @ana.lopez about <it>",
    "assign {} zoe",
    "find gra",
    "customer 1",
    "customer 99999",
)

MODALS: Final = ("views.open", "views.push", "views.update")

pytestmark = pytest.mark.skipif(
    not (JUDGES / "validate_blocks.py").exists() or importlib.util.find_spec("jsonschema") is None,
    reason="the stand-alone validators are not beside this checkout",
)


async def work_a_day(floor: Floor) -> None:
    """Do everything that there is once."""
    shop = floor.shop
    await floor.file(shop.regular_user, priority="urgent", assign=str(shop.technician.id))
    await floor.file(shop.regular_user, title="<&> " * 30, estimated_hours="1.5")
    ticket_id = await shop.owner.fetchval("SELECT max(id) FROM tickets")
    await floor.until(lambda: len(floor.channel()) >= 2)
    for who in shop.people:
        for text in ("", "mine", "queue", "whoami", "help", "help done", f"{ticket_id}", "tkae 1", "take 0"):
            await floor.ticket(who, text)
        for text in DAY:
            await floor.ticket(who, text.format(ticket_id))
    await floor.ticket(shop.manager, "list priority:urgent")
    await floor.press(shop.manager, "ticket.open", ticket_id - 1)
    for action in ("ticket.history", "ticket.hand", "ticket.change", "ticket.note"):
        await floor.press(shop.manager, action, ticket_id - 1)
        await floor.ticket(shop.manager, f"{ticket_id - 1}")
    await floor.ticket(shop.manager, "find omar")
    await floor.press(shop.manager, "customer.open", shop.customers[1])
    for action in ("customer.ticket", "customer.change", "customer.deactivate"):
        await floor.ticket(shop.manager, f"customer {shop.customers[1]}")
        await floor.press(shop.manager, action)
    await floor.press(shop.manager, "customer.reactivate")
    await floor.press(shop.technician, "ticket.open", ticket_id, channel="C0REPAIRS")
    await floor.press(shop.technician, "ticket.take", ticket_id, channel="C0REPAIRS")
    await floor.ticket(shop.technician, f"release {ticket_id}")
    await floor.ticket(shop.colleague, f"take {ticket_id}")
    await floor.ticket(shop.colleague, f"done {ticket_id}")
    account = str(shop.colleague.slack_user_id)
    await floor.sandbox.submit(account, {"hours": "never"})
    await floor.sandbox.submit(account, {"hours": "2h", "resolution": "New <hinge> & screws"})
    await floor.ticket(shop.colleague, f"reopen {ticket_id}")
    await floor.sandbox.submit(account, {"why": "It fails <again> & again"})
    await floor.ticket(shop.colleague, f"history {ticket_id}")
    await floor.ticket(shop.colleague, f"assign {ticket_id} @tom.reed")
    await shop.owner.execute("UPDATE tickets SET tech = $2 WHERE id = $1", ticket_id, shop.technician.email)
    await shop.owner.execute("UPDATE user_permissions SET is_active = false WHERE id = $1", shop.technician.id)
    await floor.quiet()


async def let_a_stranger_in(floor: Floor) -> None:
    """Ask for access by every way, and have it given."""
    shop, desk = floor.shop, floor.sandbox
    maria = str(shop.manager.slack_user_id)
    await desk.open_home(STRANGER)
    await desk.say(STRANGER, "@tickets mine", "C0REPAIRS")
    await floor.ticket(STRANGER, "mine")
    await desk.events.settled()
    await floor.until(lambda: "access.approve" in str([message.blocks for message in floor.direct(shop.manager)]))
    number = await shop.owner.fetchval("SELECT id FROM app.access_requests")
    await desk.choose(maria, "access.approve", f"{number} {STRANGER} Viewer")
    await floor.ticket(STRANGER, "mine")


async def work_the_forms(floor: Floor) -> None:
    """Send every form that changes something, refused and carried out, and choose every shortcut."""
    shop, desk = floor.shop, floor.sandbox
    manager, front = str(shop.manager.slack_user_id), str(shop.regular_user.slack_user_id)
    ticket_id = await shop.add_ticket(worker=shop.technician)
    sent: tuple[tuple[str, dict[str, str | None], dict[str, str | None]], ...] = (
        ("ticket.hand", {}, {"who": str(shop.colleague.id)}),
        ("ticket.change", {"estimated_hours": "soon"}, {"title": "<Fan> & belt", "estimated_hours": "2h"}),
        ("ticket.note", {"body": "\u200b"}, {"body": "<!channel> & *all*"}),
    )
    for action, refused, good in sent:
        await floor.ticket(shop.manager, f"{ticket_id}")
        await floor.press(shop.manager, action, ticket_id)
        await desk.submit(manager, refused)
        assert (await desk.submit(manager, good)).errors == {}
    await floor.ticket(shop.manager, f"customer {shop.customers[0]}")
    await floor.press(shop.manager, "customer.change", shop.customers[0])
    await desk.submit(manager, {"email": "june.park@example.com"})
    assert (await desk.submit(manager, {"email": "g&h@example.com", "notes": "<b>"})).errors == {}
    for name in ("shortcut.new", "shortcut.file"):
        for who in (front, str(shop.viewer.slack_user_id)):
            await choose(floor, who, name)
    await choose(floor, front, "shortcut.file")
    await floor.press(shop.regular_user, "customer.new")
    person = dict.fromkeys(("first_name", "last_name", "address1", "city", "state"), "A & <B>")
    await desk.submit(front, {**person, "phone": "1", "email": "ab@example.com", "zip": "94607"})
    assert (await desk.submit(front)).errors == {}


async def choose(floor: Floor, user: str, shortcut: str) -> None:
    """Choose a shortcut; one of messages in the menu of a new message."""
    if shortcut == "shortcut.new":
        await floor.sandbox.shortcut(user, shortcut)
        return
    await floor.sandbox.say(user, "Screen <flickers> & hums", "C0REPAIRS")
    ts = floor.newest(user).ts
    await floor.sandbox.message_shortcut(user, shortcut, "C0REPAIRS", ts)


async def test_everything_sent_and_delivered_in_a_day_is_valid(floor: Floor) -> None:
    await let_a_stranger_in(floor)
    await work_the_forms(floor)
    await work_a_day(floor)

    sent = [{"kind": f"api:{call.method}", "payload": decoded(call.arguments)} for call in floor.sandbox.calls]
    sent += [{"kind": kind_of(call.method), "payload": shown(call)} for call in floor.sandbox.calls if shown(call)]
    sent += [answer for delivery in floor.sandbox.deliveries if (answer := answer_of(delivery.payload, delivery.body))]
    faults = judge("validate_blocks.py", sent)
    assert [fault for fault in faults if BY_DESIGN not in fault] == []
    assert len(sent) > 60

    delivered = [delivery.payload for delivery in floor.sandbox.deliveries]
    assert judge_inbound(delivered) == []


def kind_of(method: str) -> str:
    return {"chat.update": "update", **dict.fromkeys(MODALS, "modal")}.get(method, "message")


def shown(call: Any) -> Document:  # noqa: ANN401  a call of the sandbox's log
    """Return what a call puts before people's eyes."""
    arguments = decoded(call.arguments)
    if call.method in MODALS:
        view = arguments["view"]
        assert isinstance(view, dict)
        return view
    return arguments if call.method in {"chat.postMessage", "chat.update"} else {}


def decoded(arguments: Document) -> Document:
    """Return arguments with the JSON that forms carry read."""
    return {
        name: json.loads(value) if isinstance(value, str) and value[:1] in {"{", "["} else value
        for name, value in arguments.items()
    }


def answer_of(payload: Document, body: str) -> Document | None:
    """Return an acknowledgement's body in the validators' terms."""
    if not body.startswith("{"):
        return None
    answer = json.loads(body)
    if "command" in payload:
        return {"kind": "message", "payload": answer}
    if payload.get("type") == "block_suggestion":
        return {"kind": "options", "payload": answer}
    return {"kind": "view_response", "payload": answer, "view": payload["view"]}


def judge(script: str, documents: list[Document]) -> list[str]:
    lines = "\n".join(json.dumps(document) for document in documents)
    done = subprocess.run(
        [sys.executable, str(JUDGES / script), "--json"], input=lines, capture_output=True, text=True, check=False
    )
    return [f"{verdict.get('name')} {fault}" for verdict in json.loads(done.stdout) for fault in verdict["errors"]]


def judge_inbound(documents: list[Document]) -> list[str]:
    path = Path("/dev/stdin")
    lines = "\n".join(json.dumps(document) for document in documents)
    done = subprocess.run(
        [sys.executable, str(JUDGES / "validate_inbound.py"), str(path)],
        input=lines,
        capture_output=True,
        text=True,
        check=False,
    )
    return [] if done.returncode == 0 else (done.stdout + done.stderr).splitlines()
