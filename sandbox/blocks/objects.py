"""Text objects, options, confirmations and images: the parts that blocks and elements are made of.

Limits: docs.slack.dev/reference/block-kit/composition-objects, @slack/types, slack_sdk.models.
"""

from dataclasses import replace

from sandbox.blocks.shapes import ByType, Check, Faults, Shape, array, boolean, exactly_one, one_of, text, typed
from sandbox.documents import Document

IDENTIFIER = text(255, 1)
URL = text(3000)


def plain_text(most: int) -> Shape:
    """Want a plain_text object of 1 to `most` characters."""
    return typed("plain_text", {"text": text(most, 1)}, {"emoji": boolean})


def mrkdwn(most: int) -> Shape:
    """Want a mrkdwn object of 1 to `most` characters."""
    return typed("mrkdwn", {"text": text(most, 1)}, {"verbatim": boolean})


def any_text(most: int) -> ByType:
    """Want a plain_text or mrkdwn object."""
    return ByType({"plain_text": plain_text(most), "mrkdwn": mrkdwn(most)})


CONFIRM = Shape(
    {"title": plain_text(100), "text": any_text(300), "confirm": plain_text(30), "deny": plain_text(30)},
    {"style": one_of("primary", "danger")},
)

# 150 for the value: the docs and slack_sdk; the comment in @slack/types still says 75
PLAIN_OPTION = Shape({"text": plain_text(75), "value": text(150, 1)}, {"description": plain_text(75)})
ANY_OPTION = Shape({"text": any_text(75), "value": text(150, 1)}, {"description": any_text(75)})
OVERFLOW_OPTION = replace(PLAIN_OPTION, optional={**PLAIN_OPTION.optional, "url": URL})

OPTION_GROUP = Shape({"label": plain_text(75), "options": array(PLAIN_OPTION, 100, 1)})
OPTION_LISTS: dict[str, Check] = {
    "options": array(PLAIN_OPTION, 100, 1),
    "option_groups": array(OPTION_GROUP, 100, 1),
}

# the answer to a block_suggestion; nothing found is an empty list
SUGGESTIONS = Shape(
    {},
    {"options": array(PLAIN_OPTION, 100), "option_groups": array(OPTION_GROUP, 100)},
    (exactly_one("options", "option_groups"),),
)


def _can_be_shown(slack_file: Document, at: str, faults: Faults) -> None:
    if not faults.can_be_shown(slack_file):
        faults.add("invalid slack file", at)


SLACK_FILE = Shape({}, {"id": text(), "url": text()}, (exactly_one("id", "url"), _can_be_shown))


def _image_keys(extra: dict[str, Check]) -> Shape:
    return Shape(
        {"type": one_of("image"), "alt_text": text(2000, 1)},
        {"image_url": URL, "slack_file": SLACK_FILE, **extra},
        (exactly_one("image_url", "slack_file"),),
    )


IMAGE = _image_keys({})
IMAGE_BLOCK = _image_keys({"title": plain_text(2000), "block_id": IDENTIFIER})


def all_options(element: Document) -> list[Document]:
    """List the options of an element, those of its groups too."""
    groups = element.get("option_groups") or []
    return [*(element.get("options") or []), *(option for group in groups for option in group["options"])]
