"""Files of a ticket: adding them by form or in its thread, looking at them, getting and removing one."""

from collections.abc import Mapping
from typing import Any, Final

from bot.deps import Deps
from bot.forms import FILES_MAX, chosen_file, chosen_ticket
from bot.opening import open_form
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Request, Routes, Shared, SharedRequest, UpdateView, ViewRequest
from bot.standing import refuse_unless
from bot.views import attachments, ids
from bot.views.blocks import Message
from bot.views.changes import Begun
from bot.views.offers import files_offer
from db.files import ask_for_file, attach_files, card_ticket, read_files, remove_file
from db.models import TicketId
from db.tickets import read_ticket

_SHARED: Final = "file_share"  # the subtype of a message with files


def register(routes: Routes, deps: Deps) -> None:
    """Route what concerns a ticket's files."""
    database, slack, channel = deps.database, deps.slack, deps.settings.tickets_channel

    async def ask(request: Request, ticket_id: TicketId) -> Message | None:
        seen = await read_ticket(database, request.asker, ticket_id)
        refuse_unless(seen, Ability.ATTACH_FILE)
        return await open_form(slack, request, attachments.files_form(seen.ticket), files_offer(seen.ticket))

    async def attach(request: CommandRequest) -> Message | None:
        return await ask(request, chosen_ticket(request.command.ticket_id))

    async def attach_pressed(request: ActionRequest) -> Message | None:
        return await ask(request, chosen_ticket(request.value))

    async def add(request: ViewRequest) -> UpdateView:
        begun = Begun.unpack(request.private_metadata)
        files = attachments.read_files_form(request.values).files
        attached = await attach_files(database, request.asker, request.key, begun.id, files, own=True)
        return UpdateView(attachments.files_attached(attached))

    async def show(request: ActionRequest) -> Message:
        facts = await read_files(database, request.asker, chosen_ticket(request.value))
        return attachments.files_list(facts, replace=request.ephemeral)

    async def send(request: ActionRequest) -> Message:
        file = chosen_file(request.value)
        return attachments.file_asked(await ask_for_file(database, request.asker, request.key, file))

    async def remove(request: ActionRequest) -> Message:
        file = chosen_file(request.value)
        return attachments.file_removed(await remove_file(database, request.asker, request.key, file))

    async def share(request: SharedRequest) -> Message | None:
        shared = request.shared
        ticket = await card_ticket(database, shared.channel, shared.thread_ts)
        if ticket is None:
            return None
        attached = await attach_files(database, request.asker, request.key, ticket, shared.files, own=False)
        return attachments.files_shared(attached)

    routes.command("attach", attach)
    routes.action(ids.TICKET_ATTACH, Ability.ATTACH_FILE, attach_pressed)
    routes.action(ids.FILES_SHOW, Ability.SEE_FILES, show)
    routes.action(ids.FILE_SEND, Ability.SEE_FILES, send)
    routes.action(ids.FILE_REMOVE, Ability.ATTACH_FILE, remove)
    routes.view(ids.FILE_ADD, Ability.ATTACH_FILE, add)
    routes.share("message", Ability.ATTACH_FILE, lambda event: read_shared(event, channel), share)


def read_shared(event: Mapping[str, Any], shop_channel: str | None) -> Shared | None:
    """Return what was shared in a thread of the shop's channel, None where the message is anything else."""
    user, channel, thread_ts = (event.get(name) for name in ("user", "channel", "thread_ts"))
    if event.get("subtype") != _SHARED or event.get("bot_id") or channel is None or channel != shop_channel:
        return None
    given = event.get("files")
    files = [file.get("id") for file in given if isinstance(file, Mapping)] if isinstance(given, list) else []
    ids_given = tuple(file for file in files if isinstance(file, str))[:FILES_MAX]
    if not (isinstance(user, str) and isinstance(channel, str) and isinstance(thread_ts, str) and ids_given):
        return None
    return Shared(user=user, channel=channel, thread_ts=thread_ts, files=ids_given)
