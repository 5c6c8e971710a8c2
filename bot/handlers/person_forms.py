"""A Manager changes somebody's role, access or Slack account, or adds somebody from their account."""

from bot.deps import Deps
from bot.identity import address_of_chosen, refuse_chosen
from bot.roles import Ability
from bot.routes import Routes, UpdateView, ViewRequest
from bot.views import ids, person_form
from bot.views.changes import Shown
from db.members import add_person, change_person


def register(routes: Routes, deps: Deps) -> None:
    """Route what the forms do. A chosen account is looked up in Slack first: no guest, bot or stranger is linked."""
    database, slack = deps.database, deps.slack

    async def save(request: ViewRequest) -> UpdateView:
        shown = Shown.unpack(request.private_metadata)
        entry = person_form.read_person_entry(request.values)
        changes = person_form.changes(shown, entry)
        if not changes:
            return UpdateView(person_form.nothing_changed())
        told: tuple[str | None, str | None] = None, None
        if "slack_user_id" in changes and entry.slack_user_id is not None:
            chosen = await slack.user_info(entry.slack_user_id)
            refuse_chosen(chosen, request.asker.team)
            told = chosen.name, chosen.zone
        changed = await change_person(database, request.asker, request.key, shown.id, shown.seen, changes, *told)
        return UpdateView(person_form.person_changed(changed))

    async def add(request: ViewRequest) -> UpdateView:
        entry = person_form.read_new_person(request.values)
        chosen = await slack.user_info(entry.slack_user_id)
        email = address_of_chosen(chosen, request.asker.team)
        told = chosen.name, email, entry.role, chosen.zone
        added = await add_person(database, request.asker, request.key, chosen.id, *told)
        return UpdateView(person_form.person_added(added))

    routes.view(ids.PERSON_SAVE, Ability.MANAGE_PEOPLE, save)
    routes.view(ids.PERSON_ADD, Ability.MANAGE_PEOPLE, add)
