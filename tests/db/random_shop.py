"""One random shop with people of all kinds, tickets in every relation to them, and whoever may ask."""

import json
import random

from bot.roles import Role
from tests.db.reference import Asking, Row, World
from tests.shop import Connection, Shop

SEED = 4
TABLES = """
SELECT c.oid::regclass::text AS name FROM pg_class c
 WHERE c.relnamespace IN ('public'::regnamespace, 'app'::regnamespace) AND c.relkind IN ('r', 'p')
   AND NOT c.relispartition AND c.relname <> 'alembic_version'
"""


async def fill(shop: Shop) -> None:
    """Add people of all kinds, and tickets in every relation to them, with all that hangs on tickets."""
    pick = random.Random(SEED)  # noqa: S311 - no secret
    await shop.add_member("Mo Second", Role.MANAGER)
    await shop.add_member("Ina Gone", Role.TECHNICIAN, active=False)
    await shop.add_member("Gus Guest", Role.TECHNICIAN, slack_state="guest")
    await shop.add_member("Una Web", Role.TECHNICIAN, linked=False)
    await shop.add_member("Ruth Second", Role.REGULAR_USER)
    former = await shop.add_member("Fay Former", Role.TECHNICIAN)
    promoted = await shop.add_member("Pat Promoted", Role.REGULAR_USER)
    workers = (None, shop.technician, shop.colleague, shop.manager, former)
    filers = (None, *shop.people, former, promoted)
    for number in range(48):
        ticket = await shop.add_ticket(
            title=f"Laptop {number}",
            customer=pick.choice(shop.customers),
            worker=workers[number % len(workers)],
            filer=filers[number % len(filers)],
            completed=pick.random() < 0.4,
        )
        for _ in range(pick.randrange(3)):
            await shop.owner.execute(
                "INSERT INTO ticket_notes (ticket_id, body, author) VALUES ($1, 'Called.', $2)",
                ticket,
                pick.choice(shop.people).web_id,
            )
        if number % 3 == 0:
            await shop.owner.execute(
                "INSERT INTO ticket_attachments (ticket_id, file_name, file_path, file_type, file_size, uploaded_by)"
                " VALUES ($1, 'a.jpg', 'a.jpg', 'image/jpeg', 10, $2)",
                ticket,
                pick.choice(shop.people).web_id,
            )
            await shop.owner.execute("INSERT INTO ticket_secrets VALUES ($1, 'v1:x')", ticket)
    await shop.owner.execute(
        "INSERT INTO labour_entries (ticket_id, user_id, stopped_at, hours)"
        " SELECT t.id, u.id, now(), 1 FROM tickets t JOIN user_permissions u ON u.email = t.tech WHERE t.id % 2 = 0"
    )
    await shop.owner.execute(
        "INSERT INTO ticket_completions (ticket_id, user_id, version, bench_status, timed)"
        " SELECT t.id, u.id, t.version, 'in_repair', false FROM tickets t JOIN user_permissions u ON u.email = t.tech"
        " WHERE t.completed"
    )
    await shop.owner.execute("UPDATE tickets SET estimated_hours = 4 WHERE id % 3 = 0")
    await shop.owner.execute(  # what is over the limit is asked; some of it has been answered
        "UPDATE approvals SET state = 'approved', decided_at = now(), asked_how = 'phone' WHERE id % 2 = 0"
    )
    await shop.owner.execute("UPDATE tickets SET due_at = '2026-01-01' WHERE id % 3 = 0")
    await shop.owner.execute("INSERT INTO ticket_checks SELECT id, 1, 'It starts', true FROM ticket_completions")
    await shop.owner.execute(
        "INSERT INTO checklist_items (category, position, text) VALUES (NULL, 1, 'Clean'), ('upgrade', 1, 'It starts')"
    )
    gone = await shop.add_customer("Gone", "Away")
    await shop.owner.execute("UPDATE tickets SET customer_id = $1 WHERE completed AND id % 5 = 0", gone)
    await shop.owner.execute("UPDATE customers SET active = false WHERE id = $1", gone)
    await shop.owner.execute("DELETE FROM tickets WHERE id % 12 = 0")
    await shop.owner.execute(
        "INSERT INTO ticket_watchers (ticket_id, user_id)"
        " SELECT t.id, u.id FROM tickets t, user_permissions u WHERE (t.id + u.id) % 5 = 0"
    )
    await shop.owner.execute(
        "INSERT INTO preferences (user_id, quiet_from, quiet_until)"
        " SELECT id, make_time(id % 24, 0, 0), make_time(id % 24, 30, 0) FROM user_permissions WHERE id % 3 > 0"
    )
    # what they worked on and filed before stays theirs by name, and is no longer, or only now, theirs to see
    await shop.owner.execute("UPDATE user_permissions SET role = 'Regular User' WHERE id = $1", former.id)
    await shop.owner.execute("UPDATE user_permissions SET role = 'Technician' WHERE id = $1", promoted.id)
    await shop.owner.execute(
        "INSERT INTO customer_contacts (customer_id, way, body)"
        " SELECT id, 'called', 'Said ' || n FROM customers, generate_series(1, 2) n"
    )
    await shop.owner.execute("REFRESH MATERIALIZED VIEW customer_ticket_stats")


async def read_world(owner: Connection) -> World:
    await owner.execute("SET timezone = 'UTC'")
    names = [row["name"] for row in await owner.fetch(TABLES)]
    return {name: await rows_of(owner, name) for name in names}


async def rows_of(connection: Connection, relation: str) -> list[Row]:
    text = await connection.fetchval(f"SELECT coalesce(jsonb_agg(to_jsonb(x)), '[]') FROM {relation} x")  # noqa: S608
    rows: list[Row] = json.loads(text)
    return rows


def askers(world: World) -> list[Asking]:
    """Everybody, as their row says; those without settings; and settings that fit nobody."""
    everybody = [Asking(p["kinde_user_id"], p["email"], p["role"]) for p in world["user_permissions"]]
    tom, rita = ("kp_tom.reed", "tom.reed@shop.example"), ("kp_rita.bell", "rita.bell@shop.example")
    return [
        *everybody,
        Asking(),
        Asking(*tom),
        Asking(role="Manager"),
        Asking(role="Technician"),
        Asking(role="Regular User"),
        Asking(role="Viewer"),
        Asking("kp_nobody", "unassigned", "Technician"),
        Asking(tom[0], rita[1], "Technician"),
        Asking(rita[0], tom[1], "Technician"),
        Asking(rita[0], tom[1], "Regular User"),
        Asking(*tom, "Viewer"),
        Asking(*tom, "Manager"),
    ]


async def ask_as(bot: Connection, who: Asking) -> None:
    """Say for this transaction who asks, without any check, as a stale or forged session would."""
    await bot.execute(
        "SELECT set_config('app.current_user_id', $1, true), set_config('app.current_user_email', $2, true),"
        " set_config('app.user_role', $3, true)",
        who.user_id or "",
        who.email or "",
        who.role or "",
    )
