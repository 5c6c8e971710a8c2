"""The embedded PostgreSQL: one folder, any number of processes, gone with its last user.

Whoever calls ``start`` first boots the server, others join it. Three lock files in the folder keep that true, also
when a process is killed: ``start.lock`` (one starter at a time), ``users.lock`` (shared by every user) and
``server.lock`` (inherited by the server's processes, so it is held exactly as long as one of them lives). A small
process of its own waits for ``users.lock`` to be free and then stops the server.

Connections go over a unix socket with peer authentication: whoever owns the folder may be any of ``LOGIN_ROLES``.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from stat import S_ISDIR
from types import TracebackType
from typing import IO, Final, Self
from urllib.parse import quote

from db.programs import EmbeddedPostgresError, find_programs, major_version, reachable, server_user

OWNER: Final = "postgres"  # the superuser: migrations and `python -m db` use it
BOT: Final = "repair_bot"  # the bot's login role
LOGIN_ROLES: Final = (OWNER, BOT, "repair_maintenance", "repair_web")
DATABASE: Final = "postgres"
PORT: Final = 5432  # only a part of the socket's name: nothing listens on TCP
FALLBACK: Final = Path("/var/lib/francisco-tickets")

_SETTINGS: Final[Mapping[str, str]] = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "100",
    "shared_preload_libraries": "pg_stat_statements",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
_SOCKET_DIR_MAX: Final = 80  # bytes: a socket's whole path may have 104 (macOS) to 108 (Linux)
_BUILTIN_LOCALE_SINCE: Final = 17
_START_TIMEOUT: Final = 60  # seconds; a crashed server may have to replay its log first

# Runs as its own process, from the folder given: stops the server once no user is left. Then removes its socket's
# folder, where that is not in this one.
_REAPER: Final = """
import fcntl, os, sys, time
if os.fork():
    os._exit(0)
os.chdir(sys.argv[1])
users = open("users.lock", "a")
fcntl.flock(users, fcntl.LOCK_EX)
server = open("server.lock", "a")
while True:
    try:
        fcntl.flock(server, fcntl.LOCK_EX | fcntl.LOCK_NB)
        break
    except BlockingIOError:
        pass
    try:
        os.kill(int(open("data/postmaster.pid").readline()), 2)
    except (OSError, ValueError):
        time.sleep(0.05)
    else:
        fcntl.flock(server, fcntl.LOCK_EX)
        break
if not sys.argv[2].startswith(sys.argv[1] + os.sep):
    try:
        os.rmdir(sys.argv[2])
    except OSError:
        pass
"""


def usable_data_dir(data_dir: Path) -> Path:
    """Return ``data_dir``, or the folder under /var/lib that stands in for it.

    PostgreSQL refuses to run as root, so for root it runs as another user, who must be able to reach the folder:
    one below /root is out of reach. The stand-in depends on ``data_dir`` alone, so a second start finds it again.
    """
    wanted = data_dir.resolve()
    if os.geteuid() != 0:
        return wanted
    existing = next(path for path in (wanted, *wanted.parents) if path.exists())
    uid, gid = server_user()
    if reachable(existing, uid, gid):
        return wanted
    return FALLBACK / hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12]


class EmbeddedPostgres:
    """A PostgreSQL server in the folder ``home``. Use as a context manager, or call ``start`` and ``stop``.

    Everything here blocks: from a coroutine, call it through ``asyncio.to_thread``. ``settings`` go into
    postgresql.conf (of the process that boots the server).
    """

    def __init__(self, home: Path, settings: Mapping[str, str] | None = None, *, programs: Path | None = None) -> None:
        self.home = home.resolve()
        self._data = self.home / "data"
        self._settings = {**_SETTINGS, **(settings or {})}
        self._programs = programs
        self._users: IO[str] | None = None  # open while we use the server
        self._uid, self._gid = os.geteuid(), os.getegid()
        self._as_root = self._uid == 0
        if self._as_root:
            self._uid, self._gid = server_user()
            if self._data.exists() and (stat := self._data.stat()).st_uid != 0:
                self._uid, self._gid = stat.st_uid, stat.st_gid  # keep the owner that the data already has

    @classmethod
    def in_data_dir(cls, data_dir: Path, settings: Mapping[str, str] | None = None) -> Self:
        """Return the server that belongs to ``data_dir`` (which ``usable_data_dir`` has found usable)."""
        return cls(data_dir / "postgres", settings)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def dsn(self, role: str = BOT, database: str = DATABASE) -> str:
        """Return the address for one of ``LOGIN_ROLES``, whether or not the server runs."""
        return f"postgresql://{role}@/{database}?host={quote(str(self._socket_dir), safe='/')}&port={PORT}"

    def is_running(self) -> bool:
        """Tell whether the server answers on its socket."""
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(self._socket))
            lines = (self._data / "postmaster.pid").read_text().splitlines()
            return lines[7].strip() == "ready"
        except (OSError, IndexError):
            return False

    def start(self) -> None:
        """Boot the server, or join the one that runs.

        Raises:
            EmbeddedPostgresError: it can't be done; nothing is left running.
        """
        try:
            self._make_home()
            with self._lock("start.lock", fcntl.LOCK_EX):
                self._users = self._lock("users.lock", fcntl.LOCK_SH)
                self._join_or_boot()
        except BaseException as error:
            if self._users is not None:
                self._users.close()
                self._users = None
            if isinstance(error, OSError | subprocess.SubprocessError):
                raise EmbeddedPostgresError(
                    f"the embedded database in {self.home} can't be started: {error}"
                ) from error
            raise

    def stop(self, timeout: float = 30) -> bool:
        """Let go of the server. It stops if nobody else uses it; return whether it did, within ``timeout`` seconds."""
        if self._users is None:
            return False
        self._users.close()
        self._users = None
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self._is_free("server.lock", fcntl.LOCK_EX):
                return True
            if not self._is_free("users.lock", fcntl.LOCK_EX) and self._is_free("users.lock", fcntl.LOCK_SH):
                return False  # others share it
            time.sleep(0.02)
        return False

    def _join_or_boot(self) -> None:
        end = time.monotonic() + _START_TIMEOUT
        while time.monotonic() < end:
            try:
                server = self._lock("server.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:  # some process of the server lives: join it if it answers
                if self.is_running():
                    return
                time.sleep(0.02)
            else:
                with server:
                    self._boot(server.fileno())
                return
        raise EmbeddedPostgresError(f"the server on {self._data} neither answers nor ends")

    def _boot(self, lock: int) -> None:
        programs = self._find_programs()
        self._create_data(programs)
        self._configure()
        # We hold server.lock, so no process of this server lives; a stale pid file would make it think that one does.
        for stale in (self._data / "postmaster.pid", *self._socket_dir.glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)
        # The reaper first: if we are killed from here on, it still stops what pg_ctl starts.
        reaper = [sys.executable, "-IS", "-c", _REAPER, str(self.home), str(self._socket_dir)]
        subprocess.run(  # noqa: S603 - our own text
            reaper,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )
        log = self.home / "log"
        start = ["-D", str(self._data), "-w", "-t", str(_START_TIMEOUT), "-s", "-l", str(log), "start"]
        self._run(programs / "pg_ctl", *start, lock=lock)

    def _create_data(self, programs: Path) -> None:
        major = major_version(programs)
        version = self._data / "PG_VERSION"
        if version.exists():
            if (found := version.read_text().strip()) != major:
                raise EmbeddedPostgresError(
                    f"{self._data} holds PostgreSQL {found} data, but the server is {major}: "
                    f"dump it with version {found}, restore it with {major}"
                )
            return
        new = self.home / "data.new"  # moved when done, so that a killed initdb leaves nothing half made
        shutil.rmtree(new, ignore_errors=True)
        builtin = int(major) >= _BUILTIN_LOCALE_SINCE
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if builtin else []
        hurry = ["--no-sync"] if self._settings.get("fsync") == "off" else []
        options = ["-U", OWNER, "-E", "UTF8", "--data-checksums", "--auth=peer", *locale, *hurry]
        self._run(programs / "initdb", "-D", str(new), *options)
        new.rename(self._data)

    def _configure(self) -> None:
        self._make_socket_dir()
        settings = {**self._settings, "unix_socket_directories": str(self._socket_dir)}
        people = sorted({pwd.getpwuid(uid).pw_name for uid in (os.geteuid(), self._uid)})
        for name, lines in {
            "postgresql.conf": [f"{key} = {_quoted(value)}" for key, value in settings.items()],
            "pg_hba.conf": ["local all all peer map=people"],
            "pg_ident.conf": [f'people "{person}" {role}' for person in people for role in LOGIN_ROLES],
        }.items():
            path = self._data / name
            path.unlink(missing_ok=True)  # root doesn't write where a link of the server's user may point
            with path.open("x") as file:
                file.write("\n".join([*lines, ""]))
            path.chmod(0o600)
            self._own(path)

    def _make_socket_dir(self) -> None:
        """Make the socket's folder. In the temporary folder anybody may have made something of that name before."""
        self._socket_dir.mkdir(mode=0o700, exist_ok=True)
        found = self._socket_dir.lstat()
        ours = S_ISDIR(found.st_mode) and found.st_uid in (os.geteuid(), self._uid)
        if not ours or found.st_mode & 0o077:
            raise EmbeddedPostgresError(f"{self._socket_dir} belongs to somebody else, or others may write there")
        self._own(self._socket_dir)

    def _find_programs(self) -> Path:
        found = self._programs or find_programs()
        if not self._as_root or reachable(found / "postgres", self._uid, self._gid):
            return found
        # In an environment under /root, say: a copy, rather than opening /root up.
        stat = (found / "postgres").stat()
        version = f"{found.parent}{stat.st_mtime_ns}{stat.st_size}"
        copy = self.home / f"programs-{hashlib.sha256(version.encode()).hexdigest()[:12]}"
        if not copy.exists():
            new = copy.with_suffix(".new")
            shutil.rmtree(new, ignore_errors=True)
            shutil.copytree(found.parent, new, symlinks=True)
            new.rename(copy)
        return copy / found.name

    def _run(self, program: Path, *arguments: str, lock: int | None = None) -> None:
        environment = {
            "PATH": os.defpath,
            "HOME": str(self.home),
            "LC_ALL": "C.UTF-8" if sys.platform == "linux" else "C",
        }
        if (icu := program.parent.parent / "share" / "icu").is_dir():
            environment["ICU_DATA"] = str(icu)
        with tempfile.TemporaryFile() as output:  # no pipe: the server would keep it open
            code = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
                [str(program), *arguments],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env=environment,
                pass_fds=() if lock is None else (lock,),
                start_new_session=True,  # Ctrl-C in a terminal is not for the server
                timeout=2 * _START_TIMEOUT,
                user=self._uid if self._as_root else None,
                group=self._gid if self._as_root else None,
                extra_groups=[] if self._as_root else None,
            ).returncode
            if code:
                output.seek(0)
                log = self.home / "log"
                said = output.read().decode(errors="replace") + (
                    log.read_text(errors="replace") if log.exists() else ""
                )
                raise EmbeddedPostgresError(f"{program.name} ended with {code}: {said[-2000:].strip()}")

    def _make_home(self) -> None:
        for folder in reversed(self.home.parents):
            if not folder.exists():
                folder.mkdir(exist_ok=True)
                if self._as_root:
                    folder.chmod(0o711)  # passable by the server's user, whatever the umask
        self.home.mkdir(mode=0o700, exist_ok=True)
        self._own(self.home)
        if self._as_root and not reachable(self.home, self._uid, self._gid):
            raise EmbeddedPostgresError(
                f"{self.home} can't be reached by the user that PostgreSQL runs as (it refuses root): "
                "choose another DATA_DIR, or set DATABASE_URL"
            )

    @property
    def _socket_dir(self) -> Path:
        inside = self.home / "run"
        if len(os.fsencode(inside)) <= _SOCKET_DIR_MAX:
            return inside
        short = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"francisco-tickets-{short}"

    @property
    def _socket(self) -> Path:
        return self._socket_dir / f".s.PGSQL.{PORT}"

    def _lock(self, name: str, operation: int) -> IO[str]:
        file = open(self.home / name, "a", opener=_open_no_link)  # noqa: SIM115 - Path.open() takes no opener
        try:
            self._own(self.home / name)
            fcntl.flock(file, operation)
        except BaseException:
            file.close()
            raise
        return file

    def _is_free(self, name: str, operation: int) -> bool:
        try:
            self._lock(name, operation | fcntl.LOCK_NB).close()
        except BlockingIOError:
            return False
        return True

    def _own(self, path: Path) -> None:
        if self._as_root:
            os.chown(path, self._uid, self._gid, follow_symlinks=False)


def _open_no_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
