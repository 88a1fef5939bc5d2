"""``docker-compose.yml`` as Compose would read it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
PROFILES = ("demo", "full")
BESIDE = {"gateway": "full"}
"""A profile that is asked for beside another, whose services its own need."""

Service = dict[str, Any]


@cache
def document() -> dict[str, Any]:
    """Give the whole file, its anchors resolved."""
    found: dict[str, Any] = yaml.safe_load(
        (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    )
    return found


def services(profile: str = "") -> dict[str, Service]:
    """Give the services of a profile by name, or all of them."""
    found: dict[str, Service] = document()["services"]
    return {n: s for n, s in found.items() if not profile or profile in s["profiles"]}


def hub_services(profile: str = "") -> dict[str, Service]:
    """Give the services that run the hub's own image."""
    return {n: s for n, s in services(profile).items() if s["image"] == "juki-hub"}


def hub_services_beside(profile: str) -> dict[str, Service]:
    """Give those of a profile and of the profiles that may be asked for beside it."""
    others = [name for name, needed in BESIDE.items() if needed == profile]
    return hub_services(profile) | {n: s for o in others for n, s in hub_services(o).items()}


def brokers(profile: str) -> dict[str, dict[str, str]]:
    """Give the settings of each broker of a profile, as ``server.properties`` would have them."""
    return {
        name: {
            _property(key): value
            for key, value in environment(name).items()
            if key.startswith("KAFKA_")
        }
        for name, service in services(profile).items()
        if service["image"].startswith("apache/kafka:")
    }


def environment(name: str) -> dict[str, str]:
    """Give the environment of a service; in the file two dollars stand for one."""
    given: dict[str, str] = services()[name].get("environment", {})
    return {key: value.replace("$$", "$") for key, value in given.items()}


def _property(key: str) -> str:
    """Read ``KAFKA_A_B___C`` as ``a.b-c``, as the image does."""
    name = key.removeprefix("KAFKA_").lower().replace("_", ".")
    return name.replace("...", "-").replace("..", "_")
