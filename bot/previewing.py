"""Showing tickets under a message: as Work Objects where the app has them, else as blocks."""

from collections.abc import Mapping, Sequence
from typing import Final

import structlog

from bot.slack import Slack, SlackRefused
from bot.views.blocks import Message
from bot.views.entities import Entity

# Slack's words for an app or a workspace without Work Objects, and for what it can't read of them
_NO_ENTITIES: Final = frozenset(
    {"feature_not_enabled", "invalid_arguments", "invalid_metadata", "invalid_metadata_format", "missing_unfurls"}
)

_log = structlog.get_logger(__name__)


async def show_previews(
    slack: Slack, unfurl_id: str, source: str, previews: Mapping[str, Message], entities: Sequence[Entity]
) -> None:
    """Show ``entities`` under a message, or ``previews`` by address where there are none or Slack takes none.

    Slack puts what comes for the same message again in the place of the first.
    """
    if entities and await _taken(slack, unfurl_id, source, entities):
        return
    await slack.unfurl(unfurl_id, source, previews)


async def _taken(slack: Slack, unfurl_id: str, source: str, entities: Sequence[Entity]) -> bool:
    try:
        why = await slack.unfurl_entities(unfurl_id, source, entities)
    except SlackRefused as refused:
        if refused.code not in _NO_ENTITIES:
            raise
        why = refused.code
    if why:
        _log.warning("Slack takes no Work Objects: WORK_OBJECTS or the app's settings are wrong", why=why)
    return not why
