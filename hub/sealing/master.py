"""The master key above a vault: 32 bytes from outside the home, never printed.

It comes from ``HUB_MASTER_KEY`` or from the file ``HUB_MASTER_KEY_FILE`` names. Only a sandbox
may keep one inside its home, in ``sandbox.key``: whoever copies another home gets no key with it.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from hub.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

SANDBOX_KEY = "sandbox.key"
_SIZE = 32
_LARGEST_FILE = 1024
_HEX = re.compile(r"[0-9a-fA-F]{64}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{43}=?")


def load_master_key(environ: Mapping[str, str], home: Path, sandbox: bool) -> bytes:  # noqa: FBT001
    """Give the 32 bytes of the master key for a home.

    A key that is missing, malformed, open to others or in the wrong place is a ``UsageError``.
    """
    text, file = environ.get("HUB_MASTER_KEY", ""), environ.get("HUB_MASTER_KEY_FILE", "")
    if text and file:
        raise UsageError(
            "HUB_MASTER_KEY と HUB_MASTER_KEY_FILE はどちらか一方だけ設定してください"
            " / set only one of HUB_MASTER_KEY and HUB_MASTER_KEY_FILE"
        )
    if text:
        return _parse(text)
    if file:
        return _from_file(Path(file), home, sandbox=sandbox)
    if sandbox:
        return _parse(_read(home / SANDBOX_KEY))
    raise UsageError(
        "マスター鍵がありません。HUB_MASTER_KEY_FILE (鍵ファイル、chmod 600) か HUB_MASTER_KEY を"
        "設定してください。作り方: openssl rand -hex 32"
        " / no master key: set HUB_MASTER_KEY_FILE or HUB_MASTER_KEY; make one by"
        " openssl rand -hex 32"
    )


def make_sandbox_key(home: Path) -> bytes:
    """Make a sandbox's own random key as ``sandbox.key`` (0600) and give its 32 bytes.

    A file that is there already is a ``UsageError``.
    """
    key = secrets.token_bytes(_SIZE)
    try:
        handle = os.open(home / SANDBOX_KEY, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise UsageError(
            "sandbox.key は既にあります。新しいホームを指定してください"
            " / there is a sandbox.key already: choose a new home"
        ) from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return key


def _from_file(path: Path, home: Path, *, sandbox: bool) -> bytes:
    """Read a key file, unless it lies inside the home it is to protect."""
    real, real_home = path.resolve(), home.resolve()
    own = sandbox and real == real_home / SANDBOX_KEY
    if real.is_relative_to(real_home) and not own:
        raise UsageError(
            "鍵ファイルがホームの中にあります。ホームの外へ移し、HUB_MASTER_KEY_FILE を直してください"
            " / the key file lies inside the home: move it out and correct HUB_MASTER_KEY_FILE"
        )
    return _parse(_read(path))


def _read(path: Path) -> str:
    """Give the text of a key file that only its owner may touch."""
    try:
        # Without waiting, should the path name a pipe; it is refused below.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            # Of the opened file, so that it cannot be exchanged between check and reading.
            _check_mode(os.fstat(file.fileno()).st_mode)
            return file.read(_LARGEST_FILE).decode("ascii")
    except (OSError, UnicodeDecodeError):
        raise UsageError(
            "鍵ファイルを読めません。HUB_MASTER_KEY_FILE の指定と権限を確認してください"
            " / the key file cannot be read: check HUB_MASTER_KEY_FILE and its permissions"
        ) from None


def _check_mode(mode: int) -> None:
    """Refuse anything but a file closed to group and others."""
    if not stat.S_ISREG(mode):
        raise OSError
    if stat.S_IMODE(mode) & 0o077:
        raise UsageError(
            "鍵ファイルを他の利用者が読めます。chmod 600 を実行してください"
            " / the key file is open to group or others: chmod 600"
        )


def _parse(text: str) -> bytes:
    """Read 32 bytes written as hex or base64 (standard or URL-safe), blanks around allowed."""
    text = text.strip()
    if _HEX.fullmatch(text):
        return bytes.fromhex(text)
    if _BASE64.fullmatch(text):
        return base64.urlsafe_b64decode(text.rstrip("=").replace("+", "-").replace("/", "_") + "=")
    raise UsageError(
        "マスター鍵は32バイトを16進数か base64 で書いたものです。作り方: openssl rand -hex 32"
        " / the master key must be 32 bytes as hex or base64; make one by openssl rand -hex 32"
    )
