"""The part of the vault's file that holds the keys of files in custody, one a file."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from hub.sealing.errors import UnknownKeyError
from hub.sealing.files import FileKey
from hub.sealing.keys import SECRET_SIZE
from hub.vocabulary.clock import rfc3339

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from hub.sealing.vault_database import Database
    from hub.sealing.wrapping import Wrapping


class FileKeys:
    """Keys that leave the vault for one seal or one opening, and are destroyed with their file."""

    def __init__(self, database: Database, wrapping: Wrapping) -> None:
        self._database = database
        self._wrapping = wrapping

    def make_file_key(self, file_id: str, now: datetime) -> FileKey:
        """Make the key of one file; a second one of the same id is a ``SurroundingsError``."""
        key = FileKey(file_id, secrets.token_bytes(SECRET_SIZE))
        wrapped = self._wrapping.wrap(key.secret, "file-key", file_id)
        with self._database.transaction():
            self._database.rows(
                "INSERT INTO file_keys VALUES (?, ?, ?)", file_id, rfc3339(now), wrapped
            )
        return key

    def file_key(self, file_id: str) -> FileKey:
        """Give the key of a file; ``UnknownKeyError`` where it is destroyed or never was."""
        found = self._database.row("SELECT wrapped FROM file_keys WHERE file_id = ?", file_id)
        if found is None:
            raise UnknownKeyError
        return FileKey(file_id, self._wrapping.unwrap(found[0], "file-key", file_id))

    def files_with_keys(self) -> list[str]:
        """Give the ids of the files whose keys are held, in order of id."""
        found = self._database.rows("SELECT file_id FROM file_keys ORDER BY file_id")
        return [file_id for (file_id,) in found]

    def destroy_file_keys(self, file_ids: Sequence[str]) -> None:
        """Destroy the keys of files, then write the vault anew, so that no page keeps a copy.

        If it fails after the rows are gone, calling it again clears the remaining traces.
        """
        with self._database.transaction():
            for file_id in file_ids:
                self._database.rows("DELETE FROM file_keys WHERE file_id = ?", file_id)
        self._database.sweep()
