"""What the bot's role sees under row-level security, against a brute-force reference (``reference.py``).

One random shop; whoever asks, truly or by forged settings. Every table and view that the bot's role may read is taken
from the catalogue, so that a new one without a rule here fails. Functions: ``test_differential_functions.py``.
"""

import json

import asyncpg

from tests.db.random_shop import ask_as, askers, fill, read_world, rows_of
from tests.db.reference import VISIBLE, Row, tickets_of
from tests.db.test_policies import ABOUT_THE_SERVER, RELATIONS
from tests.shop import Connection, Shop

NOT_OF_THE_SHOP = ABOUT_THE_SERVER | {"slow_queries", "alembic_version", "monthly_performance"}  # the last: below


async def test_each_table_and_view_shows_what_the_reference_shows(
    shop: Shop, bot: Connection, owner: Connection
) -> None:
    await fill(shop)
    world = await read_world(owner)
    assert {row[0] for row in await bot.fetch(RELATIONS)} - NOT_OF_THE_SHOP == VISIBLE.keys()
    wrong = []
    for who in askers(world):
        async with bot.transaction():
            await bot.execute("SET LOCAL timezone = 'UTC'")
            await ask_as(bot, who)
            for relation, rule in VISIBLE.items():
                want, got = rule(world, who), await rows_of(bot, relation)
                columns = want[0].keys() if want else ()
                if as_set(want) != as_set([{c: row[c] for c in columns} for row in got]) or len(want) != len(got):
                    wrong.append((who, relation, len(want), len(got)))
            months = await bot.fetchval("SELECT coalesce(sum(total_tickets), 0) FROM monthly_performance")
            if months != len(tickets_of(world, who)):
                wrong.append((who, "monthly_performance", len(tickets_of(world, who)), months))

    assert wrong == []


def as_set(rows: list[Row]) -> set[str]:
    return {json.dumps(row, sort_keys=True) for row in rows}


async def test_a_session_is_who_its_row_says(shop: Shop, bot: Connection, owner: Connection) -> None:
    """What ``ask_as`` sets for people is what the database itself sets, and who is refused gets none of it."""
    await fill(shop)
    settings = "SELECT app.user_id(), app.user_email(), app.user_role()"
    for person in (await read_world(owner))["user_permissions"]:
        full_member = person["slack_user_id"] and person["slack_state"] == "member"
        for call, argument, may in (
            ("app.set_session($1)", person["kinde_user_id"], person["is_active"]),
            (
                "app.set_slack_session('T0SHOP', $1, '{Manager,Technician,Regular User,Viewer}', 'x')",
                person["slack_user_id"],
                person["is_active"] and full_member,
            ),
        ):
            async with bot.transaction():
                try:
                    async with bot.transaction():
                        await bot.execute(f"SELECT {call}", argument)
                except asyncpg.InsufficientPrivilegeError:
                    assert not may, (person, call)
                    assert tuple(await bot.fetchrow(settings) or ()) == (None, None, None)
                else:
                    assert may, (person, call)
                    who = (person["kinde_user_id"], person["email"], person["role"])
                    assert tuple(await bot.fetchrow(settings) or ()) == who
