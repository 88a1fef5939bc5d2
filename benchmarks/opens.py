"""How many records a consumer opens a second on one core: ``python -m benchmarks.opens``.

What the client does with each record (open, check, decode, name the items) stands beside a bare loop
of AES-256-GCM over the same bytes under the same headers, and beside one of HPKE, which is what a key
a record would cost. Turn about, CPU seconds of one thread; a figure is the median of its turns.
"""

from __future__ import annotations

import json
from statistics import median
from time import thread_time
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from benchmarks.kafka_town import FEED, NOW, carry_all, fill
from hub.client.kafka_identity import Identity
from hub.client.kafka_opening import Opener
from hub.runtime import topics
from hub.runtime.outcome import HUB
from hub.runtime.services import calm_collector
from hub.sealing import nonces
from hub.testing import sandbox_hub

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub.bus.port import Delivered
    from hub.runtime.hub import Hub

PARTY = "070009"
RESIDENTS = 8_000
ROUNDS = 7
_AT_ONCE = 1000
_HPKE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def run() -> dict[str, Any]:
    """Measure, and give opens a second of one core and their ratio to the bare loop."""
    with sandbox_hub(NOW) as hub:
        fill(hub, RESIDENTS, 1)
        carry_all(hub)
        records, opener = _records(hub), _opener(hub)
    ways = {
        "client": lambda: _opened(opener, records),
        "bare AES-256-GCM": _bare([record.value for record in records]),
        "bare HPKE": _hpke([record.value for record in records]),
    }
    turns = [{name: _timed(way) for name, way in ways.items()} for _ in range(ROUNDS)]
    rates = {name: round(len(records) / median(t[name] for t in turns)) for name in ways}
    return {
        "records": len(records),
        "bytes_each": round(sum(len(record.value) for record in records) / len(records)),
        "opens_a_second": rates,
        "client_to_bare": round(rates["client"] / rates["bare AES-256-GCM"], 3),
    }


def _records(hub: Hub) -> list[Delivered]:
    topic = topics.release(FEED, PARTY).name
    found: list[Delivered] = []
    for partition in range(hub.bus.partitions(topic)):
        position = 0
        while page := hub.bus.follow(topic, partition, position, _AT_ONCE):
            found += page
            position = page[-1].offset + 1
    return found


def _opener(hub: Hub) -> Opener:
    """Give the prefecture's own opener, which has learnt every announcement."""
    opening = tuple(hub.vault.opening_keys(PARTY).values())
    opener = Opener(Identity(PARTY, opening, tuple(hub.vault.verify_keys(HUB))), FEED)
    for record in hub.bus.follow(topics.keys().name, 0, 0, _AT_ONCE):
        opener.learn(record.value)
    return opener


def _opened(opener: Opener, records: list[Delivered]) -> None:
    for record in records:
        opener.open(record.headers, record.value, "")


def _bare(values: list[bytes]) -> Callable[[], None]:
    """Give a loop that decrypts as many bytes under headers of the usual length."""
    cipher, bound = AESGCM(AESGCM.generate_key(256)), b"h" * 300
    sealed = []
    for value in values:
        nonce, size = nonces.fresh(), len(value) - nonces.SIZE - 16
        sealed.append((nonce, cipher.encrypt(nonce, b"p" * size, bound)))

    def loop() -> None:
        """Decrypt each."""
        for nonce, value in sealed:
            cipher.decrypt(nonce, value, bound)

    return loop


def _hpke(values: list[bytes]) -> Callable[[], None]:
    """Give a loop that opens as many bytes, each under a key of its own."""
    key = X25519PrivateKey.generate()
    public = key.public_key()
    sealed = [_HPKE.encrypt(b"p" * (len(value) - nonces.SIZE - 16), public) for value in values]

    def loop() -> None:
        """Open each."""
        for value in sealed:
            _HPKE.decrypt(value, key)

    return loop


def _timed(way: Callable[[], None]) -> float:
    before = thread_time()
    way()
    return thread_time() - before


if __name__ == "__main__":
    calm_collector()
    print(json.dumps(run(), indent=2))
