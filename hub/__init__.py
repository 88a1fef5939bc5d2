"""Juki Hub: resident-registry data moved lawfully, recorded and provably.

Follow the data: it enters at ``connectors/``, crosses ``intake``, ``routing`` and ``ledger``,
and leaves at ``connectors/``. What every word means stands in ``hub.vocabulary``; who may
receive what stands as data in ``rules/``.
"""

__version__ = "0.1.0"
