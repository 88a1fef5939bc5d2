"""Operators: who acts, proven by a credential file that only they hold.

A credential is an Ed25519 key in a file of mode 0600; the home keeps the public half. What an
operator does is recorded under the operator's id, which names a post or a staff number.
"""

from __future__ import annotations

import base64
import json
import os
import re
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hub.runtime.home import Home

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PROOF = b"juki-hub operator"


def add_operator(home: Home, name: str, file: Path) -> None:
    """Make an operator's credential file and keep the public half in the home.

    Raises ``UsageError`` where the name is not of letters, digits, ``.``, ``_``, ``-``, is taken, or
    the file is there already.
    """
    require_name(name)
    key = Ed25519PrivateKey.generate()
    public = _public_file(home, name)
    secret = json.dumps({"operator": name, "key": _text(key.private_bytes_raw())})
    try:
        # The credential comes first: a name must not be taken by an operator who has none.
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as credential:
            credential.write(secret + "\n")
        _keep_public(public, key, file)
    except FileExistsError:
        raise UsageError(
            "同じ操作者IDまたはファイルが既にあります。別の名前を指定してください"
            " / that operator or file exists already: choose another name"
        ) from None


def require_name(name: str) -> None:
    """Raise ``UsageError`` unless an operator may be named so."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            "操作者IDは英数字と . _ - で64文字以内にしてください（氏名は使わないでください）"
            " / name an operator by letters, digits, . _ - (a post or staff number, not a person)"
        )


def _keep_public(public: Path, key: Ed25519PrivateKey, file: Path) -> None:
    """Write the public half; where its name is taken, remove the credential again."""
    try:
        with public.open("x", encoding="ascii") as kept:
            kept.write(_text(key.public_key().public_bytes_raw()) + "\n")
    except FileExistsError:
        file.unlink()
        raise


def operator_of(home: Home, file: Path) -> str:
    """Give the id that a credential file proves; raises ``UsageError`` where it proves none."""
    try:
        secret = json.loads(file.read_text(encoding="ascii"))
        name = secret["operator"]
        key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(secret["key"], validate=True))
        public = base64.b64decode(_public_file(home, name).read_text(encoding="ascii"))
        Ed25519PublicKey.from_public_bytes(public).verify(key.sign(_PROOF), _PROOF)
    except (OSError, ValueError, RecursionError, KeyError, TypeError, InvalidSignature):
        raise UsageError(
            "操作者の資格情報ファイルが正しくありません。hub operators add で作り直してください"
            " / the operator's credential file is not valid here; make one by `hub operators add`"
        ) from None
    return str(name)


def require_two(operators: Sequence[str]) -> None:
    """Raise ``UsageError`` unless these are the ids of two operators, each another's."""
    if len(operators) != 2 or len(set(operators)) != 2:  # noqa: PLR2004 -- as the words say
        raise UsageError(
            "別の二人の承認が要ります。--operator と --approve-with に別の人の資格情報を指定してください"
            " / two people must agree: give two operators' files by --operator and --approve-with"
        )


def _public_file(home: Home, name: str) -> Path:
    """Give where an operator's public key is; a name that could lead elsewhere is a ``ValueError``."""
    if not _NAME.fullmatch(name):
        raise ValueError(name)
    return home.operators / f"{name}.pub"


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
