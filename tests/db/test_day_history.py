"""A ticket's history: who changed what, from where, in names."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from db.customers import deactivate_customer
from db.models import Change, History
from db.pool import Database
from db.tickets import (
    add_note,
    assign_ticket,
    complete_ticket,
    edit_ticket,
    file_ticket,
    read_history,
    release_ticket,
    reopen_ticket,
    take_ticket,
)
from tests.shop import Connection, Shop


def told(history: History) -> list[tuple[str, str | None, str, list[tuple[str, str | None, str | None]], str | None]]:
    """Return the entries without their moments, oldest first."""
    return [
        (
            entry.who,
            entry.source,
            entry.kind,
            [(change.field, change.old, change.new) for change in entry.changes],
            entry.body,
        )
        for entry in reversed(history.entries)
    ]


async def test_history_tells_a_tickets_life_in_names(shop: Shop, database: Database) -> None:
    rita, tom, ana, maria = shop.regular_user, shop.technician, shop.colleague, shop.manager
    filed = await file_ticket(
        database,
        rita.asker(source="slack:view"),
        "0",
        customer_id=1,
        title="No sound",
        description="None at all",
        priority="low",
        category=None,
        estimated_hours=None,
        assign="queue",
    )
    ticket = filed.ticket.id
    await edit_ticket(
        database,
        rita.asker(),
        "1",
        ticket,
        {"title": "No picture", "priority": "high", "customer_id": 2, "estimated_hours": Decimal("1.5")},
    )
    await take_ticket(database, tom.asker(source="slack:action"), "2", ticket)
    await add_note(database, rita.asker(), "3", ticket, "She called.")
    await assign_ticket(database, tom.asker(), "4", ticket, "ana")
    await complete_ticket(database, ana.asker(), "5", ticket, Decimal("0.50"), "Plugged it in.")
    await reopen_ticket(database, maria.asker(source="slack:message"), "6", ticket, "Again.")
    await release_ticket(database, ana.asker(), "7", ticket)

    history = await read_history(database, rita.asker(), ticket)

    assert told(history) == [
        ("Rita Bell", "slack:view", "filed", [], None),
        (
            "Rita Bell",
            "slack:command",
            "changed",
            [
                ("title", "No sound", "No picture"),
                ("priority", "low", "high"),
                ("customer_id", "Grace Hill", "Omar Diaz"),
                ("estimated_hours", None, "1.50"),
            ],
            None,
        ),
        ("Tom Reed", "slack:action", "changed", [("tech", None, "Tom Reed")], None),
        ("Rita Bell", "slack:command", "note", [], "She called."),
        ("Tom Reed", "slack:command", "changed", [("tech", "Tom Reed", "Ana Lopez")], None),
        ("Ana Lopez", "slack:command", "resolution", [], "Plugged it in."),
        (
            "Ana Lopez",
            "slack:command",
            "changed",
            [("actual_hours", None, "0.50"), ("completed", "false", "true")],
            None,
        ),
        ("Maria Francisco", "slack:message", "note", [], "Again."),
        ("Maria Francisco", "slack:message", "changed", [("completed", "true", "false")], None),
        ("Ana Lopez", "slack:command", "changed", [("tech", "Ana Lopez", None)], None),
    ]
    assert (history.ticket.id, history.ticket.title, history.more) == (ticket, "No picture", False)
    assert history.entries == sorted(history.entries, key=lambda entry: entry.at, reverse=True)


async def test_history_has_no_address_of_anybody(shop: Shop, bot: Connection, owner: Connection) -> None:
    """Neither staff's e-mails nor the customer's contact nor a browser or address of the web application."""
    ticket = await shop.add_ticket(filer=shop.regular_user)
    async with bot.transaction():
        await bot.execute("SELECT set_config('app.user_agent', 'Mozilla/5.0 (secret)', true)")
        await bot.execute("SELECT app.set_session($1, '10.1.2.3')", shop.manager.web_id)
        await bot.execute("UPDATE tickets SET tech = 'tom.reed@shop.example', customer_id = 3")
        await bot.execute("INSERT INTO ticket_notes (ticket_id, body) VALUES ($1, 'By the web.')", ticket)
    await owner.execute("UPDATE tickets SET tech = 'ana.lopez@shop.example'")
    for person in shop.people[:1] + shop.people[2:]:
        asker = person.asker()
        text = await bot.fetchval(
            "SELECT app.read_history($1, $2, $3, 'x', $4)", asker.team, asker.slack_user, asker.roles, ticket
        )
        entries = History.model_validate_json(text)
        without_actor = text.replace(person.email, "")

        assert "@" not in without_actor
        assert "555" not in text
        assert "10.1.2.3" not in text
        assert "secret" not in text
        assert told(entries)[1:] == [
            (
                "Maria Francisco",
                "web",
                "changed",
                [("customer_id", "Grace Hill", "June Park"), ("tech", None, "Tom Reed")],
                None,
            ),
            ("Maria Francisco", "web", "note", [], "By the web."),
            ("system", None, "changed", [("tech", "Tom Reed", "Ana Lopez")], None),
        ]


async def test_former_customers_name_is_for_managers(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(filer=shop.regular_user)
    await edit_ticket(database, shop.regular_user.asker(), "one", ticket, {"customer_id": 2})
    await deactivate_customer(database, shop.manager.asker(), "two", 1)
    seen = {}
    for person in (shop.manager, shop.regular_user, shop.viewer):
        history = await read_history(database, person.asker(), ticket)
        seen[person.role.value] = [change.old for change in history.entries[0].changes]

    assert seen == {
        "Manager": ["Grace Hill"],
        "Regular User": ["a former customer"],
        "Viewer": ["a former customer"],
    }


async def test_only_what_people_see_of_a_ticket_is_told(shop: Shop, database: Database, owner: Connection) -> None:
    """Its own moments, and who filed it, are not."""
    ticket = await shop.add_ticket()
    await owner.execute("UPDATE tickets SET created_at = created_at - interval '1 day', created_by = 'kp_rita.bell'")
    history = await read_history(database, shop.manager.asker(), ticket)

    assert told(history) == [("system", None, "filed", [], None)]


async def test_twenty_entries_newest_first(shop: Shop, database: Database, owner: Connection) -> None:
    ticket = await shop.add_ticket()
    now = datetime.now(UTC)
    for number in range(19):
        await owner.execute(
            "INSERT INTO ticket_notes (ticket_id, body, created_at) VALUES ($1, $2, $3)",
            ticket,
            f"Note {number}",
            now + timedelta(minutes=number),
        )
    twenty = await read_history(database, shop.manager.asker(), ticket)
    await owner.execute("UPDATE tickets SET priority = 'high'")
    more = await read_history(database, shop.manager.asker(), ticket)

    assert [entry.body for entry in twenty.entries] == [*(f"Note {number}" for number in range(18, -1, -1)), None]
    assert (len(twenty.entries), twenty.more, len(more.entries), more.more) == (20, False, 20, True)


async def test_long_texts_are_cut(shop: Shop, database: Database, owner: Connection) -> None:
    ticket = await shop.add_ticket(description="x" * 9000)
    await owner.execute("UPDATE tickets SET description = repeat('y', 500)")
    await owner.execute("INSERT INTO ticket_notes (ticket_id, body) VALUES ($1, repeat('é', 10000))", ticket)
    history = await read_history(database, shop.manager.asker(), ticket)

    assert history.entries[0].body == "é" * 499 + "…"
    assert history.entries[1].changes == [Change(field="description", old="x" * 499 + "…", new="y" * 500)]


async def test_what_the_trail_has_lost_is_told_from_the_events(
    shop: Shop, database: Database, owner: Connection
) -> None:
    """The trail is kept for some months; who filed, took and finished a ticket is known for ever."""
    ticket = await shop.add_ticket(filer=shop.regular_user)
    await take_ticket(database, shop.technician.asker(), "one", ticket)
    await assign_ticket(database, shop.technician.asker(), "two", ticket, "ana")
    await edit_ticket(database, shop.colleague.asker(), "three", ticket, {"title": "Fan"})
    await complete_ticket(database, shop.colleague.asker(), "four", ticket, Decimal(1), "New fan.")
    await owner.execute("DELETE FROM activity_log")
    await reopen_ticket(database, shop.manager.asker(), "five", ticket, "")
    history = await read_history(database, shop.manager.asker(), ticket)

    assert told(history) == [
        ("system", None, "filed", [], None),  # by plain SQL
        ("Tom Reed", None, "changed", [("tech", None, "Tom Reed")], None),
        ("Tom Reed", None, "changed", [("tech", "Tom Reed", "Ana Lopez")], None),
        ("Ana Lopez", None, "resolution", [], "New fan."),
        ("Ana Lopez", None, "changed", [("completed", "false", "true")], None),
        ("Maria Francisco", "slack:command", "changed", [("completed", "true", "false")], None),
    ]


async def test_technician_who_was_removed_is_a_former_colleague(
    shop: Shop, database: Database, owner: Connection
) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await owner.execute("UPDATE tickets SET tech = 'unassigned'")
    await owner.execute("DELETE FROM user_permissions WHERE id = $1", shop.technician.id)
    history = await read_history(database, shop.manager.asker(), ticket)

    assert history.entries[0].changes == [Change(field="tech", old="a former colleague", new=None)]
