"""The errors a caller can meet, each with the exit code the ``hub`` command gives it.

An error's words say what to do next. They never hold personal data and never repeat what the
caller typed where that might be personal: they name the place (line, column, position) instead.
"""

from __future__ import annotations

from typing import ClassVar


class HubError(Exception):
    """Something the hub can name went wrong; its words say what to do."""

    exit_code: ClassVar[int] = 1


class UsageError(HubError):
    """The call or its input is wrong; nothing was taken."""

    exit_code = 2


class SurroundingsError(HubError):
    """The surroundings are wrong: bus, vault, disk or database cannot be used."""

    exit_code = 3


class ForgeryError(HubError):
    """A sealed record, an announcement or a signature is not from whom it claims."""
