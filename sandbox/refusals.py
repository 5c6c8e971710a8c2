"""How the workspace says no to the app, in Slack's words."""

from collections.abc import Sequence

from sandbox.documents import Document


class Refused(Exception):
    """A Web API call that fails; `error` is Slack's name for the reason, `messages` say where in the arguments."""

    def __init__(self, error: str, messages: Sequence[str] = (), **details: str) -> None:
        super().__init__(error)
        self.error = error
        self.messages = list(messages)
        self.details = details

    @property
    def words(self) -> str:
        """Say the reason in a line."""
        return ": ".join(filter(None, (self.error, "; ".join(self.messages))))

    def document(self) -> Document:
        """Write the answer as Slack sends it."""
        document: Document = {"ok": False, "error": self.error, **self.details}
        if self.messages:
            if self.error == "invalid_blocks":
                document["errors"] = self.messages
            document["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in self.messages]}
        return document
