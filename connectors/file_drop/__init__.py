"""Folders between an existing system and the hub: it drops files, and finds files dropped.

See ``docs/connectors.md`` for what each side does; ``outbox``, ``inbox`` (records),
``parcels`` (letters and files) and ``tidings`` are its ways, ``places`` the folders that they share.
"""

from connectors.file_drop.connector import FileDrop

__all__ = ["FileDrop"]
