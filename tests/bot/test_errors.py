import pytest
from structlog.testing import capture_logs

from bot import errors
from bot.errors import NotLinked, Refusal
from bot.failures import explain
from bot.roles import Role
from tests.bot.access_screens import TOLD

SPOKEN: list[Refusal] = [
    errors.TicketNotFound(42),
    errors.TicketAlreadyTaken(42, "Ana Ruiz", by_you=True),
    errors.TicketAlreadyTaken(42, "Ana Ruiz", by_you=False),
    errors.TicketAlreadyCompleted(42),
    errors.TicketNotTaken(42),
    errors.NotTheWorker(42, "Ana Ruiz"),
    errors.NotTheWorker(42, None),
    errors.TicketStillOpen(42),
    errors.TicketChangedMeanwhile(42, "Ana Ruiz", ["customer_id", "description", "estimated_hours", "title"]),
    errors.PasscodeUnreadable(),
    errors.PersonUnknown("Bob"),
    errors.PersonUnknown("U0STRANGER"),
    errors.PersonAmbiguous("ana", ["Ana Lopez", "Ana Ruiz", "Ana Stone", "Ana Bell", "Ana Hale"]),
    errors.PersonTakesNoTickets("Ana Ruiz"),
    errors.CustomerNotFound(7),
    errors.CustomerInactive(42, 7),
    errors.CustomerExists(7, "Grace Hill"),
    errors.RoleForbidden(Role.VIEWER),
    errors.ValueRefused(),
    errors.DatabaseAway(),
    errors.OutcomeUnknown(),
    errors.TookTooLong(),
    errors.NoLongerThere(),
    errors.Starting(),
    errors.SomethingWrong("a1b2c3"),
    *map(NotLinked, NotLinked.REASONS),
    *(NotLinked("ambiguous", asked) for asked in TOLD.values()),
    errors.AccessDecidedAlready("Sid Stranger", "Maria Francisco", Role.TECHNICIAN),
    errors.AccessDecidedAlready("Sid Stranger", None, None),
    errors.AccessRequestGone(),
    errors.ReminderGone(),
    errors.HoursChangedMeanwhile([errors.Overwritten("hours", "Ana Ruiz"), errors.Overwritten("holidays", "Bo Chen")]),
    errors.ChecklistChanged("hardware", [errors.Overwritten("items", "Ana Ruiz")]),
    errors.SettingsChangedMeanwhile([]),
    errors.AccessInactive("Sid Stranger"),
    errors.AccessChanged("Sid Stranger"),
    errors.LastManager(),
    errors.SearchTooCommon(),
]


@pytest.mark.parametrize("refusal", SPOKEN, ids=lambda refusal: type(refusal).__name__)
def test_refusal_is_a_sentence_or_two_that_fits_a_phone(refusal: Refusal) -> None:
    assert str(refusal) == refusal.sentence
    assert refusal.sentence[0].isupper()
    assert refusal.sentence.endswith(".")
    assert len(refusal.sentence) <= 240
    assert refusal.sentence.count("`") % 2 == 0


@pytest.mark.parametrize("reason", NotLinked.REASONS)
def test_whoever_has_no_access_is_told_whom_to_ask(reason: str) -> None:
    assert "lease ask a Manager of the shop" in NotLinked(reason).sentence


def test_who_cannot_be_let_in_by_a_manager_alone_is_told_what_comes_first() -> None:
    assert "make you a full member" in NotLinked("guest").sentence
    assert "switch it on again" in NotLinked("deleted").sentence
    assert "Confirm it" in NotLinked("email_unconfirmed").sentence


def test_several_fields_read_as_one_text_for_a_command() -> None:
    assert errors.FieldsRefused({"a": "One.", "b": "Two."}).sentence == "One. Two."


def test_passcode_that_no_key_reads_is_the_operators_to_know() -> None:
    refusals = [errors.PasscodeUnreadable(), errors.RoleForbidden(Role.VIEWER)]
    with capture_logs() as log:
        said = [explain(error, late=False, kind="action", name="x.y", ms=1.0) for error in refusals]

    assert said == refusals
    assert [(line["log_level"], line["refusal"]) for line in log] == [
        ("error", "PasscodeUnreadable"),
        ("info", "RoleForbidden"),
    ]
