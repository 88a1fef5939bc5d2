"""Small parts of the console: its door, its table of rights, its words, its plots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hub.console.access import load_access
from hub.console.door import door_of
from hub.console.look import age, render
from hub.console.plots import bars, points
from hub.durable import write_secret
from hub.errors import UsageError
from hub.runtime.settings import Settings
from hub.sealing.certificates import SERVES, Authority

if TYPE_CHECKING:
    from pathlib import Path


def test_without_a_certificate_the_console_is_on_this_machine_alone() -> None:
    """As localhost, over plain HTTP, since nobody else can listen there."""
    door = door_of(Settings())
    assert (door.origin, door.is_secure) == ("http://localhost:8444", False)
    with pytest.raises(UsageError, match="HUB_CONSOLE_CERTIFICATE"):
        door_of(Settings(console_host="console.example"))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "[::1]", "0.0.0.0"])  # noqa: S104
def test_an_address_in_numbers_is_refused(host: str) -> None:
    """No browser uses a passkey there, and 0.0.0.0 would be every network at once."""
    with pytest.raises(UsageError, match="localhost"):
        door_of(Settings(console_host=host))


def test_with_a_certificate_it_is_served_under_its_name(tmp_path: Path) -> None:
    """Over TLS; the usual port is not named; a file that is none is told before it starts."""
    file = tmp_path / "own.pem"
    write_secret(file, Authority.of(tmp_path, "server").issue("console", [SERVES]))
    settings = Settings(console_host="Console.Example", console_certificate=file)
    usual = settings.model_copy(update={"console_port": 443})
    assert door_of(settings).origin == "https://console.example:8444"
    assert door_of(usual).origin == "https://console.example"
    file.write_bytes(b"")
    with pytest.raises(UsageError, match="HUB_CONSOLE_CERTIFICATE"):
        door_of(settings)


def test_nothing_is_granted_that_the_table_does_not_say() -> None:
    """An unknown role or route is refused, and a table that lacks a route keeps all from starting."""
    access = load_access()
    assert access.allows("observer", "overview")
    assert not access.allows("observer", "operations")
    assert not access.allows("nobody", "overview")
    assert not access.allows("observer", "no-such-route")
    access.require_all(access.names())
    with pytest.raises(UsageError, match="live"):
        access.require_all(access.names() - {"live"})
    with pytest.raises(UsageError, match="observer"):
        access.require_role("root")


@pytest.mark.parametrize(
    ("seconds", "ja", "en"),
    [
        (None, "–", "–"),
        (-5, "0秒", "0 s"),
        (59.4, "59秒", "59 s"),
        (61, "1分1秒", "1 min 1 s"),
        (7260, "2時間1分", "2 h 1 min"),
        (90_000, "1日1時間", "1 d 1 h"),
    ],
)
def test_an_age_is_told_in_its_two_largest_units(seconds: float | None, ja: str, en: str) -> None:
    """In both languages."""
    assert age(seconds) == (ja, en)


def test_a_figure_is_escaped_whatever_it_holds() -> None:
    """A page shows a hostile word as text."""
    words = ("<script>", "\"'><img src=x>")
    frame = {"session": None, "role": None, "allows": lambda _: False, "here": words[1]}
    page = render("error.html", "ja", frame | {"status": 400, "words": words})
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "<img" not in page


def test_a_plot_spans_its_drawing() -> None:
    """The largest value is at the top, nothing at the bottom; without values nothing is drawn."""
    assert points([0.0, 5.0, 10.0], 100, 40) == "0.0,40.0 50.0,20.0 100.0,0.0"
    assert points([], 100, 40) == ""
    assert points([0.0], 100, 40) == "0.0,40.0"
    (small, large) = bars([5, 10], 100, 40)
    assert (small.height, large.height) == (20.0, 40.0)
    assert small.y + small.height == large.y + large.height == 40.0
    assert large.x + large.width <= 100
