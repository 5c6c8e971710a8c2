"""users.*: who is in the workspace."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sandbox.api.paging import page_of
from sandbox.api.registry import Call, Method, Methods
from sandbox.documents import Document
from sandbox.refusals import Refused
from sandbox.state import State
from sandbox.workspace import Person


def info(call: Call) -> Document:
    """Describe one person; the app's own user too."""
    wanted = call.get("user")
    return {
        "user": _seen(
            call, _app_user(call.state) if wanted == call.state.app.bot_user_id else call.state.person(wanted)
        )
    }


def list_users(call: Call) -> Document:
    """List everybody, deleted people too."""
    everybody = [*call.state.people.values(), _app_user(call.state)]
    page, metadata = page_of(call, everybody)
    members = [_seen(call, person) for person in page]
    return {"members": members, "cache_ts": int(call.state.clock.time()), "response_metadata": metadata}


def lookup_by_email(call: Call) -> Document:
    """Find a person by e-mail address, case aside."""
    wanted = str(call.get("email") or "").casefold()
    for person in call.state.people.values():
        if wanted and not person.deleted and (person.email or "").casefold() == wanted:
            return {"user": user_document(call.state, person, with_email=True)}
    raise Refused("users_not_found")


def user_document(state: State, person: Person, *, with_email: bool) -> Document:
    """Write a person as the Web API and the user_change event carry them."""
    first, _, last = person.real_name.partition(" ")
    zone = ZoneInfo(person.tz)
    now = datetime.fromtimestamp(state.clock.time(), zone)
    offset = now.utcoffset()
    team = person.team_id or state.team.id
    shown = person.display_name or person.real_name
    profile: Document = {
        "title": person.title,
        "phone": "",
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.display_name,
        "display_name_normalized": shown,
        "status_text": "",
        "status_emoji": "",
        "first_name": first,
        "last_name": last,
        "team": team,
    }
    if with_email and person.email is not None:
        profile["email"] = person.email
    document: Document = {
        "id": person.id,
        "team_id": team,
        "name": person.name,
        "deleted": person.deleted,
        "profile": profile,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": state.person_updated.get(person.id, 0),
    }
    if not person.deleted:  # Slack leaves these out for deactivated people
        document |= {
            "color": "757575",
            "real_name": person.real_name,
            "tz": person.tz,
            "tz_label": now.tzname(),
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "is_admin": person.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": person.is_restricted or person.is_ultra_restricted,
            "is_ultra_restricted": person.is_ultra_restricted,
            "is_email_confirmed": person.email_confirmed,
        }
    if team != state.team.id:
        document["is_stranger"] = True
    return document


def _seen(call: Call, person: Person) -> Document:
    document = user_document(call.state, person, with_email="users:read.email" in call.scopes)
    if call.flag("include_locale"):
        document["locale"] = person.locale
    return document


def _app_user(state: State) -> Person:
    return Person(id=state.app.bot_user_id, name=state.bot_name, real_name=state.bot_name, is_bot=True)


METHODS: Methods = {
    "users.info": Method(info, ("users:read",), "t4", takes_json=False),
    "users.list": Method(list_users, ("users:read",), "t2", takes_json=False),
    "users.lookupByEmail": Method(lookup_by_email, ("users:read.email",), "t3", takes_json=False),
}
