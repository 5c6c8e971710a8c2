"""views.*: opening, changing and stacking forms, and publishing Home tabs."""

from typing import Literal

from sandbox.api.registry import Call, Method, Methods
from sandbox.blocks.shapes import Faults
from sandbox.blocks.surfaces import check_view, complete_view, is_too_large
from sandbox.documents import Document, Json
from sandbox.files import Files
from sandbox.refusals import Refused
from sandbox.views import View

ViewKind = Literal["modal", "home"]


def open_view(call: Call) -> Document:
    """Open a form for the person whose interaction gave the trigger."""
    view = _form(call, call.json("view"))
    trigger = call.state.triggers.check(call.get("trigger_id"))
    opened = call.state.views.open(trigger.user, view)
    trigger.used = True
    return _shown(call, opened)


def push_view(call: Call) -> Document:
    """Put a form on top of the one whose interaction gave the trigger."""
    view = _form(call, call.json("view"))
    trigger = call.state.triggers.check(call.get("trigger_id"))
    pushed = call.state.views.push(trigger.user, view)
    trigger.used = True
    return _shown(call, pushed)


def update_view(call: Call) -> Document:
    """Change an open form, found by its id or the app's own external_id."""
    given = call.json("view")
    kind: ViewKind = "home" if isinstance(given, dict) and given.get("type") == "home" else "modal"
    view = _form(call, given, kind)
    if call.get("view_id") is None and call.get("external_id") is None:
        raise Refused("invalid_arguments", ["missing required field: view_id or external_id"])
    found = call.state.views.find(call.get("view_id"), external_id=call.get("external_id"))
    if found is None:
        raise Refused("not_found")
    if found.source["type"] != kind:
        raise Refused("invalid_arguments", ["must be a valid enum value [json-pointer:/view/type]"])
    return _shown(call, call.state.views.update(found, view, expected_hash=call.get("hash")))


def publish_view(call: Call) -> Document:
    """Show something in a person's Home tab."""
    call.need("user_id")
    view = read_view(call.json("view"), call.state.files, "home")
    if not call.state.app_home.home_tab_enabled:
        raise Refused("not_enabled")
    person = call.state.person(call.get("user_id"))
    return _shown(call, call.state.views.publish(person.id, view, expected_hash=call.get("hash")))


def read_view(view: object, files: Files, kind: ViewKind = "modal") -> Document:
    """Check a view and fill in what Slack fills in; raises `Refused`."""
    if view is None:
        raise Refused("invalid_arguments", ["missing required field: view"])
    if isinstance(view, dict) and is_too_large(view):
        raise Refused("view_too_large")
    faults = Faults(files.can_be_shown)
    check_view(view, faults)
    if isinstance(view, dict) and view.get("type") != kind:
        faults.add("must be a valid enum value", "/view/type")
    if faults or not isinstance(view, dict):
        raise Refused("invalid_arguments", faults.messages)
    return complete_view(view)


def _form(call: Call, given: Json, kind: ViewKind = "modal") -> Document:
    view = read_view(given, call.state.files, kind)
    if any(block["type"] == "input" and block["element"]["type"] == "file_input" for block in view["blocks"]):
        call.need_scope("files:read")  # docs.slack.dev/reference/block-kit/block-elements/file-input-element
    return view


def _shown(call: Call, view: View) -> Document:
    return {"view": view.document(call.state.team.id, call.state.app)}


METHODS: Methods = {
    "views.publish": Method(publish_view, tier="t4"),
    "views.open": Method(open_view, tier="t4"),
    "views.push": Method(push_view, tier="t4"),
    "views.update": Method(update_view, tier="t4"),
}
