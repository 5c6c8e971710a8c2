"""The people of the sample shop, and who of them is who in Slack (``workspace.json`` says the same)."""

from dataclasses import dataclass
from typing import Final

from bot.roles import Role


@dataclass(frozen=True, slots=True)
class Person:
    """A row of ``user_permissions``."""

    name: str
    email: str
    role: Role
    slack_user_id: str

    @property
    def web_id(self) -> str:
        """What the shop's web application knows the person by."""
        return f"kp_{self.email.partition('@')[0]}"


MANAGER: Final = Person("Maria Francisco", "maria@franciscorepair.example.com", Role.MANAGER, "U0MARIA")
TECHNICIANS: Final = (
    Person("Ana Reyes", "ana@franciscorepair.example.com", Role.TECHNICIAN, "U0ANA"),
    Person("Ben Okafor", "ben@franciscorepair.example.com", Role.TECHNICIAN, "U0BEN"),
    Person("Tom Nguyen", "tom@franciscorepair.example.com", Role.TECHNICIAN, "U0TOM"),
)
FRONT_DESK: Final = (
    Person("Lily Chen", "lily@franciscorepair.example.com", Role.REGULAR_USER, "U0LILY"),
    Person("Sam Ortiz", "sam@franciscorepair.example.com", Role.REGULAR_USER, "U0SAM"),
)
VIEWER: Final = Person("Ruth Goldberg", "ruth@goldbergbooks.example.com", Role.VIEWER, "U0RUTH")

PEOPLE: Final = (MANAGER, *TECHNICIANS, *FRONT_DESK, VIEWER)
