"""The ways on which a simulated neighbour reaches the hub: those of a real one."""

from __future__ import annotations

from connectors.simulators.ways.contract import Answer, Handed, Shipment, Way
from connectors.simulators.ways.desk import DeskWay
from connectors.simulators.ways.folder import FolderWay
from connectors.simulators.ways.gateway import GatewayWay

__all__ = ["Answer", "DeskWay", "FolderWay", "GatewayWay", "Handed", "Shipment", "Way"]
