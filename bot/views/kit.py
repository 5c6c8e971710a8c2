"""Block Kit: the builders, and the only place that escapes.

Text reaches Slack in two forms. ``plain_text`` shows what it is given. ``mrkdwn`` (and a message's ``text``) is a small
language, so everything in it is ``Markup``: made by ``markup()`` from a template of ours and facts that it escapes.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, time
from typing import Final, LiteralString

from bot.text import printable, shorten, shorten_pieces
from bot.views.blocks import (
    BLOCKS_MESSAGE,
    BOXES,
    FIELDS,
    FILES_INPUT,
    OPTIONS,
    OPTIONS_MENU,
    ROWS_TABLE,
    TEN_DIGITS,
    TEXT_ALT,
    TEXT_BUTTON,
    TEXT_CONFIRM,
    TEXT_CONFIRM_BUTTON,
    TEXT_CONFIRM_TITLE,
    TEXT_FIELD,
    TEXT_HEADER,
    TEXT_INPUT,
    TEXT_LABEL,
    TEXT_MESSAGE,
    TEXT_OPTION,
    TEXT_PLACEHOLDER,
    TEXT_SECTION,
    TEXT_TABLE,
    TEXT_TITLE,
    Actions,
    Block,
    Button,
    ButtonStyle,
    Checkboxes,
    Confirm,
    Context,
    Divider,
    Element,
    ExternalSelect,
    FileInput,
    Header,
    HomeView,
    Image,
    Input,
    Message,
    MomentPicker,
    Mrkdwn,
    Option,
    OptionGroup,
    Overflow,
    PlainText,
    Pressable,
    RichText,
    Section,
    StaticSelect,
    Table,
    Text,
    TextInput,
    TimePicker,
    UsersSelect,
    VerbatimText,
    View,
)
from bot.wording import worded


class Markup(str):
    """Text in Slack's markup that is safe to send. Only this module makes it."""

    __slots__ = ()


# Slack has an escape for & < > alone. What else it would read as formatting is replaced by its likeness.
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LINK_ENDS: Final = str.maketrans({"|": "%7C", " ": "%20"})
_LIKENESSES: Final = str.maketrans({"*": "\u2217", "~": "\u223c", "`": "\u02cb"})
_EDGE_UNDERSCORE: Final = re.compile(r"(?<!\w)_|_(?!\w)")  # inside a word it is no formatting: file_names stay
_PIECES: Final = re.compile(r"&(?:amp|lt|gt);|<[^<>]*>|.", re.DOTALL)  # what may not be cut


def escape(text: str) -> Markup:
    """Return somebody's text so that Slack shows it and does nothing: no mention, no link, no formatting."""
    likeness = _EDGE_UNDERSCORE.sub("\u02cd", printable(text).translate(_LIKENESSES))
    return Markup(likeness.translate(_ESCAPES))


def sentence(text: str) -> Markup:
    """Return a sentence of ours, such as a refusal's: ``code`` in it stays code, mentions and links can't arise."""
    return Markup(printable(text).translate(_ESCAPES))


def markup(template: LiteralString, /, **facts: str | int) -> Markup:
    """Return the template with its ``{facts}`` filled in, escaped unless they are Markup already."""
    safe = {name: fact if isinstance(fact, Markup | int) else escape(fact) for name, fact in facts.items()}
    return Markup(worded(template, **safe))


def join(separator: LiteralString, parts: Iterable[Markup]) -> Markup:
    """Return the parts with the separator between them."""
    return Markup(separator.join(parts))


def date(moment: datetime) -> Markup:
    """Return a moment that Slack shows in each reader's own time zone ("today at 3:10 PM")."""
    fallback = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return Markup(f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} at {{time}}|{fallback}>")


def weekday(moment: datetime) -> Markup:
    """Return a moment as ``date`` does, with the day of the week ("Friday, November 27th, 2026 at 5:00 PM")."""
    fallback = moment.astimezone(UTC).strftime("%A, %Y-%m-%d %H:%M UTC")
    return Markup(f"<!date^{int(moment.timestamp())}^{{date_long_pretty}} at {{time}}|{fallback}>")


def link(address: str, words: str) -> Markup:
    """Return an address of ours as a link that reads ``words``."""
    target = printable(address).translate(_ESCAPES).translate(_LINK_ENDS)
    return Markup(f"<{target}|{escape(words)}>")


def plain(text: str, limit: int = TEXT_SECTION) -> PlainText:
    """Return text that is shown as it is, shortened to ``limit``."""
    return {"type": "plain_text", "text": shorten(printable(text), limit)}


def mrkdwn(text: Markup, limit: int = TEXT_SECTION) -> Mrkdwn:
    """Return text in Slack's markup, shortened to ``limit`` without cutting an escaped character or a token."""
    return {"type": "mrkdwn", "text": _fit(text, limit), "verbatim": True}


def header(text: str) -> Header:
    """Return a heading of at most 150 characters."""
    return {"type": "header", "text": plain(text, TEXT_HEADER)}


def section(text: Text, *, accessory: Button | None = None) -> Section:
    """Return a paragraph, with a button beside it if wanted."""
    block: Section = {"type": "section", "text": text}
    if accessory is not None:
        block["accessory"] = accessory
    return block


def verbatim(text: str) -> RichText:
    """Return text that is shown character by character: nothing in it is formatting, an emoji or an address."""
    pieces: list[VerbatimText] = [{"type": "text", "text": printable(text)}]
    return {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": pieces}]}


def fields(*texts: Markup) -> Section:
    """Return up to ten short texts in two columns."""
    return {"type": "section", "fields": [mrkdwn(text, TEXT_FIELD) for text in texts[:FIELDS]]}


def context(*texts: Text) -> Context:
    """Return small print."""
    return {"type": "context", "elements": list(texts)}


def image(file: str, words: str) -> Image:
    """Return a picture that was uploaded to Slack, by its id; ``words`` say what it shows, at most 2,000 characters."""
    return {"type": "image", "slack_file": {"id": file}, "alt_text": shorten(printable(words), TEXT_ALT)}


def divider() -> Divider:
    """Return a line across."""
    return {"type": "divider"}


def actions(buttons: Sequence[Pressable]) -> list[Actions]:
    """Return a row of buttons as a list of one block, or none where there is nothing to press."""
    return [{"type": "actions", "elements": list(buttons)}] if buttons else []


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """Return a table: names in the first column, numbers in the others, at most 99 rows below the headings.

    Cells are shortened where there are so many that Slack would refuse the whole.
    """
    shown = [headings, *rows][:ROWS_TABLE]
    limit = TEXT_TABLE // (len(shown) * len(headings))
    return {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": shorten(printable(cell), limit)} for cell in row] for row in shown],
        "column_settings": [{"align": "right" if column else "left"} for column in range(len(headings))],
    }


def confirm(title: str, text: str, yes: str, no: str = "Cancel", *, style: ButtonStyle | None = None) -> Confirm:
    """Return a question that is asked before a press counts. ``style``: of the button that says yes."""
    question: Confirm = {
        "title": plain(title, TEXT_CONFIRM_TITLE),
        "text": plain(text, TEXT_CONFIRM),
        "confirm": plain(yes, TEXT_CONFIRM_BUTTON),
        "deny": plain(no, TEXT_CONFIRM_BUTTON),
    }
    if style is not None:
        question["style"] = style
    return question


def button(
    label: str,
    action_id: str,
    value: str | int = "",
    *,
    style: ButtonStyle | None = None,
    spoken: str = "",
    asked: Confirm | None = None,
) -> Button:
    """Return a button; ``asked`` comes first.

    ``spoken`` is what a screen reader says where the label alone doesn't tell which one it is.
    """
    element: Button = {"type": "button", "text": plain(label, TEXT_BUTTON), "action_id": action_id}
    if value != "":
        element["value"] = str(value)
    if style is not None:
        element["style"] = style
    if spoken:
        element["accessibility_label"] = shorten(printable(spoken), TEXT_BUTTON)
    if asked is not None:
        element["confirm"] = asked
    return element


def option(text: str, value: str | int, description: str = "") -> Option:
    """Return one choice of a select."""
    choice: Option = {"text": plain(text, TEXT_OPTION), "value": str(value)}
    if description:
        choice["description"] = plain(description, TEXT_OPTION)
    return choice


def menu(action_id: str, buttons: Sequence[Button]) -> Overflow:
    """Return up to five buttons folded away behind three dots; styles and questions don't go with them.

    A choice counts as a press of its button: its value holds the button's identifier and value, which
    ``bot.payloads.Action`` reads.
    """
    choices = [
        option(each["text"]["text"], f"{each['action_id']} {each.get('value', '')}".rstrip()) for each in buttons
    ]
    return {"type": "overflow", "action_id": action_id, "options": choices[:OPTIONS_MENU]}


def option_group(label: str, options: Sequence[Option]) -> OptionGroup:
    """Return up to a hundred choices under a label."""
    return {"label": plain(label, TEXT_OPTION), "options": list(options[:OPTIONS])}


def text_input(
    action_id: str,
    *,
    max_length: int = TEXT_INPUT,
    multiline: bool = False,
    initial: str = "",
    placeholder: str = "",
    focus: bool = False,
) -> TextInput:
    """Return a field to write in."""
    element: TextInput = {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": multiline,
        "max_length": max_length,
    }
    if initial:
        element["initial_value"] = shorten(initial, max_length)
    if placeholder:
        element["placeholder"] = plain(placeholder, TEXT_PLACEHOLDER)
    if focus:
        element["focus_on_load"] = True
    return element


def select(
    action_id: str,
    options: Sequence[Option],
    *,
    initial: str = "",
    placeholder: str = "",
    asked: Confirm | None = None,
) -> StaticSelect:
    """Return a choice of one. ``initial``: the value that is chosen at the beginning. ``asked`` follows a choice."""
    element: StaticSelect = {"type": "static_select", "action_id": action_id, "options": list(options[:OPTIONS])}
    if asked is not None:
        element["confirm"] = asked
    return _completed_select(element, options, initial, placeholder)


def grouped_select(action_id: str, groups: Sequence[OptionGroup], *, initial: str = "") -> StaticSelect:
    """Return a choice of one, its options under labels."""
    element: StaticSelect = {"type": "static_select", "action_id": action_id, "option_groups": list(groups)}
    return _completed_select(element, [choice for group in groups for choice in group["options"]], initial, "")


def external_select(
    action_id: str,
    *,
    min_query_length: int,
    initial: Option | None = None,
    placeholder: str = "",
    focus: bool = False,
) -> ExternalSelect:
    """Return a typeahead. ``initial``: what is chosen at the beginning."""
    element: ExternalSelect = {
        "type": "external_select",
        "action_id": action_id,
        "min_query_length": min_query_length,
    }
    if initial is not None:
        element["initial_option"] = initial
    if placeholder:
        element["placeholder"] = plain(placeholder, TEXT_PLACEHOLDER)
    if focus:
        element["focus_on_load"] = True
    return element


def users_select(action_id: str, *, initial: str = "", placeholder: str = "") -> UsersSelect:
    """Return a choice of a person of the workspace, whose Slack id is its value."""
    element: UsersSelect = {"type": "users_select", "action_id": action_id}
    if initial:
        element["initial_user"] = initial
    if placeholder:
        element["placeholder"] = plain(placeholder, TEXT_PLACEHOLDER)
    return element


def time_picker(action_id: str, initial: time | None = None) -> TimePicker:
    """Return a choice of a time of day."""
    element: TimePicker = {"type": "timepicker", "action_id": action_id}
    if initial is not None:
        element["initial_time"] = f"{initial:%H:%M}"
    return element


def moment_picker(action_id: str, initial: datetime | None = None) -> MomentPicker:
    """Return a choice of a day and a time of day."""
    element: MomentPicker = {"type": "datetimepicker", "action_id": action_id}
    if initial is not None and initial.timestamp() >= TEN_DIGITS:
        element["initial_date_time"] = int(initial.timestamp())
    return element


def file_input(action_id: str, endings: Sequence[str]) -> FileInput:
    """Return a field for up to ten files of 10 MB. ``endings``: of their names, which is all that Slack looks at."""
    return {"type": "file_input", "action_id": action_id, "filetypes": list(endings), "max_files": FILES_INPUT}


def checkboxes(action_id: str, options: Sequence[Option], *, initial: Collection[str] = ()) -> Checkboxes:
    """Return choices of which any number may hold. ``initial``: the values of those that hold at the beginning."""
    element: Checkboxes = {"type": "checkboxes", "action_id": action_id, "options": list(options[:BOXES])}
    checked = [choice for choice in element["options"] if choice["value"] in initial]
    if checked:
        element["initial_options"] = checked
    return element


def input_block(block_id: str, label: str, element: Element, *, hint: str = "", optional: bool = False) -> Input:
    """Return a field of a form. Its ``block_id`` is the name of the model's field: errors find their place by it."""
    block: Input = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, TEXT_LABEL),
        "element": element,
        "optional": optional,
    }
    if hint:
        block["hint"] = plain(hint, TEXT_LABEL)
    return block


def message(text: Markup, blocks: Sequence[Block] = ()) -> Message:
    """Return something to post."""
    answer: Message = {"text": _fit(text, TEXT_MESSAGE)}
    if blocks:
        answer["blocks"] = list(blocks[:BLOCKS_MESSAGE])
    return answer


def private(text: Markup, blocks: Sequence[Block] = (), *, replace: bool = False) -> Message:
    """Return an answer that only the asker sees. ``replace``: in place of the private message that was pressed in."""
    answer = message(text, blocks)
    answer["response_type"] = "ephemeral"
    answer["replace_original"] = replace
    return answer


def notice(title: str, blocks: Sequence[Block], *, close: str = "Close") -> View:
    """Return a modal that only says something."""
    return {
        "type": "modal",
        "title": plain(title, TEXT_TITLE),
        "close": plain(close, TEXT_TITLE),
        "blocks": list(blocks),
    }


def home_view(blocks: Sequence[Block]) -> HomeView:
    """Return a Home tab."""
    return {"type": "home", "blocks": list(blocks)}


def as_notice(title: str, answer: Message) -> View:
    """Return an answer as a modal, where there is no place for a message."""
    return notice(title, answer.get("blocks") or [section(mrkdwn(Markup(answer["text"])))])


def form(callback_id: str, title: str, submit: str, blocks: Sequence[Block], *, private_metadata: str = "") -> View:
    """Return a modal with something to submit."""
    view = notice(title, blocks, close="Cancel")
    view["callback_id"] = callback_id
    view["submit"] = plain(submit, TEXT_TITLE)
    if private_metadata:
        view["private_metadata"] = private_metadata
    return view


def _fit(text: Markup, limit: int) -> str:
    return str(text) if 2 * len(text) <= limit else shorten_pieces(_PIECES.findall(text), limit)


def _completed_select(element: StaticSelect, options: Sequence[Option], initial: str, placeholder: str) -> StaticSelect:
    chosen = next((choice for choice in options if choice["value"] == initial), None)
    if chosen is not None:
        element["initial_option"] = chosen
    if placeholder:
        element["placeholder"] = plain(placeholder, TEXT_PLACEHOLDER)
    return element
