"""Reads what the app answers in its ack, and refuses what Slack would not take."""

from dataclasses import dataclass, field
from typing import Final, Literal

from sandbox.api.views import read_view
from sandbox.blocks.objects import SUGGESTIONS
from sandbox.blocks.shapes import Faults
from sandbox.documents import Document, as_document
from sandbox.files import Files
from sandbox.refusals import Refused
from sandbox.views import View

Action = Literal["close", "errors", "update", "push", "clear"]
BAD_ANSWER: Final = "invalid_response"


@dataclass(frozen=True, slots=True)
class SubmissionAnswer:
    """What becomes of a submitted form."""

    action: Action
    errors: dict[str, str] = field(default_factory=dict)
    view: Document | None = None


def read_command_answer(body: str) -> Document | None:
    """Read the ack of a slash command: None for nothing, plain text as text; raises `Refused`."""
    if not body.strip():
        return None
    document = as_document(body)
    if document is not None:
        return document
    if body.lstrip().startswith("{"):
        raise Refused("invalid_command_response", ["the answer is no sound JSON"])
    return {"text": body}


def read_submission_answer(body: str, view: View, files: Files) -> SubmissionAnswer:
    """Read the ack of a form (docs.slack.dev/surfaces/modals); raises `Refused`."""
    if not body.strip():
        return SubmissionAnswer("close")
    document = as_document(body)
    if document is None:
        raise Refused(BAD_ANSWER, ["the answer to a form must be empty or a JSON object"])
    if not document:
        return SubmissionAnswer("close")
    match document.get("response_action"):
        case "errors":
            return SubmissionAnswer("errors", errors=_field_errors(document.get("errors"), view))
        case "update":
            return SubmissionAnswer("update", view=read_view(document.get("view"), files))
        case "push":
            return SubmissionAnswer("push", view=read_view(document.get("view"), files))
        case "clear":
            return SubmissionAnswer("clear")
        case other:
            raise Refused(BAD_ANSWER, [f"response_action {other!r} is none of errors, update, push, clear"])


def read_suggestions(body: str) -> Document:
    """Read the options for a select menu, at most 100; raises `Refused`."""
    document = as_document(body)
    if document is None:
        raise Refused(BAD_ANSWER, ["the answer must be a JSON object with options or option_groups"])
    faults = Faults()
    SUGGESTIONS(document, "", faults)
    if faults:
        raise Refused(BAD_ANSWER, faults.messages)
    return document


def _field_errors(errors: object, view: View) -> dict[str, str]:
    if not isinstance(errors, dict) or not errors:
        raise Refused(BAD_ANSWER, ["errors must be an object of block_id to message"])
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    for block_id, message in errors.items():
        if block_id not in inputs:
            raise Refused(BAD_ANSWER, [f"errors names {block_id!r}, which is no input block of the view"])
        if not isinstance(message, str) or not message:
            raise Refused(BAD_ANSWER, [f"the error for {block_id!r} must be a text"])
    return dict(errors)
