"""What comes over a socket: Slack's own frames, and envelopes that hold the payloads of ``bot.payloads``."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from bot.payloads import Id, Malformed, Payload, first_fault, read_document


class _Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Hello(_Frame):
    """The connection is good. ``num_connections``: of this app, this one among them."""

    type: Literal["hello"]
    num_connections: int = 1


class Disconnect(_Frame):
    """The connection ends soon (``warning``, ``refresh_requested``), or isn't wanted."""

    type: Literal["disconnect"]
    reason: Annotated[str, Field(max_length=100)] = ""


class Envelope(_Frame):
    """One payload to acknowledge. ``retry_attempt``: how often it was sent before (events alone)."""

    type: Literal["slash_commands", "interactive", "events_api"]
    envelope_id: Id
    payload: dict[str, Any]
    accepts_response_payload: bool = False
    retry_attempt: int | None = None

    def read(self) -> Payload:
        """Read what the envelope holds; raises ``Malformed``."""
        match self.type:
            case "slash_commands":
                return read_document("command", self.payload)
            case "interactive":
                return read_document("interaction", self.payload)
            case "events_api":
                return read_document("event", self.payload, may_hold_nul=True)

    def acknowledgement(self, answer: str) -> str:
        """Write the frame that acknowledges it. ``answer``: JSON for the person, sent only where Slack takes it."""
        acknowledged: dict[str, Any] = {"envelope_id": self.envelope_id}
        if answer and self.accepts_response_payload:
            acknowledged["payload"] = from_json(answer)
        return to_json(acknowledged).decode()


Frame = Hello | Disconnect | Envelope

_FRAME: Final[TypeAdapter[Frame]] = TypeAdapter(Annotated[Frame, Field(discriminator="type")])


def read_frame(text: str) -> Frame:
    """Read a text frame; raises ``Malformed``."""
    try:
        return _FRAME.validate_python(from_json(text, allow_inf_nan=False))
    except ValidationError as error:
        raise Malformed(first_fault(error)) from None
    except ValueError:
        raise Malformed("not JSON") from None
