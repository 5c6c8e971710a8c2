"""Files of tickets: asked for by people, carried out by workers, claim by claim."""

from datetime import timedelta
from itertools import count

import asyncpg
import pytest

from bot.errors import FileNotFound, FileNotYours, TicketFilesFull, TicketNotFound
from db.files import (
    ask_for_file,
    attach_files,
    card_ticket,
    claim_file_errands,
    end_file_errand,
    postpone_file_errand,
    read_files,
    remove_file,
    store_file,
    unknown_files,
)
from db.models import FileErrand
from db.pool import Database
from db.tickets import file_ticket, read_history, read_ticket
from tests.db.test_notifications import claim
from tests.shop import KEYS, Connection, Member, Shop

LEASE = timedelta(minutes=2)
KEY = count()


async def attach(database: Database, person: Member, ticket: int, *files: str) -> int:
    return (await attach_files(database, person.asker(), str(next(KEY)), ticket, files, own=True)).coming


async def claim_one(database: Database) -> FileErrand:
    (errand,) = await claim_file_errands(database, 5, LEASE)
    return errand


async def kept(database: Database, person: Member, ticket: int, file: str = "F1", name: str = "board.jpg") -> int:
    """Keep a file as a worker would, and return its number."""
    await attach(database, person, ticket, file)
    assert await store_file(database, await claim_one(database), name, "image/jpeg", 1000)
    return (await read_files(database, person.asker(), ticket)).files[0].id


async def test_file_is_asked_for_once_and_kept_in_the_name_of_who_brought_it(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    asker = shop.technician.asker()

    assert await attach(database, shop.technician, ticket, "F1") == 1
    assert (await attach_files(database, asker, "again", ticket, ["F1", "F1"], own=True)).coming == 0
    assert (await read_ticket(database, asker, ticket)).ticket.coming_files == 1

    errand = await claim_one(database)
    assert (errand.errand, errand.slack_file_id, errand.slack_user_id) == ("fetch", "F1", shop.technician.slack_user_id)
    assert await store_file(database, errand, "board.jpg", "image/jpeg", 1000)
    assert not await store_file(database, errand, "board.jpg", "image/jpeg", 1000)

    (file,) = (await read_files(database, asker, ticket)).files
    assert (file.name, file.by, file.kept, file.removable) == ("board.jpg", shop.technician.name, True, True)
    (counted,) = (await read_ticket(database, asker, ticket)).ticket.files
    assert (counted.type, counted.count, counted.size) == ("image/jpeg", 1, 1000)


async def test_files_come_with_a_new_ticket(shop: Shop, database: Database) -> None:
    filed = await file_ticket(
        database,
        shop.regular_user.asker(),
        "filed",
        customer_id=shop.customers[0],
        title="Laptop",
        description="Dead",
        priority="medium",
        category=None,
        estimated_hours=None,
        passcode=None,
        assign="queue",
        files=["F1", "F2"],
        keys=KEYS,
    )

    assert filed.ticket.coming_files == 2
    assert {errand.slack_file_id for errand in await claim_file_errands(database, 5, LEASE)} == {"F1", "F2"}


async def test_claim_that_another_worker_took_over_ends_nothing(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket()
    await attach(database, shop.manager, ticket, "F1")
    first = (await claim_file_errands(database, 5, timedelta(0)))[0]
    second = await claim_one(database)

    assert (second.path, second.attempts) == (first.path, first.attempts + 1)
    assert not await store_file(database, first, "a.jpg", "image/jpeg", 1)
    assert not await end_file_errand(database, first)
    assert not await postpone_file_errand(database, first, LEASE, "late")
    assert await claim_file_errands(database, 5, LEASE) == []
    assert await postpone_file_errand(database, second, timedelta(0), "SlackUnreachable")
    assert (await claim_one(database)).failures == 1


async def test_ticket_holds_twenty(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket()
    await attach(database, shop.manager, ticket, *(f"F{number}" for number in range(19)))

    with pytest.raises(TicketFilesFull):
        await attach(database, shop.manager, ticket, "FA", "FB")
    assert await attach(database, shop.manager, ticket, "FA") == 1


async def test_files_are_for_those_who_see_the_ticket_but_not_for_viewers(
    shop: Shop, database: Database, bot: Connection
) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    file = await kept(database, shop.technician, ticket)

    for person in (shop.colleague, shop.regular_user):
        with pytest.raises(TicketNotFound):
            await attach(database, person, ticket, "F2")
        with pytest.raises(TicketNotFound):
            await read_files(database, person.asker(), ticket)
        with pytest.raises(FileNotFound):
            await ask_for_file(database, person.asker(), f"ask {person.id}", file)
        with pytest.raises(FileNotFound):
            await remove_file(database, person.asker(), f"remove {person.id}", file)
    assert (await read_ticket(database, shop.viewer.asker(), ticket)).ticket.files == []
    (entry,) = (await read_history(database, shop.viewer.asker(), ticket)).entries[:1]
    assert (entry.kind, entry.body) == ("attached", None)
    async with bot.transaction():
        await bot.execute("SELECT app.set_session($1)", shop.viewer.web_id)
        assert await bot.fetch("SELECT FROM ticket_attachments") == []


async def test_file_is_sent_only_while_its_ticket_is_seen(shop: Shop, database: Database, owner: Connection) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    file = await kept(database, shop.technician, ticket)
    for key in ("one", "two"):  # it is on its way already
        await ask_for_file(database, shop.technician.asker(), key, file)
    await ask_for_file(database, shop.manager.asker(), "manager", file)
    await owner.execute("UPDATE tickets SET tech = $1", shop.colleague.email)

    errand = await claim_one(database)
    assert (errand.errand, errand.slack_user_id, errand.name) == ("send", shop.manager.slack_user_id, "board.jpg")
    assert await end_file_errand(database, errand)


async def test_removed_by_who_brought_it_or_a_manager_and_then_from_the_storage(
    shop: Shop, database: Database, owner: Connection
) -> None:
    ticket = await shop.add_ticket(filer=shop.regular_user)
    file = await kept(database, shop.regular_user, ticket)
    with pytest.raises(FileNotYours):
        await remove_file(database, shop.technician.asker(), "technician", file)
    await remove_file(database, shop.regular_user.asker(), "mine", file)
    with pytest.raises(FileNotFound):
        await remove_file(database, shop.manager.asker(), "gone", file)

    assert await claim_file_errands(database, 5, LEASE) == []  # a backup of this hour may still want it
    await owner.execute("UPDATE app.file_errands SET due = now()")
    assert (await claim_one(database)).errand == "remove"
    assert await kept(database, shop.regular_user, ticket) > file  # it may come again
    await owner.execute("DELETE FROM tickets")
    assert await owner.fetchval("SELECT count(*) FROM app.file_errands WHERE errand = 'remove'") == 2


async def test_coming_and_going_is_said_without_names(shop: Shop, database: Database, owner: Connection) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    file = await kept(database, shop.technician, ticket)
    await remove_file(database, shop.manager.asker(), "remove", file)

    await owner.execute("UPDATE notifications SET state = 'sent', channel = 'C0SHOP', ts = '1.1' WHERE kind = 'card'")
    (said,) = [message for message in await claim(database) if message.kind == "thread"]
    assert [(event.event, event.actor, event.old, event.new) for event in said.events] == [
        ("file_added", shop.technician.name, None, "image/jpeg"),
        ("file_removed", shop.manager.name, "image/jpeg", None),
    ]
    assert "board" not in said.model_dump_json()
    entries = (await read_history(database, shop.manager.asker(), ticket)).entries
    assert [(entry.who, entry.kind, entry.body) for entry in entries[:2]] == [
        (shop.manager.name, "detached", "board.jpg"),
        (shop.technician.name, "attached", "board.jpg"),
    ]


async def test_refusal_is_told_to_who_brought_it(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(filer=shop.regular_user)
    await attach(database, shop.regular_user, ticket, "F1")
    await end_file_errand(database, await claim_one(database), "too_large")

    (told,) = [message for message in await claim(database) if message.kind == "file_refused"]
    assert (told.recipient_id, told.facts["reason"]) == (shop.regular_user.id, "too_large")
    assert await attach(database, shop.regular_user, ticket, "F1") == 1  # it may be tried again
    assert (await claim_one(database)).slack_file_id == "F1"


async def test_nobody_gets_at_a_kept_file_by_a_row_of_their_own(
    shop: Shop, database: Database, bot: Connection
) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await kept(database, shop.technician, ticket)
    mine = await shop.add_ticket(worker=shop.colleague)
    path = await shop.owner.fetchval("SELECT file_path FROM ticket_attachments")

    async with bot.transaction():
        await bot.execute("SELECT app.set_session($1)", shop.colleague.web_id)
        with pytest.raises(asyncpg.UniqueViolationError):
            await bot.execute(
                "INSERT INTO ticket_attachments (ticket_id, file_name, file_path, file_type, file_size)"
                " VALUES ($1, 'a', $2, 'x', 1)",
                mine,
                path,
            )


async def test_what_no_row_has_is_unknown(shop: Shop, database: Database, owner: Connection) -> None:
    ticket = await shop.add_ticket()
    await kept(database, shop.manager, ticket)
    await attach(database, shop.manager, ticket, "F2")
    known = await owner.fetch("SELECT file_path FROM ticket_attachments UNION SELECT file_path FROM app.file_errands")

    assert await unknown_files(database, ["slack/0", *(row[0] for row in known)]) == ["slack/0"]


async def test_card_is_known_by_its_message(shop: Shop, database: Database, owner: Connection) -> None:
    ticket = await shop.add_ticket()
    await owner.execute("UPDATE notifications SET channel = 'C0SHOP', ts = '1.1' WHERE kind = 'card'")

    assert await card_ticket(database, "C0SHOP", "1.1") == ticket
    assert await card_ticket(database, "C0OTHER", "1.1") is None
