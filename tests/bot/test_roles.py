"""The table of who may do what, against the shop's rules in plain words."""

import pytest

from bot.grammar import COMMANDS
from bot.roles import ANY, TABLE, Ability, Relation, Role, may, roles_with

EVERYBODY = set(Role)
ALL_BUT_VIEWER = EVERYBODY - {Role.VIEWER}


@pytest.mark.parametrize(
    ("ability", "roles"),
    [
        (Ability.SEE_WHOAMI, EVERYBODY),
        (Ability.SEE_PANEL, EVERYBODY),
        (Ability.SEE_MINE, EVERYBODY),
        (Ability.SEE_TICKET, EVERYBODY),
        (Ability.SEE_QUEUE, EVERYBODY - {Role.REGULAR_USER}),
        (Ability.SEE_CUSTOMER_CONTACT, ALL_BUT_VIEWER),
        (Ability.NOTE_CONTACT, ALL_BUT_VIEWER),
        (Ability.FIND_CUSTOMER, ALL_BUT_VIEWER),
        (Ability.FILE_TICKET, ALL_BUT_VIEWER),
        (Ability.TAKE_TICKET, {Role.MANAGER, Role.TECHNICIAN}),
        (Ability.RELEASE_TICKET, {Role.MANAGER, Role.TECHNICIAN}),
        (Ability.COMPLETE_TICKET, {Role.MANAGER, Role.TECHNICIAN}),
    ],
)
def test_ability_belongs_to_its_roles(ability: Ability, roles: set[Role]) -> None:
    assert roles_with(ability) == roles


@pytest.mark.parametrize(
    ("role", "ability", "relations"),
    [
        (Role.REGULAR_USER, Ability.SEE_TICKET, {Relation.FILER}),
        (Role.TECHNICIAN, Ability.SEE_TICKET, {Relation.WORKER, Relation.FILER, Relation.QUEUE}),
        (Role.TECHNICIAN, Ability.TAKE_TICKET, {Relation.QUEUE}),
        (Role.TECHNICIAN, Ability.RELEASE_TICKET, {Relation.WORKER}),
        (Role.TECHNICIAN, Ability.COMPLETE_TICKET, {Relation.WORKER}),
        (Role.MANAGER, Ability.TAKE_TICKET, {Relation.QUEUE}),
        (Role.MANAGER, Ability.RELEASE_TICKET, {Relation.WORKER, Relation.OTHER}),
        (Role.MANAGER, Ability.COMPLETE_TICKET, set(ANY)),
        (Role.VIEWER, Ability.SEE_TICKET, set(ANY)),
    ],
)
def test_ability_holds_for_these_tickets_alone(role: Role, ability: Ability, relations: set[Relation]) -> None:
    assert {relation for relation in Relation if may(role, ability, {relation})} == relations


def test_one_fitting_relation_is_enough() -> None:
    assert may(Role.TECHNICIAN, Ability.COMPLETE_TICKET, {Relation.FILER, Relation.WORKER})
    assert not may(Role.TECHNICIAN, Ability.COMPLETE_TICKET, {Relation.FILER, Relation.OTHER})


def test_every_ability_is_in_the_table() -> None:
    assert set(TABLE) == set(Ability)


def test_viewer_can_type_nothing_that_writes() -> None:
    typed = {verb.verb for verb in COMMANDS if may(Role.VIEWER, verb.ability)}

    reading = {"panel", "show", "mine", "queue", "list", "search", "history", "summary", "team"}
    own_settings = {"watch", "unwatch", "settings"}
    assert typed == reading | own_settings | {"whoami", "help"}
