"""A Manager looks at the people of the shop, and opens the forms for their access."""

from bot.deps import Deps
from bot.opening import open_form
from bot.roles import Ability
from bot.routes import ActionRequest, CommandRequest, Request, Routes
from bot.views import ids, person_form
from bot.views.blocks import Message
from bot.views.offers import new_person_offer, person_offer
from bot.views.users import people, read_person_id, read_place
from db.members import read_actor, read_people, read_person
from db.models import PersonSeen


def register(routes: Routes, deps: Deps) -> None:
    """Route the list and the opening of the forms."""
    database, slack = deps.database, deps.slack

    async def show(request: CommandRequest) -> Message | None:
        account = request.command.who
        if not account:
            return people(await read_people(database, request.asker, request.command.text))
        return await ask(request, await read_person(database, request.asker, None, account), account)

    async def turn(request: ActionRequest) -> Message:
        edge, words = read_place(request.value)
        backwards = request.action == ids.PEOPLE_BACK
        page = await read_people(database, request.asker, words, edge, backwards=backwards)
        return people(page, replace=request.ephemeral)

    async def open_person(request: ActionRequest) -> Message | None:
        return await ask(request, await read_person(database, request.asker, read_person_id(request.value)))

    async def ask(request: Request, seen: PersonSeen, account: str = "") -> Message | None:
        person = seen.person
        if person is None:
            return await open_form(slack, request, person_form.new_person_form(account), new_person_offer(account))
        form = person_form.person_form(person, yourself=person.id == seen.actor.id)
        return await open_form(slack, request, form, person_offer(person))

    async def ask_for_new(request: ActionRequest) -> Message | None:
        await read_actor(database, request.asker)
        form = person_form.new_person_form(request.value)
        return await open_form(slack, request, form, new_person_offer(request.value))

    routes.command("users", show)
    for identifier in (ids.PEOPLE_PAGE, ids.PEOPLE_BACK):
        routes.action(identifier, Ability.MANAGE_PEOPLE, turn)
    routes.action(ids.PERSON_OPEN, Ability.MANAGE_PEOPLE, open_person)
    routes.action(ids.PERSON_NEW, Ability.MANAGE_PEOPLE, ask_for_new)
