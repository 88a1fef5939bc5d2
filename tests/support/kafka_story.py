"""A secured broker, its rights and the demo's main job, from beginning to end in one process.

Called as ``python -m tests.support.kafka_story FOLDER``; the exit code says whether all went well.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from connectors.demonstration import play
from hub.runtime.hub import Hub
from hub.runtime.settings import Settings
from hub.runtime.setup import make_sandbox
from hub.runtime.topic_care import open_topic_care
from hub.vocabulary.clock import SystemClock
from ops.kafka.local import LocalKafka


def main(folder: Path) -> int:
    """Play it; 0 where the ledger verifies."""
    home = make_sandbox(folder / "home", towns=1, residents=5, seed=1)
    with LocalKafka(folder / "kafka", secured=True) as kafka:
        assert kafka.security is not None
        bus = f"kafka://{kafka.address}"
        os.environ["HUB_KAFKA_CARD"] = str(kafka.security.card)
        with open_topic_care(home, bus, SystemClock()) as care:
            care.apply(care.plan())
        del os.environ["HUB_KAFKA_CARD"]
        with Hub.open(Settings(home=home.path, bus=bus)) as hub:
            played = play(hub)
    return 0 if played.report.verified else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
