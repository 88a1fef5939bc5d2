"""Calls of the client that may never come back, given up after a time.

librdkafka 2.16.1 does not keep the time it is given for sending a group's offsets: where the group's
coordinator dies meanwhile, the call waits for good (its issues 5456 and 5511; docs/adr/0020). So it
is made from a thread of its own, which is left behind with its producer.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

from confluent_kafka import KafkaException

if TYPE_CHECKING:
    from collections.abc import Callable


class LeftBehindError(Exception):
    """The call has not come back in its time; whatever it works on can no longer be used."""


def call_within(seconds: float, call: Callable[[], None]) -> None:
    """Make a call that raises at most ``KafkaException``; ``LeftBehindError`` after so long."""
    outcome: Future[None] = Future()

    def run() -> None:
        """Make the call, and keep how it ended."""
        try:
            call()
        except KafkaException as failure:
            outcome.set_exception(failure)
        else:
            outcome.set_result(None)

    # A daemon: it may not keep the process from ending.
    threading.Thread(target=run, name="send-offsets", daemon=True).start()
    try:
        outcome.result(seconds)
    except TimeoutError:
        raise LeftBehindError from None
