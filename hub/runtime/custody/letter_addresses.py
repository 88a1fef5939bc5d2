"""To whom a letter goes: who was asked for, else whom the letter or what it follows from names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.custody.claims import addressed_to
from hub.custody.machine import is_kept
from hub.intake.destinations import find_municipality
from hub.runtime.custody import letter_questions as questions

if TYPE_CHECKING:
    from hub.custody.certificate_life import Cover
    from hub.custody.states import File
    from hub.runtime.hub import Hub
    from hub.vocabulary.letters import Letter, LetterFeed
    from hub.vocabulary.organisations import Organisation

_DESTINATION, _CODE, _BEFORE = "転出先", "転出先の市町村コード", "従前の住所"


class Addresses:
    """The recipients of the letters of one feed."""

    def __init__(self, hub: Hub, feed: LetterFeed) -> None:
        self._hub = hub
        self._feed = feed

    @property
    def item(self) -> str:
        """Give the item that names a recipient."""
        return _DESTINATION if self.names_destination else _BEFORE

    @property
    def names_destination(self) -> bool:
        """Say whether the feed's letters name the municipality that somebody moves to."""
        return _DESTINATION in self._feed.sheet.index

    def recipient(
        self, letter: Letter, cover: Cover, sender: Organisation, asked: Organisation | None
    ) -> Organisation | None:
        """Give whom a letter goes to, or nothing where nobody can be told from it."""
        directory = self._hub.books.directory
        if asked:
            return asked
        if self._feed.name == questions.MOVE_IN_REPORT:
            return directory.prefecture_of(sender)
        if self._feed.name == questions.MOVE_IN:
            letters = self._hub.custody_log.about(cover.subjects)
            found = addressed_to(letters, sender.id, cover.subjects)
            # One that was taken back or is gone leads nowhere where another waits or is held.
            living = [each for each in found if is_kept(each)] or found
            if living:
                return directory.get(living[-1].file.sender)
        return self.named(letter)

    def is_astray(self, letter: Letter, file: File) -> bool:
        """Say whether a certificate goes to one that is not 転出先 and has not asked for all of it."""
        if not self.names_destination:
            return False
        named = self.named(letter)
        elsewhere = named is not None and named.id != file.recipient
        return elsewhere and not questions.is_answer(self._hub, file)

    def named(self, letter: Letter) -> Organisation | None:
        """Give the municipality that 転出先 or 従前の住所 means."""
        text = self._feed.on_sheet(self.item, letter)
        if self.names_destination:
            text = self._feed.on_sheet(_CODE, letter) or text
        return find_municipality(text, self._hub.books.directory)
