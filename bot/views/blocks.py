"""Block Kit as typed dictionaries, and Slack's limits."""

from typing import Final, Literal, NotRequired, TypedDict

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
TEN_DIGITS: Final = 1_000_000_000  # what a picker takes: docs.slack.dev/reference/block-kit
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
