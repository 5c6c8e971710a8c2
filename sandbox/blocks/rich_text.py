"""The shape of rich_text blocks.

docs.slack.dev/reference/block-kit/blocks/rich-text-block, @slack/types.
"""

from sandbox.blocks.objects import IDENTIFIER
from sandbox.blocks.shapes import ByType, Check, Shape, array, boolean, number, one_of, text, typed

_STYLE = Shape(
    {}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight"), boolean)
)
_STYLED: dict[str, Check] = {"style": _STYLE}

TEXT = typed("text", {"text": text()}, _STYLED)
LINK = typed("link", {"url": text()}, {"text": text(), "unsafe": boolean, **_STYLED})

INLINE = ByType(
    {
        "text": TEXT,
        "link": LINK,
        "emoji": typed("emoji", {"name": text()}, {"unicode": text(), "url": text(), **_STYLED}),
        "user": typed("user", {"user_id": text()}, _STYLED),
        "usergroup": typed("usergroup", {"usergroup_id": text()}, _STYLED),
        "channel": typed("channel", {"channel_id": text()}, _STYLED),
        "team": typed("team", {"team_id": text()}, _STYLED),
        "broadcast": typed("broadcast", {"range": one_of("here", "channel", "everyone")}, _STYLED),
        "color": typed("color", {"value": text()}, _STYLED),
        "date": typed(
            "date", {"timestamp": number(), "format": text()}, {"url": text(), "fallback": text(), **_STYLED}
        ),
    }
)

SECTION = typed("rich_text_section", {"elements": array(INLINE)})
_BORDER: dict[str, Check] = {"border": one_of(0, 1)}

RICH_TEXT = typed(
    "rich_text",
    {
        "elements": array(
            ByType(
                {
                    "rich_text_section": SECTION,
                    "rich_text_list": typed(
                        "rich_text_list",
                        {"style": one_of("bullet", "ordered"), "elements": array(SECTION)},
                        {"indent": number(0), "offset": number(0), **_BORDER},
                    ),
                    "rich_text_quote": typed("rich_text_quote", {"elements": array(INLINE)}, _BORDER),
                    "rich_text_preformatted": typed(
                        "rich_text_preformatted", {"elements": array(ByType({"text": TEXT, "link": LINK}))}, _BORDER
                    ),
                }
            )
        )
    },
    {"block_id": IDENTIFIER},
)
