"""entity.*: what an app shows of a Work Object to whoever has opened it; and Work Objects in messages' metadata."""

from dataclasses import replace

from sandbox.api.registry import Call, Method, Methods
from sandbox.documents import Document
from sandbox.entities import Pane, entity_faults
from sandbox.refusals import Refused


def read_entities(call: Call) -> tuple[list[Document], Document]:
    """Read the Work Objects of an argument `metadata`, none where the app has them switched off.

    Slack takes a message with faulty ones without them, and warns: the second of what is returned.
    """
    try:
        metadata = call.json("metadata")
    except Refused as refused:
        raise Refused("invalid_metadata_format") from refused
    entities = metadata.get("entities", []) if isinstance(metadata, dict) else []
    if not call.state.entity_types or not entities:
        return [], {}
    if not isinstance(entities, list):
        raise Refused("invalid_metadata_format")
    faults = [
        f"{fault} [json-pointer:/metadata/entities/{number}]"
        for number, entity in enumerate(entities)
        for fault in entity_faults(entity, call.state.entity_types)
    ]
    if faults:
        return [], {"warning": "invalid_metadata_format", "response_metadata": {"messages": faults}}
    return [dict(entity) for entity in entities], {}


def present_details(call: Call) -> Document:
    """Fill the pane that a person has opened from a Work Object, or say there why it stays empty."""
    call.need("trigger_id")
    if not call.state.entity_types:
        raise Refused("feature_not_enabled")
    try:
        trigger = call.state.triggers.check(call.get("trigger_id"))
    except Refused as refused:
        raise Refused("invalid_trigger_id") from refused
    if trigger.pane is None:
        raise Refused("invalid_trigger_id")
    call.state.panes.show(_filled(call, trigger.pane))
    trigger.used = True
    return {}


def _filled(call: Call, opened: Pane) -> Pane:
    empty = replace(opened, entity=None, error=None, sign_in=None)
    if call.flag("user_auth_required"):
        if not isinstance(call.get("user_auth_url"), str):
            raise Refused("user_auth_url_missing")
        return replace(empty, sign_in=call.get("user_auth_url"))
    error = call.json("error")
    if error is not None:
        if not isinstance(error, dict) or not isinstance(error.get("status"), str):
            raise Refused("invalid_arguments", ["missing required field: status [json-pointer:/error]"])
        return replace(empty, error=error)
    entity = _entity(call)
    if entity["url"] != opened.opened["url"] or entity["external_ref"] != opened.opened["external_ref"]:
        raise Refused("entity_metadata_does_not_match_trigger")
    return replace(empty, entity=entity)


def _entity(call: Call) -> Document:
    try:
        entity = call.json("metadata")
    except Refused as refused:
        raise Refused("invalid_metadata") from refused
    faults = entity_faults(entity, call.state.entity_types)
    if isinstance(entity, dict):
        foreign = [key for key in ("entities", "app_unfurl_url") if key in entity]
        faults += [f"unknown field: {key} [json-pointer:/metadata]" for key in foreign]
    if faults or not isinstance(entity, dict):
        raise Refused("invalid_metadata", faults)
    return entity


METHODS: Methods = {"entity.presentDetails": Method(present_details, tier="t3")}
