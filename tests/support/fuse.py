"""Ends what a test does before or after one of its acts, as a killed process would end there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Died(BaseException):
    """The process ends here: nothing that follows in it is done, nothing is caught."""


class Fuse:
    """Burns down by two with every act, before it and after it, and then ends the process."""

    def __init__(self, number: int) -> None:
        self._left = number

    def guard(self, owner: object, name: str) -> None:
        """Let an act of an object count."""
        act: Callable[..., Any] = getattr(owner, name)

        def guarded(*arguments: Any, **named: Any) -> Any:
            self._burn()
            given = act(*arguments, **named)
            self._burn()
            return given

        setattr(owner, name, guarded)

    def _burn(self) -> None:
        if self._left == 0:
            raise Died
        self._left -= 1
