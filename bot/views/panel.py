"""The bare ``/ticket``: an overview with the way to everything common."""

from bot.roles import Ability, may
from bot.views import ids
from bot.views.blocks import Block, Message
from bot.views.finding import pressing
from bot.views.kit import actions, button, context, header, join, markup, mrkdwn, private, section
from bot.views.phrases import count, line, named
from bot.views.timer import running
from db.models import Panel


def panel(facts: Panel) -> Message:
    """Return the most urgent of my tickets, the queue's length, and buttons by role."""
    role = facts.actor.role
    status = [markup("{mine} yours.", mine=_are(facts.mine_total))]
    if facts.queue_length is not None:
        status.append(
            markup("{queue} in the queue.", queue=count(facts.queue_length, "ticket").capitalize())
            if facts.queue_length
            else markup("The queue is empty.")
        )
    summary = join(" ", status)
    blocks: list[Block] = [header("Tickets"), section(mrkdwn(summary))]
    if facts.timer is not None:
        blocks.append(running(facts.timer))
    blocks += pressing(facts.due)
    blocks += map(line, facts.mine)
    if facts.mine_total > len(facts.mine):
        rest = markup("The {shown} most urgent of {total}.", shown=len(facts.mine), total=facts.mine_total)
        blocks.append(context(mrkdwn(rest)))
    buttons = [button("My tickets", ids.MINE_PAGE)]
    if may(role, Ability.SEE_QUEUE):
        buttons.append(button("Queue", ids.QUEUE_PAGE))
    if may(role, Ability.FILE_TICKET):
        buttons.insert(0, button("New ticket", ids.TICKET_NEW, style="primary"))
    blocks += actions(buttons)
    blocks.append(context(mrkdwn(markup("`/ticket help` lists what you can type."))))
    first = [markup("Most urgent: {ticket}.", ticket=named(facts.mine[0]))] if facts.mine else []
    return private(join(" ", [summary, *first]), blocks)


def _are(mine: int) -> str:
    """Return ``3 open tickets are`` yours."""
    return count(mine, "open ticket is", "open tickets are").capitalize()
