"""個人番号 fetched for one answer: kept apart under a key each, and gone with proof on its day."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import orjson
import pytest

from hub.errors import UsageError
from hub.runtime.custody import certificate, holds, overview
from hub.runtime.custody.temporary import NumberGoneError, TemporaryNumbers
from hub.runtime.hub import Hub
from tests.support import payload_town as town
from tests.support.notices import individual_number

if TYPE_CHECKING:
    from pathlib import Path

    from hub.runtime.settings import Settings

NUMBER, OTHER = individual_number(1), individual_number(2)
USED = "2026-06-16T09:00:00+09:00"
LAST = "2026-06-17T23:59:59+09:00"
GONE = "2026-06-18T00:00:00+09:00"
"""A day after the end of the day of its first use."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give a sandbox on the embedded bus."""
    return town.make(tmp_path / "home")


def _keep(settings: Settings, *numbers: str) -> list[str]:
    with Hub.open(settings) as hub:
        kept = TemporaryNumbers(hub)
        return [kept.keep(number, hub.body("nta")) for number in numbers]


def _at_rest(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_a_number_is_used_until_its_day_and_then_gone_with_proof(settings: Settings) -> None:
    """Any number of times from the first use to the end of the next day; then a certificate."""
    used, unused = _keep(settings, NUMBER, OTHER)
    assert settings.home
    (sealed,) = (settings.home / "files").glob(f"{used}.sealed")
    piece = sealed.read_bytes()[40:72]
    for now in (USED, LAST):
        with Hub.open(town.at(settings, now)) as hub:
            assert TemporaryNumbers(hub).use(used) == NUMBER
            with pytest.raises(NumberGoneError):
                TemporaryNumbers(hub).use(GONE)
        town.run(town.at(settings, now))
    with Hub.open(town.at(settings, GONE)) as hub, pytest.raises(NumberGoneError):
        TemporaryNumbers(hub).use(used)
    town.run(town.at(settings, GONE))
    with Hub.open(town.at(settings, GONE)) as hub:
        assert {line["state"] for line in overview.lines(hub)} == {"verified"}
        assert hub.vault.files_with_keys() == []
        given = certificate.certificate(hub.home.path, holds.find(hub, used))
        unfetched = certificate.certificate(hub.home.path, holds.find(hub, unused))
    assert certificate.verify(orjson.dumps(given), None)["code"] == "erased"
    assert certificate.verify(orjson.dumps(unfetched), None)["code"] == "undelivered"
    rest = _at_rest(settings.home)
    assert piece not in rest
    assert used.encode() not in (settings.home / "vault.sqlite").read_bytes()


def test_a_number_is_nowhere_in_clear_while_it_is_kept(settings: Settings) -> None:
    """Neither as it is nor in hex or base64; and each has a key of its own."""
    kept = _keep(settings, NUMBER, OTHER)
    assert settings.home
    rest = _at_rest(settings.home)
    for number in (NUMBER, OTHER):
        raw = number.encode()
        for spelling in (raw, raw.hex().encode(), base64.b64encode(raw)):
            assert spelling not in rest
    with Hub.open(settings) as hub:
        assert sorted(hub.vault.files_with_keys()) == sorted(kept)


def test_what_is_no_number_is_not_kept_and_not_repeated(settings: Settings) -> None:
    """A wrong check digit, another length: an error that does not show what was given."""
    wrong = NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10)
    for given in (wrong, NUMBER[:-1], NUMBER + "0", ""):
        with Hub.open(settings) as hub, pytest.raises(UsageError) as error:
            TemporaryNumbers(hub).keep(given, hub.body("nta"))
        assert not given or given not in str(error.value)
    assert settings.home
    assert not (settings.home / "files").exists()
