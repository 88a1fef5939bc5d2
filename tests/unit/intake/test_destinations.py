"""転出先 and 従前の住所: which municipality an address means, and when it means none."""

from __future__ import annotations

import pytest

from hub.intake.destinations import find_municipality
from hub.rules.load import load_directory

DIRECTORY = load_directory()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("埼玉県和光市本町１番５号", "112291"),
        ("和光市", "112291"),
        ("112291", "112291"),
        ("岡山市北区大供一丁目", "331007"),
        ("331015", "331007"),
        ("東京都千代田区霞が関", "131016"),
        ("福島県郡山市朝日", "072036"),
        ("広島県安芸郡府中町大通", "343021"),
        ("京都府与謝郡伊根町", "264636"),
        ("北海道余市郡余市町", "014087"),
        ("奈良県大和郡山市北郡山町", "292036"),
        ("070009", "070009"),
        # Two cities of this name, an unknown place, a prefecture without more, nothing.
        ("府中市宮西町", None),
        ("どこかの町", None),
        ("福島県内", None),
        ("", None),
    ],
)
def test_an_address_means_the_municipality_that_it_begins_with(text: str, code: str | None) -> None:
    """Codes, names and addresses; a ward means its city; what is doubtful means nobody."""
    found = find_municipality(text, DIRECTORY)
    assert (found.id if found else None) == code
