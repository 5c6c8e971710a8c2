"""The one place where an exception becomes words: for the person who asked, and for the log."""

import secrets
from collections.abc import Callable, Sequence

import structlog

from bot.errors import (
    CustomerChangedMeanwhile,
    DatabaseAway,
    FieldRefused,
    FieldsRefused,
    OutcomeUnknown,
    Overtaken,
    Overwritten,
    PasscodeUnreadable,
    Refusal,
    SlackTrouble,
    SomethingWrong,
    TicketChangedMeanwhile,
    TookTooLong,
)
from bot.payloads import OpenView
from bot.routes import FieldErrors, UpdateView
from bot.slack import SlackError, SlackLimited, SlackRefused
from bot.views.blocks import View
from bot.views.changes import Begun, Shown
from bot.views.conflicts import by_history, conflicting_form
from bot.views.entries import field_of
from bot.views.kit import Markup
from bot.views.overwritten import overwritten
from bot.views.refusals import first_input, spent_form
from bot.wording import worded

_log = structlog.get_logger(__name__)


def explain(error: Exception, *, late: bool, kind: str, name: str, ms: float) -> Refusal:
    """Return what the person reads about ``error``, and log what the operator should know.

    ``late``: the time was up. ``kind`` and ``name`` say what had been asked, ``ms`` how long it had taken.
    """
    log = _log.bind(kind=kind, name=name, ms=ms)
    if late:
        log.warning("gave up: no answer in time")
        return TookTooLong()
    match error:
        case DatabaseAway() | OutcomeUnknown():
            log.warning("the database did not answer", refusal=type(error).__name__)
            return error
        case Refusal():
            tell = log.error if isinstance(error, PasscodeUnreadable) else log.info  # the operator's to mend
            tell("refused", refusal=type(error).__name__)
            return error
        case SlackRefused() if not error.is_late:
            reference = _reference()
            log.error("Slack refused a call", code=error.code, details=error.details, reference=reference)
            return SomethingWrong(reference)
        case SlackError():
            log.warning("Slack did not do its part", error=type(error).__name__)
            return SlackTrouble(_slack_sentence(error))
    reference = _reference()
    log.error("failed", reference=reference, exc_info=error)
    return SomethingWrong(reference)


def outcome_of(refusal: Refusal) -> str:
    """Return what a refusal is counted as: our fault, something away or slow, or a plain no."""
    match refusal:
        case SomethingWrong():
            return "failed"
        case DatabaseAway() | OutcomeUnknown() | SlackTrouble() | TookTooLong():
            return "unavailable"
        case _:
            return "refused"


def refuse_form(refusal: Refusal, view: OpenView) -> FieldErrors | UpdateView:
    """Return a form's answer to a refusal: beside the field where there is one, and what was typed is never lost."""
    sentence = refusal.form_sentence or refusal.sentence
    first = first_input(view.blocks)
    if first is None:
        return UpdateView(spent_form(sentence, view.blocks, view.state.values if view.state else {}))
    match refusal:
        case TicketChangedMeanwhile() | CustomerChangedMeanwhile() if refusal.seen is not None:
            begun = Begun.unpack(view.private_metadata).model_copy(update={"seen": refusal.seen})
            return UpdateView(_conflicting(refusal.changes, begun.pack(), by_history, view))
        case Overtaken():
            shown = Shown.unpack(view.private_metadata).knowing(refusal.changes)
            return UpdateView(_conflicting(refusal.changes, shown.pack(), overwritten, view))
        case FieldRefused():
            messages = {refusal.field: refusal.message}
        case FieldsRefused():
            messages = refusal.messages
        case _:
            return FieldErrors({first: sentence})
    blocks = {field_of(block_id): block_id for block_id in (str(block.get("block_id")) for block in view.blocks)}
    beside = {blocks[field]: message for field, message in messages.items() if field in blocks}
    elsewhere = [message for field, message in messages.items() if field not in blocks]
    if elsewhere:
        beside[first] = " ".join(filter(None, [beside.get(first), *elsewhere]))
    return FieldErrors(beside)


def _conflicting(
    changes: Sequence[Overwritten], metadata: str, words: Callable[[Overwritten], Markup], view: OpenView
) -> View:
    return conflicting_form(
        changes,
        metadata,
        words,
        callback=view.callback_id,
        title=view.title.text if view.title else "",
        submit=view.submit.text if view.submit else "",
        blocks=view.blocks,
        values=view.state.values if view.state else {},
    )


def _slack_sentence(error: SlackError) -> str:
    match error:
        case SlackRefused():
            return "That took too long, so Slack no longer opened the form. Nothing was changed; please try again."
        case SlackLimited():
            wait = max(1, round(error.retry_after))
            return worded(
                "Slack has too much to do and asks for {wait} seconds of patience. Please try again then.", wait=wait
            )
        case _:
            return (
                "Slack couldn't be reached to finish this. It may or may not have been done: "
                "have a look with `/ticket mine` before you try again."
            )


def _reference() -> str:
    return secrets.token_hex(3)
