"""Results on stdout: JSON as the contract has it, or plain lines for a person."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import orjson

from hub.cli.options import wants_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def show(result: Mapping[str, Any]) -> None:
    """Print one result."""
    _write(_json(result) if wants_json() else _plain(result))


def show_line(result: Mapping[str, Any]) -> None:
    """Print one result of several, on a line of its own."""
    _write(_json(result) if wants_json() else _plain_line(result))


def show_lines(results: Iterable[Mapping[str, Any]]) -> None:
    """Print results a line each; nothing where there are none."""
    for result in results:
        show_line(result)


def flush() -> None:
    """Hand over what was printed, before anything is done that relies on it."""
    sys.stdout.flush()


def _write(text: str) -> None:
    sys.stdout.write(text + "\n")


def _json(result: Mapping[str, Any]) -> str:
    return orjson.dumps(result).decode()


def _plain(result: Mapping[str, Any]) -> str:
    width = max((len(key) for key in result), default=0)
    return "\n".join(f"{key:<{width}}  {_words(value)}" for key, value in result.items())


def _plain_line(result: Mapping[str, Any]) -> str:
    return "  ".join(_words(value) for value in result.values() if value not in (None, [], {}))


def _words(value: object) -> str:
    """Give a value as a person reads it; a reason by its Japanese words."""
    if isinstance(value, dict):
        if "ja" in value:
            return f"{value['ja']} [{value['code']}]"
        return " ".join(f"{key}={_words(each)}" for key, each in value.items() if each is not None)
    if isinstance(value, (list, tuple)):
        return ", ".join(_words(each) for each in value) or "-"
    return "-" if value is None else str(value)
