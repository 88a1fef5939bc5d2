"""What each key of a ledger record may hold, and the error that names the key which does not."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from hub.errors import HubError
from hub.vocabulary.text import REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

VERSION: Final = 1
MAX_LINE: Final = 65_535
"""Bytes of one record: an entry bundle writes its length in 16 bits (C2SP tlog-tiles)."""

KEYS: Final = (
    "at",
    "basis",
    "catalogue",
    "code",
    "content",
    "count",
    "feed",
    "from",
    "id",
    "inquiry",
    "item",
    "items",
    "kind",
    "method",
    "nondisclosure",
    "operator",
    "reason",
    "record",
    "requested_at",
    "rule",
    "subject",
    "task",
    "to",
    "v",
)
"""Every key of a record, in the order of its line. A record has all of them and no other."""

_BASIS_KEYS: Final = {"article", "item", "law", "paragraph", "row", "table"}
_REQUIRED_TEXTS: Final = ("id", "from", "code")
_OPTIONAL_TEXTS: Final = (
    "feed",
    "inquiry",
    "item",
    "method",
    "operator",
    "reason",
    "record",
    "rule",
    "task",
    "to",
)
_DIGESTS: Final = ("catalogue", "content", "subject")
# A provision without these would be a release without a rule (promise 2) or without its bytes.
_PROVISION_NEEDS: Final = ("basis", "catalogue", "content", "feed", "items", "record", "rule", "to")

_required_texts = itemgetter(*_REQUIRED_TEXTS)
_optional_texts = itemgetter(*_OPTIONAL_TEXTS)
_is_kind = re.compile(r"[a-z]+(?:-[a-z]+)*").fullmatch
_is_digest = re.compile(r"[0-9a-f]{64}").fullmatch
_instant_shape = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+09:00", re.ASCII).fullmatch
_COUNT_LIMIT: Final = 1 << 53  # what every JSON reader keeps exactly


class RecordError(HubError):
    """A ledger record is not as its schema says; ``key`` names the first key that is wrong.

    ``key`` is empty where the line as a whole is wrong. An unknown key is never repeated.
    """

    def __init__(self, key: str, ja: str, en: str) -> None:
        place = f"「{key}」" if key else ""
        super().__init__(f"台帳記録{place}{ja} / ledger record{key and f' {key!r}'}: {en}")
        self.key = key


def _is_clean(text: str) -> bool:
    """Say whether text holds no refused character."""
    # Fast for nearly all: of the refused, only U+FFFD is printable. The full-width space is not.
    return (text.isprintable() and "\ufffd" not in text) or REFUSED.search(text) is None


def _is_date(value: object) -> bool:
    """Say whether the value is a real instant, written in JST to the millisecond."""
    return type(value) is str and is_instant(value)


@lru_cache(maxsize=1024)  # the records of a batch share theirs
def is_instant(text: str) -> bool:
    """Say whether a text is a real instant, written in JST to the millisecond."""
    if _instant_shape(text) is None:
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _wrong(key: str) -> RecordError:
    return RecordError(key, "の値が書式に合いません", "its value is not as the schema says")


def check_keys(fields: dict[str, Any]) -> None:
    """Refuse a record that lacks a key or has one more."""
    for place, key in enumerate(fields, 1):
        if key not in KEYS:
            raise RecordError(
                "", f"の{place}番目のキーは未知です", f"key number {place} is unknown"
            )
    for key in KEYS:
        if key not in fields:
            raise RecordError(key, "がありません", "it is missing")


def check_fields(fields: dict[str, Any]) -> None:
    """Refuse a record, complete in its keys, of which a value is not as the schema says."""
    if not _texts_hold(fields):
        raise _wrong(_first_wrong_text(fields))
    for key in _DIGESTS:
        value = fields[key]
        if value is not None and (type(value) is not str or _is_digest(value) is None):
            raise _wrong(key)
    _check_rest(fields)
    if fields["kind"] == "provision":
        _check_provision(fields)


def _texts_hold(fields: dict[str, Any]) -> bool:
    """Say whether the texts of all keys hold."""
    return _all_text(_required_texts(fields)) and _all_text(_given(_optional_texts(fields)))


def _given(values: Iterable[object]) -> list[object]:
    """Leave out what is null."""
    return [value for value in values if value is not None]


def _all_text(values: Sequence[object]) -> bool:
    """Say whether every value is text, looked at as one: a verifier does this for each record."""
    try:
        whole = "".join(values)  # type: ignore[arg-type] # what is not text raises
    except TypeError:
        return False
    return all(values) and _is_clean(whole)


def _first_wrong_text(fields: dict[str, Any]) -> str:
    """Name the first key of which the text does not hold."""
    wrong = [key for key in _REQUIRED_TEXTS if not _all_text([fields[key]])]
    wrong += [key for key in _OPTIONAL_TEXTS if not _all_text(_given([fields[key]]))]
    return wrong[0]


def _check_rest(fields: dict[str, Any]) -> None:
    """Check the keys that are neither plain text nor a digest."""
    kind, count, requested_at = fields["kind"], fields["count"], fields["requested_at"]
    if type(fields["v"]) is not int or fields["v"] != VERSION:
        raise _wrong("v")
    if type(kind) is not str or _is_kind(kind) is None:
        raise _wrong("kind")
    if not _is_date(fields["at"]):
        raise _wrong("at")
    if requested_at is not None and not _is_date(requested_at):
        raise _wrong("requested_at")
    if count is not None and (type(count) is not int or not 0 <= count < _COUNT_LIMIT):
        raise _wrong("count")
    if type(fields["nondisclosure"]) is not bool:
        raise _wrong("nondisclosure")
    if type(fields["items"]) is not list or not _all_text(fields["items"]):
        raise _wrong("items")
    if fields["basis"] is not None:
        _check_basis(fields["basis"])


def _check_basis(basis: object) -> None:
    """Check the six parts of a legal basis: law and article always, the rest where they apply."""
    if type(basis) is not dict or basis.keys() != _BASIS_KEYS:
        raise _wrong("basis")
    fixed, parts = [basis["law"], basis["article"]], _given(basis.values())
    if not (_all_text(fixed) and _all_text(parts)):
        raise _wrong("basis")


def _check_provision(fields: dict[str, Any]) -> None:
    """Hold the second promise in the record itself: no provision without its rule and basis."""
    for key in _PROVISION_NEEDS:
        if not fields[key]:
            raise RecordError(key, "が提供の記録にありません", "a provision must name it")
