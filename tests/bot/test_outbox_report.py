"""What an operator sees of the outbox on a terminal."""

import re
from pathlib import Path

import pytest

from bot import __main__ as command_line
from bot.database import StartRefused
from bot.outbox_report import notifications
from bot.settings import Settings
from tests.shop import Connection, Shop


def settings(url: str) -> Settings:
    return Settings(_env_file=None, database_url=url)


async def ask(url: str, *, failed: bool = False, retry: int | str | None = None) -> tuple[int, list[str]]:
    return await notifications(settings(url), failed=failed, retry=retry)


async def test_counts_come_first_then_what_waits_or_is_dead(owner: Connection, shop: Shop, bot_url: str) -> None:
    dead, sent = await shop.add_ticket(worker=shop.technician, title="Secret laptop"), await shop.add_ticket()
    await owner.execute(
        "UPDATE notifications SET state = 'dead', error = 'is_archived', attempts = 2,"
        " due = now() - interval '3 hours', created_at = now() - interval '3 hours'"
        " WHERE ticket_id = $1 AND kind = 'card'",
        dead,
    )
    await owner.execute("UPDATE notifications SET state = 'sent' WHERE ticket_id = $1", sent)
    code, lines = await ask(bot_url)

    assert code == 0
    assert lines[0] == "1 waiting, 1 dead, 1 sent, 0 dropped"
    assert lines[1].split() == ["id", "kind", "ticket", "state", "attempts", "due", "(UTC)", "age", "error"]
    assert re.fullmatch(rf"\d+ +card +#{dead} +dead +2 +\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d +3 h +is_archived", lines[2])
    assert " assigned " in lines[3]
    assert not any(word in "\n".join(lines) for word in ("Secret", "Tom", "U0TOM"))

    _, failed = await ask(bot_url, failed=True)

    assert [line.split()[0] for line in failed] == ["1", "id", lines[2].split()[0]]


async def test_dead_message_is_tried_again_once(owner: Connection, shop: Shop, bot_url: str) -> None:
    for _ in range(3):
        await shop.add_ticket()
    await owner.execute("UPDATE notifications SET state = 'dead', error = 'is_archived'")
    first = await owner.fetchval("SELECT min(id) FROM notifications")

    assert await ask(bot_url, retry=first) == (0, ["1 message will be tried again."])
    code, [line] = await ask(bot_url, retry=first)
    assert (code, line.split(",")[0]) == (1, f"Message {first} isn't dead")
    assert await ask(bot_url, retry="all") == (0, ["2 messages will be tried again."])
    assert await ask(bot_url, retry="all") == (0, ["0 messages will be tried again."])
    assert (await ask(bot_url))[1][0] == "3 waiting, 0 dead, 0 sent, 0 dropped"


async def test_long_list_says_how_many_more(owner: Connection, shop: Shop, bot_url: str) -> None:
    await owner.execute(
        "INSERT INTO notifications (kind, ticket_id, recipient_id)"
        " SELECT 'completed', n, $1 FROM generate_series(1, 53) n",
        shop.manager.id,
    )
    _, lines = await ask(bot_url)

    assert len(lines) == 1 + 1 + 50 + 1
    assert lines[-1] == "... and 3 more"


async def test_administrators_address_alone_is_not_enough(owner_url: str) -> None:
    with pytest.raises(StartRefused, match="DATABASE_URL: missing"):
        await notifications(Settings(_env_file=None, database_admin_url=owner_url), failed=False, retry=None)


def test_command_prints_and_ends_with_its_code(
    bot_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", bot_url)
    monkeypatch.setattr(command_line, "configure_logs", lambda *_, **__: None)

    assert command_line.main(["notifications", "--failed"]) == 0
    assert capsys.readouterr().out == "0 waiting, 0 dead, 0 sent, 0 dropped\n"
    assert command_line.main(["notifications", "--retry", "42"]) == 1
    assert "isn't dead" in capsys.readouterr().out
