"""A device's passcode, for the one person who asked for it. Nothing here goes into a channel or a notification."""

from bot.views.blocks import Message
from bot.views.kit import actions, context, markup, mrkdwn, private, section, verbatim
from bot.views.phrases import named, open_button
from db.models import PasscodeShown


def passcode_shown(facts: PasscodeShown) -> Message:
    """Return the passcode. It stands in a block alone: the message's text may be read out or shown elsewhere."""
    ticket = facts.ticket
    onwards = actions([open_button(ticket.id)])
    if facts.passcode is None:
        said = markup("There is no passcode for {ticket}.", ticket=named(ticket))
        return private(said, [section(mrkdwn(said)), *onwards])
    said = markup("The passcode for {ticket}", ticket=named(ticket))
    logged = markup("Shown to you alone. The ticket's history says that you have seen it.")
    code = verbatim(facts.passcode.get_secret_value())
    return private(said, [section(mrkdwn(said)), code, context(mrkdwn(logged)), *onwards])
