"""Settings come from the environment, and a value that makes no sense is refused at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from hub.runtime.settings import Settings


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the settings of whoever runs the tests out of the way."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HUB_{name.upper()}", raising=False)


def test_nothing_set_means_the_embedded_bus_and_no_home() -> None:
    """No home is guessed, and no port is opened."""
    settings = Settings()
    assert (settings.home, settings.bus, settings.now) == (None, "embedded", None)
    assert settings.batch_size == 1000
    assert settings.metrics_port == 0


def test_the_environment_sets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """``HUB_`` and the name."""
    monkeypatch.setenv("HUB_HOME", "somewhere")
    monkeypatch.setenv("HUB_NOW", "2026-04-01")
    monkeypatch.setenv("HUB_BATCH_SIZE", "500")
    settings = Settings()
    assert (settings.home, settings.now, settings.batch_size) == (
        Path("somewhere"),
        "2026-04-01",
        500,
    )


def test_what_is_said_on_the_command_line_beats_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A flag is nearer than a variable."""
    monkeypatch.setenv("HUB_HOME", "there")
    assert Settings(home=Path("here")).home == Path("here")


def test_the_master_key_is_not_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read by the vault alone, so no printing of settings shows it."""
    monkeypatch.setenv("HUB_MASTER_KEY", "5f" * 32)
    assert "5f5f" not in repr(Settings())
    assert "5f5f" not in str(Settings().model_dump())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BATCH_SIZE", "0"),
        ("BATCH_SIZE", "10001"),
        ("BATCH_SIZE", "many"),
        ("IDLE_SECONDS", "0"),
        ("IDLE_SECONDS", "61"),
        ("METRICS_PORT", "-1"),
        ("METRICS_PORT", "65536"),
        ("LOG_LEVEL", "loud"),
        ("LOG_LEVEL", "debug\n"),
    ],
)
def test_a_value_out_of_range_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """Before anything is opened with it."""
    monkeypatch.setenv(f"HUB_{name}", value)
    with pytest.raises(ValidationError):
        Settings()
