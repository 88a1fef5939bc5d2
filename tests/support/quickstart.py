"""Commands as a page of the documentation shows them, made into a script that does what a reader does."""

from __future__ import annotations

import re

_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"cat ([\w./-]+)$")
_AWAIT = """\
for i in $(seq 150); do (exec 3<>/dev/tcp/127.0.0.1/$HUB_GATEWAY_PORT) 2>/dev/null && break; sleep 0.2; done
"""
_BEGIN = "set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT\n"


def script(text: str) -> str:
    """Give the commands of all ``console`` blocks of a text, in order, as a script for bash.

    A line after ``$ `` is a command, one after a backslash goes on with it; what follows is what it
    prints. What follows ``cat FILE`` is what the reader is to write into that file. After a gateway
    that goes into the background the script waits until it listens.
    """
    return _BEGIN + "".join(
        _commands(line) for block in _BLOCK.findall(text) for line in _calls(block)
    )


def _calls(block: str) -> list[list[str]]:
    """Give each command with the lines that it prints."""
    calls: list[list[str]] = []
    for line in block.replace("\\\n", "").splitlines():
        if line.startswith("$ "):
            calls.append([line.removeprefix("$ ")])
        elif calls:
            calls[-1].append(line)
    return calls


def _commands(call: list[str]) -> str:
    command, *printed = call
    file = _FILE.fullmatch(command)
    if file and printed:
        return "\n".join([f"cat > {file[1]} <<'END'", *printed, "END", ""])
    is_service = "gateway" in command and command.split("#")[0].rstrip().endswith("&")
    return f"{command}\n" + (_AWAIT if is_service else "")
