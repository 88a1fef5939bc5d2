"""The catalogue of a home and the note that vouches for it: a worker decides by no other.

The rules are those that came with the hub, or a folder that `hub rules sign FOLDER` copied into the
home, under its digest. ``rules.note`` is signed over that digest. Files changed since, other rules after
an upgrade of the hub, or a signing too long ago stop the workers in sight, until somebody has looked
and signs.
"""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

from hub.errors import ForgeryError, SurroundingsError
from hub.ledger.note import NoteError, NoteSigner, parse_note
from hub.resources import shelf
from hub.rules.files import CatalogueError, digest_of
from hub.rules.load import load_books
from hub.rules.signed import Standing, Statement, read_statement, standing
from hub.runtime.home_settings import subscriptions_of
from hub.vocabulary.clock import day_in_japan

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from hub.rules.load import Books
    from hub.runtime.home import Home
    from hub.sealing.vault import Vault

GRACE = timedelta(days=400)
"""How long a signing counts: a year, and a month to look again at each fiscal year's turn."""


def rules_of(home: Home) -> Path:
    """Give the folder of the rules that a home's note names, or of those that came with the hub.

    Whether the note is good, and the folder as it was signed, is for ``Rulebook``.
    """
    try:
        statement = read_statement(parse_note(home.rules_note()).text)
    except NoteError:
        statement = None
    own = home.rules / statement.digest if statement else None
    return own if own and own.is_dir() else shelf("rules")


def books_of(home: Home) -> Books:
    """Read what decisions need in a home: its rules, and the ends of subscriptions set there.

    Raises ``CatalogueError`` or ``UsageError`` where one of them cannot be used.
    """
    books = load_books(rules_of(home))
    return books._replace(subscriptions=subscriptions_of(home.path, books))


def keep_rules(home: Home, folder: Path, digest: str) -> None:
    """Copy a folder of rules into the home under its digest, whole or not at all.

    A copy that was there and no longer has that digest gives way to it.
    """
    kept = home.rules / digest
    if kept.is_dir() and _has_digest(kept, digest):
        return
    draft, old = (home.rules / f"{digest}.{os.getpid()}{end}" for end in ("", ".old"))
    try:
        home.rules.mkdir(exist_ok=True)
        shutil.copytree(folder, draft, ignore=shutil.ignore_patterns(".*"))
        if kept.is_dir():
            kept.rename(old)
        draft.rename(kept)
    except OSError as error:
        raise SurroundingsError(
            f"規則をホームに写せません（{error.strerror}）。権限と空き容量を確認してください"
            " / the rules cannot be copied into the home; check its permissions and free space"
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _has_digest(folder: Path, digest: str) -> bool:
    """Say whether a folder of rules is what its name says; one that cannot be read is not."""
    try:
        return digest_of(folder) == digest
    except (OSError, CatalogueError):
        return False


class RulesNotSignedError(SurroundingsError):
    """Nobody vouches for these rules; no worker decides by them."""


class Rulebook:
    """The signed note of one home beside the catalogue that was loaded from it."""

    def __init__(self, home: Home, vault: Vault, digest: str) -> None:
        self._home = home
        self._vault = vault
        self._digest = digest
        self._content = home.rules_note()
        self.statement = self._checked(self._content)

    def require(self, now: datetime) -> date:
        """Give the day of signing; ``RulesNotSignedError`` unless a worker may decide by it now."""
        found = self.standing(now)
        if self.statement is None or found is Standing.WRONG:
            raise RulesNotSignedError(
                "規則が署名されたものと違います。"
                "hub rules lint と diff で確かめ、hub rules sign で署名してください"
                " / these are not the rules that were signed: look at them by `hub rules lint`"
                " and `diff`, then sign them by `hub rules sign`"
            )
        if found is Standing.STALE:
            raise RulesNotSignedError(
                f"規則の署名から{GRACE.days}日を過ぎました。改正を確かめ、hub rules sign で署名してください"
                f" / the rules were signed more than {GRACE.days} days ago: look for amendments,"
                " then sign them by `hub rules sign`"
            )
        return self.statement.signed

    def standing(self, now: datetime) -> Standing:
        """Say whether a worker may decide by this catalogue now."""
        grace = None if self._home.sandbox else GRACE
        return standing(self.statement, self._digest, day_in_japan(now), grace)

    def sign(self, now: datetime, digest: str, *, new_key: bool = False) -> Statement:
        """Vouch for the catalogue of a digest; running workers take it up between two batches.

        ``new_key`` signs with a key made for it: no note counts any more that the one before signed.
        """
        if new_key:
            self._vault.renew_rules_key()
        statement = Statement(digest, day_in_japan(now))
        self._content = self._signer().sign(statement.text()).to_bytes()
        self._home.keep_rules_note(self._content)
        self.statement = statement
        return statement

    def is_current(self) -> bool:
        """Say whether nobody has signed anew since this was loaded."""
        return self._home.rules_note() == self._content

    def _signer(self) -> NoteSigner:
        return NoteSigner(f"juki-hub/{self._home.name}/rules", self._vault.rules_key())

    def _checked(self, content: bytes) -> Statement | None:
        """Give what a note says, or nothing where it is none of ours."""
        try:
            note = parse_note(content)
            self._signer().verifier.verify(note)
        except (NoteError, ForgeryError):
            return None
        return read_statement(note.text)
