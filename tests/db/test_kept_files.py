"""Files of tickets beside a backup, and whether each row has its file."""

import io
import stat
import tarfile
from pathlib import Path

import pytest

from db.__main__ import main
from db.backups import BackupRefused
from db.kept_files import unpack
from db.storage import open_storage
from tests.db.test_storage import settings
from tests.shop import Shop

NAMES = [f"slack/{number:032x}" for number in range(3)]


@pytest.fixture
async def folder(shop: Shop, owner_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two files of a ticket and one that no row has; the command line works with it."""
    ticket = await shop.add_ticket()
    for name in NAMES[:2]:
        await shop.owner.execute(
            "INSERT INTO ticket_attachments (ticket_id, file_name, file_path, file_type, file_size, uploaded_by)"
            " VALUES ($1, 'a.jpg', $2, 'image/jpeg', 1, $3)",
            ticket,
            name,
            shop.manager.web_id,
        )
    storage = open_storage(settings(files_url=f"file://{tmp_path}/files"))
    for name in NAMES:
        await storage.put(name, io.BytesIO(name.encode()))
    monkeypatch.setenv("DATABASE_ADMIN_URL", owner_url)
    monkeypatch.setenv("FILES_URL", f"file://{tmp_path}/files")
    return tmp_path / "files"


@pytest.mark.usefixtures("folder")
def test_backup_takes_the_files_that_rows_name_and_restore_puts_them_back(
    tmp_path: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    backup, files = tmp_path / "shop.backup", tmp_path / "shop.backup.files.tar"

    assert main(["backup", str(backup)]) == 0
    assert f"{files}: 2 files of tickets." in capsys.readouterr().out
    assert stat.S_IMODE(files.stat().st_mode) == 0o600
    assert main(["backup", str(tmp_path / "shop.backup")]) == 1

    monkeypatch.setenv("DATABASE_ADMIN_URL", empty_url)
    monkeypatch.setenv("FILES_URL", f"file://{tmp_path}/elsewhere")
    assert main(["restore", str(backup)]) == 0
    kept = {path.name: path.read_text() for path in (tmp_path / "elsewhere" / "slack").iterdir()}
    assert kept == {name.removeprefix("slack/"): name for name in NAMES[:2]}


def test_check_names_rows_without_their_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / NAMES[1]).unlink()

    assert main(["check"]) == 1
    assert capsys.readouterr().err == f"A file of ticket #1 is not in {folder}: {NAMES[1]}\n"


def test_nothing_else_is_unpacked(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "bad.tar", "w") as archive:
        archive.addfile(tarfile.TarInfo("slack/../../etc/passwd"), io.BytesIO())

    with pytest.raises(BackupRefused, match="isn't a kept file"):
        unpack(tmp_path / "bad.tar", open_storage(settings(files_url=f"file://{tmp_path}/files")))
