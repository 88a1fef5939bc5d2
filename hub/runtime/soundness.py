"""What a home must be before anything is done in it: whole, and all of one moment.

At every opening the ledger may not be ahead of the bus. A home that was copied is looked over once
more: a copy takes one file after another, perhaps while the hub runs, and SQLite notices a file
of two moments only where it meets the torn place. A home knows by the device and inode of its
bus's file, noted in ``place``, whether it is the one that was last looked over; on Kafka, which has
no file here, by its vault's and the cluster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.bus.embedded import EmbeddedBus
from hub.errors import SurroundingsError
from hub.ledger.log_reader import read_head
from hub.ledger.verify import verify
from hub.runtime.recorder import refuse_ledger_ahead

if TYPE_CHECKING:
    from hub.bus.port import Bus
    from hub.runtime.home import Home
    from hub.sealing.vault_file import VaultFile


def require_sound(home: Home, bus: Bus, vault: VaultFile) -> None:
    """Raise ``SurroundingsError`` where a home's files do not go together.

    Costs the reading of two small files; in a copy, once, of everything.
    """
    # Read before the bus is asked: a ledger that is being written follows its bus.
    refuse_ledger_ahead(bus, read_head(home.path).position)
    place = _place(home, bus)
    if home.place() != place:
        _look_over(home, bus, vault)
        home.note_place(place)


def _place(home: Home, bus: Bus) -> str:
    found = (home.vault if bus.identity else home.bus).stat()
    return f"{found.st_dev}:{found.st_ino}:{bus.identity}".rstrip(":")


def _look_over(home: Home, bus: Bus, vault: VaultFile) -> None:
    # A cluster is as of now, whatever was copied of the home.
    is_whole = not isinstance(bus, EmbeddedBus) or bus.is_whole()
    if not (is_whole and vault.is_whole() and verify(home.path).verified):
        raise SurroundingsError(
            "このホームは動作中に複製されたか、壊れています。hub を止めて複製し直すか、控えから戻して"
            "ください / this home was copied while in use, or is damaged: copy it again with the hub"
            " stopped, or restore a backup"
        )
    # The vault may be ahead of the bus: a key it believes announced would never be known.
    vault.announce_anew()
    home.drop_views()
