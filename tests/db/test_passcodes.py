"""Passcodes through the functions that the bot calls: how they are kept, who changes them, and another key."""

import itertools
import random
import traceback
from collections.abc import Callable
from datetime import datetime
from typing import Any

import asyncpg
import psycopg
import pytest
from pydantic import SecretStr

from bot.errors import FieldRefused, PasscodeUnreadable, Refusal, TicketChangedMeanwhile, TicketNotFound, ValueRefused
from bot.roles import Ability, Role, may
from db.__main__ import main
from db.embedded import EmbeddedPostgres
from db.keys import Hidden, Keys
from db.models import TicketChanged
from db.pool import Database
from db.rotation import rotate
from db.schema import cluster_state
from db.tickets import count_passcodes, edit_ticket, file_ticket, read_history, read_ticket, show_passcode
from tests.db.test_roles import CELLS, WORKERS, person_of, relations_of, ticket_of
from tests.shop import KEYS, Connection, Member, Shop

CODE = "Pässcode <&> `4711` 'x' \\ \U0001f511"
NEW = Keys(SecretStr("another key of the tests, also long"), KEYS.present)


@pytest.fixture
def put(shop: Shop, database: Database) -> Callable[..., Any]:
    """File a ticket with a passcode; return its number."""

    async def file(code: str = CODE, *, who: Member | None = None, keys: Keys | None = KEYS, assign: str = "me") -> int:
        person = who or shop.technician
        changed = await file_ticket(
            database,
            person.asker(),
            f"key {random.random()}",  # noqa: S311 - no secret
            customer_id=1,
            title="Locked",
            description="Of course",
            priority="low",
            category=None,
            estimated_hours=None,
            assign=assign,
            passcode=SecretStr(code),
            keys=keys,
        )
        assert changed.ticket.has_passcode
        return changed.ticket.id

    return file


async def shown(database: Database, person: Member, ticket: int, keys: Keys = KEYS) -> str | None:
    passcode = (await show_passcode(database, person.asker(source="slack:button"), ticket, keys)).passcode
    return None if passcode is None else passcode.get_secret_value()


async def changed_to(
    database: Database, person: Member, ticket: int, code: str, *, seen: datetime | None = None, keys: Keys = KEYS
) -> TicketChanged:
    passcode = SecretStr(code)
    key = f"{person.id} {ticket} {code} {seen}"
    return await edit_ticket(database, person.asker(), key, ticket, {}, seen=seen, passcode=passcode, keys=keys)


async def test_passcode_comes_back_as_it_was_entered(shop: Shop, database: Database, put: Callable[..., Any]) -> None:
    ticket = await put()

    assert await shown(database, shop.technician, ticket) == CODE
    assert await shown(database, shop.manager, ticket) == CODE
    assert await shown(database, shop.manager, await shop.add_ticket()) is None


async def test_each_change_and_showing_is_in_the_history_and_the_code_nowhere(
    shop: Shop, database: Database, owner: Connection, put: Callable[..., Any]
) -> None:
    ticket = await put(who=shop.regular_user, assign=str(shop.technician.id))
    for _ in range(2):
        await shown(database, shop.technician, ticket)
    await changed_to(database, shop.technician, ticket, "birch-4712")
    await changed_to(database, shop.regular_user, ticket, "")
    history = await read_history(database, shop.regular_user.asker(), ticket)

    told = [(e.who, e.kind, [(c.field, c.old is None, c.new is None) for c in e.changes]) for e in history.entries]
    rita, tom = shop.regular_user.name, shop.technician.name
    assert told == [
        (rita, "changed", [("passcode", False, True)]),
        (tom, "changed", [("passcode", False, False)]),
        (tom, "revealed", []),
        (tom, "revealed", []),
        (rita, "changed", [("passcode", True, False)]),
        (rita, "filed", []),
    ]
    assert {e.source for e in history.entries if e.kind == "revealed"} == {"slack:button"}
    kept = (
        "SELECT string_agg(x::text, '') FROM (SELECT metadata::text FROM activity_log UNION ALL SELECT result::text"
        " FROM app.request_keys UNION ALL SELECT facts::text FROM notifications) y (x)"
    )
    everything = await owner.fetchval(kept)
    assert "Locked" in everything
    assert not any(word in everything for word in ("Pässcode", "birch", "v1:"))
    assert not (await read_ticket(database, shop.manager.asker(), ticket)).ticket.has_passcode


async def test_another_passcode_overwrites_nobodys_that_was_not_seen(
    shop: Shop, database: Database, put: Callable[..., Any]
) -> None:
    ticket = await put()
    seen = (await read_ticket(database, shop.manager.asker(), ticket)).ticket.updated_at
    await changed_to(database, shop.technician, ticket, "4712", seen=seen)

    with pytest.raises(TicketChangedMeanwhile, match="changed the passcode of"):
        await changed_to(database, shop.manager, ticket, "4713", seen=seen)
    assert await shown(database, shop.manager, ticket) == "4712"
    now = (await read_ticket(database, shop.manager.asker(), ticket)).ticket.updated_at
    await changed_to(database, shop.manager, ticket, "4713", seen=now)
    assert await shown(database, shop.manager, ticket) == "4713"


async def test_passcode_of_a_hidden_ticket_can_be_neither_changed_nor_known_of(
    shop: Shop, database: Database, bot: Connection, put: Callable[..., Any]
) -> None:
    ticket = await put()
    for person in (shop.colleague, shop.regular_user):
        with pytest.raises(TicketNotFound):
            await changed_to(database, person, ticket, "0000")
    async with bot.transaction():
        await bot.execute("SELECT app.set_session($1)", shop.colleague.web_id)
        assert await bot.fetchval("SELECT app.has_passcode($1)", ticket) is False
        with pytest.raises(asyncpg.NoDataFoundError):
            await bot.execute("SELECT app.put_passcode($1, '')", ticket)
    assert not (await read_ticket(database, shop.viewer.asker(), ticket)).ticket.has_passcode
    assert await shown(database, shop.technician, ticket) == CODE


@pytest.mark.parametrize("role", Role)
async def test_who_may_be_shown_a_passcode_is_what_the_table_says(
    role: Role, shop: Shop, database: Database, owner: Connection
) -> None:
    """For every relation to a ticket; even if the bot forgot to say which roles may."""
    person = person_of(shop, role)
    wrong = {}
    for cell, completed in itertools.product(CELLS[:-1], (False, True)):
        if "own" in cell and role not in WORKERS:
            continue
        ticket = await ticket_of(shop, cell, person, completed=completed)
        async with owner.transaction():
            await owner.execute("SELECT app.use_encryption_keys($1)", KEYS.given())
            await owner.execute("INSERT INTO ticket_secrets VALUES ($1, encrypt_sensitive_data('4711'))", ticket)
        relations = relations_of(cell, completed=completed)
        try:
            got = await shown(database, person, ticket)
        except Refusal:
            got = None
        if got != ("4711" if may(role, Ability.REVEAL_PASSCODE, relations) else None):
            wrong[cell, completed] = got
        if may(role, Ability.SEE_TICKET, relations):
            seen = (await read_ticket(database, person.asker(), ticket)).ticket
            assert seen.has_passcode == (role is not Role.VIEWER)

    assert wrong == {}


async def test_too_long_a_passcode_is_refused_beside_its_field(put: Callable[..., Any]) -> None:
    with pytest.raises(FieldRefused) as refused:
        await put("x" * 256)

    assert refused.value.field == "passcode"


async def test_a_thousand_altered_texts_and_a_wrong_key_are_refused(owner: Connection) -> None:
    async with owner.transaction():
        await owner.execute("SELECT app.use_encryption_keys($1)", KEYS.given())
        sealed: str = await owner.fetchval("SELECT encrypt_sensitive_data('4711')")
        chance = random.Random(42)  # noqa: S311 - no secret
        altered: set[str] = set()
        while len(altered) < 1000:
            at, bit = chance.randrange(len(sealed)), 1 << chance.randrange(7)
            if char := ord(sealed[at]) ^ bit:
                altered.add(sealed[:at] + chr(char) + sealed[at + 1 :])
        opened = "SELECT count(*) FILTER (WHERE app.is_sealed_with($1, t)) FROM unnest($2::text[]) t"

        assert await owner.fetchval(opened, KEYS.given()[0], [sealed]) == 1
        assert await owner.fetchval(opened, KEYS.given()[0], list(altered)) == 0
        assert await owner.fetchval(opened, NEW.given()[0], [sealed]) == 0
        with pytest.raises(asyncpg.ExternalRoutineInvocationError) as refused:
            await owner.execute("SELECT app.decrypt($1)", altered.pop())
    assert refused.value.constraint_name == "secret_unreadable"


async def test_wrong_key_is_a_sentence_and_nothing_was_shown(
    shop: Shop, database: Database, owner: Connection, put: Callable[..., Any]
) -> None:
    ticket = await put()
    with pytest.raises(PasscodeUnreadable, match="can't be read with the present key"):
        await shown(database, shop.technician, ticket, Keys(NEW.present))

    assert await owner.fetchval("SELECT count(*) FROM activity_log WHERE action = 'REVEAL_PASSCODE'") == 0
    assert await shown(database, shop.technician, ticket, NEW) == CODE


async def test_key_is_gone_with_its_statement(bot_url: str, shop: Shop, put: Callable[..., Any]) -> None:
    async with Database.connect(bot_url, pool_max=1) as single:
        await shown(single, shop.manager, await put())
        for name in ("app.encryption_key", "app.encryption_key_previous"):
            assert not await single.value("SELECT current_setting($1, true)", name)
        with pytest.raises(PasscodeUnreadable):
            await shown(single, shop.manager, await put(), Keys(NEW.present))
        assert not await single.value("SELECT current_setting('app.encryption_key', true)")


@pytest.fixture
def server_log(postgres: EmbeddedPostgres, owner_url: str) -> Callable[[], str]:
    """Have the server log all that it can; return what it has logged since."""
    log = postgres.home / "log"
    with psycopg.connect(owner_url, autocommit=True) as admin:
        name = admin.info.dbname
        before = (
            "log_statement = 'all'", "log_min_duration_statement = 0", "log_min_messages = 'debug1'",
            "log_parameter_max_length = -1", "log_parameter_max_length_on_error = -1",
        )  # fmt: skip
        for setting in before:
            admin.execute(f"ALTER DATABASE {name} SET {setting}".encode())
        admin.execute(cluster_state().encode())  # what `python -m db upgrade` sets for a database
        for setting in before[:2]:
            admin.execute(f"ALTER DATABASE {name} SET {setting}".encode())
    start = log.stat().st_size

    def read() -> str:
        with log.open("rb") as file:
            file.seek(start)
            return file.read().decode(errors="replace")

    return read


async def test_key_and_code_are_in_no_log_and_no_statistics(
    server_log: Callable[[], str], bot_url: str, owner_url: str, shop: Shop
) -> None:
    """Whatever is logged: statements, how long they took, failing ones with their context."""
    old, new, codes = (
        "an old key nobody else uses, 2f6b9d",
        "a new key nobody else uses, 7c1e4a",
        ("oak-83-elm", "yew-29-ash"),
    )
    keys = Keys(SecretStr(old))
    both = Keys(SecretStr(new), keys.present)
    async with Database.connect(bot_url) as database:
        changed = await file_ticket(
            database, shop.technician.asker(), "k1", customer_id=1, title="Locked", description="Of course",
            priority="low", category=None, estimated_hours=None, assign="me", passcode=SecretStr(codes[0]), keys=keys,
        )  # fmt: skip
        ticket = changed.ticket.id
        assert await shown(database, shop.technician, ticket, keys) == codes[0]
        await changed_to(database, shop.technician, ticket, codes[1], keys=keys)
        await count_passcodes(database, both)
        rotate(owner_url, both, lambda _said: None)
        with pytest.raises(PasscodeUnreadable):
            await shown(database, shop.technician, ticket, keys)
        with pytest.raises(TicketNotFound):
            await shown(database, shop.technician, 999_999, both)
    statements = await shop.owner.fetchval("SELECT string_agg(query, E'\n') FROM pg_stat_statements")
    log = server_log()

    for name in ("app.file_ticket(", "app.show_passcode(", "app.edit_ticket(", "app.rotate_passcodes("):
        assert name in log, name
        assert name in statements, name
    assert "wrong key or corrupt data" in log
    for secret in (old, new, *codes):
        assert secret not in log
        assert secret not in statements


async def test_secrets_are_in_no_representation_and_no_error(shop: Shop, database: Database) -> None:
    shapes = [NEW, NEW.given(), Hidden("long 4711"), {"key": NEW.given()}, SecretStr("long 4711")]
    assert not any(word in repr(shape) for shape in shapes for word in ("long", "4711"))
    no_text = Keys(SecretStr("\ud800 is no text, and can't be sent"))
    with pytest.raises(ValueRefused) as refused:
        await shown(database, shop.technician, 1, no_text)
    said = "".join(traceback.TracebackException.from_exception(refused.value, capture_locals=True).format())

    assert "is no text" not in said
    assert "show_passcode" in said


async def counted(database: Database, keys: Keys) -> tuple[int, int, int]:
    found = await count_passcodes(database, keys)
    return found.present, found.previous, found.unreadable


async def test_rotation_goes_on_after_an_interruption_while_the_bot_reads_both(
    shop: Shop, database: Database, owner: Connection, put: Callable[..., Any], owner_url: str
) -> None:
    codes = {await put(f"code {n}", who=shop.manager): f"code {n}" for n in range(5)}
    tickets = list(codes)
    audit = "SELECT count(*) FROM activity_log WHERE resource_id = $1 AND action = 'UPDATE'"
    await owner.fetchval("SELECT app.rotate_passcodes(0, $1, 2)", NEW.given())

    assert await counted(database, NEW) == (2, 3, 0)
    for ticket, code in codes.items():
        assert await shown(database, shop.manager, ticket, NEW) == code
    await put("late", keys=KEYS, who=shop.manager)  # by a bot that has not been started again
    await changed_to(database, shop.manager, tickets[0], "behind")
    done = rotate(owner_url, NEW, lambda _said: None)
    assert (done.changed, done.present, done.unreadable) == (5, 6, [])
    assert await counted(database, Keys(NEW.present)) == (6, 0, 0)
    assert await shown(database, shop.manager, tickets[0], Keys(NEW.present)) == "behind"
    assert await owner.fetchval(audit, tickets[1]) == 1
    history = await read_history(database, shop.manager.asker(), tickets[1])
    assert [entry.kind for entry in history.entries] == ["revealed", "changed", "filed"]  # nobody changed the code


@pytest.fixture
def administered(monkeypatch: pytest.MonkeyPatch, owner_url: str) -> pytest.MonkeyPatch:
    """An administrator's environment, without a key yet."""
    monkeypatch.setenv("DATABASE_ADMIN_URL", owner_url)
    for name in ("DATABASE_URL", "ENCRYPTION_KEY", "ENCRYPTION_KEY_PREVIOUS"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


async def test_rotate_key_says_what_it_did_and_names_what_no_key_reads(
    database: Database,
    put: Callable[..., Any],
    administered: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await put()
    assert main(["rotate-key"]) == 1
    assert "ENCRYPTION_KEY: missing" in capsys.readouterr().err
    administered.setenv("ENCRYPTION_KEY", NEW.present.get_secret_value())
    administered.setenv("ENCRYPTION_KEY_PREVIOUS", KEYS.present.get_secret_value())
    assert main(["rotate-key"]) == 0
    said = capsys.readouterr().out
    assert "1 passcodes encrypted anew; 1 are under the present key" in said
    assert "remove ENCRYPTION_KEY_PREVIOUS" in said
    lost = await put(keys=Keys(SecretStr("z" * 40)))
    assert main(["rotate-key"]) == 1
    streams = capsys.readouterr()
    assert f"tickets #{lost}" in streams.err
    assert not any(str(key) in said + streams.out + streams.err for key in NEW.given())
    assert await counted(database, NEW) == (1, 0, 1)
