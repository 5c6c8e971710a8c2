"""The app's Home: what a person needs at a glance in the morning, by role, and the buttons for the rest."""

from collections.abc import Mapping

from bot.roles import Ability, may
from bot.views import ids
from bot.views.blocks import Block, HomeView
from bot.views.finding import pressing
from bot.views.kit import Markup, actions, button, context, divider, header, home_view, join, markup, mrkdwn, section
from bot.views.phrases import BENCH_STATUSES, count, hours, line
from bot.views.timer import running
from db.models import BenchStatus, Figures, Home, TicketLine


def home(facts: Home) -> HomeView:
    """Return my open tickets, the head of the queue for who has one, and the day so far for who sees the figures."""
    role = facts.actor.role
    buttons = [button("My tickets", ids.MINE_PAGE)]
    if may(role, Ability.SEE_QUEUE):
        buttons.append(button("Queue", ids.QUEUE_PAGE))
    if may(role, Ability.FILE_TICKET):
        buttons.insert(0, button("New ticket", ids.TICKET_NEW, style="primary"))
    buttons.append(button("Settings", ids.SETTINGS_OPEN))
    blocks: list[Block] = [
        section(mrkdwn(markup("{name} · {role}", name=facts.actor.name, role=role))),
        *actions(buttons),
    ]
    if facts.timer is not None:
        blocks.append(running(facts.timer))
    blocks += pressing(facts.due)
    if facts.undelivered:
        lost = markup("{number} didn't reach Slack.", number=count(facts.undelivered, "message"))
        blocks.append(section(mrkdwn(lost), accessory=button("Undelivered", ids.UNDELIVERED_PAGE)))
    if facts.today is not None:
        blocks += [divider(), header("Today"), section(mrkdwn(_today(facts.today)))]
    blocks += [divider(), header("My open tickets")]
    blocks += _bench(facts.bench)
    blocks += _list(facts.mine, facts.mine_total, markup("No open tickets are yours."))
    if facts.queue_length is not None:
        blocks += [divider(), header("Queue")]
        blocks += _list(facts.queue, facts.queue_length, markup("The queue is empty."))
    return home_view(blocks)


def closed_home(sentence: str) -> HomeView:
    """Return what somebody without access sees."""
    return home_view([section(mrkdwn(markup("{sentence}", sentence=sentence)))])


def _list(tickets: list[TicketLine], total: int, empty: Markup) -> list[Block]:
    if not tickets:
        return [section(mrkdwn(empty))]
    blocks: list[Block] = [*map(line, tickets)]
    if total > len(tickets):
        rest = markup("The {shown} most urgent of {total}.", shown=len(tickets), total=total)
        blocks.append(context(mrkdwn(rest)))
    return blocks


def _bench(statuses: Mapping[BenchStatus, int]) -> list[Block]:
    """Return how many of my tickets are where, but for those that have only come in."""
    known = [
        markup("{number} {status}", number=statuses[status], status=words.lower())
        for status, words in BENCH_STATUSES.items()
        if statuses.get(status) and status != "received"
    ]
    return [context(mrkdwn(join(" · ", known)))] if known else []


def _today(figures: Figures) -> Markup:
    flow = markup(
        "{opened} opened, {completed} completed, {hours}.",
        opened=figures.opened,
        completed=figures.completed,
        hours=hours(figures.hours),
    )
    backlog = markup(
        "Open now: {open}, {unassigned} unassigned, {urgent} urgent.",
        open=count(figures.open, "ticket"),
        unassigned=figures.unassigned,
        urgent=figures.urgent,
    )
    return join("\n", [flow, backlog])
