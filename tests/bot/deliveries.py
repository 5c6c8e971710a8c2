"""What Slack delivers, made up for tests and signed as Slack signs."""

import json
import time
from typing import Any
from urllib.parse import urlencode

from bot.http import sign

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
TEAM = "T0SHOP"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def headers(body: bytes, *, content_type: str = FORM, age: int = 0, secret: str = SECRET) -> dict[str, str]:
    """Return the headers of a delivery that Slack made ``age`` seconds ago."""
    timestamp = str(int(time.time()) - age)
    return {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": sign(secret, timestamp, body),
    }


def command(text: str = "", *, user: str = "U0TOMREED", trigger: str = "11.22.cafe", team: str = TEAM) -> bytes:
    """Return the body of a slash command."""
    fields = {
        "token": "deprecated",
        "team_id": team,
        "team_domain": "shop",
        "channel_id": "C0REPAIRS",
        "channel_name": "repairs",
        "user_id": user,
        "user_name": "tom",
        "command": "/ticket",
        "text": text,
        "api_app_id": "A0TICKETS",
        "is_enterprise_install": "false",
        "response_url": "https://hooks.slack.com/commands/T0SHOP/1/abc",
        "trigger_id": trigger,
    }
    return urlencode(fields).encode()


def interaction(payload: dict[str, Any]) -> bytes:
    """Return the body of an interaction."""
    return urlencode({"payload": json.dumps(payload)}).encode()


def _by(user: str, team: str) -> dict[str, Any]:
    return {
        "team": {"id": team, "domain": "shop"},
        "user": {"id": user, "username": "tom", "name": "tom", "team_id": team},
        "api_app_id": "A0TICKETS",
        "token": "deprecated",
    }


def press(
    action_id: str,
    value: str = "",
    *,
    user: str = "U0TOMREED",
    trigger: str = "11.22.cafe",
    team: str = TEAM,
    response_url: str | None = "https://hooks.slack.com/actions/T0SHOP/1/abc",
    ephemeral: bool = False,
) -> dict[str, Any]:
    """Return a pressed button in the shop's channel."""
    payload = {
        "type": "block_actions",
        **_by(user, team),
        "container": {
            "type": "message",
            "message_ts": "1700000000.000100",
            "channel_id": "C0REPAIRS",
            "is_ephemeral": ephemeral,
        },
        "trigger_id": trigger,
        "channel": {"id": "C0REPAIRS", "name": "repairs"},
        "actions": [
            {"action_id": action_id, "block_id": "b", "type": "button", "value": value, "action_ts": "1700000000.1"}
        ],
    }
    if response_url is not None:
        payload["response_url"] = response_url
    return payload


def submission(
    callback_id: str,
    values: dict[str, dict[str, Any]],
    *,
    view_id: str = "V0FORM",
    user: str = "U0TOMREED",
    team: str = TEAM,
    metadata: str = "",
    kind: str = "view_submission",
) -> dict[str, Any]:
    """Return a submitted form; each of ``values`` is an input block."""
    return {
        "type": kind,
        **_by(user, team),
        "trigger_id": "33.44.beef",
        "view": {
            "id": view_id,
            "team_id": team,
            "type": "modal",
            "callback_id": callback_id,
            "private_metadata": metadata,
            "hash": "1.abc",
            "blocks": [
                {"type": "input", "block_id": block_id, "label": {"type": "plain_text", "text": block_id.title()}}
                for block_id in values
            ],
            "state": {"values": values},
        },
        "response_urls": [],
    }


def shortcut(callback_id: str, *, message: str | None = None, user: str = "U0TOMREED") -> dict[str, Any]:
    """Return a chosen shortcut: of a message that says ``message``, or the global one."""
    payload = {
        "type": "shortcut" if message is None else "message_action",
        **_by(user, TEAM),
        "action_ts": "1700000000.1",
        "callback_id": callback_id,
        "trigger_id": "11.22.cafe",
    }
    if message is not None:
        payload |= {
            "channel": {"id": "C0REPAIRS", "name": "repairs"},
            "message_ts": "1700000000.000100",
            "message": {"type": "message", "ts": "1700000000.000100", "user": "U0BO", "text": message},
        }
    return payload


def suggestion(action_id: str, value: str, *, user: str = "U0TOMREED", team: str = TEAM) -> dict[str, Any]:
    """Return what is sent while somebody types into a select."""
    return {
        "type": "block_suggestion",
        **_by(user, team),
        "container": {"type": "view", "view_id": "V0FORM"},
        "action_id": action_id,
        "block_id": "customer_id",
        "value": value,
    }


def event(event_type: str, event_id: str = "Ev01", *, team: str = TEAM, **facts: object) -> bytes:
    """Return the body of an event."""
    return json.dumps(
        {
            "token": "deprecated",
            "team_id": team,
            "api_app_id": "A0TICKETS",
            "type": "event_callback",
            "event_id": event_id,
            "event_time": 1700000000,
            "authorizations": [{"enterprise_id": None, "team_id": team, "user_id": "U0BOT", "is_bot": True}],
            "event": {"type": event_type, **facts},
        }
    ).encode()
