import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.children import ChildFailed, Children

ENVIRONMENT = {"PATH": os.defpath}
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def runs(pid: int) -> bool:
    """Tell whether a process lives; a zombie that nobody has waited for yet doesn't."""
    said = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(said.strip()) and not said.strip().startswith("Z")


def eventually(happened: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def test_children_end_with_the_context(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        pids = [
            children.start(name, python("import time; time.sleep(60)"), environment=ENVIRONMENT, cwd=tmp_path).pid
            for name in ("one", "two")
        ]
        assert all(runs(pid) for pid in pids)

    assert not any(runs(pid) for pid in pids)


def test_childrens_children_end_too(tmp_path: Path) -> None:
    nested = (
        "import subprocess, sys, time\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True)\n"
        "time.sleep(60)"
    )
    with Children(tmp_path) as children:
        children.start("nested", python(nested), environment=ENVIRONMENT, cwd=tmp_path)
        log = tmp_path / "nested.log"
        assert eventually(lambda: log.read_text().strip().isdigit())
        grandchild = int(log.read_text())

    assert eventually(lambda: not runs(grandchild))


def test_what_has_ended_is_told_with_its_last_words(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        child = children.start("gone", python("raise SystemExit('no room')"), environment=ENVIRONMENT, cwd=tmp_path)
        assert eventually(lambda: child.exit_code() is not None)

        with pytest.raises(ChildFailed, match=r"gone ended with 1:\nno room"):
            children.check()


def test_forgotten_child_may_have_ended(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        child = children.start("done", python("pass"), environment=ENVIRONMENT, cwd=tmp_path)
        assert eventually(lambda: child.exit_code() == 0)
        children.forget(child)

        children.check()


def test_killed_parent_leaves_nothing_even_of_what_ignores_sigterm(tmp_path: Path) -> None:
    parent = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from bot.children import Children\n"
        f"here = Path({str(tmp_path)!r})\n"
        "children = Children(here, grace=0.3)\n"
        f"for name, code in (('kind', 'import time; time.sleep(60)'), ('stubborn', {STUBBORN!r})):\n"
        "    child = children.start(name, [sys.executable, '-c', code], environment={}, cwd=here)\n"
        "    print(child.pid, flush=True)\n"
        "time.sleep(60)"
    )
    with subprocess.Popen(python(parent), stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        pids = [int(process.stdout.readline()) for _ in range(2)]
        assert eventually(lambda: "up" in (tmp_path / "stubborn.log").read_text())

        process.send_signal(signal.SIGKILL)
        process.wait()

        assert eventually(lambda: not any(runs(pid) for pid in pids))
