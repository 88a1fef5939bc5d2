"""Brings the index's tables to the present version. Loaded only where they are not."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

if TYPE_CHECKING:
    from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Run every migration that is missing, within the connection's transaction."""
    with as_file(files("hub.ledger.index") / "migrations") as folder:
        config = Config()
        # A percent sign in the path would be read as the start of a placeholder.
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
