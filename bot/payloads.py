"""What Slack delivers, read once into typed payloads: from the raw body of a request whose signature has been checked.

Only what this app uses is kept. Whatever is missing, of another type, nested too deep or no UTF-8 is ``Malformed``;
identifiers hold no blanks and no control characters. What people typed is kept as it came, NUL included: the answer
to that is words, not a refused request.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import from_json

_MAX_FIELDS: Final = 100  # a slash command has about 15

Id = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x20\x7f]+$")]
Values = dict[str, dict[str, dict[str, Any]]]  # block id -> action id -> what stands there


class Malformed(Exception):
    """Not a request that Slack would send. ``status``: how HTTP says it."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.status = status


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Named(_Part):
    """Something of which only the id matters."""

    id: Id


class Container(_Part):
    """Where a button stands."""

    type: str = ""
    is_ephemeral: bool = False
    message_ts: Id | None = None
    view_id: Id | None = None


class Choice(_Part):
    """The option that was chosen in a select."""

    value: str = ""


class Action(_Part):
    """One thing that was pressed or chosen."""

    type: str = ""
    action_id: Id
    value: str | None = None
    selected_option: Choice | None = None

    @property
    def pressed(self) -> tuple[str, str]:
        """The identifier and the value that count. A menu's choice is a button folded away: its value holds both."""
        chosen = self.selected_option.value if self.selected_option else self.value or ""
        if self.type == "overflow":
            identifier, _, value = chosen.partition(" ")
            return identifier, value
        return self.action_id, chosen


class Words(_Part):
    """What a label says."""

    text: str = ""


class OpenView(_Part):
    """A form as it stands on the person's screen."""

    id: Id
    type: str = "modal"  # Bolt looks at it
    callback_id: str = ""
    private_metadata: str = ""
    title: "Words | None" = None
    submit: "Words | None" = None
    blocks: list[dict[str, Any]] = []
    state: "ViewState | None" = None


class ViewState(_Part):
    """What was typed into a form."""

    values: Values = {}


class SlashCommand(_Part):
    """Somebody typed a command."""

    command: Id
    text: str = ""
    team_id: Id
    user_id: Id
    channel_id: Id
    trigger_id: Id


class _Interaction(_Part):
    team: Named | None
    user: Named

    @property
    def team_id(self) -> str:
        """The workspace's id; empty where the app is installed for a whole organisation."""
        return self.team.id if self.team else ""

    @property
    def user_id(self) -> str:
        """Who did it."""
        return self.user.id


class BlockActions(_Interaction):
    """Somebody pressed a button or chose from a select."""

    type: Literal["block_actions"]
    trigger_id: Id
    actions: Annotated[list[Action], Field(min_length=1)]
    container: Container = Container()
    channel: Named | None = None
    view: OpenView | None = None
    response_url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None


class ViewSubmission(_Interaction):
    """Somebody submitted a form."""

    type: Literal["view_submission"]
    trigger_id: Id | None = None
    view: OpenView


class ViewClosed(_Interaction):
    """Somebody closed a form that asked to be told."""

    type: Literal["view_closed"]
    view: OpenView


class BlockSuggestion(_Interaction):
    """Somebody types into a select that asks for its options."""

    type: Literal["block_suggestion"]
    action_id: Id
    value: str = ""
    view: OpenView | None = None


class QuotedMessage(_Part):
    """A message from whose menu a shortcut was chosen."""

    ts: Id
    thread_ts: Id | None = None
    text: str = ""
    files: list[Named] = []


class Shortcut(_Interaction):
    """Somebody chose a shortcut, from the menu or from a message's."""

    type: Literal["shortcut", "message_action"]
    callback_id: Id
    trigger_id: Id
    channel: Named | None = None
    message: QuotedMessage | None = None


class _Event(_Part):
    model_config = ConfigDict(frozen=True, extra="allow")

    type: Id


class EventCallback(_Part):
    """Something happened in the workspace."""

    type: Literal["event_callback"]
    team_id: Id
    event_id: Id
    is_ext_shared_channel: bool = False  # people of other workspaces are there
    event: _Event


class UrlVerification(_Part):
    """Slack asks whether we are there, when the address is entered in the app's settings."""

    type: Literal["url_verification"]
    challenge: Annotated[str, StringConstraints(max_length=1000)]


class RateLimitNotice(_Part):
    """Slack says that it withholds events, since there were too many."""

    type: Literal["app_rate_limited"]


Interaction = BlockActions | ViewSubmission | ViewClosed | BlockSuggestion | Shortcut
Deliverable = SlashCommand | Interaction | EventCallback
Payload = Deliverable | UrlVerification | RateLimitNotice

_INTERACTION: Final[TypeAdapter[Interaction]] = TypeAdapter(Annotated[Interaction, Field(discriminator="type")])
_EVENT: Final[TypeAdapter[EventCallback | UrlVerification | RateLimitNotice]] = TypeAdapter(
    Annotated[EventCallback | UrlVerification | RateLimitNotice, Field(discriminator="type")]
)
_COMMAND: Final = TypeAdapter(SlashCommand)


def read_payload(raw: bytes, content_type: str) -> Payload:
    """Read a request's body; raises ``Malformed``."""
    match content_type.split(";", maxsplit=1)[0].strip().lower():
        case "application/json":
            return read_document("event", _read_json(raw), may_hold_nul=b"\\u0000" in raw)
        case "application/x-www-form-urlencoded":
            fields = _read_form(raw)
            if "payload" in fields:
                return read_document("interaction", _read_json(fields["payload"]))
            return read_document("command", fields)
    raise Malformed("neither JSON nor a form", status=415)


def read_document(
    kind: Literal["command", "interaction", "event"], document: object, *, may_hold_nul: bool = False
) -> Payload:
    """Read what a request's body or an envelope holds; raises ``Malformed``."""
    try:
        match kind:
            case "command":
                return _COMMAND.validate_python(document)
            case "interaction":
                return _INTERACTION.validate_python(document)
            case "event":
                event = _EVENT.validate_python(document)
                if may_hold_nul and _holds_nul(event.model_dump()):
                    raise Malformed("a NUL character in an event")
                return event
    except ValidationError as error:
        raise Malformed(first_fault(error)) from None


def first_fault(error: ValidationError) -> str:
    """Say where and of which kind the first fault is, without what stood there."""
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(step) for step in first["loc"])
    return f"{where or 'the body'}: {first['type']}"


def _read_json(text: bytes | str) -> object:
    try:
        # refuses bad UTF-8, lone surrogates, NaN and nesting deeper than 200
        return from_json(text, allow_inf_nan=False)
    except ValueError:
        raise Malformed("not JSON") from None


def _read_form(raw: bytes) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(
            raw.decode(),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError:
        raise Malformed("not a form") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Malformed("a field is there twice")
    return fields


def _holds_nul(value: object) -> bool:
    match value:
        case str():
            return "\0" in value
        case dict():
            return any(_holds_nul(part) for pair in value.items() for part in pair)
        case list():
            return any(map(_holds_nul, value))
    return False
