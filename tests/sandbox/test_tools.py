"""What the workspace runs for whoever inspects it: the commands that it was started with, and no others."""

import shlex
import sys

import aiohttp
import pytest

from sandbox.server import Sandbox
from sandbox.tools import Tools
from tests.sandbox.conftest import WORKSPACE, Browser, manifest


def python(program: str) -> str:
    return shlex.join([sys.executable, "-c", program])


async def test_commands_are_offered_and_run_by_their_name_without_a_shell() -> None:
    say = f"Say it={python('import sys; print(sys.argv[1:])')} $HOME ;"
    tools = Tools.of([say, "Fail=false", "Lack=/nothing/there"])
    async with (
        Sandbox.serve(manifest=manifest(), workspace=WORKSPACE, tools=tools) as sandbox,
        aiohttp.ClientSession() as session,
    ):
        browser = Browser(session, sandbox.base_url)
        assert (await browser.get("admin/exchanges"))["tools"] == ["Say it", "Fail", "Lack"]

        assert await browser.post("admin/tools", name="Say it") == {"ok": True, "said": "['$HOME', ';']"}
        assert await browser.post("admin/tools", name="Fail") == {"ok": False, "said": ""}
        for name, words in (("Lack", "/nothing/there can't be run"), ("rm -r /", "There is no such tool.")):
            assert (await browser.post("admin/tools", name=name))["error"].startswith(words)


@pytest.mark.parametrize("text", ["", "Say it", "=true", "Say it= ", "Say it='"])
def test_what_is_no_command_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"NAME=COMMAND|quotation"):
        Tools.of([text])
