"""The Java process of a broker: its program, its jars, the classes it finds ready-made."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

_HERE = Path(__file__).resolve().parent
LIBRARY = _HERE.parents[1] / ".kafka" / "lib"
ARCHIVE = LIBRARY.parent / "classes.jsa"
"""Classes as a broker's start has loaded them once; ``make kafka-jars`` makes it, none must."""


class NodeError(Exception):
    """The node cannot be started or is not there; the words say what to do."""


class Machine(NamedTuple):
    """How Java runs a broker: ``heap`` is its largest heap.

    ``thorough`` compiles as well as Java can: for a broker that is measured. Others here live for
    seconds or minutes, in which that costs more than it gives; on few cores all else waits for it.
    """

    heap: str = "512m"
    thorough: bool = False


def java(machine: Machine, *, archive: str = "SharedArchiveFile") -> list[str]:
    """Give the words that run a class of Kafka's; raises ``NodeError`` where Java or jars lack.

    ``archive`` is what to do with the class archive.
    """
    program = shutil.which("java")
    if program is None:
        raise NodeError("Java 17 or newer is needed to run a local Kafka; install it")
    if not LIBRARY.is_dir():
        raise NodeError("the jars of Kafka are missing; run `make kafka-jars`")
    return [
        program,
        f"-Xmx{machine.heap}",
        *([] if machine.thorough else ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]),
        # An archive of other jars or another Java is passed over without a word.
        "-Xshare:auto",
        f"-XX:{archive}={ARCHIVE}",
        "-Xlog:cds=off",
        "-Xlog:cds+dynamic=off",
        f"-Dlog4j2.configurationFile={_HERE / 'log4j2.properties'}",
        "-cp",
        f"{LIBRARY}/*",
    ]
