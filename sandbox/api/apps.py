"""apps.*: the address for a Socket Mode connection."""

from sandbox.api.registry import Call, Method, Methods
from sandbox.documents import Document


def connections_open(call: Call) -> Document:
    """Give an address that is good for one connection, soon."""
    return {"url": call.state.socket_urls.give()}


METHODS: Methods = {
    "apps.connections.open": Method(connections_open, tier="t3", app_level=True),
}
