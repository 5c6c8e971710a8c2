"""The table of every Web API method that this workspace has."""

from sandbox.api import apps, basics, chat, conversations, entities, files, unfurls, users, views
from sandbox.api.registry import Method

METHODS: dict[str, Method] = {
    **apps.METHODS,
    **basics.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **entities.METHODS,
    **files.METHODS,
    **unfurls.METHODS,
    **users.METHODS,
    **views.METHODS,
}
