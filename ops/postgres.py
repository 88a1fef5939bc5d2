"""A PostgreSQL server of one's own in a folder, for tests and benchmarks: no port, no password.

It listens on a socket in its folder alone. The programs of PostgreSQL 15 or later must be there
(Debian: ``postgresql``). PostgreSQL does not run as root, so for root it runs as ``postgres``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final, Self

_DEBIAN: Final = Path("/usr/lib/postgresql")
_USER: Final = "postgres"
_LONGEST_SECONDS: Final = 60


class PostgresError(Exception):
    """The server cannot run here; the words say what is missing."""


class LocalPostgres:
    """One server in a block: made, started, and at the end stopped and removed with its data.

    Raises ``PostgresError`` where its programs are missing or it does not come up.
    """

    def __init__(self) -> None:
        self._programs = _programs()
        # A short path: a socket's name has room for 107 bytes.
        self._folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._data = self._folder / "data"

    @property
    def url(self) -> str:
        """Give the address of the server's one database."""
        return f"postgresql://{_USER}@/postgres?host={self._folder}"

    def __enter__(self) -> Self:
        if os.geteuid() == 0:
            shutil.chown(self._folder, _USER, _USER)
        self._call("initdb", "--pgdata", str(self._data), "--username", _USER, "--auth", "trust")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def stop(self) -> None:
        """Stop the server at once, as when its machine goes away; once is enough."""
        if (self._data / "postmaster.pid").exists():
            self._control("stop", "--mode", "immediate")

    def start(self) -> None:
        """Start the server."""
        options = f"-c listen_addresses= -c unix_socket_directories={self._folder}"
        self._control("start", "--options", options, "--log", str(self._folder / "log"))

    def _control(self, *words: str) -> None:
        self._call("pg_ctl", "--pgdata", str(self._data), "--wait", *words)

    def _call(self, program: str, *words: str) -> None:
        user = _USER if os.geteuid() == 0 else None
        try:
            subprocess.run(
                [self._programs / program, *words],
                check=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                cwd=self._folder,
                user=user,
                timeout=_LONGEST_SECONDS,
            )
        except subprocess.CalledProcessError as error:
            words_of_it = error.stderr.decode(errors="replace").strip()
            raise PostgresError(f"{program} failed: {words_of_it}") from None


def _programs() -> Path:
    """Give the folder of PostgreSQL's programs, the newest where there are several."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not folders:
        raise PostgresError("install PostgreSQL 15 or later (Debian: apt-get install postgresql)")
    return folders[-1].parent
