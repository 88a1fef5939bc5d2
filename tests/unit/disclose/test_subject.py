"""Whom a request is about is read strictly, and no error or repr repeats it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from hub.errors import UsageError
from hub.ledger.disclose.subject import person_on, read_person

CODE, OLD = "31000000019", "31000000028"


def test_codes_are_read_the_present_one_first() -> None:
    """``{"住民票コード", "旧住民票コード": []}``; the second may be absent."""
    whole = json.dumps({"旧住民票コード": [OLD], "住民票コード": CODE}).encode()
    assert read_person(whole).codes == (CODE, OLD)
    assert read_person(b"\xef\xbb\xbf" + whole).codes == (CODE, OLD)
    assert read_person(json.dumps({"住民票コード": CODE}).encode()).codes == (CODE,)


@pytest.mark.parametrize(
    "given",
    [
        {"住民票コード": CODE[:-1]},
        {"住民票コード": "３" + CODE[1:]},
        {"住民票コード": int(CODE)},
        {"住民票コード": CODE, "旧住民票コード": OLD},
        {"住民票コード": CODE, "旧住民票コード": [OLD, OLD[:-1]]},
        {"住民票コード": CODE, "氏名": CODE},
        {"旧住民票コード": [OLD]},
        [CODE],
        CODE,
    ],
)
def test_a_malformed_request_is_not_repeated(given: Any) -> None:
    """Exit 2, one line, no code in it."""
    with pytest.raises(UsageError) as caught:
        read_person(json.dumps(given, ensure_ascii=False).encode())
    assert CODE[:-1] not in str(caught.value)
    assert OLD[:-1] not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        CODE.encode() + b"}",
        b'{"\xff": 1}',
        f'{{"住民票コード": "{CODE}", "住民票コード": "{OLD}"}}'.encode(),
        b"[" * 5000,
    ],
)
def test_what_is_not_json_is_not_repeated(data: bytes) -> None:
    """Neither broken JSON, nor a key given twice, nor nesting without end."""
    with pytest.raises(UsageError) as caught:
        read_person(data)
    assert CODE not in str(caught.value)


def test_a_person_is_printed_without_a_code() -> None:
    """A traceback shows nobody."""
    person = read_person(json.dumps({"住民票コード": CODE}).encode())
    assert CODE not in repr(person)
    assert CODE not in f"{person!s}"


def test_a_closed_standard_input_is_told_in_words() -> None:
    """``hub ledger disclose <&-``: there is no stream at all."""
    with pytest.raises(UsageError, match="standard input"):
        person_on(None)
    one = io.TextIOWrapper(io.BytesIO(b'{"\xe4\xbd\x8f\xe6\xb0\x91":1}'))
    with pytest.raises(UsageError, match="the list of keys on standard input is malformed"):
        person_on(one)
