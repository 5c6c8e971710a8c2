"""The schema document's helpers for tests: in a schema of their own, granted to nobody."""

import pytest

from tests.shop import Connection, Shop

CREATE = "SELECT test.create_test_customer($1, $2)"


async def test_helper_makes_as_many_customers_as_asked_for(owner: Connection) -> None:
    ids = [await owner.fetchval(CREATE, "Lee", f"Number {number}") for number in range(3)]
    rows = await owner.fetch("SELECT first_name || ' ' || last_name, email FROM customers ORDER BY id")

    assert len(set(ids)) == len({row["email"] for row in rows}) == 3
    assert [row[0] for row in rows] == ["Lee Number 0", "Lee Number 1", "Lee Number 2"]


async def test_helper_times_both_queries(shop: Shop, owner: Connection) -> None:
    await shop.add_ticket()
    rows = await owner.fetch("SELECT * FROM test.test_query_performance()")

    assert [row["query_name"] for row in rows] == ["customer_search", "ticket_listing"]
    assert all(row["execution_time"] > 0 for row in rows)


async def test_helpers_are_nobodys_but_the_owners(bot: Connection) -> None:
    for call in ("create_test_customer()", "test_query_performance()"):
        with pytest.raises(Exception, match="permission denied for schema test"):
            await bot.execute(f"SELECT test.{call}")
