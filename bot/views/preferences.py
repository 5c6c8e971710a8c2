"""The form for how a person wants to be told, its way back, and what it becomes."""

from collections.abc import Mapping
from typing import Any, Final

from bot.forms import PreferencesEntry
from bot.views import ids
from bot.views.blocks import Block, View
from bot.views.changes import Shown
from bot.views.entries import checked, entered
from bot.views.kit import (
    Markup,
    checkboxes,
    form,
    input_block,
    join,
    markup,
    mrkdwn,
    notice,
    option,
    section,
    text_input,
    time_picker,
)
from bot.wording import worded
from db.models import MutableKind, Preferences, Settings, SettingsSaved

ZONE_MAX: Final = 64  # characters: preferences.time_zone
_PASSES: Final = "passes"

KINDS: Final[Mapping[MutableKind, str]] = {
    "assigned": "A ticket is given to me",
    "unassigned": "A ticket of mine goes to somebody else or to the queue",
    "reminder": "Reminders of tickets that need me",
    "completed": "A ticket that I filed is completed",
    "reopened": "A ticket that I filed is reopened",
    "watched": "Something happens to a ticket that I watch",
    "mentioned": "Somebody names me in a note",
    "returned_to_queue": "Tickets return to the queue because somebody has left",
    "undeliverable": "Messages can't be delivered",
    "summary": "The daily summary",
}


def settings_form(settings: Settings) -> View:
    """Return the form with how it is now. Block ids are ``PreferencesEntry``'s field names."""
    now = settings.preferences
    passes = option("Messages about urgent tickets come all the same", _PASSES)
    heard = [option(KINDS[kind], kind) for kind in now.kinds]
    wanted = [kind for kind in now.kinds if kind not in now.muted]
    blocks: list[Block] = [
        input_block(
            "quiet_from",
            "Quiet hours from",
            time_picker(ids.enter("quiet_from"), now.quiet_from),
            hint="What the app has to tell you directly waits for their end. Leave both times empty for none.",
            optional=True,
        ),
        input_block(
            "quiet_until",
            "until",
            time_picker(ids.enter("quiet_until"), now.quiet_until),
            hint="An earlier time is the next day's",
            optional=True,
        ),
        input_block(
            "urgent_passes",
            "In my quiet hours",
            checkboxes(ids.enter("urgent_passes"), [passes], initial=[_PASSES] if now.urgent_passes else []),
            optional=True,
        ),
        input_block(
            "time_zone",
            "My time zone",
            text_input(
                ids.enter("time_zone"),
                max_length=ZONE_MAX,
                initial=now.time_zone or "",
                placeholder=now.slack_time_zone or now.shop_time_zone,
            ),
            hint=_zone_hint(now),
            optional=True,
        ),
        *_summary_hour(now),
        input_block(
            "heard",
            "Tell me directly",
            checkboxes(ids.enter("heard"), heard, initial=wanted),
            hint=_always_told(now),
            optional=True,
        ),
    ]
    return form(ids.SETTINGS_SAVE, "My settings", "Save", blocks, private_metadata=Shown(seen=now.shown).pack())


def read_preferences(values: Mapping[str, Mapping[str, Any]]) -> PreferencesEntry:
    """Return what stands in the form. Raises ``FieldsRefused``."""
    return PreferencesEntry.check(
        quiet_from=entered(values, "quiet_from"),
        quiet_until=entered(values, "quiet_until"),
        urgent_passes=_PASSES in checked(values, "urgent_passes"),
        time_zone=entered(values, "time_zone"),
        summary_at=entered(values, "summary_at"),
        heard=checked(values, "heard"),
    )


def settings_saved(saved: SettingsSaved) -> View:
    """Return what the form becomes once the settings are saved."""
    now = saved.preferences
    blocks: list[Block] = [section(mrkdwn(_quiet_hours(now)))]
    if "summary" in now.kinds and "summary" not in now.muted:
        blocks.append(section(mrkdwn(_summary_comes(now))))
    if now.muted:
        silent = join("\n", [markup("• {kind}", kind=KINDS[kind]) for kind in now.muted])
        blocks.append(section(mrkdwn(markup("You aren't told of these:\n{silent}", silent=silent))))
    return notice("Settings saved", blocks)


def _quiet_hours(now: Preferences) -> Markup:
    if now.quiet_from is None or now.quiet_until is None:
        return markup("You have no quiet hours.")
    return markup(
        "Your quiet hours are from {begin} to {end}, {zone}. {urgent}",
        begin=f"{now.quiet_from:%H:%M}",
        end=f"{now.quiet_until:%H:%M}",
        zone=now.own_zone,
        urgent="What is urgent comes all the same." if now.urgent_passes else "What is urgent waits, too.",
    )


def _zone_hint(now: Preferences) -> str:
    if now.slack_time_zone is not None:
        return worded(
            "Empty: that of your Slack account, {zone}. A large city's name is enough, such as Berlin.",
            zone=now.slack_time_zone,
        )
    return worded("Empty: the shop's, {zone}. A large city's name is enough, such as Berlin.", zone=now.shop_time_zone)


def _summary_hour(now: Preferences) -> list[Block]:
    if "summary" not in now.kinds:
        return []
    hint = (
        "By your own clock. Empty: when the shop has it. It doesn't wait for quiet hours."
        if now.shop_summary_at is None
        else worded(
            "By your own clock. Empty: when the shop has it at {at}, {zone}. It doesn't wait for quiet hours.",
            at=f"{now.shop_summary_at:%H:%M}",
            zone=now.shop_time_zone,
        )
    )
    return [
        input_block(
            "summary_at",
            "The daily summary comes at",
            time_picker(ids.enter("summary_at"), now.summary_at),
            hint=hint,
            optional=True,
        )
    ]


def _summary_comes(now: Preferences) -> Markup:
    at, zone = now.summary_at, now.own_zone
    if at is None:
        at, zone = now.shop_summary_at, now.shop_time_zone
    if at is None:
        return markup("The shop has set no time for the daily summary.")
    return markup("The daily summary comes at {at}, {zone}.", at=f"{at:%H:%M}", zone=zone)


def _always_told(now: Preferences) -> str:
    if "summary" in now.kinds:
        return "Requests for access always come: somebody waits for your answer."
    return "Your tickets stand in the Home whatever you leave out." if "assigned" in now.kinds else ""
