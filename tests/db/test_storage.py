import io
import stat
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.settings import Settings
from db.storage import Storage, StorageAway, open_storage
from tests.db.bucket_stand_in import Bucket

NAME = "slack/0123456789abcdef"
LARGE = bytes(range(256)) * 1024 * 24  # 6 MB: more than a part


def settings(**values: object) -> Settings:
    return Settings.model_validate(values)


@pytest.fixture
async def bucket() -> AsyncIterator[Bucket]:
    async with Bucket.serve() as served:
        yield served


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path, bucket: Bucket) -> Storage:
    if request.param == "folder":
        return open_storage(settings(files_url=f"file://{tmp_path}/kept"))
    return in_bucket(bucket)


def in_bucket(bucket: Bucket) -> Storage:
    return open_storage(
        settings(files_url="s3://shop/tickets", files_endpoint=bucket.url, files_key_id="me", files_secret="hunter2")
    )


async def kept(storage: Storage, name: str) -> bytes:
    return b"".join([piece async for piece in storage.read(name)])


@pytest.mark.parametrize("content", [b"x", LARGE])
async def test_what_was_put_is_read_until_it_is_removed(storage: Storage, content: bytes) -> None:
    await storage.put(NAME, io.BytesIO(content))

    assert await kept(storage, NAME) == content

    await storage.remove(NAME)
    await storage.remove(NAME)
    with pytest.raises(FileNotFoundError):
        await kept(storage, NAME)


async def test_putting_again_leaves_one(storage: Storage) -> None:
    await storage.put(NAME, io.BytesIO(b"one"))
    await storage.put(NAME, io.BytesIO(b"another"))

    assert await kept(storage, NAME) == b"another"
    assert [names async for names in storage.names(unused_for=timedelta(seconds=-60))] == [[NAME]]


async def test_trial_leaves_nothing(storage: Storage) -> None:
    await storage.attempt()

    assert [names async for names in storage.names(unused_for=timedelta(seconds=-60)) if names] == []


async def test_what_is_new_is_not_named_as_old(tmp_path: Path) -> None:
    storage = open_storage(settings(files_url=f"file://{tmp_path}"))
    await storage.put(NAME, io.BytesIO(b"x"))

    assert [names async for names in storage.names(unused_for=timedelta(days=1)) if names] == []


async def test_folder_is_its_owners_alone(tmp_path: Path) -> None:
    storage = open_storage(settings(data_dir=tmp_path / "data"))

    assert storage.folder is not None
    assert stat.S_IMODE(storage.folder.stat().st_mode) == 0o700


async def test_bucket_holds_all_under_the_given_folder_and_gets_a_signature(bucket: Bucket) -> None:
    await in_bucket(bucket).put(NAME, io.BytesIO(b"x"))

    assert list(bucket.objects) == [f"tickets/{NAME}"]
    assert all("Credential=me/" in sent and "hunter2" not in sent for sent in bucket.authorizations)


async def test_storage_that_is_away_says_so_without_its_address(tmp_path: Path) -> None:
    storage = open_storage(settings(files_url=f"file://{tmp_path}/kept"))
    (tmp_path / "kept" / "slack").rmdir()
    (tmp_path / "kept" / "slack").write_text("in the way")

    with pytest.raises(StorageAway) as raised:
        await storage.put(NAME, io.BytesIO(b"x"))
    assert str(tmp_path) not in str(raised.value)
