"""The neighbouring systems, played for demonstrations and tests on the same contracts as real ones."""

from __future__ import annotations

from connectors.simulators.card_centre import CardCentre
from connectors.simulators.municipality import Municipality, Sent
from connectors.simulators.server import RegistryServer

__all__ = ["CardCentre", "Municipality", "RegistryServer", "Sent"]
