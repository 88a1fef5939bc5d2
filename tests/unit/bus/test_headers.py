"""Headers as the embedded bus keeps them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.bus.embedded_headers import pack_headers, unpack_headers
from hub.errors import UsageError

_NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
_VALUES = st.binary().map(lambda raw: raw.replace(b"\0", b""))


@given(headers=st.lists(st.tuples(_NAMES, _VALUES)).map(tuple))
def test_headers_are_unpacked_as_they_were_packed(headers: tuple[tuple[str, bytes], ...]) -> None:
    """Names, values, order and repetition are kept; empty names and values too."""
    assert unpack_headers(pack_headers(headers)) == headers


@pytest.mark.parametrize(
    "headers",
    [
        (("a\0", b""),),
        (("a", b"\0"),),
        (("a", b""), ("b\0c", b"d")),
        (("a", b"\0b\0"), ("c", b"d")),
    ],
)
def test_nul_cannot_forge_another_header(headers: tuple[tuple[str, bytes], ...]) -> None:
    """A NUL would end a name or value early, so it is refused wherever it stands."""
    with pytest.raises(UsageError):
        pack_headers(headers)
