"""Whom a report is about: read from standard input, never from a command line, and never shown."""

from __future__ import annotations

import json
import re
from typing import Any, Final, NamedTuple, TextIO

from hub.errors import UsageError

CODE: Final = "住民票コード"
OLD_CODES: Final = "旧住民票コード"

_is_code = re.compile(r"[0-9]{11}").fullmatch
_LONGEST: Final = 1 << 16


class Person(NamedTuple):
    """A resident's 住民票コード and the ones before it (11 digits each); its repr shows none."""

    code: str
    old_codes: tuple[str, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Give every code, the present one first."""
        return (self.code, *self.old_codes)

    def __repr__(self) -> str:
        return "Person()"


def person_on(stream: TextIO | None) -> Person:
    """Read whom a report is about from standard input, as ``read_person`` does; it may be closed."""
    if stream is None:
        raise _wrong("標準入力", "standard input")
    return read_person(stream.buffer.read(_LONGEST))


def read_person(data: bytes) -> Person:
    """Read ``{"住民票コード": "…", "旧住民票コード": ["…"]}`` (UTF-8); the second may be absent.

    Raises ``UsageError``, which names the item and repeats nothing of what was read.
    """
    try:
        fields = json.loads(data[:_LONGEST].decode("utf-8-sig"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise _wrong("標準入力", "standard input") from None
    if type(fields) is not dict or not {CODE} <= set(fields) <= {CODE, OLD_CODES}:
        raise _wrong("標準入力のキー", "the list of keys on standard input")
    code, old = fields[CODE], fields.get(OLD_CODES, [])
    if type(code) is not str or not _is_code(code):
        raise _wrong(CODE, CODE)
    if type(old) is not list or not all(type(each) is str and _is_code(each) for each in old):
        raise _wrong(OLD_CODES, OLD_CODES)
    return Person(code, tuple(old))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Take an object's pairs; a key given twice is a ``ValueError``."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _wrong(ja: str, en: str) -> UsageError:
    return UsageError(
        f"{ja}の形式が正しくありません。標準入力に"
        ' {"住民票コード": "11桁", "旧住民票コード": ["11桁"]} を与えてください'
        f" / {en} is malformed; give the resident on standard input as this JSON, 11 digits a code"
    )
