"""Block Kit as typed dictionaries: the builders, Slack's limits, and the only place that escapes.

Text reaches Slack in two forms. ``plain_text`` shows what it is given. ``mrkdwn`` (and a message's ``text``) is a small
language, so everything in it is ``Markup``: made by ``markup()`` from a template of ours and facts that it escapes.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any, Final, Literal, LiteralString, NotRequired, TypedDict

from bot.text import printable, shorten, shorten_pieces

# Slack's limits: docs.slack.dev/reference/block-kit and /surfaces/modals
BLOCKS_MESSAGE: Final = 50
TEXT_MESSAGE: Final = 4000  # advised for text; chat.update refuses more
TEXT_SECTION: Final = 3000
TEXT_FIELD: Final = 2000
FIELDS: Final = 10
TEXT_HEADER: Final = 150
TEXT_ALT: Final = 2000
TEXT_BUTTON: Final = 75
VALUE_BUTTON: Final = 2000
TEXT_OPTION: Final = 75
TEXT_PLACEHOLDER: Final = 150
TEXT_LABEL: Final = 2000
TEXT_TITLE: Final = 24  # of a modal, its submit and close too
TEXT_INPUT: Final = 3000
TEXT_CONFIRM_TITLE: Final = 100
TEXT_CONFIRM: Final = 300
TEXT_CONFIRM_BUTTON: Final = 30
OPTIONS: Final = 100
OPTIONS_MENU: Final = 5
FILES_INPUT: Final = 10  # files of one field
BOXES: Final = 10  # of a group of checkboxes
ROWS_TABLE: Final = 100  # the headings are one
TEXT_TABLE: Final = 10_000  # in all cells

_TEN_DIGITS: Final = 1_000_000_000  # what a picker takes: docs.slack.dev/reference/block-kit
_YEAR_10000: Final = 253_402_300_800  # in seconds since 1970: the last that a datetime holds come before

ButtonStyle = Literal["primary", "danger"]


class PlainText(TypedDict):
    """Text that is shown as it is."""

    type: Literal["plain_text"]
    text: str


class Mrkdwn(TypedDict):
    """Text in Slack's markup. ``verbatim`` keeps Slack from making links and mentions out of bare words."""

    type: Literal["mrkdwn"]
    text: str
    verbatim: bool


Text = PlainText | Mrkdwn


class Option(TypedDict):
    """One choice of a select."""

    text: PlainText
    value: str
    description: NotRequired[PlainText]


class OptionGroup(TypedDict):
    """Choices under a label."""

    label: PlainText
    options: list[Option]


class Confirm(TypedDict):
    """What is asked before a press counts."""

    title: PlainText
    text: PlainText
    confirm: PlainText
    deny: PlainText
    style: NotRequired[ButtonStyle]


class Button(TypedDict):
    """A button; ``value`` comes back when it is pressed."""

    type: Literal["button"]
    text: PlainText
    action_id: str
    value: NotRequired[str]
    style: NotRequired[ButtonStyle]
    accessibility_label: NotRequired[str]
    confirm: NotRequired[Confirm]


class Overflow(TypedDict):
    """A menu behind three dots."""

    type: Literal["overflow"]
    action_id: str
    options: list[Option]


class TextInput(TypedDict):
    """A line, or several."""

    type: Literal["plain_text_input"]
    action_id: str
    multiline: bool
    max_length: int
    initial_value: NotRequired[str]
    placeholder: NotRequired[PlainText]
    focus_on_load: NotRequired[bool]


class StaticSelect(TypedDict):
    """A choice among options or groups of them."""

    type: Literal["static_select"]
    action_id: str
    options: NotRequired[list[Option]]
    option_groups: NotRequired[list[OptionGroup]]
    initial_option: NotRequired[Option]
    placeholder: NotRequired[PlainText]
    confirm: NotRequired[Confirm]


class ExternalSelect(TypedDict):
    """A typeahead: the options are asked of us while somebody types."""

    type: Literal["external_select"]
    action_id: str
    min_query_length: int
    initial_option: NotRequired[Option]
    placeholder: NotRequired[PlainText]
    focus_on_load: NotRequired[bool]


class UsersSelect(TypedDict):
    """A choice among the workspace's people."""

    type: Literal["users_select"]
    action_id: str
    initial_user: NotRequired[str]
    placeholder: NotRequired[PlainText]


class TimePicker(TypedDict):
    """A time of day, ``HH:MM``, which Slack shows as each reader is used to."""

    type: Literal["timepicker"]
    action_id: str
    initial_time: NotRequired[str]


class MomentPicker(TypedDict):
    """A day and a time of day, in the time zone that the person has in Slack."""

    type: Literal["datetimepicker"]
    action_id: str
    initial_date_time: NotRequired[int]


class Checkboxes(TypedDict):
    """Up to ten choices, any number of them."""

    type: Literal["checkboxes"]
    action_id: str
    options: list[Option]
    initial_options: NotRequired[list[Option]]


Pressable = Button | StaticSelect | Overflow


class FileInput(TypedDict):
    """A field that takes files."""

    type: Literal["file_input"]
    action_id: str
    filetypes: list[str]
    max_files: int


Element = FileInput | TextInput | StaticSelect | ExternalSelect | UsersSelect | TimePicker | MomentPicker | Checkboxes


class Section(TypedDict):
    """A paragraph, or up to ten short ones in two columns, with a button beside it."""

    type: Literal["section"]
    text: NotRequired[Text]
    fields: NotRequired[list[Text]]
    accessory: NotRequired[Button]


class Header(TypedDict):
    """A heading."""

    type: Literal["header"]
    text: PlainText


class Context(TypedDict):
    """Small print."""

    type: Literal["context"]
    elements: list[Text]


class SlackFile(TypedDict):
    """A file that Slack has."""

    id: str


class Image(TypedDict):
    """A picture that Slack has, and in words what it shows."""

    type: Literal["image"]
    slack_file: SlackFile
    alt_text: str


class Divider(TypedDict):
    """A line across."""

    type: Literal["divider"]


class Actions(TypedDict):
    """A row of buttons, selects and menus."""

    type: Literal["actions"]
    elements: list[Pressable]


class RawText(TypedDict):
    """A table's cell."""

    type: Literal["raw_text"]
    text: str


class ColumnSetting(TypedDict):
    """How a column stands."""

    align: Literal["left", "right"]


class Table(TypedDict):
    """Rows of cells, the first row the headings. In messages only, one in each; Slack shows it below the rest."""

    type: Literal["table"]
    rows: list[list[RawText]]
    column_settings: list[ColumnSetting]


class VerbatimText(TypedDict):
    """A piece of text."""

    type: Literal["text"]
    text: str


class Preformatted(TypedDict):
    """Text in a type in which all characters are as wide."""

    type: Literal["rich_text_preformatted"]
    elements: list[VerbatimText]


class RichText(TypedDict):
    """Text with its formatting beside it, instead of in it."""

    type: Literal["rich_text"]
    elements: list[Preformatted]


class Input(TypedDict):
    """A field of a form."""

    type: Literal["input"]
    block_id: str
    label: PlainText
    element: Element
    optional: bool
    hint: NotRequired[PlainText]


Block = Section | Header | Context | Image | Divider | Actions | Table | RichText | Input


class Message(TypedDict):
    """What is posted or answered. ``text`` stands alone in notifications and for screen readers."""

    text: str
    blocks: NotRequired[list[Block]]
    response_type: NotRequired[Literal["ephemeral", "in_channel"]]
    replace_original: NotRequired[bool]


class View(TypedDict):
    """A modal. ``callback_id`` and ``submit`` only where there is something to submit."""

    type: Literal["modal"]
    title: PlainText
    close: PlainText
    blocks: list[Block]
    submit: NotRequired[PlainText]
    callback_id: NotRequired[str]
    private_metadata: NotRequired[str]


class HomeView(TypedDict):
    """The app's Home tab of one person."""

    type: Literal["home"]
    blocks: list[Block]


class Markup(str):
    """Text in Slack's markup that is safe to send. Only this module makes it."""

    __slots__ = ()


# Slack has an escape for & < > alone. What else it would read as formatting is replaced by its likeness.
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
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
    return Markup(template.format_map(safe))


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
    if initial is not None and initial.timestamp() >= _TEN_DIGITS:
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


def anew(field: str, value: str | int) -> str:
    """Return another block id for a field, so that Slack shows its initial value instead of what stood in it before.

    Slack keeps what stands in a field of the same id when a form is changed (docs.slack.dev/reference/views).
    """
    return f"{field}:{value}"


def field_of(block_id: str) -> str:
    """Return the name of the model's field that a block id stands for."""
    return block_id.partition(":")[0]


def entered(values: Mapping[str, Mapping[str, Any]], field: str) -> str | None:
    """Return what stands in a form's field: text, a time, a person's Slack id, or the chosen option's value.

    A moment is its seconds since 1970. None where nothing stands there.
    """
    state = _state(values, field)
    if isinstance(seconds := state.get("selected_date_time"), int):
        return str(seconds)
    written = next((state[key] for key in ("selected_time", "selected_user", "value") if key in state), None)
    found = (state.get("selected_option") or {}).get("value", written)
    return found if isinstance(found, str) else None


def entered_moment(values: Mapping[str, Mapping[str, Any]], field: str) -> datetime | None:
    """Return the moment that is chosen in a form's field."""
    seconds = _state(values, field).get("selected_date_time")
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) and 0 < seconds < _YEAR_10000 else None


def uploaded(values: Mapping[str, Mapping[str, Any]], field: str) -> list[str]:
    """Return Slack's ids of the files in a form's field."""
    files = _state(values, field).get("files")
    found = [file.get("id") for file in files if isinstance(file, Mapping)] if isinstance(files, list) else []
    return [file for file in found if isinstance(file, str)]


def checked(values: Mapping[str, Mapping[str, Any]], field: str) -> list[str]:
    """Return the values of the boxes that are checked in a form's field."""
    return [choice["value"] for choice in _state(values, field).get("selected_options") or ()]


def _state(values: Mapping[str, Mapping[str, Any]], field: str) -> Mapping[str, Any]:
    block = next((block for block_id, block in values.items() if field_of(block_id) == field), {})
    return next(iter(block.values()), {})


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
