import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import Settings, SettingsRefused
from db.keys import encryption_keys, kept_key

ONE, TWO = SecretStr("1" * 32), SecretStr("2" * 32)
DSN = SecretStr("postgresql://repair_bot@db/shop")


@pytest.fixture
def reachable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A DATA_DIR, whoever runs the tests."""
    monkeypatch.setattr("db.keys.usable_data_dir", Path)
    return tmp_path


def test_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        key = kept_key(tmp_path)
    finally:
        os.umask(before)

    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(key.get_secret_value()) >= 32
    assert kept_key(tmp_path) == key
    assert kept_key(tmp_path.parent / tmp_path.name) == key


def test_those_who_start_at_once_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _n: kept_key(tmp_path).get_secret_value(), range(8)))

    assert len(set(keys)) == 1


@pytest.mark.parametrize("content", ["", "short", "ümlaut" * 9, "two\nlines" * 9])
def test_file_that_holds_no_key_is_refused_without_saying_what_it_holds(tmp_path: Path, content: str) -> None:
    (tmp_path / "encryption.key").write_text(content)

    with pytest.raises(SettingsRefused, match=r"encryption\.key") as refused:
        kept_key(tmp_path)
    assert not content or content not in str(refused.value)


def test_embedded_database_has_its_own_key_until_one_is_set(reachable: Path) -> None:
    settings = Settings(_env_file=None, data_dir=reachable)
    kept = encryption_keys(settings)
    assert kept.previous is None
    changed = encryption_keys(settings.model_copy(update={"encryption_key": ONE}))
    assert (changed.present, changed.previous) == (ONE, kept.present)
    assert changed.previous_from.endswith("encryption.key")
    both = settings.model_copy(update={"encryption_key": ONE, "encryption_key_previous": TWO})
    assert (encryption_keys(both).present, encryption_keys(both).previous) == (ONE, TWO)


def test_other_databases_need_a_key_and_make_none(reachable: Path) -> None:
    settings = Settings(_env_file=None, data_dir=reachable, database_url=DSN)
    with pytest.raises(SettingsRefused, match="ENCRYPTION_KEY: missing"):
        encryption_keys(settings)

    assert list(reachable.iterdir()) == []
    given = settings.model_copy(update={"encryption_key": ONE, "encryption_key_previous": TWO})
    assert [str(key) for key in encryption_keys(given).given()] == ["1" * 32, "2" * 32]
