"""What went both ways between workspace and app: a line each for whoever inspects it, with a verdict in words."""

import itertools
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from sandbox.clock import Clock
from sandbox.delivery import Deliverer, Delivery
from sandbox.documents import Document, Json, as_document
from sandbox.hub import Hub
from sandbox.rates import Rates
from sandbox.refusals import Refused
from sandbox.troubles import Kind, Troubles
from sandbox.web_api import ApiCall

KEPT: Final = 500
NAME_LENGTH: Final = 200

_TROUBLES: Final[Mapping[Kind, str]] = {
    "limited": "too many calls (429), not carried out",
    "broken": "Slack was down (500), not carried out",
    "reset": "the connection broke, not carried out",
    "silent": "Slack gave no answer, not carried out",
    "slow": "answered late",
    "lost_reply": "carried out, but the reply was lost",
    "held_reply": "carried out, but the reply was held back",
}
# whoever has one of these can use it: the secret of a response URL, the ticket of an upload URL or a socket's address
_SECRETS: Final = re.compile(r"(/hooks/\w+/\w+/|/upload/v1/|[?&]ticket=)[^&\s\"]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A delivery or a call, numbered in the order in which they began."""

    number: int
    at: float
    record: Delivery | ApiCall

    def document(self) -> Document:
        """Write the last delivery or call as it is sent and answered, without secrets."""
        if isinstance(self.record, Delivery):
            body = self.record.body
            answer: Json = as_document(body) or body
            return {"sent": without_secrets(self.record.payload), "answer": without_secrets(answer)}
        return {"sent": without_secrets(self.record.arguments), "answer": without_secrets(self.record.answer)}


@dataclass(slots=True)
class Inspector:
    """Keeps the last 500 of both and tells every open page of each, and of what trouble is switched on."""

    hub: Hub
    clock: Clock
    deliverer: Deliverer
    troubles: Troubles
    rates: Rates
    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=KEPT))
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def note(self, record: Delivery | ApiCall) -> None:
        """Keep what has begun, or what is known better now, and tell of it."""
        entry = next((known for known in reversed(self.entries) if known.record is record), None)
        if entry is None:
            entry = Entry(next(self._numbers), self.clock.time(), record)
            self.entries.append(entry)
        self.hub.tell_all({"type": "exchange", "row": self._row(entry)})

    def tell_switches(self) -> None:
        """Tell what trouble is switched on."""
        self.hub.tell_all({"type": "switches", **self.switches()})

    def switches(self) -> Document:
        """Write what trouble is switched on."""
        return {"troubles": self.troubles.document(), "rates": self.rates.enforced}

    def rows(self) -> list[Document]:
        """Write a line for each, oldest first."""
        return [self._row(entry) for entry in self.entries]

    def find(self, number: object) -> Entry:
        """Find one; raises `Refused`."""
        found = next((entry for entry in self.entries if entry.number == number), None)
        if found is None:
            raise Refused("This is no longer kept.")
        return found

    def _row(self, entry: Entry) -> Document:
        record = entry.record
        running = record.running
        if isinstance(record, Delivery):
            verdict = self._fault_of(record)
            about: Document = {
                "kind": record.kind,
                "name": _name_of(record)[:NAME_LENGTH],
                "user": _person_in(record.payload),
                "ms": record.ack_ms,
                "status": record.status,
                "retry": record.retry,
                "replay": record.replay,
                "verdict": verdict or _reading_of(record),
            }
        else:
            verdict = "" if running else _fault_of_call(record)
            ms = ((record.until or record.at) - record.at) * 1000
            about = {"kind": "call", "name": record.method, "ms": ms, "verdict": verdict or "ok"}
        if running:
            about["verdict"] = "running"
        return {"number": entry.number, "at": entry.at, "ok": not verdict, "running": running, **about}

    def _fault_of(self, delivery: Delivery) -> str:
        match delivery.error:
            case None:
                return delivery.fault or ""
            case "http_timeout":
                return f"not acknowledged within {self.deliverer.ack_seconds:g} s"
            case "http_error":
                return f"answered with status {delivery.status}"
            case "connection_failed":
                return "nobody listens at the app's end"
            case other:
                return other


def without_secrets(value: Json) -> Json:
    """Copy a document without what could be used by whoever reads it."""
    if isinstance(value, dict):
        return {key: without_secrets(one) for key, one in value.items() if key != "token"}
    if isinstance(value, list):
        return [without_secrets(one) for one in value]
    return _SECRETS.sub(r"\1…", value) if isinstance(value, str) else value


def _fault_of_call(call: ApiCall) -> str:
    said = [_TROUBLES[call.trouble]] if call.trouble is not None else []
    if call.answer.get("ok") is False:
        messages = call.answer.get("response_metadata", {}).get("messages", [])
        reasons = "; ".join(message.removeprefix("[ERROR] ") for message in messages)
        said.append(f"{call.answer['error']}: {reasons}" if reasons else call.answer["error"])
    return "; ".join(said)


def _reading_of(delivery: Delivery) -> str:
    action = (as_document(delivery.body) or {}).get("response_action")
    return f"acknowledged: {action}" if isinstance(action, str) else "acknowledged"


def _name_of(delivery: Delivery) -> str:
    payload = delivery.payload
    match delivery.kind:
        case "slash_command":
            return f"{payload['command']} {payload['text']}".strip()
        case "block_actions":
            return str(payload["actions"][0]["action_id"])
        case "block_suggestion":
            return f"{payload['action_id']} {payload['value']}".strip()
        case "view_submission" | "view_closed":
            return str(payload["view"]["callback_id"])
        case "event_callback":
            event = payload["event"]
            return " ".join(filter(None, (event["type"], event.get("subtype"))))
        case _:
            return str(payload["callback_id"])


def _person_in(payload: Document) -> str | None:
    told: Document = payload.get("event", payload)
    user = told.get("user", told.get("user_id"))
    return user.get("id") if isinstance(user, dict) else user
