"""For those who send to and receive from a hub over HTTPS, with a certificate and nothing else.

    async with Client("https://hub.example:8443", certificate, authority) as client:
        await client.submit("change-notice", Path("notices.jsonl"))
        async for message in client.subscribe("change-notice"):
            async with message:
                store(message.items)

A message is acknowledged when its block ends without an error; until then it comes again.
``SyncClient`` is the same for a program that is not asynchronous.
"""

from hub.client.calls import Client
from hub.client.errors import (
    ClientError,
    ConflictError,
    NotAcknowledgedError,
    NotOpenedError,
    RefusedError,
    UnavailableError,
)
from hub.client.messages import Message, Received
from hub.client.sync import SyncClient, SyncMessage

__all__ = [
    "Client",
    "ClientError",
    "ConflictError",
    "Message",
    "NotAcknowledgedError",
    "NotOpenedError",
    "Received",
    "RefusedError",
    "SyncClient",
    "SyncMessage",
    "UnavailableError",
]
