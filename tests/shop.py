"""A small shop for tests: a few people linked with Slack, a few customers, and tickets as a test needs them."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

import asyncpg
from pydantic import SecretStr

from bot.roles import Role
from db.keys import Keys
from db.models import Asker

TEAM = "T0SHOP"
KEYS = Keys(SecretStr("a key of the tests, long enough: 33"))
GROWN_TICKETS = 200_000
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@dataclass(frozen=True, slots=True)
class Member:
    """A row of ``user_permissions``."""

    id: int
    name: str
    role: Role
    email: str
    slack_user_id: str | None
    web_id: str  # kinde_user_id

    def asker(self, *roles: Role, source: str = "slack:command") -> Asker:
        """Return this person as the sender of a request that ``roles`` (all of them, if none is named) may make."""
        assert self.slack_user_id is not None
        return Asker(team=TEAM, slack_user=self.slack_user_id, roles=roles or tuple(Role), source=source)


@dataclass(slots=True)
class Shop:
    """The people and customers of one test's database. The methods write as the owner: plain SQL, no session."""

    owner: Connection
    manager: Member = field(init=False)
    technician: Member = field(init=False)
    colleague: Member = field(init=False)  # another technician
    regular_user: Member = field(init=False)
    viewer: Member = field(init=False)
    customers: list[int] = field(default_factory=list)

    @classmethod
    async def open(cls, owner: Connection) -> "Shop":
        """Insert the shop's people, three customers and the workspace ``TEAM``."""
        shop = cls(owner)
        await owner.execute("TRUNCATE shop_hours")  # nothing is due by itself, and nobody is reminded
        await owner.execute(
            "INSERT INTO shop_settings (key, value) VALUES ('slack_team_id', $1)"
            " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
            TEAM,
        )
        shop.manager = await shop.add_member("Maria Francisco", Role.MANAGER)
        shop.technician = await shop.add_member("Tom Reed", Role.TECHNICIAN)
        shop.colleague = await shop.add_member("Ana Lopez", Role.TECHNICIAN)
        shop.regular_user = await shop.add_member("Rita Bell", Role.REGULAR_USER)
        shop.viewer = await shop.add_member("Victor Hale", Role.VIEWER)
        for first_name, last_name in (("Grace", "Hill"), ("Omar", "Diaz"), ("June", "Park")):
            shop.customers.append(await shop.add_customer(first_name, last_name))
        return shop

    @classmethod
    async def find(cls, owner: Connection) -> "Shop":
        """Return the shop that ``open`` has made in this database."""
        shop = cls(owner)
        rows = await owner.fetch("SELECT * FROM user_permissions ORDER BY id")
        shop.manager, shop.technician, shop.colleague, shop.regular_user, shop.viewer = (
            Member(
                row["id"],
                row["display_name"],
                Role(row["role"]),
                row["email"],
                row["slack_user_id"],
                row["kinde_user_id"],
            )
            for row in rows
        )
        shop.customers += [row["id"] for row in await owner.fetch("SELECT id FROM customers ORDER BY id")]
        return shop

    @property
    def people(self) -> tuple[Member, ...]:
        """Everybody whom ``open`` has added."""
        return (self.manager, self.technician, self.colleague, self.regular_user, self.viewer)

    async def keep_hours(
        self, opens: str = "09:00", closes: str = "18:00", *, zone: str = "America/Los_Angeles"
    ) -> None:
        """Have the shop open from Monday to Friday, by the clock of ``zone``."""
        await self.owner.execute(
            "INSERT INTO shop_hours SELECT d, $1::text::time, $2::text::time FROM generate_series(1, 5) d",
            opens,
            closes,
        )
        await self.owner.execute(
            "INSERT INTO shop_settings VALUES ('time_zone', $1) ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
            zone,
        )

    async def add_member(
        self, name: str, role: Role, *, linked: bool = True, active: bool = True, slack_state: str = "member"
    ) -> Member:
        """Insert a person: ``Tom Reed`` is tom.reed@shop.example and, if ``linked``, U0TOMREED in Slack."""
        handle = name.lower().replace(" ", ".")
        email = f"{handle}@shop.example"
        slack_user_id = f"U0{name.upper().replace(' ', '')}" if linked else None
        member_id: int = await self.owner.fetchval(
            "INSERT INTO user_permissions"
            " (kinde_user_id, email, role, is_active, display_name, slack_user_id, slack_state)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
            f"kp_{handle}",
            email,
            role,
            active,
            name,
            slack_user_id,
            slack_state,
        )
        return Member(member_id, name, role, email, slack_user_id, f"kp_{handle}")

    async def add_customer(self, first_name: str, last_name: str, *, active: bool = True) -> int:
        """Insert a customer and return their id; phone and address are made up."""
        customer_id: int = await self.owner.fetchval(
            "INSERT INTO customers (first_name, last_name, email, phone, address1, city, state, zip, active)"
            " VALUES ($1, $2, $3, $4, '12 Main St', 'Oakland', 'CA', '94607', $5) RETURNING id",
            first_name,
            last_name,
            f"{first_name}.{last_name}@example.com".lower(),
            f"(510) 555-{len(self.customers):04d}",
            active,
        )
        return customer_id

    async def add_ticket(
        self,
        *,
        title: str = "Laptop does not start",
        description: str = "Fans spin, the screen stays dark.",
        customer: int | None = None,
        worker: Member | None = None,
        filer: Member | None = None,
        priority: str = "medium",
        category: str | None = "hardware",
        estimated_hours: Decimal | None = None,
        completed: bool = False,
        actual_hours: Decimal | None = None,
        created_at: datetime | None = None,
        bench_status: str = "received",
    ) -> int:
        """Insert a ticket and return its number: in the queue and filed by nobody, unless said otherwise."""
        ticket_id: int = await self.owner.fetchval(
            "INSERT INTO tickets (customer_id, title, description, tech, created_by, priority, category,"
            " estimated_hours, completed, actual_hours, created_at, bench_status)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, coalesce($11, now()), $12) RETURNING id",
            self.customers[0] if customer is None else customer,
            title,
            description,
            worker.email if worker else "unassigned",
            filer.web_id if filer else None,
            priority,
            category,
            estimated_hours,
            completed,
            actual_hours,
            created_at,
            bench_status,
        )
        return ticket_id
