"""JSON as it goes over the wire: Block Kit, payloads and answers stay documents, everything else is typed."""

import json
import secrets
import string
from typing import Any, TypeAlias

Json: TypeAlias = Any  # a JSON value of any kind, not looked at yet
Document: TypeAlias = dict[str, Any]

_ID_LETTERS = string.ascii_uppercase + string.digits


def new_id(prefix: str) -> str:
    """Make an identifier as Slack's look: a letter for the kind, then ten capitals and digits."""
    return prefix + "".join(secrets.choice(_ID_LETTERS) for _ in range(10))


def as_json(value: object) -> str:
    """Write compact JSON with real characters."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def as_document(text: str | bytes) -> Document | None:
    """Read a JSON object; None if it is anything else."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
