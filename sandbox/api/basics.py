"""api.test and auth.test."""

from sandbox.api.registry import Call, Method, Methods
from sandbox.documents import Document
from sandbox.refusals import Refused


def api_test(call: Call) -> Document:
    """Echo the arguments, or fail as asked."""
    arguments = {key: value for key, value in call.arguments.items() if key != "token"}
    if "error" in arguments:
        raise Refused(str(arguments["error"]))
    return {"args": arguments} if arguments else {}


def auth_test(call: Call) -> Document:
    """Say who the token is."""
    team, app = call.state.team, call.state.app
    return {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": call.state.bot_name,
        "team_id": team.id,
        "user_id": app.bot_user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


METHODS: Methods = {
    "api.test": Method(api_test, tier="t4", needs_token=False),
    "auth.test": Method(auth_test),
}
