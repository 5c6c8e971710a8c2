"""Judges of what is sent to Slack: slack_sdk's own models, and the stand-alone validators where they are at hand."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import Block
from slack_sdk.models.metadata import (
    EntityActionButton,
    EntityActions,
    EntityAttributes,
    EntityCustomField,
    EntityMetadata,
    EntityPayload,
    EntityTypedField,
    EntityUserField,
    EntityUserIDField,
    ExternalRef,
    TaskEntityFields,
)
from slack_sdk.models.views import View

VALIDATOR = Path(__file__).resolve().parents[3] / "shared/slack/validate_blocks.py"


def judge_by_sdk(kind: str, payload: Mapping[str, Any]) -> None:
    """Raise ``SlackObjectFormationError`` if slack_sdk would refuse it."""
    if kind == "entity":
        judge_entity(payload)
    if kind == "modal":
        View(**payload).validate_json()
    for block in Block.parse_all(payload.get("blocks", [])):
        assert block is not None
        block.validate_json()


def judge_entity(entity: Mapping[str, Any]) -> None:
    """Raise, or fail, if slack_sdk knows no such part of a Work Object. Its models take whatever they are given."""
    payload = entity["entity_payload"]
    fields, own, buttons = payload["fields"], payload["custom_fields"], payload["actions"]["primary_actions"]
    people = [field["user"] for field in fields.values() if "user" in field]
    parts: list[JsonObject] = [
        EntityMetadata(**entity),
        ExternalRef(**entity["external_ref"]),
        EntityPayload(**payload),
        EntityAttributes(**payload["attributes"]),
        TaskEntityFields(**fields),
        *(EntityTypedField(**({"type": "string"} | field)) for field in fields.values()),
        *(EntityUserIDField(**who) if "user_id" in who else EntityUserField(**who) for who in people),
        *(EntityCustomField(**field) for field in own),
        EntityActions(**payload["actions"]),
        *(EntityActionButton(**button) for button in buttons),
    ]
    for part in parts:
        part.validate_json()
        assert part.additional_attributes == {}, type(part).__name__  # type: ignore[attr-defined]
    assert len(buttons) <= 2, "Slack shows two"
    assert set(payload["display_order"]) == {*fields, *(field["key"] for field in own)}


def judge_by_validator(screens: Mapping[str, tuple[str, Mapping[str, Any]]]) -> list[str]:
    """Return what the stand-alone validator has against any of the screens."""
    lines = [json.dumps({"kind": kind, "payload": payload, "name": name}) for name, (kind, payload) in screens.items()]
    judged = subprocess.run(
        [sys.executable, str(VALIDATOR), "--json"], input="\n".join(lines), capture_output=True, text=True, check=False
    )
    return [
        f"{screen['name']}: {fault}"
        for screen in json.loads(judged.stdout)
        for fault in screen["errors"] + screen["warnings"]
        # a list's rows share one: Slack wants it unique in its block
        if not any(
            f"action_id '{shared}' also at" in fault
            for shared in (
                "ticket.open",
                "ticket.hand",
                "ticket.nudge",
                "file.send",
                "customer.open",
                "person.open",
                "undelivered.retry",
                "access.approve",
                "access.refuse",
                "merge.undo",
                "customer.compare",
                "customer.apart",
            )
        )
    ]
