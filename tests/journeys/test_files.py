"""Files on their whole way: into a ticket by form, command, thread and message, out to who may have them, and away."""

from tests.journeys.floor import CHANNEL, STRANGER, Floor
from tests.sandbox.uploads import JPEG, PDF
from tests.shop import Member


def upload(floor: Floor, who: Member, name: str, content: bytes = JPEG) -> str:
    return floor.sandbox.upload(str(who.slack_user_id), name, content)


async def kept(floor: Floor) -> list[tuple[str, str]]:
    """Return the name of each file that is kept, and who brought it."""
    rows = await floor.shop.owner.fetch("SELECT file_name, uploaded_by FROM ticket_attachments ORDER BY id")
    return [tuple(row) for row in rows]


async def settled(floor: Floor) -> None:
    """Wait until no file is on its way."""
    while await floor.shop.owner.fetchval("SELECT count(*) FROM app.file_errands WHERE state = 'waiting'"):
        await floor.quiet()
    await floor.quiet()


async def test_photo_comes_with_the_ticket_and_goes_to_who_asks(floor: Floor) -> None:
    shop, rita = floor.shop, floor.shop.regular_user
    filed = await floor.file(rita, files=[upload(floor, rita, "crack.jpg")])
    assert filed.errors == {}
    assert "1 file is on the way" in str(floor.form(rita))
    await settled(floor)
    number = await shop.owner.fetchval("SELECT max(id) FROM tickets")
    assert await kept(floor) == [("crack.jpg", rita.web_id)]
    (said,) = [reply.text for reply in floor.thread()]
    assert "added a photo" in said
    assert "crack" not in said

    await floor.sandbox.close(str(rita.slack_user_id))
    assert "1 photo" in await floor.ticket(rita, f"show {number}")
    await floor.press(rita, "files.show", number)
    assert "crack.jpg" in str(floor.newest(rita).blocks)
    file = await shop.owner.fetchval("SELECT id FROM ticket_attachments")
    await floor.press(rita, "file.send", file)
    await settled(floor)
    message = floor.direct(rita)[-1]
    assert (message.text, len(message.files or [])) == (f"From ticket #{number}, as you asked.", 1)

    answer = await floor.ticket(shop.viewer, f"show {number}")
    assert "photo" not in answer
    assert "Viewer" in await floor.ticket(shop.viewer, f"attach {number}")


async def test_files_of_a_thread_of_a_message_and_of_a_form_are_kept_once(floor: Floor) -> None:
    shop, tom = floor.shop, floor.shop.technician
    number = await shop.add_ticket(worker=tom)
    await floor.until(lambda: len(floor.channel()) == 1)
    card = floor.channel()[0]
    account = str(tom.slack_user_id)

    await floor.sandbox.say(
        account, "the board", CHANNEL, thread_ts=card.ts, files=[upload(floor, tom, "quote.pdf", PDF)]
    )
    await floor.sandbox.events.settled()
    assert f"1 file is on the way to ticket #{number}" in floor.newest(tom).text

    bare = upload(floor, shop.colleague, "mine.jpg")
    await floor.sandbox.say(str(shop.colleague.slack_user_id), "", CHANNEL, thread_ts=card.ts, files=[bare])
    await floor.sandbox.events.settled()
    assert "no ticket" in floor.newest(shop.colleague).text  # it isn't theirs to see

    await floor.sandbox.command(account, f"/ticket attach {number}", CHANNEL)
    done = await floor.sandbox.submit(account, {"files": [upload(floor, tom, "boot.log", b"no disk\n")]})
    assert done.errors == {}

    await floor.sandbox.say(account, "Customer sent this", CHANNEL, files=[upload(floor, tom, "note.jpg")])
    message = [each for each in floor.sandbox.messages(CHANNEL, STRANGER) if each.text == "Customer sent this"][-1]
    rita = str(shop.regular_user.slack_user_id)
    await floor.sandbox.message_shortcut(rita, "shortcut.file", CHANNEL, message.ts)
    customers = await floor.sandbox.suggest(rita, "customer.choose", "grace")
    await floor.sandbox.submit(rita, {"customer_id": customers[0]})

    await settled(floor)
    assert sorted(await kept(floor)) == [
        ("boot.txt", tom.web_id),
        ("note.jpg", shop.regular_user.web_id),
        ("quote.pdf", tom.web_id),
    ]

    file = await shop.owner.fetchval("SELECT id FROM ticket_attachments WHERE file_name = 'boot.txt'")
    await floor.ticket(tom, f"show {number}")
    await floor.press(tom, "files.show", number)
    await floor.sandbox.choose(account, "file.remove", str(file), channel=CHANNEL)
    assert "was removed" in floor.newest(tom).text
    assert ("boot.txt", tom.web_id) not in await kept(floor)
