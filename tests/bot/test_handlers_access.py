import pytest

from bot.errors import NoLongerThere, RoleForbidden
from bot.roles import Role
from bot.views import access, ids
from tests.bot.access_screens import asked_for
from tests.bot.desk import Desk
from tests.shop import Shop


@pytest.mark.parametrize(
    "value",
    ["", "x", "0", "1.5", "9999999999", "17 Viewer", "17 U0SID Owner", "17 ", " U0SID Viewer", "17 U0SID Viewer 18"],
)
def test_choice_that_no_button_carries_is_refused(value: str) -> None:
    for read in (access.read_approval, access.read_request):
        with pytest.raises(NoLongerThere):
            read(value)


async def test_only_managers_decide(desk: Desk, shop: Shop) -> None:
    for who in (shop.technician, shop.regular_user, shop.viewer):
        for action, value in ((ids.ACCESS_APPROVE, "1 U0STRANGER Manager"), (ids.ACCESS_REFUSE, "1")):
            with pytest.raises(RoleForbidden):
                await desk.press(who, action, value)


def test_every_role_can_be_given_and_is_read_back() -> None:
    [choices] = [block for block in access.access_requested(asked_for())["blocks"] if block["type"] == "actions"]
    select = choices["elements"][0]
    assert select["type"] == "static_select"

    offered = [access.read_approval(choice["value"]) for choice in select["options"]]

    assert sorted(offered) == sorted((17, "U0STRANGER", role) for role in Role)
