"""Sealing: envelopes that open for one reader only, the keys for them, and the vault of the keys.

A record's payload is sealed with a data key of one sender, one recipient and one epoch
(``envelope``). The key reaches its reader in a signed announcement (``keys``), which the reader
keeps in a ``keyring``. ``sealer`` hands out templates under the present epoch's key; ``vault`` is
the port behind which keys rest, ``vault_file`` its adapter, and ``master`` the key above them all.
"""
