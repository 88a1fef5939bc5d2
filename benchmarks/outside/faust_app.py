"""A Faust application that forwards a topic: ``faust_app.py BROKER APP IN OUT GUARANTEE CASE``.

CASE is ``forward``, or ``raise``: then every hundredth record makes the agent raise. It runs until
it is ended. Values are bytes.
"""

from __future__ import annotations

import sys
import tempfile
from typing import Any

import faust

RAISES_EVERY = 100


class PoisonError(Exception):
    """What the agent raises in the case ``raise``."""


def make_app(
    broker: str, name: str, source: str, target: str, guarantee: str, case: str
) -> faust.App:
    """Give the application."""
    app = faust.App(
        name,
        broker=f"aiokafka://{broker}",
        processing_guarantee=guarantee,
        datadir=tempfile.mkdtemp(prefix="faust-"),
        value_serializer="raw",
        key_serializer="raw",
        web_enabled=False,
        topic_disable_leader=True,
        # What holds for the project's own members in the faults: gone after a few seconds.
        broker_session_timeout=6,
        broker_heartbeat_interval=1,
    )
    taken, given = app.topic(source), app.topic(target)

    @app.agent(taken)
    async def forward(stream: Any) -> None:  # noqa: ANN401
        async for event in stream.events():
            if case == "raise" and int(event.value) % RAISES_EVERY == 0:
                raise PoisonError
            await given.send(key=event.key, value=event.value, partition=event.message.partition)

    return app


if __name__ == "__main__":
    application = make_app(*sys.argv[1:])
    sys.argv[1:] = ["worker", "--loglevel", "error", "--without-web"]
    application.main()
