"""What a person does in the workspace, delivered to the app, and the app's answer carried out as Slack does."""

from dataclasses import dataclass
from typing import Any, Final

from sandbox.answers import SubmissionAnswer, read_submission_answer, read_suggestions
from sandbox.delivery import Delivery
from sandbox.documents import Document
from sandbox.entities import Pane, Place
from sandbox.inputs import (
    VALUE_KEYS,
    Element,
    Values,
    are_offered,
    field_faults,
    find_element,
    kept_values,
    state_values,
)
from sandbox.payloads import Posted
from sandbox.refusals import Refused
from sandbox.views import View
from sandbox.workspace import Person
from sandbox.writing import Outcome, Writing

TROUBLE: Final = "We had some trouble connecting. Try again?"
NO_INTERACTIVITY: Final = "This app is not configured to handle interactive responses."
NO_OPTIONS_URL: Final = "This app is not configured to handle select menus that it fills itself."
NO_OPTIONS: Final = "We had some trouble loading the options. Try again?"


@dataclass(slots=True)
class Interactions(Writing):
    """Does what people do. Refuses (`Refused`) what Slack's client wouldn't let them do."""

    async def act(
        self,
        user: str,
        container: Document,
        block_id: str,
        action_id: str,
        *,
        chosen: Document,
        entered: Values | None = None,
    ) -> Outcome:
        """Use an element: press a button, choose an option. `chosen` is its value as Slack's payload has it."""
        person = self._active(user)
        found = self._container(person, container)
        place = find_element(found.blocks, block_id, action_id)
        if place is None:
            raise Refused("no_such_element")
        if place.block["type"] == "input" and not place.block.get("dispatch_action"):
            raise Refused("element_does_not_dispatch")
        value = _chosen_value(place, chosen)
        if isinstance(found, Pane):
            trigger = self.state.triggers.give(person.id, pane=found)
            payload = self.payloads.pane_action(person, found, place, value, trigger.id)
        elif isinstance(found, View):
            payload = self._view_action(person, found, place, value, entered)
        else:
            payload = self._message_action(person, found, place, value, entered)
        return await self._interact("block_actions", payload)

    async def shortcut(self, user: str, callback_id: str) -> Outcome:
        """Choose a global shortcut of the app."""
        person = self._active(user)
        if self.manifest.shortcut("global", callback_id) is None:
            raise Refused("no_such_shortcut")
        trigger = self.state.triggers.give(person.id)
        return await self._interact("shortcut", self.payloads.shortcut(person, callback_id, trigger.id))

    async def message_shortcut(self, user: str, callback_id: str, channel: str, ts: str) -> Outcome:
        """Choose a shortcut of the app in a message's menu; messages for one person's eyes have none."""
        person, place = self._where(user, channel)
        message = self.state.messages.find(place.id, ts)
        if message is None or message.ephemeral_to is not None:
            raise Refused("message_not_found")
        if self.manifest.shortcut("message", callback_id) is None:
            raise Refused("no_such_shortcut")
        trigger = self.state.triggers.give(person.id)
        response_url = self.state.response_urls.give("app", person.id, place.id, thread_ts=message.thread_ts)
        payload = self.payloads.message_shortcut(
            person, place, message, callback_id, trigger_id=trigger.id, response_url=response_url
        )
        return await self._interact("message_action", payload)

    async def submit(self, user: str, view_id: str, entered: Values | None) -> Outcome:
        """Submit the form on top of a person's stack, if its fields hold what they ask for."""
        person = self._active(user)
        view = self._top(person, view_id)
        if entered is not None:
            view.entered = kept_values(view.blocks, entered)
        self._take_files(person, view)
        if not view.source.get("submit"):
            raise Refused("view_has_no_submit")
        faults = field_faults(view.blocks, view.values)
        if faults:
            return Outcome(ok=False, errors=faults)
        url = self.manifest.settings.interactivity.request_url
        if not self.manifest.settings.interactivity.is_enabled or url is None:
            return Outcome(ok=False, error=NO_INTERACTIVITY)
        trigger = self.state.triggers.give(person.id, view=view.id)
        payload = self.payloads.view_submission(person, view, trigger.id, self._response_urls(person, view))
        delivery = await self.deliverer.send("view_submission", url, payload)
        if delivery.error is not None:
            return Outcome(ok=False, error=TROUBLE, delivery=delivery)
        try:
            answer = read_submission_answer(delivery.body, view, self.state.files)
            self._carry_out(view, answer)
        except Refused as refused:
            self.deliverer.find_fault(delivery, refused)
            return Outcome(ok=False, error=f"{TROUBLE} ({refused.words})", delivery=delivery)
        return Outcome(ok=not answer.errors, errors=answer.errors, delivery=delivery)

    async def close(self, user: str, view_id: str, *, whole_stack: bool = False) -> Outcome:
        """Dismiss a form, or all that a person has open. The app hears of it where the form asks for that."""
        person = self._active(user)
        view = self._top(person, view_id)
        clear = whole_stack or bool(view.source.get("clear_on_close"))
        closed = self.state.views.stack(person.id)[::-1] if clear else [view]
        url = self.manifest.settings.interactivity.request_url
        last: Delivery | None = None
        for one in closed:
            self.state.views.close(one)
            if one.source.get("notify_on_close") and url is not None:
                payload = self.payloads.view_closed(person, one, is_cleared=clear)
                last = await self.deliverer.send("view_closed", url, payload)
        return Outcome(ok=True, delivery=last)

    def opened(self, user: str, channel: str, ts: str, attachment: object) -> Pane:
        """Find the Work Object that a person opens, as a pane that the app has still to fill."""
        where = self._container(
            self._active(user), {"type": "message", "channel": channel, "ts": ts, "attachment": attachment}
        )
        if not isinstance(where, Posted) or where.entity is None or where.attachment is None:
            raise Refused("no_such_element")
        place = Place(channel, ts, where.message.thread_ts, where.attachment.get("app_unfurl_url"))
        return Pane(user, where.entity, place)

    async def suggest(self, user: str, container: Document, block_id: str, action_id: str, value: str) -> Outcome:
        """Ask the app for the options of a select menu that it fills."""
        person = self._active(user)
        found = self._container(person, container)
        place = find_element(found.blocks, block_id, action_id)
        if isinstance(found, Pane) or place is None or place.kind not in ("external_select", "multi_external_select"):
            raise Refused("no_such_element")
        interactivity = self.manifest.settings.interactivity
        if not interactivity.is_enabled or interactivity.message_menu_options_url is None:
            return Outcome(ok=False, error=NO_OPTIONS_URL)
        url = interactivity.message_menu_options_url
        payload = self.payloads.suggestion(person, found, block_id, action_id, value)
        delivery = await self.deliverer.send("block_suggestion", url, payload)
        if delivery.error is not None:
            return Outcome(ok=False, error=NO_OPTIONS, delivery=delivery)
        try:
            options = read_suggestions(delivery.body)
        except Refused as refused:
            self.deliverer.find_fault(delivery, refused)
            return Outcome(ok=False, error=f"{NO_OPTIONS} ({'; '.join(refused.messages)})", delivery=delivery)
        return Outcome(ok=True, options=options, delivery=delivery)

    async def _interact(self, kind: str, payload: Document) -> Outcome:
        url = self.manifest.settings.interactivity.request_url
        if not self.manifest.settings.interactivity.is_enabled or url is None:
            return Outcome(ok=False, error=NO_INTERACTIVITY)
        delivery = await self.deliverer.send(kind, url, payload)
        if delivery.error is not None:
            return Outcome(ok=False, error=_action_trouble(delivery), delivery=delivery)
        return Outcome(ok=True, delivery=delivery)

    def _view_action(
        self, person: Person, view: View, place: Element, value: Document, entered: Values | None
    ) -> Document:
        if entered is not None:
            view.entered = kept_values(view.blocks, entered)
        if place.kind in VALUE_KEYS:
            view.entered.setdefault(place.block_id, {})[place.action_id] = {"type": place.kind, **value}
        self._take_files(person, view)
        trigger = self.state.triggers.give(person.id, view=view.id)
        return self.payloads.view_action(person, view, place, value, trigger.id)

    def _message_action(
        self,
        person: Person,
        where: Posted,
        place: Element,
        value: Document,
        entered: Values | None,
    ) -> Document:
        message = where.message
        known = kept_values(where.blocks, entered or {})
        if place.kind in VALUE_KEYS:
            known.setdefault(place.block_id, {})[place.action_id] = {"type": place.kind, **value}
        trigger = self.state.triggers.give(person.id)
        response_url = self.state.response_urls.give(
            "actions", person.id, where.channel.id, original=message.ts, thread_ts=message.thread_ts
        )
        return self.payloads.message_action(
            person,
            where,
            place=place,
            chosen=value,
            values=state_values(where.blocks, known),
            trigger_id=trigger.id,
            response_url=response_url,
        )

    def _take_files(self, person: Person, view: View) -> None:
        """Put what the workspace knows of each file in the place of what the client said; the app may see them now."""
        for actions in view.entered.values():
            for given in actions.values():
                if given["type"] != "file_input":
                    continue
                named = given.get("files")
                ids = [one.get("id") for one in named if isinstance(one, dict)] if isinstance(named, list) else []
                files = [self.state.files.own(person.id, one) for one in ids]
                for file in files:
                    file.given_to_app = True
                given["files"] = [self.state.files.document(file.id, pictures=False) for file in files]

    def _carry_out(self, view: View, answer: SubmissionAnswer) -> None:
        views = self.state.views
        if views.find(view.id) is None:
            return  # closed in the meantime
        match answer.action:
            case "close":
                views.close(view)
            case "clear":
                views.clear(view.user)
            case "update" if answer.view is not None:
                views.update(view, answer.view)
            case "push" if answer.view is not None:
                views.push(view.user, answer.view)

    def _response_urls(self, person: Person, view: View) -> list[Document]:
        urls = []
        for block in view.blocks:
            element = block.get("element", {})
            if not element.get("response_url_enabled"):
                continue
            chosen = view.values[block["block_id"]][element["action_id"]]
            channel = chosen.get("selected_conversation") or chosen.get("selected_channel")
            if channel:
                urls.append(
                    {
                        "block_id": block["block_id"],
                        "action_id": element["action_id"],
                        "channel_id": channel,
                        "response_url": self.state.response_urls.give("actions", person.id, channel),
                    }
                )
        return urls

    def _top(self, person: Person, view_id: str) -> View:
        view = self.state.views.top(person.id)
        if view is None or view.id != view_id:
            raise Refused("view_not_open")
        return view

    def _container(self, person: Person, container: Document) -> View | Posted | Pane:
        if container.get("type") == "entity_detail":
            pane = self.state.panes.of(person.id)
            if pane is None:
                raise Refused("no_such_element")
            return pane
        if container.get("type") == "view":
            view_id, home = str(container.get("view_id")), self.state.views.home(person.id)
            return home if home is not None and home.id == view_id else self._top(person, view_id)
        _, channel = self._where(person.id, str(container.get("channel")))
        message = self.state.messages.find(channel.id, str(container.get("ts")))
        if message is None or message.ephemeral_to not in (None, person.id):
            raise Refused("message_not_found")
        if "attachment" not in container:
            return Posted(channel, message)
        attachments = [one for one in message.attachments or () if one.get("id") == container["attachment"]]
        if not attachments:
            raise Refused("no_such_element")
        return Posted(channel, message, attachments[0])


def _chosen_value(place: Element, chosen: Document) -> Document:
    if place.kind == "feedback_buttons":
        return _feedback(place.element, chosen)
    keys: dict[str, Any] = {"overflow": "selected_option"}
    key = keys.get(place.kind) or VALUE_KEYS.get(place.kind, (None,))[0]
    if key is None or key not in chosen:  # a button brings its own value
        return {}
    picked = chosen[key] if isinstance(chosen[key], list) else [chosen[key]]
    if not are_offered(place.element, [one for one in picked if one is not None]):
        raise Refused("no_such_option")
    return {key: chosen[key]}


def _feedback(element: Document, chosen: Document) -> Document:
    for button in (element["positive_button"], element["negative_button"]):
        if button["value"] == chosen.get("value"):
            return {"text": button["text"], "value": button["value"]}
    raise Refused("no_such_option")


def _action_trouble(delivery: Delivery) -> str:
    if delivery.status is not None:
        return f"This app responded with Status Code {delivery.status}."
    if delivery.error == "http_timeout":
        return "This app is not responding (operation_timeout)."
    return "This app is not responding."
