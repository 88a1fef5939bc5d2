"""The neighbouring systems, played for demonstrations and tests on the same contracts as real ones."""

from __future__ import annotations

from connectors.simulators.card_centre import CardCentre
from connectors.simulators.manners import Manners
from connectors.simulators.municipality import Municipality
from connectors.simulators.server import Server
from connectors.simulators.town import Town

__all__ = ["CardCentre", "Manners", "Municipality", "Server", "Town"]
