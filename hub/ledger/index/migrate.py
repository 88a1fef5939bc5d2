"""Brings the index's tables to the present version. Loaded only where they are not."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from hub.errors import SurroundingsError

if TYPE_CHECKING:
    from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Run every migration that is missing, within the connection's transaction.

    Raises ``SurroundingsError`` where a later version of the hub made the tables.
    """
    with as_file(files("hub.ledger.index") / "migrations") as folder:
        config = Config()
        # A percent sign in the path would be read as the start of a placeholder.
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError:
            raise SurroundingsError(
                "台帳の索引は新しい版のハブのものです。新しい版を使うか、索引を消してください（台帳から作り直します）"
                " / the ledger's index is that of a later version: use that, or remove the index"
                " and it is built anew from the ledger"
            ) from None
